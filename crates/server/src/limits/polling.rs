//! How many sessions poll from one network at a time. A WebSocket is a stream,
//! and the transport counts streams; a session that polls is none.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{Error, Result};

/// When to ask again: a session that is gone is noticed within this time.
const RETRY_MS: u64 = 30_000;

/// The sessions of each network.
#[derive(Debug)]
pub(super) struct Polling {
    most: u32,
    open: Mutex<HashMap<IpAddr, u32>>,
}

/// One session's place.
struct Place {
    polling: Arc<Polling>,
    network: IpAddr,
}

impl Polling {
    pub(super) fn new(most: u32) -> Self {
        Self { most, open: Mutex::default() }
    }

    /// A place for one more, which is free again once the pass is dropped.
    pub(super) fn enter(self: &Arc<Self>, network: IpAddr) -> Result<socketio::Pass> {
        let mut open = self.open();
        let count = open.entry(network).or_default();
        if *count >= self.most {
            return Err(Error::too_many("limit.polling", RETRY_MS));
        }
        *count += 1;
        Ok(Box::new(Place { polling: Arc::clone(self), network }))
    }

    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, u32>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.polling.open();
        if let Some(count) = open.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_session_ends() {
        let polling = Arc::new(Polling::new(2));
        let (here, there) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let first = polling.enter(here).unwrap();
        let _second = polling.enter(here).unwrap();
        assert_eq!(polling.enter(here).err().unwrap().code, "limit.polling");
        let third = polling.enter(there).unwrap();
        drop((first, third));
        polling.enter(here).unwrap();
        assert!(!polling.open().contains_key(&there), "what is over is forgotten");
    }
}
