//! What subscribers of a task are told.

use crate::{id::TaskId, task::State};

/// The newest visible state of a task. Ordered by (`epoch`, `sequence`): a subscriber takes only newer ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The task.
    pub task: TaskId,
    /// The fence under which it was reported.
    pub epoch: i64,
    /// Rises with each report within an epoch.
    pub sequence: i64,
    /// Where the task is.
    pub state: State,
    /// 0 to 100; never falls within an attempt.
    pub progress: i64,
    /// The step being worked on, as its kind words it.
    pub step: Option<String>,
    /// A line for people about what is going on.
    pub message: Option<String>,
}

impl Snapshot {
    /// Whether this is newer than `other`.
    #[must_use]
    pub fn newer_than(&self, other: &Self) -> bool {
        (self.epoch, self.sequence, self.state.ended()) > (other.epoch, other.sequence, other.state.ended())
    }
}
