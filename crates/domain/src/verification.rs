//! Verification codes: six digits sent to a phone or a mailbox, so that whoever types them is its owner; and tickets, which are links
//! in letters with a secret in them.

use std::time::Duration;

use crate::typed;

/// How long a code is good.
pub const LIFETIME: Duration = Duration::from_secs(600);

/// How long a ticket is good (docs/security.md, Verification codes and tickets).
pub const TICKET_LIFETIME: Duration = Duration::from_secs(1800);

/// Wrong tries after which a code is void.
pub const TRIES: i64 = 5;

/// What a code or a ticket is asked for; it is good for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To sign in, or to register at first sight.
    SignIn,
    /// To register an account.
    Register,
    /// To choose another password.
    ResetPassword,
    /// To prove that an address is one's own.
    VerifyEmail,
    /// To see whether letters arrive.
    Probe,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 5] = [Self::SignIn, Self::Register, Self::ResetPassword, Self::VerifyEmail, Self::Probe];

    /// The word for it in storage.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Register => "register",
            Self::ResetPassword => "reset_password",
            Self::VerifyEmail => "verify_email",
            Self::Probe => "probe",
        }
    }

    /// The purpose of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word)
    }
}

/// The six digits that these random bytes make. Of 2^64 values a million share fairly: one digit string is likelier than another
/// by less than one part in 10^13.
#[must_use]
pub fn digits(bytes: [u8; 8]) -> String {
    format!("{:06}", u64::from_be_bytes(bytes) % 1_000_000)
}

/// The six digits of what somebody typed as a code, as [`typed::verification`] reads it, or `None` where it cannot be one.
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
