//! One action on many tasks: named by their ids, or everything that a filter matches. It is a row with its progress, which some process
//! works through task by task; whoever asked may do with each task what they may do with it alone.
//!
//! Invariant: the tasks are those that were there when it was made; each is acted on once. If a process dies between an action and its
//! progress, that one task is not counted: it is no longer in a state for the action, or no longer matches.

mod selector;

use std::{sync::Arc, time::Duration};

pub use domain::bulk::{Bulk, State};
use domain::{
    account::Account,
    audit::Act,
    id::{BulkId, TaskId},
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

pub use self::selector::{Preview, Selector};

use crate::{
    Engine, Error, Fault, audit,
    idempotency::{self, Answered, Once},
    kinds::any::{self, Action as TaskAction},
    session::Caller,
};

/// How many tasks may be named.
pub const MOST_IDS: usize = 1000;
/// How many an account may have running.
const MOST_RUNNING: i64 = 5;
/// How long a process holds one without going on.
const HELD: Duration = Duration::from_secs(60);
/// Tasks that are looked up at once.
const PIECE: i64 = 50;
/// How many refusals are kept.
const KEPT: usize = 20;
/// How many tasks a preview shows.
const SHOWN: i64 = 20;

/// What is done with each task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// What its owner, or an administrator, may do.
    Task(TaskAction),
    /// Rejecting what waits for approval, with a reason.
    Reject,
}

impl Action {
    /// Every action, with its name.
    pub const ALL: [(&'static str, Self); 7] = [
        ("start", Self::Task(TaskAction::Start)),
        ("approve", Self::Task(TaskAction::Approve)),
        ("reject", Self::Reject),
        ("pause", Self::Task(TaskAction::Pause)),
        ("resume", Self::Task(TaskAction::Resume)),
        ("retry", Self::Task(TaskAction::Retry)),
        ("cancel", Self::Task(TaskAction::Cancel)),
    ];

    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, action)| *action == self).map_or("", |(word, _)| word)
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == word).map(|(_, action)| action)
    }
}

/// A task that refused.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refused {
    /// The task.
    pub task: i64,
    /// Why.
    pub why: String,
}

/// The first of the tasks that refused, with their reasons.
#[must_use]
pub fn refusals(bulk: &Bulk) -> Vec<Refused> {
    serde_json::from_str(&bulk.refusals).unwrap_or_default()
}

/// What is to be done, and with which tasks.
pub struct NewBulk {
    /// The action.
    pub action: Action,
    /// Why; rejecting wants a reason.
    pub reason: String,
    /// Which tasks.
    pub selector: Selector,
    /// Where it is asked for.
    pub origin: Origin,
    /// The idempotency key, if the caller sent one.
    pub once: Option<Once<Bulk>>,
}

/// How many tasks match, and the newest of them: what [`create`] would act on.
///
/// # Errors
/// As [`create`].
pub async fn preview(engine: &Engine, caller: &Caller, new: &NewBulk) -> Result<Preview, Error> {
    check(caller, new)?;
    selector::matching(engine, caller, &new.selector, TaskId(i64::MAX), SHOWN, true).await
}

fn check(caller: &Caller, new: &NewBulk) -> Result<(), Refusal> {
    if let Selector::Ids(ids) = &new.selector {
        let problem = if ids.is_empty() { Problem::Missing } else { Problem::TooLong(MOST_IDS as u64) };
        if ids.is_empty() || ids.len() > MOST_IDS {
            return Err(Refusal::Invalid { field: "ids", problem });
        }
    }
    if new.action == Action::Reject {
        audit::administers(caller)?;
        if new.reason.trim().is_empty() {
            return Err(Refusal::Invalid { field: "reason", problem: Problem::Missing });
        }
    }
    if new.reason.contains('\0') || new.reason.chars().count() > any::MAX_REASON {
        return Err(Refusal::Invalid { field: "reason", problem: Problem::TooLong(any::MAX_REASON as u64) });
    }
    Ok(())
}

/// What came of asking for an action on many tasks.
pub enum Asked {
    /// What it would be about: a dry run.
    Preview(Preview),
    /// It was begun.
    Begun(Box<Answered<Bulk>>),
}

/// As [`preview`] for a dry run, otherwise as [`create`].
///
/// # Errors
/// As [`create`].
pub async fn ask(engine: &Engine, caller: &Caller, new: NewBulk, dry_run: bool) -> Result<Asked, Error> {
    Ok(if dry_run {
        Asked::Preview(preview(engine, caller, &new).await?)
    } else {
        Asked::Begun(Box::new(create(engine, caller, new).await?))
    })
}

/// Begins to act on every task that matches now.
///
/// # Errors
/// [`Refusal::Forbidden`] for others' tasks, for everybody but administrators; [`Refusal::Invalid`]; [`Refusal::TooManyBulks`];
/// [`Refusal::KeyReused`].
pub async fn create(engine: &Engine, caller: &Caller, new: NewBulk) -> Result<Answered<Bulk>, Error> {
    check(caller, &new)?;
    let count = selector::matching(engine, caller, &new.selector, TaskId(i64::MAX), 1, true).await?.count;
    let NewBulk { action, reason, selector, origin, once } = new;
    let now = engine.now();
    let row = Bulk {
        id: BulkId(0),
        account: caller.account,
        key: caller.key,
        action: action.word().to_owned(),
        reason,
        selector: selector::written(&selector)?,
        state: State::Running,
        total: count,
        done: 0,
        refused: 0,
        refusals: "[]".to_owned(),
        cursor: TaskId(i64::MAX),
        epoch: 0,
        origin: origin.clone(),
        created_at: now,
        updated_at: now,
        ended_at: None,
    };
    let made = idempotency::once(engine, caller.account, once, async move |tx| {
        tx.lock(store::tx::Lock::Account(row.account)).await?;
        if store::bulk::running(tx, row.account).await? >= MOST_RUNNING {
            return Err(Refusal::TooManyBulks(MOST_RUNNING).into());
        }
        // What is handed in later is not meant.
        let mut row = row.clone();
        row.cursor = TaskId(store::task::last_id(tx).await?.0 + 1);
        row.id = store::bulk::insert(tx, &row).await?;
        let act = Act {
            actor: Some(row.account),
            action: "bulk.create",
            subject: format!("bulk:{}", row.id),
            detail: format!("{} {} tasks", row.action, row.total),
            origin: row.origin.clone(),
        };
        audit::note(tx, &act, now).await?;
        Ok(row)
    });
    let made = made.await?;
    engine.bulks.notify_one();
    Ok(made)
}

/// One of the caller's; any for administrators.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn get(engine: &Engine, caller: &Caller, id: BulkId) -> Result<Bulk, Error> {
    let account = (!caller.role.administers()).then_some(caller.account);
    let found = engine.db.read(async move |tx| Ok::<_, Error>(store::bulk::get(tx, account, id).await?));
    found.await?.ok_or_else(|| Refusal::NotFound(Noun::Bulk).into())
}

/// The caller's with smaller ids than `before`, newest first.
///
/// # Errors
/// [`Error::Fault`].
pub async fn list(engine: &Engine, caller: &Caller, before: BulkId, limit: i64) -> Result<Vec<Bulk>, Error> {
    let account = caller.account;
    engine.db.read(async move |tx| Ok(store::bulk::list(tx, account, before, limit).await?)).await
}

/// Ends one that has tasks left; what was done stays done.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::BulkEnded`].
pub async fn cancel(engine: &Engine, caller: &Caller, id: BulkId) -> Result<Bulk, Error> {
    let account = (!caller.role.administers()).then_some(caller.account);
    let now = engine.now();
    let cancelled = engine.db.write(async move |tx| {
        store::bulk::get(tx, account, id).await?.ok_or(Refusal::NotFound(Noun::Bulk))?;
        if !store::bulk::cancel(tx, id, now).await? {
            return Err(Refusal::BulkEnded.into());
        }
        Ok(store::bulk::get(tx, account, id).await?.ok_or(Refusal::NotFound(Noun::Bulk))?)
    });
    cancelled.await
}

/// Works through what there is, until `ending` is cancelled.
pub async fn serve(engine: Arc<Engine>, ending: CancellationToken) {
    while !ending.is_cancelled() {
        let worked = match work(&engine, &ending).await {
            Ok(worked) => worked,
            Err(error) => {
                tracing::error!(%error, "an action on many tasks could not go on");
                false
            }
        };
        if worked {
            continue;
        }
        tokio::select! {
            () = engine.bulks.notified() => {}
            () = tokio::time::sleep(engine.settings.poll) => {}
            () = ending.cancelled() => {}
        }
    }
}

/// Takes one up and goes through its tasks; whether there was one.
///
/// # Errors
/// [`Error::Fault`].
pub async fn work(engine: &Engine, ending: &CancellationToken) -> Result<bool, Error> {
    let now = engine.now();
    let claimed = engine.db.write(async move |tx| Ok::<_, Error>(store::bulk::claim(tx, now, now.plus(HELD)).await?));
    let Some(mut bulk) = claimed.await? else { return Ok(false) };
    let selector = selector::read(engine, &bulk.selector)?;
    let (action, account) = (Action::from_word(&bulk.action).ok_or(Fault::Corrupt("bulk"))?, bulk.account);
    loop {
        let owner = engine.db.read(async move |tx| Ok::<_, Error>(store::account::by_id(tx, account).await?)).await?;
        // Whoever may no longer sign in has nothing more done in their name.
        let tasks = match owner.filter(|owner| owner.active) {
            Some(owner) => {
                let caller = caller(&bulk, &owner);
                match selector::matching(engine, &caller, &selector, bulk.cursor, PIECE, false).await {
                    Ok(found) => Some(found.first.into_iter().map(|task| (caller.clone(), task)).collect::<Vec<_>>()),
                    // Who asked for it sees others' tasks no more.
                    Err(Error::Refused(_)) => None,
                    Err(fault) => return Err(fault),
                }
            }
            None => None,
        };
        let state = if tasks.is_none() { State::Cancelled } else { State::Done };
        let tasks = tasks.unwrap_or_default();
        if tasks.is_empty() {
            (bulk.state, bulk.ended_at) = (state, Some(engine.now()));
            advance(engine, &bulk).await?;
            return Ok(true);
        }
        for (caller, task) in tasks {
            if ending.is_cancelled() {
                return Ok(true);
            }
            let done = match action {
                Action::Task(action) => any::act(engine, &caller, task.id, action, bulk.origin.clone()).await,
                Action::Reject => any::reject(engine, &caller, task.id, bulk.reason.clone(), bulk.origin.clone()).await,
            };
            match done {
                Ok(_) => bulk.done += 1,
                Err(Error::Refused(refusal)) => note(&mut bulk, task.id, &refusal),
                Err(fault) => return Err(fault),
            }
            bulk.cursor = task.id;
            if !advance(engine, &bulk).await? {
                return Ok(true);
            }
        }
    }
}

fn caller(bulk: &Bulk, owner: &Account) -> Caller {
    let session = String::new();
    Caller { account: owner.id, role: owner.role, session, key: bulk.key, expires_at: Timestamp(i64::MAX), proved_at: None }
}

fn note(bulk: &mut Bulk, task: TaskId, refusal: &Refusal) {
    bulk.refused += 1;
    let mut kept = refusals(bulk);
    if kept.len() < KEPT {
        kept.push(Refused { task: task.0, why: refusal.to_string() });
        bulk.refusals = serde_json::to_string(&kept).unwrap_or_else(|_| "[]".to_owned());
    }
}

async fn advance(engine: &Engine, bulk: &Bulk) -> Result<bool, Error> {
    let (bulk, now) = (bulk.clone(), engine.now());
    engine.db.write(async move |tx| Ok(store::bulk::advance(tx, &bulk, now.plus(HELD), now).await?)).await
}
