//! Drawings as data: rows of paths in units of their own, each with its colour.

use std::fmt::Write;

use super::stage::Stage;

/// How a path is filled.
#[derive(Debug, Clone, Copy)]
pub(super) enum Paint {
    /// In the light of the scene.
    Plain(u32),
    /// What shines is not dimmed by it.
    Bright(u32),
}

/// A path and its colour.
pub(super) type Part = (&'static str, Paint);

/// Draws parts with their origin at (x, y), a unit being `scale` pixels.
pub(super) fn put(stage: &Stage, parts: &[Part], x: f64, y: f64, scale: f64) -> String {
    let line = stage.line(1.0 / scale);
    let mut svg = format!("<g transform=\"translate({x:.1} {y:.1}) scale({scale:.4})\">");
    for (d, paint) in parts {
        let fill = match paint {
            Paint::Bright(number) => format!("#{number:06x}"),
            Paint::Plain(number) => stage.c(*number).to_string(),
        };
        let _ = write!(svg, "<path d=\"{d}\" fill=\"{fill}\" fill-rule=\"evenodd\" {line}/>");
    }
    svg + "</g>"
}
