//! Wallets: what an account holds.

use domain::{
    id::AccountId,
    ledger::ChainKey,
    refusal::{Noun, Refusal},
    wallet::{Asset, Wallet},
};

use store::{seal::Sealed, tx::Tx};

use crate::{Engine, Error, seal};

/// An account's wallet as it is now.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn get(engine: &Engine, account: AccountId, asset: Asset) -> Result<Wallet, Error> {
    let found = engine.db.read(async move |tx| Ok(store::wallet::get(tx, account, asset).await?)).await?;
    found.ok_or_else(|| Refusal::NotFound(Noun::Account).into())
}

/// Says how far below zero an account's money may go, in micro-yuan.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn set_credit_limit(engine: &Engine, account: AccountId, limit: i64) -> Result<(), Error> {
    let chain = engine.secrets.chain.clone();
    engine.db.write(async move |tx| limited(tx, &chain, account, limit).await).await
}

/// As [`set_credit_limit`], within a transaction.
pub(crate) async fn limited(tx: &mut Tx, chain: &ChainKey, account: AccountId, limit: i64) -> Result<(), Error> {
    let wallet = store::wallet::set_credit_limit(tx, account, limit).await?.ok_or(Refusal::NotFound(Noun::Account))?;
    seal::put(tx, chain, Sealed::Limit, wallet).await
}
