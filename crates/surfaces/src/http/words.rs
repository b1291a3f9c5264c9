//! What the surfaces say in the same words: the ordinary refusals in Chinese, waits, times without a zone, and which language
//! somebody reads.

use aide::operation::OperationInput;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use domain::{
    course::Lack,
    problem::Problem,
    refusal::{Limit, Noun, Refusal},
    time::Timestamp,
};
use engine::{Error, Fault, letter::Language};

use super::RequestError;

/// Status and text of what can be wrong with a request, where a surface's document has no words of its own for it.
#[must_use]
pub fn usual(wrong: &RequestError) -> (StatusCode, String) {
    let reply = |status, text: &str| (status, text.to_owned());
    match wrong {
        RequestError::Engine(Error::Refused(refusal)) => refused(refusal),
        RequestError::Engine(Error::Fault(Fault::Overloaded | Fault::Closed)) => {
            reply(StatusCode::SERVICE_UNAVAILABLE, "服务繁忙，请稍后重试")
        }
        RequestError::Engine(Error::Fault(Fault::Database(_))) => reply(StatusCode::SERVICE_UNAVAILABLE, "服务暂时不可用，请稍后重试"),
        RequestError::Engine(Error::Fault(Fault::Awaited | Fault::Panicked(_) | Fault::Corrupt(_) | Fault::Foreign(_)))
        | RequestError::Panicked => reply(StatusCode::INTERNAL_SERVER_ERROR, "服务器内部错误"),
        RequestError::Custom { status, text } => (*status, text.clone().into_owned()),
        RequestError::Body { .. } => reply(StatusCode::BAD_REQUEST, "请求参数无效"),
        RequestError::Query { field: field @ "Idempotency-Key" } => {
            (StatusCode::BAD_REQUEST, format!("请求头 {field} 须为 1 到 255 个可见字符"))
        }
        RequestError::Query { field } => (StatusCode::BAD_REQUEST, format!("查询参数 {field} 无效")),
        RequestError::TooLarge => reply(StatusCode::PAYLOAD_TOO_LARGE, "请求体过大"),
        RequestError::TooSlow => reply(StatusCode::REQUEST_TIMEOUT, "请求体接收超时"),
        RequestError::Compressed => reply(StatusCode::UNSUPPORTED_MEDIA_TYPE, "不支持压缩的请求体"),
        RequestError::NoRoute => reply(StatusCode::NOT_FOUND, "接口不存在"),
        RequestError::NoMethod => reply(StatusCode::METHOD_NOT_ALLOWED, "请求方法不允许"),
        RequestError::ForeignOrigin => reply(StatusCode::FORBIDDEN, "来源不被允许"),
        RequestError::TooManySockets => reply(StatusCode::TOO_MANY_REQUESTS, "连接数过多"),
        RequestError::NoUpgrade => reply(StatusCode::UPGRADE_REQUIRED, "请使用 WebSocket 连接"),
    }
}

/// What is wrong with one field, for developers.
#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
pub struct FieldError {
    /// Its path in the body, or its name in the query.
    pub field: String,
    /// What is wrong, in English.
    pub problem: String,
}

/// The fields that are wrong, where no text of a document says so.
#[must_use]
pub fn errors(wrong: &RequestError) -> Option<Vec<FieldError>> {
    let error = |field: &str, problem: String| Some(vec![FieldError { field: field.to_owned(), problem }]);
    match wrong {
        RequestError::Body { field, problem } => error(field, problem.clone()),
        RequestError::Query { field } => error(field, "not a value it may have".to_owned()),
        _ => None,
    }
}

fn refused(refusal: &Refusal) -> (StatusCode, String) {
    let reply = |status, text: &str| (status, text.to_owned());
    match refusal {
        Refusal::Unauthorized | Refusal::SessionEnded => reply(StatusCode::UNAUTHORIZED, "未授权，请先登录"),
        // A document that does not tell the two apart must not begin to.
        Refusal::WrongCredentials | Refusal::Deactivated => reply(StatusCode::UNAUTHORIZED, "用户名或密码错误"),
        Refusal::SecondFactor => reply(StatusCode::UNAUTHORIZED, "该账号已启用两步验证，请在密码后接着输入六位动态验证码"),
        Refusal::WrongSecondFactor => reply(StatusCode::UNAUTHORIZED, "动态验证码错误或已使用"),
        Refusal::StaffElsewhere => reply(StatusCode::FORBIDDEN, "管理员请使用统一登录"),
        Refusal::SecondFactorState(_) => reply(StatusCode::CONFLICT, "两步验证的状态不允许此操作"),
        Refusal::StepUp => reply(StatusCode::FORBIDDEN, "请先再次验证身份"),
        Refusal::WrongVerification => reply(StatusCode::BAD_REQUEST, "验证码无效"),
        Refusal::ExpiredVerification => reply(StatusCode::BAD_REQUEST, "验证码已过期，请重新获取"),
        Refusal::UnusableCode => reply(StatusCode::BAD_REQUEST, "兑换码无效或已被使用"),
        Refusal::Undeliverable => reply(StatusCode::SERVICE_UNAVAILABLE, "发送验证码失败，请稍后重试"),
        Refusal::Forbidden => reply(StatusCode::FORBIDDEN, "权限不足"),
        Refusal::KeyScope(Some(scope)) => (StatusCode::FORBIDDEN, format!("此 API 密钥权限不足，需要 {scope}")),
        Refusal::KeyScope(None) => reply(StatusCode::FORBIDDEN, "此操作需要登录，不能使用 API 密钥"),
        Refusal::TooManyKeys(most) => (StatusCode::CONFLICT, format!("有效的 API 密钥已达上限 {most} 个")),
        Refusal::TooManyWebhooks(most) => (StatusCode::CONFLICT, format!("Webhook 接收地址已达上限 {most} 个")),
        Refusal::TooManyBulks(most) => (StatusCode::CONFLICT, format!("进行中的批量操作已达上限 {most} 个")),
        Refusal::BulkEnded => reply(StatusCode::CONFLICT, "批量操作已结束"),
        Refusal::WebhookOff => reply(StatusCode::CONFLICT, "Webhook 接收地址已停用"),
        Refusal::KeySpent => reply(StatusCode::FORBIDDEN, "此 API 密钥今日可用金额已用完"),
        Refusal::NotFound(Noun::Task) => reply(StatusCode::NOT_FOUND, "任务不存在"),
        Refusal::NotFound(Noun::Account) => reply(StatusCode::NOT_FOUND, "用户不存在"),
        Refusal::NotFound(
            Noun::Batch
            | Noun::WorkerToken
            | Noun::Model
            | Noun::Order
            | Noun::Method
            | Noun::Template
            | Noun::Prompt
            | Noun::Key
            | Noun::Session
            | Noun::Queue
            | Noun::Webhook
            | Noun::Delivery
            | Noun::IdentityProvider
            | Noun::Identity
            | Noun::Bulk,
        ) => reply(StatusCode::NOT_FOUND, "资源不存在"),
        Refusal::TooOften(limit) => (StatusCode::TOO_MANY_REQUESTS, format!("操作过于频繁，请等待 {} 后再试", wait(limit))),
        Refusal::SentTooOften(limit) => (StatusCode::TOO_MANY_REQUESTS, format!("发送验证码过于频繁，请等待 {} 后再试", wait(limit))),
        Refusal::Invalid { field, problem } => (StatusCode::BAD_REQUEST, invalid(field, problem)),
        Refusal::Taken { .. } => reply(StatusCode::CONFLICT, "该名称已被使用"),
        Refusal::LeaseLost => reply(StatusCode::CONFLICT, "任务已不由您处理"),
        Refusal::TaskEnded(_) => reply(StatusCode::BAD_REQUEST, "任务已结束"),
        Refusal::TaskUnfinished(_) => reply(StatusCode::NOT_FOUND, "任务尚未完成"),
        Refusal::TaskState(_) => reply(StatusCode::BAD_REQUEST, "任务当前状态不允许此操作"),
        Refusal::TooManyTasks(most) => (StatusCode::BAD_REQUEST, format!("进行中的任务已达上限 {most} 个")),
        Refusal::UnusableTicket => reply(StatusCode::BAD_REQUEST, "链接无效或已过期"),
        Refusal::AlreadyVerified => reply(StatusCode::BAD_REQUEST, "邮箱已验证"),
        Refusal::NoCampus { platform, lack: Lack::Name } => (StatusCode::BAD_REQUEST, format!("请先配置学习平台账号（{platform}）")),
        Refusal::NoCampus { platform, lack: Lack::Secret } => {
            (StatusCode::BAD_REQUEST, format!("请先在配置管理中填写学习平台的账号和密码（{platform}）"))
        }
        Refusal::NoCampus { platform, lack: Lack::Token } => {
            (StatusCode::BAD_REQUEST, format!("请先在配置管理中粘贴学习平台的访问令牌 cx_token（{platform}）"))
        }
        Refusal::CampusRefused { platform, why } => (StatusCode::BAD_REQUEST, format!("登录学习平台失败（{platform}）: {why}")),
        Refusal::Unaffordable { .. } => reply(StatusCode::FORBIDDEN, "余额不足"),
        Refusal::NotOwner | Refusal::OwnAccount => reply(StatusCode::FORBIDDEN, "权限不足"),
        Refusal::Stale => reply(StatusCode::CONFLICT, "数据已被他人修改，请刷新后重试"),
        Refusal::KeyReused => reply(StatusCode::UNPROCESSABLE_ENTITY, "该 Idempotency-Key 已用于另一个请求"),
        Refusal::UnusableModel => reply(StatusCode::BAD_REQUEST, "模型不可用"),
        Refusal::MethodOff => reply(StatusCode::BAD_REQUEST, "支付方式已停用"),
        Refusal::TooManyOrders(_) => reply(StatusCode::TOO_MANY_REQUESTS, "待支付订单过多"),
        Refusal::OrderState(_) => reply(StatusCode::BAD_REQUEST, "订单当前状态不允许此操作"),
        Refusal::UnusablePicture => reply(StatusCode::BAD_REQUEST, "图片无法获取或格式不支持"),
        Refusal::UnknownTemplate(name) => (StatusCode::BAD_REQUEST, format!("未知的模板 {name}")),
        Refusal::Upstream => reply(StatusCode::BAD_GATEWAY, "上游服务异常，请稍后重试"),
        Refusal::Unavailable { .. } => reply(StatusCode::SERVICE_UNAVAILABLE, "服务暂不可用"),
    }
}

/// What is wrong with a value, by the field's name on the wire.
#[must_use]
pub fn invalid(field: &str, problem: &Problem) -> String {
    match problem {
        Problem::Missing => format!("{field} 不能为空"),
        Problem::TooLong(most) => format!("{field} 过长，最多 {most} 字节"),
        Problem::TooShort(least) => format!("{field} 过短，至少 {least} 个字符"),
        Problem::Malformed => format!("{field} 无效"),
        Problem::Because(wrong) => wrong.clone(),
        Problem::Unspoken { chinese, .. } => chinese.clone(),
        Problem::TooCommon => format!("{field} 过于常见，请换一个"),
        Problem::OutOfBounds { least, most } => format!("{field} 必须是 {least} 到 {most} 的整数"),
    }
}

/// A wait as people read it: `30秒`, and from a minute on `1分5秒`.
#[must_use]
pub(super) fn wait(limit: &Limit) -> String {
    match limit.retry_after_s {
        seconds @ 0..60 => format!("{seconds}秒"),
        seconds => format!("{}分{}秒", seconds / 60, seconds % 60),
    }
}

/// Digits of a second that a document writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fraction {
    /// `2024-01-01T00:00:00`.
    None,
    /// `2024-01-01T00:00:00.000000`.
    Micros,
}

/// What a zone is called: its name, or how far it is from UTC now where it has none.
#[must_use]
pub fn zone_name(zone: &jiff::tz::TimeZone, now: Timestamp) -> String {
    let offset = || zone.to_offset(jiff::Timestamp::from_microsecond(now.0).unwrap_or_default()).to_string();
    zone.iana_name().map_or_else(offset, str::to_owned)
}

/// A time as documents without zones write it, in the operator's zone.
#[must_use]
pub fn local_time(zone: &jiff::tz::TimeZone, at: Timestamp, fraction: Fraction) -> String {
    let at = jiff::Timestamp::from_microsecond(at.0).unwrap_or_default().to_zoned(zone.clone());
    match fraction {
        Fraction::None => at.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        Fraction::Micros => at.strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string(),
    }
}

/// The language somebody reads: English where they ask for it first, else Chinese, as the documents speak it.
#[derive(Debug, Clone, Copy)]
pub struct PreferredLanguage(pub Language);

/// The language that a request's headers ask for.
#[must_use]
pub fn preferred_language(headers: &HeaderMap) -> Language {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let english = wanted.trim().get(..2).is_some_and(|first| first.eq_ignore_ascii_case("en"));
    if english { Language::English } else { Language::Chinese }
}

impl<S: Send + Sync> FromRequestParts<S> for PreferredLanguage {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(preferred_language(&parts.headers)))
    }
}

impl OperationInput for PreferredLanguage {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_written_as_people_read_it() {
        let of = |retry_after_s| wait(&Limit { allowed: 1, remaining: 0, retry_after_s, resets_at_s: 0 });
        assert_eq!([of(1), of(59), of(60), of(125)], ["1秒", "59秒", "1分0秒", "2分5秒"]);
    }

    #[test]
    fn times_without_a_zone_are_in_the_operators() {
        let at = Timestamp(1_747_715_400_000_000);
        let utc = jiff::tz::TimeZone::UTC;
        assert_eq!(local_time(&utc, at, Fraction::Micros), "2025-05-20T04:30:00.000000");
        assert_eq!(local_time(&utc, Timestamp(at.0 + 7), Fraction::Micros), "2025-05-20T04:30:00.000007");
        let shanghai = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
        assert_eq!(local_time(&shanghai, at, Fraction::None), "2025-05-20T12:30:00");
    }
}
