//! Copies of a SQLite database: each in a folder of its own, with a manifest that says what is in it.
//!
//! Beside the database lie the anchors and the orders as they were, for a machine that has lost its own. Secrets are in no copy: whoever
//! has both could sign entries and open what is sealed.

mod restore;
mod schedule;
mod verify;

use std::{
    collections::BTreeMap,
    fs::{DirBuilder, File},
    io::Read,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use domain::{text::hex, time::Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Db, db::Address};

pub(crate) use self::{restore::restore, schedule::serve, verify::verify};

use crate::{anchors, assemble, config::Config};

/// The database in a backup's folder.
pub(crate) const FILE: &str = "gongfang.db";
/// What says what is in a backup.
const MANIFEST: &str = "manifest.json";
/// How the name of one that is being made begins.
const PART: &str = ".part-";

/// Why a backup was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reason {
    /// Somebody asked for it. These are never removed by themselves.
    Manual,
    /// It was time.
    Schedule,
    /// The schema was about to be brought on.
    BeforeMigration,
    /// Another one was about to be put in the database's place. These are never removed by themselves.
    BeforeRestore,
}

impl Reason {
    fn word(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Schedule => "schedule",
            Self::BeforeMigration => "before-migration",
            Self::BeforeRestore => "before-restore",
        }
    }
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// When, in UTC, for people.
    pub(crate) made: String,
    /// When, in microseconds.
    pub(crate) made_at: i64,
    pub(crate) reason: Reason,
    /// The program that made it.
    pub(crate) version: String,
    pub(crate) schema: i64,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    /// Rows of each table.
    pub(crate) rows: BTreeMap<String, i64>,
    /// A hash over the state of every wallet.
    pub(crate) heads: String,
}

impl Manifest {
    fn contents(&self) -> engine::backup::Contents {
        engine::backup::Contents { schema: self.schema, rows: self.rows.clone(), heads: self.heads.clone() }
    }

    /// The rows that people ask about first.
    pub(crate) fn summary(&self) -> String {
        let of = |name: &str| self.rows.get(name).copied().unwrap_or(0);
        format!("{} accounts, {} ledger entries, {} tasks, {} orders", of("accounts"), of("entries"), of("tasks"), of("orders"))
    }
}

/// A backup that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) manifest: Manifest,
}

impl Kept {
    pub(crate) fn made_at(&self) -> Timestamp {
        Timestamp(self.manifest.made_at)
    }
}

/// Where backups lie.
pub(crate) fn folder(config: &Config) -> PathBuf {
    match config.backup.folder.as_str() {
        "" => config.data().join("backups"),
        named => PathBuf::from(named),
    }
}

/// Every backup that is whole, the newest first.
pub(crate) fn list(config: &Config) -> anyhow::Result<Vec<Kept>> {
    let folder = folder(config);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", folder.display())),
    };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        let Ok(text) = std::fs::read_to_string(path.join(MANIFEST)) else { continue };
        if name.starts_with(PART) {
            continue;
        }
        let Ok(manifest) = serde_json::from_str(&text) else {
            tracing::warn!(backup = name, "its manifest cannot be understood, so that it counts as none");
            continue;
        };
        found.push(Kept { name, path, manifest });
    }
    found.sort_by(|a, b| (b.manifest.made_at, &b.name).cmp(&(a.manifest.made_at, &a.name)));
    Ok(found)
}

/// The backup with a name, or the newest one.
pub(crate) fn find(config: &Config, name: Option<&str>) -> anyhow::Result<Kept> {
    let all = list(config)?;
    let found = match name {
        Some(name) => all.into_iter().find(|kept| kept.name == name),
        None => all.into_iter().next(),
    };
    found.with_context(|| {
        let what = name.map_or_else(|| "there is no backup".to_owned(), |name| format!("there is no backup called {name}"));
        format!("{what} in {}: `gongfang backup list` names those that are there", folder(config).display())
    })
}

/// The file of the database; what to do instead where there is none.
pub(crate) fn file(config: &Config) -> anyhow::Result<PathBuf> {
    match assemble::address(config) {
        Address::Sqlite(path) => Ok(path),
        Address::Postgres(_) => bail!(
            "the database is a PostgreSQL, which its own tools copy: `pg_dump --format=custom --file=gongfang.dump \"$GONGFANG_DATABASE\"`, and \
             `pg_restore --clean --if-exists --dbname=... gongfang.dump` puts it back (docs/operations.md says what to mind)"
        ),
    }
}

/// Makes a backup beside whoever is using the database.
pub(crate) async fn create(config: &Config, db: &Db, reason: Reason, now: Timestamp) -> anyhow::Result<Kept> {
    let (file, folder) = (file(config)?, folder(config));
    let make = |path: &Path| {
        DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(|| format!("{} cannot be made", path.display()))
    };
    make(&folder)?;
    sweep(&folder);
    room(&file, &folder)?;
    let stamp = jiff::Timestamp::from_second(now.seconds())?.strftime("%Y%m%dT%H%M%SZ");
    let name = unused(&folder, &format!("{stamp}-{}", reason.word()));
    let part = folder.join(format!("{PART}{name}"));
    make(&part)?;
    let made = fill(config, db, &part, reason, now).await;
    let manifest = match made {
        Ok(manifest) => manifest,
        Err(error) => {
            let _ = std::fs::remove_dir_all(&part);
            return Err(error);
        }
    };
    let path = folder.join(&name);
    std::fs::rename(&part, &path).with_context(|| format!("{} cannot be made", path.display()))?;
    File::open(&folder)?.sync_all()?;
    Ok(Kept { name, path, manifest })
}

/// Fills the folder of a backup. The anchors are copied before the database, so that they know of nothing that it does not have, and the
/// orders after it, so that they know of everything that it has.
async fn fill(config: &Config, db: &Db, part: &Path, reason: Reason, now: Timestamp) -> anyhow::Result<Manifest> {
    beside(&anchors::path(config), part)?;
    let copy = part.join(FILE);
    db.copy(&copy).await.context("the database cannot be copied")?;
    beside(&assemble::journal(config), part)?;
    let contents = read(&copy).await?;
    let hashed = copy.clone();
    let (bytes, sha256) = tokio::task::spawn_blocking(move || digest(&hashed)).await??;
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let manifest = Manifest {
        made: jiff::Timestamp::from_second(now.seconds())?.to_string(),
        made_at: now.0,
        reason,
        version,
        schema: contents.schema,
        bytes,
        sha256,
        rows: contents.rows,
        heads: contents.heads,
    };
    let path = part.join(MANIFEST);
    std::fs::write(&path, serde_json::to_vec_pretty(&manifest)?).with_context(|| format!("{} cannot be written", path.display()))?;
    File::open(&path)?.sync_all()?;
    Ok(manifest)
}

/// What a copy of the database holds.
async fn read(copy: &Path) -> anyhow::Result<engine::backup::Contents> {
    let settings = store::db::Settings { readers: 1, ..store::db::Settings::default() };
    let db =
        Db::open(&Address::Sqlite(copy.to_owned()), &settings).await.with_context(|| format!("{} cannot be opened", copy.display()))?;
    let contents = engine::backup::contents(&db).await;
    db.close().await;
    contents.with_context(|| format!("{} cannot be read", copy.display()))
}

/// Copies a file that lies beside the database; there may be none yet.
fn beside(file: &Path, folder: &Path) -> anyhow::Result<()> {
    let Some(name) = file.file_name() else { return Ok(()) };
    match std::fs::copy(file, folder.join(name)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("{} cannot be copied", file.display())),
    }
}

/// The length of a file and its SHA-256.
fn digest(path: &Path) -> anyhow::Result<(u64, String)> {
    let mut file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let (mut hash, mut buffer, mut length) = (Sha256::new(), vec![0; 1 << 20], 0);
    loop {
        let read = file.read(&mut buffer).with_context(|| format!("{} cannot be read", path.display()))?;
        if read == 0 {
            return Ok((length, hex(&hash.finalize())));
        }
        hash.update(&buffer[..read]);
        length += u64::try_from(read)?;
    }
}

/// Refuses a folder without room for another copy.
fn room(file: &Path, folder: &Path) -> anyhow::Result<()> {
    /// What is left for others.
    const SPARE: u64 = 64 << 20;
    let length = |path: PathBuf| std::fs::metadata(path).map_or(0, |about| about.len());
    let needed = length(file.to_owned()) + length(PathBuf::from(format!("{}-wal", file.display())));
    let free = crate::disk::free(folder)?;
    ensure!(
        free >= needed + SPARE,
        "a backup needs {} MB and {} has {} MB left: make room there, or name a folder on another disk in backup.folder",
        (needed + SPARE) >> 20,
        folder.display(),
        free >> 20
    );
    Ok(())
}

/// A name that nothing in the folder has.
fn unused(folder: &Path, name: &str) -> String {
    let taken = |name: &str| folder.join(name).exists() || folder.join(format!("{PART}{name}")).exists();
    let mut names = std::iter::once(name.to_owned()).chain((2..).map(|number| format!("{name}-{number}")));
    names.find(|name| !taken(name)).unwrap_or_else(|| name.to_owned())
}

/// Removes what was begun and not finished by processes that have ended: nobody makes one for longer than a day.
fn sweep(folder: &Path) {
    const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let left = entry.metadata().and_then(|about| about.modified()).ok().and_then(|at| at.elapsed().ok()).is_some_and(|age| age > DAY);
        if left && entry.file_name().to_string_lossy().starts_with(PART) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Removes the oldest backups of a reason beyond those that are kept; those that people made stay.
pub(crate) fn prune(config: &Config) -> anyhow::Result<Vec<String>> {
    let mut removed = Vec::new();
    let all = list(config)?;
    for reason in [Reason::Schedule, Reason::BeforeMigration] {
        for kept in all.iter().filter(|kept| kept.manifest.reason == reason).skip(config.backup.keep.size()) {
            std::fs::remove_dir_all(&kept.path).with_context(|| format!("{} cannot be removed", kept.path.display()))?;
            removed.push(kept.name.clone());
        }
    }
    Ok(removed)
}

/// Makes a backup of a SQLite database that is about to be brought to a newer schema.
pub(crate) async fn before_migration(config: &Config, db: &Db, now: Timestamp) -> anyhow::Result<()> {
    let Address::Sqlite(_) = assemble::address(config) else { return Ok(()) };
    let schema = engine::backup::schema(db).await?;
    if !config.backup.before_migration || schema == 0 || schema >= store::migrate::newest() {
        return Ok(());
    }
    let kept = create(config, db, Reason::BeforeMigration, now)
        .await
        .context("no backup could be made before the schema is brought on (backup.before_migration = false does without)")?;
    tracing::info!(backup = kept.name, schema, "a backup was made before the schema is brought on");
    prune(config).map(drop)
}
