//! Speech models: a line of text becomes sound.

use crate::{
    fault::Fault,
    film::{Character, Language},
};

/// What to say and how.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// The text.
    pub text: &'a str,
    /// Its language.
    pub language: Language,
    /// Who says it; none for the narrator.
    pub speaker: Option<&'a Character>,
    /// 1.0 is the natural speed.
    pub speed: f64,
}

/// Sound: one channel of samples in -1.0..=1.0.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// The samples.
    pub samples: Vec<f32>,
    /// Samples a second.
    pub rate: u32,
}

impl Sound {
    /// Its length in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.rate)
    }
}

/// Speaks.
#[async_trait::async_trait]
pub trait SpeechModel: Send + Sync {
    /// What it is called in results, and part of the key under which its work is kept.
    fn engine(&self) -> String;
    /// What one line costs, in micro-yuan.
    fn price(&self, line: Line<'_>) -> i64;
    /// How many lines may be spoken at once.
    fn concurrency(&self) -> usize;
    /// Speaks one line, trimmed of the silence around it.
    ///
    /// # Errors
    /// [`Fault`] where it cannot; the caller falls back to the built-in voice.
    async fn speak(&self, line: Line<'_>) -> Result<Sound, Fault>;
}
