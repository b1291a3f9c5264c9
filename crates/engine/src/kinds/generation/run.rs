//! One look at a generation task: hand the work over, or ask how it goes, or fetch what came of it.
//!
//! The call is written down before it is made, so that a crash in between sends the same key again; the job's id as soon as it is
//! known. While the server works the task is parked, and nobody holds it. That a server does not answer is no verdict.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use bytes::Bytes;
use domain::{
    id::ModelId,
    model::{Call, Model},
    text::percent_encoded,
    time::Timestamp,
};
use ports::{
    fault::Fault as Trouble,
    web::{Method, Reply, Request, Web},
};
use serde_json::{Map, Value};

use super::{
    NAME, Output,
    answer::{self, Meaning, Product},
    form, known,
};
use crate::{
    model::Parameters,
    settings::Studio,
    worker::Job,
    worker::{Ending, Failure},
};

/// The longest wait between two looks.
pub(crate) const RAREST: Duration = Duration::from_secs(600);
/// The step under which a result that is yet to be fetched is recorded.
const PRODUCT: &str = "product";
/// How often a file is offered to storage again within a run.
const TRIES: usize = 3;
/// The largest answer of a server that is no file, in bytes, where a picture may stand in it as base64.
const MOST_ANSWER: usize = 64 << 20;

pub(super) async fn run(job: &Job) -> Result<Ending, Failure> {
    if let Some(record) = job.recorded(PRODUCT).await? {
        let product = serde_json::from_str(&record).map_err(|_| failure("STORAGE", "a step's record cannot be read"))?;
        let (generation, model, _) = known(job).await.map_err(|error| broken(&error))?;
        return fetch(job, &model, product, generation.call.map_or(job.task.updated_at, |call| call.sent_at)).await;
    }
    let (generation, model, parameters) = known(job).await.map_err(|error| broken(&error))?;
    let call = match generation.call.filter(|call| call.attempt == job.task.attempt) {
        Some(call) => call,
        None => begin(job).await?,
    };
    let settings = &job.engine.settings.studio;
    let meaning = match &call.remote {
        Some(id) => match ask(job, &model, &parameters, id).await {
            Ok(reply) => answer::of_question(&reply, &parameters),
            Err(Trouble::Stopped) => return Err(failure("STOPPED", "stopped")),
            Err(trouble) => {
                tracing::info!(task = job.task.id.0, %trouble, "a model's server does not say how a job goes");
                Meaning::Unclear
            }
        },
        None => {
            // A server that hangs takes its share of the places, and no more.
            let Some(_slot) = job.engine.calls.enter(model.id, job.engine.settings.studio.concurrency.div_ceil(4)) else {
                return Ok(Ending::Parked(job.engine.now().plus(settings.poll)));
            };
            answer::of_submission(&submit(job, &model, &parameters, &call).await?, &parameters)
        }
    };
    match meaning {
        Meaning::Done(product) => done(job, &model, product, call.sent_at).await,
        Meaning::Taken(id) => {
            job.taken(&call.key, &id).await?;
            Ok(Ending::Parked(job.engine.now().plus(settings.poll)))
        }
        Meaning::Failed { reason, lasting } => {
            job.give_back_call().await?;
            Err(Failure { code: "MODEL_FAILED", message: reason, again: (!lasting).then_some(Duration::ZERO) })
        }
        // A verdict, and a bill: it is never asked for again by itself.
        Meaning::Unreadable => Err(failure("MODEL_UNREADABLE", "the model's server did the work and answered what cannot be read")),
        Meaning::Unclear if call.remote.is_none() => Err(Failure {
            code: "MODEL_UNCLEAR",
            message: "the model's server answered what cannot be understood".to_owned(),
            again: Some(Duration::ZERO),
        }),
        Meaning::Working | Meaning::Unclear => later(job, call.sent_at),
    }
}

/// How many calls to each model's server are under way in this process.
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<HashMap<ModelId, usize>>);

impl Calls {
    fn enter(&self, model: ModelId, most: usize) -> Option<Slot<'_>> {
        let mut calls = self.0.lock().expect("no holder of this lock panics");
        let under_way = calls.entry(model).or_default();
        if *under_way >= most {
            return None;
        }
        *under_way += 1;
        Some(Slot { calls: self, model })
    }
}

/// One call that is under way.
struct Slot<'c> {
    calls: &'c Calls,
    model: ModelId,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if let Some(under_way) = self.calls.0.lock().expect("no holder of this lock panics").get_mut(&self.model) {
            *under_way = under_way.saturating_sub(1);
        }
    }
}

/// When a job is looked at again: often at first, then ever more rarely, and not for ever.
fn later(job: &Job, sent_at: Timestamp) -> Result<Ending, Failure> {
    let settings = &job.engine.settings.studio;
    let now = job.engine.now();
    let age = now.since(sent_at);
    if age >= settings.settle {
        return Err(failure("MODEL_SILENT", "the model's server gave no result in time"));
    }
    Ok(Ending::Parked(now.plus(wait(settings, age))))
}

fn wait(settings: &Studio, age: Duration) -> Duration {
    if age < settings.window { settings.poll } else { (age / 30).clamp(settings.poll, RAREST.max(settings.poll)) }
}

/// What a user is told where a file cannot be kept; why, and where it lies, is the operator's to know.
fn unstored(job: &Job, why: &dyn std::fmt::Display, rest: Duration) -> Failure {
    tracing::error!(task = job.task.id.0, %why, "a result cannot be stored");
    Failure { code: "STORAGE", message: "the result cannot be stored just now".to_owned(), again: Some(rest) }
}

fn failure(code: &'static str, message: &str) -> Failure {
    Failure { code, message: message.to_owned(), again: None }
}

fn broken(error: &crate::Error) -> Failure {
    Failure { code: "STORAGE", message: error.to_string(), again: Some(Duration::from_secs(1)) }
}

/// Writes a call down before it is made.
async fn begin(job: &Job) -> Result<Call, Failure> {
    let (task, attempt, run) = (job.task.id, job.task.attempt, job.task.run);
    let call = Call { attempt, run, key: format!("gf-{task}-{attempt}-{run}"), sent_at: job.engine.now(), remote: None };
    let written = call.clone();
    job.fenced(async move |tx, (id, epoch), _| {
        if !crate::worker::holds(tx, id, epoch).await? {
            return Ok(false);
        }
        store::generation::begin_call(tx, id, &written).await?;
        Ok(true)
    })
    .await?;
    Ok(call)
}

impl Job {
    /// Notes what the server calls the job.
    async fn taken(&self, key: &str, id: &str) -> Result<(), Failure> {
        let (key, remote) = (key.to_owned(), id.to_owned());
        self.fenced(async move |tx, (id, epoch), _| {
            if !crate::worker::holds(tx, id, epoch).await? {
                return Ok(false);
            }
            store::generation::set_remote(tx, id, &key, &remote).await?;
            Ok(true)
        })
        .await
    }

    /// A verdict was given on the call: the next run makes one of its own. One without a verdict is sent again as it is.
    async fn give_back_call(&self) -> Result<(), Failure> {
        self.fenced(async move |tx, (id, epoch), _| {
            if !crate::worker::holds(tx, id, epoch).await? {
                return Ok(false);
            }
            store::generation::end_call(tx, id).await?;
            Ok(true)
        })
        .await
    }
}

/// The registered headers.
fn headers(parameters: &Parameters) -> Vec<(String, String)> {
    let given = parameters.request_header.iter().map(|header| (header.name.clone(), header.value()));
    given.filter(|(_, value)| !value.is_empty()).collect()
}

/// What is sent: the user's form, and the defaults of what it leaves out.
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

async fn submit(job: &Job, model: &Model, parameters: &Parameters, call: &Call) -> Result<Reply, Failure> {
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
        most_bytes: MOST_ANSWER,
        deadline: job.engine.settings.studio.call,
        redirects: 0,
        buys: true,
    };
    send(job, &*job.engine.reach.web, request).await.map_err(|trouble| {
        tracing::warn!(task = job.task.id.0, model = model.id.0, %trouble, "a model could not be called");
        Failure { code: "MODEL_UNREACHABLE", message: "the model's server cannot be reached".to_owned(), again: again(&trouble) }
    })
}

/// Sends a request, unless the work must stop meanwhile: then the task is given back unharmed.
async fn send(job: &Job, web: &dyn Web, request: Request) -> Result<Reply, Trouble> {
    tokio::select! {
        reply = web.send(request) => reply,
        () = job.stop.cancelled() => Err(Trouble::Stopped),
    }
}

fn again(trouble: &Trouble) -> Option<Duration> {
    match trouble {
        Trouble::Passing { retry_after, .. } => Some(retry_after.unwrap_or_default().min(RAREST)),
        Trouble::Lasting { .. } | Trouble::Stopped => None,
    }
}

async fn ask(job: &Job, model: &Model, parameters: &Parameters, id: &str) -> Result<Reply, Trouble> {
    let settings = &job.engine.settings.studio;
    let url = match parameters.response("poll_url") {
        Some(url) => url.replace("{id}", &percent_encoded(id, b":")),
        None => {
            let (path, query) =
                model.url.split_once('?').map_or((model.url.as_str(), String::new()), |(path, query)| (path, format!("?{query}")));
            format!("{}/{}{query}", path.trim_end_matches('/'), percent_encoded(id, b":"))
        }
    };
    let posts = parameters.response("poll_method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
    let mut headers = headers(parameters);
    if posts && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    let body = posts.then(|| Bytes::from(serde_json::json!({ "id": id, "task_id": id }).to_string()));
    // A redirect of another host would carry the headers away: none is followed.
    let method = if posts { Method::Post } else { Method::Get };
    let request = Request { method, body, url, headers, most_bytes: MOST_ANSWER, deadline: settings.call, redirects: 0, buys: false };
    send(job, &*job.engine.reach.web, request).await
}

/// Records what came of the job, so that it is fetched and never made again, and fetches it.
async fn done(job: &Job, model: &Model, product: Product, sent_at: Timestamp) -> Result<Ending, Failure> {
    // What came in the answer itself is recorded once it is in storage; it stands nowhere else.
    if !matches!(product, Product::Inline(..)) {
        record(job, &product).await?;
    }
    fetch(job, model, product, sent_at).await
}

async fn record(job: &Job, product: &Product) -> Result<(), Failure> {
    let record = serde_json::to_string(product).map_err(|_| failure("STORAGE", "a result cannot be recorded"))?;
    job.record(PRODUCT, record).await
}

async fn fetch(job: &Job, model: &Model, product: Product, sent_at: Timestamp) -> Result<Ending, Failure> {
    let settings = &job.engine.settings.studio;
    let (sort, bytes) = match product {
        Product::Kept(object) => return ended(object),
        Product::Inline(sort, bytes) => (sort, bytes),
        Product::Text(text) => ("text/plain".to_owned(), Bytes::from(text)),
        Product::At(url) => match send(job, web(job, model, &url), Request::get(url.clone(), settings.result_bytes, settings.call)).await {
            // The page of a link that has expired, and no result.
            Ok(reply) if reply.status == 200 && reply.content_type == "text/html" => {
                return Err(failure("RESULT_GONE", "the result is a page and no file"));
            }
            Ok(reply) if reply.status == 200 && !reply.body.is_empty() => (reply.content_type, reply.body),
            Ok(reply) if reply.status == 404 || reply.status == 410 || reply.status == 403 => {
                return Err(failure("RESULT_GONE", "the result is not where the model's server said"));
            }
            Err(Trouble::Lasting { text }) => {
                tracing::warn!(task = job.task.id.0, text, "a result cannot be fetched");
                return Err(failure("RESULT_UNREACHABLE", "the result cannot be fetched"));
            }
            Err(Trouble::Stopped) => return Err(failure("STOPPED", "stopped")),
            Ok(_) | Err(Trouble::Passing { .. }) => return later(job, sent_at),
        },
    };
    let object = format!("{NAME}/{}/{}/result.{}", job.task.id, job.task.attempt, extension(&sort, &bytes));
    let folder = job.engine.settings.work_folder.join(format!("generation-{}-{}", job.task.id, job.task.epoch));
    let path = folder.join("result");
    let kept = async {
        tokio::fs::create_dir_all(&folder).await?;
        tokio::fs::write(&path, &bytes).await
    };
    kept.await.map_err(|error| unstored(job, &error, Duration::from_secs(1)))?;
    let mut put = job.engine.storage.put(&object, &path).await;
    for _ in 0..TRIES {
        if put.is_ok() || job.stop.is_cancelled() {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        put = job.engine.storage.put(&object, &path).await;
    }
    let _ = tokio::fs::remove_dir_all(&folder).await;
    put.map_err(|trouble| unstored(job, &trouble, Duration::from_secs(5)))?;
    // From here on it is never made again.
    record(job, &Product::Kept(object.clone())).await?;
    ended(object)
}

/// Whom to ask for a result: the guarded client of registered addresses where it lies on the model's own host.
fn web<'j>(job: &'j Job, model: &Model, url: &str) -> &'j dyn Web {
    let origin = |url: &str| url::Url::parse(url).ok().map(|url| url.origin());
    let reach = &job.engine.reach;
    if origin(url).is_some() && origin(url) == origin(&model.url) { &*reach.web } else { &*reach.strangers }
}

fn ended(object: String) -> Result<Ending, Failure> {
    let output = serde_json::to_string(&Output { object }).map_err(|_| failure("STORAGE", "a result cannot be recorded"))?;
    Ok(Ending::Done(output))
}

/// What a file is called by: its first bytes, and where they say nothing, what its server called it.
fn extension(sort: &str, bytes: &[u8]) -> &'static str {
    match (bytes, sort) {
        ([0x89, b'P', b'N', b'G', ..], _) => "png",
        ([0xff, 0xd8, 0xff, ..], _) => "jpg",
        ([b'G', b'I', b'F', b'8', ..], _) => "gif",
        ([b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..], _) => "webp",
        ([b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..], _) => "wav",
        ([_, _, _, _, b'f', b't', b'y', b'p', ..], _) => "mp4",
        ([0x1a, 0x45, 0xdf, 0xa3, ..], _) => "webm",
        ([b'I', b'D', b'3', ..] | [0xff, 0xfb, ..], _) | (_, "audio/mpeg") => "mp3",
        (_, "video/mp4") => "mp4",
        (_, "application/json") => "json",
        (_, "text/plain") => "txt",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_job_is_asked_about_often_at_first_and_then_rarely() {
        let settings = crate::settings::Settings::default().studio;
        let waits: Vec<_> = [0, 60, 1799, 1800, 7200, 86_000].map(|age| wait(&settings, Duration::from_secs(age)).as_secs()).to_vec();
        assert_eq!(waits, [5, 5, 5, 60, 240, 600]);
    }

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

    #[test]
    fn a_file_is_called_by_what_it_is() {
        for (sort, bytes, expected) in [
            ("text/html", &b"\x89PNG\r\n"[..], "png"),
            ("image/png", &b"<html>"[..], "bin"),
            ("video/mp4", &b"\0\0\0\x20ftypisom"[..], "mp4"),
            ("text/plain", &b"hello"[..], "txt"),
        ] {
            assert_eq!(extension(sort, bytes), expected);
        }
    }
}
