//! The sandbox model: an asynchronous server that draws what a prompt says.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{Error, sandbox};
use serde_json::{Value, json};

use crate::http::{self, App};

/// What a body asks to be drawn: its prompt, else every text in it.
fn prompt(body: &Value) -> String {
    let named = ["prompt", "text", "description", "提示词"].into_iter().find_map(|name| body.get(name)?.as_str());
    named.map_or_else(|| texts(body).join("，"), str::to_owned)
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn failure(error: &Error) -> Response {
    let status = match error {
        Error::Refused(_) => StatusCode::NOT_FOUND,
        Error::Fault(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    http::json(status, &json!({ "error": { "message": "no such job", "code": status.as_u16() } }))
}

/// Takes a job.
pub(super) async fn submit(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    match sandbox::open_job(&app.engine, &prompt(&body), key).await {
        Ok(id) => Json(json!({ "data": { "task_id": id } })).into_response(),
        Err(error) => failure(&error),
    }
}

/// How a job goes.
pub(super) async fn task(State(app): State<App>, Path(id): Path<String>) -> Response {
    match sandbox::job_done(&app.engine, &id).await {
        Ok(false) => Json(json!({ "task": { "task_id": id, "status": "TASK_STATUS_PROCESSING" } })).into_response(),
        Ok(true) => {
            let base = sandbox::base(&app.engine);
            let url = format!("{base}/sandbox/model/files/{id}.png");
            Json(json!({ "task": { "task_id": id, "status": "TASK_STATUS_SUCCEED" }, "images": [{ "image_url": url }] })).into_response()
        }
        Err(error) => failure(&error),
    }
}

/// What was drawn.
pub(super) async fn file(State(app): State<App>, Path(name): Path<String>) -> Response {
    let id = name.strip_suffix(".png").unwrap_or(&name);
    match sandbox::picture(&app.engine, id).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, "image/png")], bytes).into_response(),
        Err(error) => failure(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_what_is_called_so_or_all_there_is() {
        for (body, expected) in [
            (json!({ "prompt": "a fox", "size": "1x1" }), "a fox"),
            (json!({ "key": "value" }), "value"),
            (json!({ "a": ["雪", { "b": "狐狸" }], "n": 3 }), "雪，狐狸"),
            (json!(null), ""),
        ] {
            assert_eq!(prompt(&body), expected);
        }
    }
}
