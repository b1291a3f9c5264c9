//! Scripts by rule: no model, no network. A text is understood from top to bottom: headings are kept apart from the story
//! ([`crate::text`]); names are found and weighed over the whole text, and then it is read sentence by sentence: who is meant, who
//! speaks, who is there, where and when it is ([`reading`], [`people`], [`place`], [`setting`]); what was understood is cut into shots
//! ([`shots`]). What the rules know of words stands in text files ([`words`]).

pub mod names;
mod people;
mod period;
mod place;
mod reading;
mod setting;
mod shots;
mod words;

use ports::film::{Brief, Period, Script};

use crate::text;

/// The script of a brief.
#[must_use]
pub fn script(brief: &Brief) -> Script {
    let paragraphs = text::paragraphs(&brief.text);
    let reading = reading::read(&brief.text, brief.language, &paragraphs);
    let scenes = shots::shots(brief, &paragraphs, &reading);
    let title = title(brief, &paragraphs);
    let period = period(&brief.text);
    Script { title, language: brief.language, period, characters: reading.characters, scenes, engine: "rules".to_owned() }
}

/// The heading, else the first words of the story, up to a stop: no more is known of its title.
fn title(brief: &Brief, paragraphs: &[text::Paragraph]) -> String {
    let first = brief.text.lines().next().unwrap_or_default().trim();
    if let Some(heading) = first.strip_prefix("# ") {
        return heading.trim().to_owned();
    }
    if let Some(chapter) = paragraphs.first().and_then(|paragraph| paragraph.chapter.clone()) {
        return chapter;
    }
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
