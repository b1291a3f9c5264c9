//! Queries of lists: limit, cursor, and filters that name several words.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::http::{RequestError, Values, row_number};

/// Rows on a page where a query does not say.
const USUAL: i64 = 50;
/// Rows on a page at most.
const MOST: i64 = 200;

/// A page of a list: behind which row it begins, and how many rows it has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    /// The last row of the page before.
    pub(super) after: Option<i64>,
    /// Rows at most.
    pub(super) limit: i64,
    /// Whether all are to be counted.
    pub(super) count: bool,
}

impl Page {
    /// The page that a query asks for.
    ///
    /// # Errors
    /// [`RequestError::Query`], also for a cursor that is none of ours.
    pub(super) fn of(values: &Values) -> Result<Self, RequestError> {
        let after = match values.text("cursor") {
            None | Some("") => None,
            Some(text) => Some(row(text).ok_or(RequestError::Query { field: "cursor" })?),
        };
        let count = match values.text("count") {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(RequestError::Query { field: "count" }),
        };
        Ok(Self { after, limit: values.positive_up_to("limit", USUAL, MOST)?, count })
    }
}

/// The cursor behind a row. Its form is ours to change: clients hand it back as it is.
pub(super) fn cursor(row: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("1:{row}"))
}

fn row(cursor: &str) -> Option<i64> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    row_number(std::str::from_utf8(&bytes).ok()?.strip_prefix("1:")?)
}

/// The words of a filter, separated by commas; none where it is absent.
///
/// # Errors
/// [`RequestError::Query`] where `read` knows one of them not.
pub(super) fn words<T>(values: &Values, name: &'static str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, RequestError> {
    let words = values.text(name).unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| read(word).ok_or(RequestError::Query { field: name })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_row_and_nothing_else_does() {
        assert_eq!(row(&cursor(12)), Some(12));
        for text in ["", "12", "MTI", "task_12", &URL_SAFE_NO_PAD.encode("1:-1"), &URL_SAFE_NO_PAD.encode("2:1")] {
            assert_eq!(row(text), None, "{text}");
        }
    }
}
