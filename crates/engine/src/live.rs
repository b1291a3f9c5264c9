//! Live progress: the newest state of each watched task, published to its subscribers.
//!
//! A slow subscriber gets the newest state and misses the ones in between (states are coalesced); the last one is never lost, because
//! it stays the newest.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use domain::{event::Snapshot, id::TaskId};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{Engine, Error, task};

/// How many tasks are polled in one round.
const MAX_POLLED: usize = 500;
/// Ended tasks are polled only every this many rounds: only a retry in another process changes them.
const ENDED_EVERY: u64 = 10;

/// Polls the tasks that are watched in this process and worked on in others that do not share its bell; runs until it is dropped.
pub async fn follow(engine: Arc<Engine>) {
    let mut rounds = tokio::time::interval(engine.settings.poll);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for round in 0_u64.. {
        rounds.tick().await;
        if let Err(error) = look(&engine, round).await {
            tracing::warn!(%error, "watched tasks could not be looked at");
        }
    }
}

async fn look(engine: &Engine, round: u64) -> Result<(), Error> {
    let ids = engine.live.elsewhere(round.is_multiple_of(ENDED_EVERY));
    if ids.is_empty() {
        return Ok(());
    }
    let read = engine.db.read(async move |tx| {
        let mut found = Vec::with_capacity(ids.len());
        for id in &ids {
            found.extend(store::task::get(tx, *id).await?);
        }
        Ok(found)
    });
    for found in read.await? {
        engine.live.publish_stored(&task::snapshot(&found));
    }
    Ok(())
}

/// The newest states, and the handles by which running work is stopped.
#[derive(Debug, Default)]
pub struct Live {
    watched: Mutex<HashMap<TaskId, watch::Sender<Arc<Snapshot>>>>,
    working: Mutex<HashMap<TaskId, (i64, CancellationToken)>>,
    /// The task that was polled last: among those that have not ended, and among all.
    polled: [AtomicI64; 2],
}

impl Live {
    /// Publishes a state to a task's subscribers, unless they already have a newer one.
    pub(crate) fn publish(&self, snapshot: &Snapshot) {
        self.fence(snapshot);
        let mut watched = self.watched.lock().expect("no holder of this lock panics");
        let Some(sender) = watched.get(&snapshot.task) else { return };
        if sender.receiver_count() == 0 {
            watched.remove(&snapshot.task);
            return;
        }
        sender.send_if_modified(|newest| {
            let newer = snapshot.newer_than(newest);
            if newer {
                *newest = Arc::new(snapshot.after(newest));
            }
            newer
        });
    }

    /// Publishes what was read from the database about a task that another process works on. Within an epoch of which no reports arrive
    /// here, any change counts as newer.
    fn publish_stored(&self, snapshot: &Snapshot) {
        let watched = self.watched.lock().expect("no holder of this lock panics");
        let Some(sender) = watched.get(&snapshot.task) else { return };
        sender.send_if_modified(|newest| {
            let silent = snapshot.epoch == newest.epoch && snapshot.sequence == 0 && newest.sequence == 0;
            let further =
                silent && (snapshot.progress > newest.progress || snapshot.step != newest.step || snapshot.message != newest.message);
            let newer = further || snapshot.newer_than(newest);
            if newer {
                *newest = Arc::new(snapshot.after(newest));
            }
            newer
        });
    }

    /// The tasks that are watched but not worked on in this process; ended ones only if `all` is set.
    fn elsewhere(&self, all: bool) -> Vec<TaskId> {
        let working = self.working.lock().expect("no holder of this lock panics");
        let watched = self.watched.lock().expect("no holder of this lock panics");
        let wanted = |(id, sender): &(&TaskId, &watch::Sender<Arc<Snapshot>>)| {
            sender.receiver_count() > 0 && !working.contains_key(id) && (all || !sender.borrow().state.ended())
        };
        let mut ids: Vec<TaskId> = watched.iter().filter(wanted).map(|(id, _)| *id).collect();
        // If there are too many for one round, the next round continues after the last one.
        ids.sort_unstable();
        let last = &self.polled[usize::from(all)];
        let turn = ids.partition_point(|id| id.0 <= last.load(Ordering::Relaxed));
        ids.rotate_left(turn);
        ids.truncate(MAX_POLLED);
        last.store(ids.last().map_or(0, |id| id.0), Ordering::Relaxed);
        ids
    }

    /// Subscribes to a task, starting with `snapshot`, or with a newer known state.
    pub(crate) fn watch(&self, snapshot: Snapshot) -> watch::Receiver<Arc<Snapshot>> {
        let mut watched = self.watched.lock().expect("no holder of this lock panics");
        if watched.len() > 1000 {
            watched.retain(|_, sender| sender.receiver_count() > 0);
        }
        let sender = watched.entry(snapshot.task).or_insert_with(|| watch::Sender::new(Arc::new(snapshot.clone())));
        sender.send_if_modified(|newest| {
            let newer = snapshot.newer_than(newest);
            if newer {
                *newest = Arc::new(snapshot.after(newest));
            }
            newer
        });
        let mut receiver = sender.subscribe();
        receiver.mark_changed();
        receiver
    }

    /// Registers work under an epoch; `stop` is cancelled as soon as this process learns of a newer one.
    pub(crate) fn working(&self, task: TaskId, epoch: i64, stop: CancellationToken) {
        self.working.lock().expect("no holder of this lock panics").insert(task, (epoch, stop));
    }

    /// Unregisters work under an epoch.
    pub(crate) fn worked(&self, task: TaskId, epoch: i64) {
        let mut working = self.working.lock().expect("no holder of this lock panics");
        if working.get(&task).is_some_and(|(held, _)| *held == epoch) {
            working.remove(&task);
        }
    }

    fn fence(&self, snapshot: &Snapshot) {
        let working = self.working.lock().expect("no holder of this lock panics");
        if let Some((epoch, stop)) = working.get(&snapshot.task)
            && snapshot.epoch > *epoch
        {
            stop.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::task::State;

    use super::*;

    fn snapshot(epoch: i64, sequence: i64, state: State, progress: i64) -> Snapshot {
        Snapshot { task: TaskId(1), attempt: 1, epoch, sequence, state, progress, step: None, message: None, study: None }
    }

    #[test]
    fn a_slow_subscriber_finds_the_newest_and_never_misses_the_last() {
        let live = Live::default();
        let mut receiver = live.watch(snapshot(1, 0, State::Running, 0));
        for sequence in 1..100 {
            live.publish(&snapshot(1, sequence, State::Running, sequence));
        }
        live.publish(&snapshot(1, i64::MAX, State::Succeeded, 100));
        live.publish(&snapshot(1, 50, State::Running, 50));
        let newest = receiver.borrow_and_update().clone();
        assert_eq!((newest.state, newest.progress), (State::Succeeded, 100));
        assert!(!receiver.has_changed().unwrap());
    }

    #[test]
    fn what_was_told_never_falls_within_an_attempt() {
        let live = Live::default();
        let mut receiver = live.watch(snapshot(1, 0, State::Running, 0));
        live.publish(&snapshot(1, 1, State::Running, 84));
        live.publish(&snapshot(2, 0, State::Paused, 80));
        assert_eq!(receiver.borrow_and_update().progress, 84, "what is stored is a second behind");
        live.publish(&Snapshot { attempt: 2, ..snapshot(3, 0, State::Queued, 0) });
        assert_eq!(receiver.borrow_and_update().progress, 0, "a new attempt begins at the beginning");
    }

    #[test]
    fn what_happens_elsewhere_is_told_as_it_is_stored() {
        let live = Live::default();
        let mut receiver = live.watch(snapshot(3, 0, State::Running, 10));
        assert_eq!(live.elsewhere(false), [TaskId(1)]);
        live.publish_stored(&snapshot(3, 0, State::Running, 10));
        receiver.borrow_and_update();
        live.publish_stored(&snapshot(3, 0, State::Running, 20));
        assert_eq!(receiver.borrow_and_update().progress, 20);
        live.publish_stored(&snapshot(3, 0, State::Running, 20));
        assert!(!receiver.has_changed().unwrap(), "nothing new is no news");
        live.publish_stored(&snapshot(3, i64::MAX, State::Succeeded, 100));
        assert_eq!(receiver.borrow_and_update().state, State::Succeeded);
        assert_eq!((live.elsewhere(false), live.elsewhere(true)), (vec![], vec![TaskId(1)]));
        // Reports of this process are more precise than what is stored.
        live.publish(&Snapshot { attempt: 2, ..snapshot(4, 7, State::Running, 50) });
        live.publish_stored(&Snapshot { attempt: 2, ..snapshot(4, 0, State::Running, 60) });
        assert_eq!(receiver.borrow_and_update().progress, 50);
        live.working(TaskId(1), 4, CancellationToken::new());
        assert_eq!(live.elsewhere(true), []);
    }

    #[test]
    fn work_is_stopped_by_a_newer_epoch_only() {
        let live = Live::default();
        let stop = CancellationToken::new();
        live.working(TaskId(1), 4, stop.clone());
        live.publish(&snapshot(4, 9, State::Running, 10));
        assert!(!stop.is_cancelled());
        live.publish(&snapshot(5, 0, State::Paused, 10));
        assert!(stop.is_cancelled());
    }

    #[test]
    fn nobody_watching_costs_nothing() {
        let live = Live::default();
        drop(live.watch(snapshot(1, 0, State::Running, 0)));
        live.publish(&snapshot(1, 1, State::Running, 1));
        assert!(live.watched.lock().unwrap().is_empty());
    }
}
