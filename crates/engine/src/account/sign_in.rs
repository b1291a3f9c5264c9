//! Signing in: by name and password, or by a code sent to a phone.

use std::{net::IpAddr, time::Duration};

use domain::{
    account::{self, Account, Role},
    audit::Act,
    delivery::Channel,
    id::AccountId,
    origin::Origin,
    refusal::Refusal,
    time::Timestamp,
    verification::Purpose,
};
use store::tx::Tx;

use super::by_name;
use crate::{
    Engine, Error, Fault, audit, limit, session,
    verification::{self, Claim, Outcome, Proof},
};

/// A name and a password, and where they came from.
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
    /// The account that it belongs to.
    pub account: Account,
    /// How many seconds it lasts.
    pub expires_in_s: u64,
}

/// Signs somebody in by name and password.
///
/// # Errors
/// [`Refusal::WrongCredentials`], the same and after the same time for a wrong name and a wrong password; [`Refusal::Deactivated`] for
/// an account that may not sign in, if the password is right; [`Refusal::TooOften`].
pub async fn sign_in(engine: &Engine, request: SignIn) -> Result<SignedIn, Error> {
    let key = account::fold(&request.name);
    // All spellings of an address count as one name, whose wrong passwords are counted together.
    let counted = account::email(&request.name).unwrap_or_else(|| key.clone());
    let attempt = limit::begin_sign_in(engine, counted, request.address)?;
    let found = by_name(engine, &request.name, &key).await?;
    let hash = found.as_ref().and_then(|account| account.password_hash.clone());
    let fits = engine.gate.verify(account::password(&request.password).unwrap_or_default(), hash.clone()).await?;
    let named = found.as_ref().map(|account| account.id);
    let Some(account) = found.filter(|_| fits) else {
        tracing::info!(surface = request.surface, "a sign-in was refused");
        note_refusal(engine, named, request.surface, request.address).await?;
        return Err(Refusal::WrongCredentials.into());
    };
    limit::uncount(engine, &attempt);
    if !account.active {
        return Err(Refusal::Deactivated.into());
    }
    let opening = Opening::new(engine, request.surface, request.lifetime);
    let (session, id) = (opening.clone(), account.id);
    engine
        .db
        .write(async move |tx| {
            tx.lock(store::tx::Lock::Account(id)).await?;
            // The password was checked outside of this transaction: what it was checked against must still be true.
            let current = store::account::by_id(tx, id).await?.ok_or(Refusal::WrongCredentials)?;
            if !current.active || current.password_hash != hash {
                return Err(Refusal::WrongCredentials.into());
            }
            session.open(tx, id).await
        })
        .await?;
    let account = Account { signed_in_at: Some(opening.now), ..account };
    opening.signed_in(engine, account)
}

/// Records that a sign-in was refused. A name that nobody has is not recorded: it may be a password typed into the wrong field.
async fn note_refusal(engine: &Engine, named: Option<AccountId>, surface: &'static str, address: Option<IpAddr>) -> Result<(), Error> {
    let act = Act {
        actor: None,
        action: "session.refuse",
        subject: named.map_or_else(|| "unknown name".to_owned(), |account| format!("account:{account}")),
        detail: surface.to_owned(),
        origin: Origin { address: address.map(|address| address.to_string()), device: None },
    };
    let now = engine.now();
    engine.db.write(async move |tx| audit::note(tx, &act, now).await).await
}

/// A session about to be opened.
#[derive(Clone)]
pub(crate) struct Opening {
    id: String,
    surface: &'static str,
    pub(crate) now: Timestamp,
    expires_at: Timestamp,
}

/// A session that is about to be opened on a surface.
pub(crate) fn opening(engine: &Engine, surface: &'static str, lifetime: Duration) -> Opening {
    Opening::new(engine, surface, lifetime)
}

impl Opening {
    pub(super) fn new(engine: &Engine, surface: &'static str, lifetime: Duration) -> Self {
        let now = engine.now();
        Self { id: ports::random::hex::<16>(&*engine.random), surface, now, expires_at: now.plus(lifetime) }
    }

    pub(crate) async fn open(&self, tx: &mut Tx, account: AccountId) -> Result<(), Error> {
        store::account::signed_in(tx, account, self.now).await?;
        session::open(tx, &self.id, account, self.surface, self.now, self.expires_at).await
    }

    /// The token, once the session is committed.
    pub(crate) fn signed_in(self, engine: &Engine, account: Account) -> Result<SignedIn, Error> {
        let token = session::token(engine, &account, &self.id, self.now, self.expires_at)?;
        Ok(SignedIn { token, account, expires_in_s: self.expires_at.since(self.now).as_secs() })
    }
}

/// A phone number and the code that was sent to it, as they were entered.
pub struct CodeSignIn {
    /// The phone number.
    pub phone: String,
    /// The code.
    pub code: String,
    /// The asker's address.
    pub address: Option<IpAddr>,
    /// Which surface asks.
    pub surface: &'static str,
    /// How long the session lasts.
    pub lifetime: Duration,
}

/// Signs somebody in by a code sent to a phone; the first time creates the account.
///
/// # Errors
/// As [`verification::check`]; [`Refusal::Unauthorized`] for an account that may not sign in.
pub async fn sign_in_by_code(engine: &Engine, request: CodeSignIn) -> Result<SignedIn, Error> {
    let claim = Claim { purpose: Purpose::SignIn, channel: Channel::Sms, to: request.phone, code: request.code, address: request.address };
    let proof = verification::begin(engine, &claim)?;
    let opening = Opening::new(engine, request.surface, request.lifetime);
    let (shown, session) = (proof.clone(), opening.clone());
    let outcome = engine.db.write(async move |tx| enter(tx, &shown, &session).await).await?;
    opening.signed_in(engine, verification::settle(engine, &proof, outcome)?)
}

/// Consumes the code, finds or creates the account, and opens the session, in one transaction.
async fn enter(tx: &mut Tx, proof: &Proof, opening: &Opening) -> Result<Outcome<Account>, Error> {
    if let Err(missed) = verification::consume(tx, proof, opening.now).await? {
        return Ok(Err(missed));
    }
    let found = store::account::by_phone(tx, &proof.target).await?;
    let account = match found {
        Some(account) => {
            // Locked, so that if its sessions are ended meanwhile, this one is, too.
            tx.lock(store::tx::Lock::Account(account.id)).await?;
            store::account::by_id(tx, account.id).await?.ok_or(Fault::Corrupt("account"))?
        }
        None => {
            let row = store::account::New {
                username: None,
                username_key: None,
                email: None,
                email_verified: false,
                phone: Some(proof.target.clone()),
                password_hash: None,
                role: Role::User,
                now: opening.now,
            };
            let id = super::insert(tx, &row).await?;
            store::account::by_id(tx, id).await?.ok_or(Fault::Corrupt("account"))?
        }
    };
    if !account.active {
        return Err(Refusal::Unauthorized.into());
    }
    opening.open(tx, account.id).await?;
    Ok(Ok(account))
}
