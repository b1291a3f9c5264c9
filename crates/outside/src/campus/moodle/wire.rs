//! What a Moodle site answers, trimmed to what is read (facts: moodle §2.2), and how its modules become items.

use domain::{
    course::{Item, Sort, Stand},
    text::one_line,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct SiteInfo {
    pub(super) userid: i64,
    #[serde(default)]
    pub(super) functions: Vec<Function>,
}

#[derive(Deserialize)]
pub(super) struct Function {
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct CourseLine {
    pub(super) id: i64,
    pub(super) fullname: String,
    #[serde(default)]
    pub(super) shortname: String,
    pub(super) progress: Option<f64>,
    pub(super) completed: Option<bool>,
    #[serde(default)]
    pub(super) enddate: i64,
}

#[derive(Deserialize)]
pub(super) struct ByField {
    #[serde(default)]
    pub(super) courses: Vec<Value>,
}

#[derive(Deserialize)]
pub(super) struct Contacts {
    pub(super) id: i64,
    #[serde(default)]
    pub(super) contacts: Vec<Value>,
}

#[derive(Deserialize)]
pub(super) struct Contact {
    pub(super) fullname: String,
}

#[derive(Deserialize)]
pub(super) struct Section {
    #[serde(default)]
    pub(super) modules: Vec<Value>,
}

#[derive(Deserialize)]
pub(super) struct Module {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) modname: String,
    pub(super) uservisible: Option<bool>,
    #[serde(default)]
    pub(super) availabilityinfo: String,
    #[serde(default)]
    pub(super) completion: i64,
    pub(super) completiondata: Option<Completion>,
}

#[derive(Deserialize)]
pub(super) struct Completion {
    #[serde(default)]
    pub(super) state: i64,
    #[serde(default)]
    pub(super) details: Vec<Rule>,
}

#[derive(Deserialize)]
pub(super) struct Rule {
    pub(super) rulename: String,
}

/// What a site says instead of an answer, always under status 200.
#[derive(Deserialize)]
pub(super) struct Refusal {
    pub(super) errorcode: String,
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    pub(super) error: String,
}

/// The entries of a list that can be read; one odd entry costs no other.
pub(super) fn kept<T: DeserializeOwned>(entries: Vec<Value>) -> Vec<T> {
    entries.into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect()
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
