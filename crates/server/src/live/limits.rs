//! How much one socket may ask for.
//!
//! A bucket of tokens: a burst is fine, a flood is refused with an error the
//! client can read, and whoever goes on regardless loses the socket.

use std::time::Duration;

use tokio::time::Instant;

/// Events at once.
const BURST: f64 = 200.0;

/// Events a second, for as long as it takes.
const PER_SECOND: f64 = 50.0;

/// Refusals without a pause before the socket is closed.
const PATIENCE: u32 = 500;

/// What one socket may still ask for.
#[derive(Debug)]
pub(crate) struct Bucket {
    tokens: f64,
    at: Instant,
    refused: u32,
}

/// What becomes of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is served.
    Pass,
    /// It is refused; try again after this time.
    Refuse(Duration),
    /// The socket is closed.
    Close,
}

impl Bucket {
    /// A full bucket.
    pub(crate) fn new(now: Instant) -> Self {
        Self { tokens: BURST, at: now, refused: 0 }
    }

    /// Takes a token for an event.
    pub(crate) fn take(&mut self, now: Instant) -> Verdict {
        let earned = now.saturating_duration_since(self.at).as_secs_f64() * PER_SECOND;
        self.tokens = (self.tokens + earned).min(BURST);
        self.at = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            self.refused = if self.tokens >= BURST / 2.0 { 0 } else { self.refused };
            return Verdict::Pass;
        }
        self.refused += 1;
        if self.refused > PATIENCE {
            return Verdict::Close;
        }
        Verdict::Refuse(Duration::from_secs_f64((1.0 - self.tokens) / PER_SECOND))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_a_flood_is_refused_and_then_closed() {
        let start = Instant::now();
        let mut bucket = Bucket::new(start);
        for _ in 0..200 {
            assert_eq!(bucket.take(start), Verdict::Pass);
        }
        assert!(matches!(bucket.take(start), Verdict::Refuse(_)));
        let later = start + Duration::from_secs(1);
        for _ in 0..50 {
            assert_eq!(bucket.take(later), Verdict::Pass);
        }
        for _ in 0..PATIENCE - 1 {
            assert!(matches!(bucket.take(later), Verdict::Refuse(_)));
        }
        assert_eq!(bucket.take(later), Verdict::Close);
    }

    #[test]
    fn a_pause_forgives() {
        let start = Instant::now();
        let mut bucket = Bucket::new(start);
        for _ in 0..400 {
            bucket.take(start);
        }
        let rested = start + Duration::from_secs(10);
        assert_eq!(bucket.take(rested), Verdict::Pass);
        assert_eq!(bucket.refused, 0);
    }
}
