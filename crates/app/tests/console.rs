//! The console: what the server hands out, and the pages themselves in a real browser against the real binary.
#![allow(clippy::disallowed_methods, reason = "real time")]

mod common;

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use common::{Server, http, wait_for};
use reqwest::{Method, Response};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs one of the console's own programs in a Node that is new enough.
async fn browses(program: &str, arguments: &[&str]) {
    assert!(console::STAMP.is_some(), "the console is not built: `make console` does it, and `make test` calls it");
    assert!(Path::new("/usr/bin/chromium").exists(), "chromium is missing: scripts/setup test installs it");
    let mut command = Command::new(root().join("scripts/node"));
    command.arg("node").arg(root().join("console/tests").join(program)).args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program}: {said}");
}

/// Studio's listener, as the default mounts have it.
fn server(settings: &[(&str, &str)]) -> Server {
    Server::mounting("studio,native,console", settings)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_accessible_quiet_and_within_its_origin() {
    let server = server(&[]);
    browses("pages.mjs", &[&server.base, "admin", "admin123456"]).await;
    server.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_looks_round_and_leaves() {
    let server = server(&[]);
    browses("flows.mjs", &["sign-in", &server.base, "admin", "admin123456"]).await;
    server.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_pages_do_nothing_with_a_browser_that_is_signed_in() {
    // Development takes every page of this machine for one of its own.
    let server = server(&[("CORS_ORIGINS", "https://app.example.com")]);
    browses("foreign.mjs", &[&server.base, "admin", "admin123456"]).await;
    // The page of the same site came with the cookie, and was refused for where it stands.
    let refused = |line: &&str| line.contains("\"status\":403") && line.contains("\"path\":\"/gongfang/v1/keys\"");
    assert!(server.logged().lines().filter(refused).count() > 0, "{}", server.logged());
    server.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_registers_and_signs_in_by_a_code() {
    let server = server(&[("CODES_MAIL_COOLDOWN_S", "0")]);
    browses("flows.mjs", &["register", &server.base, "lin@example.com", "correct horse battery"]).await;
    server.check();
}

/// The accounts that development makes.
const ADMIN: [&str; 2] = ["admin", "admin123456"];
const CUSTOMER: [&str; 2] = ["test@bigniu.com", "test123"];

/// One of the stories of `work.mjs`.
async fn works(server: &Server, flow: &str, who: [&str; 2]) {
    browses("work.mjs", &[flow, &server.base, who[0], who[1]]).await;
    server.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_is_handed_in_watched_to_its_end_and_seen() {
    works(&server(&[]), "film", CUSTOMER).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_used_and_its_task_approved() {
    works(&server(&[]), "model", ADMIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_set_up_and_asked_for() {
    works(&server(&[]), "factor", ADMIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_rolled_and_revoked() {
    let server = server(&[]);
    works(&server, "key", CUSTOMER).await;
    works(&server, "step-up", CUSTOMER).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_made_tested_and_sent_again() {
    works(&server(&[]), "webhook", CUSTOMER).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_comes_in_support_puts_things_right_and_work_is_approved() {
    let mut server = Server::prepared("studio,native,console", &[]);
    // The sandbox's gateway stands at the public address, and the browser goes nowhere else.
    server.settings.push(("PUBLIC_URL".to_owned(), server.base.clone()));
    server.run();
    browses("admin.mjs", &[&server.base, "admin", "admin123456"]).await;
    server.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_link_makes_the_first_administrator() {
    let settings = [("MODE", "production"), ("PUBLIC_URL", "https://api.example.com"), ("CORS_ORIGINS", "https://app.example.com")];
    let mut server = Server::prepared("native,console", &settings);
    server.says(&["secrets", "create"], "");
    server.run();
    let link = wait_for(Duration::from_secs(20), async || {
        server.logged().split_whitespace().find(|word| word.contains("/setup#secret=")).map(str::to_owned)
    });
    let link = link.await;
    assert!(link.starts_with("https://api.example.com/setup#secret="), "{link}");
    browses("flows.mjs", &["set-up", &server.base, &link]).await;
    server.check();
}

async fn asked(server: &Server, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = http().request(method, format!("{}{path}", server.base));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

const PAGE: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

#[tokio::test]
async fn pages_files_and_the_api_are_told_apart() {
    let server = server(&[("WORKER_ENABLED", "false")]);
    let header = |answer: &Response, name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    for path in ["/", "/login", "/tasks/task_1"] {
        let head = asked(&server, Method::HEAD, path, &[PAGE, ("accept-encoding", "identity")]).await;
        let page = asked(&server, Method::GET, path, &[PAGE]).await;
        for answer in [&head, &page] {
            assert_eq!(answer.status(), 200, "{path}");
            assert_eq!(header(answer, "cache-control").as_deref(), Some("no-store"), "{path}");
            assert_eq!(header(answer, "content-type").as_deref(), Some("text/html; charset=utf-8"), "{path}");
            let policy = header(answer, "content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'self'; script-src 'self'") && !policy.contains("unsafe"), "{policy}");
        }
        assert_eq!(header(&head, "content-length"), Some(console::start().plain.len().to_string()), "{path}");
        assert_eq!(head.bytes().await.unwrap().len(), 0, "{path}");
        assert_eq!(page.bytes().await.unwrap(), console::start().plain, "{path}");
    }

    // Files never change, come compressed, and are 404 where there is none: a page is no script.
    for asset in console::all().iter().filter(|asset| asset.path != "/index.html") {
        let zipped = asked(&server, Method::GET, asset.path, &[("accept-encoding", "gzip, br")]).await;
        assert_eq!((zipped.status().as_u16(), header(&zipped, "content-encoding").as_deref()), (200, Some("br")), "{}", asset.path);
        assert_eq!(zipped.bytes().await.unwrap(), asset.brotli, "{}", asset.path);
        let plain = asked(&server, Method::GET, asset.path, &[("accept-encoding", "identity")]).await;
        let expected = if asset.path.starts_with("/_app/immutable/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        assert_eq!(header(&plain, "cache-control").as_deref(), Some(expected), "{}", asset.path);
        assert_eq!(plain.bytes().await.unwrap(), asset.plain, "{}", asset.path);
        let known = asked(&server, Method::GET, asset.path, &[("if-none-match", asset.etag)]).await;
        assert_eq!(known.status(), 304, "{}", asset.path);
    }
    for path in ["/_app/immutable/entry/start.none.js", "/_app/nothing", "/index.js", "/robots.txt"] {
        let answer = asked(&server, Method::GET, path, &[PAGE]).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert!(!answer.text().await.unwrap().contains("<html"), "{path}");
    }

    // Programs and the APIs are answered as without the console.
    for (method, path, accept) in [
        (Method::GET, "/tasks/task_1", "application/json"),
        (Method::GET, "/tasks/task_1", "*/*"),
        (Method::POST, "/login", PAGE.1),
        (Method::GET, "/api/v1/nothing", PAGE.1),
        (Method::GET, "/gongfang/v1/nothing", PAGE.1),
    ] {
        let answer = asked(&server, method, path, &[("accept", accept)]).await;
        assert!([404, 405].contains(&answer.status().as_u16()), "{path}: {}", answer.status());
        assert!(header(&answer, "content-type").unwrap().contains("json"), "{path}");
    }
    for path in ["/docs", "/openapi.json", "/gongfang/v1/docs", "/livez"] {
        let answer = asked(&server, Method::GET, path, &[PAGE]).await;
        assert!(
            answer.status() == 200 && header(&answer, "content-security-policy").is_none_or(|policy| !policy.contains("sha256")),
            "{path}"
        );
    }
}

/// A film is shown where the page is from, though films are mounted elsewhere, as the default mounts have it.
#[tokio::test]
async fn signed_files_stand_beside_the_console() {
    let (films, pages) = (common::free_port(), common::free_port());
    let mounts = format!("127.0.0.1:{films}=anime,media;127.0.0.1:{pages}=native,console");
    let server = Server::everything(pages, &[("LISTEN_MOUNTS", &mounts), ("WORKER_ENABLED", "false")]);
    let answer = asked(&server, Method::GET, "/media/nothing", &[PAGE]).await;
    assert_eq!(answer.status(), 404);
}

/// The binary under test has the console that lies in the repository, not an older one.
#[test]
fn the_binary_has_the_pages_that_were_built() {
    let stamp = std::fs::read_to_string(root().join("console/build/.stamp")).expect("`make console` builds it, and `make test` calls it");
    assert_eq!(console::STAMP, Some(stamp.trim()));
}
