//! Crediting an order: the one way in which money comes in.

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
};

/// What is known to be paid.
pub(super) struct Paid<'a> {
    /// The order.
    pub(super) order: &'a Order,
    /// The gateway's number.
    pub(super) trade: Option<&'a str>,
    /// Who says so, where it is an administrator.
    pub(super) actor: Option<AccountId>,
    /// The state it must be in.
    pub(super) from: Status,
}

/// Marks an order as paid and credits it, or finds that it is in another state, or that its trade is another order's.
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
            if store::account::by_id(tx, order.account).await?.is_some_and(|account| account.anonymised_at.is_some()) {
                note(tx, &order.id, "alarm", "paid, and its account is closed: give the money back at the gateway", now).await?;
                metrics::counter!("gongfang_payment_alarms_total").increment(1);
                tracing::error!(order = order.id.as_str(), "an order of a closed account was paid: give the money back at the gateway");
            }
            Ok(true)
        }
        // The row said that it was not paid and the ledger says that it was.
        Booked::Before => Err(Fault::Corrupt("order").into()),
    }
}
