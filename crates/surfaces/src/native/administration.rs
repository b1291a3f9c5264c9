//! Accounts, for administrators: search, make, change, correct what they have, close; and the log of who did what.

use aide::axum::{
    ApiRouter,
    routing::{delete_with, get_with, post_with},
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    account::Role,
    id::AccountId,
    refusal::{Noun, Refusal},
};
use engine::{
    account::{
        Holder,
        administer::{self, Adjustment, Filter},
    },
    audit, second_factor,
};

use super::{
    Administrator, Body, Key, Refusing, describe, ends, listed,
    listing::{self, Form},
    query, wire,
};
use crate::{
    docs,
    http::{self, App, ClientOrigin, RequestError, Values},
};

pub(super) fn routes() -> ApiRouter<App> {
    const TAG: &str = "administration";
    ApiRouter::new()
        .api_route(
            "/gongfang/v1/accounts",
            get_with(list, |op| {
                docs::query(
                    listed::<wire::AccountShown>(op, "account_list", TAG, "Everybody's accounts, newest first"),
                    &[
                        ("q", "how the user name, the e-mail address or the phone number begins", "string"),
                        ("role", "only `user`, `admin` or `super_admin`", "string"),
                        ("active", "only those that may sign in, or may not", "boolean"),
                    ],
                )
            })
            .post_with(create, |op| describe::<201, wire::AccountShown>(op, "account_create", TAG, "Make an account")),
        )
        .api_route(
            "/gongfang/v1/accounts/{id}",
            get_with(read, |op| docs::path_text(describe::<200, wire::AccountShown>(op, "account_read", TAG, "An account"), "id"))
                .patch_with(update, |op| {
                    docs::path_text(describe::<200, wire::AccountShown>(op, "account_update", TAG, "Change an account"), "id")
                })
                .delete_with(delete, |op| {
                    let op = ends(op, "account_delete", TAG, "Close an account", "nobody can sign in to it; its entries are kept");
                    docs::path_text(op, "id")
                }),
        )
        .api_route(
            "/gongfang/v1/accounts/{id}/second_factor",
            delete_with(reset_second_factor, |op| {
                let op = ends(op, "account_second_factor_delete", TAG, "Take a lost second factor away", "signing in asks for none");
                docs::path_text(op, "id")
            }),
        )
        .api_route(
            "/gongfang/v1/accounts/{id}/adjustments",
            post_with(adjust, |op| {
                docs::path_text(describe::<201, wire::AccountShown>(op, "adjustment_create", TAG, "Correct what an account has"), "id")
            }),
        )
        .api_route(
            "/gongfang/v1/audit",
            get_with(acts, |op| {
                let op = listed::<wire::ActShown>(op, "audit_list", TAG, "Who did what, newest first");
                docs::query(op, &[("actor", "only what one account did, as `acct_3`", "string")])
            }),
        )
}

/// The id of an account in a path.
type AccountPath = Result<Path<String>, PathRejection>;

fn id(path: AccountPath) -> Result<AccountId, Refusal> {
    path.ok().and_then(|Path(id)| query::number("acct", &id)).map(AccountId).ok_or(Refusal::NotFound(Noun::Account))
}

/// An account with its version as its `ETag`.
fn tagged(status: StatusCode, holder: &Holder) -> Response {
    let mut answer = (status, Json(wire::AccountShown::of(holder))).into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", holder.account.version)) {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    answer
}

/// The version that `If-Match` names; none where it is absent or any will do.
///
/// # Errors
/// [`Refusal::Stale`] for what is no version of ours.
fn version(headers: &HeaderMap) -> Result<Option<i64>, Refusal> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    match value.to_str().map(str::trim) {
        Ok("*") => Ok(None),
        Ok(text) => {
            let number = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|text| text.parse().ok());
            number.map(Some).ok_or(Refusal::Stale)
        }
        Err(_) => Err(Refusal::Stale),
    }
}

async fn list(State(app): State<App>, caller: Administrator, form: Form, values: Values) -> Result<Response, Refusing> {
    let flag = |text: &str| match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    let filter = Filter {
        name: values.text("q").unwrap_or_default().to_owned(),
        role: listing::word(&values, "role", Role::from_word)?,
        active: listing::word(&values, "active", flag)?,
    };
    let read = move |page: query::Page| {
        let (app, caller, filter) = (app.clone(), caller.0.clone(), filter.clone());
        async move {
            let before = page.row()?.map_or(AccountId(i64::MAX), AccountId);
            let holders = administer::page(&app.engine, &caller, filter, before, page.limit + 1).await?;
            Ok::<_, RequestError>(wire::accounts(&holders, page.limit))
        }
    };
    form.answer(read).await
}

async fn create(
    State(app): State<App>,
    caller: Administrator,
    origin: ClientOrigin,
    body: Body<wire::NewAccount>,
) -> Result<Response, Refusing> {
    let made = administer::create(&app.engine, &caller.0, body.0.into(), origin.0).await?;
    Ok(tagged(StatusCode::CREATED, &made))
}

async fn read(State(app): State<App>, caller: Administrator, path: AccountPath) -> Result<Response, Refusing> {
    Ok(tagged(StatusCode::OK, &administer::get(&app.engine, &caller.0, id(path)?).await?))
}

async fn update(
    State(app): State<App>,
    caller: Administrator,
    path: AccountPath,
    headers: HeaderMap,
    origin: ClientOrigin,
    body: Body<wire::AccountUpdate>,
) -> Result<Response, Refusing> {
    let update = body.0.read(version(&headers)?)?;
    Ok(tagged(StatusCode::OK, &administer::update(&app.engine, &caller.0, id(path)?, update, origin.0).await?))
}

async fn adjust(
    State(app): State<App>,
    caller: Administrator,
    path: AccountPath,
    key: Key,
    origin: ClientOrigin,
    body: Body<wire::NewAdjustment>,
) -> Result<Response, Refusing> {
    let account = id(path)?;
    let (asset, amount, reason) = body.0.read()?;
    let encode = |holder: &Holder| http::text(&wire::AccountShown::of(holder));
    let once = key.once(format!("POST /gongfang/v1/accounts/{account}/adjustments"), &body.1, encode);
    let adjustment = Adjustment { account, asset, amount, reason, origin: origin.0, once };
    Ok(http::answered(StatusCode::CREATED, administer::adjust(&app.engine, &caller.0, adjustment).await?, encode))
}

async fn delete(State(app): State<App>, caller: Administrator, path: AccountPath, origin: ClientOrigin) -> Result<StatusCode, Refusing> {
    administer::close(&app.engine, &caller.0, id(path)?, origin.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn reset_second_factor(
    State(app): State<App>,
    caller: Administrator,
    path: AccountPath,
    origin: ClientOrigin,
) -> Result<StatusCode, Refusing> {
    second_factor::reset(&app.engine, &caller.0, id(path)?, origin.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn acts(State(app): State<App>, caller: Administrator, form: Form, values: Values) -> Result<Response, Refusing> {
    let actor = listing::word(&values, "actor", |text| query::number("acct", text).map(AccountId))?;
    let read = move |page: query::Page| {
        let (app, caller) = (app.clone(), caller.0.clone());
        async move {
            let before = page.row()?.unwrap_or(i64::MAX);
            Ok::<_, RequestError>(wire::acts(&audit::page(&app.engine, &caller, actor, before, page.limit + 1).await?, page.limit))
        }
    };
    form.answer(read).await
}
