//! Signing in, refreshing, signing out; what a stolen token is worth.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use sql::{Batch, Sql, args};

use crate::harness::client::{Answer, Client};
use crate::harness::socket::Socket;
use crate::harness::{Harness, PASSWORD, Person};

const DAY: i64 = 24 * 60 * 60 * 1_000;

async fn signs_in(from: &Client, who: &str, password: &str) -> Answer {
    from.post("/v1/login", &json!({ "email": who, "password": password, "tokens": true })).await
}

async fn refreshes(h: &Harness, token: &Value) -> Answer {
    h.stranger().post("/v1/login/refresh", &json!({ "refresh_token": token })).await
}

/// The client of somebody who holds this access token.
fn bearer(h: &Harness, token: &Value) -> Client {
    Client { token: token.as_str().map(str::to_owned), ..h.stranger() }
}

fn without_id(answer: &Answer) -> Value {
    let mut body = answer.json();
    body["request_id"] = Value::Null;
    body
}

#[tokio::test]
async fn a_wrong_password_and_nobody_look_alike() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let anyone = h.stranger();
    let wrong = signs_in(&anyone, &ann.email, "not the password").await;
    wrong.fails(401, "login.refused");
    for who in ["nobody@example.org", "nobody", "not@an@address", ""] {
        let nobody = signs_in(&anyone, who, "not the password").await;
        assert_eq!(without_id(&wrong), without_id(&nobody), "{who:?}");
    }
    let long = "x".repeat(1_001);
    signs_in(&anyone, &ann.email, &long).await.fails(400, "password.too_long");
}

#[tokio::test]
async fn a_refresh_token_is_used_once_with_ten_seconds_of_grace() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let first = json!(ann.refresh);
    let second = refreshes(&h, &first).await.gives(200)["refresh_token"].clone();
    assert_ne!(first, second);

    // A lost answer may be asked again: it is the same one.
    h.clock.advance_ms(10_000);
    assert_eq!(refreshes(&h, &first).await.gives(200)["refresh_token"], second);
    // Later the old token means theft, and the whole line ends.
    h.clock.advance_ms(1);
    let access = bearer(&h, &refreshes(&h, &second).await.gives(200)["access_token"]);
    access.get("/v1/me").await.gives(200);
    refreshes(&h, &first).await.fails(401, "login.expired");
    refreshes(&h, &second).await.fails(401, "login.expired");
    access.get("/v1/me").await.fails(401, "login.revoked");
    ann.get("/v1/me").await.fails(401, "login.revoked");
}

#[tokio::test]
async fn twenty_parallel_refreshes_are_one_line() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let token = json!(ann.refresh);
    let answers = join_all((0..20).map(|_| refreshes(&h, &token))).await;
    let next: Vec<Value> =
        answers.iter().map(|answer| answer.gives(200)["refresh_token"].clone()).collect();
    assert!(next.iter().all(|token| *token == next[0]), "{next:?}");
    refreshes(&h, &next[0]).await.gives(200);
}

#[tokio::test]
async fn a_token_is_good_for_its_own_purpose_only() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    bearer(&h, &json!(ann.refresh)).get("/v1/me").await.fails(401, "login.invalid");
    refreshes(&h, &json!(ann.access)).await.fails(401, "login.expired");
    let (id, rest) = ann.refresh.split_once('.').unwrap();
    let (_, mac) = rest.split_once('.').unwrap();
    for forged in [format!("{id}.2.{mac}"), format!("{id}.1."), format!("{id}.1.{mac}A"), id.into()]
    {
        refreshes(&h, &json!(forged)).await.fails(401, "login.expired");
    }
    // None of that hurt the real one.
    refreshes(&h, &json!(ann.refresh)).await.gives(200);
    h.stranger().post("/v1/login/refresh", &json!({})).await.fails(401, "login.expired");
}

#[tokio::test]
async fn a_session_ends_unused_after_a_month_and_used_after_half_a_year() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let mut token = json!(ann.refresh);
    for _ in 0..6 {
        h.clock.advance_ms(29 * DAY);
        token = refreshes(&h, &token).await.gives(200)["refresh_token"].clone();
    }
    h.clock.advance_ms(7 * DAY);
    refreshes(&h, &token).await.fails(401, "login.expired");

    let bob = h.person("bob").await;
    h.clock.advance_ms(30 * DAY);
    refreshes(&h, &json!(bob.refresh)).await.fails(401, "login.expired");
}

#[tokio::test]
async fn cookies_refresh_too_and_dead_ones_are_taken_back() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let origin = format!("http://{}", h.addr);
    let browser = h
        .stranger()
        .with("cookie", &format!("tidings_refresh={}", ann.refresh))
        .with("origin", &origin);
    let answer = browser.post("/v1/login/refresh", &json!({})).await;
    assert_eq!(answer.gives(200)["refresh_token"], Value::Null);
    assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 3);

    let foreign = h.stranger().with("cookie", &format!("tidings_refresh={}", ann.refresh));
    foreign.post("/v1/login/refresh", &json!({})).await.fails(403, "request.origin");

    h.clock.advance_ms(10_001);
    let dead = browser.post("/v1/login/refresh", &json!({})).await;
    dead.fails(401, "login.expired");
    let taken: Vec<&str> =
        dead.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    assert!(
        taken.len() == 3 && taken.iter().all(|cookie| cookie.contains("Max-Age=0")),
        "{taken:?}"
    );
}

#[tokio::test]
async fn signing_out_ends_this_session_alone() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let other = signs_in(&h.stranger(), &ann.email, PASSWORD).await.gives(200);
    let other = bearer(&h, &other["access_token"]);
    ann.post("/v1/logout", &json!({})).await.gives(204);
    ann.get("/v1/me").await.fails(401, "login.revoked");
    refreshes(&h, &json!(ann.refresh)).await.fails(401, "login.expired");
    other.get("/v1/me").await.gives(200);
}

async fn list(who: &Client) -> Vec<Value> {
    who.get("/v1/logins").await.gives(200)["logins"].as_array().unwrap().clone()
}

#[tokio::test]
async fn sign_ins_are_listed_and_ended_from_afar() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let eve = h.person("eve").await;
    h.clock.advance_ms(1_000);
    let phone = h.stranger().with("user-agent", "Mozilla/5.0 (iPhone) Safari/604.1");
    let phone = signs_in(&phone, &ann.email, PASSWORD).await.gives(200);
    let phone = bearer(&h, &phone["access_token"]);

    let notice = loop {
        let mail = h.mail(&ann.email).await.mail.text;
        if mail.contains("Safari on iPhone") {
            break mail;
        }
        tokio::task::yield_now().await;
    };
    assert!(notice.contains("127.0.0.1"), "{notice}");

    let logins = list(&ann).await;
    assert_eq!(logins.len(), 2);
    assert_eq!(
        (&logins[0]["device"], &logins[0]["current"]),
        (&json!("Safari on iPhone"), &json!(false))
    );
    assert_eq!((&logins[1]["network"], &logins[1]["current"]), (&json!("127.0.0.1"), &json!(true)));

    // Not mine and not there answer alike.
    let id = logins[0]["id"].as_str().unwrap();
    let theirs = eve.delete(&format!("/v1/logins/{id}")).await;
    let absent = eve.delete("/v1/logins/01890000-0000-7000-8000-000000000000").await;
    theirs.fails(404, "login.not_found");
    assert_eq!(without_id(&theirs), without_id(&absent));

    ann.delete(&format!("/v1/logins/{id}")).await.gives(204);
    phone.get("/v1/me").await.fails(401, "login.revoked");
    assert_eq!(list(&ann).await.len(), 1);
    ann.delete(&format!("/v1/logins/{id}")).await.fails(404, "login.not_found");
}

async fn more_sessions(h: &Harness, ann: &Person, count: usize) -> Vec<Client> {
    let mut clients = Vec::new();
    for _ in 0..count {
        let tokens = signs_in(&h.stranger(), &ann.email, PASSWORD).await.gives(200);
        clients.push(bearer(h, &tokens["access_token"]));
    }
    clients
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_and_nobody_elses() {
    // Tokens name the public URL; without one the port is part of it.
    let url = Some("http://localhost:8080".to_owned());
    let mut h = Harness::start_with(|config| config.public_url = url).await;
    let (ann, eve) = (h.person("ann").await, h.person("eve").await);
    let others = more_sessions(&h, &ann, 2).await;
    ann.post("/v1/logout/all", &json!({})).await.gives(204);
    for client in others.iter().chain([&*ann]) {
        client.get("/v1/me").await.fails(401, "login.revoked");
    }
    eve.get("/v1/me").await.gives(200);

    // A node that starts afresh learns of it from the store.
    h.restart().await;
    let again = bearer(&h, &json!(ann.access));
    again.get("/v1/me").await.fails(401, "login.revoked");
}

#[tokio::test]
async fn more_sign_ins_than_can_be_checked_are_told_to_come_back() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let anyone = h.stranger();
    let answers =
        join_all((0..400).map(|_| signs_in(&anyone, &ann.email, "not the password"))).await;
    let mut busy = 0;
    for answer in &answers {
        if answer.status == 503 {
            busy += 1;
            assert_eq!(answer.fails(503, "password.busy")["retry_after"], 1);
        } else {
            answer.fails(401, "login.refused");
        }
    }
    assert!(busy < answers.len(), "some are checked");
    signs_in(&anyone, &ann.email, PASSWORD).await.gives(200);
}

#[tokio::test]
async fn ending_a_session_closes_its_sockets_and_no_others() {
    let h = Harness::start().await;
    let (ann, eve) = (h.person("ann").await, h.person("eve").await);
    let phone = signs_in(&h.stranger(), &ann.email, PASSWORD).await.gives(200);
    let mut on_phone = Socket::connect(h.addr, json!({ "token": phone["access_token"] })).await;
    let (mut here, mut other) = (ann.socket().await, eve.socket().await);
    for socket in [&mut on_phone, &mut here, &mut other] {
        socket.hears("ready").await;
    }

    let id = list(&ann).await.into_iter().find(|login| login["current"] == false).unwrap();
    ann.delete(&format!("/v1/logins/{}", id["id"].as_str().unwrap())).await.gives(204);
    on_phone.hears("login.revoked").await;
    on_phone.closes().await;
    let refused = Socket::try_connect(h.addr, json!({ "token": phone["access_token"] }), &[]).await;
    assert_eq!(refused.err().unwrap()["data"]["code"], "login.revoked");

    let probe = json!({ "arev": 0, "open": [] });
    assert_eq!(here.ask("sync.check", &probe).await["ok"], true);
    ann.post("/v1/logout/all", &json!({})).await.gives(204);
    here.hears("login.revoked").await;
    here.closes().await;
    assert_eq!(other.ask("sync.check", &probe).await["ok"], true);
    assert!(!other.heard().contains(&"login.revoked".to_owned()));
}

#[tokio::test]
async fn a_sign_in_ended_elsewhere_ends_here_though_the_bus_lost_it() {
    static REVOKE: Sql = Sql::new("update login_session set revoked_at = $1");
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let mut socket = ann.socket().await;
    socket.hears("ready").await;

    let mut batch = Batch::new();
    batch.run(&REVOKE, args![h.clock.now_ms()]);
    h.app().db.write(batch).await.unwrap();
    let ended = async {
        socket.hears("login.revoked").await;
        socket.closes().await;
    };
    tokio::time::timeout(Duration::from_secs(5), ended).await.expect("within five seconds");
    ann.get("/v1/me").await.fails(401, "login.revoked");
}
