//! The operations of Gongfang: one public function is one transaction (those that hash a password or send a message say that they
//! are several), and every check lives here once, for all surfaces.
//!
//! This crate deliberately knows no HTTP and no SQL: surfaces decode a request, call one function, and encode its answer.

pub mod account;
pub mod anchor;
pub mod api_key;
pub mod assistant;
pub mod audit;
pub mod backup;
pub mod bulk;
pub mod campus;
pub mod changes;
pub mod check;
pub mod clock;
pub mod code;
pub mod delivery;
pub mod health;
pub mod housekeeping;
pub mod idempotency;
pub mod installation;
pub mod kinds;
pub mod ledger;
pub mod letter;
pub mod limit;
pub mod live;
pub mod mail_server;
pub mod media;
pub mod method;
pub mod model;
pub mod oidc;
pub mod order;
pub mod overview;
pub mod password;
pub mod queue;
mod recent;
pub mod runtime_settings;
pub mod sandbox;
mod seal;
pub mod second_factor;
pub mod session;
pub mod settings;
pub mod setup;
pub mod task;
pub mod template;
pub mod ticket;
pub mod transfer;
pub mod transport;
pub mod upload;
pub mod vault;
pub mod verification;
pub mod wallet;
pub mod webhook;
pub mod worker;
pub mod worker_token;

use std::sync::Arc;

use domain::ledger::ChainKey;
use hmac::{Hmac, KeyInit, Mac};
use ports::{
    bell::Bell, carrier::MailerFactory, clock::Clock, grant::CredentialIssuer, identity::IdentityProvider, journal::Journal, locks::Locks,
    payment::Gateway, random::Random, storage::Storage, vision::Vision, web::Web,
};
use sha2::Sha256;
use store::Db;
pub use store::{Error, Fault};
use tokio_util::task::TaskTracker;

use crate::{
    delivery::Transports, limit::Limits, live::Live, password::PasswordHashing, session::Sessions, settings::Settings, worker::Kinds,
};

/// The secrets of an installation; none of them is ever printed.
#[derive(Clone)]
pub struct Secrets {
    /// Signs access tokens.
    pub token: [u8; 32],
    /// Signs links to media.
    pub media: [u8; 32],
    /// Hashes verification codes, redemption codes and worker tokens.
    pub codes: [u8; 32],
    /// Encrypts secrets that must be read again: keys of gateways and models, learners' passwords and tokens, the mail server's password.
    pub vault: [u8; 32],
    /// Chains the ledger.
    pub chain: ChainKey,
}

impl Secrets {
    /// The keyed hash under which a secret text is stored; `parts` begin with what it is and name what it is valid for.
    pub(crate) fn keyed(&self, parts: &[&str]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.codes).expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

/// The outside services that the engine calls, and the stand-ins for some of them in development.
#[derive(Clone)]
pub struct Outbound {
    /// Addresses that administrators registered.
    pub web: Arc<dyn Web>,
    /// Addresses that users and answers name: never private ones, even if the operator allowed them for registered addresses.
    pub strangers: Arc<dyn Web>,
    /// Payment gateways.
    pub gateway: Arc<dyn Gateway>,
    /// The identity provider, if there is one.
    pub identity: Option<Arc<dyn IdentityProvider>>,
    /// A model that looks at pictures.
    pub vision: Arc<dyn Vision>,
    /// The issuer of upload keys; `None` if the built-in endpoint issues them, or nobody does.
    pub granter: Option<Arc<dyn CredentialIssuer>>,
    /// The supported learning platforms.
    pub campuses: campus::Campuses,
    /// Creates carriers for a mail server that an administrator sets; `None` if only the configuration decides.
    pub postman: Option<Arc<dyn MailerFactory>>,
    /// The stand-ins of development.
    pub sandbox: Option<sandbox::Sandbox>,
}

/// The parts that the engine is assembled from.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of secrets and jitter.
    pub random: Arc<dyn Random>,
    /// Wakes workers and carries publications to other processes.
    pub bell: Arc<dyn Bell>,
    /// Stores files.
    pub storage: Arc<dyn Storage>,
    /// Records outside the database what an older copy of it would not know.
    pub journal: Arc<dyn Journal>,
    /// How messages go out.
    pub transports: Transports,
    /// The outside services that it calls.
    pub reach: Outbound,
    /// The secrets.
    pub secrets: Secrets,
    /// The settings.
    pub settings: Settings,
    /// The kinds of tasks.
    pub kinds: Kinds,
}

/// Everything the operations need. Shared by all surfaces and workers.
pub struct Engine {
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) bell: Arc<dyn Bell>,
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) transports: Transports,
    pub(crate) reach: Outbound,
    pub(crate) secrets: Secrets,
    /// The settings it was assembled with.
    pub settings: Settings,
    pub(crate) kinds: Kinds,
    pub(crate) limits: Limits,
    pub(crate) live: Live,
    pub(crate) changes: Arc<changes::Changes>,
    /// Rung when there is an action on many tasks.
    pub(crate) bulks: tokio::sync::Notify,
    pub(crate) gate: PasswordHashing,
    pub(crate) sessions: Sessions,
    pub(crate) keys: api_key::Keys,
    /// Wakes what sends webhooks' messages.
    pub(crate) webhooks: webhook::Waking,
    /// Bounds how many pictures are fetched and looked at at once.
    pub(crate) looking: tokio::sync::Semaphore,
    /// Bounds how many pictures of the sandbox model are drawn at once.
    pub(crate) drawing: tokio::sync::Semaphore,
    /// Bounds how many pictures are unpacked at once, because they need much memory.
    pub(crate) unpacking: Arc<tokio::sync::Semaphore>,
    /// Calls to models' servers.
    pub(crate) calls: kinds::generation::Calls,
    /// The accounts that are being signed in at a learning platform right now.
    pub(crate) signing: Locks<domain::id::AccountId>,
    /// Whether the last probe write to the database succeeded.
    pub(crate) writable: std::sync::atomic::AtomicBool,
    /// Whether so little of the disk is left that nothing new is begun.
    pub(crate) full: std::sync::atomic::AtomicBool,
    /// The settings that administrators changed through the API.
    pub(crate) options: runtime_settings::Remembered,
    /// What is known of this server's backups.
    pub backups: backup::Backups,
    /// The titles of courses, as learners' platforms last listed them.
    pub(crate) titles: campus::Titles,
    /// Messages that are being sent; waited for when the process ends.
    pub sending: TaskTracker,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

impl Engine {
    /// The kind of tasks that has this name.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<&'static str> {
        self.kinds.get(name).map(|kind| kind.name())
    }

    /// Assembles the engine.
    #[must_use]
    pub fn new(parts: Parts) -> Arc<Self> {
        let cores = parts.settings.cores;
        let gate = PasswordHashing::new(cores);
        let drawers = parts.reach.sandbox.as_ref().map_or(1, |sandbox| sandbox.drawing.concurrency()).max(1);
        let changes = Arc::new(changes::Changes::default());
        let told = Arc::clone(&changes);
        parts.db.on_change(move |list, account| told.tell(list, account));
        Arc::new(Self {
            db: parts.db,
            clock: parts.clock,
            random: parts.random,
            bell: parts.bell,
            storage: parts.storage,
            journal: parts.journal,
            transports: parts.transports,
            reach: parts.reach,
            secrets: parts.secrets,
            settings: parts.settings,
            kinds: parts.kinds,
            limits: Limits::default(),
            live: Live::default(),
            changes,
            bulks: tokio::sync::Notify::new(),
            gate,
            sessions: Sessions::default(),
            keys: api_key::Keys::default(),
            webhooks: webhook::Waking::default(),
            looking: tokio::sync::Semaphore::new(4 * cores.max(1)),
            drawing: tokio::sync::Semaphore::new(drawers),
            unpacking: Arc::new(tokio::sync::Semaphore::new(1)),
            calls: kinds::generation::Calls::default(),
            signing: Locks::default(),
            writable: std::sync::atomic::AtomicBool::new(true),
            full: std::sync::atomic::AtomicBool::new(false),
            options: runtime_settings::Remembered::default(),
            backups: backup::Backups::default(),
            titles: campus::Titles::default(),
            sending: TaskTracker::new(),
        })
    }

    /// Now, by the engine's clock.
    #[must_use]
    pub fn now(&self) -> domain::time::Timestamp {
        self.clock.now()
    }

    /// Checks that the database answers, and returns what the kinds and the message transports lack here: the content of `/readyz`.
    ///
    /// # Errors
    /// [`Error::Fault`] if the database does not answer.
    pub async fn ready(&self) -> Result<Vec<String>, Error> {
        self.db.read(async move |tx| Ok(tx.query_one("SELECT 1", &[]).await.map(drop)?)).await?;
        let mut missing = self.kinds.missing();
        missing.extend(self.transports.missing());
        Ok(missing)
    }

    /// Whether the database accepts writes, as of the last few seconds.
    #[must_use]
    pub fn writable(&self) -> bool {
        self.writable.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Says whether so little of the disk is left that nothing new is begun; what was begun is finished.
    pub fn set_full(&self, full: bool) {
        self.full.store(full, std::sync::atomic::Ordering::Relaxed);
    }

    /// Whether nothing new is begun because the disk is almost full.
    #[must_use]
    pub fn full(&self) -> bool {
        self.full.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// The key that the ledger is chained with.
    #[must_use]
    pub fn chain(&self) -> &ChainKey {
        &self.secrets.chain
    }

    /// Closes the database; whatever comes later is refused.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// Forgets what it knows of sessions and keys, because an account or one of them has changed.
    pub(crate) fn forget(&self) {
        self.sessions.forget();
        self.keys.forget();
    }

    /// Passes on what this and other processes publish over the bell; runs until it is dropped.
    pub async fn listen(self: Arc<Self>) {
        let mut rings = self.bell.subscribe();
        loop {
            match rings.recv().await {
                Ok(ports::bell::Ring::Task(snapshot)) => self.live.publish(&snapshot),
                Ok(ports::bell::Ring::Account(_)) => self.forget(),
                Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => self.forget(),
                Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
            }
        }
    }
}
