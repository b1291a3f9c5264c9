//! The campus surface against the real binary: its document, restarts, letters, and the defaults of production.
#![allow(clippy::disallowed_methods, reason = "a test waits in real time")]

mod attacks;
#[path = "../../../outside/tests/common/canvas.rs"]
mod canvas;
#[path = "../common/mod.rs"]
mod common;
mod platforms;
#[path = "../../../outside/tests/common/moodle.rs"]
mod site;
mod sockets;

use std::{process::Stdio, time::Duration};

use common::{Server, call, http, play, postgres, socket::Socket};
use serde_json::{Value, json};

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
        call(method, &format!("{}/api{path}", self.server.base), token, body).await
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
    let story = include_str!("../stories/campus.txt");
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
    let mut counts = Vec::new();
    let notified = loop {
        let frame = socket.next().await.unwrap();
        match frame["type"].as_str().unwrap() {
            "task_update" => {
                if frame["data"]["completed_courses"].is_i64() || frame["data"]["total_courses"].is_i64() {
                    counts.push((frame["data"]["completed_courses"].as_i64().unwrap(), frame["data"]["total_courses"].as_i64().unwrap()));
                }
                let progress = frame["data"]["data"]["progress"].as_i64().unwrap();
                assert!(progress >= ended.as_ref().map_or(0, |(progress, _)| *progress), "progress never falls");
                ended = Some((progress, frame["data"]["status"].clone()));
            }
            _ => break frame,
        }
    };
    assert_eq!(ended, Some((100, json!("completed"))), "the last state is never lost");
    assert!(counts.windows(2).all(|pair| pair[0] != pair[1]) && counts.last() == Some(&(2, 2)), "told when they change: {counts:?}");
    assert_eq!((&notified["level"], &notified["message"]), (&json!("info"), &json!("任务「学习任务」已完成")));
    let done = campus.until(&token, id, |task| task["status"] == "completed").await;
    assert_eq!((&done["completed_courses"], &done["total_courses"]), (&json!(2), &json!(2)));
    assert_eq!(done["start_time"], paused["start_time"], "the time it began is kept");
    assert_eq!(done["error"], Value::Null, "what is left to the learner is no failure");
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
