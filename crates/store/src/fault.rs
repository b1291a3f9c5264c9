//! What can go wrong below the rules.

use domain::refusal::Refusal;

/// A bug or an outage: never the asker's doing. Its text is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// More is waiting than may wait, or it waited longer than its deadline. Nothing was done.
    #[error("the database has more to do than it can")]
    Overloaded,
    /// The database said no.
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
    /// The database was made with other secrets than these; which of them.
    #[error("the secret {0} is not the one that this database was made with: put the secrets.toml back that belongs to it")]
    Foreign(&'static str),
    /// The database is gone.
    #[error("the database is closed")]
    Closed,
}

/// Why an operation did not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}
