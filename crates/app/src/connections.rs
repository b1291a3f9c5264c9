//! Who may hold how many connections, and how long a connection may take until its first request's head is whole.
//!
//! A connection that has not asked anything is worth nothing to anybody: it has a deadline, whatever bytes it sends, and gives way
//! where its address wants more connections than one address may have.

use std::{
    collections::{HashMap, VecDeque},
    future::Future,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use engine::limit::network;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// How long a client may take for its request's head, and how long an idle connection is kept.
pub(crate) const HEAD: Duration = Duration::from_secs(15);

/// The connections of all listeners.
pub(crate) struct Connections {
    places: Arc<Semaphore>,
    most_per_address: usize,
    /// Proxies and other addresses behind which many people stand: only the number over all counts for them.
    exempt: Vec<IpAddr>,
    addresses: Mutex<HashMap<IpAddr, Address>>,
    next: AtomicU64,
}

/// What one address holds.
#[derive(Default)]
struct Address {
    open: usize,
    /// Those that have not asked anything yet, the oldest first.
    silent: VecDeque<(u64, CancellationToken)>,
}

/// A place among the connections; given back when it is dropped.
pub(crate) struct Slot {
    id: u64,
    address: Option<IpAddr>,
    connections: Arc<Connections>,
    given_up: CancellationToken,
    asked: CancellationToken,
    _permit: OwnedSemaphorePermit,
}

impl Connections {
    /// At most `most` in all and `most_per_address` for an address that is not among `exempt`.
    pub(crate) fn new(most: usize, most_per_address: usize, exempt: Vec<IpAddr>) -> Arc<Self> {
        Arc::new(Self {
            places: Arc::new(Semaphore::new(most)),
            most_per_address,
            exempt,
            addresses: Mutex::default(),
            next: AtomicU64::new(0),
        })
    }

    /// Waits until there is room for another connection.
    pub(crate) async fn room(&self) -> OwnedSemaphorePermit {
        Arc::clone(&self.places).acquire_owned().await.expect("the places are never closed")
    }

    /// A place for a peer. Where its address has all that it may have, its oldest connection that never asked anything gives way;
    /// where there is none, there is no place.
    pub(crate) fn admit(self: &Arc<Self>, peer: IpAddr, permit: OwnedSemaphorePermit) -> Option<Slot> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let given_up = CancellationToken::new();
        let address = (!self.exempt.contains(&peer.to_canonical())).then(|| network(peer));
        if let Some(address) = address {
            let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
            let held = addresses.entry(address).or_default();
            if held.open >= self.most_per_address {
                let (_, oldest) = held.silent.pop_front()?;
                oldest.cancel();
            }
            held.open += 1;
            held.silent.push_back((id, given_up.clone()));
        }
        Some(Slot { id, address, connections: Arc::clone(self), given_up, asked: CancellationToken::new(), _permit: permit })
    }
}

impl Slot {
    /// What is cancelled when the first request's head is whole.
    pub(crate) fn asked(&self) -> CancellationToken {
        self.asked.clone()
    }

    /// Drives a connection until it ends; one that asks nothing within [`HEAD`], or gives way, is dropped.
    pub(crate) async fn hold<T>(self, connection: impl Future<Output = T>) -> Option<T> {
        let mut connection = std::pin::pin!(connection);
        tokio::select! {
            biased;
            ended = &mut connection => return Some(ended),
            () = self.asked.cancelled() => self.has_asked(),
            () = self.given_up.cancelled() => return None,
            () = tokio::time::sleep(HEAD) => return None,
        }
        Some(connection.await)
    }

    fn has_asked(&self) {
        self.with(|held, id| held.silent.retain(|(silent, _)| *silent != id));
    }

    fn with(&self, change: impl FnOnce(&mut Address, u64)) {
        let Some(address) = self.address else { return };
        let mut addresses = self.connections.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(held) = addresses.get_mut(&address) else { return };
        change(held, self.id);
        if held.open == 0 {
            addresses.remove(&address);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.with(|held, id| {
            held.open = held.open.saturating_sub(1);
            held.silent.retain(|(silent, _)| *silent != id);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 2));

    #[tokio::test]
    async fn the_oldest_silent_connection_of_an_address_gives_way_and_speaking_ones_do_not() {
        let connections = Connections::new(10, 2, vec![THERE]);
        let take = async |address| connections.admit(address, connections.room().await);
        let first = take(HERE).await.expect("the first of two");
        let second = take(HERE).await.expect("the second of two");
        second.asked().cancel();
        let second = tokio::spawn(second.hold(std::future::pending::<()>()));
        tokio::task::yield_now().await;
        let third = take(HERE).await.expect("the first one gives way");
        assert!(first.given_up.is_cancelled());
        drop(first);
        third.asked().cancel();
        let third = tokio::spawn(third.hold(std::future::pending::<()>()));
        tokio::task::yield_now().await;
        assert!(take(HERE).await.is_none(), "both ask");
        let mut proxied = Vec::new();
        for _ in 0..5 {
            proxied.push(take(THERE).await.expect("a proxy brings many"));
        }
        third.abort();
        let _ = third.await;
        assert!(take(HERE).await.is_some(), "a place was given back");
        second.abort();
        let _ = second.await;
        drop(proxied);
        assert!(connections.addresses.lock().unwrap().is_empty(), "nothing is remembered of who is gone");
        assert_eq!(connections.places.available_permits(), 10);
    }

    #[tokio::test]
    async fn whoever_gives_way_is_dropped_and_whoever_asks_is_kept() {
        let connections = Connections::new(1, 1, Vec::new());
        let place = connections.admit(HERE, connections.room().await).unwrap();
        place.given_up.cancel();
        assert!(place.hold(std::future::pending::<()>()).await.is_none());
        let place = connections.admit(HERE, connections.room().await).unwrap();
        place.asked().cancel();
        let given_up = place.given_up.clone();
        let held = tokio::spawn(place.hold(std::future::pending::<()>()));
        tokio::task::yield_now().await;
        given_up.cancel();
        tokio::task::yield_now().await;
        assert!(!held.is_finished(), "one that asks is nobody's to shut out");
        held.abort();
    }
}
