//! Chapter four on the wire, and what administrators see of it: methods, orders, configurations.

use domain::order::{Channel, Event, Order, Sort};
use engine::{Engine, method, order::Jump};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Yuan, time, yuan};
use crate::http::Field;

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct Method {
    uuid: String,
    #[serde(rename = "type")]
    protocol: String,
    name: String,
}

impl Method {
    pub(in crate::studio) fn of(method: &method::Method) -> Self {
        Self { uuid: method.uuid.clone(), protocol: method.protocol.clone(), name: method.name.clone() }
    }
}

/// An order to pay money in; `amount` is read from the text of the body.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PaymentWish")]
pub(in crate::studio) struct NewOrder {
    #[serde(default, rename = "amount")]
    #[schemars(required)]
    #[expect(dead_code, reason = "named for the documentation; its text is read, not its float")]
    amount: Field<f64>,
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::studio) payment_method_uuid: Field<String>,
    /// `alipay` or `wxpay`.
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::studio) payment_channel: Field<String>,
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::studio) return_url: Field<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct Jumped {
    jump_url: String,
    order_id: String,
}

impl Jumped {
    pub(in crate::studio) fn of(jump: &Jump) -> Self {
        Self { jump_url: jump.url.clone(), order_id: jump.order.to_string() }
    }
}

/// A payment method as administrators see it.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct PaymentConfig {
    id: i64,
    uuid: String,
    name: String,
    payment_method: String,
    config: Map<String, Value>,
    enable: bool,
    created_at: String,
    updated_at: String,
}

impl PaymentConfig {
    pub(in crate::studio) fn of(engine: &Engine, method: &method::Method) -> Self {
        Self {
            id: method.id.0,
            uuid: method.uuid.clone(),
            name: method.name.clone(),
            payment_method: method.protocol.clone(),
            config: method::shown(engine, method).0,
            enable: method.enabled,
            created_at: time(method.created_at),
            updated_at: time(method.updated_at),
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct PaymentConfigMade {
    pub(in crate::studio) id: i64,
    pub(in crate::studio) uuid: String,
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::studio) struct PaymentConfigDraft {
    #[serde(default)]
    pub(in crate::studio) name: Field<String>,
    #[serde(default)]
    pub(in crate::studio) payment_method: Field<String>,
    #[serde(default)]
    pub(in crate::studio) config: Field<Map<String, Value>>,
    #[serde(default)]
    pub(in crate::studio) enable: Field<bool>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TopUp")]
pub(in crate::studio) struct OrderShown {
    id: String,
    user_id: i64,
    amount: Yuan,
    /// `pending`, `paid`, `cancelled` or `expired`.
    status: &'static str,
    /// `payment` or `manual`.
    order_type: &'static str,
    payment_method_id: Option<i64>,
    payment_channel: Option<&'static str>,
    /// The gateway's number.
    external_order_id: Option<String>,
    remark: String,
    created_at: String,
    updated_at: String,
    paid_at: Option<String>,
}

impl OrderShown {
    pub(in crate::studio) fn of(order: &Order) -> Self {
        Self {
            id: order.id.to_string(),
            user_id: order.account.0,
            amount: yuan(order.amount),
            status: order.status.word(),
            order_type: order.sort.word(),
            payment_method_id: order.method.map(|method| method.0),
            payment_channel: order.channel.map(Channel::word),
            external_order_id: order.trade.clone(),
            remark: order.remark.clone(),
            created_at: time(order.created_at),
            updated_at: time(order.updated_at),
            paid_at: order.paid_at.map(time),
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct Orders {
    pub(in crate::studio) orders: Vec<OrderShown>,
    pub(in crate::studio) total: i64,
    pub(in crate::studio) page: i64,
    pub(in crate::studio) limit: i64,
}

/// An order and what happened to it.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct OrderDetail {
    #[serde(flatten)]
    order: OrderShown,
    timeline: Vec<Happened>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Happened {
    time: String,
    /// `created`, `jumped`, `callback`, `query`, `paid`, `cancelled`, `expired` or `alarm`.
    event: String,
    detail: String,
}

impl OrderDetail {
    pub(in crate::studio) fn of(order: &Order, events: &[Event]) -> Self {
        let happened =
            |event: &Event| Happened { time: super::precise_time(event.at), event: event.what.clone(), detail: event.detail.clone() };
        Self { order: OrderShown::of(order), timeline: events.iter().map(happened).collect() }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct OrderMade {
    id: String,
    status: &'static str,
}

impl OrderMade {
    pub(in crate::studio) fn of(order: &Order) -> Self {
        Self { id: order.id.to_string(), status: order.status.word() }
    }
}

/// An order by hand; `amount` is read from the text of the body.
#[derive(Deserialize, JsonSchema)]
pub(in crate::studio) struct ManualOrder {
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::studio) user_id: Field<i64>,
    #[serde(default, rename = "amount")]
    #[schemars(required)]
    #[expect(dead_code, reason = "named for the documentation; its text is read, not its float")]
    amount: Field<f64>,
    #[serde(default)]
    pub(in crate::studio) remark: Field<String>,
}

/// A sort of orders of a query.
pub(in crate::studio) fn sort(word: &str) -> Option<Sort> {
    Sort::from_word(word)
}
