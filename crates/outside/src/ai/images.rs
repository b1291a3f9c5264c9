//! Pictures: the OpenAI images API and the Stable Diffusion WebUI (`txt2img`).

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use ports::{
    fault::Fault,
    film::{Aspect, Script, Style},
    image::{ImageModel, Picture, Subject},
};
use serde_json::{Value, json};

use super::Provider;

/// The OpenAI images API.
pub struct OpenAiImages(pub Provider);

/// The Stable Diffusion WebUI.
pub struct StableDiffusion(pub Provider);

/// What every provider is told: the look of the film, the subject, and each character in the same words every time.
fn prompt(picture: &Picture<'_>) -> String {
    let style = match picture.style {
        Style::Anime => "anime style illustration, clean line art, soft colours",
        Style::Manga => "black and white manga page, ink, screentone",
        Style::Realistic => "realistic cinematic photograph, natural light",
    };
    let subject = match picture.subject {
        Subject::Portrait(character) => format!("portrait of {}, {}, plain background", character.name, character.looks),
        Subject::Scene(script, scene) => format!("{}; {}", scene.description, cast(script, &scene.present)),
    };
    format!("{style}; {subject}; no text, no watermark").chars().take(1500).collect()
}

fn cast(script: &Script, present: &[usize]) -> String {
    present
        .iter()
        .filter_map(|index| script.characters.get(*index))
        .map(|character| format!("{} is {}", character.name, character.looks))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A picture's bytes, if they are a PNG: whatever else a provider sends is not shown to a decoder.
fn png(bytes: Vec<u8>) -> Result<Bytes, Fault> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Ok(Bytes::from(bytes))
    } else {
        Err(Fault::passing("the provider's picture is not a PNG"))
    }
}

fn decoded(value: &Value) -> Result<Vec<u8>, Fault> {
    let text = value.as_str().ok_or_else(|| Fault::passing("the provider's answer holds no picture"))?;
    BASE64.decode(text.rsplit(',').next().unwrap_or_default()).map_err(|_| Fault::passing("the provider's picture is not base64"))
}

#[async_trait::async_trait]
impl ImageModel for OpenAiImages {
    fn engine(&self) -> String {
        self.0.model.clone()
    }

    fn price(&self) -> i64 {
        self.0.price
    }

    fn concurrency(&self) -> usize {
        self.0.concurrency
    }

    fn painted(&self) -> bool {
        true
    }

    async fn draw(&self, picture: Picture<'_>) -> Result<Bytes, Fault> {
        let size = match (picture.subject, picture.aspect) {
            (Subject::Portrait(_), _) => "1024x1024",
            (Subject::Scene(..), Aspect::Wide | Aspect::Classic) => "1536x1024",
            (Subject::Scene(..), Aspect::Tall) => "1024x1536",
        };
        let body = json!({ "model": self.0.model, "prompt": prompt(&picture), "n": 1, "size": size });
        let answer = self.0.json("/images/generations", &body).await?;
        let first = &answer["data"][0];
        if first["b64_json"].is_string() {
            return png(decoded(&first["b64_json"])?);
        }
        let url = first["url"].as_str().ok_or_else(|| Fault::passing("the provider's answer holds no picture"))?;
        let file = self.0.egress.get(url).await?;
        png(file.body.to_vec())
    }
}

#[async_trait::async_trait]
impl ImageModel for StableDiffusion {
    fn engine(&self) -> String {
        if self.0.model.is_empty() { "stable-diffusion".to_owned() } else { self.0.model.clone() }
    }

    fn price(&self) -> i64 {
        self.0.price
    }

    fn concurrency(&self) -> usize {
        self.0.concurrency
    }

    fn painted(&self) -> bool {
        true
    }

    async fn draw(&self, picture: Picture<'_>) -> Result<Bytes, Fault> {
        let (width, height) = match (picture.subject, picture.aspect) {
            (Subject::Portrait(_), _) => (768, 768),
            (Subject::Scene(..), Aspect::Wide) => (1024, 576),
            (Subject::Scene(..), Aspect::Classic) => (896, 672),
            (Subject::Scene(..), Aspect::Tall) => (576, 1024),
        };
        let mut body = json!({
            "prompt": prompt(&picture),
            "negative_prompt": "text, watermark, lowres, deformed, extra fingers",
            "width": width, "height": height, "steps": 24, "cfg_scale": 6.5, "sampler_name": "Euler a",
            "seed": picture.seed % 4_294_967_296
        });
        if !self.0.model.is_empty() {
            body["override_settings"] = json!({ "sd_model_checkpoint": self.0.model });
        }
        let answer = self.0.json("/sdapi/v1/txt2img", &body).await?;
        png(decoded(&answer["images"][0])?)
    }
}
