//! Models: what administrators register so that users can have work done by them.

use crate::{
    id::{ModelId, TaskId},
    time::Timestamp,
};

/// Who may use a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Everybody.
    Open,
    /// Nobody any more.
    Closed,
    /// Nobody yet.
    Draft,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Open, Self::Closed, Self::Draft];

    /// Its name in storage.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Draft => "draft",
        }
    }

    /// The status with this name in storage.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// A registered model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Its id.
    pub id: ModelId,
    /// Its display name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Who may use it.
    pub status: Status,
    /// The URL at which it is called.
    pub url: String,
    /// What a task costs, in micro-yuan.
    pub price: i64,
    /// Its parameters, as the engine records them: secret values are sealed.
    pub parameters: String,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What a generation task has in addition to its row: its model, its approval, and the job at the model's server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// The task.
    pub task: TaskId,
    /// The model.
    pub model: ModelId,
    /// The model's name when the task was charged.
    pub model_name: String,
    /// Who approved it, and when.
    pub approved: Option<(crate::id::AccountId, Timestamp)>,
    /// The call to the model's server.
    pub call: Option<Call>,
}

/// One call to a model's server; it belongs to one run of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The attempt.
    pub attempt: i64,
    /// The run within it.
    pub run: i64,
    /// The idempotency key that is sent to the server, so that repeating the call has one effect.
    pub key: String,
    /// When it was first sent.
    pub sent_at: Timestamp,
    /// The server's id of the job, once it is known.
    pub remote: Option<String>,
}
