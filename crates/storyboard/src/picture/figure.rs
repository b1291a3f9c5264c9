//! People: one look per character, fixed by the seed of the name, drawn as a bust, as a whole figure, or from behind.

use std::fmt::Write;

use ports::film::{Age, Character, Gender, Mood, Style};

use super::{
    light::Rgb,
    stage::{Dice, Stage},
};

/// What a face does at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Face {
    /// Eyes shut for a moment.
    pub blink: bool,
    /// Mouth open in speech.
    pub talk: bool,
}

/// Where somebody stands.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    /// From the left, in pixels.
    pub x: f64,
    /// From the top, in pixels: the chin of a bust, the feet of a whole figure.
    pub y: f64,
    /// A bust's scale, a whole figure's height in pixels.
    pub size: f64,
    /// Looking the other way.
    pub flip: bool,
}

/// A character's fixed colours and shapes.
#[derive(Debug, Clone, Copy)]
struct Look {
    hair: Rgb,
    eyes: Rgb,
    skin: Rgb,
    cloth: Rgb,
    trim: Rgb,
    cut: usize,
    garment: Garment,
    age: Age,
    woman: bool,
    /// Features in solid ink, because tone would turn them into dots.
    inked: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Garment {
    Robe,
    Armour,
    Shirt,
    Hoodie,
    Dress,
    Coat,
}

impl Look {
    fn of(character: &Character, stage: &Stage) -> Self {
        let mut dice = Dice::new(character.seed);
        let woman = match character.gender {
            Gender::Female => true,
            Gender::Male => false,
            Gender::Unknown => dice.pick(4) == 0,
        };
        let hairs = if stage.classical { [0x1c1a22, 0x2a2028, 0x14161e, 0x322620] } else { [0x26202a, 0x5a3a26, 0x1a2440, 0x8a5a30] };
        let hair = if character.age == Age::Old { 0xc8c8d0 } else { hairs[dice.pick(4)] };
        let cloths: [(u32, u32); 8] = [
            (0x3f6fb5, 0xe8eef8),
            (0xb8423c, 0xf6d68a),
            (0x3f8a5c, 0xe6f2dc),
            (0x7a52a8, 0xf0dcf6),
            (0xd08a2c, 0xfff0d0),
            (0x2f8a94, 0xdff4f2),
            (0xc8567e, 0xffe6ee),
            (0x58606e, 0xdfe4ea),
        ];
        // The cast of a film is given seeds that differ here (rules::names), so that no two are dressed alike.
        let (cloth, trim) = cloths[usize::try_from(character.seed % 8).unwrap_or(0)];
        let garment = match (stage.classical, woman) {
            (true, false) if dice.pick(6) == 0 => Garment::Armour,
            (true, _) => Garment::Robe,
            (false, true) => [Garment::Dress, Garment::Coat, Garment::Shirt][dice.pick(3)],
            (false, false) => [Garment::Shirt, Garment::Hoodie, Garment::Coat][dice.pick(3)],
        };
        Self {
            hair: stage.figure(hair),
            eyes: stage.figure([0x3a6ac0, 0x6a4226, 0x2f7a5a, 0x6a3a8a, 0x40383a, 0xa05a20][dice.pick(6)]),
            skin: stage.figure([0xffe3cd, 0xfbd8bd, 0xf3cba8, 0xffead8][dice.pick(4)]),
            cloth: stage.figure(cloth),
            trim: stage.figure(trim),
            cut: dice.pick(4),
            garment,
            age: character.age,
            woman,
            inked: stage.style == Style::Manga,
        }
    }
}

/// A bust with its chin at the spot; the head is about 200 times its size high.
pub fn bust(stage: &Stage, character: &Character, mood: Mood, face: Face, spot: Spot) -> String {
    let Spot { x, y, size: scale, flip } = spot;
    let look = Look::of(character, stage);
    let mirror = if flip { -scale } else { scale };
    let line = stage.line(1.0 / scale.max(0.2) * 1.1);
    format!(
        "<g transform=\"translate({x:.1} {y:.1}) scale({mirror:.4} {scale:.4})\">{}{}{}{}</g>",
        hair_back(&look, &line),
        torso(&look, &line),
        head(stage, &look, mood, face, &line),
        hair_front(&look, &line)
    )
}

/// A whole figure with its feet at the spot (children are smaller).
pub fn whole(stage: &Stage, character: &Character, mood: Mood, face: Face, spot: Spot) -> String {
    let Spot { x, y, size: height, flip } = spot;
    let look = Look::of(character, stage);
    let height = if look.age == Age::Child { height * 0.72 } else { height };
    // In its own units a figure is 700 high and its head 200 of them at a scale of 0.82.
    let scale = height / 700.0;
    let mirror = if flip { -scale } else { scale };
    let line = stage.line(1.0 / scale.max(0.15) * 0.9);
    let head_line = stage.line(1.0 / (scale.max(0.15) * 0.82) * 0.9);
    format!(
        "<ellipse cx=\"{x:.1}\" cy=\"{y:.1}\" rx=\"{:.1}\" ry=\"{:.1}\" fill=\"#000\" fill-opacity=\"0.22\"/>\
         <g transform=\"translate({x:.1} {y:.1}) scale({mirror:.4} {scale:.4})\"><g transform=\"translate(0 -528) scale(0.82)\">{}</g>{}<g transform=\"translate(0 -528) scale(0.82)\">{}{}</g></g>",
        height * 0.17,
        height * 0.03,
        hair_back(&look, &head_line),
        body(&look, &line),
        head(stage, &look, mood, face, &head_line),
        hair_front(&look, &head_line)
    )
}

/// A figure seen from behind against the light: for realistic pictures, which show no drawn faces.
pub fn behind(stage: &Stage, character: &Character, x: f64, y: f64, height: f64) -> String {
    let look = Look::of(character, stage);
    let height = if look.age == Age::Child { height * 0.7 } else { height };
    let scale = height / 700.0;
    let shadow = stage.light.top.shade(0.30);
    let (dark, hair, skin) = (look.cloth.mix(shadow, 0.50), look.hair.mix(shadow, 0.35), look.skin.mix(shadow, 0.45));
    let fold = dark.shade(0.72);
    let rim = stage.light.low.shade(1.3);
    let id = format!("rim{x:.0}");
    let robe = matches!(look.garment, Garment::Robe | Garment::Dress | Garment::Armour);
    let mut svg = format!(
        "<linearGradient id=\"{id}\"><stop offset=\"0.45\" stop-color=\"{rim}\" stop-opacity=\"0\"/><stop offset=\"1\" stop-color=\"{rim}\" stop-opacity=\"0.85\"/></linearGradient>\
         <ellipse cx=\"{x:.1}\" cy=\"{y:.1}\" rx=\"{:.1}\" ry=\"{:.1}\" fill=\"#000\" fill-opacity=\"0.35\"/><g transform=\"translate({x:.1} {y:.1}) scale({scale:.4})\">",
        height * 0.2,
        height * 0.025
    );
    let lit = format!("stroke=\"url(#{id})\" stroke-width=\"5\" stroke-linejoin=\"round\"");
    let outline = if robe {
        "M-52 -545 C-96 -530 -112 -420 -118 -300 L-112 -250 L-88 -262 C-98 -150 -112 -60 -118 0 L118 0 C112 -60 98 -150 88 -262 L112 -250 L118 -300 C112 -420 96 -530 52 -545 Z"
    } else {
        "M-48 -548 C-88 -538 -104 -480 -112 -330 L-104 -258 L-80 -262 L-74 -400 L-66 -300 C-70 -180 -66 -90 -62 0 L-12 0 L-4 -280 L4 -280 L12 0 L62 0 C66 -90 70 -180 66 -300 L74 -400 L80 -262 L104 -258 L112 -330 C104 -480 88 -538 48 -548 Z"
    };
    let folds = if robe {
        "M-58 -520 Q-66 -380 -60 -290 M58 -520 Q66 -380 60 -290 M-30 -250 Q-40 -120 -44 -10 M24 -250 Q34 -120 38 -10 M-86 -300 L86 -300"
    } else {
        "M-60 -520 Q-70 -420 -68 -320 M60 -520 Q70 -420 68 -320 M0 -540 L0 -320 M-62 -296 L62 -296 M-38 -150 l20 10 M38 -150 l-20 10"
    };
    let _ = write!(
        svg,
        "<ellipse cx=\"-98\" cy=\"-242\" rx=\"14\" ry=\"20\" fill=\"{skin}\"/><ellipse cx=\"98\" cy=\"-242\" rx=\"14\" ry=\"20\" fill=\"{skin}\" {lit}/>\
         <rect x=\"-20\" y=\"-572\" width=\"40\" height=\"44\" fill=\"{skin}\"/><path d=\"{outline}\" fill=\"{dark}\" {lit}/>\
         <path d=\"{folds}\" fill=\"none\" stroke=\"{fold}\" stroke-width=\"4\" stroke-linecap=\"round\"/><path d=\"M-34 -546 Q0 -524 34 -546 L26 -560 Q0 -544 -26 -560 Z\" fill=\"{}\"/>\
         <ellipse cx=\"-58\" cy=\"-606\" rx=\"9\" ry=\"16\" fill=\"{skin}\"/><ellipse cx=\"58\" cy=\"-606\" rx=\"9\" ry=\"16\" fill=\"{skin}\" {lit}/>",
        look.trim.mix(shadow, 0.45)
    );
    let crown = match (look.woman, look.cut) {
        (true, 0) => "M-60 -620 C-70 -560 -66 -470 -56 -404 L56 -404 C66 -470 70 -560 60 -620 C52 -694 -52 -694 -60 -620 Z",
        (true, 1) => "M-60 -620 C-68 -580 -66 -548 -56 -530 L56 -530 C66 -548 68 -580 60 -620 C52 -694 -52 -694 -60 -620 Z",
        (true, 2) => {
            "M-56 -612 C-58 -576 -40 -552 -16 -546 C-26 -480 -14 -420 0 -400 C14 -420 26 -480 16 -546 C40 -552 58 -576 56 -612 C52 -692 -52 -692 -56 -612 Z"
        }
        (true, _) => {
            "M-56 -612 C-58 -570 -42 -548 0 -544 C42 -548 58 -570 56 -612 C56 -640 60 -650 66 -668 a24 24 0 1 0 -40 -18 Q0 -694 -26 -686 a24 24 0 1 0 -40 18 C-60 -650 -56 -640 -56 -612 Z"
        }
        (false, _) => "M-54 -612 C-56 -580 -44 -560 0 -556 C44 -560 56 -580 54 -612 C52 -690 -52 -690 -54 -612 Z",
    };
    let knot = if stage.classical && !look.woman {
        format!("<circle cx=\"0\" cy=\"-692\" r=\"22\" fill=\"{hair}\" {lit}/>")
    } else {
        String::new()
    };
    let _ = write!(
        svg,
        "{knot}<path d=\"{crown}\" fill=\"{hair}\" {lit}/><path d=\"M-34 -660 Q-40 -610 -34 -566 M-12 -672 Q-14 -610 -10 -560 M14 -672 Q16 -610 12 -560 M36 -660 Q42 -610 34 -566\" fill=\"none\" stroke=\"{}\" stroke-width=\"3\" stroke-opacity=\"0.7\"/></g>",
        hair.shade(1.22)
    );
    svg
}

fn head(stage: &Stage, look: &Look, mood: Mood, face: Face, line: &str) -> String {
    let skin = look.skin;
    let shade = skin.mix(Rgb::hex(0xc06a50), 0.28);
    let mut svg = String::new();
    let _ = write!(svg, "<path d=\"M-26 -30 L-30 50 L30 50 L26 -30 Z\" fill=\"{}\" {line}/>", shade);
    let jaw = if look.age == Age::Child {
        "M-80 -96 C-86 -40 -56 6 0 8 C56 6 86 -40 80 -96 C76 -196 -76 -196 -80 -96 Z"
    } else {
        "M-76 -100 C-80 -46 -46 2 0 10 C46 2 80 -46 76 -100 C72 -196 -72 -196 -76 -100 Z"
    };
    let _ = write!(
        svg,
        "<ellipse cx=\"-78\" cy=\"-76\" rx=\"12\" ry=\"18\" fill=\"{skin}\" {line}/><ellipse cx=\"78\" cy=\"-76\" rx=\"12\" ry=\"18\" fill=\"{skin}\" {line}/>"
    );
    let _ = write!(svg, "<path d=\"{jaw}\" fill=\"{skin}\" {line}/>");
    let cheeks = match mood {
        Mood::Happy | Mood::Tender => 0.55,
        Mood::Angry => 0.35,
        Mood::Calm | Mood::Sad | Mood::Tense | Mood::Afraid | Mood::Mysterious => 0.18,
    };
    if stage.style != Style::Manga && look.age != Age::Old {
        for x in [-46, 46] {
            let _ = write!(svg, "<ellipse cx=\"{x}\" cy=\"-36\" rx=\"17\" ry=\"9\" fill=\"#ff7a7a\" fill-opacity=\"{cheeks}\"/>");
        }
    }
    svg.push_str(&eyes(stage, look, mood, face));
    let _ = write!(
        svg,
        "<path d=\"M3 -46 L8 -34 L1 -32\" fill=\"none\" stroke=\"{}\" stroke-width=\"3\" stroke-linecap=\"round\"/>",
        shade.shade(0.75)
    );
    svg.push_str(&mouth(look, mood, face));
    if look.age == Age::Old {
        let wrinkle = shade.shade(0.72);
        let _ = write!(
            svg,
            "<g fill=\"none\" stroke=\"{wrinkle}\" stroke-width=\"2.6\" stroke-linecap=\"round\"><path d=\"M-30 -140 Q0 -147 30 -140\"/><path d=\"M-24 -128 Q0 -134 24 -128\"/><path d=\"M-28 -34 Q-34 -22 -26 -8\"/><path d=\"M28 -34 Q34 -22 26 -8\"/><path d=\"M-62 -58 L-70 -54\"/><path d=\"M62 -58 L70 -54\"/></g>"
        );
        if !look.woman {
            let _ = write!(
                svg,
                "<path d=\"M-46 -30 C-52 8 -34 46 -24 66 C-16 88 -6 94 0 104 C6 94 16 88 24 66 C34 46 52 8 46 -30 C32 -10 16 -4 0 -6 C-16 -4 -32 -10 -46 -30 Z\" fill=\"{0}\" {line}/><path d=\"M-20 10 Q-18 44 -8 72 M0 8 L0 84 M20 10 Q18 44 8 72\" fill=\"none\" stroke=\"{1}\" stroke-width=\"3\" stroke-linecap=\"round\"/>",
                look.hair,
                look.hair.shade(0.7)
            );
            svg.push_str(&mouth(look, mood, face));
        }
    }
    svg
}

fn eyes(stage: &Stage, look: &Look, mood: Mood, face: Face) -> String {
    let ink = stage.light.ink;
    let big = if look.age == Age::Child {
        1.16
    } else if look.age == Age::Old {
        0.64
    } else {
        1.0
    };
    // How far the upper lid hangs, and how the brow slants (up outside is anger, up inside is sorrow).
    let (lid, slant, lift) = match mood {
        Mood::Calm => (0.0, 0.0, 0.0),
        Mood::Happy => (0.1, -2.0, -6.0),
        Mood::Sad => (0.30, -11.0, 2.0),
        Mood::Tense => (0.05, 8.0, 0.0),
        Mood::Angry => (0.22, 15.0, 5.0),
        Mood::Afraid => (-0.08, -9.0, -8.0),
        Mood::Tender => (0.25, -4.0, -2.0),
        Mood::Mysterious => (0.32, 4.0, 2.0),
    };
    let mut svg = String::new();
    for side in [-1.0, 1.0] {
        let x = 34.0 * side;
        let (rx, ry) = (19.0 * big, 24.0 * big);
        let top = -66.0 - ry + lid * ry;
        if face.blink {
            let _ = write!(
                svg,
                "<path d=\"M{:.1} -62 Q{x:.1} -50 {:.1} -62\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"5.5\" stroke-linecap=\"round\"/>",
                x - rx,
                x + rx
            );
        } else {
            let id = if side < 0.0 { "a" } else { "b" };
            let _ = write!(
                svg,
                "<clipPath id=\"eye{id}{:.0}\"><path d=\"M{:.1} -66 C{:.1} {top:.1} {:.1} {top:.1} {:.1} -66 C{:.1} {:.1} {:.1} {:.1} {:.1} -66 Z\"/></clipPath>",
                rx * 10.0 + lid * 100.0,
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
            let _ = write!(
                svg,
                "<g clip-path=\"url(#eye{id}{:.0})\"><rect x=\"{:.1}\" y=\"-100\" width=\"{:.1}\" height=\"70\" fill=\"#fdfdff\"/><ellipse cx=\"{x:.1}\" cy=\"-64\" rx=\"{:.1}\" ry=\"{:.1}\" fill=\"{}\"/><ellipse cx=\"{x:.1}\" cy=\"-58\" rx=\"{:.1}\" ry=\"{:.1}\" fill=\"{}\"/><ellipse cx=\"{x:.1}\" cy=\"-66\" rx=\"{:.1}\" ry=\"{:.1}\" fill=\"#14101c\"/><circle cx=\"{:.1}\" cy=\"-73\" r=\"{:.1}\" fill=\"#fff\"/><circle cx=\"{:.1}\" cy=\"-56\" r=\"{:.1}\" fill=\"#fff\" fill-opacity=\"0.8\"/></g>",
                rx * 10.0 + lid * 100.0,
                x - rx,
                rx * 2.0,
                rx * 0.78,
                ry * 0.86,
                look.eyes.shade(0.75),
                rx * 0.62,
                ry * 0.6,
                look.eyes.shade(1.25),
                rx * 0.38,
                ry * 0.44,
                x - 5.0 * big,
                5.6 * big,
                x + 5.0 * big,
                3.0 * big
            );
            let _ = write!(
                svg,
                "<path d=\"M{:.1} -66 C{:.1} {top:.1} {:.1} {top:.1} {:.1} -64\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"{:.1}\" stroke-linecap=\"round\"/>",
                x - rx - 1.0,
                x - rx,
                x + rx,
                x + rx + 1.0,
                if look.woman { 7.0 } else { 5.5 }
            );
            if look.woman {
                let outer = x + side * rx;
                let _ = write!(
                    svg,
                    "<path d=\"M{outer:.1} -68 l{:.1} -7\" stroke=\"{ink}\" stroke-width=\"4\" stroke-linecap=\"round\"/>",
                    side * 8.0
                );
            }
        }
        let (inner, outer) = (-106.0 + lift + slant, -106.0 + lift - slant * 0.6);
        let brow = look.hair.mix(ink, 0.5);
        let _ = write!(
            svg,
            "<path d=\"M{:.1} {inner:.1} Q{x:.1} {:.1} {:.1} {outer:.1}\" fill=\"none\" stroke=\"{brow}\" stroke-width=\"{}\" stroke-linecap=\"round\"/>",
            x - side * 20.0,
            (inner + outer) / 2.0 - 6.0,
            x + side * 22.0,
            if look.woman { 4.0 } else { 7.0 }
        );
    }
    if mood == Mood::Sad && look.age != Age::Old {
        svg.push_str("<path d=\"M-44 -38 q-6 12 0 16 q6 -4 0 -16 Z\" fill=\"#bfe4ff\" fill-opacity=\"0.9\"/>");
    }
    svg
}

fn mouth(look: &Look, mood: Mood, face: Face) -> String {
    let lip = if look.inked { Rgb::hex(0x000000) } else { look.skin.mix(Rgb::hex(0xa83838), 0.62) };
    if look.inked && face.talk {
        return "<path d=\"M-17 -20 Q0 -26 17 -20 Q14 4 0 5 Q-14 4 -17 -20 Z\" fill=\"#000\"/>".to_owned();
    }
    if face.talk {
        return "<path d=\"M-17 -20 Q0 -26 17 -20 Q14 4 0 5 Q-14 4 -17 -20 Z\" fill=\"#7c2430\"/><path d=\"M-10 -3 Q0 -9 10 -3 Q6 4 0 4 Q-6 4 -10 -3 Z\" fill=\"#e87a80\"/>".to_owned();
    }
    let d = match mood {
        Mood::Happy => "M-22 -22 Q0 2 22 -22 Q0 -14 -22 -22 Z",
        Mood::Tender => "M-15 -18 Q0 -8 15 -18",
        Mood::Sad => "M-15 -10 Q0 -20 15 -10",
        Mood::Angry => "M-18 -10 Q0 -18 18 -10 L14 -6 L-14 -6 Z",
        Mood::Afraid => "M-10 -20 Q0 -24 10 -20 Q12 -6 0 -6 Q-12 -6 -10 -20 Z",
        Mood::Calm | Mood::Tense | Mood::Mysterious => "M-12 -15 Q0 -11 12 -15",
    };
    let filled = matches!(mood, Mood::Happy | Mood::Angry | Mood::Afraid);
    format!(
        "<path d=\"{d}\" fill=\"{}\" stroke=\"{lip}\" stroke-width=\"4\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>",
        match (filled, look.inked) {
            (false, _) => "none",
            (true, true) => "#000",
            (true, false) => "#8c2c34",
        }
    )
}

fn hair_back(look: &Look, line: &str) -> String {
    let hair = look.hair.shade(0.82);
    let d = match (look.woman, look.cut) {
        (true, 0) => "M-92 -120 C-110 -10 -112 120 -100 250 L100 250 C112 120 110 -10 92 -120 C84 -230 -84 -230 -92 -120 Z",
        (true, 1) => "M-92 -120 C-104 -40 -100 30 -84 60 L84 60 C100 30 104 -40 92 -120 C84 -230 -84 -230 -92 -120 Z",
        (true, 2) => "M40 -180 C150 -190 170 -60 130 60 C124 110 96 120 100 80 C110 20 104 -80 60 -120 Z",
        (true, _) => "M-100 -200 a36 36 0 1 1 60 -18 L40 -218 a36 36 0 1 1 60 18 L92 -60 L-92 -60 Z",
        (false, _) => "M-87 -110 C-93 -86 -90 -66 -82 -54 L82 -54 C90 -66 93 -86 87 -110 C80 -220 -80 -220 -87 -110 Z",
    };
    format!("<path d=\"{d}\" fill=\"{hair}\" {line}/>")
}

fn hair_front(look: &Look, line: &str) -> String {
    let (hair, gloss) = (look.hair, look.hair.shade(1.28));
    let mut svg = String::new();
    let classical_man = !look.woman && matches!(look.garment, Garment::Robe | Garment::Armour);
    let d = match (look.woman, look.cut) {
        (true, 0) => {
            "M-90 -70 C-100 -210 -40 -214 0 -212 C40 -214 100 -210 90 -70 C80 -110 74 -132 60 -150 C30 -120 -20 -120 -44 -150 C-62 -130 -80 -110 -90 -70 Z"
        }
        (true, 1) => {
            "M-92 -50 C-108 -214 -36 -214 0 -212 C36 -214 108 -214 92 -50 C84 -84 80 -110 78 -126 L-78 -126 C-80 -110 -84 -84 -92 -50 Z"
        }
        (true, 2) => {
            "M-90 -80 C-98 -212 -38 -214 0 -212 C44 -214 98 -206 90 -80 C82 -118 66 -140 40 -158 C0 -128 -58 -124 -78 -122 C-84 -108 -88 -96 -90 -80 Z"
        }
        (true, _) => "M-88 -76 C-96 -208 -36 -210 0 -208 C36 -210 96 -208 88 -76 C78 -112 50 -140 0 -158 C-50 -140 -78 -112 -88 -76 Z",
        (false, 0) => {
            "M-88 -84 C-100 -170 -80 -214 -34 -212 L-16 -236 L4 -212 L30 -232 L36 -206 C88 -206 98 -150 88 -84 L74 -126 L58 -104 L40 -142 L14 -112 L-8 -146 L-32 -112 L-50 -144 L-70 -104 Z"
        }
        (false, 1) => {
            "M-88 -84 C-98 -210 -36 -212 0 -212 C40 -212 98 -206 88 -84 C82 -116 70 -140 46 -156 C10 -132 -44 -132 -74 -128 C-80 -112 -86 -98 -88 -84 Z"
        }
        (false, 2) => "M-86 -92 C-94 -208 -40 -208 0 -208 C40 -208 94 -208 86 -92 C80 -132 62 -150 0 -152 C-62 -150 -80 -132 -86 -92 Z",
        (false, _) => {
            "M-88 -80 C-104 -196 -52 -214 -10 -212 C60 -216 100 -180 88 -80 C84 -108 80 -124 70 -138 L52 -112 L30 -144 L-2 -118 L-22 -146 L-52 -116 L-70 -140 C-80 -120 -84 -104 -88 -80 Z"
        }
    };
    if classical_man {
        let _ = write!(
            svg,
            "<ellipse cx=\"0\" cy=\"-222\" rx=\"30\" ry=\"26\" fill=\"{hair}\" {line}/><rect x=\"-30\" y=\"-210\" width=\"60\" height=\"12\" rx=\"5\" fill=\"{}\" {line}/>",
            look.trim
        );
    }
    let _ = write!(svg, "<path d=\"{d}\" fill=\"{hair}\" {line}/>");
    if look.age != Age::Old {
        let _ = write!(
            svg,
            "<path d=\"M-58 -176 Q-10 -196 50 -178\" fill=\"none\" stroke=\"{gloss}\" stroke-width=\"8\" stroke-linecap=\"round\" stroke-opacity=\"0.55\"/>"
        );
    }
    if look.woman && look.garment == Garment::Robe {
        let _ = write!(
            svg,
            "<circle cx=\"62\" cy=\"-168\" r=\"13\" fill=\"{}\" {line}/><circle cx=\"62\" cy=\"-168\" r=\"5\" fill=\"#fff6c0\"/><path d=\"M66 -156 l4 34\" stroke=\"{}\" stroke-width=\"4\"/>",
            look.trim, look.cloth
        );
    }
    svg
}

fn torso(look: &Look, line: &str) -> String {
    let (cloth, trim, dark) = (look.cloth, look.trim, look.cloth.shade(0.74));
    let shoulders = if look.woman || look.age == Age::Child {
        "M-34 34 C-104 44 -134 80 -146 330 L-152 900 L152 900 L146 330 C134 80 104 44 34 34 Z"
    } else {
        "M-36 34 C-124 42 -164 80 -176 330 L-184 900 L184 900 L176 330 C164 80 124 42 36 34 Z"
    };
    let mut svg = format!("<path d=\"{shoulders}\" fill=\"{cloth}\" {line}/>");
    let _ = match look.garment {
        Garment::Robe => write!(
            svg,
            "<path d=\"M-36 32 L26 150 L10 900 L-30 900 L-18 170 L-66 46 Z\" fill=\"{trim}\" {line}/><path d=\"M36 32 L-34 150 L-20 176 L66 46 Z\" fill=\"{trim}\" {line}/><path d=\"M-150 300 L150 300\" stroke=\"{dark}\" stroke-width=\"22\"/>"
        ),
        Garment::Armour => write!(
            svg,
            "<path d=\"M-90 60 L90 60 L130 900 L-130 900 Z\" fill=\"{}\" {line}/><g stroke=\"{dark}\" stroke-width=\"5\"><path d=\"M-96 120 L96 120 M-100 180 L100 180 M-104 240 L104 240 M0 60 L0 900\"/></g><path d=\"M-176 90 q40 -60 96 -40 l-20 90 Z M176 90 q-40 -60 -96 -40 l20 90 Z\" fill=\"{trim}\" {line}/>",
            Rgb::hex(0x8a94a6).mix(cloth, 0.25)
        ),
        Garment::Shirt => write!(
            svg,
            "<path d=\"M-38 32 L0 84 L38 32 L60 50 L16 120 L0 96 L-16 120 L-60 50 Z\" fill=\"{trim}\" {line}/><path d=\"M0 96 L0 900\" stroke=\"{dark}\" stroke-width=\"4\"/><circle cx=\"0\" cy=\"150\" r=\"5\" fill=\"{trim}\"/><circle cx=\"0\" cy=\"210\" r=\"5\" fill=\"{trim}\"/><circle cx=\"0\" cy=\"270\" r=\"5\" fill=\"{trim}\"/>"
        ),
        Garment::Hoodie => write!(
            svg,
            "<path d=\"M-70 44 C-80 100 -30 130 0 132 C30 130 80 100 70 44 C40 80 -40 80 -70 44 Z\" fill=\"{dark}\" {line}/><path d=\"M-18 118 l-4 80 M18 118 l4 80\" stroke=\"{trim}\" stroke-width=\"6\" stroke-linecap=\"round\"/>"
        ),
        Garment::Dress => write!(
            svg,
            "<path d=\"M-60 46 Q0 130 60 46 L44 38 Q0 96 -44 38 Z\" fill=\"{trim}\" {line}/><path d=\"M0 92 l-26 -16 l0 34 Z M0 92 l26 -16 l0 34 Z\" fill=\"{dark}\" {line}/><path d=\"M-120 240 L120 240\" stroke=\"{trim}\" stroke-width=\"14\"/>"
        ),
        Garment::Coat => write!(
            svg,
            "<path d=\"M-30 34 L0 130 L30 34 Z\" fill=\"{trim}\" {line}/><path d=\"M-36 32 L-84 70 L-30 190 L0 130 Z M36 32 L84 70 L30 190 L0 130 Z\" fill=\"{dark}\" {line}/><path d=\"M0 130 L0 900\" stroke=\"{dark}\" stroke-width=\"4\"/><circle cx=\"22\" cy=\"230\" r=\"7\" fill=\"{trim}\"/>"
        ),
    };
    svg
}

fn body(look: &Look, line: &str) -> String {
    let (cloth, trim, dark, skin) = (look.cloth, look.trim, look.cloth.shade(0.72), look.skin);
    let mut svg = String::new();
    match look.garment {
        Garment::Robe | Garment::Armour => {
            let _ = write!(
                svg,
                "<path d=\"M-34 -500 C-92 -490 -110 -400 -128 -240 L-70 -230 L-70 -300 C-84 -170 -100 -70 -108 -8 L108 -8 C100 -70 84 -170 70 -300 L70 -230 L128 -240 C110 -400 92 -490 34 -500 Z\" fill=\"{cloth}\" {line}/><path d=\"M-34 -502 L20 -410 L8 -10 L-24 -10 L-14 -390 L-54 -490 Z\" fill=\"{trim}\" {line}/><path d=\"M-76 -330 L76 -330 L78 -300 L-78 -300 Z\" fill=\"{dark}\" {line}/><ellipse cx=\"-99\" cy=\"-228\" rx=\"17\" ry=\"19\" fill=\"{skin}\" {line}/><ellipse cx=\"99\" cy=\"-228\" rx=\"17\" ry=\"19\" fill=\"{skin}\" {line}/><path d=\"M-52 -10 h44 v12 h-50 Z M52 -10 h-44 v12 h50 Z\" fill=\"#2a2430\" {line}/>"
            );
        }
        Garment::Dress => {
            let _ = write!(
                svg,
                "<path d=\"M-30 -150 L-34 -4 L-8 -4 L-6 -150 Z M30 -150 L34 -4 L8 -4 L6 -150 Z\" fill=\"{skin}\" {line}/><path d=\"M-40 -10 h36 v14 h-40 Z M40 -10 h-36 v14 h40 Z\" fill=\"#6a3a40\" {line}/><path d=\"M-34 -500 C-84 -490 -92 -430 -110 -270 L-82 -262 L-62 -380 L-110 -140 L110 -140 L62 -380 L82 -262 L110 -270 C92 -430 84 -490 34 -500 Z\" fill=\"{cloth}\" {line}/><path d=\"M-62 -350 L62 -350\" stroke=\"{trim}\" stroke-width=\"14\"/><ellipse cx=\"-97\" cy=\"-256\" rx=\"15\" ry=\"17\" fill=\"{skin}\" {line}/><ellipse cx=\"97\" cy=\"-256\" rx=\"15\" ry=\"17\" fill=\"{skin}\" {line}/>"
            );
        }
        Garment::Shirt | Garment::Hoodie | Garment::Coat => {
            let long = if look.garment == Garment::Coat { -170 } else { -262 };
            // The collar of a hoodie is its hood, as in the bust.
            let collar = if look.garment == Garment::Hoodie {
                "M-44 -502 C-52 -456 -20 -440 0 -440 C20 -440 52 -456 44 -502 C24 -478 -24 -478 -44 -502 Z"
            } else {
                "M-30 -500 L0 -430 L30 -500 Z"
            };
            let collar_colour = if look.garment == Garment::Hoodie { dark } else { trim };
            let legs = Rgb::hex(0x384258).mix(cloth, 0.2);
            let _ = write!(
                svg,
                "<path d=\"M-66 -280 L-62 -6 L-10 -6 L0 -230 L10 -6 L62 -6 L66 -280 Z\" fill=\"{legs}\" {line}/><path d=\"M-66 -12 h58 v16 h-66 Z M66 -12 h-58 v16 h66 Z\" fill=\"#3a3038\" {line}/><path d=\"M-34 -500 C-96 -490 -104 -430 -116 -270 L-86 -264 L-70 -380 L-74 {long} L74 {long} L70 -380 L86 -264 L116 -270 C104 -430 96 -490 34 -500 Z\" fill=\"{cloth}\" {line}/><path d=\"{collar}\" fill=\"{collar_colour}\" {line}/><path d=\"M0 -430 L0 {long}\" stroke=\"{dark}\" stroke-width=\"4\"/><ellipse cx=\"-101\" cy=\"-258\" rx=\"16\" ry=\"18\" fill=\"{skin}\" {line}/><ellipse cx=\"101\" cy=\"-258\" rx=\"16\" ry=\"18\" fill=\"{skin}\" {line}/>"
            );
        }
    }
    svg
}
