//! Signing in and out, and what one has.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::Response,
};
use domain::{
    id::EntryId,
    refusal::{Noun, Refusal},
    wallet::Asset,
};
use engine::{
    account::{self, SignIn, own},
    code, overview, session, wallet,
};

use super::{
    Body, Caller, Refusing,
    listing::{self, Form},
    query, wire,
};
use crate::http::{Address, App, ClientOrigin, RequestError, Values, row_number};

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

pub(super) async fn leave(
    State(app): State<App>,
    caller: Caller,
    address: Address,
    origin: ClientOrigin,
    body: Body<wire::Leave>,
) -> Result<StatusCode, Refusing> {
    own::close(&app.engine, &caller.0, &body.0.password, origin.0, address.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn change_password(
    State(app): State<App>,
    caller: Caller,
    address: Address,
    origin: ClientOrigin,
    body: Body<wire::NewPassword>,
) -> Result<StatusCode, Refusing> {
    own::change_password(&app.engine, &caller.0, &body.0.current, &body.0.new, origin.0, address.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn sessions(State(app): State<App>, caller: Caller) -> Result<Json<wire::Items<wire::SessionShown>>, Refusing> {
    let sessions = session::list(&app.engine, &caller.0).await?;
    Ok(Json(wire::Items { items: sessions.iter().map(|open| wire::SessionShown::of(open, &caller.0)).collect() }))
}

pub(super) async fn end_session(
    State(app): State<App>,
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Refusing> {
    let id = path.ok().and_then(|Path(id)| id.strip_prefix("session_").map(str::to_owned)).filter(|id| !id.contains('\0'));
    session::end_one(&app.engine, &caller.0, id.ok_or(Refusal::NotFound(Noun::Session))?).await?;
    Ok(StatusCode::NO_CONTENT)
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
