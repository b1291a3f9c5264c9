//! The file of anchors, beside the database and not in it.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    path::PathBuf,
};

use anyhow::Context;
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
pub(crate) fn read(engine: &Engine, config: &Config) -> anyhow::Result<Anchors> {
    let path = path(config);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    };
    Ok(Anchors::read(&text, engine.chain()))
}

/// Anchors the ledger as it is now. Processes that share the file write one after the other.
pub(crate) async fn write(engine: &Engine, path: &PathBuf) {
    let written = async {
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
        let held = lock(&file).await?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let block = anchor::next(engine, &Anchors::read(&text, engine.chain())).await?;
        file.write_all(block.as_bytes())?;
        file.sync_all()?;
        drop(held);
        anyhow::Ok(block.lines().last().unwrap_or_default().to_owned())
    };
    match written.await {
        Ok(line) => tracing::info!(line, "the ledger is anchored"),
        Err(error) => tracing::error!(error = format!("{error:#}"), "the ledger could not be anchored"),
    }
}

async fn lock(file: &File) -> anyhow::Result<File> {
    let own = file.try_clone()?;
    Ok(tokio::task::spawn_blocking(move || own.lock().map(|()| own)).await??)
}
