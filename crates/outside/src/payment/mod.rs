//! Gateways that take payments.

mod epay;
mod sign;

pub use epay::Epay;
