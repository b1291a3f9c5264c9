//! A clock that is set back: work of every sort goes on within a minute, codes and links of the future are void, limits do not lock.

mod common;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use common::{Chosen, PROBE, World, nobody};
use domain::{account::Role, model::Status, order::Channel, origin::Origin, task::State, time::Timestamp};
use doubles::{StubGateway, StubWeb};
use engine::{
    clock,
    kinds::generation::{Generation, Submission},
    method::{self, Config},
    model::{self, ModelRef},
    order,
    settings::{Approval, Settings},
    task,
    worker::{Ending, Failure, Kind, Worker},
};
use ports::web::Reply;
use serde_json::json;

const HOUR: Duration = Duration::from_secs(3600);
const SET_BACK: [Duration; 4] = [Duration::from_secs(60), HOUR, Duration::from_secs(25 * 3600), Duration::from_secs(400 * 86_400)];

async fn worlds(name: &str) -> (Vec<World>, Arc<StubGateway>) {
    let answer = |_: &ports::web::Request| {
        Ok(Reply {
            status: 200,
            content_type: "application/json".to_owned(),
            body: Bytes::from(json!({ "id": "job-1", "status": "RUNNING" }).to_string()),
            ..Reply::default()
        })
    };
    let gateway = Arc::new(StubGateway::default());
    let mut reach = nobody();
    reach.web = Arc::new(StubWeb::new(answer));
    reach.gateway = gateway.clone();
    let mut settings = Settings::default();
    settings.studio.approval = Approval::Automatic;
    (World::both_with(name, Chosen { settings, reach, ..Chosen::default() }).await, gateway)
}

/// Within a minute after the clock was set back, everything that was claimed, parked, waiting or put off is looked at again.
#[tokio::test]
async fn nothing_is_stranded() {
    for (round, back) in SET_BACK.into_iter().enumerate() {
        let (worlds, gateway) = worlds(&format!("clock_{round}")).await;
        for world in worlds {
            let engine = &world.engine;
            clock::note(engine).await.unwrap();
            // The clock runs ahead, and all of this is done in its time.
            world.clock.advance(back);
            clock::note(engine).await.unwrap();
            let [alice, admin] = [world.account("alice", 1000).await, world.account("admin", 0).await];
            let worker = Worker::new(Arc::clone(engine));
            let claimed = world.submit(alice).await.unwrap().id;
            assert_eq!(worker.claim(&*world.probe, 1).await.unwrap().len(), 1);
            let retried = world.submit(alice).await.unwrap().id;
            let job = worker.claim(&*world.probe, 1).await.unwrap().remove(0);
            let passing = Err(Failure { code: "X", message: "x".to_owned(), again: Some(Duration::from_secs(500)) });
            worker.settle(&*world.probe, &job, passing, false).await.unwrap();
            let waiting = world.submit(alice).await.unwrap().id;
            let draft = model::Draft {
                name: Some("m".to_owned()),
                status: Some(Status::Open),
                url: Some("http://models/m".to_owned()),
                price: Some(0),
                ..model::Draft::default()
            };
            let model = model::create(engine, &world.caller(admin, Role::Admin), draft, Origin::default()).await.unwrap().model.id;
            let submission = Submission {
                caller: world.caller(alice, Role::User),
                behalf: None,
                model: ModelRef::Id(model),
                input: json!({ "prompt": "x" }).as_object().unwrap().clone(),
                origin: Origin::default(),
                once: None,
            };
            engine::kinds::generation::submit(engine, submission).await.unwrap();
            let kind = Generation { settings: engine.settings.studio.clone() };
            let job = worker.claim(&kind, 1).await.unwrap().remove(0);
            let parked = kind.run(&job).await;
            assert!(matches!(parked, Ok(Ending::Parked(_))));
            worker.settle(&kind, &job, parked, false).await.unwrap();
            let draft = method::Draft { name: Some("epay".to_owned()), config: Some(Config::default()), enabled: Some(true) };
            let uuid = method::create(engine, &world.caller(admin, Role::Admin), "epay", draft, Origin::default()).await.unwrap().uuid;
            let new = order::NewOrder {
                amount: 1_000_000,
                method: uuid,
                channel: Channel::Alipay,
                return_url: "http://shop/back".to_owned(),
                origin: Origin::default(),
                once: None,
            };
            order::create(engine, &world.caller(alice, Role::User), new).await.unwrap();
            let asked = || gateway.asked.load(std::sync::atomic::Ordering::SeqCst);
            let before = asked();

            // The process is killed, the clock is set right, and another one starts.
            world.clock.set_back(back);
            assert!(clock::note(engine).await.unwrap(), "{back:?}");
            assert!(!clock::note(engine).await.unwrap(), "once");
            let fresh = Worker::new(Arc::clone(engine));
            let mut found = Vec::new();
            for _ in 0..60 {
                world.clock.advance(Duration::from_secs(1));
                clock::note(engine).await.unwrap();
                for job in fresh.claim(&*world.probe, 8).await.unwrap() {
                    assert!(job.task.deadline_at.is_some_and(|at| at <= engine.now().plus(Duration::from_secs(600))));
                    found.push(job.task.id);
                }
                found.extend(fresh.claim(&kind, 8).await.unwrap().into_iter().map(|job| job.task.id));
                order::due(engine).await.unwrap();
            }
            for (what, id) in [("claimed", claimed), ("waiting", waiting)] {
                assert!(found.contains(&id), "{what}, {back:?}: {found:?}");
            }
            // A retry keeps its rest, which is ten minutes at most.
            if back > Duration::from_secs(600) {
                assert!(found.contains(&retried), "retried, {back:?}: {found:?}");
            }
            assert!(found.len() >= if back > Duration::from_secs(600) { 4 } else { 3 }, "{back:?}: {found:?}");
            assert!(asked() > before, "the gateway was asked, {back:?}");
            assert_eq!(task::get(engine, alice, PROBE, claimed).await.unwrap().state, State::Running);
            assert_eq!(world.faults().await, [""; 0]);
        }
    }
}

/// A clock that differs by little, and one that goes on, change nothing.
#[tokio::test]
async fn a_clock_that_goes_on_sets_nothing_right() {
    let world = World::sqlite().await;
    for _ in 0..3 {
        assert!(!clock::note(&world.engine).await.unwrap());
        world.clock.advance(HOUR);
    }
    world.clock.set_back(Duration::from_secs(5));
    assert!(!clock::note(&world.engine).await.unwrap(), "clocks of processes differ by some seconds");
}

/// What counts rows of the last while does not count those of a future that never was.
#[tokio::test]
async fn limits_are_not_locked_by_the_future() {
    let rule = domain::window::Rule::hourly(2);
    let now = Timestamp(1_000_000_000_000);
    let ahead = now.plus(Duration::from_secs(86_400));
    assert_eq!(rule.among(&[ahead, ahead, ahead], now).remaining, 2);
    assert_eq!(rule.among(&[now, now], now).remaining, 0);
}
