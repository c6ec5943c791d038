//! Messages over REST: one order, exactly once, nobody else's.

use serde_json::{Value, json};
use sql::{Batch, Sql, args};

use crate::harness::{Harness, Person};

/// Two friends and their chat.
async fn pair(h: &Harness) -> (Person, Person, String) {
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    (ann, bob, chat)
}

fn at(chat: &str) -> String {
    format!("/v1/chats/{chat}/messages")
}

/// A page as `reader` sees it, and whether there is more.
async fn page(reader: &Person, chat: &str, query: &str) -> (Vec<Value>, bool) {
    let page = reader.get(&format!("{}?{query}", at(chat))).await.gives(200);
    (page["messages"].as_array().unwrap().clone(), page["has_more"].as_bool().unwrap())
}

fn seqs(messages: &[Value]) -> Vec<i64> {
    messages.iter().map(|message| message["seq"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_message_has_one_place_and_one_number() {
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    let new = json!({ "client_id": "a1", "body": "hello" });
    let sent = ann.post(&at(&chat), &new).await.gives(201)["message"].clone();
    assert_eq!(sent["seq"], 1);
    assert_eq!(sent["n"], 1);
    assert_eq!(sent["rev"], 2, "the chat itself was the first change");
    assert_eq!(sent["sender"], ann.id);
    assert_eq!(sent["client_id"], "a1");
    assert_eq!(sent["body"], "hello");
    assert_eq!(sent["attachments"], json!([]));
    assert!(sent["deleted_at"].is_null() && sent["edited_at"].is_null());

    let seen = bob.get(&at(&chat)).await.gives(200);
    assert_eq!(seen["has_more"], false);
    let mut expected = sent.clone();
    expected["client_id"] = Value::Null;
    assert_eq!(seen["messages"], json!([expected]), "the client id is the sender's alone");

    let chats = bob.get("/v1/chats").await.gives(200)["chats"].clone();
    assert_eq!(chats[0]["unread"], 1);
    assert_eq!(chats[0]["last_message"], expected);
    let own = ann.get(&format!("/v1/chats/{chat}")).await.gives(200)["chat"].clone();
    assert_eq!(own["unread"], 0, "who sends has read");
    assert_eq!(own["last_message"], sent);
    h.stop().await;
}

#[tokio::test]
async fn i2_a_repeated_send_gives_the_first_message() {
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    let new = json!({ "client_id": "same", "body": "once" });
    let first = ann.post(&at(&chat), &new).await.gives(201);
    assert_eq!(ann.post(&at(&chat), &new).await.gives(200), first);

    let other = json!({ "client_id": "same", "body": "twice" });
    ann.post(&at(&chat), &other).await.fails(409, "message.client_id_reused");
    bob.post(&at(&chat), &other).await.gives(201);

    // Neither an edit nor a delete makes the retry a new message.
    let place = format!("{}/1", at(&chat));
    ann.patch(&place, &json!({ "body": "edited" })).await.gives(200);
    assert_eq!(ann.post(&at(&chat), &new).await.gives(200)["message"]["body"], "edited");
    ann.delete(&place).await.gives(204);
    assert!(!ann.post(&at(&chat), &new).await.gives(200)["message"]["deleted_at"].is_null());
    assert_eq!(ann.get(&at(&chat)).await.gives(200)["messages"].as_array().unwrap().len(), 2);
    h.stop().await;
}

#[tokio::test]
async fn a_reply_answers_a_message_that_is_there() {
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    ann.post(&at(&chat), &json!({ "client_id": "1", "body": "question" })).await.gives(201);
    let reply = json!({ "client_id": "1", "body": "answer", "reply_to_seq": 1 });
    assert_eq!(bob.post(&at(&chat), &reply).await.gives(201)["message"]["reply_to_seq"], 1);
    for nowhere in [0, 3, -1, i64::MAX] {
        let reply = json!({ "client_id": "2", "body": "answer", "reply_to_seq": nowhere });
        bob.post(&at(&chat), &reply).await.fails(400, "message.reply_not_found");
    }
    h.stop().await;
}

#[tokio::test]
async fn only_the_sender_edits_and_deletes() {
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    ann.post(&at(&chat), &json!({ "client_id": "1", "body": "mine" })).await.gives(201);
    let place = format!("{}/1", at(&chat));
    bob.patch(&place, &json!({ "body": "his" })).await.fails(403, "message.not_yours");
    bob.delete(&place).await.fails(403, "message.not_yours");
    ann.patch(&format!("{}/2", at(&chat)), &json!({ "body": "x" }))
        .await
        .fails(404, "message.not_found");

    h.clock.advance_ms(5);
    let edited = ann.patch(&place, &json!({ "body": "better" })).await.gives(200);
    assert_eq!(edited["message"]["body"], "better");
    assert_eq!(edited["message"]["rev"], 3);
    assert_eq!(edited["message"]["edited_at"], h.clock.now_ms());
    let again = ann.patch(&place, &json!({ "body": "better" })).await.gives(200);
    assert_eq!(again, edited, "the same edit again changes nothing");

    ann.delete(&place).await.gives(204);
    ann.delete(&place).await.gives(204);
    ann.patch(&place, &json!({ "body": "late" })).await.fails(409, "message.deleted");
    let chat = bob.get(&format!("/v1/chats/{chat}")).await.gives(200)["chat"].clone();
    assert_eq!(chat["rev"], 4);
    assert_eq!(chat["seq"], 1, "a tombstone keeps its place");
    assert_eq!(chat["last_message"]["body"], "");
    assert_eq!(chat["last_message"]["rev"], 4);
    h.stop().await;
}

/// A client that had no answer asks again, maybe after another device has
/// written something newer; and what it had given up may arrive after all.
#[tokio::test]
async fn an_edit_is_done_once_and_a_late_one_never_undoes_a_newer_one() {
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    let sent = ann.post(&at(&chat), &json!({ "client_id": "1", "body": "typo" })).await.gives(201);
    let mut his = bob.socket().await;
    his.hears("ready").await;
    let place = format!("{}/1", at(&chat));
    let seen = sent["message"]["rev"].as_i64().unwrap();
    let first = json!({ "body": "first", "seen_rev": seen });
    let (one, two) = tokio::join!(ann.patch(&place, &first), ann.patch(&place, &first));
    let done = one.gives(200);
    assert_eq!(two.gives(200), done);
    assert_eq!(done["message"]["rev"], seen + 1);
    assert_eq!(ann.patch(&place, &first).await.gives(200), done);

    let newer = json!({ "body": "newer", "seen_rev": seen + 1 });
    let done = ann.patch(&place, &newer).await.gives(200);
    ann.patch(&place, &first).await.fails(409, "message.changed");
    assert_eq!(ann.patch(&place, &newer).await.gives(200), done);
    let mut hers = ann.socket().await;
    hers.hears("ready").await;
    let late = json!({ "chat": chat, "seq": 1, "body": "first", "seen_rev": seen });
    assert_eq!(hers.ask("message.edit", &late).await["error"]["code"], "message.changed");
    assert_eq!(page(&bob, &chat, "").await.0[0]["body"], "newer");

    // Later changes of other messages are no reason to refuse.
    ann.post(&at(&chat), &json!({ "client_id": "2", "body": "other" })).await.gives(201);
    let last = json!({ "body": "last", "seen_rev": seen + 2 });
    ann.patch(&place, &last).await.gives(200);
    // Who does not say what they saw has the last word.
    ann.patch(&place, &json!({ "body": "first" })).await.gives(200);
    ann.delete(&place).await.gives(204);
    ann.patch(&place, &last).await.fails(409, "message.deleted");

    his.hears("message.deleted").await;
    let edits = his.heard().iter().filter(|name| *name == "message.updated").count();
    assert_eq!(edits, 4, "{:?}", his.heard());
    h.stop().await;
}

#[tokio::test]
async fn what_a_message_may_hold() {
    let h = Harness::start().await;
    let (ann, _bob, chat) = pair(&h).await;
    let long = "é".repeat(4_097);
    for (new, status, code) in [
        (json!({ "client_id": "1", "body": " \n" }), 400, "message.body_empty"),
        (json!({ "client_id": "1", "body": long }), 413, "message.body_too_long"),
        (json!({ "client_id": "1", "body": "a\u{7}" }), 400, "message.body_control"),
        (json!({ "client_id": "1", "body": "a\0" }), 400, "request.nul"),
        (json!({ "client_id": "", "body": "a" }), 400, "message.client_id"),
        (json!({ "client_id": "é", "body": "a" }), 400, "message.client_id"),
        (json!({ "client_id": "x".repeat(65), "body": "a" }), 400, "message.client_id"),
        (json!({ "body": "a" }), 400, "request.missing_field"),
        (json!({ "client_id": "1", "body": 1 }), 400, "request.wrong_type"),
        (json!({ "client_id": "1", "body": "a", "sender": "x" }), 400, "request.unknown_field"),
    ] {
        ann.post(&at(&chat), &new).await.fails(status, code);
    }
    let typed = "e\u{301}\n\t\u{202e}ab\u{1f600} ";
    let sent = ann.post(&at(&chat), &json!({ "client_id": "1", "body": typed })).await.gives(201);
    assert_eq!(sent["message"]["body"], typed, "kept as typed");
    h.stop().await;
}

#[tokio::test]
async fn history_is_paged_by_place() {
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    for n in 1..=25 {
        let new = json!({ "client_id": n.to_string(), "body": n.to_string() });
        ann.post(&at(&chat), &new).await.gives(201);
    }
    // Deleted rows do not shorten a page.
    for n in 3..=20 {
        ann.delete(&format!("{}/{n}", at(&chat))).await.gives(204);
    }
    let page = async |query: &str| {
        let (messages, has_more) = page(&bob, &chat, query).await;
        (seqs(&messages), has_more)
    };
    let down = |high: i64, low: i64| (low..=high).rev().collect::<Vec<_>>();
    assert_eq!(page("").await, (down(25, 6), true));
    assert_eq!(page("before_seq=6").await, (down(5, 1), false));
    assert_eq!(page("before_seq=1").await, (vec![], false));
    assert_eq!(page("after_seq=20&limit=3").await, (down(23, 21), true));
    assert_eq!(page("after_seq=22&limit=3").await, (down(25, 23), false));
    assert_eq!(page("around_seq=10&limit=4").await, (down(11, 8), true));
    assert_eq!(page("around_seq=99&limit=4").await, (down(25, 23), true));
    assert_eq!(page("limit=1000").await, (down(25, 1), false));
    assert_eq!(page(&format!("before_seq={}", i64::MIN)).await, (vec![], false));
    assert_eq!(page(&format!("after_seq={}", i64::MAX)).await, (vec![], false));
    for wrong in ["limit=0", "before_seq=1&after_seq=1", "limit=x", "order=up"] {
        bob.get(&format!("{}?{wrong}", at(&chat))).await.fails(400, "request.query");
    }
    h.stop().await;
}

#[tokio::test]
async fn i1_many_senders_leave_no_gap_and_no_double() {
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    let url = at(&chat);
    let send = async |who: &Person, n: usize| {
        // Each message is sent twice at once, as by a client that lost patience.
        let new = json!({ "client_id": format!("m{n}"), "body": format!("{n}") });
        let (one, two) = tokio::join!(who.post(&url, &new), who.post(&url, &new));
        let fresh = [&one, &two].iter().filter(|answer| answer.status == 201).count();
        assert_eq!(fresh, 1, "{} {}", one.status, two.status);
        assert_eq!(one.json()["message"], two.json()["message"]);
    };
    let mut sends = futures_util::stream::FuturesUnordered::new();
    for n in 0..40 {
        sends.push(send(if n % 2 == 0 { &ann } else { &bob }, n));
    }
    while futures_util::StreamExt::next(&mut sends).await.is_some() {}

    let page = bob.get(&format!("{url}?limit=100")).await.gives(200);
    let messages = page["messages"].as_array().unwrap();
    let seqs: Vec<_> = messages.iter().map(|m| m["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (1..=40).rev().collect::<Vec<_>>());
    let revs: Vec<_> = messages.iter().map(|m| m["rev"].as_i64().unwrap()).collect();
    assert!(revs.windows(2).all(|pair| pair[0] > pair[1]), "{revs:?}");
    let state = bob.get(&format!("/v1/chats/{chat}")).await.gives(200)["chat"].clone();
    assert_eq!(state["rev"].as_i64(), revs.first().copied());
    assert_eq!((&state["seq"], &state["n"]), (&json!(40), &json!(40)));
    h.stop().await;
}

/// Somebody who left at 30 and hides what was up to 10 sees 11 to 30, from
/// wherever they ask, and nothing of what changed after.
#[tokio::test]
async fn i12_a_page_ends_where_its_reader_may_not_see() {
    static LEAVE: Sql =
        Sql::new("update member set left_at = 1, left_seq = 30, rev = $2 where account_id = $1");
    static HIDE: Sql =
        Sql::new("update account_chat set hidden_upto_seq = 10 where account_id = $1");
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    for n in 1..=40 {
        let new = json!({ "client_id": n.to_string(), "body": n.to_string() });
        ann.post(&at(&chat), &new).await.gives(201);
    }
    let account: domain::AccountId = bob.id.parse().unwrap();
    let mut leaves = Batch::new();
    leaves.demand(1, &LEAVE, args![account, 41_i64]);
    leaves.demand(1, &HIDE, args![account]);
    h.app().db.write(leaves).await.unwrap();
    ann.patch(&format!("{}/20", at(&chat)), &json!({ "body": "later" })).await.gives(200);

    let parts = (1..=45).flat_map(|n| ["before", "after", "around"].map(|part| (part, n)));
    for (part, n) in parts.chain([("end", 0)]) {
        let query = if part == "end" { String::new() } else { format!("&{part}_seq={n}") };
        let (messages, has_more) = page(&bob, &chat, &format!("limit=7{query}")).await;
        let (mut wanted, more): (Vec<i64>, bool) = match part {
            "end" => ((24..=30).collect(), true),
            "before" => {
                let high = (n - 1).min(30);
                ((11.max(high - 6)..=high).collect(), high - 6 > 11)
            }
            "after" => {
                let low = n.max(10) + 1;
                ((low..=(low + 6).min(30)).collect(), low + 6 < 30)
            }
            _ => {
                let low = (n.min(30) - 3).max(11);
                ((low..=(low + 6).min(30)).collect(), low > 11)
            }
        };
        wanted.reverse();
        assert_eq!((seqs(&messages), has_more), (wanted, more), "{part} {n}");
        let changed = messages.iter().find(|message| message["seq"] == 20);
        assert!(changed.is_none_or(|m| m["body"] == "" && !m["deleted_at"].is_null()));
    }
    h.stop().await;
}
