//! Queues, health, messages, settings and overviews.

use std::collections::BTreeMap;

use domain::{delivery::Delivery, wallet::Asset};
use engine::{health::Part, overview::Span, queue::Queue, runtime_settings::Current};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Amount, Page, id, time};
use crate::native::listing::Listed;

/// Today against yesterday, in the operator's zone.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct Overview {
    /// Since midnight.
    today: Day,
    /// The day before.
    yesterday: Day,
}

/// What happened in a day.
#[derive(Debug, Serialize, JsonSchema)]
struct Day {
    /// Tasks that were handed in, by the states that they are in now.
    tasks: BTreeMap<&'static str, i64>,
    /// What was booked, by cause.
    booked: Vec<Booked>,
}

/// What was booked for one cause.
#[derive(Debug, Serialize, JsonSchema)]
struct Booked {
    /// `task_charge`, `task_refund`, `redemption`, `top_up`, `manual_top_up` or `adjustment`.
    cause: String,
    /// How often.
    count: i64,
    /// How much in all.
    amount: Amount,
}

impl Overview {
    pub(in crate::native) fn of(spans: &[Span]) -> Self {
        let day = |index: usize| Day::of(spans.get(index).unwrap_or(&Span::default()));
        Self { yesterday: day(0), today: day(1) }
    }
}

impl Day {
    fn of(span: &Span) -> Self {
        let booked = |asset: Asset, sums: &[(String, i64, i64)]| {
            let one =
                |(cause, count, sum): &(String, i64, i64)| Booked { cause: cause.clone(), count: *count, amount: Amount::of(asset, *sum) };
            sums.iter().map(one).collect::<Vec<_>>()
        };
        let mut all = booked(Asset::Money, &span.money);
        all.extend(booked(Asset::Uses, &span.uses));
        Self { tasks: span.tasks.iter().map(|(state, count)| (state.word(), *count)).collect(), booked: all }
    }
}

/// The queue of a kind.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Queue")]
pub(in crate::native) struct QueueShown {
    /// The kind.
    kind: &'static str,
    /// Tasks that wait; 10000 stands for that many or more.
    waiting: i64,
    /// Tasks that run, counted likewise.
    running: i64,
    /// When the task that waits longest was handed in.
    oldest: Option<String>,
    /// Whether nothing new is begun.
    paused: bool,
    /// How many tasks one process works on at once.
    at_once: usize,
}

impl QueueShown {
    pub(in crate::native) fn of(queue: &Queue) -> Self {
        Self {
            kind: queue.kind,
            waiting: queue.waiting,
            running: queue.running,
            oldest: queue.oldest.map(time),
            paused: queue.paused,
            at_once: queue.at_once,
        }
    }
}

/// How a server is.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Health")]
pub(in crate::native) struct HealthShown {
    /// Whether every part is well.
    well: bool,
    /// The parts.
    parts: Vec<PartShown>,
}

/// How a part is.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "HealthPart")]
struct PartShown {
    /// Its name.
    name: String,
    /// Whether it is well.
    well: bool,
    /// A sentence about it.
    text: String,
}

impl HealthShown {
    pub(in crate::native) fn of(parts: &[Part]) -> Self {
        let part = |part: &Part| PartShown { name: part.name.clone(), well: part.well, text: part.text.clone() };
        Self { well: parts.iter().all(|part| part.well), parts: parts.iter().map(part).collect() }
    }
}

/// A message to somebody. Only the outbox of development shows what it said.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct Message {
    /// Its id, as `message_8`.
    id: String,
    /// `sms` or `mail`.
    channel: &'static str,
    /// A phone number or an e-mail address.
    to: String,
    /// What it is for.
    purpose: &'static str,
    /// Who carries it.
    carrier: String,
    /// `kept`, `waiting`, `sent` or `failed`.
    state: &'static str,
    /// How often it was tried.
    tries: i64,
    /// What the carrier said where it did not take it.
    detail: Option<String>,
    /// Its subject.
    subject: Option<String>,
    /// Its text.
    text: Option<String>,
    /// When it was asked for.
    created_at: String,
    /// When its state last changed.
    updated_at: String,
}

impl Message {
    fn of(delivery: &Delivery) -> Self {
        Self {
            id: id("message", delivery.id.0),
            channel: delivery.channel.word(),
            to: delivery.to.clone(),
            purpose: delivery.purpose.word(),
            carrier: delivery.carrier.clone(),
            state: delivery.state.word(),
            tries: delivery.tries,
            detail: delivery.detail.clone(),
            subject: delivery.subject.clone(),
            text: delivery.text.clone(),
            created_at: time(delivery.created_at),
            updated_at: time(delivery.updated_at),
        }
    }
}

impl Listed for Message {
    const NAME: &'static str = "messages";
    const COLUMNS: &'static [&'static str] =
        &["id", "channel", "to", "purpose", "carrier", "state", "tries", "detail", "created_at", "updated_at"];
}

/// A page of messages, of which one more was read than is shown.
pub(in crate::native) fn messages(rows: &[Delivery], limit: i64) -> Page<Message> {
    Page::of(rows, limit, Message::of, |delivery| delivery.id.to_string())
}

/// What is set.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct Settings {
    /// Numbers that may be set here.
    numbers: Vec<NumberShown>,
    /// What the configuration file, the environment or the defaults set, with secrets masked: changed there, and read at the start.
    configuration: BTreeMap<String, String>,
}

/// A number that may be set.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Number")]
struct NumberShown {
    /// Its name.
    name: &'static str,
    /// Its value.
    value: i64,
    /// Its value where nobody set it.
    usual: i64,
    /// The least it may be.
    least: i64,
    /// The most it may be.
    most: i64,
}

impl Settings {
    pub(in crate::native) fn of(numbers: &[Current], configuration: &BTreeMap<String, String>) -> Self {
        let number = |current: &Current| {
            let (least, most) = current.number.bounds();
            NumberShown { name: current.number.name(), value: current.value, usual: current.usual, least, most }
        };
        Self { numbers: numbers.iter().map(number).collect(), configuration: configuration.clone() }
    }
}

/// A number's new value.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct NewNumber {
    /// The value.
    pub(in crate::native) value: i64,
}
