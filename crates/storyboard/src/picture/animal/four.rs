//! Beasts on their own four legs, in profile, looking right. The shoulders are 100 units high, the feet at 0.

use ports::film::{Mood, Pose};

use super::{
    head::{self, Coat},
    table::{Beast, Mark, Tail},
};
use crate::picture::{
    figure::Face,
    pen::{P, Pen},
};

/// Where a rider sits, from the feet, for a beast `size` pixels high at the shoulders.
pub(super) const SADDLE: f64 = 0.98;

/// Draws a beast.
pub(super) fn draw(pen: &mut Pen<'_>, beast: &Beast, pose: Pose, mood: Mood, face: Face) {
    let c = Coat::of(pen, beast);
    let (long, deep, thick) = (beast.trunk.0 * 100.0, beast.trunk.1 * 100.0, beast.trunk.2 * 100.0);
    let lies = matches!(pose, Pose::Lying | Pose::Kneeling);
    let sits = pose == Pose::Sitting && beast.tall < 0.7;
    let down = if lies { 100.0 - deep * 0.98 } else { 0.0 };
    let top = -100.0 + down;
    let chest: P = (long * 0.34, top + deep * 0.52);
    let rump: P = (-long * 0.34, top + deep * 0.50 + if sits { (100.0 - deep) * 0.75 } else { 0.0 });
    let far = c.coat.shade(0.80);
    let swing = match pose {
        Pose::Running => 34.0,
        Pose::Walking | Pose::Leaving | Pose::Riding => 16.0,
        _ => 4.0,
    };
    tail(pen, beast, &c, (rump.0 - deep * 0.42, rump.1 - deep * 0.26));
    for (near, colour) in [(false, far), (true, c.coat)] {
        if near {
            trunk(pen, beast, &c, chest, rump, deep);
        }
        let way = if near { 1.0 } else { -1.0 };
        let shift = if near { 0.0 } else { long * 0.07 };
        let hoof = matches!(beast.mark, Mark::Mane | Mark::Horns | Mark::Antlers | Mark::Wool | Mark::Disc);
        for (joint, angle, folded) in [(chest, swing * way, lies), (rump, -swing * way, lies || sits)] {
            let hip = (joint.0 + shift, joint.1 + deep * 0.2);
            if folded {
                let floor = -thick * 0.5;
                pen.limb(
                    &[
                        ((hip.0, floor - deep * 0.14), (hip.0 + deep * 0.1, floor - deep * 0.10), deep * 0.42),
                        ((hip.0, floor), (hip.0 + long * 0.2, floor), thick),
                    ],
                    colour,
                );
                continue;
            }
            let length = -hip.1 - thick * 0.5;
            let (sin, cos) = f64::to_radians(angle).sin_cos();
            let knee = (hip.0 + sin * length * 0.5, hip.1 + cos * length * 0.5);
            let back = f64::to_radians(if angle < 0.0 { angle * 1.3 } else { angle * 0.3 });
            let foot = (knee.0 + back.sin() * length * 0.5, (knee.1 + back.cos() * length * 0.5).min(-thick * 0.5));
            pen.limb(&[(hip, knee, thick * 1.5), (knee, foot, thick)], colour);
            let toe = (foot.0 + thick * 0.34, foot.1 + thick * 0.14);
            pen.limb(&[(foot, toe, thick * if hoof { 0.94 } else { 1.1 })], if hoof { c.dark } else { colour });
        }
    }
    let base = (chest.0 + deep * 0.16, chest.1 - deep * 0.16);
    let (length, angle) = (beast.neck.0 * 100.0, f64::to_radians(beast.neck.1));
    let end = (base.0 + angle.sin() * length, base.1 - angle.cos() * length);
    pen.limb(&[(base, end, deep * if length > 30.0 { 0.46 } else { 0.60 })], c.coat);
    if beast.mark == Mark::Mane {
        let d = format!(
            "M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} L{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} Z",
            end.0 - 10.0,
            end.1 - 14.0,
            base.0 - deep * 0.34,
            (end.1 + base.1) * 0.5,
            base.0 - deep * 0.30,
            base.1 + 4.0,
            base.0 - deep * 0.06,
            base.1 - 2.0,
            base.0 - deep * 0.05,
            (end.1 + base.1) * 0.5,
            end.0,
            end.1 - 10.0
        );
        pen.shape(&d, c.dark);
    }
    let size = beast.neck.2 * 100.0 / 80.0;
    pen.open(&format!("translate({:.1} {:.1}) scale({size:.3}) translate(20 70)", end.0, end.1), size, 92.0);
    head::side(pen, beast, mood, face);
    pen.close();
}

fn trunk(pen: &mut Pen<'_>, beast: &Beast, c: &Coat, chest: P, rump: P, deep: f64) {
    if beast.mark == Mark::Wool {
        let mut curls: Vec<(P, P, f64)> = vec![(rump, chest, deep * 0.9)];
        for step in 0..14 {
            let angle = f64::from(step) / 14.0 * std::f64::consts::TAU;
            let (cx, cy) = ((chest.0 + rump.0) / 2.0, (chest.1 + rump.1) / 2.0);
            let at = (cx + angle.cos() * (chest.0 - rump.0) * 0.86, cy + angle.sin() * deep * 0.42);
            curls.push((at, at, deep * 0.34));
        }
        pen.limb(&curls, c.coat);
        return;
    }
    pen.wrap(&[(chest, deep * 0.50), (rump, deep * 0.48)], c.coat);
    let (cx, cy) = ((chest.0 + rump.0) / 2.0, (chest.1 + rump.1) / 2.0);
    match beast.mark {
        Mark::Stripes => {
            for step in -3..=3 {
                let x = cx + f64::from(step) * (chest.0 - rump.0) * 0.16;
                pen.stroke(
                    &format!("M{x:.1} {:.1} q{:.1} {:.1} -2 {:.1}", cy - deep * 0.44, deep * 0.10, deep * 0.2, deep * 0.46),
                    c.dark,
                    deep * 0.07,
                );
            }
        }
        Mark::Bib | Mark::Antlers => pen.spot((cx, cy + deep * 0.36), (chest.0 - rump.0) * 0.6, deep * 0.10, c.pale, 0.9),
        Mark::Wide => {
            pen.spot((cx, cy - deep * 0.2), deep * 0.08, deep * 0.07, c.dark, 0.7);
            pen.spot((cx - deep * 0.3, cy), deep * 0.09, deep * 0.08, c.dark, 0.7);
            pen.spot((cx + deep * 0.2, cy + deep * 0.34), deep * 0.4, deep * 0.10, c.pale, 0.9);
        }
        _ => {}
    }
}

fn tail(pen: &mut Pen<'_>, beast: &Beast, c: &Coat, (x, y): P) {
    match beast.tail {
        Tail::Thin => {
            pen.stroke(&format!("M{:.1} {y:.1} q-36 10 -44 -30 q-2 -22 12 -30", x + 6.0), pen.stage.light.ink, 11.0);
            pen.stroke(&format!("M{:.1} {y:.1} q-36 10 -44 -30 q-2 -22 12 -30", x + 6.0), c.coat, 8.0);
        }
        Tail::Bushy => {
            pen.shape(
                &format!(
                    "M{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} Z",
                    x + 8.0,
                    y - 6.0,
                    x - 30.0,
                    y - 26.0,
                    x - 84.0,
                    y - 10.0,
                    x - 96.0,
                    y + 34.0,
                    x - 60.0,
                    y + 40.0,
                    x - 20.0,
                    y + 30.0,
                    x + 8.0,
                    y + 10.0
                ),
                c.coat,
            );
            pen.flat(
                &format!(
                    "M{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} Z",
                    x - 96.0,
                    y + 34.0,
                    x - 92.0,
                    y + 14.0,
                    x - 80.0,
                    y,
                    x - 66.0,
                    y + 36.0
                ),
                c.pale,
                1.0,
            );
        }
        Tail::Tuft => {
            pen.stroke(&format!("M{:.1} {y:.1} q-22 14 -16 46", x + 4.0), c.coat.shade(0.7), 6.0);
            pen.oval((x - 12.0, y + 52.0), 6.0, 11.0, c.dark);
        }
        Tail::Stub => pen.oval((x, y), 10.0, 9.0, if beast.mark == Mark::Antlers { c.pale } else { c.coat.shade(1.08) }),
        Tail::Hair => pen.shape(
            &format!(
                "M{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} Z",
                x + 8.0,
                y - 6.0,
                x - 22.0,
                y - 8.0,
                x - 34.0,
                y + 30.0,
                x - 22.0,
                y + 66.0,
                x - 10.0,
                y + 50.0,
                x - 8.0,
                y + 20.0,
                x + 8.0,
                y + 6.0
            ),
            c.dark,
        ),
        Tail::Curl => pen.stroke(
            &format!("M{:.1} {y:.1} q-20 -4 -18 -20 q8 -14 18 -4", x + 4.0),
            c.coat.shade(0.8),
            if beast.mark == Mark::Disc { 5.0 } else { 9.0 },
        ),
    }
}
