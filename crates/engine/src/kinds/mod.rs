//! The kinds of tasks. Each implements [`crate::worker::Kind`]; which ones there are is decided where the engine is assembled.

pub mod anime;
pub mod any;
pub mod custom;
pub mod generation;
pub mod metered;
pub mod study;
