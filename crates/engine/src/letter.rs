//! What is written to people, in Chinese and English.

use domain::{
    delivery::{Channel, Letter},
    verification::{LIFETIME, Purpose},
};

/// The language somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    Chinese,
    /// English.
    English,
}

/// The page around what a letter says; its marks are replaced by [`verification`].
const PAGE: &str = include_str!("letter.html");

/// The letter that carries a verification code. `brand` is what the product is called.
#[must_use]
pub fn verification(brand: &str, channel: Channel, purpose: Purpose, code: &str, language: Language) -> Letter {
    let minutes = LIFETIME.as_secs() / 60;
    let words = Words::of(purpose, language);
    let Words { action, hint, .. } = words;
    match (channel, language) {
        (Channel::Sms, Language::Chinese) => {
            letter("", format!("【{brand}】您的{action}验证码是 {code}，{minutes} 分钟内有效。请勿告诉他人。"), "", code)
        }
        (Channel::Sms, Language::English) => {
            letter("", format!("[{brand}] Your {action} code is {code}, valid for {minutes} minutes. Do not share it."), "", code)
        }
        (Channel::Mail, Language::Chinese) => {
            let lead = format!("您正在{action}{brand}，验证码是：");
            let valid = format!("验证码 {minutes} 分钟内有效，只能使用一次。");
            let text = format!("您好！\n\n{lead}\n\n    {code}\n\n{valid}\n{hint}\n\n{brand}\n");
            letter(&format!("{code} 是您的{brand}验证码"), text, &page(brand, "zh-CN", "您好！", &lead, code, &valid, hint), code)
        }
        (Channel::Mail, Language::English) => {
            let lead = format!("Here is your {action} code for {brand}:");
            let valid = format!("It is valid for {minutes} minutes and can be used once.");
            let text = format!("Hello,\n\n{lead}\n\n    {code}\n\n{valid}\n{hint}\n\n{brand}\n");
            letter(&format!("{code} is your {brand} code"), text, &page(brand, "en", "Hello,", &lead, code, &valid, hint), code)
        }
    }
}

struct Words {
    action: &'static str,
    hint: &'static str,
}

impl Words {
    fn of(purpose: Purpose, language: Language) -> Self {
        let action = match (purpose, language) {
            (Purpose::SignIn, Language::Chinese) => "登录",
            (Purpose::SignIn, Language::English) => "sign-in",
            (Purpose::Register, Language::Chinese) => "注册",
            (Purpose::Register, Language::English) => "registration",
        };
        let hint = match language {
            Language::Chinese => "如果这不是您本人的操作，请忽略此邮件，不会有任何变化。请勿将验证码告诉他人。",
            Language::English => "If you did not ask for it, ignore this letter and nothing will happen. Never share the code.",
        };
        Self { action, hint }
    }
}

fn letter(subject: &str, text: String, html: &str, code: &str) -> Letter {
    Letter { subject: subject.to_owned(), text, html: html.to_owned(), code: code.to_owned() }
}

fn page(brand: &str, language: &str, greeting: &str, lead: &str, code: &str, valid: &str, hint: &str) -> String {
    let marks = [
        ("{language}", language),
        ("{brand}", brand),
        ("{greeting}", greeting),
        ("{lead}", lead),
        ("{code}", code),
        ("{valid}", valid),
        ("{hint}", hint),
    ];
    marks.into_iter().fold(PAGE.to_owned(), |page, (mark, text)| page.replace(mark, &escaped(text)))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_carries_its_code_and_leaves_no_mark() {
        for channel in Channel::ALL {
            for purpose in Purpose::ALL {
                for language in [Language::Chinese, Language::English] {
                    let letter = verification("A<b>&Co", channel, purpose, "042917", language);
                    assert!(letter.text.contains("042917") && letter.text.contains("10"), "{letter:?}");
                    assert!(!letter.html.contains(['{', '}']) || letter.html.contains("<style"), "{}", letter.html);
                    assert!(!letter.html.contains("<b>&Co"), "the brand is text");
                    let html = channel == Channel::Mail;
                    assert_eq!((letter.html.contains("042917"), letter.subject.contains("042917")), (html, html));
                }
            }
        }
    }
}
