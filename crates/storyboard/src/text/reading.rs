//! A text as it was handed in becomes the text that is told, with a note on whatever of it will be neither heard nor seen.

use std::collections::BTreeSet;

use ports::render::{Reading, Unspoken};
use unicode_normalization::UnicodeNormalization;

use super::{is_emoji, language, normalise, paragraphs, spoken};
use crate::{picture::undrawn, speech::heard};

/// How many examples a note names.
const EXAMPLES: usize = 8;

/// Reads a text.
///
/// # Errors
/// [`Unspoken`] where it is told in a language that no voice speaks.
pub fn read(given: &str) -> Result<Reading, Unspoken> {
    let text = normalise(given);
    let spoken = spoken(&text)?;
    let mut notes = Vec::new();
    let emoji = emoji(given);
    if emoji > 0 {
        notes.push(format!("text: {emoji} emoji were left out"));
    }
    let silent: BTreeSet<&str> = text.split(|c: char| !c.is_alphabetic() || heard(c, spoken)).filter(|word| !word.is_empty()).collect();
    if !silent.is_empty() {
        notes.push(format!("speech: no voice reads, so they are not spoken: {}", named(silent.iter().copied())));
    }
    let text = drawable(text, &mut notes);
    let headings = paragraphs(&text).iter().filter(|paragraph| paragraph.chapter.is_some()).count();
    if headings > 0 {
        notes.push(format!("speech: {headings} headings are shown and not spoken"));
    }
    Ok(Reading { language: language(&text), text, spoken, notes })
}

fn emoji(text: &str) -> usize {
    let mut chars = text.chars().peekable();
    let mut count = 0;
    // One that is joined of several counts as one.
    let mut joined = false;
    while let Some(c) = chars.next() {
        let is = is_emoji(c, chars.peek().copied());
        count += usize::from(is && !joined);
        joined = c == '\u{200d}' || is && matches!(chars.peek(), Some('\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{1f1e6}'..='\u{1f1ff}'));
    }
    count
}

/// The text without what no font here draws: letters lose their accents, everything else is left out.
fn drawable(text: String, notes: &mut Vec<String>) -> String {
    let lacking: BTreeSet<char> = undrawn(&text.chars().filter(|c| !c.is_whitespace()).collect());
    if lacking.is_empty() {
        return text;
    }
    let (bare, gone): (BTreeSet<char>, BTreeSet<char>) = lacking.iter().partition(|c| plain(**c).is_some());
    if !bare.is_empty() {
        notes.push(format!("text: no font here draws, so they lost their accents: {}", named(bare.iter().map(char::to_string))));
    }
    if !gone.is_empty() {
        notes.push(format!("text: no font here draws, so they were left out: {}", named(gone.iter().map(char::to_string))));
    }
    text.chars().filter_map(|c| if lacking.contains(&c) { plain(c) } else { Some(c) }).collect()
}

/// A letter without its accents, if that is one of a to z.
fn plain(c: char) -> Option<char> {
    match c {
        'ł' => Some('l'),
        'Ł' => Some('L'),
        'đ' => Some('d'),
        'Đ' => Some('D'),
        'ı' => Some('i'),
        c => std::iter::once(c).nfd().next().filter(char::is_ascii_alphabetic),
    }
}

fn named(examples: impl Iterator<Item = impl AsRef<str>>) -> String {
    let all: Vec<String> = examples.map(|example| example.as_ref().chars().take(24).collect()).collect();
    let some = all.iter().take(EXAMPLES).cloned().collect::<Vec<_>>().join(" ");
    if all.len() > EXAMPLES { format!("{some} and {} more", all.len() - EXAMPLES) } else { some }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_told_is_named() {
        for (given, text, notes) in [
            ("他笑了😀👨‍👩‍👧。", "他笑了。", vec!["text: 2 emoji were left out"]),
            ("他吃了すし，喝了茶。", "他吃了すし，喝了茶。", vec!["speech: no voice reads, so they are not spoken: すし"]),
            (
                "Dvořák met Łukasz ✈ in the old town.",
                "Dvorák met Lukasz in the old town.",
                vec!["text: no font here draws, so they lost their accents: Ł ř", "text: no font here draws, so they were left out: ✈"],
            ),
            ("第一章 归来\n天亮了。", "第一章 归来\n天亮了。", vec!["speech: 1 headings are shown and not spoken"]),
            ("天亮了，Привет！", "天亮了，Привет！", vec![]),
        ] {
            let read = read(given).unwrap();
            assert_eq!(
                (read.text.replace("  ", " ").as_str(), read.notes),
                (text, notes.into_iter().map(str::to_owned).collect()),
                "{given}"
            );
        }
        assert_eq!(read("むかしむかし、あるところに").unwrap_err().chinese, "日语");
    }
}
