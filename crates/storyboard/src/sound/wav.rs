//! Voices from WAV files, and at the rate the mix needs.

use std::{io, path::Path};

use ports::speech::Sound;

/// Reads a WAV file of 16-bit samples; several channels are mixed to one.
pub(crate) fn read(path: &Path) -> io::Result<Sound> {
    Sound::from_wav(&std::fs::read(path)?).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not a 16-bit WAV file"))
}

/// The samples at another rate, by cubic interpolation.
pub(crate) fn resample(sound: &Sound, rate: u32) -> Vec<f32> {
    if sound.rate == rate {
        return sound.samples.clone();
    }
    let step = f64::from(sound.rate) / f64::from(rate);
    let count = (sound.samples.len() as f64 / step) as usize;
    let at = |index: isize| sound.samples.get(usize::try_from(index).unwrap_or(0)).copied().unwrap_or(0.0);
    (0..count)
        .map(|index| {
            let position = index as f64 * step;
            let base = position as isize;
            let t = (position - base as f64) as f32;
            let (a, b, c, d) = (at(base - 1), at(base), at(base + 1), at(base + 2));
            b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
        })
        .collect()
}
