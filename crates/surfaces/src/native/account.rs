//! Signing in and out, and what one has.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use domain::{id::EntryId, wallet::Asset};
use engine::{
    account::{self, SignIn},
    code, overview, session, wallet,
};

use super::{
    Body, Caller, Refusing,
    listing::{self, Form},
    query, wire,
};
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
    Ok(Json(wire::Me::of(&overview::holdings(&app.engine, &caller.0).await?)))
}

pub(super) async fn entries(State(app): State<App>, caller: Caller, form: Form, values: Values) -> Result<Response, Refusing> {
    let filter = wallet::Filter {
        whose: listing::whose(&values)?,
        asset: listing::word(&values, "asset", Asset::from_word)?,
        proof: listing::word(&values, "include", |word| (word == "proof").then_some(()))?.is_some(),
    };
    let read = move |page: query::Page| {
        let (app, caller) = (app.clone(), caller.0.clone());
        async move {
            let before = match page.timed()? {
                Some((at, id)) => Some((at, EntryId(row_number(id).ok_or(RequestError::Query { field: "cursor" })?))),
                None => None,
            };
            let entries = wallet::entries(&app.engine, &caller, filter, before, page.limit + 1).await?;
            Ok::<_, RequestError>(wire::entries(&entries, page.limit))
        }
    };
    form.answer(read).await
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
