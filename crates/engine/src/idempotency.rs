//! `Idempotency-Key`: a request that is repeated under one key is executed once and answered the same each time.
//!
//! The key, the effect and the answer are written in one transaction. A concurrent duplicate waits for it. Refusals are not stored, so
//! a refused request may be sent again.

use std::{sync::Arc, time::Duration};

use domain::{id::AccountId, refusal::Refusal, time::Timestamp};
use store::tx::Tx;

use crate::{Engine, Error, housekeeping};

/// How long an answer is kept for duplicates.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// A request under an idempotency key.
pub struct Once<T> {
    /// The route, with the ids in its path.
    pub route: String,
    /// The caller's key.
    pub key: String,
    /// A hash of the request.
    pub request: [u8; 32],
    /// Encodes the outcome as the answer's body, which is what is stored.
    pub encode: Arc<dyn Fn(&T) -> String + Send + Sync>,
}

/// The outcome of a request that may be a duplicate.
#[derive(Debug)]
pub enum Answered<T> {
    /// It was executed now.
    Executed(T),
    /// It had been executed before; this was the answer's body.
    Replayed(String),
}

/// Runs `make` in one transaction. Under an idempotency key it is run only once, and duplicates get the stored answer.
pub(crate) async fn once<T, F>(engine: &Engine, asker: AccountId, once: Option<Once<T>>, make: F) -> Result<Answered<T>, Error>
where
    T: Send + Sync + 'static,
    F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
{
    let now = engine.now();
    let answered = engine.db.write(async move |tx| {
        if let Some(before) = claim(tx, asker, once.as_ref(), now).await? {
            return Ok(Answered::Replayed(before));
        }
        let made = make(tx).await?;
        complete(tx, asker, once.as_ref(), &made).await?;
        Ok(Answered::Executed(made))
    });
    answered.await
}

/// Claims a key: returns the answer that is already stored under it, or `None` if this transaction is the one to produce it.
async fn claim<T>(tx: &mut Tx, account: AccountId, once: Option<&Once<T>>, now: Timestamp) -> Result<Option<String>, Error> {
    let Some(once) = once else { return Ok(None) };
    let kept = store::idempotency::claim(tx, account, &once.route, &once.key, once.request, now.minus(KEPT), now).await?;
    match kept {
        None => Ok(None),
        Some(kept) if kept.request == once.request => Ok(Some(kept.answer)),
        Some(_) => Err(Refusal::KeyReused.into()),
    }
}

/// The answer that is already stored under a key, for looking it up before anything else is checked.
pub(crate) async fn stored_answer<T>(engine: &Engine, account: AccountId, once: Option<&Once<T>>) -> Result<Option<String>, Error> {
    let Some(once) = once else { return Ok(None) };
    let route = once.route.clone();
    let key = once.key.clone();
    let oldest = engine.now().minus(KEPT);
    let kept = engine.db.read(async move |tx| Ok(store::idempotency::get(tx, account, &route, &key, oldest).await?));
    match kept.await? {
        None => Ok(None),
        Some(kept) if kept.request == once.request => Ok(Some(kept.answer)),
        Some(_) => Err(Refusal::KeyReused.into()),
    }
}

/// Stores the answer under its key.
async fn complete<T>(tx: &mut Tx, account: AccountId, once: Option<&Once<T>>, value: &T) -> Result<(), Error> {
    match once {
        Some(once) => Ok(store::idempotency::complete(tx, account, &once.route, &once.key, &(once.encode)(value)).await?),
        None => Ok(()),
    }
}

/// Deletes answers that are too old to be given again.
///
/// # Errors
/// [`Error::Fault`].
pub async fn tidy(engine: &Engine) -> Result<(), Error> {
    let oldest = engine.now().minus(KEPT);
    housekeeping::in_batches(engine, "answers", async move |tx, limit| Ok(store::idempotency::tidy(tx, oldest, limit).await?)).await
}
