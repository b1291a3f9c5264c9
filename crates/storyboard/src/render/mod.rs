//! The renderer: segments with moving pictures, then the whole film.

mod air;
mod canvas;
mod encode;
mod finish;
mod frame;
mod ink;
mod motion;
mod places;
mod timeline;
mod tone;

use std::path::{Path, PathBuf};

use ports::{
    fault::Fault,
    film::{Aspect, Brief, Script, Style},
    render::{Film, Finished, Reading, Renderer, Timeline, Unspoken},
};
use tokio_util::sync::CancellationToken;

use crate::{picture, speech};

pub use encode::probe;

/// The built-in renderer.
#[derive(Debug, Clone, Default)]
pub struct Storyboard {
    missing: Vec<String>,
}

impl Storyboard {
    /// The renderer, having looked at what this machine has.
    #[must_use]
    pub fn probe() -> Self {
        let found = [encode::probe(), picture::fonts_lack(), speech::missing()];
        Self { missing: found.into_iter().flatten().collect() }
    }
}

/// Raised with every change that changes pixels or sound: finished work of another version is not used again.
const VERSION: u32 = 2;

#[async_trait::async_trait]
impl Renderer for Storyboard {
    fn engine(&self) -> String {
        format!("storyboard/{VERSION}")
    }

    fn missing(&self) -> Vec<String> {
        self.missing.clone()
    }

    fn read(&self, text: &str) -> Result<Reading, Unspoken> {
        crate::text::read(text)
    }

    fn timeline(&self, brief: &Brief, script: &Script, speech: &[f64]) -> Timeline {
        timeline::lay_out(brief, script, speech)
    }

    async fn segment(&self, film: Film<'_>, index: usize, out: &Path, stop: &CancellationToken) -> Result<(), Fault> {
        motion::segment(film, index, out, stop).await
    }

    async fn finish(&self, film: Film<'_>, segments: &[PathBuf], folder: &Path, stop: &CancellationToken) -> Result<Finished, Fault> {
        finish::finish(film, segments, folder, stop).await
    }
}

/// The still of a scene, as PNG: the picture in the middle of its shot, with its names and its setting.
#[must_use]
pub fn still(script: &Script, index: usize, style: Style, aspect: Aspect, subtitles: bool) -> Vec<u8> {
    motion::still(script, index, style, aspect, subtitles)
}
