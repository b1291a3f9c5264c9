//! Progress: stages weighted by the seconds they are expected to take, reported with a text and never decreasing.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::time::Timestamp;

use crate::worker::{Failure, Job};

/// The stages in order, with the names that the document has for them, where it has any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Read,
    Script,
    Portraits,
    Speech,
    Pictures,
    Segments,
    Film,
}

impl Stage {
    const ALL: [Self; 7] = [Self::Read, Self::Script, Self::Portraits, Self::Speech, Self::Pictures, Self::Segments, Self::Film];

    /// What a front end shows as the current step.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Read => "解析文本",
            Self::Script => "提取角色与分镜",
            Self::Portraits => "生成角色图像",
            Self::Speech => "合成语音",
            Self::Pictures => "生成场景画面",
            Self::Segments => "渲染片段",
            Self::Film => "合成视频",
        }
    }

    fn message(self, done: usize, of: usize) -> String {
        let number = (done + 1).min(of.max(1));
        match self {
            Self::Read => "正在解析文本".to_owned(),
            Self::Script => "正在提取角色并划分镜头".to_owned(),
            Self::Portraits if of == 0 => "没有需要绘制的角色".to_owned(),
            Self::Portraits => format!("正在生成第 {number}/{of} 个角色"),
            Self::Speech => format!("正在合成第 {number}/{of} 句语音"),
            Self::Pictures => format!("正在生成第 {number}/{of} 个场景"),
            Self::Segments => format!("正在渲染第 {number}/{of} 个片段"),
            Self::Film => "正在合成视频".to_owned(),
        }
    }
}

/// How much there is to do, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Amounts {
    pub(super) characters: usize,
    pub(super) cues: usize,
    pub(super) scenes: usize,
    pub(super) film_seconds: f64,
    /// A provider's picture takes seconds, a drawn one a fraction.
    pub(super) painted: bool,
}

impl Amounts {
    /// Seconds each stage is expected to take.
    fn seconds(&self, stage: Stage) -> f64 {
        let picture = if self.painted { 12.0 } else { 0.35 };
        match stage {
            Stage::Read => 0.1,
            Stage::Script => 0.5,
            Stage::Portraits => picture * self.characters as f64,
            Stage::Speech => 0.06 * self.cues as f64,
            Stage::Pictures => picture * self.scenes as f64,
            Stage::Segments => 0.28 * self.film_seconds + 0.2 * self.scenes as f64,
            Stage::Film => 0.06 * self.film_seconds + 0.1 * self.scenes as f64,
        }
    }

    /// The task's progress in percent when this share of a stage is done.
    pub(super) fn percent(&self, stage: Stage, share: f64) -> i64 {
        let total: f64 = Stage::ALL.into_iter().map(|stage| self.seconds(stage)).sum();
        let before: f64 = Stage::ALL.into_iter().take_while(|other| *other != stage).map(|stage| self.seconds(stage)).sum();
        ((before + self.seconds(stage) * share) / total.max(0.001) * 99.0) as i64
    }
}

/// Reports a stage's progress item by item, with several items worked on at once.
pub(super) struct Teller<'a> {
    job: &'a Job,
    amounts: Amounts,
    stage: Stage,
    done: AtomicUsize,
    of: usize,
    began: Timestamp,
}

impl<'a> Teller<'a> {
    /// Begins a stage of so many items.
    pub(super) async fn begin(job: &'a Job, amounts: Amounts, stage: Stage, of: usize) -> Result<Self, Failure> {
        let teller = Self { job, amounts, stage, done: AtomicUsize::new(0), of, began: job.engine.now() };
        teller.report(0).await?;
        Ok(teller)
    }

    /// Reports that one more item is done.
    pub(super) async fn step(&self) -> Result<(), Failure> {
        let done = self.done.fetch_add(1, Ordering::SeqCst) + 1;
        self.report(done).await
    }

    async fn report(&self, done: usize) -> Result<(), Failure> {
        let share = done as f64 / self.of.max(1) as f64;
        self.job.report(self.amounts.percent(self.stage, share), self.stage.word(), &self.stage.message(done, self.of)).await
    }

    /// The stage's name and how many seconds it took.
    pub(super) fn end(&self) -> (String, f64) {
        (self.stage.word().to_owned(), self.job.engine.now().since(self.began).as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_follow_each_other_and_never_reach_a_hundred() {
        let amounts = Amounts { characters: 3, cues: 20, scenes: 8, film_seconds: 60.0, painted: false };
        let mut last = 0;
        for stage in Stage::ALL {
            for share in [0.0, 0.5, 1.0] {
                let percent = amounts.percent(stage, share);
                assert!(percent >= last && percent < 100, "{stage:?} {share}: {percent} after {last}");
                last = percent;
            }
        }
    }

    #[test]
    fn messages_are_worded_like_the_documents() {
        assert_eq!(Stage::Pictures.message(2, 5), "正在生成第 3/5 个场景");
        assert_eq!(Stage::Pictures.message(5, 5), "正在生成第 5/5 个场景");
        assert_eq!((Stage::Portraits.word(), Stage::Pictures.word()), ("生成角色图像", "生成场景画面"));
    }
}
