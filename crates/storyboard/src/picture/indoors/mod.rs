//! Places with a roof: a back wall with windows, a floor, and what tells one room from another.

mod furniture;
mod plan;
mod stock;

use std::fmt::Write;

use ports::film::{Language, Place, Style, TimeOfDay};

use self::plan::{FLOOR, Piece, Plan};
use super::{
    drawn,
    light::Rgb,
    outdoors::Layers,
    stage::{Dice, Stage},
};

/// The layers of a room; the sky behind its windows is drawn by the caller.
pub(super) fn layers(stage: &Stage, place: Place, time: TimeOfDay, dice: &mut Dice) -> Layers {
    let room = Room { st: stage, night: time == TimeOfDay::Night, floor: stage.h * FLOOR };
    if place == Place::Cave {
        return room.cave(dice);
    }
    let plan = plan::plan(place, stage.period);
    let mut layers = Layers { far: room.view(plan, dice), middle: room.wall(plan), near: room.ground(plan.floor) };
    match place {
        Place::Library => layers.middle.push_str(&room.books(dice)),
        Place::Shop => layers.middle.push_str(&room.goods(dice)),
        _ => {}
    }
    let put = |piece: &Piece| drawn::put(stage, piece.parts, stage.w * piece.x, stage.h * piece.y, stage.u * 0.1 * piece.scale);
    for piece in plan.on_wall {
        layers.middle.push_str(&put(piece));
    }
    for sign in plan.signs {
        let words = if stage.language == Language::Chinese { sign.chinese } else { sign.english };
        layers.middle.push_str(&stage.text(stage.w * sign.x, stage.h * sign.y, stage.u * sign.size, stage.c(sign.colour), words));
    }
    if plan.lamp {
        layers.middle.push_str(&room.lamp(stage.w * 0.60, stage.h * 0.18));
    }
    for piece in plan.on_floor {
        layers.near.push_str(&put(piece));
    }
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

    /// What is seen through windows besides the sky: hills, where the room moves through a country.
    fn view(&self, plan: &Plan, dice: &mut Dice) -> String {
        let st = self.st;
        if !plan.country {
            return String::new();
        }
        let green = |share: f64| st.light.far(Rgb::hex(if st.snow { 0xdde6f0 } else { 0x5f8d5a }), share);
        let y = st.h * 0.44;
        st.ridge(dice, y, st.h * 0.14, 0.2, green(0.5)) + &st.ridge(dice, y + st.h * 0.04, st.h * 0.08, 0.1, green(0.1))
    }

    fn wall(&self, plan: &Plan) -> String {
        let st = self.st;
        let wall = st.c(plan.wall);
        let upper = if st.style == Style::Manga { wall } else { wall.shade(0.82) };
        let (l, t, r) = (st.left(), st.top(), st.right());
        let mut svg = format!(
            "<linearGradient id=\"wall\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop offset=\"0\" stop-color=\"{upper}\"/><stop offset=\"1\" stop-color=\"{wall}\"/></linearGradient>"
        );
        let frames: Vec<_> =
            plan.windows.iter().map(|&(x, y, w, h)| (st.w * x, st.h * y, (st.w * w).max(st.u * w * 115.0), st.h * h)).collect();
        let mut holes = String::new();
        for (x, y, w, h) in &frames {
            let _ = write!(holes, " M{x:.1} {y:.1} v{h:.1} h{w:.1} v{:.1} Z", -h);
        }
        let _ = write!(
            svg,
            "<path fill-rule=\"evenodd\" d=\"M{l:.1} {t:.1} H{r:.1} V{:.1} H{l:.1} Z{holes}\" fill=\"url(#wall)\"/>",
            self.floor
        );
        for frame in frames {
            svg.push_str(&self.window(frame));
        }
        if let Some(colour) = plan.panels {
            let (top, height) = (self.floor - st.h * 0.22, st.h * 0.22);
            svg.push_str(&st.rect(l, top, self.width(), height, st.c(colour)));
            for index in 0..14 {
                svg.push_str(&st.rect(l + self.width() * f64::from(index) / 14.0, top + st.u, st.u * 0.5, height, st.c(colour).shade(0.8)));
            }
        }
        svg.push_str(&st.rect(l, self.floor - st.u * 2.2, self.width(), st.u * 2.2, wall.shade(0.72)));
        svg
    }

    /// A window's frame with its bars, and the light that falls in.
    fn window(&self, (x, y, w, h): (f64, f64, f64, f64)) -> String {
        let st = self.st;
        let mut svg = String::new();
        let frame = st.c(if st.classical { 0x6e4228 } else { 0xf8f4ec });
        let mut bars = vec![
            (x - st.u, y - st.u, w + 2.0 * st.u, st.u * 1.6),
            (x - st.u, y + h - st.u * 0.6, w + 2.0 * st.u, st.u * 2.0),
            (x - st.u, y, st.u * 1.6, h),
            (x + w - st.u * 0.6, y, st.u * 1.6, h),
            (x + w / 2.0 - st.u * 0.5, y, st.u, h),
            (x, y + h / 2.0 - st.u * 0.5, w, st.u),
        ];
        if st.classical {
            // A lattice.
            for share in [0.17, 0.33, 0.67, 0.83] {
                bars.push((x + w * share, y, st.u * 0.5, h));
                bars.push((x, y + h * share, w, st.u * 0.5));
            }
        }
        for (fx, fy, fw, fh) in bars {
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
}
