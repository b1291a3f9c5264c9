//! The surface of `004-studio`: models, tasks that they do, money that can be proven, uploads, the assistant, administration.
//!
//! Where it departs from its document, or says more than it: a registration is HTTP 201 with `status` 200 in the body, as the front end
//! wants it; an account that may not sign in is told so with 403, once its password was right; tokens end everywhere at once.

mod account;
mod admin;
mod assistant;
mod ledger;
mod model;
mod payment;
mod query;
mod routes;
mod task;
mod wire;

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use domain::{
    money::Money,
    order::Status,
    problem::Problem,
    refusal::{Noun, Refusal},
};
use engine::Error;
use engine::api_key::Area;

use crate::{
    docs::Paths,
    http::{self, Dialect, ErrorResponse, Mounted, RequestError, Surface},
};

config::section! {
    /// The studio surface.
    pub Settings {
        /// Seconds a session lasts.
        session_s: config::Seconds<60> = 259_200,
    }
}

/// The words of this surface.
pub(crate) struct Words;

type Refusing = ErrorResponse<Words>;
type Body<T> = http::Body<T, Words>;
type Caller = http::Caller<Words>;
type Key = http::Key<Words>;

/// What a document words otherwise on one route than elsewhere.
fn custom(status: StatusCode, text: &'static str) -> RequestError {
    RequestError::Custom { status, text: text.into() }
}

impl Dialect for Words {
    fn refuse(wrong: &RequestError) -> Response {
        let (status, message) = worded(wrong);
        let body = wire::Failure { status: status.as_u16(), message, data: None, errors: wire::faults(wrong) };
        let mut answer = http::json(status, &body);
        http::retry_after(answer.headers_mut(), wrong);
        answer
    }

    fn token(headers: &HeaderMap) -> Result<&str, RequestError> {
        let missing_token = |text| custom(StatusCode::UNAUTHORIZED, text);
        if !headers.contains_key(header::AUTHORIZATION) {
            return Err(missing_token("authorization header is required"));
        }
        http::bearer(headers).filter(|token| !token.is_empty()).ok_or(missing_token("bearer token not found"))
    }
}

fn worded(wrong: &RequestError) -> (StatusCode, String) {
    let reply = |status, text: &str| (status, text.to_owned());
    match wrong {
        RequestError::Engine(Error::Refused(refusal)) => refused(refusal),
        RequestError::Engine(Error::Fault(_)) => {
            let (status, _) = http::usual(wrong);
            let busy = status == StatusCode::SERVICE_UNAVAILABLE;
            reply(status, if busy { "Service unavailable, please retry" } else { "Internal server error" })
        }
        RequestError::Custom { status, text } => (*status, text.clone().into_owned()),
        RequestError::Body { field, problem } => (StatusCode::BAD_REQUEST, invalid(field, problem)),
        RequestError::Query { field: "page" } => reply(StatusCode::BAD_REQUEST, "Invalid page number"),
        RequestError::Query { field: "limit" | "page_size" } => reply(StatusCode::BAD_REQUEST, "Invalid limit number"),
        RequestError::Query { field: field @ ("created_after" | "created_before" | "start_time" | "end_time") } => {
            (StatusCode::BAD_REQUEST, format!("Invalid {field} parameter format"))
        }
        RequestError::Query { field: "Idempotency-Key" } => {
            reply(StatusCode::BAD_REQUEST, "Idempotency-Key must be 1 to 255 visible characters")
        }
        RequestError::Query { field } => (StatusCode::BAD_REQUEST, format!("Invalid {field} parameter")),
        RequestError::TooLarge => reply(StatusCode::PAYLOAD_TOO_LARGE, "Request body too large"),
        RequestError::TooSlow => reply(StatusCode::REQUEST_TIMEOUT, "Request body took too long"),
        RequestError::Compressed => reply(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Compressed request bodies are not accepted"),
        RequestError::NoRoute => reply(StatusCode::NOT_FOUND, "Not found"),
        RequestError::NoMethod => reply(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"),
        RequestError::ForeignOrigin => reply(StatusCode::FORBIDDEN, "Origin not allowed"),
        RequestError::TooManySockets => reply(StatusCode::TOO_MANY_REQUESTS, "Too many connections"),
        RequestError::NoUpgrade => reply(StatusCode::UPGRADE_REQUIRED, "WebSocket expected"),
        RequestError::Panicked => reply(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"),
    }
}

/// The original's text, and what it is about: pages show this line and nothing else.
fn invalid(field: &str, problem: &str) -> String {
    match field {
        "" | "." => format!("Invalid request parameters: {problem}"),
        field => format!("Invalid request parameters: {field}: {problem}"),
    }
}

fn refused(refusal: &Refusal) -> (StatusCode, String) {
    let reply = |status, text: &str| (status, text.to_owned());
    match refusal {
        Refusal::Unauthorized => reply(StatusCode::UNAUTHORIZED, "Invalid or expired token"),
        Refusal::SessionEnded => reply(StatusCode::UNAUTHORIZED, "Token has been revoked"),
        Refusal::Deactivated => reply(StatusCode::FORBIDDEN, "account is deactivated"),
        Refusal::WrongCredentials => reply(StatusCode::UNAUTHORIZED, "Invalid username or password"),
        Refusal::SecondFactor => reply(
            StatusCode::UNAUTHORIZED,
            "this account asks for a second factor: type the six digits of your authenticator right after your password",
        ),
        Refusal::WrongSecondFactor => reply(StatusCode::UNAUTHORIZED, "the code of the authenticator is wrong or used"),
        Refusal::StaffElsewhere => reply(StatusCode::FORBIDDEN, "administrators sign in by the identity provider"),
        Refusal::SecondFactorState(_) => reply(StatusCode::CONFLICT, "not with this second factor"),
        Refusal::StepUp => reply(StatusCode::FORBIDDEN, "prove again who you are first"),
        Refusal::Taken { field: "template" } => reply(StatusCode::CONFLICT, "template with this name already exists"),
        Refusal::Taken { field: "code" } => reply(StatusCode::CONFLICT, "prompt with this code already exists"),
        Refusal::Taken { .. } => reply(StatusCode::CONFLICT, "user with this username already exists"),
        Refusal::TooOften(limit) | Refusal::SentTooOften(limit) => {
            (StatusCode::TOO_MANY_REQUESTS, format!("too many requests, try again in {} seconds", limit.retry_after_s))
        }
        Refusal::Invalid { field: "model_id", problem: Problem::Missing } => reply(StatusCode::BAD_REQUEST, "model_id is required"),
        Refusal::Invalid { field: "prompt", problem: Problem::Missing } => reply(StatusCode::BAD_REQUEST, "prompt is required for custom"),
        Refusal::Invalid { field: "prompt", problem: Problem::TooLong(most) } => {
            (StatusCode::BAD_REQUEST, format!("prompt must be at most {most} characters"))
        }
        Refusal::Invalid { field: "amount", problem: Problem::OutOfBounds { least, most } } => (
            StatusCode::BAD_REQUEST,
            format!("amount must be from {} to {}, in whole fen", Money(*least).with_fen(), Money(*most).with_fen()),
        ),
        Refusal::Invalid { field: "return_url", .. } => reply(StatusCode::BAD_REQUEST, "Invalid return_url"),
        Refusal::Invalid { problem: Problem::Because(wrong), .. } => (StatusCode::BAD_REQUEST, wrong.clone()),
        Refusal::Invalid { field, problem } => (StatusCode::BAD_REQUEST, invalid(wire::published(field), &problem.to_string())),
        Refusal::Forbidden => reply(StatusCode::FORBIDDEN, "Forbidden: Admins only"),
        Refusal::NotFound(noun) => reply(StatusCode::NOT_FOUND, missing(*noun)),
        Refusal::Unaffordable { .. } => reply(StatusCode::BAD_REQUEST, "insufficient balance"),
        Refusal::WrongVerification
        | Refusal::ExpiredVerification
        | Refusal::UnusableCode
        | Refusal::TaskEnded(_)
        | Refusal::TaskUnfinished(_)
        | Refusal::TaskState(_) => reply(StatusCode::BAD_REQUEST, "Invalid request parameters"),
        Refusal::KeyScope(Some(scope)) => (StatusCode::FORBIDDEN, format!("Forbidden: the API key needs {scope}")),
        Refusal::KeyScope(None) => reply(StatusCode::FORBIDDEN, "Forbidden: not with an API key"),
        Refusal::KeySpent => reply(StatusCode::FORBIDDEN, "Forbidden: the API key has spent what it may in a day"),
        Refusal::NotOwner => reply(StatusCode::FORBIDDEN, "Forbidden: not the owner of the task"),
        Refusal::OwnAccount => reply(StatusCode::FORBIDDEN, "Forbidden: not on your own account"),
        Refusal::Stale => reply(StatusCode::CONFLICT, "data has been modified by another user, please refresh and try again"),
        Refusal::KeyReused => reply(StatusCode::CONFLICT, "Idempotency-Key was used for another request"),
        Refusal::UnusableModel => reply(StatusCode::BAD_REQUEST, "model is not available"),
        Refusal::MethodOff => reply(StatusCode::BAD_REQUEST, "payment method is disabled"),
        Refusal::TooManyOrders(most) => {
            (StatusCode::BAD_REQUEST, format!("{most} orders wait to be paid, pay or wait for them to expire first"))
        }
        Refusal::OrderState(Status::Paid) => reply(StatusCode::BAD_REQUEST, "Order already paid"),
        Refusal::OrderState(Status::Cancelled) => reply(StatusCode::BAD_REQUEST, "Order has been cancelled"),
        Refusal::OrderState(Status::Pending | Status::Expired) => reply(StatusCode::BAD_REQUEST, "Only pending orders can be completed"),
        Refusal::UnusablePicture => {
            reply(StatusCode::BAD_REQUEST, "The image cannot be fetched, or is not a PNG, JPEG, WebP or GIF of at most 20 MiB")
        }
        Refusal::UnknownTemplate(name) => {
            (StatusCode::BAD_REQUEST, format!("Template '{name}' not recognized or not installed on this server"))
        }
        Refusal::Upstream => reply(StatusCode::BAD_GATEWAY, "The upstream service failed, please retry later"),
        Refusal::Undeliverable | Refusal::Unavailable { .. } => reply(StatusCode::SERVICE_UNAVAILABLE, "Service unavailable, please retry"),
        // What no route of this document leads to.
        Refusal::TooManyTasks(_)
        | Refusal::LeaseLost
        | Refusal::TooManyKeys(_)
        | Refusal::TooManyWebhooks(_)
        | Refusal::TooManyBulks(_)
        | Refusal::BulkEnded
        | Refusal::WebhookOff
        | Refusal::UnusableTicket
        | Refusal::AlreadyVerified
        | Refusal::NoCampus { .. }
        | Refusal::CampusRefused { .. } => reply(StatusCode::BAD_REQUEST, "Invalid request"),
    }
}

/// What is not there.
fn missing(noun: Noun) -> &'static str {
    match noun {
        Noun::Task => "Task not found",
        Noun::Account => "User not found",
        Noun::Model => "Model not found",
        Noun::Order => "Order not found",
        Noun::Method => "Payment config not found",
        Noun::Template => "Template not found",
        Noun::Prompt => "Prompt not found",
        Noun::Batch
        | Noun::WorkerToken
        | Noun::Key
        | Noun::Session
        | Noun::Queue
        | Noun::Webhook
        | Noun::Delivery
        | Noun::IdentityProvider
        | Noun::Identity
        | Noun::Bulk => "Not found",
    }
}

/// An administrator who is calling.
type Administrator = http::Administrator<Caller>;

/// The surface as the configuration names it.
pub const SURFACE: Surface = Surface {
    name: "studio",
    companions: &["uploads", "sandbox", "media"],
    docs: Some(Paths::USUAL),
    areas: &[
        ("/api/v1/auth/user", Area::Account),
        ("/api/v1/models", Area::Models),
        ("/api/v1/tasks", Area::Tasks),
        ("/api/v1/payment", Area::Orders),
        ("/api/v1/common/upload", Area::Uploads),
        ("/api/v1/ai-assistant/analyze", Area::Tasks),
        ("/api/v1/ai-assistant", Area::Models),
        ("/api/v1/admin/users", Area::Users),
        ("/api/v1/admin/audit", Area::Users),
        ("/api/v1/admin/transactions", Area::Users),
        ("/api/v1/admin/payment", Area::Settings),
        ("/api/v1/admin/orders", Area::Orders),
    ],
    build: || Mounted::documented::<Words>(&["/api/v1/", "/"], routes::api()),
};
