//! The console: pages for browsers, which speak the native API. It serves files and decides nothing.
//!
//! Every page begins as the same start page; which one it becomes is decided in the browser. So a GET that accepts HTML, and that no
//! API answers for, is answered with it. Files are named by their hash and never change; one that is not there is 404, and never the
//! start page, which a browser would take for a script.

use std::sync::OnceLock;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use console::Asset;
use sha2::{Digest, Sha256};

use crate::http::{self, Mounted, RequestError, Surface, SurfaceOptions};

/// The surface as the configuration names it.
pub const SURFACE: Surface = Surface { name: "console", companions: &["native", "media"], docs: None, areas: &[], build };

/// The surface as a listener mounts it.
fn build() -> Mounted {
    let mut router = Router::new().route("/", get(root)).route("/_app/{*path}", get(file));
    let mut claims = vec!["/".to_owned(), "/_app/*".to_owned()];
    for asset in console::all().iter().filter(|asset| !asset.path.starts_with("/_app/") && asset.path != console::start().path) {
        router = router.route(asset.path, get(file));
        claims.push(asset.path.to_owned());
    }
    let options = SurfaceOptions { pages: Some(page), ..SurfaceOptions::default() };
    Mounted { prefixes: &["/_app/"], claims, router, refuse, docs: None, options }
}

fn refuse(wrong: &RequestError) -> Response {
    let (status, text) = http::usual(wrong);
    let status = if matches!(wrong, RequestError::NoRoute) { StatusCode::NOT_FOUND } else { status };
    (status, text).into_response()
}

async fn root(method: Method, headers: HeaderMap) -> Response {
    start(&method, &headers)
}

async fn file(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    match console::find(uri.path()) {
        Some(asset) => answer(asset, &method, &headers),
        None => refuse(&RequestError::NoRoute),
    }
}

/// The start page for an address that is one of the console's pages: one that a browser goes to, and no file's.
fn page(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let html = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    let named = uri.path().rsplit('/').next().is_some_and(|last| last.contains('.'));
    (reads && html && !named).then(|| start(method, headers))
}

fn start(method: &Method, headers: &HeaderMap) -> Response {
    let mut answer = answer(console::start(), method, headers);
    let own = answer.headers_mut();
    own.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    own.remove(header::ETAG);
    if let Ok(policy) = HeaderValue::from_str(policy()) {
        own.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// A file, in the smallest form that whoever asks can read; nothing where they have it already.
fn answer(asset: &'static Asset, method: &Method, headers: &HeaderMap) -> Response {
    let immutable = asset.path.starts_with("/_app/immutable/");
    let caching = if immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let fixed = [(header::CACHE_CONTROL, caching), (header::ETAG, asset.etag), (header::VARY, "accept-encoding")];
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let start = std::ptr::eq(asset, console::start());
    if !start && text(header::IF_NONE_MATCH).split(',').any(|tag| tag.trim().trim_start_matches("W/") == asset.etag) {
        return (StatusCode::NOT_MODIFIED, fixed).into_response();
    }
    let accepted = text(header::ACCEPT_ENCODING);
    let (coding, bytes) = match () {
        () if takes(accepted, "br") && !asset.brotli.is_empty() => (Some("br"), asset.brotli),
        () if takes(accepted, "gzip") && !asset.gzip.is_empty() => (Some("gzip"), asset.gzip),
        () => (None, asset.plain),
    };
    let body = if *method == Method::HEAD { Body::empty() } else { Body::from(bytes::Bytes::from_static(bytes)) };
    let mut answer = (fixed, body).into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    answer.headers_mut().insert(header::CONTENT_LENGTH, bytes.len().into());
    answer.headers_mut().extend(coding.map(|coding| (header::CONTENT_ENCODING, HeaderValue::from_static(coding))));
    answer
}

/// Whether `Accept-Encoding` names a coding without refusing it.
fn takes(accepted: &str, coding: &str) -> bool {
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let refused = |weight: &str| weight.strip_prefix("q=").is_some_and(|weight| weight.trim_matches(['0', '.']).is_empty());
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding)) && !parts.any(refused)
    })
}

/// What the start page may load: what is of its own origin, and its inline scripts by their hashes.
fn policy() -> &'static str {
    static POLICY: OnceLock<String> = OnceLock::new();
    POLICY.get_or_init(|| {
        let page = String::from_utf8_lossy(console::start().plain);
        let hash = |script: &str| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script)));
        let hashes: String = inline(&page).map(hash).collect();
        format!(
            "default-src 'self'; script-src 'self'{hashes}; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
             object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
    })
}

/// The scripts that stand in a page itself.
fn inline(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let script = rest.split("</script>").next()?;
        (!attributes.contains("src=")).then_some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_are_found_and_others_are_not() {
        let page = "<script src=\"/theme.js\"></script><p>x</p><script>\n a();\n</script><script type=\"module\">b</script>";
        assert_eq!(inline(page).collect::<Vec<_>>(), ["\n a();\n", "b"]);
    }

    #[test]
    fn a_coding_that_is_refused_is_not_taken() {
        for (accepted, expected) in
            [("gzip, deflate, br", true), ("br;q=0", false), ("br;q=0.0, gzip", false), ("BR;q=0.5", true), ("", false), ("brotli", false)]
        {
            assert_eq!(takes(accepted, "br"), expected, "{accepted}");
        }
    }

    #[test]
    fn only_pages_begin_as_the_start_page() {
        let html = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("text/html,*/*;q=0.8"))]);
        let any = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("*/*"))]);
        let given = |method: Method, path: &'static str, headers: &HeaderMap| page(&method, &Uri::from_static(path), headers).is_some();
        assert!(given(Method::GET, "/tasks/task_1", &html) && given(Method::HEAD, "/login", &html));
        assert!(!given(Method::GET, "/tasks", &any) && !given(Method::POST, "/tasks", &html) && !given(Method::GET, "/a.js", &html));
    }
}
