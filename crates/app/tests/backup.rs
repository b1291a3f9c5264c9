//! Backups beside a running server: made, listed, proven, and put back with nothing lost but what came after them.
#![allow(clippy::disallowed_methods, reason = "a test waits in real time")]

mod common;

use std::{path::PathBuf, time::Duration};

use common::{Server, ended, wait_for};
use serde_json::{Value, json};

const IDLE: (&str, &str) = ("WORKER_ENABLED", "false");
const QUIET: (&str, &str) = ("BACKUP_EVERY_H", "0");

/// The names of the backups that are there, the newest first.
fn names(server: &Server) -> Vec<String> {
    let mut found: Vec<String> = std::fs::read_dir(server.data.join("backups"))
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    found.sort();
    found.reverse();
    found
}

fn manifest(server: &Server, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(server.data.join("backups").join(name).join("manifest.json")).unwrap()).unwrap()
}

fn refused(server: &Server, arguments: &[&str]) -> String {
    let output = ended(server.command().args(arguments));
    assert!(!output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn a_backup_made_beside_a_server_is_put_back_and_loses_no_paid_order() {
    let studio = common::studio::Studio::start(&[IDLE, QUIET]).await;
    let (payer, token) = studio.user("payer", 50).await;
    let common::studio::Studio { mut server, api, .. } = studio;
    let call = async |method: &str, path: &str, token: &str, body| common::call(method, &format!("{api}{path}"), token, body).await;
    let said = server.says(&["backup", "create"], "");
    assert!(said.contains("secrets.toml is not in it") && said.contains("accounts"), "{said}");
    let name = names(&server).remove(0);
    let made = manifest(&server, &name);
    assert!(made["rows"]["accounts"].as_i64().unwrap() >= 3 && made["heads"].as_str().unwrap().len() == 64, "{made}");
    assert!(!server.data.join("backups").join(&name).join("secrets.toml").exists());

    let (_, lost) = call("POST", "/auth/register", "", Some(json!({ "username": "lost", "password": "secret1" }))).await;
    let lost = lost["data"]["id"].as_i64().unwrap();
    let (_, methods) = call("GET", "/payment/methods", &token, None).await;
    let order = json!({ "amount": 100, "payment_method_uuid": methods["data"][0]["uuid"], "payment_channel": "alipay", "return_url": "http://localhost/" });
    let (status, paid) = call("POST", "/payment/create", &token, Some(order)).await;
    assert_eq!(status, 200, "{paid}");
    let number = paid["data"]["order_id"].as_str().unwrap().to_owned();

    assert!(server.says(&["backup", "list"], "").contains(&name));
    let said = server.says(&["backup", "verify"], "");
    assert!(said.contains("all invariants hold"), "{said}");
    let said = refused(&server, &["backup", "restore", &name]);
    assert!(said.contains("under a running server") && said.contains("stop it first"), "{said}");
    assert!(refused(&server, &["backup", "restore", "yesterday"]).contains("gongfang backup list"));

    server.stop();
    let said = server.says(&["backup", "restore", &name], "");
    assert!(said.contains("is in place") && said.contains("before-restore"), "{said}");
    server.run();
    assert!(server.logged().contains("older copy"), "it is noticed");
    let shown = server.says(&["orders", "show", &number], "");
    assert!(shown.contains("restored") && shown.contains(&format!("account {payer}")), "{shown}");
    let (_, next) = call("POST", "/auth/register", "", Some(json!({ "username": "next", "password": "secret1" }))).await;
    assert!(next["data"]["id"].as_i64().unwrap() > lost + 1000, "{next}");
    assert!(server.check().contains("all invariants hold"));

    // The state of before is a backup as any other: it is put back, too, and the lost account is there again.
    let before = names(&server).into_iter().find(|name| name.ends_with("before-restore")).unwrap();
    server.stop();
    server.says(&["backup", "restore", &before], "");
    server.run();
    let (status, again) = call("POST", "/auth/login", "", Some(json!({ "username": "lost", "password": "secret1" }))).await;
    assert_eq!(status, 200, "{again}");
    assert!(server.check().contains("all invariants hold"));
}

#[tokio::test]
async fn a_backup_that_is_damaged_or_newer_is_refused_and_a_damaged_database_is_kept() {
    let mut server = Server::start(&[IDLE, QUIET]);
    server.says(&["backup", "create"], "");
    server.says(&["backup", "create"], "");
    let all = names(&server);
    assert_eq!(all.len(), 2, "two of one second have names of their own: {all:?}");
    server.stop();
    let folder = server.data.join("backups");
    let change = |name: &str, key: &str, value: Value| {
        let mut changed = manifest(&server, name);
        changed[key] = value;
        std::fs::write(folder.join(name).join("manifest.json"), changed.to_string()).unwrap();
    };
    change(&all[0], "schema", json!(9999));
    let said = refused(&server, &["backup", "restore", &all[0]]);
    assert!(said.contains("has schema 9999") && said.contains("or a newer one"), "{said}");
    change(&all[0], "schema", manifest(&server, &all[1])["schema"].clone());
    change(&all[0], "sha256", json!("00"));
    let said = refused(&server, &["backup", "verify", &all[0]]);
    assert!(said.contains("is damaged") && said.contains("use another backup"), "{said}");
    // A database that cannot even be read is moved aside, and the backup takes its place.
    let file = server.data.join("gongfang.db");
    let _ = std::fs::remove_file(server.data.join("gongfang.db-wal"));
    std::fs::write(&file, vec![b'x'; 100_000]).unwrap();
    let said = server.says(&["backup", "restore", &all[1]], "");
    assert!(said.contains("damaged-"), "{said}");
    let aside: Vec<PathBuf> = std::fs::read_dir(&server.data)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("damaged-"))
        .collect();
    assert_eq!(std::fs::metadata(&aside[0]).unwrap().len(), 100_000);
    server.run();
    server.check();
}

/// A server makes its first backup by itself, keeps so many, makes one before it brings a schema on, and says how old the newest is.
#[tokio::test]
async fn a_server_makes_backups_by_itself() {
    let mut server = Server::start(&[IDLE, ("BACKUP_KEEP", "1")]);
    let patience = Duration::from_secs(60);
    wait_for(patience, async || names(&server).first().filter(|name| name.ends_with("schedule")).cloned()).await;
    let scrape = async || common::http().get(format!("{}/metrics", server.base)).send().await.unwrap().text().await.unwrap();
    let text = wait_for(patience, async || Some(scrape().await).filter(|text| text.contains("gongfang_backup_age_seconds"))).await;
    assert!(text.contains("gongfang_backup_alarm 0") && text.contains("gongfang_backups_total"), "{text}");
    server.stop();
    // As a server of the version before left it.
    let sqlite = rusqlite::Connection::open(server.data.join("gongfang.db")).unwrap();
    let newest: i64 = sqlite.query_row("SELECT MAX(version) FROM migrations", [], |row| row.get(0)).unwrap();
    sqlite.execute_batch("DELETE FROM migrations WHERE version > 1").unwrap();
    drop(sqlite);
    let said = refused(&server, &["migrate"]);
    assert!(said.contains("cannot be migrated"), "what is there already cannot be made: {said}");
    let kept = names(&server).into_iter().find(|name| name.ends_with("before-migration")).unwrap();
    assert_eq!(manifest(&server, &kept)["schema"], json!(1), "of {newest}");
}

/// On a PostgreSQL the command says what to do instead.
#[test]
fn a_postgres_is_copied_by_its_own_tools() {
    let server = Server::prepared("anime", &[("DATABASE", "postgres://nobody@127.0.0.1:1/none")]);
    for what in [&["backup", "create"][..], &["backup", "list"]] {
        assert!(refused(&server, what).contains("pg_dump"), "{what:?}");
    }
}
