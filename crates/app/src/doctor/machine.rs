//! The machine: folders, disks, file descriptors, and the programs that make films.

use std::os::unix::fs::PermissionsExt;

use ports::render::Renderer;

use super::{Finding, Grade, finding};
use crate::{config::Config, disk};

pub(super) fn examine(config: &Config) -> Vec<Finding> {
    let mut found = vec![folder(config), space(config), descriptors(config), films()];
    found.extend(usage(config));
    found
}

fn folder(config: &Config) -> Finding {
    let data = config.data();
    let shown = data.display();
    let Ok(about) = std::fs::metadata(data) else {
        let text = format!("{shown} is not there: name the folder with --data or GONGFANG_DATA; the server makes it at its first start");
        return finding("data folder", Grade::Fault, text);
    };
    if let Err(error) = tempfile::tempfile_in(data) {
        return finding("data folder", Grade::Fault, format!("{shown} cannot be written to ({error}): give it to the user that serves"));
    }
    if about.permissions().mode() & 0o077 != 0 {
        return finding("data folder", Grade::Note, format!("{shown} can be opened by others: run chmod 700 on it"));
    }
    finding("data folder", Grade::Well, format!("{shown} can be written to"))
}

fn space(config: &Config) -> Finding {
    match disk::free(config.data()) {
        Ok(free) => {
            let (free, floor) = (free >> 20, config.housekeeping.free_mb.get());
            if free < floor {
                let text = format!("{free} MB are free, and work is refused below {floor} (housekeeping.free_mb): make room");
                finding("disk", Grade::Fault, text)
            } else if free < floor * 4 {
                finding("disk", Grade::Note, format!("{free} MB are free; below {floor} work is refused: make room soon"))
            } else {
                finding("disk", Grade::Well, format!("{free} MB are free"))
            }
        }
        Err(error) => finding("disk", Grade::Fault, format!("{error:#}")),
    }
}

/// What takes how much of the data folder.
fn usage(config: &Config) -> Vec<Finding> {
    let used = disk::usage(config.data(), &crate::backup::folder(config));
    let text = used.iter().map(|(name, bytes)| format!("{name} {} MB", bytes >> 20)).collect::<Vec<_>>().join(", ");
    if text.is_empty() { Vec::new() } else { vec![finding("disk use", Grade::Well, text)] }
}

fn descriptors(config: &Config) -> Finding {
    /// The database, files, children and calls.
    const OTHERS: u64 = 512;
    let needed = config.listen.connections.get() + OTHERS;
    match rustix::process::getrlimit(rustix::process::Resource::Nofile).current {
        Some(allowed) if allowed < needed => finding(
            "file descriptors",
            Grade::Note,
            format!(
                "{allowed} may be open here and {needed} may be needed: raise them (LimitNOFILE=, ulimit -n) or lower listen.connections"
            ),
        ),
        _ => finding("file descriptors", Grade::Well, format!("as many as listen.connections needs ({needed})")),
    }
}

/// What the film maker needs: ffmpeg with its encoders, espeak-ng and fonts.
fn films() -> Finding {
    let missing = storyboard::Storyboard::probe().missing();
    if missing.is_empty() {
        finding("films", Grade::Well, "ffmpeg with its encoders, espeak-ng and fonts are there")
    } else {
        finding("films", Grade::Note, format!("films are refused until this is there: {}", missing.join("; ")))
    }
}
