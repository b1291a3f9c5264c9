//! Messages of the socket.

use domain::{
    event::Snapshot,
    task::{State, Task},
};
use engine::{Engine, Error};
use serde::Serialize;

use super::{Cause, Film, cause, current_step, status, task_id};

/// What a socket says.
#[derive(Debug, Serialize)]
pub(in crate::anime) struct Message {
    #[serde(rename = "type")]
    kind: &'static str,
    data: MessageData,
}

#[derive(Debug, Serialize)]
struct MessageData {
    task_id: String,
    status: &'static str,
    progress: i64,
    current_step: Option<String>,
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Film>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled: Option<bool>,
}

impl Message {
    /// How far a task is.
    pub(in crate::anime) fn progress(snapshot: &Snapshot) -> Self {
        let waiting = status(snapshot.state) == "pending";
        let message = snapshot.message.clone().or_else(|| Some(if waiting { "等待处理" } else { "处理中" }.to_owned()));
        let data = MessageData {
            task_id: format!("task_{}", snapshot.task),
            status: status(snapshot.state),
            progress: snapshot.progress,
            current_step: snapshot.step.clone(),
            message,
            result: None,
            error: None,
            cancelled: None,
        };
        Self { kind: "progress", data }
    }

    /// How a task ended.
    pub(in crate::anime) fn ended(engine: &Engine, task: &Task) -> Result<Self, Error> {
        let done = task.state == State::Succeeded;
        let error = cause(task.state, task.error.as_ref());
        let message = if done { Some("视频生成完成".to_owned()) } else { error.as_ref().map(|error| error.message.clone()) };
        let data = MessageData {
            task_id: task_id(task.id),
            status: status(task.state),
            progress: task.progress,
            current_step: current_step(task.state, task.step.as_ref()),
            message,
            result: Film::of(engine, task)?,
            error,
            cancelled: (task.state == State::Cancelled).then_some(true),
        };
        Ok(Self { kind: if done { "completed" } else { "failed" }, data })
    }
}
