//! One action on many tasks: each once, only what one may, whoever dies in the middle; on both databases.

mod common;

use std::{sync::Arc, time::Duration};

use common::{World, race};
use domain::{
    account::Role,
    id::{AccountId, TaskId},
    origin::Origin,
    refusal::{Noun, Refusal},
    task::State as TaskState,
};
use engine::{
    Error,
    bulk::{self, Action, Bulk, NewBulk, Selector, State},
    idempotency::Answered,
    kinds::any::{self, Input},
    session::{Caller, Whose},
};
use serde_json::Map;
use tokio_util::sync::CancellationToken;

const CANCEL: Action = Action::Task(any::Action::Cancel);

async fn tasks(world: &World, caller: &Caller, count: usize) -> Vec<TaskId> {
    let mut made = Vec::new();
    for _ in 0..count {
        let input = Input::Custom { kind: "translate".to_owned(), form: Map::new() };
        match any::submit(&world.engine, caller, input, Origin::default(), None).await.unwrap() {
            Answered::Executed(task) => made.push(task.id),
            Answered::Replayed(_) => unreachable!("no key was sent"),
        }
    }
    made
}

fn new(action: Action, selector: Selector) -> NewBulk {
    NewBulk { action, reason: String::new(), selector, origin: Origin::default(), once: None }
}

fn all(whose: Whose) -> Selector {
    Selector::Filter(whose, Vec::new(), vec![TaskState::Queued])
}

async fn begin(world: &World, caller: &Caller, new: NewBulk) -> Bulk {
    match bulk::create(&world.engine, caller, new).await.unwrap() {
        Answered::Executed(bulk) => bulk,
        Answered::Replayed(_) => unreachable!("no key was sent"),
    }
}

async fn work(world: &World) {
    while bulk::work(&world.engine, &CancellationToken::new()).await.unwrap() {}
}

async fn state(world: &World, caller: &Caller, id: TaskId) -> TaskState {
    any::get(&world.engine, caller, id).await.unwrap().task.state
}

async fn person(world: &World, name: &str, role: Role) -> Caller {
    let id = world.account(name, 100_000_000).await;
    engine::account::set_role(&world.engine, id, role).await.unwrap();
    world.caller(id, role)
}

#[tokio::test]
async fn everything_that_matches_is_acted_on_and_nothing_else() {
    for world in World::both("bulk_all").await {
        let (alice, bob) = (person(&world, "alice", Role::User).await, person(&world, "bob", Role::User).await);
        let mine = tasks(&world, &alice, 60).await;
        let theirs = tasks(&world, &bob, 2).await;
        any::act(&world.engine, &alice, mine[0], any::Action::Pause, Origin::default()).await.unwrap();
        let preview = bulk::preview(&world.engine, &alice, &new(CANCEL, all(Whose::Own))).await.unwrap();
        assert_eq!((preview.count, preview.first.len(), preview.first[0].id), (59, 20, mine[59]));
        let made = begin(&world, &alice, new(CANCEL, all(Whose::Own))).await;
        assert_eq!((made.total, made.done, made.state), (59, 0, State::Running));
        // What is handed in later is not meant.
        let later = tasks(&world, &alice, 1).await[0];
        work(&world).await;
        let done = bulk::get(&world.engine, &alice, made.id).await.unwrap();
        assert_eq!((done.state, done.done, done.refused), (State::Done, 59, 0));
        assert_eq!(state(&world, &alice, mine[30]).await, TaskState::Cancelled);
        assert_eq!(state(&world, &alice, mine[0]).await, TaskState::Paused, "it did not match");
        assert_eq!(state(&world, &alice, later).await, TaskState::Queued);
        assert_eq!(state(&world, &bob, theirs[0]).await, TaskState::Queued);
        assert_eq!(bulk::get(&world.engine, &bob, made.id).await, Err(Refusal::NotFound(Noun::Bulk).into()));
        assert!(world.faults().await.is_empty());
    }
}

#[tokio::test]
async fn what_one_may_not_is_refused_task_by_task() {
    for world in World::both("bulk_rights").await {
        let (alice, bob) = (person(&world, "alice", Role::User).await, person(&world, "bob", Role::User).await);
        let (mine, theirs) = (tasks(&world, &alice, 2).await, tasks(&world, &bob, 1).await);
        any::act(&world.engine, &alice, mine[0], any::Action::Cancel, Origin::default()).await.unwrap();
        let ids = Selector::Ids(vec![mine[0], mine[1], theirs[0], TaskId(999)]);
        let made = begin(&world, &alice, new(CANCEL, ids)).await;
        assert_eq!(made.total, 2, "others' tasks and those that are none do not count");
        work(&world).await;
        let done = bulk::get(&world.engine, &alice, made.id).await.unwrap();
        assert_eq!((done.done, done.refused, bulk::refusals(&done)[0].task), (1, 1, mine[0].0));
        assert_eq!(state(&world, &bob, theirs[0]).await, TaskState::Queued);

        let refused = |result: Result<Answered<Bulk>, Error>| result.map(drop);
        let everybody = bulk::create(&world.engine, &alice, new(CANCEL, all(Whose::Everybody))).await;
        assert_eq!(refused(everybody), Err(Refusal::Forbidden.into()));
        let reject = bulk::create(&world.engine, &alice, new(Action::Reject, all(Whose::Own))).await;
        assert_eq!(refused(reject), Err(Refusal::Forbidden.into()));
        // Administrators hold up what others handed in; it shows in the audit log.
        let admin = person(&world, "admin", Role::Admin).await;
        let pause = begin(&world, &admin, new(Action::Task(any::Action::Pause), all(Whose::Everybody))).await;
        work(&world).await;
        assert_eq!(bulk::get(&world.engine, &admin, pause.id).await.unwrap().done, 1);
        assert_eq!(state(&world, &bob, theirs[0]).await, TaskState::Paused);
        // Whoever is shut out has nothing more done in their name.
        let last = tasks(&world, &alice, 3).await;
        let made = begin(&world, &alice, new(CANCEL, all(Whose::Own))).await;
        engine::account::set_active(&world.engine, alice.account, false).await.unwrap();
        work(&world).await;
        let done = bulk::get(&world.engine, &admin, made.id).await.unwrap();
        assert_eq!((done.state, done.done), (State::Cancelled, 0));
        // Nor has an administrator who is one no more.
        let made = begin(&world, &admin, new(CANCEL, all(Whose::Everybody))).await;
        engine::account::set_role(&world.engine, admin.account, Role::User).await.unwrap();
        work(&world).await;
        let done = bulk::get(&world.engine, &admin, made.id).await.unwrap();
        assert_eq!((done.state, done.done), (State::Cancelled, 0));
        assert_eq!(state(&world, &admin, last[0]).await, TaskState::Queued);
    }
}

#[tokio::test]
async fn a_process_that_dies_in_the_middle_is_followed_by_another() {
    for world in World::both("bulk_death").await {
        let alice = person(&world, "alice", Role::User).await;
        let mine = tasks(&world, &alice, 40).await;
        let made = begin(&world, &alice, new(CANCEL, all(Whose::Own))).await;
        // Dropped somewhere, as a process is that is killed.
        let worked = tokio::time::timeout(Duration::from_millis(20), bulk::work(&world.engine, &CancellationToken::new())).await;
        let middle = bulk::get(&world.engine, &alice, made.id).await.unwrap();
        if worked.is_err() {
            assert!(!bulk::work(&world.engine, &CancellationToken::new()).await.unwrap(), "it is held for a minute");
        }
        world.clock.advance(Duration::from_secs(61));
        work(&world).await;
        let done = bulk::get(&world.engine, &alice, made.id).await.unwrap();
        assert_eq!((done.state, done.refused), (State::Done, 0), "{middle:?}");
        assert!((39..=40).contains(&done.done), "one at most was done and not written down: {done:?}");
        for id in mine {
            assert_eq!(state(&world, &alice, id).await, TaskState::Cancelled);
        }
        assert!(world.faults().await.is_empty());
    }
}

#[tokio::test]
async fn many_processes_do_each_task_once() {
    for world in World::both("bulk_race").await {
        let world = Arc::new(world);
        let mut made = Vec::new();
        for name in ["a1", "a2", "a3"] {
            let caller = person(&world, name, Role::User).await;
            tasks(&world, &caller, 10).await;
            made.push((caller.clone(), begin(&world, &caller, new(CANCEL, all(Whose::Own))).await));
        }
        race(|_| {
            let world = Arc::clone(&world);
            async move { work(&world).await }
        })
        .await;
        for (caller, bulk) in made {
            let done = bulk::get(&world.engine, &caller, bulk.id).await.unwrap();
            assert_eq!((done.state, done.done, done.refused), (State::Done, 10, 0));
        }
    }
}

#[tokio::test]
async fn it_can_be_ended_and_there_are_not_too_many() {
    for world in World::both("bulk_end").await {
        let alice = person(&world, "alice", Role::User).await;
        let mine = tasks(&world, &alice, 2).await;
        let mut made = Vec::new();
        for _ in 0..5 {
            made.push(begin(&world, &alice, new(CANCEL, all(Whose::Own))).await.id);
        }
        let sixth = bulk::create(&world.engine, &alice, new(CANCEL, all(Whose::Own))).await;
        assert_eq!(sixth.map(drop), Err(Refusal::TooManyBulks(5).into()));
        for id in &made {
            bulk::cancel(&world.engine, &alice, *id).await.unwrap();
        }
        assert_eq!(bulk::cancel(&world.engine, &alice, made[0]).await, Err(Refusal::BulkEnded.into()));
        work(&world).await;
        assert_eq!(state(&world, &alice, mine[0]).await, TaskState::Queued);
        let stranger = world.caller(AccountId(999), Role::User);
        assert_eq!(bulk::cancel(&world.engine, &stranger, made[0]).await, Err(Refusal::NotFound(Noun::Bulk).into()));
        assert_eq!(bulk::list(&world.engine, &alice, domain::id::BulkId(i64::MAX), 10).await.unwrap().len(), 5);
    }
}
