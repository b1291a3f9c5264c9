//! What people built: huts, houses, streets, cities, temples, stations.

use std::fmt::Write;

use super::{Layers, Scenery};
use crate::picture::{
    drawn::{
        self,
        Paint::{Bright as B, Plain as P},
        Part,
    },
    light::Rgb,
    stage::Dice,
};

const CHURCH: &[Part] = &[
    ("M-60 0 V-200 L90 -290 L240 -200 V0 Z", P(0xb8b0a4)),
    ("M-80 -196 L90 -310 L260 -196 L244 -180 L90 -282 L-64 -180 Z", P(0x5a4a48)),
    ("M-170 0 V-330 H-50 V0 Z", P(0xc8c0b4)),
    ("M-186 -326 L-110 -520 L-34 -326 Z", P(0x5a4a48)),
    ("M-115 -520 v-70 h10 v70 Z M-134 -572 h48 v10 h-48 Z", P(0xd8a83a)),
    ("M-132 -290 a22 22 0 1 1 44 0 a22 22 0 1 1 -44 0 Z", B(0xf6f0e0)),
    ("M-140 0 V-90 Q-110 -140 -80 -90 V0 Z", P(0x5c3a28)),
    ("M20 -60 V-140 Q40 -176 60 -140 V-60 Z M120 -60 V-140 Q140 -176 160 -140 V-60 Z", B(0x9ac0e0)),
];
const GRAVE: &[Part] =
    &[("M-40 0 V-90 Q0 -130 40 -90 V0 Z", P(0x9a9a98)), ("M-5 -96 h10 v24 h16 v9 h-16 v34 h-10 v-34 h-16 v-9 h16 Z", P(0x6e6e6c))];

impl Scenery<'_> {
    pub(super) fn hut(&self, x: f64, y: f64, w: f64) -> String {
        let st = self.stage;
        let mut svg = st.rect(x - w * 0.42, y - w * 0.46, w * 0.84, w * 0.46, st.c(0xd9c3a0));
        svg.push_str(&st.rect(x - w * 0.10, y - w * 0.32, w * 0.2, w * 0.32, st.c(0x5c4030)));
        svg.push_str(&st.rect(x + w * 0.18, y - w * 0.34, w * 0.15, w * 0.15, self.window()));
        svg.push_str(&st.path(
            &format!(
                "M{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} Z",
                x - w * 0.58,
                y - w * 0.40,
                x - w * 0.30,
                y - w * 0.80,
                x + w * 0.30,
                y - w * 0.80,
                x + w * 0.58,
                y - w * 0.40
            ),
            if self.snow { st.c(0xf2f6fa) } else { st.c(0xb08a48) },
        ));
        svg
    }

    pub(super) fn house(&self, x: f64, y: f64, w: f64, h: f64, wall: u32) -> String {
        let st = self.stage;
        let mut svg = st.rect(x - w * 0.42, y - h * 0.62, w * 0.84, h * 0.62, st.c(wall));
        for dx in [-0.26, 0.26] {
            svg.push_str(&st.rect(x + w * dx - w * 0.09, y - h * 0.46, w * 0.18, h * 0.2, self.window()));
            let _ = write!(
                svg,
                "<path d=\"M{:.1} {:.1} v{:.1} M{:.1} {:.1} h{:.1}\" stroke=\"{}\" stroke-width=\"{:.1}\"/>",
                x + w * dx,
                y - h * 0.46,
                h * 0.2,
                x + w * dx - w * 0.09,
                y - h * 0.36,
                w * 0.18,
                st.c(0x4a3426),
                w * 0.012
            );
        }
        svg.push_str(&st.rect(x - w * 0.08, y - h * 0.42, w * 0.16, h * 0.42, st.c(0x6e3a2a)));
        let roof = if self.snow { st.c(0xf2f6fa) } else { st.c(0x4c5866) };
        svg.push_str(&st.path(
            &format!(
                "M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} L{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} Z",
                x - w * 0.58,
                y - h * 0.58,
                x - w * 0.40,
                y - h * 0.64,
                x - w * 0.30,
                y - h * 0.96,
                x + w * 0.30,
                y - h * 0.96,
                x + w * 0.40,
                y - h * 0.64,
                x + w * 0.58,
                y - h * 0.58
            ),
            roof,
        ));
        svg
    }

    pub(super) fn village(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let y = st.horizon + st.u * 3.0;
        let mut middle = String::new();
        for (x, size) in [(0.10, 26.0), (0.36, 19.0), (0.88, 24.0)] {
            middle.push_str(&self.hut(st.w * x, y + size * 0.1 * st.u, size * st.u));
        }
        middle.push_str(&st.tree(dice, st.w * 0.64, y + st.u * 2.0, st.h * 0.36, 0x5a9448, st.c(0x6a4a34)));
        let mut near = self.meadow(dice, "ground", 0xb0a468);
        let fence = st.c(0x7a5a3a);
        let top = st.horizon + st.h * 0.14;
        for index in 0..9 {
            let x = st.left() + (st.right() - st.left()) * f64::from(index) / 8.0 * 0.34;
            near.push_str(&st.rect(x, top, st.u * 1.1, st.u * 8.0, fence));
        }
        near.push_str(&st.rect(st.left(), top + st.u * 2.0, (st.right() - st.left()) * 0.35, st.u * 1.0, fence));
        Layers { far: self.hills(dice), middle, near }
    }

    pub(super) fn courtyard(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let y = st.horizon + st.u * 4.0;
        let mut middle = st.rect(st.left(), y - st.h * 0.30, st.right() - st.left(), st.h * 0.30, st.c(0xe8e0d2));
        middle.push_str(&st.path(
            &format!("M{:.1} {:.1} H{:.1} V{:.1} H{:.1} Z", st.left(), y - st.h * 0.33, st.right(), y - st.h * 0.295, st.left()),
            st.c(0x4c5866),
        ));
        let cx = st.w * 0.5;
        middle.push_str(&st.ellipse(cx, y - st.h * 0.13, st.u * 13.0, st.u * 13.0, st.c(0x9cbf8a)));
        let _ = write!(
            middle,
            "<circle cx=\"{cx:.1}\" cy=\"{:.1}\" r=\"{:.1}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{:.1}\"/>",
            y - st.h * 0.13,
            st.u * 13.0,
            st.c(0x8a8478),
            st.u * 1.6
        );
        middle.push_str(&self.house(st.w * 0.06, y + st.u * 4.0, st.u * 40.0, st.u * 44.0, 0xd8ccb4));
        middle.push_str(&st.tree(dice, st.w * 0.90, y + st.u * 5.0, st.h * 0.52, 0x5f9a4a, st.c(0x5c4434)));
        let mut near = st.band("ground", y - 1.0, st.bottom(), self.stone(0xb9b0a2), self.stone(0x8e867a));
        for row in 1..6 {
            let yy = y + (st.bottom() - y) * (f64::from(row) / 6.0).powi(2);
            let _ = write!(
                near,
                "<path d=\"M{:.1} {yy:.1} H{:.1}\" stroke=\"{}\" stroke-opacity=\"0.5\" stroke-width=\"{:.1}\"/>",
                st.left(),
                st.right(),
                st.c(0x6e675c),
                st.u * 0.25
            );
        }
        for column in -8..=8 {
            let _ = write!(
                near,
                "<path d=\"M{:.1} {y:.1} L{:.1} {:.1}\" stroke=\"{}\" stroke-opacity=\"0.5\" stroke-width=\"{:.1}\"/>",
                cx + f64::from(column) * st.w * 0.07,
                cx + f64::from(column) * st.w * 0.2,
                st.bottom(),
                st.c(0x6e675c),
                st.u * 0.25
            );
        }
        near.push_str(&st.ellipse(st.w * 0.74, y + st.h * 0.10, st.u * 7.0, st.u * 2.4, st.c(0x6a5a4a)));
        near.push_str(&st.rect(st.w * 0.74 - st.u * 7.0, y + st.h * 0.10, st.u * 14.0, st.u * 6.0, st.c(0x7a6a58)));
        Layers { far: self.hills(dice), middle, near }
    }

    pub(super) fn city(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let mut far = String::new();
        let mut middle = String::new();
        for layer in 0..2 {
            let target = if layer == 0 { &mut far } else { &mut middle };
            let mut x = st.left();
            while x < st.right() {
                let w = st.u * dice.range(7.0, 14.0);
                let h = st.h * if layer == 0 { dice.range(0.22, 0.48) } else { dice.range(0.12, 0.36) };
                let wall = st.light.far(Rgb::hex(if layer == 0 { 0x6a7a90 } else { 0x48566c }), if layer == 0 { 0.5 } else { 0.18 });
                let y = st.horizon + st.u * 3.0;
                target.push_str(&st.rect(x, y - h, w, h, wall));
                let columns = (w / (st.u * 2.2)) as usize;
                for row in 1..((h / (st.u * 3.0)) as usize) {
                    for column in 0..columns {
                        if dice.pick(3) > 0 {
                            let lit = if self.night && dice.pick(2) == 0 {
                                "#ffdf90".to_owned()
                            } else {
                                wall.shade(if self.night { 0.7 } else { 1.18 }).to_string()
                            };
                            let _ = write!(
                                target,
                                "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{lit}\"/>",
                                x + st.u * (0.8 + 2.1 * column as f64),
                                y - h + st.u * 3.0 * row as f64 - st.u,
                                st.u * 1.2,
                                st.u * 1.5
                            );
                        }
                    }
                }
                x += w + st.u * dice.range(0.2, 2.5);
            }
        }
        let mut near = st.band("ground", st.horizon + st.u * 3.0, st.bottom(), self.stone(0x7a828c), self.stone(0x4a5058));
        let y = st.horizon + st.h * 0.10;
        near.push_str(&st.rect(st.left(), y, st.right() - st.left(), st.u * 1.2, st.c(0xc8ccd2)));
        for index in 0..14 {
            near.push_str(&st.rect(
                st.left() + (st.right() - st.left()) * f64::from(index) / 13.0,
                y,
                st.u * 0.8,
                st.u * 9.0,
                st.c(0xa8aeb6),
            ));
        }
        Layers { far, middle, near }
    }

    pub(super) fn temple(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let (x, base) = (st.w * 0.34, st.horizon + st.u * 4.0);
        let mut middle = String::new();
        let roof = if self.snow { st.c(0xf2f6fa) } else { st.c(0x3c5a52) };
        for level in (0..5).rev() {
            let t = f64::from(level);
            let (w, h) = (st.u * (26.0 - 3.6 * t), st.h * 0.10);
            let y = base - h * t;
            middle.push_str(&st.rect(x - w * 0.34, y - h, w * 0.68, h, st.c(0xb03a2e)));
            middle.push_str(&st.rect(x - w * 0.09, y - h * 0.62, w * 0.18, h * 0.62, self.window()));
            middle.push_str(&st.path(
                &format!(
                    "M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} H{:.1} Q{:.1} {:.1} {:.1} {:.1} Z",
                    x - w * 0.62,
                    y - h * 0.92,
                    x - w * 0.36,
                    y - h * 0.96,
                    x - w * 0.26,
                    y - h * 1.26,
                    x + w * 0.26,
                    x + w * 0.36,
                    y - h * 0.96,
                    x + w * 0.62,
                    y - h * 0.92
                ),
                roof,
            ));
        }
        middle.push_str(&st.rect(x - st.u * 0.7, base - st.h * 0.58, st.u * 1.4, st.h * 0.07, st.c(0xd8a840)));
        for fx in [0.70, 0.86, 0.98] {
            middle.push_str(&st.fir(st.w * fx, base + st.u * 3.0, st.h * 0.34, self.leaf(0x2f6a4a)));
        }
        let mut near = self.meadow(dice, "ground", 0x8aa068);
        for step in 0..5 {
            let t = f64::from(step);
            near.push_str(&st.rect(
                x - st.u * (9.0 + 3.0 * t),
                base + st.u * 3.4 * t,
                st.u * (18.0 + 6.0 * t),
                st.u * 3.6,
                st.c(if step % 2 == 0 { 0xc8c2b6 } else { 0xb4aea2 }),
            ));
        }
        Layers { far: self.hills(dice), middle, near }
    }

    /// A church with its steeple, among graves and trees.
    pub(super) fn church(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let y = st.horizon + st.u * 4.0;
        let mut middle = drawn::put(st, CHURCH, st.w * 0.34, y, st.u * 0.13);
        for fx in [0.68, 0.84, 0.97] {
            middle.push_str(&st.tree(dice, st.w * fx, y + st.u * 2.0, st.h * 0.32, 0x4f8a48, st.c(0x5c4434)));
        }
        let mut near = self.meadow(dice, "ground", 0x84a468);
        for (x, y, scale) in [(0.60, 0.70, 0.08), (0.74, 0.73, 0.10), (0.90, 0.77, 0.12)] {
            near.push_str(&drawn::put(st, GRAVE, st.w * x, st.h * y, st.u * scale));
        }
        Layers { far: self.hills(dice), middle, near }
    }

    pub(super) fn station(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let y = st.horizon + st.h * 0.08;
        let mut middle = st.rect(st.left(), y - st.h * 0.30, st.w * 0.86, st.h * 0.28, st.c(0x3f6a9a));
        middle.push_str(&st.rect(st.left(), y - st.h * 0.16, st.w * 0.86, st.u * 2.4, st.c(0xf0e2b0)));
        for index in 0..7 {
            let x = st.left() + st.u * 4.0 + f64::from(index) * st.w * 0.125;
            middle.push_str(&st.rect(
                x,
                y - st.h * 0.27,
                st.w * 0.085,
                st.h * 0.09,
                if self.night { "#ffe2a0".to_owned() } else { st.c(0xcfe6f4).to_string() },
            ));
        }
        for index in 0..8 {
            middle.push_str(&st.ellipse(
                st.left() + st.u * 8.0 + f64::from(index) * st.w * 0.11,
                y - st.u * 0.5,
                st.u * 2.6,
                st.u * 2.6,
                st.c(0x30343c),
            ));
        }
        let mut near = st.band("ground", y, st.bottom(), self.ground(0xb8b2a6), self.ground(0x7c776c));
        near.push_str(&st.rect(st.left(), y, st.right() - st.left(), st.u * 1.6, st.c(0xf0d24a)));
        for x in [0.18, 0.86] {
            near.push_str(&st.rect(st.w * x, st.h * 0.12, st.u * 2.0, y - st.h * 0.10, st.c(0x6a7078)));
        }
        near.push_str(&st.rect(st.left(), st.h * 0.07, st.right() - st.left(), st.u * 6.0, st.c(0x565e6a)));
        near.push_str(&st.rect(st.w * 0.40, st.h * 0.16, st.u * 24.0, st.u * 8.0, st.c(0x1f4a86)));
        let _ = write!(
            near,
            "<text x=\"{:.1}\" y=\"{:.1}\" font-family=\"Noto Sans CJK SC\" font-weight=\"700\" font-size=\"{:.1}\" fill=\"#fff\" text-anchor=\"middle\">车站 STATION</text>",
            st.w * 0.40 + st.u * 12.0,
            st.h * 0.16 + st.u * 5.4,
            st.u * 3.1
        );
        Layers { far: self.hills(dice), middle, near }
    }
}
