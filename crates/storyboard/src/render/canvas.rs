//! A still in the making: planes moved and laid over each other, particles, screentone. Films are made in the colours of video, see
//! [`super::frame`].

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use ports::film::Scene;

use super::{air::Air, tone};
use crate::picture::{Bitmap, Plane, stage::MARGIN};

/// Where the camera looks: an offset in pixels and an enlargement, for a plane of depth 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Camera {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) zoom: f64,
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

    /// Lays a plane over the frame, seen by the camera. The first one of a frame covers it.
    pub(super) fn plane(&mut self, plane: &Plane, camera: Camera) {
        let bitmap = &plane.bitmap;
        if bitmap.is_empty() {
            return;
        }
        let (w, h) = (self.w as f64, self.h as f64);
        let zoom = 1.0 + (camera.zoom - 1.0) * (0.35 + 0.65 * plane.depth);
        // What of the bitmap fills the frame.
        let (wide, high) = (w / zoom, h / zoom);
        let left = (w * MARGIN + (w - wide) / 2.0 + camera.x * plane.depth).clamp(0.0, f64::from(bitmap.w) - wide);
        let top = (h * MARGIN + (h - high) / 2.0 + camera.y * plane.depth).clamp(0.0, f64::from(bitmap.h) - high);
        // Only what is not empty is moved.
        let edge = |at: f64, from: f64, size: f64| ((at - from) * zoom).clamp(0.0, size);
        let x0 = edge(f64::from(bitmap.columns.0) - 1.0, left, w).floor();
        let x1 = edge(f64::from(bitmap.columns.1) + 1.0, left, w).ceil();
        let y0 = edge(f64::from(bitmap.rows.0) - 1.0, top, h).floor();
        let y1 = edge(f64::from(bitmap.rows.1) + 1.0, top, h).ceil();
        if x1 <= x0 || y1 <= y0 {
            return;
        }
        let crop_left = left + x0 / zoom;
        let crop_top = top + y0 / zoom;
        let crop_wide = ((x1 - x0) / zoom).min(f64::from(bitmap.w) - crop_left);
        let crop_high = ((y1 - y0) / zoom).min(f64::from(bitmap.h) - crop_top);
        let (width, height) = ((x1 - x0) as usize, (y1 - y0) as usize);
        self.scratch.resize(self.w * self.h * 4, 0);
        let Ok(source) = ImageRef::new(bitmap.w, bitmap.h, &bitmap.rgba, PixelType::U8x4) else { return };
        let Ok(mut target) = Image::from_slice_u8(width as u32, height as u32, &mut self.scratch[..width * height * 4], PixelType::U8x4)
        else {
            return;
        };
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Interpolation(FilterType::Bilinear))
            .crop(crop_left, crop_top, crop_wide, crop_high)
            .use_alpha(false);
        if self.resizer.resize(&source, &mut target, &options).is_err() {
            return;
        }
        if bitmap.solid && (width, height) == (self.w, self.h) {
            std::mem::swap(&mut self.rgba, &mut self.scratch);
            return;
        }
        for row in 0..height {
            let from = &self.scratch[row * width * 4..(row + 1) * width * 4];
            let start = ((y0 as usize + row) * self.w + x0 as usize) * 4;
            over(&mut self.rgba[start..start + width * 4], from);
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

    /// What floats in the air of a scene at a frame.
    pub(super) fn particles(&mut self, scene: &Scene, seed: u64, frame: u32) {
        let (w, h) = (self.w, self.h);
        let mut paint = |x: i64, y: i64, colour: [u8; 3], opacity: u32| {
            if x < 0 || y < 0 || x >= w as i64 || y >= h as i64 {
                return;
            }
            let at = (y as usize * w + x as usize) * 4;
            for (mine, theirs) in self.rgba[at..at + 3].iter_mut().zip(colour) {
                *mine = ((u32::from(*mine) * (255 - opacity) + u32::from(theirs) * opacity) / 255) as u8;
            }
        };
        Air { w, h, paint: &mut paint }.particles(scene, seed, frame);
    }

    /// Ink and three tones, the dots fixed to the screen so that they neither swim nor cost bits.
    pub(super) fn screentone(&mut self) {
        let tones = tone::tones();
        for (y, row) in self.rgba.chunks_exact_mut(self.w * 4).enumerate() {
            for (x, pixel) in row.chunks_exact_mut(4).enumerate() {
                let luma = (u32::from(pixel[0]) * 54 + u32::from(pixel[1]) * 183 + u32::from(pixel[2]) * 19) >> 8;
                let value = tone::tone(&tones, luma, x, y, self.h);
                pixel[..3].fill(value);
            }
        }
    }
}

/// Premultiplied `source` over opaque `target`. Most pixels are nothing or solid, in long runs.
fn over(target: &mut [u8], source: &[u8]) {
    for (t, s) in target.chunks_exact_mut(4).zip(source.chunks_exact(4)) {
        match s[3] {
            0 => {}
            255 => t.copy_from_slice(s),
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

#[cfg(test)]
mod tests {
    use super::*;

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
