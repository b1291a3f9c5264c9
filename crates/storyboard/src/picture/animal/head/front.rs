//! A head from the front.

use ports::film::Mood;

use super::{
    super::table::{Beast, Ears, Mark},
    Coat, MIDDLE,
    ears::{crown, ear},
    eye,
};
use crate::picture::{figure::Face, light::Rgb, pen::Pen};

/// A head from the front.
pub(in crate::picture::animal) fn front(pen: &mut Pen<'_>, beast: &Beast, mood: Mood, face: Face) {
    let c = Coat::of(pen, beast);
    let (rx, ry) = beast.face;
    if beast.mark == Mark::Ruff {
        let spikes: String = (0..18)
            .map(|step| {
                let angle = f64::from(step) / 18.0 * std::f64::consts::TAU;
                let r = if step % 2 == 0 { 1.62 } else { 1.36 };
                format!("{}{:.1} {:.1} ", if step == 0 { 'M' } else { 'L' }, angle.cos() * rx * r, MIDDLE + angle.sin() * ry * r)
            })
            .collect();
        pen.shape(&format!("{spikes}Z"), c.dark);
    }
    for side in [-1.0, 1.0] {
        crown(pen, beast, &c, side);
        ear(pen, beast, &c, side);
    }
    let skull = if beast.mark == Mark::Bands { c.pale } else { c.coat };
    pen.oval((0.0, MIDDLE), rx, ry, skull);
    marks(pen, beast, &c);
    muzzle(pen, beast, &c, mood, face);
    for side in [-1.0, 1.0] {
        let (x, y) = match beast.mark {
            Mark::Wide => (rx * 0.56, MIDDLE - ry * 0.86),
            Mark::Mane | Mark::Horns | Mark::Antlers | Mark::Wool => (rx * 0.66, MIDDLE - 20.0),
            _ => (rx * 0.44, MIDDLE - 14.0),
        };
        if beast.mark == Mark::Wide {
            pen.oval((x * side, y), 30.0, 28.0, c.coat);
        }
        eye(pen, (x * side, y), if beast.mark == Mark::Blind { 6.0 } else { 17.0 }, side, mood, face.blink, &c);
    }
    if beast.whiskers {
        let (w, y) = (beast.muzzle.0, MIDDLE + 34.0);
        pen.stroke(
            &format!(
                "M{:.0} {y:.0} l-46 -10 M{:.0} {:.0} l-46 4 M{:.0} {y:.0} l46 -10 M{:.0} {:.0} l46 4",
                -w,
                -w,
                y + 10.0,
                w,
                w,
                y + 10.0
            ),
            c.ink.mix(c.pale, 0.3),
            2.4,
        );
    }
}

fn marks(pen: &mut Pen<'_>, beast: &Beast, c: &Coat) {
    let (rx, ry) = beast.face;
    match beast.mark {
        Mark::Stripes => {
            pen.spot((-rx * 0.62, MIDDLE + 26.0), rx * 0.34, ry * 0.36, c.pale, 0.9);
            pen.spot((rx * 0.62, MIDDLE + 26.0), rx * 0.34, ry * 0.36, c.pale, 0.9);
            let top = MIDDLE - ry;
            pen.stroke(
                &format!("M0 {:.0} v26 M-22 {:.0} l5 22 M22 {:.0} l-5 22 M{:.0} {:.0} l24 4 M{:.0} {:.0} l22 -4 M{:.0} {:.0} l-24 4 M{:.0} {:.0} l-22 -4", top + 6.0, top + 10.0, top + 10.0, -rx + 4.0, MIDDLE - 8.0, -rx + 6.0, MIDDLE + 22.0, rx - 4.0, MIDDLE - 8.0, rx - 6.0, MIDDLE + 22.0),
                c.dark,
                8.0,
            );
        }
        Mark::Bib => {
            for side in [-1.0, 1.0] {
                pen.flat(
                    &format!(
                        "M{:.1} {:.1} Q{:.1} {:.1} 0 {:.1} L0 {:.1} Q{:.1} {:.1} {:.1} {:.1} Z",
                        side * rx * 0.96,
                        MIDDLE + 6.0,
                        side * rx * 0.6,
                        MIDDLE + ry,
                        MIDDLE + ry - 1.0,
                        MIDDLE + 6.0,
                        side * rx * 0.4,
                        MIDDLE + 28.0,
                        side * rx * 0.96,
                        MIDDLE + 6.0
                    ),
                    c.pale,
                    1.0,
                );
            }
        }
        Mark::Bands => {
            for side in [-1.0, 1.0] {
                pen.flat(
                    &format!(
                        "M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} L{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} Z",
                        side * rx * 0.30,
                        MIDDLE - ry * 0.94,
                        side * rx * 0.16,
                        MIDDLE,
                        side * rx * 0.30,
                        MIDDLE + ry * 0.8,
                        side * rx * 0.58,
                        MIDDLE + ry * 0.7,
                        side * rx * 0.84,
                        MIDDLE,
                        side * rx * 0.72,
                        MIDDLE - ry * 0.72
                    ),
                    c.dark,
                    1.0,
                );
            }
        }
        Mark::Bare => {
            pen.flat(&format!("M0 {:.0} C60 {:.0} 70 {:.0} 46 {:.0} C60 {:.0} 40 {:.0} 0 {:.0} C-40 {:.0} -60 {:.0} -46 {:.0} C-70 {:.0} -60 {:.0} 0 {:.0} Z", MIDDLE - 34.0, MIDDLE - 66.0, MIDDLE - 10.0, MIDDLE + 14.0, MIDDLE + 60.0, MIDDLE + 68.0, MIDDLE + 68.0, MIDDLE + 68.0, MIDDLE + 60.0, MIDDLE + 14.0, MIDDLE - 10.0, MIDDLE - 66.0, MIDDLE - 34.0), c.pale, 1.0);
        }
        Mark::Wool => {
            let curls: String = [-52.0, -26.0, 0.0, 26.0, 52.0]
                .iter()
                .map(|x| format!("M{:.0} {:.0} a22 20 0 1 1 44 0 a22 20 0 1 1 -44 0 Z ", x - 22.0, MIDDLE - ry + 4.0 + f64::abs(*x) * 0.3))
                .collect();
            pen.flat(&curls, pen.stage.figure(0xfaf8f2), 1.0);
            pen.spot((0.0, MIDDLE + 12.0), rx * 0.8, ry * 0.8, c.pale, 0.8);
        }
        Mark::Mane => pen.flat(
            &format!(
                "M-26 {:.0} Q-10 {:.0} -6 {:.0} Q4 {:.0} 8 {:.0} Q16 {:.0} 26 {:.0} Q0 {:.0} -26 {:.0} Z",
                MIDDLE - ry,
                MIDDLE - ry + 46.0,
                MIDDLE - 22.0,
                MIDDLE - 50.0,
                MIDDLE - 26.0,
                MIDDLE - 56.0,
                MIDDLE - ry,
                MIDDLE - ry - 16.0,
                MIDDLE - ry
            ),
            c.dark,
            1.0,
        ),
        Mark::Wide => {
            pen.spot((-rx * 0.6, MIDDLE + 10.0), 9.0, 8.0, c.dark, 0.7);
            pen.spot((rx * 0.5, MIDDLE - 6.0), 7.0, 7.0, c.dark, 0.7);
            pen.spot((0.0, MIDDLE - 24.0), 8.0, 7.0, c.dark, 0.7);
        }
        Mark::Plain | Mark::Ruff | Mark::Horns | Mark::Antlers | Mark::Trunk | Mark::Disc | Mark::Blind => {}
    }
}

fn muzzle(pen: &mut Pen<'_>, beast: &Beast, c: &Coat, mood: Mood, face: Face) {
    let w = beast.muzzle.0;
    let (_, ry) = beast.face;
    let open = face.talk || matches!(mood, Mood::Happy | Mood::Afraid | Mood::Angry);
    let inside = if pen.inked() { Rgb::hex(0) } else { Rgb::hex(0x8a2c34) };
    match beast.mark {
        Mark::Trunk => {
            let tusk = pen.stage.figure(0xf6f0e0);
            pen.shape("M-44 -58 q-14 40 -22 58 q26 -10 38 -50 Z M44 -58 q14 40 22 58 q-26 -10 -38 -50 Z", tusk);
            pen.shape("M-30 -96 C-30 -40 -26 10 -14 60 C-8 84 22 88 32 66 L18 58 Q10 66 8 52 C16 10 28 -40 30 -96 Z", c.coat.shade(0.96));
            pen.stroke("M-22 -60 h44 M-20 -34 h40 M-18 -8 h34 M-14 18 h28", c.dark, 2.6);
            return;
        }
        Mark::Wide => {
            let d = if open { "M-66 -76 Q0 -54 66 -76 Q40 -34 0 -32 Q-40 -34 -66 -76 Z" } else { "M-66 -74 Q0 -44 66 -74" };
            pen.spot((0.0, -58.0), 62.0, 26.0, c.pale, 0.9);
            if open {
                pen.flat(d, inside, 1.0);
            }
            pen.stroke(d, c.dark.mix(c.ink, 0.4), 4.4);
            return;
        }
        Mark::Disc => {
            if open {
                pen.flat("M-18 -50 Q0 -24 18 -50 Z", inside, 1.0);
            }
            pen.oval((0.0, MIDDLE + 22.0), w, w * 0.72, c.pale.mix(c.dark, 0.25));
            pen.spot((-12.0, MIDDLE + 22.0), 6.0, 9.0, c.dark.shade(0.7), 1.0);
            pen.spot((12.0, MIDDLE + 22.0), 6.0, 9.0, c.dark.shade(0.7), 1.0);
            return;
        }
        _ => {}
    }
    let y = MIDDLE + ry * 0.42;
    let colour = match beast.mark {
        Mark::Bands | Mark::Bib | Mark::Stripes | Mark::Bare => c.pale,
        Mark::Blind => c.coat.shade(1.1),
        _ => c.pale.mix(c.coat, 0.25),
    };
    let long = beast.muzzle.1 > 90.0;
    if long {
        pen.oval((0.0, MIDDLE + 48.0), w, 40.0, colour);
        pen.spot((-16.0, MIDDLE + 52.0), 6.0, 9.0, c.dark, 0.9);
        pen.spot((16.0, MIDDLE + 52.0), 6.0, 9.0, c.dark, 0.9);
        pen.stroke(&format!("M-16 {:.0} Q0 {:.0} 16 {:.0}", MIDDLE + 74.0, MIDDLE + 80.0, MIDDLE + 74.0), c.ink, 3.6);
        return;
    }
    pen.oval((0.0, y), w, w * 0.72, colour);
    let nose =
        if matches!(beast.mark, Mark::Blind) || beast.ears == Ears::Long { pen.stage.figure(0xf09a98) } else { c.dark.mix(c.ink, 0.6) };
    let top = y - w * 0.5;
    if beast.mark != Mark::Bare {
        pen.flat(
            &format!(
                "M-15 {top:.1} Q0 {:.1} 15 {top:.1} Q8 {:.1} 0 {:.1} Q-8 {:.1} -15 {top:.1} Z",
                top - 8.0,
                top + 14.0,
                top + 17.0,
                top + 14.0
            ),
            nose,
            1.0,
        );
    }
    let line = top + 16.0;
    if open {
        pen.flat(
            &format!(
                "M-17 {:.1} Q0 {:.1} 17 {:.1} Q10 {:.1} 0 {:.1} Q-10 {:.1} -17 {:.1} Z",
                line + 5.0,
                line + 12.0,
                line + 5.0,
                line + 28.0,
                line + 29.0,
                line + 28.0,
                line + 5.0
            ),
            inside,
            1.0,
        );
    }
    let curve = if mood == Mood::Sad { -8.0 } else { 9.0 };
    pen.stroke(
        &format!(
            "M0 {line:.1} v5 M-20 {:.1} Q-10 {:.1} 0 {:.1} Q10 {:.1} 20 {:.1}",
            line + 5.0,
            line + 5.0 + curve,
            line + 5.0,
            line + 5.0 + curve,
            line + 5.0
        ),
        c.ink,
        3.4,
    );
    if beast.ears == Ears::Long && beast.whiskers {
        let y = line + 8.0;
        pen.flat(&format!("M-7 {y:.1} h14 v12 h-14 Z"), Rgb::hex(0xfdfdfa), 1.0);
    }
}
