//! What can be wrong with a value, wherever it came from.

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is missing or blank.
    #[error("missing")]
    Missing,
    /// It is longer than this many units.
    #[error("longer than {0}")]
    TooLong(u64),
    /// It is shorter than this many units.
    #[error("shorter than {0}")]
    TooShort(u64),
    /// It does not have the required form.
    #[error("malformed")]
    Malformed,
    /// It is not a whole number within these bounds.
    #[error("not from {least} to {most}")]
    OutOfBounds {
        /// The smallest.
        least: i64,
        /// The largest.
        most: i64,
    },
    /// Everybody would guess it.
    #[error("too common")]
    TooCommon,
    /// It is a text in a language that no voice speaks; told in two languages.
    #[error("{english}")]
    Unspoken {
        /// What is wrong, and what is spoken, in English.
        english: String,
        /// The same in Chinese.
        chinese: String,
    },
    /// A sentence in English says what is wrong.
    #[error("{0}")]
    Because(String),
}
