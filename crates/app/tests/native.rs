//! The native surface against the real binary: its story, and lists that go through every kind.
#![allow(clippy::disallowed_methods, reason = "real time")]

mod common;

use std::time::Duration;

use common::{Server, call, hand_in, http, play, postgres};
use futures_util::StreamExt;
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

#[tokio::test]
async fn the_story_of_an_administrator() {
    let story = include_str!("stories/native_admin.txt");
    let server = Server::mounting(SURFACES, &[IDLE]);
    play(&server, story).await;
    server.check();
    if let Some(database) = postgres("native_admin_story").await {
        let server = Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)]);
        play(&server, story).await;
        server.check();
    }
}

#[tokio::test]
async fn the_story_of_coming_in() {
    let story = include_str!("stories/native_sign_in.txt");
    let server = Server::mounting(SURFACES, &[IDLE]);
    play(&server, story).await;
    server.check();
    if let Some(database) = postgres("native_sign_in_story").await {
        let server = Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)]);
        play(&server, story).await;
        server.check();
    }
}

#[tokio::test]
async fn the_story_of_an_outside_worker() {
    let story = include_str!("stories/native_worker.txt");
    let kinds = ("TASKS_KINDS", "translate price=0 deadline_s=3600 retries=2");
    let server = Server::mounting(SURFACES, &[kinds]);
    play(&server, story).await;
    server.check();
    if let Some(database) = postgres("native_worker_story").await {
        let server = Server::mounting(SURFACES, &[kinds, ("DATABASE", &database)]);
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

/// An open stream of events, read one by one.
struct Events {
    answer: std::pin::Pin<Box<dyn futures_util::Stream<Item = Vec<u8>> + Send>>,
    read: String,
}

impl Events {
    async fn open(server: &Server, token: &str, topics: &str, last: Option<&str>) -> Self {
        let request = http().get(format!("{}/gongfang/v1/events?topics={topics}", server.base)).bearer_auth(token);
        let request = if let Some(last) = last { request.header("last-event-id", last) } else { request };
        let answer = request.send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()), (200, "text/event-stream"));
        assert_eq!(
            (&answer.headers()["x-accel-buffering"], &answer.headers()["cache-control"]),
            (&"no".parse().unwrap(), &"no-store, no-transform".parse().unwrap())
        );
        let stream = answer.bytes_stream().map(|bytes| bytes.map(|bytes| bytes.to_vec()).unwrap_or_default());
        Self { answer: Box::pin(stream), read: String::new() }
    }

    /// The id and the data of the next event; none where the stream has ended.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let (id, data) = (field("id: ").unwrap_or_default(), field("data: "));
                self.read = rest.to_owned();
                if let Some(data) = data {
                    return Some((id, serde_json::from_str(&data).unwrap()));
                }
                continue;
            }
            let bytes = tokio::time::timeout(Duration::from_secs(20), self.answer.next()).await.expect("no event came")?;
            self.read.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// The states of the next events, each with its task.
    async fn states(&mut self, count: usize) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for _ in 0..count {
            let (_, data) = self.next().await.expect("the stream ended");
            found.push((data["id"].as_str().unwrap().to_owned(), data["state"].as_str().unwrap().to_owned()));
        }
        found
    }
}

#[tokio::test]
async fn many_tasks_are_followed_over_one_stream_which_goes_on_where_it_was() {
    let mut servers = vec![Server::mounting(SURFACES, &[IDLE])];
    if let Some(database) = postgres("native_events").await {
        servers.push(Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)]));
    }
    for server in &servers {
        let at = |path: &str| format!("{}/gongfang/v1{path}", server.base);
        let sign_in = json!({ "name": "test@bigniu.com", "password": "test123" });
        let token = call("POST", &at("/sessions"), "", Some(sign_in)).await.1["token"].as_str().unwrap().to_owned();
        let mut ids = Vec::new();
        for _ in 0..2 {
            let made = call("POST", &at("/tasks"), &token, Some(json!({ "kind": "anime", "text": "夜里下着雪。" }))).await.1;
            ids.push(made["id"].as_str().unwrap().to_owned());
        }
        let pair = |index: usize, state: &str| (ids[index].clone(), state.to_owned());
        let act = async |index: usize, action: &str| {
            let (status, answer) = call("POST", &at(&format!("/tasks/{}/{action}", ids[index])), &token, None).await;
            assert_eq!(status, 200, "{answer}");
        };
        let mut events = Events::open(server, &token, &ids.join(","), None).await;
        let mut first = events.states(2).await;
        first.sort();
        assert_eq!(first, [pair(0, "queued"), pair(1, "queued")], "where each is comes first");
        act(0, "pause").await;
        assert_eq!(events.states(1).await, [pair(0, "paused")]);
        act(1, "cancel").await;
        let (id, data) = events.next().await.unwrap();
        assert_eq!((&data["id"], &data["state"]), (&json!(ids[1]), &json!("cancelled")));
        drop(events);
        act(0, "resume").await;
        let mut again = Events::open(server, &token, &ids.join(","), Some(&id)).await;
        assert_eq!(again.states(1).await, [pair(0, "queued")], "what is known is not told again");
        let (status, _) = call("DELETE", &at("/sessions/current"), &token, None).await;
        assert_eq!(status, 204);
        assert_eq!(again.next().await, None, "the stream ends with its session");
    }
}

/// The lists that the next events name, in order.
async fn lists(events: &mut Events, count: usize) -> Vec<String> {
    let mut found = Vec::new();
    for _ in 0..count {
        found.push(events.next().await.expect("the stream ended").1["list"].as_str().unwrap().to_owned());
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_stream_says_which_lists_to_read_again() {
    let mut servers = vec![Server::mounting(SURFACES, &[IDLE])];
    if let Some(database) = postgres("native_list_events").await {
        servers.push(Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)]));
    }
    for server in &servers {
        let at = |path: &str| format!("{}/gongfang/v1{path}", server.base);
        let (user, admin) =
            (common::sign_in(server, "test@bigniu.com", "test123").await, common::sign_in(server, "admin", "admin123456").await);
        let me = call("GET", &at("/me"), &user, None).await.1["id"].as_str().unwrap().to_owned();
        let mut own = Events::open(server, &user, "tasks,wallet,orders", None).await;
        assert_eq!(lists(&mut own, 3).await, ["orders", "tasks", "wallet"], "whoever connects reads all of them");
        let mut all = Events::open(server, &admin, "queues,wallet&account=all", None).await;
        assert_eq!(lists(&mut all, 2).await, ["queues", "wallet"]);

        hand_in(server, &user, json!({ "novel_text": "夜里下着雪。" })).await;
        assert_eq!(lists(&mut own, 1).await, ["tasks"]);
        assert_eq!(lists(&mut all, 1).await, ["queues"]);
        let gift = json!({ "amount": "5.00", "reason": "gift" });
        let (status, answer) = call("POST", &at(&format!("/accounts/{me}/adjustments")), &admin, Some(gift)).await;
        assert_eq!(status, 201, "{answer}");
        assert_eq!(lists(&mut own, 1).await, ["wallet"]);
        assert_eq!(lists(&mut all, 1).await, ["wallet"]);
        let order = json!({ "account": me, "amount": "7.00", "remark": "cash" });
        let (status, answer) = call("POST", &at("/orders/manual"), &admin, Some(order)).await;
        assert_eq!(status, 201, "{answer}");
        assert_eq!(lists(&mut own, 1).await, ["orders"]);

        // Others' lists are administrators' alone.
        for topics in ["queues", "tasks&account=all"] {
            assert_eq!(call("GET", &at(&format!("/events?topics={topics}")), &user, None).await.0, 403, "{topics}");
        }
        // A page that is still the same is not sent again.
        let ask = async |known: &str| http().get(at("/orders")).bearer_auth(&user).header("if-none-match", known).send().await.unwrap();
        let first = ask("\"none\"").await;
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        assert_eq!((first.status().as_u16(), ask(&tag).await.status().as_u16()), (200, 304));
    }
}

#[tokio::test]
async fn streams_have_bounds_and_give_their_slots_back() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    let token = common::sign_in(&server, "test@bigniu.com", "test123").await;
    let film = hand_in(&server, &token, json!({ "novel_text": "夜里下着雪。" })).await;
    let topic = format!("task_{}", film.rsplit('_').next().unwrap().trim_start_matches('0'));
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(Events::open(&server, &token, &topic, None).await);
    }
    let url = format!("{}/gongfang/v1/events?topics={topic}", server.base);
    assert_eq!(call("GET", &url, &token, None).await.0, 429);
    open.clear();
    let opens = async || {
        let answer = http().get(&url).bearer_auth(&token).send().await.unwrap();
        (answer.status() == 200).then_some(())
    };
    common::wait_for(Duration::from_secs(10), opens).await;
    let many: Vec<_> = (1..=51).map(|number| format!("task_{number}")).collect();
    let url = format!("{}/gongfang/v1/events?topics={}", server.base, many.join(","));
    assert_eq!(call("GET", &url, &token, None).await.0, 400);
}

/// What a list answers to somebody who prefers a file.
async fn file(server: &Server, token: &str, path: &str) -> String {
    let request = http().get(format!("{}{path}", server.base)).bearer_auth(token).header("accept", "text/csv");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    String::from_utf8(answer.bytes().await.unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn a_list_is_a_file_for_whoever_prefers_one() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    let body = json!({ "name": "admin", "password": "admin123456" });
    let (_, signed_in) = call("POST", &format!("{}/gongfang/v1/sessions", server.base), "", Some(body)).await;
    let (token, admin) = (signed_in["token"].as_str().unwrap(), signed_in["account"].as_str().unwrap());
    // More than one piece of it, and cells that spreadsheets must not take for formulas.
    for number in 0..205 {
        let body = json!({ "amount": if number % 2 == 0 { "1.50" } else { "-1.50" }, "reason": "=1+1, \"是\"" });
        let url = format!("{}/gongfang/v1/accounts/{admin}/adjustments", server.base);
        assert_eq!(call("POST", &url, token, Some(body)).await.0, 201);
    }
    let text = file(&server, token, "/gongfang/v1/entries").await;
    let lines: Vec<&str> = text.split_terminator("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}id,account,amount.amount,"), "{}", lines[0]);
    assert_eq!(lines.len(), 206);
    assert!(lines[1].contains(",1.50,") && lines[2].contains(",-1.50,") && lines[1].contains("\"'=1+1, \"\"是\"\"\""), "{}", lines[1]);
    let accounts = file(&server, token, "/gongfang/v1/accounts?q=admin").await;
    assert!(accounts.contains(",admin,") && accounts.lines().count() == 2, "{accounts}");
}
