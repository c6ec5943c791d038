//! A person who writes, changes and reads while the server is killed, over HTTP
//! and over a socket, and who notes what was asked, answered and heard.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::history::{Change, History, Moment, Refused, Row, Seen, Send, View};
use super::random::Random;
use crate::http::{Answer, Client};
use crate::socket::Socket;
use crate::tidings::Person;

/// What all writers share.
pub(crate) struct Shared {
    /// Counts moments.
    pub(crate) clock: AtomicU64,
    /// Finish what is begun, begin nothing.
    pub(crate) stop: AtomicBool,
    /// Acknowledged sends so far, for whoever looks on.
    pub(crate) acknowledged: AtomicU64,
    /// Chat ids by number.
    pub(crate) chats: Vec<String>,
    /// Account ids to numbers.
    pub(crate) people: HashMap<String, usize>,
}

impl Shared {
    fn now(&self) -> Moment {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    /// The number of a chat.
    pub(crate) fn chat(&self, id: &str) -> Result<usize> {
        let found = self.chats.iter().position(|chat| chat == id);
        found.with_context(|| format!("a chat that nobody is in: {id}"))
    }
}

/// A request, and the event that does the same over a socket, where there is one.
struct Request {
    method: &'static str,
    path: String,
    body: Option<Value>,
    event: Option<(&'static str, Value)>,
}

impl Request {
    fn get(path: String) -> Self {
        Self { method: "GET", path, body: None, event: None }
    }
}

/// One of the people.
pub(crate) struct Writer {
    pub(crate) shared: Arc<Shared>,
    pub(crate) number: usize,
    pub(crate) person: Person,
    pub(crate) client: Client,
    socket: Option<Socket>,
    heard: Vec<(String, Value)>,
    pub(crate) random: Random,
    /// The numbers of the chats this person is in.
    pub(crate) chats: Vec<usize>,
    pub(crate) history: History,
    /// Where own messages stand, to be changed later.
    own: Vec<(usize, i64)>,
    written: u64,
}

impl Writer {
    pub(crate) fn new(
        shared: &Arc<Shared>,
        number: usize,
        person: Person,
        client: Client,
        seed: u64,
    ) -> Self {
        Self {
            shared: Arc::clone(shared),
            number,
            person,
            client,
            socket: None,
            heard: Vec::new(),
            random: Random::new(seed ^ (number as u64 + 1) << 32),
            chats: Vec::new(),
            history: History::default(),
            own: Vec::new(),
            written: 0,
        }
    }

    /// Acts until told to stop.
    pub(crate) fn work(mut self) -> Result<Self> {
        while !self.shared.stop.load(Ordering::SeqCst) {
            match self.random.below(20) {
                0 => self.change()?,
                1 | 2 => self.look()?,
                _ => self.send()?,
            }
            self.listen()?;
        }
        Ok(self)
    }

    fn send(&mut self) -> Result<()> {
        self.written += 1;
        let chat = self.chats[self.random.below(self.chats.len() as u64) as usize];
        let mut send = Send {
            chat,
            person: self.number,
            client_id: self.random.uuid(),
            body: format!("p{}-{}", self.number, self.written),
            started: self.shared.now(),
            acknowledged: Vec::new(),
        };
        let id = &self.shared.chats[chat];
        let request = Request {
            method: "POST",
            path: format!("/v1/chats/{id}/messages"),
            body: Some(json!({ "client_id": send.client_id, "body": send.body })),
            event: Some((
                "message.send",
                json!({ "chat": id, "client_id": send.client_id, "body": send.body }),
            )),
        };
        // Some people close the lid: their message is in doubt for ever.
        let patience = if self.random.once_in(50) { 1 } else { u32::MAX };
        // Some are told twice, and must be told the same.
        let times = if self.random.once_in(50) { 2 } else { 1 };
        for _ in 0..times {
            let Some(answer) = self.ask(&request, patience)? else { break };
            let seq = answer.expect("send")?["message"]["seq"].as_i64().context("no seq")?;
            send.acknowledged.push((self.shared.now(), seq));
        }
        if let Some((_, seq)) = send.acknowledged.first() {
            self.own.push((chat, *seq));
            self.shared.acknowledged.fetch_add(1, Ordering::Relaxed);
        }
        self.history.sends.push(send);
        Ok(())
    }

    /// Edits or deletes a message of one's own.
    fn change(&mut self) -> Result<()> {
        if self.own.is_empty() {
            return Ok(());
        }
        let index = self.random.below(self.own.len() as u64) as usize;
        let deletes = self.random.once_in(3);
        let (chat, seq) = self.own[index];
        if deletes {
            // A deleted message is never edited again.
            self.own.swap_remove(index);
        }
        self.written += 1;
        let body = (!deletes).then(|| format!("p{}-{} edited", self.number, self.written));
        let id = &self.shared.chats[chat];
        let path = format!("/v1/chats/{id}/messages/{seq}");
        let request = match &body {
            Some(body) => Request {
                method: "PATCH",
                path,
                body: Some(json!({ "body": body })),
                event: Some(("message.edit", json!({ "chat": id, "seq": seq, "body": body }))),
            },
            None => Request {
                method: "DELETE",
                path,
                body: None,
                event: Some(("message.delete", json!({ "chat": id, "seq": seq }))),
            },
        };
        let started = self.shared.now();
        let answer = self.ask(&request, u32::MAX)?.context("asked for ever")?;
        let is_done = (200..300).contains(&answer.status);
        if !is_done {
            let answer = format!("{} {}", answer.status, answer.body);
            self.history.refused.push(Refused { chat, seq, answer });
        }
        let acknowledged = is_done.then(|| self.shared.now());
        self.history.changes.push(Change { chat, seq, body, started, acknowledged });
        Ok(())
    }

    /// Reads the newest page of a chat.
    fn look(&mut self) -> Result<()> {
        let chat = self.chats[self.random.below(self.chats.len() as u64) as usize];
        let path = format!("/v1/chats/{}/messages?limit=20", self.shared.chats[chat]);
        let started = self.shared.now();
        let Some(answer) = self.ask(&Request::get(path), 1)? else { return Ok(()) };
        let page = answer.expect("page")?;
        let finished = self.shared.now();
        for message in page["messages"].as_array().into_iter().flatten() {
            let row = self.row(message)?;
            self.history.seen.push(Seen { chat, started, finished, row });
        }
        Ok(())
    }

    /// Reads a whole chat, page by page, once all is quiet.
    pub(crate) fn read_all(&mut self, chat: usize) -> Result<View> {
        let id = self.shared.chats[chat].clone();
        let held = self.ask(&Request::get(format!("/v1/chats/{id}")), u32::MAX)?;
        let held = held.context("asked for ever")?.expect("chat")?;
        let last_seq = held["chat"]["seq"].as_i64().context("no seq")?;
        let mut rows: Vec<Row> = Vec::new();
        let mut before = String::new();
        loop {
            let path = format!("/v1/chats/{id}/messages?limit=100{before}");
            let page = self.ask(&Request::get(path), u32::MAX)?;
            let page = page.context("asked for ever")?.expect("page")?;
            for message in page["messages"].as_array().context("no messages")? {
                rows.push(self.row(message)?);
            }
            match rows.last().filter(|_| page["has_more"] == true) {
                Some(row) => before = format!("&before_seq={}", row.seq),
                None => break,
            }
        }
        rows.reverse();
        Ok(View { chat, last_seq, rows })
    }

    fn row(&self, message: &Value) -> Result<Row> {
        read_row(&self.shared, message)
    }

    /// Asks until there is a definite answer, at most so many times, each time
    /// by whichever way.
    ///
    /// What cannot be reached, is overloaded or is starting is asked again; an
    /// expired token is replaced. Anything else is the server's word.
    fn ask(&mut self, request: &Request, patience: u32) -> Result<Option<Answer>> {
        for attempt in 0..patience.max(1) {
            match self.attempt(request) {
                Ok(answer) if answer.status == 401 => {
                    self.socket = None;
                    // It may be killed again in the middle of this.
                    let _ = self.person.sign_in(&mut self.client);
                }
                Ok(answer) if matches!(answer.status, 429 | 502..=504) => {}
                Ok(answer) => return Ok(Some(answer)),
                Err(_) => {}
            }
            if attempt > 6000 {
                bail!("{} {}: no answer for a minute", request.method, request.path);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(None)
    }

    fn attempt(&mut self, request: &Request) -> Result<Answer> {
        if let Some((event, payload)) = &request.event
            && self.random.once_in(2)
        {
            let answer = self.emit(event, payload);
            if answer.is_err() {
                self.socket = None;
            }
            return answer;
        }
        self.client.ask(request.method, &request.path, request.body.as_ref())
    }

    fn emit(&mut self, event: &str, payload: &Value) -> Result<Answer> {
        let mut socket = match self.socket.take() {
            Some(socket) => socket,
            None => Socket::connect(self.client.address, &self.person.token)?,
        };
        let answer = socket.emit(event, payload);
        self.heard.append(&mut socket.take_heard());
        self.socket = Some(socket);
        answer
    }

    /// Notes what was heard. An event says what was stored when it was sent,
    /// and that may be long ago.
    fn listen(&mut self) -> Result<()> {
        for (event, heard) in std::mem::take(&mut self.heard) {
            if !event.starts_with("message.") {
                continue;
            }
            let chat = self.shared.chat(heard["chat"].as_str().context("no chat")?)?;
            ensure!(self.chats.contains(&chat), "{} heard of a chat of others", self.number);
            let row = self.row(&heard["message"])?;
            self.history.seen.push(Seen { chat, started: 0, finished: self.shared.now(), row });
        }
        Ok(())
    }
}

/// A message as it stands on the wire.
pub(crate) fn read_row(shared: &Shared, message: &Value) -> Result<Row> {
    let sender = message["sender"].as_str().context("no sender")?;
    Ok(Row {
        seq: message["seq"].as_i64().context("no seq")?,
        sender: *shared.people.get(sender).context("an unknown sender")?,
        client_id: message["client_id"].as_str().map(str::to_owned),
        body: message["body"].as_str().context("no body")?.to_owned(),
        is_deleted: !message["deleted_at"].is_null(),
    })
}
