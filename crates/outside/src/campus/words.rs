//! Platforms' texts in the form in which learners read them.

use domain::text::one_line;

/// A text without HTML entities: `&amp;` is `&`.
pub(super) fn decoded(text: &str) -> String {
    html_escape::decode_html_entities(text).into_owned()
}

/// The text of a piece of HTML, at most `most` characters.
pub(super) fn plain(html: &str, most: usize) -> String {
    let mut inside = false;
    let mut words = String::new();
    for c in html.chars().take(4000) {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                words.push(' ');
            }
            c if !inside => words.push(c),
            _ => {}
        }
    }
    one_line(&decoded(&words), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_taken_off() {
        assert_eq!(plain("Not available until <strong>1 January&nbsp;2030</strong><br>", 200), "Not available until 1 January 2030");
        assert_eq!(plain("<a href=\"javascript:alert(1)\">A &amp; B", 200), "A & B");
        assert_eq!(decoded("M&uuml;ller &amp; S&#246;hne &lt;3"), "Müller & Söhne <3");
        assert_eq!(plain(&"长".repeat(300), 200).chars().last(), Some('…'));
    }
}
