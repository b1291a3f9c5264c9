//! When a story is set, as far as pictures care: from words that belong to one time alone.

use std::sync::LazyLock;

use ports::film::{Language, Period};

use super::words::{self, Line};

static PERIODS: LazyLock<Vec<(Period, Line)>> = LazyLock::new(|| {
    let known = |key: &str| match key {
        "Ancient" => Period::Ancient,
        "Republican" => Period::Republican,
        "Victorian" => Period::Victorian,
        "Fantasy" => Period::Fantasy,
        "School" => Period::School,
        _ => Period::Modern,
    };
    words::lines(include_str!("words/periods.txt")).into_iter().map(|line| (known(&line.key), line)).collect()
});

/// When a text is set; the words of one time must be more than those of any other.
pub(super) fn period(text: &str) -> Period {
    let lower = text.to_lowercase();
    let chinese = crate::text::language(text) == Language::Chinese;
    let count = |line: &Line| line.chinese.iter().chain(&line.english).filter(|word| found(&lower, word)).count();
    let mut best = (Period::Timeless, 0);
    for (period, line) in PERIODS.iter() {
        let score = count(line);
        // What a few words say of today cannot be meant otherwise; lanterns and swords are still about.
        let enough = match period {
            Period::Modern => 1,
            Period::Fantasy | Period::Victorian if chinese => 3,
            Period::Ancient | Period::Republican | Period::Fantasy | Period::Victorian | Period::School => 2,
            Period::Timeless => usize::MAX,
        };
        if score >= enough && score > best.1 {
            best = (*period, score);
        }
    }
    best.0
}

/// Whether a word is there: English ones from their beginning on.
fn found(text: &str, word: &str) -> bool {
    if !word.is_ascii() || word.chars().next().is_none_or(|c| !c.is_alphabetic()) {
        return text.contains(word);
    }
    text.match_indices(word).any(|(at, _)| {
        let after = text[at + word.len()..].chars().next();
        !text[..at].chars().next_back().is_some_and(char::is_alphanumeric)
            && (word.ends_with([' ', '.']) || after.is_none_or(|c| !c.is_alphabetic() || c == 's'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_when_a_story_is_set() {
        for (text, expected) in [
            ("皇上坐在殿上，丞相上前奏道：“陛下，边关告急。”", Period::Ancient),
            ("孔乙己是站着喝酒而穿长衫的唯一的人。他说：“温两碗酒，要一碟茴香豆。”", Period::Republican),
            ("他拿起手机，走进地铁。", Period::Modern),
            ("上课铃响了，同学们走进教室，班主任站在讲台上。", Period::School),
            ("A gentleman stepped down from the carriage; London lay in fog.", Period::Victorian),
            ("Old Scrooge sat in his counting-house, and the clerk warmed himself at the candle.", Period::Victorian),
            ("The wizard lifted his staff and the dragon fled from the castle.", Period::Fantasy),
            ("从前有一只小兔子，住在森林里。", Period::Timeless),
            ("The scarf was carved.", Period::Timeless),
        ] {
            assert_eq!(period(text), expected, "{text}");
        }
    }
}
