//! Senders of text messages. To add one, add a file here and a line in `app`'s `carriers.rs`.

mod aliyun;
mod tencent;

pub use aliyun::Aliyun;
pub use tencent::Tencent;

use ports::carrier::Undelivered;

/// Checks for exactly one number in E.164; otherwise nothing is sent, because vendors accept comma-separated lists.
fn one_number(to: &str) -> Result<&str, Undelivered> {
    let digits = to.strip_prefix('+').filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    digits.map(|_| to).ok_or_else(|| Undelivered::Recipient { text: "not one number in E.164".to_owned() })
}

/// A vendor's error code in a form that is safe to log: only harmless characters, and not too many.
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
