//! Chinese names in a text: what the dictionary calls a name, what follows a family name, what stands before a verb of speech,
//! weighed by what the text does with it everywhere. A wrong name on screen is worse than a missing one.

use std::{collections::BTreeSet, sync::LazyLock};

use aho_corasick::AhoCorasick;

use crate::{
    rules::{
        names::JIEBA,
        people::{
            Name,
            nouns::NOUNS,
            titles::{is_title, join_titles, titled},
        },
        words::{CHINESE, NAMES},
    },
    text::is_han,
};

/// What speaks for a name.
#[derive(Debug, Default, Clone)]
struct Evidence {
    mentions: usize,
    speech: usize,
    vocative: usize,
    naming: usize,
    acts: usize,
    /// Behind a noun for somebody: 侄儿宏儿.
    apposed: usize,
    /// Mentions with a border on one side at least.
    lone: usize,
}

/// The names of a simplified text.
pub(crate) fn find(text: &str) -> Vec<Name> {
    let mut names = known(text);
    let taken: BTreeSet<String> = names.iter().flat_map(|name| name.all()).map(str::to_owned).collect();
    let mut words = BTreeSet::new();
    let candidates: Vec<String> =
        candidates(text, &mut words).into_iter().filter(|name| plausible(name) && !taken.contains(name)).collect();
    let evidence = weigh(text, &candidates);
    let mut scored: Vec<(String, f64, usize)> = candidates
        .into_iter()
        .zip(evidence)
        .filter_map(|(name, evidence)| score(&name, &evidence, words.contains(&name)).map(|score| (name, score, evidence.mentions)))
        .collect();
    // A longer name takes in its parts; 王冕 is not taken in by 王冕看, which stands more rarely.
    scored.sort_by(|a, b| b.0.chars().count().cmp(&a.0.chars().count()).then(b.2.cmp(&a.2)).then(a.0.cmp(&b.0)));
    let whole: Vec<(String, usize)> = scored
        .iter()
        .map(|(name, _, mentions)| (name.clone(), *mentions))
        .chain(names.iter().flat_map(|known| known.all().map(|name| (name.to_owned(), usize::MAX))))
        .collect();
    scored.retain(|(name, _, mentions)| {
        !whole.iter().any(|(part, count)| {
            part != name && name.starts_with(part.as_str()) && part.chars().count() >= 2 && count > mentions && !is_title(name)
        })
    });
    for (name, _, mentions) in scored {
        match names.iter_mut().find(|known| known.all().any(|whole| whole.contains(name.as_str()) && whole != name)) {
            Some(known) => known.aliases.push(name),
            None => names.push(Name { name, aliases: Vec::new(), known: None, mentions }),
        }
    }
    join_titles(names)
}

/// All names that everybody knows, to be looked for at once.
static KNOWN: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let all = NAMES.known.iter().flat_map(|(all, _)| all);
    AhoCorasick::new(all).expect("a few hundred names can be looked for")
});

/// Names everybody knows.
fn known(text: &str) -> Vec<Name> {
    let mut counts = vec![0_usize; KNOWN.patterns_len()];
    KNOWN.find_overlapping_iter(text).for_each(|hit| counts[hit.pattern().as_usize()] += 1);
    let mut counts = counts.into_iter();
    let mut found = Vec::new();
    for (all, known) in &NAMES.known {
        let there: Vec<(&String, usize)> = all.iter().zip(counts.by_ref()).filter(|(_, count)| *count > 0).collect();
        // A nickname alone may be anybody's.
        let sure = there.iter().any(|(name, count)| {
            **name == all[0]
                || name.chars().count() >= 3
                || *count >= 3
                || JIEBA.tag(name, false).first().is_some_and(|tag| tag.word == **name && tag.tag.starts_with("nr"))
        });
        // 刘四 within 刘四爷 is no mention of its own.
        let alone = |name: &str, count: usize| {
            count
                - there
                    .iter()
                    .filter(|(other, _)| other.as_str() != name && other.contains(name))
                    .map(|(_, count)| *count)
                    .sum::<usize>()
                    .min(count)
        };
        let Some((name, mentions)) = there.iter().max_by_key(|(name, count)| alone(name, *count)).filter(|_| sure) else { continue };
        let aliases = there.iter().filter(|(other, _)| other != name).map(|(other, _)| (*other).clone()).collect();
        found.push(Name { name: (*name).clone(), aliases, known: Some(*known), mentions: *mentions });
    }
    found
}

/// Words that may be names; into `words` those that the dictionary does not know and takes for one word.
fn candidates(text: &str, words: &mut BTreeSet<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in text.lines() {
        let tags = JIEBA.tag(line, true);
        for (index, token) in tags.iter().enumerate() {
            let length = token.word.chars().count();
            let next = tags.get(index + 1).map(|token| token.word).unwrap_or_default();
            if (2..=4).contains(&length) && (token.tag.starts_with("nr") || matches!(token.tag, "nz" | "n" | "x" | "i") && rare(token.word))
            {
                found.insert(cut_tail(token.word));
            }
            // 陆远: a word that the dictionary does not know, begun by a family name.
            let begun = token.word.chars().next().is_some_and(|c| NAMES.surnames.contains(&c)) && token.word.chars().all(is_han);
            if (2..=3).contains(&length) && begun && !JIEBA.has_word(token.word) {
                words.insert(token.word.to_owned());
                found.insert(cut_tail(token.word));
                found.insert(token.word.chars().take(2).collect());
            }
            // A family name with what follows: 杨 + 二嫂, 王 + 建国.
            let surname =
                length == 1 && token.word.chars().all(|c| NAMES.surnames.contains(&c)) || NAMES.double_surnames.contains(token.word);
            if surname && next.chars().all(is_han) && (1..=2).contains(&next.chars().count()) {
                found.insert(cut_tail(&format!("{}{next}", token.word)));
                // 林 + 秋 + 白: the dictionary may cut a given name in two.
                let third = tags.get(index + 2).map(|token| token.word).unwrap_or_default();
                if next.chars().count() == 1 && third.chars().count() == 1 && third.chars().all(is_han) {
                    found.insert(cut_tail(&format!("{}{next}{third}", token.word)));
                }
            }
            // 阿Q, 小D, 老王, 小明.
            if matches!(token.word, "阿" | "小" | "老") {
                let head: String = next.chars().take(1).collect();
                if !head.is_empty() && head.chars().all(char::is_alphanumeric) {
                    found.insert(format!("{}{head}", token.word));
                }
            }
        }
        found.extend(titled(line));
        found.extend(before_speech(line));
        found.extend(after_naming(line));
    }
    found
}

/// A word of the text that the dictionary hardly knows.
fn rare(word: &str) -> bool {
    word.chars().all(is_han) && JIEBA.suggest_freq(word) <= 20
}

/// What stands at the head of a clause right before a verb of speech.
fn before_speech(line: &str) -> Vec<String> {
    let verbs = CHINESE.get("says");
    let mut found = Vec::new();
    for clause in line.split(|c: char| !is_han(c)) {
        let Some(at) = verbs.within(clause).filter(|at| (6..=24).contains(at)) else { continue };
        let head = &clause[..at];
        let first = JIEBA.cut(head, true).first().map(|token| token.word.to_owned()).unwrap_or_default();
        let short = |word: &str| (2..=3).contains(&word.chars().count());
        if short(&first) {
            found.push(cut_tail(&first));
        }
        if short(head) {
            found.push(cut_tail(head));
        }
    }
    found
}

fn after_naming(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in line.char_indices() {
        let rest = &line[at..];
        let Some(length) = CHINESE.get("named").begins(rest).or_else(|| CHINESE.get("self_named").begins(rest)) else { continue };
        let tail: String = rest[length..]
            .chars()
            .skip_while(|c| "“「：:，".contains(*c))
            .take_while(|c| is_han(*c) || c.is_ascii_uppercase())
            .take(5)
            .collect();
        if let Some(first) = JIEBA.cut(&tail, true).first() {
            let length = first.word.chars().count();
            let surname = first.word.chars().all(|c| NAMES.surnames.contains(&c));
            if (2..=3).contains(&length) {
                found.push(cut_tail(first.word));
            }
            if surname && length == 1 {
                found.push(cut_tail(&tail.chars().take(3).collect::<String>()));
                found.push(cut_tail(&tail.chars().take(2).collect::<String>()));
            }
        }
    }
    found
}

/// Characters at which a name may not stop, because they belong to the next word.
const TRAILING: &str = "说道问喊叫答笑哭走跑看望听想拿也却便就正又已在是的了着过来去把对向给跟和与及从到被让使将还都没不很太最更一这那有为吗呢吧啊呀献坐站抬低转点摇忽突终慢轻急见将自之其拱躬拔喝曰云乃即遂欲命令引率早拍打挑提等问吃穿抱扶抓捧只刚先再";

fn cut_tail(word: &str) -> String {
    let mut name = word.to_owned();
    while name.chars().count() > 2 && name.chars().next_back().is_some_and(|last| TRAILING.contains(last)) {
        name.pop();
    }
    name
}

fn ordinary_word(name: &str) -> bool {
    JIEBA.has_word(name) && JIEBA.suggest_freq(name) > 60
}

/// Family names that are words of their own.
const FUNCTION: &str = "何于和向应连方安成单时万常高明全任易解能都别从管强满水古关终公相毕则曾尚如边路";

/// Characters that begin no name but a family's.
const LEADING: &str = "过走到进出把被从向往只又便就也都很太最更再还没不有是在这那说道问看听想来去上下里外前后大小多少心手头脸眼口身丹粉红";

fn person_in_dictionary(name: &str) -> bool {
    JIEBA.has_word(name) && JIEBA.tag(name, false).first().is_some_and(|tag| tag.tag.starts_with("nr"))
}

/// Whether a word can be a name at all.
fn plausible(name: &str) -> bool {
    let length = name.chars().count();
    let letters = name.chars().all(|c| is_han(c) || c.is_ascii_uppercase());
    let foreign = name.chars().any(|c| "我你他她它您咱们这那哪谁什么怎之其此彼每各某几两一三四五六七八九十百千万的了着不没".contains(c));
    let surname = name.chars().next().is_some_and(|c| NAMES.surnames.contains(&c));
    let numbered = surname
        && (is_title(name) || foreign && !name.chars().any(|c| "我你他她它您咱们这那哪谁什么怎的了着不没".contains(c)) && length <= 3);
    let nicknamed = length == 2 && name.starts_with(['阿', '小', '老']) && !name.chars().any(|c| "我你他她它您那这的了着".contains(c));
    let noun = NOUNS.chinese.get(name).is_some()
        || length >= 3 && NOUNS.chinese.get(&name.chars().skip(1).collect::<String>()).is_some() && !is_title(name);
    // 众猴, 二人: several are nobody's name.
    let several = name.starts_with(['众', '群', '各', '全', '满', '二', '两', '三', '四', '诸'])
        && !NAMES.double_surnames.iter().any(|double| name.starts_with(double.as_str()));
    (2..=4).contains(&length)
        && !several
        && letters
        && (!foreign || numbered || nicknamed)
        && !noun
        && CHINESE.get("no_person").begins(name).is_none()
        && !NAMES.not_names.contains(name)
        && !NAMES.not_names.contains(&name.chars().take(2).collect::<String>())
        && !name.chars().next_back().is_some_and(|last| TRAILING.contains(last))
}

fn weigh(text: &str, candidates: &[String]) -> Vec<Evidence> {
    let mut found = vec![Evidence::default(); candidates.len()];
    let Ok(finder) = AhoCorasick::new(candidates) else { return found };
    // Where quotes open and close.
    let quotes: Vec<(usize, bool)> = text.char_indices().filter(|(_, c)| matches!(c, '“' | '”')).map(|(at, c)| (at, c == '“')).collect();
    let (verbs, acts) = (CHINESE.get("says"), CHINESE.get("acts"));
    for hit in finder.find_overlapping_iter(text) {
        let evidence = &mut found[hit.pattern().as_usize()];
        let (before, after) = (&text[..hit.start()], &text[hit.end()..]);
        let opens = before.chars().next_back().is_none_or(|c| !is_han(c) || c == '的');
        let ends = after.chars().next().is_none_or(|c| !is_han(c));
        let second = after.char_indices().nth(2).map_or("", |(at, _)| &after[at..]);
        let quoted = quotes.partition_point(|(at, _)| *at < hit.start()).checked_sub(1).is_some_and(|last| quotes[last].1);
        evidence.mentions += 1;
        evidence.speech += usize::from(after.starts_with("的声音"));
        evidence.speech += usize::from(verbs.begins(after).is_some() || !ends && verbs.begins(second).is_some());
        evidence.vocative += usize::from(
            before.ends_with('“') && after.starts_with(['，', '！', '？', '。', ',', '!', '…'])
                || before.ends_with('，') && after.starts_with(['！', '。', '？', '”']) && quoted,
        );
        evidence.naming += usize::from(
            CHINESE.get("named").ends(before.trim_end_matches(['“', '：', '，'])).is_some()
                || CHINESE.get("self_named").ends(before).is_some(),
        );
        evidence.acts += usize::from(opens && acts.begins(after).is_some());
        evidence.apposed += usize::from((2..=4).any(|length| {
            let start = before.char_indices().rev().nth(length - 1).map(|(at, _)| at);
            start.is_some_and(|start| NOUNS.chinese.get(&before[start..]).is_some_and(|sort| !NOUNS.sorts[*sort].group))
        }));
        evidence.lone += usize::from(opens || ends);
    }
    found
}

/// How much speaks for a name, if it is enough.
fn score(name: &str, evidence: &Evidence, one_word: bool) -> Option<f64> {
    let length = name.chars().count();
    let tags = JIEBA.tag(name, true);
    let person = tags.len() == 1 && tags[0].tag.starts_with("nr");
    let first = name.chars().next()?;
    let surname = NAMES.surnames.contains(&first) && length <= 3
        || NAMES.double_surnames.iter().any(|surname| name.starts_with(surname.as_str()) && name != surname);
    let titled = surname && is_title(name);
    let nicknamed = length == 2 && ("阿小老".contains(first) || name.ends_with('儿') && !ordinary_word(name));
    let ordinary =
        JIEBA.has_word(name) && !person && !("老小".contains(first) && name.chars().nth(1).is_some_and(|c| NAMES.surnames.contains(&c)));
    let count = |n: usize, weight: f64| weight * (n.min(3) as f64);
    let mut score = count(evidence.speech, 2.0)
        + count(evidence.vocative, 2.0)
        + count(evidence.naming, 3.0)
        + count(evidence.apposed, 2.0)
        + count(evidence.acts, 1.0);
    score += if person { 1.5 } else { 0.0 }
        + if surname { 1.0 } else { 0.0 }
        + if titled { 2.5 } else { 0.0 }
        + if nicknamed { 1.0 } else { 0.0 };
    score += if evidence.mentions >= 3 { 1.0 } else { 0.0 };
    // An ordinary word needs more than chance.
    if ordinary && !titled {
        score -= if JIEBA.suggest_freq(name) > 100 { 4.0 } else { 1.5 };
    }
    if evidence.lone == 0 && evidence.apposed == 0 && !(nicknamed && evidence.speech > 0)
        || !titled && evidence.speech + evidence.vocative + evidence.naming + evidence.acts + evidence.apposed == 0
    {
        score -= 2.5;
    }
    // 心里, 过铁: a common word, or one that begins with a verb, is a name only where the text says so.
    let common = ordinary && !titled && !nicknamed && JIEBA.suggest_freq(name) > 60
        || !surname && !nicknamed && !person_in_dictionary(name) && LEADING.contains(first);
    if common && evidence.naming + evidence.vocative == 0 {
        return None;
    }
    // 何所遇, 向前: family names that are little words, too.
    if FUNCTION.contains(first) && length <= 3 && evidence.speech + evidence.naming + evidence.apposed == 0 && !person_in_dictionary(name) {
        return None;
    }
    // Without a family name or the dictionary's word, a single mention proves nothing.
    if !surname && !person && !nicknamed && evidence.naming + evidence.apposed == 0 && evidence.mentions < 3 {
        score -= 2.0;
    }
    let met = one_word && surname && evidence.acts > 0;
    score += if met { 1.0 } else { 0.0 };
    let strong = met
        || evidence.speech + evidence.naming > 0
        || evidence.apposed > 0 && (person || surname || nicknamed)
        || titled && evidence.acts > 0
        || evidence.vocative > 0 && (person || surname || titled || nicknamed);
    (score >= 3.0 && (evidence.mentions >= 2 || strong)).then_some(score)
}
