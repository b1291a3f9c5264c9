//! Rows of orders and of their events.

use domain::{
    event::List,
    id::OrderId,
    id::{AccountId, MethodId},
    order::{Channel, Event, Order, Sort, Status},
    origin::Origin,
    time::Timestamp,
};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// Creates an order.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, order: &Order) -> Result<(), Fault> {
    let sql = "INSERT INTO orders (id, account_id, sort, amount, method_id, channel, return_url, status, trade, remark, actor_id, address, device, \
               created_at, updated_at, paid_at, due_at, checks) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    let values = params![
        order.id.as_str(),
        order.account,
        order.sort.word(),
        order.amount,
        order.method,
        order.channel.map(Channel::word),
        order.return_url.as_ref(),
        order.status.word(),
        order.trade.as_ref(),
        &order.remark,
        order.actor,
        order.origin.address.as_ref(),
        order.origin.device.as_ref(),
        order.created_at,
        order.updated_at,
        order.paid_at,
        order.due_at,
        order.checks
    ];
    tx.execute(sql, values).await.map(drop)
}

/// The order with this id.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, id: &OrderId) -> Result<Option<Order>, Fault> {
    let sql = concat!("SELECT ", columns!(orders), " FROM orders WHERE id = $1");
    tx.query_opt(sql, params![id.as_str()]).await?.as_ref().map(order).transpose()
}

/// Marks an order as paid, if it is in this state and no other order of its method has that trade.
///
/// # Errors
/// [`Fault`].
pub async fn pay(tx: &mut Tx, id: &OrderId, from: Status, trade: Option<&str>, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE orders SET status = 'paid', trade = COALESCE($2, trade), paid_at = $3, updated_at = $3, due_at = NULL \
               WHERE id = $1 AND status = $4 AND NOT EXISTS \
               (SELECT 1 FROM orders o WHERE o.method_id = orders.method_id AND o.trade = $2 AND o.id <> $1)";
    Ok(tx.execute(sql, params![id.as_str(), trade, now, from.word()]).await? == 1)
}

/// Ends a pending order that was not paid.
///
/// # Errors
/// [`Fault`].
pub async fn close(tx: &mut Tx, id: &OrderId, status: Status, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE orders SET status = $2, updated_at = $3, due_at = NULL WHERE id = $1 AND status = 'pending'";
    Ok(tx.execute(sql, params![id.as_str(), status.word(), now]).await? == 1)
}

/// Claims orders whose gateway is to be asked: each is postponed to `until`, so that nobody else asks meanwhile.
///
/// # Errors
/// [`Fault`].
pub async fn claim_due(tx: &mut Tx, now: Timestamp, until: Timestamp, limit: i64) -> Result<Vec<OrderId>, Fault> {
    let found = tx.query("SELECT id FROM orders WHERE due_at <= $1 ORDER BY due_at LIMIT $2", params![now, limit]).await?;
    let mut taken = Vec::new();
    for row in found {
        let id = row.text(0);
        if tx.execute("UPDATE orders SET due_at = $3 WHERE id = $1 AND due_at <= $2", params![&id, now, until]).await? == 1 {
            taken.push(OrderId::parse(&id).ok_or(Fault::Corrupt("order"))?);
        }
    }
    Ok(taken)
}

/// Schedules when a pending order's gateway is asked next.
///
/// # Errors
/// [`Fault`].
pub async fn reschedule(tx: &mut Tx, id: &OrderId, due: Timestamp, checks: i64) -> Result<bool, Fault> {
    let sql = "UPDATE orders SET due_at = $2, checks = $3 WHERE id = $1 AND status = 'pending'";
    Ok(tx.execute(sql, params![id.as_str(), due, checks]).await? == 1)
}

/// How many pending orders an account has.
///
/// # Errors
/// [`Fault`].
pub async fn pending(tx: &mut Tx, account: AccountId) -> Result<i64, Fault> {
    let sql = "SELECT COUNT(*) FROM orders WHERE account_id = $1 AND status = 'pending' AND sort = 'payment'";
    Ok(tx.query_one(sql, params![account]).await?.int(0))
}

/// Selects orders.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The account; everybody's if `None`.
    pub account: Option<AccountId>,
    /// The status.
    pub status: Option<Status>,
    /// The sort.
    pub sort: Option<Sort>,
    /// Created from this time on.
    pub from: Timestamp,
    /// Created up to this time.
    pub until: Timestamp,
    /// The smallest amount.
    pub least: i64,
    /// The largest amount.
    pub most: i64,
    /// How many to skip.
    pub offset: i64,
    /// How many at most.
    pub limit: i64,
}

/// A page of orders, newest first, and how many there are in all.
///
/// # Errors
/// [`Fault`].
pub async fn list(tx: &mut Tx, wanted: &Wanted) -> Result<(Vec<Order>, i64), Fault> {
    let account = wanted.account.map_or(0, |account| account.0);
    let (status, sort) = (wanted.status.map_or("", Status::word), wanted.sort.map_or("", Sort::word));
    let sql = if account == 0 {
        concat!(
            "SELECT ",
            columns!(orders),
            " FROM orders WHERE CAST($1 AS BIGINT) = 0 AND ($2 = '' OR status = $2) AND ($3 = '' OR sort = $3) AND \
             created_at BETWEEN $4 AND $5 AND amount BETWEEN $6 AND $7 ORDER BY created_at DESC, id DESC LIMIT $8 OFFSET $9"
        )
    } else {
        concat!(
            "SELECT ",
            columns!(orders),
            " FROM orders WHERE account_id = $1 AND ($2 = '' OR status = $2) AND ($3 = '' OR sort = $3) AND created_at \
             BETWEEN $4 AND $5 AND amount BETWEEN $6 AND $7 ORDER BY created_at DESC, id DESC LIMIT $8 OFFSET $9"
        )
    };
    let values = params![account, status, sort, wanted.from, wanted.until, wanted.least, wanted.most, wanted.limit, wanted.offset];
    let rows = tx.query(sql, values).await?;
    let sql = "SELECT COUNT(*) FROM orders WHERE (CAST($1 AS BIGINT) = 0 OR account_id = $1) AND ($2 = '' OR status = $2) AND ($3 = '' OR sort = $3) \
               AND created_at BETWEEN $4 AND $5 AND amount BETWEEN $6 AND $7";
    let values = params![account, status, sort, wanted.from, wanted.until, wanted.least, wanted.most];
    let total = tx.query_one(sql, values).await?.int(0);
    Ok((rows.iter().map(order).collect::<Result<_, _>>()?, total))
}

/// The orders of one account before the one with this time and id, newest first; only those in one status if one is named.
///
/// # Errors
/// [`Fault`].
pub async fn of_account(
    tx: &mut Tx,
    account: AccountId,
    status: Option<Status>,
    before: (Timestamp, &str),
    limit: i64,
) -> Result<Vec<Order>, Fault> {
    let sql = concat!(
        "SELECT ",
        columns!(orders),
        " FROM orders WHERE account_id = $1 AND created_at <= $2 AND NOT (created_at = $2 AND id >= $3) AND ($4 = '' OR status = $4) \
         ORDER BY created_at DESC, id DESC LIMIT $5"
    );
    let status = status.map_or("", Status::word);
    tx.query(sql, params![account, before.0, before.1, status, limit]).await?.iter().map(order).collect()
}

/// Everybody's orders before the one with this time and id, newest first; only those in one status if one is named.
///
/// # Errors
/// [`Fault`].
pub async fn newest(tx: &mut Tx, status: Option<Status>, before: (Timestamp, &str), limit: i64) -> Result<Vec<Order>, Fault> {
    let rows = match status {
        Some(status) => {
            let sql = concat!(
                "SELECT ",
                columns!(orders),
                " FROM orders WHERE status = $1 AND created_at <= $2 AND NOT (created_at = $2 AND id >= $3) \
                 ORDER BY created_at DESC, id DESC LIMIT $4"
            );
            tx.query(sql, params![status.word(), before.0, before.1, limit]).await?
        }
        None => {
            let sql = concat!(
                "SELECT ",
                columns!(orders),
                " FROM orders WHERE created_at <= $1 AND NOT (created_at = $1 AND id >= $2) ORDER BY created_at DESC, id DESC LIMIT $3"
            );
            tx.query(sql, params![before.0, before.1, limit]).await?
        }
    };
    rows.iter().map(order).collect()
}

/// Records an event of an order.
///
/// # Errors
/// [`Fault`].
pub async fn note(tx: &mut Tx, id: &OrderId, event: &Event) -> Result<(), Fault> {
    let sql = "INSERT INTO order_events (order_id, created_at, what, detail) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, params![id.as_str(), event.at, &event.what, &event.detail]).await?;
    if let Some(row) = tx.query_opt("SELECT account_id FROM orders WHERE id = $1", params![id.as_str()]).await? {
        tx.changed(List::Orders, AccountId(row.int(0)));
    }
    Ok(())
}

/// Makes every order that may still be paid due for a check now.
///
/// # Errors
/// [`Fault`].
pub async fn all_due(tx: &mut Tx, now: Timestamp) -> Result<u64, Fault> {
    tx.execute("UPDATE orders SET due_at = $1, checks = 0 WHERE status = 'pending' AND method_id IS NOT NULL", params![now]).await
}

/// The events of an order, oldest first.
///
/// # Errors
/// [`Fault`].
pub async fn events(tx: &mut Tx, id: &OrderId) -> Result<Vec<Event>, Fault> {
    let sql = "SELECT created_at, what, detail FROM order_events WHERE order_id = $1 ORDER BY id LIMIT 1000";
    let rows = tx.query(sql, params![id.as_str()]).await?;
    Ok(rows.iter().map(|row| Event { at: Timestamp(row.int(0)), what: row.text(1), detail: row.text(2) }).collect())
}

/// How many events an order has.
///
/// # Errors
/// [`Fault`].
pub async fn count_events(tx: &mut Tx, id: &OrderId) -> Result<i64, Fault> {
    Ok(tx.query_one("SELECT COUNT(*) FROM order_events WHERE order_id = $1", params![id.as_str()]).await?.int(0))
}

/// Orders that are paid but not in the ledger with their amount (an effect is there at most once), those that are there but not paid, and
/// ledger entries without an order.
///
/// # Errors
/// [`Fault`].
pub async fn misbooked(tx: &mut Tx) -> Result<Vec<String>, Fault> {
    let sql = "SELECT o.id FROM orders o WHERE o.status = 'paid' AND NOT EXISTS \
               (SELECT 1 FROM entries e WHERE e.effect = 'payment:' || o.id AND e.amount = o.amount AND e.account_id = o.account_id) \
               UNION ALL SELECT o.id FROM orders o WHERE o.status <> 'paid' AND EXISTS (SELECT 1 FROM entries e WHERE e.effect = 'payment:' || o.id) \
               UNION ALL SELECT e.effect FROM entries e WHERE e.cause IN ('top_up', 'manual_top_up') \
               AND NOT EXISTS (SELECT 1 FROM orders o WHERE 'payment:' || o.id = e.effect) LIMIT 100";
    Ok(tx.query(sql, &[]).await?.iter().map(|row| row.text(0)).collect())
}

fn order(row: &Row) -> Result<Order, Fault> {
    let mut row = row.reader();
    Ok(Order {
        id: OrderId::parse(&row.text()).ok_or(Fault::Corrupt("order"))?,
        account: AccountId(row.int()),
        sort: Sort::from_word(&row.text()).ok_or(Fault::Corrupt("sort"))?,
        amount: row.int(),
        method: row.opt_int().map(MethodId),
        channel: row.opt_text().map(|word| Channel::from_word(&word).ok_or(Fault::Corrupt("channel"))).transpose()?,
        return_url: row.opt_text(),
        status: Status::from_word(&row.text()).ok_or(Fault::Corrupt("status"))?,
        trade: row.opt_text(),
        remark: row.text(),
        actor: row.opt_int().map(AccountId),
        origin: Origin { address: row.opt_text(), device: row.opt_text() },
        created_at: Timestamp(row.int()),
        updated_at: Timestamp(row.int()),
        paid_at: row.opt_int().map(Timestamp),
        due_at: row.opt_int().map(Timestamp),
        checks: row.int(),
    })
}
