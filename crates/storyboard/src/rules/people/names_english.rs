//! English names in a text: words with a capital that speak, act, are addressed or bear a title. A wrong name on screen is worse
//! than a missing one.

use std::collections::{HashMap, HashSet};

use crate::rules::{
    people::{Name, nouns::NOUNS},
    words::ENGLISH,
};

/// A name and what speaks for it.
#[derive(Debug, Default, Clone)]
struct Evidence {
    mentions: usize,
    score: f64,
    /// A speech verb, a title or a naming: enough for a single mention.
    strong: bool,
    /// It is called in a quote.
    called: bool,
}

/// The names of a text.
pub(crate) fn find(text: &str) -> Vec<Name> {
    let mut found: HashMap<String, Evidence> = HashMap::new();
    let lower: HashSet<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().next().is_some_and(char::is_lowercase))
        .map(str::to_owned)
        .collect();
    for line in text.lines() {
        read(line, &lower, &mut found);
    }
    let mut scored: Vec<(String, Evidence)> = found.into_iter().filter(|(_, evidence)| evidence.score >= 2.0).collect();
    scored.sort_by(|a, b| core(&b.0).len().cmp(&core(&a.0).len()).then(b.1.mentions.cmp(&a.1.mentions)).then(a.0.cmp(&b.0)));
    let mut names: Vec<(Name, Evidence)> = Vec::new();
    for (name, evidence) in scored {
        match names.iter_mut().find(|(known, _)| known.all().any(|whole| one_person(whole, &name))) {
            Some((known, sum)) => {
                sum.mentions += evidence.mentions;
                sum.score += evidence.score;
                sum.strong |= evidence.strong;
                sum.called |= evidence.called;
                known.aliases.push(name);
            }
            None => names.push((Name { name, aliases: Vec::new(), known: None, mentions: evidence.mentions }, evidence)),
        }
    }
    names.retain(|(name, evidence)| {
        evidence.score >= 3.0 && (evidence.mentions >= 2 || evidence.called && given(core(&name.name)).is_some())
            || evidence.score >= 2.5 && evidence.strong
    });
    names
        .into_iter()
        .map(|(mut name, evidence)| {
            name.mentions = evidence.mentions;
            name
        })
        .collect()
}

fn read(line: &str, lower: &HashSet<String>, found: &mut HashMap<String, Evidence>) {
    let (says, acts) = (ENGLISH.get("says"), ENGLISH.get("acts"));
    let tokens = tokens(line);
    let mut index = 0;
    while index < tokens.len() {
        let run = capital_run(line, &tokens[index..]);
        if run == 0 {
            index += 1;
            continue;
        }
        let words = &tokens[index..index + run];
        let (start, last) = (words[0].0, words[run - 1]);
        let opening = sentence_start(&line[..start]);
        let next = tokens.get(index + run).map(|(_, word)| word.to_lowercase()).unwrap_or_default();
        let previous = index.checked_sub(1).map(|before| tokens[before].1.to_lowercase()).unwrap_or_default();
        // "said the Hatter": what stands before the article counts.
        let ahead = if previous == "the" {
            index.checked_sub(2).map(|before| tokens[before].1.to_lowercase()).unwrap_or_default()
        } else {
            previous.clone()
        };
        index += run;
        let Some((name, titled)) = name_of(words) else { continue };
        let common = NOUNS.english.get(&name.to_lowercase()).is_some();
        if name.len() < 2 || common || run == 1 && opening && lower.contains(&name.to_lowercase()) {
            continue;
        }
        let after = &line[last.0 + last.1.len()..];
        let quoted = line[..start].rfind('“') > line[..start].rfind('”');
        // “Hullo, Mole!” said the Rat: the verb is beyond the quotation mark.
        let apart = |text: &str| text.contains(['“', '”', '"']);
        let follows = !apart(after.split(char::is_alphanumeric).next().unwrap_or_default());
        let leads = !apart(line[..start].rsplit(char::is_alphanumeric).next().unwrap_or_default());
        let speech = follows && says.has(&next) || leads && says.has(&ahead);
        let acting = acts.has(&next) || after.starts_with("'s ") || after.starts_with("’s ") || next.ends_with("ed");
        let vocative = quoted && (line[..start].ends_with(", ") || opening) && after.starts_with([',', '!', '.', '?', '—']);
        let named =
            matches!(previous.as_str(), "named" | "called") || line[..start].ends_with("name is ") || line[..start].ends_with("name was ");
        let place = matches!(previous.as_str(), "in" | "at" | "to" | "near" | "from" | "of" | "the") && !titled && !speech && !acting;
        let given = words.iter().any(|(_, word)| given(word).is_some());
        let entry = found.entry(name).or_default();
        entry.mentions += 1;
        let gains = [(speech, 2.5), (acting, 1.5), (vocative, 2.0), (named, 3.0), (titled, 2.0), (given, 1.5), (!opening, 0.6)];
        entry.score +=
            0.2 + gains.iter().filter(|(is, _)| *is).map(|(_, gain)| gain).sum::<f64>() - if place && !given { 1.5 } else { 0.0 };
        entry.strong |= speech || given && acting || named || titled;
        entry.called |= vocative;
    }
}

/// The words of a line and where they stand.
pub(crate) fn tokens(line: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in line.char_indices().chain(std::iter::once((line.len(), ' '))) {
        let inside = c.is_alphabetic()
            || c == '-' && start.is_some() && !line[at + 1..].starts_with('-') && line[at + 1..].starts_with(char::is_alphabetic);
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push((from, &line[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// Titles, and what they tell of man and woman.
pub(crate) fn title(word: &str) -> Option<Option<bool>> {
    let lists = [("title_male", Some(true)), ("title_female", Some(false)), ("title_any", None)];
    lists.into_iter().find(|(list, _)| ENGLISH.get(list).has(word)).map(|(_, male)| male)
}

/// Whether a first name is a man's.
pub(crate) fn given(word: &str) -> Option<bool> {
    let lower = word.to_lowercase();
    let (man, woman) = (ENGLISH.get("men").has(&lower), ENGLISH.get("women").has(&lower));
    (man != woman).then_some(man)
}

/// How many words in a row begin with a capital and can be a name.
fn capital_run(line: &str, tokens: &[(usize, &str)]) -> usize {
    let mut run = 0;
    for (index, (at, word)) in tokens.iter().enumerate() {
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        let shouted = word.len() > 2 && word.chars().all(char::is_uppercase);
        let ordinary = ENGLISH.get("not_names").has(&word.to_lowercase()) && title(word).is_none();
        let joined = index == 0 || {
            let (before, previous) = tokens[index - 1];
            let between = &line[before + previous.len()..*at];
            between == " " || between == ". " && title(previous).is_some()
        };
        if !capital || ordinary || shouted || !joined || run == 4 {
            break;
        }
        run += 1;
    }
    run
}

fn name_of(run: &[(usize, &str)]) -> Option<(String, bool)> {
    let titled = title(run[0].1).is_some();
    if titled && run.len() == 1 {
        return None;
    }
    let names: Vec<&str> = run.iter().map(|(_, word)| *word).collect();
    let dotted = matches!(names[0], "Mr" | "Mrs" | "Dr" | "Ms");
    Some((if titled && dotted { format!("{}. {}", names[0], names[1..].join(" ")) } else { names.join(" ") }, titled))
}

/// A name without its title.
fn core(name: &str) -> &str {
    match name.split_once(' ') {
        Some((first, rest)) if title(first.trim_end_matches('.')).is_some() => rest,
        _ => name,
    }
}

/// Whether a name is a part of another one and no title speaks against it.
fn one_person(whole: &str, name: &str) -> bool {
    let male = |name: &str| name.split(' ').next().and_then(|first| title(first.trim_end_matches('.'))).flatten();
    let first = |name: &str| core(name).split(' ').next().and_then(given);
    let clash = match (male(whole).or(first(whole)), male(name)) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    };
    let words: Vec<&str> = core(whole).split(' ').collect();
    !clash && core(name).split(' ').all(|word| words.contains(&word))
}

/// Whether what follows opens a sentence.
pub(crate) fn sentence_start(before: &str) -> bool {
    before.trim_end_matches([' ', '“', '"', '‘', '—', '-']).chars().next_back().is_none_or(|c| ".!?:…”".contains(c))
}

/// Man or woman, from title and first name.
pub(crate) fn gender(name: &Name) -> Option<bool> {
    let title = |name: &str| name.split(' ').next().and_then(|first| title(first.trim_end_matches('.'))).flatten();
    name.all().find_map(title).or_else(|| name.all().find_map(|name| core(name).split(' ').find_map(given)))
}
