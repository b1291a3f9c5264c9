//! The system's clock, based on a monotonic anchor so that a jump of the wall clock does not move leases.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use domain::time::Timestamp;
use ports::clock::Clock;

/// Reads the wall clock once and counts on from there by the monotonic clock.
#[derive(Debug)]
pub struct SystemClock {
    anchor: Instant,
    start: i64,
    offset: AtomicI64,
}

impl SystemClock {
    /// Anchors the clock now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system's clocks")]
    pub fn new() -> Self {
        let start = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX));
        Self { anchor: Instant::now(), start, offset: AtomicI64::new(0) }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = i64::try_from(self.anchor.elapsed().as_micros()).unwrap_or(i64::MAX);
        Timestamp(self.start.saturating_add(since).saturating_add(self.offset.load(Ordering::SeqCst)))
    }

    fn follow(&self, theirs: Timestamp) {
        self.offset.fetch_add(theirs.0 - self.now().0, Ordering::SeqCst);
    }
}
