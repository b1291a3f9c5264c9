//! Rows that generation tasks have in addition to their task rows.

use domain::{
    id::{AccountId, ModelId, TaskId},
    model::{Call, Generation},
    task::{State, Task},
    time::Timestamp,
};

use crate::{
    fault::Fault,
    params, task,
    tx::{Row, Tx},
};

/// A statement that reads generation tasks in the form that [`whole_of_row`] takes; the argument is what follows the list of tables.
macro_rules! generated {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            columns!(tasks, "t."),
            ", i.input, a.username, a.email, a.phone, g.remote_id FROM tasks t JOIN task_inputs i ON i.task_id = t.id \
             JOIN accounts a ON a.id = t.account_id JOIN generations g ON g.task_id = t.id ",
            $rest
        )
    };
}

/// Records the model of a task.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, task: TaskId, model: ModelId, name: &str) -> Result<(), Fault> {
    let sql = "INSERT INTO generations (task_id, model_id, model_name) VALUES ($1, $2, $3)";
    tx.execute(sql, params![task, model, name]).await.map(drop)
}

/// Changes the model of a task.
///
/// # Errors
/// [`Fault`].
pub async fn set_model(tx: &mut Tx, task: TaskId, model: ModelId, name: &str) -> Result<(), Fault> {
    let sql = "UPDATE generations SET model_id = $2, model_name = $3 WHERE task_id = $1";
    tx.execute(sql, params![task, model, name]).await.map(drop)
}

/// Records who approved a task and when, or that nobody has.
///
/// # Errors
/// [`Fault`].
pub async fn set_approved(tx: &mut Tx, task: TaskId, approved: Option<(AccountId, Timestamp)>) -> Result<(), Fault> {
    let sql = "UPDATE generations SET approved_by = $2, approved_at = $3 WHERE task_id = $1";
    tx.execute(sql, params![task, approved.map(|by| by.0), approved.map(|by| by.1)]).await.map(drop)
}

/// Records a call before it is made, and replaces an earlier one.
///
/// # Errors
/// [`Fault`].
pub async fn begin_call(tx: &mut Tx, task: TaskId, call: &Call) -> Result<(), Fault> {
    let sql =
        "UPDATE generations SET call_attempt = $2, call_run = $3, call_key = $4, call_sent_at = $5, remote_id = $6 WHERE task_id = $1";
    tx.execute(sql, params![task, call.attempt, call.run, &call.key, call.sent_at, call.remote.as_ref()]).await.map(drop)
}

/// Whether a task's call was accepted, and nothing is left to do but to poll its server.
///
/// # Errors
/// [`Fault`].
pub async fn waits_remotely(tx: &mut Tx, task: TaskId) -> Result<bool, Fault> {
    let sql = "SELECT 1 FROM generations g JOIN tasks t ON t.id = g.task_id WHERE g.task_id = $1 AND g.call_key IS NOT NULL \
               AND g.call_attempt = t.attempt AND g.remote_id IS NOT NULL \
               AND NOT EXISTS (SELECT 1 FROM task_steps s WHERE s.task_id = $1 AND s.attempt = t.attempt)";
    Ok(tx.query_opt(sql, params![task]).await?.is_some())
}

/// Records the server's id of the job.
///
/// # Errors
/// [`Fault`].
pub async fn set_remote(tx: &mut Tx, task: TaskId, key: &str, remote: &str) -> Result<(), Fault> {
    let sql = "UPDATE generations SET remote_id = $3 WHERE task_id = $1 AND call_key = $2";
    tx.execute(sql, params![task, key, remote]).await.map(drop)
}

/// Deletes the call after it was decided; the server's id of the job is kept, so that it can be shown.
///
/// # Errors
/// [`Fault`].
pub async fn end_call(tx: &mut Tx, task: TaskId) -> Result<(), Fault> {
    let sql = "UPDATE generations SET call_attempt = NULL, call_run = NULL, call_key = NULL, call_sent_at = NULL WHERE task_id = $1";
    tx.execute(sql, params![task]).await.map(drop)
}

/// What a task has in addition to its row.
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

/// A task with what else a list of generation tasks shows.
#[derive(Debug, Clone)]
pub struct Generated {
    /// The task.
    pub task: Task,
    /// The input.
    pub input: String,
    /// Its owner's names, in order of preference: user name, e-mail, phone.
    pub owner: [Option<String>; 3],
    /// The model server's id of the job.
    pub remote: Option<String>,
}

impl AsRef<Task> for Generated {
    fn as_ref(&self) -> &Task {
        &self.task
    }
}

/// A page of tasks of a kind, newest first, of one account or of everybody, in up to two states or in all, and how many there are in all.
///
/// # Errors
/// [`Fault`].
pub async fn list(
    tx: &mut Tx,
    kind: &str,
    account: Option<AccountId>,
    states: &[State],
    offset: i64,
    limit: i64,
) -> Result<(Vec<Generated>, i64), Fault> {
    let wanted = |index: usize| states.get(index).or(states.first()).map_or("", |state| state.word());
    let account = account.map_or(0, |account| account.0);
    // One statement for each index: everybody's or one account's, in some states or in any.
    let sql = match (account == 0, states.is_empty()) {
        (true, true) => {
            generated!("WHERE t.kind = $1 AND CAST($2 AS BIGINT) = 0 AND $3 = $4 ORDER BY t.id DESC LIMIT $5 OFFSET $6")
        }
        (true, false) => {
            generated!("WHERE t.kind = $1 AND CAST($2 AS BIGINT) = 0 AND t.state IN ($3, $4) ORDER BY t.id DESC LIMIT $5 OFFSET $6")
        }
        (false, true) => {
            generated!("WHERE t.kind = $1 AND t.account_id = $2 AND $3 = $4 ORDER BY t.id DESC LIMIT $5 OFFSET $6")
        }
        (false, false) => {
            generated!("WHERE t.kind = $1 AND t.account_id = $2 AND t.state IN ($3, $4) ORDER BY t.id DESC LIMIT $5 OFFSET $6")
        }
    };
    let rows = tx.query(sql, params![kind, account, wanted(0), wanted(1), limit, offset]).await?;
    let count = match (account == 0, states.is_empty()) {
        (true, true) => "SELECT COUNT(*) FROM tasks WHERE kind = $1 AND CAST($2 AS BIGINT) = 0 AND $3 = $4",
        (true, false) => "SELECT COUNT(*) FROM tasks WHERE kind = $1 AND CAST($2 AS BIGINT) = 0 AND state IN ($3, $4)",
        (false, true) => "SELECT COUNT(*) FROM tasks WHERE kind = $1 AND account_id = $2 AND $3 = $4",
        (false, false) => "SELECT COUNT(*) FROM tasks WHERE kind = $1 AND account_id = $2 AND state IN ($3, $4)",
    };
    let total = tx.query_one(count, params![kind, account, wanted(0), wanted(1)]).await?.int(0);
    Ok((rows.iter().map(whole_of_row).collect::<Result<_, _>>()?, total))
}

/// A task with what else a list of generation tasks shows.
///
/// # Errors
/// [`Fault`].
pub async fn whole(tx: &mut Tx, id: TaskId) -> Result<Option<Generated>, Fault> {
    let sql = generated!("WHERE t.id = $1");
    tx.query_opt(sql, params![id]).await?.as_ref().map(whole_of_row).transpose()
}

fn whole_of_row(row: &Row) -> Result<Generated, Fault> {
    let mut row = row.reader();
    Ok(Generated {
        task: task::read(&mut row)?,
        input: row.text(),
        owner: [row.opt_text(), row.opt_text(), row.opt_text()],
        remote: row.opt_text(),
    })
}
