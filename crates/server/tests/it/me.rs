//! One's own account.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Harness, PASSWORD};

#[tokio::test]
async fn a_profile_is_shown_and_changed_field_by_field() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let account = ann.get("/v1/me").await.gives(200)["account"].clone();
    let plain = json!({
        "id": ann.id, "email": "ann@example.org", "name": "ann", "username": "ann", "bio": "",
        "photo": null, "role": "member", "created_at": h.clock.now_ms(),
    });
    assert_eq!(account, plain);

    let change = json!({ "name": " Ann  Lee ", "bio": "one\ntwo" });
    let changed = ann.patch("/v1/me", &change).await.gives(200)["account"].clone();
    assert_eq!((&changed["name"], &changed["bio"]), (&json!("Ann Lee"), &json!("one\ntwo")));
    assert_eq!(changed["username"], "ann");
    assert_eq!(ann.get("/v1/me").await.gives(200)["account"], changed);

    for (change, code) in [
        (json!({ "role": "admin" }), "request.unknown_field"),
        (json!({ "email": "eve@example.org" }), "request.unknown_field"),
        (json!({ "name": "" }), "name.empty"),
        (json!({ "bio": "b".repeat(501) }), "bio.too_long"),
        (json!({ "username": "Support" }), "username.reserved"),
    ] {
        ann.patch("/v1/me", &change).await.fails(400, code);
    }
    h.stranger().get("/v1/me").await.fails(401, "login.required");
}

#[tokio::test]
async fn a_username_is_given_up_and_taken_by_one() {
    let h = Harness::start().await;
    let (ann, bob, eve) = (h.person("ann").await, h.person("bob").await, h.person("eve").await);
    bob.patch("/v1/me", &json!({ "username": "ANN" })).await.fails(409, "account.username_taken");
    let bare = ann.patch("/v1/me", &json!({ "username": null })).await.gives(200);
    assert_eq!(bare["account"]["username"], Value::Null);
    let login = json!({ "email": "ann", "password": PASSWORD });
    h.stranger().post("/v1/login", &login).await.fails(401, "login.refused");

    let want = json!({ "username": "ann" });
    let answers = join_all([&bob, &eve].map(|person| person.patch("/v1/me", &want))).await;
    let won: Vec<bool> = answers.iter().map(|answer| answer.status == 200).collect();
    assert_eq!(won.iter().filter(|won| **won).count(), 1, "{answers:?}");
    let (winner, loser) = if won[0] { (&bob, &eve) } else { (&eve, &bob) };
    let holds = winner.get("/v1/me").await.gives(200)["account"]["username"].clone();
    assert_eq!(holds, "ann");
    // What the winner gave up for it is free again.
    let old = winner.email.split('@').next().unwrap();
    loser.patch("/v1/me", &json!({ "username": old })).await.gives(200);
}

#[tokio::test]
async fn changes_at_once_are_all_kept() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let changes =
        [json!({ "name": "Ann Lee" }), json!({ "bio": "here" }), json!({ "username": "lee" })];
    for answer in join_all(changes.iter().map(|change| ann.patch("/v1/me", change))).await {
        answer.gives(200);
    }
    let account = ann.get("/v1/me").await.gives(200)["account"].clone();
    assert_eq!(
        (&account["name"], &account["bio"], &account["username"]),
        (&json!("Ann Lee"), &json!("here"), &json!("lee"))
    );
    let id = ann.id.parse().unwrap();
    assert_eq!(domain::account::arev(h.app(), id).await.unwrap(), 3);
}
