//! Rows of redemption codes and their batches.

use domain::{
    code::{Batch, Code, State},
    id::{AccountId, BatchId, CodeId},
    time::Timestamp,
};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// Opens a batch; without a minter it was the command line.
///
/// # Errors
/// [`Fault`].
pub async fn open_batch(tx: &mut Tx, minter: Option<AccountId>, note: &str, now: Timestamp) -> Result<BatchId, Fault> {
    let sql = "INSERT INTO code_batches (account_id, note, created_at) VALUES ($1, $2, $3) RETURNING id";
    Ok(BatchId(tx.query_one(sql, params![minter, note, now]).await?.int(0)))
}

/// A code about to be minted, by its keyed hash.
#[derive(Debug, Clone)]
pub struct New {
    /// Its batch.
    pub batch: BatchId,
    /// The keyed hash of its text.
    pub hash: [u8; 32],
    /// How many uses it gives.
    pub uses: i64,
    /// Now.
    pub now: Timestamp,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
}

/// Adds a code; `None` if there is already one with that text.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, new: &New) -> Result<Option<CodeId>, Fault> {
    let sql = "INSERT INTO codes (batch_id, hash, uses, created_at, expires_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (hash) DO NOTHING RETURNING id";
    let row = tx.query_opt(sql, params![new.batch, new.hash, new.uses, new.now, new.expires_at]).await?;
    Ok(row.map(|row| CodeId(row.int(0))))
}

/// Redeems a code for its first redeemer, and returns its uses; `None` if it cannot be redeemed (any more).
///
/// # Errors
/// [`Fault`].
pub async fn redeem(tx: &mut Tx, hash: [u8; 32], text: &str, redeemer: AccountId, now: Timestamp) -> Result<Option<(CodeId, i64)>, Fault> {
    let sql = "UPDATE codes SET redeemed_by = $2, redeemed_at = $3, text = $4 \
               WHERE hash = $1 AND redeemed_by IS NULL AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3) RETURNING id, uses";
    Ok(tx.query_opt(sql, params![hash, redeemer, now, text]).await?.map(|row| (CodeId(row.int(0)), row.int(1))))
}

/// Whether there is such a code, whatever its state.
///
/// # Errors
/// [`Fault`].
pub async fn exists(tx: &mut Tx, hash: [u8; 32]) -> Result<bool, Fault> {
    Ok(tx.query_opt("SELECT 1 FROM codes WHERE hash = $1", params![hash]).await?.is_some())
}

/// What an account redeemed, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn of_redeemer(tx: &mut Tx, redeemer: AccountId, limit: i64) -> Result<Vec<Code>, Fault> {
    let sql = concat!("SELECT ", columns!(codes), " FROM codes WHERE redeemed_by = $1 ORDER BY redeemed_at DESC, id DESC LIMIT $2");
    tx.query(sql, params![redeemer, limit]).await?.iter().map(code).collect()
}

/// Codes with smaller ids than `before`, newest first; only those of one batch if one is named.
///
/// # Errors
/// [`Fault`].
pub async fn page(tx: &mut Tx, batch: Option<BatchId>, before: CodeId, limit: i64) -> Result<Vec<Code>, Fault> {
    let rows = match batch {
        Some(batch) => {
            let sql = concat!("SELECT ", columns!(codes), " FROM codes WHERE batch_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
            tx.query(sql, params![batch, before, limit]).await?
        }
        None => {
            let sql = concat!("SELECT ", columns!(codes), " FROM codes WHERE id < $1 ORDER BY id DESC LIMIT $2");
            tx.query(sql, params![before, limit]).await?
        }
    };
    rows.iter().map(code).collect()
}

/// Batches with smaller ids than `before`, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn batches(tx: &mut Tx, before: BatchId, limit: i64) -> Result<Vec<Batch>, Fault> {
    let sql = concat!("SELECT ", columns!(code_batches), " FROM code_batches WHERE id < $1 ORDER BY id DESC LIMIT $2");
    Ok(tx.query(sql, params![before, limit]).await?.iter().map(batch).collect())
}

/// The batch with this id.
///
/// # Errors
/// [`Fault`].
pub async fn get_batch(tx: &mut Tx, id: BatchId) -> Result<Option<Batch>, Fault> {
    let sql = concat!("SELECT ", columns!(code_batches), " FROM code_batches WHERE id = $1");
    Ok(tx.query_opt(sql, params![id]).await?.as_ref().map(batch))
}

/// How many codes of a batch are in each state.
///
/// # Errors
/// [`Fault`].
pub async fn counts(tx: &mut Tx, id: BatchId, now: Timestamp) -> Result<Vec<(State, i64)>, Fault> {
    let sql = "SELECT CASE WHEN redeemed_by IS NOT NULL THEN 'redeemed' WHEN revoked_at IS NOT NULL THEN 'revoked' \
               WHEN expires_at <= $2 THEN 'expired' ELSE 'open' END AS state, COUNT(*) FROM codes WHERE batch_id = $1 GROUP BY 1";
    let rows = tx.query(sql, params![id, now]).await?;
    let count = |row: &Row| Ok((State::from_word(&row.text(0)).ok_or(Fault::Corrupt("code"))?, row.int(1)));
    rows.iter().map(count).collect()
}

fn batch(row: &Row) -> Batch {
    let mut row = row.reader();
    Batch { id: BatchId(row.int()), minter: row.opt_int().map(AccountId), note: row.text(), created_at: Timestamp(row.int()) }
}

/// Revokes the codes of a batch that have not been redeemed, and returns their number; `None` if there is no such batch.
///
/// # Errors
/// [`Fault`].
pub async fn revoke(tx: &mut Tx, batch: BatchId, now: Timestamp) -> Result<Option<u64>, Fault> {
    if tx.query_opt("SELECT 1 FROM code_batches WHERE id = $1", params![batch]).await?.is_none() {
        return Ok(None);
    }
    let sql = "UPDATE codes SET revoked_at = $2 WHERE batch_id = $1 AND redeemed_by IS NULL AND revoked_at IS NULL";
    Ok(Some(tx.execute(sql, params![batch, now]).await?))
}

/// Redeemed codes whose uses are not in the ledger exactly once, and entries of codes that nobody redeemed.
///
/// # Errors
/// [`Fault`].
pub async fn misbooked(tx: &mut Tx) -> Result<Vec<CodeId>, Fault> {
    let unbooked = "SELECT c.id FROM codes c LEFT JOIN entries e ON e.effect = 'redeem:' || CAST(c.id AS TEXT) \
                    WHERE c.redeemed_by IS NOT NULL AND (e.id IS NULL OR e.amount <> c.uses OR e.account_id <> c.redeemed_by OR e.asset <> 'uses') \
                    ORDER BY c.id LIMIT 100";
    let unredeemed = "SELECT CAST(SUBSTR(e.effect, 8) AS BIGINT) FROM entries e LEFT JOIN codes c ON e.effect = 'redeem:' || CAST(c.id AS TEXT) \
                      WHERE e.cause = 'redemption' AND c.redeemed_by IS NULL ORDER BY e.id LIMIT 100";
    let mut found = tx.query(unbooked, &[]).await?;
    found.extend(tx.query(unredeemed, &[]).await?);
    Ok(found.iter().map(|row| CodeId(row.int(0))).collect())
}

fn code(row: &Row) -> Result<Code, Fault> {
    let mut row = row.reader();
    Ok(Code {
        id: CodeId(row.int()),
        batch: BatchId(row.int()),
        uses: row.int(),
        text: row.opt_text(),
        created_at: Timestamp(row.int()),
        expires_at: row.opt_int().map(Timestamp),
        redeemed_by: row.opt_int().map(AccountId),
        redeemed_at: row.opt_int().map(Timestamp),
        revoked_at: row.opt_int().map(Timestamp),
    })
}
