//! What stands about a house and is held in a hand.

use crate::picture::drawn::{
    Paint::{Bright as B, Plain as P},
    Part,
};

use super::DISC;

pub(super) const LAMP: &[Part] =
    &[("M-12 20 H12 V80 H-12 Z M-46 80 H46 V94 H-46 Z", P(0x8a6a3a)), ("M-40 -90 H40 L66 20 H-66 Z", B(0xffe3a0))];
pub(super) const LETTER: &[Part] = &[
    ("M-90 -60 H90 V60 H-90 Z", P(0xf8f0dc)),
    ("M-90 -60 L0 16 L90 -60 Z", P(0xe6d8b8)),
    ("M-12 0 a12 12 0 1 1 24 0 a12 12 0 1 1 -24 0 Z", P(0xc0302c)),
];
pub(super) const BOOK: &[Part] = &[
    ("M-96 -52 Q-48 -76 0 -52 V62 Q-48 40 -96 62 Z M96 -52 Q48 -76 0 -52 V62 Q48 40 96 62 Z", P(0xfaf4e2)),
    (
        "M-76 -36 L-20 -40 V-34 L-76 -30 Z M-76 -10 L-20 -14 V-8 L-76 -4 Z M20 -40 L76 -36 V-30 L20 -34 Z M20 -14 L76 -10 V-4 L20 -8 Z",
        P(0x8a8478),
    ),
];
pub(super) const WATCH: &[Part] = &[
    ("M-10 -100 H10 V-70 H-10 Z M-56 10 A56 56 0 1 1 56 10 A56 56 0 1 1 -56 10 Z", P(0xd8a83a)),
    ("M-44 10 A44 44 0 1 1 44 10 A44 44 0 1 1 -44 10 Z", P(0xfaf6ea)),
    ("M-4 -24 H4 V6 L30 22 L26 30 L-4 16 Z", P(0x2a2a30)),
];
pub(super) const CUP: &[Part] = &[
    ("M-60 -40 H50 C50 30 30 70 -6 70 C-40 70 -60 30 -60 -40 Z", P(0xf4f6f8)),
    ("M50 -26 C96 -30 96 30 40 34 L44 20 C76 18 76 -14 50 -12 Z", P(0xe4e8ec)),
    (
        "M-30 -90 q12 14 0 28 q-10 12 0 18 h8 q-8 -8 2 -18 q12 -14 0 -28 Z M10 -90 q12 14 0 28 q-10 12 0 18 h8 q-8 -8 2 -18 q12 -14 0 -28 Z",
        P(0xdfe6ea),
    ),
];
pub(super) const BOWL: &[Part] =
    &[("M-90 -20 H90 C86 50 50 80 0 80 C-50 80 -86 50 -90 -20 Z", P(0xdfe8f0)), ("M-90 -20 C-60 -60 60 -60 90 -20 Z", P(0xfaf6ea))];
pub(super) const BREAD: &[Part] =
    &[("M-86 50 C-100 -40 -50 -60 0 -60 C50 -60 100 -40 86 50 Z", P(0xf4ead8)), ("M-40 -30 Q0 -50 40 -30 Q0 -40 -40 -30 Z", P(0xd8c8a8))];
pub(super) const FORK: &[Part] = &[
    ("M-7 -20 H7 V100 H-7 Z", P(0x8a6a44)),
    ("M-46 -96 H-34 V-44 Q-34 -30 -8 -30 V-100 H8 V-30 Q34 -30 34 -44 V-96 H46 V-40 Q46 -12 8 -10 H-8 Q-46 -12 -46 -40 Z", P(0xc0ccd8)),
];
pub(super) const KEY: &[Part] = &[(
    "M-90 0 a36 36 0 1 1 72 0 a36 36 0 1 1 -72 0 Z M-70 0 a16 16 0 1 1 32 0 a16 16 0 1 1 -32 0 Z M-20 -9 H94 V36 H78 V9 H62 V30 H46 V9 H-20 Z",
    P(0xe0b040),
)];
pub(super) const DOOR: &[Part] = &[
    ("M-60 -100 H60 V100 H-60 Z", P(0x6e3a28)),
    ("M-48 -88 H-6 V-10 H-48 Z M6 -88 H48 V-10 H6 Z M-48 6 H-6 V88 H-48 Z M6 6 H48 V88 H6 Z", P(0x8a4c34)),
    ("M36 0 a7 7 0 1 1 14 0 a7 7 0 1 1 -14 0 Z", P(0xe0b040)),
];
pub(super) const WINDOW: &[Part] = &[
    ("M-84 -90 H84 V90 H-84 Z", P(0x8a5a38)),
    ("M-72 -78 H-6 V-6 H-72 Z M6 -78 H72 V-6 H6 Z M-72 6 H-6 V78 H-72 Z M6 6 H72 V78 H6 Z", B(0xbfe0f4)),
];
pub(super) const CLOCK: &[Part] = &[
    ("M-90 0 A90 90 0 1 1 90 0 A90 90 0 1 1 -90 0 Z", P(0x8a5a30)),
    ("M-74 0 A74 74 0 1 1 74 0 A74 74 0 1 1 -74 0 Z", P(0xfaf6ea)),
    ("M-4 -56 H4 V4 H44 V12 H-4 Z", P(0x202028)),
];
pub(super) const PHONE: &[Part] = &[
    ("M-44 -98 H44 V98 H-44 Z", P(0x22262e)),
    ("M-36 -84 H36 V76 H-36 Z", B(0x7ac8ff)),
    ("M-24 -60 H24 V-44 H-24 Z M-24 -30 H10 V-16 H-24 Z", B(0xf4faff)),
];
pub(super) const HAT: &[Part] =
    &[("M-98 50 Q0 20 98 50 Q0 80 -98 50 Z", P(0x4a4038)), ("M-54 46 C-56 -60 56 -60 54 46 Q0 30 -54 46 Z", P(0x5c5044))];
pub(super) const RING: &[Part] = &[
    ("M-56 30 a56 56 0 1 1 112 0 a56 56 0 1 1 -112 0 Z M-42 30 a42 42 0 1 1 84 0 a42 42 0 1 1 -84 0 Z", P(0xe8b840)),
    ("M-26 -50 L-12 -74 H12 L26 -50 L0 -22 Z", B(0x9ae8ff)),
];
pub(super) const NECKLACE: &[Part] = &[
    ("M-84 -60 C-84 60 84 60 84 -60 L70 -60 C70 42 -70 42 -70 -60 Z", P(0xdfe6ee)),
    ("M-16 28 L16 28 L22 66 L0 84 L-22 66 Z", P(0xe0b040)),
];
pub(super) const COIN: &[Part] =
    &[(DISC, P(0xc89a3a)), ("M-64 0 A64 64 0 1 1 64 0 A64 64 0 1 1 -64 0 Z M-20 -20 V20 H20 V-20 Z", P(0xe0b858))];
pub(super) const BOX: &[Part] =
    &[("M-90 -20 H90 V76 H-90 Z", P(0x8a5a34)), ("M-96 -56 H96 V-16 H-96 Z", P(0xa06c40)), ("M-14 -30 H14 V6 H-14 Z", P(0xe0b040))];
pub(super) const BAG: &[Part] = &[
    ("M-66 -30 H66 C86 30 80 90 60 90 H-60 C-80 90 -86 30 -66 -30 Z", P(0x3a6a9a)),
    ("M-34 -30 C-34 -96 34 -96 34 -30 H22 C22 -78 -22 -78 -22 -30 Z", P(0x28486a)),
    ("M-40 16 H40 V64 H-40 Z", P(0x4c80b4)),
];
pub(super) const CANDLE: &[Part] = &[
    ("M-22 -10 H22 V80 H-22 Z", P(0xf4eedc)),
    ("M0 -90 C30 -50 26 -16 0 -14 C-26 -16 -30 -50 0 -90 Z", B(0xffb03a)),
    ("M0 -60 C14 -40 12 -20 0 -18 C-12 -20 -14 -40 0 -60 Z", B(0xfff0a0)),
    ("M-60 80 H60 V94 H-60 Z", P(0x8a6a3a)),
];
pub(super) const BRUSH: &[Part] = &[("M-10 -98 H10 V30 H-10 Z", P(0xa8763c)), ("M-14 30 H14 L10 60 L0 96 L-10 60 Z", P(0x24242c))];
pub(super) const SCROLL: &[Part] = &[
    ("M-76 -60 H76 V60 H-76 Z", P(0xf4e6c4)),
    ("M-92 -74 H-72 V74 H-92 Z M72 -74 H92 V74 H72 Z", P(0x8a4a2c)),
    ("M-50 -36 H50 V-30 H-50 Z M-50 -10 H50 V-4 H-50 Z M-50 16 H30 V22 H-50 Z", P(0x4a4440)),
];
pub(super) const MAP: &[Part] = &[
    ("M-92 -60 L-32 -74 L32 -56 L92 -72 V60 L32 76 L-32 58 L-92 72 Z", P(0xf0e0b4)),
    ("M-60 30 Q-20 -30 20 10 T66 -30 L70 -24 Q40 30 18 18 T-54 36 Z", P(0x4a80b0)),
    ("M30 -44 L42 -30 L54 -44 L58 -40 L46 -26 L58 -12 L54 -8 L42 -22 L30 -8 L26 -12 L38 -26 L26 -40 Z", P(0xc8302c)),
];
pub(super) const BOTTLE: &[Part] = &[
    ("M-14 -98 H14 V-50 C50 -30 50 10 46 80 C46 96 -46 96 -46 80 C-50 10 -50 -30 -14 -50 Z", P(0x4a7a5a)),
    ("M-30 0 H30 V46 H-30 Z", P(0xf4ecd4)),
];
pub(super) const MEDICINE: &[Part] = &[
    ("M-44 -40 H44 V90 H-44 Z", P(0xf6f8fa)),
    ("M-50 -78 H50 V-40 H-50 Z", P(0xd84040)),
    ("M-8 -6 H8 V14 H28 V30 H8 V50 H-8 V30 H-28 V14 H-8 Z", P(0x3aa06a)),
];
pub(super) const MIRROR: &[Part] = &[
    ("M-70 -20 A70 76 0 1 1 70 -20 A70 76 0 1 1 -70 -20 Z M-12 50 H12 V98 H-12 Z", P(0xb08a3a)),
    ("M-56 -20 A56 62 0 1 1 56 -20 A56 62 0 1 1 -56 -20 Z", B(0xd4ecf6)),
];
pub(super) const DOLL: &[Part] = &[
    ("M-36 -10 H36 L66 90 H-66 Z", P(0xd85a7a)),
    ("M-40 -52 a40 40 0 1 1 80 0 a40 40 0 1 1 -80 0 Z", P(0xffe0c8)),
    ("M-44 -52 C-44 -104 44 -104 44 -52 Q0 -84 -44 -52 Z", P(0x5a3a26)),
    ("M-18 -50 a5 6 0 1 1 10 0 a5 6 0 1 1 -10 0 Z M8 -50 a5 6 0 1 1 10 0 a5 6 0 1 1 -10 0 Z", P(0x202020)),
];
