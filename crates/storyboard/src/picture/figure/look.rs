//! How somebody looks throughout a film: from sex, age, trade and the time the story is set in, and the rest from the seed of the name.

use ports::film::{Age, Character, Gender, Period};

use super::{
    Attire, Guise,
    dress::{Garment, Tint},
    hair::{Beard, Hair},
    hat::Hat,
    role::{Role, role},
};
use crate::picture::{
    light::Rgb,
    stage::{Dice, Stage},
};

/// Somebody's fixed colours and shapes.
#[derive(Debug, Clone)]
pub(in crate::picture) struct Look {
    pub(super) hair: Rgb,
    pub(super) eyes: Rgb,
    pub(super) skin: Rgb,
    pub(super) cloth: Rgb,
    pub(super) trim: Rgb,
    pub(super) cut: Hair,
    pub(super) beard: Option<Beard>,
    pub(super) hat: Option<Hat>,
    pub(super) garment: Garment,
    pub(super) glasses: bool,
    pub(super) age: Age,
    pub(super) woman: bool,
    pub(super) stout: f64,
}

/// Cloth and trim; the cast of a film is given seeds that differ here (`rules::names`), so that no two are dressed alike.
const CLOTHS: [(u32, u32); 8] = [
    (0x3f6fb5, 0xe8eef8),
    (0xb8423c, 0xf6d68a),
    (0x3f8a5c, 0xe6f2dc),
    (0x7a52a8, 0xf0dcf6),
    (0xd08a2c, 0xfff0d0),
    (0x2f8a94, 0xdff4f2),
    (0xc8567e, 0xffe6ee),
    (0x58606e, 0xdfe4ea),
];

impl Look {
    pub(in crate::picture) fn of(character: &Character, stage: &Stage) -> Self {
        let mut dice = Dice::new(character.seed);
        let woman = match character.gender {
            Gender::Female => true,
            Gender::Male => false,
            Gender::Unknown => dice.pick(4) == 0,
        };
        let role = role(character);
        let period = stage.period;
        let old_china = matches!(period, Period::Ancient | Period::Republican);
        let hairs = if old_china { [0x1c1a22, 0x2a2028, 0x14161e, 0x322620] } else { [0x26202a, 0x5a3a26, 0x1a2440, 0x8a5a30] };
        let (hair, eyes, skin) = (dice.pick(4), dice.pick(6), dice.pick(4));
        let hair = if character.age == Age::Old { [0xd8d8de, 0xc4c4cc, 0xe4e2e0, 0xb8b8c0][hair] } else { hairs[hair] };
        let (cloth, trim) = CLOTHS[usize::try_from(character.seed % 8).unwrap_or(0)];
        let garment = garment(role, period, woman, character.age, &mut dice);
        // A robe has the colour of its order.
        let cloth = match garment {
            Garment::Kasaya => [0xd8a850, 0xa8a090, 0xc89048][dice.pick(3)],
            Garment::Official => [0xa82c2c, 0x2c4a8a, 0x2c6a4a][dice.pick(3)],
            Garment::Mage => [0x3a2c7a, 0x2c4a6a, 0x5a2c5a][dice.pick(3)],
            Garment::Jacket => [0x8a7a5c, 0x5c6e80, 0x7a6248, 0x6a7a5c][dice.pick(4)],
            _ => cloth,
        };
        let glasses = matches!(role, Some(Role::Scholar | Role::Doctor | Role::Clerk)) && period != Period::Ancient && dice.pick(3) > 0
            || role.is_none() && period == Period::Modern && dice.pick(7) == 0;
        let stout = match role {
            Some(Role::Rich | Role::Ruler | Role::Cook) if !woman => 1.28,
            _ if character.age == Age::Child => 1.0,
            _ => [0.92, 1.0, 1.0, 1.14][dice.pick(4)],
        };
        Self {
            hair: stage.figure(hair),
            eyes: stage.figure([0x3a6ac0, 0x6a4226, 0x2f7a5a, 0x6a3a8a, 0x40383a, 0xa05a20][if old_china { 1 } else { eyes }]),
            skin: stage.figure([0xffe3cd, 0xfbd8bd, 0xf3cba8, 0xffead8][skin]),
            cloth: stage.figure(cloth),
            trim: stage.figure(trim),
            cut: Hair::of(role, period, woman, character.age, &mut dice),
            beard: Beard::of(role, period, woman, character.age, &mut dice),
            hat: Hat::of(role, period, woman, character.age, &mut dice),
            garment,
            glasses,
            age: character.age,
            woman,
            stout,
        }
    }

    /// Puts on a guise.
    pub(super) fn disguise(&mut self, guise: &Guise<'_>, stage: &Stage) {
        self.skin = guise.skin.unwrap_or(self.skin);
        self.hair = guise.hair.unwrap_or(self.hair);
        (self.cloth, self.trim) = guise.cloth.unwrap_or((self.cloth, self.trim));
        match guise.attire {
            Attire::Own => {}
            Attire::Shroud => (self.garment, self.cut, self.hat, self.beard) = (Garment::Robe, Hair::Long, None, None),
            Attire::Rags => (self.garment, self.cut, self.hat, self.stout) = (Garment::Rags, Hair::Tousled, None, 1.3),
            Attire::Finery => {
                let chinese = matches!(stage.period, Period::Ancient | Period::Republican);
                (self.woman, self.beard, self.stout) = (true, None, 0.92);
                (self.garment, self.cut, self.hat) = if chinese {
                    (Garment::Ruqun, Hair::Updo, Some(Hat::Hairpin))
                } else {
                    (Garment::Crinoline, Hair::Long, Some(Hat::Crown))
                };
            }
        }
        if guise.beast {
            (self.age, self.stout, self.glasses) = (Age::Young, self.stout.max(1.0), false);
        }
    }

    /// The colour of a part.
    pub(super) fn tint(&self, tint: Tint, stage: &Stage) -> Rgb {
        match tint {
            Tint::C => self.cloth,
            Tint::T => self.trim,
            Tint::D => self.cloth.shade(0.72),
            Tint::Skin => self.skin,
            Tint::X(number) => stage.figure(number),
        }
    }
}

fn garment(role: Option<Role>, period: Period, woman: bool, age: Age, dice: &mut Dice) -> Garment {
    use Garment as G;
    let old = period == Period::Ancient;
    let china = matches!(period, Period::Ancient | Period::Republican);
    let west = matches!(period, Period::Victorian | Period::Fantasy);
    let common = |dice: &mut Dice| ordinary(period, woman, age, dice);
    match role {
        Some(Role::Ruler) => {
            if west {
                G::Cloak
            } else {
                G::Dragon
            }
        }
        Some(Role::Consort) => {
            if west {
                G::Crinoline
            } else {
                G::Ruqun
            }
        }
        Some(Role::Official) => {
            if china {
                G::Official
            } else {
                G::Frock
            }
        }
        Some(Role::Knight) => {
            if matches!(period, Period::Ancient | Period::Fantasy) {
                G::Armour
            } else {
                G::Uniform
            }
        }
        Some(Role::Soldier) => {
            if matches!(period, Period::Ancient | Period::Fantasy) {
                G::Armour
            } else {
                G::Uniform
            }
        }
        Some(Role::Monk) => G::Kasaya,
        Some(Role::Wizard) => {
            if old {
                G::Robe
            } else {
                G::Mage
            }
        }
        Some(Role::Priest) => G::Cassock,
        Some(Role::Doctor) => match period {
            Period::Ancient => G::Robe,
            Period::Republican => G::Gown,
            Period::Victorian | Period::Fantasy => G::Frock,
            Period::Timeless | Period::Modern | Period::School => G::White,
        },
        Some(Role::Nurse) => G::Nurse,
        Some(Role::Police) => {
            if old {
                G::Official
            } else {
                G::Police
            }
        }
        Some(Role::Servant | Role::Cook) => match (china, woman) {
            (true, _) => G::Jacket,
            (false, true) => G::Apron,
            (false, false) => {
                if west {
                    G::Frock
                } else {
                    G::Shirt
                }
            }
        },
        Some(Role::Pupil) => match (period, woman) {
            (Period::Ancient, _) => G::Robe,
            (Period::Republican, true) => G::Blouse,
            (Period::Republican, false) => G::Tunic,
            (Period::Victorian | Period::Fantasy, true) => G::Apron,
            (Period::Victorian | Period::Fantasy, false) => G::Blazer,
            (Period::Timeless | Period::Modern | Period::School, _) => common(dice),
        },
        Some(Role::Scholar) => match period {
            Period::Ancient => {
                if woman {
                    G::Ruqun
                } else {
                    G::Robe
                }
            }
            Period::Republican => {
                if woman {
                    G::Qipao
                } else {
                    G::Gown
                }
            }
            Period::Victorian | Period::Fantasy => {
                if woman {
                    G::Crinoline
                } else {
                    G::Frock
                }
            }
            Period::Timeless | Period::Modern | Period::School => {
                if woman {
                    G::Costume
                } else {
                    G::Suit
                }
            }
        },
        Some(Role::Farmer | Role::Worker) => {
            if china {
                G::Jacket
            } else if woman {
                common(dice)
            } else {
                G::Shirt
            }
        }
        Some(Role::Rich) => match (period, woman) {
            (Period::Republican, false) if age != Age::Child => G::Magua,
            (Period::Timeless | Period::Modern | Period::School, false) => G::Suit,
            _ => common(dice),
        },
        Some(Role::Beggar) => G::Rags,
        Some(Role::Clerk) => match (period, woman) {
            (Period::Timeless | Period::Modern | Period::School, true) => G::Costume,
            (Period::Timeless | Period::Modern | Period::School, false) => G::Suit,
            _ => common(dice),
        },
        None => common(dice),
    }
}

/// What somebody wears of whom nothing more is known.
fn ordinary(period: Period, woman: bool, age: Age, dice: &mut Dice) -> Garment {
    use Garment as G;
    let young = matches!(age, Age::Child | Age::Young);
    let among: &[Garment] = match (period, woman, young) {
        (Period::Ancient, true, _) => &[G::Ruqun],
        (Period::Ancient, false, true) => &[G::Robe, G::Robe, G::Jacket],
        (Period::Ancient, false, false) => &[G::Robe, G::Robe, G::Robe, G::Jacket],
        (Period::Republican, true, true) => &[G::Blouse, G::Jacket],
        (Period::Republican, true, false) => &[G::Qipao, G::Jacket, G::Qipao],
        (Period::Republican, false, true) => &[G::Tunic, G::Jacket],
        (Period::Republican, false, false) => &[G::Gown, G::Gown, G::Jacket],
        (Period::Victorian, true, true) => &[G::Dress, G::Apron],
        (Period::Victorian, true, false) => &[G::Crinoline],
        (Period::Victorian, false, true) => &[G::Frock, G::Frock, G::Shirt],
        (Period::Victorian, false, false) => &[G::Frock],
        (Period::Fantasy, true, _) => &[G::Crinoline, G::Cloak],
        (Period::Fantasy, false, _) => &[G::Cloak],
        (Period::School, true, true) => &[G::Sailor, G::Tracksuit],
        (Period::School, false, true) => &[G::Blazer, G::Tracksuit],
        (Period::Timeless | Period::Modern, true, true) => &[G::Dress, G::Hoodie, G::Dress],
        (Period::Timeless | Period::Modern | Period::School, true, false) => &[G::Dress, G::Coat, G::Shirt, G::Costume],
        (Period::Timeless | Period::Modern, false, true) => &[G::Hoodie, G::Shirt],
        (Period::Timeless | Period::Modern | Period::School, false, false) => &[G::Shirt, G::Coat, G::Suit, G::Shirt],
    };
    among[dice.pick(among.len())]
}
