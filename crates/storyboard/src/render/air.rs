//! What floats in the air of a scene: rain, snow, leaves, fireflies, dust.

use ports::film::{Place, Scene, Season, TimeOfDay, Weather};

use crate::picture::stage::Dice;

/// The air before a picture of so many pixels. What floats is painted by `paint`: at a place, which may lie outside, in a colour,
/// with an opacity of 255.
pub(super) struct Air<'a> {
    pub(super) w: usize,
    pub(super) h: usize,
    pub(super) paint: &'a mut dyn FnMut(i64, i64, [u8; 3], u32),
}

impl Air<'_> {
    /// Lets it float.
    pub(super) fn particles(&mut self, scene: &Scene, seed: u64, frame: u32) {
        let unit = self.w.min(self.h) as f64 / 100.0;
        let t = f64::from(frame) / 24.0;
        let indoors = scene.place.indoors();
        let (w, h) = (self.w as f64, self.h as f64);
        let mut dice = Dice::new(seed);
        let fall = |start: f64, speed: f64, size: f64| (start + speed * t).rem_euclid(size);
        match (scene.weather, indoors) {
            (Weather::Rain | Weather::Storm, false) => {
                for _ in 0..170 {
                    let (x, y, speed) = (dice.range(0.0, w), dice.range(0.0, h), dice.range(1.1, 1.7) * h);
                    let (x, y) = (fall(x, -0.10 * speed, w), fall(y, speed, h));
                    self.streak(x, y, -0.10, unit * dice.range(4.0, 8.0), 90);
                }
            }
            (Weather::Snow, false) => {
                for index in 0..130 {
                    let (x, y, speed, size) = (dice.range(0.0, w), dice.range(0.0, h), dice.range(0.08, 0.20) * h, dice.range(0.25, 0.75));
                    let sway = (t * 0.9 + f64::from(index)).sin() * unit * 2.0;
                    self.dot((x + sway).rem_euclid(w), fall(y, speed, h), unit * size, [255, 255, 255], 220);
                }
            }
            (Weather::Clear | Weather::Cloudy | Weather::Wind, false) if scene.season == Some(Season::Autumn) => {
                self.leaves(&mut dice, t, 16, [206, 112, 44]);
            }
            (Weather::Clear | Weather::Cloudy | Weather::Wind, false) if scene.season == Some(Season::Spring) => {
                self.leaves(&mut dice, t, 22, [255, 190, 205]);
            }
            (Weather::Wind, false) => {
                for index in 0..26 {
                    let (x, y, speed) = (dice.range(0.0, w), dice.range(0.0, h), dice.range(0.2, 0.4) * w);
                    let bob = (t * 2.0 + f64::from(index)).sin() * unit * 3.0;
                    self.dot(
                        fall(x, -speed, w),
                        (y + bob + t * unit * 4.0).rem_euclid(h),
                        unit * dice.range(0.4, 0.8),
                        [214, 150, 70],
                        210,
                    );
                }
            }
            (_, false)
                if scene.time == TimeOfDay::Night
                    && matches!(
                        scene.place,
                        Place::Forest | Place::Field | Place::Garden | Place::Lake | Place::River | Place::Courtyard | Place::Village
                    ) =>
            {
                for index in 0..24 {
                    let (x, y) = (dice.range(0.0, w), dice.range(h * 0.45, h * 0.92));
                    let phase = f64::from(index) * 1.7;
                    let glow = ((t * 1.3 + phase).sin() * 0.5 + 0.5) * 200.0;
                    self.dot(
                        x + (t * 0.4 + phase).sin() * unit * 6.0,
                        y + (t * 0.5 + phase * 0.7).cos() * unit * 3.0,
                        unit * 0.5,
                        [226, 255, 130],
                        glow as u32,
                    );
                }
            }
            (_, false) if scene.place == Place::Garden && scene.season.is_none() => self.leaves(&mut dice, t, 22, [255, 190, 205]),
            (_, true) => {
                for index in 0..30 {
                    let (x, y) = (dice.range(0.0, w), dice.range(0.0, h * 0.8));
                    let drift = (t * 0.3 + f64::from(index)).sin() * unit * 4.0;
                    self.dot(x + drift, fall(y, -h * 0.012, h * 0.85), unit * 0.22, [255, 240, 200], 90);
                }
            }
            (_, false) => {}
        }
    }

    /// Leaves or petals that sway down.
    fn leaves(&mut self, dice: &mut Dice, t: f64, count: u32, colour: [u8; 3]) {
        let unit = self.w.min(self.h) as f64 / 100.0;
        let (w, h) = (self.w as f64, self.h as f64);
        for index in 0..count {
            let (x, y, speed) = (dice.range(0.0, w), dice.range(0.0, h), dice.range(0.04, 0.09) * h);
            let sway = (t + f64::from(index)).sin() * unit * 4.0;
            self.dot((x + sway - t * unit * 3.0).rem_euclid(w), (y + speed * t).rem_euclid(h), unit * 0.55, colour, 220);
        }
    }

    fn dot(&mut self, x: f64, y: f64, radius: f64, colour: [u8; 3], opacity: u32) {
        let reach = radius.ceil() as i64 + 1;
        for py in (y as i64 - reach)..=(y as i64 + reach) {
            for px in (x as i64 - reach)..=(x as i64 + reach) {
                let distance = ((px as f64 - x).powi(2) + (py as f64 - y).powi(2)).sqrt();
                let cover = (radius + 0.5 - distance).clamp(0.0, 1.0);
                (self.paint)(px, py, colour, (cover * f64::from(opacity)) as u32);
            }
        }
    }

    fn streak(&mut self, x: f64, y: f64, slope: f64, length: f64, opacity: u32) {
        for step in 0..length as i64 {
            let px = x + slope * step as f64;
            let share = px - px.floor();
            (self.paint)(px as i64, y as i64 + step, [214, 226, 240], (f64::from(opacity) * (1.0 - share)) as u32);
            (self.paint)(px as i64 + 1, y as i64 + step, [214, 226, 240], (f64::from(opacity) * share) as u32);
        }
    }
}
