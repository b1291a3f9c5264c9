//! Webhooks: what an account's own servers are told, to the letter of Standard Webhooks 1.0
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>). See docs/api.md, Webhooks.
//!
//! What is signed and how, when a message is tried again, and what an answer means. Nobody is called from here.

use std::{fmt, time::Duration};

use data_encoding::{BASE64, BASE64_NOPAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{
    id::{EventId, WebhookDeliveryId, WebhookId},
    time::Timestamp,
};

/// The beginning of a secret's text.
const PREFIX: &str = "whsec_";
/// Random bytes of a secret of ours; the specification allows from 24 to 64.
pub const SECRET_BYTES: usize = 32;

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $word:literal),* $(,)?) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EventType {$($(#[$doc])* $name,)*}

        impl EventType {
            /// Every type.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }
        }
    };
}

events! {
    /// An attempt of a task has succeeded.
    TaskSucceeded = "task.succeeded",
    /// An attempt of a task has failed.
    TaskFailed = "task.failed",
    /// A task was cancelled.
    TaskCancelled = "task.cancelled",
    /// An order was paid, and credited.
    OrderPaid = "order.paid",
    /// A wallet fell below what its owner wants to have in it.
    WalletLow = "wallet.low",
    /// A code was redeemed.
    CodeRedeemed = "code.redeemed",
    /// Its owner tests an endpoint.
    Test = "test",
}

impl EventType {
    /// The type with this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.word() == word)
    }
}

/// The secret that messages to an endpoint are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// The secret of random bytes.
    #[must_use]
    pub fn new(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(bytes.to_vec())
    }

    /// The secret that a text is: `whsec_` and the base64 of 24 to 64 bytes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().strip_prefix(PREFIX)?.trim_end_matches('=');
        BASE64_NOPAD.decode(text.as_bytes()).ok().filter(|bytes| (24..=64).contains(&bytes.len())).map(Self)
    }

    /// Its text, for its owner and for the vault.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("{PREFIX}{}", BASE64.encode(&self.0))
    }

    /// The signature of a message: `v1,` and the base64 of the HMAC-SHA256 over its id, the time of this try and its body.
    fn sign(&self, id: &str, at_s: i64, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{at_s}.{body}").as_bytes());
        format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The headers of a message that is tried at `at`, signed with each of the secrets.
#[must_use]
pub fn headers(secrets: &[Secret], id: EventId, at: Timestamp, body: &str) -> [(&'static str, String); 3] {
    let (id, at_s) = (message_id(id), at.seconds());
    let signatures: Vec<String> = secrets.iter().map(|secret| secret.sign(&id, at_s, body)).collect();
    [("webhook-id", id), ("webhook-timestamp", at_s.to_string()), ("webhook-signature", signatures.join(" "))]
}

/// The id of a message in its header: the same at every try and at every endpoint.
#[must_use]
pub fn message_id(event: EventId) -> String {
    format!("event_{event}")
}

/// How long a message waits before its first try, and after each try that failed; then it is given up, after three days and a half.
pub const SCHEDULE: [Duration; 10] = [
    Duration::ZERO,
    Duration::from_secs(5),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 3600),
    Duration::from_secs(5 * 3600),
    Duration::from_secs(10 * 3600),
    Duration::from_secs(14 * 3600),
    Duration::from_secs(20 * 3600),
    Duration::from_secs(24 * 3600),
];
/// The longest wait that an endpoint may ask for.
pub const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);
/// How long an endpoint is left alone that is busy and does not say for how long.
pub const REST: Duration = Duration::from_secs(60);
/// How long an endpoint may fail, without one success, before it is switched off.
pub const FAILING: Duration = Duration::from_secs(5 * 86_400);
/// Failures that are further apart are not of one piece: an endpoint that is hardly ever called is not switched off for two of them.
pub const APART: Duration = Duration::from_secs(2 * 86_400);

/// The wait after so many failed tries, up to a fifth longer than its place in the schedule, as `jitter` says; none after the last.
#[must_use]
pub fn wait_after(tries: i64, jitter: u8) -> Option<Duration> {
    let usual = SCHEDULE.get(usize::try_from(tries).ok()?)?;
    Some(*usual + *usual * u32::from(jitter) / (5 * 255))
}

/// What is thought of an endpoint's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It has the message.
    Delivered,
    /// It wants no messages any more.
    Gone,
    /// It does not have it, and is left alone for a while.
    Busy,
    /// It does not have it.
    Failed,
}

impl Verdict {
    /// The verdict on a status; none if there was no answer in time.
    #[must_use]
    pub fn on(status: Option<u16>) -> Self {
        match status {
            Some(200..=299) => Self::Delivered,
            Some(410) => Self::Gone,
            Some(429 | 502 | 504) => Self::Busy,
            Some(_) | None => Self::Failed,
        }
    }
}

/// Why an endpoint is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Off {
    /// Its owner switched it off.
    Owner,
    /// It answered 410.
    Gone,
    /// It failed for too long.
    Failing,
}

impl Off {
    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }

    /// The reason with this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Owner, Self::Gone, Self::Failing].into_iter().find(|known| known.word() == word)
    }
}

/// An endpoint: where an account's messages go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// What its owner calls it.
    pub name: String,
    /// Where messages go.
    pub url: String,
    /// What it is told; everything if there is none.
    pub types: Vec<EventType>,
    /// It is told when the money falls below this, in micro-yuan.
    pub low_money: Option<i64>,
    /// It is told when there are fewer uses than this.
    pub low_uses: Option<i64>,
    /// Why it is off, if it is.
    pub off: Option<Off>,
    /// When it was switched off.
    pub off_at: Option<Timestamp>,
    /// Since when it has failed without one success.
    pub failing_since: Option<Timestamp>,
    /// It is left alone until then.
    pub rests_until: Option<Timestamp>,
    /// Until when messages are signed with the secret before this one, too.
    pub rolled_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its owner last changed it.
    pub updated_at: Timestamp,
}

impl Webhook {
    /// Whether it is told of events of a type.
    #[must_use]
    pub fn wants(&self, event: EventType) -> bool {
        self.types.is_empty() || self.types.contains(&event)
    }
}

/// Where a message to an endpoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It will be tried, or is being tried.
    Waiting,
    /// The endpoint has it.
    Delivered,
    /// It was given up.
    Failed,
    /// The endpoint is off: it is sent when its owner says so.
    Held,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Delivered, Self::Failed, Self::Held];

    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Held => "held",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

/// A message to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: WebhookDeliveryId,
    /// The endpoint.
    pub webhook: WebhookId,
    /// What it tells.
    pub event: EventId,
    /// What happened.
    pub event_type: EventType,
    /// Where it is.
    pub state: State,
    /// How often it was tried since it was last asked for.
    pub tries: i64,
    /// When it is tried next.
    pub due_at: Option<Timestamp>,
    /// When it happened.
    pub created_at: Timestamp,
    /// When its state last changed.
    pub updated_at: Timestamp,
}

/// One try to deliver a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try {
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// The status of the answer; none if there was none.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub answer: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries: id, time, body and signature.
    const KNOWN: (&str, i64, &str, &str) =
        ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

    #[test]
    fn a_message_is_signed_as_the_specification_has_it() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (id, at_s, body, signature) = KNOWN;
        assert_eq!(secret.sign(id, at_s, body), signature);
        for other in [secret.sign("msg_other", at_s, body), secret.sign(id, at_s + 1, body), secret.sign(id, at_s, "{}")] {
            assert_ne!(other, signature);
        }
        let old = Secret::new([7; SECRET_BYTES]);
        let [id, at, signed] = headers(&[secret.clone(), old.clone()], EventId(12), Timestamp(1_614_265_330_999_999), body);
        assert_eq!((id, at), (("webhook-id", "event_12".to_owned()), ("webhook-timestamp", "1614265330".to_owned())));
        assert_eq!(signed.1, format!("{} {}", secret.sign("event_12", at_s, body), old.sign("event_12", at_s, body)));
    }

    #[test]
    fn a_secret_has_from_24_to_64_bytes() {
        let text = |bytes: usize| format!("whsec_{}", BASE64.encode(&vec![1; bytes]));
        for (bytes, good) in [(0, false), (23, false), (24, true), (32, true), (64, true), (65, false)] {
            assert_eq!(Secret::parse(&text(bytes)).is_some(), good, "{bytes}");
        }
        let secret = Secret::new([9; SECRET_BYTES]);
        assert_eq!(Secret::parse(&secret.expose()), Some(secret.clone()));
        assert_eq!(Secret::parse(secret.expose().trim_end_matches('=')), Some(secret.clone()), "padding may be missing");
        assert_eq!(format!("{secret:?}"), "Secret");
        for other in ["", "whsec_", "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_不"] {
            assert_eq!(Secret::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_message_is_tried_ten_times_in_three_days() {
        let all: Vec<_> = (0..10).map(|tries| wait_after(tries, 0).unwrap()).collect();
        assert_eq!(all, SCHEDULE);
        assert_eq!(all.iter().sum::<Duration>(), Duration::from_secs(75 * 3600 + 35 * 60 + 5), "as the specification adds up");
        assert_eq!((wait_after(10, 0), wait_after(-1, 0)), (None, None));
        for (tries, usual) in SCHEDULE.into_iter().enumerate() {
            let tries = i64::try_from(tries).unwrap();
            let (middle, longest) = (wait_after(tries, 127).unwrap(), wait_after(tries, 255).unwrap());
            assert!(usual <= middle && middle <= longest && longest == usual + usual / 5, "{tries}");
        }
    }

    #[test]
    fn only_2xx_is_a_success() {
        for (status, verdict) in [
            (Some(200), Verdict::Delivered),
            (Some(204), Verdict::Delivered),
            (Some(299), Verdict::Delivered),
            (Some(199), Verdict::Failed),
            (Some(301), Verdict::Failed),
            (Some(304), Verdict::Failed),
            (Some(400), Verdict::Failed),
            (Some(404), Verdict::Failed),
            (Some(410), Verdict::Gone),
            (Some(429), Verdict::Busy),
            (Some(500), Verdict::Failed),
            (Some(502), Verdict::Busy),
            (Some(503), Verdict::Failed),
            (Some(504), Verdict::Busy),
            (None, Verdict::Failed),
        ] {
            assert_eq!(Verdict::on(status), verdict, "{status:?}");
        }
    }

    #[test]
    fn types_are_words_with_full_stops() {
        for known in EventType::ALL {
            assert_eq!(EventType::from_word(known.word()), Some(*known));
            assert!(known.word().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.' || byte == b'_'), "{known:?}");
        }
        assert_eq!(EventType::from_word("task.*"), None);
        for state in State::ALL {
            assert_eq!(State::from_word(state.word()), Some(state));
        }
    }
}
