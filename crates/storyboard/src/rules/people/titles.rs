//! Chinese forms of address: 赵管事, 苏师姐, 老张; whose they are, and whether a name is a man's.

use std::collections::HashMap;

use crate::{
    rules::{
        people::Name,
        words::{Known, NAMES},
    },
    text::is_han,
};

pub(super) fn is_title(name: &str) -> bool {
    let first = name.chars().next().map_or(0, char::len_utf8);
    NAMES.titles.get(&name[first..]).is_some()
}

/// 赵管事, 苏师姐, 秦老: a family name with a form of address.
pub(super) fn titled(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, c) in line.char_indices().filter(|(_, c)| NAMES.surnames.contains(c)) {
        // 老张, 小李.
        if line[..at].ends_with(['老', '小']) {
            found.push(format!("{}{c}", line[..at].chars().next_back().unwrap_or_default()));
        }
        let rest = &line[at + c.len_utf8()..];
        if let Some((length, _)) = NAMES.titles.longest(rest) {
            let opens = line[..at].chars().next_back().is_none_or(|before| !is_han(before));
            // 老 and 氏 alone need a border before the name.
            if length > 3 || opens {
                found.push(format!("{c}{}", &rest[..length]));
            }
        }
    }
    found
}

/// 王师兄 is 王虎, where only one has that family name and the title fits.
pub(super) fn join_titles(names: Vec<Name>) -> Vec<Name> {
    let (titled, mut full): (Vec<Name>, Vec<Name>) = names.into_iter().partition(|name| name.known.is_none() && is_title(&name.name));
    let mut by_surname: HashMap<char, Vec<usize>> = HashMap::new();
    for (index, name) in full.iter().enumerate() {
        for whole in name.all() {
            // 老张 has the family name of 张叔.
            let skip = usize::from(whole.starts_with(['老', '小']));
            let first = whole.chars().nth(skip).filter(|c| NAMES.surnames.contains(c) && whole.chars().count() >= 2);
            if let Some(first) = first {
                let list = by_surname.entry(first).or_default();
                if !list.contains(&index) {
                    list.push(index);
                }
            }
        }
    }
    for name in titled {
        let first = name.name.chars().next().expect("a name has a first character");
        let male = NAMES.titles.get(&name.name[first.len_utf8()..]).copied().flatten();
        let fits: Vec<usize> = by_surname
            .get(&first)
            .into_iter()
            .flatten()
            .copied()
            .filter(|index| male.is_none_or(|male| given(&full[*index].name).is_none_or(|given| given == male)))
            .collect();
        match fits.as_slice() {
            [one] => full[*one].aliases.push(name.name),
            _ => full.push(name),
        }
    }
    full
}

/// Whether a given name is a man's or a woman's, from its characters.
pub(crate) fn given(name: &str) -> Option<bool> {
    let (mut male, mut female) = (0, 0);
    for c in name.chars().skip(1) {
        male += usize::from(NAMES.given_male.contains(&c));
        female += usize::from(NAMES.given_female.contains(&c));
    }
    (male != female).then_some(male > female)
}

/// Man or woman, from what everybody knows, the title, the given name.
pub(crate) fn gender(name: &Name) -> Option<bool> {
    let title = |name: &str| name.char_indices().skip(1).find_map(|(at, _)| NAMES.titles.get(&name[at..]).copied().flatten());
    match name.known {
        Some(Known::Male) => Some(true),
        Some(Known::Female) => Some(false),
        Some(Known::Creature) | None => name.all().find_map(title).or_else(|| name.all().find_map(given)),
    }
}
