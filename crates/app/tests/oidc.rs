//! Signing in at a real identity provider, by the way that a browser goes.
#![allow(clippy::disallowed_methods, reason = "real time")]

mod common;

use std::{
    collections::HashMap,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use common::{Server, call, free_port, play, sign_in};
use reqwest::{Client, Response, redirect::Policy};
use serde_json::{Value, json};

/// The provider, ended with the test.
struct Provider {
    child: Child,
    issuer: String,
}

impl Provider {
    fn start(port: u16, redirect: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let modules = root.join("../../target/node/node_modules");
        assert!(modules.join("oidc-provider").exists(), "oidc-provider is missing: scripts/setup test installs it");
        let mut child = Command::new("node")
            .env("NODE_MODULES", &modules)
            .arg(root.join("tests/stories/provider.mjs"))
            .args([&port.to_string(), redirect])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is installed");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == "listening"), "the provider did not start");
        // Whatever else it says is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, issuer: format!("http://127.0.0.1:{port}") }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A browser: it keeps cookies of each origin, and follows redirects one by one.
struct Browser {
    client: Client,
    cookies: HashMap<String, HashMap<String, String>>,
}

fn origin(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

impl Browser {
    fn new() -> Self {
        let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { client, cookies: HashMap::new() }
    }

    async fn send(&mut self, method: &str, url: &str, form: Option<&[(&str, &str)]>, json: Option<&Value>) -> Response {
        let jar = self.cookies.entry(origin(url)).or_default();
        let cookie = jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let mut request = self.client.request(method.parse().unwrap(), url).header("cookie", cookie);
        request = form.map_or(request.try_clone().unwrap(), |form| request.form(form));
        request = match json {
            Some(body) => request.header("sec-fetch-site", "same-origin").json(body),
            None => request,
        };
        let answer = request.send().await.unwrap();
        for set in answer.headers().get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            let jar = self.cookies.get_mut(&origin(url)).unwrap();
            if value.is_empty() { drop(jar.remove(name)) } else { drop(jar.insert(name.to_owned(), value.to_owned())) }
        }
        answer
    }

    /// Goes to the provider, signs in as `login` and agrees, and comes back: where the server sends it then.
    async fn errand(&mut self, server: &Server, login: &str, query: &str) -> String {
        let mut url = format!("{}/gongfang/v1/oidc/start{query}", server.base);
        for _ in 0..20 {
            let answer = self.send("GET", &url, None, None).await;
            if answer.status().is_redirection() {
                let to = answer.headers()["location"].to_str().unwrap().to_owned();
                if url.contains("/oidc/callback") {
                    return to;
                }
                url = if to.starts_with('/') { format!("{}{to}", origin(&url)) } else { to };
                continue;
            }
            // The provider's own pages: first who one is, then whether one agrees.
            assert_eq!(answer.status(), 200, "{url}");
            let page = answer.text().await.unwrap();
            let action = page.split("action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            let form = if page.contains("name=\"login\"") {
                vec![("prompt", "login"), ("login", login), ("password", "any")]
            } else {
                vec![("prompt", "consent")]
            };
            let answer = self.send("POST", &action, Some(&form), None).await;
            assert!(answer.status().is_redirection(), "{action}: {}", answer.status());
            url = answer.headers()["location"].to_str().unwrap().to_owned();
        }
        panic!("{login} never came back");
    }

    async fn open(&mut self, server: &Server, more: Value) -> (u16, Value) {
        let mut body = json!({ "oidc": true, "cookie": true });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.send("POST", &format!("{}/gongfang/v1/sessions", server.base), None, Some(&body)).await;
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn me(&mut self, server: &Server) -> Value {
        self.send("GET", &format!("{}/gongfang/v1/me", server.base), None, None).await.json().await.unwrap()
    }
}

/// A server that knows a provider, and the provider, which knows where the server is.
fn world(more: &[(&str, &str)]) -> (Server, Provider) {
    let mut server = Server::prepared("native,anime,media,sandbox", &[]);
    let provider = Provider::start(free_port(), &format!("{}/gongfang/v1/oidc/callback", server.base));
    let settings = [
        ("WORKER_ENABLED", "false"),
        ("PUBLIC_URL", &server.base),
        ("OIDC_ISSUER", &provider.issuer),
        ("OIDC_CLIENT_ID", "gongfang"),
        ("OIDC_CLIENT_SECRET", "a client's secret: with signs"),
        ("OIDC_ADMIN_GROUPS", "gongfang-admins"),
    ];
    let settings = settings.iter().chain(more).map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    server.settings.extend(settings.collect::<Vec<_>>());
    server.run();
    (server, provider)
}

#[tokio::test]
async fn people_sign_in_at_a_provider_and_are_who_it_says() {
    let (server, _provider) = world(&[]);
    let at = |path: &str| format!("{}/gongfang/v1{path}", server.base);
    let ways = call("GET", &at("/sign_in"), "", None).await.1;
    assert_eq!(ways["oidc"], json!({ "name": "SSO", "url": "/gongfang/v1/oidc/start" }));

    // The first time makes the account; the second finds it.
    let mut first = None;
    for _ in 0..2 {
        let mut browser = Browser::new();
        assert_eq!(browser.errand(&server, "carol", "").await, "/login?oidc=proved");
        let (status, session) = browser.open(&server, json!({})).await;
        assert_eq!((status, &session["token"]), (201, &Value::Null), "{session}");
        let me = browser.me(&server).await;
        assert_eq!((&me["email"], &me["email_verified"], &me["role"]), (&json!("carol@example.com"), &json!(true), &json!("user")));
        assert_eq!(*first.get_or_insert(me["id"].clone()), me["id"]);
        // What was kept on the way is used up.
        assert_eq!(browser.open(&server, json!({})).await.1["code"], "link_unusable");
    }

    // A group makes an administrator, and shows in the audit log.
    let mut boss = Browser::new();
    boss.errand(&server, "boss", "").await;
    assert_eq!(boss.open(&server, json!({})).await.0, 201);
    assert_eq!(boss.me(&server).await["role"], "admin");

    // An address that is not proved names nobody.
    let mut unproved = Browser::new();
    unproved.errand(&server, "unproved", "").await;
    assert_eq!(unproved.open(&server, json!({})).await.0, 201);
    assert_eq!(unproved.me(&server).await["email"], Value::Null);
}

#[tokio::test]
async fn an_account_is_linked_by_its_owner_alone() {
    let (server, _provider) = world(&[]);
    let at = |path: &str| format!("{}/gongfang/v1{path}", server.base);
    let admin = sign_in(&server, "admin", "admin123456").await;
    let dave = json!({ "email": "dave@example.com", "username": "dave", "password": "pass phrase 7" });
    assert_eq!(call("POST", &at("/accounts"), &admin, Some(dave)).await.0, 201);
    // The same address is not the same person.
    let mut browser = Browser::new();
    browser.errand(&server, "dave", "").await;
    let (status, refused) = browser.open(&server, json!({})).await;
    assert_eq!((status, &refused["errors"][0]["pointer"]), (409, &json!("/email")), "{refused}");
    // Whoever is signed in links it, and then comes in by it.
    let body = json!({ "name": "dave", "password": "pass phrase 7", "cookie": true });
    assert_eq!(browser.send("POST", &at("/sessions"), None, Some(&body)).await.status(), 201);
    assert_eq!(browser.errand(&server, "dave", "?link=true").await, "/settings?oidc=proved");
    let linked = browser.send("POST", &at("/me/identities"), None, Some(&json!({}))).await;
    assert_eq!(linked.status(), 201);
    let linked: Value = linked.json().await.unwrap();
    assert_eq!(linked["items"][0]["subject"], "dave");
    let mut again = Browser::new();
    again.errand(&server, "dave", "").await;
    assert_eq!(again.open(&server, json!({})).await.0, 201);
    assert_eq!(again.me(&server).await["username"], "dave");
    // Once unlinked, it is nobody's.
    let url = at(&format!("/me/identities/{}", linked["items"][0]["id"].as_str().unwrap()));
    assert_eq!(again.send("DELETE", &url, None, Some(&json!({}))).await.status(), 204);
    again.errand(&server, "dave", "").await;
    assert_eq!(again.open(&server, json!({})).await.0, 409);
}

#[tokio::test]
async fn what_does_not_come_from_here_opens_nothing() {
    let (server, _provider) = world(&[("OIDC_STAFF_ONLY", "true")]);
    let at = |path: &str| format!("{}/gongfang/v1{path}", server.base);
    // Neither a code nor a state of somebody else's, nor a browser that was never sent away.
    let mut browser = Browser::new();
    for query in ["", "?state=x&code=y", "?error=access_denied"] {
        let answer = browser.send("GET", &at(&format!("/oidc/callback{query}")), None, None).await;
        assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (303, "/login?oidc=failed"), "{query}");
    }
    let away = browser.send("GET", &at("/oidc/start"), None, None).await;
    let url = away.headers()["location"].to_str().unwrap().to_owned();
    let state = url.split("state=").nth(1).unwrap().split('&').next().unwrap();
    let answer = browser.send("GET", &at(&format!("/oidc/callback?state={state}&code=guessed")), None, None).await;
    assert_eq!(answer.headers()["location"], "/login?oidc=failed");
    assert_eq!(browser.open(&server, json!({})).await.1["code"], "link_unusable");
    // What the browser was sent away with is no proof of who it is.
    browser.send("GET", &at("/oidc/start"), None, None).await;
    assert_eq!(browser.open(&server, json!({})).await.1["code"], "link_unusable");

    // Where the operator says so, administrators come by the provider alone.
    let staff = json!({ "name": "admin", "password": "admin123456" });
    assert_eq!(call("POST", &at("/sessions"), "", Some(staff)).await.1["code"], "staff_elsewhere");
    let mut boss = Browser::new();
    boss.errand(&server, "boss", "").await;
    assert_eq!(boss.open(&server, json!({})).await.0, 201);
}

#[tokio::test]
async fn without_a_provider_there_is_none() {
    let server = Server::mounting("native,anime,media,sandbox", &[("WORKER_ENABLED", "false")]);
    play(&server, include_str!("stories/native_oidc.txt")).await;
}
