//! One run over one task: signing in, the plan, then course by course. What is finished is a recorded step, so that a run after a
//! pause, a crash or an outage resumes where the last one stopped.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::{
    course::Ticks,
    study::{CourseProgress, Level},
};
use ports::campus::CampusError;

use super::{
    Ending, Failure, Output,
    course::CourseEnd,
    log::{Note, finished, write},
    plan::Plan,
    player::Spot,
    summary::{self, Course},
};
use crate::{
    campus::{self, Learner, SignInError},
    settings::Campus,
    worker::{Job, failed},
};

/// Automatic runs after the first one, while the platform is away.
pub(super) const RETRIES: i64 = 10;
/// After this many refusals in a row with unknown reasons, the platform is not asked for anything more.
const UNKNOWN_REFUSALS: usize = 3;
/// How often it is reported that the task is still waiting for the platform.
const STILL_WAITING: Duration = Duration::from_secs(5);
/// A call that takes this many of those spans is logged as slow.
const SLOW: u64 = 2;

/// Progress in percent (docs/surfaces/campus.md, How a task goes).
const BEGUN: i64 = 5;
const SIGNING_IN: i64 = 10;
const SIGNED_IN: i64 = 20;

/// Works through a task.
pub(super) async fn run(settings: &Campus, job: &Job) -> Result<Ending, Failure> {
    let steps = finished(job).await?;
    let id = job.task.id;
    let read = job.engine.db.read(async move |tx| Ok(store::study::get(tx, id).await?));
    let study = read.await.map_err(|error| failed(&error))?.ok_or(LOST)?.study;
    job.report(BEGUN, "准备", "准备学习").await?;
    let begun =
        if steps.is_empty() { format!("开始学习任务「{}」", study.name) } else { "从上次的进度继续学习".to_owned() };
    write(job, Note::line(Level::Info, begun)).await?;
    job.report(SIGNING_IN, "登录", "正在登录学习平台").await?;
    // Which site's queue they are in is known only once they are signed in.
    let signing_in = patiently(job, SIGNING_IN, "登录", || 0, campus::sign_in(&job.engine, job.task.account));
    let learner = match signing_in.await.ok_or_else(stopped)? {
        Ok(learner) => learner,
        Err(error) => return Err(not_signed_in(job, error).await),
    };
    job.report(SIGNED_IN, "登录", "已登录学习平台").await?;
    write(job, Note::line(Level::Info, "已登录学习平台")).await?;
    let mut run = Run {
        settings,
        job,
        learner,
        resumed: steps.contains_key("plan"),
        steps,
        titles: Vec::new(),
        completed: 0,
        ticks: study.ticks,
        at: AtomicI64::new(SIGNED_IN),
        unknown_refusals: AtomicUsize::new(0),
        unwritten: Mutex::default(),
    };
    let plan = run.plan(&study.courses).await?;
    run.courses(&plan).await
}

const LOST: Failure = Failure { code: "LOST", message: String::new(), again: None };

/// The failure of a run that cannot begin: the platform does not let the learner in, or is unavailable.
async fn not_signed_in(job: &Job, error: SignInError) -> Failure {
    let (message, again) = match error {
        SignInError::Broken(error) => return failed(&error),
        SignInError::Refused(domain::refusal::Refusal::CampusRefused { platform, why }) => (format!("登录 {platform} 失败：{why}"), None),
        SignInError::Refused(_) => ("请先在配置管理中填写学习平台的账号和密码，或访问令牌".to_owned(), None),
        SignInError::Campus(_, CampusError::Away { text, retry_after }) => (text, Some(retry_after.unwrap_or_default())),
        SignInError::Campus(platform, error) => (format!("登录 {platform} 失败：{error}"), None),
    };
    let again = again.filter(|_| job.failed_runs() < RETRIES);
    if again.is_some()
        && let Err(lost) = write(job, Note::line(Level::Warning, format!("{message}，稍后自动重试"))).await
    {
        return lost;
    }
    let code = if again.is_some() { "CAMPUS_AWAY" } else { "CAMPUS_REFUSED" };
    Failure { code, message, again }
}

pub(super) struct Run<'a> {
    pub(super) settings: &'a Campus,
    pub(super) job: &'a Job,
    pub(super) learner: Learner,
    /// Whether an earlier run made the plan.
    pub(super) resumed: bool,
    pub(super) steps: HashMap<String, String>,
    pub(super) titles: Vec<String>,
    pub(super) completed: usize,
    pub(super) ticks: Ticks,
    pub(super) at: AtomicI64,
    /// How often in a row the platform refused for a reason that the connector does not know.
    unknown_refusals: AtomicUsize,
    /// The outcomes of items that were not worked on, which are not written yet.
    pub(super) unwritten: Mutex<Note>,
}

impl Run<'_> {
    async fn courses(&mut self, plan: &Plan) -> Result<Ending, Failure> {
        let mut done: Vec<Course> = Vec::with_capacity(plan.courses.len());
        for (index, planned) in plan.courses.iter().enumerate() {
            let name = format!("course:{}", planned.id);
            // A record of another version is rebuilt from its items.
            let recorded = self.steps.get(&name).and_then(|text| serde_json::from_str(text).ok());
            let course = match recorded {
                Some(course) => course,
                None => {
                    let course = match self.course(planned, index, plan.courses.len()).await? {
                        CourseEnd::Finished(course) => course,
                        CourseEnd::Held(why) => return Ok(Ending::Held(why)),
                    };
                    self.finish(&course, name, plan).await?;
                    course
                }
            };
            self.completed += usize::from(course.completed());
            self.publish(Spot::after(index, plan.courses.len())).await?;
            done.push(course);
        }
        let summary = summary::summary(&done, &plan.unread);
        if !done.iter().any(Course::worked_through) {
            let code = if done.iter().all(Course::is_empty) { "NOTHING_TO_DO" } else { "STUDY_FAILED" };
            return Err(Failure { code, message: summary.remark.unwrap_or(summary.line), again: None });
        }
        let how = if done.iter().any(|course| course.done() > 0) { "任务完成" } else { "任务结束" };
        // What is left was logged at the end of each course.
        self.log(Level::Info, format!("{how}：{}", summary.line)).await?;
        let output = Output { summary: summary.line, remark: summary.remark };
        Ok(Ending::Done(serde_json::to_string(&output).map_err(|_| corrupt())?))
    }

    /// Records the outcome of a course.
    async fn finish(&self, course: &Course, name: String, plan: &Plan) -> Result<(), Failure> {
        let text = serde_json::to_string(course).map_err(|_| corrupt())?;
        let completed = self.completed + usize::from(course.completed());
        let counts = (self.titles.clone(), count(completed), count(plan.courses.len()));
        let level = if course.worked_through() { Level::Info } else { Level::Error };
        let mut lines: Vec<_> = course.lines().into_iter().map(|line| (Level::Info, line)).collect();
        if let Some((last, others)) = lines.split_last_mut() {
            last.0 = level;
            others.iter_mut().for_each(|(level, line)| {
                if !line.starts_with("此前已完成") {
                    *level = Level::Warning;
                }
            });
        }
        let note = Note { courses: Some(counts), lines, ..Note::default() };
        self.write(note.and_step(name, text)).await
    }

    /// Reports the task's progress between two courses.
    async fn publish(&self, spot: Spot) -> Result<(), Failure> {
        let courses = CourseProgress { completed: count(self.completed), total: count(spot.courses), item: None };
        self.job.report_with(spot.percent(0.0), "课程", "课程学习结束", Some(courses)).await
    }

    /// Whether no further automatic run follows this one.
    pub(super) fn last(&self) -> bool {
        self.job.failed_runs() >= RETRIES
    }

    pub(super) async fn log(&self, level: Level, line: String) -> Result<(), Failure> {
        self.write(Note::line(level, line)).await
    }

    /// Writes what has not been written yet, followed by this note.
    pub(super) async fn write(&self, note: Note) -> Result<(), Failure> {
        let mut all = std::mem::take(&mut *self.unwritten.lock().expect("no holder of this lock panics"));
        all.join(note);
        write(self.job, all).await
    }

    /// The platform's answer, or the failure that ends this run.
    pub(super) async fn or_fail<T>(&self, outcome: Result<T, CampusError>, what: &str) -> Result<T, Failure> {
        let error = match outcome {
            Ok(had) => return Ok(had),
            Err(error) => error,
        };
        let (code, message, again) = match error {
            CampusError::Stopped => return Err(stopped()),
            CampusError::Away { text, retry_after } => ("CAMPUS_AWAY", format!("{what}：{text}"), Some(retry_after.unwrap_or_default())),
            // Whatever was asked for, this concerns the whole account.
            CampusError::AccountBlocked(why) => ("CAMPUS_REFUSED", why, None),
            CampusError::TokenRejected => {
                let why = campus::expire(&self.job.engine, &self.learner).await.map_err(|error| failed(&error))?;
                ("CAMPUS_REFUSED", why, None)
            }
            CampusError::SignInRefused(why)
            | CampusError::Unavailable(why)
            | CampusError::CourseUnavailable(why)
            | CampusError::UnknownRefusal(why) => ("CAMPUS_REFUSED", format!("{what}：{why}"), None),
        };
        let again = again.filter(|_| !self.last());
        if again.is_some() {
            self.log(Level::Warning, format!("{message}，稍后自动重试")).await?;
        } else {
            self.write(Note::default()).await?;
        }
        Err(Failure { code, message, again })
    }

    /// Counts a refusal with an unknown reason. A few are taken as refusals of one thing only; too many in a row end the run.
    pub(super) fn unknown_refusal(&self, why: &str) -> Result<(), Failure> {
        if self.unknown_refusals.fetch_add(1, Ordering::SeqCst) + 1 < UNKNOWN_REFUSALS {
            return Ok(());
        }
        let message = format!("学习平台连续拒绝了请求，已停止：{why}。请登录学习平台查看账号是否正常");
        Err(Failure { code: "CAMPUS_REFUSED", message, again: None })
    }

    /// Resets the count of unknown refusals, because the platform gave an answer that is understood.
    pub(super) fn understood(&self) {
        self.unknown_refusals.store(0, Ordering::SeqCst);
    }

    /// Waits for the platform's answer, unless the task is taken away first. The wait is reported, and slow calls are logged.
    pub(super) async fn patiently<T>(&self, what: &str, asked: impl Future<Output = Result<T, CampusError>>) -> Result<T, CampusError> {
        let waiting = || self.learner.campus.waiting(&self.learner.token.site);
        patiently(self.job, self.at.load(Ordering::SeqCst), what, waiting, asked).await.unwrap_or(Err(CampusError::Stopped))
    }

    pub(super) async fn wait(&self, span: Duration) -> Result<(), CampusError> {
        tokio::select! {
            () = tokio::time::sleep(span) => Ok(()),
            () = self.job.stop.cancelled() => Err(CampusError::Stopped),
        }
    }

    /// Waits for an item that is played, unless the task is taken away first.
    pub(super) async fn unless_stopped<T>(&self, asked: impl Future<Output = Result<T, CampusError>>) -> Result<T, CampusError> {
        tokio::select! {
            had = asked => had,
            () = self.job.stop.cancelled() => Err(CampusError::Stopped),
        }
    }
}

/// Waits for a platform's answer; `None` if the task is taken away first. Reports what the task waits for, and behind how many others;
/// slow calls are logged.
async fn patiently<T>(job: &Job, percent: i64, what: &str, waiting: impl Fn() -> usize, asked: impl Future<Output = T>) -> Option<T> {
    let mut spans = 0;
    let mut tick = tokio::time::interval(STILL_WAITING);
    tick.tick().await;
    tokio::pin!(asked);
    let outcome = loop {
        tokio::select! {
            outcome = &mut asked => break outcome,
            () = job.stop.cancelled() => return None,
            _ = tick.tick() => {
                spans += 1;
                let told = match waiting() {
                    0 => format!("等待学习平台应答：{what}"),
                    waiting => format!("学习平台较忙，排队中（{waiting} 个请求等待）：{what}"),
                };
                // If this could not be written, the next write will find out.
                let _ = job.report(percent, &told, &told).await;
            }
        }
    };
    if spans >= SLOW {
        let line = format!("学习平台应答缓慢：{what}用了约 {} 秒", spans * STILL_WAITING.as_secs());
        let _ = write(job, Note::line(Level::Warning, line)).await;
    }
    Some(outcome)
}

/// The failure of a run whose task was taken away from it.
pub(super) fn stopped() -> Failure {
    Failure { code: "STOPPED", message: "任务已暂停或取消 (stopped)".to_owned(), again: Some(Duration::ZERO) }
}

pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn corrupt() -> Failure {
    Failure { code: "INTERNAL", message: "任务记录无法读取".to_owned(), again: None }
}
