//! How a look at a task ends: it is parked until the next poll, or it fails in words that its owner may read.

use std::time::Duration;

use domain::time::Timestamp;

use crate::{
    settings::Studio,
    worker::{Ending, Failure, Job},
};

/// The longest wait between two polls.
pub(crate) const MAX_POLL_INTERVAL: Duration = Duration::from_secs(600);

/// Parks the task until the job is polled next: often at first, then less and less often, until `settle` has passed and it fails.
pub(super) fn park_until_next_poll(job: &Job, sent_at: Timestamp) -> Result<Ending, Failure> {
    let settings = &job.engine.settings.studio;
    let now = job.engine.now();
    let age = now.since(sent_at);
    if age >= settings.settle {
        return Err(failure("MODEL_SILENT", "the model's server gave no result in time"));
    }
    Ok(Ending::Parked(now.plus(wait(settings, age))))
}

fn wait(settings: &Studio, age: Duration) -> Duration {
    if age < settings.window { settings.poll } else { (age / 30).clamp(settings.poll, MAX_POLL_INTERVAL.max(settings.poll)) }
}

/// What a user is told if a file cannot be stored; the cause and the location are only logged, for the operator.
pub(super) fn storage_failure(job: &Job, why: &dyn std::fmt::Display, rest: Duration) -> Failure {
    tracing::error!(task = job.task.id.0, %why, "a result cannot be stored");
    Failure { code: "STORAGE", message: "the result cannot be stored just now".to_owned(), again: Some(rest) }
}

pub(super) fn failure(code: &'static str, message: &str) -> Failure {
    Failure { code, message: message.to_owned(), again: None }
}

pub(super) fn broken(error: &crate::Error) -> Failure {
    Failure { code: "STORAGE", message: error.to_string(), again: Some(Duration::from_secs(1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_asked_about_often_at_first_and_then_rarely() {
        let settings = crate::settings::Settings::default().studio;
        let waits: Vec<_> = [0, 60, 1799, 1800, 7200, 86_000].map(|age| wait(&settings, Duration::from_secs(age)).as_secs()).to_vec();
        assert_eq!(waits, [5, 5, 5, 60, 240, 600]);
    }
}
