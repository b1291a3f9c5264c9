//! Courses at a learning platform and the items they are made of.

use crate::{problem::Problem, text::one_line};

/// What an account lacks to be let in at a learning platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// No user name was ever given.
    Name,
    /// The password, or what stands for it, is missing.
    Secret,
    /// The platform takes no passwords, and the token that its learner makes there is missing.
    Token,
}

/// A course as its platform lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// The platform's number for it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who teaches it; empty where nobody is named.
    pub teacher: String,
    /// What the platform calls the group that learns it; empty where there is none.
    pub class: String,
    /// What the platform calls the learner's enrolment in it; empty where there is none.
    pub enrolment: String,
    /// Percent done, as the platform says.
    pub progress: i64,
    /// Whether the platform counts it as completed.
    pub completed: bool,
    /// Whether it is being held now.
    pub term: Term,
}

/// When a course is held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Term {
    /// It has not begun.
    Ahead,
    /// It goes on.
    #[default]
    Running,
    /// It is over.
    Over,
}

impl Term {
    /// The term at a time, from the seconds at which a course begins and ends; 0 where the platform names none.
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

/// What sort of thing an item is.
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
    /// The picture that stands before an item's title, as the campus document has one in its frames.
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

/// How an item stands before anything is done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    /// The platform counts it as done.
    Done,
    /// It can be worked through.
    Open,
    /// It is done by ticking it off, which is done only where its learner asked for it.
    Tick(Tick),
    /// It may not be opened yet: why, in words for its learner.
    Locked(String),
    /// Only its learner can do it: why.
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

/// Which items its learner wants ticked off in their name.
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

    /// The number for it in storage.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::Nothing => 0,
            Self::Materials => 1,
            Self::Everything => 2,
        }
    }

    /// What a number in storage stands for; nothing is ticked under one that is unknown.
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
    /// The platform's number for it.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is.
    pub sort: Sort,
    /// How it stands.
    pub stand: Stand,
    /// Seconds of it that were delivered, and seconds in all, where it is played.
    pub played: Option<(i64, i64)>,
}

impl Course {
    /// The course in words that may be stored and shown, whatever the platform wrote.
    #[must_use]
    pub fn plain(self) -> Self {
        let plain = |text: &str| one_line(text, MOST_WORDS);
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
    /// The item in words that may be stored and shown, whatever the platform wrote.
    #[must_use]
    pub fn plain(self) -> Self {
        let plain = |text: &str| one_line(text, MOST_WORDS);
        let stand = match self.stand {
            Stand::Locked(why) => Stand::Locked(plain(&why)),
            Stand::Left(why) => Stand::Left(plain(&why)),
            stand @ (Stand::Done | Stand::Open | Stand::Tick(_)) => stand,
        };
        Self { title: plain(&self.title), stand, ..self }
    }

    /// Its title with its picture.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{} {}", self.sort.icon(), self.title)
    }
}

/// What is done about an item that is not open yet (document: PUT /user/config).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOpen {
    /// It is looked at again after the others.
    Retry,
    /// It is left.
    Continue,
    /// The task is held until its owner says to go on.
    Ask,
}

impl NotOpen {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Retry, Self::Continue, Self::Ask];

    /// The word for it, in storage and in the document.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Continue => "continue",
            Self::Ask => "ask",
        }
    }

    /// The way of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.word() == word)
    }
}

/// The most courses of one task.
pub const MOST_COURSES: usize = 200;
/// The longest name or title of a platform's that is kept, in characters.
const MOST_WORDS: usize = 120;

/// The numbers of courses as somebody asked for them, each once.
///
/// # Errors
/// [`Problem::TooLong`] for more than 200; [`Problem::Malformed`] for one that is not 1 to 64 letters, digits, `_` and `-`.
pub fn numbers(given: &[String]) -> Result<Vec<String>, Problem> {
    if given.len() > MOST_COURSES {
        return Err(Problem::TooLong(MOST_COURSES as u64));
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
