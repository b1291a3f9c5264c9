//! Who is in a story, without a model: what the dictionary calls a name, together with evidence from the text itself (somebody
//! says something, is called, is named, does what only people do). A wrong name on screen is worse than a missing one, so the
//! rules lean to precision: one mention needs strong evidence.

use std::{collections::HashMap, sync::LazyLock};

use jieba_rs::Jieba;
use ports::film::{Age, Being, Character, Gender, Language, Period};

use super::words;
use crate::text::is_han;

/// The dictionary, loaded once.
pub(crate) static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// How many are kept: those mentioned most.
const MOST: usize = 6;

/// A name and what speaks for it.
#[derive(Debug, Default, Clone)]
struct Evidence {
    mentions: usize,
    score: f64,
    /// A speech verb, a vocative or a naming: enough for a single mention.
    strong: bool,
}

/// The characters of a text, most mentioned first.
#[must_use]
pub fn find(text: &str, language: Language) -> Vec<Character> {
    let found = match language {
        Language::Chinese => chinese(text),
        Language::English => english(text),
    };
    let merged = merge(found);
    let mut kept: Vec<_> =
        merged.into_iter().filter(|(_, _, evidence)| evidence.score >= 3.0 && (evidence.mentions >= 2 || evidence.strong)).collect();
    kept.sort_by(|a, b| b.2.mentions.cmp(&a.2.mentions).then(b.2.score.total_cmp(&a.2.score)).then(a.0.cmp(&b.0)));
    kept.truncate(MOST);
    let mut cast: Vec<Character> = Vec::new();
    for (name, aliases, _) in kept {
        let mut next = character(name, aliases, text, language);
        // The colour of the clothes is the seed's remainder: nobody is dressed like somebody else.
        while cast.iter().any(|other| other.seed % 8 == next.seed % 8) {
            next.seed = next.seed.wrapping_add(1);
        }
        cast.push(next);
    }
    cast
}

/// A longer name swallows its parts: 孙悟空 and 悟空 are one, Anna Bell and Anna are one.
fn merge(found: HashMap<String, Evidence>) -> Vec<(String, Vec<String>, Evidence)> {
    let mut names: Vec<(String, Evidence)> = found.into_iter().collect();
    names.sort_by(|a, b| b.0.chars().count().cmp(&a.0.chars().count()).then(a.0.cmp(&b.0)));
    let mut merged: Vec<(String, Vec<String>, Evidence)> = Vec::new();
    for (name, evidence) in names {
        let part = |whole: &str| {
            if name.is_ascii() {
                whole.split(' ').any(|word| word == name)
            } else {
                whole.contains(name.as_str()) && name.chars().count() >= 2
            }
        };
        match merged.iter_mut().find(|(whole, _, known)| part(whole) && known.score >= 2.0) {
            Some((_, aliases, known)) => {
                known.mentions = known.mentions.max(evidence.mentions);
                known.score += evidence.score.min(2.0);
                known.strong |= evidence.strong;
                aliases.push(name);
            }
            None => merged.push((name, Vec::new(), evidence)),
        }
    }
    merged
}

fn chinese(text: &str) -> HashMap<String, Evidence> {
    let mut found: HashMap<String, Evidence> = HashMap::new();
    for candidate in candidates(text) {
        if !plausible(&candidate) || found.contains_key(&candidate) {
            continue;
        }
        let evidence = weigh(text, &candidate);
        if evidence.score > 0.0 {
            found.insert(candidate, evidence);
        }
    }
    found
}

fn candidates(text: &str) -> Vec<String> {
    let mut found: Vec<String> = words::FAMOUS.iter().filter(|name| text.contains(**name)).map(|name| (*name).to_owned()).collect();
    for line in text.lines() {
        let tags = JIEBA.tag(line, true);
        for (index, token) in tags.iter().enumerate() {
            let length = token.word.chars().count();
            let next = tags.get(index + 1).map(|token| token.word).unwrap_or_default();
            if (2..=4).contains(&length) && (token.tag.starts_with("nr") || matches!(token.tag, "nz" | "n" | "x" | "i") && rare(token.word))
            {
                found.push(cut_tail(token.word));
            }
            // A family name with what follows: 杨 + 二嫂, 王 + 建国.
            let surname = length == 1 && words::SURNAMES.contains(token.word) || words::DOUBLE_SURNAMES.contains(&token.word);
            if surname && next.chars().all(is_han) && (1..=2).contains(&next.chars().count()) {
                found.push(cut_tail(&format!("{}{next}", token.word)));
            }
            // 阿Q, 小D, 老王, 小明.
            if matches!(token.word, "阿" | "小" | "老") {
                let head: String = next.chars().take(1).collect();
                if !head.is_empty() && head.chars().all(char::is_alphanumeric) {
                    found.push(format!("{}{head}", token.word));
                }
            }
        }
    }
    found.extend(before_speech(text));
    found.extend(after_naming(text));
    found
}

/// A word of the text that the dictionary hardly knows.
fn rare(word: &str) -> bool {
    word.chars().all(is_han) && JIEBA.suggest_freq(word) <= 20
}

/// What stands at the head of a sentence right before a verb of speech.
fn before_speech(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for verb in words::SPEECH {
        for (at, _) in text.match_indices(verb) {
            let head: Vec<char> = text[..at].chars().rev().take_while(|c| is_han(*c)).take(8).collect();
            let clause: String = head.into_iter().rev().collect();
            let whole = clause.chars().count() < 8;
            let tokens: Vec<&str> = JIEBA.cut(&clause, true).into_iter().map(|token| token.word).collect();
            if let (true, Some(first)) = (whole, tokens.first()) {
                if (2..=3).contains(&first.chars().count()) {
                    found.push((*first).to_owned());
                }
                if (2..=3).contains(&clause.chars().count()) {
                    found.push(clause.clone());
                }
            }
        }
    }
    found
}

fn after_naming(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in words::NAMING {
        for (at, _) in text.match_indices(word) {
            let tail: String = text[at + word.len()..]
                .chars()
                .skip_while(|c| "“「：:，".contains(*c))
                .take_while(|c| is_han(*c) || c.is_ascii_uppercase())
                .take(5)
                .collect();
            if let Some(first) = JIEBA.cut(&tail, true).first() {
                let length = first.word.chars().count();
                if (2..=3).contains(&length) {
                    found.push(cut_tail(first.word));
                } else if length == 1 && words::SURNAMES.contains(first.word) {
                    found.push(cut_tail(&tail.chars().take(3).collect::<String>()));
                }
            }
        }
    }
    found
}

/// A name does not end in the verb behind it.
fn cut_tail(word: &str) -> String {
    let mut name = word.to_owned();
    while name.chars().count() > 2 && name.chars().next_back().is_some_and(|last| words::TRAILING.contains(last)) {
        name.pop();
    }
    name
}

fn plausible(name: &str) -> bool {
    let length = name.chars().count();
    let letters = name.chars().all(|c| is_han(c) || c.is_ascii_uppercase());
    let pronoun = name.chars().any(|c| "我你他她它您咱们这那哪谁什么怎之其此彼每各某几两一三四五六七八九十百千万的了着".contains(c))
        && !words::FAMOUS.contains(&name);
    let titled =
        words::HONORIFICS.iter().any(|title| name.ends_with(title)) && words::SURNAMES.contains(&name.chars().take(1).collect::<String>());
    (2..=4).contains(&length)
        && letters
        && (!pronoun || titled)
        && !words::NOT_NAMES.contains(&name)
        && !name.chars().next_back().is_some_and(|last| words::TRAILING.contains(last))
}

fn weigh(text: &str, name: &str) -> Evidence {
    let mut evidence = Evidence::default();
    let tags = JIEBA.tag(name, true);
    let person = tags.len() == 1 && tags[0].tag.starts_with("nr");
    let first: String = name.chars().take(1).collect();
    let surname = words::SURNAMES.contains(&first) && name.chars().count() <= 3
        || words::DOUBLE_SURNAMES.iter().any(|surname| name.starts_with(surname));
    let titled = words::HONORIFICS.iter().any(|title| name.ends_with(title) && name.len() > title.len());
    let nicknamed = matches!(first.as_str(), "阿" | "小" | "老") && name.chars().count() == 2;
    let famous = words::FAMOUS.contains(&name);
    let known = JIEBA.has_word(name) && !person;
    let frequency = JIEBA.suggest_freq(name);
    let (mut speech, mut vocative, mut naming, mut acts, mut lone) = (0, 0, 0, 0, 0);
    for (at, _) in text.match_indices(name) {
        evidence.mentions += 1;
        let before = &text[..at];
        let after = &text[at + name.len()..];
        let opens = before.chars().next_back().is_none_or(|c| !is_han(c));
        let ends = after.chars().next().is_none_or(|c| !is_han(c));
        speech += usize::from(
            words::SPEECH.iter().any(|verb| after.starts_with(verb))
                || words::SPEECH
                    .iter()
                    .any(|verb| after.char_indices().nth(2).is_some_and(|(index, _)| after[index..].starts_with(verb)) && !ends),
        );
        vocative += usize::from(
            before.ends_with('“') && after.starts_with(['，', '！', '？', '。', ',', '!'])
                || before.ends_with('，') && after.starts_with(['！', '。', '？']) && quoted(before),
        );
        naming += usize::from(words::NAMING.iter().any(|word| before.trim_end_matches(['“', '：', '，']).ends_with(word)));
        acts += usize::from(opens && words::ACTIONS.iter().any(|verb| after.starts_with(verb)));
        lone += usize::from(opens || ends);
    }
    let count = |n: usize, weight: f64| weight * (n.min(3) as f64);
    evidence.score += count(speech, 2.0) + count(vocative, 2.0) + count(naming, 3.0) + count(acts, 1.0);
    evidence.score += if famous { 4.0 } else { 0.0 }
        + if person { 1.5 } else { 0.0 }
        + if surname && name.chars().count() >= 2 { 1.0 } else { 0.0 }
        + if titled { 2.0 } else { 0.0 }
        + if nicknamed { 1.0 } else { 0.0 };
    evidence.score += if evidence.mentions >= 3 { 1.0 } else { 0.0 };
    // An ordinary word needs more than chance.
    if known && !famous && !titled {
        evidence.score -= if frequency > 100 { 4.0 } else { 1.5 };
    }
    if lone == 0 || speech + vocative + naming + acts == 0 && !famous {
        evidence.score -= 2.5;
    }
    evidence.strong = famous || speech + naming > 0 || vocative > 0 && (person || surname || titled || nicknamed);
    evidence
}

fn quoted(before: &str) -> bool {
    before.rfind('“') > before.rfind('”')
}

fn english(text: &str) -> HashMap<String, Evidence> {
    let mut found: HashMap<String, Evidence> = HashMap::new();
    let lower_words: std::collections::HashSet<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().next().is_some_and(char::is_lowercase))
        .map(str::to_owned)
        .collect();
    for line in text.lines() {
        let tokens: Vec<(usize, &str)> = tokens(line);
        let mut index = 0;
        while index < tokens.len() {
            let run = capital_run(line, &tokens[index..]);
            if run == 0 {
                index += 1;
                continue;
            }
            let (name, titled) = name_of(&tokens[index..index + run]);
            let start = tokens[index].0;
            let last = tokens[index + run - 1];
            let opening = sentence_start(&line[..start]);
            let next = tokens.get(index + run).map(|(_, word)| word.to_lowercase()).unwrap_or_default();
            let previous = index.checked_sub(1).map(|before| tokens[before].1.to_lowercase()).unwrap_or_default();
            index += run;
            if name.is_empty() || name.len() < 2 || (run == 1 && opening && lower_words.contains(&name.to_lowercase())) {
                continue;
            }
            let after = &line[last.0 + last.1.len()..];
            let speech = words::SPEECH_ENGLISH.contains(&next.as_str()) || words::SPEECH_ENGLISH.contains(&previous.as_str());
            let acts = words::ENGLISH_ACTIONS.contains(&next.as_str()) || after.starts_with("'s ") || after.starts_with("’s ");
            let vocative = quoted(&line[..start]) && (line[..start].ends_with(", ") || opening) && after.starts_with([',', '!', '.', '?']);
            let named = matches!(previous.as_str(), "named" | "called")
                || line[..start].ends_with("name is ")
                || line[..start].ends_with("name was ");
            let place = matches!(previous.as_str(), "in" | "at" | "to" | "near" | "from" | "of" | "the") && !titled;
            let entry = found.entry(name).or_default();
            entry.mentions += 1;
            let gain = f64::from(u8::from(speech)) * 2.0
                + f64::from(u8::from(acts)) * 1.5
                + f64::from(u8::from(vocative)) * 2.0
                + f64::from(u8::from(named)) * 3.0
                + f64::from(u8::from(titled)) * 2.0;
            entry.score += gain + if opening { 0.2 } else { 0.8 } - if place { 1.5 } else { 0.0 };
            entry.strong |= speech || named || titled || vocative;
        }
    }
    found
}

fn tokens(line: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in line.char_indices().chain(std::iter::once((line.len(), ' '))) {
        let inside = c.is_alphabetic() || c == '-' && start.is_some();
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

/// How many words in a row begin with a capital and can be a name.
fn capital_run(line: &str, tokens: &[(usize, &str)]) -> usize {
    let mut run = 0;
    for (index, (at, word)) in tokens.iter().enumerate() {
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        let shouted = word.len() > 2 && word.chars().all(char::is_uppercase);
        let ordinary = words::CAPITALISED.contains(&word.to_lowercase().as_str()) && !words::TITLES.contains(word);
        let joined = index == 0 || {
            let (before, previous) = tokens[index - 1];
            matches!(&line[before + previous.len()..*at], " " | ". ")
                && (&line[before + previous.len()..*at] == " " || words::TITLES.contains(&previous))
        };
        if !capital || ordinary || shouted || !joined || run == 3 {
            break;
        }
        run += 1;
    }
    run
}

fn name_of(run: &[(usize, &str)]) -> (String, bool) {
    let titled = words::TITLES.contains(&run[0].1);
    if titled && run.len() == 1 {
        return (String::new(), false);
    }
    let names: Vec<&str> = run.iter().map(|(_, word)| *word).collect();
    let shown = if titled && matches!(run[0].1, "Mr" | "Mrs" | "Dr" | "Ms") {
        format!("{}. {}", names[0], names[1..].join(" "))
    } else {
        names.join(" ")
    };
    (shown, titled)
}

fn sentence_start(before: &str) -> bool {
    before.trim_end_matches([' ', '“', '"', '‘', '—']).chars().next_back().is_none_or(|c| ".!?:…”".contains(c))
}

fn character(name: String, aliases: Vec<String>, text: &str, language: Language) -> Character {
    let near: String = text
        .match_indices(name.as_str())
        .take(12)
        .map(|(at, _)| {
            let before: String = text[..at].chars().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect();
            let after: String = text[at + name.len()..].chars().take(30).collect();
            format!("{before}{name}{after}\n")
        })
        .collect();
    let gender = gender(&name, &near, language);
    let age = age(&name, &near);
    let seed = seed(&name);
    let looks = looks(gender, age, seed, super::period(text));
    Character { name, aliases, gender, age, being: Being::Human, species: None, group: false, looks, seed }
}

fn gender(name: &str, near: &str, language: Language) -> Gender {
    let count = |list: &[&str]| list.iter().map(|word| near.matches(word).count()).sum::<usize>();
    let (mut male, mut female) = match language {
        Language::Chinese => {
            let own = |letters: &str| name.chars().filter(|c| letters.contains(*c)).count() * 2;
            let titled = |list: &[&str]| list.iter().filter(|word| name.contains(**word)).count() * 6;
            (
                count(&["他"]) + own(words::MALE_NAMES) + titled(words::MALE),
                count(&["她"]) + own(words::FEMALE_NAMES) + titled(words::FEMALE),
            )
        }
        Language::English => {
            let near = near.to_lowercase();
            let pronouns = |list: &[&str]| list.iter().map(|word| near.matches(word).count()).sum::<usize>();
            let titled = |list: &[&str]| list.iter().filter(|title| name.starts_with(**title)).count() * 6;
            (
                pronouns(&[" he ", " his ", " him "]) + titled(&["Mr.", "Sir", "Lord", "King", "Uncle"]),
                pronouns(&[" she ", " her "]) + titled(&["Mrs", "Miss", "Ms", "Lady", "Queen", "Aunt", "Madam"]),
            )
        }
    };
    if language == Language::English && name.ends_with('a') {
        female += 2;
    }
    if language == Language::Chinese && (name.ends_with('哥') || name.ends_with('叔')) {
        male += 4;
    }
    match male.cmp(&female) {
        std::cmp::Ordering::Greater => Gender::Male,
        std::cmp::Ordering::Less => Gender::Female,
        std::cmp::Ordering::Equal => Gender::Unknown,
    }
}

fn age(name: &str, near: &str) -> Age {
    let lower = near.to_lowercase();
    let count = |list: &[&str]| list.iter().map(|word| lower.matches(word).count()).sum::<usize>();
    let (child, old) = (count(words::CHILD), count(words::OLD));
    // What another one near is called says nothing of this one.
    let named_old = ["老", "爷", "婆", "翁", "姥", "伯"].iter().any(|mark| name.contains(mark))
        || name.starts_with("Old ")
        || name.starts_with("Grand");
    let named_young = name.chars().count() == 2 && name.ends_with('儿');
    if named_old || old > child + 1 {
        Age::Old
    } else if named_young || child > old + 1 {
        Age::Child
    } else {
        Age::Adult
    }
}

/// A stable number of a name: the same name looks and sounds the same in every film.
#[must_use]
pub fn seed(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn looks(gender: Gender, age: Age, seed: u64, period: Period) -> String {
    let pick = |list: &[&'static str], shift: u32| list[usize::try_from((seed >> shift) % list.len() as u64).unwrap_or(0)];
    let who = match (gender, age) {
        (Gender::Female, Age::Child) => "little girl",
        (Gender::Female, Age::Young | Age::Adult) => "young woman",
        (Gender::Female, Age::Old) => "old woman",
        (_, Age::Child) => "boy",
        (_, Age::Young | Age::Adult) => "young man",
        (_, Age::Old) => "old man",
    };
    let hair = if age == Age::Old { "grey hair" } else { pick(&["black hair", "dark brown hair", "chestnut hair", "blue-black hair"], 8) };
    let clothes = match (period, gender) {
        (Period::Ancient, _) => pick(&["blue robe", "white hanfu", "green robe", "dark red robe"], 16),
        (Period::Republican, _) => pick(&["grey long gown", "blue cotton gown"], 16),
        (Period::Victorian, Gender::Female) => pick(&["long dress with a lace collar", "dark dress with lace"], 16),
        (Period::Victorian, _) => pick(&["dark frock coat", "brown frock coat"], 16),
        (Period::Timeless | Period::Fantasy | Period::Modern | Period::School, _) => {
            pick(&["blue jacket", "white shirt", "green sweater", "red coat", "grey hoodie"], 16)
        }
    };
    format!("{who}, {hair}, {clothes}")
}
