//! Background music of our own: plucked notes of a pentatonic scale over slow chords, chosen by the feeling of each scene.

use ports::film::Mood;

use super::RATE;
use crate::picture::stage::Dice;

/// A note that sounds: a turning phasor for each of two partials, and how fast it dies.
#[derive(Debug, Clone, Copy)]
struct Note {
    re: f32,
    im: f32,
    cos: f32,
    sin: f32,
    level: f32,
    decay: f32,
    rise: f32,
    swell: f32,
    pan: f32,
}

impl Note {
    fn new(hertz: f32, level: f32, seconds: f32, attack: f32, pan: f32) -> Self {
        let angle = std::f32::consts::TAU * hertz / RATE as f32;
        let rate = RATE as f32;
        Self {
            re: 0.0,
            im: 1.0,
            cos: angle.cos(),
            sin: angle.sin(),
            level,
            decay: (-6.0 / (seconds * rate)).exp(),
            rise: 1.0 / (attack * rate),
            swell: 0.0,
            pan,
        }
    }

    fn next(&mut self) -> f32 {
        let re = self.re * self.cos + self.im * self.sin;
        self.im = self.im * self.cos - self.re * self.sin;
        self.re = re;
        self.level *= self.decay;
        self.swell = (self.swell + self.rise).min(1.0);
        self.re * self.level * self.swell
    }
}

/// Plays on and on; the feeling may change at any beat.
pub(super) struct Music {
    notes: Vec<Note>,
    dice: Dice,
    sample: u64,
    beat: u64,
    root: f32,
    last: i32,
}

impl Music {
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let root = [196.0, 220.0, 174.61, 207.65][dice.pick(4)];
        Self { notes: Vec::new(), dice, sample: 0, beat: 0, root, last: 5 }
    }

    /// The next samples, left and right by turns, added to `out`.
    pub(super) fn play(&mut self, mood: Mood, out: &mut [f32]) {
        let beat = (RATE as f32 * seconds_per_beat(mood)) as u64;
        for frame in out.chunks_exact_mut(2) {
            if self.sample == 0 {
                self.strike(mood);
                self.beat += 1;
            }
            self.sample = (self.sample + 1) % beat.max(1);
            let (mut left, mut right) = (0.0, 0.0);
            for note in &mut self.notes {
                let value = note.next();
                left += value * (1.0 - note.pan);
                right += value * note.pan;
            }
            frame[0] += left;
            frame[1] += right;
        }
        self.notes.retain(|note| note.level > 0.0008);
    }

    fn strike(&mut self, mood: Mood) {
        let minor = matches!(mood, Mood::Sad | Mood::Tense | Mood::Angry | Mood::Afraid | Mood::Mysterious);
        let scale: [i32; 5] = if minor { [0, 3, 5, 7, 10] } else { [0, 2, 4, 7, 9] };
        let degree = |step: i32| 12 * step.div_euclid(5) + scale[step.rem_euclid(5) as usize];
        let hertz = |root: f32, semitones: i32| root * (semitones as f32 / 12.0).exp2();
        if self.beat.is_multiple_of(8) {
            let base = [0, 3, 1, 4][(self.beat / 8 % 4) as usize];
            for (step, level) in [(base, 0.055), (base + 2, 0.040), (base + 4, 0.034)] {
                let pan = 0.35 + 0.3 * self.dice.range(0.0, 1.0) as f32;
                self.notes.push(Note::new(hertz(self.root / 2.0, degree(step)), level, 9.0, 1.6, pan));
            }
        }
        let density = match mood {
            Mood::Happy | Mood::Tense | Mood::Angry => 0.72,
            Mood::Calm | Mood::Tender => 0.55,
            Mood::Sad | Mood::Afraid | Mood::Mysterious => 0.38,
        };
        if self.dice.range(0.0, 1.0) < density || self.beat.is_multiple_of(4) {
            let step = (self.last + [-2, -1, -1, 1, 1, 2, 3, -3][self.dice.pick(8)]).clamp(2, 13);
            self.last = step;
            let pan = self.dice.range(0.25, 0.75) as f32;
            let pitch = hertz(self.root, degree(step));
            let level = self.dice.range(0.06, 0.10) as f32;
            self.notes.push(Note::new(pitch, level, 2.2, 0.004, pan));
            self.notes.push(Note::new(pitch * 2.0, level * 0.32, 1.1, 0.003, pan));
            self.notes.push(Note::new(pitch * 3.01, level * 0.12, 0.5, 0.002, pan));
        }
    }
}

fn seconds_per_beat(mood: Mood) -> f32 {
    match mood {
        Mood::Happy | Mood::Angry => 0.42,
        Mood::Tense | Mood::Afraid => 0.48,
        Mood::Calm | Mood::Tender => 0.62,
        Mood::Sad | Mood::Mysterious => 0.80,
    }
}
