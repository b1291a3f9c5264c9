//! Numbers that name rows, one type each, so that an account's number never passes for a task's.

use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// The number of an account.
    AccountId,
    /// The number of a wallet: one account's holding of one asset.
    WalletId,
    /// The number of a ledger entry.
    EntryId,
    /// The number of a task.
    TaskId,
    /// The number of a redemption code.
    CodeId,
    /// The number of a batch of redemption codes.
    BatchId,
    /// The number of a delivery: one message to one recipient.
    DeliveryId,
    /// The number of a worker token.
    WorkerTokenId,
    /// The number of a registered model.
    ModelId,
    /// The number of a payment method.
    MethodId,
    /// The number of a template of the assistant.
    TemplateId,
    /// The number of a line in a task's log.
    LogId,
}

/// The number of an order: 32 lower-case hexadecimal digits, never used twice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderId(String);

impl OrderId {
    /// The number that these random bytes make.
    #[must_use]
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(crate::text::hex(&bytes))
    }

    /// The number of a text that is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))).then(|| Self(text.to_owned()))
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
