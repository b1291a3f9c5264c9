//! `gongfang check`: proves the invariants of the ledger and the queue on a live or stopped database.
//!
//! Each finding is one line that begins with the number of its invariant (facts: reliability §2).

use std::collections::HashMap;

use domain::{
    id::{TaskId, WalletId},
    ledger::{ChainKey, GENESIS, SystemAccount},
    task::{State, Task},
    time::Timestamp,
    wallet::Wallet,
};
use store::tx::Tx;

use crate::{Engine, Error};

/// What was looked at and what was found wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Wallets walked.
    pub wallets: u64,
    /// Entries verified.
    pub entries: u64,
    /// Tasks looked at.
    pub tasks: u64,
    /// What is wrong, one line each; nothing where all is well.
    pub faults: Vec<String>,
}

/// Walks the whole ledger and all tasks on one consistent view.
///
/// # Errors
/// [`Error::Fault`] where the database does not answer.
pub async fn run(engine: &Engine) -> Result<Findings, Error> {
    let input = (engine.secrets.chain.clone(), engine.now(), engine.kinds.clone());
    let findings = engine.db.read(input, |tx, (chain, now, kinds)| {
        Box::pin(async move {
            let mut findings = Findings::default();
            wallets(tx, chain, &mut findings).await?;
            let grace = *now;
            tasks(tx, grace, |kind| kinds.get(kind).is_none_or(|kind| kind.refunds()), &mut findings).await?;
            for code in store::code::misbooked(tx).await? {
                findings.faults.push(format!("I4 code {code}: its uses do not stand in the ledger exactly once"));
            }
            for order in store::order::misbooked(tx).await? {
                findings.faults.push(format!("I5 order {order}: it is paid and not credited exactly once, or credited and not paid"));
            }
            for (kind, account) in store::queue::miscounted(tx).await? {
                findings.faults.push(format!("I8 the queue of {kind} for account {account} does not count its tasks"));
            }
            Ok(findings)
        })
    });
    findings.await
}

async fn wallets(tx: &mut Tx, chain: &ChainKey, findings: &mut Findings) -> Result<(), Error> {
    let mut sides: HashMap<SystemAccount, i128> = HashMap::new();
    let mut held: i128 = 0;
    let mut last = WalletId(0);
    loop {
        let page = store::wallet::page(tx, last, 500).await?;
        let Some(end) = page.last() else { break };
        last = end.id;
        for wallet in &page {
            findings.wallets += 1;
            held += i128::from(wallet.balance);
            walk(tx, chain, wallet, &mut sides, findings).await?;
        }
    }
    let orphans = store::ledger::orphans(tx).await?;
    if orphans > 0 {
        findings.faults.push(format!("I1 {orphans} entries belong to no wallet"));
    }
    let other: i128 = sides.values().sum();
    if held + other != 0 {
        findings.faults.push(format!("I1 wallets hold {held} and the system accounts {other}: the sum is not zero"));
    }
    Ok(())
}

async fn walk(
    tx: &mut Tx,
    chain: &ChainKey,
    wallet: &Wallet,
    sides: &mut HashMap<SystemAccount, i128>,
    findings: &mut Findings,
) -> Result<(), Error> {
    let (mut sequence, mut balance, mut consumed, mut head) = (0, 0, 0, GENESIS);
    loop {
        let page = store::ledger::chain(tx, wallet.id, sequence, 2000).await?;
        if page.is_empty() {
            break;
        }
        for entry in page {
            findings.entries += 1;
            let mut fault = |what: &str| findings.faults.push(format!("I6 wallet {} entry {}: {what}", wallet.id, entry.sequence));
            if entry.sequence != sequence + 1 {
                fault(&format!("follows entry {sequence}"));
            }
            if entry.before != balance || Some(entry.after) != balance.checked_add(entry.amount) {
                fault(&format!("does not continue the balance {balance}"));
            }
            if entry.account != wallet.account || entry.asset != wallet.asset {
                fault("is of another account or asset");
            }
            if entry.hash != chain.hash(&head, &entry) {
                fault("its hash does not verify");
            }
            *sides.entry(entry.counterpart).or_default() -= i128::from(entry.amount);
            consumed += entry.consumed();
            (sequence, balance, head) = (entry.sequence, entry.after, entry.hash);
        }
    }
    if wallet.balance != balance {
        findings.faults.push(format!("I1 wallet {}: the balance is {} and its entries add up to {balance}", wallet.id, wallet.balance));
    }
    if wallet.consumed != consumed {
        findings.faults.push(format!("I1 wallet {}: it consumed {} and its entries add up to {consumed}", wallet.id, wallet.consumed));
    }
    if wallet.entries != sequence || wallet.head != head {
        findings.faults.push(format!("I6 wallet {}: its head is entry {} and its chain ends at {sequence}", wallet.id, wallet.entries));
    }
    Ok(())
}

async fn tasks(tx: &mut Tx, now: Timestamp, refunds: impl Fn(&str) -> bool, findings: &mut Findings) -> Result<(), Error> {
    let mut last = TaskId(0);
    loop {
        let page = store::task::page(tx, last, 1000).await?;
        let Some(end) = page.last() else { break };
        last = end.id;
        for task in &page {
            findings.tasks += 1;
            if let Some(fault) = stuck(task, now) {
                findings.faults.push(format!("I8 task {}: {fault}", task.id));
            }
            if task.price != 0 || task.attempt > 1 {
                paid(tx, task, refunds(&task.kind), findings).await?;
            }
        }
    }
    Ok(())
}

fn stuck(task: &Task, now: Timestamp) -> Option<String> {
    /// A lease and a sweep.
    const GRACE: std::time::Duration = std::time::Duration::from_secs(40);
    match task.state {
        State::Queued | State::Draft | State::AwaitingApproval | State::Paused if task.worker.is_some() => {
            Some("waits and is held by a worker".to_owned())
        }
        // A process that is not running cannot take lost leases over; that it could is what counts, so only a lease from the future is wrong.
        State::Running if task.worker.is_some() && task.due_at > now.plus(GRACE) => Some("is leased for longer than a lease".to_owned()),
        State::Succeeded | State::Failed | State::Cancelled if task.ended_at.is_none() => Some("ended at no time".to_owned()),
        State::Succeeded if task.output.is_none() => Some("succeeded with nothing to show".to_owned()),
        State::Failed if task.error.is_none() => Some("failed without saying why".to_owned()),
        State::Draft
        | State::AwaitingApproval
        | State::Queued
        | State::Running
        | State::Paused
        | State::Succeeded
        | State::Failed
        | State::Cancelled => None,
    }
}

async fn paid(tx: &mut Tx, task: &Task, refunds: bool, findings: &mut Findings) -> Result<(), Error> {
    let entries = store::ledger::of_task(tx, task.id).await?;
    for attempt in 1..=task.attempt {
        let count = |cause: &str| entries.iter().filter(|entry| entry.attempt == Some(attempt) && entry.cause == cause).count();
        let (charges, given_back) = (count("task_charge"), count("task_refund"));
        let current = attempt == task.attempt;
        let ended_badly = !current || matches!(task.state, State::Failed | State::Cancelled);
        let priced = current && task.price != 0;
        let expected = usize::from(ended_badly && refunds && charges == 1);
        if charges > 1 || (priced && charges != 1) || given_back != expected {
            findings.faults.push(format!(
                "I3 task {} attempt {attempt}: {charges} charges and {given_back} refunds while {}",
                task.id,
                task.state.word()
            ));
        }
    }
    Ok(())
}
