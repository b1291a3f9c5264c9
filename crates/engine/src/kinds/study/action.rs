//! What owners and administrators do with study tasks (docs/surfaces/campus.md, How a task goes), each one transaction.

use domain::{
    audit::Act,
    course::Lack,
    id::{AccountId, TaskId},
    ledger::ChainKey,
    origin::Origin,
    refusal::{Noun, Refusal},
    study::Level,
    task::{Cause, Move, State},
    time::Timestamp,
};
use store::tx::{Lock, Tx};

use super::{NAME, Studied, broken, limited, own, whole};
use crate::{
    Engine, Error, audit,
    campus::Campuses,
    ledger,
    runtime_settings::{self, Number},
    session::Caller,
    task,
};

/// An action on a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskAction {
    /// Starts it: from the beginning, from where it was paused, or once more after it failed.
    Start,
    /// Pauses it.
    Pause,
    /// Resumes it where it was paused.
    Resume,
    /// Opens a new attempt. Administrators may do so for everybody's tasks.
    Retry,
    /// Cancels it; of a failed task, only the state changes.
    Cancel,
    /// Cancels it as an administrator.
    ForceStop,
}

impl TaskAction {
    /// The move that this action means for a task in a state; `None` if it is not allowed.
    fn step(self, state: State) -> Option<Move> {
        use State::{AwaitingApproval, Cancelled, Draft, Failed, Paused, Queued, Running, Succeeded};
        match (self, state) {
            (Self::Start, Draft) => Some(Move::Start),
            (Self::Start | Self::Resume, Paused) => Some(Move::Resume),
            (Self::Start | Self::Retry, Failed) | (Self::Retry, Cancelled) => Some(Move::Retry),
            (Self::Pause, Queued | Running) => Some(Move::Pause),
            (Self::Cancel, Failed) => Some(Move::Dismiss),
            (Self::Cancel, Draft | AwaitingApproval | Queued | Running | Paused) => Some(Move::Cancel),
            (Self::ForceStop, Draft | AwaitingApproval | Queued | Running) => Some(Move::Cancel),
            (Self::Start, AwaitingApproval | Queued | Running | Succeeded | Cancelled)
            | (Self::Resume, Draft | AwaitingApproval | Queued | Running | Succeeded | Failed | Cancelled)
            | (Self::Retry, Draft | AwaitingApproval | Queued | Running | Paused | Succeeded)
            | (Self::Pause, Draft | AwaitingApproval | Paused | Succeeded | Failed | Cancelled)
            | (Self::Cancel, Succeeded | Cancelled)
            | (Self::ForceStop, Paused | Succeeded | Failed | Cancelled) => None,
        }
    }

    /// Whether administrators may do it to somebody else's task.
    fn administrative(self) -> bool {
        match self {
            Self::Retry | Self::ForceStop => true,
            Self::Start | Self::Pause | Self::Resume | Self::Cancel => false,
        }
    }

    /// The log line about it.
    fn line(self) -> &'static str {
        match self {
            Self::Start => "任务已启动",
            Self::Pause => "任务已暂停",
            Self::Resume => "任务已恢复，从上次的进度继续",
            Self::Retry => "任务已重新启动",
            Self::Cancel => "任务已取消",
            Self::ForceStop => "任务已被管理员强制停止",
        }
    }
}

/// Applies an action to a task.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::TaskState`]; [`Refusal::TooManyTasks`]; [`Refusal::NoCampus`] if there is nothing to sign in to a
/// platform with; [`Refusal::CampusRefused`] if the platform refused the stored credentials; [`Refusal::Unaffordable`] for a new attempt;
/// [`Refusal::Deactivated`] if the task's owner may not sign in.
pub async fn act(engine: &Engine, caller: &Caller, id: TaskId, action: TaskAction, origin: Origin) -> Result<Studied, Error> {
    let request = Request {
        caller: caller.clone(),
        id,
        action,
        origin,
        most: runtime_settings::number(engine, Number::MaxTasks),
        refunds: refunds(engine),
        price: engine.kinds.get(NAME).map_or(0, |kind| kind.price().1),
        campuses: engine.reach.campuses.clone(),
        chain: engine.secrets.chain.clone(),
        now: engine.now(),
    };
    let studied = engine.db.write(async move |tx| apply(tx, &request).await).await?;
    task::publish(engine, &studied.task);
    if studied.task.waits() {
        engine.bell.wake();
    }
    Ok(studied)
}

fn refunds(engine: &Engine) -> bool {
    engine.kinds.get(NAME).is_none_or(|kind| kind.refunds())
}

struct Request {
    caller: Caller,
    id: TaskId,
    action: TaskAction,
    origin: Origin,
    most: i64,
    refunds: bool,
    /// The current price of an attempt.
    price: i64,
    campuses: Campuses,
    chain: ChainKey,
    now: Timestamp,
}

async fn apply(tx: &mut Tx, request: &Request) -> Result<Studied, Error> {
    let Request { caller, id, action, now, .. } = request;
    let seen = visible(whole(tx, *id).await?, caller, *action)?;
    // Accounts are locked before tasks, so that two of these never deadlock.
    tx.lock(Lock::Account(seen.task.account)).await?;
    let held = store::task::get_for_update(tx, *id).await?.ok_or(Refusal::NotFound(Noun::Task))?;
    let step = action.step(held.state).ok_or(Refusal::TaskState(held.state))?;
    if matches!(step, Move::Start | Move::Resume | Move::Retry) {
        can_sign_in(tx, &request.campuses, held.account).await?;
        if caller.account != held.account && !store::account::by_id(tx, held.account).await?.is_some_and(|owner| owner.active) {
            return Err(Refusal::Deactivated.into());
        }
        limited(tx, held.account, *id, request.most).await?;
    }
    let mut next = held.after(step, *now).ok_or_else(broken)?;
    if step == Move::Cancel && request.refunds {
        ledger::refund(tx, &request.chain, &next, *now).await?;
    }
    if step == Move::Retry {
        next.price = request.price;
        ledger::charge(tx, &request.chain, &next, caller.key, *now).await?;
        next.output = None;
        store::study::note(tx, *id, &seen.study.titles, 0, seen.study.total).await?;
    }
    if *action == TaskAction::ForceStop {
        let admin = store::account::by_id(tx, caller.account).await?.map_or_else(String::new, |account| account.display_name());
        next.error = Some(Cause { code: "FORCE_STOPPED".to_owned(), message: format!("由管理员{admin}强制停止") });
    }
    if !task::save(tx, &held, &next).await? {
        return Err(Refusal::TaskState(held.state).into());
    }
    let level = if *action == TaskAction::ForceStop { Level::Warning } else { Level::Info };
    store::log::append(tx, *id, level, action.line(), *now).await?;
    if caller.account != held.account || *action == TaskAction::ForceStop {
        note(tx, caller, *action, *id, &request.origin, *now).await?;
    }
    whole(tx, *id).await
}

/// Checks that the learner has something to sign in with, and that the platform has not refused it.
async fn can_sign_in(tx: &mut Tx, campuses: &Campuses, account: AccountId) -> Result<(), Error> {
    match store::campus::get(tx, account).await? {
        Some(place) => Ok(campuses.complete(&place)?),
        None => Err(Refusal::NoCampus { platform: campuses.title(campuses.usual().0), lack: Lack::Name }.into()),
    }
}

fn visible(found: Studied, caller: &Caller, action: TaskAction) -> Result<Studied, Error> {
    if action == TaskAction::ForceStop {
        audit::administers(caller)?;
    }
    if action.administrative() && caller.role.administers() { Ok(found) } else { own(found, caller.account) }
}

async fn note(tx: &mut Tx, caller: &Caller, action: TaskAction, id: TaskId, origin: &Origin, now: Timestamp) -> Result<(), Error> {
    let action = match action {
        TaskAction::Retry => "task.retry",
        TaskAction::ForceStop => "task.force_stop",
        TaskAction::Start | TaskAction::Pause | TaskAction::Resume | TaskAction::Cancel => "task.change",
    };
    let act = Act { actor: Some(caller.account), action, subject: format!("task:{id}"), detail: String::new(), origin: origin.clone() };
    audit::note(tx, &act, now).await
}

/// Deletes a task of the asker's that is neither waiting nor running, with its log. An unused charge is refunded.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::TaskState`] for one that is waiting or running.
pub async fn remove(engine: &Engine, caller: &Caller, id: TaskId) -> Result<(), Error> {
    let asker = caller.account;
    let refunds = refunds(engine);
    let chain = engine.secrets.chain.clone();
    let now = engine.now();
    let removed = engine.db.write(async move |tx| {
        let seen = own(whole(tx, id).await?, asker)?;
        tx.lock(Lock::Account(seen.task.account)).await?;
        let held = store::task::get_for_update(tx, id).await?.ok_or(Refusal::NotFound(Noun::Task))?;
        match held.state {
            State::Draft | State::AwaitingApproval | State::Queued | State::Running => {
                return Err(Refusal::TaskState(held.state).into());
            }
            State::Paused if refunds => {
                let next = held.after(Move::Cancel, now).ok_or_else(broken)?;
                ledger::refund(tx, &chain, &next, now).await.map(drop)?;
            }
            State::Paused | State::Succeeded | State::Failed | State::Cancelled => {}
        }
        Ok(store::study::delete(tx, id).await?)
    });
    removed.await
}

/// The most tasks that are recovered at once.
const MAX_RECOVERED: i64 = 1000;

/// Puts tasks whose worker was lost back into the queue, without waiting for their leases to run out; returns how many there were.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators.
pub async fn recover(engine: &Engine, caller: &Caller, origin: Origin) -> Result<usize, Error> {
    audit::administers(caller)?;
    let act = Act { actor: Some(caller.account), action: "task.recover", subject: "task:*".to_owned(), detail: String::new(), origin };
    // A live worker renews its lease every third of it. One that has not done so for half of it is lost, or will find itself fenced off.
    let now = engine.now();
    let half = engine.settings.lease / 2;
    let recovered = engine.db.write(async move |tx| {
        let mut recovered = Vec::new();
        for id in store::study::orphans(tx, now.plus(half), MAX_RECOVERED).await? {
            let Some(held) = store::task::get_for_update(tx, id).await? else { continue };
            if held.worker.is_none() || held.due_at > now.plus(half) {
                continue;
            }
            let Some(next) = held.after(Move::Release, now) else { continue };
            if task::save(tx, &held, &next).await? {
                recovered.push(next);
            }
        }
        let act = Act { detail: format!("{} tasks", recovered.len()), ..act.clone() };
        audit::note(tx, &act, now).await?;
        Ok(recovered)
    });
    let recovered = recovered.await?;
    for task in &recovered {
        task::publish(engine, task);
    }
    engine.bell.wake();
    Ok(recovered.len())
}
