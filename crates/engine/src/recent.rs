//! What was read a moment ago, so that a request need not read it again.

use std::{
    hash::Hash,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use crate::Error;

/// How long a process that is not notified of changes may use what it read.
const REMEMBERED: Duration = Duration::from_secs(1);

/// Values that were read within the last second and have not changed since, as far as this process was told.
pub(crate) struct Recent<K, V> {
    values: moka::sync::Cache<K, V>,
    /// Incremented by each change, so that a read that began before the change is not kept after it.
    changes: AtomicU64,
}

impl<K: Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Default for Recent<K, V> {
    fn default() -> Self {
        Self { values: moka::sync::Cache::builder().max_capacity(100_000).time_to_live(REMEMBERED).build(), changes: AtomicU64::new(0) }
    }
}

impl<K: Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Recent<K, V> {
    /// Forgets everything, because something has changed.
    pub(crate) fn forget(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.values.invalidate_all();
    }

    /// The value of `key`, read if it is not known.
    pub(crate) async fn get(&self, key: K, read: impl AsyncFnOnce() -> Result<V, Error>) -> Result<V, Error> {
        if let Some(value) = self.values.get(&key) {
            return Ok(value);
        }
        let changes = self.changes.load(Ordering::SeqCst);
        let value = read().await?;
        if self.changes.load(Ordering::SeqCst) == changes {
            self.values.insert(key, value.clone());
        }
        Ok(value)
    }
}
