//! Long-polling and the upgrade, seen by a client of raw HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use hyper::StatusCode;
use socketio::{Admit, NotAdmitted, Origins, Pass, Room};

use crate::client::{Client, Heard, http, http_with};
use crate::host::{Host, config};

fn url(sid: &str) -> String {
    format!("/socket.io/?EIO=4&transport=polling&sid={sid}")
}

fn open(address: SocketAddr) -> String {
    let (status, body) = http(address, "GET", "/socket.io/?EIO=4&transport=polling", "");
    assert_eq!(status, 200, "{body}");
    let open: serde_json::Value = serde_json::from_str(&body[1..]).unwrap();
    assert_eq!(open["upgrades"][0], "websocket");
    open["sid"].as_str().unwrap().to_owned()
}

fn poll(address: SocketAddr, sid: &str) -> (u16, String) {
    http(address, "GET", &url(sid), "")
}

fn post(address: SocketAddr, sid: &str, body: &str) -> (u16, String) {
    http(address, "POST", &url(sid), body)
}

fn joined(address: SocketAddr) -> String {
    let sid = open(address);
    assert_eq!(post(address, &sid, "40/t,"), (200, "ok".into()));
    let (_, body) = poll(address, &sid);
    assert!(body.starts_with("40/t,{\"sid\":"), "{body}");
    sid
}

#[test]
fn a_session_speaks_in_payloads() {
    let host = Host::start();
    let sid = joined(host.address);
    let placeholder = "{\"_placeholder\":true,\"num\":0}";
    let body =
        format!("42/t,1[\"echo\",\"é\"]\u{1e}451-/t,[\"echo\",{placeholder}]\u{1e}bAQIDBA==");
    assert_eq!(post(host.address, &sid, &body), (200, "ok".into()));
    let expected = format!("43/t,1[\"é\"]\u{1e}451-/t,[\"echo\",{placeholder}]\u{1e}bAQIDBA==");
    assert_eq!(poll(host.address, &sid), (200, expected));
    let waiting = {
        let (address, sid) = (host.address, sid.clone());
        thread::spawn(move || poll(address, &sid))
    };
    let frame = socketio::Frame::event("/t", "late", &1).unwrap();
    host.server.emit(Room(1), &frame);
    assert_eq!(waiting.join().unwrap(), (200, "42/t,[\"late\",1]".into()));
    assert_eq!(post(host.address, &sid, "1"), (200, "ok".into()));
    host.tells("gone ClientClosed");
    assert_eq!(poll(host.address, &sid).0, 400);
    host.is_empty_again();
}

#[test]
fn workers_pass_requests_to_the_one_that_owns_the_session() {
    let host = Host::with(socketio::Config { workers: 3, ..config() });
    let sids: Vec<String> = (0..12).map(|_| joined(host.address)).collect();
    for (number, sid) in sids.iter().enumerate() {
        let body = format!("42/t,{number}[\"echo\",{number}]");
        assert_eq!(post(host.address, sid, &body), (200, "ok".into()));
        assert_eq!(poll(host.address, sid), (200, format!("43/t,{number}[{number}]")));
    }
    assert_eq!(host.members(Room(1)), 12);
    let mut upgraded: Vec<Client> = sids.iter().map(|sid| upgrade(host.address, sid)).collect();
    upgraded[0].say("42/t,5[\"all\",1]");
    upgraded[0].hears_both("42/t,[\"all\",1]", "43/t,5[true]");
    for client in &mut upgraded[1..] {
        client.hears("42/t,[\"all\",1]");
    }
}

fn probe(address: SocketAddr, sid: &str) -> Client {
    let url = format!("/socket.io/?EIO=4&transport=websocket&sid={sid}");
    let mut client = Client::websocket(address, &url);
    client.say("2probe");
    client.hears("3probe");
    client
}

fn upgrade(address: SocketAddr, sid: &str) -> Client {
    let mut client = probe(address, sid);
    client.say("5");
    client
}

#[test]
fn an_upgrade_keeps_the_session_and_its_queue() {
    let host = Host::start();
    let sid = joined(host.address);
    let waiting = {
        let (address, sid) = (host.address, sid.clone());
        thread::spawn(move || poll(address, &sid))
    };
    let mut client = probe(host.address, &sid);
    let frame = |name| socketio::Frame::event("/t", name, &1).unwrap();
    assert_eq!(waiting.join().unwrap(), (200, "6".into()), "the poll ends at the probe");
    assert_eq!(poll(host.address, &sid), (200, "6".into()), "and so do later ones");
    host.server.emit(Room(1), &frame("before"));
    client.write(
        &[crate::client::masked(0x81, b"5"), crate::client::masked(0x81, b"42/t,1[\"echo\"]")]
            .concat(),
    );
    client.hears_both("42/t,[\"before\",1]", "43/t,1[]");
    assert_eq!(poll(host.address, &sid).0, 400);
    assert_eq!(post(host.address, &sid, "42/t,[\"echo\"]").0, 400);
    let second = format!("/socket.io/?EIO=4&transport=websocket&sid={sid}");
    assert_eq!(Client::websocket(host.address, &second).ends(), Some(1008));
    client.say("42/t,2[\"echo\"]");
    client.hears("43/t,2[]");
    assert_eq!(host.server.counters().upgraded, 1);
}

#[test]
fn a_failed_upgrade_leaves_the_session_where_it_was() {
    let host = Host::start();
    let sid = joined(host.address);
    drop(probe(host.address, &sid));
    let began = Instant::now();
    // The dropped probe is noticed a moment later; until then polls end at once.
    loop {
        assert_eq!(post(host.address, &sid, "42/t,7[\"echo\"]").0, 200);
        let (status, body) = poll(host.address, &sid);
        assert_eq!((status, body.as_str()), (200, "43/t,7[]"));
        if began.elapsed() > Duration::from_millis(20) {
            break;
        }
    }
    let mut wrong = Client::websocket(
        host.address,
        &format!("/socket.io/?EIO=4&transport=websocket&sid={sid}"),
    );
    wrong.say("42/t,[\"echo\"]");
    assert_eq!(wrong.ends(), Some(1008));
    assert_eq!(post(host.address, &sid, "42/t,8[\"echo\"]").0, 200);
    assert_eq!(poll(host.address, &sid), (200, "43/t,8[]".into()));
    upgrade(host.address, &sid).say("1");
    host.tells("gone ClientClosed");
}

#[test]
fn two_polls_at_once_end_the_session() {
    let host = Host::start();
    let sid = open(host.address);
    let mut first = Client::tcp(host.address);
    first.write(format!("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", url(&sid)).as_bytes());
    // The first one waits on this or the next try of the second.
    host.until(|_| poll_count(&host) > 0);
    fn poll_count(host: &Host) -> u64 {
        host.server.counters().connections
    }
    let status = loop {
        let (status, body) = poll(host.address, &sid);
        if status != 200 || body != "6" {
            break status;
        }
    };
    assert_eq!(status, 400);
    host.is_empty_again();
}

#[test]
fn a_poll_that_is_given_up_ends_the_session() {
    let host = Host::start();
    let sid = joined(host.address);
    let mut client = Client::tcp(host.address);
    client.write(format!("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", url(&sid)).as_bytes());
    assert!(client.is_silent(Duration::from_millis(50)));
    drop(client);
    host.tells("gone TransportClosed");
    host.is_empty_again();
    assert_eq!(poll(host.address, &sid).0, 400);
}

#[test]
fn heartbeats_reach_polls_and_silence_ends_sessions() {
    let mut config = config();
    config.ping_interval = Duration::from_millis(100);
    config.ping_timeout = Duration::from_millis(100);
    let host = Host::with(config);
    let sid = joined(host.address);
    for _ in 0..3 {
        assert_eq!(poll(host.address, &sid), (200, "2".into()));
        assert_eq!(post(host.address, &sid, "3").0, 200);
    }
    host.tells("gone PingTimeout");
    assert_eq!(poll(host.address, &sid).0, 400);
}

#[test]
fn bad_requests_get_the_known_answers() {
    let host = Host::start();
    let sid = open(host.address);
    for (method, query, code) in [
        ("GET", "transport=polling", 5),
        ("GET", "EIO=3&transport=polling", 5),
        ("GET", "EIO=abc&transport=polling", 5),
        ("GET", "EIO=4", 0),
        ("GET", "EIO=4&transport=constructor", 0),
        ("POST", "EIO=4&transport=polling", 2),
        ("PUT", "EIO=4&transport=polling", 2),
        ("PUT", &format!("EIO=4&transport=polling&sid={sid}"), 3),
        ("GET", "EIO=4&transport=websocket", 3),
        ("GET", "EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA", 1),
        ("GET", "EIO=4&transport=polling&sid=_wAAAAAAAAAAAAAAAAAA", 1),
        ("GET", "EIO=4&transport=polling&sid=__proto__", 1),
        ("POST", "EIO=4&transport=polling&sid=", 1),
    ] {
        let (status, body) = http(host.address, method, &format!("/socket.io/?{query}"), "");
        assert_eq!(status, 400, "{query}");
        assert!(body.starts_with(&format!("{{\"code\":{code},")), "{query}: {body}");
    }
    let (_, head) = Client::upgrade(
        host.address,
        "/socket.io/?EIO=4&transport=websocket&sid=AAAAAAAAAAAAAAAAAAAA",
        "",
    );
    assert!(head.starts_with("HTTP/1.1 400"), "{head}");
}

#[test]
fn foreign_origins_are_refused_on_both_transports() {
    let host = Host::start();
    let polling = "/socket.io/?EIO=4&transport=polling";
    for origin in [
        "https://evil.example",
        "null",
        "https://chat.example.evil.example",
        "https://evilchat.example",
        "http://chat.example",
        "https://chat.example:444",
    ] {
        let header = format!("Origin: {origin}\r\n");
        let (status, head, _) = http_with(host.address, "GET", polling, &header, "");
        assert_eq!(status, 403, "{origin}");
        assert!(!head.contains("access-control-allow-origin: https://evil"), "{head}");
        let url = "/socket.io/?EIO=4&transport=websocket";
        let (_, head) = Client::upgrade(host.address, url, &header);
        assert!(head.starts_with("HTTP/1.1 403"), "{origin}: {head}");
    }
    let header = "Origin: https://chat.example\r\nAccess-Control-Request-Headers: x-a\r\n";
    let (status, head, _) = http_with(host.address, "GET", polling, header, "");
    assert_eq!(status, 200);
    assert!(head.contains("access-control-allow-origin: https://chat.example\r\n"), "{head}");
    assert!(head.contains("access-control-allow-credentials: true"), "{head}");
    let (status, head, _) = http_with(host.address, "OPTIONS", polling, header, "");
    assert_eq!(status, 204);
    assert!(head.contains("access-control-allow-headers: x-a"), "{head}");
    assert_eq!(host.server.counters().origin_refused, 12);
}

#[test]
fn any_origin_means_no_credentials() {
    let host = Host::with(socketio::Config { origins: Origins::Any, ..config() });
    let (status, head, _) = http_with(
        host.address,
        "GET",
        "/socket.io/?EIO=4&transport=polling",
        "Origin: https://any.example\r\n",
        "",
    );
    assert_eq!(status, 200);
    assert!(head.contains("access-control-allow-origin: *"), "{head}");
    assert!(!head.contains("credentials"), "{head}");
}

#[test]
fn a_waiting_event_holds_back_the_post_that_overfills_the_backlog() {
    let mut config = config();
    config.limits.backlog_events = 2;
    let host = Host::with(config);
    let sid = joined(host.address);
    let body: Vec<String> = (0..4).map(|n| format!("42/t,{n}[\"wait\",{n}]")).collect();
    let posting = {
        let (address, sid) = (host.address, sid.clone());
        thread::spawn(move || post(address, &sid, &body.join("\u{1e}")))
    };
    for number in 0..4 {
        host.tells(&format!("start {number}"));
        assert!(number > 0 || !posting.is_finished());
        host.gate.notify_one();
    }
    assert_eq!(posting.join().unwrap(), (200, "ok".into()));
    let mut heard = String::new();
    while heard.matches("43/t,").count() < 4 {
        heard.push_str(&poll(host.address, &sid).1);
    }
}

#[test]
fn the_end_of_the_websocket_is_the_end_of_the_session() {
    let host = Host::start();
    let sid = joined(host.address);
    let mut client = upgrade(host.address, &sid);
    client.say("42/t,1[\"echo\"]");
    assert_eq!(client.hear(), Heard::Text("43/t,1[]".into()));
    drop(client);
    host.tells("gone TransportClosed");
    host.is_empty_again();
}

#[test]
fn whoever_is_not_admitted_gets_the_status_that_the_application_chose() {
    let is_busy = Arc::new(AtomicBool::new(true));
    let busy = is_busy.clone();
    let admit: Admit = Arc::new(move |_| {
        let answer = match busy.load(Ordering::SeqCst) {
            true => Err(NotAdmitted {
                status: StatusCode::SERVICE_UNAVAILABLE,
                message: "full",
                retry_after_secs: Some(7),
            }),
            false => Ok(None),
        };
        Box::pin(async move { answer })
    });
    let host = Host::beside(config(), Some(admit), None);
    let (status, body) = http(host.address, "GET", "/socket.io/?EIO=4&transport=polling", "");
    assert_eq!((status, &*body), (503, "{\"code\":4,\"message\":\"full\"}"));
    let (_, head) = Client::upgrade(host.address, "/socket.io/?EIO=4&transport=websocket", "");
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    assert!(head.contains("retry-after: 7\r\n"), "{head}");
    let counted = host.server.counters();
    assert_eq!((counted.opened, counted.requests_refused), (0, 2));
    is_busy.store(false, Ordering::SeqCst);
    joined(host.address);
    Client::engine(host.address);
}

/// Tells whether it is still held.
struct Held(Arc<AtomicBool>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

#[test]
fn a_pass_is_held_for_as_long_as_the_session_polls() {
    let is_held = Arc::new(AtomicBool::new(false));
    let held = is_held.clone();
    let admit: Admit = Arc::new(move |_| {
        held.store(true, Ordering::SeqCst);
        let pass: Pass = Box::new(Held(held.clone()));
        Box::pin(async move { Ok(Some(pass)) })
    });
    let host = Host::beside(config(), Some(admit), None);
    let sid = joined(host.address);
    assert!(is_held.load(Ordering::SeqCst), "it polls");
    let mut client = upgrade(host.address, &sid);
    client.say("42/t,1[\"echo\"]");
    assert_eq!(client.hear(), Heard::Text("43/t,1[]".into()));
    assert!(!is_held.load(Ordering::SeqCst), "it has a WebSocket");
    drop(client);
    host.tells("gone TransportClosed");

    let sid = joined(host.address);
    assert!(is_held.load(Ordering::SeqCst));
    http(host.address, "POST", &url(&sid), "1");
    host.is_empty_again();
    assert!(!is_held.load(Ordering::SeqCst), "it left");
}
