//! Going away: each client is told when to come back, spread over the time
//! that is left, so that they do not all come at once.

use std::sync::Arc;
use std::time::Duration;

use socketio::Notice;

use super::push::{Drain, frame};
use crate::edge::Edge;

/// What each socket is told when the server goes away within `over`.
pub(crate) fn notice(edge: &Edge, over: Duration) -> Notice {
    let edge = edge.clone();
    Arc::new(move |_| {
        let random = u32::from_le_bytes(edge.app.entropy.bytes());
        Some(frame("server.drain", &Drain { after_ms: after_ms(random, over) }))
    })
}

/// A share of the time, evenly spread over all of it.
fn after_ms(random: u32, over: Duration) -> u64 {
    let ms = u64::try_from(over.as_millis()).unwrap_or(u64::MAX >> 32).min(u64::MAX >> 32);
    (u64::from(random) * ms) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_spread() {
        let over = Duration::from_secs(20);
        assert_eq!(after_ms(0, over), 0);
        assert_eq!(after_ms(u32::MAX / 2, over), 9_999);
        assert_eq!(after_ms(u32::MAX, over), 19_999);
    }
}
