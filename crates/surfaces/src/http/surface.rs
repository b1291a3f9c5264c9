//! A surface as a listener mounts it, and what the two tell each other.

use aide::openapi::OpenApi;
use axum::{
    Router,
    http::{HeaderMap, Method, Uri},
    response::Response,
    routing::MethodRouter,
};
use domain::window::Rule;
use engine::{
    api_key::{Area, Right, Scope},
    letter::Language,
};

use super::{App, Dialect, RequestError};
use crate::{Settings, docs::Paths};

/// A surface, as the configuration names it.
pub struct Surface {
    /// Its name.
    pub name: &'static str,
    /// The surfaces to which its answers lead: they stand beside it where nobody mounted them elsewhere.
    pub companions: &'static [&'static str],
    /// Where its documentation pages are; none where it has none.
    pub docs: Option<Paths>,
    /// The areas of its paths, by their beginnings, of which the longest counts: what an API key must be given for them. A beginning that
    /// ends in a slash is only of what stands below it. What stands under none is not for keys.
    pub areas: &'static [(&'static str, Area)],
    /// Makes it, as a listener mounts it.
    pub build: fn() -> Mounted,
}

/// The areas of a surface's paths, for whoever asks with an API key.
#[derive(Debug, Clone, Copy)]
pub struct Areas(pub &'static [(&'static str, Area)]);

impl Areas {
    /// The scope that a key needs for a request; none where no key may make it.
    #[must_use]
    pub fn needed(&self, method: &Method, path: &str) -> Option<Scope> {
        let below =
            |prefix: &str, rest: &str| if prefix.ends_with('/') { !rest.is_empty() } else { rest.is_empty() || rest.starts_with('/') };
        let under = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| below(prefix, rest));
        let (_, area) = self.0.iter().filter(|(prefix, _)| under(prefix)).max_by_key(|(prefix, _)| prefix.len())?;
        let right = if matches!(*method, Method::GET | Method::HEAD) { Right::Read } else { Right::Write };
        Some(Scope::Of(*area, right))
    }
}

/// A surface as a listener mounts it.
pub struct Mounted {
    /// The paths it answers for, longest match first where several are mounted.
    pub prefixes: &'static [&'static str],
    /// Every path it claims, for finding two that claim the same.
    pub claims: Vec<String>,
    /// Its routes.
    pub router: Router<App>,
    /// How it words what is wrong.
    pub refuse: fn(&RequestError) -> Response,
    /// What its documentation pages show; none where it has none.
    pub docs: Option<OpenApi>,
    /// What it wants of its listener beside that.
    pub options: SurfaceOptions,
}

impl Mounted {
    /// A surface with a document: it claims every path of the document and refuses in the words of `D`.
    #[must_use]
    pub fn documented<D: Dialect>(prefixes: &'static [&'static str], (router, open): (Router<App>, OpenApi)) -> Self {
        let router = router.method_not_allowed_fallback(|| async { D::refuse(&RequestError::NoMethod) });
        let claims = crate::docs::paths(&open);
        Self { prefixes, claims, router, refuse: D::refuse, docs: Some(open), options: SurfaceOptions::default() }
    }

    /// It with a socket, which no OpenAPI text knows, at a path.
    #[must_use]
    pub fn socket(mut self, path: &str, handler: MethodRouter<App>) -> Self {
        self.claims.push(path.to_owned());
        self.router = self.router.route(path, handler);
        self
    }

    /// It with what it wants of its listener.
    #[must_use]
    pub fn with(self, options: SurfaceOptions) -> Self {
        Self { options, ..self }
    }
}

/// What a surface wants of its listener.
#[derive(Clone, Copy, Default)]
pub struct SurfaceOptions {
    /// How many requests of one account it takes, or of one network without a token; any number where it does not say.
    pub requests: Option<fn(&Settings) -> Rule>,
    /// What it says of its health, given whether the database answers; several on one listener say it together.
    pub health: Option<Health>,
    /// Whether a path that ends in a slash leads to the one without.
    pub slashes: bool,
    /// What it answers to a request that no prefix of another surface claims, where it is one for its pages.
    pub pages: Option<Pages>,
}

/// A page for an address, where it is one that a browser goes to.
pub type Pages = fn(&Method, &Uri, &HeaderMap) -> Option<Response>;

/// What a surface says of its health, given whether the database answers: names and words.
pub type Health = fn(bool) -> Vec<(&'static str, &'static str)>;

/// What a surface says of itself when it is not well.
pub const ILL: &str = "unhealthy";

/// Where all surfaces of a listener tell of their health. Several documents have this path, so no surface claims it for itself.
pub const HEALTH: &str = "/api/health";

/// What is known of the request that is being answered, for those whose envelope tells of it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Its id.
    pub id: String,
    /// The language of whoever asks.
    pub language: Language,
}

tokio::task_local! {
    /// The request that is being answered.
    pub static ASKED: Asked;
}

/// The id of the request that is being answered.
#[must_use]
pub fn request_id() -> String {
    ASKED.try_with(|asked| asked.id.clone()).unwrap_or_default()
}

/// The language of whoever asks.
#[must_use]
pub fn language() -> Language {
    ASKED.try_with(|asked| asked.language).unwrap_or(Language::Chinese)
}
