//! As much of Alibaba's object storage as its libraries need to put a file: signatures of its first and fourth version (docs/protocols.md, The
//! built-in upload endpoint). A request that is signed so is understood here, and goes on without its signature, with the key that it was made by.

use std::collections::BTreeMap;

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use domain::text::{COMPONENT, PATH, hex, percent_encoded};
use engine::{
    Engine,
    upload::{BUCKET, Key},
};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// How far a client's clock may differ.
const SKEW_S: i64 = 900;
/// What of a query is part of what the first version signs.
const SUBRESOURCES: [&str; 17] = [
    "acl",
    "append",
    "callback",
    "callback-var",
    "delete",
    "partNumber",
    "position",
    "response-content-type",
    "restore",
    "security-token",
    "sequential",
    "symlink",
    "tagging",
    "uploadId",
    "uploads",
    "x-oss-process",
    "x-oss-traffic-limit",
];
/// What the library needs of a query to know what is asked.
const ASKED: [&str; 3] = ["uploads", "uploadId", "partNumber"];

/// The key that a request was made by, once that is proven.
#[derive(Clone)]
pub(super) struct Signed(pub(super) Key);

/// Why a request is not taken.
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) text: &'static str,
}

fn refused(code: &'static str, text: &'static str) -> Refused {
    Refused { status: StatusCode::FORBIDDEN, code, text }
}

/// What a request signs with.
struct Signature {
    access_key: String,
    signature: Vec<u8>,
    /// The fourth version's day and region, and what else of the headers it signs.
    scope: Option<(String, String, Vec<String>)>,
}

/// The request, with its key beside it where it is signed in Alibaba's way; every other is passed on as it is.
pub(super) fn understood(engine: &Engine, mut request: Request) -> Result<Request, Refused> {
    let Some(signature) = signature(request.headers()) else { return Ok(request) };
    let denied = || refused("SignatureDoesNotMatch", "the signature is not the one that this request has");
    let key = Key::of(engine, &signature.access_key).ok_or_else(|| refused("InvalidAccessKeyId", "there is no such key"))?;
    if request.headers().contains_key("x-oss-callback") {
        return Err(Refused { status: StatusCode::NOT_IMPLEMENTED, code: "NotImplemented", text: "callbacks are not made" });
    }
    let path = object_path(request.uri().path()).ok_or_else(denied)?;
    let date = text(request.headers(), "x-oss-date").or_else(|| text(request.headers(), "date")).unwrap_or_default();
    let at = time(&date).ok_or_else(|| refused("AccessDenied", "the request has no date"))?;
    if (at - engine.now().seconds()).abs() > SKEW_S {
        return Err(refused("RequestTimeTooSkewed", "the clocks differ by more than a quarter of an hour"));
    }
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
    let method = request.method().as_str();
    let expected = match &signature.scope {
        None => first(&key, method, request.headers(), &path, &query),
        Some(scope) => fourth(&key, method, request.headers(), &path, &query, &date, scope),
    };
    if !bool::from(expected.as_slice().ct_eq(signature.signature.as_slice())) {
        return Err(denied());
    }
    let token = text(request.headers(), "x-oss-security-token");
    if !token.is_some_and(|token| key.has_token(&token)) {
        return Err(refused("InvalidSecurityToken", "the security token is missing or is not this key's"));
    }
    let asked: Vec<String> = query
        .iter()
        .filter(|(name, _)| ASKED.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}={}", percent_encoded(value, COMPONENT)))
        .collect();
    let question = if asked.is_empty() { String::new() } else { format!("?{}", asked.join("&")) };
    *request.uri_mut() = format!("{}{question}", request.uri().path()).parse().map_err(|_| denied())?;
    for name in ["authorization", "x-amz-content-sha256"] {
        request.headers_mut().remove(name);
    }
    request.extensions_mut().insert(Signed(key));
    Ok(request)
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok()).map(|text| text.trim().to_owned())
}

/// `OSS KEY:SIGNATURE`, or `OSS4-HMAC-SHA256 Credential=.., AdditionalHeaders=.., Signature=..` in any order.
fn signature(headers: &HeaderMap) -> Option<Signature> {
    let written = text(headers, header::AUTHORIZATION.as_str())?;
    if let Some(rest) = written.strip_prefix("OSS ") {
        let (access_key, signature) = rest.rsplit_once(':')?;
        return Some(Signature { access_key: access_key.trim().to_owned(), signature: BASE64.decode(signature.trim()).ok()?, scope: None });
    }
    let fields: BTreeMap<&str, &str> =
        written.strip_prefix("OSS4-HMAC-SHA256 ")?.split(',').filter_map(|field| field.trim().split_once('=')).collect();
    let mut credential = fields.get("Credential")?.split('/');
    let (access_key, day, region) = (credential.next()?, credential.next()?, credential.next()?);
    let more = fields.get("AdditionalHeaders").map_or_else(Vec::new, |names| names.split(';').map(str::to_ascii_lowercase).collect());
    let signature = hex_bytes(fields.get("Signature")?)?;
    Some(Signature { access_key: access_key.to_owned(), signature, scope: Some((day.to_owned(), region.to_owned(), more)) })
}

fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    domain::text::unhex(text).map(|bytes| bytes.to_vec())
}

/// The path with its bucket, decoded: `/bucket/name`.
fn object_path(path: &str) -> Option<String> {
    let name = path.strip_prefix(&format!("/{BUCKET}/")).or_else(|| path.strip_prefix('/'))?;
    Some(format!("/{BUCKET}/{}", domain::label::decoded(name)))
}

/// A date as HTTP writes it, or as the fourth version does.
fn time(date: &str) -> Option<i64> {
    let short = jiff::fmt::strtime::parse("%Y%m%dT%H%M%SZ", date).ok().and_then(|parsed| parsed.to_datetime().ok());
    match short {
        Some(at) => at.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| at.timestamp().as_second()),
        None => jiff::fmt::rfc2822::parse(date).ok().map(|at| at.timestamp().as_second()),
    }
}

/// The headers of Alibaba's own, sorted.
fn own_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let own = headers.keys().map(|name| name.as_str()).filter(|name| name.starts_with("x-oss-"));
    own.map(|name| (name.to_owned(), text(headers, name).unwrap_or_default())).collect()
}

fn mac<M: Mac + KeyInit>(key: &[u8], message: &str) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The signature of the first version.
fn first(key: &Key, method: &str, headers: &HeaderMap, path: &str, query: &[(String, String)]) -> Vec<u8> {
    let get = |name: &str| text(headers, name).unwrap_or_default();
    let date = text(headers, "x-oss-date").unwrap_or_else(|| get("date"));
    let own: String = own_headers(headers).into_iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let mut signed: Vec<String> = query
        .iter()
        .filter(|(name, _)| SUBRESOURCES.contains(&name.as_str()))
        .map(|(name, value)| if value.is_empty() { name.clone() } else { format!("{name}={value}") })
        .collect();
    signed.sort();
    let question = if signed.is_empty() { String::new() } else { format!("?{}", signed.join("&")) };
    let message = format!("{method}\n{}\n{}\n{date}\n{own}{path}{question}", get("content-md5"), get("content-type"));
    mac::<Hmac<Sha1>>(key.secret.as_bytes(), &message)
}

/// The signature of the fourth version.
fn fourth(
    key: &Key,
    method: &str,
    headers: &HeaderMap,
    path: &str,
    query: &[(String, String)],
    date: &str,
    (day, region, more): &(String, String, Vec<String>),
) -> Vec<u8> {
    let mut pairs: Vec<(String, String)> =
        query.iter().map(|(name, value)| (percent_encoded(name, COMPONENT), percent_encoded(value, COMPONENT))).collect();
    pairs.sort();
    let pairs: Vec<String> =
        pairs.into_iter().map(|(name, value)| if value.is_empty() { name } else { format!("{name}={value}") }).collect();
    let mut signed = own_headers(headers);
    for name in ["content-type", "content-md5"].into_iter().chain(more.iter().map(String::as_str)) {
        if let Some(value) = text(headers, name) {
            signed.insert(name.to_owned(), value);
        }
    }
    let lines: String = signed.into_iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let payload = text(headers, "x-oss-content-sha256").unwrap_or_else(|| "UNSIGNED-PAYLOAD".to_owned());
    let canonical = format!("{method}\n{}\n{}\n{lines}\n{}\n{payload}", percent_encoded(path, PATH), pairs.join("&"), more.join(";"));
    let scope = format!("{day}/{region}/oss/aliyun_v4_request");
    let message = format!("OSS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&Sha256::digest(canonical.as_bytes())));
    let mut secret = format!("aliyun_v4{}", key.secret).into_bytes();
    for part in [day.as_str(), region, "oss", "aliyun_v4_request"] {
        secret = mac::<Hmac<Sha256>>(&secret, part);
    }
    mac::<Hmac<Sha256>>(&secret, &message)
}
