//! Sessions of browsers: a cookie that no script reads, and requests that no foreign page makes in its owner's name.
//!
//! There are no CSRF tokens. What changes something must come from a page of ours, and browsers say where a request comes from:
//! `Sec-Fetch-Site` (W3C Fetch Metadata), or else `Origin`. What says neither is no browser. A token in `Authorization` needs no such
//! look, for no foreign page knows it; a cookie beside it is passed over.

use axum::http::{HeaderMap, HeaderValue, Method, header, request::Parts};

use super::{App, RequestError, listed};

/// Whether people reach this server by https, so that a cookie may ask for it.
fn secure(app: &App) -> bool {
    app.engine.settings.public_url.starts_with("https://")
}

/// What the cookie is called. The prefix makes browsers refuse one that another host or an insecure page set (RFC 6265bis, 4.1.3).
fn name(app: &App) -> &'static str {
    if secure(app) { "__Host-gongfang" } else { "gongfang" }
}

/// The token in a request's cookie.
pub(crate) fn token<'h>(headers: &'h HeaderMap, app: &App) -> Option<&'h str> {
    find(headers, name(app))
}

fn find<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(known, _)| *known == name).map(|(_, text)| text)
}

fn value(app: &App, name: &str, text: &str, seconds: u64) -> Option<HeaderValue> {
    let secure = if secure(app) { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={text}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")).ok()
}

/// What the cookie is called that a browser is sent away with to an identity provider, and comes back with.
fn errand(app: &App) -> &'static str {
    if secure(app) { "__Host-gongfang-oidc" } else { "gongfang-oidc" }
}

/// What a browser kept on its way to an identity provider and back.
pub(crate) fn kept<'h>(headers: &'h HeaderMap, app: &App) -> Option<&'h str> {
    find(headers, errand(app))
}

/// The header that has a browser keep it; for no seconds, that takes it away.
#[must_use]
pub fn keep(app: &App, text: &str, seconds: u64) -> Option<HeaderValue> {
    value(app, errand(app), text, seconds)
}

/// The header that gives a browser its session.
#[must_use]
pub fn given(app: &App, token: &str, seconds: u64) -> Option<HeaderValue> {
    value(app, name(app), token, seconds)
}

/// The header that takes it away.
#[must_use]
pub fn taken(app: &App) -> Option<HeaderValue> {
    value(app, name(app), "", 0)
}

/// Checks that a request that changes something comes from a page of ours, or from no page at all.
///
/// # Errors
/// [`RequestError::ForeignOrigin`].
pub fn own_page(parts: &Parts, app: &App) -> Result<(), RequestError> {
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if text("sec-fetch-site").is_some_and(|site| ["same-origin", "none"].contains(&site)) {
        return Ok(());
    }
    let own = match text("origin") {
        Some(origin) => {
            let host = text("host").or(parts.uri.host()).unwrap_or_default();
            let here = origin.split_once("://").is_some_and(|(_, named)| named.eq_ignore_ascii_case(host));
            here || listed(&app.options, origin)
        }
        None => !parts.headers.contains_key("sec-fetch-site"),
    };
    if own { Ok(()) } else { Err(RequestError::ForeignOrigin) }
}
