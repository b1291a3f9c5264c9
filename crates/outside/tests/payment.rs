//! epay gateways against stand-ins that speak both versions, faults included.

mod common;

use axum::{
    Router,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use common::{egress, listen};
use outside::payment::Epay;
use ports::payment::{Bill, Config, Disbelief, Gateway, OrderStatus};
use serde_json::{Value, json};

fn epay() -> Epay {
    Epay { egress: egress(), https_only: false }
}

fn config(value: Value) -> Config {
    Config(value.as_object().unwrap().clone())
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let bytes = text.replace('+', " ").into_bytes();
        let mut out = Vec::new();
        let mut rest = bytes.as_slice();
        while let Some((&first, after)) = rest.split_first() {
            if first == b'%' {
                out.push(u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap());
                rest = &after[2..];
            } else {
                out.push(first);
                rest = after;
            }
        }
        String::from_utf8(out).unwrap()
    };
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (decode(name), decode(value))).collect()
}

#[tokio::test]
async fn a_first_version_gateway_is_asked_and_every_answer_means_something() {
    async fn api(uri: Uri) -> Response {
        let query = pairs(uri.query().unwrap());
        let value = |name: &str| query.iter().find(|pair| pair.0 == name).unwrap().1.clone();
        assert_eq!((value("act").as_str(), value("pid").as_str(), value("key").as_str()), ("order", "1001", "k"));
        let order = value("out_trade_no");
        let known = |status: Value| {
            axum::Json(json!({ "code": 1, "out_trade_no": order, "trade_no": "T1", "money": "1.50", "status": status })).into_response()
        };
        match order.as_str() {
            "paid" => known(json!(1)),
            "texts" => {
                axum::Json(json!({ "code": "1", "out_trade_no": "texts", "trade_no": "T2", "money": 2, "status": "1" })).into_response()
            }
            "unpaid" => known(json!(0)),
            "refunded" => known(json!(2)),
            "unknown" => axum::Json(json!({ "code": -1, "msg": "no such order" })).into_response(),
            "missing" => StatusCode::NOT_FOUND.into_response(),
            "rsa" => axum::Json(json!({ "code": -3 })).into_response(),
            "other" => axum::Json(json!({ "code": 1, "out_trade_no": "somebody else's", "status": 1, "money": "1", "trade_no": "T" }))
                .into_response(),
            "html" => "<html>busy</html>".into_response(),
            "list" => axum::Json(json!([1])).into_response(),
            "away" => StatusCode::BAD_GATEWAY.into_response(),
            _ => "".into_response(),
        }
    }
    let gateway = listen(Router::new().route("/api.php", get(api))).await;
    let config = config(json!({ "url": format!("{gateway}/"), "pid": 1001, "key": "k" }));
    let epay = epay();
    assert_eq!(epay.fault(&config), None);
    for (order, expected) in [
        ("paid", Some(OrderStatus::Paid { trade: "T1".to_owned(), fen: Some(150) })),
        ("texts", Some(OrderStatus::Paid { trade: "T2".to_owned(), fen: Some(200) })),
        ("unpaid", Some(OrderStatus::Unpaid)),
        ("refunded", Some(OrderStatus::Other("2".to_owned()))),
        ("unknown", Some(OrderStatus::Unknown)),
        ("missing", Some(OrderStatus::Unknown)),
        ("rsa", None),
        ("other", None),
        ("html", None),
        ("list", None),
        ("away", None),
        ("empty", None),
    ] {
        let found = epay.ask(&config, order, 0).await;
        if let Err(fault) = &found {
            assert!(!fault.to_string().contains("key="), "{fault}");
        }
        assert_eq!(found.ok(), expected, "{order}");
    }
}

#[tokio::test]
async fn a_jump_is_signed_as_a_gateway_verifies_it() {
    let epay = epay();
    let config = config(json!({ "gateway": "http://127.0.0.1:1/pay/", "pid": "1001", "key": "k" }));
    let bill = Bill {
        order: "ab".repeat(16),
        fen: 10_050,
        channel: "wxpay",
        name: "Topup x".to_owned(),
        notify_url: "http://h/notify/u".to_owned(),
        return_url: "http://h/back?a=1&b=2#c".to_owned(),
        now_s: 0,
    };
    let jump = epay.jump(&config, &bill).unwrap();
    let (page, query) = jump.split_once('?').unwrap();
    assert_eq!(page, "http://127.0.0.1:1/pay/submit.php");
    let fields = pairs(query);
    assert!(epay.verifies(&config, &fields), "{jump}");
    let value = |name: &str| fields.iter().find(|pair| pair.0 == name).unwrap().1.as_str();
    assert_eq!((value("money"), value("return_url"), value("type")), ("100.50", "http://h/back?a=1&b=2#c", "wxpay"));
}

#[tokio::test]
async fn n6_a_callback_of_another_merchant_is_not_believed() {
    let epay = epay();
    let config = config(json!({ "gateway": "http://g", "pid": "1001", "key": "gongfang-test-key-0123456789abcdef" }));
    let n1 = |pid: &str, sign: &str| {
        [
            ("money", "100"),
            ("name", "工坊充值 100.00"),
            ("out_trade_no", "gf0000000001"),
            ("pid", pid),
            ("trade_no", "2026112011460012345"),
            ("trade_status", "TRADE_SUCCESS"),
            ("type", "wxpay"),
            ("sign", sign),
            ("sign_type", "MD5"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    };
    let notice = epay.read(&config, &n1("1001", "7baa2c74d05f77695167bea96ad89fef")).unwrap();
    assert_eq!((notice.order.as_str(), notice.fen, notice.paid), ("gf0000000001", Some(10_000), true));
    assert_eq!(epay.read(&config, &n1("1002", "b8fe710eecadaa9b9d603b6d665de0fc")), Err(Disbelief::Merchant), "N6");
    assert_eq!(epay.read(&config, &n1("1001", "b8fe710eecadaa9b9d603b6d665de0fc")), Err(Disbelief::Signature));
    assert_eq!(epay.read(&config, &n1("1001", "")), Err(Disbelief::Signature));
}

#[tokio::test]
async fn e24_a_gateway_must_be_an_address_that_may_be_called() {
    let strict = Epay { egress: common::strict(), https_only: true };
    for gateway in [
        "http://pay.example.com",
        "https://169.254.169.254",
        "file:///etc",
        "https://user:key@pay.example.com",
        "https://pay.example.com/?a=1",
        "",
    ] {
        let config = config(json!({ "gateway": gateway, "pid": "1", "key": "k" }));
        assert!(strict.fault(&config).is_some(), "{gateway}");
    }
    let config = config(json!({ "gateway": "https://pay.example.com", "pid": "1", "key": "k" }));
    assert_eq!(strict.fault(&config), None);
}

/// The second version, with keys made for this test: a stand-in that verifies what we sign and signs what it answers.
#[tokio::test]
async fn a_second_version_gateway_is_asked_and_its_answer_verified() {
    use aws_lc_rs::{
        encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
        rsa::{KeyPair, KeySize},
        signature::KeyPair as _,
    };
    use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
    let keys = || {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let private: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        (BASE64.encode(private.as_ref()), BASE64.encode(public.as_ref()))
    };
    let ((our_private, our_public), (their_private, their_public)) = (keys(), keys());
    let theirs = config(json!({ "version": "v2", "private_key": their_private, "platform_key": our_public, "pid": "1" }));
    let answer = move |body: String| {
        let theirs = theirs.clone();
        async move {
            let epay = epay();
            let fields = pairs(&body);
            assert!(epay.verifies(&theirs, &fields), "{body}");
            let order = fields.iter().find(|pair| pair.0 == "out_trade_no").unwrap().1.clone();
            let said = [
                ("code", "0"),
                ("out_trade_no", order.as_str()),
                ("trade_no", "T9"),
                ("money", "3.00"),
                ("status", "1"),
                ("timestamp", "1795000000"),
            ];
            let signed = epay.sign(&theirs, said.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()).unwrap();
            let mut object: serde_json::Map<String, Value> = signed.into_iter().map(|(name, value)| (name, value.into())).collect();
            object.insert("code".to_owned(), 0.into());
            if order == "forged" {
                object.insert("money".to_owned(), "300.00".into());
            }
            axum::Json(Value::Object(object))
        }
    };
    let gateway = listen(Router::new().route("/api/pay/query", post(answer))).await;
    let ours = config(json!({ "gateway": gateway, "version": "v2", "private_key": our_private, "platform_key": their_public, "pid": "1" }));
    let epay = epay();
    assert_eq!(epay.fault(&ours), None);
    assert_eq!(epay.ask(&ours, "good", 1_795_000_000).await.unwrap(), OrderStatus::Paid { trade: "T9".to_owned(), fen: Some(300) });
    assert!(epay.ask(&ours, "forged", 1_795_000_000).await.is_err());
}
