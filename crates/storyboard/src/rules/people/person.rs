//! Somebody of a story, and what the words for them tell.

use ports::film::{Age, Being, Gender, Species};

use super::nouns::NOUNS;

/// Somebody of the story.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person {
    /// The name, or the noun they were first called by.
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    /// The nouns they were called by, and how often.
    pub(crate) words: Vec<(String, u32)>,
    /// What sorts of nouns they were called by.
    pub(crate) sorts: Vec<usize>,
    /// Whether `name` is a name.
    pub(crate) named: bool,
    pub(crate) group: bool,
    pub(crate) narrator: bool,
    /// The narration never names them: only people in the story do.
    pub(crate) only_called: bool,
    /// What speaks for a man, and for a woman.
    pub(crate) male: u32,
    pub(crate) female: u32,
    pub(crate) age: Option<Age>,
    pub(crate) being: Being,
    pub(crate) species: Option<Species>,
    pub(crate) mentions: u32,
    pub(crate) acts: u32,
    pub(crate) says: u32,
    pub(crate) seen: u32,
    /// Who this one turned out to be.
    pub(crate) into: Option<usize>,
}

impl Person {
    pub(crate) fn gender(&self) -> Gender {
        match self.male.cmp(&self.female) {
            std::cmp::Ordering::Greater => Gender::Male,
            std::cmp::Ordering::Less => Gender::Female,
            std::cmp::Ordering::Equal => Gender::Unknown,
        }
    }

    pub(crate) fn is(&mut self, sort: usize) {
        let known = &NOUNS.sorts[sort];
        if !self.sorts.contains(&sort) {
            self.sorts.push(sort);
        }
        match known.gender {
            Gender::Male => self.male += 4,
            Gender::Female => self.female += 4,
            Gender::Unknown => {}
        }
        self.age = self.age.or(known.age);
        // Somebody who is a ghost was called an old man before.
        if known.being != Being::Human && (!self.named || self.being == Being::Human) {
            (self.being, self.species) = (known.being, known.species.or(self.species));
        }
        self.group |= known.group;
    }

    pub(crate) fn called(&mut self, word: &str) {
        match self.words.iter_mut().find(|(known, _)| known == word) {
            Some((_, count)) => *count += 1,
            None => self.words.push((word.to_owned(), 1)),
        }
        if !NOT_OLD.iter().any(|known| word.starts_with(known)) && word.starts_with('老') && self.being == Being::Human {
            self.age = Some(Age::Old);
        }
        if self.name != word && !self.aliases.iter().any(|alias| alias == word) {
            self.aliases.push(word.to_owned());
        }
    }
}

/// Words that begin with 老 and mean nobody old.
const NOT_OLD: &[&str] = &[
    "老师",
    "老板",
    "老爷",
    "老婆",
    "老公",
    "老大",
    "老弟",
    "老兄",
    "老虎",
    "老鼠",
    "老鹰",
    "老总",
    "老百姓",
    "老乡",
    "老友",
    "老妈",
    "老爸",
];
