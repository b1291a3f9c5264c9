//! API keys: what a program presents instead of somebody's password, and how much of the account it opens.
//!
//! A key is `gf_live_` or `gf_test_`, 32 random base-62 digits, and six more that are the CRC-32 of all before them: a typing error and a
//! leak are recognised without asking anybody. See docs/api.md, Keys.

use std::fmt;

use crate::{id::KeyId, time::Timestamp};

/// The beginning of a key of an installation in production.
pub const LIVE: &str = "gf_live_";
/// The beginning of a key of an installation in development.
pub const TEST: &str = "gf_test_";
/// Random digits of a key.
pub const RANDOM_DIGITS: usize = 32;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The base-62 digit of a random byte; `None` for bytes that would make some digits likelier than others.
#[must_use]
pub fn digit(byte: u8) -> Option<char> {
    (byte < 248).then(|| char::from(DIGITS[usize::from(byte % 62)]))
}

/// The text of a key from its random digits.
#[must_use]
pub fn compose(prefix: &str, random: &str) -> String {
    let text = format!("{prefix}{random}");
    let check = check(&text);
    text + &check
}

/// Whether a token looks like a key, so that it is none of a session's.
#[must_use]
pub fn resembles(token: &str) -> bool {
    token.starts_with(LIVE) || token.starts_with(TEST)
}

/// Whether a text is a key without a typing error.
#[must_use]
pub fn is_well_formed(text: &str) -> bool {
    let length = LIVE.len() + RANDOM_DIGITS + 6;
    resembles(text) && text.len() == length && text.is_ascii() && check(&text[..length - 6]) == text[length - 6..]
}

/// The part of a key by which its owner recognises it.
#[must_use]
pub fn shown(text: &str) -> String {
    format!("{}…{}", text.get(..12).unwrap_or_default(), text.get(text.len().saturating_sub(4)..).unwrap_or_default())
}

fn check(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    digits.iter().copied().map(char::from).collect()
}

macro_rules! areas {
    ($($(#[$doc:meta])* $name:ident = $word:literal),* $(,)?) => {
        /// A part of what the API can do, which a key may be given.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Area {$($(#[$doc])* $name,)*}

        impl Area {
            /// Every area.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name in a scope.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }
        }
    };
}

areas! {
    /// One's own account; keys can only read it.
    Account = "account",
    /// Tasks of every kind, their logs, results and events; courses and the assistant, which serve them.
    Tasks = "tasks",
    /// Balances and entries, and redeeming codes.
    Wallet = "wallet",
    /// Orders and ways to pay.
    Orders = "orders",
    /// Minting redemption codes; for administrators.
    Codes = "codes",
    /// Everybody's accounts and the audit log; for administrators.
    Users = "users",
    /// Models, prompts and templates.
    Models = "models",
    /// Settings, queues and health; for administrators.
    Settings = "settings",
    /// Credentials for uploads.
    Uploads = "uploads",
    /// Webhook endpoints and their deliveries.
    Webhooks = "webhooks",
}

/// Whether something is only looked at, or also changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Right {
    /// Only looked at.
    Read,
    /// Changed, which includes looking.
    Write,
}

/// What a key may do.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// An area: `tasks:read`, `tasks:write`.
    Of(Area, Right),
    /// Working on everybody's tasks of a kind: `worker:metered`.
    Worker(String),
}

impl Scope {
    /// The scope of a text; `tasks:*` is the same as `tasks:write`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (area, right) = text.split_once(':')?;
        if area == "worker" {
            let named = (1..=32).contains(&right.len())
                && right.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
            return named.then(|| Self::Worker(right.to_owned()));
        }
        let area = *Area::ALL.iter().find(|known| known.word() == area)?;
        match right {
            "read" => Some(Self::Of(area, Right::Read)),
            // Names, passwords and keys are for people who are signed in.
            "write" | "*" if area != Area::Account => Some(Self::Of(area, Right::Write)),
            _ => None,
        }
    }

    /// Whether who has this may do what needs `other`.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Of(area, right), Self::Of(needed, least)) => area == needed && right >= least,
            (Self::Worker(kind), Self::Worker(needed)) => kind == needed,
            _ => false,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(area, Right::Read) => write!(f, "{}:read", area.word()),
            Self::Of(area, Right::Write) => write!(f, "{}:write", area.word()),
            Self::Worker(kind) => write!(f, "worker:{kind}"),
        }
    }
}

/// A key as it is stored; its text is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// What its owner calls it.
    pub name: String,
    /// Its first twelve and last four characters.
    pub shown: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The networks it may be used from, as `192.0.2.0/24`; everywhere if there is none.
    pub networks: Vec<String>,
    /// The most money that tasks may be charged with it in a day (UTC), in micro-yuan.
    pub daily_cap: Option<i64>,
    /// What was charged with it on the day of its last charge, in micro-yuan.
    pub spent: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
    /// The address it was last used from.
    pub used_from: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_with_a_typing_error_is_recognised() {
        let key = compose(TEST, "0123456789abcdefghijklmnopqrstuv");
        assert_eq!((key.len(), is_well_formed(&key)), (46, true), "{key}");
        for at in TEST.len()..key.len() {
            let mut typed = key.clone().into_bytes();
            typed[at] = if typed[at] == b'x' { b'y' } else { b'x' };
            let typed = String::from_utf8(typed).unwrap();
            assert!(typed == key || !is_well_formed(&typed), "{typed}");
        }
        for other in ["", "gf_live_", "gf_test_短", &key[1..], &format!("{key}0"), &key.to_uppercase(), &"gf_live_".repeat(9)] {
            assert!(!is_well_formed(other), "{other}");
        }
        assert_eq!(shown(&key), format!("gf_test_0123…{}", &key[42..]));
    }

    #[test]
    fn scopes_say_what_they_cover() {
        for (text, written) in [
            ("tasks:read", Some("tasks:read")),
            ("tasks:*", Some("tasks:write")),
            ("worker:metered", Some("worker:metered")),
            ("account:read", Some("account:read")),
            ("account:write", None),
            ("account:*", None),
            ("tasks", None),
            ("tasks:", None),
            ("worker:", None),
            ("worker:../x", None),
            ("Tasks:read", None),
            ("everything:write", None),
        ] {
            assert_eq!(Scope::parse(text).map(|scope| scope.to_string()).as_deref(), written, "{text}");
        }
        let scope = |text| Scope::parse(text).unwrap();
        for (has, needs, covers) in [
            ("tasks:write", "tasks:read", true),
            ("tasks:read", "tasks:write", false),
            ("tasks:write", "wallet:read", false),
            ("worker:metered", "worker:metered", true),
            ("worker:metered", "worker:other", false),
            ("worker:tasks", "tasks:read", false),
        ] {
            assert_eq!(scope(has).covers(&scope(needs)), covers, "{has} {needs}");
        }
    }

    #[test]
    fn every_digit_is_as_likely_as_any_other() {
        let mut times = std::collections::HashMap::new();
        for digit in (0..=u8::MAX).filter_map(digit) {
            *times.entry(digit).or_insert(0) += 1;
        }
        assert_eq!((times.len(), times.values().all(|times| *times == 4)), (62, true));
    }
}
