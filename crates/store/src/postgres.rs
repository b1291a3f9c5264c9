//! PostgreSQL: a pool of connections, one transaction an operation; the server groups the commits itself.

use std::{panic::AssertUnwindSafe, time::Duration};

use bytes::BytesMut;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use futures_util::FutureExt;
use tokio_postgres::{
    NoTls,
    error::SqlState,
    types::{IsNull, ToSql, Type, to_sql_checked},
};

use crate::{
    db::{Operation, Settings},
    fault::{Error, Fault},
    tx::{Connection, Row, Trouble, Tx, Value},
};

/// How often an operation that the server could not order with another is tried again.
const TRIES: usize = 8;

#[derive(Debug, Clone)]
pub(crate) struct Postgres {
    pool: Pool,
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
        let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let pool = Pool::builder(manager)
            .max_size(settings.connections)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(settings.deadline))
            .create_timeout(Some(settings.deadline))
            .build()
            .map_err(|error| Fault::Database(error.to_string()))?;
        let postgres = Self { pool, deadline: settings.deadline };
        postgres.connection().await?;
        Ok(postgres)
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.deadline
    }

    async fn connection(&self) -> Result<Tx, Fault> {
        match self.pool.get().await {
            Ok(client) => Ok(Tx::new(Connection::Postgres(client))),
            Err(deadpool_postgres::PoolError::Timeout(_)) => Err(Fault::Overloaded),
            Err(error) => Err(Fault::Database(with_source(&error))),
        }
    }

    /// Spawned, so that a caller who hangs up does not roll back here what would commit on SQLite.
    pub(crate) async fn write<A, T, F>(&self, input: A, run: F) -> Result<T, Error>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx, &'t A) -> Operation<'t, T> + Send + Sync + 'static,
    {
        let this = self.clone();
        let work = async move {
            for _ in 1..TRIES {
                match this.transaction("BEGIN", &input, &run).await {
                    Attempt::Conflict => {}
                    Attempt::Done(result) => return result,
                }
            }
            match this.transaction("BEGIN", &input, &run).await {
                Attempt::Conflict => Err(Fault::Overloaded.into()),
                Attempt::Done(result) => result,
            }
        };
        tokio::spawn(work).await.unwrap_or_else(|error| Err(Fault::Panicked(error.to_string()).into()))
    }

    pub(crate) async fn read<A, T, F>(&self, input: A, run: F) -> Result<T, Error>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx, &'t A) -> Operation<'t, T> + Send + Sync + 'static,
    {
        self.view("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", input, run).await
    }

    /// As [`Postgres::read`], for as long as it takes.
    pub(crate) async fn walk<A, T, F>(&self, input: A, run: F) -> Result<T, Error>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx, &'t A) -> Operation<'t, T> + Send + Sync + 'static,
    {
        self.view("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0", input, run).await
    }

    /// Spawned, so that a caller who hangs up costs no connection.
    async fn view<A, T, F>(&self, begin: &'static str, input: A, run: F) -> Result<T, Error>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx, &'t A) -> Operation<'t, T> + Send + Sync + 'static,
    {
        let this = self.clone();
        let work = async move {
            match this.transaction(begin, &input, &run).await {
                Attempt::Conflict => Err(Fault::Overloaded.into()),
                Attempt::Done(result) => result,
            }
        };
        tokio::spawn(work).await.unwrap_or_else(|error| Err(Fault::Panicked(error.to_string()).into()))
    }

    async fn transaction<A, T, F>(&self, begin: &str, input: &A, run: &F) -> Attempt<T>
    where
        F: for<'t> Fn(&'t mut Tx, &'t A) -> Operation<'t, T> + Sync,
    {
        let mut open = match self.connection().await {
            Ok(tx) => Open(Some(tx)),
            Err(fault) => return Attempt::Done(Err(fault.into())),
        };
        let Some(tx) = open.0.as_mut() else { return Attempt::Done(Err(Fault::Closed.into())) };
        if let Err(fault) = tx.batch(begin).await {
            return Attempt::Done(Err(fault.into()));
        }
        let result = match AssertUnwindSafe(run(tx, input)).catch_unwind().await {
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
}

/// A transaction that has not ended: wherever it is dropped, its connection does not go back to the pool.
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

pub(crate) async fn query(client: &Object, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Trouble> {
    let statement = client.prepare_cached(sql).await.map_err(|error| trouble(&error))?;
    let bound: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    let rows = client.query(&statement, &bound).await.map_err(|error| trouble(&error))?;
    rows.iter().map(row).collect::<Result<_, _>>().map_err(|error| trouble(&error))
}

pub(crate) async fn execute(client: &Object, sql: &'static str, params: &[Value]) -> Result<u64, Trouble> {
    let statement = client.prepare_cached(sql).await.map_err(|error| trouble(&error))?;
    let bound: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    client.execute(&statement, &bound).await.map_err(|error| trouble(&error))
}

pub(crate) async fn batch(client: &Object, sql: &str) -> Result<(), Trouble> {
    client.batch_execute(sql).await.map_err(|error| trouble(&error))
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

fn trouble(error: &tokio_postgres::Error) -> Trouble {
    // A row of one name that came between the look and the write is seen by the next look, which words it properly.
    let again = [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::UNIQUE_VIOLATION];
    let conflict = again.iter().any(|state| error.code() == Some(state));
    Trouble { text: with_source(error), conflict }
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
