//! Texts: bytes in hexadecimal and percent-encoding, masked secrets, and foreign texts reduced to one line.

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Bytes as lower-case hexadecimal text.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

/// 32 bytes from their hexadecimal digits.
#[must_use]
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// A masked secret that its owner can recognise: its last four characters, if it has enough of them.
#[must_use]
pub fn masked(secret: &str) -> String {
    let length = secret.chars().count();
    let tail: String = secret.chars().skip(length.saturating_sub(4)).collect();
    if length >= 12 { format!("xxx…{tail}") } else { "xxx…".to_owned() }
}

/// A text as one line of printable characters, at most `most` of them, so that what somebody else wrote is safe to store and show. If it
/// was cut, it ends in "…".
#[must_use]
pub fn one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    let (mut length, mut cut) = (0, false);
    // Bounded while it is read, because a foreign text may be very long.
    for word in text.split(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c)).filter(|word| !word.is_empty()) {
        let gap = usize::from(length > 0);
        if length + gap >= most {
            cut = true;
            break;
        }
        if gap > 0 {
            line.push(' ');
        }
        let taken = word.chars().take(most - length - gap);
        length += gap;
        for c in taken {
            line.push(c);
            length += 1;
        }
        cut = length == most && !line.ends_with(word);
        if cut {
            break;
        }
    }
    if cut {
        line = line.chars().take(most.saturating_sub(1)).chain(['…']).collect();
    }
    line
}

/// A text with every byte percent-encoded (RFC 3986) that is in a set: [`COMPONENT`], [`SEGMENT`] or [`PATH`].
#[must_use]
pub fn percent_encoded(text: &str, encoded: &'static AsciiSet) -> String {
    utf8_percent_encode(text, encoded).to_string()
}

/// Every byte but letters, digits and `-_.~`: for a name or a value.
pub const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// For one segment of a path, which may hold a colon.
pub const SEGMENT: &AsciiSet = &COMPONENT.remove(b':');

/// For a path, whose slashes stay.
pub const PATH: &AsciiSet = &COMPONENT.remove(b'/');

/// Whether a character is invisible: zero width, direction marks, soft hyphens.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}' | '\u{61c}' | '\u{180e}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_wrote_is_one_line() {
        assert_eq!(one_line(" a\n\tb\0c\u{1b}[31m\u{202e}d ", 100), "a b c [31m d");
        let long = one_line(&"课".repeat(5000), 120);
        assert_eq!((long.chars().count(), long.chars().last()), (120, Some('…')));
        for (text, line) in
            [("x x x x", "x x x x"), ("x x x x x", "x x x …"), ("abcdefg", "abcdefg"), ("abcdefgh", "abcdef…"), ("ab cdefgh", "ab cde…")]
        {
            assert_eq!(one_line(text, 7), line, "what was cut says so");
        }
    }

    #[test]
    fn bytes_are_written_as_everybody_reads_them() {
        assert_eq!(hex(&[0, 10, 255]), "000aff");
        assert_eq!(percent_encoded("a/b c*~工", COMPONENT), "a%2Fb%20c%2A~%E5%B7%A5");
        assert_eq!(percent_encoded("a/b c", PATH), "a/b%20c");
        assert_eq!([masked("sk-0123456789abcd"), masked("secret")], ["xxx…abcd", "xxx…"]);
    }
}
