//! Raw frames that have broken other servers. Each may cost its own
//! connection and nothing else.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use socketio::Room;

use crate::client::{Client, Heard, http, http_with, masked};
use crate::host::{Host, config};

/// Runs an attack next to a bystander who must not notice.
#[track_caller]
fn costs_only_itself(host: &Host, attack: impl FnOnce() -> Option<u16>, codes: &[Option<u16>]) {
    let mut bystander = Client::joined(host.address, "/t");
    let code = attack();
    assert!(codes.contains(&code), "closed with {code:?}");
    bystander.say("42/t,1[\"echo\",1]");
    bystander.hears("43/t,1[1]");
    drop(bystander);
    host.is_empty_again();
    assert_eq!(host.server.counters().panics, 0);
}

#[test]
fn malformed_packets_close_their_connection() {
    let host = Host::start();
    let deep = format!("51-/t,[\"x\",{}{}]", "[".repeat(10_000), "]".repeat(10_000));
    for text in [
        "4",
        "4abc",
        "42/t,{}",
        "42/t,[]",
        "42/t,[1]",
        "42/t,[null]",
        "42/t,[{}]",
        "42/t,[[]]",
        "42/t,[\"connect\"]",
        "42/t,[\"disconnecting\"]",
        "42/t,[\"newListener\"]",
        "42/t,abc[\"x\"]",
        "42/t,[\"x\"",
        "42/none,[\"x\"]",
        "43/none,1[]",
        "43/t,[]",
        "44/t,{\"message\":\"x\"}",
        "40/t,",
        "40/t,[]",
        "40/u,{",
        "4511-/t,[\"x\"]",
        "4510000-/t,[\"x\"]",
        "451000000000-/t,[\"x\"]",
        "4510000000000000000000000000-/t,[\"x\"]",
        "45/t,[\"x\"]",
        "5",
        "2probe",
        "0{}",
        "7",
        "é",
        "",
        "41/t,1",
    ] {
        costs_only_itself(
            &host,
            || {
                let mut client = Client::joined(host.address, "/t");
                client.say(text);
                client.ends()
            },
            &[Some(1002)],
        );
    }
    costs_only_itself(
        &host,
        || {
            let mut client = Client::joined(host.address, "/t");
            client.say(&deep);
            client.say_binary(b"x");
            client.ends()
        },
        &[Some(1002)],
    );
}

#[test]
fn bad_placeholders_and_broken_attachment_runs_close_their_connection() {
    let host = Host::start();
    for value in ["\"0\"", "-1", "0.5", "1", "1e99", "null", "\"__proto__\""] {
        costs_only_itself(
            &host,
            || {
                let mut client = Client::joined(host.address, "/t");
                client.say(&format!("451-/t,[\"echo\",{{\"_placeholder\":true,\"num\":{value}}}]"));
                client.say_binary(b"x");
                client.ends()
            },
            &[Some(1002)],
        );
    }
    for second in ["42/t,[\"echo\"]", "40/u,", "43/t,1[]"] {
        costs_only_itself(
            &host,
            || {
                let mut client = Client::joined(host.address, "/t");
                client.say("451-/t,[\"echo\"]");
                client.say(second);
                client.ends()
            },
            &[Some(1002)],
        );
    }
    costs_only_itself(
        &host,
        || {
            let mut client = Client::joined(host.address, "/t");
            client.say_binary(b"attachment of nothing");
            client.ends()
        },
        &[Some(1002)],
    );
}

#[test]
fn odd_names_and_deep_json_are_just_data() {
    let host = Host::start();
    let mut client = Client::joined(host.address, "/t");
    for name in ["toString", "__proto__", "constructor", "error"] {
        client.say(&format!("42/t,[\"{name}\"]"));
        host.tells(&format!("event {name}"));
    }
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    client.say(&format!("42/t,1[\"echo\",{deep}]"));
    client.hears(&format!("43/t,1[{deep}]"));
    for number in 0..1_000 {
        client.say(&format!("43/t,{number}[]"));
    }
    client.say("42/t,2[\"echo\"]");
    client.hears("43/t,2[]");
}

#[test]
fn bad_websocket_frames_close_their_connection() {
    let mut config = config();
    config.limits.message_bytes = 10_000;
    let host = Host::with(config);
    let mut huge = vec![0x82, 0xff];
    huge.extend((1u64 << 40).to_be_bytes());
    huge.extend([0; 8]);
    let mut negative = vec![0x82, 0xff];
    negative.extend([0xff; 12]);
    let mut endless = masked(0x01, b"4");
    for _ in 0..2_000 {
        endless.extend(masked(0x00, b"x"));
    }
    let mut large = masked(0x01, &[b'4'; 9_000]);
    large.extend(masked(0x80, &[b'4'; 9_000]));
    for (bytes, code) in [
        (vec![0x81, 0x02, b'4', b'2'], 1002),
        (masked(0xf1, b"x"), 1002),
        (masked(0x83, b"x"), 1002),
        (masked(0x80, b"x"), 1002),
        (masked(0x81, &[0xff, 0xfe]), 1007),
        (huge, 1009),
        (negative, 1002),
        (endless, 1009),
        (large, 1009),
    ] {
        costs_only_itself(
            &host,
            || {
                let mut client = Client::joined(host.address, "/t");
                client.write(&bytes);
                client.ends()
            },
            // The peer that still writes when we close may see a reset instead.
            &[Some(code), None],
        );
    }
}

#[test]
fn truncated_heads_are_waited_for_and_then_forgotten() {
    let host = Host::start();
    for cut in 1..masked(0x81, &[b'x'; 70_000]).len().min(14) {
        let mut client = Client::joined(host.address, "/t");
        client.write(&masked(0x81, &[b'x'; 70_000])[..cut]);
        drop(client);
    }
    host.is_empty_again();
}

#[test]
fn a_flood_of_pongs_or_pings_is_answered_or_ignored() {
    let host = Host::start();
    let mut client = Client::joined(host.address, "/t");
    let mut flood = Vec::new();
    for _ in 0..100_000 {
        flood.extend(masked(0x81, b"3"));
        flood.extend(masked(0x8a, b""));
    }
    client.write(&flood);
    client.say("42/t,1[\"echo\"]");
    client.hears("43/t,1[]");
    let pings: Vec<u8> = (0..1_000).flat_map(|_| masked(0x89, b"x")).collect();
    client.write(&pings);
    for _ in 0..1_000 {
        assert_eq!(client.hear(), Heard::Pong(b"x".to_vec()));
    }
}

#[test]
fn a_payload_of_tiny_packets_is_refused() {
    let host = Host::start();
    for body in ["3\u{1e}".repeat(400_000), "\u{1e}".repeat(999_999), "b*".into()] {
        let url = "/socket.io/?EIO=4&transport=polling";
        let (_, open) = http(host.address, "GET", url, "");
        let sid = open.split('"').nth(3).unwrap().to_owned();
        let (status, _) = http(host.address, "POST", &format!("{url}&sid={sid}"), &body);
        assert_eq!(status, 400);
        assert_eq!(http(host.address, "GET", &format!("{url}&sid={sid}"), "").0, 400);
    }
    host.is_empty_again();
}

#[test]
fn oversized_posts_and_heads_are_refused() {
    let mut config = config();
    config.limits.message_bytes = 10_000;
    let host = Host::with(config);
    let url = "/socket.io/?EIO=4&transport=polling";
    let (_, open) = http(host.address, "GET", url, "");
    let sid = open.split('"').nth(3).unwrap().to_owned();
    let url = format!("{url}&sid={sid}");
    assert_eq!(http(host.address, "POST", &url, &"x".repeat(20_000)).0, 413);
    let headers = "X-Many: 1\r\n".repeat(1_000);
    let (status, _, _) = http_with(host.address, "GET", "/", &headers, "");
    assert_eq!(status, 431);
    let headers = format!("X-Long: {}\r\n", "y".repeat(100_000));
    let (status, _, _) = http_with(host.address, "GET", "/", &headers, "");
    assert!(status == 431 || status == 0, "{status}");
}

/// A31: a seat is not held by who asks for nothing.
#[test]
fn who_asks_for_nothing_is_not_waited_for() {
    let mut config = config();
    config.limits.header_timeout = Duration::from_millis(200);
    let host = Host::with(config);
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    for begun in ["", "P", "PRI * HTTP/2.0\r\n", preface, "GET / HTTP/1.1\r\nHost: x\r\n"] {
        let mut stream = TcpStream::connect(host.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(begun.as_bytes()).unwrap();
        let ended = match stream.read_to_end(&mut Vec::new()) {
            Ok(_) => true,
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        };
        assert!(ended, "{begun:?} is waited for");
    }
}

#[test]
fn odd_negotiation_headers_are_harmless() {
    let host = Host::start();
    let url = "/socket.io/?EIO=4&transport=websocket";
    let commas = ",".repeat(4_000);
    let nested = "a;b=\"".repeat(500);
    for header in [
        format!("Sec-WebSocket-Protocol: {commas}\r\n"),
        format!("Sec-WebSocket-Extensions: {commas}\r\n"),
        format!("Sec-WebSocket-Extensions: {nested}\r\n"),
        "Sec-WebSocket-Extensions: permessage-deflate; constructor\r\n".into(),
        "Sec-WebSocket-Protocol: __proto__, toString\r\n".into(),
    ] {
        let (mut client, head) = Client::upgrade(host.address, url, &header);
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        assert!(!head.to_ascii_lowercase().contains("sec-websocket-extensions"), "{head}");
        assert!(matches!(client.hear(), Heard::Text(_)));
    }
    let bad_key = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n\
        Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: short\r\n\r\n";
    let mut client = Client::tcp(host.address);
    client.write(bad_key.as_bytes());
    assert!(!client.is_silent(Duration::from_secs(5)));
}

#[test]
fn a_session_belongs_to_who_knows_its_id() {
    let host = Host::start();
    let victim = Client::joined(host.address, "/t");
    for guess in ["AAAAAAAAAAAAAAAAAAAA", "AAAA", "%00", "../../etc"] {
        let url = format!("/socket.io/?EIO=4&transport=websocket&sid={guess}");
        let (_, head) = Client::upgrade(host.address, &url, "");
        assert!(head.starts_with("HTTP/1.1 400"), "{guess}: {head}");
    }
    assert_eq!(host.members(Room(1)), 1);
    drop(victim);
}

#[test]
fn acks_that_never_come_are_bounded() {
    let mut config = config();
    config.limits.pending_acks = 8;
    let host = Host::with(config);
    let mut client = Client::joined(host.address, "/t");
    for _ in 0..100 {
        client.say("42/t,[\"ask\"]");
    }
    let mut told: Vec<String> = (0..100).map(|_| host.told.recv().unwrap()).collect();
    told.sort();
    told.dedup();
    assert_eq!(told, ["Err(Refused)", "Err(TimedOut)"]);
    let counted = host.server.counters();
    assert_eq!(counted.acks_refused + counted.acks_timed_out, 100);
}
