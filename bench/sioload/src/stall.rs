//! Sockets that stop reading for good: what the server holds for them, and when
//! it is rid of them. The others are measured before that moment and after it,
//! by the same clock and with the same looks into /proc.

use crate::args::Args;
use crate::conn::Shared;
use crate::{procstat, Hist};
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
    /// `latency` is that of the others after the moment, `seconds` that of all the time.
    pub fn json(&self, args: &Args, latency: Value, seconds: &[Hist]) -> Value {
        if args.stalled == 0 {
            return Value::Null;
        }
        let grown = self.own_kb_beside.saturating_sub(self.own_kb_before) * 1024;
        let (before, beside) = seconds.split_at((args.stall_after as usize).min(seconds.len()));
        json!({
            "sockets": args.stalled, "delivery_latency": latency,
            "usual_p99_us": { "before": usual_p99(before), "beside": usual_p99(beside) },
            "own_bytes_each": grown / args.stalled as u64,
            "cut_after_s": self.cut_after.map(|after| (after.as_secs_f64() * 10.0).round() / 10.0),
        })
    }
}

/// The p99 of a usual second: the median of theirs. What else runs on the machine
/// spoils some seconds altogether, and the p99 of them all would be that of those.
fn usual_p99(seconds: &[Hist]) -> Option<u64> {
    let mut each: Vec<u64> = seconds.iter().filter(|one| !one.is_empty()).map(|one| one.value_at_quantile(0.99)).collect();
    each.sort_unstable();
    each.get(each.len() / 2).copied()
}
