//! Socket.IO over WebSocket: joining, events, acknowledgements, rooms.

use std::time::Duration;

use socketio::Room;

use crate::client::{Client, Heard, http, text};
use crate::host::{Host, config};

#[test]
fn a_socket_joins_speaks_and_leaves() {
    let host = Host::start();
    let mut client = Client::joined(host.address, "/t");
    client.say("42/t,7[\"echo\",1,\"two\",{\"three\":[true]}]");
    client.hears("43/t,7[1,\"two\",{\"three\":[true]}]");
    client.say("42/t,[\"echo\"]");
    client.hears("42/t,[\"echo\"]");
    assert_eq!(host.members(Room(1)), 1);
    client.say("41/t,");
    host.tells("gone ClientLeft");
    assert_eq!(host.members(Room(1)), 0);
    assert_eq!(host.server.counters().connections, 1, "the connection outlives the namespace");
    drop(client);
    host.is_empty_again();
}

#[test]
fn other_requests_go_to_the_inner_service() {
    let host = Host::start();
    assert_eq!(http(host.address, "GET", "/healthz", ""), (200, "plain".into()));
}

#[test]
fn attachments_travel_both_ways() {
    let host = Host::start();
    let mut client = Client::joined(host.address, "/t");
    let args = "{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}";
    client.say(&format!("452-/t,[\"echo\",{args}]"));
    client.say_binary(&[1, 2, 3]);
    client.say_binary(&[]);
    client.hears(&format!("452-/t,[\"echo\",{args}]"));
    assert_eq!(client.hear(), Heard::Binary(vec![1, 2, 3]));
    assert_eq!(client.hear(), Heard::Binary(vec![]));
    client.say(&format!("452-/t,9[\"echo\",{args}]"));
    client.say_binary(&[4]);
    client.say_binary(&[5]);
    client.hears(&format!("462-/t,9[{args}]"));
}

#[test]
fn a_refusal_carries_its_data_and_leaves_nothing_behind() {
    let host = Host::start();
    let mut client = Client::engine(host.address);
    client.say("40/t,{\"refuse\":true}");
    client.hears("44/t,{\"message\":\"no\",\"data\":{\"code\":\"test\"}}");
    assert_eq!(host.members(Room(1)), 0);
    client.say("40/nowhere,");
    client.hears("44/nowhere,{\"message\":\"Invalid namespace\"}");
    client.say("40/t,{\"panic\":true}");
    client.hears("44/t,{\"message\":\"Internal error\"}");
    client.say("40/t,{\"greet\":true}");
    client.hears_start("40/t,{\"sid\":");
    client.hears("42/t,[\"early\",1]");
}

#[test]
fn frames_for_a_socket_that_is_not_accepted_yet_are_held() {
    let host = Host::start();
    let mut other = Client::joined(host.address, "/t");
    let mut client = Client::engine(host.address);
    client.say("40/t,{\"slow\":true}");
    host.until(|server| server.counters().sockets == 2);
    while host.members(Room(1)) < 2 {}
    other.say("42/t,1[\"all\",\"held\"]");
    other.hears("42/t,[\"all\",\"held\"]");
    other.hears("43/t,1[true]");
    assert!(client.is_silent(Duration::from_millis(50)));
    host.gate.notify_one();
    client.hears_start("40/t,{\"sid\":");
    client.hears("42/t,[\"all\",\"held\"]");
}

#[test]
fn a_connection_that_dies_while_joining_is_told_of_once() {
    let host = Host::start();
    let mut client = Client::engine(host.address);
    client.say("40/t,{\"slow\":true}");
    host.until(|server| server.counters().sockets == 1);
    drop(client);
    host.is_empty_again();
    host.gate.notify_one();
    host.tells("gone TransportClosed");
    assert!(host.told.recv_timeout(Duration::from_millis(50)).is_err());
}

#[test]
fn a_broadcast_reaches_each_member_once() {
    let host = Host::start();
    let mut clients: Vec<Client> = (0..20).map(|_| Client::joined(host.address, "/t")).collect();
    let mut stranger = Client::joined(host.address, "/u");
    for round in 0..10 {
        clients[round].say(&format!("42/t,{round}[\"all\",{round}]"));
        for client in &mut clients {
            client.hears(&format!("42/t,[\"all\",{round}]"));
        }
        clients[round].hears(&format!("43/t,{round}[true]"));
    }
    stranger.say("42/u,1[\"echo\"]");
    stranger.hears("43/u,1[]");
}

#[test]
fn a_socket_in_two_rooms_gets_an_emission_once() {
    let host = Host::start();
    let mut client = Client::joined(host.address, "/t");
    host.server.join_all(Room(1), Room(2));
    let frame = socketio::Frame::event("/t", "once", &1).unwrap();
    host.server.emit_to_many(&[Room(1), Room(2), Room(1)], &frame, None);
    client.hears("42/t,[\"once\",1]");
    client.say("42/t,1[\"echo\"]");
    client.hears("43/t,1[]");
    host.server.leave_all(Room(1), Room(2));
    host.server.emit(Room(2), &frame);
    host.server.emit_to_all(&frame);
    client.hears("42/t,[\"once\",1]");
    host.server.disconnect_all(Room(1));
    client.hears("41/t,");
    host.tells("gone ServerLeft");
}

#[test]
fn waiting_events_run_one_by_one_and_pipelined_ones_together() {
    let host = Host::start();
    let mut client = Client::joined(host.address, "/t");
    for number in 0..3 {
        client.say(&format!("42/t,{number}[\"wait\",{number}]"));
    }
    for number in 0..3 {
        host.tells(&format!("start {number}"));
        host.gate.notify_one();
        client.hears(&format!("43/t,{number}[[{number},1]]"));
    }
    for number in 0..8 {
        client.say(&format!("42/t,{number}[\"pipe\",{number}]"));
    }
    for number in 0..8 {
        host.tells(&format!("start {number}"));
    }
    for _ in 0..8 {
        host.gate.notify_one();
        client.hears_start("43/t,");
    }
}

#[test]
fn events_beyond_the_bound_wait_and_none_is_lost() {
    let mut config = config();
    config.limits.in_flight = 4;
    config.limits.backlog_events = 8;
    let host = Host::with(config);
    let mut client = Client::joined(host.address, "/t");
    for number in 0..40 {
        client.say(&format!("42/t,{number}[\"pipe\",{number}]"));
    }
    host.until(|server| server.counters().paused > 0);
    for number in 0..40 {
        host.gate.notify_one();
        client.hears_start("43/t,");
        host.tells(&format!("start {number}"));
    }
    let counted = host.server.counters();
    assert_eq!((counted.events_in, counted.dropped), (40, 0));
}

#[test]
fn the_server_asks_and_the_client_answers_or_not() {
    let host = Host::start();
    let mut client = Client::joined(host.address, "/t");
    client.say("42/t,[\"ask\"]");
    client.hears("42/t,1[\"asked\",1]");
    client.say("43/t,1[\"yes\",2]");
    host.tells("Ok(\"\\\"yes\\\",2\")");
    client.say("42/t,[\"ask\"]");
    client.hears("42/t,2[\"asked\",1]");
    host.tells("Err(TimedOut)");
    client.say("43/t,2[\"late\"]");
    client.say("42/t,[\"ask\"]");
    client.hears("42/t,3[\"asked\",1]");
    drop(client);
    let mut told: Vec<String> = (0..2).map(|_| host.told.recv().unwrap()).collect();
    told.sort();
    assert_eq!(told, ["Err(Gone)", "gone TransportClosed"]);
}

#[test]
fn a_panic_in_the_application_costs_its_connection_only() {
    let host = Host::start();
    let mut bystander = Client::joined(host.address, "/t");
    let mut client = Client::joined(host.address, "/t");
    client.say("42/t,[\"panic\"]");
    assert_eq!(client.ends(), Some(1011));
    bystander.say("42/t,1[\"echo\"]");
    bystander.hears("43/t,1[]");
}

#[test]
fn control_frames_are_answered() {
    let host = Host::start();
    let mut client = Client::joined(host.address, "/t");
    client.frame(0x89, b"you there?");
    assert_eq!(client.hear(), Heard::Pong(b"you there?".to_vec()));
    client.frame(0x88, &3000u16.to_be_bytes());
    assert_eq!(client.hear(), Heard::Close(Some(3000)));
    assert_eq!(client.hear(), Heard::End);
    host.tells("gone ClientClosed");
    host.is_empty_again();
}

#[test]
fn fragments_and_slow_bytes_make_the_same_message() {
    let host = Host::start();
    let mut client = Client::joined(host.address, "/t");
    client.frame(0x01, b"42/t,1[\"ec");
    client.frame(0x80, b"ho\",5]");
    client.hears("43/t,1[5]");
    for byte in crate::client::masked(0x81, b"42/t,2[\"echo\",6]") {
        client.write(&[byte]);
    }
    client.hears("43/t,2[6]");
    let long = "x".repeat(300_000);
    client.say(&format!("42/t,3[\"echo\",\"{long}\"]"));
    client.hears(&format!("43/t,3[\"{long}\"]"));
}

#[test]
fn heartbeats_keep_a_connection_and_silence_ends_it() {
    let mut config = config();
    config.ping_interval = Duration::from_millis(100);
    config.ping_timeout = Duration::from_millis(100);
    let host = Host::with(config);
    let mut client = Client::joined(host.address, "/t");
    for _ in 0..5 {
        assert_eq!(client.hear_all(), text("2"));
        client.say("3");
    }
    assert_eq!(client.hear_all(), text("2"));
    assert_eq!(client.hear_all(), Heard::Close(Some(1001)));
    host.tells("gone PingTimeout");
    drop(client);
    host.is_empty_again();
    assert_eq!(host.server.counters().ping_timeouts, 1);
}

#[test]
fn a_connection_without_a_namespace_is_closed() {
    let mut config = config();
    config.connect_timeout = Duration::from_millis(100);
    let host = Host::with(config);
    assert_eq!(Client::engine(host.address).ends(), Some(1008));
    let mut client = Client::joined(host.address, "/t");
    client.say("42/t,[\"out\"]");
    client.hears("41/t,");
    assert_eq!(client.ends(), Some(1008));
    assert_eq!(host.server.counters().connect_timeouts, 2);
}

/// An answer goes behind what waits in the letter box of its worker, so that it
/// never comes before an emission that was made before it.
#[test]
fn an_answer_comes_after_the_emissions_before_it() {
    let host = Host::start();
    let mut client = Client::joined(host.address, "/t");
    for id in 0..20 {
        client.say(&format!("42/t,{id}[\"behind\"]"));
        client.hears("42/t,[\"all\",\"early\"]");
        client.hears("42/t,[\"all\",\"own\"]");
        client.hears(&format!("43/t,{id}[true]"));
    }
}
