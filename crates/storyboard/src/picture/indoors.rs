//! Places with a roof: a back wall with a window to the sky, a floor, and what tells one room from another.

use std::fmt::Write;

use ports::film::{Language, Place, Style, TimeOfDay};

use super::{
    light::Rgb,
    outdoors::Layers,
    stage::{Dice, Stage},
};

/// The layers of a room; the sky behind its window is drawn by the caller.
pub(super) fn layers(stage: &Stage, place: Place, time: TimeOfDay, dice: &mut Dice) -> Layers {
    let room = Room { st: stage, night: time == TimeOfDay::Night, floor: stage.h * 0.74 };
    if place == Place::Cave {
        return room.cave(dice);
    }
    let (wall, floor) = match place {
        Place::School => (0xf0ead8, 0xb08a5c),
        Place::Office => (0xe2e8ee, 0x8a929c),
        Place::Hospital => (0xeef6f6, 0xc6d6d8),
        Place::Shop | Place::Inn => (0xd8b888, 0x7a5234),
        Place::Palace => (0x8e2c26, 0x6a4a3a),
        Place::Library => (0xc9a878, 0x6e4a30),
        _ => (if stage.classical { 0xe2cda6 } else { 0xefe2cf }, 0x9a6a44),
    };
    let windowed = !matches!(place, Place::Palace | Place::Library | Place::Shop | Place::Inn);
    let mut layers = Layers { far: String::new(), middle: room.wall(wall, windowed), near: room.ground(floor) };
    let furniture = match place {
        Place::School => room.school(),
        Place::Office => room.office(),
        Place::Hospital => room.hospital(),
        Place::Shop | Place::Inn => room.shop(dice),
        Place::Palace => room.palace(),
        Place::Library => room.library(dice),
        _ => room.home(),
    };
    layers.middle.push_str(&furniture.0);
    layers.near.push_str(&furniture.1);
    if room.night {
        let (x, y) = (stage.w * 0.60, stage.h * 0.20);
        layers.near.push_str(&stage.glow("lampglow", x, y, stage.u * 62.0, Rgb::hex(0xffc070), 0.45));
    }
    layers
}

struct Room<'a> {
    st: &'a Stage,
    night: bool,
    floor: f64,
}

impl Room<'_> {
    fn width(&self) -> f64 {
        self.st.right() - self.st.left()
    }

    /// The window's frame: left, top, width, height.
    fn window_frame(&self) -> (f64, f64, f64, f64) {
        let st = self.st;
        let w = (st.w * 0.26).max(st.u * 30.0);
        (st.w * 0.09, st.h * 0.12, w, st.h * 0.34)
    }

    fn wall(&self, colour: u32, windowed: bool) -> String {
        let st = self.st;
        let wall = st.c(colour);
        let upper = if st.style == Style::Manga { wall } else { wall.shade(0.82) };
        let (l, t, r) = (st.left(), st.top(), st.right());
        let mut svg = format!(
            "<linearGradient id=\"wall\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop offset=\"0\" stop-color=\"{}\"/><stop offset=\"1\" stop-color=\"{}\"/></linearGradient>",
            upper, wall
        );
        let (x, y, w, h) = self.window_frame();
        let hole = if windowed { format!(" M{x:.1} {y:.1} v{h:.1} h{w:.1} v{:.1} Z", -h) } else { String::new() };
        let _ = write!(
            svg,
            "<path fill-rule=\"evenodd\" d=\"M{l:.1} {t:.1} H{r:.1} V{:.1} H{l:.1} Z{hole}\" fill=\"url(#wall)\"/>",
            self.floor
        );
        if windowed {
            let frame = st.c(if st.classical { 0x6e4228 } else { 0xf8f4ec });
            for (fx, fy, fw, fh) in [
                (x - st.u, y - st.u, w + 2.0 * st.u, st.u * 1.6),
                (x - st.u, y + h - st.u * 0.6, w + 2.0 * st.u, st.u * 2.0),
                (x - st.u, y, st.u * 1.6, h),
                (x + w - st.u * 0.6, y, st.u * 1.6, h),
                (x + w / 2.0 - st.u * 0.5, y, st.u, h),
                (x, y + h / 2.0 - st.u * 0.5, w, st.u),
            ] {
                svg.push_str(&st.rect(fx, fy, fw, fh, frame));
            }
            if !self.night {
                let _ = write!(
                    svg,
                    "<path d=\"M{x:.1} {:.1} L{:.1} {:.1} H{:.1} L{:.1} {:.1} Z\" fill=\"#fff6d8\" fill-opacity=\"0.16\"/>",
                    y + h,
                    x + w * 0.9,
                    self.floor + st.h * 0.16,
                    x + w * 2.1,
                    x + w,
                    y + h
                );
            }
        }
        svg.push_str(&st.rect(l, self.floor - st.u * 2.2, self.width(), st.u * 2.2, wall.shade(0.72)));
        svg
    }

    fn ground(&self, colour: u32) -> String {
        let st = self.st;
        let floor = st.c(colour);
        let mut svg = st.band("floor", self.floor, st.bottom(), floor, floor.shade(0.66));
        for board in -9..=9 {
            let x = st.w * 0.5 + f64::from(board) * st.w * 0.09;
            let _ = write!(
                svg,
                "<path d=\"M{x:.1} {:.1} L{:.1} {:.1}\" stroke=\"{}\" stroke-opacity=\"0.55\" stroke-width=\"{:.1}\"/>",
                self.floor,
                st.w * 0.5 + f64::from(board) * st.w * 0.17,
                st.bottom(),
                floor.shade(0.6),
                st.u * 0.25
            );
        }
        svg
    }

    fn lamp(&self, x: f64, y: f64) -> String {
        let st = self.st;
        let shade = if self.night { "#ffdf9a".to_owned() } else { st.c(0xe8c890).to_string() };
        st.rect(x - st.u * 0.4, st.top(), st.u * 0.8, y - st.top(), st.c(0x3a3230))
            + &st.path(
                &format!(
                    "M{:.1} {:.1} L{:.1} {y:.1} H{:.1} L{:.1} {:.1} Z",
                    x - st.u * 2.4,
                    y - st.u * 5.0,
                    x - st.u * 5.4,
                    x + st.u * 5.4,
                    x + st.u * 2.4,
                    y - st.u * 5.0
                ),
                shade,
            )
    }

    fn home(&self) -> (String, String) {
        let st = self.st;
        let wood = st.c(0x8a5a36);
        let mut wall = self.lamp(st.w * 0.60, st.h * 0.20);
        if st.classical {
            wall.push_str(&st.rect(st.w * 0.76, st.h * 0.14, st.u * 13.0, st.u * 30.0, st.c(0xf4ecd8)));
            let _ = write!(
                wall,
                "<path d=\"M{:.1} {:.1} q{:.1} {:.1} {:.1} {:.1} t{:.1} {:.1}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{:.1}\"/>",
                st.w * 0.76 + st.u * 3.0,
                st.h * 0.14 + st.u * 22.0,
                st.u * 2.0,
                -st.u * 9.0,
                st.u * 4.0,
                -st.u * 5.0,
                st.u * 3.0,
                -st.u * 8.0,
                st.c(0x2a2a30),
                st.u * 0.9
            );
        } else {
            wall.push_str(&st.rect(st.w * 0.74, st.h * 0.18, st.u * 22.0, st.u * 15.0, st.c(0x7a5a3c)));
            wall.push_str(&st.rect(st.w * 0.74 + st.u * 1.4, st.h * 0.18 + st.u * 1.4, st.u * 19.2, st.u * 12.2, st.c(0x9cc6d8)));
        }
        wall.push_str(&st.rect(st.w * 0.70, self.floor - st.u * 22.0, st.u * 34.0, st.u * 22.0, wood));
        for row in 0..2 {
            for column in 0..3 {
                wall.push_str(&st.rect(
                    st.w * 0.70 + st.u * (1.6 + 10.8 * f64::from(column)),
                    self.floor - st.u * (20.4 - 10.2 * f64::from(row)),
                    st.u * 9.6,
                    st.u * 8.6,
                    wood.shade(1.12),
                ));
            }
        }
        let y = self.floor + st.h * 0.06;
        let mut near = st.rect(st.w * 0.02, y, st.u * 44.0, st.u * 2.4, wood.shade(0.95));
        for x in [0.0, 41.0] {
            near.push_str(&st.rect(st.w * 0.02 + st.u * (1.0 + x), y + st.u * 2.4, st.u * 2.0, st.u * 14.0, wood.shade(0.7)));
        }
        near.push_str(&st.ellipse(st.w * 0.02 + st.u * 30.0, y - st.u * 1.6, st.u * 3.0, st.u * 2.0, st.c(0xe8eef2)));
        (wall, near)
    }

    fn school(&self) -> (String, String) {
        let st = self.st;
        let x = st.w * 0.40;
        let w = (st.w * 0.52).max(st.u * 44.0);
        let mut wall = st.rect(x - st.u, st.h * 0.15 - st.u, w + st.u * 2.0, st.h * 0.27 + st.u * 2.0, st.c(0x8a6038));
        wall.push_str(&st.rect(x, st.h * 0.15, w, st.h * 0.27, st.c(0x2c5a48)));
        let _ = write!(
            wall,
            "<text x=\"{:.1}\" y=\"{:.1}\" font-family=\"Noto Sans CJK SC\" font-size=\"{:.1}\" fill=\"#f4f8f0\" fill-opacity=\"0.9\" text-anchor=\"middle\">天天向上 ABC</text>",
            x + w * 0.5,
            st.h * 0.15 + st.h * 0.16,
            st.u * 7.0
        );
        let desk = st.c(0xc89858);
        let mut near = String::new();
        for (row, y) in [(0.0, 0.80), (1.0, 0.92)] {
            for column in 0..4 {
                let size = 1.0 + row * 0.4;
                let dx = st.w * (0.02 + 0.27 * f64::from(column));
                near.push_str(&st.rect(dx, st.h * y, st.u * 19.0 * size, st.u * 2.4 * size, desk));
                near.push_str(&st.rect(dx + st.u * 2.0, st.h * y + st.u * 2.4 * size, st.u * 1.4, st.u * 12.0, desk.shade(0.66)));
                near.push_str(&st.rect(dx + st.u * 15.0 * size, st.h * y + st.u * 2.4 * size, st.u * 1.4, st.u * 12.0, desk.shade(0.66)));
                near.push_str(&st.rect(dx + st.u * 6.0, st.h * y - st.u * 1.4, st.u * 6.0, st.u * 1.4, st.c(0xf4f0e4)));
            }
        }
        (wall, near)
    }

    fn office(&self) -> (String, String) {
        let st = self.st;
        let mut wall = self.lamp(st.w * 0.66, st.h * 0.16);
        wall.push_str(&st.rect(st.w * 0.70, st.h * 0.20, st.u * 30.0, st.u * 18.0, st.c(0xfafcff)));
        let _ = write!(
            wall,
            "<path d=\"M{:.1} {:.1} l{:.1} {:.1} l{:.1} {:.1} l{:.1} {:.1}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{:.1}\"/>",
            st.w * 0.70 + st.u * 3.0,
            st.h * 0.20 + st.u * 14.0,
            st.u * 7.0,
            -st.u * 5.0,
            st.u * 6.0,
            st.u * 3.0,
            st.u * 9.0,
            -st.u * 8.0,
            st.c(0xd0503c),
            st.u * 0.8
        );
        let mut near = String::new();
        for (x, y, size) in [(0.05, 0.78, 1.0), (0.60, 0.84, 1.25)] {
            let (dx, dy) = (st.w * x, st.h * y);
            near.push_str(&st.rect(dx, dy, st.u * 36.0 * size, st.u * 2.2, st.c(0xd8c6a8)));
            near.push_str(&st.rect(dx + st.u * 2.0, dy + st.u * 2.2, st.u * 2.0, st.u * 16.0, st.c(0x707880)));
            near.push_str(&st.rect(dx + st.u * 32.0 * size, dy + st.u * 2.2, st.u * 2.0, st.u * 16.0, st.c(0x707880)));
            if !st.modern {
                near.push_str(&st.rect(dx + st.u * 6.0, dy - st.u * 1.2, st.u * 12.0 * size, st.u * 1.2, st.c(0xf6f0e0)));
                near.push_str(&st.rect(dx + st.u * 20.0 * size, dy - st.u * 7.0, st.u * 1.2, st.u * 7.0, st.c(0xf4eedc)));
                near.push_str(&st.ellipse(dx + st.u * 20.6 * size, dy - st.u * 8.4, st.u * 0.9, st.u * 1.7, "#ffc04a"));
                continue;
            }
            near.push_str(&st.rect(dx + st.u * 9.0, dy - st.u * 12.0 * size, st.u * 17.0 * size, st.u * 10.5 * size, st.c(0x262c36)));
            near.push_str(&st.rect(
                dx + st.u * 10.0,
                dy - st.u * 11.2 * size,
                st.u * 15.0 * size,
                st.u * 8.6 * size,
                if self.night { "#9ad4ff".to_owned() } else { st.c(0x8ac0e8).to_string() },
            ));
            near.push_str(&st.rect(dx + st.u * 16.0 * size, dy - st.u * 1.8, st.u * 3.0, st.u * 1.8, st.c(0x3a424c)));
        }
        (wall, near)
    }

    fn hospital(&self) -> (String, String) {
        let st = self.st;
        let (x, y) = (st.w * 0.84, st.h * 0.20);
        let mut wall = st.rect(x - st.u * 6.0, y - st.u * 6.0, st.u * 12.0, st.u * 12.0, st.c(0xffffff));
        let _ = write!(
            wall,
            "<path d=\"M{:.1} {:.1} h{a:.1} v{a:.1} h{a:.1} v{a:.1} h-{a:.1} v{a:.1} h-{a:.1} v-{a:.1} h-{a:.1} v-{a:.1} h{a:.1} Z\" fill=\"#d8343a\"/>",
            x - st.u * 1.5,
            y - st.u * 4.5,
            a = st.u * 3.0
        );
        wall.push_str(&st.path(
            &format!(
                "M{:.1} {:.1} H{:.1} V{:.1} Q{:.1} {:.1} {:.1} {:.1} Z",
                st.w * 0.44,
                st.h * 0.08,
                st.w * 0.58,
                self.floor,
                st.w * 0.55,
                self.floor - st.h * 0.2,
                st.w * 0.45,
                self.floor
            ),
            st.c(0xa8d8d2),
        ));
        let by = self.floor + st.h * 0.05;
        let mut near = st.rect(st.w * 0.50, by - st.u * 18.0, st.u * 2.4, st.u * 26.0, st.c(0x9aa6ae));
        near.push_str(&st.rect(st.w * 0.50, by - st.u * 6.0, st.u * 60.0, st.u * 9.0, st.c(0xffffff)));
        near.push_str(&st.path(
            &format!(
                "M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} H{:.1} V{:.1} H{:.1} Z",
                st.w * 0.50 + st.u * 14.0,
                by - st.u * 6.0,
                st.w * 0.50 + st.u * 16.0,
                by - st.u * 10.0,
                st.w * 0.50 + st.u * 24.0,
                by - st.u * 9.0,
                st.w * 0.50 + st.u * 60.0,
                by + st.u * 4.0,
                st.w * 0.50 + st.u * 14.0
            ),
            st.c(0x9cc8d8),
        ));
        near.push_str(&st.ellipse(st.w * 0.50 + st.u * 8.0, by - st.u * 8.0, st.u * 6.0, st.u * 3.0, st.c(0xf4f8fa)));
        near.push_str(&st.rect(st.w * 0.50 + st.u * 3.0, by + st.u * 3.0, st.u * 2.0, st.u * 9.0, st.c(0x9aa6ae)));
        (wall, near)
    }

    fn shelf(&self, x: f64, y: f64, w: f64, h: f64, rows: usize, fill: &mut dyn FnMut(f64, f64, f64) -> String) -> String {
        let st = self.st;
        let wood = st.c(0x6e4428);
        let mut svg = st.rect(x, y, w, h, wood.shade(0.75));
        for row in 0..rows {
            let top = y + h * row as f64 / rows as f64;
            let tall = h / rows as f64;
            svg.push_str(&fill(x + st.u, top + tall - st.u * 1.2, tall * 0.72));
            svg.push_str(&st.rect(x, top + tall - st.u * 1.2, w, st.u * 1.2, wood));
        }
        svg
    }

    fn shop(&self, dice: &mut Dice) -> (String, String) {
        let st = self.st;
        let w = st.w * 0.46;
        let mut bottles = |x: f64, y: f64, tall: f64| {
            let mut svg = String::new();
            let mut at = x;
            while at < x + w - st.u * 6.0 {
                let r = dice.range(1.6, 2.8) * st.u;
                let colour = st.c([0x8a4a2c, 0x3f6a52, 0xb8862c, 0x5a5a78, 0xa83a32][dice.pick(5)]);
                svg.push_str(&st.ellipse(at + r, y - tall * 0.34, r, tall * 0.34, colour));
                svg.push_str(&st.rect(at + r * 0.65, y - tall * 0.9, r * 0.7, tall * 0.3, colour.shade(0.8)));
                at += r * 2.0 + st.u;
            }
            svg
        };
        let mut wall = self.shelf(st.w * 0.04, st.h * 0.10, w, st.h * 0.44, 3, &mut bottles);
        wall.push_str(&self.lamp(st.w * 0.60, st.h * 0.16));
        for x in [0.68, 0.90] {
            let (lx, ly) = (st.w * x, st.h * 0.18);
            if self.night {
                wall.push_str(&st.glow(&format!("paper{x}"), lx, ly, st.u * 18.0, Rgb::hex(0xff8a40), 0.7));
            }
            wall.push_str(&st.ellipse(lx, ly, st.u * 5.0, st.u * 6.0, st.c(0xd8402c)));
        }
        let sign = match st.language {
            Language::Chinese if st.classical => "酒",
            Language::Chinese => "营业中",
            Language::English => "OPEN",
        };
        wall.push_str(&st.rect(st.w * 0.72, st.h * 0.30, st.u * 16.0, st.u * 16.0, st.c(0xf4e2b8)));
        let _ = write!(
            wall,
            "<text x=\"{:.1}\" y=\"{:.1}\" font-family=\"Noto Sans CJK SC\" font-weight=\"700\" font-size=\"{:.1}\" fill=\"#7a1e16\" text-anchor=\"middle\">{sign}</text>",
            st.w * 0.72 + st.u * 8.0,
            st.h * 0.30 + st.u * if st.classical { 12.0 } else { 9.8 },
            st.u * if st.classical { 11.0 } else { 4.6 }
        );
        let y = self.floor + st.h * 0.04;
        let wood = st.c(0x7a4a2a);
        let near = st.rect(st.left(), y, st.w * 0.66, st.u * 3.0, wood.shade(1.15))
            + &st.rect(st.left(), y + st.u * 3.0, st.w * 0.63, st.h, wood)
            + &st.ellipse(st.w * 0.14, y - st.u * 1.5, st.u * 3.2, st.u * 2.2, st.c(0xeee6d4))
            + &st.ellipse(st.w * 0.36, y - st.u * 1.5, st.u * 2.4, st.u * 2.0, st.c(0xd8e0e2));
        (wall, near)
    }

    fn library(&self, dice: &mut Dice) -> (String, String) {
        let st = self.st;
        let mut wall = String::new();
        for (x, w) in [(-0.08, 0.40), (0.36, 0.30), (0.70, 0.40)] {
            let wide = st.w * w;
            let mut books = |left: f64, y: f64, tall: f64| {
                let mut svg = String::new();
                let mut at = left;
                while at < left + wide - st.u * 4.0 {
                    let bw = dice.range(1.0, 2.2) * st.u;
                    let bh = tall * dice.range(0.8, 1.1);
                    svg.push_str(&st.rect(
                        at,
                        y - bh,
                        bw,
                        bh,
                        st.c([0xa83a32, 0x3a5a8a, 0x4a7a4a, 0xc8923a, 0x6a4a7a, 0xd8ccb0][dice.pick(6)]),
                    ));
                    at += bw + st.u * 0.2;
                }
                svg
            };
            wall.push_str(&self.shelf(st.w * x, st.h * 0.04, wide, self.floor - st.h * 0.06, 5, &mut books));
        }
        wall.push_str(&self.lamp(st.w * 0.52, st.h * 0.18));
        let y = self.floor + st.h * 0.07;
        let wood = st.c(0x8a5a34);
        let near = st.rect(st.w * 0.18, y, st.w * 0.64, st.u * 2.6, wood)
            + &st.rect(st.w * 0.22, y + st.u * 2.6, st.u * 2.4, st.h * 0.3, wood.shade(0.7))
            + &st.rect(st.w * 0.76, y + st.u * 2.6, st.u * 2.4, st.h * 0.3, wood.shade(0.7))
            + &st.path(
                &format!(
                    "M{:.1} {y:.1} q{:.1} {:.1} {:.1} 0 q{:.1} {:.1} {:.1} 0 Z",
                    st.w * 0.44,
                    st.u * 4.0,
                    -st.u * 3.0,
                    st.u * 8.0,
                    st.u * 4.0,
                    -st.u * 3.0,
                    st.u * 8.0
                ),
                st.c(0xfaf6ea),
            );
        (wall, near)
    }

    fn palace(&self) -> (String, String) {
        let st = self.st;
        let gold = st.c(0xe0b040);
        let mut wall = st.rect(st.left(), st.top(), self.width(), st.h * 0.16 - st.top(), st.c(0x2f5a52));
        for index in 0..16 {
            wall.push_str(&st.rect(st.left() + self.width() * f64::from(index) / 16.0, st.h * 0.10, self.width() / 32.0, st.u * 3.0, gold));
        }
        let cx = st.w * 0.5;
        wall.push_str(&st.rect(cx - st.u * 24.0, st.h * 0.22, st.u * 48.0, self.floor - st.h * 0.22, gold.shade(0.7)));
        wall.push_str(&st.path(
            &format!(
                "M{:.1} {:.1} Q{cx:.1} {:.1} {:.1} {:.1} V{:.1} H{:.1} Z",
                cx - st.u * 15.0,
                st.h * 0.40,
                st.h * 0.24,
                cx + st.u * 15.0,
                st.h * 0.40,
                self.floor,
                cx - st.u * 15.0
            ),
            gold,
        ));
        wall.push_str(&st.rect(cx - st.u * 10.0, self.floor - st.u * 20.0, st.u * 20.0, st.u * 20.0, st.c(0xb02a24)));
        for x in [0.04, 0.22, 0.74, 0.92] {
            wall.push_str(&st.rect(st.w * x, st.top(), st.u * 6.4, self.floor - st.top(), st.c(0xc0342a)));
            wall.push_str(&st.rect(st.w * x - st.u * 0.6, self.floor - st.u * 6.0, st.u * 7.6, st.u * 6.0, gold.shade(0.8)));
        }
        let mut near = String::new();
        for step in 0..3 {
            let t = f64::from(step);
            near.push_str(&st.rect(
                cx - st.u * (26.0 + 8.0 * t),
                self.floor + st.u * 3.4 * t,
                st.u * (52.0 + 16.0 * t),
                st.u * 3.4,
                st.c(if step % 2 == 0 { 0xd8d0c0 } else { 0xbcb4a4 }),
            ));
        }
        let _ = write!(
            near,
            "<path d=\"M{:.1} {:.1} H{:.1} L{:.1} {:.1} H{:.1} Z\" fill=\"{}\"/>",
            cx - st.u * 9.0,
            self.floor,
            cx + st.u * 9.0,
            cx + st.u * 26.0,
            st.bottom(),
            cx - st.u * 26.0,
            st.c(0xa8241e)
        );
        (wall, near)
    }

    fn cave(&self, dice: &mut Dice) -> Layers {
        let st = self.st;
        let rock = st.c(0x4a4650);
        let (l, t, r, b) = (st.left(), st.top(), st.right(), st.bottom());
        let mut middle = format!(
            "<path fill-rule=\"evenodd\" d=\"M{l:.1} {t:.1} H{r:.1} V{b:.1} H{l:.1} Z M{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} Z\" fill=\"{rock}\" {}/>",
            st.w * 0.14,
            self.floor,
            st.w * 0.10,
            st.h * 0.16,
            st.w * 0.34,
            st.h * 0.10,
            st.w * 0.44,
            st.h * 0.20,
            st.w * 0.56,
            st.h * 0.26,
            st.w * 0.52,
            self.floor,
            st.w * 0.54,
            self.floor,
            st.ink()
        );
        let mut x = l;
        while x < r {
            let (w, h) = (dice.range(3.0, 8.0) * st.u, dice.range(6.0, 26.0) * st.u);
            middle.push_str(
                &st.path(&format!("M{x:.1} {t:.1} L{:.1} {:.1} L{:.1} {t:.1} Z", x + w * 0.5, t + h + st.h * 0.08, x + w), rock.shade(0.7)),
            );
            x += w * 1.1;
        }
        let mut near = st.band("floor", self.floor, b, rock.shade(0.9), rock.shade(0.45));
        for _ in 0..12 {
            let (px, w) = (dice.range(l, r), dice.range(4.0, 10.0) * st.u);
            near.push_str(
                &st.path(&format!("M{px:.1} {:.1} q{:.1} {:.1} {w:.1} 0 Z", self.floor + st.h * 0.12, w * 0.5, -w * 0.8), rock.shade(0.62)),
            );
        }
        let (fx, fy) = (st.w * 0.80, self.floor + st.h * 0.10);
        near.push_str(&st.glow("campfire", fx, fy - st.u * 4.0, st.u * 36.0, Rgb::hex(0xff9a40), 0.6));
        near.push_str(&format!("<path d=\"M{:.1} {fy:.1} Q{:.1} {:.1} {fx:.1} {:.1} Q{:.1} {:.1} {:.1} {fy:.1} Z\" fill=\"#ff8a2a\"/><path d=\"M{:.1} {fy:.1} Q{:.1} {:.1} {fx:.1} {:.1} Q{:.1} {:.1} {:.1} {fy:.1} Z\" fill=\"#ffe080\"/>", fx - st.u * 4.0, fx - st.u * 5.0, fy - st.u * 6.0, fy - st.u * 13.0, fx + st.u * 5.0, fy - st.u * 6.0, fx + st.u * 4.0, fx - st.u * 2.0, fx - st.u * 2.4, fy - st.u * 4.0, fy - st.u * 8.0, fx + st.u * 2.4, fy - st.u * 4.0, fx + st.u * 2.0));
        Layers { far: String::new(), middle, near }
    }
}
