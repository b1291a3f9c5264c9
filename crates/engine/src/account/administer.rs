//! What administrators do with accounts: list, change, adjust, close.

use domain::{
    account::{self, Account, Role},
    audit::Act,
    id::AccountId,
    ledger::{Cause, ChainKey, Change},
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    study::Level,
    task::{Move, Task},
    time::Timestamp,
    wallet::Asset,
};
pub use store::account::{Filter, Wanted};
use store::tx::{Lock, Tx};

use super::{Holder, hash};
use crate::{
    Engine, Error,
    audit::{self, administers},
    idempotency::{self, Answered, Once},
    kinds::{generation, study},
    ledger::{self, Booking, book},
    password,
    session::{self, Caller},
    task, wallet,
    worker::Kinds,
};

/// The largest amount of a manual booking, in micro-yuan.
pub(crate) const MAX_AMOUNT: i64 = 1_000_000_000_000_000;
/// The largest number of uses of a manual booking.
const MAX_USES: i64 = 1_000_000_000;
/// The most tasks that are ended with their account; nobody has more waiting ones.
const MAX_ENDED: i64 = 10_000;
/// The longest reason of an adjustment, in characters.
const MAX_REASON: usize = 500;

/// A page of accounts with their wallets, newest first, and how many there are in all.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators.
pub async fn list(engine: &Engine, caller: &Caller, wanted: Wanted) -> Result<(Vec<Holder>, i64), Error> {
    administers(caller)?;
    engine.db.read(async move |tx| Ok(store::account::list(tx, &wanted).await?)).await
}

/// Accounts with smaller ids than `before`, newest first.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators.
pub async fn page(engine: &Engine, caller: &Caller, filter: Filter, before: AccountId, limit: i64) -> Result<Vec<Holder>, Error> {
    administers(caller)?;
    // No name contains a NUL, and not every database accepts one.
    if filter.name.contains('\0') {
        return Ok(Vec::new());
    }
    let filter = Filter { name: account::fold(&filter.name), ..filter };
    engine.db.read(async move |tx| Ok(store::account::page(tx, &filter, before, limit).await?)).await
}

/// An account and what it has.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators; [`Refusal::NotFound`].
pub async fn get(engine: &Engine, caller: &Caller, id: AccountId) -> Result<Holder, Error> {
    administers(caller)?;
    engine.db.read(async move |tx| whole(tx, id).await).await
}

/// An account that an administrator makes, as it was entered.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// A user name.
    pub username: Option<String>,
    /// An e-mail address; it is not verified yet.
    pub email: Option<String>,
    /// A phone number.
    pub phone: Option<String>,
    /// A password.
    pub password: Option<String>,
    /// The role.
    pub role: Role,
}

/// Makes an account with its wallets.
///
/// # Errors
/// [`Refusal::Forbidden`], also for a role above the caller's; [`Refusal::Invalid`] or [`Refusal::Taken`] naming the field.
pub async fn create(engine: &Engine, caller: &Caller, new: NewAccount, origin: Origin) -> Result<Holder, Error> {
    administers(caller)?;
    caller.fresh(engine)?;
    if new.role > caller.role {
        return Err(Refusal::Forbidden.into());
    }
    let malformed = |field| Refusal::Invalid { field, problem: Problem::Malformed };
    let username = new.username.map(|name| account::username(&name).ok_or(malformed("username"))).transpose()?;
    let email = new.email.map(|address| account::email(&address).ok_or(malformed("email"))).transpose()?;
    let phone = new.phone.map(|number| account::phone(&number, &engine.settings.phone_prefixes).ok_or(malformed("phone"))).transpose()?;
    if username.is_none() && email.is_none() && phone.is_none() {
        return Err(Refusal::Invalid { field: "username", problem: Problem::Missing }.into());
    }
    let password_hash = match new.password {
        Some(text) => {
            password::rule(&engine.settings, &text)?;
            Some(hash(engine, text).await?)
        }
        None => None,
    };
    let now = engine.now();
    let username_key = username.as_deref().map(account::fold);
    let row = store::account::New { username, username_key, email, email_verified: false, phone, password_hash, role: new.role, now };
    let actor = caller.account;
    engine
        .db
        .write(async move |tx| {
            tx.lock(Lock::Administrators).await?;
            still_administers(tx, Some(actor)).await?;
            let id = super::insert(tx, &row).await?;
            let act = Act {
                actor: Some(actor),
                action: "account.create",
                subject: format!("account:{id}"),
                detail: format!("role {}", row.role.word()),
                origin: origin.clone(),
            };
            audit::note(tx, &act, now).await?;
            whole(tx, id).await
        })
        .await
}

/// Changes to an account; absent fields stay as they are.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// A new user name.
    pub username: Option<String>,
    /// A new e-mail address.
    pub email: Option<String>,
    /// A new password.
    pub password: Option<String>,
    /// A new role.
    pub role: Option<Role>,
    /// Whether it may sign in.
    pub active: Option<bool>,
    /// How far below zero its balance of money may go, in micro-yuan.
    pub credit_limit: Option<i64>,
    /// The version that the administrator saw, if they named one.
    pub version: Option<i64>,
}

/// Changes an account. A change of its password, role or activity also ends its sessions.
///
/// # Errors
/// [`Refusal::Forbidden`]; [`Refusal::OwnAccount`] for another role or activity of one's own; [`Refusal::NotFound`]; [`Refusal::Taken`];
/// [`Refusal::Stale`] if somebody else changed it meanwhile; [`Refusal::Invalid`].
pub async fn update(engine: &Engine, caller: &Caller, id: AccountId, update: Update, origin: Origin) -> Result<Holder, Error> {
    administers(caller)?;
    caller.fresh(engine)?;
    let username = match &update.username {
        Some(name) => Some(account::username(name).ok_or(Refusal::Invalid { field: "username", problem: Problem::Malformed })?),
        None => None,
    };
    let email = match &update.email {
        Some(text) => Some(account::email(text).ok_or(Refusal::Invalid { field: "email", problem: Problem::Malformed })?),
        None => None,
    };
    if update.credit_limit.is_some_and(|limit| !(0..=MAX_AMOUNT).contains(&limit)) {
        return Err(Refusal::Invalid { field: "credit_limit", problem: Problem::Malformed }.into());
    }
    // Read first, because hashing takes time: the version shows whether it was changed meanwhile.
    let before = super::with_wallet(engine, id, Asset::Money).await?.0;
    outranks(caller, &before)?;
    if update.version.is_some_and(|version| version != before.version) {
        return Err(Refusal::Stale.into());
    }
    // A form sends back what it was shown, and the document shows the same role for both kinds of administrators.
    let role = update.role.filter(|role| *role != before.role && !(role.administers() && before.role.administers()));
    let active = update.active.filter(|active| *active != before.active);
    let email = email.filter(|email| before.email.as_ref() != Some(email));
    if id == caller.account && (role.is_some() || active.is_some()) {
        return Err(Refusal::OwnAccount.into());
    }
    let password_hash = match update.password {
        Some(text) => {
            password::rule(&engine.settings, &text)?;
            Some(hash(engine, text).await?)
        }
        None => None,
    };
    let change = store::account::Update { username, email, password_hash, role, active };
    let act = Act {
        actor: Some(caller.account),
        action: "account.update",
        subject: format!("account:{id}"),
        detail: changes(&before, &change, update.credit_limit),
        origin,
    };
    let own = (id == caller.account).then(|| caller.session.clone());
    let credit_limit = update.credit_limit;
    let chain = engine.secrets.chain.clone();
    let now = engine.now();
    let changed = engine.db.write(async move |tx| {
        // One after the other: if two administrators deactivate each other at once, the second one is already deactivated.
        tx.lock(Lock::Administrators).await?;
        still_administers(tx, act.actor).await?;
        tx.lock(Lock::Account(before.id)).await?;
        if before.anonymised_at.is_some() {
            return Err(Refusal::NotFound(Noun::Account).into());
        }
        if let Some(name) = &change.username {
            let holder = store::account::by_username(tx, &account::fold(name)).await?;
            if holder.is_some_and(|holder| holder.id != before.id) {
                return Err(Refusal::Taken { field: "username" }.into());
            }
        }
        if let Some(email) = &change.email {
            let holder = store::account::by_email(tx, email).await?;
            if holder.is_some_and(|holder| holder.id != before.id) {
                return Err(Refusal::Taken { field: "email" }.into());
            }
        }
        if !store::account::update(tx, &before, &change, now).await? {
            return Err(Refusal::Stale.into());
        }
        if let Some(limit) = &credit_limit {
            wallet::limited(tx, &chain, before.id, *limit).await?;
        }
        let known = [change.password_hash.is_some(), change.role.is_some(), change.active.is_some(), change.email.is_some()];
        if known.contains(&true) {
            store::ticket::void(tx, before.id).await?;
            // Somebody who changes their own account stays signed in.
            match &own {
                Some(session) => drop(store::session::end_others(tx, before.id, session, now).await?),
                None => drop(store::session::end_all(tx, before.id, now).await?),
            }
        }
        let held = if change.active == Some(false) { hold(tx, before.id, now).await? } else { Vec::new() };
        audit::note(tx, &act, now).await?;
        Ok((whole(tx, before.id).await?, held))
    });
    let (changed, held) = changed.await?;
    for task in held {
        task::publish(engine, &task);
    }
    session::invalidate(engine, id);
    Ok(changed)
}

/// Pauses the tasks that act in somebody's name elsewhere; their owner resumes them once they may sign in again.
async fn hold(tx: &mut Tx, id: AccountId, now: Timestamp) -> Result<Vec<Task>, Error> {
    let mut held = Vec::new();
    for running in store::study::running(tx, id, MAX_ENDED).await? {
        let Some(task) = store::task::get_for_update(tx, running).await? else { continue };
        let Some(next) = task.after(Move::Pause, now) else { continue };
        if task::save(tx, &task, &next).await? {
            store::log::append(tx, running, Level::Warning, "账号已被管理员禁用，任务已暂停", now).await?;
            held.push(next);
        }
    }
    Ok(held)
}

/// Nobody may change an account with a higher role.
fn outranks(caller: &Caller, target: &Account) -> Result<(), Refusal> {
    if caller.role >= target.role { Ok(()) } else { Err(Refusal::Forbidden) }
}

/// Checks that the actor is still an administrator: they may have been demoted or deactivated since their token was checked.
async fn still_administers(tx: &mut Tx, actor: Option<AccountId>) -> Result<(), Error> {
    let Some(actor) = actor else { return Ok(()) };
    let found = store::account::by_id(tx, actor).await?;
    if found.is_some_and(|account| account.active && account.role.administers()) { Ok(()) } else { Err(Refusal::Forbidden.into()) }
}

fn changes(before: &Account, change: &store::account::Update, credit_limit: Option<i64>) -> String {
    let mut parts = Vec::new();
    if let Some(name) = &change.username {
        parts.push(format!("username {} -> {name}", before.display_name()));
    }
    if let Some(email) = &change.email {
        parts.push(format!("email -> {email}"));
    }
    if change.password_hash.is_some() {
        parts.push("password".to_owned());
    }
    if let Some(role) = change.role {
        parts.push(format!("role {} -> {}", before.role.word(), role.word()));
    }
    if let Some(active) = change.active {
        parts.push(format!("active {} -> {active}", before.active));
    }
    if let Some(limit) = credit_limit {
        parts.push(format!("credit limit -> {}", domain::money::Money(limit)));
    }
    parts.join(", ")
}

async fn whole(tx: &mut Tx, id: AccountId) -> Result<Holder, Error> {
    store::account::holder(tx, id).await?.ok_or_else(|| Refusal::NotFound(Noun::Account).into())
}

/// A correction of what somebody has.
pub struct Adjustment {
    /// The account.
    pub account: AccountId,
    /// Which of their wallets.
    pub asset: Asset,
    /// By how much, in micro-yuan or in uses; a debit is negative.
    pub amount: i64,
    /// Why, in the administrator's words.
    pub reason: String,
    /// Where the request came from.
    pub origin: Origin,
    /// The idempotency key, if the caller sent one.
    pub once: Option<Once<Holder>>,
}

/// Corrects what somebody has.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`], [`Refusal::Unaffordable`] below the credit limit, [`Refusal::Invalid`],
/// [`Refusal::KeyReused`].
pub async fn adjust(engine: &Engine, caller: &Caller, adjustment: Adjustment) -> Result<Answered<Holder>, Error> {
    administers(caller)?;
    caller.fresh(engine)?;
    let Adjustment { account, asset, amount, reason, origin, once } = adjustment;
    if reason.chars().count() > MAX_REASON {
        return Err(Refusal::Invalid { field: "reason", problem: Problem::TooLong(MAX_REASON as u64) }.into());
    }
    let (field, most, shown) = match asset {
        Asset::Money => ("amount", MAX_AMOUNT, domain::money::Money(amount).to_string()),
        Asset::Uses => ("uses", MAX_USES, format!("{amount} uses")),
    };
    if amount == 0 || !(-most..=most).contains(&amount) {
        return Err(Refusal::Invalid { field, problem: Problem::Malformed }.into());
    }
    let act = Act {
        actor: Some(caller.account),
        action: "account.balance",
        subject: format!("account:{account}"),
        detail: format!("{shown} {reason}"),
        origin: origin.clone(),
    };
    let reference = ports::random::hex::<16>(&*engine.random);
    let cause = Cause::Adjustment { actor: Some(caller.account), reference };
    let booking = Booking { account, asset, change: Change { amount, cause, note: reason, origin } };
    let (chain, now) = (engine.secrets.chain.clone(), engine.now());
    idempotency::once(engine, caller.account, once, async move |tx| {
        tx.lock(Lock::Account(booking.account)).await?;
        whole(tx, booking.account).await?;
        book(tx, &chain, &booking, now).await?;
        audit::note(tx, &act, now).await?;
        whole(tx, booking.account).await
    })
    .await
}

/// Closes somebody's account: nobody can sign in to it, its names are free again, its ledger is kept. Its tasks that have not started
/// are cancelled and refunded. Returns the account as it was before.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::OwnAccount`], [`Refusal::NotFound`].
pub async fn close(engine: &Engine, caller: &Caller, id: AccountId, origin: Origin) -> Result<Account, Error> {
    administers(caller)?;
    caller.fresh(engine)?;
    if id == caller.account {
        return Err(Refusal::OwnAccount.into());
    }
    let act = Act { actor: Some(caller.account), action: "account.close", subject: format!("account:{id}"), detail: String::new(), origin };
    let account = super::with_wallet(engine, id, Asset::Money).await?.0;
    outranks(caller, &account)?;
    let kinds = engine.kinds.clone();
    let chain = engine.secrets.chain.clone();
    let now = engine.now();
    let closed = engine.db.write(async move |tx| {
        tx.lock(Lock::Administrators).await?;
        still_administers(tx, act.actor).await?;
        let ended = shut(tx, id, &kinds, &chain, &act.origin, now).await?;
        audit::note(tx, &act, now).await?;
        Ok(ended)
    });
    for task in closed.await? {
        task::publish(engine, &task);
    }
    session::invalidate(engine, id);
    Ok(account)
}

/// Closes an account within a transaction, and ends its tasks: those that have not started, because nobody is left who could cancel
/// them, and those that act in its owner's name. Their charges are refunded.
pub(super) async fn shut(
    tx: &mut Tx,
    id: AccountId,
    kinds: &Kinds,
    chain: &ChainKey,
    origin: &Origin,
    now: Timestamp,
) -> Result<Vec<Task>, Error> {
    super::apply(tx, id, &super::Change::Close, now).await?;
    let mut ended = Vec::new();
    for waiting in store::task::unfinished(tx, id, study::NAME, MAX_ENDED).await? {
        let Some(task) = store::task::get_for_update(tx, waiting).await? else { continue };
        let Some(next) = task.after(Move::Cancel, now) else { continue };
        if task::save(tx, &task, &next).await? {
            ended.push(next);
        }
    }
    // All tasks are locked before the wallet, as everywhere.
    for task in &ended {
        if kinds.get(&task.kind).is_none_or(|kind| kind.refunds()) {
            ledger::refund_from(tx, chain, task, generation::REFUND_NOTE_CANCELLED, origin, now).await?;
        }
    }
    Ok(ended)
}
