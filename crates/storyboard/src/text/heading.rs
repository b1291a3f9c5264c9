//! Headings: which lines name a chapter and which are story. What is in doubt is story, because a heading is shown and not told.

/// The title of a line that is a heading, without the marks that made it one.
#[must_use]
pub(super) fn heading(line: &str) -> Option<&str> {
    let line = line.trim();
    if let Some(title) = marked(line) {
        return Some(title);
    }
    (is_chinese(line) || is_english(line) || is_number(line)).then_some(line)
}

/// Whether the first line of a text is its title: short, no sentence, and set apart from what follows by a blank line or by being
/// much shorter. The first line of a poem is none.
pub(super) fn is_titled(text: &str) -> bool {
    let Some((first, rest)) = text.split_once('\n') else { return false };
    let first = first.trim();
    let length = first.chars().count();
    let most = if first.chars().any(super::is_han) { 16 } else { 60 };
    let longest = rest.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    (1..=most).contains(&length)
        && (rest.starts_with('\n') || first.starts_with('《') || longest > length * 2)
        && !first.contains(STORY)
        && !first.contains(['：', ','])
        && !first.ends_with(['.', ':'])
}

/// Whether a line only sets what is above it apart from what is below.
pub(super) fn is_separator(line: &str) -> bool {
    let line = line.trim();
    let count = line.chars().filter(|c| !c.is_whitespace()).count();
    let marks = |c: char| c.is_whitespace() || "*-=_~#+·•…—–─◇◆○●□■△▲▽▼※＊－＝～☆★".contains(c);
    (1..=80).contains(&count) && line.chars().all(marks) && (count >= 3 || !line.contains(['…', '—', '-']))
}

/// Markdown: one to six `#` and a blank.
fn marked(line: &str) -> Option<&str> {
    let title = line.trim_start_matches('#');
    let depth = line.len() - title.len();
    let title = title.strip_prefix(' ')?.trim_end_matches(['#', ' ']).trim();
    ((1..=6).contains(&depth) && title.chars().any(char::is_alphanumeric)).then_some(title)
}

/// What ends a sentence or stands within one; a heading has none of it.
const STORY: &[char] = &['。', '，', '；', '…', '！', '？', '、', '“', '”', ';', '!', '?'];
/// What may stand between a heading's number and its title.
const BETWEEN: &[char] = &[' ', '：', ':', '·', '—', '-', '《', '【', '.', '．'];
/// What a Chinese heading counts.
const UNITS: &[char] = &['章', '回', '节', '節', '卷', '幕', '集', '部', '篇', '话', '話', '季', '折', '场', '場'];
/// Headings without a number.
const NAMED: &[&str] = &[
    "序",
    "序章",
    "序言",
    "序幕",
    "楔子",
    "引子",
    "引言",
    "前言",
    "正文",
    "尾声",
    "尾聲",
    "终章",
    "終章",
    "后记",
    "後記",
    "番外",
    "结语",
    "結語",
    "大结局",
    "大結局",
    "题记",
    "題記",
];
/// How a sentence goes on that begins as a heading does: 第一章讲的是…
const GOES_ON: &[char] = &[
    '讲', '講', '说', '說', '写', '寫', '的', '是', '里', '裡', '中', '还', '還', '就', '已', '结', '結', '开', '開', '在', '和', '与',
    '與', '也', '都', '有', '没', '沒', '被', '把', '到', '看', '读', '讀', '我', '你', '他', '她', '它', '们', '課', '课', '时', '時',
    '才', '刚', '剛', '终', '終', '太', '很', '最', '不', '却', '卻', '那', '这', '這', '从', '從', '后', '後', '前',
];

fn is_chinese(line: &str) -> bool {
    if line.chars().count() > 36 {
        return false;
    }
    let plain = line.trim_start_matches(['《', '【', ' ']);
    for name in NAMED {
        let Some(rest) = plain.strip_prefix(name) else { continue };
        let rest = rest.trim_end_matches(['》', '】']);
        if rest.is_empty() || rest.starts_with([' ', '：', ':', '·', '—']) && !rest.contains(STORY) {
            return true;
        }
    }
    let Some(rest) = plain.strip_prefix("正文").map_or(plain, str::trim_start).strip_prefix('第') else { return false };
    let rest = rest.trim_start();
    let number = rest.find(|c: char| !is_numeral(c)).unwrap_or(rest.len());
    if number == 0 {
        return false;
    }
    let rest = rest[number..].trim_start();
    let Some(unit) = rest.chars().next().filter(|unit| UNITS.contains(unit)) else { return false };
    let title = &rest[unit.len_utf8()..];
    if title.trim_end_matches(['》', '】', ' ', '：', ':']).is_empty() {
        return true;
    }
    // 第一章 风雪夜归人, 第三回：王熙凤…; a title may ask, or call out, or have a comma between its halves.
    if title.starts_with(BETWEEN) {
        let body = title.trim_start_matches(BETWEEN);
        return !body.ends_with(['。', '，', '；', '…']) && !body.contains(['。', '“', '”']) && body.chars().count() <= 30;
    }
    // 第一章归来: nothing stands between, so it must look like nothing else.
    matches!(unit, '章') && title.chars().count() <= 12 && !title.contains(STORY) && !title.starts_with(GOES_ON)
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c) || "〇零一二三四五六七八九十百千两兩壹贰叁肆伍陆柒捌玖拾上中下".contains(c)
}

/// Words that an English heading begins with; only the first two may be followed by a title without a mark between.
const ENGLISH: &[&str] = &["chapter", "stave", "part", "book", "act", "scene", "canto", "volume", "section", "episode", "letter"];
const NUMBERS: &[&str] = &[
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
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "first",
    "second",
    "third",
    "last",
];

fn is_english(line: &str) -> bool {
    if line.chars().count() > 70 {
        return false;
    }
    let (word, rest) = line.split_at(line.find(|c: char| !c.is_alphabetic()).unwrap_or(line.len()));
    let word = word.to_lowercase();
    let told = |title: &str| title.trim_end().ends_with(['.', '!', '?', ',', ';', '…', '"', '”']);
    if matches!(word.as_str(), "prologue" | "epilogue" | "foreword" | "preface" | "introduction" | "afterword" | "interlude") {
        let title = rest.trim_start();
        return title.is_empty()
            || title.trim_matches(['.', ':', '-', '—', ' ']).is_empty()
            || title.starts_with([':', '—', '-']) && !told(title);
    }
    let Some(kind) = ENGLISH.iter().position(|known| *known == word) else { return false };
    let Some(rest) = rest.strip_prefix([' ', '\u{a0}']).map(str::trim_start) else { return false };
    let rest = rest.strip_prefix("the ").or_else(|| rest.strip_prefix("The ")).or_else(|| rest.strip_prefix("THE ")).unwrap_or(rest);
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '-').unwrap_or(rest.len());
    let (number, title) = rest.split_at(end);
    let lower = number.to_lowercase();
    let counted = number.chars().all(|c| c.is_ascii_digit())
        || lower.split('-').all(|part| NUMBERS.contains(&part))
        || number.chars().all(|c| "IVXLC".contains(c));
    if number.is_empty() || !counted {
        return false;
    }
    let marked = title.trim_start().starts_with(['.', ':', '—', '–', '-']);
    let name = title.trim_start_matches(['.', ':', '—', '–', '-', ' ']);
    match name.chars().next() {
        None => true,
        // Titles rarely end with a full stop, and sentences always do.
        Some(_) if marked => !name.ends_with([',', ';']) && name.matches(['.', '!', '?']).count() <= 1,
        Some(first) => kind < 2 && first.is_uppercase() && !told(name),
    }
}

/// A number alone: 一, （二）, 3., IV.
fn is_number(line: &str) -> bool {
    let bare = line.trim_matches(['（', '）', '(', ')', '.', '．', '、', '【', '】', '[', ']', ' ', '-', '—', '*', '·']);
    let length = bare.chars().count();
    let chinese = length <= 4 && bare.chars().all(|c| is_numeral(c) && !"上中下".contains(c));
    let roman = length <= 6 && bare.chars().all(|c| "IVXLC".contains(c));
    length > 0 && (chinese || roman)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_told_from_words() {
        for (line, expected) in [("***", true), ("* * *", true), ("---", true), ("◇", true), ("……", false), ("— 他", false), ("", false)]
        {
            assert_eq!(is_separator(line), expected, "{line}");
        }
    }

    #[test]
    fn a_title_is_set_apart() {
        for (text, expected) in [
            ("归来\n\n天亮了。", true),
            ("《归来》\n天亮了。", true),
            ("归来\n天亮了，他一个人走出了村子。", true),
            ("Twinkle twinkle little star\nHow I wonder what you are", false),
            ("天亮了。\n\n他走了。", false),
            ("下课铃响了…\n\n他走了。", false),
            ("归来", false),
        ] {
            assert_eq!(is_titled(text), expected, "{text}");
        }
    }

    #[test]
    fn headings_are_told_from_story() {
        for (line, title) in [
            ("第一章", "第一章"),
            ("第一章 归来", "第一章 归来"),
            ("第十二章：风雪夜归人", "第十二章：风雪夜归人"),
            ("第一章归来", "第一章归来"),
            ("第3章 你是谁？", "第3章 你是谁？"),
            ("第一回 甄士隐梦幻识通灵，贾雨村风尘怀闺秀", "第一回 甄士隐梦幻识通灵，贾雨村风尘怀闺秀"),
            ("正文 第一百零二章 大战", "正文 第一百零二章 大战"),
            ("第二節", "第二節"),
            ("楔子", "楔子"),
            ("尾声：十年以后", "尾声：十年以后"),
            ("（二）", "（二）"),
            ("三、", "三、"),
            ("## 归来", "归来"),
            ("# The Return #", "The Return"),
            ("CHAPTER I.", "CHAPTER I."),
            ("Chapter 3: A Storm", "Chapter 3: A Storm"),
            ("Chapter Twenty-One", "Chapter Twenty-One"),
            ("CHAPTER II. The Pool of Tears", "CHAPTER II. The Pool of Tears"),
            ("Chapter XII The Return", "Chapter XII The Return"),
            ("Stave One: Marley's Ghost", "Stave One: Marley's Ghost"),
            ("Part Two", "Part Two"),
            ("Epilogue", "Epilogue"),
            ("IV", "IV"),
            ("三", "三"),
        ] {
            assert_eq!(heading(line), Some(title), "{line}");
        }
        for line in [
            "第二节课下课铃响了，同学们冲出教室。",
            "第二节课下课铃响了",
            "第三集团军在黄昏渡过了河。",
            "第三集团军在黄昏渡过了河",
            "第一次开幕式下着大雨。",
            "第一回见到他，是在一个冬天。",
            "第一回见到他是在冬天",
            "第三卷书放在桌上",
            "第一幕开始了",
            "第一章讲的是一个少年",
            "第五部队在山下",
            "第二章的最后他哭了。",
            "第一章 他翻开书，读了起来。",
            "第一节车厢里坐着一个老人",
            "序列号丢了",
            "前言不搭后语",
            "正文里没有这句话",
            "一个人走了。",
            "#标签",
            "Chapter houses stood around the cathedral.",
            "Chapter 12 was my favourite.",
            "Part two of the plan failed",
            "Part of the roof fell in.",
            "Act one began at eight",
            "Letters came every day.",
            "Book a table for two",
            "Scene after scene went by",
        ] {
            assert_eq!(heading(line), None, "{line}");
        }
    }
}
