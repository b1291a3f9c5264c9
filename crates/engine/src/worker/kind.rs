//! What a kind of task provides to the worker: its work, its price and how often it is retried; and how a run of it ends.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{
    refusal::Refusal,
    task::{Backoff, State},
    time::Timestamp,
    wallet::Asset,
};

use super::Job;
use crate::Engine;

/// A kind of task.
#[async_trait::async_trait]
pub trait Kind: Send + Sync {
    /// Its name in storage.
    fn name(&self) -> &'static str;
    /// The state in which its tasks begin.
    fn initial_state(&self) -> State {
        State::Queued
    }
    /// How many of its tasks this process works on at once.
    fn concurrency(&self) -> usize;
    /// What an attempt costs.
    fn price(&self) -> (Asset, i64);
    /// How long an attempt may take from its first claim on. It is given the engine because an administrator may change it while the
    /// server runs.
    fn deadline(&self, engine: &Engine) -> Option<Duration>;
    /// How often, and after what waits, a run that failed for a transient reason is retried.
    fn backoff(&self) -> Backoff;
    /// Whether the charge is refunded when a task fails or is cancelled.
    fn refunds(&self) -> bool {
        true
    }
    /// Whether outside workers do the work, and no worker of ours.
    fn outside(&self) -> bool {
        false
    }
    /// What this machine lacks for it; tasks are refused while anything is missing.
    fn missing(&self) -> Vec<String> {
        Vec::new()
    }
    /// Why it will not take an input, where only its makers can tell: the input has passed every other check.
    fn refusal(&self, _input: &str) -> Option<Refusal> {
        None
    }
    /// Does the work, resuming at the first step that is not recorded.
    ///
    /// # Errors
    /// [`Failure`]; if `job.stop` was cancelled, it does not matter which.
    async fn run(&self, job: &Job) -> Result<Ending, Failure>;
    /// The files in storage that an output of its tasks names and that nothing else shows.
    fn files(&self, _output: &str) -> Vec<String> {
        Vec::new()
    }
    /// Cleans up once this process is done with a claimed task.
    async fn cleanup(&self, _job: &Job) {}
}

/// How a run ended, if it did not fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The work is done; the text is the kind's record of the output.
    Done(String),
    /// It waits for a remote server: no worker holds it until this time.
    Parked(Timestamp),
    /// It waits for its owner, as if they had paused it; the text says why.
    Held(String),
}

/// How a run failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// An error code in capitals.
    pub code: &'static str,
    /// A message for people, without a provider's response body or key.
    pub message: String,
    /// The least time before the next run; `None` if another run cannot help.
    pub again: Option<Duration>,
}

/// Codes of failures that a remote server reported for work that was done, and perhaps billed.
const VERDICTS: [&str; 2] = ["MODEL_FAILED", "MODEL_UNREADABLE"];

impl Failure {
    /// Whether it is kept even if this process is ending: the next worker to claim the task would have the work done, and billed, twice.
    pub(crate) fn survives_shutdown(&self) -> bool {
        self.again.is_none() && VERDICTS.contains(&self.code)
    }
}

/// The kinds that this process knows.
#[derive(Clone, Default)]
pub struct Kinds(BTreeMap<&'static str, Arc<dyn Kind>>);

impl Kinds {
    /// Adds a kind.
    #[must_use]
    pub fn with(mut self, kind: Arc<dyn Kind>) -> Self {
        self.0.insert(kind.name(), kind);
        self
    }

    /// The kind with this name.
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
