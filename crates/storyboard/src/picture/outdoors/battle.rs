//! Where armies met.

use std::fmt::Write;

use ports::film::Period;

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

const TENT: &[Part] = &[
    ("M-150 0 L0 -190 L150 0 Z", P(0xd8c8a0)),
    ("M-40 0 L0 -190 L40 0 Z", P(0x6a5a44)),
    ("M-4 -190 v-60 h8 v60 Z", P(0x4a3626)),
    ("M4 -250 q30 -10 60 0 v36 q-30 10 -60 0 Z", P(0xb02a24)),
];
const BLAZE: &[Part] = &[
    ("M-90 0 C-110 -70 -40 -90 -20 -170 C20 -110 30 -120 40 -140 C90 -80 100 -40 80 0 Z", B(0xff7a2a)),
    ("M-40 0 C-50 -40 0 -50 10 -90 C40 -50 50 -20 40 0 Z", B(0xffd860)),
];
/// Spears in the ground, a shield, a broken wheel.
const ARMS: &[Part] = &[
    ("M-70 20 L-30 -240 l8 2 L-60 22 Z M0 20 L10 -280 h8 L10 20 Z M80 20 L40 -230 l8 -2 L90 18 Z", P(0x5c3e28)),
    ("M-30 -240 l-6 -44 l22 40 Z M10 -280 l4 -50 l12 50 Z M40 -230 l-4 -46 l20 42 Z", P(0xc8d0da)),
    ("M90 10 a46 46 0 1 1 92 0 Z", P(0x8a2c28)),
    ("M-190 14 a52 52 0 1 1 104 0 h-14 a38 38 0 1 0 -76 0 Z M-142 14 v-50 h8 v50 Z", P(0x6a4a30)),
];
const SANDBAGS: &[Part] = &[
    (
        "M-180 0 q-20 -30 10 -44 h80 q26 16 10 44 Z M-70 0 q-20 -30 10 -44 h80 q26 16 10 44 Z M40 0 q-20 -30 10 -44 h80 q26 16 10 44 Z",
        P(0x9a8a62),
    ),
    ("M-126 -44 q-20 -30 10 -44 h80 q26 16 10 44 Z M-16 -44 q-20 -30 10 -44 h80 q26 16 10 44 Z", P(0xa89a70)),
    ("M-240 -10 q30 -70 60 0 t60 0 M120 -10 q30 -70 60 0 t60 0 l0 6 q-30 60 -60 0 t-60 0 Z", P(0x4a4a4c)),
];

impl Scenery<'_> {
    pub(super) fn battlefield(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let wall_y = st.horizon + st.u * 2.0;
        let mut far = self.hills(dice);
        far.push_str(&st.rect(st.left(), wall_y - st.h * 0.13, st.w * 0.52, st.h * 0.13, st.light.far(Rgb::hex(0x7a746a), 0.3)));
        for index in 0..11 {
            far.push_str(&st.rect(
                st.left() + st.w * 0.05 * f64::from(index),
                wall_y - st.h * 0.155,
                st.w * 0.028,
                st.h * 0.03,
                st.light.far(Rgb::hex(0x7a746a), 0.3),
            ));
        }
        let mut middle = String::new();
        for (x, colour) in [(0.10, 0xb02a24), (0.27, 0xd8a02c), (0.70, 0xb02a24), (0.84, 0x2a4a8a), (0.95, 0xb02a24)] {
            let (px, top) = (st.w * x, st.horizon - st.h * dice.range(0.16, 0.28));
            middle.push_str(&st.rect(px, top, st.u * 0.7, st.horizon + st.u * 8.0 - top, st.c(0x4a3626)));
            middle.push_str(&st.path(
                &format!(
                    "M{px:.1} {top:.1} q{:.1} {:.1} {:.1} {:.1} t{:.1} {:.1} V{:.1} q{:.1} {:.1} {:.1} {:.1} t{:.1} {:.1} Z",
                    st.u * 4.0,
                    -st.u * 2.0,
                    st.u * 6.0,
                    st.u * 0.5,
                    st.u * 6.0,
                    st.u * 0.5,
                    top + st.u * 10.0,
                    -st.u * 4.0,
                    st.u * 1.0,
                    -st.u * 6.0,
                    -st.u * 0.5,
                    -st.u * 6.0,
                    -st.u * 0.5
                ),
                st.c(colour),
            ));
        }
        for (x, scale) in [(0.30, 0.085), (0.80, 0.10)] {
            middle.push_str(&drawn::put(st, TENT, st.w * x, st.horizon + st.u * 6.0, st.u * scale));
        }
        // Smoke over what burns.
        for (x, size) in [(0.46, 7.0), (0.62, 9.0)] {
            for puff in 0..6 {
                let t = f64::from(puff);
                let (px, py) = (st.w * x + st.u * t * t * 0.7, st.horizon - st.u * 5.0 * t);
                let _ = write!(
                    far,
                    "<circle cx=\"{px:.1}\" cy=\"{py:.1}\" r=\"{:.1}\" fill=\"{}\" fill-opacity=\"0.5\"/>",
                    st.u * (size * 0.4 + t * 0.9),
                    st.c(0x5a5654)
                );
            }
            far.push_str(&drawn::put(st, BLAZE, st.w * x, st.horizon + st.u * 2.0, st.u * 0.06));
        }
        let mut near = self.meadow(dice, "ground", 0x8a7a54);
        let fallen = if matches!(st.period, Period::Modern | Period::School) { SANDBAGS } else { ARMS };
        for (x, y, scale) in [(0.10, 0.76, 0.10), (0.88, 0.80, 0.12), (0.46, 0.72, 0.07)] {
            near.push_str(&drawn::put(st, fallen, st.w * x, st.h * y, st.u * scale));
        }
        Layers { far, middle, near }
    }
}
