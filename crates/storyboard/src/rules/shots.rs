//! Shots: cues grouped to about the wished length, each with its setting, its people and its framing.

use std::ops::Range;

use ports::film::{Brief, Character, Cue, Framing, Language, Mood, Place, Pose, Scene, Season, Sign, TimeOfDay, Weather};

use super::{
    reading::{Moment, Reading, fold},
    setting,
};
use crate::text::{self, Paragraph};

/// How many people a shot shows.
const MOST: usize = 6;

/// Characters of narration a second at natural speed.
fn pace(language: Language) -> f64 {
    match language {
        Language::Chinese => 4.3,
        Language::English => 14.0,
    }
}

/// A cue with what is known of it.
struct Line<'a> {
    cue: Cue,
    chapter: Option<String>,
    paragraph: usize,
    /// The sentences it is of.
    moments: &'a [Moment],
}

/// The shots of a text that was read.
pub(super) fn shots(brief: &Brief, paragraphs: &[Paragraph], reading: &Reading) -> Vec<Scene> {
    let budget = (brief.scene_seconds * pace(brief.language) * brief.voice_speed).max(8.0);
    let mut scenes: Vec<Scene> = Vec::new();
    for group in groups(lines(brief.language, paragraphs, reading), budget) {
        let scene = scene(brief, group, &reading.characters, scenes.last());
        scenes.push(scene);
    }
    scenes
}

fn scene(brief: &Brief, group: Vec<Line<'_>>, characters: &[Character], last: Option<&Scene>) -> Scene {
    let words: String = group.iter().map(|line| line.cue.text.as_str()).collect::<Vec<_>>().join("\n");
    let folded = fold(&words, brief.language).to_ascii_lowercase();
    let (mood, prop) = setting::feeling(&folded, brief.language);
    let moments: Vec<&Moment> = group.iter().flat_map(|line| line.moments).collect();
    let (present, poses): (Vec<usize>, Vec<Pose>) = present(&moments, &group).into_iter().unzip();
    let around = Around::of(&moments);
    let moved = last.is_none_or(|last| last.place != around.place);
    let framing = framing(last, moved, &present, prop.is_some(), &group);
    let mood = mood.unwrap_or(Mood::Calm);
    let description = describe(&around, mood, &present, characters, &words);
    Scene {
        chapter: group.iter().find_map(|line| line.chapter.clone()),
        cues: group.into_iter().map(|line| line.cue).collect(),
        place: around.place,
        place_name: around.name,
        time: around.time,
        weather: around.weather,
        season: around.season,
        signs: around.signs,
        mood,
        framing,
        present,
        poses,
        prop,
        memory: moments.first().is_some_and(|moment| moment.memory),
        description,
    }
}

/// Where and when a shot is, from its sentences: where most of its words are.
struct Around {
    place: Place,
    name: Option<String>,
    time: TimeOfDay,
    weather: Weather,
    season: Option<Season>,
    signs: Vec<Sign>,
}

impl Around {
    fn of(moments: &[&Moment]) -> Self {
        let longest = |same: &dyn Fn(&Moment, &Moment) -> bool| {
            moments
                .iter()
                .rev()
                .max_by_key(|moment| moments.iter().filter(|other| same(moment, other)).map(|other| other.at.len()).sum::<usize>())
        };
        let placed = longest(&|one, other| one.setting.place == other.setting.place).map(|moment| &moment.setting);
        let timed = longest(&|one, other| one.setting.time == other.setting.time).map(|moment| &moment.setting);
        let mut signs: Vec<Sign> = moments.iter().flat_map(|moment| &moment.setting.signs).copied().collect();
        signs.sort_unstable();
        signs.dedup();
        Self {
            place: placed.and_then(|setting| setting.place).unwrap_or(Place::Road),
            name: placed.map(|setting| setting.place_name.clone()).filter(|name| !name.is_empty()),
            time: timed.and_then(|setting| setting.time).unwrap_or(TimeOfDay::Day),
            weather: moments
                .iter()
                .map(|moment| moment.setting.weather())
                .find(|weather| *weather != Weather::Clear)
                .unwrap_or(Weather::Clear),
            season: moments.iter().find_map(|moment| moment.setting.season),
            signs,
        }
    }
}

/// Who is there: speakers first, then whoever is there in most of the sentences.
fn present(moments: &[&Moment], group: &[Line<'_>]) -> Vec<(usize, Pose)> {
    let mut found: Vec<(usize, Pose)> = Vec::new();
    for speaker in group.iter().filter_map(|line| line.cue.speaker) {
        if !found.iter().any(|(who, _)| *who == speaker) {
            found.push((speaker, Pose::Standing));
        }
    }
    for (who, pose) in moments.iter().flat_map(|moment| &moment.present) {
        match found.iter_mut().find(|(known, _)| known == who) {
            Some((_, known)) if *known == Pose::Standing => *known = *pose,
            Some(_) => {}
            None => found.push((*who, *pose)),
        }
    }
    found.truncate(MOST);
    found
}

/// The cues of every span, each with the sentences it is of.
fn lines<'a>(language: Language, paragraphs: &[Paragraph], reading: &'a Reading) -> Vec<Line<'a>> {
    let mut found = Vec::new();
    let mut moments = reading.moments.as_slice();
    for (number, paragraph) in paragraphs.iter().enumerate() {
        let mut chapter = paragraph.chapter.clone();
        for (index, span) in paragraph.spans.iter().enumerate() {
            let count = moments.iter().take_while(|moment| moment.paragraph == number && moment.span == index).count();
            let (own, rest) = moments.split_at(count);
            moments = rest;
            let speaker = own.first().filter(|_| span.quoted).and_then(|moment| moment.speaker);
            let mut cursor = 0;
            for text in text::cues(&span.text, language) {
                let start = span.text[cursor..].find(text.as_str()).map_or(cursor, |at| cursor + at);
                cursor = (start + text.len()).min(span.text.len());
                while !span.text.is_char_boundary(cursor) {
                    cursor += 1;
                }
                let moments = overlapping(own, start..cursor);
                found.push(Line { cue: Cue { text, speaker }, chapter: chapter.take(), paragraph: number, moments });
            }
        }
    }
    if found.is_empty() {
        // Nothing in it can be read out (only symbols): it is shown as it is.
        let text =
            paragraphs.first().map_or_else(|| "……".to_owned(), |paragraph| paragraph.spans.iter().map(|span| span.text.as_str()).collect());
        found.push(Line { cue: Cue { text, speaker: None }, chapter: None, paragraph: 0, moments: &[] });
    }
    found
}

fn overlapping(moments: &[Moment], range: Range<usize>) -> &[Moment] {
    let first = moments.iter().position(|moment| moment.at.end > range.start).unwrap_or(0);
    let last = moments.iter().rposition(|moment| moment.at.start < range.end).map_or(moments.len(), |at| at + 1);
    &moments[first.min(last)..last]
}

/// Lines grouped into shots of about `budget` characters; a chapter, another place and a new paragraph after half the budget begin
/// a new one.
fn groups(lines: Vec<Line<'_>>, budget: f64) -> Vec<Vec<Line<'_>>> {
    let mut found: Vec<Vec<Line<'_>>> = Vec::new();
    let mut length = 0.0;
    for line in lines {
        let more = line.cue.text.chars().count() as f64;
        let starts = match found.last().and_then(|group| group.last()) {
            None => true,
            Some(last) => {
                let (here, there) = (line.moments.first().map(|moment| &moment.setting), last.moments.last().map(|moment| &moment.setting));
                let moved = here.zip(there).is_some_and(|(here, there)| here.place != there.place || here.time != there.time);
                line.chapter.is_some()
                    || length + more > budget * 1.25
                    || length >= budget
                    || moved && length >= budget * 0.3
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

fn framing(last: Option<&Scene>, moved: bool, present: &[usize], prop: bool, group: &[Line<'_>]) -> Framing {
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

fn describe(around: &Around, mood: Mood, present: &[usize], characters: &[Character], words: &str) -> String {
    let who: Vec<String> = present.iter().map(|index| format!("{} ({})", characters[*index].name, characters[*index].looks)).collect();
    let told: String = words.replace('\n', " ").chars().take(120).collect();
    let season = around.season.map(|season| format!(", {season:?}")).unwrap_or_default();
    let mut text = format!("{:?}, {:?}{season}, {:?}, mood {mood:?}", around.place, around.time, around.weather);
    if !who.is_empty() {
        text.push_str("; with ");
        text.push_str(&who.join(", "));
    }
    text.push_str("; ");
    text.push_str(&told);
    text
}
