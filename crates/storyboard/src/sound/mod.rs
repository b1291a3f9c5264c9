//! Everything that is heard: voices, music and the air of a place, mixed in pieces so that a long film needs no more memory.

mod ambience;
pub(crate) mod mix;
mod music;
pub(crate) mod wav;

/// Samples a second of the film's sound.
pub(crate) const RATE: u32 = 48_000;
