//! `gongfang check`: proves the invariants of the ledger and the queue on a live or stopped database.
//!
//! Each finding is one line that begins with the number of its invariant (docs/reliability.md, What `gongfang check` proves). What the
//! database itself cannot show, that a whole history is gone, is shown by the anchors, which are kept outside of it.

use std::collections::HashMap;

use domain::{
    hash::{GENESIS, Hash},
    id::{EntryId, TaskId, WalletId},
    ledger::{ChainKey, Entry, SystemAccount},
    task::{State, Task},
    time::Timestamp,
    wallet::Wallet,
};
use store::{db::Depth, tx::Tx};

use crate::{Engine, Error, anchor::Anchors, seal};

/// What was checked, and what is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Wallets walked.
    pub wallets: u64,
    /// Entries verified.
    pub entries: u64,
    /// Tasks checked.
    pub tasks: u64,
    /// What is wrong, one line each; empty if all is well.
    pub faults: Vec<String>,
}

/// Walks the whole ledger and all tasks on one consistent view.
///
/// # Errors
/// [`Error::Fault`] if the database does not answer.
pub async fn run(engine: &Engine, anchors: &Anchors) -> Result<Findings, Error> {
    let mut broken = engine.db.sound(Depth::Whole).await?;
    let chain = engine.secrets.chain.clone();
    let now = engine.now();
    let kinds = engine.kinds.clone();
    let anchors = anchors.clone();
    let findings = engine.db.walk(async move |tx| {
        let mut findings = Findings::default();
        wallets(tx, &chain, &anchors, &mut findings).await?;
        seal::faults(tx, &chain, &mut findings.faults).await?;
        anchors.compare(store::installation::counts(tx).await?, &mut findings.faults);
        tasks(tx, now, |kind| kinds.get(kind).is_none_or(|kind| kind.refunds()), &mut findings).await?;
        for code in store::code::misbooked(tx).await? {
            findings.faults.push(format!("I4 code {code}: its uses do not stand in the ledger exactly once"));
        }
        for order in store::order::misbooked(tx).await? {
            findings.faults.push(format!("I5 order {order}: it is paid and not credited exactly once, or credited and not paid"));
        }
        for (kind, account) in store::queue::miscounted(tx).await? {
            findings.faults.push(format!("I8 the queue of {kind} for account {account} does not count its tasks"));
        }
        for account in store::wallet::missing(tx).await? {
            findings.faults.push(format!("I1 account {account} has not one wallet of each sort"));
        }
        Ok(findings)
    });
    // Damage below the level of rows is reported first, whatever can still be read.
    match findings.await {
        Ok(mut findings) => {
            broken.append(&mut findings.faults);
            Ok(Findings { faults: broken, ..findings })
        }
        Err(_) if !broken.is_empty() => Ok(Findings { faults: broken, ..Findings::default() }),
        Err(error) => Err(error),
    }
}

async fn wallets(tx: &mut Tx, chain: &ChainKey, anchors: &Anchors, findings: &mut Findings) -> Result<(), Error> {
    let mut anchored = anchors.heads.clone();
    let mut sides: HashMap<SystemAccount, i128> = HashMap::new();
    let mut held: i128 = 0;
    let mut last = WalletId(i64::MIN);
    loop {
        let page = store::wallet::page(tx, last, 500).await?;
        let Some(end) = page.last() else { break };
        last = end.id;
        for wallet in &page {
            findings.wallets += 1;
            held += i128::from(wallet.balance);
            walk(tx, chain, wallet, anchored.remove(&wallet.id), &mut sides, findings).await?;
        }
    }
    for wallet in anchored.keys() {
        findings.faults.push(format!("I6 wallet {wallet} is gone, with all its entries"));
    }
    let walked = i64::try_from(findings.entries).unwrap_or(i64::MAX);
    let there = store::ledger::total(tx).await?;
    if there != walked {
        findings.faults.push(format!("I1 {} entries stand in no wallet's sequence", there - walked));
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
    anchor: Option<(i64, Hash)>,
    sides: &mut HashMap<SystemAccount, i128>,
    findings: &mut Findings,
) -> Result<(), Error> {
    let (mut sequence, mut balance, mut consumed, mut head, mut number) = (0, 0, 0, GENESIS, EntryId(i64::MIN));
    // Starts before the first entry, so that entries outside of the sequence are checked, too.
    let mut at = i64::MIN;
    loop {
        let page = store::ledger::chain(tx, wallet.id, at, 2000).await?;
        let Some(end) = page.last() else { break };
        at = end.sequence;
        for entry in page {
            findings.entries += 1;
            let mut fault = |what: &str| findings.faults.push(format!("I6 wallet {} entry {}: {what}", wallet.id, entry.sequence));
            if entry.sequence != sequence + 1 {
                fault(&format!("follows entry {sequence}"));
            }
            if entry.id <= number {
                fault("is numbered before the one that it follows");
            }
            if anchor.is_some_and(|(at, hash)| at == entry.sequence && hash != entry.hash) {
                fault("is not the one that was anchored");
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
            (sequence, balance, head, number) = (entry.sequence, entry.after, entry.hash, entry.id);
        }
    }
    if let Some((at, _)) = anchor.filter(|(at, _)| *at > sequence) {
        findings.faults.push(format!("I6 wallet {}: entry {at} was anchored and its chain ends at {sequence}", wallet.id));
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
        let mut charges: HashMap<TaskId, Vec<Entry>> = HashMap::new();
        for entry in store::ledger::of_tasks(tx, last, end.id).await? {
            charges.entry(entry.task.unwrap_or(TaskId(0))).or_default().push(entry);
        }
        last = end.id;
        for task in &page {
            findings.tasks += 1;
            if let Some(fault) = stuck(task, now) {
                findings.faults.push(format!("I8 task {}: {fault}", task.id));
            }
            paid(task, charges.remove(&task.id).unwrap_or_default(), refunds(&task.kind), findings);
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
        // A process that is not running cannot take over lost leases. What counts is that one could: only a lease in the future is wrong.
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

fn paid(task: &Task, entries: Vec<Entry>, refunds: bool, findings: &mut Findings) {
    let mut fault = |attempt: i64, what: &str| {
        findings.faults.push(format!("I3 task {} attempt {attempt}, {}: {what}", task.id, task.state.word()));
    };
    for attempt in 1..=task.attempt {
        let of = |cause: &str| entries.iter().filter(|entry| entry.attempt == Some(attempt) && entry.cause == cause).collect::<Vec<_>>();
        let (charges, given_back) = (of("task_charge"), of("task_refund"));
        let charged: i64 = charges.iter().map(|entry| -entry.amount).sum();
        let current = attempt == task.attempt;
        if current && charged != task.price {
            fault(attempt, &format!("it costs {} and {charged} was charged", task.price));
        }
        let ended_badly = !current || matches!(task.state, State::Failed | State::Cancelled);
        let owed = if ended_badly && refunds { charged } else { 0 };
        let refunded: i64 = given_back.iter().map(|entry| entry.amount).sum();
        if charges.len() > 1 || given_back.len() > 1 || refunded != owed {
            let (charges, refunds) = (charges.len(), given_back.len());
            fault(attempt, &format!("{charges} charges of {charged} and {refunds} refunds of {refunded} where {owed} is due"));
        }
    }
    for entry in &entries {
        if entry.account != task.account || entry.asset != task.asset {
            fault(entry.attempt.unwrap_or(0), "another wallet than its owner's was charged");
        }
        if !(1..=task.attempt).contains(&entry.attempt.unwrap_or(0)) {
            fault(entry.attempt.unwrap_or(0), "it was charged and never opened");
        }
    }
}
