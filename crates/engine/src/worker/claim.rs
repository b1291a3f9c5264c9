//! Claiming: which tasks a worker gets next.

use std::time::Duration;

use domain::{
    ledger::ChainKey,
    task::{Cause, MAX_DEATHS, Move, Task},
    time::Timestamp,
};
use store::tx::Tx;

use crate::{Error, Fault, task};

/// A worker's claim.
pub(super) struct Claim {
    pub(super) worker: String,
    pub(super) kind: &'static str,
    pub(super) limit: usize,
    pub(super) lease: Duration,
    pub(super) deadline: Option<Duration>,
    pub(super) refunds: bool,
    pub(super) chain: ChainKey,
    pub(super) overdue_first: bool,
    /// Whether nothing new is begun, because an administrator paused the kind.
    pub(super) paused: bool,
    pub(super) now: Timestamp,
}

/// The result of a claim.
pub(super) struct Claimed {
    pub(super) jobs: Vec<(Task, String)>,
    pub(super) given_up: Vec<Task>,
}

/// Claims up to the limit: overdue tasks first, or waiting ones first, as the claim says.
pub(super) async fn take(tx: &mut Tx, claim: &Claim) -> Result<Claimed, Error> {
    let mut claimed = Claimed { jobs: Vec::new(), given_up: Vec::new() };
    if claim.paused {
        take_overdue(tx, claim, &mut claimed).await?;
    } else if claim.overdue_first {
        take_overdue(tx, claim, &mut claimed).await?;
        take_waiting(tx, claim, &mut claimed).await?;
    } else {
        take_waiting(tx, claim, &mut claimed).await?;
        take_overdue(tx, claim, &mut claimed).await?;
    }
    Ok(claimed)
}

/// Claims tasks whose worker was lost, or that are parked and due.
async fn take_overdue(tx: &mut Tx, claim: &Claim, claimed: &mut Claimed) -> Result<(), Error> {
    while claimed.jobs.len() < claim.limit {
        let Some(task) = store::task::next_overdue(tx, claim.kind, claim.now).await? else { break };
        // A task that was only waiting for another server is not to blame for the death of its worker's process.
        let blamed = task.worker.is_some() && !store::generation::waits_remotely(tx, task.id).await?;
        if blamed && task.deaths + 1 >= MAX_DEATHS {
            claimed.given_up.push(give_up(tx, claim, &task).await?);
        } else {
            claimed.jobs.push(hand_over(tx, claim, &task, blamed).await?);
        }
    }
    Ok(())
}

/// Claims waiting tasks, with the accounts taking turns.
async fn take_waiting(tx: &mut Tx, claim: &Claim, claimed: &mut Claimed) -> Result<(), Error> {
    while claimed.jobs.len() < claim.limit {
        let Some(account) = store::queue::next(tx, claim.kind, claim.now).await? else { break };
        match store::task::next_waiting(tx, claim.kind, account, claim.now).await? {
            Some(task) => claimed.jobs.push(hand_over(tx, claim, &task, false).await?),
            None => store::queue::defer(tx, claim.kind, account, claim.now).await?,
        }
    }
    Ok(())
}

async fn hand_over(tx: &mut Tx, claim: &Claim, task: &Task, blamed: bool) -> Result<(Task, String), Error> {
    let mut next = task.claimed(&claim.worker, claim.lease, claim.now).ok_or(Fault::Corrupt("queue"))?;
    if !blamed {
        next.deaths = task.deaths;
    }
    // Never more than the full span from now: the clock may have been set back since the first claim.
    let latest = claim.deadline.map(|deadline| claim.now.plus(deadline));
    next.deadline_at = match (task.deadline_at, latest) {
        (Some(at), Some(latest)) => Some(at.min(latest)),
        (at, latest) => at.or(latest),
    };
    if !task::save(tx, task, &next).await? {
        return Err(Fault::Corrupt("queue").into());
    }
    let input = store::task::input(tx, task.id).await?.unwrap_or_default();
    Ok((next, input))
}

async fn give_up(tx: &mut Tx, claim: &Claim, task: &Task) -> Result<Task, Error> {
    let mut next = task.after(Move::Fail, claim.now).ok_or(Fault::Corrupt("queue"))?;
    next.deaths += 1;
    next.error = Some(Cause {
        code: "WORKER_LOST".to_owned(), message: "处理进程多次意外退出，任务已放弃 (its workers died)".to_owned()
    });
    if !task::save(tx, task, &next).await? {
        return Err(Fault::Corrupt("queue").into());
    }
    super::fail(tx, &claim.chain, &next, claim.refunds, claim.now).await?;
    Ok(next)
}
