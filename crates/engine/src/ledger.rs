//! The ledger's operations: every change of a wallet goes through [`book`].
//!
//! Invariant: an effect is booked at most once, no matter who asks for it and how often.

use domain::{
    audit::Act,
    hash::GENESIS,
    id::{AccountId, EntryId, KeyId},
    ledger::{Cause, ChainKey, Change, Entry},
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    task::Task,
    time::Timestamp,
    wallet::Asset,
};
pub use store::ledger::{NamedEntry, Wanted};
use store::tx::Tx;

use crate::{
    Engine, Error, Fault, api_key,
    audit::{self, administers},
    session::Caller,
    webhook,
};

/// The most entries in one piece of an export.
pub const PIECE: i64 = 1000;

/// Whether an effect was booked now or had already been booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booked {
    /// Now.
    Now,
    /// Before; nothing changed.
    Before,
}

/// What to book, and in which wallet.
#[derive(Debug, Clone)]
pub struct Booking {
    /// Whose wallet.
    pub account: AccountId,
    /// Which of their wallets.
    pub asset: Asset,
    /// What happens to it.
    pub change: Change,
}

/// Books one entry. A change that lowers the balance must be affordable; one that raises it is always accepted.
pub(crate) async fn book(tx: &mut Tx, chain: &ChainKey, booking: &Booking, now: Timestamp) -> Result<Booked, Error> {
    let amount = booking.change.amount;
    if amount == 0 {
        return Ok(Booked::Now);
    }
    let wallet = store::wallet::get_for_update(tx, booking.account, booking.asset).await?.ok_or(Refusal::NotFound(Noun::Account))?;
    let entry = chain.follow(&wallet, &booking.change, now).ok_or(Refusal::Invalid { field: "amount", problem: Problem::Malformed })?;
    if !store::ledger::insert(tx, &entry).await? {
        return Ok(Booked::Before);
    }
    let floor = wallet.credit_limit.checked_neg().ok_or(Fault::Corrupt("credit limit"))?;
    if amount < 0 && entry.after < floor {
        return Err(Refusal::Unaffordable { need: -amount, have: wallet.balance.saturating_add(wallet.credit_limit) }.into());
    }
    if !store::wallet::advance(tx, &wallet, &entry).await? {
        return Err(Fault::Corrupt("wallet").into());
    }
    if amount < 0 {
        webhook::publish::wallet_fell(tx, &wallet, entry.after, now).await?;
    }
    Ok(Booked::Now)
}

/// Charges what a task's current attempt costs, to the daily cap of the key that asks for it, too.
pub(crate) async fn charge(tx: &mut Tx, chain: &ChainKey, task: &Task, key: Option<KeyId>, now: Timestamp) -> Result<Booked, Error> {
    charge_from(tx, chain, task, key, "", &Origin::default(), now).await
}

/// Refunds what a task's current attempt cost.
pub(crate) async fn refund(tx: &mut Tx, chain: &ChainKey, task: &Task, now: Timestamp) -> Result<Booked, Error> {
    refund_from(tx, chain, task, "", &Origin::default(), now).await
}

/// As [`refund`], for a task that has failed: it ends, whatever the ledger says. If the charge is missing or is not as it was booked,
/// nothing is refunded and an error is logged for the operator; one such task must not keep a worker from all others.
pub(crate) async fn refund_failed(tx: &mut Tx, chain: &ChainKey, task: &Task, now: Timestamp) -> Result<(), Error> {
    match refund(tx, chain, task, now).await {
        Err(Error::Fault(Fault::Corrupt(what))) => {
            tracing::error!(
                task = task.id.0,
                what,
                "a failed task was not refunded, for its charge is not as it was booked; run `gongfang check`"
            );
            Ok(())
        }
        other => other.map(drop),
    }
}

/// As [`charge`], with a note of what it is for, and where the request came from.
pub(crate) async fn charge_from(
    tx: &mut Tx,
    chain: &ChainKey,
    task: &Task,
    key: Option<KeyId>,
    what: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Booked, Error> {
    api_key::spend(tx, key, task.asset, task.price, now).await?;
    let cause = Cause::TaskCharge { task: task.id, attempt: task.attempt };
    let change = Change { note: what.to_owned(), origin: origin.clone(), ..Change::of(-task.price, cause) };
    match book(tx, chain, &Booking { account: task.account, asset: task.asset, change }, now).await? {
        Booked::Now => Ok(Booked::Now),
        // An attempt is charged when it is opened, and opened once.
        Booked::Before => Err(Fault::Corrupt("attempt").into()),
    }
}

/// As [`refund`], with the reason if the task did not fail, and where the request came from. The refund is the amount that the ledger
/// says was charged, to the wallet that was charged; the task's row does not decide it.
pub(crate) async fn refund_from(
    tx: &mut Tx,
    chain: &ChainKey,
    task: &Task,
    why: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Booked, Error> {
    let charged = Cause::TaskCharge { task: task.id, attempt: task.attempt }.key();
    let Some(charge) = store::ledger::by_effect(tx, &charged).await? else {
        return if task.price == 0 { Ok(Booked::Now) } else { Err(Fault::Corrupt("charge").into()) };
    };
    if !proves(tx, chain, &charge).await? {
        return Err(Fault::Corrupt("charge").into());
    }
    let cause = Cause::TaskRefund { task: task.id, attempt: task.attempt };
    let amount = charge.amount.checked_neg().ok_or(Fault::Corrupt("charge"))?;
    let change = Change { note: why.to_owned(), origin: origin.clone(), ..Change::of(amount, cause) };
    book(tx, chain, &Booking { account: charge.account, asset: charge.asset, change }, now).await
}

/// Whether an entry follows the one before it as it was booked.
pub(crate) async fn proves(tx: &mut Tx, chain: &ChainKey, entry: &Entry) -> Result<bool, Error> {
    let before = match entry.sequence {
        ..=1 => Some(GENESIS),
        later => store::ledger::hash_at(tx, entry.wallet, later - 1).await?,
    };
    Ok(before.is_some_and(|before| entry.hash == chain.hash(&before, entry)))
}

/// Adjusts a balance manually. A reference that is used twice changes it only once.
///
/// # Errors
/// [`Refusal::Unaffordable`], [`Refusal::NotFound`].
pub async fn adjust(engine: &Engine, booking: Booking) -> Result<Booked, Error> {
    let chain = engine.secrets.chain.clone();
    let now = engine.now();
    engine.db.write(async move |tx| book(tx, &chain, &booking, now).await).await
}

/// A page of the money entries, newest first, and how many there are in all.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators.
pub async fn list(engine: &Engine, caller: &Caller, wanted: Wanted, offset: i64, limit: i64) -> Result<(Vec<NamedEntry>, i64), Error> {
    administers(caller)?;
    engine
        .db
        .read(async move |tx| {
            let entries = store::ledger::list(tx, &wanted, None, offset, limit).await?;
            Ok((entries, store::ledger::count(tx, &wanted).await?))
        })
        .await
}

/// The money entries before the one with this time and id, newest first, at most [`PIECE`] of them: one piece of an export, which may
/// be of any length.
///
/// # Errors
/// As [`list`].
pub async fn before(
    engine: &Engine,
    caller: &Caller,
    wanted: Wanted,
    before: Option<(Timestamp, EntryId)>,
) -> Result<Vec<NamedEntry>, Error> {
    administers(caller)?;
    engine.db.read(async move |tx| Ok(store::ledger::list(tx, &wanted, before, 0, PIECE).await?)).await
}

/// Records in the audit log that somebody exports the ledger as a file.
///
/// # Errors
/// As [`list`].
pub async fn exported(engine: &Engine, caller: &Caller, wanted: &Wanted, origin: Origin) -> Result<(), Error> {
    administers(caller)?;
    let subject = wanted.account.map_or_else(|| "ledger".to_owned(), |account| format!("account:{account}"));
    let act = Act { actor: Some(caller.account), action: "ledger.export", subject, detail: String::new(), origin };
    let now = engine.now();
    engine.db.write(async move |tx| audit::note(tx, &act, now).await).await
}
