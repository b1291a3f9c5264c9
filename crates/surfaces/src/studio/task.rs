//! Chapter three: tasks.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use domain::{
    id::{AccountId, TaskId},
    problem::Problem,
    refusal::Refusal,
};
use engine::{
    Error,
    kinds::generation::{self, Generated, Submission},
};

use super::{Body, Caller, Key, Refusing, custom, wire};
use crate::http::{self, App, ClientOrigin, Field, Page, RequestError, RowNumber, Values};

type Answer<T> = Result<Json<wire::Answer<T>>, Refusing>;

/// The number of a task in a path.
fn number(id: &RowNumber) -> Result<TaskId, Refusing> {
    Ok(TaskId(id.0.ok_or(custom(StatusCode::BAD_REQUEST, "Invalid task ID"))?))
}

fn missing(field: &'static str) -> Refusal {
    Refusal::Invalid { field, problem: Problem::Missing }
}

pub(super) async fn submit(
    State(app): State<App>,
    caller: Caller,
    key: Key,
    whence: ClientOrigin,
    body: Body<wire::Submission>,
) -> Result<Response, Refusing> {
    let input = body.0.body.given().ok_or(missing("body"))?;
    let user = body.0.user.given().ok_or(missing("user"))?;
    let creator = user.account().ok_or(missing("creatorId"))?;
    let unknown = |()| Refusal::UnusableModel;
    let model = wire::named(&input, [body.0.model_id, body.0.model_id_camel]).map_err(unknown)?;
    let encode = encoder(&app, "Task submitted successfully");
    let submission = Submission {
        behalf: Some(AccountId(creator)),
        caller: caller.0,
        model,
        input,
        origin: whence.0,
        once: key.once("POST /tasks".to_owned(), &body.1, encode.clone()),
    };
    Ok(http::answered(StatusCode::OK, generation::submit(&app.engine, submission).await?, encode))
}

/// How an answer with a task is written.
fn encoder(app: &App, message: &'static str) -> impl Fn(&Generated) -> String + Clone + Send + Sync + 'static {
    let engine = app.engine.clone();
    move |made| wire::text(message, wire::Task::of(&engine, made))
}

pub(super) async fn list(State(app): State<App>, caller: Caller, values: Values) -> Answer<wire::Tasks> {
    let page = Page::sized(&values, "page", "page_size", 10)?;
    let states = match values.text("status").filter(|text| !text.is_empty()) {
        Some(text) => wire::states(text).ok_or(RequestError::Query { field: "status" })?,
        None => Vec::new(),
    };
    // Only administrators may ask for somebody's; what others ask for is not even read.
    let creator = match values.text("creator_id").filter(|text| !text.is_empty() && caller.0.role.administers()) {
        Some(_) => Some(AccountId(values.positive("creator_id", 1)?)),
        None => None,
    };
    let (tasks, total) = generation::list(&app.engine, &caller.0, creator, states, page.offset(), page.size).await?;
    let items = tasks.iter().map(|made| wire::Task::of(&app.engine, made)).collect();
    Ok(wire::answer("Tasks retrieved successfully", wire::Tasks { total, items }))
}

pub(super) async fn get(State(app): State<App>, caller: Caller, id: RowNumber) -> Answer<wire::Task> {
    let made = generation::get(&app.engine, &caller.0, number(&id)?).await?;
    Ok(wire::answer("Task retrieved successfully", wire::Task::of(&app.engine, &made)))
}

pub(super) async fn approve(State(app): State<App>, caller: Caller, id: RowNumber, whence: ClientOrigin) -> Answer<wire::Task> {
    let approved = generation::approve(&app.engine, &caller.0, number(&id)?, whence.0).await;
    let made = approved.map_err(|error| state(error, "task is not pending audit"))?;
    Ok(wire::answer("Task approved successfully", wire::Task::of(&app.engine, &made)))
}

/// The document's own text for a task that is in no state for this.
fn state(error: Error, text: &'static str) -> RequestError {
    match error {
        Error::Refused(Refusal::TaskState(_) | Refusal::TaskEnded(_)) => custom(StatusCode::BAD_REQUEST, text),
        other => other.into(),
    }
}

/// The document's own text for somebody who sees a task and does not own it.
fn owner(error: Error, not_owner: &'static str, not_now: &'static str) -> RequestError {
    match error {
        Error::Refused(Refusal::NotOwner) => custom(StatusCode::FORBIDDEN, not_owner),
        other => state(other, not_now),
    }
}

pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    id: RowNumber,
    whence: ClientOrigin,
    body: Body<wire::Amendment>,
) -> Answer<wire::Task> {
    let id = number(&id)?;
    let Field::Given(input) = body.0.body else { return Err(missing("body").into()) };
    let model = wire::named(&input, [body.0.model_id, body.0.model_id_camel]).map_err(|()| Refusal::UnusableModel)?;
    let updated = generation::update(&app.engine, &caller.0, id, input, model, whence.0).await;
    let made = updated.map_err(|error| state(error, "cannot update task in processing or later state"))?;
    Ok(wire::answer("Task updated successfully", wire::Task::of(&app.engine, &made)))
}

pub(super) async fn retry(
    State(app): State<App>,
    caller: Caller,
    id: RowNumber,
    key: Key,
    whence: ClientOrigin,
) -> Result<Response, Refusing> {
    let id = number(&id)?;
    let encode = encoder(&app, "Task retried successfully");
    let once = key.once(format!("POST /tasks/{id}/retry"), b"", encode.clone());
    let retried = generation::retry(&app.engine, &caller.0, id, whence.0, once).await;
    let words = |error| owner(error, "unauthorized to retry this task", "task is not in a failed state");
    Ok(http::answered(StatusCode::OK, retried.map_err(words)?, encode))
}

pub(super) async fn cancel(
    State(app): State<App>,
    caller: Caller,
    id: RowNumber,
    key: Key,
    whence: ClientOrigin,
) -> Result<Response, Refusing> {
    let id = number(&id)?;
    let encode = encoder(&app, "Task cancelled successfully");
    let once = key.once(format!("POST /tasks/{id}/cancel"), b"", encode.clone());
    let cancelled = generation::cancel(&app.engine, &caller.0, id, whence.0, once).await;
    let words = |error| owner(error, "unauthorized to cancel this task", "task cannot be cancelled in its current state");
    Ok(http::answered(StatusCode::OK, cancelled.map_err(words)?, encode))
}
