//! Who may do what: every route and every event, for everybody there is.
//!
//! The table below is the declaration. A documented route or event that it
//! does not name fails the test, and so does an answer that differs from it.
//! A cell is `2xx` or the code of the refusal.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::client::Client;
use crate::harness::socket::Socket;
use crate::harness::{Harness, PASSWORD, Person};

const NOWHERE: &str = "01980000-0000-7000-8000-000000000001";

/// Those who are signed in, in the order of the table's columns.
const SIGNED_IN: [&str; 5] = ["stranger", "asked", "friend", "former", "blocked"];

/// A row: `METHOD path`, the body, and what each of the five is answered.
/// Nobody and a device that was signed out are refused everywhere here.
type Row = (&'static str, &'static str, [&'static str; 5]);

const NO_CHAT: &str = "chat.not_found";
const NO_LOGIN: &str = "login.not_found";
const NO_PERSON: &str = "person.not_found";

#[rustfmt::skip]
const SIGNED: &[Row] = &[
    ("GET /v1/online", "", ["200"; 5]),
    ("GET /v1/me", "", ["200"; 5]),
    ("PATCH /v1/me", r#"{"bio":"x"}"#, ["200"; 5]),
    ("GET /v1/logins", "", ["200"; 5]),
    ("DELETE /v1/logins/{login}", "", [NO_LOGIN; 5]),
    ("GET /v1/people", "", ["200"; 5]),
    ("GET /v1/friends", "", ["200"; 5]),
    ("GET /v1/friends/requests", "", ["200"; 5]),
    ("GET /v1/blocks", "", ["200"; 5]),
    ("GET /v1/chats", "", ["200"; 5]),
    ("GET /v1/messages", "", ["200"; 5]),
    ("GET /v1/messages?q=only&chat={id}", "", [NO_CHAT, NO_CHAT, "200", "200", "200"]),
    ("POST /v1/sync", r#"{"chats":{"{id}":[0,0,0]}}"#, ["200"; 5]),
    ("GET /v1/chats/{id}", "", [NO_CHAT, NO_CHAT, "200", "200", "200"]),
    ("GET /v1/chats/{id}/messages", "", [NO_CHAT, NO_CHAT, "200", "200", "200"]),
    ("GET /v1/chats/{id}/changes", "", [NO_CHAT, NO_CHAT, "200", "200", "200"]),
    ("POST /v1/chats/{id}/messages", r#"{"client_id":"x","body":"x"}"#,
        [NO_CHAT, NO_CHAT, "201", "chat.closed", "chat.closed"]),
    ("PATCH /v1/chats/{id}/messages/{seq}", r#"{"body":"theirs"}"#,
        [NO_CHAT, NO_CHAT, "message.not_yours", "message.not_yours", "message.not_yours"]),
    ("DELETE /v1/chats/{id}/messages/{seq}", "",
        [NO_CHAT, NO_CHAT, "message.not_yours", "message.not_yours", "message.not_yours"]),
    ("PUT /v1/chats/{id}/messages/{seq}/reactions/{emoji}", "",
        [NO_CHAT, NO_CHAT, "200", "chat.closed", "chat.closed"]),
    ("DELETE /v1/chats/{id}/messages/{seq}/reactions/{emoji}", "",
        [NO_CHAT, NO_CHAT, "200", "chat.closed", "chat.closed"]),
    ("PUT /v1/chats/{id}/read", r#"{"seq":1}"#, [NO_CHAT, NO_CHAT, "204", "204", "204"]),
    ("PUT /v1/chats/{id}/delivered", r#"{"seq":1}"#,
        [NO_CHAT, NO_CHAT, "204", "chat.closed", "chat.closed"]),
    ("PATCH /v1/chats/{id}/mine", r#"{"pinned":true}"#, [NO_CHAT, NO_CHAT, "200", "200", "200"]),
    ("GET /v1/people/{account}", "", [NO_PERSON, "200", "200", NO_PERSON, NO_PERSON]),
    // From here on the rows change who is what, or who is signed in.
    ("PUT /v1/friends/{account}", "", ["200", "200", "200", "200", NO_PERSON]),
    ("DELETE /v1/friends/{account}", "", ["204"; 5]),
    ("PUT /v1/blocks/{account}", "", ["204"; 5]),
    ("DELETE /v1/blocks/{account}", "", ["204"; 5]),
    ("POST /v1/logout", "{}", ["204"; 5]),
    ("POST /v1/logout/all", "{}", ["204"; 5]),
];

/// Routes that ask nobody who they are: one answer for all.
#[rustfmt::skip]
const OPEN: &[(&str, &str, &str)] = &[
    ("POST /v1/accounts", r#"{"email":"new@example.org","name":"new","password":"quiet harbour lantern 7"}"#, "202"),
    ("POST /v1/accounts/verify", r#"{"signup":"01980000-0000-7000-8000-000000000001","code":"000000"}"#, "code.expired"),
    ("POST /v1/accounts/resend", r#"{"signup":"01980000-0000-7000-8000-000000000001"}"#, "code.expired"),
    ("POST /v1/login", r#"{"email":"nobody@example.org","password":"quiet harbour lantern 7"}"#, "login.refused"),
    ("POST /v1/login/refresh", r#"{"refresh_token":"x"}"#, "login.expired"),
    ("POST /v1/password/strength", r#"{"password":"quiet harbour lantern 7","hints":[]}"#, "200"),
    ("POST /v1/password/forgot", r#"{"email":"nobody@example.org"}"#, "202"),
    ("POST /v1/password/reset", r#"{"token":"x","password":"quiet harbour lantern 7"}"#, "password.token_invalid"),
];

#[rustfmt::skip]
const EVENTS: &[Row] = &[
    ("chat.read", r#"{"chat":"{id}","seq":1}"#, [NO_CHAT, NO_CHAT, "ok", "ok", "ok"]),
    ("message.send", r#"{"chat":"{id}","client_id":"y","body":"y"}"#,
        [NO_CHAT, NO_CHAT, "ok", "chat.closed", "chat.closed"]),
    ("message.edit", r#"{"chat":"{id}","seq":1,"body":"theirs"}"#,
        [NO_CHAT, NO_CHAT, "message.not_yours", "message.not_yours", "message.not_yours"]),
    ("message.delete", r#"{"chat":"{id}","seq":1}"#,
        [NO_CHAT, NO_CHAT, "message.not_yours", "message.not_yours", "message.not_yours"]),
    ("reaction.set", r#"{"chat":"{id}","seq":1,"emoji":"👍","on":true}"#,
        [NO_CHAT, NO_CHAT, "ok", "chat.closed", "chat.closed"]),
    ("chat.delivered", r#"{"chat":"{id}","seq":1}"#,
        [NO_CHAT, NO_CHAT, "ok", "chat.closed", "chat.closed"]),
    ("chat.open", r#"{"chat":"{id}"}"#, [NO_CHAT, NO_CHAT, "ok", "ok", "ok"]),
    ("chat.close", r#"{"chat":"{id}"}"#, [NO_CHAT, NO_CHAT, "ok", "ok", "ok"]),
    ("typing", r#"{"chat":"{id}","on":true}"#,
        [NO_CHAT, NO_CHAT, "ok", "chat.closed", "chat.closed"]),
    ("presence.watch", r#"{"accounts":["{account}"]}"#, ["ok"; 5]),
    ("sync", r#"{"chats":{"{id}":[0,0,0]}}"#, ["ok"; 5]),
    ("sync.check", r#"{"arev":0,"open":[["{id}",0]]}"#, ["ok"; 5]),
];

/// Ann, and one person for each column with the chat they would like to see.
struct Cast {
    ann: Person,
    people: Vec<(Person, String)>,
    /// A device of the friend that was signed out.
    gone: Client,
    /// Ann's own sign-in.
    login: String,
}

impl Cast {
    async fn assemble(h: &Harness) -> Self {
        let ann = h.person("ann").await;
        let mut people = Vec::new();
        let mut private = String::new();
        for name in SIGNED_IN {
            let person = h.person(name).await;
            let chat = match name {
                "friend" | "former" | "blocked" => {
                    let chat = ann.befriends(&person).await;
                    let new = json!({ "client_id": name, "body": format!("only for {name}") });
                    ann.post(&format!("/v1/chats/{chat}/messages"), &new).await.gives(201);
                    chat
                }
                _ => String::new(),
            };
            if name == "friend" {
                private.clone_from(&chat);
            }
            people.push((person, chat));
        }
        people[1].0.put(&format!("/v1/friends/{}", ann.id), &Value::Null).await.gives(200);
        ann.delete(&format!("/v1/friends/{}", people[3].0.id)).await.gives(204);
        ann.put(&format!("/v1/blocks/{}", people[4].0.id), &Value::Null).await.gives(204);
        for (_, chat) in people.iter_mut().filter(|(_, chat)| chat.is_empty()) {
            chat.clone_from(&private);
        }
        let gone = signs_in(h, &people[2].0).await;
        gone.post("/v1/logout", &json!({})).await.gives(204);
        let logins = ann.get("/v1/logins").await.gives(200)["logins"].clone();
        let login = logins[0]["id"].as_str().unwrap().to_owned();
        Self { ann, people, gone, login }
    }

    /// The text with everything that is ann's filled in.
    fn fill(&self, text: &str, chat: &str) -> String {
        let text = text.replace("{id}", chat).replace("{account}", &self.ann.id);
        text.replace("{seq}", "1")
            .replace("{login}", &self.login)
            .replace("{emoji}", "%F0%9F%91%8D")
    }

    /// The text with chats and sign-ins that are nowhere.
    fn nowhere(&self, text: &str) -> String {
        self.fill(&text.replace("{login}", NOWHERE), NOWHERE)
    }
}

async fn signs_in(h: &Harness, person: &Person) -> Client {
    let login = json!({ "email": person.email, "password": PASSWORD, "tokens": true });
    let tokens = h.stranger().post("/v1/login", &login).await.gives(200);
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    Client { token: Some(token), ..h.stranger() }
}

/// Sends `METHOD path`; answers the cell, and the body without what differs
/// from one request to the next.
async fn asks(who: &Client, route: &str, body: &str) -> (String, Value) {
    let (method, path) = route.split_once(' ').unwrap();
    let path = match path {
        "/v1/people" => "/v1/people?q=ann",
        "/v1/messages" => "/v1/messages?q=only",
        path => path,
    };
    let mut request = http::Request::builder().method(method).uri(path);
    if !body.is_empty() {
        request = request.header("content-type", "application/json");
    }
    let answer = who.raw(request.body(body.as_bytes().to_vec()).unwrap()).await;
    let mut body = answer.json();
    if answer.status.as_u16() < 400 {
        return (answer.status.as_u16().to_string(), body);
    }
    body["request_id"] = Value::Null;
    (body["code"].as_str().unwrap_or_default().to_owned(), body)
}

#[tokio::test]
async fn i12_every_route_answers_as_declared() {
    let h = Harness::start().await;
    let cast = Cast::assemble(&h).await;
    let mut wrong = Vec::new();
    for (route, body, cells) in SIGNED {
        let (nobody, private) = (h.stranger(), &cast.people[2].1);
        let (path, full) = (cast.fill(route, private), cast.fill(body, private));
        for (who, client, expected) in
            [("nobody", &nobody, "login.required"), ("gone", &cast.gone, "login.revoked")]
        {
            let (got, _) = asks(client, &path, &full).await;
            if got != expected {
                wrong.push(format!("{route} by {who}: {got}, declared {expected}"));
            }
        }
        for ((name, (person, chat)), expected) in SIGNED_IN.iter().zip(&cast.people).zip(cells) {
            // A fresh sign-in, so that signing out does not end the table.
            let client = signs_in(&h, person).await;
            let (got, seen) = asks(&client, &cast.fill(route, chat), &cast.fill(body, chat)).await;
            if got != *expected {
                wrong.push(format!("{route} by {name}: {got}, declared {expected}"));
            }
            if [NO_CHAT, NO_LOGIN].contains(&got.as_str()) {
                let nowhere = asks(&client, &cast.nowhere(route), &cast.nowhere(body)).await;
                assert_eq!(nowhere.1, seen, "{route}: absent and not yours differ");
            }
            let text = seen.to_string();
            let secret = if *name == "friend" { "only for former" } else { "only for friend" };
            assert!(!text.contains(secret), "{route} by {name}: {text}");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    cast.ann.get("/v1/me").await.gives(200);
}

#[tokio::test]
async fn open_routes_ask_nobody_who_they_are() {
    let h = Harness::start().await;
    let cast = Cast::assemble(&h).await;
    let clients = [h.stranger(), Client::clone(&cast.people[2].0), cast.gone.clone()];
    for (route, body, expected) in OPEN {
        for client in &clients {
            assert_eq!(asks(client, route, body).await.0, *expected, "{route}");
        }
    }
}

#[tokio::test]
async fn i12_every_event_answers_as_declared() {
    let h = Harness::start().await;
    let cast = Cast::assemble(&h).await;
    let mut hers = cast.ann.socket().await;
    let refused = Socket::try_connect(h.addr, json!({}), &[]).await.err().unwrap();
    assert_eq!(refused["data"]["code"], "login.required");
    let gone = json!({ "token": cast.gone.token });
    let refused = Socket::try_connect(h.addr, gone, &[]).await.err().unwrap();
    assert_eq!(refused["data"]["code"], "login.revoked");

    let mut wrong = Vec::new();
    for ((who, (person, chat)), column) in SIGNED_IN.iter().zip(&cast.people).zip(0..) {
        let mut socket = person.socket().await;
        for (event, payload, cells) in EVENTS {
            let fill = |chat| serde_json::from_str::<Value>(&cast.fill(payload, chat)).unwrap();
            let mut ack = socket.ask(event, &fill(chat)).await;
            let ok = ack["ok"] == true;
            let got = if ok { "ok" } else { ack["error"]["code"].as_str().unwrap() }.to_owned();
            if got != cells[column] {
                wrong.push(format!("{event} by {who}: {got}, declared {}", cells[column]));
            }
            if got == NO_CHAT {
                let mut nowhere = socket.ask(event, &fill(NOWHERE)).await;
                nowhere["error"]["request_id"] = Value::Null;
                ack["error"]["request_id"] = Value::Null;
                assert_eq!(nowhere, ack, "{event}: absent and not yours differ");
            }
            if *event == "presence.watch" {
                let shown = ack["presence"].as_array().unwrap().len();
                assert_eq!(shown, usize::from(*who == "friend"), "{who} watches ann");
            }
        }
        // Nobody hears of ann but her friend.
        let heard = socket.heard();
        assert!(!heard.contains(&"typing".to_owned()), "{who}: {heard:?}");
        assert_eq!(heard.contains(&"message.new".to_owned()), *who == "friend", "{heard:?}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");

    // Of all that was tried, only the friend's has reached her.
    hers.ask("sync.check", &json!({ "arev": 0, "open": [] })).await;
    let friend = &cast.people[2].0.id;
    assert_eq!(hers.hears("typing").await["account"], friend.as_str());
    assert_eq!(hers.hears("message.new").await["message"]["sender"], friend.as_str());
    assert_eq!(hers.hears("receipt").await["account"], friend.as_str());
    let heard = hers.heard();
    for name in ["typing", "message.new", "receipt"] {
        assert_eq!(heard.iter().filter(|heard| *heard == name).count(), 1, "{name}: {heard:?}");
    }
}

#[tokio::test]
async fn nothing_is_undeclared() {
    let h = Harness::start().await;
    let openapi = h.stranger().get("/openapi.json").await.gives(200);
    let mut served = BTreeSet::new();
    for (path, operations) in openapi["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let is_open = operation["security"] == json!([]);
            served.insert((format!("{} {path}", method.to_uppercase()), is_open));
        }
    }
    // The reference names a login `{id}`; here that is a chat. A route may have a
    // row for each of the ways to ask it.
    let route = |row: &Row| row.0.split('?').next().unwrap().replace("{login}", "{id}");
    let declared = SIGNED.iter().map(|row| (route(row), false));
    let declared: BTreeSet<_> =
        declared.chain(OPEN.iter().map(|row| (row.0.to_owned(), true))).collect();
    assert_eq!(served, declared);

    let events = h.stranger().get("/events.json").await.gives(200);
    let events = events["events"].as_array().unwrap().iter();
    let served: BTreeSet<_> = events
        .filter(|event| event["direction"] == "to_server")
        .map(|event| event["name"].as_str().unwrap().to_owned())
        .collect();
    let declared: BTreeSet<_> = EVENTS.iter().map(|row| row.0.to_owned()).collect();
    assert_eq!(served, declared);
}
