//! Water: rivers, lakes, the sea, boats and bridges.

use std::fmt::Write;

use ports::film::Aspect;

use super::{Layers, Scenery};
use crate::picture::{light::Rgb, stage::Dice};

impl Scenery<'_> {
    /// Where the land begins: people stand on it in every shape.
    fn shore(&self, share: f64) -> f64 {
        if self.stage.aspect == Aspect::Tall { share - 0.08 } else { share }
    }

    pub(super) fn water(&self, dice: &mut Dice, still: bool) -> Layers {
        let st = self.stage;
        let mut middle = self.surface(dice, st.horizon, "water");
        for fx in [0.04, 0.90] {
            middle.push_str(&st.tree(dice, st.w * fx, st.horizon + st.u * 2.0, st.h * 0.30, 0x5a9a50, st.c(0x5c4434)));
        }
        let mut near = String::new();
        let bank = st.h * self.shore(0.80);
        near.push_str(&st.path(
            &format!(
                "M{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} V{:.1} H{:.1} Z",
                st.left(),
                bank - st.h * 0.06,
                st.w * 0.3,
                bank - st.h * 0.10,
                st.w * 0.7,
                bank + st.h * 0.03,
                st.right(),
                bank - st.h * 0.02,
                st.bottom(),
                st.left()
            ),
            self.ground(0x78a458),
        ));
        for _ in 0..26 {
            let (x, size) = (dice.range(st.left(), st.right()), dice.range(5.0, 11.0) * st.u);
            let y = bank + st.u * 2.0;
            let _ = write!(
                near,
                "<path d=\"M{x:.1} {y:.1} q{:.1} {:.1} {:.1} {:.1}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{:.1}\" stroke-linecap=\"round\"/>",
                size * 0.05,
                -size * 0.6,
                dice.range(-0.25, 0.25) * size,
                -size,
                self.leaf(0x4a7a3a),
                st.u * 0.5
            );
        }
        if still {
            for _ in 0..9 {
                let (x, y) = (dice.range(0.05, 0.95) * st.w, dice.range(st.horizon + st.u * 5.0, bank - st.h * 0.10));
                let r = dice.range(2.0, 4.5) * st.u;
                middle.push_str(&st.ellipse(x, y, r, r * 0.38, self.leaf(0x3f8a56)));
                if dice.pick(2) == 0 {
                    middle.push_str(&st.path(
                        &format!("M{x:.1} {y:.1} q{:.1} {:.1} 0 {:.1} q{:.1} {:.1} 0 {:.1} Z", -r * 0.7, -r * 0.5, -r, r * 0.7, r * 0.5, r),
                        st.c(0xf49ab4),
                    ));
                }
            }
        }
        Layers { far: self.hills(dice), middle, near }
    }

    pub(super) fn surface(&self, dice: &mut Dice, from: f64, id: &str) -> String {
        let st = self.stage;
        let deep = st.c(0x2f6a9a).mix(st.light.top, 0.4);
        let mut svg = st.band(id, from, st.bottom(), st.light.low.mix(deep, 0.35), deep.shade(0.7));
        let path = if !self.bright {
            None
        } else if self.night {
            Some((st.w * self.sun, "#fdf3c4"))
        } else if st.light.low.0 > st.light.low.2 + 40.0 {
            Some((st.w * self.sun, "#ffc890"))
        } else {
            None
        };
        for _ in 0..80 {
            let t = dice.range(0.0, 1.0);
            let y = from + (st.bottom() - from) * t * t;
            let x = dice.range(st.left(), st.right());
            let size = st.u * (1.5 + 7.0 * t);
            let _ = write!(
                svg,
                "<path d=\"M{x:.1} {y:.1} q{:.1} {:.1} {size:.1} 0\" fill=\"none\" stroke=\"{}\" stroke-opacity=\"0.5\" stroke-width=\"{:.1}\" stroke-linecap=\"round\"/>",
                size * 0.5,
                -size * 0.16,
                st.light.low.shade(1.2),
                st.u * (0.15 + 0.3 * t)
            );
        }
        if let Some((x, colour)) = path {
            for step in 0..26 {
                let t = f64::from(step) / 25.0;
                let y = from + (st.bottom() - from) * t;
                let half = st.u * (1.5 + 9.0 * t) * dice.range(0.5, 1.0);
                let _ = write!(
                    svg,
                    "<ellipse cx=\"{:.1}\" cy=\"{y:.1}\" rx=\"{half:.1}\" ry=\"{:.1}\" fill=\"{colour}\" fill-opacity=\"{:.2}\"/>",
                    x + dice.range(-1.5, 1.5) * st.u,
                    st.u * (0.25 + 0.5 * t),
                    0.75 - 0.45 * t
                );
            }
        }
        svg
    }

    pub(super) fn sea(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let middle = self.surface(dice, st.horizon, "water");
        let beach = st.h * self.shore(0.77);
        let sand = self.ground(0xecd6a4);
        let mut near = format!(
            "<path d=\"M{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} V{:.1} H{:.1} Z\" fill=\"#fff\" fill-opacity=\"0.75\"/>",
            st.left(),
            beach - st.u * 2.0,
            st.w * 0.3,
            beach - st.u * 6.0,
            st.w * 0.6,
            beach + st.u * 3.0,
            st.right(),
            beach - st.u * 5.0,
            st.bottom(),
            st.left()
        );
        near.push_str(&st.path(
            &format!(
                "M{:.1} {beach:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} V{:.1} H{:.1} Z",
                st.left(),
                st.w * 0.3,
                beach - st.u * 4.0,
                st.w * 0.6,
                beach + st.u * 5.0,
                st.right(),
                beach - st.u * 3.0,
                st.bottom(),
                st.left()
            ),
            sand,
        ));
        for (x, r) in [(0.08, 5.0), (0.14, 3.0), (0.93, 4.0)] {
            near.push_str(&st.path(
                &format!(
                    "M{:.1} {:.1} q{:.1} {:.1} {:.1} {:.1} t{:.1} {:.1} Z",
                    st.w * x - r * st.u,
                    beach + st.u * 4.0,
                    r * st.u * 0.3,
                    -r * st.u * 1.2,
                    r * st.u,
                    -r * st.u,
                    r * st.u,
                    r * st.u
                ),
                st.c(0x7c7a78),
            ));
        }
        let x = st.w * 0.10;
        let foot = st.horizon + st.u * 1.0;
        let mut far = st.path(
            &format!(
                "M{:.1} {foot:.1} L{:.1} {:.1} L{:.1} {:.1} L{:.1} {foot:.1} Z",
                x - st.u * 12.0,
                x - st.u * 5.0,
                foot - st.u * 6.0,
                x + st.u * 6.0,
                foot - st.u * 5.0,
                x + st.u * 14.0
            ),
            st.light.far(Rgb::hex(0x5a5a58), 0.3),
        );
        if self.night {
            far.push_str(&st.glow("beam", x, foot - st.u * 23.0, st.u * 13.0, Rgb::hex(0xffe9a0), 0.95));
        }
        for stripe in 0..4 {
            let t = f64::from(stripe);
            far.push_str(&st.rect(
                x - st.u * (2.0 - 0.15 * t),
                foot - st.u * (10.0 + 4.0 * t),
                st.u * (4.0 - 0.3 * t),
                st.u * 4.0,
                st.c(if stripe % 2 == 0 { 0xf4f0e8 } else { 0xc8443a }),
            ));
        }
        far.push_str(&st.rect(
            x - st.u * 2.2,
            foot - st.u * 25.0,
            st.u * 4.4,
            st.u * 3.2,
            if self.night { "#fff2b0".to_owned() } else { st.c(0x9ac4d8).to_string() },
        ));
        far.push_str(&st.path(
            &format!(
                "M{:.1} {:.1} L{x:.1} {:.1} L{:.1} {:.1} Z",
                x - st.u * 2.8,
                foot - st.u * 25.0,
                foot - st.u * 28.5,
                x + st.u * 2.8,
                foot - st.u * 25.0
            ),
            st.c(0xa83a32),
        ));
        Layers { far, middle, near }
    }

    pub(super) fn boat(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let middle = self.surface(dice, st.horizon, "water");
        let deck = st.h * self.shore(0.78);
        let wood = st.c(0x8a5a34);
        let mut near = st.path(
            &format!(
                "M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} V{:.1} H{:.1} Z",
                st.left(),
                deck - st.h * 0.03,
                st.w * 0.5,
                deck + st.h * 0.05,
                st.right(),
                deck - st.h * 0.03,
                st.bottom(),
                st.left()
            ),
            wood,
        );
        for plank in 1..5 {
            let y = deck + st.h * 0.05 * f64::from(plank);
            let _ = write!(
                near,
                "<path d=\"M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{:.1}\"/>",
                st.left(),
                y - st.h * 0.03,
                st.w * 0.5,
                y + st.h * 0.05,
                st.right(),
                y - st.h * 0.03,
                wood.shade(0.7),
                st.u * 0.4
            );
        }
        for post in 0..9 {
            let x = st.left() + (st.right() - st.left()) * f64::from(post) / 8.0;
            near.push_str(&st.rect(x, deck - st.h * 0.13, st.u * 1.1, st.h * 0.13, wood.shade(0.85)));
        }
        near.push_str(&st.rect(st.left(), deck - st.h * 0.14, st.right() - st.left(), st.u * 1.5, wood.shade(1.08)));
        near.push_str(&st.rect(st.w * 0.17, st.top(), st.u * 2.6, deck - st.top(), wood.shade(0.8)));
        near.push_str(&st.path(
            &format!(
                "M{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} L{:.1} {:.1} Z",
                st.w * 0.20,
                st.h * 0.02,
                st.w * 0.46,
                st.h * 0.10,
                st.w * 0.44,
                st.h * 0.32,
                st.w * 0.36,
                st.h * 0.50,
                st.w * 0.20,
                st.h * 0.46
            ),
            st.c(0xf0e6d2),
        ));
        Layers { far: st.ridge(dice, st.horizon, st.h * 0.06, 0.2, st.light.far(Rgb::hex(0x4f6a7a), 0.6)), middle, near }
    }

    pub(super) fn bridge(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let mut middle = self.surface(dice, st.horizon, "water");
        middle.push_str(&st.tree(dice, st.w * 0.03, st.horizon + st.u * 2.0, st.h * 0.34, 0x5a9a50, st.c(0x5c4434)));
        let (top, base) = (st.h * 0.76, st.h * 0.90);
        let stone = st.c(if self.snow { 0xe4e9f0 } else { 0xb9b4a8 });
        let mut near = st.path(
            &format!(
                "M{:.1} {base:.1} Q{:.1} {:.1} {:.1} {base:.1} V{:.1} H{:.1} Z M{:.1} {:.1} A{r:.1} {r:.1} 0 0 1 {:.1} {:.1} Z",
                st.left(),
                st.w * 0.5,
                top - st.h * 0.12,
                st.right(),
                st.bottom(),
                st.left(),
                st.w * 0.36,
                st.bottom(),
                st.w * 0.64,
                st.bottom(),
                r = st.w * 0.14
            ),
            stone,
        );
        for post in 0..11 {
            let t = f64::from(post) / 10.0;
            let x = st.left() + (st.right() - st.left()) * t;
            let y = base - (base - top + st.h * 0.12) * 2.0 * t * (1.0 - t);
            near.push_str(&st.rect(x - st.u * 0.8, y - st.u * 7.0, st.u * 1.6, st.u * 7.5, stone.shade(0.88)));
        }
        let _ = write!(
            near,
            "<path d=\"M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{:.1}\"/>",
            st.left(),
            base - st.u * 6.0,
            st.w * 0.5,
            top - st.h * 0.12 - st.u * 6.0,
            st.right(),
            base - st.u * 6.0,
            stone.shade(0.8),
            st.u * 1.5
        );
        Layers { far: self.hills(dice), middle, near }
    }
}
