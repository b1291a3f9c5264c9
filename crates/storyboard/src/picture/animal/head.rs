//! Heads of beasts, from the front and in profile; the chin is about (0, -20), the crown (0, -170), as of a person's head.

use ports::film::Mood;

use super::table::{Beast, Ears, Mark};
use crate::picture::{figure::Face, light::Rgb, pen::Pen};

/// The colours of a beast in this light.
pub(super) struct Coat {
    pub(super) coat: Rgb,
    pub(super) pale: Rgb,
    pub(super) dark: Rgb,
    pub(super) ink: Rgb,
}

impl Coat {
    pub(super) fn of(pen: &Pen<'_>, beast: &Beast) -> Self {
        let colour = |number: u32| pen.stage.figure(number);
        Self { coat: colour(beast.coat), pale: colour(beast.pale), dark: colour(beast.dark), ink: pen.stage.light.ink }
    }
}

/// Where the middle of a head is.
const MIDDLE: f64 = -92.0;

/// A head from the front.
pub(super) fn front(pen: &mut Pen<'_>, beast: &Beast, mood: Mood, face: Face) {
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

fn eye(pen: &mut Pen<'_>, (x, y): (f64, f64), size: f64, side: f64, mood: Mood, blink: bool, c: &Coat) {
    if blink {
        pen.stroke(&format!("M{:.1} {y:.1} q{size:.1} 9 {:.1} 0", x - size, size * 2.0), c.ink, 4.6);
        return;
    }
    if size > 10.0 {
        pen.spot((x, y), size, size * 1.12, Rgb::hex(0xfdfdfa), 1.0);
        pen.spot((x, y), size * 0.72, size * 0.86, Rgb::hex(0x1c1418), 1.0);
        pen.spot((x - size * 0.24, y - size * 0.34), size * 0.28, size * 0.28, Rgb::hex(0xffffff), 1.0);
    } else {
        pen.spot((x, y), size, size, Rgb::hex(0x1c1418), 1.0);
    }
    // Brows as people have them: up outside is anger, up inside is sorrow.
    let slant = match mood {
        Mood::Angry => 10.0,
        Mood::Tense => 5.0,
        Mood::Sad | Mood::Afraid => -9.0,
        Mood::Calm | Mood::Happy | Mood::Tender | Mood::Mysterious => return,
    };
    let top = y - size * 1.5;
    pen.stroke(&format!("M{:.1} {:.1} L{:.1} {:.1}", x - side * size, top + slant, x + side * size, top - slant), c.ink, 5.0);
}

fn ear(pen: &mut Pen<'_>, beast: &Beast, c: &Coat, side: f64) {
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
fn crown(pen: &mut Pen<'_>, beast: &Beast, c: &Coat, side: f64) {
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

/// A head in profile, looking right; the neck joins it at (-20, -60).
pub(super) fn side(pen: &mut Pen<'_>, beast: &Beast, mood: Mood, face: Face) {
    let c = Coat::of(pen, beast);
    let (_, length, thick) = beast.muzzle;
    let r = (beast.face.0.min(beast.face.1)) * 0.86;
    let tip = (r * 0.5 + length, MIDDLE + 18.0 + length * 0.16);
    if beast.mark == Mark::Ruff {
        pen.oval((-24.0, MIDDLE + 10.0), r * 1.5, r * 1.6, c.dark);
    }
    let skull = if beast.mark == Mark::Bands { c.pale } else { c.coat };
    let open = face.talk || matches!(mood, Mood::Angry);
    if open && beast.mark != Mark::Trunk {
        pen.limb(&[((r * 0.3, MIDDLE + 34.0), (tip.0 - 12.0, tip.1 + 22.0), thick * 0.44)], skull.shade(0.9));
    }
    if beast.mark == Mark::Trunk {
        let d = format!(
            "M20 {:.0} C90 {:.0} 96 20 92 90 C90 116 118 116 124 96 L138 102 C128 150 66 144 66 96 C66 40 56 0 14 -20 Z",
            MIDDLE - 30.0,
            MIDDLE - 20.0
        );
        pen.shape(&d, c.coat);
        let tusk = pen.stage.figure(0xf6f0e0);
        pen.shape("M44 -34 Q90 -6 108 -30 Q86 22 34 -12 Z", tusk);
    }
    pen.limb(&[((-r * 0.05, MIDDLE), (r * 0.1, MIDDLE), r * 2.0), ((r * 0.2, MIDDLE + 14.0), tip, thick)], skull);
    match beast.mark {
        Mark::Bib | Mark::Stripes => pen.limb(&[((r * 0.3, MIDDLE + 34.0), (tip.0 - 6.0, tip.1 + thick * 0.2), thick * 0.5)], c.pale),
        Mark::Bands => pen.stroke(
            &format!("M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1}", -r * 0.7, MIDDLE - 16.0, r * 0.3, MIDDLE - 18.0, tip.0 - 16.0, tip.1 - 8.0),
            c.dark,
            20.0,
        ),
        Mark::Bare => pen.spot((r * 0.5, MIDDLE + 6.0), r * 0.66, r * 0.8, c.pale, 1.0),
        _ => {}
    }
    if beast.mark == Mark::Stripes {
        pen.stroke(
            &format!(
                "M{:.0} {:.0} l10 20 M{:.0} {:.0} l24 8 M{:.0} {:.0} l24 0",
                0.0,
                MIDDLE - r + 4.0,
                -r + 8.0,
                MIDDLE - 18.0,
                -r + 4.0,
                MIDDLE + 8.0
            ),
            c.dark,
            8.0,
        );
    }
    let nose = if beast.mark == Mark::Disc || beast.ears == Ears::Long && beast.whiskers || beast.mark == Mark::Blind {
        pen.stage.figure(0xf09a98)
    } else {
        c.dark.mix(c.ink, 0.5)
    };
    let end = tip.0 + thick * 0.40;
    match beast.mark {
        Mark::Disc => pen.oval((end - 2.0, tip.1), 9.0, thick * 0.48, c.dark.mix(c.pale, 0.5)),
        Mark::Mane | Mark::Horns | Mark::Antlers | Mark::Wool => pen.spot((end - 12.0, tip.1 - 6.0), 6.0, 5.0, c.dark, 1.0),
        Mark::Wide | Mark::Trunk => {}
        _ => pen.spot((end - 3.0, tip.1 - thick * 0.18), 11.0, 9.0, nose, 1.0),
    }
    if beast.mark != Mark::Trunk {
        pen.stroke(
            &format!(
                "M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1}",
                end - 4.0,
                tip.1 + thick * 0.14,
                tip.0 - length * 0.3,
                tip.1 + thick * 0.34,
                r * 0.5,
                MIDDLE + 32.0
            ),
            c.ink,
            3.0,
        );
    }
    profile_ear(pen, beast, &c, r);
    let eye_at = if beast.mark == Mark::Wide { (r * 0.3, MIDDLE - r * 0.9) } else { (r * 0.42, MIDDLE - 16.0) };
    if beast.mark == Mark::Wide {
        pen.oval(eye_at, 24.0, 22.0, c.coat);
    }
    eye(pen, eye_at, if beast.mark == Mark::Blind { 6.0 } else { 13.0 }, 1.0, mood, face.blink, &c);
    if beast.whiskers {
        pen.stroke(
            &format!("M{:.0} {:.0} l-34 -8 M{:.0} {:.0} l-34 4", tip.0 - 4.0, tip.1 + 4.0, tip.0 - 4.0, tip.1 + 10.0),
            c.ink.mix(c.pale, 0.3),
            2.4,
        );
    }
}

fn profile_ear(pen: &mut Pen<'_>, beast: &Beast, c: &Coat, r: f64) {
    let e = beast.ear;
    let top = MIDDLE - r;
    let coat = if beast.mark == Mark::Bands { c.dark } else { c.coat.shade(0.9) };
    let horn = pen.stage.figure(0xe8dcc0);
    match beast.mark {
        Mark::Horns => pen.shape(&format!("M-6 {:.1} q20 -10 34 -66 q20 40 -6 74 Z", top + 14.0), horn),
        Mark::Antlers => pen.stroke(
            &format!("M-4 {:.1} l-14 -56 l26 -50 M-18 {:.1} l-34 -34 M-2 {:.1} l34 -20", top + 8.0, top - 48.0, top - 74.0),
            c.dark.shade(1.15),
            11.0,
        ),
        Mark::Mane => pen.shape(
            &format!(
                "M12 {:.1} Q-40 {:.1} -66 {:.1} Q-84 {:.1} -92 20 L-58 16 Q-50 {:.1} -6 {:.1} Z",
                top + 2.0,
                top - 22.0,
                top + 24.0,
                MIDDLE,
                MIDDLE,
                top + 20.0
            ),
            c.dark,
        ),
        Mark::Wool => pen.oval((-14.0, top + 18.0), 40.0, 30.0, pen.stage.figure(0xfaf8f2)),
        _ => {}
    }
    match beast.ears {
        Ears::Pointed => pen.shape(&format!("M-34 {:.1} L-22 {:.1} L14 {:.1} Z", top + 24.0, top - e, top + 6.0), coat),
        Ears::Round => {
            pen.oval((-18.0, top + e * 0.3), e * 0.9, e, coat);
            pen.spot((-16.0, top + e * 0.36), e * 0.5, e * 0.6, c.pale.mix(Rgb::hex(0xd88080), 0.3), 1.0);
        }
        Ears::Long => {
            pen.shape(&format!("M-8 {:.1} C-4 {:.1} -60 {:.1} -40 {:.1} Z", top + 12.0, top - e * 1.2, top - e * 1.3, top + 24.0), coat)
        }
        Ears::Hanging if beast.mark == Mark::Trunk => {
            pen.shape(&format!("M-8 {:.1} C-60 {:.1} -120 {:.1} -96 10 C-80 40 -40 10 -20 -30 Z", top + 12.0, top - 10.0, top + 30.0), coat)
        }
        Ears::Hanging => pen.shape(
            &format!(
                "M-6 {:.1} C-50 {:.1} -66 {:.1} -46 {:.1} C-26 {:.1} -8 {:.1} -6 {:.1} Z",
                top + 10.0,
                top + 8.0,
                top + e * 0.8,
                top + e * 1.1,
                top + e * 1.2,
                top + e * 0.6,
                top + 10.0
            ),
            if beast.mark == Mark::Disc { coat } else { c.dark },
        ),
        Ears::Sideways => pen.shape(
            &format!(
                "M-14 {:.1} Q-50 {:.1} -{:.0} {:.1} Q-40 {:.1} -14 {:.1} Z",
                top + 16.0,
                top - 6.0,
                26.0 + e,
                top + 8.0,
                top + 40.0,
                top + 36.0
            ),
            coat,
        ),
        Ears::None => {}
    }
}
