//! Payment methods, for administrators: make, change, try out, delete. Payers see the open ones (`order.rs`).

use aide::axum::{
    ApiRouter,
    routing::{get_with, patch_with, post_with},
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use domain::refusal::{Noun, Refusal};
use engine::method::{self, Named};

use super::{Administrator, Body, Refusing, describe, ends, wire};
use crate::{
    docs,
    http::{self, App, ClientOrigin},
};

pub(super) fn routes() -> ApiRouter<App> {
    const TAG: &str = "administration";
    ApiRouter::new()
        .api_route(
            "/gongfang/v1/payment_methods/all",
            get_with(list, |op| {
                describe::<200, wire::Items<wire::MethodShown>>(
                    op,
                    "payment_method_list_all",
                    TAG,
                    "Every way to pay, with its configuration",
                )
            })
            .post_with(create, |op| describe::<201, wire::MethodShown>(op, "payment_method_create", TAG, "Make a way to pay")),
        )
        .api_route(
            "/gongfang/v1/payment_methods/{id}",
            patch_with(update, |op| {
                docs::path_text(describe::<200, wire::MethodShown>(op, "payment_method_update", TAG, "Change a way to pay"), "id")
            })
            .delete_with(delete, |op| {
                let op = ends(op, "payment_method_delete", TAG, "Delete a way to pay", "late callbacks about its orders are still taken");
                docs::path_text(op, "id")
            }),
        )
        .api_route(
            "/gongfang/v1/payment_methods/{id}/test",
            post_with(test, |op| {
                let op = describe::<200, wire::MethodTest>(op, "payment_method_test", TAG, "Try a way to pay out; nothing is ordered");
                docs::path_text(op, "id")
            }),
        )
}

/// The id of a method in a path.
type MethodPath = Result<Path<String>, PathRejection>;

fn named(path: MethodPath) -> Result<Named, Refusal> {
    path.map(|Path(id)| Named::Uuid(id)).map_err(|_| Refusal::NotFound(Noun::Method))
}

async fn list(State(app): State<App>, caller: Administrator) -> Result<Json<wire::Items<wire::MethodShown>>, Refusing> {
    let methods = method::list(&app.engine, &caller.0).await?;
    Ok(Json(wire::Items { items: methods.iter().map(|method| wire::MethodShown::of(&app.engine, method)).collect() }))
}

async fn create(
    State(app): State<App>,
    caller: Administrator,
    origin: ClientOrigin,
    body: Body<wire::NewMethod>,
) -> Result<(StatusCode, Json<wire::MethodShown>), Refusing> {
    let made = method::create(&app.engine, &caller.0, method::EPAY, body.0.into(), origin.0).await?;
    Ok((StatusCode::CREATED, Json(wire::MethodShown::of(&app.engine, &made))))
}

async fn update(
    State(app): State<App>,
    caller: Administrator,
    path: MethodPath,
    origin: ClientOrigin,
    body: Body<wire::MethodUpdate>,
) -> Result<Json<wire::MethodShown>, Refusing> {
    let changed = method::update(&app.engine, &caller.0, named(path)?, body.0.into(), origin.0).await?;
    Ok(Json(wire::MethodShown::of(&app.engine, &changed)))
}

async fn delete(State(app): State<App>, caller: Administrator, path: MethodPath, origin: ClientOrigin) -> Result<StatusCode, Refusing> {
    method::delete(&app.engine, &caller.0, named(path)?, origin.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn test(State(app): State<App>, caller: Administrator, path: MethodPath) -> Result<Json<wire::MethodTest>, Refusing> {
    let checks = method::test(&app.engine, &caller.0, named(path)?, http::language()).await?;
    Ok(Json(wire::MethodTest::of(&checks)))
}
