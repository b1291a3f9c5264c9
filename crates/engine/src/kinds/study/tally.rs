//! What became of items and courses, and the lines that tell it.

use serde::{Deserialize, Serialize};

/// The longest remark, in characters.
const MOST_REMARK: usize = 1500;

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// It was worked through.
    Done,
    /// It had been before.
    Known,
    /// It is not open.
    Locked,
    /// Its learner must do it.
    Left,
    /// It could not be worked through.
    Failed,
}

/// An item that is finished with, as a recorded step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "study.item.v1")]
pub(super) struct Seen {
    /// Its title with its picture.
    pub(super) title: String,
    /// What became of it.
    pub(super) outcome: Outcome,
    /// Why, where it was not done.
    pub(super) why: String,
}

/// What became of a course.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "study.course.v1")]
pub(super) struct Course {
    /// What it is called.
    pub(super) title: String,
    /// Items that were worked through.
    pub(super) done: usize,
    /// Items that had been before.
    pub(super) known: usize,
    /// Items that are not open or are their learner's to do, each with why.
    pub(super) left: Vec<String>,
    /// Items that could not be worked through, each with why.
    pub(super) failed: Vec<String>,
    /// Why nothing more of it could be, where that is so.
    pub(super) closed: Option<String>,
}

impl Course {
    /// Counts an item.
    pub(super) fn count(&mut self, seen: &Seen) {
        let told = || if seen.why.is_empty() { seen.title.clone() } else { format!("{}（{}）", seen.title, seen.why) };
        match seen.outcome {
            Outcome::Done => self.done += 1,
            Outcome::Known => self.known += 1,
            Outcome::Locked | Outcome::Left => self.left.push(told()),
            Outcome::Failed => self.failed.push(told()),
        }
    }

    /// Whether everything that may be done in its learner's name is done. Where there was nothing at all, nothing was.
    pub(super) fn succeeded(&self) -> bool {
        self.closed.is_none() && self.failed.is_empty() && !self.is_empty()
    }

    /// Whether it had no item at all.
    pub(super) fn is_empty(&self) -> bool {
        self.closed.is_none() && self.done + self.known + self.left.len() + self.failed.len() == 0
    }

    /// What is said of a course that could not be worked through to its end.
    fn broken_off(&self) -> Option<String> {
        let why = self.closed.as_ref()?;
        Some(match self.done {
            0 => format!("《{}》无法学习：{why}", self.title),
            done => format!("《{}》学习 {done} 项后中止：{why}", self.title),
        })
    }

    /// The line at its end.
    pub(super) fn line(&self) -> String {
        match &self.closed {
            Some(_) => format!("课程{}", self.broken_off().unwrap_or_default()),
            None if self.is_empty() => format!("课程{}", nothing_in(&self.title)),
            None => format!(
                "课程《{}》学习结束：完成 {} 项，此前已完成 {} 项，留给本人 {} 项，失败 {} 项",
                self.title,
                self.done,
                self.known,
                self.left.len(),
                self.failed.len()
            ),
        }
    }
}

/// What is said of a course without items.
fn nothing_in(title: &str) -> String {
    format!("《{title}》没有可学习的任务点（课程未开启完成跟踪，或内容尚未开放）")
}

/// What is said of entries of the platform's list that cannot be read.
pub(super) fn unread(names: &[String]) -> Option<String> {
    let named = names.iter().take(5).cloned().collect::<Vec<_>>().join("、");
    let more = if names.len() > 5 { "等" } else { "" };
    (!names.is_empty()).then(|| format!("课程列表中有 {} 项无法识别，需本人查看：{named}{more}", names.len()))
}

/// What came of a whole task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Summary {
    /// Courses that succeeded.
    pub(super) completed: usize,
    /// What was done.
    pub(super) line: String,
    /// What was not, and why.
    pub(super) remark: Option<String>,
}

/// Adds courses up.
pub(super) fn summary(courses: &[Course], unread: &[String]) -> Summary {
    let completed = courses.iter().filter(|course| course.succeeded()).count();
    let done: usize = courses.iter().map(|course| course.done).sum();
    let known: usize = courses.iter().map(|course| course.known).sum();
    let left: usize = courses.iter().map(|course| course.left.len()).sum();
    let mut line = format!("完成 {completed}/{} 门课程，学习 {done} 项", courses.len());
    for (count, what) in [(known, "此前已完成"), (left, "留给本人")] {
        if count > 0 {
            line.push_str(&format!("，{what} {count} 项"));
        }
    }
    let mut remarks: Vec<String> = self::unread(unread).into_iter().collect();
    for course in courses {
        remarks.extend(course.broken_off());
        remarks.extend(course.is_empty().then(|| nothing_in(&course.title)));
        if !course.failed.is_empty() {
            remarks.push(format!("《{}》未能完成：{}", course.title, course.failed.join("、")));
        }
        if !course.left.is_empty() {
            remarks.push(format!("《{}》需本人完成：{}", course.title, course.left.join("、")));
        }
    }
    let remark = Some(cut(remarks.join("；"))).filter(|remark| !remark.is_empty());
    Summary { completed, line, remark }
}

fn cut(text: String) -> String {
    if text.chars().count() <= MOST_REMARK {
        return text;
    }
    text.chars().take(MOST_REMARK).chain("……".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(title: &str, items: &[(Outcome, &str, &str)]) -> Course {
        let mut course = Course { title: title.to_owned(), ..Course::default() };
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
        let closed = Course { title: "9".to_owned(), closed: Some("没有这门课程".to_owned()), ..Course::default() };
        let summary = summary(&[good.clone(), bad, closed], &[]);
        assert_eq!(summary.completed, 1);
        assert_eq!(summary.line, "完成 1/3 门课程，学习 2 项，此前已完成 1 项，留给本人 1 项");
        assert_eq!(
            summary.remark.as_deref(),
            Some("《诗词》需本人完成：📝 测验（须由本人完成）；《数据结构》未能完成：🎬 二（内容已损坏）；《9》无法学习：没有这门课程")
        );
        let whole = super::summary(&[course("诗词", &[(Outcome::Done, "📄 一", "")])], &[]);
        assert_eq!((whole.completed, whole.remark), (1, None));
        assert_eq!(good.line(), "课程《诗词》学习结束：完成 1 项，此前已完成 1 项，留给本人 1 项，失败 0 项");
    }

    #[test]
    fn a_course_with_nothing_in_it_is_not_completed() {
        let empty = course("空", &[]);
        let nothing = summary(std::slice::from_ref(&empty), &["Broken".to_owned()]);
        assert_eq!((nothing.completed, nothing.line.as_str()), (0, "完成 0/1 门课程，学习 0 项"));
        assert_eq!(
            nothing.remark.as_deref(),
            Some("课程列表中有 1 项无法识别，需本人查看：Broken；《空》没有可学习的任务点（课程未开启完成跟踪，或内容尚未开放）")
        );
        assert_eq!(empty.line(), "课程《空》没有可学习的任务点（课程未开启完成跟踪，或内容尚未开放）");
        let other = course("诗词", &[(Outcome::Known, "📄 一", "")]);
        assert_eq!(summary(&[empty, other], &[]).completed, 1);
    }

    #[test]
    fn a_remark_is_bounded() {
        let many: Vec<_> = (0..5000).map(|_| (Outcome::Left, "📝 测验", "须由本人完成")).collect();
        let remark = summary(&[course("诗词", &many)], &[]).remark.unwrap();
        assert_eq!(remark.chars().count(), MOST_REMARK + 2);
    }
}
