//! Webhooks of the real binary: what a server of one's own receives, verified with the public libraries of Standard Webhooks.
#![allow(clippy::disallowed_methods, reason = "real time")]

mod common;

use std::{
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
};
use common::{Server, call, ended, play, postgres, wait_for};
use serde_json::{Value, json};

const SURFACES: &str = "native,anime,media,sandbox";
/// Nobody works on tasks, so that they stay as they were handed in.
const IDLE: (&str, &str) = ("WORKER_ENABLED", "false");
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_story_of_webhooks() {
    let story = include_str!("stories/native_webhooks.txt");
    let server = Server::mounting(SURFACES, &[IDLE]);
    play(&server, story).await;
    server.check();
    if let Some(database) = postgres("native_webhooks_story").await {
        let server = Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)]);
        play(&server, story).await;
        server.check();
    }
}

/// A message as it arrived.
#[derive(Debug, Clone)]
struct Message {
    headers: HeaderMap,
    body: String,
}

impl Message {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn read(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A server of somebody's own, which answers with one status, or never.
#[derive(Clone, Default)]
struct Receiver {
    messages: Arc<Mutex<Vec<Message>>>,
    status: Arc<Mutex<StatusCode>>,
    hangs: bool,
}

impl Receiver {
    /// Starts it; its address.
    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(receive).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/hook?shop=1")
    }

    fn answers(&self, status: u16) {
        *self.status.lock().unwrap() = StatusCode::from_u16(status).unwrap();
    }

    fn messages(&self) -> Vec<Message> {
        self.messages.lock().unwrap().clone()
    }

    /// Waits until there are so many.
    async fn wait(&self, count: usize) -> Vec<Message> {
        wait_for(PATIENCE, async || Some(self.messages()).filter(|messages| messages.len() >= count)).await
    }
}

async fn receive(State(receiver): State<Receiver>, request: Request) -> (StatusCode, String) {
    assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), ("POST", "/hook?shop=1"));
    let headers = request.headers().clone();
    let body = axum::body::to_bytes(request.into_body(), 20_000).await.expect("a body stays below 20 kB");
    receiver.messages.lock().unwrap().push(Message { headers, body: String::from_utf8(body.to_vec()).unwrap() });
    if receiver.hangs {
        std::future::pending::<()>().await;
    }
    (*receiver.status.lock().unwrap(), "x".repeat(5000))
}

/// Has the libraries of Python and of JavaScript verify messages; the types that both found.
fn verified(secret: &str, messages: &[Message]) -> Vec<String> {
    let headers = |message: &Message| {
        let all = message.headers.iter().map(|(name, value)| (name.to_string(), json!(value.to_str().unwrap())));
        Value::Object(all.collect())
    };
    let messages: Vec<Value> = messages.iter().map(|message| json!({ "headers": headers(message), "body": message.body })).collect();
    let given = json!({ "secret": secret, "messages": messages }).to_string();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (stories, target) = (root.join("tests/stories"), root.join("../../target"));
    let python = target.join("python/bin/python");
    assert!(python.exists(), "standardwebhooks is missing: scripts/setup test installs it");
    let said = [
        ended(Command::new(python).arg(stories.join("verify.py")).arg(&given)),
        ended(Command::new("node").arg(stories.join("verify.mjs")).arg(&given).arg(target.join("node"))),
    ];
    let said = said.map(|output| {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    });
    assert_eq!(said[0], said[1]);
    said[0].lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn what_arrives_is_verified_by_the_public_libraries_and_says_what_the_api_says() {
    let mut servers = vec![Server::mounting(SURFACES, &[IDLE])];
    if let Some(database) = postgres("webhooks_verified").await {
        servers.push(Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)]));
    }
    for server in &servers {
        let at = |path: &str| format!("{}/gongfang/v1{path}", server.base);
        let token = common::sign_in(server, "test@bigniu.com", "test123").await;
        let receiver = Receiver::default();
        receiver.answers(204);
        let url = receiver.start().await;
        let (status, made) = call("POST", &at("/webhooks"), &token, Some(json!({ "url": url }))).await;
        assert_eq!(status, 201, "{made}");
        let (secret, hook) = (made["secret"].as_str().unwrap(), made["id"].as_str().unwrap());

        let (status, tested) = call("POST", &at(&format!("/webhooks/{hook}/test")), &token, None).await;
        assert_eq!((status, &tested["state"], &tested["log"][0]["status"]), (200, &json!("delivered"), &json!(204)), "{tested}");
        let (_, task) = call("POST", &at("/tasks"), &token, Some(json!({ "kind": "anime", "text": "夜里下着雪。" }))).await;
        let id = task["id"].as_str().unwrap();
        call("POST", &at(&format!("/tasks/{id}/cancel")), &token, None).await;
        let admin = common::sign_in(server, "admin", "admin123456").await;
        let manual = json!({ "account": task["account"], "amount": "12.50" });
        let (_, order) = call("POST", &at("/orders/manual"), &admin, Some(manual)).await;
        let paid = order["id"].as_str().unwrap();
        call("POST", &at(&format!("/orders/{paid}/settle")), &admin, Some(json!({ "reason": "paid in cash" }))).await;
        let messages = receiver.wait(3).await;
        let mut types = verified(secret, &messages);
        types.sort();
        assert_eq!(types, ["order.paid", "task.cancelled", "test"]);

        let told = |word: &str| messages.iter().find(|message| message.body.contains(word)).unwrap();
        let shown = async |path: String, beyond: &[&str]| {
            let (_, mut shown) = call("GET", &at(&path), &token, None).await;
            shown.as_object_mut().unwrap().retain(|field, _| !beyond.contains(&field.as_str()));
            shown
        };
        let same = "what is told is what the API says";
        assert_eq!(told("task.cancelled").read()["data"]["task"], shown(format!("/tasks/{id}"), &["input", "waiting"]).await, "{same}");
        assert_eq!(told("order.paid").read()["data"]["order"], shown(format!("/orders/{paid}"), &["timeline"]).await, "{same}");
        let told = told("task.cancelled");
        assert_eq!((told.header("content-type"), told.header("user-agent")), ("application/json", "gongfang"));
        assert_eq!(told.read().to_string().len(), told.body.len(), "it is minified");

        // While the secret is rolled, both the old and the new one verify.
        let (_, rolled) = call("POST", &at(&format!("/webhooks/{hook}/roll")), &token, Some(json!({ "overlap_s": 600 }))).await;
        call("POST", &at(&format!("/webhooks/{hook}/test")), &token, None).await;
        let newest = receiver.wait(4).await.pop().unwrap();
        assert_eq!(newest.header("webhook-signature").split(' ').count(), 2);
        for secret in [secret, rolled["secret"].as_str().unwrap()] {
            assert_eq!(verified(secret, std::slice::from_ref(&newest)), ["test"]);
        }
        assert!(!server.logged().contains("whsec_"), "secrets are not logged");
        server.check();
    }
}

#[tokio::test]
async fn a_message_outlives_its_server_and_comes_again_under_its_id() {
    let mut server = Server::mounting(SURFACES, &[IDLE]);
    let token = common::sign_in(&server, "test@bigniu.com", "test123").await;
    let receiver = Receiver::default();
    receiver.answers(500);
    let url = receiver.start().await;
    let at = |server: &Server, path: &str| format!("{}/gongfang/v1{path}", server.base);
    let (_, made) = call("POST", &at(&server, "/webhooks"), &token, Some(json!({ "url": url }))).await;
    let hook = made["id"].as_str().unwrap().to_owned();
    let (_, task) = call("POST", &at(&server, "/tasks"), &token, Some(json!({ "kind": "study", "name": "我的课" }))).await;
    let id = task["id"].as_str().unwrap();
    call("POST", &at(&server, &format!("/tasks/{id}/cancel")), &token, None).await;
    receiver.wait(1).await;
    server.kill();
    receiver.answers(200);
    server.run();
    let messages = receiver.wait(2).await;
    assert!(messages.iter().all(|message| message.header("webhook-id") == messages[0].header("webhook-id")), "{messages:?}");
    assert!(messages.iter().all(|message| message.body == messages[0].body), "{messages:?}");
    assert_eq!(verified(made["secret"].as_str().unwrap(), &messages), ["task.cancelled", "task.cancelled"]);
    let list = at(&server, &format!("/webhooks/{hook}/deliveries"));
    let delivered = wait_for(PATIENCE, async || {
        let (_, page) = call("GET", &list, &token, None).await;
        Some(page["items"][0].clone()).filter(|delivery| delivery["state"] == "delivered")
    });
    let delivery = delivered.await;
    let (_, shown) = call("GET", &format!("{list}/{}", delivery["id"].as_str().unwrap()), &token, None).await;
    let log = shown["log"].as_array().unwrap();
    assert_eq!(log[0]["status"], 200, "{shown}");
    assert!(log.iter().all(|tried| tried["answer"].as_str().unwrap().len() == 4096), "the first 4 kB of the answer are kept");
}

#[tokio::test]
async fn an_endpoint_that_hangs_keeps_no_other_waiting() {
    let server = Server::mounting(SURFACES, &[IDLE]);
    let at = |path: &str| format!("{}/gongfang/v1{path}", server.base);
    let token = common::sign_in(&server, "test@bigniu.com", "test123").await;
    let (hanging, prompt) = (Receiver { hangs: true, ..Receiver::default() }, Receiver::default());
    for receiver in [&hanging, &prompt] {
        let (status, made) = call("POST", &at("/webhooks"), &token, Some(json!({ "url": receiver.start().await }))).await;
        assert_eq!(status, 201, "{made}");
    }
    // A try at the one that hangs takes fifteen seconds.
    common::within(Duration::from_secs(14), async || {
        let began = std::time::Instant::now();
        for _ in 0..3 {
            let known = prompt.messages().len();
            let (_, task) = call("POST", &at("/tasks"), &token, Some(json!({ "kind": "study", "name": "我的课" }))).await;
            call("POST", &at(&format!("/tasks/{}/cancel", task["id"].as_str().unwrap())), &token, None).await;
            prompt.wait(known + 1).await;
        }
        began.elapsed()
    })
    .await;
    hanging.wait(1).await;
}

#[tokio::test]
async fn two_processes_deliver_once() {
    let Some(database) = postgres("webhooks_two").await else { return };
    let server = Server::mounting(SURFACES, &[IDLE, ("DATABASE", &database)]);
    let second = server.beside();
    let token = common::sign_in(&server, "test@bigniu.com", "test123").await;
    let receiver = Receiver::default();
    let url = receiver.start().await;
    let at = |server: &Server, path: &str| format!("{}/gongfang/v1{path}", server.base);
    call("POST", &at(&server, "/webhooks"), &token, Some(json!({ "url": url }))).await;
    for number in 0..30 {
        let process = if number % 2 == 0 { &server } else { &second };
        let (_, task) = call("POST", &at(process, "/tasks"), &token, Some(json!({ "kind": "study", "name": "我的课" }))).await;
        let id = task["id"].as_str().unwrap();
        call("POST", &at(process, &format!("/tasks/{id}/cancel")), &token, None).await;
    }
    let messages = receiver.wait(30).await;
    let mut ids: Vec<_> = messages.iter().map(|message| message.header("webhook-id").to_owned()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), receiver.messages().len()), (30, 30));
}

#[tokio::test]
async fn production_calls_no_private_address_whatever_its_name() {
    let server = Server::production("native,media", &[IDLE]);
    let at = |path: &str| format!("{}/gongfang/v1{path}", server.base);
    let body = json!({ "name": "root", "password": common::ROOT_PASSWORD });
    let (_, session) = call("POST", &at("/sessions"), "", Some(body)).await;
    let token = session["token"].as_str().unwrap();
    for url in [
        "http://example.com/hook",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://[::ffff:192.168.1.1]/",
        "https://root:secret@example.com/",
    ] {
        let (status, refused) = call("POST", &at("/webhooks"), token, Some(json!({ "url": url }))).await;
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/url")), "{url}: {refused}");
    }
    // A name is looked at when it is called: this one leads here.
    let (status, made) = call("POST", &at("/webhooks"), token, Some(json!({ "url": "https://localhost/hook" }))).await;
    assert_eq!(status, 201, "{made}");
    let test = at(&format!("/webhooks/{}/test", made["id"].as_str().unwrap()));
    let (_, told) = call("POST", &test, token, None).await;
    assert_eq!((&told["state"], &told["log"][0]["status"]), (&json!("failed"), &Value::Null), "{told}");
}
