//! Pictures: a scene becomes planes at different depths, which the renderer moves against each other.

mod angle;
mod animal;
pub mod caption;
mod cast;
mod crowd;
mod drawn;
pub mod figure;
mod indoors;
pub mod light;
mod outdoors;
mod pen;
mod prop;
mod raster;
mod sky;
pub mod stage;

pub use raster::{Bitmap, fonts_lack, rasterise, undrawn};

use ports::film::{Aspect, Character, Framing, Language, Mood, Period, Place, Pose, Scene, Script, Style, TimeOfDay, Weather};

use self::{
    angle::Angle,
    cast::Person,
    figure::{Actor, Anchor, Face, Hands, Spot, View},
    light::Rgb,
    outdoors::Layers,
    stage::{Dice, MARGIN, Stage},
};

/// A layer that moves by its depth: 0 is as far as the sky, 1 as near as the figures.
#[derive(Debug)]
pub struct Plane {
    /// The pixels.
    pub bitmap: Bitmap,
    /// How far it follows the camera.
    pub depth: f64,
}

/// A scene, drawn.
#[derive(Debug)]
pub struct Shot {
    /// Backdrop to foreground, without the figures.
    pub behind: Vec<Plane>,
    /// The figures at rest, and where they are to live, with eyes shut and speaking. Nothing where nobody is there.
    pub figures: Vec<Plane>,
    /// What stays still on the screen and is part of the drawing: a manga page's frame and panels.
    pub page: Bitmap,
    /// Words over the picture: names, where and when, a chapter's title.
    pub labels: Bitmap,
}

/// What is shown beside the scene itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown {
    /// Where and when, because one of them changed.
    pub setting: bool,
    /// Names beside the figures.
    pub names: bool,
    /// Whether eyes blink and mouths speak; a still and a shot that fades out need only the figures at rest.
    pub alive: bool,
}

/// Draws a scene's planes. The same scene gives the same pixels.
#[must_use]
pub fn shot(script: &Script, index: usize, style: Style, aspect: Aspect, shown: Shown) -> Shot {
    let angle = angle::angle(script, index);
    let scene = &Scene { framing: angle.framing, ..script.scenes[index].clone() };
    let mut stage = Stage::new(scene, style, aspect, script.period, script.language);
    stage.mirrored = angle.mirrored;
    let seed = scene_seed(script, scene);
    let mut dice = Dice::new(seed);
    let layers = if scene.place.indoors() {
        indoors::layers(&stage, scene.place, scene.time, &mut dice)
    } else {
        outdoors::layers(&stage, scene.place, scene.time, scene.weather, &mut dice)
    };
    let mut sky = Dice::new(seed ^ 0x51c7);
    let backdrop = if scene.place == Place::Space {
        String::new()
    } else {
        {
            let at = scene.place.indoors().then(|| window(&stage, zoom(scene, angle)));
            sky::sky(&stage, scene.time, scene.weather, scene.framing == Framing::Wide, at, &mut sky)
        }
    };
    let Layers { far, middle, near } = layers;
    let near = near + &haze(&stage, scene);
    let people = cast::cast(&stage, script, scene, index, angle);
    let crowd = crowd::crowd(&stage, script, scene);
    let close = zoomed(&stage, zoom(scene, angle));
    let figures = |face: Face| plane(&stage, &draw_people(&stage, scene, &people, face), 1.0, seed, 0.0);
    let faces = [Face::default(), Face { blink: true, talk: false }, Face { blink: false, talk: true }];
    let wanted = match (people.is_empty(), shown.alive) {
        (true, _) => 0,
        (false, false) => 1,
        (false, true) => 3,
    };
    let figures = faces.into_iter().take(wanted).map(figures).collect();
    let mut near = format!("<g transform=\"{close}\">{near}</g>");
    if let (Framing::Detail, Some(thing)) = (scene.framing, scene.prop) {
        let (x, y, size) = (stage.w * 0.5, stage.h * 0.43, stage.u * 52.0);
        near.push_str(&stage.glow("thingglow", x, y, size * 1.1, stage.light.low.shade(1.2), 0.75));
        near.push_str(&prop::prop(&stage, thing, x, y, size));
    }
    near.push_str(&crowd.svg);
    near.push_str(&prop::beside(&stage, scene, &people));
    let behind = vec![
        plane(&stage, &format!("{backdrop}<g transform=\"{close}\">{far}</g>"), 0.25, seed, 1.0),
        plane(&stage, &format!("<g transform=\"{close}\">{middle}</g>"), 0.5, seed ^ 1, 0.6),
        plane(&stage, &near, 0.8, seed ^ 2, 0.0),
    ];
    Shot {
        behind,
        figures,
        page: page(&stage, scene, &people, index),
        labels: labels(&stage, script, scene, &people, &crowd.labels, shown),
    }
}

/// A character's portrait.
#[must_use]
pub fn portrait(character: &Character, style: Style) -> Bitmap {
    let scene = Scene {
        cues: Vec::new(),
        place: Place::Garden,
        time: TimeOfDay::Day,
        weather: Weather::Clear,
        mood: Mood::Calm,
        framing: Framing::Close,
        present: vec![0],
        prop: None,
        chapter: None,
        poses: Vec::new(),
        season: None,
        signs: Vec::new(),
        place_name: None,
        memory: false,
        description: String::new(),
    };
    // What the character wears was decided with the script.
    let says = |words: &[&str]| words.iter().any(|word| character.looks.contains(word));
    let period = match () {
        () if says(&["robe", "hanfu"]) => Period::Ancient,
        () if says(&["gown"]) => Period::Republican,
        () if says(&["frock", "lace"]) => Period::Victorian,
        () => Period::Timeless,
    };
    let mut stage = Stage::new(&scene, style, Aspect::Classic, period, Language::Chinese);
    (stage.w, stage.h, stage.u) = (768.0, 768.0, 7.68);
    let backdrop = stage.band("back", 0.0, 768.0, stage.light.top.mix(Rgb::hex(0xffffff), 0.35), stage.light.low);
    let actor = Actor {
        character,
        mood: Mood::Calm,
        face: Face::default(),
        pose: Pose::Standing,
        hands: Hands::Down,
        view: Some(View::Turned),
        held: None,
        furnished: false,
        upright: character.species.is_some_and(animal::stands_up),
    };
    let person = cast::draw(&stage, actor, Spot { x: 376.0, y: 470.0, anchor: Anchor::Chin, size: 360.0, flip: false }, Framing::Close);
    let name = caption::plate(28.0, 716.0, 34.0, &character.name, "#ffffff", "#1c2030");
    let mut bitmap = rasterise(&format!("{backdrop}{person}{name}"), (0.0, 0.0, 768.0, 768.0), 768, 768);
    if style == Style::Manga {
        raster::grey(&mut bitmap);
    }
    bitmap
}

/// The same place at the same hour looks the same when we come back to it.
fn scene_seed(script: &Script, scene: &Scene) -> u64 {
    let place = Place::ALL.iter().position(|place| *place == scene.place).unwrap_or(0) as u64;
    crate::rules::names::seed(&script.title) ^ (place + 1).wrapping_mul(0x9e37_79b9)
}

/// How the backdrop is enlarged for nearer framings, and around which share of the width; neighbouring shots look at different
/// parts of it, and from the other side.
fn zoom(scene: &Scene, angle: Angle) -> (f64, f64) {
    let factor = match scene.framing {
        // Back in a place that is known, the camera stands a little nearer.
        Framing::Wide => [1.0, 1.12, 1.06][angle.turn.min(2)],
        Framing::Medium => 1.22,
        Framing::Close => 1.5,
        Framing::Detail => 1.75,
    };
    (factor, [0.5, 0.24, 0.78, 0.36][angle.turn % 4])
}

fn zoomed(stage: &Stage, (factor, x): (f64, f64)) -> String {
    let (x, y) = (stage.w * x, stage.horizon);
    let turned = if stage.mirrored { format!("translate({:.1} 0) scale(-1 1) ", stage.w) } else { String::new() };
    format!("{turned}translate({x:.1} {y:.1}) scale({factor}) translate({:.1} {:.1})", -x, -y)
}

/// Where a room's window shows the sky, after the backdrop was enlarged.
fn window(stage: &Stage, (factor, x): (f64, f64)) -> (f64, f64) {
    let (cx, cy) = (stage.w * x, stage.horizon);
    let (wx, wy) = (cx + (stage.w * 0.25 - cx) * factor, cy + (stage.h * 0.24 - cy) * factor);
    (if stage.mirrored { stage.w - wx } else { wx }, wy)
}

fn haze(stage: &Stage, scene: &Scene) -> String {
    let strength = match scene.weather {
        Weather::Fog => 0.75,
        Weather::Rain | Weather::Snow | Weather::Storm => 0.28,
        Weather::Clear | Weather::Cloudy | Weather::Wind => {
            if stage.style == Style::Realistic {
                0.35
            } else {
                0.0
            }
        }
    };
    if strength == 0.0 || scene.place.indoors() || matches!(scene.place, Place::Space | Place::Undersea) {
        return String::new();
    }
    let colour = stage.light.low.shade(1.1);
    let mut svg = String::new();
    for (index, (y, r)) in [(0.0, 26.0), (8.0, 34.0), (20.0, 40.0)].into_iter().enumerate() {
        let x = stage.w * [0.2, 0.75, 0.45][index];
        svg.push_str(&format!(
            "<radialGradient id=\"haze{index}\"><stop offset=\"0\" stop-color=\"{colour}\" stop-opacity=\"{strength:.2}\"/><stop offset=\"1\" stop-color=\"{colour}\" stop-opacity=\"0\"/></radialGradient>\
             <ellipse cx=\"{x:.1}\" cy=\"{:.1}\" rx=\"{:.1}\" ry=\"{:.1}\" fill=\"url(#haze{index})\"/>",
            stage.horizon + y * stage.u,
            stage.w * 0.8,
            r * stage.u * 0.6
        ));
    }
    svg
}

fn draw_people(stage: &Stage, scene: &Scene, people: &[Person<'_>], face: Face) -> String {
    let speaker = scene.cues.iter().find_map(|cue| cue.speaker);
    let draw = |person: &Person<'_>| {
        let face = Face { talk: face.talk && speaker == Some(person.index), ..face };
        cast::draw(stage, Actor { face, ..person.actor }, person.spot, scene.framing)
    };
    let lit = stage.style == Style::Realistic
        && !scene.place.indoors()
        && !matches!(scene.place, Place::Space | Place::Undersea)
        && scene.time != TimeOfDay::Night
        && matches!(scene.weather, Weather::Clear | Weather::Cloudy | Weather::Wind | Weather::Fog);
    let shafts = if lit { shafts(stage) } else { String::new() };
    people.iter().map(draw).collect::<String>() + &shafts
}

/// Slanting light.
fn shafts(stage: &Stage) -> String {
    let colour = stage.light.low.shade(1.25);
    let beams = [0.55, 0.68, 0.80].into_iter().enumerate().map(|(index, x)| {
        format!(
            "<linearGradient id=\"beam{index}\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop offset=\"0\" stop-color=\"{colour}\" stop-opacity=\"0.26\"/><stop offset=\"1\" stop-color=\"{colour}\" stop-opacity=\"0\"/></linearGradient>\
             <path d=\"M{:.1} {:.1} H{:.1} L{:.1} {:.1} H{:.1} Z\" fill=\"url(#beam{index})\"/>",
            stage.w * x,
            stage.top(),
            stage.w * (x + 0.06),
            stage.w * (x - 0.22),
            stage.h * 0.95,
            stage.w * (x - 0.38)
        )
    });
    beams.collect()
}

/// Words over the picture.
fn labels(stage: &Stage, script: &Script, scene: &Scene, people: &[Person<'_>], crowds: &[(String, f64, f64)], shown: Shown) -> Bitmap {
    let mut svg = String::new();
    if shown.names {
        for (name, x, y) in crowds {
            // Where nobody's head is in the way.
            let free = |x: f64| people.iter().map(|person| (person.spot.x - x).abs()).fold(stage.w, f64::min);
            let places = [*x, x + stage.w * 0.2, x + stage.w * 0.4, x + stage.w * 0.6, x + stage.w * 0.76];
            let inside = places.into_iter().filter(|at| *at < stage.w * 0.95);
            let at = inside.max_by(|a, b| free(*a).total_cmp(&free(*b))).unwrap_or(*x);
            svg.push_str(&caption::name_tag(stage, at, y.clamp(stage.h * 0.14, stage.h * 0.7), name));
        }
        for person in people.iter().filter(|person| !person.over) {
            // Over the head of a whole figure, on the chest of a bust: never over feet, faces or subtitles.
            let y = if person.whole() { person.top() - stage.u * 3.0 } else { person.spot.y + stage.u * 14.0 };
            let y = y.clamp(stage.h * 0.14, stage.h * if stage.aspect == Aspect::Tall { 0.775 } else { 0.755 });
            svg.push_str(&caption::name_tag(stage, person.spot.x, y, &person.actor.character.name));
        }
    }
    if shown.setting {
        svg.push_str(&caption::setting(stage, script.language, scene));
    }
    if let Some(title) = &scene.chapter {
        svg.push_str(&caption::chapter(stage, title));
    }
    rasterise(&svg, (0.0, 0.0, stage.w, stage.h), stage.w as u32, stage.h as u32)
}

/// A manga page: a white border, focus lines where it is tense, and a slanted inset with the face of whoever matters.
fn page(stage: &Stage, scene: &Scene, people: &[Person<'_>], index: usize) -> Bitmap {
    if stage.style != Style::Manga {
        return rasterise("", (0.0, 0.0, stage.w, stage.h), 1, 1);
    }
    let (w, h, u) = (stage.w, stage.h, stage.u);
    let mut svg = String::new();
    if matches!(scene.mood, Mood::Tense | Mood::Angry | Mood::Afraid) {
        let mut dice = Dice::new(index as u64 + 77);
        for _ in 0..70 {
            let angle = dice.range(0.0, std::f64::consts::TAU);
            let (inner, outer) = (dice.range(0.44, 0.60), 1.2);
            let (x, y) = (angle.cos(), angle.sin());
            let spread = dice.range(0.004, 0.012);
            svg.push_str(&format!(
                "<path d=\"M{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} Z\" fill=\"#000\"/>",
                w * (0.5 + x * inner),
                h * (0.45 + y * inner),
                w * (0.5 + (angle - spread).cos() * outer),
                h * (0.45 + (angle - spread).sin() * outer),
                w * (0.5 + (angle + spread).cos() * outer),
                h * (0.45 + (angle + spread).sin() * outer)
            ));
        }
    }
    let faced = |person: &Person<'_>| person.actor.character.species.is_none() || person.actor.upright;
    let inset = people
        .first()
        .filter(|person| people.len() == 1 && person.whole() && faced(person) && scene.framing == Framing::Wide && scene.chapter.is_none());
    if let Some(person) = inset {
        let (x0, x1, y0, y1) = if stage.aspect == Aspect::Tall {
            (0.06, 0.52, 0.10, 0.36)
        } else if person.spot.x < w * 0.5 {
            (0.66, 0.97, 0.14, 0.62)
        } else {
            (0.03, 0.34, 0.14, 0.62)
        };
        let d = format!(
            "M{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} Z",
            w * x0,
            h * y0,
            w * x1,
            h * (y0 + 0.03),
            w * (x1 - 0.02),
            h * y1,
            w * (x0 + 0.02),
            h * (y1 - 0.03)
        );
        let (cx, cy) = (w * f64::midpoint(x0, x1), h * (y0 + (y1 - y0) * 0.80));
        let scale = (h * (y1 - y0) / 290.0).min(w * (x1 - x0) / 230.0);
        svg.push_str(&format!("<clipPath id=\"inset\"><path d=\"{d}\"/></clipPath><path d=\"{d}\" fill=\"#fff\" stroke=\"#fff\" stroke-width=\"{:.1}\"/><g clip-path=\"url(#inset)\"><rect width=\"{w}\" height=\"{h}\" fill=\"#f4f4f4\"/>", u * 2.2));
        for ray in 0..40 {
            let angle = f64::from(ray) / 40.0 * std::f64::consts::TAU;
            svg.push_str(&format!(
                "<path d=\"M{:.1} {:.1} L{:.1} {:.1}\" stroke=\"#000\" stroke-width=\"{:.1}\"/>",
                cx + angle.cos() * u * 19.0,
                cy - u * 8.0 + angle.sin() * u * 17.0,
                cx + angle.cos() * w,
                cy + angle.sin() * h,
                u * 0.25
            ));
        }
        let near = Spot { x: cx, y: cy, anchor: Anchor::Chin, size: scale * 212.0, flip: person.spot.flip };
        svg.push_str(&cast::draw(stage, Actor { pose: Pose::Standing, ..person.actor }, near, Framing::Close));
        svg.push_str(&format!("</g><path d=\"{d}\" fill=\"none\" stroke=\"#000\" stroke-width=\"{:.1}\"/>", u * 0.8));
    }
    let m = u * 1.6;
    svg.push_str(&format!("<path fill-rule=\"evenodd\" d=\"M0 0 H{w} V{h} H0 Z M{m:.1} {m:.1} V{:.1} H{:.1} V{m:.1} Z\" fill=\"#fff\"/><rect x=\"{m:.1}\" y=\"{m:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"none\" stroke=\"#000\" stroke-width=\"{:.1}\"/>", h - m, w - m, w - 2.0 * m, h - 2.0 * m, u * 0.5));
    let mut bitmap = rasterise(&svg, (0.0, 0.0, w, h), w as u32, h as u32);
    raster::grey(&mut bitmap);
    bitmap
}

fn plane(stage: &Stage, svg: &str, depth: f64, seed: u64, blur: f64) -> Plane {
    let (w, h) = (stage.w * (1.0 + 2.0 * MARGIN), stage.h * (1.0 + 2.0 * MARGIN));
    let mut bitmap = rasterise(svg, (-stage.w * MARGIN, -stage.h * MARGIN, w, h), w as u32, h as u32);
    match stage.style {
        Style::Anime => {}
        Style::Manga => raster::grey(&mut bitmap),
        Style::Realistic => {
            if blur > 0.0 {
                raster::soften(&mut bitmap, (stage.u * 0.35 * blur).round() as usize);
            }
            raster::texture(&mut bitmap, seed, 0.30);
        }
    }
    Plane { bitmap, depth }
}
