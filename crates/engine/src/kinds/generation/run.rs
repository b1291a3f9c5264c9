//! One pass over a generation task: submit the work to the model's server, or poll the job there, or fetch its result.
//!
//! The call is recorded before it is made, so that after a crash it is repeated with the same idempotency key; the id of the server's
//! job is recorded as soon as it is known. While the server works, the task is parked and no worker holds it. A server that does not
//! answer has decided nothing: the task has neither succeeded nor failed.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use domain::id::ModelId;
use ports::fault::Fault as Trouble;

use super::{
    answer::{self, Meaning},
    call::{poll, record_call, submit},
    fetch::{PRODUCT, fetch, record_and_fetch},
    load_run_data,
    outcome::{broken, failure, park_until_next_poll},
};
use crate::worker::{Ending, Failure, Job};

pub(super) async fn run(job: &Job) -> Result<Ending, Failure> {
    if let Some(record) = job.recorded(PRODUCT).await? {
        let product = serde_json::from_str(&record).map_err(|_| failure("STORAGE", "a step's record cannot be read"))?;
        let (generation, model, _) = load_run_data(job).await.map_err(|error| broken(&error))?;
        return fetch(job, &model, product, generation.call.map_or(job.task.updated_at, |call| call.sent_at)).await;
    }
    let (generation, model, parameters) = load_run_data(job).await.map_err(|error| broken(&error))?;
    let call = match generation.call.filter(|call| call.attempt == job.task.attempt) {
        Some(call) => call,
        None => record_call(job).await?,
    };
    let settings = &job.engine.settings.studio;
    let meaning = match &call.remote {
        Some(id) => match poll(job, &model, &parameters, id).await {
            Ok(reply) => answer::interpret_poll(&reply, &parameters),
            Err(Trouble::Stopped) => return Err(failure("STOPPED", "stopped")),
            Err(trouble) => {
                tracing::info!(task = job.task.id.0, %trouble, "a model's server does not say how a job goes");
                Meaning::Unclear
            }
        },
        None => {
            // A server that hangs takes up its share of the slots, and no more.
            let Some(_slot) = job.engine.calls.enter(model.id, job.engine.settings.studio.concurrency.div_ceil(4)) else {
                return Ok(Ending::Parked(job.engine.now().plus(settings.poll)));
            };
            answer::interpret_submission(&submit(job, &model, &parameters, &call).await?, &parameters)
        }
    };
    match meaning {
        Meaning::Done(product) => record_and_fetch(job, &model, product, call.sent_at).await,
        Meaning::Accepted(id) => {
            job.record_remote_id(&call.key, &id).await?;
            Ok(Ending::Parked(job.engine.now().plus(settings.poll)))
        }
        Meaning::Failed { reason, lasting } => {
            job.clear_call().await?;
            Err(Failure { code: "MODEL_FAILED", message: reason, again: (!lasting).then_some(Duration::ZERO) })
        }
        // The outcome is final and the work was billed: it is never retried automatically.
        Meaning::Unreadable => Err(failure("MODEL_UNREADABLE", "the model's server did the work and answered what cannot be read")),
        Meaning::Unclear if call.remote.is_none() => Err(Failure {
            code: "MODEL_UNCLEAR",
            message: "the model's server answered what cannot be understood".to_owned(),
            again: Some(Duration::ZERO),
        }),
        Meaning::Working | Meaning::Unclear => park_until_next_poll(job, call.sent_at),
    }
}

/// How many calls to each model's server are under way in this process.
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<HashMap<ModelId, usize>>);

impl Calls {
    fn enter(&self, model: ModelId, most: usize) -> Option<Slot<'_>> {
        let mut calls = self.0.lock().expect("no holder of this lock panics");
        let under_way = calls.entry(model).or_default();
        if *under_way >= most {
            return None;
        }
        *under_way += 1;
        Some(Slot { calls: self, model })
    }
}

/// One call that is under way.
struct Slot<'c> {
    calls: &'c Calls,
    model: ModelId,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if let Some(under_way) = self.calls.0.lock().expect("no holder of this lock panics").get_mut(&self.model) {
            *under_way = under_way.saturating_sub(1);
        }
    }
}
