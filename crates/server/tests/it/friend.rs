//! Asking, accepting, declining, ending, blocking; and all of it at once.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

use domain::{AccountId, ChatId, Event};
use futures_util::future::join_all;
use serde_json::{Value, json};
use sql::{Batch, Sql, args};

use crate::harness::client::{Answer, Client};
use crate::harness::{Harness, Person};

static LOG: Sql =
    Sql::new("select arev, kind, body from account_event where account_id = $1 order by arev");
static CHAT: Sql = Sql::new("select closed_at, rev, last_seq from chat where id = $1");
static MEMBERS: Sql =
    Sql::new("select account_id from member where chat_id = $1 and left_at is null");

const HOUR: i64 = 60 * 60 * 1_000;
const WEEK: i64 = 7 * 24 * HOUR;

async fn wants(who: &Client, whom: &Person) -> Answer {
    who.put(&format!("/v1/friends/{}", whom.id), &Value::Null).await
}

async fn drops(who: &Client, whom: &Person) -> Answer {
    who.delete(&format!("/v1/friends/{}", whom.id)).await
}

async fn blocks(who: &Client, whom: &Person) -> Answer {
    who.put(&format!("/v1/blocks/{}", whom.id), &Value::Null).await
}

/// What the other one is to `who`, by name and by search alike.
async fn relation(who: &Client, whom: &Person) -> String {
    let person = who.get(&format!("/v1/people/{}", whom.id)).await;
    let name = whom.email.split('@').next().unwrap();
    let found = who.get(&format!("/v1/people?q={name}")).await.gives(200);
    let found = found["people"].as_array().unwrap().iter().find(|it| it["id"] == whom.id);
    let Some(found) = found else {
        person.fails(404, "person.not_found");
        return "hidden".to_owned();
    };
    let relation = found["relation"].as_str().unwrap().to_owned();
    if relation == "none" {
        person.fails(404, "person.not_found");
    } else {
        assert_eq!(&person.gives(200)["person"], found);
    }
    relation
}

async fn names(who: &Client, path: &str, key: &str) -> Vec<String> {
    let list = who.get(path).await.gives(200)[key].clone();
    list.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

async fn incoming(who: &Client) -> Vec<String> {
    names(who, "/v1/friends/requests", "incoming").await
}

/// The log of somebody: kinds, after a check that it has no gap.
async fn log(h: &Harness, of: &Person) -> Vec<(String, Value)> {
    let id: AccountId = of.id.parse().unwrap();
    let rows = h.app().db.rows(&LOG, args![id]).await.unwrap();
    let mut log = Vec::new();
    for (row, number) in rows.iter().zip(1_i64..) {
        assert_eq!(row.get::<i64>(0).unwrap(), number, "no gap");
        let body = serde_json::from_str(&row.get::<String>(2).unwrap()).unwrap();
        log.push((row.get(1).unwrap(), body));
    }
    assert_eq!(domain::account::arev(h.app(), id).await.unwrap(), log.len() as i64);
    log
}

fn kinds(log: &[(String, Value)]) -> Vec<&str> {
    log.iter().map(|(kind, _)| kind.as_str()).collect()
}

/// Whether the direct chat is open; it always has both as members.
async fn is_open(h: &Harness, chat: &Value) -> bool {
    let id: ChatId = chat.as_str().unwrap().parse().unwrap();
    let row = h.app().db.row(&CHAT, args![id]).await.unwrap().expect("there is a chat");
    assert_eq!(h.app().db.rows(&MEMBERS, args![id]).await.unwrap().len(), 2);
    row.get::<Option<i64>>(0).unwrap().is_none()
}

#[tokio::test]
async fn asking_and_accepting_opens_the_chat() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    assert_eq!(relation(&ann, &bob).await, "none");
    let asked = wants(&ann, &bob).await.gives(200);
    assert_eq!(asked, json!({ "relation": "asked", "chat": null }));
    assert_eq!(wants(&ann, &bob).await.gives(200), asked, "asking twice changes nothing");
    assert_eq!(
        (relation(&ann, &bob).await, relation(&bob, &ann).await),
        ("asked".into(), "asking".into())
    );
    assert_eq!(incoming(&bob).await, ["ann"]);
    assert_eq!(names(&ann, "/v1/friends/requests", "outgoing").await, ["bob"]);
    assert!(names(&ann, "/v1/friends", "friends").await.is_empty());

    let accepted = wants(&bob, &ann).await.gives(200);
    assert_eq!(accepted["relation"], "friend");
    assert_eq!(wants(&ann, &bob).await.gives(200), accepted, "both know the same chat");
    assert!(is_open(&h, &accepted["chat"]).await);
    assert_eq!(names(&ann, "/v1/friends", "friends").await, ["bob"]);
    assert_eq!(names(&bob, "/v1/friends", "friends").await, ["ann"]);
    assert!(incoming(&bob).await.is_empty());

    for (one, other, first) in [(&ann, &bob, "asked"), (&bob, &ann, "asking")] {
        let log = log(&h, one).await;
        assert_eq!(kinds(&log), ["friend.request", "friend.accepted", "chat.new"]);
        let person = |relation| {
            json!({
                "id": other.id, "name": other.email.split('@').next(), "username": other.email.split('@').next(),
                "photo": null, "relation": relation,
            })
        };
        assert_eq!(log[0].1, json!({ "person": person(first) }));
        assert_eq!(log[1].1, json!({ "person": person("friend"), "chat": accepted["chat"] }));
        assert_eq!(log[2].1, json!({ "chat": accepted["chat"] }));
    }
}

#[tokio::test]
async fn both_hear_it_live() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let (mut to_ann, mut to_bob) = (ann.socket().await, bob.socket().await);
    wants(&ann, &bob).await.gives(200);
    let request = to_bob.hears("friend.request").await;
    assert_eq!((&request["arev"], &request["person"]["id"]), (&json!(1), &json!(ann.id)));
    assert_eq!(request["person"]["relation"], "asking");
    assert_eq!(to_ann.hears("friend.request").await["person"]["relation"], "asked");

    let chat = wants(&bob, &ann).await.gives(200)["chat"].clone();
    for socket in [&mut to_ann, &mut to_bob] {
        let accepted = socket.hears("friend.accepted").await;
        assert_eq!((&accepted["arev"], &accepted["chat"]), (&json!(2), &chat));
        assert_eq!(socket.hears("chat.new").await, json!({ "arev": 3, "chat": chat }));
    }
    blocks(&ann, &bob).await.gives(204);
    let mut removed = to_bob.hears("friend.removed").await;
    assert_eq!(removed["person"]["relation"], "none", "not that it was a block");
    // What is heard live and what is caught up with are one and the same.
    let (kind, body) = log(&h, &bob).await.pop().unwrap();
    assert_eq!((kind.as_str(), &removed["arev"]), ("friend.removed", &json!(4)));
    removed.as_object_mut().unwrap().remove("arev");
    assert_eq!(removed, body);
    assert_eq!(to_ann.hears("friend.removed").await["person"]["relation"], "blocked");
}

#[tokio::test]
async fn everybody_is_told_what_their_log_says() {
    let h = Harness::start().await;
    let heard = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let hears = std::sync::Arc::clone(&heard);
    h.app().bus.subscribe(move |event| match event {
        Event::FriendChanged { account, arev, person, .. } => {
            hears.lock().unwrap().push((*account, *arev, person.relation.event()));
        }
        Event::ChatOpened { account, arev, .. } => {
            hears.lock().unwrap().push((*account, *arev, "chat.new"));
        }
        _ => {}
    });
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    ann.befriends(&bob).await;
    drops(&bob, &ann).await.gives(204);
    blocks(&ann, &bob).await.gives(204);
    for person in [&ann, &bob] {
        let id: AccountId = person.id.parse().unwrap();
        let heard = heard.lock().unwrap().clone();
        let told: Vec<(i64, &str)> =
            heard.into_iter().filter(|it| it.0 == id).map(|it| (it.1, it.2)).collect();
        let log = log(&h, person).await;
        let logged: Vec<(i64, &str)> = (1..).zip(kinds(&log)).collect();
        assert_eq!(told, logged);
    }
}

#[tokio::test]
async fn ending_closes_the_chat_and_befriending_again_reopens_the_same() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = json!(ann.befriends(&bob).await);
    drops(&ann, &bob).await.gives(204);
    assert!(!is_open(&h, &chat).await);
    assert_eq!(
        (relation(&ann, &bob).await, relation(&bob, &ann).await),
        ("none".into(), "none".into())
    );
    drops(&ann, &bob).await.gives(204);
    // The one who was left may ask, and the other accept.
    assert_eq!(json!(bob.befriends(&ann).await), chat);
    assert!(is_open(&h, &chat).await);
    let log = log(&h, &bob).await;
    assert_eq!(
        kinds(&log),
        [
            "friend.request",
            "friend.accepted",
            "chat.new",
            "friend.removed",
            "friend.request",
            "friend.accepted",
            "chat.new",
        ]
    );
}

#[tokio::test]
async fn withdrawing_and_declining_leave_nothing() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    wants(&ann, &bob).await.gives(200);
    drops(&ann, &bob).await.gives(204);
    assert!(incoming(&bob).await.is_empty());

    h.clock.advance_ms(HOUR);
    let (ann, bob) = (signs_in(&h, ann).await, signs_in(&h, bob).await);
    wants(&ann, &bob).await.gives(200);
    drops(&bob, &ann).await.gives(204);
    assert!(incoming(&bob).await.is_empty());
    assert_eq!(relation(&ann, &bob).await, "none");

    // Asking again is answered like any request, but does not reach Bob.
    let before = log(&h, &bob).await.len();
    assert_eq!(wants(&ann, &bob).await.gives(200)["relation"], "asked");
    assert_eq!(
        (relation(&ann, &bob).await, relation(&bob, &ann).await),
        ("asked".into(), "none".into())
    );
    assert!(incoming(&bob).await.is_empty());
    assert_eq!(log(&h, &bob).await.len(), before);

    h.clock.advance_ms(WEEK);
    let (ann, bob) = (signs_in(&h, ann).await, signs_in(&h, bob).await);
    assert_eq!(wants(&ann, &bob).await.gives(200)["relation"], "asked");
    assert_eq!(incoming(&bob).await, ["ann"]);
}

/// Signs in again: the clock has left the access token behind.
async fn signs_in(h: &Harness, mut who: Person) -> Person {
    let body = json!({ "email": who.email, "password": crate::harness::PASSWORD, "tokens": true });
    let tokens = h.stranger().post("/v1/login", &body).await.gives(200);
    who.holds(tokens["access_token"].as_str().unwrap());
    who
}

#[tokio::test]
async fn who_asks_and_withdraws_is_told_of_once_an_hour() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    for _ in 0..10 {
        wants(&ann, &bob).await;
        drops(&ann, &bob).await.gives(204);
    }
    let problem = wants(&ann, &bob).await.fails(429, "friend.too_soon");
    assert_eq!(problem["retry_after"], 3_600);
    for person in [&ann, &bob] {
        assert_eq!(kinds(&log(&h, person).await), ["friend.request", "friend.removed"]);
    }
    h.clock.advance_ms(HOUR);
    let (ann, bob) = (signs_in(&h, ann).await, signs_in(&h, bob).await);
    wants(&ann, &bob).await.gives(200);
    assert_eq!(incoming(&bob).await, ["ann"]);
    drops(&ann, &bob).await.gives(204);
    wants(&ann, &bob).await.fails(429, "friend.too_soon");
    // It binds neither the other one nor an acceptance.
    wants(&bob, &ann).await.gives(200);
    assert_eq!(wants(&ann, &bob).await.gives(200)["relation"], "friend");
}

#[tokio::test]
async fn asking_each_other_at_once_makes_friends_once() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    for _ in 0..5 {
        let asks = (0..6).map(|n| if n % 2 == 0 { wants(&ann, &bob) } else { wants(&bob, &ann) });
        // Both closures are of one type only when boxed; the order is what races.
        for answer in join_all(asks.map(Box::pin)).await {
            answer.gives(200);
        }
        let standing = wants(&ann, &bob).await.gives(200);
        assert_eq!(standing["relation"], "friend");
        assert!(is_open(&h, &standing["chat"]).await);
        drops(&ann, &bob).await.gives(204);
    }
    for person in [&ann, &bob] {
        let log = log(&h, person).await;
        assert_eq!(
            kinds(&log),
            ["friend.request", "friend.accepted", "chat.new", "friend.removed"].repeat(5)
        );
    }
}

#[tokio::test]
async fn accepting_twice_at_once_is_accepting_once() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    wants(&ann, &bob).await.gives(200);
    let answers = join_all((0..8).map(|_| wants(&bob, &ann))).await;
    for answer in &answers {
        assert_eq!(answer.gives(200)["relation"], "friend");
    }
    assert_eq!(kinds(&log(&h, &ann).await), ["friend.request", "friend.accepted", "chat.new"]);
}

#[tokio::test]
async fn accepting_against_withdrawing_ends_in_one_of_the_two() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    // They take turns, since who withdrew must wait with another request.
    for n in 0..6 {
        let (ann, bob) = if n % 2 == 0 { (&ann, &bob) } else { (&bob, &ann) };
        wants(ann, bob).await.gives(200);
        let (accepted, withdrawn) = tokio::join!(wants(bob, ann), drops(ann, bob));
        withdrawn.gives(204);
        let accepted = accepted.gives(200);
        let now = (relation(ann, bob).await, relation(bob, ann).await);
        let now = (now.0.as_str(), now.1.as_str());
        assert!(matches!(now, ("none", "none") | ("asking", "asked")), "{now:?} {accepted}");
        if accepted["relation"] == "friend" {
            assert!(!is_open(&h, &accepted["chat"]).await, "what was withdrawn is closed");
        }
        // Declined, not withdrawn: whoever came second may ask next.
        drops(ann, bob).await.gives(204);
    }
}

#[tokio::test]
async fn a_blocked_person_finds_and_reaches_nobody() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = json!(ann.befriends(&bob).await);
    blocks(&ann, &bob).await.gives(204);
    blocks(&ann, &bob).await.gives(204);
    assert!(!is_open(&h, &chat).await);
    assert_eq!(
        (relation(&ann, &bob).await, relation(&bob, &ann).await),
        ("blocked".into(), "hidden".into())
    );
    assert_eq!(names(&ann, "/v1/blocks", "blocked").await, ["bob"]);
    wants(&ann, &bob).await.fails(409, "friend.blocked");

    // To Bob it is as if Ann were not there.
    let blocked = wants(&bob, &ann).await;
    let absent = bob.put("/v1/friends/01890000-0000-7000-8000-000000000000", &Value::Null).await;
    blocked.fails(404, "person.not_found");
    absent.fails(404, "person.not_found");
    assert_eq!(blocked.json()["detail"], absent.json()["detail"]);
    let log = log(&h, &bob).await;
    assert_eq!(log.last().unwrap().1["person"]["relation"], "none");

    ann.delete(&format!("/v1/blocks/{}", bob.id)).await.gives(204);
    assert_eq!(
        (relation(&ann, &bob).await, relation(&bob, &ann).await),
        ("none".into(), "none".into())
    );
    assert_eq!(json!(bob.befriends(&ann).await), chat);
}

#[tokio::test]
async fn wrong_requests_are_refused_in_plain_words() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    wants(&ann, &ann).await.fails(400, "friend.oneself");
    blocks(&ann, &ann).await.fails(400, "friend.oneself");
    let nobody = "01890000-0000-7000-8000-000000000000";
    for (method, at) in
        [("put", "friends"), ("delete", "friends"), ("put", "blocks"), ("delete", "blocks")]
    {
        let path = format!("/v1/{at}/{nobody}");
        let answer = if method == "put" {
            ann.put(&path, &Value::Null).await
        } else {
            ann.delete(&path).await
        };
        answer.fails(404, "person.not_found");
    }
    ann.get(&format!("/v1/people/{nobody}")).await.fails(404, "person.not_found");
    ann.put("/v1/friends/nobody", &Value::Null).await.fails(404, "request.not_found");
    h.stranger().get("/v1/friends").await.fails(401, "login.required");
}

static FILL: Sql = Sql::new(
    "insert into friend (account_id, peer_id, state, updated_at) values ($1, $2, 'asked', 0)",
);

#[tokio::test]
async fn five_hundred_requests_may_wait_for_an_answer() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let id: AccountId = ann.id.parse().unwrap();
    let mut batch = Batch::new();
    for _ in 0..499 {
        batch.run(&FILL, args![id, AccountId::new(&h.clock, &h.app().entropy)]);
    }
    h.app().db.write(batch).await.unwrap();
    assert_eq!(wants(&ann, &bob).await.gives(200)["relation"], "asked");
    let eve = h.person("eve").await;
    wants(&ann, &eve).await.fails(429, "friend.too_many");
    // Accepting is no request.
    wants(&eve, &ann).await.gives(200);
    assert_eq!(wants(&ann, &eve).await.gives(200)["relation"], "friend");
    drops(&ann, &bob).await.gives(204);
    drops(&ann, &eve).await.gives(204);
    assert_eq!(wants(&ann, &eve).await.gives(200)["relation"], "asked");
}

/// One verb of one of the two, chosen by `n`.
async fn does(h: &Harness, n: u64, ann: &Person, bob: &Person) {
    let (who, whom) = if n.is_multiple_of(2) { (ann, bob) } else { (bob, ann) };
    let answer = match n / 2 % 16 {
        0..=8 => wants(who, whom).await,
        9..=11 => drops(who, whom).await,
        12 => blocks(who, whom).await,
        _ => who.delete(&format!("/v1/blocks/{}", whom.id)).await,
    };
    let status = answer.status.as_u16();
    // Who is blocked finds nobody, who blocks must unblock first, and who
    // withdrew must wait.
    assert!(matches!(status, 200 | 204 | 404 | 409 | 429), "{answer:?} at {}", h.addr);
}

#[tokio::test]
async fn whatever_they_do_at_once_both_views_agree_and_the_logs_explain_them() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let pair: AccountId = ann.id.parse().unwrap();
    let chat = json!(ChatId::direct(pair, bob.id.parse().unwrap()));
    let (mut n, mut was_friends) = (7_u64, false);
    for _ in 0..40 {
        let verbs: Vec<u64> = (0..4)
            .map(|_| {
                n = n
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                n >> 33
            })
            .collect();
        join_all(verbs.into_iter().map(|verb| does(&h, verb, &ann, &bob))).await;

        let (of_ann, of_bob) = (relation(&ann, &bob).await, relation(&bob, &ann).await);
        let agreed = match (of_ann.as_str(), of_bob.as_str()) {
            ("none", "none") | ("blocked", "blocked" | "hidden") | ("hidden", "blocked") => false,
            // A request that comes too soon after a refusal stays with the asker.
            ("asked", "asking" | "none") | ("asking" | "none", "asked") => false,
            ("friend", "friend") => true,
            other => panic!("they disagree: {other:?}"),
        };
        was_friends |= agreed;
        if was_friends {
            assert_eq!(is_open(&h, &chat).await, agreed);
        }
        // What somebody was told last is what they see.
        for (person, seen) in [(&ann, of_ann), (&bob, of_bob)] {
            let log = log(&h, person).await;
            let told = log.iter().rev().find(|(kind, _)| kind.starts_with("friend."));
            let told =
                told.map_or("none", |(_, body)| body["person"]["relation"].as_str().unwrap());
            assert_eq!(told, if seen == "hidden" { "none" } else { &seen });
        }
    }
    assert!(was_friends, "the verbs were chosen badly");
}
