//! The surface of `001-mail`: registration with a code sent to a mailbox, and profiles.
//!
//! Where it says more than its document: `Retry-After` beside `cooldown_seconds`; profiles may be kept from strangers
//! (`users.public_profile`) or their addresses masked (`users.mask_email`); too frequent sending is always 429, never 500.

mod account;
mod wire;

use aide::{
    axum::{
        ApiRouter,
        routing::{get_with, post_with},
    },
    openapi::OpenApi,
    transform::TransformOperation,
};
use axum::{Router, http::StatusCode, response::Response};
use domain::{problem::Problem, refusal::Refusal};
use engine::Error;
use engine::api_key::Area;

use crate::{
    docs::{self, Paths},
    http::{self, App, Dialect, ErrorResponse, Mounted, RequestError, Surface, SurfaceOptions},
};

/// The words of this surface.
pub(crate) struct Words;

type Refusing = ErrorResponse<Words>;
type Caller = http::Caller<Words>;
type Body<T> = http::Body<T, Words>;

impl Dialect for Words {
    fn refuse(wrong: &RequestError) -> Response {
        let (status, message) = worded(wrong);
        let cooldown_seconds = match wrong {
            RequestError::Engine(Error::Refused(Refusal::SentTooOften(limit))) => Some(limit.retry_after_s),
            _ => None,
        };
        let mut answer = http::json(status, &wire::Failure { success: false, message, cooldown_seconds, errors: http::errors(wrong) });
        http::retry_after(answer.headers_mut(), wrong);
        answer
    }
}

fn worded(wrong: &RequestError) -> (StatusCode, String) {
    let RequestError::Engine(Error::Refused(refusal)) = wrong else { return http::usual(wrong) };
    let bad = |text: &str| (StatusCode::BAD_REQUEST, text.to_owned());
    match refusal {
        Refusal::Taken { .. } => (StatusCode::CONFLICT, "该邮箱已被注册".to_owned()),
        Refusal::Invalid { field: "email", problem: Problem::Missing } => bad("邮箱不能为空"),
        Refusal::Invalid { field: "email", .. } => bad("邮箱格式不正确"),
        Refusal::Invalid { field: "password", problem: Problem::TooShort(least) } => bad(&format!("密码长度至少为 {least} 位")),
        Refusal::Invalid { field: "password", problem: Problem::TooLong(most) } => bad(&format!("密码过长，最多 {most} 字节")),
        Refusal::Invalid { field: "password", problem: Problem::TooCommon } => bad("密码过于常见，请换一个"),
        Refusal::Invalid { field: "password", .. } => bad("密码包含无效字符"),
        Refusal::Invalid { field: "verification_code", .. } => bad("验证码不能为空"),
        _ => http::usual(wrong),
    }
}

/// The OpenAPI text of this surface and its routes.
fn api() -> (Router<App>, OpenApi) {
    aide::generate::infer_responses(false);
    let api = ApiRouter::new()
        .api_route(
            "/api/register",
            post_with(account::register, |op| describe::<201, wire::Answer<wire::User>>(op, "register", "邮箱注册")),
        )
        .api_route(
            "/api/send-verification-code",
            post_with(account::send_verification_code, |op| describe::<200, wire::Sent>(op, "send_verification_code", "发送验证码")),
        )
        .api_route("/api/verify-code", post_with(account::verify_code, |op| describe::<200, wire::Done>(op, "verify_code", "验证验证码")))
        .api_route(
            "/api/users/{user_id}",
            get_with(account::user, |op| {
                docs::path_number(describe::<200, wire::Profile>(op, "get_user", "获取用户信息"), "user_id", "用户 ID")
            }),
        );
    let mut open = docs::head(
        "mail",
        "邮箱验证码注册与用户信息。时间不带时区，精确到秒。\n\nRegistration with a code sent to a mailbox, and profiles.",
        &[("mail", "邮箱注册")],
    );
    let router = api.finish_api(&mut open);
    // Told by the listener, together with what its other surfaces say.
    let told = ApiRouter::<App>::new()
        .api_route(http::HEALTH, get_with(async || (), |op| describe::<200, wire::Health>(op, "mail_health", "健康检查")));
    drop(told.finish_api(&mut open));
    (router, open)
}

fn describe<'t, const STATUS: u16, T: serde::Serialize + schemars::JsonSchema>(
    op: TransformOperation<'t>,
    id: &str,
    summary: &str,
) -> TransformOperation<'t> {
    docs::describe::<STATUS, T, wire::Failure>(op, id, "mail", summary)
}

/// What this document says of health, whatever else stands on the listener.
fn health(_database: bool) -> Vec<(&'static str, &'static str)> {
    vec![("status", "healthy"), ("message", "服务运行正常")]
}

/// The surface as the configuration names it.
pub const SURFACE: Surface = Surface {
    name: "mail",
    companions: &[],
    docs: Some(Paths::USUAL),
    areas: &[("/api/users", Area::Account)],
    build: || {
        let options = SurfaceOptions { health: Some(health), ..SurfaceOptions::default() };
        Mounted::documented::<Words>(&["/api/"], api()).with(options)
    },
};
