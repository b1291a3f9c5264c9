//! What a platform answers while a course is worked through: items that open one after the other, accounts that it shuts, learners that
//! it puts out, items that it deletes. Nothing sleeps.

mod common;

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use common::school::{School, schools};
use domain::{
    course::{Course, Stand, Term, Tick, Ticks},
    id::{AccountId, TaskId},
    task::State,
};
use doubles::{StubCampus, item};
use engine::{
    campus::{self, Change},
    idempotency::Answered,
    kinds::study::{self, Submission, TaskAction},
    worker::Worker,
};
use ports::campus::CampusError;

fn tick() -> Stand {
    Stand::Tick(Tick::Material)
}

/// A course of so many items that are done by ticking them off.
fn pages(count: usize) -> StubCampus {
    StubCampus::default().with("1", (1..=count).map(|number| item(&format!("1{number}"), tick())).collect())
}

/// Each item opens once the one before it is done.
fn chained(campus: StubCampus, count: usize) -> StubCampus {
    let pairs = (2..=count).map(|number| (format!("1{number}"), format!("1{}", number - 1)));
    campus.chain.lock().unwrap().extend(pairs);
    campus
}

async fn started(school: &School, learner: AccountId, courses: &[&str], ticks: Ticks) -> TaskId {
    let courses = courses.iter().map(|id| (*id).to_owned()).collect();
    let submission = Submission { payer: learner.into(), name: "勾选".into(), courses, ticks, once: None };
    let Answered::Executed(made) = study::submit(&school.world.engine, submission).await.unwrap() else { panic!() };
    school.act(learner, made.task.id, TaskAction::Start).await.unwrap();
    made.task.id
}

async fn way(school: &School, learner: AccountId, word: &str) {
    let change = Change { not_open: Some(word.to_owned()), ..Change::default() };
    campus::configure(&school.world.engine, learner, change).await.unwrap();
}

#[tokio::test]
async fn items_that_open_one_after_the_other_are_all_done() {
    for school in schools("course_chain", 0, || chained(pages(6), 6)).await {
        let learner = school.learner("alice").await;
        for word in ["retry", "continue", "ask"] {
            school.fresh();
            way(&school, learner, word).await;
            let id = started(&school, learner, &["1"], Ticks::Materials).await;
            school.work().await;
            assert_eq!(school.state(learner, id).await, State::Succeeded, "{word}");
            assert_eq!(school.worked(), ["11", "12", "13", "14", "15", "16"], "{word}");
            assert_eq!(school.fault(learner, id).await, None, "{word}");
        }
    }
}

#[tokio::test]
async fn the_reason_that_is_told_is_the_one_read_last() {
    let make = || {
        let campus = pages(2);
        campus.chain.lock().unwrap().extend([("12".to_owned(), "11".to_owned()), ("13".to_owned(), "99".to_owned())]);
        campus.items.lock().unwrap().get_mut("1").unwrap().push(item("13", tick()));
        campus
    };
    for school in schools("course_reason", 0, make).await {
        school.fresh();
        let learner = school.learner("alice").await;
        way(&school, learner, "continue").await;
        let id = started(&school, learner, &["1"], Ticks::Materials).await;
        school.work().await;
        assert_eq!(school.worked(), ["11", "12"]);
        assert_eq!(school.fault(learner, id).await.unwrap(), "《课程1》需本人完成：📄 任务点13（须先完成 99）");
    }
}

/// Once its account is shut, nothing else is asked for, and one sentence says what to do.
#[tokio::test]
async fn an_account_that_is_shut_stops_the_run_at_once() {
    for school in schools("course_blocked", 7, || pages(35)).await {
        school.fresh();
        school.campus.tries.store(0, Ordering::SeqCst);
        let learner = school.learner("alice").await;
        let sentence = "学习平台要求先修改密码，请登录学习平台修改后重新启动任务";
        *school.campus.once.lock().unwrap() = vec![("13".to_owned(), CampusError::AccountBlocked(sentence.to_owned()))];
        let id = started(&school, learner, &["1"], Ticks::Materials).await;
        school.work().await;
        assert_eq!(school.state(learner, id).await, State::Failed);
        assert_eq!(school.fault(learner, id).await.as_deref(), Some(sentence));
        assert_eq!(school.campus.tries.load(Ordering::SeqCst), 3, "nothing is sent after that");
        let log = school.log(learner, id).await;
        assert_eq!(log.iter().filter(|line| line.contains("修改密码")).count(), 1, "{log:?}");
        assert_eq!(log.last().map(String::as_str), Some("任务失败：学习平台要求先修改密码，请登录学习平台修改后重新启动任务"));
        assert!(campus::place(&school.world.engine, learner).await.unwrap().token.is_some(), "the token is as good as before");
        assert_eq!(school.world.balance(learner).await, 1000);
        // Whoever did as they were told goes on where it was.
        let again = started(&school, learner, &["1"], Ticks::Materials).await;
        school.work().await;
        assert_eq!((school.state(learner, again).await, school.worked().len()), (State::Succeeded, 35));
    }
}

#[tokio::test]
async fn a_refusal_that_nobody_knows_stops_the_run_when_it_comes_three_times_running() {
    for school in schools("course_unknown", 0, || pages(9)).await {
        school.fresh();
        school.campus.tries.store(0, Ordering::SeqCst);
        let learner = school.learner("alice").await;
        let refused = |id: &str| (id.to_owned(), CampusError::UnknownRefusal("学习平台拒绝了请求（newcode）".to_owned()));
        *school.campus.once.lock().unwrap() = ["11", "12", "14", "15", "16"].map(refused).into();
        let id = started(&school, learner, &["1"], Ticks::Materials).await;
        school.work().await;
        assert_eq!(school.state(learner, id).await, State::Failed);
        assert_eq!(school.campus.tries.load(Ordering::SeqCst), 6, "the one that went well in between begins the count anew");
        let why = school.fault(learner, id).await.unwrap();
        assert!(why.contains("newcode") && why.contains("查看账号是否正常"), "{why}");
        let log = school.log(learner, id).await;
        assert_eq!(log.iter().filter(|line| line.starts_with("学习失败")).count(), 1, "equal reasons are said once: {log:?}");
        school.campus.once.lock().unwrap().clear();
    }
}

/// A learner whom the platform puts out of a course half way has not completed it.
#[tokio::test]
async fn a_course_that_its_learner_was_put_out_of_is_not_completed() {
    let make = || pages(8).with("2", vec![item("21", tick())]);
    for school in schools("course_put_out", 0, make).await {
        school.fresh();
        school.campus.tries.store(0, Ordering::SeqCst);
        let learner = school.learner("alice").await;
        *school.campus.last.lock().unwrap() = Some("13".to_owned());
        let id = started(&school, learner, &["1"], Ticks::Materials).await;
        school.work().await;
        assert_eq!(school.state(learner, id).await, State::Failed);
        assert_eq!(school.fault(learner, id).await.as_deref(), Some("《课程1》学习 3 项后中止：已不在这门课程中"));
        assert_eq!(school.campus.tries.load(Ordering::SeqCst), 4, "the first refusal is looked into");
        let (found, _) = study::get(&school.world.engine, learner, id).await.unwrap();
        assert_eq!((found.study.completed, found.study.total), (0, 1));
        *school.campus.last.lock().unwrap() = None;
    }
}

#[tokio::test]
async fn what_the_platform_deleted_is_left_to_nobody() {
    for school in schools("course_deleted", 0, || pages(3)).await {
        school.fresh();
        let learner = school.learner("alice").await;
        *school.campus.deleted.lock().unwrap() = vec!["12".to_owned()];
        let id = started(&school, learner, &["1"], Ticks::Materials).await;
        school.campus.tries.store(0, Ordering::SeqCst);
        school.work().await;
        assert_eq!((school.state(learner, id).await, school.fault(learner, id).await), (State::Succeeded, None));
        assert_eq!(school.worked(), ["11", "13"]);
        school.campus.deleted.lock().unwrap().clear();
    }
}

/// A list from before its learner was enrolled is no reason to fail for good.
#[tokio::test]
async fn a_course_is_looked_for_again_when_a_held_task_goes_on() {
    let make = || pages(1).with("3", vec![item("31", Stand::Locked("未到时间".into()))]);
    for school in schools("course_since", 0, make).await {
        school.fresh();
        let learner = school.learner("alice").await;
        way(&school, learner, "ask").await;
        school.campus.lists.store(0, Ordering::SeqCst);
        let id = started(&school, learner, &["3", "9"], Ticks::Materials).await;
        school.work().await;
        assert_eq!((school.state(learner, id).await, school.campus.lists.load(Ordering::SeqCst)), (State::Paused, 1));
        let new = Course { id: "9".into(), name: "课程9".into(), ..school.campus.courses.lock().unwrap()[0].clone() };
        school.campus.courses.lock().unwrap().push(new);
        school.campus.items.lock().unwrap().insert("9".into(), vec![item("91", tick())]);
        school.act(learner, id, TaskAction::Resume).await.unwrap();
        school.work().await;
        assert_eq!(school.worked(), ["91"]);
        assert_eq!(school.state(learner, id).await, State::Succeeded);
        school.campus.courses.lock().unwrap().pop();
    }
}

/// Three kills are no reason to give up what advances each time; three without anything finished are, and the log says so.
#[tokio::test]
async fn a_task_that_advances_is_not_given_up_for_its_deaths() {
    for school in schools("course_kills", 7, || pages(6)).await {
        school.fresh();
        let learner = school.learner("alice").await;
        let id = started(&school, learner, &["1"], Ticks::Materials).await;
        for number in 1..=5 {
            *school.campus.endless.lock().unwrap() = Some(format!("1{}", number + 1));
            let worker = Worker::new(Arc::clone(&school.world.engine));
            // What the killed run had just sent may still hold the row for a moment.
            let mut claimed = Vec::new();
            while claimed.is_empty() {
                claimed = worker.claim(&*school.kind, 1).await.unwrap();
            }
            let job = claimed.pop().unwrap();
            let kind = Arc::clone(&school.kind);
            let run = tokio::spawn(async move { engine::worker::Kind::run(&*kind, &job).await.map(drop) });
            common::until(async || school.log(learner, id).await.contains(&format!("当前任务: 📄 任务点1{}", number + 1))).await;
            run.abort();
            let _ = run.await;
            school.world.clock.advance(Duration::from_secs(60));
        }
        *school.campus.endless.lock().unwrap() = None;
        // Here, too, the row may still be held, and is passed over.
        common::until(async || {
            school.work().await;
            school.state(learner, id).await == State::Succeeded
        })
        .await;
        assert_eq!(school.worked().len(), 6);
        // Whoever dies before anything is finished is given up.
        let idle = started(&school, learner, &["1"], Ticks::Nothing).await;
        for _ in 0..3 {
            drop(Worker::new(Arc::clone(&school.world.engine)).claim(&*school.kind, 1).await.unwrap());
            school.world.clock.advance(Duration::from_secs(60));
        }
        drop(Worker::new(Arc::clone(&school.world.engine)).claim(&*school.kind, 1).await.unwrap());
        assert_eq!(school.state(learner, idle).await, State::Failed);
        let last = school.log(learner, idle).await.pop().unwrap();
        assert!(last.starts_with("任务失败：处理进程多次意外退出"), "{last}");
        assert_eq!(school.world.faults().await, [""; 0]);
    }
}

/// What is ticked off: nothing unless asked for; activities only if asked for by name; never in a course that is not being held.
#[tokio::test]
async fn ticks_are_for_what_was_asked_for_and_for_courses_that_are_held() {
    let make = || {
        let both = || vec![item("11", tick()), item("12", Stand::Tick(Tick::Activity))];
        let campus = StubCampus::default().with("1", both()).with("2", vec![item("21", tick())]).with("3", vec![item("31", tick())]);
        campus.courses.lock().unwrap()[1].term = Term::Over;
        campus.courses.lock().unwrap()[2].term = Term::Ahead;
        campus
    };
    for school in schools("course_ticks", 0, make).await {
        let learner = school.learner("alice").await;
        for (ticks, worked) in [(Ticks::Nothing, &[][..]), (Ticks::Materials, &["11"][..]), (Ticks::Everything, &["11", "12"][..])] {
            school.fresh();
            let id = started(&school, learner, &[], ticks).await;
            school.work().await;
            assert_eq!(school.worked(), worked, "{ticks:?}");
            let (found, _) = study::get(&school.world.engine, learner, id).await.unwrap();
            let output = study::output(&found.task).unwrap();
            let remark = output.remark.unwrap();
            assert!(remark.contains("课程已结束，不代为勾选") && remark.contains("课程尚未开始，不代为勾选"), "{remark}");
            assert_eq!(output.summary.contains("没有代为完成任何内容"), worked.is_empty(), "{}", output.summary);
            assert_eq!(found.study.completed, i64::from(!worked.is_empty()), "{ticks:?}");
        }
    }
}
