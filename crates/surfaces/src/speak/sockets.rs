//! How many sockets each account and each address has open.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex},
};

/// Counts of open sockets.
#[derive(Debug, Default)]
pub struct Open(Mutex<(HashMap<i64, u32>, HashMap<IpAddr, u32>)>);

/// One open socket; dropping it gives its place back.
#[derive(Debug)]
pub struct Place {
    open: Arc<Open>,
    account: i64,
    address: Option<IpAddr>,
}

impl Open {
    /// A place for one more socket of an account, and of an address where that is counted.
    #[must_use]
    pub fn take(self: &Arc<Self>, account: i64, address: Option<IpAddr>) -> Option<Place> {
        const PER_ACCOUNT: u32 = 20;
        const PER_ADDRESS: u32 = 100;
        let mut counts = self.0.lock().expect("no holder of this lock panics");
        let mine = counts.0.get(&account).copied().unwrap_or(0);
        let theirs = address.and_then(|address| counts.1.get(&address).copied()).unwrap_or(0);
        if mine >= PER_ACCOUNT || theirs >= PER_ADDRESS {
            return None;
        }
        *counts.0.entry(account).or_default() += 1;
        if let Some(address) = address {
            *counts.1.entry(address).or_default() += 1;
        }
        Some(Place { open: Arc::clone(self), account, address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        fn less<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, u32>, key: K) {
            if let std::collections::hash_map::Entry::Occupied(mut entry) = counts.entry(key) {
                *entry.get_mut() -= 1;
                if *entry.get() == 0 {
                    entry.remove();
                }
            }
        }
        let mut counts = self.open.0.lock().expect("no holder of this lock panics");
        less(&mut counts.0, self.account);
        if let Some(address) = self.address {
            less(&mut counts.1, address);
        }
    }
}
