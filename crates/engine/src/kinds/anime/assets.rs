//! Assets: made once per account and content, and found again after a crash, a pause, a retry or in the next film.
//!
//! The key of an asset is a hash of everything that decides what it is: the step's version, its inputs, the options, the engine.
//! A file is written under a temporary name, renamed, and then recorded: a recorded file is always complete.

use std::{
    future::Future,
    path::{Path, PathBuf},
    time::Duration,
};

use ports::fault::Fault;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::artifact::Artifact;

use crate::worker::{Failure, Job};

/// An asset in the working folder.
#[derive(Debug, Clone)]
pub(super) struct Asset {
    /// The file.
    pub(super) path: PathBuf,
    /// Its key in storage.
    pub(super) object: String,
    /// Who made it.
    pub(super) engine: String,
    /// What it cost when it was made, in micro-yuan; 0 if it was found.
    pub(super) spent: i64,
}

/// Who makes an asset, and what that costs.
pub(super) struct Maker {
    pub(super) engine: String,
    pub(super) price: i64,
}

/// The key of an asset's content.
pub(super) fn content(step: &str, maker: &Maker, inputs: &impl Serialize) -> String {
    let mut hash = Sha256::new();
    hash.update(step.as_bytes());
    hash.update([0]);
    hash.update(maker.engine.as_bytes());
    hash.update([0]);
    hash.update(serde_json::to_vec(inputs).unwrap_or_default());
    domain::text::hex(&hash.finalize())
}

/// Finds an asset or makes it into `folder`. `make` writes the file whose path it is given.
pub(super) async fn obtain<F, W>(job: &Job, folder: &Path, content: &str, extension: &str, maker: &Maker, make: F) -> Result<Asset, Fault>
where
    F: FnOnce(PathBuf) -> W,
    W: Future<Output = Result<(), Fault>>,
{
    let path = folder.join(format!("{}.{extension}", &content[..32]));
    if let Some(found) = find(job, content, &path).await? {
        return Ok(found);
    }
    if job.stop.is_cancelled() {
        return Err(Fault::Stopped);
    }
    let unfinished = folder.join(format!("{}.part.{extension}", &content[..32]));
    make(unfinished.clone()).await?;
    tokio::fs::rename(&unfinished, &path).await.map_err(|error| Fault::passing(format!("the working folder: {error}")))?;
    let engine = &job.engine;
    let object = format!("artifacts/{}/{}/{content}.{extension}", job.task.account, &content[..2]);
    engine.storage.put(&object, &path).await?;
    let artifact =
        Artifact { object: object.clone(), engine: maker.engine.clone(), cost: maker.price, piece: matches!(extension, "mp4" | "wav") };
    let account = job.task.account;
    let content = content.to_owned();
    let now = engine.now();
    engine
        .db
        .write(async move |tx| Ok(store::artifact::insert(tx, account, &content, &artifact, now).await?))
        .await
        .map_err(|error| Fault::passing(error.to_string()))?;
    Ok(Asset { path, object, engine: maker.engine.clone(), spent: maker.price })
}

async fn find(job: &Job, content: &str, path: &Path) -> Result<Option<Asset>, Fault> {
    let engine = &job.engine;
    let account = job.task.account;
    let wanted = content.to_owned();
    let read = engine.db.read(async move |tx| Ok(store::artifact::get(tx, account, &wanted).await?));
    let Some(artifact) = read.await.map_err(|error| Fault::passing(error.to_string()))? else { return Ok(None) };
    if engine.storage.fetch(&artifact.object, path).await? {
        return Ok(Some(Asset { path: path.to_owned(), object: artifact.object, engine: artifact.engine, spent: 0 }));
    }
    // Its file is gone: it is made again.
    let account = job.task.account;
    let content = content.to_owned();
    let removed = engine.db.write(async move |tx| Ok(store::artifact::remove(tx, account, &content).await?));
    removed.await.map_err(|error| Fault::passing(error.to_string()))?;
    Ok(None)
}

/// Tries up to three times while the fault is transient, waiting as long as the provider demands, or a little longer each time.
pub(super) async fn persist<T, F, W>(job: &Job, mut work: F) -> Result<T, Fault>
where
    F: FnMut() -> W,
    W: Future<Output = Result<T, Fault>>,
{
    let mut wait = Duration::from_millis(500);
    for _ in 0..2 {
        match work().await {
            Err(Fault::Passing { text, retry_after }) => {
                let pause = retry_after.unwrap_or(wait).min(Duration::from_secs(60));
                tracing::info!(task = job.task.id.0, fault = text, "an asset is tried again in {} ms", pause.as_millis());
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = job.stop.cancelled() => return Err(Fault::Stopped),
                }
                wait *= 3;
            }
            other => return other,
        }
    }
    work().await
}

/// How a fault ends the run. Its text names folders and programs of this machine, so it is only logged, for the operator.
pub(super) fn failure(fault: Fault) -> Failure {
    let failed = |text: &str, again| {
        tracing::error!(fault = text, "a film could not be made");
        Failure {
            code: "RENDER_FAILED", message: "影片制作失败，请稍后重试 (the film could not be rendered)".to_owned(), again
        }
    };
    match fault {
        Fault::Passing { text, retry_after } => failed(&text, Some(retry_after.unwrap_or(Duration::from_secs(1)))),
        Fault::Lasting { text } => failed(&text, None),
        Fault::Stopped => Failure { code: "STOPPED", message: "任务已停止 (stopped)".to_owned(), again: Some(Duration::ZERO) },
    }
}
