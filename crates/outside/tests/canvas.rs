//! The Canvas connector against a stand-in with the documented shapes and faults (documentation: Courses, Modules, OAuth2, Throttling).

mod common;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, put},
};
use common::{NOW, egress, listen};
use domain::course::{Item, Sort, Stand, Term, Tick};
use outside::campus::{Canvas, Manner, Parts};
use ports::{
    campus::{Campus, CampusError, Freshness, Playing, Token, Worked},
    testing::{ManualClock, SeededRandom},
};
use serde_json::{Value, json};

const TOKEN: &str = "7~0123456789abcdef";

/// How the stand-in behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
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

struct Site {
    mode: Mutex<Mode>,
    calls: Mutex<Vec<String>>,
    marked: Mutex<Vec<String>>,
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

async fn stand_in() -> (Arc<Site>, String) {
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
    let url = listen(router).await;
    site.address.lock().unwrap().clone_from(&url);
    (site, url)
}

fn canvas() -> Canvas {
    let quick = Duration::from_millis(1);
    let manner =
        Manner { spacing: Duration::ZERO, waits: vec![quick, quick], deadline: Duration::from_secs(60), at_once: 8, https_only: false };
    Canvas::new(Parts {
        web: Arc::new(egress()),
        strangers: Arc::new(egress()),
        sites: Vec::new(),
        clock: Arc::new(ManualClock::at(NOW)),
        random: Arc::new(SeededRandom::new(3)),
        manner,
    })
}

fn token(site: &str) -> Token {
    Token { site: site.to_owned(), secret: TOKEN.to_owned() }
}

struct Nothing;

#[async_trait::async_trait]
impl Playing for Nothing {
    async fn played(&self, _at_s: i64, _of_s: i64) -> Result<(), CampusError> {
        panic!("nothing is played at a Canvas site")
    }
}

#[tokio::test]
async fn courses_of_all_pages_are_listed() {
    let (site, url) = stand_in().await;
    let canvas = canvas();
    let listing = canvas.courses(&token(&url), Freshness::Recent).await.unwrap();
    let told: Vec<_> = listing
        .courses
        .iter()
        .map(|course| (course.id.as_str(), course.name.as_str(), course.teacher.as_str(), course.progress, course.term))
        .collect();
    assert_eq!(told, [("71", "Logic & Proof", "王老师、Müller", 25, Term::Running), ("72", "Over", "", 0, Term::Over)]);
    assert_eq!(listing.unread, ["编号 73（不在开放日期内）", "Broken"]);
    assert_eq!(canvas.courses(&token(&url), Freshness::Recent).await.as_ref(), Ok(&listing));
    assert_eq!(site.calls.lock().unwrap().len(), 2, "the list is kept for a few minutes");
    // The token goes nowhere but to its site.
    *site.mode.lock().unwrap() = Mode::Elsewhere;
    assert!(matches!(canvas.courses(&token(&url), Freshness::Now).await, Err(CampusError::Away { .. })));
}

#[tokio::test]
async fn only_what_is_done_by_marking_it_is_marked() {
    let (site, url) = stand_in().await;
    let canvas = canvas();
    let items = canvas.items(&token(&url), "71").await.unwrap();
    let left = |text: &str| Stand::Left(text.to_owned());
    let stands: Vec<(&str, &Stand)> = items.iter().map(|item| (item.title.as_str(), &item.stand)).collect();
    assert_eq!(
        stands,
        [
            ("Mark me", &Stand::Tick(Tick::Material)),
            ("Read me", &left("需本人在学习平台上打开学习")),
            ("Talk and mark", &Stand::Tick(Tick::Activity)),
            ("Score", &left("需要成绩，须由本人完成")),
            ("Essay", &left("需要提交，须由本人完成")),
            ("Essay by hand", &left("作业须由本人完成后自行确认")),
            ("Done before", &Stand::Done),
            ("Later", &Stand::Locked("This page is locked until Jan 1 & later".to_owned())),
            ("A teacher's", &left("该账号在这门课程中不是学员，勾选不计入完成度")),
            ("Says yes and does nothing", &Stand::Tick(Tick::Material)),
            ("Shut", &Stand::Locked("模块「Three」尚未开放（2030-01-01 起，或须先完成前面的模块）".to_owned())),
            ("第 5 个模块", &left("学习平台返回的数据无法识别，请本人查看")),
        ]
    );
    let by_title = |title: &str| items.iter().find(|item| item.title == title).unwrap().clone();
    let work = async |item: &Item| canvas.work(&token(&url), "71", item, &Nothing).await;
    assert_eq!(work(&by_title("Mark me")).await, Ok(Worked::Done));
    assert_eq!(*site.marked.lock().unwrap(), ["101"]);
    // What is no mark is never sent, and no item is ever said to be read.
    let before = site.calls.lock().unwrap().len();
    assert!(matches!(work(&by_title("Read me")).await, Ok(Worked::Left(_))));
    assert_eq!(site.calls.lock().unwrap().len(), before);
    // A yes that came to nothing is not taken for done.
    assert!(matches!(work(&by_title("Says yes and does nothing")).await, Ok(Worked::Locked(_))));
    let odd = |id: &str| Item { id: id.to_owned(), title: "x".into(), sort: Sort::Page, stand: Stand::Tick(Tick::Material), played: None };
    assert!(matches!(work(&odd("12-109")).await, Ok(Worked::Locked(why)) if why.contains("Jan 1")));
    assert_eq!(work(&odd("12-999")).await, Ok(Worked::Deleted));
    for bad in ["", "101", "11-", "../1-2", "11-x"] {
        assert!(matches!(work(&odd(bad)).await, Ok(Worked::Left(_))), "{bad}");
    }
}

#[tokio::test]
async fn every_answer_is_told_apart() {
    for (mode, courses, items) in [
        (Mode::DeadToken, "TokenRejected", "TokenRejected"),
        (Mode::PutOut, "Ok", "CourseUnavailable"),
        (Mode::Forbidden, "Ok", "CourseUnavailable"),
        (Mode::RateLimited, "Away", "Away"),
        (Mode::Maintenance, "Away", "Away"),
        (Mode::NotCanvas, "Unavailable", "Unavailable"),
        (Mode::Moved, "Unavailable", "Unavailable"),
        (Mode::Teapot, "UnknownRefusal", "UnknownRefusal"),
    ] {
        let (site, url) = stand_in().await;
        *site.mode.lock().unwrap() = mode;
        let canvas = canvas();
        let sort = |error: CampusError| format!("{error:?}").split(['(', ' ']).next().unwrap_or_default().to_owned();
        let listed = canvas.courses(&token(&url), Freshness::Now).await.map_or_else(sort, |_| "Ok".to_owned());
        let read = canvas.items(&token(&url), "71").await.map_or_else(sort, |_| "Ok".to_owned());
        assert_eq!((listed.as_str(), read.as_str()), (courses, items), "{mode:?}");
    }
    let (_, url) = stand_in().await;
    assert!(matches!(canvas().items(&token(&url), "99").await, Err(CampusError::CourseUnavailable(_))));
    assert!(matches!(canvas().items(&token(&url), "../7").await, Err(CampusError::Unavailable(_))));
}

#[tokio::test]
async fn a_site_is_known_by_how_it_refuses() {
    let (site, url) = stand_in().await;
    let canvas = canvas();
    assert_eq!(canvas.confirm_site(&url).await.as_deref(), Ok(url.as_str()));
    assert_eq!(canvas.site(&format!("{url}/courses/71/modules?x=1")).as_deref(), Ok(url.as_str()));
    for (mode, word) in [(Mode::NotCanvas, "没有返回 Canvas 的数据"), (Mode::Moved, "请改填 https://learn.example.edu")] {
        *site.mode.lock().unwrap() = mode;
        let error = canvas.confirm_site(&url).await.unwrap_err();
        assert!(matches!(&error, CampusError::Unavailable(why) if why.contains(word)), "{mode:?}: {error:?}");
    }
    // There is no sign-in by password: what to do instead is said.
    let Err(CampusError::SignInRefused(why)) = canvas.sign_in(&url, "a", "b").await else { panic!() };
    assert!(why.contains("cx_token") && !canvas.takes_passwords());
}
