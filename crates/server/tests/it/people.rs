//! Finding people: by name and username, never the whole directory.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

use serde_json::{Value, json};

use crate::harness::client::Client;
use crate::harness::{Harness, Person};

async fn finds(who: &Client, text: &str) -> Vec<String> {
    let found = who.get(&format!("/v1/people?q={}", encode(text))).await.gives(200);
    let people = found["people"].as_array().unwrap();
    people.iter().map(|person| person["name"].as_str().unwrap().to_owned()).collect()
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn named(h: &Harness, username: &str, name: &str) -> Person {
    let person = h.person(username).await;
    person.patch("/v1/me", &json!({ "name": name })).await.gives(200);
    person
}

#[tokio::test]
async fn people_are_found_by_any_part_whatever_the_case_and_script() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    named(&h, "eva7", "Éva Szabó").await;
    named(&h, "zo_e", "Зоя 100%").await;
    named(&h, "wang", "王小明").await;
    named(&h, "liz", "Eliza Vane").await;
    assert_eq!(finds(&ann, "éva").await, ["Éva Szabó"]);
    assert_eq!(finds(&ann, "E\u{301}VA").await, ["Éva Szabó"]);
    assert_eq!(finds(&ann, "szab").await, ["Éva Szabó"]);
    assert_eq!(finds(&ann, "ЗОЯ").await, ["Зоя 100%"]);
    assert_eq!(finds(&ann, "小明").await, ["王小明"]);
    assert_eq!(finds(&ann, "@wan").await, ["王小明"]);
    // Who begins so comes first, then who has a word that does.
    assert_eq!(finds(&ann, "va").await, ["Eliza Vane", "Éva Szabó"]);
    // What is a wildcard elsewhere is a character here.
    assert_eq!(finds(&ann, "0%").await, ["Зоя 100%"]);
    assert_eq!(finds(&ann, "o_e").await, ["Зоя 100%"]);
    assert!(finds(&ann, "__").await.is_empty());
    assert!(finds(&ann, "%%").await.is_empty());
    assert!(finds(&ann, "' or 1=1 --").await.is_empty());
}

#[tokio::test]
async fn nobody_gets_the_directory() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    for n in 0..24 {
        h.person(&format!("twin{n}")).await;
    }
    assert_eq!(finds(&ann, "twin").await.len(), 20);
    assert!(finds(&ann, "ann").await.is_empty(), "oneself is not among them");
    for short in ["", " ", "t", "@t", " t "] {
        let path = format!("/v1/people?q={}", encode(short));
        ann.get(&path).await.fails(400, "people.too_short");
    }
    let path = format!("/v1/people?q={}", "x".repeat(65));
    ann.get(&path).await.fails(400, "people.too_long");
    ann.get("/v1/people").await.fails(400, "request.query");
    h.stranger().get("/v1/people?q=twin").await.fails(401, "login.required");
}

#[tokio::test]
async fn what_is_found_is_a_person_and_nothing_more() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let found = ann.get("/v1/people?q=bob").await.gives(200);
    let person = json!({ "id": bob.id, "name": "bob", "username": "bob", "photo": null, "relation": "none" });
    assert_eq!(found, json!({ "people": [person] }));
    let stranger: Value =
        ann.get(&format!("/v1/people/{}", bob.id)).await.fails(404, "person.not_found");
    assert!(!stranger.to_string().contains("bob@"));
}

#[tokio::test]
async fn who_has_to_do_with_somebody_reads_what_they_say_of_themselves() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let about = json!({ "bio": "Sails.\nAsk me about knots." });
    bob.patch("/v1/me", &about).await.gives(200);
    let path = format!("/v1/people/{}", bob.id);
    ann.get(&path).await.fails(404, "person.not_found");
    ann.put(&format!("/v1/friends/{}", bob.id), &Value::Null).await.gives(200);
    let shown = ann.get(&path).await.gives(200);
    assert_eq!(shown["bio"], about["bio"]);
    let back = bob.get(&format!("/v1/people/{}", ann.id)).await.gives(200);
    assert_eq!(back["bio"], "", "who says nothing");
}
