//! Wallets: what an account holds.

use domain::{
    id::AccountId,
    refusal::{Noun, Refusal},
    wallet::{Asset, Wallet},
};

use crate::{Engine, Error};

/// An account's wallet as it is now.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn get(engine: &Engine, account: AccountId, asset: Asset) -> Result<Wallet, Error> {
    let found = engine
        .db
        .read((account, asset), |tx, (account, asset)| Box::pin(async move { Ok(store::wallet::get(tx, *account, *asset).await?) }))
        .await?;
    found.ok_or_else(|| Refusal::NotFound(Noun::Account).into())
}

/// Says how far below zero an account's money may go, in micro-yuan.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn set_credit_limit(engine: &Engine, account: AccountId, limit: i64) -> Result<(), Error> {
    let found = engine
        .db
        .write((account, limit), |tx, (account, limit)| {
            Box::pin(async move { Ok(store::wallet::set_credit_limit(tx, *account, *limit).await?) })
        })
        .await?;
    if found { Ok(()) } else { Err(Refusal::NotFound(Noun::Account).into()) }
}
