//! Tasks of every kind: list, read, hand in, act on.

use aide::{generate::GenContext, openapi::Operation, operation::OperationInput};
use axum::{
    Json,
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, request::Parts},
    response::Response,
};
use domain::{
    id::{LogId, TaskId},
    refusal::{Noun, Refusal},
    task::{State as TaskState, Task},
};
use engine::{
    kinds::any::{self, Action},
    task::{self, Filter},
};

use super::{
    Administrator, Body, Caller, Key, Refusing,
    listing::{self, Form},
    query, wire,
};
use crate::http::{self, App, ClientOrigin, RequestError, Values};

pub(super) async fn list(State(app): State<App>, caller: Caller, form: Form, values: Values) -> Result<Response, Refusing> {
    let whose = listing::whose(&values)?;
    let kinds = query::words(&values, "kind", |word| app.engine.kind(word))?;
    let states = query::words(&values, "state", TaskState::from_word)?;
    let read = move |page: query::Page| {
        let (app, caller, kinds, states) = (app.clone(), caller.0.clone(), kinds.clone(), states.clone());
        async move {
            let before = page.row()?.map(TaskId);
            let filter = Filter { whose, kinds, states, before, limit: page.limit, count: page.count };
            Ok::<_, RequestError>(wire::page(task::browse(&app.engine, &caller, filter).await?))
        }
    };
    form.answer(read).await
}

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    key: Key,
    origin: ClientOrigin,
    body: Body<wire::NewTask>,
) -> Result<Response, Refusing> {
    let encode = |task: &Task| http::text(&wire::Task::of(task));
    let once = key.once("POST /gongfang/v1/tasks".to_owned(), &body.1, encode);
    let made = any::submit(&app.engine, &caller.0, body.0.input()?, origin.0, once).await?;
    Ok(http::answered(StatusCode::CREATED, made, encode))
}

pub(super) async fn read(State(app): State<App>, caller: Caller, id: TaskPath, values: Values) -> Result<Json<wire::TaskDetail>, Refusing> {
    let include = query::words(&values, "include", |word| (word == "entries").then_some(()))?;
    let whole = any::get(&app.engine, &caller.0, id.0).await?;
    Ok(Json(wire::TaskDetail::of(whole, !include.is_empty())))
}

pub(super) async fn log(
    State(app): State<App>,
    caller: Caller,
    id: TaskPath,
    values: Values,
) -> Result<Json<wire::Page<wire::LogLine>>, Refusing> {
    let page = query::Page::of(&values)?;
    let lines = any::log(&app.engine, &caller.0, id.0, page.row()?.map(LogId), page.limit + 1).await?;
    Ok(Json(wire::log(&lines, page.limit)))
}

pub(super) async fn result(State(app): State<App>, caller: Caller, id: TaskPath) -> Result<Json<wire::TaskResult>, Refusing> {
    Ok(Json(wire::TaskResult::of(any::outcome(&app.engine, &caller.0, id.0).await?)))
}

/// A handler for each action: they differ in nothing but the action.
macro_rules! actions {
    ($($name:ident: $action:ident),* $(,)?) => {$(
        pub(super) async fn $name(
            State(app): State<App>,
            caller: Caller,
            id: TaskPath,
            origin: ClientOrigin,
        ) -> Result<Json<wire::Task>, Refusing> {
            Ok(Json(wire::Task::of(&any::act(&app.engine, &caller.0, id.0, Action::$action, origin.0).await?)))
        }
    )*};
}

actions! { start: Start, approve: Approve, pause: Pause, resume: Resume, retry: Retry, cancel: Cancel }

pub(super) async fn reject(
    State(app): State<App>,
    caller: Administrator,
    id: TaskPath,
    origin: ClientOrigin,
    body: Body<wire::Rejection>,
) -> Result<Json<wire::Task>, Refusing> {
    Ok(Json(wire::Task::of(&any::reject(&app.engine, &caller.0, id.0, body.0.reason, origin.0).await?)))
}

/// The task that a path names. What is no task's id names none that exists.
pub(super) struct TaskPath(pub(super) TaskId);

impl<S: Send + Sync> FromRequestParts<S> for TaskPath {
    type Rejection = Refusing;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let number = path.ok().and_then(|Path(id)| query::number("task", &id));
        number.map(|number| Self(TaskId(number))).ok_or_else(|| RequestError::from(Refusal::NotFound(Noun::Task)).into())
    }
}

impl OperationInput for TaskPath {
    fn operation_input(_ctx: &mut GenContext, operation: &mut Operation) {
        crate::openapi::parameter(
            operation,
            serde_json::json!({ "in": "path", "name": "id", "required": true, "schema": { "type": "string" }, "description": "as `task_12`" }),
        );
    }
}
