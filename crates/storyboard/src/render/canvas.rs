//! A frame in the making: planes moved and laid over each other, particles, screentone, grain, and the colours that video wants.

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use ports::film::{Place, Scene, Season, Style, TimeOfDay, Weather};

use crate::picture::{
    Bitmap, Plane,
    stage::{Dice, MARGIN},
};

/// Where the camera looks: an offset in pixels and an enlargement, for a plane of depth 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Camera {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) zoom: f64,
}

/// A plane, and what is known of it once for all frames.
pub(super) struct Layer {
    pub(super) plane: Plane,
    /// From which row to which one it is opaque from edge to edge: the longest such run.
    solid: (u32, u32),
}

impl Layer {
    pub(super) fn of(plane: Plane) -> Self {
        let bitmap = &plane.bitmap;
        let opaque = |row: &[u8]| row.chunks_exact(4).all(|pixel| pixel[3] == 255);
        let (mut best, mut start) = ((0, 0), 0);
        for (row, pixels) in (0..).zip(bitmap.rgba.chunks_exact(bitmap.w as usize * 4)) {
            if !opaque(pixels) {
                start = row + 1;
            } else if row + 1 - start > best.1 - best.0 {
                best = (start, row + 1);
            }
        }
        Self { plane, solid: best }
    }
}

/// Where a plane stands in a frame.
struct Placed {
    zoom: f64,
    /// The place of the frame's corner on the plane.
    left: f64,
    top: f64,
    /// The columns and rows of the frame that it touches.
    columns: (usize, usize),
    rows: (usize, usize),
    /// The rows that it covers from edge to edge.
    solid: (usize, usize),
}

/// Pixels of one frame, and the tools to fill them.
pub(super) struct Canvas {
    pub(super) w: usize,
    pub(super) h: usize,
    /// Four bytes a pixel, opaque.
    pub(super) rgba: Vec<u8>,
    resizer: Resizer,
    scratch: Vec<u8>,
}

impl Canvas {
    pub(super) fn new(w: usize, h: usize) -> Self {
        Self { w, h, rgba: vec![0; w * h * 4], resizer: Resizer::new(), scratch: Vec::new() }
    }

    /// The frame as PNG.
    pub(super) fn png(self, w: u32, h: u32) -> Vec<u8> {
        Bitmap { w, h, rgba: self.rgba, rows: (0, h), columns: (0, w), solid: true }.png()
    }

    /// Lays planes over one another, the backmost first; it covers the frame. What an opaque plane in front hides is not drawn.
    pub(super) fn planes<'p>(&mut self, planes: impl Iterator<Item = &'p Layer>, camera: Camera) {
        let placed: Vec<(&Layer, Placed)> = planes.filter_map(|layer| Some((layer, self.place(layer, camera)?))).collect();
        // From the front to the back: from which row on everything is hidden.
        let mut hidden = self.h;
        let mut ends = vec![0; placed.len()];
        for ((_, placed), end) in placed.iter().zip(&mut ends).rev() {
            *end = placed.rows.1.min(hidden);
            if placed.columns == (0, self.w) && placed.solid.1 >= hidden {
                hidden = hidden.min(placed.solid.0);
            }
        }
        for ((layer, placed), end) in placed.into_iter().zip(ends) {
            self.lay(layer, &placed, end);
        }
    }

    /// Lays one plane over the frame, seen by the camera.
    #[cfg(test)]
    fn plane(&mut self, plane: &Layer, camera: Camera) {
        self.planes(std::iter::once(plane), camera);
    }

    /// Where a plane stands in the frame; nowhere if it is empty.
    fn place(&self, layer: &Layer, camera: Camera) -> Option<Placed> {
        let (bitmap, depth) = (&layer.plane.bitmap, layer.plane.depth);
        if bitmap.is_empty() {
            return None;
        }
        let (w, h) = (self.w as f64, self.h as f64);
        let zoom = 1.0 + (camera.zoom - 1.0) * (0.35 + 0.65 * depth);
        // What of the bitmap fills the frame.
        let (wide, high) = (w / zoom, h / zoom);
        let left = (w * MARGIN + (w - wide) / 2.0 + camera.x * depth).clamp(0.0, f64::from(bitmap.w) - wide);
        let top = (h * MARGIN + (h - high) / 2.0 + camera.y * depth).clamp(0.0, f64::from(bitmap.h) - high);
        // Only what is not empty is moved.
        let edge = |at: f64, from: f64, size: f64| ((at - from) * zoom).clamp(0.0, size);
        let x0 = edge(f64::from(bitmap.columns.0) - 1.0, left, w).floor();
        let x1 = edge(f64::from(bitmap.columns.1) + 1.0, left, w).ceil();
        let y0 = edge(f64::from(bitmap.rows.0) - 1.0, top, h).floor();
        let y1 = edge(f64::from(bitmap.rows.1) + 1.0, top, h).ceil();
        if x1 <= x0 || y1 <= y0 {
            return None;
        }
        let rows = (y0 as usize, y1 as usize);
        // A row of the frame is opaque where both rows that it is mixed of are.
        let from = edge(f64::from(layer.solid.0) + 1.0, top, h).ceil() as usize;
        let to = if layer.solid.1 == bitmap.h { rows.1 } else { edge(f64::from(layer.solid.1) - 1.0, top, h).floor() as usize };
        let from = if layer.solid.0 == 0 { rows.0 } else { from };
        let solid = if layer.solid.0 < layer.solid.1 && from < to && x0 < 0.5 && x1 > w - 0.5 { (from, to) } else { (rows.1, rows.1) };
        Some(Placed { zoom, left, top, columns: (x0 as usize, x1 as usize), rows, solid })
    }

    /// Lays a plane over the frame, down to the row `end`.
    fn lay(&mut self, layer: &Layer, placed: &Placed, end: usize) {
        let (from, to) = (placed.solid.0.min(end), placed.solid.1.min(end));
        let (x0, x1) = placed.columns;
        for (start, stop, solid) in [(placed.rows.0, from, false), (from, to, true), (to, end, false)] {
            if start >= stop {
                continue;
            }
            let (width, height) = (x1 - x0, stop - start);
            if solid {
                let rows = start * self.w * 4..stop * self.w * 4;
                resize(&mut self.resizer, layer, placed, (start, stop), &mut self.rgba[rows]);
                continue;
            }
            self.scratch.resize(self.w * self.h * 4, 0);
            if !resize(&mut self.resizer, layer, placed, (start, stop), &mut self.scratch[..width * height * 4]) {
                continue;
            }
            for row in 0..height {
                let from = &self.scratch[row * width * 4..(row + 1) * width * 4];
                let start = ((start + row) * self.w + x0) * 4;
                over(&mut self.rgba[start..start + width * 4], from);
            }
        }
    }

    /// Lays a bitmap of the frame's own size over it, `opacity` of 256.
    pub(super) fn still(&mut self, bitmap: &Bitmap, opacity: u32) {
        if bitmap.is_empty() || opacity == 0 || bitmap.w as usize != self.w {
            return;
        }
        let (from, to) = (bitmap.columns.0 as usize * 4, bitmap.columns.1 as usize * 4);
        for row in bitmap.rows.0 as usize..bitmap.rows.1 as usize {
            let start = row * self.w * 4;
            let source = &bitmap.rgba[start + from..start + to];
            let target = &mut self.rgba[start + from..start + to];
            if opacity >= 256 {
                over(target, source);
            } else {
                for (t, s) in target.chunks_exact_mut(4).zip(source.chunks_exact(4)) {
                    let rest = 255 - ((u32::from(s[3]) * opacity) >> 8);
                    for channel in 0..3 {
                        t[channel] = (((u32::from(s[channel]) * opacity) >> 8) + u32::from(t[channel]) * rest / 255) as u8;
                    }
                }
            }
        }
    }

    /// Mixes another frame in: 0 leaves this one, 256 is the other.
    pub(super) fn mix(&mut self, other: &Self, share: u32) {
        for (mine, theirs) in self.rgba.iter_mut().zip(&other.rgba) {
            *mine = ((u32::from(*mine) * (256 - share) + u32::from(*theirs) * share) >> 8) as u8;
        }
    }

    /// Darkens the whole frame: 256 leaves it, 0 is black.
    pub(super) fn dim(&mut self, level: u32) {
        if level < 256 {
            for byte in &mut self.rgba {
                *byte = ((u32::from(*byte) * level) >> 8) as u8;
            }
        }
    }

    /// What floats in the air of a scene at a frame.
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
                self.blend(px, py, colour, (cover * f64::from(opacity)) as u32);
            }
        }
    }

    fn streak(&mut self, x: f64, y: f64, slope: f64, length: f64, opacity: u32) {
        for step in 0..length as i64 {
            let px = x + slope * step as f64;
            let share = px - px.floor();
            self.blend(px as i64, y as i64 + step, [214, 226, 240], (f64::from(opacity) * (1.0 - share)) as u32);
            self.blend(px as i64 + 1, y as i64 + step, [214, 226, 240], (f64::from(opacity) * share) as u32);
        }
    }

    fn blend(&mut self, x: i64, y: i64, colour: [u8; 3], opacity: u32) {
        if x < 0 || y < 0 || x >= self.w as i64 || y >= self.h as i64 || opacity == 0 {
            return;
        }
        let at = (y as usize * self.w + x as usize) * 4;
        for (mine, theirs) in self.rgba[at..at + 3].iter_mut().zip(colour) {
            *mine = ((u32::from(*mine) * (255 - opacity) + u32::from(theirs) * opacity) / 255) as u8;
        }
    }

    /// Ink and three tones, the dots fixed to the screen so that they neither swim nor cost bits.
    pub(super) fn screentone(&mut self) {
        let tones = tones();
        for (y, row) in self.rgba.chunks_exact_mut(self.w * 4).enumerate() {
            for (x, pixel) in row.chunks_exact_mut(4).enumerate() {
                let luma = (u32::from(pixel[0]) * 54 + u32::from(pixel[1]) * 183 + u32::from(pixel[2]) * 19) >> 8;
                let cell = (((x + y) & 7) << 3) | ((x + 8 * self.h - y) & 7);
                let value = match luma {
                    0..=43 => 14,
                    44..=92 => tones[0][cell],
                    93..=146 => tones[1][cell],
                    147..=201 => tones[2][cell],
                    _ => 252,
                };
                pixel[..3].fill(value);
            }
        }
    }

    /// The frame as planes of yuv420p in BT.709, with a little grain in realistic pictures.
    pub(super) fn yuv(&self, style: Style, frame: u32, out: &mut Vec<u8>) {
        let (w, h) = (self.w, self.h);
        out.resize(w * h * 3 / 2, 0);
        let (luma, chroma) = out.split_at_mut(w * h);
        let (u_plane, v_plane) = chroma.split_at_mut(w * h / 4);
        // Whole words and masks, so that the compiler takes several pixels at once.
        let pixels = self.rgba.as_chunks::<4>().0;
        for (y_out, pixel) in luma.iter_mut().zip(pixels) {
            let pixel = u32::from_le_bytes(*pixel);
            let (r, g, b) = (pixel & 255, pixel >> 8 & 255, pixel >> 16 & 255);
            *y_out = (16 + ((47 * r + 157 * g + 16 * b + 128) >> 8)) as u8;
        }
        let rows = self.rgba.chunks_exact(w * 8).zip(u_plane.chunks_exact_mut(w / 2).zip(v_plane.chunks_exact_mut(w / 2)));
        for (pair, (us, vs)) in rows {
            let (top, bottom) = pair.split_at(w * 4);
            let blocks = top.as_chunks::<8>().0.iter().zip(bottom.as_chunks::<8>().0);
            for ((a, b), (u, v)) in blocks.zip(us.iter_mut().zip(vs)) {
                let (a, b) = (u64::from_le_bytes(*a), u64::from_le_bytes(*b));
                // Red and blue of both pixels in fields of 16 bits, then green.
                let mask = 0x00ff_00ff_00ff_00ff;
                let (even, odd) = ((a & mask) + (b & mask), (a >> 8 & mask) + (b >> 8 & mask));
                let (even, odd) = (even + (even >> 32), odd + (odd >> 32));
                let (r, bl, g) = ((even & 0xffff) as i32, (even >> 16 & 0xffff) as i32, (odd & 0xffff) as i32);
                *u = (128 + ((-26 * r - 86 * g + 112 * bl + 512) >> 10)) as u8;
                *v = (128 + ((112 * r - 102 * g - 10 * bl + 512) >> 10)) as u8;
            }
        }
        if style == Style::Realistic {
            grain(luma, w, frame);
        }
    }
}

/// Draws some rows of the frame from a plane.
fn resize(resizer: &mut Resizer, layer: &Layer, placed: &Placed, rows: (usize, usize), out: &mut [u8]) -> bool {
    let bitmap = &layer.plane.bitmap;
    let (width, height) = (placed.columns.1 - placed.columns.0, rows.1 - rows.0);
    let left = placed.left + placed.columns.0 as f64 / placed.zoom;
    let top = placed.top + rows.0 as f64 / placed.zoom;
    let wide = (width as f64 / placed.zoom).min(f64::from(bitmap.w) - left);
    let high = (height as f64 / placed.zoom).min(f64::from(bitmap.h) - top);
    let Ok(source) = ImageRef::new(bitmap.w, bitmap.h, &bitmap.rgba, PixelType::U8x4) else { return false };
    let Ok(mut target) = Image::from_slice_u8(width as u32, height as u32, out, PixelType::U8x4) else { return false };
    let options =
        ResizeOptions::new().resize_alg(ResizeAlg::Interpolation(FilterType::Bilinear)).crop(left, top, wide, high).use_alpha(false);
    resizer.resize(&source, &mut target, &options).is_ok()
}

/// Premultiplied `source` over opaque `target`. Most pixels are nothing or solid, in long runs.
fn over(target: &mut [u8], source: &[u8]) {
    let (targets, rest) = target.as_chunks_mut::<32>();
    let (sources, source_rest) = source.as_chunks::<32>();
    for (t, s) in targets.iter_mut().zip(sources) {
        // Eight pixels at once: their alphas are every fourth byte.
        let words = s.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word) & 0xff00_0000_ff00_0000);
        let (any, all) = words.fold((0, u64::MAX), |(any, all), word| (any | word, all & word));
        if any == 0 {
            continue;
        }
        if all == 0xff00_0000_ff00_0000 {
            *t = *s;
        } else {
            blend_over(t, s);
        }
    }
    blend_over(rest, source_rest);
}

fn blend_over(target: &mut [u8], source: &[u8]) {
    for (t, s) in target.as_chunks_mut::<4>().0.iter_mut().zip(source.as_chunks::<4>().0) {
        match s[3] {
            0 => {}
            255 => *t = *s,
            alpha => {
                let rest = 255 - u32::from(alpha);
                // A shift instead of a division: 257/65536 is 1/255 to within half a step.
                for channel in 0..3 {
                    t[channel] = (u32::from(s[channel]) + ((u32::from(t[channel]) * rest * 257 + 32_896) >> 16)).min(255) as u8;
                }
            }
        }
    }
}

/// Tiles of dots on a diagonal grid, dark to light.
fn tones() -> [[u8; 64]; 3] {
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

fn grain(luma: &mut [u8], w: usize, frame: u32) {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A soft spot on a plane, moved as the camera moves: its measured motion changes evenly from frame to frame.
    #[test]
    fn motion_is_smooth_to_a_twentieth_of_a_pixel() {
        let (w, h) = (320_usize, 240_usize);
        let (wide, high) = ((w as f64 * (1.0 + 2.0 * MARGIN)) as u32, (h as f64 * (1.0 + 2.0 * MARGIN)) as u32);
        let mut rgba = Vec::new();
        for y in 0..high {
            for x in 0..wide {
                let (dx, dy) = (f64::from(x) - f64::from(wide) / 2.0, f64::from(y) - f64::from(high) / 2.0);
                let value = (250.0 * (-(dx * dx + dy * dy) / 180.0).exp()) as u8;
                rgba.extend([value, value, value, 255]);
            }
        }
        let plane =
            Layer::of(Plane { bitmap: Bitmap { w: wide, h: high, rgba, rows: (0, high), columns: (0, wide), solid: true }, depth: 1.0 });
        let mut canvas = Canvas::new(w, h);
        let centres: Vec<f64> = (0..72)
            .map(|frame| {
                let t = f64::from(frame) / 71.0;
                canvas.plane(&plane, Camera { x: 12.0 * (t * t * (3.0 - 2.0 * t) - 0.5), y: 0.0, zoom: 1.0 + 0.04 * t });
                let pixels = canvas.rgba.chunks_exact(4).enumerate();
                let (sum, mass) = pixels.fold((0.0, 0.0), |(sum, mass), (index, pixel)| {
                    let weight = f64::from(pixel[0]);
                    (sum + weight * (index % w) as f64, mass + weight)
                });
                sum / mass
            })
            .collect();
        let speed: Vec<f64> = centres.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let change: Vec<f64> = speed.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let jitter = (change.iter().map(|value| value * value).sum::<f64>() / change.len() as f64).sqrt();
        assert!(jitter < 0.05, "{jitter:.4} px");
    }

    #[test]
    fn tones_are_fixed_to_the_screen() {
        let mut canvas = Canvas::new(64, 64);
        canvas.rgba.fill(120);
        canvas.screentone();
        let once = canvas.rgba.clone();
        canvas.rgba.fill(120);
        canvas.screentone();
        assert!(once == canvas.rgba);
        let values: std::collections::BTreeSet<u8> = once.chunks_exact(4).map(|pixel| pixel[0]).collect();
        assert!(values.contains(&26) && values.iter().any(|value| *value > 200), "{values:?}");
    }
}
