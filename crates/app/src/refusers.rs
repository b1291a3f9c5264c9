//! Which surface answers for a path that nobody claims, and for a request that went wrong before or behind its handler.

use std::sync::Arc;

use axum::{
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};
use surfaces::http::{RequestError, SurfaceOptions};

/// How each surface of a listener refuses, by the prefixes it answers for.
#[derive(Clone)]
pub(crate) struct Refusers(Arc<Vec<Refuser>>);

/// A prefix of one surface.
#[derive(Clone, Copy)]
pub(crate) struct Refuser {
    /// What paths begin with.
    pub(crate) prefix: &'static str,
    /// How it words what is wrong.
    pub(crate) refuse: fn(&RequestError) -> Response,
    /// What it wants of its listener.
    pub(crate) options: SurfaceOptions,
}

impl Refusers {
    /// Of these prefixes, in the order in which their surfaces are mounted.
    pub(crate) fn new(refusers: Vec<Refuser>) -> Self {
        Self(Arc::new(refusers))
    }

    /// The surface with the longest prefix that fits, or the first one mounted.
    fn of(&self, path: &str) -> Option<&Refuser> {
        // Of equals `max_by_key` takes the last; the first one mounted is wanted.
        let fits = self.0.iter().rev().filter(|one| path.starts_with(one.prefix)).max_by_key(|one| one.prefix.len());
        fits.or_else(|| self.0.first())
    }

    /// Words what is wrong with a request for a path.
    pub(crate) fn refuse(&self, path: &str, wrong: &RequestError) -> Response {
        self.of(path).map_or_else(|| StatusCode::NOT_FOUND.into_response(), |one| (one.refuse)(wrong))
    }

    /// The answer to a request for a path that nobody claims.
    pub(crate) fn unknown(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
        if let Some(page) = self.page(method, uri, headers) {
            return page;
        }
        match self.without_slash(uri) {
            Some(to) => Redirect::temporary(&to).into_response(),
            None => self.refuse(uri.path(), &RequestError::NoRoute),
        }
    }

    /// A page, where a surface of this listener has pages and no other one answers for what the path begins with.
    fn page(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
        let pages = self.0.iter().find_map(|one| one.options.pages)?;
        let below = |prefix: &str| {
            let prefix = prefix.trim_end_matches('/');
            !prefix.is_empty() && uri.path().strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let claimed = self.0.iter().any(|one| below(one.prefix));
        if claimed { None } else { pages(method, uri, headers) }
    }

    /// The same address without the slash at its end, where its surface wants that. Never one that a browser takes for another host.
    fn without_slash(&self, uri: &Uri) -> Option<String> {
        let path = uri.path();
        let plain = path.strip_suffix('/').filter(|plain| !plain.is_empty() && !plain.contains("//") && !plain.contains('\\'))?;
        let wants = self.of(path).is_some_and(|one| path.starts_with(one.prefix) && one.options.slashes);
        let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
        wants.then(|| format!("{plain}{query}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_leads_away_within_its_surface_and_never_to_another_host() {
        let options = SurfaceOptions { slashes: true, ..SurfaceOptions::default() };
        let refuse: fn(&RequestError) -> Response = |_| StatusCode::NOT_FOUND.into_response();
        let refusers = Refusers(Arc::new(vec![Refuser { prefix: "/api/", refuse, options }]));
        let to = |path: &str| refusers.without_slash(&path.parse().unwrap());
        assert_eq!(to("/api/tasks/?page=2").as_deref(), Some("/api/tasks?page=2"));
        for stays in ["/api/tasks", "//evil.example/", "/\\\\evil.example/", "/evil.example/", "/api//evil.example/", "/"] {
            assert_eq!(to(stays), None, "{stays}");
        }
    }

    #[test]
    fn a_page_is_given_where_no_api_answers() {
        let refuse: fn(&RequestError) -> Response = |_| StatusCode::NOT_FOUND.into_response();
        let pages = SurfaceOptions { pages: Some(|_, _, _| Some(StatusCode::OK.into_response())), ..SurfaceOptions::default() };
        let one = |prefix, options| Refuser { prefix, refuse, options };
        let plain = SurfaceOptions::default();
        let refusers = Refusers::new(vec![one("/api/v1/", plain), one("/", plain), one("/gongfang/v1", plain), one("/_app/", pages)]);
        let status = |path: &str| refusers.unknown(&Method::GET, &path.parse().unwrap(), &HeaderMap::new()).status();
        for page in ["/login", "/tasks/task_1", "/api", "/gongfang/v10"] {
            assert_eq!(status(page), 200, "{page}");
        }
        for other in ["/api/v1", "/api/v1/nothing", "/gongfang/v1", "/gongfang/v1/nothing", "/_app/nothing"] {
            assert_eq!(status(other), 404, "{other}");
        }
    }
}
