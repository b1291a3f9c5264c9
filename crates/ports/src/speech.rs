//! Speech models: a line of text becomes sound.

use crate::{
    fault::Fault,
    film::{Character, SpokenLanguage},
};

/// What to say and how.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// The text.
    pub text: &'a str,
    /// Its language.
    pub language: SpokenLanguage,
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

    /// The sound of a WAV file's bytes, if they are one of 16 bits.
    #[must_use]
    pub fn from_wav(bytes: &[u8]) -> Option<Self> {
        if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"WAVE" {
            return None;
        }
        let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let half = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        let (mut at, mut rate, mut channels) = (12, 0, 0);
        while at + 8 <= bytes.len() {
            let size = word(at + 4)? as usize;
            let body = at + 8;
            match bytes.get(at..at + 4)? {
                b"fmt " => {
                    if half(body + 14)? != 16 {
                        return None;
                    }
                    channels = usize::from(half(body + 2)?);
                    rate = word(body + 4)?;
                }
                b"data" => {
                    // A writer to a pipe does not know the size beforehand.
                    let data = &bytes[body..bytes.len().min(body.saturating_add(size))];
                    let sample = |pair: &[u8]| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0;
                    let samples = data
                        .chunks_exact(2 * channels.max(1))
                        .map(|frame| frame.chunks_exact(2).map(sample).sum::<f32>() / channels.max(1) as f32)
                        .collect();
                    return (rate > 0).then_some(Self { samples, rate });
                }
                _ => {}
            }
            at = body.saturating_add(size).saturating_add(size & 1);
        }
        None
    }

    /// The bytes of a WAV file.
    #[must_use]
    pub fn to_wav(&self) -> Vec<u8> {
        let size = self.samples.len() as u32 * 2;
        let mut bytes = Vec::with_capacity(44 + size as usize);
        bytes.extend(b"RIFF");
        bytes.extend((36 + size).to_le_bytes());
        bytes.extend(b"WAVEfmt ");
        bytes.extend(16_u32.to_le_bytes());
        bytes.extend([1, 0, 1, 0]);
        bytes.extend(self.rate.to_le_bytes());
        bytes.extend((self.rate * 2).to_le_bytes());
        bytes.extend([2, 0, 16, 0]);
        bytes.extend(b"data");
        bytes.extend(size.to_le_bytes());
        for sample in &self.samples {
            bytes.extend(((sample * 32_767.0).clamp(-32_768.0, 32_767.0) as i16).to_le_bytes());
        }
        bytes
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let sound = Sound { samples: vec![0.0, 0.5, -0.5, 0.25], rate: 22_050 };
        let read = Sound::from_wav(&sound.to_wav()).unwrap();
        assert_eq!(read.rate, 22_050);
        assert!(sound.samples.iter().zip(&read.samples).all(|(a, b)| (a - b).abs() < 0.001));
        for broken in [&b""[..], b"RIFF", b"RIFF\0\0\0\0WAVE", b"<html>not found</html>............................."] {
            assert!(Sound::from_wav(broken).is_none());
        }
    }
}
