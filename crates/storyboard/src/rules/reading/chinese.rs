//! Chinese sentences: where names, nouns and pronouns stand for somebody, and what part they play. Text is simplified beforehand,
//! character by character, so that places in it are places in the original.

use std::ops::Range;

use super::{
    part::{acts, fresh, last_counter, mention},
    sentence::{Clause, Mention, Role, Sentence, Term, cut},
};
use crate::rules::{
    names::JIEBA,
    people::nouns::NOUNS,
    words::{CHINESE, Lexicon},
};

/// The sentences of a run of narration.
pub(crate) fn sentences(text: &str, names: &Lexicon<usize>) -> Vec<Sentence> {
    let ends = |c: char, _: &str| "。！？；!?;…".contains(c);
    cut(text, 0..text.len(), ends).into_iter().map(|at| sentence(text, at, names)).collect()
}

fn sentence(text: &str, at: Range<usize>, names: &Lexicon<usize>) -> Sentence {
    let mut clauses: Vec<Clause> = Vec::new();
    // What somebody only thinks of, to the end of the sentence.
    let mut thought = false;
    for part in cut(text, at.clone(), |c, _| "，：、—,:".contains(c)) {
        let words = &text[part.clone()];
        let mut mentions = mentions(text, part.clone(), names);
        let thinks = CHINESE.get("thinks").within(words).map(|at| part.start + at);
        for mention in &mut mentions {
            if thought || thinks.is_some_and(|thinks| mention.at.start > thinks) {
                mention.role = Role::Absent;
            }
        }
        let outer =
            words.contains("我想") || words.contains("暗想") || words.contains("心想") || words.contains("听说") || words.contains("据说");
        thought |= outer && !words.ends_with('：');
        // 喝酒的人、掌柜: what is listed behind a pause plays the same part.
        let listed = clauses.last().is_some_and(|last: &Clause| text[last.at.clone()].ends_with('、'));
        if listed && let Some(last) = clauses.last_mut() {
            if let Some(before) = last.mentions.last() {
                mentions.iter_mut().for_each(|mention| mention.role = before.role);
            }
            last.mentions.extend(mentions);
            last.at.end = part.end;
            last.says |= says(words);
            last.leaves |= CHINESE.get("leaves").within(words).is_some();
            continue;
        }
        clauses.push(Clause { says: says(words), leaves: CHINESE.get("leaves").within(words).is_some(), at: part, mentions });
    }
    Sentence { at, clauses }
}

/// Words in which a verb of speech is none.
const NO_SPEECH: &[&str] = &[
    "知道",
    "道路",
    "道理",
    "街道",
    "一道",
    "味道",
    "难道",
    "道士",
    "道人",
    "道长",
    "道上",
    "小道",
    "大道",
    "轨道",
    "铁道",
    "管道",
    "地道",
    "笑容",
    "听说",
    "据说",
    "小说",
    "传说",
    "说明",
    "答应",
    "叫做",
    "学问",
    "疑问",
    "问题",
    "哭声",
    "笑声",
    "道观",
    "道袍",
    "通道",
    "甬道",
    "官道",
    "山道",
    "道旁",
    "道中",
    "念书",
    "念头",
    "应该",
    "应当",
    "喝酒",
    "喝茶",
    "喝了",
    "喝水",
    "喝完",
    "想念",
    "云雾",
    "白云",
    "乌云",
    "云彩",
    "云端",
    "云头",
    "表示",
    "招呼客",
    "笑话",
    "谢谢",
    "呼吸",
    "招呼着客",
];

/// Whether somebody speaks in a clause.
pub(super) fn says(clause: &str) -> bool {
    let verbs = CHINESE.get("says");
    let mut at = 0;
    while at < clause.len() {
        let rest = &clause[at..];
        if let Some(word) = NO_SPEECH.iter().find(|word| rest.starts_with(**word)) {
            at += word.len();
        } else if verbs.begins(rest).is_some() {
            return true;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    false
}

/// Who is mentioned in a part of a text, in order.
fn mentions(text: &str, part: Range<usize>, names: &Lexicon<usize>) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut at = part.start;
    while at < part.end {
        let rest = &text[at..part.end];
        let step = rest.chars().next().map_or(1, char::len_utf8);
        let before = &text[part.start..at];
        let name = names.longest(rest);
        let blocked = CHINESE.get("no_person").begins(rest).unwrap_or(0);
        let noun = NOUNS.chinese.longest(rest).filter(|(length, _)| *length > blocked);
        let (length, term) = match (name, noun) {
            (Some((length, id)), noun) if noun.is_none_or(|(other, _)| other <= length) => (length, Term::Name(*id)),
            (_, Some((length, sort))) if stands(text, &part, at..at + length, *sort) => (length, Term::Noun(*sort)),
            _ if blocked > 0 => {
                at += blocked;
                continue;
            }
            _ => match pronoun(rest, before) {
                Some((length, term)) => (length, term),
                None => match crowd(rest, before) {
                    Some(length) => (length, Term::Noun(NOUNS.sort("众人").expect("the lists know a crowd"))),
                    None => {
                        at += step;
                        continue;
                    }
                },
            },
        };
        let end = at + length;
        // 老猎人: the word before it belongs to it.
        let aged = matches!(term, Term::Noun(_))
            && before.ends_with('老')
            && !before.ends_with("长老")
            && found.last().is_none_or(|last| last.at.end + '老'.len_utf8() <= at);
        let at_first = if aged { at - '老'.len_utf8() } else { at };
        // 只剩下沈默一个人, 我照例一个人: alone.
        let alone: bool =
            matches!(&text[at..end], "一个人" | "一人") && found.iter().any(|other| other.role == Role::Subject || other.at.end == at);
        if alone {
            at = end;
            continue;
        }
        // 他母亲, 我们掌柜, 王冕的母亲: whose somebody is is not who is there.
        if let (Term::Noun(_), Some(owner)) = (term, found.last())
            && (&text[owner.at.end..at] == "的" || owner.at.end == at && owns(owner.term, term))
            && (!matches!(owner.term, Term::Noun(_)) || text[owner.at.end..at].ends_with('的'))
        {
            let owner = found.pop().expect("it is the last");
            if matches!(owner.term, Term::Name(_) | Term::Noun(_)) {
                found.push(Mention { role: Role::Absent, ..owner });
            }
        }
        // 白胡子老者, 师姐苏晚晴: a word right before another only describes them.
        let described = found.last().filter(|last| last.at.end == at && matches!(last.term, Term::Noun(_))).is_some();
        let describing = if described { found.pop() } else { None };
        let mut mention = mention(text, &part, at_first..end, term, &found);
        if let Some(first) = describing {
            (mention.fresh, mention.same, mention.seen) =
                (mention.fresh || first.fresh, mention.same || first.same, mention.seen || first.seen);
            mention.role = first.role;
            if let Term::Noun(sort) = first.term {
                mention.sort = Some(sort);
            }
        }
        at = end + if text[end..part.end].starts_with('们') { 3 } else { 0 };
        found.push(mention);
    }
    found
}

/// Whether the first of two words side by side owns the second: 他母亲, 王冕母亲.
fn owns(owner: Term, owned: Term) -> bool {
    let kin = matches!(owned, Term::Noun(sort) if NOUNS.sorts[sort].kin);
    match owner {
        Term::Name(_) => kin,
        Term::Noun(_) => false,
        Term::I | Term::We | Term::He | Term::She | Term::It | Term::They | Term::Some | Term::Voice => true,
    }
}

/// Whether a noun really stands for somebody where it was found.
fn stands(text: &str, part: &Range<usize>, at: Range<usize>, sort: usize) -> bool {
    let before = &text[part.start..at.start];
    let after = &text[at.end..part.end];
    let pointed = last_counter(before).is_some()
        || text[at.clone()].starts_with(['一', '这', '那'])
        || CHINESE.get("new_before").ends(before).is_some()
        || CHINESE.get("known_before").ends(before).is_some();
    if NOUNS.sorts[sort].weak && at.len() == 3 && !pointed {
        // 女曰, 僧笑: only old texts call people so briefly.
        return before.is_empty()
            && ["曰", "笑", "喜", "怒", "泣", "惊", "大", "乃", "遂", "黯然", "问", "答", "云", "言", "顾", "不"]
                .iter()
                .any(|word| after.starts_with(word))
            && (after.contains('曰') || after.chars().count() <= 3);
    }
    if NOUNS.sorts[sort].weak {
        return pointed
            || fresh(before)
            || before.ends_with('的') && before.chars().count() > 2 && acts(after)
            || before.is_empty() && (says(after) || CHINESE.get("acts").begins(after).is_some());
    }
    if at.len() > 3 {
        return true;
    }
    // A single character is a word of its own only where the dictionary cuts around it.
    before.ends_with(['小', '老', '大', '众', '群']) || whole_word(text, part, &at)
}

fn whole_word(text: &str, part: &Range<usize>, at: &Range<usize>) -> bool {
    let mut start = part.start;
    for token in JIEBA.cut(&text[part.clone()], true) {
        if start == at.start {
            return token.word.len() == at.len();
        }
        start += token.word.len();
        if start > at.start {
            return false;
        }
    }
    false
}

/// Words that only look like pronouns.
const NO_PRONOUN: &[&str] = &["其他", "他人", "他乡", "吉他", "他日", "别他", "自我", "我国", "他妈"];

fn pronoun(rest: &str, before: &str) -> Option<(usize, Term)> {
    if NO_PRONOUN.iter().any(|word| rest.starts_with(word)) || before.ends_with('其') || before.ends_with('吉') || before.ends_with('自')
    {
        return None;
    }
    let words = [
        ("我们", Term::We),
        ("咱们", Term::We),
        ("他们", Term::They),
        ("她们", Term::They),
        ("它们", Term::They),
        ("二人", Term::They),
        ("两人", Term::They),
        ("俩人", Term::They),
        ("两个人", Term::They),
        ("三人", Term::They),
        ("三个人", Term::They),
        ("有的", Term::Some),
        ("声音", Term::Voice),
        ("怪声", Term::Voice),
        ("人声", Term::Voice),
        ("人笑声", Term::Voice),
        ("嗓音", Term::Voice),
        ("我", Term::I),
        ("俺", Term::I),
        ("吾", Term::I),
        ("余", Term::I),
        ("他", Term::He),
        ("她", Term::She),
        ("它", Term::It),
    ];
    let (word, term) = words.into_iter().find(|(word, _)| rest.starts_with(word))?;
    // 余 is a rest of something wherever something is counted.
    let counted = word == "余" && !before.is_empty();
    // 压低声音: it is the speaker's own.
    let own = term == Term::Voice && !fresh(before) && !before.contains('有') && !before.contains('阵') && !before.contains('种');
    let counted = counted || own;
    (!counted).then_some((word.len(), term))
}

/// 所有喝酒的人, 门前坐着十来个华服之人: several who are told by what they do.
fn crowd(rest: &str, before: &str) -> Option<usize> {
    let tail = ["的人", "之人"].into_iter().find(|tail| rest.starts_with(tail) && !rest[tail.len()..].starts_with(['们', '家', '生']))?;
    let many =
        CHINESE.get("crowd_before").within(before).is_some() || before.contains("满") || rest[tail.len()..].starts_with(['都', '便']);
    let same = before.contains('是');
    (many && !same).then_some(tail.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "武松S 酒家O": who is mentioned and in which part.
    fn told(text: &str) -> String {
        let mut names = Lexicon::default();
        for (id, name) in ["武松", "王冕", "孔乙己", "黛玉"].into_iter().enumerate() {
            names.add(name, id);
        }
        let sentences = sentences(text, &names);
        let clauses = sentences.iter().flat_map(|sentence| &sentence.clauses);
        let parts = clauses.map(|clause| {
            let mentions = clause.mentions.iter().map(|mention| {
                let role = match mention.role {
                    Role::Subject => "S",
                    Role::Object => "O",
                    Role::Absent => "-",
                };
                format!("{}{role}{}", &text[mention.at.clone()], if mention.many { "+" } else { "" })
            });
            format!("{}{}", mentions.collect::<Vec<_>>().join(" "), if clause.says { "!" } else { "" })
        });
        parts.collect::<Vec<_>>().join("|")
    }

    #[test]
    fn who_is_mentioned_and_in_which_part() {
        for (text, expected) in [
            ("武松敲着桌子，叫道：", "武松S|!"),
            ("只见店主人把三只碗放在武松面前。", "店主人S 武松O"),
            ("他不回答，对柜里说，", "他S!|!"),
            ("掌柜仍然笑着对他说，", "掌柜S 他O!"),
            ("所有喝酒的人便都看着他笑，有的叫道，", "的人S+ 他O!|有的S!"),
            ("他母亲谢了扰要回家去，", "母亲S!"),
            ("那年冬天，祖母死了，", "|祖母-"),
            ("母亲同他到间壁秦老家。", "母亲S 他O"),
            ("婆子们都下了轎", "婆子S+"),
        ] {
            let text: String = text.replace('轎', "轿");
            assert_eq!(told(&text), expected, "{text}");
        }
    }
}
