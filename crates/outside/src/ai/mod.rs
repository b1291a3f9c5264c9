//! Providers of scripts, pictures and voices, behind the same traits as the built-in ones.

mod images;
mod script;
mod speech;
mod vision;

pub use images::{Images, ImagesApi};
pub use script::OpenAiScript;
pub use speech::OpenAiSpeech;
pub use vision::OpenAiVision;

use ports::{fault::Fault, lenient};
use reqwest::StatusCode;

use crate::egress::{Answer, Egress};

/// How a provider is reached.
#[derive(Clone)]
pub struct Provider {
    /// The guarded client.
    pub egress: Egress,
    /// Its base URL, without a slash at the end.
    pub url: String,
    /// Its key; empty if it needs none.
    pub key: String,
    /// The model.
    pub model: String,
    /// Micro-yuan for one script, one picture, or a thousand characters of speech.
    pub price: i64,
    /// The most concurrent calls.
    pub concurrency: usize,
}

impl Provider {
    /// Calls it with JSON; a refusal is a lasting fault, which does not include the answer's body.
    async fn call(&self, path: &str, body: &serde_json::Value) -> Result<Answer, Fault> {
        let key = (!self.key.is_empty()).then_some(self.key.as_str());
        let answer = self.egress.post_json(&format!("{}{path}", self.url), key, body.to_string().into_bytes()).await?;
        match answer.status {
            status if status.is_success() => Ok(answer),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Fault::lasting("the provider refuses the key")),
            status => Err(Fault::lasting(format!("the provider answered {status}"))),
        }
    }

    /// The answer's JSON. An accepted call with an unreadable answer is a lasting fault: asking again would mean paying again.
    async fn json(&self, path: &str, body: &serde_json::Value) -> Result<serde_json::Value, Fault> {
        let answer = self.call(path, body).await?;
        lenient::json(&answer.body).map_err(|_| Fault::lasting("the provider's answer is not JSON"))
    }
}
