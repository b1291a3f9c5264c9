//! The film: segments joined without being encoded again, sound mixed once, subtitles as a track and as files, a thumbnail.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use ports::{
    fault::Fault,
    film::{Framing, SpokenLanguage},
    render::{Film, Finished, TimedCue},
};
use tokio_util::sync::CancellationToken;

use super::{encode, motion};
use crate::sound::{mix::Mix, wav};

/// What is written into every film, so that it says what it is.
const COMMENT: &str = "comment=Gongfang storyboard renderer";

pub(super) async fn finish(film: Film<'_>, segments: &[PathBuf], folder: &Path, stop: &CancellationToken) -> Result<Finished, Fault> {
    let disk = |error: std::io::Error| Fault::passing(format!("the working folder: {error}"));
    let srt = folder.join("film.srt");
    let vtt = folder.join("film.vtt");
    std::fs::write(&srt, subtitles(film, ",", "")).map_err(disk)?;
    std::fs::write(&vtt, subtitles(film, ".", "WEBVTT\n\n")).map_err(disk)?;
    let mut list = String::from("ffconcat version 1.0\n");
    for segment in segments {
        let name = segment.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let _ = writeln!(list, "file '{name}'");
    }
    std::fs::write(folder.join("film.txt"), list).map_err(disk)?;
    let video = folder.join("film.mp4");
    let length = format!("{:.6}", film.timeline.seconds());
    let spoken = crate::text::spoken(&film.brief.text).unwrap_or(SpokenLanguage::English);
    let language = format!("language={}", spoken.three_letters());
    let mut arguments =
        vec!["-f", "concat", "-safe", "0", "-i", "film.txt", "-f", "f32le", "-ar", "48000", "-ac", "2", "-i", "pipe:0", "-i", "film.srt"];
    arguments.extend([
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-map",
        "2:s",
        "-c:v",
        "copy",
        "-c:a",
        "aac",
        "-b:a",
        "160k",
        "-c:s",
        "mov_text",
        "-metadata:s:s:0",
        &language,
        "-disposition:s:0",
        "0",
    ]);
    arguments.extend([
        "-metadata",
        COMMENT,
        "-t",
        &length,
        "-video_track_timescale",
        "12288",
        "-movflags",
        "+faststart",
        "-fflags",
        "+bitexact",
        "-flags:a",
        "+bitexact",
        "-threads",
        "1",
        "-f",
        "mp4",
        "film.mp4",
    ]);
    let arguments = arguments.into_iter().map(str::to_owned).collect();
    encode::run(folder, arguments, stop, |write| {
        let gain = Mix::loudness(film);
        Mix::new(film).play(gain, |block| write(block));
    })
    .await?;
    let thumbnail = thumbnail(film, folder, stop).await?;
    let audio = scene_audio(film, folder, stop).await?;
    Ok(Finished { video, thumbnail, srt, vtt, audio })
}

fn subtitles(film: Film<'_>, decimal: &str, head: &str) -> String {
    let mut text = head.to_owned();
    for (number, cue) in film.timeline.cues.iter().enumerate() {
        let told = &film.script.scenes[cue.scene].cues[cue.cue];
        let speaker = told.speaker.map(|who| format!("{}：", film.script.characters[who].name)).unwrap_or_default();
        let _ = writeln!(text, "{}\n{} --> {}\n{speaker}{}\n", number + 1, clock(cue.start, decimal), clock(cue.end, decimal), told.text);
    }
    text
}

fn clock(seconds: f64, decimal: &str) -> String {
    let ms = (seconds * 1000.0).round() as u64;
    format!("{:02}:{:02}:{:02}{decimal}{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

/// The picture that shows most of a face, with somebody in it where there is anybody.
async fn thumbnail(film: Film<'_>, folder: &Path, stop: &CancellationToken) -> Result<PathBuf, Fault> {
    let rank = |index: &usize| {
        let scene = &film.script.scenes[*index];
        let near = match scene.framing {
            Framing::Close => 3,
            Framing::Medium => 2,
            Framing::Wide => 1,
            Framing::Detail => 0,
        };
        (usize::from(!scene.present.is_empty()) * 4 + near, usize::MAX - index)
    };
    let best = (0..film.script.scenes.len()).max_by_key(rank).unwrap_or(0);
    let png = motion::poster(film.script, best, film.brief.style, film.brief.aspect);
    let arguments = [
        "-f",
        "png_pipe",
        "-i",
        "pipe:0",
        "-frames:v",
        "1",
        "-q:v",
        "3",
        "-fflags",
        "+bitexact",
        "-flags:v",
        "+bitexact",
        "-f",
        "mjpeg",
        "film.jpg",
    ];
    encode::run(folder, arguments.into_iter().map(str::to_owned).collect(), stop, |write| {
        write(&png);
    })
    .await?;
    Ok(folder.join("film.jpg"))
}

/// Each scene's speech as an mp3 of its own, cut by one encoder: starting one a scene costs more than the encoding.
async fn scene_audio(film: Film<'_>, folder: &Path, stop: &CancellationToken) -> Result<Vec<PathBuf>, Fault> {
    /// Seconds of silence behind each line.
    const PAUSE: f64 = 0.25;
    let rate = crate::speech::RATE;
    let length = |cue: &TimedCue| cue.end - cue.start + PAUSE;
    let mut at = 0.0;
    let ends = (0..film.script.scenes.len()).map(|scene| {
        at += film.timeline.cues.iter().filter(|cue| cue.scene == scene).map(length).sum::<f64>();
        format!("{at:.4}")
    });
    let (ends, text_rate) = (ends.collect::<Vec<_>>().join(","), rate.to_string());
    let mut arguments =
        vec!["-f", "f32le", "-ar", &text_rate, "-ac", "1", "-i", "pipe:0", "-c:a", "libmp3lame", "-b:a", "64k", "-fflags", "+bitexact"];
    arguments.extend([
        "-flags:a",
        "+bitexact",
        "-f",
        "segment",
        "-segment_format",
        "mp3",
        "-segment_start_number",
        "1",
        "-segment_times",
        &ends,
        "scene_%04d.mp3",
    ]);
    encode::run(folder, arguments.into_iter().map(str::to_owned).collect(), stop, |write| {
        for (cue, voice) in film.timeline.cues.iter().zip(film.voices) {
            // A voice that cannot be read was reported when it was measured; its time passes in silence.
            let samples = wav::read(voice).map(|sound| wav::resample(&sound, rate)).unwrap_or_default();
            let wanted = (length(cue) * f64::from(rate)).round() as usize;
            let line = samples.iter().copied().chain(std::iter::repeat(0.0)).take(wanted);
            if !write(&line.flat_map(f32::to_le_bytes).collect::<Vec<u8>>()) {
                return;
            }
        }
    })
    .await?;
    let files: Vec<PathBuf> = (1..=film.script.scenes.len()).map(|number| folder.join(format!("scene_{number:04}.mp3"))).collect();
    match files.iter().find(|file| !file.exists()) {
        Some(missing) => Err(Fault::passing(format!("the encoder made no {}", missing.file_name().unwrap_or_default().display()))),
        None => Ok(files),
    }
}
