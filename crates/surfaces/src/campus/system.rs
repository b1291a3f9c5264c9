//! What administrators may set while the server runs: the mail server and a few numbers.

use axum::{Json, extract::State};
use domain::{delivery::Channel, refusal::Refusal, verification::Purpose};
use engine::{
    Error,
    letter::{self, Language},
    option::{self, MailChange, Number, Security},
};

use super::{Administrator, Body, Refusing, bad, said, wire};
use crate::speak::{App, Reads, Whence, Wrong, malformed};

pub(super) async fn smtp(State(app): State<App>, caller: Administrator) -> Result<Json<wire::Smtp>, Refusing> {
    let (server, secret) = option::mail_server(&app.engine, &caller.0)?;
    Ok(wire::Smtp::of(&server, secret))
}

pub(super) async fn set_smtp(
    State(app): State<App>,
    caller: Administrator,
    whence: Whence,
    body: Body<wire::SmtpUpdate>,
) -> Result<Json<wire::Smtp>, Refusing> {
    let fields = body.0;
    let change = MailChange {
        host: fields.smtp_host.optional("mail_host")?,
        port: fields.smtp_port.optional("mail_port")?,
        username: fields.smtp_username.optional("mail_username")?,
        password: fields.smtp_password.optional("smtp_password")?.filter(|text| !text.is_empty() && text != wire::MASK),
        from: fields.smtp_from.optional("mail_from")?,
        security: match fields.smtp_security.optional("smtp_security")?.as_deref() {
            None => None,
            Some("starttls") => Some(Security::Starttls),
            Some("tls") => Some(Security::Tls),
            Some("none") => Some(Security::None),
            Some(_) => return Err(malformed("smtp_security").into()),
        },
        enabled: fields.enabled.optional("enabled")?,
    };
    let set = option::set_mail_server(&app.engine, &caller.0, change, whence.0).await;
    let (server, secret) = set.map_err(|error| match error {
        Error::Refused(Refusal::Forbidden) => said(axum::http::StatusCode::FORBIDDEN, "邮件服务器只能在配置文件中设置"),
        other => Wrong::from(other),
    })?;
    Ok(wire::Smtp::of(&server, secret))
}

pub(super) async fn test_smtp(
    State(app): State<App>,
    caller: Administrator,
    body: Body<wire::SmtpTest>,
) -> Result<Json<wire::Done>, Refusing> {
    option::probe_mail(&app.engine, &caller.0, &body.0.to_email.text()).await.map_err(|error| match error {
        Error::Refused(Refusal::Undeliverable) => bad("测试邮件发送失败，请检查邮件服务设置"),
        Error::Refused(Refusal::Invalid { field: "email", problem }) => Refusal::Invalid { field: "to_email", problem }.into(),
        other => Wrong::from(other),
    })?;
    Ok(wire::Done::said("测试邮件已发送"))
}

pub(super) async fn templates(State(app): State<App>, _caller: Administrator, reads: Reads) -> Json<Vec<wire::Template>> {
    let (brand, language) = (&app.engine.settings.brand, reads.0);
    let link = format!("{}/…", app.engine.settings.front_url);
    let code = |purpose| letter::verification(brand, Channel::Mail, purpose, "123456", language);
    let ticket = |purpose| letter::ticket(brand, purpose, &link, language);
    let all = [
        ("register", "注册验证码", "verification code", code(Purpose::Register)),
        ("verify_email", "邮箱验证链接", "link to verify an address", ticket(Purpose::VerifyEmail)),
        ("reset_password", "密码重置链接", "link to reset a password", ticket(Purpose::ResetPassword)),
        ("probe", "测试邮件", "test letter", letter::probe(brand)),
    ];
    let template =
        |(name, chinese, english, letter): (&'static str, &'static str, &'static str, domain::delivery::Letter)| wire::Template {
            name,
            description: if language == Language::Chinese { chinese } else { english },
            subject: letter.subject,
            text: letter.text,
            html: letter.html,
        };
    Json(all.map(template).into())
}

pub(super) async fn params(State(app): State<App>, _caller: Administrator) -> Json<wire::SystemParams> {
    let number = |number| option::number(&app.engine, number);
    Json(wire::SystemParams {
        version: env!("CARGO_PKG_VERSION"),
        public_url: app.engine.settings.public_url.clone(),
        time_zone: app.options.zone.iana_name().unwrap_or("UTC").to_owned(),
        max_concurrent_tasks: number(Number::MaxTasks),
        task_timeout: number(Number::TaskTimeout),
        default_page_size: number(Number::PageSize),
        max_page_size: number(Number::MaxPageSize),
        access_token_expire_minutes: number(Number::TokenMinutes),
    })
}

pub(super) async fn editable(State(app): State<App>, _caller: Administrator) -> Json<Vec<wire::Editable>> {
    Json(wire::Editable::all(&app.engine))
}

pub(super) async fn set_editable(
    State(app): State<App>,
    caller: Administrator,
    whence: Whence,
    body: Body<wire::EditableUpdate>,
) -> Result<Json<wire::Done>, Refusing> {
    let value = body.0.value.given().ok_or(malformed("value"))?;
    option::set(&app.engine, &caller.0, &body.0.key.text(), value, whence.0).await?;
    Ok(wire::Done::said("配置已更新"))
}
