//! Searching in messages: found by what they say now, by whoever may read them,
//! whatever the index has seen of it.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

use domain::search;
use serde_json::{Value, json};
use sql::{Batch, Sql, args};

use crate::harness::client::Client;
use crate::harness::{DEADLINE, Harness, Person};

async fn says(who: &Client, chat: &str, text: &str) -> i64 {
    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let id = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string();
    let new = json!({ "client_id": id, "body": text });
    let sent = who.post(&format!("/v1/chats/{chat}/messages"), &new).await.gives(201);
    sent["message"]["seq"].as_i64().unwrap()
}

pub(crate) fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// One page.
async fn asks(who: &Client, text: &str, more: &str) -> Value {
    who.get(&format!("/v1/messages?q={}{more}", encode(text))).await.gives(200)
}

/// Every page to the end, which must come; nothing twice.
pub(crate) async fn asks_on(who: &Client, text: &str, more: &str) -> Vec<Value> {
    let (mut all, mut next): (Vec<Value>, String) = (Vec::new(), String::new());
    for _ in 0..500 {
        let page = asks(who, text, &format!("{more}{next}")).await;
        assert_eq!(page["behind"], false);
        for message in page["messages"].as_array().unwrap() {
            let is_same = |other: &Value| ["chat", "seq"].iter().all(|at| other[at] == message[at]);
            assert!(!all.iter().any(is_same), "{message} came twice");
            all.push(message.clone());
        }
        match page["next"].as_str() {
            Some(cursor) => next = format!("&before={cursor}"),
            None => return all,
        }
    }
    panic!("the pages of {text} do not end");
}

fn bodies(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["body"].as_str().unwrap()).collect()
}

/// What is found before the index knows of it, when it knows, and what the same
/// search gives in the chat.
async fn finds(h: &Harness, who: &Client, text: &str, wanted: &[&str]) {
    assert_eq!(bodies(&asks_on(who, text, "").await), wanted, "{text}");
    search::run(h.app()).await.unwrap();
    assert_eq!(bodies(&asks_on(who, text, "").await), wanted, "{text}, by the index");
}

async fn friends(h: &Harness) -> (Person, Person, String) {
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    (ann, bob, chat)
}

#[tokio::test]
async fn what_is_written_in_any_script_is_found_at_once_and_later() {
    let h = Harness::start().await;
    let (ann, bob, chat) = friends(&h).await;
    let texts = [
        "Mon résumé, as PROMISED",
        "Їжаки сплять",
        "أَحْمَدُ هنا",
        "यह हिन्दी है",
        "我在北京大学",
        "てがきの手紙",
        "ฉันพูดภาษาไทย",
        "party 🎉 tonight",
    ];
    for text in texts {
        says(&ann, &chat, text).await;
    }
    let queries = [
        ("promis resume", 0),
        ("їжак", 1),
        ("احمد", 2),
        ("हिन", 3),
        ("北京", 4),
        ("学", 4),
        ("手紙", 5),
        ("ภาษา", 6),
        ("🎉 tonight", 7),
    ];
    for is_indexed in [false, true] {
        for (query, at) in queries {
            for who in [&ann, &bob] {
                let found = asks_on(who, query, "").await;
                assert_eq!(bodies(&found), [texts[at]], "{query}, {is_indexed}");
            }
        }
        assert!(asks_on(&ann, "esume", "").await.is_empty());
        assert!(asks_on(&ann, "北大", "").await.is_empty());
        assert!(search::run(h.app()).await.unwrap() > 0 || is_indexed);
    }
}

#[tokio::test]
async fn an_edit_is_found_by_its_new_words_and_what_is_deleted_by_none() {
    let h = Harness::start().await;
    let (ann, bob, chat) = friends(&h).await;
    let (kept, gone) = (says(&ann, &chat, "blue lamp").await, says(&ann, &chat, "blue sea").await);
    finds(&h, &bob, "blue", &["blue sea", "blue lamp"]).await;
    let at = |seq| format!("/v1/chats/{chat}/messages/{seq}");
    ann.patch(&at(kept), &json!({ "body": "red lamp" })).await.gives(200);
    ann.delete(&at(gone)).await.gives(204);
    bob.put(&format!("{}/reactions/%F0%9F%91%8D", at(kept)), &Value::Null).await.gives(200);
    assert!(asks_on(&bob, "blue", "").await.is_empty(), "the index still has it");
    finds(&h, &bob, "red", &["red lamp"]).await;
    finds(&h, &bob, "blue", &[]).await;
    finds(&h, &bob, "sea", &[]).await;
    assert_eq!(search::run(h.app()).await.unwrap(), 0, "nothing is left to do");
}

#[tokio::test]
async fn nobody_finds_what_they_may_not_read() {
    let h = Harness::start().await;
    let (ann, bob, chat) = friends(&h).await;
    let eve = h.person("eve").await;
    says(&ann, &chat, "our secret").await;
    for _ in 0..2 {
        assert!(asks_on(&eve, "secret", "").await.is_empty());
        let path = format!("/v1/messages?q=secret&chat={chat}");
        eve.get(&path).await.fails(404, "chat.not_found");
        let mine = format!("/v1/messages?q=secret&sender={}", ann.id);
        assert_eq!(eve.get(&mine).await.gives(200)["messages"], json!([]));
        search::run(h.app()).await.unwrap();
    }
    // Who hides a chat from themselves hides it from their search too.
    let hide = json!({ "hidden_upto_seq": 1 });
    bob.patch(&format!("/v1/chats/{chat}/mine"), &hide).await.gives(200);
    says(&ann, &chat, "no secret").await;
    finds(&h, &bob, "secret", &["no secret"]).await;
    finds(&h, &ann, "secret", &["no secret", "our secret"]).await;
    // Who was a friend keeps what was there.
    ann.delete(&format!("/v1/friends/{}", bob.id)).await.gives(204);
    finds(&h, &bob, "secret", &["no secret"]).await;
}

/// Nobody leaves a chat yet, but the store says how far one may still read.
static LEAVE: Sql = Sql::new(
    "update member set left_at = 1, left_seq = $3,
            rev = (select c.rev from chat c where c.id = $1)
     where chat_id = $1 and account_id = $2",
);

#[tokio::test]
async fn who_left_finds_what_was_said_until_then_as_it_was_said() {
    let h = Harness::start().await;
    let (ann, bob, chat) = friends(&h).await;
    let changed = says(&ann, &chat, "early bird").await;
    says(&ann, &chat, "early train").await;
    let id = |text: &str| text.parse::<domain::ChatId>().unwrap();
    let mut batch = Batch::new();
    batch.demand(1, &LEAVE, args![id(&chat), id(&bob.id), 2]);
    h.app().db.write(batch).await.unwrap();
    says(&ann, &chat, "early morning").await;
    let edit = json!({ "body": "early worm" });
    ann.patch(&format!("/v1/chats/{chat}/messages/{changed}"), &edit).await.gives(200);
    finds(&h, &bob, "early", &["early train"]).await;
    finds(&h, &ann, "early", &["early morning", "early train", "early worm"]).await;
}

#[tokio::test]
async fn a_search_can_be_narrowed() {
    let h = Harness::start().await;
    let (ann, bob, chat) = friends(&h).await;
    let eve = h.person("eve").await;
    let other = ann.befriends(&eve).await;
    says(&ann, &chat, "tea one").await;
    h.clock.advance_ms(10_000);
    says(&bob, &chat, "tea two").await;
    says(&eve, &other, "tea three").await;
    let until = format!("&until={}", h.clock.now_ms());
    let (in_chat, by_bob) = (format!("&chat={chat}"), format!("&sender={}", bob.id));
    for _ in 0..2 {
        let found = |more: String| {
            let ann = &ann;
            async move { bodies(&asks_on(ann, "tea", &more).await).join(", ") }
        };
        assert_eq!(found(in_chat.clone()).await, "tea two, tea one");
        assert_eq!(found(by_bob.clone()).await, "tea two");
        assert_eq!(found(until.clone()).await, "tea one");
        assert_eq!(found(format!("{in_chat}{until}")).await, "tea one");
        assert_eq!(found(format!("{until}{by_bob}")).await, "");
        assert_eq!(found(format!("&chat={other}{by_bob}")).await, "");
        search::run(h.app()).await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_searched_by_is_told_by_name() {
    let h = Harness::start().await;
    let (ann, _, chat) = friends(&h).await;
    for short in ["", "a", "🎉🎉", " - "] {
        let path = format!("/v1/messages?q={}", encode(short));
        assert_eq!(ann.get(&path).await.fails(400, "messages.too_short")["field"], "q");
    }
    let long = "x".repeat(129);
    ann.get(&format!("/v1/messages?q={long}")).await.fails(400, "messages.too_long");
    let wrong = ["x", "-1", "1.2", "7.7.01980000-0000-7000-8000-000000000001"];
    for cursor in wrong {
        let path = format!("/v1/messages?q=tea&chat={chat}&before={cursor}");
        assert_eq!(ann.get(&path).await.fails(400, "messages.cursor")["field"], "before");
    }
    ann.get("/v1/messages?q=tea&before=7").await.fails(400, "messages.cursor");
    for query in ["", "?q=tea&limit=0", "?q=tea&chat=x", "?q=tea&until=x", "?q=tea&more=1"] {
        ann.get(&format!("/v1/messages{query}")).await.fails(400, "request.query");
    }
    ann.get("/v1/messages?q=tea&limit=1000").await.gives(200);
    ann.get("/v1/messages?q=%27%22%28%2A%3A%26tea%5C%20OR%20NEAR").await.gives(200);
}

#[tokio::test]
async fn the_index_goes_on_where_it_was_after_a_restart() {
    let mut h = Harness::start().await;
    let (mut ann, _, chat) = friends(&h).await;
    says(&ann, &chat, "tea one").await;
    search::run(h.app()).await.unwrap();
    says(&ann, &chat, "tea two").await;
    h.restart().await;
    ann.moves_to(&h);
    assert_eq!(bodies(&asks_on(&ann, "tea", "").await), ["tea two", "tea one"]);
    assert_eq!(search::run(h.app()).await.unwrap(), 1, "only what is new");
    finds(&h, &ann, "tea", &["tea two", "tea one"]).await;
}

#[tokio::test]
async fn the_index_follows_by_itself() {
    let h = Harness::start().await;
    let (ann, _, chat) = friends(&h).await;
    says(&ann, &chat, "tea").await;
    let mut rounds = h.app().search.rounds();
    let comes_up = async {
        rounds.changed().await.unwrap();
        says(&ann, &chat, "more tea").await;
        rounds.changed().await.unwrap();
    };
    let in_time = tokio::time::timeout(DEADLINE, comes_up);
    tokio::select! {
        done = in_time => done.expect("the index follows"),
        () = search::follow(h.app()) => {}
    }
    assert_eq!(search::run(h.app()).await.unwrap(), 0, "all of it was done");
    finds(&h, &ann, "tea", &["more tea", "tea"]).await;
}

/// Two that index the same chat at once: what one of them does is done.
#[tokio::test]
async fn nodes_that_index_the_same_chat_do_no_harm() {
    let h = Harness::start().await;
    let (ann, _, chat) = friends(&h).await;
    for n in 0..20 {
        says(&ann, &chat, &format!("tea {n}")).await;
    }
    let id = chat.parse().unwrap();
    let work = || async { while search::page(h.app(), id, 3).await.unwrap().has_more {} };
    tokio::join!(work(), work(), work());
    assert_eq!(search::run(h.app()).await.unwrap(), 0);
    assert_eq!(asks_on(&ann, "tea", "&limit=7").await.len(), 20);
}

/// A chat of ten messages of which the index has three, as a kill may leave it.
async fn halfway(h: &Harness) -> (Person, String) {
    let (ann, _, chat) = friends(h).await;
    for n in 0..10 {
        says(&ann, &chat, &format!("tea {n}")).await;
    }
    let id = chat.parse().unwrap();
    let page = || async { search::page(h.app(), id, 3).await.unwrap() };
    assert_eq!((page().await.rows, page().await.rows), (0, 3), "the first page only begins");
    (ann, chat)
}

#[tokio::test]
async fn what_a_kill_left_to_index_is_indexed_later() {
    let h = Harness::start().await;
    let (ann, _) = halfway(&h).await;
    assert_eq!(search::run(h.app()).await.unwrap(), 7);
    assert_eq!(asks_on(&ann, "tea", "").await.len(), 10);
}

#[tokio::test]
async fn an_edit_is_found_while_the_index_is_halfway() {
    let h = Harness::start().await;
    let (ann, chat) = halfway(&h).await;
    let edit = json!({ "body": "blue lamp" });
    ann.patch(&format!("/v1/chats/{chat}/messages/1"), &edit).await.gives(200);
    finds(&h, &ann, "blue", &["blue lamp"]).await;
    assert_eq!(asks_on(&ann, "tea", "").await.len(), 9);
}

#[tokio::test]
async fn an_edit_that_a_reaction_follows_is_indexed() {
    let h = Harness::start().await;
    let (ann, bob, chat) = friends(&h).await;
    let path = |seq: i64| format!("/v1/chats/{chat}/messages/{seq}");
    for _ in 1..=3 {
        says(&ann, &chat, "tea").await;
    }
    search::run(h.app()).await.unwrap();
    for seq in 1..=3 {
        let edit = json!({ "body": format!("lamp {seq}") });
        ann.patch(&path(seq), &edit).await.gives(200);
    }
    bob.put(&format!("{}/reactions/%F0%9F%91%8D", path(1)), &Value::Null).await.gives(200);
    let page = search::page(h.app(), chat.parse().unwrap(), 2).await.unwrap();
    assert!(page.has_more, "the first edit has moved behind the others");
    finds(&h, &ann, "lamp", &["lamp 3", "lamp 2", "lamp 1"]).await;
}

/// A writer who sends the longest messages holds up neither who sends meanwhile
/// nor who is asked to look through them.
#[tokio::test]
async fn long_messages_are_indexed_and_searched_in_parts() {
    let h = Harness::start().await;
    let (ann, _, chat) = friends(&h).await;
    let alike = "甲乙 乙丙 ".repeat(domain::message::MAX_BODY_CHARS / 6);
    says(&ann, &chat, "甲乙丙").await;
    for _ in 0..150 {
        says(&ann, &chat, &alike).await;
    }
    let id = chat.parse().unwrap();
    for part in 0..4 {
        let page = search::page(h.app(), id, 256).await.unwrap();
        assert!(page.has_more && (part == 0 || (1..20).contains(&page.rows)), "{page:?}");
    }
    search::run(h.app()).await.unwrap();
    let first = asks(&ann, "甲乙丙", "").await;
    assert_eq!(first["messages"], json!([]));
    assert!(first["next"].is_string(), "it was enough for once");
    finds(&h, &ann, "甲乙丙", &["甲乙丙"]).await;
}

static RENUMBER: Sql = Sql::new("update search_place set number = $2 where chat_id = $1");
static NUMBER: Sql = Sql::new("select number from search_place where chat_id = $1");

#[tokio::test]
async fn the_row_decides_who_sent_it_too() {
    let h = Harness::start().await;
    let (ann, bob, chat) = friends(&h).await;
    let other = bob.befriends(&h.person("eve").await).await;
    says(&ann, &chat, "tea").await;
    says(&bob, &other, "tea").await;
    search::run(h.app()).await.unwrap();
    // An index that is wrong: what it has of the one chat it says of the other.
    let [chat, other] = [&chat, &other].map(|id| id.parse::<domain::ChatId>().unwrap());
    let number = h.app().db.row(&NUMBER, args![other]).await.unwrap().unwrap();
    let mut batch = Batch::new();
    batch.demand(1, &RENUMBER, args![other, 1_000]);
    batch.demand(1, &RENUMBER, args![chat, number.get::<i64>(0).unwrap()]);
    h.app().db.write(batch).await.unwrap();
    let by_bob = format!("&sender={}", bob.id);
    assert_eq!(asks_on(&ann, "tea", &by_bob).await, Vec::<Value>::new());
}
