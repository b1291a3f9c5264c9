//! The words of the phone document on the wire, and how the core's values become them.

use axum::Json;
use domain::{
    account::{Account, published_phone},
    code::Code,
    task::{State, Task},
    time::Timestamp,
};
use engine::{
    Error,
    kinds::metered::{Input, Output},
};
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::http::{App, Field, FieldError, Fraction, Page, local_time};

/// Every success.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Answer<T> {
    status: &'static str,
    message: String,
    data: T,
}

pub(super) fn answer<T>(message: impl Into<String>, data: T) -> Json<Answer<T>> {
    Json(Answer { status: "success", message: message.into(), data })
}

/// Every error.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Failure {
    pub(super) status: &'static str,
    pub(super) message: String,
    /// 出错的字段（面向开发者）
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) errors: Option<Vec<FieldError>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Health {
    pub(super) status: &'static str,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct SendCode {
    /// 手机号
    #[serde(default)]
    #[schemars(required)]
    pub(super) phone: Field<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Sent {
    /// 仅测试环境返回，生产环境不会返回
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Login {
    /// 手机号
    #[serde(default)]
    #[schemars(required)]
    pub(super) phone: Field<String>,
    /// 验证码
    #[serde(default)]
    #[schemars(required)]
    pub(super) code: Field<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SignedIn {
    pub(super) token: String,
    pub(super) user: SignedInUser,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SignedInUser {
    id: i64,
    phone: Option<String>,
    remaining_uses: i64,
}

impl SignedInUser {
    pub(super) fn of(account: &Account, uses: i64) -> Self {
        Self { id: account.id.0, phone: phone(account), remaining_uses: uses }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct User {
    id: i64,
    phone: Option<String>,
    remaining_uses: i64,
    created_at: String,
}

impl User {
    pub(super) fn of(zone: &TimeZone, account: &Account, uses: i64) -> Self {
        Self { id: account.id.0, phone: phone(account), remaining_uses: uses, created_at: time(zone, account.created_at) }
    }
}

fn phone(account: &Account) -> Option<String> {
    account.phone.as_deref().map(|phone| published_phone(phone).to_owned())
}

fn time(zone: &TimeZone, at: Timestamp) -> String {
    local_time(zone, at, Fraction::Micros)
}

#[derive(Default, Deserialize, JsonSchema)]
pub(super) struct Generate {
    /// 数量，默认 1
    #[serde(default)]
    pub(super) count: Field<i64>,
    /// 每个兑换码的使用次数，默认 1
    #[serde(default)]
    pub(super) uses_granted: Field<i64>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Codes {
    codes: Vec<NewCode>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct NewCode {
    code: String,
    uses_granted: i64,
}

impl Codes {
    pub(super) fn of(texts: Vec<String>, uses: i64) -> Self {
        Self { codes: texts.into_iter().map(|code| NewCode { code, uses_granted: uses }).collect() }
    }
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Redeem {
    /// 兑换码
    #[serde(default)]
    #[schemars(required)]
    pub(super) code: Field<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Redeemed {
    pub(super) remaining_uses: i64,
    pub(super) added_uses: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct History {
    history: Vec<RedeemedCode>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RedeemedCode {
    id: i64,
    code: String,
    uses_granted: i64,
    redeemed_at: Option<String>,
}

impl History {
    pub(super) fn of(zone: &TimeZone, codes: Vec<Code>) -> Self {
        let item = |code: Code| RedeemedCode {
            id: code.id.0,
            code: code.text.unwrap_or_default(),
            uses_granted: code.uses,
            redeemed_at: code.redeemed_at.map(|at| time(zone, at)),
        };
        Self { history: codes.into_iter().map(item).collect() }
    }
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Create {
    /// 可选，交给处理程序的参数
    #[serde(default)]
    pub(super) params: Field<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Created {
    pub(super) task_id: i64,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct UpdateStatus {
    #[serde(default)]
    #[schemars(required)]
    pub(super) task_id: Field<i64>,
    /// 准备, 处理中, 完成, 失败, 已取消
    #[serde(default)]
    #[schemars(required)]
    pub(super) status: Field<String>,
    /// 可选错误信息
    #[serde(default)]
    pub(super) error: Field<String>,
    /// 可选输出文件路径
    #[serde(default)]
    pub(super) output_file_path: Field<String>,
}

/// What is said of something that may be absent, taken away by `null`, or given.
pub(super) fn given_text(field: Field<String>) -> Result<Option<Option<String>>, ()> {
    match field {
        Field::Absent => Ok(None),
        Field::Null => Ok(Some(None)),
        Field::Given(text) => Ok(Some(Some(text))),
        Field::Odd => Err(()),
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Updated {
    pub(super) task_id: i64,
    pub(super) status: &'static str,
}

/// The document's word for a state; the last two are this project's.
pub(super) fn status(state: State) -> &'static str {
    match state {
        State::Draft | State::AwaitingApproval | State::Queued => "准备",
        State::Running | State::Paused => "处理中",
        State::Succeeded => "完成",
        State::Failed => "失败",
        State::Cancelled => "已取消",
    }
}

/// The state that a report's word stands for.
pub(super) fn state(word: &str) -> Option<State> {
    [State::Draft, State::Running, State::Succeeded, State::Failed, State::Cancelled].into_iter().find(|state| status(*state) == word)
}

/// The states that a filter's word stands for; all where there is none, nothing for a word that is unknown.
pub(super) fn states(word: Option<&str>) -> Option<Vec<State>> {
    match word {
        None | Some("") => Some(Vec::new()),
        Some(word) => {
            let found: Vec<State> = State::ALL.into_iter().filter(|state| status(*state) == word).collect();
            (!found.is_empty()).then_some(found)
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct List {
    tasks: Vec<Item>,
    pagination: Pagination,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Item {
    id: i64,
    status: &'static str,
    start_time: Option<String>,
    end_time: Option<String>,
    /// Seconds.
    execution_time: Option<f64>,
    created_at: String,
    output_file_path: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Pagination {
    total: i64,
    pages: i64,
    current_page: i64,
    per_page: i64,
}

impl List {
    pub(super) fn of(app: &App, tasks: &[Task], page: Page, total: i64) -> Result<Self, Error> {
        let item = |task: &Task| {
            let Times { start_time, end_time, execution_time } = Times::of(&app.options.zone, task);
            Ok(Item {
                id: task.id.0,
                status: status(task.state),
                start_time,
                end_time,
                execution_time,
                created_at: time(&app.options.zone, task.created_at),
                output_file_path: Output::of(task)?.shown_path(&app.engine, task.id),
            })
        };
        Ok(Self {
            tasks: tasks.iter().map(item).collect::<Result<_, Error>>()?,
            pagination: Pagination { total, pages: page.pages(total), current_page: page.number, per_page: page.size },
        })
    }
}

struct Times {
    start_time: Option<String>,
    end_time: Option<String>,
    execution_time: Option<f64>,
}

impl Times {
    fn of(zone: &TimeZone, task: &Task) -> Self {
        let execution = task.started_at.zip(task.ended_at).map(|(start, end)| end.since(start).as_secs_f64());
        Self {
            start_time: task.started_at.map(|at| time(zone, at)),
            end_time: task.ended_at.map(|at| time(zone, at)),
            execution_time: execution,
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Detail {
    task: DetailTask,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DetailTask {
    id: i64,
    status: &'static str,
    start_time: Option<String>,
    end_time: Option<String>,
    /// Seconds.
    execution_time: Option<f64>,
    error: Option<String>,
    output_file_path: Option<String>,
    created_at: String,
    updated_at: String,
    /// What was handed in for the worker, where anything was.
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<serde_json::Map<String, serde_json::Value>>,
}

impl Detail {
    pub(super) fn of(app: &App, task: &Task, input: Input) -> Result<Self, Error> {
        let output = Output::of(task)?;
        let Times { start_time, end_time, execution_time } = Times::of(&app.options.zone, task);
        Ok(Self {
            task: DetailTask {
                id: task.id.0,
                status: status(task.state),
                start_time,
                end_time,
                execution_time,
                output_file_path: output.shown_path(&app.engine, task.id),
                error: output.error,
                created_at: time(&app.options.zone, task.created_at),
                updated_at: time(&app.options.zone, task.updated_at),
                params: input.params,
            },
        })
    }
}
