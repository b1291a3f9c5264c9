//! API keys: made and revoked by whoever is signed in, presented by their programs on every surface.
//!
//! A key opens no more than its scopes, from no other network than its own, until it ends, and no further than its daily cap. It makes no
//! other key, and what belongs to a person (names, passwords, sessions) it cannot change. See docs/api.md, Keys.

use std::{net::IpAddr, time::Duration};

pub use domain::api_key::{ApiKey, Area, Right, Scope, resembles};
use domain::{
    api_key,
    audit::Act,
    id::{AccountId, KeyId},
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    text,
    time::Timestamp,
    wallet::Asset,
};
use ipnet::IpNet;
use store::{api_key::KeyState, tx::Tx};

use crate::{
    Engine, Error, audit,
    recent::Recent,
    session::{self, Caller},
};

/// How many good keys an account may have.
const MOST: i64 = 50;
/// The longest name, in characters.
const MAX_NAME: usize = 64;
/// The most networks of a key.
const MAX_NETWORKS: usize = 20;
/// How long a key lasts whose maker does not say.
pub const USUAL_LIFE: Duration = Duration::from_secs(90 * 86_400);
/// How long a key may go on beside the one that takes its place.
pub const LONGEST_OVERLAP: Duration = Duration::from_secs(7 * 86_400);
/// How precisely the time of a key's last use is recorded.
const NOTED: Duration = Duration::from_secs(60);

/// The states of keys, cached for a moment.
pub(crate) type Keys = Recent<[u8; 32], KeyState>;

/// Who pays for a task, and with which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payer {
    /// The account.
    pub account: AccountId,
    /// The key that asks for it; none where somebody signed in does.
    pub key: Option<KeyId>,
}

impl From<AccountId> for Payer {
    fn from(account: AccountId) -> Self {
        Self { account, key: None }
    }
}

impl From<&Caller> for Payer {
    fn from(caller: &Caller) -> Self {
        Self { account: caller.account, key: caller.key }
    }
}

/// A key as its owner wants it.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// Addresses and networks it may be used from; everywhere if there is none.
    pub networks: Vec<String>,
    /// The most that tasks may be charged with it in a day, in micro-yuan.
    pub daily_cap: Option<i64>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// A key that was just made.
#[derive(Debug, Clone)]
pub struct Made {
    /// The key.
    pub key: ApiKey,
    /// Its text, which cannot be read again.
    pub text: String,
}

/// Makes a key.
///
/// # Errors
/// [`Refusal::KeyScope`] for a key that asks; [`Refusal::Invalid`] naming the field; [`Refusal::TooManyKeys`].
pub async fn create(engine: &Engine, caller: &Caller, new: NewKey, origin: Origin) -> Result<Made, Error> {
    caller.signed_in()?;
    if caller.role.administers() {
        caller.fresh(engine)?;
    }
    let now = engine.now();
    let account = caller.account;
    let (text, row) = checked(engine, account, new, now)?;
    if !caller.role.administers() && row.scopes.iter().any(|scope| matches!(scope, Scope::Worker(_))) {
        return Err(Refusal::Forbidden.into());
    }
    let made = engine.db.write(async move |tx| {
        tx.lock(store::tx::Lock::Account(account)).await?;
        insert(tx, &row, &origin).await
    });
    Ok(Made { key: made.await?, text })
}

/// Gives a key's place to a new one of the same kind. The old one goes on for `overlap`, so that programs can be changed one by one.
///
/// # Errors
/// [`Refusal::NotFound`], also for a key that has ended; [`Refusal::Invalid`] for an overlap that is too long; as [`create`].
pub async fn roll(engine: &Engine, caller: &Caller, id: KeyId, overlap: Duration, origin: Origin) -> Result<Made, Error> {
    caller.signed_in()?;
    if caller.role.administers() {
        caller.fresh(engine)?;
    }
    if overlap > LONGEST_OVERLAP {
        let most = i64::try_from(LONGEST_OVERLAP.as_secs()).unwrap_or(i64::MAX);
        return Err(Refusal::Invalid { field: "overlap_s", problem: Problem::OutOfBounds { least: 0, most } }.into());
    }
    let (now, account) = (engine.now(), caller.account);
    let text = draw(engine);
    let hash = hash(engine, &text);
    let shown = api_key::shown(&text);
    let made = engine.db.write(async move |tx| {
        tx.lock(store::tx::Lock::Account(account)).await?;
        let old = store::api_key::get(tx, account, id).await?.ok_or(Refusal::NotFound(Noun::Key))?;
        if !store::api_key::end_at(tx, account, id, now.plus(overlap), now).await? {
            return Err(Refusal::NotFound(Noun::Key).into());
        }
        // The new one lasts as long as the old one was made to.
        let expires_at = old.expires_at.map(|end| now.plus(end.since(old.created_at)));
        let ApiKey { name, scopes, networks, daily_cap, .. } = old;
        let row = store::api_key::New { account, name, hash, shown: shown.clone(), scopes, networks, daily_cap, now, expires_at };
        insert(tx, &row, &origin).await
    });
    let key = made.await?;
    session::invalidate(engine, account);
    Ok(Made { key, text })
}

async fn insert(tx: &mut Tx, row: &store::api_key::New, origin: &Origin) -> Result<ApiKey, Error> {
    if store::api_key::count(tx, row.account, row.now).await? >= MOST {
        return Err(Refusal::TooManyKeys(MOST).into());
    }
    let id = store::api_key::insert(tx, row).await?;
    let scopes: Vec<String> = row.scopes.iter().map(Scope::to_string).collect();
    let act = Act {
        actor: Some(row.account),
        action: "key.create",
        subject: format!("key:{id}"),
        detail: scopes.join(" "),
        origin: origin.clone(),
    };
    audit::note(tx, &act, row.now).await?;
    store::api_key::get(tx, row.account, id).await?.ok_or_else(|| Refusal::NotFound(Noun::Key).into())
}

/// The caller's keys with smaller ids than `before`, newest first.
///
/// # Errors
/// [`Refusal::KeyScope`] for a key that asks.
pub async fn list(engine: &Engine, caller: &Caller, before: KeyId, limit: i64) -> Result<Vec<ApiKey>, Error> {
    caller.signed_in()?;
    let account = caller.account;
    engine.db.read(async move |tx| Ok(store::api_key::list(tx, account, before, limit).await?)).await
}

/// Revokes a key of the caller's; from now on it is refused in every process.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::KeyScope`] for a key that asks.
pub async fn revoke(engine: &Engine, caller: &Caller, id: KeyId, origin: Origin) -> Result<(), Error> {
    caller.signed_in()?;
    let (now, account) = (engine.now(), caller.account);
    engine
        .db
        .write(async move |tx| {
            if !store::api_key::revoke(tx, account, id, now).await? {
                return Err(Refusal::NotFound(Noun::Key).into());
            }
            let act = Act {
                actor: Some(account),
                action: "key.revoke",
                subject: format!("key:{id}"),
                detail: String::new(),
                origin: origin.clone(),
            };
            audit::note(tx, &act, now).await
        })
        .await?;
    session::invalidate(engine, account);
    Ok(())
}

/// Whom a key stands for, if it is good here and may do what is `needed`; nothing needs less than a scope.
///
/// # Errors
/// [`Refusal::Unauthorized`] for a text that is no good key, from this address; [`Refusal::KeyScope`] for what it may not do.
pub async fn authenticate(engine: &Engine, text: &str, from: Option<IpAddr>, needed: Option<&Scope>) -> Result<Caller, Error> {
    let state = good(engine, text, from).await?;
    let needed = needed.ok_or(Refusal::KeyScope(None))?;
    // Work on everybody's tasks is given out by administrators, as long as they are.
    let trusted = state.role.administers() || !matches!(needed, Scope::Worker(_));
    if !trusted || !state.key.scopes.iter().any(|scope| scope.covers(needed)) {
        return Err(Refusal::KeyScope(Some(needed.clone())).into());
    }
    Ok(Caller {
        account: state.account,
        role: state.role,
        session: String::new(),
        key: Some(state.key.id),
        expires_at: state.key.expires_at.unwrap_or(Timestamp(i64::MAX)),
        proved_at: None,
    })
}

/// Checks that a key is still good.
///
/// # Errors
/// [`Refusal::Unauthorized`].
pub(crate) async fn renew(engine: &Engine, account: AccountId, key: KeyId) -> Result<(), Error> {
    let now = engine.now();
    let read = engine.db.read(async move |tx| {
        let active = store::account::by_id(tx, account).await?.is_some_and(|account| account.active);
        Ok(store::api_key::get(tx, account, key).await?.filter(|_| active))
    });
    let good = read.await?.is_some_and(|key| key.revoked_at.is_none() && key.expires_at.is_none_or(|end| end > now));
    if good { Ok(()) } else { Err(Refusal::Unauthorized.into()) }
}

/// A good key's id and scopes, if its owner is trusted with everybody's tasks.
///
/// # Errors
/// [`Refusal::Unauthorized`], also for a token that is no key; [`Refusal::KeyScope`] if its owner administers no longer.
pub(crate) async fn trusted(engine: &Engine, text: &str, from: Option<IpAddr>) -> Result<(KeyId, Vec<Scope>), Error> {
    let state = good(engine, text, from).await?;
    if !state.role.administers() {
        return Err(Refusal::KeyScope(None).into());
    }
    Ok((state.key.id, state.key.scopes))
}

/// The account that a key stands for, whatever it may do; for counting its requests.
///
/// # Errors
/// [`Refusal::Unauthorized`].
pub(crate) async fn holder(engine: &Engine, text: &str, from: Option<IpAddr>) -> Result<AccountId, Error> {
    Ok(good(engine, text, from).await?.account)
}

async fn good(engine: &Engine, text: &str, from: Option<IpAddr>) -> Result<KeyState, Error> {
    // A typing error, and what only looks like a key, costs no read.
    if !api_key::is_well_formed(text) {
        return Err(Refusal::Unauthorized.into());
    }
    let hash = hash(engine, text);
    let read =
        async || engine.db.read(async move |tx| Ok(store::api_key::state(tx, hash).await?)).await?.ok_or(Refusal::Unauthorized.into());
    let state = engine.keys.get(hash, read).await?;
    let (key, now) = (&state.key, engine.now());
    let ended = key.revoked_at.is_some() || key.expires_at.is_some_and(|end| end <= now) || !state.active;
    if ended {
        return Err(Refusal::Unauthorized.into());
    }
    if !key.networks.is_empty() && !from.is_some_and(|from| key.networks.iter().any(|network| within(network, from))) {
        tracing::warn!(key = key.id.0, account = state.account.0, "a key was presented from an address that is not in its list");
        return Err(Refusal::Unauthorized.into());
    }
    if key.used_at.is_none_or(|at| now.since(at) >= NOTED || at > now) {
        let (id, from) = (key.id, from.map(|from| from.to_string()));
        engine.db.write(async move |tx| Ok(store::api_key::used(tx, id, from.as_deref(), now.minus(NOTED), now).await?)).await?;
        engine.keys.forget();
    }
    Ok(state)
}

/// Counts what a task's attempt costs against the cap of the key that asks for it.
pub(crate) async fn spend(tx: &mut Tx, key: Option<KeyId>, asset: Asset, amount: i64, now: Timestamp) -> Result<(), Error> {
    let Some(key) = key.filter(|_| asset == Asset::Money && amount > 0) else { return Ok(()) };
    if store::api_key::spend(tx, key, amount, now.seconds().div_euclid(86_400)).await? { Ok(()) } else { Err(Refusal::KeySpent.into()) }
}

fn within(network: &str, from: IpAddr) -> bool {
    network.parse::<IpNet>().is_ok_and(|network| network.contains(&from))
}

fn checked(engine: &Engine, account: AccountId, new: NewKey, now: Timestamp) -> Result<(String, store::api_key::New), Refusal> {
    let invalid = |field, problem| Refusal::Invalid { field, problem };
    let name = text::one_line(&new.name, MAX_NAME);
    if name.is_empty() {
        return Err(invalid("name", Problem::Missing));
    }
    let mut scopes =
        new.scopes.iter().map(|text| Scope::parse(text)).collect::<Option<Vec<_>>>().ok_or(invalid("scopes", Problem::Malformed))?;
    scopes.sort();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(invalid("scopes", Problem::Missing));
    }
    let networks =
        new.networks.iter().map(|text| network(text)).collect::<Option<Vec<_>>>().filter(|networks| networks.len() <= MAX_NETWORKS);
    let networks = networks.ok_or(invalid("networks", Problem::Malformed))?;
    if new.daily_cap.is_some_and(|cap| cap < 0) {
        return Err(invalid("daily_cap", Problem::Malformed));
    }
    if new.expires_at.is_some_and(|end| end <= now) {
        return Err(invalid("expires_at", Problem::Malformed));
    }
    let text = draw(engine);
    let row = store::api_key::New {
        account,
        name,
        hash: hash(engine, &text),
        shown: api_key::shown(&text),
        scopes,
        networks,
        daily_cap: new.daily_cap,
        expires_at: new.expires_at,
        now,
    };
    Ok((text, row))
}

/// A network as it is kept; a single address is one, too.
fn network(text: &str) -> Option<String> {
    let network = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
    Some(network.trunc().to_string())
}

fn draw(engine: &Engine) -> String {
    let mut digits = String::with_capacity(api_key::RANDOM_DIGITS);
    while digits.len() < api_key::RANDOM_DIGITS {
        let mut bytes = [0; api_key::RANDOM_DIGITS];
        engine.random.fill(&mut bytes);
        digits.extend(bytes.into_iter().filter_map(api_key::digit).take(api_key::RANDOM_DIGITS - digits.len()));
    }
    api_key::compose(if engine.settings.production { api_key::LIVE } else { api_key::TEST }, &digits)
}

fn hash(engine: &Engine, text: &str) -> [u8; 32] {
    engine.secrets.keyed(&["api key", text])
}
