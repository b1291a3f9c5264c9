//! What the tests of senders send.
#![allow(missing_docs, unreachable_pub, reason = "shared by test binaries")]

use domain::{
    delivery::{Channel, Letter},
    id::DeliveryId,
    time::Timestamp,
    verification::Purpose,
};
use ports::carrier::Parcel;

pub const NOW: Timestamp = Timestamp(1_700_000_000_000_000);

pub fn parcel(channel: Channel, to: &str) -> Parcel {
    let letter = Letter {
        subject: "123456 是您的工坊验证码".into(),
        text: "您好！\n\n    123456\n".into(),
        html: "<!doctype html><p>您好！<b>123456</b></p>".into(),
        code: "123456".into(),
    };
    Parcel { id: DeliveryId(42), channel, to: to.into(), purpose: Purpose::SignIn, letter, created_at: NOW }
}
