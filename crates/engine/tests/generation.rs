//! Generation tasks on both databases: money, moves and the model's server.

mod common;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use common::{Chosen, World, nobody, race};
use domain::{
    account::Role,
    id::{AccountId, ModelId, TaskId},
    model::Status,
    origin::Origin,
    refusal::{Noun, Refusal},
    task::State,
};
use doubles::StubWeb;
use engine::{
    Error,
    idempotency::Answered,
    kinds::generation::{self, Generated, Submission},
    model::{self, Draft, ModelRef},
    settings::{Approval, Settings},
    worker::{Ending, Kind, Worker},
};
use ports::{
    fault::Fault,
    web::{Reply, Request},
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const YUAN: i64 = 1_000_000;

fn reply(value: &Value) -> Result<Reply, Fault> {
    Ok(Reply { status: 200, content_type: "application/json".to_owned(), body: Bytes::from(value.to_string()), ..Reply::default() })
}

/// Worlds whose models answer by `answer`.
async fn worlds(
    name: &str,
    approval: Approval,
    answer: impl Fn(&Request) -> Result<Reply, Fault> + Send + Sync + 'static,
) -> (Vec<World>, Arc<StubWeb>) {
    let web = Arc::new(StubWeb::new(answer));
    let mut reach = nobody();
    reach.web = web.clone();
    reach.strangers = web.clone();
    let mut settings = Settings::default();
    settings.studio.approval = approval;
    (World::both_with(name, Chosen { settings, reach, ..Chosen::default() }).await, web)
}

/// A model of a price, registered by an administrator.
async fn registered(world: &World, name: &str, price: i64) -> ModelId {
    let admin = world.account(&format!("admin of {name}").replace(' ', "-"), 0).await;
    let draft = Draft {
        name: Some(name.to_owned()),
        status: Some(Status::Open),
        url: Some(format!("http://models/{name}")),
        price: Some(price),
        ..Draft::default()
    };
    model::create(&world.engine, &world.caller(admin, Role::Admin), draft, Origin::default()).await.unwrap().model.id
}

fn input() -> Map<String, Value> {
    json!({ "prompt": "a fox in the snow" }).as_object().unwrap().clone()
}

async fn submit(world: &World, account: AccountId, model: ModelId) -> Result<Generated, Error> {
    let submission = Submission {
        caller: world.caller(account, Role::User),
        behalf: None,
        model: ModelRef::Id(model),
        input: input(),
        origin: Origin::default(),
        once: None,
    };
    match generation::submit(&world.engine, submission).await? {
        Answered::Executed(made) => Ok(made),
        Answered::Replayed(text) => panic!("{text}"),
    }
}

/// Works on the one task that is due, once.
async fn look(world: &World) -> Option<State> {
    let worker = Worker::new(Arc::clone(&world.engine));
    let kind = generation::Generation { settings: world.engine.settings.studio.clone() };
    let job = worker.claim(&kind, 1).await.unwrap().pop()?;
    let result = kind.run(&job).await;
    let parked = matches!(result, Ok(Ending::Parked(_)));
    let task = worker.settle(&kind, &job, result, false).await.unwrap().unwrap();
    assert_eq!(parked, task.state == State::Running);
    Some(task.state)
}

async fn state(world: &World, owner: AccountId, id: TaskId) -> Generated {
    generation::get(&world.engine, &world.caller(owner, Role::User), id).await.unwrap()
}

#[tokio::test]
async fn a_task_is_approved_done_parked_and_ends_in_a_file() {
    let looks = Arc::new(Mutex::new(0));
    let counted = looks.clone();
    let (worlds, web) = worlds("generation_whole", Approval::Admin, move |request| match (&request.body, request.url.as_str()) {
        (Some(_), _) => reply(&json!({ "data": { "task_id": "job-1" } })),
        (None, url) if url.ends_with("/job-1") => {
            let mut looks = counted.lock().unwrap();
            *looks += 1;
            match *looks % 3 {
                1 => reply(&json!({ "task": { "status": "TASK_STATUS_PROCESSING" } })),
                2 => Err(Fault::passing("the server is away")),
                _ => reply(&json!({ "task": { "status": "TASK_STATUS_SUCCEED" }, "images": [{ "image_url": "http://files/a.png" }] })),
            }
        }
        (None, _) => Ok(Reply {
            status: 200,
            content_type: "image/png".to_owned(),
            body: Bytes::from_static(b"\x89PNG\r\n\x1a\n"),
            ..Reply::default()
        }),
    })
    .await;
    for world in worlds {
        let model = registered(&world, "painter", 2 * YUAN).await;
        let owner = world.account("owner", 3 * YUAN).await;
        let id = submit(&world, owner, model).await.unwrap().task.id;
        assert_eq!(world.balance(owner).await, YUAN);
        assert_eq!(look(&world).await, None, "nobody approved it");
        let (user, admin) = (world.caller(owner, Role::User), world.caller(owner, Role::Admin));
        let refused = generation::approve(&world.engine, &user, id, Origin::default()).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(Refusal::Forbidden)), "e03: {refused}");
        generation::approve(&world.engine, &admin, id, Origin::default()).await.unwrap();
        assert_eq!(look(&world).await, Some(State::Running), "taken by the server, parked");
        assert_eq!(state(&world, owner, id).await.remote.as_deref(), Some("job-1"));
        for _ in 0..2 {
            assert_eq!(look(&world).await, None, "not looked at before its time");
            world.clock.advance(Duration::from_secs(5));
            assert_eq!(look(&world).await, Some(State::Running));
        }
        world.clock.advance(Duration::from_secs(5));
        assert_eq!(look(&world).await, Some(State::Succeeded));
        let done = state(&world, owner, id).await;
        let link = generation::result(&world.engine, &done.task).unwrap();
        assert!(link.contains("/media/17") && link.ends_with(&format!("/generation/{id}/1/result.png")), "{link}");
        let keys: Vec<_> = web.asked().into_iter().filter(|request| request.body.is_some()).map(|request| request.headers).collect();
        assert!(
            keys.iter().all(|headers| headers.iter().any(|(name, value)| name == "idempotency-key" && value == &format!("gf-{id}-1-0")))
        );
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn four_runs_then_failure_and_the_money_back() {
    let (worlds, web) =
        worlds("generation_fails", Approval::Automatic, |_| reply(&json!({ "status": "FAILED", "reason": "no paint" }))).await;
    for world in worlds {
        let model = registered(&world, "painter", 2 * YUAN).await;
        let owner = world.account("owner", 3 * YUAN).await;
        let before = web.asked().len();
        let id = submit(&world, owner, model).await.unwrap().task.id;
        for run in 1..=3 {
            assert_eq!(look(&world).await, Some(State::Queued));
            assert_eq!(state(&world, owner, id).await.task.run, run);
            world.clock.advance(Duration::from_secs(60));
        }
        assert_eq!(look(&world).await, Some(State::Failed));
        let failed = state(&world, owner, id).await.task;
        assert_eq!(failed.error.unwrap().message, "no paint");
        assert_eq!(web.asked().len() - before, 4);
        assert_eq!(world.balance(owner).await, 3 * YUAN);
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

/// What is not answered is asked again under the same key, so that the server may know it for one call.
#[tokio::test]
async fn a_call_without_a_verdict_keeps_its_key() {
    let (worlds, web) = worlds("generation_silent", Approval::Automatic, |_| Err(Fault::passing("no answer in time"))).await;
    for world in worlds {
        let model = registered(&world, "painter", 0).await;
        let owner = world.account("owner", 0).await;
        let before = web.asked().len();
        submit(&world, owner, model).await.unwrap();
        for _ in 0..4 {
            look(&world).await.unwrap();
            world.clock.advance(Duration::from_secs(60));
        }
        let keys: Vec<_> = web.asked()[before..]
            .iter()
            .map(|request| request.headers.iter().find(|(name, _)| name == "idempotency-key").unwrap().1.clone())
            .collect();
        assert_eq!(keys.len(), 4);
        assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    }
}

#[tokio::test]
async fn a_server_that_never_says_is_given_up_after_a_day_and_the_money_is_back() {
    let (worlds, _) = worlds("generation_settles", Approval::Automatic, |request| match request.body {
        Some(_) => reply(&json!({ "id": "job-9" })),
        None => reply(&json!({ "status": "RUNNING" })),
    })
    .await;
    for world in worlds {
        let model = registered(&world, "painter", YUAN).await;
        let owner = world.account("owner", YUAN).await;
        submit(&world, owner, model).await.unwrap();
        let mut looks = 0;
        while look(&world).await.unwrap() == State::Running {
            looks += 1;
            world.clock.advance(if looks < 360 { Duration::from_secs(5) } else { Duration::from_secs(600) });
        }
        assert!((400..520).contains(&looks), "{looks} looks in a day");
        assert_eq!(world.balance(owner).await, YUAN);
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn e08_of_64_submissions_with_money_for_one_one_succeeds() {
    let (worlds, _) = worlds("generation_race", Approval::Admin, |_| Err(Fault::passing("away"))).await;
    for world in worlds {
        let world = Arc::new(world);
        let model = registered(&world, "painter", 2 * YUAN).await;
        let owner = world.account("owner", 3 * YUAN).await;
        let outcomes = race(|_| {
            let world = Arc::clone(&world);
            async move { submit(&world, owner, model).await }
        })
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        for outcome in outcomes.into_iter().filter_map(Result::err) {
            assert!(matches!(outcome, Error::Refused(Refusal::Unaffordable { .. })), "{outcome}");
        }
        assert_eq!(world.balance(owner).await, YUAN);
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn e07_of_64_cancels_one_gives_the_money_back() {
    let (worlds, _) = worlds("generation_cancel", Approval::Automatic, |_| reply(&json!({ "id": "x" }))).await;
    for world in worlds {
        let world = Arc::new(world);
        let model = registered(&world, "painter", 2 * YUAN).await;
        let owner = world.account("owner", 2 * YUAN).await;
        let id = submit(&world, owner, model).await.unwrap().task.id;
        let outcomes = race(|number| {
            let world = Arc::clone(&world);
            async move {
                if number == 0 {
                    // The worker is after it, too.
                    return look(&world).await.is_some();
                }
                generation::cancel(&world.engine, &world.caller(owner, Role::User), id, Origin::default(), None).await.is_ok()
            }
        })
        .await;
        assert_eq!(outcomes.iter().filter(|won| **won).count(), 1, "one outcome");
        let ended = state(&world, owner, id).await.task.state;
        let expected = if ended == State::Cancelled { 2 * YUAN } else { 0 };
        assert_eq!(world.balance(owner).await, expected);
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn e02_foreign_tasks_are_none_and_seen_ones_are_not_ones_own() {
    let (worlds, _) = worlds("generation_foreign", Approval::Admin, |_| Err(Fault::passing("away"))).await;
    for world in worlds {
        let model = registered(&world, "painter", 0).await;
        let (owner, other) = (world.account("owner", 0).await, world.account("other", 0).await);
        let id = submit(&world, owner, model).await.unwrap().task.id;
        let (stranger, admin) = (world.caller(other, Role::User), world.caller(other, Role::Admin));
        let origin = Origin::default;
        let missing = |error: Error| assert!(matches!(error, Error::Refused(Refusal::NotFound(Noun::Task))), "{error}");
        missing(generation::get(&world.engine, &stranger, id).await.unwrap_err());
        missing(generation::update(&world.engine, &stranger, id, input(), ModelRef::Default, origin()).await.unwrap_err());
        missing(generation::retry(&world.engine, &stranger, id, origin(), None).await.unwrap_err());
        missing(generation::cancel(&world.engine, &stranger, id, origin(), None).await.unwrap_err());
        missing(generation::approve(&world.engine, &stranger, id, origin()).await.unwrap_err());
        let not_owner = |error: Error| assert!(matches!(error, Error::Refused(Refusal::NotOwner)), "{error}");
        not_owner(generation::retry(&world.engine, &admin, id, origin(), None).await.unwrap_err());
        not_owner(generation::cancel(&world.engine, &admin, id, origin(), None).await.unwrap_err());
        generation::get(&world.engine, &admin, id).await.unwrap();
    }
}

#[tokio::test]
async fn e04_another_model_costs_its_own_price_and_what_was_approved_is_approved_again() {
    let (worlds, _) = worlds("generation_reprice", Approval::Admin, |_| Err(Fault::passing("away"))).await;
    for world in worlds {
        let cheap = registered(&world, "cheap", YUAN).await;
        let dear = registered(&world, "dear", 5 * YUAN).await;
        let beyond = registered(&world, "beyond", 100 * YUAN).await;
        let owner = world.account("owner", 10 * YUAN).await;
        let (user, admin) = (world.caller(owner, Role::User), world.caller(owner, Role::Admin));
        let id = submit(&world, owner, cheap).await.unwrap().task.id;
        let change = |model| generation::update(&world.engine, &user, id, input(), ModelRef::Id(model), Origin::default());
        let refused = change(beyond).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(Refusal::Unaffordable { .. })), "{refused}");
        assert_eq!((world.balance(owner).await, state(&world, owner, id).await.task.price), (9 * YUAN, YUAN), "nothing changed");
        change(dear).await.unwrap();
        assert_eq!((world.balance(owner).await, state(&world, owner, id).await.task.price), (5 * YUAN, 5 * YUAN));
        generation::approve(&world.engine, &admin, id, Origin::default()).await.unwrap();
        let changed = change(dear).await.unwrap();
        assert_eq!(changed.task.state, State::AwaitingApproval, "what was approved is not what would run");
        assert_eq!(look(&world).await, None);
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

/// What may happen to a task and to its owner's money.
#[derive(Debug, Clone, Copy)]
enum TaskAction {
    Submit,
    Approve,
    Work,
    Retry,
    Cancel,
    Dearer,
    TopUp,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// E06: after any number of rounds of failing, refunding and retrying, what is missing from the wallet is what succeeded or is
    /// still paid for, and nothing was minted.
    #[test]
    fn e06_no_loop_mints_money(actions in prop::collection::vec(prop::sample::select(vec![
        TaskAction::Submit, TaskAction::Approve, TaskAction::Work, TaskAction::Work, TaskAction::Work, TaskAction::Retry, TaskAction::Retry, TaskAction::Cancel, TaskAction::Dearer, TaskAction::TopUp,
    ]), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let chosen = || {
                let mut reach = nobody();
                // Every other call fails for good.
                let calls = Mutex::new(0);
                reach.web = Arc::new(StubWeb::new(move |_| {
                    let mut calls = calls.lock().unwrap();
                    *calls += 1;
                    let status = if *calls % 2 == 0 { 200 } else { 422 };
                    Ok(Reply { status, content_type: "image/png".to_owned(), body: Bytes::from_static(b"\x89PNG"), ..Reply::default() })
                }));
                Chosen { reach, ..Chosen::default() }
            };
            let world = World::sqlite_with(chosen()).await;
            let (cheap, dear) = (registered(&world, "cheap", 2 * YUAN).await, registered(&world, "dear", 3 * YUAN).await);
            let owner = world.account("owner", 4 * YUAN).await;
            let (user, admin) = (world.caller(owner, Role::User), world.caller(owner, Role::Admin));
            let mut paid_in = 4 * YUAN;
            let mut ids: Vec<TaskId> = Vec::new();
            for (number, action) in actions.into_iter().enumerate() {
                let id = ids.get(number % ids.len().max(1)).copied().unwrap_or(TaskId(1));
                match action {
                    TaskAction::Submit => ids.extend(submit(&world, owner, cheap).await.ok().map(|made| made.task.id)),
                    TaskAction::Approve => drop(generation::approve(&world.engine, &admin, id, Origin::default()).await),
                    TaskAction::Work => drop(look(&world).await),
                    TaskAction::Retry => drop(generation::retry(&world.engine, &user, id, Origin::default(), None).await),
                    TaskAction::Cancel => drop(generation::cancel(&world.engine, &user, id, Origin::default(), None).await),
                    TaskAction::Dearer => drop(generation::update(&world.engine, &user, id, input(), ModelRef::Id(dear), Origin::default()).await),
                    TaskAction::TopUp => {
                        world.top_up(owner, YUAN, &format!("more {number}")).await;
                        paid_in += YUAN;
                    }
                }
            }
            let mut bound = 0;
            for id in ids {
                let task = state(&world, owner, id).await.task;
                if !matches!(task.state, State::Failed | State::Cancelled) {
                    bound += task.price;
                }
            }
            assert_eq!(world.balance(owner).await + bound, paid_in);
            assert_eq!(world.faults().await, Vec::<String>::new());
        });
    }
}

/// What was sent, or may have been, does not answer for what is asked afterwards.
#[tokio::test]
async fn a_task_that_is_changed_after_a_call_is_called_anew() {
    let (worlds, web) = worlds("generation_changed", Approval::Automatic, |_| Err(Fault::passing("no answer in time"))).await;
    for world in worlds {
        let model = registered(&world, "painter", YUAN).await;
        let owner = world.account("owner", 3 * YUAN).await;
        let before = web.asked().len();
        let id = submit(&world, owner, model).await.unwrap().task.id;
        assert_eq!(look(&world).await, Some(State::Queued));
        let user = world.caller(owner, Role::User);
        let other = json!({ "prompt": "a bear" }).as_object().unwrap().clone();
        generation::update(&world.engine, &user, id, other, ModelRef::Default, Origin::default()).await.unwrap();
        world.clock.advance(Duration::from_secs(60));
        look(&world).await.unwrap();
        let asked = web.asked();
        let key = |request: &Request| request.headers.iter().find(|(name, _)| name == "idempotency-key").unwrap().1.clone();
        assert_eq!((key(&asked[before]), key(&asked[before + 1])), (format!("gf-{id}-1-0"), format!("gf-{id}-2-0")));
        assert!(asked[before + 1].body.as_ref().unwrap().windows(4).any(|part| part == b"bear"));
        assert_eq!(world.balance(owner).await, 2 * YUAN, "paid once");
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn e15_a_closed_accounts_waiting_tasks_end_and_its_ledger_stays() {
    let (worlds, web) = worlds("generation_closed", Approval::Automatic, |_| reply(&json!({ "id": "x" }))).await;
    for world in worlds {
        let model = registered(&world, "painter", YUAN).await;
        let owner = world.account("owner", 3 * YUAN).await;
        for _ in 0..2 {
            submit(&world, owner, model).await.unwrap();
        }
        let boss = world.account("boss", 0).await;
        engine::account::set_role(&world.engine, boss, Role::Admin).await.unwrap();
        let before = web.asked().len();
        engine::account::administer::close(&world.engine, &world.caller(boss, Role::Admin), owner, Origin::default()).await.unwrap();
        assert_eq!((look(&world).await, web.asked().len()), (None, before), "nothing is done for nobody");
        assert_eq!(world.balance(owner).await, 3 * YUAN);
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

/// A process that ends while a server is being called gives the task back unharmed.
#[tokio::test]
async fn a_call_is_let_go_when_the_process_ends() {
    let (worlds, _) = worlds("generation_stops", Approval::Automatic, |_| reply(&json!({ "id": "x" }))).await;
    for world in worlds {
        let model = registered(&world, "painter", YUAN).await;
        let owner = world.account("owner", YUAN).await;
        let id = submit(&world, owner, model).await.unwrap().task.id;
        let worker = Worker::new(Arc::clone(&world.engine));
        let kind = generation::Generation { settings: world.engine.settings.studio.clone() };
        let job = worker.claim(&kind, 1).await.unwrap().pop().unwrap();
        job.stop.cancel();
        let result = kind.run(&job).await;
        assert!(worker.settle(&kind, &job, result, true).await.unwrap().is_some());
        let task = state(&world, owner, id).await.task;
        assert!(matches!(task.state, State::Queued | State::Running), "{:?}", task.state);
        assert_eq!((task.run, task.deaths), (0, 0));
    }
}

/// A verdict that comes while the process ends is one all the same: the call is not sent again under its key.
#[tokio::test]
async fn a_verdict_stands_although_the_process_ends() {
    let (worlds, web) = worlds("generation_verdict", Approval::Automatic, |_| reply(&json!({ "data": [{ "b64_json": "???" }] }))).await;
    for world in worlds {
        let model = registered(&world, "painter", YUAN).await;
        let owner = world.account("owner", YUAN).await;
        let id = submit(&world, owner, model).await.unwrap().task.id;
        let worker = Worker::new(Arc::clone(&world.engine));
        let kind = generation::Generation { settings: world.engine.settings.studio.clone() };
        let job = worker.claim(&kind, 1).await.unwrap().pop().unwrap();
        let before = web.asked().len();
        let result = kind.run(&job).await;
        worker.settle(&kind, &job, result, true).await.unwrap();
        assert_eq!(state(&world, owner, id).await.task.state, State::Failed);
        assert_eq!((look(&world).await, web.asked().len() - before, world.balance(owner).await), (None, 1, YUAN));
    }
}

/// What was accepted and cannot be read is paid for: it is never asked for again, and the user has their money back.
#[tokio::test]
async fn what_cannot_be_read_is_asked_for_once() {
    for (number, body) in [r#"{"data":[{"b64_json":"???"}]}"#, r#"{"id":"chatcmpl-1","choices":[{"message":{"content":null}}]}"#, "<html>"]
        .into_iter()
        .enumerate()
    {
        let answer = move |_: &Request| {
            Ok(Reply {
                status: 200,
                content_type: "application/json".to_owned(),
                body: Bytes::from_static(body.as_bytes()),
                ..Reply::default()
            })
        };
        let (worlds, web) = worlds(&format!("generation_unreadable_{number}"), Approval::Automatic, answer).await;
        for world in worlds {
            let model = registered(&world, "model", 3 * YUAN).await;
            let alice = world.account("alice", 10 * YUAN).await;
            let before = web.asked().len();
            let id = submit(&world, alice, model).await.unwrap().task.id;
            assert_eq!(look(&world).await, Some(State::Failed), "{body}");
            world.clock.advance(Duration::from_secs(86_400));
            assert_eq!(look(&world).await, None);
            assert_eq!(web.asked().len() - before, 1, "{body}");
            assert_eq!(state(&world, alice, id).await.task.error.unwrap().code, "MODEL_UNREADABLE");
            assert_eq!(world.balance(alice).await, 10 * YUAN);
            assert_eq!(world.faults().await, [""; 0]);
        }
    }
}

/// A process that dies while it looks at a job that its server has taken did not die of it, however often that happens.
#[tokio::test]
async fn a_task_that_waits_at_its_server_is_not_given_up_for_deaths() {
    let answer = |_: &Request| reply(&json!({ "data": { "task_id": "job-1" }, "status": "RUNNING" }));
    let (worlds, _) = worlds("generation_deaths", Approval::Automatic, answer).await;
    for world in worlds {
        let model = registered(&world, "model", 0).await;
        let alice = world.account("alice", 0).await;
        let id = submit(&world, alice, model).await.unwrap().task.id;
        assert_eq!(look(&world).await, Some(State::Running));
        let kind = generation::Generation { settings: world.engine.settings.studio.clone() };
        let worker = Worker::new(Arc::clone(&world.engine));
        for _ in 0..6 {
            world.clock.advance(Duration::from_secs(700));
            assert_eq!(worker.claim(&kind, 1).await.unwrap().len(), 1, "taken up, and its process killed");
        }
        let task = state(&world, alice, id).await.task;
        assert_eq!((task.state, task.deaths), (State::Running, 0));
    }
}

/// A retry and a change are purchases of today: an old price cannot be hoarded.
#[tokio::test]
async fn todays_price_is_paid_for_a_retry_and_for_a_change() {
    let answer = |_: &Request| reply(&json!({ "status": "FAILED", "reason": "no" }));
    let (worlds, _) = worlds("generation_prices", Approval::Admin, answer).await;
    for world in worlds {
        let model = registered(&world, "model", 0).await;
        let alice = world.account("alice", 300 * YUAN).await;
        let caller = world.caller(alice, Role::User);
        let admin = world.caller(world.account("boss", 0).await, Role::Admin);
        let (failed, waiting) = (submit(&world, alice, model).await.unwrap().task.id, submit(&world, alice, model).await.unwrap().task.id);
        generation::approve(&world.engine, &admin, failed, Origin::default()).await.unwrap();
        while state(&world, alice, failed).await.task.state != State::Failed {
            world.clock.advance(Duration::from_secs(600));
            look(&world).await;
        }
        let draft = Draft { price: Some(100 * YUAN), ..Draft::default() };
        model::update(&world.engine, &admin, model, draft, Origin::default()).await.unwrap();
        generation::retry(&world.engine, &caller, failed, Origin::default(), None).await.unwrap();
        assert_eq!(world.balance(alice).await, 200 * YUAN);
        generation::update(&world.engine, &caller, waiting, input(), ModelRef::Default, Origin::default()).await.unwrap();
        assert_eq!(world.balance(alice).await, 100 * YUAN);
        assert_eq!(world.faults().await, [""; 0]);
    }
}
