//! The logs of tasks: lines that their owners read.

use domain::{
    id::{LogId, TaskId},
    study::{Level, Log},
    time::Timestamp,
};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// Writes a line into a task's log.
///
/// # Errors
/// [`Fault`].
pub async fn append(tx: &mut Tx, task: TaskId, level: Level, message: &str, now: Timestamp) -> Result<(), Fault> {
    let sql = "INSERT INTO task_logs (task_id, level, message, created_at) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, params![task, level.word(), message, now]).await.map(drop)
}

/// The newest lines of a task's log, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn newest(tx: &mut Tx, task: TaskId, limit: i64) -> Result<Vec<Log>, Fault> {
    let sql = "SELECT id, task_id, level, message, created_at FROM task_logs WHERE task_id = $1 ORDER BY id DESC LIMIT $2";
    tx.query(sql, params![task, limit]).await?.iter().map(line).collect()
}

/// The lines of a task's log with smaller ids, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn before(tx: &mut Tx, task: TaskId, before: LogId, limit: i64) -> Result<Vec<Log>, Fault> {
    let sql = "SELECT id, task_id, level, message, created_at FROM task_logs WHERE task_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    tx.query(sql, params![task, before, limit]).await?.iter().map(line).collect()
}

/// Deletes a task's log.
///
/// # Errors
/// [`Fault`].
pub async fn delete(tx: &mut Tx, task: TaskId) -> Result<(), Fault> {
    tx.execute("DELETE FROM task_logs WHERE task_id = $1", params![task]).await.map(drop)
}

fn line(row: &Row) -> Result<Log, Fault> {
    let mut row = row.reader();
    Ok(Log {
        id: LogId(row.int()),
        task: TaskId(row.int()),
        level: Level::from_word(&row.text()).ok_or(Fault::Corrupt("level"))?,
        message: row.text(),
        at: Timestamp(row.int()),
    })
}
