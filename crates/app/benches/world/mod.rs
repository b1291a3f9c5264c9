//! An engine with a kind that does nothing, for measuring everything around it.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    reason = "each bench uses a part of it, and measures real time"
)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{ledger::ChainKey, task::Backoff, wallet::Asset};
use doubles::{StubGateway, StubVision, StubWeb};
use engine::{
    Engine, Outbound, Parts, Secrets,
    account::{self, NewAccount},
    delivery::{Transport, Transports},
    settings::Settings,
    task::{self, Submission},
    worker::Job,
    worker::{Ending, Failure, Kind, Kinds},
};
use outside::{clock::SystemClock, random::SystemRandom, storage::Folder};
use ports::{bell::InProcess, fault::Fault};
use store::{
    Db,
    db::{Address, Settings as DbSettings},
    migrate,
};

/// A kind that does nothing, for measuring everything around it.
pub struct Nothing {
    price: i64,
    pub begun: AtomicU64,
    pub began_at: std::sync::Mutex<Option<Instant>>,
}

#[async_trait::async_trait]
impl Kind for Nothing {
    fn name(&self) -> &'static str {
        "nothing"
    }
    fn concurrency(&self) -> usize {
        256
    }
    fn price(&self) -> (Asset, i64) {
        (Asset::Money, self.price)
    }
    fn deadline(&self, _engine: &Engine) -> Option<Duration> {
        None
    }
    fn backoff(&self) -> Backoff {
        Backoff { retries: 0, base_s: 1, cap_s: 1 }
    }
    async fn run(&self, _job: &Job) -> Result<Ending, Failure> {
        *self.began_at.lock().unwrap() = Some(Instant::now());
        self.begun.fetch_add(1, Ordering::SeqCst);
        Ok(Ending::Done("{}".to_owned()))
    }
}

pub struct World {
    pub engine: Arc<Engine>,
    pub kind: Arc<Nothing>,
    pub account: domain::id::AccountId,
    /// An account with a page of tasks.
    reader: domain::id::AccountId,
    _folder: tempfile::TempDir,
}

/// A world on SQLite, whose writes share a commit up to `batch` at once.
pub async fn world(price: i64, batch: usize) -> World {
    world_on(None, price, batch).await
}

/// A world on a database of PostgreSQL, or on SQLite where none is named.
pub async fn world_on(postgres: Option<String>, price: i64, batch: usize) -> World {
    let folder = tempfile::tempdir().unwrap();
    let address = postgres.map_or_else(|| Address::Sqlite(folder.path().join("bench.db")), Address::Postgres);
    let db = Db::open(&address, &DbSettings { batch, deadline: Duration::from_secs(60), ..DbSettings::default() }).await.unwrap();
    let clock = Arc::new(SystemClock::new());
    migrate::run(&db, ports::clock::Clock::now(&*clock)).await.unwrap();
    let kind = Arc::new(Nothing { price, begun: AtomicU64::new(0), began_at: std::sync::Mutex::default() });
    let parts = Parts {
        db,
        clock,
        random: Arc::new(SystemRandom),
        bell: Arc::new(InProcess::default()),
        storage: Arc::new(Folder::new(&folder.path().join("files")).unwrap()),
        journal: Arc::new(ports::journal::Nothing),
        transports: Transports { sms: Transport::Outbox, mail: Transport::Outbox },
        reach: Outbound {
            web: Arc::new(StubWeb::new(|_| Err(Fault::passing("nobody is called")))),
            strangers: Arc::new(StubWeb::new(|_| Err(Fault::passing("nobody is called")))),
            gateway: Arc::new(StubGateway::default()),
            vision: Arc::new(StubVision),
            identity: None,
            granter: None,
            campuses: engine::campus::Campuses::default(),
            postman: None,
            sandbox: None,
        },
        secrets: Secrets { token: [1; 32], media: [2; 32], codes: [4; 32], vault: [5; 32], chain: ChainKey::new(1, [3; 32]) },
        settings: Settings::default(),
        kinds: Kinds::default().with(kind.clone()),
    };
    let engine = Engine::new(parts);
    let account = account::create(&engine, NewAccount { username: Some("bench".to_owned()), ..NewAccount::default() }).await.unwrap();
    let reader = account::create(&engine, NewAccount { username: Some("reader".to_owned()), ..NewAccount::default() }).await.unwrap();
    for account in [account, reader] {
        engine::wallet::set_credit_limit(&engine, account, i64::MAX / 4).await.unwrap();
    }
    for _ in 0..40 {
        let submission = Submission { payer: reader.into(), kind: "nothing", input: "{}".to_owned(), rule: None };
        task::submit(&engine, submission).await.unwrap();
    }
    World { engine, kind, account, reader, _folder: folder }
}

/// Durable paid creates a second with so many callers.
pub async fn creates(world: &World, callers: usize, span: Duration) -> f64 {
    let began = Instant::now();
    let done = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (engine, account, done) = (world.engine.clone(), world.account, done.clone());
            tokio::spawn(async move {
                while began.elapsed() < span {
                    let submission = Submission { payer: account.into(), kind: "nothing", input: "{}".to_owned(), rule: None };
                    task::submit(&engine, submission).await.unwrap();
                    done.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    done.load(Ordering::SeqCst) as f64 / began.elapsed().as_secs_f64()
}

/// Lists of the first page of one's tasks a second with so many callers.
pub async fn lists(world: &World, callers: usize, span: Duration) -> f64 {
    let began = Instant::now();
    let done = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (engine, account, done) = (world.engine.clone(), world.reader, done.clone());
            tokio::spawn(async move {
                while began.elapsed() < span {
                    let wanted = task::Wanted { account, kind: "nothing", states: Vec::new(), offset: 0, limit: 20 };
                    assert_eq!(task::list(&engine, wanted).await.unwrap().0.len(), 20);
                    done.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    done.load(Ordering::SeqCst) as f64 / began.elapsed().as_secs_f64()
}
