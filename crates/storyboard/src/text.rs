//! Texts: normalised, told apart by language, and cut into paragraphs, spans and lines that fit a subtitle.

use ports::film::Language;
use unicode_normalization::UnicodeNormalization;

use crate::markup;

/// A paragraph: narration and quotes in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// A chapter's title, where the line before was one.
    pub chapter: Option<String>,
    /// Whether a separator stands before it.
    pub apart: bool,
    /// What it consists of.
    pub spans: Vec<Span>,
}

/// A run of narration, or what somebody says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The words, without the quotation marks.
    pub text: String,
    /// Whether somebody says it.
    pub quoted: bool,
}

/// The text in one form: NFC, one kind of line break, no markup, no control characters, one kind of quotation marks.
#[must_use]
pub fn normalise(text: &str) -> String {
    let text = markup::plain(&text.replace("\r\n", "\n").replace('\r', "\n"));
    let text = single_quotes(&text);
    let mut clean = String::with_capacity(text.len());
    // How many quotes are open: one within another keeps marks of its own.
    let mut depth = 0_u32;
    let mut open = false;
    let mut marks = 0_u32;
    for c in text.nfc() {
        // A million combining marks on one letter are drawn by no font and read by nobody.
        let combining = unicode_normalization::char::is_combining_mark(c);
        marks = if combining { marks + 1 } else { 0 };
        let c = match c {
            _ if combining && marks > 2 => continue,
            '「' | '『' | '“' => {
                depth += 1;
                if depth == 1 { '“' } else { '‘' }
            }
            '」' | '』' | '”' => {
                depth = depth.saturating_sub(1);
                if depth == 0 { '”' } else { '’' }
            }
            '"' => {
                open = !open;
                if open { '“' } else { '”' }
            }
            '\n' => {
                (open, depth) = (false, 0);
                '\n'
            }
            '\t' | '\u{a0}' | '\u{3000}' => ' ',
            '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}' => continue,
            c if c.is_control() => continue,
            c => c,
        };
        if c == ' ' && clean.ends_with([' ', '\n']) {
            continue;
        }
        clean.push(c);
    }
    clean.trim().to_owned()
}

/// A text whose speech stands in single quotation marks gets double ones: where one opens at the start of a word and closes behind
/// a stop, it is no apostrophe.
fn single_quotes(text: &str) -> String {
    if text.contains(['“', '「', '"']) {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let mut clean: Vec<char> = chars.clone();
    let mut opened = None;
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map_or('\n', |before| chars[before]);
        let after = chars.get(at + 1).copied().unwrap_or('\n');
        match c {
            '\n' => opened = None,
            '‘' | '\'' if opened.is_none() && (before.is_whitespace() || before == '—' || before == '(') && after.is_alphanumeric() => {
                opened = Some(at)
            }
            '’' | '\'' if !after.is_alphanumeric() && ",.!?;:—…-".contains(before) => {
                if let Some(start) = opened.take() {
                    clean[start] = '“';
                    clean[at] = '”';
                }
            }
            _ => {}
        }
    }
    clean.into_iter().collect()
}

/// Whether a text is told in Chinese or in Latin letters.
#[must_use]
pub fn language(text: &str) -> Language {
    let han = text.chars().filter(|c| is_han(*c)).count();
    let latin = text.chars().filter(char::is_ascii_alphabetic).count();
    // A Chinese character says about as much as four letters.
    if han * 4 >= latin && han > 0 { Language::Chinese } else { Language::English }
}

/// Whether a character is a Chinese one.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// The paragraphs of a normalised text. Headings are no paragraphs: they stand at the one behind them.
#[must_use]
pub fn paragraphs(text: &str) -> Vec<Paragraph> {
    let mut found = Vec::new();
    let mut chapter = None;
    let mut apart = false;
    let titled = heading_alone(text);
    for (number, line) in text.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        if markup::is_separator(line) {
            apart = true;
            continue;
        }
        if is_chapter(line) || number == 0 && titled {
            chapter = Some(line.trim_start_matches('#').trim().trim_matches(['《', '》', '【', '】']).to_owned());
            continue;
        }
        let spans = spans(line);
        if !spans.is_empty() {
            found.push(Paragraph { chapter: chapter.take(), apart: std::mem::take(&mut apart), spans });
        }
    }
    // A text that is nothing but a title is still told.
    if let (true, Some(title)) = (found.is_empty(), chapter) {
        found.push(Paragraph { chapter: None, apart: false, spans: vec![Span { text: title, quoted: false }] });
    }
    found
}

/// Whether the first line of several is a title: short, and no sentence.
fn heading_alone(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let Some(first) = lines.next() else { return false };
    let longest = if first.chars().any(is_han) { 16 } else { 60 };
    lines.count() >= 2
        && first.chars().count() <= longest
        && !first.contains(['。', '，', '！', '？', '；', '：', '“', '”', '…', ',', '!', '?'])
        && !first.ends_with(['.', ':'])
}

/// Words that begin a heading, followed by a number or by nothing.
const HEADINGS: &[&str] = &["chapter", "part", "book", "stave", "volume", "prologue", "epilogue", "act", "scene", "letter"];

/// Headings of web novels that have no number.
const UNNUMBERED: &[&str] = &["楔子", "序章", "序幕", "引子", "尾声", "终章", "番外", "后记", "前言", "序言", "序"];

fn is_chapter(line: &str) -> bool {
    let bare = line.trim_start_matches('#').trim();
    if line.starts_with('#') && !bare.is_empty() && bare.chars().count() <= 80 {
        return true;
    }
    let length = bare.chars().count();
    let numbered = bare.trim_start_matches(['【', '《', '正', '文', ' ']).strip_prefix('第').is_some_and(|rest| {
        let digits = rest.chars().take_while(|c| "零〇一二三四五六七八九十百千两廿0123456789 ".contains(*c)).count();
        digits > 0 && rest.chars().nth(digits).is_some_and(|c| "章回节卷幕集部篇话話節".contains(c))
    });
    let unnumbered = UNNUMBERED
        .iter()
        .any(|word| bare.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '：', '·', '一', '二', '之'])));
    if length <= 40 && numbered && !bare.ends_with(['。', '，', '”']) || length <= 24 && unnumbered {
        return true;
    }
    let lower = bare.to_lowercase();
    let mut words = lower.split([' ', '.', ':', '—']).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    let number =
        |word: &str| word.chars().all(|c| c.is_ascii_digit()) || word.chars().all(|c| "ivxlc".contains(c)) || NUMBERS.contains(&word);
    let second = words.next();
    length <= 60 && HEADINGS.contains(&first) && second.is_none_or(|word| number(word) || word == "the" && words.next().is_some_and(number))
        || length <= 6 && !bare.is_empty() && bare.trim_end_matches('.').chars().all(|c| "IVXLC".contains(c)) && bare != "I"
}

/// Numbers as chapters are counted.
const NUMBERS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "first", "second", "third",
    "fourth", "last",
];

fn spans(line: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut text = String::new();
    let mut quoted = false;
    let mut close = |text: &mut String, quoted: bool| {
        let trimmed = text.trim();
        if trimmed.chars().any(char::is_alphanumeric) {
            found.push(Span { text: trimmed.to_owned(), quoted });
        }
        text.clear();
    };
    for c in line.chars() {
        match c {
            '“' => {
                close(&mut text, quoted);
                quoted = true;
            }
            '”' => {
                close(&mut text, quoted);
                quoted = false;
            }
            c => text.push(c),
        }
    }
    close(&mut text, quoted);
    found
}

/// A span cut into lines that fit a subtitle of two rows.
#[must_use]
pub fn cues(text: &str, language: Language) -> Vec<String> {
    let limit = match language {
        Language::Chinese => 36,
        Language::English => 84,
    };
    let mut found: Vec<String> = Vec::new();
    for sentence in split_after(text, |c, next| {
        matches!(c, '。' | '！' | '？' | '!' | '?' | '；' | ';' | '…') && !next.is_some_and(is_closing)
            || c == '.' && next.is_none_or(char::is_whitespace)
    }) {
        if sentence.chars().count() <= limit {
            push_joined(&mut found, sentence, limit / 3);
            continue;
        }
        let mut line = String::new();
        for part in split_after(sentence, |c, _| matches!(c, '，' | '、' | ',' | '：' | ':' | '—')) {
            if !line.is_empty() && line.chars().count() + part.chars().count() > limit {
                found.push(std::mem::take(&mut line));
            }
            line.push_str(part);
            while line.chars().count() > limit {
                let cut = break_at(&line, limit);
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

fn split_after(text: &str, ends: impl Fn(char, Option<char>) -> bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        if ends(c, next) && next.is_none_or(|next| !ends(next, None)) {
            parts.push(&text[start..at + c.len_utf8()]);
            start = at + c.len_utf8();
        }
    }
    if start < text.len() {
        parts.push(&text[start..]);
    }
    parts
}

fn is_closing(c: char) -> bool {
    "。，、！？；：”’）》…—,.!?;:)".contains(c)
}

/// Where to break a line that has no punctuation: at a blank if there is one, never before closing punctuation.
fn break_at(line: &str, limit: usize) -> usize {
    let end = line.char_indices().nth(limit).map_or(line.len(), |(at, _)| at);
    if let Some(blank) = line[..end].rfind(' ').filter(|at| *at > end / 2) {
        return blank + 1;
    }
    let mut cut = end;
    while line[cut..].chars().next().is_some_and(is_closing) && cut > 0 {
        cut = line[..cut].char_indices().next_back().map_or(0, |(at, _)| at);
    }
    if cut == 0 { end } else { cut }
}

/// About how wide a text is, in ems: Chinese characters are square, Latin letters are not all alike.
#[must_use]
pub fn ems(text: &str) -> f64 {
    let width = |c: char| match c {
        'W' | 'M' | 'm' | 'w' | '@' | '%' => 0.95,
        'i' | 'l' | 'j' | 'I' | 't' | 'f' | 'r' | '.' | ',' | '!' | ':' | ';' | '\'' | ' ' => 0.36,
        c if c.is_ascii_uppercase() => 0.70,
        c if c.is_ascii() => 0.57,
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
        if !row.is_empty()
            && measure(&row) + measure(word) > target.max(width.min(target + 6))
            && !word.chars().next().is_some_and(is_closing)
        {
            found.push(row.trim().to_owned());
            row.clear();
        }
        row.push_str(word);
    }
    found.push(row.trim().to_owned());
    found.retain(|row| !row.is_empty());
    found
}

/// What a row may be broken between: letters of one word stay together.
fn words(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut previous = ' ';
    for (at, c) in line.char_indices() {
        let within = c.is_ascii_alphanumeric() && (previous.is_ascii_alphanumeric() || previous == '\'')
            || c == '\'' && previous.is_ascii_alphanumeric();
        if at > start && !within {
            found.push(&line[start..at]);
            start = at;
        }
        previous = c;
    }
    found.push(&line[start..]);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_told_in_the_language_it_is_written_in() {
        for (text, expected) in [
            ("深蓝的天空中挂着一轮金黄的圆月", Language::Chinese),
            ("他买了一部 iPhone 手机。", Language::Chinese),
            ("The moon rose over the sea.", Language::English),
            ("The word 月 means moon, and this whole sentence is told in English.", Language::English),
            ("12345", Language::English),
        ] {
            assert_eq!(language(text), expected, "{text}");
        }
    }

    #[test]
    fn quotes_are_told_from_narration() {
        let found = paragraphs(&normalise("第一章 归来\r\n闰土说：「老爷。」 我\"打了\"个寒噤"));
        assert_eq!(found[0].chapter.as_deref(), Some("第一章 归来"));
        let spans: Vec<_> = found[0].spans.iter().map(|span| (span.text.as_str(), span.quoted)).collect();
        assert_eq!(spans, [("闰土说：", false), ("老爷。", true), ("我", false), ("打了", true), ("个寒噤", false)]);
    }

    #[test]
    fn every_word_is_kept_and_no_line_is_too_long() {
        let long = "我".repeat(100);
        let english = "word ".repeat(60);
        for (text, language, limit) in [
            ("他想了想，忽然站起来，走到窗前。外面下着雨。", Language::Chinese, 36),
            (long.as_str(), Language::Chinese, 36),
            (english.as_str(), Language::English, 84),
        ] {
            let cut = cues(text, language);
            assert!(cut.iter().all(|line| line.chars().count() <= limit), "{cut:?}");
            let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert_eq!(squeeze(&cut.concat()), squeeze(text));
        }
    }

    #[test]
    fn rows_never_begin_with_closing_punctuation_and_keep_words_whole() {
        for (line, width) in [
            ("深蓝的天空中挂着一轮金黄的圆月，下面是海边的沙地，都种着一望无际的西瓜", 40),
            ("Remarkable creatures, it seemed, came ashore only when nobody watched them closely.", 52),
        ] {
            let rows = rows(line, width);
            assert_eq!(rows.len(), 2, "{rows:?}");
            assert!(!rows[1].starts_with(is_closing), "{rows:?}");
        }
        assert!(
            rows("Remarkable creatures came", 12)
                .iter()
                .all(|row| ["Remarkable", "creatures", "came"].iter().any(|word| row.ends_with(word)))
        );
    }
}
