//! The crash test: the real binary is killed at random moments under load, and nothing that it had answered is lost.
//!
//! `make test` runs 50 cycles, `make crash` a thousand (`CRASH_CYCLES`).
#![allow(clippy::disallowed_methods, reason = "a test measures real time and reads its environment")]

mod common;

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use common::{Server, http, sign_in};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let cycles: usize = std::env::var("CRASH_CYCLES").ok().and_then(|text| text.parse().ok()).unwrap_or(50);
    let mut server = Server::start(&[
        ("WORKER_ENABLED", "false"),
        ("ANIME_PRICE", "0.01"),
        ("ANIME_CREATES_PER_HOUR", "100000000"),
        ("ANIME_LISTS_PER_HOUR", "100000000"),
        ("ANIME_READS_PER_HOUR", "100000000"),
        ("LOG", "warn"),
    ]);
    let token = sign_in(&server, "test@bigniu.com", "test123").await;
    credit(&server);
    let created: Arc<Mutex<HashSet<String>>> = Arc::default();
    let cancelled: Arc<Mutex<HashSet<String>>> = Arc::default();
    let mut slowest = Duration::ZERO;
    for cycle in 0..cycles {
        let stop = Arc::new(AtomicBool::new(false));
        let load: Vec<_> = (0..8)
            .map(|caller| {
                let (base, token, stop) = (server.base.clone(), token.clone(), Arc::clone(&stop));
                let (created, cancelled) = (Arc::clone(&created), Arc::clone(&cancelled));
                tokio::spawn(async move {
                    let client = http();
                    while !stop.load(Ordering::SeqCst) {
                        let request =
                            client.post(format!("{base}/api/v1/tasks")).bearer_auth(&token).json(&json!({ "novel_text": "一句话。" }));
                        let Ok(answer) = request.send().await else { continue };
                        if answer.status() != 201 {
                            continue;
                        }
                        let Ok(body) = answer.json::<Value>().await else { continue };
                        let id = body["data"]["task_id"].as_str().unwrap().to_owned();
                        created.lock().unwrap().insert(id.clone());
                        if caller % 2 == 0 {
                            let answer = client.delete(format!("{base}/api/v1/tasks/{id}")).bearer_auth(&token).send().await;
                            if answer.is_ok_and(|answer| answer.status() == 200) {
                                cancelled.lock().unwrap().insert(id);
                            }
                        }
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(30 + (cycle as u64 * 37) % 170)).await;
        server.kill();
        stop.store(true, Ordering::SeqCst);
        for caller in load {
            caller.await.unwrap();
        }
        slowest = slowest.max(server.run());
    }
    assert!(slowest < Duration::from_secs(2), "a restart took {slowest:?}");
    let said = server.check();
    let (created, cancelled) = (created.lock().unwrap().clone(), cancelled.lock().unwrap().clone());
    assert!(created.len() > cycles, "the load did something: {} creates", created.len());
    let began = Instant::now();
    let connection = rusqlite::Connection::open(server.data.join("gongfang.db")).unwrap();
    let (mut lost, mut undone) = (0, 0);
    for id in &created {
        let state: Option<String> = connection
            .query_row("SELECT state FROM tasks WHERE id = ?1", [id.trim_start_matches("task_").parse::<i64>().unwrap()], |row| row.get(0))
            .ok();
        lost += usize::from(state.is_none());
        undone += usize::from(cancelled.contains(id) && state.as_deref() != Some("cancelled"));
    }
    println!(
        "ROW R1 PASS lost={lost} undone={undone} cycles={cycles} created={} cancelled={} slowest_restart={slowest:?} verified_in={:?} {}",
        created.len(),
        cancelled.len(),
        began.elapsed(),
        said.trim().replace('\n', "; ")
    );
    assert_eq!((lost, undone), (0, 0));
}

/// Money for the load: booked by the ledger itself through an account that the server made.
fn credit(server: &Server) {
    // A credit limit is all that a task needs to be affordable, and the chain stays what the server wrote.
    let connection = rusqlite::Connection::open(server.data.join("gongfang.db")).unwrap();
    connection.busy_timeout(Duration::from_secs(5)).unwrap();
    let changed = connection.execute("UPDATE wallets SET credit_limit = 1000000000000 WHERE asset = 'money'", []).unwrap();
    assert!(changed > 0);
}
