//! The answers of a Moodle site, reduced to the fields that are read (docs/surfaces/campus.md), and how its modules become items.

use std::collections::HashMap;

use domain::course::{Course, Item, Sort, Stand, Term, Tick};
use ports::lenient;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::super::words::{decoded, plain};

/// The longest reason that is stored, in characters.
const MAX_REASON: usize = 120;

#[derive(Deserialize)]
pub(super) struct SiteInfo {
    #[serde(deserialize_with = "lenient::whole")]
    pub(super) userid: i64,
    #[serde(default, deserialize_with = "lenient::absent")]
    pub(super) functions: Vec<Function>,
}

#[derive(Deserialize, Default)]
pub(super) struct Function {
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct CourseLine {
    #[serde(deserialize_with = "lenient::whole")]
    pub(super) id: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) fullname: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) shortname: String,
    #[serde(default, deserialize_with = "lenient::fraction")]
    pub(super) progress: Option<f64>,
    #[serde(default, deserialize_with = "lenient::truth")]
    pub(super) completed: Option<bool>,
    #[serde(default, deserialize_with = "lenient::whole")]
    pub(super) startdate: i64,
    #[serde(default, deserialize_with = "lenient::whole")]
    pub(super) enddate: i64,
}

impl CourseLine {
    pub(super) fn course(&self, teachers: &HashMap<i64, String>, now: i64) -> Course {
        Course {
            id: self.id.to_string(),
            name: if self.fullname.trim().is_empty() { format!("课程 {}", self.id) } else { decoded(&self.fullname) },
            teacher: teachers.get(&self.id).cloned().unwrap_or_default(),
            class: decoded(&self.shortname),
            enrolment: String::new(),
            progress: self.progress.unwrap_or(0.0).clamp(0.0, 100.0).round() as i64,
            completed: self.completed == Some(true),
            term: Term::at(now, self.startdate, self.enddate),
        }
        .plain()
    }
}

impl Row for CourseLine {
    fn id(&self) -> i64 {
        self.id
    }
}

#[derive(Deserialize)]
pub(super) struct ByField {
    #[serde(default, deserialize_with = "lenient::absent")]
    pub(super) courses: Vec<Value>,
}

#[derive(Deserialize)]
pub(super) struct Contacts {
    #[serde(deserialize_with = "lenient::whole")]
    pub(super) id: i64,
    #[serde(default, deserialize_with = "lenient::absent")]
    contacts: Vec<Value>,
}

impl Contacts {
    /// The names of all of them; these are not escaped.
    pub(super) fn names(self) -> String {
        let name = |contact| serde_json::from_value::<Contact>(contact).ok().map(|contact| contact.fullname);
        let names: Vec<String> = self.contacts.into_iter().filter_map(name).filter(|name| !name.is_empty()).collect();
        names.join("、")
    }
}

impl Row for Contacts {
    fn id(&self) -> i64 {
        self.id
    }
}

#[derive(Deserialize)]
struct Contact {
    #[serde(default, deserialize_with = "lenient::text")]
    fullname: String,
}

#[derive(Deserialize)]
pub(super) struct Section {
    #[serde(default, deserialize_with = "lenient::absent")]
    pub(super) modules: Vec<Value>,
}

#[derive(Deserialize)]
pub(super) struct Module {
    #[serde(deserialize_with = "lenient::whole")]
    pub(super) id: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) name: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) modname: String,
    #[serde(default, deserialize_with = "lenient::truth")]
    pub(super) uservisible: Option<bool>,
    #[serde(default, deserialize_with = "lenient::truth")]
    pub(super) visibleoncoursepage: Option<bool>,
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) availabilityinfo: String,
    #[serde(default, deserialize_with = "lenient::whole")]
    pub(super) completion: i64,
    pub(super) completiondata: Option<Completion>,
}

impl Row for Module {
    fn id(&self) -> i64 {
        self.id
    }
}

#[derive(Deserialize)]
pub(super) struct Completion {
    #[serde(default, deserialize_with = "lenient::whole")]
    pub(super) state: i64,
    #[serde(default, deserialize_with = "lenient::truth")]
    pub(super) istrackeduser: Option<bool>,
    #[serde(default, deserialize_with = "lenient::absent")]
    pub(super) details: Vec<Rule>,
}

#[derive(Deserialize)]
pub(super) struct Rule {
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) rulename: String,
}

/// A site's refusal, which always has status 200.
#[derive(Deserialize)]
pub(super) struct Refusal {
    #[serde(deserialize_with = "lenient::text")]
    pub(super) errorcode: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) message: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) error: String,
}

impl Refusal {
    /// The refusal in an answer, if it is one.
    pub(super) fn of(answer: &Value) -> Option<Self> {
        answer.is_object().then(|| Self::deserialize(answer).ok()).flatten().filter(|refusal| !refusal.errorcode.is_empty())
    }
}

/// An entry of a list that has an id.
pub(super) trait Row {
    /// Its id.
    fn id(&self) -> i64;
}

/// The entries of a list; for one that cannot be read, or has no id, its position and its probable name.
pub(super) fn rows<T: DeserializeOwned + Row>(entries: Vec<Value>) -> (Vec<T>, Vec<String>) {
    let (mut read, mut unread) = (Vec::with_capacity(entries.len()), Vec::new());
    for (index, entry) in entries.into_iter().enumerate() {
        let name = ["fullname", "name", "shortname"].iter().find_map(|key| entry[key].as_str()).map(decoded);
        match serde_json::from_value::<T>(entry) {
            Ok(row) if row.id() > 0 => read.push(row),
            Ok(_) | Err(_) => unread.push(name.unwrap_or_else(|| format!("第 {} 项", index + 1))),
        }
    }
    (read, unread)
}

/// A module as an item; `None` if it is not counted. `ticks`: whether the site allows items to be ticked off through its services.
pub(super) fn item(module: Module, ticks: bool) -> Option<Item> {
    let (sort, tick) = match module.modname.as_str() {
        "page" | "book" | "label" | "imscp" => (Sort::Page, Tick::Material),
        "resource" | "folder" => (Sort::File, Tick::Material),
        "url" => (Sort::Link, Tick::Material),
        "lesson" => (Sort::Page, Tick::Activity),
        "forum" => (Sort::Forum, Tick::Activity),
        "quiz" => (Sort::Quiz, Tick::Activity),
        "assign" | "workshop" => (Sort::Assignment, Tick::Activity),
        _ => (Sort::Other, Tick::Activity),
    };
    if module.completion == 0 {
        return None;
    }
    let stand = stand(&module, sort, tick, ticks);
    Some(Item { id: module.id.to_string(), title: decoded(&module.name), sort, stand, played: None }.plain())
}

fn stand(module: &Module, sort: Sort, tick: Tick, ticks: bool) -> Stand {
    let data = module.completiondata.as_ref();
    let state = data.map_or(0, |data| data.state);
    let rule = |name: &str| data.is_some_and(|data| data.details.iter().any(|rule| rule.rulename == name));
    let left = |text: &str| Stand::Left(text.to_owned());
    match (state, module.completion) {
        (1 | 2, _) => Stand::Done,
        _ if module.uservisible == Some(false) => Stand::Locked(match plain(&module.availabilityinfo, MAX_REASON) {
            text if text.is_empty() => "尚未开放".to_owned(),
            text => text,
        }),
        (3, _) => left("成绩未达标，需本人完成"),
        (_, 1) if sort == Sort::Quiz => left("测验须由本人完成后自行确认"),
        (_, 1) if sort == Sort::Assignment => left("作业须由本人完成后自行确认"),
        // A tick by somebody who is not tracked counts in no report, and a module that is not on the course page must not be ticked off.
        (_, 1) if data.is_some_and(|data| data.istrackeduser == Some(false)) => left("该账号在这门课程中不是学员，勾选不计入完成度"),
        (_, 1) if module.visibleoncoursepage == Some(false) => left("课程页面上没有列出，请向教师确认"),
        (_, 1) if ticks => Stand::Tick(tick),
        (_, 1) => left("该站点不支持代为勾选，需本人确认完成"),
        _ if sort == Sort::Quiz || rule("completionusegrade") => left("需要成绩，须由本人完成"),
        _ if sort == Sort::Assignment || rule("completionsubmit") => left("需要提交，须由本人完成"),
        _ => left("需本人在学习平台上打开学习"),
    }
}
