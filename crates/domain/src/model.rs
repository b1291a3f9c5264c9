//! Models: what administrators register so that users may have work done by it.

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

    /// The word for it in storage.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Draft => "draft",
        }
    }

    /// The status of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// A registered model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Its number.
    pub id: ModelId,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Who may use it.
    pub status: Status,
    /// Where it is called.
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

/// What a generation task has beside its row: what it is done by, who let it, and the job at the model's server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// The task.
    pub task: TaskId,
    /// By which model.
    pub model: ModelId,
    /// What that was called when the task was paid for.
    pub model_name: String,
    /// Who let it run, and when.
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
    /// What the server is told so that a call sent twice is one.
    pub key: String,
    /// When it was first sent.
    pub sent_at: Timestamp,
    /// What the server calls the job, once it said so.
    pub remote: Option<String>,
}
