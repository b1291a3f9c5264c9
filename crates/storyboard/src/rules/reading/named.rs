//! Who is known before a text is read sentence by sentence: everybody with a name, and the narrator.

use std::collections::HashSet;

use ports::film::{Age, Being, Language};

use crate::{
    rules::{
        people::{Name, cast::Cast, names_english, nouns::NOUNS, person::Person, titles},
        words::{Known, NAMES},
    },
    text::Paragraph,
};

/// Everybody who has a name, and the narrator.
pub(super) fn cast(language: Language, paragraphs: &[Paragraph], folded: &[Vec<String>], names: &[Name]) -> Cast {
    let narrated: Vec<&str> = paragraphs
        .iter()
        .zip(folded)
        .flat_map(|(paragraph, folded)| paragraph.spans.iter().zip(folded))
        .filter(|(span, _)| !span.quoted)
        .map(|(_, folded)| folded.as_str())
        .collect();
    let count = |word: &str| narrated.iter().map(|text| text.matches(word).count()).sum::<usize>();
    let mut cast = Cast::default();
    cast.english = language == Language::English;
    cast.animals_are_he = cast.english || !folded.iter().flatten().any(|text| text.contains('它'));
    cast.neutral_he = language == Language::Chinese && count("她") == 0;
    for name in names {
        let male = match language {
            Language::Chinese => titles::gender(name),
            Language::English => names_english::gender(name),
        };
        let only_called = !name.all().any(|name| narrated.iter().any(|text| text.contains(name)));
        let mut person = Person { name: name.name.clone(), aliases: name.aliases.clone(), named: true, only_called, ..Person::default() };
        if name.known == Some(Known::Creature) {
            person.being = Being::Creature;
        }
        let told = |list: &HashSet<String>| NAMES.known.iter().any(|(all, _)| list.contains(&all[0]) && all.contains(&name.name));
        if name.known.is_some() {
            person.age = if told(&NAMES.young) {
                Some(Age::Young)
            } else if told(&NAMES.old) {
                Some(Age::Old)
            } else {
                None
            };
        }
        match male {
            Some(true) => person.male += 6,
            Some(false) => person.female += 6,
            None => {}
        }
        // "Father Wolf" is a wolf; Mr. Wolf is none.
        let civil = ["Mr. ", "Mrs. ", "Dr. ", "Miss ", "Ms. "].iter().any(|title| name.all().any(|name| name.starts_with(title)));
        let last = name.name.rsplit_once(' ').and_then(|(_, last)| NOUNS.sort(&last.to_lowercase())).filter(|_| !civil);
        if let Some(sort) = last.filter(|sort| NOUNS.sorts[*sort].being != Being::Human) {
            (person.being, person.species) = (NOUNS.sorts[sort].being, NOUNS.sorts[sort].species);
        }
        // 赵管事, Captain Smith: the name ends or begins in a noun.
        for part in name.all() {
            let tail = part.char_indices().skip(1).find_map(|(at, _)| NOUNS.sort(&part[at..]));
            let head = part.split_once(' ').map(|(head, _)| if head == "Dr." { "doctor".to_owned() } else { head.to_lowercase() });
            let head = head.and_then(|head| NOUNS.sort(&head));
            if let Some(sort) = tail.or(head).filter(|sort| !NOUNS.sorts[*sort].kin) {
                person.age = person.age.or(NOUNS.sorts[sort].age);
                // "the captain" is Captain Smith, 管事 is 赵管事.
                if !NOUNS.sorts[sort].generic {
                    person.sorts.push(sort);
                }
            }
        }
        cast.people.push(person);
    }
    let (word, total) = match language {
        Language::Chinese => ("我", count("我")),
        Language::English => ("I", count(" I ") + narrated.iter().filter(|text| text.starts_with("I ")).count()),
    };
    // One "I" in a long narration is a slip of the narrator's.
    let length: usize = narrated.iter().map(|text| text.chars().count()).sum();
    if total >= 2 && total * if language == Language::Chinese { 600 } else { 2400 } >= length || total == 1 && length < 300 {
        cast.narrator = Some(cast.people.len());
        cast.people.push(Person { name: word.to_owned(), narrator: true, ..Person::default() });
    }
    cast
}
