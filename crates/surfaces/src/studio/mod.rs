//! The surface of `004-studio`, of which chapter one (accounts and sessions) is here so far; models, tasks, payment, uploads, the
//! assistant and administration are to come, and until then no address mounts it by itself.
//!
//! Where it departs from its document, or says more than it: a registration is HTTP 201 with `status` 200 in the body, as the front end
//! wants it; an account that may not sign in is told so with 403, once its password was right; tokens end everywhere at once.

mod account;
mod wire;

use aide::{
    axum::{
        ApiRouter,
        routing::{get_with, post_with},
    },
    openapi::{Info, OpenApi, Operation, Server},
    operation::OperationInput,
    transform::TransformOperation,
};
use axum::{
    Router,
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::refusal::{Problem, Refusal};
use engine::{Error, session};

use crate::{
    docs::{self, Paths},
    speak::{self, App, Refused, Surface, Voice, Wrong},
};

/// The words of this surface.
pub(crate) struct Words;

type Refusing = Refused<Words>;
type Body<T> = speak::Body<T, Words>;

impl Voice for Words {
    fn refuse(wrong: &Wrong) -> Response {
        let (status, message) = worded(wrong);
        let body = wire::Failure { status: status.as_u16(), message, data: None, errors: speak::errors(wrong) };
        let mut answer = speak::json(status, &body);
        speak::retry_after(answer.headers_mut(), wrong);
        answer
    }
}

fn worded(wrong: &Wrong) -> (StatusCode, String) {
    let said = |status, text: &str| (status, text.to_owned());
    match wrong {
        Wrong::Engine(Error::Refused(refusal)) => refused(refusal),
        Wrong::Engine(Error::Fault(_)) => {
            let (status, _) = speak::usual(wrong);
            let busy = status == StatusCode::SERVICE_UNAVAILABLE;
            said(status, if busy { "Service unavailable, please retry" } else { "Internal server error" })
        }
        Wrong::Said { status, text } => said(*status, text),
        Wrong::Body { .. } => said(StatusCode::BAD_REQUEST, "Invalid request parameters"),
        Wrong::Query { field } => (StatusCode::BAD_REQUEST, format!("Invalid {field} parameter")),
        Wrong::TooLarge => said(StatusCode::PAYLOAD_TOO_LARGE, "Request body too large"),
        Wrong::TooSlow => said(StatusCode::REQUEST_TIMEOUT, "Request body took too long"),
        Wrong::Compressed => said(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Compressed request bodies are not accepted"),
        Wrong::NoRoute => said(StatusCode::NOT_FOUND, "Not found"),
        Wrong::NoMethod => said(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"),
        Wrong::ForeignOrigin => said(StatusCode::FORBIDDEN, "Origin not allowed"),
        Wrong::TooManySockets => said(StatusCode::TOO_MANY_REQUESTS, "Too many connections"),
        Wrong::NoUpgrade => said(StatusCode::UPGRADE_REQUIRED, "WebSocket expected"),
        Wrong::Panicked => said(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"),
    }
}

fn refused(refusal: &Refusal) -> (StatusCode, String) {
    let said = |status, text: &str| (status, text.to_owned());
    match refusal {
        Refusal::Unauthorized => said(StatusCode::UNAUTHORIZED, "Invalid or expired token"),
        Refusal::SessionEnded => said(StatusCode::UNAUTHORIZED, "Token has been revoked"),
        Refusal::Deactivated => said(StatusCode::FORBIDDEN, "account is deactivated"),
        Refusal::WrongCredentials => said(StatusCode::UNAUTHORIZED, "Invalid username or password"),
        Refusal::Taken { .. } => said(StatusCode::CONFLICT, "user with this username already exists"),
        Refusal::TooOften(limit) | Refusal::SentTooOften(limit) => {
            (StatusCode::TOO_MANY_REQUESTS, format!("too many requests, try again in {} seconds", limit.retry_after_s))
        }
        Refusal::Invalid { field: "password", problem: Problem::TooShort(least) } => {
            (StatusCode::BAD_REQUEST, format!("password must be at least {least} characters"))
        }
        Refusal::Invalid { field: "password", problem: Problem::TooCommon } => said(StatusCode::BAD_REQUEST, "password is too common"),
        Refusal::Invalid { .. } => said(StatusCode::BAD_REQUEST, "Invalid request parameters"),
        Refusal::Forbidden => said(StatusCode::FORBIDDEN, "Forbidden: Admins only"),
        Refusal::NotFound(domain::refusal::Noun::Task) => said(StatusCode::NOT_FOUND, "Task not found"),
        Refusal::NotFound(_) => said(StatusCode::NOT_FOUND, "User not found"),
        Refusal::Unaffordable { .. } => said(StatusCode::BAD_REQUEST, "insufficient balance"),
        Refusal::WrongVerification
        | Refusal::ExpiredVerification
        | Refusal::UnusableCode
        | Refusal::TaskEnded(_)
        | Refusal::TaskUnfinished(_)
        | Refusal::TaskState(_) => said(StatusCode::BAD_REQUEST, "Invalid request parameters"),
        Refusal::Undeliverable | Refusal::Unavailable { .. } => said(StatusCode::SERVICE_UNAVAILABLE, "Service unavailable, please retry"),
    }
}

/// Who is calling. This document has a text of its own for each way in which there may be no token.
struct Caller(session::Caller);

impl FromRequestParts<App> for Caller {
    type Rejection = Refusing;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let said = |text| Wrong::Said { status: StatusCode::UNAUTHORIZED, text };
        if !parts.headers.contains_key(header::AUTHORIZATION) {
            return Err(said("authorization header is required").into());
        }
        let token = speak::bearer(&parts.headers).filter(|token| !token.is_empty()).ok_or(said("bearer token not found"))?;
        Ok(Self(session::authenticate(&app.engine, token).await?))
    }
}

impl OperationInput for Caller {
    fn operation_input(_ctx: &mut aide::generate::GenContext, operation: &mut Operation) {
        docs::needs_token(operation);
    }
}

/// The OpenAPI text of this surface and its routes.
fn api() -> (Router<App>, OpenApi) {
    aide::generate::infer_responses(false);
    let api = ApiRouter::new()
        .api_route(
            "/api/v1/auth/register",
            post_with(account::register, |op| said::<201, wire::Answer<wire::SignedIn>>(op, "studio_register", "auth", "用户注册")),
        )
        .api_route(
            "/api/v1/auth/login",
            post_with(account::login, |op| said::<200, wire::Answer<wire::SignedIn>>(op, "studio_login", "auth", "用户登录")),
        )
        .api_route(
            "/api/v1/auth/logout",
            post_with(account::logout, |op| said::<200, wire::Answer<Option<()>>>(op, "studio_logout", "auth", "用户登出")),
        )
        .api_route(
            "/api/v1/auth/user",
            get_with(account::user, |op| said::<200, wire::Answer<wire::User>>(op, "studio_user", "auth", "获取当前用户信息")),
        );
    let mut open = OpenApi {
        info: Info {
            title: "Gongfang 工坊: studio".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            description: Some("账号与登录；其余章节待做。\n\nAccounts and sessions; the other chapters are to come.".to_owned()),
            ..Info::default()
        },
        servers: vec![Server { url: "/".to_owned(), ..Server::default() }],
        tags: docs::tags(&[("auth", "认证模块")]),
        components: Some(docs::bearer()),
        ..OpenApi::default()
    };
    let router = api.finish_api(&mut open);
    (router, open)
}

fn said<'t, const STATUS: u16, T: serde::Serialize + schemars::JsonSchema>(
    op: TransformOperation<'t>,
    id: &str,
    tag: &str,
    summary: &str,
) -> TransformOperation<'t> {
    op.id(id)
        .tag(tag)
        .summary(summary)
        .response_with::<STATUS, axum::Json<T>, _>(|answer| answer.description("成功"))
        .default_response_with::<axum::Json<wire::Failure>, _>(|answer| answer.description("错误响应"))
}

/// The OpenAPI text of this surface.
#[must_use]
pub fn openapi() -> OpenApi {
    api().1
}

/// The surface as a listener mounts it.
#[must_use]
pub fn surface() -> Surface {
    let (routes, open) = api();
    let router = routes.method_not_allowed_fallback(|| async { Refusing::from(Wrong::NoMethod).into_response() });
    Surface {
        name: "studio",
        prefixes: &["/api/v1/", "/"],
        claims: docs::paths(&open),
        router,
        refuse: Words::refuse,
        docs: Some((Paths::USUAL, open)),
    }
}
