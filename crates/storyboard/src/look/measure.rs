//! What can be measured of a picture: its colours by name, its light, where its subject is, whether there is text in it.

use image::{GenericImageView, imageops::FilterType};

/// The side to which a picture is brought before it is measured.
const SIDE: u32 = 192;

/// A colour in Chinese and in English.
pub(crate) type Colour = (&'static str, &'static str);

/// The shape of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Wider than high.
    Wide,
    /// Higher than wide.
    Tall,
    /// About as high as wide.
    Square,
}

/// How a picture is lit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    /// Bright nearly everywhere.
    High,
    /// Dark nearly everywhere.
    Low,
    /// Neither, without strong contrasts.
    Even,
    /// Neither, with strong contrasts.
    Hard,
}

/// What stands out from the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// Where it is.
    pub place: &'static str,
    /// How much of the picture it takes, in percent.
    pub share: u32,
    /// Whether the background is plain.
    pub plain: bool,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Looks {
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Its shape.
    pub shape: Shape,
    /// Its main colours and their shares in percent, the largest first.
    pub palette: Vec<(Colour, u32)>,
    /// How it is lit.
    pub light: Light,
    /// How much redder than blue it is on the whole; negative where it is bluer.
    pub warmth: i32,
    /// Whether its left half mirrors its right one.
    pub symmetric: bool,
    /// What stands out, if anything does.
    pub subject: Option<Subject>,
    /// Whether there seems to be text in it.
    pub text: bool,
}

/// A picture brought to a bounded size, as colours and brightness.
struct Field {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 3]>,
    bright: Vec<i32>,
}

impl Field {
    fn at(&self, x: usize, y: usize) -> i32 {
        self.bright[y * self.width + x]
    }
}

/// Measures a picture; none where it cannot be decoded.
#[must_use]
pub fn look(bytes: &[u8]) -> Option<Looks> {
    /// What a head with its metadata may unpack to, and the whole picture at most.
    const MOST: (u64, u64) = (16 << 20, 200 << 20);
    let reader = |most: u64| {
        let mut reader = image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().ok()?;
        let mut limits = image::Limits::default();
        limits.max_alloc = Some(most);
        reader.limits(limits);
        Some(reader)
    };
    let (width, height) = reader(MOST.0)?.into_dimensions().ok()?;
    let reader = reader((u64::from(width) * u64::from(height) * 8).min(MOST.1) + MOST.0)?;
    let picture = reader.decode().ok()?;
    let (width, height) = picture.dimensions();
    let small = picture.resize(SIDE, SIDE, FilterType::Triangle).to_rgba8();
    // What is transparent is looked at before white, as it is shown.
    let pixels: Vec<[u8; 3]> = small
        .pixels()
        .map(|pixel| {
            let [red, green, blue, alpha] = pixel.0.map(u32::from);
            [red, green, blue].map(|value| u8::try_from((value * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255))
        })
        .collect();
    let bright =
        pixels.iter().map(|[red, green, blue]| (299 * i32::from(*red) + 587 * i32::from(*green) + 114 * i32::from(*blue)) / 1000).collect();
    let field = Field { width: small.width() as usize, height: small.height() as usize, pixels, bright };
    Some(Looks {
        width,
        height,
        shape: match (width, height) {
            _ if width * 10 > height * 11 => Shape::Wide,
            _ if height * 10 > width * 11 => Shape::Tall,
            _ => Shape::Square,
        },
        palette: palette(&field),
        light: light(&field),
        warmth: warmth(&field),
        symmetric: symmetric(&field),
        subject: subject(&field),
        text: text(&field),
    })
}

/// The name of a colour.
fn name([red, green, blue]: [u8; 3]) -> Colour {
    let [red, green, blue] = [red, green, blue].map(i32::from);
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let (light, spread) = ((most + least) / 2, most - least);
    if spread < 24 || (light > 235 && spread < 40) {
        return match light {
            0..=40 => ("黑色", "black"),
            41..=110 => ("深灰", "dark grey"),
            111..=190 => ("灰色", "grey"),
            191..=230 => ("浅灰", "light grey"),
            _ => ("白色", "white"),
        };
    }
    let sixth = if most == red {
        (green - blue) * 60 / spread
    } else if most == green {
        120 + (blue - red) * 60 / spread
    } else {
        240 + (red - green) * 60 / spread
    };
    let hue = sixth.rem_euclid(360);
    match (hue, light) {
        (15..=45, ..=105) => ("棕色", "brown"),
        (0..=14 | 346..=359, 175..) | (331..=345, 120..) => ("粉色", "pink"),
        (0..=14 | 331..=359, _) => ("红色", "red"),
        (15..=45, 190..) => ("米色", "beige"),
        (15..=45, _) => ("橙色", "orange"),
        (46..=69, _) => ("黄色", "yellow"),
        (70..=164, ..=70) => ("墨绿", "dark green"),
        (70..=164, _) => ("绿色", "green"),
        (165..=199, _) => ("青色", "cyan"),
        (200..=254, ..=60) => ("藏蓝", "navy"),
        (200..=254, _) => ("蓝色", "blue"),
        _ => ("紫色", "purple"),
    }
}

fn palette(field: &Field) -> Vec<(Colour, u32)> {
    let mut counts: Vec<(Colour, usize)> = Vec::new();
    for pixel in &field.pixels {
        let colour = name(*pixel);
        match counts.iter_mut().find(|count| count.0 == colour) {
            Some(count) => count.1 += 1,
            None => counts.push((colour, 1)),
        }
    }
    counts.sort_by_key(|count| std::cmp::Reverse(count.1));
    let all = field.pixels.len().max(1);
    let shares = counts.into_iter().map(|(colour, count)| (colour, u32::try_from(count * 100 / all).unwrap_or(100)));
    let mut found: Vec<_> = shares.take(4).collect();
    found.retain(|(_, share)| *share >= 4);
    found
}

fn light(field: &Field) -> Light {
    let count = i32::try_from(field.bright.len()).unwrap_or(1).max(1);
    let mean = field.bright.iter().sum::<i32>() / count;
    let off = field.bright.iter().map(|bright| (bright - mean).abs()).sum::<i32>() / count;
    match (mean, off) {
        (185.., ..=55) => Light::High,
        (..=75, ..=55) => Light::Low,
        (_, 56..) => Light::Hard,
        _ => Light::Even,
    }
}

fn warmth(field: &Field) -> i32 {
    let count = i32::try_from(field.pixels.len()).unwrap_or(1).max(1);
    field.pixels.iter().map(|[red, _, blue]| i32::from(*red) - i32::from(*blue)).sum::<i32>() / count
}

fn symmetric(field: &Field) -> bool {
    let mut off = 0_i64;
    let mut count = 0_i64;
    for y in 0..field.height {
        for x in 0..field.width / 2 {
            off += i64::from((field.at(x, y) - field.at(field.width - 1 - x, y)).abs());
            count += 1;
        }
    }
    off < 14 * count.max(1)
}

/// The middle colour of the picture's edge, which is taken for the background's.
fn edge(field: &Field) -> [i32; 3] {
    let rim = |x: usize, y: usize| x < 4 || y < 4 || x + 4 >= field.width || y + 4 >= field.height;
    [0, 1, 2].map(|channel| {
        let mut values: Vec<i32> = (0..field.pixels.len())
            .filter(|index| rim(index % field.width, index / field.width))
            .map(|index| i32::from(field.pixels[index][channel]))
            .collect();
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or(0)
    })
}

fn subject(field: &Field) -> Option<Subject> {
    let background = edge(field);
    let differs = |pixel: &[u8; 3]| (0..3).map(|channel| (i32::from(pixel[channel]) - background[channel]).abs()).sum::<i32>() > 90;
    let (mut count, mut sum_x, mut sum_y, mut rim, mut rim_all) = (0_usize, 0_usize, 0_usize, 0_usize, 0_usize);
    for (index, pixel) in field.pixels.iter().enumerate() {
        let (x, y) = (index % field.width, index / field.width);
        let at_rim = x < 4 || y < 4 || x + 4 >= field.width || y + 4 >= field.height;
        rim_all += usize::from(at_rim);
        if differs(pixel) {
            count += 1;
            sum_x += x;
            sum_y += y;
            rim += usize::from(at_rim);
        }
    }
    let share = count * 100 / field.pixels.len().max(1);
    // What covers nearly everything, or nothing, or runs along the edge as much as inside, is no subject.
    let edges = rim * 100 / rim_all.max(1);
    if !(2..=85).contains(&share) || edges > 45 {
        return None;
    }
    let third = |sum: usize, length: usize| (sum * 3 / count.max(1) / length.max(1)).min(2);
    let place = [["左上", "上方", "右上"], ["左侧", "中央", "右侧"], ["左下", "下方", "右下"]][third(sum_y, field.height)]
        [third(sum_x, field.width)];
    Some(Subject { place, share: u32::try_from(share).unwrap_or(0), plain: edges < 8 })
}

/// Whether some lines have what writing has: many strokes of about one width close together, dark on light or light on dark.
fn text(field: &Field) -> bool {
    let mut lines = 0;
    for y in 0..field.height {
        let mut strokes: Vec<usize> = Vec::new();
        for x in 1..field.width {
            if (field.at(x, y) - field.at(x - 1, y)).abs() > 48 {
                strokes.push(x);
            }
        }
        // The densest stretch of the line: strokes not more than six pixels apart.
        let mut longest = 0;
        let mut run = 0;
        for pair in strokes.windows(2) {
            run = if pair[1] - pair[0] <= 6 { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        lines += usize::from(longest >= 10);
    }
    lines * 100 / field.height.max(1) >= 3
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

    use super::*;

    fn png(picture: RgbImage) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    fn filled(width: u32, height: u32, paint: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
        png(RgbImage::from_fn(width, height, |x, y| Rgb(paint(x, y))))
    }

    #[test]
    fn a_red_thing_on_white_is_found_where_it_is() {
        let on_white =
            filled(400, 300, |x, y| if (250..380).contains(&x) && (20..110).contains(&y) { [200, 20, 30] } else { [250, 250, 250] });
        let looks = look(&on_white).unwrap();
        assert_eq!((looks.shape, looks.light, looks.text), (Shape::Wide, Light::High, false));
        let colours: Vec<_> = looks.palette.iter().map(|(colour, _)| colour.1).collect();
        assert_eq!(colours, ["white", "red"]);
        let subject = looks.subject.unwrap();
        assert_eq!((subject.place, subject.plain), ("右上", true));
        assert!((8..12).contains(&subject.share), "{}", subject.share);
        assert!(!looks.symmetric);
    }

    #[test]
    fn a_dark_blue_evening_is_low_and_cool() {
        let looks = look(&filled(200, 400, |_, y| [5, 10, 40 + u8::try_from(y / 10).unwrap()])).unwrap();
        assert_eq!((looks.shape, looks.light, looks.symmetric), (Shape::Tall, Light::Low, true));
        assert!(looks.warmth < -20, "{}", looks.warmth);
        assert_eq!(looks.palette[0].0.1, "navy");
        assert_eq!(looks.subject, None);
    }

    #[test]
    fn lines_of_strokes_are_taken_for_text() {
        let written = filled(192, 192, |x, y| {
            let line = (40..60).contains(&(y % 80));
            if line && (30..160).contains(&x) && (x / 3) % 2 == 0 { [20, 20, 20] } else { [240, 240, 240] }
        });
        assert!(look(&written).unwrap().text);
        let plain = filled(192, 192, |x, _| [u8::try_from(x).unwrap(); 3]);
        assert!(!look(&plain).unwrap().text);
    }

    #[test]
    fn what_is_no_picture_is_not_looked_at() {
        for bad in [&b""[..], b"<svg/>", b"\x89PNG\r\n\x1a\nbroken"] {
            assert_eq!(look(bad), None);
        }
    }
}
