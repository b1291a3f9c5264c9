//! One transaction, two drivers.
//!
//! Every statement is written once with `$1..$n`. On SQLite the methods never yield, so an operation completes in a single poll; on
//! PostgreSQL they wait for the server. After any SQL error a `Tx` is poisoned and accepts no more statements: PostgreSQL would refuse
//! them anyway, and so both engines behave alike.

use deadpool_postgres::Object;
use domain::{event::List, id::AccountId};

use crate::{fault::Fault, postgres, sqlite};

/// A parameter or a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// NULL.
    Null,
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

macro_rules! value_from {
    ($($from:ty => $make:expr),* $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                ($make)(value)
            }
        }
    )*};
}

value_from! {
    i64 => Value::Int,
    bool => |flag| Value::Int(i64::from(flag)),
    &str => |text: &str| Value::Text(text.to_owned()),
    &String => |text: &String| Value::Text(text.clone()),
    String => Value::Text,
    &[u8] => |bytes: &[u8]| Value::Bytes(bytes.to_vec()),
    [u8; 32] => |bytes: [u8; 32]| Value::Bytes(bytes.to_vec()),
    domain::time::Timestamp => |at: domain::time::Timestamp| Value::Int(at.0),
    domain::id::AccountId => |id: domain::id::AccountId| Value::Int(id.0),
    domain::id::WalletId => |id: domain::id::WalletId| Value::Int(id.0),
    domain::id::TaskId => |id: domain::id::TaskId| Value::Int(id.0),
    domain::id::EntryId => |id: domain::id::EntryId| Value::Int(id.0),
    domain::id::CodeId => |id: domain::id::CodeId| Value::Int(id.0),
    domain::id::BatchId => |id: domain::id::BatchId| Value::Int(id.0),
    domain::id::DeliveryId => |id: domain::id::DeliveryId| Value::Int(id.0),
    domain::id::WorkerTokenId => |id: domain::id::WorkerTokenId| Value::Int(id.0),
    domain::id::ModelId => |id: domain::id::ModelId| Value::Int(id.0),
    domain::id::MethodId => |id: domain::id::MethodId| Value::Int(id.0),
    domain::id::TemplateId => |id: domain::id::TemplateId| Value::Int(id.0),
    domain::id::LogId => |id: domain::id::LogId| Value::Int(id.0),
    domain::id::WebhookId => |id: domain::id::WebhookId| Value::Int(id.0),
    domain::id::EventId => |id: domain::id::EventId| Value::Int(id.0),
    domain::id::WebhookDeliveryId => |id: domain::id::WebhookDeliveryId| Value::Int(id.0),
    domain::id::BulkId => |id: domain::id::BulkId| Value::Int(id.0),
    domain::id::KeyId => |id: domain::id::KeyId| Value::Int(id.0),
    domain::task::State => |state: domain::task::State| Value::from(state.word()),
    domain::wallet::Asset => |asset: domain::wallet::Asset| Value::from(asset.word()),
    domain::account::Role => |role: domain::account::Role| Value::from(role.word()),
    domain::delivery::Channel => |channel: domain::delivery::Channel| Value::from(channel.word()),
    domain::delivery::State => |state: domain::delivery::State| Value::from(state.word()),
    domain::verification::Purpose => |purpose: domain::verification::Purpose| Value::from(purpose.word()),
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Makes the parameters of a statement: `params![id, name]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::tx::Value::from($value)),*] };
}

/// One row of an answer. The getters panic on a column of another type: then a statement and its code disagree, which the store's tests
/// reveal, and a panic affects only one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub(crate) Vec<Value>);

impl Row {
    /// A whole number.
    #[must_use]
    pub fn int(&self, column: usize) -> i64 {
        self.opt_int(column).unwrap_or_else(|| panic!("column {column} is NULL where a number is due"))
    }

    /// A whole number or NULL.
    #[must_use]
    pub fn opt_int(&self, column: usize) -> Option<i64> {
        match &self.0[column] {
            Value::Null => None,
            Value::Int(number) => Some(*number),
            other => panic!("column {column} is {other:?} where a number is due"),
        }
    }

    /// A text.
    #[must_use]
    pub fn text(&self, column: usize) -> String {
        self.opt_text(column).unwrap_or_else(|| panic!("column {column} is NULL where a text is due"))
    }

    /// A text or NULL.
    #[must_use]
    pub fn opt_text(&self, column: usize) -> Option<String> {
        match &self.0[column] {
            Value::Null => None,
            Value::Text(text) => Some(text.clone()),
            other => panic!("column {column} is {other:?} where a text is due"),
        }
    }

    /// A hash of 32 bytes.
    #[must_use]
    pub fn hash(&self, column: usize) -> [u8; 32] {
        match &self.0[column] {
            Value::Bytes(bytes) => {
                bytes.as_slice().try_into().unwrap_or_else(|_| panic!("column {column} holds {} bytes where 32 are due", bytes.len()))
            }
            other => panic!("column {column} is {other:?} where a hash is due"),
        }
    }

    /// A reader that takes the columns one after the other.
    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader { row: self, column: 0 }
    }

    /// A number as a boolean.
    #[must_use]
    pub fn flag(&self, column: usize) -> bool {
        self.int(column) != 0
    }
}

/// A row read column by column, in the order of the statement's list.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    row: &'a Row,
    column: usize,
}

macro_rules! next_column {
    ($($name:ident -> $type:ty),* $(,)?) => {$(
        pub(crate) fn $name(&mut self) -> $type {
            self.column += 1;
            self.row.$name(self.column - 1)
        }
    )*};
}

impl Reader<'_> {
    next_column! { int -> i64, opt_int -> Option<i64>, text -> String, opt_text -> Option<String>, hash -> [u8; 32], flag -> bool }
}

/// An open transaction. Only [`crate::Db`] creates one.
#[derive(Debug)]
pub struct Tx {
    pub(crate) connection: Connection,
    poisoned: bool,
    conflicted: bool,
    changes: Vec<(List, AccountId)>,
}

#[derive(Debug)]
pub(crate) enum Connection {
    Sqlite(sqlite::Connection),
    Postgres(Object),
}

/// What to lock against other transactions.
#[derive(Debug, Clone, Copy)]
pub enum Lock {
    /// An account, for limits that count its rows.
    Account(domain::id::AccountId),
    /// The set of administrators, for example so that at least one is left.
    Administrators,
    /// All sending of messages, for its limits, which apply to every asker and channel.
    Sending,
}

impl Tx {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection, poisoned: false, conflicted: false, changes: Vec::new() }
    }

    /// The dialect of this engine, for what must differ between the two.
    #[must_use]
    pub fn dialect(&self) -> crate::dialect::Dialect {
        match self.connection {
            Connection::Sqlite(_) => crate::dialect::Dialect::Sqlite,
            Connection::Postgres(_) => crate::dialect::Dialect::Postgres,
        }
    }

    /// Notes that a list of an account's is another than before: it is told once this is committed ([`crate::Db::on_change`]).
    pub fn changed(&mut self, list: List, account: AccountId) {
        if !self.changes.contains(&(list, account)) {
            self.changes.push((list, account));
        }
    }

    /// What was noted since the last call.
    pub(crate) fn take_changes(&mut self) -> Vec<(List, AccountId)> {
        std::mem::take(&mut self.changes)
    }

    /// Every row of the answer.
    ///
    /// # Errors
    /// [`Fault::Database`]; the transaction accepts no more statements then.
    pub async fn query(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Fault> {
        self.sound()?;
        let answer = match &mut self.connection {
            Connection::Sqlite(connection) => connection.query(sql, params),
            Connection::Postgres(client) => postgres::query(client, sql, params).await,
        };
        self.note(answer)
    }

    /// The first row of the answer, if there is one.
    ///
    /// # Errors
    /// As [`Tx::query`].
    pub async fn query_opt(&mut self, sql: &'static str, params: &[Value]) -> Result<Option<Row>, Fault> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }

    /// The first row of an answer that always has one.
    ///
    /// # Errors
    /// As [`Tx::query`], and [`Fault::Corrupt`] if there is none.
    pub async fn query_one(&mut self, sql: &'static str, params: &[Value]) -> Result<Row, Fault> {
        self.query_opt(sql, params).await?.ok_or(Fault::Corrupt("row"))
    }

    /// How many rows the statement changed.
    ///
    /// # Errors
    /// As [`Tx::query`].
    pub async fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, Fault> {
        self.sound()?;
        let answer = match &mut self.connection {
            Connection::Sqlite(connection) => connection.execute(sql, params),
            Connection::Postgres(client) => postgres::execute(client, sql, params).await,
        };
        self.note(answer)
    }

    /// Adds many rows at once, where the engine has a way of its own for that; `false` where it has none.
    pub(crate) async fn loads(&mut self, table: &crate::table::Table, rows: &[Row]) -> Result<bool, Fault> {
        self.sound()?;
        let answer = match &mut self.connection {
            Connection::Sqlite(_) => Ok(false),
            Connection::Postgres(client) => postgres::load(client, table, rows).await.map(|()| true),
        };
        self.note(answer)
    }

    /// Several statements without parameters: transaction control and migrations.
    ///
    /// # Errors
    /// As [`Tx::query`].
    pub(crate) async fn batch(&mut self, sql: &str) -> Result<(), Fault> {
        let answer = match &mut self.connection {
            Connection::Sqlite(connection) => connection.batch(sql),
            Connection::Postgres(client) => postgres::batch(client, sql).await,
        };
        self.note(answer)
    }

    /// Takes a lock until this transaction ends. Nothing to do on SQLite, which has a single writer.
    ///
    /// # Errors
    /// As [`Tx::query`].
    pub async fn lock(&mut self, lock: Lock) -> Result<(), Fault> {
        match (self.dialect(), lock) {
            (crate::dialect::Dialect::Sqlite, _) => Ok(()),
            (crate::dialect::Dialect::Postgres, Lock::Account(id)) => {
                // This does not block transactions that only reference the row by its key; otherwise two of them could deadlock.
                self.query("SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE", params![id]).await.map(drop)
            }
            (crate::dialect::Dialect::Postgres, Lock::Administrators) => {
                self.query("SELECT CAST(pg_advisory_xact_lock(7461038293) AS TEXT)", &[]).await.map(drop)
            }
            (crate::dialect::Dialect::Postgres, Lock::Sending) => {
                self.query("SELECT CAST(pg_advisory_xact_lock(7461038292) AS TEXT)", &[]).await.map(drop)
            }
        }
    }

    /// Whether the engine asked for the whole transaction to be retried.
    pub(crate) fn conflicted(&self) -> bool {
        self.conflicted
    }

    /// Clears an error once its transaction or savepoint has been rolled back.
    pub(crate) fn heal(&mut self) {
        self.poisoned = false;
        self.conflicted = false;
    }

    fn sound(&self) -> Result<(), Fault> {
        if self.poisoned { Err(Fault::Database("a statement after a failed one".to_owned())) } else { Ok(()) }
    }

    fn note<T>(&mut self, answer: Result<T, DbError>) -> Result<T, Fault> {
        answer.map_err(|db_error| {
            self.poisoned = true;
            self.conflicted |= db_error.conflict;
            Fault::Database(db_error.text)
        })
    }
}

/// An error of a driver.
pub(crate) struct DbError {
    pub(crate) text: String,
    /// The transaction conflicted with another one: a retry may help.
    pub(crate) conflict: bool,
}
