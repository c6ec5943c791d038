//! Strength, and forgotten passwords: the link, its hour, its single use.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::client::{Answer, Client};
use crate::harness::{Harness, PASSWORD, Person};

const HOUR: i64 = 60 * 60 * 1_000;
const NEW: &str = "slow orchard violin 42";

async fn signs_in(from: &Client, who: &str, password: &str) -> Answer {
    from.post("/v1/login", &json!({ "email": who, "password": password, "tokens": true })).await
}

async fn forgets(from: &Client, email: &str) -> Answer {
    from.post("/v1/password/forgot", &json!({ "email": email })).await
}

async fn resets(from: &Client, token: &str, password: &str) -> Answer {
    from.post("/v1/password/reset", &json!({ "token": token, "password": password })).await
}

/// Waits for the mail with a link, and takes the link from it.
async fn link(h: &Harness, email: &str, than: Option<&str>) -> String {
    loop {
        let text = h.mail(email).await.mail.text;
        let found =
            text.split_whitespace().find(|word| word.starts_with("http") && word.contains("reset"));
        match found {
            Some(link) if Some(link) != than => return link.to_owned(),
            _ => tokio::task::yield_now().await,
        }
    }
}

fn token(link: &str) -> &str {
    let (_, token) = link.rsplit_once(['=', '#', '/']).expect("a link with a token");
    token
}

async fn asked(h: &Harness, who: &Person) -> String {
    forgets(&h.stranger(), &who.email).await.gives(202);
    token(&link(h, &who.email, None).await).to_owned()
}

#[tokio::test]
async fn strength_counts_guesses_and_knows_the_owner() {
    let h = Harness::start().await;
    let anyone = h.stranger();
    let rate = async |password: &str, hints: Value| {
        let body = json!({ "password": password, "hints": hints });
        anyone.post("/v1/password/strength", &body).await.gives(200)
    };
    let weak = rate("password1", json!([])).await;
    assert_eq!(weak["score"], 0);
    assert!(weak["advice"].is_string(), "{weak}");
    let strong = rate(PASSWORD, json!([])).await;
    assert_eq!((&strong["score"], &strong["advice"]), (&json!(4), &Value::Null));
    let guesses = |rated: &Value| rated["guesses_log10"].as_f64().unwrap();
    let known = rate("annabelle.lee", json!(["annabelle.lee@example.org"])).await;
    assert!(guesses(&known) < guesses(&rate("annabelle.lee", json!([])).await));
    assert_eq!(rate("", json!([])).await["guesses_log10"], 0.0);
    let long = json!({ "password": "x".repeat(1_001) });
    anyone.post("/v1/password/strength", &long).await.fails(400, "password.too_long");
}

#[tokio::test]
async fn common_passwords_are_refused_and_long_ones_are_not_cut() {
    let h = Harness::start().await;
    let anyone = h.stranger();
    let register = async |email: &str, password: &str| {
        let body = json!({ "email": email, "name": "Zoe", "password": password });
        anyone.post("/v1/accounts", &body).await
    };
    for common in [
        "password",
        "12345678",
        "123456789",
        "1234567890",
        "qwertyui",
        "qwerty123",
        "iloveyou",
        "sunshine",
        "princess",
        "football",
        "baseball",
        "superman",
        "trustno1",
        "letmein1",
        "welcome1",
        "whatever",
        "starwars",
        "jennifer",
        "11111111",
        "00000000",
        "asdfghjkl",
        "zaq12wsx",
        "1q2w3e4r",
        "passw0rd",
        "Password1",
        "P@ssw0rd",
        "abcd1234",
        "mustang1",
    ] {
        register("zoe@example.org", common).await.fails(400, "password.weak");
    }
    let spaced = "пароль у бабушки в саду";
    let begun = register("zoe@example.org", spaced).await.gives(202);
    let code = h.code("zoe@example.org").await;
    let verify = json!({ "signup": begun["signup"], "code": code, "tokens": true });
    anyone.post("/v1/accounts/verify", &verify).await.gives(201);
    signs_in(&anyone, "zoe@example.org", spaced).await.gives(200);

    // 200 characters, and the same without the last.
    let long: String = (0..200u32).filter_map(|n| char::from_u32(0x3b1 + n * 7 % 24)).collect();
    let begun = register("max@example.org", &long).await.gives(202);
    let code = h.code("max@example.org").await;
    let verify = json!({ "signup": begun["signup"], "code": code, "tokens": true });
    anyone.post("/v1/accounts/verify", &verify).await.gives(201);
    let shorter: String = long.chars().take(199).collect();
    signs_in(&anyone, "max@example.org", &shorter).await.fails(401, "login.refused");
    signs_in(&anyone, "max@example.org", &long).await.gives(200);
}

#[tokio::test]
async fn a_reset_ends_every_session_and_the_owner_is_told() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let token = asked(&h, &ann).await;
    assert!(token.len() >= 22, "128 bits at least: {token}");
    let anyone = h.stranger();
    resets(&anyone, &token, "password1").await.fails(400, "password.weak");
    resets(&anyone, &token, "ann@example.org").await.fails(400, "password.weak");
    let mut socket = ann.socket().await;
    resets(&anyone, &token, NEW).await.gives(204);
    socket.hears("login.revoked").await;
    socket.closes().await;
    ann.get("/v1/me").await.fails(401, "login.revoked");
    let refresh = json!({ "refresh_token": ann.refresh });
    anyone.post("/v1/login/refresh", &refresh).await.fails(401, "login.expired");
    signs_in(&anyone, &ann.email, PASSWORD).await.fails(401, "login.refused");
    signs_in(&anyone, &ann.email, NEW).await.gives(200);
    resets(&anyone, &token, "another good one 99").await.fails(400, "password.token_invalid");

    let inbox = h.app().mailer.inbox().unwrap();
    let told = || inbox.list(Some(&ann.email)).len();
    while told() < 3 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn of_twenty_parallel_resets_one_counts() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let token = asked(&h, &ann).await;
    let anyone = h.stranger();
    let passwords: Vec<String> = (0..20).map(|n| format!("{NEW} number {n}")).collect();
    let answers = join_all(passwords.iter().map(|new| resets(&anyone, &token, new))).await;
    let won: Vec<usize> = (0..20).filter(|&at| answers[at].status == 204).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status != 204) {
        answer.fails(400, "password.token_invalid");
    }
    signs_in(&anyone, &ann.email, &passwords[won[0]]).await.gives(200);
}

#[tokio::test]
async fn i21_an_expired_link_is_never_accepted() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let first = asked(&h, &ann).await;
    h.clock.advance_ms(HOUR);
    resets(&h.stranger(), &first, NEW).await.fails(400, "password.token_invalid");
    domain::sweep::run(h.app()).await.unwrap();
    resets(&h.stranger(), &first, NEW).await.fails(400, "password.token_invalid");
    for token in ["", "x", &"A".repeat(64), &first[1..]] {
        resets(&h.stranger(), token, NEW).await.fails(400, "password.token_invalid");
    }
}

#[tokio::test]
async fn a_later_link_replaces_the_earlier_one() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    forgets(&h.stranger(), &ann.email).await.gives(202);
    let first = link(&h, &ann.email, None).await;
    h.clock.advance_ms(61_000);
    forgets(&h.stranger(), &ann.email).await.gives(202);
    let second = link(&h, &ann.email, Some(&first)).await;
    resets(&h.stranger(), token(&first), NEW).await.fails(400, "password.token_invalid");
    resets(&h.stranger(), token(&second), NEW).await.gives(204);
}

#[tokio::test]
async fn asking_tells_nothing_and_the_link_leads_home() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let evil = h
        .stranger()
        .with("x-forwarded-host", "evil.example")
        .with("forwarded", "host=evil.example");
    let unknown = forgets(&evil, "nobody@example.org").await;
    let known = forgets(&evil, &ann.email).await;
    assert_eq!((unknown.status.as_u16(), &unknown.bytes), (202, &known.bytes));
    let link = link(&h, &ann.email, None).await;
    assert!(link.starts_with(&h.app().site.public_url), "{link}");
    let inbox = h.app().mailer.inbox().unwrap();
    assert!(inbox.list(Some("nobody@example.org")).is_empty());
    forgets(&evil, "not an address").await.fails(400, "email.invalid");
}

#[tokio::test]
async fn a_sign_in_with_the_old_password_does_not_outlive_the_reset() {
    let h = Harness::start().await;
    let anyone = h.stranger();
    for round in 0..6 {
        let ann = h.person(&format!("ann{round}")).await;
        let token = asked(&h, &ann).await;
        let tries = join_all((0..6).map(|_| signs_in(&anyone, &ann.email, PASSWORD)));
        let (answers, reset) = tokio::join!(tries, resets(&anyone, &token, NEW));
        reset.gives(204);
        for answer in answers {
            if answer.status == 200 {
                let access = answer.json()["access_token"].as_str().unwrap().to_owned();
                let thief = Client { token: Some(access), ..h.stranger() };
                thief.get("/v1/me").await.fails(401, "login.revoked");
            } else {
                answer.fails(401, "login.refused");
            }
        }
    }
}
