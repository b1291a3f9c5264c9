//! The kind `study`: courses at a learning platform, worked through item by item in their learner's name (docs/surfaces/campus.md).
//!
//! Invariant: nothing is reported as done that was not: what is played is really delivered, what only the learner can do is left to them.

mod action;
mod course;
mod log;
mod plan;
mod player;
mod run;
mod summary;

use std::time::Duration;

use domain::{
    course::{Ticks, numbers},
    event::Snapshot,
    id::{AccountId, TaskId},
    problem::Problem,
    refusal::{Noun, Refusal},
    study::{self, Log, Study as Row},
    task::{Backoff, State, Task},
    time::Timestamp,
    wallet::Asset,
};
use serde::{Deserialize, Serialize};
pub use store::study::{KIND as NAME, Studied, Wanted};
use store::tx::{Lock, Tx};

pub use self::action::{TaskAction, act, recover, remove};
use crate::{
    Engine, Error, Fault,
    api_key::Payer,
    audit::administers,
    idempotency::{Answered, Once},
    ledger,
    runtime_settings::{self, Number},
    session::Caller,
    settings::Campus,
    task,
    worker::{Ending, Failure, Job, Kind},
};

/// How many log lines are shown with a task.
pub const SHOWN_LOGS: i64 = 200;

/// The kind.
pub struct Study {
    /// Its settings.
    pub settings: Campus,
}

#[async_trait::async_trait]
impl Kind for Study {
    fn name(&self) -> &'static str {
        NAME
    }

    fn initial_state(&self) -> State {
        State::Draft
    }

    fn concurrency(&self) -> usize {
        self.settings.concurrency
    }

    fn price(&self) -> (Asset, i64) {
        (Asset::Money, self.settings.price)
    }

    fn deadline(&self, engine: &Engine) -> Option<Duration> {
        Some(Duration::from_secs(u64::try_from(runtime_settings::number(engine, Number::TaskTimeout)).unwrap_or(0)))
    }

    fn backoff(&self) -> Backoff {
        Backoff { retries: run::RETRIES, base_s: 5, cap_s: 300 }
    }

    async fn run(&self, job: &Job) -> Result<Ending, Failure> {
        run::run(&self.settings, job).await
    }
}

/// The output of a task that was worked through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "study.output.v1")]
pub struct Output {
    /// What was done, in a line for people.
    pub summary: String,
    /// What was not done and why, in a line for people; `None` if nothing is left.
    pub remark: Option<String>,
}

/// A task's output, once it has succeeded.
#[must_use]
pub fn output(task: &Task) -> Option<Output> {
    serde_json::from_str(task.output.as_deref().filter(|_| task.state == State::Succeeded)?).ok()
}

/// What its owner should know about why a task failed, or about what is left.
#[must_use]
pub fn fault(task: &Task) -> Option<String> {
    let remark = || output(task).and_then(|output| output.remark);
    task.error.as_ref().map(|error| error.message.clone()).or_else(remark)
}

/// A request to submit a task.
pub struct Submission {
    /// Who pays.
    pub payer: Payer,
    /// The name its owner gives it.
    pub name: String,
    /// The courses to work through; all if none is named.
    pub courses: Vec<String>,
    /// Which items are ticked off in their learner's name.
    pub ticks: Ticks,
    /// The idempotency key, if the caller sent one.
    pub once: Option<Once<Studied>>,
}

fn name(text: &str) -> Result<String, Refusal> {
    let problem = if text.trim().is_empty() { Problem::Missing } else { Problem::Malformed };
    study::name(text).ok_or(Refusal::Invalid { field: "name", problem })
}

/// Submits a task, which waits for its owner to start it.
///
/// # Errors
/// [`Refusal::Invalid`], [`Refusal::TooManyTasks`], [`Refusal::Unaffordable`], [`Refusal::KeyReused`].
pub async fn submit(engine: &Engine, submission: Submission) -> Result<Answered<Studied>, Error> {
    let courses = numbers(&submission.courses).map_err(|problem| Refusal::Invalid { field: "course_ids", problem })?;
    let total = i64::try_from(courses.len()).unwrap_or(0);
    let titles = engine.titles.of(submission.payer.account, &courses);
    let row = Row { name: name(&submission.name)?, courses, titles, completed: 0, total, ticks: submission.ticks };
    let kind = engine.kinds.get(NAME).ok_or(Refusal::Unavailable { reason: "study is not mounted".to_owned() })?;
    let (asset, price) = kind.price();
    let new = store::task::New {
        account: submission.payer.account,
        kind: NAME,
        state: kind.initial_state(),
        asset,
        price,
        deadline_at: None,
        input: "{}".to_owned(),
        now: engine.now(),
    };
    let most = runtime_settings::number(engine, Number::MaxTasks);
    let chain = engine.secrets.chain.clone();
    let payer = submission.payer;
    task::submit_with(engine, payer.account, submission.once, async move |tx| {
        limited(tx, new.account, TaskId(0), most).await?;
        let task = store::task::insert(tx, &new).await?;
        store::study::insert(tx, task.id, &row).await?;
        ledger::charge(tx, &chain, &task, payer.key, new.now).await?;
        whole(tx, task.id).await
    })
    .await
}

/// Checks that an account may have one more task besides `except`; the account is locked, so that concurrent requests are counted, too.
async fn limited(tx: &mut Tx, account: AccountId, except: TaskId, most: i64) -> Result<(), Error> {
    tx.lock(Lock::Account(account)).await?;
    if store::study::active_beside(tx, account, except).await? >= most { Err(Refusal::TooManyTasks(most).into()) } else { Ok(()) }
}

async fn whole(tx: &mut Tx, id: TaskId) -> Result<Studied, Error> {
    store::study::get(tx, id).await?.ok_or_else(|| Refusal::NotFound(Noun::Task).into())
}

/// A task of the asker's with its newest log lines, newest first.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn get(engine: &Engine, asker: AccountId, id: TaskId) -> Result<(Studied, Vec<Log>), Error> {
    let read = engine.db.read(async move |tx| {
        let found = own(whole(tx, id).await?, asker)?;
        Ok((found, store::log::newest(tx, id, SHOWN_LOGS).await?))
    });
    read.await
}

fn own(found: Studied, asker: AccountId) -> Result<Studied, Error> {
    if found.task.account == asker { Ok(found) } else { Err(Refusal::NotFound(Noun::Task).into()) }
}

/// The newest log lines of a task of the asker's, newest first.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn logs(engine: &Engine, asker: AccountId, id: TaskId, limit: i64) -> Result<Vec<Log>, Error> {
    let read = engine.db.read(async move |tx| {
        own(whole(tx, id).await?, asker)?;
        Ok(store::log::newest(tx, id, limit).await?)
    });
    read.await
}

/// A page of the asker's tasks, newest first, and how many there are in all.
///
/// # Errors
/// [`Error::Fault`].
pub async fn list(engine: &Engine, asker: AccountId, states: Vec<State>, offset: i64, limit: i64) -> Result<(Vec<Studied>, i64), Error> {
    page(engine, Wanted { account: Some(asker), states, offset, limit }).await
}

/// A page of everybody's tasks, newest first, and how many there are in all.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators.
pub async fn list_all(engine: &Engine, caller: &Caller, wanted: Wanted) -> Result<(Vec<Studied>, i64), Error> {
    administers(caller)?;
    page(engine, wanted).await
}

async fn page(engine: &Engine, wanted: Wanted) -> Result<(Vec<Studied>, i64), Error> {
    engine.db.read(async move |tx| Ok(store::study::list(tx, &wanted).await?)).await
}

/// How many study tasks of an account are in each state.
///
/// # Errors
/// [`Error::Fault`].
pub async fn counts(engine: &Engine, account: AccountId) -> Result<Vec<(State, i64)>, Error> {
    engine.db.read(async move |tx| Ok(store::study::counts(tx, Some(account)).await?)).await
}

/// The overview for administrators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// Accounts, and those of them that may sign in.
    pub accounts: (i64, i64),
    /// Study tasks in each state.
    pub tasks: Vec<(State, i64)>,
    /// Study tasks that succeeded since midnight UTC.
    pub today_succeeded: i64,
    /// Study tasks that failed since midnight UTC.
    pub today_failed: i64,
}

/// The overview for administrators.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators.
pub async fn statistics(engine: &Engine, caller: &Caller) -> Result<Statistics, Error> {
    administers(caller)?;
    let midnight = engine.now().day();
    let read = engine.db.read(async move |tx| {
        Ok(Statistics {
            accounts: store::account::count(tx).await?,
            tasks: store::study::counts(tx, None).await?,
            today_succeeded: store::study::ended_since(tx, State::Succeeded, midnight).await?,
            today_failed: store::study::ended_since(tx, State::Failed, midnight).await?,
        })
    });
    read.await
}

/// Renames a task of the asker's; without a new name it keeps the old one.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::Invalid`].
pub async fn rename(engine: &Engine, asker: AccountId, id: TaskId, text: Option<&str>) -> Result<Studied, Error> {
    let name = text.map(name).transpose()?;
    let renamed = engine.db.write(async move |tx| {
        own(whole(tx, id).await?, asker)?;
        if let Some(name) = &name {
            store::study::rename(tx, id, name).await?;
        }
        whole(tx, id).await
    });
    renamed.await
}

/// A task as a snapshot published it, completed with what only the database knows; `None` if the task has moved on since, which is
/// published next.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn seen(engine: &Engine, asker: AccountId, snapshot: &Snapshot) -> Result<Option<Studied>, Error> {
    let id = snapshot.task;
    let read = engine.db.read(async move |tx| own(whole(tx, id).await?, asker));
    let mut found = read.await?;
    if (found.task.epoch, found.task.state.ended()) != (snapshot.epoch, snapshot.state.ended()) {
        return Ok(None);
    }
    found.task.state = snapshot.state;
    found.task.progress = snapshot.progress;
    found.task.step.clone_from(&snapshot.step);
    Ok(Some(found))
}

/// The tasks of the asker's to subscribe to if none are named: those that are running, those that ended after `since`, and then half as
/// many that may yet go on.
///
/// # Errors
/// [`Error::Fault`].
pub async fn lively(engine: &Engine, asker: AccountId, since: Timestamp, limit: i64) -> Result<Vec<TaskId>, Error> {
    let read = engine.db.read(async move |tx| {
        let mut found = store::study::running(tx, asker, limit).await?;
        found.extend(store::study::ended_lately(tx, asker, since, limit).await?);
        found.extend(store::study::resting(tx, asker, limit / 2).await?);
        Ok(found)
    });
    read.await
}

fn broken() -> Error {
    Fault::Corrupt("study").into()
}
