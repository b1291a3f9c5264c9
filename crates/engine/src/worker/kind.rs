//! What the worker asks of a kind of tasks: what it does, costs, and how often it may be tried; how a run of it ends.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{
    task::{Backoff, State},
    time::Timestamp,
    wallet::Asset,
};

use super::Job;
use crate::Engine;

/// One sort of work.
#[async_trait::async_trait]
pub trait Kind: Send + Sync {
    /// Its name in storage.
    fn name(&self) -> &'static str;
    /// Where a task of it begins.
    fn begins(&self) -> State {
        State::Queued
    }
    /// How many this process works on at once.
    fn concurrency(&self) -> usize;
    /// What an attempt costs.
    fn price(&self) -> (Asset, i64);
    /// How long an attempt may take from its first claim on.
    fn deadline(&self, engine: &Engine) -> Option<Duration>;
    /// How often a run that failed on something passing is followed by another.
    fn backoff(&self) -> Backoff;
    /// Whether failing and cancelling give the charge back.
    fn refunds(&self) -> bool {
        true
    }
    /// What is missing on this machine; tasks are refused while anything is.
    fn missing(&self) -> Vec<String> {
        Vec::new()
    }
    /// Does the work, going on at the first step that is not recorded.
    ///
    /// # Errors
    /// [`Failure`]; where `job.stop` was cancelled it does not matter which.
    async fn run(&self, job: &Job) -> Result<Ending, Failure>;
    /// Tidies up after a task has ended for good in this process.
    async fn ended(&self, _job: &Job) {}
}

/// How a run ended, if not badly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The work is done; the text is the kind's record of what came of it.
    Done(String),
    /// It waits for a remote server: nobody holds it until then.
    Parked(Timestamp),
    /// It waits for its owner's word, as if they had paused it: why.
    Held(String),
}

/// How a run ended badly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A word in capitals.
    pub code: &'static str,
    /// A line for people, without a provider's body or key.
    pub message: String,
    /// Whether another run may help, and the least time before it.
    pub again: Option<Duration>,
}

/// Codes of failures that are somebody else's verdict on work that was done, and perhaps billed.
const VERDICTS: [&str; 2] = ["MODEL_FAILED", "MODEL_UNREADABLE"];

impl Failure {
    /// Whether it stands although this process is ending: whoever took the task up again would have the work done, and paid for, twice.
    pub(crate) fn stands(&self) -> bool {
        self.again.is_none() && VERDICTS.contains(&self.code)
    }
}

/// The kinds that this process knows.
#[derive(Clone, Default)]
pub struct Kinds(BTreeMap<&'static str, Arc<dyn Kind>>);

impl Kinds {
    /// With one more.
    #[must_use]
    pub fn with(mut self, kind: Arc<dyn Kind>) -> Self {
        self.0.insert(kind.name(), kind);
        self
    }

    /// The kind of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Kind>> {
        self.0.get(name)
    }

    /// Every kind.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Kind>> {
        self.0.values()
    }

    /// What is missing on this machine, kind by kind.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        self.iter().flat_map(|kind| kind.missing().into_iter().map(|lack| format!("{}: {lack}", kind.name()))).collect()
    }
}
