//! The libraries for programs, in Python and TypeScript: their examples against the real binary.
#![allow(clippy::disallowed_methods, reason = "real time")]

mod common;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Once,
};

use common::{Server, call, sign_in};
use domain::{id::EventId, time::Timestamp, webhook};
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What the committed text of the API says is what the binary says: a change of the API is seen where it is reviewed.
#[test]
fn the_committed_openapi_text_is_the_binarys() {
    let open = (surfaces::find("native").unwrap().build)().docs.unwrap();
    let text = serde_json::to_string_pretty(&open).unwrap() + "\n";
    let committed = std::fs::read_to_string(root().join("sdk/openapi.json")).unwrap_or_default();
    assert!(text == committed, "write it anew: cargo run -p gongfang -- openapi native > sdk/openapi.json");
}

/// Compiles the TypeScript, once for all tests of this program.
fn compiled() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tsc = root().join("target/node/node_modules/.bin/tsc");
        assert!(tsc.exists(), "typescript is missing: scripts/setup test installs it");
        let output = Command::new(tsc).arg("-p").arg(root().join("sdk/typescript")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    });
}

/// Runs an example, and says what it printed.
fn example(name: &str, arguments: &[&str], input: &str) -> String {
    let mut command = match name.rsplit_once('.').unwrap().1 {
        "py" => {
            let mut python = Command::new("python3");
            python.env("PYTHONPATH", root().join("sdk/python/src")).arg(root().join("sdk/python/examples").join(name));
            python
        }
        _ => {
            compiled();
            let mut node = Command::new("node");
            node.arg(root().join("sdk/typescript/examples").join(name));
            node
        }
    };
    let mut child =
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it is installed");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

async fn key(server: &Server, session: &str, scopes: &[&str]) -> String {
    let body = json!({ "name": "program", "scopes": scopes });
    let (status, made) = call("POST", &format!("{}/gongfang/v1/keys", server.base), session, Some(body)).await;
    assert_eq!(status, 201, "{made}");
    made["secret"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_make_a_film_and_follow_it() {
    let server = Server::mounting("native,anime,media,sandbox", &[]);
    let session = sign_in(&server, "test@bigniu.com", "test123").await;
    let key = key(&server, &session, &["tasks:write"]).await;
    for name in ["film.py", "film.mjs"] {
        let said = example(name, &[&server.base, &key, "夜里下着雪。"], "");
        let video = said.lines().find_map(|line| line.strip_prefix("video ")).unwrap_or_else(|| panic!("{name}: {said}"));
        let answer = common::http().get(video).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "video/mp4", "{name}");
        assert!(answer.bytes().await.unwrap().len() > 10_000, "{name}");
    }
    server.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_sell_codes_work_on_tasks_and_read_statements() {
    let kinds = ("TASKS_KINDS", "capitals price=0 deadline_s=600 retries=1");
    let server = Server::mounting("native,anime,phone,media,sandbox", &[kinds]);
    let at = |path: &str| format!("{}/gongfang/v1{path}", server.base);
    let boss = sign_in(&server, "admin", "admin123456").await;
    let seller = key(&server, &boss, &["codes:write"]).await;
    let codes = example("codes.py", &[&server.base, &seller, "3", "2"], "");
    assert_eq!(codes.lines().count(), 3);

    let session = sign_in(&server, "test@bigniu.com", "test123").await;
    for code in codes.lines() {
        assert_eq!(call("POST", &at("/redemptions"), &session, Some(json!({ "code": code }))).await.0, 201);
    }
    let reader = key(&server, &session, &["wallet:read"]).await;
    // Three entries in pages of two.
    let statement = example("statement.mjs", &[&server.base, &reader], "");
    assert_eq!(statement.lines().filter(|line| line.ends_with(" redemption 2 uses")).count(), 3, "{statement}");

    let mut tasks = Vec::new();
    for text in ["one", "two"] {
        let body = json!({ "kind": "custom", "name": "capitals", "form": { "text": text } });
        let (status, made) = call("POST", &at("/tasks"), &session, Some(body)).await;
        assert_eq!(status, 201, "{made}");
        tasks.push(made["id"].as_str().unwrap().to_owned());
    }
    let worker = key(&server, &boss, &["worker:capitals"]).await;
    example("worker.py", &[&server.base, &worker, "capitals", "2"], "");
    for (task, expected) in tasks.iter().zip(["ONE", "TWO"]) {
        let (status, result) = call("GET", &at(&format!("/tasks/{task}/result")), &session, None).await;
        assert_eq!((status, &result["data"]["text"]), (200, &json!(expected)), "{result}");
        let file = common::http().get(result["files"][0]["url"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(file.text().await.unwrap(), expected);
    }
    server.check();
}

#[test]
fn programs_verify_what_we_sign_and_nothing_else() {
    let secret = webhook::Secret::new([7; 32]);
    let body = json!({ "type": "task.succeeded", "timestamp": "2026-11-29T00:00:00Z", "data": { "id": "task_1" } }).to_string();
    let now = i64::try_from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
    let arrived = |at: i64, body: &str| {
        let headers =
            webhook::headers(&[webhook::Secret::new([9; 32]), webhook::Secret::new([7; 32])], EventId(5), Timestamp(at * 1_000_000), body);
        let headers: serde_json::Map<String, Value> = headers.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        json!({ "headers": headers, "body": body })
    };
    for name in ["webhook.py", "webhook.mjs"] {
        assert_eq!(example(name, &[&secret.expose()], &arrived(now, &body).to_string()), "task.succeeded\n", "{name}");
    }
    compiled();
    let mut forged = arrived(now, &body);
    forged["body"] = body.replace("task_1", "task_2").into();
    for (wrong, given) in [("forged", forged), ("old", arrived(now - 400, &body)), ("early", arrived(now + 400, &body))] {
        let given = given.to_string();
        let input = |command: &mut Command| {
            let mut child = command.arg(secret.expose()).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            child.stdin.take().unwrap().write_all(given.as_bytes()).unwrap();
            child.wait_with_output().unwrap()
        };
        let python = input(
            Command::new("python3").env("PYTHONPATH", root().join("sdk/python/src")).arg(root().join("sdk/python/examples/webhook.py")),
        );
        let node = input(Command::new("node").arg(root().join("sdk/typescript/examples/webhook.mjs")));
        for output in [python, node] {
            assert!(!output.status.success(), "{wrong}");
            assert!(String::from_utf8_lossy(&output.stderr).contains("WebhookError"), "{wrong}");
        }
    }
}
