//! The surface of `003-campus`: courses studied as tasks that one can start, pause, resume and watch; users and administration.
//!
//! Where it departs from its document, or says more than it: token answers carry `user`; tasks carry every name that front ends read
//! (`course_name`, `started_at`, `result` and others) beside the published ones; `task_update` carries its fields at two depths, since
//! published readers look for `data.progress` and the original front end for `data.data.progress`; errors are `{"detail": string}`, with
//! `errors` for programs; nothing here answers quizzes or claims that something was watched.

mod account;
mod admin;
mod routes;
mod socket;
mod study;
mod system;
mod user;
mod wire;

use aide::operation::OperationInput;
use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use domain::{
    id::{AccountId, TaskId},
    problem::Problem,
    refusal::{Noun, Refusal},
    window::Rule,
};
use engine::api_key::Area;
use engine::{Error, runtime_settings};

use crate::{
    docs::Paths,
    http::{self, App, Dialect, ErrorResponse, Mounted, RequestError, Surface, SurfaceOptions},
};

config::section! {
    /// The campus surface.
    pub Settings {
        /// Sign-ins a minute of one network.
        logins_per_minute: config::Count<1> = 5,
        /// Registrations an hour of one network.
        registrations_per_hour: config::Count<1> = 3,
        /// Password resets an hour of one network: links that are asked for, and links that are no good.
        resets_per_hour: config::Count<1> = 3,
        /// Requests a minute of one account; of one network without a token.
        requests_per_minute: config::Count<1> = 200,
    }
}

/// The words of this surface.
pub(crate) struct Words;

type Refusing = ErrorResponse<Words>;
type Body<T> = http::Body<T, Words>;
type Form<T> = http::Form<T, Words>;
type Caller = http::Caller<Words>;

/// What this document words otherwise on one route than elsewhere.
fn custom(status: StatusCode, text: impl Into<std::borrow::Cow<'static, str>>) -> RequestError {
    RequestError::Custom { status, text: text.into() }
}

fn bad(text: impl Into<std::borrow::Cow<'static, str>>) -> RequestError {
    custom(StatusCode::BAD_REQUEST, text)
}

impl Dialect for Words {
    fn refuse(wrong: &RequestError) -> Response {
        let (status, detail) = worded(wrong);
        let retry_after = match wrong {
            RequestError::Engine(Error::Refused(Refusal::TooOften(limit) | Refusal::SentTooOften(limit))) => Some(limit.retry_after_s),
            _ => None,
        };
        let (error, detail) = match status {
            StatusCode::TOO_MANY_REQUESTS => (Some("请求过于频繁"), detail),
            StatusCode::INTERNAL_SERVER_ERROR => {
                (Some("服务器内部错误"), format!("请稍后重试；如果问题持续，请把请求编号 {} 告诉管理员", http::request_id()))
            }
            _ => (None, detail),
        };
        let mut answer = http::json(status, &wire::Failure { detail, error, retry_after, errors: errors(wrong) });
        if status == StatusCode::UNAUTHORIZED {
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        http::retry_after(answer.headers_mut(), wrong);
        answer
    }

    fn token(headers: &HeaderMap) -> Result<&str, RequestError> {
        http::bearer(headers).filter(|token| !token.is_empty()).ok_or(custom(StatusCode::UNAUTHORIZED, "Not authenticated"))
    }
}

/// Which fields are wrong, for programs.
fn errors(wrong: &RequestError) -> Option<Vec<http::FieldError>> {
    match wrong {
        RequestError::Engine(Error::Refused(Refusal::Invalid { field, problem })) => {
            Some(vec![http::FieldError { field: wire::field(field).to_owned(), problem: problem.to_string() }])
        }
        other => http::errors(other),
    }
}

fn worded(wrong: &RequestError) -> (StatusCode, String) {
    let reply = |status, text: &str| (status, text.to_owned());
    match wrong {
        RequestError::Engine(Error::Refused(refusal)) => refused(refusal).unwrap_or_else(|| http::usual(wrong)),
        RequestError::Body { field, problem } if field == "." => (StatusCode::BAD_REQUEST, format!("请求体无效: {}", whole(problem))),
        RequestError::Body { field, problem } => (StatusCode::BAD_REQUEST, format!("参数 {field} 无效: {problem}")),
        RequestError::NoRoute => reply(StatusCode::NOT_FOUND, "Not Found"),
        RequestError::NoMethod => reply(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"),
        _ => http::usual(wrong),
    }
}

/// What is wrong with a whole body, as far as it has a word of its own.
fn whole(problem: &str) -> &str {
    match problem {
        "the body is not JSON" => "不是有效的JSON",
        "the body must be a JSON object" => "必须是JSON对象",
        "the body is not UTF-8" => "不是UTF-8文本",
        "the body is nested too deeply" => "嵌套过深",
        "a key stands twice" | "a field stands twice" => "字段重复",
        "the content type must be application/json" => "Content-Type 必须是 application/json",
        "the content type must be application/json or application/x-www-form-urlencoded" => "Content-Type 必须是 JSON 或表单",
        other => other,
    }
}

/// Where this document words a refusal itself.
fn refused(refusal: &Refusal) -> Option<(StatusCode, String)> {
    let bad = |text: &str| Some((StatusCode::BAD_REQUEST, text.to_owned()));
    match refusal {
        Refusal::Unauthorized | Refusal::SessionEnded => Some((StatusCode::UNAUTHORIZED, "无法验证凭据".to_owned())),
        Refusal::WrongCredentials => Some((StatusCode::UNAUTHORIZED, "用户名/邮箱或密码错误".to_owned())),
        Refusal::Deactivated => Some((StatusCode::FORBIDDEN, "用户账号已被禁用".to_owned())),
        Refusal::Forbidden => Some((StatusCode::FORBIDDEN, "需要管理员权限".to_owned())),
        Refusal::Taken { field: "email" } => bad("邮箱已被注册"),
        Refusal::Taken { .. } => bad("用户名已存在"),
        Refusal::Undeliverable => Some((StatusCode::SERVICE_UNAVAILABLE, "邮件服务未启用".to_owned())),
        Refusal::OwnAccount => bad("不能对自己的账号执行此操作"),
        Refusal::Stale => bad("数据已被修改，请刷新后重试"),
        Refusal::KeyReused => bad("该 Idempotency-Key 已用于另一个请求"),
        Refusal::Unaffordable { .. } => bad("余额不足"),
        Refusal::TooManyTasks(most) => bad(&format!("同时运行的任务数已达上限({most})")),
        Refusal::Invalid { field, problem } => {
            let text = invalid(field, problem).unwrap_or_else(|| http::invalid(wire::field(field), problem));
            bad(&text)
        }
        _ => None,
    }
}

/// Where this document's readers want another text for a value than the usual one.
fn invalid(field: &str, problem: &Problem) -> Option<String> {
    let reply = |text: &str| Some(text.to_owned());
    match (field, problem) {
        ("username", Problem::Missing) => reply("用户名不能为空"),
        ("username", Problem::TooShort(_) | Problem::Malformed) => {
            reply("用户名必须为3-80个字符，且只能使用不易混淆的字母、数字和 . _ - '")
        }
        ("email" | "to_email", Problem::Missing) => reply("邮箱不能为空"),
        ("email" | "to_email", _) => reply("邮箱格式不正确"),
        ("new_password", Problem::TooShort(least)) => Some(format!("新密码长度至少{least}个字符")),
        ("password", Problem::TooShort(least)) => Some(format!("密码长度至少{least}个字符")),
        ("password" | "new_password", Problem::TooLong(most)) => Some(format!("密码过长，最多{most}字节")),
        ("password" | "new_password", Problem::TooCommon) => reply("密码过于常见，请换一个"),
        ("password" | "new_password", Problem::Malformed) => reply("密码包含无效字符"),
        ("name", Problem::Missing) => reply("任务名称不能为空"),
        ("name", _) => reply("任务名称必须为1-200个字符，且不能包含换行等控制字符"),
        ("campus_username", Problem::TooLong(most)) => Some(format!("cx_username 最多 {most} 个字符")),
        ("campus_username", _) => reply("cx_username 包含无效字符"),
        ("speed", _) => reply("speed 必须是 1.0 到 2.0 之间的数"),
        ("not_open", _) => reply("notopen_action 必须是 retry、continue 或 ask"),
        ("mail_server", Problem::Because(why)) => Some(format!("邮件服务器设置无效: {why}")),
        ("course_ids", Problem::TooLong(most)) => Some(format!("课程数量不能超过{most}")),
        ("course_ids", _) => reply("课程ID无效：必须是字符串列表，每项为1-64个字母、数字、_ 或 -"),
        _ => None,
    }
}

/// An administrator who is calling.
type Administrator = http::Administrator<Caller>;

/// The whole number that a path ends in; none for one that no row has.
struct Number(Option<i64>);

impl FromRequestParts<App> for Number {
    type Rejection = Refusing;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        let text = path.map(|path| path.0).unwrap_or_default();
        let digits = text.strip_prefix('-').unwrap_or(&text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad("路径中的ID必须是整数").into());
        }
        Ok(Self(text.parse().ok().filter(|number| *number > 0)))
    }
}

impl OperationInput for Number {}

impl Number {
    fn task(self) -> Result<TaskId, Refusal> {
        self.0.map(TaskId).ok_or(Refusal::NotFound(Noun::Task))
    }

    fn account(self) -> Result<AccountId, Refusal> {
        self.0.map(AccountId).ok_or(Refusal::NotFound(Noun::Account))
    }
}

/// A page of a list, as this document asks for one, within what administrators allow.
fn page(app: &App, values: &http::Values) -> Result<http::Page, RequestError> {
    let most = runtime_settings::number(&app.engine, runtime_settings::Number::MaxPageSize);
    let page = http::Page::sized(values, "page", "page_size", runtime_settings::number(&app.engine, runtime_settings::Number::PageSize))?;
    Ok(http::Page { size: page.size.min(most), ..page })
}

fn requests(settings: &crate::Settings) -> Rule {
    Rule::minutely(settings.campus.requests_per_minute.allowed())
}

fn health(database: bool) -> Vec<(&'static str, &'static str)> {
    let word = |good, otherwise| if database { good } else { otherwise };
    vec![("status", word("healthy", http::ILL)), ("database", word("connected", "disconnected"))]
}

/// The surface as the configuration names it.
pub const SURFACE: Surface = Surface {
    name: "campus",
    companions: &["sandbox"],
    docs: Some(Paths { openapi: "/api/openapi.json", swagger: "/api/docs", redoc: "/api/redoc" }),
    areas: &[
        ("/api/auth/me", Area::Account),
        ("/api/user/profile", Area::Account),
        ("/api/users", Area::Tasks),
        ("/api/tasks", Area::Tasks),
        ("/api/courses", Area::Tasks),
        ("/ws/connect", Area::Tasks),
        ("/api/ws/connect", Area::Tasks),
        ("/api/admin/users", Area::Users),
        ("/api/admin/logs", Area::Users),
        ("/api/admin/tasks", Area::Tasks),
        ("/api/admin/recover-tasks", Area::Tasks),
        ("/api/admin/statistics", Area::Settings),
        ("/api/system-config", Area::Settings),
        ("/api/migration", Area::Settings),
    ],
    build: || {
        Mounted::documented::<Words>(&["/api", "/api/", "/ws/connect"], routes::api())
            .socket("/ws/connect", axum::routing::get(socket::connect))
            .socket("/api/ws/connect", axum::routing::get(socket::connect))
            .with(SurfaceOptions { requests: Some(requests), health: Some(health), slashes: true, ..SurfaceOptions::default() })
    },
};
