//! Accounts: signing in, and what ends every session of an account.

use std::{net::IpAddr, time::Duration};

use domain::{
    account::{self, Account, Role},
    id::AccountId,
    refusal::{Noun, Problem, Refusal},
    time::Timestamp,
};
use ports::bell::Ring;
use store::tx::Tx;

use crate::{Engine, Error, limit, session};

/// A name and a password, from where they came.
pub struct SignIn {
    /// A user name or an e-mail address.
    pub name: String,
    /// The password.
    pub password: String,
    /// The asker's address.
    pub address: Option<IpAddr>,
    /// Which surface asks.
    pub surface: &'static str,
    /// How long the session lasts.
    pub lifetime: Duration,
}

/// An open session.
pub struct SignedIn {
    /// The access token.
    pub token: String,
    /// Whose it is.
    pub account: Account,
    /// How many seconds it lasts.
    pub expires_in_s: u64,
}

/// Signs somebody in by name and password.
///
/// # Errors
/// [`Refusal::WrongCredentials`], the same and after the same time for a wrong name, a wrong password and an account that may not
/// sign in; [`Refusal::TooOften`].
pub async fn sign_in(engine: &Engine, request: SignIn) -> Result<SignedIn, Error> {
    let key = account::fold(&request.name);
    let attempt = limit::begin_sign_in(engine, key.clone(), request.address)?;
    let found = by_name(engine, &request.name, &key).await?;
    let hash = found.as_ref().and_then(|account| account.password_hash.clone());
    let fits = engine.gate.verify(request.password, hash.clone()).await?;
    let Some(account) = found.filter(|account| fits && account.active) else {
        tracing::info!(surface = request.surface, "a sign-in was refused");
        return Err(Refusal::WrongCredentials.into());
    };
    limit::forgive(engine, &attempt);
    let now = engine.now();
    let expires_at = now.plus(request.lifetime);
    let id = ports::random::hex::<16>(&*engine.random);
    let opening = (id.clone(), account.id, hash, request.surface, now, expires_at);
    engine
        .db
        .write(opening, |tx, (id, account, hash, surface, now, expires_at)| {
            Box::pin(async move {
                tx.lock(store::tx::Lock::Account(*account)).await?;
                // The password was checked outside this transaction: what it was checked against must still hold.
                let current = store::account::by_id(tx, *account).await?.ok_or(Refusal::WrongCredentials)?;
                if !current.active || current.password_hash != *hash {
                    return Err(Refusal::WrongCredentials.into());
                }
                session::open(tx, id, *account, surface, *now, *expires_at).await
            })
        })
        .await?;
    let token = session::token(engine, &account, &id, now, expires_at)?;
    Ok(SignedIn { token, account, expires_in_s: request.lifetime.as_secs() })
}

async fn by_name(engine: &Engine, name: &str, key: &str) -> Result<Option<Account>, Error> {
    let names = (account::email(name), key.to_owned());
    engine
        .db
        .read(names, |tx, (email, key)| {
            Box::pin(async move {
                if let Some(email) = email
                    && let Some(account) = store::account::by_email(tx, email).await?
                {
                    return Ok(Some(account));
                }
                Ok(store::account::by_username(tx, key).await?)
            })
        })
        .await
}

/// What a new account is made of, as people write it.
#[derive(Debug, Clone, Default)]
pub struct NewAccount {
    /// A user name.
    pub username: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// A password.
    pub password: Option<String>,
    /// Whether it administers.
    pub admin: bool,
}

/// Makes an account with its wallets.
///
/// # Errors
/// [`Refusal::Invalid`] or [`Refusal::Taken`] naming the field.
pub async fn create(engine: &Engine, new: NewAccount) -> Result<AccountId, Error> {
    let malformed = |field| Refusal::Invalid { field, problem: Problem::Malformed };
    let username = new.username.map(|name| account::username(&name).ok_or(malformed("username"))).transpose()?;
    let email = new.email.map(|address| account::email(&address).ok_or(malformed("email"))).transpose()?;
    if username.is_none() && email.is_none() {
        return Err(Refusal::Invalid { field: "username", problem: Problem::Missing }.into());
    }
    let password_hash = match new.password {
        Some(password) => Some(hash(engine, password).await?),
        None => None,
    };
    let row = store::account::New {
        username_key: username.as_deref().map(account::fold),
        username,
        email,
        phone: None,
        password_hash,
        role: if new.admin { Role::Admin } else { Role::User },
        now: engine.now(),
    };
    engine.db.write(row, |tx, row| Box::pin(insert(tx, row))).await
}

/// Makes an account with its wallets within a transaction.
pub(crate) async fn insert(tx: &mut Tx, row: &store::account::New) -> Result<AccountId, Error> {
    let taken = if row.username.is_some() { "username" } else { "email" };
    let id = store::account::insert(tx, row).await?.ok_or(Refusal::Taken { field: taken })?;
    store::wallet::open(tx, id).await?;
    Ok(id)
}

async fn hash(engine: &Engine, password: String) -> Result<String, Error> {
    if password.len() > 128 {
        return Err(Refusal::Invalid { field: "password", problem: Problem::TooLong(128) }.into());
    }
    let mut salt = [0; 16];
    engine.random.fill(&mut salt);
    engine.gate.hash(password, salt).await
}

/// The account that signs in under a name, whether or not it may.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn find(engine: &Engine, name: &str) -> Result<Account, Error> {
    by_name(engine, name, &account::fold(name)).await?.ok_or_else(|| Refusal::NotFound(Noun::Account).into())
}

/// Whether somebody could sign in with this name and password: what production asks of the published accounts before it starts.
///
/// # Errors
/// [`Error::Fault`].
pub async fn opens(engine: &Engine, name: &str, password: &str) -> Result<bool, Error> {
    match by_name(engine, name, &account::fold(name)).await? {
        Some(account) if account.active => engine.gate.verify(password.to_owned(), account.password_hash).await,
        Some(_) | None => Ok(false),
    }
}

/// Gives an account another password and ends its sessions.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::Invalid`].
pub async fn set_password(engine: &Engine, account: AccountId, password: String) -> Result<(), Error> {
    let hash = hash(engine, password).await?;
    change(engine, account, Change::Password(hash)).await
}

/// Lets an account sign in or not; taking it away ends its sessions.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn set_active(engine: &Engine, account: AccountId, active: bool) -> Result<(), Error> {
    change(engine, account, Change::Active(active)).await
}

/// Gives an account another role, which its open sessions have from the next request on.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn set_role(engine: &Engine, account: AccountId, role: Role) -> Result<(), Error> {
    change(engine, account, Change::Role(role)).await
}

/// Closes an account: nobody can sign in to it, its names are free again, its ledger stays.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn close(engine: &Engine, account: AccountId) -> Result<(), Error> {
    change(engine, account, Change::Close).await
}

enum Change {
    Password(String),
    Active(bool),
    Role(Role),
    Close,
}

async fn change(engine: &Engine, account: AccountId, change: Change) -> Result<(), Error> {
    engine.db.write((account, change, engine.now()), |tx, (account, change, now)| Box::pin(apply(tx, *account, change, *now))).await?;
    tell(engine, account);
    Ok(())
}

async fn apply(tx: &mut Tx, account: AccountId, change: &Change, now: Timestamp) -> Result<(), Error> {
    tx.lock(store::tx::Lock::Account(account)).await?;
    let (found, ends) = match change {
        Change::Password(hash) => (store::account::set_password(tx, account, hash, now).await?, true),
        Change::Active(active) => (store::account::set_active(tx, account, *active, now).await?, !active),
        Change::Role(role) => (store::account::set_role(tx, account, *role, now).await?, false),
        Change::Close => (store::account::anonymise(tx, account, now).await?, true),
    };
    if !found {
        return Err(Refusal::NotFound(Noun::Account).into());
    }
    if ends {
        store::session::end_all(tx, account, now).await?;
    }
    Ok(())
}

/// Says that an account's sessions, role or activity changed: here at once, and in every other process.
pub(crate) fn tell(engine: &Engine, account: AccountId) {
    engine.sessions.forget();
    engine.bell.publish(Ring::Account(account));
}
