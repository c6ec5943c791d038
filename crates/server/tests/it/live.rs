//! What is heard over the socket, by whom, and how often.

use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::harness::socket::Socket;
use crate::harness::{DEADLINE, Harness};

/// Sends over the socket; answers the message.
async fn says(socket: &mut Socket, chat: &str, client_id: &str, body: &str) -> Value {
    let new = json!({ "chat": chat, "client_id": client_id, "body": body });
    let ack = socket.ask("message.send", &new).await;
    assert_eq!(ack["ok"], true, "{ack}");
    ack["message"].clone()
}

/// Waits until whatever was emitted to this socket before is here.
async fn settle(socket: &mut Socket) {
    socket.ask("sync.check", &json!({ "arev": 0, "open": [] })).await;
}

fn count(socket: &Socket, name: &str) -> usize {
    socket.heard().iter().filter(|heard| *heard == name).count()
}

#[tokio::test]
async fn i15_everybody_hears_a_message_once() {
    let h = Harness::start().await;
    let (ann, bob, eve) = (h.person("ann").await, h.person("bob").await, h.person("eve").await);
    let chat = ann.befriends(&bob).await;
    eve.befriends(&bob).await;
    let (mut desk, mut phone) = (ann.socket().await, ann.socket().await);
    let (mut his, mut hers) = (bob.socket().await, eve.socket().await);

    let sent = says(&mut desk, &chat, "a1", "hello").await;
    assert_eq!(sent["client_id"], "a1");
    let at_home = phone.hears("message.new").await;
    assert_eq!(at_home["message"], sent, "one's other devices hear the client id");
    let epoch = his.hears("ready").await["epoch"].clone();
    let mut seen = sent.clone();
    seen["client_id"] = Value::Null;
    let expected = json!({
        "chat": chat, "rev": sent["rev"], "seq": 1, "n": 1, "message": seen, "epoch": epoch,
    });
    assert_eq!(his.hears("message.new").await, expected);

    says(&mut desk, &chat, "a1", "hello").await;
    for socket in [&mut desk, &mut phone, &mut his, &mut hers] {
        settle(socket).await;
    }
    assert_eq!(count(&desk, "message.new"), 1, "a repeated send is no second event");
    assert_eq!(count(&phone, "message.new"), 1);
    assert_eq!(count(&his, "message.new"), 1);
    assert_eq!(count(&hers, "message.new"), 0, "it is not hers");
}

#[tokio::test]
async fn edits_and_deletes_are_heard_in_order() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let (mut hers, mut his) = (ann.socket().await, bob.socket().await);
    says(&mut hers, &chat, "1", "one").await;
    let edit = json!({ "chat": chat, "seq": 1, "body": "two" });
    assert_eq!(hers.ask("message.edit", &edit).await["message"]["body"], "two");
    let place = json!({ "chat": chat, "seq": 1 });
    assert_eq!(hers.ask("message.delete", &place).await, json!({ "ok": true }));
    let heard = [
        his.hears("message.new").await,
        his.hears("message.updated").await,
        his.hears("message.deleted").await,
    ];
    let revs: Vec<_> = heard.iter().map(|event| event["rev"].as_i64().unwrap()).collect();
    assert_eq!(revs, [2, 3, 4]);
    assert_eq!(heard[2]["message"]["body"], "");
    let refused = his.ask("message.edit", &edit).await;
    assert_eq!(refused["ok"], false);
    assert_eq!(refused["error"]["code"], "message.not_yours");
    assert_eq!(refused["error"]["status"], 403);
}

#[tokio::test]
async fn i15_many_at_once_are_heard_in_the_order_of_rev() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let mut ears = [bob.socket().await, ann.socket().await];
    let mut mouths = Vec::new();
    for n in 0..6 {
        mouths.push(if n % 2 == 0 { ann.socket().await } else { bob.socket().await });
    }
    let send = async |at: usize, socket: &mut Socket| {
        for n in 0..20 {
            says(socket, &chat, &format!("{at}-{n}"), "x").await;
        }
    };
    let sends = mouths.iter_mut().enumerate().map(|(at, socket)| send(at, socket));
    futures_util::future::join_all(sends).await;
    for ear in &mut ears {
        let mut revs = Vec::new();
        for _ in 0..120 {
            revs.push(ear.hears("message.new").await["rev"].as_i64().unwrap());
        }
        assert_eq!(revs, (2..122).collect::<Vec<_>>());
        settle(ear).await;
        assert_eq!(count(ear, "message.new"), 120);
    }
}

#[tokio::test]
async fn a_new_chat_is_heard_by_those_who_are_here() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let (mut hers, mut his) = (ann.socket().await, bob.socket().await);
    hers.hears("ready").await;
    let chat = ann.befriends(&bob).await;
    for socket in [&mut hers, &mut his] {
        assert_eq!(socket.hears("friend.accepted").await["chat"], chat);
        assert_eq!(socket.hears("chat.new").await["chat"], chat);
    }
    says(&mut hers, &chat, "1", "at last").await;
    assert_eq!(his.hears("message.new").await["message"]["body"], "at last");

    // The friendship ends: the chat stays to read, and nothing passes.
    ann.delete(&format!("/v1/friends/{}", bob.id)).await.gives(204);
    his.hears("friend.removed").await;
    assert_eq!(his.hears("chat.updated").await["chat"], chat);
    let late = json!({ "chat": chat, "client_id": "2", "body": "x" });
    assert_eq!(hers.ask("message.send", &late).await["error"]["code"], "chat.closed");
    for name in ["message.edit", "message.delete"] {
        let mut what = json!({ "chat": chat, "seq": 1 });
        if name == "message.edit" {
            what["body"] = json!("late");
        }
        assert_eq!(hers.ask(name, &what).await["error"]["code"], "chat.closed", "{name}");
    }
    hers.emit("typing", &json!({ "chat": chat, "on": true }));
    // Reading on is for oneself alone.
    let read = json!({ "chat": chat, "seq": 1 });
    assert_eq!(his.ask("chat.read", &read).await, json!({ "ok": true }));
    assert_eq!(his.hears("receipt").await["read_seq"], 1);
    let own = bob.get(&format!("/v1/chats/{chat}")).await.gives(200)["chat"].clone();
    assert_eq!(own["unread"], 0);
    let others = ann.get(&format!("/v1/chats/{chat}")).await.gives(200)["chat"].clone();
    let members = others["members"].as_array().unwrap();
    let seen = members.iter().find(|member| member["account"] == bob.id.as_str()).unwrap();
    assert_eq!(seen["read_seq"], 0, "she does not learn that he read on");
    settle(&mut hers).await;
    settle(&mut his).await;
    assert_eq!(count(&hers, "receipt"), 0);
    assert_eq!(count(&his, "typing"), 0);

    // Friends again: the same chat, and what is said passes.
    assert_eq!(ann.befriends(&bob).await, chat);
    says(&mut hers, &chat, "3", "again").await;
    assert_eq!(his.hears("message.new").await["message"]["body"], "again");
}

#[tokio::test]
async fn i6_receipts_move_forward_and_are_told() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let (mut hers, mut his, mut phone) =
        (ann.socket().await, bob.socket().await, bob.socket().await);
    for n in 1..=3 {
        says(&mut hers, &chat, &n.to_string(), "x").await;
    }
    let mark = async |socket: &mut Socket, name: &str, seq: i64| {
        let ack = socket.ask(name, &json!({ "chat": chat, "seq": seq })).await;
        assert_eq!(ack, json!({ "ok": true }));
    };
    mark(&mut his, "chat.delivered", 2).await;
    let expected = json!({
        "chat": chat, "account": bob.id, "read_seq": 0, "read_n": 0, "delivered_seq": 2,
    });
    assert_eq!(hers.hears("receipt").await, expected);
    assert_eq!(phone.hears("receipt").await, expected, "own devices hear of it");
    // Beyond the end is the end; what goes back stays.
    mark(&mut his, "chat.read", 99).await;
    let expected = json!({
        "chat": chat, "account": bob.id, "read_seq": 3, "read_n": 3, "delivered_seq": 3,
    });
    assert_eq!(hers.hears("receipt").await, expected);
    mark(&mut his, "chat.read", 1).await;
    mark(&mut his, "chat.delivered", 0).await;
    let refused = his.ask("chat.read", &json!({ "chat": chat, "seq": -1 })).await;
    assert_eq!(refused["error"]["code"], "receipt.seq");
    let state = bob.get(&format!("/v1/chats/{chat}")).await.gives(200)["chat"].clone();
    assert_eq!(state["unread"], 0);
    assert_eq!(state["marks"], 12, "both have read and received three");
    settle(&mut hers).await;
    assert_eq!(count(&hers, "receipt"), 2);
}

#[tokio::test]
async fn i19_a_flood_of_receipts_is_one_write_a_window() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let (mut hers, mut his) = (ann.socket().await, bob.socket().await);
    for n in 1..=30 {
        says(&mut hers, &chat, &n.to_string(), "x").await;
    }
    let put = |seq: i64| {
        let (url, bob) = (format!("/v1/chats/{chat}/read"), &bob);
        async move { bob.put(&url, &json!({ "seq": seq })).await.gives(204) }
    };
    futures_util::future::join_all((1..=30).map(put)).await;
    let mut last = 0;
    while last < 30 {
        let moved = hers.hears("receipt").await["read_seq"].as_i64().unwrap();
        assert!(moved > last, "marks only grow");
        last = moved;
    }
    settle(&mut hers).await;
    settle(&mut his).await;
    assert!(count(&hers, "receipt") <= 4, "{}", count(&hers, "receipt"));
}

#[tokio::test]
async fn i19_typing_is_told_to_the_others_and_not_too_often() {
    let h = Harness::start().await;
    let (ann, bob, eve) = (h.person("ann").await, h.person("bob").await, h.person("eve").await);
    let chat = ann.befriends(&bob).await;
    let (mut hers, mut phone, mut his) =
        (ann.socket().await, ann.socket().await, bob.socket().await);
    let mut strange = eve.socket().await;
    for _ in 0..10 {
        hers.emit("typing", &json!({ "chat": chat, "on": true }));
    }
    assert_eq!(his.hears("typing").await, json!({ "chat": chat, "account": ann.id, "on": true }));
    hers.emit("typing", &json!({ "chat": chat, "on": false }));
    assert_eq!(his.hears("typing").await["on"], false);
    h.clock.advance_ms(3_000);
    hers.emit("typing", &json!({ "chat": chat, "on": true }));
    his.hears("typing").await;
    strange.emit("typing", &json!({ "chat": chat, "on": true }));
    for socket in [&mut strange, &mut hers, &mut phone, &mut his] {
        settle(socket).await;
    }
    assert_eq!(count(&his, "typing"), 3);
    assert_eq!(count(&phone, "typing") + count(&hers, "typing") + count(&strange, "typing"), 0);
}

#[tokio::test]
async fn presence_is_for_friends_who_watch() {
    let h = Harness::start().await;
    let (ann, bob, eve) = (h.person("ann").await, h.person("bob").await, h.person("eve").await);
    ann.befriends(&bob).await;
    let mut hers = ann.socket().await;
    let mut strange = eve.socket().await;
    let who = json!({ "accounts": [bob.id, eve.id, ann.id] });
    let ack = hers.ask("presence.watch", &who).await;
    let away = json!({ "account": bob.id, "online": false, "last_seen_at": null });
    assert_eq!(ack, json!({ "ok": true, "presence": [away] }), "only friends are shown");
    let nobody = strange.ask("presence.watch", &who).await;
    assert_eq!(nobody["presence"], json!([]));

    let his = bob.socket().await;
    let here = json!({ "account": bob.id, "online": true, "last_seen_at": null });
    assert_eq!(hers.hears("presence").await, here);
    let second = bob.socket().await;
    drop(his);
    drop(second);
    while h.edge().live.sockets() > 2 {
        settle(&mut hers).await;
    }
    // The leave counts after the grace, but its own time is told.
    let seen = h.clock.now_ms();
    h.clock.advance_ms(20_000);
    let left = hers.hears("presence").await;
    assert_eq!(left, json!({ "account": bob.id, "online": false, "last_seen_at": seen }));
    let ack = hers.ask("presence.watch", &json!({ "accounts": [bob.id] })).await;
    assert_eq!(ack["presence"][0]["last_seen_at"], seen);

    // No longer friends: no longer told.
    ann.delete(&format!("/v1/friends/{}", bob.id)).await.gives(204);
    let back = bob.socket().await;
    assert_eq!(h.edge().live.online(), 3);
    drop(back);
    settle(&mut hers).await;
    assert_eq!(count(&hers, "presence"), 2);
    assert_eq!(count(&strange, "presence"), 0);
    let too_many = vec![bob.id.clone(); 201];
    let refused = hers.ask("presence.watch", &json!({ "accounts": too_many })).await;
    assert_eq!(refused["error"]["code"], "presence.too_many");
}

#[tokio::test]
async fn i18_the_number_of_people_is_told() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let mut hers = ann.socket().await;
    assert_eq!(hers.hears("online.count").await, json!({ "count": 1 }));
    let (_desk, _phone) = (bob.socket().await, bob.socket().await);
    assert_eq!(hers.hears("online.count").await, json!({ "count": 2 }), "people, not devices");
    assert_eq!(ann.get("/v1/online").await.gives(200), json!({ "count": 2 }));
    h.stranger().get("/v1/online").await.fails(401, "login.required");
}

#[tokio::test]
async fn a_sign_in_that_ends_takes_its_sockets_along() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let (mut one, mut two) = (ann.socket().await, ann.socket().await);
    ann.post("/v1/logout", &json!({})).await.gives(204);
    for socket in [&mut one, &mut two] {
        assert_eq!(socket.hears("login.revoked").await["reason"], "signed_out");
        socket.closes().await;
    }
    let refused = Socket::try_connect(h.addr, json!({ "token": ann.access }), &[]).await;
    assert_eq!(refused.err().unwrap()["data"]["code"], "login.revoked");
}

#[tokio::test]
async fn who_may_join() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let refused = async |payload: Value, headers: &[(&str, &str)]| {
        Socket::try_connect(h.addr, payload, headers).await.err().expect("refused")
    };
    assert_eq!(refused(json!({}), &[]).await["data"]["code"], "login.required");
    assert_eq!(refused(json!({ "token": "x" }), &[]).await["data"]["code"], "login.invalid");
    assert_eq!(refused(json!({ "tokn": "x" }), &[]).await["data"]["code"], "request.malformed");
    let cookie = format!("tidings_access={}", ann.access);
    let by_cookie = refused(json!({}), &[("cookie", &cookie)]).await;
    assert_eq!(by_cookie["data"]["code"], "request.origin", "a cookie needs an origin");
    let own = format!("http://{}", h.addr);
    let headers = [("cookie", cookie.as_str()), ("origin", own.as_str())];
    let mut socket = Socket::try_connect(h.addr, json!({}), &headers).await.expect("accepted");
    assert_eq!(socket.hears("ready").await["account"], ann.id);
    let foreign = [("cookie", cookie.as_str()), ("origin", "https://evil.example")];
    assert!(refused(json!({}), &foreign).await["handshake"].is_string(), "no upgrade at all");
}

#[tokio::test]
async fn a_check_says_what_was_missed() {
    let h = Harness::start().await;
    let (ann, bob, eve) = (h.person("ann").await, h.person("bob").await, h.person("eve").await);
    let chat = ann.befriends(&bob).await;
    let strange = eve.befriends(&bob).await;
    let mut hers = ann.socket().await;
    let arev = hers.hears("ready").await["arev"].clone();
    let check = async |socket: &mut Socket, open: Value| {
        let ack = socket.ask("sync.check", &json!({ "arev": 0, "open": open })).await;
        assert_eq!(ack["arev"], arev);
        ack["stale"].clone()
    };
    assert_eq!(check(&mut hers, json!([[chat, 1]])).await, json!([]));
    says(&mut hers, &chat, "1", "x").await;
    assert_eq!(check(&mut hers, json!([[chat, 2]])).await, json!([]));
    assert_eq!(check(&mut hers, json!([[chat, 1]])).await, json!([chat]));
    let nowhere = "01980000-0000-7000-8000-000000000001";
    assert_eq!(
        check(&mut hers, json!([[strange, 99], [nowhere, 99]])).await,
        json!([strange, nowhere]),
        "another's chat and none are the same"
    );
    let bad = hers.ask("nothing.known", &json!({})).await;
    assert_eq!(bad["error"]["code"], "request.unknown_event");
    let bad = hers.ask("message.send", &json!({ "chat": chat, "colour": "red" })).await;
    assert_eq!(bad["error"]["code"], "request.unknown_field");
}

#[tokio::test]
async fn a_flood_is_refused_and_then_cut() {
    let h = Harness::start_with(|config| config.dev_no_limits = false).await;
    let ann = h.person("ann").await;
    let mut hers = ann.socket().await;
    let check = json!({ "arev": 0, "open": [] });
    let mut refused = Value::Null;
    for _ in 0..400 {
        refused = hers.ask("sync.check", &check).await;
        if refused["ok"] == false {
            break;
        }
    }
    assert_eq!(refused["error"]["code"], "limit.events");
    assert_eq!(refused["error"]["status"], 429);
    for _ in 0..2_000 {
        hers.emit("sync.check", &check);
    }
    hers.closes().await;
}

#[tokio::test]
async fn i11_who_reads_too_slowly_is_told_to_sync() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let token = json!({ "token": bob.access });
    let mut slow = Socket::open(h.addr, token, &[]).await.expect("accepted");
    let mut quick = bob.socket().await;
    // More than the kernel and the socket's queue hold together.
    let body = "\u{1f600}".repeat(4_096);
    let mut hers = ann.socket().await;
    for n in 0..600 {
        says(&mut hers, &chat, &n.to_string(), &body).await;
    }
    for _ in 0..600 {
        quick.hears("message.new").await;
    }
    let (mut heard, mut is_told) = (0, false);
    while !is_told {
        let frame = tokio::time::timeout(DEADLINE, slow.next()).await.expect("in time");
        let frame = frame.expect("still open").expect("a frame");
        let text = frame.to_text().expect("text");
        heard += usize::from(text.contains("message.new"));
        is_told = text.contains("sync.required");
    }
    assert!(heard < 600, "some were dropped, and that was said");
    settle(&mut quick).await;
    assert_eq!(count(&quick, "sync.required"), 0, "the quick one lacks nothing");
    says(&mut hers, &chat, "after", "x").await;
    let frame = slow.next().await.expect("still open").expect("a frame");
    assert!(frame.to_text().expect("text").contains("message.new"), "it hears again");
}

#[tokio::test]
async fn what_is_stored_is_told_even_when_its_sender_has_gone() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let mut his = bob.socket().await;
    for n in 0..60 {
        let client = harness_client(&ann);
        let request = http::Request::builder()
            .method("POST")
            .uri(format!("/v1/chats/{chat}/messages"))
            .header("content-type", "application/json")
            .body(format!("{{\"client_id\":\"{n}\",\"body\":\"x\"}}").into_bytes())
            .expect("a request");
        let sending = tokio::spawn(async move { client.attempt(request).await });
        // Some leave before they are heard, some before they are answered.
        for _ in 0..n * 2 {
            tokio::task::yield_now().await;
        }
        sending.abort();
        let _ = sending.await;
    }
    says(&mut ann.socket().await, &chat, "last", "x").await;
    let stored = bob.get(&format!("/v1/chats/{chat}")).await.gives(200)["chat"]["seq"].clone();
    for seq in 1..=stored.as_i64().expect("a number") {
        assert_eq!(his.hears("message.new").await["seq"], seq);
    }
}

fn harness_client(person: &crate::harness::Person) -> crate::harness::client::Client {
    std::ops::Deref::deref(person).clone()
}

#[tokio::test]
async fn who_is_here_is_told_when_the_server_goes() {
    let h = Harness::start_with(|config| config.drain_secs = 1).await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let (mut hers, mut his) = (ann.socket().await, bob.socket().await);
    let id = ann.id.parse().expect("an id");
    let seen = async || {
        static SEEN: sql::Sql = sql::Sql::new("select last_seen_at from account where id = $1");
        let id: domain::AccountId = id;
        let row = h.app().db.row(&SEEN, sql::args![id]).await.expect("read").expect("ann");
        row.get::<Option<i64>>(0).expect("a time")
    };
    assert_eq!(seen().await, None);
    h.edge().stop.cancel();
    while seen().await.is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(seen().await, Some(h.clock.now_ms()));
    let stopping = h.stop();
    let told = async {
        for socket in [&mut hers, &mut his] {
            let after = socket.hears("server.drain").await["after_ms"].as_u64().expect("a time");
            assert!(after < 1_000);
            socket.closes().await;
        }
    };
    tokio::join!(stopping, told);
}

#[tokio::test]
async fn i20_an_event_is_rendered_for_all_and_for_its_sender() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let mut hers = ann.socket().await;
    let mut ears = Vec::new();
    for n in 0..20 {
        ears.push(if n % 2 == 0 { ann.socket().await } else { bob.socket().await });
    }
    let before = h.edge().live.rendered();
    for n in 0..10 {
        says(&mut hers, &chat, &n.to_string(), "x").await;
    }
    for ear in &mut ears {
        for _ in 0..10 {
            ear.hears("message.new").await;
        }
    }
    assert_eq!(h.edge().live.rendered() - before, 20, "not once for each of 21 sockets");
}
