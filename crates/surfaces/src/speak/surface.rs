//! A surface as a listener mounts it, and what the two tell each other.

use axum::response::Response;
use domain::window::Rule;

use super::{App, Options, RequestError};

/// A surface as a listener mounts it.
pub struct Surface {
    /// Its name, as in the configuration.
    pub name: &'static str,
    /// The paths it answers for, longest match first where several are mounted.
    pub prefixes: &'static [&'static str],
    /// Every path it claims, for finding two that claim the same.
    pub claims: Vec<String>,
    /// Its routes.
    pub router: axum::Router<App>,
    /// How it words what is wrong.
    pub refuse: fn(&RequestError) -> Response,
    /// What its documentation pages show, and where they are; none where it has none.
    pub docs: Option<(crate::docs::Paths, aide::openapi::OpenApi)>,
    /// What it wants of its listener beside that.
    pub manners: SurfaceOptions,
}

/// What a surface wants of its listener.
#[derive(Clone, Copy, Default)]
pub struct SurfaceOptions {
    /// How many requests of one account it takes, or of one network without a token; any number where it does not say.
    pub requests: Option<fn(&Options) -> Rule>,
    /// What it says of its health, given whether the database answers; several on one listener say it together.
    pub health: Option<Health>,
    /// Whether a path that ends in a slash leads to the one without.
    pub slashes: bool,
}

/// What a surface says of its health, given whether the database answers: names and words.
pub type Health = fn(bool) -> Vec<(&'static str, &'static str)>;

/// What a surface says of itself when it is not well.
pub const ILL: &str = "unhealthy";

/// Where all surfaces of a listener tell of their health.
pub const HEALTH: &str = "/api/health";

tokio::task_local! {
    /// The id of the request that is being answered.
    pub static REQUEST_ID: String;
}

/// The id of the request that is being answered, for those whose envelope names it.
#[must_use]
pub fn request_id() -> String {
    REQUEST_ID.try_with(Clone::clone).unwrap_or_default()
}
