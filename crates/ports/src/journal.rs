//! A journal beside the database: what a restored older copy of the database would know nothing of.

use crate::fault::Fault;

/// Keeps lines, each for good before it is acknowledged.
#[async_trait::async_trait]
pub trait Journal: Send + Sync {
    /// Adds a line.
    ///
    /// # Errors
    /// [`Fault`] where it could not be kept; whatever it was about must not be answered then.
    async fn note(&self, line: String) -> Result<(), Fault>;
}

/// Keeps nothing: for tests, and for commands that make no orders.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

#[async_trait::async_trait]
impl Journal for Nothing {
    async fn note(&self, _line: String) -> Result<(), Fault> {
        Ok(())
    }
}
