//! What happens while people are here: who hears of what, who is online, what
//! one socket may ask for. Nothing here is the truth; all of it can be lost
//! and is found again by `sync`.

use std::sync::Arc;

use domain::{receipt, typing};
use tokio::sync::Semaphore;

mod drain;
mod hub;
mod limits;
mod order;
mod presence;
pub mod push;
mod rooms;

pub(crate) use drain::notice;
pub(crate) use hub::{Hub, end_login, follow};
pub(crate) use limits::{Bucket, Verdict};
pub(crate) use presence::{came, online, tick, went};

/// How many clients may catch up at the same time; others come back.
const SYNCS: usize = 64;

/// The live state of this node.
pub struct Live {
    /// The store's epoch.
    pub epoch: String,
    /// Moves marks, not too often.
    pub receipts: Arc<receipt::Gather>,
    /// Who said lately that they are typing.
    pub typing: typing::Throttle,
    /// Turns for catching up.
    pub syncs: Semaphore,
    pub(crate) hub: Hub,
}

impl Live {
    /// A node where nobody is yet.
    #[must_use]
    pub fn new(epoch: String) -> Self {
        Self {
            epoch,
            receipts: Arc::default(),
            typing: typing::Throttle::default(),
            syncs: Semaphore::new(SYNCS),
            hub: Hub::default(),
        }
    }

    /// How many people are online.
    #[must_use]
    pub fn online(&self) -> usize {
        self.hub.online()
    }

    /// How many sockets they have.
    #[must_use]
    pub fn sockets(&self) -> usize {
        self.hub.sockets()
    }

    /// The transport, once there is one.
    #[must_use]
    pub fn transport(&self) -> Option<&socketio::Server> {
        self.hub.server()
    }

    /// How many frames were rendered: per event one, or two where its causer
    /// sees more, however many hear it.
    #[must_use]
    pub fn rendered(&self) -> u64 {
        self.hub.rendered()
    }
}
