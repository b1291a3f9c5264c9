//! What all surfaces share: the state they are given, who is calling, bodies and queries with each surface's own words for what
//! is wrong with them, and the value by which a listener mounts them.

use std::{
    collections::HashMap,
    marker::PhantomData,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use aide::{
    generate::GenContext,
    openapi::{Operation, SecurityRequirement},
    operation::OperationInput,
};
use axum::{
    body::{Body as RawBody, Bytes},
    extract::{ConnectInfo, FromRef, FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::refusal::Limit;
use engine::{Engine, session};
use http_body_util::{BodyExt, Limited};
use serde::de::DeserializeOwned;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The largest body of a request in bytes, unless a route says otherwise.
pub const MOST_BYTES: usize = 1 << 20;
/// How long a body may take to arrive.
const SLOWEST: Duration = Duration::from_secs(20);
/// How deep JSON may be nested.
const DEEPEST: usize = 64;

/// What every handler is given.
#[derive(Clone)]
pub struct App {
    /// The operations.
    pub engine: Arc<Engine>,
    /// What the listener's operator chose.
    pub options: Arc<Options>,
    /// Cancelled when this process is about to end.
    pub ending: CancellationToken,
    /// Sockets that are waited for at the end.
    pub sockets: TaskTracker,
    /// How many sockets each account and each address has open.
    pub open: Arc<Open>,
}

/// What the operator chose for surfaces.
#[derive(Debug, Clone)]
pub struct Options {
    /// Origins whose pages may call; `http://localhost` stands for every port of it.
    pub origins: Vec<String>,
    /// Whether the documentation pages are open to everybody.
    pub public_docs: bool,
    /// Whether a socket's token may stand in the query, as the documents have it.
    pub query_token: bool,
    /// How long a session of the anime surface lasts, in seconds.
    pub anime_session_s: u64,
    /// The longest novel, in bytes.
    pub anime_text_bytes: usize,
    /// Tasks an hour, lists an hour, readings an hour.
    pub anime_limits: [u32; 3],
    /// Whether sockets are counted by address for this machine's own callers too.
    pub count_loopback: bool,
}

/// Counts of open sockets.
#[derive(Debug, Default)]
pub struct Open(Mutex<(HashMap<i64, u32>, HashMap<IpAddr, u32>)>);

/// One open socket; dropping it gives its place back.
#[derive(Debug)]
pub struct Place {
    open: Arc<Open>,
    account: i64,
    address: Option<IpAddr>,
}

impl Open {
    /// A place for one more socket of an account, and of an address where that is counted.
    #[must_use]
    pub fn take(self: &Arc<Self>, account: i64, address: Option<IpAddr>) -> Option<Place> {
        const PER_ACCOUNT: u32 = 20;
        const PER_ADDRESS: u32 = 100;
        let mut counts = self.0.lock().expect("no holder of this lock panics");
        let mine = counts.0.get(&account).copied().unwrap_or(0);
        let theirs = address.and_then(|address| counts.1.get(&address).copied()).unwrap_or(0);
        if mine >= PER_ACCOUNT || theirs >= PER_ADDRESS {
            return None;
        }
        *counts.0.entry(account).or_default() += 1;
        if let Some(address) = address {
            *counts.1.entry(address).or_default() += 1;
        }
        Some(Place { open: Arc::clone(self), account, address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        fn less<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, u32>, key: K) {
            if let std::collections::hash_map::Entry::Occupied(mut entry) = counts.entry(key) {
                *entry.get_mut() -= 1;
                if *entry.get() == 0 {
                    entry.remove();
                }
            }
        }
        let mut counts = self.open.0.lock().expect("no holder of this lock panics");
        less(&mut counts.0, self.account);
        if let Some(address) = self.address {
            less(&mut counts.1, address);
        }
    }
}

/// What can be wrong with a request, before and behind the engine; each surface words it.
#[derive(Debug)]
pub enum Wrong {
    /// The engine said no, or something is broken.
    Engine(engine::Error),
    /// The body is not what it must be: where, and what is wrong with it.
    Body {
        /// The path of the field, as `options.voice_speed`; `.` for the whole.
        field: String,
        /// What is wrong, in English, for developers.
        problem: String,
    },
    /// A value of the query is not what it must be.
    Query {
        /// Its name.
        field: &'static str,
    },
    /// The body is larger than it may be.
    TooLarge,
    /// The body did not arrive in time.
    TooSlow,
    /// The body is compressed, which is not accepted.
    Compressed,
    /// There is no such path.
    NoRoute,
    /// The path does not know the method.
    NoMethod,
    /// A page of another origin asks.
    ForeignOrigin,
    /// Too many open sockets.
    TooManySockets,
    /// The request is no WebSocket handshake.
    NoUpgrade,
    /// A handler panicked.
    Panicked,
}

impl From<engine::Error> for Wrong {
    fn from(error: engine::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<domain::refusal::Refusal> for Wrong {
    fn from(refusal: domain::refusal::Refusal) -> Self {
        Self::Engine(refusal.into())
    }
}

/// How a surface words what is wrong.
pub trait Voice: Send + Sync + 'static {
    /// The answer in this surface's envelope.
    fn refuse(wrong: &Wrong) -> Response;
}

/// Something wrong, worded by `V`.
pub struct Refused<V>(pub Wrong, PhantomData<V>);

impl<V, E: Into<Wrong>> From<E> for Refused<V> {
    fn from(wrong: E) -> Self {
        Self(wrong.into(), PhantomData)
    }
}

impl<V: Voice> IntoResponse for Refused<V> {
    fn into_response(self) -> Response {
        if let Wrong::Engine(engine::Error::Fault(fault)) = &self.0 {
            tracing::error!(%fault, "a request failed");
        }
        V::refuse(&self.0)
    }
}

impl<V> aide::operation::OperationOutput for Refused<V> {
    type Inner = ();
}

/// Who is calling, by the token of the `Authorization` header.
pub struct Caller<V>(pub session::Caller, PhantomData<V>);

impl<S: Send + Sync, V: Voice> FromRequestParts<S> for Caller<V>
where
    App: FromRef<S>,
{
    type Rejection = Refused<V>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let app = App::from_ref(state);
        let token = bearer(&parts.headers).ok_or(domain::refusal::Refusal::Unauthorized)?;
        let caller = session::authenticate(&app.engine, token).await?;
        Ok(Self(caller, PhantomData))
    }
}

impl<V> OperationInput for Caller<V> {
    fn operation_input(_ctx: &mut GenContext, operation: &mut Operation) {
        let requirement: SecurityRequirement = [("bearer".to_owned(), Vec::new())].into_iter().collect();
        operation.security.push(requirement);
    }
}

/// The token of an `Authorization: Bearer` header.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The address a request came from.
#[derive(Debug, Clone, Copy)]
pub struct Address(pub Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())))
    }
}

impl OperationInput for Address {}

/// A JSON body: UTF-8, not too large, not too deep, no key twice, nothing behind it.
pub struct Body<T, V>(pub T, PhantomData<V>);

impl<S: Send + Sync, T: DeserializeOwned, V: Voice> FromRequest<S> for Body<T, V> {
    type Rejection = Refused<V>;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Self::Rejection> {
        let (parts, body) = request.into_parts();
        let bytes = read(&parts.headers, body).await?;
        Ok(Self(parse(&bytes)?, PhantomData))
    }
}

impl<T: schemars::JsonSchema, V> OperationInput for Body<T, V> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        <axum::Json<T> as OperationInput>::operation_input(ctx, operation);
    }
}

async fn read(headers: &HeaderMap, body: RawBody) -> Result<Bytes, Wrong> {
    if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return Err(Wrong::Compressed);
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    if !matches!(kind.replace([' ', '"'], "").as_str(), "application/json" | "application/json;charset=utf-8") {
        return Err(whole("the content type must be application/json"));
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MOST_BYTES as u64) {
        return Err(Wrong::TooLarge);
    }
    let limited = tokio::time::timeout(SLOWEST, Limited::new(body, MOST_BYTES).collect()).await.map_err(|_| Wrong::TooSlow)?;
    limited
        .map(http_body_util::Collected::to_bytes)
        .map_err(|error| if error.is::<http_body_util::LengthLimitError>() { Wrong::TooLarge } else { whole("the body could not be read") })
}

fn whole(problem: &str) -> Wrong {
    Wrong::Body { field: ".".to_owned(), problem: problem.to_owned() }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Wrong> {
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
/// [`Wrong::Body`].
pub fn typed<T: DeserializeOwned>(prefix: &str, value: serde_json::Value) -> Result<T, Wrong> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        // What serde_json quotes of the body stays in the body.
        Wrong::Body { field: format!("{prefix}{}", error.path()), problem: plain(&error.inner().to_string()) }
    })
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

/// The values of a query, each name once at most.
#[derive(Debug, Default)]
pub struct Values(HashMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Values {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        Ok(Self(pairs.map(|pairs| pairs.0.into_iter().collect()).unwrap_or_default()))
    }
}

impl OperationInput for Values {}

impl Values {
    /// A value as it is.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A whole number of at least 1, or `otherwise` where it is absent.
    ///
    /// # Errors
    /// [`Wrong::Query`] for everything that is not such a number.
    pub fn positive(&self, name: &'static str, otherwise: i64) -> Result<i64, Wrong> {
        let Some(text) = self.0.get(name) else { return Ok(otherwise) };
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        text.parse().ok().filter(|number| plain && *number >= 1).ok_or(Wrong::Query { field: name })
    }

    /// As [`Values::positive`], but never more than `most`, however large the number is.
    ///
    /// # Errors
    /// [`Wrong::Query`].
    pub fn positive_up_to(&self, name: &'static str, otherwise: i64, most: i64) -> Result<i64, Wrong> {
        let vast = self
            .0
            .get(name)
            .is_some_and(|text| text.len() > 18 && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0'));
        if vast { Ok(most) } else { Ok(self.positive(name, otherwise)?.min(most)) }
    }
}

/// A page of a list: which, how many on it, and how many to pass over.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// 1 and up.
    pub number: i64,
    /// 1 to 100.
    pub size: i64,
}

impl Page {
    /// The page a query asks for under these names; a size above 100 is 100.
    ///
    /// # Errors
    /// [`Wrong::Query`].
    pub fn of(values: &Values, number: &'static str, size: &'static str) -> Result<Self, Wrong> {
        Ok(Self { number: values.positive(number, 1)?, size: values.positive_up_to(size, 10, 100)? })
    }

    /// How many to pass over.
    #[must_use]
    pub fn offset(self) -> i64 {
        (self.number - 1).saturating_mul(self.size)
    }

    /// How many pages there are; 0 where there is nothing.
    #[must_use]
    pub fn pages(self, total: i64) -> i64 {
        total / self.size + i64::from(total % self.size > 0)
    }
}

/// The headers that tell where a limit stands.
pub fn limit_headers(headers: &mut HeaderMap, limit: &Limit) {
    let mut put = |name: &'static str, value: i64| {
        headers.insert(name, HeaderValue::from(value));
    };
    put("x-ratelimit-limit", limit.allowed.into());
    put("x-ratelimit-remaining", limit.remaining.into());
    put("x-ratelimit-reset", limit.resets_at_s);
    if limit.remaining == 0 && limit.retry_after_s > 0 {
        put("retry-after", i64::try_from(limit.retry_after_s).unwrap_or(i64::MAX));
    }
}

/// Whether a page of this origin may call: an origin in the list, or the server's own.
#[must_use]
pub fn origin_allowed(options: &Options, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let own = origin.split_once("://").is_some_and(|(_, rest)| rest == host && !host.is_empty());
    own || listed(options, origin)
}

/// Whether an origin is in the operator's list. One without a port stands for all ports of a local name.
#[must_use]
pub fn listed(options: &Options, origin: &str) -> bool {
    options.origins.iter().any(|allowed| {
        let local = ["http://localhost", "http://127.0.0.1", "http://[::1]"].contains(&allowed.as_str());
        let port = origin.strip_prefix(allowed.as_str()).and_then(|rest| rest.strip_prefix(':'));
        allowed == origin || (local && port.is_some_and(|port| port.parse::<u16>().is_ok()))
    })
}

/// A surface as a listener mounts it.
pub struct Surface {
    /// Its name, as in the configuration.
    pub name: &'static str,
    /// The paths it answers for, longest match first where several are mounted.
    pub prefixes: &'static [&'static str],
    /// Every path it claims, for finding two that claim the same.
    pub claims: Vec<String>,
    /// Its routes.
    pub router: axum::Router<App>,
    /// How it words what is wrong.
    pub refuse: fn(&Wrong) -> Response,
}

/// An answer of JSON.
#[must_use]
pub fn json(status: StatusCode, value: &impl serde::Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))], bytes).into_response(),
        // Our own types serialise; were one not to, an empty 500 is all that is left to say.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
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
    fn what_was_sent_is_not_repeated_in_the_refusal() {
        let Err(Wrong::Body { problem, .. }) = parse::<HashMap<String, bool>>(b"{\"a\":\"my secret\"}") else { panic!("it is no boolean") };
        assert!(!problem.contains("secret"), "{problem}");
    }

    #[test]
    fn only_listed_origins_may_call() {
        let options = Options {
            origins: vec!["http://localhost".into(), "https://app.example.com".into()],
            public_docs: true,
            query_token: true,
            anime_session_s: 1,
            anime_text_bytes: 1,
            anime_limits: [1; 3],
            count_loopback: false,
        };
        for good in ["http://localhost", "http://localhost:5173", "https://app.example.com"] {
            assert!(listed(&options, good), "{good}");
        }
        for bad in [
            "null",
            "http://localhost.evil.com",
            "http://localhost:5173.evil.com",
            "https://app.example.com.evil.com",
            "http://app.example.com",
            "https://app.example.com:444",
            "http://127.0.0.1:1",
        ] {
            assert!(!listed(&options, bad), "{bad}");
        }
    }
}
