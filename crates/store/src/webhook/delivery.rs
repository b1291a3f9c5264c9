//! Rows of events, of deliveries that tell endpoints of them, and of tries.

use domain::{
    id::{AccountId, EventId, WebhookDeliveryId, WebhookId},
    time::Timestamp,
    webhook::{Delivery, EventType, State, Try},
};

use crate::{
    fault::Fault,
    params,
    tx::{Reader, Row, Tx},
};

/// Records that something happened to an account; `data` is what is told of it, as JSON.
///
/// # Errors
/// [`Fault`].
pub async fn insert_event(tx: &mut Tx, account: AccountId, event: EventType, data: &str, now: Timestamp) -> Result<EventId, Fault> {
    let sql = "INSERT INTO webhook_events (account_id, type, data, created_at) VALUES ($1, $2, $3, $4) RETURNING id";
    Ok(EventId(tx.query_one(sql, params![account, event.word(), data, now]).await?.int(0)))
}

/// A delivery that is about to be stored.
#[derive(Debug, Clone, Copy)]
pub struct NewDelivery {
    /// The endpoint.
    pub webhook: WebhookId,
    /// What it tells.
    pub event: EventId,
    /// When it is tried; none if it is held.
    pub due_at: Option<Timestamp>,
    /// Now.
    pub now: Timestamp,
}

/// Adds a delivery.
///
/// # Errors
/// [`Fault`].
pub async fn insert_delivery(tx: &mut Tx, new: NewDelivery) -> Result<WebhookDeliveryId, Fault> {
    let sql = "INSERT INTO webhook_deliveries (webhook_id, event_id, state, tries, claims, due_at, created_at, updated_at) \
               VALUES ($1, $2, $3, 0, 0, $4, $5, $5) RETURNING id";
    let state = if new.due_at.is_some() { State::Waiting } else { State::Held };
    Ok(WebhookDeliveryId(tx.query_one(sql, params![new.webhook, new.event, state.word(), new.due_at, new.now]).await?.int(0)))
}

/// Endpoints of active accounts that have a delivery to try and are not left alone just now. It costs as much as there are endpoints
/// with waiting deliveries, however many deliveries wait.
///
/// # Errors
/// [`Fault`].
pub async fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<WebhookId>, Fault> {
    let sql = "WITH RECURSIVE waiting (id) AS (SELECT MIN(webhook_id) FROM webhook_deliveries WHERE due_at IS NOT NULL UNION ALL \
               SELECT (SELECT MIN(m.webhook_id) FROM webhook_deliveries m WHERE m.due_at IS NOT NULL AND m.webhook_id > waiting.id) \
               FROM waiting WHERE waiting.id IS NOT NULL) \
               SELECT w.id FROM waiting JOIN webhooks w ON w.id = waiting.id JOIN accounts a ON a.id = w.account_id \
               WHERE a.active = 1 AND (w.rests_until IS NULL OR w.rests_until <= $1) \
               AND EXISTS (SELECT 1 FROM webhook_deliveries m WHERE m.webhook_id = w.id AND m.due_at <= $1) LIMIT $2";
    Ok(tx.query(sql, params![now, limit]).await?.iter().map(|row| WebhookId(row.int(0))).collect())
}

/// A delivery that is being tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The delivery.
    pub id: WebhookDeliveryId,
    /// What it tells.
    pub event: EventId,
    /// What happened.
    pub event_type: EventType,
    /// What is told of it, as JSON.
    pub data: String,
    /// When it happened.
    pub happened_at: Timestamp,
    /// How often it was tried before.
    pub tries: i64,
    /// How often it was claimed, this time included: whoever claims next makes the outcome of this one void.
    pub claims: i64,
}

/// Claims up to `limit` deliveries to an endpoint that are due; nobody else tries them before `until`.
///
/// # Errors
/// [`Fault`].
pub async fn claim(tx: &mut Tx, webhook: WebhookId, now: Timestamp, until: Timestamp, limit: i64) -> Result<Vec<Claimed>, Fault> {
    let sql = "SELECT m.id, m.event_id, e.type, e.data, e.created_at FROM webhook_deliveries m JOIN webhook_events e ON e.id = m.event_id \
               WHERE m.webhook_id = $1 AND m.due_at <= $2 ORDER BY m.due_at, m.id LIMIT $3";
    let found = tx.query(sql, params![webhook, now, limit]).await?;
    let mut claimed = Vec::with_capacity(found.len());
    for row in found {
        let sql = "UPDATE webhook_deliveries SET due_at = $3, claims = claims + 1 WHERE id = $1 AND due_at <= $2 RETURNING tries, claims";
        // Another process may have been faster.
        let Some(mine) = tx.query_opt(sql, params![row.int(0), now, until]).await? else { continue };
        claimed.push(Claimed {
            id: WebhookDeliveryId(row.int(0)),
            event: EventId(row.int(1)),
            event_type: EventType::from_word(&row.text(2)).ok_or(Fault::Corrupt("webhook event"))?,
            data: row.text(3),
            happened_at: Timestamp(row.int(4)),
            tries: mine.int(0),
            claims: mine.int(1),
        });
    }
    Ok(claimed)
}

/// Records a try.
///
/// # Errors
/// [`Fault`].
pub async fn note_try(tx: &mut Tx, delivery: WebhookDeliveryId, tried: &Try) -> Result<(), Fault> {
    let sql = "INSERT INTO webhook_tries (delivery_id, at, took_ms, status, error, answer) VALUES ($1, $2, $3, $4, $5, $6)";
    let status = tried.status.map(i64::from);
    tx.execute(sql, params![delivery, tried.at, tried.took_ms, status, tried.error.as_ref(), &tried.answer]).await.map(drop)
}

/// What becomes of a delivery after a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is over.
    Ended(State),
    /// It is tried again then.
    Again(Timestamp),
}

/// Settles a claimed delivery, if nobody else has claimed it since. One that was held meanwhile stays so, unless it was delivered.
///
/// # Errors
/// [`Fault`].
pub async fn settle(tx: &mut Tx, claimed: &Claimed, outcome: Outcome, now: Timestamp) -> Result<bool, Fault> {
    let (state, due_at) = match outcome {
        Outcome::Ended(state) => (state, None),
        Outcome::Again(at) => (State::Waiting, Some(at)),
    };
    let sql = "UPDATE webhook_deliveries SET state = $3, due_at = $4, tries = tries + 1, updated_at = $5 \
               WHERE id = $1 AND claims = $2 AND (state = 'waiting' OR $3 = 'delivered')";
    Ok(tx.execute(sql, params![claimed.id, claimed.claims, state.word(), due_at, now]).await? == 1)
}

/// Makes a delivery due at once that was claimed and not tried.
///
/// # Errors
/// [`Fault`].
pub async fn due_again(tx: &mut Tx, claimed: &Claimed, now: Timestamp) -> Result<(), Fault> {
    let sql = "UPDATE webhook_deliveries SET due_at = $3 WHERE id = $1 AND claims = $2 AND state = 'waiting'";
    tx.execute(sql, params![claimed.id, claimed.claims, now]).await.map(drop)
}

/// Holds every delivery to an endpoint that waits.
///
/// # Errors
/// [`Fault`].
pub async fn hold(tx: &mut Tx, webhook: WebhookId, now: Timestamp) -> Result<u64, Fault> {
    let sql = "UPDATE webhook_deliveries SET state = 'held', due_at = NULL, updated_at = $2 WHERE webhook_id = $1 AND due_at IS NOT NULL";
    tx.execute(sql, params![webhook, now]).await
}

/// Makes a delivery due now, whatever became of it, as if it were new; `false` if the endpoint has no such delivery.
///
/// # Errors
/// [`Fault`].
pub async fn resend(tx: &mut Tx, webhook: WebhookId, id: WebhookDeliveryId, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE webhook_deliveries SET state = 'waiting', due_at = $3, tries = 0, claims = claims + 1, updated_at = $3 \
               WHERE id = $1 AND webhook_id = $2";
    Ok(tx.execute(sql, params![id, webhook, now]).await? == 1)
}

/// Makes every delivery to an endpoint due now that tells of something since `since` and was given up or held; those that were delivered,
/// too, with `delivered`.
///
/// # Errors
/// [`Fault`].
pub async fn resend_since(tx: &mut Tx, webhook: WebhookId, since: Timestamp, delivered: bool, now: Timestamp) -> Result<u64, Fault> {
    let sql = "UPDATE webhook_deliveries SET state = 'waiting', due_at = $4, tries = 0, claims = claims + 1, updated_at = $4 \
               WHERE webhook_id = $1 AND created_at >= $2 AND (state IN ('failed', 'held') OR (state = 'delivered' AND $3 = 1))";
    tx.execute(sql, params![webhook, since, delivered, now]).await
}

/// The deliveries to an endpoint with smaller ids than `before`, newest first, each with its newest try, whose answer is left out; only
/// those in a state if one is named.
///
/// # Errors
/// [`Fault`].
pub async fn list_deliveries(
    tx: &mut Tx,
    webhook: WebhookId,
    state: Option<State>,
    before: WebhookDeliveryId,
    limit: i64,
) -> Result<Vec<(Delivery, Option<Try>)>, Fault> {
    let sql = "SELECT m.id, m.webhook_id, m.event_id, e.type, m.state, m.tries, m.due_at, m.created_at, m.updated_at, \
               t.at, t.took_ms, t.status, t.error, '' FROM webhook_deliveries m JOIN webhook_events e ON e.id = m.event_id \
               LEFT JOIN webhook_tries t ON t.id = (SELECT MAX(id) FROM webhook_tries WHERE delivery_id = m.id) \
               WHERE m.webhook_id = $1 AND m.id < $2 AND ($4 = '' OR m.state = $4) ORDER BY m.id DESC LIMIT $3";
    let rows = tx.query(sql, params![webhook, before, limit, state.map_or("", State::word)]).await?;
    rows.iter()
        .map(|row| {
            let mut reader = row.reader();
            let delivery = delivery(&mut reader)?;
            Ok((delivery, if row.opt_int(9).is_some() { Some(a_try(&mut reader)?) } else { None }))
        })
        .collect()
}

/// A delivery to an endpoint, and what it tells, as JSON.
///
/// # Errors
/// [`Fault`].
pub async fn get_delivery(tx: &mut Tx, webhook: WebhookId, id: WebhookDeliveryId) -> Result<Option<(Delivery, String)>, Fault> {
    let sql = "SELECT m.id, m.webhook_id, m.event_id, e.type, m.state, m.tries, m.due_at, m.created_at, m.updated_at, e.data \
               FROM webhook_deliveries m JOIN webhook_events e ON e.id = m.event_id WHERE m.id = $1 AND m.webhook_id = $2";
    let Some(row) = tx.query_opt(sql, params![id, webhook]).await? else { return Ok(None) };
    let mut row = row.reader();
    Ok(Some((delivery(&mut row)?, row.text())))
}

/// The newest tries to deliver a delivery, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn tries(tx: &mut Tx, delivery: WebhookDeliveryId, limit: i64) -> Result<Vec<Try>, Fault> {
    let sql = "SELECT at, took_ms, status, error, answer FROM webhook_tries WHERE delivery_id = $1 ORDER BY id DESC LIMIT $2";
    tx.query(sql, params![delivery, limit]).await?.iter().map(|row: &Row| a_try(&mut row.reader())).collect()
}

/// When an account last tested endpoints, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn newest_tests(tx: &mut Tx, account: AccountId, limit: i64) -> Result<Vec<Timestamp>, Fault> {
    let sql = "SELECT created_at FROM webhook_events WHERE account_id = $1 AND type = 'test' ORDER BY id DESC LIMIT $2";
    Ok(tx.query(sql, params![account, limit]).await?.iter().map(|row| Timestamp(row.int(0))).collect())
}

/// Drops events before `before`, so many at most, with their deliveries and tries; without any left, endpoints that were deleted. Returns
/// how many events there were.
///
/// # Errors
/// [`Fault`].
pub async fn tidy(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64, Fault> {
    let newest = "SELECT MAX(id) FROM (SELECT id, created_at FROM webhook_events ORDER BY id LIMIT $2) oldest WHERE created_at < $1";
    let Some(newest) = tx.query_one(newest, params![before, limit]).await?.opt_int(0) else {
        let sql = "DELETE FROM webhooks WHERE deleted_at < $1 AND NOT EXISTS (SELECT 1 FROM webhook_deliveries m WHERE m.webhook_id = webhooks.id)";
        tx.execute(sql, params![before]).await?;
        return Ok(0);
    };
    let mut dropped = 0;
    for sql in [
        "DELETE FROM webhook_tries WHERE delivery_id IN (SELECT m.id FROM webhook_deliveries m JOIN webhook_events e ON e.id = m.event_id \
         WHERE e.created_at < $1 AND e.id <= $2)",
        "DELETE FROM webhook_deliveries WHERE event_id IN (SELECT id FROM webhook_events WHERE created_at < $1 AND id <= $2)",
        "DELETE FROM webhook_events WHERE created_at < $1 AND id <= $2",
    ] {
        dropped = tx.execute(sql, params![before, newest]).await?;
    }
    Ok(dropped)
}

fn delivery(row: &mut Reader<'_>) -> Result<Delivery, Fault> {
    Ok(Delivery {
        id: WebhookDeliveryId(row.int()),
        webhook: WebhookId(row.int()),
        event: EventId(row.int()),
        event_type: EventType::from_word(&row.text()).ok_or(Fault::Corrupt("webhook event"))?,
        state: State::from_word(&row.text()).ok_or(Fault::Corrupt("webhook delivery"))?,
        tries: row.int(),
        due_at: row.opt_int().map(Timestamp),
        created_at: Timestamp(row.int()),
        updated_at: Timestamp(row.int()),
    })
}

fn a_try(row: &mut Reader<'_>) -> Result<Try, Fault> {
    Ok(Try {
        at: Timestamp(row.int()),
        took_ms: row.int(),
        status: row.opt_int().map(u16::try_from).transpose().map_err(|_| Fault::Corrupt("webhook try"))?,
        error: row.opt_text(),
        answer: row.text(),
    })
}
