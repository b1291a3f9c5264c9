//! Redemption codes, for administrators: mint a batch, see what became of it, revoke what is left. Redeeming is everybody's
//! (`account.rs`).

use aide::axum::{
    ApiRouter,
    routing::{get_with, post_with},
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::Response,
};
use domain::{
    id::{BatchId, CodeId},
    refusal::{Noun, Refusal},
};
use engine::code;

use super::{
    Administrator, Body, Refusing, describe, listed,
    listing::{self, Form},
    query, wire,
};
use crate::{
    docs,
    http::{App, ClientOrigin, RequestError, Values},
};

pub(super) fn routes() -> ApiRouter<App> {
    const TAG: &str = "codes";
    ApiRouter::new()
        .api_route(
            "/gongfang/v1/batches",
            get_with(batches, |op| listed::<wire::BatchShown>(op, "batch_list", TAG, "Batches of codes, newest first"))
                .post_with(mint, |op| describe::<201, wire::MintedCodes>(op, "batch_create", TAG, "Mint a batch of codes")),
        )
        .api_route(
            "/gongfang/v1/batches/{id}",
            get_with(batch, |op| {
                docs::path_text(describe::<200, wire::BatchWhole>(op, "batch_read", TAG, "A batch, and what became of its codes"), "id")
            }),
        )
        .api_route(
            "/gongfang/v1/batches/{id}/revoke",
            post_with(revoke, |op| {
                docs::path_text(describe::<200, wire::Revoked>(op, "batch_revoke", TAG, "Revoke what nobody has redeemed"), "id")
            }),
        )
        .api_route(
            "/gongfang/v1/codes",
            get_with(codes, |op| {
                let op = listed::<wire::CodeShown>(op, "code_list", TAG, "Codes, newest first");
                docs::query(op, &[("batch", "only those of a batch, as `batch_4`", "string")])
            }),
        )
}

/// The id of a batch in a path.
type BatchPath = Result<Path<String>, PathRejection>;

fn id(path: BatchPath) -> Result<BatchId, Refusal> {
    path.ok().and_then(|Path(id)| query::number("batch", &id)).map(BatchId).ok_or(Refusal::NotFound(Noun::Batch))
}

async fn mint(
    State(app): State<App>,
    caller: Administrator,
    origin: ClientOrigin,
    body: Body<wire::NewCodes>,
) -> Result<(StatusCode, Json<wire::MintedCodes>), Refusing> {
    let minted = code::mint_batch(&app.engine, &caller.0, body.0.read()?, origin.0).await?;
    Ok((StatusCode::CREATED, Json(wire::MintedCodes::of(minted))))
}

async fn batches(State(app): State<App>, caller: Administrator, form: Form) -> Result<Response, Refusing> {
    let read = move |page: query::Page| {
        let (app, caller) = (app.clone(), caller.0.clone());
        async move {
            let before = BatchId(page.row()?.unwrap_or(i64::MAX));
            Ok::<_, RequestError>(wire::batches(&code::batches(&app.engine, &caller, before, page.limit + 1).await?, page.limit))
        }
    };
    form.answer(read).await
}

async fn batch(State(app): State<App>, caller: Administrator, path: BatchPath) -> Result<Json<wire::BatchWhole>, Refusing> {
    Ok(Json(wire::BatchWhole::of(&code::batch(&app.engine, &caller.0, id(path)?).await?)))
}

async fn revoke(
    State(app): State<App>,
    caller: Administrator,
    path: BatchPath,
    origin: ClientOrigin,
) -> Result<Json<wire::Revoked>, Refusing> {
    let revoked = code::revoke(&app.engine, Some((&caller.0, origin.0)), id(path)?).await?;
    Ok(Json(wire::Revoked { revoked }))
}

async fn codes(State(app): State<App>, caller: Administrator, form: Form, values: Values) -> Result<Response, Refusing> {
    let batch = listing::word(&values, "batch", |text| query::number("batch", text).map(BatchId))?;
    let read = move |page: query::Page| {
        let (app, caller) = (app.clone(), caller.0.clone());
        async move {
            let before = CodeId(page.row()?.unwrap_or(i64::MAX));
            let codes = code::page(&app.engine, Some(&caller), batch, before, page.limit + 1).await?;
            Ok::<_, RequestError>(wire::codes(&codes, page.limit, app.engine.now()))
        }
    };
    form.answer(read).await
}
