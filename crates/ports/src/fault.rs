//! What can go wrong outside, and whether trying again may help.

use std::time::Duration;

/// A failure of something outside. Its text is for the operator's log and carries no key and no provider's body.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    /// It may work later: overload, an outage, a broken connection, an answer that made no sense.
    #[error("{text}")]
    Passing {
        /// What happened.
        text: String,
        /// How long the other side asked us to wait.
        retry_after: Option<Duration>,
    },
    /// It will not work however often it is tried: refused, forbidden, too large, not installed.
    #[error("{text}")]
    Lasting {
        /// What happened.
        text: String,
    },
    /// The task was cancelled, paused or lost meanwhile.
    #[error("stopped")]
    Stopped,
}

impl Fault {
    /// A failure that may pass.
    pub fn passing(text: impl Into<String>) -> Self {
        Self::Passing { text: text.into(), retry_after: None }
    }

    /// A failure that lasts.
    pub fn lasting(text: impl Into<String>) -> Self {
        Self::Lasting { text: text.into() }
    }

    /// Whether trying again may help.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Passing { .. })
    }
}
