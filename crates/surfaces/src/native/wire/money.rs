//! Amounts, entries, orders, and what gives uses.

use domain::{
    id::AccountId,
    ledger,
    money::Money,
    order::{self, Channel},
    origin::Origin,
    problem::Problem,
    refusal::Refusal,
    wallet::Asset,
};
use engine::{code, idempotency::Once, method, order::Manual, wallet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Page, account_id, id, time};
use crate::{
    http::malformed,
    native::{listing::Listed, query},
};

/// An amount: money as a decimal text, uses as a whole number.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::native) enum Amount {
    /// Money.
    Money {
        /// A decimal number, as `12.50`.
        amount: String,
        /// `CNY`.
        currency: &'static str,
    },
    /// Uses.
    Uses {
        /// How many.
        uses: i64,
    },
}

impl Amount {
    /// So much of an asset, in its units.
    pub(in crate::native) fn of(asset: Asset, amount: i64) -> Self {
        match asset {
            Asset::Money => Self::Money { amount: Money(amount).with_fen(), currency: "CNY" },
            Asset::Uses => Self::Uses { uses: amount },
        }
    }
}

/// A change of a wallet. Entries are never changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct Entry {
    /// Its id, as `entry_7`.
    id: String,
    /// Whose it is, as `acct_3`.
    account: String,
    /// By how much; negative where the wallet has less afterwards.
    amount: Amount,
    /// What the wallet had afterwards.
    balance: Amount,
    /// `task_charge`, `task_refund`, `redemption`, `top_up`, `manual_top_up` or `adjustment`.
    cause: String,
    /// The task it is about, as `task_12`.
    task: Option<String>,
    /// The order it is about, as `order_...`.
    order: Option<String>,
    /// A word about it for people.
    note: String,
    /// Its place among the wallet's entries, from 1.
    sequence: i64,
    /// What chains it to the entry before, in hexadecimal digits.
    hash: String,
    /// Whether its place in the chain proves it, where `include=proof` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    proved: Option<bool>,
    /// When.
    created_at: String,
}

impl Listed for Entry {
    const NAME: &'static str = "entries";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "account",
        "amount.amount",
        "amount.uses",
        "balance.amount",
        "balance.uses",
        "cause",
        "task",
        "order",
        "note",
        "sequence",
        "hash",
        "proved",
        "created_at",
    ];
}

impl Entry {
    pub(in crate::native) fn of(entry: &ledger::Entry) -> Self {
        Self {
            id: id("entry", entry.id.0),
            account: account_id(entry.account),
            amount: Amount::of(entry.asset, entry.amount),
            balance: Amount::of(entry.asset, entry.after),
            cause: entry.cause.clone(),
            task: entry.task.map(|task| id("task", task.0)),
            order: entry.order().map(|order| format!("order_{order}")),
            note: entry.note.clone(),
            sequence: entry.sequence,
            hash: domain::text::hex(&entry.hash),
            proved: None,
            created_at: time(entry.created_at),
        }
    }
}

/// A page of entries, newest first.
pub(in crate::native) fn entries(rows: &[wallet::Listed], limit: i64) -> Page<Entry> {
    let shown = |row: &wallet::Listed| Entry { proved: row.proved, ..Entry::of(&row.entry) };
    Page::of(rows, limit, shown, |row| format!("{}:{}", row.entry.created_at.0, row.entry.id.0))
}

/// A redemption code.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct Redeem {
    /// The code as it was given; blanks and hyphens do not matter.
    pub(in crate::native) code: String,
}

/// A code that was redeemed.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct Redeemed {
    /// How many uses it gave.
    added: i64,
    /// How many uses the account has now.
    uses: i64,
}

impl Redeemed {
    pub(in crate::native) fn of(redeemed: code::Redeemed) -> Self {
        Self { added: redeemed.added, uses: redeemed.remaining }
    }
}

/// A way to pay.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct Method {
    /// Its id.
    id: String,
    /// What it is called.
    name: String,
    /// Its protocol: `epay`.
    protocol: String,
}

impl Method {
    pub(in crate::native) fn of(method: &method::Method) -> Self {
        Self { id: method.uuid.clone(), name: method.name.clone(), protocol: method.protocol.clone() }
    }
}

/// An order to make.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct NewOrder {
    /// How much, as a decimal text in yuan: `12.50`.
    pub(in crate::native) amount: String,
    /// The payment method's id.
    pub(in crate::native) payment_method: String,
    /// `alipay` or `wxpay`.
    pub(in crate::native) channel: PaymentChannel,
    /// Where the payer's browser goes afterwards.
    pub(in crate::native) return_url: String,
}

/// A payment that was received by other means.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct ManualOrder {
    /// Who is to be credited, as `acct_3`.
    account: String,
    /// How much, as a decimal text in yuan.
    amount: String,
    /// What it was.
    #[serde(default)]
    remark: String,
}

impl ManualOrder {
    /// It as the engine takes it.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field.
    pub(in crate::native) fn read(self, origin: Origin, once: Option<Once<order::Order>>) -> Result<Manual, Refusal> {
        let account = query::number("acct", &self.account).map(AccountId).ok_or(malformed("account"))?;
        let amount = Money::parse(&self.amount).ok_or(malformed("amount"))?.0;
        Ok(Manual { account, amount, remark: self.remark, origin, once })
    }
}

/// Why an order is settled by hand.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct Settlement {
    /// It stands in the order's timeline and in the audit log.
    reason: String,
}

impl Settlement {
    /// The reason.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] where there is none.
    pub(in crate::native) fn read(self) -> Result<String, Refusal> {
        if self.reason.trim().is_empty() { Err(Refusal::Invalid { field: "reason", problem: Problem::Missing }) } else { Ok(self.reason) }
    }
}

/// What the payer pays with.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::native) enum PaymentChannel {
    Alipay,
    Wxpay,
}

impl From<PaymentChannel> for Channel {
    fn from(channel: PaymentChannel) -> Self {
        match channel {
            PaymentChannel::Alipay => Self::Alipay,
            PaymentChannel::Wxpay => Self::Wxpay,
        }
    }
}

/// Where a payer goes.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct Jump {
    /// The order, as `order_...`.
    order: String,
    /// Where the payer's browser is to go.
    url: String,
}

/// Where a payer goes.
pub(in crate::native) fn jump(jump: &engine::order::Jump) -> Jump {
    Jump { order: format!("order_{}", jump.order), url: jump.url.clone() }
}

/// An order.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct Order {
    /// Its id, as `order_` and 32 hexadecimal digits.
    id: String,
    /// Whose it is, as `acct_3`.
    account: String,
    /// How much.
    amount: Amount,
    /// `pending`, `paid`, `cancelled` or `expired`.
    status: &'static str,
    /// `payment` (through a gateway) or `manual` (booked by an administrator).
    kind: &'static str,
    /// `alipay` or `wxpay`.
    channel: Option<&'static str>,
    /// The gateway's own number.
    trade: Option<String>,
    /// When it was made.
    created_at: String,
    /// When it was paid.
    paid_at: Option<String>,
}

impl Order {
    pub(in crate::native) fn of(order: &order::Order) -> Self {
        Self {
            id: format!("order_{}", order.id),
            account: account_id(order.account),
            amount: Amount::of(Asset::Money, order.amount),
            status: order.status.word(),
            kind: order.sort.word(),
            channel: order.channel.map(Channel::word),
            trade: order.trade.clone(),
            created_at: time(order.created_at),
            paid_at: order.paid_at.map(time),
        }
    }
}

impl Listed for Order {
    const NAME: &'static str = "orders";
    const COLUMNS: &'static [&'static str] =
        &["id", "account", "amount.amount", "status", "kind", "channel", "trade", "created_at", "paid_at"];
}

/// An order with its timeline.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct OrderDetail {
    #[serde(flatten)]
    order: Order,
    /// What happened to it, oldest first: created, each callback with its verdict, each question to the gateway.
    timeline: Vec<OrderEvent>,
}

/// Something that happened to an order.
#[derive(Debug, Serialize, JsonSchema)]
struct OrderEvent {
    /// A word for it.
    what: String,
    /// More about it, for people.
    detail: String,
    /// When.
    created_at: String,
}

impl OrderDetail {
    pub(in crate::native) fn of(order: &order::Order, events: &[order::Event]) -> Self {
        let event =
            |event: &order::Event| OrderEvent { what: event.what.clone(), detail: event.detail.clone(), created_at: time(event.at) };
        Self { order: Order::of(order), timeline: events.iter().map(event).collect() }
    }
}

/// A page of orders, newest first.
pub(in crate::native) fn orders(rows: &[order::Order], limit: i64) -> Page<Order> {
    Page::of(rows, limit, Order::of, |order| format!("{}:{}", order.created_at.0, order.id))
}
