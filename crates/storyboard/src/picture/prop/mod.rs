//! Things worth a shot of their own, each drawn in a box of -100..100 both ways.

mod house;
mod nature;
mod ways;

use ports::film::{Framing, Prop, Scene, Species};

use self::{house as h, nature as n, ways as w};
use super::{
    animal,
    cast::Person,
    drawn::{self, Part},
    stage::Stage,
};

/// A thing centred at (x, y), `size` pixels across.
pub(super) fn prop(stage: &Stage, prop: Prop, x: f64, y: f64, size: f64) -> String {
    drawn::put(stage, shapes(prop), x, y, size / 200.0)
}

/// How a thing that no hand holds stands in a scene: how large, in hundredths of the smaller side, and how far up from the ground.
fn stands(prop: Prop) -> Option<(f64, f64)> {
    Some(match prop {
        Prop::Car => (38.0, 0.22),
        Prop::Cart | Prop::Sedan => (34.0, 0.44),
        Prop::Bicycle => (26.0, 0.36),
        Prop::Boat => (40.0, 0.40),
        Prop::Fire => (20.0, 0.46),
        Prop::Drum | Prop::Qin => (18.0, 0.36),
        Prop::Kite => (16.0, 3.2),
        // What belongs to sky and land is drawn there, and on what is worn nobody stumbles.
        Prop::Moon
        | Prop::Sun
        | Prop::Star
        | Prop::Cloud
        | Prop::Snowflake
        | Prop::Mountain
        | Prop::Bridge
        | Prop::Tree
        | Prop::Train
        | Prop::Door
        | Prop::Window
        | Prop::Crown => return None,
        _ => (14.0, 0.46),
    })
}

/// An animal that is only mentioned.
fn animal(prop: Prop) -> Option<Species> {
    Some(match prop {
        Prop::Bird => Species::Bird,
        Prop::Cat => Species::Cat,
        Prop::Dog => Species::Dog,
        Prop::Horse => Species::Horse,
        Prop::Fish => Species::Fish,
        _ => return None,
    })
}

/// What a scene speaks of, where nobody holds it: on the ground, beside whoever is there.
pub(super) fn beside(stage: &Stage, scene: &Scene, people: &[Person<'_>]) -> String {
    let held = people.iter().any(|person| person.actor.held.is_some());
    let Some(thing) = scene.prop.filter(|_| !held && matches!(scene.framing, Framing::Wide | Framing::Medium)) else {
        return String::new();
    };
    // Where nobody stands.
    let taken: Vec<f64> = people.iter().map(|person| person.spot.x / stage.w).collect();
    let free = |x: f64| taken.iter().map(|other| (other - x).abs()).fold(1.0, f64::min);
    let x = [0.5, 0.2, 0.8, 0.9, 0.1].into_iter().max_by(|a, b| free(*a).total_cmp(&free(*b))).unwrap_or(0.5) * stage.w;
    let ground = stage.h * if stage.h > stage.w { 0.76 } else { 0.84 };
    if let Some(species) = animal(thing) {
        return animal::passer(stage, species, x, ground);
    }
    let Some((size, up)) = stands(thing) else { return String::new() };
    let size = stage.u * size;
    let drawn = prop(stage, thing, x, ground - size * up, size);
    // A cart has its horse.
    if thing == Prop::Cart { animal::passer(stage, Species::Horse, x + size * 0.86, ground) + &drawn } else { drawn }
}

const DISC: &str = "M-80 0 A80 80 0 1 1 80 0 A80 80 0 1 1 -80 0 Z";

fn shapes(prop: Prop) -> &'static [Part] {
    match prop {
        Prop::Moon => n::MOON,
        Prop::Sun => n::SUN,
        Prop::Lamp => h::LAMP,
        Prop::Letter => h::LETTER,
        Prop::Book => h::BOOK,
        Prop::Sword => w::SWORD,
        Prop::Flower => n::FLOWER,
        Prop::Tree => n::TREE,
        Prop::Bird => n::BIRD,
        Prop::Cat => n::CAT,
        Prop::Dog => n::DOG,
        Prop::Horse => n::HORSE,
        Prop::Fish => n::FISH,
        Prop::Watch => h::WATCH,
        Prop::Cart => w::CART,
        Prop::Sedan => w::SEDAN,
        Prop::Boat => w::BOAT,
        Prop::Cup => h::CUP,
        Prop::Bowl => h::BOWL,
        Prop::Bread => h::BREAD,
        Prop::Apple => n::APPLE,
        Prop::Watermelon => n::WATERMELON,
        Prop::Fork => h::FORK,
        Prop::Key => h::KEY,
        Prop::Door => h::DOOR,
        Prop::Window => h::WINDOW,
        Prop::Clock => h::CLOCK,
        Prop::Phone => h::PHONE,
        Prop::Train => w::TRAIN,
        Prop::Car => w::CAR,
        Prop::Bicycle => w::BICYCLE,
        Prop::Umbrella => w::UMBRELLA,
        Prop::Hat => h::HAT,
        Prop::Ring => h::RING,
        Prop::Necklace => h::NECKLACE,
        Prop::Coin => h::COIN,
        Prop::Box => h::BOX,
        Prop::Bag => h::BAG,
        Prop::Candle => h::CANDLE,
        Prop::Fire => n::FIRE,
        Prop::Star => n::STAR,
        Prop::Cloud => n::CLOUD,
        Prop::Snowflake => n::SNOWFLAKE,
        Prop::Leaf => n::LEAF,
        Prop::Mountain => n::MOUNTAIN,
        Prop::Bridge => n::BRIDGE,
        Prop::Lantern => w::LANTERN,
        Prop::Kite => w::KITE,
        Prop::Drum => w::DRUM,
        Prop::Flute => w::FLUTE,
        Prop::Qin => w::QIN,
        Prop::Brush => h::BRUSH,
        Prop::Scroll => h::SCROLL,
        Prop::Map => h::MAP,
        Prop::Bottle => h::BOTTLE,
        Prop::Medicine => h::MEDICINE,
        Prop::Knife => w::KNIFE,
        Prop::Bow => w::BOW,
        Prop::Flag => w::FLAG,
        Prop::Crown => w::CROWN,
        Prop::Mask => w::MASK,
        Prop::Mirror => h::MIRROR,
        Prop::Doll => h::DOLL,
        Prop::Ball => w::BALL,
    }
}
