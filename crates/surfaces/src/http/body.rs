//! Bodies of requests: JSON that is what it says, or a refusal that names the place and repeats nothing.

use std::{borrow::Cow, collections::HashMap, marker::PhantomData, time::Duration};

use aide::{generate::GenContext, openapi::Operation, operation::OperationInput};
use axum::{
    body::{Body as RawBody, Bytes},
    extract::{FromRequest, OptionalFromRequest, Request},
    http::{HeaderMap, header},
};
use domain::money::Money;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{Dialect, ErrorResponse, Field, RequestError};

/// The largest body of a request in bytes, unless a route says otherwise.
pub const MAX_BYTES: usize = 1 << 20;
/// How much of a body that is too large is read, and dropped, before it is refused.
const MAX_DRAINED: usize = 8 << 20;
/// How long a body may take to arrive.
const SLOWEST: Duration = Duration::from_secs(20);
/// How deep JSON may be nested.
const DEEPEST: usize = 64;

/// A JSON body: UTF-8, not too large, not too deep, no key twice, nothing behind it. Beside what it says, its bytes.
pub struct Body<T, V>(pub T, pub Bytes, PhantomData<V>);

impl<S: Send + Sync, T: DeserializeOwned, V: Dialect> FromRequest<S> for Body<T, V> {
    type Rejection = ErrorResponse<V>;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Self::Rejection> {
        let (parts, body) = request.into_parts();
        let bytes = read(&parts.headers, body).await?;
        Ok(Self(parse(&bytes)?, bytes, PhantomData))
    }
}

impl<S: Send + Sync, T: DeserializeOwned, V: Dialect> OptionalFromRequest<S> for Body<T, V> {
    type Rejection = ErrorResponse<V>;

    /// The body, if there is one at all: none, and `null`, are nothing.
    async fn from_request(request: Request, _state: &S) -> Result<Option<Self>, Self::Rejection> {
        if axum::body::HttpBody::is_end_stream(request.body()) {
            return Ok(None);
        }
        let (parts, body) = request.into_parts();
        let bytes = read(&parts.headers, body).await?;
        match bytes.trim_ascii() {
            b"" | b"null" => Ok(None),
            _ => Ok(Some(Self(parse(&bytes)?, bytes, PhantomData))),
        }
    }
}

impl<T: schemars::JsonSchema, V> OperationInput for Body<T, V> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        <axum::Json<T> as OperationInput>::operation_input(ctx, operation);
    }
}

/// A body that is JSON or a form, both read as the same fields.
pub struct Form<T, V>(pub T, PhantomData<V>);

impl<S: Send + Sync, T: DeserializeOwned, V: Dialect> FromRequest<S> for Form<T, V> {
    type Rejection = ErrorResponse<V>;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Self::Rejection> {
        let (parts, body) = request.into_parts();
        let bytes = bounded(&parts.headers, body).await?;
        Ok(Self(fields(&parts.headers, &bytes)?, PhantomData))
    }
}

impl<S: Send + Sync, T: DeserializeOwned, V: Dialect> OptionalFromRequest<S> for Form<T, V> {
    type Rejection = ErrorResponse<V>;

    /// The body, if there is one at all: none, and `null`, are nothing.
    async fn from_request(request: Request, _state: &S) -> Result<Option<Self>, Self::Rejection> {
        let (parts, body) = request.into_parts();
        let bytes = bounded(&parts.headers, body).await?;
        match bytes.trim_ascii() {
            b"" | b"null" => Ok(None),
            _ => Ok(Some(Self(fields(&parts.headers, &bytes)?, PhantomData))),
        }
    }
}

/// The fields of a body that is JSON or a form.
fn fields<T: DeserializeOwned>(headers: &HeaderMap, bytes: &[u8]) -> Result<T, RequestError> {
    match kind(headers) {
        Some(Kind::Json) => parse(bytes),
        Some(Kind::Form) => typed("", pairs(bytes)?),
        None => Err(whole("the content type must be application/json or application/x-www-form-urlencoded")),
    }
}

impl<T: schemars::JsonSchema, V> OperationInput for Form<T, V> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        <axum::Json<T> as OperationInput>::operation_input(ctx, operation);
    }
}

/// The fields of a form, each a text, none of them twice.
fn pairs(bytes: &[u8]) -> Result<serde_json::Value, RequestError> {
    let mut fields = serde_json::Map::new();
    for (name, value) in url::form_urlencoded::parse(bytes) {
        if fields.insert(name.into_owned(), value.into_owned().into()).is_some() {
            return Err(whole("a field stands twice"));
        }
    }
    Ok(fields.into())
}

/// What a body says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Json,
    Form,
}

fn kind(headers: &HeaderMap) -> Option<Kind> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    match kind.replace([' ', '"'], "").as_str() {
        "application/json" | "application/json;charset=utf-8" => Some(Kind::Json),
        "application/x-www-form-urlencoded" | "application/x-www-form-urlencoded;charset=utf-8" => Some(Kind::Form),
        _ => None,
    }
}

async fn read(headers: &HeaderMap, body: RawBody) -> Result<Bytes, RequestError> {
    // What is compressed is refused for that, whatever it is.
    if kind(headers) != Some(Kind::Json) && !headers.contains_key(header::CONTENT_ENCODING) {
        return Err(whole("the content type must be application/json"));
    }
    bounded(headers, body).await
}

async fn bounded(headers: &HeaderMap, body: RawBody) -> Result<Bytes, RequestError> {
    if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return Err(RequestError::Compressed);
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    // Whoever asks first whether to send, or would send for ever, is refused at once.
    if announced.is_some_and(|length| length > MAX_DRAINED || (length > MAX_BYTES && headers.contains_key(header::EXPECT))) {
        return Err(RequestError::TooLarge);
    }
    tokio::time::timeout(SLOWEST, collect(body)).await.unwrap_or(Err(RequestError::TooSlow))
}

/// The bytes of a body. One that is too large is read on for a while and dropped: a client whose connection is closed while it still
/// sends does not get to see the refusal.
async fn collect(mut body: RawBody) -> Result<Bytes, RequestError> {
    let (mut bytes, mut read) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| whole("the body could not be read"))?;
        let Some(data) = frame.data_ref() else { continue };
        read += data.len();
        if read > MAX_DRAINED {
            break;
        }
        if read <= MAX_BYTES {
            bytes.extend_from_slice(data);
        }
    }
    if read > MAX_BYTES { Err(RequestError::TooLarge) } else { Ok(bytes.into()) }
}

fn whole(problem: &str) -> RequestError {
    RequestError::Body { field: ".".to_owned(), problem: problem.to_owned() }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, RequestError> {
    let text = std::str::from_utf8(bytes).map_err(|_| whole("the body is not UTF-8"))?;
    if depth(text) > DEEPEST {
        return Err(whole("the body is nested too deeply"));
    }
    let value = serde_json::from_str::<Unique>(text)
        .map_err(|error| whole(if error.is_data() { "a key stands twice" } else { "the body is not JSON" }))?
        .0;
    if !value.is_object() {
        return Err(whole("the body must be a JSON object"));
    }
    typed("", value)
}

/// A value as a type; what is wrong with it is told by its path below `prefix`.
///
/// # Errors
/// [`RequestError::Body`].
pub fn typed<T: DeserializeOwned>(prefix: &str, value: serde_json::Value) -> Result<T, RequestError> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        // What serde_json quotes of the body stays in the body.
        RequestError::Body { field: format!("{prefix}{}", error.path()), problem: plain(&error.inner().to_string()) }
    })
}

/// An amount of a body, read as it was written and never through a float: plain digits with at most six decimals.
#[must_use]
pub fn amount(bytes: &[u8], name: &str) -> Field<i64> {
    let fields: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_slice(bytes).unwrap_or_default();
    match fields.get(name).map(|raw| raw.get()) {
        None => Field::Absent,
        Some("null") => Field::Null,
        Some(text) => Money::parse(text).map_or(Field::Odd, |money| Field::Given(money.0)),
    }
}

/// A JSON value in which no object has a key twice.
struct Unique(serde_json::Value);

impl<'de> serde::Deserialize<'de> for Unique {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> serde::de::Visitor<'de> for UniqueVisitor {
    type Value = serde_json::Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(serde_json::Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut object = serde_json::Map::new();
        while let Some((key, Unique(value))) = entries.next_entry::<String, Unique>()? {
            if object.insert(key, value).is_some() {
                return Err(serde::de::Error::custom("a key stands twice"));
            }
        }
        Ok(object.into())
    }
}

/// A message of serde without the values it quotes and without the position.
fn plain(message: &str) -> String {
    let head = message.split(" at line ").next().unwrap_or_default();
    if let Some((_, expected)) = head.strip_prefix("unknown variant `").and_then(|rest| rest.split_once("`, ")) {
        return format!("unknown variant, {expected}");
    }
    match head.split_once(": ").and_then(|(kind, rest)| rest.split_once(", expected ").map(|(_, expected)| (kind, expected))) {
        Some((kind, expected)) => format!("{kind}, expected {}", expected.replace("f64", "a number").replace("struct ", "")),
        None => head
            .split('`')
            .enumerate()
            .map(|(index, part)| if index % 2 == 1 { format!("`{}`", part.chars().take(40).collect::<String>()) } else { part.to_owned() })
            .collect(),
    }
}

/// How deep brackets are nested, outside of strings.
fn depth(text: &str) -> usize {
    let (mut now, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                now += 1;
                deepest = deepest.max(now);
            }
            b']' | b'}' if !quoted => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_that_are_not_what_they_say_are_refused() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "only whether it parses counts")]
        struct Named {
            name: String,
        }
        let deep = format!("{{\"name\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
        let bad: [&[u8]; 11] = [
            b"",
            b"null",
            b"[]",
            b"{",
            b"{\"name\":1}",
            b"{\"name\":\"a\"}x",
            b"{\"name\":\"a\",\"name\":\"b\"}",
            b"\xff\xfe{\x00}\x00",
            b"{\"name\":\"\\ud800\"}",
            b"{}\n{}",
            deep.as_bytes(),
        ];
        for body in bad {
            assert!(parse::<Named>(body).is_err(), "{:?}", String::from_utf8_lossy(&body[..body.len().min(40)]));
        }
        assert!(parse::<Named>(b" {\"name\":\"a\"} \n").is_ok());
    }

    #[test]
    fn d18_a_form_has_no_field_twice() {
        assert_eq!(pairs(b"username=a%40b.cn&password=x+y").unwrap(), serde_json::json!({ "username": "a@b.cn", "password": "x y" }));
        assert!(pairs(b"username=a&username=b").is_err());
    }

    #[test]
    fn e10_amounts_are_what_was_written_and_never_a_float() {
        for (body, expected) in [
            (r#"{"amount": 100.00}"#, Field::Given(100_000_000)),
            (r#"{"amount": -5}"#, Field::Given(-5_000_000)),
            (r#"{"amount": 0.000001}"#, Field::Given(1)),
            (r#"{"amount": null}"#, Field::Null),
            (r#"{"other": 1}"#, Field::Absent),
            (r#"{"amount": "5"}"#, Field::Odd),
            (r#"{"amount": 1e2}"#, Field::Odd),
            (r#"{"amount": 1e309}"#, Field::Odd),
            (r#"{"amount": 0.30000000000000004}"#, Field::Odd),
            (r#"{"amount": 0.0000001}"#, Field::Odd),
            (r#"{"amount": 99999999999999}"#, Field::Odd),
            (r#"{"amount": [1]}"#, Field::Odd),
        ] {
            assert_eq!(amount(body.as_bytes(), "amount"), expected, "{body}");
        }
    }

    #[test]
    fn what_was_sent_is_not_repeated_in_the_refusal() {
        let Err(RequestError::Body { problem, .. }) = parse::<HashMap<String, bool>>(b"{\"a\":\"my secret\"}") else {
            panic!("it is no boolean")
        };
        assert!(!problem.contains("secret"), "{problem}");
    }
}
