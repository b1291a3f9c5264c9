//! The words the rules know, read from the text files beside this one: one line an entry, `what: 中文 … | english …`, blanks within
//! English entries written as underscores. What is done with the words stands in the modules that ask for them.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// One line of a word list.
#[derive(Debug)]
pub(super) struct Line {
    /// What the words mean.
    pub(super) key: String,
    /// The Chinese words, simplified.
    pub(super) chinese: Vec<String>,
    /// The English words, lower case.
    pub(super) english: Vec<String>,
}

/// The lines of a word list.
pub(super) fn lines(file: &'static str) -> Vec<Line> {
    let entries = file.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    entries
        .filter_map(|line| {
            let (key, words) = line.split_once(": ").or_else(|| line.split_once(':'))?;
            let (chinese, english) = words.split_once('|').unwrap_or((words, ""));
            let split = |words: &str| words.split_whitespace().map(|word| word.replace('_', " ")).collect();
            Some(Line { key: key.to_owned(), chinese: split(chinese), english: split(english) })
        })
        .collect()
}

/// Words that are looked for at a position of a text: the longest one that stands there.
#[derive(Debug)]
pub(super) struct Lexicon<T> {
    words: HashMap<String, T>,
    /// The lengths in bytes of the words that begin with a character, longest first.
    lengths: HashMap<char, Vec<usize>>,
}

impl<T> Default for Lexicon<T> {
    fn default() -> Self {
        Self { words: HashMap::new(), lengths: HashMap::new() }
    }
}

impl<T> Lexicon<T> {
    pub(super) fn add(&mut self, word: &str, value: T) {
        let Some(first) = word.chars().next() else { return };
        let lengths = self.lengths.entry(first).or_default();
        if let Err(at) = lengths.binary_search_by(|length| word.len().cmp(length)) {
            lengths.insert(at, word.len());
        }
        self.words.entry(word.to_owned()).or_insert(value);
    }

    pub(super) fn get(&self, word: &str) -> Option<&T> {
        self.words.get(word)
    }

    /// The longest word that a text begins with: its length in bytes and its value.
    pub(super) fn longest(&self, text: &str) -> Option<(usize, &T)> {
        let lengths = self.lengths.get(&text.chars().next()?)?;
        lengths.iter().find_map(|length| Some((*length, self.words.get(text.get(..*length)?)?)))
    }
}

impl Lexicon<()> {
    fn of(words: &[String]) -> Self {
        let mut lexicon = Self::default();
        words.iter().for_each(|word| lexicon.add(word, ()));
        lexicon
    }

    /// The length of the longest word that a text begins with.
    pub(super) fn begins(&self, text: &str) -> Option<usize> {
        self.longest(text).map(|(length, ())| length)
    }

    /// The length of the longest word that a text ends with.
    pub(super) fn ends(&self, text: &str) -> Option<usize> {
        let starts = text.char_indices().rev().take(24).map(|(at, _)| at);
        starts.filter(|at| self.words.contains_key(&text[*at..])).map(|at| text.len() - at).max()
    }

    /// Where one of the words stands in a text, first of all.
    pub(super) fn within(&self, text: &str) -> Option<usize> {
        text.char_indices().map(|(at, _)| at).find(|at| self.begins(&text[*at..]).is_some())
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.words.contains_key(word)
    }
}

/// Lists by name, of one language.
pub(super) struct Lists(HashMap<String, Lexicon<()>>);

impl Lists {
    fn of(file: &'static str) -> Self {
        Self(lines(file).into_iter().map(|line| (line.key, Lexicon::of(&line.chinese))).collect())
    }

    /// The list of that name.
    pub(super) fn get(&self, name: &str) -> &Lexicon<()> {
        self.0.get(name).unwrap_or_else(|| panic!("the word lists have no {name}"))
    }
}

/// What the rules know of Chinese sentences.
pub(super) static CHINESE: LazyLock<Lists> = LazyLock::new(|| Lists::of(include_str!("chinese.txt")));
/// What the rules know of English sentences.
pub(super) static ENGLISH: LazyLock<Lists> = LazyLock::new(|| Lists::of(include_str!("english.txt")));

/// What is known of Chinese names.
pub(super) struct Names {
    /// Family names of one character.
    pub(super) surnames: HashSet<char>,
    /// Family names of two.
    pub(super) double_surnames: HashSet<String>,
    pub(super) not_names: HashSet<String>,
    /// Forms of address behind a family name, with the gender they tell.
    pub(super) titles: Lexicon<Option<bool>>,
    /// Names everybody knows: all names of one person, and whether male, female or a creature.
    pub(super) known: Vec<(Vec<String>, Known)>,
    /// Of them, who is young and who is old.
    pub(super) young: HashSet<String>,
    pub(super) old: HashSet<String>,
    pub(super) given_male: HashSet<char>,
    pub(super) given_female: HashSet<char>,
}

/// What everybody knows of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Male,
    Female,
    Creature,
}

pub(super) static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut lists: HashMap<String, Vec<String>> =
        lines(include_str!("names.txt")).into_iter().map(|line| (line.key, line.chinese)).collect();
    let mut take = |name: &str| lists.remove(name).unwrap_or_default();
    let mut titles = Lexicon::default();
    for (name, male) in [("titles_male", Some(true)), ("titles_female", Some(false)), ("titles_any", None)] {
        take(name).iter().for_each(|title| titles.add(title, male));
    }
    let mut known = Vec::new();
    for (name, what) in [("known_male", Known::Male), ("known_female", Known::Female), ("known_creature", Known::Creature)] {
        known.extend(take(name).iter().map(|names| (names.split('=').map(str::to_owned).collect(), what)));
    }
    let (young, old) = (take("known_young"), take("known_old"));
    let mut chars = |name: &str| take(name).concat().chars().collect::<HashSet<char>>();
    let (surnames, given_male, given_female) = (chars("surnames"), chars("given_male"), chars("given_female"));
    Names {
        surnames,
        double_surnames: take("double_surnames").into_iter().collect(),
        not_names: take("not_names").into_iter().collect(),
        titles,
        known,
        young: young.into_iter().collect(),
        old: old.into_iter().collect(),
        given_male,
        given_female,
    }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_wins() {
        let lexicon = Lexicon::of(&["店".to_owned(), "店主人".to_owned(), "说道".to_owned(), "道".to_owned()]);
        assert_eq!(lexicon.begins("店主人把碗"), Some(9));
        assert_eq!(lexicon.begins("店里"), Some(3));
        assert_eq!(lexicon.ends("他说道"), Some(6));
        assert_eq!(lexicon.within("他说道"), Some(3));
    }

    #[test]
    fn every_list_can_be_read() {
        assert!(CHINESE.get("says").has("曰") && ENGLISH.get("says").has("went on"));
        assert!(NAMES.surnames.contains(&'王') && NAMES.double_surnames.contains("诸葛"));
        assert!(NAMES.known.iter().any(|(names, known)| names.contains(&"行者".to_owned()) && *known == Known::Creature));
    }
}
