//! The bell: tells workers that something may be due and subscribers that something changed.
//!
//! It is a hint and never the truth: a lost ring costs a poll's delay and nothing else. With several processes a bell over
//! Redis carries the same calls between them; within one, [`InProcess`] is enough.

use domain::{event::Snapshot, id::AccountId};
use tokio::sync::{Notify, broadcast};

/// What is told to every process.
#[derive(Debug, Clone)]
pub enum Ring {
    /// A task changed.
    Task(Snapshot),
    /// An account's sessions, role or activity changed: forget what is remembered of it.
    Account(AccountId),
}

/// Wakes workers and tells subscribers.
#[async_trait::async_trait]
pub trait Bell: Send + Sync {
    /// Says that a task may be due.
    fn wake(&self);
    /// Waits until somebody says so. A wake-up that came since the last call returns at once.
    async fn woken(&self);
    /// Tells every subscriber in every process.
    fn publish(&self, ring: Ring);
    /// Listens from now on. A listener that falls behind is told how many it missed and must look at the database.
    fn subscribe(&self) -> broadcast::Receiver<Ring>;
}

/// The bell of a single process.
#[derive(Debug)]
pub struct InProcess {
    workers: Notify,
    rings: broadcast::Sender<Ring>,
}

impl Default for InProcess {
    fn default() -> Self {
        Self { workers: Notify::new(), rings: broadcast::Sender::new(4096) }
    }
}

#[async_trait::async_trait]
impl Bell for InProcess {
    fn wake(&self) {
        self.workers.notify_one();
    }

    async fn woken(&self) {
        self.workers.notified().await;
    }

    fn publish(&self, ring: Ring) {
        // Nobody listening is no fault: whoever comes later reads the database first.
        let _ = self.rings.send(ring);
    }

    fn subscribe(&self) -> broadcast::Receiver<Ring> {
        self.rings.subscribe()
    }
}
