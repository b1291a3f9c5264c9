//! The clock: every reading of time goes through it, so that a test can set it.

use domain::time::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Sets this clock by one that all processes share. One that cannot be set stays as it is.
    fn follow(&self, theirs: Timestamp) {
        let _ = theirs;
    }
}
