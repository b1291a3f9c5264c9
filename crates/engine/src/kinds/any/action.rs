//! What is done with a task of any kind: each kind keeps its own rules, and refuses what it does not know.

use domain::{
    audit::Act,
    id::{AccountId, TaskId},
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    study::Level,
    task::{Move, State, Task},
};

use super::seen;
use crate::{
    Engine, Error, Fault, audit,
    idempotency::Answered,
    kinds::{anime, custom, generation, metered, study},
    ledger,
    session::Caller,
    task,
};

/// What can be done with a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Start a draft.
    Start,
    /// Approve it, so that it can run.
    Approve,
    /// Pause it.
    Pause,
    /// Resume it.
    Resume,
    /// Open a new attempt, which is charged.
    Retry,
    /// Cancel it.
    Cancel,
}

/// Applies an action to a task that the caller may see.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::TaskState`] also if the kind does not know the action; otherwise as the kind's own function.
pub async fn act(engine: &Engine, caller: &Caller, id: TaskId, action: Action, origin: Origin) -> Result<Task, Error> {
    let task = seen(engine, caller, id).await?;
    // Administrators hold up and end what others handed in, and hand in nothing in their name.
    let owned = matches!(task.kind.as_str(), anime::NAME) || custom::named(engine, &task.kind).is_some();
    let held = matches!(action, Action::Pause | Action::Resume | Action::Cancel);
    if task.account == caller.account || !owned || !held {
        return applied(engine, caller, caller.account, &task, action, origin).await;
    }
    let after = applied(engine, caller, task.account, &task, action, origin.clone()).await?;
    let act = Act {
        actor: Some(caller.account),
        action: "task.hold",
        subject: format!("task:{id}"),
        detail: format!("{} -> {}", task.state.word(), after.state.word()),
        origin,
    };
    let now = engine.now();
    engine.db.write(async move |tx| audit::note(tx, &act, now).await).await?;
    Ok(after)
}

/// Applies an action to a task that `account` owns, as far as owners decide.
async fn applied(engine: &Engine, caller: &Caller, account: AccountId, task: &Task, action: Action, origin: Origin) -> Result<Task, Error> {
    let id = task.id;
    let unknown = Err(Refusal::TaskState(task.state).into());
    let answered = match (task.kind.as_str(), action) {
        (anime::NAME, Action::Pause) => return task::pause(engine, account, anime::NAME, id).await,
        (anime::NAME, Action::Resume) => return task::resume(engine, account, anime::NAME, id).await,
        (anime::NAME, Action::Retry) => return task::retry(engine, caller, anime::NAME, id).await,
        (anime::NAME, Action::Cancel) => return task::cancel(engine, account, anime::NAME, id).await,
        (generation::NAME, Action::Approve) => return generation::approve(engine, caller, id, origin).await.map(|made| made.task),
        (generation::NAME, Action::Retry) => generation::retry(engine, caller, id, origin, None).await?,
        (generation::NAME, Action::Cancel) => generation::cancel(engine, caller, id, origin, None).await?,
        (metered::NAME, Action::Cancel) => {
            let report = metered::Report { state: State::Cancelled, error: None, path: None };
            return metered::report(engine, &metered::Asker::Account(caller.clone()), id, report).await;
        }
        (study::NAME, action) => {
            let action = match action {
                Action::Start => study::TaskAction::Start,
                Action::Pause => study::TaskAction::Pause,
                Action::Resume => study::TaskAction::Resume,
                Action::Retry => study::TaskAction::Retry,
                Action::Cancel => study::TaskAction::Cancel,
                Action::Approve => return unknown,
            };
            return study::act(engine, caller, id, action, origin).await.map(|studied| studied.task);
        }
        (_, action) => return own_kind(engine, caller, account, task, action, origin).await,
    };
    match answered {
        Answered::Executed(made) => Ok(made.task),
        // Without a key there is no earlier answer.
        Answered::Replayed(_) => Err(Fault::Corrupt("answer").into()),
    }
}

/// Applies an action to a task of a kind of the operator's own.
async fn own_kind(
    engine: &Engine,
    caller: &Caller,
    account: AccountId,
    task: &Task,
    action: Action,
    origin: Origin,
) -> Result<Task, Error> {
    let kind = custom::named(engine, &task.kind).ok_or(Refusal::TaskState(task.state))?;
    match action {
        Action::Approve => custom::approve(engine, caller, task.id, origin).await,
        Action::Pause => task::pause(engine, account, kind, task.id).await,
        Action::Resume => task::resume(engine, account, kind, task.id).await,
        Action::Retry => task::retry(engine, caller, kind, task.id).await,
        Action::Cancel => task::cancel(engine, account, kind, task.id).await,
        Action::Start => Err(Refusal::TaskState(task.state).into()),
    }
}

/// The longest reason of a rejection, in characters.
pub(crate) const MAX_REASON: usize = 500;

/// Ends a task that waits for approval, and refunds it. The reason stands in its log, in the ledger and in the audit log.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators; [`Refusal::NotFound`]; [`Refusal::TaskState`]; [`Refusal::Invalid`].
pub async fn reject(engine: &Engine, caller: &Caller, id: TaskId, reason: String, origin: Origin) -> Result<Task, Error> {
    audit::administers(caller)?;
    if reason.trim().is_empty() || reason.chars().count() > MAX_REASON || reason.contains('\0') {
        let problem = if reason.trim().is_empty() { Problem::Missing } else { Problem::TooLong(MAX_REASON as u64) };
        return Err(Refusal::Invalid { field: "reason", problem }.into());
    }
    let (actor, chain, now) = (caller.account, engine.secrets.chain.clone(), engine.now());
    let rejected = engine.db.write(async move |tx| {
        let task = store::task::get_for_update(tx, id).await?.ok_or(Refusal::NotFound(Noun::Task))?;
        let waits = task.state == State::AwaitingApproval;
        let next = task.after(Move::Cancel, now).filter(|_| waits).ok_or(Refusal::TaskState(task.state))?;
        if !task::save(tx, &task, &next).await? {
            return Err(Refusal::TaskState(task.state).into());
        }
        ledger::refund_from(tx, &chain, &next, &reason, &origin, now).await?;
        store::log::append(tx, id, Level::Warning, &format!("未获批准 (not approved): {reason}"), now).await?;
        let (subject, detail) = (format!("task:{id}"), reason.clone());
        let act = Act { actor: Some(actor), action: "task.reject", subject, detail, origin: origin.clone() };
        audit::note(tx, &act, now).await?;
        Ok(next)
    });
    let task = rejected.await?;
    task::publish(engine, &task);
    Ok(task)
}
