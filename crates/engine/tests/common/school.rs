//! A world with a learning platform, in which study tasks are worked through.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use domain::{
    account::Role,
    course::Stand,
    id::{AccountId, TaskId},
    origin::Origin,
    task::State,
};
use doubles::{StubCampus, item};
use engine::{
    Error,
    campus::{self, Campuses, Change},
    idempotency::Answered,
    kinds::study::{self, Study, Submission, TaskAction},
    session::Caller,
    settings::Settings,
    worker::{Kind, Worker},
};
use tokio_util::sync::CancellationToken;

use super::{Chosen, World};

/// A world with a learning platform, and time that costs none.
pub struct School {
    pub world: World,
    pub campus: Arc<StubCampus>,
    pub kind: Arc<Study>,
}

pub fn chosen(campus: &Arc<StubCampus>, price: i64) -> Chosen {
    let mut settings = Settings::default();
    settings.campus.price = price;
    settings.campus.second = Duration::ZERO;
    settings.campus.recheck = Duration::ZERO;
    let mut chosen = Chosen { settings, ..Chosen::default() };
    chosen.reach.campuses = Campuses::default().with(Arc::clone(campus) as Arc<dyn ports::campus::Campus>);
    chosen
}

/// Schools on both databases, each with a platform of its own as `make` fills it.
pub async fn schools(name: &str, price: i64, make: impl Fn() -> StubCampus) -> Vec<School> {
    let campus = Arc::new(make());
    let mut all = Vec::new();
    for world in World::both_with(name, chosen(&campus, price)).await {
        let kind = Arc::new(Study { settings: world.engine.settings.campus.clone() });
        // What one database's run left at the platform is none of the other's business.
        all.push(School { world, campus: Arc::clone(&campus), kind });
    }
    all
}

pub fn plain() -> StubCampus {
    StubCampus::default().with("1", vec![item("11", Stand::Open), item("12", Stand::Open)]).with("2", vec![item("21", Stand::Open)])
}

impl School {
    pub fn fresh(&self) {
        self.campus.worked.lock().unwrap().clear();
        self.campus.sign_ins.store(0, Ordering::SeqCst);
    }

    pub fn caller(&self, account: AccountId) -> Caller {
        self.world.caller(account, Role::User)
    }

    pub async fn learner(&self, name: &str) -> AccountId {
        let account = self.world.account(name, 1000).await;
        self.configure(account, "secret").await;
        account
    }

    pub async fn configure(&self, account: AccountId, password: &str) {
        let change = Change { username: Some("13800138000".into()), password: Some(password.into()), ..Change::default() };
        campus::configure(&self.world.engine, account, change).await.unwrap();
    }

    pub async fn submit(&self, account: AccountId, courses: &[&str]) -> Result<TaskId, Error> {
        let courses = courses.iter().map(|id| (*id).to_owned()).collect();
        let submission =
            Submission { payer: account.into(), name: "学习".into(), courses, ticks: domain::course::Ticks::Nothing, once: None };
        match study::submit(&self.world.engine, submission).await? {
            Answered::Executed(made) => Ok(made.task.id),
            Answered::Replayed(_) => unreachable!(),
        }
    }

    pub async fn act(&self, account: AccountId, id: TaskId, action: TaskAction) -> Result<State, Error> {
        Ok(study::act(&self.world.engine, &self.caller(account), id, action, Origin::default()).await?.task.state)
    }

    pub async fn started(&self, account: AccountId, courses: &[&str]) -> TaskId {
        let id = self.submit(account, courses).await.unwrap();
        self.act(account, id, TaskAction::Start).await.unwrap();
        id
    }

    /// Claims what waits and works on it until it is settled.
    pub async fn work(&self) -> usize {
        let worker = Worker::new(self.world.engine.clone());
        let jobs = worker.claim(&*self.kind, 10).await.unwrap();
        let count = jobs.len();
        for job in jobs {
            worker.work(self.kind.clone() as Arc<dyn Kind>, job, CancellationToken::new()).await;
        }
        count
    }

    pub async fn state(&self, account: AccountId, id: TaskId) -> State {
        study::get(&self.world.engine, account, id).await.unwrap().0.task.state
    }

    pub async fn fault(&self, account: AccountId, id: TaskId) -> Option<String> {
        study::fault(&study::get(&self.world.engine, account, id).await.unwrap().0.task)
    }

    /// The lines of a log, oldest first.
    pub async fn log(&self, account: AccountId, id: TaskId) -> Vec<String> {
        let logs = study::logs(&self.world.engine, account, id, 1000).await.unwrap();
        logs.into_iter().rev().map(|line| line.message).collect()
    }

    pub fn worked(&self) -> Vec<String> {
        self.campus.worked.lock().unwrap().clone()
    }

    /// Brings a new task into a state.
    pub async fn task_in(&self, account: AccountId, state: State) -> TaskId {
        let id = self.submit(account, &["1"]).await.unwrap();
        let act = |action| self.act(account, id, action);
        match state {
            State::Draft => {}
            State::Queued => drop(act(TaskAction::Start).await.unwrap()),
            State::Running => {
                act(TaskAction::Start).await.unwrap();
                drop(Worker::new(self.world.engine.clone()).claim(&*self.kind, 1).await.unwrap());
            }
            State::Paused => {
                act(TaskAction::Start).await.unwrap();
                act(TaskAction::Pause).await.unwrap();
            }
            State::Succeeded => {
                act(TaskAction::Start).await.unwrap();
                self.work().await;
            }
            State::Failed => {
                self.campus.broken.lock().unwrap().extend(["11".to_owned(), "12".to_owned()]);
                self.campus.worked.lock().unwrap().clear();
                act(TaskAction::Start).await.unwrap();
                self.work().await;
                self.campus.broken.lock().unwrap().clear();
            }
            State::Cancelled => drop(act(TaskAction::Cancel).await.unwrap()),
            State::AwaitingApproval => unreachable!("nothing of this kind is approved"),
        }
        assert_eq!(self.state(account, id).await, state);
        id
    }
}
