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
    order::{Order, Status},
    refusal::{Noun, Refusal},
};
use engine::{
    method,
    order::{self, Jump, NewOrder, Settlement},
};

use super::{
    Administrator, Body, Caller, Key, Refusing,
    listing::{self, Form},
    query, wire,
};
use crate::http::{self, App, ClientOrigin, RequestError, Values, malformed};

/// The id of an order in a path.
type OrderPath = Result<Path<String>, PathRejection>;

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

pub(super) async fn list(State(app): State<App>, caller: Caller, form: Form, values: Values) -> Result<Response, Refusing> {
    let whose = listing::whose(&values)?;
    let status = listing::word(&values, "status", Status::from_word)?;
    let read = move |page: query::Page| {
        let (app, caller) = (app.clone(), caller.0.clone());
        async move {
            let before = page.timed()?.map(|(at, id)| (at, id.to_owned()));
            let orders = order::browse(&app.engine, &caller, whose, status, before, page.limit + 1).await?;
            Ok::<_, RequestError>(wire::orders(&orders, page.limit))
        }
    };
    form.answer(read).await
}

fn id(path: OrderPath) -> Result<OrderId, Refusal> {
    path.ok().and_then(|Path(id)| OrderId::parse(id.strip_prefix("order_")?)).ok_or(Refusal::NotFound(Noun::Order))
}

fn encode(order: &Order) -> String {
    http::text(&wire::Order::of(order))
}

pub(super) async fn create_manual(
    State(app): State<App>,
    caller: Administrator,
    key: Key,
    origin: ClientOrigin,
    body: Body<wire::ManualOrder>,
) -> Result<Response, Refusing> {
    let once = key.once("POST /gongfang/v1/orders/manual".to_owned(), &body.1, encode);
    let manual = body.0.read(origin.0, once)?;
    Ok(http::answered(StatusCode::CREATED, order::create_manual(&app.engine, &caller.0, manual).await?, encode))
}

pub(super) async fn settle(
    State(app): State<App>,
    caller: Administrator,
    path: OrderPath,
    key: Key,
    origin: ClientOrigin,
    body: Body<wire::Settlement>,
) -> Result<Response, Refusing> {
    let id = id(path)?;
    let once = key.once(format!("POST /gongfang/v1/orders/{id}/settle"), &body.1, encode);
    let settlement = Settlement { reason: body.0.read()?, origin: origin.0, once };
    Ok(http::answered(StatusCode::OK, order::complete(&app.engine, &caller.0, id, settlement).await?, encode))
}

pub(super) async fn cancel(
    State(app): State<App>,
    caller: Administrator,
    path: OrderPath,
    origin: ClientOrigin,
) -> Result<Json<wire::Order>, Refusing> {
    Ok(Json(wire::Order::of(&order::cancel(&app.engine, &caller.0, id(path)?, origin.0).await?)))
}

pub(super) async fn recheck(
    State(app): State<App>,
    caller: Administrator,
    path: OrderPath,
    origin: ClientOrigin,
) -> Result<Json<wire::OrderDetail>, Refusing> {
    let (order, events) = order::recheck(&app.engine, Some((&caller.0, origin.0)), id(path)?).await?;
    Ok(Json(wire::OrderDetail::of(&order, &events)))
}

pub(super) async fn read(State(app): State<App>, caller: Caller, path: OrderPath) -> Result<Json<wire::OrderDetail>, Refusing> {
    let (order, events) = order::own(&app.engine, &caller.0, id(path)?).await?;
    Ok(Json(wire::OrderDetail::of(&order, &events)))
}
