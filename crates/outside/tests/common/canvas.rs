//! A Canvas site as the connector meets it: documented shapes and faults (documentation: Courses, Modules, OAuth2, Throttling).
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test binary uses a part of it")]

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, put},
};
use serde_json::{Value, json};

pub const TOKEN: &str = "7~0123456789abcdef";

/// How the stand-in behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Good,
    DeadToken,
    /// The learner's enrolment was concluded or deleted.
    PutOut,
    Forbidden,
    RateLimited,
    Maintenance,
    NotCanvas,
    Moved,
    Teapot,
    /// The next page is said to be at another host.
    Elsewhere,
}

pub struct Site {
    pub mode: Mutex<Mode>,
    pub calls: Mutex<Vec<String>>,
    pub marked: Mutex<Vec<String>>,
    address: Mutex<String>,
}

fn errors(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "errors": [{ "message": message }] }))).into_response()
}

fn refused(site: &Site, headers: &HeaderMap, call: &str, course: bool) -> Option<Response> {
    site.calls.lock().unwrap().push(call.to_owned());
    let mode = *site.mode.lock().unwrap();
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let unauthorized = json!({ "status": "unauthorized", "errors": [{ "message": "user not authorized to perform that action" }] });
    match mode {
        Mode::NotCanvas => return Some((StatusCode::NOT_FOUND, "<html>").into_response()),
        Mode::Moved => {
            let to = "https://learn.example.edu/login/canvas";
            return Some((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, to)]).into_response());
        }
        Mode::Maintenance => return Some((StatusCode::SERVICE_UNAVAILABLE, "<html>").into_response()),
        Mode::RateLimited => return Some((StatusCode::FORBIDDEN, "403 Forbidden (Rate Limit Exceeded)").into_response()),
        Mode::Teapot => return Some((StatusCode::IM_A_TEAPOT, "{}").into_response()),
        _ => {}
    }
    let Some(bearer) = bearer else {
        let body = json!({ "status": "unauthenticated", "errors": [{ "message": "user authorization required" }] });
        return Some((StatusCode::UNAUTHORIZED, Json(body)).into_response());
    };
    if mode == Mode::DeadToken || bearer != format!("Bearer {TOKEN}") {
        return Some(errors(StatusCode::UNAUTHORIZED, "Invalid access token."));
    }
    match mode {
        Mode::PutOut if course => Some((StatusCode::UNAUTHORIZED, Json(unauthorized)).into_response()),
        Mode::Forbidden if course => Some((StatusCode::FORBIDDEN, Json(unauthorized)).into_response()),
        _ => None,
    }
}

async fn whoever(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    refused(&site, &headers, "self", false).unwrap_or_else(|| Json(json!({ "id": 5 })).into_response())
}

async fn courses(State(site): State<Arc<Site>>, headers: HeaderMap, Query(query): Query<Vec<(String, String)>>) -> Response {
    if let Some(refused) = refused(&site, &headers, "courses", false) {
        return refused;
    }
    let asked = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(asked("enrollment_type"), Some("student"), "teachers' courses are no learner's");
    if asked("page") == Some("2") {
        return Json(json!([
            { "id": 72, "name": "Over", "course_code": "OV", "concluded": true, "course_progress": { "error": { "message": "no progress" } } },
            { "id": 73, "access_restricted_by_date": true },
            { "id": null, "name": "Broken" },
        ]))
        .into_response();
    }
    let host = match *site.mode.lock().unwrap() {
        Mode::Elsewhere => "http://127.0.0.1:1".to_owned(),
        _ => site.address.lock().unwrap().clone(),
    };
    let link =
        format!("<{host}/api/v1/courses?enrollment_type=student&page=2>; rel=\"next\", <{host}/api/v1/courses?page=2>; rel=\"last\"");
    let list = json!([{
        "id": 71, "name": "Logic & Proof", "course_code": "LP", "start_at": null, "end_at": null,
        "term": { "start_at": "2023-01-01T00:00:00Z", "end_at": null },
        "teachers": [{ "id": 1, "display_name": "王老师" }, { "id": 2, "display_name": "Müller" }],
        "course_progress": { "requirement_count": 8, "requirement_completed_count": 2, "completed_at": null },
    }]);
    ([(header::LINK, link)], Json(list)).into_response()
}

fn requirement(site: &Site, id: &str, sort: &str, completed: bool) -> Value {
    let marked = site.marked.lock().unwrap().contains(&id.to_owned());
    json!({ "type": sort, "completed": completed || marked })
}

fn item(site: &Site, id: &str) -> Value {
    let of = |sort: &str, title: &str, requirement: Value| json!({ "id": id.parse::<i64>().unwrap(), "module_id": 11, "title": title, "type": sort, "completion_requirement": requirement, "content_details": { "locked_for_user": false } });
    match id {
        "101" => of("Page", "Mark me", requirement(site, id, "must_mark_done", false)),
        "102" => of("Page", "Read me", requirement(site, id, "must_view", false)),
        "103" => of("Discussion", "Talk and mark", requirement(site, id, "must_mark_done", false)),
        "104" => of("Quiz", "Score", requirement(site, id, "min_score", false)),
        "105" => of("Assignment", "Essay", requirement(site, id, "must_submit", false)),
        "106" => of("Assignment", "Essay by hand", requirement(site, id, "must_mark_done", false)),
        "107" => of("File", "Done before", requirement(site, id, "must_view", true)),
        "108" => json!({ "id": 108, "title": "A heading", "type": "SubHeader" }),
        "109" => {
            let mut locked = of("Page", "Later", requirement(site, id, "must_mark_done", false));
            locked["content_details"] =
                json!({ "locked_for_user": true, "lock_explanation": "This page is locked until <b>Jan 1</b> &amp; later" });
            locked
        }
        // No state for whoever is no learner there.
        "110" => of("Page", "A teacher's", json!({ "type": "must_mark_done" })),
        "111" => of("ExternalUrl", "Says yes and does nothing", requirement(site, id, "must_mark_done", false)),
        other => panic!("{other}"),
    }
}

async fn modules(State(site): State<Arc<Site>>, headers: HeaderMap, Path(course): Path<String>) -> Response {
    if let Some(refused) = refused(&site, &headers, "modules", true) {
        return refused;
    }
    if course != "71" {
        return errors(StatusCode::NOT_FOUND, "The specified resource does not exist.");
    }
    let items: Vec<Value> = (101..=107).map(|id| item(&site, &id.to_string())).collect();
    let later =
        json!([{ "id": 201, "title": "Shut", "type": "Page", "completion_requirement": { "type": "must_mark_done", "completed": false } }]);
    Json(json!([
        { "id": 11, "name": "One", "state": "started", "items_count": 7, "items": items },
        // Too many items to come along.
        { "id": 12, "name": "Two", "state": "unlocked", "items_count": 4 },
        { "id": 13, "name": "Three", "state": "locked", "unlock_at": "2030-01-01T00:00:00Z", "items_count": 1, "items": later },
        { "id": 14, "name": "Empty", "items_count": 0 },
        null,
    ]))
    .into_response()
}

async fn items(State(site): State<Arc<Site>>, headers: HeaderMap, Path(ids): Path<(String, String)>) -> Response {
    if let Some(refused) = refused(&site, &headers, "items", true) {
        return refused;
    }
    assert_eq!(ids.1, "12");
    Json((108..=111).map(|id| item(&site, &id.to_string())).collect::<Vec<_>>()).into_response()
}

async fn one(State(site): State<Arc<Site>>, headers: HeaderMap, Path(ids): Path<(String, String, String)>) -> Response {
    refused(&site, &headers, "item", true).unwrap_or_else(|| Json(item(&site, &ids.2)).into_response())
}

async fn done(State(site): State<Arc<Site>>, headers: HeaderMap, Path(ids): Path<(String, String, String)>) -> Response {
    if let Some(refused) = refused(&site, &headers, "done", true) {
        return refused;
    }
    match ids.2.as_str() {
        "999" => return errors(StatusCode::NOT_FOUND, "The specified resource does not exist."),
        "109" | "111" => {}
        id => site.marked.lock().unwrap().push(id.to_owned()),
    }
    Json(json!({ "message": "OK" })).into_response()
}

pub async fn stand_in() -> (Arc<Site>, String) {
    let site =
        Arc::new(Site { mode: Mutex::new(Mode::Good), calls: Mutex::default(), marked: Mutex::default(), address: Mutex::default() });
    let router = Router::new()
        .route("/api/v1/users/self", get(whoever))
        .route("/api/v1/courses", get(courses))
        .route("/api/v1/courses/{course}/modules", get(modules))
        .route("/api/v1/courses/{course}/modules/{module}/items", get(items))
        .route("/api/v1/courses/{course}/modules/{module}/items/{id}", get(one))
        .route("/api/v1/courses/{course}/modules/{module}/items/{id}/done", put(done))
        .with_state(Arc::clone(&site));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    site.address.lock().unwrap().clone_from(&url);
    (site, url)
}
