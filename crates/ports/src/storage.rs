//! Storage: files by key. Keys are slash-separated, made by us, and never contain what a caller typed.

use std::{ops::Range, path::Path};

use bytes::Bytes;
use futures_core::stream::BoxStream;

use crate::fault::Fault;

/// Keeps files.
#[async_trait::async_trait]
pub trait Storage: Send + Sync {
    /// Stores the file `from` under `key`, whole or not at all.
    ///
    /// # Errors
    /// [`Fault`] where the disk or the server would not take it.
    async fn put(&self, key: &str, from: &Path) -> Result<(), Fault>;
    /// Copies what is under `key` to the file `to`. `false` where there is nothing.
    ///
    /// # Errors
    /// [`Fault`] where it cannot be read.
    async fn fetch(&self, key: &str, to: &Path) -> Result<bool, Fault>;
    /// Its size in bytes, if there is one.
    ///
    /// # Errors
    /// [`Fault`] where the server cannot be asked.
    async fn size(&self, key: &str) -> Result<Option<u64>, Fault>;
    /// The bytes of `range`, in pieces.
    ///
    /// # Errors
    /// [`Fault`] where it cannot be read.
    async fn read(&self, key: &str, range: Range<u64>) -> Result<BoxStream<'static, Result<Bytes, Fault>>, Fault>;
    /// Removes it; nothing to do where there is none.
    ///
    /// # Errors
    /// [`Fault`] where it cannot be removed.
    async fn remove(&self, key: &str) -> Result<(), Fault>;
}
