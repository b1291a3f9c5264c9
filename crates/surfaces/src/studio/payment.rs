//! Chapter four: paying in, and the callbacks of gateways.

use axum::{
    Json,
    body::Body as RawBody,
    extract::{Path, State},
    http::{HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use domain::order::Channel;
use engine::{
    limit::{self, Visit},
    method,
    order::{self, NewOrder, Verdict},
};
use http_body_util::{BodyExt, Limited};

use super::{Body, Caller, Key, Refusing, wire};
use crate::http::{self, Address, App, ClientOrigin, Field, malformed};

/// The largest callback that is looked at, in bytes.
const MAX_CALLBACK: usize = 8 * 1024;
/// How much of a larger one is read before the reader stops.
const MAX_READ: usize = 64 * 1024;

pub(super) async fn methods(State(app): State<App>, _caller: Caller) -> Result<Json<wire::Answer<Vec<wire::Method>>>, Refusing> {
    let methods = method::enabled(&app.engine).await?;
    Ok(wire::answer("success", methods.iter().map(wire::Method::of).collect()))
}

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    key: Key,
    whence: ClientOrigin,
    body: Body<wire::NewOrder>,
) -> Result<Response, Refusing> {
    let encode = |jump: &order::Jump| wire::text("success", wire::Jumped::of(jump));
    let Field::Given(amount) = http::amount(&body.1, "amount") else { return Err(malformed("amount").into()) };
    let channel = body.0.payment_channel.given().and_then(|word| Channel::from_word(&word)).ok_or(malformed("payment_channel"))?;
    let new = NewOrder {
        amount,
        method: body.0.payment_method_uuid.given().ok_or(malformed("payment_method_uuid"))?,
        channel,
        return_url: body.0.return_url.given().ok_or(malformed("return_url"))?,
        origin: whence.0,
        once: key.once("POST /payment/create".to_owned(), &body.1, encode),
    };
    Ok(http::answered(StatusCode::OK, order::create(&app.engine, &caller.0, new).await?, encode))
}

/// What a gateway is answered: `success` or `fail`, and never anything in which a gateway could find the other word.
fn verdict(status: StatusCode, word: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))], word).into_response()
}

/// A callback: the query of a GET or the form of a POST, never both.
pub(super) async fn notify(
    State(app): State<App>,
    Path(uuid): Path<String>,
    address: Address,
    method: Method,
    uri: Uri,
    body: RawBody,
) -> Response {
    let fail = |status| verdict(status, "fail");
    if limit::visit(&app.engine, Visit::Callback, address.0).is_err() {
        return fail(StatusCode::TOO_MANY_REQUESTS);
    }
    let query = uri.query().unwrap_or_default();
    let text = match (method == Method::GET || method == Method::HEAD, query) {
        (true, query) => query.as_bytes().to_vec(),
        (false, "") => match Limited::new(body, MAX_READ).collect().await {
            Ok(bytes) => bytes.to_bytes().to_vec(),
            Err(_) => return fail(StatusCode::BAD_REQUEST),
        },
        (false, _) => return fail(StatusCode::BAD_REQUEST),
    };
    if text.len() > MAX_CALLBACK {
        return fail(StatusCode::BAD_REQUEST);
    }
    let fields = url::form_urlencoded::parse(&text).into_owned().collect();
    match order::notify(&app.engine, &uuid, fields).await {
        Ok(Verdict::Success) => verdict(StatusCode::OK, "success"),
        Ok(Verdict::Fail) => fail(StatusCode::BAD_REQUEST),
        Err(error) => {
            tracing::error!(%error, "a callback could not be taken");
            fail(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}
