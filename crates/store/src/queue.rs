//! Rows that say how many tasks of a kind each account has waiting and held by workers. They are kept in step with the tasks, so that
//! a fair claim never has to count them.
//!
//! Invariant: for each kind and account, `waiting` is the number of queued tasks and `running` the number that a worker holds.

use domain::{id::AccountId, task::Task, time::Timestamp};

use crate::{fault::Fault, params, tx::Tx};

/// Keeps the counts in step with a task that went from `before` to `after`.
pub(crate) async fn shift(tx: &mut Tx, before: Option<&Task>, after: &Task) -> Result<(), Fault> {
    let count = |flag: bool| i64::from(flag);
    let waiting = count(after.waits()) - count(before.is_some_and(Task::waits));
    let running = count(after.held()) - count(before.is_some_and(Task::held));
    if waiting == 0 && running == 0 {
        return Ok(());
    }
    // A task that starts to wait makes its account due no later than itself; a claim puts its account last in turn.
    let due_at = if after.waits() { after.due_at } else { Timestamp(i64::MAX) };
    let served_at = if running > 0 { after.updated_at } else { Timestamp(0) };
    let update = "UPDATE queues SET waiting = waiting + $3, running = running + $4, \
                  due_at = CASE WHEN waiting = 0 OR due_at > $5 THEN $5 ELSE due_at END, \
                  served_at = CASE WHEN served_at < $6 THEN $6 ELSE served_at END WHERE kind = $1 AND account_id = $2";
    let values = params![&after.kind, after.account, waiting, running, due_at, served_at];
    if tx.execute(update, values).await? == 1 {
        return Ok(());
    }
    let insert = "INSERT INTO queues (kind, account_id, waiting, running, due_at, served_at) VALUES ($1, $2, $3, $4, $5, $6) \
                  ON CONFLICT (kind, account_id) DO UPDATE SET waiting = queues.waiting + $3, running = queues.running + $4";
    tx.execute(insert, values).await.map(drop)
}

/// The account whose turn it is: the one with the fewest tasks held by workers, then the one served longest ago.
///
/// # Errors
/// [`Fault`].
pub async fn next(tx: &mut Tx, kind: &str, now: Timestamp) -> Result<Option<AccountId>, Fault> {
    let sql =
        "SELECT account_id FROM queues WHERE kind = $1 AND waiting > 0 AND due_at <= $2 ORDER BY running, served_at, account_id LIMIT 1";
    Ok(tx.query_opt(sql, params![kind, now]).await?.map(|row| AccountId(row.int(0))))
}

/// About how many waiting tasks come before a waiting task. Accounts take turns, so this counts as many tasks of each other account as it
/// has, up to this task's position within its own account. At most ten thousand accounts are counted.
///
/// # Errors
/// [`Fault`].
pub async fn before(tx: &mut Tx, task: &Task) -> Result<i64, Fault> {
    let sql = "SELECT COUNT(*) FROM tasks WHERE kind = $1 AND account_id = $2 AND id <= $3 AND state = 'queued'";
    let place = tx.query_one(sql, params![&task.kind, task.account, task.id]).await?.int(0);
    let sql = "SELECT CAST(COALESCE(SUM(CASE WHEN waiting < $3 THEN waiting ELSE $3 END), 0) AS BIGINT) FROM \
               (SELECT waiting FROM queues WHERE kind = $1 AND account_id <> $2 AND waiting > 0 LIMIT 10000) AS others";
    let others = tx.query_one(sql, params![&task.kind, task.account, place]).await?.int(0);
    Ok(others + place - 1)
}

/// Updates when an account's first waiting task is due, after none was found due now.
///
/// # Errors
/// [`Fault`].
pub async fn defer(tx: &mut Tx, kind: &str, account: AccountId, now: Timestamp) -> Result<(), Fault> {
    let first = "SELECT due_at FROM tasks WHERE kind = $1 AND account_id = $2 AND state = 'queued' ORDER BY due_at LIMIT 1";
    let due_at = tx.query_opt(first, params![kind, account]).await?.map_or(i64::MAX, |row| row.int(0));
    // A task that is due but locked by another process is looked for again in a moment.
    let due_at = if due_at <= now.0 { now.0 + 50_000 } else { due_at };
    tx.execute("UPDATE queues SET due_at = $3 WHERE kind = $1 AND account_id = $2", params![kind, account, due_at]).await.map(drop)
}

/// Rows whose counts do not match the tasks, by kind and account.
///
/// # Errors
/// [`Fault`].
pub async fn miscounted(tx: &mut Tx) -> Result<Vec<(String, AccountId)>, Fault> {
    let sql = "SELECT q.kind, q.account_id FROM queues q LEFT JOIN (SELECT kind, account_id, \
               SUM(CASE WHEN state = 'queued' THEN 1 ELSE 0 END) AS waiting, SUM(CASE WHEN state = 'running' AND worker IS NOT NULL THEN 1 ELSE 0 END) AS running \
               FROM tasks WHERE state IN ('queued', 'running') GROUP BY kind, account_id) t ON t.kind = q.kind AND t.account_id = q.account_id \
               WHERE q.waiting <> COALESCE(t.waiting, 0) OR q.running <> COALESCE(t.running, 0)";
    // Tasks without such a row are never claimed.
    let stranded = "SELECT t.kind, t.account_id FROM tasks t LEFT JOIN queues q ON q.kind = t.kind AND q.account_id = t.account_id \
                    WHERE (t.state = 'queued' OR (t.state = 'running' AND t.worker IS NOT NULL)) AND q.kind IS NULL GROUP BY t.kind, t.account_id";
    let mut rows = tx.query(sql, &[]).await?;
    rows.extend(tx.query(stranded, &[]).await?);
    Ok(rows.iter().map(|row| (row.text(0), AccountId(row.int(1)))).collect())
}
