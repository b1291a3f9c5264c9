//! Who did what: one line for each act of an administrator and each that touches money or rights.

use crate::{id::AccountId, origin::Origin, time::Timestamp};

/// An act to be recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Act {
    /// Who acted; `None` for the command line and for the server itself.
    pub actor: Option<AccountId>,
    /// What was done, such as `account.update` or `model.create`.
    pub action: &'static str,
    /// What it was done to, such as `account:7`.
    pub subject: String,
    /// What changed, without secrets.
    pub detail: String,
    /// Where the request came from.
    pub origin: Origin,
}

/// A recorded act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: i64,
    /// When it was done.
    pub at: Timestamp,
    /// Who acted, if it was an account.
    pub actor: Option<AccountId>,
    /// What was done.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// What changed.
    pub detail: String,
    /// Where the request came from.
    pub origin: Origin,
}
