//! The time, as a parameter. Order never comes from here, only expiry and
//! what people are shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Tells the time in Unix milliseconds.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that tests set.
    Settable(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `now_ms` until it is set.
    #[must_use]
    pub fn settable(now_ms: i64) -> Self {
        Self::Settable(Arc::new(AtomicI64::new(now_ms)))
    }

    /// Unix milliseconds.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        match self {
            Self::System => std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
            Self::Settable(now) => now.load(Ordering::SeqCst),
        }
    }

    /// Moves a settable clock by `ms`, which may be negative. The machine's
    /// clock stays as it is.
    pub fn advance_ms(&self, ms: i64) {
        if let Self::Settable(now) = self {
            now.fetch_add(ms, Ordering::SeqCst);
        }
    }
}
