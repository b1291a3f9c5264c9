//! One course, worked through in rounds: what one round finishes may open what the next one works on.

use std::collections::HashSet;

use domain::{
    course::{Item, NotOpen, Stand, Tick},
    study::Level,
};
use ports::campus::{CampusError, Worked};

use super::{
    Failure,
    log::Note,
    plan::Planned,
    player::{Player, Spot},
    run::{Run, corrupt, stopped},
    summary::{self, Course, Outcome, Seen},
};

/// After this many runs without anything finished, an item that was unavailable before is given up, since its platform is available.
const ITEM_RETRIES: i64 = 3;
/// The most items of one course.
const MAX_ITEMS: usize = 1000;
/// Items that were not worked on are recorded together, at most this many at a time.
const TOGETHER: usize = 50;
/// How often items that are not open are checked again when nothing else is left to do.
const RECHECKS: usize = 2;

/// How the work on a course ended.
pub(super) enum CourseEnd {
    /// It is finished with.
    Finished(Course),
    /// The task waits for its owner; the text is the message to them.
    Held(String),
}

/// A course that is being worked on.
struct Hand<'a> {
    planned: &'a Planned,
    index: usize,
    courses: usize,
    record: Course,
    /// The items that are finished with.
    seen: HashSet<String>,
    /// Items that were open in the list but locked when they were tried.
    doubted: HashSet<String>,
    rechecks: usize,
}

/// What a course holds, as its platform shows it.
enum Contents {
    /// Its items.
    Items(Vec<Item>),
    /// Nothing is accessible; the text says why.
    Shut(String),
}

/// The outcome of a round over the items.
enum Round {
    /// All open items are finished with; these are locked, each with the reason.
    Over { locked: Vec<(Item, String)>, progressed: bool },
    /// The list is outdated.
    Stale,
    /// The course is closed; the text says why.
    Closed(String),
}

/// The outcome of handling an item.
enum Met {
    /// It is finished with.
    Seen(Seen),
    /// It is not open; the text says why.
    Locked(String),
    /// Its course is closed; the text says why.
    Closed(String),
}

/// What is done about items that stay locked.
enum Shut {
    /// They are checked again.
    Again,
    /// They are skipped.
    Passed,
    /// The task waits for its owner; the text is the message to them.
    Held(String),
}

impl Run<'_> {
    /// Works through a course.
    pub(super) async fn course(&self, planned: &Planned, index: usize, courses: usize) -> Result<CourseEnd, Failure> {
        let since = match planned.known || !self.resumed {
            true => None,
            false => Some(self.found_since(planned).await?),
        };
        let planned = since.as_ref().unwrap_or(planned);
        let mut hand = Hand {
            planned,
            index,
            courses,
            record: Course::named(planned.name()),
            seen: HashSet::new(),
            doubted: HashSet::new(),
            rechecks: 0,
        };
        if !planned.known {
            hand.record.closed = Some("该账号下没有这门课程".to_owned());
            return Ok(CourseEnd::Finished(hand.record));
        }
        let mut begun = false;
        loop {
            let items = match self.items(planned).await? {
                Contents::Items(items) => items,
                Contents::Shut(why) => return Ok(hand.closed(why)),
            };
            if !begun {
                let line = format!("开始学习课程{}（{}/{courses}），共 {} 个任务点", planned.name(), index + 1, items.len());
                self.log(Level::Info, line).await?;
                begun = true;
            }
            let (locked, progressed) = match self.round(&mut hand, &items).await? {
                Round::Over { locked, progressed } => (locked, progressed),
                Round::Stale => continue,
                Round::Closed(why) => return Ok(hand.closed(why)),
            };
            if locked.is_empty() {
                break;
            }
            // What was done may have unlocked something.
            if progressed {
                continue;
            }
            match self.shut(&mut hand, &locked).await? {
                Shut::Again => {}
                Shut::Passed => {
                    for (item, why) in locked {
                        self.settle(&mut hand, &item, Seen { title: item.shown(), outcome: Outcome::Locked, why }).await?;
                    }
                    break;
                }
                Shut::Held(why) => return Ok(CourseEnd::Held(why)),
            }
        }
        Ok(CourseEnd::Finished(hand.record))
    }

    /// The current items of a course, or why none are accessible.
    async fn items(&self, planned: &Planned) -> Result<Contents, Failure> {
        let asked = self.learner.campus.items(&self.learner.token, &planned.id);
        match self.patiently(&format!("读取课程{}", planned.name()), asked).await {
            Ok(mut items) => {
                self.understood();
                let mut met = HashSet::new();
                items.retain(|item| met.insert(item.id.clone()));
                for item in items.iter_mut().skip(MAX_ITEMS) {
                    item.stand = Stand::Left(format!("一门课程一次最多学习 {MAX_ITEMS} 项，请本人查看"));
                }
                Ok(Contents::Items(items.into_iter().map(Item::plain).collect()))
            }
            Err(CampusError::Unavailable(why) | CampusError::CourseUnavailable(why)) => Ok(Contents::Shut(why)),
            Err(CampusError::UnknownRefusal(why)) => {
                self.unknown_refusal(&why)?;
                Ok(Contents::Shut(why))
            }
            Err(CampusError::Away { text, .. }) if self.last() => Ok(Contents::Shut(text)),
            Err(error) => self.or_fail(Err(error), &format!("课程{}", planned.name())).await.map(Contents::Items),
        }
    }

    /// Works on every item that is open and not finished with.
    async fn round(&self, hand: &mut Hand<'_>, items: &[Item]) -> Result<Round, Failure> {
        let mut locked = Vec::new();
        let mut progressed = false;
        for (index, item) in items.iter().enumerate() {
            if hand.seen.contains(&item.id) {
                continue;
            }
            if let Some(text) = self.steps.get(&step(hand.planned, item)) {
                hand.record.count(&serde_json::from_str(text).map_err(|_| corrupt())?);
                hand.seen.insert(item.id.clone());
                continue;
            }
            let spot = Spot { course: hand.index, courses: hand.courses, item: index, items: items.len() };
            match self.meet(hand.planned, item, spot).await? {
                Met::Seen(seen) => {
                    progressed |= seen.outcome == Outcome::Done;
                    self.settle(hand, item, seen).await?;
                }
                // Open in the list but locked when tried: the item was locked meanwhile, or the whole course was.
                Met::Locked(_) if !matches!(item.stand, Stand::Locked(_)) && hand.doubted.insert(item.id.clone()) => {
                    return Ok(Round::Stale);
                }
                Met::Locked(why) => locked.push((item.clone(), why)),
                Met::Closed(why) => return Ok(Round::Closed(why)),
            }
        }
        Ok(Round::Over { locked, progressed })
    }

    /// Handles one item.
    async fn meet(&self, planned: &Planned, item: &Item, spot: Spot) -> Result<Met, Failure> {
        let begun = format!("begun:{}", step(planned, item));
        let seen = |outcome, why: &str| Met::Seen(Seen { title: item.shown(), outcome, why: why.to_owned() });
        match &item.stand {
            // An item that this attempt had begun before it was paused or lost was done by it.
            Stand::Done if self.steps.contains_key(&begun) => return Ok(seen(Outcome::Done, "")),
            Stand::Done => return Ok(seen(Outcome::Known, "")),
            Stand::Locked(why) => return Ok(Met::Locked(why.clone())),
            Stand::Left(why) => return Ok(seen(Outcome::Left, why)),
            Stand::Tick(_) if let Some(why) = &planned.untimely => return Ok(seen(Outcome::Left, why)),
            Stand::Tick(tick) if !self.ticks.include(*tick) => {
                return Ok(match tick {
                    Tick::Material => seen(Outcome::Unasked, "需本人确认完成，创建任务时可选择代为勾选"),
                    Tick::Activity => seen(Outcome::Unasked, "需本人参与后确认完成，创建任务时可选择连同活动一并勾选"),
                });
            }
            Stand::Open | Stand::Tick(_) => {}
        }
        let stuck = self.job.failed_runs() >= ITEM_RETRIES && self.steps.contains_key(&begun);
        self.write(Note::line(Level::Info, format!("当前任务: {}", item.shown())).and_step(begun, String::new())).await?;
        let player = Player::new(self, planned, item, spot);
        player.report(item.played).await?;
        let asked = self.learner.campus.work(&self.learner.token, &planned.id, item, &player);
        let worked = match item.played {
            Some(_) => self.unless_stopped(asked).await,
            None => self.patiently(&item.shown(), asked).await,
        };
        if !matches!(worked, Err(CampusError::UnknownRefusal(_))) {
            self.understood();
        }
        match worked {
            Ok(Worked::Done) => {
                player.report(item.played.map(|(_, of)| (of, of)).or(Some((1, 1)))).await?;
                Ok(seen(Outcome::Done, ""))
            }
            Ok(Worked::Locked(why)) => Ok(Met::Locked(why)),
            Ok(Worked::Left(why)) => Ok(seen(Outcome::Left, &why)),
            Ok(Worked::Deleted) => Ok(seen(Outcome::Deleted, "")),
            Err(CampusError::Unavailable(why)) => Ok(seen(Outcome::Failed, &why)),
            Err(CampusError::UnknownRefusal(why)) => {
                self.unknown_refusal(&why)?;
                Ok(seen(Outcome::Failed, &why))
            }
            Err(CampusError::CourseUnavailable(why)) => Ok(Met::Closed(why)),
            Err(CampusError::Away { text, .. }) if stuck || self.last() => Ok(seen(Outcome::Failed, &text)),
            Err(error) => self.or_fail(Err(error), &item.shown()).await,
        }
    }

    /// Records that an item is finished with. Items that were not worked on are reported at the end of the course, grouped by reason.
    async fn settle(&self, hand: &mut Hand<'_>, item: &Item, seen: Seen) -> Result<(), Failure> {
        let first = hand.record.count(&seen);
        hand.seen.insert(item.id.clone());
        let text = serde_json::to_string(&seen).map_err(|_| corrupt())?;
        let note = Note::default().and_step(step(hand.planned, item), text);
        let line = match seen.outcome {
            Outcome::Done => {
                let lines = vec![(Level::Info, format!("已完成: {}", seen.title))];
                return self.write(Note { lines, advances: true, ..note }).await;
            }
            Outcome::Failed if first => vec![(Level::Error, format!("学习失败: {}（{}）", seen.title, seen.why))],
            Outcome::Failed | Outcome::Known | Outcome::Left | Outcome::Unasked | Outcome::Locked | Outcome::Deleted => Vec::new(),
        };
        let waits = {
            let mut unwritten = self.unwritten.lock().expect("no holder of this lock panics");
            unwritten.join(Note { lines: line, ..note });
            unwritten.steps.len() < TOGETHER && seen.outcome != Outcome::Failed
        };
        if waits { Ok(()) } else { self.write(Note::default()).await }
    }

    /// Decides what is done about items that stay locked, as their learner has chosen.
    async fn shut(&self, hand: &mut Hand<'_>, locked: &[(Item, String)]) -> Result<Shut, Failure> {
        match self.learner.place.not_open {
            NotOpen::Continue => Ok(Shut::Passed),
            NotOpen::Retry if hand.rechecks >= RECHECKS => Ok(Shut::Passed),
            NotOpen::Retry => {
                if hand.rechecks == 0 {
                    let told: Vec<_> = locked.iter().map(|(item, why)| (item.shown(), why.clone())).collect();
                    let lines = summary::not_yet(&told).into_iter().map(|line| (Level::Warning, line)).collect();
                    self.write(Note { lines, ..Note::default() }).await?;
                }
                hand.rechecks += 1;
                self.wait(self.settings.recheck).await.map_err(|_| stopped())?;
                Ok(Shut::Again)
            }
            NotOpen::Ask => {
                let asked = |item: &Item| format!("asked:{}", step(hand.planned, item));
                let Some((item, why)) = locked.iter().find(|(item, _)| !self.steps.contains_key(&asked(item))) else {
                    return Ok(Shut::Passed);
                };
                let others = if locked.len() > 1 { format!("等 {} 项", locked.len()) } else { String::new() };
                let why = format!("「{}」{others}尚未开放（{why}）：恢复任务将跳过，也可以先到学习平台处理", item.title);
                let steps = locked.iter().map(|(item, _)| (asked(item), String::new())).collect();
                self.write(Note { steps, ..Note::line(Level::Warning, why.clone()) }).await?;
                Ok(Shut::Held(why))
            }
        }
    }
}

impl Hand<'_> {
    fn closed(mut self, why: String) -> CourseEnd {
        self.record.closed = Some(why);
        CourseEnd::Finished(self.record)
    }
}

/// The name of an item's step.
fn step(planned: &Planned, item: &Item) -> String {
    format!("item:{}:{}", planned.id, item.id)
}
