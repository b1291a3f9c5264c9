//! Accounts: creating, finding and changing them, and the changes that end all of an account's sessions.

pub mod administer;
pub mod own;
mod register;
mod sign_in;
mod step_up;

pub(crate) use self::sign_in::Opening;
use domain::{
    account::{self, Account, Role},
    audit::Act,
    id::AccountId,
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    time::Timestamp,
    wallet::{Asset, Wallet},
};
pub use store::account::Holder;
use store::tx::Tx;

pub use self::{
    register::{NameRegistration, NewRegistration, Registration, register, register_by_name, register_with},
    sign_in::{CodeSignIn, Credentials, SecondFactor, SessionOptions, SignIn, SignedIn, sign_in, sign_in_by_code, sign_in_with},
    step_up::{Proof, step_up},
};
use crate::{
    Engine, Error, audit,
    session::{self, Caller},
    webhook,
};

async fn by_name(engine: &Engine, name: &str, key: &str) -> Result<Option<Account>, Error> {
    // No name contains a NUL, and not every database accepts one.
    if name.contains('\0') {
        return Ok(None);
    }
    let email = account::email(name);
    let key = key.to_owned();
    engine
        .db
        .read(async move |tx| {
            if let Some(email) = &email
                && let Some(account) = store::account::by_email(tx, email).await?
            {
                return Ok(Some(account));
            }
            Ok(store::account::by_username(tx, &key).await?)
        })
        .await
}

/// The fields of a new account, as they were entered.
#[derive(Debug, Clone, Default)]
pub struct NewAccount {
    /// A user name.
    pub username: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// A password.
    pub password: Option<String>,
    /// Whether it is an administrator.
    pub admin: bool,
}

/// Creates an account with its wallets.
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
        email_verified: false,
        phone: None,
        password_hash,
        role: if new.admin { Role::Admin } else { Role::User },
        now: engine.now(),
    };
    engine.db.write(async move |tx| insert(tx, &row).await).await
}

/// Creates an account with its wallets within a transaction.
///
/// # Errors
/// [`Refusal::Taken`] naming the first of its names that is taken: user name, e-mail, phone.
pub(crate) async fn insert(tx: &mut Tx, row: &store::account::New) -> Result<AccountId, Error> {
    let Some(id) = store::account::insert(tx, row).await? else {
        let named = match &row.username_key {
            Some(key) => store::account::by_username(tx, key).await?.is_some(),
            None => false,
        };
        let field = match row {
            _ if named => "username",
            row if row.email.is_some() => "email",
            row if row.phone.is_some() => "phone",
            _ => "username",
        };
        return Err(Refusal::Taken { field }.into());
    };
    store::wallet::open(tx, id).await?;
    Ok(id)
}

/// The hash of a password, regardless of the rules for new ones.
pub(crate) async fn hash(engine: &Engine, password: String) -> Result<String, Error> {
    let password = account::password(&password).map_err(|problem| Refusal::Invalid { field: "password", problem })?;
    let mut salt = [0; 16];
    engine.random.fill(&mut salt);
    engine.gate.hash(password, salt).await
}

/// An account and one of its wallets.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn with_wallet(engine: &Engine, id: AccountId, asset: Asset) -> Result<(Account, Wallet), Error> {
    let read = engine.db.read(async move |tx| {
        let account = store::account::by_id(tx, id).await?;
        let wallet = store::wallet::get(tx, id, asset).await?;
        Ok(account.zip(wallet))
    });
    read.await?.ok_or_else(|| Refusal::NotFound(Noun::Account).into())
}

/// An account that `asker` may see: any account if the operator enabled that, otherwise only their own, and any for administrators.
///
/// # Errors
/// [`Refusal::Unauthorized`] if nobody is signed in and that is required; [`Refusal::NotFound`], the same for one that does not exist,
/// was closed, or may not be seen.
pub async fn profile(engine: &Engine, asker: Option<&Caller>, id: Option<AccountId>) -> Result<Account, Error> {
    let missing = Refusal::NotFound(Noun::Account);
    let sees = |id| match asker {
        _ if engine.settings.public_profiles => Ok(true),
        None => Err(Refusal::Unauthorized),
        Some(asker) => Ok(asker.account == id || asker.role.administers()),
    };
    let Some(id) = id else {
        // A text that is not an id is answered like an id that nobody has.
        sees(AccountId(0))?;
        return Err(missing.into());
    };
    if !sees(id)? {
        return Err(missing.into());
    }
    let found = engine.db.read(async move |tx| Ok(store::account::by_id(tx, id).await?)).await?;
    found.filter(|account| account.anonymised_at.is_none()).ok_or_else(|| missing.into())
}

/// The account with this sign-in name, whether or not it may sign in.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn find(engine: &Engine, name: &str) -> Result<Account, Error> {
    by_name(engine, name, &account::fold(name)).await?.ok_or_else(|| Refusal::NotFound(Noun::Account).into())
}

/// Whether somebody could sign in with this name and password; production checks the published accounts with it before it starts.
///
/// # Errors
/// [`Error::Fault`].
pub async fn opens(engine: &Engine, name: &str, password: &str) -> Result<bool, Error> {
    match by_name(engine, name, &account::fold(name)).await? {
        Some(account) if account.active => engine.gate.verify(account::password(password).unwrap_or_default(), account.password_hash).await,
        Some(_) | None => Ok(false),
    }
}

/// Gives an account a new password and ends its sessions.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::Invalid`].
pub async fn set_password(engine: &Engine, account: AccountId, password: String) -> Result<(), Error> {
    let hash = hash(engine, password).await?;
    change(engine, account, Change::Password(hash)).await
}

/// Allows an account to sign in, or forbids it, which ends its sessions.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn set_active(engine: &Engine, account: AccountId, active: bool) -> Result<(), Error> {
    change(engine, account, Change::Active(active)).await
}

/// Gives an account a new role, which applies to its open sessions from the next request on.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn set_role(engine: &Engine, account: AccountId, role: Role) -> Result<(), Error> {
    change(engine, account, Change::Role(role)).await
}

/// Closes an account: nobody can sign in to it, its names are free again, its ledger is kept.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn close(engine: &Engine, account: AccountId) -> Result<(), Error> {
    change(engine, account, Change::Close).await
}

/// Gives an account to the owner of its mailbox. If nobody had asked them before, whoever opened its sessions, made its keys or named its
/// webhooks until now need not be the same person: all of those end.
async fn claim(tx: &mut Tx, account: &Account, email: &str, now: Timestamp) -> Result<(), Error> {
    store::account::verify_email(tx, account.id, email, now).await?;
    store::ticket::void(tx, account.id).await?;
    store::session::end_all(tx, account.id, now).await?;
    if account.email_verified_at.is_some() {
        return Ok(());
    }
    store::api_key::revoke_all(tx, account.id, now).await?;
    webhook::forget(tx, account.id, now).await?;
    let act = Act {
        actor: Some(account.id),
        action: "account.claim",
        subject: format!("account:{}", account.id),
        detail: "its mailbox was proved for the first time: its sessions, keys and webhooks ended".to_owned(),
        origin: Origin::default(),
    };
    audit::note(tx, &act, now).await
}

enum Change {
    Password(String),
    Active(bool),
    Role(Role),
    Close,
}

async fn change(engine: &Engine, account: AccountId, change: Change) -> Result<(), Error> {
    let now = engine.now();
    engine.db.write(async move |tx| apply(tx, account, &change, now).await).await?;
    session::invalidate(engine, account);
    Ok(())
}

async fn apply(tx: &mut Tx, account: AccountId, change: &Change, now: Timestamp) -> Result<(), Error> {
    tx.lock(store::tx::Lock::Account(account)).await?;
    let (found, ends) = match change {
        Change::Password(hash) => {
            store::ticket::void(tx, account).await?;
            (store::account::set_password(tx, account, hash, now).await?, true)
        }
        Change::Active(active) => (store::account::set_active(tx, account, *active, now).await?, !active),
        Change::Role(role) => (store::account::set_role(tx, account, *role, now).await?, false),
        Change::Close => {
            store::ticket::void(tx, account).await?;
            store::campus::forget(tx, account).await?;
            store::api_key::revoke_all(tx, account, now).await?;
            webhook::forget(tx, account, now).await?;
            store::second_factor::remove(tx, account).await?;
            store::identity::unlink_all(tx, account).await?;
            (store::account::anonymise(tx, account, now).await?, true)
        }
    };
    if !found {
        return Err(Refusal::NotFound(Noun::Account).into());
    }
    if ends {
        store::session::end_all(tx, account, now).await?;
    }
    Ok(())
}
