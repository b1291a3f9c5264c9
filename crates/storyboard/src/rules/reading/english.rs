//! English sentences: where names, nouns and pronouns stand for somebody, and what part they play.

use std::ops::Range;

use super::sentence::{Clause, Mention, Role, Sentence, Term, cut};
use crate::rules::{
    people::{names_english::tokens, nouns::NOUNS},
    words::{ENGLISH, Lexicon},
};

/// Abbreviations whose point ends no sentence.
const ABBREVIATIONS: &[&str] = &["Mr.", "Mrs.", "Ms.", "Dr.", "St.", "Capt.", "Col.", "Prof.", "Rev.", "Esq.", "No.", "vs.", "etc."];

/// The sentences of a run of narration.
pub(crate) fn sentences(text: &str, names: &Lexicon<usize>) -> Vec<Sentence> {
    let ends = |c: char, before: &str| {
        let initial = before.strip_suffix('.').is_some_and(|before| before.ends_with(char::is_uppercase));
        "!?;…".contains(c) || c == '.' && !ABBREVIATIONS.iter().any(|word| before.ends_with(word)) && !initial
    };
    let lower = text.to_ascii_lowercase();
    cut(text, 0..text.len(), ends).into_iter().map(|at| sentence(text, &lower, at, names)).collect()
}

/// Words that begin a clause of their own.
const JOINS: &[&str] =
    &["and", "but", "as", "while", "when", "till", "until", "that", "who", "which", "where", "so", "for", "because", "though", "whom"];

fn sentence(text: &str, lower: &str, at: Range<usize>, names: &Lexicon<usize>) -> Sentence {
    let words: Vec<Range<usize>> =
        tokens(&text[at.clone()]).into_iter().map(|(start, word)| at.start + start..at.start + start + word.len()).collect();
    let mut borders = vec![at.start];
    for pair in words.windows(2) {
        let between = &text[pair[0].end..pair[1].start];
        // 'Mr. Holmes' and 'Holmes's' are no borders.
        if between.contains([',', ':', '—', '(', ')', '“', '”']) || between.contains("--") || JOINS.contains(&&lower[pair[1].clone()])
        {
            borders.push(pair[1].start);
        }
    }
    borders.push(at.end);
    let mut clauses: Vec<Clause> = borders.windows(2).map(|pair| clause(text, lower, pair[0]..pair[1], names)).collect();
    for index in 1..clauses.len() {
        // "the jackal--Tabaqui" is one.
        let (before, behind) = clauses.split_at_mut(index);
        let (Some(last), Some(first)) = (before[index - 1].mentions.last(), behind[0].mentions.first_mut()) else { continue };
        if let (Term::Noun(sort), Term::Name(_), "--" | "—") = (last.term, first.term, &text[last.at.end..first.at.start]) {
            (first.sort, first.seen) = (Some(sort), true);
            before[index - 1].mentions.pop();
        }
    }
    Sentence { at, clauses }
}

fn clause(text: &str, lower: &str, part: Range<usize>, names: &Lexicon<usize>) -> Clause {
    let words: Vec<(Range<usize>, &str)> = tokens(&text[part.clone()])
        .into_iter()
        .map(|(start, word)| {
            (part.start + start..part.start + start + word.len(), &lower[part.start + start..part.start + start + word.len()])
        })
        .collect();
    let says = words.iter().enumerate().any(|(index, (_, word))| ENGLISH.get("says").has(word) && (*word != "thought" || index < 4));
    let leaves = ENGLISH.get("leaves").within(&lower[part.clone()]).is_some();
    let mut mentions: Vec<Mention> = Vec::new();
    let mut index = 0;
    while index < words.len() {
        let at = words[index].0.start;
        let Some((end, term, plural)) = term(text, lower, at..part.end, names, words[index].1) else {
            index += 1;
            continue;
        };
        // "the March Hare": a capital before a noun belongs to it.
        let (mut first, mut from) = (index, at);
        while let (Term::Noun(_), true, Some(before)) = (term, first > 0, first.checked_sub(1)) {
            let (place, word) = &words[before];
            let joined = &text[place.end..from] == " "
                && text[place.clone()].starts_with(char::is_uppercase)
                && text[at..].starts_with(char::is_uppercase);
            if !joined || KNOWN.contains(word) || NEW.contains(word) || place.start == part.start {
                break;
            }
            (first, from) = (before, place.start);
        }
        let behind = words.iter().position(|(word, _)| word.start >= end).unwrap_or(words.len());
        if let Some(mention) = mention(text, &words, first..behind, from..end, term, plural, &mentions) {
            beside(text, &mut mentions, mention);
        }
        index = behind.max(index + 1);
    }
    Clause { at: part, mentions, says, leaves }
}

/// Two words side by side for one: "the boy Tom", "the jackal--Tabaqui". The name stays.
fn beside(text: &str, mentions: &mut Vec<Mention>, mut mention: Mention) {
    if let (Some(last), Term::Name(_)) = (mentions.last(), mention.term)
        && let Term::Noun(sort) = last.term
        && matches!(&text[last.at.end..mention.at.start], " " | "--" | "—")
        && !last.many
    {
        let last = mentions.pop().expect("it is the last");
        (mention.role, mention.seen, mention.same, mention.sort) = (last.role, last.seen, last.same, Some(sort));
    }
    mentions.push(mention);
}

/// The word for somebody that begins here: its end, what it is, whether it is a plural.
fn term(text: &str, lower: &str, at: Range<usize>, names: &Lexicon<usize>, word: &str) -> Option<(usize, Term, bool)> {
    let whole = |length: usize| {
        !text[at.start + length..]
            .starts_with(|c: char| c.is_alphanumeric() || c == '-' && text[at.start + length + 1..].starts_with(char::is_alphanumeric))
    };
    if let Some((length, id)) = names.longest(&text[at.clone()]).filter(|(length, _)| whole(*length)) {
        return Some((at.start + length, Term::Name(*id), false));
    }
    if let Some((length, sort)) = NOUNS.english.longest(&lower[at.clone()]).filter(|(length, _)| whole(*length)) {
        return Some((at.start + length, Term::Noun(*sort), false));
    }
    for (ending, instead) in [("s", ""), ("es", ""), ("ies", "y"), ("ves", "f"), ("men", "man")] {
        let singular = word.strip_suffix(ending).map(|stem| format!("{stem}{instead}"));
        if let Some(sort) = singular.filter(|stem| stem.len() > 2).and_then(|stem| NOUNS.english.get(&stem)) {
            return Some((at.start + word.len(), Term::Noun(*sort), true));
        }
    }
    let term = match word {
        "i" if text[at.clone()].starts_with('I') => Term::I,
        "me" | "my" | "myself" => Term::I,
        "we" | "us" | "our" => Term::We,
        "he" | "him" | "his" | "himself" => Term::He,
        "she" | "her" | "hers" | "herself" => Term::She,
        "they" | "them" | "their" => Term::They,
        "it" | "its" => Term::It,
        "voice" if lower[..at.start].trim_end().ends_with(|c: char| c.is_alphanumeric()) && voice(&lower[..at.start]) => Term::Voice,
        _ => return None,
    };
    Some((at.start + word.len(), term, false))
}

/// "a cheerful voice" is somebody's who is not seen; "in a low voice" is the speaker's.
fn voice(before: &str) -> bool {
    let words: Vec<&str> = before.split_whitespace().rev().take(4).collect();
    let article = words.iter().position(|word| matches!(*word, "a" | "the" | "another" | "some"));
    article.is_some_and(|at| !words.get(at + 1).is_some_and(|word| matches!(*word, "in" | "with" | "of" | "raised" | "lowered")))
}

/// Words that make a noun somebody known, somebody new, or nobody.
const KNOWN: &[&str] = &["the", "this", "that", "his", "her", "my", "our", "their", "these", "those", "its", "your"];
const NEW: &[&str] = &["a", "an", "another", "some", "one", "two", "three", "four", "five", "six", "several", "many", "few"];
const NOBODY: &[&str] = &["no", "any", "every", "such", "each", "like", "than"];

fn mention(
    text: &str,
    words: &[(Range<usize>, &str)],
    here: Range<usize>,
    at: Range<usize>,
    term: Term,
    plural: bool,
    earlier: &[Mention],
) -> Option<Mention> {
    let before = |back: usize| here.start.checked_sub(back).map_or("", |index| words[index].1);
    let next = words.get(here.end).map_or("", |(_, word)| *word);
    let rest = &text[at.end..];
    let owner = rest.starts_with("'s")
        || rest.starts_with("’s")
        || matches!(&text[at.clone()], "his" | "my" | "our" | "their" | "its" | "His" | "My" | "Our" | "Their" | "Its");
    let noun = matches!(term, Term::Noun(_));
    // "the elderly rabbit": the determiner stands up to four words before its noun.
    let determiner = (1..=5).take_while(|back| *back <= here.start).map(|back| (back, before(back))).find(|(_, word)| {
        KNOWN.contains(word)
            || NEW.contains(word)
            || NOBODY.contains(word)
            || ENGLISH.get("object_before").has(word)
            || ENGLISH.get("says").has(word)
            || *word == "was"
            || *word == "were"
    });
    let (back, word) = determiner.unwrap_or((0, ""));
    // "Scrooge's nephew": an owner determines as well.
    let owned = text[..at.start].trim_end().ends_with("'s") || text[..at.start].trim_end().ends_with("’s");
    let capital = text[at.clone()].starts_with(char::is_uppercase);
    let determined = owned || KNOWN.contains(&word) || NEW.contains(&word) || NOBODY.contains(&word);
    if noun && !determined && !capital && !plural {
        return None;
    }
    // What the determiner's phrase stands behind.
    let ahead = if noun && determined { before(back + 1) } else { before(1) };
    let sorted = if let Term::Noun(sort) = term { Some(&NOUNS.sorts[sort]) } else { None };
    let acts = verb(words, here.end);
    let inverted = ENGLISH.get("says").has(ahead);
    let person_next = owner && (0..4).filter_map(|step| words.get(here.end + step)).any(|(_, word)| NOUNS.english.get(word).is_some());
    // "her mother": whose she is is not who is there.
    let hers = &text[at.clone()].to_ascii_lowercase() == "her"
        && (0..3)
            .map_while(|step| words.get(here.end + step))
            .take_while(|(_, word)| !ENGLISH.get("object_before").has(word))
            .any(|(_, word)| NOUNS.english.get(word).is_some());
    if hers {
        return None;
    }
    if person_next && !matches!(term, Term::Name(_) | Term::Noun(_)) {
        return None;
    }
    // "the two animals": they, who are known.
    let pair = noun && matches!(word, "two" | "three" | "both") && before(back + 1) == "the";
    let term = if pair { Term::They } else { term };
    let exclaimed = NEW.contains(&word) && matches!(ahead, "what" | "such" | "as" | "like");
    let compared = exclaimed || NOBODY.contains(&word) || ahead == "like" || ahead == "of" && noun && !plural && NEW.contains(&word);
    let role = if compared || person_next || owner && !matches!(term, Term::He | Term::She | Term::I | Term::They | Term::We) {
        Role::Absent
    } else if earlier.iter().any(|other| other.role == Role::Subject) && !inverted
        || ENGLISH.get("object_before").has(ahead) && !acts
        || matches!(&text[at.clone()], "him" | "them" | "us" | "me")
    {
        Role::Object
    } else {
        Role::Subject
    };
    let equal = matches!(ahead, "was" | "is") && matches!(before(if noun && determined { back + 2 } else { 2 }), "it" | "this" | "there");
    Some(Mention {
        at: at.clone(),
        term,
        role,
        fresh: noun && NEW.contains(&word),
        pointed: noun && KNOWN.contains(&word),
        many: plural || sorted.is_some_and(|sort| sort.group) || matches!(term, Term::They | Term::We),
        seen: ahead == "of" && ENGLISH.get("several_of").has(before(if determined { back + 2 } else { 2 }))
            || matches!(ahead, "saw" | "see" | "came" | "appeared" | "stood" | "sat" | "lay" | "there" | "entered")
            || matches!(next, "appeared" | "entered" | "came"),
        acts: acts || inverted,
        sort: None,
        same: equal && earlier.len() <= 1,
    })
}

/// Whether a verb follows, maybe behind an adverb.
fn verb(words: &[(Range<usize>, &str)], from: usize) -> bool {
    let mut rest = words[from.min(words.len())..].iter().map(|(_, word)| *word).take(3);
    rest.find(|word| !word.ends_with("ly") && !matches!(*word, "who" | "also" | "then" | "himself" | "herself" | "too" | "still" | "now"))
        .is_some_and(|word| ENGLISH.get("acts").has(word) || word.ends_with("ed") && word.len() > 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let mut names = Lexicon::default();
        for (id, name) in ["Holmes", "Scrooge", "Mole"].into_iter().enumerate() {
            names.add(name, id);
        }
        let sentences = sentences(text, &names);
        let clauses = sentences.iter().flat_map(|sentence| &sentence.clauses);
        let parts = clauses.map(|clause| {
            let mentions = clause.mentions.iter().map(|mention| {
                let role = match mention.role {
                    Role::Subject => "S",
                    Role::Object => "O",
                    Role::Absent => "-",
                };
                format!("{}.{role}", &text[mention.at.clone()])
            });
            format!("{}{}", mentions.collect::<Vec<_>>().join(" "), if clause.says { "!" } else { "" })
        });
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn who_is_mentioned_and_in_which_part() {
        for (text, expected) in [
            ("said Holmes cheerily.", "Holmes.S!"),
            ("cried a cheerful voice.", "voice.S!"),
            ("said an elderly rabbit at the gap.", "rabbit.S!"),
            ("It was the voice of Scrooge's nephew, who came upon him.", "It.S voice.O Scrooge.- nephew.O|him.O"),
            ("Mr. Smith nodded. The clerk in the tank applauded.", "clerk.S"),
            ("No man ever saw the old woman again.", "man.- old woman.O"),
            ("like those of some hunted animal", "animal.-"),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }
}
