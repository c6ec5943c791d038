//! The store by itself: durable sends with every check, pages and lists of a
//! large store, searches in one, and how long it takes to start on it; beside the
//! usual Node drivers and a log that only syncs.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::board::{Board, Case, OURS, Reach};
use super::machine::{LOAD_CORE, SERVER_CORE, pinned};
use super::peer::Peer;
use super::{Contest, Options, build, peer};
use crate::postgres::Postgres;
use crate::process::{TempDir, command, output};
use crate::tidings::Tidings;

const WRITERS: [&str; 3] = ["1", "8", "64"];
const CHATS: [&str; 2] = ["1", "1000"];
const CHATS_OF_LARGE: usize = 1000;

pub(crate) struct Store {
    built: build::Built,
    postgres: Postgres,
    /// A server that is not started, with many messages in its folder.
    large: Tidings,
    /// As many messages in the store of the peer, in a folder of its own.
    peer: PathBuf,
    _filled: TempDir,
    /// Messages with words in them, and how long it took to index them.
    searched: TempDir,
    indexed: f64,
    messages: usize,
    seconds: f64,
}

/// One way of sending durably.
enum Sender {
    Ours(&'static str, &'static [&'static str]),
    Postgres,
    Node(&'static str, &'static str),
}

const SENDERS: [Sender; 6] = [
    Sender::Ours(OURS, &[]),
    Sender::Ours("one each", &["--each"]),
    Sender::Postgres,
    Sender::Node("node", "sqlite"),
    Sender::Node("node grouped", "sqlite-group"),
    Sender::Node("node postgres", "pg"),
];

const POSTGRES: &str = "ours, postgres";

impl Store {
    pub(crate) fn prepare(options: &Options) -> Result<Self> {
        peer::install()?;
        let built = build::ours(options)?;
        let mut large = Tidings::new(&built.tidings)?;
        // It is measured on one core.
        large.environment.push(("TIDINGS_WORKERS", "1".into()));
        let messages: usize = if options.quick { 100_000 } else { 1_000_000 };
        let mut seed = command(&built.parts);
        seed.arg("seed").arg("--data").arg(large.data());
        seed.args([
            "--chats",
            &CHATS_OF_LARGE.to_string(),
            "--friends",
            "20",
            "--messages",
            &messages.to_string(),
        ]);
        output(&mut seed)?;
        let filled = TempDir::new("peer")?;
        let peer = filled.path().join("peer.db");
        let mut fill = peer::node(command("node"))?;
        fill.arg("fill.js").args([CHATS_OF_LARGE.to_string(), messages.to_string()]);
        output(fill.env("DB", &peer))?;
        let searched = TempDir::new("searched")?;
        let mut fill = command(&built.parts);
        fill.arg("search").arg("--data").arg(searched.path());
        let said = measured(fill.args(["--messages", &messages.to_string()]))?;
        let indexed = figure(&said, "seconds")?;
        let postgres = Postgres::start_lasting()?;
        let seconds = if options.quick { 1.5 } else { 4.0 };
        Ok(Self {
            built,
            postgres,
            large,
            peer,
            _filled: filled,
            searched,
            indexed,
            messages,
            seconds,
        })
    }

    /// The part of our program that measures `what` in a store at `data`.
    fn part(&self, what: &str, data: &Path) -> Command {
        let mut part = command(&self.built.parts);
        part.arg(what).arg("--data").arg(data);
        part
    }

    /// Durable sends by every variant, and the log when all writers wait for it.
    fn sends(&self, writers: &str, chats: &str, board: &mut Board) -> Result<()> {
        for sender in &SENDERS {
            let name = match sender {
                Sender::Ours(name, _) | Sender::Node(name, _) => name,
                Sender::Postgres => POSTGRES,
            };
            let said = self.patiently(|folder, seconds| {
                let mut run = match sender {
                    Sender::Node(_, variant) => {
                        let mut node = peer::node(command("node"))?;
                        node.args(["store.js", variant, writers, chats, seconds]);
                        node.env("DB", folder.join("peer.db")).env("PG_URL", self.postgres.url());
                        return Ok(node);
                    }
                    _ => self.part("sends", folder),
                };
                match sender {
                    Sender::Ours(_, more) => run.args(*more),
                    _ => run.args(["--database", &self.postgres.url()]),
                };
                run.args(["--writers", writers, "--chats", chats, "--seconds", seconds]);
                Ok(run)
            })?;
            note_sends(board, (writers, chats), name, &said)?;
        }
        if (writers, chats) == ("64", "1000") {
            let said = self.patiently(|folder, seconds| {
                let mut run = self.part("log", folder);
                run.args(["--writers", writers, "--seconds", seconds]);
                Ok(run)
            })?;
            note_sends(board, (writers, chats), "log", &said)?;
        }
        Ok(())
    }

    /// A window in which nothing was done is widened: a slow driver on a busy
    /// disk may need seconds for its first answers.
    fn patiently(&self, run: impl Fn(&Path, &str) -> Result<Command>) -> Result<Value> {
        for times in [1.0, 5.0, 15.0] {
            let folder = TempDir::new("sends")?;
            let said = measured(&mut run(folder.path(), &(self.seconds * times).to_string())?)?;
            if said["per_second"].as_f64() > Some(0.0) {
                return Ok(said);
            }
        }
        bail!("nothing was done in {} s", 15.0 * self.seconds)
    }

    /// Pages and lists on one core, as each core more would add as much.
    fn reads(&self, what: &str) -> Result<Value> {
        let mut run = pinned(SERVER_CORE, &self.built.parts);
        run.arg("reads").arg("--data").arg(self.large.data());
        measured(run.args(["--seconds", &self.seconds.to_string(), "--what", what]))
    }

    /// Searches of one person, in half of all messages or in all of them, while
    /// nobody else asks.
    fn searches(&self, board: &mut Board) -> Result<()> {
        for (what, name) in SEARCHES {
            let mut run = pinned(SERVER_CORE, &self.built.parts);
            run.arg("search").arg("--data").arg(self.searched.path());
            run.args(["--seconds", &self.seconds.to_string(), "--what", what]);
            board.note(
                &search_p95(name, self.messages),
                OURS,
                figure(&measured(&mut run)?, "p95_us")?,
            );
        }
        board.note(&indexing(self.messages), OURS, self.indexed);
        Ok(())
    }

    /// A token for the owner of each chat of the large store.
    fn tokens(&self) -> Result<String> {
        let port = self.large.address.port();
        let mut tokens = command(&self.built.parts);
        tokens.arg("tokens").arg("--data").arg(self.large.data());
        output(tokens.args(["--public-url", &format!("http://localhost:{port}")]))
    }

    /// How long it takes until it is ready, and what it holds when idle, in MB.
    fn start(&mut self) -> Result<(f64, f64)> {
        let took = self.large.start()?;
        std::thread::sleep(Duration::from_secs(2));
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.large.pid()?))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = resident.and_then(|text| text.split_whitespace().next()?.parse().ok());
        let resident: f64 = resident.context("no resident size")?;
        Ok((took.as_secs_f64(), resident / 1024.0))
    }

    /// Pages over HTTP from the large store, on one core each: ours, which has
    /// just been started, and the peer's; ours also while others send. What they
    /// send stays, some hundred messages for each round.
    fn pages(&mut self, tokens: &str, board: &mut Board) -> Result<()> {
        let folder = TempDir::new("pages")?;
        let members = folder.path().join("members");
        std::fs::write(&members, tokens)?;
        self.large.pin(SERVER_CORE)?;
        let last = (self.messages / CHATS_OF_LARGE).to_string();
        let ours = |more: &[&str]| {
            let mut run = self.http(&self.large.address.to_string(), &members);
            run.args(["--path", "/v1/chats/{chat}/messages?before_seq={n}&limit=20"]);
            measured(run.args(["--upto", &last]).args(more))
        };
        let alone = ours(&[])?;
        self.note_pages(OURS, &alone, board)?;
        let beside = ours(&["--sends", "200"])?;
        let pages = beside_sends("page of 20", self.messages);
        board.note(&pages, OURS, figure(&beside, "per_second")?);
        board.note(&pages, "alone", figure(&alone, "per_second")?);
        board.note(&beside_sends("page p99", self.messages), OURS, figure(&beside, "p99_us")?);
        board.note(SENDS_BESIDE, OURS, figure(&beside, "sends_per_second")?);
        self.large.kill();

        let peer = Peer::on(&self.peer)?;
        let chats = (0..CHATS_OF_LARGE).map(|chat| format!("room{chat}\n"));
        let tokens = peer.tokens(CHATS_OF_LARGE)?;
        let lines = tokens.lines().zip(chats).map(|(token, chat)| format!("{token} {chat}"));
        std::fs::write(&members, lines.collect::<String>())?;
        let mut run = self.http(&peer.address, &members);
        let last = self.messages.to_string();
        run.args(["--path", "/api/chats/{chat}/messages?before={n}", "--upto", &last]);
        self.note_pages("node", &measured(&mut run)?, board)
    }

    fn http(&self, address: &str, members: &Path) -> Command {
        let mut run = pinned(LOAD_CORE, &self.built.parts);
        run.args(["http", "--address", address, "--seconds", &self.seconds.to_string()]);
        run.arg("--members").arg(members);
        run
    }

    fn note_pages(&self, who: &str, said: &Value, board: &mut Board) -> Result<()> {
        board.note(&over_http(self.messages), who, figure(said, "per_second")?);
        board.note(&over_http_p99(self.messages), who, figure(said, "p99_us")?);
        Ok(())
    }

    fn many(&self) -> String {
        format!("of {} messages", self.messages)
    }
}

fn measured(run: &mut Command) -> Result<Value> {
    serde_json::from_str(output(run)?.trim()).context("not JSON")
}

fn figure(said: &Value, name: &str) -> Result<f64> {
    said[name].as_f64().with_context(|| format!("no {name} in {said}"))
}

/// How often a second a core that does nothing else would do it.
fn per_core(said: &Value) -> Result<f64> {
    Ok(1e6 / figure(said, "cpu_us")?)
}

fn sends_case(writers: &str, chats: &str, what: &str) -> String {
    format!("{what}, {writers} writers, {chats} chats")
}

fn note_sends(board: &mut Board, at: (&str, &str), name: &str, said: &Value) -> Result<()> {
    let measures = [("sends", "per_second"), ("send p50", "p50_us"), ("send p99", "p99_us")];
    for (what, key) in measures {
        board.note(&sends_case(at.0, at.1, what), name, figure(said, key)?);
    }
    Ok(())
}

fn over_http(messages: usize) -> String {
    format!("page of 20 over HTTP, of {messages} messages")
}

fn over_http_p99(messages: usize) -> String {
    format!("page over HTTP p99, of {messages} messages")
}

fn beside_sends(what: &str, messages: usize) -> String {
    format!("{what} over HTTP beside sends, of {messages} messages")
}

const SENDS_BESIDE: &str = "these sends, 200 a second asked for";

/// What the measuring part calls it, and what we do.
const SEARCHES: [(&str, &str); 2] = [("chat", "in one chat"), ("everywhere", "in 500 chats")];

fn search_p95(name: &str, messages: usize) -> String {
    format!("search {name} p95, of {messages} messages")
}

fn indexing(messages: usize) -> String {
    format!("indexing for search, of {messages} messages")
}

fn search_cases(messages: usize) -> impl Iterator<Item = Case> {
    let searches = SEARCHES.into_iter().map(move |(_, name)| {
        Case::new(search_p95(name, messages), "µs").goal("G10", &[], Reach::AtMost(100_000.0))
    });
    searches.chain([Case::new(indexing(messages), "s")])
}

const HOT: &str = "one hot chat beside 1000 quiet ones";
const ENGINES: &str = "PostgreSQL beside SQLite";

impl Contest for Store {
    fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for chats in CHATS {
            for writers in WRITERS {
                let mut sends = Case::new(sends_case(writers, chats, "sends"), "1/s");
                if (writers, chats) == ("64", "1000") {
                    sends = sends.goal("G9", &["log"], Reach::AtLeast(0.28)).goal(
                        "G9",
                        &["one each"],
                        Reach::AtLeast(5.0),
                    );
                }
                cases.push(sends);
                cases.push(Case::new(sends_case(writers, chats, "send p50"), "µs"));
                cases.push(Case::new(sends_case(writers, chats, "send p99"), "µs"));
            }
        }
        let many = self.many();
        cases.push(Case::new(HOT, "1/s").goal("G9", &["quiet"], Reach::AtLeast(0.9)));
        cases.push(Case::new(ENGINES, "1/s").goal("G9", &["sqlite"], Reach::AtLeast(0.7)));
        cases.push(Case::new(format!("page of 20, {many}"), "1/s").goal(
            "G10",
            &[],
            Reach::AtLeast(15_000.0),
        ));
        cases.push(Case::new(format!("page p99, {many}"), "µs").goal(
            "G10",
            &[],
            Reach::AtMost(20_000.0),
        ));
        let over_http = Case::new(over_http(self.messages), "1/s");
        cases.push(over_http.goal("G10", &["node"], Reach::AtLeast(5.0)));
        cases.push(Case::new(over_http_p99(self.messages), "µs").goal(
            "G10",
            &[],
            Reach::AtMost(20_000.0),
        ));
        cases.push(Case::new(beside_sends("page of 20", self.messages), "1/s"));
        let p99 = Case::new(beside_sends("page p99", self.messages), "µs");
        cases.push(p99.goal("G10", &[], Reach::AtMost(20_000.0)));
        cases.push(Case::new(SENDS_BESIDE, "1/s"));
        cases.extend(search_cases(self.messages));
        cases.push(Case::new(format!("list of 21 chats, {many}"), "1/s per core"));
        cases.push(Case::new(format!("start, {many}"), "s").goal("G14", &[], Reach::AtMost(2.0)));
        cases.push(Case::new(format!("idle, {many}"), "MB").goal("G14", &[], Reach::AtMost(40.0)));
        cases
    }

    fn round(&mut self, _number: u32, board: &mut Board) -> Result<()> {
        for chats in CHATS {
            for writers in WRITERS {
                self.sends(writers, chats, board)?;
            }
        }
        let last = |board: &Board, chats: &str, who: &str| {
            board.last(&sends_case("64", chats, "sends"), who).context("just noted")
        };
        let (hot, quiet) = (last(board, "1", OURS)?, last(board, "1000", OURS)?);
        let postgres = last(board, "1000", POSTGRES)?;
        board.note(HOT, OURS, hot);
        board.note(HOT, "quiet", quiet);
        board.note(ENGINES, OURS, postgres);
        board.note(ENGINES, "sqlite", quiet);

        let many = self.many();
        let page = self.reads("page")?;
        board.note(&format!("page of 20, {many}"), OURS, per_core(&page)?);
        board.note(&format!("page p99, {many}"), OURS, figure(&page, "p99_us")?);
        let lists = per_core(&self.reads("list")?)?;
        board.note(&format!("list of 21 chats, {many}"), OURS, lists);
        self.searches(board)?;
        let tokens = self.tokens()?;
        let (took, resident) = self.start()?;
        board.note(&format!("start, {many}"), OURS, took);
        board.note(&format!("idle, {many}"), OURS, resident);
        self.pages(&tokens, board)
    }
}
