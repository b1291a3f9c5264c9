//! Lists: a page as JSON, or everything that the filters match as a file, for whoever prefers `text/csv`.

use std::{
    future::Future,
    hash::{DefaultHasher, Hasher},
};

use aide::operation::OperationInput;
use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::id::AccountId;
use engine::session::Whose;
use futures_util::stream;
use serde::Serialize;
use serde_json::Value;

use super::{
    Refusing,
    query::{self, Page},
    wire,
};
use crate::http::{self, RequestError, Values, table};

/// Rows read at once for a file.
const PIECE: i64 = 200;

/// Something that a list has, and which of its values are the columns of a file.
pub(super) trait Listed: Serialize + Send + Sync + 'static {
    /// What a file of them is called.
    const NAME: &'static str;
    /// The columns: values of the JSON form, by their paths.
    const COLUMNS: &'static [&'static str];
}

/// How a list is wanted.
pub(super) struct Form {
    page: Page,
    file: bool,
    /// The tags of pages that the client knows.
    known: Option<HeaderValue>,
}

impl<S: Send + Sync> FromRequestParts<S> for Form {
    type Rejection = Refusing;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let Ok(values) = Values::from_request_parts(parts, state).await;
        let accept = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // The first of the two that is named is what is wanted.
        let named = accept.split(',').map(|part| part.split(';').next().unwrap_or_default().trim());
        let file = named.into_iter().find(|kind| ["text/csv", "application/json", "*/*"].contains(kind)) == Some("text/csv");
        let known = parts.headers.get(header::IF_NONE_MATCH).cloned();
        Ok(Self { page: Page::of(&values)?, file, known })
    }
}

impl OperationInput for Form {}

impl Form {
    /// The answer: the page that was asked for, or a file of this page and of all that come after it. `read` reads a page.
    ///
    /// # Errors
    /// What `read` says of the first page. A file that breaks off later breaks its connection.
    pub(super) async fn answer<T, R, F>(self, read: R) -> Result<Response, Refusing>
    where
        T: Listed,
        R: Fn(Page) -> F + Send + 'static,
        F: Future<Output = Result<wire::Page<T>, RequestError>> + Send,
    {
        if !self.file {
            return Ok(page(&read(self.page).await?, self.known.as_ref()));
        }
        let page = self.page.of_size(PIECE);
        // The first piece is read before the answer begins, so that a refusal is one.
        let first = read(page.clone()).await?;
        let walk = (read, page, Some(first), true);
        let pieces = stream::try_unfold(walk, |(read, page, piece, begins)| async move {
            let Some(piece) = piece else { return Ok::<_, Broken>(None) };
            let rows = piece.items.iter().map(|item| cells(T::COLUMNS, item));
            let text = table::lines_of(begins.then_some(T::COLUMNS), rows);
            let next = match piece.next.as_deref().and_then(|cursor| page.behind(cursor)) {
                Some(next) => Some(read(next).await.map_err(|wrong| Broken(format!("{wrong:?}")))?),
                None => None,
            };
            Ok(Some((text, (read, page, next, false))))
        });
        Ok(table::file(&format!("{}.csv", T::NAME), pieces))
    }
}

/// A page, or nothing where the client has just this one.
fn page<T: Serialize>(page: &wire::Page<T>, known: Option<&HeaderValue>) -> Response {
    let text = http::text(page);
    let mut hash = DefaultHasher::new();
    hash.write(text.as_bytes());
    let tag = format!("\"{:016x}\"", hash.finish());
    let same = known.and_then(|known| known.to_str().ok()).is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let headers = [(header::ETAG, tag), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    if same {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// Why a file broke off.
#[derive(Debug)]
struct Broken(String);

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

/// The cells of a row: what stands at each path, nothing where nothing does.
fn cells<T: Serialize>(columns: &[&str], item: &T) -> Vec<String> {
    let value = serde_json::to_value(item).unwrap_or_default();
    let cell = |path: &&str| match path.split('.').try_fold(&value, |value, name| value.get(name)) {
        // A number may begin with a minus.
        Some(Value::String(text)) if text.parse::<f64>().is_ok() => text.clone(),
        Some(Value::String(text)) => table::disarmed(text),
        None | Some(Value::Null) => String::new(),
        Some(Value::Array(items)) => items.iter().map(|item| item.as_str().unwrap_or_default()).collect::<Vec<_>>().join(" "),
        Some(other) => other.to_string(),
    };
    columns.iter().map(cell).collect()
}

/// The values of a query that every list knows.
pub(super) const PAGE: [(&str, &str, &str); 2] = [
    ("limit", "how many at most, from 1 to 200; 50 where it is absent", "integer"),
    ("cursor", "where the page before ended: its `next`", "string"),
];

/// The words of a filter of which there is one at most.
///
/// # Errors
/// [`RequestError::Query`] where `read` does not know it.
pub(super) fn word<T>(values: &Values, name: &'static str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, RequestError> {
    let text = values.text(name).filter(|text| !text.is_empty());
    text.map(|text| read(text).ok_or(RequestError::Query { field: name })).transpose()
}

/// Whose rows a list shows: the caller's own, or for administrators somebody's or everybody's.
///
/// # Errors
/// [`RequestError::Query`].
pub(super) fn whose(values: &Values) -> Result<Whose, RequestError> {
    let read = |text: &str| match text {
        "all" => Some(Whose::Everybody),
        one => query::number("acct", one).map(|number| Whose::Of(AccountId(number))),
    };
    Ok(word(values, "account", read)?.unwrap_or_default())
}

/// The value of a query that says whose rows a list shows.
pub(super) const WHOSE: (&str, &str, &str) = ("account", "for administrators: whose, as `acct_3`, or `all`", "string");
