//! What of a chat is one's own: muted, pinned, put away, marked as unread,
//! deleted for oneself.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Harness, Person};

const FOR_EVER: i64 = 8_640_000_000_000_000;

async fn mine(who: &Person, chat: &str) -> Value {
    who.get(&format!("/v1/chats/{chat}")).await.gives(200)["chat"]["mine"].clone()
}

async fn sets(who: &Person, chat: &str, change: Value) -> Value {
    let answer = who.patch(&format!("/v1/chats/{chat}/mine"), &change).await;
    answer.gives(200)["mine"].clone()
}

async fn says(who: &Person, chat: &str, id: &str) {
    let new = json!({ "client_id": id, "body": id });
    who.post(&format!("/v1/chats/{chat}/messages"), &new).await.gives(201);
}

/// Whether the chat is marked as unread, as a client reckons it.
async fn is_marked(who: &Person, chat: &str) -> bool {
    let chat = who.get(&format!("/v1/chats/{chat}")).await.gives(200)["chat"].clone();
    chat["mine"]["unread_seq"].as_i64().is_some_and(|seq| seq >= chat["read_seq"].as_i64().unwrap())
}

#[tokio::test]
async fn each_field_is_set_by_itself_and_a_repetition_changes_nothing() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let plain = json!({
        "version": 0, "muted_until": null, "pinned": false, "archived": false, "unread_seq": null,
        "hidden_upto_seq": 0,
    });
    assert_eq!(mine(&ann, &chat).await, plain);

    sets(&ann, &chat, json!({ "pinned": true })).await;
    sets(&ann, &chat, json!({ "muted_until": FOR_EVER, "archived": true })).await;
    let all = json!({
        "version": 3, "muted_until": FOR_EVER, "pinned": true, "archived": true, "unread_seq": 0,
        "hidden_upto_seq": 0,
    });
    assert_eq!(sets(&ann, &chat, json!({ "unread_seq": 0 })).await, all);
    for same in [json!({}), json!({ "pinned": true, "unread_seq": 0 })] {
        assert_eq!(sets(&ann, &chat, same).await, all);
    }
    assert_eq!(mine(&ann, &chat).await, all);
    let bare =
        json!({ "muted_until": null, "pinned": false, "archived": false, "unread_seq": null });
    let mut last = sets(&ann, &chat, bare).await;
    assert_eq!(last["version"], 4);
    last["version"] = json!(0);
    assert_eq!(last, plain);
}

#[tokio::test]
async fn what_is_out_of_bounds_is_refused() {
    let h = Harness::start().await;
    let (ann, bob, eve) = (h.person("ann").await, h.person("bob").await, h.person("eve").await);
    let chat = ann.befriends(&bob).await;
    let url = format!("/v1/chats/{chat}/mine");
    for (change, code) in [
        (json!({ "muted_until": -1 }), "mine.muted_until"),
        (json!({ "muted_until": FOR_EVER + 1 }), "mine.muted_until"),
        (json!({ "unread_seq": -1 }), "mine.unread_seq"),
        (json!({ "hidden_upto_seq": -1 }), "mine.hidden_upto_seq"),
        (json!({ "hidden_upto_seq": null, "unread_seq": -1 }), "mine.unread_seq"),
        (json!({ "pinned": "yes" }), "request.wrong_type"),
        (json!({ "version": 7 }), "request.unknown_field"),
    ] {
        ann.patch(&url, &change).await.fails(400, code);
    }
    let pin = json!({ "pinned": true });
    for change in [&pin, &json!({ "hidden_upto_seq": 1 })] {
        eve.patch(&url, change).await.fails(404, "chat.not_found");
    }
    h.stranger().patch(&url, &pin).await.fails(401, "login.required");
    assert_eq!(mine(&ann, &chat).await["version"], 0);
    // A mark reaches no further than there is something to read.
    assert_eq!(sets(&ann, &chat, json!({ "unread_seq": 99 })).await["unread_seq"], 0);
}

#[tokio::test]
async fn i12_ones_own_devices_hear_of_it_and_nobody_else() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let (mut desk, mut phone, mut his) =
        (ann.socket().await, ann.socket().await, bob.socket().await);
    let before = ann.post("/v1/sync", &json!({})).await.gives(200);
    let seen = bob.get(&format!("/v1/chats/{chat}")).await.gives(200);
    let his_before = bob.post("/v1/sync", &json!({})).await.gives(200);

    let set = sets(&ann, &chat, json!({ "archived": true, "muted_until": 7 })).await;
    sets(&ann, &chat, json!({ "archived": true })).await;
    let told = json!({ "arev": before["arev"].as_i64().unwrap() + 1, "chat": chat, "mine": set });
    for socket in [&mut desk, &mut phone] {
        assert_eq!(socket.hears("mine.updated").await, told);
        // The repetition was no change.
        socket.ask("sync.check", &json!({ "arev": 0, "open": [] })).await;
        let heard = socket.heard();
        assert_eq!(heard.iter().filter(|name| *name == "mine.updated").count(), 1, "{heard:?}");
    }
    // A device that slept is told by the one call that catches up: the chat
    // itself is as it holds it.
    let held = &before["chats"][0];
    let held = json!({
        "epoch": before["epoch"], "arev": before["arev"],
        "chats": { &chat: [held["rev"], held["seq"], held["marks"]] },
    });
    let missed = ann.post("/v1/sync", &held).await.gives(200);
    assert_eq!(missed["chats"], json!([]));
    let event = json!({ "arev": told["arev"], "kind": "mine.updated",
        "body": { "chat": chat, "mine": set } });
    assert_eq!(missed["events"], json!([event]));

    his.ask("sync.check", &json!({ "arev": 0, "open": [] })).await;
    assert!(!his.heard().contains(&"mine.updated".to_owned()));
    assert_eq!(bob.get(&format!("/v1/chats/{chat}")).await.gives(200), seen);
    assert_eq!(bob.post("/v1/sync", &json!({})).await.gives(200), his_before);
}

#[tokio::test]
async fn reading_on_takes_the_mark_away_and_what_was_read_before_does_not() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let read = format!("/v1/chats/{chat}/read");
    says(&bob, &chat, "one").await;
    says(&bob, &chat, "two").await;

    // The mark overtakes the receipt it was made after.
    sets(&ann, &chat, json!({ "unread_seq": 2 })).await;
    ann.put(&read, &json!({ "seq": 2 })).await.gives(204);
    assert!(is_marked(&ann, &chat).await);
    says(&bob, &chat, "three").await;
    assert!(is_marked(&ann, &chat).await, "a new message reads nothing");
    ann.put(&read, &json!({ "seq": 3 })).await.gives(204);
    assert!(!is_marked(&ann, &chat).await);
    // One that comes late, from before that reading, marks nothing.
    sets(&ann, &chat, json!({ "unread_seq": 2 })).await;
    assert!(!is_marked(&ann, &chat).await);

    sets(&ann, &chat, json!({ "unread_seq": 3 })).await;
    assert!(is_marked(&ann, &chat).await);
    says(&ann, &chat, "four").await;
    assert!(!is_marked(&ann, &chat).await, "who sends has read");
    assert!(!is_marked(&bob, &chat).await);
}

#[tokio::test]
async fn a_closed_chat_and_one_that_opens_again_keep_it() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    sets(&ann, &chat, json!({ "pinned": true })).await;
    ann.delete(&format!("/v1/friends/{}", bob.id)).await.gives(204);
    let set = sets(&ann, &chat, json!({ "archived": true, "muted_until": FOR_EVER })).await;
    assert_eq!((&set["pinned"], &set["archived"]), (&json!(true), &json!(true)));
    ann.befriends(&bob).await;
    says(&bob, &chat, "again").await;
    assert_eq!(mine(&ann, &chat).await, set, "a new message brings nothing back");
}

#[tokio::test]
async fn changes_at_once_are_all_kept() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let mut socket = ann.socket().await;
    let changes = [
        json!({ "pinned": true }),
        json!({ "archived": true }),
        json!({ "muted_until": 5 }),
        json!({ "unread_seq": 0 }),
    ];
    join_all(changes.into_iter().map(|change| sets(&ann, &chat, change))).await;
    let all = json!({
        "version": 4, "muted_until": 5, "pinned": true, "archived": true, "unread_seq": 0,
        "hidden_upto_seq": 0,
    });
    assert_eq!(mine(&ann, &chat).await, all);
    for version in 1..=4 {
        assert_eq!(socket.hears("mine.updated").await["mine"]["version"], version);
    }
}

/// The bodies of a part of the history, oldest first.
async fn bodies(who: &Person, chat: &str, part: &str) -> Vec<String> {
    let page = who.get(&format!("/v1/chats/{chat}/messages?{part}")).await.gives(200);
    let rows = page["messages"].as_array().unwrap().iter().rev();
    rows.map(|row| row["body"].as_str().unwrap().to_owned()).collect()
}

async fn seen(who: &Person, chat: &str) -> Value {
    who.get(&format!("/v1/chats/{chat}")).await.gives(200)["chat"].clone()
}

async fn hides(who: &Person, chat: &str, seq: i64) -> Value {
    sets(who, chat, json!({ "hidden_upto_seq": seq })).await
}

#[tokio::test]
async fn i12_what_is_hidden_is_gone_for_its_reader_and_for_nobody_else() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    for id in ["one", "two", "three", "four"] {
        says(&bob, &chat, id).await;
    }
    let before = ann.post("/v1/sync", &json!({})).await.gives(200);
    let his = seen(&bob, &chat).await;
    let mut socket = bob.socket().await;
    hides(&ann, &chat, 3).await;

    for part in ["limit=9", "around_seq=2", "before_seq=9", "after_seq=0", "after_seq=1&limit=1"] {
        assert_eq!(bodies(&ann, &chat, part).await, ["four"], "{part}");
    }
    assert_eq!(bodies(&ann, &chat, "before_seq=4").await, [""; 0]);
    let hers = seen(&ann, &chat).await;
    assert_eq!((&hers["unread"], &hers["seq"]), (&json!(1), &json!(4)));
    assert_eq!(hers["last_message"]["body"], "four");
    let fresh = ann.post("/v1/sync", &json!({})).await.gives(200);
    assert_eq!(fresh["chats"][0]["messages"].as_array().unwrap().len(), 1);
    // Whoever slept with what is hidden by now is told so, and brought no change of it.
    bob.patch(&format!("/v1/chats/{chat}/messages/1"), &json!({ "body": "1" })).await.gives(200);
    let held = &before["chats"][0];
    let held = json!({
        "epoch": before["epoch"], "arev": before["arev"],
        "chats": { &chat: [held["rev"], held["seq"], held["marks"]] },
    });
    let missed = ann.post("/v1/sync", &held).await.gives(200);
    assert_eq!(missed["chats"][0]["messages"], json!([]));
    assert_eq!(missed["events"][0]["body"]["mine"]["hidden_upto_seq"], 3);
    let changes = ann.get(&format!("/v1/chats/{chat}/changes?rev=0&seq=0")).await.gives(200);
    assert_eq!(changes["messages"].as_array().unwrap().len(), 1);

    hides(&ann, &chat, 4).await;
    let empty = seen(&ann, &chat).await;
    assert_eq!((&empty["unread"], &empty["last_message"]), (&json!(0), &Value::Null));
    assert_eq!(bodies(&ann, &chat, "limit=9").await, [""; 0]);
    says(&bob, &chat, "five").await;
    assert_eq!(bodies(&ann, &chat, "limit=9").await, ["five"]);
    assert_eq!(seen(&ann, &chat).await["unread"], 1);

    socket.ask("sync.check", &json!({ "arev": 0, "open": [] })).await;
    let heard = socket.heard();
    assert!(!heard.iter().any(|name| name == "receipt" || name == "mine.updated"), "{heard:?}");
    assert_eq!(bodies(&bob, &chat, "limit=9").await, ["1", "two", "three", "four", "five"]);
    let now = seen(&bob, &chat).await;
    let hers = |chat: &Value| {
        let members = chat["members"].as_array().unwrap();
        members.iter().find(|member| member["account"] == ann.id).unwrap().clone()
    };
    assert_eq!(hers(&now), hers(&his), "hiding is not reading");
    assert_eq!(now["mine"], his["mine"]);
}

#[tokio::test]
async fn what_is_hidden_stays_so_and_ones_devices_hear_of_it() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    says(&bob, &chat, "one").await;
    says(&ann, &chat, "two").await;
    says(&bob, &chat, "three").await;
    let mut phone = ann.socket().await;

    let set = hides(&ann, &chat, 99).await;
    assert_eq!((&set["hidden_upto_seq"], &set["version"]), (&json!(3), &json!(1)));
    let told = phone.hears("mine.updated").await;
    assert_eq!((&told["chat"], &told["mine"]), (&json!(chat), &set));
    let read = phone.hears("receipt").await;
    assert_eq!((&read["account"], &read["read_seq"]), (&json!(ann.id), &json!(3)));
    for seq in [3, 2, 0] {
        assert_eq!(hides(&ann, &chat, seq).await, set, "nothing comes back");
    }
    let url = format!("/v1/chats/{chat}/messages/2");
    ann.patch(&url, &json!({ "body": "x" })).await.fails(404, "message.not_found");
    ann.delete(&url).await.fails(404, "message.not_found");

    // A change that knows nothing of it keeps it, and so does a chat that is closed.
    ann.delete(&format!("/v1/friends/{}", bob.id)).await.gives(204);
    assert_eq!(sets(&ann, &chat, json!({ "pinned": true })).await["hidden_upto_seq"], 3);
    assert_eq!(hides(&bob, &chat, 2).await["hidden_upto_seq"], 2);
    assert_eq!(bodies(&bob, &chat, "limit=9").await, ["three"]);
}

#[tokio::test]
async fn hiding_at_once_with_other_choices_loses_nothing() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    for id in ["one", "two", "three"] {
        says(&bob, &chat, id).await;
    }
    let changes = [
        json!({ "hidden_upto_seq": 2 }),
        json!({ "archived": true }),
        json!({ "hidden_upto_seq": 3 }),
        json!({ "hidden_upto_seq": 1 }),
    ];
    join_all(changes.into_iter().map(|change| sets(&ann, &chat, change))).await;
    let set = mine(&ann, &chat).await;
    assert_eq!((&set["hidden_upto_seq"], &set["archived"]), (&json!(3), &json!(true)));
    assert_eq!(seen(&ann, &chat).await["unread"], 0);
}
