//! The surface of `002-anime`: a novel goes in, a narrated video comes out; polling and a WebSocket per task.
//!
//! Where it departs from its document, or says more than it: every success carries `message`; failed and cancelled tasks carry
//! `error` (and `cancelled`); results carry subtitles, engines and notes beside the published fields; statuses that the document
//! does not list (405, 413, 415, 426) carry `INVALID_INPUT`.

mod account;
mod socket;
mod task;
mod wire;

use aide::{
    axum::{
        ApiRouter,
        routing::{get_with, post_with},
    },
    openapi::OpenApi,
    transform::TransformOperation,
};
use axum::{Router, http::StatusCode, response::Response, routing::get};
use domain::refusal::{Limit, Refusal};
use engine::Error;
use engine::api_key::Area;
use serde_json::{Value, json};

use crate::{
    docs::{self, Paths},
    http::{self, App, Dialect, ErrorResponse, Mounted, RequestError, Surface},
};

config::section! {
    /// The anime surface.
    pub Settings {
        /// Seconds a session lasts.
        session_s: config::Seconds<60> = 3_600,
        /// Tasks an hour and account.
        creates_per_hour: config::Count = 10,
        /// Lists an hour and account.
        lists_per_hour: config::Count = 100,
        /// Readings an hour and account.
        reads_per_hour: config::Count = 1_000,
    }
}

/// The words of this surface.
pub(crate) struct Words;

type Refusing = ErrorResponse<Words>;
type Caller = http::Caller<Words>;
type Body<T> = http::Body<T, Words>;

impl Dialect for Words {
    fn refuse(wrong: &RequestError) -> Response {
        let (status, code, message, details) = worded(wrong);
        let body = json!({ "success": false, "error": { "code": code, "message": message, "details": details } });
        let mut answer = http::json(status, &body);
        http::retry_after(answer.headers_mut(), wrong);
        if let RequestError::Engine(Error::Refused(Refusal::TooOften(limit))) = wrong {
            http::limit_headers(answer.headers_mut(), limit);
        }
        answer
    }
}

/// Status, code, text and details of everything that can be wrong.
fn worded(wrong: &RequestError) -> (StatusCode, &'static str, String, Value) {
    if let RequestError::Engine(Error::Refused(refusal)) = wrong
        && let Some(own) = refused(refusal)
    {
        return own;
    }
    let (status, message) = http::usual(wrong);
    let code = match status {
        StatusCode::UNAUTHORIZED => "UNAUTHORIZED",
        StatusCode::NOT_FOUND => "NOT_FOUND",
        StatusCode::FORBIDDEN => "FORBIDDEN",
        StatusCode::TOO_MANY_REQUESTS => "RATE_LIMIT_EXCEEDED",
        StatusCode::SERVICE_UNAVAILABLE => "SERVICE_UNAVAILABLE",
        StatusCode::INTERNAL_SERVER_ERROR => "INTERNAL_ERROR",
        _ => "INVALID_INPUT",
    };
    let details = match wrong {
        RequestError::Engine(Error::Refused(Refusal::Invalid { field, .. })) => json!({ "field": field }),
        RequestError::Body { field, problem } => json!({ "field": field, "problem": problem }),
        RequestError::Query { field } => json!({ "field": field }),
        RequestError::TooLarge => json!({ "max_bytes": http::MAX_BYTES }),
        _ => json!({}),
    };
    (status, code, message, details)
}

/// Where this document words a refusal itself, or tells more about it.
fn refused(refusal: &Refusal) -> Option<(StatusCode, &'static str, String, Value)> {
    let with = |status, code, message: &str, details| Some((status, code, message.to_owned(), details));
    match refusal {
        Refusal::Unauthorized | Refusal::SessionEnded => with(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "未授权", json!({})),
        Refusal::Forbidden => with(StatusCode::FORBIDDEN, "FORBIDDEN", "禁止访问", json!({})),
        Refusal::TooOften(limit) => {
            with(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMIT_EXCEEDED", "请求过于频繁，请稍后再试", limit_details(limit))
        }
        Refusal::TaskEnded(state) | Refusal::TaskState(state) => {
            with(StatusCode::BAD_REQUEST, "INVALID_INPUT", "任务已结束，无法取消", json!({ "status": wire::status(*state) }))
        }
        Refusal::TaskUnfinished(state) => {
            with(StatusCode::NOT_FOUND, "NOT_FOUND", "任务尚未完成", json!({ "status": wire::status(*state) }))
        }
        Refusal::Unaffordable { need, have } => {
            let yuan = |micros: &i64| domain::money::Money(*micros).to_string();
            with(StatusCode::BAD_REQUEST, "INVALID_INPUT", "余额不足", json!({ "required": yuan(need), "available": yuan(have) }))
        }
        Refusal::Unavailable { .. } => {
            with(StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE", "服务暂不可用：服务器缺少生成视频所需的组件", json!({}))
        }
        _ => None,
    }
}

fn limit_details(limit: &Limit) -> Value {
    json!({ "limit": limit.allowed, "remaining": limit.remaining, "retry_after": limit.retry_after_s })
}

/// The OpenAPI text of this surface and its routes.
fn api() -> (Router<App>, OpenApi) {
    aide::generate::infer_responses(false);
    let api = ApiRouter::new()
        .api_route(
            "/api/v1/tasks",
            post_with(task::create, |op| {
                describe(op, "create_task", "tasks", "创建动漫生成任务")
                    .response_with::<201, axum::Json<wire::Answer<wire::Created>>, _>(|answer| answer.description("任务已创建"))
            })
            .get_with(task::list, |op| {
                let op = describe(op, "list_tasks", "tasks", "获取任务列表")
                    .response_with::<200, axum::Json<wire::Answer<wire::List>>, _>(|answer| answer.description("一页任务，新的在前"));
                docs::query(
                    op,
                    &[
                        ("status", "按状态筛选: pending, processing, completed, failed", "string"),
                        ("page", "页码，默认 1", "integer"),
                        ("page_size", "每页数量，默认 10，最多 100", "integer"),
                    ],
                )
            }),
        )
        .api_route(
            "/api/v1/tasks/{task_id}",
            get_with(task::read, |op| {
                describe(op, "get_task", "tasks", "查询任务状态")
                    .response_with::<200, axum::Json<wire::Answer<wire::Detail>>, _>(|answer| answer.description("任务的当前状态"))
            })
            .delete_with(task::cancel, |op| {
                describe(op, "cancel_task", "tasks", "取消任务")
                    .response_with::<200, axum::Json<wire::Done>, _>(|answer| answer.description("任务已取消"))
            }),
        )
        .api_route(
            "/api/v1/tasks/{task_id}/result",
            get_with(task::result, |op| {
                describe(op, "get_result", "tasks", "获取任务结果")
                    .response_with::<200, axum::Json<wire::Answer<wire::Film>>, _>(|answer| answer.description("视频、缩略图、场景与角色"))
            }),
        )
        .api_route(
            "/api/v1/auth/login",
            post_with(account::login, |op| {
                describe(op, "login", "auth", "获取 Token")
                    .response_with::<200, axum::Json<wire::Answer<wire::Token>>, _>(|answer| answer.description("Token 及其有效期"))
            }),
        );
    let mut open = docs::head(
        "anime",
        "小说生成动漫视频。进度也可以通过 WebSocket `/ws/tasks/{task_id}?token={jwt_token}` 接收：消息类型为 progress、completed、failed。\n\n\
                 A novel goes in, a narrated video comes out. Progress is also pushed over the WebSocket `/ws/tasks/{task_id}?token={jwt_token}`.",
        &[("auth", "认证"), ("tasks", "任务")],
    );
    let router = api.finish_api(&mut open);
    (router, open)
}

fn describe<'t>(op: TransformOperation<'t>, id: &str, tag: &str, summary: &str) -> TransformOperation<'t> {
    docs::describe_refusals::<wire::Problem>(op, id, tag, summary)
}

/// The surface as the configuration names it.
pub const SURFACE: Surface = Surface {
    name: "anime",
    companions: &["media"],
    docs: Some(Paths::USUAL),
    areas: &[("/api/v1/tasks", Area::Tasks), ("/ws/tasks", Area::Tasks)],
    build: || Mounted::documented::<Words>(&["/api/v1/", "/ws/tasks/", "/"], api()).socket("/ws/tasks/{task_id}", get(socket::watch)),
};
