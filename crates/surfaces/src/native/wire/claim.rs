//! What outside workers say and are told.

use std::time::Duration;

use domain::study::Level;
use engine::worker::outside::{Beat, Claimed, Done};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Task;

/// What a worker wants to work on.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct NewClaim {
    /// The kind.
    pub(in crate::native) kind: String,
    /// Seconds to wait for a task; up to 30.
    #[serde(default)]
    pub(in crate::native) wait_s: u64,
}

/// A task that was claimed.
#[derive(Serialize, JsonSchema)]
pub(in crate::native) struct Claim {
    /// The task.
    task: Task,
    /// What is to be presented with everything that is said of it.
    epoch: i64,
    /// What is to be done.
    #[schemars(with = "Map<String, Value>")]
    form: Map<String, Value>,
    /// Seconds it is held without a sign of life.
    lease_s: u64,
}

impl Claim {
    pub(in crate::native) fn of(claimed: Claimed) -> Self {
        Self { epoch: claimed.task.epoch, task: Task::of(&claimed.task), form: claimed.form, lease_s: claimed.lease.as_secs() }
    }
}

/// A sign of life.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct Heartbeat {
    /// What came with the claim.
    pub(in crate::native) epoch: i64,
    /// From 0 to 99; it never falls.
    #[serde(default)]
    progress: Option<i64>,
    /// What is being done.
    #[serde(default)]
    step: Option<String>,
    /// A line about it for people.
    #[serde(default)]
    message: Option<String>,
    /// Lines for the task's log, a hundred at most.
    #[serde(default)]
    log: Vec<WorkerLine>,
}

/// A line of a worker's for a task's log.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WorkerLine {
    /// `info`, `warning` or `error`; `info` where absent.
    #[serde(default)]
    level: WorkerLevel,
    /// What it says.
    message: String,
}

/// How bad a line of a log is.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum WorkerLevel {
    #[default]
    Info,
    Warning,
    Error,
}

impl Heartbeat {
    pub(in crate::native) fn beat(self) -> Beat {
        let level = |level| match level {
            WorkerLevel::Info => Level::Info,
            WorkerLevel::Warning => Level::Warning,
            WorkerLevel::Error => Level::Error,
        };
        let lines = self.log.into_iter().map(|line| (level(line.level), line.message)).collect();
        Beat { progress: self.progress, step: self.step, message: self.message, lines }
    }
}

/// How long a task is held from now on.
#[derive(Serialize, JsonSchema)]
pub(in crate::native) struct Lease {
    /// Seconds without a sign of life.
    lease_s: u64,
}

impl Lease {
    pub(in crate::native) fn of(lease: Duration) -> Self {
        Self { lease_s: lease.as_secs() }
    }
}

/// What a worker hands over when it is done.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct Completion {
    /// What came with the claim.
    pub(in crate::native) epoch: i64,
    /// What came of it, for programs.
    #[serde(default)]
    #[schemars(with = "Option<Map<String, Value>>")]
    data: Option<Map<String, Value>>,
    /// What is to be said of it, for people.
    #[serde(default)]
    summary: Option<String>,
    /// The names of its files, which were brought before.
    #[serde(default)]
    files: Vec<String>,
}

impl Completion {
    pub(in crate::native) fn done(self) -> Done {
        Done { data: self.data, summary: self.summary, files: self.files }
    }
}

/// Why a worker could not do it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct WorkerFailure {
    /// What came with the claim.
    pub(in crate::native) epoch: i64,
    /// What went wrong, for the task's owner.
    pub(in crate::native) message: String,
    /// Whether another run may help.
    #[serde(default)]
    pub(in crate::native) retryable: bool,
}
