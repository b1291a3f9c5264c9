//! A street of shops.

use std::fmt::Write;

use ports::film::{Language, Period};

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

/// What the boards of shops say.
const SIGNS: [(&str, &str); 8] =
    [("茶", "TEA"), ("布", "CLOTH"), ("米", "BREAD"), ("药", "DRUGS"), ("酒", "INN"), ("书", "BOOKS"), ("面", "FISH"), ("当", "PAWN")];

const GASLIGHT: &[Part] = &[
    ("M-6 0 V-300 H6 V0 Z M-20 0 h40 v14 h-40 Z M-30 -290 h60 v8 h-60 Z", P(0x2c2c34)),
    ("M-24 -300 L-32 -370 H32 L24 -300 Z", B(0xffe6a0)),
    ("M-36 -370 L0 -404 L36 -370 Z", P(0x2c2c34)),
];
const STALL: &[Part] = &[
    ("M-110 0 V-190 h10 V0 Z M100 0 V-190 h10 V0 Z M-110 -90 H110 V-10 H-110 Z", P(0x7a5234)),
    ("M-136 -180 L-110 -240 H110 L136 -180 Z", P(0xc8402c)),
    ("M-84 -180 L-70 -240 H-30 L-36 -180 Z M12 -180 L8 -240 H48 L60 -180 Z", P(0xf4ead4)),
    ("M-90 -94 a18 18 0 1 1 36 0 Z M-50 -94 a18 18 0 1 1 36 0 Z M-10 -94 a18 18 0 1 1 36 0 Z", P(0xe8702c)),
    ("M36 -94 a16 16 0 1 1 32 0 Z M66 -94 a16 16 0 1 1 32 0 Z", P(0x6aa848)),
];

impl Scenery<'_> {
    /// An awning and a board over a shop's door; the middle of the front, how deep in the picture, and its size.
    fn shop_front(&self, (x, depth, size): (f64, f64, f64), side: f64, index: usize, dice: &mut Dice) -> String {
        let st = self.stage;
        let colour = st.c([0xc8402c, 0x2f6a8a, 0xd89a2c, 0x4a7a4a][dice.pick(4)]);
        let (w, y) = (st.w * 0.11 * size, st.horizon + st.h * 0.02 * size);
        let lean = side * st.u * 3.0 * size;
        let mut svg = st.path(
            &format!(
                "M{:.1} {y:.1} H{:.1} L{:.1} {:.1} H{:.1} Z",
                x - w * 0.5,
                x + w * 0.5,
                x + w * 0.5 - lean,
                y + st.h * 0.06 * size,
                x - w * 0.5 - lean
            ),
            colour,
        );
        if depth > 0.7 {
            return svg;
        }
        let (chinese, english) = SIGNS[(index * 2 + usize::from(side > 0.0)) % SIGNS.len()];
        let (bx, by) = (x - side * st.w * 0.05 * size, st.horizon - st.h * 0.30 * size);
        let (bw, bh) = (st.u * 8.0 * size, st.u * if st.language == Language::Chinese { 17.0 } else { 7.0 } * size);
        svg.push_str(&st.rect(bx - bw / 2.0, by, bw, bh, st.c(0xf4e2b8)));
        if st.language == Language::Chinese {
            let ink = st.c(0x7a1e16);
            svg.push_str(&st.text(bx, by + bh * 0.42, bw * 0.72, ink, chinese));
            svg.push_str(&st.text(bx, by + bh * 0.88, bw * 0.72, ink, "店"));
        } else {
            svg.push_str(&st.text(bx, by + bh * 0.64, bw * 0.27, st.c(0x4a2018), english));
        }
        svg
    }

    pub(super) fn street(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let (cx, hz) = (st.w * 0.5, st.horizon);
        let mut middle = String::new();
        let west = matches!(st.period, Period::Victorian | Period::Fantasy);
        let walls = match (st.classical, west) {
            (true, _) => [0xd8c8a8, 0xc9b48e, 0xe0d2b6],
            (false, true) => [0xa8624c, 0x8a5444, 0xb89a7c],
            (false, false) => [0xd8d2c8, 0xc4b2a4, 0xb8c2c8],
        };
        for (index, depth) in [0.0, 0.35, 0.6, 0.78].into_iter().enumerate() {
            let next = [0.33, 0.58, 0.76, 0.90][index];
            for side in [-1.0, 1.0] {
                let at = |d: f64| cx + side * st.w * 0.62 * (1.0 - d);
                let (x0, x1) = (at(depth), at(next));
                let up = |d: f64| hz - st.h * 0.52 * (1.0 - d);
                let down = |d: f64| hz + st.h * 0.36 * (1.0 - d);
                middle.push_str(&st.path(
                    &format!("M{x0:.1} {:.1} L{x1:.1} {:.1} L{x1:.1} {:.1} L{x0:.1} {:.1} Z", up(depth), up(next), down(next), down(depth)),
                    st.c(walls[dice.pick(3)]),
                ));
                let roof = if self.snow { st.c(0xf0f4f8) } else { st.c(0x505a66) };
                middle.push_str(&st.path(
                    &format!(
                        "M{:.1} {:.1} L{x1:.1} {:.1} L{x1:.1} {:.1} L{x0:.1} {:.1} Z",
                        x0 - side * st.u * 3.0,
                        up(depth) + st.u * 2.0,
                        up(next),
                        up(next) - st.u * 4.0 * (1.0 - next),
                        up(depth) - st.u * 9.0 * (1.0 - depth)
                    ),
                    roof,
                ));
                let mid = f64::midpoint(x0, x1);
                let (md, size) = (f64::midpoint(depth, next), 1.0 - f64::midpoint(depth, next));
                middle.push_str(&st.rect(
                    mid - st.u * 4.0 * size,
                    hz - st.h * 0.20 * size,
                    st.u * 8.0 * size,
                    st.h * 0.12 * size,
                    self.window(),
                ));
                middle.push_str(&st.rect(
                    mid - st.u * 4.0 * size,
                    hz + st.h * 0.06 * size,
                    st.u * 8.0 * size,
                    down(md) - hz - st.h * 0.06 * size,
                    st.c(0x5c3e30),
                ));
                let lamp = mid - side * st.u * 7.0 * size;
                let ly = hz - st.h * 0.10 * size;
                if st.classical {
                    if self.night {
                        middle.push_str(&st.glow(&format!("lamp{index}{side}"), lamp, ly, st.u * 13.0 * size, Rgb::hex(0xffa040), 0.8));
                    }
                    middle.push_str(&st.ellipse(
                        lamp,
                        ly,
                        st.u * 2.6 * size,
                        st.u * 3.2 * size,
                        if self.night { "#ff7a3a".to_owned() } else { st.c(0xd23a2a).to_string() },
                    ));
                } else {
                    middle.push_str(&st.rect(
                        lamp - st.u * 3.0 * size,
                        ly - st.u * 3.0 * size,
                        st.u * 6.0 * size,
                        st.u * 3.4 * size,
                        if self.night { "#7ae0ff".to_owned() } else { st.c(0xc84a3a).to_string() },
                    ));
                }
                middle.push_str(&self.shop_front((mid, md, size), side, index, dice));
            }
        }
        let mut near = st.band("ground", hz, st.bottom(), self.stone(0xa8a094), self.stone(0x6e685e));
        let _ = write!(
            near,
            "<path d=\"M{:.1} {hz:.1} L{:.1} {:.1} H{:.1} L{:.1} {hz:.1} Z\" fill=\"{}\"/>",
            cx - st.w * 0.03,
            cx - st.w * 0.40,
            st.bottom(),
            cx + st.w * 0.40,
            cx + st.w * 0.03,
            self.stone(0x8e867a)
        );
        // The fronts stand before the ground.
        near.push_str(&middle);
        if west {
            for x in [0.24, 0.80] {
                if self.night {
                    near.push_str(&st.glow(&format!("gas{x}"), st.w * x, st.h * 0.44, st.u * 22.0, Rgb::hex(0xffd070), 0.7));
                }
                near.push_str(&drawn::put(st, GASLIGHT, st.w * x, st.h * 0.82, st.u * 0.10));
            }
        } else if st.classical {
            near.push_str(&drawn::put(st, STALL, st.w * 0.17, st.h * 0.83, st.u * 0.10));
        }
        Layers { far: self.hills(dice), middle: String::new(), near }
    }
}
