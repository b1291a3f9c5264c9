//! Orders: money that somebody is about to pay in, through a gateway or entered manually by an administrator.
//!
//! Invariant: an order is credited at most once, no matter who reports its payment and how often.

use std::time::Duration;

use crate::{
    id::{AccountId, MethodId, OrderId},
    time::Timestamp,
};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl $name {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its name in storage.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The value with this stored name.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

words! {
    /// The status of an order.
    Status {
        /// It waits to be paid.
        Pending = "pending",
        /// It was paid and credited.
        Paid = "paid",
        /// Somebody cancelled it.
        Cancelled = "cancelled",
        /// Nobody paid it in time.
        Expired = "expired",
    }
}

words! {
    /// How the money comes in.
    Sort {
        /// Through a gateway.
        Payment = "payment",
        /// An administrator says that it came in.
        Manual = "manual",
    }
}

words! {
    /// The channel the payer pays through (docs/protocols.md, epay).
    Channel {
        /// Alipay.
        Alipay = "alipay",
        /// WeChat Pay.
        Wxpay = "wxpay",
    }
}

/// Money that somebody is about to pay in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Who is credited.
    pub account: AccountId,
    /// How the money comes in.
    pub sort: Sort,
    /// How much, in micro-yuan; whole fen for a payment.
    pub amount: i64,
    /// The payment method; `None` for a manual order.
    pub method: Option<MethodId>,
    /// The channel the payer pays through.
    pub channel: Option<Channel>,
    /// Where the payer's browser goes afterwards.
    pub return_url: Option<String>,
    /// Its status.
    pub status: Status,
    /// The gateway's trade number, once it is known.
    pub trade: Option<String>,
    /// The administrator's remark about it.
    pub remark: String,
    /// The administrator who created it, for a manual order.
    pub actor: Option<AccountId>,
    /// Where the request came from.
    pub origin: crate::origin::Origin,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// When the gateway is asked next; `None` if it is no longer asked.
    pub due_at: Option<Timestamp>,
    /// How often it was asked automatically.
    pub checks: i64,
}

/// When a gateway is asked about an order without a callback, counted from its creation; after the last time it expires (docs/money.md,
/// Asking again).
pub const RECHECKS: [Duration; 6] = [
    Duration::from_secs(60),
    Duration::from_secs(3 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 3600),
    Duration::from_secs(24 * 3600),
];

/// When an order that was created at `created` is asked about after `checks` times; `None` after the last.
#[must_use]
pub fn next_check(created: Timestamp, checks: i64) -> Option<Timestamp> {
    RECHECKS.get(usize::try_from(checks).ok()?).map(|wait| created.plus(*wait))
}

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What: `created`, `jumped`, `callback`, `query`, `paid`, `cancelled`, `expired`, `alarm`.
    pub what: String,
    /// The result, without keys and signatures.
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_number_is_what_we_made() {
        assert_eq!(OrderId::new([0xab; 16]).as_str(), "ab".repeat(16));
        for bad in ["", "AB", &"AB".repeat(16), &"a".repeat(33), "gf0000000001", &"g".repeat(32)] {
            assert_eq!(OrderId::parse(bad), None, "{bad}");
        }
        assert!(OrderId::parse(&"ab".repeat(16)).is_some());
    }

    #[test]
    fn a_gateway_is_asked_ever_more_rarely_and_then_no_more() {
        let at: Vec<_> = (0..7).map(|checks| next_check(Timestamp(0), checks).map(Timestamp::seconds)).collect();
        assert_eq!(at, [Some(60), Some(180), Some(600), Some(1800), Some(7200), Some(86_400), None]);
    }
}
