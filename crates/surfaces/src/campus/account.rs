//! Registering, signing in and out, forgotten passwords, proven addresses.

use axum::{Json, extract::State, http::StatusCode};
use domain::{refusal::Refusal, window::Rule};
use engine::{
    Error,
    account::{self, NameRegistration, SessionOptions, SignIn, SignedIn, own},
    limit::{self, Visit},
    runtime_settings, session,
    ticket::Reader,
};

use super::{Body, Caller, Form, Refusing, bad, custom, wire};
use crate::http::{Address, App, ClientOrigin, PreferredLanguage, RequestError};

/// The fewest characters of a user name (docs/surfaces/campus.md).
const LEAST_NAME: usize = 3;

fn token(app: &App, signed_in: SignedIn) -> Json<wire::Token> {
    let user = wire::User::of(&app.options, &signed_in.account);
    Json(wire::Token { access_token: signed_in.token, token_type: "bearer", user })
}

fn session_options(app: &App, address: &Address) -> SessionOptions {
    SessionOptions::new("campus", runtime_settings::session(&app.engine), address.0)
}

fn reader(app: &App, reads: PreferredLanguage) -> Reader {
    Reader { language: reads.0, front_url: app.engine.settings.front_url.clone() }
}

pub(super) async fn register(
    State(app): State<App>,
    address: Address,
    reads: PreferredLanguage,
    body: Body<wire::Register>,
) -> Result<(StatusCode, Json<wire::Token>), Refusing> {
    let request = NameRegistration {
        username: body.0.username.text(),
        least: LEAST_NAME,
        email: Some(body.0.email.text()),
        reader: reader(&app, reads),
        rule: Rule::hourly(app.settings.campus.registrations_per_hour.allowed()),
        password: body.0.password.text(),
        session: session_options(&app, &address),
    };
    Ok((StatusCode::CREATED, token(&app, account::register_by_name(&app.engine, request).await?)))
}

pub(super) async fn login(State(app): State<App>, address: Address, body: Form<wire::Login>) -> Result<Json<wire::Token>, Refusing> {
    let wire::Login { username, password, grant_type } = body.0;
    if grant_type.is_odd() || grant_type.given().is_some_and(|word| word != "password") {
        return Err(bad("grant_type 必须是 password").into());
    }
    let name = username.given().filter(|name| !name.trim().is_empty());
    let password = password.given().filter(|word| !word.is_empty());
    let (Some(name), Some(password)) = (name, password) else { return Err(bad("请填写用户名和密码").into()) };
    // What names nobody is no sign-in.
    limit::visit_under(&app.engine, Visit::SignIn, Rule::minutely(app.settings.campus.logins_per_minute.allowed()), address.0)?;
    let session = session_options(&app, &address);
    let signed_in = account::sign_in(&app.engine, SignIn { name, password, session }).await.map_err(|error| match error {
        Error::Refused(Refusal::Deactivated) => custom(StatusCode::FORBIDDEN, "账号已被禁用"),
        other => other.into(),
    })?;
    Ok(token(&app, signed_in))
}

pub(super) async fn logout(State(app): State<App>, caller: Caller) -> Result<Json<wire::Done>, Refusing> {
    session::end(&app.engine, &caller.0).await?;
    Ok(wire::Done::new("登出成功"))
}

pub(super) async fn me(State(app): State<App>, caller: Caller) -> Result<Json<wire::User>, Refusing> {
    Ok(Json(wire::User::of(&app.options, &own::get(&app.engine, &caller.0).await?)))
}

pub(super) async fn refresh(State(app): State<App>, caller: Caller) -> Result<Json<wire::Token>, Refusing> {
    Ok(token(&app, own::refresh(&app.engine, &caller.0, runtime_settings::session(&app.engine)).await?))
}

pub(super) async fn forgot_password(
    State(app): State<App>,
    address: Address,
    reads: PreferredLanguage,
    body: Body<wire::Email>,
) -> Result<Json<wire::Done>, Refusing> {
    limit::visit_under(&app.engine, Visit::Forgotten, Rule::hourly(app.settings.campus.resets_per_hour.allowed()), address.0)?;
    own::forgot_password(&app.engine, &body.0.email.text(), reader(&app, reads))?;
    Ok(wire::Done::new("如果该邮箱已注册，将收到密码重置邮件"))
}

/// What came of using a link. Only those that are no good are counted, so that nobody is kept from using a good one.
fn ticket(app: &App, address: &Address, used: Result<(), Error>, unusable: &'static str) -> Result<(), RequestError> {
    match used {
        Err(Error::Refused(Refusal::UnusableTicket)) => {
            limit::visit_under(&app.engine, Visit::Ticket, Rule::hourly(app.settings.campus.resets_per_hour.allowed()), address.0)?;
            Err(bad(unusable))
        }
        Err(Error::Refused(Refusal::Invalid { field: "password", problem })) => {
            Err(Refusal::Invalid { field: "new_password", problem }.into())
        }
        other => Ok(other?),
    }
}

pub(super) async fn reset_password(
    State(app): State<App>,
    address: Address,
    whence: ClientOrigin,
    body: Body<wire::Reset>,
) -> Result<Json<wire::Done>, Refusing> {
    let reset = own::reset_password(&app.engine, &body.0.token.text(), body.0.new_password.text(), whence.0).await;
    ticket(&app, &address, reset, "重置令牌无效或已过期")?;
    Ok(wire::Done::new("密码重置成功，请使用新密码登录"))
}

pub(super) async fn verify_email(State(app): State<App>, address: Address, body: Body<wire::Ticket>) -> Result<Json<wire::Done>, Refusing> {
    let verified = own::verify_email(&app.engine, &body.0.token.text()).await;
    ticket(&app, &address, verified, "验证令牌无效或已过期")?;
    Ok(wire::Done::new("邮箱验证成功"))
}

pub(super) async fn resend_verification(
    State(app): State<App>,
    caller: Caller,
    reads: PreferredLanguage,
) -> Result<Json<wire::Done>, Refusing> {
    own::resend_verification(&app.engine, &caller.0, &reader(&app, reads)).await?;
    Ok(wire::Done::new("验证邮件已发送"))
}
