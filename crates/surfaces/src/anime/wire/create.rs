//! What is handed in: a novel, and how its film is to be made.

use domain::{problem::Problem, refusal::Refusal};
use engine::{
    Error,
    kinds::anime::record::{Aspect, Input, Style},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::http::{self, RequestError};

#[derive(Deserialize, JsonSchema)]
pub(in crate::anime) struct Create {
    /// 小说文本内容
    novel_text: String,
    /// 生成选项
    #[schemars(with = "Option<CreateOptions>")]
    options: Option<serde_json::Value>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct CreateOptions {
    /// 画风样式
    style: StyleWord,
    /// 视频比例
    aspect_ratio: AspectWord,
    /// 每个场景持续时间（秒），1 到 60
    duration_per_scene: f64,
    /// 语音速度倍数，0.5 到 2.0
    voice_speed: f64,
    /// 是否启用字幕
    subtitle_enabled: bool,
}

impl Default for CreateOptions {
    fn default() -> Self {
        Self { style: StyleWord::Anime, aspect_ratio: AspectWord::Wide, duration_per_scene: 5.0, voice_speed: 1.0, subtitle_enabled: true }
    }
}

#[derive(Clone, Copy, JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum StyleWord {
    Anime,
    Manga,
    Realistic,
}

#[derive(Clone, Copy, JsonSchema)]
enum AspectWord {
    #[schemars(rename = "16:9")]
    Wide,
    #[schemars(rename = "4:3")]
    Classic,
    #[schemars(rename = "9:16")]
    Tall,
}

/// Exactly one of these strings; serde's own enumerations take an object for one as well.
fn one_of<'de, D: serde::Deserializer<'de>, T: Copy>(deserializer: D, words: &[(&str, T)]) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    found.ok_or_else(|| {
        serde::de::Error::custom(format!("must be one of {}", words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")))
    })
}

impl<'de> Deserialize<'de> for StyleWord {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        one_of(deserializer, &[("anime", Self::Anime), ("manga", Self::Manga), ("realistic", Self::Realistic)])
    }
}

impl<'de> Deserialize<'de> for AspectWord {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        one_of(deserializer, &[("16:9", Self::Wide), ("4:3", Self::Classic), ("9:16", Self::Tall)])
    }
}

impl Create {
    /// The novel, and how its film is to be made.
    pub(in crate::anime) fn input(self) -> Result<Input, RequestError> {
        let options: CreateOptions = match self.options {
            None => CreateOptions::default(),
            Some(value) if value.is_object() => http::typed("options.", value)?,
            Some(_) => return Err(RequestError::Body { field: "options".to_owned(), problem: "must be an object".to_owned() }),
        };
        Ok(Input {
            novel_text: self.novel_text,
            style: match options.style {
                StyleWord::Anime => Style::Anime,
                StyleWord::Manga => Style::Manga,
                StyleWord::Realistic => Style::Realistic,
            },
            aspect: match options.aspect_ratio {
                AspectWord::Wide => Aspect::Wide,
                AspectWord::Classic => Aspect::Classic,
                AspectWord::Tall => Aspect::Tall,
            },
            scene_seconds: options.duration_per_scene,
            voice_speed: options.voice_speed,
            subtitles: options.subtitle_enabled,
        })
    }
}

/// What is wrong with an option, by its published name.
pub(in crate::anime) fn published(error: Error) -> RequestError {
    match error {
        Error::Refused(Refusal::Invalid { field: "scene_seconds", problem: Problem::Because(problem) }) => {
            RequestError::Body { field: "options.duration_per_scene".to_owned(), problem }
        }
        Error::Refused(Refusal::Invalid { field: "voice_speed", problem: Problem::Because(problem) }) => {
            RequestError::Body { field: "options.voice_speed".to_owned(), problem }
        }
        other => other.into(),
    }
}
