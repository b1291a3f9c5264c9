//! What people see of themselves across the parts of the engine, each in one call.

use domain::{account::Account, refusal::Refusal, task::State};

use crate::{
    Engine, Error,
    account::{Holder, own},
    campus::{self, CampusAccount},
    kinds::study,
    session::Caller,
};

/// The caller's account with its wallets: money, and uses.
///
/// # Errors
/// [`Refusal::Unauthorized`] if the account was closed meanwhile.
pub async fn holdings(engine: &Engine, caller: &Caller) -> Result<Holder, Error> {
    let id = caller.account;
    let found = engine.db.read(async move |tx| Ok(store::account::holder(tx, id).await?)).await?;
    found.ok_or_else(|| Refusal::Unauthorized.into())
}

/// The caller's account, their place at a learning platform, and how many of their study tasks are in each state.
///
/// # Errors
/// [`Refusal::Unauthorized`] if the account was closed meanwhile.
pub async fn learner(engine: &Engine, caller: &Caller) -> Result<(Account, CampusAccount, Vec<(State, i64)>), Error> {
    let own = own::get(engine, caller).await?;
    let place = campus::place(engine, own.id).await?;
    let counts = study::counts(engine, own.id).await?;
    Ok((own, place, counts))
}
