//! The socket of a user.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio_tungstenite::{connect_async, tungstenite::Error as SocketError};

use crate::{
    Campus, IDLE, SURFACES,
    common::{Server, postgres, within},
};

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
    // Held before the socket was opened: whoever asks for it is told how it is.
    let carol = campus.learner("carol").await;
    let held = campus.started(&carol, &["1001"]).await;
    assert_eq!(campus.call("POST", &format!("/tasks/{held}/pause"), &carol, None).await.0, 200);
    let mut late = campus.socket(&carol).await;
    late.say(json!({ "type": "subscribe_task", "task_id": held }).to_string()).await;
    let told = [late.next().await.unwrap(), late.next().await.unwrap()];
    let of = |kind: &str| told.iter().find(|frame| frame["type"] == kind).unwrap_or_else(|| panic!("{told:?}")).clone();
    assert_eq!((of("subscribed")["task_id"].clone(), of("task_update")["data"]["status"].clone()), (json!(held), json!("paused")));
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
    let closing = async || {
        let token = campus.sign_in("alice", "password123").await;
        let mut socket = campus.socket(&token).await;
        let began = Instant::now();
        assert_eq!(campus.call("POST", "/auth/logout", &token, None).await.0, 200);
        assert_eq!(socket.closed().await, 4401);
        began.elapsed()
    };
    within(Duration::from_secs(5), closing).await;
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
    let why = "编号为 9999 的课程无法学习：该账号下没有这门课程";
    assert_eq!(told.last(), Some(&("failed".to_owned(), json!(why))));
    assert!(told[..told.len() - 1].iter().all(|(status, why)| status == "running" && why.is_null()), "{told:?}");
    assert_eq!((&notified["level"], &notified["message"]), (&json!("error"), &json!(format!("任务「不存在」失败：{why}"))));
}

/// No bell is heard from one process to the other here: what is watched is looked up.
#[tokio::test]
async fn a_task_is_watched_in_one_process_and_worked_on_in_another() {
    if let Some(database) = postgres("campus_processes").await {
        let server = Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)]);
        let campus = Campus::at(server).await;
        let worker = campus.server.beside_with(&[("WORKER_ENABLED", "true")]);
        let token = campus.learner("alice").await;
        let mut socket = campus.socket(&token).await;
        // Nobody names it: it is watched because it is its owner's.
        campus.started(&token, &["1002"]).await;
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
