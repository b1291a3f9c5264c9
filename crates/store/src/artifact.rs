//! Rows of artifacts: files that were made once for an account and are found again by their content's key.

use domain::{id::AccountId, time::Timestamp};

use crate::{fault::Fault, params, tx::Tx};

/// A file that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its key in storage.
    pub object: String,
    /// Who made it.
    pub engine: String,
    /// What it cost the operator, in micro-yuan.
    pub cost: i64,
    /// Whether it is a piece that no finished task shows.
    pub piece: bool,
}

/// Stores an artifact; one that is already known is kept.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, account: AccountId, content: &str, artifact: &Artifact, now: Timestamp) -> Result<(), Fault> {
    let sql = "INSERT INTO artifacts (account_id, content, object, engine, cost, created_at, piece) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    tx.execute(sql, params![account, content, &artifact.object, &artifact.engine, artifact.cost, now, artifact.piece]).await.map(drop)
}

/// Finds an artifact by its content's key.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, account: AccountId, content: &str) -> Result<Option<Artifact>, Fault> {
    let sql = "SELECT object, engine, cost, piece FROM artifacts WHERE account_id = $1 AND content = $2";
    Ok(tx.query_opt(sql, params![account, content]).await?.map(|row| Artifact {
        object: row.text(0),
        engine: row.text(1),
        cost: row.int(2),
        piece: row.flag(3),
    }))
}

/// Deletes an artifact whose file is gone.
///
/// # Errors
/// [`Fault`].
pub async fn remove(tx: &mut Tx, account: AccountId, content: &str) -> Result<(), Fault> {
    tx.execute("DELETE FROM artifacts WHERE account_id = $1 AND content = $2", params![account, content]).await.map(drop)
}

/// Pieces that were made before a time, the oldest first: whose, by which key, and where their files are.
///
/// # Errors
/// [`Fault`].
pub async fn aged(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<(AccountId, String, String)>, Fault> {
    let sql = "SELECT account_id, content, object FROM artifacts WHERE piece = 1 AND created_at < $1 ORDER BY created_at LIMIT $2";
    let rows = tx.query(sql, params![before, limit]).await?;
    Ok(rows.iter().map(|row| (AccountId(row.int(0)), row.text(1), row.text(2))).collect())
}
