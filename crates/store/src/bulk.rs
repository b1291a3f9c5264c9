//! Rows of actions on many tasks.

use domain::{
    bulk::{Bulk, State},
    id::{AccountId, BulkId, KeyId, TaskId},
    origin::Origin,
    time::Timestamp,
};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

const COLUMNS: usize = 18;

fn read(row: &Row) -> Result<Bulk, Fault> {
    debug_assert_eq!(row.0.len(), COLUMNS);
    let mut next = row.reader();
    Ok(Bulk {
        id: BulkId(next.int()),
        account: AccountId(next.int()),
        key: next.opt_int().map(KeyId),
        action: next.text(),
        reason: next.text(),
        selector: next.text(),
        state: State::from_word(&next.text()).ok_or(Fault::Corrupt("bulk"))?,
        total: next.int(),
        done: next.int(),
        refused: next.int(),
        refusals: next.text(),
        cursor: TaskId(next.int()),
        epoch: next.int(),
        origin: Origin { address: next.opt_text(), device: next.opt_text() },
        created_at: Timestamp(next.int()),
        updated_at: Timestamp(next.int()),
        ended_at: next.opt_int().map(Timestamp),
    })
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, key_id, action, reason, selector, state, total, done, refused, refusals, cursor, epoch, address, device, \
             created_at, updated_at, ended_at FROM bulks ",
            $rest
        )
    };
}

/// Makes one; its id is given here.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, new: &Bulk) -> Result<BulkId, Fault> {
    let sql = "INSERT INTO bulks (account_id, key_id, action, reason, selector, state, total, done, refused, refusals, cursor, epoch, held_until, \
               address, device, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8, $9, 0, 0, $10, $11, $12, $12) RETURNING id";
    let values = params![
        new.account,
        new.key,
        &new.action,
        &new.reason,
        &new.selector,
        new.state.word(),
        new.total,
        &new.refusals,
        new.cursor,
        new.origin.address.as_ref(),
        new.origin.device.as_ref(),
        new.created_at
    ];
    Ok(BulkId(tx.query_one(sql, values).await?.int(0)))
}

/// One of an account's, or of anybody's if none is named.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, account: Option<AccountId>, id: BulkId) -> Result<Option<Bulk>, Fault> {
    let row = tx.query_opt(select!("WHERE id = $1"), params![id]).await?;
    let found = row.as_ref().map(read).transpose()?;
    Ok(found.filter(|bulk| account.is_none_or(|account| bulk.account == account)))
}

/// An account's with smaller ids than `before`, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn list(tx: &mut Tx, account: AccountId, before: BulkId, limit: i64) -> Result<Vec<Bulk>, Fault> {
    let sql = select!("WHERE account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    tx.query(sql, params![account, before, limit]).await?.iter().map(read).collect()
}

/// How many of an account's have tasks left.
///
/// # Errors
/// [`Fault`].
pub async fn running(tx: &mut Tx, account: AccountId) -> Result<i64, Fault> {
    let row = tx.query_one("SELECT COUNT(*) FROM bulks WHERE account_id = $1 AND state = 'running'", params![account]).await?;
    Ok(row.int(0))
}

/// Takes up the oldest that has tasks left and that nobody holds, until `until`. A time further ahead than that was written by a clock
/// that went wrong, and holds nothing.
///
/// # Errors
/// [`Fault`].
pub async fn claim(tx: &mut Tx, now: Timestamp, until: Timestamp) -> Result<Option<Bulk>, Fault> {
    let sql = "SELECT id FROM bulks WHERE state = 'running' AND (held_until <= $1 OR held_until > $2) ORDER BY id LIMIT 1";
    let Some(row) = tx.query_opt(sql, params![now, until]).await? else { return Ok(None) };
    let id = BulkId(row.int(0));
    let sql = "UPDATE bulks SET epoch = epoch + 1, held_until = $3 \
               WHERE id = $1 AND state = 'running' AND (held_until <= $2 OR held_until > $3)";
    if tx.execute(sql, params![id, now, until]).await? != 1 {
        return Ok(None);
    }
    get(tx, None, id).await
}

/// Writes down how far one is, and holds it on; `false` if somebody ended it or took it up meanwhile.
///
/// # Errors
/// [`Fault`].
pub async fn advance(tx: &mut Tx, bulk: &Bulk, until: Timestamp, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE bulks SET cursor = $3, done = $4, refused = $5, refusals = $6, state = $7, held_until = $8, updated_at = $9, ended_at = $10 \
               WHERE id = $1 AND epoch = $2 AND state = 'running'";
    let values =
        params![bulk.id, bulk.epoch, bulk.cursor, bulk.done, bulk.refused, &bulk.refusals, bulk.state.word(), until, now, bulk.ended_at];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Ends one that has tasks left; `false` if it has ended.
///
/// # Errors
/// [`Fault`].
pub async fn cancel(tx: &mut Tx, id: BulkId, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE bulks SET state = 'cancelled', updated_at = $2, ended_at = $2 WHERE id = $1 AND state = 'running'";
    Ok(tx.execute(sql, params![id, now]).await? == 1)
}
