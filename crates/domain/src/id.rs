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
    /// The number of a line in a task's diary.
    LogId,
}
