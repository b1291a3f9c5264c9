//! One run over one film: its stages in order, each finding what is finished and making the rest.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use futures_util::{StreamExt, TryStreamExt, stream};
use ports::{
    fault::Fault,
    film::{Brief, Script, SpokenLanguage},
    image::{ImageModel, Picture, Subject},
    render::{Film, Finished, Reading, Timeline},
    speech::{Line, Sound, SpeechModel},
};
use serde::{Deserialize, Serialize};

use super::{
    Anime,
    assets::{Asset, Maker, content, failure, obtain, persist},
    progress::{Amounts, Stage, Teller},
    record::{CharacterOutput, Input, Output, SceneOutput},
};
use crate::worker::{Failure, Job};

/// The script as a recorded step.
#[derive(Serialize, Deserialize)]
#[serde(tag = "record", rename = "anime.script.v1")]
struct Written {
    script: Script,
    notes: Vec<String>,
    cost: i64,
}

/// The estimate of the amount of work before anything is known about it.
const GUESS: Amounts = Amounts { characters: 3, cues: 30, scenes: 15, film_seconds: 90.0, painted: false };

/// One run over one film.
pub(super) struct Work<'a> {
    pub(super) anime: &'a Anime,
    pub(super) job: &'a Job,
    pub(super) folder: &'a Path,
}

impl Work<'_> {
    pub(super) async fn film(&self) -> Result<Output, Failure> {
        let makers = &self.anime.makers;
        let mut stages = Vec::new();
        let reading = Teller::begin(self.job, GUESS, Stage::Read, 1).await?;
        let (brief, spoken, unsaid) = self.brief()?;
        stages.push(reading.end());
        let scripting = Teller::begin(self.job, GUESS, Stage::Script, 1).await?;
        let Written { script, notes: written, mut cost } = self.script(&brief).await?;
        let mut notes = unsaid;
        notes.extend(written);
        stages.push(scripting.end());

        let mut planned = cost;
        let speech = self.affordable(
            makers.speech.as_ref(),
            |model| self.speech_estimate(&**model, spoken, &brief, &script),
            &mut planned,
            "speech",
            &mut notes,
        );
        let image = self.affordable(
            makers.image.as_ref(),
            |model| model.price() * (script.scenes.len() + script.characters.len()) as i64,
            &mut planned,
            "images",
            &mut notes,
        );
        let painted = image.is_some_and(|model| model.painted());
        let cues: usize = script.scenes.iter().map(|scene| scene.cues.len()).sum();
        let characters_of_text: usize = script.scenes.iter().flat_map(|scene| &scene.cues).map(|cue| cue.text.chars().count()).sum();
        let guess =
            characters_of_text as f64 / (if brief.text.is_ascii() { 14.0 } else { 4.3 } * brief.voice_speed) + script.scenes.len() as f64;
        let film_seconds = guess.max(script.scenes.len() as f64 * brief.scene_seconds);
        let amounts = Amounts { characters: script.characters.len(), cues, scenes: script.scenes.len(), film_seconds, painted };

        let (portraits, took) = self.portraits(&brief, &script, image, amounts).await?;
        stages.push(took);
        let (voices, timeline, took) = self.voices(&brief, spoken, &script, speech, amounts).await?;
        stages.push(took);
        let amounts = Amounts { film_seconds: timeline.seconds(), ..amounts };
        let (pictures, took) = self.pictures(&brief, &script, image, amounts).await?;
        stages.push(took);

        let painted: Vec<Option<PathBuf>> =
            pictures.iter().map(|asset| (asset.engine != makers.drawing.engine()).then(|| asset.path.clone())).collect();
        let voice_paths: Vec<PathBuf> = voices.iter().map(|asset| asset.path.clone()).collect();
        let film = Film { brief: &brief, script: &script, timeline: &timeline, pictures: &painted, voices: &voice_paths };
        let (segments, took) = self.segments(film, amounts, &pictures, &voices).await?;
        stages.push(took);
        let finishing = Teller::begin(self.job, amounts, Stage::Film, 1).await?;
        let finished = makers.renderer.finish(film, &segments, self.folder, &self.job.stop).await.map_err(failure)?;
        let files = self.publish(&finished).await.map_err(failure)?;
        stages.push(finishing.end());

        self.note_fallbacks(&portraits, &pictures, &voices, image, speech, &mut notes);
        cost += [&portraits, &pictures, &voices].into_iter().flatten().map(|asset| asset.spent).sum::<i64>();
        let voice_of = |scene: usize| {
            timeline
                .cues
                .iter()
                .position(|cue| cue.scene == scene)
                .and_then(|index| voices.get(index))
                .map_or_else(String::new, |asset| asset.engine.clone())
        };
        let scenes = pictures.iter().zip(&files.audio).enumerate().map(|(index, (picture, audio))| SceneOutput {
            image: picture.object.clone(),
            image_engine: picture.engine.clone(),
            audio: audio.clone(),
            voice_engine: voice_of(index),
        });
        let characters = script.characters.iter().zip(&portraits).map(|(character, portrait)| CharacterOutput {
            name: character.name.clone(),
            image: portrait.object.clone(),
            image_engine: portrait.engine.clone(),
        });
        Ok(Output {
            video: files.video.clone(),
            thumbnail: files.thumbnail.clone(),
            srt: files.srt.clone(),
            vtt: files.vtt.clone(),
            duration: (timeline.seconds() * 1000.0).round() / 1000.0,
            scenes: scenes.collect(),
            characters: characters.collect(),
            script_engine: script.engine.clone(),
            render_engine: makers.renderer.engine(),
            notes,
            cost,
            stages,
        })
    }

    /// What is asked for, what is spoken, and what of the text is neither heard nor seen.
    fn brief(&self) -> Result<(Brief, SpokenLanguage, Vec<String>), Failure> {
        let input: Input =
            serde_json::from_str(&self.job.input).map_err(|error| failure(Fault::lasting(format!("the task's record: {error}"))))?;
        let read = self.anime.makers.renderer.read(&input.novel_text);
        let Reading { text, language, spoken, notes } =
            read.map_err(|unspoken| failure(Fault::lasting(format!("no voice speaks {}", unspoken.english))))?;
        let brief = Brief {
            text,
            language,
            style: input.style,
            aspect: input.aspect,
            scene_seconds: input.scene_seconds,
            voice_speed: input.voice_speed,
            subtitles: input.subtitles,
        };
        Ok((brief, spoken, notes))
    }

    /// The script: recorded, so that a second run neither pays for it nor gets another one.
    async fn script(&self, brief: &Brief) -> Result<Written, Failure> {
        if let Some(record) = self.job.recorded("script").await? {
            // A record of another version is replaced by a new one.
            if let Ok(written) = serde_json::from_str(&record) {
                return Ok(written);
            }
        }
        let makers = &self.anime.makers;
        let (mut notes, mut cost) = (Vec::new(), 0);
        let mut script = None;
        if let Some(model) = &makers.script {
            let price = model.price(brief);
            if price > self.anime.settings.ceiling {
                notes.push("script: the estimate is above the task's ceiling, written by rules".to_owned());
            } else {
                match persist(self.job, || model.write(brief)).await {
                    Ok(written) => {
                        cost = price;
                        script = Some(written);
                    }
                    Err(Fault::Stopped) => return Err(failure(Fault::Stopped)),
                    Err(fault) => {
                        tracing::warn!(task = self.job.task.id.0, %fault, "the script is written by rules");
                        notes.push(format!("script: {} was not available, written by rules", model.engine()));
                    }
                }
            }
        }
        let script = match script {
            Some(script) => script,
            None => makers.rules.write(brief).await.map_err(failure)?,
        };
        let written = Written { script, notes, cost };
        let record = serde_json::to_string(&written).map_err(|error| failure(Fault::lasting(error.to_string())))?;
        self.job.record("script", record).await?;
        Ok(written)
    }

    fn speech_estimate(&self, model: &dyn SpeechModel, language: SpokenLanguage, brief: &Brief, script: &Script) -> i64 {
        script
            .scenes
            .iter()
            .flat_map(|scene| &scene.cues)
            .map(|cue| model.price(Line { text: &cue.text, language, speaker: None, speed: brief.voice_speed }))
            .sum()
    }

    /// The provider, unless its expected cost would exceed the task's ceiling; if it fits, it is added to `planned`.
    fn affordable<'m, T: ?Sized>(
        &self,
        model: Option<&'m Arc<T>>,
        estimate: impl Fn(&Arc<T>) -> i64,
        planned: &mut i64,
        what: &str,
        notes: &mut Vec<String>,
    ) -> Option<&'m Arc<T>> {
        let model = model?;
        let price = estimate(model);
        if !fits(planned, price, self.anime.settings.ceiling) {
            notes.push(format!("{what}: the estimate is above the task's ceiling, made by the storyboard"));
            return None;
        }
        Some(model)
    }

    async fn portraits(
        &self,
        brief: &Brief,
        script: &Script,
        image: Option<&Arc<dyn ImageModel>>,
        amounts: Amounts,
    ) -> Result<(Vec<Asset>, (String, f64)), Failure> {
        let teller = Teller::begin(self.job, amounts, Stage::Portraits, script.characters.len()).await?;
        let works = script.characters.iter().map(|character| {
            let picture = Picture { subject: Subject::Portrait(character), style: brief.style, aspect: brief.aspect, seed: character.seed };
            let teller = &teller;
            async move {
                let asset = self.picture(picture, &(character, brief.style), image).await?;
                teller.step().await?;
                Ok::<_, Failure>(asset)
            }
        });
        let made = stream::iter(works.collect::<Vec<_>>()).buffered(self.hands(image)).try_collect().await?;
        Ok((made, teller.end()))
    }

    async fn pictures(
        &self,
        brief: &Brief,
        script: &Script,
        image: Option<&Arc<dyn ImageModel>>,
        amounts: Amounts,
    ) -> Result<(Vec<Asset>, (String, f64)), Failure> {
        let teller = Teller::begin(self.job, amounts, Stage::Pictures, script.scenes.len()).await?;
        let works = script.scenes.iter().enumerate().map(|(index, scene)| {
            let picture = Picture { subject: Subject::Scene(script, scene), style: brief.style, aspect: brief.aspect, seed: index as u64 };
            let before = index.checked_sub(1).map(|index| &script.scenes[index]);
            let who: Vec<_> = scene.present.iter().map(|index| &script.characters[*index]).collect();
            let key =
                (scene, who, before.map(|scene| (scene.place, scene.time, scene.weather)), index, &script.title, brief.style, brief.aspect);
            let teller = &teller;
            async move {
                let asset = self.picture(picture, &key, image).await?;
                teller.step().await?;
                Ok::<_, Failure>(asset)
            }
        });
        let made = stream::iter(works.collect::<Vec<_>>()).buffered(self.hands(image)).try_collect().await?;
        Ok((made, teller.end()))
    }

    /// What a provider made; `None` if the storyboard must stand in for it.
    fn made(&self, made: Result<Asset, Fault>, instead: &str) -> Result<Option<Asset>, Failure> {
        match made {
            Ok(asset) => Ok(Some(asset)),
            Err(Fault::Stopped) => Err(failure(Fault::Stopped)),
            Err(fault) => {
                tracing::warn!(task = self.job.task.id.0, %fault, instead, "a provider failed");
                Ok(None)
            }
        }
    }

    fn hands(&self, image: Option<&Arc<dyn ImageModel>>) -> usize {
        image.unwrap_or(&self.anime.makers.drawing).concurrency().max(1)
    }

    /// One picture from the provider, or from the storyboard if that fails.
    async fn picture(&self, picture: Picture<'_>, inputs: &impl Serialize, image: Option<&Arc<dyn ImageModel>>) -> Result<Asset, Failure> {
        if let Some(model) = image {
            let maker = Maker { engine: model.engine(), price: model.price() };
            let key = content("picture/1", &maker, inputs);
            let made = obtain(self.job, self.folder, &key, "png", &maker, |path| async move {
                let bytes = persist(self.job, || model.draw(picture)).await?;
                write(&path, &bytes).await
            });
            if let Some(asset) = self.made(made.await, "a picture is drawn by the storyboard")? {
                return Ok(asset);
            }
        }
        let drawing = &self.anime.makers.drawing;
        let maker = Maker { engine: drawing.engine(), price: 0 };
        let key = content(&format!("picture/1/{}", self.anime.makers.renderer.engine()), &maker, inputs);
        let made =
            obtain(self.job, self.folder, &key, "png", &maker, |path| async move { write(&path, &drawing.draw(picture).await?).await });
        made.await.map_err(failure)
    }

    async fn voices(
        &self,
        brief: &Brief,
        language: SpokenLanguage,
        script: &Script,
        speech: Option<&Arc<dyn SpeechModel>>,
        amounts: Amounts,
    ) -> Result<(Vec<Asset>, Timeline, (String, f64)), Failure> {
        let cues: Vec<_> = script.scenes.iter().flat_map(|scene| &scene.cues).collect();
        let teller = Teller::begin(self.job, amounts, Stage::Speech, cues.len()).await?;
        let works = cues.iter().map(|cue| {
            let speaker = cue.speaker.map(|index| &script.characters[index]);
            let line = Line { text: &cue.text, language, speaker, speed: brief.voice_speed };
            let teller = &teller;
            async move {
                let asset = self.voice(line, speech).await?;
                let bytes = tokio::fs::read(&asset.path).await.map_err(|error| failure(Fault::passing(error.to_string())))?;
                let seconds = Sound::from_wav(&bytes).map_or(0.5, |sound| sound.seconds());
                teller.step().await?;
                Ok::<_, Failure>((asset, seconds))
            }
        });
        let hands = speech.unwrap_or(&self.anime.makers.voice).concurrency().max(1);
        let made: Vec<(Asset, f64)> = stream::iter(works.collect::<Vec<_>>()).buffered(hands).try_collect().await?;
        let seconds: Vec<f64> = made.iter().map(|(_, seconds)| *seconds).collect();
        let timeline = self.anime.makers.renderer.timeline(brief, script, &seconds);
        Ok((made.into_iter().map(|(asset, _)| asset).collect(), timeline, teller.end()))
    }

    /// One line from the provider, or in the built-in voice if that fails.
    async fn voice(&self, line: Line<'_>, speech: Option<&Arc<dyn SpeechModel>>) -> Result<Asset, Failure> {
        let inputs = (line.text, line.language, line.speaker.map(|who| (who.seed, who.gender, who.age)), line.speed.to_bits());
        if let Some(model) = speech {
            let maker = Maker { engine: model.engine(), price: model.price(line) };
            let key = content("voice/1", &maker, &inputs);
            let made = obtain(self.job, self.folder, &key, "wav", &maker, |path| async move {
                let sound = persist(self.job, || model.speak(line)).await?;
                write(&path, &sound.to_wav()).await
            });
            if let Some(asset) = self.made(made.await, "a line is spoken by the built-in voice")? {
                return Ok(asset);
            }
        }
        let voice = &self.anime.makers.voice;
        let maker = Maker { engine: voice.engine(), price: 0 };
        let key = content(&format!("voice/1/{}", self.anime.makers.renderer.engine()), &maker, &inputs);
        let made =
            obtain(
                self.job,
                self.folder,
                &key,
                "wav",
                &maker,
                |path| async move { write(&path, &voice.speak(line).await?.to_wav()).await },
            );
        made.await.map_err(failure)
    }

    async fn segments(
        &self,
        film: Film<'_>,
        amounts: Amounts,
        pictures: &[Asset],
        voices: &[Asset],
    ) -> Result<(Vec<PathBuf>, (String, f64)), Failure> {
        let count = film.timeline.segments();
        let teller = Teller::begin(self.job, amounts, Stage::Segments, count).await?;
        let renderer = &self.anime.makers.renderer;
        let maker = Maker { engine: renderer.engine(), price: 0 };
        let works = (0..count).map(|index| {
            // A segment shows its own scene and fades in over the one before it.
            let (first, last) = (index.saturating_sub(2), (index + 1).min(film.script.scenes.len()));
            let cues: Vec<_> = film
                .timeline
                .cues
                .iter()
                .zip(voices)
                .filter(|(cue, _)| cue.scene + 1 >= index && cue.scene < last)
                .map(|(cue, voice)| (cue, &voice.object))
                .collect();
            let painted: Vec<_> = pictures[first..last].iter().map(|asset| &asset.object).collect();
            let frames = (film.timeline.frames.get(index.wrapping_sub(1)), film.timeline.frames[index], film.timeline.frames[index + 1]);
            let inputs = (
                index,
                &film.script.title,
                &film.script.characters,
                &film.script.scenes[first..last],
                cues,
                painted,
                frames,
                film.brief.style,
                film.brief.aspect,
                film.brief.subtitles,
            );
            let key = content("segment/1", &maker, &inputs);
            let (teller, maker) = (&teller, &maker);
            async move {
                let made = obtain(self.job, self.folder, &key, "mp4", maker, |path| async move {
                    renderer.segment(film, index, &path, &self.job.stop).await
                });
                let asset = made.await.map_err(failure)?;
                teller.step().await?;
                Ok::<_, Failure>(asset.path)
            }
        });
        let made = stream::iter(works.collect::<Vec<_>>()).buffered(self.anime.settings.segments.max(1)).try_collect().await?;
        Ok((made, teller.end()))
    }

    /// Puts the finished files under keys that nobody can guess.
    async fn publish(&self, finished: &Finished) -> Result<Files, Fault> {
        let storage = &self.job.engine.storage;
        let name = ports::random::hex::<16>(&*self.job.engine.random);
        let put = |file: &str, path: PathBuf| {
            let key = format!("films/{name}/{file}");
            async move {
                storage.put(&key, &path).await?;
                Ok::<_, Fault>(key)
            }
        };
        let mut audio = Vec::with_capacity(finished.audio.len());
        for (index, path) in finished.audio.iter().enumerate() {
            audio.push(put(&format!("scene_{:03}.mp3", index + 1), path.clone()).await?);
        }
        Ok(Files {
            video: put("film.mp4", finished.video.clone()).await?,
            thumbnail: put("film.jpg", finished.thumbnail.clone()).await?,
            srt: put("film.srt", finished.srt.clone()).await?,
            vtt: put("film.vtt", finished.vtt.clone()).await?,
            audio,
        })
    }

    fn note_fallbacks(
        &self,
        portraits: &[Asset],
        pictures: &[Asset],
        voices: &[Asset],
        image: Option<&Arc<dyn ImageModel>>,
        speech: Option<&Arc<dyn SpeechModel>>,
        notes: &mut Vec<String>,
    ) {
        let fallen = |assets: &[Asset], engine: String| assets.iter().filter(|asset| asset.engine != engine).count();
        if let Some(model) = image {
            let count = fallen(portraits, model.engine()) + fallen(pictures, model.engine());
            if count > 0 {
                notes.push(format!("images: {count} of {} were drawn by the storyboard", portraits.len() + pictures.len()));
            }
        }
        if let Some(model) = speech {
            let count = fallen(voices, model.engine());
            if count > 0 {
                notes.push(format!("speech: {count} of {} lines were spoken by the built-in voice", voices.len()));
            }
        }
    }
}

struct Files {
    video: String,
    thumbnail: String,
    srt: String,
    vtt: String,
    audio: Vec<String>,
}

async fn write(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    tokio::fs::write(path, bytes).await.map_err(|error| Fault::passing(format!("the working folder: {error}")))
}

/// Whether a price fits under the ceiling together with what is already planned; if so, it is added to `planned`.
fn fits(planned: &mut i64, price: i64, ceiling: i64) -> bool {
    let total = planned.saturating_add(price);
    let fits = total <= ceiling;
    if fits {
        *planned = total;
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn what_was_planned_counts_against_the_ceiling() {
        let mut planned = 10;
        assert!(fits(&mut planned, 30, 50) && planned == 40);
        assert!(!fits(&mut planned, 30, 50) && planned == 40, "pictures and speech together would cost more than the ceiling");
        assert!(fits(&mut planned, 10, 50) && !fits(&mut planned, i64::MAX, 50));
    }
}
