//! One run over one task: signing in, the plan, then course by course and item by item. What is finished is a recorded step, so that
//! a run after a pause, a crash or an outage goes on where the last one was.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, atomic::AtomicI64},
    time::Duration,
};

use domain::{
    course::{Item, Stand},
    study::{Level, Standing},
};
use ports::campus::{Trouble, Worked};

use super::{
    Ending, Failure, Output,
    diary::{Note, finished, write},
    locked::Way,
    plan::{Plan, Planned},
    player::{Player, Spot},
    tally::{self, Course, Outcome, Seen},
};
use crate::{
    campus::{self, Barred, Learner},
    settings::Campus,
    worker::{Job, failed},
};

/// Automatic runs after the first one, while the platform is away.
pub(super) const RETRIES: i64 = 10;
/// After so many without anything finished, an item that was away before is given up, as its platform is there.
const ITEM_RETRIES: i64 = 3;
/// The most items of one course.
const MOST_ITEMS: usize = 1000;
/// Items that were not worked on are written down together, so many at most.
const TOGETHER: usize = 50;

/// Percent of the progress (facts: campus §2.3).
const BEGUN: i64 = 5;
const ENTERING: i64 = 10;
const ENTERED: i64 = 20;

/// Works through a task.
pub(super) async fn run(settings: &Campus, job: &Job) -> Result<Ending, Failure> {
    let steps = finished(job).await?;
    let read = job.engine.db.read(job.task.id, |tx, id| Box::pin(async move { Ok(store::study::get(tx, *id).await?) }));
    let study = read.await.map_err(|error| failed(&error))?.ok_or(LOST)?.study;
    job.report(BEGUN, "准备", "准备学习").await?;
    let begun =
        if steps.is_empty() { format!("开始学习任务「{}」", study.name) } else { "从上次的进度继续学习".to_owned() };
    write(job, Note::line(Level::Info, begun)).await?;
    job.report(ENTERING, "登录", "正在登录学习平台").await?;
    let entered = tokio::select! {
        entered = campus::enter(&job.engine, job.task.account) => entered,
        () = job.stop.cancelled() => return Err(stopped()),
    };
    let learner = match entered {
        Ok(learner) => learner,
        Err(barred) => return Err(turned_away(job, barred).await),
    };
    job.report(ENTERED, "登录", "已登录学习平台").await?;
    write(job, Note::line(Level::Info, "已登录学习平台")).await?;
    let mut run = Run {
        settings,
        job,
        learner,
        steps,
        titles: Vec::new(),
        completed: 0,
        ticks: study.ticks,
        at: AtomicI64::new(ENTERED),
        unwritten: Mutex::default(),
    };
    let plan = run.plan(&study.courses).await?;
    run.courses(&plan).await
}

const LOST: Failure = Failure { code: "LOST", message: String::new(), again: None };

/// A run that cannot begin: the platform does not let the learner in, or is away.
async fn turned_away(job: &Job, barred: Barred) -> Failure {
    let (message, again) = match barred {
        Barred::Broken(error) => return failed(&error),
        Barred::Lack(_) => ("请先在配置管理中填写学习平台的账号和密码".to_owned(), None),
        Barred::Trouble(Trouble::Away { text, retry_after }) => (text, Some(retry_after.unwrap_or_default())),
        Barred::Trouble(trouble) => (format!("登录学习平台失败：{trouble}"), None),
    };
    let again = again.filter(|_| job.tried() < RETRIES);
    let (level, line) = match again {
        Some(_) => (Level::Warning, format!("{message}，稍后自动重试")),
        None => (Level::Error, message.clone()),
    };
    if let Err(lost) = write(job, Note::line(level, line)).await {
        return lost;
    }
    let code = if again.is_some() { "CAMPUS_AWAY" } else { "CAMPUS_REFUSED" };
    Failure { code, message, again }
}

pub(super) struct Run<'a> {
    pub(super) settings: &'a Campus,
    pub(super) job: &'a Job,
    pub(super) learner: Learner,
    pub(super) steps: HashMap<String, String>,
    pub(super) titles: Vec<String>,
    pub(super) completed: usize,
    pub(super) ticks: bool,
    pub(super) at: AtomicI64,
    /// What became of items that nothing was done about, not written down yet.
    pub(super) unwritten: Mutex<Note>,
}

impl Run<'_> {
    async fn courses(&mut self, plan: &Plan) -> Result<Ending, Failure> {
        let mut done = Vec::with_capacity(plan.courses.len());
        for (index, planned) in plan.courses.iter().enumerate() {
            let name = format!("course:{}", planned.id);
            let course = match self.steps.get(&name) {
                Some(text) => serde_json::from_str(text).map_err(|_| corrupt())?,
                None => {
                    let course = match self.course(planned, index, plan.courses.len()).await? {
                        Ok(course) => course,
                        Err(held) => return Ok(held),
                    };
                    let text = serde_json::to_string(&course).map_err(|_| corrupt())?;
                    let completed = self.completed + usize::from(course.succeeded());
                    let counts = (self.titles.clone(), count(completed), count(plan.courses.len()));
                    let level = if course.succeeded() { Level::Info } else { Level::Error };
                    let note = Note { courses: Some(counts), ..Note::line(level, course.line()) };
                    self.write(note.and_step(name, text)).await?;
                    course
                }
            };
            self.completed += usize::from(course.succeeded());
            self.tell(Spot::after(index, plan.courses.len())).await?;
            done.push(course);
        }
        let summary = tally::summary(&done, &plan.unread);
        if summary.completed == 0 {
            let code = if done.iter().all(Course::is_empty) { "NOTHING_TO_DO" } else { "STUDY_FAILED" };
            let message = summary.remark.unwrap_or(summary.line);
            write(self.job, Note::line(Level::Error, format!("任务失败：{message}"))).await?;
            return Err(Failure { code, message, again: None });
        }
        let how = if done.iter().any(|course| course.done > 0) { "任务完成" } else { "没有需要代为学习的内容" };
        let mut lines = vec![(Level::Info, format!("{how}：{}", summary.line))];
        lines.extend(summary.remark.iter().map(|remark| (Level::Warning, remark.clone())));
        write(self.job, Note { lines, ..Note::default() }).await?;
        let output = Output { summary: summary.line, remark: summary.remark };
        Ok(Ending::Done(serde_json::to_string(&output).map_err(|_| corrupt())?))
    }

    /// Says how far the task is between two courses.
    async fn tell(&self, spot: Spot) -> Result<(), Failure> {
        let standing = Standing { completed: count(self.completed), total: count(spot.courses), item: None };
        self.job.report_with(spot.percent(0.0), "课程", "课程学习结束", Some(standing)).await
    }

    /// Works through a course; `Err` where the task is held for its owner's word.
    async fn course(&self, planned: &Planned, course: usize, courses: usize) -> Result<Result<Course, Ending>, Failure> {
        let mut tally = Course { title: planned.title.clone(), ..Course::default() };
        if !planned.known {
            tally.closed = Some("该账号下没有这门课程".to_owned());
            return Ok(Ok(tally));
        }
        let items = match self.items(planned).await? {
            Ok(items) => items,
            Err(why) => {
                tally.closed = Some(why);
                return Ok(Ok(tally));
            }
        };
        let line = format!("开始学习课程《{}》（{}/{courses}），共 {} 个任务点", planned.title, course + 1, items.len());
        self.say(Level::Info, line).await?;
        let spot = |item| Spot { course, courses, item, items: items.len() };
        let mut locked = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let name = step(planned, item);
            if let Some(text) = self.steps.get(&name) {
                tally.count(&serde_json::from_str(text).map_err(|_| corrupt())?);
                continue;
            }
            let seen = match self.item(planned, item, spot(index)).await? {
                Met::Seen(seen) => seen,
                Met::Locked(why) => match self.locked(&name, item, why).await? {
                    Way::Passed(seen) => seen,
                    Way::Later(why) => {
                        locked.push((index, item.clone(), why));
                        continue;
                    }
                    Way::Held(why) => return Ok(Err(Ending::Held(why))),
                },
                Met::Shut(why) => return Ok(Ok(Course { closed: Some(why), ..tally })),
            };
            self.settle(&name, &seen).await?;
            tally.count(&seen);
        }
        for (index, item, why) in self.recheck(planned, locked).await? {
            let met = match item.stand {
                Stand::Locked(_) => Met::Locked(why),
                Stand::Done | Stand::Open | Stand::Tick | Stand::Left(_) => self.item(planned, &item, spot(index)).await?,
            };
            let seen = match met {
                Met::Seen(seen) => seen,
                Met::Locked(why) => Seen { title: item.shown(), outcome: Outcome::Locked, why },
                Met::Shut(why) => return Ok(Ok(Course { closed: Some(why), ..tally })),
            };
            self.settle(&step(planned, &item), &seen).await?;
            tally.count(&seen);
        }
        Ok(Ok(tally))
    }

    /// The items of a course, or why there are none to be had.
    pub(super) async fn items(&self, planned: &Planned) -> Result<Result<Vec<Item>, String>, Failure> {
        match self.unless_stopped(self.learner.campus.items(&self.learner.pass, &planned.id)).await {
            Ok(mut items) => {
                let mut met = HashSet::new();
                items.retain(|item| met.insert(item.id.clone()));
                for item in items.iter_mut().skip(MOST_ITEMS) {
                    item.stand = Stand::Left(format!("一门课程一次最多学习 {MOST_ITEMS} 项，请本人查看"));
                }
                Ok(Ok(items.into_iter().map(Item::plain).collect()))
            }
            Err(Trouble::Closed(why) | Trouble::Shut(why)) => Ok(Err(why)),
            Err(Trouble::Away { text, .. }) if self.last() => Ok(Err(text)),
            Err(trouble) => self.had(Err(trouble), &format!("课程《{}》", planned.title)).await,
        }
    }

    /// Meets one item.
    async fn item(&self, planned: &Planned, item: &Item, spot: Spot) -> Result<Met, Failure> {
        let begun = format!("begun:{}", step(planned, item));
        let seen = |outcome, why: &str| Met::Seen(Seen { title: item.shown(), outcome, why: why.to_owned() });
        match &item.stand {
            // What this attempt had begun when it was held or lost was done by it.
            Stand::Done if self.steps.contains_key(&begun) => return Ok(seen(Outcome::Done, "")),
            Stand::Done => return Ok(seen(Outcome::Known, "")),
            Stand::Locked(why) => return Ok(Met::Locked(why.clone())),
            Stand::Left(why) => return Ok(seen(Outcome::Left, why)),
            Stand::Tick if !self.ticks => return Ok(seen(Outcome::Left, "需本人确认完成，创建任务时可选择代为勾选")),
            Stand::Open | Stand::Tick => {}
        }
        let stuck = self.job.tried() >= ITEM_RETRIES && self.steps.contains_key(&begun);
        self.write(Note::line(Level::Info, format!("当前任务: {}", item.shown())).and_step(begun, String::new())).await?;
        let player = Player::new(self, planned, item, spot);
        player.tell(item.played).await?;
        match self.unless_stopped(self.learner.campus.work(&self.learner.pass, item, &player)).await {
            Ok(Worked::Done) => {
                player.tell(item.played.map(|(_, of)| (of, of)).or(Some((1, 1)))).await?;
                Ok(seen(Outcome::Done, ""))
            }
            Ok(Worked::Locked(why)) => Ok(Met::Locked(why)),
            Ok(Worked::Left(why)) => Ok(seen(Outcome::Left, &why)),
            Err(Trouble::Closed(why)) => Ok(seen(Outcome::Failed, &why)),
            Err(Trouble::Shut(why)) => Ok(Met::Shut(why)),
            Err(Trouble::Away { text, .. }) if stuck || self.last() => Ok(seen(Outcome::Failed, &text)),
            Err(trouble) => self.had(Err(trouble), &item.shown()).await,
        }
    }

    /// Whether no other run follows this one by itself.
    fn last(&self) -> bool {
        self.job.tried() >= RETRIES
    }

    /// Writes down that an item is finished with.
    async fn settle(&self, name: &str, seen: &Seen) -> Result<(), Failure> {
        let Seen { title, outcome, why } = seen;
        let (level, line) = match outcome {
            Outcome::Done => (Level::Info, format!("已完成: {title}")),
            Outcome::Known => (Level::Info, format!("此前已完成，跳过: {title}")),
            Outcome::Locked => (Level::Warning, format!("尚未开放，已跳过: {title}（{why}）")),
            Outcome::Left => (Level::Warning, format!("留给本人: {title}（{why}）")),
            Outcome::Failed => (Level::Error, format!("学习失败: {title}（{why}）")),
        };
        let text = serde_json::to_string(seen).map_err(|_| corrupt())?;
        let note = Note::line(level, line).and_step(name.to_owned(), text);
        let waits = match outcome {
            Outcome::Known | Outcome::Left | Outcome::Locked => {
                let mut unwritten = self.unwritten.lock().expect("no holder of this lock panics");
                unwritten.join(note);
                unwritten.steps.len() < TOGETHER
            }
            Outcome::Done => return self.write(Note { advances: true, ..note }).await,
            Outcome::Failed => return self.write(note).await,
        };
        if waits { Ok(()) } else { self.write(Note::default()).await }
    }

    pub(super) async fn say(&self, level: Level, line: String) -> Result<(), Failure> {
        self.write(Note::line(level, line)).await
    }

    /// Writes down what waited for it, and this behind it.
    pub(super) async fn write(&self, note: Note) -> Result<(), Failure> {
        let mut all = std::mem::take(&mut *self.unwritten.lock().expect("no holder of this lock panics"));
        all.join(note);
        write(self.job, all).await
    }

    /// What was asked of the platform, or the end of this run.
    pub(super) async fn had<T>(&self, outcome: Result<T, Trouble>, what: &str) -> Result<T, Failure> {
        let trouble = match outcome {
            Ok(had) => return Ok(had),
            Err(trouble) => trouble,
        };
        let (level, message, again) = match &trouble {
            Trouble::Stopped => return Err(stopped()),
            Trouble::Away { text, retry_after } => (Level::Warning, format!("{what}：{text}"), Some(retry_after.unwrap_or_default())),
            Trouble::Refused(why) | Trouble::Closed(why) | Trouble::Shut(why) => (Level::Error, format!("{what}：{why}"), None),
            Trouble::Ended(why) => {
                campus::expire(&self.job.engine, &self.learner).await.map_err(|error| failed(&error))?;
                (Level::Error, format!("{what}：{why}"), None)
            }
        };
        let again = again.filter(|_| !self.last());
        let line = if again.is_some() { format!("{message}，稍后自动重试") } else { message.clone() };
        self.say(level, line).await?;
        let code = if matches!(trouble, Trouble::Away { .. }) { "CAMPUS_AWAY" } else { "CAMPUS_REFUSED" };
        Err(Failure { code, message, again })
    }

    /// What the platform says, unless the task is taken away first.
    pub(super) async fn unless_stopped<T>(&self, asked: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
        tokio::select! {
            had = asked => had,
            () = self.job.stop.cancelled() => Err(Trouble::Stopped),
        }
    }

    pub(super) async fn wait(&self, span: Duration) -> Result<(), Trouble> {
        tokio::select! {
            () = tokio::time::sleep(span) => Ok(()),
            () = self.job.stop.cancelled() => Err(Trouble::Stopped),
        }
    }
}

/// What meeting an item came to.
enum Met {
    /// It is finished with.
    Seen(Seen),
    /// It is not open: why.
    Locked(String),
    /// Its course is shut: why.
    Shut(String),
}

/// A run whose task was taken away from it.
pub(super) fn stopped() -> Failure {
    Failure { code: "STOPPED", message: "任务已暂停或取消 (stopped)".to_owned(), again: Some(Duration::ZERO) }
}

/// The name of an item's step.
fn step(planned: &Planned, item: &Item) -> String {
    format!("item:{}:{}", planned.id, item.id)
}

pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn corrupt() -> Failure {
    Failure { code: "INTERNAL", message: "任务记录无法读取".to_owned(), again: None }
}
