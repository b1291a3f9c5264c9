//! The state of the stand-ins for development. It is stored in the database, so that a restart loses no payment.

use domain::time::Timestamp;

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// A payment at the sandbox gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// The gateway's trade number.
    pub trade: String,
    /// The merchant's order number.
    pub order: String,
    /// The amount, as it was requested.
    pub money: String,
    /// What is paid for.
    pub name: String,
    /// The channel the payer pays through.
    pub channel: String,
    /// The URL of the callback.
    pub notify_url: String,
    /// Where the payer is redirected.
    pub return_url: String,
    /// A parameter that is returned unchanged.
    pub param: String,
    /// 0 unpaid, 1 paid, 2 refused.
    pub status: i64,
    /// When it was requested.
    pub created_at: Timestamp,
    /// When it was paid or refused.
    pub ended_at: Option<Timestamp>,
}

/// Creates a trade, or finds the existing one of that order; returns the stored trade.
///
/// # Errors
/// [`Fault`].
pub async fn open_trade(tx: &mut Tx, new: &Trade) -> Result<Trade, Fault> {
    let sql = "INSERT INTO sandbox_trades (trade, order_id, money, name, channel, notify_url, return_url, param, status, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9) ON CONFLICT DO NOTHING";
    let values =
        params![&new.trade, &new.order, &new.money, &new.name, &new.channel, &new.notify_url, &new.return_url, &new.param, new.created_at];
    tx.execute(sql, values).await?;
    trade_of_order(tx, &new.order).await?.ok_or(Fault::Corrupt("trade"))
}

/// The trade with this gateway's number.
///
/// # Errors
/// [`Fault`].
pub async fn trade(tx: &mut Tx, trade: &str) -> Result<Option<Trade>, Fault> {
    let sql = "SELECT trade, order_id, money, name, channel, notify_url, return_url, param, status, created_at, ended_at FROM sandbox_trades WHERE trade = $1";
    Ok(tx.query_opt(sql, params![trade]).await?.as_ref().map(of_row))
}

/// The trade with this merchant's number.
///
/// # Errors
/// [`Fault`].
pub async fn trade_of_order(tx: &mut Tx, order: &str) -> Result<Option<Trade>, Fault> {
    let sql = "SELECT trade, order_id, money, name, channel, notify_url, return_url, param, status, created_at, ended_at FROM sandbox_trades WHERE order_id = $1";
    Ok(tx.query_opt(sql, params![order]).await?.as_ref().map(of_row))
}

/// Ends a trade that is neither paid nor refused.
///
/// # Errors
/// [`Fault`].
pub async fn end_trade(tx: &mut Tx, trade: &str, status: i64, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE sandbox_trades SET status = $2, ended_at = $3 WHERE trade = $1 AND status = 0";
    Ok(tx.execute(sql, params![trade, status, now]).await? == 1)
}

fn of_row(row: &Row) -> Trade {
    let mut row = row.reader();
    Trade {
        trade: row.text(),
        order: row.text(),
        money: row.text(),
        name: row.text(),
        channel: row.text(),
        notify_url: row.text(),
        return_url: row.text(),
        param: row.text(),
        status: row.int(),
        created_at: Timestamp(row.int()),
        ended_at: row.opt_int().map(Timestamp),
    }
}

/// Stores a job of the sandbox model, unless it is stored already.
///
/// # Errors
/// [`Fault`].
pub async fn open_job(tx: &mut Tx, id: &str, prompt: &str, now: Timestamp) -> Result<(), Fault> {
    let sql = "INSERT INTO sandbox_jobs (id, prompt, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    tx.execute(sql, params![id, prompt, now]).await.map(drop)
}

/// What a job of the sandbox model is to draw, and when it was submitted.
///
/// # Errors
/// [`Fault`].
pub async fn job(tx: &mut Tx, id: &str) -> Result<Option<(String, Timestamp)>, Fault> {
    let row = tx.query_opt("SELECT prompt, created_at FROM sandbox_jobs WHERE id = $1", params![id]).await?;
    Ok(row.map(|row| (row.text(0), Timestamp(row.int(1)))))
}

/// A learner's progress at the demo campus: each item of which something was delivered, and how much.
///
/// # Errors
/// [`Fault`].
pub async fn lessons(tx: &mut Tx, learner: &str) -> Result<Vec<(String, i64)>, Fault> {
    let rows = tx.query("SELECT item, delivered FROM sandbox_lessons WHERE learner = $1", params![learner]).await?;
    Ok(rows.iter().map(|row| (row.text(0), row.int(1))).collect())
}

/// Records that an item was delivered from one position to another; a part that does not continue what was delivered before is not
/// counted.
///
/// # Errors
/// [`Fault`].
pub async fn delivered(tx: &mut Tx, learner: &str, item: &str, from: i64, to: i64, now: Timestamp) -> Result<(), Fault> {
    if from == 0 {
        let sql = "INSERT INTO sandbox_lessons (learner, item, delivered, updated_at) VALUES ($1, $2, 0, $3) ON CONFLICT DO NOTHING";
        tx.execute(sql, params![learner, item, now]).await?;
    }
    let sql = "UPDATE sandbox_lessons SET delivered = $4, updated_at = $5 WHERE learner = $1 AND item = $2 AND delivered >= $3 AND delivered < $4";
    tx.execute(sql, params![learner, item, from, to, now]).await.map(drop)
}
