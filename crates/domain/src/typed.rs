//! Normalises what people type and paste, by type of input: what was meant is kept, and what came along with it (direction marks, blanks,
//! brackets, full-width characters) is not. Every surface reads such input through these functions, before a try is counted.

use unicode_normalization::UnicodeNormalization;

use crate::text::is_invisible;

/// Whether a character only separates the digits or letters of a number or a code.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '.' | '·' | '_' | '/' | '(' | ')' | '[' | ']')
}

/// A number or a code without separators, and with plain instead of full-width characters; `None` if there is a line break inside, which
/// makes it two.
fn compact(text: &str) -> Option<String> {
    let plain: String = text.nfkc().filter(|c| !is_invisible(*c)).collect();
    let plain = plain.trim();
    (!plain.contains(['\n', '\r'])).then(|| plain.chars().filter(|c| !is_separator(*c)).collect())
}

/// A phone number as digits, with its `+` if it has one.
#[must_use]
pub fn phone(text: &str) -> Option<String> {
    (text.len() <= 128).then(|| compact(text)).flatten()
}

/// A redemption code in capitals.
#[must_use]
pub fn redemption(text: &str) -> Option<String> {
    (text.len() <= 256).then(|| compact(text)).flatten().map(|plain| plain.to_uppercase())
}

/// A verification code.
#[must_use]
pub fn verification(text: &str) -> Option<String> {
    (text.len() <= 64).then(|| compact(text)).flatten()
}

/// An e-mail address in the form in which it is compared; `None` if it is too long to be one.
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let plain = || text.nfkc().filter(|c| !is_invisible(*c)).collect::<String>().trim().to_ascii_lowercase();
    (text.len() <= 1024).then(plain)
}

/// A user name or similar, here or elsewhere: as it was entered, without invisible characters.
#[must_use]
pub fn name(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_along_with_a_number_is_left_out() {
        for typed in [
            "13912345678",
            "\u{202d}13912345678\u{202c}",
            "(139) 1234-5678",
            "139\u{a0}1234\u{2009}5678",
            "139‑1234–5678",
            "１３９（１２３４）５６７８",
            "139.1234.5678",
            "\u{feff}139 1234 5678\n",
        ] {
            assert_eq!(phone(typed).as_deref(), Some("13912345678"), "{typed:?}");
        }
        assert_eq!(phone("+86 (139) 1234-5678").as_deref(), Some("+8613912345678"));
        assert_eq!(phone("13912345678\n13912345679"), None, "two numbers are none");
        assert_eq!(phone("13912345678,13912345679").as_deref(), Some("13912345678,13912345679"));
    }

    #[test]
    fn what_comes_along_with_a_code_is_left_out() {
        for typed in ["abcd2345efgh6789", "ABCD-2345-EFGH-6789", "\u{200b}ABCD2345\u{feff}EFGH6789\u{200e}", "ＡＢＣＤ　2345 EFGH_6789"]
        {
            assert_eq!(redemption(typed).as_deref(), Some("ABCD2345EFGH6789"), "{typed:?}");
        }
        for typed in ["123456", "123 456", "123-456", " １２３４５６ ", "\u{200b}123456", "123\u{2009}456"] {
            assert_eq!(verification(typed).as_deref(), Some("123456"), "{typed:?}");
        }
        assert_eq!(verification("123\n456"), None, "two lines are no code");
    }

    #[test]
    fn what_comes_along_with_an_address_is_left_out() {
        for typed in ["User@Example.com", " user@example.com\u{200b}", "user＠example．com", "\u{feff}user@example.com"] {
            assert_eq!(email(typed).as_deref(), Some("user@example.com"), "{typed:?}");
        }
    }
}
