//! What is corrected after the clock was set back: everything that was scheduled for a time that is now too far ahead.
//!
//! The ledger, the audit log and the ends of tasks are history and stay as they are.

use domain::time::Timestamp;

use crate::{
    fault::Fault,
    params,
    tx::{Tx, Value},
};

const MARK: &str = "clock";

/// How far the clock was set back.
#[derive(Debug, Clone, Copy)]
pub struct SetBack {
    /// The time now.
    pub now: Timestamp,
    /// By how many microseconds; 0 if it is not known.
    pub by: i64,
    /// The longest valid spans.
    pub spans: Spans,
}

/// How far ahead each thing may be at most, in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Spans {
    /// A worker's lease.
    pub lease: i64,
    /// The wait between two polls of a parked task.
    pub look: i64,
    /// The wait until a task is retried.
    pub rest: i64,
    /// A verification code.
    pub verification: i64,
    /// A single-use link.
    pub ticket: i64,
    /// A session.
    pub session: i64,
    /// The wait until a gateway is asked again.
    pub order: i64,
    /// The time for signing somebody in at a learning platform.
    pub exchange: i64,
    /// The wait before a webhook's message is tried again.
    pub webhook: i64,
    /// How long an endpoint's former secret goes on signing.
    pub overlap: i64,
}

/// The latest time that any process has recorded.
///
/// # Errors
/// [`Fault`].
pub async fn mark(tx: &mut Tx) -> Result<Option<Timestamp>, Fault> {
    let row = tx.query_opt("SELECT updated_at FROM installation WHERE name = $1", params![MARK]).await?;
    Ok(row.map(|row| Timestamp(row.int(0))))
}

/// Records the time, if it is later than the recorded one; with `back`, also if it is earlier.
///
/// # Errors
/// [`Fault`].
pub async fn set_mark(tx: &mut Tx, now: Timestamp, back: bool) -> Result<(), Fault> {
    let sql = "INSERT INTO installation (name, value, updated_at) VALUES ($1, '', $2) \
               ON CONFLICT (name) DO UPDATE SET updated_at = $2 WHERE installation.updated_at < $2 OR $3 = 1";
    tx.execute(sql, params![MARK, now, back]).await.map(drop)
}

/// Moves everything that is too far ahead back to a time at which it will be handled.
///
/// # Errors
/// [`Fault`].
pub async fn set_right(tx: &mut Tx, back: &SetBack) -> Result<(), Fault> {
    const MINUTE: i64 = 60_000_000;
    let SetBack { now, by, spans } = *back;
    let after = |span: i64| Value::Int(now.0.saturating_add(span));
    // A lease is shortened to a regular lease rather than ended: a live worker renews it before another one can take over.
    let leased = "UPDATE tasks SET due_at = $1, updated_at = CASE WHEN updated_at > $2 THEN $2 ELSE updated_at END \
                  WHERE state = 'running' AND worker IS NOT NULL AND due_at > $3";
    tx.execute(leased, &[after(spans.lease), now.into(), after(2 * spans.lease)]).await?;
    let parked = "UPDATE tasks SET due_at = $1, updated_at = CASE WHEN updated_at > $1 THEN $1 ELSE updated_at END \
                  WHERE state = 'running' AND worker IS NULL AND (due_at > $2 OR updated_at > $3)";
    tx.execute(parked, &[now.into(), after(spans.look), after(MINUTE)]).await?;
    let queued = "UPDATE tasks SET due_at = $1, updated_at = CASE WHEN updated_at > $1 THEN $1 ELSE updated_at END \
                  WHERE state = 'queued' AND (due_at > $2 OR updated_at > $3)";
    tx.execute(queued, &[now.into(), after(spans.rest), after(MINUTE)]).await?;
    tx.execute("UPDATE queues SET due_at = $1 WHERE waiting > 0 AND due_at > $1", params![now]).await?;
    tx.execute("UPDATE queues SET served_at = $1 WHERE served_at > $1", params![now]).await?;
    // Times of past events keep their distance from each other, and are moved into the past.
    for sql in [
        "UPDATE generations SET call_sent_at = CASE WHEN call_sent_at - $2 < $1 THEN call_sent_at - $2 ELSE $1 END WHERE call_sent_at > $1",
        "UPDATE sandbox_jobs SET created_at = CASE WHEN created_at - $2 < $1 THEN created_at - $2 ELSE $1 END WHERE created_at > $1",
        "UPDATE deliveries SET created_at = CASE WHEN created_at - $2 < $1 THEN created_at - $2 ELSE $1 END WHERE created_at > $1",
        "UPDATE deliveries SET updated_at = CASE WHEN updated_at - $2 < $1 THEN updated_at - $2 ELSE $1 END WHERE updated_at > $1",
        "UPDATE answers SET created_at = CASE WHEN created_at - $2 < $1 THEN created_at - $2 ELSE $1 END WHERE created_at > $1",
        "UPDATE upload_sessions SET created_at = CASE WHEN created_at - $2 < $1 THEN created_at - $2 ELSE $1 END WHERE created_at > $1",
        "UPDATE orders SET updated_at = CASE WHEN updated_at - $2 < $1 THEN updated_at - $2 ELSE $1 END WHERE updated_at > $1",
        "UPDATE webhooks SET failing_since = CASE WHEN failing_since - $2 < $1 THEN failing_since - $2 ELSE $1 END WHERE failing_since > $1",
        "UPDATE webhooks SET failed_at = CASE WHEN failed_at - $2 < $1 THEN failed_at - $2 ELSE $1 END WHERE failed_at > $1",
        "UPDATE webhook_events SET created_at = CASE WHEN created_at - $2 < $1 THEN created_at - $2 ELSE $1 END WHERE created_at > $1",
        "UPDATE payment_methods SET disabled_at = CASE WHEN disabled_at - $2 < $1 THEN disabled_at - $2 ELSE $1 END WHERE disabled_at > $1",
    ] {
        tx.execute(sql, params![now, by]).await?;
    }
    // Scheduled times keep their distance, and asking too early is better than too late.
    let orders = "UPDATE orders SET due_at = CASE WHEN due_at - $2 < $1 OR due_at - $2 > $3 THEN $1 ELSE due_at - $2 END WHERE due_at > $1";
    tx.execute(orders, &[now.into(), by.into(), after(spans.order)]).await?;
    let told = "UPDATE webhook_deliveries SET due_at = CASE WHEN due_at - $2 < $1 OR due_at - $2 > $3 THEN $1 ELSE due_at - $2 END \
                WHERE due_at > $1";
    tx.execute(told, &[now.into(), by.into(), after(spans.webhook)]).await?;
    tx.execute("UPDATE webhooks SET rests_until = NULL WHERE rests_until > $1", &[after(spans.rest)]).await?;
    tx.execute("UPDATE webhooks SET rolled_until = $1 WHERE rolled_until > $1", &[after(spans.overlap)]).await?;
    tx.execute("DELETE FROM verifications WHERE expires_at > $1", &[after(spans.verification + MINUTE)]).await?;
    tx.execute("DELETE FROM tickets WHERE expires_at > $1", &[after(spans.ticket + MINUTE)]).await?;
    tx.execute("UPDATE sessions SET ended_at = $1 WHERE ended_at IS NULL AND created_at > $2", &[now.into(), after(MINUTE)]).await?;
    tx.execute("UPDATE sessions SET expires_at = $1 WHERE ended_at IS NULL AND expires_at > $1", &[after(spans.session)]).await?;
    tx.execute("UPDATE campus_places SET exchanged_until = NULL WHERE exchanged_until > $1", &[after(spans.exchange + MINUTE)]).await?;
    Ok(())
}
