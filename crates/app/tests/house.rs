//! The rules of the house, read from the manifests and the sources. Each failure says where, and what to do instead.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Who may import whom (design: the house). `gongfang` is the binary in `crates/app`.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("config", &["domain"]),
    ("ports", &["domain"]),
    ("doubles", &["domain", "ports"]),
    ("store", &["domain"]),
    ("storyboard", &["domain", "ports"]),
    ("engine", &["domain", "ports", "store"]),
    ("outside", &["domain", "ports", "storyboard"]),
    ("surfaces", &["config", "domain", "engine"]),
    ("gongfang", &["config", "domain", "ports", "store", "storyboard", "engine", "outside", "surfaces"]),
];

/// What only some crates may use: the words in the sources, who may, and what to do instead.
const BANS: &[(&[&str], &[&str], &str)] = &[
    (&["axum::", "http::"], &["surfaces", "gongfang"], "HTTP belongs to surfaces and app: pass plain values through the engine"),
    (&["rusqlite", "tokio_postgres", "deadpool_postgres"], &["store"], "SQL drivers belong to store: add a function there"),
    (&["reqwest::"], &["outside", "gongfang"], "the HTTP client belongs to outside::egress"),
    (&["std::process::Command", "process::{", "tokio::process"], &["storyboard"], "child processes belong to storyboard"),
    (&["db.write(", "db.read(", ".write(async", ".read(async"], &["engine", "store"], "transactions are opened by the engine only"),
    (
        &["serde::", "serde_json"],
        &["ports", "engine", "outside", "surfaces", "gongfang"],
        "no serde here: records belong to the engine's kinds, wire types to a surface's wire.rs",
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Each crate's name and folder.
fn crates() -> Vec<(String, PathBuf)> {
    let mut found: Vec<_> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let manifest = fs::read_to_string(path.join("Cargo.toml")).unwrap();
            let name = manifest.lines().find_map(|line| line.strip_prefix("name = \"")).unwrap().trim_end_matches('"').to_owned();
            (name, path)
        })
        .collect();
    found.sort();
    found
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found
}

/// The lines of a file that are code of the crate itself: no comments, no tests.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let tests = text.lines().position(|line| line.trim_start().starts_with("mod tests")).unwrap_or(usize::MAX);
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(move |(number, line)| *number <= tests && !line.trim_start().starts_with("//"))
}

fn report(faults: &[String]) {
    assert!(faults.is_empty(), "the house's rules are broken:\n  {}", faults.join("\n  "));
}

#[test]
fn a_crate_imports_only_whom_it_may() {
    let mut faults = Vec::new();
    let ours: BTreeSet<&str> = MAY_IMPORT.iter().map(|(name, _)| *name).collect();
    for (name, folder) in crates() {
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(known, _)| *known == name) else {
            faults.push(format!("crates/{name}: not in the house's table; a new crate is a design change (ARCHITECTURE.md)"));
            continue;
        };
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let mut section = "";
        for (number, line) in manifest.lines().enumerate() {
            if line.starts_with('[') {
                section = line;
            }
            let dependency = line.split(['.', ' ', '=']).next().unwrap_or_default();
            if section == "[dependencies]" && ours.contains(dependency) && !allowed.contains(&dependency) {
                faults.push(format!(
                    "{}:{}: {name} may not import {dependency}; it may import {allowed:?}",
                    folder.join("Cargo.toml").display(),
                    number + 1
                ));
            }
        }
    }
    report(&faults);
}

#[test]
fn what_belongs_to_one_ring_is_not_used_in_another() {
    let mut faults = Vec::new();
    for (name, folder) in crates() {
        for (path, text) in sources(&folder.join("src")) {
            for (number, line) in code(&text) {
                for (words, allowed, instead) in BANS {
                    if allowed.contains(&name.as_str()) {
                        continue;
                    }
                    if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                        faults.push(format!("{}:{number}: {word} is not for {name}: {instead}", path.display()));
                    }
                }
            }
        }
    }
    report(&faults);
}

/// How a dependency shows in sources where its own name does not.
const SHOWS_AS: &[(&str, &str)] = &[("md-5", "md5::"), ("hmac", "hmac::"), ("thiserror", "thiserror::"), ("mimalloc", "mimalloc::")];

#[test]
fn no_dependency_is_unused() {
    let mut faults = Vec::new();
    let mut wanted = BTreeSet::new();
    for (name, folder) in crates() {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let of = |parts: &[&str]| parts.iter().flat_map(|part| sources_in(&folder.join(part))).collect::<String>();
        let (own, tests) = (of(&["src"]), of(&["src", "tests", "benches"]));
        let mut section = "";
        for (number, line) in manifest.lines().enumerate() {
            if line.starts_with('[') {
                section = line;
            }
            let dependency = line.split(['.', ' ', '=']).next().unwrap_or_default();
            let texts = match section {
                "[dependencies]" => &own,
                "[dev-dependencies]" => &tests,
                _ => continue,
            };
            if dependency.is_empty() || dependency.starts_with(['[', '#']) {
                continue;
            }
            wanted.insert(dependency.to_owned());
            let shown = SHOWS_AS.iter().find(|(known, _)| *known == dependency).map(|(_, shown)| (*shown).to_owned());
            let path = dependency.replace('-', "_");
            // Stand-ins are shared between the tests of two crates.
            let shared = name == "gongfang" && dependency == "flate2";
            if !shared
                && !shown.is_some_and(|shown| texts.contains(&shown))
                && !texts.contains(&format!("{path}::"))
                && !texts.contains(&format!("use {path}"))
            {
                faults.push(format!(
                    "{}:{}: {name} does not use {dependency}: delete the line",
                    folder.join("Cargo.toml").display(),
                    number + 1
                ));
            }
        }
    }
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let listed = workspace.split("[workspace.dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    for dependency in listed.lines().filter_map(|line| line.split([' ', '=']).next()).filter(|name| !name.is_empty()) {
        if !wanted.contains(dependency) && !MAY_IMPORT.iter().any(|(name, _)| *name == dependency) {
            faults.push(format!("Cargo.toml: no crate wants {dependency}: delete the line"));
        }
    }
    report(&faults);
}

/// The sources below a folder, where there is one.
fn sources_in(folder: &Path) -> Vec<String> {
    if folder.is_dir() { sources(folder).into_iter().map(|(_, text)| text).collect() } else { Vec::new() }
}

/// Links between the papers lead somewhere.
#[test]
fn every_link_in_the_papers_leads_somewhere() {
    let mut faults = Vec::new();
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
    for paper in papers {
        let text = fs::read_to_string(&paper).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            let outside = target.is_empty() || target.contains("://") || target.starts_with("mailto:");
            if !outside && !paper.parent().unwrap().join(target).exists() {
                faults.push(format!("{}: the link to {target} leads nowhere", paper.display()));
            }
        }
    }
    report(&faults);
}

#[test]
fn no_surface_names_another() {
    let mut faults = Vec::new();
    let folder = root().join("crates/surfaces/src");
    let surfaces: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        // What all share is no surface.
        .filter(|path| path.is_dir() && !path.ends_with("http"))
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    for surface in &surfaces {
        for (path, text) in sources(&folder.join(surface)) {
            for (number, line) in code(&text) {
                for other in surfaces.iter().filter(|other| *other != surface) {
                    if line.contains(&format!("crate::{other}::")) || line.contains(&format!("super::super::{other}")) {
                        faults.push(format!(
                            "{}:{number}: {surface} names {other}; what both need belongs to http/ or the engine",
                            path.display()
                        ));
                    }
                }
            }
        }
    }
    report(&faults);
}

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
