//! Both READMEs' commands, as they stand, against a fresh server: what a newcomer types works, in the order in which it is written.
#![allow(clippy::disallowed_methods, reason = "a test waits in real time")]

mod common;

use std::process::Command;

use common::{Server, ended, free_port, hand_in, sign_in};
use serde_json::json;

/// The blocks of shell below the heading about calling it, in their order.
fn commands(readme: &str) -> String {
    let (_, calling) = readme.split_once("\n## Calling it").or_else(|| readme.split_once("\n## 调用")).expect("it says how it is called");
    let calling = calling.split("\n## ").next().unwrap_or_default();
    let blocks = calling.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap_or_default());
    blocks.collect::<Vec<_>>().join("\n")
}

async fn typed_in(readme: &str) -> String {
    let ports = [free_port(), free_port(), free_port()];
    let mounts = format!("127.0.0.1:{}=anime,campus,media;127.0.0.1:{}=phone,mail;127.0.0.1:{}=studio", ports[0], ports[1], ports[2]);
    let server = Server::everything(ports[0], &[("LISTEN_MOUNTS", &mounts)]);
    // Somebody was there before: no number in the text may be taken for granted.
    let token = sign_in(&server, "test@bigniu.com", "test123").await;
    hand_in(&server, &token, json!({ "novel_text": "清晨，山里起了雾。" })).await;
    let folder = tempfile::tempdir().unwrap();
    // The text's own ports lead to this server's, and a refusal ends the script.
    let leads = |(from, to): (u16, &u16)| format!("connect-to = \"localhost:{from}:127.0.0.1:{to}\"\n");
    let rules: String = [8000, 5000, 8080].into_iter().zip(&ports).map(leads).collect();
    std::fs::write(folder.path().join(".curlrc"), format!("{rules}fail-with-body\n")).unwrap();
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_gongfang"));
    let built = folder.path().join("target/debug");
    std::fs::create_dir_all(&built).unwrap();
    std::os::unix::fs::symlink(binary, built.join("gongfang")).unwrap();
    let mut shell = Command::new("bash");
    shell
        .args(["-euo", "pipefail", "-c", &commands(readme)])
        .current_dir(folder.path())
        .env("CURL_HOME", folder.path())
        .env("GONGFANG_DATA", &server.data)
        .env_remove("GONGFANG_TEST_POSTGRES");
    let output = ended(&mut shell);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(server.check().contains("all invariants hold"));
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_readmes_say_works_as_it_stands() {
    for readme in [include_str!("../../../README.md"), include_str!("../../../README.zh-CN.md")] {
        let said = typed_in(readme).await;
        for shown in ["video_url", "\"user_id\"", "gfw_", "jump_url", "created", "\"status\":\"running\""] {
            assert!(said.contains(shown), "{shown} is not in\n{said}");
        }
    }
}
