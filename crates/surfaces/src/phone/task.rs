//! Metered tasks: create, report, list, look at.

use aide::{generate::GenContext, openapi::Operation, operation::OperationInput};
use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::{StatusCode, request::Parts},
    response::Response,
};
use domain::{
    id::TaskId,
    refusal::{Noun, Refusal},
};
use engine::{
    Error,
    kinds::metered::{self, Asker, Report},
    task::Submitted,
};

use super::{Body, Caller, Refusing, Words, wire};
use crate::http::{self, App, Field, Page, RequestError, RowNumber, Values};

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    key: http::Key<Words>,
    body: Option<Body<wire::Create>>,
) -> Result<Response, Refusing> {
    let (params, bytes) = body.map(|body| (body.0.params, body.1)).unwrap_or_default();
    if params.is_odd() {
        return Err(RequestError::Body { field: "params".to_owned(), problem: "must be an object".to_owned() }.into());
    }
    let encode = |submitted: &Submitted| http::text(&wire::answer("任务创建成功", wire::Created { task_id: submitted.task.id.0 }).0);
    let once = key.once("POST /task/create".to_owned(), &bytes, encode);
    let created = metered::submit_once(&app.engine, &caller.0, params.given(), once).await?;
    Ok(http::answered(StatusCode::OK, created, encode))
}

pub(super) async fn update_status(
    State(app): State<App>,
    asker: Asking,
    body: Body<wire::UpdateStatus>,
) -> Result<Json<wire::Answer<wire::Updated>>, Refusing> {
    let wire::UpdateStatus { task_id, status, error, output_file_path } = body.0;
    if matches!(task_id, Field::Absent | Field::Null) || status.is_blank() {
        return Err(RequestError::Custom { status: StatusCode::BAD_REQUEST, text: "请提供任务ID和状态".into() }.into());
    }
    let odd = |field: &str| RequestError::Body { field: field.to_owned(), problem: "of another type".to_owned() };
    let state = wire::state(&status.text())
        .ok_or(RequestError::Custom { status: StatusCode::BAD_REQUEST, text: "无效的任务状态".into() })?;
    let id = TaskId(task_id.given().ok_or_else(|| odd("task_id"))?);
    let report = Report {
        state,
        error: wire::given_text(error).map_err(|()| odd("error"))?,
        path: wire::given_text(output_file_path).map_err(|()| odd("output_file_path"))?,
    };
    let task = metered::report(&app.engine, &asker.0, id, report).await?;
    Ok(wire::answer("任务状态更新成功", wire::Updated { task_id: task.id.0, status: wire::status(task.state) }))
}

pub(super) async fn list(State(app): State<App>, asker: Asking, values: Values) -> Result<Json<wire::Answer<wire::List>>, Refusing> {
    let page = Page::of(&values, "page", "per_page")?;
    let (tasks, total) = match wire::states(values.text("status")) {
        Some(states) => metered::list(&app.engine, &asker.0, states, page.offset(), page.size).await?,
        // A word that is no state is in no task.
        None => (Vec::new(), 0),
    };
    Ok(wire::answer("获取任务列表成功", wire::List::of(&app, &tasks, page, total)?))
}

pub(super) async fn detail(State(app): State<App>, asker: Asking, id: RowNumber) -> Result<Json<wire::Answer<wire::Detail>>, Refusing> {
    let missing = RequestError::Custom { status: StatusCode::NOT_FOUND, text: "任务不存在或无权访问".into() };
    let Some(id) = id.0.map(TaskId) else { return Err(missing.into()) };
    let (task, input) = metered::get(&app.engine, &asker.0, id).await.map_err(|error| match error {
        Error::Refused(Refusal::NotFound(Noun::Task)) => missing,
        other => other.into(),
    })?;
    Ok(wire::answer("获取任务详情成功", wire::Detail::of(&app, &task, input)?))
}

/// Who asks about metered tasks: somebody signed in, or an outside worker with its token.
pub(super) struct Asking(Asker);

impl FromRequestParts<App> for Asking {
    type Rejection = Refusing;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let token = http::bearer(&parts.headers).ok_or(Refusal::Unauthorized)?;
        Ok(Self(metered::asker(&app.engine, token, http::address(parts, app), http::needed(parts).as_ref()).await?))
    }
}

impl OperationInput for Asking {
    fn operation_input(_ctx: &mut GenContext, operation: &mut Operation) {
        crate::openapi::needs_token(operation);
    }
}
