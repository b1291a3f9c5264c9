//! What holds for the rows.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::{report, root, shown, sources};

/// Files that write tables of others, and why.
const EVERYBODYS: &[(&str, &str)] = &[
    ("clock.rs", "sets right, in all tables at once, what was written while the clock was ahead"),
    ("seal.rs", "puts seals on rows of whatever table"),
    ("migrate.rs", "is the schema's own"),
];

#[test]
fn each_table_is_written_by_one_file() {
    let folder = root().join("crates/store/src");
    let mut writers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in sources(&folder) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if EVERYBODYS.iter().any(|(known, _)| *known == name) {
            continue;
        }
        let room = path.strip_prefix(&folder).unwrap().components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for verb in ["INSERT INTO ", "UPDATE ", "DELETE FROM "] {
            for (at, _) in text.match_indices(verb) {
                let table: String = text[at + verb.len()..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                if !table.is_empty() && table != "sqlite_sequence" {
                    writers.entry(table).or_default().insert(room.clone());
                }
            }
        }
    }
    assert!(writers.len() > 20, "the statements were read wrong: {writers:?}");
    let faults: Vec<_> = writers
        .iter()
        .filter(|(_, files)| files.len() > 1)
        .map(|(table, files)| format!("{}: {table} is written by {files:?}: let one of them do it, and the other call it", shown(&folder)))
        .collect();
    report(&faults);
}
