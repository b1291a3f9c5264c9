//! What holds for every file.

use super::sources::{crates, report, sources};

#[test]
fn every_file_says_what_it_is() {
    let mut faults = Vec::new();
    for (_, folder) in crates() {
        for (path, text) in sources(&folder) {
            if !text.starts_with("//!") {
                faults.push(format!("{}:1: begin with `//!`: what the file is, and what it deliberately does not know", path.display()));
            }
        }
    }
    report(&faults);
}

#[test]
fn nothing_is_left_open() {
    let mut faults = Vec::new();
    let open = [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("#[ig", "nore"), concat!("dbg", "!(")];
    for (_, folder) in crates() {
        for (path, text) in sources(&folder) {
            for (number, line) in text.lines().enumerate() {
                if let Some(word) = open.iter().find(|word| line.contains(**word)) {
                    faults.push(format!("{}:{}: {word} does not land; finish it or leave it out", path.display(), number + 1));
                }
            }
        }
    }
    report(&faults);
}
