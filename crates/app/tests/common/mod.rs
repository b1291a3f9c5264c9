//! The real binary, started by a test on a free port with a folder of its own, and stories played against it.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    reason = "each test binary uses a part of it, and real time"
)]

pub mod openapi;
pub mod socket;
pub mod studio;

use std::{
    collections::HashMap,
    fs,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use serde_json::Value;

/// The password of production's administrator.
pub const ROOT_PASSWORD: &str = "correct horse battery";

/// A port nobody listens at. It is none that outgoing connections are given, and it is given once, so that it stays free until it is
/// listened at, also after a kill.
pub fn free_port() -> u16 {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id().wrapping_mul(61);
    let next = || u16::try_from(first.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed)) % 20_000).unwrap() + 10_000;
    (0..20_000).map(|_| next()).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a free port")
}

/// That something takes no longer than `bound`: measured up to three times, so that a machine that stalls once does not spoil it.
pub async fn within(bound: Duration, mut measure: impl AsyncFnMut() -> Duration) {
    let mut quickest = Duration::MAX;
    for _ in 0..3 {
        quickest = quickest.min(measure().await);
        if quickest < bound {
            return;
        }
    }
    panic!("it took {quickest:?} at best, and not {bound:?} at most");
}

/// Looks again and again until there is something, bounded by `patience`.
pub async fn wait_for<T>(patience: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(patience, looking).await.expect("it never came")
}

/// A call with JSON: the status and what was answered, as text where it is no JSON.
pub async fn call(method: &str, url: &str, token: &str, body: Option<Value>) -> (u16, Value) {
    let mut request = http().request(method.parse().unwrap(), url);
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Runs a command that ends by itself.
pub fn ended(command: &mut Command) -> Output {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let status = end(&mut child);
    let output = child.wait_with_output().unwrap();
    assert!(status.code().is_some(), "it went on and on:\n{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Waits for a process to end; one that does not is killed after two minutes.
fn end(child: &mut Child) -> ExitStatus {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if began.elapsed() > Duration::from_secs(120) {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A running server; killed with the test.
pub struct Server {
    pub base: String,
    pub port: u16,
    pub data: PathBuf,
    pub log: PathBuf,
    pub surfaces: String,
    pub settings: Vec<(String, String)>,
    child: Option<Child>,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Starts a server of the anime surface with settings such as `("ANIME_PRICE", "1")`.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        Self::mounting("anime,media", settings)
    }

    /// Starts a server of some surfaces, all on one address.
    pub fn mounting(surfaces: &str, settings: &[(&str, &str)]) -> Self {
        let mut server = Self::prepared(surfaces, settings);
        server.run();
        server
    }

    /// Starts a server whose addresses are all in its settings; `port` is one of them.
    pub fn everything(port: u16, settings: &[(&str, &str)]) -> Self {
        let mut server = Self::prepared("", settings);
        (server.port, server.base) = (port, format!("http://127.0.0.1:{port}"));
        server.run();
        server
    }

    /// Starts a server as production has it, with an administrator called `root`.
    pub fn production(surfaces: &str, settings: &[(&str, &str)]) -> Self {
        let mut all = vec![("MODE", "production"), ("PUBLIC_URL", "https://api.example.com"), ("CORS_ORIGINS", "https://app.example.com")];
        all.extend(settings);
        let mut server = Self::prepared(surfaces, &all);
        server.says(&["secrets", "create"], "");
        server.says(&["admin", "create", "root"], ROOT_PASSWORD);
        server.run();
        server
    }

    pub fn prepared(surfaces: &str, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        Self {
            base: format!("http://127.0.0.1:{port}"),
            port,
            data: folder.path().join("data"),
            log: folder.path().join("log.txt"),
            surfaces: surfaces.to_owned(),
            settings: settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            child: None,
            _folder: folder,
        }
    }

    /// The same installation with another database, on a port of its own; not started.
    pub fn there(&self, database: &str) -> Self {
        let mut settings: Vec<(&str, &str)> = self.settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        settings.push(("DATABASE", database));
        let mut server = Self::prepared(&self.surfaces, &settings);
        server.data.clone_from(&self.data);
        server
    }

    /// A second process on the same data, on a port of its own.
    pub fn beside(&self) -> Self {
        self.beside_with(&[])
    }

    /// As [`Server::beside`], with some settings of its own.
    pub fn beside_with(&self, own: &[(&str, &str)]) -> Self {
        let mut settings: Vec<(&str, &str)> = self.settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        settings.extend(own);
        let mut server = Self::prepared(&self.surfaces, &settings);
        server.data.clone_from(&self.data);
        server.run();
        server
    }

    /// Runs a command of the binary with these settings, gives it `input`, and tells what it printed; panics where it failed.
    pub fn says(&self, arguments: &[&str], input: &str) -> String {
        use std::io::Write;
        let mut child = self.command().args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts the process and waits until it is ready; says how long that took.
    pub fn run(&mut self) -> Duration {
        let log = fs::OpenOptions::new().create(true).append(true).open(&self.log).unwrap();
        let mut command = self.command();
        command.arg("serve").stdout(Stdio::null()).stderr(log);
        let began = Instant::now();
        self.child = Some(command.spawn().unwrap());
        while !self.lives() {
            let ended = self.child.as_mut().and_then(|child| child.try_wait().unwrap());
            let waits = ended.is_none() && began.elapsed() < Duration::from_secs(180);
            assert!(waits, "the server did not start ({ended:?}):\n{}", self.logged());
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
            .env("TZ", "UTC")
            .env("GONGFANG_DATA", &self.data)
            .env("GONGFANG_LISTEN_MOUNTS", format!("127.0.0.1:{}={}", self.port, self.surfaces))
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
        end(&mut child).code()
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

/// The address of a fresh schema on PostgreSQL, where a server is given.
pub async fn postgres(schema: &str) -> Option<String> {
    let Ok(url) = std::env::var("GONGFANG_TEST_POSTGRES") else {
        eprintln!("skipped on PostgreSQL: GONGFANG_TEST_POSTGRES is not set");
        return None;
    };
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
    let separator = if url.contains('?') { '&' } else { '?' };
    Some(format!("{url}{separator}options=-c%20search_path%3D{schema}"))
}

/// A client without proxies.
pub fn http() -> reqwest::Client {
    client().build().unwrap()
}

pub fn client() -> reqwest::ClientBuilder {
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(180))
}

/// Sends a request, and again where the server was too busy to begin with it.
pub async fn insist(request: reqwest::RequestBuilder) -> reqwest::Response {
    for _ in 0..50 {
        let answer = request.try_clone().unwrap().send().await.unwrap();
        if answer.status() != 503 {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    request.send().await.unwrap()
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
/// `<any>`, `<number>`, `<time>`, `<micros>` and `<seconds>` (times without a zone) stand for what they say, and `<=name>` keeps the
/// value for later as `{name}`.
pub async fn play(server: &Server, story: &str) {
    let mut kept: HashMap<String, String> = HashMap::new();
    let mut tokens: HashMap<String, String> = HashMap::new();
    if server.surfaces.contains("anime") && !server.settings.iter().any(|(key, _)| key == "MODE") {
        tokens.insert("test".to_owned(), sign_in(server, "test@bigniu.com", "test123").await);
        tokens.insert("admin".to_owned(), sign_in(server, "admin", "admin123456").await);
    }
    // Where somebody is sent on is an answer, too.
    let client = client().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let documents = openapi::documents(server).await;
    for exchange in story.split("\n> ").skip(1) {
        let (asked, expected) = exchange.split_once("\n< ").unwrap_or_else(|| panic!("no answer in {exchange}"));
        let fill = |text: &str| kept.iter().fold(text.to_owned(), |text, (name, value)| filled(&text, name, value));
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
            match line.split_once(": ").filter(|_| body.is_empty() && !line.starts_with(['{', '[', '"'])) {
                Some((name, value)) => request = request.header(name, fill(value)),
                None => body.push_str(&fill(line)),
            }
        }
        let bodiless = body.is_empty();
        if !body.is_empty() {
            if !asked.to_lowercase().contains("content-type: ") {
                request = request.header("content-type", "application/json");
            }
            request = request.body(body);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = answer.text().await.unwrap();
        openapi::agrees(&documents, method, path, bodiless, status.as_u16(), &headers);
        let mut lines = expected.lines();
        let wanted: u16 = lines.next().unwrap().trim().parse().unwrap();
        assert_eq!(status.as_u16(), wanted, "{first}\n{text}");
        let mut pattern = String::new();
        for line in lines.filter(|line| !line.starts_with('#')) {
            match line.split_once(": ").filter(|_| pattern.is_empty() && !line.starts_with(['{', '['])) {
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

/// A text with what is known under a name in its place: as it is, or the code that an authenticator with that secret shows.
fn filled(text: &str, name: &str, value: &str) -> String {
    let text = text.replace(&format!("{{{name}}}"), value);
    let Some(secret) = domain::totp::read(value).filter(|_| text.contains("{totp")) else { return text };
    let step = domain::totp::step(domain::time::Timestamp(jiff::Timestamp::now().as_microsecond()));
    let text = text.replace(&format!("{{totp:{name}}}"), &domain::totp::code(&secret, step));
    text.replace(&format!("{{totp_next:{name}}}"), &domain::totp::code(&secret, step + 1))
}

fn fits(wanted: &Value, found: &Value, kept: &mut HashMap<String, String>) -> bool {
    match (wanted, found) {
        (Value::String(pattern), _) if pattern == "<any>" => true,
        (Value::String(pattern), Value::Number(_)) if pattern == "<number>" => true,
        (Value::String(pattern), Value::String(text)) if pattern == "<number>" => text.parse::<f64>().is_ok(),
        (Value::String(pattern), Value::String(text)) if pattern == "<time>" => {
            text.len() == 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T'
        }
        (Value::String(pattern), Value::String(text)) if pattern == "<micros>" => text.len() == 26 && text.as_bytes()[19] == b'.',
        (Value::String(pattern), Value::String(text)) if pattern == "<seconds>" => text.len() == 19 && text.as_bytes()[10] == b'T',
        (Value::String(pattern), Value::String(_) | Value::Number(_)) if pattern.starts_with("<=") => {
            let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
            kept.insert(pattern[2..pattern.len() - 1].to_owned(), text);
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
