//! What everybody is like once the whole text is read: who is worth a place in the film, how old they are, what they look like.

use ports::film::{Age, Being, Character, Gender, Language, Period};

use super::cast::{Cast, Person};
use crate::rules::names::seed;

/// How many are kept: those mentioned most.
const MOST: usize = 40;

/// Who can be seen or heard, the most important first.
pub(crate) fn shown(cast: &Cast) -> Vec<usize> {
    let mut shown: Vec<usize> =
        (0..cast.people.len()).filter(|who| cast.people[*who].into.is_none() && worth(&cast.people[*who])).collect();
    let weight = |who: &usize| {
        let person = &cast.people[*who];
        person.mentions + 2 * person.says
    };
    shown.sort_by(|a, b| weight(b).cmp(&weight(a)).then(a.cmp(b)));
    shown.truncate(MOST);
    shown
}

/// Whether somebody is more than spoken of.
fn worth(person: &Person) -> bool {
    match (person.named, person.being) {
        _ if person.narrator => person.mentions > 0,
        (true, _) => person.says > 0 || person.mentions > 0,
        (false, Being::Human) => person.says > 0 || person.acts > 0 || person.seen > 0 || person.mentions >= 3,
        (false, Being::Animal | Being::Creature) => {
            person.says > 0 || person.acts > 0 && person.mentions >= 2 || person.acts > 0 && person.seen > 0 || person.mentions >= 3
        }
    }
}

/// A character of the film.
pub(crate) fn character(person: &Person, text: &str, language: Language, period: Period) -> Character {
    let age = age(person, text, language);
    // Whoever is only told to be somebody is drawn as a man, unless several may be anybody.
    let gender = match person.gender() {
        Gender::Unknown if person.being == Being::Human && !person.group && (person.named || person.narrator) => Gender::Male,
        known => known,
    };
    let seed = seed(&person.name);
    let looks = looks(person, gender, age, seed, period);
    Character {
        name: person.name.clone(),
        aliases: person.aliases.clone(),
        gender,
        age,
        being: person.being,
        species: person.species,
        group: person.group,
        looks,
        seed,
    }
}

/// The colour of the clothes is the seed's remainder: of the first eight nobody is dressed like somebody else.
pub(crate) fn dressed_apart(mut characters: Vec<Character>) -> Vec<Character> {
    for index in 1..characters.len().min(8) {
        while characters[..index].iter().any(|other| other.seed % 8 == characters[index].seed % 8) {
            characters[index].seed = characters[index].seed.wrapping_add(1);
        }
    }
    characters
}

/// Words near a name that tell an age.
const CHILD: &[&str] =
    &["小孩", "放牛", "七岁", "八岁", "九岁", "十岁", "十一岁", "十二岁", "小学生", "schoolboy", "little boy", "little girl"];
const YOUNG: &[&str] = &[
    "少年",
    "少女",
    "青年",
    "十三岁",
    "十四岁",
    "十五岁",
    "十六岁",
    "十七岁",
    "十八岁",
    "十九岁",
    "二十岁",
    "同学",
    "马尾",
    "学生",
    "弟子",
    "师姐",
    "师妹",
    "师弟",
    "师兄",
    "年轻",
    "高中",
    "高一",
    "高二",
    "高三",
    "大学",
    " young ",
];
const OLD: &[&str] = &[
    "白发",
    "白胡子",
    "花白",
    "头发全白",
    "皱纹",
    "拐杖",
    "年迈",
    "驼背",
    "须发皆白",
    "鬓发",
    "六十",
    "七十",
    "八十",
    "苍老",
    "老态",
    "old man",
    "old woman",
    "elderly",
    "grey-haired",
    "gray-haired",
    "white beard",
    "white-haired",
    "wrinkled",
    " old ",
];

fn age(person: &Person, text: &str, language: Language) -> Age {
    if let Some(age) = person.age {
        return age;
    }
    let (mut child, mut young, mut old) = (0, 0, 0);
    let names = std::iter::once(&person.name).chain(&person.aliases);
    for name in names {
        let aged = language == Language::English && (name.starts_with("Old ") || name.starts_with("Grand"));
        old += usize::from(aged) * 3;
        child += usize::from(name.chars().count() == 2 && name.ends_with('儿'));
        let span = if language == Language::Chinese { 24 } else { 40 };
        for (at, _) in text.match_indices(name.as_str()).take(12) {
            let before: String = text[..at].chars().rev().take(span / 2).collect::<Vec<_>>().into_iter().rev().collect();
            let after: String = text[at + name.len()..].chars().take(span).collect();
            // Whoever is named next is told of next.
            let near = format!(
                "{}{}",
                before.rsplit(['。', '.', '“', '”']).next().unwrap_or_default(),
                after.split(['。', '”', '“']).next().unwrap_or_default()
            )
            .to_lowercase();
            let count = |list: &[&str]| list.iter().filter(|word| near.contains(**word)).count();
            child += count(CHILD);
            young += count(YOUNG);
            old += count(OLD);
        }
    }
    match () {
        () if old > 0 && old >= child.max(young) => Age::Old,
        () if child > young => Age::Child,
        () if young > 0 => Age::Young,
        () => Age::Adult,
    }
}

fn looks(person: &Person, gender: Gender, age: Age, seed: u64, period: Period) -> String {
    let pick = |list: &[&'static str], shift: u32| list[usize::try_from((seed >> shift) % list.len() as u64).unwrap_or(0)];
    if person.being != Being::Human {
        let what = person.species.map_or_else(|| "creature".to_owned(), |species| format!("{species:?}").to_lowercase());
        return if person.group { format!("several of a kind: {what}") } else { what };
    }
    let who = match (gender, age) {
        (Gender::Female, Age::Child) => "little girl",
        (Gender::Female, Age::Young) => "young woman",
        (Gender::Female, Age::Adult) => "woman",
        (Gender::Female, Age::Old) => "old woman",
        (_, Age::Child) => "boy",
        (_, Age::Young) => "young man",
        (_, Age::Adult) => "man",
        (_, Age::Old) => "old man",
    };
    let hair = if age == Age::Old { "grey hair" } else { pick(&["black hair", "dark brown hair", "chestnut hair", "blue-black hair"], 8) };
    let clothes = match (period, gender) {
        (Period::Ancient, _) => pick(&["blue robe", "white hanfu", "green robe", "dark red robe"], 16),
        (Period::Republican, _) => pick(&["grey long gown", "blue cotton gown"], 16),
        (Period::Victorian, Gender::Female) => pick(&["long dress with a lace collar", "dark dress with lace"], 16),
        (Period::Victorian, _) => pick(&["dark frock coat", "brown frock coat"], 16),
        (Period::Timeless | Period::Fantasy | Period::Modern | Period::School, _) => {
            pick(&["blue jacket", "white shirt", "green sweater", "red coat", "grey hoodie"], 16)
        }
    };
    if person.group { format!("several people, each a {who}, {clothes}") } else { format!("{who}, {hair}, {clothes}") }
}
