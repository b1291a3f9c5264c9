//! Worker tokens: what an outside worker presents to find metered tasks and to report on them.

use crate::{id::WorkerTokenId, time::Timestamp};

/// A token as it is stored; its text is shown once, when it is created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerToken {
    /// Its id.
    pub id: WorkerTokenId,
    /// The name that its operator gave it.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}
