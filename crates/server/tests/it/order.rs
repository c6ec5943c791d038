//! The two counters of a chat, under many hands at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Harness, Person, run};

/// Messages of one run: few enough that no catch-up leaves rows out.
const MESSAGES: usize = 60;

async fn sends(who: &Person, chat: &str, n: usize) -> (u16, Value) {
    let new = json!({ "client_id": n.to_string(), "body": format!("message {n}") });
    let answer = who.post(&format!("/v1/chats/{chat}/messages"), &new).await;
    (answer.status.as_u16(), answer.json())
}

async fn history(who: &Person, chat: &str) -> Vec<Value> {
    let page = who.get(&format!("/v1/chats/{chat}/messages?limit=100")).await.gives(200);
    page["messages"].as_array().unwrap().clone()
}

async fn state(who: &Person, chat: &str) -> Value {
    who.get(&format!("/v1/chats/{chat}")).await.gives(200)["chat"].clone()
}

/// Sends, edits every third message, reacts to every fourth and deletes every
/// fifth; answers how many changes there were.
async fn changes(people: [&Person; 2], chat: &str) -> usize {
    let one = async |n: usize| {
        let who = people[n % 2];
        let (status, sent) = sends(who, chat, n).await;
        assert_eq!(status, 201, "{sent}");
        let place = format!("/v1/chats/{chat}/messages/{}", sent["message"]["seq"]);
        let [edits, reacts, deletes] = [3, 4, 5].map(|nth| n.is_multiple_of(nth));
        if edits {
            who.patch(&place, &json!({ "body": format!("edited {n}") })).await.gives(200);
        }
        if reacts {
            let thumb = format!("{place}/reactions/%F0%9F%91%8D");
            people[(n + 1) % 2].put(&thumb, &Value::Null).await.gives(200);
        }
        if deletes {
            who.delete(&place).await.gives(204);
        }
        1 + [edits, reacts, deletes].map(usize::from).iter().sum::<usize>()
    };
    join_all((0..MESSAGES).map(one)).await.into_iter().sum()
}

#[tokio::test]
async fn i4_every_change_takes_a_rev_of_its_own() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let changes = changes([&ann, &bob], &chat).await;
    let revs: Vec<_> = history(&bob, &chat).await;
    let revs: BTreeSet<_> = revs.iter().map(|message| message["rev"].as_u64().unwrap()).collect();
    assert_eq!(revs.len(), MESSAGES, "no two rows have one rev");
    // The chat itself was the first change, and a row was the last.
    let rev = state(&ann, &chat).await["rev"].as_u64().unwrap();
    assert_eq!(rev, 1 + changes as u64);
    assert_eq!(revs.last(), Some(&rev));
}

/// Whoever asks "what changed since" while others write must never be told a
/// rev and later find that something at or below it was missing.
#[tokio::test]
async fn i5_who_asks_for_changes_never_misses_one() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let is_over = AtomicBool::new(false);
    let (mut rev, mut held) = (0, BTreeMap::new());
    let asking = async {
        loop {
            let is_last = is_over.load(Ordering::SeqCst);
            let seq = held.last_key_value().map_or(0, |(seq, _)| *seq);
            let url = format!("/v1/chats/{chat}/changes?rev={rev}&seq={seq}");
            let answer = bob.get(&url).await.gives(200);
            assert_eq!(answer["limited"], false);
            rev = answer["rev"].as_i64().unwrap();
            for message in answer["messages"].as_array().unwrap() {
                held.insert(message["seq"].as_i64().unwrap(), message.clone());
            }
            if is_last {
                return;
            }
        }
    };
    let writing = async {
        changes([&ann, &bob], &chat).await;
        is_over.store(true, Ordering::SeqCst);
    };
    futures_util::join!(asking, writing);
    assert_eq!(held.into_values().rev().collect::<Vec<_>>(), history(&bob, &chat).await);
}

#[tokio::test]
async fn i7_unread_is_what_counts_and_was_not_read() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    for n in 0..5 {
        sends(&ann, &chat, n).await;
    }
    for (read, unread) in [(0, 5), (2, 3), (1, 3), (5, 0)] {
        bob.put(&format!("/v1/chats/{chat}/read"), &json!({ "seq": read })).await.gives(204);
        let state = state(&bob, &chat).await;
        assert_eq!(state["unread"], unread);
        let counted = state["n"].as_i64().unwrap() - state["read_n"].as_i64().unwrap();
        assert_eq!(counted, unread);
    }
    sends(&ann, &chat, 5).await;
    sends(&bob, &chat, 6).await;
    assert_eq!(state(&bob, &chat).await["unread"], 0, "who writes has read");
    assert_eq!(state(&ann, &chat).await["unread"], 1);
}

/// A friendship ends while both write: what was acknowledged stands before
/// the end, and nothing comes after it.
#[tokio::test]
async fn i12_nothing_is_written_once_the_chat_is_closed() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let mut sent = 0;
    for round in 0..5 {
        let send = |n: usize| sends([&ann, &bob][n % 2], &chat, round * 100 + n);
        let writing = join_all((0..20).map(send));
        let friend = format!("/v1/friends/{}", bob.id);
        let (answers, ended) = futures_util::join!(writing, ann.delete(&friend));
        ended.gives(204);
        for (status, answer) in answers {
            match status {
                201 => sent += 1,
                _ => assert_eq!(answer["code"], "chat.closed", "{answer}"),
            }
        }
        let (state, history) = (state(&bob, &chat).await, history(&bob, &chat).await);
        assert_eq!(state["seq"], sent);
        assert!(history.iter().all(|message| message["rev"].as_i64() < state["rev"].as_i64()));
        assert!(!state["closed_at"].is_null());
        ann.befriends(&bob).await;
    }
    let seqs: Vec<_> = history(&ann, &chat).await.iter().map(|it| it["seq"].clone()).collect();
    assert_eq!(seqs, (1..=sent).rev().map(Value::from).collect::<Vec<_>>());
}

/// A chat closes and opens again within an edit or a delete: it is done, or
/// it is refused, but never acknowledged without being done.
#[tokio::test]
async fn what_was_acknowledged_is_done_while_the_chat_closes_and_opens() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let (count, tries) = (20, 40);
    for n in 0..count {
        sends(&ann, &chat, n).await;
    }
    let changes = async |seq: usize| {
        let place = format!("/v1/chats/{chat}/messages/{seq}");
        for n in 0..tries {
            let body = format!("{n} of {seq}");
            let edited = ann.patch(&place, &json!({ "body": body })).await;
            if edited.status == 200 {
                assert_eq!(edited.json()["message"]["body"], body, "acknowledged and not done");
            }
        }
        (seq, ann.delete(&place).await.status == 204)
    };
    let is_over = AtomicBool::new(false);
    let changing = async {
        let done = join_all((1..=count).map(changes)).await;
        is_over.store(true, Ordering::SeqCst);
        done
    };
    let flapping = async {
        while !is_over.load(Ordering::SeqCst) {
            ann.delete(&format!("/v1/friends/{}", bob.id)).await.gives(204);
            ann.befriends(&bob).await;
        }
    };
    let (done, ()) = futures_util::join!(changing, flapping);
    let history = history(&bob, &chat).await;
    for (seq, deleted) in done {
        let message = &history[count - seq];
        assert_eq!(deleted, !message["deleted_at"].is_null(), "{message}");
    }
}

/// An event that waits for one before it holds back its acknowledgement too:
/// whoever has the answer has heard of what it answers for.
#[tokio::test]
async fn an_answer_never_comes_before_its_event() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let mut hers = ann.socket().await;
    let place = json!({ "chat": chat, "seq": 1 });
    let mut edit = place.clone();
    edit["body"] = json!("edited");
    let mut react = place.clone();
    (react["emoji"], react["on"]) = (json!("👍"), json!(true));
    let send = json!({ "chat": chat, "client_id": "1", "body": "sent" });
    for (ask, payload, event) in [
        ("message.send", &send, "message.new"),
        ("message.edit", &edit, "message.updated"),
        ("reaction.set", &react, "message.updated"),
        ("message.delete", &place, "message.deleted"),
    ] {
        // A change whose event never comes.
        run(&h.app().db, "update chat set rev = rev + 1".to_owned()).await;
        let ack = hers.ask(ask, payload).await;
        assert_eq!(ack["ok"], true, "{ack}");
        let heard = hers.heard();
        assert_eq!(heard.last().map(String::as_str), Some(event), "{heard:?}");
    }
}
