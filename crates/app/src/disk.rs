//! What room there is on a disk, and who takes it.

use std::path::{Path, PathBuf};

use anyhow::Context;
use engine::Engine;

use crate::{backup, config::Config};

/// The bytes that are free for this process on the disk of a folder.
pub(crate) fn free(folder: &Path) -> anyhow::Result<u64> {
    let about = rustix::fs::statvfs(folder).with_context(|| format!("the disk of {} cannot be asked", folder.display()))?;
    Ok(about.f_bavail.saturating_mul(about.f_frsize))
}

/// What takes how many bytes below the data folder, by kind; what is not there is left out.
pub(crate) fn usage(data: &Path, backups: &Path) -> Vec<(&'static str, u64)> {
    let files = data.join("files");
    let places = [
        ("database", vec![data.join("gongfang.db"), data.join("gongfang.db-wal")]),
        ("results", vec![files.join("films"), files.join("generation"), files.join("custom")]),
        ("pieces", vec![files.join("artifacts")]),
        ("uploads", vec![files.join("uploads")]),
        ("work", vec![data.join("work")]),
        ("backups", vec![backups.to_owned()]),
        ("logs", vec![data.join("orders.log"), data.join("anchors.log")]),
    ];
    let of = |paths: &[PathBuf]| paths.iter().map(|path| size(path)).sum::<u64>();
    places.iter().map(|(name, paths)| (*name, of(paths))).filter(|(_, bytes)| *bytes > 0).collect()
}

/// The bytes of a file, or of everything in a folder.
fn size(path: &Path) -> u64 {
    let Ok(about) = std::fs::symlink_metadata(path) else { return 0 };
    if !about.is_dir() {
        return about.len();
    }
    std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| size(&entry.path())).sum()
}

/// Watches the disk of the data folder while a server runs.
pub(crate) struct Disk {
    data: PathBuf,
    backups: PathBuf,
    floor: u64,
}

impl Disk {
    pub(crate) fn new(config: &Config) -> Self {
        Self { data: config.data().to_owned(), backups: backup::folder(config), floor: config.housekeeping.free_mb.get() << 20 }
    }

    /// Tells the engine whether there is room for new work.
    pub(crate) fn look(&mut self, engine: &Engine) {
        let free = match free(&self.data) {
            Ok(free) => free,
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "how full the disk is cannot be said");
                return;
            }
        };
        gauge("gongfang_disk_free_bytes", None, free);
        let full = free < self.floor;
        if full && !engine.full() {
            tracing::error!(
                free_mb = free >> 20,
                "the disk is almost full: nothing new is begun until there is room (housekeeping.free_mb)"
            );
        } else if !full && engine.full() {
            tracing::info!(free_mb = free >> 20, "there is room on the disk again");
        }
        engine.set_full(full);
    }

    /// Measures what takes how much. It walks over every file, and so beside everything else.
    pub(crate) async fn measure(&self) {
        let (data, backups) = (self.data.clone(), self.backups.clone());
        if let Ok(used) = tokio::task::spawn_blocking(move || usage(&data, &backups)).await {
            for (kind, bytes) in used {
                gauge("gongfang_disk_used_bytes", Some(kind), bytes);
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
fn gauge(name: &'static str, kind: Option<&'static str>, bytes: u64) {
    match kind {
        Some(kind) => metrics::gauge!(name, "kind" => kind).set(bytes as f64),
        None => metrics::gauge!(name).set(bytes as f64),
    }
}
