//! A frame of the film in the colours of video: planes are moved and laid over one another where brightness has all pixels and
//! colour a quarter of them, so that nothing is moved that will not be encoded.

use ports::film::{Scene, Style};

use super::{
    air::Air,
    canvas::Camera,
    ink::Ink,
    places::{Columns, Places, shift},
    tone,
};
use crate::picture::stage::MARGIN;

/// Where a plane stands in a frame.
struct Placed {
    columns: Columns,
    rows: Places,
    half_columns: Columns,
    half_rows: Places,
    /// The rows of the frame that it covers from edge to edge.
    solid: (usize, usize),
    /// Where it ends: what is below is hidden by something in front.
    end: usize,
}

/// One frame, and the room to make it in.
pub(super) struct Frame {
    pub(super) w: usize,
    pub(super) h: usize,
    luma: Vec<u8>,
    colours: [Vec<u8>; 2],
    row: Vec<u8>,
    moved: Vec<u8>,
    moved_alpha: Vec<u8>,
}

impl Frame {
    pub(super) fn new(w: usize, h: usize) -> Self {
        let colour = vec![128; w * h / 4];
        Self { w, h, luma: vec![16; w * h], colours: [colour.clone(), colour], row: Vec::new(), moved: vec![0; w], moved_alpha: vec![0; w] }
    }

    /// Lays planes over one another, the backmost first; it covers the frame. What an opaque plane in front hides is not drawn.
    pub(super) fn planes<'p>(&mut self, planes: impl Iterator<Item = &'p Ink>, camera: Camera) {
        let mut placed: Vec<(&Ink, Placed)> =
            planes.filter(|ink| ink.w > 1 && ink.h > 1).map(|ink| (ink, self.place(ink, camera))).collect();
        let mut hidden = self.h;
        for (_, placed) in placed.iter_mut().rev() {
            placed.end = hidden;
            if placed.solid.1 >= hidden {
                // Colour is laid in pairs of rows.
                hidden = hidden.min((placed.solid.0 + 1) & !1);
            }
        }
        for (ink, placed) in &placed {
            self.lay(ink, placed);
        }
    }

    fn place(&self, ink: &Ink, camera: Camera) -> Placed {
        let (w, h) = (self.w as f64, self.h as f64);
        let zoom = 1.0 + (camera.zoom - 1.0) * (0.35 + 0.65 * ink.depth);
        let (wide, high) = (w / zoom, h / zoom);
        let left = (w * MARGIN + (w - wide) / 2.0 + camera.x * ink.depth).clamp(0.0, (ink.w as f64 - wide).max(0.0));
        let top = (h * MARGIN + (h - high) / 2.0 + camera.y * ink.depth).clamp(0.0, (ink.h as f64 - high).max(0.0));
        let rows = Places::of(self.h, top, zoom, ink.h);
        // A row of the frame is opaque where both rows that it is mixed of are.
        let first = rows.samples.partition_point(|row| *row < ink.solid.0);
        let behind = rows.samples.partition_point(|row| row + 1 < ink.solid.1);
        Placed {
            columns: Columns::of(self.w, left, zoom, ink.w),
            half_columns: Columns::of(self.w / 2, left / 2.0, zoom, ink.w.div_ceil(2)),
            half_rows: Places::of(self.h / 2, top / 2.0, zoom, ink.h.div_ceil(2)),
            rows,
            solid: if first < behind { (first, behind) } else { (self.h, self.h) },
            end: self.h,
        }
    }

    fn lay(&mut self, ink: &Ink, placed: &Placed) {
        for y in 0..placed.end {
            let (row, share) = (placed.rows.samples[y], placed.rows.shares[y]);
            let solid = (placed.solid.0..placed.solid.1).contains(&y);
            let from = placed.columns.seen(both(ink.spans[row], ink.spans[(row + 1).min(ink.h - 1)]));
            if from.0 >= from.1 {
                continue;
            }
            let target = y * self.w;
            if solid {
                let out = &mut self.luma[target..target + self.w];
                shift(&ink.luma, row, share, &placed.columns, from, &mut self.row, out);
                continue;
            }
            shift(&ink.luma, row, share, &placed.columns, from, &mut self.row, &mut self.moved);
            shift(&ink.alpha, row, share, &placed.columns, from, &mut self.row, &mut self.moved_alpha);
            over(&mut self.luma[target + from.0..target + from.1], &self.moved[from.0..from.1], &self.moved_alpha[from.0..from.1]);
        }
        for y in 0..placed.end / 2 {
            let (row, share) = (placed.half_rows.samples[y], placed.half_rows.shares[y]);
            let solid = placed.solid.0 <= y * 2 && y * 2 + 2 <= placed.solid.1;
            let spans = (row * 2..(row * 2 + 4).min(ink.h)).map(|row| ink.spans[row]).reduce(both).unwrap_or((0, 0));
            let from = placed.half_columns.seen((spans.0 / 2, spans.1.div_ceil(2)));
            if from.0 >= from.1 {
                continue;
            }
            let target = y * self.w / 2;
            if !solid {
                shift(&ink.half_alpha, row, share, &placed.half_columns, from, &mut self.row, &mut self.moved_alpha);
            }
            for (part, colour) in ink.colours.iter().zip(&mut self.colours) {
                let out = &mut colour[target..target + self.w / 2];
                if solid {
                    shift(part, row, share, &placed.half_columns, from, &mut self.row, out);
                } else {
                    shift(part, row, share, &placed.half_columns, from, &mut self.row, &mut self.moved);
                    over(&mut out[from.0..from.1], &self.moved[from.0..from.1], &self.moved_alpha[from.0..from.1]);
                }
            }
        }
    }

    /// Lays a drawing of the frame's own size over it, `opacity` of 256.
    pub(super) fn still(&mut self, ink: &Ink, opacity: u32) {
        if opacity == 0 || (ink.w, ink.h) != (self.w, self.h) {
            return;
        }
        let opacity = opacity.min(256);
        for (y, (from, to)) in ink.spans.iter().enumerate().filter(|(_, span)| span.0 < span.1) {
            let (from, to) = (*from, (*to).min(self.w));
            fade(&mut self.luma[y * self.w + from..y * self.w + to], &ink.luma.row(y)[from..to], &ink.alpha.row(y)[from..to], opacity);
        }
        for y in 0..self.h / 2 {
            let (from, to) = both(ink.spans[y * 2], ink.spans[y * 2 + 1]);
            let (from, to) = (from / 2, (to / 2).min(self.w / 2));
            if from >= to {
                continue;
            }
            for (part, colour) in ink.colours.iter().zip(&mut self.colours) {
                let start = y * self.w / 2;
                fade(&mut colour[start + from..start + to], &part.row(y)[from..to], &ink.half_alpha.row(y)[from..to], opacity);
            }
        }
    }

    /// Mixes another frame in: 0 leaves this one, 256 is the other.
    pub(super) fn mix(&mut self, other: &Self, share: u32) {
        let share = share.min(256) as u16;
        let mix = |mine: &mut [u8], theirs: &[u8]| {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine = ((u16::from(*mine) * (256 - share) + u16::from(*theirs) * share) >> 8) as u8;
            }
        };
        mix(&mut self.luma, &other.luma);
        self.colours.iter_mut().zip(&other.colours).for_each(|(mine, theirs)| mix(mine, theirs));
    }

    /// Takes another frame's picture.
    pub(super) fn copy(&mut self, other: &Self) {
        self.luma.copy_from_slice(&other.luma);
        self.colours.iter_mut().zip(&other.colours).for_each(|(mine, theirs)| mine.copy_from_slice(theirs));
    }

    /// Darkens the whole frame: 256 leaves it, 0 is black.
    pub(super) fn dim(&mut self, level: u32) {
        if level >= 256 {
            return;
        }
        let level = level as i32;
        let towards = |bytes: &mut [u8], black: i32| {
            for byte in bytes {
                *byte = (black + (((i32::from(*byte) - black) * level) >> 8)) as u8;
            }
        };
        towards(&mut self.luma, 16);
        self.colours.iter_mut().for_each(|colour| towards(colour, 128));
    }

    /// What floats in the air of a scene at a frame.
    pub(super) fn particles(&mut self, scene: &Scene, seed: u64, frame: u32) {
        let (w, h) = (self.w, self.h);
        let mut paint = |x: i64, y: i64, colour: [u8; 3], opacity: u32| {
            if x < 0 || y < 0 || x >= w as i64 || y >= h as i64 || opacity == 0 {
                return;
            }
            let [r, g, b] = colour.map(i32::from);
            let towards =
                |byte: &mut u8, value: i32, share: i32| *byte = (i32::from(*byte) + (value - i32::from(*byte)) * share / 1020) as u8;
            let (x, y) = (x as usize, y as usize);
            towards(&mut self.luma[y * w + x], 16 + ((47 * r + 157 * g + 16 * b + 128) >> 8), opacity as i32 * 4);
            // A pixel is a quarter of its colour.
            let at = y / 2 * (w / 2) + x / 2;
            towards(&mut self.colours[0][at], 128 + ((-26 * r - 86 * g + 112 * b + 128) >> 8), opacity as i32);
            towards(&mut self.colours[1][at], 128 + ((112 * r - 102 * g - 10 * b + 128) >> 8), opacity as i32);
        };
        Air { w, h, paint: &mut paint }.particles(scene, seed, frame);
    }

    /// Ink and three tones, the dots fixed to the screen so that they neither swim nor cost bits.
    pub(super) fn screentone(&mut self) {
        let tones = tone::tones();
        for (y, row) in self.luma.chunks_exact_mut(self.w).enumerate() {
            for (x, value) in row.iter_mut().enumerate() {
                let bright = (u32::from(*value).saturating_sub(16) * 256 / 219).min(255);
                let shade = tone::tone(&tones, bright, x, y, self.h);
                *value = (16 + (u32::from(shade) * 219 + 127) / 255) as u8;
            }
        }
        self.colours.iter_mut().for_each(|colour| colour.fill(128));
    }

    /// The frame as planes of yuv420p in BT.709, with a little grain in realistic pictures.
    pub(super) fn yuv(&self, style: Style, frame: u32, out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(&self.luma);
        self.colours.iter().for_each(|colour| out.extend_from_slice(colour));
        if style == Style::Realistic {
            tone::grain(&mut out[..self.w * self.h], self.w, frame);
        }
    }
}

/// A span over both of two.
fn both(one: (usize, usize), other: (usize, usize)) -> (usize, usize) {
    match (one.0 < one.1, other.0 < other.1) {
        (true, true) => (one.0.min(other.0), one.1.max(other.1)),
        (true, false) => one,
        (false, _) => other,
    }
}

/// Premultiplied bytes over opaque ones.
fn over(target: &mut [u8], source: &[u8], alpha: &[u8]) {
    for ((target, source), alpha) in target.iter_mut().zip(source).zip(alpha) {
        // A division by 255 in sixteen bits.
        let under = u16::from(*target) * (255 - u16::from(*alpha)) + 128;
        *target = source.saturating_add(((under + (under >> 8)) >> 8) as u8);
    }
}

fn fade(target: &mut [u8], source: &[u8], alpha: &[u8], opacity: u32) {
    if opacity == 256 {
        return over(target, source, alpha);
    }
    let opacity = opacity as u16;
    for ((target, source), alpha) in target.iter_mut().zip(source).zip(alpha) {
        let (source, alpha) = ((u16::from(*source) * opacity) >> 8, (u16::from(*alpha) * opacity) >> 8);
        let under = u16::from(*target) * (255 - alpha) + 128;
        *target = (source + ((under + (under >> 8)) >> 8)).min(255) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{Bitmap, Plane};

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
        let plane = Ink::of_plane(&Plane {
            bitmap: Bitmap { w: wide, h: high, rgba, rows: (0, high), columns: (0, wide), solid: true },
            depth: 1.0,
        });
        let mut frame = Frame::new(w, h);
        let centres: Vec<f64> = (0..72)
            .map(|number| {
                let t = f64::from(number) / 71.0;
                frame.planes(std::iter::once(&plane), Camera { x: 12.0 * (t * t * (3.0 - 2.0 * t) - 0.5), y: 0.0, zoom: 1.0 + 0.04 * t });
                let pixels = frame.luma.iter().enumerate();
                let (sum, mass) = pixels.fold((0.0, 0.0), |(sum, mass), (index, pixel)| {
                    let weight = f64::from(*pixel) - 16.0;
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

    /// A red square before a blue plane, as it is and as video has it.
    #[test]
    fn colours_are_those_of_bt_709_and_what_is_hidden_is_not_missed() {
        let (w, h) = (64_usize, 48_usize);
        let (wide, high) = ((w as f64 * (1.0 + 2.0 * MARGIN)) as u32, (h as f64 * (1.0 + 2.0 * MARGIN)) as u32);
        let plane = |colour: [u8; 4], from: u32| {
            let rgba = (0..high).flat_map(|y| (0..wide).flat_map(move |_| if y >= from { colour } else { [0; 4] })).collect();
            Ink::of_plane(&Plane {
                bitmap: Bitmap { w: wide, h: high, rgba, rows: (0, high), columns: (0, wide), solid: from == 0 },
                depth: 1.0,
            })
        };
        let (blue, red, veil) = (plane([0, 0, 255, 255], 0), plane([255, 0, 0, 255], high / 2), plane([128, 128, 128, 128], 0));
        let mut frame = Frame::new(w, h);
        let camera = Camera { x: 1.3, y: -0.7, zoom: 1.03 };
        frame.planes([&blue, &red].into_iter(), camera);
        let at = |frame: &Frame, x: usize, y: usize| {
            let half = y / 2 * (w / 2) + x / 2;
            (frame.luma[y * w + x], frame.colours[0][half], frame.colours[1][half])
        };
        // ITU-R BT.709, limited range.
        assert_eq!((at(&frame, 9, 4), at(&frame, 60, 44)), ((32, 240, 118), (63, 102, 240)));
        frame.planes([&blue, &veil].into_iter(), camera);
        let (y, u, v) = at(&frame, 20, 20);
        assert!((133..=135).contains(&y) && (182..=186).contains(&u) && (121..=124).contains(&v), "half white over blue: {y} {u} {v}");
        frame.dim(0);
        assert_eq!(at(&frame, 20, 20), (16, 128, 128));
    }
}
