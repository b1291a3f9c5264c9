//! Rows of login sessions: a token is valid as long as its session.

use std::time::Duration;

use domain::{account::Role, id::AccountId, time::Timestamp};

use crate::{fault::Fault, params, tx::Tx};

/// A session together with what decides whether it may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionState {
    /// The account.
    pub account: AccountId,
    /// The account's current role.
    pub role: Role,
    /// Whether the account may sign in now.
    pub active: bool,
    /// When the session expires.
    pub expires_at: Timestamp,
    /// When its owner last proved who they are; none for a session that is not asked for that.
    pub proved_at: Option<Timestamp>,
    /// When nobody has used it for so long that it has ended; none for a session that lasts unused.
    pub idle_at: Option<Timestamp>,
    /// When it was last used, as far as that is written down.
    pub used_at: Timestamp,
    /// Whether it was ended.
    pub ended: bool,
}

/// A session about to be opened.
#[derive(Debug, Clone)]
pub struct New {
    /// Its id, which its token carries.
    pub id: String,
    /// The surface.
    pub surface: &'static str,
    /// Now.
    pub now: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// When its owner proved who they are; none for a session that is not asked for that.
    pub proved_at: Option<Timestamp>,
    /// How long it may lie unused; none for a session that lasts unused.
    pub idle: Option<Duration>,
}

/// Opens a session.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, account: AccountId, new: &New) -> Result<(), Fault> {
    let sql = "INSERT INTO sessions (id, account_id, surface, created_at, expires_at, proved_at, idle_s) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let idle = new.idle.map(|idle| i64::try_from(idle.as_secs()).unwrap_or(i64::MAX));
    tx.execute(sql, params![&new.id, account, new.surface, new.now, new.expires_at, new.proved_at, idle]).await.map(drop)
}

/// The state of a session and its account, in one indexed read.
///
/// # Errors
/// [`Fault`].
pub async fn state(tx: &mut Tx, id: &str) -> Result<Option<SessionState>, Fault> {
    let sql = "SELECT s.account_id, a.role, a.active, s.expires_at, s.proved_at, s.ended_at, s.idle_s, COALESCE(s.used_at, s.created_at) \
               FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.id = $1";
    let Some(row) = tx.query_opt(sql, params![id]).await? else { return Ok(None) };
    let used_at = Timestamp(row.int(7));
    let idle = row.opt_int(6).map(|seconds| Duration::from_secs(u64::try_from(seconds).unwrap_or(0)));
    Ok(Some(SessionState {
        account: AccountId(row.int(0)),
        role: Role::from_word(&row.text(1)).ok_or(Fault::Corrupt("role"))?,
        active: row.flag(2),
        expires_at: Timestamp(row.int(3)),
        proved_at: row.opt_int(4).map(Timestamp),
        idle_at: idle.map(|idle| used_at.plus(idle)),
        used_at,
        ended: row.opt_int(5).is_some(),
    }))
}

/// Writes down that a session was used.
///
/// # Errors
/// [`Fault`].
pub async fn used(tx: &mut Tx, id: &str, now: Timestamp) -> Result<(), Fault> {
    tx.execute("UPDATE sessions SET used_at = $2 WHERE id = $1 AND ended_at IS NULL", params![id, now]).await.map(drop)
}

/// Ends one session; `false` if it had already ended.
///
/// # Errors
/// [`Fault`].
pub async fn end(tx: &mut Tx, id: &str, now: Timestamp) -> Result<bool, Fault> {
    Ok(tx.execute("UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", params![id, now]).await? == 1)
}

/// Extends an open session; this never shortens it. `false` if it has ended.
///
/// # Errors
/// [`Fault`].
pub async fn extend(tx: &mut Tx, id: &str, until: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE sessions SET expires_at = CASE WHEN expires_at > $2 THEN expires_at ELSE $2 END WHERE id = $1 AND ended_at IS NULL";
    Ok(tx.execute(sql, params![id, until]).await? == 1)
}

/// An open session of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// Its id, which its token carries.
    pub id: String,
    /// The surface that it was opened on.
    pub surface: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// The open sessions of an account that were not left unused for too long, newest first: the newest hundred.
///
/// # Errors
/// [`Fault`].
pub async fn open_of(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<Vec<OpenSession>, Fault> {
    let sql = "SELECT id, surface, created_at, expires_at FROM sessions WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 \
               AND (idle_s IS NULL OR COALESCE(used_at, created_at) + idle_s * 1000000 > $2) ORDER BY created_at DESC, id LIMIT 100";
    let rows = tx.query(sql, params![account, now]).await?;
    let session = |row: &crate::tx::Row| OpenSession {
        id: row.text(0),
        surface: row.text(1),
        created_at: Timestamp(row.int(2)),
        expires_at: Timestamp(row.int(3)),
    };
    Ok(rows.iter().map(session).collect())
}

/// Ends one session of an account; `false` if it has none that is open with this id.
///
/// # Errors
/// [`Fault`].
pub async fn end_of(tx: &mut Tx, account: AccountId, id: &str, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE sessions SET ended_at = $3 WHERE account_id = $1 AND id = $2 AND ended_at IS NULL";
    Ok(tx.execute(sql, params![account, id, now]).await? == 1)
}

/// Ends every session of an account except one.
///
/// # Errors
/// [`Fault`].
pub async fn end_others(tx: &mut Tx, account: AccountId, kept: &str, now: Timestamp) -> Result<u64, Fault> {
    let sql = "UPDATE sessions SET ended_at = $3 WHERE account_id = $1 AND id <> $2 AND ended_at IS NULL";
    tx.execute(sql, params![account, kept, now]).await
}

/// Ends every session of an account, and returns how many there were.
///
/// # Errors
/// [`Fault`].
pub async fn end_all(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<u64, Fault> {
    tx.execute("UPDATE sessions SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL", params![account, now]).await
}

/// Deletes sessions that expired before a time, so many at most; returns how many there were.
///
/// # Errors
/// [`Fault`].
pub async fn tidy(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64, Fault> {
    let sql = "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
    tx.execute(sql, params![before, limit]).await
}
