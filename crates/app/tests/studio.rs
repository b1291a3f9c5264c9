//! The studio surface against the real binary: its document, its money, and what attacks do.
#![allow(clippy::disallowed_methods, clippy::float_cmp, reason = "a test waits in real time, and compares amounts that were written")]

mod common;

use common::{Server, http, play, postgres};
use serde_json::{Value, json};

#[tokio::test]
async fn chapter_one_from_top_to_bottom() {
    let story = include_str!("stories/studio_auth.txt");
    play(&Server::mounting("studio", &[]), story).await;
    if let Some(database) = postgres("studio_auth").await {
        play(&Server::mounting("studio", &[("DATABASE", &database)]), story).await;
    }
}

#[tokio::test]
async fn of_parallel_registrations_of_one_name_one_succeeds() {
    let server = Server::mounting("studio", &[]);
    let calls: Vec<_> = (0..32)
        .map(|number| {
            let name = if number % 2 == 0 { "alice" } else { "ＡＬＩＣＥ" };
            let body = json!({ "username": name, "password": "secret1" });
            tokio::spawn(http().post(format!("{}/api/v1/auth/register", server.base)).json(&body).send())
        })
        .collect();
    let mut made = 0;
    for call in calls {
        match call.await.unwrap().unwrap().status().as_u16() {
            201 => made += 1,
            409 => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(made, 1);
}

/// Somebody who signed in by a code at the phone surface is known here under the number.
#[tokio::test]
async fn a_token_of_another_surface_is_good_here() {
    let server = Server::mounting("studio,phone", &[]);
    let post = |path: &'static str, body: Value| http().post(format!("{}{path}", server.base)).json(&body).send();
    let sent: Value = post("/api/auth/send_code", json!({ "phone": "13800138000" })).await.unwrap().json().await.unwrap();
    let entered = post("/api/auth/login", json!({ "phone": "13800138000", "code": sent["data"]["code"] })).await.unwrap();
    let entered: Value = entered.json().await.unwrap();
    let user = http().get(format!("{}/api/v1/auth/user", server.base)).bearer_auth(entered["data"]["token"].as_str().unwrap());
    let user: Value = user.send().await.unwrap().json().await.unwrap();
    assert_eq!((&user["status"], &user["data"]["username"]), (&json!(200), &json!("13800138000")));
}

/// A server of the studio surface alone with its media, and calls to it.
struct Studio {
    server: Server,
    api: String,
    admin: String,
}

impl Studio {
    async fn start(settings: &[(&str, &str)]) -> Self {
        Self::at(Server::mounting("studio,media", settings)).await
    }

    async fn at(server: Server) -> Self {
        let api = format!("{}/api/v1", server.base);
        let mut studio = Self { server, api, admin: String::new() };
        let (_, answer) = studio.call("POST", "/auth/login", "", Some(json!({ "username": "admin", "password": "admin123456" }))).await;
        studio.admin = answer["data"]["token"].as_str().unwrap_or_default().to_owned();
        studio
    }

    async fn call(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> (u16, Value) {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.api) };
        let mut request = http().request(method.parse().unwrap(), url);
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

    /// Registers somebody with so many yuan: number and token.
    async fn user(&self, name: &str, yuan: u32) -> (i64, String) {
        let (_, answer) = self.call("POST", "/auth/register", "", Some(json!({ "username": name, "password": "secret1" }))).await;
        let id = answer["data"]["id"].as_i64().unwrap_or_else(|| panic!("{answer}"));
        if yuan > 0 {
            let body = json!({ "amount": yuan, "type": "credit", "reason": "test" });
            let (status, answer) = self.call("POST", &format!("/admin/users/{id}/balance"), &self.admin, Some(body)).await;
            assert_eq!(status, 200, "{answer}");
        }
        (id, answer["data"]["token"].as_str().unwrap().to_owned())
    }

    async fn available(&self, token: &str) -> f64 {
        self.call("GET", "/auth/user", token, None).await.1["data"]["credit"]["available"].as_f64().unwrap()
    }

    async fn submit(&self, token: &str, body: Value) -> (u16, Value) {
        self.call("POST", "/tasks", token, Some(json!({ "body": body, "user": { "creatorId": 1, "creatorName": "x" } }))).await
    }

    /// Waits until a task has a status, bounded by a minute.
    async fn until(&self, token: &str, task: i64, status: i64) -> Value {
        for _ in 0..600 {
            let (_, answer) = self.call("GET", &format!("/tasks/{task}"), token, None).await;
            if answer["data"]["status"] == status {
                return answer["data"].clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("task {task} never came to {status}: {:?}", self.call("GET", &format!("/tasks/{task}"), token, None).await)
    }

    /// Makes an order through the sandbox gateway: its number and the cashier's page.
    async fn order(&self, token: &str, yuan: u32) -> (String, String) {
        let (_, methods) = self.call("GET", "/payment/methods", token, None).await;
        let body = json!({ "amount": yuan, "payment_method_uuid": methods["data"][0]["uuid"], "payment_channel": "alipay", "return_url": "http://localhost/back" });
        let (status, answer) = self.call("POST", "/payment/create", token, Some(body)).await;
        assert_eq!(status, 200, "{answer}");
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let jumped = client.get(answer["data"]["jump_url"].as_str().unwrap()).send().await.unwrap();
        let cashier = jumped.headers()["location"].to_str().unwrap().to_owned();
        (answer["data"]["order_id"].as_str().unwrap().to_owned(), format!("{}{cashier}", self.server.base))
    }

    async fn click(&self, cashier: &str, action: &str) -> String {
        http().post(cashier).form(&[("action", action)]).send().await.unwrap().text().await.unwrap()
    }
}

#[tokio::test]
async fn the_document_from_chapter_two_to_seven() {
    let story = include_str!("stories/studio.txt");
    play(&Server::mounting("studio,media", &[("WORKER_ENABLED", "false")]), story).await;
    if let Some(database) = postgres("studio_document").await {
        play(&Server::mounting("studio,media", &[("WORKER_ENABLED", "false"), ("DATABASE", &database)]), story).await;
    }
}

#[tokio::test]
async fn the_published_task_ends_in_a_picture_also_after_a_kill() {
    let mut studio = Studio::start(&[]).await;
    let (_, token) = studio.user("painter", 0).await;
    let (_, made) = studio.submit(&token, json!({ "prompt": "雪夜的山村" })).await;
    let task = made["data"]["id"].as_i64().unwrap();
    studio.call("PATCH", &format!("/tasks/{task}/approve"), &studio.admin, None).await;
    let running = studio.until(&token, task, 3).await;
    studio.server.kill();
    studio.server.run();
    let done = studio.until(&token, task, 4).await;
    assert_ne!(done["remote_task_id"], "");
    let kept = running["remote_task_id"].as_str().unwrap();
    assert!(kept.is_empty() || done["remote_task_id"] == kept, "one job, also after a restart");
    let picture = http().get(done["result_url"].as_str().unwrap()).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(&picture[1..4], b"PNG");
    studio.server.check();
}

#[tokio::test]
async fn money_comes_in_through_the_sandbox_gateway() {
    let studio = Studio::start(&[]).await;
    let (_, token) = studio.user("payer", 0).await;
    let (order, cashier) = studio.order(&token, 100).await;
    let page = studio.click(&cashier, "pay").await;
    assert!(page.contains("success"), "{page}");
    assert_eq!(studio.available(&token).await, 100.0);
    studio.click(&cashier, "again").await;
    let (lost, cashier) = studio.order(&token, 20).await;
    studio.click(&cashier, "silent").await;
    assert_eq!(studio.available(&token).await, 100.0);
    let (_, asked) = studio.call("POST", &format!("/admin/orders/{lost}/recheck"), &studio.admin, None).await;
    assert_eq!(asked["data"]["status"], "paid", "{asked}");
    let (refused, cashier) = studio.order(&token, 7).await;
    studio.click(&cashier, "refuse").await;
    let shown = studio.server.says(&["orders", "recheck", &refused], "");
    assert!(shown.contains("pending") && shown.contains("not paid"), "{shown}");
    assert_eq!(studio.available(&token).await, 120.0);
    assert!(studio.server.says(&["orders", "show", &order], "").contains("believed"));
    studio.server.check();
}

/// 200 orders with ten callbacks each, all at once: 200 credits (`make crash` does ten thousand).
#[tokio::test]
async fn n_orders_with_ten_callbacks_each_are_n_credits() {
    let orders: u32 = std::env::var("GONGFANG_TEST_ORDERS").ok().and_then(|text| text.parse().ok()).unwrap_or(200);
    let databases = [None, postgres("studio_orders").await];
    for database in
        databases.into_iter().enumerate().filter(|(index, database)| *index == 0 || database.is_some()).map(|(_, database)| database)
    {
        let settings: Vec<(&str, &str)> = database.iter().map(|url| ("DATABASE", url.as_str())).collect();
        let studio = std::sync::Arc::new(Studio::start(&settings).await);
        // Twenty may wait at once, so each payer pays twenty.
        let mut waves = Vec::new();
        for payer in 0..orders.div_ceil(20) {
            let studio = std::sync::Arc::clone(&studio);
            waves.push(tokio::spawn(async move {
                let (_, token) = studio.user(&format!("payer{payer}"), 0).await;
                let mine = 20.min(orders - payer * 20);
                for _ in 0..mine {
                    let (_, cashier) = studio.order(&token, 1).await;
                    let calls: Vec<_> = (0..10)
                        .map(|_| {
                            let (studio, cashier) = (std::sync::Arc::clone(&studio), cashier.clone());
                            tokio::spawn(async move { studio.click(&cashier, "pay").await })
                        })
                        .collect();
                    for call in calls {
                        assert!(call.await.unwrap().contains("success"));
                    }
                }
                assert_eq!(studio.available(&token).await, f64::from(mine));
            }));
        }
        for wave in waves {
            wave.await.unwrap();
        }
        let (_, entries) = studio.call("GET", "/admin/transactions?type=user_topup&limit=1", &studio.admin, None).await;
        assert_eq!(entries["data"]["total"], orders, "{entries}");
        studio.server.check();
    }
}

#[tokio::test]
async fn e16_to_e19_callbacks_that_are_none_get_fail_and_nothing_else() {
    let studio = Studio::start(&[]).await;
    let (_, token) = studio.user("payer", 0).await;
    let (order, _) = studio.order(&token, 5).await;
    let (_, methods) = studio.call("GET", "/payment/methods", &token, None).await;
    let notify = format!("{}/payment/notify/{}", studio.api, methods["data"][0]["uuid"].as_str().unwrap());
    let long = format!("{notify}?out_trade_no={order}&x={}", "a".repeat(9000));
    let good = format!("out_trade_no={order}&money=5&pid=1000&trade_no=1&trade_status=TRADE_SUCCESS&type=alipay");
    for url in [
        notify.clone(),
        format!("{notify}?{good}"),
        format!("{notify}?{good}&sign=0&sign=0"),
        format!("{notify}?{good}&sign={}", "0".repeat(32)),
        format!("{}/payment/notify/none?{good}", studio.api),
        format!("{}/payment/notify/%00?{good}", studio.api),
        long,
    ] {
        let answer = http().get(&url).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
        assert_eq!(answer.text().await.unwrap(), "fail", "{url}");
    }
    let mixed = http().post(format!("{notify}?{good}")).body(good.clone()).send().await.unwrap();
    assert_eq!(mixed.text().await.unwrap(), "fail", "query and form");
    for method in ["PUT", "DELETE", "PATCH"] {
        let answer = http().request(method.parse().unwrap(), &notify).body(good.clone()).send().await.unwrap();
        assert_eq!(answer.text().await.unwrap(), "fail", "{method}");
    }
    let vast = http().post(&notify).body("a".repeat(200_000)).send().await.unwrap();
    assert!(!vast.text().await.unwrap().contains("success"));
    assert_eq!(studio.available(&token).await, 0.0);
}

/// The whole life of somebody's money, with a model's server that is this test's: topped up, bought, failed and refunded, retried
/// and paid anew, cancelled; the server is killed in the middle.
#[tokio::test]
async fn topped_up_bought_failed_retried_cancelled_and_proven() {
    use axum::{Router, http::StatusCode, routing::post};
    let answers = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let counted = answers.clone();
    let model = Router::new().route(
        "/paint",
        post(move |headers: axum::http::HeaderMap| {
            let call = counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            async move {
                assert_eq!(headers["authorization"], "Bearer sk-of-this-test");
                assert!(headers.contains_key("idempotency-key"));
                if call == 0 {
                    (StatusCode::UNPROCESSABLE_ENTITY, String::new())
                } else {
                    (StatusCode::OK, json!({ "output": "painted" }).to_string())
                }
            }
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/paint", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, model).await.unwrap() });
    let mut studio = Studio::start(&[("STUDIO_APPROVAL", "automatic")]).await;
    let header =
        json!({ "name": "Authorization", "type": "string", "required": true, "description": "", "example": "Bearer sk-of-this-test" });
    let body = json!({ "name": "Painter", "status": "open", "url": url, "price": 2.5,
        "parameters": { "request_header": [header], "request_body": [], "response_parameters": [] } });
    let (_, model) = studio.call("POST", "/models/create", &studio.admin, Some(body)).await;
    let (_, token) = studio.user("buyer", 0).await;
    let (_, cashier) = studio.order(&token, 10).await;
    studio.click(&cashier, "pay").await;
    let (status, made) = studio.submit(&token, json!({ "model_id": model["data"]["id"], "prompt": "a fox" })).await;
    assert_eq!(status, 200, "{made}");
    let task = made["data"]["id"].as_i64().unwrap();
    let failed = studio.until(&token, task, 5).await;
    assert_eq!(
        (failed["error_log"].as_str(), studio.available(&token).await),
        (Some("the model's server answered 422"), 10.0)
    );
    studio.server.kill();
    studio.server.run();
    let (status, retried) = studio.call("POST", &format!("/tasks/{task}/retry"), &token, None).await;
    assert_eq!((status, &retried["data"]["retry_count"]), (200, &json!(0)), "{retried}");
    let done = studio.until(&token, task, 4).await;
    assert_eq!(http().get(done["result_url"].as_str().unwrap()).send().await.unwrap().text().await.unwrap(), "painted");
    assert_eq!(studio.available(&token).await, 7.5);
    let (_, entries) = studio.call("GET", "/admin/transactions", &studio.admin, None).await;
    let told: Vec<_> = entries["data"]["transactions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["type"].as_str().unwrap(), entry["amount"].as_f64().unwrap()))
        .collect();
    assert_eq!(told, [("user_consume", -2.5), ("user_refund", 2.5), ("user_consume", -2.5), ("user_topup", 10.0)]);
    let (_, user) = studio.call("GET", "/auth/user", &token, None).await;
    assert_eq!(user["data"]["credit"], json!({ "total": 10.0, "used": 2.5, "available": 7.5, "usagePercentage": 25.0 }));
    studio.server.check();
}

#[tokio::test]
async fn e38_e39_the_ledger_as_a_file() {
    let studio = Studio::start(&[]).await;
    let (id, token) = studio.user("user", 0).await;
    for number in 0..3 {
        let body = json!({ "amount": 1.5, "type": "credit", "reason": format!("=1+{number}") });
        studio.call("POST", &format!("/admin/users/{id}/balance"), &studio.admin, Some(body)).await;
    }
    let url = format!("{}/admin/transactions/export?user_id={id}&min_amount=0", studio.api);
    let answer = http().get(&url).bearer_auth(&studio.admin).send().await.unwrap();
    let name = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.starts_with("attachment; filename=transactions_20") && name.ends_with(".csv"), "{name}");
    let text = String::from_utf8(answer.bytes().await.unwrap().to_vec()).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 5, "{text}");
    assert!(lines[0].starts_with('\u{feff}'));
    assert!(lines[1].contains(",1.50,3.00,4.50,'=1+2,admin,127.0.0.1,"), "{}", lines[1]);
    let hash = lines[1].rsplit(',').next().unwrap();
    assert_eq!(hash.len(), 64);
    for (token, status) in [(token.as_str(), 403), ("", 401)] {
        assert_eq!(studio.call("GET", &url, token, None).await.0, status);
    }
    assert_eq!(studio.call("GET", "/admin/transactions/export?start_time=x", &studio.admin, None).await.0, 400);
}

#[tokio::test]
async fn e13_who_is_demoted_or_deleted_is_so_at_the_next_request() {
    let studio = Studio::start(&[]).await;
    let (id, _) = studio.user("second", 0).await;
    let promote = studio.call("PATCH", &format!("/admin/users/{id}"), &studio.admin, Some(json!({ "role": "admin" }))).await;
    assert_eq!(promote.0, 200);
    let (_, answer) = studio.call("POST", "/auth/login", "", Some(json!({ "username": "second", "password": "secret1" }))).await;
    let second = answer["data"]["token"].as_str().unwrap().to_owned();
    assert_eq!(studio.call("GET", "/admin/users", &second, None).await.0, 200);
    studio.call("PATCH", &format!("/admin/users/{id}"), &studio.admin, Some(json!({ "role": "user" }))).await;
    assert_eq!(studio.call("GET", "/admin/users", &second, None).await.0, 401, "e12: sessions end with the role");
    studio.call("DELETE", &format!("/admin/users/{id}"), &studio.admin, None).await;
    assert_eq!(studio.call("GET", "/auth/user", &second, None).await.0, 401);
}

#[tokio::test]
async fn i11_keys_for_uploads_do_what_they_are_for_and_nothing_else() {
    use object_store::{ObjectStoreExt, PutPayload, aws::AmazonS3Builder, path::Path};
    let studio = Studio::start(&[]).await;
    let (id, token) = studio.user("uploader", 0).await;
    let (_, answer) = studio.call("GET", "/common/upload/token", &token, None).await;
    let keys = &answer["data"];
    let text = |name: &str| keys[name].as_str().unwrap().to_owned();
    let prefix = text("prefix");
    assert!(prefix.starts_with(&format!("uploads/u{id}/")), "{prefix}");
    let store = |token: &str| {
        AmazonS3Builder::new()
            .with_endpoint(text("endpoint"))
            .with_region(text("region"))
            .with_bucket_name(text("bucket"))
            .with_access_key_id(text("accessKeyId"))
            .with_secret_access_key(text("accessKeySecret"))
            .with_token(token)
            .with_allow_http(true)
            .with_retry(object_store::RetryConfig { max_retries: 0, ..Default::default() })
            .build()
            .unwrap()
    };
    let mine = store(&text("securityToken"));
    let put = |store: object_store::aws::AmazonS3, key: String| async move {
        store.put(&Path::from(key), PutPayload::from_static(b"\x89PNG")).await
    };
    put(mine.clone(), format!("{prefix}a.png")).await.unwrap();
    for (store, key) in [
        (mine.clone(), format!("uploads/u{}/20261121/a.png", id + 1)),
        (mine.clone(), "a.png".to_owned()),
        (mine.clone(), format!("{prefix}.hidden")),
        (store("another token"), format!("{prefix}b.png")),
        (store(""), format!("{prefix}b.png")),
    ] {
        assert!(put(store, key.clone()).await.is_err(), "{key}");
    }
    let key = Path::from(format!("{prefix}a.png"));
    assert!(mine.get(&key).await.is_err(), "reading");
    assert!(mine.delete(&key).await.is_err(), "deleting");
    assert!(futures_util::TryStreamExt::try_collect::<Vec<_>>(object_store::ObjectStore::list(&mine, None)).await.is_err(), "listing");
    assert!(http().get(format!("{}/{}/{key}", text("endpoint"), text("bucket"))).send().await.unwrap().status() == 403);
    // Only what its owner uploaded is looked at, and by its owner alone.
    let image = format!("{}/{}/{prefix}a.png", text("endpoint"), text("bucket"));
    let (_, stranger) = studio.user("stranger", 0).await;
    let body = json!({ "imageUrl": image, "template": "ecommerce" });
    assert_eq!(studio.call("POST", "/ai-assistant/analyze", &stranger, Some(body)).await.0, 400);
    // e26: thirty an hour.
    for _ in 0..29 {
        assert_eq!(studio.call("GET", "/common/upload/token", &token, None).await.0, 200);
    }
    assert_eq!(studio.call("GET", "/common/upload/token", &token, None).await.0, 429);
}

#[tokio::test]
async fn the_assistant_looks_at_pictures_offline_and_says_so() {
    let studio = Studio::start(&[]).await;
    let (_, token) = studio.user("user", 0).await;
    let (_, made) = studio.submit(&token, json!({ "prompt": "a lake at dusk" })).await;
    let task = made["data"]["id"].as_i64().unwrap();
    studio.call("PATCH", &format!("/tasks/{task}/approve"), &studio.admin, None).await;
    let done = studio.until(&token, task, 4).await;
    let ask = |template: &str| json!({ "imageUrl": done["result_url"], "template": template, "prompt": "color?" });
    for template in ["ecommerce", "custom"] {
        let (status, answer) = studio.call("POST", "/ai-assistant/analyze", &token, Some(ask(template))).await;
        let text = answer["data"]["result"].as_str().unwrap_or_default();
        assert!(status == 200 && text.contains("离线分析") && text.contains("1280×720"), "{answer}");
    }
    for (url, why) in [
        ("http://10.1.2.3/a.png", "e28: a private address"),
        ("http://169.254.169.254/latest/meta-data", "e28: a cloud's own"),
        ("http://[::ffff:10.0.0.1]/a.png", "e28: an address in disguise"),
        ("file:///etc/passwd", "e29: a file"),
        ("gopher://127.0.0.1/x", "e29: another scheme"),
        ("http://user:pass@127.0.0.1/a.png", "e29: a name in it"),
        (&format!("{}/api/v1/nothing", studio.server.base), "no picture"),
    ] {
        let body = json!({ "imageUrl": url, "template": "ecommerce" });
        let (status, answer) = studio.call("POST", "/ai-assistant/analyze", &token, Some(body)).await;
        assert_eq!(status, 400, "{why}");
        assert_eq!(answer["message"], "The image cannot be fetched, or is not a PNG, JPEG, WebP or GIF of at most 20 MiB", "e31: {why}");
    }
}

/// Every route without a token, and with a user's token on what is an administrator's.
#[tokio::test]
async fn x01_x02_nobody_gets_in_without_a_token_and_no_user_administers() {
    let studio = Studio::start(&[]).await;
    let (_, token) = studio.user("user", 0).await;
    let open = studio.call("GET", &format!("{}/openapi.json", studio.server.base), "", None).await.1;
    let public = ["/api/v1/auth/register", "/api/v1/auth/login", "/api/v1/payment/notify/{uuid}"];
    let mut seen = 0;
    for (path, methods) in open["paths"].as_object().unwrap() {
        let url = format!("{}{}", studio.server.base, path.replace("{id}", "1").replace("{uuid}", "x").replace("{code}", "x"));
        for method in methods.as_object().unwrap().keys().filter(|_| !public.contains(&path.as_str())) {
            let method = method.to_uppercase();
            let (status, answer) = studio.call(&method, &url, "", Some(json!({}))).await;
            assert_eq!((status, answer["message"].as_str()), (401, Some("authorization header is required")), "{method} {path}");
            if path.starts_with("/api/v1/admin/") || path.starts_with("/api/v1/ai-assistant/prompts") {
                let (status, answer) = studio
                    .call(&method, &url, &token, Some(json!({ "code": "x", "content": "x", "prompts": [{ "code": "x", "content": "x" }] })))
                    .await;
                assert_eq!((status, answer["message"].as_str()), (403, Some("Forbidden: Admins only")), "{method} {path}");
            }
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen} operations");
    for page in ["/swagger/index.html", "/docs", "/redoc"] {
        let answer = http().get(format!("{}{page}", studio.server.base)).send().await.unwrap();
        assert!(answer.status().is_success() && answer.text().await.unwrap().contains("html"), "{page}");
    }
}

#[tokio::test]
async fn production_masks_keys_and_has_no_stand_ins() {
    let server = Server::production("studio", &[]);
    let mut studio = Studio { api: format!("{}/api/v1", server.base), server, admin: String::new() };
    let (_, answer) = studio.call("POST", "/auth/login", "", Some(json!({ "username": "root", "password": common::ROOT_PASSWORD }))).await;
    studio.admin = answer["data"]["token"].as_str().unwrap().to_owned();
    let key = "gongfang-secret-key";
    let config =
        json!({ "name": "支付宝", "payment_method": "epay", "config": { "pid": "1", "key": key, "gateway": "https://pay.example.com" } });
    let (status, made) = studio.call("POST", "/admin/payment/config", &studio.admin, Some(config)).await;
    assert_eq!(status, 200, "{made}");
    let (_, listed) = studio.call("GET", "/admin/payment/config", &studio.admin, None).await;
    assert_eq!(listed["data"][0]["config"]["key"], "xxx…-key");
    let path = format!("/admin/payment/config/{}", made["data"]["id"]);
    let (_, changed) = studio.call("PUT", &path, &studio.admin, Some(json!({ "config": listed["data"][0]["config"] }))).await;
    assert_eq!(changed["data"]["config"]["key"], "xxx…-key", "the mask stands for the known key");
    let http_gateway =
        json!({ "name": "x", "payment_method": "epay", "config": { "pid": "1", "key": "k", "gateway": "http://pay.example.com" } });
    assert_eq!(studio.call("POST", "/admin/payment/config", &studio.admin, Some(http_gateway)).await.0, 400, "e24");
    let model = json!({ "name": "m", "status": "open", "url": "http://169.254.169.254/x", "price": 1 });
    assert_eq!(studio.call("POST", "/models/create", &studio.admin, Some(model)).await.0, 400, "e35");
    let model = json!({ "name": "m", "status": "open", "url": "https://models.example.com/x", "price": 1 });
    assert_eq!(studio.call("POST", "/models/create", &studio.admin, Some(model)).await.0, 201);
    let (_, answer) = studio.call("POST", "/auth/register", "", Some(json!({ "username": "user", "password": "a good password" }))).await;
    let user = answer["data"]["token"].as_str().unwrap().to_owned();
    let (_, models) = studio.call("GET", "/models", &user, None).await;
    assert_eq!(models["data"]["models"][0]["url"], "");
    let (status, answer) = studio.submit(&user, json!({ "key": "value" })).await;
    assert_eq!((status, answer["message"].as_str()), (400, Some("model_id is required")));
    assert_eq!(studio.call("GET", "/common/upload/token", &user, None).await.0, 503);
    let (_, methods) = studio.call("GET", "/payment/methods", &user, None).await;
    let pay = |back: &str| json!({ "amount": 1, "payment_method_uuid": methods["data"][0]["uuid"], "payment_channel": "alipay", "return_url": back });
    for (back, status) in [
        ("https://api.example.com/back", 200),
        ("https://evil.example", 400),
        ("//evil.example", 400),
        ("https://api.example.com@evil.example/", 400),
        ("https://api.example.com.evil.example/", 400),
        ("javascript:alert(1)", 400),
        ("https://api.example.com/\r\nx", 400),
    ] {
        assert_eq!(studio.call("POST", "/payment/create", &user, Some(pay(back))).await.0, status, "e20: {back:?}");
    }
    let (_, created) = studio.call("POST", "/payment/create", &user, Some(pay("https://api.example.com/"))).await;
    let jump = created["data"]["jump_url"].as_str().unwrap();
    assert!(jump.contains("notify_url=https%3A%2F%2Fapi.example.com%2Fapi%2Fv1%2Fpayment%2Fnotify%2F"), "e21: {jump}");
    assert_eq!(studio.call("GET", &format!("{}/sandbox/epay/api.php", studio.server.base), "", None).await.0, 404);
    // What is kept of keys is sealed.
    let database = std::fs::read(studio.server.data.join("gongfang.db")).unwrap();
    let log = std::fs::read(studio.server.data.join("gongfang.db-wal")).unwrap_or_default();
    for bytes in [database, log] {
        assert!(!bytes.windows(key.len()).any(|window| window == key.as_bytes()), "e35: the key stands in the database in clear");
    }
}
