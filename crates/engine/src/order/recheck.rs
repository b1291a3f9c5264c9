//! Asking gateways about orders that nobody called about, so that a lost callback still credits; in the end they expire.

use std::time::Duration;

use domain::{
    money::Money,
    order::{Order, OrderId, Status, next_check},
    refusal::{Noun, Refusal},
};
use ports::payment::Standing;

use super::{note, notify};
use crate::{Engine, Error, audit::administers, method, session::Caller};

/// Orders taken at once.
const BATCH: i64 = 50;
/// For how long an order that was taken is nobody else's.
const HELD: Duration = Duration::from_secs(120);

/// Asks about every order that is due; how many there were.
///
/// # Errors
/// [`Error::Fault`] where the database does not answer.
pub async fn due(engine: &Engine) -> Result<usize, Error> {
    let now = engine.now();
    let taken = engine
        .db
        .write((now, now.plus(HELD)), |tx, (now, until)| {
            Box::pin(async move { Ok(store::order::take_due(tx, *now, *until, BATCH).await?) })
        })
        .await?;
    for id in &taken {
        let Some(order) = read(engine, id).await? else { continue };
        if order.status != Status::Pending {
            continue;
        }
        let told = asked(engine, &order).await?;
        if told != Status::Paid {
            put_off(engine, &order).await?;
        }
    }
    Ok(taken.len())
}

/// Asks about one order now. No caller is the operator at the command line.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`], [`Refusal::Upstream`] where the gateway does not say.
pub async fn recheck(engine: &Engine, caller: Option<&Caller>, id: OrderId) -> Result<Order, Error> {
    if let Some(caller) = caller {
        administers(caller)?;
    }
    let order = read(engine, &id).await?.ok_or(Refusal::NotFound(Noun::Order))?;
    if order.method.is_none() || order.status == Status::Paid {
        return Ok(order);
    }
    asked(engine, &order).await?;
    read(engine, &id).await?.ok_or_else(|| Refusal::NotFound(Noun::Order).into())
}

async fn read(engine: &Engine, id: &OrderId) -> Result<Option<Order>, Error> {
    engine.db.read(id.clone(), |tx, id| Box::pin(async move { Ok(store::order::get(tx, id).await?) })).await
}

/// Asks the gateway, credits what it says is paid, and notes what it said; where the order is then.
async fn asked(engine: &Engine, order: &Order) -> Result<Status, Error> {
    let method = match order.method {
        Some(id) => method::of(engine, id).await?,
        None => None,
    };
    let Some(method) = method else { return Ok(order.status) };
    let standing = engine.reach.gateway.ask(&method.config, order.id.as_str(), engine.now().seconds()).await;
    let detail = match standing {
        Ok(Standing::Paid { trade, fen }) if fen.is_some() && fen == Money(order.amount).fen() && !trade.is_empty() => {
            said(engine, order, "the gateway says that it is paid").await?;
            let verdict = notify::credited(engine, order.id.clone(), trade).await?;
            return Ok(if verdict == notify::Verdict::Success { Status::Paid } else { order.status });
        }
        Ok(Standing::Paid { .. }) => "the gateway says that another amount is paid: nothing is credited".to_owned(),
        Ok(Standing::Unpaid) => "the gateway says that it is not paid".to_owned(),
        Ok(Standing::Unknown) => "the gateway does not know it: nobody has gone there yet".to_owned(),
        Ok(Standing::Other(word)) => format!("the gateway says status {word}: nothing is credited"),
        Err(fault) => format!("the gateway does not say: {fault}"),
    };
    said(engine, order, &detail).await?;
    Ok(order.status)
}

async fn said(engine: &Engine, order: &Order, detail: &str) -> Result<(), Error> {
    let all = (order.id.clone(), detail.to_owned(), engine.now());
    engine.db.write(all, |tx, (id, detail, now)| Box::pin(async move { note(tx, id, "query", detail, *now).await })).await
}

/// Says when an order is asked about next; after the last time it expires.
async fn put_off(engine: &Engine, order: &Order) -> Result<(), Error> {
    let checks = order.checks + 1;
    let all = (order.id.clone(), next_check(order.created_at, checks), checks, engine.now());
    engine
        .db
        .write(all, |tx, (id, next, checks, now)| {
            Box::pin(async move {
                match next {
                    // One that was passed while this process was not running is asked about in its turn.
                    Some(next) => store::order::put_off(tx, id, (*next).max(now.plus(Duration::from_secs(30))), *checks).await.map(drop)?,
                    None => {
                        if store::order::close(tx, id, Status::Expired, *now).await? {
                            note(tx, id, "expired", "nobody paid it in time", *now).await?;
                        }
                    }
                }
                Ok(())
            })
        })
        .await
}
