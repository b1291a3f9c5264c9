//! Signing in and out, and what one has.

use std::time::Duration;

use aide::operation::OperationInput;
use axum::{
    Json,
    extract::{FromRequestParts, Path, State, rejection::PathRejection},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::{
    id::EntryId,
    refusal::{Noun, Refusal},
    wallet::Asset,
};
use engine::{
    account::{self, SignIn, SignedIn, own},
    code, overview, session,
    setup::{self, Setup},
    wallet,
};

use super::{
    Body, Caller, Refusing,
    listing::{self, Form},
    query, wire,
};
use crate::http::{Address, App, ClientOrigin, RequestError, Values, cookie, row_number};

/// Whether a request may open a session that a browser keeps.
pub(super) struct Browser(Result<(), RequestError>);

impl FromRequestParts<App> for Browser {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(cookie::own_page(parts, app)))
    }
}

impl OperationInput for Browser {}

/// How long a session lasts: that of a browser, which is a cookie, or that of a program.
fn lifetime(app: &App, browser: bool) -> Duration {
    if browser { app.settings.native.browser_session_s.span() } else { app.settings.native.session_s.span() }
}

/// A session for whoever signed in: as a cookie for a browser, as a token for a program.
fn opened(app: &App, signed_in: SignedIn, browser: bool) -> Response {
    let (account, expires_in) = (wire::account_id(signed_in.account.id), signed_in.expires_in_s);
    let cookie = cookie::given(app, &signed_in.token, expires_in).filter(|_| browser);
    let token = (!browser).then_some(signed_in.token);
    let mut answer = (StatusCode::CREATED, Json(wire::Session { token, expires_in, account })).into_response();
    answer.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    answer
}

pub(super) async fn sign_in(
    State(app): State<App>,
    address: Address,
    page: Browser,
    body: Body<wire::SignIn>,
) -> Result<Response, Refusing> {
    let browser = body.0.cookie;
    if browser {
        page.0?;
    }
    let lifetime = lifetime(&app, browser);
    let request = SignIn { name: body.0.name, password: body.0.password, address: address.0, surface: "native", lifetime };
    let signed_in = account::sign_in(&app.engine, request).await?;
    Ok(opened(&app, signed_in, browser))
}

pub(super) async fn setup(State(app): State<App>) -> Result<Json<wire::SetupState>, Refusing> {
    Ok(Json(wire::SetupState { needed: setup::needed(&app.engine).await? }))
}

pub(super) async fn finish_setup(
    State(app): State<App>,
    address: Address,
    page: Browser,
    body: Body<wire::Setup>,
) -> Result<Response, Refusing> {
    let wire::Setup { secret, username, password, cookie: browser } = body.0;
    if browser {
        page.0?;
    }
    let lifetime = lifetime(&app, browser);
    let setup = Setup { secret, username, password, address: address.0, surface: "native", lifetime };
    let signed_in = setup::finish(&app.engine, setup).await?;
    Ok(opened(&app, signed_in, browser))
}

pub(super) async fn sign_out(State(app): State<App>, caller: Caller) -> Result<Response, Refusing> {
    session::end(&app.engine, &caller.0).await?;
    let mut answer = StatusCode::NO_CONTENT.into_response();
    answer.headers_mut().extend(cookie::taken(&app).map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(answer)
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
