//! From where a shot is seen: a place that lasts is shown from one side and the other, and a talk over the shoulders.

use ports::film::{Framing, Scene, Script};

/// From where a shot is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Angle {
    /// How many shots have shown this place without a break; 0 establishes it.
    pub(super) turn: usize,
    /// The place is seen from its other side.
    pub(super) mirrored: bool,
    /// Somebody's shoulder stands in the foreground.
    pub(super) over: bool,
    /// How near the camera really is: where a place has been shown wide, it comes close to whoever speaks now and then.
    pub(super) framing: Framing,
}

/// The angle of a scene.
pub(super) fn angle(script: &Script, index: usize) -> Angle {
    let scene = &script.scenes[index];
    let here = |other: &&Scene| other.place == scene.place && other.memory == scene.memory;
    let turn = script.scenes[..index].iter().rev().take_while(here).count();
    let mirrored = turn % 2 == 1;
    // Two in talk: the first time both are shown, from then on whoever speaks, past the other.
    let talk =
        |scene: &Scene| scene.framing == Framing::Medium && scene.present.len() == 2 && scene.cues.iter().any(|cue| cue.speaker.is_some());
    let before = script.scenes[index - turn..index].iter().filter(|scene| talk(scene)).count();
    let seen = scene.framing == Framing::Wide && turn % 4 == 2 && !scene.present.is_empty();
    let alike = |other: usize| script.scenes.get(other).is_some_and(|other| other.framing == Framing::Close);
    let closer = seen && !alike(index - 1) && !alike(index + 1);
    Angle { turn, mirrored, over: talk(scene) && before % 3 != 0, framing: if closer { Framing::Close } else { scene.framing } }
}
