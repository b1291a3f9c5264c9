//! What is reached from outside, as far as it can be seen from here.

use std::time::Duration;

use engine::Engine;
use outside::clock::SystemClock;
use ports::clock::Clock;

use super::{Finding, Grade, finding};
use crate::config::Config;

/// How long an address may take to answer.
const DEADLINE: Duration = Duration::from_secs(5);
/// How far a clock may be off.
const SKEW_S: i64 = 30;

/// Whether limits can tell callers apart behind a proxy.
pub(super) fn proxies(config: &Config) -> Option<Finding> {
    let behind = config.public_url.starts_with("https://");
    let named = !config.listen.proxies.is_empty();
    Some(match (behind, named) {
        (true, false) => finding(
            "proxies",
            Grade::Note,
            "public_url is https, which somebody ends before this server, and listen.proxies names nobody: name the proxy, or all callers are \
             counted as one",
        ),
        (true, true) => finding(
            "proxies",
            Grade::Well,
            "what they say in X-Forwarded-For is believed: see that they set it themselves and pass Upgrade on for WebSockets",
        ),
        (false, true) => finding("proxies", Grade::Note, "listen.proxies names some and public_url is not https: set public_url"),
        (false, false) => return None,
    })
}

/// Asks the addresses that people and gateways are given.
pub(super) async fn reach(config: &Config) -> Vec<Finding> {
    let mut asked: Vec<(&str, String)> = Vec::new();
    for (name, surface) in [("address of files", "media"), ("address of callbacks", "studio")] {
        let Ok(url) = config.url_of(surface) else { continue };
        match asked.iter_mut().find(|(_, known)| *known == url) {
            Some((known, _)) => *known = "public address",
            None => asked.push((name, url)),
        }
    }
    let mut found = Vec::new();
    for (name, url) in asked {
        found.push(match get(&format!("{url}/livez")).await {
            Ok((200, _)) => finding(name, Grade::Well, format!("{url} answers")),
            Ok((status, _)) => {
                let text = format!("{url} answers {status} where the server answers 200: see whether the proxy leads here");
                finding(name, Grade::Fault, text)
            }
            Err(error) => {
                let text = format!("{url} does not answer ({error}): start the server, and see to DNS, the proxy and the firewall");
                finding(name, Grade::Fault, text)
            }
        });
    }
    found
}

/// The clock, beside those that are at hand: the database server's, and that of whoever answers at the public address.
pub(super) async fn clock(config: &Config, engine: &Engine) -> Option<Finding> {
    let theirs = match engine::clock::theirs(engine).await {
        Ok(Some(theirs)) => Some(("the database server's", theirs.seconds())),
        _ => match config.url_of("media") {
            Ok(url) if !config.public_url.is_empty() => {
                get(&format!("{url}/livez")).await.ok().and_then(|(_, date)| Some(("the proxy's", date?)))
            }
            _ => None,
        },
    };
    let ours = SystemClock::new().now().seconds();
    Some(match theirs {
        Some((whose, theirs)) if (ours - theirs).abs() > SKEW_S => finding(
            "clock",
            Grade::Fault,
            format!("it differs from {whose} by {} s: let both follow an NTP server (timedatectl set-ntp true)", (ours - theirs).abs()),
        ),
        Some((whose, _)) => finding("clock", Grade::Well, format!("it agrees with {whose}")),
        None => finding("clock", Grade::Note, "there is no other clock at hand to compare with: see that it follows an NTP server"),
    })
}

/// The status of an address and the time that it says.
async fn get(url: &str) -> anyhow::Result<(u16, Option<i64>)> {
    let client = reqwest::Client::builder().timeout(DEADLINE).no_proxy().build()?;
    let answer = client.get(url).send().await.map_err(|error| anyhow::anyhow!("{}", error.without_url()))?;
    let date = answer.headers().get("date").and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()).map(|at| at.timestamp().as_second());
    Ok((answer.status().as_u16(), date))
}
