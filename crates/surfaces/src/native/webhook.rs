//! Webhooks: endpoints, and the log of what they were told.

use std::time::Duration;

use aide::axum::{
    ApiRouter,
    routing::{get_with, post_with},
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use domain::{
    id::{WebhookDeliveryId, WebhookId},
    refusal::{Noun, Refusal},
    webhook,
};

use super::{Body, Caller, Refusing, describe, ends, listing::PAGE, query, wire};
use crate::{
    docs,
    http::{App, ClientOrigin, RequestError, Values},
};

pub(super) fn routes() -> ApiRouter<App> {
    const TAG: &str = "webhooks";
    ApiRouter::new()
        .api_route(
            "/gongfang/v1/webhooks",
            get_with(list, |op| describe::<200, wire::Items<wire::Webhook>>(op, "webhook_list", TAG, "One's endpoints"))
                .post_with(create, |op| describe::<201, wire::MadeWebhook>(op, "webhook_create", TAG, "Make an endpoint")),
        )
        .api_route(
            "/gongfang/v1/webhooks/{id}",
            get_with(read, |op| docs::path_text(describe::<200, wire::Webhook>(op, "webhook_read", TAG, "An endpoint"), "id"))
                .patch_with(update, |op| {
                    let op = describe::<200, wire::Webhook>(op, "webhook_update", TAG, "Change an endpoint, switch it on or off");
                    docs::path_text(op, "id")
                })
                .delete_with(delete, |op| {
                    docs::path_text(ends(op, "webhook_delete", TAG, "Delete an endpoint", "nothing more is sent to it"), "id")
                }),
        )
        .api_route(
            "/gongfang/v1/webhooks/{id}/roll",
            post_with(roll, |op| {
                docs::path_text(describe::<200, wire::MadeWebhook>(op, "webhook_roll", TAG, "Give an endpoint another secret"), "id")
            }),
        )
        .api_route(
            "/gongfang/v1/webhooks/{id}/test",
            post_with(test, |op| {
                let op =
                    describe::<200, wire::WebhookDeliveryDetail>(op, "webhook_test", TAG, "Send a test event, and see what came of it");
                docs::path_text(op, "id")
            }),
        )
        .api_route(
            "/gongfang/v1/webhooks/{id}/resend",
            post_with(resend_since, |op| {
                let op = describe::<202, wire::Resent>(op, "webhook_resend", TAG, "Send once more what was not delivered since a time");
                docs::path_text(op, "id")
            }),
        )
        .api_route(
            "/gongfang/v1/webhooks/{id}/deliveries",
            get_with(deliveries, |op| {
                let op = describe::<200, wire::Page<wire::WebhookDelivery>>(
                    op,
                    "webhook_delivery_list",
                    TAG,
                    "What an endpoint was told, newest first",
                );
                let op = docs::query(docs::query(op, &PAGE), &[("state", "only those in this state", "string")]);
                docs::path_text(op, "id")
            }),
        )
        .api_route(
            "/gongfang/v1/webhooks/{id}/deliveries/{delivery}",
            get_with(delivery, |op| {
                let op = describe::<200, wire::WebhookDeliveryDetail>(
                    op,
                    "webhook_delivery_read",
                    TAG,
                    "A delivery with its body and its tries",
                );
                docs::path_text(docs::path_text(op, "id"), "delivery")
            }),
        )
        .api_route(
            "/gongfang/v1/webhooks/{id}/deliveries/{delivery}/resend",
            post_with(resend, |op| {
                let op = describe::<202, wire::WebhookDeliveryDetail>(op, "webhook_delivery_resend", TAG, "Send something once more");
                docs::path_text(docs::path_text(op, "id"), "delivery")
            }),
        )
}

/// The id of an endpoint in a path.
type WebhookPath = Result<Path<String>, PathRejection>;
/// The ids of an endpoint and of a delivery in a path.
type DeliveryPath = Result<Path<(String, String)>, PathRejection>;

fn id(path: WebhookPath) -> Result<WebhookId, Refusal> {
    path.ok().and_then(|Path(id)| query::number("webhook", &id)).map(WebhookId).ok_or(Refusal::NotFound(Noun::Webhook))
}

fn ids(path: DeliveryPath) -> Result<(WebhookId, WebhookDeliveryId), Refusal> {
    let Ok(Path((webhook, delivery))) = path else { return Err(Refusal::NotFound(Noun::Delivery)) };
    let webhook = query::number("webhook", &webhook).ok_or(Refusal::NotFound(Noun::Webhook))?;
    let delivery = query::number("delivery", &delivery).ok_or(Refusal::NotFound(Noun::Delivery))?;
    Ok((WebhookId(webhook), WebhookDeliveryId(delivery)))
}

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    origin: ClientOrigin,
    body: Body<wire::NewWebhook>,
) -> Result<(StatusCode, Json<wire::MadeWebhook>), Refusing> {
    let made = engine::webhook::create(&app.engine, &caller.0, body.0.read()?, origin.0).await?;
    Ok((StatusCode::CREATED, Json(wire::MadeWebhook::of(made))))
}

pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<wire::Items<wire::Webhook>>, Refusing> {
    let webhooks = engine::webhook::list(&app.engine, &caller.0).await?;
    Ok(Json(wire::Items { items: webhooks.iter().map(wire::Webhook::of).collect() }))
}

pub(super) async fn read(State(app): State<App>, caller: Caller, path: WebhookPath) -> Result<Json<wire::Webhook>, Refusing> {
    let webhook = engine::webhook::get(&app.engine, &caller.0, id(path)?).await?;
    Ok(Json(wire::Webhook::of(&webhook)))
}

pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    path: WebhookPath,
    origin: ClientOrigin,
    body: Body<wire::WebhookChange>,
) -> Result<Json<wire::Webhook>, Refusing> {
    let webhook = engine::webhook::update(&app.engine, &caller.0, id(path)?, body.0.read()?, origin.0).await?;
    Ok(Json(wire::Webhook::of(&webhook)))
}

pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    path: WebhookPath,
    origin: ClientOrigin,
) -> Result<StatusCode, Refusing> {
    engine::webhook::delete(&app.engine, &caller.0, id(path)?, origin.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn roll(
    State(app): State<App>,
    caller: Caller,
    path: WebhookPath,
    origin: ClientOrigin,
    body: Body<wire::WebhookRoll>,
) -> Result<Json<wire::MadeWebhook>, Refusing> {
    let overlap = Duration::from_secs(body.0.overlap_s);
    let made = engine::webhook::roll(&app.engine, &caller.0, id(path)?, overlap, body.0.secret, origin.0).await?;
    Ok(Json(wire::MadeWebhook::of(made)))
}

pub(super) async fn test(State(app): State<App>, caller: Caller, path: WebhookPath) -> Result<Json<wire::WebhookDeliveryDetail>, Refusing> {
    let told = engine::webhook::test(&app.engine, &caller.0, id(path)?).await?;
    Ok(Json(wire::WebhookDeliveryDetail::of(told)))
}

pub(super) async fn deliveries(
    State(app): State<App>,
    caller: Caller,
    path: WebhookPath,
    values: Values,
) -> Result<Json<wire::Page<wire::WebhookDelivery>>, Refusing> {
    let page = query::Page::of(&values)?;
    let before = WebhookDeliveryId(page.row()?.unwrap_or(i64::MAX));
    let wrong = RequestError::Query { field: "state" };
    let state = values.text("state").map(|word| webhook::State::from_word(word).ok_or(wrong)).transpose()?;
    let deliveries = engine::webhook::deliveries(&app.engine, &caller.0, id(path)?, state, before, page.limit + 1).await?;
    Ok(Json(wire::deliveries(&deliveries, page.limit)))
}

pub(super) async fn delivery(
    State(app): State<App>,
    caller: Caller,
    path: DeliveryPath,
) -> Result<Json<wire::WebhookDeliveryDetail>, Refusing> {
    let (webhook, id) = ids(path)?;
    let told = engine::webhook::read(&app.engine, &caller.0, webhook, id).await?;
    Ok(Json(wire::WebhookDeliveryDetail::of(told)))
}

pub(super) async fn resend(
    State(app): State<App>,
    caller: Caller,
    path: DeliveryPath,
) -> Result<(StatusCode, Json<wire::WebhookDeliveryDetail>), Refusing> {
    let (webhook, id) = ids(path)?;
    let told = engine::webhook::resend(&app.engine, &caller.0, webhook, id).await?;
    Ok((StatusCode::ACCEPTED, Json(wire::WebhookDeliveryDetail::of(told))))
}

pub(super) async fn resend_since(
    State(app): State<App>,
    caller: Caller,
    path: WebhookPath,
    body: Body<wire::Resend>,
) -> Result<(StatusCode, Json<wire::Resent>), Refusing> {
    let (since, delivered) = body.0.read()?;
    let deliveries = engine::webhook::resend_since(&app.engine, &caller.0, id(path)?, since, delivered).await?;
    Ok((StatusCode::ACCEPTED, Json(wire::Resent { deliveries })))
}
