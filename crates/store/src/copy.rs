//! A copy of a SQLite file that is made beside its writer: page by page, of one moment.

use std::{fs::OpenOptions, os::unix::fs::OpenOptionsExt, path::Path, thread::sleep, time::Duration};

use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};

use crate::fault::Fault;

/// The pages of a step: four megabytes.
const PAGES: i32 = 1024;
/// The rest between two steps, for whoever else needs the disk.
const REST: Duration = Duration::from_millis(2);

/// Copies the file `from`, which others may be writing to, into `to`, which must not exist.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), Fault> {
    let named = |path: &Path, error: &dyn std::fmt::Display| Fault::Database(format!("{}: {error}", path.display()));
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, flags).map_err(|error| named(from, &error))?;
    // A copy of one moment: without a transaction of its own, each commit of somebody else's would begin it anew.
    source
        .execute_batch("PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; BEGIN; SELECT COUNT(*) FROM sqlite_schema")
        .map_err(|error| named(from, &error))?;
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).map_err(|error| named(to, &error))?;
    let mut target = Connection::open_with_flags(to, flags).map_err(|error| named(to, &error))?;
    {
        let backup = Backup::new(&source, &mut target).map_err(|error| named(to, &error))?;
        while backup.step(PAGES).map_err(|error| named(to, &error))? != StepResult::Done {
            sleep(REST);
        }
    }
    target.close().map_err(|(_, error)| named(to, &error))?;
    made.sync_all().map_err(|error| named(to, &error))
}
