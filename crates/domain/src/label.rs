//! Texts that an outside worker reports: labels, which must not work as paths to elsewhere, and errors of any length.

use crate::text::is_invisible;

/// The longest label, in bytes.
const LONGEST: usize = 1024;

/// Whether a path is a harmless label, which cannot lead elsewhere: short, printable, and without `..`, back-slashes, or a scheme,
/// however often it is percent-encoded.
#[must_use]
pub fn leads_nowhere(path: &str) -> bool {
    if path.len() > LONGEST {
        return false;
    }
    let mut plain = path.to_owned();
    loop {
        let next = decoded(&plain);
        if next == plain {
            break;
        }
        plain = next;
    }
    let strange = |c: char| c.is_control() || is_invisible(c) || c == '\\' || c == '\u{fffd}';
    let scheme = plain.split('/').next().is_some_and(|first| first.contains(':'));
    !plain.chars().any(strange) && !scheme && !plain.split('/').any(|segment| segment.trim() == "..")
}

/// The beginning of a text, at most this many bytes: whole characters, no NUL.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let kept = text[..end].replace('\0', "\u{fffd}");
    let end = (0..=most.min(kept.len())).rev().find(|end| kept.is_char_boundary(*end)).unwrap_or(0);
    kept[..end].to_owned()
}

/// A text with its percent-encoding decoded once.
#[must_use]
pub fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match hex.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a16_a_path_is_a_label_or_refused() {
        for good in ["/path/to/output.pdf", "out/报告 1.pdf", "a..b/c", "50%.pdf", "%20.pdf", "/etc/passwd"] {
            assert!(leads_nowhere(good), "{good}");
        }
        for bad in [
            "../../x",
            "a/../b",
            "..\\x",
            "a\\b",
            "%2e%2e/x",
            "%252e%252e/x",
            "%2525252e%2525252e/x",
            "..%2fx",
            "a/%2E%2E",
            "a\0b",
            "a%00b",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "C:/x",
            "a\nb",
            "a\u{202e}fdp.exe",
            "%ff",
            " .. /x",
            &"x".repeat(1025),
        ] {
            assert!(!leads_nowhere(bad), "{bad:?}");
        }
    }

    #[test]
    fn a17_an_error_is_cut_at_a_whole_character() {
        assert_eq!(cut(&"错".repeat(2000), 4096).len(), 4095);
        assert_eq!(cut("a\0b", 4096), "a\u{fffd}b");
        assert_eq!(cut(&"x".repeat(10 << 20), 4096).len(), 4096);
    }
}
