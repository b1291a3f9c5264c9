//! What outlives a request: rows and SQL, written once for SQLite and PostgreSQL.
//!
//! This crate deliberately knows no rules: a function here runs a statement and returns what it found. Whether "not found" is a
//! refusal, and what belongs in one transaction, is decided in `engine`.

#[macro_use]
mod columns;

pub mod account;
pub mod api_key;
pub mod artifact;
pub mod audit;
pub mod bulk;
pub mod campus;
pub mod clock;
pub mod code;
mod copy;
pub mod db;
pub mod delivery;
pub mod dialect;
pub mod fault;
pub mod generation;
pub mod idempotency;
pub mod identity;
pub mod installation;
pub mod ledger;
pub mod log;
pub mod method;
pub mod migrate;
pub mod model;
pub mod order;
mod postgres;
pub mod queue;
pub mod runtime_settings;
pub mod sandbox;
pub mod seal;
pub mod second_factor;
pub mod session;
mod sqlite;
pub mod step;
pub mod study;
pub mod table;
pub mod task;
pub mod template;
pub mod ticket;
pub mod tx;
pub mod upload;
pub mod verification;
pub mod wallet;
pub mod webhook;
pub mod worker_token;

pub use db::Db;
pub use fault::{Error, Fault};
pub use tx::Tx;
