//! Texts: normalised, told apart by language, and cut into paragraphs, spans and lines that fit a subtitle.

mod heading;
mod language;
mod markup;
mod reading;
mod row;
mod sentence;

use ports::film::Language;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{EmojiStatus, UnicodeEmoji};

use self::heading::heading;
pub use self::{
    language::spoken,
    reading::read,
    row::{ems, rows},
    sentence::cues,
};

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

/// The text in one form: NFC, one kind of line break, no control characters, one kind of quotation marks, without the marks of
/// Markdown and HTML, and without emoji, which are neither drawn nor spoken.
#[must_use]
pub fn normalise(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let text = single_quotes(&markup::strip(&text));
    let low_quotes = text.contains('„');
    // German prints »so«, French « ainsi ».
    let inwards = text.find(['«', '»']).is_some_and(|at| text[at..].starts_with('»'));
    let mut clean = String::with_capacity(text.len());
    // How many quotes are open: one within another keeps marks of its own.
    let mut depth = 0_u32;
    let mut open = false;
    let mut marks = 0_u32;
    let mut chars = text.nfc().peekable();
    while let Some(c) = chars.next() {
        // A million combining marks on one letter are drawn by no font and read by nobody.
        let combining = unicode_normalization::char::is_combining_mark(c);
        marks = if combining { marks + 1 } else { 0 };
        let c = match c {
            _ if combining && marks > 2 => continue,
            _ if is_emoji(c, chars.peek().copied()) => continue,
            _ if opens(c, low_quotes, inwards) => {
                depth += 1;
                if depth == 1 { '“' } else { '‘' }
            }
            // „So“ closes with what opens elsewhere.
            '」' | '』' | '”' | '“' | '«' | '»' => {
                depth = depth.saturating_sub(1);
                if depth == 0 { '”' } else { '’' }
            }
            '"' | '＂' => {
                open = !open;
                if open { '“' } else { '”' }
            }
            '\n' => {
                (open, depth) = (false, 0);
                '\n'
            }
            '\t' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{3000}' => ' ',
            '\u{ad}'
            | '\u{feff}'
            | '\u{fffd}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{20e3}'
            | '\u{e000}'..='\u{f8ff}'
            | '\u{e0000}'.. => continue,
            c if c.is_control() => continue,
            c => c,
        };
        if c == ' ' && clean.ends_with([' ', '\n', '“']) {
            continue;
        }
        if c == '”' && clean.ends_with(' ') {
            clean.pop();
        }
        clean.push(c);
    }
    clean.trim().to_owned()
}

/// Whether a mark opens a quote, in a text that has low quotation marks or turns its angles inwards.
fn opens(c: char, low_quotes: bool, inwards: bool) -> bool {
    match c {
        '「' | '『' | '„' | '‟' => true,
        '“' => !low_quotes,
        '«' => !inwards,
        '»' => inwards,
        _ => false,
    }
}

/// A text whose speech stands in single quotation marks gets double ones: where one opens at the start of a word and closes behind
/// a stop, it is no apostrophe.
fn single_quotes(text: &str) -> String {
    if text.contains(['“', '「', '"', '«', '„']) {
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

/// Whether a character is an emoji where it stands: one by nature, or one that the selector behind it makes.
fn is_emoji(c: char, next: Option<char>) -> bool {
    match c.emoji_status() {
        EmojiStatus::EmojiPresentation
        | EmojiStatus::EmojiPresentationAndModifierBase
        | EmojiStatus::EmojiPresentationAndModifierAndEmojiComponent
        | EmojiStatus::EmojiPresentationAndEmojiComponent => true,
        EmojiStatus::EmojiOther | EmojiStatus::EmojiModifierBase => c >= '\u{1f000}' || next == Some('\u{fe0f}'),
        _ => ('\u{1f000}'..='\u{1faff}').contains(&c),
    }
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

/// The paragraphs of a normalised text. Headings are no paragraphs: they stand at the one behind them, several of them as one; one
/// that nothing follows is told.
#[must_use]
pub fn paragraphs(text: &str) -> Vec<Paragraph> {
    let mut found = Vec::new();
    let mut chapter: Option<String> = None;
    let mut apart = false;
    let titled = heading::is_titled(text);
    for (number, line) in text.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        if heading::is_separator(line) {
            apart = true;
            continue;
        }
        if let Some(title) = heading(line).or_else(|| (number == 0 && titled).then_some(line)) {
            let title = title.trim_matches(['《', '》', '【', '】']);
            chapter = Some(chapter.map_or_else(|| title.to_owned(), |before| format!("{before} {title}")));
            continue;
        }
        let spans = spans(line);
        if !spans.is_empty() {
            found.push(Paragraph { chapter: chapter.take(), apart: std::mem::take(&mut apart), spans });
        }
    }
    if let Some(title) = chapter {
        found.push(Paragraph { chapter: None, apart, spans: vec![Span { text: title, quoted: false }] });
    }
    found
}

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
    fn a_text_has_one_form() {
        for (text, expected) in [
            ("他笑了😀。👨‍👩‍👧‍👦来了🇨🇳❤️", "他笑了。来了"),
            ("1️⃣ 第一，★重要★ ☎ 110", "1 第一，★重要★ ☎ 110"),
            ("„Komm“, sagte er.", "“Komm”, sagte er."),
            ("»Komm«, sagte er.", "“Komm”, sagte er."),
            ("« Viens », dit-il.", "“Viens”, dit-il."),
            ("a\u{2028}b\u{ad}c\td", "a\nbc d"),
            ("他**忽然**<b>走</b>了", "他忽然走了"),
            ("‘Come in,’ said Tom. It’s late.", "“Come in,” said Tom. It’s late."),
            ("「他說『走』了。」", "“他說‘走’了。”"),
            ("<hr>雪", "***\n雪"),
        ] {
            assert_eq!(normalise(text), expected, "{text}");
        }
    }

    #[test]
    fn nothing_of_a_text_is_lost_between_headings() {
        let found = paragraphs("第一卷 风起\n第一章 归来\n下雪了。\n第二章");
        let told: Vec<_> = found.iter().map(|paragraph| (paragraph.chapter.as_deref(), paragraph.spans[0].text.as_str())).collect();
        assert_eq!(told, [(Some("第一卷 风起 第一章 归来"), "下雪了。"), (None, "第二章")]);
        let found = paragraphs("第二节课下课铃响了…\n第三集团军在黄昏渡过了河。\n第一次开幕式下着大雨。");
        assert!(found.len() == 3 && found.iter().all(|paragraph| paragraph.chapter.is_none()), "{found:?}");
    }
}
