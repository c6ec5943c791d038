//! One reader who does not read: what it may cost, and what it may not.

use socketio::{Frame, Room};

use crate::client::Client;
use crate::host::Host;

/// Bytes of one emission; each is a frame of its own.
const BODY: usize = 4_000;
/// Two hundred times what may be queued for anybody.
const EMISSIONS: usize = 12_800;
/// Emissions under way to those who read.
const WINDOW: usize = 16;

fn resident_bytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<usize>().ok().map(|kib| kib * 1024)
}

/// Nothing here is measured in time: the readers hear every emission before
/// the next ones are made, which a queue that waits for the stalled one could
/// not give them on any machine.
#[test]
fn a_stalled_reader_costs_its_queue_and_nobody_elses_messages() {
    let host = Host::start();
    let limits = host.server.config().limits.clone();
    let stalled = Client::joined(host.address, "/t");
    let mut readers: Vec<Client> = (0..3).map(|_| Client::joined(host.address, "/t")).collect();
    let before = resident_bytes();
    let body = "x".repeat(BODY);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for first in (0..EMISSIONS).step_by(WINDOW) {
        for number in first..first + WINDOW {
            let frame = Frame::event("/t", "n", &serde_json::json!([number, body])).unwrap();
            host.server.emit(Room(1), &frame);
        }
        for reader in &mut readers {
            for number in first..first + WINDOW {
                reader.hears_start(&format!("42/t,[\"n\",[{number},"));
            }
        }
        let queued = runtime.block_on(host.server.queued());
        assert!(queued.most_bytes <= limits.queue_bytes + BODY, "{queued:?}");
        assert!(queued.frames <= limits.queue_frames + limits.reserved_frames, "{queued:?}");
    }
    let counted = host.server.counters();
    let all = (EMISSIONS * 4) as u64;
    assert_eq!((counted.deliveries, counted.lagged), (all, 1), "{counted:?}");
    assert!(counted.dropped > 0, "the stalled one was not stalled: {counted:?}");
    // What was written and what was dropped is everything but what is queued;
    // frames of the transport itself are not deliveries.
    let queued = runtime.block_on(host.server.queued());
    let taken = EMISSIONS as u64 - counted.dropped - queued.frames as u64;
    assert!(taken > 0, "nothing was written at all");
    // The kernel at the other end holds some of it, too.
    assert!(taken * BODY as u64 <= 1024 * 1024, "the kernel holds {taken} frames");
    if let (Some(before), Some(after)) = (before, resident_bytes()) {
        let grown = after.saturating_sub(before);
        assert!(grown < EMISSIONS * BODY / 2, "{grown} bytes more are held");
    }
    drop(stalled);
}
