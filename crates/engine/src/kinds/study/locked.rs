//! Items that are not open: looked at again, passed over, or put before their learner.

use domain::{
    course::{Item, NotOpen, Stand},
    study::Level,
};

use super::{
    Failure,
    diary::Note,
    plan::Planned,
    run::{Run, stopped},
    tally::{Outcome, Seen},
};

/// How often a locked item is looked at again.
const RECHECKS: usize = 2;

/// What is done about an item that is not open.
pub(super) enum Way {
    /// It is left.
    Passed(Seen),
    /// It is looked at again after the others: why it was locked.
    Later(String),
    /// The task waits for its owner's word: what it says to them.
    Held(String),
}

impl Run<'_> {
    /// What is done about an item that is not open, as its learner wants it.
    pub(super) async fn locked(&self, name: &str, item: &Item, why: String) -> Result<Way, Failure> {
        let asked = format!("asked:{name}");
        match self.learner.place.not_open {
            NotOpen::Retry => {
                self.say(Level::Warning, format!("尚未开放: {}（{why}），稍后再试", item.shown())).await?;
                Ok(Way::Later(why))
            }
            NotOpen::Ask if !self.steps.contains_key(&asked) => {
                let why = format!("「{}」尚未开放（{why}）：恢复任务将跳过它，也可以先到学习平台处理", item.title);
                self.write(Note::line(Level::Warning, why.clone()).and_step(asked, String::new())).await?;
                Ok(Way::Held(why))
            }
            NotOpen::Ask | NotOpen::Continue => Ok(Way::Passed(Seen { title: item.shown(), outcome: Outcome::Locked, why })),
        }
    }

    /// Waits a little, and gives the locked items back as they stand then.
    pub(super) async fn recheck(
        &self,
        planned: &Planned,
        mut locked: Vec<(usize, Item, String)>,
    ) -> Result<Vec<(usize, Item, String)>, Failure> {
        for _ in 0..RECHECKS {
            if !locked.iter().any(|(_, item, _)| matches!(item.stand, Stand::Locked(_))) {
                break;
            }
            self.wait(self.settings.recheck).await.map_err(|_| stopped())?;
            let Ok(items) = self.items(planned).await? else { break };
            for (_, item, why) in &mut locked {
                if let Some(now) = items.iter().find(|now| now.id == item.id) {
                    if let Stand::Locked(reason) = &now.stand {
                        why.clone_from(reason);
                    }
                    item.clone_from(now);
                }
            }
        }
        Ok(locked)
    }
}
