//! The words of the anime document on the wire, and how the core's values become them.

use axum::Json;
use domain::{
    event::Snapshot,
    id::TaskId,
    problem::Problem as What,
    refusal::Refusal,
    task::{self, State, Summary, Task},
    text::is_invisible,
    time::Timestamp,
};
use engine::{
    Engine, Error, Fault,
    kinds::anime::record::{Aspect, Input, Output, Style},
    media,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::http::{self, Page, RequestError};

/// Every success.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Answer<T> {
    success: bool,
    data: T,
    message: &'static str,
}

pub(super) fn answer<T>(data: T) -> Json<Answer<T>> {
    Json(Answer { success: true, data, message: "操作成功" })
}

/// A success with nothing to tell.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Done {
    pub(super) success: bool,
    pub(super) message: &'static str,
}

/// Every error.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Problem {
    success: bool,
    error: ProblemBody,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ProblemBody {
    code: String,
    message: String,
    details: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Login {
    /// An e-mail address or a user name.
    pub(super) username: String,
    pub(super) password: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Token {
    pub(super) access_token: String,
    pub(super) token_type: &'static str,
    /// Seconds.
    pub(super) expires_in: u64,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Create {
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
    /// The kind's record of what was handed in.
    pub(super) fn input(self, most_bytes: usize) -> Result<String, RequestError> {
        let text = self.novel_text;
        let invalid = |field, problem| RequestError::from(Refusal::Invalid { field, problem });
        // What cannot be seen is not a story.
        if text.chars().all(|c| c.is_whitespace() || c.is_control() || is_invisible(c)) {
            return Err(invalid("novel_text", What::Missing));
        }
        if text.len() > most_bytes {
            return Err(invalid("novel_text", What::TooLong(most_bytes as u64)));
        }
        if text.contains('\0') {
            return Err(invalid("novel_text", What::Malformed));
        }
        let options: CreateOptions = match self.options {
            None => CreateOptions::default(),
            Some(value) if value.is_object() => http::typed("options.", value)?,
            Some(_) => return Err(RequestError::Body { field: "options".to_owned(), problem: "must be an object".to_owned() }),
        };
        let within = |field: &str, value: f64, low: f64, high: f64| {
            if (low..=high).contains(&value) {
                Ok(value)
            } else {
                Err(RequestError::Body { field: format!("options.{field}"), problem: format!("must be from {low} to {high}") })
            }
        };
        let input = Input {
            novel_text: text,
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
            scene_seconds: within("duration_per_scene", options.duration_per_scene, 1.0, 60.0)?,
            voice_speed: within("voice_speed", options.voice_speed, 0.5, 2.0)?,
            subtitles: options.subtitle_enabled,
        };
        serde_json::to_string(&input).map_err(|_| RequestError::from(Error::Fault(Fault::Corrupt("input"))))
    }
}

/// The document's word for a state.
pub(super) fn status(state: State) -> &'static str {
    match state {
        State::Draft | State::AwaitingApproval | State::Queued => "pending",
        State::Running | State::Paused => "processing",
        State::Succeeded => "completed",
        State::Failed | State::Cancelled => "failed",
    }
}

/// The states that a filter's word stands for; all where there is none, nothing for a word that is unknown.
pub(super) fn states(word: Option<&str>) -> Option<Vec<State>> {
    match word {
        None | Some("") => Some(Vec::new()),
        Some(word) => {
            let found: Vec<State> = State::ALL.into_iter().filter(|state| status(*state) == word).collect();
            (!found.is_empty()).then_some(found)
        }
    }
}

fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.seconds()).map(|at| at.to_string()).unwrap_or_default()
}

fn task_id(id: TaskId) -> String {
    format!("task_{id}")
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Created {
    task_id: String,
    status: &'static str,
    created_at: String,
}

impl Created {
    pub(super) fn of(task: &Task) -> Self {
        Self { task_id: task_id(task.id), status: status(task.state), created_at: time(task.created_at) }
    }
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Cause {
    code: String,
    message: String,
}

/// Why a task failed, with a cancel as one of the reasons.
fn cause(state: State, error: Option<&task::Cause>) -> Option<Cause> {
    match state {
        State::Cancelled => Some(Cause { code: "CANCELLED".to_owned(), message: "任务已取消".to_owned() }),
        State::Failed => error.map(|error| Cause { code: error.code.clone(), message: error.message.clone() }),
        State::Draft | State::AwaitingApproval | State::Queued | State::Running | State::Paused | State::Succeeded => None,
    }
}

/// What is being done, or that it was cancelled.
fn current_step(state: State, step: Option<&String>) -> Option<String> {
    if state == State::Cancelled { Some("已取消".to_owned()) } else { step.cloned() }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Item {
    task_id: String,
    status: &'static str,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_step: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled: Option<bool>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct List {
    tasks: Vec<Item>,
    pagination: Pagination,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Pagination {
    page: i64,
    page_size: i64,
    total: i64,
    total_pages: i64,
}

impl List {
    pub(super) fn of(tasks: &[Summary], page: Page, total: i64) -> Self {
        let item = |task: &Summary| {
            let cancelled = task.state == State::Cancelled;
            Item {
                task_id: task_id(task.id),
                status: status(task.state),
                created_at: time(task.created_at),
                current_step: current_step(task.state, None),
                error: cause(task.state, task.error.as_ref()),
                cancelled: cancelled.then_some(true),
            }
        };
        Self {
            tasks: tasks.iter().map(item).collect(),
            pagination: Pagination { page: page.number, page_size: page.size, total, total_pages: page.pages(total) },
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Detail {
    task_id: String,
    status: &'static str,
    /// 0 to 100.
    progress: i64,
    current_step: Option<String>,
    created_at: String,
    updated_at: String,
    result: Option<Film>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled: Option<bool>,
}

impl Detail {
    pub(super) fn of(engine: &Engine, task: &Task) -> Result<Self, Error> {
        Ok(Self {
            task_id: task_id(task.id),
            status: status(task.state),
            progress: task.progress,
            current_step: current_step(task.state, task.step.as_ref()),
            created_at: time(task.created_at),
            updated_at: time(task.updated_at),
            result: Film::of(engine, task)?,
            error: cause(task.state, task.error.as_ref()),
            cancelled: (task.state == State::Cancelled).then_some(true),
        })
    }
}

/// A finished film. Beside the published fields: subtitles, who made what, and what was done otherwise than asked.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Film {
    task_id: String,
    video_url: String,
    thumbnail_url: String,
    /// Seconds.
    duration: f64,
    scenes: Vec<Scene>,
    characters: Vec<Character>,
    subtitles: Subtitles,
    engine: Engines,
    notes: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Scene {
    id: String,
    image_url: String,
    audio_url: String,
    image_engine: String,
    voice_engine: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Character {
    name: String,
    image_url: String,
    image_engine: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Subtitles {
    srt_url: String,
    vtt_url: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Engines {
    script: String,
    render: String,
    /// Seconds each stage took.
    stages: Vec<StageTook>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct StageTook {
    stage: String,
    seconds: f64,
}

impl Film {
    /// The film of a finished task; nothing while there is none. Links are signed now.
    pub(super) fn of(engine: &Engine, task: &Task) -> Result<Option<Self>, Error> {
        let Some(output) = task.output.as_ref().filter(|_| task.state == State::Succeeded) else { return Ok(None) };
        let output: Output = serde_json::from_str(output).map_err(|_| Fault::Corrupt("output"))?;
        let link = |key: &str| media::link(engine, key);
        Ok(Some(Self {
            task_id: task_id(task.id),
            video_url: link(&output.video),
            thumbnail_url: link(&output.thumbnail),
            duration: output.duration,
            scenes: output
                .scenes
                .iter()
                .enumerate()
                .map(|(index, scene)| Scene {
                    id: format!("scene_{:03}", index + 1),
                    image_url: link(&scene.image),
                    audio_url: link(&scene.audio),
                    image_engine: scene.image_engine.clone(),
                    voice_engine: scene.voice_engine.clone(),
                })
                .collect(),
            characters: output
                .characters
                .iter()
                .map(|character| Character {
                    name: character.name.clone(),
                    image_url: link(&character.image),
                    image_engine: character.image_engine.clone(),
                })
                .collect(),
            subtitles: Subtitles { srt_url: link(&output.srt), vtt_url: link(&output.vtt) },
            engine: Engines {
                script: output.script_engine,
                render: output.render_engine,
                stages: output.stages.into_iter().map(|(stage, seconds)| StageTook { stage, seconds }).collect(),
            },
            notes: output.notes,
        }))
    }
}

/// What a socket says.
#[derive(Debug, Serialize)]
pub(super) struct Message {
    #[serde(rename = "type")]
    kind: &'static str,
    data: MessageData,
}

#[derive(Debug, Serialize)]
struct MessageData {
    task_id: String,
    status: &'static str,
    progress: i64,
    current_step: Option<String>,
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Film>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled: Option<bool>,
}

impl Message {
    /// How far a task is.
    pub(super) fn progress(snapshot: &Snapshot) -> Self {
        let waiting = status(snapshot.state) == "pending";
        let message = snapshot.message.clone().or_else(|| Some(if waiting { "等待处理" } else { "处理中" }.to_owned()));
        let data = MessageData {
            task_id: format!("task_{}", snapshot.task),
            status: status(snapshot.state),
            progress: snapshot.progress,
            current_step: snapshot.step.clone(),
            message,
            result: None,
            error: None,
            cancelled: None,
        };
        Self { kind: "progress", data }
    }

    /// How a task ended.
    pub(super) fn ended(engine: &Engine, task: &Task) -> Result<Self, Error> {
        let done = task.state == State::Succeeded;
        let error = cause(task.state, task.error.as_ref());
        let message = if done { Some("视频生成完成".to_owned()) } else { error.as_ref().map(|error| error.message.clone()) };
        let data = MessageData {
            task_id: task_id(task.id),
            status: status(task.state),
            progress: task.progress,
            current_step: current_step(task.state, task.step.as_ref()),
            message,
            result: Film::of(engine, task)?,
            error,
            cancelled: (task.state == State::Cancelled).then_some(true),
        };
        Ok(Self { kind: if done { "completed" } else { "failed" }, data })
    }
}
