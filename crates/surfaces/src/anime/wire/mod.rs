//! The words of the anime document on the wire, and how the core's values become them.

mod create;
mod film;
mod message;

use axum::Json;
use domain::{
    id::TaskId,
    task::{self, State, Summary, Task},
    time::Timestamp,
};
use engine::{Engine, Error};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(in crate::anime) use self::{
    create::{Create, published},
    film::Film,
    message::Message,
};
use crate::http::Page;

/// Every success.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::anime) struct Answer<T> {
    success: bool,
    data: T,
    message: &'static str,
}

pub(in crate::anime) fn answer<T>(data: T) -> Json<Answer<T>> {
    Json(Answer { success: true, data, message: "操作成功" })
}

/// A success with nothing to tell.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::anime) struct Done {
    pub(in crate::anime) success: bool,
    pub(in crate::anime) message: &'static str,
}

/// Every error.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::anime) struct Problem {
    success: bool,
    error: ProblemBody,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ProblemBody {
    code: String,
    message: String,
    details: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::anime) struct Login {
    /// An e-mail address or a user name.
    pub(in crate::anime) username: String,
    pub(in crate::anime) password: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::anime) struct Token {
    pub(in crate::anime) access_token: String,
    pub(in crate::anime) token_type: &'static str,
    /// Seconds.
    pub(in crate::anime) expires_in: u64,
}

/// The document's word for a state.
pub(in crate::anime) fn status(state: State) -> &'static str {
    match state {
        State::Draft | State::AwaitingApproval | State::Queued => "pending",
        State::Running | State::Paused => "processing",
        State::Succeeded => "completed",
        State::Failed | State::Cancelled => "failed",
    }
}

/// The states that a filter's word stands for; all where there is none, nothing for a word that is unknown.
pub(in crate::anime) fn states(word: Option<&str>) -> Option<Vec<State>> {
    match word {
        None | Some("") => Some(Vec::new()),
        Some(word) => {
            let found: Vec<State> = State::ALL.into_iter().filter(|state| status(*state) == word).collect();
            (!found.is_empty()).then_some(found)
        }
    }
}

fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.seconds()).map(|at| at.to_string()).unwrap_or_default()
}

fn task_id(id: TaskId) -> String {
    format!("task_{id}")
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::anime) struct Created {
    task_id: String,
    status: &'static str,
    created_at: String,
}

impl Created {
    pub(in crate::anime) fn of(task: &Task) -> Self {
        Self { task_id: task_id(task.id), status: status(task.state), created_at: time(task.created_at) }
    }
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in crate::anime) struct Cause {
    code: String,
    message: String,
}

/// Why a task failed, with a cancel as one of the reasons.
fn cause(state: State, error: Option<&task::Cause>) -> Option<Cause> {
    match state {
        State::Cancelled => Some(Cause { code: "CANCELLED".to_owned(), message: "任务已取消".to_owned() }),
        State::Failed => error.map(|error| Cause { code: error.code.clone(), message: error.message.clone() }),
        State::Draft | State::AwaitingApproval | State::Queued | State::Running | State::Paused | State::Succeeded => None,
    }
}

/// What is being done, or that it was cancelled.
fn current_step(state: State, step: Option<&String>) -> Option<String> {
    if state == State::Cancelled { Some("已取消".to_owned()) } else { step.cloned() }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::anime) struct Item {
    task_id: String,
    status: &'static str,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_step: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled: Option<bool>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::anime) struct List {
    tasks: Vec<Item>,
    pagination: Pagination,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Pagination {
    page: i64,
    page_size: i64,
    total: i64,
    total_pages: i64,
}

impl List {
    pub(in crate::anime) fn of(tasks: &[Summary], page: Page, total: i64) -> Self {
        let item = |task: &Summary| {
            let cancelled = task.state == State::Cancelled;
            Item {
                task_id: task_id(task.id),
                status: status(task.state),
                created_at: time(task.created_at),
                current_step: current_step(task.state, None),
                error: cause(task.state, task.error.as_ref()),
                cancelled: cancelled.then_some(true),
            }
        };
        Self {
            tasks: tasks.iter().map(item).collect(),
            pagination: Pagination { page: page.number, page_size: page.size, total, total_pages: page.pages(total) },
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::anime) struct Detail {
    task_id: String,
    status: &'static str,
    /// 0 to 100.
    progress: i64,
    current_step: Option<String>,
    created_at: String,
    updated_at: String,
    result: Option<Film>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled: Option<bool>,
}

impl Detail {
    pub(in crate::anime) fn of(engine: &Engine, task: &Task) -> Result<Self, Error> {
        Ok(Self {
            task_id: task_id(task.id),
            status: status(task.state),
            progress: task.progress,
            current_step: current_step(task.state, task.step.as_ref()),
            created_at: time(task.created_at),
            updated_at: time(task.updated_at),
            result: Film::of(engine, task)?,
            error: cause(task.state, task.error.as_ref()),
            cancelled: (task.state == State::Cancelled).then_some(true),
        })
    }
}
