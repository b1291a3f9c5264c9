//! What people do with their own accounts: changing or resetting the password, verifying the address, closing.

use std::{net::IpAddr, sync::Arc, time::Duration};

use domain::{
    account::{self, Account},
    audit::Act,
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    time::Timestamp,
    verification::Purpose,
};
use store::tx::{Lock, Tx};

use super::{SignedIn, hash};
use crate::{
    Engine, Error, Fault, audit, limit, password,
    session::{self, Caller},
    ticket::{self, Reader},
};

/// The caller's account.
///
/// # Errors
/// [`Refusal::Unauthorized`] if it was closed meanwhile.
pub async fn get(engine: &Engine, caller: &Caller) -> Result<Account, Error> {
    let id = caller.account;
    let found = engine.db.read(async move |tx| Ok(store::account::by_id(tx, id).await?)).await?;
    found.filter(|account| account.anonymised_at.is_none()).ok_or_else(|| Refusal::Unauthorized.into())
}

/// The longest lifetime of a session.
const MAX_SESSION: Duration = Duration::from_secs(30 * 86_400);

/// Extends the caller's session, and returns its new token.
///
/// # Errors
/// [`Refusal::SessionEnded`].
pub async fn refresh(engine: &Engine, caller: &Caller, lifetime: Duration) -> Result<SignedIn, Error> {
    let account = get(engine, caller).await?;
    let now = engine.now();
    let until = now.plus(lifetime).max(caller.expires_at.min(now.plus(MAX_SESSION)));
    let session = caller.session.clone();
    let extended = engine.db.write(async move |tx| Ok(store::session::extend(tx, &session, until).await?));
    if !extended.await? {
        return Err(Refusal::SessionEnded.into());
    }
    session::invalidate(engine, account.id);
    let token = session::token(engine, &account, &caller.session, now, until)?;
    Ok(SignedIn { token, account, expires_in_s: until.since(now).as_secs() })
}

/// Whether `text` is the caller's password. A wrong one counts like a wrong one at sign-in.
pub(super) async fn knows(engine: &Engine, caller: &Caller, text: &str, address: Option<IpAddr>) -> Result<Option<Account>, Error> {
    let account = get(engine, caller).await?;
    let attempt = limit::begin_sign_in(engine, format!("account:{}", account.id), address)?;
    let fits = engine.gate.verify(account::password(text).unwrap_or_default(), account.password_hash.clone()).await?;
    if fits {
        limit::uncount(engine, &attempt);
    }
    Ok(Some(account).filter(|_| fits))
}

/// Changes the caller's password, given the old one. The account's other sessions end.
///
/// # Errors
/// [`Refusal::WrongCredentials`] for a wrong old password; [`Refusal::Invalid`] for a new one that is not acceptable, or is the old one;
/// [`Refusal::TooOften`]; [`Refusal::Stale`] if it was changed meanwhile.
pub async fn change_password(
    engine: &Engine,
    caller: &Caller,
    old: &str,
    new: &str,
    origin: Origin,
    address: Option<IpAddr>,
) -> Result<(), Error> {
    let account = knows(engine, caller, old, address).await?.ok_or(Refusal::WrongCredentials)?;
    password::rule(&engine.settings, new)?;
    if account::password(new) == account::password(old) {
        return Err(Refusal::Invalid { field: "password", problem: Problem::Because("新密码不能与旧密码相同".to_owned()) }.into());
    }
    let hash = hash(engine, new.to_owned()).await?;
    let act = of(&account, "account.password", origin);
    let (id, session, now) = (account.id, caller.session.clone(), engine.now());
    let changed = engine.db.write(async move |tx| {
        tx.lock(Lock::Account(account.id)).await?;
        let change = store::account::Update { password_hash: Some(hash.clone()), ..store::account::Update::default() };
        if !store::account::update(tx, &account, &change, now).await? {
            return Err(Refusal::Stale.into());
        }
        store::ticket::void(tx, account.id).await?;
        store::session::end_others(tx, account.id, &session, now).await?;
        audit::note(tx, &act, now).await
    });
    changed.await?;
    session::invalidate(engine, id);
    Ok(())
}

fn of(account: &Account, action: &'static str, origin: Origin) -> Act {
    Act { actor: Some(account.id), action, subject: format!("account:{}", account.id), detail: String::new(), origin }
}

/// Sends a link to reset the password, if an account has this address. Neither the answer nor its timing reveals whether one has.
///
/// # Errors
/// [`Refusal::Invalid`] if it is not an e-mail address.
pub fn forgot_password(engine: &Arc<Engine>, email: &str, reader: Reader) -> Result<(), Error> {
    let email = crate::verification::target(engine, domain::delivery::Channel::Mail, email)?;
    let behind = Arc::clone(engine);
    engine.sending.spawn(async move {
        let found = behind.db.read(async move |tx| Ok(store::account::by_email(tx, &email).await?)).await;
        match found {
            Ok(Some(account)) if account.active => {
                if let Err(error) = ticket::send(&behind, Purpose::ResetPassword, &account, &reader).await {
                    tracing::warn!(account = account.id.0, %error, "a link to reset a password was not sent");
                }
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "whose address it is could not be looked up"),
        }
    });
    Ok(())
}

/// Resets a password with a link; every session of the account ends.
///
/// # Errors
/// [`Refusal::UnusableTicket`]; [`Refusal::Invalid`] for a password that is not acceptable, which does not use up the link.
pub async fn reset_password(engine: &Engine, secret: &str, new: String, origin: Origin) -> Result<(), Error> {
    let ticket = ticket::hash(engine, Purpose::ResetPassword, secret).ok_or(Refusal::UnusableTicket)?;
    let now = engine.now();
    // Checked before the password is hashed, which is expensive.
    let looked = engine.db.read(async move |tx| Ok(store::ticket::find(tx, Purpose::ResetPassword, ticket, now).await?));
    looked.await?.ok_or(Refusal::UnusableTicket)?;
    password::rule(&engine.settings, &new)?;
    let hash = hash(engine, new).await?;
    let now = engine.now();
    let reset = engine.db.write(async move |tx| {
        let (account, email) = used(tx, Purpose::ResetPassword, ticket, now).await?;
        let id = account.id;
        store::account::set_password(tx, id, &hash, now).await?;
        // Using the link proves that the mailbox is theirs.
        super::claim(tx, &account, &email, now).await?;
        audit::note(tx, &of(&account, "account.reset", origin.clone()), now).await?;
        Ok(id)
    });
    session::invalidate(engine, reset.await?);
    Ok(())
}

/// Consumes a ticket, and returns the account that it was sent to and the address, if the account still has that address and may sign
/// in. The account is locked before its ticket, as everywhere.
async fn used(tx: &mut Tx, purpose: Purpose, ticket: [u8; 32], now: Timestamp) -> Result<(Account, String), Error> {
    let (id, _) = store::ticket::find(tx, purpose, ticket, now).await?.ok_or(Refusal::UnusableTicket)?;
    tx.lock(Lock::Account(id)).await?;
    let (id, email) = store::ticket::consume(tx, purpose, ticket, now).await?.ok_or(Refusal::UnusableTicket)?;
    let account = store::account::by_id(tx, id).await?;
    let account = account.filter(|account| account.active && account.email.as_deref() == Some(&email));
    Ok((account.ok_or(Refusal::UnusableTicket)?, email))
}

/// Verifies an account's address with a link.
///
/// # Errors
/// [`Refusal::UnusableTicket`].
pub async fn verify_email(engine: &Engine, secret: &str) -> Result<(), Error> {
    let ticket = ticket::hash(engine, Purpose::VerifyEmail, secret).ok_or(Refusal::UnusableTicket)?;
    let now = engine.now();
    let verified = engine.db.write(async move |tx| {
        let (account, email) = used(tx, Purpose::VerifyEmail, ticket, now).await?;
        store::account::verify_email(tx, account.id, &email, now).await?;
        Ok(())
    });
    verified.await
}

/// Sends the link to verify the caller's address once more.
///
/// # Errors
/// [`Refusal::AlreadyVerified`]; [`Refusal::Invalid`] if the account has no address; [`Refusal::Undeliverable`],
/// [`Refusal::SentTooOften`].
pub async fn resend_verification(engine: &Arc<Engine>, caller: &Caller, reader: &Reader) -> Result<(), Error> {
    let account = get(engine, caller).await?;
    if account.email_verified_at.is_some() {
        return Err(Refusal::AlreadyVerified.into());
    }
    if account.email.is_none() {
        return Err(Refusal::Invalid { field: "email", problem: Problem::Missing }.into());
    }
    ticket::send(engine, Purpose::VerifyEmail, &account, reader).await
}

/// Closes the caller's account, given its password. Its unfinished tasks end.
///
/// # Errors
/// [`Refusal::WrongCredentials`]; [`Refusal::OwnAccount`] for the last administrator; [`Refusal::TooOften`].
pub async fn close(engine: &Engine, caller: &Caller, password: &str, origin: Origin, address: Option<IpAddr>) -> Result<(), Error> {
    let account = knows(engine, caller, password, address).await?.ok_or(Refusal::WrongCredentials)?;
    let act = of(&account, "account.close", origin);
    let account = account.clone();
    let kinds = engine.kinds.clone();
    let chain = engine.secrets.chain.clone();
    let now = engine.now();
    let ended = engine.db.write(async move |tx| {
        tx.lock(Lock::Administrators).await?;
        let current = store::account::by_id(tx, account.id).await?.ok_or(Refusal::NotFound(Noun::Account))?;
        if current.role.administers() && store::account::administering(tx).await? <= 1 {
            return Err(Refusal::OwnAccount.into());
        }
        if current.password_hash != account.password_hash {
            return Err(Refusal::WrongCredentials.into());
        }
        let ended = super::administer::shut(tx, account.id, &kinds, &chain, &act.origin, now).await?;
        audit::note(tx, &act, now).await?;
        Ok(ended)
    });
    for task in ended.await? {
        crate::task::publish(engine, &task);
    }
    session::invalidate(engine, account.id);
    Ok(())
}

/// The caller's display name.
///
/// # Errors
/// [`Error::Fault`].
pub async fn name(engine: &Engine, caller: &Caller) -> Result<String, Error> {
    let id = caller.account;
    let found = engine.db.read(async move |tx| Ok(store::account::by_id(tx, id).await?)).await?;
    Ok(found.ok_or(Fault::Corrupt("account"))?.display_name())
}
