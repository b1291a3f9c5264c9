//! What endpoints are told: the same words as the native API has for the same things (docs/api.md).

use domain::{
    id::EventId,
    money::Money,
    order::{Channel, Order},
    task::Task,
    text::one_line,
    time::Timestamp,
    wallet::{Asset, Wallet},
    webhook::EventType,
};
use serde::Serialize;

/// The most characters of a text that somebody else wrote: with it a body stays below 20 kB.
const MAX_TEXT: usize = 1000;

/// The body of a message, minified: what happened, when, and `data` with its place in the order of all events.
pub(super) fn whole(event: EventId, event_type: EventType, data: &str, happened_at: Timestamp) -> String {
    let fields = data.strip_prefix('{').unwrap_or("}");
    let comma = if fields == "}" { "" } else { "," };
    let (word, at) = (event_type.word(), time(happened_at));
    format!(r#"{{"type":"{word}","timestamp":"{at}","data":{{"sequence":{event}{comma}{fields}}}"#)
}

/// A time as RFC 3339 has it, in UTC, with microseconds.
fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.0).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

#[derive(Serialize)]
#[serde(untagged)]
enum Amount {
    Money { amount: String, currency: &'static str },
    Uses { uses: i64 },
}

impl Amount {
    fn of(asset: Asset, amount: i64) -> Self {
        match asset {
            Asset::Money => Self::Money { amount: Money(amount).with_fen(), currency: "CNY" },
            Asset::Uses => Self::Uses { uses: amount },
        }
    }
}

/// A task that has ended.
#[derive(Serialize)]
pub(super) struct TaskData {
    attempt: i64,
    task: TaskBody,
}

#[derive(Serialize)]
struct TaskBody {
    id: String,
    account: String,
    kind: String,
    state: &'static str,
    attempt: i64,
    progress: i64,
    step: Option<String>,
    message: Option<String>,
    error: Option<TaskError>,
    price: Amount,
    created_at: String,
    updated_at: String,
    started_at: Option<String>,
    ended_at: Option<String>,
}

#[derive(Serialize)]
struct TaskError {
    code: String,
    message: String,
}

impl TaskData {
    pub(super) fn of(task: &Task) -> Self {
        let cut = |text: &String| if text.chars().nth(MAX_TEXT).is_some() { one_line(text, MAX_TEXT) } else { text.clone() };
        let body = TaskBody {
            id: format!("task_{}", task.id),
            account: format!("acct_{}", task.account),
            kind: task.kind.clone(),
            state: task.state.word(),
            attempt: task.attempt,
            progress: task.progress,
            step: task.step.as_ref().map(cut),
            message: task.message.as_ref().map(cut),
            error: task.error.as_ref().map(|error| TaskError { code: error.code.clone(), message: cut(&error.message) }),
            price: Amount::of(task.asset, task.price),
            created_at: time(task.created_at),
            updated_at: time(task.updated_at),
            started_at: task.started_at.map(time),
            ended_at: task.ended_at.map(time),
        };
        Self { attempt: task.attempt, task: body }
    }
}

/// An order that was paid.
#[derive(Serialize)]
pub(super) struct OrderData {
    order: OrderBody,
}

#[derive(Serialize)]
struct OrderBody {
    id: String,
    account: String,
    amount: Amount,
    status: &'static str,
    kind: &'static str,
    channel: Option<&'static str>,
    trade: Option<String>,
    created_at: String,
    paid_at: Option<String>,
}

impl OrderData {
    pub(super) fn of(order: &Order) -> Self {
        let body = OrderBody {
            id: format!("order_{}", order.id),
            account: format!("acct_{}", order.account),
            amount: Amount::of(Asset::Money, order.amount),
            status: order.status.word(),
            kind: order.sort.word(),
            channel: order.channel.map(Channel::word),
            trade: order.trade.as_ref().map(|trade| one_line(trade, MAX_TEXT)),
            created_at: time(order.created_at),
            paid_at: order.paid_at.map(time),
        };
        Self { order: body }
    }
}

/// A wallet that has become low.
#[derive(Serialize)]
pub(super) struct WalletData {
    wallet: WalletBody,
}

#[derive(Serialize)]
struct WalletBody {
    asset: &'static str,
    balance: Amount,
    balance_before: Amount,
}

impl WalletData {
    /// Of the wallet as it was, and what it holds now.
    pub(super) fn of(before: &Wallet, balance: i64) -> Self {
        let amount = |amount| Amount::of(before.asset, amount);
        let body = WalletBody { asset: before.asset.word(), balance: amount(balance), balance_before: amount(before.balance) };
        Self { wallet: body }
    }
}

/// A code that was redeemed.
#[derive(Serialize)]
pub(super) struct RedemptionData {
    redemption: RedemptionBody,
}

#[derive(Serialize)]
struct RedemptionBody {
    added: i64,
    uses: i64,
}

impl RedemptionData {
    pub(super) fn of(added: i64, uses: i64) -> Self {
        Self { redemption: RedemptionBody { added, uses } }
    }
}

/// A test of an endpoint.
#[derive(Serialize)]
pub(super) struct TestData {
    pub(super) webhook: String,
}

#[cfg(test)]
mod tests {
    use domain::{
        id::{AccountId, TaskId},
        task::{Cause, State},
    };

    use super::*;

    #[test]
    fn the_order_of_an_event_stands_in_its_data() {
        for (data, expected) in [
            ("{}", r#"{"type":"test","timestamp":"2023-11-14T22:13:20.000001Z","data":{"sequence":12}}"#),
            (r#"{"a":"}"}"#, r#"{"type":"test","timestamp":"2023-11-14T22:13:20.000001Z","data":{"sequence":12,"a":"}"}}"#),
        ] {
            assert_eq!(whole(EventId(12), EventType::Test, data, Timestamp(1_700_000_000_000_001)), expected);
        }
    }

    #[test]
    fn a_body_stays_below_20_kb_whatever_others_wrote() {
        let long = || Some("\u{1F600}\u{1}".repeat(9000));
        let task = Task {
            id: TaskId(i64::MAX),
            account: AccountId(1),
            kind: "k".repeat(32),
            state: State::Failed,
            attempt: 3,
            run: 0,
            epoch: 1,
            deaths: 0,
            worker: None,
            due_at: Timestamp(0),
            deadline_at: None,
            asset: Asset::Money,
            price: i64::MAX,
            progress: 99,
            step: long(),
            message: long(),
            error: Some(Cause { code: "X".repeat(40), message: long().unwrap() }),
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            started_at: None,
            ended_at: None,
            output: None,
        };
        let data = serde_json::to_string(&TaskData::of(&task)).unwrap();
        let body = whole(EventId(i64::MAX), EventType::TaskFailed, &data, Timestamp(0));
        assert!(body.len() < 20_000, "{} bytes", body.len());
        let read: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&read["data"]["attempt"], &read["data"]["task"]["state"]), (&3.into(), &"failed".into()));
        assert_eq!(read.to_string().len(), body.len(), "it is minified");
    }
}
