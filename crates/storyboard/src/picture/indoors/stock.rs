//! Shelves full of things, and the cave: what no table of pieces can hold.

use super::Room;
use crate::picture::{light::Rgb, outdoors::Layers, stage::Dice};

impl Room<'_> {
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

    /// A shop's shelves, and lanterns beside them.
    pub(super) fn goods(&self, dice: &mut Dice) -> String {
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
        for x in [0.66, 0.93] {
            let (lx, ly) = (st.w * x, st.h * 0.18);
            if self.night {
                wall.push_str(&st.glow(&format!("paper{x}"), lx, ly, st.u * 18.0, Rgb::hex(0xff8a40), 0.7));
            }
            if st.classical {
                wall.push_str(&st.ellipse(lx, ly, st.u * 5.0, st.u * 6.0, st.c(0xd8402c)));
            }
        }
        wall + &st.rect(st.w * 0.72, st.h * 0.28, st.u * 22.0, st.u * 14.0, st.c(0xf4e2b8))
    }

    /// A library's shelves.
    pub(super) fn books(&self, dice: &mut Dice) -> String {
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
        wall
    }

    pub(super) fn cave(&self, dice: &mut Dice) -> Layers {
        let st = self.st;
        let rock = st.c(0x4a4650);
        let (l, t, r, b) = (st.left(), st.top(), st.right(), st.bottom());
        // Through its mouth one sees the land before it.
        let far = st.band("outside", st.h * 0.62, st.bottom(), st.c(0x7aa060), st.c(0x5a7a4a));
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
        Layers { far, middle, near }
    }
}
