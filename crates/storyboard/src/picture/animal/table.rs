//! Animals as data. Lengths of a body are shares of the height of its shoulders; a head is in units in which a person's is 150 wide.

use ports::film::Species;

/// How ears are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ears {
    Pointed,
    Round,
    Long,
    Hanging,
    Sideways,
    None,
}

/// How a tail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    Thin,
    Bushy,
    Tuft,
    Stub,
    Hair,
    Curl,
}

/// What tells a kind from others of its build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Plain,
    Stripes,
    /// White cheeks and bib.
    Bib,
    /// A white face with two black bands.
    Bands,
    /// A ring of hair around the face.
    Ruff,
    /// Hair along the neck.
    Mane,
    Horns,
    Antlers,
    Wool,
    Trunk,
    /// A pink disc for a nose.
    Disc,
    /// A bare face.
    Bare,
    /// Eyes on top, a wide mouth.
    Wide,
    /// Hardly any eyes, a pink nose, broad hands.
    Blind,
}

/// An animal on four legs.
#[derive(Debug)]
pub(super) struct Beast {
    /// The height of the shoulders, as a share of a grown person's height; smaller than life for none, larger for the smallest.
    pub(super) tall: f64,
    /// How tall it stands where it walks upright, dressed; 0 where it never does.
    pub(super) upright: f64,
    /// Length and depth of the trunk, and thickness of the legs.
    pub(super) trunk: (f64, f64, f64),
    /// Length of the neck, its angle from straight up, and the size of the head.
    pub(super) neck: (f64, f64, f64),
    pub(super) coat: u32,
    pub(super) pale: u32,
    pub(super) dark: u32,
    pub(super) ears: Ears,
    pub(super) ear: f64,
    /// Half the width and height of the face.
    pub(super) face: (f64, f64),
    /// The muzzle: half its width from the front, its length and thickness in profile.
    pub(super) muzzle: (f64, f64, f64),
    pub(super) tail: Tail,
    pub(super) mark: Mark,
    pub(super) whiskers: bool,
}

#[expect(clippy::too_many_arguments, reason = "a row of the table")]
const fn beast(
    (tall, upright): (f64, f64),
    trunk: (f64, f64, f64),
    neck: (f64, f64, f64),
    [coat, pale, dark]: [u32; 3],
    (ears, ear): (Ears, f64),
    face: (f64, f64),
    muzzle: (f64, f64, f64),
    (tail, mark, whiskers): (Tail, Mark, bool),
) -> Beast {
    Beast { tall, upright, trunk, neck, coat, pale, dark, ears, ear, face, muzzle, tail, mark, whiskers }
}

/// The row of a kind that goes on four legs.
pub(super) fn four_legged(species: Species) -> Option<&'static Beast> {
    use Ears::{Hanging, Long, None as Earless, Pointed, Round, Sideways};
    use Mark as M;
    use Tail as T;
    macro_rules! row {
        ($($argument:expr),* $(,)?) => {{ static ROW: Beast = beast($($argument),*); &ROW }};
    }
    Some(match species {
        Species::Cat => row!(
            (0.30, 0.62),
            (1.35, 0.50, 0.16),
            (0.14, 35.0, 0.36),
            [0xe0a050, 0xfff0d8, 0xb87830],
            (Pointed, 46.0),
            (82.0, 70.0),
            (34.0, 22.0, 40.0),
            (T::Thin, M::Stripes, true)
        ),
        Species::Dog => row!(
            (0.42, 0.72),
            (1.25, 0.46, 0.15),
            (0.30, 40.0, 0.30),
            [0xc8935a, 0xf6e6cc, 0x7a4e2c],
            (Hanging, 66.0),
            (74.0, 74.0),
            (38.0, 62.0, 44.0),
            (T::Curl, M::Plain, false)
        ),
        Species::Horse => row!(
            (0.92, 0.0),
            (1.25, 0.46, 0.12),
            (0.62, 38.0, 0.19),
            [0x8a5a38, 0xc89a70, 0x3a2820],
            (Pointed, 36.0),
            (52.0, 84.0),
            (40.0, 120.0, 62.0),
            (T::Hair, M::Mane, false)
        ),
        Species::Donkey => row!(
            (0.68, 0.0),
            (1.25, 0.48, 0.12),
            (0.46, 42.0, 0.24),
            [0x9a9088, 0xf0ece4, 0x4a4240],
            (Long, 92.0),
            (54.0, 80.0),
            (42.0, 104.0, 60.0),
            (T::Tuft, M::Mane, false)
        ),
        Species::Ox => row!(
            (0.84, 0.0),
            (1.45, 0.60, 0.15),
            (0.30, 66.0, 0.23),
            [0x7a5640, 0xd8c0a0, 0x2c2420],
            (Sideways, 44.0),
            (62.0, 76.0),
            (50.0, 76.0, 70.0),
            (T::Tuft, M::Horns, false)
        ),
        Species::Sheep => row!(
            (0.48, 0.74),
            (1.30, 0.66, 0.13),
            (0.24, 48.0, 0.26),
            [0xf4f0e6, 0xe8d8c4, 0x5a4a42],
            (Sideways, 38.0),
            (54.0, 70.0),
            (34.0, 56.0, 46.0),
            (T::Stub, M::Wool, false)
        ),
        Species::Pig => row!(
            (0.44, 0.82),
            (1.55, 0.70, 0.17),
            (0.16, 66.0, 0.36),
            [0xf4b8b0, 0xf8ccc4, 0xc87878],
            (Hanging, 40.0),
            (82.0, 74.0),
            (36.0, 46.0, 52.0),
            (T::Curl, M::Disc, false)
        ),
        Species::Rabbit => row!(
            (0.30, 0.62),
            (1.15, 0.62, 0.20),
            (0.16, 36.0, 0.40),
            [0xf4f0ea, 0xffd8d8, 0xb89890],
            (Long, 110.0),
            (70.0, 66.0),
            (30.0, 22.0, 40.0),
            (T::Stub, M::Plain, true)
        ),
        Species::Mouse => row!(
            (0.22, 0.44),
            (1.50, 0.66, 0.14),
            (0.10, 48.0, 0.42),
            [0xb0a8a8, 0xf2e4e0, 0x6a6062],
            (Round, 46.0),
            (70.0, 64.0),
            (24.0, 48.0, 34.0),
            (T::Thin, M::Plain, true)
        ),
        Species::Mole => row!(
            (0.20, 0.54),
            (1.60, 0.80, 0.20),
            (0.06, 60.0, 0.42),
            [0x4a4650, 0xf0b0a8, 0x2a2830],
            (Earless, 0.0),
            (70.0, 66.0),
            (26.0, 70.0, 34.0),
            (T::Stub, M::Blind, true)
        ),
        Species::Rat => row!(
            (0.24, 0.58),
            (1.70, 0.60, 0.13),
            (0.12, 54.0, 0.36),
            [0x7a6a5a, 0xe8d4c0, 0x4a3e36],
            (Round, 32.0),
            (64.0, 64.0),
            (26.0, 66.0, 36.0),
            (T::Thin, M::Plain, true)
        ),
        Species::Toad => row!(
            (0.20, 0.60),
            (1.30, 0.90, 0.22),
            (0.04, 50.0, 0.50),
            [0x6f9a3c, 0xe8e2a8, 0x3f6a28],
            (Earless, 0.0),
            (92.0, 62.0),
            (70.0, 16.0, 60.0),
            (T::Stub, M::Wide, false)
        ),
        Species::Otter => row!(
            (0.26, 0.66),
            (2.10, 0.62, 0.15),
            (0.26, 48.0, 0.34),
            [0x7a5638, 0xe0c8a4, 0x3a2a20],
            (Round, 20.0),
            (74.0, 64.0),
            (42.0, 30.0, 46.0),
            (T::Thin, M::Bib, true)
        ),
        Species::Badger => row!(
            (0.32, 0.78),
            (1.70, 0.74, 0.20),
            (0.14, 62.0, 0.36),
            [0x7c7a7e, 0xf6f4f0, 0x26242a],
            (Round, 26.0),
            (74.0, 68.0),
            (32.0, 66.0, 42.0),
            (T::Stub, M::Bands, false)
        ),
        Species::Fox => row!(
            (0.36, 0.78),
            (1.45, 0.44, 0.11),
            (0.24, 46.0, 0.32),
            [0xd8702c, 0xfff4e6, 0x3a2420],
            (Pointed, 60.0),
            (78.0, 62.0),
            (28.0, 70.0, 34.0),
            (T::Bushy, M::Bib, false)
        ),
        Species::Wolf => row!(
            (0.50, 0.94),
            (1.35, 0.48, 0.12),
            (0.28, 52.0, 0.31),
            [0x6e7480, 0xd4d6da, 0x30343c],
            (Pointed, 50.0),
            (74.0, 68.0),
            (34.0, 80.0, 44.0),
            (T::Bushy, M::Bib, false)
        ),
        Species::Bear => row!(
            (0.66, 1.06),
            (1.45, 0.70, 0.22),
            (0.20, 58.0, 0.32),
            [0x6a4a34, 0xc09468, 0x2c2018],
            (Round, 34.0),
            (84.0, 74.0),
            (40.0, 56.0, 56.0),
            (T::Stub, M::Plain, false)
        ),
        Species::Tiger => row!(
            (0.56, 0.98),
            (1.60, 0.52, 0.17),
            (0.22, 52.0, 0.32),
            [0xe8963a, 0xfff6ea, 0x2a2020],
            (Round, 30.0),
            (84.0, 74.0),
            (42.0, 40.0, 54.0),
            (T::Thin, M::Stripes, true)
        ),
        Species::Lion => row!(
            (0.62, 1.02),
            (1.50, 0.52, 0.16),
            (0.24, 48.0, 0.30),
            [0xd8a854, 0xf6e4c0, 0x8a5428],
            (Round, 26.0),
            (78.0, 74.0),
            (42.0, 46.0, 54.0),
            (T::Tuft, M::Ruff, true)
        ),
        Species::Elephant => row!(
            (1.35, 0.0),
            (1.30, 0.72, 0.24),
            (0.14, 60.0, 0.30),
            [0x9a9aa4, 0xb8b4bc, 0x5a5a64],
            (Hanging, 104.0),
            (74.0, 76.0),
            (30.0, 40.0, 46.0),
            (T::Tuft, M::Trunk, false)
        ),
        Species::Deer => row!(
            (0.70, 0.0),
            (1.15, 0.40, 0.085),
            (0.48, 32.0, 0.21),
            [0xb8804c, 0xf4e6d0, 0x4a3424],
            (Sideways, 46.0),
            (52.0, 70.0),
            (28.0, 74.0, 40.0),
            (T::Stub, M::Antlers, false)
        ),
        Species::Monkey => row!(
            (0.42, 0.80),
            (1.15, 0.50, 0.15),
            (0.20, 40.0, 0.38),
            [0xa8743c, 0xf6d4b4, 0x5a3a20],
            (Sideways, 30.0),
            (76.0, 70.0),
            (44.0, 26.0, 50.0),
            (T::Thin, M::Bare, false)
        ),
        Species::Bird
        | Species::Crow
        | Species::Chicken
        | Species::Duck
        | Species::Crane
        | Species::Eagle
        | Species::Owl
        | Species::Fish
        | Species::Turtle
        | Species::Snake
        | Species::Insect
        | Species::Dragon
        | Species::Phoenix
        | Species::Ghost
        | Species::Demon
        | Species::Giant
        | Species::Fairy => return None,
    })
}

/// A bird: lengths are shares of its height.
#[derive(Debug)]
pub(super) struct Fowl {
    /// Its height, as a share of a grown person's.
    pub(super) tall: f64,
    /// The body's size, the neck's and the legs' length, the head's size.
    pub(super) parts: (f64, f64, f64, f64),
    /// Length and thickness of the beak; a hook at its end where the third is true.
    pub(super) beak: (f64, f64, bool),
    /// Length of the tail.
    pub(super) tail: f64,
    pub(super) coat: u32,
    pub(super) wing: u32,
    pub(super) beak_colour: u32,
    /// On the crown: a comb, a cap, tufts.
    pub(super) crest: Option<u32>,
}

/// The row of a bird.
pub(super) fn fowl(species: Species) -> Option<&'static Fowl> {
    const fn row(
        tall: f64,
        parts: (f64, f64, f64, f64),
        beak: (f64, f64, bool),
        tail: f64,
        [coat, wing, beak_colour]: [u32; 3],
        crest: Option<u32>,
    ) -> Fowl {
        Fowl { tall, parts, beak, tail, coat, wing, beak_colour, crest }
    }
    macro_rules! row {
        ($($argument:expr),* $(,)?) => {{ static ROW: Fowl = row($($argument),*); &ROW }};
    }
    Some(match species {
        Species::Bird => row!(0.20, (0.52, 0.04, 0.16, 0.40), (0.20, 0.12, false), 0.50, [0x4a8ad0, 0x2f62a0, 0xe8a030], None),
        Species::Crow => row!(0.26, (0.50, 0.06, 0.16, 0.34), (0.30, 0.14, false), 0.50, [0x26242c, 0x3a3844, 0x1a181e], None),
        Species::Chicken => row!(0.32, (0.50, 0.14, 0.18, 0.26), (0.14, 0.12, false), 0.36, [0xc86a34, 0x8a3c20, 0xe8b040], Some(0xd8302c)),
        Species::Duck => row!(0.30, (0.54, 0.16, 0.12, 0.30), (0.30, 0.14, false), 0.26, [0xf8f4ea, 0xe4dccc, 0xf0922c], None),
        Species::Crane => row!(0.72, (0.30, 0.36, 0.34, 0.13), (0.22, 0.05, false), 0.24, [0xf8f8f6, 0x2c2c34, 0x5a5a4c], Some(0xd8302c)),
        Species::Eagle => row!(0.44, (0.52, 0.10, 0.16, 0.28), (0.20, 0.16, true), 0.40, [0x6a4a2c, 0x4a3220, 0xf0b030], Some(0xf8f4ea)),
        Species::Owl => row!(0.34, (0.60, 0.0, 0.10, 0.50), (0.10, 0.12, true), 0.20, [0x9a7448, 0x6e5030, 0xe8b040], Some(0x6e5030)),
        Species::Phoenix => row!(0.56, (0.34, 0.26, 0.22, 0.17), (0.16, 0.07, true), 1.30, [0xe8502c, 0xf0a030, 0xf0c040], Some(0xf0c040)),
        _ => return None,
    })
}
