//! The answers of a Canvas site, reduced to the fields that are read (documentation: Courses, Modules), and how module items become items.

use domain::course::{Course, Item, Sort, Stand, Term, Tick};
use ports::lenient;
use serde::Deserialize;
use serde_json::Value;

use super::super::{unreadable, words::plain};

/// The longest reason that is stored, in characters.
const MAX_REASON: usize = 120;

/// Whether a text is a Canvas id.
pub(super) fn is_number(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[derive(Deserialize)]
pub(super) struct CourseLine {
    #[serde(deserialize_with = "lenient::text")]
    pub(super) id: String,
    /// If true, the site says nothing else about the course.
    #[serde(default)]
    pub(super) access_restricted_by_date: bool,
    #[serde(default, deserialize_with = "lenient::text")]
    name: String,
    #[serde(default, deserialize_with = "lenient::text")]
    course_code: String,
    #[serde(default, deserialize_with = "lenient::text")]
    start_at: String,
    #[serde(default, deserialize_with = "lenient::text")]
    end_at: String,
    #[serde(default, deserialize_with = "lenient::truth")]
    concluded: Option<bool>,
    #[serde(default, deserialize_with = "lenient::absent")]
    term: Dates,
    #[serde(default, deserialize_with = "lenient::absent")]
    teachers: Vec<Teacher>,
    #[serde(default, deserialize_with = "lenient::absent")]
    course_progress: Progress,
}

#[derive(Deserialize, Default)]
struct Dates {
    #[serde(default, deserialize_with = "lenient::text")]
    start_at: String,
    #[serde(default, deserialize_with = "lenient::text")]
    end_at: String,
}

#[derive(Deserialize, Default)]
struct Teacher {
    #[serde(default, deserialize_with = "lenient::text")]
    display_name: String,
}

/// A learner's progress; absent in a course without requirements.
#[derive(Deserialize, Default)]
struct Progress {
    #[serde(default, deserialize_with = "lenient::whole")]
    requirement_count: i64,
    #[serde(default, deserialize_with = "lenient::whole")]
    requirement_completed_count: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    completed_at: String,
}

/// A time as Unix seconds; 0 if there is none.
fn seconds(text: &str, otherwise: &str) -> i64 {
    [text, otherwise].iter().find_map(|text| text.parse::<jiff::Timestamp>().ok()).map_or(0, jiff::Timestamp::as_second)
}

impl CourseLine {
    pub(super) fn course(self, now: i64) -> Course {
        let progress = &self.course_progress;
        let names: Vec<String> = self.teachers.into_iter().map(|teacher| teacher.display_name).filter(|name| !name.is_empty()).collect();
        let (begins, ends) = (seconds(&self.start_at, &self.term.start_at), seconds(&self.end_at, &self.term.end_at));
        Course {
            name: if self.name.trim().is_empty() { format!("课程 {}", self.id) } else { self.name },
            id: self.id,
            teacher: names.join("、"),
            class: self.course_code,
            enrolment: String::new(),
            progress: (progress.requirement_completed_count * 100).checked_div(progress.requirement_count).unwrap_or(0).clamp(0, 100),
            completed: !progress.completed_at.is_empty(),
            term: if self.concluded == Some(true) { Term::Over } else { Term::at(now, begins, ends) },
        }
        .plain()
    }
}

#[derive(Deserialize)]
pub(super) struct Module {
    #[serde(deserialize_with = "lenient::text")]
    pub(super) id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    name: String,
    /// For learners: locked, unlocked, started, completed.
    #[serde(default, deserialize_with = "lenient::text")]
    state: String,
    #[serde(default, deserialize_with = "lenient::text")]
    unlock_at: String,
    #[serde(default, deserialize_with = "lenient::whole")]
    pub(super) items_count: i64,
    #[serde(default)]
    pub(super) items: Option<Vec<Value>>,
}

impl Module {
    /// A module that is open.
    pub(super) fn open(id: &str) -> Self {
        Self { id: id.to_owned(), name: String::new(), state: String::new(), unlock_at: String::new(), items_count: 0, items: None }
    }

    /// Why it is locked, if it is.
    fn lock(&self) -> Option<String> {
        let day = self.unlock_at.split('T').next().unwrap_or_default();
        (self.state == "locked").then(|| match day.is_empty() {
            true => format!("模块「{}」尚未开放，须先完成前面的模块", self.name),
            false => format!("模块「{}」尚未开放（{day} 起，或须先完成前面的模块）", self.name),
        })
    }
}

#[derive(Deserialize)]
pub(super) struct ModuleItem {
    #[serde(deserialize_with = "lenient::text")]
    id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    title: String,
    #[serde(default, rename = "type", deserialize_with = "lenient::text")]
    sort: String,
    completion_requirement: Option<Requirement>,
    #[serde(default, deserialize_with = "lenient::absent")]
    content_details: Details,
}

#[derive(Deserialize)]
struct Requirement {
    #[serde(default, rename = "type", deserialize_with = "lenient::text")]
    sort: String,
    #[serde(default, deserialize_with = "lenient::truth")]
    completed: Option<bool>,
}

#[derive(Deserialize, Default)]
struct Details {
    #[serde(default, deserialize_with = "lenient::truth")]
    locked_for_user: Option<bool>,
    #[serde(default, deserialize_with = "lenient::text")]
    lock_explanation: String,
}

impl ModuleItem {
    /// The item; `None` if nothing in it counts. Its id consists of the module's and its own.
    pub(super) fn item(self, module: &Module) -> Option<Item> {
        let requirement = self.completion_requirement.as_ref()?;
        if !is_number(&self.id) || !is_number(&module.id) {
            return Some(unreadable(format!("unread-{}", self.title), self.title));
        }
        let (sort, tick) = match self.sort.as_str() {
            "Page" => (Sort::Page, Tick::Material),
            "File" => (Sort::File, Tick::Material),
            "ExternalUrl" => (Sort::Link, Tick::Material),
            "Discussion" => (Sort::Forum, Tick::Activity),
            "Quiz" => (Sort::Quiz, Tick::Activity),
            "Assignment" => (Sort::Assignment, Tick::Activity),
            _ => (Sort::Other, Tick::Activity),
        };
        let left = |text: &str| Stand::Left(text.to_owned());
        let stand = match requirement.sort.as_str() {
            _ if requirement.completed == Some(true) => Stand::Done,
            _ if self.content_details.locked_for_user == Some(true) => {
                Stand::Locked(match plain(&self.content_details.lock_explanation, MAX_REASON) {
                    text if text.is_empty() => module.lock().unwrap_or_else(|| "尚未开放".to_owned()),
                    text => text,
                })
            }
            _ if module.lock().is_some() => Stand::Locked(module.lock().unwrap_or_default()),
            // Somebody who is not a learner of the course has no completion state there.
            _ if requirement.completed.is_none() => left("该账号在这门课程中不是学员，勾选不计入完成度"),
            "must_mark_done" if sort == Sort::Quiz => left("测验须由本人完成后自行确认"),
            "must_mark_done" if sort == Sort::Assignment => left("作业须由本人完成后自行确认"),
            "must_mark_done" => Stand::Tick(tick),
            "must_view" => left("需本人在学习平台上打开学习"),
            "must_submit" => left("需要提交，须由本人完成"),
            "must_contribute" => left("需要参与，须由本人完成"),
            "min_score" | "min_percentage" => left("需要成绩，须由本人完成"),
            _ => left("需本人在学习平台上完成"),
        };
        Some(Item { id: format!("{}-{}", module.id, self.id), title: self.title, sort, stand, played: None }.plain())
    }
}
