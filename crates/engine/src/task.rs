//! Tasks: handing in, looking at, and what their owners may do with them.
//!
//! Every function that names a task names its asker; somebody else's task answers like one that does not exist.

use std::sync::Arc;

use domain::{
    event::Snapshot,
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
    idempotency::{self, Answered, Once},
    ledger,
};

/// What is handed in.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Whose.
    pub account: AccountId,
    /// The kind's name.
    pub kind: &'static str,
    /// What the kind works on, in its record.
    pub input: String,
    /// How many the surface allows in a span of time.
    pub rule: Option<Rule>,
}

/// A task that was handed in, and where the limit stands.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// The task.
    pub task: Task,
    /// The limit after it, where there is one.
    pub limit: Option<Limit>,
}

impl AsRef<Task> for Submitted {
    fn as_ref(&self) -> &Task {
        &self.task
    }
}

/// Hands in a task: counted, stored and paid for, or none of it.
///
/// # Errors
/// [`Refusal::TooOften`], [`Refusal::Unaffordable`], [`Refusal::Unavailable`] where this machine lacks what the kind needs.
pub async fn submit(engine: &Engine, submission: Submission) -> Result<Submitted, Error> {
    match submit_once(engine, submission, None).await? {
        Answered::Now(submitted) => Ok(submitted),
        // Nothing was asked before under no key.
        Answered::Before(_) => Err(Fault::Corrupt("answer").into()),
    }
}

/// As [`submit`], and under an idempotency key once.
///
/// # Errors
/// As [`submit`], and [`Refusal::KeyReused`].
pub async fn submit_once(engine: &Engine, submission: Submission, once: Option<Once<Submitted>>) -> Result<Answered<Submitted>, Error> {
    let kind = engine.kinds.get(submission.kind).ok_or(Refusal::Invalid { field: "kind", problem: Problem::Malformed })?;
    let missing = kind.missing();
    if !missing.is_empty() {
        return Err(Refusal::Unavailable { reason: missing.join("; ") }.into());
    }
    let (asset, price) = kind.price();
    let new = store::task::New {
        account: submission.account,
        kind: submission.kind,
        state: kind.begins(),
        asset,
        price,
        deadline_at: None,
        input: submission.input,
        now: engine.now(),
    };
    let rule = submission.rule.filter(|_| engine.settings.limits_enabled);
    let chain = engine.secrets.chain.clone();
    hand_in(engine, submission.account, once, async move |tx| {
        let limit = match &rule {
            Some(rule) => Some(count(tx, &new, *rule).await?),
            None => None,
        };
        let task = store::task::insert(tx, &new).await?;
        ledger::charge(tx, &chain, &task, new.now).await?;
        Ok(Submitted { task, limit })
    })
    .await
}

/// Hands in a task of whatever kind: under an idempotency key once, counted, and told to whoever listens. `make` checks, stores and
/// charges it, all in the one transaction; `asker` is whose key it is.
pub(crate) async fn hand_in<T, F>(engine: &Engine, asker: AccountId, once: Option<Once<T>>, make: F) -> Result<Answered<T>, Error>
where
    T: AsRef<Task> + Send + Sync + 'static,
    F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
{
    let answered = idempotency::once(engine, asker, once, make).await?;
    if let Answered::Now(made) = &answered {
        let task = made.as_ref();
        metrics::counter!("gongfang_tasks_submitted_total", "kind" => task.kind.clone()).increment(1);
        publish(engine, task);
        if task.waits() {
            engine.bell.wake();
        }
    }
    Ok(answered)
}

/// Counts the creates of a span from the tasks themselves, with the account held, so that parallel ones are counted too.
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

/// A task of the asker's.
///
/// # Errors
/// [`Refusal::NotFound`], also for somebody else's task and one of another kind.
pub async fn get(engine: &Engine, asker: AccountId, kind: &'static str, id: TaskId) -> Result<Task, Error> {
    engine.db.read(async move |tx| own(store::task::get(tx, id).await?, asker, kind)).await
}

/// What was handed in with a task of the asker's.
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

/// Which of somebody's tasks are wanted, of whatever kind.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Whose.
    pub account: AccountId,
    /// Of which kinds; of all where empty.
    pub kinds: Vec<&'static str>,
    /// In which states; in all where empty.
    pub states: Vec<State>,
    /// Only tasks older than this one.
    pub before: Option<TaskId>,
    /// How many at most.
    pub limit: i64,
    /// Whether all are to be counted.
    pub count: bool,
}

/// A page of tasks.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The tasks, newest first.
    pub tasks: Vec<Task>,
    /// The task behind which the next page begins; none on the last one.
    pub next: Option<TaskId>,
    /// How many there are, where it was asked for; [`COUNTED`] stands for that many or more.
    pub count: Option<i64>,
}

/// As far as lists are counted.
pub const COUNTED: i64 = 10_000;

/// A page of somebody's tasks of all kinds. Each kind and state is looked up by itself, in an index that has it in order, so that a page
/// costs what it shows however many tasks there are.
///
/// # Errors
/// [`Error::Fault`].
pub async fn browse(engine: &Engine, filter: Filter) -> Result<Listed, Error> {
    let kinds: Vec<_> = if filter.kinds.is_empty() { engine.kinds.iter().map(|kind| kind.name()).collect() } else { filter.kinds };
    let states: Vec<_> = if filter.states.is_empty() { vec![None] } else { filter.states.into_iter().map(Some).collect() };
    let Filter { account, before, limit, .. } = filter;
    let before = before.unwrap_or(TaskId(i64::MAX));
    let browse = async move |tx: &mut Tx| {
        let (mut ids, mut count) = (Vec::new(), 0);
        for kind in &kinds {
            for state in &states {
                // One more than the page shows whether there is another.
                ids.extend(store::task::newest_ids(tx, account, kind, *state, before, limit + 1).await?);
                if filter.count && count < COUNTED {
                    count += store::task::count_up_to(tx, account, kind, *state, COUNTED - count).await?;
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

/// Ends a task of the asker's and gives back what it cost.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::TaskEnded`].
pub async fn cancel(engine: &Engine, asker: AccountId, kind: &'static str, id: TaskId) -> Result<Task, Error> {
    shift(engine, asker, kind, id, Move::Cancel).await
}

/// Holds a task of the asker's; what is finished of it stays.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::TaskState`], [`Refusal::TaskEnded`].
pub async fn pause(engine: &Engine, asker: AccountId, kind: &'static str, id: TaskId) -> Result<Task, Error> {
    shift(engine, asker, kind, id, Move::Pause).await
}

/// Lets a held task of the asker's go on where it was.
///
/// # Errors
/// As [`pause`].
pub async fn resume(engine: &Engine, asker: AccountId, kind: &'static str, id: TaskId) -> Result<Task, Error> {
    shift(engine, asker, kind, id, Move::Resume).await
}

/// Opens a new attempt of a task of the asker's that failed or was cancelled, and charges for it.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::TaskState`], [`Refusal::Unaffordable`].
pub async fn retry(engine: &Engine, asker: AccountId, kind: &'static str, id: TaskId) -> Result<Task, Error> {
    shift(engine, asker, kind, id, Move::Retry).await
}

struct Shift {
    asker: AccountId,
    kind: &'static str,
    id: TaskId,
    step: Move,
    refunds: bool,
    /// What an attempt costs today.
    price: i64,
    chain: domain::ledger::ChainKey,
    now: Timestamp,
}

async fn shift(engine: &Engine, asker: AccountId, kind: &'static str, id: TaskId, step: Move) -> Result<Task, Error> {
    let refunds = engine.kinds.get(kind).is_none_or(|kind| kind.refunds());
    let price = engine.kinds.get(kind).map_or(0, |kind| kind.price().1);
    let shift = Shift { asker, kind, id, step, refunds, price, chain: engine.secrets.chain.clone(), now: engine.now() };
    let task = engine.db.write(async move |tx| apply(tx, &shift).await).await?;
    publish(engine, &task);
    if task.waits() {
        engine.bell.wake();
    }
    Ok(task)
}

async fn apply(tx: &mut Tx, shift: &Shift) -> Result<Task, Error> {
    let task = own(store::task::get_for_update(tx, shift.id).await?, shift.asker, shift.kind)?;
    let refusal = if task.state.ended() { Refusal::TaskEnded(task.state) } else { Refusal::TaskState(task.state) };
    let mut next = task.after(shift.step, shift.now).ok_or_else(|| refusal.clone())?;
    if shift.step == Move::Retry {
        next.price = shift.price;
    }
    if !store::task::save(tx, &task, &next).await? {
        return Err(refusal.into());
    }
    match shift.step {
        Move::Cancel if shift.refunds => ledger::refund(tx, &shift.chain, &next, shift.now).await.map(drop)?,
        Move::Retry => ledger::charge(tx, &shift.chain, &next, shift.now).await.map(drop)?,
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

/// Watches a task of the asker's: the state now, then every newer one.
///
/// # Errors
/// As [`get`].
pub async fn watch(engine: &Engine, asker: AccountId, kind: &'static str, id: TaskId) -> Result<watch::Receiver<Arc<Snapshot>>, Error> {
    let task = get(engine, asker, kind, id).await?;
    let receiver = engine.live.watch(snapshot(&task));
    // Between the reading and the watching it may have moved: what is read now is not older than what was missed.
    let task = get(engine, asker, kind, id).await?;
    engine.live.publish(&snapshot(&task));
    Ok(receiver)
}

/// The one authorisation of tasks: foreign, of another kind, and missing are the same answer.
fn own(found: Option<Task>, asker: AccountId, kind: &str) -> Result<Task, Error> {
    found.filter(|task| task.account == asker && task.kind == kind).ok_or_else(|| Refusal::NotFound(Noun::Task).into())
}

/// What subscribers are told of a task as it is stored. An ended one is newer than every report of its epoch.
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

/// Tells everybody what became of a task, after the commit.
pub(crate) fn publish(engine: &Engine, task: &Task) {
    let snapshot = snapshot(task);
    engine.live.publish(&snapshot);
    engine.bell.publish(Ring::Task(snapshot));
}
