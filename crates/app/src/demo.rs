//! The whole way of the anime document, through the public API: sign in, hand in a story, watch the WebSocket, collect the film.

use std::{io::IsTerminal, path::PathBuf, time::Duration};

use anyhow::{Context, bail};
use clap::Args;
use config::{Address, Mode, Parsed};
use futures_util::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use crate::{
    config::{Config, Flags, LogFilter, Mount},
    serve,
};

const CHINESE: &str = include_str!("../stories/lamp.zh.txt");
const ENGLISH: &str = include_str!("../stories/lamp.en.txt");

/// What the film shall be.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A text file to tell; a story of ours otherwise.
    #[arg(long, value_name = "FILE")]
    text: Option<PathBuf>,
    /// Tell our English story instead of the Chinese one.
    #[arg(long)]
    english: bool,
    /// anime, manga or realistic.
    #[arg(long, default_value = "anime")]
    style: String,
    /// 16:9, 4:3 or 9:16.
    #[arg(long, default_value = "16:9")]
    aspect_ratio: String,
    /// Seconds a scene should last.
    #[arg(long, default_value_t = 6.0)]
    duration_per_scene: f64,
    /// 0.5 to 2.0.
    #[arg(long, default_value_t = 1.0)]
    voice_speed: f64,
    /// Where the film shall lie.
    #[arg(long, value_name = "FILE", default_value = "gongfang-demo.mp4")]
    out: PathBuf,
    /// Use a server that runs already, such as http://localhost:8000, instead of starting one.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

pub(crate) async fn run(flags: &Flags, arguments: Arguments) -> anyhow::Result<()> {
    let text = match &arguments.text {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("{} cannot be read as UTF-8 text", path.display()))?,
        None if arguments.english => ENGLISH.to_owned(),
        None => CHINESE.to_owned(),
    };
    if let Some(server) = &arguments.server {
        return make(server.trim_end_matches('/'), &text, &arguments).await;
    }
    let folder = tempfile::tempdir()?;
    let mut config = Config::load(flags)?;
    config.mode = Mode::Development;
    config.data = folder.path().display().to_string();
    config.database = Address::default();
    // The port is found first, because links to files name it.
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    config.public_url = format!("http://127.0.0.1:{port}").as_str().into();
    let surfaces = ["anime", "media"].map(str::to_owned).to_vec();
    config.listen.mounts = vec![Mount { address: ([127, 0, 0, 1], port).into(), surfaces }];
    config.log = LogFilter::parse("warn").context("warn is a level")?;
    serve::start_log(&config);
    let ending = CancellationToken::new();
    let running = serve::start(&config, &ending).await?;
    let told = if running.missing.is_empty() {
        make(&config.public_url, &text, &arguments).await
    } else {
        Err(anyhow::anyhow!(
            "this machine lacks what films need:\n  {}\nrun scripts/setup, or install it by hand",
            running.missing.join("\n  ")
        ))
    };
    ending.cancel();
    running.until_stopped().await;
    told
}

async fn make(server: &str, text: &str, arguments: &Arguments) -> anyhow::Result<()> {
    let client = Client { http: reqwest::Client::builder().no_proxy().build()?, base: format!("{server}/api/v1"), token: String::new() };
    let client = client.sign_in().await?;
    let options = json!({
        "style": arguments.style,
        "aspect_ratio": arguments.aspect_ratio,
        "duration_per_scene": arguments.duration_per_scene,
        "voice_speed": arguments.voice_speed,
        "subtitle_enabled": true
    });
    let created = client.post("tasks", &json!({ "novel_text": text, "options": options })).await?;
    let id = created["data"]["task_id"].as_str().context("the answer names no task")?.to_owned();
    println!("handed in as {id}");
    watch(server, &id, &client.token).await?;
    let result = client.get(&format!("tasks/{id}/result")).await?;
    let film = &result["data"];
    let url = film["video_url"].as_str().context("the result has no video")?;
    let bytes = client.http.get(url).send().await?.error_for_status()?.bytes().await?;
    std::fs::write(&arguments.out, &bytes).with_context(|| format!("{} cannot be written", arguments.out.display()))?;
    summary(film);
    println!("\n{}", std::path::absolute(&arguments.out)?.display());
    Ok(())
}

fn summary(film: &Value) {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::UTF8_FULL_CONDENSED).set_header(["stage", "seconds"]);
    for stage in film["engine"]["stages"].as_array().into_iter().flatten() {
        table.add_row([
            stage["stage"].as_str().unwrap_or_default().to_owned(),
            format!("{:.1}", stage["seconds"].as_f64().unwrap_or_default()),
        ]);
    }
    println!("{table}");
    let count = |key: &str| film[key].as_array().map_or(0, Vec::len);
    let names: Vec<&str> = film["characters"].as_array().into_iter().flatten().filter_map(|character| character["name"].as_str()).collect();
    println!(
        "{:.0} s of film, {} scenes, with {}",
        film["duration"].as_f64().unwrap_or_default(),
        count("scenes"),
        if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
    );
    println!(
        "script by {}, rendered by {}",
        film["engine"]["script"].as_str().unwrap_or_default(),
        film["engine"]["render"].as_str().unwrap_or_default()
    );
}

/// Follows the task's WebSocket to its end.
async fn watch(server: &str, id: &str, token: &str) -> anyhow::Result<()> {
    let url = format!("{}/ws/tasks/{id}?token={token}", server.replacen("http", "ws", 1));
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.context("the task's WebSocket cannot be opened")?;
    let bar = ProgressBar::new(100);
    bar.set_style(ProgressStyle::with_template("{spinner} {percent:>3}% [{bar:32}] {elapsed_precise} {msg}")?.progress_chars("█▉ "));
    bar.enable_steady_tick(Duration::from_millis(120));
    let mut said = String::new();
    while let Some(frame) = socket.next().await {
        let Message::Text(text) = frame? else { continue };
        let message: Value = serde_json::from_str(&text)?;
        let data = &message["data"];
        let (progress, line) = (data["progress"].as_u64().unwrap_or(0), data["message"].as_str().unwrap_or_default());
        bar.set_position(progress);
        bar.set_message(line.to_owned());
        let step = data["current_step"].as_str().unwrap_or_default();
        if !std::io::stderr().is_terminal() && step != said {
            eprintln!("{progress:>3}% {step}");
            step.clone_into(&mut said);
        }
        match message["type"].as_str() {
            Some("completed") => {
                bar.finish_and_clear();
                return Ok(());
            }
            Some("failed") => {
                bar.abandon();
                bail!("the task failed: {}", data["error"]["message"].as_str().unwrap_or("no reason was given"));
            }
            _ => {}
        }
    }
    bail!("the WebSocket ended before the task did")
}

struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Client {
    async fn sign_in(mut self) -> anyhow::Result<Self> {
        let answer = self
            .post("auth/login", &json!({ "username": "test@bigniu.com", "password": "test123" }))
            .await
            .context("the published test account cannot sign in")?;
        answer["data"]["access_token"].as_str().context("the answer holds no token")?.clone_into(&mut self.token);
        Ok(self)
    }

    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        Self::read(self.http.post(format!("{}/{path}", self.base)).bearer_auth(&self.token).json(body)).await
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        Self::read(self.http.get(format!("{}/{path}", self.base)).bearer_auth(&self.token)).await
    }

    async fn read(request: reqwest::RequestBuilder) -> anyhow::Result<Value> {
        let answer = request.send().await.context("the server does not answer")?;
        let status = answer.status();
        let body: Value = answer.json().await.context("the answer is not JSON")?;
        anyhow::ensure!(
            status.is_success(),
            "{status}: {} {}",
            body["error"]["message"].as_str().unwrap_or_default(),
            body["error"]["details"]
        );
        Ok(body)
    }
}
