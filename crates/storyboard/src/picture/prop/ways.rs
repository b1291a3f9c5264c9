//! What carries, fights, plays and flies.

use crate::picture::drawn::{
    Paint::{Bright as B, Plain as P},
    Part,
};

use super::DISC;

pub(super) const SWORD: &[Part] =
    &[("M-6 -100 L6 -100 L12 40 H-12 Z", P(0xd8e0ea)), ("M-44 40 H44 V54 H-44 Z", P(0xd8a83a)), ("M-8 54 H8 V92 H-8 Z", P(0x6a3a2a))];
pub(super) const CART: &[Part] = &[
    ("M-100 -30 H60 V20 H-100 Z M60 -6 H100 V4 H60 Z", P(0x8a5a34)),
    (
        "M-60 50 A40 40 0 1 1 20 50 A40 40 0 1 1 -60 50 Z M-44 50 A24 24 0 1 0 4 50 A24 24 0 1 0 -44 50 Z M-24 10 H-16 V90 H-24 Z M-60 46 H20 V54 H-60 Z",
        P(0x5c3e28),
    ),
];
pub(super) const SEDAN: &[Part] = &[
    ("M-100 10 H100 V20 H-100 Z", P(0x5c3e28)),
    ("M-54 -40 H54 V80 H-54 Z", P(0xb8302c)),
    ("M-70 -40 L0 -90 L70 -40 Z M-8 -104 H8 V-84 H-8 Z", P(0xd8a83a)),
    ("M-24 -24 H24 V60 H-24 Z", P(0x7a1c1a)),
];
pub(super) const BOAT: &[Part] = &[
    ("M-100 40 H100 L70 84 H-70 Z", P(0x8a5a34)),
    ("M-6 -96 H4 V40 H-6 Z", P(0x5c3e28)),
    ("M8 -90 L80 26 H8 Z M-10 -70 L-66 26 H-10 Z", P(0xf6efe0)),
];
pub(super) const TRAIN: &[Part] = &[
    ("M-96 -40 H40 C80 -40 96 -6 96 40 H-96 Z", P(0x2f6ab0)),
    ("M-84 -24 H-52 V4 H-84 Z M-40 -24 H-8 V4 H-40 Z M4 -24 H36 V4 H4 Z M48 -22 C66 -18 74 -6 78 4 H48 Z", B(0xd8f0ff)),
    ("M-76 46 a14 14 0 1 1 28 0 a14 14 0 1 1 -28 0 Z M44 46 a14 14 0 1 1 28 0 a14 14 0 1 1 -28 0 Z", P(0x2a2e36)),
];
pub(super) const CAR: &[Part] = &[
    ("M-98 40 V6 L-66 0 L-40 -40 H36 L66 0 L98 8 V40 Z", P(0xc8383a)),
    ("M-52 -2 L-34 -30 H-4 V-2 Z M6 -2 V-30 H30 L50 -2 Z", B(0xc8e8f8)),
    ("M-76 42 a22 22 0 1 1 44 0 a22 22 0 1 1 -44 0 Z M32 42 a22 22 0 1 1 44 0 a22 22 0 1 1 -44 0 Z", P(0x22242a)),
];
pub(super) const BICYCLE: &[Part] = &[
    (
        "M-96 40 a38 38 0 1 1 76 0 a38 38 0 1 1 -76 0 Z M-86 40 a28 28 0 1 1 56 0 a28 28 0 1 1 -56 0 Z M20 40 a38 38 0 1 1 76 0 a38 38 0 1 1 -76 0 Z M30 40 a28 28 0 1 1 56 0 a28 28 0 1 1 -56 0 Z",
        P(0x30343c),
    ),
    (
        "M-60 36 L-36 -30 H34 L60 38 L52 42 L28 -20 H-28 L-52 42 Z M-46 -44 H-20 V-34 H-46 Z M28 -56 H56 V-46 H28 Z M30 -50 H40 L36 -24 H28 Z",
        P(0x2f7ab0),
    ),
];
pub(super) const UMBRELLA: &[Part] = &[
    ("M-100 0 C-90 -110 90 -110 100 0 Q80 -20 62 0 Q42 -20 20 0 Q0 -20 -20 0 Q-42 -20 -62 0 Q-80 -20 -100 0 Z", P(0xb8383c)),
    ("M-5 -10 H5 V74 Q4 100 -22 96 Q-36 92 -34 76 H-24 Q-24 86 -14 86 Q-6 86 -5 74 Z", P(0x5c3e28)),
];
pub(super) const LANTERN: &[Part] = &[
    ("M-60 0 C-60 -66 60 -66 60 0 C60 66 -60 66 -60 0 Z", B(0xf0503a)),
    ("M-30 -66 H30 V-52 H-30 Z M-30 52 H30 V66 H-30 Z", P(0xe0b040)),
    ("M-3 -98 H3 V-66 H-3 Z M-10 66 H-4 V98 H-10 Z M4 66 H10 V98 H4 Z", P(0xb0301c)),
];
pub(super) const KITE: &[Part] = &[
    ("M0 -90 L62 -20 L0 60 L-62 -20 Z", P(0xe8503c)),
    ("M0 -90 L62 -20 H0 Z M0 60 L-62 -20 H0 Z", P(0xffc84a)),
    ("M-3 60 Q30 76 0 98 L6 100 Q40 76 3 60 Z", P(0x4a5a6a)),
];
pub(super) const DRUM: &[Part] =
    &[("M-80 -30 H80 V40 C80 80 -80 80 -80 40 Z", P(0xb83228)), ("M-80 -30 C-80 -70 80 -70 80 -30 C80 6 -80 6 -80 -30 Z", P(0xf4e6c8))];
pub(super) const FLUTE: &[Part] = &[
    ("M-98 30 L90 -46 L96 -32 L-92 44 Z", P(0xa87a3a)),
    (
        "M-20 -4 a6 6 0 1 1 12 0 a6 6 0 1 1 -12 0 Z M8 -15 a6 6 0 1 1 12 0 a6 6 0 1 1 -12 0 Z M36 -27 a6 6 0 1 1 12 0 a6 6 0 1 1 -12 0 Z",
        P(0x3a2a18),
    ),
];
pub(super) const QIN: &[Part] = &[
    ("M-98 -10 Q-90 -34 -60 -30 L70 -26 Q98 -24 98 0 Q98 26 70 26 L-70 24 Q-98 18 -98 -10 Z", P(0x6a3a24)),
    ("M-84 -16 H84 V-13 H-84 Z M-84 -6 H84 V-3 H-84 Z M-84 4 H84 V7 H-84 Z M-84 13 H84 V16 H-84 Z", P(0xf0e6d0)),
];
pub(super) const KNIFE: &[Part] =
    &[("M-98 20 L30 -20 L40 8 Q-30 34 -98 20 Z", P(0xd8e0e8)), ("M30 -20 L92 -40 L98 -20 L40 8 Z", P(0x5c3a28))];
pub(super) const BOW: &[Part] = &[
    ("M-50 -96 C60 -50 60 50 -50 96 L-44 84 C40 40 40 -40 -44 -84 Z", P(0x8a5a30)),
    ("M-52 -96 H-48 V96 H-52 Z M-80 -3 H80 V3 H-80 Z M98 0 L72 -14 V14 Z", P(0xd8d0c0)),
];
pub(super) const FLAG: &[Part] =
    &[("M-80 -98 H-70 V100 H-80 Z", P(0x5c3e28)), ("M-70 -90 Q-20 -110 20 -84 T90 -84 V-6 Q50 6 20 -8 T-70 -12 Z", P(0xc83028))];
pub(super) const CROWN: &[Part] = &[
    ("M-86 60 L-96 -40 L-46 6 L0 -76 L46 6 L96 -40 L86 60 Z", P(0xf0c040)),
    (
        "M-10 30 a10 10 0 1 1 20 0 a10 10 0 1 1 -20 0 Z M-60 34 a8 8 0 1 1 16 0 a8 8 0 1 1 -16 0 Z M44 34 a8 8 0 1 1 16 0 a8 8 0 1 1 -16 0 Z",
        P(0xd0303c),
    ),
];
pub(super) const MASK: &[Part] = &[
    (
        "M-80 -60 C-30 -90 30 -90 80 -60 C90 30 40 96 0 96 C-40 96 -90 30 -80 -60 Z M-52 -20 Q-30 -40 -10 -16 Q-30 -4 -52 -20 Z M52 -20 Q30 -40 10 -16 Q30 -4 52 -20 Z",
        P(0xf4f0ea),
    ),
    ("M-26 46 Q0 66 26 46 Q0 54 -26 46 Z", P(0xc0302c)),
];
pub(super) const BALL: &[Part] = &[
    (DISC, P(0xf4f4f4)),
    (
        "M0 -28 L26 -8 L16 24 H-16 L-26 -8 Z M-70 -34 L-44 -64 L-36 -40 L-54 -22 Z M70 -34 L44 -64 L36 -40 L54 -22 Z M-36 70 L-24 46 H24 L36 70 L0 80 Z",
        P(0x24242c),
    ),
];
