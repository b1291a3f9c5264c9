//! Models: registering them, changing them, and who may see which of their fields.
//!
//! Values of secret headers are sealed in the database, shown to administrators only, and kept if a change sends their mask instead.

mod parameters;

use domain::{
    audit::Act,
    id::ModelId,
    model::{Model, Status},
    money::Money,
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
};
pub use parameters::{Parameter, Parameters};
pub use store::model::{New, Wanted};
use store::{seal::Sealed, tx::Tx};

use crate::{
    Engine, Error, Fault,
    audit::{self, administers},
    seal,
    session::Caller,
    vault::Vault,
};

/// The longest name, in characters.
const MAX_NAME: usize = 200;
/// The longest description, in bytes.
const MAX_DESCRIPTION: usize = 16 * 1024;
/// The most that a task may cost, in micro-yuan.
const MAX_PRICE: i64 = 1_000_000_000_000;

/// A model as `caller` may see it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The model; its URL is empty if it is not shown.
    pub model: Model,
    /// Its parameters, with secret values masked unless they are shown.
    pub parameters: Parameters,
}

fn shown(engine: &Engine, caller: &Caller, mut model: Model) -> Result<Shown, Error> {
    let mut parameters = Parameters::opened(&Vault::of(engine), &model)?;
    if !caller.role.administers() {
        parameters.mask();
        if !engine.settings.studio.expose_url {
            parameters.hide();
            model.url = String::new();
        }
    }
    Ok(Shown { model, parameters })
}

/// A page of models, newest first, and how many there are in all. Users see open ones only, and get nothing if they ask for others.
///
/// # Errors
/// [`Error::Fault`].
pub async fn list(engine: &Engine, caller: &Caller, wanted: Wanted) -> Result<(Vec<Shown>, i64), Error> {
    let status = match (caller.role.administers(), wanted.status) {
        (true, status) => status,
        (false, None | Some(Status::Open)) => Some(Status::Open),
        (false, Some(Status::Closed | Status::Draft)) => return Ok((Vec::new(), 0)),
    };
    let wanted = Wanted { status, ..wanted };
    let (models, total) = engine.db.read(async move |tx| Ok(store::model::list(tx, &wanted).await?)).await?;
    Ok((models.into_iter().map(|model| shown(engine, caller, model)).collect::<Result<_, _>>()?, total))
}

/// A model that `caller` may use.
///
/// # Errors
/// [`Refusal::NotFound`], for users also if it is not open.
pub async fn get(engine: &Engine, caller: &Caller, id: ModelId) -> Result<Shown, Error> {
    let found = engine.db.read(async move |tx| Ok(store::model::get(tx, id).await?)).await?;
    let model = found.filter(|model| caller.role.administers() || model.status == Status::Open);
    shown(engine, caller, model.ok_or(Refusal::NotFound(Noun::Model))?)
}

/// The fields of a new model, or the changes to one. Absent fields stay as they are, and are empty in a new model.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Its display name.
    pub name: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// Who may use it.
    pub status: Option<Status>,
    /// The URL at which it is called.
    pub url: Option<String>,
    /// What a task costs, in micro-yuan.
    pub price: Option<i64>,
    /// Its parameters.
    pub parameters: Option<Parameters>,
}

impl Draft {
    fn check(&self, engine: &Engine) -> Result<(), Refusal> {
        let invalid = |field, problem| Err(Refusal::Invalid { field, problem });
        if self.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return invalid("name", Problem::Missing);
        }
        if self.name.as_ref().is_some_and(|name| name.chars().count() > MAX_NAME) {
            return invalid("name", Problem::TooLong(MAX_NAME as u64));
        }
        if self.description.as_ref().is_some_and(|text| text.len() > MAX_DESCRIPTION) {
            return invalid("description", Problem::TooLong(MAX_DESCRIPTION as u64));
        }
        if [&self.name, &self.description, &self.url].into_iter().flatten().any(|text| text.contains('\0')) {
            return invalid("name", Problem::Malformed);
        }
        let odd = |url: &String| url.chars().any(|c| c.is_control() || c.is_whitespace()) || !engine.reach.web.allows(url);
        if self.url.as_ref().is_some_and(|url| !url.is_empty() && odd(url)) {
            return invalid("url", Problem::Because("url is not an address that may be called".to_owned()));
        }
        if self.price.is_some_and(|price| !(0..=MAX_PRICE).contains(&price)) {
            return invalid("price", Problem::Malformed);
        }
        Ok(())
    }
}

/// Registers a model.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::Invalid`].
pub async fn create(engine: &Engine, caller: &Caller, draft: Draft, origin: Origin) -> Result<Shown, Error> {
    administers(caller)?;
    caller.fresh(engine)?;
    draft.check(engine)?;
    let parameters = unmasked(draft.parameters.unwrap_or_default(), &Parameters::default())?;
    let missing = |field| Refusal::Invalid { field, problem: Problem::Missing };
    let new = store::model::New {
        name: draft.name.ok_or(missing("name"))?,
        description: draft.description.unwrap_or_default(),
        status: draft.status.ok_or(missing("status"))?,
        url: draft.url.unwrap_or_default(),
        price: draft.price.unwrap_or(0),
    };
    let act = Act { actor: Some(caller.account), action: "model.create", subject: String::new(), detail: new.name.clone(), origin };
    let model = insert(engine, new, parameters, act).await?;
    shown(engine, caller, model)
}

/// Registers a built-in model, unless there is already one with that name.
///
/// # Errors
/// [`Error::Fault`].
pub async fn ensure(engine: &Engine, new: store::model::New, parameters: Parameters) -> Result<(), Error> {
    let name = new.name.clone();
    let found = engine.db.read(async move |tx| Ok(store::model::by_name(tx, &name).await?)).await?;
    match found {
        // The stand-in's URL follows the address that this server listens at.
        Some(model) if model.url != new.url => {
            let id = model.id;
            let url = new.url;
            let now = engine.now();
            let moved = engine.db.write(async move |tx| {
                let Some(model) = store::model::get_for_update(tx, id).await? else { return Ok(()) };
                Ok(store::model::save(tx, &Model { url: url.clone(), updated_at: now, ..model }).await.map(drop)?)
            });
            moved.await
        }
        Some(_) => Ok(()),
        None => insert(engine, new, parameters, Act { action: "model.create", ..Act::default() }).await.map(drop),
    }
}

async fn insert(engine: &Engine, new: store::model::New, parameters: Parameters, act: Act) -> Result<Model, Error> {
    let vault = Vault::of(engine);
    let chain = engine.secrets.chain.clone();
    let now = engine.now();
    engine
        .db
        .write(async move |tx| {
            // Seals are bound to the row's id, so the row is inserted first.
            let id = store::model::insert(tx, &new, now).await?;
            let model = store::model::get_for_update(tx, id).await?.ok_or(Fault::Corrupt("model"))?;
            let model = Model { parameters: parameters.clone().sealed(&vault, id)?, ..model };
            store::model::save(tx, &model).await?;
            seal::put(tx, &chain, Sealed::Price, id).await?;
            audit::note(tx, &Act { subject: format!("model:{id}"), ..act.clone() }, now).await?;
            Ok(model)
        })
        .await
}

/// Changes a model.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`], [`Refusal::Invalid`].
pub async fn update(engine: &Engine, caller: &Caller, id: ModelId, draft: Draft, origin: Origin) -> Result<Shown, Error> {
    administers(caller)?;
    caller.fresh(engine)?;
    draft.check(engine)?;
    let act = Act { actor: Some(caller.account), action: "model.update", subject: format!("model:{id}"), detail: String::new(), origin };
    let vault = Vault::of(engine);
    let chain = engine.secrets.chain.clone();
    let now = engine.now();
    let model = engine.db.write(async move |tx| {
        let before = store::model::get_for_update(tx, id).await?.ok_or(Refusal::NotFound(Noun::Model))?;
        let parameters = match draft.parameters.clone() {
            Some(parameters) => {
                let known = Parameters::opened(&vault, &before)?;
                unmasked(parameters, &known)?.sealed(&vault, id)?
            }
            None => before.parameters.clone(),
        };
        let model = Model {
            name: draft.name.clone().unwrap_or_else(|| before.name.clone()),
            description: draft.description.clone().unwrap_or_else(|| before.description.clone()),
            status: draft.status.unwrap_or(before.status),
            url: draft.url.clone().unwrap_or_else(|| before.url.clone()),
            price: draft.price.unwrap_or(before.price),
            parameters,
            updated_at: now,
            ..before.clone()
        };
        store::model::save(tx, &model).await?;
        seal::put(tx, &chain, Sealed::Price, id).await?;
        audit::note(tx, &Act { detail: changes(&before, &model), ..act.clone() }, now).await?;
        Ok(model)
    });
    shown(engine, caller, model.await?)
}

/// Parameters with masks replaced by the known values.
fn unmasked(mut parameters: Parameters, known: &Parameters) -> Result<Parameters, Refusal> {
    let wrong = |name: String| format!("Invalid parameters: request_header {name}: the mask of another value");
    parameters.unmask(known).map_err(|name| Refusal::Invalid { field: "parameters", problem: Problem::Because(wrong(name)) })?;
    Ok(parameters)
}

fn changes(before: &Model, after: &Model) -> String {
    let mut parts = Vec::new();
    if before.name != after.name {
        parts.push(format!("name {} -> {}", before.name, after.name));
    }
    if before.status != after.status {
        parts.push(format!("status {} -> {}", before.status.word(), after.status.word()));
    }
    if before.url != after.url {
        parts.push("url".to_owned());
    }
    if before.price != after.price {
        parts.push(format!("price {} -> {}", Money(before.price), Money(after.price)));
    }
    if before.parameters != after.parameters {
        parts.push("parameters".to_owned());
    }
    parts.join(", ")
}

/// How a task names its model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelRef {
    /// By its id.
    Id(ModelId),
    /// By the URL at which it is called.
    Url(String),
    /// Not at all: the operator's default is used.
    Default,
}

/// The model for a task: it must be open, unless an administrator asks.
pub(crate) async fn chosen(tx: &mut Tx, named: &ModelRef, default: Option<&str>, administers: bool) -> Result<Model, Error> {
    let found = match (named, default) {
        (ModelRef::Id(id), _) => store::model::get(tx, *id).await?,
        (ModelRef::Url(url), _) => store::model::by_url(tx, url).await?,
        (ModelRef::Default, Some(name)) => store::model::by_name(tx, name).await?,
        (ModelRef::Default, None) => return Err(Refusal::Invalid { field: "model_id", problem: Problem::Missing }.into()),
    };
    // A model without a URL could only fail.
    let callable = found.filter(|model| !model.url.is_empty());
    callable.filter(|model| administers || model.status == Status::Open).ok_or_else(|| Refusal::UnusableModel.into())
}
