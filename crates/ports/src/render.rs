//! The renderer: planes and pictures become moving segments, and segments and speech become the film.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::{
    fault::Fault,
    film::{Brief, Language, Script, SpokenLanguage},
};

/// Frames a second of every film.
pub const FPS: u32 = 24;

/// When one cue is heard, in seconds of film time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimedCue {
    /// Which scene.
    pub scene: usize,
    /// Which cue of it.
    pub cue: usize,
    /// When it starts.
    pub start: f64,
    /// When it ends.
    pub end: f64,
}

/// Where each part of the film stands in time. Frames are counted from the cumulated time, never part by part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// The first frame of each segment, and behind the last one the number of frames. Segment 0 is the title card, the last one the end card.
    pub frames: Vec<u32>,
    /// Every cue in order.
    pub cues: Vec<TimedCue>,
}

impl Timeline {
    /// The film's length in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        f64::from(self.frames.last().copied().unwrap_or(0)) / f64::from(FPS)
    }

    /// How many segments there are: the scenes, a title and an end card.
    #[must_use]
    pub fn segments(&self) -> usize {
        self.frames.len().saturating_sub(1)
    }
}

/// A film that is being made: what every renderer call needs.
#[derive(Debug, Clone, Copy)]
pub struct Film<'a> {
    /// What was asked for.
    pub brief: &'a Brief,
    /// The script.
    pub script: &'a Script,
    /// Its timing.
    pub timeline: &'a Timeline,
    /// A provider's picture for each scene that has one; the renderer draws the others itself.
    pub pictures: &'a [Option<PathBuf>],
    /// Each cue's speech as a 16-bit mono WAV file, in the timeline's order.
    pub voices: &'a [PathBuf],
}

/// The files a finished film consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The film.
    pub video: PathBuf,
    /// Its best frame with the title, as JPEG.
    pub thumbnail: PathBuf,
    /// Subtitles as SubRip.
    pub srt: PathBuf,
    /// Subtitles as WebVTT.
    pub vtt: PathBuf,
    /// One mp3 a scene, in order.
    pub audio: Vec<PathBuf>,
}

/// A text as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The text in one form.
    pub text: String,
    /// How it is written.
    pub language: Language,
    /// What its voices speak.
    pub spoken: SpokenLanguage,
    /// What of it is neither spoken nor drawn, one line each, for its owner.
    pub notes: Vec<String>,
}

/// A text in a language that no voice speaks; called by its name in two languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unspoken {
    /// In English.
    pub english: &'static str,
    /// In Chinese.
    pub chinese: &'static str,
}

/// Renders films. Every call works in the folder it is given, stops its child processes when the token is cancelled, and gives the
/// same bytes for the same input.
#[async_trait::async_trait]
pub trait Renderer: Send + Sync {
    /// What it is called in results, and part of the key under which its work is kept.
    fn engine(&self) -> String;
    /// What is missing on this machine, one line each, for the operator; nothing where all is well.
    fn missing(&self) -> Vec<String>;
    /// Reads a text: its one form, and the language it is told in.
    ///
    /// # Errors
    /// [`Unspoken`] where it is told in a language that the voices do not speak.
    fn read(&self, text: &str) -> Result<Reading, Unspoken>;
    /// When everything happens, from how long each cue's speech is, in seconds.
    fn timeline(&self, brief: &Brief, script: &Script, speech: &[f64]) -> Timeline;
    /// Renders segment `index` of the film, without sound, to `out`.
    ///
    /// # Errors
    /// [`Fault`] with the encoder's last words.
    async fn segment(&self, film: Film<'_>, index: usize, out: &Path, stop: &CancellationToken) -> Result<(), Fault>;
    /// Joins the segments and everything that is heard into the film and its companions, all in `folder`.
    ///
    /// # Errors
    /// [`Fault`] with the encoder's last words.
    async fn finish(&self, film: Film<'_>, segments: &[PathBuf], folder: &Path, stop: &CancellationToken) -> Result<Finished, Fault>;
}
