//! What the papers say, and what points to them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::sources::{crates, report, root, shown, sources};

/// Every paper of the repository.
fn papers() -> Vec<PathBuf> {
    let mut waiting = vec![root()];
    let mut papers = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.file_name().unwrap().to_string_lossy().into_owned();
            if entry.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
                waiting.push(entry);
            } else if name.ends_with(".md") {
                papers.push(entry);
            }
        }
    }
    papers
}

#[test]
fn every_link_in_the_papers_leads_somewhere() {
    let mut faults = Vec::new();
    for paper in papers() {
        let text = fs::read_to_string(&paper).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            let outside = target.is_empty() || target.contains("://") || target.starts_with("mailto:");
            if !outside && !paper.parent().unwrap().join(target).exists() {
                faults.push(format!("{}: the link to {target} leads nowhere", shown(&paper)));
            }
        }
    }
    report(&faults);
}

/// The headings of a paper, without their marks.
fn headings(paper: &Path) -> Vec<String> {
    let text = fs::read_to_string(paper).unwrap_or_default();
    let headings = text.lines().filter_map(|line| line.strip_prefix('#')).map(|line| line.trim_start_matches('#').trim());
    headings.map(|heading| heading.replace('`', "")).collect()
}

/// A pointer in a comment names a paper that is there, and behind a comma the beginning of one of its headings.
#[test]
fn every_pointer_in_a_comment_leads_to_a_paper() {
    const ELSEWHERE: [&str; 3] = [concat!("(fac", "ts: "), concat!("(des", "ign: "), concat!("sty", "le.md")];
    let mut faults = Vec::new();
    for (_, folder) in crates() {
        for (path, text) in sources(&folder) {
            if let Some(word) = ELSEWHERE.iter().find(|word| text.contains(**word)) {
                faults.push(format!("{}: {word} is no paper of the repository: point to docs/", shown(&path)));
            }
            // Comments that run over several lines are read as one.
            let text = text.replace("\n//! ", " ").replace("\n/// ", " ");
            for (at, _) in text.match_indices("docs/") {
                let rest = &text[at..];
                let Some(end) = rest.find(".md") else { continue };
                let paper = &rest[..end + 3];
                if paper.contains(|c: char| !(c.is_ascii_alphanumeric() || "/-_.".contains(c))) {
                    continue;
                }
                let file = root().join(paper);
                if !file.exists() {
                    faults.push(format!("{}: there is no {paper}", shown(&path)));
                    continue;
                }
                let Some(heading) = rest[end + 3..].strip_prefix(", ") else { continue };
                let heading = heading.split([')', ';', '.', '|', '\n']).next().unwrap_or_default().replace('`', "");
                // A comma may also go on with the sentence.
                let named = heading.starts_with(char::is_uppercase) || heading.starts_with("epay");
                if named && !headings(&file).iter().any(|known| known.starts_with(heading.trim())) {
                    faults.push(format!("{}: {paper} has no heading that begins with {heading}", shown(&path)));
                }
            }
        }
    }
    report(&faults);
}

/// What the papers write as a key is one: `anime.price`, and its table is known.
#[test]
fn every_setting_in_the_papers_is_one() {
    let sample = fs::read_to_string(root().join("gongfang.sample.toml")).unwrap();
    let (mut keys, mut tables, mut table) = (BTreeSet::new(), BTreeSet::new(), String::new());
    for line in sample.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            name.clone_into(&mut table);
            tables.insert(name.split('.').next().unwrap().to_owned());
        } else if let Some((name, _)) = line.strip_prefix("# ").and_then(|line| line.split_once(" = ")) {
            keys.insert(if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") });
        }
    }
    assert!(keys.len() > 100 && tables.len() > 20, "the sample was read wrong: {} keys", keys.len());
    let mut faults = Vec::new();
    for paper in papers() {
        let text = fs::read_to_string(&paper).unwrap();
        for word in text.split('`').skip(1).step_by(2) {
            let Some((head, rest)) = word.split_once('.') else { continue };
            let plain = !rest.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.');
            let file =
                ["rs", "md", "toml", "db", "log", "txt", "json", "py", "sql", "mp4"].iter().any(|end| word.ends_with(&format!(".{end}")));
            let of_keys = tables.contains(head) && plain && !file && !COLUMNS.contains(&word);
            let whole = keys.contains(word) || keys.iter().any(|key| key.starts_with(&format!("{word}.")));
            if of_keys && !whole {
                faults.push(format!("{}: {word} is no setting", shown(&paper)));
            }
        }
    }
    report(&faults);
}

/// Words with a point that are no settings although a table has the name of their beginning: columns of the database.
const COLUMNS: &[&str] = &["tasks.attempt", "tasks.run", "tasks.epoch", "tasks.deaths"];
