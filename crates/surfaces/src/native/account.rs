//! What one has.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use domain::{id::EntryId, wallet::Asset};
use engine::{account::own, code, overview, wallet};

use super::{
    Body, Caller, Refusing,
    listing::{self, Form},
    query, wire,
};
use crate::http::{Address, App, ClientOrigin, RequestError, Values, row_number};

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
