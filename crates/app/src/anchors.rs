//! The file of anchors, beside the database and not in it.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use domain::ledger::ChainKey;
use engine::{
    Engine,
    anchor::{self, Anchors},
};

use crate::config::Config;

/// Where the anchors are kept.
pub(crate) fn path(config: &Config) -> PathBuf {
    config.data().join("anchors.log")
}

/// What the anchors say; nothing where there are none yet.
pub(crate) fn read(config: &Config, chain: &ChainKey) -> anyhow::Result<Anchors> {
    let path = path(config);
    let text = match std::fs::read(&path) {
        // What is no text has no seal either, and a block that was cut off is none.
        Ok(bytes) => String::from_utf8_lossy(&bytes[..anchor::whole(&bytes)]).into_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    };
    Ok(Anchors::read(&text, chain))
}

/// Anchors the ledger as it is now.
pub(crate) async fn write(engine: &Engine, path: &Path) {
    match append(engine, path, false).await {
        Ok(line) => tracing::info!(line, "the ledger is anchored"),
        Err(error) => tracing::error!(error = format!("{error:#}"), "the ledger could not be anchored"),
    }
}

/// After a restore: what follows is compared with what was restored and no longer with what was lost.
pub(crate) async fn begin_anew(engine: &Engine, path: &Path) -> anyhow::Result<()> {
    let line = append(engine, path, true).await.with_context(|| format!("{} cannot be begun anew", path.display()))?;
    tracing::info!(line, "the ledger is anchored");
    let text = String::from_utf8_lossy(&std::fs::read(path)?).into_owned();
    Ok(anchor::acknowledge(engine, Anchors::read(&text, engine.chain()).number).await?)
}

/// Appends a block. Processes that share the file write one after the other.
async fn append(engine: &Engine, path: &Path, anew: bool) -> anyhow::Result<String> {
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
    let held = lock(&file).await?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    // A block that was cut off, as by a full disk, would else spoil the next one.
    let whole = anchor::whole(&bytes);
    if whole < bytes.len() {
        file.set_len(u64::try_from(whole)?)?;
    }
    let mut before = Anchors::read(&String::from_utf8_lossy(&bytes[..whole]), engine.chain());
    if anew {
        before.forget();
    }
    let block = anchor::next(engine, &before).await?;
    file.write_all(block.as_bytes())?;
    file.sync_all()?;
    drop(held);
    Ok(block.lines().last().unwrap_or_default().to_owned())
}

async fn lock(file: &File) -> anyhow::Result<File> {
    let own = file.try_clone()?;
    Ok(tokio::task::spawn_blocking(move || own.lock().map(|()| own)).await??)
}
