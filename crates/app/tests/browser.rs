//! Browsers at the native surface: a session that is a cookie, and what foreign pages cannot do with it.
#![allow(clippy::disallowed_methods, reason = "real time")]

mod common;

use common::{Server, http};
use reqwest::{Response, header::SET_COOKIE};
use serde_json::json;

/// What an origin's page sends with a request, as a browser says it.
async fn sent(server: &Server, method: &str, path: &str, cookie: &str, headers: &[(&str, &str)]) -> Response {
    let url = format!("{}/gongfang/v1{path}", server.base);
    let mut request = http().request(method.parse().unwrap(), url).header("cookie", cookie);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if path == "/keys" { json!({ "name": "n", "scopes": ["tasks:read"] }) } else { json!({}) };
    let request = if method == "GET" { request } else { request.json(&body) };
    request.send().await.unwrap()
}

#[tokio::test]
async fn a_browser_signs_in_with_a_cookie_that_foreign_pages_cannot_use() {
    let server = Server::mounting("native,anime,media,sandbox", &[("WORKER_ENABLED", "false")]);
    let own = server.base.clone();
    let sign_in = |headers: Vec<(&'static str, &'static str)>| {
        let mut request = http().post(format!("{own}/gongfang/v1/sessions"));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.json(&json!({ "name": "admin", "password": "admin123456", "cookie": true })).send()
    };
    // A foreign page signs nobody in: its reader would work in somebody else's account.
    assert_eq!(sign_in(vec![("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]).await.unwrap().status(), 403);
    let answer = sign_in(vec![("sec-fetch-site", "same-origin")]).await.unwrap();
    assert_eq!(answer.status(), 201);
    let set = answer.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(set.starts_with("gongfang=") && set.ends_with("; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax"), "{set}");
    let body: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(body["token"], json!(null), "no script sees it");
    let cookie = set.split(';').next().unwrap();

    // Reading needs no more than the cookie; what changes something must come from here.
    assert_eq!(sent(&server, "GET", "/me", cookie, &[("sec-fetch-site", "cross-site")]).await.status(), 200);
    let (here, port) = (server.base.as_str(), "http://evil.example:8080");
    for (headers, expected) in [
        (vec![("sec-fetch-site", "same-origin")], 201),
        (vec![("sec-fetch-site", "none")], 201),
        (vec![("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")], 403),
        (vec![("sec-fetch-site", "same-site"), ("origin", "https://evil.example")], 403),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("origin", here)], 201),
        (vec![("origin", port)], 403),
        (vec![("origin", "null")], 403),
        // No browser leaves both out.
        (vec![], 201),
    ] {
        let answer = sent(&server, "POST", "/keys", cookie, &headers).await;
        assert_eq!(answer.status(), expected, "{headers:?}");
        if expected == 403 {
            let problem: serde_json::Value = answer.json().await.unwrap();
            assert_eq!(problem["code"], "foreign_origin");
        }
    }
    let keys: serde_json::Value = sent(&server, "GET", "/keys", cookie, &[]).await.json().await.unwrap();
    assert_eq!(keys["items"].as_array().unwrap().len(), 4, "what was refused made none");

    // A token in the header counts, and the cookie beside it does not.
    let beside = sent(&server, "GET", "/me", cookie, &[("authorization", "Bearer nonsense")]).await;
    assert_eq!(beside.status(), 401);
    // Other surfaces know no cookies.
    let anime = http().get(format!("{}/api/v1/tasks", server.base)).header("cookie", cookie).send().await.unwrap();
    assert_eq!(anime.status(), 401);

    let out = sent(&server, "DELETE", "/sessions/current", cookie, &[("sec-fetch-site", "same-origin")]).await;
    assert_eq!(out.status(), 204);
    assert!(out.headers()[SET_COOKIE].to_str().unwrap().starts_with("gongfang=; Path=/; Max-Age=0;"));
    assert_eq!(sent(&server, "GET", "/me", cookie, &[]).await.status(), 401, "it has ended, whoever kept it");
}
