//! The sample file: every key with what it means, its default, its name in the environment and what production has instead.

use crate::{Item, Key, Section, environment_name, source::items};

/// The sample of a section, below what `head` says. Keys of one table stand together, whoever declares them.
#[must_use]
pub fn sample<S: Section>(head: &str) -> String {
    let items = items::<S>();
    // Each table with its heading and its entries, in the order of their first declaration.
    let mut tables: Vec<(&str, String, Vec<String>)> = Vec::new();
    for item in &items {
        let (path, key) = match item {
            Item::Table { path, .. } => (path.as_str(), None),
            Item::Key(key) => (key.path.rsplit_once('.').map_or("", |(table, _)| table), Some(key)),
        };
        let at = tables.iter().position(|(known, ..)| *known == path).unwrap_or_else(|| {
            tables.push((path, String::new(), Vec::new()));
            tables.len() - 1
        });
        let (_, heading, entries) = &mut tables[at];
        match (item, key) {
            (_, Some(key)) => entries.push(entry(key)),
            (Item::Table { about, .. }, _) if heading.is_empty() && !path.is_empty() => *heading = format!("{}[{path}]\n", comment(about)),
            _ => {}
        }
    }
    let table = |(_, heading, entries): (&str, String, Vec<String>)| heading + &entries.join("\n");
    format!("{}\n{}", comment(head), tables.into_iter().map(table).collect::<Vec<_>>().join("\n"))
}

fn entry(key: &Key) -> String {
    let production = key.production.map_or_else(String::new, |value| format!(" (production: {value})"));
    let about = format!("{}  [{}]{production}", key.about.trim_end(), environment_name(&key.path));
    let name = key.path.rsplit('.').next().unwrap_or(&key.path);
    // The compiler may have wrapped a long list.
    format!("{}# {name} = {}\n", comment(&about), key.default.replace('\n', " "))
}

/// Lines of text as comments. A declaration's lines begin with the blank that stands behind its slashes.
fn comment(text: &str) -> String {
    text.lines().fold(String::new(), |all, line| all + format!("# {}", line.trim()).trim_end() + "\n")
}
