//! Things in somebody's hand.

use ports::film::Prop;

use super::bones::View;
use crate::picture::{
    pen::{P, Pen},
    prop,
};

/// How large a thing is in the hand, and where its own middle lies from there; nothing where no hand holds it.
fn grip(thing: Prop) -> Option<(f64, P)> {
    Some(match thing {
        Prop::Sword => (210.0, (6.0, -70.0)),
        Prop::Fork => (250.0, (0.0, -40.0)),
        // Over the head, by a raised hand.
        Prop::Umbrella => (400.0, (-40.0, -168.0)),
        Prop::Flag => (260.0, (20.0, -90.0)),
        Prop::Lantern | Prop::Lamp => (90.0, (4.0, 50.0)),
        Prop::Bag | Prop::Necklace => (96.0, (0.0, 40.0)),
        Prop::Book | Prop::Map | Prop::Scroll => (104.0, (8.0, -22.0)),
        Prop::Letter | Prop::Box | Prop::Doll | Prop::Mirror | Prop::Mask | Prop::Fish => (84.0, (8.0, -24.0)),
        Prop::Bow | Prop::Qin => (190.0, (6.0, -10.0)),
        Prop::Flute | Prop::Brush | Prop::Knife | Prop::Candle | Prop::Flower => (86.0, (8.0, -26.0)),
        Prop::Watch | Prop::Phone | Prop::Clock => (66.0, (6.0, -20.0)),
        Prop::Cup | Prop::Bowl | Prop::Bread | Prop::Apple | Prop::Bottle | Prop::Medicine | Prop::Ball | Prop::Hat | Prop::Leaf => {
            (60.0, (8.0, -22.0))
        }
        Prop::Key | Prop::Ring | Prop::Coin => (48.0, (8.0, -20.0)),
        Prop::Kite => (150.0, (60.0, -150.0)),
        Prop::Watermelon | Prop::Drum => (120.0, (20.0, -20.0)),
        Prop::Moon
        | Prop::Sun
        | Prop::Tree
        | Prop::Bird
        | Prop::Cat
        | Prop::Dog
        | Prop::Horse
        | Prop::Boat
        | Prop::Door
        | Prop::Window
        | Prop::Train
        | Prop::Car
        | Prop::Cart
        | Prop::Sedan
        | Prop::Bicycle
        | Prop::Fire
        | Prop::Star
        | Prop::Cloud
        | Prop::Snowflake
        | Prop::Mountain
        | Prop::Bridge
        | Prop::Crown => return None,
    })
}

/// Whether a hand can hold it.
#[must_use]
pub fn holds(thing: Prop) -> bool {
    grip(thing).is_some()
}

/// Whether the fingers close in front of it.
pub(super) fn behind_hand(thing: Prop) -> bool {
    matches!(thing, Prop::Sword | Prop::Fork | Prop::Umbrella | Prop::Flag | Prop::Bow | Prop::Lantern | Prop::Bag)
}

/// Draws it at a hand.
pub(super) fn draw(pen: &mut Pen<'_>, thing: Prop, hand: P, view: View) {
    if let Some((size, (dx, dy))) = grip(thing).filter(|_| view != View::Back) {
        let svg = prop::prop(pen.stage, thing, hand.0 + dx, hand.1 + dy, size);
        pen.svg.push_str(&svg);
    }
}
