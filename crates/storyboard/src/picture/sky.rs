//! Skies: hour, weather, sun, moon, stars and clouds.

use std::fmt::Write;

use ports::film::{Style, TimeOfDay, Weather};

use super::{
    light::Rgb,
    stage::{Dice, Stage},
};

/// The sky down to below the horizon; `bolt` lets lightning strike in a storm, `at` is where sun or moon stand instead of their own
/// place, as seen through a window.
pub(super) fn sky(stage: &Stage, time: TimeOfDay, weather: Weather, bolt: bool, at: Option<(f64, f64)>, dice: &mut Dice) -> String {
    let light = &stage.light;
    let mut svg = stage.band("sky", stage.top(), stage.horizon + stage.h * 0.1, light.top, light.low);
    let covered = matches!(weather, Weather::Cloudy | Weather::Rain | Weather::Storm | Weather::Snow | Weather::Fog);
    let hidden = covered && !stage.shines;
    if time == TimeOfDay::Night && !hidden {
        svg.push_str(&stars(stage, dice));
    }
    if !hidden || weather == Weather::Snow && time == TimeOfDay::Night {
        svg.push_str(&luminary(stage, time, at));
    }
    let count = match weather {
        Weather::Clear => 3,
        Weather::Wind => 5,
        Weather::Fog => 0,
        Weather::Cloudy | Weather::Rain | Weather::Storm | Weather::Snow => 9,
    };
    for _ in 0..count {
        let (x, y) = (dice.range(stage.left(), stage.right()), dice.range(stage.h * 0.03, stage.horizon * 0.62));
        svg.push_str(&cloud(stage, time, weather, x, y, dice.range(9.0, 20.0) * stage.u, dice));
    }
    if weather == Weather::Storm && bolt {
        let x = stage.w * dice.range(0.45, 0.85);
        let y = stage.h * 0.13;
        let s = stage.u;
        svg.push_str(&format!(
            "<path d=\"M{x:.1} {y:.1} l{:.1} {:.1} l{:.1} {:.1} l{:.1} {:.1} l{:.1} {:.1} l{:.1} {:.1} l{:.1} {:.1} Z\" fill=\"#fff8d0\"/>",
            -5.0 * s,
            16.0 * s,
            4.0 * s,
            -1.5 * s,
            -5.0 * s,
            18.0 * s,
            11.0 * s,
            -22.0 * s,
            -4.5 * s,
            1.5 * s,
            4.0 * s,
            -12.0 * s
        ));
    }
    svg
}

fn stars(stage: &Stage, dice: &mut Dice) -> String {
    (0..90)
        .map(|_| {
            let (x, y) = (dice.range(stage.left(), stage.right()), dice.range(stage.top(), stage.horizon * 0.9));
            format!(
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{:.2}\" fill=\"#fff\" fill-opacity=\"{:.2}\"/>",
                dice.range(0.10, 0.34) * stage.u,
                dice.range(0.4, 1.0)
            )
        })
        .collect()
}

fn luminary(stage: &Stage, time: TimeOfDay, at: Option<(f64, f64)>) -> String {
    let s = stage.u;
    let (x, y, r) = match time {
        TimeOfDay::Dawn => (stage.w * 0.24, stage.horizon - 7.0 * s, 7.0 * s),
        TimeOfDay::Day => (stage.w * 0.80, stage.h * 0.14, 5.5 * s),
        TimeOfDay::Dusk => (stage.w * 0.74, stage.horizon - 6.0 * s, 9.0 * s),
        TimeOfDay::Night => (stage.w * 0.75, stage.h * 0.17, 8.0 * s),
    };
    let (x, y) = at.unwrap_or((x, y));
    match time {
        TimeOfDay::Night => {
            let mut moon = stage.glow("moonglow", x, y, r * 3.6, Rgb::hex(0xdfe8ff), 0.55);
            moon.push_str(&format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r:.1}\" fill=\"#fdf3c4\"/>"));
            for (dx, dy, size) in [(-0.3, -0.2, 0.22), (0.25, 0.3, 0.17), (0.1, -0.45, 0.12), (-0.1, 0.35, 0.13)] {
                moon.push_str(&format!(
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{:.1}\" fill=\"#e9dca0\" fill-opacity=\"0.7\"/>",
                    x + dx * r,
                    y + dy * r,
                    size * r
                ));
            }
            moon
        }
        TimeOfDay::Dawn | TimeOfDay::Day | TimeOfDay::Dusk => {
            let colour = match time {
                TimeOfDay::Dusk => Rgb::hex(0xff6a3a),
                TimeOfDay::Dawn => Rgb::hex(0xffb060),
                TimeOfDay::Day | TimeOfDay::Night => Rgb::hex(0xfff3b0),
            };
            if stage.style == Style::Manga {
                return inked_sun(x, y, r, s, time == TimeOfDay::Day);
            }
            let mut sun = stage.glow("sunglow", x, y, r * 4.2, colour, 0.75);
            sun.push_str(&format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r:.1}\" fill=\"{}\"/>", colour.shade(1.35)));
            sun
        }
    }
}

/// A white sun with rays: long ones at the horizon, short ones by day.
fn inked_sun(x: f64, y: f64, r: f64, unit: f64, high: bool) -> String {
    let mut rays = String::new();
    let (inner, outer) = if high { (1.25, 1.6) } else { (1.3, 4.6) };
    for ray in 0..20 {
        let angle = f64::from(ray) / 20.0 * std::f64::consts::TAU;
        let (sin, cos) = angle.sin_cos();
        let _ =
            write!(rays, "M{:.1} {:.1} L{:.1} {:.1} ", x + cos * r * inner, y + sin * r * inner, x + cos * r * outer, y + sin * r * outer);
    }
    format!(
        "<path d=\"{rays}\" stroke=\"#fff\" stroke-width=\"{:.1}\" stroke-linecap=\"round\"/>\
         <circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r:.1}\" fill=\"#fff\" stroke=\"#000\" stroke-width=\"{:.1}\"/>",
        unit * if high { 0.6 } else { 1.1 },
        unit * 0.4
    )
}

fn cloud(stage: &Stage, time: TimeOfDay, weather: Weather, x: f64, y: f64, size: f64, dice: &mut Dice) -> String {
    let heavy = matches!(weather, Weather::Cloudy | Weather::Rain | Weather::Storm | Weather::Snow);
    let body = match time {
        TimeOfDay::Night => stage.light.low.mix(Rgb::hex(0x8898c8), 0.35),
        TimeOfDay::Dusk => Rgb::hex(0xffb08a),
        TimeOfDay::Dawn => Rgb::hex(0xffe6da),
        TimeOfDay::Day => Rgb::hex(0xffffff),
    };
    let body = if heavy { body.mix(stage.light.top.shade(0.7), 0.55) } else { body };
    let opacity = if stage.style == Style::Realistic { 0.5 } else { 0.9 };
    let mut svg = format!("<g fill-opacity=\"{opacity}\">");
    let puffs = 5 + dice.pick(3);
    for index in 0..puffs {
        let t = index as f64 / (puffs - 1) as f64 - 0.5;
        let r = size * (0.34 - 0.5 * t * t) * dice.range(0.85, 1.15);
        svg.push_str(&format!(
            "<ellipse cx=\"{:.1}\" cy=\"{:.1}\" rx=\"{r:.1}\" ry=\"{:.1}\" fill=\"{body}\"/>",
            x + t * size * 1.7,
            y - r * 0.3,
            r * 0.74
        ));
    }
    svg.push_str(&format!(
        "<ellipse cx=\"{x:.1}\" cy=\"{:.1}\" rx=\"{:.1}\" ry=\"{:.1}\" fill=\"{}\"/></g>",
        y + size * 0.02,
        size * 0.95,
        size * 0.13,
        body.shade(0.90)
    ));
    svg
}
