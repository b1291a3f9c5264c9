//! A claimed task while its kind works on it: progress reports, recorded steps, and the fencing of every write.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use domain::{
    event::Snapshot,
    id::TaskId,
    study::CourseProgress,
    task::{State, Task},
    time::Timestamp,
};
use store::{task::Report, tx::Tx};
use tokio_util::sync::CancellationToken;

use crate::{Engine, Error, worker::Failure};

/// A claimed task while its kind works on it.
pub struct Job {
    /// The task as it was claimed.
    pub task: Task,
    /// The task's input.
    pub input: String,
    /// Cancelled when the work must stop: the task was cancelled, paused, lost or is past its deadline, or this process is ending.
    pub stop: CancellationToken,
    /// The engine, for the kind's own operations.
    pub engine: Arc<Engine>,
    sequence: AtomicI64,
    reported: Mutex<Reported>,
    advanced: AtomicBool,
}

struct Reported {
    progress: i64,
    written_at: Timestamp,
    step: Option<String>,
}

impl Job {
    pub(super) fn new(engine: Arc<Engine>, task: Task, input: String) -> Self {
        let reported = Reported { progress: task.progress, written_at: Timestamp(0), step: task.step.clone() };
        let (sequence, advanced) = (AtomicI64::new(0), AtomicBool::new(false));
        Self { task, input, stop: CancellationToken::new(), engine, sequence, reported: Mutex::new(reported), advanced }
    }

    /// The job of a task that somebody outside goes on working on; what it reports is newer than all before.
    pub(super) fn continued(engine: Arc<Engine>, task: Task) -> Self {
        let sequence = engine.now().0;
        let job = Self::new(engine, task, String::new());
        Self { sequence: AtomicI64::new(sequence), ..job }
    }

    /// Notes that something was finished that no later run repeats; the task's row must say so, too. Failed runs are counted from zero
    /// again.
    pub(crate) fn advanced(&self) {
        self.advanced.store(true, Ordering::SeqCst);
    }

    /// How many runs of this attempt have failed since a part of it was last finished.
    pub(crate) fn failed_runs(&self) -> i64 {
        if self.advanced.load(Ordering::SeqCst) { 0 } else { self.task.run }
    }

    /// Reports progress. It is published at once, and written to the database about once a second and at each new step.
    ///
    /// # Errors
    /// [`Failure`] if the lease was lost; the work must stop then.
    pub async fn report(&self, progress: i64, step: &str, message: &str) -> Result<(), Failure> {
        self.report_with(progress, step, message, None).await
    }

    /// As [`Job::report`], with a study task's progress through its courses.
    ///
    /// # Errors
    /// As [`Job::report`].
    pub async fn report_with(&self, progress: i64, step: &str, message: &str, study: Option<CourseProgress>) -> Result<(), Failure> {
        let now = self.engine.now();
        let (progress, due) = {
            let mut reported = self.reported.lock().expect("no holder of this lock panics");
            reported.progress = reported.progress.max(progress.clamp(0, 99));
            let due = reported.step.as_deref() != Some(step)
                || now.since(reported.written_at) >= Duration::from_secs(1)
                || reported.written_at > now;
            if due {
                reported.written_at = now;
                reported.step = Some(step.to_owned());
            }
            (reported.progress, due)
        };
        let snapshot = Snapshot {
            task: self.task.id,
            attempt: self.task.attempt,
            epoch: self.task.epoch,
            sequence: self.sequence.fetch_add(1, Ordering::SeqCst) + 1,
            state: State::Running,
            progress,
            step: Some(step.to_owned()),
            message: Some(message.to_owned()),
            study,
        };
        crate::task::publish_snapshot(&self.engine, snapshot);
        if due {
            let report = Report { progress, step: Some(step.to_owned()), message: Some(message.to_owned()) };
            self.fenced(async move |tx, fence, now| Ok(store::task::report(tx, fence.task, fence.epoch, &report, now).await?)).await?;
        }
        Ok(())
    }

    /// The recorded output of a step of this attempt, if the step is finished.
    ///
    /// # Errors
    /// [`Failure`] if the database does not answer.
    pub async fn recorded(&self, name: &'static str) -> Result<Option<String>, Failure> {
        let id = self.task.id;
        let attempt = self.task.attempt;
        let read = self.engine.db.read(async move |tx| Ok(store::step::output(tx, id, attempt, name).await?));
        read.await.map_err(|error| failed(&error))
    }

    /// Records that a step of this attempt is finished, so that it is not done again.
    ///
    /// # Errors
    /// [`Failure`] if the lease was lost.
    pub async fn record(&self, name: &'static str, output: String) -> Result<(), Failure> {
        let attempt = self.task.attempt;
        self.while_held(async move |tx, id, now| {
            store::step::insert(tx, id, attempt, name, &output, now).await?;
            Ok(store::task::advanced(tx, id).await?)
        })
        .await?;
        self.advanced();
        Ok(())
    }

    /// The time until the task's deadline; a month if it has none.
    pub(super) fn left(&self) -> Duration {
        const MONTH: Duration = Duration::from_secs(86_400 * 30);
        self.task.deadline_at.map_or(MONTH, |at| at.since(self.engine.now())).min(MONTH)
    }

    /// Renews the lease.
    ///
    /// # Errors
    /// [`Failure`] if it was lost.
    pub async fn renew(&self) -> Result<(), Failure> {
        let until = self.engine.now().plus(self.engine.settings.lease);
        self.fenced(async move |tx, fence, _| Ok(store::task::renew(tx, fence.task, fence.epoch, until).await?)).await
    }

    /// Runs a conditional write that names the epoch itself, and says whether it applied; if it did not, the work is told to stop.
    async fn fenced<F>(&self, write: F) -> Result<(), Failure>
    where
        F: AsyncFn(&mut Tx, Fence, Timestamp) -> Result<bool, Error> + Send + 'static,
    {
        let (fence, now) = (Fence { task: self.task.id, epoch: self.task.epoch }, self.engine.now());
        let held = self.engine.db.write(async move |tx| write(tx, fence, now).await).await.map_err(|error| failed(&error))?;
        if held {
            return Ok(());
        }
        self.stop.cancel();
        Err(Failure { code: "LOST", message: "the task is no longer this worker's".to_owned(), again: None })
    }

    /// Runs writes while the task is held under this job's epoch; if it no longer is, nothing is written and the work is told to stop.
    pub(crate) async fn while_held<F>(&self, write: F) -> Result<(), Failure>
    where
        F: AsyncFn(&mut Tx, TaskId, Timestamp) -> Result<(), Error> + Send + 'static,
    {
        let fenced = self.fenced(async move |tx, fence, now| {
            let held = holds(tx, fence).await?;
            if held {
                write(tx, fence.task, now).await?;
            }
            Ok(held)
        });
        fenced.await
    }
}

/// The epoch under which a worker may write to a task.
#[derive(Debug, Clone, Copy)]
struct Fence {
    task: TaskId,
    epoch: i64,
}

/// Whether a task is still running under an epoch; the row is locked until the transaction ends.
async fn holds(tx: &mut Tx, fence: Fence) -> Result<bool, Error> {
    let held = store::task::get_for_update(tx, fence.task).await?;
    Ok(held.is_some_and(|task| task.epoch == fence.epoch && task.state == State::Running))
}

/// The failure of a run through an error on our side. The details are only logged, for the operator.
pub(crate) fn failed(error: &Error) -> Failure {
    tracing::error!(%error, "a task's work could not be kept");
    Failure {
        code: "STORAGE", message: "服务暂时不可用，请稍后重试 (storage)".to_owned(), again: Some(Duration::from_secs(1))
    }
}
