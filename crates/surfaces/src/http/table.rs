//! Lists as files: RFC 4180 with what tells spreadsheets that it is UTF-8, and no cell that they take for a formula.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};

/// A cell that no spreadsheet takes for a formula.
#[must_use]
pub fn disarmed(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) { format!("'{text}") } else { text.to_owned() }
}

/// Rows as lines; before the first of a file the names of its columns.
#[must_use]
pub fn lines<const N: usize>(columns: Option<&[&str]>, rows: impl IntoIterator<Item = [String; N]>) -> Bytes {
    lines_of(columns, rows)
}

/// As [`lines`], for rows whose length is known later.
#[must_use]
pub fn lines_of<R: IntoIterator<Item = String>>(columns: Option<&[&str]>, rows: impl IntoIterator<Item = R>) -> Bytes {
    let mut text = Vec::new();
    if columns.is_some() {
        text.extend("\u{feff}".as_bytes());
    }
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(text);
    let mut written = columns.map_or(Ok(()), |columns| writer.write_record(columns));
    for row in rows {
        written = written.and_then(|()| writer.write_record(row));
    }
    // Into memory, where nothing fails.
    let text = written.ok().and_then(|()| writer.into_inner().ok());
    text.map(Bytes::from).unwrap_or_default()
}

/// An answer that is a file. One that was cut short must look so: the connection breaks, and the browser says that the download failed.
pub fn file<E>(name: &str, pieces: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> Response
where
    E: std::error::Error + Send + Sync + 'static,
{
    let pieces = pieces.inspect_err(|error| tracing::error!(%error, "an export broke off"));
    let mut answer = Body::from_stream(pieces).into_response();
    let head = answer.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename={name}")) {
        head.insert(header::CONTENT_DISPOSITION, value);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, expected) in [("plain", "plain"), ("\ttab", "'\ttab"), ("-1", "'-1"), ("", ""), ("＝1", "'＝1")] {
            assert_eq!(disarmed(text), expected);
        }
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let text = lines(Some(&["a", "b"]), [["x,y".to_owned(), "\"z\"\r\n".to_owned()]]);
        assert_eq!(text, "\u{feff}a,b\r\n\"x,y\",\"\"\"z\"\"\r\n\"\r\n");
        assert_eq!(lines(None, [["1".to_owned()]]), "1\r\n");
    }
}
