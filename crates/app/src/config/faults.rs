//! What can be wrong with a configuration whatever its mode: each fault is one line that names the key, and quotes no value, which
//! may be a secret.

use anyhow::{bail, ensure};
use figment::error::Kind;
use toml::{Table, Value};

use super::{Config, environment_name, keys, walk};

/// Numbers that are not simply 0 or more: the least and the most that they may be.
const RANGES: &[(&str, i64, i64)] = &[
    ("ai.image.concurrency", 1, 1_000),
    ("ai.script.concurrency", 1, 1_000),
    ("ai.speech.concurrency", 1, 1_000),
    ("ai.vision.concurrency", 1, 1_000),
    ("anime.concurrency", 1, 1_000),
    ("anime.deadline_s", 60, i64::MAX),
    ("anime.segments", 1, 64),
    ("anime.session_s", 60, i64::MAX),
    ("anime.text_bytes", 1, i64::MAX),
    ("auth.password_min", 1, 64),
    ("campus.active_tasks", 1, 10),
    ("campus.concurrency", 1, 100_000),
    ("campus.session_s", 3_600, 2_592_000),
    ("campus.timeout_s", 600, 28_800),
    ("codes.mint_most", 1, 500),
    ("egress.deadline_s", 1, i64::MAX),
    ("egress.most_bytes", 1, i64::MAX),
    ("listen.connections", 1, 1_000_000),
    ("listen.connections_per_address", 1, 1_000_000),
    ("mail.port", 1, 65_535),
    ("media.lifetime_s", 60, i64::MAX),
    ("phone.session_s", 60, i64::MAX),
    ("studio.call_s", 1, i64::MAX),
    ("studio.concurrency", 1, 100_000),
    ("studio.result_bytes", 1, i64::MAX),
    ("studio.session_s", 60, i64::MAX),
    ("studio.settle_hours", 1, 720),
    ("uploads.most_bytes", 1, i64::MAX),
    ("ws.ping_s", 1, 3_600),
    ("ws.pong_s", 1, 3_600),
];

/// The longest span of time in seconds that fits into what is counted with: a hundred years.
const LONGEST_S: i64 = 3_155_760_000;

/// Reads a file's text. The parser's own message would quote the line, and the line may hold a secret.
pub(super) fn parse(name: &str, text: &str) -> anyhow::Result<Table> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        anyhow::anyhow!("{name}, line {line}: {}", error.message().lines().next().unwrap_or("this is not TOML"))
    })
}

/// What does not fit into the configuration, without the values.
pub(super) fn describe(error: figment::Error) -> anyhow::Error {
    let one = |error: figment::Error| {
        let path = error.path.join(".");
        match error.kind {
            Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => format!("{path} must be {expected}"),
            Kind::UnknownField(field, _) => format!("there is no key {}", [path.as_str(), &field].join(".").trim_start_matches('.')),
            Kind::Message(_)
            | Kind::InvalidLength(..)
            | Kind::UnknownVariant(..)
            | Kind::MissingField(_)
            | Kind::DuplicateField(_)
            | Kind::ISizeOutOfRange(_)
            | Kind::USizeOutOfRange(_)
            | Kind::Unsupported(_)
            | Kind::UnsupportedKey(..) => format!("{path} cannot be read"),
        }
    };
    anyhow::anyhow!(error.into_iter().map(one).collect::<Vec<_>>().join("; "))
}

/// Refuses names in the environment that look like a setting and are none.
pub(super) fn unknown(names: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let keys = keys();
    let known: Vec<String> = keys.keys().map(|path| environment_name(path)).chain(["GONGFANG_CONFIG".to_owned()]).collect();
    // Tests and builds have names of their own.
    let own = |name: &str| ["GONGFANG_TEST_", "GONGFANG_CONSOLE"].iter().any(|prefix| name.starts_with(prefix));
    let unknown: Vec<String> = names.filter(|name| name.starts_with("GONGFANG_") && !own(name) && !known.contains(name)).collect();
    ensure!(unknown.is_empty(), "the environment sets what is no setting: {} (gongfang.sample.toml names them all)", unknown.join(", "));
    Ok(())
}

/// Refuses what is no value for its key.
pub(super) fn check(config: &Config) -> anyhow::Result<()> {
    let mut faults = Vec::new();
    let Value::Table(table) = Value::try_from(config)? else { bail!("the configuration is no table") };
    walk("", &table, &mut |path, value| {
        let Some(number) = value.as_integer() else { return };
        let most = if path.ends_with("_s") { LONGEST_S } else { i64::MAX };
        let found = RANGES.iter().find(|(range, ..)| *range == path);
        let (least, most) = found.map_or((0, most), |(_, least, range)| (*least, most.min(*range)));
        if !(least..=most).contains(&number) {
            faults.push(match most {
                i64::MAX => format!("{path} must be {least} at least, not {number}"),
                _ => format!("{path} must be from {least} to {most}, not {number}"),
            });
        }
    });
    ensure!(faults.is_empty(), "{}", faults.join("\n  "));
    config.zone()?;
    for origin in &config.cors.origins {
        let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        let plain = rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['/', '?', '#', '@', ' ', '*']));
        ensure!(plain, "cors.origins: {origin} must be a scheme and a host such as https://app.example.com, and nothing behind them");
    }
    // A word alone that is no level would be taken for a module, and nothing else would be logged.
    let levels = |part: &str| part.contains(['=', '[']) || part.trim().parse::<tracing_subscriber::filter::LevelFilter>().is_ok();
    let read = config.log.split(',').all(levels) && tracing_subscriber::EnvFilter::try_new(&config.log).is_ok();
    ensure!(read, "log must be a level such as info, or levels by module such as gongfang=debug,info");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Flags;

    fn fault(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gongfang.toml");
        std::fs::write(&path, text).unwrap();
        format!("{:#}", Config::load(&Flags { data: None, config: Some(path) }).unwrap_err())
    }

    #[test]
    fn what_is_no_setting_is_said_by_name_and_without_its_value() {
        for (text, named) in [
            ("[listen]\nconnections = -5", "listen.connections must be from 1"),
            ("[anime]\nsession_s = 0", "anime.session_s must be from 60"),
            ("[phone]\nsession_s = -1", "phone.session_s must be from 60"),
            ("[media]\nlifetime_s = -1", "media.lifetime_s must be from 60"),
            ("[codes]\nsms_per_day = -1", "codes.sms_per_day must be 0 at least"),
            ("[egress]\ndeadline_s = 9000000000000", "egress.deadline_s must be from 1"),
            ("log = \"info,=,=\"", "log must be"),
            ("log = \"inof\"", "log must be"),
            ("[cors]\norigins = [\"https://app.example.com/\"]", "cors.origins"),
            ("[cors]\norigins = [\"*\"]", "cors.origins"),
            ("[mail]\npassword = \"hunter2\nport = 1", "line 2"),
            ("[mail]\nport = \"hunter2\"", "mail.port must be"),
            ("[mail]\npassworx = \"hunter2\"", "there is no key mail.passworx"),
        ] {
            let said = fault(text);
            assert!(said.contains(named) && !said.contains("hunter2"), "{text}: {said}");
        }
    }

    #[test]
    fn names_in_the_environment_that_are_no_setting_are_refused() {
        let refused = |name: &str| unknown(std::iter::once(name.to_owned())).is_err();
        assert!(refused("GONGFANG_ANIME_PRICES") && refused("GONGFANG_"));
        for name in ["GONGFANG_ANIME_PRICE", "GONGFANG_CONFIG", "GONGFANG_DATA", "GONGFANG_TEST_POSTGRES", "HOME"] {
            assert!(!refused(name), "{name}");
        }
    }

    #[test]
    fn every_range_is_of_a_key_and_holds_its_default() {
        for (path, ..) in RANGES {
            assert!(keys().contains_key(*path), "{path}");
        }
        check(&Config::default()).unwrap();
    }
}
