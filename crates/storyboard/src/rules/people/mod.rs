//! Who is in a story: names ([`names_chinese`], [`names_english`]), nouns that stand for people, animals and creatures ([`nouns`]),
//! everybody who was met and who is meant by what ([`cast`]), and what they are like ([`traits`]).

pub(crate) mod age;
pub(crate) mod cast;
pub(crate) mod names_chinese;
pub(crate) mod names_english;
pub(crate) mod nouns;
pub(crate) mod person;
pub(crate) mod titles;
pub(crate) mod traits;

use super::words::Known;

/// A name that was found in a text.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) name: String,
    /// The same person's other names.
    pub(crate) aliases: Vec<String>,
    /// What everybody knows of it.
    pub(crate) known: Option<Known>,
    pub(crate) mentions: usize,
}

impl Name {
    /// All names of the person.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}
