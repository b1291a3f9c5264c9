//! Looking at pictures: an OpenAI-compatible chat with an image (docs/protocols.md, Models).

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ports::{
    fault::Fault,
    lenient,
    vision::{Question, Vision},
};
use serde_json::json;

use super::Provider;

/// The most text that is used of an answer, in characters.
const MAX_CHARACTERS: usize = 8000;

/// An OpenAI-compatible chat that takes pictures.
pub struct OpenAiVision(pub Provider);

#[async_trait::async_trait]
impl Vision for OpenAiVision {
    async fn look(&self, question: Question) -> Result<String, Fault> {
        let picture = format!("data:{};base64,{}", question.media_type, BASE64.encode(&question.picture));
        let body = json!({
            "model": self.0.model,
            "messages": [
                { "role": "system", "content": question.instructions },
                { "role": "user", "content": [{ "type": "image_url", "image_url": { "url": picture, "detail": "auto" } }] }
            ],
            "max_tokens": 2000,
            "stream": false
        });
        let answer = self.0.json("/chat/completions", &body).await?;
        let choice = &answer["choices"][0];
        let spoken = lenient::spoken(&choice["message"]["content"]).unwrap_or_default();
        let text = spoken.trim();
        match choice["finish_reason"].as_str() {
            Some("content_filter") => Err(Fault::lasting("the provider will not speak of this picture")),
            _ if text.is_empty() => Err(Fault::lasting("the provider's answer holds no text")),
            _ => Ok(text.replace('\0', "").chars().take(MAX_CHARACTERS).collect()),
        }
    }
}
