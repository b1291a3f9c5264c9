//! A wallet: one account's holding of one asset, and the head of its chain of entries.

use crate::{
    hash::Hash,
    id::{AccountId, WalletId},
};

/// What a wallet holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Asset {
    /// Micro-yuan.
    Money,
    /// A count of uses bought with redemption codes.
    Uses,
}

impl Asset {
    /// Every asset, in the order in which an account's wallets are created.
    pub const ALL: [Self; 2] = [Self::Money, Self::Uses];

    /// Its name in storage.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Money => "money",
            Self::Uses => "uses",
        }
    }

    /// The asset with this name in storage.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|asset| asset.word() == word)
    }
}

/// One account's holding of one asset, with the head of its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    /// Its id.
    pub id: WalletId,
    /// The account that owns it.
    pub account: AccountId,
    /// What it holds.
    pub asset: Asset,
    /// Its balance, in the asset's units.
    pub balance: i64,
    /// How far below zero the balance may go.
    pub credit_limit: i64,
    /// What was charged or debited and not refunded, in the asset's units.
    pub consumed: i64,
    /// How many entries it has: the sequence number of the newest.
    pub entries: i64,
    /// The hash of its newest entry; all zero before the first.
    pub head: Hash,
    /// Its owner wants to be told when the balance falls below this.
    pub alert_below: Option<i64>,
}
