//! Bodies that are files: written down while they come, and gone again with the request.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use axum::body::Body;
use engine::{Engine, Fault, upload};
use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;

use super::RequestError;

/// The longest that a sender may be silent.
const SILENCE: Duration = Duration::from_secs(30);

/// A file that came, removed again when it is dropped.
pub struct Received(PathBuf);

impl Drop for Received {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Received {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// Takes a body of at most `most` bytes down.
///
/// # Errors
/// [`RequestError::TooLarge`], [`RequestError::TooSlow`]; nothing is kept then.
pub async fn received(engine: &Engine, body: Body, most: u64) -> Result<Received, RequestError> {
    let broken = |error: std::io::Error| RequestError::Engine(Fault::Database(format!("{} (a file that arrives)", error.kind())).into());
    let folder = engine.settings.work_folder.join("files");
    tokio::fs::create_dir_all(&folder).await.map_err(broken)?;
    let received = Received(folder.join(upload::part_name(engine)));
    let mut file = tokio::fs::File::create(received.path()).await.map_err(broken)?;
    let (mut pieces, mut size) = (body.into_data_stream(), 0);
    while let Some(piece) = tokio::time::timeout(SILENCE, pieces.next()).await.map_err(|_| RequestError::TooSlow)? {
        let piece = piece.map_err(|_| RequestError::Body { field: ".".to_owned(), problem: "it broke off".to_owned() })?;
        size += piece.len() as u64;
        if size > most {
            return Err(RequestError::TooLarge);
        }
        file.write_all(&piece).await.map_err(broken)?;
    }
    file.sync_all().await.map_err(broken)?;
    Ok(received)
}
