//! The program is told to stop while people write: it says so, finishes what
//! it acknowledged, and ends in time.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::crash::{history, signs_in, signs_up};
use crate::harness::socket::Socket;
use crate::program::serve;

/// Sockets of each of the two.
const SOCKETS: usize = 12;
const DRAIN: Duration = Duration::from_secs(3);

/// Sends one message after the other until its socket is closed; answers the
/// acknowledged ones by client id, and the notice.
async fn writes(
    mut socket: Socket,
    (name, chat): (usize, String),
    acked: Arc<AtomicUsize>,
) -> (Vec<(String, i64)>, Value) {
    let mut places = Vec::new();
    for n in 0.. {
        let id = format!("{name}-{n}");
        let new = json!({ "chat": chat, "client_id": id, "body": format!("from {id}") });
        let Some(ack) = socket.attempt("message.send", &new).await else { break };
        assert_eq!(ack["ok"], true, "{ack}");
        places.push((id, ack["message"]["seq"].as_i64().unwrap()));
        acked.fetch_add(1, Ordering::SeqCst);
    }
    let notice = socket.takes().into_iter().find(|(event, _)| event == "server.drain");
    (places, notice.expect("it is told before it is closed").1)
}

#[tokio::test]
async fn sockets_are_told_and_nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let settings = format!("drain_secs = {}", DRAIN.as_secs());
    std::fs::write(folder.path().join("config.toml"), settings).unwrap();
    let arguments = ["--dev", "--dev-no-limits"];
    let mut server = serve(folder.path(), &arguments);
    let (ann, bob) = (signs_up(&server, "ann").await, signs_up(&server, "bob").await);
    let people = [signs_in(&server, &ann.1).await, signs_in(&server, &bob.1).await];
    people[0].put(&format!("/v1/friends/{}", bob.0), &Value::Null).await.gives(200);
    let befriended =
        people[1].put(&format!("/v1/friends/{}", ann.0), &Value::Null).await.gives(200);
    let chat = befriended["chat"].as_str().unwrap().to_owned();

    let acked = Arc::new(AtomicUsize::new(0));
    let mut writers = Vec::new();
    for name in 0..2 * SOCKETS {
        let token = json!({ "token": people[name % 2].token });
        let socket = Socket::connect(server.client.addr, token).await;
        writers.push(tokio::spawn(writes(socket, (name, chat.clone()), Arc::clone(&acked))));
    }
    while acked.load(Ordering::SeqCst) < 4 * SOCKETS {
        assert!(!writers.iter().any(tokio::task::JoinHandle::is_finished), "a writer failed");
        tokio::task::yield_now().await;
    }
    let began = Instant::now();
    server.terminate();
    let mut places = BTreeMap::new();
    for writer in writers {
        let (of_one, notice) = writer.await.unwrap();
        let after = notice["after_ms"].as_u64().expect("when to come back");
        assert!(u128::from(after) <= DRAIN.as_millis(), "{notice}");
        assert!(of_one.is_sorted_by_key(|(_, seq)| *seq), "in the order of its sender");
        places.extend(of_one);
    }
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    let took = began.elapsed();
    assert!(took < DRAIN + Duration::from_secs(5), "{took:?}");

    let server = serve(folder.path(), &arguments);
    let stored = history(&signs_in(&server, &ann.1).await, &chat).await;
    let mut found = BTreeMap::new();
    for (place, message) in (1..).zip(&stored) {
        assert_eq!(message["seq"], place, "no gap and no repeat");
        let id = message["body"].as_str().unwrap().strip_prefix("from ").unwrap();
        assert_eq!(found.insert(id, place), None, "no message twice");
    }
    for (id, place) in &places {
        assert_eq!(found.get(&**id), Some(place), "{id} was acknowledged");
    }
}
