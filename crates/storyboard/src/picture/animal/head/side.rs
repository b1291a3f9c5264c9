//! A head in profile.

use ports::film::Mood;

use super::{
    super::table::{Beast, Ears, Mark},
    Coat, MIDDLE, eye,
};
use crate::picture::{figure::Face, light::Rgb, pen::Pen};

/// A head in profile, looking right; the neck joins it at (-20, -60).
pub(in crate::picture::animal) fn side(pen: &mut Pen<'_>, beast: &Beast, mood: Mood, face: Face) {
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
