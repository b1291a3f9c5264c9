//! Entries of the ledger: how one follows another, and the keyed hash that chains them.
//!
//! Invariant: the sum of a wallet's entries is its balance.
//! Invariant: an entry is never changed or deleted; mistakes are corrected by another entry.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{
    hash::{GENESIS, Hash},
    id::OrderId,
    id::{AccountId, CodeId, EntryId, TaskId, WalletId},
    origin::Origin,
    time::Timestamp,
    wallet::{Asset, Wallet},
};

/// The prefix of the key of a payment's effect; its order's id follows.
const PAYMENT: &str = "payment:";

/// The other side of every entry. System accounts have no balance row: their totals are sums over the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SystemAccount {
    /// Money that came in through payment gateways.
    Payments,
    /// Uses minted as redemption codes.
    Codes,
    /// What tasks cost.
    Revenue,
    /// Corrections by an administrator.
    Adjustments,
}

impl SystemAccount {
    /// Every system account.
    pub const ALL: [Self; 4] = [Self::Payments, Self::Codes, Self::Revenue, Self::Adjustments];

    /// Its name in storage.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Payments => "payments",
            Self::Codes => "codes",
            Self::Revenue => "revenue",
            Self::Adjustments => "adjustments",
        }
    }

    /// The system account with this name in storage.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|account| account.word() == word)
    }
}

/// Why an entry was booked; each surface words it for its readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// A task was paid for.
    TaskCharge {
        /// The task.
        task: TaskId,
        /// Which of its paid attempts.
        attempt: i64,
    },
    /// A task failed or was cancelled, and its attempt was refunded.
    TaskRefund {
        /// The task.
        task: TaskId,
        /// Which of its paid attempts.
        attempt: i64,
    },
    /// A redemption code was redeemed.
    Redemption {
        /// The code.
        code: CodeId,
    },
    /// Somebody paid in through a gateway.
    TopUp {
        /// The order.
        order: OrderId,
    },
    /// An administrator confirmed that money came in another way.
    ManualTopUp {
        /// The order.
        order: OrderId,
        /// Who confirmed it.
        actor: AccountId,
    },
    /// An administrator corrected something.
    Adjustment {
        /// Who did it; `None` for the command line.
        actor: Option<AccountId>,
        /// The caller's name for this change, so that sending it twice has one effect.
        reference: String,
    },
}

impl Cause {
    /// The unique key of this effect, by which a repetition is recognised.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::TaskCharge { task, attempt } => format!("charge:{task}:{attempt}"),
            Self::TaskRefund { task, attempt } => format!("refund:{task}:{attempt}"),
            Self::Redemption { code } => format!("redeem:{code}"),
            Self::TopUp { order } | Self::ManualTopUp { order, .. } => format!("{PAYMENT}{order}"),
            Self::Adjustment { reference, .. } => format!("adjustment:{reference}"),
        }
    }

    /// Its name in storage.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::TaskCharge { .. } => "task_charge",
            Self::TaskRefund { .. } => "task_refund",
            Self::Redemption { .. } => "redemption",
            Self::TopUp { .. } => "top_up",
            Self::ManualTopUp { .. } => "manual_top_up",
            Self::Adjustment { .. } => "adjustment",
        }
    }

    /// The system account on the other side.
    #[must_use]
    pub fn counterpart(&self) -> SystemAccount {
        match self {
            Self::TaskCharge { .. } | Self::TaskRefund { .. } => SystemAccount::Revenue,
            Self::Redemption { .. } => SystemAccount::Codes,
            Self::TopUp { .. } | Self::ManualTopUp { .. } => SystemAccount::Payments,
            Self::Adjustment { .. } => SystemAccount::Adjustments,
        }
    }

    /// The task it refers to, if any.
    #[must_use]
    pub fn task(&self) -> Option<(TaskId, i64)> {
        match self {
            Self::TaskCharge { task, attempt } | Self::TaskRefund { task, attempt } => Some((*task, *attempt)),
            Self::Redemption { .. } | Self::TopUp { .. } | Self::ManualTopUp { .. } | Self::Adjustment { .. } => None,
        }
    }

    /// Who acted, if it was a person.
    #[must_use]
    pub fn actor(&self) -> Option<AccountId> {
        match self {
            Self::TaskCharge { .. } | Self::TaskRefund { .. } | Self::Redemption { .. } | Self::TopUp { .. } => None,
            Self::ManualTopUp { actor, .. } => Some(*actor),
            Self::Adjustment { actor, .. } => *actor,
        }
    }
}

/// A change to be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// By how much, in the asset's units; never zero.
    pub amount: i64,
    /// Why.
    pub cause: Cause,
    /// Free text of an adjustment.
    pub note: String,
    /// Where the request came from.
    pub origin: Origin,
}

impl Change {
    /// A change that the server makes by itself.
    #[must_use]
    pub fn of(amount: i64, cause: Cause) -> Self {
        Self { amount, cause, note: String::new(), origin: Origin::default() }
    }
}

/// One change of one wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id; assigned by the database, not part of the hash.
    pub id: EntryId,
    /// The wallet that changed.
    pub wallet: WalletId,
    /// The account that owns the wallet.
    pub account: AccountId,
    /// The asset that changed.
    pub asset: Asset,
    /// 1 for the wallet's first entry, then one more each time.
    pub sequence: i64,
    /// By how much, in the asset's units; never zero.
    pub amount: i64,
    /// The balance before.
    pub before: i64,
    /// The balance after.
    pub after: i64,
    /// The system account that changed by minus `amount`.
    pub counterpart: SystemAccount,
    /// The unique key of the effect.
    pub key: String,
    /// The stored name of the cause.
    pub cause: String,
    /// The task it refers to.
    pub task: Option<TaskId>,
    /// That task's attempt.
    pub attempt: Option<i64>,
    /// Who acted.
    pub actor: Option<AccountId>,
    /// Free text of an adjustment.
    pub note: String,
    /// Where the request came from.
    pub origin: Origin,
    /// When.
    pub created_at: Timestamp,
    /// Which key made the hash.
    pub key_id: i64,
    /// HMAC over the hash before it and every field above except `id`.
    pub hash: Hash,
}

impl Entry {
    /// The order it refers to, if any.
    #[must_use]
    pub fn order(&self) -> Option<&str> {
        self.key.strip_prefix(PAYMENT)
    }

    /// The amount by which it raises its wallet's consumption: charges and debits raise it, refunds lower it again.
    #[must_use]
    pub fn consumed(&self) -> i64 {
        if self.amount < 0 || self.cause == "task_refund" { self.amount.saturating_neg() } else { 0 }
    }
}

/// The secret that chains entries; its id is stored with each of them.
#[derive(Clone)]
pub struct ChainKey {
    /// The id that is stored with each hash it made.
    pub id: i64,
    secret: [u8; 32],
}

impl std::fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChainKey {{ id: {} }}", self.id)
    }
}

impl ChainKey {
    /// A key with its id.
    #[must_use]
    pub fn new(id: i64, secret: [u8; 32]) -> Self {
        Self { id, secret }
    }

    /// The entry that follows a wallet's head when `change` is booked, or `None` if the balance or the sequence would overflow. Whether the
    /// wallet can afford it is not checked here.
    #[must_use]
    pub fn follow(&self, wallet: &Wallet, change: &Change, now: Timestamp) -> Option<Entry> {
        let Change { amount, cause, note, origin } = change;
        let task = cause.task();
        let mut entry = Entry {
            id: EntryId(0),
            wallet: wallet.id,
            account: wallet.account,
            asset: wallet.asset,
            sequence: wallet.entries.checked_add(1)?,
            amount: *amount,
            before: wallet.balance,
            after: wallet.balance.checked_add(*amount)?,
            counterpart: cause.counterpart(),
            key: cause.key(),
            cause: cause.word().to_owned(),
            task: task.map(|(task, _)| task),
            attempt: task.map(|(_, attempt)| attempt),
            actor: cause.actor(),
            note: note.clone(),
            origin: origin.clone(),
            created_at: now,
            key_id: self.id,
            hash: GENESIS,
        };
        entry.hash = self.hash(&wallet.head, &entry);
        Some(entry)
    }

    /// A seal on some texts: no other texts have the same seal, and nobody without the key can make it.
    #[must_use]
    pub fn seal(&self, parts: &[&str]) -> Hash {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("HMAC takes a key of any length");
        // Longer than a hash, with which the data of an entry begins: so no seal equals the hash of an entry.
        mac.update(b"gongfang: a seal, and no entry of the ledger");
        for text in parts {
            mac.update(&(text.len() as u64).to_be_bytes());
            mac.update(text.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// The hash that `entry` must carry after `previous`.
    #[must_use]
    pub fn hash(&self, previous: &Hash, entry: &Entry) -> Hash {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("HMAC takes a key of any length");
        mac.update(previous);
        let mut number = |n: i64| mac.update(&n.to_be_bytes());
        number(entry.wallet.0);
        number(entry.account.0);
        number(entry.sequence);
        number(entry.amount);
        number(entry.before);
        number(entry.after);
        number(entry.created_at.0);
        number(entry.key_id);
        for optional in [entry.task.map(|task| task.0), entry.attempt, entry.actor.map(|actor| actor.0)] {
            number(i64::from(optional.is_some()));
            number(optional.unwrap_or(0));
        }
        for text in [entry.asset.word(), entry.counterpart.word(), &entry.key, &entry.cause, &entry.note] {
            mac.update(&(text.len() as u64).to_be_bytes());
            mac.update(text.as_bytes());
        }
        // Entries from before origins were recorded have neither, and keep their hash.
        let Origin { address, device } = &entry.origin;
        if address.is_some() || device.is_some() {
            for text in [address, device] {
                mac.update(&[u8::from(text.is_some())]);
                let text = text.as_deref().unwrap_or_default();
                mac.update(&(text.len() as u64).to_be_bytes());
                mac.update(text.as_bytes());
            }
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wallet() -> Wallet {
        Wallet {
            id: WalletId(3),
            account: AccountId(7),
            asset: Asset::Money,
            balance: 100,
            credit_limit: 0,
            consumed: 0,
            entries: 4,
            head: [9; 32],
            alert_below: None,
        }
    }

    fn charge() -> Change {
        Change::of(-30, Cause::TaskCharge { task: TaskId(5), attempt: 1 })
    }

    #[test]
    fn an_entry_follows_its_wallets_head() {
        let entry = ChainKey::new(1, [1; 32]).follow(&wallet(), &charge(), Timestamp(1)).unwrap();
        assert_eq!((entry.sequence, entry.before, entry.after), (5, 100, 70));
        assert_eq!(entry.key, "charge:5:1");
    }

    #[test]
    fn every_stored_field_is_under_the_hash() {
        let key = ChainKey::new(1, [1; 32]);
        let entry = key.follow(&wallet(), &charge(), Timestamp(1)).unwrap();
        let changes: [fn(&mut Entry); 17] = [
            |e| e.wallet.0 ^= 1,
            |e| e.account.0 ^= 1,
            |e| e.asset = Asset::Uses,
            |e| e.sequence ^= 1,
            |e| e.amount ^= 1,
            |e| e.before ^= 1,
            |e| e.after ^= 1,
            |e| e.counterpart = SystemAccount::Codes,
            |e| e.key.push('x'),
            |e| e.cause.push('x'),
            |e| e.task = None,
            |e| e.attempt = None,
            |e| e.actor = Some(AccountId(0)),
            |e| e.note.push('x'),
            |e| e.origin.address = Some(String::new()),
            |e| e.origin.device = Some(String::new()),
            |e| e.created_at.0 ^= 1,
        ];
        for (index, change) in changes.iter().enumerate() {
            let mut changed = entry.clone();
            change(&mut changed);
            assert_ne!(key.hash(&[9; 32], &changed), entry.hash, "change {index}");
        }
        assert_ne!(key.hash(&[8; 32], &entry), entry.hash, "another predecessor");
        assert_ne!(ChainKey::new(1, [2; 32]).hash(&[9; 32], &entry), entry.hash, "another key");
    }

    #[test]
    fn an_overflow_is_no_entry() {
        let full = Wallet { balance: i64::MAX, ..wallet() };
        assert!(ChainKey::new(1, [1; 32]).follow(&full, &Change { amount: 1, ..charge() }, Timestamp(1)).is_none());
    }
}
