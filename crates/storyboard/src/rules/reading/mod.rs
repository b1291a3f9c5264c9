//! A text is read three times. First its names are found ([`super::people`]). Then it is read sentence by sentence: what stands for
//! somebody ([`chinese`], [`english`]), who is meant ([`super::people::cast`]), who says a quote ([`speech`]), who can be seen
//! ([`presence`]), where and when it is ([`super::setting`]). At last, when everything is known, people who turned out to be one are
//! one, whoever was only spoken of is dropped, and a season that was told late holds from the beginning.

mod chinese;
mod english;
mod named;
mod part;
mod presence;
pub(crate) mod sentence;
mod speech;
mod walk;

use std::{borrow::Cow, ops::Range};

use ports::film::{Character, Language, Pose};

use super::{
    people::{Name, names_chinese, names_english, person::Person, traits},
    setting::Setting,
    words::Lexicon,
};
use crate::text::Paragraph;

/// What was understood of a text.
#[derive(Debug)]
pub(crate) struct Reading {
    /// Everybody who can be seen or heard, the most important first.
    pub(crate) characters: Vec<Character>,
    /// The sentences and quotes in order.
    pub(crate) moments: Vec<Moment>,
}

/// A sentence of narration, or a quote.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    pub(crate) paragraph: usize,
    pub(crate) span: usize,
    /// Where, in bytes of the span.
    pub(crate) at: Range<usize>,
    /// Who says it.
    pub(crate) speaker: Option<usize>,
    /// Who is there and what they do.
    pub(crate) present: Vec<(usize, Pose)>,
    pub(crate) setting: Setting,
    /// Remembered or dreamt.
    pub(crate) memory: bool,
}

/// Reads a normalised text.
pub(crate) fn read(text: &str, language: Language, paragraphs: &[Paragraph]) -> Reading {
    let folded = fold(text, language);
    let names = match language {
        Language::Chinese => names_chinese::find(&folded),
        Language::English => names_english::find(text),
    };
    let (cast, moments) = walk::walk(language, paragraphs, &names);
    let shown = traits::shown(&cast);
    let period = super::period(text);
    let character = |who: &usize| traits::character(&as_written(cast.person(*who), text, &folded), text, language, period);
    let characters = shown.iter().map(character).collect();
    let characters = traits::dressed_apart(characters);
    let index = |who: usize| shown.iter().position(|known| *known == cast.root(who));
    let mut moments: Vec<Moment> = moments
        .into_iter()
        .map(|mut moment| {
            moment.speaker = moment.speaker.and_then(index);
            let mut present: Vec<(usize, Pose)> = Vec::new();
            for (who, pose) in &moment.present {
                if let Some(who) = index(*who).filter(|who| !present.iter().any(|(known, _)| known == who)) {
                    present.push((who, *pose));
                }
            }
            moment.present = present;
            moment
        })
        .collect();
    hold_back(&mut moments);
    Reading { characters, moments }
}

/// Names in the text's own characters: they were found in the simplified text.
fn as_written(person: &Person, text: &str, folded: &str) -> Person {
    let written = |name: &String| folded.find(name.as_str()).and_then(|at| text.get(at..at + name.len())).unwrap_or(name).to_owned();
    let mut person = person.clone();
    person.name = written(&person.name);
    person.aliases = person.aliases.iter().map(written).collect();
    person.words.iter_mut().for_each(|(word, _)| *word = written(word));
    person
}

/// The text as the rules look at it: simplified, lower case; every character where it was.
pub(crate) fn fold(text: &str, language: Language) -> Cow<'_, str> {
    match language {
        Language::Chinese => {
            // 看著 is 看着; 著名 is left as it is.
            let simple = fast2s::convert(text).replace('著', "着").replace("着名", "著名").replace("着作", "著作");
            // Only a conversion that leaves every character in its place is of use.
            if simple.len() == text.len() { Cow::Owned(simple) } else { Cow::Borrowed(text) }
        }
        Language::English => Cow::Borrowed(text),
    }
}

/// What may stand behind the last character of a name in old texts: 飞曰 is what 张飞 says.
const BRIEFLY: &[&str] =
    &["曰", "笑曰", "问曰", "答曰", "叹曰", "怒曰", "大怒", "大喜", "大笑", "大惊", "喜曰", "惊曰", "视之", "从之", "乃曰", "又曰", "急曰"];

/// All names with whose they are.
fn lexicon(names: &[Name], classical: bool) -> Lexicon<usize> {
    let mut lexicon = Lexicon::default();
    for (index, name) in names.iter().enumerate() {
        name.all().for_each(|name| lexicon.add(name, index));
    }
    for (index, name) in names.iter().enumerate().filter(|_| classical) {
        for last in name.all().filter(|name| (2..=3).contains(&name.chars().count())).filter_map(|name| name.chars().next_back()) {
            BRIEFLY.iter().for_each(|words| lexicon.add(&format!("{last}{words}"), index));
        }
    }
    lexicon
}

/// How many sentences before it was told a season holds.
const HELD_BACK: usize = 80;

/// A season and a first place that the text tells late are those of the beginning, too.
fn hold_back(moments: &mut [Moment]) {
    let mut season = None;
    let mut place = None;
    for index in (0..moments.len()).rev() {
        let setting = &mut moments[index].setting;
        match setting.season {
            Some(_) => season = setting.season.map(|season| (season, index)),
            None if !setting.jumped => setting.season = season.filter(|(_, told)| told - index <= HELD_BACK).map(|(season, _)| season),
            None => season = None,
        }
        match setting.place {
            Some(_) => place = Some((setting.place, setting.place_name.clone())),
            None => {
                if let Some((first, name)) = &place {
                    (setting.place, setting.place_name) = (*first, name.clone());
                }
            }
        }
    }
}
