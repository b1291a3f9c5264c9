//! Image models: one picture from what a scene or a character is.

use bytes::Bytes;

use crate::{
    fault::Fault,
    film::{Aspect, Character, Scene, Script, Style},
};

/// What to draw.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A character's portrait.
    Portrait(&'a Character),
    /// A scene, with the script that names who is present.
    Scene(&'a Script, &'a Scene),
}

/// How to draw it.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    /// What.
    pub subject: Subject<'a>,
    /// In which look.
    pub style: Style,
    /// In which shape.
    pub aspect: Aspect,
    /// The same seed gives the same picture where the model can do that.
    pub seed: u64,
}

/// Draws pictures.
#[async_trait::async_trait]
pub trait ImageModel: Send + Sync {
    /// What it is called in results, and part of the key under which its work is kept.
    fn engine(&self) -> String;
    /// What one picture costs, in micro-yuan.
    fn price(&self) -> i64;
    /// How many may be drawn at once.
    fn concurrency(&self) -> usize;
    /// Whether the film shows these pictures themselves; otherwise the renderer draws its own moving planes and these are stills of them.
    fn painted(&self) -> bool;
    /// Draws one picture, as PNG.
    ///
    /// # Errors
    /// [`Fault`] where it cannot; the caller falls back to the storyboard.
    async fn draw(&self, picture: Picture<'_>) -> Result<Bytes, Fault>;
}
