//! The way to a learning platform: who is let in, what is kept of that, and platforms that are away. Nothing sleeps.

mod common;

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use common::{
    START, race,
    school::{plain, schools},
    until,
};
use domain::{
    account::Role,
    course::{Lack, Stand},
    origin::Origin,
    refusal::Refusal,
    task::State,
};
use doubles::{StubCampus, item};
use engine::{
    Error,
    campus::{self, Change},
    kinds::study::{self, TaskAction},
    runtime_settings,
    worker::{Kind, Worker},
};
use ports::campus::CampusError;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_platform_that_is_away_is_asked_again_and_then_given_up() {
    for school in schools("study_away", 0, plain).await {
        school.fresh();
        let learner = school.learner("alice").await;
        let id = school.started(learner, &["1"]).await;
        *school.campus.trouble.lock().unwrap() = Some(CampusError::away("学习平台暂时无法访问"));
        school.work().await;
        assert_eq!(school.state(learner, id).await, State::Queued);
        assert_eq!(school.log(learner, id).await.last().unwrap(), "课程列表：学习平台暂时无法访问，稍后自动重试");
        *school.campus.trouble.lock().unwrap() = None;
        school.world.clock.advance(Duration::from_secs(120));
        school.work().await;
        assert_eq!(school.state(learner, id).await, State::Succeeded);
        let id = school.started(learner, &["2"]).await;
        *school.campus.trouble.lock().unwrap() = Some(CampusError::away("学习平台暂时无法访问"));
        for _ in 0..10 {
            school.work().await;
            assert_eq!(school.state(learner, id).await, State::Queued);
            school.world.clock.advance(Duration::from_secs(300));
        }
        school.work().await;
        assert_eq!(school.state(learner, id).await, State::Failed);
        *school.campus.trouble.lock().unwrap() = None;
    }
}

#[tokio::test]
async fn a_refused_password_is_sent_once_and_a_dead_token_is_asked_for_anew() {
    for school in schools("study_refused", 0, plain).await {
        school.fresh();
        let learner = school.world.account("alice", 0).await;
        let engine = Arc::clone(&school.world.engine);
        let courses = |engine: Arc<engine::Engine>| async move { campus::courses(&engine, learner).await };
        assert_eq!(courses(engine.clone()).await.unwrap_err(), Refusal::NoCampus { platform: "测试平台", lack: Lack::Name }.into());
        let name = Change { username: Some("13800138000".into()), ..Change::default() };
        campus::configure(&engine, learner, name).await.unwrap();
        assert_eq!(courses(engine.clone()).await.unwrap_err(), Refusal::NoCampus { platform: "测试平台", lack: Lack::Secret }.into());
        school.configure(learner, "wrong").await;
        let refused = race(|_| courses(engine.clone())).await;
        assert!(refused.iter().all(|outcome| matches!(outcome, Err(Error::Refused(Refusal::CampusRefused { .. })))), "{refused:?}");
        assert_eq!(school.campus.sign_ins.load(Ordering::SeqCst), 1, "a refused password is sent once");
        school.configure(learner, "right").await;
        let good = race(|_| courses(engine.clone())).await;
        assert!(good.iter().all(|outcome| outcome.as_ref().is_ok_and(|courses| courses.len() == 2)));
        assert_eq!(school.campus.sign_ins.load(Ordering::SeqCst), 2, "64 askers sign in once");
        let id = school.started(learner, &["1"]).await;
        *school.campus.trouble.lock().unwrap() = Some(CampusError::TokenRejected);
        school.work().await;
        *school.campus.trouble.lock().unwrap() = None;
        assert_eq!(school.state(learner, id).await, State::Failed);
        let place = campus::place(&engine, learner).await.unwrap();
        assert!(place.token.is_none() && place.password.is_none() && place.refusal.is_some());
        assert!(matches!(courses(engine.clone()).await, Err(Error::Refused(Refusal::CampusRefused { .. }))));
    }
}

/// The front end saves its three tabs one by one, also while the platform is thinking about a password.
#[tokio::test]
async fn a_refusal_counts_whatever_else_was_saved_meanwhile() {
    for school in schools("study_meanwhile", 0, plain).await {
        school.fresh();
        let learner = school.world.account("alice", 0).await;
        school.configure(learner, "wrong").await;
        let gate = Arc::new(tokio::sync::Notify::new());
        *school.campus.gate.lock().unwrap() = Some(Arc::clone(&gate));
        let engine = Arc::clone(&school.world.engine);
        let asked = tokio::spawn({
            let engine = Arc::clone(&engine);
            async move { campus::courses(&engine, learner).await }
        });
        until(async || school.campus.sign_ins.load(Ordering::SeqCst) > 0).await;
        campus::configure(&engine, learner, Change { use_cookies: Some(true), ..Change::default() }).await.unwrap();
        // Whoever asked goes away; what was sent is settled all the same.
        asked.abort();
        gate.notify_waiters();
        *school.campus.gate.lock().unwrap() = None;
        until(async || campus::place(&engine, learner).await.unwrap().refusal.is_some()).await;
        assert!(matches!(campus::courses(&engine, learner).await, Err(Error::Refused(Refusal::CampusRefused { .. }))));
        assert_eq!(school.campus.sign_ins.load(Ordering::SeqCst), 1, "it is not sent again");
        assert!(campus::place(&engine, learner).await.unwrap().use_cookies, "what was saved meanwhile stays saved");
    }
}

#[tokio::test]
async fn a_task_that_is_held_while_it_signs_in_stops_at_once() {
    for school in schools("study_entering", 0, plain).await {
        school.fresh();
        let learner = school.learner("alice").await;
        let gate = Arc::new(tokio::sync::Notify::new());
        *school.campus.gate.lock().unwrap() = Some(Arc::clone(&gate));
        let id = school.started(learner, &["1"]).await;
        let worker = Worker::new(school.world.engine.clone());
        let job = worker.claim(&*school.kind, 1).await.unwrap().pop().unwrap();
        let kind = school.kind.clone();
        let running = tokio::spawn(async move { worker.work(kind as Arc<dyn Kind>, job, CancellationToken::new()).await });
        until(async || school.campus.sign_ins.load(Ordering::SeqCst) > 0).await;
        school.act(learner, id, TaskAction::Pause).await.unwrap();
        running.await.unwrap();
        *school.campus.gate.lock().unwrap() = None;
        gate.notify_waiters();
        until(async || campus::place(&school.world.engine, learner).await.unwrap().token.is_some()).await;
        school.act(learner, id, TaskAction::Resume).await.unwrap();
        school.work().await;
        assert_eq!(school.state(learner, id).await, State::Succeeded);
        assert_eq!(school.campus.sign_ins.load(Ordering::SeqCst), 1, "the token that came late is used");
    }
}

#[tokio::test]
async fn what_a_platform_writes_is_kept_on_one_line() {
    let make = || {
        let odd =
            domain::course::Item { title: format!("a\0b\n{}", "长".repeat(5000)), ..item("11", Stand::Locked("x\0\n".repeat(5000))) };
        StubCampus::default().with("1", vec![odd, item("12", Stand::Open)])
    };
    for school in schools("study_words", 0, make).await {
        school.fresh();
        school.campus.courses.lock().unwrap()[0].name = format!("课\0程\n{}", "名".repeat(5000));
        let learner = school.learner("alice").await;
        let way = Change { not_open: Some("continue".into()), ..Change::default() };
        campus::configure(&school.world.engine, learner, way).await.unwrap();
        let id = school.started(learner, &[]).await;
        school.work().await;
        let (found, logs) = study::get(&school.world.engine, learner, id).await.unwrap();
        assert_eq!(found.task.state, State::Succeeded, "{:?}", found.task.error);
        assert!(found.study.titles[0].chars().count() <= 120 && found.study.titles.len() == 1);
        assert!(logs.iter().all(|line| line.message.chars().count() < 500 && !line.message.contains(['\0', '\n'])));
        let courses = campus::courses(&school.world.engine, learner).await.unwrap();
        assert!(courses[0].name.chars().count() <= 120);
    }
}

#[tokio::test]
async fn d05_d06_secrets_are_sealed_to_their_row_and_follow_no_other_site() {
    for school in schools("study_secrets", 0, plain).await {
        let engine = &school.world.engine;
        let (alice, bob) = (school.learner("alice").await, school.learner("bob").await);
        let place = campus::place(engine, alice).await.unwrap();
        let sealed = place.password.clone().unwrap();
        assert!(sealed.starts_with("sealed:") && !sealed.contains("secret"));
        // Moved into another row, it does not open.
        school.world.meddle("UPDATE campus_places SET password = (SELECT p.password FROM campus_places p WHERE p.account_id = (SELECT MIN(account_id) FROM campus_places)), version = version + 1 WHERE account_id = (SELECT MAX(account_id) FROM campus_places)").await;
        assert_eq!(campus::courses(engine, bob).await.unwrap_err(), Refusal::NoCampus { platform: "测试平台", lack: Lack::Secret }.into());
        // Used, it is gone, and what it was exchanged for is sealed as well.
        campus::courses(engine, alice).await.unwrap();
        let place = campus::place(engine, alice).await.unwrap();
        assert!(place.password.is_none() && place.token.as_ref().is_some_and(|token| token.starts_with("sealed:")));
        // Nothing that was given for one site is sent to another.
        let moved = Change { site: Some("https://other.example".into()), ..Change::default() };
        let place = campus::configure(engine, alice, moved).await.unwrap();
        assert!(place.token.is_none() && place.password.is_none());
        assert_eq!(campus::lack(engine, &place), Some(Lack::Secret));
    }
}

#[tokio::test]
async fn a_configuration_changes_in_parts() {
    for school in schools("study_config", 0, plain).await {
        let engine = &school.world.engine;
        let alice = school.learner("alice").await;
        let speed = |text: &str| Change { speed: serde_json::from_str(text).unwrap(), ..Change::default() };
        campus::configure(engine, alice, speed("1.5")).await.unwrap();
        let questions = serde_json::from_str(r#"{"provider":"none","n":[1,2]}"#).unwrap();
        let place = campus::configure(engine, alice, Change { questions: Some(questions), ..Change::default() }).await.unwrap();
        assert_eq!((place.speed.as_str(), place.username.as_deref(), place.password.is_some()), ("1.5", Some("13800138000"), true));
        assert_eq!(place.questions, r#"{"n":[1,2],"provider":"none"}"#);
        let kept = campus::configure(engine, alice, Change { password: Some(String::new()), ..Change::default() }).await.unwrap();
        assert_eq!(kept.password, place.password, "an empty password keeps the old one");
        for bad in ["0", "-1", "100", "2.01", "0.99"] {
            assert!(
                matches!(campus::configure(engine, alice, speed(bad)).await, Err(Error::Refused(Refusal::Invalid { field: "speed", .. }))),
                "{bad}"
            );
        }
        let big = serde_json::Map::from_iter([("x".to_owned(), "y".repeat(70_000).into())]);
        for bad in [
            Change { not_open: Some("never".into()), ..Change::default() },
            Change { username: Some("x".repeat(101)), ..Change::default() },
            Change { platform: Some("other".into()), ..Change::default() },
            Change { site: Some("http://plain.example".into()), ..Change::default() },
            Change { notifications: Some(big), ..Change::default() },
        ] {
            assert!(matches!(campus::configure(engine, alice, bad).await, Err(Error::Refused(Refusal::Invalid { .. }))));
        }
        assert_eq!(campus::place(engine, alice).await.unwrap().speed, "1.5", "nothing changed");
    }
}

/// What is finished stands for that the platform is there: what goes wrong after it is counted anew.
#[tokio::test]
async fn a_platform_that_falters_at_every_item_is_worked_through_all_the_same() {
    let ids: Vec<String> = (10..30).map(|id| id.to_string()).collect();
    let make = || StubCampus::default().with("1", ids.iter().map(|id| item(id, Stand::Open)).collect());
    for school in schools("campus_falters", 0, make).await {
        school.fresh();
        let away = |id: &String| (id.clone(), CampusError::away("学习平台暂时无法访问"));
        *school.campus.once.lock().unwrap() = ids.iter().map(away).collect();
        let learner = school.learner("alice").await;
        let id = school.started(learner, &["1"]).await;
        for _ in 0..=ids.len() {
            assert_eq!(school.work().await, 1);
            school.world.clock.advance(Duration::from_secs(10));
        }
        assert_eq!((school.state(learner, id).await, school.fault(learner, id).await), (State::Succeeded, None));
        assert_eq!(school.worked(), ids, "nothing is done twice");
    }
}

/// One item that is never to be had costs that item, and not the task's time.
#[tokio::test]
async fn an_item_that_is_always_away_is_given_up_after_a_few_tries() {
    for school in schools("campus_stuck", 0, plain).await {
        school.fresh();
        let away = || ("11".to_owned(), CampusError::away("学习平台暂时无法访问"));
        let mut troubles: Vec<_> = (0..10).map(|_| away()).collect();
        troubles.push(("12".to_owned(), CampusError::away("学习平台暂时无法访问")));
        *school.campus.once.lock().unwrap() = troubles;
        let learner = school.learner("alice").await;
        let id = school.started(learner, &["1", "2"]).await;
        for _ in 0..5 {
            assert_eq!(school.work().await, 1);
            school.world.clock.advance(Duration::from_secs(300));
        }
        // The next one stumbles once, and is not dragged along.
        assert_eq!(school.state(learner, id).await, State::Succeeded);
        assert_eq!(school.fault(learner, id).await.unwrap(), "《课程1》未能完成：📄 任务点11（学习平台暂时无法访问）");
        assert_eq!(school.worked(), ["12", "21"]);
        school.campus.once.lock().unwrap().clear();
    }
}

/// Also over a pause: what went wrong before something was finished is forgotten for good.
#[tokio::test]
async fn a_run_after_a_pause_is_as_patient_as_the_first() {
    for school in schools("campus_patience", 0, plain).await {
        school.fresh();
        let learner = school.learner("alice").await;
        let id = school.started(learner, &["1"]).await;
        *school.campus.trouble.lock().unwrap() = Some(CampusError::away("学习平台暂时无法访问"));
        for _ in 0..10 {
            school.work().await;
            school.world.clock.advance(Duration::from_secs(300));
        }
        *school.campus.trouble.lock().unwrap() = None;
        *school.campus.endless.lock().unwrap() = Some("12".to_owned());
        let worker = Worker::new(school.world.engine.clone());
        let job = worker.claim(&*school.kind, 1).await.unwrap().pop().unwrap();
        assert_eq!(job.task.run, 10);
        let kind = school.kind.clone();
        let running = tokio::spawn(async move { worker.work(kind as Arc<dyn Kind>, job, CancellationToken::new()).await });
        until(async || school.log(learner, id).await.last().is_some_and(|line| line == "当前任务: 📄 任务点12")).await;
        school.act(learner, id, TaskAction::Pause).await.unwrap();
        running.await.unwrap();
        *school.campus.endless.lock().unwrap() = None;
        school.act(learner, id, TaskAction::Resume).await.unwrap();
        *school.campus.trouble.lock().unwrap() = Some(CampusError::away("学习平台暂时无法访问"));
        school.work().await;
        *school.campus.trouble.lock().unwrap() = None;
        assert_eq!(school.state(learner, id).await, State::Queued, "one outage is no reason to give up");
    }
}

/// A process may be killed while it signs in: whoever comes next waits until the password may be sent again, and does not give up.
#[tokio::test]
async fn a_sign_in_that_was_lost_is_waited_for() {
    for school in schools("campus_lost", 0, plain).await {
        school.fresh();
        let learner = school.learner("alice").await;
        let id = school.started(learner, &["1"]).await;
        let until = START.plus(Duration::from_secs(100));
        school.world.meddle("UPDATE campus_places SET exchanged_until = 1700000100000000").await;
        assert_eq!(school.work().await, 1);
        let (found, logs) = study::get(&school.world.engine, learner, id).await.unwrap();
        assert_eq!((found.task.state, found.task.run, found.task.due_at), (State::Queued, 1, until));
        assert_eq!(logs[0].message, "正在登录学习平台，请稍后再试，稍后自动重试");
        school.world.clock.advance(Duration::from_secs(101));
        school.work().await;
        assert_eq!(school.state(learner, id).await, State::Succeeded);
        assert_eq!(school.campus.sign_ins.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn whatever_rest_a_platform_asks_for_a_task_is_heard_of_again() {
    for school in schools("campus_rest", 0, plain).await {
        school.fresh();
        let admin = school.world.caller(school.world.account("root", 0).await, Role::Admin);
        runtime_settings::set(&school.world.engine, &admin, "task_timeout", 900, Origin::default()).await.unwrap();
        let learner = school.learner("alice").await;
        let id = school.started(learner, &["1"]).await;
        let asked = Some(Duration::from_secs(1_000_000_000));
        *school.campus.trouble.lock().unwrap() = Some(CampusError::Away { text: "忙".into(), retry_after: asked });
        let at = |seconds| START.plus(Duration::from_secs(seconds));
        // After ten minutes, by its deadline, and no more.
        for (waited, next) in [(0, Some(at(600))), (600, Some(at(900))), (300, None)] {
            school.world.clock.advance(Duration::from_secs(waited));
            assert_eq!(school.work().await, 1);
            let (found, _) = study::get(&school.world.engine, learner, id).await.unwrap();
            assert_eq!(Some(found.task.due_at).filter(|_| found.task.state == State::Queued), next);
            assert_eq!(found.task.error.map(|error| error.code), next.is_none().then(|| "DEADLINE".to_owned()));
        }
        *school.campus.trouble.lock().unwrap() = None;
    }
}

#[tokio::test]
async fn whoever_has_left_a_course_is_told_once_and_goes_on_with_the_next() {
    for school in schools("campus_left", 0, plain).await {
        school.fresh();
        *school.campus.once.lock().unwrap() = vec![("11".into(), CampusError::CourseUnavailable("已不在这门课程中".into()))];
        let learner = school.learner("alice").await;
        let id = school.started(learner, &["1", "2"]).await;
        school.work().await;
        assert_eq!(school.state(learner, id).await, State::Succeeded);
        assert_eq!(school.fault(learner, id).await.unwrap(), "《课程1》无法学习：已不在这门课程中");
        assert_eq!(school.worked(), ["21"], "nothing more of that course is asked for");
    }
}

#[tokio::test]
async fn whoever_names_no_site_has_the_usual_one() {
    let make = || StubCampus { usual: "https://school.example".into(), ..plain() };
    for school in schools("campus_usual", 0, make).await {
        let engine = &school.world.engine;
        let learner = school.learner("alice").await;
        let place = campus::place(engine, learner).await.unwrap();
        assert_eq!((place.site.as_str(), place.password.is_some()), ("https://school.example", true));
        let blank = Change { site: Some(" ".into()), ..Change::default() };
        let kept = campus::configure(engine, learner, blank).await.unwrap();
        assert_eq!((kept.site.as_str(), kept.password.is_some()), ("https://school.example", true), "the same site");
        // Made before there was a usual one: what was given meanwhile is not lost.
        let before = school.learner("bob").await;
        school.world.meddle("UPDATE campus_places SET site = ''").await;
        let place = campus::configure(engine, before, Change { use_cookies: Some(true), ..Change::default() }).await.unwrap();
        assert_eq!((place.site.as_str(), place.password.is_some()), ("https://school.example", true));
    }
}
