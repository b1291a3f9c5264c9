//! The Canvas connector against a stand-in with the documented shapes and faults.

mod common;
#[path = "common/learning.rs"]
mod learning;
#[path = "common/canvas.rs"]
mod site;

use domain::course::{Item, Sort, Stand, Term, Tick};
use learning::{Nothing, parts, sort};
use outside::campus::Canvas;
use ports::campus::{Campus, CampusError, Freshness, Token, Worked};
use site::{Mode, TOKEN, stand_in};

fn canvas() -> Canvas {
    Canvas::new(parts())
}

fn token(site: &str) -> Token {
    Token { site: site.to_owned(), secret: TOKEN.to_owned() }
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
        let listed = canvas.courses(&token(&url), Freshness::Now).await.map_or_else(|error| sort(&error), |_| "Ok".to_owned());
        let read = canvas.items(&token(&url), "71").await.map_or_else(|error| sort(&error), |_| "Ok".to_owned());
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
