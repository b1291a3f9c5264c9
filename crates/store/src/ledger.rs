//! Rows of the ledger: only ever added.

use domain::{
    id::{AccountId, EntryId, TaskId, WalletId},
    ledger::{Entry, Origin, SystemAccount},
    time::Timestamp,
    wallet::Asset,
};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// Adds an entry; `false` where its effect has been booked before.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, entry: &Entry) -> Result<bool, Fault> {
    let sql = "INSERT INTO entries (wallet_id, account_id, asset, sequence, amount, balance_before, balance_after, counterpart, effect, cause, task_id, \
               attempt, actor_id, note, created_at, key_id, hash, address, device) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT (effect) DO NOTHING";
    let values = params![
        entry.wallet,
        entry.account,
        entry.asset,
        entry.sequence,
        entry.amount,
        entry.before,
        entry.after,
        entry.counterpart.word(),
        &entry.key,
        &entry.cause,
        entry.task,
        entry.attempt,
        entry.actor,
        &entry.note,
        entry.created_at,
        entry.key_id,
        entry.hash,
        entry.origin.address.as_ref(),
        entry.origin.device.as_ref()
    ];
    Ok(tx.execute(sql, values).await? == 1)
}

/// A wallet's entries after `sequence`, oldest first: a page of a walk along its chain.
///
/// # Errors
/// [`Fault`].
pub async fn chain(tx: &mut Tx, wallet: WalletId, sequence: i64, limit: i64) -> Result<Vec<Entry>, Fault> {
    let sql = "SELECT id, wallet_id, account_id, asset, sequence, amount, balance_before, balance_after, counterpart, effect, cause, task_id, attempt, \
               actor_id, note, created_at, key_id, hash, address, device FROM entries WHERE wallet_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
    tx.query(sql, params![wallet, sequence, limit]).await?.iter().map(entry).collect()
}

/// The entries that speak of a task, in the order they were made.
///
/// # Errors
/// [`Fault`].
pub async fn of_task(tx: &mut Tx, task: TaskId) -> Result<Vec<Entry>, Fault> {
    let sql = "SELECT id, wallet_id, account_id, asset, sequence, amount, balance_before, balance_after, counterpart, effect, cause, task_id, attempt, \
               actor_id, note, created_at, key_id, hash, address, device FROM entries WHERE task_id = $1 ORDER BY id";
    tx.query(sql, params![task]).await?.iter().map(entry).collect()
}

/// How many entries belong to no wallet: none, unless somebody meddled.
///
/// # Errors
/// [`Fault`].
pub async fn orphans(tx: &mut Tx) -> Result<i64, Fault> {
    let sql = "SELECT COUNT(*) FROM entries e WHERE NOT EXISTS (SELECT 1 FROM wallets w WHERE w.id = e.wallet_id)";
    Ok(tx.query_one(sql, &[]).await?.int(0))
}

fn entry(row: &Row) -> Result<Entry, Fault> {
    Ok(Entry {
        id: EntryId(row.int(0)),
        wallet: WalletId(row.int(1)),
        account: AccountId(row.int(2)),
        asset: Asset::from_word(&row.text(3)).ok_or(Fault::Corrupt("asset"))?,
        sequence: row.int(4),
        amount: row.int(5),
        before: row.int(6),
        after: row.int(7),
        counterpart: SystemAccount::from_word(&row.text(8)).ok_or(Fault::Corrupt("counterpart"))?,
        key: row.text(9),
        cause: row.text(10),
        task: row.opt_int(11).map(TaskId),
        attempt: row.opt_int(12),
        actor: row.opt_int(13).map(AccountId),
        note: row.text(14),
        created_at: Timestamp(row.int(15)),
        key_id: row.int(16),
        hash: row.hash(17),
        origin: Origin { address: row.opt_text(18), device: row.opt_text(19) },
    })
}
