//! The kind `metered`: work that somebody else's worker does and reports on over the API (docs/surfaces/phone.md, Tasks).
//!
//! Its tasks begin as drafts, cost one use, and are never refunded: whether the work succeeded is reported by whoever did it, and
//! that may be the owner. No worker of this process ever claims one.

use std::{net::IpAddr, time::Duration};

use domain::{
    id::TaskId,
    label,
    problem::Problem,
    refusal::{Noun, Refusal},
    task::{Backoff, Cause, Move, State, Task},
    time::Timestamp,
    wallet::Asset,
};
use serde::{Deserialize, Serialize};
use store::{task::Wanted, tx::Tx};

use crate::{
    Engine, Error, Fault,
    api_key::{self, Payer, Scope},
    idempotency::{Answered, Once},
    media,
    session::{self, Caller},
    task::{self, Submission, Submitted},
    worker::{Ending, Failure, Job, Kind},
    worker_token,
};

/// The kind's name in storage.
pub const NAME: &str = "metered";
/// The longest error text that is kept, in bytes; the rest is cut off.
const MAX_ERROR: usize = 4096;
/// The largest parameters of a task, in bytes of JSON.
const MAX_PARAMS: usize = 16 * 1024;

/// The kind.
#[derive(Debug, Clone, Copy, Default)]
pub struct Metered;

#[async_trait::async_trait]
impl Kind for Metered {
    fn name(&self) -> &'static str {
        NAME
    }

    fn initial_state(&self) -> State {
        State::Draft
    }

    fn concurrency(&self) -> usize {
        0
    }

    fn price(&self) -> (Asset, i64) {
        (Asset::Uses, 1)
    }

    fn deadline(&self, _engine: &Engine) -> Option<Duration> {
        None
    }

    fn backoff(&self) -> Backoff {
        Backoff { retries: 0, base_s: 0, cap_s: 0 }
    }

    fn refunds(&self) -> bool {
        false
    }

    async fn run(&self, _job: &Job) -> Result<Ending, Failure> {
        Err(Failure { code: "OUTSIDE_WORKER", message: "only an outside worker does this work".to_owned(), again: None })
    }
}

/// A task's input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "metered.input.v1")]
pub struct Input {
    /// What the worker needs to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub params: Option<serde_json::Map<String, serde_json::Value>>,
}

/// What was reported so far, in whatever state the task is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "metered.output.v1")]
pub struct Output {
    /// What went wrong, in the worker's words.
    pub error: Option<String>,
    /// Where the worker put its result: a label that this server never opens.
    pub path: Option<String>,
}

impl Output {
    /// What was reported on a task.
    ///
    /// # Errors
    /// [`Fault::Corrupt`].
    pub fn of(task: &Task) -> Result<Self, Error> {
        let Some(output) = &task.output else { return Ok(Self::default()) };
        serde_json::from_str(output).map_err(|_| Fault::Corrupt("output").into())
    }

    /// The result's path as it may be shown: the label, or a signed link to the file of that name in the task's own folder.
    #[must_use]
    pub fn shown_path(&self, engine: &Engine, task: TaskId) -> Option<String> {
        let path = self.path.as_ref()?;
        Some(if engine.settings.expose_paths { path.clone() } else { media::link(engine, &format!("{NAME}/{task}/{path}")) })
    }
}

/// Submits a task: one use is charged, or nothing happens.
///
/// # Errors
/// [`Refusal::Unaffordable`]; [`Refusal::Invalid`] for parameters that are too large.
pub async fn submit(
    engine: &Engine,
    payer: impl Into<Payer>,
    params: Option<serde_json::Map<String, serde_json::Value>>,
) -> Result<Task, Error> {
    Ok(task::submit(engine, submission(payer.into(), params)?).await?.task)
}

/// As [`submit`], but only once per idempotency key.
///
/// # Errors
/// As [`submit`], and [`Refusal::KeyReused`].
pub async fn submit_once(
    engine: &Engine,
    payer: impl Into<Payer>,
    params: Option<serde_json::Map<String, serde_json::Value>>,
    once: Option<Once<Submitted>>,
) -> Result<Answered<Submitted>, Error> {
    task::submit_once(engine, submission(payer.into(), params)?, once).await
}

fn submission(payer: Payer, params: Option<serde_json::Map<String, serde_json::Value>>) -> Result<Submission, Error> {
    let input = serde_json::to_string(&Input { params }).map_err(|_| Fault::Corrupt("input"))?;
    if input.len() > MAX_PARAMS {
        return Err(Refusal::Invalid { field: "params", problem: Problem::TooLong(MAX_PARAMS as u64) }.into());
    }
    if input.contains("\\u0000") {
        return Err(Refusal::Invalid { field: "params", problem: Problem::Malformed }.into());
    }
    Ok(Submission { payer, kind: NAME, input, rule: None })
}

/// Who reads metered tasks and reports on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// Somebody signed in.
    Account(Caller),
    /// An outside worker, by the name of its token or key.
    Worker(String),
}

/// Who presents a token: a worker's own, an API key with the scope `worker:metered`, or whoever [`session::identify`] knows.
///
/// # Errors
/// As [`worker_token::authenticate`] and [`session::identify`].
pub async fn asker(engine: &Engine, token: &str, from: Option<IpAddr>, needed: Option<&Scope>) -> Result<Asker, Error> {
    if token.starts_with(worker_token::PREFIX) {
        return Ok(Asker::Worker(format!("worker token {}", worker_token::authenticate(engine, token).await?)));
    }
    if api_key::resembles(token) {
        match api_key::authenticate(engine, token, from, Some(&Scope::Worker(NAME.to_owned()))).await {
            Ok(caller) => return Ok(Asker::Worker(caller.key.map_or_else(String::new, |key| format!("key {key}")))),
            Err(Error::Refused(Refusal::KeyScope(_))) => {}
            Err(other) => return Err(other),
        }
    }
    session::identify(engine, token, from, needed).await.map(Asker::Account)
}

impl Asker {
    /// Whether this asker may see a task. An administrator may report on everybody's, but lists only their own.
    fn sees(&self, task: &Task) -> bool {
        match self {
            Self::Account(caller) => task.account == caller.account || caller.role.administers(),
            Self::Worker(_) => true,
        }
    }

    /// Whether this asker may report anything, rather than only cancel.
    fn reports(&self, engine: &Engine) -> bool {
        match self {
            Self::Account(caller) => engine.settings.owners_report || caller.role.administers(),
            Self::Worker(_) => true,
        }
    }
}

fn visible(found: Option<Task>, asker: &Asker) -> Result<Task, Error> {
    found.filter(|task| task.kind == NAME && asker.sees(task)).ok_or_else(|| Refusal::NotFound(Noun::Task).into())
}

/// A task that `asker` may see, with its input.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn get(engine: &Engine, asker: &Asker, id: TaskId) -> Result<(Task, Input), Error> {
    let asker = asker.clone();
    let read = engine.db.read(async move |tx| {
        let task = visible(store::task::get(tx, id).await?, &asker)?;
        Ok((task, store::task::input(tx, id).await?.unwrap_or_default()))
    });
    let (task, input) = read.await?;
    Ok((task, serde_json::from_str(&input).map_err(|_| Fault::Corrupt("input"))?))
}

/// A page of tasks, newest first, and how many there are in all: the asker's own, or for a worker everybody's open ones. An empty
/// `states` means all states.
///
/// # Errors
/// [`Error::Fault`].
pub async fn list(engine: &Engine, asker: &Asker, states: Vec<State>, offset: i64, limit: i64) -> Result<(Vec<Task>, i64), Error> {
    match asker {
        Asker::Account(caller) => {
            let wanted = Wanted { account: caller.account, kind: NAME, states, offset, limit };
            engine.db.read(async move |tx| Ok(store::task::list_whole(tx, &wanted).await?)).await
        }
        Asker::Worker(_) => {
            let wants = |state| states.is_empty() || states.contains(&state);
            let state = match (wants(State::Draft), wants(State::Running)) {
                (true, true) => None,
                (true, false) => Some(State::Draft),
                (false, true) => Some(State::Running),
                (false, false) => return Ok((Vec::new(), 0)),
            };
            engine.db.read(async move |tx| Ok(store::task::list_open(tx, NAME, state, offset, limit).await?)).await
        }
    }
}

/// A report: the task's state, and what to store as its error and its result, if the report mentions them.
#[derive(Debug, Clone)]
pub struct Report {
    /// Draft, running, or how it ended.
    pub state: State,
    /// The error text, if mentioned; `Some(None)` clears it.
    pub error: Option<Option<String>>,
    /// The result's path, if mentioned; `Some(None)` clears it.
    pub path: Option<Option<String>>,
}

/// Records a report. One that repeats what is known does not change the update time; an ended task no longer changes.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::Forbidden`] for an owner who may only cancel; [`Refusal::TaskState`] for a move that is not allowed;
/// [`Refusal::Invalid`] for a path that could lead out of the task's folder.
pub async fn report(engine: &Engine, asker: &Asker, id: TaskId, report: Report) -> Result<Task, Error> {
    let report = Report {
        error: report.error.map(|error| error.map(|text| label::cut(&text, MAX_ERROR))),
        path: report.path.map(|path| path.filter(|path| !path.is_empty())),
        ..report
    };
    if let Some(Some(path)) = &report.path {
        let harmless = label::leads_nowhere(path) && (engine.settings.expose_paths || !path.starts_with('/'));
        if !harmless {
            return Err(Refusal::Invalid { field: "output_file_path", problem: Problem::Malformed }.into());
        }
    }
    let all = Reporting { asker: asker.clone(), reports: asker.reports(engine), id, report, now: engine.now() };
    let task = engine.db.write(async move |tx| apply(tx, &all).await).await?;
    if let Asker::Worker(worker) = asker {
        tracing::info!(task = id.0, worker, state = task.state.word(), "an outside worker reported");
    }
    task::publish(engine, &task);
    Ok(task)
}

struct Reporting {
    asker: Asker,
    reports: bool,
    id: TaskId,
    report: Report,
    now: Timestamp,
}

async fn apply(tx: &mut Tx, all: &Reporting) -> Result<Task, Error> {
    let Reporting { asker, reports, id, report, now } = all;
    let task = visible(store::task::get_for_update(tx, *id).await?, asker)?;
    if !reports && report.state != State::Cancelled {
        return Err(Refusal::Forbidden.into());
    }
    let same = task.state == report.state;
    if same && task.state.ended() {
        return Ok(task);
    }
    let mut next = if same { task.clone() } else { moved(&task, report.state, *now)? };
    let known = Output::of(&task)?;
    // What an owner who may only cancel says about the work is ignored.
    let said = |new: &Option<Option<String>>, known: &Option<String>| new.clone().filter(|_| *reports).unwrap_or_else(|| known.clone());
    let output = Output { error: said(&report.error, &known.error), path: said(&report.path, &known.path) };
    if same && output == known {
        return Ok(task);
    }
    next.updated_at = (*now).max(task.updated_at);
    next.error =
        (next.state == State::Failed).then(|| Cause { code: "REPORTED".to_owned(), message: output.error.clone().unwrap_or_default() });
    next.output = Some(serde_json::to_string(&output).map_err(|_| Fault::Corrupt("output"))?);
    if !task::save(tx, &task, &next).await? {
        return Err(Fault::Corrupt("task").into());
    }
    Ok(next)
}

/// The task in the state that was reported, or a refusal if that is not a valid move.
fn moved(task: &Task, state: State, now: Timestamp) -> Result<Task, Refusal> {
    let step = match state {
        State::Running => Move::Begin,
        State::Succeeded => Move::Succeed,
        State::Failed => Move::Fail,
        State::Cancelled => Move::Cancel,
        State::Draft | State::AwaitingApproval | State::Queued | State::Paused => return Err(Refusal::TaskState(task.state)),
    };
    task.after(step, now).ok_or(Refusal::TaskState(task.state))
}
