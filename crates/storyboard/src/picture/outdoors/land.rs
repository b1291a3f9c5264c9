//! Land: roads, fields, gardens, forests, mountains and deserts.

use std::fmt::Write;

use ports::film::Season;

use super::{Layers, Scenery};
use crate::picture::{light::Rgb, stage::Dice};

impl Scenery<'_> {
    pub(super) fn road(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let (cx, hz) = (st.w * 0.5, st.horizon);
        let mut near = self.meadow(dice, "ground", 0x7cb35a);
        near.push_str(&st.path(
            &format!(
                "M{:.1} {hz:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} L{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {hz:.1} Z",
                cx - st.w * 0.01,
                cx - st.w * 0.1,
                hz + st.h * 0.1,
                cx + st.w * 0.08,
                hz + st.h * 0.18,
                cx - st.w * 0.30,
                st.bottom(),
                cx + st.w * 0.42,
                st.bottom(),
                cx + st.w * 0.30,
                hz + st.h * 0.18,
                cx + st.w * 0.02,
                hz + st.h * 0.1,
                cx + st.w * 0.02
            ),
            self.ground(0xd8bd8c),
        ));
        let mut middle = String::new();
        for (x, size) in [(0.05, 0.44), (0.20, 0.26), (0.82, 0.30), (0.98, 0.48)] {
            middle.push_str(&st.tree(dice, st.w * x, hz + st.h * size * 0.16, st.h * size, 0x4f9a48, st.c(0x6a4a34)));
        }
        Layers { far: self.hills(dice), middle, near }
    }

    pub(super) fn field(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let mut near = self.meadow(dice, "ground", 0xa8b850);
        let harvest = st.season == Some(Season::Autumn);
        let crop = if harvest { st.c(0xd8a030) } else { self.leaf(0x5c9a3a) };
        for row in 0..7 {
            let t = f64::from(row) / 6.0;
            let y = st.horizon + (st.bottom() - st.horizon) * (0.06 + 0.85 * t * t);
            let size = st.u * (1.2 + 5.5 * t);
            let mut x = st.left() + dice.range(0.0, size);
            while x < st.right() {
                let _ = write!(
                    near,
                    "<path d=\"M{x:.1} {y:.1} q{:.1} {:.1} {:.1} {:.1} M{x:.1} {y:.1} q{:.1} {:.1} {:.1} {:.1}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{:.1}\" stroke-linecap=\"round\"/>",
                    -size * 0.2,
                    -size * 0.8,
                    -size * 0.7,
                    -size,
                    size * 0.2,
                    -size * 0.8,
                    size * 0.7,
                    -size,
                    crop.shade(0.75 + 0.4 * t),
                    size * 0.16
                );
                if dice.pick(if harvest { 7 } else { 5 }) == 0 && harvest {
                    near.push_str(&self.sheaf(x, y, size * 2.0));
                } else if !harvest && dice.pick(5) == 0 {
                    near.push_str(&st.ellipse(x + size * 0.5, y - size * 0.1, size * 0.62, size * 0.46, self.leaf(0x2f7d3a)));
                    let _ = write!(
                        near,
                        "<path d=\"M{:.1} {:.1} q{:.1} {:.1} 0 {:.1}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{:.1}\"/>",
                        x + size * 0.4,
                        y - size * 0.52,
                        size * 0.3,
                        size * 0.4,
                        size * 0.82,
                        st.c(0x1c4a24),
                        size * 0.07
                    );
                }
                x += size * dice.range(1.3, 2.0);
            }
        }
        let mut middle = st.tree(dice, st.w * 0.90, st.horizon + st.u * 2.0, st.h * 0.28, 0x4f9a48, st.c(0x6a4a34));
        middle.push_str(&self.hut(st.w * 0.14, st.horizon + st.u * 1.5, st.u * 15.0));
        Layers { far: self.hills(dice), middle, near }
    }

    /// A bound sheaf of corn with its foot at (x, y).
    fn sheaf(&self, x: f64, y: f64, size: f64) -> String {
        let st = self.stage;
        let straw = st.c(0xe0b850);
        let mut svg = st.path(
            &format!(
                "M{:.1} {y:.1} Q{x:.1} {:.1} {:.1} {:.1} L{:.1} {:.1} Q{x:.1} {:.1} {:.1} {y:.1} Z",
                x - size * 0.30,
                y - size * 0.5,
                x - size * 0.34,
                y - size,
                x + size * 0.34,
                y - size,
                y - size * 0.5,
                x + size * 0.30
            ),
            straw,
        );
        svg.push_str(&st.rect(x - size * 0.16, y - size * 0.54, size * 0.32, size * 0.1, st.c(0x9a6a30)));
        svg
    }

    pub(super) fn garden(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let y = st.horizon + st.u * 3.0;
        let mut middle = st.tree(dice, st.w * 0.06, y + st.u * 4.0, st.h * 0.46, 0xe89ab0, st.c(0x6a4a3a));
        middle.push_str(&st.tree(dice, st.w * 0.93, y + st.u * 4.0, st.h * 0.40, 0x66a850, st.c(0x6a4a3a)));
        let (x, w) = (st.w * 0.40, st.u * 26.0);
        for dx in [-0.36, -0.14, 0.14, 0.36] {
            middle.push_str(&st.rect(x + w * dx - st.u * 0.6, y - w * 0.52, st.u * 1.2, w * 0.56, st.c(0xb8402e)));
        }
        let roof = if self.snow { st.c(0xf2f6fa) } else { st.c(0x4a6a58) };
        middle.push_str(&st.path(
            &format!(
                "M{:.1} {:.1} Q{:.1} {:.1} {x:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} Z",
                x - w * 0.60,
                y - w * 0.48,
                x - w * 0.2,
                y - w * 0.55,
                y - w * 0.92,
                x + w * 0.2,
                y - w * 0.55,
                x + w * 0.60,
                y - w * 0.48
            ),
            roof,
        ));
        let mut near = self.meadow(dice, "ground", 0x7fb860);
        let flowers = if self.snow { 0 } else { 46 };
        for _ in 0..flowers {
            let t = dice.range(0.15, 1.0);
            let (fx, fy) = (dice.range(st.left(), st.right()), st.horizon + (st.bottom() - st.horizon) * t);
            let size = st.u * (0.5 + 1.6 * t);
            let colour = st.c([0xf06a8a, 0xffd24a, 0xb070e0, 0xff8a4a, 0xffffff][dice.pick(5)]);
            for (dx, dy) in [(-0.7, 0.0), (0.7, 0.0), (0.0, -0.7), (0.0, 0.7)] {
                let _ = write!(
                    near,
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{:.1}\" fill=\"{colour}\"/>",
                    fx + dx * size,
                    fy + dy * size,
                    size * 0.6
                );
            }
            let _ = write!(near, "<circle cx=\"{fx:.1}\" cy=\"{fy:.1}\" r=\"{:.1}\" fill=\"{}\"/>", size * 0.42, st.c(0xffe27a));
        }
        Layers { far: self.hills(dice), middle, near }
    }

    pub(super) fn forest(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let mut far = st.ridge(dice, st.horizon + st.u, st.h * 0.34, 0.1, st.light.far(Rgb::hex(0x3a6a4a), 0.55));
        for index in 0..13 {
            let x = st.left() + (st.right() - st.left()) * f64::from(index) / 12.0 + dice.range(-2.0, 2.0) * st.u;
            far.push_str(&st.fir(
                x,
                st.horizon + st.u * 2.0,
                st.h * dice.range(0.26, 0.40),
                st.light.far(if self.snow { Rgb::hex(0xd0dce2) } else { Rgb::hex(0x356a4c) }, 0.34),
            ));
        }
        let mut middle = String::new();
        for x in [0.0, 0.17, 0.84, 1.0] {
            let size = dice.range(0.55, 0.75);
            middle.push_str(&st.fir(st.w * x, st.horizon + st.u * 7.0, st.h * size, self.leaf(0x2c6640)));
        }
        let mut near = self.meadow(dice, "ground", 0x4f7a44);
        for (x, w) in [(-0.03, 7.0), (0.965, 9.0)] {
            near.push_str(&st.path(
                &format!(
                    "M{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} L{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} Z",
                    st.w * x - w * st.u * 0.3,
                    st.bottom(),
                    st.w * x,
                    st.h * 0.7,
                    st.w * x,
                    st.h * 0.3,
                    st.w * x - st.u,
                    st.top(),
                    st.w * x + w * st.u,
                    st.top(),
                    st.w * x + w * st.u,
                    st.h * 0.3,
                    st.w * x + w * st.u,
                    st.h * 0.7,
                    st.w * x + w * st.u * 1.4,
                    st.bottom()
                ),
                st.c(0x5a4434),
            ));
        }
        Layers { far, middle, near }
    }

    pub(super) fn mountain(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let rock = |share: f64| st.light.far(Rgb::hex(0x5a6a80), share);
        let mut far = st.ridge(dice, st.horizon + st.h * 0.02, st.h * 0.46, 0.9, rock(0.62));
        far.push_str(&st.ridge(dice, st.horizon + st.h * 0.03, st.h * 0.30, 0.9, rock(0.36)));
        let (x, y) = (st.w * 0.34, st.h * 0.20);
        let half = st.u * 34.0;
        let foot = st.horizon + st.h * 0.05;
        let mut middle = st.path(
            &format!(
                "M{:.1} {foot:.1} L{:.1} {:.1} L{x:.1} {y:.1} L{:.1} {:.1} L{:.1} {foot:.1} Z",
                x - half * 1.5,
                x - half * 0.5,
                f64::midpoint(y, foot),
                x + half * 0.6,
                f64::midpoint(y, foot) - st.u * 4.0,
                x + half * 1.6
            ),
            rock(0.12),
        );
        let cap = (foot - y) * 0.30;
        middle.push_str(&st.path(
            &format!(
                "M{x:.1} {y:.1} L{:.1} {:.1} L{:.1} {:.1} L{x:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} Z",
                x - half * 0.32,
                y + cap,
                x - half * 0.12,
                y + cap * 0.8,
                y + cap * 1.2,
                x + half * 0.16,
                y + cap * 0.75,
                x + half * 0.34,
                y + cap * 0.95
            ),
            st.c(0xf4f8ff),
        ));
        for fx in [0.02, 0.10, 0.80, 0.90, 0.98] {
            middle.push_str(&st.fir(st.w * fx, foot + st.u * 4.0, st.h * dice.range(0.22, 0.36), self.leaf(0x2f5e48)));
        }
        let mut near = st.band("ground", foot, st.bottom(), self.ground(0x8a8a78), self.ground(0x55584c));
        near.push_str(&st.path(
            &format!(
                "M{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {foot:.1} L{:.1} {foot:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} Z",
                st.w * 0.30,
                st.bottom(),
                st.w * 0.75,
                st.h * 0.86,
                st.w * 0.30,
                st.h * 0.74,
                st.w * 0.46,
                st.w * 0.49,
                st.w * 0.40,
                st.h * 0.74,
                st.w * 0.98,
                st.h * 0.86,
                st.w * 0.66,
                st.bottom()
            ),
            self.ground(0xc2b492),
        ));
        Layers { far, middle, near }
    }

    pub(super) fn desert(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let sand = |share: f64| st.light.far(Rgb::hex(0xd8a860), share);
        let far = st.ridge(dice, st.horizon + st.u, st.h * 0.14, 0.2, sand(0.5));
        let middle = st.ridge(dice, st.horizon + st.h * 0.10, st.h * 0.14, 0.0, sand(0.2));
        let mut near = st.band("ground", st.horizon + st.h * 0.09, st.bottom(), sand(0.1), sand(0.0).shade(0.7));
        near.push_str(&st.ridge(dice, st.h * 0.93, st.h * 0.14, 0.0, sand(0.0).shade(0.86)));
        for _ in 0..14 {
            let (x, y) = (dice.range(st.left(), st.right()), dice.range(st.h * 0.72, st.bottom()));
            let _ = write!(
                near,
                "<path d=\"M{x:.1} {y:.1} q{:.1} {:.1} {:.1} 0\" fill=\"none\" stroke=\"{}\" stroke-width=\"{:.1}\"/>",
                st.u * 6.0,
                -st.u * 1.6,
                st.u * 13.0,
                sand(0.0).shade(0.6),
                st.u * 0.3
            );
        }
        Layers { far, middle, near }
    }
}
