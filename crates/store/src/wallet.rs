//! Rows of wallets.

use domain::{
    event::List,
    hash::GENESIS,
    id::{AccountId, WalletId},
    ledger::Entry,
    wallet::{Asset, Wallet},
};

use crate::{
    fault::Fault,
    params,
    tx::{Reader, Row, Tx},
};

/// Creates an empty wallet for each asset.
///
/// # Errors
/// [`Fault`].
pub async fn open(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    for asset in Asset::ALL {
        let sql = "INSERT INTO wallets (account_id, asset, balance, credit_limit, entries, head) VALUES ($1, $2, 0, 0, 0, $3)";
        tx.execute(sql, params![account, asset, GENESIS]).await?;
    }
    Ok(())
}

/// An account's current wallet.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, account: AccountId, asset: Asset) -> Result<Option<Wallet>, Fault> {
    let sql = concat!("SELECT ", columns!(wallets), " FROM wallets WHERE account_id = $1 AND asset = $2");
    tx.query_opt(sql, params![account, asset]).await?.as_ref().map(wallet).transpose()
}

/// An account's wallet, locked until this transaction ends.
///
/// # Errors
/// [`Fault`].
pub async fn get_for_update(tx: &mut Tx, account: AccountId, asset: Asset) -> Result<Option<Wallet>, Fault> {
    let sql = tx.dialect().hold_wallet();
    tx.query_opt(sql, params![account, asset]).await?.as_ref().map(wallet).transpose()
}

/// Advances a wallet to its next entry if its chain still ends where `from` says.
///
/// Invariant: `consumed` is the sum of what its entries consumed.
///
/// # Errors
/// [`Fault`].
pub async fn advance(tx: &mut Tx, from: &Wallet, entry: &Entry) -> Result<bool, Fault> {
    let sql = "UPDATE wallets SET balance = $3, entries = entries + 1, head = $4, consumed = consumed + $5 WHERE id = $1 AND entries = $2";
    tx.changed(List::Wallet, from.account);
    Ok(tx.execute(sql, params![from.id, from.entries, entry.after, entry.hash, entry.consumed()]).await? == 1)
}

/// Sets how far below zero an account's balance of money may go.
///
/// # Errors
/// [`Fault`].
pub async fn set_credit_limit(tx: &mut Tx, account: AccountId, limit: i64) -> Result<Option<WalletId>, Fault> {
    let sql = "UPDATE wallets SET credit_limit = $2 WHERE account_id = $1 AND asset = 'money' RETURNING id";
    Ok(tx.query_opt(sql, params![account, limit]).await?.map(|row| WalletId(row.int(0))))
}

/// Sets below what an account's wallets are told of: the largest of what its webhook endpoints name.
///
/// # Errors
/// [`Fault`].
pub async fn set_alerts(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    let sql = "UPDATE wallets SET alert_below = (SELECT MAX(CASE WHEN wallets.asset = 'money' THEN w.low_money ELSE w.low_uses END) \
               FROM webhooks w WHERE w.account_id = $1 AND w.deleted_at IS NULL) WHERE account_id = $1";
    tx.execute(sql, params![account]).await.map(drop)
}

/// Accounts that do not have exactly one wallet of each asset, a hundred at most.
///
/// # Errors
/// [`Fault`].
pub async fn missing(tx: &mut Tx) -> Result<Vec<AccountId>, Fault> {
    let sql = "SELECT a.id FROM accounts a LEFT JOIN wallets w ON w.account_id = a.id GROUP BY a.id HAVING COUNT(w.id) <> $1 ORDER BY a.id LIMIT 100";
    let sorts = i64::try_from(Asset::ALL.len()).unwrap_or(0);
    Ok(tx.query(sql, params![sorts]).await?.iter().map(|row| AccountId(row.int(0))).collect())
}

/// Wallets ordered by id, after `after`: a page of a walk over all.
///
/// # Errors
/// [`Fault`].
pub async fn page(tx: &mut Tx, after: WalletId, limit: i64) -> Result<Vec<Wallet>, Fault> {
    let sql = concat!("SELECT ", columns!(wallets), " FROM wallets WHERE id > $1 ORDER BY id LIMIT $2");
    tx.query(sql, params![after, limit]).await?.iter().map(wallet).collect()
}

/// The state of each wallet, ordered by id, after `after`: its id, balance, count of entries and the hash of the last of them. It reads
/// databases of every schema.
///
/// # Errors
/// [`Fault`].
pub async fn heads(tx: &mut Tx, after: WalletId, limit: i64) -> Result<Vec<(WalletId, i64, i64, domain::hash::Hash)>, Fault> {
    let sql = "SELECT id, balance, entries, head FROM wallets WHERE id > $1 ORDER BY id LIMIT $2";
    let rows = tx.query(sql, params![after, limit]).await?;
    Ok(rows.iter().map(|row| (WalletId(row.int(0)), row.int(1), row.int(2), row.hash(3))).collect())
}

fn wallet(row: &Row) -> Result<Wallet, Fault> {
    read(&mut row.reader())
}

/// The wallet in the next columns of a row, as `columns!(wallets)` lists them.
pub(crate) fn read(row: &mut Reader<'_>) -> Result<Wallet, Fault> {
    Ok(Wallet {
        id: WalletId(row.int()),
        account: AccountId(row.int()),
        asset: Asset::from_word(&row.text()).ok_or(Fault::Corrupt("asset"))?,
        balance: row.int(),
        credit_limit: row.int(),
        consumed: row.int(),
        entries: row.int(),
        head: row.hash(),
        alert_below: row.opt_int(),
    })
}
