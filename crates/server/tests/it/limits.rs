//! What strangers may try, and how often.

use serde_json::{Value, json};
use server::config::{Config, Rate};

use crate::harness::client::{Answer, Client};
use crate::harness::socket::Socket;
use crate::harness::{Harness, PASSWORD};

fn limited(config: &mut Config) {
    config.dev_no_limits = false;
}

#[tokio::test]
async fn guesses_end_whatever_the_client_calls_itself() {
    let h = Harness::start_with(limited).await;
    let mut tried = 0;
    for n in 0..40 {
        let anyone = h
            .stranger()
            .with("user-agent", &format!("agent {n}"))
            .with("x-forwarded-for", &format!("192.0.2.{n}"))
            .with("forwarded", &format!("for=192.0.2.{n}"))
            .with("x-real-ip", &format!("192.0.2.{n}"));
        let guess = json!({ "email": "ann@example.org", "password": format!("guess number {n}") });
        let answer = anyone.post("/v1/login", &guess).await;
        if answer.status == 401 {
            tried += 1;
            continue;
        }
        let problem = answer.fails(429, "limit.sign_in");
        let seconds = problem["retry_after"].as_u64().expect("when to come back");
        assert!((1..=90).contains(&seconds), "{problem}");
        assert_eq!(answer.header("retry-after"), seconds.to_string());
    }
    assert_eq!(tried, 10);
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_counts_for_itself() {
    let h = Harness::start_with(|config| {
        limited(config);
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        config.limits.sign_in_per_network = Rate::of(2, 3600);
    })
    .await;
    let from = |address: &str| h.stranger().with("x-forwarded-for", address);
    let guess = |n: u32| json!({ "email": format!("p{n}@example.org"), "password": "some guess" });
    for n in 0..2 {
        from("192.0.2.1").post("/v1/login", &guess(n)).await.fails(401, "login.refused");
    }
    from("192.0.2.1").post("/v1/login", &guess(2)).await.fails(429, "limit.sign_in");
    from("192.0.2.2").post("/v1/login", &guess(2)).await.fails(401, "login.refused");
    // What stands further left was written by the client itself.
    let lies = from("192.0.2.9, 192.0.2.1");
    lies.post("/v1/login", &guess(3)).await.fails(429, "limit.sign_in");
}

#[tokio::test]
async fn the_owner_gets_in_while_others_guess() {
    let h = Harness::start_with(|config| {
        limited(config);
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    let ann = h.person("ann").await;
    let right = json!({ "email": ann.email, "password": PASSWORD, "tokens": true });
    let home = h.stranger().with("x-forwarded-for", "198.51.100.7");
    home.post("/v1/login", &right).await.gives(200);
    for n in 0..20 {
        let attacker = h.stranger().with("x-forwarded-for", &format!("192.0.2.{n}"));
        let wrong = json!({ "email": ann.email, "password": "a wrong guess" });
        attacker.post("/v1/login", &wrong).await;
    }
    let attacker = h.stranger().with("x-forwarded-for", "192.0.2.200");
    attacker.post("/v1/login", &right).await.fails(429, "limit.sign_in");
    home.post("/v1/login", &right).await.gives(200);
}

#[tokio::test]
async fn requests_that_nobody_signed_are_counted_per_network() {
    let h = Harness::start_with(|config| {
        limited(config);
        config.limits.unsigned_per_network = Rate::of(30, 3600);
    })
    .await;
    let ann = h.person("ann").await;
    let forged = h.stranger().with("authorization", "Bearer a.b.c");
    let mut answered = 0;
    while forged.get("/v1/me").await.status == 401 {
        answered += 1;
        assert!(answered < 40, "a forged token counts as no signature");
    }
    forged.get("/v1/me").await.fails(429, "limit.requests");
    ann.get("/v1/me").await.gives(200);
    h.stranger().get("/livez").await.gives(200);
    h.stranger().get("/").await.gives_html();
}

#[tokio::test]
async fn guesses_by_address_and_by_username_are_counted_together() {
    let h = Harness::start_with(limited).await;
    let ann = h.person("ann").await;
    let guess = |who: &str, password: &str| json!({ "email": who, "password": password });
    let anyone = h.stranger();
    for n in 0..10 {
        let wrong = guess(&ann.email, &format!("guess number {n}"));
        anyone.post("/v1/login", &wrong).await.fails(401, "login.refused");
    }
    // The account has no tries left; that its username answers otherwise than
    // a stranger's would tell whose address was tried. Even the right password
    // is a wrong one now.
    let by_name = anyone.post("/v1/login", &guess("ann", PASSWORD)).await;
    let at_nobody = anyone.post("/v1/login", &guess("nobody", PASSWORD)).await;
    let [mut own, mut other] =
        [&by_name, &at_nobody].map(|answer| answer.fails(401, "login.refused"));
    for problem in [&mut own, &mut other] {
        problem["request_id"].take();
    }
    assert_eq!(own, other);
    anyone.post("/v1/login", &guess(&ann.email, PASSWORD)).await.fails(429, "limit.sign_in");
}

#[tokio::test]
async fn requests_of_an_account_are_counted_over_all_its_sign_ins() {
    let h = Harness::start_with(|config| {
        limited(config);
        config.limits.requests_per_account = Rate::of(20, 3600);
    })
    .await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let right = json!({ "email": ann.email, "password": PASSWORD, "tokens": true });
    let tokens = h.stranger().post("/v1/login", &right).await.gives(200);
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    let phone = Client { token: Some(token), ..h.stranger() };
    for _ in 0..10 {
        ann.get("/v1/me").await.gives(200);
        phone.get("/v1/me").await.gives(200);
    }
    let problem = phone.get("/v1/me").await.fails(429, "limit.requests");
    assert!((1..=180).contains(&problem["retry_after"].as_u64().unwrap()), "{problem}");
    bob.get("/v1/me").await.gives(200);
}

#[tokio::test]
async fn one_address_is_not_flooded_with_mail() {
    let h = Harness::start_with(limited).await;
    let forgot = json!({ "email": "ann@example.org" });
    for _ in 0..5 {
        h.stranger().post("/v1/password/forgot", &forgot).await.gives(202);
    }
    h.stranger().post("/v1/password/forgot", &forgot).await.fails(429, "limit.mail");
}

const POLLING: &str = "/socket.io/?EIO=4&transport=polling";

/// The code in an answer of Engine.IO, and when to come back.
fn refused(answer: &Answer) -> (Value, u64) {
    let body = answer.gives(429);
    assert_eq!(body["code"], 4, "a handshake is refused with the number of Engine.IO");
    assert!(!answer.header("x-request-id").is_empty());
    (body["message"].clone(), answer.header("retry-after").parse().unwrap())
}

fn refusals(h: &Harness, code: &str) -> u64 {
    h.edge().limits.refusals().find(|(known, _)| *known == code).unwrap().1
}

#[tokio::test]
async fn sockets_are_begun_only_so_often_from_one_network() {
    let h = Harness::start_with(|config| {
        limited(config);
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        config.limits.sockets_per_network = Rate::of(3, 3600);
    })
    .await;
    let from = |address: &str| h.stranger().with("x-forwarded-for", address);
    for _ in 0..3 {
        assert_eq!(from("192.0.2.1").get(POLLING).await.status, 200);
    }
    let (code, after) = refused(&from("192.0.2.1").get(POLLING).await);
    assert_eq!(code, "limit.sockets");
    assert!((1..=1_200).contains(&after), "{after}");
    let headers = [("x-forwarded-for", "192.0.2.1")];
    let refused = Socket::open(h.addr, json!({}), &headers).await.err().unwrap();
    assert!(refused["handshake"].as_str().unwrap().contains("429"), "{refused}");
    assert_eq!(refusals(&h, "limit.sockets"), 2);

    // Another network is another matter, and so is what the client wrote.
    assert_eq!(from("192.0.2.2").get(POLLING).await.status, 200);
    assert_eq!(from("192.0.2.9, 192.0.2.1").get(POLLING).await.status, 429);
}

#[tokio::test]
async fn a_network_polls_with_so_many_sockets_at_a_time() {
    let h = Harness::start_with(|config| {
        limited(config);
        config.limits.polling_per_network = 2;
    })
    .await;
    let anyone = h.stranger();
    let mut sids = Vec::new();
    for _ in 0..2 {
        let opened = anyone.get(POLLING).await;
        let opened: Value = serde_json::from_str(&opened.gives_text()[1..]).unwrap();
        sids.push(opened["sid"].as_str().unwrap().to_owned());
    }
    assert_eq!(refused(&anyone.get(POLLING).await).0, "limit.polling");
    assert_eq!(refusals(&h, "limit.polling"), 1);
    // A WebSocket is a connection, and connections are counted elsewhere.
    let ann = h.person("ann").await;
    ann.socket().await;

    let close = http::Request::post(format!("{POLLING}&sid={}", sids[0])).body(b"1".to_vec());
    anyone.raw(close.unwrap()).await;
    while anyone.get(POLLING).await.status != 200 {
        tokio::task::yield_now().await;
    }
}
