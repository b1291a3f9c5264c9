//! Whom the engine calls: models, gateways, the vision model, token services, storage; and the stand-ins of development.

use std::{collections::HashMap, sync::Arc, time::Duration};

use anyhow::Context;
use domain::{model::Status, money::Money};
use engine::{
    Engine, Outbound,
    model::{self, Parameters},
    sandbox::Sandbox,
    settings,
};
use outside::{
    ai::OpenAiVision,
    egress::{Egress, Policy},
    mail::Smtps,
    oidc::Oidc,
    payment::Epay,
    random::SystemRandom,
    storage::{AliyunSts, AwsSts, Bucket, Folder, Role, S3},
};
use ports::{clock::Clock, grant::CredentialIssuer, identity::IdentityProvider, storage::Storage, vision::Vision, web::Web};

use crate::{
    campuses, carriers,
    config::{Approval, Config, StorageKind, UploadProvider, UploadScope, Uploads},
    egress::{client, provider},
};

/// What the sandbox method is called.
const SANDBOX_METHOD: &str = "沙箱支付";

/// Whom the engine calls.
pub(crate) fn reach(config: &Config, random: Arc<SystemRandom>, clock: &Arc<dyn Clock>) -> anyhow::Result<Outbound> {
    let egress = client(config, config.egress.deadline_s.span())?;
    // Results of models are larger than anything else that is fetched.
    let most_bytes = config.studio.result_bytes.max(config.egress.most_bytes).size();
    let ports = config.ports();
    let web = |allow| {
        Egress::new(Policy {
            loopback: config.egress.private_targets,
            allow,
            ports: ports.clone(),
            deadline: config.egress.deadline_s.max(config.studio.call_s).span(),
            most_bytes,
        })
    };
    let vision: Arc<dyn Vision> = match provider(&egress, &config.ai.vision) {
        Some(found) => Arc::new(OpenAiVision(found)),
        None => Arc::new(storyboard::OfflineVision),
    };
    let base = config.url_of("sandbox")?;
    let sandbox =
        (!config.production()).then(|| Sandbox { base, scripts: Arc::new(storyboard::Rules), drawing: Arc::new(storyboard::Drawing) });
    let (listed, strangers): (Arc<dyn Web>, Arc<dyn Web>) = (Arc::new(web(config.egress.allow.clone())?), Arc::new(web(Vec::new())?));
    let campuses = campuses::campuses(config, &strangers, random.clone(), clock)?;
    Ok(Outbound {
        web: Arc::clone(&listed),
        strangers,
        campuses,
        postman: if config.campus.mail_settings { Some(Arc::new(Smtps { deadline: carriers::DEADLINE })) } else { None },
        gateway: Arc::new(Epay { egress: egress.clone(), https_only: config.production() }),
        vision,
        identity: identity(config, listed)?,
        granter: granter(&config.uploads, egress, random)?,
        sandbox,
    })
}

/// The identity provider, if one is named.
fn identity(config: &Config, web: Arc<dyn Web>) -> anyhow::Result<Option<Arc<dyn IdentityProvider>>> {
    let section = &config.oidc;
    if section.issuer.is_empty() {
        return Ok(None);
    }
    anyhow::ensure!(!section.client_id.is_empty(), "oidc.client_id must be set where oidc.issuer is");
    anyhow::ensure!(
        !config.production() || section.issuer.starts_with("https://"),
        "oidc.issuer must begin with https:// in production, or anybody on the way signs in as anybody"
    );
    Ok(Some(Arc::new(Oidc {
        web,
        name: section.name.clone(),
        issuer: (*section.issuer).to_owned(),
        client_id: section.client_id.clone(),
        client_secret: section.client_secret.expose().to_owned(),
        scopes: section.scopes.clone(),
        groups_claim: section.groups_claim.clone(),
        published: outside::oidc::Published::default(),
    })))
}

/// What the operator decided about signing in there.
pub(crate) fn oidc(config: &Config) -> anyhow::Result<engine::oidc::Settings> {
    let section = &config.oidc;
    anyhow::ensure!(
        !section.staff_only || !section.issuer.is_empty(),
        "oidc.staff_only needs oidc.issuer, or no administrator could sign in"
    );
    Ok(engine::oidc::Settings { admin_groups: section.admin_groups.clone(), staff_only: section.staff_only })
}

fn granter(section: &Uploads, egress: Egress, random: Arc<SystemRandom>) -> anyhow::Result<Option<Arc<dyn CredentialIssuer>>> {
    if matches!(section.provider, UploadProvider::Builtin | UploadProvider::None) {
        return Ok(None);
    }
    for (name, value) in [
        ("access_key", section.access_key.as_str()),
        ("secret_key", section.secret_key.expose()),
        ("role", &section.role),
        ("bucket", &section.bucket),
        ("region", &section.region),
    ] {
        anyhow::ensure!(!value.is_empty(), "uploads.{name} must be set for uploads.provider = \"{}\"", section.provider);
    }
    let role = Role {
        egress,
        url: (*section.url).to_owned(),
        access_key: section.access_key.clone(),
        secret_key: section.secret_key.expose().to_owned(),
        role: section.role.clone(),
        bucket: section.bucket.clone(),
        region: section.region.clone(),
        endpoint: (*section.endpoint).to_owned(),
    };
    Ok(match section.provider {
        UploadProvider::Aliyun => Some(Arc::new(AliyunSts { role, random })),
        UploadProvider::Aws => Some(Arc::new(AwsSts { role })),
        UploadProvider::Builtin | UploadProvider::None => None,
    })
}

/// Where files are kept.
pub(crate) fn storage(config: &Config) -> anyhow::Result<Arc<dyn Storage>> {
    let section = &config.storage;
    Ok(match section.kind {
        StorageKind::Folder => Arc::new(Folder::new(&config.data().join("files"))?),
        StorageKind::S3 => {
            anyhow::ensure!(!section.bucket.is_empty(), "storage.bucket must be set for storage.kind = \"s3\"");
            Arc::new(S3::new(&Bucket {
                endpoint: (*section.endpoint).to_owned(),
                region: section.region.clone(),
                name: section.bucket.clone(),
                access_key: section.access_key.clone(),
                secret_key: section.secret_key.expose().to_owned(),
                virtual_host: section.virtual_host,
            })?)
        }
    })
}

/// What the operator chose for models and the tasks that they do.
pub(crate) fn studio(config: &Config) -> settings::Studio {
    let section = &config.studio;
    settings::Studio {
        approval: match section.approval {
            Approval::Admin => settings::Approval::Admin,
            Approval::Owner => settings::Approval::Owner,
            Approval::Automatic => settings::Approval::Automatic,
        },
        approve_own: section.approve_own,
        default_model: Some(section.default_model.clone()).filter(|name| !name.is_empty()),
        expose_url: config.models.expose_url,
        concurrency: section.concurrency.size(),
        settle: Duration::from_secs(section.settle_hours.get() * 3600),
        call: section.call_s.span(),
        result_bytes: section.result_bytes.size(),
        ..settings::Settings::default().studio
    }
}

/// What the operator chose for payments.
pub(crate) fn payment(config: &Config) -> anyhow::Result<settings::Payment> {
    let section = &config.payment;
    let (least, most) = (section.min_amount.amount(), section.max_amount.amount());
    let whole = |amount| Money(amount).fen().is_some_and(|fen| fen > 0);
    anyhow::ensure!(
        whole(least) && whole(most) && least <= most,
        "payment.min_amount and payment.max_amount must be whole fen, the lesser first"
    );
    let mut return_hosts = section.return_hosts.clone();
    if return_hosts.is_empty() && config.production() {
        let own = config.public_url.split_once("://").map_or("", |(_, rest)| rest);
        return_hosts.extend(own.split(['/', ':']).next().filter(|host| !host.is_empty()).map(str::to_owned));
    }
    Ok(settings::Payment {
        notify_url: config.url_of("studio")?,
        least,
        most,
        return_hosts,
        confirm_above: section.confirm_above.amount(),
        expose_key: section.expose_key,
        ..settings::Settings::default().payment
    })
}

/// What the operator chose for uploads.
pub(crate) fn uploads(config: &Config) -> anyhow::Result<settings::Uploads> {
    let builtin = config.uploads.provider == UploadProvider::Builtin;
    Ok(settings::Uploads {
        endpoint: if builtin { Some(config.url_of("uploads")?) } else { None },
        most_bytes: config.uploads.most_bytes.get(),
        scope: match config.uploads.scope {
            UploadScope::Shared => settings::UploadScope::Shared,
            UploadScope::Account => settings::UploadScope::Account,
        },
    })
}

/// The operator's templates of the assistant, by name.
pub(crate) fn templates(config: &Config) -> anyhow::Result<HashMap<String, String>> {
    let mut found = HashMap::new();
    if config.assistant.templates.is_empty() {
        return Ok(found);
    }
    let folder = std::path::Path::new(&config.assistant.templates);
    for entry in std::fs::read_dir(folder).with_context(|| format!("assistant.templates: {} cannot be read", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt")
            && let Some(name) = path.file_stem().and_then(|name| name.to_str())
        {
            let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
            found.insert(name.to_owned(), text);
        }
    }
    Ok(found)
}

/// Makes the sandbox gateway's method and the sandbox model where they are missing: development.
pub(crate) async fn seed(engine: &Engine, config: &Config) -> anyhow::Result<()> {
    if !config.mounts().iter().any(|(_, names)| names.contains(&"sandbox")) {
        return Ok(());
    }
    engine::method::ensure(engine, SANDBOX_METHOD, engine::sandbox::gateway(engine)?).await?;
    // One as the document shows it, and one whose page has a field: pages hide what is optional.
    for (name, path, required) in [("沙箱模型 Sandbox", "tasks", false), ("沙箱模型 Sandbox（必填提示词）", "required/tasks", true)]
    {
        let prompt = serde_json::json!({
            "name": "prompt", "type": "textarea", "required": required, "description": "画面描述：中文或英文 (what to draw)", "example": ""
        });
        let parameters = serde_json::json!({ "request_header": [], "request_body": [prompt], "response_parameters": [] });
        let new = model::New {
            name: name.to_owned(),
            description: "开发用：按提示词画一张图，不收费，不联网。 Draws what the prompt says, offline.".to_owned(),
            status: Status::Open,
            url: format!("{}/sandbox/model/{path}", engine::sandbox::base(engine)),
            price: 0,
        };
        let parameters = Parameters::read(&parameters).map_err(|wrong| anyhow::anyhow!(wrong))?;
        model::ensure(engine, new, parameters).await?;
    }
    Ok(())
}
