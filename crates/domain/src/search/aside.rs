//! Chats that could not be indexed: they keep nobody waiting, and are tried again
//! after a pause that grows. Owns no table.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::{ChatId, Error};

const PAUSE_MIN: Duration = Duration::from_mins(1);
const PAUSE_MAX: Duration = Duration::from_hours(1);

#[derive(Debug, Default)]
pub(super) struct Aside(Mutex<HashMap<ChatId, Resting>>);

#[derive(Clone, Copy, Debug)]
struct Resting {
    failures: u32,
    /// In Unix milliseconds.
    until: i64,
}

impl Aside {
    pub(super) fn put(&self, chat: ChatId, now: i64, error: &Error) {
        let mut chats = self.chats();
        let failures = chats.get(&chat).map_or(0, |resting| resting.failures) + 1;
        let pause = pause(failures);
        let until = now.saturating_add_unsigned(millis(pause));
        chats.insert(chat, Resting { failures, until });
        let (source, pause_secs) = (error.source.as_deref(), pause.as_secs());
        tracing::warn!(chat.id = %chat, %error, source, pause_secs, "A chat cannot be indexed.");
    }

    pub(super) fn take_back(&self, chat: ChatId) {
        self.chats().remove(&chat);
    }

    pub(super) fn is_resting(&self, chat: ChatId, now: i64) -> bool {
        self.chats().get(&chat).is_some_and(|resting| !resting.is_due(now))
    }

    /// Those that are to be tried again.
    pub(super) fn due(&self, now: i64) -> Vec<ChatId> {
        let chats = self.chats();
        let due = chats.iter().filter(|(_, resting)| resting.is_due(now));
        due.map(|(chat, _)| *chat).collect()
    }

    /// How long until the next of them is.
    pub(super) fn next_in(&self, now: i64) -> Option<Duration> {
        let next = self.chats().values().map(|resting| resting.until).min()?;
        Some(Duration::from_millis(u64::try_from(next - now).unwrap_or_default()))
    }

    pub(super) fn len(&self) -> usize {
        self.chats().len()
    }

    fn chats(&self) -> MutexGuard<'_, HashMap<ChatId, Resting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Resting {
    /// No pause is so long, whatever became of the clock.
    fn is_due(&self, now: i64) -> bool {
        self.until <= now || self.until > now.saturating_add_unsigned(millis(PAUSE_MAX))
    }
}

fn pause(failures: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
    PAUSE_MIN.saturating_mul(doubled).min(PAUSE_MAX)
}

fn millis(pause: Duration) -> u64 {
    u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_grows_to_its_bound() {
        let minutes = |failures| pause(failures).as_secs() / 60;
        assert_eq!([1, 2, 3, 6, 7, 100].map(minutes), [1, 2, 4, 32, 60, 60]);
    }
}
