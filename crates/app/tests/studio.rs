//! The studio surface against the real binary: chapter one of its document.

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
