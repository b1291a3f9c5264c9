//! Reading what others answer: they write null for what is absent, numbers as texts and texts as numbers, and base64 in any spelling.
//! What can be understood is; what a number or a text means is for whoever asked to decide.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::Value;

/// JSON, also behind a byte order mark.
///
/// # Errors
/// What the parser says.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

/// The bytes of a text in base64, and the media type that it names if it is a `data:` address. Line breaks, missing or too much padding
/// and both alphabets are read; nothing at all is no file.
#[must_use]
pub fn base64(text: &str) -> Option<(Option<String>, Vec<u8>)> {
    const ENGINE: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true).with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let text = text.trim();
    let (sort, text) = match text.get(..5).filter(|start| start.eq_ignore_ascii_case("data:")).and_then(|_| text.split_once(',')) {
        Some((head, rest)) => (Some(head[5..].split(';').next().unwrap_or_default().trim().to_ascii_lowercase()), rest),
        None => (None, text),
    };
    // An escaped line break that was escaped twice stands there as a backslash and a letter.
    let text = text.replace("\\r", "").replace("\\n", "").replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '=')
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            c => c,
        })
        .collect();
    let bytes = ENGINE.decode(plain).ok().filter(|bytes| !bytes.is_empty())?;
    Some((sort.filter(|sort| !sort.is_empty()), bytes))
}

/// What a chat says: a text, or the texts among the parts of one; none where it says nothing.
#[must_use]
pub fn spoken(content: &Value) -> Option<String> {
    let said = match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect::<Vec<_>>().join(""),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    };
    (!said.trim().is_empty()).then_some(said)
}

/// A value, or its default for null. Beside it belongs `#[serde(default)]`, for what is not there at all.
///
/// # Errors
/// Where the value is there and another than it should be.
pub fn absent<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

/// A text; also a number, as it is written; empty for null.
///
/// # Errors
/// For a list, an object, or yes and no.
pub fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(D::Error::custom("no text")),
    }
}

/// A whole number; also one that is written as a text or with a point and nothing behind it; 0 for null and an empty text.
///
/// # Errors
/// For everything else.
pub fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Some(0),
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(exact)),
        Value::String(text) if text.trim().is_empty() => Some(0),
        Value::String(text) => text.trim().parse().ok().or_else(|| text.trim().parse().ok().and_then(exact)),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
    .ok_or_else(|| D::Error::custom("no whole number"))
}

/// A number with a fraction; also one that is written as a text; none for null and an empty text.
///
/// # Errors
/// For everything else.
pub fn fraction<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        Value::Number(number) => Ok(number.as_f64()),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) => text.trim().trim_end_matches('%').trim().parse().map(Some).map_err(|_| D::Error::custom("no number")),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(D::Error::custom("no number")),
    }
}

/// Yes or no; also 1 and 0, as numbers or texts; none for null.
///
/// # Errors
/// For everything else.
pub fn truth<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    let value = Value::deserialize(from)?;
    if value.is_null() {
        return Ok(None);
    }
    is_true(&value).map(Some).ok_or_else(|| D::Error::custom("neither yes nor no"))
}

/// As [`truth`], of a value.
#[must_use]
pub fn is_true(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => number.as_i64().map(|number| number != 0),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" => Some(true),
            "" | "0" | "false" | "no" => Some(false),
            _ => None,
        },
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "what is no whole number is sorted out")]
fn exact(number: f64) -> Option<i64> {
    (number.fract().abs() < f64::EPSILON && number.abs() < 9e15).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn base64_is_read_in_every_spelling() {
        let bytes = [0xfb, 0xef, 0xff, 1, 2];
        for (written, sort) in [
            ("++//AQI=", None),
            ("--__AQI=", None),
            ("++//AQI", None),
            ("++//AQI===", None),
            (" ++//\r\nAQ I=\n", None),
            ("++//\\nAQI=", None),
            ("data:image/png;base64,++//AQI=", Some("image/png")),
            ("DATA:image/JPEG;charset=utf-8;base64,++//AQI", Some("image/jpeg")),
            ("data:;base64,++//AQI=", None),
            ("%2B%2B%2F%2FAQI%3D", None),
        ] {
            assert_eq!(base64(written), Some((sort.map(str::to_owned), bytes.to_vec())), "{written}");
        }
        for nothing in ["", "====", "data:image/png;base64,", "not base64!", "一"] {
            assert_eq!(base64(nothing), None, "{nothing}");
        }
    }

    #[derive(Deserialize, Debug, PartialEq)]
    struct Row {
        #[serde(default, deserialize_with = "whole")]
        id: i64,
        #[serde(default, deserialize_with = "text")]
        name: String,
        #[serde(default, deserialize_with = "fraction")]
        share: Option<f64>,
        #[serde(default, deserialize_with = "truth")]
        open: Option<bool>,
        #[serde(default, deserialize_with = "absent")]
        tags: Vec<i64>,
    }

    #[test]
    fn null_is_absent_and_spellings_do_not_matter() {
        let row = |id, name: &str, share, open, tags: &[i64]| Row { id, name: name.to_owned(), share, open, tags: tags.to_vec() };
        for (value, expected) in [
            (json!({}), row(0, "", None, None, &[])),
            (json!({ "id": null, "name": null, "share": null, "open": null, "tags": null }), row(0, "", None, None, &[])),
            (json!({ "id": "5", "name": 7, "share": "30.5", "open": 1, "tags": [1] }), row(5, "7", Some(30.5), Some(true), &[1])),
            (json!({ "id": 5.0, "name": "七", "share": 2, "open": "0" }), row(5, "七", Some(2.0), Some(false), &[])),
            (json!({ "id": "", "share": "", "open": "" }), row(0, "", None, Some(false), &[])),
        ] {
            assert_eq!(serde_json::from_value::<Row>(value.clone()).unwrap(), expected, "{value}");
        }
        for bad in [json!({ "id": "five" }), json!({ "id": 5.5 }), json!({ "name": [] }), json!({ "open": "maybe" }), json!({ "tags": 1 })]
        {
            assert!(serde_json::from_value::<Row>(bad.clone()).is_err(), "{bad}");
        }
        assert_eq!(json::<i64>(b"\xef\xbb\xbf5").unwrap(), 5);
    }
}
