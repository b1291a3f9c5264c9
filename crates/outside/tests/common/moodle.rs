//! A Moodle site as the connector meets it: what its web services answer, good and bad (docs/surfaces/campus.md; seen on Moodle 4.4).
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test binary uses a part of it")]

use std::{
    collections::HashMap,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};

pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// How the stand-in behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Good,
    WithoutCompletion,
    BrowserLogin,
    /// A page in HTML under 200.
    Page,
    ServicesOff,
    /// Said of every function.
    Everywhere(&'static str),
    /// The mobile service was switched off; the token is as good as before.
    ServiceOff,
    /// The first call says `accessexception`, the later ones `invalidtoken`.
    Expired,
    /// The account must change its password, or agree to the site's policy: said of ticks and courses only.
    Owed(&'static str),
    /// As that, at a site whose service lacks what tells it.
    OwedInSecret(&'static str),
    /// The learner is in no course.
    Alone,
    /// The learner's enrolment was suspended.
    PutOut,
    /// A code that no table names, said of ticks.
    Unheard,
    /// Each page opens once the one before it is ticked.
    Chain,
    /// Maintenance that was switched on with a file.
    Closed,
    /// The site is called by another name than its own.
    OtherName,
    Gone,
    Moved,
    BusyOnce,
    NonsenseOnce,
    NoTeachers,
    ArrayForObject,
    Endless,
    Bomb,
    Silent,
}

/// 64 MiB of blanks, a few KiB packed.
pub static BOMB: LazyLock<Bytes> = LazyLock::new(|| {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..64 {
        std::io::Write::write_all(&mut packer, &blanks).unwrap();
    }
    packer.finish().unwrap().into()
});

pub struct Site {
    mode: Mutex<Mode>,
    /// Every call: its path or function, and its fields.
    pub calls: Mutex<Vec<(String, HashMap<String, String>)>>,
    pub ticked: Mutex<Vec<String>>,
    /// How long each call takes.
    pub delay: Mutex<Duration>,
    /// How many calls go on now, and how many did at most.
    busy: [AtomicUsize; 2],
    /// The address that the site calls its own; where it was called, if empty.
    pub address: Mutex<String>,
}

impl Site {
    pub fn count(&self, name: &str) -> usize {
        self.calls.lock().unwrap().iter().filter(|(called, _)| called == name).count()
    }

    pub fn total(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    pub fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
    }

    pub fn most_at_once(&self) -> usize {
        self.busy[1].load(Ordering::SeqCst)
    }
}

/// Takes its time over every call, and counts how many go on at once.
async fn slowly(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let now = site.busy[0].fetch_add(1, Ordering::SeqCst) + 1;
    site.busy[1].fetch_max(now, Ordering::SeqCst);
    let delay = *site.delay.lock().unwrap();
    tokio::time::sleep(delay).await;
    let answer = next.run(request).await;
    site.busy[0].fetch_sub(1, Ordering::SeqCst);
    answer
}

fn error(code: &str) -> Response {
    told(code, "<secret of the site>")
}

fn told(code: &str, message: &str) -> Response {
    axum::Json(json!({ "exception": "moodle_exception", "errorcode": code, "message": message })).into_response()
}

/// What a site in a bad way says to everything.
fn odd(site: &Site) -> Option<Response> {
    let mode = *site.mode.lock().unwrap();
    match mode {
        Mode::Page => Some(([(header::CONTENT_TYPE, "text/html")], "<html>maintenance</html>").into_response()),
        Mode::ServicesOff => Some(StatusCode::FORBIDDEN.into_response()),
        Mode::Closed => Some((StatusCode::SERVICE_UNAVAILABLE, "<html>").into_response()),
        Mode::Gone => Some((StatusCode::NOT_FOUND, "<html>").into_response()),
        Mode::Moved => {
            Some((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, "https://new.example.edu/learn/login/index.php")]).into_response())
        }
        Mode::BusyOnce => {
            site.set(Mode::Good);
            Some((StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "0")]).into_response())
        }
        Mode::NonsenseOnce => {
            site.set(Mode::Good);
            Some("<!doctype html>".into_response())
        }
        Mode::Endless => {
            let chunk = Bytes::from(vec![b'x'; 1 << 16]);
            let stream = futures_util::stream::repeat_with(move || Ok::<_, std::convert::Infallible>(chunk.clone()));
            Some(Body::from_stream(stream).into_response())
        }
        Mode::Bomb => Some(([(header::CONTENT_ENCODING, "gzip")], BOMB.clone()).into_response()),
        _ => None,
    }
}

fn fields(site: &Site, name: &str, headers: &HeaderMap, body: &Bytes) -> HashMap<String, String> {
    assert_eq!(headers[header::CONTENT_TYPE], "application/x-www-form-urlencoded");
    assert!(!headers.contains_key(header::AUTHORIZATION), "Moodle reads no such header");
    let url = reqwest::Url::parse(&format!("http://x/?{}", std::str::from_utf8(body).unwrap())).unwrap();
    let fields: HashMap<String, String> = url.query_pairs().into_owned().collect();
    let called = fields.get("wsfunction").cloned().unwrap_or_else(|| name.to_owned());
    site.calls.lock().unwrap().push((called, fields.clone()));
    fields
}

async fn token(State(site): State<Arc<Site>>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = fields(&site, "token", &headers, &body);
    if let Some(odd) = odd(&site) {
        return odd;
    }
    assert_eq!(fields["service"], "moodle_mobile_app");
    if *site.mode.lock().unwrap() == Mode::OtherName {
        return axum::Json(json!({ "error": "x", "errorcode": "requirecorrectaccess" })).into_response();
    }
    let code = match (fields["username"].as_str(), fields["password"].as_str()) {
        ("13800138000", "p&ss=wörd 1") => return axum::Json(json!({ "token": TOKEN, "privatetoken": null })).into_response(),
        (name, "class") => return axum::Json(json!({ "token": format!("{TOKEN}{name}"), "privatetoken": null })).into_response(),
        ("old", _) => "passwordisexpired",
        ("new", _) => "usernotconfirmed",
        ("mobile", _) => "servicenotavailable",
        _ => "invalidlogin",
    };
    axum::Json(json!({ "error": "<secret of the site>", "errorcode": code })).into_response()
}

async fn config(State(site): State<Arc<Site>>) -> Response {
    site.calls.lock().unwrap().push(("config".to_owned(), HashMap::new()));
    if let Some(odd) = odd(&site) {
        return odd;
    }
    let mode = *site.mode.lock().unwrap();
    if mode == Mode::OtherName {
        return axum::Json(json!({ "error": "x", "errorcode": "redirecterrordetected" })).into_response();
    }
    let way = if mode == Mode::BrowserLogin { 2 } else { 1 };
    let mobile = i64::from(mode != Mode::ServiceOff);
    let address = site.address.lock().unwrap().clone();
    let data = json!({ "sitename": "T", "wwwroot": address, "httpswwwroot": address, "enablewebservices": 1,
        "enablemobilewebservice": mobile, "maintenanceenabled": 0, "typeoflogin": way });
    axum::Json(json!([{ "error": false, "data": data }])).into_response()
}

fn module(id: i64, name: &str, modname: &str, completion: i64, state: i64, rule: Option<&str>) -> Value {
    let details: Vec<Value> =
        rule.into_iter().map(|rule| json!({ "rulename": rule, "rulevalue": { "status": 0, "description": "x" } })).collect();
    let mut module =
        json!({ "id": id, "instance": id + 500, "name": name, "modname": modname, "uservisible": true, "completion": completion });
    if completion > 0 {
        module["completiondata"] =
            json!({ "state": state, "timecompleted": 0, "istrackeduser": true, "uservisible": true, "details": details });
    }
    module
}

async fn rest(State(site): State<Arc<Site>>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = fields(&site, "rest", &headers, &body);
    if let Some(odd) = odd(&site) {
        return odd;
    }
    assert_eq!(fields["moodlewsrestformat"], "json");
    let mode = *site.mode.lock().unwrap();
    if mode == Mode::Silent {
        tokio::time::sleep(Duration::from_secs(3600)).await;
    }
    assert_eq!((fields["moodlewssettingfilter"].as_str(), fields["moodlewssettinglang"].as_str()), ("true", "zh_cn"));
    if !fields["wstoken"].starts_with(TOKEN) {
        return error("invalidtoken");
    }
    match mode {
        Mode::Everywhere(code) => return error(code),
        Mode::ServiceOff => return error("accessexception"),
        Mode::Expired => {
            site.set(Mode::Everywhere("invalidtoken"));
            return error("accessexception");
        }
        _ => {}
    }
    if mode == Mode::ArrayForObject {
        return axum::Json(json!([])).into_response();
    }
    let tick = "core_completion_update_activity_completion_status_manually";
    let answer = match fields["wsfunction"].as_str() {
        "core_webservice_get_site_info" => {
            let functions = if mode == Mode::WithoutCompletion { json!([]) } else { json!([{ "name": tick, "version": "1" }]) };
            json!({ "userid": 5, "sitename": "T", "functions": functions })
        }
        "core_enrol_get_users_courses" if matches!(mode, Mode::Owed(_) | Mode::OwedInSecret(_) | Mode::Alone) => json!([]),
        "core_user_get_user_preferences" => match mode {
            Mode::Owed(code) => return error(code),
            Mode::OwedInSecret(_) => return error("accessexception"),
            _ => json!({ "preferences": [], "warnings": [] }),
        },
        "core_course_get_recent_courses" => match mode {
            Mode::OwedInSecret(code) => return error(code),
            _ => json!([]),
        },
        "core_enrol_get_users_courses" => {
            assert_eq!((fields["userid"].as_str(), fields["returnusercount"].as_str()), ("5", "0"));
            json!([
                { "id": 2, "fullname": "Course &amp; One", "shortname": "C&#49;", "progress": 30.4, "completed": false, "startdate": 0, "enddate": 0 },
                { "id": 3, "fullname": "Course Two", "shortname": "C2", "progress": null, "completed": null, "startdate": 0, "enddate": 1_600_000_000 },
                null, { "id": "4", "fullname": 5, "shortname": null, "enddate": null }, { "id": null, "fullname": "Broken" }
            ])
        }
        "core_course_get_courses_by_field" if mode == Mode::NoTeachers => return error("accessexception"),
        "core_course_get_courses_by_field" => {
            assert_eq!((fields["field"].as_str(), fields["value"].as_str()), ("ids", "2,3,4"));
            json!({ "courses": [{ "id": 2, "contacts": [{ "id": 9, "fullname": "王老师" }, { "id": 10, "fullname": "李老师" }] }, { "id": 3, "contacts": [] }], "warnings": [] })
        }
        "core_course_get_contents" if matches!(mode, Mode::Owed(_) | Mode::OwedInSecret(_)) => {
            let (Mode::Owed(code) | Mode::OwedInSecret(code)) = mode else { unreachable!() };
            return told("errorcoursecontextnotvalid", &format!("error/{code} <a href=\"/user/policy.php\">"));
        }
        "core_course_get_contents" if mode == Mode::PutOut => return error("errorcoursecontextnotvalid"),
        "core_course_get_contents" if mode == Mode::Chain => {
            let ticked = site.ticked.lock().unwrap();
            let page = |id: i64| {
                let mut page = module(id, &format!("页 {id}"), "page", 1, i64::from(ticked.contains(&id.to_string())), None);
                if id > 31 && !ticked.contains(&(id - 1).to_string()) {
                    page["uservisible"] = false.into();
                    page["availabilityinfo"] = format!("不开放，除非：活动 <strong>页 {}</strong> 标记为完成", id - 1).into();
                }
                page
            };
            json!([{ "id": 1, "name": "General", "section": 0, "uservisible": true, "modules": (31..37).map(page).collect::<Vec<_>>() }])
        }
        "core_course_get_contents" => {
            assert_eq!(fields["options[0][name]"], "excludecontents");
            let mut locked = module(18, "Later", "page", 2, 0, Some("completionview"));
            locked["uservisible"] = false.into();
            locked["availabilityinfo"] = "Available from <strong>1 January 2030</strong>".into();
            let mut hidden = module(25, "Not on the page", "page", 1, 0, None);
            hidden["visibleoncoursepage"] = 0.into();
            let mut taught = module(26, "A teacher's", "page", 1, 0, None);
            taught["completiondata"]["istrackeduser"] = false.into();
            json!([{ "id": 1, "name": "General", "section": 0, "uservisible": true, "modules": [
                module(11, "Manual page", "page", 1, 0, None), module(12, "Manual url", "url", 1, 0, None),
                module(13, "Manual label", "label", 1, 1, None), module(14, "Seen book", "book", 2, 1, Some("completionview")),
                module(15, "Forum", "forum", 0, 0, None), module(16, "Quiz", "quiz", 2, 0, Some("completionusegrade")),
                module(17, "Essay", "assign", 2, 0, Some("completionsubmit")), locked,
                module(19, "View me", "resource", 2, 0, Some("completionview")), module(20, "Failed quiz", "quiz", 2, 3, Some("completionusegrade")),
                module(21, "Package &amp; more", "scorm", 1, 0, None), module(22, "Talk", "forum", 1, 0, None),
                module(23, "Quiz by hand", "quiz", 1, 0, None), module(24, "Essay by hand", "assign", 1, 0, None), hidden, taught,
            ] }])
        }
        called if called == tick => {
            assert_eq!(fields["completed"], "1");
            match mode {
                Mode::Owed(code) | Mode::OwedInSecret(code) => return error(code),
                Mode::PutOut => return told("requireloginerror", "Course or activity not accessible."),
                Mode::Unheard => return error("unheardof"),
                _ => {}
            }
            match fields["cmid"].as_str() {
                "16" => return error("cannotmanualctrack"),
                "18" => return error("requireloginerror"),
                "99" => return error("invalidcoursemodule"),
                id => site.ticked.lock().unwrap().push(id.to_owned()),
            }
            json!({ "status": true, "warnings": [] })
        }
        other => panic!("{other} is not a call that this connector makes"),
    };
    axum::Json(answer).into_response()
}

pub async fn stand_in() -> (Arc<Site>, String) {
    let site = Arc::new(Site {
        mode: Mutex::new(Mode::Good),
        calls: Mutex::default(),
        ticked: Mutex::default(),
        delay: Mutex::default(),
        busy: [AtomicUsize::new(0), AtomicUsize::new(0)],
        address: Mutex::default(),
    });
    let router = Router::new()
        .route("/moodle/login/token.php", post(token))
        .route("/moodle/webservice/rest/server.php", post(rest))
        .route("/moodle/lib/ajax/service-nologin.php", post(config))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&site), slowly))
        .with_state(Arc::clone(&site));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/moodle", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (site, url)
}
