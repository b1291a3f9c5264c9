//! A drawing in the colours of video: brightness and opacity of every pixel, colour of every fourth.

use crate::picture::{Bitmap, Plane};

/// One part of a picture: a byte a pixel.
pub(super) struct Part {
    pub(super) w: usize,
    pub(super) bytes: Vec<u8>,
}

impl Part {
    pub(super) fn row(&self, row: usize) -> &[u8] {
        &self.bytes[row * self.w..(row + 1) * self.w]
    }
}

/// A drawing in the colours of video, premultiplied by its alpha.
pub(super) struct Ink {
    pub(super) w: usize,
    pub(super) h: usize,
    /// 1 is near, 0 far.
    pub(super) depth: f64,
    pub(super) luma: Part,
    pub(super) alpha: Part,
    /// The two parts of colour, and the alpha that goes with them, at half the size.
    pub(super) colours: [Part; 2],
    pub(super) half_alpha: Part,
    /// Of each row, from which column to which one anything is drawn.
    pub(super) spans: Vec<(usize, usize)>,
    /// From which row to which one it is opaque from edge to edge: the longest such run.
    pub(super) solid: (usize, usize),
}

impl Ink {
    pub(super) fn of_plane(plane: &Plane) -> Self {
        Self { depth: plane.depth, ..Self::of(&plane.bitmap) }
    }

    pub(super) fn of(bitmap: &Bitmap) -> Self {
        let (w, h) = (bitmap.w as usize, bitmap.h as usize);
        let pixels = bitmap.rgba.as_chunks::<4>().0;
        let weigh = |[r, g, b, a]: [u32; 4], red: i32, green: i32, blue: i32, base: i32, over: i32| {
            let sum = red * r as i32 + green * g as i32 + blue * b as i32;
            // The base is as opaque as the pixel: the whole is premultiplied.
            ((base * a as i32 * 256 / 255 + sum + over * 128) / (over * 256)).clamp(0, 255) as u8
        };
        let luma = pixels.iter().map(|pixel| weigh(pixel.map(u32::from), 47, 157, 16, 16, 1)).collect();
        let alpha: Vec<u8> = pixels.iter().map(|pixel| pixel[3]).collect();
        let (half_w, half_h) = (w.div_ceil(2), h.div_ceil(2));
        let mut halves = [const { Vec::new() }; 3];
        for y in 0..half_h {
            let rows = [y * 2, (y * 2 + 1).min(h - 1)];
            for x in 0..half_w {
                let columns = [x * 2, (x * 2 + 1).min(w - 1)];
                let mut sum = [0_u32; 4];
                for at in rows.iter().flat_map(|row| columns.map(|column| row * w + column)) {
                    sum.iter_mut().zip(pixels[at]).for_each(|(sum, byte)| *sum += u32::from(byte));
                }
                halves[0].push(weigh(sum, -26, -86, 112, 128, 4));
                halves[1].push(weigh(sum, 112, -102, -10, 128, 4));
                halves[2].push(((sum[3] + 2) / 4) as u8);
            }
        }
        let part = |w, bytes| Part { w, bytes };
        let [first, second, half_alpha] = halves;
        let rows = alpha.chunks_exact(w.max(1));
        let spans: Vec<(usize, usize)> = rows.clone().map(span).collect();
        let (mut solid, mut start) = ((0, 0), 0);
        for (row, alphas) in rows.enumerate() {
            if alphas.iter().any(|alpha| *alpha < 255) {
                start = row + 1;
            } else if row + 1 - start > solid.1 - solid.0 {
                solid = (start, row + 1);
            }
        }
        Self {
            w,
            h,
            depth: 1.0,
            luma: part(w, luma),
            alpha: part(w, alpha),
            colours: [part(half_w, first), part(half_w, second)],
            half_alpha: part(half_w, half_alpha),
            spans,
            solid,
        }
    }
}

/// From which byte to which one a row is not empty, on even places.
fn span(row: &[u8]) -> (usize, usize) {
    match (row.iter().position(|alpha| *alpha > 0), row.iter().rposition(|alpha| *alpha > 0)) {
        (Some(first), Some(last)) => (first & !1, (last + 2) & !1),
        _ => (0, 0),
    }
}
