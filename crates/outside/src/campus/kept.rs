//! What connectors cache about sites for a while, and how calls to one site wait for each other.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::time::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Values that are cached for a while, up to a number of them; the oldest one makes room.
pub(super) struct Kept<K, V> {
    values: Mutex<HashMap<K, (Timestamp, V)>>,
    span: Duration,
    most: usize,
}

impl<K: Eq + Hash + Clone, V: Clone> Kept<K, V> {
    pub(super) fn new(span: Duration, most: usize) -> Self {
        Self { values: Mutex::default(), span, most }
    }

    pub(super) fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, value) = values.get(key)?;
        // A value with a time in the future was stored before the clock was set back.
        (*since <= now && now.since(*since) < self.span).then(|| value.clone())
    }

    pub(super) fn put(&self, key: K, value: V, now: Timestamp) {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        if values.len() >= self.most && !values.contains_key(&key) {
            values.retain(|_, (since, _)| *since <= now && now.since(*since) < self.span);
            if values.len() >= self.most
                && let Some(oldest) = values.iter().min_by_key(|(_, (since, _))| *since).map(|(key, _)| key.clone())
            {
                values.remove(&oldest);
            }
        }
        values.insert(key, (now, value));
    }
}

/// Bounds the concurrent calls to each site; the others wait in the order in which they came.
pub(super) struct Queues {
    at_once: usize,
    sites: Mutex<HashMap<String, Arc<Queue>>>,
}

struct Queue {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// A call's turn at a site; when it is dropped, the next call gets its turn.
pub(super) struct Turn {
    _place: Option<OwnedSemaphorePermit>,
    /// Keeps the site's queue alive while somebody is in it.
    _queue: Arc<Queue>,
}

impl Queues {
    pub(super) fn new(at_once: usize) -> Self {
        Self { at_once: at_once.max(1), sites: Mutex::default() }
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self, site: &str) -> Turn {
        let queue = {
            let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
            sites.retain(|_, queue| Arc::strong_count(queue) > 1);
            let new = || Arc::new(Queue { places: Arc::new(Semaphore::new(self.at_once)), waiting: AtomicUsize::new(0) });
            Arc::clone(sites.entry(site.to_owned()).or_insert_with(new))
        };
        let counted = Waiting::one_more(&queue.waiting);
        // The semaphore is never closed.
        let place = Arc::clone(&queue.places).acquire_owned().await.ok();
        drop(counted);
        Turn { _place: place, _queue: queue }
    }

    /// How many calls are waiting for their turn at a site.
    pub(super) fn waiting(&self, site: &str) -> usize {
        let sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        sites.get(site).map_or(0, |queue| queue.waiting.load(Ordering::Relaxed))
    }
}

/// Counts a waiting call until it is dropped, so that calls that give up waiting are no longer counted.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn one_more(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
