//! What is published: the states of tasks, and that a list is another than before.

use crate::{id::TaskId, study::CourseProgress, task::State};

/// A list of an account's that people watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum List {
    /// Its tasks.
    Tasks,
    /// Its orders.
    Orders,
    /// What it has, and its entries.
    Wallet,
}

/// The newest visible state of a task. Ordered by (`epoch`, `sequence`): a subscriber takes only newer ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The task.
    pub task: TaskId,
    /// The attempt that it belongs to.
    pub attempt: i64,
    /// The epoch under which it was reported.
    pub epoch: i64,
    /// Increases with each report within an epoch.
    pub sequence: i64,
    /// The task's state.
    pub state: State,
    /// 0 to 100; never decreases within an attempt.
    pub progress: i64,
    /// The step being worked on, as its kind names it.
    pub step: Option<String>,
    /// A line for people about what is going on.
    pub message: Option<String>,
    /// A study task's progress through its courses, in reports of its worker.
    pub study: Option<CourseProgress>,
}

impl Snapshot {
    /// Whether this is newer than `other`.
    #[must_use]
    pub fn newer_than(&self, other: &Self) -> bool {
        (self.epoch, self.sequence, self.state.ended()) > (other.epoch, other.sequence, other.state.ended())
    }

    /// This snapshot as it is published after `before`: within an attempt progress never decreases, although what is stored may be a second
    /// behind what was published.
    #[must_use]
    pub fn after(&self, before: &Self) -> Self {
        let told = if self.attempt == before.attempt { before.progress } else { 0 };
        Self { progress: self.progress.max(told), ..self.clone() }
    }
}
