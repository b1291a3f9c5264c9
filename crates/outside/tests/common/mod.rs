//! What the tests of senders send, and a client and a listener for stand-ins.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test binary uses a part of it")]

use std::time::Duration;

use domain::{
    delivery::{Channel, Letter},
    id::DeliveryId,
    time::Timestamp,
    verification::Purpose,
};
use outside::egress::{Egress, Policy};
use ports::carrier::Parcel;

pub const NOW: Timestamp = Timestamp(1_700_000_000_000_000);

pub fn parcel(channel: Channel, to: &str) -> Parcel {
    let letter = Letter {
        subject: "123456 是您的工坊验证码".into(),
        text: "您好！\n\n    123456\n".into(),
        html: "<!doctype html><p>您好！<b>123456</b></p>".into(),
        code: "123456".into(),
        link: String::new(),
    };
    Parcel { id: DeliveryId(42), channel, to: to.into(), purpose: Purpose::SignIn, letter, created_at: NOW }
}

/// A client that reaches this machine.
pub fn egress() -> Egress {
    let policy = Policy { loopback: true, allow: vec![], ports: vec![], deadline: Duration::from_secs(60), most_bytes: 1 << 20 };
    Egress::new(policy).unwrap()
}

/// A client as production has it.
pub fn strict() -> Egress {
    let policy = Policy { loopback: false, allow: vec![], ports: vec![80, 443], deadline: Duration::from_secs(2), most_bytes: 1 << 20 };
    Egress::new(policy).unwrap()
}

/// Serves a stand-in on a port of its own and says where.
pub async fn listen(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}
