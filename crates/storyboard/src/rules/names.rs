//! What other rooms ask about names: the dictionary, a name's number, and who is in a text.

use std::sync::LazyLock;

use jieba_rs::Jieba;
use ports::film::{Character, Language};

use super::reading;
use crate::text;

/// The dictionary, loaded once.
pub(crate) static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// The characters of a normalised text, those mentioned most first.
#[must_use]
pub fn find(text: &str, language: Language) -> Vec<Character> {
    reading::read(text, language, &text::paragraphs(text)).characters
}

/// A stable number of a name: the same name looks and sounds the same in every film.
#[must_use]
pub fn seed(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
