//! The implementations of the ports: clock, randomness, storage, providers of scripts, pictures and voices, and senders of messages.
//!
//! Each has a default that works with nothing installed or configured, and real implementations, which tests run against stand-ins that
//! speak the real protocol. All outgoing HTTP goes through [`egress`].

mod acs3;
pub mod ai;
pub mod campus;
pub mod clock;
mod digest;
pub mod egress;
pub mod journal;
pub mod mail;
pub mod oidc;
pub mod payment;
pub mod random;
pub mod sms;
pub mod storage;
pub mod webhook;
