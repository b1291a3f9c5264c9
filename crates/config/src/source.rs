//! Where values come from: flags over the environment over the file over production's defaults over the defaults.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use crate::{Item, Key, Section, Value};

crate::choice! {
    /// How a server is run.
    pub Mode {
        /// Open and forgiving, on a developer's machine.
        Development = "development",
        /// Hardened.
        Production = "production",
    }
}

/// What was given, by whom.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Each value by its path, with the place that gave it.
    given: BTreeMap<String, (toml::Value, String)>,
    faults: Vec<String>,
}

/// The values in force, and what is wrong with those read so far.
#[derive(Debug)]
pub struct Values {
    values: BTreeMap<String, (toml::Value, Option<String>)>,
    faults: Vec<String>,
}

impl Sources {
    /// Adds what a file says, over what is there. `name` is what people call the file.
    pub fn file<S: Section>(&mut self, name: &str, text: &str) {
        // The parser's own message would quote the line, and the line may hold a secret.
        let line = |at: usize| text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        match DeTable::parse(text) {
            Ok(table) => {
                let items = items::<S>();
                self.table(&items, "", table.get_ref(), &|span: std::ops::Range<usize>| {
                    (text.get(span.clone()).unwrap_or_default().to_owned(), format!("{name}, line {}", line(span.start)))
                });
            }
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let message = error.message().lines().next().unwrap_or("this is not TOML");
                self.faults.push(format!("{name}, line {}: {message}", line(at)));
            }
        }
    }

    fn table(&mut self, items: &[Item], path: &str, table: &DeTable<'_>, at: &impl Fn(std::ops::Range<usize>) -> (String, String)) {
        for (name, value) in table {
            let path = crate::join(path, name.get_ref());
            let found = items
                .iter()
                .find(|item| matches!(item, Item::Table { path: known, .. } | Item::Key(Key { path: known, .. }) if *known == path));
            match (found, value.get_ref()) {
                (Some(Item::Table { .. }), DeValue::Table(inner)) => self.table(items, &path, inner, at),
                (Some(Item::Table { .. }), _) => self.faults.push(format!("{path} must be a section, [{path}] ({})", at(value.span()).1)),
                (Some(Item::Key(_)), found) => {
                    let (text, place) = at(value.span());
                    // No key holds a table; its text alone may be a header.
                    let table = || toml::Value::Table(toml::Table::new());
                    let value = if matches!(found, DeValue::Table(_)) { table() } else { text.parse().unwrap_or_else(|_| table()) };
                    self.given.insert(path, (value, place));
                }
                (None, _) => self.faults.push(format!("there is no key {path} ({})", at(name.span()).1)),
            }
        }
    }

    /// Adds what the environment says, over what is there. `variables` are those that are set; `apart` are names with our prefix that set
    /// nothing here. A name with `_FILE` behind it names a file that holds the value, as secrets of containers are given.
    pub fn environment<S: Section>(&mut self, variables: impl Iterator<Item = (String, String)>, apart: &[&str]) {
        let keys = keys::<S>();
        let mut named: Vec<(String, String)> = variables.filter(|(name, _)| name.starts_with(PREFIX)).collect();
        named.sort();
        for (name, text) in named {
            let of = |wanted: &str| keys.iter().find(|key| environment_name(&key.path) == wanted);
            if let Some((key, base)) = name.strip_suffix("_FILE").and_then(|base| Some((of(base)?, base))) {
                // The value itself sorts before the name of its file.
                let twice = self.given.get(&key.path).is_some_and(|(_, place)| place == base);
                match std::fs::read_to_string(&text) {
                    _ if twice => self.faults.push(format!("the environment sets {base} and {name}: keep one of them")),
                    Ok(value) => {
                        drop(self.given.insert(key.path.clone(), (of_environment(key.default, value.trim_end_matches(['\n', '\r'])), name)))
                    }
                    Err(error) => self.faults.push(format!("the file that {name} names cannot be read ({})", error.kind())),
                }
                continue;
            }
            match of(&name) {
                Some(key) => drop(self.given.insert(key.path.clone(), (of_environment(key.default, &text), name))),
                None if apart.iter().any(|apart| name.starts_with(apart)) => {}
                None => self.faults.push(format!("the environment sets {name}, which is no setting (gongfang.sample.toml names them all)")),
            }
        }
    }

    /// Adds one value, as a flag gives it.
    pub fn flag(&mut self, path: &str, flag: &str, text: &str) {
        self.given.insert(path.to_owned(), (text.into(), flag.to_owned()));
    }

    /// One text that was given, before the rest is read: the mode, which decides what the rest is.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.given.get(path).and_then(|(value, _)| value.as_str())
    }

    /// The section in force.
    ///
    /// # Errors
    /// Everything that is wrong, each in a sentence with its key and the place that gave it.
    pub fn check<S: Section>(mut self, mode: Mode) -> Result<S, Vec<String>> {
        let mut values: BTreeMap<_, _> = keys::<S>()
            .into_iter()
            .map(|key| {
                let text = key.production.filter(|_| mode == Mode::Production).unwrap_or(key.default);
                (key.path, (of_source(text), None))
            })
            .collect();
        values.extend(self.given.into_iter().map(|(path, (value, place))| (path, (value, Some(place)))));
        let mut values = Values { values, faults: Vec::new() };
        let section = S::read("", &mut values);
        self.faults.append(&mut values.faults);
        match section {
            Some(section) if self.faults.is_empty() => Ok(section),
            _ => Err(self.faults),
        }
    }
}

impl Values {
    /// The value of a key. `None`, and a fault, where it is none.
    pub fn read<T: Value>(&mut self, path: &str) -> Option<T> {
        let (value, place) = self.values.get(path)?;
        match T::read(value) {
            Ok(value) => Some(value),
            Err(expected) => {
                let place = place.as_ref().map_or_else(|| "its default".to_owned(), Clone::clone);
                self.faults.push(format!("{path} must be {expected} ({place})"));
                None
            }
        }
    }
}

const PREFIX: &str = "GONGFANG_";

/// The environment's name of a key: `anime.price` is `GONGFANG_ANIME_PRICE`.
#[must_use]
pub fn environment_name(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "_").to_uppercase())
}

pub(crate) fn items<S: Section>() -> Vec<Item> {
    let mut items = Vec::new();
    S::describe("", "", None, &mut items);
    items
}

fn keys<S: Section>() -> Vec<Key> {
    let key = |item| match item {
        Item::Key(key) => Some(key),
        Item::Table { .. } => None,
    };
    items::<S>().into_iter().filter_map(key).collect()
}

/// A value as a declaration has it.
fn of_source(text: &str) -> toml::Value {
    text.parse().unwrap_or_else(|_| text.into())
}

/// A value as the environment has it: a text, read as its default's type; a list is parted by semicolons.
fn of_environment(default: &str, text: &str) -> toml::Value {
    match of_source(default) {
        toml::Value::Integer(_) => text.trim().parse::<i64>().map_or_else(|_| text.into(), Into::into),
        toml::Value::Boolean(_) => text.trim().parse::<bool>().map_or_else(|_| text.into(), Into::into),
        toml::Value::Array(_) => {
            text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(Into::into).collect::<Vec<toml::Value>>().into()
        }
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::section! {
        /// The whole.
        Whole {
            /// What is logged.
            log: String = "info",
            /// Letters.
            mail: Mail,
        }
    }
    crate::section! {
        /// Letters.
        Mail {
            /// The port.
            port: crate::Count<1, 65_535> = 587,
            /// The password.
            password: crate::Secret = "" => "none",
            /// Where letters may go.
            hosts: Vec<String> = ["a", "b"],
        }
    }

    fn read(file: &str, environment: &[(&str, &str)]) -> Result<Whole, Vec<String>> {
        let mut sources = Sources::default();
        sources.file::<Whole>("x.toml", file);
        sources.environment::<Whole>(environment.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())), &["GONGFANG_TEST_"]);
        sources.check(Mode::Development)
    }

    #[test]
    fn who_says_it_last_is_believed() {
        let whole =
            read("log = \"debug\"\n[mail]\nport = 25", &[("GONGFANG_MAIL_PORT", " 26 "), ("GONGFANG_MAIL_HOSTS", "c; d;")]).unwrap();
        assert_eq!((whole.log.as_str(), whole.mail.port.get(), whole.mail.hosts), ("debug", 26, vec!["c".to_owned(), "d".to_owned()]));
        let production = Sources::default().check::<Whole>(Mode::Production).unwrap();
        assert_eq!((production.mail.password.expose(), production.mail.port.get()), ("none", 587));
    }

    #[test]
    fn a_value_may_stand_in_a_file() {
        let path = std::env::temp_dir().join(format!("gongfang-config-{}", std::process::id()));
        std::fs::write(&path, "hunter2\n").unwrap();
        let name = path.display().to_string();
        let whole = read("", &[("GONGFANG_MAIL_PASSWORD_FILE", &name)]).unwrap();
        assert_eq!(whole.mail.password.expose(), "hunter2");
        let both = read("", &[("GONGFANG_MAIL_PASSWORD_FILE", &name), ("GONGFANG_MAIL_PASSWORD", "x")]).unwrap_err();
        assert_eq!(both, ["the environment sets GONGFANG_MAIL_PASSWORD and GONGFANG_MAIL_PASSWORD_FILE: keep one of them"]);
        std::fs::remove_file(&path).unwrap();
        let missing = read("", &[("GONGFANG_MAIL_PASSWORD_FILE", &name)]).unwrap_err();
        assert_eq!(missing, ["the file that GONGFANG_MAIL_PASSWORD_FILE names cannot be read (entity not found)"]);
        let unknown = read("", &[("GONGFANG_MAIL_PASSWORT_FILE", &name)]).unwrap_err();
        assert!(unknown[0].contains("which is no setting"), "{unknown:?}");
    }

    #[test]
    fn every_fault_is_said_with_its_key_and_place_and_without_its_value() {
        let faults = read(
            "log = 3\nmale.port = 1\n[mail]\nport = \"hunter2\"\npassworx = \"hunter2\"\nhosts = [\"a\", 2]",
            &[("GONGFANG_MAIL_PASSWORD", "x"), ("GONGFANG_MAIL_PORTS", "hunter2"), ("GONGFANG_TEST_X", ""), ("HOME", "/")],
        )
        .unwrap_err();
        assert_eq!(
            faults,
            [
                "there is no key mail.passworx (x.toml, line 5)",
                "there is no key male (x.toml, line 2)",
                "the environment sets GONGFANG_MAIL_PORTS, which is no setting (gongfang.sample.toml names them all)",
                "log must be a text in quotation marks (x.toml, line 1)",
                "mail.port must be a whole number from 1 to 65535 (x.toml, line 4)",
                "mail.hosts must be a list of which each is a text in quotation marks (x.toml, line 6)",
            ]
        );
        assert_eq!(read("[mail]\npassword = \"hunter2\nport = 1", &[]).unwrap_err().len(), 1);
        assert!(!read("[mail]\npassword = \"hunter2\nport = 1", &[]).unwrap_err()[0].contains("hunter2"));
        assert_eq!(read("mail = 3", &[]).unwrap_err(), ["mail must be a section, [mail] (x.toml, line 1)"]);
        assert_eq!(read("[mail.port]\nx = 3", &[]).unwrap_err(), ["mail.port must be a whole number from 1 to 65535 (x.toml, line 1)"]);
    }
}
