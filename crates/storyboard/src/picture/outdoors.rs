//! Places under the sky. Each gives what stands far away, in the middle and near; the sky itself is in `sky`.

use std::fmt::Write;

use ports::film::{Place, TimeOfDay, Weather};

use super::{
    light::Rgb,
    stage::{Dice, Stage},
};

/// Three layers of a place.
#[derive(Debug, Default)]
pub(super) struct Layers {
    pub(super) far: String,
    pub(super) middle: String,
    pub(super) near: String,
}

/// The layers of a place without a roof.
pub(super) fn layers(stage: &Stage, place: Place, time: TimeOfDay, weather: Weather, dice: &mut Dice) -> Layers {
    let bright = matches!(weather, Weather::Clear | Weather::Wind);
    let s = Scenery { stage, night: time == TimeOfDay::Night, snow: weather == Weather::Snow, bright };
    match place {
        Place::Courtyard => s.courtyard(dice),
        Place::Village => s.village(dice),
        Place::Street => s.street(dice),
        Place::City => s.city(dice),
        Place::Temple => s.temple(dice),
        Place::Station => s.station(dice),
        Place::Field => s.field(dice),
        Place::Garden => s.garden(dice),
        Place::Forest => s.forest(dice),
        Place::Mountain => s.mountain(dice),
        Place::River | Place::Lake => s.water(dice, place == Place::Lake),
        Place::Sea => s.sea(dice),
        Place::Boat => s.boat(dice),
        Place::Bridge => s.bridge(dice),
        Place::Desert => s.desert(dice),
        Place::Battlefield => s.battlefield(dice),
        Place::Space => s.space(dice),
        Place::Road
        | Place::Home
        | Place::School
        | Place::Office
        | Place::Hospital
        | Place::Shop
        | Place::Palace
        | Place::Library
        | Place::Cave => s.road(dice),
    }
}

struct Scenery<'a> {
    stage: &'a Stage,
    night: bool,
    snow: bool,
    /// Sun or moon can be seen, and so can their light on water.
    bright: bool,
}

impl Scenery<'_> {
    fn ground(&self, summer: u32) -> Rgb {
        self.stage.c(if self.snow { 0xe8eef6 } else { summer })
    }

    fn leaf(&self, summer: u32) -> Rgb {
        self.stage.c(if self.snow { 0xd4dee6 } else { summer })
    }

    fn window(&self) -> String {
        if self.night { "#ffd98a".to_owned() } else { self.stage.c(0x5a6a78).to_string() }
    }

    fn hills(&self, dice: &mut Dice) -> String {
        let st = self.stage;
        let far = |share: f64| st.light.far(if self.snow { Rgb::hex(0xdde6f0) } else { Rgb::hex(0x4f7d5a) }, share);
        st.ridge(dice, st.horizon, st.h * 0.16, 0.2, far(0.62)) + &st.ridge(dice, st.horizon, st.h * 0.09, 0.1, far(0.35))
    }

    fn meadow(&self, dice: &mut Dice, id: &str, colour: u32) -> String {
        let st = self.stage;
        let green = self.ground(colour);
        let mut svg = st.band(id, st.horizon, st.bottom(), green.mix(st.light.low, 0.25), green.shade(0.72));
        for _ in 0..70 {
            let depth = dice.range(0.0, 1.0);
            let (x, y) = (dice.range(st.left(), st.right()), st.horizon + (st.bottom() - st.horizon) * depth * depth);
            let size = st.u * (0.6 + 3.0 * depth);
            let _ = write!(
                svg,
                "<path d=\"M{x:.1} {y:.1} l{:.1} {:.1} M{x:.1} {y:.1} l{:.1} {:.1}\" stroke=\"{}\" stroke-width=\"{:.1}\" stroke-linecap=\"round\"/>",
                -size * 0.3,
                -size,
                size * 0.35,
                -size * 0.9,
                green.shade(if depth > 0.5 { 0.6 } else { 1.15 }),
                0.2 * st.u + 0.25 * st.u * depth
            );
        }
        svg
    }

    fn road(&self, dice: &mut Dice) -> Layers {
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
            middle.push_str(&st.tree(dice, st.w * x, hz + st.h * size * 0.16, st.h * size, self.leaf(0x4f9a48), st.c(0x6a4a34)));
        }
        Layers { far: self.hills(dice), middle, near }
    }

    fn field(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let mut near = self.meadow(dice, "ground", 0xa8b850);
        let crop = self.leaf(0x5c9a3a);
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
                if dice.pick(5) == 0 {
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
        let mut middle = st.tree(dice, st.w * 0.90, st.horizon + st.u * 2.0, st.h * 0.28, self.leaf(0x4f9a48), st.c(0x6a4a34));
        middle.push_str(&self.hut(st.w * 0.14, st.horizon + st.u * 1.5, st.u * 15.0));
        Layers { far: self.hills(dice), middle, near }
    }

    /// A thatched hut with the middle of its foot at (x, y).
    fn hut(&self, x: f64, y: f64, w: f64) -> String {
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

    /// A house with a curved tiled roof.
    fn house(&self, x: f64, y: f64, w: f64, h: f64, wall: u32) -> String {
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

    fn village(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let y = st.horizon + st.u * 3.0;
        let mut middle = String::new();
        for (x, size) in [(0.10, 26.0), (0.36, 19.0), (0.88, 24.0)] {
            middle.push_str(&self.hut(st.w * x, y + size * 0.1 * st.u, size * st.u));
        }
        middle.push_str(&st.tree(dice, st.w * 0.64, y + st.u * 2.0, st.h * 0.36, self.leaf(0x5a9448), st.c(0x6a4a34)));
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

    fn courtyard(&self, dice: &mut Dice) -> Layers {
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
        middle.push_str(&st.tree(dice, st.w * 0.90, y + st.u * 5.0, st.h * 0.52, self.leaf(0x5f9a4a), st.c(0x5c4434)));
        let mut near = st.band("ground", y - 1.0, st.bottom(), self.ground(0xb9b0a2), self.ground(0x8e867a));
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

    fn street(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let (cx, hz) = (st.w * 0.5, st.horizon);
        let mut middle = String::new();
        let walls = if st.classical { [0xd8c8a8, 0xc9b48e, 0xe0d2b6] } else { [0xd8d2c8, 0xc4b2a4, 0xb8c2c8] };
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
            }
        }
        let mut near = st.band("ground", hz, st.bottom(), self.ground(0xa8a094), self.ground(0x6e685e));
        let _ = write!(
            near,
            "<path d=\"M{:.1} {hz:.1} L{:.1} {:.1} H{:.1} L{:.1} {hz:.1} Z\" fill=\"{}\"/>",
            cx - st.w * 0.03,
            cx - st.w * 0.40,
            st.bottom(),
            cx + st.w * 0.40,
            cx + st.w * 0.03,
            self.ground(0x8e867a)
        );
        // The fronts stand before the ground.
        near.push_str(&middle);
        Layers { far: self.hills(dice), middle: String::new(), near }
    }

    fn city(&self, dice: &mut Dice) -> Layers {
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
        let mut near = st.band("ground", st.horizon + st.u * 3.0, st.bottom(), self.ground(0x7a828c), self.ground(0x4a5058));
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

    fn temple(&self, dice: &mut Dice) -> Layers {
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

    fn station(&self, dice: &mut Dice) -> Layers {
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

    fn garden(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let y = st.horizon + st.u * 3.0;
        let mut middle = st.tree(dice, st.w * 0.06, y + st.u * 4.0, st.h * 0.46, self.leaf(0xe89ab0), st.c(0x6a4a3a));
        middle.push_str(&st.tree(dice, st.w * 0.93, y + st.u * 4.0, st.h * 0.40, self.leaf(0x66a850), st.c(0x6a4a3a)));
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
        for _ in 0..46 {
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

    fn forest(&self, dice: &mut Dice) -> Layers {
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

    fn mountain(&self, dice: &mut Dice) -> Layers {
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

    fn water(&self, dice: &mut Dice, still: bool) -> Layers {
        let st = self.stage;
        let mut middle = self.surface(dice, st.horizon, "water");
        for fx in [0.04, 0.90] {
            middle.push_str(&st.tree(dice, st.w * fx, st.horizon + st.u * 2.0, st.h * 0.30, self.leaf(0x5a9a50), st.c(0x5c4434)));
        }
        let mut near = String::new();
        let bank = st.h * 0.86;
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

    /// Water from a height down, with the light of the sky on it.
    fn surface(&self, dice: &mut Dice, from: f64, id: &str) -> String {
        let st = self.stage;
        let deep = st.c(0x2f6a9a).mix(st.light.top, 0.4);
        let mut svg = st.band(id, from, st.bottom(), st.light.low.mix(deep, 0.35), deep.shade(0.7));
        let path = if !self.bright {
            None
        } else if self.night {
            Some((st.w * 0.75, "#fdf3c4"))
        } else if st.light.low.0 > st.light.low.2 + 40.0 {
            Some((st.w * 0.74, "#ffc890"))
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

    fn sea(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let middle = self.surface(dice, st.horizon, "water");
        let beach = st.h * 0.83;
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

    fn boat(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let middle = self.surface(dice, st.horizon, "water");
        let deck = st.h * 0.80;
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

    fn bridge(&self, dice: &mut Dice) -> Layers {
        let st = self.stage;
        let mut middle = self.surface(dice, st.horizon, "water");
        middle.push_str(&st.tree(dice, st.w * 0.03, st.horizon + st.u * 2.0, st.h * 0.34, self.leaf(0x5a9a50), st.c(0x5c4434)));
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

    fn desert(&self, dice: &mut Dice) -> Layers {
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

    fn battlefield(&self, dice: &mut Dice) -> Layers {
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
        let near = self.meadow(dice, "ground", 0x8a7a54);
        Layers { far, middle, near }
    }

    fn space(&self, dice: &mut Dice) -> Layers {
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
