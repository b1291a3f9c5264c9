//! The native surface against the real binary: its story, and lists that go through every kind.
#![allow(clippy::disallowed_methods, reason = "real time")]

mod common;

use common::{Server, call, hand_in, play, postgres};
use serde_json::{Value, json};

const SURFACES: &str = "native,anime,phone,media,sandbox";
/// Nobody works on tasks, so that they stay as they were handed in.
const IDLE: (&str, &str) = ("WORKER_ENABLED", "false");

#[tokio::test]
async fn the_story_of_the_surface() {
    let story = include_str!("stories/native.txt");
    let server = Server::mounting(SURFACES, &[IDLE]);
    play(&server, story).await;
    server.check();
    if let Some(database) = postgres("native_story").await {
        let server = Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)]);
        play(&server, story).await;
        server.check();
    }
}

/// The ids on all pages of a list.
async fn pages(server: &Server, token: &str, query: &str) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    for _ in 0..20 {
        let url = format!("{}/gongfang/v1/tasks?limit=2&cursor={cursor}&{query}", server.base);
        let (status, page) = call("GET", &url, token, None).await;
        assert_eq!(status, 200, "{page}");
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        found.extend(items.iter().map(|task| task["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return found,
        }
    }
    panic!("the list never ended: {found:?}")
}

#[tokio::test]
async fn a_list_goes_through_every_kind_in_one_order() {
    let mut servers = vec![Server::mounting(SURFACES, &[IDLE])];
    if let Some(database) = postgres("native_lists").await {
        servers.push(Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)]));
    }
    for server in &servers {
        let at = |path: &str| format!("{}{path}", server.base);
        let (_, sent) = call("POST", &at("/api/auth/send_code"), "", Some(json!({ "phone": "13800138000" }))).await;
        let body = json!({ "phone": "13800138000", "code": sent["data"]["code"] });
        let (_, signed_in) = call("POST", &at("/api/auth/login"), "", Some(body)).await;
        let token = signed_in["data"]["token"].as_str().unwrap();
        let (_, codes) = call("POST", &at("/api/redemption/generate"), token, Some(json!({ "uses_granted": 9, "count": 1 }))).await;
        let code = &codes["data"]["codes"][0]["code"];
        call("POST", &at("/api/redemption/redeem"), token, Some(json!({ "code": code }))).await;
        let (mut all, mut films) = (Vec::new(), Vec::new());
        for number in 0..7 {
            let id = if number % 3 == 0 {
                let film = hand_in(server, token, json!({ "novel_text": "夜里下着雪。" })).await;
                let number = film.rsplit('_').next().unwrap().trim_start_matches('0').to_owned();
                films.push(format!("task_{number}"));
                number
            } else {
                let (status, made) = call("POST", &at("/api/task/create"), token, Some(json!({}))).await;
                assert_eq!(status, 200, "{made}");
                made["data"]["task_id"].to_string()
            };
            all.push(format!("task_{id}"));
        }
        all.reverse();
        films.reverse();
        assert_eq!(pages(server, token, "").await, all);
        assert_eq!(pages(server, token, "kind=anime").await, films);
        assert_eq!(pages(server, token, "kind=anime,metered&state=queued,draft").await, all);
        assert_eq!(pages(server, token, "state=queued").await, films, "metered tasks wait as drafts");
        let (_, counted) = call("GET", &at("/gongfang/v1/tasks?limit=1&count=true&state=draft,queued"), token, None).await;
        assert_eq!((&counted["count"], counted["items"].as_array().map(Vec::len)), (&json!(7), Some(1)));
        let uses = |task: &Value| task["kind"] == "metered" && task["price"] == json!({ "uses": 1 });
        assert!(counted["items"].as_array().unwrap().iter().all(|task| task["kind"] == "anime" || uses(task)), "{counted}");
        let admin = common::sign_in(server, "admin", "admin123456").await;
        assert_eq!(pages(server, &admin, "").await, Vec::<String>::new(), "nobody sees tasks of others");
        server.check();
    }
}
