//! Property tests of the ledger: random sequences of operations against a model of plain arithmetic, and meddling that `check` finds.

mod common;

use std::{collections::HashMap, sync::OnceLock};

use common::{PROBE, World};
use domain::{id::TaskId, refusal::Refusal, task::State};
use engine::{
    Error, task,
    worker::Worker,
    worker::{Ending, Failure},
};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Op {
    TopUp(i64),
    Submit(i64),
    Cancel(usize),
    Fail(usize),
    Succeed(usize),
    Retry(usize),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        2 => (1_i64..200).prop_map(Op::TopUp),
        4 => (0_i64..80).prop_map(Op::Submit),
        2 => (0_usize..8).prop_map(Op::Cancel),
        2 => (0_usize..8).prop_map(Op::Fail),
        2 => (0_usize..8).prop_map(Op::Succeed),
        2 => (0_usize..8).prop_map(Op::Retry),
    ]
}

/// The arithmetic that the ledger must agree with.
#[derive(Default)]
struct Model {
    balance: i64,
    tasks: Vec<(TaskId, i64, State)>,
}

/// One world for all cases: each case is an account of its own in it.
struct Shared {
    runtime: tokio::runtime::Runtime,
    world: World,
    cases: std::sync::atomic::AtomicUsize,
}

fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let world = runtime.block_on(World::sqlite());
        Shared { runtime, world, cases: 0.into() }
    })
}

async fn play(world: &World, name: &str, ops: &[Op]) {
    use std::sync::atomic::Ordering::SeqCst;
    let account = world.account(name, 0).await;
    let worker = Worker::new(world.engine.clone());
    let mut jobs = HashMap::new();
    let mut model = Model::default();
    for (step, op) in ops.iter().enumerate() {
        match op {
            Op::TopUp(amount) => {
                // Told twice, credited once.
                world.top_up(account, *amount, &format!("{name}:{step}")).await;
                world.top_up(account, *amount, &format!("{name}:{step}")).await;
                model.balance += amount;
            }
            Op::Submit(price) => {
                world.probe.price.store(*price, SeqCst);
                match world.submit(account).await {
                    Ok(task) => {
                        model.balance -= price;
                        model.tasks.push((task.id, *price, State::Queued));
                        let job = worker.claim(&*world.probe, 1).await.unwrap().pop().unwrap();
                        assert_eq!(job.task.id, task.id, "only this case's task waits");
                        jobs.insert(task.id, job);
                    }
                    Err(error) => assert_eq!(error, Refusal::Unaffordable { need: *price, have: model.balance }.into()),
                }
            }
            Op::Cancel(index) | Op::Fail(index) | Op::Succeed(index) | Op::Retry(index) => {
                let count = model.tasks.len().max(1);
                let Some((id, price, state)) = model.tasks.get_mut(index % count) else { continue };
                match op {
                    Op::Cancel(_) => match task::cancel(&world.engine, account, PROBE, *id).await {
                        Ok(_) => {
                            assert!(!state.ended());
                            model.balance += *price;
                            *state = State::Cancelled;
                        }
                        Err(error) => assert_eq!(error, Refusal::TaskEnded(*state).into()),
                    },
                    Op::Retry(_) => match task::retry(&world.engine, account, PROBE, *id).await {
                        Ok(_) => {
                            assert!(matches!(state, State::Failed | State::Cancelled));
                            // A retry is a purchase of today, at the price that was last set.
                            *price = world.probe.price.load(SeqCst);
                            model.balance -= *price;
                            *state = State::Queued;
                            let job = worker.claim(&*world.probe, 1).await.unwrap().pop().unwrap();
                            jobs.insert(*id, job);
                        }
                        Err(Error::Refused(Refusal::Unaffordable { need, have })) => {
                            assert_eq!((need, have), (world.probe.price.load(SeqCst), model.balance));
                        }
                        Err(error) => assert!(matches!(error, Error::Refused(Refusal::TaskState(_) | Refusal::TaskEnded(_))), "{error}"),
                    },
                    Op::Fail(_) | Op::Succeed(_) => {
                        let good = matches!(op, Op::Succeed(_));
                        let result = if good {
                            Ok(Ending::Done("done".to_owned()))
                        } else {
                            Err(Failure { code: "BROKEN", message: String::new(), again: None })
                        };
                        let settled = worker.settle(&*world.probe, &jobs[id], result, false).await.unwrap();
                        assert_eq!(settled.is_some(), !state.ended(), "an old worker is fenced off");
                        if settled.is_some() {
                            *state = if good { State::Succeeded } else { State::Failed };
                            model.balance += if good { 0 } else { *price };
                        }
                    }
                    Op::TopUp(_) | Op::Submit(_) => unreachable!("matched above"),
                }
            }
        }
        assert_eq!(world.balance(account).await, model.balance, "after {op:?}, step {step}");
    }
    // Nothing is left for the next case's worker to find.
    for (id, _, state) in model.tasks {
        if !state.ended() {
            task::cancel(&world.engine, account, PROBE, id).await.unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn credit_is_conserved_by_every_sequence_of_operations(ops in prop::collection::vec(op(), 1..24)) {
        let shared = shared();
        let number = shared.cases.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        shared.runtime.block_on(async {
            play(&shared.world, &format!("case{number}"), &ops).await;
            if number % 250 == 249 {
                assert_eq!(shared.world.faults().await, [""; 0]);
            }
        });
    }
}

/// Whatever is changed behind the ledger's back is found.
#[tokio::test]
async fn every_meddling_with_the_ledger_is_found() {
    let meddlings: [(&str, &'static str); 10] = [
        ("an amount and its balances", "UPDATE entries SET amount = amount + 1, balance_after = balance_after + 1 WHERE sequence = 2"),
        ("a cause", "UPDATE entries SET cause = 'payment' WHERE sequence = 2"),
        ("a note", "UPDATE entries SET note = 'x' WHERE sequence = 2"),
        ("a time", "UPDATE entries SET created_at = created_at + 1 WHERE sequence = 2"),
        ("an effect", "UPDATE entries SET effect = 'adjustment:other' WHERE sequence = 2"),
        ("a hash", "UPDATE entries SET hash = zeroblob(32) WHERE sequence = 2"),
        ("a deleted entry", "DELETE FROM entries WHERE sequence = 2"),
        ("a cut tail", "DELETE FROM entries WHERE sequence = 3"),
        ("a balance", "UPDATE wallets SET balance = balance + 1 WHERE entries = 3"),
        ("a head", "UPDATE wallets SET head = zeroblob(32) WHERE entries = 3"),
    ];
    for (what, sql) in meddlings {
        let world = World::sqlite().await;
        let alice = world.account("alice", 0).await;
        for step in 0..3 {
            world.top_up(alice, 10 + step, &step.to_string()).await;
        }
        assert_eq!(world.faults().await, [""; 0]);
        world.meddle(sql).await;
        assert!(!world.faults().await.is_empty(), "{what} was not found");
    }
}
