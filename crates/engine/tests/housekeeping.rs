//! What is old is dropped by age, in batches; money, and what is young, stays.

mod common;

use std::time::Duration;

use common::{Chosen, PROBE, World};
use domain::{refusal::Refusal, time::Timestamp};
use engine::{
    Error, housekeeping,
    settings::Settings,
    task::{self, Submission},
    worker::{Ending, Worker},
};
use store::artifact::Artifact;

const DAY: Duration = Duration::from_secs(86_400);

/// How many rows a table has.
async fn rows(world: &World, sql: &'static str) -> i64 {
    world.db.read(async move |tx| Ok(tx.query_one(sql, &[]).await?.int(0))).await.unwrap()
}

async fn film(world: &World, account: domain::id::AccountId, output: &str) {
    let id = world.submit(account).await.unwrap().id;
    let worker = Worker::new(world.engine.clone());
    let job = worker.claim(&*world.probe, 1).await.unwrap().remove(0);
    worker.settle(&*world.probe, &job, Ok(Ending::Done(output.to_owned())), false).await.unwrap();
    let (attempt, now) = (job.task.attempt, world.engine.now());
    world
        .db
        .write(async move |tx| {
            store::step::insert(tx, id, attempt, "script", "{}", now).await?;
            store::log::append(tx, id, domain::study::Level::Info, "begun", now).await?;
            Ok(())
        })
        .await
        .unwrap();
}

async fn piece(world: &World, account: domain::id::AccountId, name: &str, piece: bool, at: Timestamp) {
    let made = Artifact { object: format!("artifacts/{name}"), engine: "e".to_owned(), cost: 0, piece };
    let name = name.to_owned();
    world.db.write(async move |tx| Ok(store::artifact::insert(tx, account, &name, &made, at).await?)).await.unwrap();
}

#[tokio::test]
async fn what_is_old_goes_and_money_stays() {
    let mut settings = Settings::default();
    settings.housekeeping.results = Some(60 * DAY);
    for world in World::both_with("housekeeping_ages", Chosen { settings, ..Chosen::default() }).await {
        let (engine, alice) = (&world.engine, world.account("alice", 9_000_000).await);
        world.probe.price.store(1_000_000, std::sync::atomic::Ordering::SeqCst);
        film(&world, alice, "old").await;
        let now = engine.now();
        for number in 0..1203 {
            let (id, expires_at) = (format!("s{number}"), now.plus(Duration::from_secs(number)));
            let new = store::session::New { id, surface: "anime", now, expires_at, proved_at: None, idle: None };
            world.db.write(async move |tx| Ok(store::session::insert(tx, alice, &new).await?)).await.unwrap();
        }
        piece(&world, alice, "segment.mp4", true, now).await;
        piece(&world, alice, "picture.png", false, now).await;
        let sessions = "SELECT COUNT(*) FROM sessions";
        let records = "SELECT (SELECT COUNT(*) FROM task_steps) + (SELECT COUNT(*) FROM task_logs)";
        let removed = || world.storage.removed.lock().unwrap().clone();

        world.clock.advance(13 * DAY);
        housekeeping::tidy(engine).await.unwrap();
        assert_eq!((rows(&world, sessions).await, removed()), (1203, vec![]), "all is young");

        world.clock.advance(2 * DAY);
        piece(&world, alice, "young.mp4", true, engine.now()).await;
        housekeeping::tidy(engine).await.unwrap();
        assert_eq!(removed(), ["artifacts/segment.mp4"], "pictures are shown by finished tasks");

        world.clock.advance(17 * DAY);
        housekeeping::tidy(engine).await.unwrap();
        assert_eq!(rows(&world, sessions).await, 0, "in as many batches as it takes");
        assert_eq!(rows(&world, "SELECT COUNT(*) FROM artifacts").await, 1);

        world.clock.advance(40 * DAY);
        film(&world, alice, "young").await;
        housekeeping::tidy(engine).await.unwrap();
        assert!(removed().contains(&"probes/old".to_owned()) && !removed().contains(&"probes/young".to_owned()), "{:?}", removed());
        assert_eq!(rows(&world, records).await, 4);

        world.clock.advance(30 * DAY);
        let files = removed().len();
        housekeeping::tidy(engine).await.unwrap();
        assert_eq!(
            (rows(&world, records).await, removed().len()),
            (2, files),
            "the old one's are gone, and its files are not removed twice"
        );

        assert_eq!((world.balance(alice).await, world.faults().await), (7_000_000, vec![]));
    }
}

/// While the disk is almost full nothing new is begun; what was begun goes on, and answers are given again.
#[tokio::test]
async fn a_full_disk_refuses_new_work() {
    for world in World::both("housekeeping_full").await {
        let (engine, alice) = (&world.engine, world.account("alice", 0).await);
        world.submit(alice).await.unwrap();
        engine.set_full(true);
        let submission = Submission { payer: alice.into(), kind: PROBE, input: "wait".to_owned(), rule: None };
        match task::submit(engine, submission).await {
            Err(Error::Refused(Refusal::Unavailable { reason })) => assert!(reason.contains("what was begun is finished"), "{reason}"),
            other => panic!("{other:?}"),
        }
        let worker = Worker::new(engine.clone());
        let job = worker.claim(&*world.probe, 1).await.unwrap().remove(0);
        worker.settle(&*world.probe, &job, Ok(Ending::Done("done".to_owned())), false).await.unwrap();
        engine.set_full(false);
        world.submit(alice).await.unwrap();
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}
