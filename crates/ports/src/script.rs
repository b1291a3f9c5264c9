//! Script models: a brief becomes a script.

use crate::{
    fault::Fault,
    film::{Brief, Script},
};

/// Writes scripts.
#[async_trait::async_trait]
pub trait ScriptModel: Send + Sync {
    /// What it is called in results, and part of the key under which its work is kept.
    fn engine(&self) -> String;
    /// What one script costs, in micro-yuan.
    fn price(&self, brief: &Brief) -> i64;
    /// Writes a script for `brief`.
    ///
    /// # Errors
    /// [`Fault`] where it cannot; the caller falls back to the rules.
    async fn write(&self, brief: &Brief) -> Result<Script, Fault>;
}
