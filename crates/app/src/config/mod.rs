//! The configuration: flags over `GONGFANG_*` over `gongfang.toml` over defaults. `gongfang.sample.toml` is its reference.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Context;
use figment::{Figment, providers::Serialized};
use toml::{Table, Value};

mod campus;
mod faults;
mod sections;
mod studio;

pub(crate) use sections::{Config, MailSection, Provider, SmsSection};
pub(crate) use studio::Uploads;

/// What the flags say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags {
    pub(crate) data: Option<PathBuf>,
    pub(crate) config: Option<PathBuf>,
}

impl Config {
    /// Reads the configuration.
    pub(crate) fn load(flags: &Flags) -> anyhow::Result<Self> {
        let file = flags.config.clone().or_else(|| variable("GONGFANG_CONFIG").map(PathBuf::from));
        if let Some(named) = &file {
            anyhow::ensure!(named.exists(), "the configuration {} does not exist", named.display());
        }
        let file = file.unwrap_or_else(|| PathBuf::from("gongfang.toml"));
        let stored = match std::fs::read_to_string(&file) {
            Ok(text) => faults::parse(&file.display().to_string(), &text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Table::new(),
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
        };
        let mut given = environment()?;
        if let Some(data) = &flags.data {
            given.insert("data".to_owned(), Value::String(data.display().to_string()));
        }
        let chosen = |defaults: Figment| defaults.merge(Serialized::defaults(stored.clone())).merge(Serialized::defaults(given.clone()));
        let mut figment = chosen(Figment::from(Serialized::defaults(Self::default())));
        if figment.extract_inner::<String>("mode").is_ok_and(|mode| mode == "production") {
            let defaults = keys();
            let mut safe = Figment::from(Serialized::defaults(Self::default()));
            for (path, text) in sections::HARDENED {
                let default = defaults.get(*path).with_context(|| format!("{path} is no key"))?;
                safe = safe.merge(Serialized::default(path, read(path, default, text)?));
            }
            figment = chosen(safe);
        }
        let config = figment.extract().map_err(faults::describe).and_then(|config| faults::check(&config).map(|()| config));
        config.context("the configuration cannot be used (see gongfang.sample.toml)")
    }

    /// Whether it is hardened.
    pub(crate) fn production(&self) -> bool {
        self.mode == "production"
    }

    /// The zone of times that documents write without one.
    pub(crate) fn zone(&self) -> anyhow::Result<jiff::tz::TimeZone> {
        if self.time_zone.is_empty() {
            return match jiff::tz::TimeZone::try_system() {
                Ok(zone) => Ok(zone),
                Err(_) if variable("TZ").is_some_and(|zone| !zone.is_empty()) => {
                    Err(anyhow::anyhow!("TZ names no time zone; set it or time_zone to UTC or a name such as Asia/Shanghai"))
                }
                // A machine that knows no zone keeps UTC.
                Err(_) => Ok(jiff::tz::TimeZone::UTC),
            };
        }
        jiff::tz::TimeZone::get(&self.time_zone)
            .with_context(|| format!("time_zone must be UTC or a name such as Asia/Shanghai, not {}", self.time_zone))
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &Path {
        Path::new(&self.data)
    }

    /// Each address with the names of the surfaces on it.
    pub(crate) fn mounts(&self) -> anyhow::Result<Vec<(std::net::SocketAddr, Vec<String>)>> {
        let mount = |entry: &String| {
            let (address, names) =
                entry.split_once('=').with_context(|| format!("listen.mounts: {entry} is not of the form 127.0.0.1:8000=anime,media"))?;
            let address = address.trim().parse().with_context(|| format!("listen.mounts: {address} is not an address with a port"))?;
            let mut names: Vec<String> = names.split(',').map(|name| name.trim().to_owned()).collect();
            for companion in self.companions(&names) {
                names.push(companion.to_owned());
            }
            Ok((address, names))
        };
        self.listen.mounts.iter().map(mount).collect()
    }

    /// What stands beside a surface whose answers lead there, where nobody mounted it: signed files, the built-in upload endpoint, and
    /// development's stand-ins.
    fn companions(&self, names: &[String]) -> Vec<&'static str> {
        let wanted = [("uploads", self.uploads.provider == "builtin"), ("sandbox", !self.production()), ("media", true)];
        let mounts = |surface: &str| names.iter().any(|name| name == surface);
        let elsewhere = |surface: &str| {
            let named =
                |entry: &String| entry.split_once('=').is_some_and(|(_, names)| names.split(',').any(|name| name.trim() == surface));
            self.listen.mounts.iter().any(named)
        };
        // The stand-ins serve both; where both are mounted, they stand beside studio.
        let links = |surface: &str| ["anime", "studio", "phone"].contains(&surface);
        let beside = |companion: &str| match companion {
            "media" => !elsewhere("media") && names.iter().any(|name| links(name)),
            "sandbox" => mounts("studio") || (mounts("campus") && !elsewhere("studio")),
            _ => mounts("studio"),
        };
        wanted.into_iter().filter(|(name, wanted)| beside(name) && *wanted && !mounts(name)).map(|(name, _)| name).collect()
    }

    /// Where a surface is reached, without a slash at the end: `public_url`, else the first address that mounts it.
    pub(crate) fn url_of(&self, surface: &str) -> anyhow::Result<String> {
        if !self.public_url.is_empty() {
            return Ok(self.public_url.trim_end_matches('/').to_owned());
        }
        let mounts = self.mounts()?;
        let holder = mounts.iter().find(|(_, names)| names.iter().any(|name| name == surface)).or(mounts.first());
        let (address, _) = holder.context("listen.mounts names no address")?;
        Ok(if address.ip().is_loopback() { format!("http://localhost:{}", address.port()) } else { format!("http://{address}") })
    }

    /// The ports that may be called elsewhere than on this machine.
    pub(crate) fn ports(&self) -> anyhow::Result<Vec<u16>> {
        self.egress.ports.iter().map(|text| text.trim().parse().with_context(|| format!("egress.ports: {text} is not a port"))).collect()
    }

    /// The proxies that are believed.
    pub(crate) fn proxies(&self) -> anyhow::Result<Vec<std::net::IpAddr>> {
        let proxy = |text: &String| text.trim().parse().with_context(|| format!("listen.proxies: {text} is not an address"));
        self.listen.proxies.iter().map(proxy).collect()
    }

    /// The configuration for people, secrets masked.
    pub(crate) fn masked(&self) -> anyhow::Result<String> {
        let mut table = Table::try_from(self)?;
        mask(&mut table);
        Ok(toml::to_string(&table)?)
    }
}

/// Masks what a key or an address keeps secret.
fn mask(table: &mut Table) {
    for (key, value) in table {
        mask_value(key, value);
    }
}

fn mask_value(key: &str, value: &mut Value) {
    match value {
        Value::Table(inner) => mask(inner),
        Value::Array(items) => items.iter_mut().for_each(|item| mask_value(key, item)),
        Value::String(text) if text.is_empty() => {}
        Value::String(text) if ["password", "secret", "key", "secret_key"].contains(&key) => "********".clone_into(text),
        // What names a database in words of its own may hold a password anywhere.
        Value::String(text) if key == "database" && !text.contains("://") => "********".clone_into(text),
        Value::String(text) => *text = without_user(text),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
    }
}

/// An address without the user and the password, and the values of its query, that may open something.
pub(crate) fn without_user(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = match rest[..end].rfind('@') {
        Some(at) => format!("********{}", &rest[at..end]),
        None => rest[..end].to_owned(),
    };
    let (path, query) = rest[end..].split_once('?').map_or((&rest[end..], None), |(path, query)| (path, Some(query)));
    let masked = |pair: &str| pair.split_once('=').map_or_else(|| pair.to_owned(), |(name, _)| format!("{name}=********"));
    let query = query.map_or_else(String::new, |query| format!("?{}", query.split('&').map(masked).collect::<Vec<_>>().join("&")));
    format!("{scheme}://{host}{path}{query}")
}

/// Every key with its default, by its path: `anime.price` and so on.
pub(crate) fn keys() -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    if let Ok(Value::Table(table)) = Value::try_from(Config::default()) {
        walk("", &table, &mut |path, value| drop(found.insert(path, value.clone())));
    }
    found
}

/// Visits every key of a table by its path.
fn walk(prefix: &str, table: &Table, visit: &mut impl FnMut(String, &Value)) {
    for (key, value) in table {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            Value::Table(inner) => walk(&path, inner, visit),
            other => visit(path, other),
        }
    }
}

/// The environment's name of a key: `anime.price` is `GONGFANG_ANIME_PRICE`.
pub(crate) fn environment_name(path: &str) -> String {
    format!("GONGFANG_{}", path.replace('.', "_").to_uppercase())
}

/// What the environment sets, each value read as its default's type.
fn environment() -> anyhow::Result<Table> {
    faults::unknown(variables())?;
    let mut given = Table::new();
    for (path, default) in keys() {
        let name = environment_name(&path);
        let Some(text) = variable(&name) else { continue };
        let value = read(&name, &default, &text)?;
        let mut table = &mut given;
        let mut parts = path.split('.').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                table.insert(part.to_owned(), value);
                break;
            }
            table = table
                .entry(part)
                .or_insert_with(|| Value::Table(Table::new()))
                .as_table_mut()
                .context("a key is both a value and a section")?;
        }
    }
    Ok(given)
}

/// A text read as the type that a key's default has.
fn read(name: &str, default: &Value, text: &str) -> anyhow::Result<Value> {
    Ok(match default {
        Value::Integer(_) => Value::Integer(text.trim().parse().with_context(|| format!("{name} must be a whole number"))?),
        Value::Boolean(_) => Value::Boolean(text.trim().parse().with_context(|| format!("{name} must be true or false"))?),
        Value::Array(_) => Value::Array(
            text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(|part| Value::String(part.to_owned())).collect(),
        ),
        Value::String(_) | Value::Float(_) | Value::Datetime(_) | Value::Table(_) => Value::String(text.to_owned()),
    })
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The names of all variables.
fn variables() -> impl Iterator<Item = String> {
    std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("../../../../gongfang.sample.toml");

    #[test]
    fn the_sample_and_the_code_agree() {
        let uncommented: String = SAMPLE
            .lines()
            .map(|line| if line.starts_with("# ") && line.contains(" = ") { &line[2..] } else { line })
            .filter(|line| !line.starts_with('#'))
            .collect::<Vec<_>>()
            .join("\n");
        let sample: Config = toml::from_str(&uncommented).expect("the sample with every key in force is a configuration");
        assert_eq!(sample, Config::default(), "the sample shows the defaults");
        for path in keys().keys() {
            let name = environment_name(path);
            assert!(SAMPLE.contains(&name), "the sample does not name {name}");
            let key = path.rsplit('.').next().unwrap_or(path);
            assert!(SAMPLE.lines().any(|line| line.starts_with(&format!("# {key} = "))), "the sample does not show {path}");
        }
        for (path, value) in sections::HARDENED {
            let described = SAMPLE.lines().any(|line| {
                line.contains(&environment_name(path)) && line.contains(&format!("production: {value}")) && !line.contains(" = ")
            });
            assert!(described, "the sample does not say that {path} is {value} in production");
        }
    }

    #[test]
    fn production_has_defaults_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gongfang.toml");
        std::fs::write(&path, "mode = \"production\"\n[codes]\nsms_per_hour = 7\n").unwrap();
        let config = Config::load(&Flags { data: None, config: Some(path) }).unwrap();
        assert!(!config.codes.echo && !config.docs.public && config.limits.per_address);
        assert_eq!((config.codes.sms_cooldown_s, config.codes.sms_per_hour, config.sms.sender.as_str()), (60, 7, "none"));
    }

    #[test]
    fn secrets_are_masked() {
        let mut config = Config { database: "postgres://me:hunter2@localhost/x".to_owned(), ..Config::default() };
        config.ai.image.key = "sk-secret".to_owned();
        config.sms.secret = "sms-secret".to_owned();
        config.mail.password = "mail-secret".to_owned();
        config.ai.script.url = "https://user:proxy-secret@llm.example.com/v1?x=@".to_owned();
        let shown = config.masked().unwrap();
        assert!(!shown.contains("hunter2") && !shown.contains("sk-secret") && !shown.contains("admin123456"), "{shown}");
        assert!(!shown.contains("sms-secret") && !shown.contains("mail-secret"), "{shown}");
        assert!(!shown.contains("proxy-secret") && shown.contains("https://********@llm.example.com/v1?x=********"), "{shown}");
    }
}
