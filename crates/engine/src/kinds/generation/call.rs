//! The calls to a model's server: submitting the work, and polling the job. A submission is recorded before it is made.

use std::time::Duration;

use bytes::Bytes;
use domain::{
    model::{Call, Model},
    text::{SEGMENT, percent_encoded},
};
use ports::{
    fault::Fault as Trouble,
    web::{Method, Reply, Request, Web},
};
use serde_json::{Map, Value};

use super::{
    form,
    outcome::{MAX_POLL_INTERVAL, failure},
};
use crate::{
    model::Parameters,
    worker::{Failure, Job},
};

/// The largest accepted answer to a submission or poll, in bytes; it may contain a picture as base64.
const MAX_ANSWER: usize = 64 << 20;

/// Records a call before it is made.
pub(super) async fn record_call(job: &Job) -> Result<Call, Failure> {
    let (task, attempt, run) = (job.task.id, job.task.attempt, job.task.run);
    let call = Call { attempt, run, key: format!("gf-{task}-{attempt}-{run}"), sent_at: job.engine.now(), remote: None };
    let recorded = call.clone();
    job.while_held(async move |tx, id, _| Ok(store::generation::begin_call(tx, id, &recorded).await?)).await?;
    Ok(call)
}

impl Job {
    /// Records the server's id of the job.
    pub(super) async fn record_remote_id(&self, key: &str, id: &str) -> Result<(), Failure> {
        let (key, remote) = (key.to_owned(), id.to_owned());
        self.while_held(async move |tx, id, _| Ok(store::generation::set_remote(tx, id, &key, &remote).await?)).await
    }

    /// Discards the recorded call after the server decided it, so that the next run makes a new one. A call without an outcome stays
    /// recorded and is repeated unchanged.
    pub(super) async fn clear_call(&self) -> Result<(), Failure> {
        self.while_held(async move |tx, id, _| Ok(store::generation::end_call(tx, id).await?)).await
    }
}

/// The registered headers.
fn headers(parameters: &Parameters) -> Vec<(String, String)> {
    let given = parameters.request_header.iter().map(|header| (header.name.clone(), header.value()));
    given.filter(|(_, value)| !value.is_empty()).collect()
}

/// The request's body: the user's form, with defaults for what it leaves out.
fn body(parameters: &Parameters, input: &str) -> Map<String, Value> {
    let input: Map<String, Value> = serde_json::from_str(input).unwrap_or_default();
    let mut body = form(&input);
    for parameter in &parameters.request_body {
        let left_out = body.get(&parameter.name).is_none_or(|value| value.is_null() || value.as_str() == Some(""));
        if left_out && !parameter.value().is_empty() {
            body.insert(parameter.name.clone(), parameter.example.clone());
        }
        if let Some(value) = body.get_mut(&parameter.name) {
            *value = parameter.meant(value);
        }
    }
    body
}

pub(super) async fn submit(job: &Job, model: &Model, parameters: &Parameters, call: &Call) -> Result<Reply, Failure> {
    if model.url.is_empty() {
        return Err(failure("MODEL_UNREACHABLE", "the model has no address"));
    }
    let mut headers = headers(parameters);
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    headers.push(("idempotency-key".to_owned(), call.key.clone()));
    let request = Request {
        method: Method::Post,
        body: Some(Bytes::from(Value::Object(body(parameters, &job.input)).to_string())),
        url: model.url.clone(),
        headers,
        most_bytes: MAX_ANSWER,
        deadline: job.engine.settings.studio.call,
        redirects: 0,
        buys: true,
        verbatim: false,
    };
    send(job, &*job.engine.reach.web, request).await.map_err(|trouble| {
        tracing::warn!(task = job.task.id.0, model = model.id.0, %trouble, "a model could not be called");
        Failure { code: "MODEL_UNREACHABLE", message: "the model's server cannot be reached".to_owned(), again: again(&trouble) }
    })
}

/// Sends a request, unless the work must stop meanwhile: then the task is released unchanged.
pub(super) async fn send(job: &Job, web: &dyn Web, request: Request) -> Result<Reply, Trouble> {
    tokio::select! {
        reply = web.send(request) => reply,
        () = job.stop.cancelled() => Err(Trouble::Stopped),
    }
}

fn again(trouble: &Trouble) -> Option<Duration> {
    match trouble {
        Trouble::Passing { retry_after, .. } => Some(retry_after.unwrap_or_default().min(MAX_POLL_INTERVAL)),
        Trouble::Lasting { .. } | Trouble::Stopped => None,
    }
}

pub(super) async fn poll(job: &Job, model: &Model, parameters: &Parameters, id: &str) -> Result<Reply, Trouble> {
    let settings = &job.engine.settings.studio;
    let url = match parameters.response("poll_url") {
        Some(url) => url.replace("{id}", &percent_encoded(id, SEGMENT)),
        None => {
            let (path, query) =
                model.url.split_once('?').map_or((model.url.as_str(), String::new()), |(path, query)| (path, format!("?{query}")));
            format!("{}/{}{query}", path.trim_end_matches('/'), percent_encoded(id, SEGMENT))
        }
    };
    let posts = parameters.response("poll_method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
    let mut headers = headers(parameters);
    if posts && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    let body = posts.then(|| Bytes::from(serde_json::json!({ "id": id, "task_id": id }).to_string()));
    // A redirect could leak the headers to another host: none is followed.
    let method = if posts { Method::Post } else { Method::Get };
    let request =
        Request { method, body, url, headers, most_bytes: MAX_ANSWER, deadline: settings.call, redirects: 0, buys: false, verbatim: false };
    send(job, &*job.engine.reach.web, request).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn e05_what_a_user_sends_is_data_and_never_an_instruction() {
        let parameters = Parameters::read(&json!({ "request_header": [], "response_parameters": [], "request_body": [
            { "name": "size", "type": "string", "required": false, "description": "", "example": "512x512" }] }))
        .unwrap();
        let input =
            json!({ "model_id": 3, "prompt": "a fox", "headers": { "x": "y" }, "model_url": "http://evil", "executor": "sh" }).to_string();
        let sent = Value::Object(body(&parameters, &input));
        assert_eq!(
            sent,
            json!({ "prompt": "a fox", "headers": { "x": "y" }, "model_url": "http://evil", "executor": "sh", "size": "512x512" })
        );
        let nested =
            json!({ "data": { "prompt": "a fox", "modelId": 3, "size": "1x1" }, "model": { "model_url": "http://m" } }).to_string();
        assert_eq!(Value::Object(body(&parameters, &nested)), json!({ "prompt": "a fox", "size": "1x1" }));
    }
}
