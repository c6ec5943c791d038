//! Typing: who is writing just now.
//!
//! Nothing is stored. At most one notice per member and chat in
//! [`EVERY_MS`], however often a client says so; a client forgets a notice
//! after [`EXPIRES_MS`]. Only members of an open chat can send one.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::{AccountId, App, Caller, ChatId, Event, Result, chat};

/// The least time between two notices of one member in one chat.
pub const EVERY_MS: i64 = 3_000;

/// How long a notice holds when nothing follows.
pub const EXPIRES_MS: i64 = 6_000;

/// What this node's callers said lately.
#[derive(Debug, Default)]
pub struct Throttle {
    last: Mutex<HashMap<(AccountId, ChatId), Said>>,
}

#[derive(Clone, Copy, Debug)]
struct Said {
    on: bool,
    at: i64,
}

impl Throttle {
    /// Whether a notice may pass. A stop passes once after each start, so it
    /// doubles the rate at most.
    ///
    /// # Panics
    /// When a holder of the lock panicked before.
    pub fn passes(&self, account: AccountId, chat: ChatId, on: bool, now: i64) -> bool {
        let mut last = self.last.lock().expect("no holder of this lock panics");
        let said = last.get(&(account, chat)).copied();
        let passes = match said {
            Some(said) if on => {
                now.saturating_sub(said.at).unsigned_abs() >= EVERY_MS.unsigned_abs()
            }
            Some(said) => said.on,
            None => on,
        };
        if passes {
            let at = if on { now } else { said.map_or(now, |said| said.at) };
            last.insert((account, chat), Said { on, at });
        }
        passes
    }

    /// Forgets what no longer holds anything back.
    ///
    /// # Panics
    /// When a holder of the lock panicked before.
    pub fn sweep(&self, now: i64) {
        let mut last = self.last.lock().expect("no holder of this lock panics");
        last.retain(|_, said| now.saturating_sub(said.at) < EXPIRES_MS);
    }
}

/// Tells the other members that the caller is writing, or no longer is.
/// Answers whether they were told.
pub async fn say(
    app: &App,
    throttle: &Throttle,
    caller: &Caller,
    chat: ChatId,
    on: bool,
) -> Result<bool> {
    chat::member(app, caller, chat).await?.demand_open()?;
    let passes = throttle.passes(caller.account, chat, on, app.clock.now_ms());
    if passes {
        app.bus.publish(&Event::TypingChanged { chat, account: caller.account, on });
    }
    Ok(passes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Entropy};

    #[test]
    fn one_notice_in_three_seconds_and_one_stop() {
        let (clock, entropy) = (Clock::settable(0), Entropy::seeded(1));
        let (ann, chat) = (AccountId::new(&clock, &entropy), ChatId::new(&clock, &entropy));
        let throttle = Throttle::default();
        let says = |on, now| throttle.passes(ann, chat, on, now);
        assert!(!says(false, 0), "a stop without a start");
        assert!(says(true, 0));
        assert!(!says(true, 2_999));
        assert!(says(false, 2_999));
        assert!(!says(false, 2_999));
        assert!(!says(true, 2_999), "a stop does not open the window again");
        assert!(says(true, 3_000));
        throttle.sweep(9_000);
        assert!(says(true, 3_001));
    }
}
