//! The operator's own web hook, which sends text messages or letters (docs/protocols.md, Web hook).
//!
//! Each call is signed over its time and its body, and contains the delivery's id, which is the same for each try.

use std::sync::Arc;

use domain::{
    delivery::{Channel, Letter},
    verification::{LIFETIME, TICKET_LIFETIME},
};
use ports::{
    carrier::{Carrier, Parcel, Undelivered},
    clock::Clock,
};

use crate::{
    digest::{hex, mac},
    egress::Egress,
};

/// How long the hook may take to answer.
pub const DEADLINE: std::time::Duration = std::time::Duration::from_secs(5);

/// The hook.
pub struct Webhook {
    /// The guarded client.
    pub egress: Egress,
    /// The time that calls are signed with.
    pub clock: Arc<dyn Clock>,
    /// Its URL.
    pub url: String,
    /// The secret that calls are signed with.
    pub secret: String,
}

#[async_trait::async_trait]
impl Carrier for Webhook {
    fn name(&self) -> &'static str {
        "webhook"
    }

    async fn carry(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        let (id, now) = (format!("gf-{}", parcel.id), self.clock.now().seconds());
        let letter = &parcel.letter;
        let mut body = serde_json::json!({
            "id": id,
            "to": parcel.to,
            "template": parcel.purpose.word(),
            "params": params(letter),
            "text": letter.text,
            "ts": now,
        });
        if parcel.channel == Channel::Mail {
            body["subject"] = letter.subject.clone().into();
            body["html"] = letter.html.clone().into();
        }
        let body = body.to_string();
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("x-gf-timestamp", now.to_string()),
            ("x-gf-signature", signature(&self.secret, now, &body)),
            ("idempotency-key", id),
        ];
        let answer = self.egress.post(&self.url, &headers, body.into_bytes()).await?;
        match answer.status.as_u16() {
            200..=299 => Ok(()),
            status => Err(Undelivered::Operator { text: format!("the hook answered {status}") }),
        }
    }
}

/// The parameters for a template: a code or a link, and how long it is valid.
fn params(letter: &Letter) -> serde_json::Value {
    match letter.link.as_str() {
        "" => serde_json::json!({ "code": letter.code, "minutes": LIFETIME.as_secs() / 60 }),
        link => serde_json::json!({ "link": link, "minutes": TICKET_LIFETIME.as_secs() / 60 }),
    }
}

/// `sha256=` and the HMAC of the time, a full stop and the body.
fn signature(secret: &str, now: i64, body: &str) -> String {
    format!("sha256={}", hex(&mac(secret.as_bytes(), format!("{now}.{body}").as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with `printf '1700000000.{}' | openssl dgst -sha256 -hmac secret`.
    #[test]
    fn the_signature_covers_time_and_body() {
        assert_eq!(signature("secret", 1_700_000_000, "{}"), "sha256=b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163");
        assert_ne!(signature("secret", 1_700_000_001, "{}"), signature("secret", 1_700_000_000, "{}"));
    }
}
