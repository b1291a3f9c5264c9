//! A journal in a file: each line is on the disk before it is acknowledged.

use std::{
    io::{Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use ports::{fault::Fault, journal::Journal};

/// An append-only file.
#[derive(Debug, Clone)]
pub struct FileJournal {
    path: PathBuf,
}

impl FileJournal {
    /// The journal in a file, which is created with its first line.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }
}

#[async_trait::async_trait]
impl Journal for FileJournal {
    async fn note(&self, line: String) -> Result<(), Fault> {
        let path = self.path.clone();
        let written = tokio::task::spawn_blocking(move || {
            let mut file = std::fs::OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(path)?;
            // Lines of several processes never mix, and a line that was cut off, as by a full disk, does not damage another one.
            file.lock()?;
            let mut last = [b'\n'];
            if file.seek(SeekFrom::End(0))? > 0 {
                file.seek(SeekFrom::End(-1))?;
                file.read_exact(&mut last)?;
            }
            let begins = if last == [b'\n'] { "" } else { "\n" };
            file.write_all(format!("{begins}{line}\n").as_bytes())?;
            file.sync_data()
        });
        let written = written.await.map_err(|error| Fault::passing(error.to_string()))?;
        written.map_err(|error| Fault::passing(format!("the journal cannot be written: {}", error.kind())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_kept_whole_however_many_write() {
        let folder = tempfile::tempdir().unwrap();
        let journal = FileJournal::new(folder.path().join("orders.log"));
        let writes: Vec<_> = (0..20)
            .map(|number| {
                let journal = journal.clone();
                tokio::spawn(async move { journal.note(format!("{number:->40}")).await })
            })
            .collect();
        for write in writes {
            write.await.unwrap().unwrap();
        }
        let text = std::fs::read_to_string(folder.path().join("orders.log")).unwrap();
        assert_eq!(text.lines().count(), 20);
        assert!(text.lines().all(|line| line.len() == 40), "{text}");
        std::fs::write(folder.path().join("orders.log"), "whole\ncut of").unwrap();
        journal.note("next".to_owned()).await.unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("orders.log")).unwrap(), "whole\ncut of\nnext\n");
    }
}
