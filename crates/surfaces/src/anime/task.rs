//! Tasks: create, list, read, result, cancel.

use aide::{generate::GenContext, openapi::Operation, operation::OperationInput};
use axum::{
    Json,
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use domain::{id::TaskId, refusal::Refusal, task::State as TaskState, window::Rule};
use engine::{
    idempotency::Answered,
    kinds::anime::{self, NAME, Submission},
    limit::{self, Counted},
    task::{self, Submitted},
};

use super::{Body, Caller, Refusing, Words, wire};
use crate::http::{self, App, Page, RequestError, Values};

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    key: http::Key<Words>,
    body: Body<wire::Create>,
) -> Result<Response, Refusing> {
    let input = body.0.input()?;
    let rule = Some(Rule::hourly(app.settings.anime.creates_per_hour.allowed()));
    let encode = |submitted: &Submitted| http::text(&wire::answer(wire::Created::of(&submitted.task)).0);
    let once = key.once("POST /tasks of anime".to_owned(), &body.1, encode);
    let submission = Submission { payer: (&caller.0).into(), input, rule, once };
    let submitted = anime::submit(&app.engine, submission).await.map_err(wire::published)?;
    let limit = match &submitted {
        Answered::Executed(submitted) => submitted.limit,
        Answered::Replayed(_) => None,
    };
    let mut answer = http::answered(StatusCode::CREATED, submitted, encode);
    if let Some(limit) = limit {
        http::limit_headers(answer.headers_mut(), &limit);
    }
    Ok(answer)
}

pub(super) async fn list(State(app): State<App>, caller: Caller, values: Values) -> Result<Response, Refusing> {
    let page = Page::of(&values, "page", "page_size")?;
    let states = wire::states(values.text("status")).ok_or(RequestError::Query { field: "status" })?;
    let limit = limit::count(&app.engine, caller.0.account, Counted::TaskLists, Rule::hourly(app.settings.anime.lists_per_hour.allowed()))?;
    let wanted = engine::task::Wanted { account: caller.0.account, kind: NAME, states, offset: page.offset(), limit: page.size };
    let (tasks, total) = task::list(&app.engine, wanted).await?;
    let mut answer = wire::answer(wire::List::of(&tasks, page, total)).into_response();
    http::limit_headers(answer.headers_mut(), &limit);
    Ok(answer)
}

pub(super) async fn read(State(app): State<App>, caller: Caller, id: TaskPath) -> Result<Response, Refusing> {
    let limit = limit::count(&app.engine, caller.0.account, Counted::TaskReads, Rule::hourly(app.settings.anime.reads_per_hour.allowed()))?;
    let task = task::get(&app.engine, caller.0.account, NAME, id.0).await?;
    let mut answer = wire::answer(wire::Detail::of(&app.engine, &task)?).into_response();
    http::limit_headers(answer.headers_mut(), &limit);
    Ok(answer)
}

pub(super) async fn result(State(app): State<App>, caller: Caller, id: TaskPath) -> Result<Json<wire::Answer<wire::Film>>, Refusing> {
    let task = task::get(&app.engine, caller.0.account, NAME, id.0).await?;
    if task.state != TaskState::Succeeded {
        return Err(Refusal::TaskUnfinished(task.state).into());
    }
    let film = wire::Film::of(&app.engine, &task)?.ok_or(Refusal::TaskUnfinished(task.state))?;
    Ok(wire::answer(film))
}

pub(super) async fn cancel(State(app): State<App>, caller: Caller, id: TaskPath) -> Result<Json<wire::Done>, Refusing> {
    task::cancel(&app.engine, caller.0.account, NAME, id.0).await?;
    Ok(Json(wire::Done { success: true, message: "任务已取消" }))
}

/// The task that a path names. What is no task's name names none that exists.
pub(super) struct TaskPath(pub(super) TaskId);

impl<S: Send + Sync> FromRequestParts<S> for TaskPath {
    type Rejection = Refusing;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(number(path.as_deref().map_or("", |id| id.as_str()))?))
    }
}

impl OperationInput for TaskPath {
    fn operation_input(_ctx: &mut GenContext, operation: &mut Operation) {
        let parameter = serde_json::json!({ "in": "path", "name": "task_id", "required": true, "schema": { "type": "string", "pattern": "^task_[0-9]+$" }, "example": "task_123456" });
        crate::openapi::parameter(operation, parameter);
    }
}

/// The number in `task_123`; everything else is a task that does not exist.
fn number(id: &str) -> Result<TaskId, Refusal> {
    let missing = Refusal::NotFound(domain::refusal::Noun::Task);
    id.strip_prefix("task_").and_then(http::row_number).map(TaskId).ok_or(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_published_form_names_a_task() {
        assert_eq!(number("task_123456"), Ok(TaskId(123_456)));
        for bad in [
            "",
            "task_",
            "123",
            "task_0",
            "task_01",
            "task_-1",
            "task_1.0",
            "task_１",
            "task_9223372036854775808",
            "TASK_1",
            "task_1 ",
            "task_1'",
        ] {
            assert!(number(bad).is_err(), "{bad}");
        }
    }
}
