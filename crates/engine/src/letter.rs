//! The texts of messages to people, in Chinese and English.

use domain::{
    delivery::{Channel, Letter},
    verification::{LIFETIME, Purpose, TICKET_LIFETIME},
    webhook::Off,
};

/// The language somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    Chinese,
    /// English.
    English,
}

/// The HTML page around a letter's text; its placeholders are replaced by [`page`].
const PAGE: &str = include_str!("letter.html");

/// The letter that carries a verification code. `brand` is the product's name.
#[must_use]
pub fn verification(brand: &str, channel: Channel, purpose: Purpose, code: &str, language: Language) -> Letter {
    let minutes = LIFETIME.as_secs() / 60;
    let (action, hint) = (action(purpose, language), hint(language));
    let middle = || format!("<div style=\"{BOX};font-size:32px;letter-spacing:8px;font-weight:600\">{}</div>", escaped(code));
    let letter = match (channel, language) {
        (Channel::Sms, Language::Chinese) => {
            let text = format!("【{brand}】您的{action}验证码是 {code}，{minutes} 分钟内有效。请勿告诉他人。");
            Letter { subject: String::new(), text, html: String::new(), code: String::new(), link: String::new() }
        }
        (Channel::Sms, Language::English) => {
            let text = format!("[{brand}] Your {action} code is {code}, valid for {minutes} minutes. Do not share it.");
            Letter { subject: String::new(), text, html: String::new(), code: String::new(), link: String::new() }
        }
        (Channel::Mail, Language::Chinese) => {
            let said = Said {
                subject: format!("{code} 是您的{brand}验证码"),
                lead: format!("您正在{action}{brand}，验证码是："),
                valid: format!("验证码 {minutes} 分钟内有效，只能使用一次。"),
                hint,
            };
            written(brand, language, said, code, &middle())
        }
        (Channel::Mail, Language::English) => {
            let said = Said {
                subject: format!("{code} is your {brand} code"),
                lead: format!("Here is your {action} code for {brand}:"),
                valid: format!("It is valid for {minutes} minutes and can be used once."),
                hint,
            };
            written(brand, language, said, code, &middle())
        }
    };
    Letter { code: code.to_owned(), ..letter }
}

/// The letter that carries a single-use link.
#[must_use]
pub fn ticket(brand: &str, purpose: Purpose, link: &str, language: Language) -> Letter {
    let minutes = TICKET_LIFETIME.as_secs() / 60;
    let (action, hint) = (action(purpose, language), hint(language));
    let said = match language {
        Language::Chinese => Said {
            subject: format!("{brand}：{action}"),
            lead: format!("您正在{action}，请打开以下链接继续："),
            valid: format!("链接 {minutes} 分钟内有效，只能使用一次。"),
            hint,
        },
        Language::English => Said {
            subject: format!("{brand}: {action}"),
            lead: format!("To go on with your {action}, open this link:"),
            valid: format!("It is valid for {minutes} minutes and can be used once."),
            hint,
        },
    };
    let address = escaped(link);
    let middle = format!("<div style=\"{BOX};font-size:14px;overflow-wrap:anywhere\"><a href=\"{address}\">{address}</a></div>");
    Letter { link: link.to_owned(), ..written(brand, language, said, link, &middle) }
}

/// The test letter, which shows that letters arrive.
#[must_use]
pub fn probe(brand: &str) -> Letter {
    let said = Said {
        subject: format!("{brand}：测试邮件"),
        lead: "这是一封测试邮件，收到它说明邮件服务配置正确。".to_owned(),
        valid: "This is a test letter: mail works.".to_owned(),
        hint: "无需回复。",
    };
    let middle = format!("<div style=\"{BOX};font-size:20px\">✓</div>");
    written(brand, Language::Chinese, said, "✓", &middle)
}

/// The letter to somebody whose webhook endpoint was switched off, in both languages, since nobody asked for it in one.
#[must_use]
pub fn webhook_off(brand: &str, name: &str, url: &str, why: Off) -> Letter {
    let (chinese, english) = match why {
        Off::Owner => ("已由您停用", "was switched off by you"),
        Off::Gone => ("应答 410，不再接收消息", "answered 410: it wants no more messages"),
        Off::Failing => ("连续五天未能接收消息", "has taken no message for five days"),
    };
    let said = Said {
        subject: format!("{brand}：Webhook 已停用 (webhook switched off) {name}"),
        lead: format!(
            "您的 Webhook 接收地址{chinese}，已被停用。期间的事件会保留三十天。 Your endpoint {english}, and is off now. What happens meanwhile is kept for thirty days:"
        ),
        valid:
            "修复后请重新启用，并通过 resend 补发。 Once it works again, switch it on, and have what it missed sent once more with resend."
                .to_owned(),
        hint: "无需回复。",
    };
    let middle = format!("<div style=\"{BOX};font-size:14px;overflow-wrap:anywhere\">{}</div>", escaped(url));
    written(brand, Language::Chinese, said, url, &middle)
}

/// The style of the box around a letter's code or link.
const BOX: &str = "background:#faf6ee;border:1px solid #ead9c3;border-radius:8px;padding:18px 8px;text-align:center;\
                   font-family:ui-monospace,Menlo,Consolas,monospace;color:#2b2a28";

fn action(purpose: Purpose, language: Language) -> &'static str {
    match (purpose, language) {
        (Purpose::SignIn, Language::Chinese) => "登录",
        (Purpose::SignIn, Language::English) => "sign-in",
        (Purpose::Register, Language::Chinese) => "注册",
        (Purpose::Register, Language::English) => "registration",
        (Purpose::ResetPassword, Language::Chinese) => "重置密码",
        (Purpose::ResetPassword, Language::English) => "password reset",
        (Purpose::VerifyEmail, Language::Chinese) => "验证邮箱",
        (Purpose::VerifyEmail, Language::English) => "e-mail verification",
        (Purpose::Probe, Language::Chinese) => "测试",
        (Purpose::Probe, Language::English) => "test",
        (Purpose::Webhook, Language::Chinese) => "接收事件通知",
        (Purpose::Webhook, Language::English) => "webhook",
    }
}

fn hint(language: Language) -> &'static str {
    match language {
        Language::Chinese => "如果这不是您本人的操作，请忽略此邮件，不会有任何变化。请勿将其中的内容告诉他人。",
        Language::English => "If you did not ask for it, ignore this letter and nothing will happen. Never share what is in it.",
    }
}

/// The texts of a letter around its code or link.
struct Said {
    subject: String,
    lead: String,
    valid: String,
    hint: &'static str,
}

/// A letter as text and as an HTML page; `middle` is HTML.
fn written(brand: &str, language: Language, said: Said, carried: &str, middle: &str) -> Letter {
    let Said { subject, lead, valid, hint } = said;
    let (code, greeting) = match language {
        Language::Chinese => ("zh-CN", "您好！"),
        Language::English => ("en", "Hello,"),
    };
    let text = format!("{greeting}\n\n{lead}\n\n    {carried}\n\n{valid}\n{hint}\n\n{brand}\n");
    let marks =
        [("{language}", code), ("{brand}", brand), ("{greeting}", greeting), ("{lead}", &lead), ("{valid}", &valid), ("{hint}", hint)];
    let html = marks.into_iter().fold(PAGE.to_owned(), |page, (mark, text)| page.replace(mark, &escaped(text))).replace("{middle}", middle);
    Letter { subject, text, html, code: String::new(), link: String::new() }
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

    #[test]
    fn a_link_stands_in_text_and_page() {
        for language in [Language::Chinese, Language::English] {
            let letter = ticket("A<b>", Purpose::ResetPassword, "https://x.cn/reset-password?token=a&b", language);
            assert!(letter.text.contains("https://x.cn/reset-password?token=a&b\n"), "{}", letter.text);
            assert!(
                letter.html.contains("href=\"https://x.cn/reset-password?token=a&amp;b\"") && !letter.html.contains("{"),
                "{}",
                letter.html
            );
            assert_eq!((letter.code.as_str(), letter.link.as_str()), ("", "https://x.cn/reset-password?token=a&b"));
        }
    }
}
