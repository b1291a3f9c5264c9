//! Webhooks: what happens to an account is told to its own servers, to the letter of Standard Webhooks 1.0 (docs/api.md, Webhooks).
//!
//! Invariant: an event is written in the transaction that makes it happen, and told under one id however often it is tried.
//! Invariant: an account without endpoints costs no statement more than before.

mod body;
mod deliver;
mod delivery;
mod endpoint;
mod letter;
pub(crate) mod publish;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tokio::sync::Notify;

pub(crate) use self::endpoint::{LONGEST_OVERLAP, forget};
pub use self::{
    deliver::{due, serve},
    delivery::{Told, list as deliveries, read, resend, resend_since, test, tidy},
    endpoint::{Change, Made, NewWebhook, create, delete, get, list, roll, update},
};

/// The longest wait before a delivery is tried again: the last of the schedule, with all its jitter.
pub(crate) const LONGEST_REST: Duration = Duration::from_secs(24 * 3600 / 5 * 6);

/// Wakes what sends deliveries.
#[derive(Debug, Default)]
pub(crate) struct Waking {
    woken: Notify,
    /// Whether there was any endpoint when somebody last looked: where there is none, nobody is woken for nothing.
    any: AtomicBool,
}

impl Waking {
    /// Says that something may be due. It is a hint: whoever misses it looks a moment later.
    pub(crate) fn wake(&self) {
        if self.any.load(Ordering::Relaxed) {
            self.woken.notify_one();
        }
    }
}
