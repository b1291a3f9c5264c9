//! The campus surface against the real binary: its document, its socket, restarts, and what attacks do.
#![allow(clippy::disallowed_methods, reason = "a test waits in real time")]

mod common;

use std::{
    collections::HashMap,
    process::Stdio,
    time::{Duration, Instant},
};

use common::{Server, http, play, postgres, socket::Socket};
use serde_json::{Value, json};
use tokio_tungstenite::{connect_async, tungstenite::Error as SocketError};

const SURFACES: &str = "campus,media";
const IDLE: (&str, &str) = ("WORKER_ENABLED", "false");

/// A server of the campus surface, and calls to it.
struct Campus {
    server: Server,
    admin: String,
}

impl Campus {
    async fn start(settings: &[(&str, &str)]) -> Self {
        Self::at(Server::mounting(SURFACES, settings)).await
    }

    async fn at(server: Server) -> Self {
        let mut campus = Self { server, admin: String::new() };
        campus.admin = campus.sign_in("admin", "admin123456").await;
        campus
    }

    async fn call(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = http().request(method.parse().unwrap(), format!("{}/api{path}", self.server.base));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    async fn sign_in(&self, name: &str, password: &str) -> String {
        let (_, answer) = self.call("POST", "/auth/login", "", Some(json!({ "username": name, "password": password }))).await;
        answer["access_token"].as_str().unwrap_or_default().to_owned()
    }

    /// Registers somebody and gives their token; the demo campus knows them under their name.
    async fn learner(&self, name: &str) -> String {
        let body = json!({ "username": name, "email": format!("{name}@example.com"), "password": "password123" });
        let (status, answer) = self.call("POST", "/auth/register", "", Some(body)).await;
        assert_eq!(status, 201, "{answer}");
        let token = answer["access_token"].as_str().unwrap().to_owned();
        let config = json!({ "cx_username": name, "cx_password": "hunter2-hunter2", "speed": 2, "notopen_action": "continue" });
        assert_eq!(self.call("PUT", "/user/config", &token, Some(config)).await.0, 200);
        token
    }

    async fn started(&self, token: &str, courses: &[&str]) -> i64 {
        let (status, made) = self.call("POST", "/tasks", token, Some(json!({ "name": "学习任务", "course_ids": courses }))).await;
        assert_eq!(status, 201, "{made}");
        let id = made["id"].as_i64().unwrap();
        assert_eq!(self.call("POST", &format!("/tasks/{id}/start"), token, None).await.0, 200);
        id
    }

    /// Waits until a task is as `wanted`: minutes at most, since a killed worker's lease must run out first.
    async fn until(&self, token: &str, task: i64, wanted: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..3000 {
            let (_, found) = self.call("GET", &format!("/tasks/{task}"), token, None).await;
            if wanted(&found) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("never: {:?}", self.call("GET", &format!("/tasks/{task}"), token, None).await)
    }

    /// The secret of the newest link of a page that was sent to somebody.
    async fn link(&self, to: &str, page: &str) -> String {
        for _ in 0..100 {
            let outbox: Value = serde_json::from_str(&self.server.says(&["outbox", "--json", "--to", to], "")).unwrap();
            let links = outbox.as_array().unwrap().iter().filter_map(|letter| letter["link"].as_str());
            if let Some((_, secret)) = links.filter_map(|link| link.split_once(&format!("/{page}?token="))).next() {
                return secret.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no letter to {to} about {page}")
    }

    async fn socket(&self, token: &str) -> Socket {
        let url = format!("{}/ws/connect?token={token}", self.server.base.replace("http", "ws"));
        let mut socket = Socket::open(url).await;
        let hello = socket.next().await.unwrap();
        assert_eq!((&hello["type"], &hello["message"]), (&json!("connected"), &json!("WebSocket连接成功")));
        socket
    }
}

#[tokio::test]
async fn the_document_from_top_to_bottom() {
    let story = include_str!("stories/campus.txt");
    let server = Server::mounting(SURFACES, &[IDLE]);
    play(&server, story).await;
    server.check();
    if let Some(database) = postgres("campus_story").await {
        let server = Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)]);
        play(&server, story).await;
        server.check();
    }
}

/// Register, configure, create, start, watch items move, pause, kill the server, start it, resume, complete.
#[tokio::test]
async fn a_learner_watches_a_task_through_a_pause_and_two_kills() {
    let mut campus = Campus::start(&[]).await;
    let token = campus.learner("alice").await;
    let mut socket = campus.socket(&token).await;
    let id = campus.started(&token, &["1001", "1002"]).await;
    let playing = |frame: &Value| frame["data"]["item_current_time"].is_i64();
    let mut last = 0;
    let frame = loop {
        let frame = socket.next().await.unwrap();
        let progress = frame["data"]["progress"].as_i64().unwrap();
        assert!(frame["type"] == "task_update" && frame["task_id"] == id && progress >= last, "{frame}");
        last = progress;
        if playing(&frame) && frame["data"]["item_progress"] != 0 {
            break frame;
        }
    };
    assert_eq!(frame["data"]["current_item"], "🎬 第一讲 变量与类型");
    assert_eq!((&frame["data"]["item_total_time"], &frame["data"]["task_id"]), (&json!(12), &json!(id)));
    let mut inner = frame["data"].clone();
    let nested = inner.as_object_mut().unwrap().remove("data").unwrap();
    inner.as_object_mut().unwrap().remove("task_id");
    assert_eq!(nested, inner, "the same fields at both depths");
    // Killed in the middle: it goes on by itself, because it was running.
    campus.server.kill();
    campus.server.run();
    socket.closed().await;
    campus.until(&token, id, |task| task["logs"][0]["message"].as_str().unwrap_or_default().contains("第二讲")).await;
    assert_eq!(campus.call("POST", &format!("/tasks/{id}/pause"), &token, None).await.0, 200);
    let paused = campus.until(&token, id, |task| task["status"] == "paused").await;
    // Killed while it was held: it stays so.
    campus.server.kill();
    campus.server.run();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let still = campus.until(&token, id, |_| true).await;
    assert_eq!((&still["status"], &still["progress"], &still["logs"]), (&json!("paused"), &paused["progress"], &paused["logs"]));
    let mut socket = campus.socket(&token).await;
    assert_eq!(
        socket.ask(json!({ "type": "subscribe_task", "data": { "task_id": id.to_string() } }).to_string()).await["type"],
        "subscribed"
    );
    assert_eq!(campus.call("POST", &format!("/tasks/{id}/resume"), &token, None).await.0, 200);
    let mut ended = None;
    let notified = loop {
        let frame = socket.next().await.unwrap();
        match frame["type"].as_str().unwrap() {
            "task_update" => {
                let progress = frame["data"]["data"]["progress"].as_i64().unwrap();
                assert!(progress >= ended.as_ref().map_or(0, |(progress, _)| *progress), "progress never falls");
                ended = Some((progress, frame["data"]["status"].clone()));
            }
            _ => break frame,
        }
    };
    assert_eq!(ended, Some((100, json!("completed"))), "the last state is never lost");
    assert_eq!((&notified["level"], &notified["message"]), (&json!("info"), &json!("任务「学习任务」已完成")));
    let done = campus.until(&token, id, |task| task["status"] == "completed").await;
    assert_eq!((&done["completed_courses"], &done["total_courses"]), (&json!(2), &json!(2)));
    assert_eq!(done["start_time"], paused["start_time"], "the time it began is kept");
    assert_eq!(
        done["error_msg"],
        "《程序设计基础》需本人完成：📝 第一章测验（测验须由本人完成）；《中国古典诗词》需本人完成：📌 第三章 宋词（本章尚未到开放时间）"
    );
    let lines: Vec<&str> = done["logs"].as_array().unwrap().iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert_eq!(lines.iter().filter(|line| **line == "已完成: 🎬 第一讲 变量与类型").count(), 1, "nothing is done twice: {lines:?}");
    let (_, courses) = campus.call("GET", "/courses/list", &token, None).await;
    assert_eq!((&courses[0]["progress"], &courses[1]["progress"]), (&json!(75), &json!(66)), "the campus knows what was really delivered");
    campus.server.check();
    assert!(!campus.server.logged().contains("hunter2"), "no password in the log");
    for file in ["gongfang.db", "gongfang.db-wal"] {
        let bytes = std::fs::read(campus.server.data.join(file)).unwrap_or_default();
        assert!(!bytes.windows(7).any(|window| window == b"hunter2"), "d05: no password in {file}");
    }
}

#[tokio::test]
async fn d16_a_socket_answers_everything_and_ends_for_good_reason() {
    let campus = Campus::start(&[IDLE]).await;
    let (alice, bob) = (campus.learner("alice").await, campus.learner("bob").await);
    let hers = campus.started(&alice, &["1001"]).await;
    let his = campus.started(&bob, &["1001"]).await;
    for path in ["/ws/connect", "/api/ws/connect"] {
        let url = format!("{}{path}?token=nonsense", campus.server.base.replace("http", "ws"));
        match connect_async(url).await {
            Err(SocketError::Http(answer)) => assert_eq!(answer.status().as_u16(), 403, "{path}"),
            other => panic!("{path}: {other:?}"),
        }
    }
    let mut socket = campus.socket(&alice).await;
    let foreign = json!({ "type": "error", "message": "任务不存在或无权访问" });
    for odd in [json!(his), json!(99999), json!("x"), json!(-1), json!(1.5), json!(null), json!([1])] {
        tokio::time::sleep(Duration::from_millis(150)).await;
        assert_eq!(socket.ask(json!({ "type": "subscribe_task", "task_id": odd }).to_string()).await, foreign, "{odd}");
    }
    for (said, answer) in [
        ("{\"type\":\"ping\"}", json!({ "type": "pong" })),
        ("nonsense", json!({ "type": "error", "message": "无效的JSON格式" })),
        ("[1]", json!({ "type": "error", "message": "无效的JSON格式" })),
        ("{\"type\":\"dance\"}", json!({ "type": "error", "message": "未知的消息类型: dance" })),
        ("{\"type\":\"unsubscribe_task\",\"task_id\":5}", json!({ "type": "unsubscribed", "task_id": 5, "message": "已取消订阅任务 5" })),
    ] {
        tokio::time::sleep(Duration::from_millis(150)).await;
        assert_eq!(socket.ask(said).await, answer, "{said}");
    }
    let subscribed = socket.ask(json!({ "type": "subscribe_task", "task_id": hers }).to_string()).await;
    assert_eq!(subscribed, json!({ "type": "subscribed", "task_id": hers, "message": format!("已订阅任务 {hers}") }));
    // Two sockets of one learner are both served.
    let mut second = campus.socket(&alice).await;
    assert_eq!(second.next().await.unwrap()["type"], "task_update", "it has begun to watch");
    campus.call("POST", &format!("/tasks/{hers}/pause"), &alice, None).await;
    for socket in [&mut socket, &mut second] {
        let paused = async {
            loop {
                let frame = socket.next().await.unwrap();
                if frame["type"] == "task_update" && frame["data"]["data"]["status"] == "paused" {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(60), paused).await.unwrap();
    }
    second.chatter("{\"type\":\"ping\"}", 40).await;
    assert_eq!(second.closed().await, 1008, "ten messages a second");
    let began = Instant::now();
    assert_eq!(campus.call("POST", "/auth/logout", &alice, None).await.0, 200);
    let code = socket.closed().await;
    assert!(code == 4401 && began.elapsed() < Duration::from_secs(30), "{code} after {:?}", began.elapsed());
}

#[tokio::test]
async fn a_socket_hears_of_what_fails_as_soon_as_it_starts() {
    let campus = Campus::start(&[]).await;
    let token = campus.learner("alice").await;
    let (_, made) = campus.call("POST", "/tasks", &token, Some(json!({ "name": "不存在", "course_ids": ["9999"] }))).await;
    let mut socket = campus.socket(&token).await;
    assert_eq!(campus.call("POST", &format!("/tasks/{}/start", made["id"]), &token, None).await.0, 200);
    let mut told = Vec::new();
    let notified = loop {
        let frame = socket.next().await.unwrap();
        if frame["type"] == "notification" {
            break frame;
        }
        told.push((frame["data"]["status"].as_str().unwrap().to_owned(), frame["data"]["error_msg"].clone()));
    };
    let why = "《9999》无法学习：该账号下没有这门课程";
    assert_eq!(told.last(), Some(&("failed".to_owned(), json!(why))));
    assert!(told[..told.len() - 1].iter().all(|(status, why)| status == "running" && why.is_null()), "{told:?}");
    assert_eq!((&notified["level"], &notified["message"]), (&json!("error"), &json!(format!("任务「不存在」失败：{why}"))));
}

#[tokio::test]
async fn a_forgotten_password_is_reset_through_the_outbox() {
    let campus = Campus::start(&[IDLE, ("CAMPUS_FRONT_URL", "https://learn.example.com/")]).await;
    let token = campus.learner("alice").await;
    let verify = campus.link("alice@example.com", "verify-email").await;
    let (status, answer) = campus.call("POST", "/auth/verify-email", "", Some(json!({ "token": verify }))).await;
    assert_eq!((status, &answer["message"]), (200, &json!("邮箱验证成功")));
    assert_eq!(campus.call("GET", "/auth/me", &token, None).await.1["email_verified"], true);
    let (status, answer) = campus.call("POST", "/auth/resend-verification", &token, None).await;
    assert_eq!((status, &answer["detail"]), (400, &json!("邮箱已验证")));
    // The link leads where the operator said, whatever the request claims to be sent to.
    let forgot = http()
        .post(format!("{}/api/auth/forgot-password", campus.server.base))
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example")
        .json(&json!({ "email": "alice@example.com" }));
    assert_eq!(forgot.send().await.unwrap().status(), 200);
    let secret = campus.link("alice@example.com", "reset-password").await;
    assert!(campus.server.says(&["outbox", "--json"], "").contains("https://learn.example.com/reset-password?token="));
    let body = json!({ "token": secret, "new_password": "another password" });
    let (status, answer) = campus.call("POST", "/auth/reset-password", "", Some(body.clone())).await;
    assert_eq!((status, &answer["message"]), (200, &json!("密码重置成功，请使用新密码登录")));
    assert_eq!(campus.call("POST", "/auth/reset-password", "", Some(body)).await.0, 400);
    assert_eq!(campus.call("GET", "/auth/me", &token, None).await.0, 401);
    assert!(!campus.sign_in("alice", "another password").await.is_empty());
}

#[tokio::test]
async fn d03_what_ends_a_token_ends_it_in_every_process() {
    let first = Campus::start(&[IDLE]).await;
    let second = Campus { server: first.server.beside(), admin: first.admin.clone() };
    for (name, end) in [("logout", 0), ("password", 1), ("deactivated", 2), ("deleted", 3)] {
        let stays = first.learner(name).await;
        let token = first.sign_in(name, "password123").await;
        let id = second.call("GET", "/auth/me", &token, None).await.1["id"].clone();
        let (status, answer) = match end {
            0 => first.call("POST", "/auth/logout", &token, None).await,
            1 => {
                let body = json!({ "old_password": "password123", "new_password": "another password" });
                first.call("PUT", "/user/password", &stays, Some(body)).await
            }
            2 => first.call("PUT", &format!("/admin/users/{id}"), &first.admin, Some(json!({ "is_active": false }))).await,
            _ => first.call("DELETE", &format!("/admin/users/{id}"), &first.admin, None).await,
        };
        assert_eq!(status, 200, "{answer}");
        assert_eq!(first.call("GET", "/auth/me", &token, None).await.0, 401, "{name}: at once here");
        tokio::time::sleep(Duration::from_millis(1100)).await;
        assert_eq!(second.call("GET", "/auth/me", &token, None).await.0, 401, "{name}: in a second elsewhere");
    }
}

/// No bell is heard from one process to the other here: what is watched is looked up.
#[tokio::test]
async fn a_task_is_watched_in_one_process_and_worked_on_in_another() {
    let mut servers = vec![Server::mounting(SURFACES, &[IDLE])];
    if let Some(database) = postgres("campus_processes").await {
        servers.push(Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)]));
    }
    for server in servers {
        let campus = Campus::at(server).await;
        let worker = campus.server.beside_with(&[("WORKER_ENABLED", "true")]);
        let token = campus.learner("alice").await;
        let mut socket = campus.socket(&token).await;
        let id = campus.started(&token, &["1002"]).await;
        socket.say(json!({ "type": "subscribe_task", "task_id": id }).to_string()).await;
        let (mut seen, mut last) = (0, 0);
        let status = loop {
            let frame = socket.next().await.unwrap();
            if frame["type"] == "task_update" {
                let progress = frame["data"]["progress"].as_i64().unwrap();
                assert!(progress >= last, "{frame}");
                (seen, last) = (seen + 1, progress);
                if frame["data"]["status"] != "running" {
                    break frame["data"]["status"].clone();
                }
            }
        };
        assert!(seen >= 2, "{seen} updates");
        assert_eq!((status, last), (json!("completed"), 100));
        // Held here, the task stops there.
        let id = campus.started(&token, &["1001"]).await;
        campus.until(&token, id, |task| task["logs"][0]["message"].as_str().unwrap_or_default().contains("当前任务")).await;
        assert_eq!(campus.call("POST", &format!("/tasks/{id}/pause"), &token, None).await.0, 200);
        let lines = campus.call("GET", &format!("/tasks/{id}/logs"), &token, None).await.1;
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(campus.call("GET", &format!("/tasks/{id}/logs"), &token, None).await.1, lines, "no ghost writes");
        drop(worker);
    }
}

#[tokio::test]
async fn d12_no_user_administers_however_the_path_is_spelled() {
    let campus = Campus::start(&[IDLE]).await;
    let token = campus.learner("alice").await;
    let open = http().get(format!("{}/api/openapi.json", campus.server.base)).send().await.unwrap().json::<Value>().await.unwrap();
    let public = ["/auth/register", "/auth/login", "/auth/forgot-password", "/auth/reset-password", "/auth/verify-email", "/health"];
    let mut seen = 0;
    for (path, methods) in open["paths"].as_object().unwrap() {
        let path = path.strip_prefix("/api").unwrap();
        let url = path.replace("{id}", "1").replace("{user_id}", "1");
        for method in methods.as_object().unwrap().keys().filter(|_| !public.contains(&path)) {
            let method = method.to_uppercase();
            let (status, answer) = campus.call(&method, &url, "", Some(json!({}))).await;
            assert_eq!((status, &answer["detail"]), (401, &json!("Not authenticated")), "{method} {path}");
            if path.starts_with("/admin/") || path.starts_with("/system-config/") {
                let (status, answer) = campus.call(&method, &url, &token, Some(json!({}))).await;
                assert_eq!((status, &answer["detail"]), (403, &json!("需要管理员权限")), "{method} {path}");
                for spelled in
                    [url.to_uppercase(), format!("/{url}"), url.replacen("admin/", "admin%2f", 1), format!("{url};x"), format!("{url}/")]
                {
                    let (status, _) = campus.call(&method, &spelled, &token, Some(json!({}))).await;
                    assert!((403..=405).contains(&status), "{method} {spelled}: {status}");
                }
            }
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen} operations");
    for page in ["/api/docs", "/api/redoc"] {
        let answer = http().get(format!("{}{page}", campus.server.base)).send().await.unwrap();
        assert!(answer.status().is_success() && answer.text().await.unwrap().contains("html"), "{page}");
    }
}

#[tokio::test]
async fn d07_d08_d18_bodies_of_every_sort_are_refused_with_nothing_changed() {
    let campus = Campus::start(&[IDLE]).await;
    let token = campus.learner("alice").await;
    let send = async |method: &str, path: &str, kind: &str, body: Vec<u8>| {
        let request = http().request(method.parse().unwrap(), format!("{}/api{path}", campus.server.base)).bearer_auth(&token);
        let answer = request.header("content-type", kind).body(body).send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: not JSON: {text}"));
        assert!(body["detail"].is_string(), "{path}: {text}");
        status
    };
    let json = "application/json";
    let ids = format!("{{\"name\":\"x\",\"course_ids\":[{}]}}", vec!["\"1\""; 201].join(","));
    let million = format!("{{\"name\":\"x\",\"course_ids\":[{}]}}", vec!["1"; 1_000_000].join(","));
    for (method, path, kind, body, status) in [
        ("POST", "/tasks", json, ids.into_bytes(), 400),
        ("POST", "/tasks", json, million.into_bytes(), 413),
        ("PUT", "/user/config", json, vec![b'x'; 2 << 20], 413),
        ("PUT", "/user/config", json, br#"{"speed":"1.5"}"#.to_vec(), 400),
        ("PUT", "/user/config", json, br#"{"tiku_config":[]}"#.to_vec(), 400),
        ("PUT", "/user/config", json, br#"{"cx_username":"a\u0000b"}"#.to_vec(), 400),
        ("PUT", "/user/config", json, b"null".to_vec(), 400),
        ("PUT", "/user/config", "text/plain", b"{}".to_vec(), 400),
        ("POST", "/auth/login", "text/plain", br#"{"username":"a","password":"b"}"#.to_vec(), 400),
        ("POST", "/auth/login", json, br#"{"username":"a","username":"admin","password":"b"}"#.to_vec(), 400),
        ("POST", "/auth/login", json, br#"{"username":{"a":1},"password":["b"]}"#.to_vec(), 400),
        ("POST", "/auth/login", json, [b"[".repeat(5000), b"]".repeat(5000)].concat(), 400),
        ("POST", "/auth/register", json, b"\xff\xfe".to_vec(), 400),
    ] {
        assert_eq!(
            send(method, path, kind, body.clone()).await,
            status,
            "{path}: {}",
            String::from_utf8_lossy(&body[..body.len().min(60)])
        );
    }
    let (_, config) = campus.call("GET", "/user/config", &token, None).await;
    assert_eq!((&config["speed"], &config["tiku_config"]), (&json!(2), &json!({})));
    assert_eq!(campus.call("GET", "/tasks", &token, None).await.1["total"], 0);
}

#[tokio::test]
async fn networks_are_counted_and_told_when_to_come_back() {
    let settings = [IDLE, ("LIMITS_PER_ADDRESS", "true"), ("CAMPUS_REQUESTS_PER_MINUTE", "30")];
    let campus = Campus { server: Server::mounting(SURFACES, &settings), admin: String::new() };
    let body = |name: &str| json!({ "username": name, "email": format!("{name}@example.com"), "password": "password123" });
    let mut tokens = HashMap::new();
    for name in ["one", "two", "three"] {
        let (status, made) = campus.call("POST", "/auth/register", "", Some(body(name))).await;
        assert_eq!(status, 201);
        tokens.insert(name, made["access_token"].as_str().unwrap().to_owned());
    }
    let (status, answer) = campus.call("POST", "/auth/register", "", Some(body("four"))).await;
    assert_eq!((status, &answer["error"]), (429, &json!("请求过于频繁")), "three registrations an hour");
    assert!(answer["retry_after"].as_i64().unwrap() > 3000 && answer["detail"].is_string(), "{answer}");
    for _ in 0..5 {
        assert!(!campus.sign_in("one", "password123").await.is_empty());
    }
    let (status, answer) = campus.call("POST", "/auth/login", "", Some(json!({ "username": "one", "password": "password123" }))).await;
    assert_eq!((status, answer["retry_after"].as_i64().is_some_and(|wait| wait <= 60)), (429, true), "five sign-ins a minute");
    let mut last = 0;
    for _ in 0..30 {
        last = campus.call("GET", "/auth/me", "", None).await.0;
    }
    assert_eq!(last, 429, "thirty requests a minute");
    // Those who share a network do not share a limit once they have signed in.
    for name in ["one", "two"] {
        for _ in 0..30 {
            last = campus.call("GET", "/auth/me", &tokens[name], None).await.0;
        }
        assert_eq!(last, 200, "{name}");
    }
    assert_eq!(campus.call("GET", "/auth/me", &tokens["one"], None).await.0, 429, "thirty of an account");
}

#[tokio::test]
async fn production_has_no_demo_and_keeps_its_mail_server_to_the_configuration() {
    let server = Server::production(SURFACES, &[IDLE, ("LIMITS_PER_ADDRESS", "false"), ("SECURITY_EXCEPTIONS", "limits.per_address")]);
    let mut campus = Campus { server, admin: String::new() };
    campus.admin = campus.sign_in("root", common::ROOT_PASSWORD).await;
    let body = |password: &str| json!({ "username": "alice", "email": "alice@example.com", "password": password });
    let (status, answer) = campus.call("POST", "/auth/register", "", Some(body("short12"))).await;
    assert_eq!((status, &answer["detail"]), (400, &json!("密码长度至少8个字符")));
    let (status, answer) = campus.call("POST", "/auth/register", "", Some(body("password123"))).await;
    assert_eq!((status, &answer["detail"]), (400, &json!("密码过于常见，请换一个")));
    let (_, answer) = campus.call("POST", "/auth/register", "", Some(body("a good password"))).await;
    let token = answer["access_token"].as_str().unwrap().to_owned();
    assert_eq!(campus.call("GET", "/user/config", &token, None).await.1["platform"], "moodle");
    for bad in [
        json!({ "platform": "demo" }),
        json!({ "site": "http://moodle.example.edu" }),
        json!({ "site": "https://127.0.0.1" }),
        json!({ "site": "https://10.0.0.1" }),
        json!({ "site": "https://moodle.example.edu:8443" }),
    ] {
        assert_eq!(campus.call("PUT", "/user/config", &token, Some(bad.clone())).await.0, 400, "{bad}");
    }
    let (status, answer) = campus.call("POST", "/auth/resend-verification", &token, None).await;
    assert_eq!((status, &answer["detail"]), (503, &json!("邮件服务未启用")));
    let forgot = campus.call("POST", "/auth/forgot-password", "", Some(json!({ "email": "alice@example.com" }))).await;
    assert_eq!(forgot.0, 200, "the answer is the same whether or not a letter can be sent");
    let smtp = json!({ "smtp_host": "mail.example.com", "smtp_from": "a@example.com", "enabled": true });
    let (status, answer) = campus.call("PUT", "/system-config/smtp", &campus.admin, Some(smtp)).await;
    assert_eq!((status, &answer["detail"]), (403, &json!("邮件服务器只能在配置文件中设置")));
    assert_eq!(campus.call("GET", "/docs", "", None).await, (404, json!({ "detail": "Not Found" })));
    assert_eq!(http().get(format!("{}/sandbox/campus", campus.server.base)).send().await.unwrap().status(), 404);
    // What the API refuses, the command line refuses, too.
    for common in ["admin123456", "password123"] {
        let mut command = campus.server.command();
        let mut child = command.args(["admin", "create", "ops"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), common.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("too common"), "{common}: {output:?}");
    }
}

#[tokio::test]
async fn everything_of_everybody_stands_side_by_side() {
    let campus = Campus::at(Server::mounting("anime,campus,mail,media", &[IDLE])).await;
    let (status, health) = campus.call("GET", "/health", "", None).await;
    assert_eq!((status, health), (200, json!({ "status": "healthy", "database": "connected", "message": "服务运行正常" })));
    let token = campus.learner("alice").await;
    // One account: what was registered here signs in there, and the token is good everywhere.
    let there = common::sign_in(&campus.server, "alice@example.com", "password123").await;
    assert_eq!(campus.call("GET", "/auth/me", &there, None).await.1["username"], "alice");
    assert_eq!(campus.call("GET", "/v1/tasks", &token, None).await.1["success"], true);
    // Each path is refused in its own surface's words.
    assert_eq!(campus.call("GET", "/nonsense", "", None).await.1, json!({ "detail": "Not Found" }));
    assert_eq!(campus.call("GET", "/v1/nonsense", "", None).await.1["success"], false);
}
