//! Wallets: what an account holds.

use domain::{
    id::{AccountId, EntryId},
    ledger::{ChainKey, Entry},
    refusal::{Noun, Refusal},
    time::Timestamp,
    wallet::{Asset, Wallet},
};
use store::{seal::Sealed, tx::Tx};

use crate::{Engine, Error, seal, session::Caller};

/// An account's current wallet.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn get(engine: &Engine, account: AccountId, asset: Asset) -> Result<Wallet, Error> {
    let found = engine.db.read(async move |tx| Ok(store::wallet::get(tx, account, asset).await?)).await?;
    found.ok_or_else(|| Refusal::NotFound(Noun::Account).into())
}

/// The caller's entries before the one with this time and id, newest first: of one asset, or of both.
///
/// # Errors
/// [`Error::Fault`].
pub async fn entries(
    engine: &Engine,
    caller: &Caller,
    asset: Option<Asset>,
    before: Option<(Timestamp, EntryId)>,
    limit: i64,
) -> Result<Vec<Entry>, Error> {
    let account = caller.account;
    let before = before.unwrap_or((Timestamp(i64::MAX), EntryId(i64::MAX)));
    let assets: &[Asset] = match asset {
        Some(Asset::Money) => &[Asset::Money],
        Some(Asset::Uses) => &[Asset::Uses],
        None => &[Asset::Money, Asset::Uses],
    };
    let read = engine.db.read(async move |tx| {
        let mut entries = Vec::new();
        for asset in assets {
            entries.extend(store::ledger::of_wallet(tx, account, *asset, before, limit).await?);
        }
        entries.sort_by_key(|entry| std::cmp::Reverse((entry.created_at, entry.id)));
        entries.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(entries)
    });
    read.await
}

/// Sets how far below zero an account's balance of money may go, in micro-yuan.
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
