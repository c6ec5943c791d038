//! Room kept for a full disk, so that a few small writes still fit there.
//!
//! A file without content lies beside the store. When the disk is full it is
//! given back, and what is vital (see `Batch::vital`) is written into the room
//! that this makes; everything else is refused without being tried. The file is
//! made again once there is room for twice its size: then the room is more than
//! what was given back.

use std::fs::File;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::FallocateFlags;

use super::file::{LOG_PAGES, PAGE_BYTES, beside};

/// Enough to copy the log into the file at its usual length and to go on from
/// there for some hundreds of sign-ins.
const BYTES: u64 = LOG_PAGES as u64 * PAGE_BYTES + (4 << 20);

/// Between two looks whether there is room again.
const PAUSE: Duration = Duration::from_millis(250);

pub(super) struct Reserve {
    path: PathBuf,
    state: State,
}

enum State {
    Held,
    /// Given back; what is not vital waits.
    Spent {
        next_look: Instant,
    },
    /// The file cannot be had here. Nothing is held back for its sake.
    Missing,
}

impl Reserve {
    pub(super) fn beside(store: &Path) -> Self {
        let path = beside(store, ".reserve");
        let state = match make(&path, BYTES) {
            Ok(()) => State::Held,
            Err(error) => {
                tracing::warn!(%error, "There is no room to keep in reserve for a full disk.");
                State::Missing
            }
        };
        Self { path, state }
    }

    /// Gives the room back, since the disk is full; false when there is none
    /// to give.
    pub(super) fn spend(&mut self) -> bool {
        let was_held = matches!(self.state, State::Held);
        if !matches!(self.state, State::Spent { .. }) {
            tracing::error!("The disk is full; the store refuses writes until there is room.");
        }
        // Should it stay, it is simply made again over what is there.
        drop(std::fs::remove_file(&self.path));
        self.state = State::Spent { next_look: Instant::now() };
        was_held
    }

    /// Whether any write may be tried. Looks for room if it was short.
    pub(super) fn has_room(&mut self) -> bool {
        let State::Spent { next_look } = self.state else { return true };
        if Instant::now() < next_look {
            return false;
        }
        self.state = match make(&self.path, 2 * BYTES).and_then(|()| make(&self.path, BYTES)) {
            Ok(()) => State::Held,
            Err(error) if is_full(&error) => State::Spent { next_look: Instant::now() + PAUSE },
            Err(_) => State::Missing,
        };
        let has_room = !matches!(self.state, State::Spent { .. });
        if has_room {
            tracing::info!("There is room on the disk again; the store takes writes.");
        }
        has_room
    }
}

/// Makes the file take so much of the disk, or leaves none.
fn make(path: &Path, bytes: u64) -> Result<(), Error> {
    let take = || -> Result<(), Error> {
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, bytes)?;
        file.set_len(bytes)
    };
    take().inspect_err(|_| drop(std::fs::remove_file(path)))
}

fn is_full(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}
