//! Birds, fish, turtles, snakes and insects, looking right. A bird is 100 units high, its feet at 0; the rest lies in a box of
//! -100..100.

use ports::film::{Mood, Pose, Species};

use super::table::Fowl;
use crate::picture::{figure::Face, light::Rgb, pen::Pen};

fn eye(pen: &mut Pen<'_>, x: f64, y: f64, r: f64, blink: bool) {
    let ink = pen.stage.light.ink;
    if blink {
        pen.stroke(&format!("M{:.1} {y:.1} h{:.1}", x - r, r * 2.0), ink, r * 0.5);
        return;
    }
    pen.spot((x, y), r, r, Rgb::hex(0xfdfdfa), 1.0);
    pen.spot((x + r * 0.2, y), r * 0.62, r * 0.66, Rgb::hex(0x18141a), 1.0);
    pen.spot((x, y - r * 0.24), r * 0.24, r * 0.24, Rgb::hex(0xffffff), 1.0);
}

/// Draws a bird; `flies` spreads its wings.
pub(super) fn fowl(pen: &mut Pen<'_>, species: Species, fowl: &Fowl, flies: bool, mood: Mood, face: Face) {
    let colour = |pen: &Pen<'_>, number: u32| pen.stage.figure(number);
    let (coat, wing, beak) = (colour(pen, fowl.coat), colour(pen, fowl.wing), colour(pen, fowl.beak_colour));
    let (body, neck, legs, head) = fowl.parts;
    let (body, neck, legs, head) = (body * 100.0, neck * 100.0, legs * 100.0, head * 50.0);
    let middle = (0.0, -legs - body * 0.42);
    let tail = fowl.tail * 60.0;
    if species == Species::Phoenix {
        for (index, (dy, tint)) in [(0.0, 0xf0a030), (16.0, 0xe8502c), (30.0, 0x3aa08a)].into_iter().enumerate() {
            let end = (-body - tail * 1.5, middle.1 + 40.0 + dy * 1.4);
            let feather = colour(pen, tint);
            pen.stroke(
                &format!(
                    "M{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
                    -body * 0.4,
                    middle.1 + dy * 0.2,
                    -body - 10.0,
                    middle.1 - 50.0 + dy * 2.0,
                    -body - tail * 0.6,
                    middle.1 + 70.0 + dy,
                    end.0,
                    end.1 - 20.0 * index as f64
                ),
                feather,
                9.0,
            );
            pen.oval((end.0, end.1 - 20.0 * index as f64), 10.0, 10.0, feather);
        }
    } else {
        pen.shape(
            &format!(
                "M{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} Z",
                -body * 0.3,
                middle.1 - body * 0.2,
                -body * 0.5 - tail,
                middle.1 + if species == Species::Chicken { -body * 0.5 } else { body * 0.14 },
                -body * 0.3,
                middle.1 + body * 0.24
            ),
            wing,
        );
    }
    for x in [-4.0, 8.0] {
        if !flies {
            pen.stroke(&format!("M{x:.1} {:.1} V-3 M{:.1} -2 h12", -legs - body * 0.1, x - 2.0), beak.shade(0.85), 3.4);
        }
    }
    let join = (body * 0.34, middle.1 - body * 0.20);
    let top = (join.0 + if neck > 20.0 { body * 0.10 } else { body * 0.06 }, join.1 - neck - head * 0.5);
    pen.limb(
        &[
            ((-body * 0.26, middle.1 + body * 0.06), (body * 0.18, middle.1 - body * 0.04), body * 0.84),
            (join, top, if neck > 20.0 { body * 0.34 } else { head * 1.5 }),
        ],
        coat,
    );
    if flies {
        pen.shape(
            &format!(
                "M{:.1} {:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} Z",
                body * 0.3,
                middle.1 - body * 0.1,
                0.0,
                middle.1 - 44.0,
                -40.0,
                middle.1 - 70.0,
                -90.0,
                middle.1 - 76.0,
                -60.0,
                middle.1 - 26.0,
                -body * 0.4,
                middle.1
            ),
            wing,
        );
    } else {
        pen.shape(
            &format!(
                "M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} Z",
                body * 0.26,
                middle.1 - body * 0.14,
                -body * 0.2,
                middle.1 - body * 0.36,
                -body * 0.62,
                middle.1 + body * 0.16,
                0.0,
                middle.1 + body * 0.36,
                body * 0.26,
                middle.1 - body * 0.14
            ),
            wing,
        );
    }
    let (hx, hy) = (top.0 + 2.0, top.1);
    if let Some(crest) = fowl.crest {
        let crest = colour(pen, crest);
        match species {
            Species::Chicken | Species::Phoenix => {
                pen.shape(&format!("M{:.1} {:.1} q-2 -18 6 -14 q4 -10 10 0 q8 -6 6 12 Z", hx - head * 0.6, hy - head * 0.7), crest)
            }
            Species::Owl => pen.shape(
                &format!(
                    "M{:.1} {:.1} l4 -22 l14 12 Z M{:.1} {:.1} l-4 -22 l-14 12 Z",
                    hx - head * 0.8,
                    hy - head * 0.5,
                    hx + head * 0.9,
                    hy - head * 0.5
                ),
                crest,
            ),
            _ => {}
        }
    }
    let white = species == Species::Eagle;
    let head_colour = if white { colour(pen, 0xf8f4ea) } else { coat };
    pen.oval((hx, hy), head, head * 0.94, head_colour);
    if species == Species::Crane {
        pen.spot((hx, hy - head * 0.6), head * 0.6, head * 0.34, colour(pen, 0xd8302c), 1.0);
    }
    let (length, thick, hooked) = (fowl.beak.0 * 100.0, fowl.beak.1 * 100.0, fowl.beak.2);
    let gape = if face.talk { thick * 0.4 } else { 0.0 };
    if species == Species::Owl {
        let disc = colour(pen, 0xe8d8b8);
        for x in [-0.42, 0.46] {
            pen.oval((hx + head * x, hy - head * 0.06), head * 0.46, head * 0.48, disc);
            eye(pen, hx + head * x, hy - head * 0.06, head * 0.30, face.blink);
        }
        pen.shape(
            &format!(
                "M{:.1} {:.1} h{thick:.1} l{:.1} {:.1} Z",
                hx - thick * 0.4,
                hy + head * 0.1,
                -thick * 0.5,
                thick * (1.2 + gape * 0.1)
            ),
            beak,
        );
        return;
    }
    let bx = hx + head * 0.80;
    if gape > 0.0 {
        pen.shape(
            &format!("M{bx:.1} {:.1} l{:.1} {:.1} L{bx:.1} {:.1} Z", hy + thick * 0.1, length * 0.8, thick * 0.6, hy + thick * 0.7),
            beak.shade(0.8),
        );
    }
    let hook = if hooked { thick * 0.5 } else { 0.0 };
    if species == Species::Duck {
        pen.shape(
            &format!(
                "M{bx:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} q4 6 -4 8 Q{:.1} {:.1} {bx:.1} {:.1} Z",
                hy - thick * 0.4,
                bx + length * 0.4,
                hy - thick * 0.2,
                bx + length,
                hy + thick * 0.1,
                bx + length * 0.4,
                hy + thick * 0.7,
                hy + thick * 0.6
            ),
            beak,
        );
    } else {
        pen.shape(
            &format!(
                "M{bx:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1} L{bx:.1} {:.1} Z",
                hy - thick * 0.5,
                bx + length * 0.7,
                hy - thick * 0.5,
                bx + length,
                hy + thick * 0.2 + hook,
                hy + thick * 0.5
            ),
            beak,
        );
    }
    eye(pen, hx + head * 0.30, hy - head * 0.16, head * 0.26, face.blink);
    if mood == Mood::Angry {
        pen.stroke(
            &format!("M{:.1} {:.1} l{:.1} {:.1}", hx + head * 0.02, hy - head * 0.62, head * 0.6, head * 0.22),
            pen.stage.light.ink,
            2.6,
        );
    }
}

/// Shapes of what neither walks nor flies as a bird does, with where its eye is.
type Plain = (&'static [(&'static str, u32)], (f64, f64, f64));

fn plain(species: Species) -> Option<Plain> {
    Some(match species {
        Species::Fish => (
            &[
                ("M-44 0 L-98 -44 Q-80 0 -98 44 Z", 0xd8602c),
                ("M-10 -40 Q10 -74 40 -34 Z M-6 40 Q6 66 30 36 Z", 0xe0702c),
                ("M-60 0 C-20 -62 60 -52 92 0 C60 52 -20 62 -60 0 Z", 0xf08a4a),
                ("M36 -38 Q20 0 36 38 L44 36 Q30 0 44 -37 Z", 0xd8602c),
                ("M-30 -10 q10 10 0 20 M-10 -22 q12 10 0 20 M-10 6 q12 10 0 20 M10 -10 q12 10 0 20", 0xd8602c),
            ],
            (64.0, -12.0, 11.0),
        ),
        Species::Turtle => (
            &[
                ("M58 10 C70 -34 110 -30 104 4 C100 24 76 26 60 22 Z", 0x8aa858),
                ("M-70 24 q-14 40 10 40 h20 v-30 Z M30 28 v36 h24 q16 -8 4 -40 Z M-84 20 l-20 10 l22 8 Z", 0x7a984c),
                ("M-84 26 C-84 -66 66 -70 70 26 Z", 0x6a7a3a),
                ("M-84 26 H70 Q76 40 60 42 H-74 Q-90 40 -84 26 Z", 0xd8c88a),
                ("M-10 -44 L24 -24 L18 10 L-32 10 L-40 -22 Z M-66 12 L-46 -18 L-38 12 Z M58 12 L34 -22 L26 12 Z", 0x52622c),
            ],
            (86.0, -8.0, 7.0),
        ),
        Species::Snake => (
            &[
                (
                    "M-96 70 C-60 30 -40 90 0 66 C40 44 44 30 20 20 C-20 4 -40 -20 -6 -44 C10 -54 20 -70 34 -84 L54 -66 C44 -46 34 -34 16 -24 C4 -14 10 -6 40 6 C86 26 76 70 20 92 C-30 106 -50 60 -80 84 Z",
                    0x5a8a3c,
                ),
                ("M24 -78 C30 -104 76 -104 88 -82 C84 -62 56 -54 40 -56 Z", 0x6a9a48),
                ("M86 -80 l22 4 l8 -6 M108 -76 l8 6 l-30 -4 Z", 0xd0303c),
                (
                    "M-40 64 l10 -8 l10 8 l-10 8 Z M10 62 l10 -8 l10 8 l-10 8 Z M-4 0 l10 -6 l8 8 l-10 6 Z M40 24 l10 -4 l4 12 l-10 4 Z",
                    0x3a5a24,
                ),
            ],
            (60.0, -82.0, 6.0),
        ),
        Species::Insect => (
            &[
                ("M0 -10 C-40 -100 -110 -70 -84 -14 C-70 8 -30 6 0 -4 Z M0 -10 C40 -100 110 -70 84 -14 C70 8 30 6 0 -4 Z", 0xe8a030),
                ("M0 -2 C-40 0 -80 30 -60 64 C-40 84 -10 50 0 10 Z M0 -2 C40 0 80 30 60 64 C40 84 10 50 0 10 Z", 0xd8702c),
                ("M-62 -44 a14 14 0 1 1 28 0 a14 14 0 1 1 -28 0 Z M34 -44 a14 14 0 1 1 28 0 a14 14 0 1 1 -28 0 Z", 0x5a2c18),
                (
                    "M-6 -30 Q0 -40 6 -30 L8 50 Q0 66 -8 50 Z M-2 -34 Q-16 -60 -26 -66 l-2 4 Q-16 -54 -4 -32 Z M2 -34 Q16 -60 26 -66 l2 4 Q16 -54 4 -32 Z",
                    0x2c2024,
                ),
            ],
            (4.0, -36.0, 4.0),
        ),
        _ => return None,
    })
}

/// Draws it in its box; false where it is none of these.
pub(super) fn boxed(pen: &mut Pen<'_>, species: Species, face: Face) -> bool {
    let Some((shapes, (x, y, r))) = plain(species) else { return false };
    for (d, number) in shapes {
        let colour = pen.stage.figure(*number);
        pen.shape(d, colour);
    }
    eye(pen, x, y, r, face.blink);
    true
}

/// Whether a bird is in the air in this pose.
pub(super) fn flies(pose: Pose) -> bool {
    matches!(pose, Pose::Running | Pose::Walking | Pose::Leaving)
}
