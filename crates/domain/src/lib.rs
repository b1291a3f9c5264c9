//! Values and rules of Gongfang that hold without a database, a network or a clock.
//!
//! This crate deliberately knows no async, no SQL, no HTTP and no serde: a surface's wording lives in `surfaces`, rows in
//! `store`, transactions in `engine`.

pub mod account;
pub mod api_key;
pub mod audit;
pub mod bulk;
pub mod code;
pub mod course;
pub mod delivery;
pub mod event;
pub mod hash;
pub mod id;
pub mod label;
pub mod ledger;
pub mod model;
pub mod money;
pub mod order;
pub mod origin;
pub mod problem;
pub mod refusal;
pub mod study;
pub mod task;
pub mod template;
pub mod text;
pub mod time;
pub mod totp;
pub mod typed;
pub mod verification;
pub mod wallet;
pub mod webhook;
pub mod window;
pub mod worker_token;
