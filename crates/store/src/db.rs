//! The database: `read` and `write`, the same for both engines.
//!
//! An operation is an async closure, as `db.write(async move |tx| task::insert(tx, &new).await)`. It may be run more than once (a
//! batch that SQLite ended, a conflict on PostgreSQL), so it borrows what it captured; it does database work only, no network and no
//! sleeping. A refusal or fault rolls it back; what must be kept in spite of a refusal (a wrong code counts its try) is returned as
//! `Ok(Err(refusal))`.

use std::{
    any::Any,
    path::PathBuf,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use crate::{
    fault::{Error, Fault},
    postgres::Postgres,
    sqlite::Sqlite,
    tx::Tx,
};

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
    /// PostgreSQL: threads that operations run on, each with its share of the connections.
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { queue: 4096, deadline: Duration::from_secs(5), batch: 512, checkpoint_pages: 4000, readers: 2, connections: 16, threads: 2 }
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
    pub async fn write<T, F>(&self, operation: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.write(operation).await,
            Engine::Postgres(postgres) => postgres.write(operation).await,
        }
    }

    /// As [`Db::read`], for as long as it takes: for walks over everything.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn walk<T, F>(&self, operation: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.read(operation).await,
            Engine::Postgres(postgres) => postgres.walk(operation).await,
        }
    }

    /// Does what waits and lets go of the database, so that a SQLite file is whole without its log; whatever comes later is refused
    /// with [`Fault::Closed`].
    pub async fn close(&self) {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(postgres) => postgres.close().await,
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
    pub async fn read<T, F>(&self, operation: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.read(operation).await,
            Engine::Postgres(postgres) => postgres.read(operation).await,
        }
    }
}

/// Hands a job over to the threads of an engine, whose queue takes it within `patience`, and waits for what came of it.
pub(crate) async fn hand_over<J, T>(
    queue: &async_channel::Sender<J>,
    patience: Duration,
    job: impl FnOnce(oneshot::Sender<Result<T, Error>>) -> J,
) -> Result<T, Error> {
    let (answer, answered) = oneshot::channel();
    match tokio::time::timeout(patience, queue.send(job(answer))).await {
        Ok(Ok(())) => answered.await.unwrap_or_else(|_| Err(Fault::Closed.into())),
        Ok(Err(_)) => Err(Fault::Closed.into()),
        Err(_) => Err(Fault::Overloaded.into()),
    }
}

#[expect(clippy::disallowed_methods, reason = "a deadline within this process is measured by its monotonic clock and never stored")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
