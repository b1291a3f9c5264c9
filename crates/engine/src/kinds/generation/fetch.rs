//! The result of a job: recorded, so that it is never generated again, and fetched into storage.

use std::time::Duration;

use bytes::Bytes;
use domain::{model::Model, time::Timestamp};
use ports::{
    fault::Fault as Trouble,
    web::{Request, Web},
};

use super::{
    NAME, Output,
    answer::JobResult,
    call::send,
    outcome::{failure, park_until_next_poll, storage_failure},
};
use crate::worker::{Ending, Failure, Job};

/// The name of the step that records a result that is still to be fetched.
pub(super) const PRODUCT: &str = "product";
/// How often putting a file into storage is retried within a run.
const TRIES: usize = 3;

/// Records the job's result, so that it is fetched and never generated again, and fetches it.
pub(super) async fn record_and_fetch(job: &Job, model: &Model, product: JobResult, sent_at: Timestamp) -> Result<Ending, Failure> {
    // An inline result exists nowhere else yet, so it is recorded only after it was put into storage.
    if !matches!(product, JobResult::Inline(..)) {
        record(job, &product).await?;
    }
    fetch(job, model, product, sent_at).await
}

async fn record(job: &Job, product: &JobResult) -> Result<(), Failure> {
    let record = serde_json::to_string(product).map_err(|_| failure("STORAGE", "a result cannot be recorded"))?;
    job.record(PRODUCT, record).await
}

pub(super) async fn fetch(job: &Job, model: &Model, product: JobResult, sent_at: Timestamp) -> Result<Ending, Failure> {
    let settings = &job.engine.settings.studio;
    let (sort, bytes) = match product {
        JobResult::Stored(object) => return ended(object),
        JobResult::Inline(sort, bytes) => (sort, bytes),
        JobResult::Text(text) => ("text/plain".to_owned(), Bytes::from(text)),
        JobResult::At(url) => {
            match send(job, client_for(job, model, &url), Request::get(url.clone(), settings.result_bytes, settings.call)).await {
                // The page of an expired link, not a result.
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
                Ok(_) | Err(Trouble::Passing { .. }) => return park_until_next_poll(job, sent_at),
            }
        }
    };
    let object = format!("{NAME}/{}/{}/result.{}", job.task.id, job.task.attempt, extension(&sort, &bytes));
    let folder = job.engine.settings.work_folder.join(format!("generation-{}-{}", job.task.id, job.task.epoch));
    let path = folder.join("result");
    let kept = async {
        tokio::fs::create_dir_all(&folder).await?;
        tokio::fs::write(&path, &bytes).await
    };
    kept.await.map_err(|error| storage_failure(job, &error, Duration::from_secs(1)))?;
    let mut put = job.engine.storage.put(&object, &path).await;
    for _ in 0..TRIES {
        if put.is_ok() || job.stop.is_cancelled() {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        put = job.engine.storage.put(&object, &path).await;
    }
    let _ = tokio::fs::remove_dir_all(&folder).await;
    put.map_err(|trouble| storage_failure(job, &trouble, Duration::from_secs(5)))?;
    // From here on it is never generated again.
    record(job, &JobResult::Stored(object.clone())).await?;
    ended(object)
}

/// The client to fetch a result with: the one for registered addresses if it is on the model's own host, else the one for strangers.
fn client_for<'j>(job: &'j Job, model: &Model, url: &str) -> &'j dyn Web {
    let origin = |url: &str| url::Url::parse(url).ok().map(|url| url.origin());
    let reach = &job.engine.reach;
    if origin(url).is_some() && origin(url) == origin(&model.url) { &*reach.web } else { &*reach.strangers }
}

fn ended(object: String) -> Result<Ending, Failure> {
    let output = serde_json::to_string(&Output { object }).map_err(|_| failure("STORAGE", "a result cannot be recorded"))?;
    Ok(Ending::Done(output))
}

/// A file's extension, by its first bytes or, if they are inconclusive, by the media type its server named.
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
    use super::*;

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
