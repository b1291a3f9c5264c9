//! Rows of a subtitle: where a line may be broken (Unicode's line breaking, and the words of Chinese), and how wide it is.

use unicode_linebreak::linebreaks;

use super::is_han;
use crate::rules::names::JIEBA;

/// About how wide a text is, in ems: Chinese characters are square, Latin letters are not all alike.
#[must_use]
pub fn ems(text: &str) -> f64 {
    let width = |c: char| match c {
        'W' | 'M' | 'm' | 'w' | '@' | '%' | 'Ш' | 'Щ' | 'Ж' | 'Ю' | 'ш' | 'щ' | 'ж' | 'ю' | 'М' | 'м' => 0.95,
        'i' | 'l' | 'j' | 'I' | 't' | 'f' | 'r' | '.' | ',' | '!' | ':' | ';' | '\'' | ' ' | '\u{a0}' | 'ı' | 'í' | 'ì' | 'î' | 'ï' => {
            0.36
        }
        _ if unicode_normalization::char::is_combining_mark(c) => 0.0,
        c if c.is_ascii_uppercase() || c < '\u{2000}' && c.is_uppercase() => 0.70,
        c if c < '\u{1100}' => 0.57,
        _ => 1.0,
    };
    text.chars().map(width).sum()
}

/// A line as rows for the screen, each at most `width` half ems wide.
#[must_use]
pub fn rows(line: &str, width: usize) -> Vec<String> {
    let measure = |text: &str| (ems(text) * 2.0).ceil() as usize;
    let total = measure(line);
    if total <= width {
        return vec![line.to_owned()];
    }
    let count = total.div_ceil(width);
    let target = total.div_ceil(count);
    let mut found = Vec::new();
    let mut row = String::new();
    for word in words(line) {
        if !row.is_empty() && measure(&row) + measure(word.trim_end()) > target.max(width.min(target + 6)) {
            found.push(row.trim().to_owned());
            row.clear();
        }
        row.push_str(word);
    }
    found.push(row.trim().to_owned());
    found.retain(|row| !row.is_empty());
    found
}

/// What a row may be broken between.
fn words(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for at in breaks(line) {
        found.push(&line[start..at]);
        start = at;
    }
    found.push(&line[start..]);
    found
}

/// The places within a line, as bytes, where a row may end.
fn breaks(line: &str) -> Vec<usize> {
    let within = within_words(line);
    linebreaks(line).map(|(at, _)| at).filter(|at| *at < line.len() && !within.contains(at)).collect()
}

/// The places within Chinese words of two to four characters: Unicode would break there, a reader would not.
fn within_words(line: &str) -> Vec<usize> {
    let mut found = Vec::new();
    if !line.chars().any(is_han) {
        return found;
    }
    let mut at = 0;
    for token in JIEBA.cut(line, true) {
        let word = token.word;
        if word.chars().count() <= 4 && word.chars().all(is_han) {
            found.extend(word.char_indices().skip(1).map(|(inner, _)| at + inner));
        }
        at += word.len();
    }
    found
}

/// Whether no row begins with a character.
pub(super) fn is_closing(c: char) -> bool {
    "。，、！？；：”’）》…—,.!?;:)]】»".contains(c)
}

/// Where to break a line that is longer than `limit` characters and has no stop: where a row may end, else anywhere.
pub(super) fn break_at(line: &str, limit: usize) -> usize {
    let end = line.char_indices().nth(limit).map_or(line.len(), |(at, _)| at);
    // The line may be long, and no row is: only its head is looked at, with a little more, so that its last word is seen whole.
    let head = line.char_indices().nth(limit + 24).map_or(line, |(at, _)| &line[..at]);
    breaks(head).into_iter().rfind(|at| *at <= end && *at > end / 2).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_never_begin_with_closing_punctuation_and_keep_words_whole() {
        for (line, width, expected) in [
            (
                "深蓝的天空中挂着一轮金黄的圆月，下面是海边的沙地，都种着一望无际的西瓜",
                40,
                vec!["深蓝的天空中挂着一轮金黄的圆月，下面是", "海边的沙地，都种着一望无际的西瓜"],
            ),
            (
                "Remarkable creatures, it seemed, came ashore only when nobody watched them closely.",
                52,
                vec!["Remarkable creatures, it seemed, came ashore", "only when nobody watched them closely."],
            ),
            ("Élève à l’école, François n’était guère préoccupé.", 32, vec!["Élève à l’école, François", "n’était guère préoccupé."]),
            ("Переулок назывался Староконюшенным.", 24, vec!["Переулок назывался", "Староконюшенным."]),
            ("他说过“明天见”，然后就走了（没有回头）。", 20, vec!["他说过“明天见”，", "然后就走了（没有", "回头）。"]),
        ] {
            let rows = rows(line, width);
            assert_eq!(rows, expected);
        }
        for row in rows("Remarkable creatures came", 12) {
            assert!(["Remarkable", "creatures", "came"].iter().any(|word| row.ends_with(word)), "{row}");
        }
    }
}
