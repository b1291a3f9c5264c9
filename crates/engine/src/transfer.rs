//! Everything of a SQLite database is carried into an empty one, as a rule a PostgreSQL.
//!
//! Rows go in pages, in the order of their keys, each page in a transaction of its own: what was interrupted goes on after the last row
//! that arrived. Invariant: a database that is not whole is marked as such, and no server starts on it.

use domain::time::Timestamp;
use sha2::{Digest, Sha256};
use store::{
    Db,
    table::{self, Table},
    tx::Value,
};

use crate::{Error, Fault, backup, backup::Contents};

/// The row of `installation` that marks a database that is being filled.
pub(crate) const MARK: &str = "copy.of";
/// The message about such a database.
pub(crate) const UNFINISHED: &str = "the database is being filled from another one and is not whole: run the same `gongfang db copy` again, which \
                                     goes on where it was interrupted";

/// What is told while rows are carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The table.
    pub table: &'a str,
    /// Rows of all tables that have arrived.
    pub done: u64,
    /// Rows of all tables.
    pub of: u64,
}

/// Carries everything from `source`, which nobody may be writing to, into `target`. Returns what both hold then.
///
/// # Errors
/// [`Fault::Database`] where the target holds anything else, the source has changed since an interrupted attempt, or, at the end, the two
/// differ; [`Error::Fault`].
pub async fn copy(source: &Db, target: &Db, now: Timestamp, mut tell: impl FnMut(Progress<'_>)) -> Result<Contents, Error> {
    let tables = source.read(async move |tx| Ok::<_, Error>(table::all(tx).await?)).await?;
    let contents = backup::contents(source).await?;
    let newest = store::migrate::newest();
    if contents.schema != newest {
        return Err(fault(format!(
            "the database has schema {}: run `gongfang migrate` first, which brings it to {newest}",
            contents.schema
        )));
    }
    let mark = mark(source, &contents, &tables).await?;
    let begun = begin(target, &tables, mark, now).await?;
    let total: i64 = contents.rows.values().sum();
    let of = u64::try_from(total).unwrap_or(0);
    let mut done = 0;
    for table in &tables {
        // The mark stands in it: it comes last, and whole.
        if table.name == "installation" {
            continue;
        }
        let mut after = if begun { last(target, table).await? } else { None };
        if after.is_some() {
            done += count(target, table).await?;
        }
        loop {
            tell(Progress { table: &table.name, done, of });
            let (asked, from) = (table.clone(), after.clone());
            let rows = source.walk(async move |tx| Ok::<_, Error>(table::page(tx, &asked, from.as_deref()).await?)).await?;
            let Some(end) = rows.last() else { break };
            after = Some(table.key(end));
            let (count, filled) = (rows.len(), table.clone());
            target
                .write(async move |tx| Ok(table::load(tx, &filled, &rows).await?))
                .await
                .map_err(|error| fault(format!("rows of {} were not accepted: {error}", table.name)))?;
            done += count as u64;
        }
    }
    finish(source, target, &tables).await?;
    let there = tables.clone();
    let arrived = target.walk(async move |tx| backup::of_tables(tx, &there).await).await?;
    for (table, count) in &contents.rows {
        let found = arrived.rows.get(table).copied().unwrap_or(0);
        if found != *count {
            return Err(fault(format!("{table} has {count} rows and {found} arrived: empty the target and begin anew")));
        }
    }
    if arrived.heads != contents.heads {
        return Err(fault("a wallet is not what it was: empty the target and begin anew".to_owned()));
    }
    tell(Progress { table: "all", done: of, of });
    Ok(arrived)
}

fn fault(text: String) -> Error {
    Fault::Database(text).into()
}

async fn last(target: &Db, table: &Table) -> Result<Option<Vec<Value>>, Error> {
    let table = table.clone();
    target.walk(async move |tx| Ok(table::newest(tx, &table).await?)).await
}

async fn count(db: &Db, table: &Table) -> Result<u64, Error> {
    let table = table.clone();
    let rows = db.walk(async move |tx| Ok::<_, Error>(table::count(tx, &table).await?)).await?;
    Ok(u64::try_from(rows).unwrap_or(0))
}

/// By what the source is recognised when an attempt is repeated: what it holds, and when its server last ran.
async fn mark(source: &Db, contents: &Contents, tables: &[Table]) -> Result<String, Error> {
    let installation =
        tables.iter().find(|table| table.name == "installation").ok_or_else(|| fault("it has no installation".to_owned()))?;
    let installation = installation.clone();
    let rows = source.read(async move |tx| Ok::<_, Error>(table::page(tx, &installation, None).await?)).await?;
    Ok(domain::text::hex(&Sha256::digest(format!("{contents:?} {rows:?}"))))
}

/// Marks the target; whether an attempt had been begun before.
async fn begin(target: &Db, tables: &[Table], mark: String, now: Timestamp) -> Result<bool, Error> {
    let tables = tables.to_vec();
    target
        .write(async move |tx| {
            let schema = table::schema(tx).await?;
            if schema != store::migrate::newest() {
                return Err(fault(format!("the target has schema {schema}, and this program knows {}", store::migrate::newest())));
            }
            match store::installation::get(tx, MARK).await? {
                Some(found) if found == mark => return Ok(true),
                Some(_) => {
                    let text =
                        "the source has changed since an interrupted attempt: empty the target and begin anew, with the server stopped";
                    return Err(fault(text.to_owned()));
                }
                None => {}
            }
            // What `gongfang migrate` has noted about its keys is replaced at the end.
            for table in tables.iter().filter(|table| table.name != "installation") {
                if table::newest(tx, table).await?.is_some() {
                    let text = format!("the target is not empty, {} has rows: name an empty database", table.name);
                    return Err(fault(text));
                }
            }
            store::installation::set(tx, MARK, &mark, now).await?;
            Ok(false)
        })
        .await
}

/// Numbers go on where they were, and the target becomes an installation: in one transaction, the last.
async fn finish(source: &Db, target: &Db, tables: &[Table]) -> Result<(), Error> {
    let Some(installation) = tables.iter().find(|table| table.name == "installation").cloned() else { return Ok(()) };
    let asked = installation.clone();
    let (sequences, rows) =
        source.read(async move |tx| Ok::<_, Error>((table::sequences(tx).await?, table::page(tx, &asked, None).await?))).await?;
    let known: Vec<String> = tables.iter().map(|table| table.name.clone()).collect();
    target
        .write(async move |tx| {
            for (table, last) in sequences.iter().filter(|(table, last)| *last > 0 && known.contains(table)) {
                store::installation::leap(tx, table, *last).await?;
            }
            store::installation::clear(tx).await?;
            Ok(table::load(tx, &installation, &rows).await?)
        })
        .await
}
