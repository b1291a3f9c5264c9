//! Recovery from a clock that was set back: whatever was scheduled for a time that is now far ahead must not be stranded.
//!
//! Every process records the time every few seconds. A process that finds a recorded time later than its own knows that the clock was
//! set back, and by how much.

use std::time::Duration;

use domain::{
    time::Timestamp,
    verification::{LIFETIME, TICKET_LIFETIME},
};
use ports::clock::Clock;
use store::{
    Db,
    clock::{SetBack, Spans, mark, set_mark, set_right},
    tx::Lock,
};

use crate::{Engine, Error, campus, kinds::generation, order, webhook, worker};

/// How far a process's clock may deviate from the one that all of them share.
const DRIFT: Duration = Duration::from_secs(1);
/// How far the clocks of processes may differ before one of them counts as having been set.
const SKEW: Duration = Duration::from_secs(10);
/// The longest session lifetime that may be configured.
const SESSION: Duration = Duration::from_secs(90 * 86_400);

/// Sets a process's clock by the one that all processes of an installation share, if there is one: the database server's. A clock that
/// deviates by no more than `drift` is left alone.
///
/// # Errors
/// [`Error::Fault`].
pub async fn follow(db: &Db, clock: &dyn Clock, drift: Duration) -> Result<(), Error> {
    if let Some(theirs) = shared(db).await? {
        let now = clock.now();
        if now.since(theirs).max(theirs.since(now)) > drift {
            clock.follow(theirs);
        }
    }
    Ok(())
}

async fn shared(db: &Db) -> Result<Option<Timestamp>, Error> {
    db.read(async move |tx| match tx.dialect().server_time() {
        Some(sql) => Ok::<_, Error>(Some(Timestamp(tx.query_one(sql, &[]).await?.int(0)))),
        None => Ok(None),
    })
    .await
}

/// The time by the clock that all processes share, if there is one.
///
/// # Errors
/// [`Error::Fault`].
pub async fn theirs(engine: &Engine) -> Result<Option<Timestamp>, Error> {
    shared(&engine.db).await
}

/// Records the time. If the clock was set back since it was last recorded, corrects everything that was scheduled by the old clock;
/// returns whether it did.
///
/// # Errors
/// [`Error::Fault`].
pub async fn note(engine: &Engine) -> Result<bool, Error> {
    // Otherwise a single machine that slept or whose clock was set would look as if all clocks had been.
    follow(&engine.db, &*engine.clock, DRIFT).await?;
    let micros = |span: Duration| i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
    let settings = &engine.settings;
    let spans = Spans {
        lease: micros(settings.lease),
        look: micros(generation::MAX_POLL_INTERVAL.max(settings.studio.poll)),
        rest: micros(worker::LONGEST_REST),
        verification: micros(LIFETIME),
        ticket: micros(TICKET_LIFETIME),
        session: micros(SESSION),
        order: micros(order::LONGEST_REST),
        exchange: micros(campus::EXCHANGE),
        webhook: micros(webhook::LONGEST_REST),
        overlap: micros(webhook::LONGEST_OVERLAP),
    };
    let now = engine.now();
    let set_back = engine.db.write(async move |tx| {
        let known = mark(tx).await?;
        let by = known.map(|known| known.since(now)).filter(|by| *by > SKEW);
        if known.is_some() && by.is_none() {
            set_mark(tx, now, false).await?;
            return Ok(false);
        }
        // If several processes start at once, the first one does it.
        tx.lock(Lock::Administrators).await?;
        if mark(tx).await? != known {
            return Ok(false);
        }
        let by = by.map_or(0, |by| i64::try_from(by.as_micros()).unwrap_or(i64::MAX));
        set_right(tx, &SetBack { now, by, spans }).await?;
        set_mark(tx, now, true).await?;
        Ok(by > 0)
    });
    let set_back = set_back.await;
    engine.writable.store(set_back.is_ok(), std::sync::atomic::Ordering::Relaxed);
    let set_back = set_back?;
    if set_back {
        tracing::warn!("the clock was set back: what it had put off is looked at now");
        engine.bell.wake();
    }
    Ok(set_back)
}
