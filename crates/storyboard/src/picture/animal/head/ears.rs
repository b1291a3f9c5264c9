//! Ears, horns and antlers, and a head from behind.

use super::{
    super::table::{Beast, Ears, Mark},
    Coat, MIDDLE,
};
use crate::picture::{light::Rgb, pen::Pen};

/// A head from behind.
pub(in crate::picture::animal) fn back(pen: &mut Pen<'_>, beast: &Beast) {
    let c = Coat::of(pen, beast);
    let (rx, ry) = beast.face;
    if beast.mark == Mark::Ruff {
        pen.oval((0.0, MIDDLE), rx * 1.5, ry * 1.5, c.dark);
    }
    for side in [-1.0, 1.0] {
        crown(pen, beast, &c, side);
        ear(pen, beast, &c, side);
    }
    let skull = if beast.mark == Mark::Bands { c.pale } else { c.coat };
    pen.oval((0.0, MIDDLE), rx, ry, skull);
    match beast.mark {
        Mark::Bands => pen.stroke(
            &format!(
                "M{:.0} {:.0} V{:.0} M{:.0} {:.0} V{:.0}",
                -rx * 0.4,
                MIDDLE - ry * 0.8,
                MIDDLE + ry * 0.8,
                rx * 0.4,
                MIDDLE - ry * 0.8,
                MIDDLE + ry * 0.8
            ),
            c.dark,
            26.0,
        ),
        Mark::Stripes => {
            pen.stroke(&format!("M-30 {:.0} h60 M-40 {:.0} h80 M-36 {:.0} h72", MIDDLE - 30.0, MIDDLE, MIDDLE + 30.0), c.dark, 8.0)
        }
        _ => {}
    }
}

pub(super) fn ear(pen: &mut Pen<'_>, beast: &Beast, c: &Coat, side: f64) {
    let (rx, ry) = beast.face;
    let e = beast.ear;
    let (coat, inner) = if beast.mark == Mark::Bands { (c.dark, c.pale) } else { (c.coat, c.pale.mix(Rgb::hex(0xd88080), 0.3)) };
    let x = |share: f64| side * rx * share;
    let top = MIDDLE - ry;
    match beast.ears {
        Ears::Pointed => {
            pen.shape(
                &format!(
                    "M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} L{:.1} {:.1} Z",
                    x(0.98),
                    MIDDLE - ry * 0.3,
                    x(1.0),
                    top - e * 0.4,
                    x(0.86),
                    top - e,
                    x(0.20),
                    top + 8.0
                ),
                coat,
            );
            pen.flat(
                &format!(
                    "M{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} Z",
                    x(0.86),
                    MIDDLE - ry * 0.5,
                    x(0.82),
                    top - e * 0.7,
                    x(0.42),
                    top + 8.0
                ),
                inner,
                1.0,
            );
        }
        Ears::Round => {
            pen.oval((x(0.74), top + e * 0.35), e, e, coat);
            pen.spot((x(0.74), top + e * 0.4), e * 0.6, e * 0.6, inner, 1.0);
        }
        Ears::Long => {
            pen.shape(
                &format!(
                    "M{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} Z",
                    x(0.12),
                    top + 14.0,
                    x(0.0),
                    top - e * 1.3,
                    x(1.1),
                    top - e * 1.2,
                    x(0.66),
                    top + 18.0
                ),
                coat,
            );
            pen.flat(
                &format!(
                    "M{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} Z",
                    x(0.26),
                    top + 6.0,
                    x(0.2),
                    top - e,
                    x(0.86),
                    top - e * 0.94,
                    x(0.54),
                    top + 8.0
                ),
                inner,
                1.0,
            );
        }
        Ears::Hanging => {
            let low = MIDDLE - ry * 0.5 + e;
            let colour = if beast.mark == Mark::Trunk || beast.mark == Mark::Disc { c.coat.shade(0.92) } else { c.dark };
            let wide = if beast.mark == Mark::Trunk { 2.2 } else { 1.42 };
            pen.shape(
                &format!(
                    "M{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {low:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} Z",
                    x(0.50),
                    top + 14.0,
                    x(wide),
                    top,
                    x(wide * 1.1),
                    low - 20.0,
                    x(1.04),
                    x(0.9),
                    low - 10.0,
                    x(0.8),
                    MIDDLE,
                    x(0.5),
                    top + 14.0
                ),
                colour,
            );
        }
        Ears::Sideways => {
            let (cx, cy) = (x(1.0) + side * e * 0.6, MIDDLE - ry * 0.42);
            pen.oval((cx, cy), e, e * 0.5, if beast.mark == Mark::Bare { c.pale } else { c.coat });
            pen.spot((cx, cy), e * 0.6, e * 0.26, inner, 1.0);
        }
        Ears::None => {}
    }
}

/// Horns and antlers.
pub(super) fn crown(pen: &mut Pen<'_>, beast: &Beast, c: &Coat, side: f64) {
    let (rx, ry) = beast.face;
    let (x, y) = (side * rx * 0.5, MIDDLE - ry * 0.8);
    let horn = pen.stage.figure(0xe8dcc0);
    match beast.mark {
        Mark::Horns => pen.shape(
            &format!("M{x:.1} {:.1} q{:.1} 4 {:.1} -64 q{:.1} 30 {:.1} 50 Z", y + 12.0, side * 70.0, side * 66.0, side * 8.0, side * -46.0),
            horn,
        ),
        Mark::Antlers => pen.stroke(
            &format!(
                "M{x:.1} {y:.1} l{:.0} -60 l{:.0} -50 M{:.1} {:.1} l{:.0} -30 M{:.1} {:.1} l{:.0} -26",
                side * 18.0,
                side * 30.0,
                x + side * 18.0,
                y - 60.0,
                side * -22.0,
                x + side * 34.0,
                y - 88.0,
                side * 34.0
            ),
            c.dark.shade(1.15),
            11.0,
        ),
        _ => {}
    }
}
