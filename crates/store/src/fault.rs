//! Failures that are not refusals by a rule.

use domain::refusal::Refusal;

/// A bug or an outage, never the asker's mistake. Its text is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Too many operations are waiting, or this one waited longer than its deadline. Nothing was done.
    #[error("the database has more to do than it can")]
    Overloaded,
    /// The database reported an error.
    #[error("database: {0}")]
    Database(String),
    /// The operation waited for something that is not the database.
    #[error("a database operation waited for something else")]
    Awaited,
    /// The operation panicked.
    #[error("a database operation panicked: {0}")]
    Panicked(String),
    /// What was stored makes no sense.
    #[error("the stored {0} makes no sense")]
    Corrupt(&'static str),
    /// The database was created with other secrets than these; this one is different.
    #[error("the secret {0} is not the one that this database was made with: put the secrets.toml back that belongs to it")]
    Foreign(&'static str),
    /// The database is closed.
    #[error("the database is closed")]
    Closed,
}

/// Why an operation did not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A rule refused it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}
