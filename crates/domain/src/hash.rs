//! Hashes that chain entries.

/// An HMAC-SHA256 over an entry and the hash before it.
pub type Hash = [u8; 32];

/// The hash before a wallet's first entry.
pub const GENESIS: Hash = [0; 32];
