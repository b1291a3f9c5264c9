//! Hats, as data in the head's units; they look alike from all sides.

use ports::film::{Age, Period};

use super::{
    dress::Tint::{self, C, D, T, X},
    role::Role,
};
use crate::picture::stage::Dice;

macro_rules! hats {
    ($($name:ident = [$($part:expr),* $(,)?];)*) => {
        /// What somebody has on the head.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Hat { $($name),* }

        impl Hat {
            pub(super) fn parts(self) -> &'static [(&'static str, Tint)] {
                match self { $(Self::$name => &[$($part),*]),* }
            }
        }
    };
}

hats! {
    Beads = [
        ("M-60 -196 H60 L64 -244 H-64 Z", X(0x2a2430)), ("M-112 -262 L112 -262 L120 -244 L-120 -244 Z", X(0x2a2430)),
        ("M-104 -244 v52 h7 v-52 Z M-80 -244 v60 h7 v-60 Z M-56 -244 v52 h7 v-52 Z M104 -244 v52 h-7 v-52 Z M80 -244 v60 h-7 v-60 Z M56 -244 v52 h-7 v-52 Z", X(0xe8c050)),
        ("M-86 -208 H86 V-194 H-86 Z", X(0xe8b830)),
    ];
    Crown = [
        ("M-66 -176 L-78 -256 L-38 -214 L0 -272 L38 -214 L78 -256 L66 -176 Q0 -196 -66 -176 Z", X(0xf0c040)),
        ("M-9 -206 a9 9 0 1 1 18 0 a9 9 0 1 1 -18 0 Z", X(0xd0303c)), ("M-50 -200 a6 6 0 1 1 12 0 a6 6 0 1 1 -12 0 Z M38 -200 a6 6 0 1 1 12 0 a6 6 0 1 1 -12 0 Z", X(0x3a8ad0)),
    ];
    Phoenix = [
        ("M-84 -170 C-100 -230 -70 -270 0 -286 C70 -270 100 -230 84 -170 C50 -206 -50 -206 -84 -170 Z", X(0xe8b830)),
        ("M-16 -236 a16 16 0 1 1 32 0 a16 16 0 1 1 -32 0 Z M-62 -214 a11 11 0 1 1 22 0 a11 11 0 1 1 -22 0 Z M40 -214 a11 11 0 1 1 22 0 a11 11 0 1 1 -22 0 Z", X(0xc8303c)),
        ("M-92 -176 v74 h8 v-74 Z M92 -176 v74 h-8 v-74 Z", X(0xf4d070)),
    ];
    Gauze = [
        ("M-84 -130 C-90 -220 90 -220 84 -130 Q0 -164 -84 -130 Z", X(0x24222c)), ("M-50 -186 C-50 -256 50 -256 50 -186 Z", X(0x2e2c38)),
        ("M-80 -156 L-190 -166 Q-200 -152 -190 -142 L-80 -140 Z M80 -156 L190 -166 Q200 -152 190 -142 L80 -140 Z", X(0x24222c)),
    ];
    Helmet = [
        ("M-90 -96 C-100 -228 100 -228 90 -96 L78 -128 Q0 -150 -78 -128 Z", X(0x8a94a6)), ("M-90 -140 Q0 -168 90 -140 L90 -122 Q0 -150 -90 -122 Z", X(0xd8a83a)),
        ("M-6 -212 L0 -262 L6 -212 Z", X(0xd8a83a)), ("M0 -262 C-40 -250 -60 -280 -30 -300 C-20 -280 20 -300 30 -316 C44 -280 20 -250 0 -262 Z", X(0xc83028)),
        ("M-92 -100 L-104 -20 L-66 -26 L-76 -104 Z M92 -100 L104 -20 L66 -26 L76 -104 Z", X(0x717c90)),
    ];
    Steel = [
        ("M-92 -110 C-96 -236 96 -236 92 -110 Q0 -146 -92 -110 Z", X(0x5c6a48)), ("M-104 -108 Q0 -150 104 -108 L100 -94 Q0 -134 -100 -94 Z", X(0x4a5638)),
    ];
    Straw = [
        ("M-70 -172 C-66 -226 -30 -262 0 -266 C30 -262 66 -226 70 -172 Z", X(0xd8b868)), ("M-156 -140 Q0 -206 156 -140 Q0 -166 -156 -140 Z", X(0xc8a450)),
    ];
    Felt = [("M-86 -140 C-92 -250 92 -250 86 -140 Q0 -170 -86 -140 Z", X(0x4a4450)), ("M-92 -148 Q0 -184 92 -148 L92 -126 Q0 -158 -92 -126 Z", X(0x38323e))];
    Skullcap = [("M-82 -140 C-84 -232 84 -232 82 -140 Q0 -168 -82 -140 Z", X(0x26222c)), ("M-10 -218 a10 10 0 1 1 20 0 a10 10 0 1 1 -20 0 Z", X(0xc8302c)), ("M-10 -158 h20 v18 h-20 Z", X(0x3aa07a))];
    Scarf = [("M-90 -110 C-98 -230 98 -230 90 -110 Q0 -164 -90 -110 Z", T), ("M-90 -118 L-116 -70 L-96 -64 L-80 -120 Z", T)];
    Top = [("M-62 -170 L-68 -312 Q0 -324 68 -312 L62 -170 Z", X(0x26242c)), ("M-64 -196 Q0 -208 64 -196 L62 -170 Q0 -184 -62 -170 Z", D), ("M-118 -172 Q0 -196 118 -172 Q0 -146 -118 -172 Z", X(0x26242c))];
    Bowler = [("M-76 -160 C-80 -256 80 -256 76 -160 Z", X(0x3a322e)), ("M-112 -164 Q0 -188 112 -164 Q0 -138 -112 -164 Z", X(0x2c2624))];
    Bonnet = [("M-100 -60 C-130 -250 130 -250 100 -60 C92 -140 60 -172 0 -176 C-60 -172 -92 -140 -100 -60 Z", T), ("M-96 -70 L-104 10 L-88 6 L-84 -60 Z M96 -70 L104 10 L88 6 L84 -60 Z", C)];
    Flatcap = [("M-92 -140 C-110 -226 60 -236 94 -150 Q10 -172 -92 -140 Z", X(0x6a5c4c)), ("M10 -158 Q80 -164 116 -136 Q60 -142 10 -146 Z", X(0x5a4c3e))];
    Mobcap = [("M-88 -150 C-116 -240 116 -240 88 -150 Q66 -136 44 -150 Q22 -136 0 -150 Q-22 -136 -44 -150 Q-66 -136 -88 -150 Z", X(0xf6f4ee))];
    Nursecap = [("M-56 -170 L-66 -232 Q0 -250 66 -232 L56 -170 Q0 -190 -56 -170 Z", X(0xf6f8fa)), ("M-5 -228 h10 v12 h12 v10 h-12 v12 h-10 v-12 h-12 v-10 h12 Z", X(0xd83a40))];
    Peaked = [
        ("M-96 -190 C-90 -246 90 -246 96 -190 L84 -148 Q0 -168 -84 -148 Z", X(0x26365c)), ("M-84 -164 Q0 -184 84 -164 L82 -140 Q0 -160 -82 -140 Z", X(0x18223c)),
        ("M-66 -142 Q0 -160 66 -142 Q40 -118 0 -122 Q-40 -118 -66 -142 Z", X(0x14141a)), ("M0 -214 l6 13 l14 1 l-11 9 l4 14 l-13 -8 l-13 8 l4 -14 l-11 -9 l14 -1 Z", X(0xf0c040)),
    ];
    Pointed = [("M-74 -158 C-40 -220 -20 -300 24 -350 C20 -290 50 -220 74 -158 Z", C), ("M-140 -146 Q0 -196 140 -146 Q0 -124 -140 -146 Z", D), ("M-74 -168 Q0 -190 72 -168 L74 -154 Q0 -176 -76 -154 Z", X(0xe0b040))];
    Taoist = [("M-70 -150 L-56 -240 H56 L70 -150 Q0 -172 -70 -150 Z", X(0x2a3040)), ("M-80 -158 Q0 -180 80 -158 L80 -142 Q0 -164 -80 -142 Z", X(0xd8c890))];
    Guan = [("M-24 -206 L-30 -250 Q0 -266 30 -250 L24 -206 Z", X(0xe0b040)), ("M-54 -232 H54 V-225 H-54 Z", X(0xd8d0c0))];
    Hairpin = [("M56 -196 a15 15 0 1 1 30 0 a15 15 0 1 1 -30 0 Z", T), ("M66 -182 l4 44 l6 0 l-2 -44 Z", X(0xe8b830)), ("M-84 -214 L-50 -226 L-48 -219 L-82 -206 Z", X(0xe8b830))];
    Ribbon = [("M40 -190 L84 -226 L80 -166 Z M36 -186 L4 -214 L0 -160 Z", T)];
    Veil = [("M-94 40 C-120 -230 120 -230 94 40 L70 30 C92 -90 70 -166 0 -172 C-70 -166 -92 -90 -70 30 Z", X(0x2c2a32)), ("M-80 -120 C-60 -168 60 -168 80 -120 L74 -104 C56 -146 -56 -146 -74 -104 Z", X(0xf6f4ee))];
}

impl Hat {
    pub(super) fn of(role: Option<Role>, period: Period, woman: bool, age: Age, dice: &mut Dice) -> Option<Self> {
        let roll = dice.pick(12);
        let ancient = period == Period::Ancient;
        let china = matches!(period, Period::Ancient | Period::Republican);
        match (role, period) {
            (Some(Role::Ruler), _) => Some(if china { Self::Beads } else { Self::Crown }),
            (Some(Role::Consort), _) => Some(if china { Self::Phoenix } else { Self::Crown }),
            (Some(Role::Official), _) => Some(if china { Self::Gauze } else { Self::Top }),
            (Some(Role::Knight | Role::Soldier), Period::Ancient | Period::Fantasy) => Some(Self::Helmet),
            (Some(Role::Soldier), _) => Some(Self::Steel),
            (Some(Role::Knight | Role::Police), _) => Some(if ancient { Self::Gauze } else { Self::Peaked }),
            (Some(Role::Wizard), _) => Some(if ancient { Self::Taoist } else { Self::Pointed }),
            (Some(Role::Priest), _) => woman.then_some(Self::Veil),
            (Some(Role::Nurse), _) => Some(Self::Nursecap),
            (Some(Role::Farmer), _) => Some(if period == Period::Republican && !woman { Self::Felt } else { Self::Straw }),
            (Some(Role::Rich), Period::Republican) if !woman && age != Age::Child => Some(Self::Skullcap),
            (Some(Role::Scholar | Role::Rich), Period::Ancient) if !woman => Some(Self::Guan),
            (Some(Role::Rich | Role::Clerk | Role::Doctor), Period::Victorian) if !woman => Some(Self::Top),
            (Some(Role::Servant | Role::Cook), Period::Victorian | Period::Fantasy) if woman => Some(Self::Mobcap),
            (Some(Role::Servant | Role::Cook | Role::Worker), _) if china && !woman && age != Age::Child => Some(Self::Scarf),
            (_, Period::Ancient) if woman && age != Age::Child => Some(Self::Hairpin),
            (Some(Role::Pupil), _) => None,
            (None, Period::Victorian) => match (woman, age) {
                (true, Age::Child | Age::Young) => Some(Self::Ribbon),
                (true, _) => roll.is_multiple_of(2).then_some(Self::Bonnet),
                (false, Age::Child | Age::Young) => Some(Self::Flatcap),
                (false, _) => [Some(Self::Top), Some(Self::Bowler), None][roll % 3],
            },
            (None, Period::Republican) if !woman && age == Age::Old => Some(Self::Felt),
            (None, _) if woman && age == Age::Child && !china => roll.is_multiple_of(2).then_some(Self::Ribbon),
            _ => None,
        }
    }
}
