//! The kind `anime`: a novel becomes a narrated film, stage by stage. Whatever is finished is not done again: the script is a
//! recorded step, everything else an asset found by its content.

mod assets;
mod progress;
pub mod record;
mod submit;
mod work;

use std::{path::PathBuf, sync::Arc, time::Duration};

use domain::{refusal::Refusal, task::Backoff, wallet::Asset as Paid};
use ports::{fault::Fault, image::ImageModel, render::Renderer, script::ScriptModel, speech::SpeechModel};

use self::assets::failure;
pub use self::submit::{Submission, submit};
use crate::{
    Engine,
    worker::{Ending, Failure, Job, Kind},
};

/// The name of this kind.
pub const NAME: &str = "anime";

/// Who does the work: the configured providers, and the built-in makers that they fall back to.
pub struct Makers {
    /// A provider of scripts.
    pub script: Option<Arc<dyn ScriptModel>>,
    /// The built-in rules for scripts.
    pub rules: Arc<dyn ScriptModel>,
    /// A provider of pictures.
    pub image: Option<Arc<dyn ImageModel>>,
    /// The built-in pictures of the storyboard.
    pub drawing: Arc<dyn ImageModel>,
    /// A provider of voices.
    pub speech: Option<Arc<dyn SpeechModel>>,
    /// The built-in voice.
    pub voice: Arc<dyn SpeechModel>,
    /// The renderer.
    pub renderer: Arc<dyn Renderer>,
}

/// What the operator chose for this kind.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What a task costs its owner, in micro-yuan.
    pub price: i64,
    /// How many tasks are worked on at once.
    pub concurrency: usize,
    /// How many segments of one film are rendered at once.
    pub segments: usize,
    /// How long a task may take.
    pub deadline: Duration,
    /// What providers may cost the operator for one task, in micro-yuan; past it the storyboard takes over.
    pub ceiling: i64,
}

/// The kind, with its makers.
pub struct Anime {
    /// Who does the work.
    pub makers: Makers,
    /// What the operator chose.
    pub settings: Settings,
}

#[async_trait::async_trait]
impl Kind for Anime {
    fn name(&self) -> &'static str {
        NAME
    }

    fn concurrency(&self) -> usize {
        self.settings.concurrency
    }

    fn price(&self) -> (Paid, i64) {
        (Paid::Money, self.settings.price)
    }

    fn deadline(&self, _engine: &Engine) -> Option<Duration> {
        Some(self.settings.deadline)
    }

    fn backoff(&self) -> Backoff {
        Backoff { retries: 2, base_s: 2, cap_s: 60 }
    }

    fn missing(&self) -> Vec<String> {
        self.makers.renderer.missing()
    }

    fn refusal(&self, input: &str) -> Option<Refusal> {
        let input: record::Input = serde_json::from_str(input).ok()?;
        let unspoken = self.makers.renderer.read(&input.novel_text).err()?;
        Some(Refusal::Invalid { field: "novel_text", problem: submit::unspoken(unspoken) })
    }

    async fn run(&self, job: &Job) -> Result<Ending, Failure> {
        let folder = work_folder(job);
        tokio::fs::create_dir_all(&folder).await.map_err(|error| failure(Fault::passing(format!("{}: {error}", folder.display()))))?;
        let output = work::Work { anime: self, job, folder: &folder }.film().await?;
        let output = serde_json::to_string(&output).map_err(|error| failure(Fault::lasting(error.to_string())))?;
        Ok(Ending::Done(output))
    }

    fn files(&self, output: &str) -> Vec<String> {
        let Ok(output) = serde_json::from_str::<record::Output>(output) else { return Vec::new() };
        // Pictures are shared with the owner's other films.
        let audio = output.scenes.into_iter().map(|scene| scene.audio);
        [output.video, output.thumbnail, output.srt, output.vtt].into_iter().chain(audio).collect()
    }

    async fn cleanup(&self, job: &Job) {
        // It holds only this task's own unfinished files; what is finished is in storage.
        if let Err(error) = tokio::fs::remove_dir_all(work_folder(job)).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(task = job.task.id.0, %error, "the working folder could not be removed");
        }
    }
}

/// The folder in which a task is worked on. Each epoch has its own, so that a worker that lost the task cannot disturb the next one.
fn work_folder(job: &Job) -> PathBuf {
    job.engine.settings.work_folder.join(format!("anime-{}-{}", job.task.id, job.task.epoch))
}
