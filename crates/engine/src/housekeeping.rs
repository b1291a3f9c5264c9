//! What nobody needs any more is dropped, by age: never money, and never in long transactions.
//!
//! Every process does this; whatever one has dropped the others do not find.

use std::{sync::LazyLock, time::Duration};

use domain::{id::TaskId, refusal::Refusal, time::Timestamp};
use store::{Tx, task::Aged};

use crate::{Engine, Error};

/// How many rows a transaction drops.
const BATCH: i64 = 500;
/// How many ended tasks a transaction looks at.
const TASKS: i64 = 100;
/// The rest between two transactions, for whoever else writes.
const REST: Duration = Duration::from_millis(20);

/// The refusal of new work while the disk is almost full.
pub(crate) static FULL: LazyLock<Refusal> = LazyLock::new(|| Refusal::Unavailable {
    reason: "the disk is almost full: nothing new is begun until its operator makes room; what was begun is finished".to_owned(),
});

/// Drops batch by batch until a batch finds nothing, and counts what was dropped.
pub(crate) async fn in_batches<F>(engine: &Engine, what: &'static str, drop_some: F) -> Result<(), Error>
where
    F: AsyncFn(&mut Tx, i64) -> Result<u64, Error> + Clone + Send + 'static,
{
    loop {
        let once = drop_some.clone();
        let dropped = engine.db.write(async move |tx| once(tx, BATCH).await).await?;
        if dropped == 0 {
            return Ok(());
        }
        count(what, dropped);
        tokio::time::sleep(REST).await;
    }
}

fn count(what: &'static str, dropped: u64) {
    metrics::counter!("gongfang_housekeeping_dropped_total", "what" => what).increment(dropped);
}

/// Drops sessions, pieces of films, records and results that are older than the settings say.
///
/// # Errors
/// [`Error::Fault`].
pub async fn tidy(engine: &Engine) -> Result<(), Error> {
    let (now, kept) = (engine.now(), engine.settings.housekeeping.clone());
    let before = now.minus(kept.sessions);
    in_batches(engine, "sessions", async move |tx, limit| Ok(store::session::tidy(tx, before, limit).await?)).await?;
    pieces(engine, now.minus(kept.pieces)).await?;
    if let Some(span) = kept.records {
        records(engine, now.minus(span)).await?;
    }
    if let Some(span) = kept.results {
        results(engine, now.minus(span)).await?;
    }
    Ok(())
}

/// A row goes before its file: whoever looks for the piece meanwhile makes it again.
async fn pieces(engine: &Engine, before: Timestamp) -> Result<(), Error> {
    loop {
        let dropped = engine.db.write(async move |tx| {
            let aged = store::artifact::aged(tx, before, TASKS).await?;
            for (account, content, _) in &aged {
                store::artifact::remove(tx, *account, content).await?;
            }
            Ok::<_, Error>(aged)
        });
        let dropped = dropped.await?;
        if dropped.is_empty() {
            return Ok(());
        }
        remove(engine, dropped.iter().map(|(_, _, object)| object.as_str())).await;
        count("pieces", dropped.len() as u64);
        tokio::time::sleep(REST).await;
    }
}

async fn remove(engine: &Engine, files: impl Iterator<Item = &str>) {
    for file in files {
        if let Err(fault) = engine.storage.remove(file).await {
            tracing::warn!(file, %fault, "a file could not be removed");
        }
    }
}

/// Logs and steps of tasks that ended long ago.
async fn records(engine: &Engine, before: Timestamp) -> Result<(), Error> {
    const PLACE: &str = "housekeeping.records";
    loop {
        let now = engine.now();
        let dropped = engine.db.write(async move |tx| {
            let after = place(tx, PLACE).await?;
            let aged = store::task::aged(tx, before, after, TASKS).await?;
            for task in &aged {
                store::log::delete(tx, task.id).await?;
                store::step::delete(tx, task.id).await?;
            }
            advance(tx, PLACE, &aged, now).await?;
            Ok::<_, Error>(aged.len() as u64)
        });
        match dropped.await? {
            0 => return Ok(()),
            dropped => count("records", dropped),
        }
        tokio::time::sleep(REST).await;
    }
}

/// Results of tasks that ended long ago: their links lead nowhere then. Files go before the place is noted, so that a crash leaves none.
async fn results(engine: &Engine, before: Timestamp) -> Result<(), Error> {
    const PLACE: &str = "housekeeping.results";
    loop {
        let aged = engine.db.read(async move |tx| {
            let after = place(tx, PLACE).await?;
            Ok::<_, Error>(store::task::aged(tx, before, after, TASKS).await?)
        });
        let aged = aged.await?;
        if aged.is_empty() {
            return Ok(());
        }
        for task in &aged {
            let Some((kind, output)) = engine.kinds.get(&task.kind).zip(task.output.as_deref()) else { continue };
            let files = kind.files(output);
            remove(engine, files.iter().map(String::as_str)).await;
            if !files.is_empty() {
                count("results", 1);
            }
        }
        let now = engine.now();
        engine.db.write(async move |tx| advance(tx, PLACE, &aged, now).await).await?;
        tokio::time::sleep(REST).await;
    }
}

/// How far ended tasks were looked through.
async fn place(tx: &mut Tx, name: &str) -> Result<(Timestamp, TaskId), Error> {
    let text = store::installation::get(tx, name).await?.unwrap_or_default();
    let read = text.split_once(' ').and_then(|(at, id)| Some((Timestamp(at.parse().ok()?), TaskId(id.parse().ok()?))));
    Ok(read.unwrap_or((Timestamp(0), TaskId(0))))
}

async fn advance(tx: &mut Tx, name: &str, aged: &[Aged], now: Timestamp) -> Result<(), Error> {
    let Some(last) = aged.last() else { return Ok(()) };
    Ok(store::installation::set(tx, name, &format!("{} {}", last.ended_at.0, last.id), now).await?)
}
