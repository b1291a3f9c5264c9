//! Where somebody is, from the places a sentence names and how it names them: "he came into the inn" is sure, "an inn" a hint, and
//! "he saw an inn far away" nothing.

use std::sync::LazyLock;

use ports::film::{Language, Place};

use super::{
    setting::{BLOCKED, Table},
    words::{CHINESE, ENGLISH},
};

/// A place that a sentence is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) place: Place,
    /// The text's word for it.
    pub(crate) name: String,
    /// 1 a hint, 2 something happens there, 3 somebody is there, 4 somebody came there.
    pub(crate) sure: u8,
}

/// What a place's word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The place itself.
    Place,
    /// A thing that stands there.
    Hint,
    /// Going there.
    Motion,
}

static PLACES: LazyLock<Table<(Place, Kind)>> = LazyLock::new(|| {
    Table::of(include_str!("words/places.txt"), |key| {
        let (name, kind) = match (key.strip_suffix('?'), key.strip_suffix('!')) {
            (Some(name), _) => (name, Kind::Hint),
            (_, Some(name)) => (name, Kind::Motion),
            (None, None) => (key, Kind::Place),
        };
        Place::ALL.iter().find(|place| format!("{place:?}") == name).map(|place| (*place, kind))
    })
});

/// The place of a folded sentence, if it says more than is known: `sure` is how sure the place before is.
/// Behind it a place with a roof that is seen from afar.
pub(crate) fn read(text: &str, language: Language, sure: u8) -> (Option<Seen>, Option<(Place, String)>) {
    let mut best: Option<Seen> = None;
    let mut ahead = None;
    let found = PLACES.find(text, language, &BLOCKED["place"]);
    let mut last = 0;
    for (index, (start, end, (place, kind))) in found.iter().copied().enumerate() {
        let level = match language {
            Language::Chinese => chinese(text, start, end),
            Language::English => english(text, start),
        };
        let level = match kind {
            Kind::Place => level,
            Kind::Hint => level.min(1),
            Kind::Motion if level > 0 => 4,
            Kind::Motion => 0,
        };
        let roofed = place.indoors() || place == Place::Temple;
        // 茶馆门口: before its door, on the way in.
        let door = found.get(index + 1).is_some_and(|(next, _, (outside, _))| *next == end && *outside == Place::Courtyard);
        if roofed && kind == Kind::Place && (level == 0 || door) {
            ahead = Some((place, text[start..end].to_owned()));
        }
        // Whoever goes through several places is in the last; what is only named beside is behind what was named first, but 镇口的
        // 酒店里 is in the inn.
        let clause = language == Language::Chinese && !text[last..start].contains(['，', '；', '：']);
        let better = best.as_ref().is_none_or(|best| level > best.sure || level == best.sure && (level == 4 || clause));
        if level > 0 && better {
            best = Some(Seen { place, name: text[start..end].to_owned(), sure: level });
        }
        last = end;
    }
    let door = best.as_ref().is_some_and(|best| best.place == Place::Courtyard) && ahead.is_some() && enters(text, language);
    if let Some((place, name)) = ahead.take_if(|_| door) {
        best = Some(Seen { place, name, sure: 4 });
    }
    // A hint moves nobody away from where the text has put them.
    (best.filter(|seen| seen.sure >= 2 || sure <= 1), ahead)
}

/// Whether somebody goes in where the sentence does not say into what.
pub(crate) fn enters(text: &str, language: Language) -> bool {
    let words: &[&str] = match language {
        Language::Chinese => {
            &["入到里面", "走进去", "进去", "进里面", "入内", "进门", "走了进", "进得", "推门", "入来", "入去", "跨进", "到里面"]
        }
        Language::English => &["went in", "walked in", "stepped in", "came in", "entered", "go in", "inside", "crept in", "ran in"],
    };
    words.iter().any(|word| text.contains(word))
}

fn chinese(text: &str, start: usize, end: usize) -> u8 {
    let clause = text[..start].rfind(['，', '。', '；', '！', '？', '：', '、']).map_or(0, |at| at + '，'.len_utf8());
    let near: usize = text[clause..start].char_indices().rev().nth(7).map_or(clause, |(at, _)| clause + at);
    let before = &text[near..start];
    let last = |list: &str| {
        let list = CHINESE.get(list);
        before.char_indices().filter_map(|(at, _)| list.begins(&before[at..]).map(|length| at + length)).max().unwrap_or(0)
    };
    let (arrives, stays, leaves, toward) = (last("arrives"), last("stays"), last("departs"), last("toward"));
    let nearest = arrives.max(stays).max(leaves).max(toward);
    let after = &text[end..];
    let inside = CHINESE.get("inside").begins(after).is_some() || CHINESE.get("inside").ends(&text[start..end]).is_some();
    let single = text[start..end].chars().count() == 1;
    let level = match nearest {
        0 if inside => 2,
        0 => 1,
        near if near == toward => 0,
        near if near == arrives => 4,
        near if near == stays => 3,
        _ => 0,
    };
    if single && level < 2 { 0 } else { level }
}

fn english(text: &str, start: usize) -> u8 {
    let clause = text[..start]
        .rfind([',', '.', ';', '!', '?', ':', '—', '“', '”'])
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let words: Vec<&str> = text[clause..start].split_whitespace().rev().take(5).collect();
    // What somebody hears or sees is elsewhere.
    let sentence = text[..start].rfind(['.', '!', '?', ';']).map_or(0, |at| at + 1);
    if ["heard ", "could hear", "could see", "saw "].iter().any(|verb| text[sentence..start].contains(verb)) {
        return 0;
    }
    for (index, word) in words.iter().enumerate() {
        if *word == "of" && !words.get(index + 1).is_some_and(|verb| ENGLISH.get("of_far").has(verb)) {
            return 1;
        }
        let pair = words.get(index + 1).map(|before| format!("{before} {word}")).unwrap_or_default();
        let has = |list: &str| ENGLISH.get(list).has(word) || ENGLISH.get(list).has(&pair);
        if has("departs") || ENGLISH.get("toward").has(word) {
            return 0;
        }
        if ENGLISH.get("arrives").has(word) {
            // "to" alone is a direction; somebody went there.
            return 4;
        }
        if ENGLISH.get("stays").has(word) {
            return 3;
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_a_place_is_named_says_who_is_there() {
        for (text, expected) in [
            ("来到阳谷县的一家酒店里", Some((Place::Inn, 4))),
            ("望见前面有一个酒店", None),
            ("在镇口的咸亨酒店里当伙计", Some((Place::Inn, 3))),
            ("后山的竹林里雾气弥漫", Some((Place::Forest, 2))),
            ("朝后山走去", None),
            ("他从山上下来", None),
            ("he went into the garden of the inn", Some((Place::Garden, 4))),
            ("he sat by the river", Some((Place::River, 3))),
            ("he spoke of the river", None),
        ] {
            let language = crate::text::language(text);
            let seen = read(text, language, 0).0.map(|seen| (seen.place, seen.sure));
            assert_eq!(seen, expected, "{text}");
        }
    }
}
