//! The one timer of a worker: deadlines in buckets of a fixed width.
//!
//! A connection has at most one valid entry, the one whose bucket equals its
//! `armed` mark; entries left behind by an earlier deadline are skipped when
//! their bucket comes up.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::slab::Key;

pub(crate) struct Wheel {
    width_ms: u64,
    buckets: BTreeMap<u64, Vec<Key>>,
}

impl Wheel {
    pub(crate) fn new(width: Duration) -> Wheel {
        Wheel { width_ms: (width.as_millis() as u64).max(1), buckets: BTreeMap::new() }
    }

    /// The bucket in which a deadline is noticed: never before it has passed.
    pub(crate) fn bucket(&self, deadline_ms: u64) -> u64 {
        deadline_ms.div_ceil(self.width_ms)
    }

    pub(crate) fn insert(&mut self, bucket: u64, key: Key) {
        self.buckets.entry(bucket).or_default().push(key);
    }

    /// Takes the oldest bucket that is due at `now_ms`.
    pub(crate) fn due(&mut self, now_ms: u64) -> Option<(u64, Vec<Key>)> {
        let first = self.buckets.first_entry()?;
        if *first.key() > now_ms / self.width_ms {
            return None;
        }
        Some(first.remove_entry())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slab::Slab;

    #[test]
    fn a_deadline_is_never_noticed_early() {
        let mut keys = Slab::default();
        let key = keys.insert_with(|_| ());
        let mut wheel = Wheel::new(Duration::from_millis(20));
        wheel.insert(wheel.bucket(41), key);
        assert_eq!(wheel.due(59), None);
        assert_eq!(wheel.due(60), Some((3, vec![key])));
        assert_eq!(wheel.due(1_000), None);
    }
}
