//! Signed files, with range requests, so that a browser can seek in a film.

use axum::{
    Router,
    body::Body,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use engine::media::{self, Asked};

use crate::http::{App, Mounted, RequestError, Surface, SurfaceOptions, Values};

/// The surface as the configuration names it.
pub const SURFACE: Surface = Surface { name: "media", companions: &[], docs: None, areas: &[], build };

/// The surface as a listener mounts it.
fn build() -> Mounted {
    Mounted {
        prefixes: &["/media/"],
        claims: vec!["/media/*".to_owned()],
        router: Router::new().route("/media/{*key}", get(file)),
        refuse,
        docs: None,
        options: SurfaceOptions::default(),
    }
}

/// This surface speaks to browsers: a status is all they need.
fn refuse(wrong: &RequestError) -> Response {
    match wrong {
        RequestError::NoMethod => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        RequestError::Engine(engine::Error::Fault(_)) | RequestError::Panicked => {
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn file(
    State(app): State<App>,
    method: Method,
    path: Result<Path<String>, PathRejection>,
    values: Values,
    headers: HeaderMap,
) -> Response {
    let Ok(Path(key)) = path else { return refuse(&RequestError::NoRoute) };
    let asked = Asked::of_path(&key).unwrap_or_else(|| Asked {
        expires: values.text("expires").and_then(|text| text.parse().ok()).unwrap_or(0),
        signature: values.text("signature").unwrap_or_default().to_owned(),
        key,
    });
    let size = match media::size(&app.engine, &asked).await {
        Ok(size) => size,
        Err(error) => return refuse(&error.into()),
    };
    let range = match range(&headers, size) {
        Ok(range) => range,
        Err(()) => return (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, format!("bytes */{size}"))]).into_response(),
    };
    let (from, to) = range.unwrap_or((0, size));
    let body = if method == Method::HEAD || from == to {
        Body::empty()
    } else {
        match media::read(&app.engine, &asked, from..to).await {
            Ok(pieces) => Body::from_stream(pieces),
            Err(error) => return refuse(&error.into()),
        }
    };
    let mut answer = Response::new(body);
    let head = answer.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&asked.key)));
    head.insert(header::CONTENT_LENGTH, HeaderValue::from(to - from));
    head.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    head.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if range.is_some() {
        if let Ok(value) = HeaderValue::from_str(&format!("bytes {from}-{}/{size}", to - 1)) {
            answer.headers_mut().insert(header::CONTENT_RANGE, value);
        }
        *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    answer
}

/// The one range asked for, as from and past-the-end; nothing where none or several are asked for.
fn range(headers: &HeaderMap, size: u64) -> Result<Option<(u64, u64)>, ()> {
    // We name no version of a file, so a condition on one never holds.
    let conditional = headers.contains_key(header::IF_RANGE);
    let Some(text) = headers.get(header::RANGE).and_then(|value| value.to_str().ok()).filter(|_| !conditional) else { return Ok(None) };
    let Some(spec) = text.strip_prefix("bytes=").filter(|spec| !spec.contains(',')) else { return Ok(None) };
    let Some((from, to)) = spec.split_once('-') else { return Ok(None) };
    let number = |text: &str| match text.trim() {
        digits if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok(digits.parse().unwrap_or(u64::MAX)),
        _ => Err(()),
    };
    let (from, to) = match (number(from), number(to)) {
        (Ok(from), Ok(to)) if to >= from => (from, to.saturating_add(1).min(size)),
        (Ok(from), Err(())) if to.trim().is_empty() => (from, size),
        (Err(()), Ok(last)) if from.trim().is_empty() => (size.saturating_sub(last), size),
        _ => return Ok(None),
    };
    if from >= size { Err(()) } else { Ok(Some((from, to))) }
}

fn content_type(key: &str) -> &'static str {
    match key.rsplit('.').next().unwrap_or_default() {
        "mp4" => "video/mp4",
        "jpg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "webm" => "video/webm",
        "txt" => "text/plain; charset=utf-8",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "srt" => "application/x-subrip; charset=utf-8",
        "vtt" => "text/vtt; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_browsers_write_them() {
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_str(text).unwrap());
            range(&headers, 100)
        };
        for (text, expected) in [
            ("bytes=0-", Ok(Some((0, 100)))),
            ("bytes=10-19", Ok(Some((10, 20)))),
            ("bytes=90-1000", Ok(Some((90, 100)))),
            ("bytes=-10", Ok(Some((90, 100)))),
            ("bytes=-1000", Ok(Some((0, 100)))),
            ("bytes=100-", Err(())),
            ("bytes=-0", Err(())),
            ("bytes=0-99999999999999999999999", Ok(Some((0, 100)))),
            ("bytes=5-2", Ok(None)),
            ("bytes=0-1,3-4", Ok(None)),
            ("items=0-1", Ok(None)),
            ("bytes=a-b", Ok(None)),
        ] {
            assert_eq!(asked(text), expected, "{text}");
        }
    }
}
