//! What is known of readings, as data: phrases, and characters by what stands around them. Simplified characters only; a
//! traditional one is looked up as its simplified twin.

use std::{collections::HashMap, sync::LazyLock};

use ::pinyin::ToPinyin;

static PHRASES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let lines = include_str!("phrases.txt").lines();
    lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' ')).collect()
});

static CHARACTERS: LazyLock<HashMap<char, Vec<Rule>>> = LazyLock::new(|| {
    let mut found: HashMap<char, Vec<Rule>> = HashMap::new();
    for line in include_str!("context.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.split_whitespace();
        let (Some(character), Some(reading)) = (parts.next(), parts.next()) else { continue };
        let conditions = parts.map(condition).collect();
        found.entry(character.chars().next().unwrap_or(' ')).or_default().push(Rule { reading, conditions });
    }
    found
});

struct Rule {
    reading: &'static str,
    conditions: Vec<Condition>,
}

enum Condition {
    /// The character so far behind is one of these.
    Behind(usize, &'static str),
    /// The character so far before is one of these.
    Before(usize, &'static str),
    /// One of these stands somewhere before.
    Earlier(&'static str),
    /// One of these stands somewhere behind.
    Later(&'static str),
    /// Nothing stands so far behind.
    Ends(usize),
    /// Nothing stands before.
    Begins,
    /// The word is tagged so: the one after, the one before, the word itself.
    TagBehind(&'static str),
    TagBefore(&'static str),
    Tag(&'static str),
    /// The word is this one character.
    Alone,
    /// The character before belongs to the same word.
    Within,
}

/// The notation is explained at the head of the file.
fn condition(written: &'static str) -> Condition {
    let strip = |mark| written.strip_prefix(mark);
    match written {
        "=1" => Condition::Alone,
        "=w" => Condition::Within,
        "-^" => Condition::Begins,
        "+^" => Condition::Ends(1),
        "++^" => Condition::Ends(2),
        _ => None
            .or_else(|| strip("+@").map(Condition::TagBehind))
            .or_else(|| strip("-@").map(Condition::TagBefore))
            .or_else(|| strip("@").map(Condition::Tag))
            .or_else(|| strip("++").map(|set| Condition::Behind(2, set)))
            .or_else(|| strip("--").map(|set| Condition::Before(2, set)))
            .or_else(|| strip("+").map(|set| Condition::Behind(1, set)))
            .or_else(|| strip("-").map(|set| Condition::Before(1, set)))
            .or_else(|| strip("~").map(Condition::Earlier))
            .or_else(|| strip(">").map(Condition::Later))
            .unwrap_or(Condition::Alone),
    }
}

/// A character as its simplified twin.
pub(super) fn simplified(c: char) -> char {
    if c.is_ascii() { c } else { fast2s::convert(c.encode_utf8(&mut [0; 4])).chars().next().unwrap_or(c) }
}

/// The reading of a phrase, a syllable a character.
pub(super) fn phrase(text: &str) -> Option<&'static str> {
    PHRASES.get(text).copied()
}

/// A run of simplified characters cut into words.
pub(super) struct Words<'a> {
    /// The characters.
    pub(super) chars: &'a [char],
    /// Each word's first character, the one behind its last, and what jieba calls it.
    pub(super) words: &'a [(usize, usize, &'a str)],
    /// Which word each character belongs to.
    pub(super) of: &'a [usize],
}

/// The reading of the character at a place, by what stands around it. `written` is the character as the text has it.
pub(super) fn character(words: &Words<'_>, at: usize, written: char) -> String {
    // Where the traditional character says more than its twin (髮 and 發 are both 发), it decides.
    let own = if written == words.chars[at] { None } else { rule(words, at, written) };
    let known = own.or_else(|| rule(words, at, words.chars[at]));
    known.map_or_else(|| usual(words.chars[at]), str::to_owned)
}

fn rule(words: &Words<'_>, at: usize, c: char) -> Option<&'static str> {
    let rules = CHARACTERS.get(&c)?;
    rules.iter().find(|rule| rule.conditions.iter().all(|condition| holds(words, at, condition))).map(|rule| rule.reading)
}

fn holds(words: &Words<'_>, at: usize, condition: &Condition) -> bool {
    let (start, end, tag) = words.words[words.of[at]];
    let tagged = |tag: &str, wanted: &str| wanted.split(',').any(|wanted| tag.starts_with(wanted));
    let tag_at = |at: usize| words.of.get(at).map(|word| words.words[*word].2);
    let before = |back: usize| at.checked_sub(back).map(|at| words.chars[at]);
    match condition {
        Condition::Behind(far, set) => words.chars.get(at + far).is_some_and(|c| set.contains(*c)),
        Condition::Before(far, set) => before(*far).is_some_and(|c| set.contains(c)),
        Condition::Earlier(set) => words.chars[at.saturating_sub(24)..at].iter().any(|c| set.contains(*c)),
        Condition::Later(set) => words.chars.iter().skip(at + 1).take(12).any(|c| set.contains(*c)),
        Condition::Ends(far) => at + far >= words.chars.len(),
        Condition::Begins => at == 0,
        Condition::TagBehind(wanted) => tag_at(at + 1).is_some_and(|tag| tagged(tag, wanted)),
        Condition::TagBefore(wanted) => at.checked_sub(1).and_then(tag_at).is_some_and(|tag| tagged(tag, wanted)),
        Condition::Tag(wanted) => tagged(tag, wanted),
        Condition::Alone => end - start == 1,
        Condition::Within => at > start,
    }
}

/// The reading that the dictionary of characters has first.
fn usual(c: char) -> String {
    let reading = c.to_pinyin().map(|reading| reading.with_tone_num_end().replace('ü', "v")).unwrap_or_default();
    if reading.is_empty() || reading.ends_with(|last: char| last.is_ascii_digit()) { reading } else { format!("{reading}5") }
}
