//! Wallets: what an account holds.

use domain::{
    id::{AccountId, EntryId},
    ledger::{ChainKey, Entry},
    refusal::{Noun, Refusal},
    time::Timestamp,
    wallet::{Asset, Wallet},
};
use store::{seal::Sealed, tx::Tx};

use crate::{
    Engine, Error, ledger, seal,
    session::{Caller, Whose},
};

/// An account's current wallet.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn get(engine: &Engine, account: AccountId, asset: Asset) -> Result<Wallet, Error> {
    let found = engine.db.read(async move |tx| Ok(store::wallet::get(tx, account, asset).await?)).await?;
    found.ok_or_else(|| Refusal::NotFound(Noun::Account).into())
}

/// Which entries a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Whose.
    pub whose: Whose,
    /// Of which asset; of both if `None`.
    pub asset: Option<Asset>,
    /// Whether to say of each whether its chain proves it.
    pub proof: bool,
}

/// An entry, and whether its chain proves it, if that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The entry.
    pub entry: Entry,
    /// Whether it follows the entry before it as it was booked.
    pub proved: Option<bool>,
}

/// Entries before the one with this time and id, newest first.
///
/// # Errors
/// [`Refusal::Forbidden`] for others' entries, for everybody but administrators.
pub async fn entries(
    engine: &Engine,
    caller: &Caller,
    filter: Filter,
    before: Option<(Timestamp, EntryId)>,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let account = caller.sees(filter.whose)?;
    let before = before.unwrap_or((Timestamp(i64::MAX), EntryId(i64::MAX)));
    let assets: &[Asset] = match filter.asset {
        Some(Asset::Money) => &[Asset::Money],
        Some(Asset::Uses) => &[Asset::Uses],
        None => &[Asset::Money, Asset::Uses],
    };
    let chain = engine.secrets.chain.clone();
    let read = engine.db.read(async move |tx| {
        let mut entries = Vec::new();
        for asset in assets {
            entries.extend(match account {
                Some(account) => store::ledger::of_wallet(tx, account, *asset, before, limit).await?,
                None => store::ledger::newest(tx, *asset, before, limit).await?,
            });
        }
        entries.sort_by_key(|entry| std::cmp::Reverse((entry.created_at, entry.id)));
        entries.truncate(usize::try_from(limit).unwrap_or(0));
        let mut listed = Vec::with_capacity(entries.len());
        for entry in entries {
            let proved = if filter.proof { Some(ledger::proves(tx, &chain, &entry).await?) } else { None };
            listed.push(Listed { entry, proved });
        }
        Ok(listed)
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
