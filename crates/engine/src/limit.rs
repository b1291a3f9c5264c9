//! Limits on how often something may be done: exact rolling windows in memory, and the throttle of sign-in.
//!
//! The limit on creating tasks is counted from the tasks themselves (`task::submit`), so that it survives a restart.

use std::{collections::HashMap, hash::Hash, net::IpAddr, sync::Mutex, time::Duration};

use domain::{
    id::AccountId,
    refusal::{Limit, Refusal},
    time::Timestamp,
    window::{Rule, Window},
};

use crate::{Engine, Error, api_key, session};

/// What is counted per account, as a surface's document promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counted {
    /// Lists of tasks.
    TaskLists,
    /// Reads of a single task.
    TaskReads,
    /// Keys for uploads.
    UploadGrants,
    /// Pictures that the assistant looks at.
    Looks,
}

/// What is counted per network, because it needs no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visit {
    /// Looking accounts up by their id.
    Profile,
    /// Registering accounts.
    Registration,
    /// Payment callbacks.
    Callback,
    /// Signing in, right or wrong.
    SignIn,
    /// Asking for a link to reset a password.
    Forgotten,
    /// Invalid links.
    Ticket,
    /// Every request to a surface that counts them.
    Request,
}

impl Visit {
    /// How often it may happen from one network, unless a surface has its own rule.
    #[must_use]
    pub fn rule(self) -> Rule {
        match self {
            Self::Profile => Rule { allowed: 60, span: Duration::from_secs(60) },
            Self::Registration => Rule::hourly(20),
            Self::Callback => Rule { allowed: 600, span: Duration::from_secs(60) },
            Self::SignIn => Rule { allowed: 60, span: Duration::from_secs(60) },
            Self::Forgotten | Self::Ticket => Rule::hourly(20),
            Self::Request => Rule { allowed: 600, span: Duration::from_secs(60) },
        }
    }
}

/// What visits are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Visitor {
    Account(AccountId),
    Network(IpAddr),
}

/// What can be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Guess {
    /// A verification code, by the phone or mailbox it went to.
    Verification,
    /// A redemption code, by the account that redeems.
    Code,
    /// A code of an authenticator, by the account.
    SecondFactor,
}

impl Guess {
    /// How many wrong guesses are allowed for one key.
    fn rule(self) -> Rule {
        match self {
            Self::Verification => Rule::hourly(20),
            Self::Code | Self::SecondFactor => Rule::hourly(10),
        }
    }
}

/// Wrong guesses from one network, of each kind.
const WRONG_PER_NETWORK: Rule = Rule::hourly(100);
/// Wrong passwords for one name: this many in a quarter of an hour, then one try every [`SPACING`].
const WRONG_PER_NAME: Rule = Rule { allowed: 10, span: Duration::from_secs(15 * 60) };
/// Wrong passwords from one address.
const WRONG_PER_ADDRESS: Rule = Rule::hourly(100);
/// A delay rather than a lock, so that nobody can lock an owner out by typing wrong passwords.
const SPACING: Rule = Rule { allowed: 1, span: Duration::from_secs(10) };

/// Windows are cleaned up when there are this many, and then whenever their number has doubled.
const TIDY_AT: usize = 10_000;

/// Windows by key, in memory, each with the rule that it is counted by.
#[derive(Debug)]
struct Windows<K>(Mutex<Kept<K>>);

#[derive(Debug)]
struct Kept<K> {
    windows: HashMap<K, (Rule, Window)>,
    tidy_at: usize,
}

impl<K> Default for Windows<K> {
    fn default() -> Self {
        Self(Mutex::new(Kept { windows: HashMap::new(), tidy_at: TIDY_AT }))
    }
}

impl<K: Eq + Hash> Windows<K> {
    fn with<T>(&self, key: K, rule: Rule, now: Timestamp, act: impl FnOnce(&mut Window) -> T) -> T {
        let mut kept = self.0.lock().expect("no holder of this lock panics");
        if kept.windows.len() >= kept.tidy_at {
            kept.windows.retain(|_, (rule, window)| {
                window.look(*rule, now);
                !window.is_empty()
            });
            kept.tidy_at = TIDY_AT.max(2 * kept.windows.len());
        }
        act(&mut kept.windows.entry(key).or_insert_with(|| (rule, Window::default())).1)
    }

    fn take(&self, key: K, rule: Rule, now: Timestamp) -> Result<Limit, Limit> {
        self.with(key, rule, now, |window| window.take(rule, now))
    }

    fn forget(&self, key: &K) {
        self.0.lock().expect("no holder of this lock panics").windows.remove(key);
    }
}

/// Every window of this process.
#[derive(Debug, Default)]
pub struct Limits {
    counted: Windows<(AccountId, Counted)>,
    wrong_by_name: Windows<String>,
    spacing: Windows<(String, Option<IpAddr>)>,
    wrong_by_address: Windows<IpAddr>,
    guesses: Windows<(Guess, String)>,
    visits: Windows<(Visit, Visitor)>,
}

/// Counts one `what` for an account.
///
/// # Errors
/// [`Refusal::TooOften`] if `rule` is used up.
pub fn count(engine: &Engine, account: AccountId, what: Counted, rule: Rule) -> Result<Limit, Refusal> {
    let now = engine.now();
    if !engine.settings.limits_enabled {
        return Ok(rule.standing(0, None, None, now));
    }
    engine.limits.counted.take((account, what), rule, now).map_err(Refusal::TooOften)
}

/// Counts one `visit` of a network.
///
/// # Errors
/// [`Refusal::TooOften`].
pub fn visit(engine: &Engine, visit: Visit, address: Option<IpAddr>) -> Result<(), Refusal> {
    visit_under(engine, visit, visit.rule(), address)
}

/// As [`visit`], under a surface's own rule.
///
/// # Errors
/// [`Refusal::TooOften`].
pub fn visit_under(engine: &Engine, visit: Visit, rule: Rule, address: Option<IpAddr>) -> Result<(), Refusal> {
    let Some(address) = counted_address(engine, address) else { return Ok(()) };
    visited(engine, visit, rule, Visitor::Network(address))
}

/// Counts one request to a surface: for the account whose token it carries, so that people who share a network do not share a limit, or
/// for the network if there is no valid token. If nothing is counted, no token is looked up.
///
/// # Errors
/// [`Refusal::TooOften`]; [`Error::Fault`] if the token cannot be looked up.
pub async fn request(engine: &Engine, rule: Rule, token: Option<&str>, address: Option<IpAddr>) -> Result<(), Error> {
    let Some(address) = counted_address(engine, address) else { return Ok(()) };
    let visitor = match token {
        Some(token) => match asking(engine, token, Some(address)).await {
            Ok(account) => Visitor::Account(account),
            Err(Error::Refused(_)) => Visitor::Network(address),
            Err(fault @ Error::Fault(_)) => return Err(fault),
        },
        None => Visitor::Network(address),
    };
    Ok(visited(engine, Visit::Request, rule, visitor)?)
}

/// The account whose token or key this is.
async fn asking(engine: &Engine, token: &str, address: Option<IpAddr>) -> Result<AccountId, Error> {
    if api_key::resembles(token) {
        api_key::holder(engine, token, address).await
    } else {
        Ok(session::authenticate(engine, token).await?.account)
    }
}

fn visited(engine: &Engine, visit: Visit, rule: Rule, visitor: Visitor) -> Result<(), Refusal> {
    engine.limits.visits.take((visit, visitor), rule, engine.now()).map(drop).map_err(Refusal::TooOften)
}

/// Checks whether one more guess may be made about `whose`. Wrong ones are counted later, by [`guessed_wrong`], so a parallel burst may
/// exceed the limit by its own size; what a burst could gain is bounded in the database.
///
/// # Errors
/// [`Refusal::TooOften`].
pub(crate) fn may_guess(engine: &Engine, guess: Guess, whose: &str, address: Option<IpAddr>) -> Result<(), Refusal> {
    for (key, rule) in guesses(engine, guess, whose, address) {
        let limit = engine.limits.guesses.with(key, rule, engine.now(), |window| window.look(rule, engine.now()));
        if limit.remaining == 0 {
            return Err(Refusal::TooOften(limit));
        }
    }
    Ok(())
}

/// Counts a wrong guess.
pub(crate) fn guessed_wrong(engine: &Engine, guess: Guess, whose: &str, address: Option<IpAddr>) {
    for (key, rule) in guesses(engine, guess, whose, address) {
        engine.limits.guesses.with(key, rule, engine.now(), |window| window.push(engine.now()));
    }
}

/// The keys that a guess is counted by: whom it is about, and the network it comes from.
fn guesses(engine: &Engine, guess: Guess, whose: &str, address: Option<IpAddr>) -> impl Iterator<Item = ((Guess, String), Rule)> {
    let about = engine.settings.limits_enabled.then(|| ((guess, whose.to_owned()), guess.rule()));
    let from = counted_address(engine, address).map(|address| ((guess, format!("from {address}")), WRONG_PER_NETWORK));
    about.into_iter().chain(from)
}

/// The network that limits count an address by; `None` if it is not limited.
pub(crate) fn counted_address(engine: &Engine, address: Option<IpAddr>) -> Option<IpAddr> {
    let exempt = |address: &IpAddr| engine.settings.loopback_exempt && address.is_loopback();
    address.map(network).filter(|address| engine.settings.limits_enabled && !exempt(address))
}

/// An attempt to sign in that was counted as wrong in advance, so that a parallel burst cannot exceed the limit.
#[derive(Debug)]
pub struct Try {
    name: String,
    address: Option<IpAddr>,
}

/// Counts an attempt to sign in under `name` (in its folded form) from `address`.
///
/// # Errors
/// [`Refusal::TooOften`].
pub fn begin_sign_in(engine: &Engine, name: String, address: Option<IpAddr>) -> Result<Try, Refusal> {
    let now = engine.now();
    if !engine.settings.limits_enabled {
        return Ok(Try { name, address: None });
    }
    let origin = address.map(network);
    let address = counted_address(engine, address);
    if let Some(address) = address {
        engine.limits.wrong_by_address.take(address, WRONG_PER_ADDRESS, now).map_err(Refusal::TooOften)?;
    }
    // The spacing is counted per address, so that somebody who types wrong passwords elsewhere does not use up the owner's turn.
    let spacing = (name.clone(), origin);
    if engine.limits.wrong_by_name.take(name.clone(), WRONG_PER_NAME, now).is_ok() {
        engine.limits.spacing.with(spacing, SPACING, now, |window| window.push(now));
    } else {
        engine.limits.spacing.take(spacing, SPACING, now).map_err(Refusal::TooOften)?;
    }
    Ok(Try { name, address })
}

/// Uncounts an attempt whose password was right after all.
pub fn uncount(engine: &Engine, attempt: &Try) {
    engine.limits.wrong_by_name.forget(&attempt.name);
    if let Some(address) = attempt.address {
        engine.limits.wrong_by_address.with(address, WRONG_PER_ADDRESS, engine.now(), Window::give_back);
    }
}

/// The address a limit is keyed by: IPv4 as it is, IPv6 by its /64, since a household has a whole /64.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) if address.is_loopback() => IpAddr::V6(address),
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_household_is_one_address() {
        let same = |one: &str, other: &str| network(one.parse().unwrap()) == network(other.parse().unwrap());
        assert!(same("2001:db8::1", "2001:db8::ffff:1"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(same("::ffff:10.0.0.1", "10.0.0.1"));
        assert!(!same("10.0.0.1", "10.0.0.2"));
    }

    #[test]
    fn tidying_forgets_what_counts_no_more_and_nothing_else() {
        let windows = Windows::default();
        let (minute, hour) = (Rule { allowed: 1, span: Duration::from_secs(60) }, Rule::hourly(1));
        let start = Timestamp(1_000_000_000_000);
        windows.take(0, hour, start).unwrap();
        for key in 1..TIDY_AT - 1 {
            windows.take(key, minute, start).unwrap();
        }
        let later = start.plus(Duration::from_secs(120));
        windows.take(usize::MAX, minute, later).unwrap();
        windows.take(usize::MAX - 1, minute, later).unwrap();
        assert!(windows.take(0, hour, later).is_err(), "an hour's window is tidied by the hour");
        assert!(windows.0.lock().unwrap().windows.len() <= 3, "the minute's are gone");
    }
}
