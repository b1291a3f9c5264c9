//! What the stand-ins of development remember. It is stored in the database, so that a restart loses no payment.

use domain::time::Timestamp;

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// A payment at the sandbox gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// The gateway's number.
    pub trade: String,
    /// The merchant's number.
    pub order: String,
    /// How much, as it was asked for.
    pub money: String,
    /// What for.
    pub name: String,
    /// What the payer pays with.
    pub channel: String,
    /// Whom to tell.
    pub notify_url: String,
    /// Where the payer goes.
    pub return_url: String,
    /// What is given back unchanged.
    pub param: String,
    /// 0 unpaid, 1 paid, 2 refused.
    pub status: i64,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was paid or refused.
    pub ended_at: Option<Timestamp>,
}

/// Makes a trade, or finds the one of that order; whichever stands there afterwards.
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

/// The trade of a gateway's number.
///
/// # Errors
/// [`Fault`].
pub async fn trade(tx: &mut Tx, trade: &str) -> Result<Option<Trade>, Fault> {
    let sql = "SELECT trade, order_id, money, name, channel, notify_url, return_url, param, status, created_at, ended_at FROM sandbox_trades WHERE trade = $1";
    Ok(tx.query_opt(sql, params![trade]).await?.as_ref().map(of_row))
}

/// The trade of a merchant's number.
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

/// Notes a job of the sandbox model, or finds that it is noted.
///
/// # Errors
/// [`Fault`].
pub async fn open_job(tx: &mut Tx, id: &str, prompt: &str, now: Timestamp) -> Result<(), Fault> {
    let sql = "INSERT INTO sandbox_jobs (id, prompt, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    tx.execute(sql, params![id, prompt, now]).await.map(drop)
}

/// What a job of the sandbox model is to draw, and since when.
///
/// # Errors
/// [`Fault`].
pub async fn job(tx: &mut Tx, id: &str) -> Result<Option<(String, Timestamp)>, Fault> {
    let row = tx.query_opt("SELECT prompt, created_at FROM sandbox_jobs WHERE id = $1", params![id]).await?;
    Ok(row.map(|row| (row.text(0), Timestamp(row.int(1)))))
}

/// How far a learner is at the demo campus: each item that something was delivered of, and how much.
///
/// # Errors
/// [`Fault`].
pub async fn lessons(tx: &mut Tx, learner: &str) -> Result<Vec<(String, i64)>, Fault> {
    let rows = tx.query("SELECT item, delivered FROM sandbox_lessons WHERE learner = $1", params![learner]).await?;
    Ok(rows.iter().map(|row| (row.text(0), row.int(1))).collect())
}

/// Notes that an item was delivered from one place to another; what does not follow on what was delivered before is not counted.
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
