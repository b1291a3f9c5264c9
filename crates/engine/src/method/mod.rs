//! Payment methods: how money can be paid in. Their keys are sealed in the database.

mod test;

use domain::{
    audit::Act,
    id::MethodId,
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    text::masked,
    time::Timestamp,
};
pub use ports::payment::Config;
use serde_json::Value;

pub use self::test::{Check, test, test_all};

use store::seal::Sealed;

use crate::{
    Engine, Error, Fault,
    audit::{self, administers},
    seal,
    session::Caller,
    vault::Vault,
};

/// The only protocol for gateways.
pub const EPAY: &str = "epay";
/// The secret fields of a configuration.
const SECRETS: [&str; 2] = ["key", "private_key"];
/// The largest configuration, in bytes of JSON.
const MAX_CONFIG: usize = 16 * 1024;
/// The longest name, in characters.
const MAX_NAME: usize = 100;

/// A payment method.
#[derive(Debug, Clone)]
pub struct Method {
    /// Its id.
    pub id: MethodId,
    /// Its name in URLs.
    pub uuid: String,
    /// Its display name for payers.
    pub name: String,
    /// Which protocol its gateway speaks.
    pub protocol: String,
    /// The configuration for calling its gateway and signing for it.
    pub config: Config,
    /// Whether orders can be made through it.
    pub enabled: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was switched off, if it is.
    pub disabled_at: Option<Timestamp>,
}

fn place(id: MethodId) -> String {
    format!("payment_method:{id}:config")
}

fn opened(vault: &Vault, row: store::method::Method) -> Result<Method, Error> {
    let text = vault.open(&place(row.id), &row.config)?;
    let config = Config(serde_json::from_str(&text).map_err(|_| Fault::Corrupt("config"))?);
    Ok(Method {
        id: row.id,
        uuid: row.uuid,
        name: row.name,
        protocol: row.protocol,
        config,
        enabled: row.enabled,
        created_at: row.created_at,
        updated_at: row.updated_at,
        disabled_at: row.disabled_at,
    })
}

fn sealed(vault: &Vault, id: MethodId, config: &Config) -> Result<String, Error> {
    vault.seal(&place(id), &Value::Object(config.0.clone()).to_string())
}

/// The configuration as it is shown to administrators: with both fields for the gateway's address, and with masked keys if the operator
/// chose so.
#[must_use]
pub fn shown(engine: &Engine, method: &Method) -> Config {
    let mut config = method.config.clone();
    let gateway = config.gateway();
    for name in ["gateway", "url"] {
        config.0.insert(name.to_owned(), gateway.clone().into());
    }
    if !engine.settings.payment.expose_key {
        for name in SECRETS {
            let secret = config.text(name);
            if !secret.is_empty() {
                config.0.insert(name.to_owned(), masked(&secret).into());
            }
        }
    }
    config
}

/// The methods that orders can be made through.
///
/// # Errors
/// [`Error::Fault`].
pub async fn enabled(engine: &Engine) -> Result<Vec<Method>, Error> {
    Ok(all(engine).await?.into_iter().filter(|method| method.enabled).collect())
}

/// Every method.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators.
pub async fn list(engine: &Engine, caller: &Caller) -> Result<Vec<Method>, Error> {
    administers(caller)?;
    all(engine).await
}

async fn all(engine: &Engine) -> Result<Vec<Method>, Error> {
    let rows = engine.db.read(async move |tx| Ok(store::method::list(tx).await?)).await?;
    let vault = Vault::of(engine);
    let open = |row: store::method::Method| {
        let (id, opened) = (row.id, opened(&vault, row));
        // A method that cannot be decrypted is skipped, and does not affect the others.
        opened.inspect_err(|error| tracing::error!(method = id.0, %error, "a payment method cannot be read")).ok()
    };
    Ok(rows.into_iter().filter_map(open).collect())
}

/// The fields of a new method, or the changes to one; absent fields stay as they are.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Its display name for payers.
    pub name: Option<String>,
    /// The configuration for calling its gateway and signing for it.
    pub config: Option<Config>,
    /// Whether orders can be made through it.
    pub enabled: Option<bool>,
}

fn check(engine: &Engine, name: Option<&String>, config: Option<&Config>) -> Result<(), Refusal> {
    let invalid = |field, problem| Err(Refusal::Invalid { field, problem });
    if name.is_some_and(|name| name.trim().is_empty()) {
        return invalid("name", Problem::Missing);
    }
    if name.is_some_and(|name| name.chars().count() > MAX_NAME || name.contains('\0')) {
        return invalid("name", Problem::TooLong(MAX_NAME as u64));
    }
    let Some(config) = config else { return Ok(()) };
    if Value::Object(config.0.clone()).to_string().len() > MAX_CONFIG {
        return invalid("config", Problem::TooLong(MAX_CONFIG as u64));
    }
    match engine.reach.gateway.fault(config) {
        Some(wrong) => invalid("config", Problem::Because(wrong)),
        None => Ok(()),
    }
}

/// Creates a method.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::Invalid`].
pub async fn create(engine: &Engine, caller: &Caller, protocol: &str, draft: Draft, origin: Origin) -> Result<Method, Error> {
    administers(caller)?;
    caller.fresh(engine)?;
    if protocol != EPAY {
        return Err(Refusal::Invalid { field: "payment_method", problem: Problem::Malformed }.into());
    }
    let name = draft.name.ok_or(Refusal::Invalid { field: "name", problem: Problem::Missing })?;
    let config = draft.config.ok_or(Refusal::Invalid { field: "config", problem: Problem::Missing })?;
    check(engine, Some(&name), Some(&config))?;
    let act = Act { actor: Some(caller.account), action: "payment_method.create", subject: String::new(), detail: name.clone(), origin };
    insert(engine, new_uuid(engine), name, &config, draft.enabled.unwrap_or(true), act).await
}

fn new_uuid(engine: &Engine) -> String {
    let mut bytes = [0; 16];
    engine.random.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

async fn insert(engine: &Engine, uuid: String, name: String, config: &Config, enabled: bool, act: Act) -> Result<Method, Error> {
    let config = config.clone();
    let vault = Vault::of(engine);
    let chain = engine.secrets.chain.clone();
    let now = engine.now();
    let row = engine.db.write(async move |tx| {
        // Seals are bound to the row's id, so the row is inserted first.
        let id = store::method::insert(tx, &uuid, &name, EPAY, enabled, now).await?;
        let row = store::method::get_for_update(tx, id).await?.ok_or(Fault::Corrupt("method"))?;
        let row = store::method::Method { config: sealed(&vault, id, &config)?, ..row };
        store::method::save(tx, &row).await?;
        seal::put(tx, &chain, Sealed::Method, id).await?;
        audit::note(tx, &Act { subject: format!("payment_method:{id}"), ..act.clone() }, now).await?;
        Ok(row)
    });
    opened(&Vault::of(engine), row.await?)
}

/// Creates a built-in method, unless there is one with that name, and keeps its configuration up to date.
///
/// # Errors
/// [`Error::Fault`].
pub async fn ensure(engine: &Engine, name: &str, config: Config) -> Result<(), Error> {
    match all(engine).await?.into_iter().find(|method| method.name == name) {
        Some(method) if method.config == config => Ok(()),
        Some(method) => save(engine, method.id, Draft { config: Some(config), ..Draft::default() }, None).await.map(drop),
        None => {
            let act = Act { action: "payment_method.create", detail: name.to_owned(), ..Act::default() };
            insert(engine, new_uuid(engine), name.to_owned(), &config, true, act).await.map(drop)
        }
    }
}

/// How a method is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// By its id.
    Id(MethodId),
    /// By its name in URLs.
    Uuid(String),
}

impl From<MethodId> for Named {
    fn from(id: MethodId) -> Self {
        Self::Id(id)
    }
}

async fn found(engine: &Engine, named: &Named) -> Result<Method, Error> {
    let fits = |method: &Method| match named {
        Named::Id(id) => method.id == *id,
        Named::Uuid(uuid) => method.uuid == *uuid,
    };
    all(engine).await?.into_iter().find(fits).ok_or_else(|| Refusal::NotFound(Noun::Method).into())
}

/// A method.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub async fn get(engine: &Engine, caller: &Caller, named: impl Into<Named>) -> Result<Method, Error> {
    administers(caller)?;
    found(engine, &named.into()).await
}

/// Changes a method. A masked key stands for the one that is known.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`], [`Refusal::Invalid`].
pub async fn update(engine: &Engine, caller: &Caller, named: impl Into<Named>, mut draft: Draft, origin: Origin) -> Result<Method, Error> {
    administers(caller)?;
    caller.fresh(engine)?;
    let known = found(engine, &named.into()).await?;
    let id = known.id;
    if let Some(config) = &mut draft.config {
        unmask(config, &known.config)?;
        // Both fields for the address are shown: the one that was changed counts.
        let before = known.config.gateway();
        if Config::address(config.text("gateway")) == before && !config.text("url").is_empty() {
            let url = config.text("url");
            config.0.insert("gateway".to_owned(), url.into());
        }
    }
    check(engine, draft.name.as_ref(), draft.config.as_ref())?;
    let mut parts = Vec::new();
    if let Some(name) = &draft.name {
        parts.push(format!("name {} -> {name}", known.name));
    }
    if let Some(config) = &draft.config {
        let (before, after) = (known.config.gateway(), config.gateway());
        parts.push(if before == after { "config".to_owned() } else { format!("gateway {before} -> {after}") });
    }
    if let Some(enabled) = draft.enabled {
        parts.push(format!("enabled {} -> {enabled}", known.enabled));
    }
    let act = Act {
        actor: Some(caller.account),
        action: "payment_method.update",
        subject: format!("payment_method:{id}"),
        detail: parts.join(", "),
        origin,
    };
    save(engine, id, draft, Some(act)).await
}

/// Replaces masks by the known keys.
fn unmask(config: &mut Config, known: &Config) -> Result<(), Refusal> {
    for name in SECRETS {
        let (before, given) = (known.text(name), config.text(name));
        if !given.starts_with("xxx…") {
            continue;
        }
        if before.is_empty() || given != masked(&before) {
            return Err(Refusal::Invalid { field: "config", problem: Problem::Because(format!("{name} is the mask of another value")) });
        }
        config.0.insert(name.to_owned(), before.into());
    }
    Ok(())
}

async fn save(engine: &Engine, id: MethodId, draft: Draft, act: Option<Act>) -> Result<Method, Error> {
    let config = draft.config.as_ref().map(|config| sealed(&Vault::of(engine), id, config)).transpose()?;
    let name = draft.name;
    let enabled = draft.enabled;
    let chain = engine.secrets.chain.clone();
    let now = engine.now();
    let row = engine.db.write(async move |tx| {
        let row = store::method::get_for_update(tx, id).await?.ok_or(Refusal::NotFound(Noun::Method))?;
        let on = enabled.unwrap_or(row.enabled);
        let row = store::method::Method {
            name: name.clone().unwrap_or(row.name),
            config: config.clone().unwrap_or(row.config),
            enabled: on,
            updated_at: now,
            disabled_at: if on { None } else { row.disabled_at.or(Some(now)) },
            ..row
        };
        store::method::save(tx, &row).await?;
        seal::put(tx, &chain, Sealed::Method, id).await?;
        if let Some(act) = &act {
            audit::note(tx, act, now).await?;
        }
        Ok(row)
    });
    opened(&Vault::of(engine), row.await?)
}

/// Deletes a method. Orders that were made through it are kept, and late callbacks about them are still accepted for a while.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub async fn delete(engine: &Engine, caller: &Caller, named: impl Into<Named>, origin: Origin) -> Result<(), Error> {
    administers(caller)?;
    caller.fresh(engine)?;
    let id = found(engine, &named.into()).await?.id;
    let act = Act {
        actor: Some(caller.account),
        action: "payment_method.delete",
        subject: format!("payment_method:{id}"),
        detail: String::new(),
        origin,
    };
    let chain = engine.secrets.chain.clone();
    let now = engine.now();
    engine
        .db
        .write(async move |tx| {
            if !store::method::delete(tx, id, now).await? {
                return Err(Refusal::NotFound(Noun::Method).into());
            }
            seal::put(tx, &chain, Sealed::Method, id).await?;
            audit::note(tx, &act, now).await
        })
        .await
}

/// The method with this name in URLs, if callbacks through it are still accepted.
pub(crate) async fn heard(engine: &Engine, uuid: &str) -> Result<Option<Method>, Error> {
    if uuid.contains('\0') {
        return Ok(None);
    }
    let uuid = uuid.to_owned();
    let row = engine.db.read(async move |tx| Ok(store::method::by_uuid(tx, &uuid).await?)).await?;
    let oldest = engine.now().minus(engine.settings.payment.afterglow);
    let row = row.filter(|row| row.disabled_at.is_none_or(|at| at > oldest));
    row.map(|row| opened(&Vault::of(engine), row)).transpose()
}

/// The method of an order, deleted or not.
pub(crate) async fn of(engine: &Engine, id: MethodId) -> Result<Option<Method>, Error> {
    let row = engine.db.read(async move |tx| Ok(store::method::get(tx, id).await?)).await?;
    row.map(|row| opened(&Vault::of(engine), row)).transpose()
}
