//! Several who act as one: rows of people of one trade, or a flock of one kind, behind those with names.

use ports::film::{Age, Being, Character, Framing, Gender, Mood, Pose, Scene, Script, Species};

use super::{
    cast,
    figure::{Actor, Anchor, Face, Hands, Spot, View},
    stage::{Dice, Stage},
};

/// A crowd, drawn.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    pub(super) svg: String,
    /// Where its name may stand: from the left and the top, in pixels.
    pub(super) labels: Vec<(String, f64, f64)>,
}

/// Who of a scene are several, and who are one.
pub(super) fn split(script: &Script, present: &[usize]) -> (Vec<usize>, Vec<usize>) {
    present.iter().partition(|who| script.characters[**who].group)
}

/// The crowds of a scene; alone, they come to the front.
pub(super) fn crowd(stage: &Stage, script: &Script, scene: &Scene) -> Crowd {
    let (groups, single) = split(script, &scene.present);
    if scene.framing == Framing::Detail || scene.framing == Framing::Close && !single.is_empty() {
        return Crowd::default();
    }
    let mut drawn = Crowd::default();
    let share = 1.0 / groups.len().max(1) as f64;
    for (place, who) in groups.iter().take(2).enumerate() {
        let group = &script.characters[*who];
        let rank = scene.present.iter().position(|other| other == who).unwrap_or(0);
        let pose = scene.poses.get(rank).copied().unwrap_or(Pose::Standing);
        let left = place as f64 * share;
        rows(stage, scene, group, pose, (left, left + share), single.is_empty(), &mut drawn);
    }
    drawn
}

/// Rows from the farthest to the nearest: from the top, how tall, and how many, in shares of the frame's height and width.
fn depths(framing: Framing, alone: bool, tall: bool) -> &'static [(f64, f64, usize)] {
    match (framing, alone, tall) {
        (Framing::Wide, false, false) => &[(0.70, 0.30, 7), (0.745, 0.36, 6)],
        (Framing::Wide, false, true) => &[(0.64, 0.16, 5), (0.675, 0.19, 4)],
        (Framing::Wide, true, false) => &[(0.70, 0.32, 7), (0.77, 0.40, 6), (0.85, 0.48, 5)],
        (Framing::Wide, true, true) => &[(0.64, 0.17, 5), (0.70, 0.21, 4), (0.77, 0.25, 4)],
        (_, false, false) => &[(0.92, 0.60, 6)],
        (_, false, true) => &[(0.72, 0.28, 5)],
        (_, true, false) => &[(0.94, 0.62, 6), (1.20, 0.86, 5)],
        (_, true, true) => &[(0.74, 0.30, 4), (0.92, 0.44, 3)],
    }
}

fn rows(stage: &Stage, scene: &Scene, group: &Character, pose: Pose, (left, right): (f64, f64), alone: bool, drawn: &mut Crowd) {
    let tall = stage.h > stage.w;
    let mut dice = Dice::new(group.seed ^ 0xc0ffee);
    let human = group.being == Being::Human
        || group.species.is_none_or(|species| matches!(species, Species::Ghost | Species::Demon | Species::Fairy));
    let mut top = stage.h;
    for &(y, height, count) in depths(scene.framing, alone, tall) {
        for column in 0..count {
            let step = (right - left) / count as f64;
            let x = left + step * (column as f64 + 0.5) + dice.range(-0.16, 0.16) * step;
            let one = member(group, human, &mut dice);
            let size = stage.h * height * dice.range(0.95, 1.05) * if human { 1.0 } else { 1.3 };
            let actor = Actor {
                character: &one,
                mood: scene.mood,
                face: Face::default(),
                pose: if pose == Pose::Lying || pose == Pose::Pointing { Pose::Standing } else { pose },
                hands: if scene.mood == Mood::Happy && dice.pick(3) == 0 { Hands::Raised } else { Hands::Down },
                view: Some(if x > 0.38 && x < 0.62 { View::Front } else { View::Turned }),
                held: None,
                furnished: false,
                upright: false,
            };
            let spot = Spot { x: stage.w * x, y: stage.h * y, anchor: Anchor::Feet, size, flip: x > 0.5 };
            top = top.min(spot.y - size);
            drawn.svg.push_str(&cast::draw(stage, actor, spot, scene.framing));
        }
    }
    drawn.labels.push((group.name.clone(), stage.w * (left + (right - left) * 0.12), top - stage.u * 2.5));
}

/// Kinds that "the animals" may be.
const FLOCK: [Species; 6] = [Species::Rabbit, Species::Fox, Species::Deer, Species::Badger, Species::Bear, Species::Mouse];

/// One of them: of the group's trade, with a face and build of their own.
fn member(group: &Character, human: bool, dice: &mut Dice) -> Character {
    let seed = dice.bits();
    let mut one = Character { seed, group: false, ..group.clone() };
    if group.being == Being::Animal && group.species.is_none() {
        one.species = Some(FLOCK[dice.pick(FLOCK.len())]);
        return one;
    }
    if human && group.gender == Gender::Unknown && super::figure::mixed(group) {
        one.gender = [Gender::Male, Gender::Female][dice.pick(2)];
        one.age = match group.age {
            Age::Child => Age::Child,
            Age::Young => Age::Young,
            Age::Old => Age::Old,
            Age::Adult => [Age::Adult, Age::Adult, Age::Young, Age::Old, Age::Adult, Age::Child][dice.pick(6)],
        };
    } else if human && group.gender == Gender::Unknown {
        one.gender = Gender::Male;
    }
    one
}
