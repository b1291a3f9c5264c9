//! What a body does: a stance is a row of angles, and bones are the joints that follow from it. A figure is 700 units high, its feet
//! at 0; it looks to the right.

use ports::film::{Age, Pose, Style};

use crate::picture::pen::P;

/// From where somebody is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The face straight on.
    Front,
    /// The face half turned.
    Turned,
    /// In profile.
    Side,
    /// From behind.
    Back,
}

/// What the hands do where the pose leaves them free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hands {
    /// Hanging.
    Down,
    /// One on the hip.
    Hip,
    /// Folded before the body.
    Folded,
    /// One raised in speech.
    Telling,
    /// Holding something out before the chest.
    Holding,
    /// Both up, afraid or glad.
    Raised,
}

/// Proportions, in units of 1/700 of an adult's height.
#[derive(Debug, Clone, Copy)]
pub(super) struct Build {
    /// The size of the head: 1.0 is 212 units from chin to crown.
    pub(super) head: f64,
    /// Half the width of the shoulders.
    pub(super) shoulders: f64,
    /// From hip to neck.
    pub(super) torso: f64,
    /// From hip to knee, and from knee to heel.
    pub(super) leg: f64,
    /// From shoulder to elbow, and from elbow to hand.
    pub(super) arm: f64,
    /// How tall, as a share of an adult.
    pub(super) tall: f64,
    /// How thick the limbs are.
    pub(super) thick: f64,
}

impl Build {
    pub(super) fn of(style: Style, age: Age, woman: bool, stout: f64) -> Self {
        let real = style == Style::Realistic;
        let (head, tall) = match (real, age) {
            (false, Age::Child) => (1.0, 0.66),
            (false, Age::Young) => (0.80, 0.92),
            (false, Age::Adult) => (0.73, 1.0),
            (false, Age::Old) => (0.76, 0.94),
            (true, Age::Child) => (0.74, 0.66),
            (true, Age::Young) => (0.58, 0.94),
            (true, Age::Adult) => (0.53, 1.0),
            (true, Age::Old) => (0.55, 0.95),
        };
        let tall = if woman && age != Age::Child { tall * 0.95 } else { tall };
        let below = 700.0 - 212.0 * head - 24.0;
        let child = age == Age::Child;
        let shoulders = if child {
            74.0
        } else if woman {
            76.0
        } else {
            96.0
        };
        Self {
            head,
            shoulders: shoulders * (0.7 + 0.3 * stout),
            torso: below * if child { 0.42 } else { 0.38 },
            leg: below * if child { 0.29 } else { 0.31 },
            arm: below * 0.235,
            tall,
            thick: if woman || child { 0.88 } else { 1.0 } * stout,
        }
    }
}

/// Angles in degrees from straight down, forward or outward; the arm and leg behind come first.
struct Stance {
    view: View,
    lean: f64,
    tilt: f64,
    arms: [(f64, f64); 2],
    legs: [(f64, f64); 2],
}

const fn stance(view: View, lean: f64, tilt: f64, arms: [(f64, f64); 2], legs: [(f64, f64); 2]) -> Stance {
    Stance { view, lean, tilt, arms, legs }
}

fn stance_of(pose: Pose, hands: Hands) -> Stance {
    let free = match hands {
        Hands::Down => [(12.0, 4.0), (12.0, 4.0)],
        Hands::Hip => [(12.0, 4.0), (40.0, -52.0)],
        Hands::Folded => [(20.0, -62.0), (20.0, -62.0)],
        Hands::Telling => [(14.0, 2.0), (18.0, 146.0)],
        Hands::Holding => [(20.0, -70.0), (24.0, -112.0)],
        Hands::Raised => [(26.0, 160.0), (26.0, 160.0)],
    };
    let upright = [(4.0, 1.0), (4.0, 1.0)];
    match pose {
        Pose::Standing => stance(View::Turned, 0.0, 0.0, free, upright),
        Pose::Pointing => stance(View::Turned, 0.0, 0.0, [(38.0, -50.0), (88.0, 94.0)], [(7.0, 2.0), (11.0, 3.0)]),
        Pose::Leaving => stance(View::Back, 0.0, 0.0, [(16.0, 8.0), (16.0, 8.0)], [(5.0, 0.0), (7.0, -4.0)]),
        Pose::Walking => stance(View::Side, 4.0, 0.0, [(34.0, 52.0), (-26.0, -8.0)], [(-20.0, -34.0), (24.0, 12.0)]),
        Pose::Running => stance(View::Side, 17.0, -8.0, [(58.0, 128.0), (-52.0, 22.0)], [(-30.0, -92.0), (64.0, 4.0)]),
        Pose::Bowing => stance(View::Side, 52.0, 18.0, [(24.0, 84.0), (18.0, 78.0)], [(-4.0, -4.0), (0.0, 0.0)]),
        Pose::Kneeling => stance(View::Side, 10.0, 12.0, [(26.0, 74.0), (22.0, 68.0)], [(6.0, -88.0), (16.0, -88.0)]),
        Pose::Sitting => {
            let arms = match hands {
                Hands::Telling | Hands::Raised => [(14.0, 50.0), (44.0, 118.0)],
                Hands::Holding => [(24.0, 92.0), (20.0, 96.0)],
                Hands::Down | Hands::Hip | Hands::Folded => [(14.0, 54.0), (10.0, 58.0)],
            };
            stance(View::Side, -3.0, 0.0, arms, [(78.0, 6.0), (84.0, -4.0)])
        }
        Pose::Riding => stance(View::Side, 4.0, 0.0, [(34.0, 70.0), (28.0, 72.0)], [(46.0, -12.0), (50.0, -8.0)]),
        Pose::Lying => stance(View::Side, 0.0, 0.0, [(4.0, 6.0), (-6.0, 20.0)], [(3.0, -3.0), (8.0, -14.0)]),
    }
}

/// Joints: what lies behind comes first.
#[derive(Debug, Clone)]
pub(super) struct Bones {
    pub(super) view: View,
    pub(super) hip: P,
    pub(super) neck: P,
    /// The body's lean and the head's tilt in degrees, clockwise.
    pub(super) lean: f64,
    pub(super) tilt: f64,
    /// Shoulder, elbow, hand.
    pub(super) arms: [[P; 3]; 2],
    /// Hip, knee, heel.
    pub(super) legs: [[P; 3]; 2],
}

fn along((x, y): P, degrees: f64, length: f64) -> P {
    let (sin, cos) = degrees.to_radians().sin_cos();
    (x + sin * length, y + cos * length)
}

impl Bones {
    /// The bones of a pose; `view` replaces the pose's own where it stands or points.
    pub(super) fn of(build: &Build, pose: Pose, hands: Hands, view: Option<View>) -> Self {
        let stance = stance_of(pose, hands);
        let view = match (pose, view) {
            (Pose::Standing | Pose::Pointing, Some(view)) => view,
            (_, Some(View::Back)) => View::Back,
            (_, Some(View::Front | View::Turned | View::Side) | None) => stance.view,
        };
        let flat = view == View::Side;
        // Seen from the side, both shoulders are nearly one.
        let (wide, hips) = if flat { (10.0, 6.0) } else { (build.shoulders * 0.86, build.shoulders * 0.40) };
        let hip = (0.0, 0.0);
        let neck = along(hip, 180.0 - stance.lean, build.torso);
        let side = |index: usize| if index == 0 { -1.0 } else { 1.0 };
        // Angles mean outward from the front, forward from the side.
        let turn = |index: usize, angle: f64| if flat { angle } else { side(index) * angle };
        let limb = |from: P, index: usize, (upper, lower): (f64, f64), length: f64| {
            let middle = along(from, turn(index, upper), length);
            [from, middle, along(middle, turn(index, lower), length)]
        };
        let drop = along((0.0, 0.0), -stance.lean, 25.0);
        let arms = [0, 1].map(|index| limb((neck.0 + side(index) * wide - drop.0, neck.1 + drop.1), index, stance.arms[index], build.arm));
        let legs = [0, 1].map(|index| limb((hip.0 + side(index) * hips, hip.1), index, stance.legs[index], build.leg));
        let mut bones = Self { view, hip, neck, lean: stance.lean, tilt: stance.lean * 0.4 + stance.tilt, arms, legs };
        let lowest = bones.legs.iter().flatten().map(|point| point.1).fold(f64::MIN, f64::max) + 16.0;
        bones.lower(lowest);
        bones
    }

    fn lower(&mut self, by: f64) {
        let joints = self.arms.iter_mut().chain(&mut self.legs).flatten();
        for point in joints.chain([&mut self.hip, &mut self.neck]) {
            point.1 -= by;
        }
    }

    /// Where the head's own origin is: just above the chin's point.
    pub(super) fn chin(&self) -> P {
        along(self.neck, 180.0 - self.lean - self.tilt * 0.4, 24.0)
    }
}
