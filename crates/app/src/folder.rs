//! What a server holds of its data folder: the folder itself where the database lies in it, and a working folder of its own.
//!
//! Commands beside a running server hold nothing: they use the same database and make no files.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use ports::random::{Random, hex};

use crate::config::Config;

/// The name of the lock of a working folder.
const LOCK: &str = ".lock";

/// Held by a server until its process ends, however that ends.
#[derive(Debug)]
pub(crate) struct Folder {
    /// Where this process makes files that nobody else looks at.
    pub(crate) work: PathBuf,
    _locks: Vec<File>,
}

impl Folder {
    /// Takes the data folder. Working folders of processes that are gone are removed: what they made is in storage, or is made anew.
    pub(crate) fn hold(config: &Config, random: &dyn Random) -> anyhow::Result<Self> {
        let data = config.data();
        let make = |path: &Path| {
            DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(|| format!("{} cannot be made", path.display()))
        };
        make(data)?;
        let mut locks = Vec::new();
        // A SQLite database has one server; several processes share a PostgreSQL.
        if config.database.is_empty() {
            locks.push(alone(data)?);
        }
        let all = std::path::absolute(data.join("work"))?;
        make(&all)?;
        // One at a time looks around and settles, so that nobody takes a folder for left that is just being made.
        let gate = open(&all.join(LOCK))?;
        gate.lock().with_context(|| format!("{} cannot be locked", all.display()))?;
        sweep(&all)?;
        let work = all.join(hex::<8>(random));
        make(&work)?;
        locks.push(locked(&work.join(LOCK))?.context("a new working folder is somebody else's")?);
        Ok(Self { work, _locks: locks })
    }
}

/// Takes a data folder with a SQLite database for this process alone, as long as the file is held.
pub(crate) fn alone(data: &Path) -> anyhow::Result<File> {
    let Some(lock) = locked(&data.join("serve.lock"))? else {
        bail!(
            "another gongfang serves {}: stop it first, name another folder with --data, or use a PostgreSQL for several processes",
            data.display()
        )
    };
    Ok(lock)
}

/// Removes the working folders of processes that are gone. A folder without a lock is a version's that knew none: it is spared for a
/// day, as that version may still be running beside this one.
fn sweep(all: &Path) -> anyhow::Result<()> {
    const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);
    for entry in std::fs::read_dir(all)?.flatten() {
        let path = entry.path();
        if !path.is_dir() {
            continue;
        }
        let lock = path.join(LOCK);
        let old = || entry.metadata().and_then(|about| about.modified()).ok().and_then(|at| at.elapsed().ok()).is_some_and(|age| age > DAY);
        let left = match File::options().write(true).open(&lock) {
            Ok(file) => file.try_lock().is_ok(),
            // Its process may have removed it in between.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => old(),
            Err(error) => return Err(error).with_context(|| format!("{} cannot be opened", lock.display())),
        };
        if left {
            let _ = std::fs::remove_dir_all(&path);
        }
    }
    Ok(())
}

impl Folder {
    /// Removes what other processes left that have gone since.
    pub(crate) fn tidy(&self) -> anyhow::Result<()> {
        let all = self.work.parent().context("the working folder lies nowhere")?;
        let gate = open(&all.join(LOCK))?;
        gate.lock()?;
        sweep(all)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.work);
    }
}

fn open(path: &Path) -> anyhow::Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path);
    file.with_context(|| format!("{} cannot be opened", path.display()))
}

/// The lock of a path; none where another process holds it.
fn locked(path: &Path) -> anyhow::Result<Option<File>> {
    let file = open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("{} cannot be locked", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use doubles::SeededRandom;

    use super::*;

    #[test]
    fn a_folder_has_one_server_and_what_the_dead_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let random = SeededRandom::new(1);
        let mut config = Config { data: folder.path().display().to_string(), ..Config::default() };
        let left = folder.path().join("work/0123456789abcdef");
        std::fs::create_dir_all(&left).unwrap();
        std::fs::write(left.join(LOCK), "").unwrap();
        let first = Folder::hold(&config, &random).unwrap();
        assert!(!left.exists(), "nobody holds it");
        std::fs::create_dir(first.work.join("anime-7-2")).unwrap();
        let refused = Folder::hold(&config, &random).unwrap_err().to_string();
        assert!(refused.contains("another gongfang serves"), "{refused}");
        config.database = "postgres://localhost/x".into();
        let second = Folder::hold(&config, &random).unwrap();
        assert!(first.work.join("anime-7-2").exists() && first.work != second.work, "the living keep theirs");
        let (gone, stays) = (first.work.clone(), second.work.clone());
        std::mem::forget(first);
        drop(second);
        assert!(!stays.exists() && gone.exists());
        let third = Folder::hold(&config, &random).unwrap();
        std::fs::create_dir_all(&stays).unwrap();
        std::fs::write(stays.join(LOCK), "").unwrap();
        third.tidy().unwrap();
        assert!(!stays.exists() && gone.exists() && third.work.exists(), "what died meanwhile is tidied away");
    }
}
