//! Settings that an administrator may change through the API, which override the configuration: a few numbers of the campus surface, the
//! mail server, and which kinds of tasks are paused.
//!
//! Every process caches the settings and reads them again every few seconds, so that reading one costs nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use domain::{
    audit::Act,
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
};
use ports::carrier::{Carrier, MailerFactory};
pub use ports::carrier::{MailServer, Security};

use store::{seal::Sealed, tx::Lock};

use crate::{
    Engine, Error, Fault,
    audit::{self, administers},
    seal,
    session::Caller,
    transport::Transport,
    vault::Vault,
};

/// A number that may be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Number {
    /// Study tasks of one account that may be waiting or running at once.
    MaxTasks,
    /// Seconds that a study task may take.
    TaskTimeout,
    /// The default number of rows of a page.
    PageSize,
    /// The most rows of a page.
    MaxPageSize,
    /// Minutes that a session of the campus surface lasts.
    TokenMinutes,
}

impl Number {
    /// Every number.
    pub const ALL: [Self; 5] = [Self::MaxTasks, Self::TaskTimeout, Self::PageSize, Self::MaxPageSize, Self::TokenMinutes];

    /// Its name, in storage and on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MaxTasks => "max_concurrent_tasks",
            Self::TaskTimeout => "task_timeout",
            Self::PageSize => "default_page_size",
            Self::MaxPageSize => "max_page_size",
            Self::TokenMinutes => "access_token_expire_minutes",
        }
    }

    /// The number with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|number| number.name() == name)
    }

    /// Its least and its greatest value (docs/surfaces/campus.md).
    #[must_use]
    pub fn bounds(self) -> (i64, i64) {
        match self {
            Self::MaxTasks => (1, 10),
            Self::TaskTimeout => (600, 28_800),
            Self::PageSize | Self::MaxPageSize => (1, 100),
            Self::TokenMinutes => (60, 43_200),
        }
    }

    /// Its value if nobody set it.
    #[must_use]
    pub fn usual(self, engine: &Engine) -> i64 {
        let settings = &engine.settings.campus;
        match self {
            Self::MaxTasks => settings.most_tasks,
            Self::TaskTimeout => i64::try_from(settings.timeout.as_secs()).unwrap_or(i64::MAX),
            Self::PageSize => 20,
            Self::MaxPageSize => 100,
            Self::TokenMinutes => i64::try_from(settings.session.as_secs() / 60).unwrap_or(i64::MAX),
        }
    }
}

/// The settings that were set.
#[derive(Clone, Default)]
pub struct Known {
    numbers: BTreeMap<Number, i64>,
    pub(crate) server: Option<MailServer>,
    /// The transport for letters, if a mail server was set.
    pub(crate) mail: Option<Transport>,
    /// The kinds of which nothing new is begun.
    paused: BTreeSet<String>,
}

impl Known {
    /// Whether nothing new of a kind is begun.
    pub(crate) fn pauses(&self, kind: &str) -> bool {
        self.paused.contains(kind)
    }
}

/// What this process has cached of them.
#[derive(Default)]
pub(crate) struct Remembered(RwLock<Read>, tokio::sync::Mutex<()>);

/// The rows as they were read, and what they mean.
#[derive(Default)]
struct Read {
    rows: Vec<(String, String)>,
    known: Arc<Known>,
}

/// The settings, as this process has cached them.
pub(crate) fn known(engine: &Engine) -> Arc<Known> {
    Arc::clone(&engine.options.0.read().unwrap_or_else(PoisonError::into_inner).known)
}

/// The current value of a number.
#[must_use]
pub fn number(engine: &Engine, number: Number) -> i64 {
    known(engine).numbers.get(&number).copied().unwrap_or_else(|| number.usual(engine))
}

/// How long a session of the campus surface lasts.
#[must_use]
pub fn session(engine: &Engine) -> Duration {
    Duration::from_secs(u64::try_from(number(engine, Number::TokenMinutes)).unwrap_or(0) * 60)
}

pub(crate) const SERVER: &str = "mail_server";
/// Before the name of a kind: whether it is paused.
const PAUSED: &str = "paused:";

/// Whether nothing new of a kind is begun, because an administrator said so.
#[must_use]
pub fn paused(engine: &Engine, kind: &str) -> bool {
    known(engine).pauses(kind)
}

/// Says whether anything new of a kind is begun. What has begun goes on. Other processes follow within seconds.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators; [`Refusal::NotFound`] for an unknown kind.
pub async fn pause(engine: &Engine, caller: &Caller, kind: &str, paused: bool, origin: Origin) -> Result<(), Error> {
    administers(caller)?;
    let kind = engine.kind(kind).ok_or(Refusal::NotFound(Noun::Queue))?;
    let action = if paused { "queue.pause" } else { "queue.resume" };
    let act = Act { actor: Some(caller.account), action, subject: format!("queue:{kind}"), detail: String::new(), origin };
    let name = format!("{PAUSED}{kind}");
    let value = if paused { "yes" } else { "no" };
    let (chain, now) = (engine.secrets.chain.clone(), engine.now());
    let written = engine.db.write(async move |tx| {
        tx.lock(Lock::Administrators).await?;
        store::runtime_settings::set(tx, &name, value, now).await?;
        seal::put(tx, &chain, Sealed::Option, name.as_str()).await?;
        audit::note(tx, &act, now).await
    });
    written.await?;
    refresh(engine).await?;
    engine.bell.wake();
    Ok(())
}

/// Reads the settings again.
///
/// # Errors
/// [`Error::Fault`].
pub async fn refresh(engine: &Engine) -> Result<(), Error> {
    // One reading at a time, so that an older one is not kept over a newer one.
    let _one = engine.options.1.lock().await;
    let rows = engine.db.read(async move |tx| Ok(store::runtime_settings::all(tx).await?)).await?;
    if engine.options.0.read().unwrap_or_else(PoisonError::into_inner).rows == rows {
        return Ok(());
    }
    let mut known = Known::default();
    for (name, value) in &rows {
        if let Some(number) = Number::from_name(name) {
            let (least, most) = number.bounds();
            known.numbers.extend(value.parse().ok().filter(|value| (least..=most).contains(value)).map(|value| (number, value)));
        }
        if let Some(kind) = name.strip_prefix(PAUSED)
            && value == "yes"
        {
            known.paused.insert(kind.to_owned());
        }
        if name == SERVER {
            match opened(engine, value) {
                Ok((server, way)) => {
                    known.server = Some(server);
                    known.mail = way;
                }
                Err(error) => tracing::error!(%error, "the mail server that was set cannot be used; letters go as configured"),
            }
        }
    }
    *engine.options.0.write().unwrap_or_else(PoisonError::into_inner) = Read { rows, known: Arc::new(known) };
    Ok(())
}

fn opened(engine: &Engine, sealed: &str) -> Result<(MailServer, Option<Transport>), Error> {
    let server = read(&Vault::of(engine), sealed)?;
    let postman = engine.reach.postman.as_ref().filter(|_| server.enabled);
    let way = postman.map(|postman| carried(&**postman, &server)).transpose()?.map(Transport::Carried);
    Ok((server, way))
}

pub(crate) fn read(vault: &Vault, sealed: &str) -> Result<MailServer, Error> {
    serde_json::from_str(&vault.open(SERVER, sealed)?).map_err(|_| Fault::Corrupt("mail server").into())
}

pub(crate) fn carried(postman: &dyn MailerFactory, server: &MailServer) -> Result<Arc<dyn Carrier>, Error> {
    let wrong =
        |fault: ports::fault::Fault| Error::from(Refusal::Invalid { field: "mail_server", problem: Problem::Because(fault.to_string()) });
    postman.smtp(server).map_err(wrong)
}

/// A number as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// The number.
    pub number: Number,
    /// Its value.
    pub value: i64,
    /// Its value if nobody set it.
    pub usual: i64,
}

/// The current numbers.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators.
pub fn numbers(engine: &Engine, caller: &Caller) -> Result<Vec<Current>, Error> {
    administers(caller)?;
    let current = |number: Number| Current { number, value: self::number(engine, number), usual: number.usual(engine) };
    Ok(Number::ALL.into_iter().map(current).collect())
}

/// Sets a number.
///
/// # Errors
/// [`Refusal::Forbidden`]; [`Refusal::Invalid`] for an unknown name and a value out of bounds.
pub async fn set(engine: &Engine, caller: &Caller, name: &str, value: i64, origin: Origin) -> Result<(), Error> {
    administers(caller)?;
    let number = Number::from_name(name).ok_or(Refusal::Invalid { field: "key", problem: Problem::Malformed })?;
    let (least, most) = number.bounds();
    if !(least..=most).contains(&value) {
        return Err(Refusal::Invalid { field: number.name(), problem: Problem::OutOfBounds { least, most } }.into());
    }
    let name = number.name();
    let act = Act { actor: Some(caller.account), action: "option.set", subject: format!("option:{name}"), detail: String::new(), origin };
    let value = value.to_string();
    let usual = number.usual(engine);
    let chain = engine.secrets.chain.clone();
    let now = engine.now();
    let written = engine.db.write(async move |tx| {
        tx.lock(Lock::Administrators).await?;
        let old = store::runtime_settings::all(tx).await?.into_iter().find(|(known, _)| known == name);
        let old = old.map_or_else(|| usual.to_string(), |(_, old)| old);
        store::runtime_settings::set(tx, name, &value, now).await?;
        seal::put(tx, &chain, Sealed::Option, name).await?;
        audit::note(tx, &Act { detail: format!("{old} -> {value}"), ..act.clone() }, now).await
    });
    written.await?;
    refresh(engine).await
}
