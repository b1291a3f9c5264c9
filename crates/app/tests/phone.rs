//! The phone surface against the real binary: the document's story, its abuse cases, races over HTTP and over two processes, workers,
//! and what production does otherwise.

mod common;

use std::time::Duration;

use common::{ROOT_PASSWORD, Server, http, insist, play, postgres, sign_in, wait_for};
use serde_json::{Value, json};

const SURFACES: &str = "phone,mail,anime,media";
/// No film is made beside these tests.
const IDLE: (&str, &str) = ("WORKER_ENABLED", "false");

async fn post(server: &Server, token: &str, path: &str, body: Value) -> (u16, Value) {
    let answer = http().post(format!("{}{path}", server.base)).bearer_auth(token).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn get(server: &Server, token: &str, path: &str) -> (u16, Value) {
    let answer = http().get(format!("{}{path}", server.base)).bearer_auth(token).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Asks for a code as development gives it.
async fn code(server: &Server, phone: &str) -> String {
    let (status, answer) = post(server, "", "/api/auth/send_code", json!({ "phone": phone })).await;
    assert_eq!(status, 200, "{answer}");
    answer["data"]["code"].as_str().unwrap().to_owned()
}

/// Signs a phone in.
async fn enter(server: &Server, phone: &str) -> String {
    let code = code(server, phone).await;
    let (status, answer) = post(server, "", "/api/auth/login", json!({ "phone": phone, "code": code })).await;
    assert_eq!(status, 200, "{answer}");
    answer["data"]["token"].as_str().unwrap().to_owned()
}

/// Mints and redeems so many uses.
async fn uses(server: &Server, token: &str, uses: i64) {
    let (_, minted) = post(server, token, "/api/redemption/generate", json!({ "uses_granted": uses })).await;
    let (status, _) = post(server, token, "/api/redemption/redeem", json!({ "code": minted["data"]["codes"][0]["code"] })).await;
    assert_eq!(status, 200);
}

/// Sends the same call many times at once, to the servers in turn, and counts the statuses.
async fn race(servers: &[&Server], tokens: &[String], path: &str, body: Value, times: usize) -> std::collections::BTreeMap<u16, usize> {
    let calls: Vec<_> = (0..times)
        .map(|number| {
            let url = format!("{}{path}", servers[number % servers.len()].base);
            tokio::spawn(insist(http().post(url).bearer_auth(&tokens[number % tokens.len()]).json(&body)))
        })
        .collect();
    let mut counts = std::collections::BTreeMap::new();
    for call in calls {
        *counts.entry(call.await.unwrap().status().as_u16()).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn the_document_from_top_to_bottom() {
    let story = include_str!("stories/phone.txt");
    let server = Server::mounting(SURFACES, &[IDLE]);
    play(&server, story).await;
    server.check();
    if let Some(database) = postgres("phone_story").await {
        let server = Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)]);
        play(&server, story).await;
        server.check();
    }
}

#[tokio::test]
async fn races_over_http_have_one_winner() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    let code = code(&server, "13800138000").await;
    let body = json!({ "phone": "13800138000", "code": code });
    let counts = race(&[&server], &[String::new()], "/api/auth/login", body, 64).await;
    assert_eq!(counts, [(200, 1), (400, 63)].into(), "a03");
    let token = enter(&server, "13800138000").await;
    let (_, minted) = post(&server, &token, "/api/redemption/generate", json!({})).await;
    let body = json!({ "code": minted["data"]["codes"][0]["code"] });
    let counts = race(&[&server], std::slice::from_ref(&token), "/api/redemption/redeem", body, 100).await;
    assert_eq!(counts, [(200, 1), (400, 99)].into(), "a10");
    let counts = race(&[&server], &[token], "/api/task/create", json!({}), 64).await;
    assert_eq!(counts, [(200, 1), (403, 63)].into(), "a13");
    server.check();
}

/// The same with two processes on one PostgreSQL, where one is given.
#[tokio::test]
async fn races_over_two_processes_have_one_winner() {
    let Some(database) = postgres("two_processes").await else { return };
    let first = Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)]);
    let second = first.beside();
    let both = [&first, &second];
    let code = code(&first, "13800138000").await;
    let body = json!({ "phone": "13800138000", "code": code });
    assert_eq!(race(&both, &[String::new()], "/api/auth/login", body, 64).await, [(200, 1), (400, 63)].into());
    let tokens = [enter(&first, "13800138000").await, enter(&second, "13900139000").await];
    let (_, minted) = post(&first, &tokens[0], "/api/redemption/generate", json!({})).await;
    let body = json!({ "code": minted["data"]["codes"][0]["code"] });
    assert_eq!(race(&both, &tokens, "/api/redemption/redeem", body, 100).await, [(200, 1), (400, 99)].into());
    assert_eq!(race(&both, &tokens, "/api/task/create", json!({}), 64).await, [(200, 1), (403, 63)].into());
    first.check();
}

#[tokio::test]
async fn a05_a_number_has_one_form_or_is_refused() {
    let server = Server::mounting(SURFACES, &[IDLE, ("CODES_SMS_COOLDOWN_S", "60")]);
    let send = |phone: Value| {
        let server = &server;
        async move { post(server, "", "/api/auth/send_code", json!({ "phone": phone })).await.0 }
    };
    assert_eq!(send("+86 138 0013 8000".into()).await, 200);
    for same in ["13800138000", "008613800138000", "１３８００１３８０００", "13800138000\n", " 138-0013-8000"] {
        assert_eq!(send(same.into()).await, 429, "{same:?} shares the limit");
    }
    let bad =
        [json!(13_800_138_000_i64), json!("13800138000,13900139000"), json!("1380013800a"), json!("+85291234567"), json!("13800138000\0")];
    for bad in bad.into_iter().chain([json!([]), json!({}), json!(true), json!("1".repeat(10_240))]) {
        assert_eq!(send(bad.clone()).await, 400, "{bad}");
    }
    let answer = http().post(format!("{}/api/auth/send_code", server.base)).json(&json!({ "phone": "13800138000" })).send().await.unwrap();
    let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
    let message = answer.json::<Value>().await.unwrap()["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("发送验证码过于频繁，请等待 ") && message.ends_with("秒 后再试"), "{message}");
}

#[tokio::test]
async fn a08_a16_a17_a19_what_a_body_may_hold_is_answered_without_a_500() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    let token = enter(&server, "13800138000").await;
    uses(&server, &token, 1).await;
    let (_, made) = post(&server, &token, "/api/task/create", json!({})).await;
    let id = &made["data"]["task_id"];
    for number in [json!(0), json!(-1), json!(1e9), json!(2.5), json!("5"), json!(null), json!(i64::MAX), json!(u64::MAX), json!([1])] {
        for name in ["count", "uses_granted"] {
            let (status, answer) = post(&server, &token, "/api/redemption/generate", json!({ name: number })).await;
            assert_eq!(status, 400, "{name} {number}: {answer}");
        }
    }
    for path in ["../../x", "..\\x", "%2e%2e/x", "a\0b", "file:///etc/passwd", "a\u{202e}b", "a\r\nb", &"x".repeat(4096)] {
        let (status, answer) =
            post(&server, &token, "/api/task/update_status", json!({ "task_id": id, "status": "处理中", "output_file_path": path })).await;
        assert_eq!((status, answer["message"].as_str()), (400, Some("output_file_path 无效")), "{path:?}");
    }
    let long = format!("\r\n\u{1b}[31m<script>\0{}", "错".repeat(100_000));
    let (status, _) = post(&server, &token, "/api/task/update_status", json!({ "task_id": id, "status": "处理中", "error": long })).await;
    assert_eq!(status, 200);
    let (_, detail) = get(&server, &token, &format!("/api/task/detail/{id}")).await;
    let kept = detail["data"]["task"]["error"].as_str().unwrap();
    assert!(kept.len() <= 4096 && kept.starts_with("\r\n\u{1b}[31m<script>") && !kept.contains('\0'));
    assert!(!server.logged().contains("<script>"), "what a caller wrote is not in the log");
    for odd in [json!("1"), json!(1.5), json!([]), json!(-1), json!(u64::MAX)] {
        let (status, answer) = post(&server, &token, "/api/task/update_status", json!({ "task_id": odd, "status": "完成" })).await;
        assert!(matches!(status, 400 | 404), "{odd}: {answer}");
    }
    for (query, expected) in [
        ("per_page=1000000000", 200),
        ("per_page=99999999999999999999999", 200),
        ("per_page=-1", 400),
        ("per_page=0", 400),
        ("per_page=ten", 400),
        ("page=1000000000000000000", 200),
        ("page=99999999999999999999999", 400),
        ("status=%00", 200),
        ("status=", 200),
    ] {
        assert_eq!(get(&server, &token, &format!("/api/task/list?{query}")).await.0, expected, "{query}");
    }
    let (status, _) = get(&server, &token, &format!("/api/task/list?status={}", "x".repeat(10_000))).await;
    assert_eq!(status, 200, "a20");
    for params in [json!({ "a": "x".repeat(20_000) }), json!({ "a": "b\0c" })] {
        uses(&server, &token, 1).await;
        assert_eq!(post(&server, &token, "/api/task/create", json!({ "params": params })).await.0, 400);
    }
    server.check();
}

#[tokio::test]
async fn a12_a14_a18_what_is_somebody_elses_answers_like_what_is_not_there() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    let (alice, bob) = (enter(&server, "13800138000").await, enter(&server, "13900139000").await);
    uses(&server, &alice, 1).await;
    let (_, made) = post(&server, &alice, "/api/task/create", json!({})).await;
    let id = made["data"]["task_id"].as_i64().unwrap();
    let foreign = get(&server, &bob, &format!("/api/task/detail/{id}")).await;
    assert_eq!(foreign, get(&server, &bob, "/api/task/detail/999999").await);
    assert_eq!(foreign, (404, json!({ "status": "error", "message": "任务不存在或无权访问" })));
    let report = |id: i64| post(&server, &bob, "/api/task/update_status", json!({ "task_id": id, "status": "失败" }));
    assert_eq!(report(id).await, report(999_999).await);
    assert_eq!(get(&server, &bob, "/api/redemption/history").await.1["data"]["history"], json!([]));
    assert_eq!(get(&server, &bob, "/api/task/list").await.1["data"]["pagination"]["total"], 0);
}

#[tokio::test]
async fn x01_x20_one_account_serves_every_surface_and_nobody_none() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    let token = enter(&server, "13800138000").await;
    assert_eq!(get(&server, &token, "/api/v1/tasks").await.0, 200, "a phone's token at anime");
    let anime = sign_in(&server, "test@bigniu.com", "test123").await;
    let (status, info) = get(&server, &anime, "/api/auth/user_info").await;
    assert_eq!((status, &info["data"]["phone"]), (200, &Value::Null), "an anime token at the phone surface");
    uses(&server, &anime, 2).await;
    assert_eq!(get(&server, &anime, "/api/auth/user_info").await.1["data"]["remaining_uses"], 2);
    for path in ["/api/auth/user_info", "/api/redemption/history", "/api/task/list", "/api/task/detail/1"] {
        assert_eq!(get(&server, "", path).await, (401, json!({ "status": "error", "message": "认证失败，请重新登录" })), "x01 {path}");
    }
    for path in ["/api/redemption/generate", "/api/redemption/redeem", "/api/task/create", "/api/task/update_status"] {
        assert_eq!(post(&server, "", path, json!({})).await.0, 401, "x01 {path}");
    }
}

#[tokio::test]
async fn a_worker_with_a_token_finds_its_work_and_reports_on_it() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    let worker = server.says(&["admin", "worker-token", "create", "render-1"], "").trim().to_owned();
    let mut owners = Vec::new();
    for phone in ["13800138000", "13900139000"] {
        let owner = enter(&server, phone).await;
        uses(&server, &owner, 1).await;
        post(&server, &owner, "/api/task/create", json!({ "params": { "for": phone } })).await;
        owners.push(owner);
    }
    let (_, list) = get(&server, &worker, "/api/task/list").await;
    assert_eq!(list["data"]["pagination"]["total"], 2, "everybody's open tasks");
    let (_, detail) = get(&server, &worker, "/api/task/detail/1").await;
    assert_eq!(detail["data"]["task"]["params"], json!({ "for": "13800138000" }));
    let report = |status: &'static str| post(&server, &worker, "/api/task/update_status", json!({ "task_id": 1, "status": status }));
    assert_eq!(report("处理中").await.0, 200);
    assert_eq!(get(&server, &worker, "/api/task/list?status=%E5%A4%84%E7%90%86%E4%B8%AD").await.1["data"]["pagination"]["total"], 1);
    assert_eq!(report("完成").await.0, 200);
    assert_eq!(get(&server, &worker, "/api/task/list").await.1["data"]["pagination"]["total"], 1);
    assert_eq!(get(&server, &worker, "/api/task/list?status=%E5%AE%8C%E6%88%90").await.1["data"]["tasks"], json!([]));
    assert_eq!(get(&server, &owners[0], "/api/task/detail/1").await.1["data"]["task"]["status"], "完成");
    for (status, path) in [
        (get(&server, &worker, "/api/auth/user_info").await.0, "user_info"),
        (post(&server, &worker, "/api/task/create", json!({})).await.0, "create"),
    ] {
        assert_eq!(status, 401, "{path} is for accounts");
    }
    assert!(server.says(&["admin", "worker-token", "list"], "").contains("render-1"));
    server.says(&["admin", "worker-token", "revoke", "1"], "");
    assert_eq!(get(&server, &worker, "/api/task/list").await.0, 401);
}

#[tokio::test]
async fn operators_mint_codes_into_a_file_and_list_them_without_their_texts() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    let out = server.data.join("codes.csv");
    let path = out.to_str().unwrap();
    let generate = ["codes", "generate", "--count", "1200", "--uses", "5", "--expires", "30d", "--note", "spring", "--out", path];
    let said = server.says(&generate, "");
    assert!(said.starts_with("batch 1: 1200 codes of 5 uses in "), "{said}");
    let text = std::fs::read_to_string(&out).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (1201, "code,uses,expires_at"));
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&out).unwrap()) & 0o777, 0o600);
    assert!(!server.command().args(generate).output().unwrap().status.success(), "a file is never overwritten");
    let first = lines[1].split(',').next().unwrap();
    let token = enter(&server, "13800138000").await;
    let (status, answer) = post(&server, &token, "/api/redemption/redeem", json!({ "code": first })).await;
    assert_eq!((status, &answer["data"]), (200, &json!({ "remaining_uses": 5, "added_uses": 5 })));
    let list = |state: &str| -> Vec<Value> {
        let said = server.says(&["codes", "list", "--json", "--limit", "2000", "--state", state], "");
        serde_json::from_str(&said).unwrap()
    };
    let (open, redeemed) = (list("open"), list("redeemed"));
    assert_eq!((open.len(), redeemed.len()), (1199, 1));
    assert!(open.iter().all(|code| code["code"].is_null() && code["batch"] == 1 && code["expires_at"].is_string()));
    assert_eq!(redeemed[0]["code"], first);
    let database = std::fs::read(server.data.join("gongfang.db")).unwrap();
    let kept = |text: &str| database.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!kept(lines[2].split(',').next().unwrap()), "the text of an open code is nowhere in the database");
    assert_eq!(server.says(&["codes", "revoke", "--batch", "1"], ""), "batch 1: 1199 codes taken back\n");
    let second = lines[2].split(',').next().unwrap();
    assert_eq!(post(&server, &token, "/api/redemption/redeem", json!({ "code": second })).await.0, 400);
    assert_eq!(list("revoked").len(), 1199);
    server.check();
}

#[tokio::test]
async fn production_shows_no_code_and_lets_owners_only_cancel() {
    let hook = hook().await;
    let settings = [IDLE, ("SMS_SENDER", "webhook"), ("SMS_URL", &hook.url), ("SMS_SECRET", "s"), ("EGRESS_ALLOW", "127.0.0.1")];
    let server = Server::production(SURFACES, &settings);
    let sent = post(&server, "", "/api/auth/send_code", json!({ "phone": "13800138000" })).await;
    assert_eq!(sent, (200, json!({ "status": "success", "message": "验证码已发送", "data": {} })), "no code, and no key of that name");
    let code = hook.code().await;
    assert_eq!(post(&server, "", "/api/auth/send_code", json!({ "phone": "+8613800138000" })).await.0, 429, "a04");
    let (_, answer) = post(&server, "", "/api/auth/login", json!({ "phone": "13800138000", "code": code })).await;
    let token = answer["data"]["token"].as_str().unwrap();
    let minted = post(&server, token, "/api/redemption/generate", json!({})).await;
    assert_eq!(minted, (403, json!({ "status": "error", "message": "权限不足" })), "a07");
    let root = sign_in(&server, "root", ROOT_PASSWORD).await;
    let (_, minted) = post(&server, &root, "/api/redemption/generate", json!({ "uses_granted": 2 })).await;
    post(&server, token, "/api/redemption/redeem", json!({ "code": minted["data"]["codes"][0]["code"] })).await;
    for id in [1, 2] {
        assert_eq!(post(&server, token, "/api/task/create", json!({})).await.1["data"]["task_id"], id);
    }
    let report =
        |id: i64, status: &'static str| post(&server, token, "/api/task/update_status", json!({ "task_id": id, "status": status }));
    assert_eq!(report(1, "完成").await, (403, json!({ "status": "error", "message": "权限不足" })));
    assert_eq!(report(1, "已取消").await.0, 200);
    assert_eq!(get(&server, token, "/api/auth/user_info").await.1["data"]["remaining_uses"], 0, "a15");
    let worker = server.says(&["admin", "worker-token", "create", "render-1"], "").trim().to_owned();
    let work = |path: &'static str| {
        post(&server, &worker, "/api/task/update_status", json!({ "task_id": 2, "status": "完成", "output_file_path": path }))
    };
    assert_eq!(work("/etc/passwd").await.0, 400, "a16");
    let folder = server.data.join("files/metered/2/out");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("报告.pdf"), b"%PDF").unwrap();
    assert_eq!(work("out/报告.pdf").await.0, 200);
    let (_, detail) = get(&server, token, "/api/task/detail/2").await;
    let link = detail["data"]["task"]["output_file_path"].as_str().unwrap();
    let local = link.replace("https://api.example.com", &server.base);
    assert_eq!(http().get(&local).send().await.unwrap().bytes().await.unwrap().as_ref(), b"%PDF");
    assert_eq!(http().get(local.replace("2/out", "3/out")).send().await.unwrap().status(), 404);
    assert_eq!(http().get(format!("{}/docs", server.base)).send().await.unwrap().status(), 404);
    let log = server.says(&["outbox", "--json"], "");
    assert!(log.contains("\"state\": \"sent\"") && !log.contains(&code), "the log tells what was sent and not what it said");
    assert!(!server.logged().contains(&code) && !server.logged().contains("13800138000"));
    server.check();
}

/// Sends bytes as they are and gives what comes back until the server closes or says no more.
async fn raw(server: &Server, bytes: &[u8]) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn x03_x05_what_can_be_read_in_two_ways_is_refused_and_the_connection_closed() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    let body = "{\"phone\":\"13800138000\"}";
    let head = "POST /api/auth/send_code HTTP/1.1\r\nContent-Type: application/json\r\n";
    let length = format!("Content-Length: {}\r\n", body.len());
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for (name, request) in [
        ("two codings", format!("{head}Host: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n{chunked}")),
        ("no host", format!("{head}{length}\r\n{body}")),
        ("two hosts", format!("{head}Host: x\r\nHost: y\r\n{length}\r\n{body}")),
    ] {
        let answer = raw(&server, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400") && answer.to_lowercase().contains("connection: close"), "{name}: {answer}");
        assert!(answer.contains("\"message\":\"请求参数无效\""), "{name}: in the envelope: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{name}");
    }
    let answer = raw(
        &server,
        format!("GET /health HTTP/1.1\r\nHost: x\r\nX-Request-Id: {}\r\nConnection: close\r\n\r\n", "a".repeat(5000)).as_bytes(),
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.len() < 1000, "a request id is not a way to fill the log: {answer}");
    let options = http().request(reqwest::Method::OPTIONS, format!("{}/api/auth/login", server.base));
    assert_eq!(options.send().await.unwrap().status(), 405, "it asks nothing");
    for method in ["TRACE", "CONNECT", "PATCH"] {
        let answer = raw(&server, format!("{method} /api/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes()).await;
        assert!(!answer.starts_with("HTTP/1.1 2") && !answer.starts_with("HTTP/1.1 5"), "{method}: {answer}");
    }
}

#[tokio::test]
async fn what_cannot_be_a_code_is_no_try_of_one() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    let code = code(&server, "13800138000").await;
    let number: i64 = code.parse().unwrap();
    for odd in [json!(number), json!("abc"), json!("12345"), json!([]), json!(true), json!(number)] {
        let answer = post(&server, "", "/api/auth/login", json!({ "phone": "13800138000", "code": odd })).await;
        assert_eq!((answer.0, answer.1["message"].as_str()), (400, Some("验证码无效或已过期")), "{odd}");
    }
    let (status, answer) = post(&server, "", "/api/auth/login", json!({ "phone": "13800138000", "code": code })).await;
    assert_eq!(status, 200, "{answer}");
    let token = answer["data"]["token"].as_str().unwrap();
    for odd in [json!(1), json!([]), json!({}), json!("short")].iter().cycle().take(40) {
        assert_eq!(post(&server, token, "/api/redemption/redeem", json!({ "code": odd })).await.0, 400);
    }
    uses(&server, token, 2).await;
    for odd in [json!([]), json!("x"), json!(1)] {
        let (status, answer) = post(&server, token, "/api/task/create", json!({ "params": odd })).await;
        assert_eq!((status, &answer["errors"][0]["field"]), (400, &json!("params")), "{odd}");
    }
    let nothing = http().post(format!("{}/api/task/create", server.base)).bearer_auth(token).header("content-type", "application/json");
    assert_eq!(nothing.body("null").send().await.unwrap().status(), 200, "as axios sends nothing");
    assert_eq!(get(&server, token, "/api/auth/user_info").await.1["data"]["remaining_uses"], 1, "what was refused cost nothing");
}

#[tokio::test]
async fn a_command_beside_the_server_makes_no_installation_and_minds_a_closed_pipe() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    let nowhere = server.data.join("nowhere");
    for arguments in [&["check"][..], &["outbox"], &["codes", "list"], &["admin", "worker-token", "create", "x"]] {
        let output = server.command().env("GONGFANG_DATA", &nowhere).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains("there is no installation in "), "{arguments:?}: {said}");
        assert!(!nowhere.join("gongfang.db").exists());
    }
    let token = enter(&server, "13800138000").await;
    for _ in 0..5 {
        post(&server, &token, "/api/redemption/generate", json!({ "count": 100 })).await;
    }
    let mut child =
        server.command().args(["codes", "list", "--json", "--limit", "500"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success(), "whoever reads the beginning only has read enough");
}

/// A web hook that remembers the last code it was given.
struct Hook {
    url: String,
    last: std::sync::Arc<std::sync::Mutex<Value>>,
}

impl Hook {
    async fn code(&self) -> String {
        let last = async || self.last.lock().unwrap()["params"]["code"].as_str().map(str::to_owned);
        wait_for(Duration::from_secs(60), last).await
    }
}

async fn hook() -> Hook {
    let last = std::sync::Arc::<std::sync::Mutex<Value>>::default();
    let keep = std::sync::Arc::clone(&last);
    let router = axum::Router::new().route(
        "/",
        axum::routing::post(move |body: axum::Json<Value>| async move {
            *keep.lock().unwrap() = body.0;
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Hook { url, last }
}
