//! What subscribers of a task are told.

use crate::{id::TaskId, study::CourseProgress, task::State};

/// The newest visible state of a task. Ordered by (`epoch`, `sequence`): a subscriber takes only newer ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The task.
    pub task: TaskId,
    /// The attempt that it is of.
    pub attempt: i64,
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
    /// Where a study task stands among its courses, in reports of its worker.
    pub study: Option<CourseProgress>,
}

impl Snapshot {
    /// Whether this is newer than `other`.
    #[must_use]
    pub fn newer_than(&self, other: &Self) -> bool {
        (self.epoch, self.sequence, self.state.ended()) > (other.epoch, other.sequence, other.state.ended())
    }

    /// This, told after `before`: within an attempt progress never falls, though what is stored may be a second behind what was told.
    #[must_use]
    pub fn after(&self, before: &Self) -> Self {
        let told = if self.attempt == before.attempt { before.progress } else { 0 };
        Self { progress: self.progress.max(told), ..self.clone() }
    }
}
