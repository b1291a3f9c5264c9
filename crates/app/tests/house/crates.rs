//! Who may import whom, and what belongs to one ring alone.

use std::{collections::BTreeSet, fs};

use super::sources::{code, crates, report, root, sources, sources_in};

/// Who may import whom (ARCHITECTURE.md). `gongfang` is the binary in `crates/app`.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("config", &["domain"]),
    ("console", &[]),
    ("ports", &["domain"]),
    ("doubles", &["domain", "ports"]),
    ("store", &["domain"]),
    ("storyboard", &["domain", "ports"]),
    ("engine", &["domain", "ports", "store"]),
    ("outside", &["domain", "ports", "storyboard"]),
    ("surfaces", &["config", "console", "domain", "engine"]),
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
