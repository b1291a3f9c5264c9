//! Who can be seen: whoever was mentioned, until they go, the place changes, or nothing has been heard of them for a while.

use ports::film::{Language, Pose};

/// Somebody who is there.
#[derive(Debug, Clone, Copy)]
struct Here {
    who: usize,
    /// How far the text was when they were last mentioned.
    last: usize,
    pose: Pose,
    gone: bool,
}

/// Everybody who is there.
#[derive(Debug)]
pub(crate) struct Presence {
    here: Vec<Here>,
    position: usize,
    /// How many characters of text somebody is still there without being mentioned.
    lasts: usize,
}

impl Presence {
    pub(crate) fn new(language: Language) -> Self {
        let lasts = match language {
            Language::Chinese => 100,
            Language::English => 420,
        };
        Self { here: Vec::new(), position: 0, lasts }
    }

    /// Goes on in the text: whoever left is no longer there, and nobody who only passed by stays as they stood.
    pub(crate) fn go(&mut self, characters: usize) {
        self.position += characters;
        self.here.retain(|here| !here.gone);
        for here in &mut self.here {
            if matches!(here.pose, Pose::Walking | Pose::Running | Pose::Bowing | Pose::Pointing | Pose::Leaving) {
                here.pose = Pose::Standing;
            }
        }
    }

    /// Somebody is mentioned.
    pub(crate) fn see(&mut self, who: usize) {
        let position = self.position;
        match self.here.iter_mut().find(|here| here.who == who) {
            Some(here) => here.last = position,
            None => self.here.push(Here { who, last: position, pose: Pose::Standing, gone: false }),
        }
    }

    pub(crate) fn pose(&mut self, who: usize, pose: Pose) {
        if let Some(here) = self.here.iter_mut().find(|here| here.who == who) {
            here.pose = pose;
        }
    }

    /// Somebody goes: they are seen doing it.
    pub(crate) fn leave(&mut self, who: usize) {
        if let Some(here) = self.here.iter_mut().find(|here| here.who == who) {
            here.gone = true;
        }
    }

    /// The story is somewhere else: only whoever is mentioned from `since` on came along.
    pub(crate) fn moved(&mut self, since: usize) {
        self.here.retain(|here| here.last >= since);
    }

    pub(crate) fn has(&self, who: usize) -> bool {
        self.here.iter().any(|here| here.who == who && here.last + self.lasts >= self.position)
    }

    pub(crate) fn clear(&mut self) {
        self.here.clear();
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// Everybody who is there with what they do, the last mentioned first.
    pub(crate) fn everybody(&self) -> Vec<(usize, Pose)> {
        let mut there: Vec<&Here> = self.here.iter().filter(|here| here.last + self.lasts >= self.position).collect();
        there.sort_by_key(|here| std::cmp::Reverse(here.last));
        there.iter().map(|here| (here.who, here.pose)).collect()
    }
}
