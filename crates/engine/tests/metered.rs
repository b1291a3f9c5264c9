//! The kind `metered`: every state and every word, who may say it, and that no word gives a use back.

mod common;

use std::{sync::Arc, time::Duration};

use common::{Chosen, START, World};
use domain::{
    account::Role,
    id::{AccountId, TaskId},
    problem::Problem,
    refusal::{Noun, Refusal},
    task::{State, Task},
};
use engine::{
    Error,
    kinds::metered::{self, Asker, Output, Report},
    settings::Settings,
};
use proptest::prelude::*;

fn owner(world: &World, account: AccountId) -> Asker {
    Asker::Account(world.caller(account, Role::User))
}

fn says(state: State) -> Report {
    Report { state, error: None, path: None }
}

async fn say(world: &World, asker: &Asker, id: TaskId, state: State) -> Result<Task, Error> {
    metered::report(&world.engine, asker, id, says(state)).await
}

/// Who starts where (rows) and what is said (columns, in the order of `WORDS`): what follows, `=` for the same with nothing changed,
/// `.` for refused. `s` sets the start, `e` the end, `x` the execution time (docs/surfaces/phone.md, States).
const TABLE: &str = "
    draft      =   s   e    e    e
    running    .   =   ex   ex   ex
    succeeded  .   .   =    .    .
    failed     .   .   .    =    .
    cancelled  .   .   .    .    =
";
const WORKER: Asker = Asker::Worker(String::new());
const WORDS: [State; 5] = [State::Draft, State::Running, State::Succeeded, State::Failed, State::Cancelled];

#[tokio::test]
async fn the_table_of_states_and_words_is_exactly_this() {
    for world in World::both("metered_table").await {
        let account = world.account("alice", 0).await;
        world.redeem(account, 100).await;
        let asker = owner(&world, account);
        let mut seen = 0;
        for row in TABLE.lines().filter(|row| !row.trim().is_empty()) {
            let mut cells = row.split_whitespace();
            let from = State::from_word(cells.next().unwrap()).unwrap();
            for (word, expected) in WORDS.into_iter().zip(cells) {
                let id = metered::submit(&world.engine, account, None).await.unwrap().id;
                if from != State::Draft {
                    say(&world, &asker, id, from).await.unwrap();
                }
                let (before, _) = metered::get(&world.engine, &asker, id).await.unwrap();
                world.clock.advance(Duration::from_secs(300));
                let said = say(&world, &asker, id, word).await;
                let (after, _) = metered::get(&world.engine, &asker, id).await.unwrap();
                let found = match said {
                    Err(error) => {
                        assert_eq!(error, Refusal::TaskState(from).into());
                        assert_eq!(after, before);
                        ".".to_owned()
                    }
                    Ok(_) if after == before => "=".to_owned(),
                    Ok(_) => {
                        assert_eq!((after.state, after.updated_at), (word, world.engine.now()), "{from:?} {word:?}");
                        let mark = |set: bool, mark: &str| if set { mark.to_owned() } else { String::new() };
                        mark(after.started_at != before.started_at, "s")
                            + &mark(after.ended_at != before.ended_at, "e")
                            + &mark(after.started_at.is_some() && after.ended_at.is_some(), "x")
                    }
                };
                assert_eq!(found, expected, "{from:?} told {word:?}");
                seen += 1;
            }
        }
        assert_eq!(seen, 25);
        assert_eq!(world.uses(account).await, 75, "a15: no word gives a use back");
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn error_and_path_are_kept_whenever_they_are_named() {
    let world = World::sqlite().await;
    let account = world.account("alice", 0).await;
    world.redeem(account, 1).await;
    let asker = owner(&world, account);
    let params = serde_json::json!({ "pages": 3 }).as_object().cloned();
    let id = metered::submit(&world.engine, account, params.clone()).await.unwrap().id;
    let text = |text: &str| Some(Some(text.to_owned()));
    let said = |state, error, path| metered::report(&world.engine, &asker, id, Report { state, error, path });
    let kept = |task: &Task| Output::of(task).map(|output| (output.error, output.path)).unwrap();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(kept(&said(State::Running, text("slow"), text("a.pdf")).await.unwrap()), (some("slow"), some("a.pdf")));
    assert_eq!(kept(&said(State::Running, None, text("b.pdf")).await.unwrap()), (some("slow"), some("b.pdf")));
    assert_eq!(kept(&said(State::Running, Some(None), None).await.unwrap()), (None, some("b.pdf")));
    let started = metered::get(&world.engine, &asker, id).await.unwrap().0.started_at;
    assert_eq!(started, Some(START));
    world.clock.advance(Duration::from_secs(300));
    let done = said(State::Succeeded, None, None).await.unwrap();
    assert_eq!((kept(&done), done.started_at, done.ended_at), ((None, some("b.pdf")), started, Some(world.engine.now())));
    world.clock.advance(Duration::from_secs(300));
    assert_eq!(said(State::Succeeded, text("too late"), None).await.unwrap(), done, "an ended task changes no more");
    assert_eq!(metered::get(&world.engine, &asker, id).await.unwrap().1.params, params);
}

#[tokio::test]
async fn a14_a18_what_is_not_ones_own_is_not_there() {
    let world = World::sqlite().await;
    let (alice, bob) = (world.account("alice", 0).await, world.account("bob", 0).await);
    world.redeem(alice, 1).await;
    let id = metered::submit(&world.engine, alice, None).await.unwrap().id;
    let missing: Error = Refusal::NotFound(Noun::Task).into();
    let stranger = owner(&world, bob);
    assert_eq!(say(&world, &stranger, id, State::Running).await.unwrap_err(), missing);
    assert_eq!(metered::get(&world.engine, &stranger, id).await.unwrap_err(), missing);
    assert_eq!(say(&world, &stranger, TaskId(999), State::Running).await.unwrap_err(), missing);
    let probe = world.submit(alice).await.unwrap();
    assert_eq!(metered::get(&world.engine, &WORKER, probe.id).await.unwrap_err(), missing, "another kind");
}

#[tokio::test]
async fn where_owners_may_not_report_they_may_cancel_and_workers_report() {
    let settings = Settings { owners_report: false, expose_paths: false, ..Settings::default() };
    let world = World::sqlite_with(Chosen { settings, ..Chosen::default() }).await;
    let alice = world.account("alice", 0).await;
    world.redeem(alice, 3).await;
    let asker = owner(&world, alice);
    let admin = Asker::Account(world.caller(world.account("root", 0).await, Role::Admin));
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(metered::submit(&world.engine, alice, None).await.unwrap().id);
    }
    for word in [State::Draft, State::Running, State::Succeeded, State::Failed] {
        assert_eq!(say(&world, &asker, ids[0], word).await.unwrap_err(), Refusal::Forbidden.into());
    }
    let lie = Report { state: State::Cancelled, error: Some(Some("x".into())), path: Some(Some("x.pdf".into())) };
    let cancelled = metered::report(&world.engine, &asker, ids[0], lie).await.unwrap();
    assert_eq!((cancelled.state, Output::of(&cancelled).unwrap()), (State::Cancelled, Output::default()));
    let (open, total) = metered::list(&world.engine, &WORKER, vec![], 0, 10).await.unwrap();
    assert_eq!((open.len(), total), (2, 2), "a worker finds everybody's open tasks");
    for (states, found) in [(vec![State::Draft, State::Running], 2), (vec![State::Running], 0), (vec![State::Succeeded], 0)] {
        assert_eq!(metered::list(&world.engine, &WORKER, states, 0, 10).await.unwrap().1, found);
    }
    say(&world, &WORKER, ids[1], State::Running).await.unwrap();
    say(&world, &admin, ids[2], State::Failed).await.unwrap();
    let absolute = Report { state: State::Succeeded, error: None, path: Some(Some("/etc/passwd".into())) };
    let refused = metered::report(&world.engine, &WORKER, ids[1], absolute).await.unwrap_err();
    assert_eq!(refused, Refusal::Invalid { field: "output_file_path", problem: Problem::Malformed }.into());
    let relative = Report { state: State::Succeeded, error: None, path: Some(Some("out/报告 1.pdf".into())) };
    let done = metered::report(&world.engine, &WORKER, ids[1], relative).await.unwrap();
    let shown = Output::of(&done).unwrap().shown_path(&world.engine, done.id).unwrap();
    assert!(shown.starts_with("http://localhost:8000/media/17") && shown.ends_with("/metered/2/out/%E6%8A%A5%E5%91%8A%201.pdf"), "{shown}");
    assert_eq!(world.uses(alice).await, 0);
}

#[tokio::test]
async fn a13_the_last_use_is_spent_once() {
    for world in World::both("race_create").await {
        let world = Arc::new(world);
        let account = world.account("alice", 0).await;
        world.redeem(account, 1).await;
        let calls: Vec<_> = (0..64)
            .map(|_| {
                let world = Arc::clone(&world);
                tokio::spawn(async move { metered::submit(&world.engine, account, None).await.map(|task| task.id) })
            })
            .collect();
        let mut made = 0;
        for call in calls {
            match call.await.unwrap() {
                Ok(_) => made += 1,
                Err(error) => assert_eq!(error, Refusal::Unaffordable { need: 1, have: 0 }.into()),
            }
        }
        assert_eq!((made, world.uses(account).await), (1, 0));
        let (_, total) = metered::list(&world.engine, &owner(&world, account), vec![], 0, 10).await.unwrap();
        assert_eq!(total, 1, "what was refused left nothing behind");
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn parallel_reports_end_a_task_once() {
    for world in World::both("race_report").await {
        let world = Arc::new(world);
        let account = world.account("alice", 0).await;
        world.redeem(account, 1).await;
        let id = metered::submit(&world.engine, account, None).await.unwrap().id;
        let calls: Vec<_> = (0..64)
            .map(|number| {
                let world = Arc::clone(&world);
                let word = [State::Succeeded, State::Failed, State::Cancelled][number % 3];
                tokio::spawn(async move { (word, say(&world, &WORKER, id, word).await) })
            })
            .collect();
        let mut ends = std::collections::BTreeSet::new();
        for call in calls {
            match call.await.unwrap() {
                (word, Ok(task)) => {
                    assert_eq!(task.state, word);
                    ends.insert(word);
                }
                (_, Err(error)) => assert!(matches!(error, Error::Refused(Refusal::TaskState(_))), "{error:?}"),
            }
        }
        assert_eq!(ends.len(), 1, "one word was the last");
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Uses are what was redeemed less what was handed in, whatever is reported in whatever order.
    #[test]
    fn uses_are_redeemed_less_handed_in(ops in proptest::collection::vec((0_u8..4, 1_i64..5, 0_usize..8, 0_usize..5), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::sqlite().await;
            let account = world.account("alice", 0).await;
            let (mut uses, mut tasks) = (0, Vec::new());
            for (op, amount, index, word) in ops {
                match op {
                    0 => {
                        world.redeem(account, amount).await;
                        uses += amount;
                    }
                    1 => match metered::submit(&world.engine, account, None).await {
                        Ok(task) => {
                            uses -= 1;
                            tasks.push(task.id);
                        }
                        Err(error) => {
                            assert_eq!(error, Refusal::Unaffordable { need: 1, have: 0 }.into());
                            assert_eq!(uses, 0);
                        }
                    },
                    _ => {
                        if let Some(id) = tasks.get(index % tasks.len().max(1)) {
                            let _ = say(&world, &WORKER, *id, WORDS[word]).await;
                        }
                    }
                }
                assert_eq!(world.uses(account).await, uses);
            }
            assert_eq!(world.faults().await, Vec::<String>::new());
        });
    }
}
