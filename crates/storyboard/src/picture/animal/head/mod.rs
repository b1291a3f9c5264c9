//! Heads of beasts, from the front and in profile; the chin is about (0, -20), the crown (0, -170), as of a person's head.

mod ears;
mod front;
mod side;

use ports::film::Mood;

pub(super) use self::{ears::back, front::front, side::side};
use super::table::Beast;
use crate::picture::{light::Rgb, pen::Pen};

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

/// An eye with its brow.
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
