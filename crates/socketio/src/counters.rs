//! What a server counts. One set per worker, written by that worker alone and
//! summed when read, so that counting costs no shared cache line.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

macro_rules! counters {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {
        #[derive(Default)]
        pub(crate) struct Counters { $(pub(crate) $name: Counter,)* }

        /// A sum over all workers at one moment.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Counted { $($(#[doc = $doc])* pub $name: u64,)* }

        impl Counters {
            pub(crate) fn add_to(&self, sum: &mut Counted) {
                $(sum.$name = sum.$name.wrapping_add(self.$name.0.load(Relaxed));)*
            }
        }

        impl Counted {
            /// Names, what they count, and values, for a metrics page.
            pub fn list(&self) -> Vec<(&'static str, &'static str, u64)> {
                vec![$((stringify!($name), concat!($($doc),*), self.$name)),*]
            }
        }
    };
}

/// Frames and bytes that wait to be written, and the fullest queue among them.
/// A frame that stands in many queues is counted in each, though it is held
/// in memory once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queued {
    pub frames: usize,
    pub bytes: usize,
    pub most_frames: usize,
    pub most_bytes: usize,
}

impl Queued {
    pub(crate) fn of(frames: usize, bytes: usize) -> Queued {
        Queued { frames, bytes, most_frames: frames, most_bytes: bytes }
    }

    pub(crate) fn and(self, other: Queued) -> Queued {
        Queued {
            frames: self.frames + other.frames,
            bytes: self.bytes + other.bytes,
            most_frames: self.most_frames.max(other.most_frames),
            most_bytes: self.most_bytes.max(other.most_bytes),
        }
    }
}

counters! {
    /// Engine.IO connections that are open now.
    connections,
    /// Sockets that are in a namespace now.
    sockets,
    /// Connections opened since the start.
    opened,
    /// Connections closed since the start.
    closed,
    /// Upgrades from long-polling to WebSocket.
    upgraded,
    /// Frames written to WebSockets or given to a poll.
    frames_out,
    /// Write calls that made progress.
    writes,
    /// Events received.
    events_in,
    /// Events or acknowledgements emitted to one socket each.
    deliveries,
    /// Frames dropped because their socket was lagged.
    dropped,
    /// Times a connection became lagged.
    lagged,
    /// Connections closed because they stayed lagged or stalled, or overran the reserve.
    slow_closed,
    /// Connections closed for breaking the protocol.
    violations,
    /// Connections closed because a heartbeat stayed unanswered.
    ping_timeouts,
    /// Connections closed because they joined no namespace in time.
    connect_timeouts,
    /// Times reading stopped because too many events waited.
    paused,
    /// Acknowledgements refused because the socket owed too many.
    acks_refused,
    /// Acknowledgements that did not come in time.
    acks_timed_out,
    /// Requests refused for their `Origin`.
    origin_refused,
    /// Requests refused for another reason.
    requests_refused,
    /// Connections ended because no request, or no TLS, came in time.
    heads_late,
    /// Requests whose head was broken or too large.
    heads_refused,
    /// Upgrades that were not completed in time, or not as they should.
    upgrades_failed,
    /// Closed connections that were cut because the peer did not end them too.
    cut,
    /// Connections turned away because a limit on connections was reached.
    turned_away,
    /// Failed `accept` calls.
    accept_errors,
    /// Application calls that panicked.
    panics,
}

/// A number with one writer. The load and the store are not one step, which is
/// right only because no second thread writes.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, n: u64) {
        self.0.store(self.0.load(Relaxed).wrapping_add(n), Relaxed);
    }

    pub(crate) fn bump(&self) {
        self.add(1);
    }

    pub(crate) fn drop_one(&self) {
        self.0.store(self.0.load(Relaxed).wrapping_sub(1), Relaxed);
    }
}
