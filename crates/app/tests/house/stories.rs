//! What holds for the stories, which are the surfaces' transcripts.

use std::{collections::BTreeSet, fs};

use super::sources::{report, root, sources_in};

/// Every request of every story: its method and path.
fn spoken() -> BTreeSet<(String, String)> {
    let folder = root().join("crates/app/tests/stories");
    let stories =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|ext| ext == "txt"));
    let text: String = stories.map(|path| fs::read_to_string(path).unwrap()).collect();
    let request = |line: &str| {
        let mut words = line.strip_prefix("> ")?.split(' ');
        let (method, path) = (words.next()?, words.next()?);
        Some((method.to_owned(), path.split('?').next()?.to_owned()))
    };
    text.lines().filter_map(request).collect()
}

#[test]
fn each_route_is_spoken_in_a_story() {
    let spoken = spoken();
    let mut faults = Vec::new();
    for surface in surfaces::ALL {
        let Some(open) = (surface.build)().docs else { continue };
        let open = serde_json::to_value(&open).unwrap();
        for (template, operations) in open["paths"].as_object().unwrap() {
            for method in
                operations.as_object().unwrap().keys().filter(|method| ["get", "post", "put", "patch", "delete"].contains(&method.as_str()))
            {
                let method = method.to_uppercase();
                if !spoken.iter().any(|(known, path)| *known == method && fits(template, path)) {
                    faults.push(format!("crates/app/tests/stories: no story speaks {method} {template} of {}", surface.name));
                }
            }
        }
    }
    report(&faults);
}

/// Whether a path is of a template, as `/tasks/7` is of `/tasks/{id}`.
fn fits(template: &str, path: &str) -> bool {
    let (parts, named): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), template.split('/').collect());
    parts.len() == named.len() && parts.iter().zip(named).all(|(part, named)| *part == named || named.starts_with('{'))
}

#[test]
fn each_story_is_run() {
    let tests: String = sources_in(&root().join("crates/app/tests")).concat();
    let folder = root().join("crates/app/tests/stories");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let faults: Vec<_> = names
        .filter(|name| !tests.contains(&format!("stories/{name}\"")) && !tests.contains(&format!("\"{name}\"")))
        .map(|name| format!("crates/app/tests/stories/{name}: no test runs it"))
        .collect();
    report(&faults);
}
