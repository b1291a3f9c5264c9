//! Documentation pages that need no internet: Swagger UI and ReDoc out of the OpenAPI library's own text, each script served once
//! under its hash, compressed, and never again while a browser remembers it.

use std::{io::Write, sync::OnceLock};

use aide::{redoc::Redoc, swagger::Swagger};
use axum::{
    Router,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

use crate::speak::App;

/// A file of a page, named by its hash.
struct Asset {
    name: String,
    kind: &'static str,
    gzip: Vec<u8>,
}

struct Assets {
    swagger_css: Asset,
    swagger_js: Asset,
    redoc_js: Asset,
}

/// Replaces the one picture that ReDoc would ask a stranger for.
const LOGO: &str = "https://cdn.redoc.ly/redoc/logo-mini.svg";
const NO_LOGO: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

fn assets() -> &'static Assets {
    static ASSETS: OnceLock<Assets> = OnceLock::new();
    ASSETS.get_or_init(|| {
        let (css, swagger, redoc) = texts();
        Assets {
            swagger_css: asset(&css, "css", "text/css; charset=utf-8"),
            swagger_js: asset(&swagger, "js", "text/javascript; charset=utf-8"),
            redoc_js: asset(&redoc, "js", "text/javascript; charset=utf-8"),
        }
    })
}

/// The library texts, cut out of the library's own pages.
fn texts() -> (String, String, String) {
    let swagger = Swagger::new("/").html();
    let css = between(&swagger, "<style>", "</style>");
    let js = between(&swagger, "<script>", "</script>\n<!-- `SwaggerUIBundle`");
    let redoc = Redoc::new("/").html();
    let redoc = between(&redoc, "<script>\n", "Redoc.init(\"").replace(LOGO, NO_LOGO);
    (css, js, redoc)
}

fn between(text: &str, from: &str, to: &str) -> String {
    let start = text.find(from).map_or(0, |at| at + from.len());
    let end = text[start..].find(to).map_or(start, |at| start + at);
    text[start..end].to_owned()
}

fn asset(text: &str, extension: &str, kind: &'static str) -> Asset {
    let hash: String = Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    let gzip = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
    Asset { name: format!("{hash}.{extension}"), kind, gzip }
}

/// The pages of one surface: where its OpenAPI text is, and where its two pages are.
pub struct Pages {
    /// The title.
    pub title: &'static str,
    /// The path of the OpenAPI text.
    pub openapi: &'static str,
    /// The path of Swagger UI.
    pub swagger: &'static str,
    /// The path of ReDoc.
    pub redoc: &'static str,
    /// The text, serialised once.
    pub text: String,
}

/// The routes of the pages.
pub fn router(pages: Pages) -> Router<App> {
    let Pages { title, openapi, swagger, redoc, text } = pages;
    let base = swagger.to_owned();
    let text = bytes::Bytes::from(text);
    let (swagger_base, redoc_base) = (base.clone(), base.clone());
    Router::new()
        .route(openapi, get(move || async move { ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], text).into_response() }))
        .route(swagger, get(move || async move { swagger_page(title, openapi, &swagger_base) }))
        .route(redoc, get(move || async move { redoc_page(title, openapi, &redoc_base) }))
        .route(&format!("{base}/assets/{{file}}"), get(file))
}

fn swagger_page(title: &str, openapi: &str, base: &str) -> Response {
    let assets = assets();
    page(&format!(
        "<!doctype html><html lang=\"zh\"><head><meta charset=\"utf-8\"><title>{title}</title><link rel=\"stylesheet\" href=\"{base}/assets/{}\"></head><body><div id=\"swagger-ui\" data-url=\"{openapi}\"></div>\
         <script src=\"{base}/assets/{}\"></script><script src=\"{base}/assets/swagger.js\"></script></body></html>",
        assets.swagger_css.name, assets.swagger_js.name
    ))
}

fn redoc_page(title: &str, openapi: &str, base: &str) -> Response {
    page(&format!(
        "<!doctype html><html lang=\"zh\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body style=\"margin:0\"><div id=\"redoc\" data-url=\"{openapi}\"></div>\
         <script src=\"{base}/assets/{}\"></script><script src=\"{base}/assets/redoc.js\"></script></body></html>",
        assets().redoc_js.name
    ))
}

fn page(html: &str) -> Response {
    let policy = "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src blob:; frame-ancestors 'none'";
    (
        [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        html.to_owned(),
    )
        .into_response()
}

async fn file(name: Result<axum::extract::Path<String>, axum::extract::rejection::PathRejection>, headers: HeaderMap) -> Response {
    let name = name.map(|path| path.0).unwrap_or_default();
    const START_SWAGGER: &str = "SwaggerUIBundle({url:document.getElementById('swagger-ui').dataset.url,dom_id:'#swagger-ui',layout:'BaseLayout',deepLinking:true,validatorUrl:null});";
    const START_REDOC: &str =
        "Redoc.init(document.getElementById('redoc').dataset.url,{scrollYOffset:0},document.getElementById('redoc'));";
    let script = |text: &'static str| ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], text).into_response();
    match name.as_str() {
        "swagger.js" => return script(START_SWAGGER),
        "redoc.js" => return script(START_REDOC),
        _ => {}
    }
    let assets = assets();
    let Some(asset) = [&assets.swagger_css, &assets.swagger_js, &assets.redoc_js].into_iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("gzip"));
    let mut answer = if accepts {
        ([(header::CONTENT_ENCODING, "gzip")], asset.gzip.clone()).into_response()
    } else {
        let mut text = Vec::new();
        let unpacked = std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&asset.gzip[..]), &mut text);
        if unpacked.is_err() { StatusCode::NOT_FOUND.into_response() } else { text.into_response() }
    };
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    answer.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_texts_are_where_we_cut_them() {
        let (css, swagger, redoc) = texts();
        assert!(css.len() > 50_000 && css.contains(".swagger-ui"), "{}", css.len());
        assert!(swagger.len() > 500_000 && swagger.contains("SwaggerUIBundle"), "{}", swagger.len());
        assert!(redoc.len() > 500_000 && !redoc.contains(LOGO) && redoc.contains(NO_LOGO), "{}", redoc.len());
    }
}
