//! Where and when a sentence is and what the sky does, carried on from the one before until the text says otherwise. What people say
//! names places and hours they are not at, so only narration is asked.

use std::{collections::HashMap, sync::LazyLock};

use ports::film::{Language, Mood, Place, Prop, Season, Sign, TimeOfDay, Weather};

use super::{
    place,
    words::{self, CHINESE, ENGLISH, Lexicon},
};

/// A sentence's surroundings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Setting {
    /// None as long as the text has named none.
    pub(crate) place: Option<Place>,
    /// The place in the text's words.
    pub(crate) place_name: String,
    /// How sure the text is: 1 a hint, 4 somebody came there.
    pub(crate) sure: u8,
    pub(crate) time: Option<TimeOfDay>,
    pub(crate) season: Option<Season>,
    /// All that was said of the sky and the air.
    pub(crate) signs: Vec<Sign>,
    /// A place that was seen from afar: whoever goes in goes in there.
    pub(crate) ahead: Option<(Place, String)>,
    /// Months or years went by right before.
    pub(crate) jumped: bool,
}

impl Setting {
    /// The sky in one word.
    pub(crate) fn weather(&self) -> Weather {
        let has = |sign: Sign| self.signs.contains(&sign);
        let falls = has(Sign::Rain) || has(Sign::Snow);
        match () {
            () if has(Sign::Thunder) && !has(Sign::Snow) => Weather::Storm,
            () if has(Sign::Snow) => Weather::Snow,
            () if falls => Weather::Rain,
            () if has(Sign::Fog) => Weather::Fog,
            () if has(Sign::Wind) => Weather::Wind,
            () if has(Sign::Cloud) && !has(Sign::Sun) => Weather::Cloudy,
            () => Weather::Clear,
        }
    }
}

/// A word list of values, in both languages.
pub(crate) struct Table<T> {
    pub(crate) chinese: Lexicon<T>,
    pub(crate) english: Lexicon<T>,
}

impl<T: Copy> Table<T> {
    pub(crate) fn of(file: &'static str, read: impl Fn(&str) -> Option<T>) -> Self {
        let mut table = Self { chinese: Lexicon::default(), english: Lexicon::default() };
        for line in words::lines(file) {
            let value = read(&line.key).unwrap_or_else(|| panic!("a word list names {}, which there is not", line.key));
            line.chinese.iter().for_each(|word| table.chinese.add(word, value));
            line.english.iter().for_each(|word| table.english.add(word, value));
        }
        table
    }

    /// Every word of the table in a folded text: where it begins and ends, and its value. Longer words hide shorter ones in them, and
    /// so do words of the list of exceptions.
    pub(crate) fn find(&self, text: &str, language: Language, blocked: &Lexicon<()>) -> Vec<(usize, usize, T)> {
        let words = match language {
            Language::Chinese => &self.chinese,
            Language::English => &self.english,
        };
        let mut found = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let step = rest.chars().next().map_or(1, char::len_utf8);
            if language == Language::English && text[..at].ends_with(|c: char| c.is_alphanumeric()) {
                at += step;
                continue;
            }
            let block = blocked.begins(rest).filter(|length| language == Language::Chinese || whole(&rest[*length..])).unwrap_or(0);
            match words.longest(rest).filter(|(length, _)| language == Language::Chinese || whole(&rest[*length..])) {
                Some((length, value)) if length > block => {
                    found.push((at, at + length, *value));
                    at += length;
                }
                _ => at += block.max(step),
            }
        }
        found
    }
}

/// Whether a word ends here, or only its plural does.
fn whole(rest: &str) -> bool {
    let plural = rest.strip_prefix("es").or_else(|| rest.strip_prefix('s')).unwrap_or(rest);
    [rest, plural].iter().any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
}

/// A value by its name in a word list.
pub(crate) fn named<T: Copy + std::fmt::Debug>(all: &'static [T]) -> impl Fn(&str) -> Option<T> {
    move |key| all.iter().find(|value| format!("{value:?}") == key).copied()
}

static TIMES: LazyLock<Table<TimeOfDay>> = LazyLock::new(|| Table::of(include_str!("words/times.txt"), named(TimeOfDay::ALL)));
static SEASONS: LazyLock<Table<Season>> = LazyLock::new(|| Table::of(include_str!("words/seasons.txt"), named(Season::ALL)));
static SIGNS: LazyLock<Table<Sign>> = LazyLock::new(|| Table::of(include_str!("words/weather.txt"), named(Sign::ALL)));
static MOODS: LazyLock<Table<Mood>> = LazyLock::new(|| Table::of(include_str!("words/moods.txt"), named(Mood::ALL)));
static PROPS: LazyLock<Table<Prop>> = LazyLock::new(|| Table::of(include_str!("words/props.txt"), named(Prop::ALL)));

/// Words that mean something else, by what they would be taken for.
pub(crate) static BLOCKED: LazyLock<HashMap<String, Lexicon<()>>> = LazyLock::new(|| {
    let lines = words::lines(include_str!("words/blocked.txt")).into_iter();
    lines
        .map(|line| {
            let mut lexicon = Lexicon::default();
            line.chinese.iter().for_each(|word| lexicon.add(word, ()));
            (line.key, lexicon)
        })
        .collect()
});

/// How time went on before a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passed {
    Nothing,
    /// Another day: who was there may not be there.
    Day,
    /// Months or years: neither the season holds.
    Years,
}

/// Reads a sentence of narration, folded and with names covered, over what was before.
pub(crate) fn read(text: &str, language: Language, before: &Setting) -> (Setting, Passed) {
    let lists = if language == Language::Chinese { &*CHINESE } else { &*ENGLISH };
    let passed = match () {
        () if within(lists.get("later"), text, language) => Passed::Years,
        () if within(lists.get("next_day"), text, language) => Passed::Day,
        () => Passed::Nothing,
    };
    let mut now = Setting { jumped: passed == Passed::Years, ..before.clone() };
    if passed != Passed::Nothing {
        now.time = None;
        now.signs.clear();
    }
    if passed == Passed::Years {
        now.season = None;
    }
    let (seen, ahead) = place::read(text, language, before.sure);
    if let Some(seen) = seen {
        (now.place, now.place_name, now.sure, now.ahead) = (Some(seen.place), seen.name, seen.sure, None);
    } else if let Some((place, name)) = now.ahead.take_if(|_| place::enters(text, language)) {
        (now.place, now.place_name, now.sure) = (Some(place), name, 4);
    }
    if ahead.is_some() {
        now.ahead = ahead;
    }
    let told = |at: usize| !negated(text, at, language) && !not_yet(text, at, language);
    let times = TIMES.find(text, language, &BLOCKED["time"]);
    if let Some((_, _, time)) = times.iter().rev().find(|(at, _, _)| told(*at)) {
        now.time = Some(*time);
    }
    let seasons = SEASONS.find(text, language, &BLOCKED["season"]);
    // 中秋过后, 看看将近初冬: the one that is there already is said first.
    if let Some((_, _, season)) = seasons.iter().find(|(at, _, _)| told(*at)) {
        now.season = Some(*season);
    }
    for (at, _, sign) in SIGNS.find(text, language, &BLOCKED["weather"]) {
        if told(at) {
            signs(&mut now.signs, sign);
        }
    }
    if now.time == Some(TimeOfDay::Night) {
        now.signs.retain(|sign| *sign != Sign::Sun);
    }
    if now.time.is_some_and(|time| time != TimeOfDay::Night && time != TimeOfDay::Dusk) {
        now.signs.retain(|sign| *sign != Sign::Moon);
    }
    (now, passed)
}

/// Whether what stands here is only planned, or told to somebody.
fn not_yet(text: &str, at: usize, language: Language) -> bool {
    let sentence = text[..at].rfind(['。', '；', '！', '？']).map_or(0, |at| at + '。'.len_utf8());
    language == Language::Chinese && CHINESE.get("not_yet").within(&text[sentence..at]).is_some()
}

/// One sign drives others away.
fn signs(now: &mut Vec<Sign>, sign: Sign) {
    let against: &[Sign] = match sign {
        Sign::Rain | Sign::Thunder => &[Sign::Sun, Sign::Moon, Sign::Snow],
        Sign::Snow => &[Sign::Sun, Sign::Moon, Sign::Rain, Sign::Hot],
        Sign::Sun => &[Sign::Rain, Sign::Thunder, Sign::Fog, Sign::Moon],
        Sign::Moon => &[Sign::Rain, Sign::Thunder, Sign::Sun],
        Sign::Hot => &[Sign::Cold, Sign::Snow],
        Sign::Cold => &[Sign::Hot],
        Sign::Fog | Sign::Wind | Sign::Cloud => &[],
    };
    now.retain(|known| *known != sign && !against.contains(known));
    now.push(sign);
}

/// How it feels, and the first thing worth showing.
pub(crate) fn feeling(text: &str, language: Language) -> (Option<Mood>, Option<Prop>) {
    let blocked = Lexicon::default();
    let moods = MOODS.find(text, language, &blocked);
    let told = moods.iter().filter(|(at, _, _)| !negated(text, *at, language));
    let mut counts: Vec<(Mood, usize)> = Vec::new();
    for (_, _, mood) in told {
        match counts.iter_mut().find(|(known, _)| known == mood) {
            Some((_, count)) => *count += 1,
            None => counts.push((*mood, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max();
    let mood = counts.iter().find(|(_, count)| Some(*count) == most).map(|(mood, _)| *mood);
    let prop = PROPS.find(text, language, &blocked).into_iter().find(|(at, _, _)| !negated(text, *at, language)).map(|(_, _, prop)| prop);
    (mood, prop)
}

pub(crate) fn within(list: &Lexicon<()>, text: &str, language: Language) -> bool {
    let starts = text.char_indices().map(|(at, _)| at);
    starts.filter(|at| language == Language::Chinese || !text[..*at].ends_with(|c: char| c.is_alphanumeric())).any(|at| {
        list.begins(&text[at..])
            .is_some_and(|length| language == Language::Chinese || !text[at + length..].starts_with(|c: char| c.is_alphanumeric()))
    })
}

/// Whether what stands here is said not to be.
pub(crate) fn negated(text: &str, at: usize, language: Language) -> bool {
    match language {
        Language::Chinese => {
            let tail: String = text[..at].chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
            // 没有下雨: a verb may stand between.
            tail.contains("没有") || tail.contains("不曾") || CHINESE.get("negations").ends(&tail).is_some()
        }
        Language::English => {
            let mut words = text[..at].split_whitespace().rev().take(2);
            words.any(|word| ENGLISH.get("negations").has(word))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> (Option<Place>, Option<TimeOfDay>, Weather) {
        let language = crate::text::language(text);
        let (setting, _) = read(&text.to_ascii_lowercase(), language, &Setting::default());
        (setting.place, setting.time, setting.weather())
    }

    #[test]
    fn a_sentence_says_where_and_when_it_is() {
        use Place as P;
        use TimeOfDay as T;
        use Weather as W;
        for (text, place, time, weather) in [
            ("深夜，大雪纷飞，他独自走在山路上。", Some(P::Mountain), Some(T::Night), W::Snow),
            ("清晨的阳光照进教室，同学们在读书。", Some(P::School), Some(T::Dawn), W::Clear),
            ("傍晚时分，海边起了雾。", Some(P::Sea), Some(T::Dusk), W::Fog),
            ("房间里没有下雨的声音。", Some(P::Home), None, W::Clear),
            ("He walked into the forest at night while rain fell.", Some(P::Forest), Some(T::Night), W::Rain),
            ("At dawn the harbour was quiet.", Some(P::Sea), Some(T::Dawn), W::Clear),
            ("她笑了笑。", None, None, W::Clear),
        ] {
            assert_eq!(seen(text), (place, time, weather), "{text}");
        }
    }

    #[test]
    fn what_was_said_holds_until_something_else_is_said() {
        let mut now = Setting::default();
        for (text, time, season, weather) in [
            ("九月的一个早晨，下着雨。", Some(TimeOfDay::Day), Some(Season::Autumn), Weather::Rain),
            ("他抬头看了看。", Some(TimeOfDay::Day), Some(Season::Autumn), Weather::Rain),
            ("太阳出来了。", Some(TimeOfDay::Day), Some(Season::Autumn), Weather::Clear),
            ("第二天，他走了。", None, Some(Season::Autumn), Weather::Clear),
            ("过了三四年，他回来了。", None, None, Weather::Clear),
        ] {
            now = read(text, Language::Chinese, &now).0;
            assert_eq!((now.time, now.season, now.weather()), (time, season, weather), "{text}");
        }
    }
}
