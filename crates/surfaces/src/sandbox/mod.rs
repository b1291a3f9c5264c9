//! The stand-ins of development, which production does not mount: a payment gateway where one clicks, a model that draws, and a campus.
//!
//! They speak the protocols of other people's servers (docs/protocols.md), so they answer in those servers' words.

mod campus;
mod gateway;
mod model;
mod page;

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};

use crate::http::{self, Mounted, RequestError, Surface, SurfaceOptions};

/// The surface as the configuration names it.
pub const SURFACE: Surface = Surface { name: "sandbox", companions: &[], docs: None, areas: &[], build };

/// The surface as a listener mounts it.
fn build() -> Mounted {
    let router = Router::new()
        .route("/sandbox/epay/submit.php", get(gateway::submit).post(gateway::submit))
        .route("/sandbox/epay/mapi.php", post(gateway::mapi))
        .route("/sandbox/epay/api.php", get(gateway::api))
        .route("/sandbox/epay/pay/{trade}", get(gateway::cashier).post(gateway::decide))
        .route("/sandbox/campus", get(campus::door))
        .route("/sandbox/campus/{name}", get(campus::shelf))
        .route("/sandbox/campus/{name}/{id}", get(campus::course))
        .route("/sandbox/campus/sound/{id}", get(campus::sound))
        .route("/sandbox/campus/api/sign-in", post(campus::sign_in))
        .route("/sandbox/campus/api/courses", get(campus::courses))
        .route("/sandbox/campus/api/courses/{id}", get(campus::items))
        .route("/sandbox/campus/api/items/{id}", get(campus::read))
        .route("/sandbox/campus/api/items/{id}/media", get(campus::media))
        .route("/sandbox/style.css", get(page::style))
        .route("/sandbox/model/tasks", post(model::submit))
        .route("/sandbox/model/tasks/{id}", get(model::task))
        .route("/sandbox/model/required/tasks", post(model::submit))
        .route("/sandbox/model/required/tasks/{id}", get(model::task))
        .route("/sandbox/model/files/{name}", get(model::file));
    Mounted {
        prefixes: &["/sandbox/"],
        claims: vec!["/sandbox/*".to_owned()],
        router,
        refuse,
        docs: None,
        options: SurfaceOptions::default(),
    }
}

fn refuse(wrong: &RequestError) -> Response {
    let (status, text) = http::usual(wrong);
    let status = if matches!(wrong, RequestError::NoRoute) { StatusCode::NOT_FOUND } else { status };
    (status, text).into_response()
}
