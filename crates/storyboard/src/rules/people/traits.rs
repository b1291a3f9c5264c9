//! What everybody is like once the whole text is read: who is worth a place in the film, how old they are, what they look like.

use ports::film::{Age, Being, Character, Gender, Language, Period};

use super::{cast::Cast, person::Person};
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
        (false, Being::Human) => person.says > 0 || person.acts > 0 || person.seen > 0 || person.mentions >= 2,
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
    let name = shown_name(person);
    let aliases = std::iter::once(&person.name).chain(&person.aliases).filter(|other| **other != name).cloned().collect();
    Character { name, aliases, gender, age, being: person.being, species: person.species, group: person.group, looks, seed }
}

/// A name, else the noun that somebody is called by most.
fn shown_name(person: &Person) -> String {
    let most = person.words.iter().map(|(_, count)| *count).max();
    let word = person.words.iter().find(|(_, count)| Some(*count) == most).map(|(word, _)| word);
    word.filter(|_| !person.named && !person.narrator).unwrap_or(&person.name).clone()
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
const CHILD: &[&str] = &["小孩", "放牛", "小学生", "书包"];
const YOUNG: &[&str] = &["少年", "少女", "青年", "同学", "马尾", "学生", "弟子", "师姐", "师妹", "师弟", "师兄", "年轻", "高中", "大学"];
const OLD: &[&str] =
    &["白发", "白胡子", "花白", "头发全白", "皱纹", "拐杖", "年迈", "驼背", "须发皆白", "须眉皆白", "鬓发", "苍老", "老态", "白须", "银须"];

/// Ends of names that only old people bear.
const AGED: &[&str] = &["老", "翁", "婆", "姥", "姥姥", "老太", "太君", "老爹", "老汉", "老头"];

/// Ends of names by which only grandparents are called: they are stronger than what else somebody is called.
const GRANDPARENTS: &[&str] = &["爷爷", "奶奶", "外公", "外婆", "姥爷", "姥姥", "阿公", "阿婆", "老伯", "太婆", "老爹", "老太太"];

/// Words of stories in which nearly everybody is young.
const SCHOOL: &[&str] = &["同学", "教室", "高中", "课桌", "校园", "班主任", "外门", "师兄", "师姐", "宗门", "师弟", "师妹"];

fn age(person: &Person, text: &str, language: Language) -> Age {
    let names = || std::iter::once(&person.name).chain(&person.aliases);
    if person.being == Being::Animal {
        return if names().any(|name| name.starts_with('小')) { Age::Child } else { person.age.unwrap_or(Age::Adult) };
    }
    if GRANDPARENTS.iter().any(|end| person.name.ends_with(end)) {
        return Age::Old;
    }
    if let Some(age) = person.age {
        return age;
    }
    let first = |name: &String| text.find(name.as_str()).map_or("", |at| text[..at].trim_end());
    match language {
        Language::English => {
            let before = |word: &str| {
                names().any(|name| first(name).to_lowercase().ends_with(word) || name.to_lowercase().starts_with(&format!("{word} ")))
            };
            match () {
                () if before("old") || before("aged") || before("elderly") => Age::Old,
                () if before("young") => Age::Young,
                () if before("little") => Age::Child,
                () => Age::Adult,
            }
        }
        Language::Chinese => {
            let aged = names().filter(|name| AGED.iter().any(|end| name.ends_with(end) && name.len() > end.len())).count();
            let childish = names().filter(|name| name.chars().count() == 2 && name.ends_with('儿')).count();
            let (child, young, old) = (near(person, text, CHILD) + childish, near(person, text, YOUNG), near(person, text, OLD) + 3 * aged);
            match () {
                () if old > 0 && old >= child.max(young) => Age::Old,
                () if child > young => Age::Child,
                () if young > 0 || SCHOOL.iter().filter(|word| text.contains(**word)).count() >= 3 => Age::Young,
                () => Age::Adult,
            }
        }
    }
}

/// How often words stand near the names of somebody, in the same sentence.
fn near(person: &Person, text: &str, words: &[&str]) -> usize {
    let mut count = 0;
    for name in std::iter::once(&person.name).chain(&person.aliases) {
        for (at, _) in text.match_indices(name.as_str()).take(12) {
            let before: String = text[..at].chars().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect();
            let after: String = text[at + name.len()..].chars().take(24).collect();
            // Whoever is named next is told of next.
            let stop = ['。', '“', '”'];
            let near = format!("{}{}", before.rsplit(stop).next().unwrap_or_default(), after.split(stop).next().unwrap_or_default());
            count += words.iter().filter(|word| near.contains(**word)).count();
        }
    }
    count
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
