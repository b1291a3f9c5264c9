//! Shots: cues grouped to about the wished length, each with its setting, its people and its framing.

use ports::film::{Brief, Character, Cue, Framing, Language, Scene};

use super::{
    setting::{self, Setting},
    words,
};
use crate::text::{self, Paragraph};

/// Characters of narration a second at natural speed.
fn pace(language: Language) -> f64 {
    match language {
        Language::Chinese => 4.3,
        Language::English => 14.0,
    }
}

/// A cue with what surrounds it.
struct Line {
    cue: Cue,
    chapter: Option<String>,
    paragraph: usize,
}

pub(super) fn shots(brief: &Brief, paragraphs: &[Paragraph], characters: &[Character]) -> Vec<Scene> {
    let lines = lines(brief.language, paragraphs, characters);
    let budget = (brief.scene_seconds * pace(brief.language) * brief.voice_speed).max(8.0);
    let mut scenes: Vec<Scene> = Vec::new();
    let mut now = Setting::default();
    let mut memory = Memory::default();
    let mut people = People::default();
    for group in groups(lines, budget) {
        let words: String = group.iter().map(|line| line.cue.text.as_str()).collect::<Vec<_>>().join("\n");
        let narration: String =
            group.iter().filter(|line| line.cue.speaker.is_none()).map(|line| line.cue.text.as_str()).collect::<Vec<_>>().join("\n");
        let remembers = memory.follow(&words, group[0].paragraph);
        let context = paragraph_text(&paragraphs[group[0].paragraph]);
        let seen = setting::read(&words, &narration, &context);
        // A memory is not under the sky of the moment.
        let setting = if remembers { seen.over(&Setting::default()) } else { seen.over(&now) };
        let moved = scenes.last().is_none_or(|last| last.place != setting.place);
        let present = people.present(&words, &group, characters, moved);
        let framing = framing(scenes.last(), moved, &present, setting.prop.is_some(), &group);
        let scene = Scene {
            chapter: group.iter().find_map(|line| line.chapter.clone()),
            cues: group.into_iter().map(|line| line.cue).collect(),
            place: setting.place,
            time: setting.time,
            weather: setting.weather,
            mood: setting.mood,
            framing,
            prop: setting.prop,
            poses: Vec::new(),
            season: None,
            memory: remembers,
            description: describe(&setting, &present, characters, &words),
            present,
        };
        // What is remembered or dreamt does not pass its time and place on.
        if !remembers {
            now = setting;
        }
        scenes.push(scene);
    }
    scenes
}

fn paragraph_text(paragraph: &Paragraph) -> String {
    paragraph.spans.iter().map(|span| span.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn lines(language: Language, paragraphs: &[Paragraph], characters: &[Character]) -> Vec<Line> {
    let mut found = Vec::new();
    let mut talk: Vec<usize> = Vec::new();
    for (number, paragraph) in paragraphs.iter().enumerate() {
        let mut chapter = paragraph.chapter.clone();
        for (index, span) in paragraph.spans.iter().enumerate() {
            let speaker = if span.quoted { speaker(paragraph, index, characters, &talk) } else { None };
            if let Some(speaker) = speaker {
                talk.push(speaker);
            }
            for text in text::cues(&span.text, language) {
                found.push(Line { cue: Cue { text, speaker }, chapter: chapter.take(), paragraph: number });
            }
        }
    }
    if found.is_empty() {
        // Nothing in it can be read out (only symbols): it is shown as it is.
        let text = paragraphs.first().map(paragraph_text).unwrap_or_else(|| "……".to_owned());
        found.push(Line { cue: Cue { text, speaker: None }, chapter: None, paragraph: 0 });
    }
    found
}

/// Who says a quote: named before it in the same paragraph, or right behind it, or whoever did not speak last.
fn speaker(paragraph: &Paragraph, index: usize, characters: &[Character], talk: &[usize]) -> Option<usize> {
    let narration = |at: usize| paragraph.spans.get(at).filter(|span| !span.quoted).map(|span| span.text.as_str());
    let before = index.checked_sub(1).and_then(narration);
    let after = narration(index + 1);
    let said = |text: &str| {
        words::SPEECH.iter().any(|verb| text.contains(verb)) || words::SPEECH_ENGLISH.iter().any(|verb| text.to_lowercase().contains(verb))
    };
    if let Some(text) = before {
        let introduces = text.ends_with(['：', ':', ',', '，']) || said(text);
        // Of two named in one sentence the first is who speaks: 「甲对乙说」.
        let sentence = last_sentence(text);
        if let Some(found) = introduces.then(|| mentioned(sentence, characters).into_iter().next()).flatten() {
            return Some(found);
        }
        // 「她问」: whoever the paragraph named last.
        let pronoun = [words::HE, words::SHE].concat().iter().any(|pronoun| format!(" {} ", sentence.to_lowercase()).contains(pronoun));
        if let Some(found) = (introduces && pronoun).then(|| mentioned(text, characters).into_iter().last()).flatten() {
            return Some(found);
        }
    }
    if let Some(text) = after {
        let head: String = text.chars().take(24).collect();
        if let Some(found) = said(&head).then(|| mentioned(&head, characters).into_iter().next()).flatten() {
            return Some(found);
        }
    }
    if before.is_none() && after.is_none() {
        // A bare quote in a talk of two: the other one.
        let last = *talk.last()?;
        return talk.iter().rev().take(4).find(|speaker| **speaker != last).copied();
    }
    None
}

fn last_sentence(text: &str) -> &str {
    let trimmed = text.trim_end_matches(['：', ':', '，', ',', ' ']);
    let start =
        trimmed.rfind(['。', '！', '？', '.', '!', '?']).map_or(0, |at| at + trimmed[at..].chars().next().map_or(0, char::len_utf8));
    &trimmed[start..]
}

/// Who is named in a text, in the order of the first mention.
fn mentioned(text: &str, characters: &[Character]) -> Vec<usize> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (index, character) in characters.iter().enumerate() {
        let at = std::iter::once(&character.name).chain(&character.aliases).filter_map(|name| find_word(text, name)).min();
        if let Some(at) = at {
            found.push((at, index));
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(_, index)| index).collect()
}

fn find_word(text: &str, name: &str) -> Option<usize> {
    if !name.is_ascii() {
        return text.find(name);
    }
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(name)
        .find(|(at, _)| !is_word(text[..*at].chars().next_back()) && !is_word(text[at + name.len()..].chars().next()))
        .map(|(at, _)| at)
}

/// Lines grouped into shots of about `budget` characters; a chapter and a new paragraph after half the budget begin a new one.
fn groups(lines: Vec<Line>, budget: f64) -> Vec<Vec<Line>> {
    let mut found: Vec<Vec<Line>> = Vec::new();
    let mut length = 0.0;
    for line in lines {
        let more = line.cue.text.chars().count() as f64;
        let starts = match found.last().and_then(|group| group.last()) {
            None => true,
            Some(last) => {
                line.chapter.is_some()
                    || length + more > budget * 1.25
                    || length >= budget
                    || (line.paragraph != last.paragraph && length >= budget * 0.5)
            }
        };
        if starts {
            found.push(Vec::new());
            length = 0.0;
        }
        length += more;
        found.last_mut().expect("a group was pushed").push(line);
    }
    found
}

/// Whether we are in a memory or a dream: opened by a cue, closed by another or two paragraphs later.
#[derive(Default)]
struct Memory {
    since: Option<usize>,
}

impl Memory {
    fn follow(&mut self, words: &str, paragraph: usize) -> bool {
        let lower = words.to_lowercase();
        let has = |list: &[&str]| list.iter().any(|cue| lower.contains(cue));
        if has(words::MEMORY) {
            self.since = Some(paragraph);
        } else if has(words::AWAKE) || self.since.is_some_and(|since| paragraph > since + 1) {
            self.since = None;
        }
        self.since.is_some()
    }
}

/// Who is around: those named now, and the one a pronoun stands for.
#[derive(Default)]
struct People {
    recent: Vec<usize>,
}

impl People {
    fn present(&mut self, words: &str, group: &[Line], characters: &[Character], moved: bool) -> Vec<usize> {
        let mut present: Vec<usize> = Vec::new();
        let mut add = |index: usize| {
            if !present.contains(&index) {
                present.push(index);
            }
        };
        group.iter().filter_map(|line| line.cue.speaker).for_each(&mut add);
        mentioned(words, characters).into_iter().for_each(&mut add);
        if present.is_empty() {
            for (pronouns, gender) in [(words::HE, ports::film::Gender::Male), (words::SHE, ports::film::Gender::Female)] {
                let padded = format!(" {} ", words.to_lowercase());
                if pronouns.iter().any(|pronoun| padded.contains(pronoun)) {
                    let fits =
                        |index: &&usize| characters[**index].gender == gender || characters[**index].gender == ports::film::Gender::Unknown;
                    present.extend(self.recent.iter().rev().find(fits));
                }
            }
        }
        if moved && present.is_empty() {
            self.recent.clear();
        }
        for index in present.iter().rev() {
            self.recent.retain(|known| known != index);
            self.recent.push(*index);
        }
        present.truncate(3);
        present
    }
}

fn framing(last: Option<&Scene>, moved: bool, present: &[usize], prop: bool, group: &[Line]) -> Framing {
    let speaks = group.iter().any(|line| line.cue.speaker.is_some());
    let wished = match (moved, present.len(), speaks) {
        (true, _, _) => Framing::Wide,
        (false, 0, _) if prop => Framing::Detail,
        (false, 0, _) => Framing::Wide,
        (false, 1, true) => Framing::Close,
        (false, _, _) => Framing::Medium,
    };
    let Some(last) = last.filter(|last| last.framing == wished && !moved) else { return wished };
    // Two neighbouring shots never look alike: nearer, then further.
    match wished {
        Framing::Wide if prop => Framing::Detail,
        // Nobody there: another part of the place, nearer.
        Framing::Wide if present.is_empty() => Framing::Close,
        Framing::Wide => Framing::Medium,
        Framing::Medium if last.present == present && present.len() == 1 => Framing::Close,
        Framing::Medium => Framing::Wide,
        Framing::Close => Framing::Medium,
        Framing::Detail => Framing::Wide,
    }
}

fn describe(setting: &Setting, present: &[usize], characters: &[Character], words: &str) -> String {
    let who: Vec<String> = present.iter().map(|index| format!("{} ({})", characters[*index].name, characters[*index].looks)).collect();
    let told: String = words.replace('\n', " ").chars().take(120).collect();
    let mut text = format!("{:?}, {:?}, {:?}, mood {:?}", setting.place, setting.time, setting.weather, setting.mood);
    if !who.is_empty() {
        text.push_str("; with ");
        text.push_str(&who.join(", "));
    }
    text.push_str("; ");
    text.push_str(&told);
    text
}
