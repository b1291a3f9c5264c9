//! What stands where in which room, by place and period.

use ports::film::{Period, Place};

use super::furniture as f;
use crate::picture::drawn::Part;

/// Where wall and floor meet, as a share of the height.
pub(super) const FLOOR: f64 = 0.74;

/// A thing in a room; x and y are shares of the frame.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) scale: f64,
    pub(super) parts: &'static [Part],
}

/// Words on the wall.
#[derive(Debug)]
pub(super) struct Sign {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) size: f64,
    pub(super) colour: u32,
    pub(super) chinese: &'static str,
    pub(super) english: &'static str,
}

/// A room.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) wall: u32,
    pub(super) floor: u32,
    /// Left, top, width and height, as shares.
    pub(super) windows: &'static [(f64, f64, f64, f64)],
    /// A land goes by outside.
    pub(super) country: bool,
    /// The colour of wood along the wall's foot.
    pub(super) panels: Option<u32>,
    pub(super) lamp: bool,
    pub(super) on_wall: &'static [Piece],
    pub(super) on_floor: &'static [Piece],
    pub(super) signs: &'static [Sign],
}

const fn at(x: f64, y: f64, scale: f64, parts: &'static [Part]) -> Piece {
    Piece { x, y, scale, parts }
}

const fn sign(x: f64, y: f64, size: f64, colour: u32, chinese: &'static str, english: &'static str) -> Sign {
    Sign { x, y, size, colour, chinese, english }
}

const ONE: &[(f64, f64, f64, f64)] = &[(0.09, 0.12, 0.26, 0.34)];
const BOARD: &[Part] = &[
    ("M-330 0 V-300 H330 V0 Z", crate::picture::drawn::Paint::Plain(0x8a6038)),
    ("M-314 -16 V-284 H314 V-16 Z", crate::picture::drawn::Paint::Plain(0x2c5a48)),
    ("M-200 -8 h60 v12 h-60 Z", crate::picture::drawn::Paint::Plain(0xf4f8f0)),
];
const BARE: Plan = Plan {
    wall: 0xefe2cf,
    floor: 0x9a6a44,
    windows: ONE,
    country: false,
    panels: None,
    lamp: true,
    on_wall: &[],
    on_floor: &[],
    signs: &[],
};

static HOME_OLD: Plan = Plan {
    wall: 0xe2cda6,
    lamp: false,
    on_wall: &[
        at(0.80, 0.50, 1.0, f::SCROLL),
        at(0.56, FLOOR, 1.0, f::FOLDING),
        at(0.80, FLOOR, 1.0, f::DRAWERS),
        at(0.86, 0.52, 0.8, f::VASE),
    ],
    on_floor: &[at(0.14, 0.86, 1.0, f::TABLE)],
    ..BARE
};
static HOME_REPUBLIC: Plan = Plan {
    wall: 0xd8ccb4,
    on_wall: &[at(0.46, 0.50, 0.9, f::SCROLL), at(0.80, FLOOR, 0.9, f::CANOPY)],
    on_floor: &[at(0.14, 0.86, 1.0, f::TABLE)],
    ..BARE
};
static HOME_WEST: Plan = Plan {
    wall: 0xb8a890,
    floor: 0x6e4630,
    panels: Some(0x7a5640),
    lamp: false,
    on_wall: &[at(0.74, FLOOR, 1.3, f::FIREPLACE), at(0.52, 0.44, 1.0, f::PORTRAIT)],
    on_floor: &[at(0.10, 0.86, 1.1, f::ARMCHAIR), at(0.95, 0.88, 1.1, f::ARMCHAIR)],
    ..BARE
};
static HOME_NOW: Plan = Plan {
    on_wall: &[at(0.56, 0.40, 1.0, f::PICTURE), at(0.82, FLOOR, 1.1, f::SCREEN_TV), at(0.96, FLOOR, 1.0, f::PLANT)],
    on_floor: &[at(0.16, 0.84, 1.0, f::SOFA)],
    ..BARE
};
static HOME_PLAIN: Plan = Plan {
    on_wall: &[at(0.80, 0.36, 1.0, f::PICTURE), at(0.80, FLOOR, 1.0, f::DRAWERS)],
    on_floor: &[at(0.14, 0.86, 1.0, f::TABLE)],
    ..BARE
};
static SCHOOL: Plan = Plan {
    wall: 0xf0ead8,
    floor: 0xb08a5c,
    on_wall: &[at(0.66, 0.44, 1.0, BOARD), at(0.92, FLOOR, 1.0, f::LECTERN)],
    on_floor: &[
        at(0.08, 0.84, 1.0, f::DESK),
        at(0.36, 0.84, 1.0, f::DESK),
        at(0.64, 0.84, 1.0, f::DESK),
        at(0.20, 0.99, 1.4, f::DESK),
        at(0.56, 0.99, 1.4, f::DESK),
        at(0.90, 0.99, 1.4, f::DESK),
    ],
    signs: &[sign(0.66, 0.32, 6.4, 0xf4f8f0, "天天向上 1+2=3", "A B C  1+2=3")],
    lamp: false,
    ..BARE
};
static SCHOOL_OLD: Plan = Plan {
    wall: 0xe2cda6,
    on_wall: &[at(0.60, 0.52, 1.1, f::SCROLL), at(0.86, FLOOR, 1.0, f::LECTERN)],
    on_floor: &[
        at(0.10, 0.84, 1.0, f::LOW_DESK),
        at(0.40, 0.84, 1.0, f::LOW_DESK),
        at(0.70, 0.84, 1.0, f::LOW_DESK),
        at(0.24, 0.98, 1.4, f::LOW_DESK),
        at(0.74, 0.98, 1.4, f::LOW_DESK),
    ],
    signs: &[sign(0.80, 0.28, 9.0, 0x7a1e16, "学而", "学而")],
    lamp: false,
    ..BARE
};
static OFFICE: Plan = Plan {
    wall: 0xe2e8ee,
    floor: 0x8a929c,
    windows: &[(0.06, 0.12, 0.20, 0.36), (0.32, 0.12, 0.20, 0.36)],
    on_wall: &[at(0.76, 0.42, 1.0, f::CHART), at(0.96, FLOOR, 1.0, f::PLANT)],
    on_floor: &[at(0.14, 0.86, 1.0, f::COMPUTER), at(0.80, 0.90, 1.25, f::COMPUTER)],
    ..BARE
};
static OFFICE_OLD: Plan = Plan {
    wall: 0xc8b898,
    floor: 0x6e4a34,
    panels: Some(0x7a5640),
    on_wall: &[at(0.60, 0.48, 1.0, f::PORTRAIT), at(0.84, FLOOR, 1.0, f::DRAWERS)],
    on_floor: &[at(0.16, 0.88, 1.1, f::WRITING), at(0.84, 0.90, 1.2, f::WRITING)],
    ..BARE
};
static HOSPITAL: Plan = Plan {
    wall: 0xeef6f6,
    floor: 0xc6d6d8,
    on_wall: &[at(0.50, FLOOR, 1.0, f::DIVIDER), at(0.86, 0.30, 1.0, f::CROSS)],
    on_floor: &[at(0.78, 0.84, 1.0, f::SICKBED), at(0.58, 0.82, 1.0, f::DRIP)],
    ..BARE
};
static APOTHECARY: Plan = Plan {
    wall: 0xd8c8a4,
    on_wall: &[at(0.66, FLOOR, 1.2, f::CABINET)],
    on_floor: &[at(0.60, 0.90, 0.9, f::COUNTER)],
    signs: &[sign(0.94, 0.36, 12.0, 0x7a1e16, "药", "药")],
    ..BARE
};
static SHOP: Plan = Plan {
    wall: 0xd8b888,
    floor: 0x7a5234,
    windows: &[],
    on_wall: &[],
    on_floor: &[at(0.26, 0.92, 1.0, f::COUNTER)],
    signs: &[sign(0.78, 0.375, 5.6, 0x7a1e16, "本店", "SHOP")],
    ..BARE
};
static INN_OLD: Plan = Plan {
    wall: 0xc8a474,
    floor: 0x6a4630,
    windows: &[(0.06, 0.14, 0.20, 0.30)],
    on_wall: &[at(0.84, FLOOR, 1.2, f::STAIRS), at(0.48, FLOOR, 1.0, f::JARS)],
    on_floor: &[at(0.15, 0.86, 1.15, f::INN_TABLE), at(0.86, 0.93, 1.3, f::INN_TABLE)],
    signs: &[sign(0.48, 0.36, 13.0, 0x7a1e16, "酒", "INN")],
    ..BARE
};
static INN_WEST: Plan = Plan {
    wall: 0xb89a74,
    floor: 0x5c3e2c,
    panels: Some(0x6a4a34),
    windows: &[(0.06, 0.14, 0.18, 0.28)],
    on_wall: &[at(0.46, FLOOR, 1.2, f::FIREPLACE), at(0.82, FLOOR, 1.1, f::BARRELS)],
    on_floor: &[at(0.15, 0.88, 1.15, f::INN_TABLE), at(0.86, 0.93, 1.3, f::INN_TABLE)],
    ..BARE
};
static PALACE: Plan = Plan {
    wall: 0x8e2c26,
    floor: 0x6a4a3a,
    windows: &[],
    panels: Some(0x2f5a52),
    lamp: false,
    on_wall: &[
        at(0.50, FLOOR, 1.0, f::THRONE),
        at(0.06, FLOOR, 1.0, f::PILLAR),
        at(0.24, FLOOR, 1.0, f::PILLAR),
        at(0.76, FLOOR, 1.0, f::PILLAR),
        at(0.94, FLOOR, 1.0, f::PILLAR),
    ],
    on_floor: &[at(0.50, FLOOR, 1.0, f::STEPS)],
    ..BARE
};
static CASTLE: Plan = Plan {
    wall: 0x8e8a86,
    floor: 0x6e6862,
    windows: &[],
    lamp: false,
    on_wall: &[
        at(0.14, 0.60, 0.9, f::GOTHIC),
        at(0.86, 0.60, 0.9, f::GOTHIC),
        at(0.33, 0.52, 1.0, f::BANNER),
        at(0.67, 0.52, 1.0, f::BANNER),
        at(0.50, FLOOR, 1.1, f::HIGH_SEAT),
        at(0.02, FLOOR, 1.0, f::COLUMN),
        at(0.24, FLOOR, 1.0, f::COLUMN),
        at(0.76, FLOOR, 1.0, f::COLUMN),
        at(0.98, FLOOR, 1.0, f::COLUMN),
    ],
    on_floor: &[at(0.50, FLOOR, 1.0, f::STEPS)],
    ..BARE
};
static LIBRARY: Plan = Plan { wall: 0xc9a878, floor: 0x6e4a30, windows: &[], on_floor: &[at(0.30, 0.90, 1.3, f::WRITING)], ..BARE };
static PRISON: Plan = Plan {
    wall: 0x6e6a68,
    floor: 0x56504a,
    windows: &[],
    lamp: false,
    on_wall: &[at(0.16, 0.30, 1.3, f::GRATING), at(0.70, FLOOR, 1.15, f::BARS), at(0.34, 0.42, 1.0, f::CHAIN)],
    on_floor: &[at(0.12, 0.86, 1.1, f::STRAW), at(0.90, 0.96, 1.0, f::STRAW)],
    ..BARE
};
static CARRIAGE: Plan = Plan {
    wall: 0x5a2a34,
    floor: 0x3a2420,
    windows: &[(0.10, 0.12, 0.24, 0.36), (0.66, 0.12, 0.24, 0.36)],
    country: true,
    panels: Some(0x6a3a30),
    lamp: false,
    on_wall: &[at(0.22, 0.56, 1.1, f::TASSELS), at(0.78, 0.56, 1.1, f::TASSELS), at(0.50, 0.44, 0.7, f::PORTRAIT)],
    on_floor: &[at(0.50, 0.86, 1.0, f::BENCH)],
    ..BARE
};
static TRAIN: Plan = Plan {
    wall: 0xd8d4c4,
    floor: 0x707880,
    windows: &[(0.04, 0.20, 0.26, 0.30), (0.37, 0.20, 0.26, 0.30), (0.70, 0.20, 0.26, 0.30)],
    country: true,
    lamp: false,
    on_wall: &[at(0.50, 0.13, 1.0, f::RACK)],
    on_floor: &[at(0.04, 0.84, 1.1, f::SEATS), at(0.34, 0.84, 1.0, f::SEATS), at(0.66, 0.84, 1.0, f::SEATS), at(0.97, 0.84, 1.1, f::SEATS)],
    ..BARE
};

/// The room of a place in a period.
pub(super) fn plan(place: Place, period: Period) -> &'static Plan {
    use Period::{Ancient, Fantasy, Modern, Republican, School, Timeless, Victorian};
    let old = matches!(period, Ancient | Republican);
    match (place, period) {
        (Place::School, Ancient | Republican) => &SCHOOL_OLD,
        (Place::School, _) => &SCHOOL,
        (Place::Office, Modern | School) => &OFFICE,
        (Place::Office, _) => &OFFICE_OLD,
        (Place::Hospital, _) => {
            if old {
                &APOTHECARY
            } else {
                &HOSPITAL
            }
        }
        (Place::Shop, _) => &SHOP,
        (Place::Inn, Victorian | Fantasy) => &INN_WEST,
        (Place::Inn, _) => &INN_OLD,
        (Place::Palace, Victorian | Fantasy) => &CASTLE,
        (Place::Palace, _) => &PALACE,
        (Place::Library, _) => &LIBRARY,
        (Place::Prison, _) => &PRISON,
        (Place::Carriage, _) => &CARRIAGE,
        (Place::Train, _) => &TRAIN,
        (_, Ancient) => &HOME_OLD,
        (_, Republican) => &HOME_REPUBLIC,
        (_, Victorian | Fantasy) => &HOME_WEST,
        (_, Modern | School) => &HOME_NOW,
        (_, Timeless) => &HOME_PLAIN,
    }
}
