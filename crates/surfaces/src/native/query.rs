//! Queries of lists: limit, cursor, and filters that name several words.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use domain::time::Timestamp;

use crate::http::{RequestError, Values, row_number};

/// Rows on a page where a query does not say.
const USUAL: i64 = 50;
/// Rows on a page at most.
const MOST: i64 = 200;

/// A page of a list: behind which row it begins, and how many rows it has.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// What the cursor says of the last row of the page before.
    after: Option<String>,
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
            Some(text) => Some(read(text).ok_or(WRONG_CURSOR)?),
        };
        let count = match values.text("count") {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(RequestError::Query { field: "count" }),
        };
        Ok(Self { after, limit: values.positive_up_to("limit", USUAL, MOST)?, count })
    }

    /// The same page, with another number of rows.
    pub(super) fn of_size(self, limit: i64) -> Self {
        Self { limit, count: false, ..self }
    }

    /// The page behind a cursor; none where it is none of ours.
    pub(super) fn behind(&self, cursor: &str) -> Option<Self> {
        Some(Self { after: Some(read(cursor)?), ..self.clone() })
    }

    /// The row behind which it begins, by its number.
    ///
    /// # Errors
    /// [`RequestError::Query`].
    pub(super) fn row(&self) -> Result<Option<i64>, RequestError> {
        self.after.as_deref().map(|text| row_number(text).ok_or(WRONG_CURSOR)).transpose()
    }

    /// The row behind which it begins, by its time and its id.
    ///
    /// # Errors
    /// [`RequestError::Query`].
    pub(super) fn timed(&self) -> Result<Option<(Timestamp, &str)>, RequestError> {
        let read = |text: &str| text.split_once(':').and_then(|(at, _)| row_number(at)).map(Timestamp);
        let Some(text) = self.after.as_deref() else { return Ok(None) };
        let (at, (_, id)) = (read(text).ok_or(WRONG_CURSOR)?, text.split_once(':').ok_or(WRONG_CURSOR)?);
        Ok(Some((at, id)))
    }
}

const WRONG_CURSOR: RequestError = RequestError::Query { field: "cursor" };

/// The cursor behind a row. Its form is ours to change: clients hand it back as it is.
pub(super) fn cursor(row: &dyn std::fmt::Display) -> String {
    URL_SAFE_NO_PAD.encode(format!("1:{row}"))
}

fn read(cursor: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    std::str::from_utf8(&bytes).ok()?.strip_prefix("1:").map(str::to_owned)
}

/// The number of an id such as `task_12`; none for what is no such id, which names nothing.
pub(super) fn number(prefix: &str, id: &str) -> Option<i64> {
    row_number(id.strip_prefix(prefix)?.strip_prefix('_')?)
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
        let page = |text: &str| Page { after: read(text), limit: 1, count: false };
        assert_eq!(page(&cursor(&12)).row().unwrap(), Some(12));
        assert_eq!(page(&cursor(&"7:ab")).timed().unwrap(), Some((Timestamp(7), "ab")));
        for text in ["", "12", "MTI", "task_12", &URL_SAFE_NO_PAD.encode("2:1")] {
            assert_eq!(read(text), None, "{text}");
        }
        for text in ["-1", "x", "1:2"] {
            assert!(page(&cursor(&text)).row().is_err(), "{text}");
        }
        assert!(page(&cursor(&"12")).timed().is_err());
    }

    #[test]
    fn an_id_has_its_prefix() {
        assert_eq!(number("task", "task_12"), Some(12));
        for id in ["12", "task_", "task_-1", "task_012", "acct_12", "task_1x", ""] {
            assert_eq!(number("task", id), None, "{id}");
        }
    }
}
