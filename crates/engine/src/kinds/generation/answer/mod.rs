//! Interprets the answers of a model's server: a result, a job to poll, a failure, or nothing intelligible (docs/protocols.md, Models).

mod path;
mod product;
mod state;

use ports::{lenient, web::Reply};
use serde_json::Value;

pub(super) use self::product::JobResult;
use self::{
    path::{at, text},
    product::product,
    state::{JobState, job_state},
};
use crate::model::Parameters;

/// The maximum length of a failure reason that is passed on, in characters.
const MAX_REASON: usize = 300;

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The work is done.
    Done(JobResult),
    /// The server accepted the work, as a job with this id.
    Accepted(String),
    /// It is still being worked on.
    Working,
    /// It failed; `lasting` if a retry cannot help.
    Failed {
        /// Why, in the server's words.
        reason: String,
        /// True if a retry cannot help.
        lasting: bool,
    },
    /// The server accepted the work and apparently did it, but the result cannot be read. Asking for it again would mean paying for it
    /// again.
    Unreadable,
    /// The answer does not say whether the work succeeded, failed or goes on.
    Unclear,
}

const IDS: [&str; 5] = ["data.id", "data.task_id", "id", "task_id", "data"];
const REASONS: [&str; 6] = ["reason", "error.message", "data.reason", "data.error.message", "message", "error"];

/// Interprets the answer to the call that submits the work.
pub(super) fn interpret_submission(reply: &Reply, parameters: &Parameters) -> Meaning {
    let value = match parse_body(reply) {
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
    // An id, something that looks like a result, and a status other than success: the job has only started.
    match (product(&value, parameters), id) {
        (Some(product), None) => Meaning::Done(product),
        (Some(product), Some(_)) if verdict != JobState::Other => Meaning::Done(product),
        // A synchronous answer has an id, too, but there is no job to poll under it.
        (None, _) if is_synchronous(&value) => refusal(&value, parameters),
        (_, Some(id)) => Meaning::Accepted(id),
        (None, None) => refusal(&value, parameters),
    }
}

/// Interprets the answer to a poll of the job.
pub(super) fn interpret_poll(reply: &Reply, parameters: &Parameters) -> Meaning {
    // A server that does not know the job yet, or not at the moment, has not said how it ended.
    if !(200..300).contains(&reply.status) {
        return Meaning::Unclear;
    }
    let value = match parse_body(reply) {
        Ok(value) => value,
        // A gateway's error page says nothing about the job: it is polled again.
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

/// The JSON of an answer; if it has none, what that means.
fn parse_body(reply: &Reply) -> Result<Value, Meaning> {
    let lasting = |reason: &str| Err(Meaning::Failed { reason: reason.to_owned(), lasting: true });
    match reply.status {
        200..300 => {}
        401 | 403 => return lasting("the model's server refuses the registered key"),
        // It is unknown whether the server accepted the work: the same call is repeated.
        408 | 425 => return Err(Meaning::Unclear),
        status => return lasting(&format!("the model's server answered {status}")),
    }
    let sort = reply.content_type.to_ascii_lowercase();
    if ["image/", "video/", "audio/", "application/octet-stream"].iter().any(|file| sort.starts_with(file)) {
        return Err(match reply.body.is_empty() {
            true => Meaning::Unreadable,
            false => Meaning::Done(JobResult::Inline(sort, reply.body.clone())),
        });
    }
    // A gateway's HTML page, or a body that is not JSON: the work was accepted and may have been done.
    lenient::json(&reply.body).map_err(|_| Meaning::Unreadable)
}

/// Whether an answer is a synchronous one, which holds or should hold the result, rather than a receipt for a job.
fn is_synchronous(value: &Value) -> bool {
    ["choices", "images", "data[0].b64_json", "data[0].url"].iter().any(|path| at(value, path).is_some())
}

/// What an answer with status 200 but without a result means: it may report an `error`, or a code and a message.
fn refusal(value: &Value, parameters: &Parameters) -> Meaning {
    let filtered = at(value, "choices[0].finish_reason").and_then(Value::as_str) == Some("content_filter");
    if filtered {
        Meaning::Failed { reason: "the model's server filtered the content".to_owned(), lasting: true }
    } else if value.get("error").is_some_and(reports_error) || value.get("code").is_some_and(is_fault) {
        Meaning::Failed { reason: reason(value, parameters), lasting: false }
    } else {
        Meaning::Unreadable
    }
}

/// Whether an `error` field reports an error: some servers send an empty one on success.
fn reports_error(error: &Value) -> bool {
    match error {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_i64() != Some(0),
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => fields.values().any(reports_error),
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
    // The server's message may echo secrets that were sent to it.
    for header in &parameters.request_header {
        for secret in header.value().split_whitespace().filter(|part| part.len() >= 6) {
            reason = reason.replace(secret, "***");
        }
    }
    reason.chars().filter(|c| !c.is_control()).take(MAX_REASON).collect()
}

/// Whether this is safe to use in URLs and file names.
fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte))
        && !text.contains("..")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
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
        let link = |text: &str| Meaning::Done(JobResult::At(text.to_owned()));
        let file = |sort: &str, bytes: &'static [u8]| Meaning::Done(JobResult::Inline(sort.to_owned(), Bytes::from_static(bytes)));
        let inline = |sort: &str| Meaning::Done(JobResult::Inline(sort.to_owned(), Bytes::from_static(&[0, 1, 2])));
        for (value, expected) in [
            (json!({ "data": { "id": "a-1" } }), Meaning::Accepted("a-1".to_owned())),
            (json!({ "data": { "task_id": "t_2" } }), Meaning::Accepted("t_2".to_owned())),
            (json!({ "status": "success", "data": { "id": "e-1" } }), Meaning::Accepted("e-1".to_owned())),
            (json!({ "status": "ok", "url": "http://h/d.png" }), link("http://h/d.png")),
            (json!({ "task_id": "t.2" }), Meaning::Accepted("t.2".to_owned())),
            (json!({ "id": 7 }), Meaning::Accepted("7".to_owned())),
            (json!({ "data": "x:9" }), Meaning::Accepted("x:9".to_owned())),
            (json!({ "id": "x", "status": "PENDING", "url": "http://h/status" }), Meaning::Accepted("x".to_owned())),
            (json!({ "id": "../../etc" }), Meaning::Unreadable),
            (json!({ "url": "file:///etc/passwd" }), Meaning::Unreadable),
            (json!({ "data": [{ "url": "http://h/a.png" }] }), link("http://h/a.png")),
            (json!({ "images": [{ "image_url": "http://h/b.png" }] }), link("http://h/b.png")),
            (json!({ "status": "SUCCESS", "output": ["http://h/c.png"] }), link("http://h/c.png")),
            (json!({ "choices": [{ "message": { "content": "hello" } }] }), Meaning::Done(JobResult::Text("hello".to_owned()))),
            (
                json!({ "data": [{ "b64_json": "iVBORw" }] }),
                Meaning::Done(JobResult::Inline("image/png".to_owned(), Bytes::from_static(b"\x89PNG"))),
            ),
            (json!({ "data": [{ "b64_json": "data:image/webp;base64,AA\nEC" }] }), inline("image/webp")),
            (json!({ "created": 1, "id": "img-1", "data": [{ "b64_json": "iVBORw==" }] }), file("image/png", b"\x89PNG")),
            (json!({ "images": ["/9j/4A"] }), file("image/jpeg", b"\xff\xd8\xff\xe0")),
            (json!({ "images": ["data:image/png;base64,AAEC"] }), inline("image/png")),
            (json!({ "images": [{ "b64_json": "SUQzBA" }] }), file("audio/mpeg", b"ID3\x04")),
            // A name that happens to decode as base64 is not a file.
            (json!({ "images": ["f3a9"] }), Meaning::Unreadable),
            (json!({ "output": " DATA:image/gif;base64,AAEC" }), inline("image/gif")),
            (json!({ "url": " https://h/e.png\n" }), link("https://h/e.png")),
            (
                json!({ "choices": [{ "message": { "content": [{ "type": "text", "text": "hel" }, { "type": "text", "text": "lo" }] } }] }),
                Meaning::Done(JobResult::Text("hello".to_owned())),
            ),
            // Done and paid for, but unreadable: neither a receipt for a job nor a reason to call again.
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
            assert_eq!(interpret_submission(&reply(value.clone()), &usual), expected, "{value}");
        }
        let html = Reply { status: 200, content_type: "text/html".to_owned(), body: Bytes::from_static(b"<html>"), ..Reply::default() };
        assert_eq!(interpret_submission(&html, &usual), Meaning::Unreadable);
        let nothing = Reply { status: 200, content_type: "image/png".to_owned(), body: Bytes::new(), ..Reply::default() };
        assert_eq!(interpret_submission(&nothing, &usual), Meaning::Unreadable);
        let late = Reply { status: 408, ..html.clone() };
        assert_eq!(interpret_submission(&late, &usual), Meaning::Unclear, "the same call is made again");
        let denied = Reply { status: 401, ..html };
        assert!(matches!(interpret_submission(&denied, &usual), Meaning::Failed { lasting: true, .. }));
    }

    #[test]
    fn what_servers_answer_to_a_question() {
        let usual = Parameters::default();
        for (value, expected) in [
            (json!({ "task": { "status": "TASK_STATUS_PROCESSING" } }), Meaning::Working),
            (
                json!({ "task": { "status": "TASK_STATUS_SUCCEED" }, "videos": [{ "video_url": "https://h/v.mp4" }] }),
                Meaning::Done(JobResult::At("https://h/v.mp4".to_owned())),
            ),
            (json!({ "status": "ERROR", "message": "gone" }), Meaning::Failed { reason: "gone".to_owned(), lasting: false }),
            // An envelope's success says nothing about the job inside it.
            (json!({ "status": "success", "data": { "status": "processing" } }), Meaning::Working),
            (
                json!({ "status": "success", "data": { "status": "succeeded", "url": "https://h/w.png" } }),
                Meaning::Done(JobResult::At("https://h/w.png".to_owned())),
            ),
            (
                json!({ "status": "success", "data": { "status": "failed", "reason": "no" } }),
                Meaning::Failed { reason: "no".to_owned(), lasting: false },
            ),
            (json!({ "code": 0 }), Meaning::Unclear),
            (json!({ "status": "SUCCESS", "images": [] }), Meaning::Unreadable),
        ] {
            assert_eq!(interpret_poll(&reply(value.clone()), &usual), expected, "{value}");
        }
        let page = Reply { status: 200, content_type: "text/html".to_owned(), body: Bytes::from_static(b"<html>"), ..Reply::default() };
        assert_eq!(interpret_poll(&page, &usual), Meaning::Unclear);
        let missing = Reply { status: 404, ..reply(json!({})) };
        assert_eq!(interpret_poll(&missing, &usual), Meaning::Unclear);
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
        assert_eq!(
            interpret_submission(&reply(json!({ "job": { "key": "k1", "phase": "new" } })), &own),
            Meaning::Accepted("k1".to_owned())
        );
        let ready = json!({ "job": { "phase": "Ready", "files": ["http://h/0", "http://h/1"] } });
        assert_eq!(interpret_poll(&reply(ready), &own), Meaning::Done(JobResult::At("http://h/1".to_owned())));
        let broken = json!({ "job": { "phase": "broken", "why": "no paper" } });
        assert_eq!(interpret_poll(&reply(broken), &own), Meaning::Failed { reason: "no paper".to_owned(), lasting: false });
    }

    #[test]
    fn e34_a_reason_does_not_repeat_our_key() {
        let mut own = configured(&[]);
        own.request_header = Parameters::read(&json!({ "request_body": [], "response_parameters": [], "request_header":
            [{ "name": "Authorization", "type": "string", "required": true, "description": "", "example": "Bearer sk-very-secret" }] }))
        .unwrap()
        .request_header;
        let answer = reply(json!({ "status": "failed", "reason": "bad key sk-very-secret" }));
        assert_eq!(interpret_poll(&answer, &own), Meaning::Failed { reason: "bad key ***".to_owned(), lasting: false });
    }
}
