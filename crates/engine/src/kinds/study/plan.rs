//! Which courses a run works through.

use domain::{
    course::{Course, MAX_COURSES, Term},
    study::Level,
    text::one_line,
};
use ports::campus::{Freshness, Listing};
use serde::{Deserialize, Serialize};

use super::{
    Failure,
    log::Note,
    run::{Run, corrupt, count},
    summary,
};

/// The task's progress in percent when the plan is made (docs/surfaces/campus.md, How a task goes).
pub(super) const PLANNED: i64 = 30;

/// The courses to work through, as a recorded step.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "record", rename = "study.plan.v1")]
pub(super) struct Plan {
    /// The courses, in order.
    pub(super) courses: Vec<Planned>,
    /// Other entries of the platform's list, which could not be read.
    #[serde(default)]
    pub(super) unread: Vec<String>,
}

/// A course of the plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Planned {
    /// Its id at the platform.
    pub(super) id: String,
    /// Its title.
    pub(super) title: String,
    /// Whether the platform has it.
    pub(super) known: bool,
    /// Why nothing is ticked off in it, if the course does not take place now.
    #[serde(default)]
    pub(super) untimely: Option<String>,
}

impl Planned {
    fn of(course: &Course) -> Self {
        let untimely = match course.term {
            Term::Running => None,
            Term::Ahead => Some("课程尚未开始，不代为勾选".to_owned()),
            Term::Over => Some("课程已结束，不代为勾选".to_owned()),
        };
        Self { id: course.id.clone(), title: course.clone().plain().name, known: true, untimely }
    }

    fn unknown(id: &str) -> Self {
        Self { id: id.to_owned(), title: format!("编号为 {id} 的课程"), known: false, untimely: None }
    }

    /// Its name within a sentence.
    pub(super) fn name(&self) -> String {
        if self.known { format!("《{}》", self.title) } else { self.title.clone() }
    }
}

impl Run<'_> {
    /// The plan: the recorded one, or one made from the courses asked for and those that there are.
    pub(super) async fn plan(&mut self, asked: &[String]) -> Result<Plan, Failure> {
        if let Some(text) = self.steps.get("plan") {
            let plan: Plan = serde_json::from_str(text).map_err(|_| corrupt())?;
            self.titles = plan.courses.iter().map(|course| course.title.clone()).collect();
            return Ok(plan);
        }
        let Listing { courses: found, unread } = self.list().await?;
        let course = |id: &String| {
            let found = found.iter().find(|course| course.id == *id);
            found.map_or_else(|| Planned::unknown(id), Planned::of)
        };
        let every: Vec<String> = found.iter().take(MAX_COURSES).map(|course| course.id.clone()).collect();
        let courses: Vec<Planned> = if asked.is_empty() { &every } else { asked }.iter().map(course).collect();
        if courses.is_empty() {
            let message = match unread.len() {
                0 => "该账号下没有课程".to_owned(),
                count => format!("课程列表中的 {count} 项均无法识别，请本人在学习平台上查看"),
            };
            return Err(Failure { code: "NO_COURSES", message, again: None });
        }
        self.titles = courses.iter().map(|course| course.title.clone()).collect();
        let unread = unread.into_iter().take(MAX_COURSES).map(|name| one_line(&name, 80)).collect();
        let plan = Plan { courses, unread };
        let line = format!("获取到 {} 门课程，本次学习 {} 门", found.len(), plan.courses.len());
        let unread = summary::unread(&plan.unread);
        let text = serde_json::to_string(&plan).map_err(|_| corrupt())?;
        let counts = (self.titles.clone(), 0, count(plan.courses.len()));
        let mut note = Note { courses: Some(counts), ..Note::line(Level::Info, line) };
        if asked.is_empty() && found.len() > MAX_COURSES {
            let line = format!("一次任务最多学习 {MAX_COURSES} 门课程，其余课程请另建任务并指定 course_ids");
            note.lines.push((Level::Warning, line));
        }
        note.lines.extend(unread.map(|line| (Level::Warning, line)));
        self.write(note.and_step("plan".to_owned(), text)).await?;
        self.job.report(PLANNED, "课程", "已获取课程列表").await?;
        Ok(plan)
    }

    /// Looks once more for a course that was unknown when the plan was made: its learner may have been enrolled since.
    pub(super) async fn found_since(&self, planned: &Planned) -> Result<Planned, Failure> {
        let Listing { courses, .. } = self.list().await?;
        let found = courses.iter().find(|course| course.id == planned.id);
        Ok(found.map_or_else(|| planned.clone(), Planned::of))
    }

    async fn list(&self) -> Result<Listing, Failure> {
        let asked = self.learner.campus.courses(&self.learner.token, Freshness::Now);
        let listed = self.patiently("读取课程列表", asked).await;
        self.or_fail(listed, "课程列表").await
    }
}
