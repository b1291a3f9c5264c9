//! Queues: a kind that is held back, and what happened in a span of time. On both databases, the clock set by hand.

mod common;

use std::time::Duration;

use common::{PROBE, World};
use domain::{account::Role, origin::Origin, refusal::Refusal, task::State, time::Timestamp};
use engine::{
    overview, queue,
    session::Whose,
    worker::{Ending, Worker},
};

#[tokio::test]
async fn nothing_new_of_a_kind_that_is_held_back_begins_and_what_has_begun_goes_on() {
    for world in World::both("queue_pause").await {
        let (engine, worker) = (&world.engine, Worker::new(world.engine.clone()));
        let alice = world.account("alice", 0).await;
        let boss = world.caller(world.account("boss", 0).await, Role::Admin);
        let begun = world.submit(alice).await.unwrap().id;
        let job = worker.claim(&*world.probe, 1).await.unwrap().pop().unwrap();
        world.submit(alice).await.unwrap();
        let refused = queue::pause(engine, &world.caller(alice, Role::User), PROBE, true, Origin::default()).await.unwrap_err();
        assert_eq!(refused, Refusal::Forbidden.into());
        let held = queue::pause(engine, &boss, PROBE, true, Origin::default()).await.unwrap();
        assert_eq!((held.waiting, held.running, held.paused), (1, 1, true));
        assert!(worker.claim(&*world.probe, 9).await.unwrap().is_empty(), "nothing new");
        // Whoever worked on the first one is gone: it is taken up all the same.
        drop(job);
        world.clock.advance(Duration::from_secs(3600));
        let again = worker.claim(&*world.probe, 9).await.unwrap();
        assert_eq!(again.iter().map(|job| job.task.id).collect::<Vec<_>>(), [begun]);
        let settled = worker.settle(&*world.probe, &again[0], Ok(Ending::Done("done".to_owned())), false).await.unwrap();
        assert_eq!(settled.map(|task| task.state), Some(State::Succeeded));
        let goes_on = queue::pause(engine, &boss, PROBE, false, Origin::default()).await.unwrap();
        assert_eq!((goes_on.waiting, goes_on.paused), (1, false));
        assert_eq!(worker.claim(&*world.probe, 9).await.unwrap().len(), 1);
        assert_eq!(world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_span_counts_what_was_handed_in_between_its_ends() {
    for world in World::both("queue_spans").await {
        let engine = &world.engine;
        let (alice, bob) = (world.account("alice", 100).await, world.account("bob", 0).await);
        let boss = world.caller(world.account("boss", 0).await, Role::Admin);
        let mut bounds = vec![engine.now()];
        // Seven tasks of alice's on the first day, none on the second, three of bob's on the third.
        for (who, tasks) in [(alice, 7), (alice, 0), (bob, 3)] {
            for _ in 0..tasks {
                world.clock.advance(Duration::from_secs(60));
                world.submit(who).await.unwrap();
            }
            let midnight = Timestamp(bounds.last().unwrap().0 + 86_400_000_000);
            world.clock.advance(midnight.since(engine.now()));
            bounds.push(midnight);
        }
        let counts = |spans: &[overview::Span]| spans.iter().map(|span| span.tasks.clone()).collect::<Vec<_>>();
        let everybody = overview::spans(engine, &boss, Whose::Everybody, bounds.clone()).await.unwrap();
        assert_eq!(counts(&everybody), [vec![(State::Queued, 7)], vec![], vec![(State::Queued, 3)]]);
        let own = overview::spans(engine, &world.caller(bob, Role::User), Whose::Own, bounds.clone()).await.unwrap();
        assert_eq!(counts(&own), [vec![], vec![], vec![(State::Queued, 3)]]);
        let refused = overview::spans(engine, &world.caller(bob, Role::User), Whose::Of(alice), bounds).await.unwrap_err();
        assert_eq!(refused, Refusal::Forbidden.into());
    }
}
