//! The words of the studio document on the wire, and how the core's values become them: what all chapters share, and a file for each.

mod account;
mod admin;
mod assistant;
mod model;
mod payment;
mod task;

use axum::Json;
use domain::{account::Role, time::Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::speak::{self, FieldError};

pub(super) use self::{account::*, admin::*, assistant::*, model::*, payment::*, task::*};

/// Every success. `status` is 200 also where HTTP says 201: the front end throws on any other.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Answer<T> {
    status: u16,
    message: &'static str,
    data: T,
}

pub(super) fn answer<T>(message: &'static str, data: T) -> Json<Answer<T>> {
    Json(Answer { status: 200, message, data })
}

/// An answer as text, for what is kept under an idempotency key.
pub(super) fn text<T: Serialize>(message: &'static str, data: T) -> String {
    speak::text(&Answer { status: 200, message, data })
}

/// Every error.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Failure {
    pub(super) status: u16,
    pub(super) message: String,
    pub(super) data: Option<()>,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) errors: Option<Vec<FieldError>>,
}

/// The document knows two roles.
fn role(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Admin | Role::SuperAdmin => "admin",
    }
}

/// Micro-yuan as the document's number of yuan. The nearest float of six decimals is written with those six at most.
fn yuan(micros: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "an amount of money is far below 2^53 micro-yuan, and only shown here")]
    let amount = micros as f64 / 1_000_000.0;
    amount
}

/// A time with the milliseconds that transactions have.
fn precise_time(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.0).map(|at| at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()).unwrap_or_default()
}

fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.seconds()).map(|at| at.to_string()).unwrap_or_default()
}
