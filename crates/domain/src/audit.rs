//! Who did what: one line for each act of an administrator and each that touches money or rights.

use crate::{id::AccountId, origin::Origin, time::Timestamp};

/// An act that is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Act {
    /// Who; none for the command line and for the house itself.
    pub actor: Option<AccountId>,
    /// What, as `account.update` or `model.create`.
    pub action: &'static str,
    /// To what, as `account:7`.
    pub subject: String,
    /// What changed, without secrets.
    pub detail: String,
    /// Where it was asked for.
    pub origin: Origin,
}

/// An act as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who, if it was somebody.
    pub actor: Option<AccountId>,
    /// What.
    pub action: String,
    /// To what.
    pub subject: String,
    /// What changed.
    pub detail: String,
    /// Where it was asked for.
    pub origin: Origin,
}
