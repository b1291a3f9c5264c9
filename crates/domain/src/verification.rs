//! Verification codes: six digits sent to a phone or a mailbox, so that somebody who types them proves to be its owner; and tickets,
//! which are links in letters with a secret in them.

use std::time::Duration;

use crate::typed;

/// How long a code is valid.
pub const LIFETIME: Duration = Duration::from_secs(600);

/// How long a ticket is valid (docs/security.md, Verification codes and tickets).
pub const TICKET_LIFETIME: Duration = Duration::from_secs(1800);

/// Wrong tries after which a code is void.
pub const TRIES: i64 = 5;

/// The purpose of a code or a ticket; it is valid for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To sign in, or to register if there is no account yet.
    SignIn,
    /// To register an account.
    Register,
    /// To choose a new password.
    ResetPassword,
    /// To prove ownership of an e-mail address.
    VerifyEmail,
    /// To test whether letters arrive.
    Probe,
    /// To tell somebody that their webhook endpoint was switched off.
    Webhook,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 6] = [Self::SignIn, Self::Register, Self::ResetPassword, Self::VerifyEmail, Self::Probe, Self::Webhook];

    /// Its name in storage.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Register => "register",
            Self::ResetPassword => "reset_password",
            Self::VerifyEmail => "verify_email",
            Self::Probe => "probe",
            Self::Webhook => "webhook",
        }
    }

    /// The purpose with this name in storage.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word)
    }
}

/// The six digits that are made from these random bytes. The 2^64 values are spread evenly over a million: one digit string is likelier
/// than another by less than one part in 10^13.
#[must_use]
pub fn digits(bytes: [u8; 8]) -> String {
    format!("{:06}", u64::from_be_bytes(bytes) % 1_000_000)
}

/// The six digits of a code as it was typed, read by [`typed::verification`], or `None` if it cannot be one.
#[must_use]
pub fn canonical(text: &str) -> Option<String> {
    let plain = typed::verification(text)?;
    (plain.len() == 6 && plain.bytes().all(|byte| byte.is_ascii_digit())).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_six_digits() {
        assert_eq!(digits([0; 8]), "000000");
        assert_eq!(digits([255; 8]), "551615");
    }

    #[test]
    fn what_is_not_six_digits_is_no_code() {
        for good in ["123456", " 123456\n", "１２３４５６", "123 456", "123-456"] {
            assert_eq!(canonical(good).as_deref(), Some("123456"));
        }
        for bad in ["", "12345", "1234567", "12345a", "-12345", "1e5   ", &"1".repeat(100)] {
            assert_eq!(canonical(bad), None, "{bad:?}");
        }
    }
}
