//! What a client may not exceed, where no other file is about it: the answer,
//! and the counter.

use std::io::Read;
use std::time::Duration;

use crate::client::{Client, http};
use crate::host::{Host, config};

const POLLING: &str = "/socket.io/?EIO=4&transport=polling";

fn session(host: &Host) -> String {
    let (_, open) = http(host.address, "GET", POLLING, "");
    open.split('"').nth(3).unwrap().to_owned()
}

#[test]
fn one_namespace_too_many_ends_the_connection() {
    let mut config = config();
    config.limits.namespaces = 1;
    let host = Host::with(config);
    let mut client = Client::joined(host.address, "/t");
    client.say("40/u,");
    assert_eq!(client.ends(), Some(1002));
    assert_eq!(host.server.counters().violations, 1);
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let mut config = config();
    config.limits.body_timeout = Duration::from_millis(100);
    let host = Host::with(config);
    let sid = session(&host);
    let mut client = Client::tcp(host.address);
    client.write(
        format!("POST {POLLING}&sid={sid} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n4")
            .as_bytes(),
    );
    let mut head = [0; 12];
    client.stream.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 408");
    assert_eq!(host.server.counters().requests_refused, 1);
}

#[test]
fn late_and_broken_heads_are_counted() {
    let mut config = config();
    config.limits.header_timeout = Duration::from_millis(100);
    let host = Host::with(config);
    let silent = Client::tcp(host.address);
    host.until(|server| server.counters().heads_late == 1);
    let mut slow = Client::tcp(host.address);
    slow.write(b"GET / HTTP/1.1\r\nHost: x\r\n");
    host.until(|server| server.counters().heads_late == 2);
    let mut broken = Client::tcp(host.address);
    broken.write(b"GET / HTTP/1.1\r\nno colon\r\n\r\n");
    host.until(|server| server.counters().heads_refused == 1);
    drop((silent, slow, broken));
}

#[test]
fn who_does_not_take_leave_is_cut_off() {
    let mut config = config();
    config.limits.close_timeout = Duration::from_millis(100);
    let host = Host::with(config);
    let mut client = Client::joined(host.address, "/t");
    client.say("4abc");
    host.until(|server| server.counters().cut == 1);
    host.is_empty_again();
}

#[test]
fn an_upgrade_that_is_not_completed_leaves_the_session_alone() {
    let mut config = config();
    config.upgrade_timeout = Duration::from_millis(100);
    let host = Host::with(config);
    let sid = session(&host);
    let url = format!("/socket.io/?EIO=4&transport=websocket&sid={sid}");
    let mut client = Client::websocket(host.address, &url);
    assert_eq!(client.ends(), Some(1008));
    assert_eq!(host.server.counters().upgrades_failed, 1);
    assert_eq!(http(host.address, "POST", &format!("{POLLING}&sid={sid}"), "40/t,").0, 200);
}
