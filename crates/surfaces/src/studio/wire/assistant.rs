//! Chapters five and six on the wire: keys for uploads, the assistant, its templates and prompts.

use domain::template;
use engine::upload::Granted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::time;
use crate::http::Field;

/// Keys for uploads. `stsToken` is `securityToken` under the name that a vendor's library knows.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::studio) struct UploadToken {
    access_key_id: String,
    access_key_secret: String,
    security_token: String,
    expiration: String,
    region: String,
    bucket: String,
    /// Below which keys files may be put.
    prefix: String,
    /// Where the bucket is reached.
    endpoint: String,
    sts_token: String,
}

impl UploadToken {
    pub(in crate::studio) fn of(granted: &Granted) -> Self {
        let grant = &granted.grant;
        Self {
            access_key_id: grant.access_key.clone(),
            access_key_secret: grant.secret_key.clone(),
            security_token: grant.session_token.clone(),
            expiration: time(grant.expires_at),
            region: grant.region.clone(),
            bucket: grant.bucket.clone(),
            prefix: granted.prefix.clone(),
            endpoint: grant.endpoint.clone(),
            sts_token: grant.session_token.clone(),
        }
    }
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::studio) struct Analysis {
    #[serde(default, rename = "imageUrl")]
    #[schemars(required)]
    pub(in crate::studio) image_url: Field<String>,
    /// `ecommerce`, a template's name or number, or `custom`.
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::studio) template: Field<Value>,
    /// The instructions of `custom`.
    #[serde(default)]
    pub(in crate::studio) prompt: Field<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct Analyzed {
    pub(in crate::studio) result: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AssistantTemplate")]
pub(in crate::studio) struct Template {
    id: i64,
    user_id: i64,
    name: String,
    description: String,
    content: String,
    /// `public` or `private`.
    #[serde(rename = "type")]
    sort: &'static str,
    created_at: String,
    updated_at: String,
}

impl Template {
    pub(in crate::studio) fn of(template: &template::Template) -> Self {
        Self {
            id: template.id.0,
            user_id: template.account.0,
            name: template.name.clone(),
            description: template.description.clone(),
            content: template.content.clone(),
            sort: if template.public { "public" } else { "private" },
            created_at: time(template.created_at),
            updated_at: time(template.updated_at),
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct Templates {
    pub(in crate::studio) templates: Vec<Template>,
    pub(in crate::studio) total: i64,
    pub(in crate::studio) page: i64,
    pub(in crate::studio) limit: i64,
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::studio) struct TemplateDraft {
    #[serde(default)]
    pub(in crate::studio) name: Field<String>,
    #[serde(default)]
    pub(in crate::studio) description: Field<String>,
    #[serde(default)]
    pub(in crate::studio) content: Field<String>,
    /// `public` or `private`.
    #[serde(default, rename = "type")]
    pub(in crate::studio) sort: Field<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct Prompt {
    code: String,
    name: String,
    content: String,
    created_at: String,
    updated_at: String,
}

impl Prompt {
    pub(in crate::studio) fn of(prompt: &template::Prompt) -> Self {
        Self {
            code: prompt.code.clone(),
            name: prompt.name.clone(),
            content: prompt.content.clone(),
            created_at: time(prompt.created_at),
            updated_at: time(prompt.updated_at),
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct Prompts {
    pub(in crate::studio) prompts: Vec<Prompt>,
    pub(in crate::studio) total: i64,
    pub(in crate::studio) page: i64,
    pub(in crate::studio) limit: i64,
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::studio) struct PromptDraft {
    #[serde(default)]
    pub(in crate::studio) code: Field<String>,
    #[serde(default)]
    pub(in crate::studio) name: Field<String>,
    #[serde(default)]
    pub(in crate::studio) content: Field<String>,
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::studio) struct PromptDrafts {
    pub(in crate::studio) prompts: Vec<PromptDraft>,
}
