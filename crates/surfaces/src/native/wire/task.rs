//! Tasks: as they are listed, read, handed in, and what came of them.

use domain::{course::Ticks, event::Snapshot, refusal::Refusal, study::Log, task::Task as DomainTask};
use engine::{
    kinds::{
        anime::record,
        any::{self, Input, Outcome, Waiting, Whole},
    },
    letter::Language,
    task::Listed,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Amount, Entry, Page, account_id, id, time};
use crate::{
    http,
    native::{listing::Listed as Row, query},
};

/// A page of tasks, newest first.
pub(in crate::native) fn page(listed: Listed) -> Page<Task> {
    let next = listed.next.map(|task| query::cursor(&task.0));
    Page { items: listed.tasks.iter().map(Task::of).collect(), next, count: listed.count }
}

/// A task.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct Task {
    /// Its id, as `task_12`.
    id: String,
    /// Whose it is, as `acct_3`.
    account: String,
    /// What sort of work it is.
    kind: String,
    /// Where it is in its life: `draft`, `awaiting_approval`, `queued`, `running`, `paused`, `succeeded`, `failed` or `cancelled`.
    state: &'static str,
    /// What was paid for: 1, and one more for each retry by hand.
    attempt: i64,
    /// From 0 to 100.
    progress: i64,
    /// What is being done.
    step: Option<String>,
    /// A line about it for people.
    message: Option<String>,
    /// How it ended badly.
    error: Option<TaskError>,
    /// What the attempt costs.
    price: Amount,
    /// When it was handed in.
    created_at: String,
    /// When it last changed.
    updated_at: String,
    /// When the attempt was first worked on.
    started_at: Option<String>,
    /// When it ended.
    ended_at: Option<String>,
}

/// How a task ended badly.
#[derive(Debug, Serialize, JsonSchema)]
struct TaskError {
    /// A stable word for programs.
    code: String,
    /// What happened, for people.
    message: String,
}

impl Task {
    pub(in crate::native) fn of(task: &DomainTask) -> Self {
        Self {
            id: id("task", task.id.0),
            account: account_id(task.account),
            kind: task.kind.clone(),
            state: task.state.word(),
            attempt: task.attempt,
            progress: task.progress,
            step: task.step.clone(),
            message: task.message.clone(),
            error: task.error.as_ref().map(|error| TaskError { code: error.code.clone(), message: error.message.clone() }),
            price: Amount::of(task.asset, task.price),
            created_at: time(task.created_at),
            updated_at: time(task.updated_at),
            started_at: task.started_at.map(time),
            ended_at: task.ended_at.map(time),
        }
    }
}

impl Row for Task {
    const NAME: &'static str = "tasks";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "account",
        "kind",
        "state",
        "attempt",
        "progress",
        "message",
        "error.code",
        "error.message",
        "price.amount",
        "price.uses",
        "created_at",
        "updated_at",
        "started_at",
        "ended_at",
    ];
}

/// Why a task is not approved.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct Rejection {
    /// What its owner reads in the task's log.
    pub(in crate::native) reason: String,
}

/// That a list is another than before, as a stream tells it: read it again.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct ListEvent {
    /// `tasks`, `orders`, `wallet` or `queues`.
    pub(in crate::native) list: &'static str,
}

/// Where a task is, as a stream tells it.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct TaskEvent {
    /// The task, as `task_12`.
    id: String,
    /// Where it is in its life.
    state: &'static str,
    /// What was paid for: 1, and one more for each retry by hand.
    attempt: i64,
    /// From 0 to 100.
    progress: i64,
    /// What is being done.
    step: Option<String>,
    /// A line about it for people.
    message: Option<String>,
}

impl TaskEvent {
    pub(in crate::native) fn of(snapshot: &Snapshot) -> Self {
        Self {
            id: id("task", snapshot.task.0),
            state: snapshot.state.word(),
            attempt: snapshot.attempt,
            progress: snapshot.progress,
            step: snapshot.step.clone(),
            message: snapshot.message.clone(),
        }
    }
}

/// A task with everything that is known of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct TaskDetail {
    #[serde(flatten)]
    task: Task,
    /// What was handed in.
    #[schemars(with = "Map<String, Value>")]
    input: Value,
    /// What it waits for; `null` while a worker has it, and once it has ended.
    waiting: Option<TaskWaiting>,
    /// What was charged and refunded for it, oldest first; where `include=entries` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    entries: Option<Vec<Entry>>,
}

/// What a task waits for.
#[derive(Debug, Serialize, JsonSchema)]
struct TaskWaiting {
    /// `start`, `approval`, `owner`, `worker`, `outside_worker`, `queue`, `another_run` or `remote_server`.
    #[serde(rename = "for")]
    what: &'static str,
    /// About how many tasks come before it, where it waits for a worker: accounts are served by turns.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<i64>,
    /// The same for people.
    text: String,
}

impl TaskWaiting {
    fn of(waiting: Waiting, language: Language) -> Self {
        let (what, chinese, english) = match waiting {
            Waiting::Start => ("start", "等待您启动", "It waits for its owner to start it"),
            Waiting::Approval => ("approval", "等待批准", "It waits to be approved"),
            Waiting::Owner => ("owner", "已暂停，等待您继续", "It is paused until its owner resumes it"),
            Waiting::PausedQueue => ("queue", "管理员暂停了此类任务", "An administrator paused tasks of this kind"),
            Waiting::OutsideWorker => ("outside_worker", "等待外部执行者", "It waits for an outside worker"),
            Waiting::AnotherRun => ("another_run", "稍后自动重试", "It is tried again in a while"),
            Waiting::RemoteServer => ("remote_server", "外部服务正在处理", "A remote server works on it"),
            Waiting::Worker { .. } => ("worker", "排队中", "It waits for its turn"),
        };
        let before = if let Waiting::Worker { before } = waiting { Some(before) } else { None };
        let text = match (language, before.filter(|before| *before > 0)) {
            (Language::Chinese, None) => chinese.to_owned(),
            (Language::Chinese, Some(before)) => format!("{chinese}，前面约有 {before} 个任务"),
            (Language::English, None) => english.to_owned(),
            (Language::English, Some(before)) => format!("{english}; about {before} tasks come first"),
        };
        Self { what, before, text }
    }
}

/// What was handed in, as [`NewTask`] has it.
fn input(kind: &str, input: Value) -> Value {
    let Value::Object(mut fields) = input else { return input };
    let rename = |fields: &mut Map<String, Value>, from: &str, to: &str| {
        if let Some(value) = fields.remove(from) {
            fields.insert(to.to_owned(), value);
        }
    };
    match kind {
        "anime" => {
            rename(&mut fields, "novel_text", "text");
            let aspect = match fields.get("aspect").and_then(Value::as_str) {
                Some("classic") => "4:3",
                Some("tall") => "9:16",
                _ => "16:9",
            };
            fields.insert("aspect".to_owned(), aspect.into());
        }
        "generation" => fields = Map::from_iter([("form".to_owned(), Value::Object(fields))]),
        "metered" => rename(&mut fields, "params", "parameters"),
        _ => {}
    }
    Value::Object(fields)
}

impl TaskDetail {
    pub(in crate::native) fn of(whole: Whole, with_entries: bool) -> Self {
        Self {
            task: Task::of(&whole.task),
            input: input(&whole.task.kind, whole.input),
            waiting: whole.waiting.map(|waiting| TaskWaiting::of(waiting, http::language())),
            entries: with_entries.then(|| whole.entries.iter().map(Entry::of).collect()),
        }
    }
}

/// A task to hand in: its kind, and what that works on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::native) enum NewTask {
    /// A novel becomes a film.
    Anime {
        /// The novel.
        text: String,
        /// `anime`, `manga` or `realistic`; `anime` where absent.
        #[serde(default)]
        style: Style,
        /// `16:9`, `4:3` or `9:16`; `16:9` where absent.
        #[serde(default)]
        aspect: Aspect,
        /// Seconds a scene should last, from 1 to 60; 5 where absent.
        #[serde(default = "five")]
        scene_seconds: f64,
        /// How fast voices speak, from 0.5 to 2; 1 where absent.
        #[serde(default = "one")]
        voice_speed: f64,
        /// Whether subtitles are drawn into the picture; they are where absent.
        #[serde(default = "yes")]
        subtitles: bool,
    },
    /// Courses are studied. The task is a draft until it is started.
    Study {
        /// What it is called.
        name: String,
        /// Which courses; all of them where absent or empty.
        #[serde(default)]
        courses: Vec<String>,
    },
    /// A registered model does something.
    Generation {
        /// The model, as `model_3`; the operator's choice where absent.
        #[serde(default)]
        model: Option<String>,
        /// The model's form.
        #[schemars(with = "Map<String, Value>")]
        form: Map<String, Value>,
    },
    /// A kind of the operator's own does something.
    Custom {
        /// The name of the kind, as the operator called it.
        name: String,
        /// The form, for the worker.
        #[schemars(with = "Map<String, Value>")]
        form: Map<String, Value>,
    },
    /// An outside worker does something.
    Metered {
        /// What the worker is to know.
        #[serde(default)]
        #[schemars(with = "Option<Map<String, Value>>")]
        parameters: Option<Map<String, Value>>,
    },
}

/// The look of a film.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::native) enum Style {
    #[default]
    Anime,
    Manga,
    Realistic,
}

/// The shape of a film.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
pub(in crate::native) enum Aspect {
    #[default]
    #[serde(rename = "16:9")]
    Wide,
    #[serde(rename = "4:3")]
    Classic,
    #[serde(rename = "9:16")]
    Tall,
}

fn five() -> f64 {
    5.0
}

fn one() -> f64 {
    1.0
}

fn yes() -> bool {
    true
}

impl NewTask {
    /// What the engine takes.
    pub(in crate::native) fn input(self) -> Result<Input, Refusal> {
        Ok(match self {
            Self::Anime { text, style, aspect, scene_seconds, voice_speed, subtitles } => Input::Novel(record::Input {
                novel_text: text,
                style: match style {
                    Style::Anime => record::Style::Anime,
                    Style::Manga => record::Style::Manga,
                    Style::Realistic => record::Style::Realistic,
                },
                aspect: match aspect {
                    Aspect::Wide => record::Aspect::Wide,
                    Aspect::Classic => record::Aspect::Classic,
                    Aspect::Tall => record::Aspect::Tall,
                },
                scene_seconds,
                voice_speed,
                subtitles,
            }),
            Self::Study { name, courses } => Input::Courses { name, courses, ticks: Ticks::default() },
            Self::Generation { model, form } => Input::Form { model: any::model(model.as_deref())?, form },
            Self::Custom { name, form } => Input::Custom { kind: name, form },
            Self::Metered { parameters } => Input::Parameters(parameters),
        })
    }
}

/// A line of a task's log.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct LogLine {
    /// `info`, `warning` or `error`.
    level: String,
    /// What it says.
    message: String,
    /// When.
    created_at: String,
}

/// A page of a log, newest first.
pub(in crate::native) fn log(lines: &[Log], limit: i64) -> Page<LogLine> {
    let line = |line: &Log| LogLine { level: line.level.word().to_lowercase(), message: line.message.clone(), created_at: time(line.at) };
    Page::of(lines, limit, line, |line| line.id.0.to_string())
}

/// What came of a task.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct TaskResult {
    /// Its files.
    files: Vec<ResultFile>,
    /// What came of it, for programs; of kinds of the operator's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    data: Option<Map<String, Value>>,
    /// What is to be said of it.
    summary: Option<String>,
    /// What was done otherwise than asked, or is left to its owner.
    notes: Vec<String>,
}

/// A file of a result.
#[derive(Debug, Serialize, JsonSchema)]
struct ResultFile {
    /// `video`, `thumbnail`, `subtitles` or `result`.
    role: &'static str,
    /// A link that is valid for a while; read the result again for a fresh one.
    url: String,
}

impl TaskResult {
    pub(in crate::native) fn of(outcome: Outcome) -> Self {
        let files = outcome.files.into_iter().map(|file| ResultFile { role: file.role, url: file.url }).collect();
        Self { files, data: outcome.data, summary: outcome.summary, notes: outcome.notes }
    }
}
