//! The outcomes of items and courses, and the lines that report them, grouped by reason and counted.

use serde::{Deserialize, Serialize};

/// The longest remark, in characters.
const MAX_REMARK: usize = 1500;
/// How many titles a line names; the others are only counted.
const NAMED: usize = 8;

/// The outcome of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// It was worked through.
    Done,
    /// It had been done before.
    Known,
    /// It is not open.
    Locked,
    /// Only its learner can do it.
    Left,
    /// It is done by ticking it off, which its learner did not ask for.
    Unasked,
    /// It could not be worked through.
    Failed,
    /// The platform deleted it meanwhile.
    Deleted,
}

/// An item that is finished with, as a recorded step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "study.item.v1")]
pub(super) struct Seen {
    /// Its title with its picture.
    pub(super) title: String,
    /// Its outcome.
    pub(super) outcome: Outcome,
    /// Why it was not done, if it was not.
    pub(super) why: String,
}

/// Items with the same outcome and reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Group {
    /// Their outcome.
    outcome: Outcome,
    /// Why they were not done, if they were not.
    why: String,
    /// How many there are.
    count: usize,
    /// The titles of the first ones.
    titles: Vec<String>,
}

impl Group {
    /// The items by title, with how many more there are.
    fn named(&self) -> String {
        let titles = self.titles.join("、");
        match self.count > self.titles.len() {
            true => format!("{titles} 等 {} 项", self.count),
            false => titles,
        }
    }

    /// The items and why.
    fn describe(&self) -> String {
        if self.why.is_empty() { self.named() } else { format!("{}（{}）", self.named(), self.why) }
    }

    /// The log line about them; `None` if each has its own.
    fn line(&self) -> Option<String> {
        let how = match self.outcome {
            Outcome::Known => "此前已完成，跳过",
            Outcome::Locked => "尚未开放，已跳过",
            Outcome::Left | Outcome::Unasked => "留给本人",
            Outcome::Deleted => "已被学习平台删除，无需再做",
            Outcome::Done | Outcome::Failed => return None,
        };
        Some(match self.count {
            1 => format!("{how}: {}", self.describe()),
            count => format!("{how} {count} 项: {}", self.describe()),
        })
    }
}

/// The outcome of a course, as a recorded step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "study.course.v2")]
pub(super) struct Course {
    /// Its name within a sentence, as in 《高等数学》.
    pub(super) name: String,
    /// Its items by outcome and reason, in the order in which each reason first occurred.
    groups: Vec<Group>,
    /// Why the rest of it could not be worked through, if that is so.
    pub(super) closed: Option<String>,
}

impl Course {
    pub(super) fn named(name: String) -> Self {
        Self { name, ..Self::default() }
    }

    /// Counts an item; returns whether it is the first with its outcome and reason.
    pub(super) fn count(&mut self, seen: &Seen) -> bool {
        let group = self.groups.iter_mut().find(|group| (group.outcome, &group.why) == (seen.outcome, &seen.why));
        let Some(group) = group else {
            let (why, titles) = (seen.why.clone(), vec![seen.title.clone()]);
            self.groups.push(Group { outcome: seen.outcome, why, count: 1, titles });
            return true;
        };
        group.count += 1;
        if group.titles.len() < NAMED {
            group.titles.push(seen.title.clone());
        }
        false
    }

    fn number(&self, outcomes: &[Outcome]) -> usize {
        self.groups.iter().filter(|group| outcomes.contains(&group.outcome)).map(|group| group.count).sum()
    }

    /// How many of its items were worked through.
    pub(super) fn done(&self) -> usize {
        self.number(&[Outcome::Done])
    }

    fn left(&self) -> usize {
        self.number(&[Outcome::Left, Outcome::Unasked, Outcome::Locked])
    }

    fn failed(&self) -> usize {
        self.number(&[Outcome::Failed])
    }

    /// Whether everything in it was looked at, and everything that may be done in its learner's name is done.
    pub(super) fn worked_through(&self) -> bool {
        self.closed.is_none() && self.failed() == 0 && !self.is_empty()
    }

    /// Whether it is shown as completed: a course in which nothing was done and something is left is not.
    pub(super) fn completed(&self) -> bool {
        self.worked_through() && (self.done() > 0 || self.left() == 0)
    }

    /// Whether it had no item at all.
    pub(super) fn is_empty(&self) -> bool {
        self.closed.is_none() && self.groups.is_empty()
    }

    /// The text about a course that could not be worked through to its end.
    fn broken_off(&self) -> Option<String> {
        let why = self.closed.as_ref()?;
        Some(match self.done() {
            0 => format!("{}无法学习：{why}", self.name),
            done => format!("{}学习 {done} 项后中止：{why}", self.name),
        })
    }

    /// The text about a course without items.
    fn nothing(&self) -> String {
        format!("{}没有可学习的任务点（课程未开启完成跟踪，或内容尚未开放）", self.name)
    }

    /// The log lines at its end: what was not worked on, by reason, and the counts.
    pub(super) fn lines(&self) -> Vec<String> {
        let last = match &self.closed {
            Some(_) => format!("课程{}", self.broken_off().unwrap_or_default()),
            None if self.is_empty() => format!("课程{}", self.nothing()),
            None => format!(
                "课程{}学习结束：完成 {} 项，此前已完成 {} 项，留给本人 {} 项，失败 {} 项",
                self.name,
                self.done(),
                self.number(&[Outcome::Known]),
                self.left(),
                self.failed()
            ),
        };
        self.groups.iter().filter_map(Group::line).chain([last]).collect()
    }

    /// What its learner should know.
    fn remarks(&self) -> Vec<String> {
        let describe = |outcomes: &[Outcome]| {
            let groups = self.groups.iter().filter(|group| outcomes.contains(&group.outcome));
            Some(groups.map(Group::describe).collect::<Vec<_>>().join("、")).filter(|text| !text.is_empty())
        };
        let mut remarks: Vec<String> = self.broken_off().into_iter().collect();
        remarks.extend(self.is_empty().then(|| self.nothing()));
        remarks.extend(describe(&[Outcome::Failed]).map(|text| format!("{}未能完成：{text}", self.name)));
        remarks
            .extend(describe(&[Outcome::Left, Outcome::Unasked, Outcome::Locked]).map(|text| format!("{}需本人完成：{text}", self.name)));
        remarks
    }
}

/// The lines about items that are not open and will be checked again.
pub(super) fn not_yet(items: &[(String, String)]) -> Vec<String> {
    let mut course = Course::default();
    for (title, why) in items {
        course.count(&Seen { title: title.clone(), outcome: Outcome::Locked, why: why.clone() });
    }
    let line = |group: &Group| match group.count {
        1 => format!("尚未开放: {}，稍后再试", group.describe()),
        count => format!("尚未开放 {count} 项: {}，稍后再试", group.describe()),
    };
    course.groups.iter().map(line).collect()
}

/// The line about entries of the platform's list that cannot be read, if there are any.
pub(super) fn unread(names: &[String]) -> Option<String> {
    let named = names.iter().take(5).cloned().collect::<Vec<_>>().join("、");
    let more = if names.len() > 5 { "等" } else { "" };
    (!names.is_empty()).then(|| format!("课程列表中有 {} 项无法识别，需本人查看：{named}{more}", names.len()))
}

/// The outcome of a whole task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Summary {
    /// What was done, or that nothing was.
    pub(super) line: String,
    /// What was not done, and why.
    pub(super) remark: Option<String>,
}

/// Sums up the courses.
pub(super) fn summary(courses: &[Course], unread: &[String]) -> Summary {
    let sum = |number: &dyn Fn(&Course) -> usize| courses.iter().map(number).sum::<usize>();
    let (done, left) = (sum(&Course::done), sum(&Course::left));
    let known = sum(&|course| course.number(&[Outcome::Known]));
    let unasked = sum(&|course| course.number(&[Outcome::Unasked]));
    let completed = courses.iter().filter(|course| course.completed()).count();
    let looked = courses.iter().filter(|course| course.worked_through()).count();
    let mut line = match (done, left) {
        (0, 0) if known > 0 && looked == courses.len() => format!("已查看 {looked} 门课程，此前均已完成，没有需要代为学习的内容"),
        (0, _) if looked > 0 => format!("已查看 {looked}/{} 门课程，没有代为完成任何内容", courses.len()),
        _ => format!("完成 {completed}/{} 门课程，学习 {done} 项", courses.len()),
    };
    for (count, what) in [(known, "此前已完成"), (left, "留给本人")] {
        if count > 0 {
            line.push_str(&format!("，{what} {count} 项"));
        }
    }
    if unasked > 0 {
        line.push_str(&format!("；其中 {unasked} 项可以勾选完成，创建任务时没有选择代为勾选，因此未勾选"));
    }
    let mut remarks: Vec<String> = self::unread(unread).into_iter().collect();
    remarks.extend(courses.iter().flat_map(Course::remarks));
    let remark = Some(cut(remarks.join("；"))).filter(|remark| !remark.is_empty());
    Summary { line, remark }
}

fn cut(text: String) -> String {
    if text.chars().count() <= MAX_REMARK {
        return text;
    }
    text.chars().take(MAX_REMARK).chain("……".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(title: &str, items: &[(Outcome, &str, &str)]) -> Course {
        let mut course = Course::named(format!("《{title}》"));
        for (outcome, title, why) in items {
            course.count(&Seen { title: (*title).to_owned(), outcome: *outcome, why: (*why).to_owned() });
        }
        course
    }

    #[test]
    fn what_is_left_is_told_and_not_pretended() {
        let good =
            course("诗词", &[(Outcome::Done, "📄 一", ""), (Outcome::Known, "📄 二", ""), (Outcome::Left, "📝 测验", "须由本人完成")]);
        let bad = course("数据结构", &[(Outcome::Done, "📄 一", ""), (Outcome::Failed, "🎬 二", "内容已损坏")]);
        let closed = Course { closed: Some("没有这门课程".to_owned()), ..Course::named("编号为 9 的课程".to_owned()) };
        let summary = summary(&[good.clone(), bad, closed], &[]);
        assert_eq!(summary.line, "完成 1/3 门课程，学习 2 项，此前已完成 1 项，留给本人 1 项");
        assert_eq!(
            summary.remark.as_deref(),
            Some(
                "《诗词》需本人完成：📝 测验（须由本人完成）；《数据结构》未能完成：🎬 二（内容已损坏）；编号为 9 的课程无法学习：没有这门课程"
            )
        );
        let whole = super::summary(&[course("诗词", &[(Outcome::Done, "📄 一", "")])], &[]);
        assert_eq!((whole.line.as_str(), whole.remark), ("完成 1/1 门课程，学习 1 项", None));
        assert_eq!(
            good.lines(),
            [
                "此前已完成，跳过: 📄 二",
                "留给本人: 📝 测验（须由本人完成）",
                "课程《诗词》学习结束：完成 1 项，此前已完成 1 项，留给本人 1 项，失败 0 项"
            ]
        );
    }

    #[test]
    fn equal_reasons_are_said_once() {
        let many: Vec<_> = (0..12).map(|_| (Outcome::Unasked, "📄 页", "需本人确认")).collect();
        let course = course("诗词", &many);
        let named = ["📄 页"; NAMED].join("、");
        assert_eq!(course.lines()[0], format!("留给本人 12 项: {named} 等 12 项（需本人确认）"));
        let summary = summary(&[course], &[]);
        assert_eq!(
            summary.line,
            "已查看 1/1 门课程，没有代为完成任何内容，留给本人 12 项；其中 12 项可以勾选完成，创建任务时没有选择代为勾选，因此未勾选"
        );
        assert_eq!(summary.remark, Some(format!("《诗词》需本人完成：{named} 等 12 项（需本人确认）")));
        let closed = [("📄 a".to_owned(), "未到时间".to_owned()), ("📄 b".to_owned(), "未到时间".to_owned())];
        assert_eq!(not_yet(&closed), ["尚未开放 2 项: 📄 a、📄 b（未到时间），稍后再试"]);
        assert_eq!(not_yet(&closed[..1]), ["尚未开放: 📄 a（未到时间），稍后再试"]);
    }

    #[test]
    fn what_did_nothing_does_not_read_as_completed() {
        let known = course("诗词", &[(Outcome::Known, "📄 一", "")]);
        let left = course("数学", &[(Outcome::Left, "📝 测验", "须由本人完成")]);
        assert!(known.completed() && left.worked_through() && !left.completed());
        let describe = |courses: &[Course]| summary(courses, &[]).line;
        assert_eq!(describe(std::slice::from_ref(&known)), "已查看 1 门课程，此前均已完成，没有需要代为学习的内容，此前已完成 1 项");
        assert_eq!(describe(&[known, left]), "已查看 2/2 门课程，没有代为完成任何内容，此前已完成 1 项，留给本人 1 项");
    }

    #[test]
    fn a_course_with_nothing_in_it_is_not_completed() {
        let empty = course("空", &[]);
        assert!(!empty.worked_through() && !empty.completed());
        let nothing = summary(std::slice::from_ref(&empty), &["Broken".to_owned()]);
        assert_eq!(
            nothing.remark.as_deref(),
            Some("课程列表中有 1 项无法识别，需本人查看：Broken；《空》没有可学习的任务点（课程未开启完成跟踪，或内容尚未开放）")
        );
        assert_eq!(empty.lines(), ["课程《空》没有可学习的任务点（课程未开启完成跟踪，或内容尚未开放）"]);
    }

    #[test]
    fn a_remark_is_bounded() {
        let whys: Vec<String> = (0..500).map(|number| format!("第 {number} 个原因")).collect();
        let many: Vec<_> = whys.iter().map(|why| (Outcome::Left, "📝 测验", why.as_str())).collect();
        let remark = summary(&[course("诗词", &many)], &[]).remark.unwrap();
        assert_eq!(remark.chars().count(), MAX_REMARK + 2);
    }
}
