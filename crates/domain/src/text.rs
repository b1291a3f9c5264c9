//! Bytes as text: hexadecimal, and percent-encoding.

use std::fmt::Write as _;

/// Bytes as lower-case hexadecimal text.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes every write");
        text
    })
}

/// A secret as its owner recognises it: its last four characters, where it has enough of them.
#[must_use]
pub fn masked(secret: &str) -> String {
    let length = secret.chars().count();
    let tail: String = secret.chars().skip(length.saturating_sub(4)).collect();
    if length >= 12 { format!("xxx…{tail}") } else { "xxx…".to_owned() }
}

/// A text with every byte percent-encoded (RFC 3986) but letters, digits, `-_.~` and those of `kept`.
#[must_use]
pub fn percent_encoded(text: &str, kept: &[u8]) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes every write");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_everybody_reads_them() {
        assert_eq!(hex(&[0, 10, 255]), "000aff");
        assert_eq!(percent_encoded("a/b c*~工", b""), "a%2Fb%20c%2A~%E5%B7%A5");
        assert_eq!(percent_encoded("a/b c", b"/"), "a/b%20c");
        assert_eq!([masked("sk-0123456789abcd"), masked("secret")], ["xxx…abcd", "xxx…"]);
    }
}
