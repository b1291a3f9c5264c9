//! Databases of one test case each, and what cases make in them.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_macros,
    clippy::disallowed_methods,
    reason = "each test binary uses a part of it, and reads its environment"
)]

use std::time::Duration;

use domain::{
    account::Role,
    id::{AccountId, TaskId},
    refusal::Refusal,
    task::State,
    time::Timestamp,
    wallet::Asset,
};
use store::{
    Db, Error, Tx, account,
    db::{Address, Settings},
    dialect::Dialect,
    migrate, task, wallet,
};

pub const NOW: Timestamp = Timestamp(1_700_000_000_000_000);

/// A database of one case, dropped with it.
pub struct Case {
    pub db: Db,
    pub dialect: Dialect,
    pub folder: Option<tempfile::TempDir>,
}

/// The settings of a case, with the patience of a slow machine.
pub fn settings() -> Settings {
    Settings { deadline: Duration::from_secs(60), ..Settings::default() }
}

pub async fn sqlite() -> Case {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&Address::Sqlite(folder.path().join("test.db")), &settings()).await.unwrap();
    migrate::run(&db, NOW).await.unwrap();
    Case { db, dialect: Dialect::Sqlite, folder: Some(folder) }
}

/// The address of a schema on PostgreSQL, where a server is given.
pub fn schema(name: &str) -> Option<Address> {
    let url = std::env::var("GONGFANG_TEST_POSTGRES").ok()?;
    let separator = if url.contains('?') { '&' } else { '?' };
    Some(Address::Postgres(format!("{url}{separator}options=-c%20search_path%3D{name}")))
}

pub async fn postgres(name: &str) -> Option<Case> {
    let Ok(url) = std::env::var("GONGFANG_TEST_POSTGRES") else {
        eprintln!("skipped on PostgreSQL: GONGFANG_TEST_POSTGRES is not set");
        return None;
    };
    let admin = Db::open(&Address::Postgres(url.clone()), &Settings { connections: 1, ..settings() }).await.unwrap();
    let sql: &'static str = format!("DROP SCHEMA IF EXISTS {name} CASCADE").leak();
    admin.write(async move |tx| Ok(tx.execute(sql, &[]).await?)).await.unwrap();
    let sql: &'static str = format!("CREATE SCHEMA {name}").leak();
    admin.write(async move |tx| Ok(tx.execute(sql, &[]).await?)).await.unwrap();
    let db = Db::open(&schema(name)?, &settings()).await.unwrap();
    migrate::run(&db, NOW).await.unwrap();
    Some(Case { db, dialect: Dialect::Postgres, folder: None })
}

macro_rules! on_both {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            #[tokio::test]
            async fn on_sqlite() {
                crate::cases::$name(&crate::common::sqlite().await).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                if let Some(case) = crate::common::postgres(concat!("case_", stringify!($name))).await {
                    crate::cases::$name(&case).await;
                }
            }
        }
    )*};
}

pub async fn make_account(tx: &mut Tx, name: &str) -> Result<AccountId, Error> {
    let new = account::New {
        username: Some(name.to_owned()),
        username_key: Some(name.to_lowercase()),
        email: None,
        email_verified: false,
        phone: None,
        password_hash: None,
        role: Role::User,
        now: NOW,
    };
    let id = account::insert(tx, &new).await?.ok_or(Refusal::Taken { field: "username" })?;
    wallet::open(tx, id).await?;
    Ok(id)
}

pub async fn make_task(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<TaskId, Error> {
    let new = task::New {
        account,
        kind: "anime",
        state: State::Queued,
        asset: Asset::Money,
        price: 0,
        deadline_at: None,
        input: "{}".to_owned(),
        now,
    };
    Ok(task::insert(tx, &new).await?.id)
}

/// Runs `operation` in a write, without an input.
pub async fn write<T, F>(case: &Case, operation: F) -> Result<T, Error>
where
    T: Send + 'static,
    F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
{
    case.db.write(operation).await
}

/// A session that is opened now.
pub fn new_session(id: &str, expires_at: Timestamp) -> store::session::New {
    store::session::New { id: id.to_owned(), surface: "anime", now: NOW, expires_at, proved_at: None, idle: None }
}
