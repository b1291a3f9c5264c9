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
    openapi::{Components, Info, OpenApi, ReferenceOr, SecurityScheme, Server, Tag},
    transform::TransformOperation,
};
use axum::{
    Router,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::refusal::{Limit, Noun, Problem, Refusal};
use engine::{Error, Fault};
use serde_json::{Value, json};

use crate::{
    docs::{self, Pages},
    speak::{self, App, Refused, Surface, Voice, Wrong},
};

/// The words of this surface.
pub(crate) struct Words;

type Refusing = Refused<Words>;
type Caller = speak::Caller<Words>;
type Body<T> = speak::Body<T, Words>;

impl Voice for Words {
    fn refuse(wrong: &Wrong) -> Response {
        let (status, code, message, details) = worded(wrong);
        let body = json!({ "success": false, "error": { "code": code, "message": message, "details": details } });
        let mut answer = speak::json(status, &body);
        if let Wrong::Engine(Error::Refused(Refusal::TooOften(limit))) = wrong {
            speak::limit_headers(answer.headers_mut(), limit);
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        answer
    }
}

/// Status, code, text and details of everything that can be wrong.
fn worded(wrong: &Wrong) -> (StatusCode, &'static str, String, Value) {
    const INVALID: &str = "INVALID_INPUT";
    let plain = |status, code, message: &str| (status, code, message.to_owned(), json!({}));
    match wrong {
        Wrong::Engine(Error::Refused(refusal)) => refused(refusal),
        Wrong::Engine(Error::Fault(Fault::Overloaded | Fault::Closed)) => {
            plain(StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE", "服务繁忙，请稍后重试")
        }
        Wrong::Engine(Error::Fault(Fault::Database(_))) => {
            plain(StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE", "服务暂时不可用，请稍后重试")
        }
        Wrong::Engine(Error::Fault(Fault::Awaited | Fault::Panicked(_) | Fault::Corrupt(_))) | Wrong::Panicked => {
            plain(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", "服务器内部错误")
        }
        Wrong::Body { field, problem } => {
            (StatusCode::BAD_REQUEST, INVALID, "请求参数无效".to_owned(), json!({ "field": field, "problem": problem }))
        }
        Wrong::Query { field } => (StatusCode::BAD_REQUEST, INVALID, format!("查询参数 {field} 无效"), json!({ "field": field })),
        Wrong::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, INVALID, "请求体过大".to_owned(), json!({ "max_bytes": speak::MOST_BYTES })),
        Wrong::TooSlow => plain(StatusCode::REQUEST_TIMEOUT, INVALID, "请求体接收超时"),
        Wrong::Compressed => plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, INVALID, "不支持压缩的请求体"),
        Wrong::NoRoute => plain(StatusCode::NOT_FOUND, "NOT_FOUND", "接口不存在"),
        Wrong::NoMethod => plain(StatusCode::METHOD_NOT_ALLOWED, INVALID, "请求方法不允许"),
        Wrong::ForeignOrigin => plain(StatusCode::FORBIDDEN, "FORBIDDEN", "来源不被允许"),
        Wrong::TooManySockets => plain(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMIT_EXCEEDED", "连接数过多"),
        Wrong::NoUpgrade => plain(StatusCode::UPGRADE_REQUIRED, INVALID, "请使用 WebSocket 连接"),
    }
}

fn refused(refusal: &Refusal) -> (StatusCode, &'static str, String, Value) {
    let plain = |status, code, message: &str| (status, code, message.to_owned(), json!({}));
    match refusal {
        Refusal::Unauthorized => plain(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "未授权"),
        Refusal::WrongCredentials => plain(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "用户名或密码错误"),
        Refusal::Forbidden => plain(StatusCode::FORBIDDEN, "FORBIDDEN", "禁止访问"),
        Refusal::NotFound(Noun::Task) => plain(StatusCode::NOT_FOUND, "NOT_FOUND", "任务不存在"),
        Refusal::NotFound(Noun::Account) => plain(StatusCode::NOT_FOUND, "NOT_FOUND", "用户不存在"),
        Refusal::TooOften(limit) => {
            (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMIT_EXCEEDED", "请求过于频繁，请稍后再试".to_owned(), limit_details(limit))
        }
        Refusal::Invalid { field, problem } => {
            let message = match problem {
                Problem::Missing => format!("{field} 不能为空"),
                Problem::TooLong(most) => format!("{field} 过长，最多 {most} 字节"),
                Problem::TooShort(least) => format!("{field} 过短，至少 {least} 个字符"),
                Problem::Malformed => format!("{field} 无效"),
            };
            (StatusCode::BAD_REQUEST, "INVALID_INPUT", message, json!({ "field": field }))
        }
        Refusal::Taken { field } => (StatusCode::BAD_REQUEST, "INVALID_INPUT", format!("{field} 已被使用"), json!({ "field": field })),
        Refusal::TaskEnded(state) | Refusal::TaskState(state) => {
            (StatusCode::BAD_REQUEST, "INVALID_INPUT", "任务已结束，无法取消".to_owned(), json!({ "status": wire::status(*state) }))
        }
        Refusal::TaskUnfinished(state) => {
            (StatusCode::NOT_FOUND, "NOT_FOUND", "任务尚未完成".to_owned(), json!({ "status": wire::status(*state) }))
        }
        Refusal::Unaffordable { need, have } => {
            let yuan = |micros: &i64| domain::money::Money(*micros).to_string();
            (StatusCode::BAD_REQUEST, "INVALID_INPUT", "余额不足".to_owned(), json!({ "required": yuan(need), "available": yuan(have) }))
        }
        Refusal::Unavailable { .. } => {
            plain(StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE", "服务暂不可用：服务器缺少生成视频所需的组件")
        }
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
                said(op, "create_task", "tasks", "创建动漫生成任务")
                    .response_with::<201, axum::Json<wire::Answer<wire::Created>>, _>(|answer| answer.description("任务已创建"))
            })
            .get_with(task::list, |op| {
                paged(
                    said(op, "list_tasks", "tasks", "获取任务列表")
                        .response_with::<200, axum::Json<wire::Answer<wire::List>>, _>(|answer| answer.description("一页任务，新的在前")),
                )
            }),
        )
        .api_route(
            "/api/v1/tasks/{task_id}",
            get_with(task::read, |op| {
                said(op, "get_task", "tasks", "查询任务状态")
                    .response_with::<200, axum::Json<wire::Answer<wire::Detail>>, _>(|answer| answer.description("任务的当前状态"))
            })
            .delete_with(task::cancel, |op| {
                said(op, "cancel_task", "tasks", "取消任务")
                    .response_with::<200, axum::Json<wire::Done>, _>(|answer| answer.description("任务已取消"))
            }),
        )
        .api_route(
            "/api/v1/tasks/{task_id}/result",
            get_with(task::result, |op| {
                said(op, "get_result", "tasks", "获取任务结果")
                    .response_with::<200, axum::Json<wire::Answer<wire::Film>>, _>(|answer| answer.description("视频、缩略图、场景与角色"))
            }),
        )
        .api_route(
            "/api/v1/auth/login",
            post_with(account::login, |op| {
                said(op, "login", "auth", "获取 Token")
                    .response_with::<200, axum::Json<wire::Answer<wire::Token>>, _>(|answer| answer.description("Token 及其有效期"))
            }),
        );
    let mut open = OpenApi {
        info: Info {
            title: "Gongfang 工坊: anime".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            description: Some(
                "小说生成动漫视频。进度也可以通过 WebSocket `/ws/tasks/{task_id}?token={jwt_token}` 接收：消息类型为 progress、completed、failed。\n\n\
                 A novel goes in, a narrated video comes out. Progress is also pushed over the WebSocket `/ws/tasks/{task_id}?token={jwt_token}`."
                    .to_owned(),
            ),
            ..Info::default()
        },
        servers: vec![Server { url: "/".to_owned(), ..Server::default() }],
        tags: vec![
            Tag { name: "auth".to_owned(), description: Some("认证".to_owned()), ..Tag::default() },
            Tag { name: "tasks".to_owned(), description: Some("任务".to_owned()), ..Tag::default() },
        ],
        components: Some(Components {
            security_schemes: [("bearer".to_owned(), ReferenceOr::Item(SecurityScheme::Http { scheme: "bearer".to_owned(), bearer_format: Some("JWT".to_owned()), description: None, extensions: Default::default() }))].into_iter().collect(),
            ..Components::default()
        }),
        ..OpenApi::default()
    };
    let router = api.finish_api(&mut open);
    (router, open)
}

fn said<'t>(op: TransformOperation<'t>, id: &str, tag: &str, summary: &str) -> TransformOperation<'t> {
    op.id(id).tag(tag).summary(summary).default_response_with::<axum::Json<wire::Problem>, _>(|answer| answer.description("错误响应"))
}

/// The query of the list, which is read by hand so that each value has its own refusal.
fn paged(mut op: TransformOperation<'_>) -> TransformOperation<'_> {
    for (name, description, kind) in [
        ("status", "按状态筛选: pending, processing, completed, failed", "string"),
        ("page", "页码，默认 1", "integer"),
        ("page_size", "每页数量，默认 10，最多 100", "integer"),
    ] {
        let parameter = json!({ "in": "query", "name": name, "description": description, "schema": { "type": kind } });
        if let Ok(parameter) = serde_json::from_value(parameter) {
            op.inner_mut().parameters.push(ReferenceOr::Item(parameter));
        }
    }
    op
}

/// The OpenAPI text of this surface.
#[must_use]
pub fn openapi() -> String {
    serde_json::to_string_pretty(&api().1).unwrap_or_default()
}

/// The surface as a listener mounts it.
#[must_use]
pub fn surface(public_docs: bool) -> Surface {
    let (routes, open) = api();
    let mut claims: Vec<String> = open.paths.as_ref().map(|paths| paths.paths.keys().cloned().collect()).unwrap_or_default();
    claims.extend(["/ws/tasks/{task_id}", "/docs", "/redoc", "/openapi.json"].map(str::to_owned));
    let mut router = routes.route("/ws/tasks/{task_id}", get(socket::watch));
    if public_docs {
        let text = serde_json::to_string(&open).unwrap_or_default();
        router = router.merge(docs::router(Pages {
            title: "Gongfang 工坊: anime",
            openapi: "/openapi.json",
            swagger: "/docs",
            redoc: "/redoc",
            text,
        }));
    }
    let router = router.method_not_allowed_fallback(|| async { Refusing::from(Wrong::NoMethod).into_response() });
    Surface { name: "anime", prefixes: &["/api/v1/", "/ws/tasks/", "/docs", "/redoc", "/"], claims, router, refuse: Words::refuse }
}
