//! What happens while people are here. Nothing of it is the truth; all of it
//! can be lost and is found again by `sync`.

use std::sync::Arc;

use domain::receipt;
use tokio::sync::Semaphore;

/// How many clients may catch up at the same time; others come back.
const SYNCS: usize = 64;

/// The live state of this node.
pub struct Live {
    /// The store's epoch.
    pub epoch: String,
    /// Moves marks, not too often.
    pub receipts: Arc<receipt::Gather>,
    /// Turns for catching up.
    pub syncs: Semaphore,
}

impl Live {
    /// A node where nobody is yet.
    #[must_use]
    pub fn new(epoch: String) -> Self {
        Self { epoch, receipts: Arc::default(), syncs: Semaphore::new(SYNCS) }
    }
}
