//! Colour and light: every colour of a scene is mixed towards the light of its hour, its sky and its style.

use std::fmt;

use ports::film::{Mood, Style, TimeOfDay, Weather};

/// An sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rgb(pub f64, pub f64, pub f64);

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let byte = |value: f64| value.clamp(0.0, 255.0).round() as u8;
        write!(f, "#{:02x}{:02x}{:02x}", byte(self.0), byte(self.1), byte(self.2))
    }
}

impl Rgb {
    /// The colour of a number such as `0x3366ff`.
    #[must_use]
    pub const fn hex(number: u32) -> Self {
        Self(((number >> 16) & 255) as f64, ((number >> 8) & 255) as f64, (number & 255) as f64)
    }

    /// This colour with a share of another.
    #[must_use]
    pub fn mix(self, other: Self, share: f64) -> Self {
        let mix = |a: f64, b: f64| a + (b - a) * share;
        Self(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }

    /// Darker (below 1) or lighter (above).
    #[must_use]
    pub fn shade(self, factor: f64) -> Self {
        if factor <= 1.0 {
            Self(self.0 * factor, self.1 * factor, self.2 * factor)
        } else {
            self.mix(Self(255.0, 255.0, 255.0), factor - 1.0)
        }
    }

    /// How light it looks, 0 to 255.
    #[must_use]
    pub fn luma(self) -> f64 {
        0.2126 * self.0 + 0.7152 * self.1 + 0.0722 * self.2
    }

    fn saturate(self, factor: f64) -> Self {
        let grey = self.luma();
        Self(grey, grey, grey).mix(self, factor)
    }
}

/// The light of a scene.
#[derive(Debug, Clone, Copy)]
pub struct Light {
    /// The sky overhead.
    pub top: Rgb,
    /// The sky at the horizon.
    pub low: Rgb,
    /// What every colour is mixed towards.
    tint: Rgb,
    amount: f64,
    saturation: f64,
    brightness: f64,
    /// The colour of outlines.
    pub ink: Rgb,
}

impl Light {
    /// The light of an hour under a sky, in a style.
    #[must_use]
    pub fn of(style: Style, time: TimeOfDay, weather: Weather, mood: Mood, indoors: bool) -> Self {
        let (top, low, tint, amount, brightness) = match time {
            TimeOfDay::Dawn => (Rgb::hex(0x6f8fd0), Rgb::hex(0xffd3ac), Rgb::hex(0xffc9a0), 0.20, 1.0),
            TimeOfDay::Day => (Rgb::hex(0x3f97e6), Rgb::hex(0xcdeeff), Rgb::hex(0xfff6e0), 0.08, 1.0),
            TimeOfDay::Dusk => (Rgb::hex(0x43347c), Rgb::hex(0xff8f58), Rgb::hex(0xff8a4a), 0.30, 0.92),
            TimeOfDay::Night => (Rgb::hex(0x0a1030), Rgb::hex(0x2a3b78), Rgb::hex(0x243a80), 0.50, 0.80),
        };
        let (grey, cover) = match weather {
            Weather::Clear | Weather::Wind => (Rgb::hex(0x9fb0c0), 0.0),
            Weather::Cloudy => (Rgb::hex(0x98a2ae), 0.55),
            Weather::Rain => (Rgb::hex(0x6e7c8c), 0.65),
            Weather::Storm => (Rgb::hex(0x3a4252), 0.75),
            Weather::Snow => (Rgb::hex(0xc9d4e2), 0.60),
            Weather::Fog => (Rgb::hex(0xc4ccd2), 0.65),
        };
        let grey = if time == TimeOfDay::Night { grey.shade(0.35) } else { grey };
        let (tint, amount) = match mood {
            Mood::Sad => (tint.mix(Rgb::hex(0x5878a8), 0.5), amount + 0.08),
            Mood::Angry => (tint.mix(Rgb::hex(0xc03028), 0.4), amount + 0.06),
            Mood::Afraid | Mood::Mysterious => (tint.mix(Rgb::hex(0x403868), 0.5), amount + 0.10),
            Mood::Tender => (tint.mix(Rgb::hex(0xffb0b8), 0.5), amount + 0.06),
            Mood::Calm | Mood::Happy | Mood::Tense => (tint, amount),
        };
        // A lamp softens the night indoors.
        let (tint, amount, brightness) =
            if indoors && time == TimeOfDay::Night { (Rgb::hex(0xd8903c), 0.28, 0.86) } else { (tint, amount, brightness) };
        // Ink has no colour to tell the hour by: it stays light enough to be read, and the sky alone turns dark.
        let (amount, brightness) = if style == Style::Manga { (amount * 0.45, f64::sqrt(brightness) * 1.06) } else { (amount, brightness) };
        let saturation = match style {
            Style::Anime => 1.08,
            Style::Manga => 0.0,
            Style::Realistic => 0.62,
        } * (1.0 - 0.35 * cover);
        let ink = match style {
            Style::Manga => Rgb::hex(0x000000),
            Style::Anime => Rgb::hex(0x2a2433),
            Style::Realistic => Rgb::hex(0x101418),
        };
        Self { top: top.mix(grey, cover), low: low.mix(grey, cover), tint, amount, saturation, brightness, ink }
    }

    /// A thing's own colour in this light.
    #[must_use]
    pub fn lit(&self, colour: Rgb) -> Rgb {
        let mixed = colour.mix(self.tint, self.amount).shade(self.brightness);
        if self.saturation > 0.0 { mixed.saturate(self.saturation) } else { mixed }
    }

    /// Somebody's own colour in this light: faces stay readable by night, and white in manga.
    #[must_use]
    pub fn figure(&self, colour: Rgb) -> Rgb {
        if self.saturation <= 0.0 {
            return colour.shade(1.06);
        }
        colour.mix(self.tint, self.amount * 0.42).shade(self.brightness.max(0.93)).saturate(self.saturation.max(0.85))
    }

    /// A colour far away: towards the horizon's.
    #[must_use]
    pub fn far(&self, colour: Rgb, distance: f64) -> Rgb {
        self.lit(colour).mix(self.low, distance)
    }
}
