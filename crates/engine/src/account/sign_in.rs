//! Signing in: by name and password, or by a code sent to a phone or a mailbox.

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
use store::tx::{Lock, Tx};

use super::by_name;
use crate::{
    Engine, Error, Fault, audit, limit, oidc,
    second_factor::{self, Shown},
    session,
    verification::{self, Claim, Outcome, Proof},
};

/// Digits of an authenticator's code that is typed right after the password.
const APPENDED: usize = 6;

/// How somebody comes in: what a surface promises its sessions, and what came with the request.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// Which surface asks.
    pub surface: &'static str,
    /// How long the session lasts.
    pub lifetime: Duration,
    /// How long it may lie unused; none for a session that lasts unused.
    pub idle: Option<Duration>,
    /// The asker's address.
    pub address: Option<IpAddr>,
    /// The second factor.
    pub second_factor: SecondFactor,
    /// Whether what is dangerous takes a fresh proof of who is asking; the published documents know no such question.
    pub step_up: bool,
}

impl SessionOptions {
    /// Those of a published document, which knows neither second factors nor fresh proofs.
    #[must_use]
    pub fn new(surface: &'static str, lifetime: Duration, address: Option<IpAddr>) -> Self {
        Self { surface, lifetime, idle: None, address, second_factor: SecondFactor::Appended, step_up: false }
    }
}

/// Where a second factor stands in a request to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecondFactor {
    /// In a field of its own, if it was filled in.
    Field(Option<String>),
    /// The document has no field for it: people type it right after their password, so that every front end can be signed in to.
    Appended,
}

/// A name and a password, as they were entered.
pub struct SignIn {
    /// A user name or an e-mail address.
    pub name: String,
    /// The password.
    pub password: String,
    /// The session to open.
    pub session: SessionOptions,
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

/// What somebody signs in with.
pub enum Credentials {
    /// A name, and a password.
    Password(String, String),
    /// A channel, where it leads, and the code that came over it.
    Code(Channel, String, String),
    /// What a browser kept that came back from the identity provider.
    Identity(String),
}

/// Signs somebody in with whatever they have.
///
/// # Errors
/// As [`sign_in`] and [`sign_in_by_code`].
pub async fn sign_in_with(engine: &Engine, credentials: Credentials, session: SessionOptions) -> Result<SignedIn, Error> {
    match credentials {
        Credentials::Password(name, password) => sign_in(engine, SignIn { name, password, session }).await,
        Credentials::Identity(kept) => oidc::sign_in(engine, &kept, session).await,
        Credentials::Code(channel, to, code) => sign_in_by_code(engine, CodeSignIn { channel, to, code, session }).await,
    }
}

/// Signs somebody in by name and password.
///
/// # Errors
/// [`Refusal::WrongCredentials`], the same and after the same time for a wrong name and a wrong password; [`Refusal::Deactivated`] for
/// an account that may not sign in, if the password is right; [`Refusal::SecondFactor`] or [`Refusal::WrongSecondFactor`] then, too;
/// [`Refusal::TooOften`].
pub async fn sign_in(engine: &Engine, request: SignIn) -> Result<SignedIn, Error> {
    let SignIn { name, password, session: options } = request;
    let key = account::fold(&name);
    // All spellings of an address count as one name, whose wrong passwords are counted together.
    let counted = account::email(&name).unwrap_or_else(|| key.clone());
    let attempt = limit::begin_sign_in(engine, counted, options.address)?;
    let found = by_name(engine, &name, &key).await?;
    let named = found.as_ref().map(|account| account.id);
    let asked = named.unwrap_or(AccountId(0));
    let asks = engine.db.read(async move |tx| second_factor::on(tx, asked).await).await?;
    let (password, second) = match &options.second_factor {
        SecondFactor::Field(typed) => (password.as_str(), typed.as_deref()),
        SecondFactor::Appended => parted(&password, asks),
    };
    let hash = found.as_ref().and_then(|account| account.password_hash.clone());
    let fits = engine.gate.verify(account::password(password).unwrap_or_default(), hash.clone()).await?;
    let Some(account) = found.filter(|_| fits) else {
        tracing::info!(surface = options.surface, "a sign-in was refused");
        note_refusal(engine, named, &options).await?;
        return Err(Refusal::WrongCredentials.into());
    };
    limit::uncount(engine, &attempt);
    if !account.active {
        return Err(Refusal::Deactivated.into());
    }
    if account.role.administers() && engine.settings.oidc.staff_only {
        return Err(Refusal::StaffElsewhere.into());
    }
    let opening = Opening::new(engine, &options, second);
    let (session, id) = (opening.clone(), account.id);
    let opened = engine.db.write(async move |tx| {
        tx.lock(Lock::Account(id)).await?;
        // The password was checked outside of this transaction: what it was checked against must still be true.
        let current = store::account::by_id(tx, id).await?.ok_or(Refusal::WrongCredentials)?;
        if !current.active || current.password_hash != hash {
            return Err(Refusal::WrongCredentials.into());
        }
        session.open(tx, id).await
    });
    second_factor::counted(engine, &id.to_string(), options.address, opened).await?;
    let account = Account { signed_in_at: Some(opening.now()), ..account };
    opening.signed_in(engine, account)
}

/// A password and the code right behind it, where the account asks for one.
fn parted(typed: &str, asks: bool) -> (&str, Option<&str>) {
    let parts = typed.len().checked_sub(APPENDED).and_then(|at| typed.split_at_checked(at));
    match parts {
        Some((password, code)) if asks && code.bytes().all(|byte| byte.is_ascii_digit()) => (password, Some(code)),
        _ => (typed, None),
    }
}

/// Records that a sign-in was refused. A name that nobody has is not recorded: it may be a password typed into the wrong field.
async fn note_refusal(engine: &Engine, named: Option<AccountId>, options: &SessionOptions) -> Result<(), Error> {
    let act = Act {
        actor: None,
        action: "session.refuse",
        subject: named.map_or_else(|| "unknown name".to_owned(), |account| format!("account:{account}")),
        detail: options.surface.to_owned(),
        origin: Origin { address: options.address.map(|address| address.to_string()), device: None },
    };
    let now = engine.now();
    engine.db.write(async move |tx| audit::note(tx, &act, now).await).await
}

/// A session about to be opened, together with the second factor that was shown for it.
#[derive(Clone)]
pub(crate) struct Opening {
    session: store::session::New,
    second: Shown,
}

impl Opening {
    pub(crate) fn new(engine: &Engine, options: &SessionOptions, second: Option<&str>) -> Self {
        let now = engine.now();
        let session = store::session::New {
            id: ports::random::hex::<16>(&*engine.random),
            surface: options.surface,
            now,
            expires_at: now.plus(options.lifetime),
            proved_at: options.step_up.then_some(now),
            idle: options.idle,
        };
        Self { session, second: Shown::of(engine, second) }
    }

    /// The same, but ending when another session would have.
    pub(super) fn until(mut self, expires_at: Timestamp) -> Self {
        self.session.expires_at = expires_at;
        self
    }

    /// When it is opened.
    pub(crate) fn now(&self) -> Timestamp {
        self.session.now
    }

    /// Opens it, if the account's second factor was shown or it asks for none.
    pub(crate) async fn open(&self, tx: &mut Tx, account: AccountId) -> Result<(), Error> {
        self.second.pass(tx, account, self.session.now).await?;
        store::account::signed_in(tx, account, self.session.now).await?;
        self.insert(tx, account).await
    }

    /// Opens it for somebody who is signed in.
    pub(crate) async fn insert(&self, tx: &mut Tx, account: AccountId) -> Result<(), Error> {
        Ok(store::session::insert(tx, account, &self.session).await?)
    }

    /// The token, once the session is committed.
    pub(crate) fn signed_in(self, engine: &Engine, account: Account) -> Result<SignedIn, Error> {
        let store::session::New { id, now, expires_at, .. } = self.session;
        let token = session::token(engine, &account, &id, now, expires_at)?;
        Ok(SignedIn { token, account, expires_in_s: expires_at.since(now).as_secs() })
    }
}

/// A phone number or an e-mail address and the code that was sent to it, as they were entered.
pub struct CodeSignIn {
    /// Over which channel it was sent.
    pub channel: Channel,
    /// The phone number or the address.
    pub to: String,
    /// The code.
    pub code: String,
    /// The session to open.
    pub session: SessionOptions,
}

/// Signs somebody in by a code sent to a phone or a mailbox; the first time creates the account.
///
/// # Errors
/// As [`verification::check`]; [`Refusal::Unauthorized`] for an account that may not sign in; [`Refusal::SecondFactor`] or
/// [`Refusal::WrongSecondFactor`], which leave the code as good as it was.
pub async fn sign_in_by_code(engine: &Engine, request: CodeSignIn) -> Result<SignedIn, Error> {
    let CodeSignIn { channel, to, code, session: options } = request;
    let claim = Claim { purpose: Purpose::SignIn, channel, to, code, address: options.address };
    let proof = verification::begin(engine, &claim)?;
    let second = match &options.second_factor {
        SecondFactor::Field(typed) => typed.as_deref(),
        SecondFactor::Appended => None,
    };
    let opening = Opening::new(engine, &options, second);
    let (shown, session, staff_only) = (proof.clone(), opening.clone(), engine.settings.oidc.staff_only);
    let entered = engine.db.write(async move |tx| {
        let entered = enter(tx, channel, &shown, &session).await?;
        if staff_only && entered.as_ref().is_ok_and(|account| account.role.administers()) {
            return Err(Refusal::StaffElsewhere.into());
        }
        Ok(entered)
    });
    let outcome = second_factor::counted(engine, &proof.target, options.address, entered).await?;
    opening.signed_in(engine, verification::settle(engine, &proof, outcome)?)
}

/// Consumes the code, finds or creates the account, and opens the session, in one transaction.
async fn enter(tx: &mut Tx, channel: Channel, proof: &Proof, opening: &Opening) -> Result<Outcome<Account>, Error> {
    if let Err(missed) = verification::consume(tx, proof, opening.now()).await? {
        return Ok(Err(missed));
    }
    let found = match channel {
        Channel::Sms => store::account::by_phone(tx, &proof.target).await?,
        Channel::Mail => store::account::by_email(tx, &proof.target).await?,
    };
    let account = match found {
        Some(account) => {
            // Locked, so that if its sessions are ended meanwhile, this one is, too.
            tx.lock(Lock::Account(account.id)).await?;
            let account = store::account::by_id(tx, account.id).await?.ok_or(Fault::Corrupt("account"))?;
            if channel == Channel::Mail && account.active && account.email_verified_at.is_none() {
                super::claim(tx, &account, &proof.target, opening.now()).await?;
                store::account::forget_password(tx, account.id, opening.now()).await?;
            }
            account
        }
        None => {
            let target = Some(proof.target.clone());
            let (phone, email) = if channel == Channel::Sms { (target, None) } else { (None, target) };
            let row = store::account::New {
                username: None,
                username_key: None,
                email_verified: email.is_some(),
                email,
                phone,
                password_hash: None,
                role: Role::User,
                now: opening.now(),
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
