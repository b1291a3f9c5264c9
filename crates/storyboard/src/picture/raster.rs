//! SVG to pixels, and what is done to pixels before they are moved.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb::Database},
};
use skrifa::{FontRef, MetadataProvider};

/// Premultiplied RGBA pixels.
#[derive(Debug, Clone)]
pub struct Bitmap {
    /// Width in pixels.
    pub w: u32,
    /// Height in pixels.
    pub h: u32,
    /// Four bytes a pixel.
    pub rgba: Vec<u8>,
    /// The rows that are not empty.
    pub rows: (u32, u32),
    /// The columns that are not empty.
    pub columns: (u32, u32),
    /// Whether every pixel is opaque.
    pub solid: bool,
}

impl Bitmap {
    fn new(pixmap: Pixmap) -> Self {
        let (w, h) = (pixmap.width(), pixmap.height());
        let mut bitmap = Self { w, h, rgba: pixmap.take(), rows: (0, h), columns: (0, w), solid: false };
        bitmap.bound();
        bitmap
    }

    /// Finds what is not empty.
    fn bound(&mut self) {
        let width = self.w as usize * 4;
        let filled = |row: &[u8]| row.chunks_exact(4).any(|pixel| pixel[3] > 0);
        let rows: Vec<bool> = self.rgba.chunks_exact(width).map(filled).collect();
        let first = rows.iter().position(|filled| *filled).unwrap_or(0);
        let last = rows.iter().rposition(|filled| *filled).map_or(first, |last| last + 1);
        let (mut left, mut right) = (self.w as usize, 0);
        for row in self.rgba.chunks_exact(width).skip(first).take(last - first) {
            let start = row.chunks_exact(4).position(|pixel| pixel[3] > 0);
            let end = row.chunks_exact(4).rposition(|pixel| pixel[3] > 0);
            if let (Some(start), Some(end)) = (start, end) {
                left = left.min(start);
                right = right.max(end + 1);
            }
        }
        self.rows = (first as u32, last as u32);
        self.columns = (left.min(right) as u32, right as u32);
        self.solid = self.rgba.chunks_exact(4).all(|pixel| pixel[3] == 255);
    }

    /// Whether there is nothing on it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.0 >= self.rows.1
    }

    /// The picture as PNG; nothing where the encoder fails, which it does not on memory.
    #[must_use]
    pub fn png(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, self.w, self.h);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        let rgb: Vec<u8> = self.rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&rgb));
        if written.is_err() {
            out.clear();
        }
        out
    }
}

/// The fonts: only the files that are used, mapped rather than read.
const FONTS: [&str; 4] = [
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
];

static DATABASE: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut database = Database::new();
    for path in FONTS {
        // One that is missing is told of by `fonts_lack`.
        let _ = database.load_font_file(path);
    }
    if database.is_empty() {
        database.load_system_fonts();
    }
    Arc::new(database)
});

/// What is missing for text on pictures, if anything.
#[must_use]
pub fn fonts_lack() -> Option<String> {
    let found = DATABASE.faces().any(|face| face.families.iter().any(|(family, _)| family == "Noto Sans CJK SC"));
    (!found).then(|| "the font Noto Sans CJK SC is not installed (apt-get install fonts-noto-cjk)".to_owned())
}

/// Those of some characters that no font here draws; none where there are no fonts at all.
#[must_use]
pub fn undrawn(chars: &BTreeSet<char>) -> BTreeSet<char> {
    let family = "Noto Sans CJK SC";
    let face = DATABASE.faces().find(|face| face.families.iter().any(|(known, _)| known == family));
    let lacking = |data: &[u8], index: u32| {
        let font = FontRef::from_index(data, index).ok()?;
        Some(chars.iter().copied().filter(|c| font.charmap().map(*c).is_none()).collect())
    };
    face.and_then(|face| DATABASE.with_face_data(face.id, lacking)).flatten().unwrap_or_default()
}

/// Draws SVG elements, given in the coordinates of `window` (left, top, width, height), to so many pixels.
#[must_use]
pub fn rasterise(svg: &str, window: (f64, f64, f64, f64), w: u32, h: u32) -> Bitmap {
    let (left, top, width, height) = window;
    let document = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"{left:.2} {top:.2} {width:.2} {height:.2}\" preserveAspectRatio=\"none\">{svg}</svg>"
    );
    let options = Options { fontdb: Arc::clone(&DATABASE), font_family: "Noto Sans CJK SC".to_owned(), ..Options::default() };
    let mut pixmap = Pixmap::new(w.max(1), h.max(1)).expect("a picture has a size");
    match Tree::from_str(&document, &options) {
        Ok(tree) => resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut()),
        // Our own drawing is wrong: a test over all places and things keeps it right; a film goes on without this layer.
        Err(error) => tracing::error!(%error, "a drawing is not SVG"),
    }
    Bitmap::new(pixmap)
}

/// Takes the colour out.
pub(super) fn grey(bitmap: &mut Bitmap) {
    for pixel in bitmap.rgba.chunks_exact_mut(4) {
        let luma = ((u32::from(pixel[0]) * 54 + u32::from(pixel[1]) * 183 + u32::from(pixel[2]) * 19) >> 8) as u8;
        pixel[..3].fill(luma);
    }
}

/// Blurs a little: three passes of a box of `radius`, which is close to a bell curve.
pub(super) fn soften(bitmap: &mut Bitmap, radius: usize) {
    if radius == 0 || bitmap.is_empty() {
        return;
    }
    let (w, h) = (bitmap.w as usize, bitmap.h as usize);
    for _ in 0..2 {
        for row in 0..h {
            box_line(&mut bitmap.rgba, row * w, 1, w, radius);
        }
        for column in 0..w {
            box_line(&mut bitmap.rgba, column, w, h, radius);
        }
    }
    bitmap.bound();
}

fn box_line(rgba: &mut [u8], start: usize, stride: usize, count: usize, radius: usize) {
    let mut line: Vec<[u8; 4]> = Vec::with_capacity(count);
    for index in 0..count {
        let at = (start + index * stride) * 4;
        line.push([rgba[at], rgba[at + 1], rgba[at + 2], rgba[at + 3]]);
    }
    let pick = |index: isize| line[index.clamp(0, count as isize - 1) as usize];
    let mut sum = [0_u32; 4];
    for index in -(radius as isize)..=radius as isize {
        for (channel, value) in sum.iter_mut().zip(pick(index)) {
            *channel += u32::from(value);
        }
    }
    let size = 2 * radius as u32 + 1;
    for index in 0..count {
        let at = (start + index * stride) * 4;
        for channel in 0..4 {
            rgba[at + channel] = (sum[channel] / size) as u8;
        }
        let (enters, leaves) = (pick(index as isize + radius as isize + 1), pick(index as isize - radius as isize));
        for channel in 0..4 {
            sum[channel] = sum[channel] + u32::from(enters[channel]) - u32::from(leaves[channel]);
        }
    }
}

/// Makes flat colours uneven, as ground, walls and clouds are: smooth noise of several sizes.
pub(super) fn texture(bitmap: &mut Bitmap, seed: u64, strength: f32) {
    let (w, h) = (bitmap.w as usize, bitmap.h as usize);
    let noise = Noise(seed);
    // Half the size is enough, and four times as quick.
    let (half_w, half_h) = (w / 2 + 1, h / 2 + 1);
    let mut field = vec![0.0_f32; half_w * half_h];
    for y in 0..half_h {
        for x in 0..half_w {
            let (fx, fy) = (x as f32, y as f32);
            field[y * half_w + x] =
                noise.at(fx / 90.0, fy / 36.0) * 0.5 + noise.at(fx / 30.0, fy / 14.0) * 0.3 + noise.at(fx / 7.0, fy / 4.0) * 0.2 - 0.5;
        }
    }
    for y in 0..h {
        for x in 0..w {
            let at = (y * w + x) * 4;
            let alpha = bitmap.rgba[at + 3];
            if alpha == 0 {
                continue;
            }
            let factor = 1.0 + strength * field[(y / 2) * half_w + x / 2];
            for channel in &mut bitmap.rgba[at..at + 3] {
                *channel = (f32::from(*channel) * factor).clamp(0.0, f32::from(alpha)) as u8;
            }
        }
    }
}

/// Smooth noise from 0 to 1.
struct Noise(u64);

impl Noise {
    fn corner(&self, x: i32, y: i32) -> f32 {
        let mut z = (self.0 as u32) ^ (x as u32).wrapping_mul(0x85eb_ca6b) ^ (y as u32).wrapping_mul(0xc2b2_ae35);
        z = (z ^ (z >> 15)).wrapping_mul(0x2c1b_3c6d);
        z = (z ^ (z >> 12)).wrapping_mul(0x297a_2d39);
        ((z ^ (z >> 15)) >> 8) as f32 / (1 << 24) as f32
    }

    fn at(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
        let (u, v) = (smooth(x - left), smooth(y - top));
        let (ix, iy) = (left as i32, top as i32);
        let mix = |a: f32, b: f32, t: f32| a + (b - a) * t;
        mix(mix(self.corner(ix, iy), self.corner(ix + 1, iy), u), mix(self.corner(ix, iy + 1), self.corner(ix + 1, iy + 1), u), v)
    }
}
