//! Rows of answers that are stored under idempotency keys, and given again to duplicate requests.

use domain::{id::AccountId, time::Timestamp};

use crate::{fault::Fault, params, tx::Tx};

/// What is stored under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// A hash of the request that was answered.
    pub request: [u8; 32],
    /// The answer.
    pub answer: String,
}

/// Claims a key for a request that is being answered in this transaction; returns what is stored under it if it is already claimed. Waits
/// for a concurrent transaction that has claimed it.
///
/// # Errors
/// [`Fault`].
pub async fn claim(
    tx: &mut Tx,
    account: AccountId,
    route: &str,
    key: &str,
    request: [u8; 32],
    oldest: Timestamp,
    now: Timestamp,
) -> Result<Option<Kept>, Fault> {
    let sql = "DELETE FROM answers WHERE account_id = $1 AND route = $2 AND key = $3 AND created_at <= $4";
    tx.execute(sql, params![account, route, key, oldest]).await?;
    let sql = "INSERT INTO answers (account_id, route, key, request, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    if tx.execute(sql, params![account, route, key, request, now]).await? == 1 {
        return Ok(None);
    }
    let sql = "SELECT request, COALESCE(answer, '') FROM answers WHERE account_id = $1 AND route = $2 AND key = $3";
    let row = tx.query_one(sql, params![account, route, key]).await?;
    Ok(Some(Kept { request: row.hash(0), answer: row.text(1) }))
}

/// What is stored under a key, if it is newer than `oldest`.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, account: AccountId, route: &str, key: &str, oldest: Timestamp) -> Result<Option<Kept>, Fault> {
    let sql =
        "SELECT request, answer FROM answers WHERE account_id = $1 AND route = $2 AND key = $3 AND created_at > $4 AND answer IS NOT NULL";
    let row = tx.query_opt(sql, params![account, route, key, oldest]).await?;
    Ok(row.map(|row| Kept { request: row.hash(0), answer: row.text(1) }))
}

/// Stores the answer under a key that this transaction claimed.
///
/// # Errors
/// [`Fault`].
pub async fn complete(tx: &mut Tx, account: AccountId, route: &str, key: &str, answer: &str) -> Result<(), Fault> {
    let sql = "UPDATE answers SET answer = $4 WHERE account_id = $1 AND route = $2 AND key = $3";
    tx.execute(sql, params![account, route, key, answer]).await.map(drop)
}

/// Deletes what is older than `oldest`, so many at most; returns how many there were.
///
/// # Errors
/// [`Fault`].
pub async fn tidy(tx: &mut Tx, oldest: Timestamp, limit: i64) -> Result<u64, Fault> {
    let sql = "DELETE FROM answers WHERE (account_id, route, key) IN \
               (SELECT account_id, route, key FROM answers WHERE created_at <= $1 ORDER BY created_at LIMIT $2)";
    tx.execute(sql, params![oldest, limit]).await
}
