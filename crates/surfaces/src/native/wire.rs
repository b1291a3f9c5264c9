//! The bodies of this surface.

use domain::{
    money::Money,
    task::{State, Task as DomainTask},
    time::Timestamp,
    wallet::Asset,
};
use engine::task::Listed;
use schemars::JsonSchema;
use serde::Serialize;

use super::query;

/// A page of tasks.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Tasks {
    /// The tasks, newest first.
    items: Vec<Task>,
    /// The cursor of the next page; `null` on the last one.
    next: Option<String>,
    /// How many there are, where it was asked for; 10000 stands for that many or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<i64>,
}

impl Tasks {
    pub(super) fn of(listed: Listed) -> Self {
        let next = listed.next.map(|task| query::cursor(task.0));
        Self { items: listed.tasks.iter().map(Task::of).collect(), next, count: listed.count }
    }
}

/// A task.
#[derive(Debug, Serialize, JsonSchema)]
struct Task {
    /// Its id, as `task_12`.
    id: String,
    /// What sort of work it is.
    kind: String,
    /// Where it is in its life: `draft`, `awaiting_approval`, `queued`, `running`, `paused`, `succeeded`, `failed` or `cancelled`.
    state: &'static str,
    /// What was paid for: 1, and one more for each retry by hand.
    attempt: i64,
    /// From 0 to 100.
    progress: i64,
    /// What is being done.
    step: Option<String>,
    /// A line about it for people.
    message: Option<String>,
    /// How it ended badly.
    error: Option<TaskError>,
    /// What the attempt costs.
    price: Price,
    /// When it was handed in.
    created_at: String,
    /// When it last changed.
    updated_at: String,
    /// When the attempt was first worked on.
    started_at: Option<String>,
    /// When it ended.
    ended_at: Option<String>,
}

/// How a task ended badly.
#[derive(Debug, Serialize, JsonSchema)]
struct TaskError {
    /// A stable word for programs.
    code: String,
    /// What happened, for people.
    message: String,
}

/// What something costs: money as a decimal text, uses as a whole number.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum Price {
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

impl Task {
    fn of(task: &DomainTask) -> Self {
        Self {
            id: format!("task_{}", task.id.0),
            kind: task.kind.clone(),
            state: state(task.state),
            attempt: task.attempt,
            progress: task.progress,
            step: task.step.clone(),
            message: task.message.clone(),
            error: task.error.as_ref().map(|error| TaskError { code: error.code.clone(), message: error.message.clone() }),
            price: match task.asset {
                Asset::Money => Price::Money { amount: Money(task.price).with_fen(), currency: "CNY" },
                Asset::Uses => Price::Uses { uses: task.price },
            },
            created_at: time(task.created_at),
            updated_at: time(task.updated_at),
            started_at: task.started_at.map(time),
            ended_at: task.ended_at.map(time),
        }
    }
}

fn state(state: State) -> &'static str {
    state.word()
}

/// A time as RFC 3339 has it, in UTC, with microseconds.
fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.0).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}
