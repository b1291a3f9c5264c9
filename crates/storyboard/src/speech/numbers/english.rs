//! Numbers, signs and shortened words in an English text, as words.

use super::{Number, cardinal, narrow, roman, telephone};

/// The text as it is said: what is not read as it is written is written out.
#[must_use]
pub(in crate::speech) fn spoken(text: &str) -> String {
    let chars = narrow(text);
    let mut reader = Reader { chars: &chars, at: 0, sum_until: 0, out: String::with_capacity(text.len()) };
    while reader.at < chars.len() {
        reader.step();
    }
    reader.out
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    /// How far a sum reaches, in which `-` takes away.
    sum_until: usize,
    out: String,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn before(&self) -> Option<char> {
        self.at.checked_sub(1).map(|at| self.chars[at])
    }

    fn digit(&self, at: usize) -> bool {
        self.chars.get(at).is_some_and(char::is_ascii_digit)
    }

    fn say(&mut self, text: &str, end: usize) {
        self.out.push_str(text);
        self.at = end;
    }

    /// The word of letters at a place.
    fn word(&self, at: usize) -> String {
        self.chars[at.min(self.chars.len())..].iter().take_while(|c| c.is_alphabetic()).collect()
    }

    fn step(&mut self) {
        let c = self.chars[self.at];
        if c.is_alphabetic() {
            return self.letters();
        }
        let begins = !self.before().is_some_and(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
        if begins
            && (c.is_ascii_digit() || c == '+' && self.digit(self.at + 1))
            && let Some((digits, end)) = telephone(self.chars, self.at)
        {
            return self.say(&cardinal::english_digits(&digits), end);
        }
        if c.is_ascii_digit() {
            self.find_sum();
            return self.number();
        }
        if let Some(value) = roman::single(c) {
            return self.say(&cardinal::english(value), self.at + 1);
        }
        if let Some((above, below)) = roman::fraction(c) {
            return self.say(&part(above, below), self.at + 1);
        }
        if self.money() {
            return;
        }
        self.sign(c);
    }

    /// A word of letters: spelt out where it is shortened or Roman, with the digits that belong to it.
    fn letters(&mut self) {
        let word = self.word(self.at);
        let end = self.at + word.chars().count();
        if let Some((said, end)) = self.shortened(&word, end) {
            return self.say(said, end);
        }
        let previous: String = self.out.trim_end().rsplit(' ').next().unwrap_or_default().trim_matches(|c: char| !c.is_alphabetic()).into();
        let numeral = roman::value(&word).filter(|_| self.before() == Some(' ') && previous.chars().next().is_some_and(char::is_uppercase));
        if let Some(value) = numeral.filter(|_| (word.len() > 1 || COUNTED.contains(&previous.as_str())) && !self.digit(end)) {
            let king =
                value <= 30 && !COUNTED.contains(&previous.as_str()) && !matches!(previous.as_str(), "War" | "Type" | "Mark" | "Phase");
            let said = if king { format!("the {}", cardinal::ordinal(value)) } else { cardinal::english(value) };
            return self.say(&said, end);
        }
        self.say(&word, end);
        let joined = usize::from(self.peek(0) == Some('-'));
        if !word.is_ascii() || !self.digit(end + joined) {
            return;
        }
        let Some(number) = Number::at(self.chars, end + joined) else { return };
        let said = if number.whole.len() > 2 { cardinal::english_digits(&number.whole) } else { whole(&number.whole) };
        self.say(&format!(" {said}{}", point(&number.fraction)), number.end);
    }

    /// What a shortened word stands for, and where it ends.
    fn shortened(&self, word: &str, end: usize) -> Option<(&'static str, usize)> {
        let dotted = self.chars.get(end) == Some(&'.');
        let next = self.chars[(end + 1).min(self.chars.len())..].iter().find(|c| !c.is_whitespace()).copied();
        if !dotted {
            return None;
        }
        let two: String = self.chars[self.at..self.chars.len().min(self.at + 4)].iter().collect();
        match two.to_lowercase().as_str() {
            "e.g." => return Some(("for example", self.at + 4)),
            "i.e." => return Some(("that is", self.at + 4)),
            _ => {}
        }
        let last = next.is_none();
        let keep = |said: &'static str| Some((said, if last { end } else { end + 1 }));
        match word {
            "St" if next.is_some_and(char::is_uppercase) && !self.out.trim_end().ends_with(char::is_alphabetic) => Some(("Saint", end + 1)),
            "St" if next.is_some_and(char::is_uppercase) && self.named_before() => Some(("Street", end + 1)),
            "St" if next.is_some_and(char::is_uppercase) => Some(("Saint", end + 1)),
            "St" => Some(("Street", end + 1)),
            "No" | "no" if next.is_some_and(|c| c.is_ascii_digit()) => Some(("number", end + 1)),
            "Mr" => keep("Mister"),
            "Mrs" => keep("Missus"),
            "Ms" => keep("Miz"),
            "Dr" => keep("Doctor"),
            "Prof" => keep("Professor"),
            "Capt" => keep("Captain"),
            "Col" => keep("Colonel"),
            "Gen" => keep("General"),
            "Lt" => keep("Lieutenant"),
            "Sgt" => keep("Sergeant"),
            "Rev" => keep("Reverend"),
            "Jr" => keep("Junior"),
            "Sr" => keep("Senior"),
            "Mt" => keep("Mount"),
            "vs" => Some(("versus", end + 1)),
            "etc" => keep_dot("et cetera", end, last),
            _ => None,
        }
    }

    /// Whether the word before is a name: `Main St.`
    fn named_before(&self) -> bool {
        let previous = self.out.trim_end().rsplit(' ').next().unwrap_or_default();
        previous.chars().next().is_some_and(char::is_uppercase) && previous.len() > 3
    }

    fn find_sum(&mut self) {
        if self.at < self.sum_until {
            return;
        }
        let part = |c: char| c.is_ascii_digit() || ".+-×*÷=<>≥≤≈ ()".contains(c);
        let end = (self.at..self.chars.len()).find(|at| !part(self.chars[*at])).unwrap_or(self.chars.len());
        if self.chars[self.at..end].iter().any(|c| "+×÷=<>≥≤≈".contains(*c)) {
            self.sum_until = end;
        }
    }

    fn number(&mut self) {
        let Some(number) = Number::at(self.chars, self.at) else { return };
        if self.date(&number) || self.time(&number) || self.fraction(&number) || self.range(&number) || self.ordinal(&number) {
            return;
        }
        let said = self.quantity(&number, self.at);
        self.measured(&said, &number);
    }

    /// A number that was said, with its unit or share.
    fn measured(&mut self, said: &str, number: &Number) {
        let one = number.whole == "1" && number.is_whole();
        if self.chars.get(number.end) == Some(&'%') {
            return self.say(&format!("{said} percent"), number.end + 1);
        }
        let blank = usize::from(self.chars.get(number.end) == Some(&' '));
        let at = number.end + blank;
        let fits = |unit: &str| {
            let end = at + unit.chars().count();
            unit.chars().enumerate().all(|(index, c)| self.chars.get(at + index) == Some(&c))
                && !self.chars.get(end).is_some_and(|c| c.is_alphanumeric() || *c == '/')
        };
        if let Some((unit, single, several)) = UNITS.iter().find(|(unit, _, _)| fits(unit)) {
            let end = at + unit.chars().count();
            return self.say(&format!("{said} {}", if one { single } else { several }), end);
        }
        self.say(said, number.end);
        // 5G: the letter is a word of its own.
        if self.peek(0).is_some_and(|c| c.is_ascii_alphabetic()) {
            self.out.push(' ');
        }
    }

    fn quantity(&self, number: &Number, start: usize) -> String {
        if !number.fraction.is_empty() {
            return whole(&number.whole) + &point(&number.fraction);
        }
        let before: String = self.chars[..start].iter().rev().skip_while(|c| **c == ' ').take_while(|c| c.is_alphabetic()).collect();
        let before: String = before.chars().rev().collect::<String>().to_lowercase();
        let blank = usize::from(self.chars.get(number.end) == Some(&' '));
        let after = self.word(number.end + blank).to_lowercase();
        let month = MONTHS.iter().any(|month| month.to_lowercase() == before);
        let dated = month
            || YEARLY.contains(&before.as_str())
                && !matches!(after.as_str(), "years" | "men" | "people" | "of" | "miles" | "times" | "days")
            || before.is_empty()
                && start >= 2
                && self.chars[..start].ends_with(&[',', ' '])
                && self.out.trim_end_matches([',', ' ']).ends_with("th");
        if number.is_year() && dated || number.is_year() && self.after_date(start) {
            return cardinal::year(number.value().unwrap_or(0));
        }
        let round = number.whole.ends_with("0000");
        if number.whole.len() > 8 && !number.grouped && !round || number.whole.len() > 17 {
            return cardinal::english_digits(&number.whole);
        }
        if month && number.value().is_some_and(|value| (1..=31).contains(&value)) {
            return cardinal::ordinal(number.value().unwrap_or(0));
        }
        whole(&number.whole)
    }

    /// Whether `May 1, ` stands before.
    fn after_date(&self, start: usize) -> bool {
        let before: String = self.chars[start.saturating_sub(18)..start].iter().collect();
        before.ends_with(", ")
            && MONTHS.iter().any(|month| before.contains(month))
            && before.trim_end_matches([',', ' ']).ends_with(|c: char| c.is_ascii_digit())
    }

    /// 2024-05-01
    fn date(&mut self, year: &Number) -> bool {
        let text: String = self.chars[self.at..self.chars.len().min(self.at + 10)].iter().collect();
        let parts: Vec<&str> = text.split('-').collect();
        let [_, month, day] = parts.as_slice() else { return false };
        let (Ok(month), Ok(day)) = (month.parse::<usize>(), day.parse::<u64>()) else { return false };
        if !year.is_year() || text.len() != 10 || !(1..=12).contains(&month) || !(1..=31).contains(&day) || self.digit(self.at + 10) {
            return false;
        }
        let said = format!("{} {}, {}", MONTHS[month - 1], cardinal::ordinal(day), cardinal::year(year.value().unwrap_or(0)));
        self.say(&said, self.at + 10);
        true
    }

    /// 19:17
    fn time(&mut self, hours: &Number) -> bool {
        if self.chars.get(hours.end) != Some(&':') {
            return false;
        }
        let Some(minutes) = Number::at(self.chars, hours.end + 1) else { return false };
        let (Some(hour), Some(minute)) = (hours.value(), minutes.value()) else { return false };
        if hour > 24 || minute > 59 || minutes.whole.len() != 2 {
            let said = format!("{} to {}", cardinal::english(hour), cardinal::english(minute));
            self.say(&said, minutes.end);
            return true;
        }
        let half = self.word(minutes.end + 1).to_lowercase();
        let said = match minute {
            0 if half == "a" || half == "p" || half == "am" || half == "pm" => cardinal::english(hour),
            0 => format!("{} o'clock", cardinal::english(hour)),
            1..=9 => format!("{} oh {}", cardinal::english(hour), cardinal::english(minute)),
            _ => format!("{} {}", cardinal::english(hour), cardinal::english(minute)),
        };
        self.say(&said, minutes.end);
        true
    }

    /// 1/2, 2 1/2
    fn fraction(&mut self, above: &Number) -> bool {
        let mixed = self.chars.get(above.end) == Some(&' ') && self.digit(above.end + 1);
        if mixed && above.is_whole() {
            let inner =
                Number::at(self.chars, above.end + 1).filter(|inner| self.chars.get(inner.end) == Some(&'/') && inner.whole.len() <= 2);
            if inner.is_some() && self.at >= self.sum_until {
                let said = whole(&above.whole);
                self.say(&format!("{said} and "), above.end + 1);
                return true;
            }
        }
        if self.chars.get(above.end) != Some(&'/') {
            return false;
        }
        let Some(below) = Number::at(self.chars, above.end + 1) else { return false };
        let (Some(upper), Some(lower)) = (above.value(), below.value()) else { return false };
        if self.chars.get(below.end) == Some(&'/') || lower < 2 {
            return false;
        }
        self.say(&part(upper, lower), below.end);
        true
    }

    /// 5-10, 1998-2003
    fn range(&mut self, from: &Number) -> bool {
        let share = usize::from(self.chars.get(from.end) == Some(&'%'));
        let dash = from.end + share;
        if self.at < self.sum_until || !self.chars.get(dash).is_some_and(|c| "-—~".contains(*c)) {
            return false;
        }
        let Some(to) = Number::at(self.chars, dash + 1) else { return false };
        let years = from.is_year() && to.is_year();
        let read = |number: &Number| match number.value() {
            Some(value) if years => cardinal::year(value),
            _ => whole(&number.whole) + &point(&number.fraction),
        };
        let first = read(from);
        self.say(&format!("{first}{} to ", if share > 0 { " percent" } else { "" }), dash + 1);
        self.measured(&read(&to), &to);
        true
    }

    /// 1st, 1990s
    fn ordinal(&mut self, number: &Number) -> bool {
        let Some(value) = number.value() else { return false };
        let ending = self.word(number.end);
        let said = match ending.as_str() {
            "st" | "nd" | "rd" | "th" => cardinal::ordinal(value),
            "s" if value % 10 == 0 => {
                let said = if number.is_year() { cardinal::year(value) } else { whole(&number.whole) };
                said.strip_suffix('y').map_or_else(|| format!("{said}s"), |stem| format!("{stem}ies"))
            }
            _ => return false,
        };
        self.say(&said, number.end + ending.len());
        true
    }

    fn money(&mut self) -> bool {
        let Some((_, single, several)) = CURRENCIES.iter().find(|(mark, _, _)| self.peek(0) == Some(*mark)) else { return false };
        let Some(number) = Number::at(self.chars, self.at + 1) else { return false };
        let blank = usize::from(self.chars.get(number.end) == Some(&' '));
        let scale = self.word(number.end + blank);
        let scaled = matches!(scale.as_str(), "million" | "billion" | "trillion" | "thousand" | "hundred");
        let end = if scaled { number.end + blank + scale.len() } else { number.end };
        let coin = if number.whole == "1" && !scaled { single } else { several };
        let cents: Option<u64> =
            (number.fraction.len() == 2 && !scaled && "$€£".contains(self.chars[self.at])).then(|| number.fraction.parse().ok()).flatten();
        let said = match cents {
            Some(0) => format!("{} {coin}", whole(&number.whole)),
            Some(cents) => {
                let name = if self.chars[self.at] == '£' { "pence" } else { "cents" };
                format!("{} {coin} and {} {name}", whole(&number.whole), cardinal::english(cents))
            }
            None => {
                let scale = if scaled { format!(" {scale}") } else { String::new() };
                format!("{}{}{scale} {}", whole(&number.whole), point(&number.fraction), if number.is_whole() { coin } else { several })
            }
        };
        self.say(&said, end);
        true
    }

    fn sign(&mut self, c: char) {
        let mut next = self.at + 1;
        while self.chars.get(next) == Some(&' ') {
            next += 1;
        }
        let follows = self.chars.get(next).is_some_and(char::is_ascii_alphanumeric);
        let number = self.digit(next);
        let before = self.out.trim_end().chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == ')');
        let between = before && follows;
        let said = match c {
            '+' if between => "plus",
            '-' if between && self.at < self.sum_until => "minus",
            '-' if number && next == self.at + 1 && !self.before().is_some_and(char::is_alphanumeric) => "minus",
            '×' | '*' if between => "times",
            '÷' if between => "divided by",
            '=' if between => "equals",
            '>' if between => "is greater than",
            '<' if between => "is less than",
            '≥' if between => "is at least",
            '≤' if between => "is at most",
            '≈' if follows => "about",
            '±' if follows => "plus or minus",
            '&' if between => "and",
            '/' if between && !number => "or",
            '#' | '№' if number => "number",
            '°' => "degrees",
            c => {
                self.out.push(c);
                self.at += 1;
                return;
            }
        };
        self.out.truncate(self.out.trim_end().len());
        let lead = if self.out.is_empty() { "" } else { " " };
        self.say(&format!("{lead}{said} "), next);
    }
}

fn keep_dot(said: &'static str, end: usize, last: bool) -> Option<(&'static str, usize)> {
    Some((said, if last { end + 1 } else { end }))
}

/// A fraction: three quarters.
fn part(above: u64, below: u64) -> String {
    let name = match below {
        2 => "half".to_owned(),
        4 => "quarter".to_owned(),
        _ => cardinal::ordinal(below),
    };
    match (above, below) {
        (1, _) => format!("one {name}"),
        (_, 2) => format!("{} halves", cardinal::english(above)),
        _ => format!("{} {name}s", cardinal::english(above)),
    }
}

fn whole(digits: &str) -> String {
    match digits.parse() {
        Ok(value) if digits == "0" || !digits.starts_with('0') => cardinal::english(value),
        _ => cardinal::english_digits(digits),
    }
}

fn point(fraction: &str) -> String {
    if fraction.is_empty() { String::new() } else { format!(" point {}", cardinal::english_digits(fraction)) }
}

/// Words before a number that is then a year, if it can be one.
const YEARLY: &[&str] = &[
    "in", "since", "until", "till", "from", "by", "before", "after", "year", "spring", "summer", "autumn", "fall", "winter", "early",
    "late", "mid", "to", "and",
];
/// Words before a Roman numeral that counts them.
const COUNTED: &[&str] =
    &["Chapter", "Part", "Book", "Volume", "Act", "Scene", "Section", "Canto", "Stave", "CHAPTER", "PART", "BOOK", "ACT", "SCENE"];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

const CURRENCIES: &[(char, &str, &str)] =
    &[('$', "dollar", "dollars"), ('€', "euro", "euros"), ('£', "pound", "pounds"), ('¥', "yuan", "yuan"), ('₹', "rupee", "rupees")];

/// Units behind a number, the longer ones first: as written, of one, of several.
const UNITS: &[(&str, &str, &str)] = &[
    ("km/h", "kilometer per hour", "kilometers per hour"),
    ("mph", "mile per hour", "miles per hour"),
    ("°C", "degree Celsius", "degrees Celsius"),
    ("°F", "degree Fahrenheit", "degrees Fahrenheit"),
    ("m²", "square meter", "square meters"),
    ("km", "kilometer", "kilometers"),
    ("cm", "centimeter", "centimeters"),
    ("mm", "millimeter", "millimeters"),
    ("kg", "kilogram", "kilograms"),
    ("mg", "milligram", "milligrams"),
    ("ml", "milliliter", "milliliters"),
    ("lbs", "pounds", "pounds"),
    ("lb", "pound", "pounds"),
    ("ft", "foot", "feet"),
];

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_and_signs_are_read_as_a_person_reads_them() {
        let mut wrong = Vec::new();
        for line in include_str!("english.txt").lines().filter(|line| !line.starts_with("# ")) {
            let (written, expected) = line.split_once('\t').expect("two columns");
            let said = super::spoken(written);
            if said != expected {
                wrong.push(format!("{written}: {said}, not {expected}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
