//! Where and when a shot is, what the sky does and how it feels: from words of the shot, else of its paragraph, else as before.

use ports::film::{Mood, Place, Prop, TimeOfDay, Weather};

use super::words::{self, Table};

/// A shot's surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) place: Place,
    pub(super) time: TimeOfDay,
    pub(super) weather: Weather,
    pub(super) mood: Mood,
    pub(super) prop: Option<Prop>,
}

impl Default for Setting {
    fn default() -> Self {
        Self { place: Place::Road, time: TimeOfDay::Day, weather: Weather::Clear, mood: Mood::Calm, prop: None }
    }
}

/// What a shot itself says; the rest is inherited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    place: Option<Place>,
    time: Option<TimeOfDay>,
    weather: Option<Weather>,
    mood: Option<Mood>,
    prop: Option<Prop>,
}

impl Seen {
    /// What was seen, over what was before. A feeling does not last longer than its shot.
    pub(super) fn over(self, before: &Setting) -> Setting {
        let place = self.place.unwrap_or(before.place);
        let time = self.time.unwrap_or(before.time);
        // Somewhere else the weather may be another.
        let weather = self.weather.unwrap_or(if place == before.place || !place.indoors() { before.weather } else { Weather::Clear });
        Setting { place, time, weather, mood: self.mood.unwrap_or(Mood::Calm), prop: self.prop }
    }
}

/// Reads a shot. What people say names places they are not at, so a place is looked for in the narration first.
pub(super) fn read(words: &str, narration: &str, paragraph: &str) -> Seen {
    let own = |table: &Table<Place>| strongest(narration, table);
    let mut props = find_all(words, words::PROPS);
    props.sort_unstable_by_key(|(at, _)| *at);
    Seen {
        place: own(words::PLACES).or_else(|| strongest(paragraph_narration(paragraph, narration), words::PLACES)),
        time: strongest(words, words::TIMES),
        weather: strongest(words, words::WEATHERS),
        mood: strongest(words, words::MOODS),
        prop: props.first().map(|(_, prop)| *prop),
    }
}

/// The rest of the paragraph counts only where the shot tells nothing itself but a few words.
fn paragraph_narration<'a>(paragraph: &'a str, narration: &str) -> &'a str {
    if narration.chars().count() < 4 { "" } else { paragraph }
}

/// The entry whose words are found most; the earliest mention decides between equals.
fn strongest<T: Copy + PartialEq>(text: &str, table: &Table<T>) -> Option<T> {
    let mut scores: Vec<(T, usize, usize)> = Vec::new();
    for (at, value) in find_all(text, table) {
        match scores.iter_mut().find(|(known, _, _)| *known == value) {
            Some((_, count, first)) => {
                *count += 1;
                *first = (*first).min(at);
            }
            None => scores.push((value, 1, at)),
        }
    }
    scores.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.2.cmp(&a.2))).map(|(value, _, _)| value)
}

/// Every mention of every entry: where, and what. A word right behind a negation does not count.
fn find_all<T: Copy>(text: &str, table: &Table<T>) -> Vec<(usize, T)> {
    let lower = text.to_lowercase();
    let mut found = Vec::new();
    for (value, list) in table {
        for word in *list {
            for (at, _) in lower.match_indices(word) {
                if !negated(&lower[..at]) && (!word.is_ascii() || whole(&lower, at, word.len())) {
                    found.push((at, *value));
                }
            }
        }
    }
    found
}

fn negated(before: &str) -> bool {
    let tail: String = before.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    // 没有下雨: a verb may stand between.
    tail.contains("没有") || words::NEGATIONS.iter().any(|negation| tail.ends_with(negation))
}

fn whole(text: &str, at: usize, length: usize) -> bool {
    let before = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
    let rest = &text[at + length..];
    let plural = rest.strip_prefix("es").or_else(|| rest.strip_prefix('s')).unwrap_or(rest);
    !before && (!rest.chars().next().is_some_and(char::is_alphanumeric) || !plural.chars().next().is_some_and(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> (Option<Place>, Option<TimeOfDay>, Option<Weather>) {
        let seen = read(text, text, text);
        (seen.place, seen.time, seen.weather)
    }

    #[test]
    fn a_shot_says_where_and_when_it_is() {
        use Place as P;
        use TimeOfDay as T;
        use Weather as W;
        for (text, place, time, weather) in [
            ("深夜，大雪纷飞，他独自走在山路上。", Some(P::Mountain), Some(T::Night), Some(W::Snow)),
            ("清晨的阳光照进教室，同学们在读书。", Some(P::School), Some(T::Dawn), None),
            ("傍晚时分，海边起了雾。", Some(P::Sea), Some(T::Dusk), Some(W::Fog)),
            ("房间里没有下雨的声音。", Some(P::Home), None, None),
            ("He walked into the forest at night while rain fell.", Some(P::Forest), Some(T::Night), Some(W::Rain)),
            ("At dawn the harbour was quiet.", Some(P::Sea), Some(T::Dawn), None),
            ("她笑了笑。", None, None, None),
        ] {
            assert_eq!(seen(text), (place, time, weather), "{text}");
        }
    }

    #[test]
    fn a_place_in_a_quote_is_not_where_we_are() {
        let seen = read("我们去海边吧\n他在教室里说", "他在教室里说", "他在教室里说");
        assert_eq!(seen.place, Some(Place::School));
    }
}
