//! Segments: the camera moves, eyes blink, mouths follow the voice, one scene fades into the next.

use std::path::Path;

use ports::{
    fault::Fault,
    film::{Aspect, Script, Style},
    render::{FPS, Film},
    speech::Sound,
};
use tokio_util::sync::CancellationToken;

use super::{
    canvas::{Camera, Canvas},
    encode,
    frame::Frame,
    ink::Ink,
};
use crate::{
    picture::{self, Bitmap, Plane, Shot, Shown, caption},
    sound::wav,
};

/// Frames in which a scene takes over from the one before it.
const FADE: u32 = 14;

/// Renders one segment to `out`.
pub(super) async fn segment(film: Film<'_>, index: usize, out: &Path, stop: &CancellationToken) -> Result<(), Fault> {
    let (w, h) = film.brief.aspect.size();
    let folder = out.parent().unwrap_or(Path::new("."));
    let name = out.file_name().map(|name| format!("./{}", name.to_string_lossy())).unwrap_or_default();
    let size = format!("{w}x{h}");
    let fps = FPS.to_string();
    let key = (FPS * 2).to_string();
    let scale = (FPS * 512).to_string();
    let mut arguments = vec!["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", &size, "-r", &fps, "-i", "pipe:0"];
    arguments.extend([
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-tune",
        "animation",
        "-crf",
        "21",
        "-bf",
        "0",
        "-threads",
        "1",
        "-g",
        &key,
    ]);
    // A third less work than the preset's own search, and no larger: flat pictures need no finer one.
    arguments.extend(["-x264-params", "subme=1:rc-lookahead=5:me=dia"]);
    arguments.extend(["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]);
    arguments.extend(["-video_track_timescale", &scale, "-fflags", "+bitexact", "-flags:v", "+bitexact", "-f", "mp4", &name]);
    let arguments = arguments.into_iter().map(str::to_owned).collect();
    encode::run(folder, arguments, stop, |write| {
        let mut scene = Moving::of(film, index, true);
        let empty = || Frame::new(w as usize, h as usize);
        // What fades out is let go with the canvas it is drawn on.
        let mut before = index.checked_sub(1).map(|index| (Moving::of(film, index, false), empty()));
        let (mut canvas, mut yuv) = (empty(), Vec::new());
        for frame in film.timeline.frames[index]..film.timeline.frames[index + 1] {
            let since = frame - film.timeline.frames[index];
            scene.draw(&mut canvas, frame);
            if let Some((before, other)) = before.as_mut().filter(|_| since < FADE) {
                before.draw(other, frame);
                let share = f64::from(since + 1) / f64::from(FADE + 1);
                if scene.dips(before) {
                    // Another place: through black.
                    let level = (share * 2.0 - 1.0).abs();
                    if share < 0.5 {
                        canvas.copy(other);
                    }
                    canvas.dim((level * 256.0) as u32);
                } else {
                    canvas.mix(other, ((1.0 - ease(share)) * 256.0) as u32);
                }
            } else {
                before = None;
            }
            scene.caption(&mut canvas, frame);
            canvas.yuv(film.brief.style, frame, &mut yuv);
            if !write(&yuv) {
                return;
            }
        }
    })
    .await
}

/// The still of a scene in the middle of its shot.
pub(super) fn still(script: &Script, index: usize, style: Style, aspect: Aspect, names: bool) -> Vec<u8> {
    let (w, h) = aspect.size();
    frame(script, index, style, aspect, names).png(w, h)
}

/// The still of a scene with the film's title over it, and nothing else written.
pub(super) fn poster(script: &Script, index: usize, style: Style, aspect: Aspect) -> Vec<u8> {
    let (w, h) = aspect.size();
    let mut canvas = frame(script, index, style, aspect, false);
    let title = caption::poster(f64::from(w), f64::from(h), &script.title);
    canvas.still(&picture::rasterise(&title, (0.0, 0.0, f64::from(w), f64::from(h)), w, h), 256);
    canvas.png(w, h)
}

fn frame(script: &Script, index: usize, style: Style, aspect: Aspect, names: bool) -> Canvas {
    let (w, h) = aspect.size();
    let shot = picture::shot(script, index, style, aspect, Shown { setting: names, names, alive: false });
    let mut canvas = Canvas::new(w as usize, h as usize);
    let camera = Camera { x: 0.0, y: 0.0, zoom: 1.02 };
    shot.behind.iter().chain(shot.figures.first()).for_each(|plane| canvas.plane(plane, camera));
    canvas.particles(&script.scenes[index], index as u64, 24);
    if style == Style::Manga {
        canvas.still(&shot.page, 256);
        canvas.screentone();
    }
    if names {
        canvas.still(&shot.labels, 256);
    }
    canvas
}

/// A segment with everything that is drawn once.
struct Moving<'a> {
    film: Film<'a>,
    index: usize,
    content: Content,
    /// A manga page's frame and panels.
    page: Ink,
    /// Words over the picture.
    labels: Ink,
    card: Option<Ink>,
    /// This scene's cues: from frame, to frame, the subtitle, and how wide the mouth is in each frame.
    cues: Vec<Spoken>,
    seed: u64,
}

/// What the camera looks at.
enum Content {
    /// Backdrop to foreground, then the figures at rest, with eyes shut and speaking.
    Drawn(Vec<Ink>, Vec<Ink>),
    /// A provider's picture, drawn larger than the frame so that the camera can move.
    Painted(Box<Ink>),
}

struct Spoken {
    from: u32,
    to: u32,
    subtitle: Option<Ink>,
    open: Vec<bool>,
}

impl<'a> Moving<'a> {
    /// Draws what a segment needs; one that does not lead only fades out.
    fn of(film: Film<'a>, index: usize, leads: bool) -> Self {
        let (style, aspect) = (film.brief.style, film.brief.aspect);
        let (w, h) = aspect.size();
        let scenes = film.script.scenes.len();
        // The cards stand over the first and the last scene.
        let scene = index.saturating_sub(1).min(scenes - 1);
        let is_scene = index >= 1 && index <= scenes;
        let shown = Shown { setting: is_scene && changes(film.script, scene), names: is_scene, alive: is_scene && leads };
        let Shot { behind, figures, page, labels } = picture::shot(film.script, scene, style, aspect, shown);
        let painted = film.pictures.get(scene).and_then(Option::as_ref).and_then(|path| painting(path, w, h));
        let card = match index {
            0 => Some(caption::title_card(f64::from(w), f64::from(h), film.script)),
            _ if index > scenes => Some(caption::end_card(f64::from(w), f64::from(h), film.script.language)),
            _ => None,
        };
        let draw = |svg: String| Ink::of(&picture::rasterise(&svg, (0.0, 0.0, f64::from(w), f64::from(h)), w, h));
        let cues = if is_scene && leads { spoken(film, scene, &draw) } else { Vec::new() };
        let seed = crate::rules::names::seed(&film.script.title) ^ scene as u64;
        // Each drawing is let go as soon as it is in the colours of video.
        let inks = |planes: Vec<Plane>| planes.into_iter().map(|plane| Ink::of_plane(&plane)).collect();
        let content = match painted {
            Some(plane) => Content::Painted(Box::new(Ink::of_plane(&plane))),
            None => Content::Drawn(inks(behind), inks(figures)),
        };
        Self { film, index, content, page: Ink::of(&page), labels: Ink::of(&labels), card: card.map(draw), cues, seed }
    }

    /// Whether the film goes through black from `before` to this one.
    fn dips(&self, before: &Self) -> bool {
        let scenes = &self.film.script.scenes;
        let place = |index: usize| index.checked_sub(1).and_then(|index| scenes.get(index)).map(|scene| (scene.place, scene.memory));
        before.index >= 1 && place(self.index).is_some() && place(self.index) != place(before.index)
    }

    fn draw(&mut self, canvas: &mut Frame, frame: u32) {
        let scene = self.index.saturating_sub(1).min(self.film.script.scenes.len() - 1);
        let (from, to) = (self.film.timeline.frames[self.index], self.film.timeline.frames[self.index + 1]);
        // The next scene fades in over this one's motion, so it goes on a little.
        let share = (f64::from(frame) - f64::from(from)) / f64::from((to - from + FADE).max(1));
        let camera = camera(self.index, share, canvas.w as f64, canvas.h as f64);
        let style = self.film.brief.style;
        match &self.content {
            Content::Painted(plane) => {
                canvas.planes(std::iter::once(&**plane), Camera { zoom: 1.0 + (camera.zoom - 1.0) * 1.4, ..camera });
            }
            Content::Drawn(behind, figures) => {
                canvas.planes(behind.iter().chain(figures.get(self.face(frame)).or(figures.first())), camera);
            }
        }
        canvas.particles(&self.film.script.scenes[scene], self.seed, frame);
        if let (Style::Manga, Content::Drawn(..)) = (style, &self.content) {
            canvas.still(&self.page, 256);
            canvas.screentone();
        }
        if let Some(card) = &self.card {
            canvas.still(card, 256);
        }
    }

    /// Which of the three drawings of the figures a frame shows.
    fn face(&self, frame: u32) -> usize {
        let talks = self
            .cues
            .iter()
            .find(|cue| (cue.from..cue.to).contains(&frame))
            .is_some_and(|cue| cue.open.get((frame - cue.from) as usize).copied().unwrap_or(false));
        let blinks = (u64::from(frame) + self.seed % 89) % 97 < 4;
        match (blinks, talks) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => 0,
        }
    }

    /// Words over the picture: they do not fade with it.
    fn caption(&self, canvas: &mut Frame, frame: u32) {
        let (from, to) = (self.film.timeline.frames[self.index], self.film.timeline.frames[self.index + 1]);
        let rise = ((frame - from) * 256 / FADE).min(256);
        let fall = ((to - frame) * 256 / FADE).min(256);
        canvas.still(&self.labels, rise.min(fall));
        if let Some(subtitle) = self.cues.iter().find(|cue| (cue.from..cue.to).contains(&frame)).and_then(|cue| cue.subtitle.as_ref()) {
            canvas.still(subtitle, 256);
        }
    }
}

/// Whether a scene's place, hour or sky is another than before.
fn changes(script: &Script, scene: usize) -> bool {
    let key = |scene: usize| script.scenes.get(scene).map(|scene| (scene.place, scene.time, scene.weather, scene.memory));
    scene == 0 || key(scene) != key(scene - 1)
}

fn spoken(film: Film<'_>, scene: usize, draw: &dyn Fn(String) -> Ink) -> Vec<Spoken> {
    let (w, h) = film.brief.aspect.size();
    let of_scene = film.timeline.cues.iter().enumerate().filter(|(_, cue)| cue.scene == scene);
    of_scene
        .map(|(number, cue)| {
            let told = &film.script.scenes[scene].cues[cue.cue];
            let (from, to) = ((cue.start * f64::from(FPS)).round() as u32, (cue.end * f64::from(FPS)).round() as u32);
            let subtitle = film.brief.subtitles.then(|| draw(caption::subtitle(f64::from(w), f64::from(h), &told.text)));
            let open = if told.speaker.is_some() {
                film.voices.get(number).and_then(|path| wav::read(path).ok()).map(|sound| mouth(&sound)).unwrap_or_default()
            } else {
                Vec::new()
            };
            Spoken { from, to, subtitle, open }
        })
        .collect()
}

/// In which frames a voice is loud enough to open the mouth; never open or shut for one frame alone.
fn mouth(sound: &Sound) -> Vec<bool> {
    let step = (sound.rate / FPS).max(1) as usize;
    let loud: Vec<bool> = sound
        .samples
        .chunks(step)
        .map(|chunk| (chunk.iter().map(|sample| sample * sample).sum::<f32>() / chunk.len() as f32).sqrt() > 0.045)
        .collect();
    loud.iter().enumerate().map(|(index, open)| if index % 2 == 0 { *open } else { loud[index - 1] }).collect()
}

/// The camera of a shot at a share of its length: alternating directions, eased at both ends.
fn camera(index: usize, share: f64, w: f64, h: f64) -> Camera {
    let t = ease(share.clamp(0.0, 1.0)) - 0.5;
    let reach = w.min(h) * 0.05;
    let (x, y, near, far) = match index % 4 {
        0 => (1.0, 0.0, 1.0, 1.045),
        1 => (-1.0, 0.12, 1.045, 1.0),
        2 => (0.6, -0.15, 1.0, 1.06),
        _ => (-0.6, 0.1, 1.02, 1.05),
    };
    Camera { x: x * reach * t, y: y * reach * t, zoom: near + (far - near) * (t + 0.5) }
}

fn ease(t: f64) -> f64 {
    t * t * (3.0 - 2.0 * t)
}

/// A provider's picture, filling more than the frame; nothing where it cannot be read.
fn painting(path: &Path, w: u32, h: u32) -> Option<Plane> {
    let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(path).ok()?));
    let mut reader = decoder.read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut pixels).ok()?;
    let channels = match info.color_type {
        png::ColorType::Rgb => 3,
        png::ColorType::Rgba => 4,
        png::ColorType::Grayscale | png::ColorType::Indexed | png::ColorType::GrayscaleAlpha => return None,
    };
    let rgba: Vec<u8> = pixels[..info.buffer_size()].chunks_exact(channels).flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255]).collect();
    let (tw, th) =
        ((f64::from(w) * (1.0 + 2.0 * picture::stage::MARGIN)) as u32, (f64::from(h) * (1.0 + 2.0 * picture::stage::MARGIN)) as u32);
    let source = fast_image_resize::images::ImageRef::new(info.width, info.height, &rgba, fast_image_resize::PixelType::U8x4).ok()?;
    let mut target = fast_image_resize::images::Image::new(tw, th, fast_image_resize::PixelType::U8x4);
    let options = fast_image_resize::ResizeOptions::new().fit_into_destination(Some((0.5, 0.4))).use_alpha(false);
    fast_image_resize::Resizer::new().resize(&source, &mut target, &options).ok()?;
    Some(Plane { bitmap: Bitmap { w: tw, h: th, rgba: target.into_vec(), rows: (0, th), columns: (0, tw), solid: true }, depth: 0.8 })
}
