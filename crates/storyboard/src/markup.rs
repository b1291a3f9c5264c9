//! What people paste beside their story: HTML, Markdown and emoji are taken out, so that nothing of them is drawn or read aloud.
//! Headings keep their `#` and separators stay lines of their own: [`crate::text::paragraphs`] reads both.

/// The text without tags, marks and emoji.
pub(crate) fn plain(text: &str) -> String {
    let text = if text.contains('<') || text.contains('&') { without_tags(text) } else { text.to_owned() };
    let mut clean = String::with_capacity(text.len());
    let mut script = false;
    for line in text.split('\n') {
        if line.trim_start().starts_with("```") {
            script = !script;
            continue;
        }
        let line = if script { line.to_owned() } else { without_marks(line) };
        clean.extend(line.chars().filter(|c| !is_emoji(*c)));
        clean.push('\n');
    }
    clean
}

/// Whether a line only sets what is above it apart from what is below.
pub(crate) fn is_separator(line: &str) -> bool {
    let line = line.trim();
    let count = line.chars().filter(|c| !c.is_whitespace()).count();
    let marks = |c: char| c.is_whitespace() || "*-=_~#+·•…—–─◇◆○●□■△▲▽▼※＊－＝～☆★".contains(c);
    (1..=80).contains(&count) && line.chars().all(marks) && (count >= 3 || !line.contains(['…', '—', '-']))
}

/// Tags that begin a line of their own.
const BLOCKS: &[&str] = &["p", "br", "div", "li", "ul", "ol", "tr", "table", "blockquote", "section", "article", "hr", "title"];

fn without_tags(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        clean.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some((name, length)) = tag(rest) else {
            clean.push('<');
            rest = &rest[1..];
            continue;
        };
        let bare = name.trim_start_matches('/');
        let heading = bare.len() == 2 && bare.starts_with('h') && bare.ends_with(|c: char| c.is_ascii_digit());
        match bare {
            "hr" => clean.push_str("\n***\n"),
            _ if heading => clean.push_str(if name.starts_with('/') { "\n" } else { "\n# " }),
            _ if BLOCKS.contains(&bare) => clean.push('\n'),
            _ => {}
        }
        rest = &rest[length..];
        // What stands in these is nobody's story.
        if matches!(name.as_str(), "script" | "style" | "head") {
            let end = rest.find(&format!("</{name}")).unwrap_or(rest.len());
            rest = &rest[end..];
        }
    }
    clean.push_str(rest);
    html_escape::decode_html_entities(&clean).into_owned()
}

/// The name of the tag that a text begins with, and the tag's length in bytes.
fn tag(text: &str) -> Option<(String, usize)> {
    if text.starts_with("<!--") {
        return Some(("!--".to_owned(), text.find("-->").map_or(text.len(), |at| at + 3)));
    }
    let end = text.char_indices().take(300).find(|(at, c)| *at > 0 && matches!(c, '>' | '<')).filter(|(_, c)| *c == '>')?.0;
    let inner = &text[1..end];
    let begins = inner.trim_start_matches(['/', '!']).chars().next()?;
    let name: String = inner.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/' || *c == '!').collect();
    begins.is_ascii_alphabetic().then(|| (name.trim_end_matches('/').to_lowercase(), end + 1))
}

fn without_marks(line: &str) -> String {
    if is_separator(line) {
        return line.to_owned();
    }
    let mut line = line.trim_start_matches(['>', ' ']);
    for bullet in ["- ", "* ", "+ ", "• "] {
        line = line.strip_prefix(bullet).unwrap_or(line);
    }
    let mut clean = links(line);
    for mark in ["**", "__", "~~", "``", "`"] {
        clean = clean.replace(mark, "");
    }
    // One star or one underscore on each side of a word.
    for mark in ['*', '_'] {
        if clean.matches(mark).count() >= 2 {
            clean = clean.replace(mark, "");
        }
    }
    // Cells of a table.
    if clean.trim_start().starts_with('|') {
        clean = clean.trim().trim_matches('|').replace('|', "，");
    }
    clean
}

/// `[words](address)` keeps its words, `![words](address)` nothing.
fn links(line: &str) -> String {
    let mut clean = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('[') {
        let link = rest[at..].find("](").and_then(|middle| {
            let end = rest[at + middle..].find(')')?;
            Some((&rest[at + 1..at + middle], at + middle + end + 1))
        });
        let Some((words, end)) = link else {
            clean.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        };
        let picture = rest[..at].ends_with('!');
        clean.push_str(rest[..at].trim_end_matches(if picture { '!' } else { '\0' }));
        clean.push_str(if picture { "" } else { words });
        rest = &rest[end..];
    }
    clean.push_str(rest);
    clean
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\u{2b05}'..='\u{2b07}'
        | '\u{2b1b}' | '\u{2b1c}' | '\u{2b50}' | '\u{2b55}' | '\u{231a}' | '\u{231b}' | '\u{23e9}'..='\u{23fa}' | '\u{3030}' | '\u{303d}'
        | '\u{e0020}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_markup_is_left() {
        for (pasted, told) in [
            ("**林秋白**放下*扁担*。", "林秋白放下扁担。"),
            ("> 他说：[好](http://x.y/z)。", "他说：好。"),
            ("![封面](cover.png)天亮了😀。", "天亮了。"),
            ("- 一个苹果", "一个苹果"),
            ("<p>天亮了。</p><p>他&nbsp;走了&hellip;</p>", "天亮了。 | 他\u{a0}走了…"),
            ("<h2>第一章</h2>开始", "# 第一章 | 开始"),
            ("<script>alert(1)</script>雨<br/>停", "雨 | 停"),
            ("1 < 2，他说 a<b", "1 < 2，他说 a<b"),
        ] {
            let clean: Vec<String> = plain(pasted).lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
            assert_eq!(clean.join(" | "), told, "{pasted}");
        }
    }

    #[test]
    fn separators_are_told_from_words() {
        for (line, expected) in [("***", true), ("* * *", true), ("---", true), ("◇", true), ("……", false), ("— 他", false), ("", false)]
        {
            assert_eq!(is_separator(line), expected, "{line}");
        }
    }
}
