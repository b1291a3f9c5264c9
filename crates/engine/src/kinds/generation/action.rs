//! Manual actions of owners and administrators on generation tasks: approve, update, retry, cancel.

use domain::{
    id::TaskId,
    ledger::ChainKey,
    origin::Origin,
    refusal::Refusal,
    task::{Move, State, Task},
    time::Timestamp,
};
use serde_json::{Map, Value};
use store::{generation::Generated, tx::Tx};

use super::{REFUND_NOTE_CANCELLED, REFUND_NOTE_REPRICED, note, publish, validate_form, validated_json, visible, whole};
use crate::{
    Engine, Error, Fault,
    idempotency::{self, Answered, Once},
    ledger,
    model::{ModelRef, chosen},
    session::Caller,
    settings::{Approval, Studio},
    task,
};

/// The context of one manual action: who acts on which task, from where and when.
struct ActionContext {
    caller: Caller,
    id: TaskId,
    origin: Origin,
    settings: Studio,
    chain: ChainKey,
    now: Timestamp,
}

impl ActionContext {
    fn new(engine: &Engine, caller: &Caller, id: TaskId, origin: Origin) -> Self {
        Self {
            caller: caller.clone(),
            id,
            origin,
            settings: engine.settings.studio.clone(),
            chain: engine.secrets.chain.clone(),
            now: engine.now(),
        }
    }

    /// Loads the task if the caller may see it, and locks its row until the transaction ends.
    async fn lock_task(&self, tx: &mut Tx) -> Result<Task, Error> {
        store::task::get_for_update(tx, self.id).await?;
        Ok(visible(store::generation::whole(tx, self.id).await?, &self.caller)?.task)
    }

    /// Checks that the caller owns the task. Others who can see it are refused for this reason before its state is checked.
    fn owner(&self, task: &Task) -> Result<(), Refusal> {
        if task.account == self.caller.account { Ok(()) } else { Err(Refusal::NotOwner) }
    }

    async fn save(&self, tx: &mut Tx, before: &Task, after: &Task) -> Result<(), Error> {
        if task::save(tx, before, after).await? { Ok(()) } else { Err(Refusal::TaskState(before.state).into()) }
    }
}

/// Approves a task so that it can run; records who approved it and when.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::Forbidden`] for an owner if administrators approve tasks, [`Refusal::TaskState`].
pub async fn approve(engine: &Engine, caller: &Caller, id: TaskId, origin: Origin) -> Result<Generated, Error> {
    let context = ActionContext::new(engine, caller, id, origin);
    let approved = engine.db.write(async move |tx| {
        let task = context.lock_task(tx).await?;
        let own = task.account == context.caller.account && !context.settings.approve_own;
        if context.settings.approval == Approval::Admin && (own || !context.caller.role.administers()) {
            return Err(Refusal::Forbidden.into());
        }
        let next = task.after(Move::Approve, context.now).ok_or(Refusal::TaskState(task.state))?;
        context.save(tx, &task, &next).await?;
        store::generation::set_approved(tx, task.id, Some((context.caller.account, context.now))).await?;
        note(tx, &context.caller, "task.approve", task.id, String::new(), &context.origin, context.now).await?;
        whole(tx, task.id).await
    });
    let approved = approved.await?;
    publish(engine, &approved.task);
    Ok(approved)
}

/// Changes the input or the model of a task that has not started. If the model changes, the old charge is refunded and the new price
/// is charged in the same transaction. If the owner changes a task that an administrator has approved, it must be approved again.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::TaskState`], [`Refusal::UnusableModel`], [`Refusal::Unaffordable`], [`Refusal::Invalid`].
pub async fn update(
    engine: &Engine,
    caller: &Caller,
    id: TaskId,
    input: Map<String, Value>,
    model: ModelRef,
    origin: Origin,
) -> Result<Generated, Error> {
    let text = validated_json(&input)?;
    let context = ActionContext::new(engine, caller, id, origin);
    let named = model;
    let updated = engine.db.write(async move |tx| {
        let task = context.lock_task(tx).await?;
        if !matches!(task.state, State::AwaitingApproval | State::Queued) {
            return Err(Refusal::TaskState(task.state).into());
        }
        let known = store::generation::get(tx, task.id).await?.ok_or(Fault::Corrupt("generation"))?;
        let administers = context.caller.role.administers();
        let model = match &named {
            // No other model is named: keep the one that was paid for, even if it could not be chosen any more.
            ModelRef::Default => store::model::get(tx, known.model).await?.ok_or(Fault::Corrupt("model"))?,
            ModelRef::Id(_) | ModelRef::Url(_) => chosen(tx, &named, None, administers).await?,
        };
        validate_form(&model, &input)?;
        let mut next = Task { updated_at: context.now.max(task.updated_at), ..task.clone() };
        let again = context.settings.approval == Approval::Admin && !administers && known.approved.is_some();
        if again && task.state == State::Queued {
            next = task.after(Move::Reconsider, context.now).ok_or(Fault::Corrupt("state"))?;
            store::generation::set_approved(tx, task.id, None).await?;
        }
        // The old input was sent, or may have been: its result must not be taken for that of the new one, so this is a new attempt.
        let sent = known.call.is_some() || task.run > 0;
        if model.id != known.model || sent || model.price != task.price {
            // Refund the old attempt, and charge for the new one separately.
            ledger::refund_from(tx, &context.chain, &next, REFUND_NOTE_REPRICED, &context.origin, context.now).await?;
            next = Task { attempt: next.attempt + 1, price: model.price, run: 0, ..next };
            store::generation::set_model(tx, task.id, model.id, &model.name).await?;
            ledger::charge_from(tx, &context.chain, &next, context.caller.key, &model.name, &context.origin, context.now).await?;
        }
        store::task::set_input(tx, task.id, &text).await?;
        context.save(tx, &task, &next).await?;
        if task.account != context.caller.account {
            note(tx, &context.caller, "task.update", task.id, String::new(), &context.origin, context.now).await?;
        }
        whole(tx, task.id).await
    });
    let updated = updated.await?;
    publish(engine, &updated.task);
    Ok(updated)
}

/// Opens a new attempt of a failed task of the caller's, and charges for it.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotOwner`], [`Refusal::TaskState`], [`Refusal::Unaffordable`], [`Refusal::KeyReused`].
pub async fn retry(
    engine: &Engine,
    caller: &Caller,
    id: TaskId,
    origin: Origin,
    once: Option<Once<Generated>>,
) -> Result<Answered<Generated>, Error> {
    retry_or_cancel(engine, ActionContext::new(engine, caller, id, origin), once, Move::Retry).await
}

/// Cancels a task of the caller's that has not started, and refunds its charge.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotOwner`], [`Refusal::TaskState`].
pub async fn cancel(
    engine: &Engine,
    caller: &Caller,
    id: TaskId,
    origin: Origin,
    once: Option<Once<Generated>>,
) -> Result<Answered<Generated>, Error> {
    retry_or_cancel(engine, ActionContext::new(engine, caller, id, origin), once, Move::Cancel).await
}

async fn retry_or_cancel(
    engine: &Engine,
    context: ActionContext,
    once: Option<Once<Generated>>,
    step: Move,
) -> Result<Answered<Generated>, Error> {
    let answered = idempotency::once(engine, context.caller.account, once, async move |tx| {
        let task = context.lock_task(tx).await?;
        context.owner(&task)?;
        let retries = step == Move::Retry;
        let may = if retries { task.state == State::Failed } else { matches!(task.state, State::AwaitingApproval | State::Queued) };
        let next = task.after(step, context.now).filter(|_| may).ok_or(Refusal::TaskState(task.state))?;
        if retries {
            let known = store::generation::get(tx, task.id).await?.ok_or(Fault::Corrupt("generation"))?;
            let named = ModelRef::Id(known.model);
            let model = chosen(tx, &named, None, context.caller.role.administers()).await?;
            // A retry is charged at the model's current price.
            let next = Task { price: model.price, ..next };
            context.save(tx, &task, &next).await?;
            ledger::charge_from(tx, &context.chain, &next, context.caller.key, &model.name, &context.origin, context.now).await?;
        } else {
            context.save(tx, &task, &next).await?;
            ledger::refund_from(tx, &context.chain, &next, REFUND_NOTE_CANCELLED, &context.origin, context.now).await?;
        }
        whole(tx, task.id).await
    });
    let answered = answered.await?;
    if let Answered::Executed(left) = &answered {
        publish(engine, &left.task);
    }
    Ok(answered)
}
