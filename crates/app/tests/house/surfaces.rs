//! What holds for the surfaces: a wire file turns values into bodies, and a handler is one call to the engine.

use std::fs;

use super::sources::{code, report, root, shown, sources};

/// Handlers that wait for the engine more than once, and why that is right there.
const SEVERAL: &[(&str, &str, &str)] = &[
    ("campus/admin.rs", "update_user", "what was changed is shown with what it has at its platform"),
    ("campus/socket.rs", "connect", "a socket authenticates by hand, so that it can close with the published code"),
    ("anime/socket.rs", "watch", "a socket authenticates by hand, so that it can close with the published code"),
    ("media/mod.rs", "file", "the size decides which range is read"),
    ("phone/account.rs", "login", "this document shows the wallet beside the account; signing in, which all share, does not read it"),
    ("studio/account.rs", "register", "this document shows the wallet beside the account; signing in, which all share, does not read it"),
    ("studio/account.rs", "login", "this document shows the wallet beside the account; signing in, which all share, does not read it"),
    ("studio/ledger.rs", "export", "the first page is read before the answer begins, the others while it is sent"),
];

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

/// Whether a file is a surface's own, and no wire file.
fn handles(path: &std::path::Path) -> bool {
    let path = shown(path);
    let shared = ["/http/", "/sandbox/", "/uploads/", "/wire", "src/docs.rs", "src/lib.rs"];
    !shared.iter().any(|part| path.contains(part))
}

#[test]
fn a_wire_file_waits_for_nothing() {
    let mut faults = Vec::new();
    for (path, text) in sources(&root().join("crates/surfaces/src")) {
        if !shown(&path).contains("/wire") {
            continue;
        }
        for (number, line) in code(&text) {
            if let Some(word) = ["async ", ".await", "engine.db"].iter().find(|word| line.contains(**word)) {
                faults.push(format!("{}:{number}: {word}: what waits belongs to the handler or the engine", shown(&path)));
            }
        }
    }
    report(&faults);
}

#[test]
fn a_handler_waits_for_the_engine_once() {
    let mut faults = Vec::new();
    let mut known: Vec<_> = SEVERAL.iter().map(|(file, handler, _)| (*file, *handler)).collect();
    for (path, text) in sources(&root().join("crates/surfaces/src")) {
        if !handles(&path) {
            continue;
        }
        let text: String = code(&text).map(|(_, line)| format!("{line}\n")).collect();
        for (at, _) in text.match_indices("async fn ") {
            let name: String = text[at + 9..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            // An extractor has a branch for each sort of token.
            if name == "from_request_parts" {
                continue;
            }
            let body = text[at..].split("\n}\n").next().unwrap_or_default();
            let waits =
                body.split("(&app.engine").skip(1).filter(|call| call.split(';').next().unwrap_or_default().contains(".await")).count();
            let file = shown(&path).trim_start_matches("crates/surfaces/src/").to_owned();
            let listed = known.iter().position(|one| *one == (file.as_str(), name.as_str()));
            match (waits > 1, listed) {
                (true, Some(at)) => drop(known.remove(at)),
                (true, None) => {
                    faults.push(format!("{}: {name} waits for the engine {waits} times: make one operation of it", shown(&path)))
                }
                (false, _) => {}
            }
        }
    }
    faults.extend(
        known.iter().map(|(file, name)| format!("crates/surfaces/src/{file}: {name} is an exception no more: take it off the list")),
    );
    report(&faults);
}
