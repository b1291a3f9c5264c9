//! The kinds of tasks. What one must be able to do is [`crate::worker::Kind`]; which there are is decided where the engine is put together.

pub mod anime;
pub mod generation;
pub mod metered;
pub mod study;
