//! The pen that figures and animals are drawn with: flat shapes with an outline in anime and manga, modelled ones in realistic
//! pictures. Coordinates are the figure's own; the pen knows how large a unit is.

use std::fmt::Write;

use ports::film::Style;

use super::{light::Rgb, stage::Stage};

/// A point in a figure's own units.
pub(super) type P = (f64, f64);

/// Draws into one string.
pub(super) struct Pen<'a> {
    /// Where it is drawn.
    pub(super) stage: &'a Stage,
    /// The drawing so far.
    pub(super) svg: String,
    name: String,
    /// An outline's width in the units of the open group.
    line: f64,
    /// Half of the width over which light turns to shadow, in the same units.
    reach: f64,
    shades: Vec<(Rgb, f64)>,
    groups: Vec<(f64, f64)>,
}

impl<'a> Pen<'a> {
    /// A pen whose units are `scale` pixels; `name` is its own among the drawings of a picture.
    pub(super) fn new(stage: &'a Stage, name: String, scale: f64) -> Self {
        let ink = match stage.style {
            Style::Anime => 0.26,
            Style::Manga => 0.40,
            Style::Realistic => 0.14,
        };
        // A small figure's lines are finer, a close one's hardly broader.
        let line = stage.u * ink * scale.clamp(0.5, 1.3).sqrt() / scale;
        Self { stage, svg: String::new(), name, line, reach: 120.0, shades: Vec::new(), groups: Vec::new() }
    }

    /// Opens a group in other units, each `factor` of the former ones.
    pub(super) fn open(&mut self, transform: &str, factor: f64, reach: f64) {
        self.groups.push((self.line, self.reach));
        self.line /= factor;
        self.reach = reach;
        let _ = write!(self.svg, "<g transform=\"{transform}\">");
    }

    /// Closes it.
    pub(super) fn close(&mut self) {
        if let Some((line, reach)) = self.groups.pop() {
            (self.line, self.reach) = (line, reach);
            self.svg.push_str("</g>");
        }
    }

    /// Whether light and shadow are modelled rather than drawn.
    pub(super) fn real(&self) -> bool {
        self.stage.style == Style::Realistic
    }

    /// Whether there is ink alone.
    pub(super) fn inked(&self) -> bool {
        self.stage.style == Style::Manga
    }

    /// The colour of an outline around `colour`.
    fn rim(&self, colour: Rgb) -> Rgb {
        match self.stage.style {
            Style::Manga => Rgb::hex(0),
            Style::Anime => self.stage.light.ink.mix(colour, 0.25),
            Style::Realistic => colour.mix(self.stage.light.ink, 0.55),
        }
    }

    /// What fills a shape: the colour with its shadow side.
    pub(super) fn paint(&mut self, colour: Rgb) -> String {
        if self.inked() {
            return colour.to_string();
        }
        let number = match self.shades.iter().position(|known| *known == (colour, self.reach)) {
            Some(number) => number,
            None => {
                self.shades.push((colour, self.reach));
                let number = self.shades.len() - 1;
                let dark = colour.mix(self.stage.light.top.mix(Rgb::hex(0x3a2c50), 0.7).shade(0.7), 0.30);
                let stops = if self.real() {
                    format!(
                        "<stop offset=\"0\" stop-color=\"{}\"/><stop offset=\"0.45\" stop-color=\"{colour}\"/><stop offset=\"1\" stop-color=\"{}\"/>",
                        colour.shade(1.10),
                        dark.shade(0.78)
                    )
                } else {
                    format!(
                        "<stop offset=\"0.66\" stop-color=\"{colour}\"/><stop offset=\"0.69\" stop-color=\"{}\"/>",
                        colour.mix(dark, 0.55)
                    )
                };
                let r = self.reach;
                let _ = write!(
                    self.svg,
                    "<linearGradient id=\"{}s{number}\" gradientUnits=\"userSpaceOnUse\" x1=\"{:.0}\" y1=\"{:.0}\" x2=\"{:.0}\" y2=\"{:.0}\">{stops}</linearGradient>",
                    self.name,
                    -r,
                    -r * 0.3,
                    r,
                    r * 0.3
                );
                number
            }
        };
        format!("url(#{}s{number})", self.name)
    }

    /// A shape with an outline.
    pub(super) fn shape(&mut self, d: &str, colour: Rgb) {
        let (fill, rim, line) = (self.paint(colour), self.rim(colour), self.line);
        let _ = write!(
            self.svg,
            "<path d=\"{d}\" fill=\"{fill}\" fill-rule=\"evenodd\" stroke=\"{rim}\" stroke-width=\"{line:.2}\" stroke-linejoin=\"round\"/>"
        );
    }

    /// A shape of one colour without an outline.
    pub(super) fn flat(&mut self, d: &str, colour: Rgb, opacity: f64) {
        let _ = write!(self.svg, "<path d=\"{d}\" fill=\"{colour}\" fill-opacity=\"{opacity:.2}\"/>");
    }

    /// A line.
    pub(super) fn stroke(&mut self, d: &str, colour: Rgb, width: f64) {
        let _ = write!(
            self.svg,
            "<path d=\"{d}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width:.1}\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>"
        );
    }

    /// An ellipse with an outline.
    pub(super) fn oval(&mut self, (x, y): P, rx: f64, ry: f64, colour: Rgb) {
        let (fill, rim, line) = (self.paint(colour), self.rim(colour), self.line);
        let _ = write!(
            self.svg,
            "<ellipse cx=\"{x:.1}\" cy=\"{y:.1}\" rx=\"{rx:.1}\" ry=\"{ry:.1}\" fill=\"{fill}\" stroke=\"{rim}\" stroke-width=\"{line:.2}\"/>"
        );
    }

    /// An ellipse of one colour without an outline.
    pub(super) fn spot(&mut self, (x, y): P, rx: f64, ry: f64, colour: Rgb, opacity: f64) {
        let _ = write!(
            self.svg,
            "<ellipse cx=\"{x:.1}\" cy=\"{y:.1}\" rx=\"{rx:.1}\" ry=\"{ry:.1}\" fill=\"{colour}\" fill-opacity=\"{opacity:.2}\"/>"
        );
    }

    /// Joined limbs, each as wide as told, with one outline around all of them.
    pub(super) fn limb(&mut self, parts: &[(P, P, f64)], colour: Rgb) {
        let (fill, rim, line) = (self.paint(colour), self.rim(colour), self.line);
        for (paint, more) in [(rim.to_string(), line * 2.0), (fill, 0.0)] {
            for ((x0, y0), (x1, y1), width) in parts {
                let _ = write!(
                    self.svg,
                    "<path d=\"M{x0:.1} {y0:.1} L{x1:.1} {:.1}\" fill=\"none\" stroke=\"{paint}\" stroke-width=\"{:.1}\" stroke-linecap=\"round\"/>",
                    // A line of no height has no box for its gradient.
                    y1 + 0.05,
                    width + more
                );
            }
        }
    }

    /// The outline around a set of circles, as a shape.
    pub(super) fn wrap(&mut self, circles: &[(P, f64)], colour: Rgb) {
        let d = hull(circles);
        self.shape(&d, colour);
    }
}

/// The convex outline around circles.
fn hull(circles: &[(P, f64)]) -> String {
    let mut points: Vec<P> = Vec::new();
    for ((x, y), r) in circles {
        for step in 0..16 {
            let angle = f64::from(step) / 16.0 * std::f64::consts::TAU;
            points.push((x + r * angle.cos(), y + r * angle.sin()));
        }
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let cross = |o: P, a: P, b: P| (a.0 - o.0) * (b.1 - o.1) - (a.1 - o.1) * (b.0 - o.0);
    let half = |points: &mut dyn Iterator<Item = P>| {
        let mut chain: Vec<P> = Vec::new();
        for point in points {
            while chain.len() >= 2 && cross(chain[chain.len() - 2], chain[chain.len() - 1], point) <= 0.0 {
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut outline = half(&mut points.iter().copied());
    outline.extend(half(&mut points.iter().rev().copied()));
    let mut d = String::new();
    for (index, (x, y)) in outline.iter().enumerate() {
        let _ = write!(d, "{}{x:.1} {y:.1} ", if index == 0 { 'M' } else { 'L' });
    }
    d + "Z"
}
