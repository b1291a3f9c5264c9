//! The secrets of an installation, in a file that only its owner may read.

use std::{
    fs::{DirBuilder, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

use anyhow::{Context, bail, ensure};
use domain::{ledger::ChainKey, text::unhex};
use engine::Secrets;
use ports::random::{Random, hex};
use serde::{Deserialize, Serialize};

/// The file's name in the data folder.
pub(crate) const FILE: &str = "secrets.toml";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    token: String,
    media: String,
    /// Came after the others: a file of before is completed by [`create`].
    codes: Option<String>,
    /// As `codes`.
    vault: Option<String>,
    chain: String,
}

/// Refuses a folder in which nothing was ever installed.
pub(crate) fn exist(data: &Path) -> anyhow::Result<()> {
    ensure!(
        data.join(FILE).exists(),
        "there is no installation in {0} ({1} is missing): name the folder of your installation with --data or put the file back from your backup; for a new \
         installation start `gongfang serve` once (development), or run `gongfang secrets create --data {0}` (production; keep {1} out of \
         the database's backups)",
        data.display(),
        FILE
    );
    Ok(())
}

/// Reads the secrets; makes them where `make` allows it.
pub(crate) fn load(data: &Path, make: bool, random: &dyn Random) -> anyhow::Result<Secrets> {
    let path = data.join(FILE);
    if make {
        create(data, random)?;
    }
    exist(data)?;
    let stored = read(&path)?;
    let (Some(codes), Some(vault)) = (&stored.codes, &stored.vault) else {
        bail!("{} is of an older version: run `gongfang secrets create --data {}` once to add what is new", path.display(), data.display())
    };
    let key = |name: &str, text: &str| unhex(text).with_context(|| format!("{}: {name} must be 64 hexadecimal digits", path.display()));
    Ok(Secrets {
        token: key("token", &stored.token)?,
        media: key("media", &stored.media)?,
        codes: key("codes", codes)?,
        vault: key("vault", vault)?,
        chain: ChainKey::new(1, key("chain", &stored.chain)?),
    })
}

fn read(path: &Path) -> anyhow::Result<Stored> {
    let mode = std::fs::metadata(path)?.permissions().mode();
    ensure!(mode & 0o077 == 0, "{} can be read by others: run chmod 600 on it", path.display());
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    // The error of the parser would quote the line, and the line is the secret.
    toml::from_str(&text).ok().with_context(|| format!("{} must have the keys token, media, codes, vault and chain", path.display()))
}

/// Makes the secrets, or adds those that a file of an older version lacks; never over others.
pub(crate) fn create(data: &Path, random: &dyn Random) -> anyhow::Result<()> {
    // The database beside them is nobody else's business either.
    DirBuilder::new().recursive(true).mode(0o700).create(data).with_context(|| format!("{} cannot be made", data.display()))?;
    let path = data.join(FILE);
    // Whoever else starts just now waits here: two would each make secrets of their own.
    let lock = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(data.join(format!("{FILE}.lock")))?;
    lock.lock().with_context(|| format!("{}.lock cannot be held", path.display()))?;
    let found = path.exists().then(|| read(&path)).transpose()?;
    let made = || hex::<32>(random);
    let stored = match found {
        Some(Stored { codes: Some(_), vault: Some(_), .. }) => return Ok(()),
        Some(older) => Stored { codes: older.codes.or_else(|| Some(made())), vault: older.vault.or_else(|| Some(made())), ..older },
        None => Stored { token: made(), media: made(), codes: Some(made()), vault: Some(made()), chain: made() },
    };
    // Written whole beside its place: a crash leaves the older file or the newer one.
    let part = data.join(format!("{FILE}.part"));
    let _ = std::fs::remove_file(&part);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&part)
        .with_context(|| format!("{} cannot be made", part.display()))?;
    file.write_all(toml::to_string(&stored)?.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&part, &path).with_context(|| format!("{} cannot be made", path.display()))
}

#[cfg(test)]
mod tests {
    use doubles::SeededRandom;

    use super::*;

    #[test]
    fn secrets_are_made_once_and_only_for_their_owner() {
        let folder = tempfile::tempdir().unwrap();
        let random = SeededRandom::new(1);
        assert!(load(folder.path(), false, &random).is_err(), "production does not make them");
        let first = load(folder.path(), true, &random).unwrap();
        let second = load(folder.path(), true, &random).unwrap();
        assert_eq!((first.token, first.codes), (second.token, second.codes));
        let path = folder.path().join(FILE);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(load(folder.path(), true, &random).is_err(), "a file that others can read");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "token = \"short\"\nmedia = \"\"\nchain = \"\"\n").unwrap();
        let error = format!("{:#}", load(folder.path(), true, &random).map(drop).unwrap_err());
        assert!(error.contains("64 hexadecimal digits") && !error.contains("short"), "{error}");
    }

    #[test]
    fn secrets_of_an_older_version_are_completed_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, format!("token = \"{0}\"\nmedia = \"{0}\"\nchain = \"{0}\"\n", "ab".repeat(32))).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let random = SeededRandom::new(1);
        let error = format!("{:#}", load(folder.path(), false, &random).map(drop).unwrap_err());
        assert!(error.contains("secrets create"), "{error}");
        create(folder.path(), &random).unwrap();
        let completed = load(folder.path(), false, &random).unwrap();
        assert_eq!(completed.token, [0xab; 32]);
        assert_ne!(completed.codes, [0xab; 32]);
        assert!(completed.vault != [0xab; 32] && completed.vault != completed.codes);
    }

    #[test]
    fn of_many_that_start_at_once_all_have_the_same_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let tokens: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..16)
                .map(|seed| {
                    let path = folder.path();
                    scope.spawn(move || load(path, true, &SeededRandom::new(seed)).unwrap().token)
                })
                .collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert!(tokens.iter().all(|token| *token == tokens[0]));
    }
}
