//! What the engine asks of the outside: traits that others fulfil, and the values they exchange.
//!
//! This crate deliberately knows no implementation but the in-process bell. Real implementations live in `outside` and
//! `storyboard`, doubles for tests in `doubles`.

pub mod address;
pub mod bell;
pub mod campus;
pub mod carrier;
pub mod clock;
pub mod fault;
pub mod film;
pub mod grant;
pub mod identity;
pub mod image;
pub mod journal;
pub mod lenient;
pub mod locks;
pub mod payment;
pub mod random;
pub mod render;
pub mod script;
pub mod speech;
pub mod storage;
pub mod vision;
pub mod web;
