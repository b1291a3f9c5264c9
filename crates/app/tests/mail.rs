//! The mail surface against the real binary: the document's story and its own programs, its abuse cases, and what production does
//! otherwise.
#![allow(clippy::disallowed_methods, reason = "a test measures real time, and compares with the wall clock")]

mod common;

use std::{
    process::Command,
    time::{Duration, Instant},
};

use common::{ROOT_PASSWORD, Server, http, play, postgres, sign_in};
use serde_json::{Value, json};

const SURFACES: &str = "mail,phone,anime,media";
const IDLE: (&str, &str) = ("WORKER_ENABLED", "false");

async fn post(server: &Server, path: &str, body: Value) -> (u16, Value) {
    let answer = http().post(format!("{}{path}", server.base)).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn user(server: &Server, token: Option<&str>, id: &str) -> (u16, Value) {
    let request = http().get(format!("{}/api/users/{id}", server.base));
    let answer = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let answer = answer.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Registers an address and gives its number.
async fn register(server: &Server, email: &str) -> i64 {
    let (_, sent) = post(server, "/api/send-verification-code", json!({ "email": email })).await;
    let body = json!({ "email": email, "password": "password123", "verification_code": sent["code"] });
    let (status, answer) = post(server, "/api/register", body).await;
    assert_eq!(status, 201, "{answer}");
    answer["data"]["id"].as_i64().unwrap()
}

#[tokio::test]
async fn the_document_from_top_to_bottom() {
    let story = include_str!("stories/mail.txt");
    let server = Server::mounting(SURFACES, &[IDLE]);
    play(&server, story).await;
    server.check();
    if let Some(database) = postgres("mail_story").await {
        let server = Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)]);
        play(&server, story).await;
        server.check();
    }
}

#[tokio::test]
async fn a_new_code_may_be_asked_for_once_a_minute_and_the_wait_is_told() {
    let server = Server::mounting(SURFACES, &[IDLE, ("CODES_MAIL_COOLDOWN_S", "30")]);
    let send = || post(&server, "/api/send-verification-code", json!({ "email": "user@example.com" }));
    assert_eq!(send().await.0, 200);
    let (status, answer) = send().await;
    let seconds = answer["cooldown_seconds"].as_u64().unwrap();
    assert!((1..=30).contains(&seconds));
    let expected =
        json!({ "success": false, "message": format!("发送验证码过于频繁，请等待 {seconds}秒 后再试"), "cooldown_seconds": seconds });
    assert_eq!((status, answer), (429, expected));
}

#[tokio::test]
async fn the_documents_own_programs_run() {
    if Command::new("node").arg("--version").output().is_err() {
        panic!("node is missing: apt-get install nodejs node-axios (scripts/setup test does)");
    }
    let server = Server::mounting(SURFACES, &[IDLE]);
    // What a TypeScript compiler does to these programs: it takes the types away.
    let compiled = |program: &str| program.replace(": string", "").replace("localhost:5000", &format!("127.0.0.1:{}", server.port));
    let folder = server.data.join("programs");
    std::fs::create_dir(&folder).unwrap();
    std::os::unix::fs::symlink("/usr/share/nodejs", folder.join("node_modules")).unwrap();
    let vue = compiled(include_str!("stories/register.ts")) + "\nawait completeRegister('vue@example.com', 'password123');\n";
    let axios = compiled(include_str!("stories/axios.ts"))
        + "\nconst sent = await sendVerificationCode('axios@example.com');\n\
           console.log((await verifyCode('axios@example.com', sent.code)).message);\n\
           console.log((await registerUser('axios@example.com', 'password123', sent.code)).message);\n";
    for (name, program, expected) in [("vue.mjs", vue, "注册成功:"), ("axios.mjs", axios, "验证码验证成功\n注册成功")] {
        let path = folder.join(name);
        std::fs::write(&path, program).unwrap();
        let output =
            tokio::task::spawn_blocking(move || Command::new("node").arg("--preserve-symlinks").arg(path).env("no_proxy", "*").output())
                .await
                .unwrap()
                .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains(expected), "{name}: {said}");
    }
    sign_in(&server, "vue@example.com", "password123").await;
    sign_in(&server, "AXIOS@example.com", "password123").await;
}

#[tokio::test]
async fn a_page_of_the_front_end_may_call_and_a_strangers_may_not() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    let allowed = |origin: &'static str| {
        let request = http().request(reqwest::Method::OPTIONS, format!("{}/api/register", server.base));
        let request = request.header("origin", origin).header("access-control-request-method", "POST");
        async move {
            let answer = request.header("access-control-request-headers", "content-type").send().await.unwrap();
            answer.headers().get("access-control-allow-origin").map(|value| value.to_str().unwrap().to_owned())
        }
    };
    assert_eq!(allowed("http://localhost:5173").await.as_deref(), Some("http://localhost:5173"));
    for stranger in ["http://evil.example", "null", "http://localhost.evil.example", "http://localhost:5173.evil.example"] {
        assert_eq!(allowed(stranger).await, None, "x06 {stranger}");
    }
}

#[tokio::test]
async fn b03_b09_addresses_and_passwords_that_could_do_harm_are_refused() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    let long = format!("{}@example.com", "x".repeat(320));
    for bad in ["a@b.cn\r\nBcc: x@y.cn", "\"a b\"@c.cn", "a@b.cn,c@d.cn", "a@b", "用户@例子.公司", "a\0@b.cn", "a@b.cn\0", &long] {
        let (status, answer) = post(&server, "/api/send-verification-code", json!({ "email": bad })).await;
        assert_eq!((status, answer["message"].as_str()), (400, Some("邮箱格式不正确")), "{bad:?}");
    }
    let (_, sent) = post(&server, "/api/send-verification-code", json!({ "email": "user@example.com" })).await;
    let register = |password: Value| {
        post(&server, "/api/register", json!({ "email": "user@example.com", "password": password, "verification_code": sent["code"] }))
    };
    for bad in
        [json!("x".repeat(129)), json!("x".repeat(1 << 19)), json!("a\0bcdefg"), json!(12_345_678), json!([]), json!(null), json!("短密码")]
    {
        let (status, answer) = register(bad.clone()).await;
        assert_eq!(status, 400, "{answer}");
    }
    // Composed and decomposed letters are one password, and nothing is cut off at 72 bytes.
    let (status, _) = register(json!(format!("{}e\u{301}1", "x".repeat(80)))).await;
    assert_eq!(status, 201);
    let login = |password: String| post(&server, "/api/v1/auth/login", json!({ "username": "user@example.com", "password": password }));
    assert_eq!(login(format!("{}\u{e9}1", "x".repeat(80))).await.0, 200);
    assert_eq!(login(format!("{}\u{e9}2", "x".repeat(80))).await.0, 401);
}

#[tokio::test]
async fn b08_no_number_is_nobodys() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    for id in ["0", "-1", "9999999999999999999999", "1e3", "1%00", "0x1", "%ff", "01", "1.0", "١", "+1", "1'"] {
        assert_eq!(user(&server, None, id).await, (404, json!({ "success": false, "message": "用户不存在" })), "{id}");
    }
}

#[tokio::test]
async fn b10_a_storm_of_registrations_leaves_the_rest_of_the_house_alone() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    let mut calls = Vec::new();
    for number in 0..50 {
        let email = format!("user{number}@example.com");
        let (_, sent) = post(&server, "/api/send-verification-code", json!({ "email": email })).await;
        let body = json!({ "email": email, "password": "password123", "verification_code": sent["code"] });
        calls.push(tokio::spawn(http().post(format!("{}/api/register", server.base)).json(&body).send()));
    }
    let (began, mut slowest) = (Instant::now(), Duration::ZERO);
    for _ in 0..20 {
        let asked = Instant::now();
        let answer = http().get(format!("{}/api/health", server.base)).timeout(Duration::from_secs(30)).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        slowest = slowest.max(asked.elapsed());
    }
    for call in calls {
        assert!(matches!(call.await.unwrap().unwrap().status().as_u16(), 201 | 429 | 503));
    }
    let storm = began.elapsed();
    assert!(slowest < Duration::from_secs(2).max(storm / 2), "health took {slowest:?} in a storm of {storm:?}");
}

#[tokio::test]
async fn the_outbox_shows_what_would_have_been_sent() {
    let server = Server::mounting(SURFACES, &[IDLE, ("BRAND", "小店")]);
    let (_, sent) = post(&server, "/api/send-verification-code", json!({ "email": "user@example.com" })).await;
    let english = http().post(format!("{}/api/send-verification-code", server.base)).header("accept-language", "en-GB,en;q=0.9");
    english.json(&json!({ "email": "reader@example.com" })).send().await.unwrap();
    post(&server, "/api/auth/send_code", json!({ "phone": "13800138000" })).await;
    let all: Vec<Value> = serde_json::from_str(&server.says(&["outbox", "--json"], "")).unwrap();
    let to: Vec<&str> = all.iter().map(|delivery| delivery["to"].as_str().unwrap()).collect();
    assert_eq!(to, ["13800138000", "reader@example.com", "user@example.com"], "newest first");
    for key in ["id", "channel", "to", "subject", "text", "code", "link", "created_at"] {
        assert!(all.iter().all(|delivery| delivery.get(key).is_some()), "{key}");
    }
    assert_eq!((&all[2]["code"], &all[2]["channel"]), (&sent["code"], &json!("mail")));
    assert!(all[2]["subject"].as_str().unwrap().contains("小店验证码") && all[1]["text"].as_str().unwrap().starts_with("Hello,"));
    let one: Vec<Value> = serde_json::from_str(&server.says(&["outbox", "--json", "--to", "+86 138 0013 8000"], "")).unwrap();
    assert!(one.len() == 1 && one[0]["text"].as_str().unwrap().starts_with("【小店】您的登录验证码是 "), "{one:?}");
    assert!(server.says(&["outbox"], "").contains("reader@example.com"), "and as a table");
}

#[tokio::test]
async fn both_surfaces_share_one_documentation() {
    let server = Server::mounting("phone,mail", &[IDLE]);
    let open: Value = http().get(format!("{}/openapi.json", server.base)).send().await.unwrap().json().await.unwrap();
    let paths = open["paths"].as_object().unwrap();
    assert_eq!((paths.len(), open["info"]["title"].as_str()), (16, Some("Gongfang 工坊: phone, mail")));
    let text = open.to_string();
    for reference in text.split("\"$ref\":\"#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(open["components"]["schemas"].get(reference).is_some(), "{reference} is nowhere");
    }
    let html = http().get(format!("{}/docs", server.base)).send().await.unwrap().text().await.unwrap();
    assert!(html.contains("phone, mail") && !html.contains("https://"), "{html}");
    for surface in ["phone", "mail"] {
        let own: Value = serde_json::from_str(&server.says(&["openapi", surface], "")).unwrap();
        assert!(own["paths"].as_object().unwrap().keys().all(|path| paths.contains_key(path)), "{surface}");
    }
}

#[tokio::test]
async fn times_are_in_the_operators_zone() {
    let server = Server::mounting(SURFACES, &[IDLE, ("TIME_ZONE", "Asia/Shanghai")]);
    let beside = server.says(&["outbox", "--json"], "");
    assert_eq!(beside.trim(), "[]");
    let (_, profile) = user(&server, None, "1").await;
    let shown: jiff::civil::DateTime = profile["data"]["created_at"].as_str().unwrap().parse().unwrap();
    let shown = shown.to_zoned(jiff::tz::TimeZone::get("Asia/Shanghai").unwrap()).unwrap();
    let since = jiff::Timestamp::now().duration_since(shown.timestamp());
    assert!(since.as_secs().abs() < 60, "{since:?}");
}

#[tokio::test]
async fn b07_b11_production_shows_a_profile_to_its_owner_and_administrators() {
    let server = Server::production(SURFACES, &[IDLE]);
    let missing = (404, json!({ "success": false, "message": "用户不存在" }));
    assert_eq!(user(&server, None, "1").await, (401, json!({ "success": false, "message": "未授权，请先登录" })));
    assert_eq!(user(&server, None, "zero").await.0, 401, "whether it is a number is nobody's business either");
    let root = sign_in(&server, "root", ROOT_PASSWORD).await;
    assert_eq!(user(&server, Some(&root), "1").await.0, 200);
    assert_eq!(user(&server, Some(&root), "99").await, missing);
    let sent = post(&server, "/api/send-verification-code", json!({ "email": "user@example.com" })).await;
    assert_eq!(sent, (503, json!({ "success": false, "message": "发送验证码失败，请稍后重试" })), "no carrier is configured");
    let ready: Value = http().get(format!("{}/readyz", server.base)).send().await.unwrap().json().await.unwrap();
    assert!(ready["lacks"].to_string().contains("mail: no carrier is configured"), "{ready}");
    let password = json!({ "email": "user@example.com", "password": "1234567", "verification_code": "123456" });
    assert_eq!(post(&server, "/api/register", password).await.1["message"], "密码长度至少为 8 位");
    let common = json!({ "email": "user@example.com", "password": "Password123", "verification_code": "123456" });
    assert_eq!(post(&server, "/api/register", common).await.1["message"], "密码过于常见，请换一个");
}

#[tokio::test]
async fn strangers_see_masked_addresses_where_the_operator_wants_it() {
    let server = Server::mounting(SURFACES, &[IDLE, ("USERS_MASK_EMAIL", "true")]);
    let id = register(&server, "user@example.com").await.to_string();
    assert_eq!(user(&server, None, &id).await.1["data"]["email"], "u***@example.com");
    assert_eq!(user(&server, Some("not a token"), &id).await.1["data"]["email"], "u***@example.com");
    let own = sign_in(&server, "user@example.com", "password123").await;
    assert_eq!(user(&server, Some(&own), &id).await.1["data"]["email"], "user@example.com");
}
