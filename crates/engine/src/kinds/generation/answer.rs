//! What a model's server answered: a result, a job to ask about, a failure, or nothing that can be understood (docs/protocols.md, Models).

use bytes::Bytes;
use ports::{lenient, web::Reply};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::Parameters;

/// The longest text of a failure that is passed on, in characters.
const MOST_REASON: usize = 300;

/// What came of a job, as its server hands it over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Product {
    /// It lies at an address.
    At(String),
    /// It is a text.
    Text(String),
    /// It is in storage already, under this key.
    Kept(String),
    /// It came in the answer itself.
    #[serde(skip)]
    Inline(String, Bytes),
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The work is done.
    Done(Product),
    /// The server took the work and calls it so.
    Taken(String),
    /// It is still being worked on.
    Working,
    /// It failed; `lasting` where another try cannot help.
    Failed {
        /// Why, as the server words it.
        reason: String,
        /// Whether another try cannot help.
        lasting: bool,
    },
    /// The server took the work and did it, as far as can be seen; what it made cannot be read. To ask for it again would be to pay for
    /// it again.
    Unreadable,
    /// No verdict can be read from it.
    Unclear,
}

const IDS: [&str; 5] = ["data.id", "data.task_id", "id", "task_id", "data"];
/// Where the word about a job stands, the innermost first: the word of an envelope says only that the question was answered.
const WORDS: [&str; 9] = [
    "data.task.status",
    "data.status",
    "data.task_status",
    "data.state",
    "output.task_status",
    "task.status",
    "status",
    "task_status",
    "state",
];
const SUCCESS: [&str; 6] = ["TASK_STATUS_SUCCEED", "SUCCEED", "SUCCESS", "COMPLETED", "SUCCEEDED", "DONE"];
const FAILURE: [&str; 6] = ["TASK_STATUS_FAILED", "FAILED", "ERROR", "FAILURE", "CANCELLED", "CANCELED"];
const RESULTS: [&str; 8] =
    ["videos[0].video_url", "images[0].image_url", "audios[0].audio_url", "url", "file_url", "result_url", "output", "images[0].url"];
const REASONS: [&str; 6] = ["reason", "error.message", "data.reason", "data.error.message", "message", "error"];

/// Reads an answer to the call that hands the work over.
pub(super) fn of_submission(reply: &Reply, parameters: &Parameters) -> Meaning {
    let value = match usable(reply) {
        Ok(value) => value,
        Err(meaning) => return meaning,
    };
    let verdict = job_state(&value, parameters);
    if verdict == JobState::Failure {
        return Meaning::Failed { reason: reason(&value, parameters), lasting: false };
    }
    let id = match parameters.response("id_path") {
        Some(path) => at(&value, &path).and_then(text),
        None => IDS.into_iter().find_map(|path| at(&value, path).and_then(text)),
    };
    let id = id.filter(|id| is_id(id));
    // A word that is no success beside something that looks like a result: the job is only begun.
    match (product(&value, parameters), id) {
        (Some(product), None) => Meaning::Done(product),
        (Some(product), Some(_)) if verdict != JobState::Other => Meaning::Done(product),
        // An answer with the work itself in it has a number, too, and nothing to ask about by it.
        (None, _) if answered(&value) => refusal(&value, parameters),
        (_, Some(id)) => Meaning::Taken(id),
        (None, None) => refusal(&value, parameters),
    }
}

/// Reads an answer to the question how the work goes.
pub(super) fn of_question(reply: &Reply, parameters: &Parameters) -> Meaning {
    // That a job is not known yet, or not for a moment, is no verdict about it.
    if !(200..300).contains(&reply.status) {
        return Meaning::Unclear;
    }
    let value = match usable(reply) {
        Ok(value) => value,
        // A page of some gateway says nothing about the job: it is asked about again.
        Err(Meaning::Unreadable) => return Meaning::Unclear,
        Err(meaning) => return meaning,
    };
    match (job_state(&value, parameters), product(&value, parameters)) {
        (JobState::Failure, _) => Meaning::Failed { reason: reason(&value, parameters), lasting: false },
        (JobState::Success | JobState::None, Some(product)) => Meaning::Done(product),
        (JobState::Success, None) => Meaning::Unreadable,
        (JobState::Other, _) => Meaning::Working,
        (JobState::None, None) => Meaning::Unclear,
    }
}

/// The JSON of an answer, or what it means that there is none.
fn usable(reply: &Reply) -> Result<Value, Meaning> {
    let lasting = |reason: &str| Err(Meaning::Failed { reason: reason.to_owned(), lasting: true });
    match reply.status {
        200..300 => {}
        401 | 403 => return lasting("the model's server refuses the registered key"),
        // Whether it took the work is not known: the same call is made again.
        408 | 425 => return Err(Meaning::Unclear),
        status => return lasting(&format!("the model's server answered {status}")),
    }
    let sort = reply.content_type.to_ascii_lowercase();
    if ["image/", "video/", "audio/", "application/octet-stream"].iter().any(|file| sort.starts_with(file)) {
        return Err(match reply.body.is_empty() {
            true => Meaning::Unreadable,
            false => Meaning::Done(Product::Inline(sort, reply.body.clone())),
        });
    }
    // An HTML page of some gateway, a body that is no JSON: the work was accepted, and may have been done.
    lenient::json(&reply.body).map_err(|_| Meaning::Unreadable)
}

/// Whether an answer brings, or should bring, what was made, and is no receipt.
fn answered(value: &Value) -> bool {
    ["choices", "images", "data[0].b64_json", "data[0].url"].iter().any(|path| at(value, path).is_some())
}

/// What the word of an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum JobState {
    /// That it went well.
    Success,
    /// That it went badly.
    Failure,
    /// Something else: it is not over.
    Other,
    /// There is no word.
    None,
}

fn job_state(value: &Value, parameters: &Parameters) -> JobState {
    let words = words(value, parameters);
    match words.first() {
        // A failure is one wherever it stands.
        Some(_) if words.iter().any(|word| says(word, parameters, "failure", &FAILURE)) => JobState::Failure,
        Some(word) if says(word, parameters, "success", &SUCCESS) => JobState::Success,
        Some(_) => JobState::Other,
        None => JobState::None,
    }
}

fn says(word: &str, parameters: &Parameters, name: &str, usual: &[&str]) -> bool {
    match parameters.response(name) {
        Some(words) => words.split('|').any(|one| one.trim().eq_ignore_ascii_case(word)),
        None => usual.iter().any(|one| one.eq_ignore_ascii_case(word)),
    }
}

fn words(value: &Value, parameters: &Parameters) -> Vec<String> {
    match parameters.response("status_path") {
        Some(path) => at(value, &path).and_then(text).into_iter().collect(),
        // A number beside a message is an envelope's code and no word about a job.
        None => WORDS.into_iter().filter_map(|path| at(value, path).and_then(Value::as_str)).map(str::to_owned).collect(),
    }
}

/// Where an answer's result is, if it holds one.
fn product(value: &Value, parameters: &Parameters) -> Option<Product> {
    if let Some(path) = parameters.response("result_path") {
        return at(value, &path).and_then(of_value);
    }
    for root in ["", "data.", "output.", "result."] {
        for path in RESULTS {
            let found = at(value, &format!("{root}{path}")).and_then(of_value);
            // Only `output` may be a text; what is called an address is one.
            if let Some(found) = found.filter(|found| path == "output" || !matches!(found, Product::Text(_))) {
                return Some(found);
            }
        }
    }
    if let Some(found) = at(value, "data[0].url").and_then(of_value).filter(|found| !matches!(found, Product::Text(_))) {
        return Some(found);
    }
    for path in ["data[0].b64_json", "images[0].b64_json", "images[0]"] {
        let encoded = at(value, path).and_then(Value::as_str).and_then(lenient::base64);
        // A short name can be read as base64, too: where no head says what it is, its first bytes must.
        if let Some((Some(sort), bytes)) = encoded.map(|(sort, bytes)| (sort.or_else(|| known(&bytes).map(str::to_owned)), bytes)) {
            return Some(Product::Inline(sort, Bytes::from(bytes)));
        }
    }
    let spoken = at(value, "choices[0].message.content").and_then(lenient::spoken);
    spoken.map(Product::Text)
}

/// The media type of a picture, a video or a sound, by its first bytes.
fn known(bytes: &[u8]) -> Option<&'static str> {
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

/// A value as a result: an address, a picture in base64, or a text; of a list the first.
fn of_value(value: &Value) -> Option<Product> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            let begins = |with: &str| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
            if begins("http://") || begins("https://") {
                return Some(Product::At(text.to_owned()));
            }
            if begins("data:") {
                return lenient::base64(text)
                    .map(|(sort, bytes)| Product::Inline(sort.unwrap_or_else(|| "image/png".to_owned()), Bytes::from(bytes)));
            }
            (!text.is_empty()).then(|| Product::Text(text.to_owned()))
        }
        Value::Array(items) => items.first().and_then(of_value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

/// An answer of 200 that is none: `error`, or a code and a message.
fn refusal(value: &Value, parameters: &Parameters) -> Meaning {
    let filtered = at(value, "choices[0].finish_reason").and_then(Value::as_str) == Some("content_filter");
    if filtered {
        Meaning::Failed { reason: "the model's server filtered the content".to_owned(), lasting: true }
    } else if value.get("error").is_some_and(says_something) || value.get("code").is_some_and(is_fault) {
        Meaning::Failed { reason: reason(value, parameters), lasting: false }
    } else {
        Meaning::Unreadable
    }
}

/// Whether an `error` is one: some servers send an empty one with what went well.
fn says_something(error: &Value) -> bool {
    match error {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_i64() != Some(0),
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => fields.values().any(says_something),
    }
}

/// Whether a code says that something went wrong.
fn is_fault(code: &Value) -> bool {
    let word = text(code).unwrap_or_default().to_ascii_lowercase();
    !["", "0", "200", "ok", "success"].contains(&word.trim())
}

fn reason(value: &Value, parameters: &Parameters) -> String {
    let found = match parameters.response("error_path") {
        Some(path) => at(value, &path).and_then(text),
        None => REASONS.into_iter().find_map(|path| at(value, path).and_then(Value::as_str)).map(str::to_owned),
    };
    let mut reason =
        found.filter(|reason| !reason.trim().is_empty()).unwrap_or_else(|| "the model's server says that it failed".to_owned());
    // What a server says may hold what it was told.
    for header in &parameters.request_header {
        for secret in header.value().split_whitespace().filter(|part| part.len() >= 6) {
            reason = reason.replace(secret, "***");
        }
    }
    reason.chars().filter(|c| !c.is_control()).take(MOST_REASON).collect()
}

/// Whether this may stand in addresses and file names.
fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte))
        && !text.contains("..")
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The value at a path such as `data.images[0].url`.
fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').filter(|part| !part.is_empty()).try_fold(value, |value, part| {
        let (name, indices) = part.split_once('[').map_or((part, ""), |(name, rest)| (name, rest));
        let value = if name.is_empty() { value } else { value.get(name)? };
        indices
            .split('[')
            .filter(|index| !index.is_empty())
            .try_fold(value, |value, index| value.get(index.strip_suffix(']')?.parse::<usize>().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reply(value: Value) -> Reply {
        Reply { status: 200, content_type: "application/json".to_owned(), body: Bytes::from(value.to_string()), ..Reply::default() }
    }

    fn configured(names: &[(&str, &str)]) -> Parameters {
        let entries: Vec<Value> = names
            .iter()
            .map(|(name, example)| json!({ "name": name, "type": "string", "required": false, "description": "", "example": example }))
            .collect();
        Parameters::read(&json!({ "request_header": [], "request_body": [], "response_parameters": entries })).unwrap()
    }

    #[test]
    fn what_servers_answer_to_a_submission() {
        let usual = Parameters::default();
        let link = |text: &str| Meaning::Done(Product::At(text.to_owned()));
        let file = |sort: &str, bytes: &'static [u8]| Meaning::Done(Product::Inline(sort.to_owned(), Bytes::from_static(bytes)));
        let inline = |sort: &str| Meaning::Done(Product::Inline(sort.to_owned(), Bytes::from_static(&[0, 1, 2])));
        for (value, expected) in [
            (json!({ "data": { "id": "a-1" } }), Meaning::Taken("a-1".to_owned())),
            (json!({ "data": { "task_id": "t_2" } }), Meaning::Taken("t_2".to_owned())),
            (json!({ "status": "success", "data": { "id": "e-1" } }), Meaning::Taken("e-1".to_owned())),
            (json!({ "status": "ok", "url": "http://h/d.png" }), link("http://h/d.png")),
            (json!({ "task_id": "t.2" }), Meaning::Taken("t.2".to_owned())),
            (json!({ "id": 7 }), Meaning::Taken("7".to_owned())),
            (json!({ "data": "x:9" }), Meaning::Taken("x:9".to_owned())),
            (json!({ "id": "x", "status": "PENDING", "url": "http://h/status" }), Meaning::Taken("x".to_owned())),
            (json!({ "id": "../../etc" }), Meaning::Unreadable),
            (json!({ "url": "file:///etc/passwd" }), Meaning::Unreadable),
            (json!({ "data": [{ "url": "http://h/a.png" }] }), link("http://h/a.png")),
            (json!({ "images": [{ "image_url": "http://h/b.png" }] }), link("http://h/b.png")),
            (json!({ "status": "SUCCESS", "output": ["http://h/c.png"] }), link("http://h/c.png")),
            (json!({ "choices": [{ "message": { "content": "hello" } }] }), Meaning::Done(Product::Text("hello".to_owned()))),
            (
                json!({ "data": [{ "b64_json": "iVBORw" }] }),
                Meaning::Done(Product::Inline("image/png".to_owned(), Bytes::from_static(b"\x89PNG"))),
            ),
            (json!({ "data": [{ "b64_json": "data:image/webp;base64,AA\nEC" }] }), inline("image/webp")),
            (json!({ "created": 1, "id": "img-1", "data": [{ "b64_json": "iVBORw==" }] }), file("image/png", b"\x89PNG")),
            (json!({ "images": ["/9j/4A"] }), file("image/jpeg", b"\xff\xd8\xff\xe0")),
            (json!({ "images": ["data:image/png;base64,AAEC"] }), inline("image/png")),
            (json!({ "images": [{ "b64_json": "SUQzBA" }] }), file("audio/mpeg", b"ID3\x04")),
            // A name that can be read as base64 is no file.
            (json!({ "images": ["f3a9"] }), Meaning::Unreadable),
            (json!({ "output": " DATA:image/gif;base64,AAEC" }), inline("image/gif")),
            (json!({ "url": " https://h/e.png\n" }), link("https://h/e.png")),
            (
                json!({ "choices": [{ "message": { "content": [{ "type": "text", "text": "hel" }, { "type": "text", "text": "lo" }] } }] }),
                Meaning::Done(Product::Text("hello".to_owned())),
            ),
            // Done and paid for, and nothing that can be read: neither a receipt nor a reason to ask again.
            (json!({ "id": "chatcmpl-1", "choices": [{ "message": { "content": null } }] }), Meaning::Unreadable),
            (json!({ "id": "img-1", "data": [{ "b64_json": "" }] }), Meaning::Unreadable),
            (json!({ "data": [{ "b64_json": "???" }] }), Meaning::Unreadable),
            (json!({ "code": 0, "message": "ok", "data": { "picture": "AAEC" } }), Meaning::Unreadable),
            (json!({ "error": "", "result": {} }), Meaning::Unreadable),
            (json!({ "code": 1001, "message": "no" }), Meaning::Failed { reason: "no".to_owned(), lasting: false }),
            (json!({ "status": "FAILED", "reason": "no" }), Meaning::Failed { reason: "no".to_owned(), lasting: false }),
            (json!({ "error": { "message": "bad" } }), Meaning::Failed { reason: "bad".to_owned(), lasting: false }),
            (
                json!({ "choices": [{ "finish_reason": "content_filter", "message": { "content": null } }] }),
                Meaning::Failed { reason: "the model's server filtered the content".to_owned(), lasting: true },
            ),
            (json!({}), Meaning::Unreadable),
            (json!([]), Meaning::Unreadable),
            (json!(null), Meaning::Unreadable),
        ] {
            assert_eq!(of_submission(&reply(value.clone()), &usual), expected, "{value}");
        }
        let html = Reply { status: 200, content_type: "text/html".to_owned(), body: Bytes::from_static(b"<html>"), ..Reply::default() };
        assert_eq!(of_submission(&html, &usual), Meaning::Unreadable);
        let nothing = Reply { status: 200, content_type: "image/png".to_owned(), body: Bytes::new(), ..Reply::default() };
        assert_eq!(of_submission(&nothing, &usual), Meaning::Unreadable);
        let late = Reply { status: 408, ..html.clone() };
        assert_eq!(of_submission(&late, &usual), Meaning::Unclear, "the same call is made again");
        let denied = Reply { status: 401, ..html };
        assert!(matches!(of_submission(&denied, &usual), Meaning::Failed { lasting: true, .. }));
    }

    #[test]
    fn what_servers_answer_to_a_question() {
        let usual = Parameters::default();
        for (value, expected) in [
            (json!({ "task": { "status": "TASK_STATUS_PROCESSING" } }), Meaning::Working),
            (
                json!({ "task": { "status": "TASK_STATUS_SUCCEED" }, "videos": [{ "video_url": "https://h/v.mp4" }] }),
                Meaning::Done(Product::At("https://h/v.mp4".to_owned())),
            ),
            (json!({ "status": "ERROR", "message": "gone" }), Meaning::Failed { reason: "gone".to_owned(), lasting: false }),
            // An envelope's success says nothing of the job inside it.
            (json!({ "status": "success", "data": { "status": "processing" } }), Meaning::Working),
            (
                json!({ "status": "success", "data": { "status": "succeeded", "url": "https://h/w.png" } }),
                Meaning::Done(Product::At("https://h/w.png".to_owned())),
            ),
            (
                json!({ "status": "success", "data": { "status": "failed", "reason": "no" } }),
                Meaning::Failed { reason: "no".to_owned(), lasting: false },
            ),
            (json!({ "code": 0 }), Meaning::Unclear),
            (json!({ "status": "SUCCESS", "images": [] }), Meaning::Unreadable),
        ] {
            assert_eq!(of_question(&reply(value.clone()), &usual), expected, "{value}");
        }
        let page = Reply { status: 200, content_type: "text/html".to_owned(), body: Bytes::from_static(b"<html>"), ..Reply::default() };
        assert_eq!(of_question(&page, &usual), Meaning::Unclear);
        let missing = Reply { status: 404, ..reply(json!({})) };
        assert_eq!(of_question(&missing, &usual), Meaning::Unclear);
    }

    #[test]
    fn an_operator_says_where_things_stand() {
        let own = configured(&[
            ("id_path", "job.key"),
            ("status_path", "job.phase"),
            ("success", "ready|fine"),
            ("failure", "broken"),
            ("result_path", "job.files[1]"),
            ("error_path", "job.why"),
        ]);
        assert_eq!(of_submission(&reply(json!({ "job": { "key": "k1", "phase": "new" } })), &own), Meaning::Taken("k1".to_owned()));
        let ready = json!({ "job": { "phase": "Ready", "files": ["http://h/0", "http://h/1"] } });
        assert_eq!(of_question(&reply(ready), &own), Meaning::Done(Product::At("http://h/1".to_owned())));
        let broken = json!({ "job": { "phase": "broken", "why": "no paper" } });
        assert_eq!(of_question(&reply(broken), &own), Meaning::Failed { reason: "no paper".to_owned(), lasting: false });
    }

    #[test]
    fn e34_a_reason_does_not_repeat_our_key() {
        let mut own = configured(&[]);
        own.request_header = Parameters::read(&json!({ "request_body": [], "response_parameters": [], "request_header":
            [{ "name": "Authorization", "type": "string", "required": true, "description": "", "example": "Bearer sk-very-secret" }] }))
        .unwrap()
        .request_header;
        let answer = reply(json!({ "status": "failed", "reason": "bad key sk-very-secret" }));
        assert_eq!(of_question(&answer, &own), Meaning::Failed { reason: "bad key ***".to_owned(), lasting: false });
    }
}
