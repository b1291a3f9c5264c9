//! One action on many tasks.

use crate::{
    id::{AccountId, BulkId, KeyId, TaskId},
    origin::Origin,
    time::Timestamp,
};

/// Where it is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Tasks are left.
    Running,
    /// It has been through all of them.
    Done,
    /// Somebody ended it before.
    Cancelled,
}

impl State {
    const ALL: [Self; 3] = [Self::Running, Self::Done, Self::Cancelled];

    /// Its name in storage and on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// One action on many tasks, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk {
    /// Its id.
    pub id: BulkId,
    /// Who asked for it; it may do what they may.
    pub account: AccountId,
    /// The API key that asked.
    pub key: Option<KeyId>,
    /// The action's name.
    pub action: String,
    /// Why, where the action wants a reason.
    pub reason: String,
    /// Which tasks, as the engine wrote it down.
    pub selector: String,
    /// Where it is in its life.
    pub state: State,
    /// How many tasks matched when it was made.
    pub total: i64,
    /// On how many the action was done.
    pub done: i64,
    /// How many refused it, each for a reason of its own.
    pub refused: i64,
    /// The first of those reasons, as the engine wrote them down.
    pub refusals: String,
    /// The task that was looked at last; those with smaller ids are left.
    pub cursor: TaskId,
    /// Grows whenever another process takes it up.
    pub epoch: i64,
    /// Where it was asked for.
    pub origin: Origin,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last went on.
    pub updated_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}
