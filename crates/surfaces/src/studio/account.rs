//! Registering, signing in and out, and who one is.

use axum::{Json, extract::State, http::StatusCode};
use domain::{problem::Problem, refusal::Refusal, wallet::Asset};
use engine::{
    account::{self, NameRegistration, SessionOptions, SignIn},
    letter::Language,
    limit::Visit,
    session,
    ticket::Reader,
};

use super::{Body, Caller, Refusing, wire};
use crate::http::{Address, App};

pub(super) async fn register(
    State(app): State<App>,
    address: Address,
    body: Body<wire::Credentials>,
) -> Result<(StatusCode, Json<wire::Answer<wire::SignedIn>>), Refusing> {
    let request = NameRegistration {
        username: body.0.username.text(),
        least: 1,
        email: None,
        reader: Reader { language: Language::Chinese, front_url: String::new() },
        rule: Visit::Registration.rule(),
        password: body.0.password.text(),
        session: SessionOptions::new("studio", app.settings.studio.session_s.span(), address.0),
    };
    let signed_in = account::register_by_name(&app.engine, request).await?;
    let (account, money) = account::with_wallet(&app.engine, signed_in.account.id, Asset::Money).await?;
    let data = wire::SignedIn::of(&account, &money, signed_in.token);
    Ok((StatusCode::CREATED, wire::answer("User registered successfully", data)))
}

pub(super) async fn login(
    State(app): State<App>,
    address: Address,
    body: Body<wire::Credentials>,
) -> Result<Json<wire::Answer<wire::SignedIn>>, Refusing> {
    let odd = body.0.username.is_odd() || body.0.password.is_odd();
    if odd || body.0.username.is_blank() || body.0.password.is_blank() {
        return Err(Refusal::Invalid { field: "username", problem: Problem::Missing }.into());
    }
    let request = SignIn {
        name: body.0.username.text(),
        password: body.0.password.text(),
        session: SessionOptions::new("studio", app.settings.studio.session_s.span(), address.0),
    };
    let signed_in = account::sign_in(&app.engine, request).await?;
    let (account, money) = account::with_wallet(&app.engine, signed_in.account.id, Asset::Money).await?;
    Ok(wire::answer("Logged in successfully", wire::SignedIn::of(&account, &money, signed_in.token)))
}

pub(super) async fn logout(State(app): State<App>, caller: Caller) -> Result<Json<wire::Answer<Option<()>>>, Refusing> {
    session::end(&app.engine, &caller.0).await?;
    Ok(wire::answer("Logged out successfully", None))
}

pub(super) async fn user(State(app): State<App>, caller: Caller) -> Result<Json<wire::Answer<wire::User>>, Refusing> {
    let (account, money) = account::with_wallet(&app.engine, caller.0.account, Asset::Money).await?;
    let token = session::reissue(&app.engine, &caller.0, &account)?;
    Ok(wire::answer("User information retrieved successfully", wire::User::of(&account, &money, token)))
}
