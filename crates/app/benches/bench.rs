//! `make bench`: what the data layer, the queue, the API and the renderer do, side by side with what one would pick instead, as
//! ratios of one run. Loads are bounded and stay on this machine. It is a bench target rather than a command because it starts child
//! processes, which only `storyboard` may do in the binary.
#![allow(clippy::disallowed_methods, reason = "a test measures real time and reads its environment")]

mod world;

use std::{
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};
use engine::{
    task::{self, Submission},
    worker::Worker,
};
use tokio_util::sync::CancellationToken;
use world::{creates, world};

/// CPU seconds that x264 takes for a film's frames with its preset `veryfast` and nothing else to do.
fn x264_alone(film: &std::path::Path) -> f64 {
    let script = "ffmpeg -v error -nostdin -i \"$1\" -map 0:v -f rawvideo -pix_fmt yuv420p - | ffmpeg -hide_banner -nostats -benchmark \
        -f rawvideo -pix_fmt yuv420p -s 1280x720 -r 24 -i - -c:v libx264 -preset veryfast -crf 21 -threads 1 -f null - 2>&1";
    let output = Command::new("sh").args(["-c", script, "sh"]).arg(film).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let value = |name: &str| said.rsplit(name).next().and_then(|rest| rest.split('s').next()?.parse::<f64>().ok()).unwrap_or(f64::NAN);
    value("utime=") + value("stime=")
}

/// A server in a process of its own.
struct Server {
    child: std::process::Child,
    port: u16,
    folder: tempfile::TempDir,
    ready_in: Duration,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::start_in(folder)
    }

    fn start_in(folder: tempfile::TempDir) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let began = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_gongfang"))
            .arg("serve")
            .env("GONGFANG_DATA", folder.path().join("data"))
            .env("GONGFANG_LISTEN_MOUNTS", format!("127.0.0.1:{port}=anime,media"))
            .env("GONGFANG_LIMITS_ENABLED", "false")
            .env("GONGFANG_WORKER_ENABLED", "false")
            .env("GONGFANG_ANIME_SESSION_S", "86400")
            .env("GONGFANG_LOG", "error")
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !ready(port) {
            std::thread::sleep(Duration::from_millis(2));
        }
        Self { child, port, folder, ready_in: began.elapsed() }
    }

    fn stop(mut self) -> tempfile::TempDir {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // The folder outlives the process.
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }

    fn resident_kib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
            .unwrap_or(0.0)
    }

    async fn token(&self) -> String {
        let body = serde_json::json!({ "username": "test@bigniu.com", "password": "test123" });
        let answer: serde_json::Value = client()
            .post(format!("http://127.0.0.1:{}/api/v1/auth/login", self.port))
            .json(&body)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        answer["data"]["access_token"].as_str().unwrap().to_owned()
    }

    /// Answers a second of a path with 32 keep-alive connections.
    async fn rate(&self, path: &str, token: &str) -> f64 {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let request = Arc::new(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"));
        let began = Instant::now();
        let done = Arc::new(AtomicU64::new(0));
        let callers: Vec<_> = (0..32)
            .map(|_| {
                let (request, done, port) = (request.clone(), done.clone(), self.port);
                tokio::spawn(async move {
                    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                    stream.set_nodelay(true).unwrap();
                    let mut buffer = vec![0; 65_536];
                    while began.elapsed() < Duration::from_secs(3) {
                        stream.write_all(request.as_bytes()).await.unwrap();
                        let mut have = 0;
                        loop {
                            have += stream.read(&mut buffer[have..]).await.unwrap();
                            let text = &buffer[..have];
                            let Some(head) = text.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
                            let head_text = String::from_utf8_lossy(&text[..head]);
                            assert!(head_text.starts_with("HTTP/1.1 200"), "{head_text}");
                            let length: usize =
                                head_text.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().trim().parse().unwrap();
                            if have >= head + 4 + length {
                                break;
                            }
                        }
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
        done.load(Ordering::SeqCst) as f64 / began.elapsed().as_secs_f64()
    }
}

/// Whether a server says that it is ready.
fn ready(port: u16) -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", port)) else { return false };
    let mut answer = String::new();
    let asked = stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    asked.and_then(|()| stream.read_to_string(&mut answer)).is_ok() && answer.starts_with("HTTP/1.1 200")
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Fills a stopped server's database: 100 tasks of the test account among `count` of 10,000 others.
fn fill(folder: &tempfile::TempDir, count: i64) {
    let connection = rusqlite::Connection::open(folder.path().join("data/gongfang.db")).unwrap();
    connection
        .execute_batch(&format!(
            "BEGIN;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
             INSERT OR IGNORE INTO accounts (id, username, username_key, role, active, created_at, updated_at) SELECT 1000 + i, 'u' || i, 'u' || i, 'user', 1, 0, 0 FROM n;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
             INSERT INTO tasks (account_id, kind, state, attempt, run, epoch, deaths, due_at, asset, price, progress, created_at, updated_at, ended_at)
             SELECT CASE WHEN i % ({count} / 100) = 0 THEN 1 ELSE 1001 + i % 10000 END, 'anime', 'cancelled', 1, 0, 1, 0, 0, 'money', 0, 0, i, i, i FROM n;
             COMMIT;"
        ))
        .unwrap();
}

/// CPU seconds of children that have ended.
fn children_cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(13) + ticks(14)) / 100.0
}

#[tokio::main]
async fn main() {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(["what", "found", "beside it", "ratio", "target"]);
    let mut row = |what: &str, found: String, beside: String, ratio: String, target: &str| {
        println!("{what}: {found} | {beside} | {ratio} (target {target})");
        table.add_row([what.to_owned(), found, beside, ratio, target.to_owned()]);
    };

    let (together, alone) = (world(30_000, 512).await, world(30_000, 1).await);
    let span = Duration::from_secs(4);
    let mut rounds = Vec::new();
    for _ in 0..3 {
        rounds.push((creates(&together, 64, span).await, creates(&alone, 64, span).await));
    }
    rounds.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
    let (ours, single) = rounds[1];
    row(
        "durable paid creates, 64 callers",
        format!("{ours:.0}/s"),
        format!("one commit each: {single:.0}/s"),
        format!("{:.1}x", ours / single),
        ">= 4x",
    );
    drop((together, alone));

    let queue = world(0, 512).await;
    const JOBS: u64 = 20_000;
    let submissions: Vec<_> = (0..64)
        .map(|_| {
            let (engine, account) = (queue.engine.clone(), queue.account);
            tokio::spawn(async move {
                for _ in 0..JOBS / 64 {
                    task::submit(&engine, Submission { payer: account.into(), kind: "nothing", input: "{}".to_owned(), rule: None })
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    for submission in submissions {
        submission.await.unwrap();
    }
    let ending = CancellationToken::new();
    let began = Instant::now();
    let worker = tokio::spawn(Worker::new(queue.engine.clone()).serve(ending.clone()));
    while queue.kind.begun.load(Ordering::SeqCst) < JOBS / 64 * 64 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let jobs = (JOBS / 64 * 64) as f64 / began.elapsed().as_secs_f64();
    row("no-op jobs, each end durable", format!("{jobs:.0}/s"), String::new(), String::new(), "-");
    let mut waits = Vec::new();
    for _ in 0..200 {
        let before = queue.kind.begun.load(Ordering::SeqCst);
        let began = Instant::now();
        task::submit(&queue.engine, Submission { payer: queue.account.into(), kind: "nothing", input: "{}".to_owned(), rule: None })
            .await
            .unwrap();
        while queue.kind.begun.load(Ordering::SeqCst) == before {
            tokio::time::sleep(Duration::from_micros(100)).await;
        }
        waits.push(queue.kind.began_at.lock().unwrap().unwrap().duration_since(began).as_secs_f64() * 1000.0);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    waits.sort_by(f64::total_cmp);
    row(
        "pick-up, from before the durable create to the first line of the work",
        format!("p50 {:.1} ms", waits[100]),
        format!("p99 {:.1} ms", waits[197]),
        String::new(),
        "-",
    );
    ending.cancel();
    let _ = worker.await;

    let server = Server::start();
    row("start-up to ready, an empty folder", format!("{:.2} s", server.ready_in.as_secs_f64()), String::new(), String::new(), "<= 0.5 s");
    let rest = server.resident_kib() / 1024.0;
    row("memory at rest", format!("{rest:.0} MiB"), String::new(), String::new(), "<= 60 MiB");
    let token = server.token().await;
    let folder = server.stop();
    fill(&folder, 1000);
    let server = Server::start_in(folder);
    let small = server.rate("/api/v1/tasks", &token).await;
    let folder = server.stop();
    fill(&folder, 1_000_000);
    let server = Server::start_in(folder);
    row("start-up to ready, a million tasks", format!("{:.2} s", server.ready_in.as_secs_f64()), String::new(), String::new(), "<= 0.5 s");
    let mut rounds = Vec::new();
    for _ in 0..3 {
        rounds.push((server.rate("/api/v1/tasks", &token).await, server.rate("/livez", &token).await));
    }
    rounds.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
    let (list, fixed) = rounds[1];
    row(
        "list of one user's tasks among 1,000,000",
        format!("{list:.0}/s"),
        format!("a fixed answer: {fixed:.0}/s"),
        format!("{:.0} %", list / fixed * 100.0),
        ">= 35 %",
    );
    row("its growth from 1,000 to 1,000,000", format!("{:.2}x slower", small / list), String::new(), String::new(), "<= 1.3x");
    drop(server.stop());

    let server = Server::start();
    let token = server.token().await;
    let mut ids = Vec::new();
    for _ in 0..25 {
        let answer: serde_json::Value = client()
            .post(format!("http://127.0.0.1:{}/api/v1/tasks", server.port))
            .bearer_auth(&token)
            .json(&serde_json::json!({ "novel_text": "a" }))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        ids.push(answer["data"]["task_id"].as_str().unwrap_or_default().to_owned());
    }
    let mut sockets = Vec::new();
    let before = server.resident_kib();
    // Twenty sockets an account is the limit, so this many say what one costs.
    for id in ids.iter().cycle().take(20) {
        sockets
            .push(tokio_tungstenite::connect_async(format!("ws://127.0.0.1:{}/ws/tasks/{id}?token={token}", server.port)).await.unwrap());
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let each = (server.resident_kib() - before) / sockets.len() as f64;
    row("memory an idle WebSocket, of 20", format!("{each:.1} KiB"), String::new(), String::new(), "<= 12 KiB");
    drop(sockets);
    drop(server.stop());

    let folder = tempfile::tempdir().unwrap();
    let cpu = children_cpu();
    let began = Instant::now();
    let output =
        Command::new(env!("CARGO_BIN_EXE_gongfang")).args(["demo", "--out", "film.mp4"]).current_dir(folder.path()).output().unwrap();
    let (cpu, took) = (children_cpu() - cpu, began.elapsed().as_secs_f64());
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let seconds: f64 = said
        .lines()
        .find_map(|line| line.split(" s of film").next().filter(|_| line.contains(" s of film"))?.trim().parse().ok())
        .unwrap_or(f64::NAN);
    let alone = x264_alone(&folder.path().join("film.mp4"));
    row(
        "a film of 1280x720 at 24 frames, all stages",
        format!("{:.2} CPU s per s", cpu / seconds),
        format!("x264 veryfast alone, the same frames: {:.2}", alone / seconds),
        format!("{:.2} times; {:.1}x real time", cpu / alone, seconds / took),
        "<= 1.4 times",
    );

    let model = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        model.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default().trim_start_matches(['\t', ':', ' ']).to_owned();
    println!("\n{table}\n{} cores, {model}", std::thread::available_parallelism().map_or(1, std::num::NonZero::get));
}
