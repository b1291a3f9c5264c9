//! Creatures: dragons, ghosts, demons, giants and fairies. Those of human shape are people in another guise.

use std::fmt::Write;

use ports::film::{Mood, Period, Species};

use crate::picture::{
    figure::{Actor, Attire, Face, Guise, Spot, View, draw_as},
    light::Rgb,
    pen::Pen,
    stage::Stage,
};

/// Draws one of human shape; nothing where the kind is none.
pub(super) fn human(stage: &Stage, species: Species, actor: Actor<'_>, spot: Spot) -> Option<String> {
    let plain = Guise::default();
    let chinese = matches!(stage.period, Period::Ancient | Period::Republican);
    Some(match species {
        Species::Ghost => {
            let guise = Guise {
                skin: Some(stage.figure(0xd4e2ec)),
                hair: Some(stage.figure(0x1c1a26)),
                cloth: Some((stage.figure(0xeef2f8), stage.figure(0xc4d2e4))),
                attire: Attire::Shroud,
                ..plain
            };
            format!("<g opacity=\"0.84\">{}</g>", draw_as(stage, actor, spot, &guise))
        }
        Species::Demon => {
            let horns = |pen: &mut Pen<'_>, view: View| {
                let horn = pen.stage.figure(0xe8dcc0);
                pen.shape("M-58 -176 C-86 -200 -96 -240 -78 -276 C-66 -236 -50 -214 -26 -200 Z M58 -176 C86 -200 96 -240 78 -276 C66 -236 50 -214 26 -200 Z", horn);
                if matches!(view, View::Front | View::Turned) {
                    pen.shape("M-22 -20 l6 -22 l8 20 Z M22 -20 l-6 -22 l-8 20 Z", Rgb::hex(0xfdfaf0));
                    pen.stroke("M-60 -118 L-20 -98 M60 -118 L20 -98", Rgb::hex(0x1c1014), 10.0);
                }
            };
            let guise = Guise {
                skin: Some(stage.figure(if actor.character.seed.is_multiple_of(2) { 0xc8483c } else { 0x4a8a6a })),
                hair: Some(stage.figure(0x2a1c1c)),
                cloth: Some((stage.figure(0x5a3c2c), stage.figure(0xd8a83a))),
                tall: 1.12,
                over: Some(&horns),
                attire: Attire::Rags,
                ..plain
            };
            draw_as(stage, actor, spot, &guise)
        }
        Species::Giant => draw_as(stage, actor, spot, &Guise { tall: 1.42, ..plain }),
        Species::Fairy => {
            let wings = |pen: &mut Pen<'_>| {
                if chinese {
                    pen.stroke("M-60 -420 C-220 -560 -220 -760 0 -760 C220 -760 220 -560 60 -420", Rgb::hex(0xf0a8c0), 16.0);
                    pen.spot((-90.0, 0.0), 90.0, 30.0, Rgb::hex(0xffffff), 0.85);
                    pen.spot((70.0, 6.0), 110.0, 34.0, Rgb::hex(0xffffff), 0.85);
                    pen.spot((0.0, -8.0), 120.0, 40.0, Rgb::hex(0xffffff), 0.85);
                } else {
                    for side in [-1.0, 1.0] {
                        pen.flat(
                            &format!(
                                "M0 -480 C{:.0} -720 {:.0} -700 {:.0} -520 C{:.0} -420 {:.0} -420 0 -440 Z",
                                side * 120.0,
                                side * 300.0,
                                side * 260.0,
                                side * 240.0,
                                side * 80.0
                            ),
                            Rgb::hex(0xd8f0ff),
                            0.75,
                        );
                        pen.flat(
                            &format!(
                                "M0 -430 C{:.0} -430 {:.0} -360 {:.0} -280 C{:.0} -240 {:.0} -300 0 -400 Z",
                                side * 120.0,
                                side * 220.0,
                                side * 180.0,
                                side * 130.0,
                                side * 60.0
                            ),
                            Rgb::hex(0xe8e0ff),
                            0.75,
                        );
                    }
                }
            };
            draw_as(stage, actor, spot, &Guise { behind: Some(&wings), attire: Attire::Finery, ..plain })
        }
        _ => return None,
    })
}

/// A dragon in its box of -100..100: the winding one of the East, or the winged one of the West.
pub(super) fn dragon(pen: &mut Pen<'_>, mood: Mood, face: Face) {
    let west = matches!(pen.stage.period, Period::Victorian | Period::Fantasy);
    let (coat, belly) = if west { (0x4a8a4a, 0xe0d8a0) } else { (0x2f8a6a, 0xe8c860) };
    let (coat, belly) = (pen.stage.figure(coat), pen.stage.figure(belly));
    let (gold, red) = (pen.stage.figure(0xe8b030), pen.stage.figure(0xd0402c));
    let ink = pen.stage.light.ink;
    if west {
        pen.shape(
            "M-20 -30 C-60 -110 -120 -90 -140 -40 C-116 -50 -104 -40 -96 -24 C-84 -40 -66 -36 -56 -14 C-46 -26 -34 -26 -20 -12 Z",
            red,
        );
        pen.shape("M0 -36 C0 -120 60 -150 110 -120 C86 -110 84 -96 88 -80 C70 -86 54 -76 52 -58 C40 -64 24 -56 20 -34 Z", red.shade(0.86));
        pen.limb(&[((-40.0, 50.0), (-120.0, 84.0), 26.0), ((-120.0, 84.0), (-160.0, 60.0), 14.0)], coat.shade(0.9));
        pen.limb(&[((-36.0, 50.0), (-44.0, 92.0), 22.0), ((30.0, 50.0), (34.0, 92.0), 20.0)], coat.shade(0.84));
        pen.limb(&[((-34.0, 24.0), (26.0, 16.0), 82.0), ((40.0, 0.0), (64.0, -54.0), 40.0)], coat);
        pen.flat("M-60 44 Q0 70 52 36 Q40 70 -8 66 Q-44 66 -60 44 Z", belly, 1.0);
        pen.limb(&[((-20.0, 54.0), (-22.0, 92.0), 24.0), ((44.0, 48.0), (52.0, 92.0), 20.0)], coat);
    } else {
        let body = "M-170 60 C-150 10 -110 -10 -80 30 C-50 72 -20 90 10 50 C36 14 0 -40 40 -70";
        for (paint, width) in [(ink, 50.0), (coat, 45.0)] {
            pen.stroke(body, paint, width);
        }
        pen.stroke("M-160 70 C-146 30 -112 10 -88 44 C-56 88 -16 102 20 60 C46 24 14 -30 46 -60", belly, 13.0);
        pen.stroke("M-172 40 C-150 -10 -106 -30 -72 14 C-44 54 -20 66 -4 40 C16 6 -18 -40 20 -78", red, 7.0);
        let mut scales = String::new();
        for (x, y) in [
            (-140.0, 18.0),
            (-116.0, 2.0),
            (-92.0, 20.0),
            (-70.0, 44.0),
            (-46.0, 66.0),
            (-20.0, 66.0),
            (2.0, 46.0),
            (10.0, 18.0),
            (6.0, -10.0),
            (12.0, -36.0),
        ] {
            let _ = write!(scales, "M{:.0} {y:.0} q6 8 12 0 ", x - 6.0);
        }
        pen.stroke(&scales, coat.shade(0.6), 3.0);
        for (x, y) in [(-96.0, 40.0), (-10.0, 84.0)] {
            pen.limb(&[((x, y), (x - 4.0, y + 26.0), 15.0)], coat);
            pen.stroke(&format!("M{:.0} {:.0} l-12 12 m12 -12 l0 16 m0 -16 l12 12", x - 4.0, y + 28.0), gold, 5.0);
        }
        pen.shape("M-186 40 q-14 40 20 44 q-20 -14 -4 -40 Z", red);
    }
    let (x, y) = if west { (70.0, -70.0) } else { (52.0, -76.0) };
    pen.open(&format!("translate({x} {y}) scale(0.62)"), 0.62, 92.0);
    if !west {
        pen.shape("M-20 -50 C-70 -70 -90 -30 -70 0 C-96 0 -90 40 -56 40 C-60 66 -20 70 -6 44 Z", red);
    }
    pen.stroke("M-6 -44 C-20 -84 -44 -92 -50 -110 M14 -46 C10 -84 -10 -100 -12 -118 M-22 -76 l-26 -4", gold.shade(0.9), 9.0);
    if face.talk || mood == Mood::Angry {
        pen.shape("M20 24 C60 34 90 40 108 30 L104 44 C70 58 30 50 10 36 Z", coat.shade(0.86));
        pen.flat("M30 22 L104 22 L100 34 L36 32 Z", Rgb::hex(0x8a2c34), 1.0);
    }
    pen.shape(
        "M-40 -30 C-30 -66 30 -66 44 -36 C66 -30 96 -26 114 -8 C122 10 108 24 92 24 C56 26 20 36 -14 40 C-44 30 -50 -6 -40 -30 Z",
        coat,
    );
    pen.shape("M96 -18 a12 10 0 1 1 24 4 Z", coat.shade(1.1));
    pen.flat("M36 24 l6 16 l8 -17 Z M62 22 l6 15 l8 -16 Z", Rgb::hex(0xfdfaf0), 1.0);
    if face.blink {
        pen.stroke("M8 -24 h24", ink, 5.0);
    } else {
        pen.spot((20.0, -24.0), 13.0, 12.0, Rgb::hex(0xfff2a0), 1.0);
        pen.spot((23.0, -24.0), 6.0, 8.0, Rgb::hex(0x18101a), 1.0);
    }
    pen.stroke("M4 -42 L36 -34", if mood == Mood::Calm || mood == Mood::Happy { coat.shade(0.6) } else { ink }, 7.0);
    if !west {
        pen.stroke("M104 4 C140 -6 140 -50 170 -44 M98 14 C130 30 150 6 176 20", gold, 5.0);
        pen.stroke("M10 44 q6 26 -6 44 M26 40 q10 24 4 42", gold, 5.0);
    }
    pen.close();
}
