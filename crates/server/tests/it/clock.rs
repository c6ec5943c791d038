//! The machine's clock jumps: an hour, ten years, forward and back. Order
//! comes from the counters, so nothing is lost or moved; what must expire does.

use serde_json::{Value, json};

use crate::harness::client::{Answer, Client};
use crate::harness::{Harness, PASSWORD, Person};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const TEN_YEARS: i64 = 3_652 * 24 * HOUR;

/// There and back again, by every step that is asked for.
const JUMPS: [i64; 8] =
    [HOUR, -HOUR, -HOUR, HOUR, TEN_YEARS, -TEN_YEARS, -TEN_YEARS + HOUR, TEN_YEARS - HOUR];

/// The client of somebody who signs in by the clock of this moment.
async fn comes_back(h: &Harness, who: &Person) -> Client {
    let login = json!({ "email": who.email, "password": PASSWORD, "tokens": true });
    let tokens = h.stranger().post("/v1/login", &login).await.gives(200);
    Client { token: tokens["access_token"].as_str().map(str::to_owned), ..h.stranger() }
}

async fn sends(from: &Client, chat: &str, number: usize) -> Answer {
    let new = json!({ "client_id": format!("c{number}"), "body": format!("number {number}") });
    from.post(&format!("/v1/chats/{chat}/messages"), &new).await
}

async fn refreshes(h: &Harness, token: &str) -> Answer {
    h.stranger().post("/v1/login/refresh", &json!({ "refresh_token": token })).await
}

#[tokio::test]
async fn jumps_change_no_order_and_lose_nothing() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let mut clients = (comes_back(&h, &ann).await, comes_back(&h, &bob).await);
    sends(&clients.0, &chat, 1).await.gives(201);
    for (at, jump) in JUMPS.into_iter().enumerate() {
        h.clock.advance_ms(jump);
        clients = (comes_back(&h, &ann).await, comes_back(&h, &bob).await);
        let number = 2 * at + 2;
        for (from, number) in [(&clients.1, number), (&clients.0, number + 1)] {
            let sent = sends(from, &chat, number).await.gives(201);
            assert_eq!(sent["message"]["seq"], number, "after a jump of {jump} ms");
        }
    }
    let count = 2 * JUMPS.len() + 1;

    // A retry from before any jump finds its first message.
    for number in (1..=count).step_by(2) {
        let again = sends(&clients.0, &chat, number).await.gives(200);
        assert_eq!(again["message"]["seq"], number);
    }
    for who in [&clients.0, &clients.1] {
        let page = who.get(&format!("/v1/chats/{chat}/messages?limit=100")).await.gives(200);
        let newest_first: Vec<_> = (1..=count).rev().collect();
        let (seqs, bodies) = (column(&page, "seq"), column(&page, "body"));
        assert_eq!(seqs, newest_first.iter().map(|seq| json!(seq)).collect::<Vec<_>>());
        let wanted = newest_first.iter().map(|seq| json!(format!("number {seq}")));
        assert_eq!(bodies, wanted.collect::<Vec<_>>());
        let changes = who.get(&format!("/v1/chats/{chat}/changes?rev=0&seq=0")).await.gives(200);
        let revs: Vec<_> = column(&changes, "rev").iter().map(|rev| rev.as_i64()).collect();
        assert!(revs.len() == count && revs.is_sorted(), "{revs:?}");
    }
}

fn column(said: &Value, name: &str) -> Vec<Value> {
    let messages = said["messages"].as_array().expect("messages");
    messages.iter().map(|message| message[name].clone()).collect()
}

#[tokio::test]
async fn a_jump_forward_expires_what_must() {
    for (jump, keeps_login) in [(HOUR, true), (TEN_YEARS, false)] {
        let h = Harness::start().await;
        let ann = h.person("ann").await;
        let new = json!({ "email": "eve@example.org", "name": "eve", "password": PASSWORD });
        let signup = h.stranger().post("/v1/accounts", &new).await.gives(202)["signup"].clone();
        let code = h.code("eve@example.org").await;
        h.clock.advance_ms(jump);
        ann.get("/v1/me").await.fails(401, "login.expired");
        let late = json!({ "signup": signup, "code": code, "tokens": true });
        let late = h.stranger().post("/v1/accounts/verify", &late).await;
        assert!(late.status.is_client_error(), "a code of {jump} ms ago: {late:?}");
        let refreshed = refreshes(&h, &ann.refresh).await;
        if keeps_login {
            refreshed.gives(200);
        } else {
            refreshed.fails(401, "login.expired");
        }
        // The clock is put right again: what expired by it was not thrown away
        // with what is still good.
        h.clock.advance_ms(-jump);
        comes_back(&h, &ann).await.get("/v1/me").await.gives(200);
    }
}

#[tokio::test]
async fn a_jump_back_opens_nothing() {
    for jump in [HOUR, TEN_YEARS] {
        let h = Harness::start().await;
        let (ann, bob) = (h.person("ann").await, h.person("bob").await);
        bob.post("/v1/logout", &json!({})).await.gives(204);
        h.clock.advance_ms(-jump);
        // A token from the future is none of ours, but the sign-in goes on.
        ann.get("/v1/me").await.fails(401, "login.invalid");
        refreshes(&h, &ann.refresh).await.gives(200);
        // What was ended stays so.
        refreshes(&h, &bob.refresh).await.fails(401, "login.expired");
        h.clock.advance_ms(jump);
        bob.get("/v1/me").await.fails(401, "login.revoked");
    }
}
