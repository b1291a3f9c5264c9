//! Crediting an order: the only way in which money comes in.

use domain::{
    id::AccountId,
    ledger::{Cause, ChainKey, Change},
    order::{Order, Status},
    time::Timestamp,
    wallet::Asset,
};
use store::tx::Tx;

use super::note;
use crate::{
    Error, Fault,
    ledger::{Booked, Booking, book},
    webhook,
};

/// A payment to credit.
pub(super) struct Paid<'a> {
    /// The order.
    pub(super) order: &'a Order,
    /// The gateway's trade number.
    pub(super) trade: Option<&'a str>,
    /// The administrator who says that it was paid, if it is one.
    pub(super) actor: Option<AccountId>,
    /// The status that the order must be in.
    pub(super) from: Status,
}

/// Marks an order as paid and credits it. `false` if it is in another state, or if its trade belongs to another order.
pub(super) async fn pay(tx: &mut Tx, chain: &ChainKey, paid: &Paid<'_>, now: Timestamp) -> Result<bool, Error> {
    let order = paid.order;
    if !store::order::pay(tx, &order.id, paid.from, paid.trade, now).await? {
        return Ok(false);
    }
    let cause = match paid.actor {
        Some(actor) => Cause::ManualTopUp { order: order.id.clone(), actor },
        None => Cause::TopUp { order: order.id.clone() },
    };
    let change = Change { amount: order.amount, cause, note: order.remark.clone(), origin: order.origin.clone() };
    match book(tx, chain, &Booking { account: order.account, asset: Asset::Money, change }, now).await? {
        Booked::Now => {
            let trade = paid.trade.map(str::to_owned).or_else(|| order.trade.clone());
            let credited = Order { status: Status::Paid, trade, paid_at: Some(now), ..order.clone() };
            webhook::publish::order_paid(tx, &credited, now).await?;
            if store::account::by_id(tx, order.account).await?.is_some_and(|account| account.anonymised_at.is_some()) {
                note(tx, &order.id, "alarm", "paid, and its account is closed: give the money back at the gateway", now).await?;
                metrics::counter!("gongfang_payment_alarms_total").increment(1);
                tracing::error!(order = order.id.as_str(), "an order of a closed account was paid: give the money back at the gateway");
            }
            Ok(true)
        }
        // According to its row the order was not paid, but according to the ledger it was.
        Booked::Before => Err(Fault::Corrupt("order").into()),
    }
}
