//! A second factor beside the password: an authenticator application (TOTP, RFC 6238), and recovery codes for the day it is lost.
//!
//! Invariant: where it is on, no session opens without it, whatever the surface and whatever the first proof (`account::Opening`).
//! Invariant: no code opens two.

use std::net::IpAddr;

use data_encoding::BASE32_NOPAD;
use domain::{
    audit::Act,
    id::AccountId,
    origin::Origin,
    refusal::{Noun, Refusal},
    time::Timestamp,
    totp,
};
use store::tx::{Lock, Tx};

use crate::{
    Engine, Error, Fault, account, audit,
    limit::{self, Guess},
    session::{self, Caller},
    vault::Vault,
};

/// How many recovery codes an account is given.
const CODES: usize = 10;
/// Bytes of a recovery code: ten characters.
const CODE: usize = 6;
/// Characters of a recovery code.
const WRITTEN: usize = 10;

/// What an account has of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Since when signing in asks for it.
    pub on_since: Option<Timestamp>,
    /// How many recovery codes are left.
    pub codes_left: i64,
}

/// The caller's second factor.
///
/// # Errors
/// [`Error::Fault`].
pub async fn status(engine: &Engine, caller: &Caller) -> Result<Status, Error> {
    let account = caller.account;
    let read = engine.db.read(async move |tx| {
        let on_since = store::second_factor::find(tx, account).await?.and_then(|factor| factor.on_since);
        Ok(Status { on_since, codes_left: store::second_factor::codes_left(tx, account).await? })
    });
    read.await
}

/// An authenticator that is being set up.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Its secret, to be typed in.
    pub secret: String,
    /// The same for an application's camera: `otpauth://totp/..`.
    pub uri: String,
}

/// Begins to set up an authenticator; nothing asks for it before [`switch_on`]. Beginning anew voids what was begun.
///
/// # Errors
/// [`Refusal::StepUp`]; [`Refusal::SecondFactorState`] if one is on; [`Refusal::KeyScope`] for a key that asks.
pub async fn begin(engine: &Engine, caller: &Caller) -> Result<Begun, Error> {
    caller.signed_in()?;
    caller.fresh(engine)?;
    let mut secret = [0; totp::SECRET];
    engine.random.fill(&mut secret);
    let name = account::own::name(engine, caller).await?;
    let begun = Begun { secret: totp::written(&secret), uri: totp::uri(&engine.settings.brand, &name, &secret) };
    let sealed = Vault::of(engine).seal(&place(caller.account), &begun.secret)?;
    let (account, now) = (caller.account, engine.now());
    let kept = engine.db.write(async move |tx| Ok::<_, Error>(store::second_factor::begin(tx, account, &sealed, now).await?));
    if kept.await? { Ok(begun) } else { Err(Refusal::SecondFactorState(true).into()) }
}

/// Switches on what was begun, given a code that it shows, and returns the recovery codes, which cannot be read again. Other sessions end:
/// they were opened without it.
///
/// # Errors
/// [`Refusal::WrongSecondFactor`]; [`Refusal::SecondFactorState`] if none was begun or one is on; [`Refusal::TooOften`].
pub async fn switch_on(
    engine: &Engine,
    caller: &Caller,
    code: &str,
    origin: Origin,
    address: Option<IpAddr>,
) -> Result<Vec<String>, Error> {
    caller.signed_in()?;
    caller.fresh(engine)?;
    let (account, session, vault, now) = (caller.account, caller.session.clone(), Vault::of(engine), engine.now());
    let (codes, hashes) = draw(engine);
    let act = act(caller, account, "second_factor.on", origin);
    let code = code.to_owned();
    let switched = engine.db.write(async move |tx| {
        tx.lock(Lock::Account(account)).await?;
        let factor = store::second_factor::find(tx, account).await?.ok_or(Refusal::SecondFactorState(false))?;
        if factor.on_since.is_some() {
            return Err(Refusal::SecondFactorState(true).into());
        }
        let step = totp::period(&secret(&vault, account, &factor.secret)?, &code, now, 0).ok_or(Refusal::WrongSecondFactor)?;
        if !store::second_factor::switch_on(tx, account, &factor.secret, step, now).await? {
            return Err(Refusal::SecondFactorState(true).into());
        }
        store::second_factor::give_codes(tx, account, &hashes).await?;
        store::session::end_others(tx, account, &session, now).await?;
        audit::note(tx, &act, now).await
    });
    counted(engine, &account.to_string(), address, switched).await?;
    session::invalidate(engine, account);
    Ok(codes)
}

/// Switches the caller's second factor off.
///
/// # Errors
/// [`Refusal::StepUp`]; [`Refusal::SecondFactorState`] if there is none; [`Refusal::KeyScope`] for a key that asks.
pub async fn switch_off(engine: &Engine, caller: &Caller, origin: Origin) -> Result<(), Error> {
    caller.signed_in()?;
    caller.fresh(engine)?;
    remove(engine, caller.account, act(caller, caller.account, "second_factor.off", origin)).await
}

/// Takes the second factor from somebody who has lost theirs and their recovery codes.
///
/// # Errors
/// [`Refusal::Forbidden`], also for somebody with a higher role; [`Refusal::StepUp`]; [`Refusal::NotFound`];
/// [`Refusal::SecondFactorState`] if they have none.
pub async fn reset(engine: &Engine, caller: &Caller, of: AccountId, origin: Origin) -> Result<(), Error> {
    audit::administers(caller)?;
    caller.fresh(engine)?;
    let found = engine.db.read(async move |tx| Ok::<_, Error>(store::account::by_id(tx, of).await?)).await?;
    if caller.role < found.ok_or(Refusal::NotFound(Noun::Account))?.role {
        return Err(Refusal::Forbidden.into());
    }
    remove(engine, of, act(caller, of, "second_factor.reset", origin)).await
}

async fn remove(engine: &Engine, account: AccountId, act: Act) -> Result<(), Error> {
    let now = engine.now();
    let removed = engine.db.write(async move |tx| {
        tx.lock(Lock::Account(account)).await?;
        if !store::second_factor::remove(tx, account).await? {
            return Err(Refusal::SecondFactorState(false).into());
        }
        audit::note(tx, &act, now).await
    });
    removed.await
}

/// New recovery codes in place of the older ones; they cannot be read again.
///
/// # Errors
/// As [`switch_off`].
pub async fn renew_codes(engine: &Engine, caller: &Caller, origin: Origin) -> Result<Vec<String>, Error> {
    caller.signed_in()?;
    caller.fresh(engine)?;
    let (account, now) = (caller.account, engine.now());
    let (codes, hashes) = draw(engine);
    let act = act(caller, account, "second_factor.codes", origin);
    let given = engine.db.write(async move |tx| {
        tx.lock(Lock::Account(account)).await?;
        if !on(tx, account).await? {
            return Err(Refusal::SecondFactorState(false).into());
        }
        store::second_factor::give_codes(tx, account, &hashes).await?;
        audit::note(tx, &act, now).await
    });
    given.await?;
    Ok(codes)
}

fn act(caller: &Caller, of: AccountId, action: &'static str, origin: Origin) -> Act {
    Act { actor: Some(caller.account), action, subject: format!("account:{of}"), detail: String::new(), origin }
}

/// Where an account's secret is sealed to.
fn place(account: AccountId) -> String {
    format!("second_factor:{account}")
}

fn secret(vault: &Vault, account: AccountId, sealed: &str) -> Result<Vec<u8>, Error> {
    totp::read(&vault.open(&place(account), sealed)?).ok_or_else(|| Fault::Corrupt("second factor").into())
}

/// New recovery codes, as they are read and as they are stored.
fn draw(engine: &Engine) -> (Vec<String>, Vec<[u8; 32]>) {
    let draw = |_| {
        let mut bytes = [0; CODE];
        engine.random.fill(&mut bytes);
        let plain = BASE32_NOPAD.encode(&bytes).to_lowercase();
        (format!("{}-{}", &plain[..WRITTEN / 2], &plain[WRITTEN / 2..]), hash(engine, &plain))
    };
    (0..CODES).map(draw).unzip()
}

fn hash(engine: &Engine, plain: &str) -> [u8; 32] {
    engine.secrets.keyed(&["recovery code", plain])
}

/// Whether an account's second factor is on.
pub(crate) async fn on(tx: &mut Tx, account: AccountId) -> Result<bool, Error> {
    Ok(store::second_factor::find(tx, account).await?.is_some_and(|factor| factor.on_since.is_some()))
}

/// What somebody shows as their second factor, ready to be compared within a transaction.
#[derive(Clone)]
pub(crate) struct Shown {
    typed: Option<String>,
    recovery: Option<[u8; 32]>,
    vault: Vault,
}

impl Shown {
    /// What was typed, if anything was.
    pub(crate) fn of(engine: &Engine, typed: Option<&str>) -> Self {
        let plain = typed.map(|typed| typed.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect::<String>().to_lowercase());
        let recovery = plain.filter(|plain| plain.len() == WRITTEN).map(|plain| hash(engine, &plain));
        Self { typed: typed.map(str::to_owned), recovery, vault: Vault::of(engine) }
    }

    /// Uses it, if the account asks for one.
    ///
    /// # Errors
    /// [`Refusal::SecondFactor`] if nothing was typed; [`Refusal::WrongSecondFactor`].
    pub(crate) async fn pass(&self, tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<(), Error> {
        let factor = store::second_factor::find(tx, account).await?.filter(|factor| factor.on_since.is_some());
        let Some(factor) = factor else { return Ok(()) };
        let Some(typed) = &self.typed else { return Err(Refusal::SecondFactor.into()) };
        let secret = secret(&self.vault, account, &factor.secret)?;
        if let Some(step) = totp::period(&secret, typed, now, factor.last_step)
            && store::second_factor::take(tx, account, step, totp::latest(now)).await?
        {
            return Ok(());
        }
        let Some(recovery) = self.recovery else { return Err(Refusal::WrongSecondFactor.into()) };
        if !store::second_factor::take_code(tx, account, recovery, now).await? {
            return Err(Refusal::WrongSecondFactor.into());
        }
        let act = Act {
            actor: Some(account),
            action: "second_factor.recovery",
            subject: format!("account:{account}"),
            detail: String::new(),
            origin: Origin::default(),
        };
        audit::note(tx, &act, now).await
    }
}

/// Counts wrong codes: `act` is refused where there were too many for `whose`, and counted if it comes to a wrong one.
///
/// # Errors
/// [`Refusal::TooOften`]; those of `act`.
pub(crate) async fn counted<T>(
    engine: &Engine,
    whose: &str,
    address: Option<IpAddr>,
    act: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    limit::may_guess(engine, Guess::SecondFactor, whose, address)?;
    let done = act.await;
    if let Err(Error::Refused(Refusal::WrongSecondFactor)) = &done {
        limit::guessed_wrong(engine, Guess::SecondFactor, whose, address);
    }
    done
}
