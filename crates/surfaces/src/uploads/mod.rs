//! The built-in endpoint for uploads: it speaks S3, and as much of Alibaba's own dialect beside it that browsers' libraries for OSS work;
//! it takes files under the names that a temporary key may use, whole or in parts, and does nothing else.
//!
//! S3's signatures are checked by the library, OSS's by [`oss`]; what a key may is asked in [`rights`], before anything of the request is
//! read; that what came is what was sent is proven in [`arrival`].

mod arrival;
mod claims;
mod endpoint;
mod oss;
mod rights;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use engine::upload::BUCKET;
use s3s::{
    config::{S3Config, StaticConfigProvider},
    service::S3ServiceBuilder,
};

use crate::http::{App, Mounted, RequestError, Surface, SurfaceOptions};

/// The surface as the configuration names it.
pub const SURFACE: Surface = Surface { name: "uploads", companions: &[], docs: None, areas: &[], build };

/// The surface as a listener mounts it: with the bucket in the path, or before the host, where every name begins with `uploads/`.
fn build() -> Mounted {
    let bucket = format!("/{BUCKET}");
    let router = Router::new()
        .route(&bucket, any(serve))
        .route(&format!("{bucket}/"), any(serve))
        .route(&format!("{bucket}/{{*key}}"), any(serve))
        .route("/uploads/{*key}", any(serve));
    Mounted {
        prefixes: &["/gongfang-uploads/", "/uploads/"],
        claims: vec![format!("{bucket}/*"), "/uploads/*".to_owned()],
        router,
        refuse,
        docs: None,
        options: SurfaceOptions::default(),
    }
}

/// This surface speaks to programs that know S3: a status is all that is left to say where it does not.
fn refuse(wrong: &RequestError) -> Response {
    match wrong {
        RequestError::Panicked => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn serve(State(app): State<App>, request: Request) -> Response {
    // A form would be taken into memory before anybody is asked whether it may be.
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if request.method() == Method::POST && kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data") {
        return fault(StatusCode::FORBIDDEN, "AccessDenied", "files are put, not posted as forms");
    }
    let request = match oss::understood(&app.engine, request) {
        Ok(request) => request,
        Err(refused) => return fault(refused.status, refused.code, refused.text),
    };
    let signed = request.extensions().get::<oss::Signed>().is_some();
    if !signed && !request.uri().path().starts_with(&format!("/{BUCKET}")) && !in_host(request.headers()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let request = with_bucket(request);
    let mut builder = S3ServiceBuilder::new(endpoint::Endpoint(Arc::clone(&app.engine)));
    builder.set_auth(rights::Keys(Arc::clone(&app.engine)));
    builder.set_access(rights::Rights(Arc::clone(&app.engine)));
    let mut config = S3Config::default();
    config.xml_max_body_size = 2 << 20;
    config.post_object_max_file_size = 1;
    builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
    let request = request.map(s3s::Body::http_body_unsync);
    match builder.build().call(request).await {
        Ok(answer) => answer.map(axum::body::Body::new),
        Err(error) => {
            tracing::warn!(?error, "an upload broke off");
            StatusCode::BAD_REQUEST.into_response()
        }
    }
}

/// Whether the bucket stands before the host.
fn in_host(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    host.strip_prefix(BUCKET).is_some_and(|rest| rest.starts_with('.'))
}

/// The request with the bucket in its path, as the library reads it; what was signed is not touched by OSS's requests, which are
/// understood already.
fn with_bucket(mut request: Request) -> Request {
    if request.extensions().get::<oss::Signed>().is_some() && !request.uri().path().starts_with(&format!("/{BUCKET}/")) {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        if let Ok(uri) = format!("/{BUCKET}{path}").parse() {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// A refusal as both dialects read it.
fn fault(status: StatusCode, code: &str, text: &str) -> Response {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{text}</Message></Error>");
    (status, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
}
