//! What is laid over all pixels alike: the tones of manga, and grain.

use crate::picture::stage::Dice;

/// Ink, one of three tones, or paper, for a brightness of 255 at a place of a picture so high. The dots are fixed to the screen, so
/// that they neither swim nor cost bits.
pub(super) fn tone(tones: &[[u8; 64]; 3], luma: u32, x: usize, y: usize, h: usize) -> u8 {
    let cell = (((x + y) & 7) << 3) | ((x + 8 * h - y) & 7);
    match luma {
        0..=43 => 14,
        44..=92 => tones[0][cell],
        93..=146 => tones[1][cell],
        147..=201 => tones[2][cell],
        _ => 252,
    }
}

/// Tiles of dots on a diagonal grid, dark to light.
pub(super) fn tones() -> [[u8; 64]; 3] {
    let mut tiles = [[0; 64]; 3];
    for (tile, (radius, inverse)) in tiles.iter_mut().zip([(2.6, true), (3.1, false), (1.9, false)]) {
        for (cell, value) in tile.iter_mut().enumerate() {
            let (u, v) = ((cell >> 3) as f64 - 3.5, (cell & 7) as f64 - 3.5);
            let distance = (u * u + v * v).sqrt();
            let inside = (radius + 0.5 - distance).clamp(0.0, 1.0);
            let (dot, ground) = if inverse { (236.0, 26.0) } else { (26.0, 250.0) };
            *value = (ground + (dot - ground) * inside) as u8;
        }
    }
    tiles
}

/// Lays a little grain over brightness.
pub(super) fn grain(luma: &mut [u8], w: usize, frame: u32) {
    let shift = (frame as usize * 7919) % 4096;
    for (row, values) in luma.chunks_exact_mut(w).enumerate() {
        // Each pixel takes the third sample on; a third of a place, modulo 4096, is 2731 places.
        let mut at = ((row * (3 * w + 61) + shift) * 2731) & 4095;
        let mut rest = values;
        while !rest.is_empty() {
            let (run, behind) = rest.split_at_mut(rest.len().min(4096 - at));
            for (value, noise) in run.iter_mut().zip(&THIRDS[at..]) {
                *value = value.saturating_add_signed(*noise);
            }
            (rest, at) = (behind, 0);
        }
    }
}

/// Every third sample of the noise, in a row.
static THIRDS: std::sync::LazyLock<Vec<i8>> = std::sync::LazyLock::new(|| (0..4096).map(|index| NOISE[(index * 3) & 4095]).collect());

/// Noise of at most three steps of 255.
static NOISE: std::sync::LazyLock<Vec<i8>> = std::sync::LazyLock::new(|| {
    let mut dice = Dice::new(0x006f_11a1);
    (0..4096).map(|_| (dice.range(-1.0, 1.0) + dice.range(-1.0, 1.0) + dice.range(-1.0, 1.0)).round() as i8).collect()
});
