//! What administrators may set while the server runs: the mail server and a few numbers.

use axum::{Json, extract::State};
use domain::{delivery::Channel, problem::Problem, refusal::Refusal, verification::Purpose};
use engine::{
    Error,
    letter::{self, Language},
    mail_server::{self, MailChange},
    runtime_settings::{self, Security},
};

use super::{Administrator, Body, Refusing, bad, custom, wire};
use crate::http::{App, ClientOrigin, PreferredLanguage, RequestError, malformed};

pub(super) async fn smtp(State(app): State<App>, caller: Administrator) -> Result<Json<wire::Smtp>, Refusing> {
    let (server, secret) = mail_server::get(&app.engine, &caller.0)?;
    Ok(wire::Smtp::of(&server, secret))
}

pub(super) async fn set_smtp(
    State(app): State<App>,
    caller: Administrator,
    whence: ClientOrigin,
    body: Body<wire::SmtpUpdate>,
) -> Result<Json<wire::Smtp>, Refusing> {
    let fields = body.0;
    let port = fields.smtp_port.optional("mail_port")?;
    let (name, address) = (fields.smtp_from_name.optional("mail_from")?, fields.smtp_from_email.optional("mail_from")?);
    let (known, _) = mail_server::get(&app.engine, &caller.0)?;
    let sender = wire::sender(&known.from);
    let from = match (name, address) {
        (None, None) => fields.smtp_from.optional("mail_from")?,
        (name, address) => Some(wire::from(&name.unwrap_or(sender.0), &address.unwrap_or(sender.1))),
    };
    let change = MailChange {
        host: fields.smtp_host.optional("mail_host")?,
        port,
        username: fields.smtp_username.optional("mail_username")?,
        password: fields.smtp_password.optional("smtp_password")?.filter(|text| !text.is_empty() && text != wire::MASK),
        from,
        security: match fields.smtp_security.optional("smtp_security")?.as_deref() {
            // Whoever says only whether means what is known of that port, or else what it is for.
            None => fields.smtp_use_tls.optional("smtp_security")?.map(|secured| match port.unwrap_or(i64::from(known.port)) {
                _ if !secured => Security::None,
                port if port == i64::from(known.port) && known.security != Security::None => known.security,
                465 => Security::Tls,
                _ => Security::Starttls,
            }),
            Some("starttls") => Some(Security::Starttls),
            Some("tls") => Some(Security::Tls),
            Some("none") => Some(Security::None),
            Some(_) => return Err(malformed("smtp_security").into()),
        },
        enabled: fields.smtp_enabled.optional("enabled")?.or(fields.enabled.optional("enabled")?),
    };
    let set = mail_server::set(&app.engine, &caller.0, change, whence.0).await;
    let (server, secret) = set.map_err(|error| match error {
        Error::Refused(Refusal::Forbidden) => custom(axum::http::StatusCode::FORBIDDEN, "邮件服务器只能在配置文件中设置"),
        other => RequestError::from(other),
    })?;
    Ok(wire::Smtp::of(&server, secret))
}

pub(super) async fn test_smtp(
    State(app): State<App>,
    caller: Administrator,
    body: Body<wire::SmtpTest>,
) -> Result<Json<wire::Done>, Refusing> {
    let to = Some(body.0.to_email.text()).filter(|text| !text.trim().is_empty());
    mail_server::probe(&app.engine, &caller.0, to).await.map_err(|error| match error {
        Error::Refused(Refusal::Invalid { field: "email", problem: Problem::Missing }) => bad("管理员账号没有邮箱，请填写 to_email"),
        Error::Refused(Refusal::Undeliverable) => bad("测试邮件发送失败，请检查邮件服务设置"),
        Error::Refused(Refusal::Invalid { field: "email", problem }) => Refusal::Invalid { field: "to_email", problem }.into(),
        other => RequestError::from(other),
    })?;
    Ok(wire::Done::new("测试邮件已发送"))
}

pub(super) async fn templates(State(app): State<App>, _caller: Administrator, reads: PreferredLanguage) -> Json<wire::Templates> {
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
    let template = |(name, chinese, english, letter): (&'static str, &'static str, &'static str, domain::delivery::Letter)| wire::Letter {
        name,
        description: if language == Language::Chinese { chinese } else { english },
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
    };
    Json(wire::Templates { templates: wire::SmtpTemplate::all(), letters: all.map(template).into() })
}

pub(super) async fn params(State(app): State<App>, _caller: Administrator) -> Json<wire::SystemParams> {
    Json(wire::SystemParams::of(&app.engine, &app.options))
}

pub(super) async fn editable(State(app): State<App>, _caller: Administrator) -> Json<wire::Editables> {
    Json(wire::Editables::of(&app.engine))
}

/// Every setting has its default without being written down, so there is nothing to be made.
pub(super) async fn init(_caller: Administrator) -> Json<wire::Done> {
    wire::Done::new("配置已初始化")
}

pub(super) async fn data_place(State(app): State<App>, _caller: Administrator) -> Json<wire::DataPlace> {
    Json(wire::DataPlace::of(&app.options))
}

pub(super) async fn move_status(_caller: Administrator) -> Json<wire::MoveStatus> {
    Json(wire::MoveStatus::default())
}

/// Where the data is kept is the operator's to say, in the configuration; what was sent is not looked at.
pub(super) async fn no_move(_caller: Administrator) -> Refusing {
    bad("数据的存放位置只能在配置文件中设置 (database)，请联系运维人员").into()
}

pub(super) async fn set_editable(
    State(app): State<App>,
    caller: Administrator,
    whence: ClientOrigin,
    body: Body<wire::EditableUpdate>,
) -> Result<Json<wire::Done>, Refusing> {
    let value = body.0.value.given().ok_or(malformed("value"))?;
    runtime_settings::set(&app.engine, &caller.0, &body.0.key.text(), value, whence.0).await?;
    Ok(wire::Done::new("配置已更新"))
}
