//! The task engine, stepped by named points: claimed, reported, lease lost, settled. The clock is set by hand; nothing sleeps.

mod common;

use std::{sync::atomic::Ordering, time::Duration};

use common::{PROBE, World};
use domain::{
    refusal::{Noun, Refusal},
    task::State,
};
use engine::{
    Error, task,
    worker::{Ending, Failure},
    worker::{Job, Worker},
};
use tokio_util::sync::CancellationToken;

const LEASE: Duration = Duration::from_secs(30);

fn passing() -> Failure {
    Failure { code: "PROVIDER", message: "away".to_owned(), again: Some(Duration::ZERO) }
}

fn lasting() -> Failure {
    Failure { code: "BROKEN", message: "for good".to_owned(), again: None }
}

async fn claim(world: &World, worker: &Worker) -> Option<Job> {
    worker.claim(&*world.probe, 1).await.unwrap().pop()
}

async fn settle(world: &World, worker: &Worker, job: &Job, result: Result<Ending, Failure>) -> Option<State> {
    worker.settle(&*world.probe, job, result, false).await.unwrap().map(|task| task.state)
}

#[tokio::test]
async fn a_task_that_ends_well_keeps_its_charge() {
    for world in World::both("worker_ends_well").await {
        world.probe.price.store(30, Ordering::SeqCst);
        let alice = world.account("alice", 100).await;
        let id = world.submit(alice).await.unwrap().id;
        let worker = Worker::new(world.engine.clone());
        let job = claim(&world, &worker).await.unwrap();
        job.report(40, "step", "message").await.unwrap();
        assert_eq!(settle(&world, &worker, &job, Ok(Ending::Done("film".to_owned()))).await, Some(State::Succeeded));
        let found = task::get(&world.engine, alice, PROBE, id).await.unwrap();
        assert_eq!((found.progress, found.output.as_deref()), (100, Some("film")));
        assert_eq!(world.balance(alice).await, 70);
        assert_eq!(world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_failure_gives_the_credits_back_and_a_retry_pays_anew() {
    for world in World::both("worker_fails").await {
        world.probe.price.store(30, Ordering::SeqCst);
        let alice = world.account("alice", 100).await;
        let id = world.submit(alice).await.unwrap().id;
        let worker = Worker::new(world.engine.clone());
        for round in 1..=5 {
            let job = claim(&world, &worker).await.unwrap();
            assert_eq!(job.task.attempt, round);
            assert_eq!(settle(&world, &worker, &job, Err(lasting())).await, Some(State::Failed));
            assert_eq!(world.balance(alice).await, 100, "round {round}");
            task::retry(&world.engine, alice, PROBE, id).await.unwrap();
            assert_eq!(world.balance(alice).await, 70, "round {round}");
        }
        task::cancel(&world.engine, alice, PROBE, id).await.unwrap();
        assert_eq!(world.balance(alice).await, 100);
        assert_eq!(world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn what_one_cannot_afford_is_not_handed_in() {
    for world in World::both("worker_unaffordable").await {
        world.probe.price.store(30, Ordering::SeqCst);
        let alice = world.account("alice", 29).await;
        assert_eq!(world.submit(alice).await.unwrap_err(), Refusal::Unaffordable { need: 30, have: 29 }.into());
        engine::wallet::set_credit_limit(&world.engine, alice, 1).await.unwrap();
        world.submit(alice).await.unwrap();
        assert_eq!(world.balance(alice).await, -1);
        assert_eq!(world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_lost_lease_is_taken_over_and_its_old_worker_is_fenced_off() {
    for world in World::both("worker_lease").await {
        let alice = world.account("alice", 0).await;
        world.submit(alice).await.unwrap();
        let (first, second) = (Worker::new(world.engine.clone()), Worker::new(world.engine.clone()));
        let old = claim(&world, &first).await.unwrap();
        assert!(claim(&world, &second).await.is_none(), "it is held");
        world.clock.advance(LEASE);
        let new = claim(&world, &second).await.expect("the lease was lost");
        assert_eq!((new.task.run, new.task.deaths, new.task.attempt), (0, 1, 1), "a lost worker is no attempt and no run");
        assert!(old.report(50, "step", "late").await.is_err());
        assert!(old.record("script", "late".to_owned()).await.is_err());
        assert!(old.renew().await.is_err());
        assert!(old.stop.is_cancelled());
        assert_eq!(settle(&world, &first, &old, Ok(Ending::Done("late".to_owned()))).await, None);
        assert_eq!(settle(&world, &second, &new, Ok(Ending::Done("film".to_owned()))).await, Some(State::Succeeded));
        assert_eq!(world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_heartbeat_keeps_the_lease() {
    let world = World::sqlite().await;
    let alice = world.account("alice", 0).await;
    world.submit(alice).await.unwrap();
    let worker = Worker::new(world.engine.clone());
    let job = claim(&world, &worker).await.unwrap();
    for _ in 0..10 {
        world.clock.advance(LEASE / 3);
        job.renew().await.unwrap();
        assert!(claim(&world, &worker).await.is_none());
    }
}

#[tokio::test]
async fn a_task_that_kills_its_worker_three_times_fails_and_is_refunded() {
    for world in World::both("worker_deaths").await {
        world.probe.price.store(30, Ordering::SeqCst);
        let alice = world.account("alice", 30).await;
        let id = world.submit(alice).await.unwrap().id;
        let worker = Worker::new(world.engine.clone());
        for death in 0..3 {
            assert_eq!(claim(&world, &worker).await.unwrap().task.deaths, death);
            world.clock.advance(LEASE);
        }
        assert!(claim(&world, &worker).await.is_none());
        let found = task::get(&world.engine, alice, PROBE, id).await.unwrap();
        assert_eq!((found.state, found.error.unwrap().code.as_str()), (State::Failed, "WORKER_LOST"));
        assert_eq!(world.balance(alice).await, 30);
        assert_eq!(world.faults().await, [""; 0]);
    }
}

/// A charge that somebody deleted costs its own task the refund, and no other task its worker.
#[tokio::test]
async fn a_task_whose_charge_is_gone_holds_up_no_other() {
    let world = World::sqlite().await;
    world.probe.price.store(30, Ordering::SeqCst);
    let alice = world.account("alice", 60).await;
    let bad = world.submit(alice).await.unwrap().id;
    world.meddle("DELETE FROM entries WHERE task_id IS NOT NULL").await;
    let worker = Worker::new(world.engine.clone());
    for _ in 0..3 {
        assert_eq!(claim(&world, &worker).await.unwrap().task.id, bad);
        world.clock.advance(LEASE);
    }
    assert!(claim(&world, &worker).await.is_none());
    let found = task::get(&world.engine, alice, PROBE, bad).await.unwrap();
    assert_eq!((found.state, found.error.unwrap().code.as_str()), (State::Failed, "WORKER_LOST"));
    assert!(!world.faults().await.is_empty(), "and the operator is told");
    let bob = world.account("bob", 30).await;
    let good = world.submit(bob).await.unwrap().id;
    assert_eq!(claim(&world, &worker).await.unwrap().task.id, good);
}

#[tokio::test]
async fn a_passing_failure_is_tried_again_later_and_not_for_ever() {
    for world in World::both("worker_backoff").await {
        let alice = world.account("alice", 0).await;
        let id = world.submit(alice).await.unwrap().id;
        let worker = Worker::new(world.engine.clone());
        for (run, longest) in [(0, 2), (1, 4)] {
            let job = claim(&world, &worker).await.unwrap();
            assert_eq!(job.task.run, run);
            assert_eq!(settle(&world, &worker, &job, Err(passing())).await, Some(State::Queued));
            assert!(claim(&world, &worker).await.is_none(), "it waits");
            world.clock.advance(Duration::from_secs(longest));
        }
        let job = claim(&world, &worker).await.unwrap();
        assert_eq!(settle(&world, &worker, &job, Err(passing())).await, Some(State::Failed));
        assert_eq!(task::get(&world.engine, alice, PROBE, id).await.unwrap().error.unwrap().code, "PROVIDER");
    }
}

#[tokio::test]
async fn a_parked_task_holds_nobody_and_is_looked_at_when_due() {
    for world in World::both("worker_parked").await {
        let alice = world.account("alice", 0).await;
        world.submit(alice).await.unwrap();
        let worker = Worker::new(world.engine.clone());
        for _ in 0..5 {
            let job = claim(&world, &worker).await.unwrap();
            assert_eq!((job.task.deaths, job.task.run), (0, 0), "waiting is neither a death nor a run");
            let due = world.engine.now().plus(Duration::from_secs(60));
            assert_eq!(settle(&world, &worker, &job, Ok(Ending::Parked(due))).await, Some(State::Running));
            assert!(claim(&world, &worker).await.is_none());
            assert_eq!(world.faults().await, [""; 0]);
            world.clock.advance(Duration::from_secs(60));
        }
    }
}

#[tokio::test]
async fn a_pause_stops_the_work_and_a_resume_goes_on_at_the_first_unfinished_step() {
    for world in World::both("worker_pause").await {
        let alice = world.account("alice", 0).await;
        let id = world.submit(alice).await.unwrap().id;
        let worker = Worker::new(world.engine.clone());
        let job = claim(&world, &worker).await.unwrap();
        job.record("script", "written".to_owned()).await.unwrap();
        task::pause(&world.engine, alice, PROBE, id).await.unwrap();
        assert!(job.stop.is_cancelled(), "this process hears of it at once");
        assert!(job.record("pictures", "late".to_owned()).await.is_err());
        assert_eq!(settle(&world, &worker, &job, Err(passing())).await, None);
        assert!(claim(&world, &worker).await.is_none());
        task::resume(&world.engine, alice, PROBE, id).await.unwrap();
        let job = claim(&world, &worker).await.unwrap();
        assert_eq!(job.recorded("script").await.unwrap().as_deref(), Some("written"));
        assert_eq!(job.recorded("pictures").await.unwrap(), None);
    }
}

#[tokio::test]
async fn stopping_the_process_gives_tasks_back_without_spending_a_run() {
    let world = World::sqlite().await;
    let alice = world.account("alice", 0).await;
    let id = world.submit(alice).await.unwrap().id;
    let worker = Worker::new(world.engine.clone());
    let job = claim(&world, &worker).await.unwrap();
    let ending = CancellationToken::new();
    ending.cancel();
    worker.work(world.probe.clone(), job, ending).await;
    let found = task::get(&world.engine, alice, PROBE, id).await.unwrap();
    assert_eq!((found.state, found.run, found.deaths, found.attempt), (State::Queued, 0, 0, 1));
    assert!(claim(&world, &worker).await.is_some(), "it is due at once");
}

#[tokio::test]
async fn a_panic_in_a_kind_is_a_failed_run_and_not_a_dead_worker() {
    let world = World::sqlite().await;
    let alice = world.account("alice", 0).await;
    let submission = task::Submission { payer: alice.into(), kind: PROBE, input: "panic".to_owned(), rule: None };
    let id = task::submit(&world.engine, submission).await.unwrap().task.id;
    let worker = Worker::new(world.engine.clone());
    let job = claim(&world, &worker).await.unwrap();
    worker.work(world.probe.clone(), job, CancellationToken::new()).await;
    let found = task::get(&world.engine, alice, PROBE, id).await.unwrap();
    assert_eq!((found.state, found.run), (State::Queued, 1));
}

#[tokio::test]
async fn sixty_four_cancels_refund_once() {
    for world in World::both("race_cancels").await {
        world.probe.price.store(30, Ordering::SeqCst);
        let alice = world.account("alice", 30).await;
        let id = world.submit(alice).await.unwrap().id;
        let cancels: Vec<_> = (0..64)
            .map(|_| {
                let engine = world.engine.clone();
                tokio::spawn(async move { task::cancel(&engine, alice, PROBE, id).await })
            })
            .collect();
        let mut won = 0;
        for cancel in cancels {
            match cancel.await.unwrap() {
                Ok(_) => won += 1,
                Err(error) => assert_eq!(error, Refusal::TaskEnded(State::Cancelled).into()),
            }
        }
        assert_eq!((won, world.balance(alice).await), (1, 30));
        assert_eq!(world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_cancel_and_a_completion_have_one_winner() {
    for world in World::both("race_completion").await {
        world.probe.price.store(30, Ordering::SeqCst);
        let alice = world.account("alice", 30 * 20).await;
        let mut expected = 30 * 20;
        for _ in 0..20 {
            let id = world.submit(alice).await.unwrap().id;
            let worker = Worker::new(world.engine.clone());
            let job = claim(&world, &worker).await.unwrap();
            let engine = world.engine.clone();
            let cancel = tokio::spawn(async move { task::cancel(&engine, alice, PROBE, id).await.is_ok() });
            let settled = settle(&world, &worker, &job, Ok(Ending::Done("film".to_owned()))).await;
            let cancelled = cancel.await.unwrap();
            assert_ne!(cancelled, settled.is_some(), "one winner");
            expected -= if cancelled { 0 } else { 30 };
            assert_eq!(world.balance(alice).await, expected);
        }
        assert_eq!(world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn sixty_four_submissions_spend_what_there_is_and_no_more() {
    for world in World::both("race_submissions").await {
        world.probe.price.store(30, Ordering::SeqCst);
        let alice = world.account("alice", 100).await;
        let submissions: Vec<_> = (0..64)
            .map(|_| {
                let engine = world.engine.clone();
                let submission = task::Submission { payer: alice.into(), kind: PROBE, input: String::new(), rule: None };
                tokio::spawn(async move { task::submit(&engine, submission).await.is_ok() })
            })
            .collect();
        let mut won = 0;
        for submission in submissions {
            won += i64::from(submission.await.unwrap());
        }
        assert_eq!((won, world.balance(alice).await), (3, 10));
        assert_eq!(world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn exactly_as_many_as_the_rule_allows_are_created_in_parallel() {
    for world in World::both("race_rule").await {
        let alice = world.account("alice", 0).await;
        let rule = Some(domain::window::Rule::hourly(10));
        let submit = || {
            let engine = world.engine.clone();
            let submission = task::Submission { payer: alice.into(), kind: PROBE, input: String::new(), rule };
            tokio::spawn(async move { task::submit(&engine, submission).await })
        };
        let submissions: Vec<_> = (0..64).map(|_| submit()).collect();
        let mut won = 0;
        for submission in submissions {
            match submission.await.unwrap() {
                Ok(_) => won += 1,
                Err(Error::Refused(Refusal::TooOften(limit))) => assert_eq!((limit.remaining, limit.retry_after_s), (0, 3600)),
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(won, 10);
        world.clock.advance(Duration::from_secs(3600));
        submit().await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn somebody_elses_task_is_not_there() {
    let world = World::sqlite().await;
    let (alice, bob) = (world.account("alice", 0).await, world.account("bob", 0).await);
    let id = world.submit(alice).await.unwrap().id;
    let missing: Error = Refusal::NotFound(Noun::Task).into();
    assert_eq!(task::get(&world.engine, bob, PROBE, id).await.unwrap_err(), missing);
    assert_eq!(task::cancel(&world.engine, bob, PROBE, id).await.unwrap_err(), missing);
    assert_eq!(task::pause(&world.engine, bob, PROBE, id).await.unwrap_err(), missing);
    assert!(task::watch(&world.engine, bob, PROBE, id).await.is_err());
    assert_eq!(task::get(&world.engine, alice, "another kind", id).await.unwrap_err(), missing);
}

#[tokio::test]
async fn a_subscriber_gets_the_state_first_then_every_newer_one_and_always_the_last() {
    let world = World::sqlite().await;
    let alice = world.account("alice", 0).await;
    let id = world.submit(alice).await.unwrap().id;
    let mut states = task::watch(&world.engine, alice, PROBE, id).await.unwrap();
    assert_eq!(states.borrow_and_update().state, State::Queued);
    let worker = Worker::new(world.engine.clone());
    let job = claim(&world, &worker).await.unwrap();
    let mut last = 0;
    for progress in [5, 30, 20, 60] {
        job.report(progress, "step", "message").await.unwrap();
        let seen = states.borrow_and_update().progress;
        assert!(seen >= last, "progress fell from {last} to {seen}");
        last = seen;
    }
    settle(&world, &worker, &job, Ok(Ending::Done("film".to_owned()))).await;
    let last = states.borrow_and_update().clone();
    assert_eq!((last.state, last.progress), (State::Succeeded, 100));
    let mut late = task::watch(&world.engine, alice, PROBE, id).await.unwrap();
    assert_eq!(late.borrow_and_update().state, State::Succeeded);
}
