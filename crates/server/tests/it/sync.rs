//! Catching up, by call and by live events, against a fresh look.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

use serde_json::{Value, json};
use sql::{Batch, Sql, args};

use crate::harness::replica::{Applied, Replica};
use crate::harness::{Harness, Person};

/// A generator of small numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        // Xorshift (Marsaglia, 2003).
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }
}

/// Ann, two friends of hers, and the chats.
struct Scene {
    people: Vec<Person>,
    chats: Vec<String>,
    sent: u64,
}

impl Scene {
    async fn set(h: &Harness) -> Self {
        let ann = h.person("ann").await;
        let mut people = vec![h.person("bob").await, h.person("eve").await];
        let mut chats = Vec::new();
        for friend in &people {
            chats.push(ann.befriends(friend).await);
        }
        people.insert(0, ann);
        Self { people, chats, sent: 0 }
    }

    fn ann(&self) -> &Person {
        &self.people[0]
    }

    /// Somebody does something in one of the chats; refusals are part of it.
    async fn happens(&mut self, dice: &mut Dice) {
        let at = usize::try_from(dice.below(2)).unwrap();
        let url = format!("/v1/chats/{}", self.chats[at]);
        let who = if dice.below(2) == 0 { &self.people[0] } else { &self.people[at + 1] };
        let peer = &self.people[at + 1];
        let seq = 1 + dice.below(self.sent + 1);
        match dice.below(12) {
            0..=4 => {
                self.sent += 1;
                let new = json!({ "client_id": format!("{}", self.sent), "body": "said" });
                who.post(&format!("{url}/messages"), &new).await;
            }
            5..=6 => {
                let edit = json!({ "body": format!("edit {}", dice.below(1_000)) });
                who.patch(&format!("{url}/messages/{seq}"), &edit).await;
            }
            7 => drop(who.delete(&format!("{url}/messages/{seq}")).await),
            8..=9 => drop(who.put(&format!("{url}/read"), &json!({ "seq": seq })).await),
            10 => drop(who.put(&format!("{url}/delivered"), &json!({ "seq": seq })).await),
            _ if dice.below(3) == 0 => {
                drop(self.people[0].delete(&format!("/v1/friends/{}", peer.id)).await);
            }
            _ => {
                self.people[0].befriends(peer).await;
            }
        }
    }
}

async fn fresh(who: &Person) -> Replica {
    let mut replica = Replica::default();
    replica.sync(who).await;
    replica
}

/// A fresh look has only the newest rows; the rest must be the same.
#[track_caller]
fn agree(held: &Replica, fresh: &Replica, what: &str) {
    assert_eq!(held.arev, fresh.arev, "{what}");
    assert!(held.chats.keys().eq(fresh.chats.keys()), "{what}");
    for (id, new) in &fresh.chats {
        let old = &held.chats[id];
        assert_eq!(
            (old.rev, old.seq, old.marks(), &old.closed_at),
            (new.rev, new.seq, new.marks(), &new.closed_at),
            "{what}: {id}"
        );
        assert_eq!(old.members, new.members, "{what}: {id}");
        for (seq, message) in &new.messages {
            if let Some(kept) = old.messages.get(seq) {
                assert_eq!(kept, message, "{what}: {id} {seq}");
            } else {
                let first = old.messages.keys().next();
                assert!(first.is_some_and(|first| seq < first), "{what}: {id} lacks {seq}");
            }
        }
    }
}

#[tokio::test]
async fn i9_what_was_held_and_what_changed_are_a_fresh_look() {
    let h = Harness::start().await;
    let mut scene = Scene::set(&h).await;
    let mut dice = Dice(0x7469_6469_6e67_7331);
    let mut cuts = vec![Replica::default(), fresh(scene.ann()).await];
    for turn in 0..150 {
        scene.happens(&mut dice).await;
        if turn % 15 == 0 {
            cuts.push(fresh(scene.ann()).await);
        }
        if turn % 40 == 39 {
            let now = fresh(scene.ann()).await;
            for (at, cut) in cuts.iter().enumerate() {
                let mut held = cut.clone();
                held.sync(scene.ann()).await;
                agree(&held, &now, &format!("turn {turn}, cut {at}"));
                // The same through the call for one chat.
                let mut held = cut.clone();
                for (id, chat) in &mut held.chats {
                    let url = format!("/v1/chats/{id}/changes?rev={}&seq={}", chat.rev, chat.seq);
                    chat.take(&scene.ann().get(&url).await.gives(200));
                    assert_eq!(chat.rev, now.chats[id].rev);
                    assert_eq!(chat.seq, now.chats[id].seq);
                    assert_eq!(chat.members, now.chats[id].members);
                    for (seq, message) in &now.chats[id].messages {
                        assert_eq!(chat.messages.get(seq).unwrap_or(message), message);
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn i10_every_client_converges_whatever_is_lost_repeated_or_late() {
    let h = Harness::start().await;
    let mut scene = Scene::set(&h).await;
    let mut dice = Dice(0x7469_6469_6e67_7332);
    let mut socket = scene.ann().socket().await;
    let mut held = fresh(scene.ann()).await;
    let mut late: Vec<(String, Value)> = Vec::new();
    for turn in 0..120 {
        scene.happens(&mut dice).await;
        if turn % 30 == 29 {
            // The connection breaks; what it still carried is lost.
            socket = scene.ann().socket().await;
            held.sync(scene.ann()).await;
        }
        let check = json!({ "arev": held.arev, "open": [] });
        socket.ask("sync.check", &check).await;
        for event in socket.takes() {
            match dice.below(10) {
                0 => {}
                1 => late.push(event),
                2 => late.extend([event.clone(), event]),
                _ => late.insert(0, event),
            }
        }
        while late.len() > usize::try_from(dice.below(4)).unwrap() {
            let (name, event) = late.remove(0);
            if held.hear(&name, &event) == Applied::Ask {
                held.sync(scene.ann()).await;
            }
        }
    }
    // The check that every client makes now and then.
    let open: Vec<_> = held.chats.iter().map(|(id, chat)| json!([id, chat.rev])).collect();
    let ack = socket.ask("sync.check", &json!({ "arev": held.arev, "open": open })).await;
    let is_behind = |id: &str| ack["stale"].as_array().unwrap().iter().any(|stale| stale == id);
    let now = fresh(scene.ann()).await;
    for (id, chat) in &held.chats {
        assert_eq!(is_behind(id), chat.rev < now.chats[id].rev, "{id}: {ack}");
    }
    assert_eq!(ack["arev"], now.arev);
    held.sync(scene.ann()).await;
    agree(&held, &now, "at the end");
}

#[tokio::test]
async fn i11_live_events_alone_make_a_fresh_look() {
    let h = Harness::start().await;
    let mut scene = Scene::set(&h).await;
    let mut dice = Dice(0x7469_6469_6e67_7333);
    let mut socket = scene.ann().socket().await;
    let mut held = fresh(scene.ann()).await;
    for turn in 0..80 {
        scene.happens(&mut dice).await;
        socket.ask("sync.check", &json!({ "arev": 0, "open": [] })).await;
        for (name, event) in socket.takes() {
            // Only what the event itself says must be asked for is asked for.
            let asks = held.hear(&name, &event) == Applied::Ask;
            let may = event["arev"].is_i64() || name == "chat.updated";
            assert!(!asks || may, "turn {turn}: {name} {event} left a gap in {held:?}");
            if asks {
                held.sync(scene.ann()).await;
            }
        }
        agree(&held, &fresh(scene.ann()).await, &format!("turn {turn}"));
    }
}

#[tokio::test]
async fn i13_rows_left_out_are_said_to_be() {
    let h = Harness::start().await;
    let scene = Scene::set(&h).await;
    let (ann, bob, chat) = (scene.ann(), &scene.people[1], &scene.chats[0]);
    let url = format!("/v1/chats/{chat}/messages");
    let mut cuts = Vec::new();
    for n in 1..=130 {
        if matches!(n, 1 | 30 | 31 | 100) {
            cuts.push((n - 1, fresh(bob).await));
        }
        ann.post(&url, &json!({ "client_id": n.to_string(), "body": "x" })).await.gives(201);
    }
    for (seq, cut) in cuts {
        let answer = bob.post("/v1/sync", &cut.request()).await.gives(200);
        let found = &answer["chats"][0];
        let rows = found["messages"].as_array().unwrap();
        let left_out = 130 - seq > 100;
        assert_eq!(found["limited"], left_out, "from {seq}");
        assert_eq!(rows.len(), if left_out { 20 } else { 130 - seq }, "from {seq}");
        assert_eq!(rows.last().unwrap()["seq"], 130);
    }
    let first = bob.post("/v1/sync", &json!({ "messages": 5 })).await.gives(200);
    let found = &first["chats"][0];
    assert_eq!((found["messages"].as_array().unwrap().len(), &found["limited"]), (5, &json!(true)));
    let changes = format!("/v1/chats/{chat}/changes?rev=1&seq=0&limit=50");
    let found = bob.get(&changes).await.gives(200);
    assert_eq!(
        (found["messages"].as_array().unwrap().len(), &found["limited"]),
        (20, &json!(true))
    );
    let changes = format!("/v1/chats/{chat}/changes?rev=120&seq=119");
    let found = bob.get(&changes).await.gives(200);
    assert_eq!(
        (found["messages"].as_array().unwrap().len(), &found["limited"]),
        (11, &json!(false))
    );
}

#[tokio::test]
async fn chats_beyond_the_limit_come_as_counters() {
    let h = Harness::start().await;
    let scene = Scene::set(&h).await;
    let ann = scene.ann();
    let new = json!({ "client_id": "1", "body": "x" });
    h.clock.advance_ms(1_000);
    scene.people[2].post(&format!("/v1/chats/{}/messages", scene.chats[1]), &new).await.gives(201);
    let answer = ann.post("/v1/sync", &json!({ "limit": 1 })).await.gives(200);
    assert_eq!(answer["chats"].as_array().unwrap().len(), 1);
    assert_eq!(answer["chats"][0]["id"], scene.chats[1], "the most active first");
    let more = json!([{ "id": scene.chats[0], "rev": 1, "seq": 0, "unread": 0 }]);
    assert_eq!(answer["more"], more);
    let gone = "01980000-0000-7000-8000-000000000001";
    let request = json!({ "arev": 0, "chats": { gone: [1, 1, 0] } });
    let answer = ann.post("/v1/sync", &request).await.gives(200);
    assert_eq!(answer["reset"], true, "it names no epoch");
    ann.post("/v1/sync", &json!({ "limit": 0 })).await.fails(400, "request.query");
}

#[tokio::test]
async fn i14_another_epoch_or_a_log_cut_off_starts_afresh() {
    static CUT: Sql = Sql::new("delete from account_event where arev <= 2");
    let h = Harness::start().await;
    let scene = Scene::set(&h).await;
    let ann = scene.ann();
    let held = fresh(ann).await;
    let answer = ann.post("/v1/sync", &held.request()).await.gives(200);
    assert_eq!((&answer["reset"], &answer["chats"]), (&json!(false), &json!([])), "all is held");

    let mut elsewhere = held.clone();
    elsewhere.epoch = "0000000000000000".to_owned();
    let answer = ann.post("/v1/sync", &elsewhere.request()).await.gives(200);
    assert_eq!((&answer["reset"], &answer["events"]), (&json!(true), &json!([])));
    assert_eq!(answer["chats"].as_array().unwrap().len(), 2, "all of it comes again");

    let mut behind = held.clone();
    behind.arev = 1;
    let answer = ann.post("/v1/sync", &behind.request()).await.gives(200);
    let events = answer["events"].as_array().unwrap();
    assert_eq!(answer["reset"], false);
    assert_eq!(events.first().unwrap()["arev"], 2);
    assert_eq!(events.last().unwrap()["arev"], held.arev);

    let mut batch = Batch::new();
    batch.run(&CUT, args![]);
    h.app().db.write(batch).await.unwrap();
    let answer = ann.post("/v1/sync", &behind.request()).await.gives(200);
    assert_eq!(answer["reset"], true, "the event after the client's is forgotten");
    let mut ahead = held.clone();
    ahead.arev += 1;
    let answer = ann.post("/v1/sync", &ahead.request()).await.gives(200);
    assert_eq!(answer["reset"], true, "nobody can hold what has not happened");
    let answer = ann.post("/v1/sync", &held.request()).await.gives(200);
    assert_eq!(answer["reset"], false);
}
