//! `Idempotency-Key`: what is asked twice under one key is done once and answered alike.
//!
//! The key, the effect and the answer are one transaction. A twin that asks meanwhile waits for it; refusals are not kept, so what was
//! refused may be asked again.

use std::{sync::Arc, time::Duration};

use domain::{id::AccountId, refusal::Refusal, time::Timestamp};
use store::tx::Tx;

use crate::{Engine, Error};

/// For how long an answer is given again.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// A request that something be done once.
pub struct Once<T> {
    /// Which route, with the numbers in its path.
    pub route: String,
    /// The caller's key.
    pub key: String,
    /// A hash of the request.
    pub request: [u8; 32],
    /// How what came of it is written down: the answer's body.
    pub encode: Arc<dyn Fn(&T) -> String + Send + Sync>,
}

/// What came of something that may have been asked before.
#[derive(Debug)]
pub enum Answered<T> {
    /// It was done now.
    Now(T),
    /// It was done before; this was the answer's body.
    Before(String),
}

/// Does something in one transaction: once, where it is asked for under a key, and answered alike from then on.
pub(crate) async fn once<T, F>(engine: &Engine, asker: AccountId, once: Option<Once<T>>, make: F) -> Result<Answered<T>, Error>
where
    T: Send + Sync + 'static,
    F: AsyncFn(&mut Tx) -> Result<T, Error> + Send + 'static,
{
    let now = engine.now();
    let answered = engine.db.write(async move |tx| {
        if let Some(before) = claim(tx, asker, once.as_ref(), now).await? {
            return Ok(Answered::Before(before));
        }
        let made = make(tx).await?;
        complete(tx, asker, once.as_ref(), &made).await?;
        Ok(Answered::Now(made))
    });
    answered.await
}

/// The answer that stands under the key already; none where it is this transaction's to give.
async fn claim<T>(tx: &mut Tx, account: AccountId, once: Option<&Once<T>>, now: Timestamp) -> Result<Option<String>, Error> {
    let Some(once) = once else { return Ok(None) };
    let kept = store::idempotency::claim(tx, account, &once.route, &once.key, once.request, now.minus(KEPT), now).await?;
    match kept {
        None => Ok(None),
        Some(kept) if kept.request == once.request => Ok(Some(kept.answer)),
        Some(_) => Err(Refusal::KeyReused.into()),
    }
}

/// The answer that stands under a key already, looked up before anything else is asked.
pub(crate) async fn before<T>(engine: &Engine, account: AccountId, once: Option<&Once<T>>) -> Result<Option<String>, Error> {
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

/// Keeps the answer under its key.
async fn complete<T>(tx: &mut Tx, account: AccountId, once: Option<&Once<T>>, value: &T) -> Result<(), Error> {
    match once {
        Some(once) => Ok(store::idempotency::complete(tx, account, &once.route, &once.key, &(once.encode)(value)).await?),
        None => Ok(()),
    }
}

/// Forgets answers that are given no more.
///
/// # Errors
/// [`Error::Fault`].
pub async fn tidy(engine: &Engine) -> Result<(), Error> {
    let oldest = engine.now().minus(KEPT);
    engine.db.write(async move |tx| Ok(store::idempotency::tidy(tx, oldest).await.map(drop)?)).await
}
