//! Accounts: who may sign in, under which names, with which role.

use unicode_normalization::UnicodeNormalization;
use unicode_security::{GeneralSecurityProfile, RestrictionLevel, RestrictionLevelDetection, skeleton};

use crate::{id::AccountId, problem::Problem, text::is_invisible, time::Timestamp, typed};

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Only their own things.
    User,
    /// Everybody's things.
    Admin,
    /// An administrator who may appoint others.
    SuperAdmin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::User, Self::Admin, Self::SuperAdmin];

    /// Its name in storage.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::SuperAdmin => "super_admin",
        }
    }

    /// The role with this name in storage.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether it is an administrator's role.
    #[must_use]
    pub fn administers(self) -> bool {
        match self {
            Self::User => false,
            Self::Admin | Self::SuperAdmin => true,
        }
    }
}

/// Somebody who can sign in. Closed accounts are anonymised, never erased, so that the ledger keeps its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The user name as it was entered.
    pub username: Option<String>,
    /// The e-mail address, lower-cased.
    pub email: Option<String>,
    /// The phone number in E.164.
    pub phone: Option<String>,
    /// The password's hash as a PHC string.
    pub password_hash: Option<String>,
    /// What it may do.
    pub role: Role,
    /// Whether it may sign in.
    pub active: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was closed.
    pub anonymised_at: Option<Timestamp>,
    /// How often it was changed.
    pub version: i64,
    /// When it was last allowed to sign in.
    pub activated_at: Option<Timestamp>,
    /// When it was deactivated, if it is.
    pub deactivated_at: Option<Timestamp>,
    /// When its owner verified the e-mail address.
    pub email_verified_at: Option<Timestamp>,
    /// When somebody last signed in.
    pub signed_in_at: Option<Timestamp>,
}

impl Account {
    /// The name to show where a document needs one: user name, else e-mail, else phone, else `user<id>`.
    #[must_use]
    pub fn display_name(&self) -> String {
        let phone = self.phone.as_deref().map(|phone| published_phone(phone).to_owned());
        [self.username.clone(), self.email.clone(), phone].into_iter().flatten().next().unwrap_or_else(|| format!("user{}", self.id))
    }
}

/// The form in which a user name or e-mail is unique: NFKC, then case folded.
///
/// Two names that a person would take for the same fold to the same; full-width digits and letters become plain ones.
#[must_use]
pub fn fold(name: &str) -> String {
    let folded: String = typed::name(name).nfkc().flat_map(char::to_lowercase).collect();
    folded.nfkc().collect()
}

/// A user name as it may be stored, or `None`: 1 to 80 characters of an alphabet in which names cannot be confused (UTS 39: allowed
/// characters, a single script or Latin together with Chinese, Japanese or Korean, and nothing that only looks like ASCII), and no `@`,
/// so that it can never be taken for somebody's e-mail address.
#[must_use]
pub fn username(text: &str) -> Option<String> {
    // Bounded before normalisation, which takes time.
    if text.len() > 1024 {
        return None;
    }
    let name: String = text.trim().nfkc().collect();
    let allowed = |c: char| c != '@' && !is_invisible(c) && c.identifier_allowed();
    let written = (1..=80).contains(&name.chars().count()) && name.chars().all(allowed);
    let one_script = || name.as_str().detect_restriction_level() <= RestrictionLevel::HighlyRestrictive;
    let honest = || name.is_ascii() || !skeleton(&name).all(|c| c.is_ascii());
    (written && one_script() && honest()).then_some(name)
}

/// Names that could be taken for the operator's own.
const RESERVED: &[&str] = &[
    "admin",
    "administrator",
    "root",
    "system",
    "sysadmin",
    "superadmin",
    "super_admin",
    "support",
    "official",
    "service",
    "security",
    "gongfang",
    "null",
    "undefined",
    "anonymous",
    "管理员",
    "超级管理员",
    "系统",
    "系统管理员",
    "客服",
    "官方",
    "工坊",
];

/// Whether a user name is one that nobody may register.
#[must_use]
pub fn is_reserved(username: &str) -> bool {
    RESERVED.contains(&fold(username).as_str())
}

/// An e-mail address in its stored form (lower case), or `None`.
///
/// One address of plain ASCII: a local part of at most 64 letters, digits and ``.!#$%&'*+/=?^_`{|}~-``, and a host of at
/// least two labels. No quoted local parts, comma lists, blanks or line breaks, so that nothing can be smuggled into a header.
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let address = typed::email(text)?;
    let (local, host) = address.split_once('@')?;
    let local_ok = (1..=64).contains(&local.len())
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b))
        && local.split('.').all(|part| !part.is_empty());
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // A last label without a letter would make it an IP address.
    let named = host.rsplit('.').next().is_some_and(|last| last.bytes().any(|b| b.is_ascii_alphabetic()));
    let host_ok = host.len() <= 253 && host.contains('.') && host.split('.').all(label_ok) && named;
    (local_ok && host_ok && address.len() <= 254).then_some(address)
}

/// The mailbox behind an address in its stored form, for limits: addresses that differ only after a `+` share a mailbox, and so do
/// those that differ only in dots at the one large host that ignores them.
#[must_use]
pub fn mailbox(email: &str) -> String {
    let (local, host) = email.split_once('@').unwrap_or((email, ""));
    let local = local.split('+').next().unwrap_or(local);
    match host {
        "gmail.com" | "googlemail.com" => format!("{}@gmail.com", local.replace('.', "")),
        _ => format!("{local}@{host}"),
    }
}

/// A phone number in E.164 (`+8613800138000`), or `None`: one number of a country among `prefixes` (as `+86`).
///
/// [`typed::phone`] reads what people type and paste. A number without a country code is a mainland mobile number, which has eleven
/// digits beginning with 13 to 19. Numbers of other countries are checked only by their length: the metadata of a numbering library
/// would be the largest thing in memory.
#[must_use]
pub fn phone(text: &str, prefixes: &[String]) -> Option<String> {
    let plain = typed::phone(text)?;
    let plain = plain.as_str();
    let mainland = |national: &str| national.len() == 11 && national.starts_with('1') && (b'3'..=b'9').contains(&national.as_bytes()[1]);
    let digits = match plain.strip_prefix('+').or_else(|| plain.strip_prefix("00")) {
        Some(digits) => digits.to_owned(),
        None if plain.len() == 13 && plain.starts_with("86") => plain.to_owned(),
        None => format!("86{plain}"),
    };
    let written = digits.bytes().all(|byte| byte.is_ascii_digit()) && (8..=15).contains(&digits.len()) && !digits.starts_with('0');
    let known = written && digits.strip_prefix("86").is_none_or(mainland);
    let number = format!("+{digits}");
    (known && prefixes.iter().any(|prefix| number.starts_with(prefix.as_str()))).then_some(number)
}

/// A phone number in E.164 as people and documents write it: a mainland number without its country code.
#[must_use]
pub fn published_phone(phone: &str) -> &str {
    phone.strip_prefix("+86").unwrap_or(phone)
}

/// A password in the form in which it is hashed and compared (NFC), or what is wrong with it regardless of the rules for new ones.
///
/// # Errors
/// [`Problem::TooLong`] past 128 bytes, [`Problem::Malformed`] with a NUL in it.
pub fn password(text: &str) -> Result<String, Problem> {
    const LONGEST: usize = 128;
    // Bounded before and after, because composing may shorten a text, and lengthens it only within bounds.
    if text.len() > 4 * LONGEST {
        return Err(Problem::TooLong(LONGEST as u64));
    }
    let composed: String = text.nfc().collect();
    if composed.len() > LONGEST {
        Err(Problem::TooLong(LONGEST as u64))
    } else if composed.contains('\0') {
        Err(Problem::Malformed)
    } else {
        Ok(composed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_fold_to_one() {
        for (one, other) in
            [("Alice", "alice"), ("ＡＢＣ１２", "abc12"), ("e\u{301}t\u{e9}", "\u{e9}te\u{301}"), ("STRASSE", "strasse"), (" bob ", "bob")]
        {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("alice"), fold("a1ice"));
    }

    #[test]
    fn user_names_that_could_deceive_are_refused() {
        for bad in ["", " ", "a b", "a@b.cn", "a\u{0}b", "a\nb", "a\u{202e}b", "a\u{200b}b", &"x".repeat(81), &"x".repeat(10_240)] {
            assert_eq!(username(bad), None, "{bad:?}");
        }
        for good in ["admin", "张三", "o'neill", "user_1.a-b", "小明abc", "たなか", "Иван", "josé", &"x".repeat(80)] {
            assert_eq!(username(good).as_deref(), Some(good));
        }
    }

    #[test]
    fn d17_names_that_only_look_like_others_are_refused() {
        for bad in ["\u{430}dmin", "\u{441}\u{43e}\u{441}\u{43e}", "adm\u{131}n", "😀", "a\u{ad}b", "\u{202e}nimda", "админroot"] {
            assert_eq!(username(bad), None, "{bad:?}");
        }
        for reserved in ["admin", "Admin ", "ＡＤＭＩＮ", "ROOT", "管理员"] {
            assert!(is_reserved(reserved), "{reserved}");
        }
        assert!(!is_reserved("alice") && !is_reserved("admin2"));
    }

    #[test]
    fn an_email_is_one_plain_address() {
        assert_eq!(email("Test@BigNiu.com").as_deref(), Some("test@bigniu.com"));
        for bad in [
            "",
            "a",
            "a@",
            "@b.cn",
            "a@b",
            "a@b.cn,c@d.cn",
            "a b@c.cn",
            "a@b.cn\r\nBcc: x@y.cn",
            "a..b@c.cn",
            ".a@c.cn",
            "a@-b.cn",
            "a@b..cn",
            "\"a b\"@c.cn",
            "a@b@c.cn",
            "a@127.0.0.1",
        ] {
            assert_eq!(email(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_phone_number_has_one_form_however_it_is_written() {
        let mainland = ["+86".to_owned()];
        for same in [
            "13800138000",
            "+8613800138000",
            "008613800138000",
            "8613800138000",
            " 138 0013 8000 ",
            "138-0013-8000",
            "+86 138 0013 8000",
            "１３８００１３８０００",
            "＋8613800138000",
            "13800138000\n",
        ] {
            assert_eq!(phone(same, &mainland).as_deref(), Some("+8613800138000"), "{same:?}");
        }
        for bad in [
            "",
            "1",
            "12800138000",
            "1380013800",
            "138001380000",
            "13800138000,13900139000",
            "1380013800a",
            "+1380013800",
            "+85291234567",
            "+86",
            "١٣٨٠٠١٣٨٠٠٠",
            "13800138000\0",
            "1380013\n8000",
            &"1".repeat(10_240),
        ] {
            assert_eq!(phone(bad, &mainland), None, "{bad:?}");
        }
        assert_eq!((published_phone("+8613800138000"), published_phone("+85291234567")), ("13800138000", "+85291234567"));
        assert_eq!(phone("+852 9123 4567", &["+86".to_owned(), "+852".to_owned()]).as_deref(), Some("+85291234567"));
    }

    #[test]
    fn addresses_of_one_mailbox_share_its_limits() {
        for (one, other, same) in [
            ("victim@b.cn", "victim+1@b.cn", true),
            ("v.ictim@gmail.com", "victim@googlemail.com", true),
            ("v.ictim@b.cn", "victim@b.cn", false),
            ("victim@b.cn", "victim@c.cn", false),
        ] {
            assert_eq!(mailbox(one) == mailbox(other), same, "{one} {other}");
        }
    }

    #[test]
    fn a_password_is_composed_once_and_bounded() {
        assert_eq!(password("e\u{301}").as_deref(), Ok("\u{e9}"));
        assert_eq!(password(&"x".repeat(128)).map(|text| text.len()), Ok(128));
        assert_eq!(password(&"x".repeat(129)), Err(Problem::TooLong(128)));
        assert_eq!(password(&"x".repeat(1 << 20)), Err(Problem::TooLong(128)));
        assert_eq!(password("a\0b"), Err(Problem::Malformed));
    }
}
