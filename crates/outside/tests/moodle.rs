//! The Moodle connector against a stand-in that speaks its web services (docs/surfaces/campus.md, What an answer means), and what hostile sites get.
#![allow(clippy::disallowed_methods, reason = "how long a hanging site is waited for is measured in real time")]

mod common;
#[path = "common/learning.rs"]
mod learning;
#[path = "common/moodle.rs"]
mod site;

use std::{
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

use common::{NOW, strict};
use domain::course::{Course, Item, Sort, Stand, Term, Tick};
use doubles::ManualClock;
use learning::{Nothing, parts, sort};
use outside::campus::{Moodle, Parts};
use ports::campus::{Campus, CampusError, Freshness, Token, Worked};
use site::{BOMB, Mode, TOKEN, stand_in};

const LIST: &str = "core_enrol_get_users_courses";
const CONTENTS: &str = "core_course_get_contents";
const TICK: &str = "core_completion_update_activity_completion_status_manually";
const INFO: &str = "core_webservice_get_site_info";

fn moodle() -> Moodle {
    Moodle::new(parts())
}

fn token(site: &str) -> Token {
    Token { site: site.to_owned(), secret: TOKEN.to_owned() }
}

fn by_id<'a>(items: &'a [Item], id: &str) -> &'a Item {
    items.iter().find(|item| item.id == id).unwrap_or_else(|| panic!("{id} in {items:?}"))
}

fn page(id: &str) -> Item {
    Item { id: id.to_owned(), title: "x".to_owned(), sort: Sort::Page, stand: Stand::Tick(Tick::Material), played: None }
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
        let Err(error) = moodle.sign_in(&url, name, "x").await else { panic!("{name}") };
        assert_eq!(matches!(error, CampusError::SignInRefused(_)), judged, "{name}: {error:?}");
        let text = error.to_string();
        assert!(text.contains(said) && !text.contains("secret"), "{name}: {text}");
        assert_eq!(site.count("token"), before + 1, "a refused sign-in is not repeated");
    }
    assert_eq!(site.count("config"), 1, "what a site says of itself is asked once for all");
    site.set(Mode::BrowserLogin);
    let before = site.count("token");
    let outcome = self::moodle().sign_in(&url, "13800138000", "p&ss=wörd 1").await;
    let Err(CampusError::SignInRefused(text)) = outcome else { panic!("{outcome:?}") };
    assert!(text.contains("cx_token"), "{text}");
    assert_eq!(site.count("token"), before, "a site that signs in by browser gets no password");
    for (mode, expected) in [(Mode::Page, "Away"), (Mode::ServicesOff, "Unavailable"), (Mode::OtherName, "Unavailable")] {
        site.set(mode);
        let error = self::moodle().sign_in(&url, "13800138000", "p&ss=wörd 1").await.unwrap_err();
        assert_eq!(sort(&error), expected, "{mode:?}: {error:?}");
    }
    assert!(matches!(moodle.sign_in("", "a", "b").await, Err(CampusError::Unavailable(_))));
}

#[tokio::test]
async fn courses_are_mapped_and_kept_for_a_while() {
    let (site, url) = stand_in().await;
    let moodle = moodle();
    let listing = moodle.courses(&token(&url), Freshness::Recent).await.unwrap();
    let course = |id: &str, name: &str, teacher: &str, class: &str, progress, term| Course {
        id: id.into(),
        name: name.into(),
        teacher: teacher.into(),
        class: class.into(),
        enrolment: String::new(),
        progress,
        completed: false,
        term,
    };
    assert_eq!(
        listing.courses,
        [
            course("2", "Course & One", "王老师、李老师", "C1", 30, Term::Running),
            course("3", "Course Two", "", "C2", 0, Term::Over),
            course("4", "5", "", "", 0, Term::Running)
        ]
    );
    assert_eq!(listing.unread, ["第 3 项", "Broken"], "what cannot be read is named");
    assert_eq!(moodle.courses(&token(&url), Freshness::Recent).await.unwrap(), listing);
    assert_eq!(site.count(LIST), 1, "the list is kept for a few minutes");
    assert_eq!(moodle.courses(&token(&url), Freshness::Now).await.unwrap(), listing);
    assert_eq!((site.count(LIST), site.count(INFO)), (2, 1), "a task reads it afresh");
}

#[tokio::test]
async fn the_reference_pass_ticks_what_may_be_ticked_and_leaves_the_rest() {
    let (site, url) = stand_in().await;
    let moodle = moodle();
    let items = moodle.items(&token(&url), "2").await.unwrap();
    let stands: Vec<(&str, &Stand)> = items.iter().map(|item| (item.id.as_str(), &item.stand)).collect();
    let left = |text: &str| Stand::Left(text.to_owned());
    assert_eq!(
        stands,
        [
            ("11", &Stand::Tick(Tick::Material)),
            ("12", &Stand::Tick(Tick::Material)),
            ("13", &Stand::Done),
            ("14", &Stand::Done),
            ("16", &left("需要成绩，须由本人完成")),
            ("17", &left("需要提交，须由本人完成")),
            ("18", &Stand::Locked("Available from 1 January 2030".to_owned())),
            ("19", &left("需本人在学习平台上打开学习")),
            ("20", &left("成绩未达标，需本人完成")),
            ("21", &Stand::Tick(Tick::Activity)),
            ("22", &Stand::Tick(Tick::Activity)),
            ("23", &left("测验须由本人完成后自行确认")),
            ("24", &left("作业须由本人完成后自行确认")),
            ("25", &left("课程页面上没有列出，请向教师确认")),
            ("26", &left("该账号在这门课程中不是学员，勾选不计入完成度")),
        ],
        "the forum without completion is not counted"
    );
    assert_eq!((by_id(&items, "12").sort, by_id(&items, "16").sort), (Sort::Link, Sort::Quiz));
    assert_eq!(by_id(&items, "21").title, "Package & more");
    for id in ["11", "12"] {
        assert_eq!(moodle.work(&token(&url), "2", by_id(&items, id), &Nothing).await, Ok(Worked::Done));
    }
    assert_eq!(*site.ticked.lock().unwrap(), ["11", "12"]);
    assert!(matches!(moodle.work(&token(&url), "2", &page("16"), &Nothing).await, Ok(Worked::Left(_))));
    assert!(matches!(moodle.work(&token(&url), "2", &page("18"), &Nothing).await, Ok(Worked::Locked(_))));
    assert_eq!(moodle.work(&token(&url), "2", &page("99"), &Nothing).await, Ok(Worked::Deleted));
    // What is no tick is never sent.
    let before = site.total();
    assert!(matches!(moodle.work(&token(&url), "2", by_id(&items, "19"), &Nothing).await, Ok(Worked::Left(_))));
    assert_eq!(site.total(), before);
    // After a tick the progress is asked for anew; who the learner is, is not.
    moodle.courses(&token(&url), Freshness::Recent).await.unwrap();
    assert_eq!((site.count(LIST), site.count(INFO)), (1, 1));
    site.set(Mode::WithoutCompletion);
    let items = self::moodle().items(&token(&url), "2").await.unwrap();
    assert_eq!(by_id(&items, "11").stand, left("该站点不支持代为勾选，需本人确认完成"));
}

/// Which call a row of the table makes.
#[derive(Debug, Clone, Copy)]
enum Ask {
    Courses,
    Contents,
    Tick,
}

/// What each answer of a site means: the call, what is made of it, a word of the sentence, and how often it was asked who the learner is
/// and for what was wanted.
#[tokio::test]
async fn every_answer_is_told_apart() {
    use Ask::{Contents, Courses, Tick};
    let suspended = Mode::Everywhere("wsaccessusersuspended");
    let (password, policy) = (Mode::Owed("forcepasswordchangenotice"), Mode::Owed("sitepolicynotagreed"));
    let table: &[(Mode, Ask, &str, &str, [usize; 2])] = &[
        // The account is shut: for everything, or for all but who it is.
        (suspended, Courses, "AccountBlocked", "停用", [1, 0]),
        (suspended, Tick, "AccountBlocked", "停用", [1, 0]),
        (Mode::Everywhere("wsaccessuserdeleted"), Courses, "AccountBlocked", "删除", [1, 0]),
        (Mode::Everywhere("wsaccessuserunconfirmed"), Contents, "AccountBlocked", "邮件确认", [1, 0]),
        (Mode::Everywhere("wsaccessuserexpired"), Courses, "AccountBlocked", "密码已过期", [1, 0]),
        (Mode::Everywhere("wsaccessusernologin"), Courses, "AccountBlocked", "禁止登录", [1, 0]),
        (password, Courses, "AccountBlocked", "修改密码", [1, 1]),
        (password, Contents, "AccountBlocked", "修改密码", [1, 1]),
        (password, Tick, "AccountBlocked", "修改密码", [1, 1]),
        (policy, Courses, "AccountBlocked", "同意站点协议", [1, 1]),
        (policy, Contents, "AccountBlocked", "同意站点协议", [1, 1]),
        (policy, Tick, "AccountBlocked", "同意站点协议", [1, 1]),
        (Mode::OwedInSecret("sitepolicynotagreed"), Courses, "AccountBlocked", "同意站点协议", [1, 1]),
        (Mode::Alone, Courses, "Ok", "", [1, 1]),
        // The course is shut: a tick does not tell, its contents do.
        (Mode::PutOut, Tick, "Ok", "", [1, 1]),
        (Mode::PutOut, Contents, "CourseUnavailable", "已不在这门课程中", [1, 1]),
        (Mode::Unheard, Tick, "UnknownRefusal", "unheardof", [1, 1]),
        // The token, or the service behind it.
        (Mode::Expired, Courses, "TokenRejected", "失效", [1, 0]),
        (Mode::Everywhere("invalidtoken"), Courses, "TokenRejected", "失效", [1, 0]),
        (Mode::Everywhere("accessexception"), Courses, "TokenRejected", "失效", [1, 0]),
        (Mode::ServiceOff, Courses, "Away", "暂时关闭", [1, 0]),
        (Mode::ServiceOff, Tick, "Away", "暂时关闭", [1, 0]),
        // The site.
        (Mode::Everywhere("sitemaintenance"), Courses, "Away", "维护", [1, 0]),
        (Mode::Closed, Courses, "Away", "无法访问", [3, 0]),
        (Mode::Page, Courses, "Away", "维护", [3, 0]),
        (Mode::ServicesOff, Courses, "SignInRefused", "网络服务", [1, 0]),
        (Mode::Gone, Courses, "Unavailable", "404", [1, 0]),
        (Mode::Moved, Courses, "Unavailable", "https://new.example.edu/learn", [1, 0]),
        // A stranger's tricks.
        (Mode::ArrayForObject, Courses, "Away", "无法识别", [1, 0]),
        (Mode::Endless, Courses, "Unavailable", "", [1, 0]),
        (Mode::Bomb, Courses, "Unavailable", "", [1, 0]),
    ];
    // Packing it takes a while, which is no site's silence.
    LazyLock::force(&BOMB);
    for (mode, ask, expected, word, calls) in table {
        let (site, url) = stand_in().await;
        let moodle = moodle();
        site.set(*mode);
        let token = token(&url);
        let began = Instant::now();
        let (outcome, function) = match ask {
            Courses => (moodle.courses(&token, Freshness::Now).await.map(drop), LIST),
            Contents => (moodle.items(&token, "2").await.map(drop), CONTENTS),
            Tick => (moodle.work(&token, "2", &page("11"), &Nothing).await.map(drop), TICK),
        };
        assert!(began.elapsed() < Duration::from_secs(60), "{mode:?} took {:?}", began.elapsed());
        let (kind, text) = outcome.as_ref().map_or_else(|error| (sort(error), error.to_string()), |()| ("Ok".to_owned(), String::new()));
        assert_eq!(kind, *expected, "{mode:?} {ask:?}: {text}");
        assert!(text.contains(word) && !text.contains("secret") && !text.contains(TOKEN), "{mode:?} {ask:?}: {text}");
        let asked = [INFO, function].map(|name| site.calls.lock().unwrap().iter().filter(|(called, _)| called == name).count());
        assert_eq!(asked, *calls, "{mode:?} {ask:?}: a site that refuses to say who the learner is, is asked for nothing else");
    }
}

#[tokio::test]
async fn an_account_that_is_shut_is_not_asked_for_again() {
    let (site, url) = stand_in().await;
    let clock = Arc::new(ManualClock::at(NOW));
    let moodle = Moodle::new(Parts { clock: clock.clone(), ..parts() });
    let items = moodle.items(&token(&url), "2").await.unwrap();
    site.set(Mode::Owed("sitepolicynotagreed"));
    let before = site.total();
    for id in ["11", "12", "21"] {
        let outcome = moodle.work(&token(&url), "2", by_id(&items, id), &Nothing).await;
        assert!(matches!(outcome, Err(CampusError::AccountBlocked(_))), "{outcome:?}");
    }
    assert!(matches!(moodle.courses(&token(&url), Freshness::Now).await, Err(CampusError::AccountBlocked(_))));
    assert_eq!(site.total(), before + 1, "one refusal is enough");
    // Who has done what was asked for is let in after a while.
    site.set(Mode::Good);
    clock.advance(Duration::from_secs(61));
    assert_eq!(moodle.courses(&token(&url), Freshness::Now).await.map(|listing| listing.courses.len()), Ok(3));
}

#[tokio::test]
async fn empty_lists_are_not_kept() {
    let (site, url) = stand_in().await;
    let moodle = moodle();
    site.set(Mode::Alone);
    assert_eq!(moodle.courses(&token(&url), Freshness::Recent).await.map(|listing| listing.courses.len()), Ok(0));
    site.set(Mode::Good);
    assert_eq!(moodle.courses(&token(&url), Freshness::Recent).await.map(|listing| listing.courses.len()), Ok(3), "enrolled since");
}

#[tokio::test]
async fn a_service_that_was_switched_off_leaves_the_token_as_good_as_before() {
    let (site, url) = stand_in().await;
    let moodle = moodle();
    moodle.courses(&token(&url), Freshness::Now).await.unwrap();
    site.set(Mode::ServiceOff);
    assert!(matches!(moodle.courses(&token(&url), Freshness::Now).await, Err(CampusError::Away { .. })));
    site.set(Mode::Good);
    assert_eq!(moodle.courses(&token(&url), Freshness::Now).await.map(|listing| listing.courses.len()), Ok(3));
}

#[tokio::test]
async fn what_opens_one_after_the_other_is_seen_to() {
    let (site, url) = stand_in().await;
    site.set(Mode::Chain);
    let moodle = moodle();
    for id in 31..37 {
        let items = moodle.items(&token(&url), "2").await.unwrap();
        assert_eq!(items.iter().filter(|item| matches!(item.stand, Stand::Tick(_))).count(), 1);
        assert_eq!(moodle.work(&token(&url), "2", by_id(&items, &id.to_string()), &Nothing).await, Ok(Worked::Done));
    }
    let items = moodle.items(&token(&url), "2").await.unwrap();
    assert!(items.iter().all(|item| item.stand == Stand::Done));
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let (site, url) = stand_in().await;
    for mode in [Mode::BusyOnce, Mode::NonsenseOnce] {
        site.set(mode);
        assert_eq!(moodle().courses(&token(&url), Freshness::Now).await.map(|listing| listing.courses.len()), Ok(3), "{mode:?}");
    }
    for bad in ["", "x", "2 or 1=1", "-2", "../2"] {
        assert!(matches!(moodle().items(&token(&url), bad).await, Err(CampusError::Unavailable(_))), "{bad}");
    }
}

/// One learner's calls are spaced, whoever else is calling.
#[tokio::test]
async fn a_learner_calls_a_site_gently() {
    let (site, url) = stand_in().await;
    let mut parts = parts();
    parts.manner.spacing = Duration::from_millis(60);
    let moodle = Arc::new(Moodle::new(parts));
    let began = Instant::now();
    let calls: Vec<_> = (0..4)
        .map(|_| {
            let (moodle, url) = (Arc::clone(&moodle), url.clone());
            tokio::spawn(async move { moodle.items(&token(&url), "2").await.unwrap() })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    let count = u32::try_from(site.total()).unwrap();
    assert!(began.elapsed() >= Duration::from_millis(60) * (count - 1), "{count} calls in {:?}", began.elapsed());
    assert_eq!(site.most_at_once(), 1);
}

/// A class of 60 signs in and lists its courses at once, at a tenth of the times of a real site: half a second a call, eight at once, half
/// a second between two calls of a learner. All are served, within a tenth of 30 seconds.
#[tokio::test]
async fn a_class_is_served() {
    let (site, url) = stand_in().await;
    *site.delay.lock().unwrap() = Duration::from_millis(50);
    let mut parts = parts();
    parts.manner.spacing = Duration::from_millis(50);
    let moodle = Arc::new(Moodle::new(parts));
    let began = Instant::now();
    let learners: Vec<_> = (0..60)
        .map(|number| {
            let (moodle, url) = (Arc::clone(&moodle), url.clone());
            tokio::spawn(async move {
                let secret = moodle.sign_in(&url, &format!("learner{number}"), "class").await?;
                moodle.courses(&Token { site: url, secret }, Freshness::Recent).await
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(moodle.waiting(&url) > 0, "whoever waits can be told so");
    for learner in learners {
        let listing = learner.await.unwrap().unwrap();
        assert_eq!(listing.courses[0].teacher, "王老师、李老师");
    }
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(site.most_at_once(), 8);
    assert_eq!((site.count("config"), site.count("core_course_get_courses_by_field")), (1, 1), "what is shared is asked for once");
    assert_eq!((site.count("token"), site.count(INFO), site.count(LIST), moodle.waiting(&url)), (60, 60, 60, 0));
}

#[tokio::test]
async fn d19_a_site_that_hangs_keeps_nobody_else_waiting() {
    let (silent, silent_url) = stand_in().await;
    silent.set(Mode::Silent);
    let (_, url) = stand_in().await;
    let mut patient = parts();
    patient.manner.deadline = Duration::from_secs(5);
    patient.manner.waits.clear();
    let moodle = Arc::new(Moodle::new(patient));
    let hanging: Vec<_> = (0..16)
        .map(|number| {
            let token = Token { secret: format!("stuck{number}"), site: silent_url.clone() };
            let moodle = Arc::clone(&moodle);
            tokio::spawn(async move { moodle.courses(&token, Freshness::Now).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(moodle.courses(&token(&url), Freshness::Now).await.map(|listing| listing.courses.len()), Ok(3));
    assert!(hanging.iter().any(|stuck| !stuck.is_finished()), "answered while the others hang");
    for stuck in hanging {
        assert!(stuck.await.unwrap().is_err());
    }
}

#[tokio::test]
async fn a_refused_permission_is_no_dead_token() {
    let (site, url) = stand_in().await;
    site.set(Mode::NoTeachers);
    let courses = moodle().courses(&token(&url), Freshness::Now).await.unwrap().courses;
    let teachers: Vec<&str> = courses.iter().map(|course| course.teacher.as_str()).collect();
    assert_eq!(teachers, ["", "", ""], "a list without teachers is better than none");
}

/// An address is asked for its own when it is saved: one sentence says what is wrong with it.
#[tokio::test]
async fn an_address_is_confirmed_by_its_site() {
    let (site, url) = stand_in().await;
    let open = moodle();
    assert_eq!(open.confirm_site(&url).await.as_deref(), Ok(url.as_str()));
    for (mode, expected, word) in [
        (Mode::OtherName, "Unavailable", "正式地址与所填的不同"),
        (Mode::Page, "Unavailable", "没有返回 Moodle 的数据"),
        (Mode::Gone, "Unavailable", "404"),
        (Mode::Moved, "Unavailable", "请改填 https://new.example.edu/learn"),
        (Mode::Closed, "Away", ""),
    ] {
        let (site, url) = stand_in().await;
        site.set(mode);
        let error = open.confirm_site(&url).await.unwrap_err();
        assert!(sort(&error) == expected && error.to_string().contains(word), "{mode:?}: {error:?}");
        assert!(site.total() <= 1, "it is asked once");
    }
    // The site's own address is taken; where it names one that may not be called, that is said.
    let (_, own) = stand_in().await;
    *site.address.lock().unwrap() = format!("{own}/");
    assert_eq!(open.confirm_site(&url).await, Ok(own.clone()));
    *site.address.lock().unwrap() = "ftp://elsewhere".to_owned();
    assert!(matches!(open.confirm_site(&url).await, Err(CampusError::Unavailable(_))));
    let listed = Moodle::new(Parts { sites: vec![url.clone()], ..parts() });
    assert_eq!(listed.confirm_site(&url).await, Ok(url.clone()), "a site is called as its operator listed it");
}

#[tokio::test]
async fn d19_only_sites_that_may_be_named_are_kept() {
    let open = moodle();
    for (text, kept) in [
        ("https://moodle.example.edu/learn/", "https://moodle.example.edu/learn"),
        ("moodle.example.edu", "https://moodle.example.edu"),
        ("https://moodle.example.edu/login/index.php?a=1#b", "https://moodle.example.edu"),
    ] {
        assert_eq!(open.site(text).as_deref(), Ok(kept), "{text}");
    }
    for bad in ["", "ftp://x.example", "https://", "https://u:p@x.example", "javascript:alert(1)"] {
        assert!(open.site(bad).is_err(), "{bad}");
    }
    let mut hardened = parts();
    hardened.strangers = Arc::new(strict());
    hardened.manner.https_only = true;
    let hardened = Moodle::new(hardened);
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
    let listed = Moodle::new(Parts { sites: vec!["https://one.example".to_owned()], ..parts() });
    assert_eq!((open.usual_site().as_str(), listed.usual_site().as_str()), ("", "https://one.example"), "the first that is listed");
    assert!(listed.site("https://one.example/").is_ok() && listed.site("https://other.example").is_err());
}
