//! Rows of tickets, which are links in letters: the newest of each purpose and account.

use domain::{id::AccountId, time::Timestamp, verification::Purpose};

use crate::{fault::Fault, params, tx::Tx};

/// A ticket about to be issued, by its keyed hash.
#[derive(Debug, Clone)]
pub struct New {
    /// What it is for.
    pub purpose: Purpose,
    /// The account.
    pub account: AccountId,
    /// The keyed hash of its secret.
    pub hash: [u8; 32],
    /// The address that it goes to.
    pub email: String,
    /// Now.
    pub now: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// Stores a ticket in place of the older one.
///
/// # Errors
/// [`Fault`].
pub async fn issue(tx: &mut Tx, new: &New) -> Result<(), Fault> {
    let sql = "INSERT INTO tickets (purpose, account_id, hash, email, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (purpose, account_id) DO UPDATE SET hash = $3, email = $4, created_at = $5, expires_at = $6";
    tx.execute(sql, params![new.purpose, new.account, new.hash, &new.email, new.now, new.expires_at]).await.map(drop)
}

/// The account of a ticket and the address it was sent to, if it is valid.
///
/// # Errors
/// [`Fault`].
pub async fn find(tx: &mut Tx, purpose: Purpose, hash: [u8; 32], now: Timestamp) -> Result<Option<(AccountId, String)>, Fault> {
    let sql = "SELECT account_id, email FROM tickets WHERE purpose = $1 AND hash = $2 AND expires_at > $3";
    Ok(tx.query_opt(sql, params![purpose, hash, now]).await?.map(|row| (AccountId(row.int(0)), row.text(1))))
}

/// Consumes a ticket, if it is valid.
///
/// # Errors
/// [`Fault`].
pub async fn consume(tx: &mut Tx, purpose: Purpose, hash: [u8; 32], now: Timestamp) -> Result<Option<(AccountId, String)>, Fault> {
    let sql = "DELETE FROM tickets WHERE purpose = $1 AND hash = $2 AND expires_at > $3 RETURNING account_id, email";
    Ok(tx.query_opt(sql, params![purpose, hash, now]).await?.map(|row| (AccountId(row.int(0)), row.text(1))))
}

/// Voids every ticket of an account.
///
/// # Errors
/// [`Fault`].
pub async fn void(tx: &mut Tx, account: AccountId) -> Result<u64, Fault> {
    tx.execute("DELETE FROM tickets WHERE account_id = $1", params![account]).await
}

/// Deletes what expired before `before`.
///
/// # Errors
/// [`Fault`].
pub async fn tidy(tx: &mut Tx, before: Timestamp) -> Result<u64, Fault> {
    tx.execute("DELETE FROM tickets WHERE expires_at < $1", params![before]).await
}
