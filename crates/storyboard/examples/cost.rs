//! What a film costs: `cargo run -p storyboard --example cost -- STORY.txt [anime|manga|realistic]`. Renders the segments and prints
//! CPU seconds a second of film, of this process and of its children, beside what x264 alone takes for the same frames.

use std::path::{Path, PathBuf};

use ports::{
    film::{Aspect, Brief, Style},
    render::{Film, Renderer},
};
use storyboard::{Storyboard, rules, text};

/// User and system seconds so far, of this process and of its children that ended.
fn spent() -> (f64, f64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<f64> =
        stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(4).map(|field| field.parse().unwrap()).collect();
    ((fields[0] + fields[1]) / 100.0, (fields[2] + fields[3]) / 100.0)
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let source = std::fs::read_to_string(arguments.next().expect("a story")).unwrap();
    let style = match arguments.next().as_deref() {
        Some("manga") => Style::Manga,
        Some("realistic") => Style::Realistic,
        _ => Style::Anime,
    };
    let text = text::normalise(&source);
    let brief =
        Brief { language: text::language(&text), text, style, aspect: Aspect::Wide, scene_seconds: 5.0, voice_speed: 1.0, subtitles: true };
    let script = rules::script(&brief);
    let cues: Vec<f64> = script.scenes.iter().flat_map(|scene| &scene.cues).map(|cue| cue.text.chars().count() as f64 / 4.3).collect();
    let renderer = Storyboard::probe();
    let timeline = renderer.timeline(&brief, &script, &cues);
    let folder = tempfile::tempdir().unwrap();
    let voices = vec![PathBuf::from("none.wav"); cues.len()];
    let pictures = vec![None; script.scenes.len()];
    let film = Film { brief: &brief, script: &script, timeline: &timeline, pictures: &pictures, voices: &voices };
    let stop = tokio_util::sync::CancellationToken::new();
    let before = spent();
    let mut list = String::new();
    for index in 0..timeline.segments() {
        renderer.segment(film, index, &folder.path().join(format!("{index}.mp4")), &stop).await.unwrap();
        list += &format!("file '{index}.mp4'\n");
    }
    let after = spent();
    std::fs::write(folder.path().join("list.txt"), list).unwrap();
    let seconds = timeline.seconds();
    let (own, children) = ((after.0 - before.0) / seconds, (after.1 - before.1) / seconds);
    let alone = alone(folder.path()) / seconds;
    println!(
        "{seconds:.1} s of film: drawing {own:.3}, encoding {children:.3}, whole {:.3}; x264 veryfast alone {alone:.3}: {:.2} times",
        own + children,
        (own + children) / alone
    );
}

/// What x264's preset veryfast takes for the same frames, in CPU seconds.
fn alone(folder: &Path) -> f64 {
    let script = "ffmpeg -v error -f concat -i list.txt -f rawvideo -pix_fmt yuv420p - | \
        ffmpeg -hide_banner -benchmark -f rawvideo -pix_fmt yuv420p -s 1280x720 -r 24 -i - -c:v libx264 -preset veryfast -crf 21 -threads 1 -f null - 2>&1";
    let output = std::process::Command::new("sh").args(["-c", script]).current_dir(folder).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let value = |name: &str| printed.rsplit(name).next().and_then(|rest| rest.split('s').next()?.parse::<f64>().ok()).unwrap_or(f64::NAN);
    value("utime=") + value("stime=")
}
