//! Where nobody walks: in the air, in heaven, under the sea, in space.

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

/// A gate with a double roof, on clouds.
const GATE: &[Part] = &[
    ("M-260 0 V-200 H-210 V0 Z M-110 0 V-200 H-60 V0 Z M60 0 V-200 H110 V0 Z M210 0 V-200 H260 V0 Z", P(0xc8402c)),
    ("M-290 -196 H290 V-230 H-290 Z", P(0x3a7a6a)),
    ("M-350 -224 Q-250 -236 -200 -300 H200 Q250 -236 350 -224 L330 -208 H-330 Z", P(0xe8b030)),
    ("M-150 -300 H150 V-340 H-150 Z", P(0xc8402c)),
    ("M-240 -330 Q-150 -346 -110 -410 H110 Q150 -346 240 -330 L224 -316 H-224 Z", P(0xe8b030)),
    ("M-60 -292 H60 V-252 H-60 Z", P(0x2c4a8a)),
];
const CORAL: &[Part] = &[(
    "M-10 0 C-20 -60 -70 -60 -80 -140 q14 -6 22 4 C-50 -90 -20 -90 -8 -60 C-4 -110 -30 -130 -20 -200 q16 -4 20 8 C-2 -140 20 -120 14 -70 C30 -90 50 -90 56 -150 q14 -8 22 4 C76 -80 40 -60 20 0 Z",
    P(0xe8607a),
)];
const WEED: &[Part] = &[
    ("M-14 0 C-50 -80 20 -140 -20 -220 C-40 -280 10 -330 -6 -400 C40 -330 0 -280 14 -220 C50 -140 -20 -80 14 0 Z", P(0x2f8a5c)),
    ("M40 0 C20 -60 70 -110 40 -180 C30 -220 60 -250 50 -290 C90 -240 60 -210 70 -170 C96 -110 50 -60 66 0 Z", P(0x3fa06a)),
];
const FISHES: &[Part] = &[
    ("M-60 0 C-30 -40 30 -40 56 0 C30 40 -30 40 -60 0 Z M-50 0 L-90 -30 Q-80 0 -90 30 Z", P(0xf0a03a)),
    ("M30 -8 a7 7 0 1 1 14 0 a7 7 0 1 1 -14 0 Z", B(0x202028)),
    ("M-10 -28 Q4 0 -10 28 L0 30 Q14 0 0 -30 Z", P(0xf8f4ea)),
];
const SHELL_HALL: &[Part] = &[
    ("M-220 0 V-180 H-180 V0 Z M-90 0 V-180 H-50 V0 Z M50 0 V-180 H90 V0 Z M180 0 V-180 H220 V0 Z", P(0xd8e8e8)),
    ("M-280 -170 C-240 -200 -220 -300 0 -330 C220 -300 240 -200 280 -170 Z", P(0xe8b0c0)),
    ("M-200 -176 Q-120 -280 0 -322 Q-60 -260 -80 -176 Z M200 -176 Q120 -280 0 -322 Q60 -260 80 -176 Z", P(0xd890a8)),
    ("M-16 -336 a16 16 0 1 1 32 0 a16 16 0 1 1 -32 0 Z", B(0xfdfaf0)),
];

impl Scenery<'_> {
    /// A bank of clouds whose top is at a height.
    fn clouds(&self, dice: &mut Dice, top: f64, size: f64, colour: Rgb) -> String {
        let st = self.stage;
        let mut svg = st.rect(st.left(), top + size * 0.35, st.right() - st.left(), st.bottom() - top, colour);
        let mut x = st.left() - size;
        while x < st.right() + size {
            let r = size * dice.range(0.5, 0.9);
            let _ = write!(
                svg,
                "<ellipse cx=\"{x:.1}\" cy=\"{:.1}\" rx=\"{:.1}\" ry=\"{r:.1}\" fill=\"{colour}\"/>",
                top + size * 0.5,
                r * 1.4
            );
            x += r * 1.3;
        }
        svg
    }

    /// High up: clouds below, a land far down.
    pub(super) fn sky(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let white = |share: f64| st.light.far(Rgb::hex(0xffffff), share);
        let far = st.band("haze", st.horizon, st.bottom(), st.light.low, st.light.low)
            + &st.ridge(dice, st.h * 0.80, st.h * 0.20, 0.9, st.light.far(Rgb::hex(0x5a6a80), 0.6))
            + &self.clouds(dice, st.h * 0.70, st.u * 12.0, white(0.35));
        let middle = self.clouds(dice, st.h * 0.79, st.u * 14.0, white(0.16));
        let mut near = self.clouds(dice, st.h * 0.90, st.u * 18.0, white(0.0));
        for (x, y) in [(0.14, 0.22), (0.20, 0.27), (0.86, 0.34)] {
            let (x, y, s) = (st.w * x, st.h * y, st.u * 3.0);
            let _ = write!(
                near,
                "<path d=\"M{:.1} {y:.1} q{:.1} {:.1} {s:.1} 0 q{:.1} {:.1} {s:.1} 0\" fill=\"none\" stroke=\"{}\" stroke-width=\"{:.1}\"/>",
                x - s,
                s * 0.5,
                -s * 0.7,
                s * 0.5,
                -s * 0.7,
                st.c(0x3a4250),
                st.u * 0.5
            );
        }
        Layers { far, middle, near }
    }

    /// Where gods live: a golden gate among coloured clouds.
    pub(super) fn heaven(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let mut far = st.band("haze", st.horizon, st.bottom(), st.light.low, st.light.low);
        far.push_str(&st.glow("glory", st.w * 0.5, st.h * 0.36, st.u * 62.0, Rgb::hex(0xffe8a0), 0.9));
        for ray in 0..12 {
            let angle = std::f64::consts::PI * (1.0 + f64::from(ray) / 11.0);
            let (x, y, r) = (st.w * 0.5, st.h * 0.5, st.w);
            let _ = write!(
                far,
                "<path d=\"M{x:.1} {y:.1} L{:.1} {:.1} L{:.1} {:.1} Z\" fill=\"#fff2c0\" fill-opacity=\"0.22\"/>",
                x + (angle - 0.06).cos() * r,
                y + (angle - 0.06).sin() * r,
                x + (angle + 0.06).cos() * r,
                y + (angle + 0.06).sin() * r
            );
        }
        far.push_str(&self.clouds(dice, st.h * 0.60, st.u * 10.0, st.c(0xf8d8e0)));
        let mut middle = drawn::put(st, GATE, st.w * 0.5, st.h * 0.72, st.u * 0.13);
        middle.push_str(&self.clouds(dice, st.h * 0.69, st.u * 9.0, st.c(0xfdeee0)));
        let near =
            self.clouds(dice, st.h * 0.80, st.u * 13.0, st.c(0xffffff)) + &self.clouds(dice, st.h * 0.93, st.u * 13.0, st.c(0xf4e4f0));
        Layers { far, middle, near }
    }

    /// On the bottom of the sea: light from above, a hall of shell, weed and coral.
    pub(super) fn undersea(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let (shallow, deep) = if self.night { (0x1c4a7a, 0x061430) } else { (0x4ac0d8, 0x0c3a6a) };
        let mut far = st.band("deep", st.top(), st.bottom(), st.c(shallow), st.c(deep));
        for beam in 0..6 {
            let x = st.w * (0.08 + 0.17 * f64::from(beam));
            let _ = write!(
                far,
                "<path d=\"M{x:.1} {:.1} h{:.1} L{:.1} {:.1} h{:.1} Z\" fill=\"#e8ffff\" fill-opacity=\"0.14\"/>",
                st.top(),
                st.w * 0.05,
                x - st.w * 0.02,
                st.h * 0.9,
                -st.w * 0.14
            );
        }
        far.push_str(&st.ridge(dice, st.h * 0.76, st.h * 0.24, 0.9, st.c(0x1c5a80)));
        let mut middle = drawn::put(st, SHELL_HALL, st.w * 0.30, st.h * 0.76, st.u * 0.10);
        for (x, scale) in [(0.06, 0.11), (0.58, 0.08), (0.92, 0.12)] {
            middle.push_str(&drawn::put(st, WEED, st.w * x, st.h * 0.80, st.u * scale));
        }
        for _ in 0..7 {
            let (x, y, s) = (dice.range(0.05, 0.95), dice.range(0.14, 0.56), dice.range(0.035, 0.06));
            middle.push_str(&drawn::put(st, FISHES, st.w * x, st.h * y, st.u * s));
        }
        let mut near = st.band("sand", st.h * 0.78, st.bottom(), st.c(0xc8b888).mix(st.c(deep), 0.3), st.c(0x8a8060).mix(st.c(deep), 0.4));
        for (x, y, scale) in [(0.14, 0.86, 0.10), (0.80, 0.84, 0.09), (0.97, 0.93, 0.15)] {
            near.push_str(&drawn::put(st, CORAL, st.w * x, st.h * y, st.u * scale));
        }
        for _ in 0..26 {
            let (x, y, r) = (dice.range(0.0, st.w), dice.range(st.h * 0.08, st.h * 0.8), dice.range(0.3, 1.1) * st.u);
            let _ = write!(
                near,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r:.1}\" fill=\"#fff\" fill-opacity=\"0.22\" stroke=\"#fff\" stroke-opacity=\"0.6\" stroke-width=\"{:.1}\"/>",
                st.u * 0.16
            );
        }
        Layers { far, middle, near }
    }

    pub(super) fn space(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let mut far = st.rect(st.left(), st.top(), st.right() - st.left(), st.bottom() - st.top(), "#060816");
        for _ in 0..160 {
            let _ = write!(
                far,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{:.2}\" fill=\"#fff\" fill-opacity=\"{:.2}\"/>",
                dice.range(st.left(), st.right()),
                dice.range(st.top(), st.bottom()),
                dice.range(0.1, 0.4) * st.u,
                dice.range(0.3, 1.0)
            );
        }
        far.push_str(&st.glow("nebula", st.w * 0.7, st.h * 0.3, st.u * 46.0, Rgb::hex(0x6a3ac0), 0.35));
        let (x, y, r) = (st.w * 0.26, st.h * 0.34, st.u * 20.0);
        far.push_str(&st.glow("air", x, y, r * 1.4, Rgb::hex(0x6ab0ff), 0.5));
        far.push_str(&format!("<radialGradient id=\"globe\" cx=\"0.35\" cy=\"0.3\" r=\"0.8\"><stop offset=\"0\" stop-color=\"{}\"/><stop offset=\"1\" stop-color=\"{}\"/></radialGradient><circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r:.1}\" fill=\"url(#globe)\"/>", st.c(0x7ac0f0), st.c(0x14306a)));
        for (dx, dy, w) in [(-0.3, -0.2, 0.4), (0.2, 0.3, 0.35), (0.1, -0.5, 0.25)] {
            far.push_str(&format!(
                "<ellipse cx=\"{:.1}\" cy=\"{:.1}\" rx=\"{:.1}\" ry=\"{:.1}\" fill=\"{}\" fill-opacity=\"0.7\"/>",
                x + dx * r,
                y + dy * r,
                w * r,
                w * r * 0.45,
                st.c(0x5aa06a)
            ));
        }
        let frame = st.c(0x39445a);
        let mut near = st
            .path(
                &format!(
                    "M{l:.1} {t:.1} H{r:.1} V{b:.1} H{l:.1} Z M{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} Z",
                    st.w * 0.05,
                    st.h * 0.05,
                    st.w * 0.08,
                    st.h * 0.76,
                    st.w * 0.92,
                    st.h * 0.76,
                    st.w * 0.95,
                    st.h * 0.05,
                    l = st.left(),
                    t = st.top(),
                    r = st.right(),
                    b = st.bottom()
                ),
                frame,
            )
            .replace("<path ", "<path fill-rule=\"evenodd\" ");
        for index in 0..8 {
            let px = st.w * (0.10 + 0.105 * f64::from(index));
            near.push_str(&st.rect(px, st.h * 0.81, st.u * 7.0, st.u * 5.0, st.c(0x202a3c)));
            let _ = write!(
                near,
                "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{}\"/>",
                px + st.u,
                st.h * 0.81 + st.u,
                st.u * 5.0,
                st.u * 1.2,
                ["#50e0c0", "#ffb050", "#70b0ff"][index as usize % 3]
            );
        }
        Layers { far, middle: String::new(), near }
    }
}
