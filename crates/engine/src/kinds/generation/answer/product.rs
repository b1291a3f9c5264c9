//! The result of a job: where it is in an answer, and what type of file it is.

use bytes::Bytes;
use ports::lenient;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::path::at;
use crate::model::Parameters;

/// A job's result, in the form in which its server delivers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) enum JobResult {
    /// At a URL, from which it is to be fetched.
    At(String),
    /// A plain text.
    Text(String),
    /// Already in our storage, under this key.
    // Records of runs that are still going on have this name.
    #[serde(rename = "Kept")]
    Stored(String),
    /// In the answer itself: its media type and its bytes.
    #[serde(skip)]
    Inline(String, Bytes),
}

const RESULTS: [&str; 8] =
    ["videos[0].video_url", "images[0].image_url", "audios[0].audio_url", "url", "file_url", "result_url", "output", "images[0].url"];

/// The result in an answer, if it holds one.
pub(super) fn product(value: &Value, parameters: &Parameters) -> Option<JobResult> {
    if let Some(path) = parameters.response("result_path") {
        return at(value, &path).and_then(of_value);
    }
    for root in ["", "data.", "output.", "result."] {
        for path in RESULTS {
            let found = at(value, &format!("{root}{path}")).and_then(of_value);
            // Only `output` may be plain text; in the fields named as URLs, only a URL counts.
            if let Some(found) = found.filter(|found| path == "output" || !matches!(found, JobResult::Text(_))) {
                return Some(found);
            }
        }
    }
    if let Some(found) = at(value, "data[0].url").and_then(of_value).filter(|found| !matches!(found, JobResult::Text(_))) {
        return Some(found);
    }
    for path in ["data[0].b64_json", "images[0].b64_json", "images[0]"] {
        let encoded = at(value, path).and_then(Value::as_str).and_then(lenient::base64);
        // A short name may decode as base64, too: without a `data:` header, the first bytes must identify the format.
        if let Some((Some(sort), bytes)) = encoded.map(|(sort, bytes)| (sort.or_else(|| media_type_of(&bytes).map(str::to_owned)), bytes)) {
            return Some(JobResult::Inline(sort, Bytes::from(bytes)));
        }
    }
    let spoken = at(value, "choices[0].message.content").and_then(lenient::spoken);
    spoken.map(JobResult::Text)
}

/// The media type of a picture, a video or a sound, by its first bytes.
fn media_type_of(bytes: &[u8]) -> Option<&'static str> {
    Some(match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => "audio/wav",
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => "image/bmp",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "image/tiff",
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f', ..] => "image/avif",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        [0x1a, 0x45, 0xdf, 0xa3, ..] => "video/webm",
        [b'O', b'g', b'g', b'S', ..] => "audio/ogg",
        [b'f', b'L', b'a', b'C', ..] => "audio/flac",
        [b'I', b'D', b'3', ..] | [0xff, 0xfa | 0xfb | 0xf2 | 0xf3, ..] => "audio/mpeg",
        [0xff, 0xf1 | 0xf9, ..] => "audio/aac",
        _ => return None,
    })
}

/// Reads a value as a result: a URL, a picture as a base64 data URI, or a text; of a list, the first item.
fn of_value(value: &Value) -> Option<JobResult> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            let begins = |with: &str| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
            if begins("http://") || begins("https://") {
                return Some(JobResult::At(text.to_owned()));
            }
            if begins("data:") {
                return lenient::base64(text)
                    .map(|(sort, bytes)| JobResult::Inline(sort.unwrap_or_else(|| "image/png".to_owned()), Bytes::from(bytes)));
            }
            (!text.is_empty()).then(|| JobResult::Text(text.to_owned()))
        }
        Value::Array(items) => items.first().and_then(of_value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}
