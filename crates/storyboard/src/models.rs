//! The built-in script and image models, behind the same traits as a provider's.

use bytes::Bytes;
use ports::{
    fault::Fault,
    film::{Brief, Script},
    image::{ImageModel, Picture, Subject},
    script::ScriptModel,
};

use crate::{picture, render, rules};

/// Scripts by rule.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules;

#[async_trait::async_trait]
impl ScriptModel for Rules {
    fn engine(&self) -> String {
        "rules".to_owned()
    }

    fn price(&self, _brief: &Brief) -> i64 {
        0
    }

    async fn write(&self, brief: &Brief) -> Result<Script, Fault> {
        let brief = brief.clone();
        tokio::task::spawn_blocking(move || rules::script(&brief)).await.map_err(|error| Fault::passing(format!("script: {error}")))
    }
}

/// Drawn pictures.
#[derive(Debug, Clone, Copy, Default)]
pub struct Drawing;

#[async_trait::async_trait]
impl ImageModel for Drawing {
    fn engine(&self) -> String {
        "storyboard".to_owned()
    }

    fn price(&self) -> i64 {
        0
    }

    fn concurrency(&self) -> usize {
        2
    }

    fn painted(&self) -> bool {
        false
    }

    async fn draw(&self, picture: Picture<'_>) -> Result<Bytes, Fault> {
        let png = tokio::task::block_in_place(|| match picture.subject {
            Subject::Portrait(character) => picture::portrait(character, picture.style).png(),
            Subject::Scene(script, scene) => {
                let index = script.scenes.iter().position(|other| std::ptr::eq(other, scene)).unwrap_or(0);
                render::still(script, index, picture.style, picture.aspect, true)
            }
        });
        if png.is_empty() { Err(Fault::lasting("a picture could not be drawn")) } else { Ok(Bytes::from(png)) }
    }
}
