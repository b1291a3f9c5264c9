//! The life cycle of a task: its states and the only moves between them (docs/tasks.md, States and moves).
//!
//! Three numbers must not be confused. **attempt**: what was paid for; opened by submitting and by a manual retry. **run**: the automatic
//! tries within an attempt since a part of it was last finished. **epoch**: the fencing number, raised by every start, claim, pause,
//! resume, cancel, dismissal, release and take-over; a worker's write names the epoch it was given and is refused once that is outdated,
//! and a subscriber takes only what is newer.
//!
//! Invariant: no move leaves an ended state except `Retry`, which opens a new attempt, and `Dismiss`, which moves no money.

use std::time::Duration;

use crate::{
    id::{AccountId, TaskId},
    time::Timestamp,
    wallet::Asset,
};

/// The state of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Waits for its owner to start it, or for an outside worker.
    Draft,
    /// Waits for somebody's approval.
    AwaitingApproval,
    /// Waits for a worker.
    Queued,
    /// A worker holds it, or it is parked while a remote server works on it.
    Running,
    /// Its owner paused it.
    Paused,
    /// It succeeded.
    Succeeded,
    /// It failed.
    Failed,
    /// Its owner cancelled it.
    Cancelled,
}

/// What can happen to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    /// The owner starts a draft.
    Start,
    /// Somebody approves it.
    Approve,
    /// A worker claims it.
    Claim,
    /// An outside worker reports that it has started on a draft.
    Begin,
    /// A worker takes it over from one whose lease was lost, or resumes a parked task.
    TakeOver,
    /// A worker releases it unchanged, at shutdown.
    Release,
    /// A worker's run failed, and another one is due later.
    TryAgain,
    /// The owner pauses it.
    Pause,
    /// The owner resumes it.
    Resume,
    /// It succeeded.
    Succeed,
    /// It failed.
    Fail,
    /// The owner cancels it.
    Cancel,
    /// A manual retry: a new attempt, which is charged.
    Retry,
    /// An approved task was changed and must be approved again. Otherwise a task could run in a form that nobody approved.
    Reconsider,
    /// The owner dismisses a failed task: its state becomes cancelled, and no money moves. It is not [`Move::Cancel`], which refunds the
    /// charge.
    Dismiss,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 8] =
        [Self::Draft, Self::AwaitingApproval, Self::Queued, Self::Running, Self::Paused, Self::Succeeded, Self::Failed, Self::Cancelled];

    /// Its name in storage.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::AwaitingApproval => "awaiting_approval",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state with this name in storage.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether the task has ended.
    #[must_use]
    pub fn ended(self) -> bool {
        match self {
            Self::Succeeded | Self::Failed | Self::Cancelled => true,
            Self::Draft | Self::AwaitingApproval | Self::Queued | Self::Running | Self::Paused => false,
        }
    }

    /// The state that `step` leads to from here, or `None` if it is not allowed.
    #[must_use]
    pub fn after(self, step: Move) -> Option<Self> {
        use State::{AwaitingApproval, Cancelled, Draft, Failed, Paused, Queued, Running, Succeeded};
        match step {
            Move::Start => (self == Draft).then_some(Queued),
            Move::Approve => (self == AwaitingApproval).then_some(Queued),
            Move::Claim => (self == Queued).then_some(Running),
            Move::Begin => (self == Draft).then_some(Running),
            Move::TakeOver => (self == Running).then_some(Running),
            Move::Release | Move::TryAgain => (self == Running).then_some(Queued),
            Move::Pause => matches!(self, Queued | Running).then_some(Paused),
            Move::Resume => (self == Paused).then_some(Queued),
            // An outside worker may report the end of a task without having reported its beginning.
            Move::Succeed => matches!(self, Draft | Running).then_some(Succeeded),
            Move::Fail => matches!(self, Draft | Queued | Running).then_some(Failed),
            Move::Cancel => (!self.ended()).then_some(Cancelled),
            Move::Retry => matches!(self, Failed | Cancelled).then_some(Queued),
            Move::Reconsider => (self == Queued).then_some(AwaitingApproval),
            Move::Dismiss => (self == Failed).then_some(Cancelled),
        }
    }

    /// Every state from which `step` is allowed: what a conditional update may find.
    pub fn before(step: Move) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |state| state.after(step).is_some())
    }
}

impl Move {
    /// Every move.
    pub const ALL: [Self; 15] = [
        Self::Start,
        Self::Approve,
        Self::Claim,
        Self::Begin,
        Self::TakeOver,
        Self::Release,
        Self::TryAgain,
        Self::Pause,
        Self::Resume,
        Self::Succeed,
        Self::Fail,
        Self::Cancel,
        Self::Retry,
        Self::Reconsider,
        Self::Dismiss,
    ];

    /// Whether it raises the epoch, so that the worker that held the task before is fenced off. `Start` and `Dismiss` fence nobody off;
    /// they raise it because subscribers accept only newer states.
    #[must_use]
    pub fn fences(self) -> bool {
        match self {
            Self::Start
            | Self::Claim
            | Self::Begin
            | Self::TakeOver
            | Self::Release
            | Self::Pause
            | Self::Resume
            | Self::Cancel
            | Self::Retry
            | Self::Reconsider
            | Self::TryAgain
            | Self::Dismiss => true,
            Self::Approve | Self::Succeed | Self::Fail => false,
        }
    }
}

/// Why a task failed: a code for programs and a line for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// An error code in capitals, such as `DEADLINE`.
    pub code: String,
    /// What happened, without a provider's response body or key.
    pub message: String,
}

/// A piece of work that somebody submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The account that owns it.
    pub account: AccountId,
    /// The name of its kind, which the engine knows.
    pub kind: String,
    /// Its state.
    pub state: State,
    /// The paid attempt: 1, and one more for each manual retry.
    pub attempt: i64,
    /// Automatic tries within the attempt since a part of it was last finished, from 0.
    pub run: i64,
    /// The fencing number.
    pub epoch: i64,
    /// How many workers died while they held it since a part of the attempt was last finished.
    pub deaths: i64,
    /// The worker that holds it; `None` while it waits or is parked.
    pub worker: Option<String>,
    /// When a worker should look at it next.
    pub due_at: Timestamp,
    /// When the attempt fails if it has not ended.
    pub deadline_at: Option<Timestamp>,
    /// The asset it is paid with.
    pub asset: Asset,
    /// What the current attempt costs, fixed when it was opened.
    pub price: i64,
    /// 0 to 100.
    pub progress: i64,
    /// What is being done.
    pub step: Option<String>,
    /// A line about it for people.
    pub message: Option<String>,
    /// Why it failed.
    pub error: Option<Cause>,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When the attempt was first worked on.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Its output, as its kind's record.
    pub output: Option<String>,
}

/// What a list shows of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its id.
    pub id: TaskId,
    /// Its state.
    pub state: State,
    /// Why it failed.
    pub error: Option<Cause>,
    /// When it was submitted.
    pub created_at: Timestamp,
}

/// A task is given up after this many workers have died while they held it.
pub const MAX_DEATHS: i64 = 3;

impl Task {
    /// The task after `step`, or `None` if that is not allowed. The details of the step (a worker, an error) are set by the caller.
    #[must_use]
    pub fn after(&self, step: Move, now: Timestamp) -> Option<Self> {
        let mut next = Self { state: self.state.after(step)?, worker: None, updated_at: now.max(self.updated_at), ..self.clone() };
        if step.fences() {
            next.epoch += 1;
        }
        if next.state.ended() && !self.state.ended() {
            next.ended_at = Some(now);
        }
        match step {
            Move::Start | Move::Approve | Move::Release => next.due_at = now,
            Move::Resume => {
                next.due_at = now;
                // The time that it was paused does not count: otherwise a task that was paused overnight would fail at once.
                next.deadline_at = self.deadline_at.map(|at| at.plus(now.since(self.updated_at)));
            }
            Move::Claim | Move::Begin => next.started_at = Some(self.started_at.unwrap_or(now)),
            Move::TakeOver => next.deaths += i64::from(self.worker.is_some()),
            Move::TryAgain => next.run += 1,
            Move::Pause | Move::Fail | Move::Cancel | Move::Reconsider | Move::Dismiss => {}
            Move::Succeed => next.progress = 100,
            Move::Retry => {
                next = Self {
                    attempt: self.attempt + 1,
                    run: 0,
                    deaths: 0,
                    due_at: now,
                    deadline_at: None,
                    progress: 0,
                    step: None,
                    message: None,
                    error: None,
                    started_at: None,
                    ended_at: None,
                    ..next
                }
            }
        }
        Some(next)
    }

    /// The task with a worker holding it for `lease`, or `None` if it cannot be claimed.
    #[must_use]
    pub fn claimed(&self, worker: &str, lease: Duration, now: Timestamp) -> Option<Self> {
        let step = if self.state == State::Queued { Move::Claim } else { Move::TakeOver };
        let next = self.after(step, now)?;
        Some(Self { worker: Some(worker.to_owned()), due_at: now.plus(lease), ..next })
    }

    /// Whether it waits for a worker.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.state == State::Queued
    }

    /// Whether a worker holds it. A parked task is running without one.
    #[must_use]
    pub fn held(&self) -> bool {
        self.state == State::Running && self.worker.is_some()
    }
}

/// How often a failed run is retried automatically, and how long each retry waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The number of retries after the first run; then the task fails.
    pub retries: i64,
    /// Seconds before the first retry; doubled for each further one.
    pub base_s: u64,
    /// The longest wait in seconds.
    pub cap_s: u64,
}

impl Backoff {
    /// Milliseconds to wait before the run after `run` (0 for the first), with `jitter` in 0..=255 spreading the upper half.
    #[must_use]
    pub fn wait_ms(self, run: i64, jitter: u8) -> u64 {
        let doublings = u32::try_from(run.clamp(0, 20)).unwrap_or(20);
        let full = self.base_s.saturating_mul(1 << doublings).min(self.cap_s).saturating_mul(1000);
        full / 2 + full / 2 * u64::from(jitter) / 255
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row per state, one column per move, in the order of `Move::ALL`; `.` means refused.
    const TABLE: &str = "
        state              start   approve  claim    begin    take_over  release  try_again  pause   resume  succeed    fail    cancel     retry   reconsider         dismiss
        draft              queued  .        .        running  .          .        .          .       .       succeeded  failed  cancelled  .          .          .
        awaiting_approval  .       queued   .        .        .          .        .          .       .       .          .       cancelled  .          .          .
        queued             .       .        running  .        .          .        .          paused  .       .          failed  cancelled  .          awaiting_approval .
        running            .       .        .        .        running    queued   queued     paused  .       succeeded  failed  cancelled  .          .          .
        paused             .       .        .        .        .          .        .          .       queued  .          .       cancelled  .          .          .
        succeeded          .       .        .        .        .          .        .          .       .       .          .       .          .          .          .
        failed             .       .        .        .        .          .        .          .       .       .          .       .          queued     .          cancelled
        cancelled          .       .        .        .        .          .        .          .       .       .          .       .          queued     .          .
    ";

    #[test]
    fn the_table_of_moves_is_exactly_this() {
        let mut rows = TABLE.lines().map(str::split_whitespace).filter(|row| row.clone().next().is_some());
        rows.next();
        let mut seen = 0;
        for mut row in rows {
            let from = State::from_word(row.next().unwrap()).unwrap();
            for (step, expected) in Move::ALL.into_iter().zip(row) {
                let found = from.after(step).map_or(".", State::word);
                assert_eq!(found, expected, "{from:?} after {step:?}");
                seen += 1;
            }
        }
        assert_eq!(seen, State::ALL.len() * Move::ALL.len());
    }

    #[test]
    fn only_a_retry_leaves_an_ended_state_and_a_dismissal_changes_its_word() {
        for state in State::ALL.into_iter().filter(|state| state.ended()) {
            for step in Move::ALL.into_iter().filter(|step| !matches!(step, Move::Retry | Move::Dismiss)) {
                assert_eq!(state.after(step), None, "{state:?} {step:?}");
            }
        }
    }

    #[test]
    fn waits_double_up_to_a_cap_and_jitter_only_shortens_them() {
        let backoff = Backoff { retries: 3, base_s: 2, cap_s: 30 };
        for (run, longest) in [(0, 2_000), (1, 4_000), (3, 16_000), (4, 30_000), (60, 30_000)] {
            assert_eq!(backoff.wait_ms(run, 255), longest, "run {run}");
            assert_eq!(backoff.wait_ms(run, 0), longest / 2, "run {run}");
        }
    }
}
