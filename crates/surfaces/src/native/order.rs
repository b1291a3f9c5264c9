//! Ways to pay, and orders with their timeline.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::Response,
};
use domain::{
    id::OrderId,
    money::Money,
    refusal::{Noun, Refusal},
};
use engine::{
    method,
    order::{self, Jump, NewOrder},
};

use super::{Body, Caller, Key, Refusing, query, wire};
use crate::http::{self, App, ClientOrigin, Values, malformed};

pub(super) async fn methods(State(app): State<App>, _caller: Caller) -> Result<Json<wire::Items<wire::Method>>, Refusing> {
    let methods = method::enabled(&app.engine).await?;
    Ok(Json(wire::Items { items: methods.iter().map(wire::Method::of).collect() }))
}

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    key: Key,
    origin: ClientOrigin,
    body: Body<wire::NewOrder>,
) -> Result<Response, Refusing> {
    let encode = |jump: &Jump| http::text(&wire::jump(jump));
    let once = key.once("POST /gongfang/v1/orders".to_owned(), &body.1, encode);
    let new = NewOrder {
        amount: Money::parse(&body.0.amount).ok_or(malformed("amount"))?.0,
        method: body.0.payment_method,
        channel: body.0.channel.into(),
        return_url: body.0.return_url,
        origin: origin.0,
        once,
    };
    let made = order::create(&app.engine, &caller.0, new).await?;
    Ok(http::answered(StatusCode::CREATED, made, encode))
}

pub(super) async fn list(State(app): State<App>, caller: Caller, values: Values) -> Result<Json<wire::Page<wire::Order>>, Refusing> {
    let page = query::Page::of(&values)?;
    let before = page.timed()?.map(|(at, id)| (at, id.to_owned()));
    let orders = order::history(&app.engine, &caller.0, before, page.limit + 1).await?;
    Ok(Json(wire::orders(&orders, page.limit)))
}

pub(super) async fn read(
    State(app): State<App>,
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<wire::OrderDetail>, Refusing> {
    let id = path.ok().and_then(|Path(id)| OrderId::parse(id.strip_prefix("order_")?)).ok_or(Refusal::NotFound(Noun::Order))?;
    let (order, events) = order::own(&app.engine, &caller.0, id).await?;
    Ok(Json(wire::OrderDetail::of(&order, &events)))
}
