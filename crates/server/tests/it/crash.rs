//! The program is killed while people write, and started again: what was
//! acknowledged is there, once and in its place. On PostgreSQL the database
//! lives on, with whatever the dead program had begun.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::harness::client::Client;
use crate::harness::{PASSWORD, choose};
use crate::program::{Server, serve};

/// How often the program is killed, and after how many acknowledgements.
const KILLS: [usize; 5] = [3, 41, 1, 26, 60];

const WRITERS: usize = 4;

/// Signs up; answers who it is and what signs them in.
pub(crate) async fn signs_up(server: &Server, name: &str) -> (String, Value) {
    let email = format!("{name}@example.org");
    let new = json!({ "email": email, "name": name, "password": PASSWORD });
    let signup = server.client.post("/v1/accounts", &new).await.gives(202)["signup"].clone();
    let inbox = format!("/dev/mail/latest?to={email}");
    let mut mail = server.client.get(&inbox).await;
    while mail.status == 404 {
        mail = server.client.get(&inbox).await;
    }
    let code = mail.gives(200)["codes"][0].clone();
    let verify = json!({ "signup": signup, "code": code, "tokens": true });
    let tokens = server.client.post("/v1/accounts/verify", &verify).await.gives(201);
    let id = tokens["account"]["id"].as_str().unwrap().to_owned();
    (id, json!({ "email": email, "password": PASSWORD, "tokens": true }))
}

/// A token names its issuer, whose port changes with every start.
pub(crate) async fn signs_in(server: &Server, login: &Value) -> Client {
    let tokens = server.client.post("/v1/login", login).await.gives(200);
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    Client { token: Some(token), ..server.client.clone() }
}

/// What all writers share.
struct Run {
    /// The two people at the server that runs now.
    people: watch::Sender<[Client; 2]>,
    chat: String,
    acked: AtomicUsize,
    is_over: AtomicBool,
}

/// Sends one message after the other, each until it is acknowledged; answers
/// the acknowledged places, by client id.
async fn writes(run: Arc<Run>, name: usize) -> Vec<(String, i64)> {
    let mut places = Vec::new();
    let mut people = run.people.subscribe();
    while !run.is_over.load(Ordering::SeqCst) {
        let id = format!("{name}-{}", places.len());
        let body = json!({ "client_id": id, "body": format!("from {id}") });
        loop {
            let client = people.borrow_and_update()[name % 2].clone();
            let request = http::Request::builder()
                .method("POST")
                .uri(format!("/v1/chats/{}/messages", run.chat))
                .header("content-type", "application/json")
                .body(serde_json::to_vec(&body).unwrap())
                .unwrap();
            match client.attempt(request).await {
                Some(answer) if answer.status.is_success() => {
                    let message = answer.json()["message"].clone();
                    places.push((id, message["seq"].as_i64().unwrap()));
                    run.acked.fetch_add(1, Ordering::SeqCst);
                    break;
                }
                Some(answer) => assert_eq!(answer.status, 503, "{answer:?}"),
                // It is dead: wait for the next one.
                None => people.changed().await.unwrap(),
            }
        }
    }
    places
}

#[tokio::test]
async fn i1_i3_what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let store = choose(folder.path()).await;
    let mut arguments = vec!["--dev", "--dev-no-limits"];
    if let Some(url) = &store {
        arguments.extend(["--database", url.reveal()]);
    }
    let mut server = serve(folder.path(), &arguments);
    let ann = signs_up(&server, "ann").await;
    let bob = signs_up(&server, "bob").await;
    let mut people = [signs_in(&server, &ann.1).await, signs_in(&server, &bob.1).await];
    let wants = async |who: &Client, whom: &str| {
        who.put(&format!("/v1/friends/{whom}"), &Value::Null).await.gives(200)
    };
    wants(&people[0], &bob.0).await;
    let chat = wants(&people[1], &ann.0).await["chat"].as_str().unwrap().to_owned();

    let run = Arc::new(Run {
        people: watch::Sender::new(people.clone()),
        chat: chat.clone(),
        acked: AtomicUsize::new(0),
        is_over: AtomicBool::new(false),
    });
    let writers: Vec<_> =
        (0..WRITERS).map(|name| tokio::spawn(writes(Arc::clone(&run), name))).collect();
    for after in KILLS {
        let until = run.acked.load(Ordering::SeqCst) + after;
        while run.acked.load(Ordering::SeqCst) < until {
            assert!(!writers.iter().any(tokio::task::JoinHandle::is_finished), "a writer failed");
            tokio::task::yield_now().await;
        }
        // SIGKILL: no handler runs, nothing is flushed.
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        server = serve(folder.path(), &arguments);
        people = [signs_in(&server, &ann.1).await, signs_in(&server, &bob.1).await];
        run.people.send_replace(people.clone());
    }
    run.is_over.store(true, Ordering::SeqCst);
    let mut acked = Vec::new();
    for writer in writers {
        acked.push(writer.await.unwrap());
    }

    let history = history(&people[0], &chat).await;
    let mut rev = 0;
    let mut stored = BTreeMap::new();
    for (place, message) in (1..).zip(&history) {
        assert_eq!(message["seq"], place, "no gap and no repeat");
        assert!(message["rev"].as_i64().unwrap() > rev);
        rev = message["rev"].as_i64().unwrap();
        let body = message["body"].as_str().unwrap();
        let id = body.strip_prefix("from ").unwrap().to_owned();
        assert_eq!(stored.insert(id, place), None, "no message twice");
    }
    for places in &acked {
        for (id, place) in places {
            assert_eq!(stored.get(id), Some(place), "{id} was acknowledged");
        }
        assert!(places.windows(2).all(|pair| pair[0].1 < pair[1].1), "in the order of its sender");
    }
    let attempted: BTreeSet<_> = acked.iter().flatten().map(|(id, _)| id).collect();
    assert!(stored.keys().all(|id| attempted.contains(id)), "nothing that nobody sent");
    assert!(attempted.len() >= KILLS.iter().sum());
}

/// The whole chat, the oldest first.
pub(crate) async fn history(client: &Client, chat: &str) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let after = all.len();
        let url = format!("/v1/chats/{chat}/messages?after_seq={after}&limit=100");
        let page = client.get(&url).await.gives(200);
        all.extend(page["messages"].as_array().unwrap().iter().rev().cloned());
        if page["has_more"] == false {
            return all;
        }
    }
}
