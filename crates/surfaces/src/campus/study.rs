//! Tasks and courses.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use domain::{id::AccountId, problem::Problem, refusal::Refusal, task::State as TaskState};
use engine::{
    Error, campus,
    kinds::study::{self, Studied, Submission, TaskAction},
    session,
};

use super::{Body, Caller, Number, Refusing, Words, bad, page, wire};
use crate::http::{self, App, ClientOrigin, Field, RequestError, Values};

pub(super) async fn courses(State(app): State<App>, caller: Caller) -> Result<Json<Vec<wire::Course>>, Refusing> {
    let courses = campus::courses(&app.engine, caller.0.account).await?;
    Ok(Json(courses.iter().map(wire::Course::of).collect()))
}

pub(super) async fn list(State(app): State<App>, caller: Caller, values: Values) -> Result<Json<wire::List<wire::Task>>, Refusing> {
    list_of(&app, caller.0.account, &values).await
}

/// A page of an account's tasks. A state that there is not is the state of no task.
pub(super) async fn list_of(app: &App, account: AccountId, values: &Values) -> Result<Json<wire::List<wire::Task>>, Refusing> {
    let page = page(app, values)?;
    let Some(states) = wire::states(&values.texts("status")) else { return Ok(wire::List::of(Vec::new(), 0, page)) };
    let (found, total) = study::list(&app.engine, account, states, page.offset(), page.size).await?;
    Ok(wire::List::of(found.iter().map(|found| wire::Task::of(&app.options, found)).collect(), total, page))
}

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    key: http::Key<Words>,
    body: Body<wire::Create>,
) -> Result<Response, Refusing> {
    let ticks = wire::ticks(body.0.tick_manual, body.0.tick_activities)?;
    let courses = match body.0.course_ids {
        Field::Given(courses) => courses,
        Field::Absent | Field::Null => Vec::new(),
        Field::Odd => return Err(Refusal::Invalid { field: "course_ids", problem: Problem::Malformed }.into()),
    };
    let options = std::sync::Arc::clone(&app.options);
    let encode = move |made: &Studied| http::text(&wire::TaskDetail::of(&options, made, None));
    let submission = Submission {
        payer: (&caller.0).into(),
        name: body.0.name.text(),
        courses,
        ticks,
        once: key.once("POST /tasks of campus".to_owned(), &body.1, encode.clone()),
    };
    let made = study::submit(&app.engine, submission).await?;
    Ok(http::answered(StatusCode::CREATED, made, encode))
}

pub(super) async fn read(State(app): State<App>, caller: Caller, id: Number) -> Result<Json<wire::TaskDetail>, Refusing> {
    let (found, logs) = study::get(&app.engine, caller.0.account, id.task()?).await?;
    Ok(Json(wire::TaskDetail::of(&app.options, &found, Some(&logs))))
}

pub(super) async fn rename(
    State(app): State<App>,
    caller: Caller,
    id: Number,
    body: Body<wire::Rename>,
) -> Result<Json<wire::TaskDetail>, Refusing> {
    let id = id.task()?;
    let name = match body.0.name {
        Field::Absent => None,
        name => Some(name.text()),
    };
    let renamed = study::rename(&app.engine, caller.0.account, id, name.as_deref()).await?;
    Ok(Json(wire::TaskDetail::of(&app.options, &renamed, None)))
}

pub(super) async fn remove(State(app): State<App>, caller: Caller, id: Number) -> Result<Json<wire::Done>, Refusing> {
    study::remove(&app.engine, &caller.0, id.task()?).await.map_err(|error| match error {
        Error::Refused(Refusal::TaskState(_)) => bad("无法删除运行中或等待中的任务，请先取消"),
        other => RequestError::from(other),
    })?;
    Ok(wire::Done::new("任务已删除"))
}

pub(super) async fn logs(State(app): State<App>, caller: Caller, id: Number, values: Values) -> Result<Json<Vec<wire::Log>>, Refusing> {
    let limit = values.positive("limit", 100)?;
    if limit > 1000 {
        return Err(RequestError::Query { field: "limit" }.into());
    }
    let logs = study::logs(&app.engine, caller.0.account, id.task()?, limit).await?;
    Ok(Json(logs.iter().map(|line| wire::Log::of(&app.options, line)).collect()))
}

/// Does something with a task and says so; a task in another state answers in the words of the document.
async fn act(
    app: App,
    caller: &session::Caller,
    id: Number,
    whence: ClientOrigin,
    action: TaskAction,
) -> Result<Json<wire::Done>, Refusing> {
    let done = study::act(&app.engine, caller, id.task()?, action, whence.0).await.map_err(|error| match error {
        Error::Refused(Refusal::TaskState(state)) => bad(not_now(action, state)),
        other => other.into(),
    })?;
    let (message, told) = match action {
        TaskAction::Start => ("任务已启动", true),
        TaskAction::Pause => ("任务已暂停", false),
        TaskAction::Resume => ("任务已恢复", false),
        TaskAction::Retry => ("任务已重新启动", false),
        TaskAction::Cancel => ("任务已取消", false),
        TaskAction::ForceStop => ("任务已强制停止", false),
    };
    let detail = told.then(|| format!("任务ID: {}", done.task.id));
    Ok(Json(wire::Done { message: message.to_owned(), detail }))
}

fn not_now(action: TaskAction, state: TaskState) -> String {
    let word = wire::status(state);
    match action {
        TaskAction::Start => format!("任务状态为{word}，无法启动"),
        TaskAction::Pause => "只能暂停运行中的任务".to_owned(),
        TaskAction::Resume => format!("任务状态为{word}，只能恢复暂停的任务"),
        TaskAction::Retry => format!("任务状态为{word}，无法重试"),
        TaskAction::Cancel => "任务已完成或已取消".to_owned(),
        TaskAction::ForceStop => "任务未在运行中".to_owned(),
    }
}

pub(super) async fn start(State(app): State<App>, caller: Caller, id: Number, whence: ClientOrigin) -> Result<Json<wire::Done>, Refusing> {
    act(app, &caller.0, id, whence, TaskAction::Start).await
}

pub(super) async fn pause(State(app): State<App>, caller: Caller, id: Number, whence: ClientOrigin) -> Result<Json<wire::Done>, Refusing> {
    act(app, &caller.0, id, whence, TaskAction::Pause).await
}

pub(super) async fn resume(State(app): State<App>, caller: Caller, id: Number, whence: ClientOrigin) -> Result<Json<wire::Done>, Refusing> {
    act(app, &caller.0, id, whence, TaskAction::Resume).await
}

pub(super) async fn retry(State(app): State<App>, caller: Caller, id: Number, whence: ClientOrigin) -> Result<Json<wire::Done>, Refusing> {
    act(app, &caller.0, id, whence, TaskAction::Retry).await
}

pub(super) async fn cancel(State(app): State<App>, caller: Caller, id: Number, whence: ClientOrigin) -> Result<Json<wire::Done>, Refusing> {
    act(app, &caller.0, id, whence, TaskAction::Cancel).await
}

pub(super) async fn force_stop(
    State(app): State<App>,
    caller: super::Administrator,
    id: Number,
    whence: ClientOrigin,
) -> Result<Json<wire::Done>, Refusing> {
    act(app, &caller.0, id, whence, TaskAction::ForceStop).await
}
