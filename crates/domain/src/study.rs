//! What a study task has in addition to its row: its name, its courses, and the log that its learner reads.

use crate::{
    course::Ticks,
    id::{LogId, TaskId},
    task::State,
    text::is_invisible,
    time::Timestamp,
};

/// A study task's own row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Study {
    /// The name its owner gave it.
    pub name: String,
    /// The courses that were asked for; all if empty.
    pub courses: Vec<String>,
    /// The titles of the courses, once the platform has named them.
    pub titles: Vec<String>,
    /// How many of them are worked through.
    pub completed: i64,
    /// How many there are.
    pub total: i64,
    /// Which items are ticked off in their learner's name.
    pub ticks: Ticks,
}

/// A study task's progress, as its worker reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseProgress {
    /// Courses that are worked through.
    pub completed: i64,
    /// Courses in total.
    pub total: i64,
    /// The item that is being worked on.
    pub item: Option<Hand>,
}

/// The item that is being worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// Its title with its emoji.
    pub title: String,
    /// Its progress in percent.
    pub progress: i64,
    /// Seconds played, and seconds in total, if something is really played.
    pub played: Option<(i64, i64)>,
    /// What it belongs to.
    pub detail: String,
}

/// The severity of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// What happened.
    Info,
    /// What its learner should know.
    Warning,
    /// What went wrong.
    Error,
}

impl Level {
    /// Every level.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Error];

    /// Its name in storage and in the document.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }

    /// The level with this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word() == word)
    }
}

/// A line of a task's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Its id.
    pub id: LogId,
    /// The task that it belongs to.
    pub task: TaskId,
    /// Its severity.
    pub level: Level,
    /// Its text.
    pub message: String,
    /// When it was written.
    pub at: Timestamp,
}

/// The states in which a task counts against its owner's limit: waiting to be started, and active.
pub const ACTIVE: [State; 4] = [State::Draft, State::AwaitingApproval, State::Queued, State::Running];

/// A task's name as it may be stored, or `None`: 1 to 200 characters without control characters.
#[must_use]
pub fn name(text: &str) -> Option<String> {
    let name = text.trim();
    let length = name.chars().count();
    ((1..=200).contains(&length) && !name.chars().any(|c| c.is_control() || is_invisible(c))).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d10_a_name_is_one_line() {
        assert_eq!(name(" 学习任务 ").as_deref(), Some("学习任务"));
        for bad in ["", "  ", "a\nINFO forged", "a\u{1b}[31m", "a\0", "a\u{202e}b", &"x".repeat(201)] {
            assert_eq!(name(bad), None, "{bad:?}");
        }
    }
}
