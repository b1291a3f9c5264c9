//! What is wrong, as RFC 9457 has it: a code for programs, words for people.

use axum::http::StatusCode;
use domain::{
    problem::Problem as Fault,
    refusal::{Noun, Refusal},
};
use engine::{Error, letter::Language};
use schemars::JsonSchema;
use serde::Serialize;

use crate::http::{self, RequestError};

/// A problem: `application/problem+json`.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Problem {
    /// Where the code is explained: the surface's own pages.
    #[serde(rename = "type")]
    kind: String,
    /// The status of the answer.
    status: u16,
    /// A stable word for programs.
    code: &'static str,
    /// What the code means, for people.
    title: &'static str,
    /// What is wrong with this very request, where there is more to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    errors: Vec<FieldProblem>,
    /// The id of the request, as the log has it.
    request_id: String,
}

/// What is wrong with one field.
#[derive(Debug, Serialize, JsonSchema)]
struct FieldProblem {
    /// Where it is: a JSON pointer into the body, or the name of a value of the query.
    pointer: String,
    /// A stable word for programs.
    code: &'static str,
    /// What is wrong, for people.
    detail: String,
}

impl Problem {
    /// The problem that an error is, in a language.
    pub(super) fn of(wrong: &RequestError, language: Language) -> Self {
        let (status, code, chinese, english) = wording(wrong);
        Self {
            kind: format!("/gongfang/v1/docs#{code}"),
            status: status.as_u16(),
            code,
            title: match language {
                Language::Chinese => chinese,
                Language::English => english,
            },
            detail: detail(wrong),
            errors: errors(wrong),
            request_id: http::request_id(),
        }
    }

    /// Its status.
    pub(super) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Status, code, and the title in Chinese and English.
type Wording = (StatusCode, &'static str, &'static str, &'static str);

fn wording(wrong: &RequestError) -> Wording {
    match wrong {
        RequestError::Engine(Error::Refused(refusal)) => refused(refusal),
        RequestError::Engine(Error::Fault(_)) => {
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "服务暂时不可用，请稍后重试", "The service is not available, try again later")
        }
        RequestError::Custom { status, .. } => (*status, "refused", "请求被拒绝", "The request was refused"),
        RequestError::Body { .. } => (StatusCode::BAD_REQUEST, "invalid_body", "请求体无效", "The body is not valid"),
        RequestError::Query { .. } => (StatusCode::BAD_REQUEST, "invalid_query", "查询参数无效", "A value of the query is not valid"),
        RequestError::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "请求体过大", "The body is too large"),
        RequestError::TooSlow => (StatusCode::REQUEST_TIMEOUT, "body_too_slow", "请求体接收超时", "The body did not arrive in time"),
        RequestError::Compressed => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "body_compressed", "不支持压缩的请求体", "Compressed bodies are not accepted")
        }
        RequestError::NoRoute => (StatusCode::NOT_FOUND, "no_such_route", "接口不存在", "There is no such route"),
        RequestError::NoMethod => {
            (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "请求方法不允许", "The route does not know this method")
        }
        RequestError::ForeignOrigin => (StatusCode::FORBIDDEN, "foreign_origin", "来源不被允许", "Pages of this origin may not call"),
        RequestError::TooManySockets => (StatusCode::TOO_MANY_REQUESTS, "too_many_streams", "连接数过多", "Too many streams are open"),
        RequestError::NoUpgrade => (StatusCode::UPGRADE_REQUIRED, "upgrade_required", "请使用 WebSocket 连接", "Connect with a WebSocket"),
        RequestError::Panicked => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "服务器内部错误", "Something broke in the server"),
    }
}

fn refused(refusal: &Refusal) -> Wording {
    const BAD: StatusCode = StatusCode::BAD_REQUEST;
    const CONFLICT: StatusCode = StatusCode::CONFLICT;
    const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;
    const UNAUTHORIZED: StatusCode = StatusCode::UNAUTHORIZED;
    match refusal {
        Refusal::Unauthorized => (UNAUTHORIZED, "unauthorized", "请先登录", "Sign in first"),
        Refusal::SessionEnded => (UNAUTHORIZED, "session_ended", "登录已失效，请重新登录", "The session has ended, sign in again"),
        Refusal::WrongCredentials => (UNAUTHORIZED, "wrong_credentials", "用户名或密码错误", "Wrong user name or password"),
        Refusal::SecondFactor => (UNAUTHORIZED, "totp_required", "请输入动态验证码", "Enter a code of your authenticator"),
        Refusal::WrongSecondFactor => {
            (UNAUTHORIZED, "wrong_totp", "动态验证码错误或已使用", "The code of the authenticator is wrong or used")
        }
        Refusal::StaffElsewhere => {
            (FORBIDDEN, "staff_elsewhere", "管理员请使用统一登录", "Administrators sign in by the identity provider")
        }
        Refusal::SecondFactorState(true) => (CONFLICT, "second_factor_on", "两步验证已启用", "The second factor is on already"),
        Refusal::SecondFactorState(false) => (CONFLICT, "second_factor_off", "尚未设置两步验证", "There is no second factor"),
        Refusal::StepUp => (FORBIDDEN, "step_up_required", "请先再次验证身份", "Prove again who you are first"),
        Refusal::Deactivated => (FORBIDDEN, "account_deactivated", "账号已停用", "The account is deactivated"),
        Refusal::WrongVerification => (BAD, "wrong_verification_code", "验证码错误", "The verification code is wrong"),
        Refusal::ExpiredVerification => (BAD, "verification_code_expired", "验证码已过期", "The verification code has expired"),
        Refusal::UnusableCode => (BAD, "code_unusable", "兑换码无效或已被使用", "The redemption code cannot be redeemed"),
        Refusal::Undeliverable => {
            (StatusCode::SERVICE_UNAVAILABLE, "undeliverable", "消息发送失败，请稍后重试", "The message could not be sent")
        }
        Refusal::Forbidden => (FORBIDDEN, "forbidden", "权限不足", "You may not do this"),
        Refusal::NotOwner => (FORBIDDEN, "not_owner", "只有任务的所有者可以执行此操作", "Only the owner of the task may do this"),
        Refusal::OwnAccount => (FORBIDDEN, "own_account", "不能对自己的账号执行此操作", "Not to your own account"),
        Refusal::KeyScope(_) => (FORBIDDEN, "key_scope", "此 API 密钥不能执行此操作", "This key may not do this"),
        Refusal::TooManyKeys(_) => (CONFLICT, "too_many_keys", "有效的 API 密钥过多", "Too many keys are good"),
        Refusal::KeySpent => (FORBIDDEN, "key_spent", "此 API 密钥今日可用金额已用完", "This key has spent what it may in a day"),
        Refusal::TooManyWebhooks(_) => (CONFLICT, "too_many_webhooks", "Webhook 接收地址过多", "There are too many endpoints"),
        Refusal::TooManyBulks(_) => (CONFLICT, "too_many_bulks", "进行中的批量操作过多", "Too many bulk actions are going on"),
        Refusal::BulkEnded => (CONFLICT, "bulk_ended", "批量操作已结束", "The bulk action has ended"),
        Refusal::WebhookOff => (CONFLICT, "webhook_off", "Webhook 接收地址已停用", "The endpoint is off, switch it on first"),
        Refusal::NotFound(noun) => missing(*noun),
        Refusal::TooOften(_) => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "操作过于频繁", "Too many requests"),
        Refusal::SentTooOften(_) => (StatusCode::TOO_MANY_REQUESTS, "too_many_messages", "发送过于频繁", "Too many messages"),
        Refusal::Invalid { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "参数无效", "A value is not valid"),
        Refusal::Taken { .. } => (CONFLICT, "taken", "该名称已被使用", "The name is taken"),
        Refusal::LeaseLost => (CONFLICT, "lease_lost", "任务已不由您处理", "The task is no longer yours, stop working on it"),
        Refusal::TaskEnded(_) => (CONFLICT, "task_ended", "任务已结束", "The task has ended"),
        Refusal::TaskUnfinished(_) => (CONFLICT, "task_unfinished", "任务尚未完成", "The task has no result yet"),
        Refusal::TaskState(_) => (CONFLICT, "task_state", "任务当前状态不允许此操作", "The task is not in a state for this"),
        Refusal::TooManyTasks(_) => (CONFLICT, "too_many_tasks", "进行中的任务已达上限", "Too many tasks are going on"),
        Refusal::UnusableTicket => (BAD, "link_unusable", "链接无效或已过期", "The link cannot be used"),
        Refusal::AlreadyVerified => (CONFLICT, "already_verified", "已经验证过", "It is verified already"),
        Refusal::NoCampus { .. } => {
            (BAD, "platform_account_missing", "请先配置学习平台账号", "Name your account at the learning platform first")
        }
        Refusal::CampusRefused { .. } => (BAD, "platform_refused", "登录学习平台失败", "The learning platform refused the account"),
        Refusal::Unaffordable { .. } => (StatusCode::PAYMENT_REQUIRED, "insufficient_balance", "余额不足", "The balance is too low"),
        Refusal::Stale => {
            (StatusCode::PRECONDITION_FAILED, "stale", "数据已被他人修改，请刷新后重试", "Somebody else changed it meanwhile")
        }
        Refusal::KeyReused => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            "该 Idempotency-Key 已用于另一个请求",
            "The key was used for another request",
        ),
        Refusal::UnusableModel => (BAD, "model_unusable", "模型不可用", "The model cannot be used"),
        Refusal::MethodOff => (BAD, "payment_method_off", "支付方式已停用", "The payment method is off"),
        Refusal::TooManyOrders(_) => {
            (StatusCode::TOO_MANY_REQUESTS, "too_many_orders", "待支付订单过多", "Too many orders wait to be paid")
        }
        Refusal::OrderState(_) => (CONFLICT, "order_state", "订单当前状态不允许此操作", "The order is not in a state for this"),
        Refusal::UnusablePicture => (BAD, "picture_unusable", "图片无法获取或格式不支持", "The picture cannot be had or read"),
        Refusal::UnknownTemplate(_) => (BAD, "template_unknown", "未知的模板", "There is no such template"),
        Refusal::Upstream => (StatusCode::BAD_GATEWAY, "upstream", "上游服务异常，请稍后重试", "A provider failed, try again later"),
        Refusal::Unavailable { .. } => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "服务暂不可用", "The service is not available"),
    }
}

fn missing(noun: Noun) -> Wording {
    let (code, chinese, english) = match noun {
        Noun::Account => ("account_not_found", "用户不存在", "There is no such account"),
        Noun::Task => ("task_not_found", "任务不存在", "There is no such task"),
        Noun::Batch => ("batch_not_found", "批次不存在", "There is no such batch"),
        Noun::WorkerToken => ("worker_token_not_found", "令牌不存在", "There is no such worker token"),
        Noun::Model => ("model_not_found", "模型不存在", "There is no such model"),
        Noun::Order => ("order_not_found", "订单不存在", "There is no such order"),
        Noun::Method => ("payment_method_not_found", "支付方式不存在", "There is no such payment method"),
        Noun::Key => ("key_not_found", "密钥不存在", "There is no such key"),
        Noun::Template => ("template_not_found", "模板不存在", "There is no such template"),
        Noun::Webhook => ("webhook_not_found", "Webhook 接收地址不存在", "There is no such endpoint"),
        Noun::Delivery => ("delivery_not_found", "投递记录不存在", "There is no such delivery"),
        Noun::Prompt => ("prompt_not_found", "提示词不存在", "There is no such prompt"),
        Noun::Session => ("session_not_found", "登录会话不存在", "There is no such session"),
        Noun::IdentityProvider => ("identity_provider_not_found", "未配置统一登录", "There is no identity provider"),
        Noun::Bulk => ("bulk_not_found", "批量操作不存在", "There is no such bulk action"),
        Noun::Identity => ("identity_not_found", "登录身份不存在", "There is no such identity"),
        Noun::Queue => ("queue_not_found", "没有此类任务", "There is no such queue"),
    };
    (StatusCode::NOT_FOUND, code, chinese, english)
}

/// What the title does not say.
fn detail(wrong: &RequestError) -> Option<String> {
    match wrong {
        RequestError::Engine(Error::Refused(refusal)) => match refusal {
            Refusal::TooOften(_)
            | Refusal::SentTooOften(_)
            | Refusal::TaskState(_)
            | Refusal::TaskEnded(_)
            | Refusal::TaskUnfinished(_)
            | Refusal::TooManyTasks(_)
            | Refusal::TooManyOrders(_)
            | Refusal::OrderState(_)
            | Refusal::UnknownTemplate(_)
            | Refusal::KeyScope(_)
            | Refusal::TooManyKeys(_)
            | Refusal::TooManyBulks(_)
            | Refusal::TooManyWebhooks(_) => Some(refusal.to_string()),
            Refusal::CampusRefused { platform, why } => Some(format!("{platform}: {why}")),
            _ => None,
        },
        RequestError::Custom { text, .. } => Some(text.clone().into_owned()),
        _ => None,
    }
}

fn errors(wrong: &RequestError) -> Vec<FieldProblem> {
    let one = |pointer: String, code, detail: String| vec![FieldProblem { pointer, code, detail }];
    match wrong {
        RequestError::Body { field, problem } if field == "." => one(String::new(), "malformed", problem.clone()),
        RequestError::Body { field, problem } => one(format!("/{}", field.replace('.', "/")), "malformed", problem.clone()),
        RequestError::Query { field } => one((*field).to_owned(), "malformed", "not a value it may have".to_owned()),
        RequestError::Engine(Error::Refused(Refusal::Invalid { field, problem })) => {
            one(format!("/{field}"), word(problem), problem.to_string())
        }
        RequestError::Engine(Error::Refused(Refusal::Taken { field })) => one(format!("/{field}"), "taken", "taken".to_owned()),
        _ => Vec::new(),
    }
}

fn word(problem: &Fault) -> &'static str {
    match problem {
        Fault::Missing => "missing",
        Fault::TooLong(_) => "too_long",
        Fault::TooShort(_) => "too_short",
        Fault::Malformed | Fault::Because(_) => "malformed",
        Fault::OutOfBounds { .. } => "out_of_bounds",
        Fault::Unspoken { .. } => "unspoken",
        Fault::TooCommon => "too_common",
    }
}
