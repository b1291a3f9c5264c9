//! An engine for tests: a real database, a clock one sets, a kind that does what it is told.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    reason = "each test binary uses a part of it, and real time"
)]

pub mod school;

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use domain::{
    account::Role,
    id::AccountId,
    ledger::{Cause, ChainKey, Change},
    task::Backoff,
    time::Timestamp,
    wallet::Asset,
};
use doubles::{ManualClock, SeededRandom, StubGateway, StubVision, StubWeb};
use engine::{
    Engine, Outbound, Parts, Secrets,
    account::{self, NewAccount},
    anchor::Anchors,
    code,
    delivery::{Transport, Transports},
    kinds::{custom::Custom, generation::Generation, metered::Metered, study::Study},
    ledger::{self, Booking},
    session::Caller,
    settings::Settings,
    task::{self, Submission},
    worker::Job,
    worker::{Ending, Failure, Kind, Kinds},
};
use ports::{bell::InProcess, fault::Fault, storage::Storage};
use store::{
    Db,
    db::{Address, Settings as DbSettings},
    migrate,
};

/// When every test begins.
pub const START: Timestamp = Timestamp(1_700_000_000_000_000);
/// The name of the test's kind.
pub const PROBE: &str = "probe";

/// A kind of an operator's own.
pub const TRANSLATE: Custom =
    Custom { name: "translate", price: 1_500_000, deadline: Duration::from_secs(600), retries: 1, approved: false };

/// A kind that waits until it is stopped; tests settle its jobs themselves.
pub struct Probe {
    /// What an attempt costs.
    pub price: AtomicI64,
    /// How long an attempt may take.
    pub deadline: Option<Duration>,
}

#[async_trait::async_trait]
impl Kind for Probe {
    fn name(&self) -> &'static str {
        PROBE
    }

    fn concurrency(&self) -> usize {
        8
    }

    fn price(&self) -> (Asset, i64) {
        (Asset::Money, self.price.load(Ordering::SeqCst))
    }

    fn deadline(&self, _engine: &Engine) -> Option<Duration> {
        self.deadline
    }

    fn backoff(&self) -> Backoff {
        Backoff { retries: 2, base_s: 2, cap_s: 60 }
    }

    fn files(&self, output: &str) -> Vec<String> {
        vec![format!("probes/{output}")]
    }

    async fn run(&self, job: &Job) -> Result<Ending, Failure> {
        match job.input.as_str() {
            "done" => Ok(Ending::Done("done".to_owned())),
            "panic" => panic!("planned"),
            _ => {
                job.stop.cancelled().await;
                Err(Failure { code: "STOPPED", message: "stopped".to_owned(), again: Some(Duration::ZERO) })
            }
        }
    }
}

/// Storage for tests that keep no files; it knows what was to be removed.
#[derive(Default)]
pub struct Nowhere {
    pub removed: std::sync::Mutex<Vec<String>>,
}

#[async_trait::async_trait]
impl Storage for Nowhere {
    async fn put(&self, _: &str, _: &std::path::Path) -> Result<(), Fault> {
        Ok(())
    }
    async fn fetch(&self, _: &str, _: &std::path::Path) -> Result<bool, Fault> {
        Ok(false)
    }
    async fn size(&self, _: &str) -> Result<Option<u64>, Fault> {
        Ok(None)
    }
    async fn read(
        &self,
        _: &str,
        _: std::ops::Range<u64>,
    ) -> Result<futures_util::stream::BoxStream<'static, Result<bytes::Bytes, Fault>>, Fault> {
        Err(Fault::lasting("nothing is kept"))
    }
    async fn remove(&self, key: &str) -> Result<(), Fault> {
        self.removed.lock().unwrap().push(key.to_owned());
        Ok(())
    }
}

/// What a test chooses otherwise than development does.
#[derive(Clone)]
pub struct Chosen {
    pub settings: Settings,
    pub transports: Transports,
    pub reach: Outbound,
}

impl Default for Chosen {
    fn default() -> Self {
        Self { settings: Settings::default(), transports: Transports { sms: Transport::Outbox, mail: Transport::Outbox }, reach: nobody() }
    }
}

/// Nobody to call: a web that is down, a gateway that is away.
pub fn nobody() -> Outbound {
    Outbound {
        web: Arc::new(StubWeb::new(|_| Err(Fault::passing("the web is down")))),
        strangers: Arc::new(StubWeb::new(|_| Err(Fault::passing("the web is down")))),
        gateway: Arc::new(StubGateway::default()),
        vision: Arc::new(StubVision),
        identity: None,
        granter: None,
        campuses: engine::campus::Campuses::default(),
        postman: None,
        sandbox: None,
    }
}

/// The database's settings, with the patience of a slow machine.
fn db_settings() -> DbSettings {
    DbSettings { deadline: Duration::from_secs(60), ..DbSettings::default() }
}

/// Lets others go on until something is so, bounded by two minutes.
pub async fn until(mut so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(120), waiting).await.expect("it never came to be so");
}

/// Makes 64 calls in parallel and gives their outcomes.
pub async fn race<T: Send + 'static, F: Future<Output = T> + Send + 'static>(call: impl Fn(usize) -> F) -> Vec<T> {
    let calls: Vec<_> = (0..64).map(|number| tokio::spawn(call(number))).collect();
    let mut outcomes = Vec::new();
    for call in calls {
        outcomes.push(call.await.unwrap());
    }
    outcomes
}

/// The secrets of every world.
pub fn secrets() -> Secrets {
    Secrets { token: [1; 32], media: [2; 32], codes: [4; 32], vault: [5; 32], chain: ChainKey::new(1, [3; 32]) }
}

/// An engine and the handles to it.
pub struct World {
    pub engine: Arc<Engine>,
    pub clock: Arc<ManualClock>,
    pub probe: Arc<Probe>,
    pub db: Db,
    pub storage: Arc<Nowhere>,
    _folder: Option<tempfile::TempDir>,
}

impl World {
    /// On SQLite, in a folder of its own.
    pub async fn sqlite() -> Self {
        Self::sqlite_with(Chosen::default()).await
    }

    /// On SQLite, with something chosen.
    pub async fn sqlite_with(chosen: Chosen) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::Sqlite(folder.path().join("test.db"));
        Self::at(address, Some(folder), chosen).await
    }

    /// On SQLite, and on PostgreSQL in a schema called `name` where a server is given.
    pub async fn both(name: &str) -> Vec<Self> {
        Self::both_with(name, Chosen::default()).await
    }

    /// On both, with something chosen.
    pub async fn both_with(name: &str, chosen: Chosen) -> Vec<Self> {
        let mut worlds = vec![Self::sqlite_with(chosen.clone()).await];
        let Ok(url) = std::env::var("GONGFANG_TEST_POSTGRES") else {
            eprintln!("skipped on PostgreSQL: GONGFANG_TEST_POSTGRES is not set");
            return worlds;
        };
        let admin = Db::open(&Address::Postgres(url.clone()), &DbSettings { connections: 1, ..db_settings() }).await.unwrap();
        for sql in [format!("DROP SCHEMA IF EXISTS {name} CASCADE"), format!("CREATE SCHEMA {name}")] {
            let sql: &'static str = sql.leak();
            admin.write(async move |tx| Ok(tx.execute(sql, &[]).await?)).await.unwrap();
        }
        let separator = if url.contains('?') { '&' } else { '?' };
        worlds.push(Self::at(Address::Postgres(format!("{url}{separator}options=-c%20search_path%3D{name}")), None, chosen).await);
        worlds
    }

    async fn at(address: Address, folder: Option<tempfile::TempDir>, chosen: Chosen) -> Self {
        let db = Db::open(&address, &db_settings()).await.unwrap();
        migrate::run(&db, START).await.unwrap();
        let clock = Arc::new(ManualClock::at(START));
        let probe = Arc::new(Probe { price: AtomicI64::new(0), deadline: Some(Duration::from_secs(600)) });
        let storage = Arc::new(Nowhere::default());
        let parts = Parts {
            db: db.clone(),
            clock: clock.clone(),
            random: Arc::new(SeededRandom::new(7)),
            bell: Arc::new(InProcess::default()),
            storage: storage.clone(),
            journal: Arc::new(ports::journal::Nothing),
            transports: chosen.transports,
            reach: chosen.reach,
            secrets: secrets(),
            kinds: Kinds::default()
                .with(probe.clone())
                .with(Arc::new(Metered))
                .with(Arc::new(TRANSLATE))
                .with(Arc::new(Custom { name: "review", approved: true, ..TRANSLATE }))
                .with(Arc::new(Generation { settings: chosen.settings.studio.clone() }))
                .with(Arc::new(Study { settings: chosen.settings.campus.clone() })),
            settings: chosen.settings,
        };
        Self { engine: Engine::new(parts), clock, probe, db, storage, _folder: folder }
    }

    /// An account with so much money, in micro-yuan.
    pub async fn account(&self, name: &str, money: i64) -> AccountId {
        let id = account::create(&self.engine, NewAccount { username: Some(name.to_owned()), ..NewAccount::default() }).await.unwrap();
        if money != 0 {
            self.top_up(id, money, name).await;
        }
        id
    }

    /// Gives an account money.
    pub async fn top_up(&self, account: AccountId, amount: i64, reference: &str) {
        let cause = Cause::Adjustment { actor: None, reference: reference.to_owned() };
        let change = Change::of(amount, cause);
        ledger::adjust(&self.engine, Booking { account, asset: Asset::Money, change }).await.unwrap();
    }

    /// Hands in a probe.
    pub async fn submit(&self, account: AccountId) -> Result<domain::task::Task, engine::Error> {
        let submission = Submission { payer: account.into(), kind: PROBE, input: "wait".to_owned(), rule: None };
        Ok(task::submit(&self.engine, submission).await?.task)
    }

    /// An account's money.
    pub async fn balance(&self, account: AccountId) -> i64 {
        engine::wallet::get(&self.engine, account, Asset::Money).await.unwrap().balance
    }

    /// An account's uses.
    pub async fn uses(&self, account: AccountId) -> i64 {
        engine::wallet::get(&self.engine, account, Asset::Uses).await.unwrap().balance
    }

    /// Somebody signed in under an account.
    pub fn caller(&self, account: AccountId, role: Role) -> Caller {
        Caller { account, role, session: String::new(), key: None, expires_at: START, proved_at: None }
    }

    /// Gives an account uses by a code of its own.
    pub async fn redeem(&self, account: AccountId, uses: i64) {
        let texts = code::mint(&self.engine, &self.caller(account, Role::User), 1, uses).await.unwrap();
        code::redeem(&self.engine, account, &texts[0], None).await.unwrap();
    }

    /// Changes the database behind the engine's back.
    pub async fn meddle(&self, sql: &'static str) {
        let changed = self.db.write(async move |tx| Ok(tx.execute(sql, &[]).await?)).await.unwrap();
        assert!(changed > 0, "{sql}");
    }

    /// What `gongfang check` finds wrong.
    pub async fn faults(&self) -> Vec<String> {
        engine::check::run(&self.engine, &Anchors::default()).await.unwrap().faults
    }
}
