//! The stage a picture is drawn on: its size, its light, and the strokes that all drawings share. Coordinates are pixels of the
//! frame; drawings reach beyond its edges, because the camera moves.

use std::fmt::{Display, Write};

use ports::film::{Aspect, Language, Period, Scene, Season, Sign, Style, Weather};

use super::light::{Light, Rgb};

/// How far beyond each edge is drawn, as a share of the size.
pub const MARGIN: f64 = 0.07;

/// A small generator (SplitMix64): the same seed draws the same picture.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The dice of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`.
    pub fn range(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One of `count`.
    pub fn pick(&mut self, count: usize) -> usize {
        usize::try_from(self.bits() % count.max(1) as u64).unwrap_or(0)
    }
}

/// Where a scene is drawn.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Width in pixels.
    pub w: f64,
    /// Height in pixels.
    pub h: f64,
    /// Where the sky meets the ground.
    pub horizon: f64,
    /// A hundredth of the smaller side.
    pub u: f64,
    /// The shape.
    pub aspect: Aspect,
    /// The look.
    pub style: Style,
    /// The light.
    pub light: Light,
    /// When the story is set.
    pub period: Period,
    /// Old China.
    pub classical: bool,
    /// Telephones and screens.
    pub modern: bool,
    /// The language of signs.
    pub language: Language,
    /// The time of year, where it is told.
    pub season: Option<Season>,
    /// Snow lies.
    pub snow: bool,
    /// The text tells of sun or moon, whatever else the sky does.
    pub shines: bool,
    /// The place is seen from its other side: what is written on it is turned back.
    pub mirrored: bool,
}

impl Stage {
    /// The stage of a scene.
    #[must_use]
    pub fn new(scene: &Scene, style: Style, aspect: Aspect, period: Period, language: Language) -> Self {
        let (w, h) = aspect.size();
        let (w, h) = (f64::from(w), f64::from(h));
        let horizon = h * if aspect == Aspect::Tall { 0.56 } else { 0.60 };
        Self {
            w,
            h,
            horizon,
            u: w.min(h) / 100.0,
            aspect,
            style,
            light: Light::of(style, scene.time, scene.weather, scene.mood, scene.place.indoors()),
            period,
            classical: matches!(period, Period::Ancient | Period::Republican),
            modern: matches!(period, Period::Modern | Period::School),
            language,
            season: scene.season,
            snow: scene.weather == Weather::Snow || scene.season == Some(Season::Winter) || scene.signs.contains(&Sign::Snow),
            shines: scene.signs.iter().any(|sign| matches!(sign, Sign::Sun | Sign::Moon)),
            mirrored: false,
        }
    }

    /// The colour of leaves and crops at this time of year.
    #[must_use]
    pub fn leaf(&self, dice: &mut Dice, summer: u32) -> Rgb {
        let colour = match self.season {
            _ if self.snow => [0xd4dee6, 0xc6d2dc][dice.pick(2)],
            Some(Season::Autumn) => [0xd8702c, 0xe0a030, 0xc0482c, 0xd89038][dice.pick(4)],
            Some(Season::Spring) => [0xf2b0c4, 0xf6c6d4, 0x9ccf6a, 0xf8dce4][dice.pick(4)],
            Some(Season::Summer | Season::Winter) | None => summer,
        };
        self.c(colour)
    }

    /// Words on a thing, around a middle.
    #[must_use]
    pub fn text(&self, x: f64, y: f64, size: f64, fill: impl Display, words: &str) -> String {
        let back = if self.mirrored { format!(" transform=\"translate({:.1} 0) scale(-1 1)\"", x * 2.0) } else { String::new() };
        format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\"{back} font-family=\"Noto Sans CJK SC\" font-weight=\"700\" font-size=\"{size:.1}\" fill=\"{fill}\" text-anchor=\"middle\">{words}</text>"
        )
    }

    /// Left edge of what is drawn.
    #[must_use]
    pub fn left(&self) -> f64 {
        -self.w * MARGIN * 1.2
    }

    /// Right edge of what is drawn.
    #[must_use]
    pub fn right(&self) -> f64 {
        self.w * (1.0 + MARGIN * 1.2)
    }

    /// Lower edge of what is drawn.
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.h * (1.0 + MARGIN * 1.2)
    }

    /// Upper edge of what is drawn.
    #[must_use]
    pub fn top(&self) -> f64 {
        -self.h * MARGIN * 1.2
    }

    /// A thing's colour in this light, from a number such as `0x3366ff`.
    #[must_use]
    pub fn c(&self, number: u32) -> Rgb {
        self.light.lit(Rgb::hex(number))
    }

    /// Somebody's own colour in this light.
    #[must_use]
    pub fn figure(&self, number: u32) -> Rgb {
        self.light.figure(Rgb::hex(number))
    }

    /// The attributes of an outline: ink in manga, a fine line in anime, none in realistic pictures.
    #[must_use]
    pub fn ink(&self) -> String {
        self.line(1.0)
    }

    /// An outline so many times as wide as usual.
    #[must_use]
    pub fn line(&self, width: f64) -> String {
        match self.style {
            Style::Anime => format!(
                "stroke=\"{}\" stroke-opacity=\"0.55\" stroke-width=\"{:.2}\" stroke-linejoin=\"round\" stroke-linecap=\"round\"",
                self.light.ink,
                self.u * 0.22 * width
            ),
            Style::Manga => {
                format!("stroke=\"#000\" stroke-width=\"{:.2}\" stroke-linejoin=\"round\" stroke-linecap=\"round\"", self.u * 0.42 * width)
            }
            Style::Realistic => "stroke=\"none\"".to_owned(),
        }
    }

    /// A rectangle.
    #[must_use]
    pub fn rect(&self, x: f64, y: f64, w: f64, h: f64, fill: impl Display) -> String {
        format!("<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" fill=\"{fill}\" {}/>", self.ink())
    }

    /// A path.
    #[must_use]
    pub fn path(&self, d: &str, fill: impl Display) -> String {
        format!("<path d=\"{d}\" fill=\"{fill}\" {}/>", self.ink())
    }

    /// An ellipse.
    #[must_use]
    pub fn ellipse(&self, x: f64, y: f64, rx: f64, ry: f64, fill: impl Display) -> String {
        format!("<ellipse cx=\"{x:.1}\" cy=\"{y:.1}\" rx=\"{rx:.1}\" ry=\"{ry:.1}\" fill=\"{fill}\" {}/>", self.ink())
    }

    /// The band between two heights, over the whole width, shaded from `up` to `down`.
    #[must_use]
    pub fn band(&self, id: &str, from: f64, to: f64, up: Rgb, down: Rgb) -> String {
        let (left, width) = (self.left(), self.right() - self.left());
        // One tone a surface; only the sky keeps its two.
        let (up, down) = if self.style == Style::Manga && id != "sky" { (up.mix(down, 0.3), up.mix(down, 0.3)) } else { (up, down) };
        format!(
            "<linearGradient id=\"{id}\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop offset=\"0\" stop-color=\"{up}\"/><stop offset=\"1\" stop-color=\"{down}\"/></linearGradient>\
             <rect x=\"{left:.1}\" y=\"{from:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"url(#{id})\"/>",
            to - from
        )
    }

    /// A soft round light.
    #[must_use]
    pub fn glow(&self, id: &str, x: f64, y: f64, r: f64, colour: Rgb, strength: f64) -> String {
        // Screentone would turn it into a hill.
        if self.style == Style::Manga {
            return String::new();
        }
        format!(
            "<radialGradient id=\"{id}\"><stop offset=\"0\" stop-color=\"{colour}\" stop-opacity=\"{strength}\"/><stop offset=\"0.4\" stop-color=\"{colour}\" stop-opacity=\"{:.2}\"/>\
             <stop offset=\"1\" stop-color=\"{colour}\" stop-opacity=\"0\"/></radialGradient><circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r:.1}\" fill=\"url(#{id})\"/>",
            strength * 0.4
        )
    }

    /// A rolling line of hills or mountains, filled down to `base`; `rough` 0 is soft, 1 is jagged.
    #[must_use]
    pub fn ridge(&self, dice: &mut Dice, base: f64, height: f64, rough: f64, fill: impl Display) -> String {
        let (left, right) = (self.left(), self.right());
        let steps = 7 + (rough * 9.0) as usize;
        let mut d = format!("M{left:.1} {:.1}", self.bottom().min(base + self.h));
        let mut points = Vec::new();
        for step in 0..=steps {
            let x = left + (right - left) * step as f64 / steps as f64;
            let up = if rough > 0.5 && step % 2 == 0 { dice.range(0.2, 0.55) } else { dice.range(0.55, 1.0) };
            points.push((x, base - height * up));
        }
        let _ = write!(d, " L{:.1} {:.1}", points[0].0, points[0].1);
        for pair in points.windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            let middle = (x0 + x1) / 2.0;
            if rough > 0.5 {
                let _ = write!(
                    d,
                    " L{:.1} {:.1} L{x1:.1} {y1:.1}",
                    middle + dice.range(-0.1, 0.1) * (x1 - x0),
                    (y0 + y1) / 2.0 + dice.range(-0.08, 0.08) * height
                );
            } else {
                let _ = write!(d, " C{middle:.1} {y0:.1} {middle:.1} {y1:.1} {x1:.1} {y1:.1}");
            }
        }
        let _ = write!(d, " L{right:.1} {:.1} Z", self.bottom().min(base + self.h));
        self.path(&d, fill)
    }

    /// A tree with its foot at (x, y): in leaf of a summer colour, in blossom, in autumn colours or bare, as the season is.
    #[must_use]
    pub fn tree(&self, dice: &mut Dice, x: f64, y: f64, size: f64, summer: u32, trunk: Rgb) -> String {
        let leaf = self.leaf(dice, summer);
        let mut svg = self.path(
            &format!(
                "M{:.1} {y:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} L{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {y:.1} Z",
                x - size * 0.07,
                x - size * 0.03,
                y - size * 0.3,
                x - size * 0.04,
                y - size * 0.4,
                x - size * 0.02,
                y - size * 0.6,
                x + size * 0.03,
                y - size * 0.6,
                x + size * 0.04,
                y - size * 0.4,
                x + size * 0.03,
                y - size * 0.3,
                x + size * 0.08
            ),
            trunk,
        );
        if self.season == Some(Season::Winter) {
            return svg + &self.boughs(dice, x, y, size, trunk);
        }
        for (dx, dy, r, shade) in [
            (-0.22, -0.62, 0.24, 0.82),
            (0.22, -0.60, 0.24, 0.82),
            (0.0, -0.58, 0.28, 0.86),
            (-0.12, -0.80, 0.24, 1.0),
            (0.14, -0.82, 0.24, 1.0),
            (0.0, -0.95, 0.20, 1.10),
        ] {
            let wobble = dice.range(0.9, 1.1);
            svg.push_str(&self.ellipse(x + size * dx, y + size * dy, size * r * wobble, size * r * 0.85, leaf.shade(shade)));
        }
        // Blossom and leaves that have fallen lie under it.
        if let Some(Season::Spring | Season::Autumn) = self.season {
            for _ in 0..14 {
                let (px, py) = (x + dice.range(-0.42, 0.42) * size, y + dice.range(-0.01, 0.06) * size);
                let r = size * 0.014;
                let _ = write!(svg, "<ellipse cx=\"{px:.1}\" cy=\"{py:.1}\" rx=\"{:.1}\" ry=\"{r:.1}\" fill=\"{leaf}\"/>", r * 1.6);
            }
        }
        svg
    }

    /// The bare crown of a tree, with snow on it.
    fn boughs(&self, dice: &mut Dice, x: f64, y: f64, size: f64, trunk: Rgb) -> String {
        let mut bare = String::new();
        let mut snow = String::new();
        for (from, angle, length) in [
            (0.46, -58.0, 0.34),
            (0.50, 52.0, 0.36),
            (0.58, -28.0, 0.40),
            (0.58, 24.0, 0.42),
            (0.55, -4.0, 0.46),
            (0.40, 66.0, 0.22),
            (0.42, -70.0, 0.20),
        ] {
            let angle = f64::to_radians(angle + dice.range(-8.0, 8.0));
            let (x0, y0) = (x, y - size * from);
            let (x1, y1) = (x0 + angle.sin() * size * length, y0 - angle.cos() * size * length);
            let (mx, my) = ((x0 + x1) / 2.0, (y0 + y1) / 2.0);
            let twig = |way: f64| (mx + (angle + way).sin() * size * length * 0.45, my - (angle + way).cos() * size * length * 0.45);
            let ((ax, ay), (bx, by)) = (twig(0.7), twig(-0.6));
            let _ = write!(bare, "M{x0:.1} {y0:.1} L{x1:.1} {y1:.1} M{mx:.1} {my:.1} L{ax:.1} {ay:.1} M{mx:.1} {my:.1} L{bx:.1} {by:.1} ");
            let up = size * 0.016;
            let _ = write!(snow, "M{mx:.1} {:.1} L{x1:.1} {:.1} M{mx:.1} {:.1} L{bx:.1} {:.1} ", my - up, y1 - up, my - up, by - up);
        }
        format!(
            "<path d=\"{bare}\" fill=\"none\" stroke=\"{trunk}\" stroke-width=\"{:.1}\" stroke-linecap=\"round\"/><path d=\"{snow}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{:.1}\" stroke-linecap=\"round\"/>",
            size * 0.028,
            self.c(0xf4f8fc),
            size * 0.018
        )
    }

    /// A conifer with its foot at (x, y).
    #[must_use]
    pub fn fir(&self, x: f64, y: f64, size: f64, leaf: Rgb) -> String {
        let mut svg = self.rect(x - size * 0.03, y - size * 0.2, size * 0.06, size * 0.2, self.c(0x4a3426));
        for (level, shade) in [(0.0, 0.85), (0.22, 0.95), (0.44, 1.05)] {
            let (base, half) = (y - size * (0.12 + level), size * (0.26 - level * 0.3));
            svg.push_str(&self.path(
                &format!("M{:.1} {base:.1} L{x:.1} {:.1} L{:.1} {base:.1} Z", x - half, base - size * 0.42, x + half),
                leaf.shade(shade),
            ));
        }
        svg
    }
}
