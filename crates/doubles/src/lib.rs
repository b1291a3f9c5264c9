//! Doubles for tests: a clock one sets, randomness that repeats itself, and whom the engine calls without a network.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use domain::{
    course::{Course, Item, Sort, Stand, Term},
    time::Timestamp,
};
use ports::{
    campus::{Campus, CampusError, Freshness, Listing, Playing, Token, Worked},
    clock::Clock,
    fault::Fault,
    payment::{Bill, Config, Disbelief, Gateway, Notice, OrderStatus},
    random::Random,
    vision::{Question, Vision},
    web::{Reply, Request, Web},
};
use tokio::sync::Notify;

/// A clock that moves only when told.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.0))
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).expect("a test's span fits"), Ordering::SeqCst);
    }
}

impl ManualClock {
    /// Sets it back, as somebody does who corrects it.
    pub fn set_back(&self, by: Duration) {
        self.0.fetch_sub(i64::try_from(by.as_micros()).expect("a test's span fits"), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Bytes of a small generator (SplitMix64) from a seed; never for secrets.
#[derive(Debug)]
pub struct SeededRandom(Mutex<u64>);

impl SeededRandom {
    /// The sequence of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().expect("no holder of this lock panics");
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_be_bytes()[..chunk.len()]);
        }
    }
}

/// How a stub answers.
type Answer = dyn Fn(&Request) -> Result<Reply, Fault> + Send + Sync;

/// Answers by a function instead of the network, and remembers what was asked.
pub struct StubWeb {
    answer: Box<Answer>,
    asked: Mutex<Vec<Request>>,
}

impl StubWeb {
    /// A web that answers by `answer`.
    pub fn new(answer: impl Fn(&Request) -> Result<Reply, Fault> + Send + Sync + 'static) -> Self {
        Self { answer: Box::new(answer), asked: Mutex::default() }
    }

    /// What was asked so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Request> {
        self.asked.lock().expect("no holder of this lock panics").clone()
    }
}

#[async_trait::async_trait]
impl Web for StubWeb {
    async fn send(&self, request: Request) -> Result<Reply, Fault> {
        let answer = (self.answer)(&request);
        self.asked.lock().expect("no holder of this lock panics").push(request);
        answer
    }

    fn allows(&self, url: &str) -> bool {
        url.starts_with("http")
    }
}

/// A gateway whose good signature is the word `good`, and which knows of orders what it was told.
#[derive(Debug, Default)]
pub struct StubGateway {
    /// What it says about every order.
    pub status: Mutex<Option<OrderStatus>>,
    /// How often it was asked.
    pub asked: AtomicI64,
}

#[async_trait::async_trait]
impl Gateway for StubGateway {
    fn fault(&self, _config: &Config) -> Option<String> {
        None
    }

    fn jump(&self, _config: &Config, bill: &Bill) -> Result<String, Fault> {
        Ok(format!("http://gateway/pay?order={}", bill.order))
    }

    fn read(&self, _config: &Config, fields: &[(String, String)]) -> Result<Notice, Disbelief> {
        let field = |name: &str| fields.iter().find(|field| field.0 == name).map(|field| field.1.clone());
        if field("sign").as_deref() != Some("good") {
            return Err(Disbelief::Signature);
        }
        let text = |name: &str| field(name).ok_or(Disbelief::Malformed);
        let status = field("status").unwrap_or_else(|| "paid".to_owned());
        Ok(Notice { order: text("order")?, trade: text("trade")?, paid: status == "paid", status, fen: text("fen")?.parse().ok() })
    }

    fn sign(&self, _config: &Config, mut fields: Vec<(String, String)>) -> Result<Vec<(String, String)>, Fault> {
        fields.push(("sign".to_owned(), "good".to_owned()));
        Ok(fields)
    }

    fn verifies(&self, _config: &Config, fields: &[(String, String)]) -> bool {
        fields.iter().any(|field| field.0 == "sign" && field.1 == "good")
    }

    async fn ask(&self, _config: &Config, _order: &str, _now_s: i64) -> Result<OrderStatus, Fault> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let standing = self.status.lock().expect("no holder of this lock panics").clone();
        standing.ok_or_else(|| Fault::passing("the gateway is away"))
    }
}

/// Says how large a picture is, and what it was told to write.
#[derive(Debug, Default)]
pub struct StubVision;

#[async_trait::async_trait]
impl Vision for StubVision {
    async fn look(&self, question: Question) -> Result<String, Fault> {
        Ok(format!("{} of {} bytes: {}", question.media_type, question.picture.len(), question.instructions))
    }
}

/// A learning platform that holds what a test puts there, and remembers what was done.
#[derive(Default)]
pub struct StubCampus {
    /// Its courses.
    pub courses: Mutex<Vec<Course>>,
    /// What it lists beside them and cannot be read.
    pub unread: Mutex<Vec<String>>,
    /// The items of each course.
    pub items: Mutex<HashMap<String, Vec<Item>>>,
    /// What it says to every call but signing in, while it says it.
    pub trouble: Mutex<Option<CampusError>>,
    /// The item that it never finishes with, while there is one.
    pub endless: Mutex<Option<String>>,
    /// Signing in waits until this is rung, while there is one.
    pub gate: Mutex<Option<Arc<Notify>>>,
    /// The items that it cannot deliver.
    pub broken: Mutex<Vec<String>>,
    /// Items that open once another one was worked through: the item, and the other one.
    pub chain: Mutex<Vec<(String, String)>>,
    /// Items that the platform deletes while they are about to be worked on.
    pub deleted: Mutex<Vec<String>>,
    /// The item after which the learner is put out of its course, while there is one.
    pub last: Mutex<Option<String>>,
    /// How often a list of courses was read.
    pub lists: AtomicI64,
    /// How often somebody tried to work on an item.
    pub tries: AtomicI64,
    /// What goes wrong with items, each once.
    pub once: Mutex<Vec<(String, CampusError)>>,
    /// The site of whoever names none.
    pub usual: String,
    /// How often somebody signed in, or tried to.
    pub sign_ins: AtomicI64,
    /// What was worked through, in order.
    pub worked: Mutex<Vec<String>>,
}

impl StubCampus {
    /// With one more course of these items.
    #[must_use]
    pub fn with(self, id: &str, items: Vec<Item>) -> Self {
        let text = str::to_owned;
        let course = Course {
            id: text(id),
            name: format!("课程{id}"),
            teacher: text("老师"),
            class: String::new(),
            enrolment: String::new(),
            progress: 0,
            completed: false,
            term: Term::Running,
        };
        self.courses.lock().expect("no holder of this lock panics").push(course);
        self.items.lock().expect("no holder of this lock panics").insert(text(id), items);
        self
    }

    fn is_put_out(&self, worked: &[String]) -> bool {
        self.last.lock().expect("no holder of this lock panics").as_ref().is_some_and(|last| worked.contains(last))
    }

    fn say(&self) -> Result<(), CampusError> {
        self.trouble.lock().expect("no holder of this lock panics").clone().map_or(Ok(()), Err)
    }
}

/// An item for a [`StubCampus`], called after its number.
#[must_use]
pub fn item(id: &str, stand: Stand) -> Item {
    Item { id: id.to_owned(), title: format!("任务点{id}"), sort: Sort::Page, stand, played: None }
}

#[async_trait::async_trait]
impl Campus for StubCampus {
    fn name(&self) -> &'static str {
        "stub"
    }

    fn title(&self) -> &'static str {
        "测试平台"
    }

    fn usual_site(&self) -> String {
        self.usual.clone()
    }

    fn site(&self, text: &str) -> Result<String, String> {
        if text.starts_with("https://") { Ok(text.to_owned()) } else { Err("站点必须使用 https".to_owned()) }
    }

    async fn sign_in(&self, _site: &str, name: &str, password: &str) -> Result<String, CampusError> {
        self.sign_ins.fetch_add(1, Ordering::SeqCst);
        let gate = self.gate.lock().expect("no holder of this lock panics").clone();
        if let Some(gate) = gate {
            gate.notified().await;
        }
        if password == "wrong" {
            Err(CampusError::SignInRefused("用户名或密码错误".to_owned()))
        } else {
            Ok(format!("token-of-{name}"))
        }
    }

    async fn courses(&self, _token: &Token, _freshness: Freshness) -> Result<Listing, CampusError> {
        self.say()?;
        self.lists.fetch_add(1, Ordering::SeqCst);
        let courses = self.courses.lock().expect("no holder of this lock panics").clone();
        Ok(Listing { courses, unread: self.unread.lock().expect("no holder of this lock panics").clone() })
    }

    async fn items(&self, _token: &Token, course: &str) -> Result<Vec<Item>, CampusError> {
        self.say()?;
        let worked = self.worked.lock().expect("no holder of this lock panics").clone();
        if self.is_put_out(&worked) {
            return Err(CampusError::CourseUnavailable("已不在这门课程中".to_owned()));
        }
        let items = self.items.lock().expect("no holder of this lock panics").get(course).cloned();
        let mut items = items.ok_or_else(|| CampusError::Unavailable("没有这门课程".to_owned()))?;
        let chain = self.chain.lock().expect("no holder of this lock panics").clone();
        for item in &mut items {
            if worked.contains(&item.id) {
                item.stand = Stand::Done;
            } else if let Some((_, after)) = chain.iter().find(|(id, after)| *id == item.id && !worked.contains(after)) {
                item.stand = Stand::Locked(format!("须先完成 {after}"));
            }
        }
        let deleted = self.deleted.lock().expect("no holder of this lock panics").clone();
        // What was deleted is gone from the list once somebody tried it.
        items.retain(|item| !(deleted.contains(&item.id) && self.tries.load(Ordering::SeqCst) > 0));
        Ok(items)
    }

    async fn work(&self, _token: &Token, _course: &str, item: &Item, playing: &dyn Playing) -> Result<Worked, CampusError> {
        self.say()?;
        self.tries.fetch_add(1, Ordering::SeqCst);
        let (mut at, of) = item.played.unwrap_or((0, 0));
        while at < of {
            at += 1;
            playing.played(at, of).await?;
        }
        if self.endless.lock().expect("no holder of this lock panics").as_deref() == Some(&item.id) {
            std::future::pending::<()>().await;
        }
        if self.broken.lock().expect("no holder of this lock panics").contains(&item.id) {
            return Err(CampusError::Unavailable("内容已损坏".to_owned()));
        }
        let mut once = self.once.lock().expect("no holder of this lock panics");
        if let Some(found) = once.iter().position(|(id, _)| *id == item.id) {
            return Err(once.remove(found).1);
        }
        drop(once);
        if self.deleted.lock().expect("no holder of this lock panics").contains(&item.id) {
            return Ok(Worked::Deleted);
        }
        let mut worked = self.worked.lock().expect("no holder of this lock panics");
        if self.is_put_out(&worked) {
            return Ok(Worked::Locked("内容尚未开放或受到限制".to_owned()));
        }
        worked.push(item.id.clone());
        Ok(Worked::Done)
    }
}
