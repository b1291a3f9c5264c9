//! Kinds of an operator's own: they are named and priced in the configuration, and outside workers do their work under a lease (see
//! `worker::outside` and docs/api.md, Workers of your own).

use std::time::Duration;

use domain::{
    audit::Act,
    id::TaskId,
    origin::Origin,
    problem::Problem,
    refusal::Refusal,
    task::{Backoff, Move, State, Task},
    wallet::Asset,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Engine, Error, Fault,
    api_key::Payer,
    audit,
    idempotency::{Answered, Once},
    session::Caller,
    task::{self, Submission, Submitted},
    worker::{Ending, Failure, Job, Kind},
};

/// The largest form, in bytes of JSON.
const MAX_FORM: usize = 256 * 1024;

/// A kind of an operator's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Custom {
    /// Its name.
    pub name: &'static str,
    /// What an attempt costs, in micro-yuan.
    pub price: i64,
    /// How long an attempt may take from its first claim on.
    pub deadline: Duration,
    /// How many more runs an attempt gets after one that failed and may be tried again.
    pub retries: i64,
    /// Whether an administrator must approve a task before it is worked on.
    pub approved: bool,
}

#[async_trait::async_trait]
impl Kind for Custom {
    fn name(&self) -> &'static str {
        self.name
    }

    fn initial_state(&self) -> State {
        if self.approved { State::AwaitingApproval } else { State::Queued }
    }

    fn files(&self, output: &str) -> Vec<String> {
        serde_json::from_str::<Output>(output).map(|output| output.files).unwrap_or_default()
    }

    /// No worker of this process claims one.
    fn concurrency(&self) -> usize {
        0
    }

    fn price(&self) -> (Asset, i64) {
        (Asset::Money, self.price)
    }

    fn deadline(&self, _engine: &Engine) -> Option<Duration> {
        Some(self.deadline)
    }

    fn backoff(&self) -> Backoff {
        Backoff { retries: self.retries, base_s: 5, cap_s: 300 }
    }

    fn outside(&self) -> bool {
        true
    }

    async fn run(&self, _job: &Job) -> Result<Ending, Failure> {
        Err(Failure { code: "OUTSIDE_WORKER", message: "only an outside worker does this work".to_owned(), again: None })
    }
}

/// A task's input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "custom.input.v1")]
pub struct Input {
    /// What the worker is to do.
    pub form: Map<String, Value>,
}

/// A task's output.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "custom.output.v1")]
pub struct Output {
    /// What came of it, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Map<String, Value>>,
    /// What is to be said of it, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The keys of its files in storage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

/// The kind of this name, if it is one of the operator's own.
pub(crate) fn named(engine: &Engine, name: &str) -> Option<&'static str> {
    engine.kinds.get(name).filter(|kind| kind.outside()).map(|kind| kind.name())
}

/// Submits a task of a kind of the operator's own.
///
/// # Errors
/// [`Refusal::Invalid`] for a kind that is none of these and a form that is too large; otherwise as [`task::submit_once`].
pub async fn submit(
    engine: &Engine,
    payer: Payer,
    kind: &str,
    form: Map<String, Value>,
    once: Option<Once<Submitted>>,
) -> Result<Answered<Submitted>, Error> {
    let kind = named(engine, kind).ok_or(Refusal::Invalid { field: "name", problem: Problem::Malformed })?;
    let input = serde_json::to_string(&Input { form }).map_err(|_| Fault::Corrupt("input"))?;
    if input.len() > MAX_FORM {
        return Err(Refusal::Invalid { field: "form", problem: Problem::TooLong(MAX_FORM as u64) }.into());
    }
    if input.contains("\\u0000") {
        return Err(Refusal::Invalid { field: "form", problem: Problem::Malformed }.into());
    }
    task::submit_once(engine, Submission { payer, kind, input, rule: None }, once).await
}

/// Approves a task, so that it can be worked on.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators; [`Refusal::TaskState`].
pub(crate) async fn approve(engine: &Engine, caller: &Caller, id: TaskId, origin: Origin) -> Result<Task, Error> {
    audit::administers(caller)?;
    let (actor, now) = (caller.account, engine.now());
    let approved = engine.db.write(async move |tx| {
        let task = store::task::get_for_update(tx, id).await?.ok_or(Refusal::NotFound(domain::refusal::Noun::Task))?;
        let next = task.after(Move::Approve, now).ok_or(Refusal::TaskState(task.state))?;
        if !task::save(tx, &task, &next).await? {
            return Err(Refusal::TaskState(task.state).into());
        }
        let act = Act {
            actor: Some(actor),
            action: "task.approve",
            subject: format!("task:{id}"),
            detail: String::new(),
            origin: origin.clone(),
        };
        audit::note(tx, &act, now).await?;
        Ok(next)
    });
    let task = approved.await?;
    task::publish(engine, &task);
    engine.bell.wake();
    Ok(task)
}
