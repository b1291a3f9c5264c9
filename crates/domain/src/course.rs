//! Courses at a learning platform and the items they are made of.

use crate::{problem::Problem, text::one_line};

/// What an account lacks for signing in to a learning platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// No user name was ever given.
    Name,
    /// The password, or what replaces it, is missing.
    Secret,
    /// The platform accepts no passwords, and the token that its learner creates there is missing.
    Token,
}

/// A course as its platform lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// The platform's id of it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who teaches it; empty if nobody is named.
    pub teacher: String,
    /// The platform's name for the class that takes it; empty if there is none.
    pub class: String,
    /// The platform's name for the learner's enrolment in it; empty if there is none.
    pub enrolment: String,
    /// Percent done, according to the platform.
    pub progress: i64,
    /// Whether the platform counts it as completed.
    pub completed: bool,
    /// Whether it takes place now.
    pub term: Term,
}

/// When a course takes place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Term {
    /// It has not begun.
    Ahead,
    /// It takes place now.
    #[default]
    Running,
    /// It is over.
    Over,
}

impl Term {
    /// The term at a time, from the Unix seconds at which a course begins and ends; 0 if the platform names none.
    #[must_use]
    pub fn at(now: i64, begins: i64, ends: i64) -> Self {
        if ends != 0 && ends < now {
            Self::Over
        } else if begins > now {
            Self::Ahead
        } else {
            Self::Running
        }
    }
}

/// The type of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Something that is played.
    Video,
    /// Something that is read.
    Page,
    /// A file.
    File,
    /// A link to elsewhere.
    Link,
    /// A discussion.
    Forum,
    /// A quiz.
    Quiz,
    /// Something to hand in.
    Assignment,
    /// Anything else.
    Other,
}

impl Sort {
    /// The emoji before an item's title, as in the frames of the campus document.
    #[must_use]
    pub fn icon(self) -> &'static str {
        match self {
            Self::Video => "🎬",
            Self::Page => "📄",
            Self::File => "📎",
            Self::Link => "🔗",
            Self::Forum => "💬",
            Self::Quiz => "📝",
            Self::Assignment => "📮",
            Self::Other => "📌",
        }
    }
}

/// The status of an item before anything is done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    /// The platform counts it as done.
    Done,
    /// It can be worked through.
    Open,
    /// It is done by ticking it off, which happens only if its learner asked for it.
    Tick(Tick),
    /// It may not be opened yet; the text tells its learner why.
    Locked(String),
    /// Only its learner can do it; the text says why.
    Left(String),
}

/// What is behind an item that is done by ticking it off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// Something to read or look at.
    Material,
    /// Something to take part in: whether its learner ever opened it cannot be seen from here.
    Activity,
}

/// Which items a learner wants ticked off in their name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ticks {
    /// None.
    #[default]
    Nothing,
    /// Those to read or look at.
    Materials,
    /// Those to take part in, too.
    Everything,
}

impl Ticks {
    /// Whether an item is to be ticked off.
    #[must_use]
    pub fn include(self, tick: Tick) -> bool {
        match tick {
            Tick::Material => self != Self::Nothing,
            Tick::Activity => self == Self::Everything,
        }
    }

    /// Its number in storage.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::Nothing => 0,
            Self::Materials => 1,
            Self::Everything => 2,
        }
    }

    /// The value of a number in storage; an unknown number means that nothing is ticked off.
    #[must_use]
    pub fn from_number(number: i64) -> Self {
        match number {
            1 => Self::Materials,
            2 => Self::Everything,
            _ => Self::Nothing,
        }
    }
}

/// One thing to learn in a course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The platform's id of it.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is.
    pub sort: Sort,
    /// Its status.
    pub stand: Stand,
    /// Seconds of it that were delivered, and seconds in total, if it is played.
    pub played: Option<(i64, i64)>,
}

impl Course {
    /// The course with texts that are safe to store and show, whatever the platform sent.
    #[must_use]
    pub fn plain(self) -> Self {
        let plain = |text: &str| one_line(text, MAX_WORDS);
        Self {
            name: plain(&self.name),
            teacher: plain(&self.teacher),
            class: plain(&self.class),
            enrolment: plain(&self.enrolment),
            ..self
        }
    }
}

impl Item {
    /// The item with texts that are safe to store and show, whatever the platform sent.
    #[must_use]
    pub fn plain(self) -> Self {
        let plain = |text: &str| one_line(text, MAX_WORDS);
        let stand = match self.stand {
            Stand::Locked(why) => Stand::Locked(plain(&why)),
            Stand::Left(why) => Stand::Left(plain(&why)),
            stand @ (Stand::Done | Stand::Open | Stand::Tick(_)) => stand,
        };
        Self { title: plain(&self.title), stand, ..self }
    }

    /// Its title with its emoji.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{} {}", self.sort.icon(), self.title)
    }
}

/// What is done about an item that is not open yet (document: PUT /user/config).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOpen {
    /// It is checked again after the others.
    Retry,
    /// It is skipped.
    Continue,
    /// The task is paused until its owner resumes it.
    Ask,
}

impl NotOpen {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Retry, Self::Continue, Self::Ask];

    /// Its name in storage and in the document.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Continue => "continue",
            Self::Ask => "ask",
        }
    }

    /// The choice with this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.word() == word)
    }
}

/// The most courses of one task.
pub const MAX_COURSES: usize = 200;
/// The longest name or title from a platform that is stored, in characters.
const MAX_WORDS: usize = 120;

/// The ids of courses that somebody asked for, without duplicates.
///
/// # Errors
/// [`Problem::TooLong`] for more than 200; [`Problem::Malformed`] for one that is not 1 to 64 letters, digits, `_` and `-`.
pub fn numbers(given: &[String]) -> Result<Vec<String>, Problem> {
    if given.len() > MAX_COURSES {
        return Err(Problem::TooLong(MAX_COURSES as u64));
    }
    let plain = |id: &String| (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    let mut numbers: Vec<String> = Vec::with_capacity(given.len());
    for id in given {
        if !plain(id) {
            return Err(Problem::Malformed);
        }
        if !numbers.contains(id) {
            numbers.push(id.clone());
        }
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d08_numbers_of_courses_are_plain_and_few() {
        let numbers = |given: &[&str]| numbers(&given.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        assert_eq!(numbers(&["123456", "789012", "123456"]), Ok(vec!["123456".to_owned(), "789012".to_owned()]));
        assert_eq!(numbers(&[]), Ok(vec![]));
        for bad in ["", "../", "' or 1=1", "a b", "１", &"1".repeat(65)] {
            assert_eq!(numbers(&[bad]), Err(Problem::Malformed), "{bad}");
        }
        assert_eq!(numbers(&vec!["1"; 201]), Err(Problem::TooLong(200)));
    }
}
