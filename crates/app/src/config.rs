//! The configuration: flags over `GONGFANG_*` over `gongfang.toml` over defaults. `gongfang.sample.toml` is its reference.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Context;
use figment::{
    Figment,
    providers::{Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name { $($(#[$field_doc])* pub(crate) $field: $type),* }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default.into()),* }
            }
        }
    };
}

section! {
    /// The whole configuration.
    Config {
        /// `development` or `production`.
        mode: String = "development",
        /// Where data is kept.
        data: String = "./data",
        /// Where people and callbacks reach this server; made from the first listener where empty.
        public_url: String = "",
        /// A `postgres://` address; a file in the data folder where empty.
        database: String = "",
        /// What is logged, as `info` or `gongfang=debug,info`.
        log: String = "info",
        /// Safety switches of production that are left off on purpose.
        security_exceptions: Vec<String> = Vec::new(),
        /// Addresses and the surfaces mounted on each.
        listen: Listen = Listen::default(),
        /// The first administrator.
        admin: Admin = Admin::default(),
        /// Pages of other origins.
        cors: Cors = Cors::default(),
        /// Documentation pages.
        docs: Docs = Docs::default(),
        /// WebSockets.
        ws: Ws = Ws::default(),
        /// Protective limits.
        limits: Limits = Limits::default(),
        /// Links to files.
        media: Media = Media::default(),
        /// Workers.
        worker: WorkerSection = WorkerSection::default(),
        /// The anime surface.
        anime: Anime = Anime::default(),
        /// Providers of scripts, pictures and voices.
        ai: Ai = Ai::default(),
        /// Calls to the outside.
        egress: EgressSection = EgressSection::default(),
    }
}

section! {
    /// Addresses and the surfaces mounted on each, as `ADDRESS = surface,surface`.
    Listen {
        /// Each entry is `127.0.0.1:8000=anime,media`.
        mounts: Vec<String> = vec!["127.0.0.1:8000=anime,media".to_owned()],
        /// Connections at once, over all addresses.
        connections: i64 = 10_000,
    }
}
section! {
    /// The administrator that development makes.
    Admin {
        /// The user name.
        username: String = "admin",
        /// The password.
        password: String = "admin123456",
    }
}
section! {
    /// Pages of other origins.
    Cors {
        /// Origins that may call.
        origins: Vec<String> = vec!["http://localhost".to_owned(), "http://127.0.0.1".to_owned()],
    }
}
section! {
    /// Documentation pages.
    Docs {
        /// Whether everybody may read them.
        public: bool = true,
    }
}
section! {
    /// WebSockets.
    Ws {
        /// Whether a token may stand in the query.
        query_token: bool = true,
    }
}
section! {
    /// Protective limits.
    Limits {
        /// Whether there are any.
        enabled: bool = true,
        /// Whether limits by address count this machine's own callers.
        per_address: bool = false,
    }
}
section! {
    /// Links to files.
    Media {
        /// Seconds a link is good.
        lifetime_s: i64 = 86_400,
    }
}
section! {
    /// Workers.
    WorkerSection {
        /// Whether this process works on tasks.
        enabled: bool = true,
    }
}
section! {
    /// The anime surface and its kind of task.
    Anime {
        /// Yuan a task costs.
        price: String = "0",
        /// Seconds a session lasts.
        session_s: i64 = 3600,
        /// The longest novel in bytes.
        text_bytes: i64 = 204_800,
        /// Tasks an hour and account.
        creates_per_hour: i64 = 10,
        /// Lists an hour and account.
        lists_per_hour: i64 = 100,
        /// Readings an hour and account.
        reads_per_hour: i64 = 1000,
        /// Films made at once.
        concurrency: i64 = 1,
        /// Segments of a film rendered at once; one keeps two cores busy.
        segments: i64 = 1,
        /// Seconds a film may take.
        deadline_s: i64 = 14_400,
        /// Yuan that providers may cost for one film.
        ceiling: String = "50",
    }
}
section! {
    /// Providers.
    Ai {
        /// Scripts, by an OpenAI-compatible chat.
        script: Provider = Provider::default(),
        /// Pictures, by OpenAI images or Stable Diffusion WebUI.
        image: Provider = Provider::default(),
        /// Voices, by OpenAI speech.
        speech: Provider = Provider::default(),
    }
}
section! {
    /// One provider; none where `url` is empty.
    Provider {
        /// `openai` or, for pictures, `sdwebui`.
        kind: String = "openai",
        /// Its address, as `https://api.example.com/v1`.
        url: String = "",
        /// Its key.
        key: String = "",
        /// The model.
        model: String = "",
        /// Yuan for one script, one picture, or a thousand characters of speech.
        price: String = "0",
        /// Calls at once.
        concurrency: i64 = 2,
    }
}
section! {
    /// Calls to the outside.
    EgressSection {
        /// Whether this machine itself may be called.
        private_targets: bool = true,
        /// Hosts that may be called wherever they are.
        allow: Vec<String> = Vec::new(),
        /// Seconds a call may take.
        deadline_s: i64 = 120,
        /// The largest answer in bytes.
        most_bytes: i64 = 33_554_432,
    }
}

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
        let mut given = environment()?;
        if let Some(data) = &flags.data {
            given.insert("data".to_owned(), Value::String(data.display().to_string()));
        }
        let figment = Figment::from(Serialized::defaults(Self::default())).merge(Toml::file(&file)).merge(Serialized::defaults(given));
        // The message names the key and the file; it does not quote a value from the environment.
        figment.extract().map_err(|error| anyhow::anyhow!("{error}")).context("the configuration cannot be used (see gongfang.sample.toml)")
    }

    /// Whether it is hardened.
    pub(crate) fn production(&self) -> bool {
        self.mode == "production"
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
            Ok((address, names.split(',').map(|name| name.trim().to_owned()).collect()))
        };
        self.listen.mounts.iter().map(mount).collect()
    }

    /// The configuration for people, secrets masked.
    pub(crate) fn masked(&self) -> anyhow::Result<String> {
        let mut masked = self.clone();
        let hide = |secret: &mut String| {
            if !secret.is_empty() {
                *secret = "********".to_owned();
            }
        };
        hide(&mut masked.admin.password);
        hide(&mut masked.ai.script.key);
        hide(&mut masked.ai.image.key);
        hide(&mut masked.ai.speech.key);
        if let Some((_, rest)) = masked.database.split_once('@') {
            masked.database = format!("postgres://********@{rest}");
        }
        Ok(toml::to_string(&masked)?)
    }
}

/// Every key with its default, by its path: `anime.price` and so on.
pub(crate) fn keys() -> BTreeMap<String, Value> {
    fn walk(prefix: &str, table: &Table, found: &mut BTreeMap<String, Value>) {
        for (key, value) in table {
            let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            match value {
                Value::Table(inner) => walk(&path, inner, found),
                other => drop(found.insert(path, other.clone())),
            }
        }
    }
    let mut found = BTreeMap::new();
    if let Ok(Value::Table(table)) = Value::try_from(Config::default()) {
        walk("", &table, &mut found);
    }
    found
}

/// The environment's name of a key: `anime.price` is `GONGFANG_ANIME_PRICE`.
pub(crate) fn environment_name(path: &str) -> String {
    format!("GONGFANG_{}", path.replace('.', "_").to_uppercase())
}

/// What the environment sets, each value read as its default's type.
fn environment() -> anyhow::Result<Table> {
    let mut given = Table::new();
    for (path, default) in keys() {
        let name = environment_name(&path);
        let Some(text) = variable(&name) else { continue };
        let value = match default {
            Value::Integer(_) => Value::Integer(text.trim().parse().with_context(|| format!("{name} must be a whole number"))?),
            Value::Boolean(_) => Value::Boolean(text.trim().parse().with_context(|| format!("{name} must be true or false"))?),
            Value::Array(_) => Value::Array(
                text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(|part| Value::String(part.to_owned())).collect(),
            ),
            Value::String(_) | Value::Float(_) | Value::Datetime(_) | Value::Table(_) => Value::String(text),
        };
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

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("../../../gongfang.sample.toml");

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
    }

    #[test]
    fn secrets_are_masked() {
        let mut config = Config { database: "postgres://me:hunter2@localhost/x".to_owned(), ..Config::default() };
        config.ai.image.key = "sk-secret".to_owned();
        let shown = config.masked().unwrap();
        assert!(!shown.contains("hunter2") && !shown.contains("sk-secret") && !shown.contains("admin123456"), "{shown}");
    }
}
