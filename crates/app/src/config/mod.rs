//! The configuration: flags over `GONGFANG_*` over `gongfang.toml` over defaults. `gongfang.sample.toml` is its reference, and is made from
//! these declarations.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context;
use config::{Mode, Section, Shown, Sources};

mod campus;
mod sections;
mod studio;
mod types;

pub(crate) use self::{
    sections::{Config, MailSection, Provider, SmsSection},
    studio::Uploads,
    types::{
        Approval, LogFilter, MailSecurity, MailSender, MintRole, Mount, OwnKind, Platform, ProviderKind, Reporter, SmsSender, StorageKind,
        UploadProvider, UploadScope,
    },
};

/// What the flags say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags {
    pub(crate) data: Option<PathBuf>,
    pub(crate) config: Option<PathBuf>,
}

/// What stands above the sample's keys.
const SAMPLE_HEAD: &str = "Gongfang: every key, with its default and its name in the environment. Flags win over the environment, the \
                           environment over this file.\nUncomment what you change. Lists in the environment are separated by semicolons. \
                           A name of the environment with _FILE behind it names a file that holds the value. \
                           `production:` is the default of that mode.";

/// Names of the environment with our prefix that are no settings: those of tests and builds, and the file's own.
const APART: [&str; 3] = ["GONGFANG_TEST_", "GONGFANG_CONSOLE", "GONGFANG_CONFIG"];

impl Config {
    /// Reads the configuration.
    pub(crate) fn load(flags: &Flags) -> anyhow::Result<Self> {
        let file = flags.config.clone().or_else(|| variable("GONGFANG_CONFIG").map(PathBuf::from));
        if let Some(named) = &file {
            anyhow::ensure!(named.exists(), "the configuration {} does not exist", named.display());
        }
        let file = file.unwrap_or_else(|| PathBuf::from("gongfang.toml"));
        let mut sources = Sources::default();
        match std::fs::read_to_string(&file) {
            Ok(text) => sources.file::<Self>(&file.display().to_string(), &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
        }
        sources.environment::<Self>(variables(), &APART);
        if let Some(data) = &flags.data {
            sources.flag("data", "--data", &data.display().to_string());
        }
        Self::of(sources)
    }

    fn of(sources: Sources) -> anyhow::Result<Self> {
        let production = sources.text("mode") == Some(Mode::Production.word());
        sources
            .check(if production { Mode::Production } else { Mode::Development })
            .map_err(|faults| anyhow::anyhow!(faults.join("\n  ")))
            .context("the configuration cannot be used (see gongfang.sample.toml)")
    }

    /// Whether it is hardened.
    pub(crate) fn production(&self) -> bool {
        self.mode == Mode::Production
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &Path {
        Path::new(&self.data)
    }

    /// Each address with the names of the surfaces on it, those that stand beside them included.
    pub(crate) fn mounts(&self) -> Vec<(SocketAddr, Vec<&str>)> {
        self.listen.mounts.iter().map(|mount| (mount.address, self.beside(mount))).collect()
    }

    fn beside<'c>(&self, mount: &'c Mount) -> Vec<&'c str> {
        let names: Vec<&str> = mount.surfaces.iter().map(String::as_str).collect();
        let companions = self.companions(&names);
        [names, companions].concat()
    }

    /// What stands beside surfaces whose answers lead there, where nobody mounted it: signed files, the built-in upload endpoint, and
    /// development's stand-ins. So the default mounts need not name the last two, which must not be mounted in production.
    /// Signed files also stand beside the console wherever they are mounted, for its pages may show nothing of another origin.
    fn companions(&self, names: &[&str]) -> Vec<&'static str> {
        let mounted = |surface: &str| self.listen.mounts.iter().any(|mount| mount.surfaces.iter().any(|name| name == surface));
        let wanted = |companion: &str| match companion {
            "uploads" => self.uploads.provider == UploadProvider::Builtin,
            "sandbox" => !self.production(),
            _ => true,
        };
        let mut found = Vec::new();
        for surface in names.iter().filter_map(|name| surfaces::find(name)) {
            for companion in surface.companions {
                // The stand-ins serve several; where studio is mounted, they stand beside it.
                let elsewhere = *companion == "sandbox" && surface.name != "studio" && mounted("studio");
                let shown = surface.name == "console" && *companion == "media" && !names.contains(companion);
                if wanted(companion) && (!mounted(companion) || shown) && !elsewhere && !found.contains(companion) {
                    found.push(companion);
                }
            }
        }
        found
    }

    /// Where a surface is reached, without a slash at the end: `public_url`, else the first address that mounts it.
    pub(crate) fn url_of(&self, surface: &str) -> anyhow::Result<String> {
        if !self.public_url.is_empty() {
            return Ok(self.public_url.trim_end_matches('/').to_owned());
        }
        let mounts = self.mounts();
        let holder = mounts.iter().find(|(_, names)| names.contains(&surface)).or(mounts.first());
        let (address, _) = holder.context("listen.mounts names no address")?;
        Ok(if address.ip().is_loopback() { format!("http://localhost:{}", address.port()) } else { format!("http://{address}") })
    }

    /// The ports that may be called elsewhere than on this machine.
    pub(crate) fn ports(&self) -> Vec<u16> {
        self.egress.ports.iter().map(|port| port.0).collect()
    }

    /// The configuration for people, secrets masked.
    pub(crate) fn masked(&self) -> anyhow::Result<String> {
        let mut shown = Shown::new();
        self.show("", &mut shown);
        let mut table = toml::Table::new();
        for (path, value) in shown {
            let (sections, key) = path.rsplit_once('.').unwrap_or(("", &path));
            let mut inner = &mut table;
            for section in sections.split('.').filter(|section| !section.is_empty()) {
                let entry = inner.entry(section).or_insert_with(|| toml::Table::new().into());
                inner = entry.as_table_mut().context("a key is both a value and a section")?;
            }
            inner.insert(key.to_owned(), value);
        }
        Ok(toml::to_string(&table)?)
    }

    /// Every key with its value, secrets masked.
    pub(crate) fn listed(&self) -> BTreeMap<String, String> {
        let mut shown = Shown::new();
        self.show("", &mut shown);
        let text = |value: toml::Value| if let toml::Value::String(text) = value { text } else { value.to_string() };
        shown.into_iter().map(|(path, value)| (path, text(value))).collect()
    }

    /// The text of `gongfang.sample.toml`.
    pub(crate) fn sample() -> String {
        config::sample::<Self>(SAMPLE_HEAD)
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// All variables.
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)))
}

#[cfg(test)]
impl Default for Config {
    /// Development's defaults.
    fn default() -> Self {
        Self::of(Sources::default()).expect("the defaults are a configuration")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a file's text comes to.
    fn load(text: &str) -> anyhow::Result<Config> {
        let mut sources = Sources::default();
        sources.file::<Config>("gongfang.toml", text);
        Config::of(sources)
    }

    #[test]
    fn the_sample_is_made_from_the_declarations() {
        let sample = include_str!("../../../../gongfang.sample.toml");
        assert!(sample == Config::sample(), "write it anew: cargo run -p gongfang -- config sample > gongfang.sample.toml");
        let uncommented: String = sample
            .lines()
            .map(|line| if line.starts_with("# ") && line.contains(" = ") { &line[2..] } else { line })
            .filter(|line| !line.starts_with('#'))
            .map(|line| format!("{line}\n"))
            .collect();
        assert_eq!(load(&uncommented).unwrap(), Config::default(), "the sample with every key in force shows the defaults");
    }

    #[test]
    fn production_has_defaults_of_its_own() {
        let config = load("mode = \"production\"\n[codes]\nsms_per_hour = 7\n").unwrap();
        assert!(!config.codes.echo && !config.docs.public && config.limits.per_address);
        let codes = &config.codes;
        assert_eq!((codes.sms_cooldown_s.get(), codes.sms_per_hour.get(), config.sms.sender), (60, 7, SmsSender::None));
    }

    #[test]
    fn what_is_no_setting_is_said_by_name_and_without_its_value() {
        for (text, named) in [
            ("mode = \"prod\"", "mode must be `development` or `production` (gongfang.toml, line 1)"),
            ("[listen]\nconnections = -5", "listen.connections must be a whole number from 1 to 1000000 (gongfang.toml, line 2)"),
            ("[listen]\nmounts = [\"127.0.0.1:8000=cinema\"]", "listen.mounts must be a list of which each is of the form"),
            ("[listen]\nmounts = [\"anime\"]", "listen.mounts must be a list of which each is of the form"),
            ("[anime]\nsession_s = 0", "anime.session_s must be a whole number from 60"),
            ("[phone]\nsession_s = -1", "phone.session_s must be a whole number from 60"),
            ("[media]\nlifetime_s = -1", "media.lifetime_s must be a whole number from 60"),
            ("[codes]\nsms_per_day = -1", "codes.sms_per_day must be a whole number from 0"),
            ("[egress]\ndeadline_s = 9000000000000", "egress.deadline_s must be a whole number from 1"),
            ("[anime]\nprice = \"-1\"", "anime.price must be an amount in yuan"),
            ("[sms]\nsender = \"pigeon\"", "sms.sender must be `outbox`, `aliyun`, `tencent`, `webhook` or `none`"),
            ("log = \"info,=,=\"", "log must be"),
            ("log = \"inof\"", "log must be"),
            ("time_zone = \"Asia/Atlantis\"", "time_zone must be UTC or a name"),
            ("[cors]\norigins = [\"https://app.example.com/\"]", "cors.origins"),
            ("[cors]\norigins = [\"*\"]", "cors.origins"),
            ("[mail]\npassword = \"hunter2\nport = 1", "line 2"),
            ("[mail]\nport = \"hunter2\"", "mail.port must be"),
            ("[mail]\npassworx = \"hunter2\"", "there is no key mail.passworx"),
        ] {
            let said = format!("{:#}", load(text).unwrap_err());
            assert!(said.contains(named) && !said.contains("hunter2"), "{text}: {said}");
        }
        let all = format!("{:#}", load("mode = 1\n[mail]\nport = 0\nhots = \"x\"").unwrap_err());
        assert_eq!(all.matches("gongfang.toml, line").count(), 3, "every fault at once: {all}");
    }

    #[test]
    fn secrets_are_masked() {
        let config = load(
            "database = \"postgres://me:hunter2@localhost/x\"\n[ai.image]\nkey = \"sk-secret\"\n[sms]\nsecret = \"sms-secret\"\n[mail]\n\
             password = \"mail-secret\"\n[ai.script]\nurl = \"https://user:proxy-secret@llm.example.com/v1?x=@\"",
        );
        let shown = config.unwrap().masked().unwrap();
        for secret in ["hunter2", "sk-secret", "admin123456", "sms-secret", "mail-secret", "proxy-secret"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.contains("https://********@llm.example.com/v1?x=********"), "{shown}");
    }
}
