//! Keeps time while an item is played, and reports the progress of the item and of the whole task.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::{
    course::Item,
    study::{CourseProgress, Hand},
};
use ports::campus::{CampusError, Playing};

use super::{
    Failure,
    plan::{PLANNED, Planned},
    run::{Run, count},
};

/// The share of a task's progress that belongs to its courses, in percent (docs/surfaces/campus.md, How a task goes).
const COURSES: f64 = 65.0;

/// The position of an item among all.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) course: usize,
    pub(super) courses: usize,
    pub(super) item: usize,
    pub(super) items: usize,
}

impl Spot {
    /// The position after all items of a course.
    pub(super) fn after(course: usize, courses: usize) -> Self {
        Self { course: course + 1, courses, item: 0, items: 1 }
    }

    /// The task's progress in percent when this share of the item is done.
    pub(super) fn percent(self, share: f64) -> i64 {
        let item = (self.item as f64 + share) / self.items.max(1) as f64;
        PLANNED + ((self.course as f64 + item) / self.courses.max(1) as f64 * COURSES) as i64
    }
}

/// Keeps time while an item is played, and reports its progress.
pub(super) struct Player<'a, 'r> {
    run: &'a Run<'r>,
    planned: &'a Planned,
    item: &'a Item,
    spot: Spot,
    played: AtomicI64,
}

impl<'a, 'r> Player<'a, 'r> {
    pub(super) fn new(run: &'a Run<'r>, planned: &'a Planned, item: &'a Item, spot: Spot) -> Self {
        Self { run, planned, item, spot, played: AtomicI64::new(item.played.map_or(0, |(at, _)| at)) }
    }

    /// Reports the item's progress.
    pub(super) async fn report(&self, played: Option<(i64, i64)>) -> Result<(), Failure> {
        let share = played.map_or(0.0, |(at, of)| (at as f64 / of.max(1) as f64).clamp(0.0, 1.0));
        // An item that is not played has no playing time.
        let clock = played.filter(|_| self.item.played.is_some());
        let hand = Hand {
            title: self.item.shown(),
            progress: (share * 100.0) as i64,
            played: clock,
            detail: format!("《{}》 {}/{}", self.planned.title, self.spot.item + 1, self.spot.items),
        };
        let percent = self.spot.percent(share);
        let percent = self.run.at.fetch_max(percent, Ordering::SeqCst).max(percent);
        let courses = CourseProgress { completed: count(self.run.completed), total: count(self.spot.courses), item: Some(hand) };
        self.run.job.report_with(percent, &self.item.shown(), &format!("正在学习 {}", self.item.shown()), Some(courses)).await
    }
}

#[async_trait::async_trait]
impl Playing for Player<'_, '_> {
    async fn played(&self, at_s: i64, of_s: i64) -> Result<(), CampusError> {
        let before = self.played.swap(at_s, Ordering::SeqCst);
        let speed: f64 = self.run.learner.place.speed.parse().unwrap_or(1.0);
        let media = u32::try_from(at_s.saturating_sub(before)).unwrap_or(0);
        self.run.wait((self.run.settings.second * media).div_f64(speed.clamp(1.0, 2.0))).await?;
        match self.report(Some((at_s, of_s))).await {
            Err(lost) if lost.again.is_none() => Err(CampusError::Stopped),
            // Progress that could not be written is no reason to stop: it is reported again a second later.
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
