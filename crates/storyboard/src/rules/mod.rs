//! Scripts by rule: no model, no network. A text is cut into shots; each shot is told where and when it is, who is there, and how
//! the camera looks at it.

pub mod names;
mod period;
mod setting;
mod shots;
pub mod words;

use ports::film::{Brief, Period, Script};

use crate::text;

/// The script of a brief.
#[must_use]
pub fn script(brief: &Brief) -> Script {
    let paragraphs = text::paragraphs(&brief.text);
    let characters = names::find(&brief.text, brief.language);
    let scenes = shots::shots(brief, &paragraphs, &characters);
    let title = title(brief, &paragraphs);
    Script { title, language: brief.language, period: period(&brief.text), characters, scenes, engine: "rules".to_owned() }
}

/// The first words of the story, up to a stop: no more is known of its title.
fn title(brief: &Brief, paragraphs: &[text::Paragraph]) -> String {
    if let Some(chapter) = paragraphs.first().and_then(|paragraph| paragraph.chapter.clone()) {
        return chapter;
    }
    let first = brief.text.lines().next().unwrap_or_default().trim();
    // A short first line without a full stop is how people write a title.
    if first.chars().count() <= 20 && brief.text.lines().count() > 1 && !first.ends_with(['。', '，', '.', ',', '”']) {
        return first.trim_matches(['《', '》', '#', ' ']).to_owned();
    }
    let words = text::cues(first, brief.language).into_iter().next().unwrap_or_default();
    let stop = |c: char| "，。！？；：,.!?;:“”".contains(c);
    let head = words.split(stop).find(|part| !part.trim().is_empty()).unwrap_or(&words).trim().to_owned();
    match head.char_indices().nth(if head.is_ascii() { 42 } else { 14 }) {
        Some((at, _)) => format!("{}…", &head[..at]),
        None => head,
    }
}

/// When a story is set.
#[must_use]
pub fn period(text: &str) -> Period {
    period::period(text)
}
