//! The records that the kind `anime` stores. Their names have versions, so that older records can be told from newer ones.

pub use ports::film::{Aspect, Style};
use serde::{Deserialize, Serialize};

/// A task's input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "anime.input.v1")]
pub struct Input {
    /// The novel.
    pub novel_text: String,
    /// The look.
    pub style: Style,
    /// The shape.
    pub aspect: Aspect,
    /// Seconds a scene should last, 1 to 60.
    pub scene_seconds: f64,
    /// 0.5 to 2.0.
    pub voice_speed: f64,
    /// Whether subtitles are drawn into the picture.
    pub subtitles: bool,
}

/// A task's output. Files are named by their keys in storage; links are made when the output is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "anime.output.v1")]
pub struct Output {
    /// The film.
    pub video: String,
    /// Its thumbnail.
    pub thumbnail: String,
    /// Subtitles as SubRip.
    pub srt: String,
    /// Subtitles as WebVTT.
    pub vtt: String,
    /// The film's length in seconds.
    pub duration: f64,
    /// Every scene in order.
    pub scenes: Vec<SceneOutput>,
    /// Every character in it.
    pub characters: Vec<CharacterOutput>,
    /// Who wrote the script.
    pub script_engine: String,
    /// Who rendered the film.
    pub render_engine: String,
    /// What was done differently from what was requested, one line each.
    pub notes: Vec<String>,
    /// What providers cost the operator, in micro-yuan.
    pub cost: i64,
    /// Seconds each stage took, in order.
    pub stages: Vec<(String, f64)>,
}

/// A scene's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SceneOutput {
    /// Its picture.
    pub image: String,
    /// Who made the picture.
    pub image_engine: String,
    /// Its speech.
    pub audio: String,
    /// Who spoke.
    pub voice_engine: String,
}

/// A character's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CharacterOutput {
    /// The name.
    pub name: String,
    /// The portrait.
    pub image: String,
    /// Who made it.
    pub image_engine: String,
}
