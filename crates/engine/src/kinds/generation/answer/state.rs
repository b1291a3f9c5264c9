//! What an answer says about the state of a job.

use serde_json::Value;

use super::path::{at, text};
use crate::model::Parameters;

/// The paths of a job's status, innermost first: the status of an envelope says only that the request was answered.
const STATUS_PATHS: [&str; 9] = [
    "data.task.status",
    "data.status",
    "data.task_status",
    "data.state",
    "output.task_status",
    "task.status",
    "status",
    "task_status",
    "state",
];
const SUCCESS: [&str; 6] = ["TASK_STATUS_SUCCEED", "SUCCEED", "SUCCESS", "COMPLETED", "SUCCEEDED", "DONE"];
const FAILURE: [&str; 6] = ["TASK_STATUS_FAILED", "FAILED", "ERROR", "FAILURE", "REFUND_NOTE_CANCELLED", "CANCELED"];

/// What the status in an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JobState {
    /// The job succeeded.
    Success,
    /// The job failed.
    Failure,
    /// Any other status: the job has not ended.
    Other,
    /// There is no status.
    None,
}

pub(super) fn job_state(value: &Value, parameters: &Parameters) -> JobState {
    let words = words(value, parameters);
    match words.first() {
        // A failure counts at whatever path it is found.
        Some(_) if words.iter().any(|word| says(word, parameters, "failure", &FAILURE)) => JobState::Failure,
        Some(word) if says(word, parameters, "success", &SUCCESS) => JobState::Success,
        Some(_) => JobState::Other,
        None => JobState::None,
    }
}

fn says(word: &str, parameters: &Parameters, name: &str, usual: &[&str]) -> bool {
    match parameters.response(name) {
        Some(words) => words.split('|').any(|one| one.trim().eq_ignore_ascii_case(word)),
        None => usual.iter().any(|one| one.eq_ignore_ascii_case(word)),
    }
}

fn words(value: &Value, parameters: &Parameters) -> Vec<String> {
    match parameters.response("status_path") {
        Some(path) => at(value, &path).and_then(text).into_iter().collect(),
        // A number next to a message is an envelope's code, not a job's status.
        None => STATUS_PATHS.into_iter().filter_map(|path| at(value, path).and_then(Value::as_str)).map(str::to_owned).collect(),
    }
}
