//! Signing in and out, and what one has.

use axum::{Json, extract::State, http::StatusCode};
use domain::{id::EntryId, wallet::Asset};
use engine::{
    account::{self, SignIn},
    code, overview, session, wallet,
};

use super::{Body, Caller, Refusing, query, wire};
use crate::http::{Address, App, RequestError, Values, row_number};

pub(super) async fn sign_in(
    State(app): State<App>,
    address: Address,
    body: Body<wire::SignIn>,
) -> Result<(StatusCode, Json<wire::Session>), Refusing> {
    let request = SignIn {
        name: body.0.name,
        password: body.0.password,
        address: address.0,
        surface: "native",
        lifetime: app.settings.native.session_s.span(),
    };
    let signed_in = account::sign_in(&app.engine, request).await?;
    let session =
        wire::Session { token: signed_in.token, expires_in: signed_in.expires_in_s, account: wire::account_id(signed_in.account.id) };
    Ok((StatusCode::CREATED, Json(session)))
}

pub(super) async fn sign_out(State(app): State<App>, caller: Caller) -> Result<StatusCode, Refusing> {
    session::end(&app.engine, &caller.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn me(State(app): State<App>, caller: Caller) -> Result<Json<wire::Me>, Refusing> {
    let (account, wallets) = overview::holdings(&app.engine, &caller.0).await?;
    Ok(Json(wire::Me::of(&account, &wallets)))
}

pub(super) async fn entries(State(app): State<App>, caller: Caller, values: Values) -> Result<Json<wire::Page<wire::Entry>>, Refusing> {
    let page = query::Page::of(&values)?;
    let asset = match values.text("asset") {
        None | Some("") => None,
        Some(word) => Some(Asset::from_word(word).ok_or(RequestError::Query { field: "asset" })?),
    };
    let before = match page.timed()? {
        Some((at, id)) => Some((at, EntryId(row_number(id).ok_or(RequestError::Query { field: "cursor" })?))),
        None => None,
    };
    let entries = wallet::entries(&app.engine, &caller.0, asset, before, page.limit + 1).await?;
    Ok(Json(wire::entries(&entries, page.limit)))
}

pub(super) async fn redeem(
    State(app): State<App>,
    caller: Caller,
    address: Address,
    body: Body<wire::Redeem>,
) -> Result<(StatusCode, Json<wire::Redeemed>), Refusing> {
    let redeemed = code::redeem(&app.engine, caller.0.account, &body.0.code, address.0).await?;
    Ok((StatusCode::CREATED, Json(wire::Redeemed::of(redeemed))))
}
