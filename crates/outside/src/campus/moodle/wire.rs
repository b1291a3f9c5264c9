//! What a Moodle site answers, trimmed to what is read (facts: moodle §2.2), and how its modules become items.

use domain::{
    course::{Item, Sort, Stand},
    text::one_line,
};
use ports::lenient;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

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
    pub(super) enddate: i64,
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
    pub(super) contacts: Vec<Value>,
}

impl Row for Contacts {
    fn id(&self) -> i64 {
        self.id
    }
}

#[derive(Deserialize)]
pub(super) struct Contact {
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) fullname: String,
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
    #[serde(default, deserialize_with = "lenient::absent")]
    pub(super) details: Vec<Rule>,
}

#[derive(Deserialize)]
pub(super) struct Rule {
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) rulename: String,
}

/// What a site says instead of an answer, always under status 200.
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
    /// The refusal that an answer is, if it is one.
    pub(super) fn of(answer: &Value) -> Option<Self> {
        answer.is_object().then(|| Self::deserialize(answer).ok()).flatten().filter(|refusal| !refusal.errorcode.is_empty())
    }
}

/// An entry of a list that is known by a number.
pub(super) trait Row {
    /// Its number.
    fn id(&self) -> i64;
}

/// The entries of a list; of one that cannot be read, or has no number, where it stood and what it seems to be called.
pub(super) fn rows<T: DeserializeOwned + Row>(entries: Vec<Value>) -> (Vec<T>, Vec<String>) {
    let (mut read, mut unread) = (Vec::with_capacity(entries.len()), Vec::new());
    for (index, entry) in entries.into_iter().enumerate() {
        let name = ["fullname", "name", "shortname"].iter().find_map(|key| entry[key].as_str()).map(str::to_owned);
        match serde_json::from_value::<T>(entry) {
            Ok(row) if row.id() > 0 => read.push(row),
            Ok(_) | Err(_) => unread.push(name.unwrap_or_else(|| format!("第 {} 项", index + 1))),
        }
    }
    (read, unread)
}

/// What a site showed and nobody can read, as something that is left to its learner.
pub(super) fn unreadable(id: String, title: String) -> Item {
    let why = "学习平台返回的数据无法识别，请本人查看".to_owned();
    Item { id, title, sort: Sort::Other, stand: Stand::Left(why), played: None }
}

/// A module as an item; none where it is not counted.
pub(super) fn item(module: Module, ticks: bool) -> Option<Item> {
    let sort = match module.modname.as_str() {
        "page" | "book" | "label" | "lesson" => Sort::Page,
        "resource" | "folder" => Sort::File,
        "url" => Sort::Link,
        "forum" => Sort::Forum,
        "quiz" => Sort::Quiz,
        "assign" | "workshop" => Sort::Assignment,
        _ => Sort::Other,
    };
    if module.completion == 0 {
        return None;
    }
    let state = module.completiondata.as_ref().map_or(0, |completion| completion.state);
    let rule =
        |name: &str| module.completiondata.as_ref().is_some_and(|completion| completion.details.iter().any(|rule| rule.rulename == name));
    let left = |text: &str| Stand::Left(text.to_owned());
    let stand = match (state, module.completion) {
        (1 | 2, _) => Stand::Done,
        _ if module.uservisible == Some(false) => Stand::Locked(match plain(&module.availabilityinfo) {
            text if text.is_empty() => "尚未开放".to_owned(),
            text => text,
        }),
        (3, _) => left("成绩未达标，需本人完成"),
        _ if sort == Sort::Quiz || rule("completionusegrade") => left("需要成绩，须由本人完成"),
        _ if sort == Sort::Assignment || rule("completionsubmit") => left("需要提交，须由本人完成"),
        (_, 1) if ticks => Stand::Tick,
        (_, 1) => left("该站点不支持代为勾选，需本人确认完成"),
        _ => left("需本人在学习平台上打开学习"),
    };
    Some(Item { id: module.id.to_string(), title: module.name.clone(), sort, stand, played: None })
}

/// The words of a piece of HTML.
fn plain(html: &str) -> String {
    let mut inside = false;
    let mut words = String::new();
    for c in html.chars().take(4000) {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                words.push(' ');
            }
            c if !inside => words.push(c),
            _ => {}
        }
    }
    one_line(&words.replace("&nbsp;", " ").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"), 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_an_item_is_locked_is_told_without_markup() {
        assert_eq!(plain("Not available until <strong>1 January&nbsp;2030</strong><br>"), "Not available until 1 January 2030");
        assert_eq!(plain("<a href=\"javascript:alert(1)\">A &amp; B"), "A & B");
    }
}
