//! The studio surface against the real binary: its document, its money, and what attacks do.
#![allow(clippy::disallowed_methods, clippy::float_cmp, reason = "a test waits in real time, and compares amounts that were written")]

mod common;

use std::process::Command;

use common::{Server, ended, http, insist, play, postgres, studio::Studio};
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
            tokio::spawn(insist(http().post(format!("{}/api/v1/auth/register", server.base)).json(&body)))
        })
        .collect();
    let mut made = 0;
    for call in calls {
        match call.await.unwrap().status().as_u16() {
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
    let studio = Studio::start(&[("UPLOADS_SCOPE", "account")]).await;
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

/// Libraries of both vendors put files, in both scopes: below the prefix that the answer names, which clients of the published document,
/// who write below `uploads/`, need not know.
#[tokio::test]
async fn vendors_libraries_put_files_whole_and_in_parts() {
    for scope in ["shared", "account"] {
        let studio = Studio::start(&[("UPLOADS_SCOPE", scope)]).await;
        let (_, token) = studio.user("uploader", 0).await;
        let (_, answer) = studio.call("GET", "/common/upload/token", &token, None).await;
        let keys = answer["data"].to_string();
        let stories = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
        let python = ended(Command::new("/usr/bin/python3").arg(stories.join("upload.py")).arg(&keys));
        assert!(python.status.success(), "{scope}: {}", String::from_utf8_lossy(&python.stderr));
        let modules = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/node");
        assert!(modules.join("node_modules/ali-oss").exists(), "ali-oss is missing: scripts/setup test installs it");
        let node = ended(Command::new("node").arg(stories.join("upload.mjs")).arg(&keys).arg(&modules));
        assert!(node.status.success(), "{scope}: {}", String::from_utf8_lossy(&node.stderr));
        let left = std::fs::read_dir(studio.server.data.join("work")).unwrap().flatten();
        let left = left.filter_map(|process| std::fs::read_dir(process.path().join("uploads")).ok()).flatten().count();
        assert_eq!(left, 0, "what came is in storage or nowhere");
    }
}

/// Of many who put a file under one name at once, one account has it, and nobody overwrites another's.
#[tokio::test]
async fn a_name_that_another_account_has_is_taken() {
    use object_store::{ObjectStoreExt, PutPayload, aws::AmazonS3Builder, path::Path};
    let studio = Studio::start(&[]).await;
    let mut stores = Vec::new();
    for name in ["first", "second", "third"] {
        let (_, token) = studio.user(name, 0).await;
        let (_, answer) = studio.call("GET", "/common/upload/token", &token, None).await;
        let text = |name: &str| answer["data"][name].as_str().unwrap().to_owned();
        let store = AmazonS3Builder::new()
            .with_endpoint(text("endpoint"))
            .with_region(text("region"))
            .with_bucket_name(text("bucket"))
            .with_access_key_id(text("accessKeyId"))
            .with_secret_access_key(text("accessKeySecret"))
            .with_token(text("securityToken"))
            .with_allow_http(true)
            .with_retry(object_store::RetryConfig { max_retries: 0, ..Default::default() });
        stores.push(store.build().unwrap());
    }
    for round in 0..10 {
        let key = Path::from(format!("uploads/cover-{round}.png"));
        let puts = stores.iter().flat_map(|store| std::iter::repeat_n(store.clone(), 4)).map(|store| {
            let key = key.clone();
            tokio::spawn(async move { store.put(&key, PutPayload::from_static(b"mine")).await.is_ok() })
        });
        let mut outcomes = Vec::new();
        for put in puts.collect::<Vec<_>>() {
            outcomes.push(put.await.unwrap());
        }
        let owners: Vec<bool> = outcomes.chunks(4).map(|of| of.iter().any(|kept| *kept)).collect();
        assert_eq!(owners.iter().filter(|owner| **owner).count(), 1, "{outcomes:?}");
        assert!(outcomes.chunks(4).all(|of| of.iter().all(|kept| kept == &of[0])), "an owner may replace their own: {outcomes:?}");
    }
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
        ("http://api.example.com/back", 400),
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

#[tokio::test]
async fn x19_what_touches_money_or_rights_is_kept_with_who_did_it() {
    let studio = Studio::at(Server::mounting("studio,media", &[])).await;
    let (id, _) = studio.user("user", 3).await;
    studio.call("POST", "/auth/login", "", Some(json!({ "username": "user", "password": "wrong" }))).await;
    studio.call("PATCH", &format!("/admin/users/{id}"), &studio.admin, Some(json!({ "role": "admin" }))).await;
    let config = json!({ "name": "x", "payment_method": "epay", "config": { "pid": "1", "key": "k-very-secret", "gateway": "https://pay.example.com" } });
    studio.call("POST", "/admin/payment/config", &studio.admin, Some(config)).await;
    studio.call("GET", "/admin/transactions/export", &studio.admin, None).await;
    studio.call("DELETE", &format!("/admin/users/{id}"), &studio.admin, None).await;
    let (_, audit) = studio.call("GET", "/admin/audit?limit=6", &studio.admin, None).await;
    let told: Vec<_> = audit["data"]["items"].as_array().unwrap().iter().map(|act| act["action"].as_str().unwrap()).collect();
    assert_eq!(told, ["account.close", "ledger.export", "payment_method.create", "account.update", "session.refuse", "account.balance"]);
    assert!(audit["data"]["items"].as_array().unwrap().iter().all(|act| act["ip_address"] == "127.0.0.1"), "{audit}");
    assert_eq!(audit["data"]["items"][3]["detail"], "role user -> admin");
    assert!(!audit.to_string().contains("very-secret"));
}
