//! Sockets that stop reading for good: what the server holds for them, and when
//! it is rid of them. The others are measured before that moment and after it,
//! by the same clock and with the same looks into /proc.

use crate::conn::Shared;
use crate::procstat;
use serde_json::{json, Value};
use std::time::{Duration, Instant};

/// How often the server is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// What was seen of the server around the moment when reading stopped.
#[derive(Default)]
pub struct Seen {
    own_kb_before: u64,
    own_kb_beside: u64,
    cut_after: Option<Duration>,
}

/// Lets the measured time pass, and stops the reading of the stalled within it.
pub fn measure(shared: &Shared, pids: &[u32], whole: Duration) -> Seen {
    let mut seen = Seen::default();
    let args = &shared.args;
    if args.stalled == 0 {
        std::thread::sleep(whole);
        return seen;
    }
    let before = Duration::from_secs_f64(args.stall_after).min(whole);
    let open = procstat::descriptors(pids);
    look(before, |_| {
        seen.own_kb_before = seen.own_kb_before.max(procstat::sample(pids).own_kb);
        procstat::descriptors(pids);
    });
    shared.stall();
    look(whole - before, |since| {
        seen.own_kb_beside = seen.own_kb_beside.max(procstat::sample(pids).own_kb);
        let is_rid = procstat::descriptors(pids) + args.stalled <= open;
        seen.cut_after = seen.cut_after.or(is_rid.then_some(since));
    });
    seen
}

fn look(time: Duration, mut at: impl FnMut(Duration)) {
    let began = Instant::now();
    while began.elapsed() < time {
        std::thread::sleep(LOOK.min(time.saturating_sub(began.elapsed())));
        at(began.elapsed());
    }
}

impl Seen {
    /// `latency` is that of the others after the moment.
    pub fn json(&self, stalled: usize, latency: Value) -> Value {
        if stalled == 0 {
            return Value::Null;
        }
        let grown = self.own_kb_beside.saturating_sub(self.own_kb_before) * 1024;
        json!({
            "sockets": stalled, "delivery_latency": latency, "own_bytes_each": grown / stalled as u64,
            "cut_after_s": self.cut_after.map(|after| (after.as_secs_f64() * 10.0).round() / 10.0),
        })
    }
}
