//! The kind `generation`: work that a registered model does. Tasks are charged on submission and may need approval
//! (docs/surfaces/studio.md, Tasks).
//!
//! Invariant: the task's owner pays, at the model's price when the task was submitted or last changed.

mod action;
mod answer;
mod call;
mod fetch;
mod outcome;
mod run;

pub(crate) use outcome::MAX_POLL_INTERVAL;
pub(crate) use run::Calls;

use std::{sync::Arc, time::Duration};

use domain::{
    audit::Act,
    id::{AccountId, TaskId},
    model::Model,
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    task::{Backoff, State, Task},
    time::Timestamp,
    wallet::Asset,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
pub use store::generation::Generated;
use store::tx::Tx;

pub use self::action::{approve, cancel, retry, update};
use crate::{
    Engine, Error, Fault, audit,
    idempotency::{Answered, Once},
    ledger, media,
    model::{ModelRef, Parameters, chosen},
    session::Caller,
    settings::{Approval, Studio},
    task,
    vault::Vault,
    worker::{Ending, Failure, Job, Kind},
};

/// The kind's name in storage.
pub const NAME: &str = "generation";
/// Automatic runs after the first one of an attempt.
pub const MAX_RETRIES: i64 = 3;
/// The note on a refund: the owner cancelled the task.
pub const REFUND_NOTE_CANCELLED: &str = "cancelled";
/// The note on a refund: the task now uses another model.
pub const REFUND_NOTE_REPRICED: &str = "another model";
/// The largest input, in bytes of JSON.
const MAX_INPUT: usize = 256 * 1024;

/// The kind.
pub struct Generation {
    /// Its settings.
    pub settings: Studio,
}

#[async_trait::async_trait]
impl Kind for Generation {
    fn name(&self) -> &'static str {
        NAME
    }

    fn files(&self, output: &str) -> Vec<String> {
        serde_json::from_str::<Output>(output).map(|output| vec![output.object]).unwrap_or_default()
    }

    fn initial_state(&self) -> State {
        initial_state(&self.settings)
    }

    fn concurrency(&self) -> usize {
        self.settings.concurrency
    }

    /// A task costs what its model costs; see [`submit`].
    fn price(&self) -> (Asset, i64) {
        (Asset::Money, 0)
    }

    /// None of its own: a job without an outcome fails after `settle`.
    fn deadline(&self, _engine: &Engine) -> Option<Duration> {
        None
    }

    fn backoff(&self) -> Backoff {
        Backoff { retries: MAX_RETRIES, base_s: 2, cap_s: 60 }
    }

    async fn run(&self, job: &Job) -> Result<Ending, Failure> {
        run::run(job).await
    }
}

fn initial_state(settings: &Studio) -> State {
    match settings.approval {
        Approval::Automatic => State::Queued,
        Approval::Admin | Approval::Owner => State::AwaitingApproval,
    }
}

/// The output of a task that succeeded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "generation.output.v1")]
pub struct Output {
    /// The file's key in storage.
    pub object: String,
}

/// A freshly signed link to a task's result; `None` unless the task has succeeded.
#[must_use]
pub fn result(engine: &Engine, task: &Task) -> Option<String> {
    let output: Output = serde_json::from_str(task.output.as_deref().filter(|_| task.state == State::Succeeded)?).ok()?;
    Some(media::link(engine, &output.object))
}

/// A request to submit a task.
pub struct Submission {
    /// Who asks, and pays unless an administrator submits on behalf of somebody else.
    pub caller: Caller,
    /// The account that an administrator submits for; ignored for all other callers.
    pub behalf: Option<AccountId>,
    /// The model to use.
    pub model: ModelRef,
    /// The input as it was sent, which is also how it is shown later.
    pub input: Map<String, Value>,
    /// Where the request came from.
    pub origin: Origin,
    /// The idempotency key, if the caller sent one.
    pub once: Option<Once<Generated>>,
}

/// The form in an input: its `data` if it has one, without the fields that name the model.
pub(crate) fn form(input: &Map<String, Value>) -> Map<String, Value> {
    let mut form = input.get("data").and_then(Value::as_object).unwrap_or(input).clone();
    for named in ["model_id", "modelId"] {
        form.remove(named);
    }
    if !input.contains_key("data") {
        form.remove("model");
    }
    form
}

/// Checks an input's length and characters before anything is stored, and writes it as JSON.
fn validated_json(input: &Map<String, Value>) -> Result<String, Error> {
    let text = serde_json::to_string(input).map_err(|_| Fault::Corrupt("input"))?;
    if text.len() > MAX_INPUT {
        Err(Refusal::Invalid { field: "body", problem: Problem::TooLong(MAX_INPUT as u64) }.into())
    } else if text.contains("\\u0000") {
        Err(Refusal::Invalid { field: "body", problem: Problem::Malformed }.into())
    } else {
        Ok(text)
    }
}

/// Checks that a form has what its model requires. Header values are not needed for this, so nothing is decrypted here.
fn validate_form(model: &Model, input: &Map<String, Value>) -> Result<(), Error> {
    let parameters: Parameters = serde_json::from_str(&model.parameters).map_err(|_| Fault::Corrupt("parameters"))?;
    match parameters.fault(&form(input)) {
        Some(wrong) => Err(Refusal::Invalid { field: "body", problem: Problem::Because(wrong) }.into()),
        None => Ok(()),
    }
}

async fn whole(tx: &mut Tx, id: TaskId) -> Result<Generated, Error> {
    store::generation::whole(tx, id).await?.ok_or_else(|| Refusal::NotFound(Noun::Task).into())
}

/// Submits a task: it is stored and charged, or nothing happens.
///
/// # Errors
/// [`Refusal::UnusableModel`], [`Refusal::Unaffordable`], [`Refusal::Invalid`], [`Refusal::KeyReused`].
pub async fn submit(engine: &Engine, submission: Submission) -> Result<Answered<Generated>, Error> {
    let text = validated_json(&submission.input)?;
    let settings = engine.settings.studio.clone();
    let chain = engine.secrets.chain.clone();
    let now = engine.now();
    let Submission { caller, behalf, model, input, origin, once } = submission;
    task::submit_with(engine, caller.account, once, async move |tx| {
        let owner = match behalf.filter(|owner| *owner != caller.account && caller.role.administers()) {
            Some(owner) => {
                let found = store::account::by_id(tx, owner).await?;
                found.filter(|account| account.anonymised_at.is_none()).ok_or(Refusal::NotFound(Noun::Account))?.id
            }
            None => caller.account,
        };
        let model = chosen(tx, &model, settings.default_model.as_deref(), caller.role.administers()).await?;
        validate_form(&model, &input)?;
        let new = store::task::New {
            account: owner,
            kind: NAME,
            state: initial_state(&settings),
            asset: Asset::Money,
            price: model.price,
            deadline_at: None,
            input: text.clone(),
            now,
        };
        let task = store::task::insert(tx, &new).await?;
        store::generation::insert(tx, task.id, model.id, &model.name).await?;
        ledger::charge_from(tx, &chain, &task, caller.key, &model.name, &origin, now).await?;
        if owner != caller.account {
            note(tx, &caller, "task.submit", task.id, format!("for account {owner}"), &origin, now).await?;
        }
        whole(tx, task.id).await
    })
    .await
}

async fn note(
    tx: &mut Tx,
    caller: &Caller,
    action: &'static str,
    task: TaskId,
    detail: String,
    origin: &Origin,
    now: Timestamp,
) -> Result<(), Error> {
    let act = Act { actor: Some(caller.account), action, subject: format!("task:{task}"), detail, origin: origin.clone() };
    audit::note(tx, &act, now).await
}

fn publish(engine: &Engine, task: &Task) {
    task::publish(engine, task);
    if task.waits() {
        engine.bell.wake();
    }
}

/// Only the owner and administrators can see a task; for everybody else it does not exist.
fn visible(found: Option<Generated>, caller: &Caller) -> Result<Generated, Refusal> {
    let sees = |task: &Task| task.kind == NAME && (task.account == caller.account || caller.role.administers());
    found.filter(|found| sees(&found.task)).ok_or(Refusal::NotFound(Noun::Task))
}

/// A task that `caller` may see.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn get(engine: &Engine, caller: &Caller, id: TaskId) -> Result<Generated, Error> {
    let found = engine.db.read(async move |tx| Ok(store::generation::whole(tx, id).await?)).await?;
    Ok(visible(found, caller)?)
}

/// A page of tasks, newest first, and how many there are in all: the caller's own, or for administrators everybody's or one account's.
/// An empty `states` means all states.
///
/// # Errors
/// [`Error::Fault`].
pub async fn list(
    engine: &Engine,
    caller: &Caller,
    creator: Option<AccountId>,
    states: Vec<State>,
    offset: i64,
    limit: i64,
) -> Result<(Vec<Generated>, i64), Error> {
    let account = if caller.role.administers() { creator } else { Some(caller.account) };
    engine.db.read(async move |tx| Ok(store::generation::list(tx, NAME, account, &states, offset, limit).await?)).await
}

/// The task's generation row, its model and the model's decrypted parameters, as a run needs them.
async fn load_run_data(job: &Job) -> Result<(domain::model::Generation, Model, Parameters), Error> {
    let engine: &Arc<Engine> = &job.engine;
    let id = job.task.id;
    let read = engine.db.read(async move |tx| {
        let generation = store::generation::get(tx, id).await?.ok_or(Fault::Corrupt("generation"))?;
        let model = store::model::get(tx, generation.model).await?.ok_or(Fault::Corrupt("model"))?;
        Ok((generation, model))
    });
    let (generation, model) = read.await?;
    let parameters = Parameters::opened(&Vault::of(engine), &model)?;
    Ok((generation, model, parameters))
}
