//! The vendors of text messages and the web hook: stand-ins that check every signature by the vendor's own rule.

mod common;

use std::{
    collections::BTreeMap,
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
use common::{NOW, parcel};
use domain::delivery::Channel;
use doubles::ManualClock;
use hmac::{Hmac, KeyInit, Mac};
use outside::{
    egress::{Egress, Policy},
    random::SystemRandom,
    sms::{Aliyun, Tencent},
    webhook::Webhook,
};
use ports::carrier::{Carrier, Undelivered};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const SECRET: &str = "a-secret-of-the-vendor";

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
    let policy = Policy { loopback: true, allow: vec![], ports: vec![], deadline: Duration::from_secs(60), most_bytes: 1 << 20 };
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
