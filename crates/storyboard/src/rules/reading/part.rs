//! Which part somebody plays in a Chinese clause: who does it, whom it is done to, who is new, who is only spoken of.

use std::ops::Range;

use super::{
    chinese::says,
    sentence::{Mention, Role, Term},
};
use crate::rules::{people::nouns::NOUNS, words::CHINESE};

pub(super) fn mention(text: &str, part: &Range<usize>, at: Range<usize>, term: Term, earlier: &[Mention]) -> Mention {
    let before = &text[part.start..at.start];
    let after = &text[at.end..part.end];
    let noun = matches!(term, Term::Noun(_));
    let many = after.starts_with('们')
        || noun && CHINESE.get("together").begins(after).is_some() && !fresh(before)
        || noun && (CHINESE.get("crowd_before").ends(before).is_some() || crowded(before))
        || matches!(term, Term::We | Term::They);
    let sort = if let Term::Noun(sort) = term { Some(&NOUNS.sorts[sort]) } else { None };
    let behind = after.strip_prefix('们').unwrap_or(after);
    let seen = CHINESE.get("sight_before").ends(bare(before)).is_some();
    // 武松看见大虫: whoever is seen is not who sees.
    let sees = CHINESE.get("sees").ends(bare(before)).is_some() && CHINESE.get("shows").ends(bare(before)).is_none();
    let sight = seen && !sees;
    let same = fresh(before) && bare(before).ends_with('是')
        || ["正是", "便是", "乃是", "就是", "原来是", "知是", "认得是", "不是别人", "竟是"]
            .iter()
            .any(|word| before.rfind(word).is_some_and(|at| before[at + word.len()..].chars().count() <= 5));
    let role = if absent(text, part, &at, before, behind) {
        Role::Absent
    } else if CHINESE.get("object_before").ends(bare(before)).is_some() && !sight
        || sees
        || matches!(term, Term::Noun(_) | Term::Name(_))
            && !sight
            && (handled(bare(before)) || ["叫", "令", "使", "派", "命", "吩咐", "嘱咐", "打发"].iter().any(|verb| before.contains(verb)))
        || earlier.iter().any(|other| other.role == Role::Subject)
    {
        Role::Object
    } else {
        Role::Subject
    };
    let counted = text[at.clone()].starts_with('一') && text[at.clone()].ends_with('人');
    Mention {
        at,
        term,
        role,
        fresh: noun && (fresh(before) || counted),
        pointed: (noun || matches!(term, Term::Name(_))) && CHINESE.get("known_before").ends(before).is_some(),
        many: many || sort.is_some_and(|sort| sort.group),
        seen,
        sort: None,
        acts: acts(behind) || says(behind),
        same,
    }
}

/// 牵出一条水牛来: a clause that begins with what somebody does to the one it names.
pub(super) fn handled(before: &str) -> bool {
    let mut rest = before;
    while let Some(length) = CHINESE.get("adverbs").begins(rest) {
        rest = &rest[length..];
    }
    !rest.is_empty() && !rest.ends_with('的') && rest.chars().count() <= 4 && CHINESE.get("acts").begins(rest).is_some()
}

/// Text without what stands between a verb and its noun: 一个穿青衣的.
pub(super) fn bare(before: &str) -> &str {
    let counted = ["new_before", "known_before", "crowd_before"];
    match last_counter(before) {
        Some((start, _)) => &before[..start],
        None => {
            let cut = counted.iter().filter_map(|list| CHINESE.get(list).ends(before)).max().unwrap_or(0);
            &before[..before.len() - cut]
        }
    }
}

/// Where 一个 and the like stand last before a noun, with only its description between.
pub(super) fn last_counter(before: &str) -> Option<(usize, usize)> {
    let starts: Vec<usize> = before.char_indices().map(|(at, _)| at).collect();
    for at in starts.into_iter().rev().take(12) {
        let counter = CHINESE
            .get("new_before")
            .begins(&before[at..])
            .filter(|length| *length > 3)
            .or_else(|| before[at..].starts_with('那').then_some('那'.len_utf8()));
        if let Some(length) = counter {
            let between = &before[at + length..];
            let described = between.is_empty()
                || between.ends_with('的')
                || between.chars().count() <= 4 && !between.contains(['说', '把', '在', '到', '和', '与', '对']);
            return described.then_some((at, at + length));
        }
    }
    None
}

pub(super) fn fresh(before: &str) -> bool {
    let described = before.ends_with('的') && before.chars().count() > 3 && CHINESE.get("described").within(before).is_some();
    described && CHINESE.get("known_before").within(before).is_none()
        || last_counter(before).is_some()
        || ["个", "名", "位", "条", "头", "匹"].iter().any(|word| before.ends_with(word))
            && CHINESE.get("known_before").ends(before).is_none()
}

pub(super) fn crowded(before: &str) -> bool {
    last_counter(before).is_some_and(|(start, end)| CHINESE.get("crowd_before").has(&before[start..end]))
}

pub(super) fn acts(behind: &str) -> bool {
    let mut rest = behind;
    for _ in 0..3 {
        if CHINESE.get("acts").begins(rest).is_some() {
            return true;
        }
        match CHINESE.get("adverbs").begins(rest) {
            Some(length) => rest = &rest[length..],
            None => return false,
        }
    }
    false
}

/// Places that are called after who lives there.
const OWNED: &[&str] =
    &["家", "府", "庄", "店", "宅", "铺", "村", "寨", "庙", "营", "国", "冈", "岗", "山", "岭", "江", "河", "桥", "洞", "城", "墓", "坟"];

pub(super) fn absent(text: &str, part: &Range<usize>, at: &Range<usize>, before: &str, behind: &str) -> bool {
    let compared = CHINESE.get("absent_before").ends(bare(before)).is_some();
    let gone = CHINESE.get("absent_after").begins(behind).is_some();
    let heard = before.ends_with('听') || before.ends_with("听得") && behind.contains("说过");
    let place = OWNED.iter().any(|word| behind.starts_with(word)) && !behind.starts_with("家伙") && !behind.starts_with("家人");
    let predicate =
        bare(before).ends_with('是') && text[part.start..at.start].chars().count() > 2 && behind.is_empty() && !before.contains("正是");
    compared || gone || heard || place || predicate && !fresh(before)
}
