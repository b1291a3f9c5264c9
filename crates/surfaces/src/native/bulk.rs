//! One action on many tasks.

use aide::axum::{
    ApiRouter,
    routing::{get_with, post_with},
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    id::BulkId,
    refusal::{Noun, Refusal},
};
use engine::bulk::{self, Asked, Bulk};

use super::{Body, Caller, Key, PAGE, Refusing, describe, query, wire};
use crate::{
    docs,
    http::{self, App, ClientOrigin, Values},
};

pub(super) fn routes() -> ApiRouter<App> {
    const TAG: &str = "tasks";
    ApiRouter::new()
        .api_route(
            "/gongfang/v1/bulk",
            get_with(list, |op| {
                docs::query(describe::<200, wire::Page<wire::BulkShown>>(op, "bulk_list", TAG, "One's actions on many tasks"), &PAGE)
            })
            .post_with(create, |op| {
                let op = describe::<201, wire::BulkShown>(op, "bulk_create", TAG, "Do the same with many tasks");
                op.response_with::<200, Json<wire::BulkShown>, _>(|answer| answer.description("which tasks a dry run would be about"))
            }),
        )
        .api_route(
            "/gongfang/v1/bulk/{id}",
            get_with(read, |op| {
                docs::path_text(describe::<200, wire::BulkShown>(op, "bulk_read", TAG, "An action on many tasks, and how far it is"), "id")
            }),
        )
        .api_route(
            "/gongfang/v1/bulk/{id}/cancel",
            post_with(cancel, |op| {
                docs::path_text(describe::<200, wire::BulkShown>(op, "bulk_cancel", TAG, "End it; what was done stays done"), "id")
            }),
        )
}

type BulkPath = Result<Path<String>, PathRejection>;

fn id(path: BulkPath) -> Result<BulkId, Refusal> {
    path.ok().and_then(|Path(id)| query::number("bulk", &id)).map(BulkId).ok_or(Refusal::NotFound(Noun::Bulk))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    key: Key,
    origin: ClientOrigin,
    body: Body<wire::NewBulk>,
) -> Result<Response, Refusing> {
    let (action, selector) = body.0.read(|word| app.engine.kind(word))?;
    let encode = |bulk: &Bulk| http::text(&wire::BulkShown::of(bulk));
    let once = key.once("POST /gongfang/v1/bulk".to_owned(), &body.1, encode);
    let new = bulk::NewBulk { action, reason: body.0.reason, selector, origin: origin.0, once };
    Ok(match bulk::ask(&app.engine, &caller.0, new, body.0.dry_run).await? {
        Asked::Preview(preview) => Json(wire::BulkShown::preview(action, &preview)).into_response(),
        Asked::Begun(begun) => http::answered(StatusCode::CREATED, *begun, encode),
    })
}

async fn list(State(app): State<App>, caller: Caller, values: Values) -> Result<Json<wire::Page<wire::BulkShown>>, Refusing> {
    let page = query::Page::of(&values)?;
    let before = BulkId(page.row()?.unwrap_or(i64::MAX));
    Ok(Json(wire::bulks(&bulk::list(&app.engine, &caller.0, before, page.limit + 1).await?, page.limit)))
}

async fn read(State(app): State<App>, caller: Caller, path: BulkPath) -> Result<Json<wire::BulkShown>, Refusing> {
    Ok(Json(wire::BulkShown::of(&bulk::get(&app.engine, &caller.0, id(path)?).await?)))
}

async fn cancel(State(app): State<App>, caller: Caller, path: BulkPath) -> Result<Json<wire::BulkShown>, Refusing> {
    Ok(Json(wire::BulkShown::of(&bulk::cancel(&app.engine, &caller.0, id(path)?).await?)))
}
