//! Who stands where: places, sizes, poses and sides of everybody in a shot.

use ports::film::{Age, Aspect, Character, Framing, Pose, Scene, Script, Style};

use super::{
    animal,
    figure::{self, Actor, Anchor, Face, Hands, Spot, View},
    stage::Stage,
};

/// How many are drawn at most.
const MOST: usize = 3;

/// Somebody in the picture.
#[derive(Debug)]
pub(super) struct Person<'a> {
    pub(super) actor: Actor<'a>,
    pub(super) index: usize,
    pub(super) spot: Spot,
}

impl Person<'_> {
    pub(super) fn whole(&self) -> bool {
        self.spot.anchor == Anchor::Feet
    }

    /// Where a whole figure's head ends, in pixels from the top.
    pub(super) fn top(&self) -> f64 {
        let natural = self.actor.character.species.filter(|_| !self.actor.upright).and_then(animal::height);
        if let Some(height) = natural {
            return self.spot.y - self.spot.size * (height * 1.3 + 0.04);
        }
        let share = match (self.actor.pose, self.actor.character.age) {
            (Pose::Riding, _) => 1.25,
            (Pose::Lying, _) => 0.25,
            (Pose::Sitting | Pose::Kneeling | Pose::Bowing, Age::Child) => 0.52,
            (Pose::Sitting | Pose::Kneeling | Pose::Bowing, _) => 0.78,
            (_, Age::Child) => 0.68,
            (_, Age::Young | Age::Adult | Age::Old) => 1.02,
        };
        self.spot.y - self.spot.size * share
    }
}

/// Everybody in a shot. Faces stay above the subtitles and inside the frame in every shape of it.
pub(super) fn cast<'a>(stage: &Stage, script: &'a Script, scene: &Scene, index: usize) -> Vec<Person<'a>> {
    if scene.framing == Framing::Detail {
        return Vec::new();
    }
    let count = scene.present.len().min(if scene.framing == Framing::Close { 1 } else { MOST });
    let speaker = scene.cues.iter().find_map(|cue| cue.speaker);
    // Where nobody is as tall as a person, the camera comes nearer.
    let tallest = scene.present.iter().take(count).map(|&who| stature(script, who)).fold(0.0, f64::max);
    let nearer = if tallest > 0.0 { (0.92 / tallest).clamp(1.0, 2.3) } else { 1.0 };
    let xs = columns(stage.aspect, scene.framing, count, index);
    let found = scene.present.iter().take(count).enumerate().zip(xs).map(|((rank, &who), &x)| {
        let character = &script.characters[who];
        let pose = scene.poses.get(rank).copied().unwrap_or(Pose::Standing);
        let flip = if count > 1 { x > 0.5 } else { x > 0.55 || x >= 0.5 && index % 2 == 1 };
        let held = scene.prop.filter(|prop| rank == 0 && figure::holds(*prop));
        let hands = hands(character, speaker == Some(who), held.is_some(), scene, rank);
        // Two in talk face each other; one alone looks out of the picture a little; the one between looks straight.
        let view = if count == 3 && rank == 1 || count == 1 && scene.framing == Framing::Close && index.is_multiple_of(3) {
            View::Front
        } else {
            View::Turned
        };
        let actor = Actor {
            character,
            mood: scene.mood,
            face: Face::default(),
            pose,
            hands,
            view: Some(view),
            held,
            furnished: pose != Pose::Lying || scene.place.indoors(),
            upright: upright(script, who),
        };
        Person { actor, index: who, spot: spot(stage, scene.framing, count, pose, x, flip).nearer(nearer) }
    });
    found.collect()
}

/// Whether an animal walks on two legs: it does where it says something, and its kind can.
fn upright(script: &Script, who: usize) -> bool {
    let speaks = |scene: &Scene| scene.cues.iter().any(|cue| cue.speaker == Some(who));
    script.characters[who].species.is_some_and(animal::stands_up) && script.scenes.iter().any(speaks)
}

/// How high somebody reaches, as a share of a grown person.
fn stature(script: &Script, who: usize) -> f64 {
    script.characters[who].species.map_or(1.0, |species| animal::stature(species, upright(script, who)))
}

/// Draws somebody, whatever they are.
pub(super) fn draw(stage: &Stage, actor: Actor<'_>, spot: Spot, framing: Framing) -> String {
    match actor.character.species {
        Some(species) => animal::draw(stage, species, actor, spot, framing),
        None if actor.pose == Pose::Riding && spot.anchor == Anchor::Feet => {
            let (horse, up) = animal::mount(stage, spot);
            let seat = spot.size * 0.40;
            horse + &figure::draw(stage, actor, Spot { y: spot.y - up + seat, ..spot })
        }
        None => figure::draw(stage, actor, spot),
    }
}

/// From left to right, as shares of the width.
fn columns(aspect: Aspect, framing: Framing, count: usize, index: usize) -> &'static [f64] {
    let tall = aspect == Aspect::Tall;
    match (count, framing) {
        (1, Framing::Close) => [&[0.5], &[0.42], &[0.58]][index % 3],
        (1, _) if tall => &[0.5],
        (1, _) => [&[0.62], &[0.36]][index % 2],
        (2, _) if tall => &[0.27, 0.73],
        (2, _) => &[0.31, 0.69],
        (3, _) if tall => &[0.20, 0.50, 0.80],
        (3, _) => &[0.22, 0.50, 0.78],
        _ => &[],
    }
}

/// What somebody's hands do.
fn hands(character: &Character, speaks: bool, holds: bool, scene: &Scene, rank: usize) -> Hands {
    use ports::film::Mood;
    if holds {
        return Hands::Holding;
    }
    if matches!(scene.mood, Mood::Afraid) || scene.mood == Mood::Happy && !speaks && rank == 0 {
        return Hands::Raised;
    }
    if speaks {
        return Hands::Telling;
    }
    [Hands::Down, Hands::Folded, Hands::Down, Hands::Hip][usize::try_from(character.seed % 4).unwrap_or(0)]
}

fn spot(stage: &Stage, framing: Framing, count: usize, pose: Pose, x: f64, flip: bool) -> Spot {
    let tall = stage.aspect == Aspect::Tall;
    let real = stage.style == Style::Realistic;
    let x = stage.w * x;
    // Who lies is seen whole at any distance.
    if framing == Framing::Wide || pose == Pose::Lying || pose == Pose::Leaving && framing == Framing::Medium {
        let near = if framing == Framing::Wide { 1.0 } else { 1.3 };
        let size = match (tall, count) {
            (false, _) => stage.h * 0.56,
            (true, 3) => stage.w * 0.54,
            (true, _) => stage.w * 0.72,
        };
        let y = stage.h * if tall { 0.775 } else { 0.85 };
        return Spot { x, y, anchor: Anchor::Feet, size: size * near, flip };
    }
    let (y, size) = match (framing, tall) {
        (Framing::Close, false) => (stage.h * 0.615, stage.h * 0.44),
        (Framing::Close, true) => (stage.h * 0.50, stage.w * 0.66),
        (_, false) => (stage.h * if pose == Pose::Sitting { 0.56 } else { 0.53 }, stage.h * if count == 3 { 0.25 } else { 0.31 }),
        (_, true) => (stage.h * 0.47, stage.w * [0.5, 0.5, 0.40, 0.30][count.min(3)]),
    };
    // A man's head is a smaller part of him in a realistic picture.
    let size = if real { size * 0.80 } else { size };
    Spot { x, y, anchor: Anchor::Chin, size, flip }
}
