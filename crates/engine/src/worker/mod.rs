//! Workers: claim, run, report, settle.
//!
//! Invariant: every write of a worker names the epoch it was given; after a pause, a cancel or a take-over it is refused.
//! Invariant: a task's end and its refund are one transaction.

mod claim;
mod job;
mod kind;
pub mod outside;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{
    ledger::ChainKey,
    study::Level,
    task::{Cause, Move, State, Task},
    time::Timestamp,
};
use store::tx::Tx;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use self::job::failed;
pub use self::{
    job::Job,
    kind::{Ending, Failure, Kind, Kinds},
};
use crate::{Engine, Error, Fault, ledger, runtime_settings, task};

/// The longest wait that an outside service can demand before it is called again.
pub(crate) const LONGEST_REST: Duration = Duration::from_secs(600);

/// The failure of a run whose task is past its deadline.
fn overdue() -> Failure {
    Failure { code: "DEADLINE", message: "任务超过了时限 (the task took too long)".to_owned(), again: None }
}

/// Claims tasks and works on them.
pub struct Worker {
    engine: Arc<Engine>,
    name: String,
    /// Every other claim begins with the waiting tasks, so that many parked ones cannot starve them.
    turn: AtomicBool,
}

impl Worker {
    /// A worker with a new random name.
    #[must_use]
    pub fn new(engine: Arc<Engine>) -> Self {
        let name = format!("worker-{}", ports::random::hex::<8>(&*engine.random));
        Self { engine, name, turn: AtomicBool::new(true) }
    }

    /// A worker with a name that is known already.
    fn named(engine: Arc<Engine>, name: String) -> Self {
        Self { engine, name, turn: AtomicBool::new(true) }
    }

    /// Claims up to `limit` tasks of a kind: those whose worker was lost or that are parked and due, and waiting ones, with the accounts
    /// taking turns. Which of the two come first alternates.
    ///
    /// # Errors
    /// [`Error::Fault`].
    pub async fn claim(&self, kind: &dyn Kind, limit: usize) -> Result<Vec<Job>, Error> {
        let engine = &self.engine;
        let claim = claim::Claim {
            worker: self.name.clone(),
            kind: kind.name(),
            limit,
            lease: engine.settings.lease,
            deadline: kind.deadline(engine),
            refunds: kind.refunds(),
            chain: engine.secrets.chain.clone(),
            paused: runtime_settings::paused(engine, kind.name()),
            overdue_first: self.turn.fetch_xor(true, Ordering::SeqCst),
            now: engine.now(),
        };
        let claimed = engine.db.write(async move |tx| claim::take(tx, &claim).await).await?;
        for task in &claimed.given_up {
            tracing::warn!(task = task.id.0, kind = task.kind, deaths = task.deaths, "given up: too many workers died with it");
            task::publish(engine, task);
        }
        let jobs = claimed.jobs.into_iter().map(|(task, input)| {
            task::publish(engine, &task);
            let job = Job::new(Arc::clone(engine), task, input);
            engine.live.working(job.task.id, job.task.epoch, job.stop.clone());
            job
        });
        Ok(jobs.collect())
    }

    /// Runs a claimed task with heartbeats and settles it. `ending` is cancelled when this process is about to end.
    pub async fn work(&self, kind: Arc<dyn Kind>, job: Job, ending: CancellationToken) {
        let job = Arc::new(job);
        let result = self.run(&kind, &job, &ending).await;
        self.engine.live.worked(job.task.id, job.task.epoch);
        match self.settle(&*kind, &job, result, ending.is_cancelled()).await {
            // If the write was fenced off (the task was cancelled, paused or taken over), that change has already been published.
            Ok(_) => {}
            Err(error) => tracing::error!(task = job.task.id.0, %error, "a task could not be settled; its lease will run out"),
        }
        kind.cleanup(&job).await;
    }

    async fn run(&self, kind: &Arc<dyn Kind>, job: &Arc<Job>, ending: &CancellationToken) -> Result<Ending, Failure> {
        let mut work = tokio::spawn({
            let (kind, job) = (Arc::clone(kind), Arc::clone(job));
            async move { kind.run(&job).await }
        });
        let deadline = tokio::time::sleep(job.left());
        tokio::pin!(deadline);
        let mut beat = tokio::time::interval(self.engine.settings.lease / 3);
        beat.tick().await;
        let mut overdue = false;
        loop {
            tokio::select! {
                result = &mut work => {
                    if overdue {
                        return Err(self::overdue());
                    }
                    return result.unwrap_or_else(|error| {
                        tracing::error!(task = job.task.id.0, %error, "a task's work panicked");
                        Err(Failure { code: "INTERNAL", message: "任务处理时发生内部错误 (internal error)".to_owned(), again: Some(Duration::from_secs(1)) })
                    });
                }
                _ = beat.tick() => {
                    // A failed heartbeat is tried again at the next beat; a lost lease stops the job by itself.
                    if let Err(failure) = job.renew().await {
                        tracing::warn!(task = job.task.id.0, failure.message, "no heartbeat");
                    }
                }
                () = &mut deadline, if !overdue => {
                    overdue = true;
                    job.stop.cancel();
                }
                () = ending.cancelled(), if !job.stop.is_cancelled() => job.stop.cancel(),
            }
        }
    }

    /// Settles a run: the task's end, its refund, its next run or its release, in one transaction. `None` if the lease was lost.
    ///
    /// # Errors
    /// [`Error::Fault`] if the database does not answer after several retries.
    pub async fn settle(&self, kind: &dyn Kind, job: &Job, result: Result<Ending, Failure>, ending: bool) -> Result<Option<Task>, Error> {
        let mut jitter = [0];
        self.engine.random.fill(&mut jitter);
        let result = match result {
            Err(failure) if ending && !failure.survives_shutdown() => Settlement::Release,
            Err(failure) if failure.again.is_some() && job.left().is_zero() => Settlement::fail(overdue(), kind),
            Ok(Ending::Done(output)) => Settlement::Succeed(output),
            Ok(Ending::Parked(until)) => Settlement::Park(until),
            Ok(Ending::Held(message)) => Settlement::Hold(message),
            Err(failure) => match failure.again.filter(|_| job.failed_runs() < kind.backoff().retries) {
                Some(least) => {
                    let usual = Duration::from_millis(kind.backoff().wait_ms(job.failed_runs(), jitter[0]));
                    // However long a wait was demanded, the task is due again by its deadline.
                    Settlement::TryAgain(usual.max(least.min(LONGEST_REST)).min(job.left()), failure.message)
                }
                None => Settlement::fail(failure, kind),
            },
        };
        let settle = Arc::new((job.task.id, job.task.epoch, result, self.engine.secrets.chain.clone()));
        let mut wait = Duration::from_millis(200);
        let settled = loop {
            let settle = Arc::clone(&settle);
            let now = self.engine.now();
            match self.engine.db.write(async move |tx| close(tx, &settle, now).await).await {
                Err(Error::Fault(fault)) if wait < Duration::from_secs(20) => {
                    tracing::warn!(task = job.task.id.0, %fault, "settling is tried again");
                    tokio::time::sleep(wait).await;
                    wait *= 2;
                }
                other => break other?,
            }
        };
        if let Some(task) = &settled {
            metrics::counter!("gongfang_tasks_settled_total", "kind" => kind.name(), "state" => task.state.word()).increment(1);
            task::publish(&self.engine, task);
        }
        Ok(settled)
    }

    /// Works until `ending` is cancelled, then stops the running tasks and releases them.
    pub async fn serve(self, ending: CancellationToken) {
        let this = Arc::new(self);
        let tracker = TaskTracker::new();
        let places: HashMap<&'static str, Arc<Semaphore>> =
            this.engine.kinds.iter().map(|kind| (kind.name(), Arc::new(Semaphore::new(kind.concurrency())))).collect();
        while !ending.is_cancelled() {
            let mut busy = false;
            for kind in this.engine.kinds.iter() {
                let free = places[kind.name()].available_permits();
                if free == 0 {
                    continue;
                }
                match this.claim(&**kind, free).await {
                    Ok(jobs) => {
                        busy |= jobs.len() == free;
                        for job in jobs {
                            let place = Arc::clone(&places[kind.name()]).acquire_owned().await.expect("nobody closes this semaphore");
                            let (this, kind, ending) = (Arc::clone(&this), Arc::clone(kind), ending.clone());
                            tracker.spawn(async move {
                                this.work(kind, job, ending).await;
                                drop(place);
                                this.engine.bell.wake();
                            });
                        }
                    }
                    Err(error) => tracing::error!(kind = kind.name(), %error, "no task could be claimed"),
                }
            }
            if busy {
                tokio::task::yield_now().await;
            }
            tokio::select! {
                () = this.engine.bell.woken() => {}
                () = tokio::time::sleep(this.engine.settings.poll) => {}
                () = ending.cancelled() => {}
            }
        }
        tracker.close();
        tracker.wait().await;
    }
}

enum Settlement {
    Succeed(String),
    Park(Timestamp),
    Hold(String),
    TryAgain(Duration, String),
    Fail(Cause, bool),
    Release,
}

impl Settlement {
    fn fail(failure: Failure, kind: &dyn Kind) -> Self {
        Self::Fail(Cause { code: failure.code.to_owned(), message: failure.message }, kind.refunds())
    }
}

async fn close(tx: &mut Tx, settle: &(domain::id::TaskId, i64, Settlement, ChainKey), now: Timestamp) -> Result<Option<Task>, Error> {
    let (id, epoch, settlement, chain) = settle;
    let Some(task) = store::task::get_for_update(tx, *id).await? else { return Ok(None) };
    if task.epoch != *epoch || task.state != State::Running {
        return Ok(None);
    }
    let moved = |step| task.after(step, now).ok_or(Fault::Corrupt("state"));
    let next = match settlement {
        Settlement::Succeed(output) => Task { output: Some(output.clone()), step: None, message: None, ..moved(Move::Succeed)? },
        // A run that returned did not kill its worker.
        Settlement::Park(until) => Task { worker: None, due_at: *until, updated_at: now, deaths: 0, ..task.clone() },
        Settlement::Hold(message) => Task { message: Some(message.clone()), ..moved(Move::Pause)? },
        Settlement::TryAgain(wait, message) => Task { due_at: now.plus(*wait), message: Some(message.clone()), ..moved(Move::TryAgain)? },
        Settlement::Fail(error, _) => Task { error: Some(error.clone()), ..moved(Move::Fail)? },
        Settlement::Release => moved(Move::Release)?,
    };
    if !task::save(tx, &task, &next).await? {
        return Ok(None);
    }
    if let Settlement::Fail(_, refunds) = settlement {
        fail(tx, chain, &next, *refunds, now).await?;
    }
    Ok(Some(next))
}

/// Completes the failure of a task that was just saved as failed: its log says why, and it is refunded if its kind does so.
async fn fail(tx: &mut Tx, chain: &ChainKey, task: &Task, refunds: bool, now: Timestamp) -> Result<(), Error> {
    let why = task.error.as_ref().map_or("", |error| error.message.as_str());
    store::log::append(tx, task.id, Level::Error, &format!("任务失败：{why}"), now).await?;
    if refunds {
        ledger::refund_failed(tx, chain, task, now).await?;
    }
    Ok(())
}
