//! People: one look per character, fixed by age, sex, trade and the seed of the name; any pose, from any side.

mod body;
mod bones;
mod dress;
mod face;
mod hair;
mod hat;
mod held;
mod look;
mod role;

use ports::film::{Character, Mood, Pose, Prop, Style};

pub(in crate::picture) use self::body::Layer;
use self::{
    body::{Body, head},
    bones::{Bones, Build},
    look::Look,
};
pub use self::{
    bones::{Hands, View},
    face::Face,
    held::holds,
};
use super::{light::Rgb, pen::Pen, stage::Stage};

/// Somebody in a moment.
#[derive(Debug, Clone, Copy)]
pub struct Actor<'a> {
    /// Who.
    pub character: &'a Character,
    /// How they feel.
    pub mood: Mood,
    /// What the face does.
    pub face: Face,
    /// What the body does.
    pub pose: Pose,
    /// What the hands do.
    pub hands: Hands,
    /// From where they are seen, where the pose does not say.
    pub view: Option<View>,
    /// What they hold.
    pub held: Option<Prop>,
    /// In bed where they lie, on a stool where they sit.
    pub furnished: bool,
    /// An animal that walks on two legs.
    pub upright: bool,
}

/// What is drawn in the units of whoever it belongs to.
type Part<'a> = Option<&'a dyn Fn(&mut Pen<'_>)>;
type Over<'a> = Option<&'a dyn Fn(&mut Pen<'_>, View)>;
type Head<'a> = Option<&'a dyn Fn(&mut Pen<'_>, View, Layer)>;

/// What somebody wears in a guise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::picture) enum Attire {
    /// Their own.
    Own,
    /// A long robe under loose hair.
    Shroud,
    /// Torn cloth.
    Rags,
    /// A lady's best.
    Finery,
}

/// In what a figure differs from the person that its character would be.
pub(in crate::picture) struct Guise<'a> {
    pub(in crate::picture) skin: Option<Rgb>,
    pub(in crate::picture) hair: Option<Rgb>,
    /// Cloth and trim.
    pub(in crate::picture) cloth: Option<(Rgb, Rgb)>,
    /// How tall, as a share of what it would be; of an adult for a beast.
    pub(in crate::picture) tall: f64,
    pub(in crate::picture) head_size: f64,
    pub(in crate::picture) attire: Attire,
    /// Another head.
    pub(in crate::picture) head: Head<'a>,
    /// Over the head, in its units.
    pub(in crate::picture) over: Over<'a>,
    /// Behind the body, in its units.
    pub(in crate::picture) behind: Part<'a>,
    /// No person: neither stout nor young.
    pub(in crate::picture) beast: bool,
}

impl Default for Guise<'_> {
    fn default() -> Self {
        Self {
            skin: None,
            hair: None,
            cloth: None,
            tall: 1.0,
            head_size: 1.0,
            attire: Attire::Own,
            head: None,
            over: None,
            behind: None,
            beast: false,
        }
    }
}

/// Where somebody is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    /// From the left, in pixels.
    pub x: f64,
    /// From the top, in pixels.
    pub y: f64,
    /// What `y` and `size` speak of.
    pub anchor: Anchor,
    /// In pixels.
    pub size: f64,
    /// Looking to the left.
    pub flip: bool,
}

impl Spot {
    /// The same spot with a whole figure so many times as large.
    pub(in crate::picture) fn nearer(self, factor: f64) -> Self {
        match self.anchor {
            Anchor::Feet => Self { size: self.size * factor, ..self },
            Anchor::Chin => self,
        }
    }
}

/// How somebody is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The feet are at the spot; the size is an adult's height.
    Feet,
    /// The chin is at the spot; the size is the head's height.
    Chin,
}

/// Whether a group is of all sorts: one with a trade wears its dress.
pub(in crate::picture) fn mixed(group: &Character) -> bool {
    use role::Role;
    match role::role(group) {
        None | Some(Role::Pupil | Role::Servant | Role::Farmer | Role::Rich | Role::Beggar) => true,
        Some(_) => false,
    }
}

/// Draws somebody.
#[must_use]
pub fn draw(stage: &Stage, actor: Actor<'_>, spot: Spot) -> String {
    draw_as(stage, actor, spot, &Guise::default())
}

/// Draws somebody in a guise.
pub(in crate::picture) fn draw_as(stage: &Stage, actor: Actor<'_>, spot: Spot, guise: &Guise<'_>) -> String {
    let mut look = Look::of(actor.character, stage);
    look.disguise(guise, stage);
    let mut build = Build::of(stage.style, look.age, look.woman, look.stout);
    build.tall = if guise.beast { guise.tall } else { build.tall * guise.tall };
    build.head *= guise.head_size;
    let bones = Bones::of(&build, actor.pose, actor.hands, actor.view);
    let scale = match spot.anchor {
        Anchor::Feet => spot.size * build.tall / 700.0,
        Anchor::Chin => spot.size / (212.0 * build.head),
    };
    let (cx, cy) = bones.chin();
    let mirror = if spot.flip { -scale } else { scale };
    let (x, y) = match spot.anchor {
        Anchor::Feet => (spot.x, spot.y),
        Anchor::Chin => (spot.x - cx * mirror, spot.y - cy * scale),
    };
    let lies = actor.pose == Pose::Lying;
    let mut pen = Pen::new(stage, format!("f{:x}x{:.0}y{:.0}", actor.character.seed & 0xffff, spot.x, spot.y), scale);
    let turn = if lies { " translate(330 -64) rotate(-90)" } else { "" };
    if spot.anchor == Anchor::Feet {
        let (rx, at) = if lies { (350.0, 0.0) } else { (112.0, bones.hip.0 * 0.5) };
        let opacity = if stage.style == Style::Realistic { 0.34 } else { 0.22 };
        let _ = std::fmt::Write::write_fmt(
            &mut pen.svg,
            format_args!(
                "<ellipse cx=\"{:.1}\" cy=\"{y:.1}\" rx=\"{:.1}\" ry=\"{:.1}\" fill=\"#000\" fill-opacity=\"{opacity}\"/>",
                x + at * mirror,
                rx * scale,
                22.0 * scale
            ),
        );
    }
    pen.open(&format!("translate({x:.1} {y:.1}) scale({mirror:.4} {scale:.4})"), 1.0, 120.0);
    if actor.furnished {
        furniture(&mut pen, actor.pose, &bones);
    }
    pen.open(turn, 1.0, 120.0);
    let hangs = matches!(actor.pose, Pose::Standing | Pose::Pointing | Pose::Leaving);
    let (view, mood, face) = (bones.view, actor.mood, actor.face);
    let body = Body { look: &look, build, bones, held: actor.held, points: actor.pose == Pose::Pointing, hangs };
    if let Some(behind) = guise.behind {
        behind(&mut pen);
    }
    body.draw(&mut pen, |pen, layer: Layer| match guise.head {
        Some(other) => other(pen, view, layer),
        None => {
            head(pen, &look, view, mood, face, layer);
            if let Some(over) = guise.over.filter(|_| layer == Layer::Face) {
                over(pen, view);
            }
        }
    });
    pen.close();
    if lies && actor.furnished {
        quilt(&mut pen);
    }
    pen.close();
    pen.svg
}

/// What somebody sits or lies on.
fn furniture(pen: &mut Pen<'_>, pose: Pose, bones: &Bones) {
    let wood = pen.stage.c(0x8a5a36);
    match pose {
        Pose::Sitting => {
            let (x, y) = (bones.hip.0, bones.hip.1 + 34.0);
            pen.shape(&format!("M{:.1} {y:.1} h124 v20 h-124 Z", x - 62.0), wood);
            pen.shape(
                &format!("M{:.1} {:.1} h16 V0 h-16 Z M{:.1} {:.1} h16 V0 h-16 Z", x - 54.0, y + 20.0, x + 38.0, y + 20.0),
                wood.shade(0.8),
            );
        }
        Pose::Lying => {
            pen.shape("M-420 -14 H420 V60 H-420 Z", wood);
            pen.shape("M-436 -150 h26 V80 h-26 Z M414 -90 h26 V80 h-26 Z", wood.shade(0.8));
            let linen = pen.stage.c(0xf2ece0);
            pen.shape("M-408 -24 H412 V12 H-408 Z", linen);
            pen.shape("M-404 -62 Q-330 -84 -262 -62 Q-250 -40 -262 -22 Q-330 -12 -404 -22 Q-416 -40 -404 -62 Z", linen.shade(1.06));
        }
        Pose::Standing | Pose::Walking | Pose::Running | Pose::Bowing | Pose::Pointing | Pose::Kneeling | Pose::Riding | Pose::Leaving => {}
    }
}

/// A quilt over somebody who lies.
fn quilt(pen: &mut Pen<'_>) {
    let (cloth, fold) = (pen.stage.c(0x6f8fb8), pen.stage.c(0x52709a));
    pen.shape("M-120 -120 Q60 -150 220 -124 Q330 -130 404 -84 L410 20 H-128 Q-140 -60 -120 -120 Z", cloth);
    pen.stroke("M-60 -118 Q-40 -50 -52 10 M80 -128 Q100 -60 88 12 M230 -120 Q246 -60 238 12", fold, 5.0);
}
