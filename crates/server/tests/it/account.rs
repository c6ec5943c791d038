//! Signing up: the code, its five minutes and five tries, and what a stranger
//! cannot learn from it.

use futures_util::future::join_all;
use serde_json::{Value, json};
use sql::{Sql, args};

use crate::harness::client::{Answer, Client};
use crate::harness::{Harness, PASSWORD, run};

static PHC: Sql = Sql::new("select password_hash from account where email = $1");
static ATTEMPTS: Sql = Sql::new("select count(*) from signup");

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

async fn register(from: &Client, email: &str, username: Option<&str>) -> Answer {
    let body = json!({ "email": email, "name": "Ann", "username": username, "password": PASSWORD });
    from.post("/v1/accounts", &body).await
}

async fn verify(from: &Client, signup: &Value, code: &str) -> Answer {
    let body = json!({ "signup": signup, "code": code, "tokens": true });
    from.post("/v1/accounts/verify", &body).await
}

async fn signs_in(from: &Client, who: &str, password: &str) -> Answer {
    from.post("/v1/login", &json!({ "email": who, "password": password, "tokens": true })).await
}

/// A code that is not `right`.
fn other_than(right: &str, n: u32) -> String {
    format!("{:06}", (right.parse::<u32>().expect("digits") + 1 + n) % 1_000_000)
}

fn mails(h: &Harness, to: &str) -> Vec<String> {
    let inbox = h.app().mailer.inbox().expect("mail stays here");
    inbox.list(Some(to)).into_iter().map(|kept| kept.mail.subject).collect()
}

#[tokio::test]
async fn an_address_is_held_once_its_code_came_back() {
    let h = Harness::start().await;
    let anyone = h.stranger();
    let begun = register(&anyone, "Ann@Example.org", Some("Ann")).await.gives(202);
    assert_eq!(begun["expires_at"], h.clock.now_ms() + 5 * MINUTE);
    signs_in(&anyone, "ann@example.org", PASSWORD).await.fails(401, "login.refused");

    let code = h.code("ann@example.org").await;
    verify(&anyone, &begun["signup"], &other_than(&code, 0)).await.fails(400, "code.wrong");
    let tokens = verify(&anyone, &begun["signup"], &code).await.gives(201);
    let account = &tokens["account"];
    assert_eq!(account["email"], "ann@example.org");
    assert_eq!((&account["username"], &account["role"]), (&json!("ann"), &json!("member")));
    assert_eq!(tokens["expires_in"], 900);
    // A code is used once.
    verify(&anyone, &begun["signup"], &code).await.fails(400, "code.expired");
    for who in ["ann@example.org", " ANN@example.org", "ann", "Ann"] {
        signs_in(&anyone, who, PASSWORD).await.gives(200);
    }

    let row = h.app().db.row(&PHC, args!["ann@example.org"]).await.unwrap().unwrap();
    let phc: String = row.get(0).unwrap();
    assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
}

#[tokio::test]
async fn a_browser_gets_cookies_instead_of_tokens() {
    let h = Harness::start().await;
    let anyone = h.stranger();
    let begun = register(&anyone, "ann@example.org", None).await.gives(202);
    let code = h.code("ann@example.org").await;
    let body = json!({ "signup": begun["signup"], "code": code });
    let answer = anyone.post("/v1/accounts/verify", &body).await;
    let tokens = answer.gives(201);
    assert_eq!((&tokens["access_token"], &tokens["refresh_token"]), (&Value::Null, &Value::Null));
    let cookies: Vec<&str> =
        answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 3);
    for cookie in &cookies[..2] {
        assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
    }
    assert!(cookies[1].contains("; Path=/v1/login;"), "{cookies:?}");
}

#[tokio::test]
async fn a_known_address_is_answered_like_any_other() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let anyone = h.stranger();
    let known = register(&anyone, &ann.email, None).await;
    let unknown = register(&anyone, "eve@example.org", None).await;
    let (known_body, unknown_body) = (known.gives(202), unknown.gives(202));
    assert_eq!(known.bytes.len(), unknown.bytes.len());
    assert_eq!(known_body["expires_at"], unknown_body["expires_at"]);
    let names =
        |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names(&known), names(&unknown));

    // What follows is the same too: guesses, their number, another code.
    for signup in [&known_body["signup"], &unknown_body["signup"]] {
        let right = "000000";
        for n in 0..5 {
            verify(&anyone, signup, &other_than(right, n)).await.fails(400, "code.wrong");
        }
        verify(&anyone, signup, right).await.fails(400, "code.too_many_tries");
        anyone.post("/v1/accounts/resend", &json!({ "signup": signup })).await.gives(202);
        verify(&anyone, signup, &other_than(right, 9)).await.fails(400, "code.wrong");
    }
    h.mail(&ann.email).await;
    let to_ann = mails(&h, &ann.email);
    assert!(to_ann[0] != to_ann[to_ann.len() - 1], "a notice, not a code: {to_ann:?}");
    signs_in(&anyone, &ann.email, PASSWORD).await.gives(200);
}

#[tokio::test]
async fn of_two_hundred_guesses_five_are_compared() {
    let h = Harness::start().await;
    let anyone = h.stranger();
    let begun = register(&anyone, "ann@example.org", None).await.gives(202);
    let code = h.code("ann@example.org").await;
    let guesses: Vec<String> = (0..200).map(|n| other_than(&code, n)).collect();
    let guesses = guesses.iter().map(|guess| verify(&anyone, &begun["signup"], guess));
    let answers = join_all(guesses).await;
    let of = |code: &str| answers.iter().filter(|answer| answer.json()["code"] == code).count();
    assert_eq!((of("code.wrong"), of("code.too_many_tries")), (5, 195));
    verify(&anyone, &begun["signup"], &code).await.fails(400, "code.too_many_tries");

    // Another code has five tries of its own; the old one is nothing now.
    let again = json!({ "signup": begun["signup"] });
    anyone.post("/v1/accounts/resend", &again).await.gives(202);
    while mails(&h, "ann@example.org").len() < 2 {
        tokio::task::yield_now().await;
    }
    let new = h.code("ann@example.org").await;
    assert_ne!(new, code);
    verify(&anyone, &begun["signup"], &code).await.fails(400, "code.wrong");
    verify(&anyone, &begun["signup"], &new).await.gives(201);
}

#[tokio::test]
async fn at_most_five_codes_are_mailed() {
    let h = Harness::start().await;
    let anyone = h.stranger();
    let begun = register(&anyone, "ann@example.org", None).await.gives(202);
    let again = json!({ "signup": begun["signup"] });
    for _ in 0..4 {
        anyone.post("/v1/accounts/resend", &again).await.gives(202);
    }
    anyone.post("/v1/accounts/resend", &again).await.fails(429, "signup.too_many");
    let unknown = json!({ "signup": "01890000-0000-7000-8000-000000000000" });
    anyone.post("/v1/accounts/resend", &unknown).await.fails(400, "code.expired");
}

#[tokio::test]
async fn i21_an_expired_code_is_never_accepted_and_the_verified_are_never_swept() {
    let h = Harness::start().await;
    let anyone = h.stranger();
    let begun = register(&anyone, "ann@example.org", None).await.gives(202);
    let code = h.code("ann@example.org").await;
    h.clock.advance_ms(5 * MINUTE);
    // No sweep ran: the clock alone decides.
    verify(&anyone, &begun["signup"], &code).await.fails(400, "code.expired");

    let ann = h.person("bob").await;
    h.clock.advance_ms(25 * HOUR);
    domain::sweep::run(h.app()).await.unwrap();
    let left: i64 = h.app().db.row(&ATTEMPTS, args![]).await.unwrap().unwrap().get(0).unwrap();
    assert_eq!(left, 0);
    signs_in(&anyone, &ann.email, PASSWORD).await.gives(200);
    let again = json!({ "signup": begun["signup"] });
    anyone.post("/v1/accounts/resend", &again).await.fails(400, "code.expired");
}

#[tokio::test]
async fn i21_verifying_against_the_sweep_ends_consistent() {
    let h = Harness::start().await;
    let anyone = h.stranger();
    for round in 0..8 {
        let email = format!("ann{round}@example.org");
        let begun = register(&anyone, &email, None).await.gives(202);
        h.mail(&email).await;
        h.clock.advance_ms(24 * HOUR - MINUTE);
        let again = json!({ "signup": begun["signup"] });
        anyone.post("/v1/accounts/resend", &again).await.gives(202);
        while mails(&h, &email).len() < 2 {
            tokio::task::yield_now().await;
        }
        let code = h.code(&email).await;
        h.clock.advance_ms(2 * MINUTE);
        let swept = domain::sweep::run(h.app());
        let (verified, swept) = tokio::join!(verify(&anyone, &begun["signup"], &code), swept);
        swept.unwrap();
        let signed_in = signs_in(&anyone, &email, PASSWORD).await;
        if verified.status == 201 {
            signed_in.gives(200);
        } else {
            verified.fails(400, "code.expired");
            signed_in.fails(401, "login.refused");
        }
    }
}

#[tokio::test]
async fn one_address_and_one_username_have_one_holder() {
    let h = Harness::start().await;
    let anyone = h.stranger();
    let first = register(&anyone, "ann@example.org", Some("ann")).await.gives(202);
    let first_code = h.code("ann@example.org").await;
    let other = register(&anyone, "eve@example.org", Some("ann")).await.gives(202);
    let other_code = h.code("eve@example.org").await;
    let (one, two) = tokio::join!(
        verify(&anyone, &first["signup"], &first_code),
        verify(&anyone, &other["signup"], &other_code),
    );
    let statuses = [one.status.as_u16(), two.status.as_u16()];
    assert!(statuses == [201, 409] || statuses == [409, 201], "{statuses:?}");
    let loser = if one.status == 409 { one } else { two };
    loser.fails(409, "account.username_taken");
    register(&anyone, "fay@example.org", Some("ANN")).await.fails(409, "account.username_taken");
}

#[tokio::test]
async fn the_same_address_verified_twice_at_once_is_one_account() {
    let h = Harness::start().await;
    let anyone = h.stranger();
    let first = register(&anyone, "ann@example.org", None).await.gives(202);
    let first_code = h.code("ann@example.org").await;
    let second = register(&anyone, "ann@example.org", None).await.gives(202);
    while mails(&h, "ann@example.org").len() < 2 {
        tokio::task::yield_now().await;
    }
    let second_code = h.code("ann@example.org").await;
    let (one, two) = tokio::join!(
        verify(&anyone, &first["signup"], &first_code),
        verify(&anyone, &second["signup"], &second_code),
    );
    let won = [&one, &two].iter().filter(|answer| answer.status == 201).count();
    assert_eq!(won, 1, "{one:?} {two:?}");
    let loser = if one.status == 201 { two } else { one };
    loser.fails(409, "account.email_taken");
}

#[tokio::test]
async fn wrong_requests_are_refused_in_plain_words() {
    let h = Harness::start().await;
    let anyone = h.stranger();
    let good = json!({ "email": "ann@example.org", "name": "Ann", "password": PASSWORD });
    for (field, value, code) in [
        ("email", json!("ann"), "email.invalid"),
        ("email", json!("ann@example.org\r\nBcc: eve@example.org"), "email.invalid"),
        ("name", json!("  "), "name.empty"),
        ("name", json!("n".repeat(65)), "name.too_long"),
        ("name", json!("Ann\u{202e}"), "name.invalid"),
        ("username", json!("a b"), "username.invalid"),
        ("username", json!("admin"), "username.reserved"),
        ("password", json!("1234567"), "password.too_short"),
        ("password", json!("long ".repeat(201)), "password.too_long"),
        ("password", json!("password1"), "password.weak"),
        ("password", json!("ann@example.org"), "password.weak"),
        ("role", json!("admin"), "request.unknown_field"),
        ("created_at", json!(1), "request.unknown_field"),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let problem = anyone.post("/v1/accounts", &body).await.fails(400, code);
        if !code.starts_with("request.") {
            assert_eq!(problem["field"], field, "{problem}");
        }
    }
}

/// The log of an account that says a lot does not grow for ever.
#[tokio::test]
async fn the_log_of_an_account_holds_ten_thousand_events() {
    const FILL: &str = "insert into account_event
           (account_id, arev, kind, source_id, body, created_at)
         with recursive n (i) as (select 1 union all select i + 1 from n where i < 10000)
         select a.id, n.i, 'account.updated', 'test:' || cast(n.i as text), '{}', 0
         from n, account a where a.username = 'ann'";
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let db = &h.app().db;
    run(db, FILL.to_owned()).await;
    run(db, "update account set arev = 10000".to_owned()).await;
    for n in 1..=3 {
        let change = json!({ "bio": format!("bio {n}") });
        ann.patch("/v1/me", &change).await.gives(200);
        let kept = run(db, "select count(*), min(arev), max(arev) from account_event".to_owned());
        let kept = &kept.await[0];
        let kept = [0, 1, 2].map(|at| kept.get::<i64>(at).unwrap());
        assert_eq!(kept, [10_000, 1 + n, 10_000 + n]);
    }
    // Who held less than that starts afresh.
    let epoch = ann.post("/v1/sync", &json!({})).await.gives(200)["epoch"].clone();
    for (arev, is_reset) in [(2, true), (10_002, false)] {
        let held = json!({ "epoch": epoch, "arev": arev, "chats": {} });
        assert_eq!(ann.post("/v1/sync", &held).await.gives(200)["reset"], is_reset);
    }
}
