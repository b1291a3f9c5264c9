//! Rows that study tasks have in addition to their task rows.

use domain::{
    course::Ticks,
    id::{AccountId, TaskId},
    study::{ACTIVE, Study},
    task::{State, Task},
    time::Timestamp,
};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// A statement that reads study tasks in the form that [`studied`] takes; the argument is what follows the list of tables.
macro_rules! studied {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            columns!(tasks, "t."),
            ", s.name, s.courses, s.titles, s.completed, s.total, s.ticks, a.username, a.email, a.phone \
             FROM tasks t JOIN studies s ON s.task_id = t.id JOIN accounts a ON a.id = t.account_id ",
            $rest
        )
    };
}

/// The kind of these tasks.
pub const KIND: &str = "study";

/// A study task: its row, its own data, and its owner's names, in order of preference: user name, e-mail, phone.
#[derive(Debug, Clone)]
pub struct Studied {
    /// The task.
    pub task: Task,
    /// What it has in addition to its row.
    pub study: Study,
    /// Its owner's names.
    pub owner: [Option<String>; 3],
}

impl AsRef<Task> for Studied {
    fn as_ref(&self) -> &Task {
        &self.task
    }
}

/// Creates a task's own row.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, task: TaskId, study: &Study) -> Result<(), Fault> {
    let sql = "INSERT INTO studies (task_id, name, courses, titles, completed, total, ticks) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values =
        params![task, &study.name, lines(&study.courses), lines(&study.titles), study.completed, study.total, study.ticks.number()];
    tx.execute(sql, values).await.map(drop)
}

/// A study task.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, id: TaskId) -> Result<Option<Studied>, Fault> {
    let sql = studied!("WHERE t.id = $1");
    tx.query_opt(sql, params![id]).await?.as_ref().map(studied).transpose()
}

/// Selects study tasks.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The account; everybody's if `None`.
    pub account: Option<AccountId>,
    /// The states, eight at most; all if none is named.
    pub states: Vec<State>,
    /// How many to skip.
    pub offset: i64,
    /// How many at most.
    pub limit: i64,
}

/// A page of study tasks, newest first, and how many there are in all.
///
/// # Errors
/// [`Fault`].
pub async fn list(tx: &mut Tx, wanted: &Wanted) -> Result<(Vec<Studied>, i64), Fault> {
    let state = |index: usize| wanted.states.get(index).or(wanted.states.first()).map_or("", |state| state.word());
    let account = wanted.account.map_or(0, |account| account.0);
    // One statement for each index: everybody's or one account's, in some states or in any.
    let (sql, count) = match (account == 0, wanted.states.is_empty()) {
        (true, true) => (
            studied!(
                "WHERE t.kind = 'study' AND CAST($1 AS BIGINT) = 0 AND $2 IN ($3, $4, $5, $6, $7, $8, $9) ORDER BY t.id DESC LIMIT $10 OFFSET $11"
            ),
            "SELECT COUNT(*) FROM tasks WHERE kind = 'study' AND CAST($1 AS BIGINT) = 0 AND $2 IN ($3, $4, $5, $6, $7, $8, $9)",
        ),
        (true, false) => (
            studied!(
                "WHERE t.kind = 'study' AND CAST($1 AS BIGINT) = 0 AND t.state IN ($2, $3, $4, $5, $6, $7, $8, $9) ORDER BY t.id DESC LIMIT $10 OFFSET $11"
            ),
            "SELECT COUNT(*) FROM tasks WHERE kind = 'study' AND CAST($1 AS BIGINT) = 0 AND state IN ($2, $3, $4, $5, $6, $7, $8, $9)",
        ),
        (false, true) => (
            studied!(
                "WHERE t.kind = 'study' AND t.account_id = $1 AND $2 IN ($3, $4, $5, $6, $7, $8, $9) ORDER BY t.id DESC LIMIT $10 OFFSET $11"
            ),
            "SELECT COUNT(*) FROM tasks WHERE kind = 'study' AND account_id = $1 AND $2 IN ($3, $4, $5, $6, $7, $8, $9)",
        ),
        (false, false) => (
            studied!(
                "WHERE t.kind = 'study' AND t.account_id = $1 AND t.state IN ($2, $3, $4, $5, $6, $7, $8, $9) ORDER BY t.id DESC LIMIT $10 OFFSET $11"
            ),
            "SELECT COUNT(*) FROM tasks WHERE kind = 'study' AND account_id = $1 AND state IN ($2, $3, $4, $5, $6, $7, $8, $9)",
        ),
    };
    let rows = tx
        .query(
            sql,
            params![account, state(0), state(1), state(2), state(3), state(4), state(5), state(6), state(7), wanted.limit, wanted.offset],
        )
        .await?;
    let total =
        tx.query_one(count, params![account, state(0), state(1), state(2), state(3), state(4), state(5), state(6), state(7)]).await?.int(0);
    Ok((rows.iter().map(studied).collect::<Result<_, _>>()?, total))
}

/// How many of an account's tasks count against its limit, without one of them.
///
/// # Errors
/// [`Fault`].
pub async fn active_beside(tx: &mut Tx, account: AccountId, except: TaskId) -> Result<i64, Fault> {
    let sql = "SELECT COUNT(*) FROM tasks WHERE account_id = $1 AND kind = 'study' AND state IN ($2, $3, $4, $5) AND id <> $6";
    let [first, second, third, fourth] = ACTIVE;
    Ok(tx.query_one(sql, params![account, first, second, third, fourth, except]).await?.int(0))
}

/// An account's queued and running tasks, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn running(tx: &mut Tx, account: AccountId, limit: i64) -> Result<Vec<TaskId>, Fault> {
    let sql = "SELECT id FROM tasks WHERE account_id = $1 AND kind = 'study' AND state IN ('queued', 'running') ORDER BY id DESC LIMIT $2";
    Ok(tx.query(sql, params![account, limit]).await?.iter().map(|row| TaskId(row.int(0))).collect())
}

/// An account's tasks that may still run: not started, or paused; newest first.
///
/// # Errors
/// [`Fault`].
pub async fn resting(tx: &mut Tx, account: AccountId, limit: i64) -> Result<Vec<TaskId>, Fault> {
    let sql = "SELECT id FROM tasks WHERE account_id = $1 AND kind = 'study' AND state IN ('draft', 'awaiting_approval', 'paused') \
               ORDER BY id DESC LIMIT $2";
    Ok(tx.query(sql, params![account, limit]).await?.iter().map(|row| TaskId(row.int(0))).collect())
}

/// An account's tasks that ended after `since`, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn ended_lately(tx: &mut Tx, account: AccountId, since: Timestamp, limit: i64) -> Result<Vec<TaskId>, Fault> {
    let sql = "SELECT id FROM tasks WHERE kind = 'study' AND account_id = $1 AND ended_at >= $2 ORDER BY ended_at DESC LIMIT $3";
    Ok(tx.query(sql, params![account, since, limit]).await?.iter().map(|row| TaskId(row.int(0))).collect())
}

/// How many study tasks are in each state, of one account or of everybody.
///
/// # Errors
/// [`Fault`].
pub async fn counts(tx: &mut Tx, account: Option<AccountId>) -> Result<Vec<(State, i64)>, Fault> {
    let rows = match account {
        Some(account) => {
            let sql = "SELECT state, COUNT(*) FROM tasks WHERE account_id = $1 AND kind = 'study' GROUP BY state";
            tx.query(sql, params![account]).await?
        }
        None => tx.query("SELECT state, COUNT(*) FROM tasks WHERE kind = 'study' GROUP BY state", &[]).await?,
    };
    rows.iter().map(|row| Ok((State::from_word(&row.text(0)).ok_or(Fault::Corrupt("state"))?, row.int(1)))).collect()
}

/// How many study tasks ended in a state since a time.
///
/// # Errors
/// [`Fault`].
pub async fn ended_since(tx: &mut Tx, state: State, since: Timestamp) -> Result<i64, Fault> {
    let sql = "SELECT COUNT(*) FROM tasks WHERE kind = 'study' AND state = $1 AND ended_at >= $2";
    Ok(tx.query_one(sql, params![state, since]).await?.int(0))
}

/// Everybody's study tasks whose worker was lost.
///
/// # Errors
/// [`Fault`].
pub async fn orphans(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<TaskId>, Fault> {
    let sql =
        "SELECT id FROM tasks WHERE kind = 'study' AND state = 'running' AND due_at <= $1 AND worker IS NOT NULL ORDER BY due_at LIMIT $2";
    Ok(tx.query(sql, params![now, limit]).await?.iter().map(|row| TaskId(row.int(0))).collect())
}

/// Renames a task.
///
/// # Errors
/// [`Fault`].
pub async fn rename(tx: &mut Tx, task: TaskId, name: &str) -> Result<(), Fault> {
    tx.execute("UPDATE studies SET name = $2 WHERE task_id = $1", params![task, name]).await.map(drop)
}

/// Records the titles of a task's courses, and how many of them are worked through.
///
/// # Errors
/// [`Fault`].
pub async fn note(tx: &mut Tx, task: TaskId, titles: &[String], completed: i64, total: i64) -> Result<(), Fault> {
    let sql = "UPDATE studies SET titles = $2, completed = $3, total = $4 WHERE task_id = $1";
    tx.execute(sql, params![task, lines(titles), completed, total]).await.map(drop)
}

/// Deletes a task with everything that belongs to it, except its ledger entries.
///
/// # Errors
/// [`Fault`].
pub async fn delete(tx: &mut Tx, task: TaskId) -> Result<(), Fault> {
    crate::log::delete(tx, task).await?;
    crate::step::delete(tx, task).await?;
    tx.execute("DELETE FROM studies WHERE task_id = $1", params![task]).await?;
    crate::task::delete(tx, task).await
}

/// Joins several one-line texts into one.
fn lines(texts: &[String]) -> String {
    texts.join("\n")
}

fn texts(lines: &str) -> Vec<String> {
    lines.lines().map(str::to_owned).collect()
}

fn studied(row: &Row) -> Result<Studied, Fault> {
    let mut row = row.reader();
    Ok(Studied {
        task: crate::task::read(&mut row)?,
        study: Study {
            name: row.text(),
            courses: texts(&row.text()),
            titles: texts(&row.text()),
            completed: row.int(),
            total: row.int(),
            ticks: Ticks::from_number(row.int()),
        },
        owner: [row.opt_text(), row.opt_text(), row.opt_text()],
    })
}
