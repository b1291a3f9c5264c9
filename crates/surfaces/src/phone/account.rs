//! Signing in by a code, and who one is.

use axum::{Json, extract::State};
use domain::{delivery::Channel, problem::Problem, refusal::Refusal, verification::Purpose, wallet::Asset};
use engine::{
    account::{self, CodeSignIn, SessionOptions},
    verification::{self, CodeRequest},
};

use super::{Body, Caller, Refusing, wire};
use crate::http::{Address, App, PreferredLanguage};

pub(super) async fn send_code(
    State(app): State<App>,
    address: Address,
    reads: PreferredLanguage,
    body: Body<wire::SendCode>,
) -> Result<Json<wire::Answer<wire::Sent>>, Refusing> {
    let request =
        CodeRequest { purpose: Purpose::SignIn, channel: Channel::Sms, to: body.0.phone.text(), language: reads.0, address: address.0 };
    let code = verification::issue(&app.engine, request).await?;
    Ok(wire::answer("验证码已发送", wire::Sent { code }))
}

pub(super) async fn login(
    State(app): State<App>,
    address: Address,
    body: Body<wire::Login>,
) -> Result<Json<wire::Answer<wire::SignedIn>>, Refusing> {
    if body.0.phone.is_blank() {
        // The document has one text for either.
        return Err(Refusal::Invalid { field: "verification_code", problem: Problem::Missing }.into());
    }
    let request = CodeSignIn {
        channel: Channel::Sms,
        to: body.0.phone.text(),
        code: body.0.code.text(),
        session: SessionOptions::new("phone", app.settings.phone.session_s.span(), address.0),
    };
    let signed_in = account::sign_in_by_code(&app.engine, request).await?;
    let (account, uses) = account::with_wallet(&app.engine, signed_in.account.id, Asset::Uses).await?;
    Ok(wire::answer("登录成功", wire::SignedIn { token: signed_in.token, user: wire::SignedInUser::of(&account, uses.balance) }))
}

pub(super) async fn user_info(State(app): State<App>, caller: Caller) -> Result<Json<wire::Answer<wire::User>>, Refusing> {
    let (account, uses) = account::with_wallet(&app.engine, caller.0.account, Asset::Uses).await?;
    Ok(wire::answer("获取用户信息成功", wire::User::of(&app.options.zone, &account, uses.balance)))
}
