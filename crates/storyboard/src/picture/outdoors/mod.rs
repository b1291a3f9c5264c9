//! Places under the sky. Each gives what stands far away, in the middle and near; the sky itself is in `sky`.

mod battle;
mod beyond;
mod land;
mod street;
mod town;
mod water;

use std::fmt::Write;

use ports::film::{Period, Place, Season, TimeOfDay, Weather};

use super::{
    light::Rgb,
    stage::{Dice, Stage},
};

/// Three layers of a place.
#[derive(Debug, Default)]
pub(super) struct Layers {
    pub(super) far: String,
    pub(super) middle: String,
    pub(super) near: String,
}

/// The layers of a place without a roof.
pub(super) fn layers(stage: &Stage, place: Place, time: TimeOfDay, weather: Weather, dice: &mut Dice) -> Layers {
    let bright = stage.shines || matches!(weather, Weather::Clear | Weather::Wind);
    let s = Scenery {
        stage,
        night: time == TimeOfDay::Night,
        snow: stage.snow,
        bright,
        sun: if time == TimeOfDay::Dawn { 0.24 } else { 0.745 },
    };
    match place {
        Place::Courtyard => s.courtyard(dice),
        Place::Village => s.village(dice),
        Place::Street => s.street(dice),
        Place::City if !matches!(stage.period, Period::Modern | Period::School | Period::Timeless) => s.street(dice),
        Place::City => s.city(dice),
        Place::Temple if matches!(stage.period, Period::Victorian | Period::Fantasy) => s.church(dice),
        Place::Temple => s.temple(dice),
        Place::Station => s.station(dice),
        Place::Field => s.field(dice),
        Place::Garden => s.garden(dice),
        Place::Forest => s.forest(dice),
        Place::Mountain => s.mountain(dice),
        Place::River | Place::Lake => s.water(dice, place == Place::Lake),
        Place::Sea => s.sea(dice),
        Place::Boat => s.boat(dice),
        Place::Bridge => s.bridge(dice),
        Place::Desert => s.desert(dice),
        Place::Battlefield => s.battlefield(dice),
        Place::Space => s.space(dice),
        Place::Sky => s.sky(dice),
        Place::Heaven => s.heaven(dice),
        Place::Undersea => s.undersea(dice),
        Place::Road
        | Place::Home
        | Place::School
        | Place::Office
        | Place::Hospital
        | Place::Shop
        | Place::Palace
        | Place::Library
        | Place::Cave
        | Place::Inn
        | Place::Prison
        | Place::Carriage
        | Place::Train => s.road(dice),
    }
}

pub(super) struct Scenery<'a> {
    stage: &'a Stage,
    night: bool,
    snow: bool,
    /// Sun or moon can be seen, and so can their light on water.
    bright: bool,
    /// Where sun or moon stand, as a share of the width.
    sun: f64,
}

impl Scenery<'_> {
    fn ground(&self, summer: u32) -> Rgb {
        let stage = self.stage;
        match stage.season {
            _ if self.snow => stage.c(0xe8eef6),
            Some(Season::Autumn) => stage.c(summer).mix(stage.c(0xc89a48), 0.55),
            Some(Season::Spring) => stage.c(summer).mix(stage.c(0xa8dc7c), 0.45),
            Some(Season::Summer | Season::Winter) | None => stage.c(summer),
        }
    }

    /// The colour of paving.
    fn stone(&self, bare: u32) -> Rgb {
        self.stage.c(if self.snow { 0xe8eef6 } else { bare })
    }

    /// The colour of firs and grass that keep theirs.
    fn leaf(&self, summer: u32) -> Rgb {
        self.stage.c(if self.snow { 0xd4dee6 } else { summer })
    }

    fn window(&self) -> String {
        if self.night { "#ffd98a".to_owned() } else { self.stage.c(0x5a6a78).to_string() }
    }

    fn hills(&self, dice: &mut Dice) -> String {
        let st = self.stage;
        let far = |share: f64| st.light.far(if self.snow { Rgb::hex(0xdde6f0) } else { Rgb::hex(0x4f7d5a) }, share);
        st.ridge(dice, st.horizon, st.h * 0.16, 0.2, far(0.62)) + &st.ridge(dice, st.horizon, st.h * 0.09, 0.1, far(0.35))
    }

    fn meadow(&self, dice: &mut Dice, id: &str, colour: u32) -> String {
        let st = self.stage;
        let green = self.ground(colour);
        let mut svg = st.band(id, st.horizon, st.bottom(), green.mix(st.light.low, 0.25), green.shade(0.72));
        for _ in 0..70 {
            let depth = dice.range(0.0, 1.0);
            let (x, y) = (dice.range(st.left(), st.right()), st.horizon + (st.bottom() - st.horizon) * depth * depth);
            let size = st.u * (0.6 + 3.0 * depth);
            let _ = write!(
                svg,
                "<path d=\"M{x:.1} {y:.1} l{:.1} {:.1} M{x:.1} {y:.1} l{:.1} {:.1}\" stroke=\"{}\" stroke-width=\"{:.1}\" stroke-linecap=\"round\"/>",
                -size * 0.3,
                -size,
                size * 0.35,
                -size * 0.9,
                green.shade(if depth > 0.5 { 0.6 } else { 1.15 }),
                0.2 * st.u + 0.25 * st.u * depth
            );
        }
        svg
    }
}
