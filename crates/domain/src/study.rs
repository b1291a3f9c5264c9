//! What a study task has beside its row: its name, its courses, and the log that its learner reads.

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
    /// What its owner calls it.
    pub name: String,
    /// The courses that were asked for; all where empty.
    pub courses: Vec<String>,
    /// What the courses are called, once the platform said so.
    pub titles: Vec<String>,
    /// How many of them are worked through.
    pub completed: i64,
    /// How many there are.
    pub total: i64,
    /// Which items are ticked off in their learner's name.
    pub ticks: Ticks,
}

/// Where a study task stands, as its worker reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseProgress {
    /// Courses that are worked through.
    pub completed: i64,
    /// Courses in all.
    pub total: i64,
    /// The item in hand.
    pub item: Option<Hand>,
}

/// The item in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// Its title with its picture.
    pub title: String,
    /// Percent of it.
    pub progress: i64,
    /// Seconds played, and seconds in all, where something is really played.
    pub played: Option<(i64, i64)>,
    /// What it belongs to.
    pub detail: String,
}

/// How serious a line of the log is.
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

    /// The word for it, in storage and in the document.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }

    /// The level of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word() == word)
    }
}

/// A line of a task's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Its number.
    pub id: LogId,
    /// Whose.
    pub task: TaskId,
    /// How serious.
    pub level: Level,
    /// What it says.
    pub message: String,
    /// When.
    pub at: Timestamp,
}

/// The states in which a task counts against its owner's limit: waiting to be started, and going on.
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
