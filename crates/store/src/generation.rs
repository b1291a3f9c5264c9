//! What generation tasks have beside their rows.

use domain::{
    id::{AccountId, ModelId, TaskId},
    model::{Call, Generation},
    time::Timestamp,
};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// Notes by which model a task is done.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, task: TaskId, model: ModelId, name: &str) -> Result<(), Fault> {
    let sql = "INSERT INTO generations (task_id, model_id, model_name) VALUES ($1, $2, $3)";
    tx.execute(sql, params![task, model, name]).await.map(drop)
}

/// Says that a task is done by another model.
///
/// # Errors
/// [`Fault`].
pub async fn set_model(tx: &mut Tx, task: TaskId, model: ModelId, name: &str) -> Result<(), Fault> {
    let sql = "UPDATE generations SET model_id = $2, model_name = $3 WHERE task_id = $1";
    tx.execute(sql, params![task, model, name]).await.map(drop)
}

/// Notes who let a task run, or that nobody has.
///
/// # Errors
/// [`Fault`].
pub async fn set_approved(tx: &mut Tx, task: TaskId, approved: Option<(AccountId, Timestamp)>) -> Result<(), Fault> {
    let sql = "UPDATE generations SET approved_by = $2, approved_at = $3 WHERE task_id = $1";
    tx.execute(sql, params![task, approved.map(|by| by.0), approved.map(|by| by.1)]).await.map(drop)
}

/// Notes a call before it is made, in the place of an earlier one.
///
/// # Errors
/// [`Fault`].
pub async fn begin_call(tx: &mut Tx, task: TaskId, call: &Call) -> Result<(), Fault> {
    let sql =
        "UPDATE generations SET call_attempt = $2, call_run = $3, call_key = $4, call_sent_at = $5, remote_id = $6 WHERE task_id = $1";
    tx.execute(sql, params![task, call.attempt, call.run, &call.key, call.sent_at, call.remote.as_ref()]).await.map(drop)
}

/// Notes what the server calls the job.
///
/// # Errors
/// [`Fault`].
pub async fn set_remote(tx: &mut Tx, task: TaskId, key: &str, remote: &str) -> Result<(), Fault> {
    let sql = "UPDATE generations SET remote_id = $3 WHERE task_id = $1 AND call_key = $2";
    tx.execute(sql, params![task, key, remote]).await.map(drop)
}

/// Forgets the call, on which a verdict was given; what the server called the job is still told.
///
/// # Errors
/// [`Fault`].
pub async fn end_call(tx: &mut Tx, task: TaskId) -> Result<(), Fault> {
    let sql = "UPDATE generations SET call_attempt = NULL, call_run = NULL, call_key = NULL, call_sent_at = NULL WHERE task_id = $1";
    tx.execute(sql, params![task]).await.map(drop)
}

/// What a task has beside its row.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, task: TaskId) -> Result<Option<Generation>, Fault> {
    let sql = "SELECT task_id, model_id, model_name, approved_by, approved_at, call_attempt, call_run, call_key, call_sent_at, remote_id \
               FROM generations WHERE task_id = $1";
    tx.query_opt(sql, params![task]).await?.as_ref().map(generation).transpose()
}

fn generation(row: &Row) -> Result<Generation, Fault> {
    let call = match (row.opt_int(5), row.opt_int(6), row.opt_text(7), row.opt_int(8)) {
        (Some(attempt), Some(run), Some(key), Some(sent_at)) => {
            Some(Call { attempt, run, key, sent_at: Timestamp(sent_at), remote: row.opt_text(9) })
        }
        (None, None, None, None) => None,
        _ => return Err(Fault::Corrupt("call")),
    };
    Ok(Generation {
        task: TaskId(row.int(0)),
        model: ModelId(row.int(1)),
        model_name: row.text(2),
        approved: row.opt_int(3).map(AccountId).zip(row.opt_int(4).map(Timestamp)),
        call,
    })
}
