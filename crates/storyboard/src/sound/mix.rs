//! The mix: voices in front, music and air behind them and lowered while somebody speaks; brought to -16 LUFS, peaks held below
//! -1.5 dBTP. It is played three times: twice to
//! measure, without and with the limiter, and once to be heard.

use ebur128::{EbuR128, Mode};
use ports::{
    film::Mood,
    render::{FPS, Film},
};

use super::{
    RATE,
    ambience::{Ambience, Levels},
    music::Music,
    wav,
};

/// Frames of sound worked on at once: a tenth of a second.
const BLOCK: usize = RATE as usize / 10;
/// How loud a film is.
const TARGET_LUFS: f64 = -16.0;
/// The highest a sample may be: -2 dBFS leaves room for what lies between samples and for the encoder.
const CEILING: f32 = 0.794;
/// Music and air beside a voice of 1.
const MUSIC: f32 = 0.42;
const AIR: f32 = 0.55;
/// Music while somebody speaks: 8 dB lower.
const DUCKED: f32 = 0.4;

/// A film's sound from its beginning.
pub(crate) struct Mix<'a> {
    film: Film<'a>,
    music: Music,
    ambience: Ambience,
    voice: Vec<(usize, Vec<f32>)>,
    next_cue: usize,
    at: usize,
    total: usize,
    duck: f32,
}

impl<'a> Mix<'a> {
    pub(crate) fn new(film: Film<'a>) -> Self {
        let seed = crate::rules::names::seed(&film.script.title);
        let total = film.timeline.frames.last().copied().unwrap_or(0) as usize * (RATE / FPS) as usize;
        Self { film, music: Music::new(seed), ambience: Ambience::new(seed), voice: Vec::new(), next_cue: 0, at: 0, total, duck: 1.0 }
    }

    /// The gain that brings this mix to its loudness, what the limiter takes away included.
    pub(crate) fn loudness(film: Film<'a>) -> f32 {
        let mut gain = 1.0;
        for limited in [false, true] {
            let Some(found) = Self::new(film).measure(gain, limited) else { return gain };
            gain = (f64::from(gain) * 10.0_f64.powf((TARGET_LUFS - found) / 20.0)).clamp(0.05, 20.0) as f32;
        }
        gain
    }

    /// How loud this mix is with a gain, in LUFS; nothing where it is silent.
    fn measure(mut self, gain: f32, limited: bool) -> Option<f64> {
        let mut meter = EbuR128::new(2, RATE, Mode::I | Mode::HISTOGRAM).ok()?;
        let mut limiter = Limiter::new();
        let mut heard = Vec::with_capacity(BLOCK * 2);
        while let Some(mut block) = self.block() {
            if limited {
                block.iter_mut().for_each(|sample| *sample *= gain);
                heard.clear();
                limiter.pass(&block, |sample| heard.push(sample));
                meter.add_frames_f32(&heard).ok()?;
            } else {
                meter.add_frames_f32(&block).ok()?;
            }
        }
        meter.loudness_global().ok().filter(|found| found.is_finite())
    }

    /// Plays the mix as bytes of 32-bit floats until `sink` wants no more.
    pub(crate) fn play(mut self, gain: f32, mut sink: impl FnMut(&[u8]) -> bool) {
        let mut limiter = Limiter::new();
        let mut bytes = Vec::with_capacity(BLOCK * 8);
        while let Some(mut block) = self.block() {
            block.iter_mut().for_each(|sample| *sample *= gain);
            bytes.clear();
            limiter.pass(&block, |sample| bytes.extend(sample.to_le_bytes()));
            if !sink(&bytes) {
                return;
            }
        }
        bytes.clear();
        limiter.drain(|sample| bytes.extend(sample.to_le_bytes()));
        sink(&bytes);
    }

    /// The next piece, left and right by turns.
    fn block(&mut self) -> Option<Vec<f32>> {
        if self.at >= self.total {
            return None;
        }
        let length = BLOCK.min(self.total - self.at);
        let seconds = self.at as f64 / f64::from(RATE);
        self.load(seconds + length as f64 / f64::from(RATE));
        let mut bed = vec![0.0; length * 2];
        let mut air = vec![0.0; length * 2];
        let (mood, levels) = self.scene(seconds);
        self.music.play(mood, &mut bed);
        self.ambience.play(levels, &mut air);
        let speaking = self
            .film
            .timeline
            .cues
            .iter()
            .skip(self.next_cue.saturating_sub(3))
            .take(4)
            .any(|cue| cue.start - 0.15 < seconds && seconds < cue.end + 0.1);
        let wanted = if speaking { DUCKED } else { 1.0 };
        let mut out = vec![0.0; length * 2];
        for (index, frame) in out.chunks_exact_mut(2).enumerate() {
            // Down in an eighth of a second, up in half of one.
            self.duck += (wanted - self.duck) * if wanted < self.duck { 8.0 } else { 2.0 } / RATE as f32 * 2.0;
            let edge = self.edge(self.at + index);
            for channel in 0..2 {
                frame[channel] = (bed[index * 2 + channel] * MUSIC + air[index * 2 + channel] * AIR) * self.duck * edge;
            }
        }
        for (start, samples) in &self.voice {
            let from = (*start).max(self.at);
            let to = (start + samples.len()).min(self.at + length);
            for at in from..to.max(from) {
                // A soft knee: speech that is evenly loud needs less of the limiter.
                let value = (samples[at - start] * 1.5).tanh() * 0.85;
                out[(at - self.at) * 2] += value;
                out[(at - self.at) * 2 + 1] += value;
            }
        }
        self.at += length;
        let done = self.at;
        self.voice.retain(|(start, samples)| start + samples.len() > done);
        Some(out)
    }

    /// The film fades in and out.
    fn edge(&self, at: usize) -> f32 {
        let ramp = RATE as f32 * 0.8;
        (at as f32 / ramp).min((self.total - at) as f32 / ramp).min(1.0)
    }

    /// Reads the voices that begin before `until`. One that cannot be read is silent here and was reported by its step.
    fn load(&mut self, until: f64) {
        while let Some(cue) = self.film.timeline.cues.get(self.next_cue).filter(|cue| cue.start < until) {
            if let Some(sound) = self.film.voices.get(self.next_cue).and_then(|path| wav::read(path).ok()) {
                self.voice.push(((cue.start * f64::from(RATE)) as usize, wav::resample(&sound, RATE)));
            }
            self.next_cue += 1;
        }
    }

    fn scene(&self, seconds: f64) -> (Mood, Levels) {
        let frame = (seconds * f64::from(FPS)) as u32;
        let segment = self.film.timeline.frames.partition_point(|start| *start <= frame).saturating_sub(1);
        let scene = &self.film.script.scenes[segment.saturating_sub(1).min(self.film.script.scenes.len() - 1)];
        (scene.mood, Levels::of(scene))
    }
}

/// Holds peaks below the ceiling: it looks five milliseconds ahead, so that it is down before the peak comes.
struct Limiter {
    ahead: std::collections::VecDeque<(f32, f32)>,
    gain: f32,
}

const LOOK: usize = RATE as usize / 200;

impl Limiter {
    fn new() -> Self {
        Self { ahead: std::collections::VecDeque::with_capacity(LOOK + 1), gain: 1.0 }
    }

    fn pass(&mut self, block: &[f32], mut out: impl FnMut(f32)) {
        for frame in block.chunks_exact(2) {
            self.ahead.push_back((frame[0], frame[1]));
            let peak = frame[0].abs().max(frame[1].abs());
            if peak * self.gain > CEILING {
                self.gain = CEILING / peak;
            } else {
                self.gain = (self.gain + 4.0 / RATE as f32).min(1.0);
            }
            if self.ahead.len() > LOOK {
                self.release(&mut out);
            }
        }
    }

    fn drain(&mut self, mut out: impl FnMut(f32)) {
        while !self.ahead.is_empty() {
            self.release(&mut out);
        }
    }

    fn release(&mut self, out: &mut impl FnMut(f32)) {
        if let Some((left, right)) = self.ahead.pop_front() {
            // The gain rises again before an old peak leaves: what is still too high is held by itself.
            let hold = |value: f32| (value * self.gain).clamp(-CEILING, CEILING);
            out(hold(left));
            out(hold(right));
        }
    }
}
