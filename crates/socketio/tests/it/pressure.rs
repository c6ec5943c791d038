//! Slow readers, bursts, more than one worker, and going away.

use std::io::{ErrorKind, Read};
use std::time::{Duration, Instant};

use socketio::{Frame, Room};

use crate::client::{Client, Heard};
use crate::host::{Host, config};

#[test]
fn a_burst_to_healthy_readers_loses_nothing_and_keeps_its_order() {
    let host = Host::with(socketio::Config { workers: 2, ..config() });
    let mut clients: Vec<Client> = (0..40).map(|_| Client::joined(host.address, "/t")).collect();
    for number in 0..512 {
        host.server.emit(Room(1), &Frame::event("/t", "n", &number).unwrap());
    }
    for client in &mut clients {
        for number in 0..512 {
            client.hears(&format!("42/t,[\"n\",{number}]"));
        }
    }
    let counted = host.server.counters();
    assert_eq!((counted.dropped, counted.deliveries), (0, 40 * 512));
    assert!(counted.writes < counted.frames_out / 2, "frames share writes: {counted:?}");
    assert_eq!(host.server.sockets_per_worker().iter().sum::<u64>(), 40);
}

/// Emits until the queue of a reader who does not read has overflowed.
fn stall(host: &Host) -> u32 {
    let body = "x".repeat(4_000);
    let mut sent = 0;
    while host.server.counters().lagged == 0 {
        let payload = serde_json::json!([sent, body]);
        let seen = host.server.counters().deliveries;
        host.server.emit(Room(1), &Frame::event("/t", "n", &payload).unwrap());
        sent += 1;
        assert!(sent < 100_000, "nothing ever fills up");
        while host.server.counters().deliveries == seen {
            std::thread::yield_now();
        }
    }
    sent
}

#[test]
fn a_lagged_reader_is_told_once_and_then_hears_again() {
    let host = Host::start();
    let mut slow = Client::joined(host.address, "/t");
    let sent = stall(&host);
    host.tells("lagged");
    for _ in 0..100 {
        host.server.emit(Room(1), &Frame::event("/t", "dropped", &1).unwrap());
    }
    host.until(|server| server.counters().deliveries == u64::from(sent) + 100);
    let mut last = 0;
    loop {
        match slow.hear() {
            Heard::Text(text) if text.starts_with("42/t,[\"missed\"") => break,
            Heard::Text(text) => {
                assert!(text.starts_with(&format!("42/t,[\"n\",[{last},")), "{}", &text[..30]);
                last += 1;
            }
            heard => panic!("{heard:?}"),
        }
    }
    assert!(last < sent, "something was dropped");
    slow.say("42/t,1[\"all\",\"back\"]");
    // The system's buffers may have let the queue drain before the last of the hundred.
    while slow.hears_start("42/t,") != "42/t,[\"all\",\"back\"]" {}
    slow.hears("43/t,1[true]");
    let counted = host.server.counters();
    assert_eq!((counted.lagged, counted.slow_closed), (1, 0));
    assert!(host.told.try_recv().is_err(), "told once");
}

#[test]
fn acknowledgements_find_a_place_in_a_full_queue() {
    let host = Host::start();
    let mut slow = Client::joined(host.address, "/t");
    slow.say("42/t,9[\"pipe\",9]");
    host.tells("start 9");
    stall(&host);
    host.gate.notify_one();
    loop {
        match slow.hear() {
            Heard::Text(text) if text.starts_with("43/t,9[[9,") => break,
            Heard::Text(_) => {}
            heard => panic!("{heard:?}"),
        }
    }
}

#[test]
fn a_reader_who_stays_away_is_cut_off_and_delays_nobody() {
    let mut config = config();
    config.limits.stall_timeout = Duration::from_millis(300);
    let host = Host::with(config);
    let slow = Client::joined(host.address, "/t");
    stall(&host);
    host.tells("lagged");
    let mut healthy = Client::joined(host.address, "/u");
    let mut worst = Duration::ZERO;
    while host.server.counters().slow_closed == 0 {
        let began = Instant::now();
        healthy.say("42/u,1[\"echo\"]");
        healthy.hears("43/u,1[]");
        worst = worst.max(began.elapsed());
        host.server.emit(Room(1), &Frame::event("/t", "n", &1).unwrap());
    }
    assert!(worst < Duration::from_secs(1), "{worst:?}");
    host.tells("gone SlowConsumer");
    drop((slow, healthy));
    host.is_empty_again();
}

#[test]
fn a_reader_who_never_catches_up_is_cut_off() {
    let mut config = config();
    config.limits.lag_timeout = Duration::from_millis(200);
    let host = Host::with(config);
    let mut slow = Client::joined(host.address, "/t");
    stall(&host);
    host.tells("lagged");
    // It reads, but too little for the queue to drain.
    let mut chunk = [0; 64 * 1024];
    while host.server.counters().slow_closed == 0 {
        slow.stream.read_exact(&mut chunk[..1]).unwrap();
        std::thread::sleep(Duration::from_millis(1));
    }
    // Nobody waits for it to take what is left: the kernel does not either.
    let end = loop {
        match slow.stream.read(&mut chunk) {
            Ok(1..) => {}
            end => break end,
        }
    };
    assert_eq!(end.map_err(|error| error.kind()), Err(ErrorKind::ConnectionReset));
    host.tells("gone SlowConsumer");
}

#[test]
fn an_emission_from_any_thread_keeps_its_order() {
    let host = Host::with(socketio::Config { workers: 2, ..config() });
    let mut clients: Vec<Client> = (0..4).map(|_| Client::joined(host.address, "/t")).collect();
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let server = host.server.clone();
            std::thread::spawn(move || {
                for number in 0..100 {
                    let payload = [thread, number];
                    server.emit(Room(1), &Frame::event("/t", "n", &payload).unwrap());
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    for client in &mut clients {
        let mut next = [0; 4];
        for _ in 0..400 {
            let text = client.hears_start("42/t,[\"n\",[");
            let mut numbers = text[11..].trim_end_matches(']').split(',');
            let thread: usize = numbers.next().unwrap().parse().unwrap();
            let number: usize = numbers.next().unwrap().parse().unwrap();
            assert_eq!(number, next[thread]);
            next[thread] += 1;
        }
    }
}

#[test]
fn a_drain_says_goodbye_and_lets_running_events_finish() {
    let host = Host::start();
    let mut busy = Client::joined(host.address, "/t");
    let mut idle: Vec<Client> = (0..10).map(|_| Client::joined(host.address, "/u")).collect();
    busy.say("42/t,1[\"pipe\",1]");
    host.tells("start 1");
    let notice = |socket: &socketio::Socket| Frame::event(socket.namespace(), "bye", &1).ok();
    host.server.drain(std::sync::Arc::new(notice), Duration::from_secs(1));
    busy.hears("42/t,[\"bye\",1]");
    for client in &mut idle {
        client.hears("42/u,[\"bye\",1]");
        let code = client.ends();
        assert!(matches!(code, Some(1012 | 1001)), "{code:?}");
    }
    host.gate.notify_one();
    busy.hears_start("43/t,1[[1,");
    assert!(matches!(busy.ends(), Some(1012 | 1001)));
    host.until(|server| server.is_stopped());
    assert!(std::net::TcpStream::connect(host.address).is_err(), "nobody listens");
}

#[test]
fn too_many_connections_are_turned_away() {
    let mut config = config();
    config.limits.connections = 3;
    let host = Host::with(config);
    let kept: Vec<Client> = (0..3).map(|_| Client::joined(host.address, "/t")).collect();
    let mut fourth = Client::tcp(host.address);
    fourth.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    let mut heard = Vec::new();
    let _reset = fourth.stream.read_to_end(&mut heard);
    assert!(heard.is_empty());
    assert_eq!(host.server.counters().turned_away, 1);
    drop(kept);
    host.is_empty_again();
    Client::joined(host.address, "/t");
}
