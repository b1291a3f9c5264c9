//! SQLite: one writer thread that commits many operations at once, and a few reader threads.
//!
//! Invariant: nobody is answered before COMMIT has returned.
//! Invariant: an operation that fails, panics or waits for something else does not affect the other operations of its batch.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{OpenFlags, config::DbConfig, types::ToSqlOutput, types::ValueRef};
use tokio::sync::oneshot;

use crate::{
    db::{self, Depth, Settings, now},
    fault::{Error, Fault},
    tx::{self, DbError, Row, Tx, Value},
};

/// A driver connection, with each statement's text in the form SQLite needs.
#[derive(Debug)]
pub(crate) struct Connection {
    driver: rusqlite::Connection,
    /// Statements with `?n` instead of `$n`, by the address of the original: in SQLite `$1` would be a name, numbered by first appearance.
    texts: HashMap<(usize, usize), String>,
}

impl Connection {
    fn open(path: &Path, settings: &Settings, writes: bool) -> Result<Self, Fault> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if writes {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let driver =
            rusqlite::Connection::open_with_flags(path, flags).map_err(|error| Fault::Database(format!("{}: {error}", path.display())))?;
        driver.set_prepared_statement_cache_capacity(256);
        // Bundled SQLite consults statistics (STAT4) about the bound values, and therefore prepares a statement again whenever they
        // change. A plan that does not depend on them is prepared once.
        driver.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(|error| Fault::Database(error.to_string()))?;
        let connection = Self { driver, texts: HashMap::new() };
        let pragmas = format!(
            "PRAGMA busy_timeout = {}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA wal_autocheckpoint = {}; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -{}; PRAGMA temp_store = MEMORY; \
             PRAGMA query_only = {};",
            settings.deadline.as_millis(),
            settings.checkpoint_pages,
            if writes { 32 * 1024 } else { 8 * 1024 },
            if writes { "OFF" } else { "ON" },
        );
        connection.driver.execute_batch(&pragmas).map_err(|error| Fault::Database(error.to_string()))?;
        Ok(connection)
    }

    pub(crate) fn query(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, DbError> {
        self.with(sql, params, |statement| {
            let columns = statement.column_count();
            let mut answer = statement.raw_query();
            let mut rows = Vec::new();
            while let Some(row) = answer.next()? {
                let values = (0..columns).map(|column| row.get_ref(column).map(value)).collect::<Result<_, _>>()?;
                rows.push(Row(values));
            }
            Ok(rows)
        })
    }

    pub(crate) fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, DbError> {
        self.with(sql, params, |statement| statement.raw_execute().map(|changed| changed as u64))
    }

    /// A statement of transaction control, prepared once.
    fn control(&mut self, sql: &'static str) -> Result<(), DbError> {
        let mut statement = self.driver.prepare_cached(sql).map_err(db_error)?;
        statement.raw_execute().map(drop).map_err(db_error)
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        self.driver.execute_batch(sql).map_err(db_error)
    }

    fn with<T>(
        &mut self,
        sql: &'static str,
        params: &[Value],
        run: impl FnOnce(&mut rusqlite::CachedStatement<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, DbError> {
        let text = self.texts.entry((sql.as_ptr() as usize, sql.len())).or_insert_with(|| sql.replace('$', "?"));
        let mut statement = self.driver.prepare_cached(text).map_err(db_error)?;
        for (index, value) in params.iter().enumerate() {
            statement.raw_bind_parameter(index + 1, Bound(value)).map_err(db_error)?;
        }
        run(&mut statement).map_err(db_error)
    }

    /// Whether no transaction is open: some errors (a full disk) end the whole transaction rather than just the statement.
    fn idle(&self) -> bool {
        self.driver.is_autocommit()
    }
}

struct Bound<'a>(&'a Value);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn value(column: ValueRef<'_>) -> Value {
    match column {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        // No table has a REAL column; if the driver returns one anyway, it becomes text rather than being rounded.
        ValueRef::Real(number) => Value::Text(number.to_string()),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn db_error(error: rusqlite::Error) -> DbError {
    DbError { text: error.to_string(), conflict: false }
}

/// The handles to the threads.
#[derive(Debug, Clone)]
pub(crate) struct Sqlite {
    writer: async_channel::Sender<Box<dyn Job>>,
    readers: async_channel::Sender<Box<dyn Job>>,
    deadline: Duration,
    /// The threads that own the connections.
    threads: Arc<Mutex<Vec<thread::JoinHandle<()>>>>,
    /// For a separate connection that checks the whole file.
    path: PathBuf,
    settings: Settings,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, settings: &Settings) -> Result<Self, Fault> {
        let (writer, writes) = async_channel::bounded(settings.queue);
        let (readers, reads) = async_channel::bounded(settings.queue);
        let owned = Connection::open(path, settings, true)?;
        let batch = settings.batch;
        let spawn = |name: String, run: Box<dyn FnOnce() + Send>| {
            thread::Builder::new().name(name).spawn(run).map_err(|error| Fault::Database(format!("no thread: {error}")))
        };
        let mut threads = vec![spawn("db-writer".to_owned(), Box::new(move || write_loop(owned, &writes, batch)))?];
        for number in 0..settings.readers {
            let connection = Connection::open(path, settings, false)?;
            let reads = reads.clone();
            threads.push(spawn(format!("db-reader-{number}"), Box::new(move || read_loop(connection, &reads)))?);
        }
        let threads = Arc::new(Mutex::new(threads));
        Ok(Self { writer, readers, deadline: settings.deadline, threads, path: path.to_owned(), settings: settings.clone() })
    }

    /// Accepts nothing more, completes the waiting operations and closes the file: the last connection checkpoints the log into it.
    pub(crate) async fn close(&self) {
        self.writer.close();
        self.readers.close();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let join = move || threads.into_iter().map(thread::JoinHandle::join).filter(Result::is_err).count();
        match tokio::time::timeout(self.deadline, tokio::task::spawn_blocking(join)).await {
            Ok(Ok(0)) => {}
            ended => tracing::warn!(?ended, "the database was not closed in order; its log is folded in at the next start"),
        }
    }

    pub(crate) async fn write<T, F>(&self, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        self.submit(&self.writer, run).await
    }

    pub(crate) async fn read<T, F>(&self, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        self.submit(&self.readers, run).await
    }

    /// What SQLite finds damaged in its file; an error of the check itself is a finding, too.
    pub(crate) async fn sound(&self, depth: Depth) -> Result<Vec<String>, Fault> {
        let (path, settings) = (self.path.clone(), self.settings.clone());
        let look = move || {
            let mut connection = Connection::open(&path, &settings, false)?;
            let statements: &[&'static str] = match depth {
                Depth::Quick => &["PRAGMA quick_check(20)"],
                Depth::Whole => &["PRAGMA integrity_check(20)", "PRAGMA foreign_key_check"],
            };
            let mut found = Vec::new();
            for sql in statements {
                match connection.query(sql, &[]) {
                    Ok(rows) => found.extend(rows.iter().map(|row| format!("{:?}", row.0)).filter(|text| !text.contains("\"ok\""))),
                    Err(db_error) => found.push(db_error.text),
                }
            }
            Ok(found.into_iter().map(|text| format!("the database file is damaged: {text}")).collect())
        };
        tokio::task::spawn_blocking(look).await.unwrap_or_else(|error| Err(Fault::Panicked(error.to_string())))
    }

    /// Copies the file beside its writer.
    pub(crate) async fn copy(&self, to: PathBuf) -> Result<(), Fault> {
        let from = self.path.clone();
        let copied = tokio::task::spawn_blocking(move || crate::copy::copy(&from, &to)).await;
        copied.unwrap_or_else(|error| Err(Fault::Panicked(error.to_string())))
    }

    async fn submit<T, F>(&self, queue: &async_channel::Sender<Box<dyn Job>>, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        let job = |answer| Box::new(Work { run, deadline: now() + self.deadline, result: None, answer }) as Box<dyn Job>;
        db::hand_over(queue, self.deadline, job).await
    }
}

/// An operation that waits for its turn, type-erased.
trait Job: Send {
    fn late(&self) -> bool;
    /// Runs it once and keeps its result. `true` if its changes are to be kept.
    fn run(&mut self, tx: &mut Tx) -> bool;
    /// Whether it ended with a fault of its own, which is its final answer.
    fn broke(&self) -> bool;
    /// Answers: with its own result, or with the fault that affected the whole batch.
    fn answer(self: Box<Self>, fate: Result<(), Fault>);
}

struct Work<T, F> {
    run: F,
    deadline: Instant,
    result: Option<Result<T, Error>>,
    answer: oneshot::Sender<Result<T, Error>>,
}

impl<T, F> Job for Work<T, F>
where
    T: Send,
    F: AsyncFn(&mut Tx) -> Result<T, Error> + Send,
{
    fn late(&self) -> bool {
        now() > self.deadline
    }

    fn run(&mut self, tx: &mut Tx) -> bool {
        let once = AssertUnwindSafe(|| {
            let operation = pin!((self.run)(tx));
            operation.poll(&mut Context::from_waker(Waker::noop()))
        });
        let result = match catch_unwind(once) {
            Ok(Poll::Ready(result)) => result,
            Ok(Poll::Pending) => Err(Fault::Awaited.into()),
            Err(panic) => Err(Fault::Panicked(crate::db::panic_text(&*panic)).into()),
        };
        let stays = result.is_ok();
        self.result = Some(result);
        stays
    }

    fn broke(&self) -> bool {
        matches!(self.result, Some(Err(Error::Fault(_))))
    }

    fn answer(self: Box<Self>, fate: Result<(), Fault>) {
        let result = match fate {
            Ok(()) => self.result.unwrap_or_else(|| Err(Fault::Closed.into())),
            Err(fault) => Err(fault.into()),
        };
        // A caller who has stopped waiting does not undo what was committed.
        let _ = self.answer.send(result);
    }
}

fn read_loop(connection: Connection, jobs: &async_channel::Receiver<Box<dyn Job>>) {
    let mut tx = Tx::new(tx::Connection::Sqlite(connection));
    while let Ok(mut job) = jobs.recv_blocking() {
        if job.late() {
            job.answer(Err(Fault::Overloaded));
            continue;
        }
        let fate = control(&mut tx, "BEGIN");
        if fate.is_ok() {
            job.run(&mut tx);
            rollback(&mut tx);
        }
        job.answer(fate);
    }
}

fn write_loop(connection: Connection, jobs: &async_channel::Receiver<Box<dyn Job>>, limit: usize) {
    let mut tx = Tx::new(tx::Connection::Sqlite(connection));
    let mut batch = Vec::with_capacity(limit);
    while let Ok(first) = jobs.recv_blocking() {
        batch.push(first);
        while batch.len() < limit {
            match jobs.try_recv() {
                Ok(next) => batch.push(next),
                Err(_) => break,
            }
        }
        commit_together(&mut tx, &mut batch);
    }
}

/// Runs a batch in one transaction, each job in a savepoint of its own, and answers all after the one COMMIT.
fn commit_together(tx: &mut Tx, batch: &mut Vec<Box<dyn Job>>) {
    if batch.len() == 1 {
        batch.drain(..).for_each(|job| commit_alone(tx, job));
        return;
    }
    if let Err(fault) = control(tx, "BEGIN IMMEDIATE") {
        batch.drain(..).for_each(|job| job.answer(Err(fault.clone())));
        return;
    }
    let mut waiting: Vec<Box<dyn Job>> = Vec::with_capacity(batch.len());
    let mut rest = batch.drain(..);
    let mut whole = true;
    for mut job in rest.by_ref() {
        if job.late() {
            job.answer(Err(Fault::Overloaded));
            continue;
        }
        whole = savepoint(tx, job.as_mut());
        waiting.push(job);
        if !whole {
            break;
        }
    }
    if whole {
        match control(tx, "COMMIT") {
            Ok(()) => waiting.into_iter().for_each(|job| job.answer(Ok(()))),
            Err(fault) => {
                rollback(tx);
                waiting.into_iter().for_each(|job| job.answer(Err(fault.clone())));
            }
        }
        return;
    }
    // One job's error ended the whole transaction (a full disk does that). That job keeps its error; those before it are run again, and
    // those after it are run now, each alone.
    rollback(tx);
    let culprit = waiting.pop();
    if let Some(culprit) = culprit {
        if culprit.broke() {
            culprit.answer(Ok(()));
        } else {
            waiting.push(culprit);
        }
    }
    waiting.into_iter().chain(rest).for_each(|job| commit_alone(tx, job));
}

/// Runs one job within the open transaction. `false` if the whole transaction has ended.
fn savepoint(tx: &mut Tx, job: &mut dyn Job) -> bool {
    if control(tx, "SAVEPOINT job").is_err() {
        return false;
    }
    let stays = job.run(tx);
    tx.heal();
    if idle(tx) {
        return false;
    }
    (stays || control(tx, "ROLLBACK TO job").is_ok()) && control(tx, "RELEASE job").is_ok()
}

fn commit_alone(tx: &mut Tx, mut job: Box<dyn Job>) {
    if job.late() {
        job.answer(Err(Fault::Overloaded));
        return;
    }
    if let Err(fault) = control(tx, "BEGIN IMMEDIATE") {
        job.answer(Err(fault));
        return;
    }
    let stays = job.run(tx);
    tx.heal();
    let fate = if stays { control(tx, "COMMIT") } else { Ok(()) };
    rollback(tx);
    job.answer(fate);
}

/// Rolls back, so that no transaction is left open.
fn rollback(tx: &mut Tx) {
    tx.heal();
    if !idle(tx)
        && let Err(fault) = control(tx, "ROLLBACK")
    {
        tracing::error!(%fault, "a rollback failed");
    }
}

fn idle(tx: &Tx) -> bool {
    match &tx.connection {
        tx::Connection::Sqlite(connection) => connection.idle(),
        tx::Connection::Postgres(_) => unreachable!("the threads of SQLite own SQLite connections"),
    }
}

fn control(tx: &mut Tx, sql: &'static str) -> Result<(), Fault> {
    let result = match &mut tx.connection {
        tx::Connection::Sqlite(connection) => connection.control(sql),
        tx::Connection::Postgres(_) => unreachable!("the threads of SQLite own SQLite connections"),
    };
    result.map_err(|db_error| Fault::Database(db_error.text))
}
