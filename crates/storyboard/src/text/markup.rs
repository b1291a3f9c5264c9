//! Markdown and HTML: their marks are taken out of a text, their words stay. What only looks like a mark (`a < b`, `2*3*4`, `a_b`)
//! is left alone.

/// The text without marks. Headings keep a `#`, by which [`super::heading`] knows them.
#[must_use]
pub(super) fn strip(text: &str) -> String {
    let text = html(text);
    let mut out = String::with_capacity(text.len());
    for line in text.split('\n') {
        if !out.is_empty() || line.is_empty() {
            out.push('\n');
        }
        let Some(line) = block(line) else { continue };
        let row = line.starts_with('|');
        let said = inline(line.trim_matches(|c: char| row && (c == '|' || c == ' ')));
        out.push_str(&if row { said.replace('|', " ") } else { said });
    }
    out
}

/// Elements whose tags are taken out; what stands between other angle brackets is the author's.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "article",
    "aside",
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "center",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "link",
    "main",
    "mark",
    "meta",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "u",
    "ul",
    "var",
    "wbr",
];
/// Those that end a line.
const BLOCKS: &[&str] = &[
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "title",
    "tr",
    "ul",
];

/// How far behind its beginning a mark's end is looked for, in bytes or characters: a long text costs no more than it is long.
const REACH: usize = 500;
/// The same for what is left out as a whole: comments, styles, scripts.
const FAR: usize = 20_000;

fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (said, length) = tag(rest).or_else(|| entity(rest)).unwrap_or_else(|| (rest[..1].to_owned(), 1));
        out.push_str(&said);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// What a tag at the head of a text stands for, and how long it is.
fn tag(text: &str) -> Option<(String, usize)> {
    let far = &text[..text.floor_char_boundary(FAR)];
    let text = &text[..text.floor_char_boundary(REACH)];
    if text.starts_with("<!--") {
        return far.find("-->").map(|end| (String::new(), end + 3));
    }
    if text.get(..9).is_some_and(|head| head.eq_ignore_ascii_case("<!doctype")) {
        return text.find('>').map(|end| (String::new(), end + 1));
    }
    let end = text.find('>')?;
    let inner = text[1..end].trim_end_matches('/').trim_end();
    if inner.contains('<') {
        return None;
    }
    let closing = inner.starts_with('/');
    let inner = inner.trim_start_matches('/');
    let name = inner.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
    let after = inner[name.len()..].chars().next();
    if after.is_some_and(|c| !c.is_whitespace()) {
        return None;
    }
    if matches!(name.as_str(), "script" | "style") && !closing {
        let close = format!("</{name}");
        let body = far[end..].to_ascii_lowercase().find(&close).map(|at| end + at)?;
        let length = body + far[body..].find('>')? + 1;
        return Some((String::new(), length));
    }
    if !ELEMENTS.contains(&name.as_str()) {
        return None;
    }
    let heading = !closing && name.len() == 2 && name.starts_with('h') && name.ends_with(|c: char| c.is_ascii_digit());
    let said = match () {
        () if heading => "\n# ",
        () if name == "hr" => "\n***\n",
        () if BLOCKS.contains(&name.as_str()) => "\n",
        () if matches!(name.as_str(), "td" | "th") => " ",
        () => "",
    };
    Some((said.to_owned(), end + 1))
}

/// The character that an entity at the head of a text stands for.
fn entity(text: &str) -> Option<(String, usize)> {
    let end = text[..text.floor_char_boundary(12)].find(';').filter(|end| *end > 2)?;
    let written = &text[..=end];
    let known = written[1..end].chars().all(|c| c.is_ascii_alphanumeric() || c == '#');
    let said = html_escape::decode_html_entities(written);
    (known && said != written).then(|| (said.into_owned(), end + 1))
}

/// A line without the marks of its block; none where it is nothing but marks.
fn block(line: &str) -> Option<&str> {
    let mut line = line.trim_start();
    while let Some(rest) = line.strip_prefix("> ").or_else(|| line.strip_prefix('>')) {
        line = rest.trim_start();
    }
    let fence = line.starts_with("```") || line.starts_with("~~~");
    let table = line.starts_with('|') && line.chars().all(|c| "|-: ".contains(c));
    if fence || table {
        return None;
    }
    let item = ["- [ ] ", "- [x] ", "- [X] ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark));
    if super::heading::is_separator(line) {
        return Some(line);
    }
    let line = item.unwrap_or(line);
    // A dash before a word may be a dialogue's, but it is not spoken either way.
    Some(line.strip_prefix("- ").filter(|rest| !rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(line))
}

fn inline(line: &str) -> String {
    let chars: Vec<char> = line.chars().collect();
    let mut out = String::with_capacity(line.len());
    let mut at = 0;
    // Marks that are open, and have a partner further on.
    let mut open: Vec<&[char]> = Vec::new();
    while at < chars.len() {
        if chars[at] == '\\' && chars.get(at + 1).is_some_and(|c| c.is_ascii_punctuation()) {
            out.push(chars[at + 1]);
            at += 2;
            continue;
        }
        if let Some((said, next)) = link(&chars, at) {
            out.push_str(&inline(&said));
            at = next;
            continue;
        }
        let mark = MARKS.iter().find(|mark| chars[at..].starts_with(mark));
        if let Some(mark) = mark {
            if open.last() == Some(mark) && closes(&chars, at, mark) {
                open.pop();
                at += mark.len();
                continue;
            }
            if opens(&chars, at, mark) {
                open.push(mark);
                at += mark.len();
                continue;
            }
        }
        out.push(chars[at]);
        at += 1;
    }
    out
}

const MARKS: &[&[char]] = &[&['*', '*', '*'], &['*', '*'], &['_', '_'], &['~', '~'], &['*'], &['_'], &['`', '`'], &['`']];

/// Whether a mark opens here: a word follows at once, and the mark's partner stands behind a word.
fn opens(chars: &[char], at: usize, mark: &[char]) -> bool {
    let after = at + mark.len();
    let fits = chars.get(after).is_some_and(|c| !c.is_whitespace());
    // Within a word or a sum they are the author's: a_b, 2*3*4. Chinese is written without blanks, so there it may stand in a word.
    let within = at > 0 && chars[at - 1].is_ascii_alphanumeric();
    let digits = chars.get(after).is_some_and(char::is_ascii_digit) && at > 0 && chars[at - 1].is_ascii_digit();
    let reach = chars.len().min(after + REACH);
    fits && !within
        && !digits
        && (after + 1..reach).any(|end| chars[end..].starts_with(mark) && closes(chars, end, mark))
        && chars[after..reach].iter().any(|c| c.is_alphanumeric())
}

fn closes(chars: &[char], at: usize, mark: &[char]) -> bool {
    let before = at.checked_sub(1).map(|at| chars[at]);
    let after = chars.get(at + mark.len());
    before.is_some_and(|c| !c.is_whitespace()) && !after.is_some_and(char::is_ascii_alphanumeric)
}

/// `[words](address)` and `![picture](address)`: the words, and where it ends.
fn link(chars: &[char], at: usize) -> Option<(String, usize)> {
    let picture = chars[at] == '!';
    let start = at + usize::from(picture);
    if chars.get(start) != Some(&'[') {
        return None;
    }
    let middle = (start + 1..chars.len().min(start + REACH)).find(|index| chars[*index] == ']')?;
    if chars.get(middle + 1) != Some(&'(') {
        return None;
    }
    let end = (middle + 2..chars.len().min(middle + REACH)).find(|index| chars[*index] == ')')?;
    let address: String = chars[middle + 2..end].iter().collect();
    let is_address = address.contains(['/', '#', '.', '@']) && !address.contains(|c: char| crate::text::is_han(c));
    is_address.then(|| (if picture { String::new() } else { chars[start + 1..middle].iter().collect() }, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_words_stay() {
        for (text, expected) in [
            ("他**忽然**站起来，*走*到`窗前`。", "他忽然站起来，走到窗前。"),
            ("__Anna__ was _very_ ~~sad~~ happy.", "Anna was very sad happy."),
            ("***重要***的事", "重要的事"),
            ("见[这里](https://example.com/a)和![图](a.png)。", "见这里和。"),
            ("> 引用的话\n> 第二行", "引用的话\n第二行"),
            ("- 苹果\n* 梨\n+ 桃", "苹果\n梨\n桃"),
            ("```\n他说\n```", "他说"),
            ("| 姓名 | 年龄 |\n|---|---|\n| 小明 | 8 |", "姓名   年龄\n\n小明   8"),
            ("<p>下雪了。</p><p>他<b>走</b>了&nbsp;&amp;笑。</p>", "下雪了。\n\n他走了\u{a0}&笑。"),
            ("<h2>归来</h2>下雪了<br/>他走了", "# 归来\n下雪了\n他走了"),
            ("雪\n* * *\n雨", "雪\n* * *\n雨"),
            ("<style>p { color: red }</style>下雪<!-- 注 -->了", "下雪了"),
            ("<script>alert(1)</script>雪", "雪"),
            ("## 第一章 归来", "## 第一章 归来"),
            // The author's own signs.
            ("若 a < b 且 c > d", "若 a < b 且 c > d"),
            ("2*3*4=24", "2*3*4=24"),
            ("snake_case_name", "snake_case_name"),
            ("AT&T; 价格 5 * 3", "AT&T; 价格 5 * 3"),
            ("-5度，* * *", "-5度，* * *"),
            ("他说[笑](大声地)", "他说[笑](大声地)"),
            ("<你好>", "<你好>"),
            ("\\*不是强调\\*", "*不是强调*"),
        ] {
            assert_eq!(strip(text).trim_matches('\n'), expected, "{text}");
        }
    }
}
