//! Redemption codes: sixteen characters that give their first redeemer uses.
//!
//! Invariant: a code is redeemed at most once, and its uses are in the ledger exactly once.

use crate::{
    id::{AccountId, BatchId, CodeId},
    time::Timestamp,
    typed,
};

/// The characters of a code: digits and capitals without `0`, `O`, `1` and `I`, which people confuse. There are 32, so that five random
/// bits choose one without bias.
pub const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Characters of a code; together they carry 80 bits.
pub const LENGTH: usize = 16;

/// The most uses that one code may give.
pub const MAX_USES: i64 = 100_000;

/// The code that is made from these random bytes.
#[must_use]
pub fn text(bytes: [u8; LENGTH]) -> String {
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
}

/// The canonical form of a code as it was typed, read by [`typed::redemption`], or `None` if it cannot be one.
#[must_use]
pub fn canonical(typed: &str) -> Option<String> {
    let plain = typed::redemption(typed)?;
    (plain.len() == LENGTH && plain.bytes().all(|byte| ALPHABET.contains(&byte))).then_some(plain)
}

/// The state of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It can be redeemed.
    Open,
    /// Somebody redeemed it.
    Redeemed,
    /// An operator revoked its batch.
    Revoked,
    /// It has expired.
    Expired,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Open, Self::Redeemed, Self::Revoked, Self::Expired];

    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Redeemed => "redeemed",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// Codes that were minted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// Who minted it; none for the command line.
    pub minter: Option<AccountId>,
    /// What its codes are for.
    pub note: String,
    /// When it was minted.
    pub created_at: Timestamp,
}

/// A code as it is stored: its text is known only once it has been redeemed, and is worthless then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Its id.
    pub id: CodeId,
    /// The batch it was minted in.
    pub batch: BatchId,
    /// How many uses it gives.
    pub uses: i64,
    /// Its text, once redeemed.
    pub text: Option<String>,
    /// When it was minted.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
    /// Who redeemed it.
    pub redeemed_by: Option<AccountId>,
    /// When it was redeemed.
    pub redeemed_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Code {
    /// Its state at `now`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> State {
        if self.redeemed_at.is_some() {
            State::Redeemed
        } else if self.revoked_at.is_some() {
            State::Revoked
        } else if self.expires_at.is_some_and(|at| at <= now) {
            State::Expired
        } else {
            State::Open
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_eighty_bits_and_no_look_alikes() {
        assert_eq!(usize::pow(2, 5), ALPHABET.len());
        assert!(!ALPHABET.iter().any(|c| b"0O1I".contains(c)));
        assert_eq!(text(std::array::from_fn(|index| u8::try_from(index).unwrap())), "23456789ABCDEFGH");
        assert_eq!(text([255; LENGTH]), "Z".repeat(LENGTH));
    }

    #[test]
    fn a11_what_people_type_for_one_code_is_one_code() {
        for typed in
            ["ABCDEFGH23456789", "abcdefgh23456789", " ABCD-EFGH-2345-6789\n", "ＡＢＣＤＥＦＧＨ２３４５６７８９", "ABCD EFGH 2345 6789"]
        {
            assert_eq!(canonical(typed).as_deref(), Some("ABCDEFGH23456789"), "{typed:?}");
        }
        for bad in ["", "ABC", "ABCDEFGH2345678", "ABCDEFGH234567899", "ABCDEFGH2345678é", "ABCDEFGH2345678'", &"A".repeat(10_000)] {
            assert_eq!(canonical(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_redeemed_code_stays_redeemed() {
        let mut code = Code {
            id: CodeId(1),
            batch: BatchId(1),
            uses: 1,
            text: None,
            created_at: Timestamp(0),
            expires_at: Some(Timestamp(10)),
            redeemed_by: None,
            redeemed_at: None,
            revoked_at: None,
        };
        assert_eq!((code.state(Timestamp(9)), code.state(Timestamp(10))), (State::Open, State::Expired));
        code.revoked_at = Some(Timestamp(5));
        assert_eq!(code.state(Timestamp(9)), State::Revoked);
        code.redeemed_at = Some(Timestamp(4));
        assert_eq!(code.state(Timestamp(99)), State::Redeemed);
    }
}
