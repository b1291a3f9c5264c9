//! Bodies in their clothes: limbs along the bones, the garment's cut around them, and the head on top.

use ports::film::{Mood, Prop};

use super::{
    bones::{Bones, Build, View},
    dress::{Cut, Hem, Sleeve},
    face::{Face, face},
    look::Look,
};
use crate::picture::{
    light::Rgb,
    pen::{P, Pen},
};

/// Everything that is drawn of one person.
pub(super) struct Body<'a> {
    pub(super) look: &'a Look,
    pub(super) build: Build,
    pub(super) bones: Bones,
    /// In the hand in front.
    pub(super) held: Option<Prop>,
    /// The forefinger stretched out.
    pub(super) points: bool,
    /// Upright and still, so that a garment hangs straight.
    pub(super) hangs: bool,
}

impl Body<'_> {
    /// Draws it, what lies behind first.
    pub(super) fn draw(&self, pen: &mut Pen<'_>, head: impl Fn(&mut Pen<'_>, Layer)) {
        let cut = self.look.garment.cut();
        let back = self.bones.view == View::Back;
        if !back {
            self.in_head(pen, |pen| head(pen, Layer::Behind));
        }
        if self.bones.view == View::Side {
            self.arm(pen, 0, cut);
        }
        self.leg(pen, 0, cut);
        self.leg(pen, 1, cut);
        self.skirt(pen, cut);
        self.neck(pen);
        // Hands before the body come over it, hanging ones beside it.
        if self.bones.view != View::Side {
            for index in [0, 1] {
                if !self.before(index) {
                    self.arm(pen, index, cut);
                }
            }
        }
        self.torso(pen, cut);
        self.in_head(pen, |pen| head(pen, Layer::Face));
        if self.bones.view == View::Side {
            self.arm(pen, 1, cut);
        } else {
            for index in [0, 1] {
                if self.before(index) {
                    self.arm(pen, index, cut);
                }
            }
        }
    }

    /// Whether an arm is drawn over the body.
    fn before(&self, index: usize) -> bool {
        let [_, elbow, hand] = self.bones.arms[index];
        self.bones.view != View::Back && (hand.0.abs() < self.build.shoulders * 0.86 || hand.1 < elbow.1)
    }

    fn in_head(&self, pen: &mut Pen<'_>, draw: impl FnOnce(&mut Pen<'_>)) {
        let (x, y) = self.bones.chin();
        let s = self.build.head;
        pen.open(&format!("translate({x:.1} {y:.1}) rotate({:.1}) scale({s:.3})", self.bones.tilt), s, 92.0);
        draw(pen);
        pen.close();
    }

    fn neck(&self, pen: &mut Pen<'_>) {
        let (x, y) = self.bones.chin();
        let neck = self.bones.neck;
        let width = 60.0 * self.build.head.min(0.8) * if self.look.woman { 0.8 } else { 1.0 };
        let skin = self.look.skin.mix(Rgb::hex(0xb0604a), 0.22);
        let back = if self.bones.view == View::Side { -14.0 * self.build.head } else { 0.0 };
        pen.limb(&[((neck.0, neck.1 + 8.0), (x + back, y - 26.0 * self.build.head), width)], skin);
    }

    fn leg(&self, pen: &mut Pen<'_>, index: usize, cut: &Cut) {
        let [hip, knee, heel] = self.bones.legs[index];
        let thick = self.build.thick;
        let colour = self.look.tint(cut.legs, pen.stage);
        let colour = if index == 0 { colour.shade(0.9) } else { colour };
        if cut.hem != Hem::Floor || !self.hangs {
            let parts = [(hip, knee, 52.0 * thick), (knee, heel, 40.0 * thick)];
            pen.limb(&parts, colour);
        }
        let shoe = self.look.tint(cut.shoes, pen.stage);
        let (x, y) = heel;
        // A foot points where the lower leg does not.
        let along = (heel.0 - knee.0, heel.1 - knee.1);
        let length = (along.0 * along.0 + along.1 * along.1).sqrt().max(1.0);
        let (nx, ny) = (along.1 / length, -along.0 / length);
        match self.bones.view {
            View::Side => pen.limb(&[((x - nx * 4.0, y - ny * 4.0), (x + nx * 32.0, y + ny * 32.0), 26.0 * thick)], shoe),
            View::Back => pen.limb(&[((x, y), (x, y + 2.0), 32.0 * thick)], shoe),
            View::Front | View::Turned => {
                let out = if index == 0 { -6.0 } else { 12.0 };
                pen.limb(&[((x, y - 2.0), (x + out, y + 4.0), 30.0 * thick)], shoe);
            }
        }
    }

    fn skirt(&self, pen: &mut Pen<'_>, cut: &Cut) {
        if cut.hem == Hem::Waist {
            return;
        }
        let thick = self.build.thick.max(0.9);
        let waist = self.build.shoulders * 0.72;
        let flare = cut.flare;
        let mut circles: Vec<(P, f64)> = Vec::new();
        let (hx, hy) = self.bones.hip;
        let side = if self.bones.view == View::Side { 0.62 } else { 1.0 };
        circles.push(((hx, hy - 22.0), waist * side));
        for [hip, knee, heel] in self.bones.legs {
            let at = |share: f64| (knee.0 + (heel.0 - knee.0) * share, knee.1 + (heel.1 - knee.1) * share);
            circles.push((hip, 34.0 * thick));
            match cut.hem {
                Hem::Waist => {}
                Hem::Thigh => circles.push(((hip.0 + (knee.0 - hip.0) * 0.34, hip.1 + (knee.1 - hip.1) * 0.34), 36.0 * thick * flare)),
                Hem::Knee => circles.extend([(knee, 34.0 * thick * flare)]),
                Hem::Calf => circles.extend([(knee, 32.0 * thick), (at(0.62), 32.0 * thick * flare)]),
                Hem::Floor => circles.extend([(knee, 34.0 * thick), (at(0.90), 36.0 * thick * flare)]),
            }
        }
        let colour = self.look.tint(cut.skirt, pen.stage);
        if self.hangs && cut.hem > Hem::Thigh {
            self.hanging(pen, cut, colour);
            return;
        }
        pen.wrap(&circles, colour);
        if cut.hem > Hem::Thigh {
            let fold = colour.shade(0.74);
            for [hip, knee, heel] in self.bones.legs {
                let end = if cut.hem == Hem::Knee { knee } else { (knee.0 + (heel.0 - knee.0) * 0.7, knee.1 + (heel.1 - knee.1) * 0.7) };
                pen.stroke(
                    &format!("M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1}", hip.0 - 8.0, hip.1 + 14.0, knee.0 - 6.0, knee.1, end.0, end.1),
                    fold,
                    4.0,
                );
            }
        }
    }

    /// A skirt that hangs straight, with a round hem and folds.
    fn hanging(&self, pen: &mut Pen<'_>, cut: &Cut, colour: Rgb) {
        let (x, y) = self.bones.hip;
        let narrow = if self.bones.view == View::Side { 0.6 } else { 1.0 };
        let waist = self.build.shoulders * 0.78 * narrow;
        let floor = -self.bones.legs[1][2].1.abs();
        let end = match cut.hem {
            Hem::Waist | Hem::Thigh | Hem::Floor => floor + 6.0,
            Hem::Knee => y + (floor - y) * 0.58,
            Hem::Calf => y + (floor - y) * 0.80,
        };
        let wide = (self.build.shoulders * 0.82 * cut.flare * narrow).max(waist * 0.9);
        let top = y - 30.0;
        pen.shape(
            &format!(
                "M{:.1} {top:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {end:.1} Q{x:.1} {:.1} {:.1} {end:.1} C{:.1} {:.1} {:.1} {:.1} {:.1} {top:.1} Z",
                x - waist,
                x - waist * 1.15,
                y + 40.0,
                x - wide,
                end - 80.0,
                x - wide,
                end + 14.0,
                x + wide,
                x + wide,
                end - 80.0,
                x + waist * 1.15,
                y + 40.0,
                x + waist
            ),
            colour,
        );
        let fold = colour.shade(0.76);
        for share in [-0.6, -0.25, 0.3, 0.66] {
            let from = y + 30.0 + 40.0 * f64::abs(share);
            pen.stroke(
                &format!(
                    "M{:.1} {from:.1} Q{:.1} {:.1} {:.1} {:.1}",
                    x + waist * share,
                    x + waist * share * 1.1,
                    (from + end) / 2.0,
                    x + wide * share,
                    end - 6.0
                ),
                fold,
                3.4,
            );
        }
    }

    fn torso(&self, pen: &mut Pen<'_>, cut: &Cut) {
        let (x, y) = self.bones.neck;
        let side = self.bones.view == View::Side;
        let (sx, sy) = (self.build.shoulders / 100.0, self.build.torso / 200.0);
        let transform = format!("translate({x:.1} {y:.1}) rotate({:.1}) scale({sx:.3} {sy:.3})", self.bones.lean);
        pen.open(&transform, (sx + sy) / 2.0, 112.0);
        let waist = if self.look.woman { 64.0 } else { 76.0 * self.look.stout.powf(0.7) };
        let outline = if side {
            let belly = 34.0 * self.look.stout;
            format!("M-20 -10 C-46 4 -56 50 -50 120 L-48 206 L50 206 L{belly:.0} 130 C56 70 46 8 20 -10 Z")
        } else {
            format!("M-30 -12 C-66 0 -98 6 -102 44 L-{waist:.0} 132 L-84 206 L84 206 L{waist:.0} 132 L102 44 C98 6 66 0 30 -12 Z")
        };
        pen.shape(&outline, self.look.tint(cut.body, pen.stage));
        if self.bones.view != View::Back {
            let turn = match self.bones.view {
                View::Side => "translate(22 0) scale(0.46 1)",
                View::Turned => "translate(12 0) scale(0.88 1)",
                View::Front | View::Back => "translate(0 0)",
            };
            pen.open(turn, 1.0, 112.0);
            let long: &[_] = if self.hangs && !side { cut.long } else { &[] };
            for (d, tint, width) in long.iter().chain(cut.marks) {
                let colour = self.look.tint(*tint, pen.stage);
                if *width > 0.0 {
                    pen.stroke(d, colour, *width);
                } else {
                    pen.shape(d, colour);
                }
            }
            pen.close();
        } else {
            let fold = self.look.tint(cut.body, pen.stage).shade(0.74);
            pen.stroke("M-60 20 Q-70 110 -64 196 M60 20 Q70 110 64 196 M0 10 V196", fold, 4.0);
        }
        pen.close();
    }

    fn arm(&self, pen: &mut Pen<'_>, index: usize, cut: &Cut) {
        let [shoulder, elbow, hand] = self.bones.arms[index];
        let thick = self.build.thick;
        let cloth = self.look.tint(cut.body, pen.stage);
        let cloth = if index == 0 && self.bones.view == View::Side { cloth.shade(0.86) } else { cloth };
        let skin = self.look.skin;
        let wrist = (elbow.0 + (hand.0 - elbow.0) * 0.84, elbow.1 + (hand.1 - elbow.1) * 0.84);
        let held = self.held.filter(|_| index == 1);
        if let Some(prop) = held.filter(|prop| super::held::behind_hand(*prop)) {
            super::held::draw(pen, prop, hand, self.bones.view);
        }
        match cut.sleeve {
            Sleeve::Slim => {
                self.hand(pen, elbow, hand, index);
                pen.limb(&[(shoulder, elbow, 46.0 * thick), (elbow, wrist, 38.0 * thick)], cloth);
            }
            Sleeve::Short => {
                let half = (shoulder.0 + (elbow.0 - shoulder.0) * 0.7, shoulder.1 + (elbow.1 - shoulder.1) * 0.7);
                self.hand(pen, elbow, hand, index);
                pen.limb(&[(shoulder, elbow, 32.0 * thick), (elbow, hand, 28.0 * thick)], skin);
                pen.limb(&[(shoulder, half, 48.0 * thick)], cloth);
            }
            Sleeve::Wide => {
                self.hand(pen, elbow, hand, index);
                pen.limb(&[(shoulder, elbow, 50.0 * thick)], cloth);
                // The mouth of the sleeve hangs down from the wrist.
                let hang = 62.0 * thick;
                let low = (wrist.0 * 0.75 + elbow.0 * 0.25, wrist.1.max(elbow.1) + hang * 0.8);
                pen.wrap(&[(elbow, 25.0 * thick), (wrist, 20.0 * thick), (low, 13.0 * thick)], cloth);
                pen.stroke(
                    &format!(
                        "M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1}",
                        elbow.0,
                        elbow.1 + 8.0,
                        (elbow.0 + low.0) / 2.0,
                        low.1 - 10.0,
                        low.0,
                        low.1
                    ),
                    cloth.shade(0.76),
                    3.4,
                );
            }
        }
        if let Some(prop) = held.filter(|prop| !super::held::behind_hand(*prop)) {
            super::held::draw(pen, prop, hand, self.bones.view);
        }
    }

    fn hand(&self, pen: &mut Pen<'_>, elbow: P, hand: P, index: usize) {
        let skin = self.look.skin;
        let size = 15.0 * self.build.thick;
        let (dx, dy) = (hand.0 - elbow.0, hand.1 - elbow.1);
        let length = (dx * dx + dy * dy).sqrt().max(1.0);
        let (ux, uy) = (dx / length, dy / length);
        let tip = (hand.0 + ux * size * 0.9, hand.1 + uy * size * 0.9);
        if self.points && index == 1 {
            let finger = (hand.0 + ux * size * 2.6, hand.1 + uy * size * 2.6);
            pen.limb(&[(hand, finger, size * 0.7)], skin);
        }
        let thumb = (hand.0 + ux * size * 0.4 + uy * size * 1.1, hand.1 + uy * size * 0.4 - ux * size * 1.1);
        pen.limb(&[(hand, tip, size * 1.8), (hand, thumb, size * 0.8)], skin);
    }
}

/// Which part of the head is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::picture) enum Layer {
    /// What hangs behind the body.
    Behind,
    /// The rest.
    Face,
}

/// A person's head with hair, beard and hat.
pub(super) fn head(pen: &mut Pen<'_>, look: &Look, view: View, mood: Mood, now: Face, layer: Layer) {
    let hair = look.cut.shape();
    let draw = |pen: &mut Pen<'_>, d: &str, colour: Rgb| {
        if !d.is_empty() {
            pen.shape(d, colour);
        }
    };
    if layer == Layer::Behind {
        draw(pen, if view == View::Side { hair.tail } else { hair.back }, look.hair.shade(0.82));
        return;
    }
    if view == View::Side && !hair.tail.is_empty() {
        draw(pen, hair.tail, look.hair.shade(0.9));
    }
    draw(pen, hair.knot, look.hair.shade(0.94));
    face(pen, look, view, mood, now);
    if let Some(beard) = look.beard.filter(|_| view != View::Back) {
        let (front, side) = beard.shapes();
        pen.open(if view == View::Turned { "translate(14 0) scale(0.92 1)" } else { "translate(0 0)" }, 1.0, 92.0);
        pen.shape(if view == View::Side { side } else { front }, look.hair);
        pen.close();
    }
    match view {
        View::Front => draw(pen, hair.front, look.hair),
        View::Turned => {
            pen.open("translate(4 0)", 1.0, 92.0);
            draw(pen, hair.front, look.hair);
            pen.close();
        }
        View::Side => draw(pen, hair.side, look.hair),
        View::Back => {
            if !hair.front.is_empty() {
                draw(pen, "M-84 -96 C-88 -44 -60 -8 0 -6 C60 -8 88 -44 84 -96 C80 -216 -80 -216 -84 -96 Z", look.hair);
                pen.stroke(
                    "M-44 -180 Q-54 -100 -46 -30 M-14 -190 Q-18 -100 -14 -20 M18 -190 Q22 -100 18 -20 M48 -180 Q56 -100 48 -30",
                    look.hair.shade(1.2),
                    3.0,
                );
            }
            draw(pen, hair.behind, look.hair);
        }
    }
    if matches!(view, View::Front | View::Turned) && !hair.front.is_empty() && !pen.inked() {
        pen.stroke("M-58 -176 Q-10 -196 50 -178", look.hair.shade(1.3).mix(look.hair, if pen.real() { 0.5 } else { 0.0 }), 7.0);
    }
    if let Some(hat) = look.hat {
        for (d, tint) in hat.parts() {
            let colour = look.tint(*tint, pen.stage);
            pen.shape(d, colour);
        }
    }
}
