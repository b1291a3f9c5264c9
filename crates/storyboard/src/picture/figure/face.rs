//! Faces: features for every feeling, from the front, half turned and in profile; drawn eyes in anime and manga, modelled ones in
//! realistic pictures. In the head's units: the chin is at (0, 10), the crown at (0, -200), the cheeks at ±76.

use std::fmt::Write;

use ports::film::{Age, Mood};

use super::{bones::View, look::Look};
use crate::picture::{light::Rgb, pen::Pen};

/// What a face does at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Face {
    /// Eyes shut for a moment.
    pub blink: bool,
    /// Mouth open in speech.
    pub talk: bool,
}

/// How a feeling moves the face: how far the upper lid hangs, how the brow slants (up outside is anger, up inside is sorrow) and
/// lifts, and the line of the mouth with whether it is open.
fn feeling(mood: Mood) -> (f64, f64, f64, &'static str, bool) {
    match mood {
        Mood::Calm => (0.0, 0.0, 0.0, "M-13 -16 Q0 -11 13 -16", false),
        Mood::Happy => (0.1, -2.0, -6.0, "M-24 -24 Q0 4 24 -24 Q0 -15 -24 -24 Z", true),
        Mood::Sad => (0.30, -12.0, 2.0, "M-16 -9 Q0 -22 16 -9", false),
        Mood::Tense => (0.05, 9.0, 2.0, "M-13 -14 L13 -15", false),
        Mood::Angry => (0.22, 16.0, 6.0, "M-20 -8 Q0 -22 20 -8 L15 -4 L-15 -4 Z", true),
        Mood::Afraid => (-0.10, -10.0, -9.0, "M-10 -20 Q0 -26 10 -20 Q13 -4 0 -3 Q-13 -4 -10 -20 Z", true),
        Mood::Tender => (0.25, -4.0, -2.0, "M-16 -19 Q0 -8 16 -19", false),
        Mood::Mysterious => (0.34, 4.0, 2.0, "M-12 -15 Q4 -12 15 -18", false),
    }
}

const TALK: &str = "M-17 -21 Q0 -27 17 -21 Q14 4 0 5 Q-14 4 -17 -21 Z";

/// The head without hair, beard or hat.
pub(super) fn face(pen: &mut Pen<'_>, look: &Look, view: View, mood: Mood, face: Face) {
    let shade = look.skin.mix(Rgb::hex(0xb0604a), 0.30);
    match view {
        View::Back => {
            pen.oval((-80.0, -76.0), 11.0, 18.0, look.skin);
            pen.oval((80.0, -76.0), 11.0, 18.0, look.skin);
            pen.shape("M-76 -100 C-80 -46 -46 -4 0 -2 C46 -4 80 -46 76 -100 C72 -196 -72 -196 -76 -100 Z", look.skin);
        }
        View::Side => profile(pen, look, mood, face, shade),
        View::Front | View::Turned => {
            let turned = view == View::Turned;
            pen.oval((-77.0, -76.0), 12.0, 18.0, look.skin);
            if !turned {
                pen.oval((77.0, -76.0), 12.0, 18.0, look.skin);
            }
            pen.shape(jaw(pen.real(), look, turned), look.skin);
            // Half turned, all features move over, the farther ones closer together.
            pen.open(if turned { "translate(17 0) scale(0.90 1)" } else { "translate(0 0)" }, 1.0, 90.0);
            features(pen, look, mood, face, shade);
            pen.close();
        }
    }
}

fn jaw(real: bool, look: &Look, turned: bool) -> &'static str {
    match (real, look.age == Age::Child, turned) {
        (false, true, _) => "M-80 -96 C-86 -40 -56 6 0 8 C56 6 86 -40 80 -96 C76 -196 -76 -196 -80 -96 Z",
        (false, false, false) => "M-76 -100 C-80 -46 -46 2 0 10 C46 2 80 -46 76 -100 C72 -196 -72 -196 -76 -100 Z",
        (false, false, true) => "M-77 -100 C-80 -48 -40 2 12 10 C52 4 76 -40 72 -70 C70 -90 74 -100 72 -112 C66 -196 -72 -196 -77 -100 Z",
        (true, _, false) => "M-72 -104 C-75 -58 -66 -24 -36 0 C-18 13 18 13 36 0 C66 -24 75 -58 72 -104 C66 -196 -66 -196 -72 -104 Z",
        (true, _, true) => {
            "M-73 -104 C-76 -58 -62 -24 -26 0 C-6 14 30 14 46 0 C68 -22 70 -54 68 -72 C66 -88 70 -100 68 -112 C62 -196 -68 -196 -73 -104 Z"
        }
    }
}

fn features(pen: &mut Pen<'_>, look: &Look, mood: Mood, face: Face, shade: Rgb) {
    let (lid, slant, lift, line, open) = feeling(mood);
    let cheeks = match mood {
        Mood::Happy | Mood::Tender => 0.42,
        Mood::Angry => 0.32,
        Mood::Calm | Mood::Sad | Mood::Tense | Mood::Afraid | Mood::Mysterious => 0.14,
    };
    if pen.real() {
        modelling(pen, look, shade);
    }
    if !pen.inked() && look.age != Age::Old {
        let strength = if pen.real() { cheeks * 0.5 } else { cheeks };
        pen.spot((-46.0, -36.0), 17.0, 9.0, Rgb::hex(0xff7a7a), strength);
        pen.spot((46.0, -36.0), 17.0, 9.0, Rgb::hex(0xff7a7a), strength);
    }
    for side in [-1.0, 1.0] {
        if pen.real() {
            real_eye(pen, look, side, lid, face.blink);
        } else {
            drawn_eye(pen, look, side, lid, face.blink);
        }
        brow(pen, look, side, slant, lift);
    }
    if !pen.real() {
        pen.stroke("M3 -46 L8 -34 L1 -32", shade.shade(0.75), 3.0);
    }
    mouth(pen, look, if face.talk { TALK } else { line }, face.talk || open);
    if look.age == Age::Old {
        let wrinkle = shade.shade(0.74);
        pen.stroke(
            "M-34 -142 Q0 -149 34 -142 M-28 -128 Q0 -134 28 -128 M-30 -36 Q-38 -22 -30 -6 M30 -36 Q38 -22 30 -6 M-60 -58 l-9 5 M-60 -66 l-10 0 M60 -58 l9 5 M60 -66 l10 0 M-46 -46 q10 6 20 2 M46 -46 q-10 6 -20 2",
            wrinkle,
            if pen.inked() { 2.6 } else { 2.2 },
        );
    }
    if mood == Mood::Sad && look.age != Age::Old {
        pen.flat("M-44 -38 q-6 12 0 16 q6 -4 0 -16 Z", Rgb::hex(0xbfe4ff), 0.9);
    }
    if mood == Mood::Afraid && !pen.real() {
        pen.flat("M62 -132 q-9 18 0 24 q9 -6 0 -24 Z", Rgb::hex(0xbfe4ff), 0.95);
    }
    if look.glasses {
        let rim = pen.stage.light.ink;
        pen.stroke("M-58 -66 a23 22 0 1 1 46 0 a23 22 0 1 1 -46 0 M12 -66 a23 22 0 1 1 46 0 a23 22 0 1 1 -46 0 M-12 -70 Q0 -76 12 -70 M-58 -70 L-76 -78", rim, 4.0);
    }
}

/// Light and shadow of a face without lines.
fn modelling(pen: &mut Pen<'_>, look: &Look, shade: Rgb) {
    let (dark, bright) = (shade.shade(0.80), look.skin.shade(1.10));
    pen.spot((-31.0, -72.0), 24.0, 15.0, dark, 0.26);
    pen.spot((31.0, -72.0), 24.0, 15.0, dark, 0.34);
    pen.flat("M4 -78 C12 -62 18 -50 19 -44 C14 -34 2 -33 -2 -35 C6 -40 8 -50 4 -78 Z", dark, 0.50);
    pen.flat("M-13 -40 Q-16 -34 -9 -33 Q0 -29 9 -33 Q17 -35 13 -41 Q6 -36 0 -36 Q-6 -36 -13 -40 Z", dark, 0.60);
    pen.flat("M-4 -88 Q-6 -60 -5 -46 Q0 -42 3 -46 Q2 -62 2 -88 Z", bright, 0.50);
    pen.flat("M70 -104 C73 -58 64 -24 36 0 C26 8 12 11 2 11 C34 -2 52 -30 54 -62 C56 -84 62 -96 70 -104 Z", dark, 0.30);
    pen.flat("M-14 -6 Q0 0 14 -6 Q8 2 0 2 Q-8 2 -14 -6 Z", dark, 0.34);
    pen.spot((-20.0, -142.0), 34.0, 18.0, bright, 0.22);
    pen.spot((-44.0, -48.0), 14.0, 10.0, bright, 0.28);
}

fn real_eye(pen: &mut Pen<'_>, look: &Look, side: f64, lid: f64, blink: bool) {
    let ink = pen.stage.light.ink;
    let x = 32.0 * side;
    let big = if look.age == Age::Child { 1.2 } else { 1.0 };
    let (w, up, down) = (17.0 * big, 11.0 * big * (1.0 - lid), 7.0 * big);
    if blink {
        pen.stroke(&format!("M{:.1} -69 Q{x:.1} -62 {:.1} -69", x - w, x + w), ink, 3.4);
        return;
    }
    pen.flat(
        &format!("M{:.1} -70 Q{x:.1} {:.1} {:.1} -70 Q{x:.1} {:.1} {:.1} -70 Z", x - w, -70.0 - up * 1.7, x + w, -70.0 + down * 1.5, x - w),
        Rgb::hex(0xf4efe8).mix(look.skin, 0.2),
        1.0,
    );
    let middle = -70.5 - up * 0.15;
    pen.spot((x, middle), 7.8 * big, (up * 0.75 + 1.0).max(3.5), look.eyes.shade(0.6), 1.0);
    pen.spot((x, middle), 3.6 * big, (up * 0.4).max(2.0), Rgb::hex(0x0c0a10), 1.0);
    pen.spot((x - 2.6, middle - 2.6), 1.8, 1.6, Rgb::hex(0xffffff), 0.9);
    pen.stroke(
        &format!("M{:.1} -70 Q{x:.1} {:.1} {:.1} -70", x - w - 1.0, -70.0 - up * 1.8, x + w + 1.0),
        ink,
        if look.woman { 3.6 } else { 2.8 },
    );
    pen.stroke(&format!("M{:.1} -80 Q{x:.1} {:.1} {:.1} -80", x - w * 0.8, -79.0 - up * 1.3, x + w * 0.8), look.skin.mix(ink, 0.4), 1.6);
    pen.stroke(&format!("M{:.1} -62 Q{x:.1} -57 {:.1} -62", x - w * 0.7, x + w * 0.7), look.skin.mix(ink, 0.35), 1.5);
}

fn drawn_eye(pen: &mut Pen<'_>, look: &Look, side: f64, lid: f64, blink: bool) {
    let ink = pen.stage.light.ink;
    let big = match look.age {
        Age::Child => 1.18,
        Age::Young => 1.06,
        Age::Adult => 0.94,
        Age::Old => 0.62,
    } * if look.woman { 1.06 } else { 1.0 };
    let x = 34.0 * side;
    let (rx, ry) = (19.0 * big, 24.0 * big);
    let top = -66.0 - ry + lid * ry;
    if blink {
        pen.stroke(&format!("M{:.1} -62 Q{x:.1} -50 {:.1} -62", x - rx, x + rx), ink, 5.5);
        return;
    }
    let name = format!("eye{}{:.0}", if side < 0.0 { 'a' } else { 'b' }, rx * 100.0 + lid * 1000.0);
    let _ = write!(
        pen.svg,
        "<clipPath id=\"{name}\"><path d=\"M{:.1} -66 C{:.1} {top:.1} {:.1} {top:.1} {:.1} -66 C{:.1} {:.1} {:.1} {:.1} {:.1} -66 Z\"/></clipPath><g clip-path=\"url(#{name})\">",
        x - rx,
        x - rx,
        x + rx,
        x + rx,
        x + rx * 0.9,
        -66.0 + ry,
        x - rx * 0.9,
        -66.0 + ry,
        x - rx
    );
    pen.spot((x, -66.0), rx * 1.2, ry * 1.2, Rgb::hex(0xfdfdff), 1.0);
    pen.spot((x, -64.0), rx * 0.78, ry * 0.86, look.eyes.shade(0.75), 1.0);
    pen.spot((x, -58.0), rx * 0.62, ry * 0.6, look.eyes.shade(1.25), 1.0);
    pen.spot((x, -66.0), rx * 0.38, ry * 0.44, Rgb::hex(0x14101c), 1.0);
    pen.spot((x - 5.0 * big, -73.0), 5.6 * big, 5.6 * big, Rgb::hex(0xffffff), 1.0);
    pen.spot((x + 5.0 * big, -56.0), 3.0 * big, 3.0 * big, Rgb::hex(0xffffff), 0.8);
    pen.svg.push_str("</g>");
    let width = if look.woman { 7.0 } else { 5.5 };
    pen.stroke(&format!("M{:.1} -66 C{:.1} {top:.1} {:.1} {top:.1} {:.1} -64", x - rx - 1.0, x - rx, x + rx, x + rx + 1.0), ink, width);
    if look.woman {
        let outer = x + side * rx;
        pen.stroke(&format!("M{outer:.1} -68 l{:.1} -7", side * 8.0), ink, 4.0);
    }
}

fn brow(pen: &mut Pen<'_>, look: &Look, side: f64, slant: f64, lift: f64) {
    let real = pen.real();
    let (x, base, reach) = if real { (32.0 * side, -93.0, 19.0) } else { (34.0 * side, -106.0, 21.0) };
    let share = if real { 0.6 } else { 1.0 };
    let (inner, outer) = (base + (lift + slant) * share, base + (lift - slant * 0.6) * share);
    let colour = look.hair.mix(pen.stage.light.ink, if look.age == Age::Old { 0.2 } else { 0.5 });
    let width = match (look.woman, real) {
        (true, _) => 4.0,
        (false, true) => 6.0,
        (false, false) => 7.0,
    };
    pen.stroke(
        &format!("M{:.1} {inner:.1} Q{x:.1} {:.1} {:.1} {outer:.1}", x - side * reach, (inner + outer) / 2.0 - 6.0, x + side * reach),
        colour,
        width,
    );
}

fn mouth(pen: &mut Pen<'_>, look: &Look, line: &str, open: bool) {
    let red = if look.woman { 0.72 } else { 0.55 };
    let lip = if pen.inked() { Rgb::hex(0) } else { look.skin.mix(Rgb::hex(0xa83838), red) };
    if open {
        pen.flat(line, if pen.inked() { Rgb::hex(0) } else { Rgb::hex(0x742030) }, 1.0);
    }
    pen.stroke(line, lip, if pen.real() && look.woman { 5.0 } else { 4.0 });
    if pen.real() && !open {
        pen.flat("M-11 -13 Q0 -4 11 -13 Q0 -9 -11 -13 Z", lip.mix(look.skin, 0.35), 0.9);
    }
}

fn profile(pen: &mut Pen<'_>, look: &Look, mood: Mood, face: Face, shade: Rgb) {
    let (lid, slant, lift, line, open) = feeling(mood);
    let ink = pen.stage.light.ink;
    let head = if look.age == Age::Child {
        "M-74 -100 C-80 -192 -10 -206 30 -190 C62 -176 70 -140 66 -108 C62 -94 60 -86 63 -76 L76 -58 Q78 -50 64 -48 L66 -38 L61 -31 L63 -23 L56 -12 C54 4 40 10 22 6 C-4 0 -26 -14 -36 -34 C-60 -46 -72 -70 -74 -100 Z"
    } else {
        "M-74 -100 C-80 -190 -10 -206 30 -190 C60 -178 68 -142 63 -112 C61 -100 58 -94 62 -84 L80 -56 Q80 -48 64 -47 L67 -37 L61 -31 L64 -23 L57 -14 C60 4 46 13 26 9 C0 2 -24 -12 -34 -34 C-60 -44 -72 -70 -74 -100 Z"
    };
    pen.shape(head, look.skin);
    if pen.real() {
        pen.flat("M-34 -34 C-24 -12 0 2 26 9 C10 -8 -8 -26 -12 -60 Z", shade.shade(0.8), 0.34);
        pen.flat("M62 -50 Q52 -46 50 -52 Q54 -60 60 -62 Z", shade.shade(0.7), 0.5);
    } else if !pen.inked() {
        pen.spot((34.0, -38.0), 14.0, 8.0, Rgb::hex(0xff7a7a), 0.2);
    }
    pen.oval((-18.0, -76.0), 11.0, 18.0, look.skin);
    pen.stroke("M-20 -84 Q-10 -78 -18 -66", shade.shade(0.8), 2.4);
    let (w, h) = match (pen.real(), look.age) {
        (true, _) => (9.0, 9.0),
        (false, Age::Child) => (11.0, 24.0),
        (false, Age::Old) => (9.0, 13.0),
        (false, Age::Young | Age::Adult) => (10.0, 20.0),
    };
    let (x, y) = (45.0, -72.0);
    if face.blink {
        pen.stroke(&format!("M{:.1} {y:.1} Q{x:.1} {:.1} {:.1} {:.1}", x - w, y + 8.0, x + w, y + 2.0), ink, 4.6);
    } else {
        let top = h * (1.0 - lid * 0.8);
        pen.flat(
            &format!(
                "M{:.1} {y:.1} Q{x:.1} {:.1} {:.1} {:.1} Q{:.1} {:.1} {:.1} {y:.1} Z",
                x - w,
                y - top * 1.3,
                x + w,
                y - top * 0.7,
                x + w * 1.2,
                y + h,
                x - w
            ),
            Rgb::hex(0xfdfdff),
            1.0,
        );
        pen.spot((x + w * 0.35, y - 1.0), w * 0.55, h * 0.72 * (1.0 - lid * 0.5), look.eyes.shade(0.7), 1.0);
        pen.spot((x + w * 0.4, y - 2.0), w * 0.3, h * 0.4, Rgb::hex(0x14101c), 1.0);
        if !pen.real() {
            pen.spot((x + w * 0.15, y - h * 0.4), w * 0.26, w * 0.3, Rgb::hex(0xffffff), 1.0);
        }
        pen.stroke(
            &format!("M{:.1} {y:.1} Q{x:.1} {:.1} {:.1} {:.1}", x - w - 2.0, y - top * 1.35, x + w + 1.0, y - top * 0.7),
            ink,
            if pen.real() { 3.0 } else { 5.0 },
        );
    }
    let (inner, outer) = (-104.0 + lift + slant, -104.0 + lift - slant * 0.6);
    pen.stroke(
        &format!("M60 {inner:.1} Q46 {:.1} 30 {outer:.1}", (inner + outer) / 2.0 - 7.0),
        look.hair.mix(ink, 0.4),
        if look.woman { 4.0 } else { 6.5 },
    );
    // The mouth's half that is seen.
    let lip = if pen.inked() { Rgb::hex(0) } else { look.skin.mix(Rgb::hex(0xa83838), 0.62) };
    if face.talk || open {
        let inside = if pen.inked() { Rgb::hex(0) } else { Rgb::hex(0x742030) };
        pen.flat("M66 -34 Q48 -38 44 -26 Q50 -12 60 -16 Z", inside, 1.0);
    } else {
        let down = if line.contains("-9") { 6.0 } else { -4.0 };
        pen.stroke(&format!("M62 -29 Q52 -27 44 {:.1}", -29.0 + down), lip, 4.0);
    }
    if look.age == Age::Old {
        pen.stroke("M40 -44 Q34 -28 42 -14 M28 -70 l-10 4 M28 -62 l-9 7 M30 -140 Q46 -146 58 -138", shade.shade(0.74), 2.4);
    }
    if mood == Mood::Sad && look.age != Age::Old {
        pen.flat("M42 -46 q-6 12 0 16 q6 -4 0 -16 Z", Rgb::hex(0xbfe4ff), 0.9);
    }
    if look.glasses {
        pen.stroke("M32 -70 a17 20 0 1 1 34 0 a17 20 0 1 1 -34 0 M32 -74 L-14 -82", ink, 4.0);
    }
}
