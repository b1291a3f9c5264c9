//! Pictures: the OpenAI images API and the Stable Diffusion WebUI (`txt2img`).

use std::time::Duration;

use bytes::Bytes;
use ports::{
    fault::Fault,
    film::{Aspect, Script, Style},
    image::{ImageModel, Picture, Subject},
    lenient,
};
use serde_json::{Value, json};

use super::Provider;

/// A provider of pictures.
pub struct Images {
    /// Where it is, and what it costs.
    pub provider: Provider,
    /// What it speaks.
    pub api: ImagesApi,
}

/// What a provider of pictures speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImagesApi {
    /// The OpenAI images API.
    OpenAi,
    /// The Stable Diffusion WebUI.
    StableDiffusion,
}

/// The prompt for every provider: the look of the film, the subject, and each character in the same words every time.
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

/// The most that a provider's picture may unpack to, in bytes.
const MAX_UNPACKED: u64 = 128 << 20;

/// A picture in the format that the film maker takes: an RGB PNG, whatever its original format.
async fn png(bytes: Vec<u8>) -> Result<Bytes, Fault> {
    let read = move || {
        let mut reader = image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().ok()?;
        let mut limits = image::Limits::default();
        limits.max_alloc = Some(MAX_UNPACKED);
        reader.limits(limits);
        let mut written = std::io::Cursor::new(Vec::new());
        image::DynamicImage::ImageRgb8(reader.decode().ok()?.to_rgb8()).write_to(&mut written, image::ImageFormat::Png).ok()?;
        Some(Bytes::from(written.into_inner()))
    };
    let read = tokio::task::spawn_blocking(read).await.unwrap_or(None);
    // It has been paid for, and another one would have to be paid for, too.
    read.ok_or_else(|| Fault::lasting("the provider's picture cannot be read"))
}

fn decoded(value: &Value) -> Result<Vec<u8>, Fault> {
    let found = value.as_str().and_then(lenient::base64);
    found.map(|(_, bytes)| bytes).ok_or_else(|| Fault::lasting("the provider's answer holds no picture that can be read"))
}

/// Fetches a picture that has been made and paid for; tries a few times, because there is no other way to get it.
async fn fetched(provider: &Provider, url: &str) -> Result<Vec<u8>, Fault> {
    let mut last = None;
    for wait in [0, 500, 2000] {
        tokio::time::sleep(Duration::from_millis(wait)).await;
        match provider.egress.get(url).await {
            Ok(file) if file.status.is_success() => return Ok(file.body.to_vec()),
            Ok(file) => last = Some(format!("it answers {}", file.status)),
            Err(fault) => last = Some(fault.to_string()),
        }
    }
    Err(Fault::lasting(format!("the provider's picture cannot be fetched: {}", last.unwrap_or_default())))
}

#[async_trait::async_trait]
impl ImageModel for Images {
    fn engine(&self) -> String {
        match self.api {
            ImagesApi::StableDiffusion if self.provider.model.is_empty() => "stable-diffusion".to_owned(),
            ImagesApi::OpenAi | ImagesApi::StableDiffusion => self.provider.model.clone(),
        }
    }

    fn price(&self) -> i64 {
        self.provider.price
    }

    fn concurrency(&self) -> usize {
        self.provider.concurrency
    }

    fn painted(&self) -> bool {
        true
    }

    async fn draw(&self, picture: Picture<'_>) -> Result<Bytes, Fault> {
        match self.api {
            ImagesApi::OpenAi => open_ai(&self.provider, &picture).await,
            ImagesApi::StableDiffusion => stable_diffusion(&self.provider, &picture).await,
        }
    }
}

async fn open_ai(provider: &Provider, picture: &Picture<'_>) -> Result<Bytes, Fault> {
    let size = match (picture.subject, picture.aspect) {
        (Subject::Portrait(_), _) => "1024x1024",
        (Subject::Scene(..), Aspect::Wide | Aspect::Classic) => "1536x1024",
        (Subject::Scene(..), Aspect::Tall) => "1024x1536",
    };
    let body = json!({ "model": provider.model, "prompt": prompt(picture), "n": 1, "size": size });
    let answer = provider.json("/images/generations", &body).await?;
    let first = &answer["data"][0];
    let link = first["url"].as_str().map(str::trim).filter(|url| !url.is_empty());
    match link {
        Some(url) if !first["b64_json"].is_string() && !url.starts_with("data:") => png(fetched(provider, url).await?).await,
        Some(_) if !first["b64_json"].is_string() => png(decoded(&first["url"])?).await,
        _ => png(decoded(&first["b64_json"])?).await,
    }
}

async fn stable_diffusion(provider: &Provider, picture: &Picture<'_>) -> Result<Bytes, Fault> {
    let (width, height) = match (picture.subject, picture.aspect) {
        (Subject::Portrait(_), _) => (768, 768),
        (Subject::Scene(..), Aspect::Wide) => (1024, 576),
        (Subject::Scene(..), Aspect::Classic) => (896, 672),
        (Subject::Scene(..), Aspect::Tall) => (576, 1024),
    };
    let mut body = json!({
        "prompt": prompt(picture),
        "negative_prompt": "text, watermark, lowres, deformed, extra fingers",
        "width": width, "height": height, "steps": 24, "cfg_scale": 6.5, "sampler_name": "Euler a",
        "seed": picture.seed % 4_294_967_296
    });
    if !provider.model.is_empty() {
        body["override_settings"] = json!({ "sd_model_checkpoint": provider.model });
    }
    let answer = provider.json("/sdapi/v1/txt2img", &body).await?;
    png(decoded(&answer["images"][0])?).await
}
