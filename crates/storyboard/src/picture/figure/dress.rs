//! Clothes, as data: how sleeves and hem are cut, and what is drawn on the body. Marks are in the torso's own units: the neck is at
//! (0, 0), the shoulders at ±100, the hips at 200, the floor at 520 where somebody stands.

/// Whose colour a part has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tint {
    /// The cloth.
    C,
    /// The trim.
    T,
    /// The cloth, darker.
    D,
    /// The skin.
    Skin,
    /// A colour of its own.
    X(u32),
}

use Tint::{C, D, Skin, T, X};

/// How sleeves are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sleeve {
    /// Down to the wrist.
    Slim,
    /// Above the elbow.
    Short,
    /// Hanging wide from the wrist.
    Wide,
}

/// Where a garment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(super) enum Hem {
    /// At the waist, over trousers.
    Waist,
    /// On the thighs, over trousers.
    Thigh,
    /// At the knees.
    Knee,
    /// On the calves.
    Calf,
    /// At the heels.
    Floor,
}

/// A shape on the body, or a line of a width.
pub(super) type Mark = (&'static str, Tint, f64);

/// A garment.
#[derive(Debug)]
pub(super) struct Cut {
    pub(super) sleeve: Sleeve,
    pub(super) hem: Hem,
    /// How wide the hem is: 1 follows the legs.
    pub(super) flare: f64,
    pub(super) body: Tint,
    pub(super) skirt: Tint,
    pub(super) legs: Tint,
    pub(super) shoes: Tint,
    pub(super) marks: &'static [Mark],
    /// Below the hips, where somebody stands.
    pub(super) long: &'static [Mark],
}

const NAVY: Tint = X(0x2c3852);
const BLACK: Tint = X(0x24242c);
const WHITE: Tint = X(0xf6f4ee);
const GOLD: Tint = X(0xd8a83a);

const fn cut(sleeve: Sleeve, hem: Hem, flare: f64, tints: [Tint; 4], marks: &'static [Mark], long: &'static [Mark]) -> Cut {
    let [body, skirt, legs, shoes] = tints;
    Cut { sleeve, hem, flare, body, skirt, legs, shoes, marks, long }
}

const UNDER: Mark = ("M-44 -6 L10 96 L28 72 L-18 -8 Z", T, 0.0);
const CROSSED: Mark = ("M38 -8 L-44 122 L-22 126 L62 6 Z", T, 0.0);
const SASH: Mark = ("M-83 128 L83 128 L85 158 L-85 158 Z", D, 0.0);
const BUTTONS: Mark = ("M0 50 V52 M0 92 V94 M0 134 V136 M0 176 V178", T, 11.0);
const LAPELS: Mark = ("M-34 -6 L-62 26 L-34 44 L-46 56 L0 132 L-2 96 Z M34 -6 L62 26 L34 44 L46 56 L0 132 L2 96 Z", D, 0.0);

macro_rules! garments {
    ($($(#[$doc:meta])* $name:ident = $cut:expr;)*) => {
        /// What somebody wears.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Garment { $($(#[$doc])* $name),* }

        impl Garment {
            pub(super) fn cut(self) -> &'static Cut {
                match self { $(Self::$name => { static CUT: Cut = $cut; &CUT })* }
            }
        }
    };
}

garments! {
    /// A robe with crossed collar and hanging sleeves: men of old China.
    Robe = cut(Sleeve::Wide, Hem::Floor, 1.25, [C, C, C, BLACK], &[UNDER, CROSSED, SASH], &[("M-9 158 L11 158 L15 330 L-13 330 Z", D, 0.0)]);
    /// A short blouse under a high, long skirt: women of old China.
    Ruqun = cut(Sleeve::Wide, Hem::Floor, 1.45, [T, C, C, X(0xb8485a)], &[
        ("M-66 80 Q0 100 66 80 L78 132 L84 206 H-84 L-78 132 Z", C, 0.0), ("M-36 -6 L4 66 L20 66 L-12 -8 Z", C, 0.0), ("M34 -6 L-10 66 L6 66 L50 4 Z", C, 0.0), ("M-66 70 Q0 92 66 70 L68 88 Q0 110 -68 88 Z", X(0xc8384a), 0.0),
    ], &[("M-6 86 L6 86 L22 330 L8 330 Z M2 86 L10 86 L-6 300 L-18 300 Z", X(0xc8384a), 0.0)]);
    /// A short jacket with a rope over trousers: the poor of old China.
    Jacket = cut(Sleeve::Slim, Hem::Thigh, 1.1, [C, C, X(0x6a6258), X(0x4a3a2c)], &[UNDER, CROSSED, ("M-82 138 L82 138", X(0x8a7048), 12.0)], &[]);
    /// Plates over a skirt of scales, with a cape.
    Armour = cut(Sleeve::Slim, Hem::Knee, 1.3, [X(0x8892a4), X(0x717c90), X(0x3a3640), BLACK], &[
        ("M-62 10 L62 10 L70 120 L-70 120 Z", X(0xa4aebe), 0.0), ("M-66 52 L66 52 M-68 88 L68 88", X(0x606a7c), 5.0), ("M-24 66 a24 24 0 1 0 48 0 a24 24 0 1 0 -48 0 Z", GOLD, 0.0),
        ("M-112 58 q-6 -56 54 -54 l8 52 Z M112 58 q6 -56 -54 -54 l-8 52 Z", GOLD, 0.0), ("M-84 130 L84 130 L86 164 L-86 164 Z", X(0x9a3028), 0.0),
    ], &[("M-70 210 H70 M-74 250 H74 M-30 170 V290 M30 170 V290", X(0x525c70), 5.0)]);
    /// A grey or yellow robe with a patched cope over one shoulder.
    Kasaya = cut(Sleeve::Wide, Hem::Floor, 1.1, [C, C, C, X(0x8a6a48)], &[
        ("M-100 26 L-30 -6 L84 150 L86 210 L-84 210 Z", X(0xb8402c), 0.0), ("M-70 20 L86 190 M-86 110 L40 210 M-96 60 L-40 210 M-20 40 L-10 210", GOLD, 5.0),
        ("M-30 0 Q0 130 30 0", X(0x6a4228), 12.0),
    ], &[]);
    /// A ruler's robe with a dragon on it.
    Dragon = cut(Sleeve::Wide, Hem::Floor, 1.35, [X(0xe8b830), X(0xe8b830), X(0xe8b830), BLACK], &[
        ("M-34 -6 Q0 34 34 -6 L48 4 Q0 56 -48 4 Z", X(0xb02a24), 0.0), ("M-44 84 a44 44 0 1 0 88 0 a44 44 0 1 0 -88 0 Z", X(0xb02a24), 0.0),
        ("M-24 96 q0 -34 26 -30 q22 6 10 26 q-14 14 -22 0 M14 62 l14 -10 M18 74 l18 0", GOLD, 7.0), ("M-84 140 L84 140 L86 168 L-86 168 Z", X(0x2f7a6a), 0.0),
    ], &[("M-86 400 q22 -26 44 0 t44 0 t44 0 t44 0 M-90 436 q22 -26 44 0 t44 0 t44 0 t44 0", X(0x2f6ab0), 9.0)]);
    /// An official's robe with a round collar and a square on the breast.
    Official = cut(Sleeve::Wide, Hem::Floor, 1.2, [C, C, C, BLACK], &[
        ("M-36 -4 Q0 36 36 -4 L46 4 Q0 54 -46 4 Z", WHITE, 0.0), ("M-40 52 H40 V122 H-40 Z", GOLD, 0.0), ("M-26 104 q10 -40 26 -34 q16 8 26 -8 M-28 110 H28", X(0x2f5a8a), 7.0),
        ("M-86 138 L86 138 L88 158 L-88 158 Z", BLACK, 0.0),
    ], &[]);
    /// A man's long gown with a stand-up collar.
    Gown = cut(Sleeve::Slim, Hem::Floor, 0.95, [C, C, X(0x4a4a52), BLACK], &[
        ("M-32 -16 L32 -16 L34 4 Q0 16 -34 4 Z", D, 0.0), ("M2 6 Q56 20 66 60 L70 200", D, 5.0), ("M10 12 l12 -8 M48 30 l12 -10 M60 70 l16 -2 M64 130 l16 -2", T, 7.0),
    ], &[("M70 200 L72 470", D, 5.0)]);
    /// A gown under a dark, short jacket: men of means.
    Magua = cut(Sleeve::Slim, Hem::Floor, 1.05, [X(0x3a3040), C, X(0x4a4a52), BLACK], &[
        ("M-32 -16 L32 -16 L34 4 Q0 16 -34 4 Z", C, 0.0), ("M0 10 V204", X(0x241c2c), 5.0), ("M-20 40 H20 M-20 86 H20 M-20 132 H20 M-20 178 H20", GOLD, 7.0),
        ("M-56 84 a20 20 0 1 0 40 0 a20 20 0 1 0 -40 0 Z M16 84 a20 20 0 1 0 40 0 a20 20 0 1 0 -40 0 Z", X(0x54465e), 0.0),
    ], &[]);
    /// A close long dress with a stand-up collar.
    Qipao = cut(Sleeve::Short, Hem::Calf, 0.8, [C, C, Skin, X(0x6a2a34)], &[
        ("M-30 -16 L30 -16 L32 4 Q0 14 -32 4 Z", T, 0.0), ("M2 6 Q50 22 62 62 L74 130", T, 6.0), ("M20 22 l10 -8 M46 42 l12 -6", T, 7.0),
        ("M-40 112 m-14 0 a14 14 0 1 0 28 0 a14 14 0 1 0 -28 0 M-40 92 v40 M-60 112 h40", T, 4.0),
    ], &[("M62 260 L58 400", T, 5.0), ("M-20 290 m-14 0 a14 14 0 1 0 28 0 a14 14 0 1 0 -28 0 M-20 270 v40 M-40 290 h40", T, 4.0)]);
    /// A pale blouse over a dark skirt: girl students of the republic.
    Blouse = cut(Sleeve::Wide, Hem::Calf, 1.15, [X(0xa8c4e0), BLACK, WHITE, BLACK], &[
        ("M-30 -14 L30 -14 L32 4 Q0 16 -32 4 Z", WHITE, 0.0), ("M2 6 Q50 22 62 62 L74 150", X(0x6a86a8), 5.0), ("M-84 176 L84 176 L86 206 L-86 206 Z", BLACK, 0.0),
    ], &[("M-40 220 V360 M0 220 V366 M40 220 V360", X(0x3a3a44), 4.0)]);
    /// A buttoned tunic with a stand-up collar and pockets.
    Tunic = cut(Sleeve::Slim, Hem::Thigh, 1.0, [C, C, D, BLACK], &[
        ("M-32 -14 L32 -14 L36 6 Q0 18 -36 6 Z", D, 0.0), ("M0 10 V204", D, 5.0), BUTTONS, ("M-66 62 h40 v34 h-40 Z M26 62 h40 v34 h-40 Z", D, 0.0),
    ], &[]);
    /// A shirt and trousers.
    Shirt = cut(Sleeve::Slim, Hem::Waist, 1.0, [C, C, X(0x3a4560), X(0x3a3038)], &[
        ("M-36 -8 L0 30 L36 -8 L54 10 L18 62 L0 36 L-18 62 L-54 10 Z", T, 0.0), ("M0 40 V204", D, 5.0), BUTTONS,
    ], &[]);
    /// A hooded pullover.
    Hoodie = cut(Sleeve::Slim, Hem::Waist, 1.1, [C, C, X(0x46506a), X(0xe8e4de)], &[
        ("M-56 -4 C-64 40 -24 64 0 66 C24 64 64 40 56 -4 C32 28 -32 28 -56 -4 Z", D, 0.0), ("M-16 56 l-3 62 M16 56 l3 62", T, 6.0), ("M-52 140 H52 L62 196 H-62 Z", D, 0.0),
    ], &[]);
    /// A suit and tie.
    Suit = cut(Sleeve::Slim, Hem::Thigh, 1.0, [NAVY, NAVY, NAVY, BLACK], &[
        ("M-28 -8 L0 126 L28 -8 Z", WHITE, 0.0), ("M-9 8 H9 L14 78 L0 98 L-14 78 Z", C, 0.0), ("M-34 -6 L-62 26 L-34 44 L-46 56 L0 132 L-2 96 Z M34 -6 L62 26 L34 44 L46 56 L0 132 L2 96 Z", X(0x1e283e), 0.0),
        ("M4 150 V152 M4 180 V182", BLACK, 10.0),
    ], &[]);
    /// A jacket and a skirt: women at work.
    Costume = cut(Sleeve::Slim, Hem::Knee, 0.85, [C, C, Skin, BLACK], &[("M-28 -8 L0 100 L28 -8 Z", WHITE, 0.0), LAPELS, ("M-80 140 H80", D, 6.0)], &[]);
    /// A long coat.
    Coat = cut(Sleeve::Slim, Hem::Knee, 1.1, [C, C, X(0x3c3c48), X(0x4a342c)], &[
        ("M-28 -8 L0 70 L28 -8 Z", T, 0.0), LAPELS, ("M0 132 V210", D, 5.0), ("M-82 142 L82 142 L84 160 L-84 160 Z", D, 0.0), ("M-18 110 V112 M18 110 V112", T, 10.0),
    ], &[("M0 200 V330", D, 5.0)]);
    /// A dress to the knees.
    Dress = cut(Sleeve::Short, Hem::Knee, 1.45, [C, C, Skin, X(0x8a3a44)], &[
        ("M-50 -2 Q0 66 50 -2 L36 -8 Q0 40 -36 -8 Z", T, 0.0), ("M-80 116 L80 116 L81 134 L-81 134 Z", T, 0.0), ("M0 44 l-24 -14 l0 30 Z M0 44 l24 -14 l0 30 Z", D, 0.0),
    ], &[]);
    /// A pupil's track suit.
    Tracksuit = cut(Sleeve::Slim, Hem::Waist, 1.1, [X(0x3a6ac0), X(0x3a6ac0), X(0x34508a), WHITE], &[
        ("M-98 40 L-64 4 L64 4 L98 40 L98 70 L60 48 L-60 48 L-98 70 Z", WHITE, 0.0), ("M-30 -14 L0 20 L30 -14 L38 4 L0 44 L-38 4 Z", X(0x24488a), 0.0), ("M0 30 V204", WHITE, 6.0),
        ("M-40 -8 L0 70 L12 56 L36 -8 L14 34 L0 44 L-14 34 Z M2 62 L22 120 L4 112 Z", X(0xc8302c), 0.0),
    ], &[]);
    /// A school blazer.
    Blazer = cut(Sleeve::Slim, Hem::Thigh, 1.0, [X(0x2c3a5c), X(0x2c3a5c), X(0x6a7488), BLACK], &[
        ("M-28 -8 L0 116 L28 -8 Z", WHITE, 0.0), ("M-8 10 H8 L13 70 L0 88 L-13 70 Z", X(0xb8302c), 0.0), ("M-34 -6 L-58 30 L0 128 L-2 96 Z M34 -6 L58 30 L0 128 L2 96 Z", X(0x22304e), 0.0), ("M40 70 h28 v32 q-14 12 -28 0 Z", GOLD, 0.0),
    ], &[]);
    /// A sailor blouse with a pleated skirt.
    Sailor = cut(Sleeve::Slim, Hem::Knee, 1.35, [WHITE, X(0x2c3a6a), Skin, BLACK], &[
        ("M-64 -2 L0 84 L64 -2 L84 34 L30 66 L0 84 L-30 66 L-84 34 Z", X(0x2c3a6a), 0.0), ("M0 78 l-30 10 l6 44 l24 -40 l24 40 l6 -44 Z", X(0xd0303c), 0.0), ("M-84 182 L84 182 L86 208 L-86 208 Z", X(0x2c3a6a), 0.0),
    ], &[("M-50 214 L-62 316 M-18 214 L-22 322 M18 214 L22 322 M50 214 L62 316", X(0x1c2648), 5.0)]);
    /// A tail coat, waistcoat and neckcloth.
    Frock = cut(Sleeve::Slim, Hem::Knee, 1.05, [C, C, X(0x6a6258), BLACK], &[
        ("M-36 -4 L-30 196 L30 196 L36 -4 Z", T, 0.0), ("M-26 -12 L26 -12 L22 16 L12 22 L20 60 L0 40 L-20 60 L-12 22 L-22 16 Z", WHITE, 0.0),
        ("M-40 -8 L-72 40 L-34 110 L-22 60 Z M40 -8 L72 40 L34 110 L22 60 Z", D, 0.0), ("M0 80 V82 M0 114 V116 M0 148 V150 M0 182 V184", GOLD, 9.0),
    ], &[("M-34 196 Q-20 260 -44 324 M34 196 Q20 260 44 324", D, 6.0)]);
    /// A long dress with a tight bodice and a collar.
    Crinoline = cut(Sleeve::Slim, Hem::Floor, 1.9, [C, C, C, BLACK], &[
        ("M-44 -8 Q0 44 44 -8 L54 12 Q0 70 -54 12 Z", WHITE, 0.0), ("M0 46 V150", T, 5.0), ("M0 60 V62 M0 90 V92 M0 120 V122", T, 10.0), ("M-78 140 Q0 168 78 140 L80 156 Q0 186 -80 156 Z", D, 0.0),
    ], &[("M-110 440 q28 22 55 0 t55 0 t55 0 t55 0", T, 8.0)]);
    /// A dark dress under a white apron.
    Apron = cut(Sleeve::Slim, Hem::Calf, 1.5, [X(0x3a4456), X(0x3a4456), X(0x2a2a32), BLACK], &[
        ("M-36 -8 L0 20 L36 -8 L44 8 L0 40 L-44 8 Z", WHITE, 0.0), ("M-46 50 H46 L58 206 H-58 Z", WHITE, 0.0), ("M-78 136 L78 136 L80 152 L-80 152 Z", WHITE, 0.0), ("M-40 54 L-60 4 M40 54 L60 4", WHITE, 11.0),
    ], &[("M-60 204 H60 L84 380 Q0 410 -84 380 Z", WHITE, 0.0)]);
    /// A doctor's coat.
    White = cut(Sleeve::Slim, Hem::Knee, 1.05, [X(0xf4f6f8), X(0xf4f6f8), X(0x46506a), BLACK], &[
        ("M-28 -8 L0 84 L28 -8 Z", C, 0.0), ("M-34 -6 L-60 30 L0 120 L-2 90 Z M34 -6 L60 30 L0 120 L2 90 Z", X(0xdce2e8), 0.0), ("M0 110 V210", X(0xb4bcc6), 5.0),
        ("M-40 0 Q-50 90 -10 104 Q26 104 36 4", X(0x30343c), 6.0), ("M-12 106 a11 11 0 1 0 22 0 a11 11 0 1 0 -22 0 Z", X(0x8a929c), 0.0), ("M34 78 h34 v5 h-34 Z", X(0xb4bcc6), 0.0),
    ], &[("M0 204 V320", X(0xb4bcc6), 5.0)]);
    /// A nurse's dress.
    Nurse = cut(Sleeve::Short, Hem::Knee, 1.1, [X(0xf0f4fa), X(0xf0f4fa), X(0xe8e4e0), WHITE], &[
        ("M-36 -8 L0 34 L36 -8 L46 8 L0 56 L-46 8 Z", X(0xa8d0e8), 0.0), ("M-80 124 L80 124 L81 142 L-81 142 Z", X(0xa8d0e8), 0.0), ("M0 56 V200", X(0xc0ccd8), 4.0), ("M40 70 v24 M28 82 h24", X(0xd83a40), 7.0),
    ], &[]);
    /// A policeman's tunic with a belt.
    Police = cut(Sleeve::Slim, Hem::Thigh, 1.0, [X(0x26365c), X(0x26365c), X(0x1e2a48), BLACK], &[
        ("M-34 -8 L0 34 L34 -8 L44 8 L0 54 L-44 8 Z", X(0x1e2a48), 0.0), ("M0 50 V204", X(0x16203a), 5.0), BUTTONS, ("M-84 142 L84 142 L85 164 L-85 164 Z", BLACK, 0.0), ("M-12 142 h24 v22 h-24 Z", GOLD, 0.0),
        ("M-96 20 l34 -14 l4 12 l-36 16 Z M96 20 l-34 -14 l-4 12 l36 16 Z M46 66 l8 16 l-8 18 l-8 -18 Z", GOLD, 0.0),
    ], &[]);
    /// A soldier's uniform of modern times.
    Uniform = cut(Sleeve::Slim, Hem::Thigh, 1.0, [X(0x5c6a48), X(0x5c6a48), X(0x525e40), X(0x3a3028)], &[
        ("M-34 -8 L0 30 L34 -8 L46 8 L0 50 L-46 8 Z", X(0x4a5638), 0.0), ("M0 46 V204", X(0x424e34), 5.0), BUTTONS, ("M-84 142 L84 142 L85 164 L-85 164 Z", X(0x6a4a2c), 0.0), ("M-60 8 L62 142", X(0x6a4a2c), 11.0),
        ("M-64 66 h36 v30 h-36 Z M28 66 h36 v30 h-36 Z", X(0x4a5638), 0.0), ("M-34 -4 l16 8 l-2 12 l-18 -10 Z M34 -4 l-16 8 l2 12 l18 -10 Z", X(0xc83028), 0.0),
    ], &[]);
    /// A belted tunic under a cloak.
    Cloak = cut(Sleeve::Slim, Hem::Knee, 1.15, [T, T, X(0x5a4a3a), X(0x5a3c28)], &[
        ("M-112 90 Q-104 -4 -36 -8 L36 -8 Q104 -4 112 90 Q60 40 0 60 Q-60 40 -112 90 Z", C, 0.0), ("M-84 138 L84 138 L85 160 L-85 160 Z", X(0x6a4228), 0.0), ("M-14 44 a14 14 0 1 0 28 0 a14 14 0 1 0 -28 0 Z", GOLD, 0.0),
    ], &[]);
    /// A wide robe with stars.
    Mage = cut(Sleeve::Wide, Hem::Floor, 1.4, [C, C, C, BLACK], &[
        ("M-44 -6 Q0 30 44 -6 L56 8 Q0 54 -56 8 Z", GOLD, 0.0), ("M-83 128 L83 128 L85 148 L-85 148 Z", GOLD, 0.0), ("M-42 84 l7 16 l17 1 l-13 11 l4 17 l-15 -9 l-15 9 l4 -17 l-13 -11 l17 -1 Z M44 54 l5 11 l12 1 l-9 8 l3 12 l-11 -6 l-11 6 l3 -12 l-9 -8 l12 -1 Z", GOLD, 0.0),
    ], &[("M-50 260 l7 16 l17 1 l-13 11 l4 17 l-15 -9 l-15 9 l4 -17 l-13 -11 l17 -1 Z M46 330 l7 16 l17 1 l-13 11 l4 17 l-15 -9 l-15 9 l4 -17 l-13 -11 l17 -1 Z", GOLD, 0.0)]);
    /// A black cassock with a white collar.
    Cassock = cut(Sleeve::Slim, Hem::Floor, 1.1, [X(0x2c2a32), X(0x2c2a32), BLACK, BLACK], &[
        ("M-30 -14 L30 -14 L34 6 Q0 20 -34 6 Z", WHITE, 0.0), ("M0 16 V204", X(0x18161c), 5.0), ("M0 96 v44 M-14 108 h28", GOLD, 7.0), ("M-83 146 L83 146 L85 166 L-85 166 Z", X(0x18161c), 0.0),
    ], &[("M0 204 V480", X(0x18161c), 5.0)]);
    /// Torn cloth.
    Rags = cut(Sleeve::Slim, Hem::Thigh, 1.2, [X(0x8a7a66), X(0x8a7a66), X(0x6a5c4c), Skin], &[
        ("M-30 -6 L6 70 L26 40 L30 -6 Z", Skin, 0.0), ("M-62 80 h34 v30 h-34 Z", X(0x6a6a5a), 0.0), ("M30 130 h38 v34 h-38 Z", X(0xa08a68), 0.0), ("M-82 138 L82 138", X(0x5c4a34), 10.0),
    ], &[]);
}
