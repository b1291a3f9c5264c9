//! What people see of themselves across the parts of the engine, each in one call.

use domain::{
    account::Account,
    refusal::Refusal,
    task::State,
    wallet::{Asset, Wallet},
};

use crate::{
    Engine, Error,
    account::own,
    campus::{self, CampusAccount},
    kinds::study,
    session::Caller,
};

/// The caller's account with its wallets: money, and uses.
///
/// # Errors
/// [`Refusal::Unauthorized`] if the account was closed meanwhile.
pub async fn holdings(engine: &Engine, caller: &Caller) -> Result<(Account, [Wallet; 2]), Error> {
    let id = caller.account;
    let read = engine.db.read(async move |tx| {
        let account = store::account::by_id(tx, id).await?.filter(|account| account.anonymised_at.is_none());
        let (money, uses) = (store::wallet::get(tx, id, Asset::Money).await?, store::wallet::get(tx, id, Asset::Uses).await?);
        Ok((account, money, uses))
    });
    match read.await? {
        (Some(account), Some(money), Some(uses)) => Ok((account, [money, uses])),
        _ => Err(Refusal::Unauthorized.into()),
    }
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
