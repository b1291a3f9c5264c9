//! What attacks do to the campus surface (docs/security.md, Attacks that are tested), and how often one may ask.

use std::{collections::HashMap, time::Duration};

use serde_json::{Value, json};

use crate::{
    Campus, IDLE, SURFACES,
    common::{Server, http, postgres},
};

#[tokio::test]
async fn d03_what_ends_a_token_ends_it_in_every_process() {
    let Some(database) = postgres("campus_ends").await else { return };
    let first = Campus::at(Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)])).await;
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
async fn d13_administrators_change_what_is_listed_and_nothing_else() {
    let campus = Campus::start(&[IDLE]).await;
    let token = campus.learner("alice").await;
    let me = campus.call("GET", "/auth/me", &token, None).await.1;
    let forbidden = json!({
        "email": "new@example.com", "id": 4711, "username": "root", "password_hash": "x", "balance": 1_000_000, "email_verified": true,
        "created_at": "2000-01-01T00:00:00", "cx_password": "x",
    });
    let (status, answer) = campus.call("PUT", &format!("/admin/users/{}", me["id"]), &campus.admin, Some(forbidden)).await;
    assert_eq!(status, 200, "{answer}");
    let token = campus.sign_in("alice", "password123").await;
    let mut now = campus.call("GET", "/auth/me", &token, None).await.1;
    assert_eq!(now["email"], "new@example.com");
    for key in ["email", "last_login"] {
        now[key] = me[key].clone();
    }
    assert_eq!(now, me, "the same account in everything else");
    campus.server.check();
}

#[tokio::test]
async fn d15_nothing_is_stopped_by_a_number_that_is_none() {
    let campus = Campus::start(&[IDLE]).await;
    let token = campus.learner("alice").await;
    let id = campus.started(&token, &["1001"]).await;
    let fits = ["0", "-1", "999999", "9223372036854775807", "9223372036854775808"];
    let odd = ["abc", "1.0", "1e0", "%27%20or%201=1", "١"];
    for (ids, expected, detail) in [(&fits[..], 404, "任务不存在"), (&odd[..], 400, "路径中的ID必须是整数")] {
        for bad in ids {
            for action in ["force-stop", "cancel"] {
                let (status, answer) = campus.call("POST", &format!("/admin/tasks/{bad}/{action}"), &campus.admin, None).await;
                assert_eq!((status, &answer["detail"]), (expected, &json!(detail)), "{action} {bad}");
            }
        }
    }
    assert_eq!(campus.call("GET", &format!("/tasks/{id}"), &token, None).await.1["status"], "running");
}
