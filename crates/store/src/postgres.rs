//! PostgreSQL: a few threads, each with its share of the connections; one transaction per operation. The server groups the commits
//! itself.
//!
//! An operation stays on the thread that began it, together with its connection: no statement's answer crosses threads. It is completed
//! even if its caller stops waiting, as on SQLite.

use std::{
    panic::AssertUnwindSafe,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use bytes::BytesMut;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use futures_util::FutureExt;
use tokio::sync::{Semaphore, oneshot};
use tokio_postgres::{
    NoTls,
    binary_copy::BinaryCopyInWriter,
    error::SqlState,
    types::{IsNull, ToSql, Type, to_sql_checked},
};

use crate::{
    db::{self, Settings, now},
    fault::{Error, Fault},
    table::{Column, Table},
    tx::{Connection, DbError, Row, Tx, Value},
};

/// How often an operation is retried after a serialization conflict with another one.
const TRIES: usize = 8;
/// How a read-only transaction begins, and a read-only one without a time limit.
const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const WALK: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0";

/// The handles to the threads.
#[derive(Debug, Clone)]
pub(crate) struct Postgres {
    jobs: async_channel::Sender<Box<dyn Job>>,
    threads: Arc<Mutex<Vec<thread::JoinHandle<()>>>>,
    deadline: Duration,
}

impl Postgres {
    pub(crate) async fn open(url: &str, settings: &Settings) -> Result<Self, Fault> {
        let mut config: tokio_postgres::Config =
            url.parse().map_err(|_| Fault::Database("the address is not of the form postgres://user@host/name".to_owned()))?;
        let options = format!(
            "-c statement_timeout={0} -c lock_timeout={0} -c idle_in_transaction_session_timeout=60000",
            settings.deadline.as_millis()
        );
        config.options(config.get_options().map_or_else(|| options.clone(), |given| format!("{given} {options}")));
        config.application_name("gongfang");
        // Fails now if the server cannot be reached at all.
        drop(connection(&pool(&config, settings, 1)?).await?);
        let (jobs, waiting) = async_channel::bounded(settings.queue);
        let count = settings.threads.clamp(1, settings.connections.max(1));
        let mut threads = Vec::with_capacity(count);
        for number in 0..count {
            // Threads share the connections as evenly as they can.
            let share = (settings.connections + number) / count;
            let (pool, waiting) = (pool(&config, settings, share)?, waiting.clone());
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| Fault::Database(format!("no thread: {error}")))?;
            let serve = move || tokio::task::LocalSet::new().block_on(&runtime, serve(pool, share, waiting));
            let spawned = thread::Builder::new().name(format!("db-{number}")).spawn(serve);
            threads.push(spawned.map_err(|error| Fault::Database(format!("no thread: {error}")))?);
        }
        Ok(Self { jobs, threads: Arc::new(Mutex::new(threads)), deadline: settings.deadline })
    }

    /// Accepts nothing more, completes the waiting operations and closes the connections.
    pub(crate) async fn close(&self) {
        self.jobs.close();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let join = move || threads.into_iter().for_each(|thread| drop(thread.join()));
        let _ = tokio::time::timeout(self.deadline, tokio::task::spawn_blocking(join)).await;
    }

    pub(crate) async fn write<T, F>(&self, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        self.submit("BEGIN", TRIES, run).await
    }

    pub(crate) async fn read<T, F>(&self, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        // Waiting for a turn and then for the server may each take the deadline.
        let read = tokio::time::timeout(self.deadline * 2, self.submit(READ, 1, run));
        read.await.unwrap_or_else(|_| Err(Fault::Overloaded.into()))
    }

    /// As [`Postgres::read`], but without a time limit.
    pub(crate) async fn walk<T, F>(&self, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        self.submit(WALK, 1, run).await
    }

    async fn submit<T, F>(&self, begin: &'static str, tries: usize, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        let job = |answer| Box::new(Work { begin, tries, run, deadline: now() + self.deadline, answer }) as Box<dyn Job>;
        db::hand_over(&self.jobs, self.deadline, job).await
    }
}

fn pool(config: &tokio_postgres::Config, settings: &Settings, most: usize) -> Result<Pool, Fault> {
    let manager = Manager::from_config(config.clone(), NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
    Pool::builder(manager)
        .max_size(most)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(settings.deadline))
        .create_timeout(Some(settings.deadline))
        .build()
        .map_err(|error| Fault::Database(error.to_string()))
}

async fn connection(pool: &Pool) -> Result<Tx, Fault> {
    match pool.get().await {
        Ok(client) => Ok(Tx::new(Connection::Postgres(client))),
        Err(deadpool_postgres::PoolError::Timeout(_)) => Err(Fault::Overloaded),
        Err(error) => Err(Fault::Database(with_source(&error))),
    }
}

/// The loop of a thread: runs as many operations at once as it has connections, until the queue is closed.
async fn serve(pool: Pool, connections: usize, jobs: async_channel::Receiver<Box<dyn Job>>) {
    let free = Arc::new(Semaphore::new(connections));
    loop {
        // Nobody closes this semaphore.
        let Ok(place) = Arc::clone(&free).acquire_owned().await else { return };
        let Ok(job) = jobs.recv().await else { break };
        let pool = pool.clone();
        tokio::task::spawn_local(async move {
            job.run(&pool).await;
            drop(place);
        });
    }
    // Operations that have started are completed.
    let all = u32::try_from(connections).unwrap_or(u32::MAX);
    let _ = free.acquire_many(all).await;
}

/// An operation that waits for its turn, type-erased.
trait Job: Send {
    /// Runs it and answers.
    fn run(self: Box<Self>, pool: &Pool) -> Pin<Box<dyn Future<Output = ()> + '_>>;
}

struct Work<T, F> {
    begin: &'static str,
    tries: usize,
    run: F,
    deadline: Instant,
    answer: oneshot::Sender<Result<T, Error>>,
}

impl<T, F> Job for Work<T, F>
where
    T: Send,
    F: AsyncFn(&mut Tx) -> Result<T, Error> + Send,
    Self: 'static,
{
    fn run(self: Box<Self>, pool: &Pool) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async move {
            let mut result = Err(Fault::Overloaded.into());
            for _ in 0..self.tries {
                if now() > self.deadline {
                    break;
                }
                match transaction(pool, self.begin, &self.run).await {
                    Attempt::Conflict => {}
                    Attempt::Done(done) => {
                        result = done;
                        break;
                    }
                }
            }
            // A caller who has stopped waiting does not undo what was committed.
            let _ = self.answer.send(result);
        })
    }
}

async fn transaction<T, F: AsyncFn(&mut Tx) -> Result<T, Error>>(pool: &Pool, begin: &str, run: &F) -> Attempt<T> {
    let mut open = match connection(pool).await {
        Ok(tx) => Open(Some(tx)),
        Err(fault) => return Attempt::Done(Err(fault.into())),
    };
    let Some(tx) = open.0.as_mut() else { return Attempt::Done(Err(Fault::Closed.into())) };
    if let Err(fault) = tx.batch(begin).await {
        return Attempt::Done(Err(fault.into()));
    }
    let result = match AssertUnwindSafe(run(tx)).catch_unwind().await {
        Ok(result) => result,
        Err(panic) => Err(Fault::Panicked(crate::db::panic_text(&*panic)).into()),
    };
    let conflicted = tx.conflicted();
    let ended = if result.is_ok() { tx.batch("COMMIT").await } else { tx.batch("ROLLBACK").await };
    match ended {
        Ok(()) => {
            drop(open.0.take());
            if conflicted && result.is_err() { Attempt::Conflict } else { Attempt::Done(result) }
        }
        Err(_) if tx.conflicted() && result.is_ok() => Attempt::Conflict,
        Err(fault) => Attempt::Done(result.and(Err(fault.into()))),
    }
}

/// A transaction that has not ended: if it is dropped, its connection does not go back to the pool.
struct Open(Option<Tx>);

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(Connection::Postgres(client)) = self.0.take().map(|tx| tx.connection) {
            drop(Object::take(client));
        }
    }
}

enum Attempt<T> {
    Done(Result<T, Error>),
    Conflict,
}

pub(crate) async fn query(client: &Object, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, DbError> {
    let statement = client.prepare_cached(sql).await.map_err(|error| db_error(&error))?;
    let bound: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    let rows = client.query(&statement, &bound).await.map_err(|error| db_error(&error))?;
    rows.iter().map(row).collect::<Result<_, _>>().map_err(|error| db_error(&error))
}

pub(crate) async fn execute(client: &Object, sql: &'static str, params: &[Value]) -> Result<u64, DbError> {
    let statement = client.prepare_cached(sql).await.map_err(|error| db_error(&error))?;
    let bound: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    client.execute(&statement, &bound).await.map_err(|error| db_error(&error))
}

/// Adds many rows as one stream.
pub(crate) async fn load(client: &Object, table: &Table, rows: &[Row]) -> Result<(), DbError> {
    let kind = |column: &Column| match column {
        Column::Int => Type::INT8,
        Column::Text => Type::TEXT,
        Column::Bytes => Type::BYTEA,
    };
    let kinds: Vec<Type> = table.columns.iter().map(kind).collect();
    let sink = client.copy_in(table.load).await.map_err(|error| db_error(&error))?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &kinds));
    for row in rows {
        let values: Vec<&(dyn ToSql + Sync)> = row.0.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        writer.as_mut().write(&values).await.map_err(|error| db_error(&error))?;
    }
    writer.finish().await.map(drop).map_err(|error| db_error(&error))
}

pub(crate) async fn batch(client: &Object, sql: &str) -> Result<(), DbError> {
    client.batch_execute(sql).await.map_err(|error| db_error(&error))
}

fn row(row: &tokio_postgres::Row) -> Result<Row, tokio_postgres::Error> {
    let columns = row.columns().iter().enumerate().map(|(index, column)| {
        Ok(match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(index)?.map_or(Value::Null, Value::Int),
            Type::INT4 => row.try_get::<_, Option<i32>>(index)?.map_or(Value::Null, |number| Value::Int(number.into())),
            Type::BOOL => row.try_get::<_, Option<bool>>(index)?.map_or(Value::Null, Value::from),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index)?.map_or(Value::Null, Value::Bytes),
            _ => row.try_get::<_, Option<String>>(index)?.map_or(Value::Null, Value::Text),
        })
    });
    columns.collect::<Result<_, _>>().map(Row)
}

fn db_error(error: &tokio_postgres::Error) -> DbError {
    // If a row with the same name was inserted between the check and the write, the retried check sees it and refuses properly.
    let again = [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::UNIQUE_VIOLATION];
    let conflict = again.iter().any(|state| error.code() == Some(state));
    DbError { text: with_source(error), conflict }
}

fn with_source(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Self::Int(number) => number.to_sql(ty, out),
            Self::Text(text) => text.to_sql(ty, out),
            Self::Bytes(bytes) => bytes.to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::INT4 | Type::TEXT | Type::VARCHAR | Type::BYTEA)
    }

    to_sql_checked!();
}
