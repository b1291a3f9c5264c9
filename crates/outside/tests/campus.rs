//! The Moodle connector against a stand-in that speaks its web services (facts: moodle §5), and what hostile sites get.
#![allow(clippy::disallowed_methods, reason = "how long a hanging site is waited for is measured in real time")]

mod common;

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use common::{NOW, egress, listen, strict};
use domain::course::{Course, Item, Sort, Stand};
use outside::campus::{Demo, Manner, Memory, Moodle};
use ports::{
    campus::{Campus, CampusError, Playing, Token, Worked},
    testing::{ManualClock, SeededRandom, StubWeb},
    web::Reply,
};
use serde_json::{Value, json};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// How the stand-in behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Good,
    WithoutCompletion,
    BrowserLogin,
    Maintenance,
    ServicesOff,
    DeadToken,
    ForcedPassword,
    BusyOnce,
    NonsenseOnce,
    NoTeachers,
    ArrayForObject,
    Redirect,
    Endless,
    Bomb,
    Silent,
}

/// 64 MiB of blanks, a few KiB packed.
static BOMB: LazyLock<Bytes> = LazyLock::new(|| {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..64 {
        std::io::Write::write_all(&mut packer, &blanks).unwrap();
    }
    packer.finish().unwrap().into()
});

struct Site {
    mode: Mutex<Mode>,
    /// Every call: its path or function, and its fields.
    calls: Mutex<Vec<(String, HashMap<String, String>)>>,
    ticked: Mutex<Vec<String>>,
}

impl Site {
    fn count(&self, name: &str) -> usize {
        self.calls.lock().unwrap().iter().filter(|(called, _)| called == name).count()
    }

    fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
    }
}

fn error(code: &str) -> Response {
    axum::Json(json!({ "exception": "moodle_exception", "errorcode": code, "message": "<secret of the site>" })).into_response()
}

/// What a site in a bad way says to everything.
fn odd(site: &Site) -> Option<Response> {
    let mode = *site.mode.lock().unwrap();
    match mode {
        Mode::Maintenance => Some(([(header::CONTENT_TYPE, "text/html")], "<html>maintenance</html>").into_response()),
        Mode::ServicesOff => Some(StatusCode::FORBIDDEN.into_response()),
        Mode::BusyOnce => {
            site.set(Mode::Good);
            Some((StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "0")]).into_response())
        }
        Mode::NonsenseOnce => {
            site.set(Mode::Good);
            Some("<!doctype html>".into_response())
        }
        Mode::Redirect => Some((StatusCode::FOUND, [(header::LOCATION, "http://127.0.0.1:1/steal")]).into_response()),
        Mode::Endless => {
            let chunk = Bytes::from(vec![b'x'; 1 << 16]);
            let stream = futures_util::stream::repeat_with(move || Ok::<_, std::convert::Infallible>(chunk.clone()));
            Some(Body::from_stream(stream).into_response())
        }
        Mode::Bomb => Some(([(header::CONTENT_ENCODING, "gzip")], BOMB.clone()).into_response()),
        Mode::Silent
        | Mode::Good
        | Mode::WithoutCompletion
        | Mode::BrowserLogin
        | Mode::DeadToken
        | Mode::ForcedPassword
        | Mode::NoTeachers
        | Mode::ArrayForObject => None,
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
    let code = match (fields["username"].as_str(), fields["password"].as_str()) {
        ("13800138000", "p&ss=wörd 1") => return axum::Json(json!({ "token": TOKEN, "privatetoken": null })).into_response(),
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
    let way = if *site.mode.lock().unwrap() == Mode::BrowserLogin { 2 } else { 1 };
    let data = json!({ "sitename": "T", "enablewebservices": 1, "enablemobilewebservice": 1, "maintenanceenabled": 0, "typeoflogin": way });
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
    if fields["wstoken"] != TOKEN {
        return error("invalidtoken");
    }
    if mode == Mode::DeadToken {
        return error("accessexception");
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
        "core_enrol_get_users_courses" => {
            assert_eq!((fields["userid"].as_str(), fields["returnusercount"].as_str()), ("5", "0"));
            json!([
                { "id": 2, "fullname": "Course One", "shortname": "C1", "progress": 30.4, "completed": false, "startdate": 0, "enddate": 0 },
                { "id": 3, "fullname": "Course Two", "shortname": "C2", "progress": null, "completed": null, "startdate": 0, "enddate": 1_600_000_000 },
                null, { "id": "4", "fullname": 5, "shortname": null, "enddate": null }, { "id": null, "fullname": "Broken" }
            ])
        }
        "core_course_get_courses_by_field" if mode == Mode::NoTeachers => return error("accessexception"),
        "core_course_get_courses_by_field" => {
            assert_eq!((fields["field"].as_str(), fields["value"].as_str()), ("ids", "2,3,4"));
            json!({ "courses": [{ "id": 2, "contacts": [{ "id": 9, "fullname": "王老师" }, { "id": 10, "fullname": "李老师" }] }, { "id": 3, "contacts": [] }], "warnings": [] })
        }
        "core_course_get_contents" if mode == Mode::ForcedPassword => {
            return axum::Json(
                json!({ "exception": "x", "errorcode": "errorcoursecontextnotvalid", "message": "forcepasswordchangenotice" }),
            )
            .into_response();
        }
        "core_course_get_contents" => {
            assert_eq!(fields["options[0][name]"], "excludecontents");
            let mut locked = module(18, "Later", "page", 2, 0, Some("completionview"));
            locked["uservisible"] = false.into();
            locked["availabilityinfo"] = "Available from <strong>1 January 2030</strong>".into();
            json!([{ "id": 1, "name": "General", "section": 0, "uservisible": true, "modules": [
                module(11, "Manual page", "page", 1, 0, None), module(12, "Manual url", "url", 1, 0, None),
                module(13, "Manual label", "label", 1, 1, None), module(14, "Seen book", "book", 2, 1, Some("completionview")),
                module(15, "Forum", "forum", 0, 0, None), module(16, "Quiz", "quiz", 2, 0, Some("completionusegrade")),
                module(17, "Essay", "assign", 2, 0, Some("completionsubmit")), locked,
                module(19, "View me", "resource", 2, 0, Some("completionview")), module(20, "Failed quiz", "quiz", 2, 3, Some("completionusegrade")),
            ] }])
        }
        called if called == tick => {
            assert_eq!(fields["completed"], "1");
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

async fn stand_in() -> (Arc<Site>, String) {
    let site = Arc::new(Site { mode: Mutex::new(Mode::Good), calls: Mutex::default(), ticked: Mutex::default() });
    let router = Router::new()
        .route("/moodle/login/token.php", post(token))
        .route("/moodle/webservice/rest/server.php", post(rest))
        .route("/moodle/lib/ajax/service-nologin.php", post(config))
        .with_state(Arc::clone(&site));
    (site, format!("{}/moodle", listen(router).await))
}

fn moodle() -> Moodle {
    let quick = Duration::from_millis(1);
    let manner = Manner { spacing: Duration::ZERO, waits: vec![quick, quick], deadline: Duration::from_secs(60), https_only: false };
    Moodle {
        web: Arc::new(egress()),
        strangers: Arc::new(egress()),
        sites: Vec::new(),
        clock: Arc::new(ManualClock::at(NOW)),
        random: Arc::new(SeededRandom::new(3)),
        manner,
        memory: Memory::default(),
    }
}

fn pass(site: &str) -> Token {
    Token { site: site.to_owned(), token: TOKEN.to_owned() }
}

struct Nothing;

#[async_trait::async_trait]
impl Playing for Nothing {
    async fn played(&self, _at_s: i64, _of_s: i64) -> Result<(), CampusError> {
        panic!("nothing is played at a Moodle site")
    }
}

fn by_id<'a>(items: &'a [Item], id: &str) -> &'a Item {
    items.iter().find(|item| item.id == id).unwrap_or_else(|| panic!("{id} in {items:?}"))
}

#[tokio::test]
async fn a_password_becomes_a_token_once_and_by_post() {
    let (site, url) = stand_in().await;
    let moodle = moodle();
    assert_eq!(moodle.sign_in(&url, "13800138000", "p&ss=wörd 1").await.as_deref(), Ok(TOKEN));
    assert_eq!((site.count("config"), site.count("token")), (1, 1), "how the site lets people in is asked first");
    // A site without the service says nothing of the password, which is kept.
    for (name, said, judged) in [("nobody", "锁定", true), ("old", "过期", true), ("new", "确认", true), ("mobile", "网络服务", false)]
    {
        let before = site.count("token");
        let Err(trouble) = moodle.sign_in(&url, name, "x").await else { panic!("{name}") };
        assert_eq!(matches!(trouble, CampusError::SignInRefused(_)), judged, "{name}: {trouble:?}");
        let text = trouble.to_string();
        assert!(text.contains(said) && !text.contains("secret"), "{name}: {text}");
        assert_eq!(site.count("token"), before + 1, "a refused sign-in is not repeated");
    }
    site.set(Mode::BrowserLogin);
    let before = site.count("token");
    let Err(CampusError::SignInRefused(text)) = moodle.sign_in(&url, "13800138000", "p&ss=wörd 1").await else { panic!() };
    assert!(text.contains("cx_token"), "{text}");
    assert_eq!(site.count("token"), before, "a site that signs in by browser gets no password");
    for mode in [Mode::Maintenance, Mode::ServicesOff] {
        site.set(mode);
        let outcome = moodle.sign_in(&url, "13800138000", "p&ss=wörd 1").await;
        let away = matches!(outcome, Err(CampusError::Away { .. }));
        assert!(
            if mode == Mode::Maintenance { away } else { matches!(outcome, Err(CampusError::Unavailable(_))) },
            "{mode:?}: {outcome:?}"
        );
    }
    assert!(matches!(moodle.sign_in("", "a", "b").await, Err(CampusError::Unavailable(_))));
}

#[tokio::test]
async fn courses_are_mapped_and_kept_for_a_while() {
    let (site, url) = stand_in().await;
    let moodle = moodle();
    let listing = moodle.courses(&pass(&url)).await.unwrap();
    let courses = listing.courses.clone();
    let course = |id: &str, name: &str, teacher: &str, class: &str, progress, ended| Course {
        id: id.into(),
        name: name.into(),
        teacher: teacher.into(),
        class: class.into(),
        enrolment: String::new(),
        progress,
        ended,
    };
    assert_eq!(
        courses,
        [
            course("2", "Course One", "王老师、李老师", "C1", 30, false),
            course("3", "Course Two", "", "C2", 0, true),
            course("4", "5", "", "", 0, false)
        ]
    );
    assert_eq!(listing.unread, ["第 3 项", "Broken"], "what cannot be read is named");
    assert_eq!(moodle.courses(&pass(&url)).await.unwrap(), listing);
    assert_eq!(site.count("core_enrol_get_users_courses"), 1, "the list is kept for a few minutes");
}

#[tokio::test]
async fn the_reference_pass_ticks_what_may_be_ticked_and_leaves_the_rest() {
    let (site, url) = stand_in().await;
    let moodle = moodle();
    let items = moodle.items(&pass(&url), "2").await.unwrap();
    let stands: Vec<(&str, &Stand)> = items.iter().map(|item| (item.id.as_str(), &item.stand)).collect();
    let left = |text: &str| Stand::Left(text.to_owned());
    assert_eq!(
        stands,
        [
            ("11", &Stand::Tick),
            ("12", &Stand::Tick),
            ("13", &Stand::Done),
            ("14", &Stand::Done),
            ("16", &left("需要成绩，须由本人完成")),
            ("17", &left("需要提交，须由本人完成")),
            ("18", &Stand::Locked("Available from 1 January 2030".to_owned())),
            ("19", &left("需本人在学习平台上打开学习")),
            ("20", &left("成绩未达标，需本人完成")),
        ],
        "the forum is not counted"
    );
    assert_eq!((by_id(&items, "12").sort, by_id(&items, "16").sort), (Sort::Link, Sort::Quiz));
    for id in ["11", "12"] {
        assert_eq!(moodle.work(&pass(&url), by_id(&items, id), &Nothing).await, Ok(Worked::Done));
    }
    assert_eq!(*site.ticked.lock().unwrap(), ["11", "12"]);
    let odd = |id: &str| Item { id: id.to_owned(), stand: Stand::Tick, ..items[0].clone() };
    assert!(matches!(moodle.work(&pass(&url), &odd("16"), &Nothing).await, Ok(Worked::Left(_))));
    assert!(matches!(moodle.work(&pass(&url), &odd("18"), &Nothing).await, Ok(Worked::Locked(_))));
    assert_eq!(moodle.work(&pass(&url), &odd("99"), &Nothing).await, Ok(Worked::Left("内容已不存在".into())));
    // What is no tick is never sent.
    let before = site.calls.lock().unwrap().len();
    assert!(matches!(moodle.work(&pass(&url), by_id(&items, "19"), &Nothing).await, Ok(Worked::Left(_))));
    assert_eq!(site.calls.lock().unwrap().len(), before);
    // After a tick the progress is asked for anew.
    moodle.courses(&pass(&url)).await.unwrap();
    site.set(Mode::WithoutCompletion);
    let without = self::moodle();
    let items = without.items(&pass(&url), "2").await.unwrap();
    assert_eq!(by_id(&items, "11").stand, left("该站点不支持代为勾选，需本人确认完成"));
}

#[tokio::test]
async fn what_goes_wrong_is_told_apart() {
    let (site, url) = stand_in().await;
    let stranger = Token { token: "unknown".to_owned(), ..pass(&url) };
    assert!(matches!(moodle().courses(&stranger).await, Err(CampusError::TokenRejected(_))));
    // Packing it takes a while, which is no site's silence.
    LazyLock::force(&BOMB);
    for (mode, expected) in [
        (Mode::DeadToken, "Ended"),
        (Mode::Maintenance, "Away"),
        (Mode::ServicesOff, "Refused"),
        (Mode::ArrayForObject, "Away"),
        (Mode::Redirect, "Away"),
        (Mode::Endless, "Closed"),
        (Mode::Bomb, "Closed"),
        (Mode::Silent, "Away"),
    ] {
        site.set(mode);
        let mut moodle = moodle();
        if mode == Mode::Silent {
            moodle.manner.deadline = Duration::from_millis(1500);
        }
        let began = Instant::now();
        let trouble = moodle.courses(&pass(&url)).await.unwrap_err();
        let kind = format!("{trouble:?}");
        assert!(kind.starts_with(expected), "{mode:?}: {kind}");
        assert!(!kind.contains("secret") && !kind.contains(TOKEN) && !kind.contains("127.0.0.1"), "{kind}");
        assert!(began.elapsed() < Duration::from_secs(60), "{mode:?} took {:?}", began.elapsed());
    }
    site.set(Mode::ForcedPassword);
    assert_eq!(moodle().items(&pass(&url), "2").await, Err(CampusError::CourseUnavailable("学习平台要求先修改密码".to_owned())));
    for mode in [Mode::BusyOnce, Mode::NonsenseOnce] {
        site.set(mode);
        assert_eq!(moodle().courses(&pass(&url)).await.map(|listing| listing.courses.len()), Ok(3), "{mode:?}");
    }
    for bad in ["", "x", "2 or 1=1", "-2", "../2"] {
        assert!(matches!(moodle().items(&pass(&url), bad).await, Err(CampusError::Unavailable(_))), "{bad}");
    }
}

#[tokio::test]
async fn a_site_is_called_gently() {
    let (site, url) = stand_in().await;
    let mut moodle = moodle();
    moodle.manner.spacing = Duration::from_millis(60);
    let moodle = Arc::new(moodle);
    let began = Instant::now();
    let calls: Vec<_> = (0..4)
        .map(|_| {
            let (moodle, url) = (Arc::clone(&moodle), url.clone());
            tokio::spawn(async move { moodle.items(&pass(&url), "2").await.unwrap() })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    let count = u32::try_from(site.calls.lock().unwrap().len()).unwrap();
    assert!(began.elapsed() >= Duration::from_millis(60) * (count - 1), "{count} calls in {:?}", began.elapsed());
}

#[tokio::test]
async fn d19_a_site_that_hangs_keeps_nobody_else_waiting() {
    let (silent, silent_url) = stand_in().await;
    silent.set(Mode::Silent);
    let (_, url) = stand_in().await;
    let mut patient = moodle();
    patient.manner.deadline = Duration::from_secs(5);
    let moodle = Arc::new(patient);
    let hanging: Vec<_> = (0..40)
        .map(|number| {
            let pass = Token { token: format!("stuck{number}"), site: silent_url.clone() };
            let moodle = Arc::clone(&moodle);
            tokio::spawn(async move { moodle.courses(&token).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(moodle.courses(&pass(&url)).await.map(|listing| listing.courses.len()), Ok(3));
    assert!(hanging.iter().any(|stuck| !stuck.is_finished()), "answered while the others hang");
    for stuck in hanging {
        assert!(stuck.await.unwrap().is_err());
    }
    // A site that many ask at once says so instead of letting them wait for minutes.
    let mut slow = self::moodle();
    slow.manner.spacing = Duration::from_secs(10);
    let slow = Arc::new(slow);
    let outcomes: Vec<_> = (0..6)
        .map(|number| {
            let (slow, token) = (Arc::clone(&slow), Token { token: format!("many{number}"), site: url.clone() });
            tokio::spawn(tokio::time::timeout(Duration::from_secs(5), async move { slow.courses(&token).await }))
        })
        .collect();
    let mut busy = 0;
    for outcome in outcomes {
        busy += usize::from(matches!(outcome.await.unwrap(), Ok(Err(CampusError::Away { text, .. })) if text.contains("过多")));
    }
    assert!(busy >= 3, "{busy} of 6 were told to come back");
}

#[tokio::test]
async fn a_refused_permission_is_no_dead_token() {
    let (site, url) = stand_in().await;
    site.set(Mode::NoTeachers);
    let courses = moodle().courses(&pass(&url)).await.unwrap().courses;
    assert_eq!(
        courses.iter().map(|course| course.teacher.as_str()).collect::<Vec<_>>(),
        ["", "", ""],
        "a list without teachers is better than none"
    );
    site.set(Mode::DeadToken);
    assert!(matches!(moodle().courses(&pass(&url)).await, Err(CampusError::TokenRejected(_))));
}

/// Stops at the first second.
struct Stopping;

#[async_trait::async_trait]
impl Playing for Stopping {
    async fn played(&self, _at_s: i64, _of_s: i64) -> Result<(), CampusError> {
        Err(CampusError::Stopped)
    }
}

#[tokio::test]
async fn what_is_cut_short_is_not_counted_as_watched() {
    let web =
        Arc::new(StubWeb::new(|_| Ok(Reply { status: 206, content_type: "audio/wav".to_owned(), body: Bytes::new(), ..Reply::default() })));
    let demo = Demo { web: web.clone(), base: "http://demo".to_owned() };
    let video = Item { id: "1".into(), title: "x".into(), sort: Sort::Video, stand: Stand::Open, played: Some((3, 9)) };
    let pass = Token { site: String::new(), token: "t".to_owned() };
    assert_eq!(demo.work(&token, &video, &Stopping).await, Err(CampusError::Stopped));
    assert!(web.asked().is_empty(), "nothing is fetched before it was played");
}

#[tokio::test]
async fn d19_only_sites_that_may_be_named_are_kept() {
    let open = moodle();
    assert_eq!(open.site("https://moodle.example.edu/learn/").as_deref(), Ok("https://moodle.example.edu/learn"));
    for bad in [
        "",
        "moodle.example.edu",
        "ftp://x.example",
        "https://",
        "https://u:p@x.example",
        "https://x.example?a=1",
        "https://x.example#a",
        "javascript:alert(1)",
    ] {
        assert!(open.site(bad).is_err(), "{bad}");
    }
    let mut hardened = moodle();
    hardened.strangers = Arc::new(strict());
    hardened.manner.https_only = true;
    for bad in [
        "http://moodle.example.edu",
        "https://127.0.0.1",
        "https://10.0.0.1",
        "https://[::1]",
        "https://169.254.169.254",
        "https://moodle.example.edu:8443",
    ] {
        assert!(hardened.site(bad).is_err(), "{bad}");
    }
    assert!(hardened.site("https://moodle.example.edu").is_ok());
    let listed = Moodle { sites: vec!["https://one.example".to_owned()], ..moodle() };
    assert_eq!((open.usual_site().as_str(), listed.usual_site().as_str()), ("", "https://one.example"), "the first that is listed");
    assert!(listed.site("https://one.example/").is_ok() && listed.site("https://other.example").is_err());
}
