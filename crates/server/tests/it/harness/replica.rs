//! A client that keeps a copy, by the rules every client follows: apply what
//! comes next, drop what is old, ask for what is missing, forget when told.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Person;

/// What a client holds of one chat.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Held {
    pub(crate) rev: i64,
    pub(crate) seq: i64,
    /// Rows by place; older ones may be missing after a limited answer.
    pub(crate) messages: BTreeMap<i64, Value>,
    /// Members by account.
    pub(crate) members: BTreeMap<String, Value>,
    pub(crate) closed_at: Value,
}

/// What a client holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Replica {
    pub(crate) epoch: String,
    pub(crate) arev: i64,
    pub(crate) chats: BTreeMap<String, Held>,
}

/// What an event made of the copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applied {
    /// It was next, or belongs to no order.
    Done,
    /// It was old.
    Dropped,
    /// Something before it is missing, or it only says that there is more.
    Ask,
}

impl Replica {
    /// What `POST /v1/sync` is sent.
    pub(crate) fn request(&self) -> Value {
        let chats = self
            .chats
            .iter()
            .map(|(id, held)| (id.clone(), json!([held.rev, held.seq, held.marks()])));
        json!({
            "epoch": self.epoch,
            "arev": self.arev,
            "chats": chats.collect::<serde_json::Map<_, _>>(),
        })
    }

    /// Catches up until nothing is left; answers how many calls it took.
    pub(crate) async fn sync(&mut self, who: &Person) -> usize {
        for calls in 1..100 {
            let answer = who.post("/v1/sync", &self.request()).await.gives(200);
            self.take(&answer);
            if answer["more"] == json!([]) {
                return calls;
            }
        }
        panic!("a catch-up has an end");
    }

    /// Takes in an answer of `sync`.
    pub(crate) fn take(&mut self, answer: &Value) {
        if answer["reset"] == true {
            self.chats.clear();
        }
        answer["epoch"].as_str().expect("an epoch").clone_into(&mut self.epoch);
        self.arev = int(&answer["arev"]);
        for gone in list(&answer["gone"]) {
            self.chats.remove(gone.as_str().expect("an id"));
        }
        for chat in list(&answer["chats"]) {
            let held = self.chats.entry(text(&chat["id"])).or_default();
            held.take(chat);
            held.closed_at = chat["closed_at"].clone();
            held.seq = int(&chat["seq"]);
        }
    }

    /// Takes in a live event.
    pub(crate) fn hear(&mut self, name: &str, event: &Value) -> Applied {
        if event["arev"].is_i64() {
            let next = int(&event["arev"]);
            if next <= self.arev {
                return Applied::Dropped;
            }
            // What it says of the account is not kept here; a chat that came
            // or went is asked for.
            return Applied::Ask;
        }
        let Some(chat) = event["chat"].as_str() else { return Applied::Dropped };
        let Some(held) = self.chats.get_mut(chat) else { return Applied::Ask };
        match name {
            "receipt" => held.receipt(event),
            "message.new" | "message.updated" | "message.deleted" => held.message(event),
            "chat.updated" if int(&event["rev"]) > held.rev => Applied::Ask,
            _ => Applied::Dropped,
        }
    }
}

impl Held {
    /// The sum that tells whether receipts were missed.
    pub(crate) fn marks(&self) -> i64 {
        let marks = |member: &Value| int(&member["read_seq"]) + int(&member["delivered_seq"]);
        self.members.values().map(marks).sum()
    }

    /// Takes in an answer of `sync` or `changes` about this chat.
    pub(crate) fn take(&mut self, chat: &Value) {
        if chat["limited"] == true {
            self.messages.clear();
        }
        self.rev = int(&chat["rev"]);
        for message in list(&chat["messages"]) {
            let seq = int(&message["seq"]);
            self.seq = self.seq.max(seq);
            self.messages.insert(seq, message.clone());
        }
        for member in list(&chat["members"]) {
            self.members.insert(text(&member["account"]), member.clone());
        }
    }

    fn message(&mut self, event: &Value) -> Applied {
        let rev = int(&event["rev"]);
        if rev <= self.rev {
            return Applied::Dropped;
        }
        if rev > self.rev + 1 {
            return Applied::Ask;
        }
        let message = &event["message"];
        let seq = int(&message["seq"]);
        self.rev = rev;
        if seq > self.seq {
            self.seq = seq;
            let sender = self.members.get_mut(message["sender"].as_str().expect("a sender"));
            // Who sends has read.
            if let Some(sender) = sender {
                grow(sender, "read_seq", seq);
                grow(sender, "read_n", int(&message["n"]));
                grow(sender, "delivered_seq", seq);
            }
        }
        // A row that was forgotten is not brought back by a change of it.
        let is_held = self.messages.keys().next().is_none_or(|first| seq >= *first);
        if is_held {
            self.messages.insert(seq, message.clone());
        }
        Applied::Done
    }

    fn receipt(&mut self, event: &Value) -> Applied {
        let Some(member) = self.members.get_mut(event["account"].as_str().expect("an account"))
        else {
            return Applied::Ask;
        };
        for mark in ["read_seq", "read_n", "delivered_seq"] {
            grow(member, mark, int(&event[mark]));
        }
        Applied::Done
    }
}

fn grow(member: &mut Value, mark: &str, to: i64) {
    if int(&member[mark]) < to {
        member[mark] = json!(to);
    }
}

fn int(value: &Value) -> i64 {
    value.as_i64().expect("a number")
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}
