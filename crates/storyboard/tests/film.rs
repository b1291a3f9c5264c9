//! Films, looked at with ffprobe: what every style and shape must be, in Chinese and English.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use ports::{
    film::{Aspect, Brief, Language, Script, Style},
    render::{Film, Finished, Renderer, Timeline},
    speech::{Line, Sound, SpeechModel},
};
use storyboard::{Espeak, Storyboard, rules, text};
use tokio_util::sync::CancellationToken;

const CHINESE: &str = "夜里，海边下着雨。小明说：“回家吧。”";
const ENGLISH: &str = "At dawn Anna walked into the forest. \"Hello,\" said Anna. Snow was falling.";

struct Made {
    folder: tempfile::TempDir,
    brief: Brief,
    script: Script,
    timeline: Timeline,
    voices: Vec<PathBuf>,
    finished: Finished,
}

async fn make(story: &str, style: Style, aspect: Aspect) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let text = text::normalise(story);
    let brief = Brief { language: text::language(&text), text, style, aspect, scene_seconds: 2.0, voice_speed: 1.3, subtitles: true };
    let script = rules::script(&brief);
    let (mut voices, mut seconds) = (Vec::new(), Vec::new());
    for (number, cue) in script.scenes.iter().flat_map(|scene| &scene.cues).enumerate() {
        let speaker = cue.speaker.map(|index| &script.characters[index]);
        let sound = Espeak
            .speak(Line { text: &cue.text, language: text::spoken(&brief.text).unwrap(), speaker, speed: brief.voice_speed })
            .await
            .unwrap();
        let path = folder.path().join(format!("voice_{number}.wav"));
        std::fs::write(&path, sound.to_wav()).unwrap();
        seconds.push(sound.seconds());
        voices.push(path);
    }
    let renderer = Storyboard::probe();
    assert_eq!(renderer.missing(), [""; 0]);
    let timeline = renderer.timeline(&brief, &script, &seconds);
    let pictures = vec![None; script.scenes.len()];
    let stop = CancellationToken::new();
    let mut segments = Vec::new();
    let film = Film { brief: &brief, script: &script, timeline: &timeline, pictures: &pictures, voices: &voices };
    for index in 0..timeline.segments() {
        let path = folder.path().join(format!("segment_{index}.mp4"));
        renderer.segment(film, index, &path, &stop).await.unwrap();
        segments.push(path);
    }
    let finished = renderer.finish(film, &segments, folder.path(), &stop).await.unwrap();
    Made { folder, brief: brief.clone(), script: script.clone(), timeline: timeline.clone(), voices: voices.clone(), finished }
}

fn probe(path: &Path) -> String {
    let output = Command::new("ffprobe").args(["-v", "error", "-show_streams", "-show_format", "-of", "flat"]).arg(path).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn value<'a>(probed: &'a str, key: &str) -> &'a str {
    probed.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('=')).unwrap_or_default().trim_matches('"')
}

#[tokio::test(flavor = "multi_thread")]
async fn every_style_in_every_shape_is_a_film_that_players_play() {
    for style in [Style::Anime, Style::Manga, Style::Realistic] {
        for (aspect, story) in [(Aspect::Wide, CHINESE), (Aspect::Classic, ENGLISH), (Aspect::Tall, CHINESE)] {
            let made = make(story, style, aspect).await;
            let probed = probe(&made.finished.video);
            let (w, h) = aspect.size();
            for (key, expected) in [
                ("streams.stream.0.codec_name", "h264"),
                ("streams.stream.0.pix_fmt", "yuv420p"),
                ("streams.stream.0.color_space", "bt709"),
                ("streams.stream.0.r_frame_rate", "24/1"),
                ("streams.stream.0.width", &w.to_string()),
                ("streams.stream.0.height", &h.to_string()),
                ("streams.stream.1.codec_name", "aac"),
                ("streams.stream.1.sample_rate", "48000"),
                ("streams.stream.2.codec_name", "mov_text"),
                ("format.tags.comment", "Gongfang storyboard renderer"),
            ] {
                assert_eq!(value(&probed, key), expected, "{style:?} {aspect:?} {key}");
            }
            let seconds = |key: &str| value(&probed, key).parse::<f64>().unwrap();
            let (video, audio) = (seconds("streams.stream.0.duration"), seconds("streams.stream.1.duration"));
            assert!((video - audio).abs() < 1.0 / 24.0 + 1024.0 / 48_000.0, "video {video}, audio {audio}");
            assert!((video - made.timeline.seconds()).abs() < 0.003, "{video} of {}", made.timeline.seconds());
            assert_eq!(value(&probed, "streams.stream.0.nb_frames"), made.timeline.frames.last().unwrap().to_string());
            let bytes = std::fs::read(&made.finished.video).unwrap();
            let at = |word: &[u8]| bytes.windows(4).position(|window| window == word).unwrap();
            assert!(at(b"moov") < at(b"mdat"), "the head stands first, so that it starts while it loads");
            assert!(std::fs::read(&made.finished.thumbnail).unwrap().starts_with(&[0xff, 0xd8]));
            assert_eq!(made.finished.audio.len(), made.script.scenes.len());
            for file in &made.finished.audio {
                assert_eq!(value(&probe(file), "streams.stream.0.codec_name"), "mp3");
            }
            assert_eq!(made.brief.style, style);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_story_twice_is_the_same_bytes() {
    let (one, two) = (make(CHINESE, Style::Anime, Aspect::Classic).await, make(CHINESE, Style::Anime, Aspect::Classic).await);
    assert!(std::fs::read(&one.finished.video).unwrap() == std::fs::read(&two.finished.video).unwrap());
    assert!(std::fs::read(&one.finished.thumbnail).unwrap() == std::fs::read(&two.finished.thumbnail).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_as_loud_as_it_should_be_and_subtitles_are_where_the_speech_is() {
    let made = make(&CHINESE.repeat(3), Style::Anime, Aspect::Classic).await;
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-i"])
        .arg(&made.finished.video)
        .args(["-af", "ebur128=peak=true", "-f", "null", "-"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let summary = said.rsplit("Summary:").next().unwrap();
    let number = |name: &str| summary.split(name).nth(1).unwrap().split_whitespace().next().unwrap().parse::<f64>().unwrap();
    let (loud, peak) = (number("I:"), number("Peak:"));
    assert!((loud + 16.0).abs() <= 1.0, "{loud} LUFS");
    assert!(peak <= -1.0, "{peak} dBTP");
    // Each cue of the file is the timeline's, and lasts as long as its sound.
    let srt = std::fs::read_to_string(&made.finished.srt).unwrap();
    let stamps: Vec<&str> = srt.lines().filter(|line| line.contains(" --> ")).collect();
    assert_eq!(stamps.len(), made.timeline.cues.len());
    for ((stamp, cue), voice) in stamps.iter().zip(&made.timeline.cues).zip(&made.voices) {
        let read = |text: &str| {
            let parts: Vec<f64> = text.trim().replace(',', ".").split(':').map(|part| part.parse().unwrap()).collect();
            parts[0] * 3600.0 + parts[1] * 60.0 + parts[2]
        };
        let (start, end) = stamp.split_once(" --> ").unwrap();
        assert!((read(start) - cue.start).abs() < 0.002 && (read(end) - cue.end).abs() < 0.002);
        let length = Sound::from_wav(&std::fs::read(voice).unwrap()).unwrap().seconds();
        assert!((cue.end - cue.start - length).abs() < 0.002);
    }
    // And it is heard there: the film is louder in the middle of a cue than just before it.
    let pcm = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(&made.finished.video)
        .args(["-ac", "1", "-ar", "16000", "-f", "f32le", "-"])
        .output()
        .unwrap()
        .stdout;
    let samples: Vec<f32> = pcm.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect();
    let level = |from: f64, to: f64| {
        let part = &samples[(from * 16_000.0) as usize..(to * 16_000.0) as usize];
        part.iter().map(|sample| f64::from(sample * sample)).sum::<f64>() / part.len() as f64
    };
    for cue in &made.timeline.cues {
        assert!(level(cue.start + 0.05, cue.end - 0.05) > 3.0 * level(cue.start - 0.15, cue.start - 0.05), "{cue:?}");
    }
    drop(made.folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn styles_are_told_apart_by_numbers_and_no_frame_is_black_or_doubled() {
    let mut statistics = Vec::new();
    for style in [Style::Anime, Style::Manga, Style::Realistic] {
        let made = make("白天，小明走在花园里。小明笑了。", style, Aspect::Classic).await;
        let raw = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-ss", "3.5", "-i"])
            .arg(&made.finished.video)
            .args(["-frames:v", "24", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"])
            .output()
            .unwrap()
            .stdout;
        let size = 960 * 720 * 3;
        let frames: Vec<&[u8]> = raw.chunks_exact(size).collect();
        assert_eq!(frames.len(), 24);
        let saturation = |frame: &[u8]| {
            frame.chunks_exact(3).map(|pixel| f64::from(pixel.iter().max().unwrap() - pixel.iter().min().unwrap())).sum::<f64>()
                / (size / 3) as f64
        };
        let mean = |frame: &[u8]| frame.iter().map(|byte| f64::from(*byte)).sum::<f64>() / size as f64;
        for pair in frames.windows(2) {
            assert!(mean(pair[0]) > 25.0, "{style:?}: a black frame");
            assert!(pair[0] != pair[1], "{style:?}: a frame twice");
        }
        statistics.push((style, saturation(frames[0])));
    }
    let of = |style: Style| statistics.iter().find(|(known, _)| *known == style).unwrap().1;
    assert!(of(Style::Manga) < 6.0, "ink has no colour: {statistics:?}");
    assert!(of(Style::Anime) > of(Style::Realistic) * 1.25, "anime is the most colourful: {statistics:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_kills_the_encoder_and_says_so() {
    let text = text::normalise(&CHINESE.repeat(30));
    let brief = Brief {
        language: Language::Chinese,
        text,
        style: Style::Anime,
        aspect: Aspect::Wide,
        scene_seconds: 60.0,
        voice_speed: 1.0,
        subtitles: false,
    };
    let script = rules::script(&brief);
    let cues: usize = script.scenes.iter().map(|scene| scene.cues.len()).sum();
    let renderer = Storyboard::probe();
    let timeline = renderer.timeline(&brief, &script, &vec![1.0; cues]);
    let folder = tempfile::tempdir().unwrap();
    let (pictures, voices) = (vec![None; script.scenes.len()], vec![folder.path().join("none.wav"); cues]);
    let stop = CancellationToken::new();
    let stopper = stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        stopper.cancel();
    });
    let film = Film { brief: &brief, script: &script, timeline: &timeline, pictures: &pictures, voices: &voices };
    let ended = renderer.segment(film, 1, &folder.path().join("s.mp4"), &stop).await;
    assert!(matches!(ended, Err(ports::fault::Fault::Stopped)), "{ended:?}");
}
