//! Backups that a server makes by itself, and the alarm where they fail.

use std::{sync::Arc, time::Duration};

use domain::time::Timestamp;
use engine::{Engine, backup::Known, letter::Language};
use tokio_util::sync::CancellationToken;

use super::{Reason, create, list, prune};
use crate::{assemble, config::Config};

const HOUR: u64 = 3600;
/// How often it is looked whether one is due.
const LOOK: Duration = Duration::from_secs(60);
/// The wait after one that failed.
const REST: Duration = Duration::from_secs(900);

/// Makes backups when they are due, until the server ends. A SQLite database has one server, so nobody else makes them.
pub(crate) async fn serve(engine: Arc<Engine>, config: Config, ending: CancellationToken) {
    let mut state = State { since: engine.now(), failed: None };
    let every = Duration::from_secs(config.backup.every_h.get() * HOUR);
    if !config.database.is_empty() || every.is_zero() {
        engine.backups.note(Known::default());
        return;
    }
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = look.tick() => state.round(&engine, &config, every).await,
            () = ending.cancelled() => return,
        }
    }
}

/// What is remembered between two looks.
struct State {
    since: Timestamp,
    failed: Option<(Timestamp, String)>,
}

impl State {
    async fn round(&mut self, engine: &Engine, config: &Config, every: Duration) {
        let now = engine.now();
        let resting = self.failed.as_ref().is_some_and(|(at, _)| now.since(*at) < REST && *at <= now);
        if !due(newest(config, now), every, now) {
            self.failed = None;
        } else if !resting {
            self.failed = attempt(engine, config).await.err().map(|error| (now, format!("{error:#}")));
        }
        let newest_at = newest(config, engine.now());
        let patience = Some(Duration::from_secs(config.backup.alarm_h.get() * HOUR));
        let known = Known { newest_at, fault: self.failed.as_ref().map(|(_, text)| text.clone()), patience, since: self.since };
        if let Some(at) = newest_at {
            #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
            metrics::gauge!("gongfang_backup_age_seconds").set(engine.now().since(at).as_secs() as f64);
        }
        let (well, text) = known.judge(engine.now(), Language::English);
        metrics::gauge!("gongfang_backup_alarm").set(if well { 0.0 } else { 1.0 });
        // An alarm is logged when it begins, not once a minute.
        if !well && engine.backups.known().judge(engine.now(), Language::English).0 {
            tracing::error!("{text}");
        }
        engine.backups.note(known);
    }
}

/// When the newest one was made. Those of the future, from before the clock was set back, do not count.
fn newest(config: &Config, now: Timestamp) -> Option<Timestamp> {
    list(config).ok()?.iter().map(super::Kept::made_at).find(|at| *at <= now)
}

/// Whether the next one is due.
fn due(newest: Option<Timestamp>, every: Duration, now: Timestamp) -> bool {
    newest.is_none_or(|at| now.since(at) >= every)
}

async fn attempt(engine: &Engine, config: &Config) -> anyhow::Result<()> {
    let made = async {
        let db = assemble::database(config).await?;
        let made = create(config, &db, Reason::Schedule, engine.now()).await;
        db.close().await;
        made
    };
    let outcome = made.await;
    metrics::counter!("gongfang_backups_total", "outcome" => if outcome.is_ok() { "made" } else { "failed" }).increment(1);
    let made = outcome?;
    let removed = prune(config)?;
    tracing::info!(backup = made.name, removed = removed.len(), "a backup was made");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_due_when_the_newest_is_old_or_there_is_none() {
        let day = Duration::from_secs(24 * HOUR);
        let at = |hours: u64| Timestamp(1_700_000_000_000_000).plus(Duration::from_secs(hours * HOUR));
        for (newest, now, expected) in [(None, 0, true), (Some(0), 23, false), (Some(0), 24, true), (Some(24), 24, false)] {
            assert_eq!(due(newest.map(at), day, at(now)), expected, "{newest:?} at {now}");
        }
    }
}
