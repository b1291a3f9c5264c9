//! Tasks and courses.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use domain::{
    id::AccountId,
    refusal::{Problem, Refusal},
    task::State as TaskState,
};
use engine::{
    Error, campus,
    kinds::study::{self, Deed, Studied, Submission},
    session,
};

use super::{Body, Caller, Number, Refusing, Words, bad, page, wire};
use crate::speak::{self, App, Field, Values, Whence, Wrong};

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
    key: speak::Key<Words>,
    body: Body<wire::Create>,
) -> Result<Response, Refusing> {
    let ticks = wire::ticks(body.0.tick_manual, body.0.tick_activities)?;
    let courses = match body.0.course_ids {
        Field::Given(courses) => courses,
        Field::Absent | Field::Null => Vec::new(),
        Field::Odd => return Err(Refusal::Invalid { field: "course_ids", problem: Problem::Malformed }.into()),
    };
    let options = std::sync::Arc::clone(&app.options);
    let encode = move |made: &Studied| speak::text(&wire::TaskDetail::of(&options, made, None));
    let submission = Submission {
        account: caller.0.account,
        name: body.0.name.text(),
        courses,
        ticks,
        once: key.once("POST /tasks of campus".to_owned(), &body.1, encode.clone()),
    };
    let made = study::submit(&app.engine, submission).await?;
    Ok(speak::answered(StatusCode::CREATED, made, encode))
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
    let renamed = match body.0.name {
        Field::Absent => study::get(&app.engine, caller.0.account, id).await?.0,
        name => study::rename(&app.engine, caller.0.account, id, &name.text()).await?,
    };
    Ok(Json(wire::TaskDetail::of(&app.options, &renamed, None)))
}

pub(super) async fn remove(State(app): State<App>, caller: Caller, id: Number) -> Result<Json<wire::Done>, Refusing> {
    study::remove(&app.engine, &caller.0, id.task()?).await.map_err(|error| match error {
        Error::Refused(Refusal::TaskState(_)) => bad("无法删除运行中或等待中的任务，请先取消"),
        other => Wrong::from(other),
    })?;
    Ok(wire::Done::said("任务已删除"))
}

pub(super) async fn logs(State(app): State<App>, caller: Caller, id: Number, values: Values) -> Result<Json<Vec<wire::Log>>, Refusing> {
    let limit = values.positive("limit", 100)?;
    if limit > 1000 {
        return Err(Wrong::Query { field: "limit" }.into());
    }
    let logs = study::logs(&app.engine, caller.0.account, id.task()?, limit).await?;
    Ok(Json(logs.iter().map(|line| wire::Log::of(&app.options, line)).collect()))
}

/// Does something with a task and says so; a task in another state answers in the words of the document.
async fn act(app: App, caller: &session::Caller, id: Number, whence: Whence, deed: Deed) -> Result<Json<wire::Done>, Refusing> {
    let done = study::act(&app.engine, caller, id.task()?, deed, whence.0).await.map_err(|error| match error {
        Error::Refused(Refusal::TaskState(state)) => bad(not_now(deed, state)),
        other => other.into(),
    })?;
    let (message, told) = match deed {
        Deed::Start => ("任务已启动", true),
        Deed::Pause => ("任务已暂停", false),
        Deed::Resume => ("任务已恢复", false),
        Deed::Retry => ("任务已重新启动", false),
        Deed::Cancel => ("任务已取消", false),
        Deed::ForceStop => ("任务已强制停止", false),
    };
    let detail = told.then(|| format!("任务ID: {}", done.task.id));
    Ok(Json(wire::Done { message: message.to_owned(), detail }))
}

fn not_now(deed: Deed, state: TaskState) -> String {
    let word = wire::status(state);
    match deed {
        Deed::Start => format!("任务状态为{word}，无法启动"),
        Deed::Pause => "只能暂停运行中的任务".to_owned(),
        Deed::Resume => format!("任务状态为{word}，只能恢复暂停的任务"),
        Deed::Retry => format!("任务状态为{word}，无法重试"),
        Deed::Cancel => "任务已完成或已取消".to_owned(),
        Deed::ForceStop => "任务未在运行中".to_owned(),
    }
}

pub(super) async fn start(State(app): State<App>, caller: Caller, id: Number, whence: Whence) -> Result<Json<wire::Done>, Refusing> {
    act(app, &caller.0, id, whence, Deed::Start).await
}

pub(super) async fn pause(State(app): State<App>, caller: Caller, id: Number, whence: Whence) -> Result<Json<wire::Done>, Refusing> {
    act(app, &caller.0, id, whence, Deed::Pause).await
}

pub(super) async fn resume(State(app): State<App>, caller: Caller, id: Number, whence: Whence) -> Result<Json<wire::Done>, Refusing> {
    act(app, &caller.0, id, whence, Deed::Resume).await
}

pub(super) async fn retry(State(app): State<App>, caller: Caller, id: Number, whence: Whence) -> Result<Json<wire::Done>, Refusing> {
    act(app, &caller.0, id, whence, Deed::Retry).await
}

pub(super) async fn cancel(State(app): State<App>, caller: Caller, id: Number, whence: Whence) -> Result<Json<wire::Done>, Refusing> {
    act(app, &caller.0, id, whence, Deed::Cancel).await
}

pub(super) async fn force_stop(
    State(app): State<App>,
    caller: super::Administrator,
    id: Number,
    whence: Whence,
) -> Result<Json<wire::Done>, Refusing> {
    act(app, &caller.0, id, whence, Deed::ForceStop).await
}
