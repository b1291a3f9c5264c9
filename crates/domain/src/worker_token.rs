//! Worker tokens: what an outside worker shows to find metered tasks and to report on them.

use crate::{id::WorkerTokenId, time::Timestamp};

/// A token as it is kept; its text is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerToken {
    /// Its number.
    pub id: WorkerTokenId,
    /// What its operator calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last shown, to the minute.
    pub used_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}
