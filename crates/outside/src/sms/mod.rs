//! Senders of text messages. One more is one file here and one line in `app`'s `carriers.rs`.

mod aliyun;
mod tencent;

pub use aliyun::Aliyun;
pub use tencent::Tencent;

use ports::carrier::Undelivered;

/// Exactly one number in E.164, or nothing is sent: vendors take lists by commas.
fn one_number(to: &str) -> Result<&str, Undelivered> {
    let digits = to.strip_prefix('+').filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    digits.map(|_| to).ok_or_else(|| Undelivered::Recipient { text: "not one number in E.164".to_owned() })
}

/// A vendor's word for an error as it may stand in a log: what a word can hold, and not too much of it.
fn word(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_numbers_is_no_number() {
        assert_eq!(one_number("+8613800138000"), Ok("+8613800138000"));
        for bad in ["", "+", "13800138000", "+8613800138000,+8613900139000", "+86 138", "+8613800138000\n"] {
            assert!(one_number(bad).is_err(), "{bad:?}");
        }
    }
}
