//! The law of searching: for any history and any state of the index, what is
//! found is what reading everything would find, page by page to the end.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

use std::cmp::Reverse;

use domain::{Entropy, search};
use serde_json::{Value, json};
use sql::{Batch, Sql, args};

use crate::harness::client::Answer;
use crate::harness::{Harness, Person};
use crate::search::asks_on;

/// Words whose beginnings meet, and characters that stand in runs.
const WORDS: [&str; 9] = ["tea", "teapot", "lamp", "lampe", "été", "北京", "北", "京大", "їжак"];
/// What is asked, and what is asked is folded to in the words.
const QUERIES: [&str; 8] = ["te", "tea", "teapot", "lam", "ete", "北京", "京", "їжа"];

/// Two friends of ann's, who know each other.
struct Scene {
    h: Harness,
    people: Vec<Person>,
    /// The chats, with the two who are in each.
    chats: Vec<(String, usize, usize)>,
    dice: Entropy,
    sent: usize,
    /// How many edits and deletions were done.
    happened: [usize; 2],
}

impl Scene {
    async fn set(seed: u64) -> Self {
        let h = Harness::start().await;
        let mut people = Vec::new();
        for name in ["ann", "bob", "eve"] {
            people.push(h.person(name).await);
        }
        // However often the clock is set back, nobody is here before they came.
        h.clock.advance_ms(300_000);
        let mut chats = Vec::new();
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            chats.push((people[one].befriends(&people[other]).await, one, other));
        }
        Self { h, people, chats, dice: Entropy::seeded(seed), sent: 0, happened: [0, 0] }
    }

    fn below(&self, bound: usize) -> usize {
        self.dice.below(u32::try_from(bound).unwrap()) as usize
    }

    fn one_of<T: Copy>(&self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn body(&self) -> String {
        // More of one beginning than the index keeps.
        match self.below(12) {
            0 => return (0..40).map(|n| format!("te{n} ")).collect::<String>() + "tea",
            1 => return ('一'..'丨').map(|c| format!("京{c}")).collect::<String>() + "京大",
            _ => {}
        }
        let words = (0..=self.below(3)).map(|_| self.one_of(&WORDS));
        words.collect::<Vec<_>>().join(self.one_of(&[" ", ", ", " 🎉\n"]))
    }

    /// Something happens in one of the chats, or to the index; refusals are part
    /// of it.
    async fn happens(&mut self) {
        let (chat, one, other) = self.one_of(&[0, 1, 2].map(|at| &self.chats[at]));
        let (who, peer) = self.one_of(&[(*one, *other), (*other, *one)]);
        let (who, peer) = (&self.people[who], &self.people[peer]);
        let path = format!("/v1/chats/{chat}");
        let seq = 1 + self.below(self.sent / 3 + 1);
        let message = format!("{path}/messages/{seq}");
        match self.below(20) {
            0..=7 => {
                self.sent += 1;
                let new = json!({ "client_id": self.sent.to_string(), "body": self.body() });
                who.post(&format!("{path}/messages"), &new).await;
            }
            8..=10 => {
                let edit = json!({ "body": self.body() });
                self.happened[0] +=
                    did(&[who.patch(&message, &edit).await, peer.patch(&message, &edit).await]);
            }
            11 => {
                self.happened[1] += did(&[who.delete(&message).await, peer.delete(&message).await]);
            }
            12 => {
                drop(who.put(&format!("{message}/reactions/%F0%9F%91%8D"), &Value::Null).await);
            }
            13 if self.below(4) == 0 => {
                let hide = json!({ "hidden_upto_seq": self.below(seq) });
                drop(who.patch(&format!("{path}/mine"), &hide).await);
            }
            14 if self.below(8) == 0 => {
                drop(who.delete(&format!("/v1/friends/{}", peer.id)).await);
            }
            15 => {
                drop(who.put(&format!("/v1/friends/{}", peer.id), &Value::Null).await);
                drop(peer.put(&format!("/v1/friends/{}", who.id), &Value::Null).await);
            }
            13 if self.below(3) == 0 => search::renew(self.h.app()).await.unwrap(),
            // Clocks are set back too.
            16..=17 => self.h.clock.advance_ms(self.one_of(&[1, 700, 20_000, -15_000])),
            _ => {
                let rows = 1 + i64::try_from(self.below(6)).unwrap();
                search::page(self.h.app(), chat.parse().unwrap(), rows).await.unwrap();
            }
        }
    }

    /// A random question, asked to the end, is answered as by whoever reads all.
    async fn is_answered(&self) {
        let who = self.below(3);
        let words = (0..=self.below(2)).map(|_| self.one_of(&QUERIES)).collect::<Vec<_>>();
        let mine = self.chats.iter().filter(|chat| [chat.1, chat.2].contains(&who));
        let mine: Vec<_> = mine.map(|chat| chat.0.as_str()).collect();
        let chat = [None, Some(self.one_of(&mine))][self.below(2)];
        let sender = [None, None, Some(self.one_of(&[0, 1, 2]))][self.below(3)];
        let until = [None, None, Some(self.below(120_000))][self.below(3)];
        let until = until.map(|ago| self.h.clock.now_ms() - i64::try_from(ago).unwrap());

        let mut more = format!("&limit={}", 1 + self.below(9));
        chat.iter().for_each(|chat| more += &format!("&chat={chat}"));
        let sender = sender.map(|sender| self.people[sender].id.as_str());
        sender.iter().for_each(|sender| more += &format!("&sender={sender}"));
        until.iter().for_each(|until| more += &format!("&until={until}"));
        let found = asks_on(&self.people[who], &words.join(" "), &more).await;

        let mut wanted = Vec::new();
        for chat in mine.into_iter().filter(|mine| chat.is_none_or(|chat| chat == *mine)) {
            wanted.extend(self.reads_all(who, chat).await);
        }
        wanted.retain(|message| {
            let body = message["body"].as_str().unwrap();
            message["deleted_at"].is_null()
                && sender.is_none_or(|sender| message["sender"] == sender)
                && until.is_none_or(|until| message["created_at"].as_i64() < Some(until))
                && words.iter().all(|word| holds(body, word))
        });
        let seq = |message: &Value| message["seq"].as_i64();
        if chat.is_some() {
            wanted.sort_by_key(|message| Reverse(seq(message)));
        } else {
            wanted.sort_by_key(|message| {
                let chat = message["chat"].as_str().unwrap().to_owned();
                Reverse((message["created_at"].as_i64(), chat, seq(message)))
            });
        }
        assert_eq!(found, wanted, "{words:?}{more} by {who}");
    }

    async fn reads_all(&self, who: usize, chat: &str) -> Vec<Value> {
        let (mut all, mut before) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/chats/{chat}/messages?limit=100{before}");
            let page = self.people[who].get(&path).await.gives(200);
            all.extend(page["messages"].as_array().unwrap().iter().cloned());
            if page["has_more"] == false {
                return all;
            }
            before = format!("&before_seq={}", all.last().unwrap()["seq"]);
        }
    }
}

/// One of two is the sender, if the chat is open.
fn did(answers: &[Answer; 2]) -> usize {
    answers.iter().filter(|answer| answer.status.is_success()).count()
}

/// Judged in another way than by the program: by the few words there are.
fn holds(body: &str, wanted: &str) -> bool {
    let mut words = body.split([' ', ',', '\n', '🎉']);
    let is_dense = wanted.chars().all(|c| c > '\u{2e80}');
    words.any(|word| {
        if is_dense { word.contains(wanted) } else { word.replace('é', "e").starts_with(wanted) }
    })
}

#[tokio::test]
async fn a_search_finds_what_reading_everything_would() {
    for seed in 1..=4 {
        let mut scene = Scene::set(seed).await;
        for round in 0..320 {
            scene.happens().await;
            if round % 4 == 0 {
                scene.is_answered().await;
            }
        }
        let [edits, deletions] = scene.happened;
        assert!(edits > 7 && deletions > 4, "enough happens: {edits}, {deletions}");
        search::run(scene.h.app()).await.unwrap();
        for _ in 0..20 {
            scene.is_answered().await;
        }
        scene.h.stop().await;
    }
}

static FILL: Sql = Sql::new(
    "insert into message (chat_id, seq, n, rev, sender_id, client_id, sent_hash, kind, body,
                          changed, created_at)
     values ($1, $2, $2, $2, $3, $4, $3, 'text', $5, false, $6)",
);
static COUNT: Sql =
    Sql::new("update chat set last_seq = $2, last_n = $2, rev = $2, last_at = $3 where id = $1");

/// Messages of a chat that spreads over several blocks of the index.
const LONG: i64 = 9_500;

/// The word of a message: the oldest and the newest say something rare, each a
/// number, and all of them what is common, and what only looks like 甲乙丙.
fn said(seq: i64) -> String {
    match seq {
        1 | 4_095 | 4_096 | LONG => format!("rare common 甲乙丙 n{seq}"),
        _ => format!("common 甲乙 乙丙 n{seq}"),
    }
}

/// A chat that many messages come into at once, which the index has yet to see.
async fn fill(h: &Harness, chat: &str, senders: [&Person; 2], count: i64) -> i64 {
    let id: domain::ChatId = chat.parse().unwrap();
    let began = h.clock.now_ms() - count * 1_000;
    for page in (1..=count).collect::<Vec<_>>().chunks(500) {
        let mut batch = Batch::new();
        for seq in page.iter().copied() {
            // What the second says is rare too.
            let sender = &senders[usize::from(seq % 4_000 == 0)].id;
            let sender = sender.parse::<domain::AccountId>().unwrap();
            let at = began + seq * 1_000;
            batch.run(&FILL, args![id, seq, sender, seq.to_string(), said(seq), at]);
        }
        h.app().db.write(batch).await.unwrap();
    }
    let mut batch = Batch::new();
    batch.demand(1, &COUNT, args![id, count, began + count * 1_000]);
    h.app().db.write(batch).await.unwrap();
    began
}

#[tokio::test]
async fn a_chat_that_is_far_behind_takes_nothing_from_the_others() {
    let scene = Scene::set(9).await;
    let [ann, bob, eve] = [0, 1, 2].map(|at| &scene.people[at]);
    let [long, short] = [0, 1].map(|at| &scene.chats[at].0);
    fill(&scene.h, short, [ann, eve], 500).await;
    scene.h.clock.advance_ms(60_000);
    fill(&scene.h, long, [ann, bob], 3_000).await;
    let found = ann.get("/v1/messages?q=rare").await.gives(200);
    assert_eq!(found["behind"], true);
    let oldest = found["messages"].as_array().unwrap().last().cloned();
    let oldest = oldest.unwrap_or_default();
    assert_eq!((&oldest["chat"], &oldest["seq"]), (&json!(short), &json!(1)));
    let alone = asks_on(ann, "rare", &format!("&chat={short}")).await;
    assert_eq!(alone, [oldest]);
}

#[tokio::test]
async fn a_long_chat_is_searched_to_its_end() {
    let scene = Scene::set(9).await;
    let (ann, bob, chat) = (&scene.people[0], &scene.people[1], &scene.chats[0].0);
    let began = fill(&scene.h, chat, [ann, bob], LONG).await;
    let in_chat = format!("&chat={chat}");
    let newest = ann.get(&format!("/v1/messages?q=common{in_chat}")).await.gives(200);
    assert_eq!(
        (&newest["behind"], newest["messages"].as_array().unwrap().len()),
        (&json!(true), 20)
    );
    search::run(scene.h.app()).await.unwrap();

    let places = |found: &[Value]| -> Vec<i64> {
        found.iter().map(|message| message["seq"].as_i64().unwrap()).collect()
    };
    let until = format!("&until={}", began + 5_000 * 1_000);
    for within in ["", &in_chat] {
        let asks = |text: &'static str, more: String| async move {
            places(&asks_on(ann, text, &format!("{within}{more}")).await)
        };
        assert_eq!(asks("rare", String::new()).await, [LONG, 4_096, 4_095, 1]);
        assert_eq!(asks("rare", until.clone()).await, [4_096, 4_095, 1]);
        assert_eq!(asks("common", format!("&sender={}", bob.id)).await, [8_000, 4_000]);
        // The index proposes all of them; the rows grant four.
        assert_eq!(asks("甲乙丙", String::new()).await, [LONG, 4_096, 4_095, 1]);
        assert_eq!(asks("n123", String::new()).await, places_of("n123"));
        let until = format!("&limit=50&until={}", began + 300 * 1_000);
        assert_eq!(asks("common", until).await, (1..300).rev().collect::<Vec<_>>());
    }
}

fn places_of(beginning: &str) -> Vec<i64> {
    (1..=LONG).rev().filter(|seq| format!("n{seq}").starts_with(beginning)).collect()
}
