//! Rows of verification codes: the newest of each purpose and target.

use domain::{time::Timestamp, verification::Purpose};

use crate::{fault::Fault, params, tx::Tx};

/// A code about to be issued, by its keyed hash.
#[derive(Debug, Clone)]
pub struct New {
    /// What it is for.
    pub purpose: Purpose,
    /// A phone number in E.164 or an e-mail address.
    pub target: String,
    /// The keyed hash of purpose, target and code.
    pub hash: [u8; 32],
    /// Now.
    pub now: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// Stores a code in place of the older one.
///
/// # Errors
/// [`Fault`].
pub async fn issue(tx: &mut Tx, new: &New) -> Result<(), Fault> {
    let sql = "INSERT INTO verifications (purpose, target, hash, tries, created_at, expires_at) VALUES ($1, $2, $3, 0, $4, $5) \
               ON CONFLICT (purpose, target) DO UPDATE SET hash = $3, tries = 0, created_at = $4, expires_at = $5, consumed_at = NULL";
    tx.execute(sql, params![new.purpose, &new.target, new.hash, new.now, new.expires_at]).await.map(drop)
}

/// Consumes a code, if it matches, is unused and not expired, and was not tried too often.
///
/// # Errors
/// [`Fault`].
pub async fn consume(tx: &mut Tx, purpose: Purpose, target: &str, hash: [u8; 32], tries: i64, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE verifications SET consumed_at = $4 \
               WHERE purpose = $1 AND target = $2 AND hash = $3 AND consumed_at IS NULL AND expires_at > $4 AND tries < $5";
    Ok(tx.execute(sql, params![purpose, target, hash, now, tries]).await? == 1)
}

/// Whether a code matches, is unused and not expired, and was not tried too often.
///
/// # Errors
/// [`Fault`].
pub async fn fits(tx: &mut Tx, purpose: Purpose, target: &str, hash: [u8; 32], tries: i64, now: Timestamp) -> Result<bool, Fault> {
    let sql = "SELECT 1 FROM verifications \
               WHERE purpose = $1 AND target = $2 AND hash = $3 AND consumed_at IS NULL AND expires_at > $4 AND tries < $5";
    Ok(tx.query_opt(sql, params![purpose, target, hash, now, tries]).await?.is_some())
}

/// Counts a wrong try against the currently valid code; `false` if there is none.
///
/// # Errors
/// [`Fault`].
pub async fn miss(tx: &mut Tx, purpose: Purpose, target: &str, tries: i64, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE verifications SET tries = tries + 1 \
               WHERE purpose = $1 AND target = $2 AND consumed_at IS NULL AND expires_at > $3 AND tries < $4";
    Ok(tx.execute(sql, params![purpose, target, now, tries]).await? == 1)
}

/// Whether this code would be valid if it had not expired.
///
/// # Errors
/// [`Fault`].
pub async fn expired(tx: &mut Tx, purpose: Purpose, target: &str, hash: [u8; 32], tries: i64, now: Timestamp) -> Result<bool, Fault> {
    let sql = "SELECT 1 FROM verifications \
               WHERE purpose = $1 AND target = $2 AND hash = $3 AND consumed_at IS NULL AND expires_at <= $4 AND tries < $5";
    Ok(tx.query_opt(sql, params![purpose, target, hash, now, tries]).await?.is_some())
}

/// Voids the code of a target, if it is still this one.
///
/// # Errors
/// [`Fault`].
pub async fn void(tx: &mut Tx, purpose: Purpose, target: &str, hash: [u8; 32]) -> Result<(), Fault> {
    let sql = "DELETE FROM verifications WHERE purpose = $1 AND target = $2 AND hash = $3";
    tx.execute(sql, params![purpose, target, hash]).await.map(drop)
}

/// Deletes what expired before `before`.
///
/// # Errors
/// [`Fault`].
pub async fn tidy(tx: &mut Tx, before: Timestamp) -> Result<u64, Fault> {
    tx.execute("DELETE FROM verifications WHERE expires_at < $1", params![before]).await
}
