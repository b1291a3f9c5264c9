//! Lists of tasks. The cost of a page depends on what it shows, not on how many tasks there are.

use domain::{
    id::{AccountId, TaskId},
    task::{State, Summary, Task},
    time::Timestamp,
};

use super::{cause, of_row};
use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// When an account submitted its newest tasks of a kind, newest first, for counting a limit.
///
/// # Errors
/// [`Fault`].
pub async fn newest(tx: &mut Tx, account: AccountId, kind: &str, limit: i64) -> Result<Vec<Timestamp>, Fault> {
    let sql = "SELECT created_at FROM tasks WHERE account_id = $1 AND kind = $2 ORDER BY id DESC LIMIT $3";
    Ok(tx.query(sql, params![account, kind, limit]).await?.iter().map(|row| Timestamp(row.int(0))).collect())
}

/// Selects tasks of an account.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The account.
    pub account: AccountId,
    /// The kind.
    pub kind: &'static str,
    /// The states, four at most; all if empty.
    pub states: Vec<State>,
    /// How many to skip.
    pub offset: i64,
    /// How many at most.
    pub limit: i64,
}

/// A page of an account's tasks, newest first, and how many there are in all.
///
/// # Errors
/// [`Fault`].
pub async fn list(tx: &mut Tx, wanted: &Wanted) -> Result<(Vec<Summary>, i64), Fault> {
    let Some(&first) = wanted.states.first() else {
        let sql = "SELECT id, state, error_code, error_message, created_at FROM tasks \
                   WHERE account_id = $1 AND kind = $2 ORDER BY id DESC LIMIT $3 OFFSET $4";
        let rows = tx.query(sql, params![wanted.account, wanted.kind, wanted.limit, wanted.offset]).await?;
        return Ok((rows.iter().map(summary).collect::<Result<_, _>>()?, count(tx, wanted).await?));
    };
    let state = |index: usize| wanted.states.get(index).copied().unwrap_or(first);
    let sql = "SELECT id, state, error_code, error_message, created_at FROM tasks \
               WHERE account_id = $1 AND kind = $2 AND state IN ($3, $4, $5, $6) ORDER BY id DESC LIMIT $7 OFFSET $8";
    let values = params![wanted.account, wanted.kind, state(0), state(1), state(2), state(3), wanted.limit, wanted.offset];
    let rows = tx.query(sql, values).await?;
    Ok((rows.iter().map(summary).collect::<Result<_, _>>()?, count(tx, wanted).await?))
}

/// As [`list`], but with whole tasks.
///
/// # Errors
/// [`Fault`].
pub async fn list_whole(tx: &mut Tx, wanted: &Wanted) -> Result<(Vec<Task>, i64), Fault> {
    let Some(&first) = wanted.states.first() else {
        let sql =
            concat!("SELECT ", columns!(tasks), " FROM tasks WHERE account_id = $1 AND kind = $2 ORDER BY id DESC LIMIT $3 OFFSET $4");
        let rows = tx.query(sql, params![wanted.account, wanted.kind, wanted.limit, wanted.offset]).await?;
        return Ok((rows.iter().map(of_row).collect::<Result<_, _>>()?, count(tx, wanted).await?));
    };
    let state = |index: usize| wanted.states.get(index).copied().unwrap_or(first);
    let sql = concat!(
        "SELECT ",
        columns!(tasks),
        " FROM tasks WHERE account_id = $1 AND kind = $2 AND state IN ($3, $4, $5, $6) ORDER BY id DESC LIMIT $7 OFFSET $8"
    );
    let values = params![wanted.account, wanted.kind, state(0), state(1), state(2), state(3), wanted.limit, wanted.offset];
    let rows = tx.query(sql, values).await?;
    Ok((rows.iter().map(of_row).collect::<Result<_, _>>()?, count(tx, wanted).await?))
}

async fn count(tx: &mut Tx, wanted: &Wanted) -> Result<i64, Fault> {
    let Some(&first) = wanted.states.first() else {
        let sql = "SELECT COUNT(*) FROM tasks WHERE account_id = $1 AND kind = $2";
        return Ok(tx.query_one(sql, params![wanted.account, wanted.kind]).await?.int(0));
    };
    let state = |index: usize| wanted.states.get(index).copied().unwrap_or(first);
    let sql = "SELECT COUNT(*) FROM tasks WHERE account_id = $1 AND kind = $2 AND state IN ($3, $4, $5, $6)";
    Ok(tx.query_one(sql, params![wanted.account, wanted.kind, state(0), state(1), state(2), state(3)]).await?.int(0))
}

/// A page of everybody's tasks of a kind that wait for an outside worker or are held by one, newest first, and how many there are in
/// all; only those in one state if one is named.
///
/// # Errors
/// [`Fault`].
pub async fn list_open(tx: &mut Tx, kind: &str, state: Option<State>, offset: i64, limit: i64) -> Result<(Vec<Task>, i64), Fault> {
    let state = state.map_or("", State::word);
    let sql = concat!(
        "SELECT ",
        columns!(tasks),
        " FROM tasks WHERE kind = $1 AND state IN ('draft', 'running') AND ($2 = '' OR state = $2) ORDER BY id DESC \
         LIMIT $3 OFFSET $4"
    );
    let rows = tx.query(sql, params![kind, state, limit, offset]).await?;
    let count = "SELECT COUNT(*) FROM tasks WHERE kind = $1 AND state IN ('draft', 'running') AND ($2 = '' OR state = $2)";
    let total = tx.query_one(count, params![kind, state]).await?.int(0);
    Ok((rows.iter().map(of_row).collect::<Result<_, _>>()?, total))
}

fn summary(row: &Row) -> Result<Summary, Fault> {
    let mut row = row.reader();
    Ok(Summary {
        id: TaskId(row.int()),
        state: State::from_word(&row.text()).ok_or(Fault::Corrupt("state"))?,
        error: cause(&mut row),
        created_at: Timestamp(row.int()),
    })
}

/// The ids of the newest tasks of a kind below `before`, newest first: an account's, or everybody's if none is named; only those in one
/// state if one is named.
///
/// # Errors
/// [`Fault`].
pub async fn newest_ids(
    tx: &mut Tx,
    account: Option<AccountId>,
    kind: &str,
    state: Option<State>,
    before: TaskId,
    limit: i64,
) -> Result<Vec<TaskId>, Fault> {
    let rows = match (account, state) {
        (Some(account), None) => {
            let sql = "SELECT id FROM tasks WHERE account_id = $1 AND kind = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
            tx.query(sql, params![account, kind, before, limit]).await?
        }
        (Some(account), Some(state)) => {
            let sql = "SELECT id FROM tasks WHERE account_id = $1 AND kind = $2 AND state = $3 AND id < $4 ORDER BY id DESC LIMIT $5";
            tx.query(sql, params![account, kind, state, before, limit]).await?
        }
        (None, None) => {
            let sql = "SELECT id FROM tasks WHERE kind = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
            tx.query(sql, params![kind, before, limit]).await?
        }
        (None, Some(state)) => {
            let sql = "SELECT id FROM tasks WHERE kind = $1 AND state = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
            tx.query(sql, params![kind, state, before, limit]).await?
        }
    };
    Ok(rows.iter().map(|row| TaskId(row.int(0))).collect())
}

/// How many tasks of a kind an account has, or everybody if none is named, in one state if one is named; `most` stands for that many or
/// more.
///
/// # Errors
/// [`Fault`].
pub async fn count_up_to(tx: &mut Tx, account: Option<AccountId>, kind: &str, state: Option<State>, most: i64) -> Result<i64, Fault> {
    let row = match (account, state) {
        (Some(account), None) => {
            let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM tasks WHERE account_id = $1 AND kind = $2 LIMIT $3) AS counted";
            tx.query_one(sql, params![account, kind, most]).await?
        }
        (Some(account), Some(state)) => {
            let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM tasks WHERE account_id = $1 AND kind = $2 AND state = $3 LIMIT $4) AS counted";
            tx.query_one(sql, params![account, kind, state, most]).await?
        }
        (None, None) => {
            let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM tasks WHERE kind = $1 LIMIT $2) AS counted";
            tx.query_one(sql, params![kind, most]).await?
        }
        (None, Some(state)) => {
            let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM tasks WHERE kind = $1 AND state = $2 LIMIT $3) AS counted";
            tx.query_one(sql, params![kind, state, most]).await?
        }
    };
    Ok(row.int(0))
}

/// When the oldest task of a kind in a state was handed in.
///
/// # Errors
/// [`Fault`].
pub async fn oldest(tx: &mut Tx, kind: &str, state: State) -> Result<Option<Timestamp>, Fault> {
    let sql = "SELECT created_at FROM tasks WHERE kind = $1 AND state = $2 ORDER BY id LIMIT 1";
    Ok(tx.query_opt(sql, params![kind, state]).await?.map(|row| Timestamp(row.int(0))))
}

/// The greatest id; 0 if there is no task.
///
/// # Errors
/// [`Fault`].
pub async fn last_id(tx: &mut Tx) -> Result<TaskId, Fault> {
    let row = tx.query_opt("SELECT id FROM tasks ORDER BY id DESC LIMIT 1", &[]).await?;
    Ok(TaskId(row.map_or(0, |row| row.int(0))))
}

/// The first task from an id on, and when it was handed in.
///
/// # Errors
/// [`Fault`].
pub async fn made_from(tx: &mut Tx, from: TaskId) -> Result<Option<(TaskId, Timestamp)>, Fault> {
    let row = tx.query_opt("SELECT id, created_at FROM tasks WHERE id >= $1 ORDER BY id LIMIT 1", params![from]).await?;
    Ok(row.map(|row| (TaskId(row.int(0)), Timestamp(row.int(1)))))
}

/// How many tasks of a kind with ids from one up to another are in each state: an account's, or everybody's if none is named.
///
/// # Errors
/// [`Fault`].
pub async fn tally(tx: &mut Tx, account: Option<AccountId>, kind: &str, from: TaskId, until: TaskId) -> Result<Vec<(State, i64)>, Fault> {
    let rows = match account {
        Some(account) => {
            let sql = "SELECT state, COUNT(*) FROM tasks WHERE account_id = $1 AND kind = $2 AND id >= $3 AND id < $4 GROUP BY state";
            tx.query(sql, params![account, kind, from, until]).await?
        }
        None => {
            let sql = "SELECT state, COUNT(*) FROM tasks WHERE kind = $1 AND id >= $2 AND id < $3 GROUP BY state";
            tx.query(sql, params![kind, from, until]).await?
        }
    };
    rows.iter().map(|row| Ok((State::from_word(&row.text(0)).ok_or(Fault::Corrupt("state"))?, row.int(1)))).collect()
}

/// The tasks with these ids, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn of_ids(tx: &mut Tx, ids: &[TaskId]) -> Result<Vec<Task>, Fault> {
    let numbers: Vec<String> = ids.iter().map(|id| id.0.to_string()).collect();
    let sql = tx.dialect().tasks_of_ids();
    tx.query(sql, params![format!("[{}]", numbers.join(","))]).await?.iter().map(of_row).collect()
}

/// A task that ended long ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aged {
    /// Its id.
    pub id: TaskId,
    /// Its kind.
    pub kind: String,
    /// What it came to.
    pub output: Option<String>,
    /// When it ended.
    pub ended_at: Timestamp,
}

/// Tasks that ended before a time, in the order of their ends, after one of them.
///
/// # Errors
/// [`Fault`].
pub async fn aged(tx: &mut Tx, before: Timestamp, after: (Timestamp, TaskId), limit: i64) -> Result<Vec<Aged>, Fault> {
    let sql = "SELECT id, kind, output, ended_at FROM tasks WHERE ended_at IS NOT NULL AND ended_at < $1 AND (ended_at, id) > ($2, $3) \
               ORDER BY ended_at, id LIMIT $4";
    let rows = tx.query(sql, params![before, after.0, after.1, limit]).await?;
    let aged = |row: &Row| Aged { id: TaskId(row.int(0)), kind: row.text(1), output: row.opt_text(2), ended_at: Timestamp(row.int(3)) };
    Ok(rows.iter().map(aged).collect())
}
