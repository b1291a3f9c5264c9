//! Queues: what waits and what runs, kind by kind, and holding a kind back.

use domain::{id::TaskId, origin::Origin, refusal::Refusal, task::State, time::Timestamp};
use store::tx::Tx;

use crate::{Engine, Error, audit::administers, runtime_settings, session::Caller, task::COUNT_LIMIT};

/// The queue of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// The kind.
    pub kind: &'static str,
    /// Tasks that wait; [`COUNT_LIMIT`] stands for that many or more.
    pub waiting: i64,
    /// Tasks that run, counted likewise.
    pub running: i64,
    /// When the task that waits longest was handed in.
    pub oldest: Option<Timestamp>,
    /// Whether nothing new is begun.
    pub paused: bool,
    /// How many tasks of it one process works on at once; 0 if only outside workers do.
    pub at_once: usize,
}

/// The queues of all kinds.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators.
pub async fn list(engine: &Engine, caller: &Caller) -> Result<Vec<Queue>, Error> {
    administers(caller)?;
    let kinds: Vec<(&'static str, usize)> = engine.kinds.iter().map(|kind| (kind.name(), kind.concurrency())).collect();
    let options = runtime_settings::known(engine);
    let read = engine.db.read(async move |tx| {
        let mut queues = Vec::new();
        for (kind, at_once) in &kinds {
            let waiting = store::task::count_up_to(tx, None, kind, Some(State::Queued), COUNT_LIMIT).await?;
            let running = store::task::count_up_to(tx, None, kind, Some(State::Running), COUNT_LIMIT).await?;
            let oldest = store::task::oldest(tx, kind, State::Queued).await?;
            queues.push(Queue { kind, waiting, running, oldest, paused: options.pauses(kind), at_once: *at_once });
        }
        Ok(queues)
    });
    read.await
}

/// Holds a kind back, or lets it go on, and says how its queue is then.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators; [`Refusal::NotFound`] for an unknown kind.
pub async fn pause(engine: &Engine, caller: &Caller, kind: &str, paused: bool, origin: Origin) -> Result<Queue, Error> {
    runtime_settings::pause(engine, caller, kind, paused, origin).await?;
    let found = list(engine, caller).await?.into_iter().find(|queue| queue.kind == kind);
    found.ok_or_else(|| Refusal::NotFound(domain::refusal::Noun::Queue).into())
}

/// The first task that was handed in at a time or later, found in the order of ids, which is that of time; one past the last if there is
/// none.
pub(crate) async fn first_since(tx: &mut Tx, at: Timestamp) -> Result<TaskId, Error> {
    let (mut low, mut high) = (1, store::task::last_id(tx).await?.0 + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        match store::task::made_from(tx, TaskId(middle)).await? {
            // What stands at `middle` or behind it is older: the first one is further on.
            Some((id, made)) if made < at => low = id.0 + 1,
            Some(_) | None => high = middle,
        }
    }
    Ok(TaskId(low))
}
