//! Callbacks of gateways, checked in the order of docs/money.md, Callbacks. The answer is sent after the commit.

use domain::{
    id::OrderId,
    money::Money,
    order::{Order, Status},
    time::Timestamp,
};
use ports::payment::{Notice, OrderStatus};
use store::tx::Tx;

use super::{note, settle};
use crate::{Engine, Error, method};

/// The most fields of a callback.
const MAX_FIELDS: usize = 40;

/// The answer to a gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The callback was accepted: it need not be repeated.
    Success,
    /// The callback is not believed.
    Fail,
}

/// Handles a callback to the method with this name in URLs. The fields are decoded and may contain duplicates.
///
/// # Errors
/// [`Error::Fault`] if the database does not answer: the gateway must repeat the callback.
pub async fn notify(engine: &Engine, uuid: &str, fields: Vec<(String, String)>) -> Result<Verdict, Error> {
    let Some(method) = method::heard(engine, uuid).await? else { return Ok(Verdict::Fail) };
    let twice = |(index, field): (usize, &(String, String))| fields[..index].iter().any(|before| before.0 == field.0);
    if fields.len() > MAX_FIELDS || fields.iter().enumerate().any(twice) {
        tracing::warn!(method = method.id.0, "a callback with a field twice or too many fields");
        return Ok(Verdict::Fail);
    }
    let notice = match engine.reach.gateway.read(&method.config, &fields) {
        Ok(notice) => notice,
        Err(disbelief) => {
            tracing::warn!(method = method.id.0, %disbelief, "a callback is not believed");
            // If it names an order of this method, the attempt is recorded there.
            let named = fields.iter().find(|field| field.0 == "out_trade_no").and_then(|field| OrderId::parse(&field.1));
            if let Some(order) = of_method(engine, named, &method).await? {
                record(engine, order.id, "callback", format!("refused: {disbelief}")).await?;
            }
            return Ok(Verdict::Fail);
        }
    };
    let order = of_method(engine, OrderId::parse(&notice.order), &method).await?;
    if !notice.paid {
        if let Some(order) = order {
            record(engine, order.id, "callback", format!("{}: nothing is credited", notice.status)).await?;
        }
        return Ok(Verdict::Success);
    }
    let Some(order) = order else {
        tracing::warn!(method = method.id.0, "a callback about no order of this method");
        return Ok(Verdict::Fail);
    };
    if Money(order.amount).fen() != notice.fen || notice.fen.is_none() {
        record(engine, order.id, "callback", "refused: another amount".to_owned()).await?;
        return Ok(Verdict::Fail);
    }
    let above = engine.settings.payment.confirm_above;
    if above > 0 && order.amount >= above && order.status != Status::Paid && !confirmed(engine, &method, &order, &notice).await {
        record(engine, order.id, "callback", "refused: the gateway does not confirm it".to_owned()).await?;
        return Ok(Verdict::Fail);
    }
    record(engine, order.id.clone(), "callback", format!("believed: trade {}", notice.trade)).await?;
    credited(engine, order.id, notice.trade).await
}

/// The order with this id, if it was created for this very method.
async fn of_method(engine: &Engine, id: Option<OrderId>, method: &method::Method) -> Result<Option<Order>, Error> {
    let Some(id) = id else { return Ok(None) };
    let order = engine.db.read(async move |tx| Ok(store::order::get(tx, &id).await?)).await?;
    Ok(order.filter(|order| order.method == Some(method.id)))
}

/// Whether the gateway says the same when asked.
async fn confirmed(engine: &Engine, method: &method::Method, order: &Order, notice: &Notice) -> bool {
    let asked = engine.reach.gateway.ask(&method.config, order.id.as_str(), engine.now().seconds()).await;
    matches!(asked, Ok(OrderStatus::Paid { trade, fen }) if trade == notice.trade && fen == notice.fen)
}

async fn record(engine: &Engine, id: OrderId, what: &'static str, detail: String) -> Result<(), Error> {
    tracing::info!(order = id.as_str(), what, detail, "an order");
    let now = engine.now();
    engine.db.write(async move |tx| note(tx, &id, what, &detail, now).await).await
}

/// Credits an order that a gateway says is paid, at most once, and records what happened.
pub(super) async fn credited(engine: &Engine, id: OrderId, trade: String) -> Result<Verdict, Error> {
    let (order, chain, now) = (id.clone(), engine.secrets.chain.clone(), engine.now());
    let settled = engine.db.write(async move |tx| settled(tx, &chain, &order, &trade, now).await).await?;
    match settled {
        Settled::Now => tracing::info!(order = id.as_str(), "an order was paid"),
        Settled::Before => {}
        Settled::Alarm(what) => {
            metrics::counter!("gongfang_payment_alarms_total").increment(1);
            tracing::error!(order = id.as_str(), what, "an order needs its operator's eyes");
        }
        Settled::Taken => {
            metrics::counter!("gongfang_payment_alarms_total").increment(1);
            tracing::error!(order = id.as_str(), "a trade was announced for two orders");
            return Ok(Verdict::Fail);
        }
    }
    Ok(Verdict::Success)
}

enum Settled {
    Now,
    Before,
    Alarm(&'static str),
    Taken,
}

async fn settled(tx: &mut Tx, chain: &domain::ledger::ChainKey, id: &OrderId, trade: &str, now: Timestamp) -> Result<Settled, Error> {
    let order = store::order::get(tx, id).await?.ok_or(crate::Fault::Corrupt("order"))?;
    let paid = |from| settle::Paid { order: &order, trade: Some(trade), actor: None, from };
    for from in [Status::Pending, Status::Expired] {
        if settle::pay(tx, chain, &paid(from), now).await? {
            note(tx, id, "paid", &format!("trade {trade}"), now).await?;
            return Ok(Settled::Now);
        }
    }
    if settle::pay(tx, chain, &paid(Status::Cancelled), now).await? {
        note(tx, id, "alarm", &format!("paid after it was cancelled, and credited; trade {trade}"), now).await?;
        return Ok(Settled::Alarm("paid after it was cancelled"));
    }
    // Read again: a concurrent callback may have been faster.
    let order = store::order::get(tx, id).await?.ok_or(crate::Fault::Corrupt("order"))?;
    match (order.status, order.trade.as_deref()) {
        (Status::Paid, Some(known)) if known == trade => Ok(Settled::Before),
        (Status::Paid, _) => {
            note(tx, id, "alarm", &format!("paid a second time, not credited; trade {trade}"), now).await?;
            Ok(Settled::Alarm("paid a second time"))
        }
        (Status::Pending | Status::Cancelled | Status::Expired, _) => {
            note(tx, id, "alarm", &format!("trade {trade} belongs to another order"), now).await?;
            Ok(Settled::Taken)
        }
    }
}
