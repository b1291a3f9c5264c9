//! Doubles for tests: a clock one sets, randomness that repeats itself, and whom the engine calls without a network.

use std::sync::{
    Mutex,
    atomic::{AtomicI64, Ordering},
};
use std::time::Duration;

use domain::time::Timestamp;

use crate::{
    clock::Clock,
    fault::Fault,
    payment::{Bill, Config, Disbelief, Gateway, Notice, Standing},
    random::Random,
    vision::{Question, Vision},
    web::{Reply, Request, Web},
};

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
    pub standing: Mutex<Option<Standing>>,
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

    async fn ask(&self, _config: &Config, _order: &str, _now_s: i64) -> Result<Standing, Fault> {
        let standing = self.standing.lock().expect("no holder of this lock panics").clone();
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
