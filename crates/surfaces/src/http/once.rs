//! What a request says beside its body: an idempotency key, and where it comes from.

use std::{marker::PhantomData, sync::Arc};

use aide::operation::OperationInput;
use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::origin::Origin;
use engine::idempotency::{Answered, Once};
use sha2::{Digest, Sha256};

use super::{Address, App, Dialect, ErrorResponse, RequestError};

/// The header's name.
const NAME: &str = "idempotency-key";
/// The longest key.
const LONGEST: usize = 255;
/// What is kept of what a browser or program calls itself, in characters.
const MAX_DEVICE: usize = 255;

/// The `Idempotency-Key` of a request, if it has one: 1 to 255 visible characters.
pub struct Key<V>(Option<String>, PhantomData<V>);

impl<S: Send + Sync, V: Dialect> FromRequestParts<S> for Key<V> {
    type Rejection = ErrorResponse<V>;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let mut given = parts.headers.get_all(NAME).iter();
        let key = match (given.next(), given.next()) {
            (None, _) => None,
            (Some(key), None) => {
                let key =
                    key.to_str().ok().filter(|key| (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
                Some(key.ok_or(RequestError::Query { field: "Idempotency-Key" })?.to_owned())
            }
            (Some(_), Some(_)) => return Err(RequestError::Query { field: "Idempotency-Key" }.into()),
        };
        Ok(Self(key, PhantomData))
    }
}

impl<V> OperationInput for Key<V> {
    fn operation_input(_ctx: &mut aide::generate::GenContext, operation: &mut aide::openapi::Operation) {
        crate::openapi::parameter(
            operation,
            serde_json::json!({ "in": "header", "name": "Idempotency-Key", "required": false, "schema": { "type": "string", "maxLength": LONGEST },
                "description": "同一键的请求只执行一次，24 小时内返回同样的应答 (asked twice, done once)" }),
        );
    }
}

impl<V> Key<V> {
    /// That what a route is asked with this body is done once, and how its answer is written.
    pub fn once<T>(self, route: String, body: &[u8], encode: impl Fn(&T) -> String + Send + Sync + 'static) -> Option<Once<T>> {
        let key = self.0?;
        Some(Once { route, key, request: Sha256::digest(body).into(), encode: Arc::new(encode) })
    }
}

/// A body as text, for what is kept under a key.
#[must_use]
pub fn text(body: &impl serde::Serialize) -> String {
    // Our own types serialise; were one not to, an empty object is all that is left to say.
    serde_json::to_string(body).unwrap_or_else(|_| "{}".to_owned())
}

/// The answer to what may have been done before: the same bytes then.
pub fn answered<T>(status: StatusCode, answered: Answered<T>, encode: impl Fn(&T) -> String) -> Response {
    let (text, before) = match answered {
        Answered::Executed(value) => (encode(&value), false),
        Answered::Replayed(text) => (text, true),
    };
    let mut answer = (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response();
    if before {
        answer.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    answer
}

/// Where a request comes from, as the ledger and the audit log keep it.
pub struct ClientOrigin(pub Origin);

impl<S: Send + Sync> FromRequestParts<S> for ClientOrigin
where
    App: FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let Address(address) = Address::from_request_parts(parts, state).await?;
        Ok(Self(Origin { address: address.map(|address| address.to_string()), device: device(&parts.headers) }))
    }
}

impl OperationInput for ClientOrigin {}

/// What a browser or program calls itself: its first characters, and text only.
fn device(headers: &HeaderMap) -> Option<String> {
    let text = String::from_utf8_lossy(headers.get(header::USER_AGENT)?.as_bytes()).into_owned();
    Some(text.chars().filter(|c| !c.is_control()).take(MAX_DEVICE).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e40_what_a_browser_calls_itself_is_cut_and_plain() {
        let mut headers = HeaderMap::new();
        assert_eq!(device(&headers), None);
        headers.insert(header::USER_AGENT, HeaderValue::from_bytes(&[b"a\t<b>".as_slice(), &b"x".repeat(65_000)].concat()).unwrap());
        let kept = device(&headers).unwrap();
        assert_eq!(kept.chars().count(), 255);
        assert!(kept.starts_with("a<b>x"));
    }
}
