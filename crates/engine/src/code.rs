//! Redemption codes: minting, redeeming and listing them.
//!
//! Invariant: a code is redeemed at most once, and its uses are booked in the same transaction.

use std::net::IpAddr;

use domain::{
    audit::Act,
    code::{self, Batch, Code, LENGTH, MAX_USES, State},
    id::{AccountId, BatchId, CodeId},
    ledger::{Cause, ChainKey, Change},
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    time::Timestamp,
    wallet::Asset,
};
use store::{seal::Sealed, tx::Tx};

use crate::{
    Engine, Error, Fault,
    audit::{self, administers},
    ledger::{self, Booked, Booking},
    limit::{self, Guess},
    seal,
    session::Caller,
    settings::Minting,
    webhook,
};

/// The most codes that one transaction adds.
pub const CHUNK: usize = 500;
/// How many redeemed codes a history shows.
const HISTORY: i64 = 1000;
/// The longest note of a batch, in characters.
const MAX_NOTE: usize = 200;

/// Mints codes for a caller who may do so, and returns their texts, which cannot be read again later.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::Invalid`] for a `count` or `uses` out of bounds.
pub async fn mint(engine: &Engine, caller: &Caller, count: i64, uses: i64) -> Result<Vec<String>, Error> {
    let may = match engine.settings.minting {
        Minting::Anybody => true,
        Minting::Admins => caller.role.administers(),
    };
    if !may {
        return Err(Refusal::Forbidden.into());
    }
    if !(1..=engine.settings.mint_most).contains(&count) {
        let problem = Problem::OutOfBounds { least: 1, most: engine.settings.mint_most };
        return Err(Refusal::Invalid { field: "count", problem }.into());
    }
    let texts = draw(engine, usize::try_from(count).unwrap_or(0));
    let opening = Opening { minter: Some(caller.account), note: String::new(), origin: Origin::default() };
    let chunk = Chunk::of(engine, Target::New(opening), &texts, uses, None)?;
    engine.db.write(async move |tx| add(tx, &chunk).await).await?;
    tracing::info!(account = caller.account.0, count, uses, "redemption codes were minted");
    Ok(texts)
}

/// Codes that an administrator wants.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// How many; [`CHUNK`] at most.
    pub count: i64,
    /// How many uses each gives.
    pub uses: i64,
    /// When they end.
    pub expires_at: Option<Timestamp>,
    /// What they are for.
    pub note: String,
}

/// Codes that were just minted.
#[derive(Debug, Clone)]
pub struct Minted {
    /// Their batch.
    pub batch: Batch,
    /// Their texts, which cannot be read again.
    pub texts: Vec<String>,
}

/// Mints a batch, whatever [`Minting`] says of others.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators; [`Refusal::Invalid`] naming the field.
pub async fn mint_batch(engine: &Engine, caller: &Caller, new: NewBatch, origin: Origin) -> Result<Minted, Error> {
    administers(caller)?;
    caller.fresh(engine)?;
    let invalid = |field, problem| Refusal::Invalid { field, problem };
    let count = usize::try_from(new.count).ok().filter(|count| (1..=CHUNK).contains(count));
    let count = count.ok_or(invalid("count", Problem::OutOfBounds { least: 1, most: CHUNK as i64 }))?;
    if new.expires_at.is_some_and(|at| at <= engine.now()) {
        return Err(invalid("expires_at", Problem::Because("it has passed".to_owned())).into());
    }
    if new.note.chars().count() > MAX_NOTE || new.note.contains('\0') {
        return Err(invalid("note", Problem::TooLong(MAX_NOTE as u64)).into());
    }
    let texts = draw(engine, count);
    let opening = Opening { minter: Some(caller.account), note: new.note.clone(), origin };
    let chunk = Chunk::of(engine, Target::New(opening), &texts, new.uses, new.expires_at)?;
    let created_at = chunk.now;
    let id = engine.db.write(async move |tx| add(tx, &chunk).await).await?;
    tracing::info!(account = caller.account.0, count, uses = new.uses, "redemption codes were minted");
    Ok(Minted { batch: Batch { id, minter: Some(caller.account), note: new.note, created_at }, texts })
}

/// Batches with smaller ids than `before`, newest first.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators.
pub async fn batches(engine: &Engine, caller: &Caller, before: BatchId, limit: i64) -> Result<Vec<Batch>, Error> {
    administers(caller)?;
    engine.db.read(async move |tx| Ok(store::code::batches(tx, before, limit).await?)).await
}

/// A batch, and how many of its codes are in each state.
#[derive(Debug, Clone)]
pub struct BatchDetail {
    /// The batch.
    pub batch: Batch,
    /// How many of its codes are in which state; states of no code are missing.
    pub counts: Vec<(State, i64)>,
}

/// A batch, and what became of its codes.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators; [`Refusal::NotFound`].
pub async fn batch(engine: &Engine, caller: &Caller, id: BatchId) -> Result<BatchDetail, Error> {
    administers(caller)?;
    let now = engine.now();
    let read = engine.db.read(async move |tx| {
        let batch = store::code::get_batch(tx, id).await?.ok_or(Refusal::NotFound(Noun::Batch))?;
        Ok(BatchDetail { batch, counts: store::code::counts(tx, id, now).await? })
    });
    read.await
}

/// Opens a batch, to be filled with [`fill`].
///
/// # Errors
/// [`Error::Fault`].
pub async fn open_batch(engine: &Engine, note: String) -> Result<BatchId, Error> {
    let now = engine.now();
    engine.db.write(async move |tx| Ok(store::code::open_batch(tx, None, &note, now).await?)).await
}

/// Random texts for codes that are not minted yet.
#[must_use]
pub fn draw(engine: &Engine, count: usize) -> Vec<String> {
    let one = |_| {
        let mut bytes = [0; LENGTH];
        engine.random.fill(&mut bytes);
        code::text(bytes)
    };
    (0..count).map(one).collect()
}

/// Adds up to [`CHUNK`] codes from [`draw`] to a batch; from now on they can be redeemed.
///
/// # Errors
/// [`Refusal::Invalid`] for `uses` out of bounds.
pub async fn fill(engine: &Engine, batch: BatchId, texts: &[String], uses: i64, expires_at: Option<Timestamp>) -> Result<(), Error> {
    let chunk = Chunk::of(engine, Target::Open(batch), texts, uses, expires_at)?;
    engine.db.write(async move |tx| add(tx, &chunk).await).await.map(drop)
}

/// Where codes go.
enum Target {
    /// Into a batch that is opened with them.
    New(Opening),
    /// Into one that is open already.
    Open(BatchId),
}

struct Opening {
    minter: Option<AccountId>,
    note: String,
    origin: Origin,
}

/// Codes that are about to be inserted, by their hashes.
struct Chunk {
    target: Target,
    hashes: Vec<[u8; 32]>,
    uses: i64,
    expires_at: Option<Timestamp>,
    chain: ChainKey,
    now: Timestamp,
}

impl Chunk {
    fn of(engine: &Engine, target: Target, texts: &[String], uses: i64, expires_at: Option<Timestamp>) -> Result<Self, Refusal> {
        if !(1..=MAX_USES).contains(&uses) {
            return Err(Refusal::Invalid { field: "uses", problem: Problem::OutOfBounds { least: 1, most: MAX_USES } });
        }
        if texts.len() > CHUNK {
            return Err(Refusal::Invalid { field: "count", problem: Problem::OutOfBounds { least: 1, most: CHUNK as i64 } });
        }
        let hashes = texts.iter().map(|text| hash(engine, text)).collect();
        Ok(Self { target, hashes, uses, expires_at, chain: engine.secrets.chain.clone(), now: engine.now() })
    }
}

async fn add(tx: &mut Tx, chunk: &Chunk) -> Result<BatchId, Error> {
    let batch = match &chunk.target {
        Target::New(Opening { minter, note, origin }) => {
            let batch = store::code::open_batch(tx, *minter, note, chunk.now).await?;
            let detail = format!("{} codes of {} uses", chunk.hashes.len(), chunk.uses);
            let act = Act { actor: *minter, action: "code.mint", subject: format!("batch:{batch}"), detail, origin: origin.clone() };
            audit::note(tx, &act, chunk.now).await?;
            batch
        }
        Target::Open(batch) => *batch,
    };
    for hash in &chunk.hashes {
        let new = store::code::New { batch, hash: *hash, uses: chunk.uses, now: chunk.now, expires_at: chunk.expires_at };
        // Two equal ones out of 2^80: the random source is broken, and must not be used.
        let id = store::code::insert(tx, &new).await?.ok_or(Fault::Corrupt("random source"))?;
        seal::put(tx, &chunk.chain, Sealed::Code, id).await?;
    }
    Ok(batch)
}

/// A code that has just been redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redeemed {
    /// How many uses it gave.
    pub added: i64,
    /// How many uses the account has now.
    pub remaining: i64,
}

/// Redeems a code as it was typed.
///
/// # Errors
/// [`Refusal::Invalid`] for an empty text, [`Refusal::UnusableCode`] for everything that cannot be redeemed, [`Refusal::TooOften`]
/// after many codes that never existed.
pub async fn redeem(engine: &Engine, account: AccountId, typed: &str, address: Option<IpAddr>) -> Result<Redeemed, Error> {
    if typed.trim().is_empty() {
        return Err(Refusal::Invalid { field: "code", problem: Problem::Missing }.into());
    }
    let whose = account.to_string();
    limit::may_guess(engine, Guess::Code, &whose, address)?;
    // A text that cannot be a code does not count as a guess.
    let text = code::canonical(typed).ok_or(Refusal::UnusableCode)?;
    let redemption = Redemption { account, hash: hash(engine, &text), text, chain: engine.secrets.chain.clone(), now: engine.now() };
    match engine.db.write(async move |tx| apply(tx, &redemption).await).await? {
        Found::Redeemed(redeemed) => {
            tracing::info!(account = account.0, uses = redeemed.added, "a redemption code was redeemed");
            Ok(redeemed)
        }
        // A code that somebody else redeemed faster does not count as a guess.
        Found::Unusable => Err(Refusal::UnusableCode.into()),
        Found::Nothing => {
            limit::guessed_wrong(engine, Guess::Code, &whose, address);
            tracing::info!(account = account.0, "a redemption code that does not exist was tried");
            Err(Refusal::UnusableCode.into())
        }
    }
}

struct Redemption {
    account: AccountId,
    hash: [u8; 32],
    text: String,
    chain: ChainKey,
    now: Timestamp,
}

enum Found {
    Redeemed(Redeemed),
    Unusable,
    Nothing,
}

async fn apply(tx: &mut Tx, redemption: &Redemption) -> Result<Found, Error> {
    let Redemption { account, hash, text, chain, now } = redemption;
    let Some((code, uses)) = store::code::redeem(tx, *hash, text, *account, *now).await? else {
        return Ok(if store::code::exists(tx, *hash).await? { Found::Unusable } else { Found::Nothing });
    };
    let booking = Booking { account: *account, asset: Asset::Uses, change: Change::of(uses, Cause::Redemption { code }) };
    if ledger::book(tx, chain, &booking, *now).await? == Booked::Before {
        return Err(Fault::Corrupt("redeemed code").into());
    }
    let wallet = store::wallet::get(tx, *account, Asset::Uses).await?.ok_or(Refusal::NotFound(Noun::Account))?;
    webhook::publish::code_redeemed(tx, *account, uses, wallet.balance, *now).await?;
    Ok(Found::Redeemed(Redeemed { added: uses, remaining: wallet.balance }))
}

/// What an account redeemed, newest first: the newest thousand.
///
/// # Errors
/// [`Error::Fault`].
pub async fn history(engine: &Engine, account: AccountId) -> Result<Vec<Code>, Error> {
    engine.db.read(async move |tx| Ok(store::code::of_redeemer(tx, account, HISTORY).await?)).await
}

/// Codes with smaller ids than `before`, newest first; only those of one batch if one is named. Nobody knows the texts of open codes.
/// Without a caller it is the operator at the command line who asks.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators.
pub async fn page(
    engine: &Engine,
    caller: Option<&Caller>,
    batch: Option<BatchId>,
    before: CodeId,
    limit: i64,
) -> Result<Vec<Code>, Error> {
    caller.map_or(Ok(()), administers)?;
    engine.db.read(async move |tx| Ok(store::code::page(tx, batch, before, limit).await?)).await
}

/// Revokes the codes of a batch that have not been redeemed, and returns their number. Without a caller it is the operator at the command
/// line who asks.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators; [`Refusal::NotFound`].
pub async fn revoke(engine: &Engine, by: Option<(&Caller, Origin)>, batch: BatchId) -> Result<u64, Error> {
    by.as_ref().map_or(Ok(()), |(caller, _)| administers(caller))?;
    let actor = by.as_ref().map(|(caller, _)| caller.account);
    let origin = by.map(|(_, origin)| origin).unwrap_or_default();
    let chain = engine.secrets.chain.clone();
    let now = engine.now();
    let revoked = engine.db.write(async move |tx| {
        let revoked = store::code::revoke(tx, batch, now).await?.ok_or(Refusal::NotFound(Noun::Batch))?;
        for id in store::seal::revoked(tx, batch).await? {
            seal::put(tx, &chain, Sealed::Code, id).await?;
        }
        let (subject, detail) = (format!("batch:{batch}"), format!("{revoked} codes"));
        let act = Act { actor, action: "code.revoke", subject, detail, origin: origin.clone() };
        audit::note(tx, &act, now).await?;
        Ok(revoked)
    });
    revoked.await
}

fn hash(engine: &Engine, text: &str) -> [u8; 32] {
    engine.secrets.keyed(&["redemption code", text])
}
