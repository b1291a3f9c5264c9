//! Whole numbers in words.

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// Digits one by one, in Chinese.
pub(super) fn chinese_digits(digits: &str) -> String {
    digits.chars().filter_map(|c| DIGITS.get(c.to_digit(10)? as usize)).collect()
}

/// A number in Chinese: 一万零八十六.
pub(super) fn chinese(number: u64) -> String {
    match number {
        0..=9 => DIGITS[usize::try_from(number).unwrap_or(0)].to_string(),
        10..=19 => format!("十{}", if number == 10 { String::new() } else { chinese(number - 10) }),
        _ => {
            for (size, name) in [(100_000_000, "亿"), (10_000, "万"), (1000, "千"), (100, "百"), (10, "十")] {
                if number >= size {
                    let (head, rest) = (number / size, number % size);
                    let gap = if rest > 0 && rest < size / 10 { "零" } else { "" };
                    let tail = match rest {
                        0 => String::new(),
                        // 一百一十, not 一百十.
                        10..=19 => format!("一{}", chinese(rest)),
                        _ => chinese(rest),
                    };
                    return format!("{}{name}{gap}{tail}", chinese(head));
                }
            }
            String::new()
        }
    }
}

const UNITS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// Digits one by one, in English.
pub(super) fn english_digits(digits: &str) -> String {
    digits.chars().filter_map(|c| UNITS.get(c.to_digit(10)? as usize)).copied().collect::<Vec<_>>().join(" ")
}

/// A number in English: ten thousand and eighty-six.
pub(super) fn english(number: u64) -> String {
    let index = |number: u64| usize::try_from(number).unwrap_or(0);
    match number {
        0..=19 => UNITS[index(number)].to_owned(),
        20..=99 => {
            let tens = TENS[index(number / 10)];
            if number.is_multiple_of(10) { tens.to_owned() } else { format!("{tens}-{}", UNITS[index(number % 10)]) }
        }
        100..=999 => {
            let head = format!("{} hundred", UNITS[index(number / 100)]);
            if number.is_multiple_of(100) { head } else { format!("{head} and {}", english(number % 100)) }
        }
        _ => {
            let scales = [
                (1_000_000_000_000_000, "quadrillion"),
                (1_000_000_000_000, "trillion"),
                (1_000_000_000, "billion"),
                (1_000_000, "million"),
            ];
            let (size, name) = scales.into_iter().find(|(size, _)| number >= *size).unwrap_or((1000, "thousand"));
            let head = format!("{} {name}", english(number / size));
            match number % size {
                0 => head,
                rest @ 1..=99 => format!("{head} and {}", english(rest)),
                rest => format!("{head} {}", english(rest)),
            }
        }
    }
}

/// An English number as an ordinal: twenty-first.
pub(super) fn ordinal(number: u64) -> String {
    let words = english(number);
    let start = words.rfind([' ', '-']).map_or(0, |at| at + 1);
    let (head, last) = words.split_at(start);
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        tens if tens.ends_with('y') => format!("{}ieth", &tens[..tens.len() - 1]),
        other => format!("{other}th"),
    };
    format!("{head}{last}")
}

/// A year in English: nineteen eighty-four, two thousand and five.
pub(super) fn year(number: u64) -> String {
    let (head, tail) = (number / 100, number % 100);
    match (head, tail) {
        (20, 0..=9) | (10, 0..=9) => english(number),
        (_, 0) => format!("{} hundred", english(head)),
        (_, 1..=9) => format!("{} oh {}", english(head), english(tail)),
        _ => format!("{} {}", english(head), english(tail)),
    }
}
