//! Numbers and signs as they are said. `chinese.txt` and `english.txt` are their examples, and their tests.

mod cardinal;
pub(super) mod chinese;
pub(super) mod english;
mod roman;

/// A number as it is written: digits with separators, and perhaps a fraction.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Number {
    /// The digits before the point, without separators.
    whole: String,
    /// The digits behind it.
    fraction: String,
    /// Whether thousands were set apart.
    grouped: bool,
    /// The place behind it.
    end: usize,
}

impl Number {
    /// The number that begins at a place, if one does.
    fn at(chars: &[char], start: usize) -> Option<Self> {
        let digit = |at: usize| chars.get(at).filter(|c| c.is_ascii_digit()).copied();
        digit(start)?;
        let (mut whole, mut fraction, mut grouped) = (String::new(), String::new(), false);
        let mut at = start;
        while let Some(c) = digit(at) {
            whole.push(c);
            at += 1;
            let group = matches!(chars.get(at), Some(',' | '，' | '\'' | '’'))
                && (1..=3).all(|ahead| digit(at + ahead).is_some())
                && digit(at + 4).is_none()
                && (whole.len() <= 3 || grouped);
            if group {
                grouped = true;
                at += 1;
            }
        }
        if chars.get(at) == Some(&'.') {
            while let Some(c) = digit(at + 1 + fraction.len()) {
                fraction.push(c);
            }
            // 1.2.3 is no number with a fraction, and neither is the end of a sentence.
            if !fraction.is_empty() {
                at += 1 + fraction.len();
            }
        }
        Some(Self { whole, fraction, grouped, end: at })
    }

    fn is_whole(&self) -> bool {
        self.fraction.is_empty()
    }

    fn value(&self) -> Option<u64> {
        self.is_whole().then(|| self.whole.parse().ok()).flatten()
    }

    /// Whether it may be a year of history: four digits, from 1000 to 2100.
    fn is_year(&self) -> bool {
        self.whole.len() == 4 && !self.grouped && self.value().is_some_and(|value| (1000..=2100).contains(&value))
    }
}

/// Digits of the full width, and signs between them, as ordinary ones.
fn narrow(text: &str) -> Vec<char> {
    let wide: Vec<char> = text.chars().collect();
    let mut narrow = Vec::with_capacity(wide.len());
    for (at, c) in wide.iter().enumerate() {
        let near = |at: Option<usize>| at.and_then(|at| wide.get(at)).is_some_and(|c| c.is_ascii_digit() || ('０'..='９').contains(c));
        let between = near(at.checked_sub(1)) && near(Some(at + 1));
        narrow.push(match *c {
            '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(*c as u32 - 0xfee0).unwrap_or(*c),
            '：' | '．' | '／' if between => char::from_u32(*c as u32 - 0xfee0).unwrap_or(*c),
            '％' => '%',
            '＋' => '+',
            '＝' => '=',
            '＄' => '$',
            '￥' => '¥',
            '－' | '−' | '‐' | '‑' | '–' if near(Some(at + 1)) => '-',
            '～' | '〜' | '∼' if between => '~',
            c => c,
        });
    }
    narrow
}

/// A telephone number that begins at a place: its digits, and the place behind it.
fn telephone(chars: &[char], start: usize) -> Option<(String, usize)> {
    let mut groups: Vec<usize> = vec![0];
    let mut digits = String::new();
    let mut at = start + usize::from(chars.get(start) == Some(&'+'));
    let plus = at > start;
    while let Some(c) = chars.get(at) {
        if c.is_ascii_digit() {
            digits.push(*c);
            *groups.last_mut()? += 1;
        } else if matches!(c, '-' | ' ') && chars.get(at + 1).is_some_and(char::is_ascii_digit) {
            groups.push(0);
        } else {
            break;
        }
        at += 1;
    }
    let mobile = digits.len() == 11 && digits.starts_with('1') && digits.as_bytes()[1] >= b'3';
    let fits = match groups.as_slice() {
        [11] | [3, 4, 4] => mobile,
        // Area and number; a range of years has four digits on both sides.
        [3 | 4, 7 | 8] => digits.starts_with('0'),
        [3, 3, 4] => true,
        [4, 3, 3] => digits.starts_with("400") || digits.starts_with("800"),
        [3, 4] => digits.starts_with("555"),
        _ => plus && digits.len() >= 8,
    };
    fits.then_some((digits, at))
}
