//! The real senders of messages: vendors' stand-ins that check every signature by the vendor's own rule, and a real mail server.
#![allow(clippy::disallowed_methods, reason = "a test reads its environment and starts a server of its own")]

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use domain::{
    delivery::{Channel, Letter},
    id::DeliveryId,
    time::Timestamp,
    verification::Purpose,
};
use hmac::{Hmac, KeyInit, Mac};
use outside::{
    egress::{Egress, Policy},
    mail::{Security, Smtp, SmtpSettings},
    random::SystemRandom,
    sms::{Aliyun, Tencent},
    webhook::Webhook,
};
use ports::{
    carrier::{Carrier, Parcel, Undelivered},
    testing::ManualClock,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const NOW: Timestamp = Timestamp(1_700_000_000_000_000);
const SECRET: &str = "a-secret-of-the-vendor";

fn parcel(channel: Channel, to: &str) -> Parcel {
    let letter = Letter {
        subject: "123456 是您的工坊验证码".into(),
        text: "您好！\n\n    123456\n".into(),
        html: "<!doctype html><p>您好！<b>123456</b></p>".into(),
        code: "123456".into(),
    };
    Parcel { id: DeliveryId(42), channel, to: to.into(), purpose: Purpose::SignIn, letter, created_at: NOW }
}

/// What arrived at a stand-in.
#[derive(Debug, Clone)]
struct Call {
    headers: BTreeMap<String, String>,
    query: String,
    body: String,
}

/// Checks a call; what it finds wrong is the answer then.
type Check = fn(&Call) -> Result<(), String>;

#[derive(Clone)]
struct Standin {
    check: Check,
    answer: Arc<Mutex<(u16, Option<&'static str>, String)>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

async fn take(State(standin): State<Standin>, RawQuery(query): RawQuery, headers: HeaderMap, body: Bytes) -> Response {
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let call = Call { headers, query: query.unwrap_or_default(), body: String::from_utf8(body.to_vec()).unwrap() };
    let checked = (standin.check)(&call);
    standin.calls.lock().unwrap().push(call);
    if let Err(wrong) = checked {
        return (StatusCode::FORBIDDEN, json!({ "Code": "SignatureDoesNotMatch", "wrong": wrong }).to_string()).into_response();
    }
    let (status, retry_after, body) = standin.answer.lock().unwrap().clone();
    let mut answer = (StatusCode::from_u16(status).unwrap(), body).into_response();
    if let Some(seconds) = retry_after {
        answer.headers_mut().insert("retry-after", seconds.parse().unwrap());
    }
    answer
}

async fn standin(check: Check, answer: &str) -> (Standin, String, Egress) {
    let standin = Standin { check, answer: Arc::new(Mutex::new((200, None, answer.to_owned()))), calls: Arc::default() };
    let router = Router::new().route("/", post(take)).with_state(standin.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let policy = Policy { loopback: true, allow: vec![], deadline: Duration::from_secs(5), most_bytes: 1 << 20 };
    (standin, url, Egress::new(policy).unwrap())
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(NOW))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One part of an `Authorization` header.
fn part<'a>(call: &'a Call, name: &str) -> Result<&'a str, String> {
    let header = call.headers.get("authorization").ok_or("no authorization")?;
    let (_, rest) = header.split_once(&format!("{name}=")).ok_or(format!("no {name}"))?;
    Ok(rest.split(',').next().unwrap_or_default().trim())
}

/// The headers that a call says it signed, as the vendors' canonical form has them.
fn signed_headers(call: &Call) -> Result<String, String> {
    part(call, "SignedHeaders")?
        .split(';')
        .map(|name| Ok(format!("{name}:{}\n", call.headers.get(name).ok_or(format!("{name} is signed and was not sent"))?.trim())))
        .collect()
}

fn aliyun_signature(call: &Call) -> Result<(), String> {
    let names = part(call, "SignedHeaders")?;
    for must in ["host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"] {
        if !names.split(';').any(|name| name == must) {
            return Err(format!("{must} is not signed"));
        }
    }
    let body = hex(&Sha256::digest(&call.body));
    let canonical = format!("POST\n/\n{}\n{}\n{names}\n{body}", call.query, signed_headers(call)?);
    let text = format!("ACS3-HMAC-SHA256\n{}", hex(&Sha256::digest(canonical)));
    let expected = hex(&mac(SECRET.as_bytes(), &text));
    let good =
        part(call, "Signature")? == expected && part(call, "Credential")? == "key-id" && call.headers["x-acs-content-sha256"] == body;
    if good { Ok(()) } else { Err("the signature is another".to_owned()) }
}

#[tokio::test]
async fn aliyun_takes_what_is_signed_and_its_errors_have_their_meaning() {
    let (standin, url, egress) = standin(aliyun_signature, r#"{"Code":"OK","BizId":"1","RequestId":"r","Message":"OK"}"#).await;
    let sender = |secret: &str| Aliyun {
        egress: egress.clone(),
        clock: clock(),
        random: Arc::new(SystemRandom),
        url: url.clone(),
        key_id: "key-id".into(),
        secret: secret.into(),
        sign_name: "工坊 & 测试".into(),
        template: "SMS_71390007".into(),
    };
    let sms = parcel(Channel::Sms, "+8613800138000");
    sender(SECRET).carry(&sms).await.unwrap();
    let call = standin.calls.lock().unwrap()[0].clone();
    assert!(
        call.query.contains("PhoneNumbers=13800138000&SignName=%E5%B7%A5%E5%9D%8A%20%26%20%E6%B5%8B%E8%AF%95&TemplateCode=SMS_71390007")
    );
    assert!(call.query.contains("TemplateParam=%7B%22code%22%3A%22123456%22%7D"), "{}", call.query);
    assert_eq!((call.headers["x-acs-date"].as_str(), call.headers["x-acs-action"].as_str()), ("2023-11-14T22:13:20Z", "SendSms"));
    sender(SECRET).carry(&sms).await.unwrap();
    let nonce = |index: usize| standin.calls.lock().unwrap()[index].headers["x-acs-signature-nonce"].clone();
    assert_ne!(nonce(0), nonce(1));

    let refused = sender("another").carry(&sms).await.unwrap_err();
    assert_eq!(refused, Undelivered::Operator { text: "SignatureDoesNotMatch".into() });
    let list = parcel(Channel::Sms, "+8613800138000,+8613900139000");
    assert!(matches!(sender(SECRET).carry(&list).await, Err(Undelivered::Recipient { .. })));
    for (status, body, expected) in [
        (200, r#"{"Code":"isv.BUSINESS_LIMIT_CONTROL"}"#, "TooOften"),
        (200, r#"{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}"#, "Recipient"),
        (200, r#"{"Code":"isv.AMOUNT_NOT_ENOUGH"}"#, "Operator"),
        (400, r#"{"Code":"Throttling.User"}"#, "Passing"),
        (503, "", "Passing"),
        (200, "<html>gateway</html>", "Passing"),
    ] {
        *standin.answer.lock().unwrap() = (status, None, body.to_owned());
        let refused = format!("{:?}", sender(SECRET).carry(&sms).await.unwrap_err());
        assert!(refused.starts_with(expected), "{body}: {refused}");
        assert!(!refused.contains("123456") && !refused.contains("13800138000"), "{refused}");
    }
}

fn tencent_signature(call: &Call) -> Result<(), String> {
    let names = part(call, "SignedHeaders")?;
    let credential = part(call, "Credential")?;
    let (key_id, scope) = credential.split_once('/').ok_or("no scope")?;
    let timestamp = &call.headers["x-tc-timestamp"];
    let canonical = format!("POST\n/\n\n{}\n{names}\n{}", signed_headers(call)?, hex(&Sha256::digest(&call.body)));
    let text = format!("TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    // The action is signed in small letters whatever the header says.
    let text_small = {
        let headers = signed_headers(call)?.replace("SendSms", "sendsms");
        let canonical = format!("POST\n/\n\n{headers}\n{names}\n{}", hex(&Sha256::digest(&call.body)));
        format!("TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{}", hex(&Sha256::digest(canonical)))
    };
    assert_ne!(text, text_small);
    let date = mac(format!("TC3{SECRET}").as_bytes(), "2023-11-14");
    let key = mac(&mac(&date, "sms"), "tc3_request");
    let good = part(call, "Signature")? == hex(&mac(&key, &text_small)) && key_id == "key-id" && scope == "2023-11-14/sms/tc3_request";
    if good { Ok(()) } else { Err("the signature is another".to_owned()) }
}

#[tokio::test]
async fn tencent_takes_what_is_signed_and_its_errors_have_their_meaning() {
    let ok = r#"{"Response":{"SendStatusSet":[{"Code":"Ok","Message":"send success","SerialNo":"1","PhoneNumber":"+8613800138000"}],"RequestId":"r"}}"#;
    let (standin, url, egress) = standin(tencent_signature, ok).await;
    let sender = Tencent {
        egress,
        clock: clock(),
        url,
        region: "ap-guangzhou".into(),
        key_id: "key-id".into(),
        secret: SECRET.into(),
        app_id: "1400006666".into(),
        sign_name: "工坊".into(),
        template: "1234".into(),
    };
    let sms = parcel(Channel::Sms, "+8613800138000");
    sender.carry(&sms).await.unwrap();
    let call = standin.calls.lock().unwrap()[0].clone();
    let body: Value = serde_json::from_str(&call.body).unwrap();
    let expected = json!({
        "PhoneNumberSet": ["+8613800138000"],
        "SmsSdkAppId": "1400006666",
        "SignName": "工坊",
        "TemplateId": "1234",
        "TemplateParamSet": ["123456", "10"],
    });
    assert_eq!(body, expected);
    assert_eq!((call.headers["x-tc-action"].as_str(), call.headers["x-tc-version"].as_str()), ("SendSms", "2021-01-11"));
    for (body, expected) in [
        (r#"{"Response":{"SendStatusSet":[{"Code":"LimitExceeded.PhoneNumberDailyLimit"}]}}"#, "TooOften"),
        (r#"{"Response":{"SendStatusSet":[{"Code":"InvalidParameterValue.IncorrectPhoneNumber"}]}}"#, "Recipient"),
        (r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"secret"}}}"#, "Operator"),
        (r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":""}}}"#, "Passing"),
        (r#"{"Response":{"SendStatusSet":[]}}"#, "Passing"),
        ("not json", "Passing"),
    ] {
        *standin.answer.lock().unwrap() = (200, None, body.to_owned());
        let refused = format!("{:?}", sender.carry(&sms).await.unwrap_err());
        assert!(refused.starts_with(expected) && !refused.contains("123456"), "{body}: {refused}");
    }
}

fn hook_signature(call: &Call) -> Result<(), String> {
    let expected = hex(&mac(SECRET.as_bytes(), &format!("{}.{}", call.headers["x-gf-timestamp"], call.body)));
    if call.headers["x-gf-signature"] == format!("sha256={expected}") { Ok(()) } else { Err("the signature is another".to_owned()) }
}

#[tokio::test]
async fn a_web_hook_gets_signed_messages_and_says_when_to_come_back() {
    let (standin, url, egress) = standin(hook_signature, "").await;
    let sender = Webhook { egress, clock: clock(), url: format!("{url}/"), secret: SECRET.into() };
    sender.carry(&parcel(Channel::Sms, "+8613800138000")).await.unwrap();
    sender.carry(&parcel(Channel::Mail, "user@example.com")).await.unwrap();
    let calls = standin.calls.lock().unwrap().clone();
    let sms: Value = serde_json::from_str(&calls[0].body).unwrap();
    assert_eq!(
        sms,
        json!({
            "id": "gf-42",
            "to": "+8613800138000",
            "template": "sign_in",
            "params": { "code": "123456", "minutes": 10 },
            "text": "您好！\n\n    123456\n",
            "ts": 1_700_000_000,
        })
    );
    assert_eq!(calls[0].headers["idempotency-key"], "gf-42");
    let mail: Value = serde_json::from_str(&calls[1].body).unwrap();
    assert_eq!((&mail["to"], &mail["subject"]), (&json!("user@example.com"), &json!("123456 是您的工坊验证码")));
    for (status, retry_after, expected) in [
        (429, Some("7"), Undelivered::Passing { text: String::new(), retry_after: Some(Duration::from_secs(7)) }),
        (500, None, Undelivered::Passing { text: String::new(), retry_after: None }),
        (400, None, Undelivered::Operator { text: String::new() }),
        (302, None, Undelivered::Operator { text: String::new() }),
    ] {
        *standin.answer.lock().unwrap() = (status, retry_after, "it echoes 123456".to_owned());
        let mut refused = sender.carry(&parcel(Channel::Sms, "+8613800138000")).await.unwrap_err();
        let text = match &mut refused {
            Undelivered::Passing { text, .. }
            | Undelivered::TooOften { text }
            | Undelivered::Recipient { text }
            | Undelivered::Operator { text } => std::mem::take(text),
        };
        assert_eq!(refused, expected, "{status}");
        assert!(text.contains(&status.to_string()) && !text.contains("123456"), "{text}");
    }
}

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
        self.lines.recv_timeout(Duration::from_secs(20)).expect("the mail server said nothing")
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
        deadline: Duration::from_secs(10),
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
            deadline: Duration::from_secs(5),
        };
        let refused = Smtp::new(settings).unwrap().carry(&parcel(Channel::Mail, "user@example.com")).await;
        let Err(Undelivered::Operator { text }) = refused else { panic!("{security:?}: {refused:?}") };
        assert!(text.contains("does not offer what is configured"), "{text}");
    }
}
