//! Ids of rows, with one type for each kind of row, so that an account's id is never mistaken for a task's.

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
    /// The id of an account.
    AccountId,
    /// The id of a wallet: one account's holding of one asset.
    WalletId,
    /// The id of a ledger entry.
    EntryId,
    /// The id of a task.
    TaskId,
    /// The id of a redemption code.
    CodeId,
    /// The id of a batch of redemption codes.
    BatchId,
    /// The id of a delivery: one message to one recipient.
    DeliveryId,
    /// The id of a worker token.
    WorkerTokenId,
    /// The id of a registered model.
    ModelId,
    /// The id of a payment method.
    MethodId,
    /// The id of a template of the assistant.
    TemplateId,
    /// The id of an API key.
    KeyId,
    /// The id of a webhook endpoint.
    WebhookId,
    /// The id of an event that webhooks tell.
    EventId,
    /// The id of a delivery of an event to one webhook endpoint.
    WebhookDeliveryId,
    /// The id of a line in a task's log.
    LogId,
    /// The id of an action on many tasks.
    BulkId,
}

/// The id of an order: 32 lower-case hexadecimal digits, never used twice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderId(String);

impl OrderId {
    /// The id that is made from these random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(crate::text::hex(&bytes))
    }

    /// The id that a text contains, if it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))).then(|| Self(text.to_owned()))
    }

    /// The id as text.
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
