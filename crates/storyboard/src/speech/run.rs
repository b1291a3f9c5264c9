//! A line of speech cut into runs, each of which one voice of espeak-ng says: Chinese as pinyin, words as they are written.

use ports::film::SpokenLanguage;

use super::{numbers, pinyin};
use crate::text::is_han;

/// A run of speech in one script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Run {
    /// Tone-numbered pinyin.
    Chinese(String),
    /// Words of a language that is written in letters.
    Words(SpokenLanguage, String),
    /// Silence in milliseconds.
    Pause(u32),
}

/// The runs of a line in a language. Words in another script are said in their own language where it is spoken, and left out where
/// not: `heard` tells them apart.
#[must_use]
pub(super) fn runs(text: &str, language: SpokenLanguage) -> Vec<Run> {
    let chinese = language == SpokenLanguage::Chinese;
    let text = match language {
        SpokenLanguage::Chinese => numbers::chinese::spoken(text),
        SpokenLanguage::English => numbers::english::spoken(text),
        // The voices of the others know their own numbers.
        _ => text.to_owned(),
    };
    let mut cutter = Cutter { found: Vec::new(), han: String::new(), words: String::new(), language };
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if is_han(c) {
            cutter.end_words();
            cutter.han.push(c);
            continue;
        }
        if let Some(spoken) = voice(c, language) {
            cutter.end_han();
            if spoken != cutter.language && !cutter.words.is_empty() && c.is_alphabetic() {
                cutter.end_words();
            }
            if c.is_alphabetic() || cutter.words.is_empty() {
                cutter.language = spoken;
            }
            cutter.words.push(c);
            continue;
        }
        while matches!(c, '…' | '—') && chars.peek() == Some(&c) {
            chars.next();
        }
        if !chinese && !cutter.words.is_empty() {
            cutter.words.push(match c {
                '.' | ',' | '!' | '?' | ';' | ':' | '\'' | '’' | '-' | '%' | '&' | '$' | '€' | '°' | '/' | '+' | '=' => c,
                '…' | '—' | '–' => ',',
                _ => ' ',
            });
            continue;
        }
        if matches!(c, ' ' | '\'' | '’' | '-' | '.') && !cutter.words.is_empty() {
            cutter.words.push(c);
            continue;
        }
        let pause = pause(c);
        if pause > 0 {
            cutter.end();
            cutter.found.push(Run::Pause(pause));
        }
    }
    cutter.end();
    if cutter.found.is_empty() { vec![Run::Pause(400)] } else { cutter.found }
}

struct Cutter {
    found: Vec<Run>,
    han: String,
    words: String,
    language: SpokenLanguage,
}

impl Cutter {
    fn end_words(&mut self) {
        let said = self.words.trim();
        if said.chars().any(char::is_alphanumeric) {
            self.found.push(Run::Words(self.language, said.to_owned()));
        }
        self.words.clear();
    }

    fn end_han(&mut self) {
        if !self.han.is_empty() {
            self.found.push(Run::Chinese(pinyin::read(&self.han)));
        }
        self.han.clear();
    }

    fn end(&mut self) {
        self.end_han();
        self.end_words();
    }
}

/// Which language a letter or digit is said in, in a text of another; none where no voice can say it.
fn voice(c: char, language: SpokenLanguage) -> Option<SpokenLanguage> {
    let cyrillic = ('\u{400}'..='\u{52f}').contains(&c);
    let latin = c.is_alphanumeric() && (c < '\u{250}' || ('\u{1e00}'..='\u{1eff}').contains(&c))
        || unicode_normalization::char::is_combining_mark(c);
    match language {
        _ if cyrillic => Some(SpokenLanguage::Russian),
        _ if !latin => None,
        SpokenLanguage::Chinese => Some(SpokenLanguage::English),
        SpokenLanguage::Russian if c.is_alphabetic() => Some(SpokenLanguage::English),
        language => Some(language),
    }
}

/// How long a sign is silent, in milliseconds.
fn pause(c: char) -> u32 {
    match c {
        '，' | ',' | '：' | ':' | '、' | '；' | ';' => 160,
        '。' | '！' | '？' | '!' | '?' => 280,
        '…' | '—' => 420,
        _ => 0,
    }
}

/// Whether a letter is said by some voice in a text of a language.
#[must_use]
pub(crate) fn heard(c: char, language: SpokenLanguage) -> bool {
    is_han(c) || voice(c, language).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_spoken_apart() {
        use SpokenLanguage::{Chinese, English, French, Russian};
        let say = |text| Run::Chinese(pinyin::read(text));
        let words = |language, text: &str| Run::Words(language, text.to_owned());
        for (language, text, expected) in [
            (
                Chinese,
                "他用 iPhone 打电话……好。",
                vec![say("他用"), words(English, "iPhone"), say("打电话"), Run::Pause(420), say("好"), Run::Pause(280)],
            ),
            (Chinese, "他说Привет就走了", vec![say("他说"), words(Russian, "Привет"), say("就走了")]),
            (Chinese, "19:17到", vec![say("十九点十七分到")]),
            (English, "The word 月 means moon.", vec![words(English, "The word"), say("月"), words(English, "means moon.")]),
            (English, "It cost $5 — really.", vec![words(English, "It cost five dollars , really.")]),
            (French, "Où est-il ? À 19 h…", vec![words(French, "Où est-il ? À 19 h,")]),
            (
                Russian,
                "Он купил iPhone 15 за 50%.",
                vec![words(Russian, "Он купил"), words(English, "iPhone 15"), words(Russian, "за 50%.")],
            ),
            (Chinese, "※※※", vec![Run::Pause(400)]),
        ] {
            assert_eq!(runs(text, language), expected, "{text}");
        }
    }
}
