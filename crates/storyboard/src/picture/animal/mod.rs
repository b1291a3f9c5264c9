//! Animals and creatures: what goes on four legs, birds, what crawls and swims, and those of human shape. An animal that speaks
//! walks upright and is dressed, as in fables, where its kind can.

mod creature;
mod four;
mod head;
mod other;
mod table;

use ports::film::{Age, Being, Character, Framing, Gender, Mood, Pose, Species, Style};

use self::table::Beast;
use super::{
    figure::{Actor, Anchor, Face, Guise, Hands, Layer, Spot, View, draw_as},
    pen::Pen,
    stage::Stage,
};

/// Whether a kind can walk upright where it speaks.
pub(super) fn stands_up(species: Species) -> bool {
    table::four_legged(species).is_some_and(|beast| beast.upright > 0.0)
}

/// How tall a kind is as it goes by itself, as a share of a grown person; nothing for those of human shape.
pub(super) fn height(species: Species) -> Option<f64> {
    let beast = table::four_legged(species).map(|beast| beast.tall);
    let flat = || match species {
        Species::Fish => Some(0.22),
        Species::Turtle => Some(0.24),
        Species::Snake => Some(0.28),
        Species::Insect => Some(0.18),
        Species::Dragon => Some(0.72),
        _ => None,
    };
    beast.or_else(|| table::fowl(species).map(|fowl| fowl.tall)).or_else(flat)
}

/// How high it reaches where it is drawn whole, as a share of a grown person.
pub(super) fn stature(species: Species, upright: bool) -> f64 {
    match table::four_legged(species) {
        Some(beast) if upright && beast.upright > 0.0 => beast.upright,
        Some(beast) => beast.tall * 1.4,
        None => height(species).map_or(1.0, |height| height * 1.3),
    }
}

/// Draws an animal or a creature.
pub(super) fn draw(stage: &Stage, species: Species, actor: Actor<'_>, spot: Spot, framing: Framing) -> String {
    if let Some(svg) = creature::human(stage, species, actor, spot) {
        return svg;
    }
    match table::four_legged(species) {
        Some(beast) if actor.upright && beast.upright > 0.0 => upright(stage, beast, actor, spot),
        Some(beast) if framing == Framing::Close && !profiled(beast) => portrait(stage, beast, actor, spot),
        beast => natural(stage, species, beast, actor, spot),
    }
}

/// Whether a kind is known by its profile rather than by its face.
fn profiled(beast: &Beast) -> bool {
    beast.muzzle.1 > 70.0
}

fn pen_of<'a>(stage: &'a Stage, actor: &Actor<'_>, spot: Spot, scale: f64) -> Pen<'a> {
    Pen::new(stage, format!("a{:x}x{:.0}y{:.0}", actor.character.seed & 0xffff, spot.x, spot.y), scale)
}

/// Dressed and on two legs.
fn upright(stage: &Stage, beast: &Beast, actor: Actor<'_>, spot: Spot) -> String {
    let head = |pen: &mut Pen<'_>, view: View, layer: Layer| {
        if layer == Layer::Behind {
            return;
        }
        // A beast's head sits lower on its shoulders than a person's.
        pen.open("translate(0 34) scale(1.14)", 1.14, 92.0);
        match view {
            View::Side => head::side(pen, beast, actor.mood, actor.face),
            View::Front => head::front(pen, beast, actor.mood, actor.face),
            View::Turned => {
                pen.open("translate(8 0) scale(0.95 1)", 1.0, 92.0);
                head::front(pen, beast, actor.mood, actor.face);
                pen.close();
            }
            View::Back => head::back(pen, beast),
        }
        pen.close();
    };
    let real = if stage.style == Style::Realistic { 1.55 } else { 1.0 };
    let guise = Guise {
        skin: Some(stage.figure(beast.coat)),
        tall: beast.upright,
        head_size: 1.16 * real,
        head: Some(&head),
        beast: true,
        ..Guise::default()
    };
    draw_as(stage, actor, spot, &guise)
}

/// The face alone, with shoulders.
fn portrait(stage: &Stage, beast: &Beast, actor: Actor<'_>, spot: Spot) -> String {
    let scale = spot.size / 200.0;
    let mut pen = pen_of(stage, &actor, spot, scale);
    pen.open(&format!("translate({:.1} {:.1}) scale({scale:.3})", spot.x, spot.y), 1.0, 100.0);
    let (coat, pale) = (stage.figure(beast.coat), stage.figure(beast.pale));
    pen.shape("M-64 -40 C-130 20 -170 120 -180 400 H180 C170 120 130 20 64 -40 Z", coat);
    pen.spot((0.0, 90.0), 62.0, 110.0, pale, 0.8);
    head::front(&mut pen, beast, actor.mood, actor.face);
    pen.close();
    pen.svg
}

/// As it goes by itself, in profile.
fn natural(stage: &Stage, species: Species, beast: Option<&Beast>, actor: Actor<'_>, spot: Spot) -> String {
    let height = height(species).unwrap_or(0.5);
    // Near by, an animal fills the frame as a person would; what is small comes nearer.
    let size = match spot.anchor {
        Anchor::Feet => spot.size * height,
        Anchor::Chin => stage.h.min(stage.w) * if stage.w > stage.h { 0.46 } else { 0.42 } * height.powf(0.3).min(1.05),
    };
    let y = if spot.anchor == Anchor::Feet { spot.y } else { stage.h * if stage.w > stage.h { 0.86 } else { 0.74 } };
    let scale = size / 100.0;
    let mirror = if spot.flip { -scale } else { scale };
    let mut pen = pen_of(stage, &actor, spot, scale);
    let boxed = matches!(species, Species::Fish | Species::Turtle | Species::Snake | Species::Insect | Species::Dragon);
    let airborne = matches!(species, Species::Insect | Species::Dragon | Species::Phoenix);
    let flies = !boxed && beast.is_none() && (other::flies(actor.pose) || species == Species::Phoenix);
    let lift = if airborne || flies { size * 0.55 } else { 0.0 };
    let reach = if beast.is_some() { 74.0 } else { 46.0 };
    if spot.anchor == Anchor::Feet {
        pen.spot((spot.x, y), reach * scale, 9.0 * scale, stage.light.ink, 0.24);
    }
    let shrink = if boxed { 0.5 } else { 1.0 };
    let up = if boxed { 50.0 } else { 0.0 };
    pen.open(
        &format!("translate({:.1} {:.1}) scale({mirror:.3} {scale:.3}) translate(0 {:.1}) scale({shrink})", spot.x, y - lift, -up),
        shrink,
        if boxed { 110.0 } else { 70.0 },
    );
    match (beast, table::fowl(species)) {
        (Some(beast), _) => four::draw(&mut pen, beast, actor.pose, actor.mood, actor.face),
        (None, Some(fowl)) => other::fowl(&mut pen, species, fowl, flies, actor.mood, actor.face),
        (None, None) => {
            if !other::boxed(&mut pen, species, actor.face) {
                creature::dragon(&mut pen, actor.mood, actor.face);
            }
        }
    }
    pen.close();
    pen.svg
}

/// An animal without a name that stands about, its feet at a point.
pub(super) fn passer(stage: &Stage, species: Species, x: f64, y: f64) -> String {
    let character = Character {
        name: String::new(),
        aliases: Vec::new(),
        gender: Gender::Unknown,
        age: Age::Adult,
        being: Being::Animal,
        species: Some(species),
        group: false,
        looks: String::new(),
        seed: x as u64,
    };
    let actor = Actor {
        character: &character,
        mood: Mood::Calm,
        face: Face::default(),
        pose: Pose::Standing,
        hands: Hands::Down,
        view: None,
        held: None,
        furnished: false,
        upright: false,
    };
    let size = if stage.h > stage.w { stage.w * 0.72 } else { stage.h * 0.56 };
    draw(stage, species, actor, Spot { x, y, anchor: Anchor::Feet, size, flip: false }, Framing::Wide)
}

/// A horse under somebody who rides, its feet at the spot, and how far up they sit.
pub(super) fn mount(stage: &Stage, spot: Spot) -> (String, f64) {
    let Some(horse) = table::four_legged(Species::Horse) else { return (String::new(), 0.0) };
    let size = spot.size * horse.tall * 0.86;
    let scale = size / 100.0;
    let mirror = if spot.flip { -scale } else { scale };
    let mut pen = Pen::new(stage, format!("m{:.0}y{:.0}", spot.x, spot.y), scale);
    pen.open(&format!("translate({:.1} {:.1}) scale({mirror:.3} {scale:.3})", spot.x, spot.y), 1.0, 70.0);
    four::draw(&mut pen, horse, Pose::Walking, Mood::Calm, Face::default());
    let saddle = stage.c(0x8a3c2c);
    pen.shape("M-34 -104 Q0 -92 30 -104 L34 -60 Q0 -52 -36 -60 Z", saddle);
    pen.close();
    (pen.svg, size * four::SADDLE)
}
