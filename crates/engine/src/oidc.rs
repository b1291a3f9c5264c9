//! Signing in at an identity provider (OpenID Connect), by way of a browser.
//!
//! What has to be known between two requests lies sealed with the browser: first what it was sent away with, then who the provider says it
//! is. The session itself is opened like any other, and asks for a second factor like any other.
//!
//! Invariant: an identity belongs to one account. An account that exists is linked by whoever is signed in to it and has just proved so;
//! never because two addresses are alike.

use std::time::Duration;

use domain::{
    account::{Account, Role},
    audit::Act,
    id::AccountId,
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    time::Timestamp,
};
use ports::identity::{Challenge, Identity, IdentityProvider};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
pub use store::identity::Linked;
use store::tx::{Lock, Tx};

use crate::{
    Engine, Error, Fault, account,
    account::{Opening, SecondFactor, SessionOptions, SignedIn},
    audit, second_factor,
    session::{self, Caller},
    vault::Vault,
};

/// How long somebody may take at the provider, and then before they open the session.
const PATIENCE: Duration = Duration::from_secs(600);

/// What the operator decides about it.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Members of these groups administer; others who come by the provider do not. Nobody's role is touched where it is empty.
    pub admin_groups: Vec<String>,
    /// Whether administrators sign in by the provider alone.
    pub staff_only: bool,
}

/// What a browser was sent away with.
#[derive(Serialize, Deserialize)]
struct Away {
    state: String,
    nonce: String,
    verifier: String,
    links: bool,
    until: i64,
}

/// Who the provider says that a browser's user is.
#[derive(Serialize, Deserialize)]
struct Proved {
    issuer: String,
    subject: String,
    email: Option<String>,
    groups: Vec<String>,
    until: i64,
}

/// What people call the provider; none where there is none.
#[must_use]
pub fn name(engine: &Engine) -> Option<&str> {
    engine.reach.identity.as_deref().map(IdentityProvider::name)
}

fn provider(engine: &Engine) -> Result<&dyn IdentityProvider, Refusal> {
    engine.reach.identity.as_deref().ok_or(Refusal::NotFound(Noun::IdentityProvider))
}

fn seal(engine: &Engine, place: &str, value: &impl Serialize) -> Result<String, Error> {
    let text = serde_json::to_string(value).map_err(|_| Fault::Corrupt("sign-in"))?;
    Vault::of(engine).seal(place, &text)
}

fn open<T: DeserializeOwned>(engine: &Engine, place: &str, sealed: &str) -> Option<T> {
    serde_json::from_str(&Vault::of(engine).open(place, sealed).ok()?).ok()
}

/// Where a browser is sent, and what it keeps meanwhile. `links` says that somebody who is signed in wants to link their account.
///
/// # Errors
/// [`Refusal::NotFound`] where there is no provider; [`Refusal::Upstream`] if it does not answer.
pub async fn begin(engine: &Engine, redirect: &str, links: bool) -> Result<(String, String), Error> {
    let provider = provider(engine)?;
    let draw = || ports::random::hex::<32>(&*engine.random);
    let challenge = Challenge { state: draw(), nonce: draw(), verifier: draw() };
    let now = engine.now();
    let url = provider.authorization(&challenge, redirect, now).await.map_err(|fault| {
        tracing::warn!(%fault, "the identity provider does not answer");
        Refusal::Upstream
    })?;
    let Challenge { state, nonce, verifier } = challenge;
    Ok((url, seal(engine, "oidc away", &Away { state, nonce, verifier, links, until: now.plus(PATIENCE).0 })?))
}

/// A browser that came back.
pub struct Back {
    /// What it keeps from now on: who its user is.
    pub kept: String,
    /// Whether it went to link an account.
    pub links: bool,
}

/// Takes a browser back.
///
/// # Errors
/// [`Refusal::UnusableTicket`] for a browser that was not sent away from here, or took too long, and for a code that the provider does not
/// take; [`Refusal::Upstream`] if it does not answer.
pub async fn back(engine: &Engine, kept: &str, state: &str, code: &str, redirect: &str) -> Result<Back, Error> {
    let provider = provider(engine)?;
    let now = engine.now();
    let away: Away = open(engine, "oidc away", kept).ok_or(Refusal::UnusableTicket)?;
    if away.until < now.0 || away.until > now.plus(PATIENCE).0 || away.state != state {
        return Err(Refusal::UnusableTicket.into());
    }
    let challenge = Challenge { state: away.state, nonce: away.nonce, verifier: away.verifier };
    let Identity { issuer, subject, email, groups } = provider.identity(code, &challenge, redirect, now).await.map_err(|fault| {
        tracing::warn!(%fault, "somebody came back from the identity provider and was not let in");
        if fault.may_pass() { Refusal::Upstream } else { Refusal::UnusableTicket }
    })?;
    // Browsers keep little: of the groups only those that mean something here.
    let groups = groups.into_iter().filter(|group| engine.settings.oidc.admin_groups.contains(group)).collect();
    let proved = Proved { issuer, subject, email, groups, until: now.plus(PATIENCE).0 };
    Ok(Back { kept: seal(engine, "oidc proved", &proved)?, links: away.links })
}

fn proved(engine: &Engine, kept: &str) -> Result<Proved, Refusal> {
    let now = engine.now();
    let proved: Option<Proved> = open(engine, "oidc proved", kept);
    proved.filter(|proved| proved.until >= now.0 && proved.until <= now.plus(PATIENCE).0).ok_or(Refusal::UnusableTicket)
}

/// Opens a session for whoever the provider says it is; the first time creates the account.
///
/// # Errors
/// [`Refusal::UnusableTicket`] for what is none of ours or too old; [`Refusal::Taken`] if an account has the address already: it is linked by
/// whoever is signed in to it; [`Refusal::Deactivated`]; [`Refusal::SecondFactor`], [`Refusal::WrongSecondFactor`].
pub async fn sign_in(engine: &Engine, kept: &str, options: SessionOptions) -> Result<SignedIn, Error> {
    let proved = proved(engine, kept)?;
    let second = match &options.second_factor {
        SecondFactor::Field(typed) => typed.as_deref(),
        SecondFactor::Appended => None,
    };
    let opening = Opening::new(engine, &options, second);
    let whose = format!("{} {}", proved.issuer, proved.subject);
    let (session, groups) = (opening.clone(), engine.settings.oidc.admin_groups.clone());
    let entered = engine.db.write(async move |tx| {
        let account = enter(tx, &proved, session.now()).await?;
        let account = ranked(tx, account, &proved, &groups, session.now()).await?;
        session.open(tx, account.id).await?;
        Ok(account)
    });
    let account = second_factor::counted(engine, &whose, options.address, entered).await?;
    session::invalidate(engine, account.id);
    opening.signed_in(engine, account)
}

async fn enter(tx: &mut Tx, proved: &Proved, now: Timestamp) -> Result<Account, Error> {
    let (issuer, subject, email) = (proved.issuer.as_str(), proved.subject.as_str(), proved.email.as_deref());
    if let Some(id) = store::identity::account(tx, issuer, subject).await? {
        tx.lock(Lock::Account(id)).await?;
        let account = store::account::by_id(tx, id).await?.ok_or(Fault::Corrupt("account"))?;
        if !account.active {
            return Err(Refusal::Deactivated.into());
        }
        store::identity::used(tx, issuer, subject, email, now).await?;
        return Ok(account);
    }
    let email = email.and_then(domain::account::email);
    let row = store::account::New {
        username: None,
        username_key: None,
        email_verified: email.is_some(),
        email: email.clone(),
        phone: None,
        password_hash: None,
        role: Role::User,
        now,
    };
    let id = account::insert(tx, &row).await?;
    if !store::identity::link(tx, id, (issuer, subject), email.as_deref(), now).await? {
        // Somebody else with the same identity was faster.
        return Err(Refusal::Stale.into());
    }
    Ok(store::account::by_id(tx, id).await?.ok_or(Fault::Corrupt("account"))?)
}

/// The account with the role that the provider's groups give it, where the operator named some.
async fn ranked(tx: &mut Tx, account: Account, proved: &Proved, groups: &[String], now: Timestamp) -> Result<Account, Error> {
    if groups.is_empty() || account.role == Role::SuperAdmin {
        return Ok(account);
    }
    let role = if proved.groups.iter().any(|group| groups.contains(group)) { Role::Admin } else { Role::User };
    if role == account.role {
        return Ok(account);
    }
    tx.lock(Lock::Administrators).await?;
    store::account::set_role(tx, account.id, role, now).await?;
    let act = Act {
        actor: None,
        action: "account.update",
        subject: format!("account:{}", account.id),
        detail: format!("role {} -> {}, by its groups at {}", account.role.word(), role.word(), proved.issuer),
        origin: Origin::default(),
    };
    audit::note(tx, &act, now).await?;
    Ok(Account { role, ..account })
}

/// Links the caller's account with who the provider says they are.
///
/// # Errors
/// [`Refusal::UnusableTicket`]; [`Refusal::StepUp`]; [`Refusal::Taken`] if that identity is linked already; [`Refusal::KeyScope`] for a key.
pub async fn link(engine: &Engine, caller: &Caller, kept: &str, origin: Origin) -> Result<Vec<Linked>, Error> {
    caller.signed_in()?;
    caller.fresh(engine)?;
    let proved = proved(engine, kept)?;
    let (account, now) = (caller.account, engine.now());
    let act = act(account, "identity.link", &proved.issuer, origin);
    let linked = engine.db.write(async move |tx| {
        let who = (proved.issuer.as_str(), proved.subject.as_str());
        if !store::identity::link(tx, account, who, proved.email.as_deref(), now).await? {
            return Err(Refusal::Taken { field: "identity" }.into());
        }
        audit::note(tx, &act, now).await?;
        Ok(store::identity::of(tx, account).await?)
    });
    linked.await
}

/// The caller's identities.
///
/// # Errors
/// [`Error::Fault`].
pub async fn list(engine: &Engine, caller: &Caller) -> Result<Vec<Linked>, Error> {
    let account = caller.account;
    engine.db.read(async move |tx| Ok(store::identity::of(tx, account).await?)).await
}

/// Unlinks one of the caller's identities. The last way in is not taken away.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::StepUp`]; [`Refusal::Invalid`] for the last way in; [`Refusal::KeyScope`] for a key.
pub async fn unlink(engine: &Engine, caller: &Caller, id: i64, origin: Origin) -> Result<(), Error> {
    caller.signed_in()?;
    caller.fresh(engine)?;
    let (account, now) = (caller.account, engine.now());
    let act = act(account, "identity.unlink", &id.to_string(), origin);
    let unlinked = engine.db.write(async move |tx| {
        tx.lock(Lock::Account(account)).await?;
        if !store::identity::unlink(tx, account, id).await? {
            return Err(Refusal::NotFound(Noun::Identity).into());
        }
        let own = store::account::by_id(tx, account).await?.ok_or(Fault::Corrupt("account"))?;
        let ways = own.password_hash.is_some() || own.phone.is_some() || own.email_verified_at.is_some();
        if !ways && store::identity::of(tx, account).await?.is_empty() {
            return Err(Refusal::Invalid { field: "identity", problem: Problem::Because("这是唯一的登录方式".to_owned()) }.into());
        }
        audit::note(tx, &act, now).await
    });
    unlinked.await
}

fn act(account: AccountId, action: &'static str, detail: &str, origin: Origin) -> Act {
    Act { actor: Some(account), action, subject: format!("account:{account}"), detail: detail.to_owned(), origin }
}
