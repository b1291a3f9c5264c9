//! Study tasks: their states, and what a run does with courses and items. Nothing sleeps.

mod common;

use std::{sync::Arc, time::Duration};

use common::{
    race,
    school::{plain, schools},
    until,
};
use domain::{
    account::Role,
    course::{Stand, Tick, Ticks},
    id::TaskId,
    origin::Origin,
    refusal::{Noun, Refusal},
    task::State,
};
use doubles::{StubCampus, item};
use engine::{
    Error, account,
    campus::{self, Change},
    idempotency::Answered,
    kinds::study::{self, Submission, TaskAction},
    worker::{Kind, Worker},
};
use tokio_util::sync::CancellationToken;

/// What each action makes of each state; `-` is refused, `gone` is deleted.
const TABLE: &str = "
    from       start    pause   resume  retry   cancel     delete  force-stop
    draft      queued   -       -       -       cancelled  -       cancelled
    queued     -        paused  -       -       cancelled  -       cancelled
    running    -        paused  -       -       cancelled  -       cancelled
    paused     queued   -       queued  -       cancelled  gone    -
    failed     queued   -       -       queued  cancelled  gone    -
    succeeded  -        -       -       -       -          gone    -
    cancelled  -        -       -       queued  -          gone    -
";

#[tokio::test]
async fn every_state_takes_every_action_as_the_table_says() {
    for school in schools("study_table", 0, plain).await {
        let admin = school.world.account("boss", 0).await;
        let admin = school.world.caller(admin, Role::Admin);
        let mut rows = TABLE.lines().map(str::split_whitespace).filter(|row| row.clone().next().is_some());
        let head: Vec<&str> = rows.next().unwrap().skip(1).collect();
        for row in rows {
            let cells: Vec<&str> = row.collect();
            let from = State::from_word(cells[0]).unwrap();
            for (word, expected) in head.iter().zip(&cells[1..]) {
                school.fresh();
                let learner = school.learner(&format!("{}-{word}", cells[0])).await;
                let id = school.task_in(learner, from).await;
                let engine = &school.world.engine;
                let caller = school.caller(learner);
                let action = match *word {
                    "start" => Some(TaskAction::Start),
                    "pause" => Some(TaskAction::Pause),
                    "resume" => Some(TaskAction::Resume),
                    "retry" => Some(TaskAction::Retry),
                    "cancel" => Some(TaskAction::Cancel),
                    "force-stop" => Some(TaskAction::ForceStop),
                    _ => None,
                };
                let outcome = match action {
                    Some(action) => {
                        let caller = if action == TaskAction::ForceStop { &admin } else { &caller };
                        study::act(engine, caller, id, action, Origin::default()).await.map(|done| done.task.state.word())
                    }
                    None => study::remove(engine, &caller, id).await.map(|()| "gone"),
                };
                let found = match outcome {
                    Ok(word) => word,
                    Err(Error::Refused(Refusal::TaskState(state))) => {
                        assert_eq!(state, from);
                        assert_eq!(school.state(learner, id).await, from, "nothing changed");
                        "-"
                    }
                    Err(other) => panic!("{from:?} {word}: {other}"),
                };
                assert_eq!(found, *expected, "{from:?} {word}");
                // Nobody works on it behind the scenes of the next row.
                let _ = school.act(learner, id, TaskAction::Cancel).await;
            }
        }
        assert_eq!(school.world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_run_works_through_everything_and_says_so() {
    for school in schools("study_run", 0, plain).await {
        school.fresh();
        let learner = school.learner("alice").await;
        let id = school.started(learner, &[]).await;
        assert_eq!(school.work().await, 1);
        let (found, _) = study::get(&school.world.engine, learner, id).await.unwrap();
        assert_eq!((found.task.state, found.task.progress), (State::Succeeded, 100));
        assert_eq!((found.study.completed, found.study.total), (2, 2));
        assert_eq!(found.study.titles, ["课程1", "课程2"]);
        assert_eq!(study::output(&found.task).unwrap().summary, "完成 2/2 门课程，学习 3 项");
        assert_eq!((school.worked(), study::fault(&found.task)), (vec!["11".to_owned(), "12".into(), "21".into()], None));
        assert_eq!(
            school.log(learner, id).await,
            [
                "任务已启动",
                "开始学习任务「学习」",
                "已登录学习平台",
                "获取到 2 门课程，本次学习 2 门",
                "开始学习课程《课程1》（1/2），共 2 个任务点",
                "当前任务: 📄 任务点11",
                "已完成: 📄 任务点11",
                "当前任务: 📄 任务点12",
                "已完成: 📄 任务点12",
                "课程《课程1》学习结束：完成 2 项，此前已完成 0 项，留给本人 0 项，失败 0 项",
                "开始学习课程《课程2》（2/2），共 1 个任务点",
                "当前任务: 📄 任务点21",
                "已完成: 📄 任务点21",
                "课程《课程2》学习结束：完成 1 项，此前已完成 0 项，留给本人 0 项，失败 0 项",
                "任务完成：完成 2/2 门课程，学习 3 项",
            ]
        );
    }
}

#[tokio::test]
async fn what_only_the_learner_can_do_is_left_to_them() {
    let make = || {
        StubCampus::default()
            .with(
                "1",
                vec![item("11", Stand::Open), item("12", Stand::Left("测验须由本人完成".into())), item("13", Stand::Tick(Tick::Material))],
            )
            .with("2", vec![item("21", Stand::Done), item("22", Stand::Open)])
    };
    for school in schools("study_left", 0, make).await {
        school.fresh();
        *school.campus.broken.lock().unwrap() = vec!["22".into()];
        let learner = school.learner("alice").await;
        let id = school.started(learner, &["1", "2", "9"]).await;
        school.work().await;
        assert_eq!(school.state(learner, id).await, State::Succeeded, "one course of three is done");
        assert_eq!(
            school.fault(learner, id).await.unwrap(),
            "《课程1》需本人完成：📄 任务点12（测验须由本人完成）、📄 任务点13（需本人确认完成，创建任务时可选择代为勾选）；\
             《课程2》未能完成：📄 任务点22（内容已损坏）；编号为 9 的课程无法学习：该账号下没有这门课程"
        );
        assert_eq!(school.worked(), ["11"], "nothing is ticked that nobody wanted ticked");
        // All of a task that fails fails it, and an unknown course is told.
        let failed = school.started(learner, &["9"]).await;
        school.work().await;
        assert_eq!(school.state(learner, failed).await, State::Failed);
        let (found, _) = study::get(&school.world.engine, learner, failed).await.unwrap();
        assert_eq!(study::fault(&found.task).unwrap(), "编号为 9 的课程无法学习：该账号下没有这门课程");
        assert!(found.task.ended_at.is_some(), "what failed has ended");
        // Where its learner asked for it, an item is ticked.
        let ticks =
            Submission { payer: learner.into(), name: "勾选".into(), courses: vec!["1".into()], ticks: Ticks::Materials, once: None };
        let Answered::Executed(made) = study::submit(&school.world.engine, ticks).await.unwrap() else { panic!() };
        school.act(learner, made.task.id, TaskAction::Start).await.unwrap();
        school.work().await;
        assert_eq!(school.worked(), ["11", "13"]);
    }
}

#[tokio::test]
async fn locked_items_are_met_as_their_learner_wants() {
    let make = || StubCampus::default().with("1", vec![item("11", Stand::Locked("未到时间".into())), item("12", Stand::Open)]);
    for school in schools("study_locked", 0, make).await {
        let learner = school.learner("alice").await;
        let way = |word: &str| Change { not_open: Some(word.to_owned()), ..Change::default() };
        for (word, states, line) in [
            ("continue", vec![State::Succeeded], "尚未开放，已跳过: 📄 任务点11（未到时间）"),
            ("retry", vec![State::Succeeded], "尚未开放: 📄 任务点11（未到时间），稍后再试"),
            ("ask", vec![State::Paused, State::Succeeded], "「任务点11」尚未开放（未到时间）：恢复任务将跳过，也可以先到学习平台处理"),
        ] {
            school.fresh();
            campus::configure(&school.world.engine, learner, way(word)).await.unwrap();
            let id = school.started(learner, &["1"]).await;
            for (index, state) in states.iter().enumerate() {
                if index > 0 {
                    school.act(learner, id, TaskAction::Resume).await.unwrap();
                }
                school.work().await;
                assert_eq!(school.state(learner, id).await, *state, "{word}");
            }
            assert!(school.log(learner, id).await.contains(&line.to_owned()), "{word}: {:?}", school.log(learner, id).await);
            assert_eq!(school.fault(learner, id).await.unwrap(), "《课程1》需本人完成：📄 任务点11（未到时间）", "{word}");
            assert_eq!(school.worked(), ["12"], "{word}");
        }
    }
}

#[tokio::test]
async fn a_paused_task_goes_on_where_it_was_and_so_does_one_whose_worker_died() {
    for school in schools("study_resume", 0, plain).await {
        school.fresh();
        let learner = school.learner("alice").await;
        let id = school.started(learner, &["1", "2"]).await;
        *school.campus.endless.lock().unwrap() = Some("12".to_owned());
        let worker = Worker::new(school.world.engine.clone());
        let job = worker.claim(&*school.kind, 1).await.unwrap().pop().unwrap();
        let running = tokio::spawn({
            let kind = school.kind.clone();
            async move { worker.work(kind as Arc<dyn Kind>, job, CancellationToken::new()).await }
        });
        until(async || school.log(learner, id).await.last().is_some_and(|line| line == "当前任务: 📄 任务点12")).await;
        let first = study::get(&school.world.engine, learner, id).await.unwrap().0.task.started_at;
        school.act(learner, id, TaskAction::Pause).await.unwrap();
        // The worker hears of it and stops; nothing of it is written any more.
        running.await.unwrap();
        let lines = school.log(learner, id).await.len();
        school.world.clock.advance(Duration::from_secs(100_000));
        *school.campus.endless.lock().unwrap() = None;
        assert_eq!(school.log(learner, id).await.len(), lines);
        school.act(learner, id, TaskAction::Resume).await.unwrap();
        // This worker takes it and is never heard of again.
        drop(Worker::new(school.world.engine.clone()).claim(&*school.kind, 1).await.unwrap());
        school.world.clock.advance(Duration::from_secs(31));
        school.work().await;
        let (found, _) = study::get(&school.world.engine, learner, id).await.unwrap();
        assert_eq!(found.task.state, State::Succeeded, "{:?}", found.task.error);
        assert_eq!(found.task.started_at, first, "the time it began is kept");
        assert_eq!(school.worked(), ["11", "12", "21"], "nothing is done twice");
        assert_eq!(school.world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn what_an_attempt_had_begun_counts_as_done_by_it() {
    for school in schools("study_begun", 0, plain).await {
        school.fresh();
        let learner = school.learner("alice").await;
        let id = school.started(learner, &["1"]).await;
        *school.campus.endless.lock().unwrap() = Some("11".to_owned());
        let worker = Worker::new(school.world.engine.clone());
        let job = worker.claim(&*school.kind, 1).await.unwrap().pop().unwrap();
        let kind = school.kind.clone();
        let running = tokio::spawn(async move { worker.work(kind as Arc<dyn Kind>, job, CancellationToken::new()).await });
        until(async || school.log(learner, id).await.last().is_some_and(|line| line == "当前任务: 📄 任务点11")).await;
        // Delivered to the end, but the task was held before that was written down.
        school.act(learner, id, TaskAction::Pause).await.unwrap();
        running.await.unwrap();
        *school.campus.endless.lock().unwrap() = None;
        school.campus.worked.lock().unwrap().push("11".to_owned());
        school.act(learner, id, TaskAction::Resume).await.unwrap();
        school.work().await;
        let (found, _) = study::get(&school.world.engine, learner, id).await.unwrap();
        assert_eq!(study::output(&found.task).unwrap().summary, "完成 1/1 门课程，学习 2 项");
    }
}

#[tokio::test]
async fn three_tasks_may_wait_and_go_on_however_many_ask_at_once() {
    for school in schools("study_limit", 0, plain).await {
        let learner = school.learner("alice").await;
        let school = Arc::new(school);
        let outcomes = race(|_| {
            let school = Arc::clone(&school);
            async move { school.submit(learner, &["1"]).await }
        })
        .await;
        let made: Vec<TaskId> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok().copied()).collect();
        assert_eq!(made.len(), 3);
        assert!(outcomes.iter().all(|outcome| outcome.is_ok() || outcome.as_ref().unwrap_err() == &Refusal::TooManyTasks(3).into()));
        for id in &made {
            school.act(learner, *id, TaskAction::Start).await.unwrap();
            school.act(learner, *id, TaskAction::Pause).await.unwrap();
        }
        for _ in 0..3 {
            school.submit(learner, &["1"]).await.unwrap();
        }
        assert_eq!(school.act(learner, made[0], TaskAction::Resume).await.unwrap_err(), Refusal::TooManyTasks(3).into());
        assert_eq!(school.world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn d09_deeds_in_parallel_leave_no_ghost_and_no_double() {
    for school in schools("race_study", 7, plain).await {
        school.fresh();
        let learner = school.learner("alice").await;
        let school = Arc::new(school);
        for round in 0..4 {
            let id = school.started(learner, &["1"]).await;
            let actions = [TaskAction::Start, TaskAction::Pause, TaskAction::Resume, TaskAction::Cancel, TaskAction::Retry];
            let outcomes = race(|number| {
                let school = Arc::clone(&school);
                async move {
                    match number % 7 {
                        5 => study::remove(&school.world.engine, &school.caller(learner), id).await.map(|()| State::Cancelled),
                        6 => {
                            school.work().await;
                            Ok(State::Running)
                        }
                        action => school.act(learner, id, actions[(action + round) % 5]).await,
                    }
                }
            })
            .await;
            for outcome in outcomes {
                match outcome {
                    Ok(_) | Err(Error::Refused(Refusal::TaskState(_) | Refusal::NotFound(Noun::Task) | Refusal::TooManyTasks(_))) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            let _ = school.act(learner, id, TaskAction::Cancel).await;
            let _ = study::remove(&school.world.engine, &school.caller(learner), id).await;
            school.work().await;
            assert!(study::get(&school.world.engine, learner, id).await.is_err(), "it is gone");
        }
        assert_eq!(school.world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn money_follows_the_attempts() {
    for school in schools("study_money", 10, plain).await {
        school.fresh();
        let learner = school.learner("alice").await;
        let balance = || school.world.balance(learner);
        let id = school.submit(learner, &["1"]).await.unwrap();
        assert_eq!(balance().await, 990);
        school.act(learner, id, TaskAction::Cancel).await.unwrap();
        assert_eq!(balance().await, 1000);
        school.act(learner, id, TaskAction::Retry).await.unwrap();
        assert_eq!(balance().await, 990);
        school.act(learner, id, TaskAction::Pause).await.unwrap();
        study::remove(&school.world.engine, &school.caller(learner), id).await.unwrap();
        assert_eq!(balance().await, 1000, "a held task that is deleted gives back what it cost");
        let failed = school.task_in(learner, State::Failed).await;
        assert_eq!(balance().await, 1000);
        school.act(learner, failed, TaskAction::Cancel).await.unwrap();
        assert_eq!(balance().await, 1000, "the word changes and no money moves");
        let done = school.task_in(learner, State::Succeeded).await;
        assert_eq!(balance().await, 990);
        study::remove(&school.world.engine, &school.caller(learner), done).await.unwrap();
        assert_eq!(balance().await, 990);
        assert_eq!(school.world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn whoever_leaves_leaves_no_task_and_no_secret() {
    for school in schools("study_leaves", 0, plain).await {
        let engine = &school.world.engine;
        let learner = school.learner("alice").await;
        let running = school.task_in(learner, State::Running).await;
        let boss = school.world.account("boss", 0).await;
        engine::account::set_role(engine, boss, Role::Admin).await.unwrap();
        let boss = school.world.caller(boss, Role::Admin);
        let shut_out = school.learner("mallory").await;
        let hers = school.task_in(shut_out, State::Running).await;
        let update = engine::account::administer::Update { active: Some(false), ..Default::default() };
        engine::account::administer::update(engine, &boss, shut_out, update, Origin::default()).await.unwrap();
        assert_eq!(school.state(shut_out, hers).await, State::Paused, "nobody acts in the name of who was shut out");
        engine::account::administer::close(engine, &boss, learner, Origin::default()).await.unwrap();
        assert_eq!(school.state(learner, running).await, State::Cancelled, "nobody acts in the name of who has left");
        assert!(campus::profile(engine, &boss, learner).await.is_err(), "a closed account has no profile");
        let place = school.world.db.read(async move |tx| Ok(store::campus::get(tx, learner).await?)).await.unwrap();
        assert!(place.is_none(), "and what it had at its platform is forgotten");
        assert_eq!(school.world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn somebody_elses_task_is_not_found() {
    for school in schools("study_foreign", 0, plain).await {
        let (alice, mallory) = (school.learner("alice").await, school.learner("mallory").await);
        let id = school.submit(alice, &["1"]).await.unwrap();
        let missing = Error::from(Refusal::NotFound(Noun::Task));
        let engine = &school.world.engine;
        assert_eq!(study::get(engine, mallory, id).await.unwrap_err(), missing);
        assert_eq!(study::logs(engine, mallory, id, 10).await.unwrap_err(), missing);
        assert_eq!(study::rename(engine, mallory, id, Some("x")).await.unwrap_err(), missing);
        assert_eq!(study::remove(engine, &school.caller(mallory), id).await.unwrap_err(), missing);
        for action in [TaskAction::Start, TaskAction::Pause, TaskAction::Resume, TaskAction::Retry, TaskAction::Cancel] {
            assert_eq!(school.act(mallory, id, action).await.unwrap_err(), missing, "{action:?}");
        }
        assert_eq!(school.act(mallory, id, TaskAction::ForceStop).await.unwrap_err(), Refusal::Forbidden.into());
        // Administrators see it no more than others, but they may have it done again.
        let admin = school.world.caller(mallory, Role::Admin);
        assert_eq!(study::act(engine, &admin, id, TaskAction::Start, Origin::default()).await.unwrap_err(), missing);
        school.act(alice, id, TaskAction::Cancel).await.unwrap();
        study::act(engine, &admin, id, TaskAction::Retry, Origin::default()).await.unwrap();
        let (lines, _) = engine::audit::list(engine, &admin, None, 0, 10).await.unwrap();
        assert_eq!(lines[0].action, "task.retry");
        // But not in the name of somebody who may not sign in.
        school.act(alice, id, TaskAction::Cancel).await.unwrap();
        account::set_active(engine, alice, false).await.unwrap();
        let refused = study::act(engine, &admin, id, TaskAction::Retry, Origin::default()).await.unwrap_err();
        assert_eq!(refused, Refusal::Deactivated.into());
    }
}

#[tokio::test]
async fn d11_a_long_diary_is_shown_from_its_end() {
    for school in schools("study_diary", 0, plain).await {
        let learner = school.learner("alice").await;
        let id = school.submit(learner, &["1"]).await.unwrap();
        let many = "INSERT INTO task_logs (task_id, level, message, created_at) SELECT t.id, 'INFO', CAST(n.n AS TEXT), 0 FROM tasks t, \
                    (WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1500) SELECT n FROM n) n ORDER BY n.n";
        school.world.meddle(many).await;
        let (_, logs) = study::get(&school.world.engine, learner, id).await.unwrap();
        assert_eq!((logs.len(), logs[0].message.as_str(), logs[199].message.as_str()), (200, "1500", "1301"));
        let logs = study::logs(&school.world.engine, learner, id, 1000).await.unwrap();
        assert_eq!((logs.len(), logs[999].message.as_str()), (1000, "501"));
    }
}

/// A course with nothing in it is not completed, and a list that cannot be read as a whole is not all there is.
#[tokio::test]
async fn nothing_found_does_not_read_as_success() {
    let make = || {
        let campus = StubCampus::default().with("1", Vec::new()).with("2", vec![item("21", Stand::Open)]);
        campus.unread.lock().unwrap().push("Broken".to_owned());
        campus
    };
    for school in schools("study_nothing", 7, make).await {
        school.fresh();
        let learner = school.learner("alice").await;
        let empty = school.started(learner, &["1"]).await;
        school.work().await;
        assert_eq!(school.state(learner, empty).await, State::Failed);
        let why = school.fault(learner, empty).await.unwrap();
        assert!(why.contains("《课程1》没有可学习的任务点") && why.contains("课程列表中有 1 项无法识别，需本人查看：Broken"), "{why}");
        assert_eq!(school.world.balance(learner).await, 1000, "what found nothing to do costs nothing");
        let both = school.started(learner, &[]).await;
        school.work().await;
        let (found, _) = study::get(&school.world.engine, learner, both).await.unwrap();
        assert_eq!((found.task.state, found.study.completed, found.study.total), (State::Succeeded, 1, 2));
        assert!(study::fault(&found.task).unwrap().contains("没有可学习的任务点"));
        // Done before: nothing was left to do, and that is what is said.
        let again = school.started(learner, &["2"]).await;
        school.work().await;
        let log = school.log(learner, again).await;
        assert!(
            log.last().is_some_and(|line| line.starts_with("任务结束：已查看 1 门课程，此前均已完成"))
                && log.iter().any(|line| line.contains("无法识别")),
            "{log:?}"
        );
        assert_eq!(school.world.faults().await, [""; 0]);
    }
}
