//! Models: what can be had made, and with which form; for administrators how each is called.

use aide::axum::{ApiRouter, routing::get_with};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use domain::{
    id::ModelId,
    model::Status,
    refusal::{Noun, Refusal},
};
use engine::model::{self, Wanted};

use super::{Administrator, Body, Caller, Refusing, describe, listing, query, wire};
use crate::{
    docs,
    http::{App, ClientOrigin, Values},
};

/// The most models of a list.
const MOST: i64 = 1000;

pub(super) fn routes() -> ApiRouter<App> {
    const TAG: &str = "models";
    ApiRouter::new()
        .api_route(
            "/gongfang/v1/models",
            get_with(list, |op| {
                let op = describe::<200, wire::Items<wire::ModelShown>>(op, "model_list", TAG, "Models that tasks can use, newest first");
                docs::query(
                    op,
                    &[("q", "a part of the name", "string"), ("status", "for administrators: only `open`, `closed` or `draft`", "string")],
                )
            })
            .post_with(create, |op| describe::<201, wire::ModelShown>(op, "model_create", TAG, "Register a model")),
        )
        .api_route(
            "/gongfang/v1/models/{id}",
            get_with(read, |op| {
                docs::path_text(describe::<200, wire::ModelShown>(op, "model_read", TAG, "A model, and the form of its tasks"), "id")
            })
            .patch_with(update, |op| docs::path_text(describe::<200, wire::ModelShown>(op, "model_update", TAG, "Change a model"), "id")),
        )
}

/// The id of a model in a path.
type ModelPath = Result<Path<String>, PathRejection>;

fn id(path: ModelPath) -> Result<ModelId, Refusal> {
    path.ok().and_then(|Path(id)| query::number("model", &id)).map(ModelId).ok_or(Refusal::NotFound(Noun::Model))
}

async fn list(State(app): State<App>, caller: Caller, values: Values) -> Result<Json<wire::Items<wire::ModelShown>>, Refusing> {
    let name = values.text("q").unwrap_or_default().replace('\0', "");
    let wanted = Wanted { name, status: listing::word(&values, "status", Status::from_word)?, offset: 0, limit: MOST };
    let (models, _) = model::list(&app.engine, &caller.0, wanted).await?;
    let administers = caller.0.role.administers();
    Ok(Json(wire::Items { items: models.iter().map(|shown| wire::ModelShown::of(shown, administers)).collect() }))
}

async fn read(State(app): State<App>, caller: Caller, path: ModelPath) -> Result<Json<wire::ModelShown>, Refusing> {
    let shown = model::get(&app.engine, &caller.0, id(path)?).await?;
    Ok(Json(wire::ModelShown::of(&shown, caller.0.role.administers())))
}

async fn create(
    State(app): State<App>,
    caller: Administrator,
    origin: ClientOrigin,
    body: Body<wire::ModelDraft>,
) -> Result<(StatusCode, Json<wire::ModelShown>), Refusing> {
    let made = model::create(&app.engine, &caller.0, body.0.read()?, origin.0).await?;
    Ok((StatusCode::CREATED, Json(wire::ModelShown::of(&made, true))))
}

async fn update(
    State(app): State<App>,
    caller: Administrator,
    path: ModelPath,
    origin: ClientOrigin,
    body: Body<wire::ModelDraft>,
) -> Result<Json<wire::ModelShown>, Refusing> {
    let changed = model::update(&app.engine, &caller.0, id(path)?, body.0.read()?, origin.0).await?;
    Ok(Json(wire::ModelShown::of(&changed, true)))
}
