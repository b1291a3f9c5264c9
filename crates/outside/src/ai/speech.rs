//! Voices: the OpenAI speech API.

use ports::{
    fault::Fault,
    film::{Age, Character, Gender},
    speech::{Line, Sound, SpeechModel},
};
use serde_json::json;

use super::Provider;

/// The OpenAI speech API.
pub struct OpenAiSpeech(pub Provider);

/// A voice for a character: always the same one, chosen by the seed of the name.
fn voice(speaker: Option<&Character>) -> &'static str {
    let Some(character) = speaker else { return "onyx" };
    let pick = |voices: [&'static str; 2]| voices[usize::try_from(character.seed % 2).unwrap_or(0)];
    match (character.gender, character.age) {
        (_, Age::Child) => "shimmer",
        (Gender::Female, Age::Young | Age::Adult | Age::Old) => pick(["nova", "coral"]),
        (Gender::Male | Gender::Unknown, Age::Young | Age::Adult) => pick(["echo", "alloy"]),
        (Gender::Male | Gender::Unknown, Age::Old) => "fable",
    }
}

#[async_trait::async_trait]
impl SpeechModel for OpenAiSpeech {
    fn engine(&self) -> String {
        self.0.model.clone()
    }

    fn price(&self, line: Line<'_>) -> i64 {
        let characters = i64::try_from(line.text.chars().count()).unwrap_or(i64::MAX);
        self.0.price.saturating_mul(characters) / 1000
    }

    fn concurrency(&self) -> usize {
        self.0.concurrency
    }

    async fn speak(&self, line: Line<'_>) -> Result<Sound, Fault> {
        let body = json!({ "model": self.0.model, "input": line.text, "voice": voice(line.speaker), "speed": line.speed, "response_format": "wav" });
        let answer = self.0.call("/audio/speech", &body).await?;
        let sound = Sound::from_wav(&answer.body).filter(|sound| sound.rate >= 8000 && !sound.samples.is_empty());
        let sound = sound.ok_or_else(|| Fault::lasting("the provider's speech is not a WAV file"))?;
        // A line of a film is seconds long; minutes of sound are not what was asked for.
        if sound.seconds() > 120.0 { Err(Fault::lasting("the provider's speech is far too long")) } else { Ok(trimmed(sound)) }
    }
}

fn trimmed(sound: Sound) -> Sound {
    let loud = |sample: &f32| sample.abs() > 0.004;
    match (sound.samples.iter().position(loud), sound.samples.iter().rposition(loud)) {
        (Some(start), Some(end)) => Sound { samples: sound.samples[start..=end].to_vec(), rate: sound.rate },
        _ => sound,
    }
}
