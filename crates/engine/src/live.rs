//! What is going on now: the newest state of each watched task, handed to its subscribers.
//!
//! A subscriber that is slow finds the newest state and misses what came between (coalescing by nature); the last one is never
//! lost, because it stays the newest.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use domain::{event::Snapshot, id::TaskId};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The newest states, and the handles by which running work is stopped.
#[derive(Debug, Default)]
pub struct Live {
    watched: Mutex<HashMap<TaskId, watch::Sender<Arc<Snapshot>>>>,
    working: Mutex<HashMap<TaskId, (i64, CancellationToken)>>,
}

impl Live {
    /// Tells the subscribers of a task, unless they know newer.
    pub(crate) fn tell(&self, snapshot: &Snapshot) {
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
                *newest = Arc::new(snapshot.clone());
            }
            newer
        });
    }

    /// Watches a task from `snapshot` on, or from what is known newer.
    pub(crate) fn watch(&self, snapshot: Snapshot) -> watch::Receiver<Arc<Snapshot>> {
        let mut watched = self.watched.lock().expect("no holder of this lock panics");
        if watched.len() > 1000 {
            watched.retain(|_, sender| sender.receiver_count() > 0);
        }
        let sender = watched.entry(snapshot.task).or_insert_with(|| watch::Sender::new(Arc::new(snapshot.clone())));
        sender.send_if_modified(|newest| {
            let newer = snapshot.newer_than(newest);
            if newer {
                *newest = Arc::new(snapshot);
            }
            newer
        });
        let mut receiver = sender.subscribe();
        receiver.mark_changed();
        receiver
    }

    /// Registers work under an epoch; `stop` is cancelled as soon as this process hears of a newer one.
    pub(crate) fn working(&self, task: TaskId, epoch: i64, stop: CancellationToken) {
        self.working.lock().expect("no holder of this lock panics").insert(task, (epoch, stop));
    }

    /// Work under an epoch is over.
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
        Snapshot { task: TaskId(1), epoch, sequence, state, progress, step: None, message: None }
    }

    #[test]
    fn a_slow_subscriber_finds_the_newest_and_never_misses_the_last() {
        let live = Live::default();
        let mut receiver = live.watch(snapshot(1, 0, State::Running, 0));
        for sequence in 1..100 {
            live.tell(&snapshot(1, sequence, State::Running, sequence));
        }
        live.tell(&snapshot(1, i64::MAX, State::Succeeded, 100));
        live.tell(&snapshot(1, 50, State::Running, 50));
        let newest = receiver.borrow_and_update().clone();
        assert_eq!((newest.state, newest.progress), (State::Succeeded, 100));
        assert!(!receiver.has_changed().unwrap());
    }

    #[test]
    fn work_is_stopped_by_a_newer_epoch_only() {
        let live = Live::default();
        let stop = CancellationToken::new();
        live.working(TaskId(1), 4, stop.clone());
        live.tell(&snapshot(4, 9, State::Running, 10));
        assert!(!stop.is_cancelled());
        live.tell(&snapshot(5, 0, State::Paused, 10));
        assert!(stop.is_cancelled());
    }

    #[test]
    fn nobody_watching_costs_nothing() {
        let live = Live::default();
        drop(live.watch(snapshot(1, 0, State::Running, 0)));
        live.tell(&snapshot(1, 1, State::Running, 1));
        assert!(live.watched.lock().unwrap().is_empty());
    }
}
