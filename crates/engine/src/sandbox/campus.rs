//! The demo campus: three courses with things to play and to read, one item that is locked and one that fails.
//!
//! It counts only what it really delivered: an item is done once all of it was sent to its learner. It does not know this server's
//! accounts; anybody may sign in with any password except `wrong`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use domain::{
    refusal::{Noun, Refusal},
    text::hex,
};
use subtle::ConstantTimeEq;

use super::sandbox;
use crate::{Engine, Error};

/// Bytes per second of sound: one channel of eight bits, 8,000 times a second.
pub const SECOND: u64 = 8000;
/// Size of a sound file's header, in bytes.
pub const HEAD: u64 = 44;
/// The longest name of a learner, in bytes.
const MAX_NAME: usize = 400;

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matter {
    /// It is played for this many seconds.
    Video(i64),
    /// It is read.
    Page(&'static str),
    /// Only a learner can do it.
    Quiz,
    /// It is not open yet; the text says why.
    Locked(&'static str),
    /// It cannot be delivered.
    Broken,
}

/// An item of a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lesson {
    /// Its id.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What it is.
    pub matter: Matter,
}

/// A course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Who teaches it.
    pub teacher: &'static str,
    /// Its items, in order.
    pub lessons: &'static [Lesson],
}

const fn lesson(id: &'static str, title: &'static str, matter: Matter) -> Lesson {
    Lesson { id, title, matter }
}

/// Every course.
pub const COURSES: &[Course] = &[
    Course {
        id: "1001",
        name: "程序设计基础",
        teacher: "李老师",
        lessons: &[
            lesson("100101", "第一讲 变量与类型", Matter::Video(12)),
            lesson(
                "100102",
                "阅读：命名的艺术",
                Matter::Page("好的名字胜过一段注释。变量说它是什么，函数说它做什么，一个词在全书只有一个意思。"),
            ),
            lesson("100103", "第二讲 循环与分支", Matter::Video(10)),
            lesson("100104", "第一章测验", Matter::Quiz),
        ],
    },
    Course {
        id: "1002",
        name: "中国古典诗词",
        teacher: "王老师",
        lessons: &[
            lesson("100201", "静夜思", Matter::Page("床前明月光，疑是地上霜。举头望明月，低头思故乡。")),
            lesson("100202", "诗的平仄", Matter::Video(8)),
            lesson("100203", "第三章 宋词", Matter::Locked("本章尚未到开放时间")),
        ],
    },
    Course {
        id: "1003",
        name: "数据结构",
        teacher: "张老师",
        lessons: &[
            lesson("100301", "栈与队列", Matter::Page("栈后进先出，队列先进先出。浏览器的后退是栈，排队买票是队列。")),
            lesson("100302", "红黑树动画", Matter::Broken),
            lesson("100303", "图的遍历", Matter::Video(6)),
        ],
    },
];

impl Lesson {
    /// How much of it there is to deliver; 0 if it is not delivered at all.
    #[must_use]
    pub fn size(&self) -> i64 {
        match self.matter {
            Matter::Video(seconds) => seconds,
            Matter::Page(_) => 1,
            Matter::Quiz | Matter::Locked(_) | Matter::Broken => 0,
        }
    }
}

/// A learner's progress in an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LessonProgress {
    /// The item.
    pub lesson: &'static Lesson,
    /// How much of it was delivered.
    pub delivered: i64,
}

impl LessonProgress {
    /// Whether all of it was delivered.
    #[must_use]
    pub fn done(&self) -> bool {
        self.lesson.size() > 0 && self.delivered >= self.lesson.size()
    }
}

/// The percentage of items that are done.
#[must_use]
pub fn progress(lessons: &[LessonProgress]) -> i64 {
    let done = lessons.iter().filter(|lesson| lesson.done()).count();
    i64::try_from(done * 100 / lessons.len().max(1)).unwrap_or(0)
}

fn missing() -> Error {
    Refusal::NotFound(Noun::Account).into()
}

/// Signs a learner in and returns their token.
///
/// # Errors
/// [`Refusal::WrongCredentials`] for the password `wrong`, as on a real platform; [`Refusal::NotFound`] if there is no demo campus.
pub fn sign_in(engine: &Engine, name: &str, password: &str) -> Result<String, Error> {
    sandbox(engine)?;
    let name = name.trim();
    if name.is_empty() || name.len() > MAX_NAME || name.contains('\0') || password.is_empty() || password == "wrong" {
        return Err(Refusal::WrongCredentials.into());
    }
    Ok(format!("{}.{}", BASE64.encode(name), seal(engine, name)))
}

fn seal(engine: &Engine, name: &str) -> String {
    hex(&engine.secrets.keyed(&["demo campus", name])[..16])
}

/// The learner of a token.
///
/// # Errors
/// [`Refusal::Unauthorized`].
pub fn learner(engine: &Engine, token: &str) -> Result<String, Error> {
    let read = || {
        let (name, mac) = token.split_once('.')?;
        let name = String::from_utf8(BASE64.decode(name).ok()?).ok()?;
        bool::from(mac.as_bytes().ct_eq(seal(engine, &name).as_bytes())).then_some(name)
    };
    read().ok_or_else(|| Refusal::Unauthorized.into())
}

/// A course by its id.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn course(id: &str) -> Result<&'static Course, Error> {
    COURSES.iter().find(|course| course.id == id).ok_or_else(missing)
}

/// An item by its id.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn lesson_of(id: &str) -> Result<&'static Lesson, Error> {
    COURSES.iter().flat_map(|course| course.lessons).find(|lesson| lesson.id == id).ok_or_else(missing)
}

/// A learner's progress in the items of a course.
///
/// # Errors
/// [`Error::Fault`]; [`Refusal::NotFound`] if there is no demo campus.
pub async fn lessons(engine: &Engine, learner: &str, course: &'static Course) -> Result<Vec<LessonProgress>, Error> {
    sandbox(engine)?;
    let learner = learner.to_owned();
    let read = engine.db.read(async move |tx| Ok(store::sandbox::lessons(tx, &learner).await?));
    let known = read.await?;
    let delivered = |id: &str| known.iter().find(|(item, _)| item == id).map_or(0, |(_, delivered)| *delivered);
    Ok(course.lessons.iter().map(|lesson| LessonProgress { lesson, delivered: delivered(lesson.id) }).collect())
}

/// Records what was delivered of an item, in its own units.
///
/// # Errors
/// [`Error::Fault`].
pub async fn delivered(engine: &Engine, learner: &str, lesson: &'static Lesson, from: i64, to: i64) -> Result<(), Error> {
    let learner = learner.to_owned();
    let item = lesson.id;
    let to = to.min(lesson.size());
    let now = engine.now();
    engine.db.write(async move |tx| Ok(store::sandbox::delivered(tx, &learner, item, from, to, now).await?)).await
}

/// The bytes of a range of an item's sound: a small tune of its own, computed and never stored.
#[must_use]
pub fn sound(lesson: &Lesson, seconds: i64, range: std::ops::Range<u64>) -> Vec<u8> {
    let length = u64::try_from(seconds).unwrap_or(0) * SECOND;
    let head = head(length);
    let seed = lesson.id.bytes().fold(0_usize, |sum, byte| sum + usize::from(byte));
    let byte = |at: u64| match usize::try_from(at).ok().and_then(|at| head.get(at)) {
        Some(byte) => *byte,
        None => note(seed, at - HEAD),
    };
    (range.start..range.end.min(HEAD + length)).map(byte).collect()
}

/// The header of a WAVE file with this many bytes of sound.
fn head(length: u64) -> Vec<u8> {
    let four = |number: u64| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
    let rate = four(SECOND);
    [
        b"RIFF".as_slice(),
        &four(36 + length),
        b"WAVEfmt ",
        &four(16),
        &1_u16.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &rate,
        &rate,
        &1_u16.to_le_bytes(),
        &8_u16.to_le_bytes(),
        b"data",
        &four(length),
    ]
    .concat()
}

/// One sample of a tune of five notes, half a second each.
fn note(seed: usize, at: u64) -> u8 {
    const TONES: [f64; 5] = [261.63, 293.66, 329.63, 392.0, 440.0];
    let number = usize::try_from(at / (SECOND / 2)).unwrap_or(0);
    let tone = TONES[(seed + number * 3) % TONES.len()];
    let within = (at % (SECOND / 2)) as f64 / (SECOND / 2) as f64;
    let wave = (at as f64 / SECOND as f64 * tone * std::f64::consts::TAU).sin();
    (128.0 + wave * (1.0 - within) * 60.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_there_once_and_a_run_takes_its_time() {
        let lessons: Vec<_> = COURSES.iter().flat_map(|course| course.lessons).collect();
        let mut ids: Vec<_> = lessons.iter().map(|lesson| lesson.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), lessons.len());
        let seconds: i64 = lessons.iter().map(|lesson| if let Matter::Video(seconds) = lesson.matter { seconds } else { 0 }).sum();
        assert!((15..=180).contains(&seconds), "{seconds} s at single speed");
        assert!(lessons.iter().any(|lesson| lesson.matter == Matter::Broken));
        assert!(lessons.iter().any(|lesson| matches!(lesson.matter, Matter::Locked(_))));
    }

    #[test]
    fn a_piece_of_sound_is_what_stands_there_in_the_whole() {
        let lesson = &COURSES[0].lessons[0];
        let whole = sound(lesson, 2, 0..u64::MAX);
        assert_eq!(whole.len() as u64, HEAD + 2 * SECOND);
        assert_eq!((&whole[..4], &whole[8..12]), (b"RIFF".as_slice(), b"WAVE".as_slice()));
        assert_eq!(sound(lesson, 2, 1000..9000), whole[1000..9000]);
        assert!(whole[44..].iter().any(|byte| *byte > 150) && whole[44..].iter().any(|byte| *byte < 106));
    }
}
