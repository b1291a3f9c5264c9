//! Codes, registration, profiles.

use axum::{Json, extract::State, http::StatusCode};
use domain::{delivery::Channel, id::AccountId, refusal::Refusal, verification::Purpose};
use engine::{
    Error,
    account::{self, Registration},
    limit::{self, Visit},
    verification::{self, Claim, CodeRequest},
};

use super::{Body, Caller, Refusing, wire};
use crate::http::{Address, App, PreferredLanguage, RowNumber};

pub(super) async fn register(
    State(app): State<App>,
    address: Address,
    body: Body<wire::Register>,
) -> Result<(StatusCode, Json<wire::Answer<wire::User>>), Refusing> {
    let request = Registration {
        email: body.0.email.text(),
        password: body.0.password.text(),
        code: body.0.verification_code.text(),
        address: address.0,
    };
    let account = account::register(&app.engine, request).await.map_err(|error| match error {
        // The document has one text for a code that is wrong and one that has expired.
        Error::Refused(Refusal::WrongVerification) => Refusal::ExpiredVerification.into(),
        other => other,
    })?;
    let user = wire::User::of(&app.options, &account, false);
    Ok((StatusCode::CREATED, Json(wire::Answer { success: true, message: "注册成功", data: user })))
}

pub(super) async fn send_verification_code(
    State(app): State<App>,
    address: Address,
    reads: PreferredLanguage,
    body: Body<wire::SendCode>,
) -> Result<Json<wire::Sent>, Refusing> {
    let request =
        CodeRequest { purpose: Purpose::Register, channel: Channel::Mail, to: body.0.email.text(), language: reads.0, address: address.0 };
    let code = verification::issue(&app.engine, request).await?;
    Ok(Json(wire::Sent { success: true, message: "验证码已发送", code }))
}

pub(super) async fn verify_code(
    State(app): State<App>,
    address: Address,
    body: Body<wire::VerifyCode>,
) -> Result<Json<wire::Done>, Refusing> {
    let claim =
        Claim { purpose: Purpose::Register, channel: Channel::Mail, to: body.0.email.text(), code: body.0.code.text(), address: address.0 };
    verification::check(&app.engine, &claim).await?;
    Ok(Json(wire::Done { success: true, message: "验证码验证成功" }))
}

pub(super) async fn user(
    State(app): State<App>,
    caller: Option<Caller>,
    address: Address,
    id: RowNumber,
) -> Result<Json<wire::Profile>, Refusing> {
    limit::visit(&app.engine, Visit::Profile, address.0)?;
    let asker = caller.as_ref().map(|caller| &caller.0);
    let account = account::profile(&app.engine, asker, id.0.map(AccountId)).await?;
    let own = asker.is_some_and(|asker| asker.account == account.id || asker.role.administers());
    let masked = app.options.mask_email && !own;
    Ok(Json(wire::Profile { success: true, data: wire::User::of(&app.options, &account, masked) }))
}
