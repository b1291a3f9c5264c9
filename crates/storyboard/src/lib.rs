//! The offline film maker: scripts by rule, drawn pictures, synthetic speech, music, and the encoder.
//!
//! It needs no key and no network, and says in every film what it is. ffmpeg and espeak-ng run as child processes; nothing a
//! caller wrote ever reaches an argument or a filter graph of theirs.

mod child;
pub mod look;
mod markup;
mod models;
pub mod picture;
pub mod render;
pub mod rules;
mod sound;
pub mod speech;
pub mod text;

pub use look::OfflineVision;
pub use models::{Drawing, Rules};
pub use render::Storyboard;
pub use speech::Espeak;
