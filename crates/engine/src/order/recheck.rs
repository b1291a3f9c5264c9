//! Asking gateways about orders that nobody called about, so that a lost callback still credits; in the end they expire.

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

/// Orders taken at once.
const BATCH: i64 = 50;
/// Orders asked about at once.
const AT_ONCE: usize = 8;
/// How long is waited after a gateway said nothing.
const AGAIN: Duration = Duration::from_secs(300);
/// After how long an order expires whose gateway never said anything.
const SILENCE: Duration = Duration::from_secs(72 * 3600);
/// For how long an order that was taken is nobody else's.
const HELD: Duration = Duration::from_secs(120);

/// Asks about every order that is due; how many there were.
///
/// # Errors
/// [`Error::Fault`] where the database does not answer.
pub async fn due(engine: &Engine) -> Result<usize, Error> {
    let now = engine.now();
    let until = now.plus(HELD);
    let taken = engine.db.write(async move |tx| Ok(store::order::take_due(tx, now, until, BATCH).await?)).await?;
    let number = taken.len();
    // One gateway that is slow or one order that is broken stops none of the others.
    stream::iter(taken)
        .for_each_concurrent(AT_ONCE, |id| async move {
            if let Err(error) = looked_at(engine, &id).await {
                tracing::error!(order = id.as_str(), %error, "a gateway could not be asked about an order");
            }
        })
        .await;
    Ok(number)
}

/// Asks about an order that is due, and says when it is asked about next.
async fn looked_at(engine: &Engine, id: &OrderId) -> Result<(), Error> {
    let Some(order) = read(engine, id).await?.filter(|order| order.status == Status::Pending) else { return Ok(()) };
    match asked(engine, &order).await? {
        Told::Paid => Ok(()),
        Told::NotPaid => put_off(engine, &order, true).await,
        Told::Nothing => put_off(engine, &order, false).await,
    }
}

/// What a gateway told.
enum Told {
    /// That it was paid; it is credited.
    Paid,
    /// That it was not.
    NotPaid,
    /// Nothing: it did not answer, or nothing that makes sense.
    Nothing,
}

/// Asks about one order now, and shows it with what happened to it. No caller is the operator at the command line.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`], [`Refusal::Upstream`] where the gateway does not say.
pub async fn recheck(engine: &Engine, caller: Option<(&Caller, Origin)>, id: OrderId) -> Result<(Order, Vec<Event>), Error> {
    if let Some((caller, origin)) = &caller {
        administers(caller)?;
        let act = act(caller, "order.recheck", &id, String::new(), origin);
        let now = engine.now();
        engine.db.write(async move |tx| audit::note(tx, &act, now).await).await?;
    }
    let order = read(engine, &id).await?.ok_or(Refusal::NotFound(Noun::Order))?;
    if order.method.is_some() && order.status != Status::Paid {
        asked(engine, &order).await?;
    }
    get(engine, caller.as_ref().map(|(caller, _)| *caller), id).await
}

async fn read(engine: &Engine, id: &OrderId) -> Result<Option<Order>, Error> {
    let id = id.clone();
    engine.db.read(async move |tx| Ok(store::order::get(tx, &id).await?)).await
}

/// Asks the gateway, credits what it says is paid, and notes what it said.
async fn asked(engine: &Engine, order: &Order) -> Result<Told, Error> {
    let method = match order.method {
        Some(id) => method::of(engine, id).await?,
        None => None,
    };
    let Some(method) = method else { return Ok(Told::Nothing) };
    let status = engine.reach.gateway.ask(&method.config, order.id.as_str(), engine.now().seconds()).await;
    let detail = match status {
        Ok(OrderStatus::Paid { trade, fen }) if fen.is_some() && fen == Money(order.amount).fen() && !trade.is_empty() => {
            remember(engine, order, "the gateway says that it is paid").await?;
            let verdict = notify::credited(engine, order.id.clone(), trade).await?;
            return Ok(if verdict == notify::Verdict::Success { Told::Paid } else { Told::NotPaid });
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
            return Ok(Told::Nothing);
        }
    };
    remember(engine, order, &detail).await?;
    Ok(Told::NotPaid)
}

async fn remember(engine: &Engine, order: &Order, detail: &str) -> Result<(), Error> {
    let id = order.id.clone();
    let detail = detail.to_owned();
    let now = engine.now();
    engine.db.write(async move |tx| note(tx, &id, "query", &detail, now).await).await
}

/// Says when an order is asked about next; after the last time it expires. Silence is no answer and uses up no time, but it does not
/// last for ever either.
async fn put_off(engine: &Engine, order: &Order, answered: bool) -> Result<(), Error> {
    let checks = order.checks + i64::from(answered);
    let now = engine.now();
    // Nothing but a clock that was set back, or a database that was, changes a pending order.
    let patient = !answered && now.since(order.updated_at) < SILENCE;
    let next = if answered { next_check(order.updated_at, checks) } else { patient.then(|| now.plus(AGAIN)) };
    let why = if answered { "nobody paid it in time" } else { "its gateway never said whether it was paid" };
    let id = order.id.clone();
    engine
        .db
        .write(async move |tx| {
            match &next {
                // One that was passed while this process was not running is asked about in its turn.
                Some(next) => store::order::put_off(tx, &id, (*next).max(now.plus(Duration::from_secs(30))), checks).await.map(drop)?,
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
