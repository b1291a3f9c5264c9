//! Outside workers: leases, epochs, lost workers, thieves, and races with real parallel calls on both databases.

mod common;

use std::{sync::Arc, time::Duration};

use common::{TRANSLATE, World, race};
use domain::{
    account::Role,
    id::{AccountId, TaskId},
    origin::Origin,
    refusal::{Noun, Refusal},
    study::Level,
    task::State,
};
use engine::{
    Error,
    api_key::{self, NewKey},
    idempotency::Answered,
    kinds::any::{self, Action, Input},
    session::Caller,
    worker::outside::{self, Beat, Done, Held, OutsideWorker},
};
use serde_json::{Map, Value, json};

const NOW: Duration = Duration::ZERO;

async fn worker(world: &World, name: &str, kinds: &[&str]) -> OutsideWorker {
    let boss = world.account(name, 0).await;
    engine::account::set_role(&world.engine, boss, Role::Admin).await.unwrap();
    let scopes = kinds.iter().map(|kind| format!("worker:{kind}")).collect();
    let key = NewKey { name: name.into(), scopes, networks: vec![], daily_cap: None, expires_at: None };
    let made = api_key::create(&world.engine, &world.caller(boss, Role::Admin), key, Origin::default()).await.unwrap();
    outside::identify(&world.engine, &made.text, None).await.unwrap()
}

fn form() -> Map<String, Value> {
    json!({ "text": "夜里下着雪。" }).as_object().unwrap().clone()
}

async fn submit(world: &World, caller: &Caller, kind: &str) -> TaskId {
    let input = Input::Custom { kind: kind.to_owned(), form: form() };
    match any::submit(&world.engine, caller, input, Origin::default(), None).await.unwrap() {
        Answered::Executed(task) => task.id,
        Answered::Replayed(_) => panic!("nobody sent a key"),
    }
}

async fn state(world: &World, caller: &Caller, id: TaskId) -> State {
    any::get(&world.engine, caller, id).await.unwrap().task.state
}

async fn take(world: &World, worker: &OutsideWorker) -> Option<Held> {
    let claimed = outside::claim(&world.engine, worker, TRANSLATE.name, NOW).await.unwrap();
    claimed.map(|claimed| Held { task: claimed.task.id, epoch: claimed.task.epoch })
}

fn lost<T: std::fmt::Debug>(answer: Result<T, Error>) {
    assert_eq!(answer.unwrap_err(), Refusal::LeaseLost.into());
}

async fn customer(world: &World) -> Caller {
    world.caller(world.account("alice", 10 * TRANSLATE.price).await, Role::User)
}

#[tokio::test]
async fn a_task_is_claimed_worked_on_and_handed_over() {
    for world in World::both("outside").await {
        let (alice, worker) = (customer(&world).await, worker(&world, "boss", &["translate"]).await);
        assert_eq!(take(&world, &worker).await, None);
        let id = submit(&world, &alice, "translate").await;
        assert_eq!(world.balance(alice.account).await, 9 * TRANSLATE.price);
        let claimed = outside::claim(&world.engine, &worker, "translate", NOW).await.unwrap().unwrap();
        assert_eq!((claimed.task.id, &claimed.form, claimed.task.state), (id, &form(), State::Running));
        let held = Held { task: id, epoch: claimed.task.epoch };
        let lines = vec![(Level::Info, "第一页".to_owned()), (Level::Warning, "第二页\n难读".to_owned())];
        let beat = Beat { progress: Some(40), step: Some("translating".into()), message: Some("2/5".into()), lines };
        outside::beat(&world.engine, &worker, held, beat).await.unwrap();
        let whole = any::get(&world.engine, &alice, id).await.unwrap().task;
        assert_eq!((whole.progress, whole.step.as_deref(), whole.message.as_deref()), (40, Some("translating"), Some("2/5")));
        outside::beat(&world.engine, &worker, held, Beat { progress: Some(30), ..Beat::default() }).await.unwrap();
        let task = any::get(&world.engine, &alice, id).await.unwrap().task;
        assert_eq!((task.progress, task.step.as_deref()), (40, Some("translating")), "progress never falls, and what is not said stays");
        let log: Vec<_> = any::log(&world.engine, &alice, id, None, 10).await.unwrap().into_iter().map(|line| line.message).collect();
        assert_eq!(log, ["第二页 难读", "第一页"]);
        let data = json!({ "text": "It snowed at night." }).as_object().cloned();
        let done = Done { data: data.clone(), summary: Some("1 page".into()), files: vec![] };
        let done = outside::complete(&world.engine, &worker, held, done).await.unwrap();
        assert_eq!(done.state, State::Succeeded);
        let outcome = any::outcome(&world.engine, &alice, id).await.unwrap();
        assert_eq!((outcome.data, outcome.summary.as_deref()), (data, Some("1 page")));
        lost(outside::complete(&world.engine, &worker, held, Done::default()).await);
        assert_eq!(world.balance(alice.account).await, 9 * TRANSLATE.price);
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn of_many_workers_one_gets_a_task() {
    for world in World::both("outside_race").await {
        let world = Arc::new(world);
        let (alice, worker) = (customer(&world).await, worker(&world, "boss", &["translate"]).await);
        let id = submit(&world, &alice, "translate").await;
        let outcomes = race(|_| {
            let (world, worker) = (Arc::clone(&world), worker.clone());
            async move { take(&world, &worker).await }
        });
        let held: Vec<_> = outcomes.await.into_iter().flatten().collect();
        assert_eq!(held.iter().map(|held| held.task).collect::<Vec<_>>(), [id]);
        let ended = race(|number| {
            let (world, worker, held) = (Arc::clone(&world), worker.clone(), held[0]);
            async move {
                if number % 2 == 0 {
                    outside::complete(&world.engine, &worker, held, Done::default()).await.is_ok()
                } else {
                    outside::fail(&world.engine, &worker, held, "no", false).await.is_ok()
                }
            }
        });
        assert_eq!(ended.await.into_iter().filter(|ended| *ended).count(), 1, "a task ends once");
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_a_lost_worker_held_comes_again_and_its_word_counts_no_more() {
    for world in World::both("outside_lost").await {
        let alice = customer(&world).await;
        let (first, second) = (worker(&world, "one", &["translate"]).await, worker(&world, "two", &["translate"]).await);
        submit(&world, &alice, "translate").await;
        let old = take(&world, &first).await.unwrap();
        assert_eq!(take(&world, &second).await, None);
        world.clock.advance(world.engine.settings.lease - Duration::from_secs(1));
        outside::beat(&world.engine, &first, old, Beat::default()).await.unwrap();
        world.clock.advance(world.engine.settings.lease - Duration::from_secs(1));
        assert_eq!(take(&world, &second).await, None, "a sign of life kept it");
        world.clock.advance(Duration::from_secs(2));
        let young = take(&world, &second).await.unwrap();
        assert!(young.task == old.task && young.epoch > old.epoch);
        lost(outside::beat(&world.engine, &first, old, Beat::default()).await);
        lost(outside::complete(&world.engine, &first, old, Done::default()).await);
        lost(outside::fail(&world.engine, &first, old, "late", true).await);
        lost(outside::complete(&world.engine, &first, young, Done::default()).await);
        outside::complete(&world.engine, &second, young, Done::default()).await.unwrap();
        assert_eq!(state(&world, &alice, young.task).await, State::Succeeded);
        assert_eq!(world.balance(alice.account).await, 9 * TRANSLATE.price, "two workers, one charge");
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_task_that_is_cancelled_or_paused_is_no_longer_the_workers() {
    for world in World::both("outside_stop").await {
        let (alice, worker) = (customer(&world).await, worker(&world, "boss", &["translate"]).await);
        for (action, after) in [(Action::Cancel, State::Cancelled), (Action::Pause, State::Paused)] {
            let id = submit(&world, &alice, "translate").await;
            let held = take(&world, &worker).await.unwrap();
            any::act(&world.engine, &alice, id, action, Origin::default()).await.unwrap();
            lost(outside::beat(&world.engine, &worker, held, Beat::default()).await);
            lost(outside::complete(&world.engine, &worker, held, Done::default()).await);
            assert_eq!(state(&world, &alice, id).await, after);
            if action == Action::Pause {
                assert_eq!(take(&world, &worker).await, None);
                any::act(&world.engine, &alice, id, Action::Resume, Origin::default()).await.unwrap();
                assert_eq!(take(&world, &worker).await.map(|held| held.task), Some(id));
            }
        }
        assert_eq!(world.balance(alice.account).await, 9 * TRANSLATE.price, "what was cancelled was refunded");
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_failure_is_tried_again_as_often_as_the_kind_allows_and_then_refunded() {
    for world in World::both("outside_fail").await {
        let (alice, worker) = (customer(&world).await, worker(&world, "boss", &["translate"]).await);
        let id = submit(&world, &alice, "translate").await;
        let held = take(&world, &worker).await.unwrap();
        let task = outside::fail(&world.engine, &worker, held, "the dictionary is away", true).await.unwrap();
        assert_eq!((task.state, task.message.as_deref()), (State::Queued, Some("the dictionary is away")));
        assert_eq!(take(&world, &worker).await, None, "after a wait");
        world.clock.advance(Duration::from_secs(60));
        let held = take(&world, &worker).await.unwrap();
        let task = outside::fail(&world.engine, &worker, held, "the dictionary\nis away", true).await.unwrap();
        assert_eq!((task.state, task.error.unwrap().message.as_str()), (State::Failed, "the dictionary is away"));
        assert_eq!(world.balance(alice.account).await, 10 * TRANSLATE.price);
        any::act(&world.engine, &alice, id, Action::Retry, Origin::default()).await.unwrap();
        assert_eq!(world.balance(alice.account).await, 9 * TRANSLATE.price);
        let held = take(&world, &worker).await.unwrap();
        let task = outside::fail(&world.engine, &worker, held, "it is no text", false).await.unwrap();
        assert_eq!(task.state, State::Failed, "what cannot help is not tried again");
        // Nobody was there until the deadline: the next claim says so, and gives the money back.
        any::act(&world.engine, &alice, id, Action::Retry, Origin::default()).await.unwrap();
        take(&world, &worker).await.unwrap();
        world.clock.advance(TRANSLATE.deadline);
        assert_eq!(take(&world, &worker).await, None);
        let task = any::get(&world.engine, &alice, id).await.unwrap().task;
        assert_eq!((task.state, task.error.unwrap().code.as_str()), (State::Failed, "DEADLINE"));
        assert_eq!(world.balance(alice.account).await, 10 * TRANSLATE.price);
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_thiefs_key_claims_nothing() {
    let world = World::sqlite().await;
    let (alice, right) = (customer(&world).await, worker(&world, "boss", &["translate"]).await);
    let other = worker(&world, "other", &["review"]).await;
    submit(&world, &alice, "translate").await;
    let refused = outside::claim(&world.engine, &other, "translate", NOW).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(Refusal::KeyScope(Some(_)))));
    let held = take(&world, &right).await.unwrap();
    let missing = Refusal::NotFound(Noun::Task);
    assert_eq!(outside::complete(&world.engine, &other, held, Done::default()).await.unwrap_err(), missing.clone().into());
    assert_eq!(outside::beat(&world.engine, &other, held, Beat::default()).await.unwrap_err(), missing.into());
    for (scopes, whose) in [(vec!["tasks:write"], Role::Admin), (vec!["wallet:read"], Role::User)] {
        let account = world.account(&format!("thief_{}", whose.word()), 0).await;
        let key = NewKey {
            name: "thief".into(),
            scopes: scopes.into_iter().map(str::to_owned).collect(),
            networks: vec![],
            daily_cap: None,
            expires_at: None,
        };
        let made = api_key::create(&world.engine, &world.caller(account, whose), key, Origin::default()).await.unwrap();
        assert!(matches!(outside::identify(&world.engine, &made.text, None).await, Err(Error::Refused(Refusal::KeyScope(_)))));
    }
    assert_eq!(outside::identify(&world.engine, "eyJhbGciOi", None).await.unwrap_err(), Refusal::Unauthorized.into());
    // Nor does a kind that is done inside, or is none.
    let all = worker(&world, "all", &["anime", "probe", "metered", "nothing"]).await;
    for kind in ["anime", "probe", "metered", "nothing"] {
        let refused = outside::claim(&world.engine, &all, kind, NOW).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(Refusal::Invalid { field: "kind", .. })), "{kind}: {refused:?}");
    }
}

#[tokio::test]
async fn what_needs_an_administrators_yes_waits_for_it() {
    let world = World::sqlite().await;
    let alice = customer(&world).await;
    let worker = worker(&world, "boss", &["review"]).await;
    let id = submit(&world, &alice, "review").await;
    assert_eq!(state(&world, &alice, id).await, State::AwaitingApproval);
    assert!(outside::claim(&world.engine, &worker, "review", NOW).await.unwrap().is_none());
    let approve = async |caller: &Caller| any::act(&world.engine, caller, id, Action::Approve, Origin::default()).await;
    assert_eq!(approve(&alice).await.unwrap_err(), Refusal::Forbidden.into());
    approve(&world.caller(AccountId(2), Role::Admin)).await.unwrap();
    assert!(outside::claim(&world.engine, &worker, "review", NOW).await.unwrap().is_some());
}

#[tokio::test]
async fn a_claim_waits_for_a_task_and_accounts_take_turns() {
    let world = Arc::new(World::sqlite().await);
    let (alice, worker) = (customer(&world).await, worker(&world, "boss", &["translate"]).await);
    let waiting = tokio::spawn({
        let (world, worker) = (Arc::clone(&world), worker.clone());
        async move { outside::claim(&world.engine, &worker, "translate", outside::LONGEST_WAIT).await.unwrap() }
    });
    tokio::task::yield_now().await;
    let first = submit(&world, &alice, "translate").await;
    let claimed = tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it heard of the task").unwrap();
    assert_eq!(claimed.map(|claimed| claimed.task.id), Some(first));
    let bob = world.caller(world.account("bob", 9 * TRANSLATE.price).await, Role::User);
    let (second, third) = (submit(&world, &alice, "translate").await, submit(&world, &alice, "translate").await);
    let fourth = submit(&world, &bob, "translate").await;
    let mut order = Vec::new();
    while let Some(held) = take(&world, &worker).await {
        order.push(held.task);
    }
    assert_eq!(order, [fourth, second, third], "bob has nothing yet");
}
