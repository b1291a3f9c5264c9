//! The database: `read` and `write`, the same for both engines.
//!
//! An operation is given its input by reference and may be run more than once (a batch that SQLite ended, a conflict on
//! PostgreSQL): it does database work only, no network and no sleeping. A refusal or fault rolls it back; what must be kept in
//! spite of a refusal (a wrong code counts its try) is returned as `Ok(Err(refusal))`.

use std::{any::Any, future::Future, path::PathBuf, pin::Pin, time::Duration};

use crate::{
    fault::{Error, Fault},
    postgres::Postgres,
    sqlite::Sqlite,
    tx::Tx,
};

/// The future of an operation.
pub type Operation<'t, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 't>>;

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// A server, as `postgres://user:password@host:port/name`.
    Postgres(String),
}

/// Bounds of the data layer.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many operations may wait.
    pub queue: usize,
    /// How long one may wait for its turn. Never an interruption once it runs.
    pub deadline: Duration,
    /// SQLite: how many operations share a commit at most.
    pub batch: usize,
    /// SQLite: pages in the log before it is folded into the file.
    pub checkpoint_pages: u32,
    /// SQLite: reader threads.
    pub readers: usize,
    /// PostgreSQL: connections at most.
    pub connections: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { queue: 4096, deadline: Duration::from_secs(5), batch: 512, checkpoint_pages: 4000, readers: 2, connections: 16 }
    }
}

/// An open database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db(Engine);

#[derive(Debug, Clone)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// How closely a database's structure is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Each page by itself.
    Quick,
    /// Indexes against their tables, too, and what one row says of another.
    Whole,
}

impl Db {
    /// Opens the database; the schema is made by [`crate::migrate::run`].
    ///
    /// # Errors
    /// [`Fault::Database`] where it cannot be opened or reached.
    pub async fn open(address: &Address, settings: &Settings) -> Result<Self, Fault> {
        Ok(Self(match address {
            Address::Sqlite(path) => Engine::Sqlite(Sqlite::open(path, settings)?),
            Address::Postgres(url) => Engine::Postgres(
                tokio::time::timeout(settings.deadline, Postgres::open(url, settings)).await.unwrap_or(Err(Fault::Overloaded))?,
            ),
        }))
    }

    /// Runs `operation` in a transaction that may change things. It is answered after the commit, and happens even if the
    /// caller stops waiting.
    ///
    /// # Errors
    /// The operation's own refusal or fault, or what befell the transaction.
    pub async fn write<A, T, F>(&self, input: A, operation: F) -> Result<T, Error>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx, &'t A) -> Operation<'t, T> + Send + Sync + 'static,
    {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.write(input, operation).await,
            Engine::Postgres(postgres) => postgres.write(input, operation).await,
        }
    }

    /// As [`Db::read`], for as long as it takes: for walks over everything.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn walk<A, T, F>(&self, input: A, operation: F) -> Result<T, Error>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx, &'t A) -> Operation<'t, T> + Send + Sync + 'static,
    {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.read(input, operation).await,
            Engine::Postgres(postgres) => postgres.walk(input, operation).await,
        }
    }

    /// Does what waits and lets go of the database, so that a SQLite file is whole without its log; whatever comes later is refused
    /// with [`Fault::Closed`].
    pub async fn close(&self) {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(postgres) => postgres.close(),
        }
    }

    /// What is broken in the database's own structure; nothing where that is for its server to say.
    ///
    /// # Errors
    /// [`Fault::Database`] where it cannot be opened.
    pub async fn sound(&self, depth: Depth) -> Result<Vec<String>, Error> {
        match &self.0 {
            Engine::Sqlite(sqlite) => Ok(sqlite.sound(depth).await?),
            Engine::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// Runs `operation` on one consistent view of the database; it cannot change anything.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn read<A, T, F>(&self, input: A, operation: F) -> Result<T, Error>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx, &'t A) -> Operation<'t, T> + Send + Sync + 'static,
    {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.read(input, operation).await,
            Engine::Postgres(postgres) => match tokio::time::timeout(postgres.deadline() * 2, postgres.read(input, operation)).await {
                Ok(result) => result,
                Err(_) => Err(Fault::Overloaded.into()),
            },
        }
    }
}

pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
