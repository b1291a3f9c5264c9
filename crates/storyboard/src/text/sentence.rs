//! Sentences, and lines of them that fit a subtitle.

use ports::film::Language;

use super::row;

/// A span cut into lines that fit a subtitle of two rows.
#[must_use]
pub fn cues(text: &str, language: Language) -> Vec<String> {
    let limit = match language {
        Language::Chinese => 36,
        Language::English => 84,
    };
    let mut found: Vec<String> = Vec::new();
    for sentence in sentences(text) {
        if sentence.chars().count() <= limit {
            push_joined(&mut found, sentence, limit / 3);
            continue;
        }
        let mut line = String::new();
        for part in clauses(sentence) {
            if !line.is_empty() && line.chars().count() + part.chars().count() > limit {
                found.push(std::mem::take(&mut line));
            }
            line.push_str(part);
            while line.chars().count() > limit {
                let cut = row::break_at(&line, limit);
                let rest = line.split_off(cut);
                found.push(std::mem::replace(&mut line, rest));
            }
        }
        if !line.is_empty() {
            found.push(line);
        }
    }
    let trimmed = found.into_iter().map(|line| line.trim().to_owned());
    trimmed.filter(|line| line.chars().any(char::is_alphanumeric)).collect()
}

/// Joins a very short sentence to the line before it.
fn push_joined(found: &mut Vec<String>, sentence: &str, short: usize) {
    match found.last_mut() {
        Some(last) if sentence.chars().count() <= short / 2 && last.chars().count() <= short * 2 => last.push_str(sentence),
        _ => found.push(sentence.to_owned()),
    }
}

/// What ends a sentence, wherever it stands; a full stop ends one only before a blank.
const ENDS: &[char] = &['。', '！', '？', '!', '?', '；', ';', '…', '．', '‼', '⁉', '؟', '।'];
/// What belongs to the sentence that it closes.
const CLOSING: &[char] = &['”', '’', ')', '）', '》', '】', ']', '〉', '»', '"'];

/// The sentences of a text, each with the blanks behind it; together they are the text.
#[must_use]
fn sentences(text: &str) -> Vec<&str> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let at = |index: usize| chars.get(index).map(|(_, c)| *c);
    let mut found = Vec::new();
    let (mut start, mut index) = (0, 0);
    while index < chars.len() {
        let (byte, c) = chars[index];
        index += 1;
        let stop = c == '.' && at(index).is_none_or(|next| next.is_whitespace() || CLOSING.contains(&next) || super::is_han(next));
        if !stop && !ENDS.contains(&c) {
            continue;
        }
        let mut end = index;
        while at(end).is_some_and(|next| ENDS.contains(&next) || next == '.' || next == '—') {
            end += 1;
        }
        let several = end > index;
        while at(end).is_some_and(|next| CLOSING.contains(&next)) {
            end += 1;
        }
        let blank = (end..chars.len()).take_while(|index| chars[*index].1.is_whitespace()).last().map_or(end, |last| last + 1);
        // A sentence begins with no small letter, and Chinese follows its stop at once.
        let goes_on = at(blank).is_some_and(|next| next.is_lowercase() || next == ',' || next == '，');
        let half = c == ';' || c == '；';
        let abbreviated = c == '.' && !several && is_abbreviation(&text[start..byte], at(blank));
        // Within a word (`a.b`, `what?!x`) nothing ends, but Chinese may follow at once.
        let western = c.is_ascii() && blank == end && at(end).is_some_and(|next| next.is_alphanumeric() && !super::is_han(next));
        if abbreviated || goes_on && !half || western {
            index = end.max(index);
            continue;
        }
        let cut = chars.get(blank).map_or(text.len(), |(byte, _)| *byte);
        found.push(&text[start..cut]);
        start = cut;
        index = blank.max(index);
    }
    if start < text.len() {
        found.push(&text[start..]);
    }
    found
}

/// Titles and others that something always follows, in the languages that are spoken; without their full stops, in small letters.
const LEADING: &[&str] = &[
    "mr", "mrs", "ms", "mx", "dr", "st", "ste", "mt", "ft", "prof", "rev", "hon", "fr", "sr", "sra", "srta", "gen", "col", "maj", "capt",
    "cpt", "cmdr", "adm", "lt", "sgt", "cpl", "pvt", "gov", "sen", "rep", "pres", "messrs", "mme", "mlle", "mm", "m", "hr", "fr", "frl",
    "herr", "dott", "sig", "dña", "d", "ing", "arch", "avv", "vs", "cf", "e.g", "i.e", "viz", "al", "z.b", "d.h", "u.a", "s", "bzw", "ca",
    "nr", "no", "nos", "vol", "ch", "fig", "p", "pp", "pg", "art", "approx", "est", "г", "гг", "ул", "д", "т.е", "т.к", "т.н", "им", "св",
    "стр", "рис", "см", "проф", "акад", "тов", "p.ex", "c-à-d", "av", "bd", "núm", "pág", "n", "nº", "tel", "ext",
];
/// Those that may stand at a sentence's end too: a capital letter behind them begins a new one.
const TRAILING: &[&str] = &[
    "etc", "usw", "a.m", "p.m", "am", "pm", "jr", "inc", "ltd", "co", "corp", "bros", "u.s", "u.k", "u.s.a", "b.c", "a.d", "ph.d", "m.d",
    "d.c", "т.д", "т.п", "др", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "ave", "blvd", "rd",
];

/// Whether the full stop behind `head` belongs to its last word, `next` being what comes after the blank.
fn is_abbreviation(head: &str, next: Option<char>) -> bool {
    let word = head.rsplit(|c: char| c.is_whitespace() || "(（“‘\"«—–-/".contains(c)).next().unwrap_or_default();
    let Some(next) = next else { return false };
    let lower = word.to_lowercase();
    let bare = lower.trim_start_matches(['(', '[', '*', '\'']);
    if bare.is_empty() {
        return false;
    }
    if LEADING.contains(&bare) {
        // "No. 5", "p. 12" are numbers; "He said no." is none.
        let counts = matches!(
            bare,
            "no" | "nos" | "n" | "nr" | "p" | "pp" | "s" | "art" | "fig" | "ch" | "vol" | "д" | "г" | "гг" | "см" | "est" | "al"
        );
        let name = word.chars().next().is_some_and(char::is_uppercase) || word.contains('.');
        return if counts {
            next.is_ascii_digit() || bare == "al" && next.is_lowercase()
        } else {
            name || next.is_ascii_digit() || next.is_alphabetic() && bare.len() > 1
        };
    }
    if TRAILING.contains(&bare) {
        return next.is_lowercase() || next.is_ascii_digit() && !matches!(bare, "etc" | "usw");
    }
    // Initials: "J. R. R. Tolkien", "H. G. Wells", "А. С. Пушкин"; "It was I." ends.
    let mut letters = bare.split('.');
    let initials = letters.all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic));
    let capital = word.chars().all(|c| c.is_uppercase() || c == '.');
    let before = head[..head.len() - word.len()].trim_end();
    let pronoun = word == "I" && !before.ends_with('.');
    // A list's number at the head of a line: "1. Milk".
    let listed = before.is_empty() && bare.chars().all(|c| c.is_ascii_digit()) && bare.len() <= 3;
    initials && capital && !pronoun || listed
}

/// A sentence cut behind its commas and the like, each at a place where a row may end.
fn clauses(sentence: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = sentence.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        // 19：17 and 2、3个 stay whole.
        let counted = next.is_some_and(|c| c.is_ascii_digit()) && sentence[..at].ends_with(|c: char| c.is_ascii_digit());
        let stop = matches!(c, '，' | '、' | '：' | '—' | '；') && !counted
            || matches!(c, ',' | ':' | ';') && next.is_some_and(|next| next.is_whitespace() || super::is_han(next));
        if stop && next.is_some_and(|next| !row::is_closing(next)) {
            found.push(&sentence[start..at + c.len_utf8()]);
            start = at + c.len_utf8();
        }
    }
    if start < sentence.len() {
        found.push(&sentence[start..]);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_stop_that_belongs_to_a_word_ends_no_sentence() {
        for (text, expected) in [
            ("Mr. Smith met Dr. Jones at St. Mary's. They left.", vec!["Mr. Smith met Dr. Jones at St. Mary's.", "They left."]),
            ("Bring fruit, e.g. apples, i.e. Granny Smiths. Go.", vec!["Bring fruit, e.g. apples, i.e. Granny Smiths.", "Go."]),
            ("J. R. R. Tolkien and H.G. Wells wrote. I read.", vec!["J. R. R. Tolkien and H.G. Wells wrote.", "I read."]),
            ("It was I. Then she left.", vec!["It was I.", "Then she left."]),
            ("It cost 3.14 dollars. He paid.", vec!["It cost 3.14 dollars.", "He paid."]),
            ("At 5 p.m. the train came. At 6 p.m. It left.", vec!["At 5 p.m. the train came.", "At 6 p.m.", "It left."]),
            ("Apples, pears, etc. were sold. He said no. She went.", vec!["Apples, pears, etc. were sold.", "He said no.", "She went."]),
            ("See No. 5 on p. 12. Good.", vec!["See No. 5 on p. 12.", "Good."]),
            ("“Stop!” he said. (It rained.) She ran.", vec!["“Stop!” he said.", "(It rained.)", "She ran."]),
            ("Well... maybe. Wait... What?!", vec!["Well... maybe.", "Wait...", "What?!"]),
            ("1. Milk and eggs. 2. Bread.", vec!["1. Milk and eggs.", "2. Bread."]),
            ("Herr Dr. Müller kam, z.B. gestern. Er ging.", vec!["Herr Dr. Müller kam, z.B. gestern.", "Er ging."]),
            ("А. С. Пушкин жил тут, и т.д. и т.п. Потом уехал.", vec!["А. С. Пушкин жил тут, и т.д. и т.п.", "Потом уехал."]),
            ("He ran.Then he fell.", vec!["He ran.Then he fell."]),
            ("他走了。她哭了！“真的？”他问。", vec!["他走了。", "她哭了！", "“真的？”", "他问。"]),
            ("他说OK.然后走了。", vec!["他说OK.", "然后走了。"]),
            ("等等……他说。走吧…", vec!["等等……", "他说。", "走吧…"]),
            ("圆周率是3.14。对。", vec!["圆周率是3.14。", "对。"]),
        ] {
            let found: Vec<&str> = sentences(text).into_iter().map(str::trim).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn every_word_is_kept_and_no_line_is_too_long() {
        let long = "我".repeat(100);
        let english = "word ".repeat(60);
        let unbroken = "a".repeat(300);
        for (text, language, limit) in [
            ("他想了想，忽然站起来，走到窗前。外面下着雨。", Language::Chinese, 36),
            (long.as_str(), Language::Chinese, 36),
            (english.as_str(), Language::English, 84),
            (unbroken.as_str(), Language::English, 84),
        ] {
            let cut = cues(text, language);
            assert!(cut.iter().all(|line| line.chars().count() <= limit), "{cut:?}");
            let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert_eq!(squeeze(&cut.concat()), squeeze(text));
        }
    }
}
