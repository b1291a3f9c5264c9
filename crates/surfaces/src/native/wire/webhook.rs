//! Webhooks on the wire.

use domain::{
    money::Money,
    problem::Problem,
    refusal::Refusal,
    time::Timestamp,
    wallet::Asset,
    webhook::{self, Delivery, Try},
};
use engine::webhook::{Change, Made, Told};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Amount, Page, id, time};
use crate::http::{Field, malformed};

/// An endpoint as its owner wants it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct NewWebhook {
    /// Where messages go; in production it begins with `https://`.
    url: String,
    /// What you call it; the host's name if absent.
    #[serde(default)]
    name: String,
    /// What it is told: `task.succeeded`, `task.failed`, `task.cancelled`, `order.paid`, `wallet.low`, `code.redeemed`; everything, also
    /// types to come, if there is none.
    #[serde(default)]
    types: Vec<String>,
    /// It is told `wallet.low` when the money falls below this, a decimal text; never if absent.
    #[serde(default)]
    low_money: Option<String>,
    /// It is told `wallet.low` when there are fewer uses than this; never if absent.
    #[serde(default)]
    low_uses: Option<i64>,
    /// A secret that you have already: `whsec_` and the base64 of 24 to 64 bytes; a new one if absent.
    #[serde(default)]
    secret: Option<String>,
}

impl NewWebhook {
    /// It as the engine takes it.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field.
    pub(in crate::native) fn read(self) -> Result<engine::webhook::NewWebhook, Refusal> {
        let Self { url, name, types, low_money, low_uses, secret } = self;
        let low_money = low_money.as_deref().map(money).transpose()?;
        Ok(engine::webhook::NewWebhook { name, url, types, low_money, low_uses, secret })
    }
}

/// What is to be changed of an endpoint; what is absent stays, and `null` takes a bound away.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct WebhookChange {
    /// Where messages go.
    #[serde(default)]
    url: Option<String>,
    /// What you call it.
    #[serde(default)]
    name: Option<String>,
    /// What it is told; everything if there is none.
    #[serde(default)]
    types: Option<Vec<String>>,
    /// It is told `wallet.low` when the money falls below this.
    #[serde(default)]
    low_money: Field<String>,
    /// It is told `wallet.low` when there are fewer uses than this.
    #[serde(default)]
    low_uses: Field<i64>,
    /// Whether messages are sent to it. What is held while it is off is sent when you ask for it.
    #[serde(default)]
    enabled: Option<bool>,
}

impl WebhookChange {
    /// It as the engine takes it.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field.
    pub(in crate::native) fn read(self) -> Result<Change, Refusal> {
        let Self { url, name, types, low_money, low_uses, enabled } = self;
        let low_money = match low_money {
            Field::Given(text) => Some(Some(money(&text)?)),
            other => cleared(&other, "low_money")?,
        };
        let low_uses = match low_uses {
            Field::Given(uses) => Some(Some(uses)),
            other => cleared(&other, "low_uses")?,
        };
        Ok(Change { name, url, types, low_money, low_uses, enabled })
    }
}

/// What a field without a value says: to stay, or to be cleared.
fn cleared<T>(field: &Field<T>, name: &'static str) -> Result<Option<Option<i64>>, Refusal> {
    match field {
        Field::Absent => Ok(None),
        Field::Null => Ok(Some(None)),
        Field::Odd | Field::Given(_) => Err(malformed(name)),
    }
}

fn money(text: &str) -> Result<i64, Refusal> {
    Money::parse(text).map(|money| money.0).ok_or(Refusal::Invalid { field: "low_money", problem: Problem::Malformed })
}

/// How an endpoint's secret gives its place to another.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct WebhookRoll {
    /// Seconds for which messages are signed with the secret before, too; a day if absent, a week at most.
    #[serde(default = "day")]
    pub(in crate::native) overlap_s: u64,
    /// A secret that you have already; a new one if absent.
    #[serde(default)]
    pub(in crate::native) secret: Option<String>,
}

fn day() -> u64 {
    86_400
}

/// What is to be sent once more.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct Resend {
    /// What happened since then (RFC 3339).
    since: String,
    /// Also what was delivered.
    #[serde(default)]
    delivered: bool,
}

impl Resend {
    /// It as the engine takes it.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field.
    pub(in crate::native) fn read(self) -> Result<(Timestamp, bool), Refusal> {
        let at: jiff::Timestamp = self.since.parse().map_err(|_| malformed("since"))?;
        Ok((Timestamp(at.as_microsecond()), self.delivered))
    }
}

/// What is being sent once more.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct Resent {
    /// How many deliveries.
    pub(in crate::native) deliveries: u64,
}

/// An endpoint. Its secret is shown once, when it is made.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct Webhook {
    /// Its id, as `webhook_3`.
    id: String,
    /// What its owner calls it.
    name: String,
    /// Where messages go.
    url: String,
    /// What it is told; everything if there is none.
    types: Vec<&'static str>,
    /// It is told `wallet.low` when the money falls below this.
    low_money: Option<Amount>,
    /// It is told `wallet.low` when there are fewer uses than this.
    low_uses: Option<i64>,
    /// Whether messages are sent to it.
    enabled: bool,
    /// Why not: `owner`, `gone` (it answered 410), or `failing` (it took no message for five days).
    disabled_reason: Option<&'static str>,
    /// Since when not.
    disabled_at: Option<String>,
    /// Since when every message has failed.
    failing_since: Option<String>,
    /// It is left alone until then, because it is busy.
    rests_until: Option<String>,
    /// Until when messages are signed with the secret before this one, too.
    rolled_until: Option<String>,
    /// When it was made.
    created_at: String,
    /// When its owner last changed it.
    updated_at: String,
}

impl Webhook {
    pub(in crate::native) fn of(webhook: &webhook::Webhook) -> Self {
        Self {
            id: id("webhook", webhook.id.0),
            name: webhook.name.clone(),
            url: webhook.url.clone(),
            types: webhook.types.iter().map(|event| event.word()).collect(),
            low_money: webhook.low_money.map(|low| Amount::of(Asset::Money, low)),
            low_uses: webhook.low_uses,
            enabled: webhook.off.is_none(),
            disabled_reason: webhook.off.map(webhook::Off::word),
            disabled_at: webhook.off_at.map(time),
            failing_since: webhook.failing_since.map(time),
            rests_until: webhook.rests_until.map(time),
            rolled_until: webhook.rolled_until.map(time),
            created_at: time(webhook.created_at),
            updated_at: time(webhook.updated_at),
        }
    }
}

/// An endpoint with a secret that was just made.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct MadeWebhook {
    /// The endpoint.
    #[serde(flatten)]
    webhook: Webhook,
    /// Its secret, `whsec_...`, to verify messages with. It is not shown again.
    secret: String,
}

impl MadeWebhook {
    pub(in crate::native) fn of(made: Made) -> Self {
        Self { webhook: Webhook::of(&made.webhook), secret: made.secret }
    }
}

/// A delivery: an event on its way to one endpoint.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct WebhookDelivery {
    /// Its id, as `delivery_9`.
    id: String,
    /// What it tells, as `event_7`: the `webhook-id` of every try.
    event: String,
    /// What happened, as `task.succeeded`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// `waiting`, `delivered`, `failed` (given up), or `held` (the endpoint was off).
    state: &'static str,
    /// How often it was tried since it was last asked for.
    tries: i64,
    /// The newest try.
    last_try: Option<WebhookTry>,
    /// When it is tried next.
    due_at: Option<String>,
    /// When it happened.
    created_at: String,
    /// When its state last changed.
    updated_at: String,
}

impl WebhookDelivery {
    fn of(delivery: &Delivery, last: Option<&Try>) -> Self {
        Self {
            id: id("delivery", delivery.id.0),
            event: webhook::message_id(delivery.event),
            kind: delivery.event_type.word(),
            state: delivery.state.word(),
            tries: delivery.tries,
            last_try: last.map(|last| WebhookTry { answer: None, ..WebhookTry::of(last) }),
            due_at: delivery.due_at.map(time),
            created_at: time(delivery.created_at),
            updated_at: time(delivery.updated_at),
        }
    }
}

/// A page of deliveries, of which one more was read than is shown.
pub(in crate::native) fn deliveries(rows: &[(Delivery, Option<Try>)], limit: i64) -> Page<WebhookDelivery> {
    Page::of(rows, limit, |(delivery, last)| WebhookDelivery::of(delivery, last.as_ref()), |(delivery, _)| delivery.id.to_string())
}

/// A try.
#[derive(Debug, Serialize, JsonSchema)]
struct WebhookTry {
    /// When it began.
    at: String,
    /// How long it took, in milliseconds.
    took_ms: i64,
    /// The status of the answer; `null` if there was none.
    status: Option<u16>,
    /// Why there was none.
    error: Option<String>,
    /// The first 4 kB of the answer; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

impl WebhookTry {
    fn of(tried: &Try) -> Self {
        let Try { at, took_ms, status, error, answer } = tried;
        Self { at: time(*at), took_ms: *took_ms, status: *status, error: error.clone(), answer: Some(answer.clone()) }
    }
}

/// A delivery with its body and its tries.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct WebhookDeliveryDetail {
    #[serde(flatten)]
    delivery: WebhookDelivery,
    /// What is sent.
    #[schemars(with = "Map<String, Value>")]
    body: Value,
    /// The newest fifty tries, newest first.
    log: Vec<WebhookTry>,
}

impl WebhookDeliveryDetail {
    pub(in crate::native) fn of(told: Told) -> Self {
        Self {
            delivery: WebhookDelivery::of(&told.delivery, told.tries.first()),
            body: serde_json::from_str(&told.body).unwrap_or_default(),
            log: told.tries.iter().map(WebhookTry::of).collect(),
        }
    }
}
