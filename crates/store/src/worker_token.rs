//! Rows of worker tokens.

use domain::{id::WorkerTokenId, time::Timestamp, worker_token::WorkerToken};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// Adds a token by its keyed hash.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, name: &str, hash: [u8; 32], now: Timestamp) -> Result<WorkerTokenId, Fault> {
    let sql = "INSERT INTO worker_tokens (name, hash, created_at) VALUES ($1, $2, $3) RETURNING id";
    Ok(WorkerTokenId(tx.query_one(sql, params![name, hash, now]).await?.int(0)))
}

/// The token with this hash, unless it was revoked.
///
/// # Errors
/// [`Fault`].
pub async fn valid(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<WorkerToken>, Fault> {
    let sql = "SELECT id, name, created_at, used_at, revoked_at FROM worker_tokens WHERE hash = $1 AND revoked_at IS NULL";
    Ok(tx.query_opt(sql, params![hash]).await?.as_ref().map(token))
}

/// Records that a token was used.
///
/// # Errors
/// [`Fault`].
pub async fn used(tx: &mut Tx, id: WorkerTokenId, now: Timestamp) -> Result<(), Fault> {
    tx.execute("UPDATE worker_tokens SET used_at = $2 WHERE id = $1", params![id, now]).await.map(drop)
}

/// Every token, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn list(tx: &mut Tx, limit: i64) -> Result<Vec<WorkerToken>, Fault> {
    let sql = "SELECT id, name, created_at, used_at, revoked_at FROM worker_tokens ORDER BY id DESC LIMIT $1";
    Ok(tx.query(sql, params![limit]).await?.iter().map(token).collect())
}

/// Revokes a token; `false` if there is no such valid token.
///
/// # Errors
/// [`Fault`].
pub async fn revoke(tx: &mut Tx, id: WorkerTokenId, now: Timestamp) -> Result<bool, Fault> {
    Ok(tx.execute("UPDATE worker_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", params![id, now]).await? == 1)
}

fn token(row: &Row) -> WorkerToken {
    let mut row = row.reader();
    WorkerToken {
        id: WorkerTokenId(row.int()),
        name: row.text(),
        created_at: Timestamp(row.int()),
        used_at: row.opt_int().map(Timestamp),
        revoked_at: row.opt_int().map(Timestamp),
    }
}
