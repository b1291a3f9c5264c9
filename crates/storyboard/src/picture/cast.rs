//! Who stands where: places, sizes, poses and sides of everybody in a shot.

use ports::film::{Age, Aspect, Being, Character, Framing, Pose, Prop, Scene, Script, Species, Style};

use super::{
    angle::Angle,
    animal, crowd,
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
    /// Only the shoulder, in the foreground.
    pub(super) over: bool,
}

impl Person<'_> {
    pub(super) fn whole(&self) -> bool {
        self.spot.anchor == Anchor::Feet
    }

    /// Where a whole figure's head ends, in pixels from the top.
    pub(super) fn top(&self) -> f64 {
        let natural = kind(self.actor.character).filter(|_| !self.actor.upright).and_then(animal::height);
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
pub(super) fn cast<'a>(stage: &Stage, script: &'a Script, scene: &Scene, index: usize, angle: Angle) -> Vec<Person<'a>> {
    if scene.framing == Framing::Detail {
        return Vec::new();
    }
    // Several who act as one are drawn behind.
    let (_, mut single) = crowd::split(script, &scene.present);
    let speaker = scene.cues.iter().find_map(|cue| cue.speaker);
    if let (Framing::Close, Some(at)) = (scene.framing, single.iter().position(|who| speaker == Some(*who))) {
        single.swap(0, at);
    }
    let count = single.len().min(if scene.framing == Framing::Close { 1 } else { MOST });
    // Where nobody is as tall as a person, the camera comes nearer.
    let tallest = single.iter().take(count).map(|&who| stature(script, who)).fold(0.0, f64::max);
    let nearer = if tallest > 0.0 { (0.92 / tallest).clamp(1.0, 2.3) } else { 1.0 };
    let xs = columns(stage.aspect, scene.framing, count, index);
    let mut found: Vec<Person<'_>> = Vec::new();
    for ((place, &who), &x) in single.iter().take(count).enumerate().zip(xs) {
        // Everybody stays on their side of the talk, whoever is named first.
        let x = if count == 2 && single[0] > single[1] { 1.0 - x } else { x };
        let character = &script.characters[who];
        let rank = scene.present.iter().position(|other| *other == who).unwrap_or(place);
        let pose = match scene.poses.get(rank).copied().unwrap_or(Pose::Standing) {
            // Near by, a face tells more than a chair.
            Pose::Sitting | Pose::Riding if scene.framing == Framing::Close => Pose::Standing,
            pose => pose,
        };
        let flip = if count > 1 { x > 0.5 } else { x > 0.55 || x >= 0.5 && index % 2 == 1 };
        let handed = kind(character).is_none() || upright(script, who);
        let held = scene.prop.filter(|prop| place == 0 && handed && figure::holds(*prop));
        let hands = hands(character, speaker == Some(who), held, scene, place);
        // Two in talk face each other; one alone looks out of the picture a little; the one between looks straight.
        let straight = count == 3 && place == 1 || count == 1 && scene.framing == Framing::Close && index.is_multiple_of(3);
        let actor = Actor {
            character,
            mood: scene.mood,
            face: Face::default(),
            pose,
            hands,
            view: Some(if straight { View::Front } else { View::Turned }),
            held,
            furnished: pose != Pose::Lying || scene.place.indoors(),
            upright: upright(script, who),
        };
        found.push(Person { actor, index: who, spot: spot(stage, scene.framing, count, pose, x, flip).nearer(nearer), over: false });
    }
    if angle.over && found.len() == 2 && found.iter().all(|person| over_can(person)) {
        over_the_shoulder(stage, &mut found, speaker);
    }
    found
}

/// Whether somebody can be shown past a shoulder, or be that shoulder.
fn over_can(person: &Person<'_>) -> bool {
    let walks = kind(person.actor.character).is_none() || person.actor.upright;
    walks && !person.whole() && matches!(person.actor.pose, Pose::Standing | Pose::Pointing | Pose::Sitting)
}

/// Shows whoever speaks past the other's shoulder.
fn over_the_shoulder(stage: &Stage, people: &mut [Person<'_>], speaker: Option<usize>) {
    let first = usize::from(speaker == Some(people[1].index));
    let tall = stage.h > stage.w;
    let near = 1 - first;
    let left = people[near].spot.x < stage.w * 0.5;
    let (at, away) = if tall { (0.58, 0.06) } else { (0.60, 0.12) };
    let x = |share: f64| stage.w * if left { share } else { 1.0 - share };
    let head = people[first].spot.size;
    people[first].spot.x = x(at);
    people[first].spot.size = head * 1.12;
    let size = head * if tall { 1.6 } else { 1.7 };
    people[near].spot = Spot { x: x(away), y: stage.h * if tall { 0.66 } else { 0.80 }, anchor: Anchor::Chin, size, flip: !left };
    people[near].actor.view = Some(View::Back);
    people[near].actor.pose = Pose::Leaving;
    people[near].actor.held = None;
    people[near].over = true;
    people.swap(0, first);
}

/// Whether an animal walks on two legs: it does where it says something, and its kind can.
fn upright(script: &Script, who: usize) -> bool {
    let speaks = |scene: &Scene| scene.cues.iter().any(|cue| cue.speaker == Some(who));
    kind(&script.characters[who]).is_some_and(animal::stands_up) && script.scenes.iter().any(speaks)
}

/// How high somebody reaches, as a share of a grown person.
fn stature(script: &Script, who: usize) -> f64 {
    kind(&script.characters[who]).map_or(1.0, |species| animal::stature(species, upright(script, who)))
}

/// Of which sort somebody is drawn; where an animal or a creature has none, one is chosen for it.
fn kind(character: &Character) -> Option<Species> {
    let choose = |among: [Species; 3]| among[usize::try_from(character.seed % 3).unwrap_or(0)];
    character.species.or(match character.being {
        Being::Human => None,
        Being::Animal => Some(choose([Species::Dog, Species::Rabbit, Species::Fox])),
        Being::Creature => Some(choose([Species::Demon, Species::Ghost, Species::Giant])),
    })
}

/// Draws somebody, whatever they are.
pub(super) fn draw(stage: &Stage, actor: Actor<'_>, spot: Spot, framing: Framing) -> String {
    match kind(actor.character) {
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
fn hands(character: &Character, speaks: bool, held: Option<Prop>, scene: &Scene, rank: usize) -> Hands {
    use ports::film::Mood;
    match held {
        // What is carried high is held up.
        Some(Prop::Umbrella | Prop::Flag | Prop::Kite) => return Hands::Telling,
        Some(_) => return Hands::Holding,
        None => {}
    }
    if scene.mood == Mood::Afraid {
        return Hands::Raised;
    }
    if speaks || scene.mood == Mood::Happy && rank == 0 {
        return Hands::Telling;
    }
    [Hands::Down, Hands::Folded, Hands::Down, Hands::Hip][usize::try_from(character.seed % 4).unwrap_or(0)]
}

fn spot(stage: &Stage, framing: Framing, count: usize, pose: Pose, x: f64, flip: bool) -> Spot {
    let tall = stage.aspect == Aspect::Tall;
    let real = stage.style == Style::Realistic;
    let x = stage.w * x;
    // Who lies is seen whole at any distance.
    if framing == Framing::Wide || pose == Pose::Lying || matches!(pose, Pose::Leaving | Pose::Riding) && framing == Framing::Medium {
        let near = match (framing, pose) {
            (Framing::Wide, _) => 1.0,
            (_, Pose::Riding) => 1.06,
            _ => 1.3,
        };
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
        (_, false) => (stage.h * if pose == Pose::Sitting { 0.56 } else { 0.52 }, stage.h * if count == 3 { 0.24 } else { 0.29 }),
        (_, true) => (stage.h * 0.47, stage.w * [0.5, 0.5, 0.36, 0.27][count.min(3)]),
    };
    // A man's head is a smaller part of him in a realistic picture.
    let size = if real { size * 0.80 } else { size };
    Spot { x, y, anchor: Anchor::Chin, size, flip }
}
