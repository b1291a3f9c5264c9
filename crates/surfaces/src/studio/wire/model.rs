//! Chapter two on the wire: models and their parameters.

use domain::model::Status;
use engine::model::{Parameters, Shown};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Yuan, time, yuan};
use crate::http::Field;

/// The parameters of a model: three lists of entries with `name`, `type`, `required`, `description` and `example`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ModelParameters")]
pub(in crate::studio) struct ParametersShown {
    request_header: Vec<Value>,
    request_body: Vec<Value>,
    response_parameters: Vec<Value>,
}

impl ParametersShown {
    pub(in crate::studio) fn of(parameters: &Parameters) -> Self {
        let list =
            |entries: &[engine::model::Parameter]| entries.iter().map(|entry| serde_json::to_value(entry).unwrap_or_default()).collect();
        Self {
            request_header: list(&parameters.request_header),
            request_body: list(&parameters.request_body),
            response_parameters: list(&parameters.response_parameters),
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct Model {
    id: i64,
    name: String,
    description: String,
    status: &'static str,
    url: String,
    price: Yuan,
    parameters: ParametersShown,
    created_at: String,
    updated_at: String,
}

impl Model {
    pub(in crate::studio) fn of(shown: &Shown) -> Self {
        let model = &shown.model;
        Self {
            id: model.id.0,
            name: model.name.clone(),
            description: model.description.clone(),
            status: model.status.word(),
            url: model.url.clone(),
            price: yuan(model.price),
            parameters: ParametersShown::of(&shown.parameters),
            created_at: time(model.created_at),
            updated_at: time(model.updated_at),
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct Models {
    pub(in crate::studio) models: Vec<Model>,
    pub(in crate::studio) total: i64,
    pub(in crate::studio) page: i64,
    pub(in crate::studio) limit: i64,
}

/// A model without its parameters.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct ModelName {
    id: i64,
    name: String,
    description: String,
    status: &'static str,
    price: Yuan,
    url: String,
    created_at: String,
    updated_at: String,
}

impl ModelName {
    pub(in crate::studio) fn of(shown: &Shown) -> Self {
        let model = &shown.model;
        Self {
            id: model.id.0,
            name: model.name.clone(),
            description: model.description.clone(),
            status: model.status.word(),
            price: yuan(model.price),
            url: model.url.clone(),
            created_at: time(model.created_at),
            updated_at: time(model.updated_at),
        }
    }
}

/// A model as it is written; `price` is read from the text of the body.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "ModelWritten")]
pub(in crate::studio) struct ModelDraft {
    #[serde(default)]
    pub(in crate::studio) name: Field<String>,
    #[serde(default)]
    pub(in crate::studio) description: Field<String>,
    #[serde(default)]
    pub(in crate::studio) status: Field<String>,
    #[serde(default)]
    pub(in crate::studio) url: Field<String>,
    #[serde(default, rename = "price")]
    #[expect(dead_code, reason = "named for the documentation; its text is read, not its float")]
    price: Field<f64>,
    #[serde(default)]
    pub(in crate::studio) parameters: Field<Value>,
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::studio) struct ModelStatus {
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::studio) status: Field<String>,
}

/// A status of a body; none for what is no word of the document.
pub(in crate::studio) fn status(field: Field<String>) -> Result<Option<Status>, ()> {
    match field {
        Field::Absent | Field::Null => Ok(None),
        Field::Given(word) => Status::from_word(&word).map(Some).ok_or(()),
        Field::Odd => Err(()),
    }
}
