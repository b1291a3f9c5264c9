//! Asks gateways about orders without a callback, so that they are credited even if the callback was lost; in the end they expire.

use std::time::Duration;

use domain::{
    id::OrderId,
    money::Money,
    order::{Event, Order, Status, next_check},
    origin::Origin,
    refusal::{Noun, Refusal},
};
use futures_util::{StreamExt, stream};
use ports::payment::OrderStatus;

use super::{act, get, note, notify};
use crate::{
    Engine, Error,
    audit::{self, administers},
    method,
    session::Caller,
};

/// Orders claimed at once.
const BATCH: i64 = 50;
/// Orders asked about concurrently.
const AT_ONCE: usize = 8;
/// The wait after a gateway gave no answer.
const AGAIN: Duration = Duration::from_secs(300);
/// How long until an order expires if its gateway never answers.
const SILENCE: Duration = Duration::from_secs(72 * 3600);
/// How long a claimed order cannot be claimed by another process.
const HELD: Duration = Duration::from_secs(120);

/// Asks about the orders that are due; returns how many there were.
///
/// # Errors
/// [`Error::Fault`] if the database does not answer.
pub async fn due(engine: &Engine) -> Result<usize, Error> {
    let now = engine.now();
    let until = now.plus(HELD);
    let taken = engine.db.write(async move |tx| Ok(store::order::claim_due(tx, now, until, BATCH).await?)).await?;
    let number = taken.len();
    // A slow gateway or a broken order does not stop the others.
    stream::iter(taken)
        .for_each_concurrent(AT_ONCE, |id| async move {
            if let Err(error) = check_due(engine, &id).await {
                tracing::error!(order = id.as_str(), %error, "a gateway could not be asked about an order");
            }
        })
        .await;
    Ok(number)
}

/// Asks about an order that is due, and schedules the next check.
async fn check_due(engine: &Engine, id: &OrderId) -> Result<(), Error> {
    let Some(order) = read(engine, id).await?.filter(|order| order.status == Status::Pending) else { return Ok(()) };
    match query_gateway(engine, &order).await? {
        GatewayAnswer::Paid => Ok(()),
        GatewayAnswer::NotPaid => put_off(engine, &order, true).await,
        GatewayAnswer::Nothing => put_off(engine, &order, false).await,
    }
}

/// What a gateway answered.
enum GatewayAnswer {
    /// The order was paid, and is now credited.
    Paid,
    /// The order was not paid.
    NotPaid,
    /// No answer, or none that makes sense.
    Nothing,
}

/// Asks about one order now, and returns it with its events. Without a caller it is the operator at the command line who asks.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`], [`Refusal::Upstream`] if the gateway does not say.
pub async fn recheck(engine: &Engine, caller: Option<(&Caller, Origin)>, id: OrderId) -> Result<(Order, Vec<Event>), Error> {
    if let Some((caller, origin)) = &caller {
        administers(caller)?;
        let act = act(caller, "order.recheck", &id, String::new(), origin);
        let now = engine.now();
        engine.db.write(async move |tx| audit::note(tx, &act, now).await).await?;
    }
    let order = read(engine, &id).await?.ok_or(Refusal::NotFound(Noun::Order))?;
    if order.method.is_some() && order.status != Status::Paid {
        query_gateway(engine, &order).await?;
    }
    get(engine, caller.as_ref().map(|(caller, _)| *caller), id).await
}

async fn read(engine: &Engine, id: &OrderId) -> Result<Option<Order>, Error> {
    let id = id.clone();
    engine.db.read(async move |tx| Ok(store::order::get(tx, &id).await?)).await
}

/// Asks the gateway, credits the order if it was paid, and records the answer.
async fn query_gateway(engine: &Engine, order: &Order) -> Result<GatewayAnswer, Error> {
    let method = match order.method {
        Some(id) => method::of(engine, id).await?,
        None => None,
    };
    let Some(method) = method else { return Ok(GatewayAnswer::Nothing) };
    let status = engine.reach.gateway.ask(&method.config, order.id.as_str(), engine.now().seconds()).await;
    let detail = match status {
        Ok(OrderStatus::Paid { trade, fen }) if fen.is_some() && fen == Money(order.amount).fen() && !trade.is_empty() => {
            remember(engine, order, "the gateway says that it is paid").await?;
            let verdict = notify::credited(engine, order.id.clone(), trade).await?;
            return Ok(if verdict == notify::Verdict::Success { GatewayAnswer::Paid } else { GatewayAnswer::NotPaid });
        }
        Ok(OrderStatus::Paid { trade, .. }) if trade.is_empty() => {
            "the gateway says that it is paid, and under no number: nothing is credited".to_owned()
        }
        Ok(OrderStatus::Paid { .. }) => "the gateway says that another amount is paid: nothing is credited".to_owned(),
        Ok(OrderStatus::Unpaid) => "the gateway says that it is not paid".to_owned(),
        Ok(OrderStatus::Unknown) => "the gateway does not know it: nobody has gone there yet".to_owned(),
        Ok(OrderStatus::Other(word)) => format!("the gateway says status {word}: nothing is credited"),
        Err(fault) => {
            remember(engine, order, &format!("the gateway does not say: {fault}")).await?;
            return Ok(GatewayAnswer::Nothing);
        }
    };
    remember(engine, order, &detail).await?;
    Ok(GatewayAnswer::NotPaid)
}

async fn remember(engine: &Engine, order: &Order, detail: &str) -> Result<(), Error> {
    let id = order.id.clone();
    let detail = detail.to_owned();
    let now = engine.now();
    engine.db.write(async move |tx| note(tx, &id, "query", &detail, now).await).await
}

/// Schedules the next check of an order; after the last check it expires. A gateway that does not answer uses up no check, but it is not
/// waited for indefinitely either.
async fn put_off(engine: &Engine, order: &Order, answered: bool) -> Result<(), Error> {
    let checks = order.checks + i64::from(answered);
    let now = engine.now();
    // A pending order's row is updated only after the clock was set back or an older copy of the database was restored.
    let patient = !answered && now.since(order.updated_at) < SILENCE;
    let next = if answered { next_check(order.updated_at, checks) } else { patient.then(|| now.plus(AGAIN)) };
    let why = if answered { "nobody paid it in time" } else { "its gateway never said whether it was paid" };
    let id = order.id.clone();
    engine
        .db
        .write(async move |tx| {
            match &next {
                // A check that was missed while this process was not running is done as the next one.
                Some(next) => store::order::reschedule(tx, &id, (*next).max(now.plus(Duration::from_secs(30))), checks).await.map(drop)?,
                None => {
                    if store::order::close(tx, &id, Status::Expired, now).await? {
                        note(tx, &id, "expired", why, now).await?;
                    }
                }
            }
            Ok(())
        })
        .await
}
