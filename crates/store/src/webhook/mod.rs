//! Rows of webhook endpoints, of what they are told, and of every try to tell it.

mod delivery;

use domain::{
    id::{AccountId, WebhookId},
    time::Timestamp,
    webhook::{EventType, Off, Webhook},
};

pub use self::delivery::{
    Claimed, NewDelivery, Outcome, claim, due, due_again, get_delivery, hold, insert_delivery, insert_event, list_deliveries, newest_tests,
    note_try, resend, resend_since, settle, tidy, tries,
};
use crate::{
    fault::Fault,
    params,
    tx::{Reader, Row, Tx},
};

/// What its owner chooses of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// What it is called.
    pub name: String,
    /// Where messages go.
    pub url: String,
    /// What it is told; everything if there is none.
    pub types: Vec<EventType>,
    /// It is told when the money falls below this.
    pub low_money: Option<i64>,
    /// It is told when there are fewer uses than this.
    pub low_uses: Option<i64>,
}

/// Adds an endpoint, whose secret is still missing.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, account: AccountId, chosen: &Chosen, now: Timestamp) -> Result<WebhookId, Fault> {
    let sql = "INSERT INTO webhooks (account_id, name, url, types, low_money, low_uses, secret, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, '', $7, $7) RETURNING id";
    let values = params![account, &chosen.name, &chosen.url, words(&chosen.types), chosen.low_money, chosen.low_uses, now];
    Ok(WebhookId(tx.query_one(sql, values).await?.int(0)))
}

/// Gives a new endpoint its secret, sealed.
///
/// # Errors
/// [`Fault`].
pub async fn set_secret(tx: &mut Tx, id: WebhookId, sealed: &str) -> Result<(), Fault> {
    tx.execute("UPDATE webhooks SET secret = $2 WHERE id = $1", params![id, sealed]).await.map(drop)
}

/// Gives an endpoint another secret, sealed; the one that it had is good until `until`.
///
/// # Errors
/// [`Fault`].
pub async fn roll(tx: &mut Tx, id: WebhookId, sealed: &str, until: Timestamp, now: Timestamp) -> Result<(), Fault> {
    let sql = "UPDATE webhooks SET previous_secret = secret, rolled_until = $3, secret = $2, updated_at = $4 WHERE id = $1";
    tx.execute(sql, params![id, sealed, until, now]).await.map(drop)
}

/// The sealed secrets that messages to an endpoint are signed with at a time, the newest first.
///
/// # Errors
/// [`Fault`].
pub async fn secrets(tx: &mut Tx, id: WebhookId, now: Timestamp) -> Result<Vec<String>, Fault> {
    let Some(row) = tx.query_opt("SELECT secret, previous_secret, rolled_until FROM webhooks WHERE id = $1", params![id]).await? else {
        return Ok(Vec::new());
    };
    let previous = row.opt_text(1).filter(|_| row.opt_int(2).is_some_and(|until| Timestamp(until) > now));
    Ok(std::iter::once(row.text(0)).chain(previous).collect())
}

/// How many endpoints an account has.
///
/// # Errors
/// [`Fault`].
pub async fn count(tx: &mut Tx, account: AccountId) -> Result<i64, Fault> {
    Ok(tx.query_one("SELECT COUNT(*) FROM webhooks WHERE account_id = $1 AND deleted_at IS NULL", params![account]).await?.int(0))
}

/// The endpoints of an account, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn list(tx: &mut Tx, account: AccountId) -> Result<Vec<Webhook>, Fault> {
    let sql = concat!("SELECT ", columns!(webhooks), " FROM webhooks WHERE account_id = $1 AND deleted_at IS NULL ORDER BY id DESC");
    tx.query(sql, params![account]).await?.iter().map(webhook).collect()
}

/// An endpoint of an account.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, account: AccountId, id: WebhookId) -> Result<Option<Webhook>, Fault> {
    let sql = concat!("SELECT ", columns!(webhooks), " FROM webhooks WHERE id = $1 AND account_id = $2 AND deleted_at IS NULL");
    tx.query_opt(sql, params![id, account]).await?.as_ref().map(webhook).transpose()
}

/// An endpoint and whose it is, locked until this transaction ends.
///
/// # Errors
/// [`Fault`].
pub async fn get_for_update(tx: &mut Tx, id: WebhookId) -> Result<Option<(AccountId, Webhook)>, Fault> {
    let sql = tx.dialect().hold_webhook();
    let Some(row) = tx.query_opt(sql, params![id]).await? else { return Ok(None) };
    let mut row = row.reader();
    Ok(Some((AccountId(row.int()), read(&mut row)?)))
}

/// Saves what its owner chose, and whether it is on: one that is switched on begins anew.
///
/// # Errors
/// [`Fault`].
pub async fn save(tx: &mut Tx, id: WebhookId, chosen: &Chosen, off: Option<Off>, now: Timestamp) -> Result<(), Fault> {
    let sql = "UPDATE webhooks SET name = $2, url = $3, types = $4, low_money = $5, low_uses = $6, updated_at = $7 WHERE id = $1";
    let values = params![id, &chosen.name, &chosen.url, words(&chosen.types), chosen.low_money, chosen.low_uses, now];
    tx.execute(sql, values).await?;
    if off.is_some() {
        switch_off(tx, id, Off::Owner, now).await?;
        return Ok(());
    }
    let sql = "UPDATE webhooks SET off = NULL, off_at = NULL, failing_since = NULL, failed_at = NULL, rests_until = NULL \
               WHERE id = $1 AND off IS NOT NULL";
    tx.execute(sql, params![id]).await.map(drop)
}

/// Switches an endpoint off; `false` if it was off already.
///
/// # Errors
/// [`Fault`].
pub async fn switch_off(tx: &mut Tx, id: WebhookId, why: Off, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE webhooks SET off = $2, off_at = $3, rests_until = NULL WHERE id = $1 AND off IS NULL AND deleted_at IS NULL";
    Ok(tx.execute(sql, params![id, why.word(), now]).await? == 1)
}

/// Deletes an endpoint of an account; `false` if there is none.
///
/// # Errors
/// [`Fault`].
pub async fn delete(tx: &mut Tx, account: AccountId, id: WebhookId, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE webhooks SET deleted_at = $3, secret = '', previous_secret = NULL \
               WHERE id = $1 AND account_id = $2 AND deleted_at IS NULL";
    Ok(tx.execute(sql, params![id, account, now]).await? == 1)
}

/// Notes that an endpoint took a message: it is no longer failing.
///
/// # Errors
/// [`Fault`].
pub async fn succeeded(tx: &mut Tx, id: WebhookId) -> Result<(), Fault> {
    let sql = "UPDATE webhooks SET failing_since = NULL, failed_at = NULL, rests_until = NULL \
               WHERE id = $1 AND (failing_since IS NOT NULL OR rests_until IS NOT NULL)";
    tx.execute(sql, params![id]).await.map(drop)
}

/// Notes that an endpoint did not take a message, and is left alone until `rests_until`; returns since when it has failed. Failures
/// before `apart` no longer count.
///
/// # Errors
/// [`Fault`].
pub async fn failed(
    tx: &mut Tx,
    id: WebhookId,
    rests_until: Option<Timestamp>,
    apart: Timestamp,
    now: Timestamp,
) -> Result<Option<Timestamp>, Fault> {
    let sql = "UPDATE webhooks SET failing_since = CASE WHEN failing_since IS NULL OR failed_at < $2 THEN $3 ELSE failing_since END, \
               failed_at = $3, rests_until = CASE WHEN $4 > COALESCE(rests_until, 0) THEN $4 ELSE rests_until END \
               WHERE id = $1 AND deleted_at IS NULL RETURNING failing_since";
    let row = tx.query_opt(sql, params![id, apart, now, rests_until]).await?;
    Ok(row.and_then(|row| row.opt_int(0)).map(Timestamp))
}

/// Whether any endpoint is on.
///
/// # Errors
/// [`Fault`].
pub async fn any(tx: &mut Tx) -> Result<bool, Fault> {
    Ok(tx.query_opt("SELECT id FROM webhooks WHERE deleted_at IS NULL LIMIT 1", &[]).await?.is_some())
}

fn words(types: &[EventType]) -> String {
    types.iter().map(|event| event.word()).collect::<Vec<_>>().join(" ")
}

fn webhook(row: &Row) -> Result<Webhook, Fault> {
    read(&mut row.reader())
}

/// The endpoint in the next columns of a row, as `columns!(webhooks)` lists them.
fn read(row: &mut Reader<'_>) -> Result<Webhook, Fault> {
    Ok(Webhook {
        id: WebhookId(row.int()),
        name: row.text(),
        url: row.text(),
        // A type that a newer program knew is told by nobody here.
        types: row.text().split_whitespace().filter_map(EventType::from_word).collect(),
        low_money: row.opt_int(),
        low_uses: row.opt_int(),
        off: row.opt_text().map(|word| Off::from_word(&word).ok_or(Fault::Corrupt("webhook"))).transpose()?,
        off_at: row.opt_int().map(Timestamp),
        failing_since: row.opt_int().map(Timestamp),
        rests_until: row.opt_int().map(Timestamp),
        rolled_until: row.opt_int().map(Timestamp),
        created_at: Timestamp(row.int()),
        updated_at: Timestamp(row.int()),
    })
}
