//! Tasks, their diaries, courses, and what sockets say.

use domain::{
    course::{Course as Listed, Term, Ticks},
    event::Snapshot,
    problem::Problem,
    refusal::Refusal,
    study::{Hand, Log as Line},
    task::State,
};
use engine::kinds::study::{self, Studied};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::time;
use crate::http::{Field, Options};

/// How many courses are named where a task has many.
const NAMED: usize = 3;

#[derive(Deserialize, JsonSchema)]
pub(in crate::campus) struct Create {
    /// 1-200 个字符
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) name: Field<String>,
    /// 课程ID列表；为空表示全部课程
    #[serde(default)]
    pub(in crate::campus) course_ids: Field<Vec<String>>,
    /// 代为勾选由学习者自行确认完成的任务点（Moodle、Canvas；默认不勾选）
    #[serde(default)]
    pub(in crate::campus) tick_manual: Field<bool>,
    /// 连同需要参与的活动（如讨论区、课程包、投票）一并勾选；须同时选择 tick_manual（默认不勾选）
    #[serde(default)]
    pub(in crate::campus) tick_activities: Field<bool>,
}

/// Which items are ticked off.
///
/// # Errors
/// [`Refusal::Invalid`] where activities are wanted and materials are not.
pub(in crate::campus) fn ticks(manual: Field<bool>, activities: Field<bool>) -> Result<Ticks, Refusal> {
    let manual = manual.optional("tick_manual")?.unwrap_or(false);
    match (manual, activities.optional("tick_activities")?.unwrap_or(false)) {
        (false, false) => Ok(Ticks::Nothing),
        (true, false) => Ok(Ticks::Materials),
        (true, true) => Ok(Ticks::Everything),
        (false, true) => {
            let problem = Problem::Because("tick_activities 须同时选择 tick_manual".to_owned());
            Err(Refusal::Invalid { field: "tick_activities", problem })
        }
    }
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::campus) struct Rename {
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) name: Field<String>,
}

/// The document's word for a state (docs/surfaces/campus.md, How a task goes).
pub(in crate::campus) fn status(state: State) -> &'static str {
    match state {
        State::Draft | State::AwaitingApproval => "pending",
        State::Queued | State::Running => "running",
        State::Paused => "paused",
        State::Succeeded => "completed",
        State::Failed => "failed",
        State::Cancelled => "cancelled",
    }
}

/// The states that a filter's words stand for; all where there is none, nothing where every word is unknown.
pub(in crate::campus) fn states(words: &[&str]) -> Option<Vec<State>> {
    if words.iter().all(|word| word.is_empty()) {
        return Some(Vec::new());
    }
    let found: Vec<State> = State::ALL.into_iter().filter(|state| words.contains(&status(*state))).collect();
    (!found.is_empty()).then_some(found)
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct Log {
    id: i64,
    task_id: i64,
    /// INFO, WARNING, ERROR
    level: &'static str,
    message: String,
    created_at: String,
}

impl Log {
    pub(in crate::campus) fn of(options: &Options, line: &Line) -> Self {
        Self {
            id: line.id.0,
            task_id: line.task.0,
            level: line.level.word(),
            message: line.message.clone(),
            created_at: time(options, line.at),
        }
    }
}

/// A task under every name that a front end reads.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct Task {
    id: i64,
    user_id: i64,
    name: String,
    course_ids: Vec<String>,
    /// pending, running, paused, completed, failed, cancelled
    status: &'static str,
    progress: i64,
    celery_task_id: Option<String>,
    created_at: String,
    start_time: Option<String>,
    end_time: Option<String>,
    error_msg: Option<String>,
    completed_courses: i64,
    total_courses: i64,
    course_name: String,
    course_id: Option<String>,
    started_at: Option<String>,
    completed_at: Option<String>,
    error: Option<String>,
    result: Option<String>,
}

impl Task {
    pub(in crate::campus) fn of(options: &Options, studied: &Studied) -> Self {
        let Studied { task, study, .. } = studied;
        let error = study::fault(task);
        let started = task.started_at.map(|at| time(options, at));
        let ended = task.ended_at.map(|at| time(options, at));
        Self {
            id: task.id.0,
            user_id: task.account.0,
            name: study.name.clone(),
            course_ids: study.courses.clone(),
            status: status(task.state),
            progress: task.progress,
            celery_task_id: task.started_at.map(|_| format!("study-{}-{}", task.id, task.attempt)),
            created_at: time(options, task.created_at),
            start_time: started.clone(),
            end_time: ended.clone(),
            error_msg: error.clone(),
            completed_courses: study.completed,
            total_courses: study.total,
            course_name: course_name(study),
            course_id: study.courses.first().cloned(),
            started_at: started,
            completed_at: ended,
            // Pages show a failure wherever this is; what is left to the learner stands beside it.
            error: error.filter(|_| task.state == State::Failed),
            result: study::output(task).map(|output| output.summary),
        }
    }
}

/// What a task's courses are called: their titles, once the platform said them.
fn course_name(study: &domain::study::Study) -> String {
    let names = if study.titles.is_empty() { &study.courses } else { &study.titles };
    match names.as_slice() {
        [] => "全部课程".to_owned(),
        names if names.len() > NAMED => format!("{} 等 {} 门", names[..NAMED].join("、"), names.len()),
        names => names.join("、"),
    }
}

/// A task with its log: newest lines first, or null where they are not told.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct TaskDetail {
    #[serde(flatten)]
    task: Task,
    logs: Option<Vec<Log>>,
}

impl TaskDetail {
    pub(in crate::campus) fn of(options: &Options, studied: &Studied, logs: Option<&[Line]>) -> Self {
        let logs = logs.map(|lines| lines.iter().map(|line| Log::of(options, line)).collect());
        Self { task: Task::of(options, studied), logs }
    }
}

/// A task as administrators list it.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct AdminTask {
    #[serde(flatten)]
    task: Task,
    username: String,
}

impl AdminTask {
    pub(in crate::campus) fn of(options: &Options, studied: &Studied) -> Self {
        let owner = studied.owner.iter().flatten().next().cloned();
        let username = owner.unwrap_or_else(|| format!("user{}", studied.task.account));
        Self { task: Task::of(options, studied), username }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct Course {
    #[serde(rename = "courseId")]
    course_id: String,
    #[serde(rename = "courseName")]
    course_name: String,
    #[serde(rename = "teacherName")]
    teacher_name: String,
    #[serde(rename = "clazzId")]
    clazz_id: String,
    cpi: String,
    progress: i64,
    /// 0 进行中，1 已结束
    state: i64,
}

impl Course {
    pub(in crate::campus) fn of(course: &Listed) -> Self {
        Self {
            course_id: course.id.clone(),
            course_name: course.name.clone(),
            teacher_name: course.teacher.clone(),
            clazz_id: course.class.clone(),
            cpi: course.enrolment.clone(),
            progress: course.progress,
            state: i64::from(course.completed || course.term == Term::Over),
        }
    }
}

/// What a socket says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in crate::campus) enum Frame {
    Connected { message: &'static str, user_id: i64, username: String },
    Pong,
    Subscribed { task_id: i64, message: String },
    Unsubscribed { task_id: i64, message: String },
    Error { message: String },
    Notification { level: &'static str, message: String },
    TaskUpdate { task_id: i64, data: Box<Update> },
}

/// How a task is, at both depths where front ends look for it.
#[derive(Debug, Clone, Serialize)]
pub(in crate::campus) struct Update {
    #[serde(flatten)]
    fields: Fields,
    task_id: i64,
    data: Fields,
}

#[derive(Debug, Clone, Serialize)]
struct Fields {
    progress: i64,
    status: &'static str,
    error_msg: Option<String>,
    /// Both or neither: told when they have changed, as pages write each into their log.
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_courses: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_courses: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_item: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_progress: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_current_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_total_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_detail: Option<String>,
}

impl Frame {
    /// How a task is by what its worker reported.
    pub(in crate::campus) fn reported(snapshot: &Snapshot) -> Option<Self> {
        let courses = snapshot.study.as_ref()?;
        let hand = courses.item.as_ref();
        let played = hand.and_then(|hand| hand.played);
        Some(Self::update(
            snapshot.task.0,
            Fields {
                progress: snapshot.progress,
                status: status(snapshot.state),
                error_msg: None,
                completed_courses: Some(courses.completed),
                total_courses: Some(courses.total),
                current_item: hand.map(|hand: &Hand| hand.title.clone()),
                item_progress: hand.map(|hand| hand.progress),
                item_current_time: played.map(|(at, _)| at),
                item_total_time: played.map(|(_, of)| of),
                item_detail: hand.map(|hand| hand.detail.clone()),
            },
        ))
    }

    /// How a task is as it is stored.
    pub(in crate::campus) fn stored(studied: &Studied) -> Self {
        let Studied { task, study, .. } = studied;
        let fields = Fields {
            progress: task.progress,
            status: status(task.state),
            // What a completed task leaves to its learner is no error of it.
            error_msg: study::fault(task).filter(|_| matches!(task.state, State::Failed | State::Cancelled)),
            completed_courses: Some(study.completed),
            total_courses: Some(study.total),
            current_item: task.step.clone().filter(|_| task.state == State::Running),
            item_progress: None,
            item_current_time: None,
            item_total_time: None,
            item_detail: None,
        };
        Self::update(task.id.0, fields)
    }

    /// How many courses are completed, and of how many, where it says so.
    pub(in crate::campus) fn counts(&self) -> Option<(i64, i64)> {
        let Self::TaskUpdate { data, .. } = self else { return None };
        data.fields.completed_courses.zip(data.fields.total_courses)
    }

    /// Without the counts of courses.
    pub(in crate::campus) fn without_counts(mut self) -> Self {
        if let Self::TaskUpdate { data, .. } = &mut self {
            let update = &mut **data;
            for fields in [&mut update.fields, &mut update.data] {
                (fields.completed_courses, fields.total_courses) = (None, None);
            }
        }
        self
    }

    fn update(task_id: i64, fields: Fields) -> Self {
        Self::TaskUpdate { task_id, data: Box::new(Update { data: fields.clone(), fields, task_id }) }
    }

    /// What the owner of a task that has ended or is held should notice.
    pub(in crate::campus) fn rests(studied: &Studied) -> Option<Self> {
        let name = &studied.study.name;
        let (level, message) = match studied.task.state {
            State::Succeeded => ("info", format!("任务「{name}」已完成")),
            State::Failed => ("error", format!("任务「{name}」失败：{}", study::fault(&studied.task).unwrap_or_default())),
            State::Cancelled => ("warning", format!("任务「{name}」已取消")),
            State::Paused => ("info", format!("任务「{name}」已暂停")),
            State::Draft | State::AwaitingApproval | State::Queued | State::Running => return None,
        };
        Some(Self::Notification { level, message })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_the_states_of_its_word() {
        assert_eq!(states(&["pending"]), Some(vec![State::Draft, State::AwaitingApproval]));
        assert_eq!(states(&["running"]), Some(vec![State::Queued, State::Running]));
        assert_eq!(states(&["completed"]), Some(vec![State::Succeeded]));
        assert_eq!((states(&[]), states(&["nonsense"])), (Some(vec![]), None));
    }
}
