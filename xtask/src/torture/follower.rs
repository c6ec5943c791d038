//! A device that only follows: it hears events, loses its connection, catches up
//! by counters, and must in the end hold what is there.
//!
//! It believes what the wire promises: on one connection every change of a chat
//! is told once and in order; what is missing between two is asked for; rows that
//! were left out are forgotten.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::history::{Held, Row};
use super::random::Random;
use super::writer::{Shared, read_row};
use crate::http::{Answer, Client};
use crate::socket::Socket;
use crate::tidings::Person;

/// While others write there may always be more; the next look comes soon.
const ANSWERS: u32 = 50;

/// One device.
pub(crate) struct Follower {
    shared: Arc<Shared>,
    person: Person,
    client: Client,
    random: Random,
    epoch: Value,
    arev: Value,
    chats: HashMap<String, Copy>,
}

/// A chat as it is held.
#[derive(Default)]
struct Copy {
    rev: i64,
    seq: i64,
    marks: i64,
    from: i64,
    /// With the revision of each.
    rows: BTreeMap<i64, (i64, Row)>,
}

impl Follower {
    pub(crate) fn new(shared: &Arc<Shared>, person: Person, client: Client, seed: u64) -> Self {
        let (shared, random) = (Arc::clone(shared), Random::new(seed));
        let (epoch, arev, chats) = (Value::Null, json!(0), HashMap::new());
        Self { shared, person, client, random, epoch, arev, chats }
    }

    /// Follows until told to stop.
    pub(crate) fn work(mut self) -> Result<Self> {
        while !self.is_told_to_stop() {
            let token = self.person.token.clone();
            match Socket::connect(self.client.address, &token) {
                Ok(socket) => self.follow(socket)?,
                Err(_) => self.renew(),
            }
            std::thread::sleep(Duration::from_millis(self.random.below(300)));
        }
        Ok(self)
    }

    /// Catches up, once all is quiet, and says what it then holds.
    pub(crate) fn settle(mut self) -> Result<Vec<Held>> {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !self.catch_up(None)? {
            ensure!(Instant::now() < deadline, "nobody could catch up for half a minute");
            self.renew();
        }
        let Self { chats, shared, .. } = self;
        let held = |(id, copy): (String, Copy)| {
            let rows = copy.rows.into_iter().map(|(seq, (_, row))| (seq, row)).collect();
            Ok(Held { chat: shared.chat(&id)?, from: copy.from, rows })
        };
        chats.into_iter().map(held).collect()
    }

    fn is_told_to_stop(&self) -> bool {
        self.shared.stop.load(Ordering::SeqCst)
    }

    /// The token may have expired; the server may be down.
    fn renew(&mut self) {
        if self.client.ask("GET", "/v1/me", None).is_ok_and(|answer| answer.status == 401) {
            let _ = self.person.sign_in(&mut self.client);
        }
    }

    /// One connection, until it breaks or is let go without a word.
    fn follow(&mut self, mut socket: Socket) -> Result<()> {
        let end = Instant::now() + Duration::from_millis(self.random.below(3000));
        let mut told = HashMap::new();
        self.catch_up(Some(&mut socket))?;
        while Instant::now() < end && !self.is_told_to_stop() {
            if socket.listen(Duration::from_millis(50)).is_err() {
                return Ok(());
            }
            for (event, payload) in socket.take_heard() {
                if event.starts_with("message.") {
                    demand_in_order(&mut told, &payload)?;
                    self.hear(&payload)?;
                } else if event == "sync.required" {
                    self.catch_up(Some(&mut socket))?;
                }
            }
            // Out of the blue, while others write.
            if self.random.once_in(100) {
                self.catch_up(Some(&mut socket))?;
            }
        }
        Ok(())
    }

    /// An event that is the next change is taken; before it, what is missing.
    fn hear(&mut self, event: &Value) -> Result<()> {
        let chat = event["chat"].as_str().context("no chat")?;
        let rev = number(event, "rev")?;
        let Some(copy) = self.chats.get(chat).filter(|copy| copy.rev + 1 >= rev) else {
            return self.changes(chat);
        };
        let is_next = copy.rev + 1 == rev;
        self.take(chat, &event["message"])?;
        if is_next {
            let copy = self.chats.entry(chat.to_owned()).or_default();
            copy.rev = rev;
            copy.seq = copy.seq.max(number(event, "seq")?);
        }
        Ok(())
    }

    /// Asks for what one chat is missing; a chat that is not held yet waits for
    /// the next look at all of them.
    fn changes(&mut self, chat: &str) -> Result<()> {
        let Some(copy) = self.chats.get(chat) else { return Ok(()) };
        let path = format!("/v1/chats/{chat}/changes?rev={}&seq={}", copy.rev, copy.seq);
        let Ok(answer) = self.client.ask("GET", &path, None) else { return Ok(()) };
        if let Some(mut changes) = done(answer, "changes")? {
            changes["id"] = json!(chat);
            self.apply(&changes)?;
        }
        Ok(())
    }

    /// Asks what is missing until nothing is; false when no answer came, or no
    /// end: a server that has forgotten is behind for ever.
    fn catch_up(&mut self, mut socket: Option<&mut Socket>) -> Result<bool> {
        let limit = if socket.is_some() { 1 + self.random.below(8) } else { 100 };
        for _ in 0..ANSWERS {
            let held = |(id, copy): (&String, &Copy)| {
                (id.clone(), json!([copy.rev, copy.seq, copy.marks]))
            };
            let request = json!({
                "epoch": self.epoch,
                "arev": self.arev,
                "chats": self.chats.iter().map(held).collect::<serde_json::Map<_, _>>(),
                "limit": limit,
                "messages": 1 + self.random.below(100),
            });
            let answer = match &mut socket {
                Some(socket) if self.random.once_in(2) => socket.emit("sync", &request),
                _ => self.client.ask("POST", "/v1/sync", Some(&request)),
            };
            let Ok(answer) = answer else { return Ok(false) };
            let Some(answer) = done(answer, "sync")? else { return Ok(false) };
            if answer["reset"] == true {
                self.chats.clear();
            }
            ensure!(answer["gone"] == json!([]), "chats are gone: {}", answer["gone"]);
            (self.epoch, self.arev) = (answer["epoch"].clone(), answer["arev"].clone());
            for chat in answer["chats"].as_array().context("no chats")? {
                self.apply(chat)?;
            }
            if answer["more"] == json!([]) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes the rows of one chat that were missing.
    fn apply(&mut self, missing: &Value) -> Result<()> {
        let id = missing["id"].as_str().context("no id")?;
        self.shared.chat(id)?;
        let rows = missing["messages"].as_array().context("no messages")?;
        let is_new = !self.chats.contains_key(id);
        let copy = self.chats.entry(id.to_owned()).or_default();
        let rev = number(missing, "rev")?;
        if is_new || missing["limited"] == true && rev > copy.rev {
            copy.rows.clear();
            copy.from = whole_from(rows)?;
        }
        for row in rows {
            self.take(id, row)?;
        }
        let copy = self.chats.entry(id.to_owned()).or_default();
        copy.rev = copy.rev.max(rev);
        copy.marks = missing["marks"].as_i64().unwrap_or(copy.marks);
        // An answer about one chat names no place: its rows reach to the end.
        let last = rows.last().map(|row| number(row, "seq")).transpose()?;
        let seq = missing["seq"].as_i64().or(last).unwrap_or(0);
        copy.seq = copy.seq.max(seq);
        Ok(())
    }

    /// Of two versions of a row the later one stays.
    fn take(&mut self, chat: &str, message: &Value) -> Result<()> {
        let row = read_row(&self.shared, message)?;
        let rev = number(message, "rev")?;
        let copy = self.chats.entry(chat.to_owned()).or_default();
        if copy.rows.get(&row.seq).is_none_or(|(held, _)| *held < rev) {
            copy.rows.insert(row.seq, (rev, row));
        }
        Ok(())
    }
}

/// Where the newest rows of an answer begin. Older ones may stand before them,
/// because they changed, with gaps between.
fn whole_from(rows: &[Value]) -> Result<i64> {
    let mut from = None;
    for row in rows.iter().rev() {
        let seq = number(row, "seq")?;
        if from.is_some_and(|from| seq + 1 != from) {
            break;
        }
        from = Some(seq);
    }
    Ok(from.unwrap_or(1))
}

/// On one connection a chat's changes are told once each, and in order.
fn demand_in_order(told: &mut HashMap<String, i64>, event: &Value) -> Result<()> {
    let chat = event["chat"].as_str().context("no chat")?;
    let rev = number(event, "rev")?;
    match told.insert(chat.to_owned(), rev) {
        Some(last) if last >= rev => bail!("told {rev} after {last}: {event}"),
        _ => Ok(()),
    }
}

/// The body of an answer; none when the question has to be asked again.
fn done(answer: Answer, what: &str) -> Result<Option<Value>> {
    match answer.status {
        401 | 429 | 502..=504 => Ok(None),
        _ => answer.expect(what).map(Some),
    }
}

fn number(of: &Value, name: &str) -> Result<i64> {
    of[name].as_i64().with_context(|| format!("no {name} in {of}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_only_changed_do_not_make_a_copy_whole() {
        let from = |places: &[i64]| {
            let rows: Vec<_> = places.iter().map(|seq| json!({ "seq": seq })).collect();
            whole_from(&rows).unwrap()
        };
        assert_eq!(from(&[]), 1);
        assert_eq!(from(&[7, 8, 9]), 7);
        assert_eq!(from(&[2, 5, 8, 9]), 8);
    }
}
