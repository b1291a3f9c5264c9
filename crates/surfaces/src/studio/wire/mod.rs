//! The words of the studio document on the wire, and how the core's values become them: what all chapters share, and a file for each.

mod account;
mod admin;
mod assistant;
mod model;
mod payment;
mod task;

use axum::Json;
use domain::{account::Role, money::Money, problem::Problem, refusal::Refusal, time::Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::http::{self, RequestError};

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
    http::text(&Answer { status: 200, message, data })
}

/// Every error.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Failure {
    pub(super) status: u16,
    pub(super) message: String,
    pub(super) data: Option<()>,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) errors: Option<Vec<FieldFault>>,
}

/// What is wrong with one field.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FieldFault {
    /// Its path in the body, or its name in the query.
    field: String,
    /// What is wrong, in English.
    message: String,
    /// What it should have been, where that can be said.
    expected: Option<String>,
    /// What sort of value stood there; never the value itself.
    received: Option<String>,
}

/// What a field of the engine's is called in the document.
pub(in crate::studio) fn published(field: &'static str) -> &'static str {
    if field == "credit_limit" { "creditLimit" } else { field }
}

/// The fields that are wrong.
pub(super) fn faults(wrong: &RequestError) -> Option<Vec<FieldFault>> {
    let fault = |field: &str, message: String, expected: Option<String>, received: Option<String>| {
        Some(vec![FieldFault { field: field.to_owned(), message, expected, received }])
    };
    match wrong {
        RequestError::Body { field, problem } => {
            let expected = problem.split_once("expected ").map(|(_, expected)| expected.to_owned());
            fault(field, problem.clone(), expected, None)
        }
        RequestError::Query { field } => fault(field, "not a value it may have".to_owned(), None, None),
        RequestError::Engine(engine::Error::Refused(Refusal::Invalid { field, problem })) => {
            let expected = match problem {
                Problem::Missing => Some("a value".to_owned()),
                Problem::TooLong(most) => Some(format!("at most {most}")),
                Problem::TooShort(least) => Some(format!("at least {least} characters")),
                Problem::OutOfBounds { least, most } => Some(format!("{least} to {most}")),
                Problem::Malformed | Problem::TooCommon | Problem::Unspoken { .. } | Problem::Because(_) => None,
            };
            let received = matches!(problem, Problem::Missing).then(|| "nothing".to_owned());
            fault(published(field), problem.to_string(), expected, received)
        }
        _ => None,
    }
}

/// The document knows two roles.
fn role(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Admin | Role::SuperAdmin => "admin",
    }
}

/// An amount as the document's number of yuan: `100.00`, never through a float and never with an exponent.
#[derive(Debug, Clone, Copy)]
struct Yuan(Money);

impl Serialize for Yuan {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = serde_json::value::RawValue::from_string(self.0.with_fen());
        text.map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl JsonSchema for Yuan {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Yuan".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number" })
    }
}

fn yuan(micros: i64) -> Yuan {
    Yuan(Money(micros))
}

/// A time with the milliseconds that transactions have.
fn precise_time(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.0).map(|at| at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()).unwrap_or_default()
}

fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.seconds()).map(|at| at.to_string()).unwrap_or_default()
}
