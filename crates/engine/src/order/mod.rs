//! Orders: creating and reading them, and what administrators do with them manually.
//!
//! Invariant: an order is credited by [`settle::pay`] alone, in the transaction that marks it as paid.

pub mod journal;
mod notify;
mod recheck;
mod settle;

use domain::{
    audit::Act,
    id::AccountId,
    id::OrderId,
    money::Money,
    order::{Channel, Event, Order, Sort, Status, next_check},
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    time::Timestamp,
};
use ports::payment::Bill;
pub use store::order::Wanted;
use store::{
    seal::Sealed,
    tx::{Lock, Tx},
};

pub use self::{
    notify::{Verdict, notify},
    recheck::{due, recheck},
};
use crate::{
    Engine, Error, Fault,
    account::administer::MAX_AMOUNT,
    audit::{self, administers},
    idempotency::{self, Answered, Once},
    method, seal,
    session::{Caller, Whose},
};

/// The longest interval between two queries to a gateway about an open order.
pub(crate) const LONGEST_REST: std::time::Duration = std::time::Duration::from_secs(24 * 3600);
/// How many pending orders an account may have.
const MAX_PENDING: i64 = 20;
/// The longest return URL of a payer, in bytes.
const MAX_RETURN: usize = 2048;
/// The longest remark, in characters.
const MAX_REMARK: usize = 500;
/// The most events kept for one order, so that a flood of callbacks does not fill the disk.
const MAX_EVENTS: i64 = 200;

/// A payer's request for an order.
pub struct NewOrder {
    /// How much, in micro-yuan.
    pub amount: i64,
    /// The payment method, by its name in URLs.
    pub method: String,
    /// The channel they pay through.
    pub channel: Channel,
    /// Where their browser goes afterwards.
    pub return_url: String,
    /// Where the request came from.
    pub origin: Origin,
    /// The idempotency key, if the caller sent one.
    pub once: Option<Once<Jump>>,
}

/// Where a payer is redirected, and the order that was created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jump {
    /// The order.
    pub order: OrderId,
    /// The URL to redirect to.
    pub url: String,
}

/// Creates an order, and returns where its payer is to be redirected.
///
/// # Errors
/// [`Refusal::MethodOff`], [`Refusal::TooManyOrders`], [`Refusal::Invalid`], [`Refusal::KeyReused`]; nothing is stored then.
pub async fn create(engine: &Engine, caller: &Caller, new: NewOrder) -> Result<Answered<Jump>, Error> {
    // A duplicate gets the same answer, whatever has happened to the method since.
    if let Some(before) = idempotency::stored_answer(engine, caller.account, new.once.as_ref()).await? {
        return Ok(Answered::Replayed(before));
    }
    let settings = &engine.settings.payment;
    let invalid = |field, problem| Refusal::Invalid { field, problem };
    let fen = Money(new.amount).fen().filter(|_| (settings.least..=settings.most).contains(&new.amount));
    let fen = fen.ok_or(invalid("amount", Problem::OutOfBounds { least: settings.least, most: settings.most }))?;
    if !returns(engine, &new.return_url) {
        return Err(invalid("return_url", Problem::Malformed).into());
    }
    let method = method::enabled(engine).await?.into_iter().find(|method| method.uuid == new.method).ok_or(Refusal::MethodOff)?;
    let mut bytes = [0; 16];
    engine.random.fill(&mut bytes);
    let (id, now) = (OrderId::new(bytes), engine.now());
    let bill = Bill {
        order: id.to_string(),
        fen,
        channel: new.channel.word(),
        name: format!("Topup {id}"),
        notify_url: format!("{}/api/v1/payment/notify/{}", settings.notify_url, method.uuid),
        return_url: new.return_url.clone(),
        now_s: now.seconds(),
    };
    let url = engine.reach.gateway.jump(&method.config, &bill).map_err(|fault| Refusal::Unavailable { reason: fault.to_string() })?;
    let order = Order {
        id: id.clone(),
        account: caller.account,
        sort: Sort::Payment,
        amount: new.amount,
        method: Some(method.id),
        channel: Some(new.channel),
        return_url: Some(new.return_url),
        status: Status::Pending,
        trade: None,
        remark: String::new(),
        actor: None,
        origin: new.origin,
        created_at: now,
        updated_at: now,
        paid_at: None,
        due_at: next_check(now, 0),
        checks: 0,
    };
    let account = caller.account;
    let pending = engine.db.read(async move |tx| Ok::<_, Error>(store::order::pending(tx, account).await?));
    let pending = pending.await?;
    if pending >= MAX_PENDING {
        return Err(Refusal::TooManyOrders(pending).into());
    }
    // Journalled before it is stored anywhere else: an order that somebody pays is known even if the database is lost. If it is refused
    // below because another request was faster, the journal entry is revoked.
    engine.journal.note(journal::line(&engine.secrets.chain, &order)).await.map_err(|fault| Fault::Database(fault.to_string()))?;
    let jump = Jump { order: id.clone(), url };
    let chain = engine.secrets.chain.clone();
    let made = idempotency::once(engine, order.account, new.once, async move |tx| {
        tx.lock(Lock::Account(order.account)).await?;
        let pending = store::order::pending(tx, order.account).await?;
        if pending >= MAX_PENDING {
            return Err(Refusal::TooManyOrders(pending).into());
        }
        store::order::insert(tx, &order).await?;
        seal::put(tx, &chain, Sealed::Order, order.id.as_str()).await?;
        note(tx, &order.id, "created", &Money(order.amount).with_fen(), order.created_at).await?;
        note(tx, &order.id, "jumped", jump_of(&jump.url), order.created_at).await?;
        Ok(jump.clone())
    })
    .await;
    if matches!(made, Ok(Answered::Replayed(_)) | Err(Error::Refused(_))) {
        engine.journal.note(journal::dropped(&engine.secrets.chain, &id)).await.map_err(|fault| Fault::Database(fault.to_string()))?;
    }
    made
}

/// A gateway's URL without the signed part.
fn jump_of(url: &str) -> &str {
    url.split('?').next().unwrap_or_default()
}

/// Whether payers may be redirected back to a URL: http or https, without a user name or password, on a host of the operator's list if
/// there is one.
fn returns(engine: &Engine, url: &str) -> bool {
    if url.len() > MAX_RETURN || url.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return false;
    }
    let Ok(parsed) = url::Url::parse(url) else { return false };
    let plain = matches!(parsed.scheme(), "http" | "https") && parsed.username().is_empty() && parsed.password().is_none();
    let hosts = &engine.settings.payment.return_hosts;
    // If this server is reached by https, the return URL must be https, too.
    let secured = parsed.scheme() == "https" || !engine.settings.public_url.starts_with("https://");
    plain && secured && parsed.host_str().is_some_and(|host| hosts.is_empty() || hosts.iter().any(|allowed| allowed == host))
}

/// Records an event of an order.
pub(crate) async fn note(tx: &mut Tx, id: &OrderId, what: &str, detail: &str, at: Timestamp) -> Result<(), Error> {
    // Events that can repeat endlessly are capped; those about money never are.
    let repeats = matches!(what, "callback" | "query");
    if !repeats || store::order::count_events(tx, id).await? < MAX_EVENTS {
        let detail = domain::label::cut(detail, 500);
        store::order::note(tx, id, &Event { at, what: what.to_owned(), detail }).await?;
    }
    Ok(())
}

/// A page of orders, newest first, and how many there are in all.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators.
pub async fn list(engine: &Engine, caller: &Caller, wanted: Wanted) -> Result<(Vec<Order>, i64), Error> {
    administers(caller)?;
    engine.db.read(async move |tx| Ok(store::order::list(tx, &wanted).await?)).await
}

/// An order and its events, oldest first. Without a caller it is the operator at the command line who asks.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub async fn get(engine: &Engine, caller: Option<&Caller>, id: OrderId) -> Result<(Order, Vec<Event>), Error> {
    if let Some(caller) = caller {
        administers(caller)?;
    }
    let found = engine.db.read(async move |tx| {
        let order = store::order::get(tx, &id).await?;
        Ok((order, store::order::events(tx, &id).await?))
    });
    let (order, events) = found.await?;
    Ok((order.ok_or(Refusal::NotFound(Noun::Order))?, events))
}

/// An order of the caller's and its events, oldest first; of everybody's for administrators. Somebody else's order is the same answer as
/// one that does not exist.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn own(engine: &Engine, caller: &Caller, id: OrderId) -> Result<(Order, Vec<Event>), Error> {
    let found = engine.db.read(async move |tx| Ok((store::order::get(tx, &id).await?, store::order::events(tx, &id).await?)));
    let (order, events) = found.await?;
    let order = order.filter(|order| order.account == caller.account || caller.role.administers());
    Ok((order.ok_or(Refusal::NotFound(Noun::Order))?, events))
}

/// Orders before the one with this time and number, newest first; only those in one status if one is named.
///
/// # Errors
/// [`Refusal::Forbidden`] for others' orders, for everybody but administrators.
pub async fn browse(
    engine: &Engine,
    caller: &Caller,
    whose: Whose,
    status: Option<Status>,
    before: Option<(Timestamp, String)>,
    limit: i64,
) -> Result<Vec<Order>, Error> {
    let account = caller.sees(whose)?;
    let (at, id) = before.unwrap_or((Timestamp(i64::MAX), String::new()));
    engine
        .db
        .read(async move |tx| {
            Ok(match account {
                Some(account) => store::order::of_account(tx, account, status, (at, &id), limit).await?,
                None => store::order::newest(tx, status, (at, &id), limit).await?,
            })
        })
        .await
}

/// A payment that an administrator says was received.
pub struct Manual {
    /// Who is to be credited.
    pub account: AccountId,
    /// How much, in micro-yuan.
    pub amount: i64,
    /// What it was.
    pub remark: String,
    /// Where the request came from.
    pub origin: Origin,
    /// The idempotency key, if the caller sent one.
    pub once: Option<Once<Order>>,
}

/// Creates an order manually; it is credited when it is completed.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`], [`Refusal::Invalid`], [`Refusal::KeyReused`].
pub async fn create_manual(engine: &Engine, caller: &Caller, manual: Manual) -> Result<Answered<Order>, Error> {
    administers(caller)?;
    caller.fresh(engine)?;
    if !(1..=MAX_AMOUNT).contains(&manual.amount) || Money(manual.amount).fen().is_none() {
        return Err(Refusal::Invalid { field: "amount", problem: Problem::Malformed }.into());
    }
    if manual.remark.chars().count() > MAX_REMARK || manual.remark.contains('\0') {
        return Err(Refusal::Invalid { field: "remark", problem: Problem::TooLong(MAX_REMARK as u64) }.into());
    }
    let mut bytes = [0; 16];
    engine.random.fill(&mut bytes);
    let now = engine.now();
    let order = Order {
        id: OrderId::new(bytes),
        account: manual.account,
        sort: Sort::Manual,
        amount: manual.amount,
        method: None,
        channel: None,
        return_url: None,
        status: Status::Pending,
        trade: None,
        remark: manual.remark,
        actor: Some(caller.account),
        origin: manual.origin,
        created_at: now,
        updated_at: now,
        paid_at: None,
        due_at: None,
        checks: 0,
    };
    let act = act(caller, "order.create", &order.id, format!("{} for account {}", Money(order.amount), order.account), &order.origin);
    let chain = engine.secrets.chain.clone();
    idempotency::once(engine, caller.account, manual.once, async move |tx| {
        let account = store::account::by_id(tx, order.account).await?;
        account.filter(|account| account.anonymised_at.is_none()).ok_or(Refusal::NotFound(Noun::Account))?;
        store::order::insert(tx, &order).await?;
        seal::put(tx, &chain, Sealed::Order, order.id.as_str()).await?;
        note(tx, &order.id, "created", &format!("{} by hand", Money(order.amount).with_fen()), order.created_at).await?;
        audit::note(tx, &act, order.created_at).await?;
        Ok(order.clone())
    })
    .await
}

fn act(caller: &Caller, action: &'static str, id: &OrderId, detail: String, origin: &Origin) -> Act {
    Act { actor: Some(caller.account), action, subject: format!("order:{id}"), detail, origin: origin.clone() }
}

/// What an administrator says of an order that they settle.
pub struct Settlement {
    /// Why; it stands in the order's timeline and in the audit log.
    pub reason: String,
    /// Where the request came from.
    pub origin: Origin,
    /// The idempotency key, if the caller sent one.
    pub once: Option<Once<Order>>,
}

/// Credits an order because an administrator says so, by the same routine as a callback.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`], [`Refusal::OrderState`], [`Refusal::KeyReused`], [`Refusal::Invalid`].
pub async fn complete(engine: &Engine, caller: &Caller, id: OrderId, settlement: Settlement) -> Result<Answered<Order>, Error> {
    administers(caller)?;
    caller.fresh(engine)?;
    let Settlement { reason, origin, once } = settlement;
    if reason.chars().count() > MAX_REMARK || reason.contains('\0') {
        return Err(Refusal::Invalid { field: "reason", problem: Problem::TooLong(MAX_REMARK as u64) }.into());
    }
    let said = if reason.is_empty() { "by an administrator's hand".to_owned() } else { format!("by an administrator's hand: {reason}") };
    let act = act(caller, "order.complete", &id, reason, &origin);
    let asker = caller.account;
    let (chain, now) = (engine.secrets.chain.clone(), engine.now());
    idempotency::once(engine, asker, once, async move |tx| {
        let order = store::order::get(tx, &id).await?.ok_or(Refusal::NotFound(Noun::Order))?;
        let paid = settle::Paid { order: &order, trade: None, actor: Some(asker), from: Status::Pending };
        if !settle::pay(tx, &chain, &paid, now).await? {
            let now = store::order::get(tx, &id).await?.ok_or(Refusal::NotFound(Noun::Order))?;
            return Err(Refusal::OrderState(now.status).into());
        }
        note(tx, &id, "paid", &said, now).await?;
        audit::note(tx, &act, now).await?;
        Ok(store::order::get(tx, &id).await?.ok_or(Refusal::NotFound(Noun::Order))?)
    })
    .await
}

/// Cancels a pending order.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`], [`Refusal::OrderState`].
pub async fn cancel(engine: &Engine, caller: &Caller, id: OrderId, origin: Origin) -> Result<Order, Error> {
    administers(caller)?;
    let act = act(caller, "order.cancel", &id, String::new(), &origin);
    let now = engine.now();
    engine
        .db
        .write(async move |tx| {
            let closed = store::order::close(tx, &id, Status::Cancelled, now).await?;
            let order = store::order::get(tx, &id).await?.ok_or(Refusal::NotFound(Noun::Order))?;
            if !closed {
                return Err(Refusal::OrderState(order.status).into());
            }
            note(tx, &id, "cancelled", "by an administrator", now).await?;
            audit::note(tx, &act, now).await?;
            Ok(order)
        })
        .await
}
