//! Tables as such: counting their rows, and carrying all of them from one database into another.
//!
//! What tables there are is read from a SQLite database, so that no list here can lag behind the migrations.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx, Value},
};

/// The rows of a page.
pub const PAGE: usize = 5000;

/// A table, with the statements for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The places of the key's columns among all columns.
    key: Vec<usize>,
    pub(crate) columns: Vec<Column>,
    count: &'static str,
    first: &'static str,
    after: &'static str,
    newest: &'static str,
    insert: &'static str,
    pub(crate) load: &'static str,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Int,
    Text,
    Bytes,
}

/// A column as the database describes it: its name, what it holds, and its place in the key, 0 where it has none.
type Described = (String, Column, i64);

/// A statement that is made once and kept for the life of the process, as all others are.
fn fixed(sql: String) -> &'static str {
    static KNOWN: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    if let Some(found) = known.get(sql.as_str()) {
        return found;
    }
    let sql: &'static str = sql.leak();
    known.insert(sql);
    sql
}

impl Table {
    fn new(name: &str, columns: &[Described]) -> Self {
        let mut key: Vec<(i64, usize)> =
            columns.iter().enumerate().filter(|(_, (_, _, place))| *place > 0).map(|(at, (_, _, place))| (*place, at)).collect();
        key.sort_unstable();
        let key: Vec<usize> = key.into_iter().map(|(_, at)| at).collect();
        let names: Vec<String> = columns.iter().map(|(name, _, _)| format!("\"{name}\"")).collect();
        let marks = |count: usize| (1..=count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ");
        let keys: Vec<&str> = key.iter().map(|at| names[*at].as_str()).collect();
        let (all, by) = (names.join(", "), keys.join(", "));
        let down = keys.iter().map(|name| format!("{name} DESC")).collect::<Vec<_>>().join(", ");
        // Made of words, as its columns are known to the database alone.
        let made = |words: &[&str]| fixed(words.join(" "));
        let (limit, of_key, of_all) = (PAGE.to_string(), format!("({})", marks(key.len())), format!("({})", marks(names.len())));
        let (by_key, columns_of) = (format!("({by})"), format!("({all})"));
        Self {
            name: name.to_owned(),
            columns: columns.iter().map(|(_, column, _)| *column).collect(),
            count: made(&["SELECT", "COUNT(*)", "FROM", name]),
            first: made(&["SELECT", &all, "FROM", name, "ORDER BY", &by, "LIMIT", &limit]),
            after: made(&["SELECT", &all, "FROM", name, "WHERE", &by_key, ">", &of_key, "ORDER BY", &by, "LIMIT", &limit]),
            newest: made(&["SELECT", &by, "FROM", name, "ORDER BY", &down, "LIMIT 1"]),
            insert: made(&["INSERT", "INTO", name, &columns_of, "VALUES", &of_all]),
            load: made(&["COPY", name, &columns_of, "FROM STDIN BINARY"]),
            key,
        }
    }

    /// The key of one of its rows.
    #[must_use]
    pub fn key(&self, row: &Row) -> Vec<Value> {
        self.key.iter().map(|at| row.0[*at].clone()).collect()
    }
}

/// Every table of a SQLite database but the list of migrations, each after those that it refers to.
///
/// # Errors
/// [`Fault`].
pub async fn all(tx: &mut Tx) -> Result<Vec<Table>, Fault> {
    let sql = "SELECT m.name, c.name, c.type, c.pk FROM sqlite_schema m, pragma_table_info(m.name) c \
               WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'migrations' ORDER BY m.rowid, c.cid";
    let mut found: Vec<(String, Vec<Described>)> = Vec::new();
    for row in tx.query(sql, &[]).await? {
        let column = match row.text(2).as_str() {
            "INTEGER" => Column::Int,
            "TEXT" => Column::Text,
            "BLOB" => Column::Bytes,
            _ => return Err(Fault::Corrupt("type of a column")),
        };
        let (table, column) = (row.text(0), (row.text(1), column, row.int(3)));
        match found.last_mut().filter(|(name, _)| *name == table) {
            Some((_, columns)) => columns.push(column),
            None => found.push((table, vec![column])),
        }
    }
    Ok(found.iter().map(|(name, columns)| Table::new(name, columns)).collect())
}

/// The last number that each table of a SQLite database gave to a row.
///
/// # Errors
/// [`Fault`].
pub async fn sequences(tx: &mut Tx) -> Result<Vec<(String, i64)>, Fault> {
    let rows = tx.query("SELECT name, seq FROM sqlite_sequence ORDER BY name", &[]).await?;
    Ok(rows.iter().map(|row| (row.text(0), row.int(1))).collect())
}

/// How many rows a table has.
///
/// # Errors
/// [`Fault`].
pub async fn count(tx: &mut Tx, table: &Table) -> Result<i64, Fault> {
    Ok(tx.query_one(table.count, &[]).await?.int(0))
}

/// The next rows after a key, in the order of keys; the first ones without one.
///
/// # Errors
/// [`Fault`].
pub async fn page(tx: &mut Tx, table: &Table, after: Option<&[Value]>) -> Result<Vec<Row>, Fault> {
    match after {
        Some(key) => tx.query(table.after, key).await,
        None => tx.query(table.first, &[]).await,
    }
}

/// The greatest key of a table.
///
/// # Errors
/// [`Fault`].
pub async fn newest(tx: &mut Tx, table: &Table) -> Result<Option<Vec<Value>>, Fault> {
    Ok(tx.query_opt(table.newest, &[]).await?.map(|row| row.0))
}

/// Adds rows of another database's table of the same name.
///
/// # Errors
/// [`Fault`].
pub async fn load(tx: &mut Tx, table: &Table, rows: &[Row]) -> Result<(), Fault> {
    if tx.loads(table, rows).await? {
        return Ok(());
    }
    for row in rows {
        tx.execute(table.insert, &row.0).await?;
    }
    Ok(())
}

/// The schema of a database; 0 where nothing was ever migrated.
///
/// # Errors
/// [`Fault`].
pub async fn schema(tx: &mut Tx) -> Result<i64, Fault> {
    if !crate::migrate::begun(tx).await? {
        return Ok(0);
    }
    Ok(tx.query_one("SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM migrations", params![]).await?.int(0))
}
