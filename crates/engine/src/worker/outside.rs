//! Outside workers: programs of others that claim tasks of an operator's own kinds, under the same leases and epochs as our own workers.
//!
//! Invariant: what a worker says of a task counts only while the task is held under the epoch that this worker was given.

use std::{net::IpAddr, path::Path, sync::Arc, time::Duration};

use domain::{
    api_key::Scope,
    id::{KeyId, TaskId},
    problem::Problem,
    refusal::{Noun, Refusal},
    study::Level,
    task::{State, Task},
    text::one_line,
};
use ports::bell::Ring;
use serde_json::{Map, Value};

use super::{Ending, Failure, Job, Kind, LONGEST_REST, Worker};
use crate::{
    Engine, Error, Fault, api_key,
    kinds::custom::{self, Output},
    media,
};

/// The longest that a claim may wait for a task.
pub const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The largest file of a result, in bytes.
pub const MAX_FILE: u64 = 256 * 1024 * 1024;
/// The most files of a result.
const MAX_FILES: usize = 100;
/// The most lines of a log that one report may bring.
const MAX_LINES: usize = 100;
/// The longest text that a worker may say in one go, in characters.
const MAX_TEXT: usize = 1000;
/// The largest result, in bytes of JSON.
const MAX_DATA: usize = 256 * 1024;

/// An outside worker, as its key identifies it.
#[derive(Debug, Clone)]
pub struct OutsideWorker {
    key: KeyId,
    kinds: Vec<String>,
}

impl OutsideWorker {
    fn name(&self) -> String {
        format!("key-{}", self.key)
    }
}

/// The worker whose key this is.
///
/// # Errors
/// [`Refusal::Unauthorized`]; [`Refusal::KeyScope`] for a key that has no `worker:` scope, or whose owner administers no longer.
pub async fn identify(engine: &Engine, token: &str, from: Option<IpAddr>) -> Result<OutsideWorker, Error> {
    let (key, scopes) = api_key::trusted(engine, token, from).await?;
    let kinds: Vec<_> = scopes.into_iter().filter_map(|scope| if let Scope::Worker(kind) = scope { Some(kind) } else { None }).collect();
    if kinds.is_empty() {
        return Err(Refusal::KeyScope(Some(Scope::Worker("kind".to_owned()))).into());
    }
    Ok(OutsideWorker { key, kinds })
}

/// A task that was claimed.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The task; its epoch is what the worker presents with everything that it says of it.
    pub task: Task,
    /// What is to be done.
    pub form: Map<String, Value>,
    /// How long it is held without a sign of life.
    pub lease: Duration,
}

/// Claims a task of a kind, and waits up to `patience` for one. Accounts take turns, and tasks of workers that were lost come again.
///
/// # Errors
/// [`Refusal::KeyScope`] for a kind that is not this worker's; [`Refusal::Invalid`] for one that nobody outside works on.
pub async fn claim(engine: &Arc<Engine>, worker: &OutsideWorker, kind: &str, patience: Duration) -> Result<Option<Claimed>, Error> {
    if !worker.kinds.iter().any(|known| known == kind) {
        return Err(Refusal::KeyScope(Some(Scope::Worker(one_line(kind, 32)))).into());
    }
    let kind = custom::named(engine, kind).ok_or(Refusal::Invalid { field: "kind", problem: Problem::Malformed })?;
    let kind = Arc::clone(engine.kinds.get(kind).ok_or(Fault::Corrupt("kind"))?);
    let inside = Worker::named(Arc::clone(engine), worker.name());
    let ends = tokio::time::Instant::now() + patience.min(LONGEST_WAIT);
    let mut rings = engine.bell.subscribe();
    loop {
        for job in inside.claim(&*kind, 1).await? {
            // Nobody works on it in this process.
            engine.live.worked(job.task.id, job.task.epoch);
            if job.left().is_zero() {
                inside.settle(&*kind, &job, Err(super::overdue()), false).await?;
                continue;
            }
            let custom::Input { form } = serde_json::from_str(&job.input).map_err(|_| Fault::Corrupt("input"))?;
            return Ok(Some(Claimed { task: job.task, form, lease: engine.settings.lease }));
        }
        let look = (tokio::time::Instant::now() + engine.settings.poll).min(ends);
        let news = async { while !matches!(rings.recv().await, Ok(Ring::Task(task)) if task.state == State::Queued) {} };
        let _ = tokio::time::timeout_at(look, news).await;
        if tokio::time::Instant::now() >= ends {
            return Ok(None);
        }
    }
}

/// A task that a worker holds: its id and the epoch of the claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The task.
    pub task: TaskId,
    /// The epoch that came with the claim.
    pub epoch: i64,
}

/// What a worker says while it works.
#[derive(Debug, Clone, Default)]
pub struct Beat {
    /// From 0 to 99.
    pub progress: Option<i64>,
    /// What is being done.
    pub step: Option<String>,
    /// A line about it for people.
    pub message: Option<String>,
    /// Lines for the task's log.
    pub lines: Vec<(Level, String)>,
}

/// A sign of life: renews the lease, and tells how far the work is.
///
/// # Errors
/// [`Refusal::LeaseLost`]: the task was cancelled, paused, or given to another worker, and the work should stop.
pub async fn beat(engine: &Arc<Engine>, worker: &OutsideWorker, held: Held, beat: Beat) -> Result<Duration, Error> {
    if beat.lines.len() > MAX_LINES {
        return Err(Refusal::Invalid { field: "lines", problem: Problem::OutOfBounds { least: 0, most: MAX_LINES as i64 } }.into());
    }
    let (_, job) = job(engine, worker, held).await?;
    let told = async {
        job.renew().await?;
        if beat.progress.is_some() || beat.step.is_some() || beat.message.is_some() {
            let text = |new: Option<String>, known: &Option<String>| {
                new.map(|text| one_line(&text, MAX_TEXT)).or_else(|| known.clone()).unwrap_or_default()
            };
            let (step, message) = (text(beat.step, &job.task.step), text(beat.message, &job.task.message));
            job.report(beat.progress.unwrap_or(job.task.progress), &step, &message).await?;
        }
        if !beat.lines.is_empty() {
            let lines: Vec<_> = beat.lines.into_iter().map(|(level, text)| (level, one_line(&text, MAX_TEXT))).collect();
            job.while_held(async move |tx, id, now| {
                for (level, line) in &lines {
                    store::log::append(tx, id, *level, line, now).await?;
                }
                Ok(())
            })
            .await?;
        }
        Ok(())
    };
    told.await.map_err(|failure| lost(&failure))?;
    Ok(engine.settings.lease)
}

/// Keeps a file of a result. Its name becomes the end of its link; the same name again takes the file's place.
///
/// # Errors
/// [`Refusal::LeaseLost`]; [`Refusal::Invalid`] for a name that is no plain file name.
pub async fn keep(engine: &Arc<Engine>, worker: &OutsideWorker, held: Held, name: &str, file: &Path) -> Result<(), Error> {
    let plain = (1..=100).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
        && !name.starts_with('.');
    if !plain {
        return Err(Refusal::Invalid { field: "name", problem: Problem::Malformed }.into());
    }
    let (_, job) = job(engine, worker, held).await?;
    job.renew().await.map_err(|failure| lost(&failure))?;
    engine.storage.put(&key(&job.task, name), file).await.map_err(|fault| Fault::Database(fault.to_string()))?;
    Ok(())
}

/// The key of a file. It holds the epoch, so that a worker that was lost touches no file of the one that took its place.
fn key(task: &Task, name: &str) -> String {
    format!("custom/{}/{}/{name}", task.id, task.epoch)
}

/// What a worker hands over when it is done.
#[derive(Debug, Clone, Default)]
pub struct Done {
    /// What came of it, for programs.
    pub data: Option<Map<String, Value>>,
    /// What is to be said of it, for people.
    pub summary: Option<String>,
    /// The names of its files, which were kept before.
    pub files: Vec<String>,
}

/// The work is done.
///
/// # Errors
/// [`Refusal::LeaseLost`]; [`Refusal::Invalid`] for a file that was not kept and for a result that is too large.
pub async fn complete(engine: &Arc<Engine>, worker: &OutsideWorker, held: Held, done: Done) -> Result<Task, Error> {
    let (kind, job) = job(engine, worker, held).await?;
    if done.files.len() > MAX_FILES {
        return Err(Refusal::Invalid { field: "files", problem: Problem::OutOfBounds { least: 0, most: MAX_FILES as i64 } }.into());
    }
    let mut files = Vec::new();
    for name in &done.files {
        let key = key(&job.task, name);
        let size = engine.storage.size(&key).await.map_err(|fault| Fault::Database(fault.to_string()))?;
        size.ok_or(Refusal::Invalid { field: "files", problem: Problem::Missing })?;
        files.push(key);
    }
    let summary = done.summary.map(|text| one_line(&text, MAX_TEXT));
    let output = serde_json::to_string(&Output { data: done.data, summary, files }).map_err(|_| Fault::Corrupt("output"))?;
    if output.len() > MAX_DATA {
        return Err(Refusal::Invalid { field: "data", problem: Problem::TooLong(MAX_DATA as u64) }.into());
    }
    if output.contains("\\u0000") {
        return Err(Refusal::Invalid { field: "data", problem: Problem::Malformed }.into());
    }
    settle(engine, worker, &*kind, &job, Ok(Ending::Done(output))).await
}

/// The work failed. Where it may be tried again, another run follows after a wait, as often as the kind allows; otherwise the task fails and
/// is refunded.
///
/// # Errors
/// [`Refusal::LeaseLost`].
pub async fn fail(engine: &Arc<Engine>, worker: &OutsideWorker, held: Held, message: &str, retryable: bool) -> Result<Task, Error> {
    let (kind, job) = job(engine, worker, held).await?;
    let message = one_line(message, MAX_TEXT);
    let again = retryable.then_some(Duration::from_secs(1).min(LONGEST_REST));
    settle(engine, worker, &*kind, &job, Err(Failure { code: "WORKER_FAILED", message, again })).await
}

/// Links to the files of a task that has succeeded.
pub(crate) fn links(engine: &Engine, output: &Output) -> Vec<String> {
    output.files.iter().map(|key| media::link(engine, key)).collect()
}

async fn settle(
    engine: &Arc<Engine>,
    worker: &OutsideWorker,
    kind: &dyn Kind,
    job: &Job,
    result: Result<Ending, Failure>,
) -> Result<Task, Error> {
    let inside = Worker::named(Arc::clone(engine), worker.name());
    inside.settle(kind, job, result, false).await?.ok_or_else(|| Refusal::LeaseLost.into())
}

/// The job that a worker holds; every write of it is fenced by its epoch.
async fn job(engine: &Arc<Engine>, worker: &OutsideWorker, held: Held) -> Result<(Arc<dyn Kind>, Job), Error> {
    let found = engine.db.read(async move |tx| Ok(store::task::get(tx, held.task).await?)).await?;
    // A task of another kind does not exist for this worker.
    let task = found.filter(|task| worker.kinds.contains(&task.kind)).ok_or(Refusal::NotFound(Noun::Task))?;
    let kind = engine.kinds.get(&task.kind).filter(|kind| kind.outside()).ok_or(Refusal::NotFound(Noun::Task))?;
    let holds = task.state == State::Running && task.epoch == held.epoch && task.worker.as_deref() == Some(&worker.name());
    if !holds {
        return Err(Refusal::LeaseLost.into());
    }
    Ok((Arc::clone(kind), Job::continued(Arc::clone(engine), task)))
}

/// What a worker is told whose write was refused.
fn lost(failure: &Failure) -> Error {
    if failure.code == "LOST" { Refusal::LeaseLost.into() } else { Fault::Database(failure.message.clone()).into() }
}
