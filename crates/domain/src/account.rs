//! Accounts: who may sign in, under which names, with which role.

use unicode_normalization::UnicodeNormalization;

use crate::{id::AccountId, time::Timestamp};

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Own things only.
    User,
    /// Everybody's things.
    Admin,
    /// An administrator who may appoint others.
    SuperAdmin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::User, Self::Admin, Self::SuperAdmin];

    /// The word for it in storage.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::SuperAdmin => "super_admin",
        }
    }

    /// The role of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether it administers.
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
    /// Its number.
    pub id: AccountId,
    /// The user name as it was written.
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
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was closed.
    pub anonymised_at: Option<Timestamp>,
}

impl Account {
    /// The name to show where a document needs one: user name, else e-mail, else phone, else `user<id>`.
    #[must_use]
    pub fn display_name(&self) -> String {
        let known = [&self.username, &self.email, &self.phone].into_iter().find_map(Clone::clone);
        known.unwrap_or_else(|| format!("user{}", self.id))
    }
}

/// The form in which a user name or e-mail is unique: NFKC, then case folded.
///
/// Two names that a person would take for one fold to one; full-width digits and letters become plain ones.
#[must_use]
pub fn fold(name: &str) -> String {
    let folded: String = name.trim().nfkc().flat_map(char::to_lowercase).collect();
    folded.nfkc().collect()
}

/// A user name as it may be stored, or `None`: 1 to 64 characters, no blank, no control character, and no `@`, so that it can
/// never pass for somebody's e-mail address.
#[must_use]
pub fn username(text: &str) -> Option<String> {
    let name: String = text.trim().nfkc().collect();
    let allowed = |c: char| !c.is_control() && !c.is_whitespace() && c != '@' && !is_invisible(c);
    let length = name.chars().count();
    ((1..=64).contains(&length) && name.chars().all(allowed)).then_some(name)
}

/// An e-mail address in its stored form (lower case), or `None`.
///
/// One address of plain ASCII: a local part of at most 64 letters, digits and ``.!#$%&'*+/=?^_`{|}~-``, and a host of at
/// least two labels. No quoted local parts, comma lists, blanks or line breaks, so that nothing can be smuggled into a header.
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let address = text.trim().to_ascii_lowercase();
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
    let host_ok = host.len() <= 253 && host.contains('.') && host.split('.').all(label_ok);
    (local_ok && host_ok).then_some(address)
}

/// Whether a character takes no room and turns nothing but a reader's head: zero width, direction marks, soft hyphens.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
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
        for bad in ["", " ", "a b", "a@b.cn", "a\u{0}b", "a\nb", "a\u{202e}b", "a\u{200b}b", &"x".repeat(65)] {
            assert_eq!(username(bad), None, "{bad:?}");
        }
        for good in ["admin", "张三", "o'neill", &"x".repeat(64)] {
            assert_eq!(username(good).as_deref(), Some(good));
        }
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
        ] {
            assert_eq!(email(bad), None, "{bad:?}");
        }
    }
}
