//! Listeners: an address and the surfaces mounted on it, with what every request gets: an id, a line in the log, and an answer in
//! its surface's own words whatever happens.

use std::{
    any::Any,
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
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
    response::{IntoResponse, Response},
    routing::get,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use metrics_exporter_prometheus::PrometheusHandle;
use surfaces::{
    App, Surface, anime,
    docs::{self, Paths},
    mail, media, phone, sandbox,
    speak::{Wrong, listed},
    studio, uploads,
};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::sync::CancellationToken;
use tower::{Layer, ServiceBuilder};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowOrigin, CorsLayer},
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};

/// How long a client may take for its request's head, and how long an idle connection is kept.
const HEAD: Duration = Duration::from_secs(15);

/// How each surface of a listener refuses, by the prefixes it answers for.
#[derive(Clone)]
struct Refusers(Arc<Vec<(&'static str, Refuse)>>);

/// How one surface words what is wrong.
type Refuse = fn(&Wrong) -> Response;

impl Refusers {
    /// The words of the surface with the longest prefix that fits, or of the first one mounted.
    fn refuse(&self, path: &str, wrong: &Wrong) -> Response {
        let fits = self.0.iter().filter(|(prefix, _)| path.starts_with(prefix)).max_by_key(|(prefix, _)| prefix.len());
        match fits.or_else(|| self.0.first()) {
            Some((_, refuse)) => refuse(wrong),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }
}

/// The surface of a name.
fn surface(name: &str) -> anyhow::Result<Surface> {
    match name {
        "anime" => Ok(anime::surface()),
        "mail" => Ok(mail::surface()),
        "media" => Ok(media::surface()),
        "phone" => Ok(phone::surface()),
        "sandbox" => Ok(sandbox::surface()),
        "studio" => Ok(studio::surface()),
        "uploads" => Ok(uploads::surface()),
        other => {
            bail!("listen.mounts: there is no surface called {other}; there are anime, mail, media, phone, sandbox, studio and uploads")
        }
    }
}

/// The routes of one listener. Two surfaces that claim one path refuse to start, both named.
pub(crate) fn router(names: &[String], app: &App, metrics: PrometheusHandle) -> anyhow::Result<Router> {
    let mut claimed: HashMap<String, &'static str> = HashMap::new();
    let mut refusers = Vec::new();
    let mut documents: BTreeMap<Paths, Vec<(&'static str, OpenApi)>> = BTreeMap::new();
    let mut router = Router::new();
    let mut claim = |path: String, name: &'static str| match claimed.insert(path.clone(), name) {
        Some(other) => bail!("the surfaces {other} and {name} both claim {path}; mount them on two addresses"),
        None => Ok(()),
    };
    for name in names {
        let surface = surface(name)?;
        for path in surface.claims {
            claim(path, surface.name)?;
        }
        refusers.extend(surface.prefixes.iter().map(|prefix| (*prefix, surface.refuse)));
        router = router.merge(surface.router);
        if let Some((paths, open)) = surface.docs {
            documents.entry(paths).or_default().push((surface.name, open));
        }
    }
    for (paths, documents) in documents.iter().filter(|_| app.options.public_docs) {
        for path in paths.claims() {
            claim(path, documents.first().map_or("docs", |(name, _)| name))?;
        }
        router = router.merge(docs::router(*paths, documents));
    }
    let refusers = Refusers(Arc::new(refusers));
    let unknown = {
        let refusers = refusers.clone();
        move |request: Request| async move { refusers.refuse(request.uri().path(), &Wrong::NoRoute) }
    };
    let router = router
        .route("/livez", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(move || async move { metrics.render() }))
        .fallback(unknown)
        .with_state(app.clone());
    Ok(wrapped(router, app, refusers))
}

fn wrapped(router: Router, app: &App, refusers: Refusers) -> Router {
    let id = HeaderName::from_static("x-request-id");
    let options = Arc::clone(&app.options);
    let allow = AllowOrigin::predicate(move |origin, _| origin.to_str().is_ok_and(|origin| listed(&options, origin)));
    let cors = CorsLayer::new()
        .allow_origin(allow)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
            id.clone(),
            // What libraries that upload to S3 send.
            HeaderName::from_static("x-amz-content-sha256"),
            HeaderName::from_static("x-amz-date"),
            HeaderName::from_static("x-amz-security-token"),
            HeaderName::from_static("x-amz-user-agent"),
            HeaderName::from_static("x-amz-sdk-checksum-algorithm"),
            HeaderName::from_static("x-amz-checksum-crc32"),
            HeaderName::from_static("amz-sdk-invocation-id"),
            HeaderName::from_static("amz-sdk-request"),
        ])
        .expose_headers([
            header::RETRY_AFTER,
            id.clone(),
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
            let path: String = request.uri().path().chars().take(200).collect();
            tracing::info_span!("request", id, method = %request.method(), path)
        })
        .on_request(())
        .on_response(|response: &axum::http::Response<_>, took: Duration, _: &tracing::Span| {
            metrics::histogram!("gongfang_http_seconds", "status" => response.status().as_u16().to_string()).record(took.as_secs_f64());
            tracing::info!(status = response.status().as_u16(), ms = took.as_secs_f64() * 1000.0, "answered");
        })
        .on_failure(());
    let caught = {
        let refusers = refusers.clone();
        CatchPanicLayer::custom(move |panic: Box<dyn Any + Send + 'static>| {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no message");
            tracing::error!(text, "a handler panicked");
            refusers.refuse("", &Wrong::Panicked)
        })
    };
    let guard = {
        let refusers = refusers.clone();
        axum::middleware::from_fn(move |request: Request, next: Next| {
            let refusers = refusers.clone();
            async move { guarded(&refusers, request, next).await }
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
        let mut answer = refusers.refuse(&path, &Wrong::Body { field: ".".to_owned(), problem });
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        return answer;
    }
    if request.method() == Method::OPTIONS && !headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        return refusers.refuse(&path, &Wrong::NoMethod);
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
        // A kind that lacks something is refused by itself; the server serves.
        Ok(lacks) => surfaces::speak::json(StatusCode::OK, &serde_json::json!({ "ready": true, "database": "ok", "lacks": lacks })),
        Err(error) => {
            tracing::error!(%error, "not ready");
            surfaces::speak::json(
                StatusCode::SERVICE_UNAVAILABLE,
                &serde_json::json!({ "ready": false, "database": "not answering", "lacks": [] }),
            )
        }
    }
}

/// Listens at an address, or says who might be there already.
pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} cannot be listened at; is another gongfang running? (see listen.mounts)"))
}

/// Serves connections until `ending`, then lets the open ones finish.
pub(crate) async fn serve(listener: TcpListener, router: Router, places: Arc<Semaphore>, ending: CancellationToken) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(64 * 1024).max_headers(64);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10))
        .max_concurrent_streams(128);
    let graceful = GracefulShutdown::new();
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = ending.cancelled() => break,
        };
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(Extension(ConnectInfo(peer)).layer(router.clone()));
        let (builder, watcher) = (builder.clone(), graceful.watcher());
        tokio::spawn(async move {
            // Which version is spoken is read without a timeout, so whoever says nothing at all is shown out here.
            if tokio::time::timeout(HEAD, stream.peek(&mut [0])).await.is_err() {
                return;
            }
            let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(%error, "a connection ended badly");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(Duration::from_secs(15), graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
}
