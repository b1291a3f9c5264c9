//! Which courses a run works through.

use domain::{course::MOST_COURSES, study::Level, text::one_line};
use ports::campus::Listing;
use serde::{Deserialize, Serialize};

use super::{
    Failure,
    diary::{Note, write},
    run::{Run, corrupt, count},
    tally,
};

/// Percent of the task when the plan is made (facts: campus §2.3).
pub(super) const PLANNED: i64 = 30;

/// Which courses are worked through, as a recorded step.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "record", rename = "study.plan.v1")]
pub(super) struct Plan {
    /// In their order.
    pub(super) courses: Vec<Planned>,
    /// What the platform listed beside them and could not be read.
    #[serde(default)]
    pub(super) unread: Vec<String>,
}

/// A course of the plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Planned {
    /// Its number.
    pub(super) id: String,
    /// What it is called.
    pub(super) title: String,
    /// Whether the platform has it.
    pub(super) known: bool,
}

impl Run<'_> {
    /// The courses to work through: recorded, or made from what was asked for and what there is.
    pub(super) async fn plan(&mut self, asked: &[String]) -> Result<Plan, Failure> {
        if let Some(text) = self.steps.get("plan") {
            let plan: Plan = serde_json::from_str(text).map_err(|_| corrupt())?;
            self.titles = plan.courses.iter().map(|course| course.title.clone()).collect();
            return Ok(plan);
        }
        let found = self.unless_stopped(self.learner.campus.courses(&self.learner.pass)).await;
        let Listing { courses: found, unread } = self.had(found, "课程列表").await?;
        let course = |id: &String| match found.iter().find(|course| course.id == *id) {
            Some(course) => Planned { id: id.clone(), title: course.clone().plain().name, known: true },
            None => Planned { id: id.clone(), title: id.clone(), known: false },
        };
        let every: Vec<String> = found.iter().take(MOST_COURSES).map(|course| course.id.clone()).collect();
        let courses: Vec<Planned> = if asked.is_empty() { &every } else { asked }.iter().map(course).collect();
        if courses.is_empty() {
            let message = match unread.len() {
                0 => "该账号下没有课程".to_owned(),
                count => format!("课程列表中的 {count} 项均无法识别，请本人在学习平台上查看"),
            };
            write(self.job, Note::line(Level::Error, message.clone())).await?;
            return Err(Failure { code: "NO_COURSES", message, again: None });
        }
        self.titles = courses.iter().map(|course| course.title.clone()).collect();
        let unread = unread.into_iter().take(MOST_COURSES).map(|name| one_line(&name, 80)).collect();
        let plan = Plan { courses, unread };
        let line = format!("获取到 {} 门课程，本次学习 {} 门", found.len(), plan.courses.len());
        let unread = tally::unread(&plan.unread);
        let text = serde_json::to_string(&plan).map_err(|_| corrupt())?;
        let counts = (self.titles.clone(), 0, count(plan.courses.len()));
        let mut note = Note { courses: Some(counts), ..Note::line(Level::Info, line) };
        if asked.is_empty() && found.len() > MOST_COURSES {
            let line = format!("一次任务最多学习 {MOST_COURSES} 门课程，其余课程请另建任务并指定 course_ids");
            note.lines.push((Level::Warning, line));
        }
        note.lines.extend(unread.map(|line| (Level::Warning, line)));
        write(self.job, note.and_step("plan".to_owned(), text)).await?;
        self.job.report(PLANNED, "课程", "已获取课程列表").await?;
        Ok(plan)
    }
}
