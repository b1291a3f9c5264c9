//! API keys: made, rolled and revoked by whoever is signed in.

use std::time::Duration;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use domain::{
    id::KeyId,
    refusal::{Noun, Refusal},
};
use engine::api_key;

use super::{Body, Caller, Refusing, query, wire};
use crate::http::{App, ClientOrigin, Values};

/// The id of a key in a path.
type KeyPath = Result<Path<String>, PathRejection>;

fn id(path: KeyPath) -> Result<KeyId, Refusal> {
    path.ok().and_then(|Path(id)| query::number("key", &id)).map(KeyId).ok_or(Refusal::NotFound(Noun::Key))
}

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    origin: ClientOrigin,
    body: Body<wire::NewKey>,
) -> Result<(StatusCode, Json<wire::MadeKey>), Refusing> {
    let made = api_key::create(&app.engine, &caller.0, body.0.read(app.engine.now())?, origin.0).await?;
    Ok((StatusCode::CREATED, Json(wire::MadeKey::of(made))))
}

pub(super) async fn list(State(app): State<App>, caller: Caller, values: Values) -> Result<Json<wire::Page<wire::Key>>, Refusing> {
    let page = query::Page::of(&values)?;
    let before = KeyId(page.row()?.unwrap_or(i64::MAX));
    let keys = api_key::list(&app.engine, &caller.0, before, page.limit + 1).await?;
    Ok(Json(wire::keys(&keys, page.limit)))
}

pub(super) async fn roll(
    State(app): State<App>,
    caller: Caller,
    path: KeyPath,
    origin: ClientOrigin,
    body: Body<wire::Roll>,
) -> Result<(StatusCode, Json<wire::MadeKey>), Refusing> {
    let overlap = Duration::from_secs(body.0.overlap_s);
    let made = api_key::roll(&app.engine, &caller.0, id(path)?, overlap, origin.0).await?;
    Ok((StatusCode::CREATED, Json(wire::MadeKey::of(made))))
}

pub(super) async fn revoke(State(app): State<App>, caller: Caller, path: KeyPath, origin: ClientOrigin) -> Result<StatusCode, Refusing> {
    api_key::revoke(&app.engine, &caller.0, id(path)?, origin.0).await?;
    Ok(StatusCode::NO_CONTENT)
}
