//! The audit log: who did what, kept in the transaction that did it.

pub use domain::audit::{Act, Line};
use domain::{id::AccountId, refusal::Refusal, time::Timestamp};
use store::tx::Tx;

use crate::{Engine, Error, session::Caller};

/// Records an act, in the same transaction as the act itself.
pub(crate) async fn note(tx: &mut Tx, act: &Act, now: Timestamp) -> Result<(), Error> {
    Ok(store::audit::insert(tx, act, now).await?)
}

/// Checks that the caller is an administrator.
///
/// # Errors
/// [`Refusal::Forbidden`].
pub(crate) fn administers(caller: &Caller) -> Result<(), Refusal> {
    if caller.role.administers() { Ok(()) } else { Err(Refusal::Forbidden) }
}

/// Lines with smaller ids than `before`, newest first; of one actor if one is named.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators.
pub async fn page(engine: &Engine, caller: &Caller, actor: Option<AccountId>, before: i64, limit: i64) -> Result<Vec<Line>, Error> {
    administers(caller)?;
    engine.db.read(async move |tx| Ok(store::audit::page(tx, actor, before, limit).await?)).await
}

/// A page of the log, newest first, and how many lines there are in all.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators.
pub async fn list(engine: &Engine, caller: &Caller, actor: Option<AccountId>, offset: i64, limit: i64) -> Result<(Vec<Line>, i64), Error> {
    administers(caller)?;
    engine.db.read(async move |tx| Ok(store::audit::list(tx, actor, offset, limit).await?)).await
}
