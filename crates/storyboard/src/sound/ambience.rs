//! The air of a place: rain, wind, waves, crickets, each made of filtered noise or a few tones.

use ports::film::{Place, Scene, TimeOfDay, Weather};

use super::RATE;

/// How loud each sound is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Levels {
    rain: f32,
    wind: f32,
    waves: f32,
    crickets: f32,
}

impl Levels {
    /// What is heard in a scene.
    pub(super) fn of(scene: &Scene) -> Self {
        let muffled = if scene.place.indoors() { 0.3 } else { 1.0 };
        let rain = match scene.weather {
            Weather::Rain => 0.10,
            Weather::Storm => 0.15,
            Weather::Clear | Weather::Cloudy | Weather::Snow | Weather::Fog | Weather::Wind => 0.0,
        };
        let wind = match scene.weather {
            Weather::Wind | Weather::Storm => 0.12,
            Weather::Snow => 0.09,
            Weather::Clear | Weather::Cloudy | Weather::Rain | Weather::Fog => {
                if matches!(scene.place, Place::Mountain | Place::Desert | Place::Battlefield) { 0.06 } else { 0.0 }
            }
        };
        let waves = if matches!(scene.place, Place::Sea | Place::Boat) {
            0.13
        } else if matches!(scene.place, Place::River | Place::Lake | Place::Bridge) {
            0.05
        } else {
            0.0
        };
        let natural = matches!(
            scene.place,
            Place::Field | Place::Garden | Place::Forest | Place::Village | Place::Courtyard | Place::Road | Place::River | Place::Lake
        );
        let crickets = if natural && scene.time == TimeOfDay::Night && scene.weather == Weather::Clear { 0.016 } else { 0.0 };
        Self { rain: rain * muffled, wind: wind * muffled, waves, crickets }
    }
}

/// Plays on and on, gliding from one scene's levels to the next one's.
pub(super) struct Ambience {
    now: Levels,
    noise: u32,
    low: f32,
    lower: f32,
    sample: u64,
}

impl Ambience {
    pub(super) fn new(seed: u64) -> Self {
        Self { now: Levels::default(), noise: (seed as u32) | 1, low: 0.0, lower: 0.0, sample: 0 }
    }

    /// The next samples, left and right by turns, added to `out`.
    pub(super) fn play(&mut self, wanted: Levels, out: &mut [f32]) {
        // A third of a second to become what is wanted.
        let glide = 3.0 / RATE as f32;
        for frame in out.chunks_exact_mut(2) {
            let near = |now: &mut f32, wanted: f32| *now += (wanted - *now) * glide;
            near(&mut self.now.rain, wanted.rain);
            near(&mut self.now.wind, wanted.wind);
            near(&mut self.now.waves, wanted.waves);
            near(&mut self.now.crickets, wanted.crickets);
            let levels = self.now;
            self.sample += 1;
            if levels.rain + levels.wind + levels.waves + levels.crickets < 1e-5 {
                continue;
            }
            self.noise ^= self.noise << 13;
            self.noise ^= self.noise >> 17;
            self.noise ^= self.noise << 5;
            let white = self.noise as f32 / u32::MAX as f32 * 2.0 - 1.0;
            self.low += (white - self.low) * 0.22;
            self.lower += (white - self.lower) * 0.025;
            let t = self.sample as f32 / RATE as f32;
            let gust = 0.6 + 0.4 * (t * 0.9).sin() * (t * 0.37).sin();
            let swell = (0.5 + 0.5 * (t * 0.75).sin()).powi(2) + 0.15;
            let mut value = self.low * levels.rain
                + self.lower * 5.0 * levels.wind * gust
                + (self.lower * 4.0 + self.low * 0.35) * levels.waves * swell;
            if levels.crickets > 1e-4 {
                let chirp = (t * 2.3).fract() < 0.32 && (t * 27.0).fract() < 0.55;
                if chirp {
                    value += (t * 4300.0 * std::f32::consts::TAU).sin() * levels.crickets;
                }
            }
            frame[0] += value;
            frame[1] += value * 0.92;
        }
    }
}
