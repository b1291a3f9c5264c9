//! Numbers and signs in a Chinese text, as Chinese characters.

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
    /// How far a sum reaches in which `-` takes away and `/` divides.
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

    fn ahead_is(&self, from: usize, text: &str) -> bool {
        text.chars().enumerate().all(|(index, c)| self.chars.get(from + index) == Some(&c))
    }

    /// Says so much and goes on behind `end`.
    fn say(&mut self, text: &str, end: usize) {
        self.out.push_str(text);
        self.at = end;
    }

    fn step(&mut self) {
        let c = self.chars[self.at];
        if c.is_ascii_alphabetic() {
            return self.letters();
        }
        if let Some((digits, end)) = self.telephone() {
            return self.say(&cardinal::chinese_digits(&digits).replace('一', "幺"), end);
        }
        if c.is_ascii_digit() {
            self.find_sum();
            return self.number();
        }
        if let Some(value) = roman::single(c) {
            return self.say(&cardinal::chinese(value), self.at + 1);
        }
        if let Some((upper, lower)) = roman::fraction(c) {
            let said = format!("{}分之{}", cardinal::chinese(lower), cardinal::chinese(upper));
            return self.say(&said, self.at + 1);
        }
        if self.money() || self.negative() {
            return;
        }
        self.sign(c);
    }

    fn telephone(&self) -> Option<(String, usize)> {
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let begins = digit(self.peek(0)) && !self.before().is_some_and(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
        if let Some(found) = (begins || self.peek(0) == Some('+') && digit(self.peek(1))).then(|| telephone(self.chars, self.at)).flatten()
        {
            return Some(found);
        }
        // 110, 119, 120 are called.
        let number = begins.then(|| Number::at(self.chars, self.at)).flatten()?;
        let called = number.is_whole() && number.whole.len() == 3 && self.before().is_some_and(|c| "打拨叫".contains(c));
        (called && number.whole.starts_with('1')).then_some((number.whole, number.end))
    }

    /// A word of letters, with the digits that belong to it.
    fn letters(&mut self) {
        let end = (self.at..self.chars.len()).find(|at| !self.chars[*at].is_ascii_alphabetic()).unwrap_or(self.chars.len());
        let word: String = self.chars[self.at..end].iter().collect();
        let chinese = |c: Option<char>| c.is_some_and(crate::text::is_han);
        let after = self.chars.get(end).copied();
        let counted =
            self.before() == Some('第') || after.is_some_and(|c| "世章卷部集期型级幕节".contains(c)) && self.before() != Some(' ');
        let named = word.len() > 1 && chinese(self.before()) && !after.is_some_and(|c| c.is_ascii_digit());
        if let Some(value) = roman::value(&word).filter(|_| counted && (word != "X" || self.before() == Some('第')) || named) {
            return self.say(&cardinal::chinese(value), end);
        }
        self.say(&word, end);
        let joined = usize::from(self.peek(0) == Some('-') && self.peek(1).is_some_and(|c| c.is_ascii_digit()));
        let Some(number) = Number::at(self.chars, end + joined) else { return };
        let said = if number.whole.len() > 2 { cardinal::chinese_digits(&number.whole) } else { whole(&number.whole) };
        let said = said + &point(&number.fraction);
        self.say(&said, number.end);
    }

    /// Whether a sum begins here, and how far it reaches.
    fn find_sum(&mut self) {
        if self.at < self.sum_until {
            return;
        }
        let part = |c: char| c.is_ascii_digit() || ".+-×*÷/=<>≥≤≈ ()（）".contains(c);
        let end = (self.at..self.chars.len()).find(|at| !part(self.chars[*at])).unwrap_or(self.chars.len());
        if self.chars[self.at..end].iter().any(|c| "+×÷=<>≥≤≈".contains(*c)) {
            self.sum_until = end;
        }
    }

    fn number(&mut self) {
        let Some(number) = Number::at(self.chars, self.at) else { return };
        if self.date(&number) || self.time(&number) || self.fraction(&number) || self.range(&number) || self.few(&number) {
            return;
        }
        self.plain(&number);
    }

    /// A number with what belongs to it: a share, a measure, a year.
    fn plain(&mut self, number: &Number) {
        let start = self.at;
        let after = self.chars.get(number.end).copied();
        for (mark, said) in [('%', "百分之"), ('‰', "千分之")] {
            if after == Some(mark) {
                let text = format!("{said}{}", self.quantity(number, start));
                return self.say(&text, number.end + 1);
            }
        }
        if let Some((unit, name)) = UNITS.iter().find(|(unit, _)| self.unit_is(number.end, unit)) {
            let two = number.is_whole() && number.whole == "2" && !name.contains('度');
            let said = if two { "两".to_owned() } else { self.quantity(number, start) };
            return self.say(&format!("{said}{name}"), number.end + unit.chars().count());
        }
        let said = self.quantity(number, start);
        self.say(&said, number.end);
    }

    /// Whether a unit stands there and ends there: `m` is none in `mp3`.
    fn unit_is(&self, at: usize, unit: &str) -> bool {
        let end = at + unit.chars().count();
        self.ahead_is(at, unit) && !self.chars.get(end).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '/')
    }

    /// A number alone, by what surrounds it.
    fn quantity(&self, number: &Number, start: usize) -> String {
        let after = |ahead: usize| self.chars.get(number.end + ahead).copied();
        let before = |back: usize| start.checked_sub(back).map(|at| self.chars[at]);
        if !number.fraction.is_empty() {
            return whole(&number.whole) + &point(&number.fraction);
        }
        let ordinal = before(1) == Some('第');
        if after(0) == Some('年') && self.is_year(number, start) {
            return cardinal::chinese_digits(&number.whole);
        }
        let long = number.whole.len();
        let counted = after(0).is_some_and(|c| MEASURES.contains(c) || "万亿多余".contains(c)) || number.whole.ends_with("0000");
        let row = long > 1 && number.whole.starts_with('0') || long > 8 && !number.grouped && !counted || long > 16;
        if row {
            return cardinal::chinese_digits(&number.whole);
        }
        if number.whole == "2" {
            let month = after(0) == Some('月') || after(0) == Some('年') && after(1) == Some('级');
            let two = !ordinal && !month && after(0).is_some_and(|c| MEASURES.contains(c) || "百千万亿".contains(c));
            return if two { "两" } else { "二" }.to_owned();
        }
        let said = whole(&number.whole);
        match said.strip_prefix('二') {
            Some(rest) if !ordinal && rest.starts_with(['千', '万', '亿']) => format!("两{rest}"),
            _ => said,
        }
    }

    /// Whether 年 behind a number makes it a year that is named, and not so many years.
    fn is_year(&self, number: &Number, start: usize) -> bool {
        let after = |ahead: usize| self.chars.get(number.end + ahead).copied();
        let before = start.checked_sub(1).map(|at| self.chars[at]);
        let length = number.whole.len();
        if number.grouped || before == Some('前') {
            return false;
        }
        if length == 2 {
            return number.whole.starts_with('0')
                || after(1).is_some_and(|c| "春夏秋冬底初末".contains(c))
                || after(1) == Some('的') && after(2).is_some_and(|c| "春夏秋冬".contains(c));
        }
        let span = after(1).is_some_and(|c| "前以之间多历左来".contains(c))
            || after(1) == Some('的') && after(2).is_some_and(|c| "历光时".contains(c));
        let about = before.is_some_and(|c| "近约过了达长整有经数".contains(c));
        let round = number.whole.ends_with("00");
        number.is_year() && number.whole != "1000" && (!round || !span && !about)
    }

    /// 2024-05-01, 2024/5/1, 2024.5.1
    fn date(&mut self, year: &Number) -> bool {
        let Some(mark) = self.chars.get(year.whole.len() + self.at).copied().filter(|c| "-/.".contains(*c)) else { return false };
        let digits = |from: usize| (from..self.chars.len()).take_while(|at| self.chars[*at].is_ascii_digit()).count();
        let parse = |from: usize, length: usize| self.chars[from..from + length].iter().collect::<String>().parse::<u64>().ok();
        let month_at = self.at + year.whole.len() + 1;
        let month_length = digits(month_at);
        let day_at = month_at + month_length + 1;
        if year.whole.len() != 4
            || !(1..=2).contains(&month_length)
            || self.chars.get(day_at - 1) != Some(&mark)
            || day_at >= self.chars.len()
        {
            return false;
        }
        let day_length = digits(day_at);
        let (Some(month), Some(day)) = (parse(month_at, month_length), parse(day_at, day_length)) else { return false };
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return false;
        }
        let said = format!("{}年{}月{}日", cardinal::chinese_digits(&year.whole), cardinal::chinese(month), cardinal::chinese(day));
        self.say(&said, day_at + day_length);
        true
    }

    /// 19:17 and 12:30:45; a score and a proportion where it is none.
    fn time(&mut self, hours: &Number) -> bool {
        if self.chars.get(hours.end) != Some(&':') {
            return false;
        }
        let Some(minutes) = Number::at(self.chars, hours.end + 1) else { return false };
        let (Some(hour), Some(minute)) = (hours.value(), minutes.value()) else { return false };
        let context: String =
            self.chars[self.at.saturating_sub(6)..self.at].iter().chain(self.chars[minutes.end..].iter().take(4)).collect();
        let score = ["比分", "胜", "赢", "输", "负", "领先", "落后", "战平", "打成", "以"].iter().any(|word| context.contains(word));
        if score || hour > 24 || minute > 59 || minutes.whole.len() != 2 {
            let said = format!("{}比{}", cardinal::chinese(hour), cardinal::chinese(minute));
            self.say(&said, minutes.end);
            return true;
        }
        let part = |value: u64, name: &str| match value {
            0..=9 => format!("零{}{name}", cardinal::chinese(value)),
            _ => format!("{}{name}", cardinal::chinese(value)),
        };
        let mut said = format!("{}点", if hour == 2 { "两".to_owned() } else { cardinal::chinese(hour) });
        let mut end = minutes.end;
        let seconds = (self.chars.get(end) == Some(&':')).then(|| Number::at(self.chars, end + 1)).flatten();
        if minute > 0 || seconds.is_some() {
            said += &part(minute, "分");
        }
        if let Some((value, seconds)) = seconds.and_then(|seconds| Some((seconds.value()?, seconds))) {
            said += &part(value, "秒");
            end = seconds.end;
        }
        self.say(&said, end);
        if self.peek(0).is_some_and(|c| "-~—".contains(c)) && self.peek(1).is_some_and(|c| c.is_ascii_digit()) {
            let end = self.at + 1;
            self.say("到", end);
        }
        true
    }

    /// 1/2
    fn fraction(&mut self, upper: &Number) -> bool {
        if self.chars.get(upper.end) != Some(&'/') || self.at < self.sum_until && self.chars[self.at..self.sum_until].contains(&'÷') {
            return false;
        }
        let Some(lower) = Number::at(self.chars, upper.end + 1) else { return false };
        let (Some(above), Some(below)) = (upper.value(), lower.value()) else { return false };
        if self.chars.get(lower.end) == Some(&'/') {
            return false;
        }
        let said = format!("{}分之{}", cardinal::chinese(below), cardinal::chinese(above));
        self.say(&said, lower.end);
        true
    }

    /// 5-10, 1998-2003, 80%-90%
    fn range(&mut self, from: &Number) -> bool {
        if self.at < self.sum_until {
            return false;
        }
        let share = usize::from(self.chars.get(from.end) == Some(&'%'));
        let dash = from.end + share;
        let wide = (dash..self.chars.len()).take_while(|at| "-—~".contains(self.chars[*at])).count();
        if !(1..=2).contains(&wide) {
            return false;
        }
        let Some(to) = Number::at(self.chars, dash + wide) else { return false };
        if self.chars.get(to.end) == Some(&'-') || self.chars.get(to.end) == Some(&':') {
            return false;
        }
        let years = from.is_year() && to.is_year() && !self.chars.get(to.end).is_some_and(|c| MEASURES.contains(*c) && *c != '年');
        let first = match () {
            () if years => cardinal::chinese_digits(&from.whole),
            () if share > 0 => format!("百分之{}", whole(&from.whole) + &point(&from.fraction)),
            () => whole(&from.whole) + &point(&from.fraction),
        };
        self.say(&format!("{first}到"), dash + wide);
        if years {
            self.say(&cardinal::chinese_digits(&to.whole), to.end);
        } else {
            self.plain(&to);
        }
        true
    }

    /// 2、3个: two or three.
    fn few(&mut self, first: &Number) -> bool {
        if self.chars.get(first.end) != Some(&'、') {
            return false;
        }
        let Some(second) = Number::at(self.chars, first.end + 1) else { return false };
        let (Some(low), Some(high)) = (first.value(), second.value()) else { return false };
        let measured = self.chars.get(second.end).is_some_and(|c| MEASURES.contains(*c) || "十百千万".contains(*c));
        if low + 1 != high || high > 9 || low == 0 || !measured {
            return false;
        }
        let low = if low == 2 { "两".to_owned() } else { cardinal::chinese(low) };
        self.say(&format!("{low}{}", cardinal::chinese(high)), second.end);
        true
    }

    fn money(&mut self) -> bool {
        let Some((_, name)) = CURRENCIES.iter().find(|(mark, _)| self.peek(0) == Some(*mark)) else { return false };
        let blank = usize::from(self.peek(1) == Some(' '));
        let Some(number) = Number::at(self.chars, self.at + 1 + blank) else { return false };
        let said = self.quantity(&number, self.at);
        self.at = number.end;
        let scale: String = self.chars[self.at..].iter().take_while(|c| "百千万亿".contains(**c)).collect();
        let said = if said == "二" && scale.is_empty() { "两".to_owned() } else { said };
        let end = self.at + scale.chars().count();
        // ¥5元 says it already.
        let again = self.chars.get(end).is_some_and(|c| "元块美欧镑".contains(*c));
        self.say(&format!("{said}{scale}{}", if again { "" } else { name }), end);
        true
    }

    fn negative(&mut self) -> bool {
        let before = self.before();
        let begins = !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == ')' || c == '-' || c == '—');
        if self.peek(0) != Some('-') || !begins {
            return false;
        }
        let Some(number) = Number::at(self.chars, self.at + 1) else { return false };
        let degrees = matches!(self.chars.get(number.end), Some('度' | '℃' | '°' | '摄'));
        let end = self.at + 1;
        self.say(if degrees { "零下" } else { "负" }, end);
        true
    }

    fn sign(&mut self, c: char) {
        let blank = |c: Option<char>| c == Some(' ');
        let mut next = self.at + 1;
        while blank(self.chars.get(next).copied()) {
            next += 1;
        }
        let value = |c: Option<&char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '(');
        let follows = value(self.chars.get(next));
        let before = self.out.trim_end().chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == ')');
        let between = before && follows;
        let summed = self.at < self.sum_until;
        let said = match c {
            '+' if between => "加",
            '-' if between && summed => "减",
            '×' | '*' if between => "乘",
            '÷' if between => "除以",
            '/' if between && summed => "除以",
            '=' if between => "等于",
            '≠' if between => "不等于",
            '>' if between => "大于",
            '<' if between => "小于",
            '≥' if between => "大于等于",
            '≤' if between => "小于等于",
            '≈' if follows => "约等于",
            '±' if follows => "正负",
            '√' if follows => "根号",
            '℃' => "摄氏度",
            '℉' => "华氏度",
            '°' => "度",
            '&' => "和",
            '/' if before => "、",
            '#' | '№' if self.peek(1).is_some_and(|c| c.is_ascii_digit()) => return self.numbered(),
            c => {
                self.out.push(c);
                self.at += 1;
                return;
            }
        };
        // A blank between a sign and its number is no pause.
        self.out.truncate(self.out.trim_end().len());
        self.say(said, if said == "、" { self.at + 1 } else { next });
    }

    /// #3, №3
    fn numbered(&mut self) {
        if let Some(number) = Number::at(self.chars, self.at + 1) {
            let said = whole(&number.whole);
            self.say(&format!("{said}号"), number.end);
        }
    }
}

/// Digits as one number, or one by one where they begin with a zero or are too many.
fn whole(digits: &str) -> String {
    match digits.parse() {
        Ok(value) if digits == "0" || !digits.starts_with('0') && digits.len() <= 16 => cardinal::chinese(value),
        _ => cardinal::chinese_digits(digits),
    }
}

fn point(fraction: &str) -> String {
    if fraction.is_empty() { String::new() } else { format!("点{}", cardinal::chinese_digits(fraction)) }
}

/// What is counted with 两 and not with 二.
const MEASURES: &str = "个個只隻条條张張位本天年岁歲点點斤种種次件块塊片把台辆輛座栋层層间間家根颗顆棵头頭匹对對双雙套副份封幅页行排队隊群批步刀口句段篇首曲场場回遍趟顿周週小分秒星夜晚人名米公里尺丈克吨杯碗盘瓶桶锅包袋盒箱筐篮元倍代门扇道枚粒滴朵束串叶艘架户拳眼声股阵丝支枝截节厘千毫平斗担亩年盏盞盆";

const CURRENCIES: &[(char, &str)] =
    &[('¥', "元"), ('$', "美元"), ('€', "欧元"), ('£', "英镑"), ('₽', "卢布"), ('₩', "韩元"), ('₹', "卢比")];

/// Units behind a number, the longer ones first.
const UNITS: &[(&str, &str)] = &[
    ("km/h", "公里每小时"),
    ("m/s", "米每秒"),
    ("km²", "平方公里"),
    ("cm²", "平方厘米"),
    ("m²", "平方米"),
    ("m³", "立方米"),
    ("㎡", "平方米"),
    ("°C", "摄氏度"),
    ("°F", "华氏度"),
    ("℃", "摄氏度"),
    ("℉", "华氏度"),
    ("km", "公里"),
    ("cm", "厘米"),
    ("mm", "毫米"),
    ("kg", "千克"),
    ("mg", "毫克"),
    ("ml", "毫升"),
    ("mL", "毫升"),
    ("㎏", "千克"),
    ("㎝", "厘米"),
    ("㎞", "公里"),
    ("kW", "千瓦"),
    ("m", "米"),
    ("g", "克"),
    ("L", "升"),
    ("t", "吨"),
    ("°", "度"),
];

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_and_signs_are_read_as_a_person_reads_them() {
        let mut wrong = Vec::new();
        for line in include_str!("chinese.txt").lines().filter(|line| !line.starts_with("# ")) {
            let (written, expected) = line.split_once('\t').expect("two columns");
            let said = super::spoken(written);
            if said != expected {
                wrong.push(format!("{written}: {said}, not {expected}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
