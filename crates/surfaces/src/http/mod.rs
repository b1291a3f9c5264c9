//! What all surfaces share: the state they are given, who is calling, bodies and queries with each surface's own words for what
//! is wrong with them, and the value by which a listener mounts them.

mod body;
pub mod cookie;
mod field;
mod file;
mod once;
mod query;
mod sockets;
mod surface;
pub mod table;
mod words;

use std::{
    borrow::Cow,
    collections::BTreeMap,
    marker::PhantomData,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use aide::{generate::GenContext, openapi::Operation, operation::OperationInput};
use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::refusal::{Limit, Refusal};
use engine::{Engine, api_key::Scope, session};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::{
    body::{Body, Form, MAX_BYTES, amount, typed},
    field::{Field, malformed},
    file::{Received, received},
    once::{ClientOrigin, Key, answered, text},
    query::{Page, RowNumber, Values, row_number},
    sockets::{Open, Pulse, SESSION_CHECK, SendError, Slot, accept, broken, close, send_text, socket_token},
    surface::{ASKED, Areas, Asked, HEALTH, Health, ILL, Mounted, Pages, Surface, SurfaceOptions, language, request_id},
    words::{FieldError, Fraction, PreferredLanguage, errors, invalid, local_time, preferred_language, usual, zone_name},
};

/// What every handler is given.
#[derive(Clone)]
pub struct App {
    /// The operations.
    pub engine: Arc<Engine>,
    /// What the listener's operator chose for all surfaces.
    pub options: Arc<Options>,
    /// What the operator chose for one of them.
    pub settings: Arc<crate::Settings>,
    /// Cancelled when this process is about to end.
    pub ending: CancellationToken,
    /// Sockets that are waited for at the end.
    pub sockets: TaskTracker,
    /// How many sockets each account and each address has open.
    pub open: Arc<Open>,
}

/// What the operator chose for all surfaces.
#[derive(Debug, Clone)]
pub struct Options {
    /// Origins whose pages may call; `http://localhost` stands for every port of it.
    pub origins: Vec<String>,
    /// Proxies whose word about who asks is believed.
    pub proxies: Vec<IpAddr>,
    /// Whether the documentation pages are open to everybody.
    pub public_docs: bool,
    /// Whether a socket's token may stand in the query, as the documents have it.
    pub query_token: bool,
    /// Seconds after which a socket that said nothing is pinged.
    pub ping_s: u64,
    /// Seconds after a ping by which a client that said nothing is taken for gone.
    pub pong_s: u64,
    /// Whether sockets are counted by address for this machine's own callers too.
    pub count_loopback: bool,
    /// The zone of times that a document writes without one.
    pub zone: jiff::tz::TimeZone,
    /// How this server is run, for administrators.
    pub deployment: Deployment,
    /// Whether the addresses of profiles that everybody may read are masked.
    pub mask_email: bool,
}

/// How a server is run.
#[derive(Debug, Clone, Default)]
pub struct Deployment {
    /// Whether it is hardened.
    pub production: bool,
    /// The address that the campus surface listens at.
    pub host: String,
    /// Its port there.
    pub port: u16,
    /// Whether several processes can share its database.
    pub shared_database: bool,
    /// Where its database is, without a user and a password.
    pub database: String,
    /// The whole configuration, by key, with secrets masked.
    pub configuration: BTreeMap<String, String>,
}

/// What can be wrong with a request, before and behind the engine; each surface words it.
#[derive(Debug)]
pub enum RequestError {
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
    /// What a document words otherwise on one route than elsewhere; the handler knows.
    Custom {
        /// The status.
        status: StatusCode,
        /// The text.
        text: Cow<'static, str>,
    },
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

impl From<engine::Error> for RequestError {
    fn from(error: engine::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<Refusal> for RequestError {
    fn from(refusal: Refusal) -> Self {
        Self::Engine(refusal.into())
    }
}

/// How a surface words what is wrong.
pub trait Dialect: Send + Sync + 'static {
    /// Whether browsers may sign in with a cookie.
    const COOKIES: bool = false;

    /// The answer in this surface's envelope.
    fn refuse(wrong: &RequestError) -> Response;

    /// The token of a request.
    ///
    /// # Errors
    /// What this surface says where there is none.
    fn token(headers: &HeaderMap) -> Result<&str, RequestError> {
        Ok(bearer(headers).ok_or(Refusal::Unauthorized)?)
    }
}

/// Something wrong, worded by `V`.
pub struct ErrorResponse<V>(pub RequestError, PhantomData<V>);

impl<V, E: Into<RequestError>> From<E> for ErrorResponse<V> {
    fn from(wrong: E) -> Self {
        Self(wrong.into(), PhantomData)
    }
}

impl<V: Dialect> IntoResponse for ErrorResponse<V> {
    fn into_response(self) -> Response {
        if let RequestError::Engine(engine::Error::Fault(fault)) = &self.0 {
            tracing::error!(%fault, "a request failed");
        }
        V::refuse(&self.0)
    }
}

impl<V> aide::operation::OperationOutput for ErrorResponse<V> {
    type Inner = ();
}

/// Who is calling, by the token of the `Authorization` header.
pub struct Caller<V>(pub session::Caller, PhantomData<V>);

impl<S: Send + Sync, V: Dialect> FromRequestParts<S> for Caller<V>
where
    App: FromRef<S>,
{
    type Rejection = ErrorResponse<V>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let app = App::from_ref(state);
        let cookie = cookie::token(&parts.headers, &app).filter(|_| V::COOKIES && bearer(&parts.headers).is_none());
        let token = match cookie {
            Some(token) => {
                cookie::own_page(parts, &app)?;
                token
            }
            None => V::token(&parts.headers)?,
        };
        let caller = session::identify(&app.engine, token, address(parts, &app), needed(parts).as_ref()).await?;
        Ok(Self(caller, PhantomData))
    }
}

/// The scope that an API key needs for a request.
pub(crate) fn needed(parts: &Parts) -> Option<Scope> {
    parts.extensions.get::<Areas>()?.needed(&parts.method, parts.uri.path())
}

/// The address that a request came from.
pub(crate) fn address(parts: &Parts, app: &App) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    peer.map(|peer| origin(peer, &parts.headers, &app.options.proxies))
}

impl<S: Send + Sync, V: Dialect> OptionalFromRequestParts<S> for Caller<V>
where
    App: FromRef<S>,
{
    type Rejection = ErrorResponse<V>;

    /// Who is calling, if it is anybody: a token that is not good is none.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Self::Rejection> {
        match <Self as FromRequestParts<S>>::from_request_parts(parts, state).await {
            Ok(caller) => Ok(Some(caller)),
            Err(ErrorResponse(RequestError::Engine(engine::Error::Refused(Refusal::Unauthorized | Refusal::SessionEnded)), _)) => Ok(None),
            Err(refused) => Err(refused),
        }
    }
}

impl<V> From<Caller<V>> for session::Caller {
    fn from(caller: Caller<V>) -> Self {
        caller.0
    }
}

impl<V> OperationInput for Caller<V> {
    fn operation_input(_ctx: &mut GenContext, operation: &mut Operation) {
        crate::openapi::needs_token(operation);
    }
}

/// An administrator who is calling, as `C` reads who calls: asked before anything of the request is read.
pub struct Administrator<C>(pub session::Caller, PhantomData<C>);

impl<C> FromRequestParts<App> for Administrator<C>
where
    C: FromRequestParts<App> + Into<session::Caller>,
    C::Rejection: From<Refusal>,
{
    type Rejection = C::Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let caller: session::Caller = C::from_request_parts(parts, app).await?.into();
        if caller.role.administers() { Ok(Self(caller, PhantomData)) } else { Err(Refusal::Forbidden.into()) }
    }
}

impl<C> OperationInput for Administrator<C> {
    fn operation_input(_ctx: &mut GenContext, operation: &mut Operation) {
        crate::openapi::needs_token(operation);
    }
}

/// The token of an `Authorization: Bearer` header.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The address a request came from; behind a proxy of the operator's, the one that the proxy names.
#[derive(Debug, Clone, Copy)]
pub struct Address(pub Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for Address
where
    App: FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(address(parts, &App::from_ref(state))))
    }
}

/// Who asks, when `peer` connected: the peer, or what trusted proxies say one after the other, read from the nearest on, up to the
/// first address that is none of theirs. What stands before that anybody may have written.
#[must_use]
pub fn origin(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let named = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let named: Vec<&str> = named.map(str::trim).collect();
    let mut origin = peer.to_canonical();
    for name in named.into_iter().rev() {
        if !proxies.contains(&origin) {
            break;
        }
        let Ok(address) = name.parse::<IpAddr>() else { break };
        origin = address.to_canonical();
    }
    origin
}

impl OperationInput for Address {}

/// The header that says when to come back, where a refusal or an outage says so.
pub fn retry_after(headers: &mut HeaderMap, wrong: &RequestError) {
    let seconds = match wrong {
        RequestError::Engine(engine::Error::Refused(Refusal::TooOften(limit) | Refusal::SentTooOften(limit))) => limit.retry_after_s,
        RequestError::Engine(engine::Error::Refused(Refusal::Undeliverable | Refusal::Unavailable { .. })) => 30,
        RequestError::Engine(engine::Error::Fault(_)) => 2,
        _ => return,
    };
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
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

/// Whether an origin is in the operator's list. One without a port stands for all ports of a local name.
#[must_use]
pub fn listed(options: &Options, origin: &str) -> bool {
    options.origins.iter().any(|allowed| {
        let local = ["http://localhost", "http://127.0.0.1", "http://[::1]"].contains(&allowed.as_str());
        let port = origin.strip_prefix(allowed.as_str()).and_then(|rest| rest.strip_prefix(':'));
        allowed == origin || (local && port.is_some_and(|port| port.parse::<u16>().is_ok()))
    })
}

/// An answer of JSON.
#[must_use]
pub fn json(status: StatusCode, value: &impl serde::Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], bytes).into_response(),
        // Our own types serialise; were one not to, an empty 500 is all that is left to say.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_origins_may_call() {
        let options = Options {
            origins: vec!["http://localhost".into(), "https://app.example.com".into()],
            proxies: vec![],
            public_docs: true,
            query_token: true,
            ping_s: 25,
            deployment: Deployment::default(),
            pong_s: 30,
            count_loopback: false,
            zone: jiff::tz::TimeZone::UTC,
            mask_email: false,
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

    #[test]
    fn x17_only_the_operators_proxies_are_believed() {
        let proxies: Vec<IpAddr> = ["127.0.0.1", "10.0.0.2"].map(|text| text.parse().unwrap()).to_vec();
        for (peer, named, expected) in [
            ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
            ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("127.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
            ("127.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("::ffff:127.0.0.1", "2001:db8::1", "2001:db8::1"),
            ("127.0.0.1", "198.51.100.1, nonsense", "127.0.0.1"),
            ("127.0.0.1", "", "127.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", named.parse().unwrap());
            assert_eq!(origin(peer.parse().unwrap(), &headers, &proxies), expected.parse::<IpAddr>().unwrap(), "{peer} {named}");
        }
    }
}
