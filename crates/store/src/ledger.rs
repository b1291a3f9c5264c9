//! Rows of the ledger, which is append-only.

use domain::{
    id::{AccountId, EntryId, TaskId, WalletId},
    ledger::{Entry, SystemAccount},
    origin::Origin,
    time::Timestamp,
    wallet::Asset,
};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx, Value},
};

/// Adds an entry; `false` if its effect has already been booked.
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
    let sql = concat!("SELECT ", columns!(entries), " FROM entries WHERE wallet_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3");
    tx.query(sql, params![wallet, sequence, limit]).await?.iter().map(entry).collect()
}

/// The oldest first entry of any wallet; `None` if nothing was ever booked.
///
/// # Errors
/// [`Fault`].
pub async fn first(tx: &mut Tx) -> Result<Option<Entry>, Fault> {
    let sql = concat!("SELECT ", columns!(entries), " FROM entries WHERE sequence = 1 ORDER BY id LIMIT 1");
    tx.query_opt(sql, &[]).await?.as_ref().map(entry).transpose()
}

/// The entry with this effect.
///
/// # Errors
/// [`Fault`].
pub async fn by_effect(tx: &mut Tx, effect: &str) -> Result<Option<Entry>, Fault> {
    let sql = concat!("SELECT ", columns!(entries), " FROM entries WHERE effect = $1");
    tx.query_opt(sql, params![effect]).await?.as_ref().map(entry).transpose()
}

/// How many entries there are.
///
/// # Errors
/// [`Fault`].
pub async fn total(tx: &mut Tx) -> Result<i64, Fault> {
    Ok(tx.query_one("SELECT COUNT(*) FROM entries", &[]).await?.int(0))
}

/// The entries of one task, oldest first.
///
/// # Errors
/// [`Fault`].
pub async fn of_task(tx: &mut Tx, task: TaskId) -> Result<Vec<Entry>, Fault> {
    let sql = concat!("SELECT ", columns!(entries), " FROM entries WHERE task_id = $1 ORDER BY id");
    tx.query(sql, params![task]).await?.iter().map(entry).collect()
}

/// The entries of one wallet before the one with this time and id, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn of_wallet(
    tx: &mut Tx,
    account: AccountId,
    asset: Asset,
    before: (Timestamp, EntryId),
    limit: i64,
) -> Result<Vec<Entry>, Fault> {
    let sql = concat!(
        "SELECT ",
        columns!(entries),
        " FROM entries WHERE account_id = $1 AND asset = $2 AND created_at <= $3 AND NOT (created_at = $3 AND id >= $4) \
         ORDER BY created_at DESC, id DESC LIMIT $5"
    );
    tx.query(sql, params![account, asset, before.0, before.1, limit]).await?.iter().map(entry).collect()
}

/// What was booked from one time up to another, by cause: how often, and how much. An account's entries, or everybody's if none is named.
///
/// # Errors
/// [`Fault`].
pub async fn sums(
    tx: &mut Tx,
    account: Option<AccountId>,
    asset: Asset,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<(String, i64, i64)>, Fault> {
    let rows = match account {
        Some(account) => {
            let sql = "SELECT cause, COUNT(*), CAST(SUM(amount) AS BIGINT) FROM entries WHERE account_id = $1 AND asset = $2 \
                       AND created_at >= $3 AND created_at < $4 GROUP BY cause ORDER BY cause";
            tx.query(sql, params![account, asset, from, until]).await?
        }
        None => {
            let sql = "SELECT cause, COUNT(*), CAST(SUM(amount) AS BIGINT) FROM entries WHERE asset = $1 \
                       AND created_at >= $2 AND created_at < $3 GROUP BY cause ORDER BY cause";
            tx.query(sql, params![asset, from, until]).await?
        }
    };
    Ok(rows.iter().map(|row| (row.text(0), row.int(1), row.int(2))).collect())
}

/// Everybody's entries of an asset before the one with this time and id, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn newest(tx: &mut Tx, asset: Asset, before: (Timestamp, EntryId), limit: i64) -> Result<Vec<Entry>, Fault> {
    let sql = concat!(
        "SELECT ",
        columns!(entries),
        " FROM entries WHERE asset = $1 AND created_at <= $2 AND NOT (created_at = $2 AND id >= $3) ORDER BY created_at DESC, id DESC LIMIT $4"
    );
    tx.query(sql, params![asset, before.0, before.1, limit]).await?.iter().map(entry).collect()
}

/// The entries about the tasks after one, up to another.
///
/// # Errors
/// [`Fault`].
pub async fn of_tasks(tx: &mut Tx, after: TaskId, until: TaskId) -> Result<Vec<Entry>, Fault> {
    let sql = concat!("SELECT ", columns!(entries), " FROM entries WHERE task_id > $1 AND task_id <= $2 ORDER BY task_id, id");
    tx.query(sql, params![after, until]).await?.iter().map(entry).collect()
}

/// The hash of one entry of a wallet.
///
/// # Errors
/// [`Fault`].
pub async fn hash_at(tx: &mut Tx, wallet: WalletId, sequence: i64) -> Result<Option<domain::hash::Hash>, Fault> {
    let sql = "SELECT hash FROM entries WHERE wallet_id = $1 AND sequence = $2";
    Ok(tx.query_opt(sql, params![wallet, sequence]).await?.map(|row| row.hash(0)))
}

/// Selects money entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The account; everybody's if `None`.
    pub account: Option<AccountId>,
    /// The cause, and whether a person must have acted (or must not), if that matters.
    pub cause: Option<(&'static str, Option<bool>)>,
    /// Created from this time on.
    pub from: Timestamp,
    /// Created up to this time.
    pub until: Timestamp,
    /// The smallest amount, in micro-yuan.
    pub least: i64,
    /// The largest amount, in micro-yuan.
    pub most: i64,
}

/// An entry with the names that its readers know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedEntry {
    /// The entry.
    pub entry: Entry,
    /// The actor's names, if there is one: user name, e-mail, phone.
    pub actor: [Option<String>; 3],
}

impl Wanted {
    fn values(&self) -> [Value; 7] {
        let (cause, acted) = self.cause.unwrap_or(("", None));
        [
            Value::from(self.account.map_or(0, |account| account.0)),
            Value::from(cause),
            Value::from(acted.map_or(-1, i64::from)),
            Value::from(self.from),
            Value::from(self.until),
            Value::from(self.least),
            Value::from(self.most),
        ]
    }
}

/// Money entries, newest first, before the one with a time and id if one is named, skipping `offset` of them: a page of a list or of a
/// walk, in the order of an index.
///
/// # Errors
/// [`Fault`].
pub async fn list(
    tx: &mut Tx,
    wanted: &Wanted,
    before: Option<(Timestamp, EntryId)>,
    offset: i64,
    limit: i64,
) -> Result<Vec<NamedEntry>, Fault> {
    let sql = if wanted.account.is_some() {
        concat!(
            "SELECT ",
            columns!(entries, "e."),
            ", a.username, a.email, a.phone FROM entries e LEFT JOIN accounts a ON a.id = e.actor_id WHERE e.asset = \
             'money' AND e.account_id = $1 AND ($2 = '' OR e.cause = $2) AND (CAST($3 AS BIGINT) < 0 OR (e.actor_id IS NOT \
             NULL) = (CAST($3 AS BIGINT) = 1)) AND e.created_at BETWEEN $4 AND $5 AND e.amount BETWEEN $6 AND $7 AND NOT \
             (e.created_at = $5 AND e.id >= $8) ORDER BY e.created_at DESC, e.id DESC LIMIT $9 OFFSET $10"
        )
    } else {
        concat!(
            "SELECT ",
            columns!(entries, "e."),
            ", a.username, a.email, a.phone FROM entries e LEFT JOIN accounts a ON a.id = e.actor_id WHERE e.asset = \
             'money' AND CAST($1 AS BIGINT) = 0 AND ($2 = '' OR e.cause = $2) AND (CAST($3 AS BIGINT) < 0 OR (e.actor_id IS \
             NOT NULL) = (CAST($3 AS BIGINT) = 1)) AND e.created_at BETWEEN $4 AND $5 AND e.amount BETWEEN $6 AND $7 AND \
             NOT (e.created_at = $5 AND e.id >= $8) ORDER BY e.created_at DESC, e.id DESC LIMIT $9 OFFSET $10"
        )
    };
    // The walk continues where the last piece ended: the index is entered there.
    let until = before.map_or(wanted.until, |(at, _)| at.min(wanted.until));
    let last = before.map_or(EntryId(i64::MAX), |(_, id)| id);
    let mut values = Wanted { until, ..wanted.clone() }.values().to_vec();
    values.extend([Value::from(last), Value::from(limit), Value::from(offset)]);
    let named = |row: &Row| Ok(NamedEntry { entry: entry(row)?, actor: [row.opt_text(20), row.opt_text(21), row.opt_text(22)] });
    tx.query(sql, &values).await?.iter().map(named).collect()
}

/// The number of selected money entries.
///
/// # Errors
/// [`Fault`].
pub async fn count(tx: &mut Tx, wanted: &Wanted) -> Result<i64, Fault> {
    // The most common selection is counted by an index alone.
    if wanted.account.is_none() && wanted.cause.is_none() && wanted.least == i64::MIN && wanted.most == i64::MAX {
        let sql = "SELECT COUNT(*) FROM entries WHERE asset = 'money' AND created_at BETWEEN $1 AND $2";
        return Ok(tx.query_one(sql, params![wanted.from, wanted.until]).await?.int(0));
    }
    let sql = if wanted.account.is_some() {
        "SELECT COUNT(*) FROM entries WHERE asset = 'money' AND account_id = $1 AND ($2 = '' OR cause = $2) \
         AND (CAST($3 AS BIGINT) < 0 OR (actor_id IS NOT NULL) = (CAST($3 AS BIGINT) = 1)) \
         AND created_at BETWEEN $4 AND $5 AND amount BETWEEN $6 AND $7"
    } else {
        "SELECT COUNT(*) FROM entries WHERE asset = 'money' AND CAST($1 AS BIGINT) = 0 AND ($2 = '' OR cause = $2) \
         AND (CAST($3 AS BIGINT) < 0 OR (actor_id IS NOT NULL) = (CAST($3 AS BIGINT) = 1)) \
         AND created_at BETWEEN $4 AND $5 AND amount BETWEEN $6 AND $7"
    };
    Ok(tx.query_one(sql, &wanted.values()).await?.int(0))
}

fn entry(row: &Row) -> Result<Entry, Fault> {
    let mut row = row.reader();
    Ok(Entry {
        id: EntryId(row.int()),
        wallet: WalletId(row.int()),
        account: AccountId(row.int()),
        asset: Asset::from_word(&row.text()).ok_or(Fault::Corrupt("asset"))?,
        sequence: row.int(),
        amount: row.int(),
        before: row.int(),
        after: row.int(),
        counterpart: SystemAccount::from_word(&row.text()).ok_or(Fault::Corrupt("counterpart"))?,
        key: row.text(),
        cause: row.text(),
        task: row.opt_int().map(TaskId),
        attempt: row.opt_int(),
        actor: row.opt_int().map(AccountId),
        note: row.text(),
        created_at: Timestamp(row.int()),
        key_id: row.int(),
        hash: row.hash(),
        origin: Origin { address: row.opt_text(), device: row.opt_text() },
    })
}
