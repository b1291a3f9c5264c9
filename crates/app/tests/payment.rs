//! Money at the studio surface against the real binary: paid in, spent, given back, and written down.
#![allow(clippy::disallowed_methods, clippy::float_cmp, reason = "a test waits in real time, and compares amounts that were written")]

mod common;

use common::{http, postgres, studio::Studio};
use serde_json::json;

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

/// Clicks until the merchant has taken the callback, as a gateway repeats it: twenty times at most.
async fn announce(client: reqwest::Client, cashier: String) {
    let mut page = String::new();
    for _ in 0..20 {
        page = client.post(&cashier).form(&[("action", "pay")]).send().await.unwrap().text().await.unwrap();
        if page.contains("(success)") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("never taken: {page}");
}

/// A payer who pays so many orders, each clicked ten times at once.
async fn pay_all(studio: std::sync::Arc<Studio>, payer: u32, orders: u32) {
    let (_, token) = studio.user(&format!("payer{payer}"), 0).await;
    let client = http();
    for _ in 0..orders {
        let (_, cashier) = studio.order(&token, 1).await;
        let calls: Vec<_> = (0..10).map(|_| tokio::spawn(announce(client.clone(), cashier.clone()))).collect();
        for call in calls {
            call.await.unwrap();
        }
    }
    assert_eq!(studio.available(&token).await, f64::from(orders));
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
        // Twenty may wait at once, so each payer pays twenty; sixteen payers at a time.
        let payers: Vec<u32> = (0..orders.div_ceil(20)).collect();
        for wave in payers.chunks(16) {
            let paying: Vec<_> = wave
                .iter()
                .map(|payer| tokio::spawn(pay_all(std::sync::Arc::clone(&studio), *payer, 20.min(orders - payer * 20))))
                .collect();
            for payer in paying {
                payer.await.unwrap();
            }
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
    assert_eq!((failed["error_log"].as_str(), studio.available(&token).await), (Some("the model's server answered 422"), 10.0));
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
