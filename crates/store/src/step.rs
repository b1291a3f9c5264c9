//! Rows of finished steps: where a task resumes after a crash, a pause or an automatic retry.

use domain::{id::TaskId, time::Timestamp};

use crate::{fault::Fault, params, tx::Tx};

/// Records that a step of an attempt is finished; the first record is kept.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, task: TaskId, attempt: i64, name: &str, output: &str, now: Timestamp) -> Result<(), Fault> {
    let sql = "INSERT INTO task_steps (task_id, attempt, name, output, recorded_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    tx.execute(sql, params![task, attempt, name, output, now]).await.map(drop)
}

/// The finished steps of an attempt, by name, with their outputs.
///
/// # Errors
/// [`Fault`].
pub async fn all(tx: &mut Tx, task: TaskId, attempt: i64) -> Result<Vec<(String, String)>, Fault> {
    let sql = "SELECT name, output FROM task_steps WHERE task_id = $1 AND attempt = $2";
    Ok(tx.query(sql, params![task, attempt]).await?.iter().map(|row| (row.text(0), row.text(1))).collect())
}

/// The output of a step, if it is finished.
///
/// # Errors
/// [`Fault`].
pub async fn output(tx: &mut Tx, task: TaskId, attempt: i64, name: &str) -> Result<Option<String>, Fault> {
    let sql = "SELECT output FROM task_steps WHERE task_id = $1 AND attempt = $2 AND name = $3";
    Ok(tx.query_opt(sql, params![task, attempt, name]).await?.map(|row| row.text(0)))
}

/// Deletes every step of a task.
///
/// # Errors
/// [`Fault`].
pub async fn delete(tx: &mut Tx, task: TaskId) -> Result<(), Fault> {
    tx.execute("DELETE FROM task_steps WHERE task_id = $1", params![task]).await.map(drop)
}
