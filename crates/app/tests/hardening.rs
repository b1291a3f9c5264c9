//! What a server stands: silent connections, vanished sockets, foreign secrets, a second server, a damaged file, programs that hang.
#![allow(clippy::disallowed_methods, reason = "a test waits in real time")]

mod common;

use std::{
    io::{Read, Seek, SeekFrom, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use common::{Server, ended, hand_in, http, sign_in, wait_for};
use serde_json::json;
use tokio_tungstenite::{connect_async, tungstenite::Message};

const IDLE: (&str, &str) = ("WORKER_ENABLED", "false");

/// Whoever sends the beginning of a request and no more holds nobody up, and is shown out.
#[tokio::test]
async fn silent_connections_give_way_and_end() {
    let server = Server::start(&[IDLE, ("LISTEN_CONNECTIONS", "60"), ("LISTEN_CONNECTIONS_PER_ADDRESS", "40")]);
    let open = |words: &[u8]| {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(words).unwrap();
        stream
    };
    let began = Instant::now();
    let mut silent: Vec<TcpStream> = Vec::new();
    for words in [&b"P"[..], b"PRI * HTTP/2.0", b"GET / HT", b"", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"].iter().cycle().take(200) {
        silent.push(open(words));
    }
    for _ in 0..15 {
        let answer = http().get(format!("{}/livez", server.base)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "an honest request is answered at once");
    }
    assert!(began.elapsed() < Duration::from_secs(15), "nobody waits for the deadline of the silent");
    for (index, mut stream) in silent.into_iter().enumerate() {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(began.elapsed() < Duration::from_secs(30), "connection {index} is still open");
    }
}

/// A socket has a pulse: quiet ones are pinged, and those whose client is gone free their places.
#[tokio::test]
async fn sockets_are_pinged_and_vanished_ones_free_their_places() {
    let server = Server::mounting("anime,campus,media", &[IDLE, ("WS_PING_S", "1"), ("WS_PONG_S", "2")]);
    let token = sign_in(&server, "test@bigniu.com", "test123").await;
    let id = hand_in(&server, &token, json!({ "novel_text": "黄昏，海边起了风。" })).await;
    let films = format!("{}/ws/tasks/{id}?token={token}", server.base.replace("http", "ws"));
    let learners = format!("{}/ws/connect?token={token}", server.base.replace("http", "ws"));
    for url in [&films, &learners] {
        let (mut socket, _) = connect_async(url.as_str()).await.unwrap();
        let pinged = async {
            loop {
                match futures_util::StreamExt::next(&mut socket).await.unwrap().unwrap() {
                    Message::Ping(_) => return,
                    Message::Close(close) => panic!("{url}: closed with {close:?}"),
                    _ => {}
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), pinged).await.expect("a ping in time");
    }
    // Twenty that open and then neither read nor answer.
    let mut vanished = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        let path = films.split_once(&server.port.to_string()).unwrap().1;
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        vanished.push((stream, answer));
    }
    let taken = vanished.iter().filter(|(_, answer)| answer.ends_with(b"101")).count();
    assert!(taken >= 18, "{taken} were let in");
    wait_for(Duration::from_secs(60), async || connect_async(films.as_str()).await.ok()).await;
}

/// A client that is still sending gets to see why it is refused, whether it says how long its body is or not.
#[tokio::test]
async fn the_refusal_of_a_giant_body_arrives() {
    let server = Server::mounting("native,anime,phone,media", &[IDLE]);
    for path in ["/api/v1/auth/login", "/api/auth/login", "/gongfang/v1/sessions"] {
        for giant in [(1 << 20) + 1, 3 << 20, 7 << 20] {
            let request = || http().post(format!("{}{path}", server.base)).header("content-type", "application/json");
            let pieces = std::iter::repeat_n(vec![b' '; 1 << 16], giant >> 16).chain([vec![b' '; 1 << 16]]).map(Ok::<_, std::io::Error>);
            let streamed = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
            for (sort, body) in [("whole", vec![b' '; giant].into()), ("streamed", streamed)] {
                let answer = request().body(body).send().await.unwrap_or_else(|error| panic!("{path}, {giant} bytes {sort}: {error}"));
                assert_eq!(answer.status(), 413, "{path}, {giant} bytes {sort}");
            }
        }
    }
}

#[tokio::test]
async fn foreign_and_lost_secrets_are_refused_and_nothing_is_spoilt() {
    let mut server = Server::start(&[IDLE]);
    server.stop();
    let path = server.data.join("secrets.toml");
    let kept = std::fs::read_to_string(&path).unwrap();
    let refused = |arguments: &[&str]| {
        let output = ended(server.command().args(arguments));
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    std::fs::remove_file(&path).unwrap();
    for arguments in [&["serve"][..], &["check"], &["secrets", "create"]] {
        let said = refused(arguments);
        assert!(said.contains("secrets.toml") && said.contains("backup"), "{arguments:?}: {said}");
        assert!(!path.exists(), "{arguments:?} made new ones");
    }
    let line = |name: &str| kept.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    for name in ["token", "media", "codes", "vault", "chain"] {
        let other = kept.replace(&line(name), &format!("{name} = \"{}\"", "ab".repeat(32)));
        std::fs::write(&path, other).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        for arguments in [&["serve"][..], &["check"]] {
            let said = refused(arguments);
            assert!(said.contains(&format!("the secret {name} is not")), "{name}: {said}");
        }
    }
    std::fs::write(&path, &kept).unwrap();
    server.run();
    assert!(server.check().contains("all invariants hold"));
}

/// The first step of a new installation on PostgreSQL comes before there are any tables.
#[tokio::test]
async fn secrets_are_created_before_the_database_has_tables() {
    let Some(database) = common::postgres("app_secrets").await else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongfang"));
    command.env("GONGFANG_DATA", folder.path()).env("GONGFANG_DATABASE", database).current_dir(folder.path());
    let output = ended(command.args(["secrets", "create"]));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(folder.path().join("secrets.toml").exists());
}

#[tokio::test]
async fn a_second_server_on_one_folder_is_refused_and_commands_are_not() {
    let server = Server::start(&[IDLE]);
    let process =
        std::fs::read_dir(server.data.join("work")).unwrap().flatten().map(|entry| entry.path()).find(|path| path.is_dir()).unwrap();
    std::fs::create_dir(process.join("anime-1-1")).unwrap();
    let port = common::free_port();
    let output = ended(server.command().arg("serve").env("GONGFANG_LISTEN_MOUNTS", format!("127.0.0.1:{port}=anime,media")));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("another gongfang serves"), "{said}");
    assert!(process.join("anime-1-1").exists(), "the first one's work is its own");
    assert!(server.check().contains("all invariants hold"));
}

/// Pages of the file that hold a table or an index, by their root.
fn damage(file: &Path, named: &str) {
    let connection = rusqlite::Connection::open(file).unwrap();
    let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0)).unwrap();
    let root: i64 = connection.query_row("SELECT rootpage FROM sqlite_schema WHERE name = ?1", [named], |row| row.get(0)).unwrap();
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(connection);
    let mut file = std::fs::OpenOptions::new().write(true).open(file).unwrap();
    file.seek(SeekFrom::Start(u64::try_from((root - 1) * page).unwrap())).unwrap();
    file.write_all(&vec![0; usize::try_from(page).unwrap()]).unwrap();
}

#[tokio::test]
async fn a_damaged_database_is_not_served_and_not_called_well() {
    for named in ["sqlite_autoindex_entries_1", "audit", "accounts"] {
        let mut server = Server::start(&[IDLE]);
        server.stop();
        let file = server.data.join("gongfang.db");
        let name = match named {
            "audit" => "acts",
            other => other,
        };
        damage(&file, name);
        for arguments in [&["serve"][..], &["check"]] {
            let output = ended(server.command().args(arguments));
            let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
            assert!(!output.status.success(), "{name}, {arguments:?}: {said}");
            assert!(!said.contains("all invariants hold"), "{name}: {said}");
        }
    }
}

/// Programs that hang at the start keep nobody from starting, are said to be missing, and do not outlive the server.
#[tokio::test]
async fn programs_that_hang_are_missing_and_end_with_the_server() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["ffmpeg", "espeak-ng"] {
        let path = folder.path().join(name);
        std::fs::write(&path, "#!/bin/sh\nexec sleep 4321\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let server = Server::start(&[IDLE]);
    let data = folder.path().join("data");
    let port = common::free_port();
    let mut child = server
        .command()
        .arg("serve")
        .env("PATH", &path)
        .env("GONGFANG_DATA", &data)
        .env("GONGFANG_LISTEN_MOUNTS", format!("127.0.0.1:{port}=anime,media"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let hanging = || -> Vec<u32> {
        let output = Command::new("pgrep").args(["-f", "^sleep 4321"]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| line.parse().ok()).collect()
    };
    wait_for(Duration::from_secs(20), async || (!hanging().is_empty()).then_some(())).await;
    let ready = wait_for(Duration::from_secs(60), async || {
        let answer = http().get(format!("http://127.0.0.1:{port}/readyz")).send().await.ok()?;
        answer.json::<serde_json::Value>().await.ok()
    });
    let missing = ready.await["lacks"].to_string();
    assert!(missing.contains("ffmpeg hangs") && missing.contains("espeak-ng hangs"), "{missing}");
    assert_eq!(hanging(), Vec::<u32>::new(), "they are killed");
    child.kill().unwrap();
    child.wait().unwrap();
    // And one that is killed while they hang takes them along.
    let data = folder.path().join("other");
    let mut child = server
        .command()
        .arg("serve")
        .env("PATH", &path)
        .env("GONGFANG_DATA", &data)
        .env("GONGFANG_LISTEN_MOUNTS", format!("127.0.0.1:{}=anime,media", common::free_port()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for(Duration::from_secs(20), async || (!hanging().is_empty()).then_some(())).await;
    child.kill().unwrap();
    child.wait().unwrap();
    wait_for(Duration::from_secs(20), async || hanging().is_empty().then_some(())).await;
}

/// The time zone of documents without one is the machine's own, and one that is none is refused.
#[test]
fn the_machines_own_time_zone_is_used() {
    let server = Server::start(&[IDLE]);
    let run = |zone: &str| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = server.command();
        command.args(["config", "print"]).env("TZ", zone).env("GONGFANG_DATA", folder.path());
        ended(&mut command)
    };
    assert!(run("Asia/Shanghai").status.success());
    let refused = run("Nowhere/At_All");
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("TZ must name such a zone"));
}

/// A copy of the database from before an order is put back: the order is known again, is credited when it is paid, and no number of a lost
/// account is given out again.
#[tokio::test]
async fn an_older_copy_of_the_database_loses_no_paid_order() {
    let studio = common::studio::Studio::start(&[IDLE]).await;
    let (payer, token) = studio.user("payer", 0).await;
    let common::studio::Studio { mut server, api, .. } = studio;
    server.stop();
    let (file, copy) = (server.data.join("gongfang.db"), server.data.join("copy.db"));
    std::fs::copy(&file, &copy).unwrap();
    server.run();
    let call = async |method: &str, path: &str, token: &str, body| common::call(method, &format!("{api}{path}"), token, body).await;
    let (_, lost) = call("POST", "/auth/register", "", Some(json!({ "username": "lost", "password": "secret1" }))).await;
    let lost = lost["data"]["id"].as_i64().unwrap();
    let (_, methods) = call("GET", "/payment/methods", &token, None).await;
    let order = json!({ "amount": 100, "payment_method_uuid": methods["data"][0]["uuid"], "payment_channel": "alipay", "return_url": "http://localhost/" });
    let (status, made) = call("POST", "/payment/create", &token, Some(order)).await;
    assert_eq!(status, 200, "{made}");
    let number = made["data"]["order_id"].as_str().unwrap().to_owned();
    server.stop();
    for name in ["gongfang.db-wal", "gongfang.db-shm"] {
        let _ = std::fs::remove_file(server.data.join(name));
    }
    std::fs::rename(&copy, &file).unwrap();
    server.run();
    assert!(server.logged().contains("older copy"), "it is noticed");
    let shown = server.says(&["orders", "show", &number], "");
    assert!(shown.contains("restored") && shown.contains(&format!("account {payer}")), "{shown}");
    let (_, next) = call("POST", "/auth/register", "", Some(json!({ "username": "next", "password": "secret1" }))).await;
    assert!(next["data"]["id"].as_i64().unwrap() > lost + 1000, "{next}");
    assert!(server.check().contains("all invariants hold"));
}

/// Orders that were refused because a twin was faster stand in orders.log, too, and are not put back.
#[tokio::test]
async fn an_order_that_was_never_made_does_not_come_back() {
    let studio = common::studio::Studio::start(&[IDLE]).await;
    let (_, token) = studio.user("payer", 0).await;
    let common::studio::Studio { mut server, api, .. } = studio;
    let (_, methods) = common::call("GET", &format!("{api}/payment/methods"), &token, None).await;
    let order = json!({ "amount": 100, "payment_method_uuid": methods["data"][0]["uuid"], "payment_channel": "alipay", "return_url": "http://localhost/" });
    let ask = async || {
        let request = http().post(format!("{api}/payment/create")).bearer_auth(&token).header("Idempotency-Key", "twins").json(&order);
        request.send().await.unwrap().status().as_u16()
    };
    let asked = futures_util::future::join_all((0..16).map(|_| ask())).await;
    assert_eq!(asked, [200; 16]);
    let journal = std::fs::read_to_string(server.data.join("orders.log")).unwrap();
    let dropped = journal.lines().filter(|line| line.starts_with("dropped=")).count();
    assert_eq!(journal.lines().count() - dropped, dropped + 1, "all but one were taken back");
    server.kill();
    server.run();
    assert!(!server.logged().contains("and not in the database"));
    server.check();
}

/// A copy from after the last anchor, put back after a kill: the anchors cannot tell, orders.log can.
#[tokio::test]
async fn an_order_that_only_its_journal_knows_is_put_back() {
    let studio = common::studio::Studio::start(&[IDLE]).await;
    let (payer, token) = studio.user("payer", 0).await;
    let common::studio::Studio { mut server, api, .. } = studio;
    let (_, methods) = common::call("GET", &format!("{api}/payment/methods"), &token, None).await;
    let order = json!({ "amount": 100, "payment_method_uuid": methods["data"][0]["uuid"], "payment_channel": "alipay", "return_url": "http://localhost/" });
    let (status, made) = common::call("POST", &format!("{api}/payment/create"), &token, Some(order)).await;
    assert_eq!(status, 200, "{made}");
    let number = made["data"]["order_id"].as_str().unwrap().to_owned();
    server.kill();
    let database = rusqlite::Connection::open(server.data.join("gongfang.db")).unwrap();
    for table in ["order_events", "orders"] {
        database.execute(&format!("DELETE FROM {table}"), []).unwrap();
    }
    drop(database);
    server.run();
    assert!(server.logged().contains("and not in the database"), "it is noticed");
    let shown = server.says(&["orders", "show", &number], "");
    assert!(shown.contains("restored") && shown.contains(&format!("account {payer}")), "{shown}");
    server.stop();
    server.run();
    assert_eq!(server.logged().matches("and not in the database").count(), 1, "once");
}

/// A log that nobody reads costs lines, never an answer: the pipe is full long before the last request.
#[tokio::test]
async fn a_log_that_nobody_reads_keeps_nobody_waiting() {
    let port = common::free_port();
    let mut server = Server::prepared("anime,media", &[IDLE, ("LOG", "info")]);
    server.port = port;
    let mut child = server.command().arg("serve").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let url = format!("http://127.0.0.1:{port}/livez");
    wait_for(Duration::from_secs(60), async || common::http().get(&url).send().await.ok()).await;
    for _ in 0..1500 {
        let answer = tokio::time::timeout(Duration::from_secs(20), common::http().get(&url).send()).await;
        assert_eq!(answer.expect("it is answered").unwrap().status(), 200);
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
