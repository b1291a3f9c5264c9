//! The ports made real: clock, randomness, storage, and providers of scripts, pictures and voices.
//!
//! Each has a default that works with nothing installed or configured, and real implementations that tests drive against
//! stand-ins speaking the real protocol. All outgoing HTTP goes through [`egress`].

pub mod ai;
pub mod clock;
pub mod egress;
pub mod random;
pub mod storage;
