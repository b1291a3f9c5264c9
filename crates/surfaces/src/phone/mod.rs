//! The surface of `000-phone`: sign-in by a code sent to a phone, redemption codes, and tasks that an outside worker reports on.
//!
//! Where it says more than its document: `失败` and `已取消` beside the three published states; a task may carry `params` for its
//! worker; a worker token lists everybody's open tasks; refusals that the document does not list (404, 405, 413, 415, 429, 503) are
//! in its envelope too.

mod account;
mod code;
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
use axum::{Router, http::StatusCode, response::Response};
use domain::{problem::Problem, refusal::Refusal};
use engine::Error;
use engine::api_key::Area;

use crate::{
    docs::{self, Paths},
    http::{self, App, Dialect, ErrorResponse, Mounted, RequestError, Surface},
};

config::section! {
    /// The phone surface.
    pub Settings {
        /// Seconds a session lasts.
        session_s: config::Seconds<60> = 86_400,
    }
}

/// The words of this surface.
pub(crate) struct Words;

type Refusing = ErrorResponse<Words>;
type Caller = http::Caller<Words>;
type Body<T> = http::Body<T, Words>;

impl Dialect for Words {
    fn refuse(wrong: &RequestError) -> Response {
        let (status, message) = worded(wrong);
        let mut answer = http::json(status, &wire::Failure { status: "error", message, errors: http::errors(wrong) });
        http::retry_after(answer.headers_mut(), wrong);
        answer
    }
}

fn worded(wrong: &RequestError) -> (StatusCode, String) {
    let RequestError::Engine(Error::Refused(refusal)) = wrong else { return http::usual(wrong) };
    let reply = |status, text: &str| (status, text.to_owned());
    match refusal {
        Refusal::Unauthorized | Refusal::SessionEnded | Refusal::Deactivated | Refusal::WrongCredentials => {
            reply(StatusCode::UNAUTHORIZED, "认证失败，请重新登录")
        }
        // The document has no place for a second code.
        Refusal::SecondFactor => reply(StatusCode::UNAUTHORIZED, "该账号已启用两步验证，无法在此登录"),
        Refusal::WrongVerification | Refusal::ExpiredVerification => reply(StatusCode::BAD_REQUEST, "验证码无效或已过期"),
        Refusal::Unaffordable { .. } => reply(StatusCode::FORBIDDEN, "使用次数不足，请兑换后再试"),
        Refusal::TaskState(_) | Refusal::TaskEnded(_) => reply(StatusCode::BAD_REQUEST, "无效的任务状态"),
        Refusal::Invalid { field: "phone", problem: Problem::Missing } => reply(StatusCode::BAD_REQUEST, "请提供手机号"),
        Refusal::Invalid { field: "phone", .. } => reply(StatusCode::BAD_REQUEST, "手机号格式不正确"),
        Refusal::Invalid { field: "verification_code", .. } => reply(StatusCode::BAD_REQUEST, "请提供手机号和验证码"),
        Refusal::Invalid { field: "code", .. } => reply(StatusCode::BAD_REQUEST, "请提供兑换码"),
        Refusal::Invalid { field: "uses", problem } => (StatusCode::BAD_REQUEST, http::invalid("uses_granted", problem)),
        _ => http::usual(wrong),
    }
}

/// The OpenAPI text of this surface and its routes.
fn api() -> (Router<App>, OpenApi) {
    aide::generate::infer_responses(false);
    let api = ApiRouter::new()
        .api_route(
            "/api/auth/send_code",
            post_with(account::send_code, |op| describe::<wire::Answer<wire::Sent>>(op, "send_code", "auth", "发送验证码")),
        )
        .api_route(
            "/api/auth/login",
            post_with(account::login, |op| describe::<wire::Answer<wire::SignedIn>>(op, "login", "auth", "用户登录/注册")),
        )
        .api_route(
            "/api/auth/user_info",
            get_with(account::user_info, |op| describe::<wire::Answer<wire::User>>(op, "user_info", "auth", "获取用户信息")),
        )
        .api_route(
            "/api/redemption/generate",
            post_with(code::generate, |op| {
                docs::without_body(describe::<wire::Answer<wire::Codes>>(op, "generate_codes", "redemption", "生成兑换码"))
            }),
        )
        .api_route(
            "/api/redemption/redeem",
            post_with(code::redeem, |op| describe::<wire::Answer<wire::Redeemed>>(op, "redeem_code", "redemption", "使用兑换码")),
        )
        .api_route(
            "/api/redemption/history",
            get_with(code::history, |op| describe::<wire::Answer<wire::History>>(op, "redemption_history", "redemption", "获取兑换历史")),
        )
        .api_route(
            "/api/task/create",
            post_with(task::create, |op| {
                docs::without_body(describe::<wire::Answer<wire::Created>>(op, "create_task", "task", "创建任务"))
            }),
        )
        .api_route(
            "/api/task/update_status",
            post_with(task::update_status, |op| describe::<wire::Answer<wire::Updated>>(op, "update_task_status", "task", "更新任务状态")),
        )
        .api_route(
            "/api/task/list",
            get_with(task::list, |op| {
                let op = describe::<wire::Answer<wire::List>>(op, "list_metered_tasks", "task", "获取任务列表");
                docs::query(
                    op,
                    &[
                        ("page", "页码，默认为1", "integer"),
                        ("per_page", "每页数量，默认为10，最多100", "integer"),
                        ("status", "可选，按状态筛选", "string"),
                    ],
                )
            }),
        )
        .api_route(
            "/api/task/detail/{task_id}",
            get_with(task::detail, |op| {
                docs::path_number(describe::<wire::Answer<wire::Detail>>(op, "task_detail", "task", "获取任务详情"), "task_id", "任务 ID")
            }),
        )
        .api_route("/health", get_with(health, |op| describe::<wire::Health>(op, "health", "health", "健康检查")));
    let mut open = docs::head(
        "phone",
        "手机验证码登录、兑换码与按次计费任务。时间不带时区，保留六位小数。\n\n\
                 Sign-in by a code sent to a phone, redemption codes, and tasks paid by the use.",
        &[("auth", "用户认证"), ("redemption", "兑换码"), ("task", "任务管理"), ("health", "健康检查")],
    );
    let router = api.finish_api(&mut open);
    (router, open)
}

fn describe<'t, T: serde::Serialize + schemars::JsonSchema>(
    op: TransformOperation<'t>,
    id: &str,
    tag: &str,
    summary: &str,
) -> TransformOperation<'t> {
    docs::describe::<200, T, wire::Failure>(op, id, tag, summary)
}

async fn health() -> axum::Json<wire::Health> {
    axum::Json(wire::Health { status: "ok" })
}

/// The surface as the configuration names it.
pub const SURFACE: Surface = Surface {
    name: "phone",
    companions: &["media"],
    docs: Some(Paths::USUAL),
    areas: &[
        ("/api/auth/user_info", Area::Account),
        ("/api/redemption", Area::Wallet),
        ("/api/redemption/generate", Area::Codes),
        ("/api/task", Area::Tasks),
    ],
    build: || Mounted::documented::<Words>(&["/api/auth/", "/api/redemption/", "/api/task/", "/health", "/"], api()),
};
