//! Reactions: given and taken once, kept under many hands, and nobody else's
//! affair.

use futures_util::future::join_all;
use serde_json::{Value, json};
use sql::{Batch, Sql, args};

use crate::harness::client::{Answer, Client};
use crate::harness::{Harness, Person, run};

const THUMB: &str = "%F0%9F%91%8D";
const HEART: &str = "%E2%9D%A4%EF%B8%8F";

/// Two friends, their chat and a message of the first one's.
async fn pair(h: &Harness) -> (Person, Person, String) {
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let new = json!({ "client_id": "1", "body": "lunch?" });
    ann.post(&format!("/v1/chats/{chat}/messages"), &new).await.gives(201);
    (ann, bob, chat)
}

async fn gives(who: &Person, chat: &str, seq: i64, emoji: &str) -> Answer {
    who.put(&format!("/v1/chats/{chat}/messages/{seq}/reactions/{emoji}"), &Value::Null).await
}

async fn takes(who: &Person, chat: &str, seq: i64, emoji: &str) -> Answer {
    who.delete(&format!("/v1/chats/{chat}/messages/{seq}/reactions/{emoji}")).await
}

async fn first(who: &Person, chat: &str) -> Value {
    let page = who.get(&format!("/v1/chats/{chat}/messages?limit=100")).await.gives(200);
    page["messages"].as_array().unwrap().last().unwrap().clone()
}

async fn state(who: &Person, chat: &str) -> Value {
    who.get(&format!("/v1/chats/{chat}")).await.gives(200)["chat"].clone()
}

/// More people in the chat, past the one way in: friends of ann.
async fn crowd(h: &Harness, chat: &str, count: usize) -> Vec<Person> {
    static JOIN: Sql = Sql::new(
        "insert into member (chat_id, account_id, role, read_seq, read_n, delivered_seq,
                             joined_seq, rev)
         values ($1, $2, 'member', 0, 0, 0, $3, 1)",
    );
    let mut people = Vec::new();
    for n in 0..count {
        let person = h.person(&format!("person{n}")).await;
        let account: domain::AccountId = person.id.parse().unwrap();
        let mut joins = Batch::new();
        let chat: domain::ChatId = chat.parse().unwrap();
        joins.demand(1, &JOIN, args![chat, account, 0_i64]);
        h.app().db.write(joins).await.unwrap();
        people.push(person);
    }
    people
}

/// The accounts and counts by emoji, in their order.
fn summary(message: &Value) -> Vec<(String, i64, Vec<String>)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let one = |it: &Value| {
        let accounts = it["accounts"].as_array().unwrap().iter().map(text).collect();
        (text(&it["emoji"]), it["count"].as_i64().unwrap(), accounts)
    };
    message["reactions"].as_array().unwrap().iter().map(one).collect()
}

#[tokio::test]
async fn a_reaction_is_given_once_and_taken_once() {
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    let given = gives(&bob, &chat, 1, HEART).await.gives(200)["message"].clone();
    assert_eq!(summary(&given), [("❤️".to_owned(), 1, vec![bob.id.clone()])]);
    assert_eq!(given["rev"], 3);
    // The other form of the same emoji, and the same again.
    for same in ["%E2%9D%A4", HEART] {
        assert_eq!(gives(&bob, &chat, 1, same).await.gives(200)["message"], given);
    }
    let both = gives(&ann, &chat, 1, HEART).await.gives(200)["message"].clone();
    assert_eq!(summary(&both), [("❤️".to_owned(), 2, vec![bob.id.clone(), ann.id.clone()])]);
    gives(&ann, &chat, 1, THUMB).await.gives(200);
    // Who began leaves; the order of first use stays.
    let left = takes(&bob, &chat, 1, HEART).await.gives(200)["message"].clone();
    let kept = [("❤️".to_owned(), 1, vec![ann.id.clone()]), ("👍".into(), 1, vec![ann.id.clone()])];
    assert_eq!(summary(&left), kept);
    assert_eq!(left["rev"], 6);
    assert_eq!(takes(&bob, &chat, 1, HEART).await.gives(200)["message"], left);
    for emoji in [HEART, THUMB] {
        takes(&ann, &chat, 1, emoji).await.gives(200);
    }
    let bare = first(&bob, &chat).await;
    assert_eq!((&bare["reactions"], &bare["rev"]), (&json!([]), &json!(8)));
    assert_eq!(state(&ann, &chat).await["rev"], 8);
    assert!(bare["edited_at"].is_null());
    h.stop().await;
}

#[tokio::test]
async fn what_may_be_given_and_to_what() {
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    for wrong in ["a", "%F0%9F%91%8D%F0%9F%91%8D", "%EF%B8%8F", ":heart:", "1"] {
        gives(&bob, &chat, 1, wrong).await.fails(400, "reaction.emoji");
    }
    for nowhere in [0, 2, -1, i64::MAX] {
        gives(&bob, &chat, nowhere, THUMB).await.fails(404, "message.not_found");
        takes(&bob, &chat, nowhere, THUMB).await.fails(404, "message.not_found");
    }
    let mut his = bob.socket().await;
    his.hears("ready").await;
    let ask = json!({ "chat": chat, "seq": 1, "emoji": "👍", "on": true, "x": 1 });
    assert_eq!(his.ask("reaction.set", &ask).await["error"]["code"], "request.unknown_field");

    gives(&bob, &chat, 1, THUMB).await.gives(200);
    ann.delete(&format!("/v1/chats/{chat}/messages/1")).await.gives(204);
    gives(&bob, &chat, 1, HEART).await.fails(409, "message.deleted");
    takes(&bob, &chat, 1, THUMB).await.gives(200);
    assert_eq!(first(&bob, &chat).await["reactions"], json!([]));
    let rows = h.app().db.rows(&COUNT, args![]).await.unwrap();
    assert_eq!(rows[0].get::<i64>(0).unwrap(), 0, "a deleted message keeps no rows");
    h.stop().await;
}

static COUNT: Sql = Sql::new("select count(*) from reaction");

#[tokio::test]
async fn a_message_and_a_person_have_a_limit_each() {
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    let crowd = crowd(&h, &chat, 3).await;
    // 🐀 and those after it.
    let emoji = |n: usize| format!("%F0%9F%90%{:X}", 0x80 + n);
    let people = [&ann, &bob, &crowd[0], &crowd[1]];
    for (person, n) in people.iter().zip([0, 5, 10, 15]) {
        for own in 0..5 {
            gives(person, &chat, 1, &emoji(n + own)).await.gives(200);
        }
        gives(person, &chat, 1, &emoji(n + 5)).await.fails(409, "reaction.too_many_own");
        // What is there is no one too many.
        gives(person, &chat, 1, &emoji(n)).await.gives(200);
    }
    let rev = state(&ann, &chat).await["rev"].clone();
    gives(&crowd[2], &chat, 1, &emoji(20)).await.fails(409, "reaction.too_many");
    assert_eq!(state(&ann, &chat).await["rev"], rev, "what was refused changed nothing");
    gives(&crowd[2], &chat, 1, &emoji(19)).await.gives(200);
    takes(&ann, &chat, 1, &emoji(0)).await.gives(200);
    gives(&crowd[2], &chat, 1, &emoji(20)).await.gives(200);
    let shown = summary(&first(&ann, &chat).await);
    assert_eq!(shown.len(), 20);
    assert_eq!((shown[0].0.as_str(), shown[18].1), ("🐁", 2));
    h.stop().await;
}

/// Everybody at once, each thing twice: nothing is lost, nothing counted
/// twice, and each change has a rev of its own.
#[tokio::test]
async fn i4_i5_many_hands_on_one_message_keep_what_each_gave() {
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    let crowd = crowd(&h, &chat, 6).await;
    let people: Vec<_> = [&ann, &bob].into_iter().chain(&crowd).collect();
    for _ in 0..3 {
        let twice = |who: &'_ Person, emoji: &'static str| {
            let (who, chat) = (Client::clone(who), chat.clone());
            async move {
                let url = format!("/v1/chats/{chat}/messages/1/reactions/{emoji}");
                let (one, other) =
                    tokio::join!(who.put(&url, &Value::Null), who.put(&url, &Value::Null));
                one.gives(200);
                other.gives(200);
            }
        };
        let before = state(&ann, &chat).await["rev"].as_i64().unwrap();
        let asks = people.iter().flat_map(|who| [THUMB, HEART].map(|emoji| twice(who, emoji)));
        join_all(asks).await;
        let message = first(&bob, &chat).await;
        for (_, count, accounts) in summary(&message) {
            let mut ids: Vec<_> = people.iter().map(|who| who.id.clone()).collect();
            let mut given = accounts.clone();
            ids.sort();
            given.sort();
            assert_eq!((count, given), (8, ids));
        }
        let after = state(&ann, &chat).await["rev"].as_i64().unwrap();
        assert_eq!((after - before, message["rev"].as_i64().unwrap()), (16, after));
        let off = people.iter().flat_map(|who| [THUMB, HEART].map(|emoji| (who, emoji)));
        join_all(off.map(|(who, emoji)| takes(who, &chat, 1, emoji))).await;
        assert_eq!(first(&ann, &chat).await["reactions"], json!([]));
    }
    h.stop().await;
}

#[tokio::test]
async fn i9_whoever_listens_or_catches_up_has_it_once() {
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    let mut hers = ann.socket().await;
    hers.hears("ready").await;
    let mut his = bob.socket().await;
    his.hears("ready").await;
    let ask = json!({ "chat": chat, "seq": 1, "emoji": "❤", "on": true });
    let ack = his.ask("reaction.set", &ask).await;
    let again = his.ask("reaction.set", &ask).await;
    assert_eq!(ack["message"], again["message"]);
    let heard = hers.hears("message.updated").await;
    assert_eq!(heard["message"]["reactions"], ack["message"]["reactions"]);
    assert_eq!((&heard["rev"], &heard["seq"]), (&json!(3), &json!(1)));
    // What comes after it is the next she hears.
    let new = json!({ "client_id": "2", "body": "then" });
    bob.post(&format!("/v1/chats/{chat}/messages"), &new).await.gives(201);
    hers.hears("message.new").await;
    let told = hers.heard().into_iter().filter(|name| name == "message.updated").count();
    assert_eq!(told, 1, "{:?}", hers.heard());

    let changes = format!("/v1/chats/{chat}/changes");
    let missed = ann.get(&format!("{changes}?rev=2&seq=1")).await.gives(200);
    let places: Vec<_> =
        missed["messages"].as_array().unwrap().iter().map(|it| it["seq"].clone()).collect();
    assert_eq!((places, &missed["limited"]), (vec![json!(1), json!(2)], &json!(false)));
    let held = json!({ "epoch": null, "arev": 0, "chats": { &chat: [2, 1, 0] } });
    let caught = ann.post("/v1/sync", &held).await.gives(200);
    assert_eq!(caught["chats"][0]["messages"].as_array().unwrap().len(), 2, "{caught}");
    h.stop().await;
}

/// It is not unread, sends no mail, and moves neither the list nor the edits.
#[tokio::test]
async fn a_reaction_is_a_change_of_the_message_and_nothing_else() {
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    bob.put(&format!("/v1/chats/{chat}/read"), &json!({ "seq": 1 })).await.gives(204);
    let before = state(&ann, &chat).await;
    h.clock.advance_ms(60_000);
    gives(&bob, &chat, 1, THUMB).await.gives(200);
    let after = state(&ann, &chat).await;
    for same in ["n", "seq", "unread", "last_at", "read_seq", "marks", "members"] {
        assert_eq!(before[same], after[same], "{same}");
    }
    assert_eq!(after["last_message"], first(&ann, &chat).await);
    // An edit of what was seen before the reaction is no late one, and keeps it.
    let place = format!("/v1/chats/{chat}/messages/1");
    let edit = json!({ "body": "dinner?", "seen_rev": 2 });
    let edited = ann.patch(&place, &edit).await.gives(200)["message"].clone();
    assert_eq!(summary(&edited).len(), 1);
    gives(&ann, &chat, 1, THUMB).await.gives(200);
    let late = json!({ "body": "breakfast?", "seen_rev": 3 });
    ann.patch(&place, &late).await.fails(409, "message.changed");
    let repeated = json!({ "client_id": "1", "body": "lunch?" });
    let sent = ann.post(&format!("/v1/chats/{chat}/messages"), &repeated).await.gives(200);
    assert_eq!(summary(&sent["message"])[0].1, 2);
    h.stop().await;
}

/// Who left keeps the words as they were, and learns nothing of what came after.
#[tokio::test]
async fn i12_who_left_or_hides_it_neither_gives_nor_sees() {
    static LEAVE: Sql =
        Sql::new("update member set left_at = 1, left_seq = 2, rev = 3 where account_id = $1");
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    let new = json!({ "client_id": "2", "body": "second" });
    ann.post(&format!("/v1/chats/{chat}/messages"), &new).await.gives(201);
    let account: domain::AccountId = bob.id.parse().unwrap();
    let mut leaves = Batch::new();
    leaves.demand(1, &LEAVE, args![account]);
    h.app().db.write(leaves).await.unwrap();
    gives(&ann, &chat, 1, THUMB).await.gives(200);
    ann.patch(&format!("/v1/chats/{chat}/messages/2"), &json!({ "body": "x" })).await.gives(200);
    let page = bob.get(&format!("/v1/chats/{chat}/messages")).await.gives(200);
    let row = |at: usize| page["messages"][at].clone();
    assert_eq!((&row(1)["body"], &row(1)["reactions"]), (&json!("lunch?"), &json!([])));
    assert!(row(1)["deleted_at"].is_null());
    assert_eq!(row(0)["body"], "");
    gives(&bob, &chat, 1, THUMB).await.fails(403, "chat.closed");

    run(&h.app().db, "update account_chat set hidden_upto_seq = 1".to_owned()).await;
    gives(&ann, &chat, 1, HEART).await.fails(404, "message.not_found");
    gives(&ann, &chat, 2, HEART).await.gives(200);
    h.stop().await;
}

/// Past the hundredth giver the summary only counts on.
#[tokio::test]
async fn a_summary_names_the_first_hundred() {
    static FILL: Sql = Sql::new(
        "insert into reaction (chat_id, seq, account_id, emoji, rev, first_rev, created_at)
         values ($1, 1, $2, '👍', $3, 1, 0)",
    );
    let h = Harness::start().await;
    let (ann, bob, chat) = pair(&h).await;
    let id: domain::ChatId = chat.parse().unwrap();
    let mut fills = Batch::new();
    for n in 0..130_i64 {
        let account = domain::AccountId::new(&h.app().clock, &h.app().entropy);
        fills.demand(1, &FILL, args![id, account, n - 130]);
    }
    h.app().db.write(fills).await.unwrap();
    gives(&ann, &chat, 1, THUMB).await.gives(200);
    let (_, count, accounts) = summary(&first(&bob, &chat).await).remove(0);
    assert_eq!((count, accounts.len(), accounts.contains(&ann.id)), (131, 100, false));
    let taken = takes(&ann, &chat, 1, THUMB).await.gives(200);
    assert_eq!(summary(&taken["message"])[0].1, 130);
    h.stop().await;
}
