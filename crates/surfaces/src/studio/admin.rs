//! Chapter seven: accounts, payment methods, orders and the audit log, for administrators.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::Response,
};
use domain::{
    account::Role,
    id::OrderId,
    id::{AccountId, MethodId},
    order::{Order, Status},
    refusal::{Noun, Refusal},
    wallet::Asset,
};
use engine::{
    Error,
    account::{
        Holder,
        administer::{self, Adjustment, Update, Wanted},
    },
    audit, method,
    order::{self, Manual, Settlement},
};

use super::{Administrator, Body, Key, Refusing, custom, query, wire};
use crate::http::{self, App, ClientOrigin, Page, RequestError, RowNumber, Values, malformed};

type Answer<T> = Result<Json<wire::Answer<T>>, Refusing>;

/// The number of an account in a path.
fn user(id: &RowNumber) -> Result<AccountId, Refusing> {
    Ok(AccountId(id.0.ok_or(custom(StatusCode::BAD_REQUEST, "Invalid user ID"))?))
}

fn role(word: &str) -> Option<Role> {
    match word {
        "admin" => Some(Role::Admin),
        "user" => Some(Role::User),
        _ => None,
    }
}

pub(super) async fn users(State(app): State<App>, caller: Administrator, values: Values) -> Answer<wire::Users> {
    let page = Page::sized(&values, "page", "limit", 20)?;
    let active = match values.text("is_active") {
        None | Some("") => None,
        Some("true" | "1") => Some(true),
        Some("false" | "0") => Some(false),
        Some(_) => return Err(RequestError::Query { field: "is_active" }.into()),
    };
    let (from, until) = query::span(&values, &app.options.zone, "created_after", "created_before")?;
    let wanted = Wanted {
        name: values.text("username").unwrap_or_default().replace('\0', ""),
        role: match values.text("role").filter(|word| !word.is_empty()) {
            Some(word) => Some(role(word).ok_or(RequestError::Query { field: "role" })?),
            None => None,
        },
        active,
        from,
        until,
        offset: page.offset(),
        limit: page.size,
    };
    let (users, total) = administer::list(&app.engine, &caller.0, wanted).await?;
    let users = users.iter().map(wire::UserItem::of).collect();
    Ok(wire::answer("Users retrieved successfully", wire::Users { users, total, page: page.number, limit: page.size }))
}

pub(super) async fn update_user(
    State(app): State<App>,
    caller: Administrator,
    id: RowNumber,
    whence: ClientOrigin,
    body: Body<wire::UserUpdate>,
) -> Answer<wire::UserItem> {
    let id = user(&id)?;
    let credit_limit = http::amount(&body.1, "creditLimit").optional("creditLimit")?;
    let fields = body.0;
    let role_wanted = match fields.role.optional("role")? {
        Some(word) => Some(role(&word).ok_or(malformed("role"))?),
        None => None,
    };
    let update = Update {
        username: fields.username.optional("username")?,
        email: None,
        password: fields.password.optional("password")?.filter(|password| !password.is_empty()),
        role: role_wanted,
        active: fields.is_active.optional("is_active")?,
        credit_limit,
        version: None,
    };
    let nothing = update.username.is_none() && update.password.is_none() && update.role.is_none() && update.active.is_none();
    if nothing && update.credit_limit.is_none() {
        return Err(custom(StatusCode::BAD_REQUEST, "No fields to update").into());
    }
    let holder = administer::update(&app.engine, &caller.0, id, update, whence.0).await?;
    Ok(wire::answer("User updated successfully", wire::UserItem::of(&holder)))
}

pub(super) async fn adjust(
    State(app): State<App>,
    caller: Administrator,
    id: RowNumber,
    key: Key,
    whence: ClientOrigin,
    body: Body<wire::BalanceAdjustment>,
) -> Result<Response, Refusing> {
    let id = user(&id)?;
    let amount = http::amount(&body.1, "amount").given().filter(|amount| *amount > 0).ok_or(malformed("amount"))?;
    let amount = match body.0.sort.given().as_deref() {
        Some("credit") => amount,
        Some("debit") => -amount,
        _ => return Err(malformed("type").into()),
    };
    let encode = |after: &Holder| wire::text("Balance adjusted successfully", wire::UserItem::of(after));
    let adjustment = Adjustment {
        account: id,
        asset: Asset::Money,
        amount,
        reason: body.0.reason.optional("reason")?.unwrap_or_default().replace('\0', ""),
        origin: whence.0,
        once: key.once(format!("POST /admin/users/{id}/balance"), &body.1, encode),
    };
    let adjusted = administer::adjust(&app.engine, &caller.0, adjustment).await.map_err(|error| match error {
        Error::Refused(Refusal::Unaffordable { .. }) => custom(StatusCode::BAD_REQUEST, "Insufficient balance"),
        other => RequestError::from(other),
    })?;
    Ok(http::answered(StatusCode::OK, adjusted, encode))
}

pub(super) async fn delete_user(State(app): State<App>, caller: Administrator, id: RowNumber, whence: ClientOrigin) -> Answer<Option<()>> {
    let closed = administer::close(&app.engine, &caller.0, user(&id)?, whence.0).await;
    closed.map_err(|error| match error {
        Error::Refused(Refusal::OwnAccount) => custom(StatusCode::BAD_REQUEST, "Admin users cannot delete themselves"),
        other => RequestError::from(other),
    })?;
    Ok(wire::answer("User deleted successfully", None))
}

pub(super) async fn methods(State(app): State<App>, caller: Administrator) -> Answer<Vec<wire::PaymentConfig>> {
    let methods = method::list(&app.engine, &caller.0).await?;
    Ok(wire::answer("success", methods.iter().map(|method| wire::PaymentConfig::of(&app.engine, method)).collect()))
}

/// The number of a payment method in a path.
fn method_number(id: &RowNumber) -> Result<MethodId, Refusing> {
    Ok(MethodId(id.0.ok_or(custom(StatusCode::BAD_REQUEST, "Invalid payment config ID"))?))
}

fn draft(body: wire::PaymentConfigDraft) -> Result<method::Draft, Refusal> {
    Ok(method::Draft {
        name: body.name.optional("name")?,
        config: body.config.optional("config")?.map(method::Config),
        enabled: body.enable.optional("enable")?,
    })
}

pub(super) async fn create_method(
    State(app): State<App>,
    caller: Administrator,
    whence: ClientOrigin,
    body: Body<wire::PaymentConfigDraft>,
) -> Answer<wire::PaymentConfigMade> {
    let mut fields = body.0;
    let protocol = std::mem::take(&mut fields.payment_method).given().ok_or(malformed("payment_method"))?;
    let made = method::create(&app.engine, &caller.0, &protocol, draft(fields)?, whence.0).await.map_err(|error| match error {
        Error::Refused(Refusal::Invalid { field: "payment_method", .. }) => custom(StatusCode::BAD_REQUEST, "unsupported payment method"),
        other => RequestError::from(other),
    })?;
    Ok(wire::answer("success", wire::PaymentConfigMade { id: made.id.0, uuid: made.uuid }))
}

pub(super) async fn update_method(
    State(app): State<App>,
    caller: Administrator,
    id: RowNumber,
    whence: ClientOrigin,
    body: Body<wire::PaymentConfigDraft>,
) -> Answer<wire::PaymentConfig> {
    let changed = method::update(&app.engine, &caller.0, method_number(&id)?, draft(body.0)?, whence.0).await?;
    Ok(wire::answer("success", wire::PaymentConfig::of(&app.engine, &changed)))
}

pub(super) async fn delete_method(
    State(app): State<App>,
    caller: Administrator,
    id: RowNumber,
    whence: ClientOrigin,
) -> Answer<Option<()>> {
    method::delete(&app.engine, &caller.0, method_number(&id)?, whence.0).await?;
    Ok(wire::answer("success", None))
}

pub(super) async fn orders(State(app): State<App>, caller: Administrator, values: Values) -> Answer<wire::Orders> {
    let page = Page::sized(&values, "page", "limit", 20)?;
    let (from, until) = query::span(&values, &app.options.zone, "start_time", "end_time")?;
    let (least, most) = query::amounts(&values)?;
    let wanted = order::Wanted {
        account: query::account(&values, "user_id")?,
        status: match values.text("status").filter(|word| !word.is_empty()) {
            Some(word) => Some(Status::from_word(word).ok_or(RequestError::Query { field: "status" })?),
            None => None,
        },
        sort: match values.text("order_type").filter(|word| !word.is_empty()) {
            Some(word) => Some(wire::sort(word).ok_or(RequestError::Query { field: "order_type" })?),
            None => None,
        },
        from,
        until,
        least,
        most,
        offset: page.offset(),
        limit: page.size,
    };
    let (orders, total) = order::list(&app.engine, &caller.0, wanted).await?;
    let orders = orders.iter().map(wire::OrderShown::of).collect();
    Ok(wire::answer("success", wire::Orders { orders, total, page: page.number, limit: page.size }))
}

/// The number of an order in a path; what is none names nothing that exists.
fn order_number(path: Result<Path<String>, PathRejection>) -> Result<OrderId, Refusal> {
    path.ok().and_then(|path| OrderId::parse(&path.0)).ok_or(Refusal::NotFound(Noun::Order))
}

pub(super) async fn order(
    State(app): State<App>,
    caller: Administrator,
    path: Result<Path<String>, PathRejection>,
) -> Answer<wire::OrderDetail> {
    let (order, events) = order::get(&app.engine, Some(&caller.0), order_number(path)?).await?;
    Ok(wire::answer("success", wire::OrderDetail::of(&order, &events)))
}

fn made(order: &Order) -> String {
    wire::text("success", wire::OrderMade::of(order))
}

pub(super) async fn create_order(
    State(app): State<App>,
    caller: Administrator,
    key: Key,
    whence: ClientOrigin,
    body: Body<wire::ManualOrder>,
) -> Result<Response, Refusing> {
    let manual = Manual {
        account: AccountId(body.0.user_id.given().filter(|id| *id > 0).ok_or(malformed("user_id"))?),
        amount: http::amount(&body.1, "amount").given().ok_or(malformed("amount"))?,
        remark: body.0.remark.optional("remark")?.unwrap_or_default(),
        origin: whence.0,
        once: key.once("POST /admin/orders".to_owned(), &body.1, made),
    };
    Ok(http::answered(StatusCode::OK, order::create_manual(&app.engine, &caller.0, manual).await?, made))
}

pub(super) async fn complete_order(
    State(app): State<App>,
    caller: Administrator,
    path: Result<Path<String>, PathRejection>,
    key: Key,
    whence: ClientOrigin,
) -> Result<Response, Refusing> {
    let id = order_number(path)?;
    let once = key.once(format!("POST /admin/orders/{id}/complete"), b"", made);
    let completed = order::complete(&app.engine, &caller.0, id, Settlement { reason: String::new(), origin: whence.0, once }).await;
    Ok(http::answered(StatusCode::OK, completed?, made))
}

pub(super) async fn cancel_order(
    State(app): State<App>,
    caller: Administrator,
    path: Result<Path<String>, PathRejection>,
    whence: ClientOrigin,
) -> Answer<wire::OrderMade> {
    let cancelled = order::cancel(&app.engine, &caller.0, order_number(path)?, whence.0).await;
    let order = cancelled.map_err(|error| match error {
        Error::Refused(Refusal::OrderState(_)) => custom(StatusCode::BAD_REQUEST, "Only pending orders can be cancelled"),
        other => RequestError::from(other),
    })?;
    Ok(wire::answer("success", wire::OrderMade::of(&order)))
}

pub(super) async fn recheck_order(
    State(app): State<App>,
    caller: Administrator,
    path: Result<Path<String>, PathRejection>,
    whence: ClientOrigin,
) -> Answer<wire::OrderDetail> {
    let id = order_number(path)?;
    let (order, events) = order::recheck(&app.engine, Some((&caller.0, whence.0)), id).await?;
    Ok(wire::answer("success", wire::OrderDetail::of(&order, &events)))
}

pub(super) async fn acts(State(app): State<App>, caller: Administrator, values: Values) -> Answer<wire::Acts> {
    let page = Page::sized(&values, "page", "limit", 20)?;
    let actor = query::account(&values, "user_id")?;
    let (lines, total) = audit::list(&app.engine, &caller.0, actor, page.offset(), page.size).await?;
    let items = lines.iter().map(wire::ActLine::of).collect();
    Ok(wire::answer("success", wire::Acts { items, total, page: page.number, limit: page.size }))
}
