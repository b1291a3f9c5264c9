//! Listeners: an address and the surfaces mounted on it, with what every request gets: an id, a line in the log, and an answer in
//! its surface's own words whatever happens.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    net::SocketAddr,
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use aide::openapi::OpenApi;
use anyhow::{Context, bail};
use axum::{
    Extension, Router,
    extract::{ConnectInfo, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, Version, header},
    middleware::Next,
    response::Response,
    routing::get,
};
use engine::limit;
use futures_util::FutureExt;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use metrics_exporter_prometheus::PrometheusHandle;
use surfaces::{
    App,
    docs::{self, Paths},
    http::{ASKED, Areas, Asked, HEALTH, Health, ILL, Mounted, RequestError, bearer, listed, origin, preferred_language},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower_http::{
    cors::{AllowHeaders, AllowOrigin, CorsLayer},
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};

use crate::{
    connections::{Connections, HEAD},
    refusers::{Refuser, Refusers},
};

/// The routes of one listener. Two surfaces that claim one path refuse to start, both named.
pub(crate) fn router(names: &[&str], app: &App, metrics: PrometheusHandle) -> anyhow::Result<Router> {
    let mut claimed: HashMap<String, &'static str> = HashMap::new();
    let mut refusers = Vec::new();
    let mut healths = Vec::new();
    let mut documents: BTreeMap<Paths, Vec<(&'static str, OpenApi)>> = BTreeMap::new();
    let mut router = Router::new();
    let mut claim = |path: String, name: &'static str| match claimed.insert(path.clone(), name) {
        Some(other) => bail!("the surfaces {other} and {name} both claim {path}; mount them on two addresses"),
        None => Ok(()),
    };
    for name in names {
        let surface = surfaces::find(name).with_context(|| format!("there is no surface called {name}"))?;
        let mut mounted = (surface.build)();
        for path in std::mem::take(&mut mounted.claims) {
            claim(path, surface.name)?;
        }
        if let (Some(paths), Some(open)) = (surface.docs, mounted.docs.take()) {
            documents.entry(paths).or_default().push((surface.name, open));
        }
        let (refuse, options) = (mounted.refuse, mounted.options);
        refusers.extend(mounted.prefixes.iter().map(|prefix| Refuser { prefix, refuse, options }));
        healths.extend(options.health);
        router = router.merge(counted(mounted, app).layer(axum::Extension(Areas(surface.areas))));
    }
    for (paths, documents) in documents.iter().filter(|_| app.options.public_docs) {
        for path in paths.claims() {
            claim(path, documents.first().map_or("docs", |(name, _)| name))?;
        }
        router = router.merge(docs::router(*paths, documents));
    }
    if !healths.is_empty() {
        claim(HEALTH.to_owned(), "health")?;
    }
    let refusers = Refusers::new(refusers);
    if !healths.is_empty() {
        let refusers = refusers.clone();
        let other = move || async move { refusers.refuse(HEALTH, &RequestError::NoMethod) };
        router = router.route(HEALTH, get(move |State(app): State<App>| health(app, healths)).fallback(other));
    }
    let unknown = {
        let refusers = refusers.clone();
        move |request: Request| async move { refusers.unknown(request.method(), request.uri(), request.headers()) }
    };
    let router = router
        .route("/livez", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(move || async move { metrics.render() }))
        .fallback(unknown)
        .with_state(app.clone());
    Ok(wrapped(router, app, refusers))
}

/// Where the documentation pages of surfaces are, each path once.
pub(crate) fn documentation(names: &[&str]) -> BTreeSet<&'static str> {
    names.iter().filter_map(|name| surfaces::find(name)?.docs).map(|paths| paths.swagger).collect()
}

/// The routes of a surface, with its requests counted where it wants that.
fn counted(surface: Mounted, app: &App) -> Router<App> {
    let (Some(rule), refuse) = (surface.options.requests, surface.refuse) else { return surface.router };
    let app = app.clone();
    surface.router.route_layer(axum::middleware::from_fn(move |request: Request, next: Next| {
        let app = app.clone();
        async move {
            let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
            let address = peer.map(|peer| origin(peer, request.headers(), &app.options.proxies));
            match limit::request(&app.engine, rule(&app.settings), bearer(request.headers()), address).await {
                Ok(()) => next.run(request).await,
                Err(error) => refuse(&error.into()),
            }
        }
    }))
}

/// What the surfaces of a listener say of its health, together; where they say different things of one, the worse one.
async fn health(app: App, healths: Vec<Health>) -> Response {
    let database = app.engine.ready().await.is_ok();
    let mut said: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, word) in healths.iter().flat_map(|health| health(database)) {
        said.entry(name).and_modify(|known| *known = if word == ILL { word } else { known }).or_insert(word);
    }
    let ill = said.values().any(|word| *word == ILL);
    surfaces::http::json(if ill { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }, &said)
}

fn wrapped(router: Router, app: &App, refusers: Refusers) -> Router {
    let id = HeaderName::from_static("x-request-id");
    let options = Arc::clone(&app.options);
    let allow = AllowOrigin::predicate(move |origin, _| origin.to_str().is_ok_and(|origin| listed(&options, origin)));
    let cors = CorsLayer::new()
        .allow_origin(allow)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        // A page of an allowed origin may send what it likes: libraries that upload have dozens of headers, some of their users' making.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([
            header::RETRY_AFTER,
            header::ACCEPT_RANGES,
            header::CONTENT_DISPOSITION,
            header::CONTENT_RANGE,
            header::ETAG,
            id.clone(),
            HeaderName::from_static("x-oss-request-id"),
            HeaderName::from_static("idempotent-replayed"),
            HeaderName::from_static("x-ratelimit-limit"),
            HeaderName::from_static("x-ratelimit-remaining"),
            HeaderName::from_static("x-ratelimit-reset"),
        ])
        .max_age(Duration::from_secs(600));
    // The path alone is logged: a query may hold a token.
    let trace = TraceLayer::new_for_http()
        .make_span_with(|request: &Request| {
            let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
            let path: String = logged(request.uri().path()).chars().take(200).collect();
            tracing::info_span!("request", id, method = %request.method(), path)
        })
        .on_request(())
        .on_response(|response: &axum::http::Response<_>, took: Duration, _: &tracing::Span| {
            metrics::histogram!("gongfang_http_seconds", "status" => response.status().as_u16().to_string()).record(took.as_secs_f64());
            tracing::info!(status = response.status().as_u16(), ms = took.as_secs_f64() * 1000.0, "answered");
        })
        .on_failure(());
    let guard = {
        let refusers = refusers.clone();
        axum::middleware::from_fn(move |request: Request, next: Next| {
            let refusers = refusers.clone();
            async move { guarded(&refusers, request, next).await }
        })
    };
    let caught = {
        let refusers = refusers.clone();
        axum::middleware::from_fn(move |request: Request, next: Next| {
            let refusers = refusers.clone();
            async move { caught(&refusers, request, next).await }
        })
    };
    let fixed = |name: HeaderName, value: &'static str| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    router.layer(
        ServiceBuilder::new()
            .map_request(|mut request: Request| {
                own_id_unless_plain(&mut request);
                request
            })
            .layer(SetRequestIdLayer::new(id.clone(), MakeRequestUuid))
            .layer(trace)
            .layer(PropagateRequestIdLayer::new(id))
            .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
            .layer(fixed(header::CACHE_CONTROL, "no-store"))
            .layer(guard)
            .layer(cors)
            .layer(caught),
    )
}

/// A path as it is logged: without what opens a file.
fn logged(path: &str) -> std::borrow::Cow<'_, str> {
    match path.strip_prefix("/media/").and_then(|rest| rest.split_once('/')) {
        Some((signed, key)) if signed.contains('.') => format!("/media/…/{key}").into(),
        Some(_) | None => path.into(),
    }
}

/// Answers what panicked in the words of its path's surface, and lets everybody below know the request's id and language.
async fn caught(refusers: &Refusers, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let asked = Asked { id, language: preferred_language(request.headers()) };
    match ASKED.scope(asked.clone(), AssertUnwindSafe(next.run(request)).catch_unwind()).await {
        Ok(answer) => answer,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
            tracing::error!(text = text.unwrap_or("no message"), "a handler panicked");
            ASKED.sync_scope(asked, || refusers.refuse(&path, &RequestError::Panicked))
        }
    }
}

/// A caller's request id is taken over where it is one, and not a way to fill the log.
fn own_id_unless_plain(request: &mut Request) {
    let plain = |id: &HeaderValue| id.len() <= 64 && id.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte));
    if request.headers().get("x-request-id").is_some_and(|id| !plain(id)) {
        request.headers_mut().remove("x-request-id");
    }
}

/// Refuses what could be read in two ways (a proxy might read it in the other), OPTIONS that ask nothing, and keeps the headers of
/// an allowed origin from pages of others.
async fn guarded(refusers: &Refusers, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let headers = request.headers();
    let hosts = headers.get_all(header::HOST).iter().count();
    let named = request.version() != Version::HTTP_11 || hosts == 1;
    let coded = headers.get(header::TRANSFER_ENCODING).is_some_and(|coding| coding != "chunked");
    if !named || coded {
        let problem = "the request's head can be read in two ways".to_owned();
        let mut answer = refusers.refuse(&path, &RequestError::Body { field: ".".to_owned(), problem });
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        return answer;
    }
    if request.method() == Method::OPTIONS && !headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        return refusers.refuse(&path, &RequestError::NoMethod);
    }
    let mut answer = next.run(request).await;
    if !answer.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        for name in [
            header::ACCESS_CONTROL_ALLOW_METHODS,
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            header::ACCESS_CONTROL_MAX_AGE,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
        ] {
            answer.headers_mut().remove(name);
        }
    }
    answer
}

/// Whether the database answers, and what the kinds lack on this machine.
async fn ready(State(app): State<App>) -> Response {
    match app.engine.ready().await {
        Ok(missing) if !app.engine.writable() => unready("it takes no writes: is the disk full?", &missing),
        // A kind that lacks something is refused by itself; the server serves.
        Ok(missing) => surfaces::http::json(StatusCode::OK, &serde_json::json!({ "ready": true, "database": "ok", "lacks": missing })),
        Err(error) => {
            tracing::error!(%error, "not ready");
            unready("not answering", &[])
        }
    }
}

fn unready(database: &str, missing: &[String]) -> Response {
    let said = serde_json::json!({ "ready": false, "database": database, "lacks": missing });
    surfaces::http::json(StatusCode::SERVICE_UNAVAILABLE, &said)
}

/// Listens at an address, or says who might be there already.
pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} cannot be listened at; is another gongfang running? (see listen.mounts)"))
}

/// Serves connections until `ending`, then lets the open ones finish.
pub(crate) async fn serve(listener: TcpListener, router: Router, connections: Arc<Connections>, ending: CancellationToken) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(64 * 1024).max_headers(64);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10))
        .max_concurrent_streams(128);
    let graceful = GracefulShutdown::new();
    let mut faults = Faults::default();
    loop {
        let accepting = async { (connections.room().await, listener.accept().await) };
        let (permit, (stream, peer)) = tokio::select! {
            (permit, accepted) = accepting => match accepted {
                Ok(accepted) => (permit, accepted),
                Err(error) => {
                    faults.rest(&error).await;
                    continue;
                }
            },
            () = ending.cancelled() => break,
        };
        faults = Faults::default();
        let Some(place) = connections.admit(peer.ip(), permit) else { continue };
        let _ = stream.set_nodelay(true);
        let asked = place.asked();
        let service = ServiceBuilder::new()
            .map_request(move |request| {
                asked.cancel();
                request
            })
            .layer(Extension(ConnectInfo(peer)))
            .service(router.clone());
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service)).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Some(Err(error)) = place.hold(connection).await {
                tracing::debug!(%error, "a connection ended badly");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(Duration::from_secs(15), graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
}

/// Failures to accept that follow one another, as when descriptors have run out: each waits longer, and one line a while is logged.
#[derive(Default)]
struct Faults(u32);

impl Faults {
    async fn rest(&mut self, error: &std::io::Error) {
        if self.0.is_multiple_of(30) {
            tracing::warn!(%error, "connections cannot be accepted; if descriptors have run out, raise the limit (ulimit -n)");
        }
        tokio::time::sleep(Duration::from_millis(50 << self.0.min(4))).await;
        self.0 = self.0.saturating_add(1);
    }
}
