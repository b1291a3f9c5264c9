//! Nouns that stand for somebody: a shopkeeper, a mother, a crowd, a fox. What each word tells comes from the word lists.

use std::sync::LazyLock;

use ports::film::{Age, Being, Gender, Species};

use crate::rules::words::{self, Lexicon};

/// What a noun says of whom it stands for. Words of one line of the lists are one sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sort {
    pub(crate) gender: Gender,
    pub(crate) age: Option<Age>,
    pub(crate) being: Being,
    pub(crate) species: Option<Species>,
    /// A relative: whose, the sentence tells.
    pub(crate) kin: bool,
    /// It points back at somebody as well as it introduces.
    pub(crate) generic: bool,
    /// Several who act as one.
    pub(crate) group: bool,
    /// It is also a word for something else.
    pub(crate) weak: bool,
}

/// All sorts and the words for them.
pub(crate) struct Nouns {
    pub(crate) sorts: Vec<Sort>,
    pub(crate) chinese: Lexicon<usize>,
    pub(crate) english: Lexicon<usize>,
}

impl Nouns {
    /// What a word of either language stands for.
    pub(crate) fn sort(&self, word: &str) -> Option<usize> {
        self.chinese.get(word).or_else(|| self.english.get(word)).copied()
    }
}

pub(crate) static NOUNS: LazyLock<Nouns> = LazyLock::new(|| {
    let mut nouns = Nouns { sorts: Vec::new(), chinese: Lexicon::default(), english: Lexicon::default() };
    let mut add = |sort: Sort, line: &words::Line| {
        let id = nouns.sorts.len();
        line.chinese.iter().for_each(|word| nouns.chinese.add(word, id));
        line.english.iter().for_each(|word| nouns.english.add(word, id));
        nouns.sorts.push(sort);
    };
    for line in words::lines(include_str!("../words/people.txt")) {
        add(person(&line.key), &line);
    }
    let (animals, creatures) = include_str!("../words/animals.txt").split_once("[creature]").expect("the list has both parts");
    for (part, being) in [(animals, Being::Animal), (creatures, Being::Creature)] {
        for line in words::lines(part) {
            let species = Species::ALL.iter().find(|species| line.key.starts_with(&format!("{species:?}"))).copied();
            add(Sort { being, species, ..person(&line.key) }, &line);
        }
    }
    nouns
});

/// Reads "m old kin generic".
fn person(key: &str) -> Sort {
    let marks: Vec<&str> = key.split_whitespace().collect();
    let has = |mark: &str| marks.contains(&mark);
    let age = [("child", Age::Child), ("young", Age::Young), ("adult", Age::Adult), ("old", Age::Old)];
    let gender = match (has("m"), has("f")) {
        (true, _) => Gender::Male,
        (_, true) => Gender::Female,
        _ => Gender::Unknown,
    };
    Sort {
        gender,
        age: age.into_iter().find(|(mark, _)| has(mark)).map(|(_, age)| age),
        being: Being::Human,
        species: None,
        kin: has("kin"),
        generic: has("generic"),
        group: has("group"),
        weak: has("weak"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_who_they_stand_for() {
        let sort = |word: &str| &NOUNS.sorts[NOUNS.sort(word).unwrap()];
        assert_eq!((sort("母亲").gender, sort("母亲").kin), (Gender::Female, true));
        assert_eq!((sort("掌柜").gender, sort("店家").age), (Gender::Male, Some(Age::Adult)));
        assert!(sort("众人").group && sort("少年").generic);
        assert_eq!((sort("大虫").being, sort("大虫").species), (Being::Animal, Some(Species::Tiger)));
        assert_eq!((sort("old man").age, sort("water rat").species), (Some(Age::Old), Some(Species::Rat)));
        assert_eq!(sort("ghost").being, Being::Creature);
    }
}
