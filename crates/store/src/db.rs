//! The database: `read` and `write`, the same for both engines.
//!
//! An operation is an async closure, as in `db.write(async move |tx| task::insert(tx, &new).await)`. It may be run more than once (after
//! a batch that SQLite ended, or a conflict on PostgreSQL), so it borrows what it captured; it does database work only, no network and
//! no sleeping. A refusal or fault rolls it back; if something must be committed despite a refusal (a wrong code counts as a try), the
//! refusal is returned as `Ok(Err(refusal))`.

use std::{
    any::Any,
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use domain::{event::List, id::AccountId};
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
    /// A server, such as `postgres://user:password@host:port/name`.
    Postgres(String),
}

/// Bounds of the data layer.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many operations may wait.
    pub queue: usize,
    /// How long an operation may wait for its turn. Once it runs it is never interrupted.
    pub deadline: Duration,
    /// SQLite: the most operations that share a commit.
    pub batch: usize,
    /// SQLite: pages in the write-ahead log before a checkpoint.
    pub checkpoint_pages: u32,
    /// SQLite: reader threads.
    pub readers: usize,
    /// PostgreSQL: the most connections.
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
pub struct Db {
    engine: Engine,
    listener: Arc<OnceLock<Listener>>,
}

/// Who is told that a list changed.
struct Listener(Box<dyn Fn(List, AccountId) + Send + Sync>);

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Listener")
    }
}

#[derive(Debug, Clone)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// How thoroughly a database's structure is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Each page by itself.
    Quick,
    /// Indexes against their tables, too, and references between rows.
    Whole,
}

impl Db {
    /// Opens the database; the schema is created by [`crate::migrate::run`].
    ///
    /// # Errors
    /// [`Fault::Database`] if it cannot be opened or reached.
    pub async fn open(address: &Address, settings: &Settings) -> Result<Self, Fault> {
        let engine = match address {
            Address::Sqlite(path) => Engine::Sqlite(Sqlite::open(path, settings)?),
            Address::Postgres(url) => Engine::Postgres(
                tokio::time::timeout(settings.deadline, Postgres::open(url, settings)).await.unwrap_or(Err(Fault::Overloaded))?,
            ),
        };
        Ok(Self { engine, listener: Arc::default() })
    }

    /// Has `listener` told of every list that a committed operation noted as changed ([`Tx::changed`]), as long as its caller waits for
    /// it: a hint, which may get lost. The first listener stays.
    pub fn on_change(&self, listener: impl Fn(List, AccountId) + Send + Sync + 'static) {
        let _ = self.listener.set(Listener(Box::new(listener)));
    }

    /// Runs `operation` in a transaction that may write. It returns after the commit, and the operation is completed even if the caller
    /// stops waiting.
    ///
    /// # Errors
    /// The operation's own refusal or fault, or the failure of the transaction.
    pub async fn write<T, F>(&self, operation: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        let noting = async move |tx: &mut Tx| {
            tx.take_changes();
            let done = operation(tx).await?;
            Ok((done, tx.take_changes()))
        };
        let (done, changes) = match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.write(noting).await?,
            Engine::Postgres(postgres) => postgres.write(noting).await?,
        };
        if let Some(Listener(listener)) = self.listener.get() {
            changes.into_iter().for_each(|(list, account)| listener(list, account));
        }
        Ok(done)
    }

    /// As [`Db::read`], but without a time limit: for walks over everything.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn walk<T, F>(&self, operation: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(operation).await,
            Engine::Postgres(postgres) => postgres.walk(operation).await,
        }
    }

    /// Completes the waiting operations and closes the database, so that a SQLite file is complete without its log; later operations are
    /// refused with [`Fault::Closed`].
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(postgres) => postgres.close().await,
        }
    }

    /// What is damaged in the database's own structure; empty for a database server, which checks that by itself.
    ///
    /// # Errors
    /// [`Fault::Database`] if it cannot be opened.
    pub async fn sound(&self, depth: Depth) -> Result<Vec<String>, Error> {
        match &self.engine {
            Engine::Sqlite(sqlite) => Ok(sqlite.sound(depth).await?),
            Engine::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// Copies a SQLite file as it is at one moment into a new file, beside its writer.
    ///
    /// # Errors
    /// [`Fault::Database`] if it cannot be read or written, and for a database server, which has tools of its own.
    pub async fn copy(&self, to: &std::path::Path) -> Result<(), Error> {
        match &self.engine {
            Engine::Sqlite(sqlite) => Ok(sqlite.copy(to.to_owned()).await?),
            Engine::Postgres(_) => Err(Fault::Database("a PostgreSQL is copied with pg_dump".to_owned()).into()),
        }
    }

    /// Runs `operation` on one consistent snapshot of the database; it cannot write.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn read<T, F>(&self, operation: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(operation).await,
            Engine::Postgres(postgres) => postgres.read(operation).await,
        }
    }
}

/// Enqueues a job for the threads of an engine, waiting up to `patience` for room in the queue, and waits for its result.
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
