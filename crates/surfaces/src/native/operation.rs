//! What keeps a server running, for administrators: queues, health, messages, settings; and for everybody what happened today and
//! yesterday.

use aide::axum::{
    ApiRouter,
    routing::{get_with, patch_with, post_with},
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use domain::{
    id::DeliveryId,
    refusal::{Noun, Refusal},
    time::Timestamp,
};
use engine::{delivery, health, overview, queue, runtime_settings};

use super::{
    Administrator, Body, Caller, Refusing, describe, listed,
    listing::{self, Form, WHOSE},
    query, wire,
};
use crate::{
    docs,
    http::{self, App, ClientOrigin, RequestError, Values},
};

pub(super) fn routes() -> ApiRouter<App> {
    const TAG: &str = "operation";
    ApiRouter::new()
        .api_route(
            "/gongfang/v1/overview",
            get_with(overview, |op| {
                let op = describe::<200, wire::Overview>(op, "overview_read", TAG, "Today against yesterday");
                docs::query(op, &[WHOSE])
            }),
        )
        .api_route(
            "/gongfang/v1/queues",
            get_with(queues, |op| {
                describe::<200, wire::Items<wire::QueueShown>>(op, "queue_list", TAG, "What waits and what runs, by kind")
            }),
        )
        .api_route(
            "/gongfang/v1/queues/{kind}/pause",
            post_with(pause, |op| {
                docs::path_text(describe::<200, wire::QueueShown>(op, "queue_pause", TAG, "Begin nothing new of a kind"), "kind")
            }),
        )
        .api_route(
            "/gongfang/v1/queues/{kind}/resume",
            post_with(resume, |op| docs::path_text(describe::<200, wire::QueueShown>(op, "queue_resume", TAG, "Let a kind go on"), "kind")),
        )
        .api_route(
            "/gongfang/v1/health",
            get_with(health, |op| describe::<200, wire::HealthShown>(op, "health_read", TAG, "How each part is, in a sentence")),
        )
        .api_route(
            "/gongfang/v1/messages",
            get_with(messages, |op| {
                let op = listed::<wire::Message>(op, "message_list", TAG, "What was sent to people, newest first");
                docs::query(op, &[("to", "only to one phone number (E.164) or e-mail address", "string")])
            }),
        )
        .api_route(
            "/gongfang/v1/settings",
            get_with(settings, |op| describe::<200, wire::Settings>(op, "settings_read", TAG, "What is set, and by what")),
        )
        .api_route(
            "/gongfang/v1/settings/{name}",
            patch_with(set, |op| docs::path_text(describe::<200, wire::Settings>(op, "settings_update", TAG, "Set a number"), "name")),
        )
}

/// The beginnings of yesterday and today in the operator's zone, and the end of today.
fn days(app: &App) -> Result<Vec<Timestamp>, Refusal> {
    let now = jiff::Timestamp::from_microsecond(app.engine.now().0).unwrap_or_default().to_zoned(app.options.zone.clone());
    let unknown = |_| Refusal::Unavailable { reason: "the clock is out of range".to_owned() };
    let day = |offset: i64| {
        let date = now.date().checked_add(jiff::Span::new().days(offset)).map_err(unknown)?;
        let begins = date.to_zoned(app.options.zone.clone()).map_err(unknown)?;
        Ok(Timestamp(begins.timestamp().as_microsecond()))
    };
    [-1, 0, 1].into_iter().map(day).collect()
}

async fn overview(State(app): State<App>, caller: Caller, values: Values) -> Result<Json<wire::Overview>, Refusing> {
    let spans = overview::spans(&app.engine, &caller.0, listing::whose(&values)?, days(&app)?).await?;
    Ok(Json(wire::Overview::of(&spans)))
}

async fn queues(State(app): State<App>, caller: Administrator) -> Result<Json<wire::Items<wire::QueueShown>>, Refusing> {
    let queues = queue::list(&app.engine, &caller.0).await?;
    Ok(Json(wire::Items { items: queues.iter().map(wire::QueueShown::of).collect() }))
}

/// The kind in a path.
type KindPath = Result<Path<String>, PathRejection>;

fn kind(path: KindPath) -> Result<String, Refusal> {
    path.map(|Path(kind)| kind).map_err(|_| Refusal::NotFound(Noun::Queue))
}

async fn pause(
    State(app): State<App>,
    caller: Administrator,
    path: KindPath,
    origin: ClientOrigin,
) -> Result<Json<wire::QueueShown>, Refusing> {
    Ok(Json(wire::QueueShown::of(&queue::pause(&app.engine, &caller.0, &kind(path)?, true, origin.0).await?)))
}

async fn resume(
    State(app): State<App>,
    caller: Administrator,
    path: KindPath,
    origin: ClientOrigin,
) -> Result<Json<wire::QueueShown>, Refusing> {
    Ok(Json(wire::QueueShown::of(&queue::pause(&app.engine, &caller.0, &kind(path)?, false, origin.0).await?)))
}

async fn health(State(app): State<App>, caller: Administrator) -> Result<Json<wire::HealthShown>, Refusing> {
    Ok(Json(wire::HealthShown::of(&health::parts(&app.engine, &caller.0, http::language()).await?)))
}

async fn messages(State(app): State<App>, caller: Administrator, form: Form, values: Values) -> Result<Response, Refusing> {
    let to = values.text("to").filter(|text| !text.is_empty() && !text.contains('\0')).map(str::to_owned);
    let read = move |page: query::Page| {
        let (app, caller, to) = (app.clone(), caller.0.clone(), to.clone());
        async move {
            let before = DeliveryId(page.row()?.unwrap_or(i64::MAX));
            let messages = delivery::page(&app.engine, &caller, to, before, page.limit + 1).await?;
            Ok::<_, RequestError>(wire::messages(&messages, page.limit))
        }
    };
    form.answer(read).await
}

async fn settings(State(app): State<App>, caller: Administrator) -> Result<Json<wire::Settings>, Refusing> {
    let numbers = runtime_settings::numbers(&app.engine, &caller.0)?;
    Ok(Json(wire::Settings::of(&numbers, &app.options.deployment.configuration)))
}

async fn set(
    State(app): State<App>,
    caller: Administrator,
    path: KindPath,
    origin: ClientOrigin,
    body: Body<wire::NewNumber>,
) -> Result<Json<wire::Settings>, Refusing> {
    let name = path.map(|Path(name)| name).unwrap_or_default();
    runtime_settings::set(&app.engine, &caller.0, &name, body.0.value, origin.0).await?;
    let numbers = runtime_settings::numbers(&app.engine, &caller.0)?;
    Ok(Json(wire::Settings::of(&numbers, &app.options.deployment.configuration)))
}
