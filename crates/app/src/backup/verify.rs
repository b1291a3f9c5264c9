//! Proving a backup: the file is the one that was made, holds what the manifest says, and all invariants hold in it.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use engine::check::Findings;

use super::{FILE, Kept, digest, folder, read};
use crate::{anchors, assemble, config::Config, secrets};

/// Opens a copy of a backup and checks it as `gongfang check` does; the backup itself is only read.
pub(crate) async fn verify(config: &Config, kept: &Kept) -> anyhow::Result<Findings> {
    whole(kept).await?;
    secrets::exist(config.data())?;
    let scratch = tempfile::Builder::new().prefix(super::PART).tempdir_in(folder(config)).context("the backup cannot be copied")?;
    let copied = |name: &str| std::fs::copy(kept.path.join(name), scratch.path().join(name)).map(drop);
    copied(FILE).context("the backup cannot be copied")?;
    let _ = copied("anchors.log");
    // Only the place of the secrets is known there, and only while this lasts.
    std::os::unix::fs::symlink(std::path::absolute(config.data().join(secrets::FILE))?, scratch.path().join(secrets::FILE))?;
    let mut there = config.clone();
    there.data = scratch.path().display().to_string();
    there.backup.before_migration = false;
    let engine = assemble::build_engine(&there, None).await?;
    let findings = engine::check::run(&engine, &anchors::read(&there, engine.chain())?).await;
    engine.close().await;
    Ok(findings?)
}

/// Refuses a backup whose file is not the one that was made, or that this program is too old for.
pub(super) async fn whole(kept: &Kept) -> anyhow::Result<()> {
    let (manifest, path) = (&kept.manifest, kept.path.join(FILE));
    let newest = store::migrate::newest();
    if manifest.schema > newest {
        bail!(
            "{} has schema {}, and this program knows {newest}: use gongfang {} or a newer one",
            kept.name,
            manifest.schema,
            manifest.version
        );
    }
    let (bytes, sha256) = tokio::task::spawn_blocking({
        let path = path.clone();
        move || digest(&path)
    })
    .await??;
    ensure!(
        (bytes, &sha256) == (manifest.bytes, &manifest.sha256),
        "{} is damaged: its SHA-256 is not the one in its manifest; use another backup",
        path.display()
    );
    Ok(())
}

/// Refuses a copy that does not hold what the manifest says.
pub(super) async fn same(kept: &Kept, copy: &Path) -> anyhow::Result<()> {
    let found = read(copy).await?;
    ensure!(found == kept.manifest.contents(), "{} does not hold what its manifest says; use another backup", copy.display());
    Ok(())
}
