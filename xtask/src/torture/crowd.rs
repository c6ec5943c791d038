//! People who write while something breaks, and the judgement of what is left.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::check::check;
use super::follower::Follower;
use super::history::{Faults, History};
use super::random::Random;
use super::writer::{Shared, Writer};
use crate::http::{Answer, Client};
use crate::process::say;
use crate::socket::Socket;
use crate::tidings::{Person, Tidings, befriend};

/// People at work.
pub(crate) struct Crowd {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<Result<Writer>>>,
    followers: Vec<JoinHandle<Result<Follower>>>,
}

/// Every so many people have a second device, which only follows.
const FOLLOWED: usize = 3;

impl Crowd {
    /// Signs so many people up, makes every two of them friends, and lets them write.
    pub(crate) fn start(server: &Tidings, count: usize, seed: u64) -> Result<Self> {
        let writers = prepare(server, count, seed)?;
        let shared = Arc::clone(&writers[0].shared);
        let followers = writers.iter().step_by(FOLLOWED).map(|writer| {
            let (person, seed) = (writer.person.clone(), seed ^ !(writer.number as u64));
            let client = person.client(server.address);
            let follower = Follower::new(&shared, person, client, seed);
            std::thread::spawn(|| follower.work())
        });
        let followers = followers.collect();
        let threads =
            writers.into_iter().map(|writer| std::thread::spawn(|| writer.work())).collect();
        Ok(Self { shared, threads, followers })
    }

    /// How many sends were acknowledged so far.
    pub(crate) fn acknowledged(&self) -> u64 {
        self.shared.acknowledged.load(Ordering::SeqCst)
    }

    /// Nobody has stopped by themselves, which they do over an answer that must not be.
    pub(crate) fn is_at_work(&self) -> bool {
        !self.threads.iter().any(JoinHandle::is_finished)
            && !self.followers.iter().any(JoinHandle::is_finished)
    }

    /// Lets everybody finish, kills the server once more, and judges what that leaves.
    pub(crate) fn finish(self, server: &mut Tidings) -> Result<()> {
        let faults = self.judge(server)?;
        if faults.count() > 0 {
            bail!("{} faults", faults.count());
        }
        say("0 lost, 0 duplicated, 0 phantom, 0 reordered, 0 missing, 0 resurrected, 0 diverged");
        Ok(())
    }

    /// The same, for whoever expects faults.
    pub(crate) fn judge(self, server: &mut Tidings) -> Result<Faults> {
        self.shared.stop.store(true, Ordering::SeqCst);
        let mut writers = Vec::new();
        for thread in self.threads {
            writers.push(thread.join().expect("a writer reports errors and does not panic")?);
        }
        let mut followers = Vec::new();
        for thread in self.followers {
            followers.push(thread.join().expect("a follower does not panic")?);
        }
        server.kill();
        server.start()?;
        judge(writers, followers)
    }

    /// Tells everybody to stop, when nobody will be asked what happened.
    pub(crate) fn dismiss(&self) {
        self.shared.stop.store(true, Ordering::SeqCst);
    }
}

/// Somebody beside the crowd whose every answer is looked at.
pub(crate) struct Probe {
    pub(crate) client: Client,
    person: Person,
    chat: String,
    random: Random,
}

impl Probe {
    pub(crate) fn new(server: &Tidings, seed: u64) -> Result<Self> {
        let person = server.sign_up("probe")?;
        let chat = befriend(server.address, &person, &server.sign_up("witness")?)?;
        let client = person.client(server.address);
        Ok(Self { client, person, chat, random: Random::new(seed ^ 0x5eed) })
    }

    /// Sends something new, once.
    pub(crate) fn send(&mut self) -> Result<Answer> {
        let body = json!({ "client_id": self.random.uuid(), "body": "Is it well?" });
        let path = format!("/v1/chats/{}/messages", self.chat);
        self.client.ask("POST", &path, Some(&body))
    }

    /// Sends something new, once, over a socket.
    pub(crate) fn emit(&mut self, socket: &mut Socket) -> Result<Answer> {
        let (id, body) = (self.random.uuid(), "Is it well there too?");
        let payload = json!({ "chat": self.chat, "client_id": id, "body": body });
        socket.emit("message.send", &payload)
    }

    /// A socket of the same person.
    pub(crate) fn socket(&self) -> Result<Socket> {
        let token = self.client.token.as_ref().context("nobody is signed in")?;
        Socket::connect(self.client.address, token)
    }

    /// Sends until the answer is as wanted; says how long that took.
    pub(crate) fn send_until(
        &mut self,
        limit: Duration,
        wanted: impl Fn(&Answer) -> bool,
    ) -> Result<Duration> {
        let started = Instant::now();
        let mut last = String::from("no answer");
        while started.elapsed() < limit {
            match self.send() {
                Ok(answer) if wanted(&answer) => return Ok(started.elapsed()),
                Ok(answer) => last = format!("{} {}", answer.status, answer.body),
                Err(error) => last = format!("{error:#}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("still after {} ms: {last}", limit.as_millis())
    }

    /// Signs in once more, as somebody who comes now would.
    pub(crate) fn signs_in(&mut self) -> Result<()> {
        self.person.sign_in(&mut self.client)
    }

    /// Reading works: the list of chats and a page of history.
    pub(crate) fn reads(&mut self) -> Result<()> {
        self.client.ask("GET", "/v1/chats", None)?.expect("the list of chats")?;
        let path = format!("/v1/chats/{}/messages", self.chat);
        self.client.ask("GET", &path, None)?.expect("a page of history").map(drop)
    }
}

/// A send that was acknowledged.
pub(crate) fn is_sent(answer: &Answer) -> bool {
    matches!(answer.status, 200 | 201)
}

/// A refusal of that name, which a client may retry.
pub(crate) fn is_refused(answer: &Answer, code: &str) -> bool {
    answer.status == 503 && answer.body["code"] == code
}

/// Signs everybody up and makes every two of them friends.
fn prepare(server: &Tidings, count: usize, seed: u64) -> Result<Vec<Writer>> {
    if count < 2 {
        bail!("it takes two to have a chat");
    }
    let names = (0..count).map(|number| format!("writer{number}"));
    let people = names.map(|name| server.sign_up(&name)).collect::<Result<Vec<_>>>()?;
    let mut chats = Vec::new();
    let mut members = Vec::new();
    for one in 0..count {
        for other in one + 1..count {
            chats.push(befriend(server.address, &people[one], &people[other])?);
            members.push((one, other));
        }
    }
    let numbers = people.iter().enumerate().map(|(number, person)| (person.id.clone(), number));
    let shared = Arc::new(Shared {
        clock: AtomicU64::new(0),
        stop: AtomicBool::new(false),
        acknowledged: AtomicU64::new(0),
        chats,
        people: numbers.collect::<HashMap<_, _>>(),
    });
    let writers = people.into_iter().enumerate().map(|(number, person)| {
        let client = person.client(server.address);
        let mut writer = Writer::new(&shared, number, person, client, seed);
        let own = members.iter().enumerate();
        let own = own.filter(|(_, (one, other))| [*one, *other].contains(&number));
        writer.chats = own.map(|(chat, _)| chat).collect();
        writer
    });
    Ok(writers.collect())
}

/// Reads everything as everybody, joins the notes and looks for faults.
fn judge(writers: Vec<Writer>, followers: Vec<Follower>) -> Result<Faults> {
    let mut history = History::default();
    for follower in followers {
        history.copies.append(&mut follower.settle()?);
    }
    for mut writer in writers {
        for chat in writer.chats.clone() {
            history.views.push(writer.read_all(chat)?);
        }
        history.sends.append(&mut writer.history.sends);
        history.changes.append(&mut writer.history.changes);
        history.seen.append(&mut writer.history.seen);
        history.refused.append(&mut writer.history.refused);
    }
    let doubtful = history.sends.iter().filter(|send| send.acknowledged.is_empty()).count();
    say(&format!(
        "{} sends ({doubtful} in doubt), {} changes, {} rows read or heard on the way, {} held \
         by who followed",
        history.sends.len(),
        history.changes.len(),
        history.seen.len(),
        history.copies.iter().map(|held| held.rows.len()).sum::<usize>()
    ));
    let faults = check(&history);
    let mut kinds: Vec<_> = faults.0.iter().collect();
    kinds.sort_by_key(|(fault, _)| **fault);
    for (fault, cases) in kinds {
        say(&format!("{fault:?}: {}", cases.len()));
        cases.iter().take(10).for_each(|case| say(&format!("  {case}")));
    }
    Ok(faults)
}
