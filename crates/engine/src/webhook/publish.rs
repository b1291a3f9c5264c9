//! Writing down what happened, in the transaction that makes it happen: called at the one place where each thing does.

use domain::{
    id::AccountId,
    order::Order,
    task::{State, Task},
    time::Timestamp,
    wallet::{Asset, Wallet},
    webhook::{EventType, Webhook},
};
use serde::Serialize;
use store::{tx::Tx, webhook::NewDelivery};

use super::body::{OrderData, RedemptionData, TaskData, WalletData};
use crate::{Error, Fault};

/// A task has ended.
pub(crate) async fn task_ended(tx: &mut Tx, task: &Task, now: Timestamp) -> Result<(), Error> {
    let event = match task.state {
        State::Succeeded => EventType::TaskSucceeded,
        State::Failed => EventType::TaskFailed,
        State::Cancelled => EventType::TaskCancelled,
        State::Draft | State::AwaitingApproval | State::Queued | State::Running | State::Paused => return Ok(()),
    };
    tell(tx, task.account, event, &TaskData::of(task), now, |_| true).await
}

/// An order was paid and credited.
pub(crate) async fn order_paid(tx: &mut Tx, order: &Order, now: Timestamp) -> Result<(), Error> {
    tell(tx, order.account, EventType::OrderPaid, &OrderData::of(order), now, |_| true).await
}

/// A code gave an account uses.
pub(crate) async fn code_redeemed(tx: &mut Tx, account: AccountId, added: i64, uses: i64, now: Timestamp) -> Result<(), Error> {
    tell(tx, account, EventType::CodeRedeemed, &RedemptionData::of(added, uses), now, |_| true).await
}

/// A wallet has less than before: endpoints are told whose bound it fell below just now.
pub(crate) async fn wallet_fell(tx: &mut Tx, before: &Wallet, balance: i64, now: Timestamp) -> Result<(), Error> {
    // The largest bound of all endpoints stands in the wallet, so that one without bounds reads nothing.
    if before.alert_below.is_none_or(|bound| balance >= bound) {
        return Ok(());
    }
    let crossed = |webhook: &Webhook| {
        let bound = match before.asset {
            Asset::Money => webhook.low_money,
            Asset::Uses => webhook.low_uses,
        };
        bound.is_some_and(|bound| balance < bound && bound <= before.balance)
    };
    tell(tx, before.account, EventType::WalletLow, &WalletData::of(before, balance), now, crossed).await
}

/// Writes an event and a message to each endpoint that wants it; nothing where none does. For an endpoint that is off it is kept.
async fn tell(
    tx: &mut Tx,
    account: AccountId,
    event_type: EventType,
    data: &impl Serialize,
    now: Timestamp,
    concerns: impl Fn(&Webhook) -> bool,
) -> Result<(), Error> {
    let mut webhooks = store::webhook::list(tx, account).await?;
    webhooks.retain(|webhook| webhook.wants(event_type) && concerns(webhook));
    if webhooks.is_empty() {
        return Ok(());
    }
    let data = serde_json::to_string(data).map_err(|_| Fault::Corrupt("event"))?;
    let event = store::webhook::insert_event(tx, account, event_type, &data, now).await?;
    for webhook in webhooks {
        let due_at = webhook.off.is_none().then_some(now);
        store::webhook::insert_delivery(tx, NewDelivery { webhook: webhook.id, event, due_at, now }).await?;
    }
    Ok(())
}
