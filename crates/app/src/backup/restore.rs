//! Putting a backup in the database's place.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use domain::time::Timestamp;

use super::{FILE, Kept, Reason, create, file, verify};
use crate::{anchors, assemble, config::Config, folder, secrets};

/// What was done.
#[derive(Debug)]
pub(crate) struct Restored {
    /// Where the state of before is kept.
    pub(crate) saved: Option<String>,
    /// Files that were missing and came from the backup.
    pub(crate) also: Vec<&'static str>,
}

/// Puts a backup in the database's place. The orders and anchors that lie beside the database stay: they know what came after it, and the
/// next start makes good what they tell.
pub(crate) async fn restore(config: &Config, kept: &Kept, now: Timestamp) -> anyhow::Result<Restored> {
    let target = file(config)?;
    secrets::exist(config.data())?;
    let held = folder::alone(config.data()).context("a backup is not put back under a running server")?;
    verify::whole(kept).await?;
    let part = config.data().join("gongfang.db.restoring");
    clear(&part)?;
    std::fs::copy(kept.path.join(FILE), &part).with_context(|| format!("{} cannot be copied", kept.path.display()))?;
    verify::same(kept, &part).await?;
    let saved = save(config, &target, now).await?;
    // A log of the older file would be played into the newer one.
    for end in ["-wal", "-shm"] {
        remove(&beside(&target, end))?;
    }
    File::open(&part)?.sync_all()?;
    std::fs::rename(&part, &target).with_context(|| format!("{} cannot be replaced", target.display()))?;
    clear(&part)?;
    let mut also = Vec::new();
    for (name, path) in [("anchors.log", anchors::path(config)), ("orders.log", assemble::journal(config))] {
        if !path.exists() && kept.path.join(name).exists() {
            std::fs::copy(kept.path.join(name), &path).with_context(|| format!("{} cannot be made", path.display()))?;
            also.push(name);
        }
    }
    File::open(config.data())?.sync_all()?;
    drop(held);
    Ok(Restored { saved, also })
}

/// Saves the present state: as a backup, or, where the file is too damaged for one, as it lies there.
async fn save(config: &Config, target: &Path, now: Timestamp) -> anyhow::Result<Option<String>> {
    if !std::fs::metadata(target).is_ok_and(|about| about.len() > 0) {
        return Ok(None);
    }
    let made = async {
        let db = assemble::database(config).await?;
        let made = create(config, &db, Reason::BeforeRestore, now).await;
        // Closed in order, its log is folded into the file.
        db.close().await;
        made
    };
    match made.await {
        Ok(kept) => Ok(Some(kept.name)),
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "the present database cannot be read: it is kept as it is");
            let aside = beside(target, &format!(".damaged-{}", now.seconds()));
            ensure!(!aside.exists(), "{} is in the way: move it away", aside.display());
            for end in ["", "-wal"] {
                let from = beside(target, end);
                if from.exists() {
                    std::fs::rename(&from, beside(&aside, end)).with_context(|| format!("{} cannot be moved", from.display()))?;
                }
            }
            Ok(Some(aside.display().to_string()))
        }
    }
}

fn beside(path: &Path, end: &str) -> PathBuf {
    PathBuf::from(format!("{}{end}", path.display()))
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", path.display()))
        }
        _ => Ok(()),
    }
}

/// Removes what an earlier attempt left.
fn clear(part: &Path) -> anyhow::Result<()> {
    ["", "-wal", "-shm"].iter().try_for_each(|end| remove(&beside(part, end)))
}
