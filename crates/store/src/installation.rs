//! What is known about the installation that a database belongs to.

use domain::time::Timestamp;

use crate::{fault::Fault, params, tx::Tx};

/// The value that is stored under a name.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>, Fault> {
    Ok(tx.query_opt("SELECT value FROM installation WHERE name = $1", params![name]).await?.map(|row| row.text(0)))
}

/// Stores a value under a name.
///
/// # Errors
/// [`Fault`].
pub async fn set(tx: &mut Tx, name: &str, value: &str, now: Timestamp) -> Result<(), Fault> {
    let sql = "INSERT INTO installation (name, value, updated_at) VALUES ($1, $2, $3) \
               ON CONFLICT (name) DO UPDATE SET value = $2, updated_at = $3";
    tx.execute(sql, params![name, value, now]).await.map(drop)
}

/// Removes what is stored under a name.
///
/// # Errors
/// [`Fault`].
pub async fn remove(tx: &mut Tx, name: &str) -> Result<(), Fault> {
    tx.execute("DELETE FROM installation WHERE name = $1", params![name]).await.map(drop)
}

/// Removes everything, for the rows of another database that take its place.
///
/// # Errors
/// [`Fault`].
pub async fn clear(tx: &mut Tx) -> Result<(), Fault> {
    tx.execute("DELETE FROM installation", &[]).await.map(drop)
}

/// Whether there never was an account; true for a database without tables.
///
/// # Errors
/// [`Fault`].
pub async fn is_fresh(tx: &mut Tx) -> Result<bool, Fault> {
    if !crate::migrate::begun(tx).await? {
        return Ok(true);
    }
    Ok(tx.query_opt("SELECT id FROM accounts LIMIT 1", &[]).await?.is_none())
}

/// The number of rows and the greatest id of each table whose rows are never deleted; for tasks and events, which may be deleted, only
/// the id.
///
/// # Errors
/// [`Fault`].
pub async fn counts(tx: &mut Tx) -> Result<Vec<(&'static str, i64, i64)>, Fault> {
    let statements = [
        ("accounts", "SELECT COUNT(*), COALESCE(MAX(id), 0) FROM accounts"),
        ("wallets", "SELECT COUNT(*), COALESCE(MAX(id), 0) FROM wallets"),
        ("entries", "SELECT COUNT(*), COALESCE(MAX(id), 0) FROM entries"),
        ("codes", "SELECT COUNT(*), COALESCE(MAX(id), 0) FROM codes"),
        ("orders", "SELECT COUNT(*), CAST(0 AS BIGINT) FROM orders"),
        ("webhook_events", "SELECT CAST(0 AS BIGINT), COALESCE(MAX(id), 0) FROM webhook_events"),
        ("tasks", "SELECT CAST(0 AS BIGINT), COALESCE(MAX(id), 0) FROM tasks"),
    ];
    let mut counts = Vec::with_capacity(statements.len());
    for (name, sql) in statements {
        let row = tx.query_one(sql, &[]).await?;
        counts.push((name, row.int(0), row.int(1)));
    }
    Ok(counts)
}

/// Makes the ids of a table's new rows continue above a number.
///
/// # Errors
/// [`Fault`].
pub async fn leap(tx: &mut Tx, table: &str, above: i64) -> Result<(), Fault> {
    for sql in tx.dialect().leap() {
        tx.query(sql, params![table, above]).await?;
    }
    Ok(())
}
