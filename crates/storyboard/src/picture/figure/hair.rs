//! Hair and beards, as data in the head's units: the chin is at (0, 10), the crown at (0, -200), the cheeks at ±76.

use ports::film::{Age, Period};

use super::role::Role;
use crate::picture::stage::Dice;

/// One way to wear hair, from all sides.
#[derive(Debug)]
pub(super) struct Shape {
    /// Behind head and body, seen from the front.
    pub(super) back: &'static str,
    /// Over the forehead.
    pub(super) front: &'static str,
    /// In profile, looking right.
    pub(super) side: &'static str,
    /// What hangs behind in profile.
    pub(super) tail: &'static str,
    /// What hangs down or stands up from behind.
    pub(super) behind: &'static str,
    /// What stands on the crown: seen from all sides.
    pub(super) knot: &'static str,
}

macro_rules! shapes {
    ($($name:ident = $back:literal, $front:literal, $side:literal, $tail:literal, $behind:literal, $knot:literal;)*) => {
        /// How hair is worn.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Hair { $($name),* }

        impl Hair {
            pub(super) fn shape(self) -> &'static Shape {
                match self {
                    $(Self::$name => &Shape { back: $back, front: $front, side: $side, tail: $tail, behind: $behind, knot: $knot }),*
                }
            }
        }
    };
}

shapes! {
    Tousled = "M-87 -110 C-93 -86 -90 -66 -82 -54 L82 -54 C90 -66 93 -86 87 -110 C80 -220 -80 -220 -87 -110 Z",
        "M-88 -84 C-100 -170 -80 -214 -34 -212 L-16 -236 L4 -212 L30 -232 L36 -206 C88 -206 98 -150 88 -84 L74 -126 L58 -104 L40 -142 L14 -112 L-8 -146 L-32 -112 L-50 -144 L-70 -104 Z",
        "M-82 -50 C-104 -140 -84 -206 -34 -212 L-18 -234 L0 -212 L24 -230 L32 -206 C66 -196 82 -160 74 -112 L60 -134 L52 -108 L34 -142 L22 -112 C6 -120 0 -110 -4 -72 L-22 -60 C-36 -44 -60 -36 -82 -50 Z",
        "", "", "";
    Parted = "M-87 -110 C-93 -86 -90 -66 -82 -54 L82 -54 C90 -66 93 -86 87 -110 C80 -220 -80 -220 -87 -110 Z",
        "M-88 -84 C-98 -210 -36 -212 0 -212 C40 -212 98 -206 88 -84 C82 -116 70 -140 46 -156 C10 -132 -44 -132 -74 -128 C-80 -112 -86 -98 -88 -84 Z",
        "M-80 -50 C-104 -150 -70 -212 0 -212 C56 -212 86 -170 72 -118 C60 -146 34 -152 10 -146 C-2 -116 4 -96 -8 -70 L-22 -58 C-36 -44 -60 -36 -80 -50 Z",
        "", "", "";
    Neat = "M-84 -110 C-90 -86 -88 -70 -80 -62 L80 -62 C88 -70 90 -86 84 -110 C78 -216 -78 -216 -84 -110 Z",
        "M-84 -96 C-92 -206 -40 -206 0 -206 C40 -206 92 -206 84 -96 C78 -132 62 -150 0 -152 C-62 -150 -78 -132 -84 -96 Z",
        "M-78 -56 C-100 -150 -66 -206 0 -206 C54 -206 80 -170 70 -130 C56 -148 30 -152 8 -148 C-2 -120 2 -100 -8 -76 L-22 -64 C-36 -50 -60 -44 -78 -56 Z",
        "", "", "";
    Bowl = "M-92 -110 C-98 -86 -94 -60 -84 -48 L84 -48 C94 -60 98 -86 92 -110 C84 -224 -84 -224 -92 -110 Z",
        "M-94 -74 C-106 -216 -36 -216 0 -216 C36 -216 106 -216 94 -74 C88 -96 84 -108 80 -116 L-80 -116 C-84 -108 -88 -96 -94 -74 Z",
        "M-88 -48 C-110 -150 -74 -216 0 -216 C60 -216 92 -170 78 -110 L14 -116 C6 -96 4 -80 -6 -58 C-30 -36 -66 -32 -88 -48 Z",
        "", "", "";
    Topknot = "M-82 -110 C-88 -86 -86 -70 -78 -60 L78 -60 C86 -70 88 -86 82 -110 C76 -212 -76 -212 -82 -110 Z",
        "M-82 -92 C-90 -206 -40 -206 0 -206 C40 -206 90 -206 82 -92 C76 -128 58 -152 0 -158 C-58 -152 -76 -128 -82 -92 Z",
        "M-74 -52 C-98 -150 -66 -206 0 -206 C50 -206 76 -172 68 -136 C52 -154 28 -156 8 -150 C0 -120 2 -100 -8 -76 L-22 -62 C-34 -46 -58 -40 -74 -52 Z",
        "", "", "M-28 -226 a28 26 0 1 1 56 0 a28 26 0 1 1 -56 0 Z";
    Loose = "M-88 -120 C-100 -30 -98 80 -84 170 L84 170 C98 80 100 -30 88 -120 C80 -224 -80 -224 -88 -120 Z",
        "M-86 -80 C-94 -206 -40 -208 0 -208 C40 -208 94 -206 86 -80 C80 -128 50 -152 0 -160 C-50 -152 -80 -128 -86 -80 Z",
        "M-76 -50 C-100 -150 -66 -208 0 -208 C52 -208 78 -172 70 -134 C52 -154 28 -156 8 -150 C0 -110 0 -80 -12 -40 L-30 0 L-70 0 Z",
        "M-86 -120 C-112 -30 -104 80 -96 170 L-14 170 C-22 90 -14 10 -10 -50 Z", "M-84 -110 C-96 -20 -92 90 -80 170 L80 170 C92 90 96 -20 84 -110 Z", "M-24 -222 a24 22 0 1 1 48 0 a24 22 0 1 1 -48 0 Z";
    Receding = "M-84 -110 C-92 -86 -90 -66 -82 -54 L82 -54 C90 -66 92 -86 84 -110 Z",
        "M-84 -60 C-98 -120 -84 -176 -56 -182 C-70 -150 -72 -110 -76 -70 Z M84 -60 C98 -120 84 -176 56 -182 C70 -150 72 -110 76 -70 Z",
        "M-76 -50 C-100 -110 -84 -160 -60 -174 C-40 -150 -20 -140 -4 -110 L-8 -72 L-22 -60 C-36 -44 -58 -38 -76 -50 Z",
        "", "", "";
    Shaved = "", "", "", "", "", "";
    Long = "M-92 -120 C-110 -10 -112 120 -100 250 L100 250 C112 120 110 -10 92 -120 C84 -230 -84 -230 -92 -120 Z",
        "M-90 -70 C-100 -210 -40 -214 0 -212 C40 -214 100 -210 90 -70 C80 -110 74 -132 60 -150 C30 -120 -20 -120 -44 -150 C-62 -130 -80 -110 -90 -70 Z",
        "M-80 -20 C-106 -150 -70 -214 0 -214 C56 -214 86 -170 74 -112 C60 -140 40 -150 20 -142 C12 -100 6 -60 -4 -10 L-40 20 Z",
        "M-88 -120 C-120 -10 -116 120 -106 250 L-14 250 C-26 120 -10 20 -2 -50 Z", "M-86 -100 C-104 0 -104 140 -92 250 L92 250 C104 140 104 0 86 -100 Z", "";
    Bob = "M-92 -120 C-104 -40 -100 20 -84 36 L84 36 C100 20 104 -40 92 -120 C84 -230 -84 -230 -92 -120 Z",
        "M-92 -50 C-108 -214 -36 -214 0 -212 C36 -214 108 -214 92 -50 C84 -84 80 -110 78 -126 L-78 -126 C-80 -110 -84 -84 -92 -50 Z",
        "M-88 30 C-116 -150 -74 -214 0 -214 C58 -214 88 -170 76 -116 L20 -124 C12 -80 10 -30 4 24 C-20 44 -66 44 -88 30 Z",
        "", "M-90 -100 C-104 -30 -98 20 -84 36 L84 36 C98 20 104 -30 90 -100 Z", "";
    Ponytail = "M40 -180 C150 -190 170 -60 130 60 C124 110 96 120 100 80 C110 20 104 -80 60 -120 Z",
        "M-90 -80 C-98 -212 -38 -214 0 -214 C44 -214 98 -206 90 -80 C82 -118 66 -140 40 -158 C0 -128 -58 -124 -78 -122 C-84 -108 -88 -96 -90 -80 Z",
        "M-74 -56 C-100 -150 -66 -212 0 -212 C54 -212 84 -170 72 -114 C60 -142 34 -150 10 -142 C-2 -112 4 -96 -8 -64 L-24 -56 C-36 -44 -58 -42 -74 -56 Z",
        "M-64 -190 C-150 -190 -170 -60 -136 60 C-130 110 -100 120 -104 80 C-112 20 -104 -80 -70 -110 Z", "M-22 -170 C-60 -60 -40 60 0 120 C40 60 60 -60 22 -170 Z", "";
    Buns = "M-90 -110 C-96 -86 -92 -66 -84 -54 L84 -54 C92 -66 96 -86 90 -110 C82 -220 -82 -220 -90 -110 Z",
        "M-88 -76 C-96 -208 -36 -210 0 -210 C36 -210 96 -208 88 -76 C82 -108 78 -118 74 -126 L-74 -126 C-78 -118 -82 -108 -88 -76 Z",
        "M-80 -50 C-104 -150 -70 -212 0 -212 C56 -212 86 -170 74 -112 L12 -124 C4 -100 2 -84 -8 -62 C-30 -42 -60 -38 -80 -50 Z",
        "", "", "M-94 -200 a32 32 0 1 1 64 0 a32 32 0 1 1 -64 0 Z M30 -200 a32 32 0 1 1 64 0 a32 32 0 1 1 -64 0 Z";
    Braids = "M-88 -110 C-100 -60 -104 40 -96 150 L-70 160 L-60 40 L60 40 L70 160 L96 150 C104 40 100 -60 88 -110 C80 -222 -80 -222 -88 -110 Z",
        "M-88 -76 C-98 -210 -36 -212 0 -212 C36 -212 98 -210 88 -76 C82 -108 76 -122 70 -132 L0 -124 L-70 -132 C-76 -122 -82 -108 -88 -76 Z",
        "M-80 -46 C-104 -150 -70 -212 0 -212 C56 -212 86 -170 74 -112 C50 -134 30 -134 12 -130 C2 -100 2 -84 -8 -58 C-30 -40 -60 -34 -80 -46 Z",
        "M-60 -80 C-96 -20 -80 80 -70 160 L-40 160 C-46 80 -30 0 -14 -60 Z", "M-70 -60 L-62 160 L-38 160 L-34 -60 Z M70 -60 L62 160 L38 160 L34 -60 Z", "";
    Chignon = "M-86 -110 C-92 -86 -90 -66 -82 -54 L82 -54 C90 -66 92 -86 86 -110 C80 -218 -80 -218 -86 -110 Z",
        "M-86 -80 C-94 -208 -38 -210 0 -210 C38 -210 94 -208 86 -80 C78 -120 54 -146 0 -160 C-54 -146 -78 -120 -86 -80 Z",
        "M-76 -52 C-100 -150 -66 -210 0 -210 C52 -210 80 -170 70 -126 C56 -146 32 -156 10 -148 C0 -112 2 -96 -8 -66 L-24 -58 C-36 -44 -58 -40 -76 -52 Z",
        "M-112 -70 a34 32 0 1 1 68 0 a34 32 0 1 1 -68 0 Z", "M-40 -64 a40 36 0 1 1 80 0 a40 36 0 1 1 -80 0 Z", "";
    Updo = "M-90 -120 C-104 -40 -100 60 -92 130 L-64 130 L-60 0 L60 0 L64 130 L92 130 C100 60 104 -40 90 -120 C82 -224 -82 -224 -90 -120 Z",
        "M-86 -78 C-94 -208 -38 -212 0 -212 C38 -212 94 -208 86 -78 C78 -118 54 -146 0 -162 C-54 -146 -78 -118 -86 -78 Z",
        "M-78 -46 C-102 -150 -66 -212 0 -212 C52 -212 82 -170 72 -124 C56 -146 32 -158 10 -150 C0 -112 2 -90 -8 -56 L-36 -30 C-50 -30 -68 -36 -78 -46 Z",
        "M-84 -100 C-106 -40 -100 60 -92 130 L-52 130 C-56 60 -40 -10 -20 -60 Z", "M-84 -100 C-96 -20 -90 70 -80 130 L80 130 C90 70 96 -20 84 -100 Z",
        "M-64 -214 C-84 -268 -30 -280 0 -250 C30 -280 84 -268 64 -214 C40 -196 -40 -196 -64 -214 Z";
    Tufts = "M-82 -110 C-88 -86 -86 -70 -78 -60 L78 -60 C86 -70 88 -86 82 -110 C76 -212 -76 -212 -82 -110 Z",
        "M-84 -88 C-92 -206 -40 -208 0 -208 C40 -208 92 -206 84 -88 C78 -112 74 -124 68 -134 L28 -120 L0 -142 L-28 -120 L-68 -134 C-74 -124 -78 -112 -84 -88 Z",
        "M-76 -52 C-100 -150 -66 -208 0 -208 C52 -208 80 -170 72 -124 L40 -122 L12 -140 C2 -110 2 -92 -8 -66 C-30 -46 -58 -40 -76 -52 Z",
        "", "", "M-72 -206 a24 24 0 1 1 48 0 a24 24 0 1 1 -48 0 Z M24 -206 a24 24 0 1 1 48 0 a24 24 0 1 1 -48 0 Z";
}

impl Hair {
    pub(super) fn of(role: Option<Role>, period: Period, woman: bool, age: Age, dice: &mut Dice) -> Self {
        let roll = dice.pick(12);
        let among: &[Self] = match (role, period, woman, age) {
            (Some(Role::Monk), ..) => &[Self::Shaved],
            (_, Period::Ancient, false, Age::Child) => &[Self::Tufts],
            (_, Period::Ancient, true, Age::Child) => &[Self::Buns],
            (_, Period::Ancient, false, _) => &[Self::Topknot, Self::Topknot, Self::Loose],
            (_, Period::Ancient, true, Age::Young) => &[Self::Updo, Self::Buns],
            (_, Period::Ancient, true, Age::Adult) => &[Self::Updo],
            (_, _, true, Age::Old) => &[Self::Chignon],
            (_, _, false, Age::Old) => &[Self::Receding, Self::Neat, Self::Receding],
            (_, Period::Republican, true, Age::Child | Age::Young) => &[Self::Braids, Self::Bob],
            (_, Period::Republican, true, Age::Adult) => &[Self::Chignon, Self::Chignon, Self::Bob],
            (_, Period::Victorian, true, Age::Adult) => &[Self::Chignon, Self::Updo],
            (_, _, true, Age::Child) => &[Self::Buns, Self::Braids, Self::Bob],
            (_, _, true, Age::Young | Age::Adult) => &[Self::Long, Self::Bob, Self::Ponytail, Self::Long],
            (_, _, false, Age::Child) => &[Self::Bowl, Self::Tousled],
            (_, Period::Republican | Period::Victorian, false, _) => &[Self::Parted, Self::Neat],
            (_, _, false, Age::Young | Age::Adult) => &[Self::Tousled, Self::Parted, Self::Neat, Self::Tousled],
        };
        among[roll % among.len()]
    }
}

/// How a beard is worn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beard {
    /// On the lip alone.
    Moustache,
    /// A tuft on the chin with a moustache.
    Goatee,
    /// All around the jaw.
    Full,
    /// Down to the breast.
    Long,
}

impl Beard {
    /// Its shape from the front and in profile.
    pub(super) fn shapes(self) -> (&'static str, &'static str) {
        match self {
            Self::Moustache => {
                ("M0 -34 Q-26 -38 -34 -22 Q-16 -24 0 -28 Q16 -24 34 -22 Q26 -38 0 -34 Z", "M66 -40 Q44 -40 38 -24 Q54 -28 64 -32 Z")
            }
            Self::Goatee => (
                "M0 -34 Q-24 -38 -32 -18 Q-14 -24 0 -28 Q14 -24 32 -18 Q24 -38 0 -34 Z M-16 -2 Q0 4 16 -2 Q14 40 0 58 Q-14 40 -16 -2 Z",
                "M66 -40 Q44 -40 38 -22 Q54 -28 64 -32 Z M58 -14 Q48 6 32 4 Q34 36 50 54 Q62 30 58 -14 Z",
            ),
            Self::Full => (
                "M-76 -78 C-78 -20 -50 34 0 40 C50 34 78 -20 76 -78 C66 -44 46 -38 30 -36 Q0 -46 -30 -36 C-46 -38 -66 -44 -76 -78 Z M-20 -22 Q0 -28 20 -22 Q10 -10 0 -10 Q-10 -10 -20 -22 Z",
                "M66 -40 Q40 -44 28 -34 C10 -40 -2 -54 -8 -76 L-16 -60 C-12 -10 10 34 48 36 C66 24 64 0 60 -14 L52 -22 Z",
            ),
            Self::Long => (
                "M-54 -36 C-58 8 -38 56 -26 90 C-16 120 -6 136 0 150 C6 136 16 120 26 90 C38 56 58 8 54 -36 C40 -14 34 -30 0 -34 C-34 -30 -40 -14 -54 -36 Z M-17 -20 Q0 -26 17 -20 Q10 -8 0 -8 Q-10 -8 -17 -20 Z",
                "M66 -40 Q40 -44 30 -28 C10 -20 6 30 24 84 Q36 120 52 140 Q70 80 62 20 L58 -14 L52 -22 Z",
            ),
        }
    }

    pub(super) fn of(role: Option<Role>, period: Period, woman: bool, age: Age, dice: &mut Dice) -> Option<Self> {
        let roll = dice.pick(12);
        if woman || matches!(age, Age::Child | Age::Young) || role == Some(Role::Monk) && age != Age::Old {
            return None;
        }
        match (period, age) {
            (Period::Ancient, Age::Old) => Some(Self::Long),
            (_, Age::Old) => [Some(Self::Long), Some(Self::Full), Some(Self::Goatee)][roll % 3],
            (Period::Ancient, _) if matches!(role, Some(Role::Ruler | Role::Official | Role::Knight | Role::Wizard)) => {
                Some([Self::Long, Self::Goatee][roll % 2])
            }
            (Period::Ancient | Period::Republican, _) => [Some(Self::Goatee), None, None, Some(Self::Moustache)][roll % 4],
            (Period::Victorian, _) => [Some(Self::Full), Some(Self::Moustache), None][roll % 3],
            (Period::Fantasy, _) => [Some(Self::Full), None][roll % 2],
            (Period::Timeless | Period::Modern | Period::School, _) => {
                [Some(Self::Moustache), None, None, None, None, Some(Self::Full)][roll % 6]
            }
        }
    }
}
