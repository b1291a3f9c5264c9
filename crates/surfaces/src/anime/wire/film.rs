//! A film as its owner gets it: files as signed links.

use domain::task::{State, Task};
use engine::{Engine, Error, Fault, kinds::anime::record::Output, media};
use schemars::JsonSchema;
use serde::Serialize;

use super::task_id;

/// A finished film. Beside the published fields: subtitles, who made what, and what was done otherwise than asked.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::anime) struct Film {
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
    pub(in crate::anime) fn of(engine: &Engine, task: &Task) -> Result<Option<Self>, Error> {
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
