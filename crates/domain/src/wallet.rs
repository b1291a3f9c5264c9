//! A wallet: one account's holding of one asset, and the head of its chain of entries.

use crate::{
    id::{AccountId, WalletId},
    ledger::Hash,
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
    /// Every asset, in the order in which an account's wallets are made.
    pub const ALL: [Self; 2] = [Self::Money, Self::Uses];

    /// The word for it in storage.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Money => "money",
            Self::Uses => "uses",
        }
    }

    /// The asset of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|asset| asset.word() == word)
    }
}

/// One account's holding of one asset, with the head of its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    /// Its number.
    pub id: WalletId,
    /// Whose it is.
    pub account: AccountId,
    /// What it holds.
    pub asset: Asset,
    /// What is in it, in the asset's units.
    pub balance: i64,
    /// How far below zero the balance may go.
    pub credit_limit: i64,
    /// What was charged or debited and not given back, in the asset's units.
    pub consumed: i64,
    /// How many entries it has: the sequence number of the newest.
    pub entries: i64,
    /// The hash of its newest entry; all zero before the first.
    pub head: Hash,
}
