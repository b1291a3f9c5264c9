//! Signing in.

use axum::{Json, extract::State};
use engine::account::{self, SessionOptions, SignIn};

use super::{Body, Refusing, wire};
use crate::http::{Address, App};

pub(super) async fn login(
    State(app): State<App>,
    address: Address,
    body: Body<wire::Login>,
) -> Result<Json<wire::Answer<wire::Token>>, Refusing> {
    let request = SignIn {
        name: body.0.username,
        password: body.0.password,
        session: SessionOptions::new("anime", app.settings.anime.session_s.span(), address.0),
    };
    let signed_in = account::sign_in(&app.engine, request).await?;
    Ok(wire::answer(wire::Token { access_token: signed_in.token, token_type: "bearer", expires_in: signed_in.expires_in_s }))
}
