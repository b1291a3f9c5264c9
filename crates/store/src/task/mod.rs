//! Rows of tasks, which are also the queue.
//!
//! A move is computed by `domain::task` and saved on the condition that the row is still in the state and epoch it was computed
//! from; heartbeats and reports, which are frequent, are single conditional updates.

mod list;

use domain::{
    id::{AccountId, TaskId},
    task::{Cause, State, Task},
    time::Timestamp,
    wallet::Asset,
};

pub use self::list::{
    Aged, Wanted, aged, count_up_to, last_id, list, list_open, list_whole, made_from, newest, newest_ids, of_ids, oldest, tally,
};
use crate::{
    fault::Fault,
    params, queue,
    tx::{Reader, Row, Tx, Value},
};

/// The fields of a new task.
#[derive(Debug, Clone)]
pub struct New {
    /// The account.
    pub account: AccountId,
    /// Its kind.
    pub kind: &'static str,
    /// Its first state.
    pub state: State,
    /// The asset it is paid with.
    pub asset: Asset,
    /// What an attempt costs.
    pub price: i64,
    /// When the attempt fails if it has not ended.
    pub deadline_at: Option<Timestamp>,
    /// The input, as the kind's record.
    pub input: String,
    /// Now.
    pub now: Timestamp,
}

/// Creates a task.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, new: &New) -> Result<Task, Fault> {
    let sql = concat!(
        "INSERT INTO tasks (account_id, kind, state, attempt, run, epoch, deaths, due_at, deadline_at, asset, price, progress, created_at, updated_at) VALUES ($1, $2, $3, 1, 0, 0, 0, $4, $5, $6, $7, 0, $4, $4) RETURNING ",
        columns!(tasks)
    );
    let row = tx.query_one(sql, params![new.account, new.kind, new.state, new.now, new.deadline_at, new.asset, new.price]).await?;
    let task = of_row(&row)?;
    tx.execute("INSERT INTO task_inputs (task_id, input) VALUES ($1, $2)", params![task.id, &new.input]).await?;
    queue::shift(tx, None, &task).await?;
    Ok(task)
}

/// The task with this id.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, id: TaskId) -> Result<Option<Task>, Fault> {
    let sql = concat!("SELECT ", columns!(tasks), " FROM tasks WHERE id = $1");
    tx.query_opt(sql, params![id]).await?.as_ref().map(of_row).transpose()
}

/// The task with this id, locked until this transaction ends.
///
/// # Errors
/// [`Fault`].
pub async fn get_for_update(tx: &mut Tx, id: TaskId) -> Result<Option<Task>, Fault> {
    let lock = tx.dialect().hold_task();
    match tx.query_opt(lock, params![id]).await? {
        Some(_) => get(tx, id).await,
        None => Ok(None),
    }
}

/// The input.
///
/// # Errors
/// [`Fault`].
pub async fn input(tx: &mut Tx, id: TaskId) -> Result<Option<String>, Fault> {
    Ok(tx.query_opt("SELECT input FROM task_inputs WHERE task_id = $1", params![id]).await?.map(|row| row.text(0)))
}

/// Replaces a task's input.
///
/// # Errors
/// [`Fault`].
pub async fn set_input(tx: &mut Tx, id: TaskId, input: &str) -> Result<(), Fault> {
    tx.execute("UPDATE task_inputs SET input = $2 WHERE task_id = $1", params![id, input]).await.map(drop)
}

/// What saves a move, if the row is still as it was before it.
macro_rules! saving {
    ($returning:literal) => {
        concat!(
            "UPDATE tasks SET state = $4, attempt = $5, run = $6, epoch = $7, deaths = $8, worker = $9, due_at = $10, deadline_at = $11, \
             price = $12, progress = $13, step = $14, message = $15, error_code = $16, error_message = $17, updated_at = $18, \
             started_at = $19, ended_at = $20, output = $21 WHERE id = $1 AND state = $2 AND epoch = $3",
            $returning
        )
    };
}

/// Saves a move, if the row is still as `before` was.
///
/// # Errors
/// [`Fault`].
pub async fn save(tx: &mut Tx, before: &Task, after: &Task) -> Result<bool, Fault> {
    if tx.execute(saving!(""), &saved(before, after)).await? != 1 {
        return Ok(false);
    }
    queue::shift(tx, Some(before), after).await?;
    Ok(true)
}

/// As [`save`], and says whether the account has webhooks: one statement, because every task ends with it. `None` if the row is another.
///
/// # Errors
/// [`Fault`].
pub async fn save_end(tx: &mut Tx, before: &Task, after: &Task) -> Result<Option<bool>, Fault> {
    let sql = saving!(" RETURNING (SELECT COUNT(*) FROM webhooks w WHERE w.account_id = tasks.account_id AND w.deleted_at IS NULL)");
    let Some(row) = tx.query_opt(sql, &saved(before, after)).await? else { return Ok(None) };
    queue::shift(tx, Some(before), after).await?;
    Ok(Some(row.flag(0)))
}

fn saved(before: &Task, after: &Task) -> [Value; 21] {
    let error = after.error.as_ref();
    [
        before.id.into(),
        before.state.into(),
        before.epoch.into(),
        after.state.into(),
        after.attempt.into(),
        after.run.into(),
        after.epoch.into(),
        after.deaths.into(),
        after.worker.as_ref().into(),
        after.due_at.into(),
        after.deadline_at.into(),
        after.price.into(),
        after.progress.into(),
        after.step.as_ref().into(),
        after.message.as_ref().into(),
        error.map(|error| &error.code).into(),
        error.map(|error| &error.message).into(),
        after.updated_at.into(),
        after.started_at.into(),
        after.ended_at.into(),
        after.output.as_ref().into(),
    ]
}

/// Renews a worker's lease; `false` if it was lost.
///
/// # Errors
/// [`Fault`].
pub async fn renew(tx: &mut Tx, id: TaskId, epoch: i64, until: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE tasks SET due_at = $3 WHERE id = $1 AND epoch = $2 AND state = 'running'";
    Ok(tx.execute(sql, params![id, epoch, until]).await? == 1)
}

/// A worker's progress report on its task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// 0 to 100.
    pub progress: i64,
    /// What is being done.
    pub step: Option<String>,
    /// A line about it.
    pub message: Option<String>,
}

/// Stores a worker's report; progress never decreases. `false` if the lease was lost.
///
/// # Errors
/// [`Fault`].
pub async fn report(tx: &mut Tx, id: TaskId, epoch: i64, report: &Report, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE tasks SET progress = CASE WHEN progress > $3 THEN progress ELSE $3 END, step = $4, message = $5, updated_at = $6 \
               WHERE id = $1 AND epoch = $2 AND state = 'running'";
    let values = params![id, epoch, report.progress, report.step.as_ref(), report.message.as_ref(), now];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Records that a part of a task was finished: failed runs and lost workers are counted from zero again. The caller has locked the row.
///
/// # Errors
/// [`Fault`].
pub async fn advanced(tx: &mut Tx, id: TaskId) -> Result<(), Fault> {
    tx.execute("UPDATE tasks SET run = 0, deaths = 0 WHERE id = $1 AND (run > 0 OR deaths > 0)", params![id]).await.map(drop)
}

/// A running task of a kind whose lease was lost or that is parked and due.
///
/// # Errors
/// [`Fault`].
pub async fn next_overdue(tx: &mut Tx, kind: &str, now: Timestamp) -> Result<Option<Task>, Fault> {
    let sql = tx.dialect().next_overdue();
    match tx.query_opt(sql, params![kind, now]).await? {
        Some(row) => get(tx, TaskId(row.int(0))).await,
        None => Ok(None),
    }
}

/// The oldest due task of a kind that an account has waiting.
///
/// # Errors
/// [`Fault`].
pub async fn next_waiting(tx: &mut Tx, kind: &str, account: AccountId, now: Timestamp) -> Result<Option<Task>, Fault> {
    let sql = tx.dialect().next_waiting();
    match tx.query_opt(sql, params![kind, account, now]).await? {
        Some(row) => get(tx, TaskId(row.int(0))).await,
        None => Ok(None),
    }
}

/// An account's tasks of every kind that have not started or are paused, and its running ones of one kind, oldest first.
///
/// # Errors
/// [`Fault`].
pub async fn unfinished(tx: &mut Tx, account: AccountId, kind: &str, limit: i64) -> Result<Vec<TaskId>, Fault> {
    let sql = "SELECT id FROM tasks WHERE account_id = $1 AND (state IN ('draft', 'awaiting_approval', 'queued', 'paused') \
               OR (state = 'running' AND kind = $2)) ORDER BY id LIMIT $3";
    Ok(tx.query(sql, params![account, kind, limit]).await?.iter().map(|row| TaskId(row.int(0))).collect())
}

/// Tasks ordered by id, after `after`: a page of a walk over all.
///
/// # Errors
/// [`Fault`].
pub async fn page(tx: &mut Tx, after: TaskId, limit: i64) -> Result<Vec<Task>, Fault> {
    let sql = concat!("SELECT ", columns!(tasks), " FROM tasks WHERE id > $1 ORDER BY id LIMIT $2");
    tx.query(sql, params![after, limit]).await?.iter().map(of_row).collect()
}

/// Deletes a task and its input. The caller has deleted everything else that belongs to it, except its ledger entries, which are kept.
///
/// # Errors
/// [`Fault`].
pub async fn delete(tx: &mut Tx, id: TaskId) -> Result<(), Fault> {
    tx.execute("DELETE FROM task_inputs WHERE task_id = $1", params![id]).await?;
    tx.execute("DELETE FROM tasks WHERE id = $1", params![id]).await.map(drop)
}

/// The task in the next columns of a row, as `columns!(tasks)` lists them.
pub(crate) fn read(row: &mut Reader<'_>) -> Result<Task, Fault> {
    Ok(Task {
        id: TaskId(row.int()),
        account: AccountId(row.int()),
        kind: row.text(),
        state: State::from_word(&row.text()).ok_or(Fault::Corrupt("state"))?,
        attempt: row.int(),
        run: row.int(),
        epoch: row.int(),
        deaths: row.int(),
        worker: row.opt_text(),
        due_at: Timestamp(row.int()),
        deadline_at: row.opt_int().map(Timestamp),
        asset: Asset::from_word(&row.text()).ok_or(Fault::Corrupt("asset"))?,
        price: row.int(),
        progress: row.int(),
        step: row.opt_text(),
        message: row.opt_text(),
        error: cause(row),
        created_at: Timestamp(row.int()),
        updated_at: Timestamp(row.int()),
        started_at: row.opt_int().map(Timestamp),
        ended_at: row.opt_int().map(Timestamp),
        output: row.opt_text(),
    })
}

/// What went wrong, from its code and its message.
fn cause(row: &mut Reader<'_>) -> Option<Cause> {
    let (code, message) = (row.opt_text(), row.opt_text());
    code.map(|code| Cause { code, message: message.unwrap_or_default() })
}

fn of_row(row: &Row) -> Result<Task, Fault> {
    read(&mut row.reader())
}
