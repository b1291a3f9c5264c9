//! The types of keys that only this configuration has.

use std::net::SocketAddr;

use config::{Parsed, Value, choice};
use domain::money::Money;
use tracing_subscriber::filter::{LevelFilter, Targets};

choice! {
    /// Who carries text messages.
    pub(crate) SmsSender {
        /// Kept for developers to read.
        Outbox = "outbox",
        /// Alibaba Cloud.
        Aliyun = "aliyun",
        /// Tencent Cloud.
        Tencent = "tencent",
        /// A web hook of the operator's.
        Webhook = "webhook",
        /// Nobody.
        None = "none",
    }
}
choice! {
    /// Who carries letters.
    pub(crate) MailSender {
        /// Kept for developers to read.
        Outbox = "outbox",
        /// A mail server.
        Smtp = "smtp",
        /// A web hook of the operator's.
        Webhook = "webhook",
        /// Nobody.
        None = "none",
    }
}
choice! {
    /// How a mail server is spoken to.
    pub(crate) MailSecurity {
        /// In clear at first, then encrypted.
        Starttls = "starttls",
        /// Encrypted from the first byte.
        Tls = "tls",
        /// In clear.
        None = "none",
    }
}
choice! {
    /// Who may mint redemption codes through the API.
    pub(crate) MintRole {
        /// Whoever is signed in.
        Any = "any",
        /// Administrators.
        Admin = "admin",
    }
}
choice! {
    /// Who reports on metered tasks.
    pub(crate) Reporter {
        /// Owners, workers and administrators.
        Owner = "owner",
        /// Workers and administrators.
        Worker = "worker",
    }
}
choice! {
    /// Who lets a generation task run.
    pub(crate) Approval {
        /// An administrator.
        Admin = "admin",
        /// Its owner or an administrator.
        Owner = "owner",
        /// Nobody has to.
        Automatic = "automatic",
    }
}
choice! {
    /// Who gives out keys for uploads.
    pub(crate) UploadProvider {
        /// Our own endpoint.
        Builtin = "builtin",
        /// Alibaba Cloud.
        Aliyun = "aliyun",
        /// Amazon.
        Aws = "aws",
        /// Nobody.
        None = "none",
    }
}
choice! {
    /// Where keys for uploads may put files.
    pub(crate) UploadScope {
        /// Below `uploads/`.
        Shared = "shared",
        /// Below a prefix of the account's own.
        Account = "account",
    }
}
choice! {
    /// Where files are kept.
    pub(crate) StorageKind {
        /// In the data folder.
        Folder = "folder",
        /// In a bucket.
        S3 = "s3",
    }
}
choice! {
    /// What a provider speaks.
    pub(crate) ProviderKind {
        /// As OpenAI does.
        Openai = "openai",
        /// As Stable Diffusion WebUI does; pictures only.
        Sdwebui = "sdwebui",
    }
}
choice! {
    /// A sort of learning platform.
    pub(crate) Platform {
        /// The built-in campus; development only.
        Demo = "demo",
        /// Moodle.
        Moodle = "moodle",
        /// Canvas.
        Canvas = "canvas",
    }
}

/// A kind of task of the operator's own, which outside workers do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnKind {
    pub(crate) name: String,
    pub(crate) price: Money,
    pub(crate) deadline_s: u64,
    pub(crate) retries: i64,
    pub(crate) approved: bool,
}

impl OwnKind {
    /// The names of the kinds that are there anyway.
    const TAKEN: [&str; 5] = ["anime", "study", "generation", "metered", "custom"];
}

impl Parsed for OwnKind {
    fn expected() -> String {
        "of the form `translate price=1.50 deadline_s=3600 retries=2 approval=admin`; all but the name may be left out".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let name = words.next()?.to_owned();
        let plain = name.len() <= 32 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        (plain && !Self::TAKEN.contains(&name.as_str())).then_some(())?;
        let mut kind = Self { name, price: Money(0), deadline_s: 3600, retries: 2, approved: false };
        for word in words {
            match word.split_once('=')? {
                ("price", amount) => kind.price = Money::parse(amount).filter(|price| price.0 >= 0)?,
                ("deadline_s", seconds) => kind.deadline_s = seconds.parse().ok().filter(|seconds| (1..=30 * 86_400).contains(seconds))?,
                ("retries", times) => kind.retries = times.parse().ok().filter(|times| (0..=20).contains(times))?,
                ("approval", "none") => kind.approved = false,
                ("approval", "admin") => kind.approved = true,
                _ => return None,
            }
        }
        Some(kind)
    }

    fn text(&self) -> String {
        let approval = if self.approved { "admin" } else { "none" };
        format!("{} price={} deadline_s={} retries={} approval={approval}", self.name, self.price, self.deadline_s, self.retries)
    }
}

/// An address and the surfaces mounted on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mount {
    pub(crate) address: SocketAddr,
    pub(crate) surfaces: Vec<String>,
}

impl Parsed for Mount {
    fn expected() -> String {
        let names: Vec<_> = surfaces::ALL.iter().map(|surface| surface.name).collect();
        format!("of the form 127.0.0.1:8000=anime,media; the surfaces are {}", names.join(", "))
    }

    fn parse(text: &str) -> Option<Self> {
        let (address, names) = text.split_once('=')?;
        let surfaces: Vec<_> = names.split(',').map(|name| name.trim().to_owned()).collect();
        surfaces.iter().all(|name| surfaces::find(name).is_some()).then_some(())?;
        Some(Self { address: address.trim().parse().ok()?, surfaces })
    }

    fn text(&self) -> String {
        format!("{}={}", self.address, self.surfaces.join(","))
    }
}

/// A zone of times; the machine's own where it has no name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TimeZone {
    name: String,
    pub(crate) zone: jiff::tz::TimeZone,
}

impl TimeZone {
    /// Whether it is the machine's own.
    pub(crate) fn is_system(&self) -> bool {
        self.name.is_empty()
    }
}

impl Parsed for TimeZone {
    fn expected() -> String {
        "UTC or a name such as Asia/Shanghai; where it is empty, TZ must name such a zone or be unset".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        let zone = match jiff::tz::TimeZone::try_system() {
            _ if !text.is_empty() => jiff::tz::TimeZone::get(text).ok()?,
            Ok(zone) => zone,
            Err(_) if super::variable("TZ").is_some_and(|zone| !zone.is_empty()) => return None,
            // A machine that knows no zone keeps UTC.
            Err(_) => jiff::tz::TimeZone::UTC,
        };
        Some(Self { name: text.to_owned(), zone })
    }

    fn text(&self) -> String {
        self.name.clone()
    }
}

/// What is logged: levels by module.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LogFilter {
    text: String,
    pub(crate) targets: Targets,
}

impl Parsed for LogFilter {
    fn expected() -> String {
        "a level such as info, or levels by module such as gongfang=debug,info".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        // A word alone that is no level would be taken for a module, and nothing else would be logged.
        let level = |part: &str| {
            let (module, level) = part.split_once('=').unwrap_or(("all", part));
            !module.trim().is_empty() && level.trim().parse::<LevelFilter>().is_ok()
        };
        text.split(',').all(level).then_some(())?;
        Some(Self { text: text.to_owned(), targets: text.parse().ok()? })
    }

    fn text(&self) -> String {
        self.text.clone()
    }
}

/// The origin of pages that may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin(pub(crate) String);

impl Parsed for Origin {
    fn expected() -> String {
        "a scheme and a host such as https://app.example.com, and nothing behind them".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        (!rest.is_empty() && !rest.contains(['/', '?', '#', '@', ' ', '*'])).then(|| Self(text.to_owned()))
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}

/// A port, written as a number or as a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Port(pub(crate) u16);

impl Value for Port {
    fn read(value: &toml::Value) -> Result<Self, String> {
        let number = value.as_integer().or_else(|| value.as_str()?.trim().parse().ok());
        number
            .and_then(|number| u16::try_from(number).ok())
            .filter(|port| *port > 0)
            .map(Self)
            .ok_or_else(|| "a port from 1 to 65535".to_owned())
    }

    fn show(&self) -> toml::Value {
        i64::from(self.0).into()
    }
}
