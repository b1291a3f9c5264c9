//! Documentation pages that need no internet: Swagger UI and ReDoc out of the OpenAPI library's own text, each script served once
//! under its hash, compressed, and never again while a browser remembers it.

use std::{io::Write, sync::OnceLock};

use aide::{
    openapi::{Components, Info, OpenApi, ReferenceOr, SecurityScheme, Server, Tag},
    redoc::Redoc,
    swagger::Swagger,
    transform::TransformOperation,
};
use axum::{
    Router,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{http::App, openapi::parameter};

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
    let hash = domain::text::hex(&Sha256::digest(text.as_bytes())[..8]);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    let gzip = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
    Asset { name: format!("{hash}.{extension}"), kind, gzip }
}

/// The paths of documentation pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Paths {
    /// The path of the OpenAPI text.
    pub openapi: &'static str,
    /// The path of Swagger UI; its files are below it.
    pub swagger: &'static str,
    /// The path of ReDoc.
    pub redoc: &'static str,
}

impl Paths {
    /// Where most surfaces have theirs. Several on one listener share the pages.
    pub const USUAL: Self = Self { openapi: "/openapi.json", swagger: "/docs", redoc: "/redoc" };

    /// Every path that the pages claim.
    #[must_use]
    pub fn claims(self) -> [String; 3] {
        [self.openapi, self.swagger, self.redoc].map(str::to_owned)
    }
}

/// The routes of pages at `paths` that show `documents`, each with its surface's name.
pub fn router(paths: Paths, documents: &[(&'static str, OpenApi)]) -> Router<App> {
    let Paths { openapi, swagger, redoc } = paths;
    let title = format!("Gongfang 工坊: {}", documents.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "));
    let text = bytes::Bytes::from(text(&title, documents));
    let swagger_html = swagger_page(&title, openapi, swagger);
    let redoc_html = redoc_page(&title, openapi, swagger);
    Router::new()
        .route(openapi, get(move || async move { ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], text).into_response() }))
        .route(swagger, get(move || async move { page(swagger_html) }))
        .route(redoc, get(move || async move { page(redoc_html) }))
        .route(&format!("{swagger}/assets/{{file}}"), get(file))
}

/// Every path of a document: what its surface claims, but for the one that a listener's surfaces share.
#[must_use]
pub(crate) fn paths(open: &OpenApi) -> Vec<String> {
    let own = |path: &&String| path.as_str() != crate::http::HEALTH;
    open.paths.as_ref().map(|paths| paths.paths.keys().filter(own).cloned().collect()).unwrap_or_default()
}

/// The head of a surface's document: its name, what it is, and its tags.
pub(crate) fn head(surface: &str, about: &str, tags: &[(&str, &str)]) -> OpenApi {
    OpenApi {
        info: Info {
            title: format!("Gongfang 工坊: {surface}"),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            description: Some(about.to_owned()),
            ..Info::default()
        },
        servers: vec![Server { url: "/".to_owned(), ..Server::default() }],
        tags: self::tags(tags),
        components: Some(bearer()),
        ..OpenApi::default()
    }
}

/// What an operation is called, what it is about, and how it refuses.
pub(crate) fn describe_refusals<'t, F: serde::Serialize + schemars::JsonSchema>(
    op: TransformOperation<'t>,
    id: &str,
    tag: &str,
    summary: &str,
) -> TransformOperation<'t> {
    op.id(id).tag(tag).summary(summary).default_response_with::<axum::Json<F>, _>(|answer| answer.description("错误响应"))
}

/// Says of which media type the refusals of a document are.
pub(crate) fn media_of_refusals(open: &mut OpenApi, media: &str) {
    let items = open.paths.iter_mut().flat_map(|paths| paths.paths.values_mut()).filter_map(|item| match item {
        ReferenceOr::Item(item) => Some(item),
        ReferenceOr::Reference { .. } => None,
    });
    let operations = items.flat_map(|item| [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete]);
    for responses in operations.flatten().filter_map(|operation| operation.responses.as_mut()) {
        if let Some(ReferenceOr::Item(refusal)) = &mut responses.default
            && let Some(schema) = refusal.content.shift_remove("application/json")
        {
            refusal.content.insert(media.to_owned(), schema);
        }
    }
}

/// As [`describe_refusals`], with what it answers.
pub(crate) fn describe<'t, const STATUS: u16, T: serde::Serialize + schemars::JsonSchema, F: serde::Serialize + schemars::JsonSchema>(
    op: TransformOperation<'t>,
    id: &str,
    tag: &str,
    summary: &str,
) -> TransformOperation<'t> {
    describe_refusals::<F>(op, id, tag, summary).response_with::<STATUS, axum::Json<T>, _>(|answer| answer.description("成功响应"))
}

/// The tags of a document, each with what it is about.
fn tags(tags: &[(&str, &str)]) -> Vec<Tag> {
    let tag = |(name, about): &(&str, &str)| Tag { name: (*name).to_owned(), description: Some((*about).to_owned()), ..Tag::default() };
    tags.iter().map(tag).collect()
}

/// The one way to sign a request: `Authorization: Bearer`.
fn bearer() -> Components {
    let scheme = SecurityScheme::Http {
        scheme: "bearer".to_owned(),
        bearer_format: Some("JWT".to_owned()),
        description: None,
        extensions: Default::default(),
    };
    Components { security_schemes: [("bearer".to_owned(), ReferenceOr::Item(scheme))].into_iter().collect(), ..Components::default() }
}

/// Adds the values of a query that is read by hand, so that each has its own refusal: name, description, type.
pub(crate) fn query<'t>(mut op: TransformOperation<'t>, values: &[(&str, &str, &str)]) -> TransformOperation<'t> {
    for (name, description, kind) in values {
        parameter(op.inner_mut(), json!({ "in": "query", "name": name, "description": description, "schema": { "type": kind } }));
    }
    op
}

/// Says that a body may be left out.
pub(crate) fn without_body(mut op: TransformOperation<'_>) -> TransformOperation<'_> {
    if let Some(ReferenceOr::Item(body)) = &mut op.inner_mut().request_body {
        body.required = false;
    }
    op
}

/// Says that a file of a media type is answered.
pub(crate) fn download<'t>(mut op: TransformOperation<'t>, media_type: &str, description: &str) -> TransformOperation<'t> {
    let content = serde_json::json!({ media_type: { "schema": { "type": "string", "format": "binary" } } });
    let response = serde_json::json!({ "description": description, "content": content });
    if let Ok(response) = serde_json::from_value(response) {
        let responses = op.inner_mut().responses.get_or_insert_with(Default::default);
        responses.responses.insert(aide::openapi::StatusCode::Code(200), ReferenceOr::Item(response));
    }
    op
}

/// Says that what is answered is also had as a table.
pub(crate) fn or_table(mut op: TransformOperation<'_>) -> TransformOperation<'_> {
    let responses = op.inner_mut().responses.get_or_insert_with(Default::default);
    let schema = serde_json::from_value(json!({ "schema": { "type": "string", "format": "binary" } }));
    if let (Some(ReferenceOr::Item(response)), Ok(table)) = (responses.responses.get_mut(&aide::openapi::StatusCode::Code(200)), schema) {
        response.content.insert("text/csv".to_owned(), table);
    }
    op
}

/// Says that a stream of events is answered, each with `T` as its data.
pub(crate) fn stream<'t, T: serde::Serialize + schemars::JsonSchema>(
    op: TransformOperation<'t>,
    description: &str,
) -> TransformOperation<'t> {
    let mut op = op.response_with::<200, axum::Json<T>, _>(|answer| answer.description(description));
    let responses = op.inner_mut().responses.get_or_insert_with(Default::default);
    if let Some(ReferenceOr::Item(response)) = responses.responses.get_mut(&aide::openapi::StatusCode::Code(200))
        && let Some(schema) = response.content.shift_remove("application/json")
    {
        response.content.insert("text/event-stream".to_owned(), schema);
    }
    op
}

/// Adds the number in a path.
pub(crate) fn path_number<'t>(mut op: TransformOperation<'t>, name: &str, description: &str) -> TransformOperation<'t> {
    let schema = json!({ "type": "integer", "format": "int64", "minimum": 1 });
    parameter(op.inner_mut(), json!({ "in": "path", "name": name, "description": description, "required": true, "schema": schema }));
    op
}

/// Adds a text in a path.
pub(crate) fn path_text<'t>(mut op: TransformOperation<'t>, name: &str) -> TransformOperation<'t> {
    parameter(op.inner_mut(), json!({ "in": "path", "name": name, "required": true, "schema": { "type": "string" } }));
    op
}

/// The OpenAPI text of one surface as it is, or of several as one: paths side by side, each schema under its surface's name, as
/// two surfaces may call different things alike.
fn text(title: &str, documents: &[(&'static str, OpenApi)]) -> String {
    let values: Vec<(&str, Value)> = documents.iter().map(|(name, open)| (*name, serde_json::to_value(open).unwrap_or_default())).collect();
    let whole = match values.as_slice() {
        [(_, only)] => only.clone(),
        several => {
            let mut several = several.iter().map(|(name, value)| prefixed(name, value));
            let mut whole = several.next().unwrap_or_default();
            several.for_each(|other| join(&mut whole, other));
            whole["info"]["title"] = title.into();
            whole["info"]["description"] = values
                .iter()
                .filter_map(|(name, value)| Some(format!("## {name}\n\n{}", value["info"]["description"].as_str()?)))
                .collect::<Vec<_>>()
                .join("\n\n")
                .into();
            whole
        }
    };
    whole.to_string()
}

/// A document whose schemas are called `<surface>.<name>`.
fn prefixed(surface: &str, value: &Value) -> Value {
    const SCHEMAS: &str = "#/components/schemas/";
    match value {
        Value::String(text) => text.strip_prefix(SCHEMAS).map_or_else(|| value.clone(), |name| format!("{SCHEMAS}{surface}.{name}").into()),
        Value::Array(items) => items.iter().map(|item| prefixed(surface, item)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, field)| match (name.as_str(), field) {
                ("schemas", Value::Object(schemas)) => {
                    let renamed: serde_json::Map<String, Value> =
                        schemas.iter().map(|(name, schema)| (format!("{surface}.{name}"), prefixed(surface, schema))).collect();
                    (name.clone(), Value::Object(renamed))
                }
                _ => (name.clone(), prefixed(surface, field)),
            })
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// Adds what another document has; where both have something, the first stays.
fn join(whole: &mut Value, other: Value) {
    match (whole, other) {
        (Value::Object(whole), Value::Object(other)) => {
            for (name, field) in other {
                match whole.get_mut(&name) {
                    Some(known) => join(known, field),
                    None => drop(whole.insert(name, field)),
                }
            }
        }
        (Value::Array(whole), Value::Array(other)) => {
            for item in other {
                if !whole.contains(&item) {
                    whole.push(item);
                }
            }
        }
        _ => {}
    }
}

fn swagger_page(title: &str, openapi: &str, base: &str) -> String {
    let assets = assets();
    format!(
        "<!doctype html><html lang=\"zh\"><head><meta charset=\"utf-8\"><title>{title}</title><link rel=\"stylesheet\" href=\"{base}/assets/{}\"></head><body><div id=\"swagger-ui\" data-url=\"{openapi}\"></div>\
         <script src=\"{base}/assets/{}\"></script><script src=\"{base}/assets/swagger.js\"></script></body></html>",
        assets.swagger_css.name, assets.swagger_js.name
    )
}

fn redoc_page(title: &str, openapi: &str, base: &str) -> String {
    format!(
        "<!doctype html><html lang=\"zh\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body style=\"margin:0\"><div id=\"redoc\" data-url=\"{openapi}\"></div>\
         <script src=\"{base}/assets/{}\"></script><script src=\"{base}/assets/redoc.js\"></script></body></html>",
        assets().redoc_js.name
    )
}

fn page(html: String) -> Response {
    let policy = "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src blob:; frame-ancestors 'none'";
    (
        [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        html,
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
