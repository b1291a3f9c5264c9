//! What can be done with tasks of any kind: submit, read, act on. Each kind keeps its own rules and refuses what it does not know.

mod action;

use std::sync::Arc;

use domain::{
    course::Ticks,
    event::Snapshot,
    id::{LogId, TaskId},
    ledger::Entry,
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    study::Log,
    task::{State, Task},
};
use serde_json::{Map, Value};
use tokio::sync::watch;

pub(crate) use self::action::MAX_REASON;
pub use self::action::{Action, act, reject};

use super::{anime, custom, generation, metered, study};
use crate::{
    Engine, Error, Fault,
    api_key::Payer,
    idempotency::{Answered, Once},
    media,
    model::ModelRef,
    runtime_settings,
    session::Caller,
    task,
    worker::outside,
};

/// A task's input, by kind.
pub enum Input {
    /// A novel, for the kind `anime`.
    Novel(anime::record::Input),
    /// Courses, for the kind `study`.
    Courses {
        /// The name its owner gives it.
        name: String,
        /// The courses to work through; all if none is named.
        courses: Vec<String>,
        /// Which items may be ticked off in the learner's name.
        ticks: Ticks,
    },
    /// A form, for the kind `generation`.
    Form {
        /// The model to use.
        model: ModelRef,
        /// The form.
        form: Map<String, Value>,
    },
    /// A form for a kind of the operator's own.
    Custom {
        /// The kind.
        kind: String,
        /// The form.
        form: Map<String, Value>,
    },
    /// Parameters for an outside worker, for the kind `metered`.
    Parameters(Option<Map<String, Value>>),
}

/// Submits a task.
///
/// # Errors
/// As the kind's own `submit`.
pub async fn submit(
    engine: &Engine,
    caller: &Caller,
    input: Input,
    origin: Origin,
    once: Option<Once<Task>>,
) -> Result<Answered<Task>, Error> {
    let payer = Payer::from(caller);
    match input {
        Input::Novel(input) => {
            let submission = anime::Submission { payer, input, rule: None, once: once.map(of) };
            // Here the novel is called `text`.
            let named = |error| match error {
                Error::Refused(Refusal::Invalid { field: "novel_text", problem }) => Refusal::Invalid { field: "text", problem }.into(),
                other => other,
            };
            anime::submit(engine, submission).await.map(whole).map_err(named)
        }
        Input::Courses { name, courses, ticks } => {
            study::submit(engine, study::Submission { payer, name, courses, ticks, once: once.map(of) }).await.map(whole)
        }
        Input::Form { model, form } => {
            let submission =
                generation::Submission { caller: caller.clone(), behalf: None, model, input: form, origin, once: once.map(of) };
            generation::submit(engine, submission).await.map(whole)
        }
        Input::Custom { kind, form } => custom::submit(engine, payer, &kind, form, once.map(of)).await.map(whole),
        Input::Parameters(params) => metered::submit_once(engine, payer, params, once.map(of)).await.map(whole),
    }
}

/// An idempotency key for a task, as one for the kind's own type.
fn of<T: AsRef<Task>>(once: Once<Task>) -> Once<T> {
    let Once { route, key, request, encode } = once;
    Once { route, key, request, encode: Arc::new(move |made: &T| encode(made.as_ref())) }
}

fn whole<T: AsRef<Task>>(answered: Answered<T>) -> Answered<Task> {
    match answered {
        Answered::Executed(made) => Answered::Executed(made.as_ref().clone()),
        Answered::Replayed(text) => Answered::Replayed(text),
    }
}

/// What a task waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Its owner to start it.
    Start,
    /// An outside worker.
    OutsideWorker,
    /// Somebody's approval.
    Approval,
    /// Its owner, who paused it.
    Owner,
    /// A worker; accounts take turns, so the number of tasks before it is approximate.
    Worker {
        /// How many tasks come before it.
        before: i64,
    },
    /// An administrator, who paused its kind.
    PausedQueue,
    /// Another run, after one that failed.
    AnotherRun,
    /// A remote server that works on it.
    RemoteServer,
}

/// A task with everything that is known about it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The task.
    pub task: Task,
    /// The input, as its kind's record.
    pub input: Value,
    /// What it waits for; `None` while a worker holds it, and once it has ended.
    pub waiting: Option<Waiting>,
    /// What was charged and refunded for it, oldest first.
    pub entries: Vec<Entry>,
}

/// A task that the caller may see: their own, and every one for administrators.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn get(engine: &Engine, caller: &Caller, id: TaskId) -> Result<Whole, Error> {
    let caller = caller.clone();
    let now = engine.now();
    let options = runtime_settings::known(engine);
    let read = engine.db.read(async move |tx| {
        let task = visible(store::task::get(tx, id).await?, &caller)?;
        let waiting = match (task.state, task.kind.as_str()) {
            (State::Draft, metered::NAME) => Some(Waiting::OutsideWorker),
            (State::Draft, _) => Some(Waiting::Start),
            (State::AwaitingApproval, _) => Some(Waiting::Approval),
            (State::Paused, _) => Some(Waiting::Owner),
            (State::Queued, kind) if options.pauses(kind) => Some(Waiting::PausedQueue),
            (State::Queued, _) if task.due_at > now => Some(Waiting::AnotherRun),
            (State::Queued, _) => Some(Waiting::Worker { before: store::queue::before(tx, &task).await? }),
            (State::Running, kind) if task.worker.is_none() && kind != metered::NAME => Some(Waiting::RemoteServer),
            (State::Running | State::Succeeded | State::Failed | State::Cancelled, _) => None,
        };
        let input = match store::study::get(tx, id).await? {
            // The input of a study task is in a row of its own.
            Some(found) => serde_json::json!({ "name": found.study.name, "courses": found.study.courses }).to_string(),
            None => store::task::input(tx, id).await?.unwrap_or_default(),
        };
        let entries = store::ledger::of_task(tx, id).await?;
        Ok((task, waiting, input, entries))
    });
    let (task, waiting, input, entries) = read.await?;
    let mut input = serde_json::from_str(&input).map_err(|_| Fault::Corrupt("input"))?;
    // The record's name is internal.
    if let Value::Object(fields) = &mut input {
        fields.remove("record");
    }
    Ok(Whole { task, input, waiting, entries })
}

/// The lines of a task's log that are older than `before`, newest first.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn log(engine: &Engine, caller: &Caller, id: TaskId, before: Option<LogId>, limit: i64) -> Result<Vec<Log>, Error> {
    let caller = caller.clone();
    let read = engine.db.read(async move |tx| {
        visible(store::task::get(tx, id).await?, &caller)?;
        Ok(store::log::before(tx, id, before.unwrap_or(LogId(i64::MAX)), limit).await?)
    });
    read.await
}

/// Subscribes to tasks that the caller may see: of each the state now, then every newer one.
///
/// # Errors
/// [`Refusal::NotFound`] if one of them is not there for the caller.
pub async fn watch(engine: &Engine, caller: &Caller, ids: &[TaskId]) -> Result<Vec<watch::Receiver<Arc<Snapshot>>>, Error> {
    let mut states = Vec::new();
    for id in ids {
        let task = seen(engine, caller, *id).await?;
        states.push(engine.live.watch(task::snapshot(&task)));
        // It may have changed between reading and subscribing: reading it again catches up with whatever was missed.
        engine.live.publish(&task::snapshot(&seen(engine, caller, *id).await?));
    }
    Ok(states)
}

/// A file of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What it is: `video`, `thumbnail`, `subtitles`, `result`.
    pub role: &'static str,
    /// A signed link to it, or the label that an outside worker gave it.
    pub url: String,
}

/// The outcome of a task.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Its files.
    pub files: Vec<File>,
    /// What came of it, for programs.
    pub data: Option<Map<String, Value>>,
    /// A summary for people.
    pub summary: Option<String>,
    /// What was done differently from what was requested, or is left to its owner.
    pub notes: Vec<String>,
}

/// The outcome of a task that has succeeded, with freshly signed links.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::TaskUnfinished`].
pub async fn outcome(engine: &Engine, caller: &Caller, id: TaskId) -> Result<Outcome, Error> {
    let task = seen(engine, caller, id).await?;
    let output = task.output.as_deref().filter(|_| task.state == State::Succeeded).ok_or(Refusal::TaskUnfinished(task.state))?;
    let file = |role, key: &str| File { role, url: media::link(engine, key) };
    Ok(match task.kind.as_str() {
        anime::NAME => {
            let film: anime::record::Output = serde_json::from_str(output).map_err(|_| Fault::Corrupt("output"))?;
            let mut files = vec![file("video", &film.video), file("thumbnail", &film.thumbnail)];
            files.extend([file("subtitles", &film.srt), file("subtitles", &film.vtt)]);
            Outcome { files, data: None, summary: None, notes: film.notes }
        }
        generation::NAME => {
            let files = generation::result(engine, &task).into_iter().map(|url| File { role: "result", url }).collect();
            Outcome { files, ..Outcome::default() }
        }
        study::NAME => {
            let output = study::output(&task).ok_or(Fault::Corrupt("output"))?;
            Outcome { summary: Some(output.summary), notes: output.remark.into_iter().collect(), ..Outcome::default() }
        }
        kind if custom::named(engine, kind).is_some() => {
            let output: custom::Output = serde_json::from_str(output).map_err(|_| Fault::Corrupt("output"))?;
            let files = outside::links(engine, &output).into_iter().map(|url| File { role: "result", url }).collect();
            Outcome { files, data: output.data, summary: output.summary, notes: Vec::new() }
        }
        _ => {
            let path = metered::Output::of(&task)?.shown_path(engine, id);
            Outcome { files: path.into_iter().map(|url| File { role: "result", url }).collect(), ..Outcome::default() }
        }
    })
}

async fn seen(engine: &Engine, caller: &Caller, id: TaskId) -> Result<Task, Error> {
    let caller = caller.clone();
    engine.db.read(async move |tx| Ok(visible(store::task::get(tx, id).await?, &caller)?)).await
}

/// A task of somebody else gets the same answer as one that does not exist.
fn visible(found: Option<Task>, caller: &Caller) -> Result<Task, Refusal> {
    found.filter(|task| visible_to(task, caller)).ok_or(Refusal::NotFound(Noun::Task))
}

/// Whether the caller may see a task: their own, and every one for administrators.
pub(crate) fn visible_to(task: &Task, caller: &Caller) -> bool {
    task.account == caller.account || caller.role.administers()
}

/// The model that a text names by its number, as in `model_3`.
///
/// # Errors
/// [`Refusal::Invalid`].
pub fn model(text: Option<&str>) -> Result<ModelRef, Refusal> {
    let Some(text) = text else { return Ok(ModelRef::Default) };
    let number = text.strip_prefix("model_").and_then(|number| number.parse().ok()).filter(|number| *number > 0);
    number.map(|number| ModelRef::Id(domain::id::ModelId(number))).ok_or(Refusal::Invalid { field: "model", problem: Problem::Malformed })
}
