//! Outside workers: claim a task, say how far it is, bring files, and end it.

use std::time::Duration;

use aide::{generate::GenContext, openapi::Operation, operation::OperationInput};
use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Request, State, rejection::PathRejection},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use domain::refusal::{Noun, Refusal};
use engine::worker::outside::{self, Held, MAX_FILE, OutsideWorker};

use super::{Body, Refusing, query, task::TaskPath, wire};
use crate::http::{self, App, Received, RequestError, Values};

/// Who presents a worker's key.
pub(super) struct Worker(OutsideWorker);

impl FromRequestParts<App> for Worker {
    type Rejection = Refusing;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let token = http::bearer(&parts.headers).ok_or(Refusal::Unauthorized)?;
        Ok(Self(outside::identify(&app.engine, token, http::address(parts, app)).await?))
    }
}

impl OperationInput for Worker {
    fn operation_input(_ctx: &mut GenContext, operation: &mut Operation) {
        crate::openapi::needs_token(operation);
    }
}

/// A file that a worker brings.
pub(super) struct Brought(Received);

impl FromRequest<App> for Brought {
    type Rejection = Refusing;

    async fn from_request(request: Request, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(http::received(&app.engine, request.into_body(), MAX_FILE).await?))
    }
}

impl OperationInput for Brought {
    fn operation_input(_ctx: &mut GenContext, operation: &mut Operation) {
        crate::openapi::takes_file(operation);
    }
}

pub(super) async fn claim(State(app): State<App>, worker: Worker, body: Body<wire::NewClaim>) -> Result<Response, Refusing> {
    let patience = Duration::from_secs(body.0.wait_s);
    let claimed = outside::claim(&app.engine, &worker.0, &body.0.kind, patience).await?;
    Ok(match claimed {
        Some(claimed) => Json(wire::Claim::of(claimed)).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

pub(super) async fn heartbeat(
    State(app): State<App>,
    worker: Worker,
    id: TaskPath,
    body: Body<wire::Heartbeat>,
) -> Result<Json<wire::Lease>, Refusing> {
    let held = Held { task: id.0, epoch: body.0.epoch };
    let lease = outside::beat(&app.engine, &worker.0, held, body.0.beat()).await?;
    Ok(Json(wire::Lease::of(lease)))
}

pub(super) async fn put_file(
    State(app): State<App>,
    worker: Worker,
    path: Result<Path<(String, String)>, PathRejection>,
    values: Values,
    file: Brought,
) -> Result<StatusCode, Refusing> {
    let named = path.ok().and_then(|Path((id, name))| Some((query::number("task", &id)?, name)));
    let (task, name) = named.ok_or(Refusal::NotFound(Noun::Task))?;
    let epoch = values.text("epoch").and_then(http::row_number).ok_or(RequestError::Query { field: "epoch" })?;
    let held = Held { task: domain::id::TaskId(task), epoch };
    outside::keep(&app.engine, &worker.0, held, &name, file.0.path()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn complete(
    State(app): State<App>,
    worker: Worker,
    id: TaskPath,
    body: Body<wire::Completion>,
) -> Result<Json<wire::Task>, Refusing> {
    let held = Held { task: id.0, epoch: body.0.epoch };
    Ok(Json(wire::Task::of(&outside::complete(&app.engine, &worker.0, held, body.0.done()).await?)))
}

pub(super) async fn fail(
    State(app): State<App>,
    worker: Worker,
    id: TaskPath,
    body: Body<wire::WorkerFailure>,
) -> Result<Json<wire::Task>, Refusing> {
    let held = Held { task: id.0, epoch: body.0.epoch };
    let failed = outside::fail(&app.engine, &worker.0, held, &body.0.message, body.0.retryable).await?;
    Ok(Json(wire::Task::of(&failed)))
}
