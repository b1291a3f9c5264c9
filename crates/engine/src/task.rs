//! Tasks: submitting and reading them, and what their owners may do with them.
//!
//! Every function that takes a task's id also takes the asking account; another account's task is reported as not found.

use std::sync::Arc;

use domain::{
    event::{List, Snapshot},
    id::{AccountId, TaskId},
    problem::Problem,
    refusal::{Limit, Noun, Refusal},
    task::{Move, State, Summary, Task},
    time::Timestamp,
    window::Rule,
};
use ports::bell::Ring;
pub use store::task::Wanted;
use store::tx::Tx;
use tokio::sync::watch;

use crate::{
    Engine, Error, Fault,
    api_key::Payer,
    housekeeping,
    idempotency::{self, Answered, Once},
    ledger,
    session::{Caller, Whose},
    webhook,
};

/// A request to submit a task.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Who pays.
    pub payer: Payer,
    /// The kind's name.
    pub kind: &'static str,
    /// The input, encoded as the kind's record.
    pub input: String,
    /// The surface's rate limit, if it has one.
    pub rule: Option<Rule>,
}

/// A submitted task, and the state of the rate limit.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// The task.
    pub task: Task,
    /// The limit after this submission, if there is one.
    pub limit: Option<Limit>,
}

impl AsRef<Task> for Submitted {
    fn as_ref(&self) -> &Task {
        &self.task
    }
}

/// Submits a task: it is counted, stored and charged, or nothing happens.
///
/// # Errors
/// [`Refusal::TooOften`], [`Refusal::Unaffordable`], [`Refusal::Unavailable`] if this machine lacks what the kind needs.
pub async fn submit(engine: &Engine, submission: Submission) -> Result<Submitted, Error> {
    match submit_once(engine, submission, None).await? {
        Answered::Executed(submitted) => Ok(submitted),
        // Without a key there is no earlier answer.
        Answered::Replayed(_) => Err(Fault::Corrupt("answer").into()),
    }
}

/// As [`submit`], but only once per idempotency key.
///
/// # Errors
/// As [`submit`], and [`Refusal::KeyReused`].
pub async fn submit_once(engine: &Engine, submission: Submission, once: Option<Once<Submitted>>) -> Result<Answered<Submitted>, Error> {
    let kind = engine.kinds.get(submission.kind).ok_or(Refusal::Invalid { field: "kind", problem: Problem::Malformed })?;
    let missing = kind.missing();
    if !missing.is_empty() {
        return Err(Refusal::Unavailable { reason: missing.join("; ") }.into());
    }
    if let Some(refusal) = kind.refusal(&submission.input) {
        return Err(refusal.into());
    }
    let (asset, price) = kind.price();
    let new = store::task::New {
        account: submission.payer.account,
        kind: submission.kind,
        state: kind.initial_state(),
        asset,
        price,
        deadline_at: None,
        input: submission.input,
        now: engine.now(),
    };
    let rule = submission.rule.filter(|_| engine.settings.limits_enabled);
    let chain = engine.secrets.chain.clone();
    let key = submission.payer.key;
    submit_with(engine, submission.payer.account, once, async move |tx| {
        let limit = match &rule {
            Some(rule) => Some(count(tx, &new, *rule).await?),
            None => None,
        };
        let task = store::task::insert(tx, &new).await?;
        ledger::charge(tx, &chain, &task, key, new.now).await?;
        Ok(Submitted { task, limit })
    })
    .await
}

/// Submits a task of any kind: once per idempotency key, counted in the metrics, and published to subscribers. `make` checks, stores
/// and charges it, all in one transaction; `asker` is the account that the key belongs to.
pub(crate) async fn submit_with<T, F>(engine: &Engine, asker: AccountId, once: Option<Once<T>>, make: F) -> Result<Answered<T>, Error>
where
    T: AsRef<Task> + Send + Sync + 'static,
    F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
{
    let full = engine.full();
    let make = async move |tx: &mut Tx| {
        if full {
            return Err(housekeeping::FULL.clone().into());
        }
        make(tx).await
    };
    let answered = idempotency::once(engine, asker, once, make).await?;
    if let Answered::Executed(made) = &answered {
        let task = made.as_ref();
        metrics::counter!("gongfang_tasks_submitted_total", "kind" => task.kind.clone()).increment(1);
        publish(engine, task);
        if task.waits() {
            engine.bell.wake();
        }
    }
    Ok(answered)
}

/// Saves a move of a task, and writes its end down for webhooks: every task ends here. `false` if its row is another by now.
pub(crate) async fn save(tx: &mut Tx, before: &Task, after: &Task) -> Result<bool, Error> {
    if before.state.ended() || !after.state.ended() {
        return Ok(store::task::save(tx, before, after).await?);
    }
    let Some(told) = store::task::save_end(tx, before, after).await? else { return Ok(false) };
    if told {
        webhook::publish::task_ended(tx, after, after.updated_at).await?;
    }
    Ok(true)
}

/// Applies a rate limit by counting the account's recent tasks; the account is locked, so that concurrent submissions are counted, too.
async fn count(tx: &mut Tx, new: &store::task::New, rule: Rule) -> Result<Limit, Error> {
    tx.lock(store::tx::Lock::Account(new.account)).await?;
    let mut times = store::task::newest(tx, new.account, new.kind, i64::from(rule.allowed)).await?;
    let before = rule.among(&times, new.now);
    if before.remaining == 0 {
        return Err(Refusal::TooOften(before).into());
    }
    times.insert(0, new.now);
    Ok(rule.among(&times, new.now))
}

/// A task that belongs to the asker.
///
/// # Errors
/// [`Refusal::NotFound`], also for somebody else's task and one of another kind.
pub async fn get(engine: &Engine, asker: AccountId, kind: &'static str, id: TaskId) -> Result<Task, Error> {
    engine.db.read(async move |tx| own(store::task::get(tx, id).await?, asker, kind)).await
}

/// The input of a task that belongs to the asker.
///
/// # Errors
/// As [`get`].
pub async fn input(engine: &Engine, asker: AccountId, kind: &'static str, id: TaskId) -> Result<String, Error> {
    engine
        .db
        .read(async move |tx| {
            own(store::task::get(tx, id).await?, asker, kind)?;
            Ok(store::task::input(tx, id).await?.unwrap_or_default())
        })
        .await
}

/// A page of an account's tasks, newest first, and how many there are in all.
///
/// # Errors
/// [`Error::Fault`].
pub async fn list(engine: &Engine, wanted: Wanted) -> Result<(Vec<Summary>, i64), Error> {
    engine.db.read(async move |tx| Ok(store::task::list(tx, &wanted).await?)).await
}

/// Selects tasks, across kinds.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Whose.
    pub whose: Whose,
    /// The kinds; all if empty.
    pub kinds: Vec<&'static str>,
    /// The states; all if empty.
    pub states: Vec<State>,
    /// Only tasks older than this one.
    pub before: Option<TaskId>,
    /// How many at most.
    pub limit: i64,
    /// Whether to count all that match, too.
    pub count: bool,
}

/// A page of tasks.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The tasks, newest first.
    pub tasks: Vec<Task>,
    /// The task after which the next page begins; `None` on the last page.
    pub next: Option<TaskId>,
    /// How many tasks match, if that was asked for; [`COUNT_LIMIT`] stands for that many or more.
    pub count: Option<i64>,
}

/// The number up to which lists are counted.
pub const COUNT_LIMIT: i64 = 10_000;

/// A page of tasks of all kinds. Each kind and state is looked up separately, in an index that is already in order, so that
/// a page costs as much as it shows, however many tasks there are.
///
/// # Errors
/// [`Refusal::Forbidden`] for others' tasks, for everybody but administrators.
pub async fn browse(engine: &Engine, caller: &Caller, filter: Filter) -> Result<Listed, Error> {
    let kinds: Vec<_> = if filter.kinds.is_empty() { engine.kinds.iter().map(|kind| kind.name()).collect() } else { filter.kinds };
    let states: Vec<_> = if filter.states.is_empty() { vec![None] } else { filter.states.into_iter().map(Some).collect() };
    let Filter { before, limit, .. } = filter;
    let account = caller.sees(filter.whose)?;
    let before = before.unwrap_or(TaskId(i64::MAX));
    let browse = async move |tx: &mut Tx| {
        let (mut ids, mut count) = (Vec::new(), 0);
        for kind in &kinds {
            for state in &states {
                // One id more than fits tells whether there is a next page.
                ids.extend(store::task::newest_ids(tx, account, kind, *state, before, limit + 1).await?);
                if filter.count && count < COUNT_LIMIT {
                    count += store::task::count_up_to(tx, account, kind, *state, COUNT_LIMIT - count).await?;
                }
            }
        }
        ids.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
        ids.dedup();
        let more = ids.len() > usize::try_from(limit).unwrap_or(0);
        ids.truncate(usize::try_from(limit).unwrap_or(0));
        let next = ids.last().copied().filter(|_| more);
        Ok(Listed { tasks: store::task::of_ids(tx, &ids).await?, next, count: filter.count.then_some(count) })
    };
    engine.db.read(browse).await
}

/// Cancels a task of the asker's and refunds its charge.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::TaskEnded`].
pub async fn cancel(engine: &Engine, asker: AccountId, kind: &'static str, id: TaskId) -> Result<Task, Error> {
    transition(engine, asker.into(), kind, id, Move::Cancel).await
}

/// Pauses a task of the asker's; its finished steps are kept.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::TaskState`], [`Refusal::TaskEnded`].
pub async fn pause(engine: &Engine, asker: AccountId, kind: &'static str, id: TaskId) -> Result<Task, Error> {
    transition(engine, asker.into(), kind, id, Move::Pause).await
}

/// Resumes a paused task of the asker's where it stopped.
///
/// # Errors
/// As [`pause`].
pub async fn resume(engine: &Engine, asker: AccountId, kind: &'static str, id: TaskId) -> Result<Task, Error> {
    transition(engine, asker.into(), kind, id, Move::Resume).await
}

/// Opens a new attempt of a task of the asker's that failed or was cancelled, and charges for it.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::TaskState`], [`Refusal::Unaffordable`].
pub async fn retry(engine: &Engine, payer: impl Into<Payer>, kind: &'static str, id: TaskId) -> Result<Task, Error> {
    transition(engine, payer.into(), kind, id, Move::Retry).await
}

struct Transition {
    asker: Payer,
    kind: &'static str,
    id: TaskId,
    step: Move,
    refunds: bool,
    /// The current price of an attempt.
    price: i64,
    chain: domain::ledger::ChainKey,
    now: Timestamp,
}

async fn transition(engine: &Engine, asker: Payer, kind: &'static str, id: TaskId, step: Move) -> Result<Task, Error> {
    let refunds = engine.kinds.get(kind).is_none_or(|kind| kind.refunds());
    let price = engine.kinds.get(kind).map_or(0, |kind| kind.price().1);
    let transition = Transition { asker, kind, id, step, refunds, price, chain: engine.secrets.chain.clone(), now: engine.now() };
    let task = engine.db.write(async move |tx| apply(tx, &transition).await).await?;
    publish(engine, &task);
    if task.waits() {
        engine.bell.wake();
    }
    Ok(task)
}

async fn apply(tx: &mut Tx, transition: &Transition) -> Result<Task, Error> {
    let task = own(store::task::get_for_update(tx, transition.id).await?, transition.asker.account, transition.kind)?;
    let refusal = if task.state.ended() { Refusal::TaskEnded(task.state) } else { Refusal::TaskState(task.state) };
    let mut next = task.after(transition.step, transition.now).ok_or_else(|| refusal.clone())?;
    if transition.step == Move::Retry {
        next.price = transition.price;
    }
    if !save(tx, &task, &next).await? {
        return Err(refusal.into());
    }
    match transition.step {
        Move::Cancel if transition.refunds => ledger::refund(tx, &transition.chain, &next, transition.now).await.map(drop)?,
        Move::Retry => ledger::charge(tx, &transition.chain, &next, transition.asker.key, transition.now).await.map(drop)?,
        Move::Cancel
        | Move::Start
        | Move::Approve
        | Move::Claim
        | Move::Begin
        | Move::TakeOver
        | Move::Release
        | Move::TryAgain
        | Move::Pause
        | Move::Resume
        | Move::Succeed
        | Move::Fail
        | Move::Dismiss
        | Move::Reconsider => {}
    }
    Ok(next)
}

/// Subscribes to a task of the asker's: its current state, then every newer one.
///
/// # Errors
/// As [`get`].
pub async fn watch(engine: &Engine, asker: AccountId, kind: &'static str, id: TaskId) -> Result<watch::Receiver<Arc<Snapshot>>, Error> {
    let task = get(engine, asker, kind, id).await?;
    let receiver = engine.live.watch(snapshot(&task));
    // It may have changed between reading and subscribing: reading it again catches up with whatever was missed.
    let task = get(engine, asker, kind, id).await?;
    engine.live.publish(&snapshot(&task));
    Ok(receiver)
}

/// The only access check for tasks: one of another account or of another kind gets the same answer as a missing one.
fn own(found: Option<Task>, asker: AccountId, kind: &str) -> Result<Task, Error> {
    found.filter(|task| task.account == asker && task.kind == kind).ok_or_else(|| Refusal::NotFound(Noun::Task).into())
}

/// What is published of a task as it is stored. That of an ended task counts as newer than every report of its epoch.
#[must_use]
pub fn snapshot(task: &Task) -> Snapshot {
    Snapshot {
        task: task.id,
        attempt: task.attempt,
        epoch: task.epoch,
        sequence: if task.state.ended() { i64::MAX } else { 0 },
        state: task.state,
        progress: task.progress,
        step: task.step.clone(),
        message: task.message.clone(),
        study: None,
    }
}

/// Publishes a task as it is stored.
pub(crate) fn publish(engine: &Engine, task: &Task) {
    if task.state.ended() {
        engine.webhooks.wake();
    }
    engine.changes.tell(List::Tasks, task.account);
    publish_snapshot(engine, snapshot(task));
}

/// Publishes a state of a task: subscribers of this process get it at once, the bell carries it to the others. What the bell brings back
/// to this one is not newer, and is passed over.
pub(crate) fn publish_snapshot(engine: &Engine, snapshot: Snapshot) {
    engine.live.publish(&snapshot);
    engine.bell.publish(Ring::Task(snapshot));
}
