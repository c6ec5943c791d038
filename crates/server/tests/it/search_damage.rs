//! A search index that is damaged: nobody waits for it, nobody misses anything,
//! and it is made anew.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

use domain::search;
use serde_json::{Value, json};

use crate::harness::{DEADLINE, Harness, Person, is_postgres, run};
use crate::search::asks_on;

async fn says(who: &Person, chat: &str, text: &str) {
    let new = json!({ "client_id": text, "body": text });
    who.post(&format!("/v1/chats/{chat}/messages"), &new).await.gives(201);
}

async fn bodies(who: &Person, more: &str) -> Vec<String> {
    let found = asks_on(who, "tea", more).await;
    found.iter().map(|message| message["body"].as_str().unwrap().to_owned()).collect()
}

/// Two friends, and an index that has what they said.
async fn indexed(h: &Harness) -> (Person, String) {
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    for n in 1..=3 {
        says(&ann, &chat, &format!("tea {n}")).await;
    }
    search::run(h.app()).await.unwrap();
    (ann, chat)
}

/// Damages the index. PostgreSQL cannot be made to; there it goes missing, and
/// comes back as it was when it is `mended`.
async fn damage(h: &Harness) {
    let how = if is_postgres(&h.app().db) {
        "alter table message_word rename to word_gone"
    } else {
        "delete from message_word_data"
    };
    run(&h.app().db, how.to_owned()).await;
}

async fn mended(h: &Harness) {
    if is_postgres(&h.app().db) {
        run(&h.app().db, "alter table word_gone rename to message_word".to_owned()).await;
    }
}

#[tokio::test]
async fn a_damaged_index_is_read_past_and_made_anew() {
    let h = Harness::start().await;
    let (ann, chat) = indexed(&h).await;
    damage(&h).await;
    for more in [String::new(), format!("&chat={chat}")] {
        assert_eq!(bodies(&ann, &more).await, ["tea 3", "tea 2", "tea 1"]);
    }
    says(&ann, &chat, "tea 4").await;
    let metrics = ann.get("/metrics").await;
    let metrics = metrics.gives_text();
    assert!(metrics.contains("search_damages_total 1\n"), "{metrics}");
    mended(&h).await;
    assert_eq!(search::run(h.app()).await.unwrap(), 4, "all of it is written again");
    assert_eq!(bodies(&ann, "").await, ["tea 4", "tea 3", "tea 2", "tea 1"]);
    assert_eq!((search::run(h.app()).await.unwrap(), h.app().search.damages()), (0, 1));
}

#[tokio::test]
async fn damage_that_the_index_meets_itself_holds_up_no_send() {
    let h = Harness::start().await;
    if is_postgres(&h.app().db) {
        return println!("NOT RUN: PostgreSQL cannot be damaged from here");
    }
    let (ann, chat) = indexed(&h).await;
    damage(&h).await;
    says(&ann, &chat, "tea 4").await;
    search::run(h.app()).await.unwrap_err();
    says(&ann, &chat, "tea 5").await;
    assert_eq!(bodies(&ann, "").await.len(), 5);
    assert_eq!((search::run(h.app()).await.unwrap(), h.app().search.damages()), (5, 1));
    assert_eq!(bodies(&ann, "").await.len(), 5);
}

#[tokio::test]
async fn a_server_starts_with_a_damaged_index_and_mends_it() {
    let mut h = Harness::start().await;
    if is_postgres(&h.app().db) {
        return println!("NOT RUN: PostgreSQL cannot be damaged from here");
    }
    let (mut ann, chat) = indexed(&h).await;
    damage(&h).await;
    h.restart().await;
    ann.moves_to(&h);
    let mut rounds = h.app().search.rounds();
    let in_time = tokio::time::timeout(DEADLINE, rounds.changed());
    tokio::select! {
        done = in_time => done.expect("the index follows").unwrap(),
        () = search::follow(h.app()) => {}
    }
    assert_eq!(h.app().search.damages(), 1);
    assert_eq!(search::run(h.app()).await.unwrap(), 0, "all of it was done");
    says(&ann, &chat, "tea 4").await;
    assert_eq!(bodies(&ann, "").await.len(), 4);
}

/// Lets the index fail in one chat.
async fn forbid(h: &Harness, chat: &str) {
    let id = chat.replace('-', "");
    for text in match is_postgres(&h.app().db) {
        true => vec![
            "create function refuse() returns trigger language plpgsql as
             'begin raise exception ''not this one''; end'"
                .to_owned(),
            format!(
                "create trigger forbid before insert or update on search_place for each row
                 when (new.chat_id = '\\x{id}') execute function refuse()"
            ),
        ],
        false => vec![format!(
            "create trigger forbid before update on search_place when new.chat_id = x'{id}'
             begin select raise(abort, 'not this one'); end"
        )],
    } {
        run(&h.app().db, text).await;
    }
}

async fn allow(h: &Harness) {
    let on = if is_postgres(&h.app().db) { " on search_place" } else { "" };
    run(&h.app().db, format!("drop trigger forbid{on}")).await;
}

/// A chat that cannot be indexed, and another that can.
async fn half_forbidden(h: &Harness) -> (Person, [String; 2]) {
    let (ann, bob, eve) = (h.person("ann").await, h.person("bob").await, h.person("eve").await);
    let chats = [ann.befriends(&bob).await, ann.befriends(&eve).await];
    for (chat, text) in chats.iter().zip(["tea 1", "tea 2"]) {
        says(&ann, chat, text).await;
    }
    forbid(h, &chats[0]).await;
    (ann, chats)
}

#[tokio::test]
async fn a_chat_that_cannot_be_indexed_keeps_no_other_waiting() {
    let h = Harness::start().await;
    let (ann, [_, other]) = half_forbidden(&h).await;
    let error = search::run(h.app()).await.unwrap_err();
    assert!(format!("{error:?}").contains("not this one"), "{error:?}");
    let page = search::page(h.app(), other.parse().unwrap(), 10).await.unwrap();
    assert_eq!((page.rows, page.has_more), (0, false), "the other was done");
    assert_eq!(bodies(&ann, "").await.len(), 2, "nobody misses anything");
    allow(&h).await;
    assert_eq!((search::run(h.app()).await.unwrap(), h.app().search.failing()), (1, 0));
}

#[tokio::test]
async fn a_chat_that_could_not_be_indexed_is_tried_again() {
    let h = Harness::start().await;
    let (ann, [chat, other]) = half_forbidden(&h).await;
    let mut rounds = h.app().search.rounds();
    let comes_up = async {
        rounds.changed().await.unwrap();
        assert_eq!(h.app().search.failing(), 1);
        allow(&h).await;
        says(&ann, &chat, "tea 3").await;
        rounds.changed().await.unwrap();
        assert_eq!(h.app().search.failing(), 1, "it rests");
        h.clock.advance_ms(61_000);
        says(&ann, &other, "tea 4").await;
        rounds.changed().await.unwrap();
        assert_eq!(h.app().search.failing(), 0);
    };
    tokio::select! {
        done = tokio::time::timeout(2 * DEADLINE, comes_up) => done.expect("the index follows"),
        () = search::follow(h.app()) => {}
    }
    assert_eq!(search::run(h.app()).await.unwrap(), 0, "all of it was done");
    assert_eq!(bodies(&ann, "").await.len(), 4);
}

/// Whatever is thrown away meanwhile, and indexed by however many.
#[tokio::test]
async fn an_answer_is_whole_while_the_index_is_made_anew() {
    let h = Harness::start().await;
    let (ann, chat) = indexed(&h).await;
    let id = chat.parse().unwrap();
    let renew = async {
        for _ in 0..12 {
            search::renew(h.app()).await.unwrap();
            while search::page(h.app(), id, 2).await.unwrap().has_more {}
        }
    };
    let index = async {
        for _ in 0..60 {
            search::page(h.app(), id, 1).await.unwrap();
        }
    };
    let ask = async {
        for _ in 0..40 {
            assert_eq!(bodies(&ann, "").await, ["tea 3", "tea 2", "tea 1"]);
        }
    };
    tokio::join!(renew, index, ask);
    search::run(h.app()).await.unwrap();
    assert_eq!(ann.get("/v1/messages?q=tea").await.gives(200)["behind"], Value::Bool(false));
    assert_eq!(bodies(&ann, "").await, ["tea 3", "tea 2", "tea 1"]);
}
