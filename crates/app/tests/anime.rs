//! The anime surface against the real binary: the document's story and refusals, limits, sockets, films, and its own programs.
#![allow(clippy::disallowed_methods, reason = "a test measures real time")]

mod common;

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use common::{Server, ended, hand_in, http, insist, play, sign_in, socket::Socket, wait_for, within};
use serde_json::{Value, json};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error as SocketError, client::IntoClientRequest, handshake::client::Request},
};

/// A server that takes tasks and leaves them alone, so that their state is known.
const IDLE: &[(&str, &str)] = &[("WORKER_ENABLED", "false")];
/// A setting: tasks may be looked at without end.
const WATCHED: (&str, &str) = ("ANIME_READS_PER_HOUR", "100000000");
/// How long a film may take.
const FILM: Duration = Duration::from_secs(600);
/// A story of two short shots.
const SHORT: &str = "夜里，海边下着雨。小明说：“回家吧。”";

#[tokio::test]
async fn a_task_is_created_looked_at_listed_and_cancelled() {
    play(&Server::start(IDLE), include_str!("stories/task.txt")).await;
}

#[tokio::test]
async fn every_refusal_is_in_the_envelope_with_nothing_changed() {
    play(&Server::start(IDLE), include_str!("stories/refusals.txt")).await;
}

#[tokio::test]
async fn a_priced_task_is_charged_and_a_cancel_gives_it_back() {
    let server = Server::start(&[("WORKER_ENABLED", "false"), ("ANIME_PRICE", "1.5")]);
    let token = sign_in(&server, "test@bigniu.com", "test123").await;
    let answer =
        http().post(format!("{}/api/v1/tasks", server.base)).bearer_auth(&token).json(&json!({ "novel_text": "a" })).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(
        (body["error"]["message"].as_str(), &body["error"]["details"]),
        (Some("余额不足"), &json!({ "required": "1.5", "available": "0" }))
    );
    server.check();
}

#[tokio::test]
async fn limits_are_exact_and_say_when_to_come_back() {
    let server = Server::start(&[("WORKER_ENABLED", "false"), ("ANIME_LISTS_PER_HOUR", "5"), ("ANIME_READS_PER_HOUR", "7")]);
    let token = sign_in(&server, "test@bigniu.com", "test123").await;
    let client = http();
    let statuses = |method: reqwest::Method, path: &str, body: Option<Value>, times: usize| {
        let (client, url, token) = (client.clone(), format!("{}{path}", server.base), token.clone());
        async move {
            let mut calls = Vec::new();
            for _ in 0..times {
                let mut request = client.request(method.clone(), &url).bearer_auth(&token);
                if let Some(body) = &body {
                    request = request.json(body);
                }
                calls.push(tokio::spawn(insist(request)));
            }
            let mut found = (0, 0);
            for call in calls {
                let answer = call.await.unwrap();
                if answer.status() == 429 {
                    found.1 += 1;
                    let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
                    assert!((1..=3600).contains(&wait));
                    assert_eq!(answer.headers()["x-ratelimit-remaining"], "0");
                    let body: Value = answer.json().await.unwrap();
                    assert_eq!(body["error"]["code"], "RATE_LIMIT_EXCEEDED");
                } else {
                    assert!(answer.status().is_success(), "{}", answer.status());
                    found.0 += 1;
                }
            }
            found
        }
    };
    assert_eq!(statuses(reqwest::Method::POST, "/api/v1/tasks", Some(json!({ "novel_text": "a" })), 30).await, (10, 20));
    assert_eq!(statuses(reqwest::Method::GET, "/api/v1/tasks", None, 20).await, (5, 15));
    assert_eq!(statuses(reqwest::Method::GET, "/api/v1/tasks/task_1", None, 20).await, (7, 13));
}

#[tokio::test]
async fn a_storm_of_wrong_passwords_is_slowed_down_and_the_owner_is_let_in_later() {
    let server = Server::start(IDLE);
    let client = http();
    let began = Instant::now();
    let mut calls = Vec::new();
    for _ in 0..40 {
        calls.push(tokio::spawn(
            client
                .post(format!("{}/api/v1/auth/login", server.base))
                .json(&json!({ "username": "test@bigniu.com", "password": "wrong" }))
                .send(),
        ));
    }
    let mut refused = (0, 0);
    for call in calls {
        match call.await.unwrap().unwrap().status().as_u16() {
            401 => refused.0 += 1,
            429 => refused.1 += 1,
            other => panic!("{other}"),
        }
    }
    let most = 10 + began.elapsed().as_secs() / 10;
    assert!((10..=most).contains(&refused.0), "ten wrong ones, then one each ten seconds: {refused:?}");
    assert_eq!(refused.0 + refused.1, 40);
    // Another name is not held up.
    sign_in(&server, "admin", "admin123456").await;
}

#[tokio::test]
async fn giant_bodies_are_refused_in_the_envelope() {
    let server = Server::start(IDLE);
    let token = sign_in(&server, "test@bigniu.com", "test123").await;
    let post =
        |text: String| http().post(format!("{}/api/v1/tasks", server.base)).bearer_auth(&token).json(&json!({ "novel_text": text })).send();
    let large = post("x".repeat(2 << 20)).await.unwrap();
    assert_eq!(large.status(), 413);
    assert_eq!(large.json::<Value>().await.unwrap()["error"]["code"], "INVALID_INPUT");
    let long = post("我".repeat(80_000)).await.unwrap();
    assert_eq!(long.status(), 400);
    assert!(long.json::<Value>().await.unwrap()["error"]["message"].as_str().unwrap().contains("过长"));
}

#[tokio::test]
async fn documentation_needs_no_internet() {
    let server = Server::start(IDLE);
    for (page, script) in [("/docs", "swagger.js"), ("/redoc", "redoc.js")] {
        let html = http().get(format!("{}{page}", server.base)).send().await.unwrap().text().await.unwrap();
        assert!(html.contains(script) && !html.contains("http://") && !html.contains("https://"), "{html}");
        for path in html.split('"').filter(|part| part.starts_with("/docs/assets/")) {
            let asset = http().get(format!("{}{path}", server.base)).send().await.unwrap();
            assert_eq!(asset.status(), 200, "{path}");
        }
    }
    let open: Value = http().get(format!("{}/openapi.json", server.base)).send().await.unwrap().json().await.unwrap();
    let mut paths: Vec<&String> = open["paths"].as_object().unwrap().keys().collect();
    paths.sort();
    assert_eq!(paths, ["/api/v1/auth/login", "/api/v1/tasks", "/api/v1/tasks/{task_id}", "/api/v1/tasks/{task_id}/result"]);
    let printed = server.command().args(["openapi", "anime"]).output().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&printed.stdout).unwrap(), open, "the command prints what is served");
}

#[tokio::test]
async fn only_listed_origins_may_call() {
    let server = Server::start(IDLE);
    let allowed = |origin: &'static str| {
        let url = format!("{}/api/v1/tasks", server.base);
        async move {
            let answer = http()
                .request(reqwest::Method::OPTIONS, url)
                .header("origin", origin)
                .header("access-control-request-method", "POST")
                .send()
                .await
                .unwrap();
            answer.headers().get("access-control-allow-origin").is_some()
        }
    };
    assert!(allowed("http://localhost:5173").await);
    for origin in ["null", "https://evil.example", "http://localhost.evil.example"] {
        assert!(!allowed(origin).await, "{origin}");
    }
}

fn from_page(url: &str, origin: &str) -> Request {
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("origin", origin.parse().unwrap());
    request
}

async fn refused_at_upgrade(request: impl IntoClientRequest + Unpin) -> u16 {
    match connect_async(request).await {
        Err(SocketError::Http(answer)) => answer.status().as_u16(),
        Err(other) => panic!("{other}"),
        Ok(_) => 101,
    }
}

#[tokio::test]
async fn a_socket_is_refused_at_the_upgrade() {
    let server = Server::start(IDLE);
    let (mine, other) = (sign_in(&server, "test@bigniu.com", "test123").await, sign_in(&server, "admin", "admin123456").await);
    let id = hand_in(&server, &mine, json!({ "novel_text": "a" })).await;
    let url = |id: &str, token: &str| format!("ws://127.0.0.1:{}/ws/tasks/{id}?token={token}", server.port);
    assert_eq!(refused_at_upgrade(url(&id, "")).await, 401);
    assert_eq!(refused_at_upgrade(url(&id, "x.y.z")).await, 401);
    assert_eq!(refused_at_upgrade(url(&id, &other)).await, 404, "somebody else's task");
    assert_eq!(refused_at_upgrade(url("task_999", &mine)).await, 404);
    let good = url(&id, &mine);
    assert_eq!(refused_at_upgrade(from_page(&good, "https://evil.example")).await, 403);
    let mut open = vec![Socket::open(from_page(&good, "http://localhost:5173")).await];
    while open.len() < 20 {
        open.push(Socket::open(&good).await);
    }
    assert_eq!(refused_at_upgrade(&good).await, 429, "twenty sockets an account");
    let log = server.logged();
    for secret in [&mine, &other, &"test123".to_owned(), &"admin123456".to_owned()] {
        assert!(!log.contains(secret.as_str()), "a secret is in the log");
    }
}

#[tokio::test]
async fn a_socket_tells_the_state_first_ignores_what_it_is_told_and_ends_with_the_task() {
    let server = Server::start(IDLE);
    let token = sign_in(&server, "test@bigniu.com", "test123").await;
    let id = hand_in(&server, &token, json!({ "novel_text": "a" })).await;
    let url = format!("ws://127.0.0.1:{}/ws/tasks/{id}?token={token}", server.port);
    let mut socket = Socket::open(&url).await;
    let first = json!({ "type": "progress", "data": { "task_id": id, "status": "pending", "progress": 0, "current_step": null, "message": "等待处理" } });
    assert_eq!(socket.next().await, Ok(first));
    socket.say("hello").await;
    let cancelled = http().delete(format!("{}/api/v1/tasks/{id}", server.base)).bearer_auth(&token).send().await.unwrap();
    assert_eq!(cancelled.status(), 200);
    let expected = json!({ "type": "failed", "data": { "task_id": id, "status": "failed", "progress": 0, "current_step": "已取消", "message": "任务已取消", "error": { "code": "CANCELLED", "message": "任务已取消" }, "cancelled": true } });
    assert_eq!(socket.next().await, Ok(expected.clone()));
    assert_eq!(socket.next().await, Err(1000));
    // A late listener gets the end at once.
    assert_eq!(Socket::open(&url).await.next().await, Ok(expected));
}

#[tokio::test]
async fn a_frame_that_is_too_large_closes_the_socket_with_its_code() {
    let server = Server::start(IDLE);
    let token = sign_in(&server, "test@bigniu.com", "test123").await;
    let id = hand_in(&server, &token, json!({ "novel_text": "a" })).await;
    let mut socket = Socket::open(format!("ws://127.0.0.1:{}/ws/tasks/{id}?token={token}", server.port)).await;
    socket.next().await.unwrap();
    socket.say("x".repeat(64 * 1024 + 1)).await;
    assert_eq!(socket.next().await, Err(1009));
}

#[tokio::test]
async fn a_socket_ends_when_its_token_does() {
    let server = Server::start(IDLE);
    let mut password = "test123";
    let closing = async || {
        let token = sign_in(&server, "test@bigniu.com", std::mem::replace(&mut password, "another password")).await;
        let id = hand_in(&server, &token, json!({ "novel_text": "a" })).await;
        let mut socket = Socket::open(format!("ws://127.0.0.1:{}/ws/tasks/{id}?token={token}", server.port)).await;
        socket.next().await.unwrap();
        let mut reset = server
            .command()
            .args(["admin", "reset-password", "test@bigniu.com"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::io::Write::write_all(reset.stdin.as_mut().unwrap(), b"another password\n").unwrap();
        drop(reset.stdin.take());
        assert!(reset.wait().unwrap().success());
        let ended = Instant::now();
        assert_eq!(socket.closed().await, 4401);
        let took = ended.elapsed();
        let answer = http().get(format!("{}/api/v1/tasks", server.base)).bearer_auth(&token).send().await.unwrap();
        assert_eq!(answer.status(), 401);
        took
    };
    within(Duration::from_secs(5), closing).await;
}

#[tokio::test]
async fn a_stop_is_graceful() {
    let mut server = Server::start(IDLE);
    let token = sign_in(&server, "test@bigniu.com", "test123").await;
    let id = hand_in(&server, &token, json!({ "novel_text": "a" })).await;
    let url = format!("ws://127.0.0.1:{}/ws/tasks/{id}?token={token}", server.port);
    let mut socket = Socket::open(url).await;
    socket.next().await.unwrap();
    let watched = tokio::spawn(async move { socket.closed().await });
    let code = tokio::task::spawn_blocking(move || server.stop()).await.unwrap();
    assert_eq!((watched.await.unwrap(), code), (1001, Some(0)));
}

/// Waits until a task is as `wanted`, and sees to it that it did not fail before.
async fn until(server: &Server, token: &str, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let url = format!("{}/api/v1/tasks/{id}", server.base);
    let look = async || {
        let found: Value = http().get(&url).bearer_auth(token).send().await.unwrap().json().await.unwrap();
        assert_ne!(found["data"]["status"], "failed", "{found}");
        Some(found["data"].clone()).filter(&wanted)
    };
    wait_for(FILM, look).await
}

/// Waits until nothing is left.
async fn gone<T: std::fmt::Debug>(left: impl Fn() -> Vec<T>) {
    for _ in 0..600 {
        if left().is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("still there: {:?}", left());
}

/// The whole way with the worker: progress never falls, the result is whole, a browser can seek in the video, a restart in the
/// middle goes on where it was, and a foreigner's link leads nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_film_is_made_over_a_kill_in_the_middle() {
    let mut server = Server::start(&[WATCHED]);
    let token = sign_in(&server, "test@bigniu.com", "test123").await;
    let id = hand_in(&server, &token, json!({ "novel_text": SHORT, "options": { "duration_per_scene": 3 } })).await;
    let progress = |detail: &Value| detail["progress"].as_i64().unwrap();
    let before = until(&server, &token, &id, |detail| progress(detail) >= 20).await;
    server.kill();
    server.run();
    let mut socket = Socket::open(format!("ws://127.0.0.1:{}/ws/tasks/{id}?token={token}", server.port)).await;
    let (mut last, mut done) = (progress(&before), None);
    while let Ok(message) = socket.next_within(FILM).await {
        let progress = message["data"]["progress"].as_i64().unwrap();
        assert!(progress >= last, "progress fell from {last} to {progress}");
        last = progress;
        if message["type"] != "progress" {
            done = Some(message);
        }
    }
    let done = done.expect("a last message");
    assert_eq!((&done["type"], &done["data"]["status"], last), (&json!("completed"), &json!("completed"), 100), "{done}");
    let result: Value =
        http().get(format!("{}/api/v1/tasks/{id}/result", server.base)).bearer_auth(&token).send().await.unwrap().json().await.unwrap();
    let film = &result["data"];
    assert_eq!(film["characters"][0]["name"], "小明");
    assert_eq!(film["scenes"][0]["id"], "scene_001");
    let video = film["video_url"].as_str().unwrap();
    let part = http().get(video).header("range", "bytes=0-99").send().await.unwrap();
    assert_eq!(
        (part.status().as_u16(), part.headers()["content-type"].to_str().unwrap(), part.content_length()),
        (206, "video/mp4", Some(100))
    );
    let whole = http().get(video).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(&whole[4..8], b"ftyp");
    for url in [
        &film["thumbnail_url"],
        &film["scenes"][0]["image_url"],
        &film["scenes"][0]["audio_url"],
        &film["characters"][0]["image_url"],
        &film["subtitles"]["srt_url"],
        &film["subtitles"]["vtt_url"],
    ] {
        let answer = http().get(url.as_str().unwrap()).send().await.unwrap();
        assert!(answer.status().is_success() && answer.content_length().unwrap_or(0) > 20, "{url}");
    }
    assert_eq!(http().get(video.replace("film.mp4", "film.jpg")).send().await.unwrap().status(), 404, "a link opens its own file only");
    // It ends in the file's name, as pages look for what it is there; links of older versions are good, too.
    assert!(video.ends_with("/film.mp4"), "{video}");
    let (head, key) = video.split_once("/media/").unwrap();
    let (signed, key) = key.split_once('/').unwrap();
    let (expires, signature) = signed.split_once('.').unwrap();
    let older = format!("{head}/media/{key}?expires={expires}&signature={signature}");
    assert_eq!(http().get(&older).send().await.unwrap().status(), 200);
    for forged in
        [video.replace(signature, &"0".repeat(64)), video.replace(expires, "9999999999"), older.replace("signature=", "signature=0")]
    {
        assert_eq!(http().get(&forged).send().await.unwrap().status(), 404, "{forged}");
    }
    assert!(server.check().contains("all invariants hold"));
    // Nothing is left of the work, nor of the killed process's; the last is taken away behind the end that is told.
    gone(|| left_in(&server.data.join("work"))).await;
}

/// What lies in the working folders of all processes, but for their locks.
fn left_in(work: &Path) -> Vec<std::path::PathBuf> {
    let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect::<Vec<_>>();
    let inside = entries(work).into_iter().flat_map(|process| entries(&process));
    inside.filter(|path| !path.ends_with(".lock")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_leaves_no_child_behind() {
    let server = Server::start(&[WATCHED]);
    let token = sign_in(&server, "test@bigniu.com", "test123").await;
    let id = hand_in(&server, &token, json!({ "novel_text": SHORT.repeat(20) })).await;
    let work = server.data.join("work");
    until(&server, &token, &id, |_| !at_work_in(&work).is_empty()).await;
    assert_eq!(http().delete(format!("{}/api/v1/tasks/{id}", server.base)).bearer_auth(&token).send().await.unwrap().status(), 200);
    gone(|| at_work_in(&work)).await;
}

/// The names of the processes whose working folder is inside `folder`.
fn at_work_in(folder: &Path) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let inside = processes.filter(|process| std::fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder)));
    inside.filter_map(|process| std::fs::read_to_string(process.join("comm")).ok()).collect()
}

/// A provider that is broken costs quality and not the film; the result says what became of each asset.
#[tokio::test(flavor = "multi_thread")]
async fn a_broken_provider_is_stood_in_for_and_named() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut heard = [0; 4096];
                let _ = stream.read(&mut heard).await;
                let _ = stream.write_all(b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
            });
        }
    });
    let server = Server::start(&[
        ("AI_IMAGE_URL", &url),
        ("AI_IMAGE_MODEL", "painter"),
        ("AI_SPEECH_URL", &url),
        ("AI_SPEECH_PRICE", "1000"),
        ("ANIME_CEILING", "0.01"),
        ("AI_IMAGE_CONCURRENCY", "8"),
        WATCHED,
    ]);
    let token = sign_in(&server, "test@bigniu.com", "test123").await;
    let id = hand_in(&server, &token, json!({ "novel_text": SHORT, "options": { "duration_per_scene": 2, "voice_speed": 2.0 } })).await;
    let film = until(&server, &token, &id, |detail| detail["status"] == "completed").await["result"].clone();
    assert_eq!((&film["scenes"][0]["image_engine"], &film["scenes"][0]["voice_engine"]), (&json!("storyboard"), &json!("espeak-ng")));
    let notes = film["notes"].to_string();
    assert!(notes.contains("were drawn by the storyboard") && notes.contains("above the task's ceiling"), "{notes}");
    assert!(!notes.contains("127.0.0.1") && !notes.contains("500"), "{notes}");
}

/// The document's own programs, with nothing changed but the placeholder token (and the port, which a test cannot share).
#[tokio::test(flavor = "multi_thread")]
async fn the_documents_own_programs_run() {
    let server = Server::start(&[]);
    let token = sign_in(&server, "test@bigniu.com", "test123").await;
    let adapt = |program: &str| program.replace("your_jwt_token", &token).replace("localhost:8000", &format!("127.0.0.1:{}", server.port));
    let run = |command: &'static str, file: &'static str, program: String| {
        let path = server.data.join(file);
        std::fs::write(&path, program).unwrap();
        async move { tokio::task::spawn_blocking(move || Command::new(command).arg(path).env("no_proxy", "*").output()).await.unwrap() }
    };
    // The published program forgets to import time; a user adds that line, as it cannot run without.
    let python = run("python3", "program.py", format!("import time\n{}", adapt(include_str!("stories/program.py"))));
    let has_requests = Command::new("python3").args(["-c", "import requests"]).output().is_ok_and(|output| output.status.success());
    if has_requests {
        let output = python.await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("任务创建成功: task_") && said.contains("视频生成完成: http://"), "{said}");
    } else {
        eprintln!("skipped: python3 has no module requests");
    }
    if Command::new("node").arg("--version").output().is_ok() {
        let output = run("node", "program.mjs", adapt(include_str!("stories/program.mjs"))).await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("视频生成完成: http://"), "{said}");
    } else {
        eprintln!("skipped: node is not installed");
    }
}

#[test]
fn production_refuses_to_start_half_configured() {
    let folder = tempfile::tempdir().unwrap();
    let command = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongfang"));
        command.env("GONGFANG_DATA", folder.path()).env("GONGFANG_MODE", "production").current_dir(folder.path());
        command.env("GONGFANG_LISTEN_MOUNTS", format!("127.0.0.1:{}=anime,media", common::free_port()));
        command
    };
    let weak = |mut command: Command| {
        command.env("GONGFANG_DOCS_PUBLIC", "true").env("GONGFANG_CODES_ECHO", "true").env("GONGFANG_SMS_SENDER", "outbox");
        command
    };
    let refused = ended(weak(command()).arg("serve"));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success(), "{said}");
    for switch in ["public_url", "cors.origins", "docs.public", "codes.echo", "sms.sender"] {
        assert!(said.contains(&format!("{switch}: must")), "{switch}: {said}");
    }
    let settled = |mut command: Command| {
        command.env("GONGFANG_PUBLIC_URL", "https://example.com").env("GONGFANG_CORS_ORIGINS", "https://app.example.com");
        command
    };
    let refused = ended(settled(command()).arg("serve"));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("secrets create"), "{said}");
    assert!(settled(command()).args(["secrets", "create"]).output().unwrap().status.success());
    // Left over from development, where such a password may be chosen.
    let mut development = command();
    development.env("GONGFANG_MODE", "development");
    let mut admin = development.args(["admin", "create", "admin"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(admin.stdin.as_mut().unwrap(), b"admin123456\n").unwrap();
    drop(admin.stdin.take());
    assert!(admin.wait().unwrap().success());
    let refused = ended(settled(command()).arg("serve"));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("published password"), "{said}");
}
