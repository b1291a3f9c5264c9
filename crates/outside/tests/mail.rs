//! Letters over a real mail server, and over ones that say nothing or offer too little.

mod common;

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use common::parcel;
use domain::delivery::Channel;
use outside::mail::{Security, Smtp, SmtpSettings};
use ports::carrier::{Carrier, Undelivered};
use serde_json::{Value, json};

/// A mail server in a process of its own; ended with the test.
struct MailServer {
    child: Child,
    port: u16,
    lines: std::sync::mpsc::Receiver<String>,
}

impl MailServer {
    fn start(folder: &Path) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        // Debian's own Python has Debian's aiosmtpd; another one may have it from PyPI.
        let has = |python: &str| Command::new(python).args(["-c", "import aiosmtpd"]).output().is_ok_and(|output| output.status.success());
        let python = ["/usr/bin/python3", "python3"].into_iter().find(|python| has(python));
        let python = python.expect("aiosmtpd is missing: apt-get install python3-aiosmtpd (scripts/setup test does)");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/smtp_server.py");
        let mut child = Command::new(python)
            .arg(script)
            .args([folder.join("cert.pem"), folder.join("key.pem")])
            .arg(port.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        let server = Self { child, port, lines };
        assert_eq!(server.line(), "ready");
        server
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(Duration::from_secs(120)).expect("the mail server said nothing")
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn letters_go_over_smtp_with_starttls_and_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = certified.cert.pem();
    std::fs::write(folder.path().join("cert.pem"), &certificate).unwrap();
    std::fs::write(folder.path().join("key.pem"), certified.signing_key.serialize_pem()).unwrap();
    let server = MailServer::start(folder.path());
    let settings = |password: &str, trusted: bool| SmtpSettings {
        host: "localhost".into(),
        port: server.port,
        security: Security::Starttls,
        username: "gongfang".into(),
        password: password.into(),
        from: "工坊 <no-reply@example.com>".into(),
        certificate: trusted.then(|| certificate.clone().into_bytes()),
        deadline: Duration::from_secs(60),
    };
    let smtp = Smtp::new(settings("hunter2", true)).unwrap();
    let mail = |to: &str| parcel(Channel::Mail, to);
    smtp.carry(&mail("user@example.com")).await.unwrap();
    let letter: Value = serde_json::from_str(&server.line()).unwrap();
    assert_eq!(
        (&letter["from"], &letter["to"], &letter["tls"]),
        (&json!("no-reply@example.com"), &json!(["user@example.com"]), &json!(true))
    );
    assert_eq!((&letter["subject"], &letter["header_to"]), (&json!("123456 是您的工坊验证码"), &json!("user@example.com")));
    assert_eq!(letter["header_from"], "工坊 <no-reply@example.com>");
    assert_eq!(letter["message_id"], "<gf-42-1700000000@example.com>");
    assert!(letter["plain"].as_str().unwrap().contains("您好！") && letter["plain"].as_str().unwrap().contains("123456"));
    assert!(letter["html"].as_str().unwrap().contains("<b>123456</b>"));
    let names: Vec<&str> = letter["headers"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["auto-submitted", "content-type", "date", "from", "message-id", "mime-version", "subject", "to"],
        "and no other header"
    );

    let mut peers = std::collections::BTreeSet::from([letter["peer"].as_i64()]);
    for number in 0..4 {
        smtp.carry(&mail(&format!("user{number}@example.com"))).await.unwrap();
        peers.insert(serde_json::from_str::<Value>(&server.line()).unwrap()["peer"].as_i64());
    }
    // A connection goes back to the pool behind the answer, so the next letter may come before it.
    assert!(peers.len() < 4, "connections are used again: {peers:?}");

    for (to, expected) in [
        ("nobody@example.com", Undelivered::Recipient { text: "the mail server answered 550".into() }),
        ("later@example.com", Undelivered::Passing { text: "the mail server answered 451".into(), retry_after: None }),
        ("a@b.cn\r\nBcc: x@y.cn", Undelivered::Recipient { text: "not one address".into() }),
        ("a@b.cn,c@d.cn", Undelivered::Recipient { text: "not one address".into() }),
    ] {
        assert_eq!(smtp.carry(&mail(to)).await, Err(expected), "{to:?}");
    }
    let wrong = Smtp::new(settings("wrong", true)).unwrap();
    assert_eq!(wrong.carry(&mail("user@example.com")).await, Err(Undelivered::Operator { text: "the mail server answered 535".into() }));
    let untrusted = Smtp::new(settings("hunter2", false)).unwrap();
    let refused = untrusted.carry(&mail("user@example.com")).await.unwrap_err();
    assert!(matches!(refused, Undelivered::Operator { .. }) || matches!(refused, Undelivered::Passing { .. }), "{refused:?}");
    assert!(server.lines.try_recv().is_err(), "nothing was sent to a server that cannot be trusted");
}

#[tokio::test]
async fn a_mail_server_that_says_nothing_is_not_waited_for() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let smtp = Smtp::new(SmtpSettings {
        host: "127.0.0.1".into(),
        port: silent.local_addr().unwrap().port(),
        security: Security::None,
        username: String::new(),
        password: String::new(),
        from: "no-reply@example.com".into(),
        certificate: None,
        deadline: Duration::from_millis(200),
    });
    let refused = smtp.unwrap().carry(&parcel(Channel::Mail, "user@example.com")).await;
    assert_eq!(refused, Err(Undelivered::Passing { text: "the mail server did not answer in time".into(), retry_after: None }));
}

/// A mail server that knows neither STARTTLS nor passwords is a wrong setting, not a passing fault.
#[tokio::test]
async fn a_mail_server_without_what_is_configured_is_for_the_operator() {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt};
    for security in [Security::Starttls, Security::None] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (read, mut write) = stream.split();
            write.write_all(b"220 ready\r\n").await.unwrap();
            let mut lines = tokio::io::BufReader::new(read).lines();
            while let Ok(Some(_)) = lines.next_line().await {
                if write.write_all(b"250 ok\r\n").await.is_err() {
                    return;
                }
            }
        });
        let settings = SmtpSettings {
            host: "127.0.0.1".into(),
            port,
            security,
            username: "gongfang".into(),
            password: "hunter2".into(),
            from: "no-reply@example.com".into(),
            certificate: None,
            deadline: Duration::from_secs(60),
        };
        let refused = Smtp::new(settings).unwrap().carry(&parcel(Channel::Mail, "user@example.com")).await;
        let Err(Undelivered::Operator { text }) = refused else { panic!("{security:?}: {refused:?}") };
        assert!(text.contains("does not offer what is configured"), "{text}");
    }
}
