//! Study tasks: their states, what a run does with courses and items, and the place at a learning platform. Nothing sleeps.

mod common;

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use common::{Chosen, World, race};
use domain::{
    account::Role,
    course::{Lack, Stand},
    id::{AccountId, TaskId},
    ledger::Origin,
    refusal::{Noun, Refusal},
    task::State,
};
use engine::{
    Error,
    answer::Answered,
    campus::{self, Campuses, Change},
    kinds::{
        Kind,
        study::{self, Deed, Study, Submission},
    },
    session::Caller,
    settings::Settings,
    worker::Worker,
};
use ports::{
    campus::Trouble,
    testing::{StubCampus, item},
};
use tokio_util::sync::CancellationToken;

/// A world with a learning platform, and time that costs none.
struct School {
    world: World,
    campus: Arc<StubCampus>,
    kind: Arc<Study>,
}

fn chosen(campus: &Arc<StubCampus>, price: i64) -> Chosen {
    let mut settings = Settings::default();
    settings.campus.price = price;
    settings.campus.second = Duration::ZERO;
    settings.campus.recheck = Duration::ZERO;
    let mut chosen = Chosen { settings, ..Chosen::default() };
    chosen.reach.campuses = Campuses::default().with(Arc::clone(campus) as Arc<dyn ports::campus::Campus>);
    chosen
}

/// Schools on both databases, each with a platform of its own as `make` fills it.
async fn schools(name: &str, price: i64, make: impl Fn() -> StubCampus) -> Vec<School> {
    let campus = Arc::new(make());
    let mut all = Vec::new();
    for world in World::both_with(name, chosen(&campus, price)).await {
        let kind = Arc::new(Study { settings: world.engine.settings.campus.clone() });
        // What one database's run left at the platform is none of the other's business.
        all.push(School { world, campus: Arc::clone(&campus), kind });
    }
    all
}

fn plain() -> StubCampus {
    StubCampus::default().with("1", vec![item("11", Stand::Open), item("12", Stand::Open)]).with("2", vec![item("21", Stand::Open)])
}

impl School {
    fn fresh(&self) {
        self.campus.worked.lock().unwrap().clear();
        self.campus.sign_ins.store(0, Ordering::SeqCst);
    }

    fn caller(&self, account: AccountId) -> Caller {
        self.world.caller(account, Role::User)
    }

    async fn learner(&self, name: &str) -> AccountId {
        let account = self.world.account(name, 1000).await;
        self.configure(account, "secret").await;
        account
    }

    async fn configure(&self, account: AccountId, password: &str) {
        let change = Change { username: Some("13800138000".into()), password: Some(password.into()), ..Change::default() };
        campus::configure(&self.world.engine, account, change).await.unwrap();
    }

    async fn submit(&self, account: AccountId, courses: &[&str]) -> Result<TaskId, Error> {
        let courses = courses.iter().map(|id| (*id).to_owned()).collect();
        let submission = Submission { account, name: "学习".into(), courses, ticks: false, once: None };
        match study::submit(&self.world.engine, submission).await? {
            Answered::Now(made) => Ok(made.task.id),
            Answered::Before(_) => unreachable!(),
        }
    }

    async fn act(&self, account: AccountId, id: TaskId, deed: Deed) -> Result<State, Error> {
        Ok(study::act(&self.world.engine, &self.caller(account), id, deed, Origin::default()).await?.task.state)
    }

    async fn started(&self, account: AccountId, courses: &[&str]) -> TaskId {
        let id = self.submit(account, courses).await.unwrap();
        self.act(account, id, Deed::Start).await.unwrap();
        id
    }

    /// Claims what waits and works on it until it is settled.
    async fn work(&self) -> usize {
        let worker = Worker::new(self.world.engine.clone());
        let jobs = worker.claim(&*self.kind, 10).await.unwrap();
        let count = jobs.len();
        for job in jobs {
            worker.work(self.kind.clone() as Arc<dyn Kind>, job, CancellationToken::new()).await;
        }
        count
    }

    async fn state(&self, account: AccountId, id: TaskId) -> State {
        study::get(&self.world.engine, account, id).await.unwrap().0.task.state
    }

    async fn fault(&self, account: AccountId, id: TaskId) -> Option<String> {
        study::fault(&study::get(&self.world.engine, account, id).await.unwrap().0.task)
    }

    /// The lines of a diary, oldest first.
    async fn diary(&self, account: AccountId, id: TaskId) -> Vec<String> {
        let logs = study::logs(&self.world.engine, account, id, 1000).await.unwrap();
        logs.into_iter().rev().map(|line| line.message).collect()
    }

    fn worked(&self) -> Vec<String> {
        self.campus.worked.lock().unwrap().clone()
    }

    /// Brings a new task into a state.
    async fn task_in(&self, account: AccountId, state: State) -> TaskId {
        let id = self.submit(account, &["1"]).await.unwrap();
        let act = |deed| self.act(account, id, deed);
        match state {
            State::Draft => {}
            State::Queued => drop(act(Deed::Start).await.unwrap()),
            State::Running => {
                act(Deed::Start).await.unwrap();
                drop(Worker::new(self.world.engine.clone()).claim(&*self.kind, 1).await.unwrap());
            }
            State::Paused => {
                act(Deed::Start).await.unwrap();
                act(Deed::Pause).await.unwrap();
            }
            State::Succeeded => {
                act(Deed::Start).await.unwrap();
                self.work().await;
            }
            State::Failed => {
                self.campus.broken.lock().unwrap().extend(["11".to_owned(), "12".to_owned()]);
                self.campus.worked.lock().unwrap().clear();
                act(Deed::Start).await.unwrap();
                self.work().await;
                self.campus.broken.lock().unwrap().clear();
            }
            State::Cancelled => drop(act(Deed::Cancel).await.unwrap()),
            State::AwaitingApproval => unreachable!("nothing of this kind is approved"),
        }
        assert_eq!(self.state(account, id).await, state);
        id
    }
}

/// Facts: campus §4, word for word; `-` is refused, `gone` is deleted.
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
            for (action, expected) in head.iter().zip(&cells[1..]) {
                school.fresh();
                let learner = school.learner(&format!("{}-{action}", cells[0])).await;
                let id = school.task_in(learner, from).await;
                let engine = &school.world.engine;
                let caller = school.caller(learner);
                let deed = match *action {
                    "start" => Some(Deed::Start),
                    "pause" => Some(Deed::Pause),
                    "resume" => Some(Deed::Resume),
                    "retry" => Some(Deed::Retry),
                    "cancel" => Some(Deed::Cancel),
                    "force-stop" => Some(Deed::ForceStop),
                    _ => None,
                };
                let outcome = match deed {
                    Some(deed) => {
                        let caller = if deed == Deed::ForceStop { &admin } else { &caller };
                        study::act(engine, caller, id, deed, Origin::default()).await.map(|done| done.task.state.word())
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
                    Err(other) => panic!("{from:?} {action}: {other}"),
                };
                assert_eq!(found, *expected, "{from:?} {action}");
                // Nobody works on it behind the scenes of the next row.
                let _ = school.act(learner, id, Deed::Cancel).await;
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
            school.diary(learner, id).await,
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
            .with("1", vec![item("11", Stand::Open), item("12", Stand::Left("测验须由本人完成".into())), item("13", Stand::Tick)])
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
             《课程2》未能完成：📄 任务点22（内容已损坏）；《9》无法学习：该账号下没有这门课程"
        );
        assert_eq!(school.worked(), ["11"], "nothing is ticked that nobody wanted ticked");
        // All of a task that fails fails it, and an unknown course is told.
        let failed = school.started(learner, &["9"]).await;
        school.work().await;
        assert_eq!(school.state(learner, failed).await, State::Failed);
        let (found, _) = study::get(&school.world.engine, learner, failed).await.unwrap();
        assert_eq!(study::fault(&found.task).unwrap(), "《9》无法学习：该账号下没有这门课程");
        assert!(found.task.ended_at.is_some(), "what failed has ended");
        // Where its learner asked for it, an item is ticked.
        let ticks = Submission { account: learner, name: "勾选".into(), courses: vec!["1".into()], ticks: true, once: None };
        let Answered::Now(made) = study::submit(&school.world.engine, ticks).await.unwrap() else { panic!() };
        school.act(learner, made.task.id, Deed::Start).await.unwrap();
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
            ("ask", vec![State::Paused, State::Succeeded], "「任务点11」尚未开放（未到时间）：恢复任务将跳过它，也可以先到学习平台处理"),
        ] {
            school.fresh();
            campus::configure(&school.world.engine, learner, way(word)).await.unwrap();
            let id = school.started(learner, &["1"]).await;
            for (index, state) in states.iter().enumerate() {
                if index > 0 {
                    school.act(learner, id, Deed::Resume).await.unwrap();
                }
                school.work().await;
                assert_eq!(school.state(learner, id).await, *state, "{word}");
            }
            assert!(school.diary(learner, id).await.contains(&line.to_owned()), "{word}: {:?}", school.diary(learner, id).await);
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
        while school.diary(learner, id).await.last().is_none_or(|line| line != "当前任务: 📄 任务点12") {
            tokio::task::yield_now().await;
        }
        let first = study::get(&school.world.engine, learner, id).await.unwrap().0.task.started_at;
        school.act(learner, id, Deed::Pause).await.unwrap();
        // The worker hears of it and stops; nothing of it is written any more.
        running.await.unwrap();
        let lines = school.diary(learner, id).await.len();
        school.world.clock.advance(Duration::from_secs(100_000));
        *school.campus.endless.lock().unwrap() = None;
        assert_eq!(school.diary(learner, id).await.len(), lines);
        school.act(learner, id, Deed::Resume).await.unwrap();
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
async fn a_platform_that_is_away_is_asked_again_and_then_given_up() {
    for school in schools("study_away", 0, plain).await {
        school.fresh();
        let learner = school.learner("alice").await;
        let id = school.started(learner, &["1"]).await;
        *school.campus.trouble.lock().unwrap() = Some(Trouble::away("学习平台暂时无法访问"));
        school.work().await;
        assert_eq!(school.state(learner, id).await, State::Queued);
        assert_eq!(school.diary(learner, id).await.last().unwrap(), "课程列表：学习平台暂时无法访问，稍后自动重试");
        *school.campus.trouble.lock().unwrap() = None;
        school.world.clock.advance(Duration::from_secs(120));
        school.work().await;
        assert_eq!(school.state(learner, id).await, State::Succeeded);
        let id = school.started(learner, &["2"]).await;
        *school.campus.trouble.lock().unwrap() = Some(Trouble::away("学习平台暂时无法访问"));
        for _ in 0..5 {
            school.work().await;
            school.world.clock.advance(Duration::from_secs(120));
        }
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
        assert_eq!(courses(engine.clone()).await.unwrap_err(), Refusal::NoCampus(Lack::Name).into());
        let name = Change { username: Some("13800138000".into()), ..Change::default() };
        campus::configure(&engine, learner, name).await.unwrap();
        assert_eq!(courses(engine.clone()).await.unwrap_err(), Refusal::NoCampus(Lack::Secret).into());
        school.configure(learner, "wrong").await;
        let refused = race(|_| courses(engine.clone())).await;
        assert!(refused.iter().all(|outcome| matches!(outcome, Err(Error::Refused(Refusal::CampusRefused(_))))), "{refused:?}");
        assert_eq!(school.campus.sign_ins.load(Ordering::SeqCst), 1, "a refused password is sent once");
        school.configure(learner, "right").await;
        let good = race(|_| courses(engine.clone())).await;
        assert!(good.iter().all(|outcome| outcome.as_ref().is_ok_and(|courses| courses.len() == 2)));
        assert_eq!(school.campus.sign_ins.load(Ordering::SeqCst), 2, "64 askers sign in once");
        let id = school.started(learner, &["1"]).await;
        *school.campus.trouble.lock().unwrap() = Some(Trouble::Ended("登录凭证已失效".into()));
        school.work().await;
        *school.campus.trouble.lock().unwrap() = None;
        assert_eq!(school.state(learner, id).await, State::Failed);
        let place = campus::place(&engine, learner).await.unwrap();
        assert!(place.token.is_none() && place.password.is_none() && place.refused);
        assert!(matches!(courses(engine.clone()).await, Err(Error::Refused(Refusal::CampusRefused(_)))));
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
        while school.campus.sign_ins.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        campus::configure(&engine, learner, Change { use_cookies: Some(true), ..Change::default() }).await.unwrap();
        // Whoever asked goes away; what was sent is settled all the same.
        asked.abort();
        gate.notify_waiters();
        *school.campus.gate.lock().unwrap() = None;
        while !campus::place(&engine, learner).await.unwrap().refused {
            tokio::task::yield_now().await;
        }
        assert!(matches!(campus::courses(&engine, learner).await, Err(Error::Refused(Refusal::CampusRefused(_)))));
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
        while school.campus.sign_ins.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        school.act(learner, id, Deed::Pause).await.unwrap();
        running.await.unwrap();
        *school.campus.gate.lock().unwrap() = None;
        gate.notify_waiters();
        while campus::place(&school.world.engine, learner).await.unwrap().token.is_none() {
            tokio::task::yield_now().await;
        }
        school.act(learner, id, Deed::Resume).await.unwrap();
        school.work().await;
        assert_eq!(school.state(learner, id).await, State::Succeeded);
        assert_eq!(school.campus.sign_ins.load(Ordering::SeqCst), 1, "the token that came late is used");
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
        while school.diary(learner, id).await.last().is_none_or(|line| line != "当前任务: 📄 任务点11") {
            tokio::task::yield_now().await;
        }
        // Delivered to the end, but the task was held before that was written down.
        school.act(learner, id, Deed::Pause).await.unwrap();
        running.await.unwrap();
        *school.campus.endless.lock().unwrap() = None;
        school.campus.worked.lock().unwrap().push("11".to_owned());
        school.act(learner, id, Deed::Resume).await.unwrap();
        school.work().await;
        let (found, _) = study::get(&school.world.engine, learner, id).await.unwrap();
        assert_eq!(study::output(&found.task).unwrap().summary, "完成 1/1 门课程，学习 2 项");
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
        assert_eq!(campus::courses(engine, bob).await.unwrap_err(), Refusal::NoCampus(Lack::Secret).into());
        // Used, it is gone, and what it was exchanged for is sealed as well.
        campus::courses(engine, alice).await.unwrap();
        let place = campus::place(engine, alice).await.unwrap();
        assert!(place.password.is_none() && place.token.as_ref().is_some_and(|token| token.starts_with("sealed:")));
        // Nothing that was given for one site is sent to another.
        let moved = Change { site: Some("https://other.example".into()), ..Change::default() };
        let place = campus::configure(engine, alice, moved).await.unwrap();
        assert!(place.token.is_none() && place.password.is_none());
        assert_eq!(campus::lack(&place), Some(Lack::Secret));
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
            school.act(learner, *id, Deed::Start).await.unwrap();
            school.act(learner, *id, Deed::Pause).await.unwrap();
        }
        for _ in 0..3 {
            school.submit(learner, &["1"]).await.unwrap();
        }
        assert_eq!(school.act(learner, made[0], Deed::Resume).await.unwrap_err(), Refusal::TooManyTasks(3).into());
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
            let deeds = [Deed::Start, Deed::Pause, Deed::Resume, Deed::Cancel, Deed::Retry];
            let outcomes = race(|number| {
                let school = Arc::clone(&school);
                async move {
                    match number % 7 {
                        5 => study::remove(&school.world.engine, &school.caller(learner), id).await.map(|()| State::Cancelled),
                        6 => {
                            school.work().await;
                            Ok(State::Running)
                        }
                        deed => school.act(learner, id, deeds[(deed + round) % 5]).await,
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
            let _ = school.act(learner, id, Deed::Cancel).await;
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
        school.act(learner, id, Deed::Cancel).await.unwrap();
        assert_eq!(balance().await, 1000);
        school.act(learner, id, Deed::Retry).await.unwrap();
        assert_eq!(balance().await, 990);
        school.act(learner, id, Deed::Pause).await.unwrap();
        study::remove(&school.world.engine, &school.caller(learner), id).await.unwrap();
        assert_eq!(balance().await, 1000, "a held task that is deleted gives back what it cost");
        let failed = school.task_in(learner, State::Failed).await;
        assert_eq!(balance().await, 1000);
        school.act(learner, failed, Deed::Cancel).await.unwrap();
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
        assert!(campus::place_of(engine, &boss, learner).await.unwrap().is_none());
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
        assert_eq!(study::rename(engine, mallory, id, "x").await.unwrap_err(), missing);
        assert_eq!(study::remove(engine, &school.caller(mallory), id).await.unwrap_err(), missing);
        for deed in [Deed::Start, Deed::Pause, Deed::Resume, Deed::Retry, Deed::Cancel] {
            assert_eq!(school.act(mallory, id, deed).await.unwrap_err(), missing, "{deed:?}");
        }
        assert_eq!(school.act(mallory, id, Deed::ForceStop).await.unwrap_err(), Refusal::Forbidden.into());
        // Administrators see it no more than others, but they may have it done again.
        let admin = school.world.caller(mallory, Role::Admin);
        assert_eq!(study::act(engine, &admin, id, Deed::Start, Origin::default()).await.unwrap_err(), missing);
        school.act(alice, id, Deed::Cancel).await.unwrap();
        study::act(engine, &admin, id, Deed::Retry, Origin::default()).await.unwrap();
        let (lines, _) = engine::audit::list(engine, &admin, None, 0, 10).await.unwrap();
        assert_eq!(lines[0].action, "task.retry");
    }
}
