//! Ages that a text tells in numbers.

use ports::film::{Age, Language};

/// The age that a clause tells, if it tells one.
pub(crate) fn told(clause: &str, language: Language) -> Option<Age> {
    let years = match language {
        Language::Chinese => chinese(clause)?,
        Language::English => english(clause)?,
    };
    Some(match years {
        0..=12 => Age::Child,
        13..=25 => Age::Young,
        26..=57 => Age::Adult,
        _ => Age::Old,
    })
}

/// 十六岁, 年方二十, 五十上下, 四五十岁.
fn chinese(clause: &str) -> Option<u32> {
    const DIGITS: &str = "零一二三四五六七八九十百两0123456789";
    let digits = |text: &str, back: bool| -> String {
        if back {
            let tail: Vec<char> = text.chars().rev().take_while(|c| DIGITS.contains(*c)).collect();
            tail.into_iter().rev().collect()
        } else {
            text.chars().take_while(|c| DIGITS.contains(*c)).collect()
        }
    };
    for unit in ["岁上", "岁便", "岁起"] {
        // 七岁上死了父亲 tells of then, not of now; the next number may.
        if clause.contains(unit) && clause.matches('岁').count() == 1 {
            return number(&digits(&clause[..clause.find(unit)?], true));
        }
    }
    for unit in ["来岁", "多岁", "余岁", "岁", "上下年纪", "上下"] {
        if let Some(at) = clause.find(unit)
            && let Some(years) = number(&digits(&clause[..at], true))
        {
            return Some(years);
        }
    }
    for word in ["年方", "年已", "年近", "年约", "年纪", "年可", "年逾", "芳龄", "年届"] {
        if let Some(at) = clause.find(word)
            && let Some(years) = number(&digits(&clause[at + word.len()..], false))
        {
            return Some(years);
        }
    }
    None
}

/// 二十三, 十六, 四五十: of two numbers in a row the first.
fn number(digits: &str) -> Option<u32> {
    if let Ok(number) = digits.parse() {
        return Some(number);
    }
    let value = |c: char| {
        "零一二三四五六七八九".chars().position(|digit| digit == c).or((c == '两').then_some(2)).and_then(|value| u32::try_from(value).ok())
    };
    let (tens, ones) = match digits.split_once('十') {
        Some((tens, ones)) => {
            (if tens.is_empty() { 1 } else { tens.chars().next().and_then(value)? }, ones.chars().next().and_then(value).unwrap_or(0))
        }
        None => (0, digits.chars().next().and_then(value)?),
    };
    Some(tens * 10 + ones)
}

const NUMBERS: &[(&str, u32)] = &[
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

/// "a woman of thirty", "twelve years old", "aged sixty".
fn english(clause: &str) -> Option<u32> {
    let lower = clause.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.iter().enumerate().find_map(|(index, word)| {
        let years = NUMBERS
            .iter()
            .find(|(name, _)| name == word)
            .map(|(_, years)| *years)
            .or_else(|| word.parse().ok().filter(|years| *years < 110))?;
        let before = |back: usize| index.checked_sub(back).map_or("", |at| words[at]);
        let after = |on: usize| words.get(index + on).copied().unwrap_or_default();
        let of = before(1) == "of"
            && matches!(before(2), "boy" | "girl" | "man" | "woman" | "lad" | "lady" | "youth" | "child" | "age" | "gentleman" | "fellow");
        let old = matches!(after(1), "year" | "years") && (after(2) == "old" || after(2) == "of")
            || before(1) == "aged"
            || before(1) == "about" && after(1) == "years";
        (of || old).then_some(years)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_told_in_many_ways() {
        for (clause, expected) in [
            ("十六岁的林秋白放下扁担", Some(Age::Young)),
            ("年方二十", Some(Age::Young)),
            ("都是四五十岁光景", Some(Age::Adult)),
            ("五十岁上下的女人", Some(Age::Adult)),
            ("我从十二岁起", Some(Age::Child)),
            ("有一个十一二岁的少年", Some(Age::Child)),
            ("她走了三里路", None),
            ("those of a woman of thirty", Some(Age::Adult)),
            ("for I was a boy of twelve", Some(Age::Child)),
            ("an old man aged 70", Some(Age::Old)),
            ("He waited for ten years.", None),
        ] {
            assert_eq!(told(clause, crate::text::language(clause)), expected, "{clause}");
        }
    }
}
