//! Storage in a folder, which works with nothing configured.

use std::{
    ops::Range,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use futures_util::{StreamExt, stream::BoxStream};
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path as Key};
use ports::{fault::Fault, storage::Storage};

/// Files below a folder. Files appear atomically.
#[derive(Debug)]
pub struct Folder {
    files: LocalFileSystem,
    root: std::path::PathBuf,
}

impl Folder {
    /// Storage in `root`, which is created if it is missing.
    ///
    /// # Errors
    /// [`Fault::Lasting`] if the folder cannot be created.
    pub fn new(root: &Path) -> Result<Self, Fault> {
        std::fs::create_dir_all(root).map_err(|error| Fault::lasting(format!("{}: {error}", root.display())))?;
        let files = LocalFileSystem::new_with_prefix(root).map_err(|error| Fault::lasting(error.to_string()))?;
        let root = root.canonicalize().map_err(|error| Fault::lasting(format!("{}: {error}", root.display())))?;
        Ok(Self { files, root })
    }

    fn path(&self, key: &str) -> Result<std::path::PathBuf, Fault> {
        self.files.path_to_filesystem(&named(key)).map_err(|error| Fault::lasting(error.to_string()))
    }

    /// Whether a key leads to a file below the root after all symbolic links are followed: outside workers put files here, and these must
    /// not give access to the rest of the machine.
    async fn holds(&self, key: &str) -> Result<bool, Fault> {
        match tokio::fs::canonicalize(self.path(key)?).await {
            Ok(real) => Ok(real.starts_with(&self.root)),
            Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => Ok(false),
            Err(error) => Err(disk(error)),
        }
    }
}

/// A key in the library's form: unchanged if possible, so that a file that others put here is found under its own name.
fn named(key: &str) -> Key {
    Key::parse(key).unwrap_or_else(|_| Key::from(key))
}

fn disk(error: std::io::Error) -> Fault {
    Fault::passing(format!("storage: {error}"))
}

#[async_trait::async_trait]
impl Storage for Folder {
    async fn put(&self, key: &str, from: &Path) -> Result<(), Fault> {
        let to = self.path(key)?;
        if let Some(folder) = to.parent() {
            tokio::fs::create_dir_all(folder).await.map_err(disk)?;
        }
        // Copied next to its destination and then renamed: on the same disk the copy is a hard link and costs nothing.
        static PARTS: AtomicU64 = AtomicU64::new(0);
        let part = to.with_file_name(format!(".{}-{}.part", std::process::id(), PARTS.fetch_add(1, Ordering::Relaxed)));
        let _ = tokio::fs::remove_file(&part).await;
        if tokio::fs::hard_link(from, &part).await.is_err() {
            tokio::fs::copy(from, &part).await.map_err(disk)?;
        }
        tokio::fs::rename(&part, &to).await.map_err(disk)
    }

    async fn fetch(&self, key: &str, to: &Path) -> Result<bool, Fault> {
        let from = self.path(key)?;
        if !tokio::fs::try_exists(&from).await.map_err(disk)? {
            return Ok(false);
        }
        let _ = tokio::fs::remove_file(to).await;
        if tokio::fs::hard_link(&from, to).await.is_err() {
            tokio::fs::copy(&from, to).await.map_err(disk)?;
        }
        Ok(true)
    }

    async fn size(&self, key: &str) -> Result<Option<u64>, Fault> {
        if !self.holds(key).await? {
            return Ok(None);
        }
        match self.files.head(&named(key)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(Fault::passing(error.to_string())),
        }
    }

    async fn read(&self, key: &str, range: Range<u64>) -> Result<BoxStream<'static, Result<Bytes, Fault>>, Fault> {
        if !self.holds(key).await? {
            return Err(Fault::lasting("storage: there is no such file"));
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let found = self.files.get_opts(&named(key), options).await.map_err(|error| Fault::passing(error.to_string()))?;
        Ok(found.into_stream().map(|piece| piece.map_err(|error| Fault::passing(error.to_string()))).boxed())
    }

    async fn remove(&self, key: &str) -> Result<(), Fault> {
        match self.files.delete(&named(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Fault::passing(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_put_whole_read_in_ranges_and_removed() {
        let root = tempfile::tempdir().unwrap();
        let storage = Folder::new(&root.path().join("files")).unwrap();
        let source = root.path().join("a.txt");
        std::fs::write(&source, b"0123456789").unwrap();
        storage.put("films/x/a.txt", &source).await.unwrap();
        assert_eq!(storage.size("films/x/a.txt").await.unwrap(), Some(10));
        let pieces: Vec<_> = storage.read("films/x/a.txt", 3..7).await.unwrap().collect().await;
        let bytes: Vec<u8> = pieces.into_iter().flat_map(|piece| piece.unwrap().to_vec()).collect();
        assert_eq!(bytes, b"3456");
        assert!(storage.fetch("films/x/a.txt", &root.path().join("b.txt")).await.unwrap());
        assert!(!storage.fetch("films/x/none.txt", &root.path().join("c.txt")).await.unwrap());
        storage.remove("films/x/a.txt").await.unwrap();
        storage.remove("films/x/a.txt").await.unwrap();
        assert_eq!(storage.size("films/x/a.txt").await.unwrap(), None);
        assert_eq!(std::fs::read(root.path().join("b.txt")).unwrap(), b"0123456789", "what was fetched stays");
    }

    #[tokio::test]
    async fn no_key_leads_out_of_the_folder() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("secret"), b"x").unwrap();
        let storage = Folder::new(&root.path().join("files")).unwrap();
        for key in ["../secret", "films/../../secret", "/etc/passwd", "films/%2e%2e/%2e%2e/secret"] {
            assert_eq!(storage.size(key).await.unwrap_or(None), None, "{key}");
        }
    }

    #[tokio::test]
    async fn a_link_that_leads_out_is_no_file() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("secret"), b"x").unwrap();
        let storage = Folder::new(&root.path().join("files")).unwrap();
        let task = root.path().join("files/metered/1");
        std::fs::create_dir_all(&task).unwrap();
        std::fs::write(task.join("报告 50%.pdf"), b"report").unwrap();
        std::os::unix::fs::symlink(root.path().join("secret"), task.join("link")).unwrap();
        std::os::unix::fs::symlink(root.path(), task.join("out")).unwrap();
        assert_eq!(storage.size("metered/1/报告 50%.pdf").await.unwrap(), Some(6));
        for key in ["metered/1/link", "metered/1/out/secret"] {
            assert_eq!(storage.size(key).await.unwrap(), None, "{key}");
            assert!(storage.read(key, 0..1).await.is_err(), "{key}");
        }
    }
}
