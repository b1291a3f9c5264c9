//! What operators and packages use: the health check, the doctor, completions and the manual page, and files that name settings and commands.
#![allow(clippy::disallowed_methods, reason = "a test waits in real time")]

mod common;

use std::{collections::BTreeSet, path::PathBuf, process::Command};

use common::{Server, ended};
use serde_json::json;

const IDLE: (&str, &str) = ("WORKER_ENABLED", "false");

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn gongfang(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gongfang")).env_remove("GONGFANG_TEST_POSTGRES").args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said)
}

#[tokio::test]
async fn health_tells_by_its_exit_code() {
    let mut server = Server::start(&[IDLE]);
    assert!(server.says(&["health"], "").contains("is ready"));
    server.stop();
    let output = ended(server.command().arg("health"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("nobody answers") && said.contains("gongfang serve"), "{said}");
}

#[tokio::test]
async fn the_doctor_has_a_sentence_for_everything_and_changes_nothing() {
    let mut server = Server::mounting("studio,media", &[IDLE, ("BACKUP_EVERY_H", "0"), ("HOUSEKEEPING_FREE_MB", "1")]);
    let before = server.says(&["doctor"], "");
    for name in ["mode", "data folder", "disk", "disk use", "file descriptors", "films", "sms", "mail", "secrets", "database", "clock"] {
        assert!(before.lines().any(|line| line[6..].starts_with(&format!("{name}: "))), "{name}:\n{before}");
    }
    assert!(before.contains("ok    public address: ") && before.contains("payment") && before.contains("backups: "), "{before}");
    server.stop();
    let output = ended(server.command().arg("doctor"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success() && said.contains("FAULT public address: ") && said.contains("start the server"), "{said}");
    let empty = Server::prepared("studio", &[]);
    let output = ended(empty.command().arg("doctor"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("FAULT secrets: ") && said.contains("FAULT data folder: ") && !empty.data.exists(), "{said}");
}

/// A disk with less room than is asked for: new work is refused, and the server says so.
#[tokio::test]
async fn a_disk_that_is_almost_full_refuses_new_work() {
    let server = Server::start(&[IDLE, ("HOUSEKEEPING_FREE_MB", "4000000000")]);
    let patience = std::time::Duration::from_secs(60);
    common::wait_for(patience, async || server.logged().contains("the disk is almost full").then_some(())).await;
    let token = common::sign_in(&server, "test@bigniu.com", "test123").await;
    let (status, answer) =
        common::call("POST", &format!("{}/api/v1/tasks", server.base), &token, Some(json!({ "novel_text": "黄昏，海边起了风。" }))).await;
    assert_eq!(status, 503, "{answer}");
}

#[test]
fn completions_and_the_manual_page_know_every_command() {
    let (_, help) = gongfang(&["--help"]);
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')).and_then(|rest| rest.split_whitespace().next()))
        .collect();
    assert!(commands.contains(&"backup") && commands.contains(&"doctor"), "{commands:?}");
    for shell in ["bash", "zsh", "fish"] {
        let (done, said) = gongfang(&["completions", shell]);
        assert!(done && commands.iter().all(|command| said.contains(command)), "{shell}");
    }
    let (done, page) = gongfang(&["man"]);
    assert!(done && page.contains(".TH gongfang 1"), "{page}");
    for command in commands.iter().filter(|command| **command != "help") {
        assert!(page.contains(&format!(".SH \"GONGFANG {}\"", command.to_uppercase())), "{command}");
    }
}

/// The names that settings have in the environment.
fn settings() -> BTreeSet<String> {
    let sample = text("gongfang.sample.toml");
    let names = sample.split('[').filter_map(|rest| rest.split(']').next()).filter(|name| name.starts_with("GONGFANG_"));
    names.map(str::to_owned).collect()
}

const FILES: &[&str] = &["Dockerfile", "compose.yaml", "compose.scale.yaml", "packaging/gongfang.service", "docs/operations.md"];

#[test]
fn every_setting_that_a_package_names_is_one() {
    let known = settings();
    assert!(known.len() > 100, "the sample was read wrong: {}", known.len());
    for file in FILES {
        let text = text(file);
        let mut found = 0;
        for (at, _) in text.match_indices("GONGFANG_") {
            let name: String = text[at..].chars().take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_').collect();
            let base = name.strip_suffix("_FILE").unwrap_or(&name);
            found += 1;
            assert!(
                known.contains(base) || matches!(base, "GONGFANG_CONFIG" | "GONGFANG_CONSOLE") || base == "GONGFANG_",
                "{file}: {name} is no setting"
            );
        }
        assert!(found > 0, "{file} names none");
    }
}

#[test]
fn every_command_that_a_package_runs_is_one() {
    let mut run: Vec<(String, Vec<String>)> = Vec::new();
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let unit = text("packaging/gongfang.service");
    for line in unit.lines().filter_map(|line| line.strip_prefix("ExecStart=/usr/bin/gongfang ")) {
        run.push(("the unit".to_owned(), words(line)));
    }
    let docker = text("Dockerfile");
    let listed = |line: &str| serde_json::from_str::<Vec<String>>(&line[line.find('[').unwrap()..]).unwrap();
    for line in docker.lines().filter(|line| line.starts_with("CMD [")) {
        run.push(("Dockerfile".to_owned(), listed(line)));
    }
    for line in docker.lines().filter(|line| line.starts_with("HEALTHCHECK")) {
        run.push(("Dockerfile".to_owned(), listed(line)[1..].to_vec()));
    }
    for line in text("scripts/package-test").lines().filter_map(|line| line.trim().strip_prefix("\"${as[@]}\" gongfang ")) {
        let line = line.split(['&', '2']).next().unwrap();
        run.push(("scripts/package-test".to_owned(), words(line)));
    }
    // Commands that papers and packages show in a line of their own or in backticks.
    for file in ["docs/operations.md", "compose.scale.yaml"] {
        for line in text(file).lines().filter_map(|line| line.split_once("gongfang ").filter(|(before, _)| before.trim().is_empty())) {
            run.push((
                file.to_owned(),
                words(line.1).into_iter().take_while(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-')).collect(),
            ));
        }
    }
    assert!(run.len() >= 8, "{run:?}");
    for (file, words) in run {
        let command: Vec<&str> =
            words.iter().map(String::as_str).take_while(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-')).collect();
        let command: Vec<&str> = command.into_iter().take_while(|word| !word.starts_with("--")).take(2).collect();
        let (done, said) = gongfang(&[&command[..], &["--help"]].concat());
        assert!(done, "{file}: gongfang {command:?}: {said}");
    }
}

/// What a maintainer's script runs is there, and the unit is as hard as it says.
#[test]
fn the_unit_is_notified_and_watched() {
    let unit = text("packaging/gongfang.service");
    for line in ["Type=notify", "WatchdogSec=60", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "UMask=0077"] {
        assert!(unit.lines().any(|found| found == line), "{line}");
    }
    assert!(text("packaging/debian/postinst").contains("secrets create"));
}

/// Every metric that rules, the dashboard and the paper name is one that the sources write.
#[test]
fn every_metric_that_is_watched_exists() {
    let mut written = String::new();
    let mut waiting = vec![root().join("crates")];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() && !entry.ends_with("tests") {
                waiting.push(entry);
            } else if entry.extension().is_some_and(|end| end == "rs") {
                written += &std::fs::read_to_string(&entry).unwrap();
            }
        }
    }
    for file in ["monitoring/alerts.yaml", "monitoring/dashboard.json", "docs/operations.md"] {
        let text = text(file);
        let mut found = BTreeSet::new();
        for (at, _) in text.match_indices("gongfang_") {
            let name: String = text[at..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            // The Debian package's name.
            if name != "gongfang_" {
                found.insert(name);
            }
        }
        assert!(found.len() >= 8, "{file}: {found:?}");
        for name in found {
            let base = ["_count", "_sum"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
            assert!(written.contains(&format!("\"{base}\"")), "{file}: there is no metric {name}");
        }
    }
}
