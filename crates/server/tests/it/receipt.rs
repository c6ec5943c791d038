//! Receipts while a friendship ends: what was acknowledged is stored, and
//! nothing passes to a former friend.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Harness, Person, is_postgres, run};

async fn says(who: &Person, chat: &str, count: i64) {
    for n in 0..count {
        let new = json!({ "client_id": n.to_string(), "body": "x" });
        who.post(&format!("/v1/chats/{chat}/messages"), &new).await.gives(201);
    }
}

/// How far the messages reached `whom`, as `who` sees it.
async fn delivered(who: &Person, chat: &str, whom: &Person) -> i64 {
    let state = who.get(&format!("/v1/chats/{chat}")).await.gives(200);
    let members = state["chat"]["members"].as_array().unwrap();
    let member = members.iter().find(|member| member["account"] == whom.id.as_str()).unwrap();
    member["delivered_seq"].as_i64().unwrap()
}

/// Answers whether the mark was taken; a refusal says that the chat is closed.
async fn arrives(who: &Person, chat: &str, seq: i64) -> bool {
    let answer = who.put(&format!("/v1/chats/{chat}/delivered"), &json!({ "seq": seq })).await;
    if answer.status != 204 {
        let code = answer.json()["code"].clone();
        assert!(code == "chat.closed" || code == "chat.changing", "{code}");
    }
    answer.status == 204
}

#[tokio::test]
async fn nothing_arrives_in_a_closed_chat_and_that_is_said() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    says(&ann, &chat, 3).await;
    let url = format!("/v1/chats/{chat}/delivered");
    bob.put(&url, &json!({ "seq": 2 })).await.gives(204);
    ann.delete(&format!("/v1/friends/{}", bob.id)).await.gives(204);

    bob.put(&url, &json!({ "seq": 3 })).await.fails(403, "chat.closed");
    // What had arrived before may be said again, and reading goes on.
    bob.put(&url, &json!({ "seq": 2 })).await.gives(204);
    bob.put(&format!("/v1/chats/{chat}/read"), &json!({ "seq": 3 })).await.gives(204);
    assert_eq!(delivered(&ann, &chat, &bob).await, 2);
    let own = bob.get(&format!("/v1/chats/{chat}")).await.gives(200);
    assert_eq!(own["chat"]["unread"], 0);
}

#[tokio::test]
async fn an_acknowledged_mark_is_stored_while_the_chat_closes_and_opens() {
    const MESSAGES: i64 = 12;
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let mut friends = Vec::new();
    for n in 0..4 {
        let friend = h.person(&format!("friend{n}")).await;
        let chat = ann.befriends(&friend).await;
        says(&ann, &chat, MESSAGES).await;
        friends.push((friend, chat));
    }
    let is_over = AtomicBool::new(false);
    let marking = async {
        join_all(friends.iter().map(async |(friend, chat)| {
            for seq in 1..=MESSAGES {
                if arrives(friend, chat, seq).await {
                    let stored = delivered(&ann, chat, friend).await;
                    assert!(stored >= seq, "{seq} was acknowledged, and {stored} is stored");
                }
            }
        }))
        .await;
        is_over.store(true, Ordering::SeqCst);
    };
    let flapping = join_all(friends.iter().map(async |(friend, _)| {
        while !is_over.load(Ordering::SeqCst) {
            ann.delete(&format!("/v1/friends/{}", friend.id)).await.gives(204);
            ann.befriends(friend).await;
        }
    }));
    futures_util::join!(marking, flapping);
}

/// On PostgreSQL a receipt is made slow, so that the chat closes between its
/// look at the chat and its commit. SQLite has one writer: there the two race
/// as they are.
#[tokio::test]
async fn i12_no_receipt_passes_once_the_friendship_has_ended() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    says(&ann, &chat, 2).await;
    let db = &h.app().db;
    if is_postgres(db) {
        let slow = "create function slow() returns trigger language plpgsql as \
                    $$ begin perform pg_sleep(0.3); return new; end $$";
        run(db, slow.to_owned()).await;
        let on = "create trigger slow before update of delivered_seq on member \
                  for each row execute function slow()";
        run(db, on.to_owned()).await;
    }
    let mut hers = ann.socket().await;
    let closing = async {
        while is_postgres(db) {
            let waiting = "select 1 from pg_stat_activity where wait_event = 'PgSleep' \
                           and query like 'update member%'";
            if !run(db, waiting.to_owned()).await.is_empty() {
                break;
            }
        }
        ann.delete(&format!("/v1/friends/{}", bob.id)).await.gives(204);
        delivered(&ann, &chat, &bob).await
    };
    let (taken, at_the_end) = futures_util::join!(arrives(&bob, &chat, 2), closing);
    let later = delivered(&ann, &chat, &bob).await;
    assert_eq!(at_the_end, later, "nothing is stored once the end was acknowledged");
    assert_eq!(taken, later == 2, "an acknowledged mark is stored, and no other");

    // She hears of what was stored and of nothing else.
    hers.ask("sync", &json!({ "arev": 0, "chats": {} })).await;
    let told: Vec<Value> = hers.takes().into_iter().map(|(_, event)| event).collect();
    let told = told.iter().filter(|event| event["delivered_seq"].is_i64()).count();
    assert_eq!(told, usize::from(later == 2));
}
