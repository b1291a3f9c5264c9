//! The real binary, started by a test on a free port with a folder of its own, and stories played against it.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    reason = "each test binary uses a part of it, and real time"
)]

use std::{
    collections::HashMap,
    fs,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

/// A port nobody listens at.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A running server; killed with the test.
pub struct Server {
    pub base: String,
    pub port: u16,
    pub data: PathBuf,
    pub log: PathBuf,
    settings: Vec<(String, String)>,
    child: Option<Child>,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Starts a server with settings such as `("ANIME_PRICE", "1")`.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let mut server = Self {
            base: format!("http://127.0.0.1:{port}"),
            port,
            data: folder.path().join("data"),
            log: folder.path().join("log.txt"),
            settings: settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            child: None,
            _folder: folder,
        };
        server.run();
        server
    }

    /// Starts the process and waits until it is ready; says how long that took.
    pub fn run(&mut self) -> Duration {
        let log = fs::OpenOptions::new().create(true).append(true).open(&self.log).unwrap();
        let mut command = self.command();
        command.arg("serve").stdout(Stdio::null()).stderr(log);
        let began = Instant::now();
        self.child = Some(command.spawn().unwrap());
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() || !self.lives() {
            assert!(began.elapsed() < Duration::from_secs(20), "the server did not start:\n{}", self.logged());
            std::thread::sleep(Duration::from_millis(5));
        }
        began.elapsed()
    }

    fn lives(&self) -> bool {
        use std::io::{Read, Write};
        let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        let mut answer = String::new();
        stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        let sent = stream
            .write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .and_then(|()| stream.read_to_string(&mut answer));
        sent.is_ok() && answer.starts_with("HTTP/1.1 200")
    }

    /// The binary with this server's settings.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongfang"));
        command
            .env_remove("GONGFANG_TEST_POSTGRES")
            .env("GONGFANG_DATA", &self.data)
            .env("GONGFANG_LISTEN_MOUNTS", format!("127.0.0.1:{}=anime,media", self.port))
            .current_dir(self._folder.path());
        for (key, value) in &self.settings {
            command.env(format!("GONGFANG_{key}"), value);
        }
        command
    }

    /// Kills the process as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Asks the process to stop and waits for it; its exit code.
    pub fn stop(&mut self) -> Option<i32> {
        let mut child = self.child.take()?;
        Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        child.wait().unwrap().code()
    }

    pub fn logged(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// What `gongfang check` says; panics where an invariant is broken.
    pub fn check(&self) -> String {
        let output = self.command().arg("check").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        said
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("the server said:\n{}", self.logged().lines().rev().take(30).collect::<Vec<_>>().join("\n"));
        }
    }
}

/// A client without proxies.
pub fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Signs in and gives the token.
pub async fn sign_in(server: &Server, name: &str, password: &str) -> String {
    let body = serde_json::json!({ "username": name, "password": password });
    let answer: Value = http().post(format!("{}/api/v1/auth/login", server.base)).json(&body).send().await.unwrap().json().await.unwrap();
    answer["data"]["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// Hands in a task and gives its id.
pub async fn hand_in(server: &Server, token: &str, body: Value) -> String {
    let answer = http().post(format!("{}/api/v1/tasks", server.base)).bearer_auth(token).json(&body).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    answer["data"]["task_id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// Plays a story: `> METHOD /path as NAME`, headers and a body; then `< STATUS`, headers and a pattern of the body. In a pattern
/// `<any>`, `<number>`, `<time>` stand for what they say and `<=name>` keeps the value for later as `{name}`.
pub async fn play(server: &Server, story: &str) {
    let mut kept: HashMap<String, String> = HashMap::new();
    let mut tokens: HashMap<String, String> = HashMap::new();
    tokens.insert("test".to_owned(), sign_in(server, "test@bigniu.com", "test123").await);
    tokens.insert("admin".to_owned(), sign_in(server, "admin", "admin123456").await);
    let client = http();
    for exchange in story.split("\n> ").skip(1) {
        let (asked, expected) = exchange.split_once("\n< ").unwrap_or_else(|| panic!("no answer in {exchange}"));
        let fill = |text: &str| kept.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
        let mut lines = asked.lines();
        let first = fill(lines.next().unwrap());
        let (line, caller) = first.split_once(" as ").map_or((first.as_str(), None), |(line, caller)| (line, Some(caller.trim())));
        let (method, path) = line.split_once(' ').unwrap();
        let mut request = client.request(method.parse().unwrap(), format!("{}{}", server.base, path.trim()));
        if let Some(caller) = caller {
            request = request.bearer_auth(tokens.get(caller).unwrap_or_else(|| panic!("nobody is called {caller}")));
        }
        let mut body = String::new();
        for line in lines.take_while(|line| !line.starts_with('#')) {
            match line.split_once(": ").filter(|_| body.is_empty() && !line.starts_with('{') && !line.starts_with('"')) {
                Some((name, value)) => request = request.header(name, fill(value)),
                None => body.push_str(&fill(line)),
            }
        }
        if !body.is_empty() {
            if !asked.to_lowercase().contains("content-type: ") {
                request = request.header("content-type", "application/json");
            }
            request = request.body(body);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = answer.text().await.unwrap();
        let mut lines = expected.lines();
        let wanted: u16 = lines.next().unwrap().trim().parse().unwrap();
        assert_eq!(status.as_u16(), wanted, "{first}\n{text}");
        let mut pattern = String::new();
        for line in lines.filter(|line| !line.starts_with('#')) {
            match line.split_once(": ").filter(|_| pattern.is_empty() && !line.starts_with('{')) {
                Some((name, value)) => {
                    let found = headers.get(name).unwrap_or_else(|| panic!("{first}: no header {name}")).to_str().unwrap();
                    assert!(fits(&Value::from(value), &Value::from(found), &mut kept), "{first}: {name} is {found}, not {value}");
                }
                None => pattern.push_str(line),
            }
        }
        if !pattern.trim().is_empty() {
            let found: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{first}: not JSON: {text}"));
            let wanted: Value = serde_json::from_str(&pattern).unwrap_or_else(|error| panic!("{first}: {error} in {pattern}"));
            assert!(fits(&wanted, &found, &mut kept), "{first}\nanswered {found:#}\ninstead of {wanted:#}");
        }
    }
}

fn fits(wanted: &Value, found: &Value, kept: &mut HashMap<String, String>) -> bool {
    match (wanted, found) {
        (Value::String(pattern), _) if pattern == "<any>" => true,
        (Value::String(pattern), Value::Number(_)) if pattern == "<number>" => true,
        (Value::String(pattern), Value::String(text)) if pattern == "<number>" => text.parse::<f64>().is_ok(),
        (Value::String(pattern), Value::String(text)) if pattern == "<time>" => {
            text.len() == 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T'
        }
        (Value::String(pattern), Value::String(text)) if pattern.starts_with("<=") => {
            kept.insert(pattern[2..pattern.len() - 1].to_owned(), text.clone());
            true
        }
        (Value::String(pattern), Value::String(text)) => {
            let filled = kept.iter().fold(pattern.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
            filled == *text
        }
        (Value::Object(wanted), Value::Object(found)) => {
            wanted.len() == found.len() && wanted.iter().all(|(key, value)| found.get(key).is_some_and(|found| fits(value, found, kept)))
        }
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() == found.len() && wanted.iter().zip(found).all(|(wanted, found)| fits(wanted, found, kept))
        }
        (wanted, found) => wanted == found,
    }
}
